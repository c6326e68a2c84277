"""A batch as rows, and the one transaction that makes it true."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

import msgspec
import numpy as np
import psycopg

from manystores.core.clock import to_datetime
from manystores.core.sql import queries
from manystores.ledger import Movements
from manystores.orders.order import Order
from manystores.promise import binary, order_book

SQL = queries("manystores.promise")
FACT_VERSION = 1

_JOURNAL = (
    "partition_id, day, seq, n, name, subject, party_no, location_no, request_key, fingerprint, actor, at, "
    "reservation_state, expires_at, holder, version, body"
)
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


class Fenced(Exception):
    """Another owner has taken the partition over; this one must step down."""


class Fact(msgspec.Struct):
    """One row of the journal: what happened, to what, by whom.

    `reservation_state` is set when the fact changes whether, or until when, a reservation is open: 1 held, 2 confirmed,
    3 ended.
    """

    name: str
    subject: bytes
    party_no: int
    actor: str
    at_us: int
    body: bytes | None = None
    location_no: int = 0
    request_key: bytes | None = None
    fingerprint: int = 0
    reservation_state: int | None = None
    expires_us: int | None = None
    holder: bytes | None = None


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


@dataclass
class Batch:
    """What one batch writes."""

    seq: int
    at_us: int
    facts: list[Fact] = field(default_factory=list)
    movements: Movements | None = None
    new_orders: dict[UUID, Order] = field(default_factory=dict)
    changed_orders: dict[UUID, Order] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)
    counts: list[Count] = field(default_factory=list)


def write(connection: psycopg.Connection, partition_id: int, epoch: int, batch: Batch, days: set[int]) -> None:
    """Commit a batch as `seq`, under `epoch`; Fenced if the lease has moved on. `days` are those with a table.

    Any other error leaves the outcome unknown: the caller must recover.
    """
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(SQL["fence"], {"partition": partition_id, "epoch": epoch, "seq": batch.seq - 1})
        if cursor.rowcount != 1:
            raise Fenced
        today = batch.at_us // binary.DAY_US
        if today not in days:
            ensure_day(cursor, today)
        _copy(cursor, f"journal ({_JOURNAL})", _journal_rows(partition_id, batch))
        if batch.movements is not None and len(batch.movements.n):
            _copy(cursor, f"movements ({_MOVEMENT_COLUMNS})", _movement_rows(partition_id, batch, batch.movements))
        if batch.new_orders:
            order_book.insert(cursor, partition_id, list(batch.new_orders.values()))
        if batch.changed_orders:
            order_book.update(cursor, partition_id, list(batch.changed_orders.values()))
        if batch.decisions:
            _copy(
                cursor,
                "decisions (partition_id, order_id, number, policy_version, doc, decided_at)",
                _decision_rows(partition_id, batch),
            )
        if batch.counts:
            _save_counts(cursor, partition_id, batch.counts)
    days.add(batch.at_us // binary.DAY_US)


def ensure_day(cursor: psycopg.Cursor, day: int) -> None:
    """Make the journal's tables of a day (days since 1970)."""
    first = date(1970, 1, 1) + timedelta(days=day)
    last = first + timedelta(days=1)
    for table in ("journal", "movements"):
        cursor.execute(
            f"CREATE TABLE IF NOT EXISTS {table}_{first:%Y%m%d} PARTITION OF {table} "
            f"FOR VALUES FROM ('{first}') TO ('{last}')"
        )


def _copy(cursor: psycopg.Cursor, target: str, rows: bytes) -> None:
    with cursor.copy(f"COPY {target} FROM STDIN (FORMAT BINARY)") as copy:
        copy.write(binary.HEADER + rows + binary.TRAILER)


def _journal_rows(partition_id: int, batch: Batch) -> bytes:
    day, seq, version = binary.day(batch.at_us), binary.int8(batch.seq), binary.int2(FACT_VERSION)
    head = b"\0\x11" + binary.int4(partition_id) + day + seq  # 17 columns
    out = []
    for n, fact in enumerate(batch.facts):
        state = fact.reservation_state
        out += [
            head,
            binary.int4(n),
            binary.text(fact.name),
            binary.uuid(fact.subject),
            binary.int4(fact.party_no),
            binary.int4(fact.location_no),
            binary.uuid(fact.request_key),
            binary.int8(fact.fingerprint),
            binary.text(fact.actor),
            binary.timestamp(fact.at_us),
            binary.NULL if state is None else binary.int2(state),
            binary.timestamp(fact.expires_us),
            binary.uuid(fact.holder),
            version,
            binary.jsonb(fact.body),
        ]
    return b"".join(out)


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
                binary.jsonb(d.body),
                at,
            ),
            6,
        )
        for d in batch.decisions
    )


def _save_counts(cursor: psycopg.Cursor, partition_id: int, counts: list[Count]) -> None:
    last = {(c.location_no, c.offer_no, c.window_us, c.lot_no): c for c in counts}.values()
    cursor.execute(
        SQL["save_counts"],
        {
            "partition": partition_id,
            "locations": [c.location_no for c in last],
            "offers": [c.offer_no for c in last],
            "windows": [c.window_us for c in last],
            "lots": [c.lot_no for c in last],
            "sequences": [c.sequence for c in last],
            "counted": [to_datetime(c.counted_us) for c in last],
        },
    )
