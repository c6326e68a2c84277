"""Take a partition over and load its ledger: the projection is brought up to the journal, then read."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import psycopg

from manystores.core.clock import from_datetime, to_datetime
from manystores.core.sql import queries
from manystores.ledger import Ledger
from manystores.promise import binary
from manystores.promise.projection import project
from manystores.promise.results import Results

SQL = queries("manystores.promise")

_BUCKETS = binary.FixedRows(
    dict.fromkeys(["location", "offer", "window", "lot", "on_hand", "reserved", "unavailable", "incoming"], ">i8")
)
_RESERVATIONS = binary.FixedRows(
    {"id": "V16", "holder": "V16"} | dict.fromkeys(("state", "is_order", "party", "expires"), ">i8")
)
_LINES = binary.FixedRows({"id": "V16"} | dict.fromkeys(("location", "offer", "window", "lot", "quantity"), ">i8"))
_KEYS = binary.FixedRows({"key": "V16", "fingerprint": ">i8", "seq": ">i8", "n": ">i8"})
_KEY_COLUMNS = ("location", "offer", "window", "lot")


@dataclass
class Recovered:
    """What an owner knows when it starts."""

    epoch: int
    seq: int
    ledger: Ledger
    results: Results
    results_complete: bool  # no request key is older than the index reaches
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
        results, complete = _load_results(connection, partition_id, last_us, hours)
    return Recovered(epoch, seq, ledger, results, complete, last_us)


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
    with connection.cursor() as cursor:
        with cursor.copy(SQL["load_buckets"].format(partition=partition_id)) as copy:
            for rows in _BUCKETS.read(map(bytes, copy)):
                counters = ("on_hand", "reserved", "unavailable", "incoming")
                ledger.load_buckets(_stacked(rows, _KEY_COLUMNS), _stacked(rows, counters))
        with cursor.copy(SQL["load_reservations"].format(partition=partition_id)) as copy:
            for rows in _RESERVATIONS.read(map(bytes, copy)):
                ledger.load_reservations(
                    binary.id_halves(rows["id"]),
                    rows["state"].astype(np.int8),
                    rows["is_order"].astype(np.int8),
                    rows["party"].astype(np.int32),
                    rows["expires"].astype(np.int64),
                    binary.id_halves(rows["holder"]),
                )
        lost = 0
        with cursor.copy(SQL["load_reservation_lines"].format(partition=partition_id)) as copy:
            for rows in _LINES.read(map(bytes, copy)):
                lost += ledger.load_lines(
                    binary.id_halves(rows["id"]), _stacked(rows, _KEY_COLUMNS), rows["quantity"].astype(np.int64)
                )
    if lost:
        raise RuntimeError(f"{lost} reservation lines have no reservation: the projection is broken")
    return ledger


def _load_results(connection: psycopg.Connection, partition_id: int, now_us: int, hours: int) -> tuple[Results, bool]:
    since = to_datetime(now_us) - timedelta(hours=hours)
    results = Results(now_us, hours)
    sql = SQL["load_keys"].format(partition=partition_id, day=f"'{since.date()}'", since=f"'{since.isoformat()}'")
    with connection.cursor() as cursor, cursor.copy(sql) as copy:
        for rows in _KEYS.read(map(bytes, copy)):
            keys = binary.id_halves(rows["key"])
            fingerprints, seqs = rows["fingerprint"].astype(np.int64), rows["seq"].astype(np.int64)
            results.load(keys, fingerprints, seqs, rows["n"].astype(np.int32))
    first = connection.execute(SQL["first_day"], {"partition": partition_id}).fetchone()
    complete = first is None or first[0] is None or first[0] > since
    return results, complete


def _stacked(rows: np.ndarray, names: tuple[str, ...]) -> np.ndarray:
    return np.stack([rows[name].astype(np.int64) for name in names], 1)
