"""The ledger's buckets as a table: a page of them in some order, their sums by a key, and who claims one.

Each is one pass over columns, so that lists stay quick with millions of buckets. `s` is the ledger's state.
"""

import numpy as np
from numba import njit

ANY, OUT, SHORT, RESERVED, UNAVAILABLE, INCOMING, AVAILABLE = range(7)
"""Which buckets: all, nothing available, promised more than there is, or those where something is …"""

BY_PLACE, BY_ON_HAND, BY_RESERVED, BY_UNAVAILABLE, BY_INCOMING, BY_AVAILABLE = range(6)
"""What a page is ordered by; the bucket's key decides between equals."""

SUMS = ("buckets", "on_hand", "reserved", "unavailable", "incoming", "available", "out", "short")
"""Columns of sums."""


@njit(cache=True, nogil=True)
def _passes(which, on_hand, reserved, unavailable, incoming):  # type: ignore[no-untyped-def]
    """Whether counters are in a state. Plain numbers: to hand the ledger's arrays on costs more than the rest."""
    if which == ANY:
        return True
    free = on_hand - reserved - unavailable
    if which == OUT:
        return free <= 0
    if which == SHORT:
        return free < 0
    if which == RESERVED:
        return reserved > 0
    if which == UNAVAILABLE:
        return unavailable > 0
    if which == INCOMING:
        return incoming > 0
    return free > 0


@njit(cache=True, nogil=True)
def _value(order, sign, on_hand, reserved, unavailable, incoming):  # type: ignore[no-untyped-def]
    if order == BY_ON_HAND:
        return sign * on_hand
    if order == BY_RESERVED:
        return sign * reserved
    if order == BY_UNAVAILABLE:
        return sign * unavailable
    if order == BY_INCOMING:
        return sign * incoming
    return sign * (on_hand - reserved - unavailable) if order == BY_AVAILABLE else 0


@njit(cache=True, nogil=True)
def _before(value, place, good, at, kept, than, location, offer, window, lot):  # type: ignore[no-untyped-def]
    """Whether the bucket (place, good, at, kept) of a value comes before another of that value."""
    if value != than:
        return value < than
    if place != location:
        return place < location
    if good != offer:
        return good < offer
    if at != window:
        return at < window
    return kept < lot


@njit(cache=True, nogil=True, inline="always")
def _later(values, found, s, i, k):  # type: ignore[no-untyped-def]
    """Whether entry i of the heap comes after entry k."""
    b, a = found[i], found[k]
    key = (values[i], s.location[b], s.offer[b], s.window[b], s.lot[b])
    return _before(values[k], s.location[a], s.offer[a], s.window[a], s.lot[a], *key)


@njit(cache=True, nogil=True)
def _sift_up(values, found, s, i):  # type: ignore[no-untyped-def]
    while i:
        parent = (i - 1) // 2
        if not _later(values, found, s, i, parent):
            return
        values[i], values[parent] = values[parent], values[i]
        found[i], found[parent] = found[parent], found[i]
        i = parent


@njit(cache=True, nogil=True)
def _sift_down(values, found, s, size):  # type: ignore[no-untyped-def]
    i = 0
    while True:
        child = 2 * i + 1
        if child >= size:
            return
        if child + 1 < size and _later(values, found, s, child + 1, child):
            child += 1
        if not _later(values, found, s, child, i):
            return
        values[i], values[child] = values[child], values[i]
        found[i], found[child] = found[child], found[i]
        i = child


