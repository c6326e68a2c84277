"""A ledger that is rebuilt from tables as of some batch and from the journal after it."""

import numpy as np
from numpy.typing import NDArray

from manystores.kernels import restore as kernel
from manystores.ledger.ledger import Key, Ledger


class RestoredLedger(Ledger):
    """Load buckets, reservations and lines; then all states, then all movements since; then `settle`."""

    def apply_states(
        self,
        ids: NDArray[np.int64],
        states: NDArray[np.int8],
        orders: NDArray[np.int8],
        parties: NDArray[np.int32],
        expires_us: NDArray[np.int64],
        holders: NDArray[np.int64],
    ) -> None:
        """What facts, in order, made of reservations: held, confirmed, ended."""
        self._room(slots=len(states))
        kernel.apply_states(self._s, ids, states, orders, parties, expires_us, holders)

    def apply_movements(self, ids: NDArray[np.int64], keys: NDArray[np.int64], deltas: NDArray[np.int64]) -> int:
        """Movements in any order; returns how many of them reserve for a reservation that there is not."""
        if not len(keys):
            return 0
        highest = Key(int(keys[:, 0].max()), int(keys[:, 1].max()))
        self._room(buckets=len(keys), lines=len(keys), key=highest)
        return int(kernel.apply_movements(self._s, ids, keys, deltas))

    def settle(self) -> int:
        """Let go of what has ended; returns how many claims contradict the movements (0 in sound books)."""
        return int(kernel.drop_ended(self._s))
