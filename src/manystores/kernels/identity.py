"""Who is one person, over plain arrays: identifiers, pairs that evidence joins, and the persons that follow.

Identifiers and pairs are found through open-addressing hash tables with linear probing; the pairs of an identifier are
a linked list. Persons are a function of what stands, never of the order in which it came: whatever changes, everybody
whom evidence connects with the change is worked out anew, by Kruskal's algorithm over the pairs, strongest first, where
a guard may forbid a union. Growing the arrays is the caller's duty (`manystores.members.graph`).

Names are compared as sketches of 128 bits, made of keyed hashes of their letter pairs (Schnell, Bachteler, Reiher 2009,
"Privacy-preserving record linkage using Bloom filters"), by Dice's coefficient.
"""

from typing import Any, NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

I8 = NDArray[np.int8]
I16 = NDArray[np.int16]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]

# Places in `tally`.
IDENTIFIERS, PAIRS, STAMP, FANS, LARGEST = range(5)

# How much a rule's evidence says: weaker is looked at later.
WEAK, LIKELY, STRONG, CERTAIN = 1, 2, 3, 4

# What became of a pair.
NOTHING, JOINED, BLOCKED, SHARED, TOO_WEAK, LIMIT, NAMES, CONSENT, APART = range(9)

SAID_NOTHING, SAID_YES, SAID_NO = 0, 1, 2
GONE = -1
"""Namespace of an identifier that was forgotten."""


class State(NamedTuple):
    """Everything the graph knows. N identifiers, P pairs, F counts of neighbours, in capacity."""

    hi: I64  # [N] keyed hash
    lo: I64
    namespace: I8  # [N]
    scope: I32  # [N] whose namespace it is: a brand, a wallet's application; 0 is everybody's
    says: I8  # [N] what was said to being linked
    blocked: I8  # [N] 1 when the value is nobody's
    name_hi: I64  # [N] sketch, 0, 0 where no name is known
    name_lo: I64
    over: I32  # [N] in how many scopes it has too many neighbours
    head: I32  # [N] first half pair (2 p or 2 p + 1), -1 is none
    person: I32  # [N] the lowest number of an identifier of the same person
    ring: I32  # [N] the next identifier of the same person
    size: I32  # [N] scratch: identifiers of a person, at one of them
    seen: I32  # [N] scratch: the last working out that reached it
    reached: I32  # [N] scratch: identifiers of a working out
    table: I32  # [2^k] identifier or -1
    left: I32  # [P] the lower number
    right: I32  # [P]
    rules: I32  # [P] bits of the rules whose evidence stands, 0 is none
    since: I64  # [P] when evidence began to stand, any growing number
    apart: I8  # [P] 1 when they were told to be two persons
    verdict: I8  # [P] what became of it
    follow: I32  # [2 P] next half pair of the same identifier
    pieces: I32  # [P] scratch: pairs of a working out
    pair_table: I32  # [2^k] pair or -1
    fan_key: I64  # [F] identifier, namespace and scope of its neighbours; 0 is none
    fan: I32  # [F] how many such neighbours
    tally: I64  # see the names above


class Rules(NamedTuple):
    """What the guards go by."""

    certain: Any  # bits of the rules of each strength, int
    strong: Any
    likely: Any
    most: I32  # [namespaces] identifiers of a namespace and scope that one person has at most
    shared_from: I32  # [namespaces] a value with so many neighbours of one namespace and scope is several persons'
    record: I8  # [namespaces] 1: somebody's relationship with a brand or wallet; two are joined only by consent
    alike: Any  # Dice's coefficient from which names agree, float


@nb.njit(cache=True, inline="always")
def _mix(a, b):  # type: ignore[no-untyped-def]
    """A 64-bit hash of two 64-bit words (finalizer of splitmix64)."""
    z = np.uint64(a) * np.uint64(0x9E3779B97F4A7C15) ^ np.uint64(b)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@nb.njit(cache=True, nogil=True)
def find(s, hi, lo):  # type: ignore[no-untyped-def]
    """Number of an identifier, or -1. Keys are keyed hashes, so that nobody can make them collide."""
    mask = np.uint64(len(s.table) - 1)
    at = np.uint64(lo) & mask
    while s.table[at] >= 0:
        i = s.table[at]
        if s.hi[i] == hi and s.lo[i] == lo:
            return i
        at = (at + np.uint64(1)) & mask
    return -1


