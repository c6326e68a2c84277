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

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]

# Places in `tally`.
IDENTIFIERS, PAIRS, STAMP, FANS, LARGEST = range(5)

# How much a rule's evidence says: weaker is looked at later.
WEAK, LIKELY, STRONG, CERTAIN = 1, 2, 3, 4

# What became of a pair.
NOTHING, JOINED, BLOCKED, SHARED, TOO_WEAK, LIMIT, NAMES, CONSENT, APART = range(9)

SAID_NOTHING, SAID_YES, SAID_NO = 0, 1, 2
GONE = 9
"""Namespace of an identifier that was forgotten."""


NODE = np.dtype(
    [
        ("name_hi", np.int64),  # sketch, 0, 0 where no name is known
        ("name_lo", np.int64),
        ("seen", np.int64),  # scratch: the last working out that reached it; they never run out
        ("scope", np.int32),  # whose namespace it is: a brand, a wallet's application; 0 is everybody's
        ("over", np.int32),  # in how many scopes it has too many neighbours
        ("head", np.int32),  # first half pair (2 p or 2 p + 1), -1 is none
        ("degree", np.int32),  # how many half pairs follow from there
        ("person", np.int32),  # the lowest number of an identifier of the same person
        ("ring", np.int32),  # the next identifier of the same person
        ("size", np.int32),  # scratch: identifiers of a person, at one of them
        ("namespace", np.int8),
        ("says", np.int8),  # what was said to being linked
        ("blocked", np.int8),  # 1 when the value is nobody's
        ("counted", np.int8),  # 1 when its neighbours are counted, since they are many
        ("unused", np.int8, 8),
    ]
)
"""An identifier, in one line of the processor's cache: the arrays are visited in no order."""

PAIR = np.dtype(
    [
        ("since", np.int64),  # when evidence began to stand, any growing number
        ("left", np.int32),  # the lower number
        ("right", np.int32),
        ("rules", np.int32),  # bits of the rules whose evidence stands, 0 is none
        ("next_left", np.int32),  # next half pair of the same identifier
        ("next_right", np.int32),
        ("apart", np.int8),  # 1 when they were told to be two persons
        ("verdict", np.int8),  # what became of it
        ("unused", np.int8, 2),
    ]
)


class State(NamedTuple):
    """Everything the graph knows. N identifiers, P pairs, F counts of neighbours, in capacity."""

    hi: I64  # [N] keyed hash
    lo: I64
    node: Any  # [N] of NODE
    reached: I32  # [N] scratch: identifiers of a working out
    table: I32  # [2^k] identifier or -1
    pair: Any  # [P] of PAIR
    pieces: I32  # [P] scratch: pairs of a working out
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
    record: NDArray[
        np.int8
    ]  # [namespaces] 1: somebody's relationship with a brand or wallet; two are joined only by consent
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
            _be(s, i, namespaces[k], scopes[k], blocked[k])
            s.table[at] = i
        found[k] = i
    return found


@nb.njit(cache=True, nogil=True)
def relink(s):  # type: ignore[no-untyped-def]
    """Fill an empty (-1) table anew, after it has grown."""
    mask = np.uint64(len(s.table) - 1)
    for i in range(s.tally[IDENTIFIERS]):
        if s.node[i].namespace != GONE:
            at = np.uint64(s.lo[i]) & mask
            while s.table[at] >= 0:
                at = (at + np.uint64(1)) & mask
            s.table[at] = i


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


@nb.njit(cache=True, inline="always")
def _next(s, half):  # type: ignore[no-untyped-def]
    return s.pair[half >> 1].next_right if half & 1 else s.pair[half >> 1].next_left


@nb.njit(cache=True, nogil=True)
def find_pair(s, one, other):  # type: ignore[no-untyped-def]
    """Number of the pair of two identifiers, or -1; looked for at the one that is in fewer."""
    less, more = (one, other) if s.node[one].degree < s.node[other].degree else (other, one)
    half = s.node[less].head
    while half >= 0:
        if (s.pair[half >> 1].left if half & 1 else s.pair[half >> 1].right) == more:
            return half >> 1
        half = _next(s, half)
    return -1


@nb.njit(cache=True, nogil=True)
def find_pairs(s, ones, others):  # type: ignore[no-untyped-def]
    """Numbers [n] of pairs, -1 where nothing was ever said of one."""
    found = np.empty(len(ones), np.int32)
    for k in range(len(ones)):
        found[k] = find_pair(s, ones[k], others[k])
    return found


