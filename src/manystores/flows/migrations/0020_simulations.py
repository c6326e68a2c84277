"""Simulations of routing policies: what was asked, how far they are, and what they found."""

from alembic import op

revision = "0020_simulations"
down_revision = "0019_rounds"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.execute("""
        CREATE TABLE simulations (
            simulation_id uuid PRIMARY KEY,
            party_no int NOT NULL,
            created_at timestamptz NOT NULL,
            created_by text COLLATE "C" NOT NULL,
            ask jsonb NOT NULL,
            state text COLLATE "C" NOT NULL CHECK (state IN ('running', 'done', 'failed', 'cancelled')),
            finished_at timestamptz,
            problem jsonb,
            result text COLLATE "C"
        )
    """)
    op.execute("CREATE INDEX simulations_of_party ON simulations (party_no, created_at DESC)")


def downgrade() -> None:
    """Forget them."""
    op.execute("DROP TABLE simulations")
