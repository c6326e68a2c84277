"""Which request was answered by which fact: the index of request keys of the last hours.

The newest keys are in a dictionary; when it is full they are folded into a compact table. Two generations of tables
bound the memory: a key is remembered for at least one generation and for at most two.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from manystores.kernels.keys import KeyTable, add_keys, find_keys, key_table

FOLD_AT = 100_000


class Answered(NamedTuple):
    """The fact that answered a request: its place in the journal, and the fingerprint of the request's body."""

    seq: int
    n: int
    fingerprint: int


class Results:
    """Request keys (16 bytes, a hash) of at least the last `hours`."""

    def __init__(self, now_us: int, hours: int) -> None:
        self._span_us = hours * 3_600_000_000
        self._since_us = now_us
        self._recent: dict[bytes, tuple[int, int, int]] = {}
        self._young, self._old = key_table(0), key_table(0)
        self._young_size = self._old_size = 0
        self.complete = True  # no key was forgotten

    def __len__(self) -> int:
        return len(self._recent) + self._young_size + self._old_size

    @property
    def memory_bytes(self) -> int:
        """Without the dictionary of the newest, which is bounded."""
        return sum(a.nbytes for a in (*self._young, *self._old))

    def add(self, key: bytes, seq: int, n: int, fingerprint: int) -> None:
        """Remember which fact answered a key."""
        self._recent[key] = seq, n, fingerprint

    def get(self, key: bytes) -> Answered | None:
        """The fact that answered a key, or None."""
        found = self.newest(key)
        if found is not None:
            return found
        return self.folded([key]).get(key)

    def newest(self, key: bytes) -> Answered | None:
        """The fact that answered a key, if the key is among the newest."""
        found = self._recent.get(key)
        return None if found is None else Answered(*found)

    def folded(self, keys: Sequence[bytes]) -> dict[bytes, Answered]:
        """Those of the keys that were folded away, by one look into each table."""
        found: dict[bytes, Answered] = {}
        if not keys or not self._young_size + self._old_size:
            return found
        halves = np.frombuffer(b"".join(keys), ">i8").reshape(-1, 2).astype(np.int64)
        for table in (self._old, self._young):
            places = find_keys(table, halves)
            for i in np.flatnonzero(places >= 0).tolist():
                at = places[i]
                found[keys[i]] = Answered(int(table.seq[at]), int(table.n[at]), int(table.fingerprint[at]))
        return found

    def tidy(self, now_us: int) -> None:
        """Fold the newest keys away when they are many; forget the oldest generation when its time is over."""
        if len(self._recent) >= FOLD_AT:
            keys = np.frombuffer(b"".join(self._recent), ">i8").reshape(-1, 2).astype(np.int64)
            values = np.array(list(self._recent.values()), np.int64).reshape(-1, 3)
            fingerprints, seqs = np.ascontiguousarray(values[:, 2]), np.ascontiguousarray(values[:, 0])
            self.load(keys, fingerprints, seqs, values[:, 1].astype(np.int32))
            self._recent = {}
        if now_us - self._since_us > self._span_us:
            self.complete = self.complete and not self._old_size
            self._old, self._old_size = self._young, self._young_size
            self._young, self._young_size = key_table(0), 0
            self._since_us = now_us

    def load(
        self,
        keys: NDArray[np.int64],
        fingerprints: NDArray[np.int64],
        seqs: NDArray[np.int64],
        ns: NDArray[np.int32],
    ) -> None:
        """Add many at once: keys [n, 2]."""
        needed = self._young_size + len(keys)
        if needed * 3 // 2 > len(self._young.seq):
            self._young = _grown(self._young, needed)
        self._young_size += add_keys(self._young, keys, fingerprints, seqs, ns)


def _grown(table: KeyTable, capacity: int) -> KeyTable:
    bigger = key_table(capacity + capacity // 4)
    used = table.seq != 0
    add_keys(bigger, table.key[used], table.fingerprint[used], table.seq[used], table.n[used])
    return bigger