@nb.njit(cache=True, nogil=True)
def _ensure_pair(s, one, other):  # type: ignore[no-untyped-def]
    p = find_pair(s, one, other)
    return p if p >= 0 else _new_pair(s, min(one, other), max(one, other))


@nb.njit(cache=True, nogil=True)
def _new_pair(s, left, right):  # type: ignore[no-untyped-def]
    p = s.tally[PAIRS]
    s.tally[PAIRS] = p + 1
    pair = s.pair[p]
    pair.left, pair.right = left, right
    pair.rules = pair.since = pair.apart = pair.verdict = 0
    pair.next_left, pair.next_right = s.node[left].head, s.node[right].head
    s.node[left].head, s.node[right].head = 2 * p, 2 * p + 1
    s.node[left].degree += 1
    s.node[right].degree += 1
    return p


@nb.njit(cache=True, nogil=True)
def _fan_out(s, r, i, p, change):  # type: ignore[no-untyped-def]
    """Count the neighbour by a pair, which has begun or ceased to stand; returns whether the identifier began or ceased
    to be several persons'."""
    most = r.shared_from[s.node[i].namespace]
    if most <= 0 or s.node[i].degree < most:
        return False
    before = s.node[i].over > 0
    if s.node[i].counted:
        _count(s, i, p, change, most)
    elif change > 0:  # from now on they are counted
        s.node[i].counted = 1
        half = s.node[i].head
        while half >= 0:
            if s.pair[half >> 1].rules != 0:
                _count(s, i, half >> 1, 1, most)
            half = _next(s, half)
    return before != (s.node[i].over > 0)


@nb.njit(cache=True, nogil=True)
def _count(s, i, p, change, most):  # type: ignore[no-untyped-def]
    neighbour = s.node[s.pair[p].left + s.pair[p].right - i]
    key = (np.int64(i) + 1) << 32 | np.int64(neighbour.namespace) << 24 | np.int64(neighbour.scope)
    mask = np.uint64(len(s.fan_key) - 1)
    at = _mix(key, 0) & mask
    while s.fan_key[at] != 0 and s.fan_key[at] != key:
        at = (at + np.uint64(1)) & mask
    if s.fan_key[at] == 0:
        s.fan_key[at], s.fan[at] = key, 0
        s.tally[FANS] += 1
    if change > 0:
        s.fan[at] += 1
        s.node[i].over += s.fan[at] == most
    else:
        s.node[i].over -= s.fan[at] == most
        s.fan[at] -= 1


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
    left, right = s.pair[p].left, s.pair[p].right
    if strength <= WEAK or s.node[left].blocked or s.node[right].blocked:
        return False
    return strength == CERTAIN or (s.node[left].over <= 0 and s.node[right].over <= 0)


@nb.njit(cache=True, nogil=True)
def held_back(s, r, p):  # type: ignore[no-untyped-def]
    """What became of a pair: JOINED, or what held it back; NOTHING when no evidence stands."""
    strength = _strength(r, s.pair[p].rules)
    if strength == 0:
        return NOTHING
    if s.node[s.pair[p].left].blocked or s.node[s.pair[p].right].blocked:
        return BLOCKED
    if strength == WEAK:
        return TOO_WEAK
    if not _conducts(s, strength, p):
        return SHARED
    return s.pair[p].verdict


@nb.njit(cache=True, nogil=True)
def state(s, r, one, other, rule, stamp):  # type: ignore[no-untyped-def]
    """Evidence by `rule` that two identifiers are one person's; returns whether it is new."""
    if one == other:
        return False
    p = _ensure_pair(s, one, other)
    before = s.pair[p].rules
    if before >> rule & 1:
        return False
    flipped = False
    was = _strength(r, before)
    s.pair[p].rules = before | np.int32(1) << rule
    if before == 0:
        s.pair[p].since = stamp
        flipped |= _flip(s, r, p, 1)
    if flipped or (_strength(r, s.pair[p].rules) != was and _conducts(s, _strength(r, s.pair[p].rules), p)):
        settle(s, r, p)
    return True


@nb.njit(cache=True, nogil=True)
def _flip(s, r, p, change):  # type: ignore[no-untyped-def]
    """Count both ends as each other's neighbours; those around an end that began or ceased to be several persons' are
    worked out anew. Returns whether there was such an end."""
    flipped = False
    for end in range(2):
        i = s.pair[p].left if end == 0 else s.pair[p].right
        if _fan_out(s, r, i, p, change):
            flipped = True
            half = s.node[i].head
            while half >= 0:
                if s.pair[half >> 1].rules != 0:
                    settle(s, r, half >> 1)
                half = _next(s, half)
    return flipped


