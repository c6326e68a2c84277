"""The ledger's state machine over plain arrays.

Buckets and open reservations live in structures of arrays, found through open-addressing hash tables with linear
probing (Knuth, TAOCP 6.4, algorithm R for deletion, so that no tombstones pile up). A reservation's lines are a linked
list. Every function changes all that it should or nothing, and appends what it did to the movement log.

Quantities are integer base units; times are microseconds; ids are two int64 halves. Growing the arrays is the caller's
duty (`manystores.ledger`): a kernel never allocates.
"""

from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

I8 = NDArray[np.int8]
I16 = NDArray[np.int16]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]

# Places in `tally`.
BUCKETS, SLOTS, FREE_SLOT, LINES, FREE_LINE, OPEN, MOVES, SHORT_LINE, SHORT_AVAILABLE = range(9)

# Reservation states held in memory; an ended reservation leaves it.
FREE, HELD, CONFIRMED = 0, 1, 2

# How `take` ends a part of a reservation's claim.
RELEASE, FULFIL, SET_ASIDE = 0, 1, 2

OK, SHORT, DUPLICATE = 0, 1, 2
NEVER = np.iinfo(np.int64).max


class State(NamedTuple):
    """Everything the ledger knows. B buckets, S reservation slots, N reservation lines, M movements, in capacity."""

    location: I32  # [B] location number; 0 is the whole network
    offer: I32  # [B] offer number
    window: I64  # [B] start of the window in µs; 0 is "now"
    lot: I32  # [B] lot number; 0 is none
    on_hand: I64  # [B]
    reserved: I64  # [B]
    unavailable: I64  # [B]
    incoming: I64  # [B]
    location_head: I32  # [L] newest bucket of a location, -1 is none
    location_next: I32  # [B]
    offer_head: I32  # [O] newest bucket of an offer that the planner's index lacks, -1 is none
    offer_next: I32  # [B]
    bucket_table: I32  # [2^k] bucket or -1
    slot_hi: I64  # [S] reservation id
    slot_lo: I64
    holder_hi: I64  # [S] who holds (hash of party and cart); 0, 0 is nobody in particular
    holder_lo: I64
    slot_state: I8  # [S]
    slot_order: I8  # [S] 1 when an order's reservation
    slot_party: I32  # [S]
    slot_expires: I64  # [S] µs; NEVER when it does not expire
    slot_head: I32  # [S] first line, or next free slot
    slot_table: I32  # [2^k] slot or -1, by id
    holder_table: I32  # [2^k] slot or -1, by holder
    line_bucket: I32  # [N]
    line_quantity: I64  # [N]
    line_next: I32  # [N]
    move_n: I32  # [M] index of the fact that caused the movement
    move_bucket: I32  # [M]
    move_delta: I64  # [M, 4] on_hand, reserved, unavailable, incoming
    move_hi: I64  # [M] reservation id, 0 when none
    move_lo: I64
    move_reason: I16  # [M]
    tally: I64  # see the names above


@nb.njit(cache=True, inline="always")
def _mix(a, b):  # type: ignore[no-untyped-def]
    """A 64-bit hash of two 64-bit words (finalizer of splitmix64)."""
    z = np.uint64(a) * np.uint64(0x9E3779B97F4A7C15) ^ np.uint64(b)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@nb.njit(cache=True, inline="always")
def _bucket_hash(location, offer, window, lot):  # type: ignore[no-untyped-def]
    return _mix(
        np.uint64(location) << np.uint64(32) | np.uint64(offer),
        np.uint64(window) ^ (np.uint64(lot) << np.uint64(52)) ^ np.uint64(lot),
    )


@nb.njit(cache=True, nogil=True)
def find_bucket_in(table, locations, offers, windows, lots, location, offer, window, lot):  # type: ignore[no-untyped-def]
    """Index of a bucket, or -1; for callers from Python, whom each array of a call costs time."""
    mask = np.uint64(len(table) - 1)
    at = _bucket_hash(location, offer, window, lot) & mask
    while True:
        b = table[at]
        if b < 0:
            return -1
        if locations[b] == location and offers[b] == offer and windows[b] == window and lots[b] == lot:
            return b
        at = (at + np.uint64(1)) & mask


@nb.njit(cache=True, nogil=True)
def find_bucket(s, location, offer, window, lot):  # type: ignore[no-untyped-def]
    """Index of a bucket, or -1."""
    return find_bucket_in(s.bucket_table, s.location, s.offer, s.window, s.lot, location, offer, window, lot)


