"""The journal's writer: a process of its own that turns a batch into one transaction.

The owner's event loop would otherwise wait for the interpreter's lock at each of a transaction's round trips. The owner
lays a batch's ready-made rows into memory that both share, says so, and hears one word: written, fenced, or what went
wrong. One batch at a time is on its way, so the memory needs no lock. When the owner goes, the writer's input ends and
it goes too; a batch that it commits then was decided under a valid epoch, or is fenced.

Run by the owner as `python -m manystores.promise.writer`; it imports no kernel, so that it is small and quick to start.
"""

import asyncio
import mmap
import os
import pickle
import signal
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from struct import Struct
from typing import Any, NamedTuple

import psycopg

from manystores.core.database import connect
from manystores.core.sql import queries

SQL = queries("manystores.promise")
ORDERS = queries("manystores.orders")
_LENGTH = Struct(">Q")
_REFUSED = b"refused: "


class Fenced(Exception):
    """Another owner has taken the partition over; this one must step down."""


class WriteFailed(Exception):
    """The batch could not be written, or nobody knows whether it was."""


class WriterGone(WriteFailed):
    """The writer process died, perhaps after its commit."""


class Refused(WriteFailed):
    """The database refused the batch for what is in it; it is rolled back for certain."""


class Rows(NamedTuple):
    """A batch, ready to be written: COPY data by target, and parameters of statements."""

    partition_id: int
    epoch: int
    seq: int
    day: int  # days since 1970
    copies: tuple[tuple[str, bytes], ...]  # (table and columns, binary COPY data)
    statements: tuple[tuple[str, str, dict[str, Any]], ...]  # (package, named statement, parameters)
    changed_orders: int = 0


def write(connection: psycopg.Connection[Any], rows: Rows, days: set[int]) -> None:
    """Commit a batch under its epoch; Fenced if the lease has moved on. `days` are those that have tables."""
    with connection.transaction(), connection.cursor() as cursor:
        lease = {"partition": rows.partition_id, "epoch": rows.epoch, "seq": rows.seq - 1}
        cursor.execute(SQL["fence"], lease)
        if cursor.rowcount != 1:
            raise Fenced
        if rows.day not in days:
            ensure_day(cursor, rows.day)
        for target, data in rows.copies:
            with cursor.copy(f"COPY {target} FROM STDIN (FORMAT BINARY)") as copy:
                copy.write(data)
        for package, name, values in rows.statements:
            cursor.execute(queries(package)[name], values)
            if name == "update_orders" and cursor.rowcount != rows.changed_orders:
                raise LookupError(f"{rows.changed_orders - cursor.rowcount} changed orders are not in the book")
    days.add(rows.day)


def ensure_day(cursor: psycopg.Cursor[Any], day: int) -> None:
    """Make the journal's tables of a day (days since 1970).

    Attached, not made as partitions: that needs no lock which readers hold, so that nobody's long report stops sales.
    Bodies of up to a page stay as they are: compressing them would cost more than all the rest of an order's fact.
    """
    first = date(1970, 1, 1) + timedelta(days=day)
    last = first + timedelta(days=1)
    for table in ("journal", "movements"):
        name = f"{table}_{first:%Y%m%d}"
        if cursor.execute("SELECT to_regclass(%s)", (name,)).fetchone() == (None,):
            cursor.execute(f"CREATE TABLE {name} (LIKE {table} INCLUDING ALL) WITH (toast_tuple_target = 8160)")
            cursor.execute(f"ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ('{first}') TO ('{last}')")


