"""What a batch records: facts, movements, orders, decisions, counts; and all of it as rows."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import numpy as np
from numpy.typing import NDArray

from manystores.core import binary
from manystores.core.binary import id_list
from manystores.core.clock import to_datetime
from manystores.core.journal import FACT_VERSION, JOURNAL, Fact, fact_rows, framed
from manystores.core.writer import Rows
from manystores.kernels.copy import hold_rows
from manystores.ledger import Movements
from manystores.orders.order import Order
from manystores.orders.rows import DECISION_COLUMNS
from manystores.promise import order_book
from manystores.promise.holds import Holds

HELD, CONFIRMED, ENDED = 1, 2, 3  # `reservation_state` of a fact
HELD_NAME = "reservation.held"

_MOVEMENTS = binary.FixedRows(
    {
        "partition_id": ">i4",
        "day": ">i4",
        "seq": ">i8",
        "n": ">i4",
        "line": ">i4",
        "location_no": ">i4",
        "offer_no": ">i4",
        "window_at_us": ">i8",
        "lot_no": ">i4",
        "d_on_hand": ">i8",
        "d_reserved": ">i8",
        "d_unavailable": ">i8",
        "d_incoming": ">i8",
        "reservation_id": "V16",
        "reason": ">i2",
    }
)
_MOVEMENT_COLUMNS = ", ".join(name for name in _MOVEMENTS.dtype.names or () if ":" not in name and name != "columns")


class Count(msgspec.Struct, frozen=True):
    """The last count of a bucket by an external system."""

    location_no: int
    offer_no: int
    window_us: int
    lot_no: int
    sequence: int | None
    counted_us: int


class Decision(msgspec.Struct, frozen=True):
    """Why an order is served from where: written once, read by people."""

    order_id: bytes
    number: int
    policy_version: int
    body: bytes


class Held(NamedTuple):
    """Facts `reservation.held`, as columns: holds that got all they claim, and the place of each in its batch."""

    n: NDArray[np.int32]
    holds: Holds


@dataclass
class Batch:
    """What one batch writes."""

    seq: int
    at_us: int
    size: int = 0  # how many facts
    facts: list[Fact] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    movements: Movements | None = None
    new_orders: dict[UUID, Order] = field(default_factory=dict)
    changed_orders: dict[UUID, Order] = field(default_factory=dict)
    before: dict[UUID, Order] = field(default_factory=dict)  # the changed orders as the batch found them
    decisions: list[Decision] = field(default_factory=list)
    counts: list[Count] = field(default_factory=list)

    def add(self, fact: Fact) -> None:
        """Give a fact the next place in the batch."""
        fact.n = self.size
        self.size += 1
        self.facts.append(fact)

    def all_facts(self) -> list[Fact]:
        """Every fact in order, those of holds too."""
        told = [*self.facts]
        for n, holds in self.held:
            ids, keys, holders = id_list(holds.ids), id_list(holds.request_keys), id_list(holds.holders)
            told += [
                Fact(
                    HELD_NAME,
                    ids[i],
                    int(holds.parties[i]),
                    holds.actors[i].decode(),
                    self.at_us,
                    holds.bodies[i],
                    0,
                    keys[i] if any(keys[i]) else None,
                    int(holds.fingerprints[i]),
                    HELD,
                    int(holds.expires_us[i]),
                    holders[i] if any(holders[i]) else None,
                    place,
                )
                for i, place in enumerate(n.tolist())
            ]
        return sorted(told, key=lambda fact: fact.n)


def encode(partition_id: int, epoch: int, batch: Batch) -> Rows:
    """A batch as rows, to be written in one transaction as batch `seq`, under `epoch`."""
    singles = fact_rows(partition_id, batch.seq, batch.at_us, batch.facts)
    facts = singles + b"".join(_held_rows(partition_id, batch, held) for held in batch.held)
    copies = [(JOURNAL, framed(facts))]
    if batch.movements is not None and len(batch.movements.n):
        rows = _movement_rows(partition_id, batch, batch.movements)
        copies.append((f"movements ({_MOVEMENT_COLUMNS})", framed(rows)))
    if batch.new_orders:
        new = order_book.new_rows(partition_id, list(batch.new_orders.values()))
        copies += [(target, framed(rows)) for target, rows in new]
    if batch.decisions:
        columns = ", ".join(DECISION_COLUMNS)
        copies.append((f"decisions ({columns})", framed(_decision_rows(partition_id, batch))))
    statements: list[tuple[str, str, dict[str, Any]]] = []
    if batch.changed_orders:
        statements += order_book.changes(partition_id, list(batch.changed_orders.values()))
    if batch.counts:
        statements.append(("manystores.promise", "save_counts", _counts(partition_id, batch.counts)))
    day = batch.at_us // binary.DAY_US
    exactly = (("update_orders", len(batch.changed_orders)),) if batch.changed_orders else ()
    return Rows(partition_id, epoch, batch.seq, day, tuple(copies), tuple(statements), exactly)


def _held_rows(partition_id: int, batch: Batch, held: Held) -> bytes:
    """Holds as rows of _JOURNAL."""
    holds, epoch_us = held.holds, binary.POSTGRES_EPOCH_US
    day = batch.at_us // binary.DAY_US - binary.POSTGRES_EPOCH_DAY
    actors, actor_ends = _joined(holds.actors)
    bodies, body_ends = _joined(holds.bodies)
    rows: NDArray[np.uint8] = hold_rows(
        (partition_id, day, batch.seq, batch.at_us - epoch_us, HELD, FACT_VERSION),
        np.frombuffer(HELD_NAME.encode(), np.uint8),
        held.n,
        holds.ids,
        holds.parties,
        holds.request_keys,
        holds.fingerprints,
        actors,
        actor_ends,
        holds.holders,
        holds.expires_us - epoch_us,
        bodies,
        body_ends,
    )
    return rows.tobytes()


def _joined(parts: list[bytes]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The bytes of all parts behind each other, and where each ends."""
    ends = np.cumsum(np.fromiter(map(len, parts), np.int64, len(parts)))
    return np.frombuffer(b"".join(parts), np.uint8), ends


