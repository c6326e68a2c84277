"""Routing policies: every version that a brand ever published."""

from alembic import op

revision = "0007_policies"
down_revision = "0006_worker"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.execute("""
        CREATE TABLE policies (
            party_no int NOT NULL,
            version int NOT NULL CHECK (version > 0),
            body jsonb NOT NULL,
            published_at timestamptz NOT NULL,
            published_by text COLLATE "C" NOT NULL,
            PRIMARY KEY (party_no, version)
        )
    """)
