"""The writer: what it commits, and its process as the owner's end sees it."""

import asyncio
import os
import signal
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
import uvloop
from psycopg import DataError

from manystores.core import binary
from manystores.core.database import Connection, connect
from manystores.core.writer import Fenced, Rows, Writer, WriterGone, write

Statement = tuple[str, str, dict[str, Any]]


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
@pytest.mark.parametrize("noticed_s", [0.0, 0.2])
def test_a_writer_that_was_killed_is_gone_on_every_event_loop(database_url: str, run: object, noticed_s: float) -> None:
    """Whether the loop has noticed the death already or not: the owner then asks what was committed, and goes on."""

    async def dies() -> None:
        writer = await Writer.start(database_url)
        os.kill(writer.pid, signal.SIGKILL)
        await asyncio.sleep(noticed_s)
        with pytest.raises(WriterGone):
            await writer.write(Rows(1, 1, 1, 0, (("journal", b"rows"),), ()))
        await writer.close()

    run(dies())  # type: ignore[operator]


DAY = 20_000  # since 1970
EMPTY = binary.HEADER + binary.TRAILER


@pytest.fixture
def connection(fresh_database_url: str) -> Iterator[Connection]:
    """The writer's connection, to a database whose owner has epoch 3 and has committed batch 7."""
    with connect(fresh_database_url, autocommit=True) as connection:
        connection.execute("INSERT INTO lease VALUES (1, 3, 7, 'us', now())")
        yield connection


def rows(seq: int, *, epoch: int = 3, data: bytes = EMPTY, statements: tuple[Statement, ...] = ()) -> Rows:
    """A batch that writes a decision's table and the journal."""
    return Rows(1, epoch, seq, DAY, (("journal (seq)", EMPTY), ("decisions (order_id)", data)), statements)


def committed(connection: Connection) -> object:
    return connection.execute("SELECT seq FROM lease").fetchone()


def test_a_batch_commits_by_advancing_the_lease(connection: Connection) -> None:
    days: set[int] = set()
    for seq in (8, 9):
        write(connection, rows(seq), days)
        assert committed(connection) == (seq,)
    assert days == {DAY}
    assert connection.execute("SELECT count(*) FROM journal_20241004").fetchone() == (0,)


@pytest.mark.parametrize("known", [set(), {DAY}], ids=["on a new day", "on a known day"])
@pytest.mark.parametrize("batch", [rows(9), rows(7), rows(8, epoch=2)], ids=["too early", "again", "of the past"])
def test_a_batch_that_is_not_the_next_one_of_the_lease_is_fenced(
    connection: Connection, batch: Rows, known: set[int]
) -> None:
    """Given a batch that is not due, then nothing of it is written, and the one that is due can still commit."""
    with pytest.raises(Fenced):
        write(connection, batch, known)
    assert committed(connection) == (7,)
    write(connection, rows(8), set())
    assert committed(connection) == (8,)


@pytest.mark.parametrize(
    ("batch", "error"),
    [
        (rows(8, data=b"no rows"), psycopg.errors.BadCopyFileFormat),
        (rows(8, data=binary.HEADER + binary.row([binary.NULL], 1) + binary.TRAILER), psycopg.errors.NotNullViolation),
        (rows(8, statements=(("manystores.core", "fence", {"partition": 1, "epoch": "x", "seq": 1}),)), DataError),
    ],
    ids=["broken rows", "rows against a rule", "a statement that fails"],
)
def test_of_a_batch_that_is_refused_nothing_is_kept(
    connection: Connection, batch: Rows, error: type[Exception]
) -> None:
    """Given a batch that the database refuses, then the lease stands where it stood, and the next try commits."""
    days: set[int] = set()
    with pytest.raises(error):
        write(connection, batch, days)
    assert committed(connection) == (7,)
    write(connection, rows(8), days)
    assert committed(connection) == (8,)


def test_a_server_that_goes_away_is_told_from_one_that_refuses(connection: Connection, fresh_database_url: str) -> None:
    """Given a connection that is cut, then nobody knows what became of the batch, and that is what is raised."""
    with connect(fresh_database_url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))
    with pytest.raises(psycopg.OperationalError) as raised:
        write(connection, rows(8), {DAY})
    assert not isinstance(raised.value, (psycopg.DataError, psycopg.IntegrityError))