@nb.njit(cache=True, nogil=True)
def withdraw(s, r, one, other):  # type: ignore[no-untyped-def]
    """All evidence of a pair is taken back, with what followed; returns whether any stood."""
    p = find_pair(s, one, other)
    if p < 0 or s.pair[p].rules == 0:
        return False
    conducted = _conducts(s, _strength(r, s.pair[p].rules), p)
    s.pair[p].rules = s.pair[p].since = 0
    s.pair[p].verdict = NOTHING
    if _flip(s, r, p, -1) or conducted:
        settle(s, r, p)
    return True


@nb.njit(cache=True, nogil=True)
def set_apart(s, r, one, other, apart):  # type: ignore[no-untyped-def]
    """They are two persons, whatever evidence says; or that is taken back. Returns whether it is new."""
    if one == other:
        return False
    p = _ensure_pair(s, one, other) if apart else find_pair(s, one, other)
    if p < 0 or s.pair[p].apart == apart:
        return False
    s.pair[p].apart = apart
    settle(s, r, p)
    return True


@nb.njit(cache=True, nogil=True)
def say(s, r, i, said):  # type: ignore[no-untyped-def]
    """What whoever an identifier is of says to being linked."""
    if s.node[i].says != said:
        s.node[i].says = said
        stamp = _begin(s)
        _work_out(s, r, _reach(s, r, i, stamp, 0), stamp)


@nb.njit(cache=True, nogil=True)
def name(s, r, i, hi, lo):  # type: ignore[no-untyped-def]
    """The name that whoever an identifier is of goes by."""
    if s.node[i].name_hi != hi or s.node[i].name_lo != lo:
        s.node[i].name_hi, s.node[i].name_lo = hi, lo
        stamp = _begin(s)
        _work_out(s, r, _reach(s, r, i, stamp, 0), stamp)


@nb.njit(cache=True, nogil=True)
def forget(s, r, i):  # type: ignore[no-untyped-def]
    """An identifier is gone, with all that was said of it; its number is never used again."""
    s.node[i].name_hi = s.node[i].name_lo = 0
    s.node[i].says = SAID_NOTHING
    half = s.node[i].head
    while half >= 0:
        p = half >> 1
        s.pair[p].apart = 0
        withdraw(s, r, s.pair[p].left, s.pair[p].right)
        half = _next(s, half)
    s.node[i].person = s.node[i].ring = i
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
    s.node[i].namespace = GONE
    s.hi[i] = s.lo[i] = 0


@nb.njit(cache=True, nogil=True)
def settle(s, r, p):  # type: ignore[no-untyped-def]
    """Work out anew everybody whom evidence connects with either end of a pair."""
    stamp = _begin(s)
    count = _reach(s, r, s.pair[p].left, stamp, 0)
    if s.node[s.pair[p].right].seen != stamp:
        count = _reach(s, r, s.pair[p].right, stamp, count)
    _work_out(s, r, count, stamp)


@nb.njit(cache=True, nogil=True)
def settle_all(s, r):  # type: ignore[no-untyped-def]
    """Work out everybody, after many identifiers and pairs were loaded."""
    stamp = _begin(s)
    for i in range(s.tally[IDENTIFIERS]):
        if s.node[i].seen != stamp:
            _work_out(s, r, _reach(s, r, i, stamp, 0), stamp)


@nb.njit(cache=True, nogil=True)
def load_pairs(s, r, lefts, rights, rules, sinces, aparts):  # type: ignore[no-untyped-def]
    """Pairs as they stand, each once, the lower number left, without working out who is one; `settle_all` comes after.
    Ascending, they lie beside those that are visited with them."""
    for k in range(len(lefts)):
        p = _new_pair(s, lefts[k], rights[k])
        s.pair[p].rules, s.pair[p].since, s.pair[p].apart = rules[k], sinces[k], aparts[k]
    for i in range(s.tally[IDENTIFIERS]):
        node = s.node[i]
        most = r.shared_from[node.namespace]
        if 0 < most <= node.degree:
            node.counted = 1
            half = node.head
            while half >= 0:
                if s.pair[half >> 1].rules != 0:
                    _count(s, i, half >> 1, 1, most)
                half = _next(s, half)


