"""Orders decided one after the other against the stock and the room that those before them left.

The cheapest plan of an order now, at prices: what it costs to send, plus for each unit the shadow price of the record
that it is taken from, plus for each shipment the shadow price of the location's room on that day. At prices of 0 that
is the cheapest plan of the moment ("myopic"). Every unit that somebody can send is sent: a shortage costs more than
any carriage.

A line comes whole from one location where one has it whole, and the choice over the subsets of the lines is exact
(dynamic programming over up to `MOST_LINES` lines; longer orders are planned in parts that may join each other's
shipments). What nobody holds whole is put together unit by unit.

Of an offer with many holders only those are looked at that could matter. Its records stand in runs of neighbours
(`holder_runs`), each with a lower bound of what it costs to send from there. First come the runs that could hold the
cheapest place for a line on its own. What was found covers every subset of the lines at some cost; then come the runs
that could hold a cheaper place for a subset. That is exact: what is not looked at can be part of no cheaper plan.
"""

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from manystores.kernels.geo import EARTH_RADIUS_KM, kilometres
from manystores.kernels.holder_runs import KM, MOST, RUN, SHIP, UNIT, Runs

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Longs = NDArray[np.int64]
Ints = NDArray[np.int32]

MOST_LINES: Final = 6
_NEVER: Final = 1e15
_SHORT: Final = 1e7  # leaving a line out costs more than any carriage
_ROUNDING: Final = 1e-6  # CNY; bounds and costs are summed in different orders

# Columns of `Shelves.places`; the first three are the place on the unit sphere. One row is one cache line.
HANDLE_SHIP: Final = 3
HANDLE_UNIT: Final = 4
ROOM: Final = 5
"""Shipments that the location can still send today; counted down."""
ROOM_PRICE: Final = 6
PLACE: Final = 8


class Shelves(NamedTuple):
    """The network and what is left in it today. L locations, S SKUs, R records; money is CNY.

    Locations are numbered so that neighbours have neighbouring numbers.
    """

    stock_ptr: Longs
    """[S + 1] the records of each SKU, in order of location."""
    stock_location: Ints
    """[R]."""
    left: Ints
    """[R] units; counted down."""
    price: Singles
    """[R] shadow price of a unit: what it would be worth later or elsewhere."""
    places: Floats
    """[L, PLACE]."""
    kg: Floats
    """[S]."""
    rates: Floats
    """[4] base, by km, by kg, by kg and km."""


class Stream(NamedTuple):
    """The orders. O orders, N lines."""

    xyz: Floats
    """[O, 3]."""
    line_ptr: Longs
    """[O + 1]."""
    line_sku: Ints
    """[N]."""
    line_qty: Ints
    """[N]."""


class Taken(NamedTuple):
    """Rows of the answer, in the order of the decisions."""

    line: Longs
    record: Longs
    qty: Ints
    rows: Longs
    """[1] rows so far."""


class Scratch(NamedTuple):
    """What is known of the locations met while one part of an order is planned. A location counts as met while
    met[location] is the part's number."""

    parts: Longs  # [2] parts planned so far; the lines of this one of which not every holder was looked at
    met: Longs
    joined: Longs  # the last order that ships from here
    holds: Longs  # bit mask of the part's lines
    fixed: Floats
    km: Floats
    cost: Floats  # [L, MOST_LINES]
    record: Longs  # [L, MOST_LINES]
    candidate: Ints
    best: Floats  # [subset] least cost of sending a subset from one location
    place: Longs  # [subset] from which
    least: Floats  # [subset] least cost of covering a subset
    first: Longs  # [subset] the subset that is sent first
    bound: Floats  # [MOST_LINES, runs] least cost of a line on its own; _NEVER once it was looked at
    bound_km: Floats  # [MOST_LINES, runs]
    from_anywhere: Floats  # [subset] the least that its units can cost from anywhere, without km
    by_km: Floats  # [subset] CNY of a km for its units
    others: Floats  # [subset] the least that the lines outside of it cost
    limit: Floats  # [subset] what a place for it must stay below
    sums: Floats  # [subset] what one location asks for it
    gain: Floats  # [runs] what those that wait could save
    waiting: Longs  # [runs]


