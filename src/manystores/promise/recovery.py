"""Load what a partition holds: the ledger from its tables and the journal since, the index of request keys."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from manystores.core import binary
from manystores.ledger import NEVER_US, Ledger
from manystores.ledger.restored import RestoredLedger
from manystores.promise.results import Results
from manystores.promise.takeover import Stream, TakeOver

_COUNTERS = ("on_hand", "reserved", "unavailable", "incoming")
_ID = "V16"
_BUCKETS = np.dtype([(name, ">i8") for name in ("location", "offer", "window", "lot", *_COUNTERS)])
_RESERVATIONS = np.dtype(
    [("id", _ID), ("holder", _ID), *((name, ">i8") for name in ("state", "is_order", "party", "expires"))]
)
_LINES = np.dtype([("id", _ID), *((name, ">i8") for name in ("location", "offer", "window", "lot", "quantity"))])
_MOVEMENTS = np.dtype([("id", _ID), *((name, ">i8") for name in ("location", "offer", "window", "lot", *_COUNTERS))])
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


def recover(taken: TakeOver, now_us: int, hours: int) -> Recovered:
    """Rebuild the ledger and the index of request keys, both at the same time; every older owner is fenced by then."""
    lease = taken.lease
    taken.hurry()
    last_us = max(now_us, lease.decided_us)
    with ThreadPoolExecutor(1, "recovery") as beside:
        results = beside.submit(_load_results, taken, last_us, hours)
        ledger = _load_ledger(taken)
        return Recovered(lease.epoch, lease.seq, ledger, results.result(), last_us)


def _load_ledger(taken: TakeOver) -> Ledger:
    """Tables first, then what the projection had not folded into them yet: states, then movements."""
    buckets, reservations = taken.buckets.rows, taken.reservations.rows
    ledger = RestoredLedger(max(1024, buckets + buckets // 8), max(1024, reservations + reservations // 8))
    for rows in _records(taken.buckets, _BUCKETS):
        ledger.load_buckets(_stacked(rows, _KEY_COLUMNS), _stacked(rows, _COUNTERS))
    for rows in _records(taken.reservations, _RESERVATIONS):
        ledger.load_reservations(*_reservations(rows))
    lost = 0
    for rows in _records(taken.lines, _LINES):
        quantities = rows["quantity"].astype(np.int64)
        lost += ledger.load_lines(binary.id_halves(rows["id"]), _stacked(rows, _KEY_COLUMNS), quantities)
    for rows in _records(taken.states, _RESERVATIONS):
        ledger.apply_states(*_reservations(rows))
    for rows in _records(taken.movements, _MOVEMENTS):
        lost += ledger.apply_movements(
            binary.id_halves(rows["id"]), _stacked(rows, _KEY_COLUMNS), _stacked(rows, _COUNTERS)
        )
    wrong = ledger.settle()
    if lost or wrong:
        raise RuntimeError(
            f"{lost} claims have no reservation, {wrong} contradict the journal: the projection is broken"
        )
    return ledger


def _records(stream: Stream[bytes], record: np.dtype[np.void]) -> Iterator[NDArray[np.void]]:
    return (np.frombuffer(value, record) for value in stream)


def _reservations(
    rows: NDArray[np.void],
) -> tuple[
    NDArray[np.int64], NDArray[np.int8], NDArray[np.int8], NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]
]:
    """Columns as the ledger takes them: id, state, is_order, party, expiry, holder."""
    expires = rows["expires"].astype(np.int64)
    expires[expires != NEVER_US] += binary.POSTGRES_EPOCH_US
    return (
        binary.id_halves(rows["id"]),
        rows["state"].astype(np.int8),
        rows["is_order"].astype(np.int8),
        rows["party"].astype(np.int32),
        expires,
        binary.id_halves(rows["holder"]),
    )


def _load_results(taken: TakeOver, now_us: int, hours: int) -> Results:
    """The request keys of the days that the index covers, each day at once."""
    results = Results(now_us, hours)
    for day, values in groupby(taken.keys, key=itemgetter(0)):
        rows = np.frombuffer(b"".join(value for _, value in values), _KEYS)
        fingerprints, seqs = rows["fingerprint"].astype(np.int64), rows["seq"].astype(np.int64)
        results.load(binary.id_halves(rows["key"]), fingerprints, seqs, rows["n"].astype(np.int32), day)
    results.complete = not taken.older
    return results


def _stacked(rows: np.ndarray, names: tuple[str, ...]) -> np.ndarray:
    return np.stack([rows[name].astype(np.int64) for name in names], 1)