@nb.njit(cache=True, nogil=True)
def load_identifiers(s, keys, namespaces, scopes, blocked, names, says):  # type: ignore[no-untyped-def]
    """Identifiers in the order of their numbers, each once; `relink` comes after."""
    for i in range(len(keys)):
        s.hi[i], s.lo[i] = keys[i, 0], keys[i, 1]
        _be(s, i, namespaces[i], scopes[i], blocked[i])
        node = s.node[i]
        node.name_hi, node.name_lo, node.says = names[i, 0], names[i, 1], says[i]
    s.tally[IDENTIFIERS] = len(keys)


@nb.njit(cache=True, inline="always")
def _be(s, i, namespace, scope, blocked):  # type: ignore[no-untyped-def]
    """An identifier nobody said anything of: a person of its own."""
    node = s.node[i]
    node.namespace, node.scope, node.blocked = namespace, scope, blocked
    node.name_hi = node.name_lo = 0
    node.over = node.seen = node.degree = 0
    node.says = node.counted = 0
    node.head = -1
    node.person = node.ring = i


@nb.njit(cache=True, inline="always")
def _begin(s):  # type: ignore[no-untyped-def]
    s.tally[STAMP] += 1
    return s.tally[STAMP]


@nb.njit(cache=True, nogil=True)
def _reach(s, r, begin, stamp, count):  # type: ignore[no-untyped-def]
    """Add everybody whom evidence connects with an identifier to `reached`; returns how many are in it."""
    s.node[begin].seen = stamp
    s.reached[count] = begin
    at, count = count, count + 1
    while at < count:
        half = s.node[s.reached[at]].head
        at += 1
        while half >= 0:
            p = half >> 1
            other = s.pair[p].right if half & 1 == 0 else s.pair[p].left
            if s.node[other].seen != stamp and s.pair[p].rules != 0 and _conducts(s, _strength(r, s.pair[p].rules), p):
                s.node[other].seen = stamp
                s.reached[count] = other
                count += 1
            half = _next(s, half)
    return count


@nb.njit(cache=True, nogil=True)
def _work_out(s, r, count, stamp):  # type: ignore[no-untyped-def]
    """Who is one, among all that evidence connects."""
    s.tally[LARGEST] = max(s.tally[LARGEST], count)
    pieces = 0
    for k in range(count):
        i = s.reached[k]
        s.node[i].person = s.node[i].ring = i
        s.node[i].size = 1
        half = s.node[i].head
        while half >= 0:
            p = half >> 1
            if half & 1 == 0 and s.pair[p].rules != 0 and _conducts(s, _strength(r, s.pair[p].rules), p):
                s.pieces[pieces] = p
                s.pair[p].verdict = NOTHING
                pieces += 1
            half = _next(s, half)
    if pieces == 0:
        return
    _sort(s, r, pieces)
    again = True
    while again:  # a union may bring the consent that another one waits for
        again, waits = False, False
        for k in range(pieces):
            p = s.pieces[k]
            if s.pair[p].verdict != NOTHING and s.pair[p].verdict != CONSENT:
                continue
            one, other = s.node[s.pair[p].left].person, s.node[s.pair[p].right].person
            if one == other:
                s.pair[p].verdict = JOINED
                continue
            s.pair[p].verdict = _forbidden(s, r, p, one, other)
            if s.pair[p].verdict == JOINED:
                _unite(s, one, other)
                again = True
            waits |= s.pair[p].verdict == CONSENT
        again &= waits
    for k in range(count):  # known by the oldest
        i = s.reached[k]
        if s.node[i].person == i:
            oldest, j = i, s.node[i].ring
            while j != i:
                oldest = min(oldest, j)
                j = s.node[j].ring
            if oldest != i:
                s.node[i].person = oldest
                s.node[oldest].size = s.node[i].size
                j = s.node[i].ring
                while j != i:
                    s.node[j].person = oldest
                    j = s.node[j].ring


@nb.njit(cache=True, nogil=True)
def _unite(s, one, other):  # type: ignore[no-untyped-def]
    less, more = (one, other) if s.node[one].size < s.node[other].size else (other, one)
    s.node[more].size += s.node[less].size
    j = less
    while True:
        s.node[j].person = more
        j = s.node[j].ring
        if j == less:
            break
    s.node[one].ring, s.node[other].ring = s.node[other].ring, s.node[one].ring