class Shared:
    """Memory that the owner and its writer share, by a file that has no name."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self._memory: mmap.mmap | None = None

    @classmethod
    def make(cls) -> "Shared":
        """New memory; the other process opens it by the number of its file, which it inherits."""
        if hasattr(os, "memfd_create"):
            return cls(os.memfd_create("manystores-rows"))
        with tempfile.TemporaryFile() as file:
            return cls(os.dup(file.fileno()))

    def put(self, parts: Sequence[bytes]) -> list[tuple[int, int]]:
        """Lay the parts behind each other, over what was there before; where each begins and ends."""
        places, end = [], 0
        for part in parts:
            places.append((end, end + len(part)))
            end += len(part)
        if end > (len(self._memory) if self._memory is not None else 0):
            os.ftruncate(self.fd, max(1 << 20, end + end // 2))
        memory = self._reaching(end)
        for part, (begin, until) in zip(parts, places, strict=True):
            memory[begin:until] = part
        return places

    def get(self, begin: int, end: int) -> bytes:
        """What lies there."""
        return self._reaching(end)[begin:end]

    def close(self) -> None:
        """Let go of it; the other process keeps its own hold."""
        if self._memory is not None:
            self._memory.close()
        os.close(self.fd)

    def _reaching(self, end: int) -> mmap.mmap:
        if self._memory is None or len(self._memory) < end:
            if self._memory is not None:
                self._memory.close()
            self._memory = mmap.mmap(self.fd, 0)
        return self._memory


class Writer:
    """The owner's end: one writer process and its connection."""

    def __init__(self, process: asyncio.subprocess.Process, shared: Shared) -> None:
        self._process, self._shared = process, shared

    @classmethod
    async def start(cls, database_url: str) -> "Writer":
        """Start the process and let it connect; WriteFailed if the database can't be reached."""
        pipe, shared = asyncio.subprocess.PIPE, Shared.make()
        command = (sys.executable, "-m", "manystores.promise.writer", str(shared.fd))
        try:
            process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, pass_fds=(shared.fd,))
        except BaseException:
            shared.close()
            raise
        writer = cls(process, shared)
        try:
            await writer._ask(pickle.dumps(database_url))
        except BaseException:
            await writer.close()
            raise
        return writer

    @property
    def pid(self) -> int:
        """The process, for whoever watches it."""
        return self._process.pid

    async def write(self, rows: Rows) -> None:
        """Commit a batch; Fenced, or WriteFailed when the outcome is not known to be a commit."""
        places = self._shared.put([data for _, data in rows.copies])
        targets = [target for target, _ in rows.copies]
        said = rows._replace(copies=tuple(zip(targets, places, strict=True)))  # type: ignore[arg-type]
        await self._ask(pickle.dumps(said, pickle.HIGHEST_PROTOCOL))

    async def close(self) -> None:
        """End the process; what it is committing may still commit."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), 2)
        except TimeoutError:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        self._shared.close()

    async def _ask(self, message: bytes) -> None:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            stdin.write(_LENGTH.pack(len(message)))
            stdin.write(message)
            await stdin.drain()
            answer = await stdout.readexactly(_LENGTH.unpack(await stdout.readexactly(8))[0])
        except (OSError, RuntimeError, asyncio.IncompleteReadError) as error:  # uvloop: RuntimeError, closed transport
            raise WriterGone("the writer process is gone") from error
        if answer == b"fenced":
            raise Fenced
        if answer.startswith(_REFUSED):
            raise Refused(answer.decode(errors="replace"))
        if answer != b"written":
            raise WriteFailed(answer.decode(errors="replace"))


def main() -> None:
    """Write batches as they come in, until the owner is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to the owner too, whose end ends the input
    source, target, shared = sys.stdin.buffer, sys.stdout.buffer, Shared(int(sys.argv[1]))
    connection: psycopg.Connection[Any] | None = None
    days: set[int] = set()
    while len(head := source.read(8)) == 8:
        size = _LENGTH.unpack(head)[0]
        if len(said := source.read(size)) < size:
            return  # the owner died in mid-sentence
        message = pickle.loads(said)
        try:
            if isinstance(message, str):
                connection = connect(message, autocommit=True, name="manystores-owner")
            elif connection is not None:
                copies = tuple((into, shared.get(*place)) for into, place in message.copies)
                write(connection, message._replace(copies=copies), days)
            answer = b"written"
        except Fenced:
            answer = b"fenced"
        except (psycopg.DataError, psycopg.IntegrityError, LookupError) as error:
            answer = _REFUSED + f"{type(error).__name__}: {error}".encode()
        except Exception as error:
            answer = f"{type(error).__name__}: {error}".encode() or b"failed"
        target.write(_LENGTH.pack(len(answer)) + answer)
        target.flush()


if __name__ == "__main__":
    main()
