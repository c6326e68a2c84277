"""Many holds as columns: what the hottest path is decided on, and journaled from, without an object for each."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Holds(NamedTuple):
    """C holds of L lines in all, as columns. An id, key or holder is two halves; (0, 0) is none."""

    ids: NDArray[np.int64]  # [C, 2]
    parties: NDArray[np.int32]  # [C]
    actors: list[bytes]
    request_keys: NDArray[np.int64]  # [C, 2]
    fingerprints: NDArray[np.int64]  # [C]
    holders: NDArray[np.int64]  # [C, 2]
    expires_us: NDArray[np.int64]  # [C]
    line_ptr: NDArray[np.int64]  # [C + 1] hold c has the lines from line_ptr[c] up to line_ptr[c + 1]
    keys: NDArray[np.int64]  # [L, 4] location, offer, window, lot
    quantities: NDArray[np.int64]  # [L]
    bodies: list[bytes]

    def select(self, places: NDArray[np.int64]) -> "Holds":
        """Those at these places, in this order."""
        if len(places) == len(self.ids):
            return self
        begins, sizes = self.line_ptr[places], np.diff(self.line_ptr)[places]
        ptr = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
        lines = np.repeat(begins - ptr[:-1], sizes) + np.arange(ptr[-1])
        chosen = places.tolist()
        return Holds(
            self.ids[places],
            self.parties[places],
            [self.actors[i] for i in chosen],
            self.request_keys[places],
            self.fingerprints[places],
            self.holders[places],
            self.expires_us[places],
            ptr,
            self.keys[lines],
            self.quantities[lines],
            [self.bodies[i] for i in chosen],
        )

    def buckets_of(self, place: int) -> list[tuple[int, ...]]:
        """The buckets that one of them claims, line by line."""
        return [tuple(key) for key in self.keys[self.line_ptr[place] : self.line_ptr[place + 1]].tolist()]


def as_halves(ids: Sequence[bytes]) -> NDArray[np.int64]:
    """Ids of 16 bytes as two signed halves each [C, 2]."""
    return np.frombuffer(b"".join(ids), ">i8").reshape(-1, 2).astype(np.int64)