@njit(nogil=True, cache=True, error_model="numpy")
def new_scratch(locations: int, most_runs: int) -> Scratch:
    """For a stream of orders; the same one for all of its orders."""
    subsets = 1 << MOST_LINES
    return Scratch(
        np.zeros(2, np.int64), np.full(locations, -1, np.int64), np.full(locations, -1, np.int64),
        np.zeros(locations, np.int64), np.empty(locations), np.empty(locations), np.empty((locations, MOST_LINES)),
        np.empty((locations, MOST_LINES), np.int64), np.empty(locations, np.int32), np.empty(subsets),
        np.empty(subsets, np.int64), np.empty(subsets), np.empty(subsets, np.int64),
        np.empty((MOST_LINES, most_runs)), np.empty((MOST_LINES, most_runs)), np.empty(subsets), np.empty(subsets),
        np.zeros(subsets), np.empty(subsets), np.empty(subsets), np.empty(most_runs), np.empty(most_runs, np.int64),
    )  # fmt: skip


@njit(nogil=True, cache=True, error_model="numpy", inline="always")
def away(places: Floats, i: int, orders: Floats, j: int) -> float:
    """Great-circle km from a place to where an order goes."""
    x, y, z = places[i, 0] - orders[j, 0], places[i, 1] - orders[j, 1], places[i, 2] - orders[j, 2]
    return float(kilometres(x * x + y * y + z * z))


@njit(nogil=True, cache=True, error_model="numpy")
def _bound_runs(
    shelves: Shelves, runs: Runs, stream: Stream, order: int, line: int, bound: Floats, bound_km: Floats
) -> None:
    """The least that a line can cost from each run of its SKU's holders, on its own, and the run's least distance."""
    base, by_km, by_kg, by_kg_km = shelves.rates
    sku, qty = stream.line_sku[line], stream.line_qty[line]
    begin, end = runs.ptr[sku], runs.ptr[sku + 1]
    x, y, z = stream.xyz[order]
    xs, ys, zs, reach = (
        runs.bounds[0, begin:end],
        runs.bounds[1, begin:end],
        runs.bounds[2, begin:end],
        runs.bounds[KM, begin:end],
    )
    ship, unit, most = runs.bounds[SHIP, begin:end], runs.bounds[UNIT, begin:end], runs.bounds[MOST, begin:end]
    steady, a_km = base + qty * shelves.kg[sku] * by_kg, by_km + qty * shelves.kg[sku] * by_kg_km
    for j in range(end - begin):
        dx, dy, dz = xs[j] - x, ys[j] - y, zs[j] - z
        # a chord is never longer than its arc
        km = max(0.0, EARTH_RADIUS_KM * np.sqrt(dx * dx + dy * dy + dz * dz) - reach[j])
        bound_km[j] = km
        bound[j] = steady + a_km * km + ship[j] + qty * unit[j] if most[j] >= qty else np.inf