@nb.njit(cache=True, nogil=True)
def find_many(s, keys):  # type: ignore[no-untyped-def]
    """Numbers [n] of identifiers by their keys [n, 2]; -1 where one was never seen."""
    found = np.empty(len(keys), np.int32)
    for k in range(len(keys)):
        found[k] = find(s, keys[k, 0], keys[k, 1])
    return found


@nb.njit(cache=True, nogil=True)
def see_many(s, keys, namespaces, scopes, blocked):  # type: ignore[no-untyped-def]
    """Numbers [n] of identifiers, made where they were never seen: each a person of its own."""
    found = np.empty(len(keys), np.int32)
    mask = np.uint64(len(s.table) - 1)
    for k in range(len(keys)):
        hi, lo = keys[k, 0], keys[k, 1]
        at = np.uint64(lo) & mask
        i = -1
        while s.table[at] >= 0:
            i = s.table[at]
            if s.hi[i] == hi and s.lo[i] == lo:
                break
            i = -1
            at = (at + np.uint64(1)) & mask
        if i < 0:
            i = s.tally[IDENTIFIERS]
            s.tally[IDENTIFIERS] = i + 1
            s.hi[i], s.lo[i] = hi, lo
            s.namespace[i], s.scope[i], s.blocked[i] = namespaces[k], scopes[k], blocked[k]
            s.says[i] = SAID_NOTHING
            s.name_hi[i] = s.name_lo[i] = 0
            s.over[i] = s.seen[i] = 0
            s.head[i] = -1
            s.person[i] = s.ring[i] = i
            s.table[at] = i
        found[k] = i
    return found


@nb.njit(cache=True, nogil=True)
def relink(s):  # type: ignore[no-untyped-def]
    """Fill an empty (-1) table anew, after it has grown."""
    mask = np.uint64(len(s.table) - 1)
    for i in range(s.tally[IDENTIFIERS]):
        if s.namespace[i] != GONE:
            at = np.uint64(s.lo[i]) & mask
            while s.table[at] >= 0:
                at = (at + np.uint64(1)) & mask
            s.table[at] = i


@nb.njit(cache=True, nogil=True)
def relink_pairs(s):  # type: ignore[no-untyped-def]
    """Fill an empty (-1) table of pairs anew, after it has grown."""
    mask = np.uint64(len(s.pair_table) - 1)
    for p in range(s.tally[PAIRS]):
        at = _mix(s.left[p], s.right[p]) & mask
        while s.pair_table[at] >= 0:
            at = (at + np.uint64(1)) & mask
        s.pair_table[at] = p


@nb.njit(cache=True, nogil=True)
def move_fans(s, keys, fans):  # type: ignore[no-untyped-def]
    """Counts of neighbours into a larger, empty table."""
    mask = np.uint64(len(s.fan_key) - 1)
    for k in range(len(keys)):
        if keys[k] != 0:
            at = _mix(keys[k], 0) & mask
            while s.fan_key[at] != 0:
                at = (at + np.uint64(1)) & mask
            s.fan_key[at], s.fan[at] = keys[k], fans[k]


@nb.njit(cache=True, nogil=True)
def find_pair(s, one, other):  # type: ignore[no-untyped-def]
    """Number of the pair of two identifiers, or -1."""
    left, right = min(one, other), max(one, other)
    mask = np.uint64(len(s.pair_table) - 1)
    at = _mix(left, right) & mask
    while s.pair_table[at] >= 0:
        p = s.pair_table[at]
        if s.left[p] == left and s.right[p] == right:
            return p
        at = (at + np.uint64(1)) & mask
    return -1


@nb.njit(cache=True, nogil=True)
def _ensure_pair(s, one, other):  # type: ignore[no-untyped-def]
    p = find_pair(s, one, other)
    if p >= 0:
        return p
    p = s.tally[PAIRS]
    s.tally[PAIRS] = p + 1
    s.left[p], s.right[p] = min(one, other), max(one, other)
    s.rules[p] = s.since[p] = s.apart[p] = s.verdict[p] = 0
    for end in range(2):
        i = s.left[p] if end == 0 else s.right[p]
        s.follow[2 * p + end] = s.head[i]
        s.head[i] = 2 * p + end
    mask = np.uint64(len(s.pair_table) - 1)
    at = _mix(s.left[p], s.right[p]) & mask
    while s.pair_table[at] >= 0:
        at = (at + np.uint64(1)) & mask
    s.pair_table[at] = p
    return p


