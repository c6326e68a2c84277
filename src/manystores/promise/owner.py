"""The owner of a partition: takes what waits, decides it, commits it, and only then acknowledges.

While one batch commits, the next is decided; it commits afterwards. Whatever goes wrong with a commit, the owner drops
its memory and recovers from the database, since only the database knows what happened.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import msgspec
import psycopg

from manystores.core.clock import Clock, from_datetime, to_datetime
from manystores.core.database import connect_async
from manystores.core.errors import UNAVAILABLE, Problem
from manystores.core.sql import queries
from manystores.core.writer import UNDER_WAY, Fenced, Refused, Rows, WriteFailed, Writer, WriterGone, written
from manystores.ledger import Key, Ledger, Reason
from manystores.promise import order_book
from manystores.promise.command import Command, Needs, SetAnswer, StoredFact, Ticket
from manystores.promise.decide import Decided, Decider, Replay
from manystores.promise.journal import Batch, encode
from manystores.promise.recovery import Recovered, recover
from manystores.promise.reservations import Expire
from manystores.promise.results import DAY_US, Answered
from manystores.promise.rules import INTERNAL
from manystores.promise.takeover import TakeOver
from manystores.promise.turn import Prepared

log = logging.getLogger(__name__)
SQL = queries("manystores.promise")
CORE = queries("manystores.core")
EXPIRY_EVERY_S = 0.5
STOP_S = 20.0
HALVED = 512  # from this weight on, what waits is decided in two batches
T = TypeVar("T")


class Sent(NamedTuple):
    """A batch on its way: its rows, who writes them, and what will be heard of it."""

    rows: Rows
    writer: Writer | None
    answer: asyncio.Future[bytes]


class Owner:
    """Owns one partition from `start` until `stop`, or until another owner takes it over."""

    def __init__(
        self,
        database_url: str,
        clock: Clock,
        *,
        partition_id: int = 1,
        name: str = "owner",
        batch_max: int = 4096,
        queue_max: int = 20_000,
        idempotency_hours: int = 24,
        expire_order: Callable[[UUID], Command] | None = None,
        on_commit: Callable[[Batch], None] | None = None,
        taken: TakeOver | None = None,
    ) -> None:
        self._url, self._clock, self.partition_id, self._name = database_url, clock, partition_id, name
        self._batch_max, self._queue_max, self._hours = batch_max, queue_max, idempotency_hours
        self._expire_order, self._on_commit = expire_order, on_commit
        self._taken = taken  # a take-over that has begun already
        self._waiting: deque[Command] = deque()
        self._weight = self._asked = 0  # of what waits: how many holds would take as long, how many requests it is
        self._alone: deque[Command] = deque()  # of a batch that the database refused: each is a batch of its own
        self._wake = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, "owner")
        self._writer: Writer | None = None
        self._sent: list[Sent] = []  # batches on their way, oldest first
        self._reader: psycopg.AsyncConnection[Any] | None = None
        self._decider: Decider | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._epoch = self._seq = self.committed = 0
        self._now_us = 0
        self._stopping = False
        self.fenced = False
        self.batches = self.commands = 0

    # -- life --------------------------------------------------------------------------------------------------------

    async def take_over(self) -> None:
        """Take the partition over and recover; nothing is decided before `start`."""
        await self._recover()

    async def start(self) -> None:
        """Begin to serve, with what `take_over` recovered; it is done now if it was not before."""
        if self._decider is None:
            await self._recover()
        self._tasks = [asyncio.create_task(self._run()), asyncio.create_task(self._expire())]

    async def stop(self) -> None:
        """Finish what waits, then let go."""
        self._stopping = True
        self._wake.set()
        for task in self._tasks[1:]:
            task.cancel()
        if self._tasks:
            _, hanging = await asyncio.wait(self._tasks, timeout=STOP_S)
            await self._close()  # without its writer, a commit that hangs fails, and its clients are answered
            if hanging:
                await asyncio.wait(hanging)
        await self._close()
        self._thread.shutdown()

    @property
    def ready(self) -> bool:
        """Whether it decides now."""
        return self._decider is not None and not self.fenced

    @property
    def ledger(self) -> Ledger:
        """The ledger as decided so far, for reading within one step of the event loop."""
        if self._decider is None or self.fenced:
            raise _unavailable()
        return self._decider.ledger

    @property
    def sequence(self) -> int:
        """The last batch that was decided: `ledger` is as of it."""
        return self._seq

    async def settled(self, seq: int) -> None:
        """Wait until a batch that `sequence` named is committed; a Problem if it failed."""
        decider, until = self._decider, asyncio.get_running_loop().time() + STOP_S
        while self.committed < seq:
            if decider is None or decider is not self._decider or asyncio.get_running_loop().time() > until:
                raise _unavailable()
            await asyncio.sleep(0.002)

    @property
    def waiting(self) -> int:
        """How many requests wait to be decided."""
        return self._asked + len(self._alone)

    # -- asking ------------------------------------------------------------------------------------------------------

    def submit(self, commands: Sequence[Command]) -> asyncio.Future[list[Any]]:
        """Ask for decisions, in order; the future gives a result or a Problem for each, once durable."""
        if not self.ready or self._stopping or self._asked > self._queue_max:
            raise _unavailable()
        ticket = Ticket(len(commands))
        for place, command in enumerate(commands):
            command.ticket, command.place = ticket, place
            self._weight += command.weight
            self._asked += command.asks
        if not commands:
            ticket.future.set_result([])
        self._waiting.extend(commands)
        self._wake.set()
        return ticket.future

    async def ask(self, command: Command) -> Any:
        """Ask for one decision: its result, or its Problem raised."""
        (result,) = await self.submit([command])
        if isinstance(result, Problem):
            raise result
        return result

    # -- the loop ----------------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        """Decide batch after batch. Some are on their way to the disk: one commits, the others wait at the writer's."""
        commits: list[asyncio.Task[None]] = []
        newest = 0  # weight of the batch that was sent last
        while not self._stopping or self._waiting or self._alone:
            commits = [task for task in commits if not task.done()]
            if not self._waiting and not self._alone:
                self._wake.clear()
                await self._wait(self._wake.wait(), commits)
                continue
            # more commands gather while little waits; a batch that may fail, fails alone
            gather = self._alone or self._weight < min(self._batch_max // 8, newest // 2)
            if commits and (gather or len(commits) == UNDER_WAY):
                await asyncio.wait(commits[:1])
                continue
            # of much that waits for nothing else, one half is decided while the other commits
            halve = not commits and self._weight >= HALVED
            newest = self._weight
            taken = self._take(self._weight // 2 if halve else self._batch_max)
            newest -= self._weight
            decider = self._decider
            decided = await self._decide(taken, decider)
            if decided is None:
                continue
            if decider is None or decider is not self._decider:  # a batch before failed: this one never was
                _answer_all(taken, _unavailable())
                continue
            sent = self._send(decided.batch) if decided.batch.size else None
            before = commits[-1] if commits else None
            commits.append(asyncio.create_task(self._commit(decided, taken, decider, sent, before)))
        if commits:
            await asyncio.wait(commits)

    def _take(self, most: int) -> list[Command]:
        """The next batch: bounded by the time that deciding it takes, so that the event loop answers others too."""
        if self._alone:
            return [self._alone.popleft()]
        taken, weight = [], 0
        while self._waiting and weight < min(most, self._batch_max):
            command = self._waiting.popleft()
            weight += command.weight
            self._asked -= command.asks
            taken.append(command)
        self._weight -= weight
        return taken

    @staticmethod
    async def _wait(waking: Awaitable[object], commits: list[asyncio.Task[None]]) -> None:
        wake = asyncio.ensure_future(waking)
        await asyncio.wait([wake, *commits], return_when=asyncio.FIRST_COMPLETED)
        if not wake.done():
            wake.cancel()

    async def _decide(self, commands: list[Command], decider: Decider | None) -> Decided | None:
        """Decide a batch, or answer it as unavailable and return None."""
        floor = self.committed
        try:
            if decider is None:
                raise _unavailable()
            self._now_us = max(self._now_us, self._clock.now_us())
            prepared = await self._prepare(commands, decider)
            if decider is not self._decider:
                raise _unavailable()
        except Exception as error:
            if not isinstance(error, Problem):
                log.error("can't read what a batch needs: %s", error)
            _answer_all(commands, _as_unavailable(error))
            return None
        try:
            decided = decider.decide(commands, self._seq + 1, self._now_us, prepared, floor)
        except Exception as error:
            log.exception("a batch can't be decided")
            await self._fail(commands, error, decider)
            return None
        if decided.batch.size:
            self._seq += 1
        return decided

    async def _commit(
        self,
        decided: Decided,
        taken: list[Command],
        decider: Decider,
        sent: "Sent | None",
        before: asyncio.Task[None] | None,
    ) -> None:
        """Wait for a batch's commit, and for that of the batch before it; then answer."""
        batch = decided.batch
        if before is not None:
            await asyncio.wait([before])
        if decider is not self._decider:  # the batch before failed, and what became of this one the database knows
            if sent is not None:
                self._sent.remove(sent)
                sent.answer.add_done_callback(lambda answer: answer.cancelled() or answer.exception())
            _answer_all(taken, _unavailable())
            return
        try:
            if sent is not None:
                await self._written(sent, decider)
                self.committed = batch.seq
                self.batches += 1
                self.commands += len(taken)
        except Exception as error:
            await self._fail(taken, error, decider)
            return
        for command, result in decided.answers:
            command.ticket.answer(command.place, result)
        if self._on_commit is not None and batch.size:
            try:
                self._on_commit(batch)
            except Exception:
                log.exception("who listens to commits failed")
        for replay in decided.replays:
            try:
                answer = await self._replay(replay)
            except Exception as error:
                log.error("an answer can't be repeated: %s", error)
                answer = _as_unavailable(error)
            replay.command.ticket.answer(replay.command.place, answer)
        for command, answer, answered in decided.set_replays:
            await self._replay_set(answer, answered)
            command.ticket.answer(command.place, answer)

    def _send(self, batch: Batch) -> "Sent":
        """Send a batch to the writer; one behind a batch whose writer died must wait until that one is written anew."""
        rows, writer = encode(self.partition_id, self._epoch, batch), self._writer
        behind = self._sent[-1].writer if self._sent else writer
        if writer is not None and behind is writer:
            sent = Sent(rows, writer, writer.send(rows))
        else:
            answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
            answer.set_exception(WriterGone())
            sent = Sent(rows, behind, answer)
        self._sent.append(sent)
        return sent

    async def _written(self, sent: "Sent", decider: Decider) -> None:
        try:
            await written(sent.answer)
        except WriterGone:
            if self._stopping or decider is not self._decider:
                raise
            await self._write_anew(sent)
        finally:
            self._sent.remove(sent)

    async def _write_anew(self, sent: "Sent") -> None:
        """The writer died, perhaps after its commit. Under the lease's lock that is certain, and memory is right."""
        if self._writer is sent.writer or self._writer is None:
            log.warning("the writer process is gone; starting another one")
            gone, self._writer = self._writer, None
            if gone is not None:
                await gone.close()
            self._writer = await Writer.start(self._url)
        here = {"partition": self.partition_id}
        lease = await (await (await self._read()).execute(CORE["settled_lease"], here)).fetchone()
        if lease is None or lease[0] != self._epoch:
            raise Fenced
        if lease[1] < sent.rows.seq:
            await self._writer.write(sent.rows)

    async def _fail(self, commands: list[Command], error: Exception, decider: Decider | None) -> None:
        """A batch failed: nobody knows whether it committed, so memory goes and the database is asked anew."""
        refused = isinstance(error, Refused)
        if refused and len(commands) > 1:
            self._alone.extend(commands)  # one of them is at fault: it alone shall fail
        else:
            _answer_all(commands, Problem(INTERNAL) if refused else _as_unavailable(error))
        if decider is not self._decider:  # another batch failed before, and whoever told that recovers already
            return
        if isinstance(error, Fenced):
            log.error("another owner has taken the partition over; stepping down")
            self.fenced = True
        elif not isinstance(error, Problem):
            log.error("a batch failed, recovering: %s", error)
        if not refused:
            waiting = [*self._alone, *self._waiting]
            self._alone, self._waiting = deque(), deque()
            self._weight = self._asked = 0
            _answer_all(waiting, _as_unavailable(error))
        if not self.fenced:
            await self._recover()

    # -- reading before deciding -------------------------------------------------------------------------------------

    async def _prepare(self, commands: list[Command], decider: Decider) -> Prepared:
        prepared = Prepared()
        needs = [need for need in (command.needs() for command in commands) if need is not None]
        if needs:
            await self._prepare_orders(needs, prepared, decider)
            await self._prepare_counts(needs, prepared)
        decider.results.tidy(self._now_us)
        if not decider.results.complete:
            await self._prepare_keys(commands, decider)
        return prepared

    async def _prepare_orders(self, needs: list[Needs], prepared: Prepared, decider: Decider) -> None:
        missing = {i for need in needs for i in need.orders if decider.orders.get(i) is None}
        wanted = {need.channel for need in needs if need.channel is not None}
        unknown = [key for key in wanted if key not in decider.channels]
        prepared.channels = {key: decider.channels[key][0] for key in wanted if key in decider.channels}
        missing |= {i for i in prepared.channels.values() if decider.orders.get(i) is None}
        if unknown:
            found = await order_book.find_by_channel(await self._read(), self.partition_id, unknown)
            for channel_key, order in found.items():
                prepared.channels[channel_key] = order.order_id
                if decider.orders.get(order.order_id) is None:
                    decider.orders.put(order, 0)
        if missing:
            for order in await order_book.load(await self._read(), self.partition_id, list(missing)):
                if decider.orders.get(order.order_id) is None:
                    decider.orders.put(order, 0)

    async def _prepare_counts(self, needs: list[Needs], prepared: Prepared) -> None:
        counted = list({need.counted for need in needs if need.counted is not None})
        if not counted:
            return
        connection = await self._read()
        past = [since for since in counted if since.since_us is not None]
        if past:
            values = self._bucket_keys([since.key for since in past])
            values["counted_reason"] = int(Reason.COUNTED)  # corrects what was believed: no goods moved
            values["since"] = [to_datetime(since.since_us or 0) for since in past]
            for seq, i, units in await (await connection.execute(SQL["moved_since"], values)).fetchall():
                since = past[i - 1]
                prepared.moved[since.key, since.since_us or 0] = int(seq), int(units)
        keys = self._bucket_keys([since.key for since in counted])
        for i, sequence, at in await (await connection.execute(SQL["last_counts"], keys)).fetchall():
            prepared.counts[counted[i - 1].key] = sequence, from_datetime(at)

    def _bucket_keys(self, keys: Sequence[Key]) -> dict[str, Any]:
        return {
            "partition": self.partition_id,
            "locations": [key.location_no for key in keys],
            "offers": [key.offer_no for key in keys],
            "windows": [key.window_us for key in keys],
            "lots": [key.lot_no for key in keys],
        }

    async def _prepare_keys(self, commands: list[Command], decider: Decider) -> None:
        """Keys that are older than the index in memory, of commands whose keys are kept for ever."""
        results, own = decider.results, {c.request_key for c in commands if c.kept_for_ever and c.request_key}
        keys = [key for key in own if results.get(key) is None]
        if not keys:
            return
        connection = await self._read()
        values = {
            "partition": self.partition_id,
            "keys": [UUID(bytes=key) for key in keys],
            "before": to_datetime(results.first_day * DAY_US).date(),
        }
        for key, fingerprint, seq, n in await (await connection.execute(SQL["older_keys"], values)).fetchall():
            results.add(key.bytes, seq, n, fingerprint)

    async def _replay(self, replay: Replay) -> Any:
        return replay.command.replay(await self._fact(replay.answered))

    async def _replay_set(self, answer: SetAnswer, answered: dict[int, Answered]) -> None:
        for place, at in answered.items():
            try:
                answer.repeated[place] = (await self._fact(at)).body
            except Exception as error:
                log.error("an answer can't be repeated: %s", error)
                answer.refused[place] = _as_unavailable(error)

    async def _fact(self, answered: Answered) -> StoredFact:
        place = {"partition": self.partition_id, "seq": answered.seq, "n": answered.n}
        row = await (await (await self._read()).execute(SQL["fact"], place)).fetchone()
        if row is None:
            raise LookupError(f"fact {answered.seq}-{answered.n} is gone")
        name, subject, body = row
        return StoredFact(name, subject, None if body is None else msgspec.json.decode(body))

    async def _read(self) -> psycopg.AsyncConnection[Any]:
        if self._reader is None or self._reader.closed:
            self._reader = await connect_async(self._url, autocommit=True, name="manystores-owner-reads")
            self._reader.prepare_threshold = None  # a plan made for an empty book would be kept while the book fills
        return self._reader

    # -- recovery ----------------------------------------------------------------------------------------------------

    async def _recover(self) -> None:
        self._decider = None
        wait_s = 0.05
        while not self._stopping:
            try:
                await self._close()
                writer = asyncio.ensure_future(Writer.start(self._url))
                try:
                    known = await self._in_thread(self._take_over)
                finally:
                    self._writer = await writer
            except Exception as error:  # whatever it is, who waits must hear of it, and the next try may succeed
                expected = isinstance(error, (psycopg.Error, WriteFailed))
                log.warning("can't recover yet: %s", str(error).strip(), exc_info=None if expected else error)
                await asyncio.sleep(wait_s)
                wait_s = min(wait_s * 2, 1.0)
            else:
                self._epoch, self._seq, self.committed = known.epoch, known.seq, known.seq
                self._now_us = max(self._now_us, known.last_us)
                self._decider = Decider(known.ledger, known.results)
                log.info("owns partition %s, epoch %s, seq %s", self.partition_id, known.epoch, known.seq)
                return

    def _take_over(self) -> Recovered:
        self._now_us = max(self._now_us, self._clock.now_us())
        taken, self._taken = self._taken, None
        if taken is None:
            taken = TakeOver(self._url, self.partition_id, self._name, self._now_us, self._hours)
        try:
            return recover(taken, self._now_us, self._hours)
        finally:
            taken.close()

    async def _close(self) -> None:
        if self._writer is not None:
            writer, self._writer = self._writer, None
            await writer.close()
        if self._reader is not None:
            reader, self._reader = self._reader, None
            with suppress(psycopg.Error):
                await reader.close()

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    # -- time --------------------------------------------------------------------------------------------------------

    async def _expire(self) -> None:
        """Expiry is a command like any other, asked by the owner itself."""
        while True:
            await asyncio.sleep(EXPIRY_EVERY_S)
            try:
                await self.expire_due()
            except Problem:
                pass
            except Exception:
                log.exception("can't expire what is due")

    async def expire_due(self, limit: int = 10_000) -> int:
        """End the reservations whose time is over; returns how many commands that took."""
        due = self.ledger.expired(self._clock.now_us(), limit)
        commands: list[Command] = []
        for reservation in due:
            if not reservation.is_order:
                commands.append(Expire(reservation.id))
            elif self._expire_order is not None:
                commands.append(self._expire_order(reservation.id))
        if commands:
            await self.submit(commands)
        return len(commands)


def _answer_all(commands: list[Command], problem: Problem) -> None:
    for command in commands:
        if command.ticket.results[command.place] is None:
            command.ticket.answer(command.place, problem)


def _unavailable() -> Problem:
    return Problem(
        UNAVAILABLE,
        "The stock's owner is not ready. Repeat the request with the same Idempotency-Key.",
        "库存服务暂不可用，请使用相同的幂等键重试。",
        retry_after_s=1,
    )


def _as_unavailable(error: Exception) -> Problem:
    return error if isinstance(error, Problem) else _unavailable()