@nb.njit(cache=True, nogil=True)
def ensure_bucket(s, location, offer, window, lot):  # type: ignore[no-untyped-def]
    """Index of a bucket, made empty if there was none."""
    b = find_bucket(s, location, offer, window, lot)
    if b >= 0:
        return b
    b = s.tally[BUCKETS]
    s.tally[BUCKETS] = b + 1
    s.location[b], s.offer[b], s.window[b], s.lot[b] = location, offer, window, lot
    s.on_hand[b] = s.reserved[b] = s.unavailable[b] = s.incoming[b] = 0
    s.location_next[b] = s.location_head[location]
    s.location_head[location] = b
    if window == 0 and location != 0:  # only goods that stand somewhere now are sourced
        s.offer_next[b] = s.offer_head[offer]
        s.offer_head[offer] = b
    _link_bucket(s, b)
    return b


@nb.njit(cache=True, nogil=True)
def _link_bucket(s, b):  # type: ignore[no-untyped-def]
    mask = np.uint64(len(s.bucket_table) - 1)
    at = _bucket_hash(s.location[b], s.offer[b], s.window[b], s.lot[b]) & mask
    while s.bucket_table[at] >= 0:
        at = (at + np.uint64(1)) & mask
    s.bucket_table[at] = b


@nb.njit(cache=True, nogil=True)
def relink_buckets(s):  # type: ignore[no-untyped-def]
    """Fill an empty bucket table anew, after it grew."""
    for b in range(s.tally[BUCKETS]):
        _link_bucket(s, b)


@nb.njit(cache=True, nogil=True)
def index_offers(s, offer_ptr, offer_buckets):  # type: ignore[no-untyped-def]
    """Counting sort of the goods that stand somewhere now, by offer: offer o has buckets[ptr[o]:ptr[o + 1]].

    Empties the per-offer overflow lists: from now on only newer buckets are in them.
    """
    n, offers = s.tally[BUCKETS], len(offer_ptr) - 1
    offer_ptr[:] = 0
    for b in range(n):
        if s.window[b] == 0 and s.location[b] != 0:
            offer_ptr[s.offer[b] + 1] += 1
    for o in range(offers):
        offer_ptr[o + 1] += offer_ptr[o]
    fill = offer_ptr[:-1].copy()
    for b in range(n):
        if s.window[b] == 0 and s.location[b] != 0:
            offer_buckets[fill[s.offer[b]]] = b
            fill[s.offer[b]] += 1
    s.offer_head[:] = -1


@nb.njit(cache=True, nogil=True)
def find_slot_in(table, ids_hi, ids_lo, hi, lo):  # type: ignore[no-untyped-def]
    """Slot of an open reservation by id, or -1; for callers from Python, like `find_bucket_in`."""
    mask = np.uint64(len(table) - 1)
    at = _mix(hi, lo) & mask
    while True:
        r = table[at]
        if r < 0 or (ids_hi[r] == hi and ids_lo[r] == lo):
            return r
        at = (at + np.uint64(1)) & mask


@nb.njit(cache=True, nogil=True)
def find_slot(s, hi, lo):  # type: ignore[no-untyped-def]
    """Slot of an open reservation by id, or -1."""
    return find_slot_in(s.slot_table, s.slot_hi, s.slot_lo, hi, lo)


@nb.njit(cache=True, nogil=True)
def find_holder(s, hi, lo):  # type: ignore[no-untyped-def]
    """Slot of the open hold of a holder, or -1."""
    mask = np.uint64(len(s.holder_table) - 1)
    at = _mix(hi, lo) & mask
    while True:
        r = s.holder_table[at]
        if r < 0 or (s.holder_hi[r] == hi and s.holder_lo[r] == lo):
            return r
        at = (at + np.uint64(1)) & mask


@nb.njit(cache=True, nogil=True)
def _link(table, keys_hi, keys_lo, r):  # type: ignore[no-untyped-def]
    mask = np.uint64(len(table) - 1)
    at = _mix(keys_hi[r], keys_lo[r]) & mask
    while table[at] >= 0:
        at = (at + np.uint64(1)) & mask
    table[at] = r


@nb.njit(cache=True, nogil=True)
def _unlink(table, keys_hi, keys_lo, r):  # type: ignore[no-untyped-def]
    """Remove r and close the gap, so that every later key of the run is still found."""
    mask = np.uint64(len(table) - 1)
    one = np.uint64(1)
    gap = _mix(keys_hi[r], keys_lo[r]) & mask
    while table[gap] != r:
        gap = (gap + one) & mask
    at = gap
    while True:
        table[gap] = -1
        while True:
            at = (at + one) & mask
            q = table[at]
            if q < 0:
                return
            home = _mix(keys_hi[q], keys_lo[q]) & mask
            # q may move to the gap unless its home lies cyclically in (gap, at]
            if ((at - home) & mask) >= ((at - gap) & mask):
                break
        table[gap] = q
        gap = at


