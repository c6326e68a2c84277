"""Wrong passwords are counted where every process and a restarted one see them."""

from alembic import op

revision = "0018_sign_in_tries"
down_revision = "0017_stock_work"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table: bounded and short-lived, so it needs no index but its key."""
    op.execute("""
        CREATE TABLE sign_in_tries (
            mark bytea PRIMARY KEY,
            tries integer NOT NULL,
            last_at timestamptz NOT NULL,
            until_at timestamptz NOT NULL
        );
    """)


def downgrade() -> None:
    """Drop the table."""
    op.execute("DROP TABLE sign_in_tries")
