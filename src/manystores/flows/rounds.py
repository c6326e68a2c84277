"""Rounds: a brand's open orders, looked at again in small batches, so that placing orders hardly feels it."""

import asyncio
import logging
from typing import Any, Final
from uuid import UUID

from msgspec import Struct
from psycopg_pool import AsyncConnectionPool

from manystores.core.clock import MINUTE_US, Clock, from_datetime, to_datetime
from manystores.core.errors import Problem
from manystores.core.ids import uuid7
from manystores.core.sql import queries
from manystores.flows.improve import ACTOR, Improve, Improved
from manystores.flows.routing import Router
from manystores.promise.command import Command
from manystores.promise.owner import Owner
from manystores.promise.turn import Turn

log = logging.getLogger(__name__)
SQL: Final = queries("manystores.promise")
ORDERS: Final = queries("manystores.orders")

ORDERS_MAX: Final = 20_000
"""Orders that a round looks at; the next one goes on after them."""
BATCH: Final = 16
"""Orders that are decided without a break: some milliseconds."""
REST: Final = 4.0
"""A batch is followed by a rest of so many times what it took: rounds get a fifth of the owner at most."""
LOOK_EVERY_S: Final = 5.0
_FIRST: Final = UUID(int=0)
NAME: Final = "sourcing.round"


class Round(Struct, frozen=True, kw_only=True):
    """What a round did. Savings in minor units of the policy's currency; times in µs."""

    round_id: UUID
    started_us: int
    ended_us: int
    looked_at: int
    moved: int
    saved: int
    currency: str


class NoteRound(Command):
    """Put a round that is over into the journal."""

    __slots__ = ("done",)

    def __init__(self, done: Round, party_no: int) -> None:
        super().__init__(ACTOR, party_no)
        self.done = done

    def decide(self, turn: Turn) -> Any:
        done = self.done
        body = {name: getattr(done, name) for name in ("looked_at", "moved", "saved", "currency", "started_us")}
        turn.fact(NAME, done.round_id, body)
        return None


class Rounds:
    """The rounds of all brands of an installation."""

    def __init__(self, pool: AsyncConnectionPool[Any], owner: Owner, router: Router, clock: Clock) -> None:
        self._pool, self._owner, self._router, self._clock = pool, owner, router, clock
        self._began_us = clock.now_us()
        self._last_us: dict[int, int] = {}  # when a brand's last round began
        self._after: dict[int, UUID] = {}  # where a brand's next round goes on
        self._under_way: dict[int, asyncio.Lock] = {}

    async def keep_going(self) -> None:
        """A round of each brand as often as its policy says, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                for party_no in await self._due():
                    await self.run(party_no)
            except Problem as problem:
                log.info("a round was broken off: %s", problem)
            except Exception:
                log.exception("a round was broken off")

    async def _due(self) -> list[int]:
        async with self._pool.connection() as connection:
            rows = await (await connection.execute("SELECT party_no FROM parties ORDER BY party_no")).fetchall()
        now_us, due = self._clock.now_us(), []
        for (party_no,) in rows:
            rule = self._router.policy_of(party_no).improve
            last_us = self._last_us.get(party_no, self._began_us)
            if rule.enabled and now_us - last_us >= rule.every_minutes * MINUTE_US:
                due.append(party_no)
        return due

    async def run(self, party_no: int, limit: int = ORDERS_MAX, rest: float = REST) -> Round:
        """One round of a brand over at most so many orders. Each order is a turn of its own: if this breaks off, what
        was moved is moved whole, and the rest is as it was."""
        async with self._under_way.setdefault(party_no, asyncio.Lock()):
            started_us = self._last_us[party_no] = self._clock.now_us()
            found = await self._assigned(party_no, limit)
            moved = saved = 0
            for at in range(0, len(found), BATCH):
                began_s = asyncio.get_running_loop().time()
                commands = [Improve(order_id, self._router, party_no) for order_id in found[at : at + BATCH]]
                for answer in await self._owner.submit(commands):
                    if isinstance(answer, Improved):
                        moved, saved = moved + 1, saved + answer.saving
                    elif isinstance(answer, Problem) and answer.rule.status == 503:
                        raise answer
                self._after[party_no] = found[min(at + BATCH, len(found)) - 1]
                await asyncio.sleep(rest * (asyncio.get_running_loop().time() - began_s))
            if len(found) < limit:
                self._after.pop(party_no, None)
            done = Round(
                round_id=uuid7(started_us),
                started_us=started_us,
                ended_us=self._clock.now_us(),
                looked_at=len(found),
                moved=moved,
                saved=saved,
                currency=self._router.policy_of(party_no).currency,
            )
            if found:
                await self._owner.ask(NoteRound(done, party_no))
            return done

    async def _assigned(self, party_no: int, limit: int) -> list[UUID]:
        """Orders with work that nobody accepted yet, the oldest first, after those of the last round that was full."""
        values = {
            "partition_id": self._owner.partition_id,
            "party_no": party_no,
            "after": self._after.get(party_no, _FIRST),
            "limit": limit,
        }
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(ORDERS["assigned_orders"], values)).fetchall()
        return [order_id for (order_id,) in rows]

    # -- what they did ------------------------------------------------------------------------------------------------

    async def last(self, party_no: int, limit: int) -> list[Round]:
        """The last rounds of a brand that looked at anything, newest first, from the journal."""
        values = {"partition": self._owner.partition_id, "party": party_no, "limit": limit}
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(SQL["last_rounds"], values)).fetchall()
        return [
            Round(
                round_id=round_id,
                started_us=body["started_us"],
                ended_us=from_datetime(at),
                looked_at=body["looked_at"],
                moved=body["moved"],
                saved=body["saved"],
                currency=body["currency"],
            )
            for round_id, at, body in rows
        ]

    async def saved_since(self, party_no: int, since_us: int, currency: str) -> tuple[int, int]:
        """Moves since a moment and what they saved, each counted once, also those of a round that broke off."""
        since = to_datetime(since_us)
        values = {"partition": self._owner.partition_id, "party": party_no, "since": since, "currency": currency}
        async with self._pool.connection() as connection:
            ((moved, saved),) = await (await connection.execute(SQL["saved_by_rounds"], values)).fetchall()
        return moved, saved
