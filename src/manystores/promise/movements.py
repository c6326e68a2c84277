"""The movements behind a number: of a bucket, a location or an offer, each with what the number was afterwards."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final, Literal, NamedTuple, get_args
from uuid import UUID

import msgspec
import psycopg

from manystores.core.clock import DAY_US, from_datetime, to_datetime
from manystores.core.sql import queries
from manystores.ledger import Counters, Key, Reason

SQL = queries("manystores.promise")
Counter = Literal["on_hand", "reserved", "unavailable", "incoming", "available"]
COUNTERS: Final[tuple[Counter, ...]] = get_args(Counter)
FIRST_DAY: Final = date(2000, 1, 1)
_SCOPES: Final = {
    "bucket": "location_no = %(location)s AND offer_no = %(offer)s",
    "location": "location_no = %(location)s AND offer_no >= %(first_offer)s",
    "offer": "offer_no = %(offer)s AND location_no = ANY (%(locations)s)",
}
_STATEMENTS: Final = {name: SQL["movements"].replace("{scope}", scope) for name, scope in _SCOPES.items()}


class Scope(NamedTuple):
    """Whose movements: of an offer at a location, of a location, or of an offer at the locations that have it.

    `window_us` and `lot_no` None: of all windows and lots. Numbers below `first_offer_no` are no offers.
    """

    location_no: int | None
    offer_no: int | None
    locations: Sequence[int] = ()
    window_us: int | None = None
    lot_no: int | None = None
    first_offer_no: int = 0

    @property
    def name(self) -> str:
        return "offer" if self.location_no is None else "location" if self.offer_no is None else "bucket"


class Place(NamedTuple):
    """A movement's place in the journal."""

    seq: int
    n: int
    line: int


class Filter(NamedTuple):
    """Which movements of a scope to show; None lets all pass. `subject` is an order, a reservation or a transfer."""

    reasons: Sequence[Reason] | None = None
    counter: Counter | None = None
    actor: str | None = None
    subject: UUID | None = None
    from_us: int | None = None
    to_us: int | None = None


class Movement(NamedTuple):
    """A change of counters, what they were afterwards, and the fact that it belongs to."""

    place: Place
    key: Key
    delta: Counters
    after: Counters
    reason: Reason
    reservation: UUID | None
    fact: str
    subject: UUID
    actor: str
    at_us: int
    note: str


async def read_movements(
    connection: psycopg.AsyncConnection[Any],
    partition_id: int,
    scope: Scope,
    upto: int,
    counters: Counters,
    chosen: Filter,
    before: Place | None,
    limit: int,
    today_us: int,
) -> list[Movement]:
    """At most `limit` movements, the newest first: those up to the batch `upto`, or those before a place.

    `counters` are the scope's: at `upto`, or after the movement just before `before` was undone.
    """
    seq, n, line = before or (None, None, None)
    days, seqs = await _facts_of(connection, partition_id, chosen.subject)
    since = FIRST_DAY if chosen.from_us is None else to_datetime(chosen.from_us).date()
    values: dict[str, Any] = {
        "partition": partition_id,
        "location": scope.location_no,
        "offer": scope.offer_no,
        "locations": list(scope.locations),
        "first_offer": scope.first_offer_no,
        "window": scope.window_us,
        "lot": scope.lot_no,
        "upto": upto,
        "seq": seq,
        "n": n,
        "line": line,
        "first_day": max(since, *days),
        # the owner's clock may be a little ahead of this one's
        "last_day": to_datetime(today_us + DAY_US).date() + timedelta(days=1),
        "reasons": None if chosen.reasons is None else [int(reason) for reason in chosen.reasons],
        "counter": chosen.counter,
        "actor": chosen.actor,
        "subject": chosen.subject,
        "seqs": seqs,
        "to_day": None if chosen.to_us is None else to_datetime(chosen.to_us).date(),
        "from": None if chosen.from_us is None else to_datetime(chosen.from_us),
        "to": None if chosen.to_us is None else to_datetime(chosen.to_us),
        "limit": limit,
    }
    rows = await (await connection.execute(_STATEMENTS[scope.name], values)).fetchall()
    return [_movement(row, counters) for row in rows]


async def _facts_of(
    connection: psycopg.AsyncConnection[Any], partition_id: int, subject: UUID | None
) -> tuple[list[date], list[int] | None]:
    """The day of a subject's first fact and the batches that have any, so that nothing else need be looked into."""
    if subject is None:
        return [FIRST_DAY], None
    values = {"partition": partition_id, "subject": subject}
    rows = await (await connection.execute(SQL["facts_of_subject"], values)).fetchall()
    return [min((day for day, _ in rows), default=FIRST_DAY)], [seq for _, seq in rows]


def _movement(row: tuple[Any, ...], counters: Counters) -> Movement:
    _, seq, n, line, location_no, offer_no, window_us, lot_no, *rest = row
    delta, reservation, reason, later = Counters(*rest[:4]), rest[4], rest[5], rest[6:10]
    name, subject, actor, at, body = rest[10:]
    after = Counters(*(now - moved for now, moved in zip(counters, later, strict=True)))
    told = msgspec.json.decode(body) if body else {}
    return Movement(
        Place(seq, n, line),
        Key(location_no, offer_no, window_us, lot_no),
        delta,
        after,
        Reason(reason),
        reservation if reservation.int else None,
        name,
        subject,
        actor,
        from_datetime(at),
        str(told.get("note", "")),
    )


def before_of(movement: Movement) -> Counters:
    """What the scope's counters were before a movement."""
    return Counters(*(after - moved for after, moved in zip(movement.after, movement.delta, strict=True)))
