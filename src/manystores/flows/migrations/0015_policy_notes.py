"""Why a version of a routing policy was published, and which earlier one it brought back."""

from alembic import op

revision = "0015_policy_notes"
down_revision = "0014_waiting"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both."""
    op.execute("""ALTER TABLE policies ADD COLUMN note text COLLATE "C" NOT NULL DEFAULT ''""")
    op.execute("ALTER TABLE policies ADD COLUMN based_on int CHECK (based_on > 0)")


def downgrade() -> None:
    """Forget both."""
    op.execute("ALTER TABLE policies DROP COLUMN based_on")
    op.execute("ALTER TABLE policies DROP COLUMN note")
