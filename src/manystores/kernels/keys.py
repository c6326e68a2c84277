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
def find_keys(t, key, seq, n, fingerprint):  # type: ignore[no-untyped-def]
    """Look keys [C, 2] up; fills seq, n and fingerprint [C] of those that are there, and leaves the others."""
    mask = np.uint64(len(t.seq) - 1)
    for i in range(len(key)):
        at = np.uint64(key[i, 1]) & mask
        while t.seq[at] != 0:
            if t.key[at, 0] == key[i, 0] and t.key[at, 1] == key[i, 1]:
                seq[i], n[i], fingerprint[i] = t.seq[at], t.n[at], t.fingerprint[at]
                break
            at = (at + np.uint64(1)) & mask


@nb.njit(cache=True, nogil=True)
def repeated_keys(key):  # type: ignore[no-untyped-def]
    """For each of the keys [C, 2], whether an equal one stands before it; (0, 0) is no key and never repeated."""
    size = 16
    while size < 2 * len(key):
        size *= 2
    mask = np.uint64(size - 1)
    table = np.full(size, -1, np.int32)
    repeated = np.zeros(len(key), np.bool_)
    for i in range(len(key)):
        if key[i, 0] == 0 and key[i, 1] == 0:
            continue
        at = np.uint64(key[i, 1]) & mask
        while table[at] >= 0:
            j = table[at]
            if key[j, 0] == key[i, 0] and key[j, 1] == key[i, 1]:
                repeated[i] = True
                break
            at = (at + np.uint64(1)) & mask
        if not repeated[i]:
            table[at] = i
    return repeated
