"""Who delivers a webhook: with several workers on one database, one at a time."""

from alembic import op

revision = "0010_claims"
down_revision = "0009_journal"
branch_labels = None
depends_on = None

COLUMNS = """
ALTER TABLE webhooks
    ADD COLUMN claimed_by uuid,
    ADD COLUMN claimed_until timestamptz,
    ADD CHECK ((claimed_by IS NULL) = (claimed_until IS NULL));
"""


def upgrade() -> None:
    """A claim is a worker's, and runs out by itself when the worker is killed."""
    op.execute(COLUMNS)


def downgrade() -> None:
    """Nobody claims anything."""
    op.execute("ALTER TABLE webhooks DROP COLUMN claimed_by, DROP COLUMN claimed_until")
