"""The journal, what is projected from it, and the lease that fences its writer."""

from alembic import op

revision = "0004_promise"
down_revision = "0003_catalogue"
branch_labels = None
depends_on = None

DDL = """
-- One row a partition: a batch commits only by advancing seq under its own epoch.
CREATE TABLE lease (
    partition_id int PRIMARY KEY,
    epoch bigint NOT NULL,
    seq bigint NOT NULL,
    owner text COLLATE "C" NOT NULL,
    taken_at timestamptz NOT NULL
);

-- Facts in order of (seq, n): idempotent results, history and outbox in one.
CREATE TABLE journal (
    partition_id int NOT NULL,
    day date NOT NULL,
    seq bigint NOT NULL,
    n int NOT NULL,
    name text COLLATE "C" NOT NULL,
    subject uuid NOT NULL,
    party_no int NOT NULL,
    location_no int NOT NULL,
    request_key uuid,
    fingerprint bigint NOT NULL,
    actor text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    reservation_state smallint,
    expires_at timestamptz,
    holder uuid,
    version smallint NOT NULL,
    body jsonb,
    PRIMARY KEY (partition_id, seq, n, day)
) PARTITION BY RANGE (day);
CREATE INDEX journal_subject ON journal (partition_id, subject);
CREATE INDEX journal_request ON journal (partition_id, request_key) WHERE request_key IS NOT NULL;

-- Changes of counters, appended for ever; who and when stand on the fact (seq, n).
CREATE TABLE movements (
    partition_id int NOT NULL,
    day date NOT NULL,
    seq bigint NOT NULL,
    n int NOT NULL,
    line int NOT NULL,
    location_no int NOT NULL,
    offer_no int NOT NULL,
    window_at_us bigint NOT NULL,
    lot_no int NOT NULL,
    d_on_hand bigint NOT NULL,
    d_reserved bigint NOT NULL,
    d_unavailable bigint NOT NULL,
    d_incoming bigint NOT NULL,
    reservation_id uuid NOT NULL,
    reason smallint NOT NULL,
    PRIMARY KEY (partition_id, seq, n, line, day)
) PARTITION BY RANGE (day);
CREATE INDEX movements_bucket ON movements (partition_id, location_no, offer_no);

-- How far the projection has come.
CREATE TABLE projection (
    partition_id int PRIMARY KEY,
    seq bigint NOT NULL,
    day date NOT NULL
);

-- Projected: the sum of the movements up to projection.seq.
CREATE TABLE buckets (
    partition_id int NOT NULL,
    location_no int NOT NULL,
    offer_no int NOT NULL,
    window_at_us bigint NOT NULL,
    lot_no int NOT NULL,
    on_hand bigint NOT NULL,
    reserved bigint NOT NULL CHECK (reserved >= 0),
    unavailable bigint NOT NULL CHECK (unavailable >= 0),
    incoming bigint NOT NULL CHECK (incoming >= 0),
    PRIMARY KEY (partition_id, location_no, offer_no, window_at_us, lot_no)
);

-- Projected: open reservations; ended ones are history in the journal.
CREATE TABLE reservations (
    partition_id int NOT NULL,
    reservation_id uuid NOT NULL,
    state smallint NOT NULL,
    is_order boolean NOT NULL,
    party_no int NOT NULL,
    expires_at timestamptz,
    holder uuid,
    PRIMARY KEY (partition_id, reservation_id)
);
CREATE TABLE reservation_lines (
    partition_id int NOT NULL,
    reservation_id uuid NOT NULL,
    location_no int NOT NULL,
    offer_no int NOT NULL,
    window_at_us bigint NOT NULL,
    lot_no int NOT NULL,
    quantity bigint NOT NULL,
    PRIMARY KEY (partition_id, reservation_id, location_no, offer_no, window_at_us, lot_no)
);

-- The last count of a bucket by an external system, so that a stale one is recognised.
CREATE TABLE stock_counts (
    partition_id int NOT NULL,
    location_no int NOT NULL,
    offer_no int NOT NULL,
    window_at_us bigint NOT NULL,
    lot_no int NOT NULL,
    sequence bigint,
    counted_at timestamptz NOT NULL,
    PRIMARY KEY (partition_id, location_no, offer_no, window_at_us, lot_no)
);
"""


def upgrade() -> None:
    """Create the tables."""
    op.execute(DDL)
