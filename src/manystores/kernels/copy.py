"""Rows of PostgreSQL's binary COPY format whose fields have many widths, packed without a Python object per row."""

import numba as nb
import numpy as np

HOLD_COLUMNS = 17
_FIXED = 2 + 17 * 4 + 4 + 4 + 8 + 4 + 16 + 4 + 4 + 8 + 8 + 2 + 8 + 2  # without name, actor, body, keys and holders


@nb.njit(cache=True, inline="always")
def _int(out, at, value, width):  # type: ignore[no-untyped-def]
    """A big-endian integer; returns the place after it."""
    for i in range(width):
        out[at + i] = (value >> (8 * (width - 1 - i))) & 0xFF
    return at + width


@nb.njit(cache=True, inline="always")
def _field(out, at, value, width):  # type: ignore[no-untyped-def]
    return _int(out, _int(out, at, width, 4), value, width)


@nb.njit(cache=True, inline="always")
def _bytes(out, at, source, begin, end):  # type: ignore[no-untyped-def]
    at = _int(out, at, end - begin, 4)
    for i in range(end - begin):
        out[at + i] = source[begin + i]
    return at + end - begin


@nb.njit(cache=True, inline="always")
def _id(out, at, pair):  # type: ignore[no-untyped-def]
    return _int(out, _int(out, _int(out, at, 16, 4), pair[0], 8), pair[1], 8)


@nb.njit(cache=True, inline="always")
def _id_or_null(out, at, pair):  # type: ignore[no-untyped-def]
    if pair[0] == 0 and pair[1] == 0:
        return _int(out, at, -1, 4)
    return _id(out, at, pair)


@nb.njit(cache=True, nogil=True)
def hold_rows(place, name, n, ids, parties, keys, marks, actors, actor_ends, holders, expires, bodies, body_ends):  # type: ignore[no-untyped-def]
    """The journal's rows of R holds, in the order of its 17 columns.

    place: (partition, day since 2000, seq, at in µs since 2000, state, version), of all rows; name: bytes, of all rows.
    ids, keys, holders: int64[R, 2] halves, where (0, 0) is none; expires: µs since 2000.
    actors, bodies: the bytes of all rows behind each other, with the place where each ends: int64[R].
    """
    rows = len(n)
    out = np.empty(rows * (_FIXED + 32 + len(name)) + len(actors) + len(bodies), np.uint8)
    partition, day, seq, moment, state, version = place
    at = 0
    actor_begin = body_begin = 0
    for r in range(rows):
        at = _int(out, at, HOLD_COLUMNS, 2)
        at = _field(out, at, partition, 4)
        at = _field(out, at, day, 4)
        at = _field(out, at, seq, 8)
        at = _field(out, at, n[r], 4)
        at = _bytes(out, at, name, 0, len(name))
        at = _id(out, at, ids[r])
        at = _field(out, at, parties[r], 4)
        at = _field(out, at, 0, 4)
        at = _id_or_null(out, at, keys[r])
        at = _field(out, at, marks[r], 8)
        at = _bytes(out, at, actors, actor_begin, actor_ends[r])
        at = _field(out, at, moment, 8)
        at = _field(out, at, state, 2)
        at = _field(out, at, expires[r], 8)
        at = _id_or_null(out, at, holders[r])
        at = _field(out, at, version, 2)
        at = _bytes(out, at, bodies, body_begin, body_ends[r])
        actor_begin, body_begin = actor_ends[r], body_ends[r]
    return out[:at]