@njit(nogil=True, cache=True, error_model="numpy")
def _enter(
    shelves: Shelves,
    stream: Stream,
    scratch: Scratch,
    order: int,
    begin: int,
    b: int,
    first: int,
    last: int,
    count: int,
) -> int:
    """Enter the locations of these records that hold line b whole and have room; returns how many are met in all."""
    left, stock_location, price, places = shelves.left, shelves.stock_location, shelves.price, shelves.places
    met, joined, holds, fixed, kms = scratch.met, scratch.joined, scratch.holds, scratch.fixed, scratch.km
    cost, record, candidate = scratch.cost, scratch.record, scratch.candidate
    base, by_km, by_kg, by_kg_km = shelves.rates
    sku, qty, part = stream.line_sku[begin + b], stream.line_qty[begin + b], scratch.parts[0]
    fixed_kg, km_kg = shelves.kg[sku] * by_kg, shelves.kg[sku] * by_kg_km
    lowest, lowest_at = scratch.best[1 << b], scratch.place[1 << b]
    for k in range(first, last):
        if left[k] < qty:
            continue
        at = stock_location[k]
        if met[at] != part:
            here = joined[at] == order
            if not here and places[at, ROOM] <= 0.0:
                continue
            met[at] = part
            holds[at] = 0
            km = away(places, at, stream.xyz, order)
            kms[at] = km
            fixed[at] = 0.0 if here else base + by_km * km + places[at, HANDLE_SHIP] + places[at, ROOM_PRICE]
            candidate[count] = at
            count += 1
        own = qty * (fixed_kg + km_kg * kms[at] + places[at, HANDLE_UNIT] + price[k])
        holds[at] |= 1 << b
        cost[at, b] = own
        record[at, b] = k
        if fixed[at] + own < lowest:
            lowest, lowest_at = fixed[at] + own, at
    scratch.best[1 << b], scratch.place[1 << b] = lowest, lowest_at
    return count


@njit(nogil=True, cache=True, error_model="numpy")
def _weigh(shelves: Shelves, runs: Runs, stream: Stream, scratch: Scratch, order: int, begin: int, n: int) -> int:
    """The cheapest place for each line on its own. Returns how many locations were met; the lines of which not every
    holder was looked at are set in parts[1]."""
    scratch.parts[0] += 1
    # Where the order ships already a line costs no further shipment, which no run's bound knows: look everywhere.
    everywhere = begin > stream.line_ptr[order]
    count, crowded = 0, 0
    scratch.best[: 1 << n] = _NEVER
    for b in range(n):
        sku = stream.line_sku[begin + b]
        first, last = shelves.stock_ptr[sku], shelves.stock_ptr[sku + 1]
        m = runs.ptr[sku + 1] - runs.ptr[sku]
        if m == 0 or everywhere:
            count = _enter(shelves, stream, scratch, order, begin, b, first, last, count)
            continue
        crowded |= 1 << b
        bound = scratch.bound[b]
        _bound_runs(shelves, runs, stream, order, begin + b, bound, scratch.bound_km[b])
        nearest = 0
        for j in range(1, m):
            if bound[j] < bound[nearest]:
                nearest = j
        for turn in range(m):
            j = nearest if turn == 0 else (0 if turn == nearest else turn)
            if bound[j] <= scratch.best[1 << b] + _ROUNDING:
                bound[j] = np.inf
                k = first + RUN * j
                count = _enter(shelves, stream, scratch, order, begin, b, k, min(last, k + RUN), count)
    scratch.parts[1] = crowded
    return count


