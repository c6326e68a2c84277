"""Locations with their groups and delivery areas, carriers, and delivery fees: reference tables, one row a thing."""

from alembic import op

revision = "0002_network"
down_revision = "0001_core"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE locations (
            location_no integer PRIMARY KEY CHECK (location_no > 0),
            party_no integer NOT NULL REFERENCES parties,
            code text COLLATE "C" NOT NULL CHECK (code <> ''),
            name text NOT NULL,
            kind text COLLATE "C" NOT NULL CHECK (kind IN ('store', 'warehouse', 'partner')),
            stock_owner_no integer NOT NULL REFERENCES parties,
            lat double precision NOT NULL CHECK (lat BETWEEN -90 AND 90),
            lon double precision NOT NULL CHECK (lon BETWEEN -180 AND 180),
            region text COLLATE "C" NOT NULL,
            address text NOT NULL,
            time_zone text COLLATE "C" NOT NULL,
            opening_hours text COLLATE "C" NOT NULL,
            holidays text COLLATE "C" NOT NULL,
            capabilities text[] NOT NULL,
            orders_per_hour integer CHECK (orders_per_hour >= 0),
            orders_per_day integer CHECK (orders_per_day >= 0),
            cut_offs jsonb NOT NULL,
            lead_time_minutes integer NOT NULL CHECK (lead_time_minutes >= 0),
            handle_order_cost bigint NOT NULL CHECK (handle_order_cost >= 0),
            handle_unit_cost bigint NOT NULL CHECK (handle_unit_cost >= 0),
            enabled boolean NOT NULL,
            revision integer NOT NULL CHECK (revision > 0),
            UNIQUE (party_no, code)
        );

        -- a group is the set of locations that carry its name
        CREATE TABLE location_groups (
            location_no integer NOT NULL REFERENCES locations,
            name text COLLATE "C" NOT NULL CHECK (name <> ''),
            PRIMARY KEY (location_no, name)
        );
        CREATE INDEX location_groups_by_name ON location_groups (name, location_no);

        CREATE TABLE delivery_areas (
            location_no integer NOT NULL REFERENCES locations,
            position integer NOT NULL CHECK (position >= 0),
            area jsonb NOT NULL,
            PRIMARY KEY (location_no, position)
        );

        CREATE TABLE carriers (
            party_no integer NOT NULL REFERENCES parties,
            code text COLLATE "C" NOT NULL CHECK (code <> ''),
            name text NOT NULL,
            cut_off text COLLATE "C" NOT NULL,
            enabled boolean NOT NULL,
            revision integer NOT NULL CHECK (revision > 0),
            PRIMARY KEY (party_no, code)
        );

        -- the lines of a carrier's table of rates; km_max NULL is as far as it takes
        CREATE TABLE carrier_zones (
            party_no integer NOT NULL,
            code text COLLATE "C" NOT NULL,
            position integer NOT NULL CHECK (position >= 0),
            to_regions text[] NOT NULL,
            from_regions text[] NOT NULL,
            km_max double precision CHECK (km_max >= 0),
            base bigint NOT NULL CHECK (base >= 0),
            included_grams bigint NOT NULL CHECK (included_grams >= 0),
            per_kg bigint NOT NULL CHECK (per_kg >= 0),
            per_km double precision NOT NULL CHECK (per_km >= 0),
            days_min integer NOT NULL CHECK (days_min >= 0),
            days_max integer NOT NULL CHECK (days_max >= days_min),
            PRIMARY KEY (party_no, code, position),
            FOREIGN KEY (party_no, code) REFERENCES carriers
        );

        -- what shoppers pay; free_from NULL is never free, region '' is everywhere
        CREATE TABLE delivery_fees (
            party_no integer NOT NULL REFERENCES parties,
            region text COLLATE "C" NOT NULL,
            fee bigint NOT NULL CHECK (fee >= 0),
            free_from bigint CHECK (free_from >= 0),
            currency text COLLATE "C" NOT NULL CHECK (length(currency) = 3),
            PRIMARY KEY (party_no, region)
        );
    """)