@nb.njit(cache=True, nogil=True)
def relink_slots(s):  # type: ignore[no-untyped-def]
    """Fill empty reservation tables anew, after they grew."""
    for r in range(s.tally[SLOTS]):
        if s.slot_state[r] != FREE:
            _link(s.slot_table, s.slot_hi, s.slot_lo, r)
            if s.holder_hi[r] != 0 or s.holder_lo[r] != 0:
                _link(s.holder_table, s.holder_hi, s.holder_lo, r)


@nb.njit(cache=True, nogil=True)
def open_slot(s, hi, lo, state, order, party, expires, holder_hi, holder_lo):  # type: ignore[no-untyped-def]
    """Make a reservation without lines; the id must not be open already."""
    r = s.tally[FREE_SLOT]
    if r >= 0:
        s.tally[FREE_SLOT] = s.slot_head[r]
    else:
        r = s.tally[SLOTS]
        s.tally[SLOTS] = r + 1
    s.slot_hi[r], s.slot_lo[r], s.slot_state[r], s.slot_order[r] = hi, lo, state, order
    s.slot_party[r], s.slot_expires[r], s.slot_head[r] = party, expires, -1
    s.holder_hi[r], s.holder_lo[r] = holder_hi, holder_lo
    _link(s.slot_table, s.slot_hi, s.slot_lo, r)
    if holder_hi != 0 or holder_lo != 0:
        _link(s.holder_table, s.holder_hi, s.holder_lo, r)
    s.tally[OPEN] += 1
    return r


@nb.njit(cache=True, nogil=True)
def close_slot(s, r):  # type: ignore[no-untyped-def]
    """Forget a reservation that has no lines any more."""
    _unlink(s.slot_table, s.slot_hi, s.slot_lo, r)
    if s.holder_hi[r] != 0 or s.holder_lo[r] != 0:
        _unlink(s.holder_table, s.holder_hi, s.holder_lo, r)
    s.slot_state[r] = FREE
    s.slot_expires[r] = NEVER
    s.slot_head[r] = s.tally[FREE_SLOT]
    s.tally[FREE_SLOT] = r
    s.tally[OPEN] -= 1


@nb.njit(cache=True, nogil=True)
def leave_holder(s, r):  # type: ignore[no-untyped-def]
    """From now on the holder's next hold does not replace reservation r."""
    if s.holder_hi[r] != 0 or s.holder_lo[r] != 0:
        _unlink(s.holder_table, s.holder_hi, s.holder_lo, r)
        s.holder_hi[r] = s.holder_lo[r] = 0


@nb.njit(cache=True, nogil=True)
def add_line(s, r, bucket, quantity):  # type: ignore[no-untyped-def]
    """Add to a reservation's claim on a bucket, without touching counters."""
    k = s.slot_head[r]
    while k >= 0:
        if s.line_bucket[k] == bucket:
            s.line_quantity[k] += quantity
            return
        k = s.line_next[k]
    k = s.tally[FREE_LINE]
    if k >= 0:
        s.tally[FREE_LINE] = s.line_next[k]
    else:
        k = s.tally[LINES]
        s.tally[LINES] = k + 1
    s.line_bucket[k], s.line_quantity[k], s.line_next[k] = bucket, quantity, s.slot_head[r]
    s.slot_head[r] = k


@nb.njit(cache=True, nogil=True)
def _drop_line(s, r, bucket, quantity):  # type: ignore[no-untyped-def]
    """Take from a reservation's claim; True if it claimed that much."""
    before, k = -1, s.slot_head[r]
    while k >= 0 and s.line_bucket[k] != bucket:
        before, k = k, s.line_next[k]
    if k < 0 or s.line_quantity[k] < quantity:
        return False
    s.line_quantity[k] -= quantity
    if s.line_quantity[k] == 0:
        if before < 0:
            s.slot_head[r] = s.line_next[k]
        else:
            s.line_next[before] = s.line_next[k]
        s.line_next[k] = s.tally[FREE_LINE]
        s.tally[FREE_LINE] = k
    return True


