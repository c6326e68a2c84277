"""Webhooks of brands, the cursors of those who read the journal, and the deliveries that did not go at once."""

from alembic import op

revision = "0006_worker"
down_revision = "0005_orders"
branch_labels = None
depends_on = None

TABLES = """
-- Secrets are sealed (core.crypto); failures counts attempts since the last success.
CREATE TABLE webhooks (
    webhook_id uuid PRIMARY KEY,
    party_no int NOT NULL,
    location_no int,
    url text NOT NULL,
    events text[] NOT NULL CHECK (cardinality(events) > 0),
    description text NOT NULL DEFAULT '',
    secret bytea NOT NULL,
    previous_secret bytea,
    previous_until timestamptz,
    state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused', 'disabled')),
    disabled_reason text,
    failures int NOT NULL DEFAULT 0 CHECK (failures >= 0),
    hold_until timestamptz,
    last_success_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK ((previous_secret IS NULL) = (previous_until IS NULL)),
    CHECK ((state = 'disabled') = (disabled_reason IS NOT NULL))
);
CREATE INDEX webhooks_party ON webhooks (party_no, webhook_id);

-- Everything up to (seq, n) is done; facts after it are of `day` or later. goal_seq: the range a file is written for.
CREATE TABLE consumers (
    partition_id int NOT NULL,
    name text COLLATE "C" NOT NULL,
    seq bigint NOT NULL CHECK (seq >= 0),
    n int NOT NULL CHECK (n >= 0),
    day date NOT NULL,
    goal_seq bigint CHECK (goal_seq > seq),
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (partition_id, name)
);

-- Only what the first attempt did not deliver, tests, and what was asked for again. seq 0 is a test.
CREATE TABLE webhook_deliveries (
    partition_id int NOT NULL,
    webhook_id uuid NOT NULL,
    seq bigint NOT NULL,
    n int NOT NULL,
    day date NOT NULL,
    attempt smallint NOT NULL CHECK (attempt >= 0),
    state text NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
    next_at timestamptz,
    status int,
    error text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (partition_id, webhook_id, seq, n),
    CHECK ((state = 'pending') = (next_at IS NOT NULL))
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (partition_id, next_at) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_done ON webhook_deliveries (partition_id, updated_at) WHERE state <> 'pending';
"""


def upgrade() -> None:
    """Three tables: a reference table the API writes, and two the worker writes, keyed by partition."""
    op.execute(TABLES)


def downgrade() -> None:
    """Drop them; facts stay in the journal."""
    op.execute("DROP TABLE webhook_deliveries, consumers, webhooks")
