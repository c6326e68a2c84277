"""The relaxed sourcing problem: stock and capacity have prices instead of limits, so each order is on its own.

Its optimum, less what the prices would earn on all stock and capacity, is a lower bound of any plan's cost (Lagrangian
duality), whatever the prices are. Each order's optimum is exact: dynamic programming over the subsets of its lines,
each subset sent by the location that does so at the least cost.
"""

import math
from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from manystores.kernels.geo import EARTH_RADIUS_KM

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Longs = NDArray[np.int64]
Ints = NDArray[np.int32]

MOST_LINES: Final = 6
"""Lines of a part; the search looks at 3^lines ways to split them."""
_SHORTER: Final = 1.0 - 1e-6
"""Distances are kept as float32 and made shorter by more than its rounding: the bound stays a bound."""


class Relaxed(NamedTuple):
    """The orders, in parts of at most `MOST_LINES` lines, and what sending costs. P parts, N lines, R records.

    An order of more lines is cut into parts, each of which pays only its share of a shipment's cost: never more than
    the whole order would.
    """

    part_begin: Longs
    """[P] the first line of each part; parts are in order of their day."""
    part_end: Longs
    """[P] the line after its last."""
    part_day: Ints
    """[P]."""
    part_share: Floats
    """[P] 1 / parts of the order."""
    part_xyz: Floats
    """[P, 3] on the unit sphere."""
    line_sku: Ints
    """[N]."""
    line_qty: Ints
    """[N]."""
    stock_ptr: Longs
    """[S + 1] records of each SKU."""
    stock_location: Ints
    """[R]."""
    usable: NDArray[np.bool_]
    """[R] has stock, and its location can send."""
    xyz: Floats
    """[L, 3]."""
    handle_ship: Floats
    """[L]."""
    handle_unit: Floats
    """[L]."""
    kg: Floats
    """[S]."""
    penalty: Floats
    """[S]."""
    rates: Floats
    """[4]: base, a_km, w0, w_km."""
    km_ptr: Longs
    """[N] where a line's distances begin in `km`."""
    km: Singles
    """To each record of each line's SKU; empty if they are too many to keep."""


class Workspace(NamedTuple):
    """What the search of one part writes on."""

    slot_of: Ints
    """[L] the candidate's number in this part."""
    seen: Longs
    """[L] the part that saw it last."""
    location: Ints
    """[slots]."""
    mask: Ints
    """[slots] lines that it can serve, as bits."""
    shipment: Floats
    """[slots] CNY."""
    units: Floats
    """[slots, MOST_LINES] CNY for all units of a line."""
    record: Longs
    """[slots, MOST_LINES]."""
    together: Floats
    """[2^MOST_LINES] the least cost of sending a set of lines from one place."""
    by: Ints
    """[2^MOST_LINES] the slot that does."""
    least: Floats
    """[2^MOST_LINES] the least cost of a set of lines."""
    first: Ints
    """[2^MOST_LINES] the subset with its lowest line that is sent together; 0: that line is not sent."""


@njit(nogil=True, cache=True, error_model="numpy", inline="always")
def _km(xyz: Floats, location: int, part_xyz: Floats, part: int) -> float:
    dx = xyz[location, 0] - part_xyz[part, 0]
    dy = xyz[location, 1] - part_xyz[part, 1]
    dz = xyz[location, 2] - part_xyz[part, 2]
    half = 0.5 * math.sqrt(dx * dx + dy * dy + dz * dz)
    return 2.0 * EARTH_RADIUS_KM * math.asin(min(1.0, half)) * _SHORTER


@njit(nogil=True, cache=True, error_model="numpy")
def keep_distances(relaxed: Relaxed, km: Singles) -> None:
    """Fill in `km` for every line and record of its SKU."""
    for part in range(relaxed.part_day.shape[0]):
        for line in range(relaxed.part_begin[part], relaxed.part_end[part]):
            sku, at = relaxed.line_sku[line], relaxed.km_ptr[line]
            for record in range(relaxed.stock_ptr[sku], relaxed.stock_ptr[sku + 1]):
                km[at] = _km(relaxed.xyz, relaxed.stock_location[record], relaxed.part_xyz, part)
                at += 1