@nb.njit(cache=True, nogil=True)
def _fan_out(s, r, i, neighbour, change):  # type: ignore[no-untyped-def]
    """Count a neighbour of an identifier; returns whether the identifier began or ceased to be several persons'."""
    most = r.shared_from[s.namespace[i]]
    if most <= 0:
        return False
    key = (np.int64(i) + 1) << 32 | np.int64(s.namespace[neighbour]) << 24 | np.int64(s.scope[neighbour])
    mask = np.uint64(len(s.fan_key) - 1)
    at = _mix(key, 0) & mask
    while s.fan_key[at] != 0 and s.fan_key[at] != key:
        at = (at + np.uint64(1)) & mask
    if s.fan_key[at] == 0:
        s.fan_key[at], s.fan[at] = key, 0
        s.tally[FANS] += 1
    before = s.over[i] > 0
    if change > 0:
        s.fan[at] += 1
        s.over[i] += s.fan[at] == most
    else:
        s.over[i] -= s.fan[at] == most
        s.fan[at] -= 1
    return before != (s.over[i] > 0)


@nb.njit(cache=True, inline="always")
def _strength(r, rules):  # type: ignore[no-untyped-def]
    """The most that any of the rules says; 0 of none."""
    if rules & r.certain:
        return CERTAIN
    if rules & r.strong:
        return STRONG
    if rules & r.likely:
        return LIKELY
    return WEAK if rules else 0


@nb.njit(cache=True, nogil=True)
def _conducts(s, strength, p):  # type: ignore[no-untyped-def]
    """Whether a pair says something of who is one: neither blocked, nor weak, nor of a value of several persons."""
    left, right = s.left[p], s.right[p]
    if strength <= WEAK or s.blocked[left] or s.blocked[right]:
        return False
    return strength == CERTAIN or (s.over[left] <= 0 and s.over[right] <= 0)


@nb.njit(cache=True, nogil=True)
def held_back(s, r, p):  # type: ignore[no-untyped-def]
    """What became of a pair: JOINED, or what held it back; NOTHING when no evidence stands."""
    strength = _strength(r, s.rules[p])
    if strength == 0:
        return NOTHING
    if s.blocked[s.left[p]] or s.blocked[s.right[p]]:
        return BLOCKED
    if strength == WEAK:
        return TOO_WEAK
    if not _conducts(s, strength, p):
        return SHARED
    return s.verdict[p]


@nb.njit(cache=True, nogil=True)
def state(s, r, one, other, rule, stamp):  # type: ignore[no-untyped-def]
    """Evidence by `rule` that two identifiers are one person's; returns whether it is new."""
    if one == other:
        return False
    p = _ensure_pair(s, one, other)
    before = s.rules[p]
    if before >> rule & 1:
        return False
    flipped = False
    was = _strength(r, before)
    s.rules[p] = before | np.int32(1) << rule
    if before == 0:
        s.since[p] = stamp
        flipped |= _flip(s, r, p, 1)
    if flipped or (_strength(r, s.rules[p]) != was and _conducts(s, _strength(r, s.rules[p]), p)):
        settle(s, r, p)
    return True


@nb.njit(cache=True, nogil=True)
def _flip(s, r, p, change):  # type: ignore[no-untyped-def]
    """Count both ends as each other's neighbours; those around an end that began or ceased to be several persons' are
    worked out anew. Returns whether there was such an end."""
    flipped = False
    for end in range(2):
        i, other = (s.left[p], s.right[p]) if end == 0 else (s.right[p], s.left[p])
        if _fan_out(s, r, i, other, change):
            flipped = True
            half = s.head[i]
            while half >= 0:
                if s.rules[half >> 1] != 0:
                    settle(s, r, half >> 1)
                half = s.follow[half]
    return flipped


@nb.njit(cache=True, nogil=True)
def withdraw(s, r, one, other):  # type: ignore[no-untyped-def]
    """All evidence of a pair is taken back, with what followed; returns whether any stood."""
    p = find_pair(s, one, other)
    if p < 0 or s.rules[p] == 0:
        return False
    conducted = _conducts(s, _strength(r, s.rules[p]), p)
    s.rules[p] = 0
    s.verdict[p] = NOTHING
    if _flip(s, r, p, -1) or conducted:
        settle(s, r, p)
    return True


