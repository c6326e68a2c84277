"""Facts of rounds, found without reading a whole journal: they are few, and so is the index."""

from alembic import op

revision = "0019_rounds"
down_revision = "0018_sign_in_tries"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index the facts of rounds."""
    op.execute("""
        CREATE INDEX journal_rounds ON journal (partition_id, party_no, name, day, seq, n)
            WHERE name IN ('order.improved', 'sourcing.round')
    """)


def downgrade() -> None:
    """Without it."""
    op.execute("DROP INDEX journal_rounds")
