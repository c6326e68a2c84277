"""Parcels by tracking number: who has nothing but a label in the hand finds the order by it."""

from alembic import op

revision = "0013_parcels"
down_revision = "0012_people"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and fill it from the orders that have parcels."""
    op.execute("""
        CREATE TABLE parcels (
            partition_id int NOT NULL,
            tracking text COLLATE "C" NOT NULL,
            order_id uuid NOT NULL,
            number smallint NOT NULL CHECK (number > 0),
            PRIMARY KEY (partition_id, tracking, order_id, number)
        )
    """)
    op.execute("""
        INSERT INTO parcels (partition_id, tracking, order_id, number)
        SELECT o.partition_id, package ->> 'tracking', o.order_id, (work ->> 'number')::smallint
        FROM orders o
        CROSS JOIN LATERAL jsonb_array_elements(o.doc::jsonb -> 'fulfilments') AS work
        CROSS JOIN LATERAL jsonb_array_elements(coalesce(work -> 'packages', '[]'::jsonb)) AS package
        WHERE position('"tracking":"' IN o.doc) > 0 AND package ->> 'tracking' <> ''
        ON CONFLICT DO NOTHING
    """)


def downgrade() -> None:
    """Drop the table."""
    op.execute("DROP TABLE parcels")
