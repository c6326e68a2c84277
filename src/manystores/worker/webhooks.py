"""The courier: takes facts from the journal to the webhooks that want them, at least once each.

Every webhook has a cursor a partition. New facts after it are sent in order; when the sends of a page have ended, one
transaction moves the cursor past them and keeps those that failed as rows to retry. So a kill at any moment loses
nothing: what was sent but not recorded is sent again, under the same id. A fact delivered at the first attempt leaves
no row behind. When the database goes away between sending and recording, recording is tried again for a while first.

With several workers on one database each webhook is one worker's: its claim is kept up while the worker lives, and runs
out seconds after it was killed.

Each webhook has two lanes, new facts and retries, each a task of its own: one endpoint's slowness is its own.
While an endpoint takes nothing its cursor waits, and single facts are tried now and then, instead of copying the
journal into a table of failures.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import psycopg
from psycopg import AsyncConnection
from psycopg.rows import class_row, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from manystores.core import database
from manystores.core.clock import SECOND_US, Clock, to_datetime
from manystores.core.events import CURSOR_END, TEST_EVENT, TEST_SEQ, Fact, encode, event_id
from manystores.core.sql import queries
from manystores.worker.directory import Directory
from manystores.worker.outbound import Answer, Outbound
from manystores.worker.retry import Verdict, judge
from manystores.worker.subscription import Subscription, Unseal, signed_headers, subscription

SQL = queries("manystores.worker")

PAGE_FACTS = 128
PAGE_RETRIES = 64
# batches looked at in one read: bounds the work of a webhook that wants one fact in a million
WINDOW_BATCHES = 5_000
IN_FLIGHT_PER_LANE = 8
# an endpoint that failed this often in a row, with no success between, is taken to be away
AWAY_AFTER_FAILURES = 8
PROBE_AFTER_US = 60 * SECOND_US
REST_AFTER_DEFECT_US = 10 * SECOND_US
# waits before recording anew while the database is away: sending again is what a receiver would notice
RECORD_AGAIN_S = (0.1, 0.5, 1.0, 2.0, 5.0)
# how long a webhook of a killed worker waits for another; it is kept up at half of it
CLAIM = timedelta(seconds=5)
HEALTH_STALE = timedelta(seconds=60)


class Letter(msgspec.Struct, frozen=True):
    """One attempt to make: the fact, which attempt at it this is (the first is 1), and when it was first tried."""

    fact: Fact
    attempt: int
    since: datetime


class Sent(msgspec.Struct, frozen=True):
    """One attempt that was made, and what came of it."""

    letter: Letter
    answer: Answer
    verdict: Verdict


class Courier:
    """Delivers to all webhooks of an installation; one courier a worker.

    `unseal` opens sealed secrets; `source` names the installation in every event.
    """

    def __init__(
        self, pool: AsyncConnectionPool[Any], outbound: Outbound, clock: Clock, unseal: Unseal, source: str
    ) -> None:
        self._pool = pool
        self._outbound = outbound
        self._clock = clock
        self._unseal = unseal
        self._source = source
        self._directory = Directory()
        self._worker_id = uuid4()
        self._lanes: dict[tuple[UUID, str], asyncio.Task[None]] = {}
        self._subscriptions: dict[UUID, Subscription] = {}
        self._rest_until_us: dict[UUID, int] = {}
        self._defects: list[tuple[UUID, Exception]] = []
        self._stopping = False

    async def tick(self) -> int:
        """Look for work once and start a lane for each webhook that has some; the number of lanes now running."""
        now = to_datetime(self._clock.now_us())
        async with self._pool.connection() as connection:
            await connection.execute(SQL["claim_webhooks"], {"worker_id": self._worker_id, "claim": CLAIM})
            rows = await _all(connection, "active_webhooks", worker_id=self._worker_id)
            self._subscriptions = self._opened(rows, now)
            if not self._subscriptions:
                return len(self._lanes)
            names = [known.consumer for known in self._subscriptions.values()]
            await connection.execute(SQL["add_missing_cursors"], {"names": names, "now": now})
            behind = {row["name"] for row in await _all(connection, "webhooks_behind", end=CURSOR_END)}
            due = {row["webhook_id"] for row in await _all(connection, "webhooks_due", now=now)}
        for known in self._subscriptions.values():
            if known.hold_until is not None and known.hold_until > now:
                continue
            if known.consumer in behind and self._clock.now_us() >= self._rest_until_us.get(known.webhook_id, 0):
                self._start(known.webhook_id, "new", self._new_facts)
            if known.webhook_id in due:
                self._start(known.webhook_id, "retry", self._retries)
        return len(self._lanes)

    async def settle(self) -> None:
        """Work until nothing is left to do at this time of the clock; a defect of a lane is raised here."""
        while await self.tick():
            await asyncio.gather(*self._lanes.values())
            for _, error in self.take_defects():
                raise error

    async def stop(self, grace_s: float) -> None:
        """Start nothing more; wait for what is on its way, then drop it: it will be sent again."""
        self._stopping = True
        lanes = list(self._lanes.values())
        if lanes:
            await asyncio.wait(lanes, timeout=grace_s)
        for lane in lanes:
            lane.cancel()
        await asyncio.gather(*lanes, return_exceptions=True)
        with suppress(psycopg.Error, PoolTimeout):  # without the database the claims run out by themselves
            async with self._pool.connection() as connection:
                await connection.execute(SQL["give_up_claims"], {"worker_id": self._worker_id})

    def take_defects(self) -> list[tuple[UUID, Exception]]:
        """What broke lanes since the last call: the database went away, a secret can't be opened, a mistake."""
        taken, self._defects = self._defects, []
        return taken

    # -- lanes

    def _opened(self, rows: Sequence[dict[str, Any]], now: datetime) -> dict[UUID, Subscription]:
        """The subscriptions of rows; one whose secret can't be opened is reported and does not stop the others."""
        opened = {}
        for row in rows:
            try:
                opened[row["webhook_id"]] = subscription(row, self._unseal, now)
            except Exception as error:
                self._defects.append((row["webhook_id"], error))
        return opened

    def _start(self, webhook_id: UUID, lane: str, turn: Callable[[Subscription], Awaitable[bool]]) -> None:
        if not self._stopping and (webhook_id, lane) not in self._lanes:
            task = asyncio.create_task(self._run(webhook_id, lane, turn), name=f"{lane} {webhook_id}")
            self._lanes[webhook_id, lane] = task

    async def _run(self, webhook_id: UUID, lane: str, turn: Callable[[Subscription], Awaitable[bool]]) -> None:
        try:
            # looked up for each page, since it may have been paused, changed or deleted meanwhile
            while not self._stopping and (known := self._subscriptions.get(webhook_id)) is not None:
                if not await turn(known):
                    break
        except Exception as error:
            if not _database_away(error):  # while the database is away nothing can be read either: `tick` waits for it
                self._rest(webhook_id)
            self._defects.append((webhook_id, error))
        finally:
            self._lanes.pop((webhook_id, lane), None)

    async def _new_facts(self, known: Subscription) -> bool:
        """Send a page of new facts of each partition; whether there may be more to do at once."""
        async with self._pool.connection() as connection:
            cursors = await _all(connection, "cursors_behind", name=known.consumer, end=CURSOR_END)
        limit = 1 if self._is_away(known.webhook_id) else PAGE_FACTS
        for cursor in cursors:
            until_seq = min(cursor["head"], cursor["seq"] + WINDOW_BATCHES)
            facts = await self._facts(known, cursor, until_seq, limit)
            now = to_datetime(self._clock.now_us())
            sent = await self._send(known, [Letter(fact, 1, now) for fact in facts], stop_when_away=True)
            reached: tuple[int, int] | None = (until_seq, CURSOR_END)
            if len(sent) < len(facts) or len(facts) == limit:
                reached = sent[-1].letter.fact.position if sent else None
            welcome = await self._record_new(known, cursor, reached, sent)
            if not welcome or self._is_away(known.webhook_id):
                return False
        return bool(cursors)

    async def _facts(self, known: Subscription, cursor: dict[str, Any], until_seq: int, limit: int) -> list[Fact]:
        """The facts after a cursor that this webhook wants and may see."""
        parameters = {
            "partition_id": cursor["partition_id"],
            "day": cursor["day"],
            "seq": cursor["seq"],
            "n": cursor["n"],
            "until_seq": until_seq,
            "party_no": known.party_no,
            "location_no": known.location_no,
            "pattern": known.pattern,
            "limit": limit,
        }
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(Fact)) as reader:
            await reader.execute(SQL["facts"], parameters)
            return await self._directory.outside(connection, await reader.fetchall())

    async def _retries(self, known: Subscription) -> bool:
        """Try again what is due; whether there may be more to do at once."""
        now = to_datetime(self._clock.now_us())
        limit = 1 if self._is_away(known.webhook_id) else PAGE_RETRIES
        parameters = {
            "webhook_id": known.webhook_id,
            "party_no": known.party_no,
            "location_no": known.location_no,
            "now": now,
            "limit": limit,
        }
        async with self._pool.connection() as connection:
            rows = await _all(connection, "due_deliveries", **parameters)
            found = [row for row in rows if row["name"] is not None or row["seq"] == TEST_SEQ]
            facts = await self._directory.outside(connection, [_fact(known, row) for row in found])
        letters = [Letter(fact, row["attempt"] + 1, row["created_at"]) for fact, row in zip(facts, found, strict=True)]
        sent = await self._send(known, letters, stop_when_away=False)
        lost = [row for row in rows if row not in found]
        welcome = await self._record_retries(known, sent, lost)
        return welcome and len(rows) == limit

    # -- sending

    async def _send(self, known: Subscription, letters: Sequence[Letter], *, stop_when_away: bool) -> list[Sent]:
        """Send letters, started in order and several at once; those that were started, in order.

        It starts no more once the endpoint asked for peace, said it is gone, or (if asked) seems to be away.
        """
        gate = asyncio.Semaphore(IN_FLIGHT_PER_LANE)
        results: dict[int, Sent] = {}

        async def one(place: int, letter: Letter) -> None:
            try:
                results[place] = await self._attempt(known, letter)
            finally:
                gate.release()

        async with asyncio.TaskGroup() as group:
            for place, letter in enumerate(letters):
                await gate.acquire()
                if self._stopping or _should_stop(results.values(), stop_when_away):
                    break
                group.create_task(one(place, letter))
        return [results[place] for place in sorted(results)]

    async def _attempt(self, known: Subscription, letter: Letter) -> Sent:
        fact = letter.fact
        body = encode(fact, self._source)
        now_us = self._clock.now_us()
        headers = signed_headers(known.secrets, event_id(fact.partition_id, *fact.position), body, now_us)
        answer = await self._outbound.post(known.url, headers, body, now_us)
        return Sent(letter, answer, judge(letter.attempt, answer, self._clock.now_us()))

    # -- recording

    async def _record_new(
        self, known: Subscription, cursor: dict[str, Any], reached: tuple[int, int] | None, sent: Sequence[Sent]
    ) -> bool:
        """Move the cursor and keep what failed, in one transaction; whether the endpoint still wants letters."""
        now = to_datetime(self._clock.now_us())
        rows = [_row(known, each, now) for each in sent if each.verdict.state != "delivered"]

        async def record(connection: AsyncConnection[Any]) -> bool:
            if rows:
                async with connection.cursor() as writer:
                    await writer.executemany(SQL["add_delivery"], rows)
            if reached is not None:
                place = {"seq": reached[0], "n": reached[1], "old_seq": cursor["seq"], "old_n": cursor["n"]}
                who = {"partition_id": cursor["partition_id"], "name": known.consumer, "now": now}
                await connection.execute(SQL["advance_cursor"], place | who)
            return await self._record_health(connection, known, sent, now)

        return await self._record(known, record)

    async def _record_retries(self, known: Subscription, sent: Sequence[Sent], lost: Sequence[dict[str, Any]]) -> bool:
        """Record further attempts, in one transaction; whether the endpoint still wants letters."""
        now = to_datetime(self._clock.now_us())
        rows = [_row(known, each, now) for each in sent] + [_lost_row(known, row, now) for row in lost]

        async def record(connection: AsyncConnection[Any]) -> bool:
            if rows:
                async with connection.cursor() as writer:
                    await writer.executemany(SQL["settle_delivery"], rows)
            return await self._record_health(connection, known, sent, now)

        return await self._record(known, record)

    async def _record(self, known: Subscription, record: Callable[[AsyncConnection[Any]], Awaitable[bool]]) -> bool:
        """Record in one transaction; again when the database went away, since both statements may be repeated."""
        for wait_s in (*RECORD_AGAIN_S, None):
            try:
                async with self._pool.connection() as connection, connection.transaction():
                    return await record(connection)
            except Exception as error:
                if wait_s is None or self._stopping or not _database_away(error):
                    # it will be sent again: not at once, for the receiver's sake
                    self._rest(known.webhook_id)
                    raise
                await asyncio.sleep(wait_s)
        raise AssertionError("the last try returns or raises")

    async def _record_health(
        self, connection: AsyncConnection[Any], known: Subscription, sent: Sequence[Sent], now: datetime
    ) -> bool:
        """What the attempts say about the endpoint; False when it asked for peace or is gone."""
        if not sent:
            return True
        delivered = sum(each.verdict.state == "delivered" for each in sent)
        failed = len(sent) - delivered
        holds = [each.verdict.hold_until_us for each in sent if each.verdict.hold_until_us is not None]
        values = {
            "webhook_id": known.webhook_id,
            "delivered": delivered,
            "failed": failed,
            "hold_until": to_datetime(max(holds)) if holds else None,
            "stale": now - HEALTH_STALE,
            "now": now,
        }
        await connection.execute(SQL["record_health"], values)
        gone = any(each.verdict.gone for each in sent)
        given_up = [each.letter.since for each in sent if each.verdict.state == "failed" and not each.verdict.gone]
        if gone:
            await connection.execute(SQL["disable_gone"], values)
        elif given_up:
            await connection.execute(SQL["disable_exhausted"], values | {"since": min(given_up)})
        self._note_health(known.webhook_id, delivered, failed)
        return not gone and not holds

    def _note_health(self, webhook_id: UUID, delivered: int, failed: int) -> None:
        """The same for the lanes of this process, which need not wait for the next tick to learn it."""
        current = self._subscriptions.get(webhook_id)
        if current is not None:
            failures = 0 if delivered else current.failures + failed
            self._subscriptions[webhook_id] = msgspec.structs.replace(current, failures=failures)
        if delivered:
            self._rest_until_us.pop(webhook_id, None)
        elif self._is_away(webhook_id):
            self._rest_until_us[webhook_id] = self._clock.now_us() + PROBE_AFTER_US

    def _rest(self, webhook_id: UUID) -> None:
        self._rest_until_us[webhook_id] = self._clock.now_us() + REST_AFTER_DEFECT_US

    def _is_away(self, webhook_id: UUID) -> bool:
        known = self._subscriptions.get(webhook_id)
        return known is not None and known.failures >= AWAY_AFTER_FAILURES


