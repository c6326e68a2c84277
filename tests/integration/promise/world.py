"""An owner on a real PostgreSQL, with a clock that tests move, and short words for what is asked of it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec
import psycopg

from manystores.core.clock import SECOND_US, ManualClock
from manystores.core.database import connect
from manystores.core.errors import Problem
from manystores.core.ids import uuid7
from manystores.ledger import Counters, Key, Ledger, Reservation
from manystores.promise.command import Command, Hold
from manystores.promise.owner import Owner
from manystores.promise.stock import ChangeStock, CountStock
from manystores.promise.turn import Turn
from manystores.promise.verify import Verdict, verify_partition

ACTOR, PARTY = "key:test", 7
X, Y, Z = Key(1, 16), Key(2, 16), Key(1, 17)


def request_key(number: int) -> bytes:
    """A request key of a test."""
    return number.to_bytes(16)


def code(answer: object) -> str:
    """The code of the rule that was broken, or what was answered instead."""
    return answer.rule.code if isinstance(answer, Problem) else f"answered {answer!r}"


@dataclass
class World:
    """A database, a clock, and the owners that a test starts on them."""

    url: str
    clock: ManualClock = field(default_factory=ManualClock)

    @asynccontextmanager
    async def owner(self, **options: Any) -> AsyncIterator[Owner]:
        """An owner that has taken the partition over; stopped at the end of the block."""
        owner = Owner(self.url, self.clock, **options)
        await asyncio.wait_for(owner.start(), 30)
        try:
            yield owner
        finally:
            await asyncio.wait_for(owner.stop(), 30)

    def hold(
        self,
        *lines: tuple[Key, int],
        ttl_s: float = 600,
        cart: str | None = None,
        key: bytes | None = None,
        mark: int = 0,
        party: int = PARTY,
    ) -> Hold:
        """A hold of these lines, as the route of reservations makes it."""
        hold_id = uuid7(self.clock.now_us())
        expires_us = self.clock.now_us() + round(ttl_s * SECOND_US)
        holder = cart.encode().ljust(16, b"\1") if cart else None
        body = msgspec.json.encode({"id": hold_id, "state": "held", "cart": cart})
        quantities = [quantity for _, quantity in lines]
        return Hold(ACTOR, party, hold_id, [k for k, _ in lines], quantities, expires_us, body, holder, key, mark)

    def receive(self, bucket: Key, quantity: int, key: bytes | None = None, mark: int = 0) -> ChangeStock:
        """Goods that come in."""
        return ChangeStock(ACTOR, PARTY, bucket, "receive", quantity, request_key=key, fingerprint=mark)

    def sell(self, bucket: Key, quantity: int = 1) -> ChangeStock:
        """Goods that leave the shelf, as the ledger sees a till's sale."""
        return ChangeStock(ACTOR, PARTY, bucket, "write_off", quantity)

    def count(self, bucket: Key, on_hand: int, ago_s: float | None = None, sequence: int | None = None) -> CountStock:
        """A count taken so many seconds ago; None: as of its arrival."""
        at_us = None if ago_s is None else self.clock.now_us() - round(ago_s * SECOND_US)
        return CountStock(ACTOR, PARTY, bucket, on_hand, at_us, sequence)

    def query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows, read by a connection of its own."""
        with connect(self.url, autocommit=True) as connection:
            return connection.execute(sql, values or None).fetchall()  # type: ignore[arg-type]

    def execute(self, sql: str) -> None:
        """A statement, by a connection of its own."""
        with connect(self.url, autocommit=True) as connection:
            connection.execute(sql)  # type: ignore[arg-type]

    def facts(self, subject: UUID | None = None) -> list[str]:
        """Names of the facts in the journal (of a subject), in order."""
        rows = self.query("SELECT name, subject FROM journal ORDER BY seq, n")
        return [name for name, of in rows if subject is None or of == subject]

    def verify(self) -> Verdict:
        """The books, proved by the database."""
        with connect(self.url, autocommit=True) as connection:
            return verify_partition(connection, 1)


class DecidesTwice(Command):
    """Records a decision under a number that is taken: a mistake that only the table's key finds."""

    __slots__ = ()

    def decide(self, turn: Turn) -> str:
        order_id = UUID(int=5)
        for _ in range(2):
            turn.decision(order_id, 1, 0, b"{}")
        turn.fact("order.unserved", order_id, {})
        return "never"


def body(answer: Any) -> dict[str, Any]:
    """The JSON of an answer."""
    return msgspec.json.decode(answer) if isinstance(answer, bytes) else answer  # type: ignore[no-any-return]


def id_of(answer: Any) -> UUID:
    """The id that an answer tells."""
    return UUID(body(answer)["id"])


def image(ledger: Ledger, keys: Sequence[Key]) -> tuple[dict[Key, Counters], int]:
    """Counters by key, where there is something, and how many reservations are open."""
    none = Counters(0, 0, 0, 0)
    counters = {key: ledger.counters(key) or none for key in keys}
    return {key: value for key, value in counters.items() if value != none}, ledger.open_count


def same_claims(a: Reservation | None, b: Reservation | None) -> bool:
    """Whether two are the same reservation, in whatever order their claims stand."""
    if a is None or b is None:
        return a is b
    return a._replace(claims=tuple(sorted(a.claims))) == b._replace(claims=tuple(sorted(b.claims)))


async def answers(owner: Owner, *commands: Command) -> list[Any]:
    """The answers to commands that are asked together."""
    return await asyncio.wait_for(owner.submit(commands), 30)


async def until(true: Callable[[], bool], within_s: float = 20) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(within_s):
        while not true():
            await asyncio.sleep(0.01)


def end_backends(url: str, name: str = "manystores-owner") -> int:
    """Terminate the database connections of that name; returns how many there were."""
    with psycopg.connect(url, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = %s AND datname = current_database()",
            (name,),
        ).fetchall()
    return len(rows)
