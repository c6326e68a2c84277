"""Saved views: a page of the console with its filters, under a name; one's own, or shared with the brand."""

from alembic import op

revision = "0016_views"
down_revision = "0015_policy_notes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.execute("""
        CREATE TABLE saved_views (
            view_id uuid PRIMARY KEY,
            party_no integer NOT NULL REFERENCES parties,
            person_id uuid NOT NULL REFERENCES people,
            name text NOT NULL,
            page text COLLATE "C" NOT NULL,
            query text COLLATE "C" NOT NULL,
            shared boolean NOT NULL,
            updated_at timestamptz NOT NULL
        );
        CREATE INDEX saved_views_of_party ON saved_views (party_no, page);
        CREATE INDEX saved_views_of_person ON saved_views (person_id);
    """)


def downgrade() -> None:
    """Drop the table."""
    op.execute("DROP TABLE saved_views")
