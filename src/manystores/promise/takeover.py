"""Take a partition over, and read its tables ahead: packed rows wait in memory until somebody wants them.

The projection is read as it stands, and the journal after it: so a start need not wait for a projection that is behind.
All connections read under one snapshot, each in a thread of its own, a bounded number of rows ahead. This imports no
kernel: `manystores serve` begins with it, and the database packs rows while Python still loads its code.
"""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import date
from queue import Full, Queue
from typing import Any, Generic, NamedTuple, TypeVar

import psycopg

from manystores.core.clock import DAY_US, from_datetime, to_datetime
from manystores.core.database import connect
from manystores.core.sql import queries

SQL = queries("manystores.promise")
CORE = queries("manystores.core")
PAGES = 256  # of a table in one value: some 20,000 rows, 2 MB
AHEAD = 32  # values that wait, at most, in a stream
SMALL, LARGE = 1 << 18, 1 << 22  # bytes: the journal is read in values between these
_LAST_PAGE = (1 << 32) - 1
_POLL_S = 0.1
T = TypeVar("T")


class Lease(NamedTuple):
    """What was taken over."""

    epoch: int
    seq: int
    decided_us: int  # when the newest batch was decided, 0 before the first: days in the journal never go back


class _Position(NamedTuple):
    """What to read: tables as of `after`, the journal in (after, upto]."""

    snapshot: str
    after: int
    day: date
    upto: int


class Stream(Generic[T]):
    """Values of packed rows that a thread reads ahead. `rows` is how many there are, where that is known before."""

    def __init__(self, ended: threading.Event) -> None:
        self._ended = ended
        self._values: Queue[T | BaseException | None] = Queue(AHEAD)
        self._rows: Future[int] = Future()

    @property
    def rows(self) -> int:
        return self._rows.result()

    def __iter__(self) -> Iterator[T]:
        while (value := self._values.get()) is not None:
            if isinstance(value, BaseException):
                raise value
            yield value

    def expect(self, rows: int) -> None:
        self._rows.set_result(rows)

    def put(self, value: T | BaseException | None) -> None:
        """Hand a value over, or wait until there is room; nothing when nobody wants it any more."""
        if isinstance(value, BaseException) and not self._rows.done():
            self._rows.set_exception(value)
        while not self._ended.is_set():
            try:
                self._values.put(value, timeout=_POLL_S)
                return
            except Full:
                continue


