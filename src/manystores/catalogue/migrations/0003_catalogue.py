"""Offers and what kits contain."""

from alembic import op

revision = "0003_catalogue"
down_revision = "0002_network"


def upgrade() -> None:
    op.execute("""
        -- what is looked for or checked has a column; the rest of an offer is its document
        CREATE TABLE offers (
            offer_no integer PRIMARY KEY CHECK (offer_no >= 16),
            party_no integer NOT NULL REFERENCES parties,
            sku text COLLATE "C" NOT NULL CHECK (sku <> ''),
            kind text COLLATE "C" NOT NULL CHECK (kind IN ('good', 'service', 'quota')),
            gtin text COLLATE "C" CHECK (length(gtin) = 14),
            variant_of text COLLATE "C",
            price_amount bigint NOT NULL CHECK (price_amount >= 0),
            price_currency text COLLATE "C" NOT NULL CHECK (length(price_currency) = 3),
            enabled boolean NOT NULL,
            document jsonb NOT NULL,
            revision integer NOT NULL CHECK (revision > 0),
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            UNIQUE (party_no, sku)
        );
        CREATE INDEX offers_by_gtin ON offers (party_no, gtin) WHERE gtin IS NOT NULL;
        CREATE INDEX offers_by_style ON offers (party_no, variant_of, sku) WHERE variant_of IS NOT NULL;

        -- a kit's components in their order; quantity in base units of the component
        CREATE TABLE kit_components (
            offer_no integer NOT NULL REFERENCES offers,
            position integer NOT NULL CHECK (position >= 0),
            component_no integer NOT NULL REFERENCES offers CHECK (component_no <> offer_no),
            quantity bigint NOT NULL CHECK (quantity > 0),
            PRIMARY KEY (offer_no, position),
            UNIQUE (offer_no, component_no)
        );
        CREATE INDEX kit_components_by_component ON kit_components (component_no);

        -- lower numbers stand for what a location can do: orders per hour and per day
        INSERT INTO numbers (name, next) VALUES ('offer', 16);
    """)