@njit(nogil=True, cache=True, error_model="numpy")
def _single(shelves: Shelves, runs: Runs, stream: Stream, scratch: Scratch, order: int, line: int) -> int:
    """The record from which the only line of an order is cheapest; −1 where nobody has it whole."""
    left, stock_location, price, places = shelves.left, shelves.stock_location, shelves.price, shelves.places
    base, by_km, by_kg, by_kg_km = shelves.rates
    sku, qty = stream.line_sku[line], stream.line_qty[line]
    first, last = shelves.stock_ptr[sku], shelves.stock_ptr[sku + 1]
    m = runs.ptr[sku + 1] - runs.ptr[sku]
    bound, nearest = scratch.bound[0], 0
    if m > 0:
        _bound_runs(shelves, runs, stream, order, line, bound, scratch.bound_km[0])
        for j in range(1, m):
            if bound[j] < bound[nearest]:
                nearest = j
    steady, a_km = base + qty * shelves.kg[sku] * by_kg, by_km + qty * shelves.kg[sku] * by_kg_km
    x, y, z = stream.xyz[order]
    lowest, chosen = _NEVER, -1
    for turn in range(max(m, 1)):
        begin, end = first, last
        if m > 0:
            j = nearest if turn == 0 else (0 if turn == nearest else turn)
            if bound[j] > lowest + _ROUNDING:
                continue
            begin = first + RUN * j
            end = min(last, begin + RUN)
        for k in range(begin, end):
            if left[k] < qty:
                continue
            at = stock_location[k]
            without_km = (
                steady + places[at, HANDLE_SHIP] + places[at, ROOM_PRICE] + qty * (places[at, HANDLE_UNIT] + price[k])
            )
            dx, dy, dz = places[at, 0] - x, places[at, 1] - y, places[at, 2] - z
            # a chord is never longer than its arc
            at_least = without_km + a_km * EARTH_RADIUS_KM * np.sqrt(dx * dx + dy * dy + dz * dz)
            if at_least < lowest and places[at, ROOM] > 0.0:
                total = without_km + a_km * away(places, at, stream.xyz, order)
                if total < lowest:
                    lowest, chosen = total, k
    return chosen


@njit(nogil=True, cache=True, error_model="numpy")
def _bound_subsets(shelves: Shelves, runs: Runs, stream: Stream, scratch: Scratch, begin: int, n: int) -> None:
    """The least that the units of each subset can cost from anywhere."""
    _, _, by_kg, by_kg_km = shelves.rates
    from_anywhere, by_km = scratch.from_anywhere, scratch.by_km
    from_anywhere[0] = by_km[0] = 0.0
    for b in range(n):
        sku, qty = stream.line_sku[begin + b], stream.line_qty[begin + b]
        own = qty * (shelves.kg[sku] * by_kg + runs.lowest_unit[sku])
        a_km = qty * shelves.kg[sku] * by_kg_km
        for subset in range(1 << b):
            from_anywhere[subset | 1 << b] = from_anywhere[subset] + own
            by_km[subset | 1 << b] = by_km[subset] + a_km


@njit(nogil=True, cache=True, error_model="numpy")
def _limit(scratch: Scratch, n: int, all_held: int) -> None:
    """What a place for a subset must stay below to be part of a cheaper plan: what is known to cover the subset, and
    what is known to cover all lines, less the least that the others cost."""
    least, limit, others = scratch.least, scratch.limit, scratch.others
    for subset in range(1 << n):
        limit[subset] = min(least[subset], least[all_held] - others[subset]) - _ROUNDING


@njit(nogil=True, cache=True, error_model="numpy")
def _cover_apart(scratch: Scratch, n: int) -> int:
    """Cover each subset by a shipment for every line; returns the lines that somebody has whole."""
    best, least = scratch.best, scratch.least
    least[0], all_held = 0.0, 0
    for b in range(n):
        for subset in range(1 << b):
            least[subset | 1 << b] = least[subset] + best[1 << b]
        if best[1 << b] < _NEVER:
            all_held |= 1 << b
    return all_held


@njit(nogil=True, cache=True, error_model="numpy")
def _bound_others(scratch: Scratch, n: int, all_held: int) -> None:
    """The least that the lines outside of each subset cost: one of them bears a shipment, the others their units."""
    best, from_anywhere, others = scratch.best, scratch.from_anywhere, scratch.others
    for subset in range(1 << n):
        rest = all_held & ~subset
        others[subset] = 0.0
        for b in range(n):
            if rest >> b & 1:
                others[subset] = max(others[subset], best[1 << b] + from_anywhere[rest ^ 1 << b])


