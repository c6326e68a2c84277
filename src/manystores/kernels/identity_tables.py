"""Identifiers and pairs of them as plain arrays, found by hash and by each other.

Identifiers are found through an open-addressing hash table with linear probing; the pairs of an identifier are a linked
list. Growing the arrays is the caller's duty (`manystores.members.graph`). Who of them is one: `kernels.identity`.
"""

from typing import Any, NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]

# Places in `tally`.
IDENTIFIERS, PAIRS, STAMP, FANS, LARGEST = range(5)

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
def drop(s, i):  # type: ignore[no-untyped-def]
    """Forget an identifier's key; its number is never used again."""
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
def next_half(s, half):  # type: ignore[no-untyped-def]
    return s.pair[half >> 1].next_right if half & 1 else s.pair[half >> 1].next_left


@nb.njit(cache=True, nogil=True)
def find_pair(s, one, other):  # type: ignore[no-untyped-def]
    """Number of the pair of two identifiers, or -1; looked for at the one that is in fewer."""
    less, more = (one, other) if s.node[one].degree < s.node[other].degree else (other, one)
    half = s.node[less].head
    while half >= 0:
        if (s.pair[half >> 1].left if half & 1 else s.pair[half >> 1].right) == more:
            return half >> 1
        half = next_half(s, half)
    return -1


@nb.njit(cache=True, nogil=True)
def find_pairs(s, ones, others):  # type: ignore[no-untyped-def]
    """Numbers [n] of pairs, -1 where nothing was ever said of one."""
    found = np.empty(len(ones), np.int32)
    for k in range(len(ones)):
        found[k] = find_pair(s, ones[k], others[k])
    return found


@nb.njit(cache=True, nogil=True)
def ensure_pair(s, one, other):  # type: ignore[no-untyped-def]
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
def fan_out(s, r, i, p, change):  # type: ignore[no-untyped-def]
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
            half = next_half(s, half)
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
                half = next_half(s, half)


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
        half = next_half(s, half)
    return found


@nb.njit(cache=True, nogil=True)
def around(s, i):  # type: ignore[no-untyped-def]
    """Numbers of all pairs of an identifier that stand, or are told apart."""
    count, half = 0, s.node[i].head
    while half >= 0:
        count += s.pair[half >> 1].rules != 0 or s.pair[half >> 1].apart != 0
        half = next_half(s, half)
    found = np.empty(count, np.int32)
    k, half = 0, s.node[i].head
    while half >= 0:
        if s.pair[half >> 1].rules != 0 or s.pair[half >> 1].apart != 0:
            found[k] = half >> 1
            k += 1
        half = next_half(s, half)
    return found
