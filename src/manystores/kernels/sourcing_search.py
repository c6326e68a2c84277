"""Which few locations together serve an order whose lines may be split over them or fall short.

A plan is a set of at most `shipments` locations. Given the set, every line is filled for itself: from one member if one
has it all, else (where splitting is allowed) from the cheapest units on. Plans compare by (units short, lines split,
cost); where a split needs no excuse (`split` = 2) lines split don't count.

A greedy start with exchanges gives a good plan, and branch and bound over the sets proves it or finds a better one,
until `node_limit` sets were looked at. Long orders look at a shortlist of locations. For the others, locations that
`shipments` others beat in every respect can't be needed, and are dropped first: any plan with such a location stays as
good if it is exchanged for one of those that beat it.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

# A long order looks at so many candidates for each of its lines, and at so many for the order as a whole.
PER_LINE = 12
PER_ORDER = 32


class _Problem(NamedTuple):
    """Candidates by ascending fixed cost. have ≤ need."""

    fixed: NDArray[np.float64]  # [m]
    unit: NDArray[np.float64]  # [m, n]
    have: NDArray[np.int64]  # [m, n]
    need: NDArray[np.int64]  # [n]
    split: int


class _Suffix(NamedTuple):
    """Best of what candidates i, i+1, … still offer, per line; one row more than candidates."""

    most: NDArray[np.int64]
    total: NDArray[np.int64]
    unit: NDArray[np.float64]


@njit(nogil=True, cache=True, error_model="numpy")
def keep_best(items: NDArray[np.int64], keys: NDArray[np.float64], item: int, key: float) -> None:
    """Insert into a short list sorted by key, ascending, whose last key is greater; the last one falls out."""
    i = keys.shape[0] - 1
    while i > 0 and keys[i - 1] > key:
        keys[i] = keys[i - 1]
        items[i] = items[i - 1]
        i -= 1
    keys[i] = key
    items[i] = item


@njit(nogil=True, cache=True, error_model="numpy")
def _promising(problem: _Problem) -> NDArray[np.int64]:
    """Candidates for a long order, ascending: those that alone fill most of it, then of each line, at the least cost.

    The best single location is always among them.
    """
    m, n = problem.have.shape
    short_weight = 1e9  # more than any cost: who fills more comes first
    picked = np.zeros(m, np.bool_)
    items = np.zeros(PER_ORDER, np.int64)
    keys = np.full(PER_ORDER, np.inf)
    for i in range(m):
        key = problem.fixed[i]
        for b in range(n):
            have = problem.have[i, b]
            key += (problem.need[b] - have) * short_weight + have * problem.unit[i, b]
        if key < keys[-1]:
            keep_best(items, keys, i, key)
    picked[items[keys < np.inf]] = True
    for b in range(n):
        keys = np.full(PER_LINE, np.inf)
        for i in range(m):
            have = problem.have[i, b]
            key = (problem.need[b] - have) * short_weight + problem.fixed[i] + have * problem.unit[i, b]
            if have > 0 and key < keys[-1]:
                keep_best(items, keys, i, key)
        picked[items[:PER_LINE][keys < np.inf]] = True
    return np.flatnonzero(picked)


@njit(nogil=True, cache=True, error_model="numpy")
def _undominated(problem: _Problem, shipments: int) -> NDArray[np.int64]:
    """The candidates that fewer than `shipments` others beat on fixed cost, units and unit cost of each line.

    Comparing with those kept so far is enough: who is beaten by a dropped one is also beaten by all that beat that one.
    """
    m, n = problem.have.shape
    kept = np.empty(m, np.int64)
    count = 0
    for i in range(m):
        beaten = 0
        for j in range(count):
            k = kept[j]
            worse = True
            for b in range(n):
                if problem.have[k, b] < problem.have[i, b] or (
                    problem.have[i, b] > 0 and problem.unit[k, b] > problem.unit[i, b]
                ):
                    worse = False
                    break
            if worse:
                beaten += 1
                if beaten == shipments:
                    break
        if beaten < shipments:
            kept[count] = i
            count += 1
    return kept[:count]


@njit(nogil=True, cache=True, error_model="numpy")
def _fill(
    problem: _Problem, b: int, members: NDArray[np.int64], count: int, takes: NDArray[np.int64]
) -> tuple[int, int, float]:
    """Fill line b from the members; writes takes[:, b], returns (units short, 1 if split, cost of the units)."""
    need = problem.need[b]
    best = -1
    most = 0
    for j in range(count):
        takes[j, b] = 0
        have = problem.have[members[j], b]
        if have > most or (have == most and best >= 0 and problem.unit[members[j], b] < problem.unit[members[best], b]):
            most = have
            best = j
    if best < 0:
        return need, 0, 0.0
    if problem.split == 0 or (problem.split == 1 and most == need):
        takes[best, b] = most
        return need - most, 0, most * problem.unit[members[best], b]
    left = need
    used = 0
    cost = 0.0
    while left > 0:
        best = -1
        for j in range(count):
            usable = takes[j, b] == 0 and problem.have[members[j], b] > 0
            if usable and (best < 0 or problem.unit[members[j], b] < problem.unit[members[best], b]):
                best = j
        if best < 0:
            break
        units = min(left, problem.have[members[best], b])
        takes[best, b] = units
        cost += units * problem.unit[members[best], b]
        left -= units
        used += 1
    return left, 1 if used > 1 and problem.split == 1 else 0, cost


@njit(nogil=True, cache=True, error_model="numpy")
def _evaluate(
    problem: _Problem, members: NDArray[np.int64], count: int, takes: NDArray[np.int64]
) -> tuple[int, int, float]:
    """(units short, lines split, cost) of a set; members that nothing is taken from cost nothing."""
    n = problem.need.shape[0]
    short = 0
    splits = 0
    cost = 0.0
    for b in range(n):
        line_short, line_split, line_cost = _fill(problem, b, members, count, takes)
        short += line_short
        splits += line_split
        cost += line_cost
    for j in range(count):
        for b in range(n):
            if takes[j, b]:
                cost += problem.fixed[members[j]]
                break
    return short, splits, cost


@njit(nogil=True, cache=True, error_model="numpy")
def _better(a: tuple[int, int, float], b: tuple[int, int, float]) -> bool:
    if a[0] != b[0]:
        return a[0] < b[0]
    if a[1] != b[1]:
        return a[1] < b[1]
    return a[2] < b[2] - 1e-9


@njit(nogil=True, cache=True, error_model="numpy")
def _greedy(
    problem: _Problem, shipments: int, members: NDArray[np.int64], takes: NDArray[np.int64]
) -> tuple[int, tuple[int, int, float]]:
    """Add whoever helps most, until nobody helps; its first step is the best single location. Then exchange."""
    m = problem.fixed.shape[0]
    count = 0
    best = (int(problem.need.sum()), 0, 0.0)
    improved = True
    while improved and count < shipments:
        improved = False
        pick = -1
        for i in range(m):
            if (members[:count] == i).any():
                continue
            members[count] = i
            value = _evaluate(problem, members, count + 1, takes)
            if _better(value, best):
                best = value
                pick = i
        if pick >= 0:
            members[count] = pick
            count += 1
            improved = True
    rounds = 0
    improved = count > 1
    while improved and rounds < 3:
        improved = False
        rounds += 1
        for j in range(count):
            old = members[j]
            pick = old
            for i in range(m):
                if (members[:count] == i).any() and i != old:
                    continue
                members[j] = i
                value = _evaluate(problem, members, count, takes)
                if _better(value, best):
                    best = value
                    pick = i
            members[j] = pick
            improved |= pick != old
    return count, best


@njit(nogil=True, cache=True, error_model="numpy")
def _suffix(problem: _Problem) -> _Suffix:
    m, n = problem.have.shape
    most = np.zeros((m + 1, n), np.int64)
    total = np.zeros((m + 1, n), np.int64)
    unit = np.full((m + 1, n), np.inf)
    for i in range(m - 1, -1, -1):
        for b in range(n):
            have = problem.have[i, b]
            most[i, b] = max(most[i + 1, b], have)
            total[i, b] = total[i + 1, b] + have
            unit[i, b] = min(unit[i + 1, b], problem.unit[i, b]) if have > 0 else unit[i + 1, b]
    return _Suffix(most, total, unit)


@njit(nogil=True, cache=True, error_model="numpy")
def _bound(
    problem: _Problem, suffix: _Suffix, i: int, slots: int, fixed: float,
    got: NDArray[np.int64], top: NDArray[np.int64], low: NDArray[np.float64],
) -> tuple[int, int, float]:  # fmt: skip
    """No plan that adds between one and `slots` of the candidates i, i+1, … to the set is better than this.

    The set so far: its fixed cost, and per line its units (got), most at one member (top), cheapest unit (low).
    The cost bounds only plans that reach the other two numbers; all others are worse anyway.
    """
    short = 0
    splits = 0
    more = 1
    cost = fixed
    for b in range(problem.need.shape[0]):
        most = suffix.most[i, b]
        need = problem.need[b]
        single = max(top[b], most)
        reachable = single if problem.split == 0 else got[b] + min(slots * most, suffix.total[i, b])
        fill = min(need, reachable)
        short += need - fill
        must_split = fill > single
        if must_split and problem.split == 1:
            splits += 1
        rest = max(0, fill - got[b])
        if rest > 0 and most > 0:
            more = max(more, (rest + most - 1) // most)
        if fill > 0:
            cheapest = min(low[b], suffix.unit[i, b])
            cost += (fill - rest) * cheapest
            if rest > 0:
                cost += rest * suffix.unit[i, b]
    return short, splits, cost + more * problem.fixed[i]


@njit(nogil=True, cache=True, error_model="numpy")
def _branch(
    problem: _Problem, shipments: int, node_limit: int, best: tuple[int, int, float], found: int,
    chosen: NDArray[np.int64], takes: NDArray[np.int64],
) -> tuple[int, bool]:  # fmt: skip
    """Depth first over the sets, ascending; improves `chosen`, returns its size and whether all sets were covered."""
    m, n = problem.have.shape
    suffix = _suffix(problem)
    members = np.zeros(shipments, np.int64)
    following = np.zeros(shipments + 1, np.int64)
    fixed = np.zeros(shipments + 1)
    got = np.zeros((shipments + 1, n), np.int64)
    top = np.zeros((shipments + 1, n), np.int64)
    low = np.full((shipments + 1, n), np.inf)
    depth = 0
    nodes = 0
    while depth >= 0:
        i = following[depth]
        if i >= m or not _better(
            _bound(problem, suffix, i, shipments - depth, fixed[depth], got[depth], top[depth], low[depth]), best
        ):
            depth -= 1  # the candidates after i have a higher bound still
            continue
        if nodes == node_limit:
            return found, False
        nodes += 1
        following[depth] = i + 1
        members[depth] = i
        value = _evaluate(problem, members, depth + 1, takes)
        if _better(value, best):
            best = value
            found = depth + 1
            for j in range(found):
                chosen[j] = members[j]
        if depth + 1 < shipments:
            fixed[depth + 1] = fixed[depth] + problem.fixed[i]
            for b in range(n):
                have = problem.have[i, b]
                got[depth + 1, b] = got[depth, b] + have
                top[depth + 1, b] = max(top[depth, b], have)
                low[depth + 1, b] = min(low[depth, b], problem.unit[i, b]) if have > 0 else low[depth, b]
            depth += 1
            following[depth] = i + 1
    return found, True


@njit(nogil=True, cache=True, error_model="numpy")
def choose_locations(
    fixed: NDArray[np.float64], unit: NDArray[np.float64], have: NDArray[np.int64], need: NDArray[np.int64],
    shipments: int, split: int, node_limit: int, long: bool,
) -> tuple[NDArray[np.int64], NDArray[np.int64], bool]:  # fmt: skip
    """Chosen candidates [c], units taken [c, n], and whether no better plan can exist.

    fixed [m] ascending, ≥ 0; unit [m, n] ≥ 0, cost of one unit; have [m, n] ≤ need [n]. `split`: 0 a line comes from
    one location, 1 only where it must be split, 2 wherever that is cheaper. A `long` order looks at the
    promising candidates only, others at all that can be needed.
    """
    problem = _Problem(fixed, unit, have, need, split)
    kept = _promising(problem) if long else _undominated(problem, shipments)
    complete = not long or kept.shape[0] == fixed.shape[0]
    if kept.shape[0] < fixed.shape[0]:
        problem = _Problem(fixed[kept], unit[kept], have[kept], need, split)
    chosen = np.zeros(shipments, np.int64)
    takes = np.zeros((shipments, need.shape[0]), np.int64)
    count, best = _greedy(problem, shipments, chosen, takes)
    count, exact = _branch(problem, shipments, node_limit, best, count, chosen, takes)
    _evaluate(problem, chosen, count, takes)
    used = np.empty(count, np.int64)
    n_used = 0
    for j in range(count):
        if takes[j].any():
            used[n_used] = j
            n_used += 1
    used = used[:n_used]
    return kept[chosen[used]], takes[used], exact and complete
