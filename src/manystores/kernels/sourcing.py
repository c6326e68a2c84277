"""The cheapest way to serve one order from the stock that stands there now, and why.

Cost of a plan, in float minor units: for every location that ships

    base + per_km * km + order_cost + rank_cost + rejection_cost     (never below 0: a shipment is not a gift)
    + room_price
    + sum over its units of  kg * (per_kg + per_kg_km * km) + unit_cost + unit_price

The prices are what the unit, and the room for a shipment, are worth to orders to come (`sourcing.look_ahead`).

Up to `EXACT_LINES` lines the plan is the exact optimum: dynamic programming over the subsets of the lines, after one
pass over the locations that hold them. Where lines must be split over locations, or for longer orders,
`sourcing_search` takes over; its answer is exact too, unless its search limit was reached, and the result says so.

Everything is read live from the arrays and nothing is written: who plans a batch calls once per order and reserves
between.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from manystores.kernels.geo import all_kilometres
from manystores.kernels.sourcing_blocks import (
    EARTH_KM,
    NO_BLOCKS,
    Blocks,
    cover_table,
    least_costs,
    mark_cheapest,
    mark_promising,
)
from manystores.kernels.sourcing_search import choose_locations, keep_best
from manystores.kernels.sourcing_stock import (
    ALLOCATION,
    AREA,
    BUFFER,
    CAPACITY,
    ELIGIBLE,
    NO_STOCK,
    ORDER_COST,
    OUT_OF_RANGE,
    RANK_COST,
    REASONS,
    REJECTION_COST,
    TOO_FEW,
    UNIT_COST,
    Found,
    Places,
    Stock,
    gather,
    pick_buckets,
)

__all__ = ["AREA", "NO_BLOCKS", "Blocks", "Places", "Stock", "best_holders", "plan_order"]

EXACT_LINES = 6
MAX_LINES = 60
MAX_SHIPMENTS = 10

# Whether one line may come from several locations.
SPLIT_NEVER = 0
SPLIT_IF_NEEDED = 1  # fill as much as possible, then split as few lines as possible, then be cheap
SPLIT_IF_CHEAPER = 2

# The result: a head, a count per reason, then the rows. See `plan_order`.
HEAD = 7
CANDIDATE = 10
NEAR = 3
OTHERS_KEPT = 8
NEAR_KEPT = 5

FIRST_BLOCKS = 4  # around the destination, before bounds say where else to look


class _Weighed(NamedTuple):
    """What serving from each slot costs, the best slot per subset of lines, and what the log keeps."""

    km: NDArray[np.float64]
    fixed: NDArray[np.float64]
    later: NDArray[np.float64]  # [lines, slots] what a unit is worth to orders to come; no slots where all is 0
    whole: NDArray[np.int64]  # bit mask of the lines it holds in full
    best_cost: NDArray[np.float64]  # [subset]
    best_slot: NDArray[np.int64]  # [subset]
    reasons: NDArray[np.int64]
    near: NDArray[np.int64]  # slots of the nearest ones that don't qualify
    others: NDArray[np.int64]  # slots of the best candidates


@njit(nogil=True, cache=True, error_model="numpy")
def _local_terms(
    location: NDArray[np.int32], terms: NDArray[np.float64], x: float, y: float, z: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Squared chord to the destination, cost of a shipment and cost of a unit at each location, distance apart."""
    chord = np.empty(location.shape[0])
    shipment = np.empty(location.shape[0])
    unit = np.empty(location.shape[0])
    for i in range(location.shape[0]):
        at = location[i]
        dx = terms[at, 0] - x
        dy = terms[at, 1] - y
        dz = terms[at, 2] - z
        chord[i] = dx * dx + dy * dy + dz * dz
        shipment[i] = terms[at, ORDER_COST] + terms[at, RANK_COST] + terms[at, REJECTION_COST]
        unit[i] = terms[at, UNIT_COST]
    return chord, shipment, unit


@njit(nogil=True, cache=True, error_model="numpy")
def _squared_reach(max_km: float) -> float:
    """The squared chord of a distance; everything on earth is within half its circumference."""
    if max_km >= np.pi * EARTH_KM:
        return 5.0
    return float((2.0 * np.sin(0.5 * max_km / EARTH_KM)) ** 2)