@njit(nogil=True, cache=True, error_model="numpy")
def solve_relaxed(
    relaxed: Relaxed,
    first: int,
    last: int,
    stock_price: Floats,
    capacity_price: Floats,
    used: Floats,
    shipments: Floats,
) -> float:
    """The least cost (CNY) of parts `first` to `last` (exclusive) at these prices.

    stock_price [R] CNY a unit, capacity_price [days, L] CNY a shipment. Adds what the optimum uses to `used` [R] and
    `shipments` [days, L].
    """
    locations = relaxed.xyz.shape[0]
    work = _workspace(locations)
    unit = np.empty(stock_price.shape[0])  # CNY a unit, without its freight
    for record in range(unit.shape[0]):
        usable = relaxed.usable[record]
        unit[record] = stock_price[record] + relaxed.handle_unit[relaxed.stock_location[record]] if usable else np.inf
    shipment = np.empty(locations)
    day, total = -1, 0.0
    for part in range(first, last):
        if relaxed.part_day[part] != day:
            day = relaxed.part_day[part]
            for location in range(locations):
                shipment[location] = relaxed.rates[0] + relaxed.handle_ship[location] + capacity_price[day, location]
        if relaxed.part_end[part] - relaxed.part_begin[part] == 1:
            total += _solve_line(relaxed, part, shipment, unit, used, shipments[day])
        else:
            total += _solve_part(relaxed, part, shipment, unit, work, used, shipments[day])
    return total


@njit(nogil=True, cache=True, error_model="numpy")
def _workspace(locations: int) -> Workspace:
    subsets = 1 << MOST_LINES
    return Workspace(
        np.empty(locations, np.int32),
        np.full(locations, -1, np.int64),
        np.empty(locations, np.int32),
        np.empty(locations, np.int32),
        np.empty(locations),
        np.empty((locations, MOST_LINES)),
        np.empty((locations, MOST_LINES), np.int64),
        np.empty(subsets),
        np.empty(subsets, np.int32),
        np.empty(subsets),
        np.empty(subsets, np.int32),
    )


@njit(nogil=True, cache=True, error_model="numpy")
def _solve_line(relaxed: Relaxed, part: int, shipment: Floats, unit: Floats, used: Floats, shipments: Floats) -> float:
    """A part of one line: its cheapest record, or its penalty."""
    line, share = relaxed.part_begin[part], relaxed.part_share[part]
    sku, units = relaxed.line_sku[line], float(relaxed.line_qty[line])
    weight = units * relaxed.kg[sku]
    a_km = share * relaxed.rates[1] + weight * relaxed.rates[3]
    fixed = weight * relaxed.rates[2]
    least, best = units * relaxed.penalty[sku], -1
    kept, begin = relaxed.km.shape[0] > 0, relaxed.stock_ptr[sku]
    for record in range(begin, relaxed.stock_ptr[sku + 1]):
        location = relaxed.stock_location[record]
        cost = fixed + share * shipment[location] + units * unit[record]
        if cost >= least:
            continue
        km = (
            relaxed.km[relaxed.km_ptr[line] + record - begin]
            if kept
            else _km(relaxed.xyz, location, relaxed.part_xyz, part)
        )
        cost += a_km * km
        if cost < least:
            least, best = cost, record
    if best >= 0:
        used[best] += units
        shipments[relaxed.stock_location[best]] += share
    return float(least)


