"""Which request was answered by which fact: the index of request keys of the last days.

The keys of the batch that is being decided are in a dictionary; then they are folded into compact tables. Tables belong
to a day (UTC), as the journal's do: a day's tables go when no request of it can come again, all at once. They never
grow: a full one is followed by a larger one, so that no request waits for millions of keys to be moved.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from manystores.kernels.keys import KeyTable, add_keys, find_keys, key_table
from manystores.promise.holds import as_halves

SMALLEST, LARGEST = 1 << 15, 1 << 21  # keys in a table: 2 MB to 150 MB
DAY_US = 86_400_000_000


class Answered(NamedTuple):
    """The fact that answered a request: its place in the journal, and the fingerprint of the request's body."""

    seq: int
    n: int
    fingerprint: int


class Found(NamedTuple):
    """For each of C keys, the fact that answered it; seq 0 where none did."""

    seq: NDArray[np.int64]
    n: NDArray[np.int32]
    fingerprint: NDArray[np.int64]


class _Tables:
    """The keys of one day."""

    def __init__(self) -> None:
        self._tables: list[KeyTable] = []
        self._room: int = 0  # of the last table
        self.size = 0

    @property
    def memory_bytes(self) -> int:
        return sum(array.nbytes for table in self._tables for array in table)

    def find(self, keys: NDArray[np.int64], found: Found) -> None:
        for table in self._tables:
            find_keys(table, keys, found.seq, found.n, found.fingerprint)

    def add(
        self, keys: NDArray[np.int64], fingerprints: NDArray[np.int64], seqs: NDArray[np.int64], ns: NDArray[np.int32]
    ) -> None:
        first = 0
        while first < len(keys):
            if self._room == 0:
                capacity = max(min(SMALLEST * 4 ** len(self._tables), LARGEST), len(keys) - first)
                self._tables.append(key_table(capacity))
                self._room = capacity
            end = min(len(keys), first + self._room)
            part = slice(first, end)
            added = add_keys(self._tables[-1], keys[part], fingerprints[part], seqs[part], ns[part])
            self._room -= added
            self.size += added
            first = end


class Results:
    """Request keys (16 bytes, a hash) of today and of as many days before as cover the last `hours`."""

    def __init__(self, now_us: int, hours: int) -> None:
        self._days_before = -(-hours // 24)
        self._today = now_us // DAY_US
        self._recent: dict[bytes, tuple[int, int, int]] = {}
        self._days: dict[int, _Tables] = {}
        self.complete = True  # no key was forgotten, and none is older in the journal

    def __len__(self) -> int:
        return len(self._recent) + sum(tables.size for tables in self._days.values())

    @property
    def memory_bytes(self) -> int:
        """Without the dictionary of the present batch."""
        return sum(tables.memory_bytes for tables in self._days.values())

    @property
    def first_day(self) -> int:
        """The first day (since 1970) whose keys are all known here; those before are in the journal only."""
        return self._today - self._days_before

    def add(self, key: bytes, seq: int, n: int, fingerprint: int) -> None:
        """Remember which fact answered a key."""
        self._recent[key] = seq, n, fingerprint

    def get(self, key: bytes) -> Answered | None:
        """The fact that answered a key, or None."""
        found = self._recent.get(key)
        return self.folded([key]).get(key) if found is None else Answered(*found)

    def folded(self, keys: Sequence[bytes]) -> dict[bytes, Answered]:
        """Those of the keys that are in tables, by one look into each."""
        if not keys or not self._days:
            return {}
        known = self.find(as_halves(keys))
        return {
            keys[i]: Answered(int(known.seq[i]), int(known.n[i]), int(known.fingerprint[i]))
            for i in np.flatnonzero(known.seq).tolist()
        }

    def find(self, keys: NDArray[np.int64]) -> Found:
        """Look keys [C, 2] up in the tables; `fold` first."""
        found = Found(np.zeros(len(keys), np.int64), np.zeros(len(keys), np.int32), np.zeros(len(keys), np.int64))
        for tables in self._days.values():
            tables.find(keys, found)
        return found

    def fold(self) -> None:
        """Put the keys of single commands into tables, where many are found at once."""
        if self._recent:
            values = np.array(list(self._recent.values()), np.int64).reshape(-1, 3)
            fingerprints, seqs = np.ascontiguousarray(values[:, 2]), np.ascontiguousarray(values[:, 0])
            self.load(as_halves(list(self._recent)), fingerprints, seqs, values[:, 1].astype(np.int32))
            self._recent = {}

    def tidy(self, now_us: int) -> None:
        """Forget the days that are over for good."""
        today = now_us // DAY_US
        if today > self._today:
            self._today = today
            for day in [day for day in self._days if day < self.first_day]:
                self.complete = self.complete and not self._days[day].size
                del self._days[day]

    def load(
        self,
        keys: NDArray[np.int64],
        fingerprints: NDArray[np.int64],
        seqs: NDArray[np.int64],
        ns: NDArray[np.int32],
        day: int | None = None,
    ) -> None:
        """Add many at once, of a day (today): keys [C, 2]. All keys of a day in one call make one table, no larger than
        they need."""
        of_day = self._days.setdefault(self._today if day is None else day, _Tables())
        of_day.add(keys, fingerprints, seqs, ns)