@nb.njit(cache=True, nogil=True)
def set_apart(s, r, one, other, apart):  # type: ignore[no-untyped-def]
    """They are two persons, whatever evidence says; or that is taken back. Returns whether it is new."""
    if one == other:
        return False
    p = _ensure_pair(s, one, other)
    if s.apart[p] == apart:
        return False
    s.apart[p] = apart
    settle(s, r, p)
    return True


@nb.njit(cache=True, nogil=True)
def say(s, r, i, said):  # type: ignore[no-untyped-def]
    """What whoever an identifier is of says to being linked."""
    if s.says[i] != said:
        s.says[i] = said
        stamp = _begin(s)
        _work_out(s, r, _reach(s, r, i, stamp, 0), stamp)


@nb.njit(cache=True, nogil=True)
def name(s, r, i, hi, lo):  # type: ignore[no-untyped-def]
    """The name that whoever an identifier is of goes by."""
    if s.name_hi[i] != hi or s.name_lo[i] != lo:
        s.name_hi[i], s.name_lo[i] = hi, lo
        stamp = _begin(s)
        _work_out(s, r, _reach(s, r, i, stamp, 0), stamp)


@nb.njit(cache=True, nogil=True)
def forget(s, r, i):  # type: ignore[no-untyped-def]
    """An identifier is gone, with all that was said of it; its number is never used again."""
    s.name_hi[i] = s.name_lo[i] = 0
    s.says[i] = SAID_NOTHING
    half = s.head[i]
    while half >= 0:
        p = half >> 1
        s.apart[p] = 0
        withdraw(s, r, s.left[p], s.right[p])
        half = s.follow[half]
    s.person[i] = s.ring[i] = i
    # Knuth's algorithm R: whoever comes after in the same run moves up
    mask = np.uint64(len(s.table) - 1)
    at = np.uint64(s.lo[i]) & mask
    while s.table[at] != i:
        at = (at + np.uint64(1)) & mask
    free = at
    while True:
        at = (at + np.uint64(1)) & mask
        if s.table[at] < 0:
            break
        wanted = np.uint64(s.lo[s.table[at]]) & mask
        if ((at - wanted) & mask) >= ((at - free) & mask):
            s.table[free] = s.table[at]
            free = at
    s.table[free] = -1
    s.namespace[i] = GONE
    s.hi[i] = s.lo[i] = 0


@nb.njit(cache=True, nogil=True)
def settle(s, r, p):  # type: ignore[no-untyped-def]
    """Work out anew everybody whom evidence connects with either end of a pair."""
    stamp = _begin(s)
    count = _reach(s, r, s.left[p], stamp, 0)
    if s.seen[s.right[p]] != stamp:
        count = _reach(s, r, s.right[p], stamp, count)
    _work_out(s, r, count, stamp)


@nb.njit(cache=True, nogil=True)
def settle_all(s, r):  # type: ignore[no-untyped-def]
    """Work out everybody, after many identifiers and pairs were loaded."""
    stamp = _begin(s)
    for i in range(s.tally[IDENTIFIERS]):
        if s.seen[i] != stamp:
            _work_out(s, r, _reach(s, r, i, stamp, 0), stamp)


@nb.njit(cache=True, nogil=True)
def load_pairs(s, r, lefts, rights, rules, sinces, aparts):  # type: ignore[no-untyped-def]
    """Pairs as they stand, without working out who is one; `settle_all` comes after."""
    for k in range(len(lefts)):
        p = _ensure_pair(s, lefts[k], rights[k])
        s.rules[p], s.since[p], s.apart[p] = rules[k], sinces[k], aparts[k]
        if rules[k] != 0:
            _fan_out(s, r, s.left[p], s.right[p], 1)
            _fan_out(s, r, s.right[p], s.left[p], 1)


@nb.njit(cache=True, inline="always")
def _begin(s):  # type: ignore[no-untyped-def]
    s.tally[STAMP] += 1
    return s.tally[STAMP]


@nb.njit(cache=True, nogil=True)
def _reach(s, r, begin, stamp, count):  # type: ignore[no-untyped-def]
    """Add everybody whom evidence connects with an identifier to `reached`; returns how many are in it."""
    s.seen[begin] = stamp
    s.reached[count] = begin
    at, count = count, count + 1
    while at < count:
        half = s.head[s.reached[at]]
        at += 1
        while half >= 0:
            p = half >> 1
            other = s.right[p] if half & 1 == 0 else s.left[p]
            if s.seen[other] != stamp and s.rules[p] != 0 and _conducts(s, _strength(r, s.rules[p]), p):
                s.seen[other] = stamp
                s.reached[count] = other
                count += 1
            half = s.follow[half]
    return count


