"""A journal that is cheap to write: text instead of parsed JSON, and indexes only where something looks.

A fact's body is read whole, never searched, so that parsing it again for every row is work for nobody. Request keys of
today and yesterday are in the owner's memory; the worker indexes a day's keys once nobody writes to that day any more.
Movements are looked up by bucket only for what changed on_hand, which a hold or a release does not.
"""

from alembic import op

revision = "0009_journal"
down_revision = "0008_lots"
branch_labels = None
depends_on = None

DDL = """
DROP INDEX journal_request;
DROP INDEX movements_bucket;
CREATE INDEX movements_bucket ON movements (partition_id, location_no, offer_no) WHERE d_on_hand <> 0;
ALTER TABLE journal ALTER COLUMN body TYPE text COLLATE "C" USING body::text;
"""


def upgrade() -> None:
    op.execute(DDL)
