"""The order book: orders stored whole beside what they are searched by, the locations' work, and the decisions."""

from alembic import op

revision = "0005_orders"
down_revision = "0004_promise"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; their keys begin with the partition, so that they can be distributed by it."""
    op.execute("""
        CREATE TABLE orders (
            partition_id int NOT NULL,
            order_id uuid NOT NULL,
            party_no int NOT NULL,
            channel text COLLATE "C" NOT NULL,
            channel_order_id text COLLATE "C" NOT NULL,
            state text COLLATE "C" NOT NULL CHECK (state IN ('placed', 'approved', 'completed', 'cancelled')),
            placed_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            revision int NOT NULL CHECK (revision > 0),
            sold_at_no int NOT NULL DEFAULT 0,
            doc jsonb NOT NULL,
            PRIMARY KEY (partition_id, order_id),
            UNIQUE (partition_id, party_no, channel, channel_order_id)
        )
    """)
    op.execute("""
        CREATE INDEX orders_by_time ON orders (partition_id, party_no, placed_at DESC, order_id DESC)
    """)
    op.execute("""
        CREATE TABLE fulfilment_orders (
            partition_id int NOT NULL,
            order_id uuid NOT NULL,
            number smallint NOT NULL CHECK (number > 0),
            party_no int NOT NULL,
            location_no int NOT NULL,
            kind text COLLATE "C" NOT NULL CHECK (kind IN ('ship', 'same_day', 'pick_up')),
            state text COLLATE "C" NOT NULL
                CHECK (state IN ('open', 'in_progress', 'on_hold', 'closed', 'cancelled', 'rejected')),
            promised_to timestamptz NOT NULL,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            PRIMARY KEY (partition_id, order_id, number)
        )
    """)
    op.execute("""
        CREATE INDEX fulfilment_orders_of_location
            ON fulfilment_orders (partition_id, location_no, state, promised_to, order_id, number)
    """)
    op.execute("""
        CREATE TABLE decisions (
            partition_id int NOT NULL,
            order_id uuid NOT NULL,
            number smallint NOT NULL CHECK (number > 0),
            policy_version int NOT NULL,
            doc jsonb NOT NULL,
            decided_at timestamptz NOT NULL,
            PRIMARY KEY (partition_id, order_id, number)
        )
    """)


def downgrade() -> None:
    """Drop the order book."""
    op.execute("DROP TABLE decisions")
    op.execute("DROP TABLE fulfilment_orders")
    op.execute("DROP TABLE orders")
