"""One chain of migrations; and a database that goes away is noticed at once and forgiven as soon as it is back."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from psycopg_pool import PoolTimeout

import manystores
from manystores.core import database
from manystores.core.embedded import EmbeddedPostgres

CATALOG = """
    SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, o.collname,
           pg_get_expr(d.adbin, d.adrelid)
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid AND c.relnamespace = 'public'::regnamespace
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    LEFT JOIN pg_collation o ON o.oid = a.attcollation
    WHERE a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), NULL, NULL, NULL
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT tablename, indexname, indexdef, NULL, NULL, NULL FROM pg_indexes WHERE schemaname = 'public'
    ORDER BY 1, 2, 3
"""


def catalog(url: str) -> list[tuple[object, ...]]:
    with database.connect(url) as connection:
        return connection.execute(CATALOG).fetchall()


def test_migrating_step_by_step_gives_the_same_schema_as_at_once(database_url: str, empty_database_url: str) -> None:
    assert database.schema_version(empty_database_url) is None
    for revision in database.revisions():
        assert database.migrate(empty_database_url, to=revision) == revision
        assert database.schema_version(empty_database_url) == revision
    assert catalog(empty_database_url) == catalog(database_url)


def test_migrating_a_migrated_database_changes_nothing(fresh_database_url: str) -> None:
    before = catalog(fresh_database_url)
    assert database.migrate(fresh_database_url) == database.revisions()[-1]
    assert catalog(fresh_database_url) == before


def test_the_revisions_of_all_contexts_are_one_chain() -> None:
    numbers = [revision.split("_")[0] for revision in database.revisions()]
    assert numbers == [f"{n:04}" for n in range(1, len(numbers) + 1)]
    files = Path(next(iter(manystores.__path__))).glob("*/migrations/*.py")
    assert database.revisions() == sorted(file.stem for file in files)


def test_those_who_start_at_once_migrate_once(empty_database_url: str) -> None:
    with ThreadPoolExecutor(4) as four:
        versions = list(four.map(database.migrate, [empty_database_url] * 4))
    assert versions == [database.revisions()[-1]] * 4


def test_a_database_of_a_newer_version_is_refused_and_left_alone(fresh_database_url: str) -> None:
    with database.connect(fresh_database_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999_future'")
    with pytest.raises(database.SchemaError, match="9999_future"):
        database.migrate(fresh_database_url)
    assert database.schema_version(fresh_database_url) == "9999_future"


def test_a_failed_migration_leaves_no_half_of_it(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "0001_half.py").write_text(
        "from alembic import op\nrevision = '0001_half'\ndown_revision = None\n"
        "def upgrade() -> None:\n    op.execute('CREATE TABLE half (n int)')\n    op.execute('SELECT 1 / 0')\n"
    )
    from alembic.script import ScriptDirectory

    monkeypatch.setattr(database, "_scripts", lambda: ScriptDirectory(str(tmp_path), version_locations=[str(tmp_path)]))
    with pytest.raises(Exception, match="division by zero"):
        database.migrate(empty_database_url)
    assert [row for row in catalog(empty_database_url) if row[0] == "half"] == []
    assert database.schema_version(empty_database_url) is None


async def test_a_pool_fails_fast_while_the_database_is_away_and_recovers_when_it_is_back(
    tmp_path: Path, postgres_bin: Path | None
) -> None:
    server = EmbeddedPostgres(tmp_path, bin_dir=postgres_bin)
    pool = database.pool(server.start())
    try:
        await pool.open(wait=True)
        async with pool.connection() as connection:
            await connection.execute("SELECT 1")
        server.stop()
        started = time.monotonic()
        with pytest.raises(PoolTimeout) as away:
            async with pool.connection():
                pass
        assert database.is_away(away.value)
        assert time.monotonic() - started < database.CHECKOUT_TIMEOUT_S + 1
        server.start()
        started = time.monotonic()
        while True:
            try:
                async with pool.connection() as connection:
                    await connection.execute("SELECT 1")
                    break
            except psycopg.OperationalError:
                assert time.monotonic() - started < 5
    finally:
        await pool.close()
        server.stop()


def test_an_unreachable_database_is_away_but_a_mistake_of_ours_is_not(connection: database.Connection) -> None:
    with pytest.raises(psycopg.OperationalError) as unreachable:
        database.connect("postgresql://manystores@/manystores?host=/nonexistent")
    assert database.is_away(unreachable.value)
    with pytest.raises(psycopg.errors.UndefinedTable) as mistake:
        connection.execute("SELECT * FROM nothing")
    assert not database.is_away(mistake.value)
    assert database.away_problem().document()["status"] == 503


def test_a_statement_that_runs_away_is_stopped(database_url: str) -> None:
    with (
        database.connect(database_url, statement_timeout_ms=50) as connection,
        pytest.raises(psycopg.errors.QueryCanceled) as stopped,
    ):
        connection.execute("SELECT pg_sleep(5)")
    assert not database.is_away(stopped.value)