@nb.njit(cache=True, nogil=True)
def _before(s, r, one, other):  # type: ignore[no-untyped-def]
    """Whether a pair is looked at before another: the stronger, then the older, then by number of its ends."""
    a, b = _strength(r, s.pair[one].rules), _strength(r, s.pair[other].rules)
    if a != b:
        return a > b
    if s.pair[one].since != s.pair[other].since:
        return s.pair[one].since < s.pair[other].since
    if s.pair[one].left != s.pair[other].left:
        return s.pair[one].left < s.pair[other].left
    return s.pair[one].right < s.pair[other].right


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
    certain = _strength(r, s.pair[p].rules) == CERTAIN
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
        record |= r.record[s.node[i].namespace] != 0
        yes |= s.node[i].says == SAID_YES
        no |= s.node[i].says == SAID_NO
        i = s.node[i].ring
        if i == one:
            return record, yes, no


@nb.njit(cache=True, nogil=True)
def _told_apart(s, one, other):  # type: ignore[no-untyped-def]
    less, more = (one, other) if s.node[one].size < s.node[other].size else (other, one)
    i = less
    while True:
        half = s.node[i].head
        while half >= 0:
            p = half >> 1
            if s.pair[p].apart and s.node[s.pair[p].right if half & 1 == 0 else s.pair[p].left].person == more:
                return True
            half = _next(s, half)
        i = s.node[i].ring
        if i == less:
            return False


@nb.njit(cache=True, nogil=True)
def _too_many(s, r, one, other):  # type: ignore[no-untyped-def]
    """Whether both have identifiers of a namespace and scope, and together too many."""
    less, more = (one, other) if s.node[one].size < s.node[other].size else (other, one)
    i = less
    while True:
        most = r.most[s.node[i].namespace]
        if most > 0:
            theirs = _of_kind(s, more, i)
            if theirs > 0 and theirs + _of_kind(s, less, i) > most:
                return True
        i = s.node[i].ring
        if i == less:
            return False


@nb.njit(cache=True, nogil=True)
def _of_kind(s, person, i):  # type: ignore[no-untyped-def]
    """How many identifiers of a person are of the namespace and scope of an identifier."""
    count, j = 0, person
    while True:
        count += s.node[j].namespace == s.node[i].namespace and s.node[j].scope == s.node[i].scope
        j = s.node[j].ring
        if j == person:
            return count


@nb.njit(cache=True, nogil=True)
def _names_differ(s, r, one, other):  # type: ignore[no-untyped-def]
    """Whether both have names, and none of one agrees with any of the other."""
    named = False
    i = one
    while True:
        if s.node[i].name_hi != 0 or s.node[i].name_lo != 0:
            j = other
            while True:
                if s.node[j].name_hi != 0 or s.node[j].name_lo != 0:
                    named = True
                    if dice(s.node[i].name_hi, s.node[i].name_lo, s.node[j].name_hi, s.node[j].name_lo) >= r.alike:
                        return False
                j = s.node[j].ring
                if j == other:
                    break
        i = s.node[i].ring
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
    count, j = 1, s.node[i].ring
    while j != i:
        count += 1
        j = s.node[j].ring
    found = np.empty(count, np.int32)
    found[0] = i
    j = s.node[i].ring
    for k in range(1, count):
        found[k] = j
        j = s.node[j].ring
    return found


@nb.njit(cache=True, nogil=True)
def neighbours(s, i):  # type: ignore[no-untyped-def]
    """Numbers of all identifiers that anything was ever said of together with this one."""
    found = np.empty(s.node[i].degree, np.int32)
    half = s.node[i].head
    for k in range(len(found)):
        found[k] = s.pair[half >> 1].left if half & 1 else s.pair[half >> 1].right
        half = _next(s, half)
    return found


@nb.njit(cache=True, nogil=True)
def around(s, i):  # type: ignore[no-untyped-def]
    """Numbers of all pairs of an identifier that stand, or are told apart."""
    count, half = 0, s.node[i].head
    while half >= 0:
        count += s.pair[half >> 1].rules != 0 or s.pair[half >> 1].apart != 0
        half = _next(s, half)
    found = np.empty(count, np.int32)
    k, half = 0, s.node[i].head
    while half >= 0:
        if s.pair[half >> 1].rules != 0 or s.pair[half >> 1].apart != 0:
            found[k] = half >> 1
            k += 1
        half = _next(s, half)
    return found
