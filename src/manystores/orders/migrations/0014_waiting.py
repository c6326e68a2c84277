"""What live work waits for, and how near by it is served, beside the documents: so that both are found and summed
without reading each document."""

from alembic import op

revision = "0014_waiting"
down_revision = "0013_parcels"
branch_labels = None
depends_on = None

_LIVE = "state IN ('open', 'in_progress', 'on_hold')"


def upgrade() -> None:
    """Add the columns, fill them from the documents, and index the work that is live and the orders that wait."""
    op.execute("ALTER TABLE orders ADD COLUMN unserved int NOT NULL DEFAULT 0")
    op.execute("""
        ALTER TABLE fulfilment_orders
            ADD COLUMN waits_for text COLLATE "C" NOT NULL DEFAULT '',
            ADD COLUMN units int NOT NULL DEFAULT 0,
            ADD COLUMN metres int NOT NULL DEFAULT 0,
            ADD COLUMN half smallint NOT NULL DEFAULT 0
    """)
    op.execute("""
        UPDATE orders o
        SET unserved = (
            SELECT sum(
                (line ->> 'ordered')::int - coalesce((line ->> 'allocated')::int, 0)
                - coalesce((line ->> 'cancelled')::int, 0)
            )
            FROM jsonb_array_elements(o.doc::jsonb -> 'lines') AS line
        )
        WHERE o.state IN ('placed', 'approved')
    """)
    op.execute("""
        UPDATE fulfilment_orders f
        SET
            units = w.units,
            half = CASE
                WHEN f.kind = 'pick_up' OR w.lat IS NULL THEN 0
                WHEN w.lat >= 33 THEN 1
                ELSE 2
            END,
            waits_for = CASE
                WHEN f.state = 'open' THEN 'accept'
                WHEN f.state = 'on_hold' THEN 'hold'
                WHEN f.state <> 'in_progress' THEN ''
                WHEN w.unpicked > 0 THEN 'pick'
                WHEN f.kind = 'pick_up' THEN CASE WHEN w.ready THEN 'collect' ELSE 'pack' END
                WHEN w.packed THEN 'ship'
                ELSE 'pack'
            END
        FROM (
            SELECT
                o.partition_id,
                o.order_id,
                number,
                (o.doc::jsonb #>> '{deliver_to,lat}')::float8 AS lat,
                work ? 'ready_at_us' AS ready,
                work ? 'packed_at_us' AS packed,
                sum(line.open) AS units,
                sum(line.open - line.picked) AS unpicked
            FROM orders o
            CROSS JOIN jsonb_array_elements(o.doc::jsonb -> 'fulfilments') WITH ORDINALITY AS works (work, number)
            CROSS JOIN LATERAL (
                SELECT
                    (part ->> 'quantity')::int - coalesce((part ->> 'short')::int, 0)
                    - coalesce((part ->> 'withdrawn')::int, 0) AS open,
                    coalesce((part ->> 'picked')::int, 0) AS picked
                FROM jsonb_array_elements(work -> 'lines') AS part
            ) AS line
            GROUP BY o.partition_id, o.order_id, number, lat, work
        ) AS w
        WHERE w.partition_id = f.partition_id AND w.order_id = f.order_id AND w.number = f.number
    """)
    op.execute(f"""
        CREATE INDEX fulfilment_orders_live
            ON fulfilment_orders (partition_id, party_no, promised_to, order_id, number) WHERE {_LIVE}
    """)
    op.execute("""
        CREATE INDEX orders_unserved
            ON orders (partition_id, party_no, placed_at DESC, order_id DESC) WHERE unserved > 0
    """)


def downgrade() -> None:
    """Without them."""
    op.execute("DROP INDEX orders_unserved")
    op.execute("DROP INDEX fulfilment_orders_live")
    op.execute("ALTER TABLE fulfilment_orders DROP waits_for, DROP units, DROP metres, DROP half")
    op.execute("ALTER TABLE orders DROP COLUMN unserved")
