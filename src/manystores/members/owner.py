"""The owner of the person graph: takes what waits, decides it in memory, commits it, and only then acknowledges.

The discipline is the ledger's (`manystores.promise.owner`): one owner, one lease, batches in sequence. Whatever goes
wrong with a commit, it drops its memory and reads the database, since only the database knows what happened.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from typing import Any

import psycopg

from manystores.core.clock import Clock
from manystores.core.errors import UNAVAILABLE, Problem
from manystores.core.writer import UNDER_WAY, Fenced, WriteFailed, Writer, written
from manystores.members.command import Command
from manystores.members.recovery import recover
from manystores.members.rules import TOO_MANY
from manystores.members.turn import Memory, Seal, Turn

log = logging.getLogger(__name__)
BATCH = 1024
"""What is decided at once, counted in events: some 20 ms, in which nobody else is answered."""
QUEUE = 40_000
GATHER = 256
"""Fewer than so many wait for the batch before them to be written."""


class Owner:
    """Owns the graph from `start` until `stop`, or until another owner takes it over."""

    def __init__(self, database_url: str, clock: Clock, seal: Seal, name: str = "owner") -> None:
        self._url, self._clock, self._seal, self._name = database_url, clock, seal, name
        self._waiting: deque[Command] = deque()
        self._weight = 0
        self._wake = asyncio.Event()
        self._memory: Memory | None = None
        self._writer: Writer | None = None
        self._task: asyncio.Task[None] | None = None
        self._commits: deque[asyncio.Task[None]] = deque()
        self._epoch = self._seq = 0
        self._now_us = 0
        self._stopping = self.fenced = False

    async def start(self) -> None:
        """Take over, read, and begin to serve."""
        await self._recover()
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Finish what waits, then let go."""
        self._stopping = True
        self._wake.set()
        if self._task is not None:
            await self._task
        if self._writer is not None:
            await self._writer.close()

    @property
    def memory(self) -> Memory:
        """What is known as decided so far, for reading within one step of the event loop; who answers by it asks a
        command, which is answered once it is durable."""
        if self._memory is None or self.fenced:
            raise _unavailable()
        return self._memory

    async def ask(self, command: Command) -> Any:
        """Ask for a decision: its result once it is durable, or its Problem raised."""
        if self._memory is None or self.fenced or self._stopping:
            raise _unavailable()
        if self._weight > QUEUE:
            raise _busy()
        command.future = asyncio.get_running_loop().create_future()
        self._waiting.append(command)
        self._weight += command.weight
        self._wake.set()
        return await command.future

    # -- the loop

    async def _run(self) -> None:
        while not self._stopping or self._waiting:
            while self._commits and self._commits[0].done():
                self._commits.popleft()
            if not self._waiting:
                self._wake.clear()
                await self._wake.wait()
                continue
            if self._commits and (self._weight < GATHER or len(self._commits) >= UNDER_WAY):
                await asyncio.wait([self._commits[0]])
                continue
            taken = self._take()
            if self._memory is None:
                _answer_all(taken, _unavailable())
                continue
            await self._decide(taken, self._memory)
            await asyncio.sleep(0)
        if self._commits:
            await asyncio.wait(self._commits)

    def _take(self) -> list[Command]:
        taken, weight = [], 0
        while self._waiting and weight < BATCH:
            command = self._waiting.popleft()
            weight += command.weight
            taken.append(command)
            if command.ends_batch:
                break
        self._weight -= weight
        return taken

    async def _decide(self, taken: list[Command], memory: Memory) -> None:
        self._now_us = max(self._now_us, self._clock.now_us())
        turn = Turn(memory, self._seq + 1, self._now_us, self._seal)
        answers: list[tuple[Command, Any]] = []
        try:
            for command in taken:
                try:
                    answers.append((command, command.decide(turn)))
                except Problem as problem:
                    answers.append((command, problem))
            rows = turn.rows(self._epoch) if turn.facts else None
        except Exception:
            log.exception("a batch of the person graph can't be decided")
            await self._fail(taken, memory)
            return
        sent = None
        if rows is not None:
            assert self._writer is not None  # memory is there only while a writer is
            self._seq += 1
            sent = self._writer.send(rows)
        before = self._commits[-1] if self._commits else None
        self._commits.append(asyncio.create_task(self._commit(sent, answers, memory, before)))

    async def _commit(
        self,
        sent: "asyncio.Future[bytes] | None",
        answers: Sequence[tuple[Command, Any]],
        memory: Memory,
        before: "asyncio.Task[None] | None",
    ) -> None:
        """Wait for a batch's commit, and for that of the batch before it; then answer."""
        try:
            if before is not None:
                await asyncio.wait([before])
            if sent is not None:
                await written(sent)
            if memory is not self._memory:
                raise WriteFailed("the batch before it failed")
        except Exception as error:
            if isinstance(error, Fenced):
                log.error("another owner has taken the person graph over; stepping down")
                self.fenced = True
            await self._fail([command for command, _ in answers], memory)
            return
        for command, answer in answers:
            _answer(command, answer)

    async def _fail(self, commands: list[Command], memory: Memory) -> None:
        """Nobody knows whether it committed: memory goes, and the database is asked anew."""
        _answer_all(commands, _unavailable())
        if memory is not self._memory:
            return
        self._memory = None
        waiting, self._waiting, self._weight = list(self._waiting), deque(), 0
        _answer_all(waiting, _unavailable())
        if not self.fenced:
            await self._recover()

    async def _recover(self) -> None:
        self._memory = None
        wait_s = 0.05
        while not self._stopping:
            try:
                if self._writer is not None:
                    await self._writer.close()
                self._writer = None
                self._now_us = max(self._now_us, self._clock.now_us())
                known = await asyncio.to_thread(recover, self._url, self._name, self._now_us)
                self._writer = await Writer.start(self._url)
            except Exception as error:  # whatever it is, the next try may succeed
                expected = isinstance(error, psycopg.Error | WriteFailed)
                log.warning("can't recover yet: %s", str(error).strip(), exc_info=None if expected else error)
                await asyncio.sleep(wait_s)
                wait_s = min(wait_s * 2, 1.0)
            else:
                self._epoch, self._seq = known.epoch, known.seq
                self._memory = known.memory
                log.info("owns the person graph, epoch %s, seq %s", known.epoch, known.seq)
                return


def _answer(command: Command, answer: Any) -> None:
    if command.future is None or command.future.done():  # whoever asked has gone
        return
    if isinstance(answer, Problem):
        command.future.set_exception(answer)
    else:
        command.future.set_result(answer)


def _answer_all(commands: Sequence[Command], problem: Problem) -> None:
    for command in commands:
        _answer(command, problem)


def _unavailable() -> Problem:
    return Problem(
        UNAVAILABLE,
        "Who is a member can't be told now. Repeat the request.",
        "会员服务暂不可用，请重试。",
        retry_after_s=1,
    )


def _busy() -> Problem:
    return Problem(
        TOO_MANY,
        "More events come than can be written. Send them again later.",
        "事件过多，暂时无法写入，请稍后重发。",
        retry_after_s=1,
    )
