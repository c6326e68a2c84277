"""Connections that fail fast, and the one chain of migrations over all contexts.

`DATABASE_AWAY` is what an `except` names to tell "the database can't be reached" from a mistake of ours.
"""

import select
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg_pool import AsyncConnectionPool

from manystores.core.errors import UNAVAILABLE, Problem

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

CONNECT_TIMEOUT_S = 3
CHECKOUT_TIMEOUT_S = 2.0
STATEMENT_TIMEOUT_MS = 30_000
LOCK_TIMEOUT_MS = 10_000
RETRY_AFTER_S = 1

Connection = psycopg.Connection[tuple[Any, ...]]
AsyncConnection = psycopg.AsyncConnection[tuple[Any, ...]]

_AWAY_CLASSES = ("08", "57P", "53", "25006")  # connection, shutdown, out of resources, read-only standby


def connect(
    url: str, *, autocommit: bool = False, name: str = "manystores", statement_timeout_ms: int = 0
) -> Connection:
    """A connection of one's own; `statement_timeout_ms` 0 lets long work (imports, recovery) take its time."""
    return psycopg.connect(url, autocommit=autocommit, **_options(name, statement_timeout_ms))


async def connect_async(
    url: str, *, autocommit: bool = False, name: str = "manystores", statement_timeout_ms: int = 0
) -> AsyncConnection:
    """`connect` for an event loop."""
    return await psycopg.AsyncConnection.connect(url, autocommit=autocommit, **_options(name, statement_timeout_ms))


def pool(url: str, *, size_min: int = 2, size_max: int = 10, name: str = "manystores-api") -> AsyncConnectionPool[Any]:
    """A closed pool: `await pool.open()` before use, `await pool.close()` after.

    A checkout waits at most CHECKOUT_TIMEOUT_S; connections that died while idle are noticed without a round trip.
    """
    return AsyncConnectionPool(
        url,
        min_size=size_min,
        max_size=size_max,
        open=False,
        timeout=CHECKOUT_TIMEOUT_S,
        max_waiting=1_000,
        reconnect_timeout=2.0,  # then the next checkout tries anew, instead of backing off for minutes
        check=_check_if_it_spoke,
        kwargs=_options(name, STATEMENT_TIMEOUT_MS),
        name=name,
    )


async def _check_if_it_spoke(connection: AsyncConnection) -> None:
    """A server says something to an idle connection only to end it; silence costs no round trip."""
    poller = select.poll()
    poller.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
    if poller.poll(0):
        await AsyncConnectionPool.check_connection(connection)


def _options(name: str, statement_timeout_ms: int) -> dict[str, Any]:
    settings = {
        "statement_timeout": statement_timeout_ms,
        "lock_timeout": LOCK_TIMEOUT_MS,
        "idle_in_transaction_session_timeout": 60_000,
        "TimeZone": "UTC",
    }
    return {
        "application_name": name,
        "prepare_threshold": 2,
        "connect_timeout": CONNECT_TIMEOUT_S,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
        "options": " ".join(f"-c {key}={value}" for key, value in settings.items()),
    }


DATABASE_AWAY = (psycopg.OperationalError, psycopg.InterfaceError)
"""Errors among which `is_away` tells an unreachable database from a conflict of transactions."""


def is_away(error: BaseException) -> bool:
    """Whether the database can't be reached or can't take work (shut down, starting, disk full, no connections)."""
    if not isinstance(error, DATABASE_AWAY):
        return False
    sqlstate = getattr(error, "sqlstate", None)
    return sqlstate is None or sqlstate.startswith(_AWAY_CLASSES)


def away_problem() -> Problem:
    """503 with Retry-After, for callers to send while the database is away."""
    return Problem(
        UNAVAILABLE,
        en="The database can't be reached; nothing was changed unless you were told so. Send it again.",
        zh="暂时无法连接数据库；未收到成功应答的请求可带同一幂等键重试。",
        retry_after_s=RETRY_AFTER_S,
    )


def is_serialization_failure(error: BaseException) -> bool:
    """Whether the transaction lost against another and may simply be run again (SQLSTATE 40001, deadlock)."""
    return getattr(error, "sqlstate", None) in ("40001", "40P01")


# -- migrations


class SchemaError(RuntimeError):
    """The database's schema can't be brought to this version of manystores."""


def migrate(url: str, *, to: str = "head") -> str:
    """Bring the schema to `to` (a revision, or 'head') in one transaction; returns the version then in force.

    Several processes may call it at once: the first one migrates, the others wait and find it done.
    """
    newest = _migration_files()[-1].stem
    if to == "head" and schema_version(url) == newest:
        return newest  # most starts: saves loading alembic and SQLAlchemy, about half a second
    import sqlalchemy
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.runtime.migration import MigrationContext, RevisionStep

    scripts = _scripts()

    def steps(revision: Any, context: MigrationContext) -> list[RevisionStep]:
        return scripts._upgrade_revs(to, revision)

    _create_version_table(url)
    engine = sqlalchemy.create_engine(
        "postgresql+psycopg://", creator=lambda: connect(url, name="manystores-migrate"), poolclass=sqlalchemy.NullPool
    )
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
        connection.exec_driver_sql("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE")
        _refuse_newer(scripts, connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar())
        with EnvironmentContext(Config(), scripts, fn=steps) as environment:
            environment.configure(connection=connection)
            environment.run_migrations()
        return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one())


def schema_version(url: str) -> str | None:
    """The revision of the schema in the database, None before the first migration."""
    with connect(url) as connection:
        if connection.execute("SELECT to_regclass('alembic_version')").fetchone() == (None,):
            return None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else None


def revisions() -> list[str]:
    """All revisions that this installation knows, oldest first."""
    return [script.revision for script in _scripts().walk_revisions()][::-1]


def _migration_files() -> list[Path]:
    """Every context's migrations in their order; a file is named for its revision."""
    return sorted(Path(str(files("manystores"))).glob("*/migrations/[0-9]*.py"), key=lambda file: file.name)


def _scripts() -> "ScriptDirectory":
    """Alembic's view of every context's `migrations` folder; there is no env.py and no alembic.ini."""
    from alembic.script import ScriptDirectory

    folders = sorted({str(file.parent) for file in _migration_files()})
    return ScriptDirectory(str(files("manystores")), version_locations=folders)


def _create_version_table(url: str) -> None:
    e = psycopg.errors  # what PostgreSQL says to the second of two that create the same table at once
    lost_the_race = (e.UniqueViolation, e.DuplicateObject, e.DuplicateTable)
    with connect(url, autocommit=True) as connection, suppress(*lost_the_race):
        connection.execute("""
            CREATE TABLE IF NOT EXISTS alembic_version (
                version_num varchar(32) COLLATE "C" CONSTRAINT alembic_version_pkc PRIMARY KEY
            )""")


def _refuse_newer(scripts: "ScriptDirectory", version: str | None) -> None:
    known = {script.revision for script in scripts.walk_revisions()}
    if version is not None and version not in known:
        raise SchemaError(
            f"the database has schema {version}, which this version of manystores doesn't know: "
            f"use the newer manystores, or restore a backup from before"
        )
