"""The schema keeps the rules that let an installation grow past one machine (ARCHITECTURE.md, "Who writes what")."""

import re
from pathlib import Path

import pytest

import manystores
from manystores.core import database
from manystores.core.tables import REFERENCE

OURS = "n.nspname = 'public'"


def violations(connection: database.Connection) -> list[str]:
    """What in the catalog breaks a distribution rule, each as 'table: rule'."""

    def rows(query: str) -> list[tuple[str, ...]]:
        return connection.execute(query.replace("OURS", OURS).encode()).fetchall()

    operational = {
        name
        for (name,) in rows("""
            SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE OURS AND c.relkind IN ('r', 'p', 'm') AND NOT c.relispartition""")
        if name not in REFERENCE
    }
    found = []
    keyed = set()
    for table, index, first in rows("""
        SELECT c.relname, i.relname, coalesce(a.attname, '(expression)')
        FROM pg_index x
        JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = x.indkey[0]
        WHERE OURS AND x.indisunique"""):
        keyed.add(table)
        if table in operational and first != "partition_id":
            found.append(f"{table}: unique key {index} begins with {first}, not with partition_id")
    found += [f"{table}: has no primary or unique key" for table in sorted(operational - keyed)]
    for table, target, name in rows("""
        SELECT c.relname, t.relname, k.conname
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE OURS AND k.contype = 'f'"""):
        if table in operational or target in operational:
            found.append(f"{table}: foreign key {name} to {target} crosses an operational table")
    found += [
        f'{table}: key column {column} of {index} isn\'t COLLATE "C"'
        for table, index, column in rows("""
            SELECT c.relname, i.relname, pg_get_indexdef(x.indexrelid, k.place::int, true)
            FROM pg_index x
            JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
            CROSS JOIN LATERAL unnest(x.indcollation::oid[]) WITH ORDINALITY AS k(collation_id, place)
            JOIN pg_collation o ON o.oid = k.collation_id
            WHERE OURS AND o.collname <> 'C'""")
    ]
    found += [
        f"{name}: {rule}"
        for name, rule in rows("""
            SELECT c.relname, 'trigger ' || t.tgname FROM pg_trigger t
            JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE OURS AND NOT t.tgisinternal
            UNION ALL
            SELECT c.relname, 'sequence' FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE OURS AND c.relkind = 'S'
            UNION ALL
            SELECT p.proname, 'function' FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE OURS
            UNION ALL
            SELECT c.relname, 'exclusion constraint ' || k.conname FROM pg_constraint k
            JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE OURS AND k.contype = 'x'""")
    ]
    return found


def test_the_schema_keeps_the_distribution_rules(connection: database.Connection) -> None:
    assert violations(connection) == []


@pytest.mark.parametrize(
    ("ddl", "expected"),
    [
        ("CREATE TABLE t (id uuid PRIMARY KEY)", "t: unique key t_pkey begins with id, not with partition_id"),
        (
            "CREATE TABLE t (partition_id int, id uuid, code int, PRIMARY KEY (partition_id, id), UNIQUE (code))",
            "t: unique key t_code_key begins with code, not with partition_id",
        ),
        (
            "CREATE TABLE t (partition_id int PRIMARY KEY, n int); CREATE UNIQUE INDEX i ON t ((n + 1))",
            "t: unique key i begins with (expression), not with partition_id",
        ),
        ("CREATE TABLE t (partition_id int)", "t: has no primary or unique key"),
        (
            "CREATE TABLE t (partition_id int PRIMARY KEY REFERENCES partitions)",
            "t: foreign key t_partition_id_fkey to partitions crosses an operational table",
        ),
        (
            "CREATE TABLE t (partition_id int, code text, PRIMARY KEY (partition_id, code))",
            't: key column code of t_pkey isn\'t COLLATE "C"',
        ),
        ("CREATE TABLE t (partition_id int PRIMARY KEY, n serial)", "t_n_seq: sequence"),
        (
            "CREATE TABLE t (partition_id int PRIMARY KEY, n int GENERATED ALWAYS AS IDENTITY)",
            "t_n_seq: sequence",
        ),
        ("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "f: function"),
        (
            "CREATE TABLE t (partition_id int PRIMARY KEY);"
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
            "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
            "t: trigger g",
        ),
        (
            "CREATE TABLE t (partition_id int PRIMARY KEY, during tsrange, EXCLUDE USING gist (during WITH &&))",
            "t: exclusion constraint t_during_excl",
        ),
    ],
)
def test_a_table_that_breaks_a_rule_is_named(connection: database.Connection, ddl: str, expected: str) -> None:
    connection.execute(ddl.encode())
    assert expected in violations(connection)


def test_a_table_that_keeps_the_rules_is_not_named(connection: database.Connection) -> None:
    connection.execute("""CREATE TABLE t (partition_id int, code text COLLATE "C", PRIMARY KEY (partition_id, code))""")
    assert violations(connection) == []


def test_no_statement_listens_or_takes_advisory_locks() -> None:
    forbidden = re.compile(r"\bpg_(try_)?advisory_|\bpg_notify\b|[\"'`]\s*(LISTEN|NOTIFY|UNLISTEN)\s+\w")
    package = Path(next(iter(manystores.__path__)))
    sources = [file for file in package.rglob("*") if file.suffix in (".py", ".sql")]
    assert len(sources) > 10
    assert [str(file) for file in sources if forbidden.search(file.read_text(encoding="utf-8"))] == []