@njit(nogil=True, cache=True, error_model="numpy")
def _found(scratch: Scratch, n: int, all_held: int, subset: int, total: float, at: int) -> None:
    """A cheaper place for a subset: whatever contains it may be covered cheaper now."""
    best, place, least = scratch.best, scratch.place, scratch.least
    best[subset], place[subset] = total, at
    if total < least[subset]:
        for larger in range(subset, 1 << n):
            if larger & subset == subset:
                least[larger] = min(least[larger], total + least[larger ^ subset])
        _limit(scratch, n, all_held)


@njit(nogil=True, cache=True, error_model="numpy", inline="always")
def _record_at(shelves: Shelves, sku: int, at: int) -> int:
    """The record of a SKU at a location; −1 where it has none."""
    stock_location = shelves.stock_location
    low, end = shelves.stock_ptr[sku], shelves.stock_ptr[sku + 1]
    high = end
    while low < high:
        middle = (low + high) >> 1
        if stock_location[middle] < at:
            low = middle + 1
        else:
            high = middle
    return low if low < end and stock_location[low] == at else -1


@njit(nogil=True, cache=True, error_model="numpy", inline="always")
def _wanted(scratch: Scratch, at: int, n: int, unsure: int) -> int:
    """The lines to ask a location for: with them, it could be the place for a subset in a cheaper plan."""
    mask, sums, limit = scratch.holds[at], scratch.sums, scratch.limit
    sums[0] = scratch.fixed[at]
    for b in range(n):
        own = _NEVER
        if mask >> b & 1:
            own = scratch.cost[at, b]
        elif unsure >> b & 1:
            own = scratch.from_anywhere[1 << b] + scratch.by_km[1 << b] * scratch.km[at]
        for subset in range(1 << b):
            sums[subset | 1 << b] = sums[subset] + own
    wanted = 0
    for subset in range(1, 1 << n):
        if subset & mask and sums[subset] < limit[subset]:
            wanted |= subset & ~mask
    return wanted


@njit(nogil=True, cache=True, error_model="numpy")
def _ask(
    shelves: Shelves, stream: Stream, scratch: Scratch, begin: int, n: int, first: int, last: int, unsure: int,
    all_held: int,
) -> None:  # fmt: skip
    """Ask the locations that were met of late for the other lines, and try each for every subset of what it holds."""
    _, _, by_kg, by_kg_km = shelves.rates
    cost, record, best, sums = scratch.cost, scratch.record, scratch.best, scratch.sums
    for i in range(first, last):
        at = scratch.candidate[i]
        mask = scratch.holds[at]
        wanted = _wanted(scratch, at, n, unsure) if unsure & ~mask else 0
        for b in range(n):
            if wanted >> b & 1:
                sku, qty = stream.line_sku[begin + b], stream.line_qty[begin + b]
                k = _record_at(shelves, sku, at)
                if k >= 0 and shelves.left[k] >= qty:
                    kg = shelves.kg[sku] * (by_kg + by_kg_km * scratch.km[at])
                    cost[at, b] = qty * (kg + shelves.places[at, HANDLE_UNIT] + shelves.price[k])
                    record[at, b] = k
                    mask |= 1 << b
        scratch.holds[at] = mask
        if mask & (mask - 1) == 0:
            continue
        sums[0] = scratch.fixed[at]
        for b in range(n):
            own = cost[at, b] if mask >> b & 1 else _NEVER
            for subset in range(1 << b):
                sums[subset | 1 << b] = sums[subset] + own
        for subset in range(3, 1 << n):
            if subset & (subset - 1) and sums[subset] < best[subset]:
                _found(scratch, n, all_held, subset, sums[subset], at)


@njit(nogil=True, cache=True, error_model="numpy", inline="always")
def _gain(scratch: Scratch, driver: int, drivers: int, j: int) -> float:
    """The most that a location of a run could save, by holding the driving line and some of the others."""
    most, others = 0.0, drivers
    bound, km = scratch.bound[driver][j], scratch.bound_km[driver][j]
    while others:
        could = bound + scratch.from_anywhere[others] + scratch.by_km[others] * km
        most = max(most, scratch.limit[others | 1 << driver] - could)
        others = (others - 1) & drivers
    return most


