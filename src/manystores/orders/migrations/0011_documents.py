"""Orders and decisions as text: they are always read whole, and parsing each for `jsonb` cost more than storing it.

Who looks at one in SQL writes `doc::jsonb`.
"""

from alembic import op

revision = "0011_documents"
down_revision = "0010_claims"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The same documents, as they were written."""
    op.execute('ALTER TABLE orders ALTER COLUMN doc TYPE text COLLATE "C" USING doc::text')
    op.execute('ALTER TABLE decisions ALTER COLUMN doc TYPE text COLLATE "C" USING doc::text')


def downgrade() -> None:
    """Parsed again."""
    op.execute("ALTER TABLE orders ALTER COLUMN doc TYPE jsonb USING doc::jsonb")
    op.execute("ALTER TABLE decisions ALTER COLUMN doc TYPE jsonb USING doc::jsonb")