@nb.njit(cache=True, nogil=True)
def move(s, n, b, on_hand, reserved, unavailable, incoming, hi, lo, reason):  # type: ignore[no-untyped-def]
    """Change counters and log the movement: the only place where a counter changes."""
    s.on_hand[b] += on_hand
    s.reserved[b] += reserved
    s.unavailable[b] += unavailable
    s.incoming[b] += incoming
    m = s.tally[MOVES]
    s.tally[MOVES] = m + 1
    s.move_n[m], s.move_bucket[m], s.move_reason[m] = n, b, reason
    s.move_delta[m, 0], s.move_delta[m, 1], s.move_delta[m, 2], s.move_delta[m, 3] = (
        on_hand,
        reserved,
        unavailable,
        incoming,
    )
    s.move_hi[m], s.move_lo[m] = hi, lo


@nb.njit(cache=True, inline="always")
def available(s, b):  # type: ignore[no-untyped-def]
    """on_hand - reserved - unavailable; negative when a count found less than was promised."""
    return s.on_hand[b] - s.reserved[b] - s.unavailable[b]


@nb.njit(cache=True, nogil=True)
def take(s, n, r, b, quantity, how, reason):  # type: ignore[no-untyped-def]
    """End `quantity` of reservation r's claim on bucket b: release, fulfil, or set aside as unavailable."""
    if not _drop_line(s, r, b, quantity):
        return SHORT
    on_hand = -quantity if how == FULFIL else 0
    unavailable = quantity if how == SET_ASIDE else 0
    move(s, n, b, on_hand, -quantity, unavailable, 0, s.slot_hi[r], s.slot_lo[r], reason)
    return OK


@nb.njit(cache=True, nogil=True)
def take_all(s, n, r, how, reason):  # type: ignore[no-untyped-def]
    """End all claims of reservation r and forget it."""
    while s.slot_head[r] >= 0:
        k = s.slot_head[r]
        take(s, n, r, s.line_bucket[k], s.line_quantity[k], how, reason)
    close_slot(s, r)


@nb.njit(cache=True, nogil=True)
def claim(s, n, r, wanted, reason):  # type: ignore[no-untyped-def]
    """Claim all lines for reservation r, or none. wanted: int64[lines, 5] (location, offer, window, lot, quantity).

    A bucket may stand in several lines: what an earlier line claimed is gone for the later one. When short, tally
    tells the line (SHORT_LINE) and what was available to it (SHORT_AVAILABLE).
    """
    for i in range(len(wanted)):
        b, q = find_bucket(s, wanted[i, 0], wanted[i, 1], wanted[i, 2], wanted[i, 3]), wanted[i, 4]
        left = available(s, b) if b >= 0 else 0
        if left < q:
            s.tally[SHORT_LINE], s.tally[SHORT_AVAILABLE] = i, max(left, 0)
            for j in range(i):
                b = find_bucket(s, wanted[j, 0], wanted[j, 1], wanted[j, 2], wanted[j, 3])
                s.reserved[b] -= wanted[j, 4]
            return SHORT
        s.reserved[b] += q
    for i in range(len(wanted)):
        b, q = find_bucket(s, wanted[i, 0], wanted[i, 1], wanted[i, 2], wanted[i, 3]), wanted[i, 4]
        s.reserved[b] -= q
        move(s, n, b, 0, q, 0, 0, s.slot_hi[r], s.slot_lo[r], reason)
        add_line(s, r, b, q)
    return OK


@nb.njit(cache=True, nogil=True)
def hold_one(s, n, hi, lo, state, order, party, expires, holder_hi, holder_lo, wanted, reason):  # type: ignore[no-untyped-def]
    """Open a reservation that claims all lines, or do nothing: OK, SHORT (see `claim`), or DUPLICATE."""
    if find_slot(s, hi, lo) >= 0:
        return DUPLICATE
    r = open_slot(s, hi, lo, state, order, party, expires, holder_hi, holder_lo)
    if claim(s, n, r, wanted, reason) != OK:
        close_slot(s, r)
        return SHORT
    return OK


