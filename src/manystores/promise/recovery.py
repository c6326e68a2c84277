"""Take a partition over and load its ledger: the projection is brought up to the journal, then read."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray

from manystores.core.clock import from_datetime, to_datetime
from manystores.core.sql import queries
from manystores.ledger import Ledger
from manystores.promise import binary
from manystores.promise.projection import project
from manystores.promise.results import DAY_US, Results

SQL = queries("manystores.promise")

_COUNTERS = ("on_hand", "reserved", "unavailable", "incoming")
_ID = "V16"
_BUCKETS = np.dtype([(name, ">i8") for name in ("location", "offer", "window", "lot", *_COUNTERS)])
_RESERVATIONS = np.dtype(
    [("id", _ID), ("holder", _ID), *((name, ">i8") for name in ("state", "is_order", "party", "expires"))]
)
_LINES = np.dtype([("id", _ID), *((name, ">i8") for name in ("location", "offer", "window", "lot", "quantity"))])
_KEYS = np.dtype([("key", _ID), *((name, ">i8") for name in ("fingerprint", "seq", "n"))])
_KEY_COLUMNS = ("location", "offer", "window", "lot")


@dataclass
class Recovered:
    """What an owner knows when it starts."""

    epoch: int
    seq: int
    ledger: Ledger
    results: Results
    last_us: int  # no fact may be dated before it


def recover(connection: psycopg.Connection, partition_id: int, owner: str, now_us: int, hours: int) -> Recovered:
    """Fence every older owner, then rebuild the ledger and the index of request keys."""
    with connection.transaction():
        connection.execute(SQL["open_partition"], {"partition": partition_id, "at": to_datetime(now_us)})
        row = connection.execute(
            SQL["take_over"], {"partition": partition_id, "owner": owner, "at": to_datetime(now_us)}
        ).fetchone()
    if row is None:
        raise LookupError(f"partition {partition_id} has no lease")
    epoch, seq = row
    project(connection, partition_id)
    with connection.transaction():
        ledger = _load_ledger(connection, partition_id)
        last_us = max(now_us, _last_us(connection, partition_id, seq))
        results = _load_results(connection, partition_id, last_us, hours)
    return Recovered(epoch, seq, ledger, results, last_us)


def _last_us(connection: psycopg.Connection, partition_id: int, seq: int) -> int:
    """When the newest batch was decided; 0 before the first. The projection relies on days that never go back."""
    row = connection.execute(SQL["decided_at"], {"partition": partition_id, "seq": seq}).fetchone()
    return from_datetime(row[0]) if row is not None and row[0] is not None else 0


def _load_ledger(connection: psycopg.Connection, partition_id: int) -> Ledger:
    counts = connection.execute(
        "SELECT (SELECT count(*) FROM buckets WHERE partition_id = %(p)s),"
        " (SELECT count(*) FROM reservations WHERE partition_id = %(p)s)",
        {"p": partition_id},
    ).fetchone()
    buckets, reservations = counts or (0, 0)
    ledger = Ledger(max(1024, buckets + buckets // 8), max(1024, reservations + reservations // 8))
    here = {"partition": partition_id}
    for rows in _packed(connection, "load_buckets", here, _BUCKETS):
        ledger.load_buckets(_stacked(rows, _KEY_COLUMNS), _stacked(rows, _COUNTERS))
    for rows in _packed(connection, "load_reservations", here, _RESERVATIONS):
        ledger.load_reservations(
            binary.id_halves(rows["id"]),
            rows["state"].astype(np.int8),
            rows["is_order"].astype(np.int8),
            rows["party"].astype(np.int32),
            rows["expires"].astype(np.int64),
            binary.id_halves(rows["holder"]),
        )
    lost = 0
    for rows in _packed(connection, "load_reservation_lines", here, _LINES):
        quantities = rows["quantity"].astype(np.int64)
        lost += ledger.load_lines(binary.id_halves(rows["id"]), _stacked(rows, _KEY_COLUMNS), quantities)
    if lost:
        raise RuntimeError(f"{lost} reservation lines have no reservation: the projection is broken")
    return ledger


def _load_results(connection: psycopg.Connection, partition_id: int, now_us: int, hours: int) -> Results:
    """The request keys of the days that the index covers, day by day."""
    results = Results(now_us, hours)
    for day in range(results.first_day, now_us // DAY_US + 1):
        that = {"partition": partition_id, "day": to_datetime(day * DAY_US).date()}
        for rows in _packed(connection, "load_keys", that, _KEYS):
            fingerprints, seqs = rows["fingerprint"].astype(np.int64), rows["seq"].astype(np.int64)
            results.load(binary.id_halves(rows["key"]), fingerprints, seqs, rows["n"].astype(np.int32), day)
    before = {"partition": partition_id, "day": to_datetime(results.first_day * DAY_US).date()}
    results.complete = connection.execute(SQL["any_before"], before).fetchone() == (False,)
    return results


def _packed(
    connection: psycopg.Connection, name: str, values: dict[str, Any], record: np.dtype[np.void]
) -> Iterator[NDArray[np.void]]:
    """The rows of a statement that packs them into values of many records each."""
    with connection.cursor(name, binary=True) as cursor:
        cursor.itersize = 64
        cursor.execute(SQL[name], values)
        for (packed,) in cursor:
            yield np.frombuffer(packed, record)


def _stacked(rows: np.ndarray, names: tuple[str, ...]) -> np.ndarray:
    return np.stack([rows[name].astype(np.int64) for name in names], 1)