def _movement_rows(partition_id: int, batch: Batch, moves: Movements) -> bytes:
    count = len(moves.n)
    starts = np.flatnonzero(np.diff(moves.n, prepend=-1))
    first = np.repeat(starts, np.diff(starts, append=count))
    return _MOVEMENTS.encode(
        partition_id=partition_id,
        day=batch.at_us // binary.DAY_US - binary.POSTGRES_EPOCH_DAY,
        seq=batch.seq,
        n=moves.n,
        line=np.arange(count) - first,
        location_no=moves.key[:, 0],
        offer_no=moves.key[:, 1],
        window_at_us=moves.key[:, 2],
        lot_no=moves.key[:, 3],
        d_on_hand=moves.delta[:, 0],
        d_reserved=moves.delta[:, 1],
        d_unavailable=moves.delta[:, 2],
        d_incoming=moves.delta[:, 3],
        reservation_id=binary.id_bytes(moves.reservation),
        reason=moves.reason,
    )


def _decision_rows(partition_id: int, batch: Batch) -> bytes:
    at = binary.timestamp(batch.at_us)
    return b"".join(
        binary.row(
            (
                binary.int4(partition_id),
                binary.uuid(d.order_id),
                binary.int2(d.number),
                binary.int4(d.policy_version),
                order_book.document(d.body),
                at,
            ),
            6,
        )
        for d in batch.decisions
    )


def _counts(partition_id: int, counts: list[Count]) -> dict[str, Any]:
    last = {(c.location_no, c.offer_no, c.window_us, c.lot_no): c for c in counts}.values()
    return {
        "partition": partition_id,
        "locations": [c.location_no for c in last],
        "offers": [c.offer_no for c in last],
        "windows": [c.window_us for c in last],
        "lots": [c.lot_no for c in last],
        "sequences": [c.sequence for c in last],
        "counted": [to_datetime(c.counted_us) for c in last],
    }