@njit(cache=True, nogil=True)
def page(s, buckets, location_ok, offer_ok, which, now, order, sign, after, found, values, sums):  # type: ignore[no-untyped-def]
    """The first buckets behind `after` in the order, among the first `buckets`; returns how many.

    `location_ok` bool[L] and `offer_ok` bool[O] say which count, `now` whether those of windows do not. `after`
    int64[6] is a flag (0: from the beginning), a value and a key. Fills `found` int64[k] and `values` int64[k], in
    order, and `sums` int64[8] (SUMS) of all that are wanted, on any page.
    """
    size, most = 0, len(found)
    for b in range(buckets):
        location, offer = s.location[b], s.offer[b]
        if location >= len(location_ok) or offer >= len(offer_ok) or not location_ok[location] or not offer_ok[offer]:
            continue
        if now and s.window[b] != 0:
            continue
        on_hand, reserved, unavailable, incoming = s.on_hand[b], s.reserved[b], s.unavailable[b], s.incoming[b]
        if not _passes(which, on_hand, reserved, unavailable, incoming):
            continue
        free = on_hand - reserved - unavailable
        sums[0] += 1
        sums[1] += s.on_hand[b]
        sums[2] += s.reserved[b]
        sums[3] += s.unavailable[b]
        sums[4] += s.incoming[b]
        sums[5] += free
        sums[6] += free <= 0
        sums[7] += free < 0
        value = _value(order, sign, on_hand, reserved, unavailable, incoming)
        window, lot = s.window[b], s.lot[b]
        if after[0]:
            key = (after[1], after[2], after[3], after[4], after[5])
            same = value == key[0] and location == key[1] and offer == key[2] and window == key[3] and lot == key[4]
            if same or _before(value, location, offer, window, lot, *key):
                continue
        if size < most:
            found[size], values[size] = b, value
            size += 1
            _sift_up(values, found, s, size - 1)
        elif most:
            last = found[0]
            root = (values[0], s.location[last], s.offer[last], s.window[last], s.lot[last])
            if _before(value, location, offer, window, lot, *root):
                found[0], values[0] = b, value
                _sift_down(values, found, s, size)
    for end in range(size - 1, 0, -1):  # a heap becomes a sorted list from its end
        found[0], found[end] = found[end], found[0]
        values[0], values[end] = values[end], values[0]
        _sift_down(values, found, s, end)
    return size


@njit(cache=True, nogil=True)
def sums_by(s, buckets, location_ok, offer_ok, which, now, location_group, offer_group, sums):  # type: ignore[no-untyped-def]
    """Add what is wanted up by group: `location_group` int64[L] plus `offer_group` int64[O] is a row of `sums`
    int64[G, 8] (SUMS)."""
    for b in range(buckets):
        location, offer = s.location[b], s.offer[b]
        if location >= len(location_ok) or offer >= len(offer_ok) or not location_ok[location] or not offer_ok[offer]:
            continue
        if now and s.window[b] != 0:
            continue
        on_hand, reserved, unavailable, incoming = s.on_hand[b], s.reserved[b], s.unavailable[b], s.incoming[b]
        if not _passes(which, on_hand, reserved, unavailable, incoming):
            continue
        row = sums[location_group[s.location[b]] + offer_group[s.offer[b]]]
        free = on_hand - reserved - unavailable
        row[0] += 1
        row[1] += s.on_hand[b]
        row[2] += s.reserved[b]
        row[3] += s.unavailable[b]
        row[4] += s.incoming[b]
        row[5] += free
        row[6] += free <= 0
        row[7] += free < 0


@njit(cache=True, nogil=True)
def claims_on(s, slots, free, location, offer, found, quantities):  # type: ignore[no-untyped-def]
    """The reservations that claim something of an offer at a location: their slots into `found` int64[k], how many
    base units into `quantities` int64[k]; returns how many there are, which may be more than k."""
    count = 0
    for r in range(slots):
        if s.slot_state[r] == free:
            continue
        k, quantity = s.slot_head[r], np.int64(0)
        while k >= 0:
            b = s.line_bucket[k]
            if s.location[b] == location and s.offer[b] == offer:
                quantity += s.line_quantity[k]
            k = s.line_next[k]
        if quantity:
            if count < len(found):
                found[count], quantities[count] = r, quantity
            count += 1
    return count
