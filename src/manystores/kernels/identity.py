"""Who is one person: the persons that follow from pairs of identifiers (`kernels.identity_tables`).

Persons are a function of what stands, never of the order in which it came: whatever changes, everybody whom evidence
connects with the change is worked out anew, by Kruskal's algorithm over the pairs, strongest first, where a guard may
forbid a union.

Names are compared as sketches of 128 bits, made of keyed hashes of their letter pairs (Schnell, Bachteler, Reiher 2009,
"Privacy-preserving record linkage using Bloom filters"), by Dice's coefficient.
"""

import numba as nb
import numpy as np

from manystores.kernels.identity_tables import (
    IDENTIFIERS,
    LARGEST,
    STAMP,
    drop,
    ensure_pair,
    fan_out,
    find_pair,
    next_half,
)

# How much a rule's evidence says: weaker is looked at later.
WEAK, LIKELY, STRONG, CERTAIN = 1, 2, 3, 4

# What became of a pair.
NOTHING, JOINED, BLOCKED, SHARED, TOO_WEAK, LIMIT, NAMES, CONSENT, APART = range(9)

SAID_NOTHING, SAID_YES, SAID_NO = 0, 1, 2


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
    p = ensure_pair(s, one, other)
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
        if fan_out(s, r, i, p, change):
            flipped = True
            half = s.node[i].head
            while half >= 0:
                if s.pair[half >> 1].rules != 0:
                    settle(s, r, half >> 1)
                half = next_half(s, half)
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
    p = ensure_pair(s, one, other) if apart else find_pair(s, one, other)
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
        half = next_half(s, half)
    s.node[i].person = s.node[i].ring = i
    drop(s, i)


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
            half = next_half(s, half)
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
            half = next_half(s, half)
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
            half = next_half(s, half)
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
