"""The journal's writer: a process of its own that turns a batch into one transaction.

The owner's event loop would otherwise wait for the interpreter's lock at each of a transaction's round trips. The owner
lays a batch's ready-made rows into memory that both share, says so, and hears one word: written, fenced, or what went
wrong. At most three batches are on their way, each in memory of its own, so none needs a lock: the others wait at the
writer's, which goes on without asking. None can commit unless those before it did, since the lease counts batches. When
the owner goes, the writer's input ends and it goes too; a batch that it commits then was decided under a valid epoch,
or is fenced.

Run by the owner as `python -m manystores.core.writer`; it imports no kernel, so that it is small and quick to start.
"""

import asyncio
import mmap
import os
import pickle
import signal
import sys
import tempfile
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from struct import Struct
from typing import Any, NamedTuple

import psycopg
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus
from psycopg.pq.abc import PGconn

from manystores.core.database import connect
from manystores.core.sql import queries

SQL = queries("manystores.core")
DAY_TABLE = "toast_tuple_target = 8160, autovacuum_vacuum_insert_scale_factor = 1"
_LENGTH = Struct(">Q")
_REFUSED = b"refused: "
FENCE = 2  # the place of the fence among the statements of a batch
UNDER_WAY = 3  # batches that may be sent and not answered


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
    exactly: tuple[tuple[str, int], ...] = ()  # rows that named statements must change, or the batch is refused


def write(connection: psycopg.Connection[Any], rows: Rows, days: set[int]) -> None:
    """Commit a batch under its epoch; Fenced if the lease has moved on. `days` are those that have tables."""
    lease = {"partition": rows.partition_id, "epoch": rows.epoch, "seq": rows.seq - 1}
    with connection.cursor() as cursor:
        if rows.day not in days:
            with connection.transaction():
                if cursor.execute(SQL["settled_lease"], lease).fetchone() != (rows.epoch, rows.seq - 1):
                    raise Fenced
                ensure_day(cursor, rows.day)
            days.add(rows.day)
        fence = psycopg.ClientCursor(connection).mogrify(SQL["fence"], lease)
        copies = [f"COPY {target} FROM STDIN (FORMAT BINARY)" for target, _ in rows.copies]
        end = [] if rows.statements else ["COMMIT"]
        try:
            _say(connection.pgconn, ["BEGIN", fence, *copies, *end], [data for _, data in rows.copies])
            for package, name, values in rows.statements:
                cursor.execute(queries(package)[name], values)
                wanted = dict(rows.exactly).get(name, cursor.rowcount)
                if cursor.rowcount != wanted:
                    raise LookupError(f"{name} changed {cursor.rowcount} rows instead of {wanted}")
            if rows.statements:
                cursor.execute("COMMIT")
        except BaseException:
            connection.rollback()
            raise


def _say(server: PGconn, statements: Sequence[str], data: Sequence[bytes]) -> None:
    """Say all statements in one message; the second is the fence, and each COPY gets its data when it asks for them.

    The server goes from one to the next by itself. One message each would cost a batch half a millisecond more, in
    which the disk waits.
    """
    server.nonblocking = 0
    server.send_query(";".join(statements).encode())
    left, fenced, done, wrong = iter(data), False, 0, None
    while (result := server.get_result()) is not None:
        if result.status == ExecStatus.COPY_IN:
            if fenced:
                server.put_copy_end(b"fenced")
            else:
                server.put_copy_data(next(left))
                server.put_copy_end()
        elif result.status == ExecStatus.COMMAND_OK:
            done += 1
            fenced |= done == FENCE and result.command_tuples != 1
        else:
            wrong = wrong or result
            if server.status == ConnStatus.BAD:
                break
    if fenced:
        raise Fenced
    if wrong is None and done != len(statements):
        raise psycopg.OperationalError("the server ended before the last statement")
    if wrong is not None:
        state = (wrong.error_field(DiagnosticField.SQLSTATE) or b"").decode()
        kind = psycopg.errors.lookup(state) if state else psycopg.OperationalError
        raise kind(wrong.error_message.decode(errors="replace").strip())