@nb.njit(cache=True, nogil=True)
def _work_out(s, r, count, stamp):  # type: ignore[no-untyped-def]
    """Who is one, among all that evidence connects."""
    s.tally[LARGEST] = max(s.tally[LARGEST], count)
    pieces = 0
    for k in range(count):
        i = s.reached[k]
        s.person[i] = s.ring[i] = i
        s.size[i] = 1
        half = s.head[i]
        while half >= 0:
            p = half >> 1
            if half & 1 == 0 and s.rules[p] != 0 and _conducts(s, _strength(r, s.rules[p]), p):
                s.pieces[pieces] = p
                s.verdict[p] = NOTHING
                pieces += 1
            half = s.follow[half]
    if pieces == 0:
        return
    _sort(s, r, pieces)
    again = True
    while again:  # a union may bring the consent that another one waits for
        again, waits = False, False
        for k in range(pieces):
            p = s.pieces[k]
            if s.verdict[p] != NOTHING and s.verdict[p] != CONSENT:
                continue
            one, other = s.person[s.left[p]], s.person[s.right[p]]
            if one == other:
                s.verdict[p] = JOINED
                continue
            s.verdict[p] = _forbidden(s, r, p, one, other)
            if s.verdict[p] == JOINED:
                _unite(s, one, other)
                again = True
            waits |= s.verdict[p] == CONSENT
        again &= waits
    for k in range(count):  # known by the oldest
        i = s.reached[k]
        if s.person[i] == i:
            oldest, j = i, s.ring[i]
            while j != i:
                oldest = min(oldest, j)
                j = s.ring[j]
            if oldest != i:
                s.person[i] = oldest
                s.size[oldest] = s.size[i]
                j = s.ring[i]
                while j != i:
                    s.person[j] = oldest
                    j = s.ring[j]


@nb.njit(cache=True, nogil=True)
def _unite(s, one, other):  # type: ignore[no-untyped-def]
    less, more = (one, other) if s.size[one] < s.size[other] else (other, one)
    s.size[more] += s.size[less]
    j = less
    while True:
        s.person[j] = more
        j = s.ring[j]
        if j == less:
            break
    s.ring[one], s.ring[other] = s.ring[other], s.ring[one]


@nb.njit(cache=True, nogil=True)
def _before(s, r, one, other):  # type: ignore[no-untyped-def]
    """Whether a pair is looked at before another: the stronger, then the older, then by number of its ends."""
    a, b = _strength(r, s.rules[one]), _strength(r, s.rules[other])
    if a != b:
        return a > b
    if s.since[one] != s.since[other]:
        return s.since[one] < s.since[other]
    if s.left[one] != s.left[other]:
        return s.left[one] < s.left[other]
    return s.right[one] < s.right[other]


@nb.njit(cache=True, nogil=True)
def _sort(s, r, count):  # type: ignore[no-untyped-def]
    """Heapsort of `pieces`: they are few, mostly, but need not be."""
    a = s.pieces
    start, end = count // 2, count
    while end > 1:
        if start > 0:
            start -= 1
        else:
            end -= 1
            a[0], a[end] = a[end], a[0]
        root = start
        while 2 * root + 1 < end:
            child = 2 * root + 1
            if child + 1 < end and _before(s, r, a[child], a[child + 1]):
                child += 1
            if not _before(s, r, a[root], a[child]):
                break
            a[root], a[child] = a[child], a[root]
            root = child


@nb.njit(cache=True, nogil=True)
def _forbidden(s, r, p, one, other):  # type: ignore[no-untyped-def]
    """JOINED when two persons may become one by a pair, else the guard that forbids it."""
    if _told_apart(s, one, other):
        return APART
    certain = _strength(r, s.rules[p]) == CERTAIN
    records_one, yes_one, no_one = _relations(s, r, one)
    records_other, yes_other, no_other = _relations(s, r, other)
    if records_one and records_other and (no_one or no_other or not (yes_one or yes_other)):
        return CONSENT
    if certain:
        return JOINED
    if _too_many(s, r, one, other):
        return LIMIT
    if _names_differ(s, r, one, other):
        return NAMES
    return JOINED


@nb.njit(cache=True, nogil=True)
def _relations(s, r, one):  # type: ignore[no-untyped-def]
    """Whether a person has a record, said yes to being linked, or said no."""
    record = yes = no = False
    i = one
    while True:
        record |= r.record[s.namespace[i]] != 0
        yes |= s.says[i] == SAID_YES
        no |= s.says[i] == SAID_NO
        i = s.ring[i]
        if i == one:
            return record, yes, no