@njit(nogil=True, cache=True, error_model="numpy")
def _promising(scratch: Scratch, driver: int, drivers: int, m: int) -> int:
    """List those of a line's runs that could save something, with how much; returns how many."""
    waiting = 0
    for j in range(m):
        gain = _gain(scratch, driver, drivers, j)
        if gain > 0.0:
            scratch.gain[waiting], scratch.waiting[waiting] = gain, j
            waiting += 1
    return waiting


@njit(nogil=True, cache=True, error_model="numpy")
def _next_run(scratch: Scratch, driver: int, drivers: int, waiting: int) -> tuple[int, int]:
    """The waiting run that promises most, or −1, and how many wait after it. Gains only fall while plans get cheaper:
    those in the list are upper bounds, and are looked at again when the first of them turns out to be none."""
    gains, runs = scratch.gain, scratch.waiting
    while waiting > 0:
        top = np.argmax(gains[:waiting])
        j = runs[top]
        waiting -= 1
        gains[top], runs[top] = gains[waiting], runs[waiting]
        if _gain(scratch, driver, drivers, j) > 0.0:
            return j, waiting
        kept = 0
        for i in range(waiting):
            gain = _gain(scratch, driver, drivers, runs[i])
            if gain > 0.0:
                gains[kept], runs[kept] = gain, runs[i]
                kept += 1
        waiting = kept
    return -1, 0


@njit(nogil=True, cache=True, error_model="numpy")
def _join(
    shelves: Shelves, runs: Runs, stream: Stream, scratch: Scratch, order: int, begin: int, n: int, count: int
) -> None:
    """The cheapest place for every subset of two lines or more that could be part of a cheaper plan.

    A place for a subset holds the one of its lines that fewest hold: it is enough to look along that line's holders,
    those first that promise most, and to ask them for the others.
    """
    stock_ptr = shelves.stock_ptr
    all_held = _cover_apart(scratch, n)
    unsure = scratch.parts[1] & all_held
    if unsure:
        _bound_subsets(shelves, runs, stream, scratch, begin, n)
        _bound_others(scratch, n, all_held)
    _limit(scratch, n, all_held)
    _ask(shelves, stream, scratch, begin, n, 0, count, unsure, all_held)
    drivers = unsure
    while drivers & (drivers - 1):
        driver = _rarest(runs, stream, begin, n, drivers)
        drivers ^= 1 << driver
        sku = stream.line_sku[begin + driver]
        waiting = _promising(scratch, driver, drivers, runs.ptr[sku + 1] - runs.ptr[sku])
        while True:
            j, waiting = _next_run(scratch, driver, drivers, waiting)
            if j < 0:
                break
            first = stock_ptr[sku] + RUN * j
            last = min(stock_ptr[sku + 1], first + RUN)
            met = _enter(shelves, stream, scratch, order, begin, driver, first, last, count)
            _ask(shelves, stream, scratch, begin, n, count, met, unsure, all_held)
            count = met


@njit(nogil=True, cache=True, error_model="numpy")
def _rarest(runs: Runs, stream: Stream, begin: int, n: int, lines: int) -> int:
    """The one of these lines with the fewest runs."""
    fewest, rarest = 1 << 60, 0
    for b in range(n):
        if lines >> b & 1:
            sku = stream.line_sku[begin + b]
            m = runs.ptr[sku + 1] - runs.ptr[sku]
            if m < fewest:
                fewest, rarest = m, b
    return rarest


@njit(nogil=True, cache=True, error_model="numpy")
def _cover(scratch: Scratch, n: int) -> None:
    """The cheapest way to cover each subset; a line may stay out (first = 0) at a price above all others."""
    best, least, first = scratch.best, scratch.least, scratch.first
    least[0] = 0.0
    for subset in range(1, 1 << n):
        low = subset & -subset
        rest = subset ^ low
        lowest, chosen = _SHORT + least[rest], 0
        s = rest
        while True:
            total = best[s | low] + least[rest ^ s]
            if total < lowest:
                lowest, chosen = total, s | low
            if s == 0:
                break
            s = (s - 1) & rest
        least[subset], first[subset] = lowest, chosen