def ensure_day(cursor: psycopg.Cursor[Any], day: int) -> None:
    """Make the journal's tables of a day (days since 1970).

    Attached, not made as partitions: that needs no lock which readers hold, so that nobody's long report stops sales.
    Bodies of up to a page stay as they are: compressing them would cost more than all the rest of an order's fact. Rows
    only come, so that the server need not vacuum for every fifth more of them, but when a table has doubled.
    """
    cursor.execute(SQL["lock_days"])
    first = date(1970, 1, 1) + timedelta(days=day)
    last = first + timedelta(days=1)
    for table in ("journal", "movements"):
        name = f"{table}_{first:%Y%m%d}"
        if cursor.execute("SELECT to_regclass(%s)", (name,)).fetchone() == (None,):
            cursor.execute(f"CREATE TABLE {name} (LIKE {table} INCLUDING ALL) WITH ({DAY_TABLE})")
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

    def __init__(self, process: asyncio.subprocess.Process, shared: Sequence[Shared]) -> None:
        self._process, self._shared = process, shared
        self._asked: deque[asyncio.Future[bytes]] = deque()  # in the order of their answers
        self._sent = 0
        self._gone = False
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def start(cls, database_url: str) -> "Writer":
        """Start the process and let it connect; WriteFailed if the database can't be reached."""
        pipe, shared = asyncio.subprocess.PIPE, [Shared.make() for _ in range(UNDER_WAY)]
        fds = tuple(each.fd for each in shared)
        command = (sys.executable, "-m", "manystores.core.writer", *map(str, fds))
        try:
            process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, pass_fds=fds)
        except BaseException:
            for each in shared:
                each.close()
            raise
        writer = cls(process, shared)
        try:
            await written(writer._ask(pickle.dumps(database_url)))
        except BaseException:
            await writer.close()
            raise
        return writer

    @property
    def pid(self) -> int:
        """The process, for whoever watches it."""
        return self._process.pid

    def send(self, rows: Rows) -> "asyncio.Future[bytes]":
        """Send a batch, to be committed after those sent before; `written` tells what became of it.

        At most UNDER_WAY batches may be sent and not answered.
        """
        slot = self._sent % UNDER_WAY
        self._sent += 1
        places = self._shared[slot].put([data for _, data in rows.copies])
        copies = tuple((target, place) for (target, _), place in zip(rows.copies, places, strict=True))
        return self._ask(pickle.dumps((slot, rows._replace(copies=copies)), pickle.HIGHEST_PROTOCOL))  # type: ignore[arg-type]

    async def write(self, rows: Rows) -> None:
        """Commit a batch; Fenced, or WriteFailed when the outcome is not known to be a commit."""
        await written(self.send(rows))

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
        await asyncio.wait([self._listening])
        for each in self._shared:
            each.close()

    def _ask(self, message: bytes) -> "asyncio.Future[bytes]":
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        assert self._process.stdin is not None
        try:
            if self._gone:
                raise OSError
            self._process.stdin.write(_LENGTH.pack(len(message)) + message)
        except (OSError, RuntimeError):  # uvloop: RuntimeError, closed transport
            answer.set_exception(_gone())
        else:
            self._asked.append(answer)
        return answer

    async def _listen(self) -> None:
        """Hand the answers on, in order, until the process is gone."""
        stdout = self._process.stdout
        assert stdout is not None
        with suppress(OSError, RuntimeError, asyncio.IncompleteReadError):
            while True:
                said = await stdout.readexactly(_LENGTH.unpack(await stdout.readexactly(8))[0])
                answer = self._asked.popleft()
                if not answer.done():
                    answer.set_result(said)
        self._gone = True
        for answer in self._asked:
            if not answer.done():
                answer.set_exception(_gone())
        self._asked.clear()


def _gone() -> WriterGone:
    return WriterGone("the writer process is gone")


async def written(answer: "asyncio.Future[bytes]") -> None:
    """Wait until a batch is committed; Fenced, or WriteFailed when the outcome is not known to be a commit."""
    said = await answer
    if said == b"fenced":
        raise Fenced
    if said.startswith(_REFUSED):
        raise Refused(said.decode(errors="replace"))
    if said != b"written":
        raise WriteFailed(said.decode(errors="replace"))


def main() -> None:
    """Write batches as they come in, until the owner is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to the owner too, whose end ends the input
    source, target, shared = sys.stdin.buffer, sys.stdout.buffer, [Shared(int(fd)) for fd in sys.argv[1:]]
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
                slot, rows = message
                copies = tuple((into, shared[slot].get(*place)) for into, place in rows.copies)
                write(connection, rows._replace(copies=copies), days)
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
