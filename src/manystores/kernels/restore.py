"""Apply the journal's newest part to a ledger that was loaded from older tables.

In the end only sums and last states count, as they do for the projection: an ended reservation stays in its slot until
all movements are applied, for a later fact may have opened it again.
"""

import numba as nb

from manystores.kernels.ledger import (
    FREE,
    FREE_LINE,
    SLOTS,
    add_line,
    close_slot,
    ensure_bucket,
    find_slot,
    leave_holder,
    open_slot,
)

ENDED = 3  # a state that the journal tells; in memory only between `apply_states` and `drop_ended`


@nb.njit(cache=True, nogil=True)
def apply_states(s, ids, states, orders, parties, expires, holders):  # type: ignore[no-untyped-def]
    """Give reservations the state that each fact, in the journal's order, gave them."""
    for i in range(len(states)):
        r = find_slot(s, ids[i, 0], ids[i, 1])
        ended = states[i] >= ENDED
        hi, lo = (0, 0) if ended else (holders[i, 0], holders[i, 1])
        if r >= 0 and (s.holder_hi[r] != hi or s.holder_lo[r] != lo):
            if hi == 0 and lo == 0:
                leave_holder(s, r)
            else:  # linked anew under its new holder; what it claims stays
                head, order, party = s.slot_head[r], s.slot_order[r], s.slot_party[r]
                close_slot(s, r)
                r = open_slot(s, ids[i, 0], ids[i, 1], states[i], order, party, expires[i], hi, lo)
                s.slot_head[r] = head
        if r < 0:
            r = open_slot(s, ids[i, 0], ids[i, 1], states[i], orders[i], parties[i], expires[i], hi, lo)
        s.slot_order[r] |= orders[i]  # facts of an order have many names, those of a hold one kind
        s.slot_state[r] = ENDED if ended else states[i]
        s.slot_expires[r] = expires[i]


@nb.njit(cache=True, nogil=True)
def apply_movements(s, ids, keys, deltas):  # type: ignore[no-untyped-def]
    """Add movements to counters, and what they reserved to their reservations' claims; how many had no reservation."""
    lost = 0
    for i in range(len(deltas)):
        b = ensure_bucket(s, keys[i, 0], keys[i, 1], keys[i, 2], keys[i, 3])
        s.on_hand[b] += deltas[i, 0]
        s.reserved[b] += deltas[i, 1]
        s.unavailable[b] += deltas[i, 2]
        s.incoming[b] += deltas[i, 3]
        if deltas[i, 1] != 0 and (ids[i, 0] != 0 or ids[i, 1] != 0):
            r = find_slot(s, ids[i, 0], ids[i, 1])
            if r < 0:
                lost += 1
            else:
                add_line(s, r, b, deltas[i, 1])
    return lost


@nb.njit(cache=True, nogil=True)
def drop_ended(s):  # type: ignore[no-untyped-def]
    """Forget ended reservations and claims of nothing; returns how many claims can't be (negative, or of an ended)."""
    wrong = 0
    for r in range(s.tally[SLOTS]):
        if s.slot_state[r] == FREE:
            continue
        before, k = -1, s.slot_head[r]
        while k >= 0:
            after = s.line_next[k]
            if s.line_quantity[k] == 0:
                if before < 0:
                    s.slot_head[r] = after
                else:
                    s.line_next[before] = after
                s.line_next[k] = s.tally[FREE_LINE]
                s.tally[FREE_LINE] = k
            else:
                wrong += s.line_quantity[k] < 0 or s.slot_state[r] == ENDED
                before = k
            k = after
        if s.slot_state[r] == ENDED and s.slot_head[r] < 0:
            close_slot(s, r)
    return wrong