@njit(nogil=True, cache=True, error_model="numpy")
def _sellable(
    location: NDArray[np.int32], have: NDArray[np.int64], lines: NDArray[np.int64], buffer: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Turn available into sellable units (less the buffer, at most the quantity), in place.

    Returns per slot the mask of lines it holds in full, and the reason if there is none. No branches: vectorised.
    """
    n = lines.shape[0]
    count = location.shape[0]
    whole = np.zeros(count, np.int64)
    held = np.zeros(count, np.int64)
    reason = np.empty(count, np.uint8)
    for b in range(n):
        need = lines[b, 1]
        kept = buffer[lines[b, 2]]
        for slot in range(count):
            available = have[b, slot]
            units = min(need, max(available - kept[location[slot]], 0))
            have[b, slot] = units
            whole[slot] |= np.int64(units == need) << b
            held[slot] |= np.int64(available > 0) | np.int64(units > 0) << 1
    for slot in range(count):
        reason[slot] = TOO_FEW if held[slot] > 1 else (BUFFER if held[slot] else NO_STOCK)
    return whole, reason


@njit(nogil=True, cache=True, error_model="numpy")
def _qualify(
    found: Found, chord: NDArray[np.float64], reach: float, capacity_left: NDArray[np.int64],
    whole: NDArray[np.int64], reason: NDArray[np.uint8],
) -> None:  # fmt: skip
    """Complete the reason codes in found.code; only eligible slots keep their mask."""
    location, code = found.location, found.code
    for slot in range(location.shape[0]):
        stock = np.uint8(ELIGIBLE) if whole[slot] else reason[slot]
        room = np.uint8(CAPACITY) if capacity_left[location[slot]] <= 0 else stock
        range_ = np.uint8(OUT_OF_RANGE) if chord[slot] > reach else room
        code[slot] = range_ if code[slot] == ELIGIBLE else code[slot]
        whole[slot] = whole[slot] if code[slot] == ELIGIBLE else 0


@njit(nogil=True, cache=True, error_model="numpy")
def _best_per_subset(
    location: NDArray[np.int32], whole: NDArray[np.int64], fixed: NDArray[np.float64], line_cost: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """For each subset of the lines the cheapest slot that holds all of it; line_cost [n, slots]. Ties: lower number."""
    n = line_cost.shape[0]
    best_cost = np.full(1 << n, np.inf)
    best_slot = np.full(1 << n, -1, np.int64)
    low = np.zeros(n)
    for b in range(n):
        least, lowest, best = np.inf, np.inf, -1
        for slot in range(location.shape[0]):
            own = line_cost[b, slot]
            least = min(least, own)
            cost = fixed[slot] + own
            if cost <= lowest and whole[slot] >> b & 1 and (cost < lowest or location[slot] < location[best]):
                lowest, best = cost, slot
        best_cost[1 << b], best_slot[1 << b] = lowest, best
        low[b] = least if location.shape[0] else 0.0
    if n == 1:
        return best_cost, best_slot
    sums = np.zeros(1 << n)
    # A slot with mask M helps only if its fixed cost is below the largest of best[S] - low(S) over the S in M.
    limit = np.full(1 << n, np.inf)
    for slot in range(location.shape[0]):
        mask = whole[slot]
        if mask & (mask - 1) == 0 or fixed[slot] > limit[mask]:
            continue
        for b in range(n):
            sums[1 << b] = line_cost[b, slot]
        improved = False
        subset = mask & -mask
        while subset:
            rest = subset & (subset - 1)
            sums[subset] = sums[rest] + sums[subset ^ rest]
            cost = fixed[slot] + sums[subset]
            if cost <= best_cost[subset] and (cost < best_cost[subset] or location[slot] < location[best_slot[subset]]):
                best_cost[subset] = cost
                best_slot[subset] = slot
                improved = True
            subset = (subset - mask) & mask  # the next larger subset, 0 after the last
        if improved:
            _limits(best_cost, low, limit)
    return best_cost, best_slot


@njit(nogil=True, cache=True, error_model="numpy")
def _limits(best_cost: NDArray[np.float64], low: NDArray[np.float64], limit: NDArray[np.float64]) -> None:
    """limit[M]: the largest best_cost[S], less the lowest cost of each of its lines, over all non-empty S in M."""
    limit[0] = -np.inf
    total = np.zeros(limit.shape[0])
    for b in range(low.shape[0]):
        for s in range(1 << b):
            total[s | 1 << b] = total[s] + low[b]
    for s in range(1, limit.shape[0]):
        limit[s] = best_cost[s] - total[s]
    for b in range(low.shape[0]):
        for s in range(limit.shape[0]):
            if s >> b & 1:
                limit[s] = max(limit[s], limit[s ^ (1 << b)])


@njit(nogil=True, cache=True, error_model="numpy")
def _shortlists(
    code: NDArray[np.uint8], whole: NDArray[np.int64], chord: NDArray[np.float64], fixed: NDArray[np.float64],
    line_cost: NDArray[np.float64], shipments: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:  # fmt: skip
    """Counts per reason; nearest slots that don't qualify; best that do: first who holds more, then who is cheaper."""
    n, count = line_cost.shape
    reasons = np.zeros(REASONS, np.int64)
    rank = np.empty(count)
    for slot in range(count):
        rank[slot] = fixed[slot] if whole[slot] else np.inf
    for b in range(n):
        for slot in range(count):
            held = float(whole[slot] >> b & 1)
            rank[slot] += held * line_cost[b, slot] + (1.0 - held) * 1e12
    near = np.empty(NEAR_KEPT, np.int64)
    near_key = np.full(NEAR_KEPT, np.inf)
    others = np.empty(OTHERS_KEPT + shipments, np.int64)
    other_key = np.full(OTHERS_KEPT + shipments, np.inf)
    for slot in range(count):
        reasons[code[slot]] += 1
        if rank[slot] < other_key[-1]:
            keep_best(others, other_key, slot, rank[slot])
        # the rare condition first: the processor guesses it right
        if chord[slot] < near_key[-1] and code[slot] != ELIGIBLE:
            keep_best(near, near_key, slot, chord[slot])
    return reasons, near[: np.isfinite(near_key).sum()], others[: np.isfinite(other_key).sum()]


@njit(nogil=True, cache=True, error_model="numpy")
def _weigh(
    found: Found, places: Places, lines: NDArray[np.int64], kg: NDArray[np.float64], rates: NDArray[np.float64],
    x: float, y: float, z: float, max_km: float, shipments: int,
) -> _Weighed:  # fmt: skip
    """Sort the slots into those that qualify, with their costs, and those that don't, with the reason."""
    n = lines.shape[0]
    location = found.location
    count = location.shape[0]
    chord, shipment, unit = _local_terms(location, places.terms, x, y, z)
    km = all_kilometres(chord)
    whole, reason = _sellable(location, found.have, lines, places.buffer)
    _qualify(found, chord, _squared_reach(max_km), places.capacity_left, whole, reason)
    fixed = np.empty(count)
    for slot in range(count):
        fixed[slot] = max(0.0, rates[0] + rates[1] * km[slot] + shipment[slot])
    later = _later(found, places, fixed)
    line_cost = np.empty((n, count))
    for b in range(n):
        fixed_kg, km_kg, units = kg[b] * rates[2], kg[b] * rates[3], lines[b, 1]
        for slot in range(count):
            line_cost[b, slot] = units * (fixed_kg + km_kg * km[slot] + unit[slot])
        for slot in range(later.shape[1]):
            line_cost[b, slot] += units * later[b, slot]
    reasons, near, others = _shortlists(found.code, whole, chord, fixed, line_cost, shipments)
    if n <= EXACT_LINES:
        best_cost, best_slot = _best_per_subset(location, whole, fixed, line_cost)
    else:
        best_cost, best_slot = np.empty(0), np.empty(0, np.int64)
    return _Weighed(km, fixed, later, whole, best_cost, best_slot, reasons, near, others)


@njit(nogil=True, cache=True, error_model="numpy")
def _later(found: Found, places: Places, fixed: NDArray[np.float64]) -> NDArray[np.float64]:
    """What a unit of each line is worth to orders to come, by slot; adds the worth of room to the fixed costs.

    An offer's buckets at one location have one price, so that the first that holds a unit tells it.
    """
    unit_price, room_price = places.unit_price, places.room_price
    for slot in range(fixed.shape[0] if room_price.shape[0] else 0):
        at = found.location[slot]
        if at < room_price.shape[0]:
            fixed[slot] += room_price[at]
    if unit_price.shape[0] == 0:
        return np.empty((found.first.shape[0], 0))
    later = np.zeros(found.first.shape)
    for b in range(found.first.shape[0]):
        for slot in range(fixed.shape[0]):
            k = found.first[b, slot]
            if 0 <= k < unit_price.shape[0]:
                later[b, slot] = unit_price[k]
    return later


@njit(nogil=True, cache=True, error_model="numpy")
def _cover_takes(
    n: int, shipments: int, lines: NDArray[np.int64], weighed: _Weighed
) -> tuple[float, NDArray[np.int64], NDArray[np.int64]]:
    """Cost, slots and their units per line, every line whole; cost inf if that can't be done."""
    f, take = cover_table(n, shipments, weighed.best_cost)
    step = 0 if shipments >= n else 1
    k = f.shape[0] - 1
    m = (1 << n) - 1
    cost = f[k, m]
    slots = np.empty(n, np.int64)
    takes = np.zeros((n, n), np.int64)
    used = 0
    while m and cost < np.inf:
        subset = take[k, m]
        slot = weighed.best_slot[subset]
        j = 0
        while j < used and slots[j] != slot:
            j += 1
        if j == used:
            slots[used] = slot
            used += 1
        for b in range(n):
            if subset >> b & 1:
                takes[j, b] = lines[b, 1]
        m ^= subset
        k -= step
    return cost, slots[:used], takes[:used]


@njit(nogil=True, cache=True, error_model="numpy")
def _look(
    stock: Stock, places: Places, start: NDArray[np.int32], seen: NDArray[np.bool_], rates: NDArray[np.float64],
    lines: NDArray[np.int64], kg: NDArray[np.float64], refused: NDArray[np.int64],
    x: float, y: float, z: float, max_km: float, only: int, shipments: int, whole: bool,
) -> tuple[Found, _Weighed, float, NDArray[np.int64], NDArray[np.int64]]:  # fmt: skip
    """The cheapest plan with every line whole among the holders in some blocks; cost inf if there is none."""
    n = lines.shape[0]
    found = gather(stock, places, lines, refused, only, start, seen)
    weighed = _weigh(found, places, lines, kg, rates, x, y, z, max_km, shipments)
    cost, slots, takes = np.inf, np.empty(0, np.int64), np.zeros((0, n), np.int64)
    if whole:
        cost, slots, takes = _cover_takes(n, shipments, lines, weighed)
    return found, weighed, cost, slots, takes


@njit(nogil=True, cache=True, error_model="numpy")
def _look_around(
    stock: Stock, places: Places, blocks: Blocks, rates: NDArray[np.float64], lines: NDArray[np.int64],
    kg: NDArray[np.float64], refused: NDArray[np.int64], x: float, y: float, z: float, max_km: float,
    only: int, shipments: int, whole: bool,
) -> tuple[Found, _Weighed, float, NDArray[np.int64], NDArray[np.int64]]:  # fmt: skip
    """`_look` at everything, or where blocks tell, at as much as can matter: around the destination, then further."""
    count = blocks.bounds.shape[0] if whole and only < 0 else 0
    seen = np.zeros(count, np.bool_)
    fixed, line = least_costs(blocks.bounds[:count], lines, kg, rates, x, y, z, max_km)
    look = FIRST_BLOCKS
    more = True
    incumbent = np.inf
    while True:
        if incumbent == np.inf:
            more = mark_cheapest(seen, fixed, line, look)
            look *= 4
        result = _look(
            stock, places, blocks.start, seen, rates, lines, kg, refused,
            x, y, z, max_km, only, shipments, whole,
        )  # fmt: skip
        if count == 0 or not more or incumbent < np.inf:
            return result
        incumbent = result[2]
        if incumbent < np.inf and not mark_promising(seen, fixed, line, shipments, result[1].best_cost, incumbent):
            return result


@njit(nogil=True, cache=True, error_model="numpy")
def _search_takes(
    found: Found, weighed: _Weighed, places: Places, lines: NDArray[np.int64], kg: NDArray[np.float64],
    rates: NDArray[np.float64], shipments: int, line_split: int, node_limit: int,
) -> tuple[bool, NDArray[np.int64], NDArray[np.int64]]:  # fmt: skip
    """As `_cover_takes`, but lines may be split or fall short; the flag says whether the search was exhaustive."""
    n = lines.shape[0]
    slots = np.empty(found.location.shape[0], np.int64)
    m = 0
    for slot in range(slots.shape[0]):
        if found.code[slot] == ELIGIBLE or found.code[slot] == TOO_FEW:
            slots[m] = slot
            m += 1
    slots = slots[:m]
    slots = slots[np.argsort(weighed.fixed[slots])]
    for i in range(1, m):  # equals by number: the answer must not depend on the order of the buckets
        j = i
        while (
            j > 0
            and weighed.fixed[slots[j]] == weighed.fixed[slots[j - 1]]
            and found.location[slots[j]] < found.location[slots[j - 1]]
        ):
            slots[j], slots[j - 1] = slots[j - 1], slots[j]
            j -= 1
    unit = np.empty((m, n))
    have = np.empty((m, n), np.int64)
    for i in range(m):
        at = found.location[slots[i]]
        for b in range(n):
            have[i, b] = found.have[b, slots[i]]
            unit[i, b] = kg[b] * (rates[2] + rates[3] * weighed.km[slots[i]]) + places.terms[at, UNIT_COST]
            if weighed.later.shape[1]:
                unit[i, b] += weighed.later[b, slots[i]]
    need = lines[:, 1].copy()
    chosen, takes, exact = choose_locations(
        weighed.fixed[slots], unit, have, need, shipments, line_split, node_limit, n > EXACT_LINES
    )
    return exact, slots[chosen], takes


@njit(nogil=True, cache=True, error_model="numpy")
def _cost_row(
    row: NDArray[np.int64], slot: int, units: NDArray[np.int64], found: Found, weighed: _Weighed, places: Places,
    kg: NDArray[np.float64], rates: NDArray[np.float64],
) -> float:  # fmt: skip
    """Fill a candidate row: location, line mask, metres; carriage, handling, units, rank, rejection, worth of the
    units and of the room in minor units. Returns the exact total."""
    at = found.location[slot]
    km = weighed.km[slot]
    carriage = rates[0] + rates[1] * km
    handling = 0.0
    later = 0.0
    mask = np.int64(0)
    for b in range(units.shape[0]):
        if units[b]:
            mask |= np.int64(1) << b
            carriage += units[b] * kg[b] * (rates[2] + rates[3] * km)
            handling += units[b] * places.terms[at, UNIT_COST]
            if weighed.later.shape[1]:
                later += units[b] * weighed.later[b, slot]
    row[0], row[1], row[2] = at, mask, round(km * 1000.0)
    row[3], row[4], row[5] = round(carriage), round(places.terms[at, ORDER_COST]), round(handling)
    row[6], row[7] = round(places.terms[at, RANK_COST]), round(places.terms[at, REJECTION_COST])
    row[8] = round(later)
    row[9] = round(places.room_price[at]) if at < places.room_price.shape[0] else 0
    own = rates[0] + rates[1] * km
    return float(weighed.fixed[slot] + (carriage - own) + handling + later)


@njit(nogil=True, cache=True, error_model="numpy")
def _report(
    exact: bool, rows: NDArray[np.int64], slots: NDArray[np.int64], takes: NDArray[np.int64], found: Found,
    weighed: _Weighed, places: Places, lines: NDArray[np.int64], kg: NDArray[np.float64], rates: NDArray[np.float64],
) -> tuple[NDArray[np.int64], float]:  # fmt: skip
    """Lay the result out as `plan_order` documents it."""
    n = lines.shape[0]
    chosen = slots.shape[0]
    out = np.empty(
        HEAD + REASONS + ALLOCATION * rows.shape[0] + n + CANDIDATE * (chosen + OTHERS_KEPT) + NEAR * NEAR_KEPT,
        np.int64,
    )
    # Element by element: slices on the left bring the compiler's checks of shapes with them, and their texts.
    for i in range(REASONS):
        out[HEAD + i] = weighed.reasons[i]
    end = HEAD + REASONS
    for i in range(rows.shape[0]):
        for column in range(ALLOCATION):
            out[end + column] = rows[i, column]
        end += ALLOCATION
    for b in range(n):
        out[end] = lines[b, 1]
        for i in range(chosen):
            out[end] -= takes[i, b]
        end += 1
    cost = 0.0
    for i in range(chosen):
        cost += _cost_row(out[end : end + CANDIDATE], slots[i], takes[i], found, weighed, places, kg, rates)
        end += CANDIDATE
    units = np.empty(n, np.int64)
    others = 0
    for slot in weighed.others:
        if others < OTHERS_KEPT and not (slots == slot).any():
            for b in range(n):
                units[b] = lines[b, 1] if weighed.whole[slot] >> b & 1 else 0
            _cost_row(out[end : end + CANDIDATE], slot, units, found, weighed, places, kg, rates)
            end += CANDIDATE
            others += 1
    near = 0
    for slot in weighed.near:
        if not (slots == slot).any():
            out[end], out[end + 1] = found.location[slot], found.code[slot]
            out[end + 2] = round(weighed.km[slot] * 1000.0)
            end += NEAR
            near += 1
    out[0], out[1], out[2], out[3] = rows.shape[0], chosen, others, near
    out[4], out[5], out[6] = found.location.shape[0], weighed.reasons[ELIGIBLE] + weighed.reasons[TOO_FEW], exact
    return out[:end], cost


@njit(nogil=True, cache=True, error_model="numpy")
def best_holders(
    stock: Stock, places: Places, rates: NDArray[np.float64], offer: int, quantity: int, row: int, kg: float,
    x: float, y: float, z: float, max_km: float, most: int, nearest: bool,
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:  # fmt: skip
    """The `most` nearest (or cheapest) locations that can serve `quantity` of an offer alone, best firstnumbers, km."""
    lines = np.empty((1, 3), np.int64)
    lines[0, 0], lines[0, 1], lines[0, 2] = offer, quantity, row
    found = gather(stock, places, lines, np.empty(0, np.int64), -1, np.empty((0, 1), np.int32), np.empty(0, np.bool_))
    weights = np.full(1, kg)
    weighed = _weigh(found, places, lines, weights, rates, x, y, z, max_km, 1)
    location, code, km, fixed = found.location, found.code, weighed.km, weighed.fixed
    fixed_kg, km_kg, terms = kg * rates[2], kg * rates[3], places.terms
    slots = np.empty(most, np.int64)
    keys = np.full(most, np.inf)
    for slot in range(code.shape[0]):
        key = km[slot]
        if not nearest:
            key = fixed[slot] + quantity * (fixed_kg + km_kg * km[slot] + terms[location[slot], UNIT_COST])
        if code[slot] == ELIGIBLE and key < keys[-1]:
            keep_best(slots, keys, slot, key)
    slots = slots[: np.isfinite(keys).sum()]
    return location[slots], km[slots]


@njit(nogil=True, cache=True, error_model="numpy")
def plan_order(
    stock: Stock, places: Places, blocks: Blocks, rates: NDArray[np.float64], lines: NDArray[np.int64],
    kg: NDArray[np.float64], refused: NDArray[np.int64], x: float, y: float, z: float, max_km: float,
    only: int, shipments: int, line_split: int, node_limit: int,
) -> tuple[NDArray[np.int64], float]:  # fmt: skip
    """Plan one order; returns (result, cost in minor units).

    lines [n, 3]: offer, units, row of `places.buffer`; 1 ≤ n ≤ MAX_LINES, offers distinct. kg [n] per unit. `blocks`
    say where to look, NO_BLOCKS looks everywhere. rates [4]: base, per_km, per_kg, per_kg_km. (x, y, z): the
    destination on the unit sphere. `refused`: locations that refused this order. `only`: the pick-up location, or −1.
    `shipments`: at most so many locations, ≤ MAX_SHIPMENTS.

    result: [allocations a, chosen c, others o, near r, holders seen, candidates, exact 0/1], a count per reason,
    a × (line, location, bucket, units), n × units short, (c + o) × (location, line mask, metres, carriage, order
    handling, unit handling, rank, expected rejection, worth of the units, worth of the room), r × (location, reason,
    metres). Others are the best candidates not chosen, near the nearest holders that did not qualify.
    """
    n = lines.shape[0]
    several = False
    for b in range(n):
        several |= lines[b, 1] > 1
    whole = n <= EXACT_LINES and not (line_split == SPLIT_IF_CHEAPER and several)
    found, weighed, cost, slots, takes = _look_around(
        stock, places, blocks, rates, lines, kg, refused, x, y, z, max_km, only, shipments, whole
    )
    exact = cost < np.inf
    eligible = weighed.reasons[ELIGIBLE] + weighed.reasons[TOO_FEW]
    if not exact and eligible > 0:
        exact, slots, takes = _search_takes(found, weighed, places, lines, kg, rates, shipments, line_split, node_limit)
    rows = pick_buckets(stock, found, lines, slots, takes)
    return _report(exact or eligible == 0, rows, slots, takes, found, weighed, places, lines, kg, rates)