class TakeOver:
    """Begins at once, in threads; `close` ends it, however far it is."""

    def __init__(self, database_url: str, partition_id: int, owner: str, now_us: int, hours: int) -> None:
        self._url, self._partition, self._owner, self._now_us = database_url, partition_id, owner, now_us
        self._days_before = -(-hours // 24)
        self._ended = threading.Event()
        self._statements = threading.Semaphore(max(1, (os.cpu_count() or 1) - 1))  # one processor is for who loads code
        self._lease: Future[Lease] = Future()
        self._shared: Future[_Position] = Future()
        self._joined = threading.Event()  # the second connection has the first one's snapshot
        self.buckets, self.movements = Stream[bytes](self._ended), Stream[bytes](self._ended)
        self.reservations, self.lines, self.states = (Stream[bytes](self._ended) for _ in range(3))
        self.keys = Stream[tuple[int, bytes]](self._ended)  # day since 1970, request keys of that day; day by day
        self._older: Future[bool] = Future()
        self._threads = [
            threading.Thread(target=self._guarded, args=each, name="take-over", daemon=True)
            for each in (
                (self._lead, (self.buckets, self.movements)),
                (self._follow, (self.reservations, self.lines, self.states)),
                (self._read_keys, (self.keys,)),
            )
        ]
        for thread in self._threads:
            thread.start()

    @property
    def lease(self) -> Lease:
        """Wait until every older owner is fenced."""
        return self._lease.result()

    @property
    def older(self) -> bool:
        """Whether the journal reaches back before the first day of `keys`."""
        return self._older.result()

    def hurry(self) -> None:
        """Code is loaded, now the rows are waited for: all connections may keep the database busy at once."""
        self._statements.release(len(self._threads))

    def close(self) -> None:
        """Let go of the connections."""
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _guarded(self, read: Callable[[], None], streams: tuple[Stream[Any], ...]) -> None:
        """Whoever waits for a stream hears of what went wrong."""
        try:
            read()
        except BaseException as error:
            mine: dict[Any, tuple[Future[Any], ...]] = {
                self._lead: (self._lease, self._shared),
                self._read_keys: (self._older,),
            }
            for future in mine.get(read, ()):
                if not future.done():
                    future.set_exception(error)
            self._joined.set()
            for stream in streams:
                stream.put(error)

    def _lead(self) -> None:
        with connect(self._url, autocommit=True, name="manystores-recovery") as connection:
            epoch, seq = self._fence(connection)
            with connection.transaction():
                _read_only(connection)
                here = {"partition": self._partition, "seq": seq}
                snapshot, after, day = connection.execute(SQL["projected"], here).fetchone() or ("", 0, date.min)
                position = _Position(snapshot, after, day, seq)
                (decided_at,) = connection.execute(SQL["decided_at"], here).fetchone() or (None,)
                self._lease.set_result(Lease(epoch, seq, from_datetime(decided_at) if decided_at is not None else 0))
                self._shared.set_result(position)
                self._table(connection, "buckets", self.buckets)
                self._journal(connection, "load_movements", position, self.movements)
                self._joined.wait()

    def _follow(self) -> None:
        position = self._shared.result()
        with connect(self._url, autocommit=True, name="manystores-recovery") as connection, connection.transaction():
            _read_only(connection)
            connection.execute(psycopg.sql.SQL("SET TRANSACTION SNAPSHOT {}").format(position.snapshot))
            self._joined.set()
            self._table(connection, "reservations", self.reservations)
            self._table(connection, "reservation_lines", self.lines)
            self._journal(connection, "load_states", position, self.states)

    def _read_keys(self) -> None:
        """Request keys of today and of the days before it that count; nobody adds to them any more."""
        today = max(self._now_us, self.lease.decided_us) // DAY_US
        with connect(self._url, autocommit=True, name="manystores-recovery") as connection:
            for day in range(today - self._days_before, today + 1):
                on = to_datetime(day * DAY_US).date()
                limits = {"partition": self._partition, "day": on}
                for value in self._pages(connection, "load_keys", f"journal_{on:%Y%m%d}", limits):
                    self.keys.put((day, value))
            self.keys.put(None)
            first = to_datetime((today - self._days_before) * DAY_US).date()
            row = connection.execute(SQL["any_before"], {"partition": self._partition, "day": first}).fetchone()
            self._older.set_result(row != (False,))

    def _fence(self, connection: psycopg.Connection[Any]) -> tuple[int, int]:
        """From here on, no older owner commits."""
        here = {"partition": self._partition, "owner": self._owner, "at": to_datetime(self._now_us)}
        with connection.transaction():
            connection.execute(SQL["open_partition"], here)
            row = connection.execute(CORE["take_over"], here).fetchone()
        if row is None:
            raise LookupError(f"partition {self._partition} has no lease")
        epoch, seq = row
        return epoch, seq

    def _table(self, connection: psycopg.Connection[Any], table: str, stream: Stream[bytes]) -> None:
        count = psycopg.sql.SQL("SELECT count(*) FROM {} WHERE partition_id = {}")
        (rows,) = connection.execute(count.format(psycopg.sql.Identifier(table), self._partition)).fetchone() or (0,)
        stream.expect(rows)
        for value in self._pages(connection, f"load_{table}", table, {"partition": self._partition}):
            stream.put(value)
        stream.put(None)

    def _pages(
        self, connection: psycopg.Connection[Any], name: str, table: str, values: dict[str, Any]
    ) -> Iterator[bytes]:
        """A table by ranges of its pages: no sort, no group, however large it is."""
        (pages,) = connection.execute(SQL["table_pages"], {"table": table}).fetchone() or (0,)
        firsts = range(0, pages or 1, PAGES)
        for first in firsts:
            if self._ended.is_set():
                return
            end = _LAST_PAGE if first == firsts[-1] else first + PAGES
            if value := self._value(connection, name, values | {"first": f"({first},0)", "end": f"({end},0)"}):
                yield value

    def _journal(
        self, connection: psycopg.Connection[Any], name: str, position: _Position, stream: Stream[bytes]
    ) -> None:
        """What the projection lacks, so many batches at a time that values become neither small nor huge."""
        after, batches = position.after, 16
        while after < position.upto and not self._ended.is_set():
            upto = min(position.upto, after + batches)
            limits = {"partition": self._partition, "day": position.day, "after": after, "upto": upto}
            if value := self._value(connection, name, limits):
                stream.put(value)
            after = upto
            batches = batches * 2 if len(value) < SMALL else max(1, batches // 2) if len(value) > LARGE else batches
        stream.put(None)

    def _value(self, connection: psycopg.Connection[Any], name: str, values: dict[str, Any]) -> bytes:
        """One packed value."""
        with self._statements:
            row = connection.execute(SQL[name], values, binary=True).fetchone()
        return (row and row[0]) or b""


def _read_only(connection: psycopg.Connection[Any]) -> None:
    connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")  # who takes the rows may be slow
