"""Simulations of a brand, each in a process of its own: started, watched, called off, kept.

The process reads the database and writes nothing; what it found is written here. One at a time for each brand.
"""

import asyncio
import os
import sys
from contextlib import suppress
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg_pool import AsyncConnectionPool

from manystores.core.clock import Clock, to_datetime
from manystores.core.sql import queries

SQL: Final = queries("manystores.flows")
KEPT: Final = 20
"""A brand's last simulations are kept."""
LINE_MAX: Final = 256 << 20
_PROGRAM: Final = "import sys; from manystores.cli.simulate_job import main; sys.exit(main())"
_INTERRUPTED: Final = {
    "en": {"detail": "The server was restarted meanwhile; start it again."},
    "zh": {"detail": "服务器在此期间重启，请重新运行。"},
}
_BROKEN: Final = {
    "en": {"detail": "The simulation's process ended early; the server's log says why."},
    "zh": {"detail": "模拟进程意外结束，原因见服务器日志。"},
}


class Progress(Struct):
    """How far a simulation is."""

    phase: str = "reading"
    share: float = 0.0


class _Told(Struct):
    """A line of the process."""

    phase: str = ""
    share: float = 0.0
    result: msgspec.Raw = msgspec.Raw(b"")
    problem: msgspec.Raw = msgspec.Raw(b"")


_LINE: Final = msgspec.json.Decoder(_Told)


class Simulations:
    """Those that run now, by brand."""

    def __init__(self, pool: AsyncConnectionPool[Any], clock: Clock) -> None:
        self._pool, self._clock = pool, clock
        self._running: dict[int, tuple[UUID, Progress]] = {}
        self._tasks: dict[UUID, asyncio.Task[None]] = {}
        self._cancelled: set[UUID] = set()

    def running(self, party_no: int) -> UUID | None:
        """The one that runs for a brand."""
        found = self._running.get(party_no)
        return None if found is None else found[0]

    def progress(self, party_no: int, simulation_id: UUID) -> Progress | None:
        """How far it is; None where it doesn't run here."""
        found = self._running.get(party_no)
        return found[1] if found is not None and found[0] == simulation_id else None

    def start(self, party_no: int, simulation_id: UUID, job: bytes) -> None:
        """Begin; the brand's row is there already."""
        self._running[party_no] = (simulation_id, Progress())
        task = asyncio.create_task(self._run(party_no, simulation_id, job))
        self._tasks[simulation_id] = task

    async def cancel(self, simulation_id: UUID) -> None:
        """Call it off, and wait until that is written."""
        task = self._tasks.get(simulation_id)
        if task is not None:
            self._cancelled.add(simulation_id)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def stop(self) -> None:
        """Call all off, since the server stops; the next one to read them finds them interrupted."""
        for task in list(self._tasks.values()):
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def mend(self, party_no: int) -> None:
        """What is said to run and does not was interrupted by the end of its server."""
        present = self.running(party_no)
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(SQL["running_simulations"], {"party_no": party_no})).fetchall()
        for (simulation_id,) in rows:
            if simulation_id != present and simulation_id not in self._tasks:
                await self._end(simulation_id, "failed", msgspec.json.encode(_INTERRUPTED), None)

    async def _run(self, party_no: int, simulation_id: UUID, job: bytes) -> None:
        try:
            state, problem, result = await self._watched(party_no, job)
            await self._end(simulation_id, state, problem, result)
        except asyncio.CancelledError:
            if simulation_id in self._cancelled:
                await self._end(simulation_id, "cancelled", None, None)
        finally:
            self._running.pop(party_no, None)
            self._tasks.pop(simulation_id, None)
            self._cancelled.discard(simulation_id)
        async with self._pool.connection() as connection:
            await connection.execute(SQL["forget_simulations"], {"party_no": party_no, "most": KEPT})

    async def _watched(self, party_no: int, job: bytes) -> tuple[str, bytes | None, bytes | None]:
        """(state, problem, result) of the process, which is ended with us."""
        url = self._pool.conninfo
        assert isinstance(url, str)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            _PROGRAM,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=os.environ | {"MANYSTORES_DATABASE_URL": url},
            limit=LINE_MAX,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        progress = self._running[party_no][1]
        try:
            with suppress(BrokenPipeError, ConnectionResetError):
                process.stdin.write(job)
                process.stdin.write_eof()
            while line := await process.stdout.readline():
                told = _LINE.decode(line)
                if bytes(told.result):
                    return "done", None, bytes(told.result)
                if bytes(told.problem):
                    return "failed", bytes(told.problem), None
                progress.phase, progress.share = told.phase, told.share
            return "failed", msgspec.json.encode(_BROKEN), None
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
            await process.wait()

    async def _end(self, simulation_id: UUID, state: str, problem: bytes | None, result: bytes | None) -> None:
        row = {
            "simulation_id": simulation_id,
            "state": state,
            "at": to_datetime(self._clock.now_us()),
            "problem": None if problem is None else problem.decode(),
            "result": None if result is None else result.decode(),
        }
        async with self._pool.connection() as connection:
            await connection.execute(SQL["end_simulation"], row)