def _database_away(error: Exception) -> bool:
    return isinstance(error, PoolTimeout) or database.is_away(error)


async def _all(connection: AsyncConnection[Any], statement: str, /, **parameters: object) -> list[dict[str, Any]]:
    async with connection.cursor(row_factory=dict_row) as reader:
        await reader.execute(SQL[statement], parameters)
        return await reader.fetchall()


def _should_stop(results: Sequence[Sent] | Any, stop_when_away: bool) -> bool:
    verdicts = [each.verdict for each in results]
    if any(verdict.gone or verdict.hold_until_us is not None for verdict in verdicts):
        return True
    failed = sum(verdict.state != "delivered" for verdict in verdicts)
    return stop_when_away and failed == len(verdicts) >= AWAY_AFTER_FAILURES


def _fact(known: Subscription, row: dict[str, Any]) -> Fact:
    """The fact of a row of `due_deliveries`; a test is made up here."""
    values = {key: row[key] for key in Fact.__struct_fields__ if key in row}
    if row["seq"] == TEST_SEQ:
        values |= {
            "name": TEST_EVENT,
            "subject": known.webhook_id,
            "party_no": known.party_no,
            "location_no": known.location_no or 0,
            "at": row["created_at"],
            "version": 1,
        }
    return Fact(**values)


def _row(known: Subscription, sent: Sent, now: datetime) -> dict[str, object]:
    fact, verdict = sent.letter.fact, sent.verdict
    return {
        "partition_id": fact.partition_id,
        "webhook_id": known.webhook_id,
        "seq": fact.seq,
        "n": fact.n,
        "day": fact.day,
        "attempt": sent.letter.attempt,
        "state": verdict.state,
        "next_at": to_datetime(verdict.next_at_us) if verdict.next_at_us is not None else None,
        "status": sent.answer.status,
        "error": sent.answer.error,
        "now": now,
    }


def _lost_row(known: Subscription, row: dict[str, Any], now: datetime) -> dict[str, object]:
    """A delivery that can't be made: the journal no longer holds the fact, or not for this webhook."""
    return {
        "partition_id": row["partition_id"],
        "webhook_id": known.webhook_id,
        "seq": row["seq"],
        "n": row["n"],
        "attempt": row["attempt"] + 1,
        "state": "failed",
        "next_at": None,
        "status": None,
        "error": "the fact is no longer in the journal, or not this webhook's to see",
        "now": now,
    }
