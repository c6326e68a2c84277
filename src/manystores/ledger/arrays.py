"""The ledger's arrays, and their growth: machine code never allocates."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from manystores.kernels import book as books
from manystores.kernels import ledger as kernel

NEVER_US = int(kernel.NEVER)

_BUCKET_ARRAYS = ("location", "offer", "window", "lot", "on_hand", "reserved", "unavailable", "incoming")
_BUCKET_LINKS = ("location_next", "offer_next")
_SLOT_IDS = ("slot_hi", "slot_lo", "holder_hi", "holder_lo")
_SLOT_ARRAYS = (*_SLOT_IDS, "slot_state", "slot_order", "slot_party", "slot_expires", "slot_head")
_LINE_ARRAYS = ("line_bucket", "line_quantity", "line_next")
_MOVE_ARRAYS = ("move_n", "move_bucket", "move_delta", "move_hi", "move_lo", "move_reason")


class Arrays:
    """Buckets, reservations, lines and movements in columns, with room for what comes next."""

    def __init__(self, buckets: int, reservations: int) -> None:
        self._set(_empty(buckets, reservations, 4096, 1024, 1024))

    def _set(self, state: kernel.State) -> None:
        """Use these arrays from now on."""
        self._s, self._book = state, books.open_book(state)

    def _room(
        self, *, buckets: int = 0, slots: int = 0, lines: int = 0, moves: int = 0, key: tuple[int, ...] | None = None
    ) -> None:
        """Grow the arrays so that so many more fit."""
        s, tally = self._s, self._s.tally
        if key is not None:
            self._grow_heads(key)
            s = self._s
        if buckets and tally[kernel.BUCKETS] + buckets > len(s.location):
            size = _doubled(len(s.location), int(tally[kernel.BUCKETS]) + buckets)
            self._set(self._resized((*_BUCKET_ARRAYS, *_BUCKET_LINKS), size)._replace(bucket_table=_table(size)))
            kernel.relink_buckets(self._s)
        if slots and tally[kernel.SLOTS] + slots > len(s.slot_hi):
            size = _doubled(len(s.slot_hi), int(tally[kernel.SLOTS]) + slots)
            grown = self._resized(_SLOT_ARRAYS, size)
            self._set(grown._replace(slot_table=_table(size), holder_table=_table(size)))
            kernel.relink_slots(self._s)
        if lines and tally[kernel.LINES] + lines > len(s.line_bucket):
            self._set(self._resized(_LINE_ARRAYS, _doubled(len(s.line_bucket), int(tally[kernel.LINES]) + lines)))
        if moves and tally[kernel.MOVES] + moves > len(s.move_n):
            self._set(self._resized(_MOVE_ARRAYS, _doubled(len(s.move_n), int(tally[kernel.MOVES]) + moves)))

    def _grow_heads(self, key: tuple[int, ...]) -> None:
        s = self._s
        for name, number in (("location_head", key[0]), ("offer_head", key[1])):
            head = getattr(s, name)
            if number >= len(head):
                grown = np.full(_doubled(len(head), number + 1), -1, np.int32)
                grown[: len(head)] = head
                heads = {name: grown}
                self._set(kernel.State(**{**self._s._asdict(), **heads}))

    def _resized(self, names: Sequence[str], size: int) -> kernel.State:
        grown = {}
        for name in names:
            old = getattr(self._s, name)
            new = np.zeros((size, *old.shape[1:]), old.dtype)
            if name == "slot_expires":
                new[:] = NEVER_US
            new[: len(old)] = old
            grown[name] = new
        return self._s._replace(**grown)


def _table(capacity: int) -> NDArray[np.int32]:
    """A hash table at most half full at that capacity."""
    return np.full(1 << max(4, (2 * capacity - 1).bit_length()), -1, np.int32)


def _empty(buckets: int, slots: int, moves: int, locations: int, offers: int) -> kernel.State:
    i8, i32, i64 = np.int8, np.int32, np.int64
    wide = {"window", "on_hand", "reserved", "unavailable", "incoming"}
    arrays: dict[str, NDArray[np.signedinteger]] = {
        name: np.zeros(buckets, i64 if name in wide else i32) for name in (*_BUCKET_ARRAYS, *_BUCKET_LINKS)
    }
    arrays |= {name: np.zeros(slots, i64) for name in _SLOT_IDS}
    arrays |= {name: np.zeros(slots, i8) for name in ("slot_state", "slot_order")}
    arrays |= {"slot_party": np.zeros(slots, i32), "slot_head": np.zeros(slots, i32)}
    arrays["slot_expires"] = np.full(slots, NEVER_US, i64)
    arrays |= {"line_bucket": np.zeros(slots, i32), "line_quantity": np.zeros(slots, i64)}
    arrays["line_next"] = np.zeros(slots, i32)
    arrays |= {name: np.zeros(moves, i32) for name in ("move_n", "move_bucket")}
    arrays |= {name: np.zeros(moves, i64) for name in ("move_hi", "move_lo")}
    arrays |= {"move_delta": np.zeros((moves, 4), i64), "move_reason": np.zeros(moves, np.int16)}
    arrays |= {"location_head": np.full(locations, -1, i32), "offer_head": np.full(offers, -1, i32)}
    arrays |= {"bucket_table": _table(buckets), "slot_table": _table(slots), "holder_table": _table(slots)}
    tally = np.zeros(9, i64)
    tally[kernel.FREE_SLOT] = tally[kernel.FREE_LINE] = -1
    return kernel.State(**arrays, tally=tally)


def _doubled(size: int, needed: int) -> int:
    """The next capacity: doubling, or by a quarter once it is large, so that memory stays near what is used."""
    while size < needed:
        size = size * 2 if size < 1 << 20 else size + size // 4
    return size