@nb.njit(cache=True, nogil=True)
def hold_many(s, n0, ids, expires, holders, parties, ptr, keys, quantities, reasons, outcome, short, replaced, facts):  # type: ignore[no-untyped-def]
    """Decide C holds in order, each all or nothing; each fact gets the next index from n0.

    ids, holders: int64[C, 2]; keys: int64[lines, 4] (location, offer, window, lot); ptr: int64[C + 1].
    reasons: (hold, release). A repeated hold of the same holder replaces the earlier one: its units count as free for
    the new hold, and if the new hold fails, the earlier one stays. A replacement is two facts: the release of
    replaced[C, 2] (an id, else 0, 0), then the hold. Fills outcome[C], short[C, 2] (line, available) and facts[C], the
    index of the hold's fact; returns the next index.
    """
    n = n0
    for c in range(len(expires)):
        a, z = ptr[c], ptr[c + 1]
        if find_slot(s, ids[c, 0], ids[c, 1]) >= 0:
            outcome[c] = DUPLICATE
            continue
        old = -1
        if holders[c, 0] != 0 or holders[c, 1] != 0:
            old = find_holder(s, holders[c, 0], holders[c, 1])
        _lend(s, old, -1)
        bad = -1
        for i in range(a, z):
            b = find_bucket(s, keys[i, 0], keys[i, 1], keys[i, 2], keys[i, 3])
            left = available(s, b) if b >= 0 else 0
            if left < quantities[i]:
                bad = i
                short[c, 0], short[c, 1] = i - a, max(left, 0)
                break
            s.reserved[b] += quantities[i]
        for i in range(a, z if bad < 0 else bad):
            b = find_bucket(s, keys[i, 0], keys[i, 1], keys[i, 2], keys[i, 3])
            s.reserved[b] -= quantities[i]
        _lend(s, old, 1)
        if bad >= 0:
            outcome[c] = SHORT
            continue
        if old >= 0:
            replaced[c, 0], replaced[c, 1] = s.slot_hi[old], s.slot_lo[old]
            take_all(s, n, old, RELEASE, reasons[1])
            n += 1
        r = open_slot(s, ids[c, 0], ids[c, 1], HELD, 0, parties[c], expires[c], holders[c, 0], holders[c, 1])
        for i in range(a, z):
            b = find_bucket(s, keys[i, 0], keys[i, 1], keys[i, 2], keys[i, 3])
            move(s, n, b, 0, quantities[i], 0, 0, ids[c, 0], ids[c, 1], reasons[0])
            add_line(s, r, b, quantities[i])
        outcome[c], facts[c] = OK, n
        n += 1
    return n


@nb.njit(cache=True, nogil=True)
def lines_held(s, holders):  # type: ignore[no-untyped-def]
    """Number of lines of the open holds of these holders."""
    n = 0
    for c in range(len(holders)):
        if holders[c, 0] != 0 or holders[c, 1] != 0:
            r = find_holder(s, holders[c, 0], holders[c, 1])
            k = s.slot_head[r] if r >= 0 else -1
            while k >= 0:
                n, k = n + 1, s.line_next[k]
    return n


@nb.njit(cache=True, nogil=True)
def _lend(s, r, sign):  # type: ignore[no-untyped-def]
    """Take reservation r's claims off the counters (sign -1) or put them back (+1), without a movement."""
    if r < 0:
        return
    k = s.slot_head[r]
    while k >= 0:
        s.reserved[s.line_bucket[k]] += sign * s.line_quantity[k]
        k = s.line_next[k]


@nb.njit(cache=True, nogil=True)
def find_expired(s, now, out):  # type: ignore[no-untyped-def]
    """Fill `out` with slots whose time is over; returns how many. A scan: 5 million slots take some milliseconds."""
    n = 0
    for r in range(s.tally[SLOTS]):
        if s.slot_expires[r] <= now and s.slot_state[r] != FREE:
            out[n] = r
            n += 1
            if n == len(out):
                break
    return n


@nb.njit(cache=True, nogil=True)
def load_buckets(s, keys, counters):  # type: ignore[no-untyped-def]
    """Recovery: set buckets from keys int64[n, 4] and counters int64[n, 4]."""
    for i in range(len(keys)):
        b = ensure_bucket(s, keys[i, 0], keys[i, 1], keys[i, 2], keys[i, 3])
        s.on_hand[b], s.reserved[b] = counters[i, 0], counters[i, 1]
        s.unavailable[b], s.incoming[b] = counters[i, 2], counters[i, 3]


@nb.njit(cache=True, nogil=True)
def load_slots(s, ids, states, orders, parties, expires, holders):  # type: ignore[no-untyped-def]
    """Recovery: open reservations, without lines."""
    for i in range(len(states)):
        open_slot(s, ids[i, 0], ids[i, 1], states[i], orders[i], parties[i], expires[i], holders[i, 0], holders[i, 1])


@nb.njit(cache=True, nogil=True)
def load_lines(s, ids, keys, quantities):  # type: ignore[no-untyped-def]
    """Recovery: lines of open reservations; returns how many had no reservation (a broken projection)."""
    lost = 0
    for i in range(len(quantities)):
        r = find_slot(s, ids[i, 0], ids[i, 1])
        if r < 0:
            lost += 1
        else:
            add_line(s, r, ensure_bucket(s, keys[i, 0], keys[i, 1], keys[i, 2], keys[i, 3]), quantities[i])
    return lost