@nb.njit(cache=True, nogil=True)
def _told_apart(s, one, other):  # type: ignore[no-untyped-def]
    less, more = (one, other) if s.size[one] < s.size[other] else (other, one)
    i = less
    while True:
        half = s.head[i]
        while half >= 0:
            p = half >> 1
            if s.apart[p] and s.person[s.right[p] if half & 1 == 0 else s.left[p]] == more:
                return True
            half = s.follow[half]
        i = s.ring[i]
        if i == less:
            return False


@nb.njit(cache=True, nogil=True)
def _too_many(s, r, one, other):  # type: ignore[no-untyped-def]
    """Whether the two together had too many identifiers of a namespace and scope."""
    less, more = (one, other) if s.size[one] < s.size[other] else (other, one)
    i = less
    while True:
        most = r.most[s.namespace[i]]
        if most > 0:
            count = 0
            for side in range(2):
                begin = less if side == 0 else more
                j = begin
                while True:
                    count += s.namespace[j] == s.namespace[i] and s.scope[j] == s.scope[i]
                    j = s.ring[j]
                    if j == begin:
                        break
            if count > most:
                return True
        i = s.ring[i]
        if i == less:
            return False


@nb.njit(cache=True, nogil=True)
def _names_differ(s, r, one, other):  # type: ignore[no-untyped-def]
    """Whether both have names, and none of one agrees with any of the other."""
    named = False
    i = one
    while True:
        if s.name_hi[i] != 0 or s.name_lo[i] != 0:
            j = other
            while True:
                if s.name_hi[j] != 0 or s.name_lo[j] != 0:
                    named = True
                    if dice(s.name_hi[i], s.name_lo[i], s.name_hi[j], s.name_lo[j]) >= r.alike:
                        return False
                j = s.ring[j]
                if j == other:
                    break
        i = s.ring[i]
        if i == one:
            return named


@nb.njit(cache=True, nogil=True)
def dice(a_hi, a_lo, b_hi, b_lo):  # type: ignore[no-untyped-def]
    """Dice's coefficient of two sketches."""
    both = _ones(a_hi & b_hi) + _ones(a_lo & b_lo)
    each = _ones(a_hi) + _ones(a_lo) + _ones(b_hi) + _ones(b_lo)
    return 2.0 * both / each if each else 1.0


@nb.njit(cache=True, inline="always")
def _ones(word):  # type: ignore[no-untyped-def]
    """Bits that are set."""
    z = np.uint64(word)
    z = z - ((z >> np.uint64(1)) & np.uint64(0x5555555555555555))
    z = (z & np.uint64(0x3333333333333333)) + ((z >> np.uint64(2)) & np.uint64(0x3333333333333333))
    z = (z + (z >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((z * np.uint64(0x0101010101010101)) >> np.uint64(56))


@nb.njit(cache=True, nogil=True)
def state_many(s, r, ones, others, rules, stamps):  # type: ignore[no-untyped-def]
    """Evidence [n] in order; whether each [n] is new."""
    new = np.empty(len(ones), np.bool_)
    for k in range(len(ones)):
        new[k] = state(s, r, ones[k], others[k], rules[k], stamps[k])
    return new


@nb.njit(cache=True, nogil=True)
def members(s, i):  # type: ignore[no-untyped-def]
    """Numbers of all identifiers of the person that an identifier is of, this one first."""
    count, j = 1, s.ring[i]
    while j != i:
        count += 1
        j = s.ring[j]
    found = np.empty(count, np.int32)
    found[0] = i
    j = s.ring[i]
    for k in range(1, count):
        found[k] = j
        j = s.ring[j]
    return found


@nb.njit(cache=True, nogil=True)
def around(s, i):  # type: ignore[no-untyped-def]
    """Numbers of all pairs of an identifier that stand, or are told apart."""
    count, half = 0, s.head[i]
    while half >= 0:
        count += s.rules[half >> 1] != 0 or s.apart[half >> 1] != 0
        half = s.follow[half]
    found = np.empty(count, np.int32)
    k, half = 0, s.head[i]
    while half >= 0:
        if s.rules[half >> 1] != 0 or s.apart[half >> 1] != 0:
            found[k] = half >> 1
            k += 1
        half = s.follow[half]
    return found