@njit(nogil=True, cache=True, error_model="numpy")
def _solve_part(
    relaxed: Relaxed, part: int, shipment: Floats, unit: Floats, work: Workspace, used: Floats, shipments: Floats
) -> float:
    """A part of several lines: the cheapest cover of them by locations, unsent lines at their penalty."""
    first_line = relaxed.part_begin[part]
    lines = relaxed.part_end[part] - first_line
    everything = (1 << lines) - 1
    for subset in range(1, everything + 1):
        work.together[subset] = np.inf
    slots = _gather(relaxed, part, shipment, unit, work)
    _price_subsets(slots, lines, work)
    _cover(relaxed, first_line, everything, work)
    left = everything
    while left:
        lowest = left & -left
        subset = work.first[left]
        if subset == 0:
            left ^= lowest
            continue
        slot = work.by[subset]
        shipments[work.location[slot]] += relaxed.part_share[part]
        for b in range(lines):
            if subset >> b & 1:
                used[work.record[slot, b]] += relaxed.line_qty[first_line + b]
        left ^= subset
    return float(work.least[everything])


@njit(nogil=True, cache=True, error_model="numpy")
def _gather(relaxed: Relaxed, part: int, shipment: Floats, unit: Floats, work: Workspace) -> int:
    """List the part's candidates with their costs, and the best for each single line; return how many there are."""
    first_line, share, slots = relaxed.part_begin[part], relaxed.part_share[part], 0
    kept = relaxed.km.shape[0] > 0
    for line in range(first_line, relaxed.part_end[part]):
        b = line - first_line
        sku, units = relaxed.line_sku[line], float(relaxed.line_qty[line])
        weight, begin = units * relaxed.kg[sku], relaxed.stock_ptr[sku]
        fixed, km_cost = weight * relaxed.rates[2], weight * relaxed.rates[3]
        alone = units * relaxed.penalty[sku]  # the least for this line on its own, so far
        for record in range(begin, relaxed.stock_ptr[sku + 1]):
            # who costs as much even if the shipment goes there anyway can be left out: the line is better on its own
            cost = fixed + units * unit[record]
            if cost >= alone:
                continue
            location = relaxed.stock_location[record]
            at = relaxed.km_ptr[line] + record - begin
            km = relaxed.km[at] if kept else _km(relaxed.xyz, location, relaxed.part_xyz, part)
            cost += km_cost * km
            if cost >= alone:
                continue
            if work.seen[location] == part:
                slot = work.slot_of[location]
                work.mask[slot] |= 1 << b
            else:
                slot, slots = slots, slots + 1
                work.seen[location], work.slot_of[location] = part, slot
                work.location[slot], work.mask[slot] = location, 1 << b
                work.shipment[slot] = share * (shipment[location] + relaxed.rates[1] * km)
            work.units[slot, b], work.record[slot, b] = cost, record
            if work.shipment[slot] + cost < alone:
                alone = work.shipment[slot] + cost
                work.together[1 << b], work.by[1 << b] = alone, slot
    return slots


@njit(nogil=True, cache=True, error_model="numpy")
def _price_subsets(slots: int, lines: int, work: Workspace) -> None:
    """The least cost of each set of two lines and more from one place, and the place."""
    for slot in range(slots):
        mask = work.mask[slot]
        if mask & (mask - 1) == 0:
            continue
        subset = mask
        while subset:
            if subset & (subset - 1):
                cost = work.shipment[slot]
                for b in range(lines):
                    if subset >> b & 1:
                        cost += work.units[slot, b]
                if cost < work.together[subset]:
                    work.together[subset], work.by[subset] = cost, slot
            subset = (subset - 1) & mask


@njit(nogil=True, cache=True, error_model="numpy")
def _cover(relaxed: Relaxed, first_line: int, everything: int, work: Workspace) -> None:
    """The least cost of every set of lines: its lowest line goes unsent, or together with a subset of the others."""
    work.least[0] = 0.0
    for lines in range(1, everything + 1):
        lowest, b = lines & -lines, 0
        while lowest >> b & 1 == 0:
            b += 1
        line = first_line + b
        rest = lines ^ lowest
        least, first = relaxed.line_qty[line] * relaxed.penalty[relaxed.line_sku[line]] + work.least[rest], 0
        others = rest
        while True:
            cost = work.together[others | lowest] + work.least[rest ^ others]
            if cost < least:
                least, first = cost, others | lowest
            if others == 0:
                break
            others = (others - 1) & rest
        work.least[lines], work.first[lines] = least, first
