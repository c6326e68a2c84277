"""Erasures: what was erased, when, and the proof that nothing is left of it."""

from alembic import op

revision = "0023_erasures"
down_revision = "0022_payment_accounts"
branch_labels = None
depends_on = None

DDL = """
-- `keys` are those of the erased identifiers while files still hold them; afterwards there are none. Who comes again
-- after batch `upto_seq` is a stranger, and kept.
CREATE TABLE erasures (
    partition_id int NOT NULL,
    erasure_id uuid NOT NULL,
    party_no int NOT NULL,
    actor text COLLATE "C" NOT NULL,
    asked_at timestamptz NOT NULL,
    keys uuid[] NOT NULL,
    upto_seq bigint NOT NULL,
    identifiers int NOT NULL,
    pairs int NOT NULL,
    facts int NOT NULL,
    lake_files int,
    lake_facts int,
    found_after int,
    done_at timestamptz,
    PRIMARY KEY (partition_id, erasure_id)
);
"""


def upgrade() -> None:
    op.execute(DDL)
