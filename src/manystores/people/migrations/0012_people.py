"""People who sign in, the stores they are bound to, their sessions, and the audit of what they did."""

from alembic import op

revision = "0012_people"
down_revision = "0011_documents"


def upgrade() -> None:
    op.execute("""
        -- a login is unique within its brand; password_hash is Argon2id, null for who signs in elsewhere only;
        -- `subject` is the identity at an outside issuer, noted when somebody signs in by it for the first time
        CREATE TABLE people (
            person_id uuid PRIMARY KEY,
            party_no integer NOT NULL REFERENCES parties,
            login text COLLATE "C" NOT NULL,
            name text NOT NULL,
            role text COLLATE "C" NOT NULL,
            password_hash text COLLATE "C",
            subject text COLLATE "C",
            enabled boolean NOT NULL,
            created_at timestamptz NOT NULL,
            signed_in_at timestamptz,
            revision integer NOT NULL CHECK (revision > 0),
            UNIQUE (party_no, login)
        );
        CREATE INDEX people_by_login ON people (login);
        CREATE INDEX people_by_subject ON people (subject) WHERE subject IS NOT NULL;

        -- the stores that an associate or a partner may act in
        CREATE TABLE person_locations (
            person_id uuid NOT NULL REFERENCES people,
            location_no integer NOT NULL,
            PRIMARY KEY (person_id, location_no)
        );

        -- only a hash of the cookie is kept; party_no and location_no are where the person acts now
        CREATE TABLE sessions (
            session_hash bytea PRIMARY KEY,
            session_id uuid NOT NULL,
            person_id uuid NOT NULL REFERENCES people,
            party_no integer NOT NULL REFERENCES parties,
            location_no integer,
            created_at timestamptz NOT NULL,
            seen_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            ended_at timestamptz
        );
        CREATE INDEX sessions_of_person ON sessions (person_id);
        CREATE INDEX sessions_by_age ON sessions (expires_at);

        -- what people did; rows are added and never changed or removed. Bodies are not kept, the address only of
        -- signing in; party_no is null when nobody can tell whose login was tried
        CREATE TABLE audit (
            partition_id integer NOT NULL,
            audit_id uuid NOT NULL,
            at timestamptz NOT NULL,
            party_no integer,
            person_id uuid,
            session_id uuid,
            location_no integer,
            method text COLLATE "C" NOT NULL,
            route text COLLATE "C" NOT NULL,
            path text COLLATE "C" NOT NULL,
            status integer NOT NULL,
            request_key text COLLATE "C",
            address text COLLATE "C",
            details jsonb,
            PRIMARY KEY (partition_id, audit_id)
        );
        CREATE INDEX audit_of_party ON audit (partition_id, party_no, audit_id);
        CREATE INDEX audit_of_person ON audit (partition_id, person_id, audit_id);
    """)
