"""Exceptions of stock with somebody who looks after them, and transfers to be listed.

Both are projected from the journal; what people add to an exception stands beside it, every change of it for ever.
What the journal told before is taken over.
"""

from alembic import op

revision = "0017_stock_work"
down_revision = "0016_views"
branch_labels = None
depends_on = None

DDL = """
-- A time in which a bucket had promised more than it had: from the fact (opened_seq, opened_n) on, until closed_at.
CREATE TABLE stock_exceptions (
    partition_id int NOT NULL,
    opened_seq bigint NOT NULL,
    opened_n int NOT NULL,
    party_no int NOT NULL,
    location_no int NOT NULL,
    offer_no int NOT NULL,
    window_at_us bigint NOT NULL,
    lot_no int NOT NULL,
    opened_at timestamptz NOT NULL,
    opened_by text COLLATE "C" NOT NULL,
    missing bigint NOT NULL,
    closed_at timestamptz,
    closed_by text COLLATE "C",
    revision int NOT NULL DEFAULT 1,
    assignee uuid,
    due_at timestamptz,
    note text COLLATE "C" NOT NULL DEFAULT '',
    PRIMARY KEY (partition_id, opened_seq, opened_n)
);
CREATE INDEX stock_exceptions_open ON stock_exceptions
    (partition_id, party_no, location_no, offer_no, window_at_us, lot_no) WHERE closed_at IS NULL;
CREATE INDEX stock_exceptions_party ON stock_exceptions (partition_id, party_no, opened_seq, opened_n);

-- Who gave an exception to whom, until when, with which words: added to only.
CREATE TABLE stock_exception_changes (
    partition_id int NOT NULL,
    opened_seq bigint NOT NULL,
    opened_n int NOT NULL,
    revision int NOT NULL,
    at timestamptz NOT NULL,
    actor text COLLATE "C" NOT NULL,
    assignee uuid,
    due_at timestamptz,
    note text COLLATE "C" NOT NULL,
    PRIMARY KEY (partition_id, opened_seq, opened_n, revision)
);

-- Goods on their way from one location to another, and those that came.
CREATE TABLE transfers (
    partition_id int NOT NULL,
    transfer_id uuid NOT NULL,
    party_no int NOT NULL,
    source_no int NOT NULL,
    target_no int NOT NULL,
    offer_no int NOT NULL,
    lot_no int NOT NULL,
    quantity bigint NOT NULL,
    sent_at timestamptz NOT NULL,
    sent_by text COLLATE "C" NOT NULL,
    received bigint,
    received_at timestamptz,
    received_by text COLLATE "C",
    PRIMARY KEY (partition_id, transfer_id)
);
CREATE INDEX transfers_party ON transfers (partition_id, party_no, transfer_id);
CREATE INDEX transfers_open ON transfers (partition_id, party_no, transfer_id) WHERE received_at IS NULL;
"""

TAKE_OVER = """
INSERT INTO stock_exceptions (partition_id, opened_seq, opened_n, party_no, location_no, offer_no, window_at_us, lot_no,
                              opened_at, opened_by, missing, closed_at, closed_by)
SELECT partition_id, seq, n, party_no, location_no, offer_no, window_us, lot_no, at, actor, missing,
       CASE WHEN next_name = 'stock.exception_closed' THEN next_at END,
       CASE WHEN next_name = 'stock.exception_closed' THEN next_actor END
FROM (
    SELECT *, lead(name) OVER bucket AS next_name, lead(at) OVER bucket AS next_at,
           lead(actor) OVER bucket AS next_actor
    FROM (
        SELECT partition_id, seq, n, name, party_no, at, actor, location_no,
               (body::jsonb ->> 'offer_no')::int AS offer_no, (body::jsonb ->> 'window_us')::bigint AS window_us,
               (body::jsonb ->> 'lot_no')::int AS lot_no, -(body::jsonb ->> 'available')::bigint AS missing
        FROM journal WHERE name IN ('stock.exception_opened', 'stock.exception_closed')
    ) f
    WINDOW bucket AS (PARTITION BY partition_id, location_no, offer_no, window_us, lot_no ORDER BY seq, n)
) g WHERE name = 'stock.exception_opened'
    AND EXISTS (SELECT FROM projection p WHERE p.partition_id = g.partition_id AND p.seq >= g.seq);

INSERT INTO transfers (partition_id, transfer_id, party_no, source_no, target_no, offer_no, lot_no, quantity, sent_at,
                       sent_by, received, received_at, received_by)
SELECT s.partition_id, s.subject, s.party_no, (s.body::jsonb ->> 'source_no')::int,
       (s.body::jsonb ->> 'target_no')::int, (s.body::jsonb ->> 'offer_no')::int, (s.body::jsonb ->> 'lot_no')::int,
       (s.body::jsonb ->> 'quantity')::bigint, s.at, s.actor, (r.body::jsonb ->> 'received')::bigint, r.at, r.actor
FROM journal s
LEFT JOIN journal r ON r.partition_id = s.partition_id AND r.subject = s.subject AND r.name = 'transfer.received'
WHERE s.name = 'transfer.sent'
    AND EXISTS (SELECT FROM projection p WHERE p.partition_id = s.partition_id AND p.seq >= s.seq);
"""


def upgrade() -> None:
    """Create the tables, and fill them with what the journal told so far."""
    op.execute(DDL)
    op.execute(TAKE_OVER)
