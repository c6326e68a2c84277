"""Numbers, partitions, parties, API keys, and the results of idempotent writes: what every context stands on."""

from alembic import op

revision = "0001_core"
down_revision = None


def upgrade() -> None:
    op.execute("""
        -- dense numbers of locations, offers and parties: `next` is the first one not given out yet
        CREATE TABLE numbers (
            name text COLLATE "C" PRIMARY KEY,
            next bigint NOT NULL CHECK (next > 0)
        );

        -- one owner each; an installation starts with one
        CREATE TABLE partitions (
            partition_id integer PRIMARY KEY
        );
        INSERT INTO partitions (partition_id) VALUES (1);

        -- the platform itself, the brands, and partners whose shelves brands sell from
        CREATE TABLE parties (
            party_no integer PRIMARY KEY CHECK (party_no > 0),
            code text COLLATE "C" NOT NULL UNIQUE,
            name text NOT NULL,
            kind text COLLATE "C" NOT NULL CHECK (kind IN ('platform', 'brand', 'partner')),
            partition_id integer NOT NULL REFERENCES partitions,
            created_at timestamptz NOT NULL
        );

        -- only a hash of the secret is kept; location_no narrows a key to one store's device
        CREATE TABLE api_keys (
            key_id uuid PRIMARY KEY,
            party_no integer NOT NULL REFERENCES parties,
            location_no integer,
            name text NOT NULL,
            secret_hash bytea NOT NULL,
            scopes text[] NOT NULL,
            created_at timestamptz NOT NULL,
            expires_at timestamptz,
            revoked_at timestamptz
        );
        CREATE INDEX api_keys_of_party ON api_keys (party_no, created_at);

        -- answers of writes that do not go through an owner, by (party, hash of the idempotency key)
        CREATE TABLE http_results (
            party_no integer NOT NULL,
            key_hash bytea NOT NULL,
            fingerprint bytea NOT NULL,
            status integer NOT NULL,
            headers jsonb NOT NULL,
            body bytea NOT NULL,
            created_at timestamptz NOT NULL,
            PRIMARY KEY (party_no, key_hash)
        );
        CREATE INDEX http_results_by_age ON http_results (created_at);
    """)
