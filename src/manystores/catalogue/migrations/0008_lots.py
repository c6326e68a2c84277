"""Lots and expiry classes: a small number for each name, for the ledger's buckets."""

from alembic import op

revision = "0008_lots"
down_revision = "0007_policies"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.execute("""
        CREATE TABLE lots (
            lot_no int PRIMARY KEY,
            lot text COLLATE "C" NOT NULL UNIQUE
        )
    """)
