"""A compact set of request keys: 128-bit key -> (fingerprint, seq, n), by open addressing."""

from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray


class KeyTable(NamedTuple):
    """Capacity T is a power of two; an entry with seq 0 is empty."""

    key: NDArray[np.int64]  # [T, 2]
    fingerprint: NDArray[np.int64]  # [T]
    seq: NDArray[np.int64]  # [T]
    n: NDArray[np.int32]  # [T]


def key_table(capacity: int) -> KeyTable:
    """An empty table that is at most two thirds full at that capacity."""
    size = 1 << max(4, (capacity * 3 // 2).bit_length())
    return KeyTable(
        np.zeros((size, 2), np.int64), np.zeros(size, np.int64), np.zeros(size, np.int64), np.zeros(size, np.int32)
    )


@nb.njit(cache=True, nogil=True)
def add_keys(t, key, fingerprint, seq, n):  # type: ignore[no-untyped-def]
    """Add entries; the first of a repeated key stays. Returns how many were new."""
    mask = np.uint64(len(t.seq) - 1)
    added = 0
    for i in range(len(seq)):
        # keys are hashes already
        at = np.uint64(key[i, 1]) & mask
        while t.seq[at] != 0 and not (t.key[at, 0] == key[i, 0] and t.key[at, 1] == key[i, 1]):
            at = (at + np.uint64(1)) & mask
        if t.seq[at] == 0:
            t.key[at, 0], t.key[at, 1] = key[i, 0], key[i, 1]
            t.fingerprint[at], t.seq[at], t.n[at] = fingerprint[i], seq[i], n[i]
            added += 1
    return added


@nb.njit(cache=True, nogil=True)
def find_keys(t, key):  # type: ignore[no-untyped-def]
    """Places of keys [n, 2], -1 for those that are not there."""
    mask = np.uint64(len(t.seq) - 1)
    places = np.full(len(key), -1, np.int64)
    for i in range(len(key)):
        at = np.uint64(key[i, 1]) & mask
        while t.seq[at] != 0:
            if t.key[at, 0] == key[i, 0] and t.key[at, 1] == key[i, 1]:
                places[i] = np.int64(at)
                break
            at = (at + np.uint64(1)) & mask
    return places
