"""Who is one person: identifiers, what evidence joins them, and what they agreed to. The journal tells how it came."""

from alembic import op

revision = "0021_members"
down_revision = "0020_simulations"
branch_labels = None
depends_on = None

DDL = """
-- What people are known by. The key is a keyed hash; `value` is sealed, and
-- kept only where it is a brand's name of its member.
CREATE TABLE identifiers (
    partition_id int NOT NULL,
    key uuid NOT NULL,
    number int NOT NULL,
    namespace smallint NOT NULL,
    scope int NOT NULL,
    blocked boolean NOT NULL,
    name uuid NOT NULL,
    says smallint NOT NULL,
    value bytea,
    PRIMARY KEY (partition_id, key)
);

-- Pairs of identifiers that evidence joins, or that were told apart, as they stand; the lower number is left.
CREATE TABLE identity_pairs (
    partition_id int NOT NULL,
    left_number int NOT NULL,
    right_number int NOT NULL,
    rules int NOT NULL,
    since bigint NOT NULL,
    apart boolean NOT NULL,
    PRIMARY KEY (partition_id, left_number, right_number)
);

-- The last word of whoever an identifier is of, on each purpose.
CREATE TABLE consents (
    partition_id int NOT NULL,
    number int NOT NULL,
    purpose text COLLATE "C" NOT NULL,
    granted boolean NOT NULL,
    version text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    proof text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (partition_id, number, purpose)
);
"""


def upgrade() -> None:
    op.execute(DDL)
