"""Which events were heard before, by the 128-bit key of their messageId, for today and the day before."""

import numpy as np
from numpy.typing import NDArray

from manystores.kernels.keys import KeyTable, add_keys, find_keys, key_table, repeated_keys

I64 = NDArray[np.int64]


class Heard:
    """Keys by the day they were heard on (UTC, days since 1970); older days are let go."""

    def __init__(self, room: int = 1 << 12) -> None:
        self._room = room
        self._days: dict[int, tuple[KeyTable, int]] = {}

    def new(self, keys: I64, day: int) -> NDArray[np.bool_]:
        """Which of the keys [n, 2] are heard for the first time; those are remembered."""
        if not len(keys):
            return np.zeros(0, np.bool_)
        known = np.zeros(len(keys), np.int64)
        n, fingerprint = np.zeros(len(keys), np.int32), np.zeros(len(keys), np.int64)
        self._let_go(day)
        for table, _ in self._days.values():
            find_keys(table, keys, known, n, fingerprint)
        new: NDArray[np.bool_] = (known == 0) & ~repeated_keys(keys)
        self.add(keys[new], day)
        return new

    def add(self, keys: I64, day: int) -> None:
        """Remember keys [n, 2] of a day."""
        self._let_go(day)
        table, count = self._days.get(day) or (key_table(max(self._room, len(keys))), 0)
        count += len(keys)
        if count * 3 > len(table.seq) * 2:
            larger, full = key_table(2 * count), table.seq != 0
            add_keys(larger, table.key[full], table.fingerprint[full], table.seq[full], table.n[full])
            table = larger
        ones = np.ones(len(keys), np.int64)
        add_keys(table, keys, ones, ones, ones.astype(np.int32))
        self._days[day] = table, count

    def _let_go(self, day: int) -> None:
        for old in [known for known in self._days if known < day - 1]:
            del self._days[old]