@njit(nogil=True, cache=True, error_model="numpy")
def take(shelves: Shelves, taken: Taken, scratch: Scratch, order: int, line: int, k: int, qty: int) -> None:
    """Book units of a record for a line; the first from a location uses room for a shipment."""
    at = shelves.stock_location[k]
    if scratch.joined[at] != order:
        scratch.joined[at] = order
        shelves.places[at, ROOM] -= 1.0
    shelves.left[k] -= qty
    row = taken.rows[0]
    taken.line[row], taken.record[row], taken.qty[row] = line, k, qty
    taken.rows[0] = row + 1


@njit(nogil=True, cache=True, error_model="numpy")
def _piece_together(shelves: Shelves, stream: Stream, taken: Taken, scratch: Scratch, order: int, line: int) -> None:
    """A line that nobody holds whole, unit by unit from where the next one is cheapest, as far as there are any."""
    places, sku = shelves.places, stream.line_sku[line]
    base, by_km, by_kg, by_kg_km = shelves.rates
    need = stream.line_qty[line]
    while need > 0:
        lowest, chosen = _NEVER, -1
        for k in range(shelves.stock_ptr[sku], shelves.stock_ptr[sku + 1]):
            if shelves.left[k] <= 0:
                continue
            at = shelves.stock_location[k]
            here = scratch.joined[at] == order
            if not here and places[at, ROOM] <= 0.0:
                continue
            km = away(places, at, stream.xyz, order)
            total = shelves.kg[sku] * (by_kg + by_kg_km * km) + places[at, HANDLE_UNIT] + shelves.price[k]
            if not here:
                total += base + by_km * km + places[at, HANDLE_SHIP] + places[at, ROOM_PRICE]
            if total < lowest:
                lowest, chosen = total, k
        if chosen < 0:
            return
        units = min(need, shelves.left[chosen])
        take(shelves, taken, scratch, order, line, chosen, units)
        need -= units


@njit(nogil=True, cache=True, error_model="numpy")
def decide_cheapest(
    shelves: Shelves, runs: Runs, stream: Stream, taken: Taken, scratch: Scratch, start: int, stop: int
) -> None:
    """Decide the orders start … stop − 1 of one day, each at the least cost at the prices, and book what they take."""
    for order in range(start, stop):
        only = stream.line_ptr[order]
        if stream.line_ptr[order + 1] == only + 1:
            k = _single(shelves, runs, stream, scratch, order, only)
            if k >= 0:
                take(shelves, taken, scratch, order, only, k, stream.line_qty[only])
            else:
                _piece_together(shelves, stream, taken, scratch, order, only)
            continue
        for begin in range(only, stream.line_ptr[order + 1], MOST_LINES):
            n = min(MOST_LINES, stream.line_ptr[order + 1] - begin)
            count = _weigh(shelves, runs, stream, scratch, order, begin, n)
            if n > 1:
                _join(shelves, runs, stream, scratch, order, begin, n, count)
            _cover(scratch, n)
            lines = (1 << n) - 1
            while lines:
                subset = scratch.first[lines]
                if subset == 0:
                    low = lines & -lines
                    b = 0
                    while low >> b != 1:
                        b += 1
                    _piece_together(shelves, stream, taken, scratch, order, begin + b)
                    lines ^= low
                    continue
                at = scratch.place[subset]
                for b in range(n):
                    if subset >> b & 1:
                        k, qty = scratch.record[at, b], stream.line_qty[begin + b]
                        take(shelves, taken, scratch, order, begin + b, k, qty)
                lines ^= subset
