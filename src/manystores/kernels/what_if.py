"""Orders decided one after the other from a stock that they use up, by the kernel that decides real ones.

A day's orders in one call: plan, claim stock and capacity, note what was decided, next. What the clock changes (who is
open, which hour it is) is the caller's: one call for each stretch of time in which it changes nothing.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from manystores.kernels.sourcing import CANDIDATE, HEAD, MAX_LINES, plan_order
from manystores.kernels.sourcing_blocks import Blocks
from manystores.kernels.sourcing_stock import ALLOCATION, AREA, REASONS, Places, Stock

UNLIMITED = -1
PLENTY = 1 << 40
HOURS_AHEAD = 24
HOUR_RING = 32
"""Hours that are remembered for a location: it takes orders for its first hour and a day from there on."""
DAY_RING = 4

# How an order ended.
SERVED = 1
SHORT = 2  # served in part
REFUSED = 0

# Columns of a shipment's row.
SHIPMENT_ORDER = 0
SHIPMENT_PLACE = 1
SHIPMENT_METRES = 2
SHIPMENT_CARRIAGE = 3
SHIPMENT_HANDLING = 4
SHIPMENT_UNITS = 5
SHIPMENT_HOUR = 6  # the hour since the epoch whose capacity it uses
SHIPMENT = 7

# Columns of a served line's row.
TAKEN_SHIPMENT = 0
TAKEN_LINE = 1
TAKEN_UNITS = 2
TAKEN = 3


class Asked(NamedTuple):
    """Orders in the order in which they came; O orders, N lines. Nothing of it depends on a policy."""

    line_ptr: NDArray[np.int64]  # [O + 1]: lines of an order
    line_item: NDArray[np.int64]  # [N]; an order's items are distinct
    line_units: NDArray[np.int64]  # [N]
    line_kg: NDArray[np.float64]  # [N] of a unit
    xyz: NDArray[np.float64]  # [O, 3] destination on the unit sphere
    collect_at: NDArray[np.int64]  # [O] location of pick-up, or −1
    served_ptr: NDArray[np.int64]  # [O + 1], see `limited`; all 0 where no location has areas
    served_by: NDArray[np.int32]  # locations with delivery areas that deliver there
    limited: NDArray[np.bool_]  # [L]: the location delivers into its areas only; empty where none has areas


class Ruled(NamedTuple):
    """A policy's rules for each channel and way of fulfilment that orders have: R of them; L locations."""

    terms: NDArray[np.float64]  # [R, L, TERMS]
    excluded: NDArray[np.uint8]  # [R, L], as of now
    buffer: NDArray[np.int32]  # [rows of all rules, L]
    buffer_at: NDArray[np.int64]  # [R]: where a rule's rows begin
    rates: NDArray[np.float64]  # [R, 4]
    km_max: NDArray[np.float64]  # [R]
    shipments: NDArray[np.int64]  # [R]
    line_split: NDArray[np.int64]  # [R]
    bounds: NDArray[np.float64]  # [R, blocks, BOUNDS]
    block_start: NDArray[np.int32]  # [items, blocks + 1], no rows: look everywhere
    unit_price: NDArray[np.float32]  # [buckets] what orders to come would give for a unit, read live; or none
    room_price: NDArray[np.float32]  # [L] and for room for a shipment
    of_order: NDArray[np.int64]  # [O]: the rule of each order
    line_row: NDArray[np.int64]  # [N]: row of its rule's buffer
    partial: bool  # an order that is short is served in part
    respect_capacity: bool


class Capacity(NamedTuple):
    """Orders that locations can take. Hours and days are counted since the epoch; a location's day is its own."""

    per_hour: NDArray[np.int64]  # [L], UNLIMITED or a number
    per_day: NDArray[np.int64]
    day_shift: NDArray[np.int64]  # [L] hours that its day is ahead of UTC's
    left: NDArray[np.int64]  # [L] orders it still takes
    hour: NDArray[np.int64]  # [L] the hour for which it takes the next one
    first: NDArray[np.int64]  # [L] the first hour that counts now
    hour_tag: NDArray[np.int64]  # [L, HOUR_RING]: which hour an entry is about
    hour_taken: NDArray[np.int64]
    day_tag: NDArray[np.int64]  # [L, DAY_RING]
    day_taken: NDArray[np.int64]


class Noted(NamedTuple):
    """What was decided; `used` [2] counts the rows of shipments and of taken lines."""

    ended: NDArray[np.uint8]  # [O]
    unserved: NDArray[np.int64]  # [O] units
    exact: NDArray[np.bool_]  # [O]: no better plan existed
    shipments: NDArray[np.int64]  # [rows, SHIPMENT]
    taken: NDArray[np.int64]  # [rows, TAKEN]
    used: NDArray[np.int64]


def empty_capacity(per_hour: NDArray[np.int64], per_day: NDArray[np.int64], day_shift: NDArray[np.int64]) -> Capacity:
    """Nobody took an order yet."""
    size = len(per_hour)
    return Capacity(
        per_hour,
        per_day,
        day_shift,
        np.full(size, PLENTY, np.int64),
        np.zeros(size, np.int64),
        np.zeros(size, np.int64),
        np.full((size, HOUR_RING), -1, np.int64),
        np.zeros((size, HOUR_RING), np.int64),
        np.full((size, DAY_RING), -1, np.int64),
        np.zeros((size, DAY_RING), np.int64),
    )


def room_today(capacity: Capacity, open_hours: NDArray[np.float64]) -> NDArray[np.float64]:
    """[L] orders that each location can still take on its day, of which so many hours are left to it."""
    at = np.arange(len(capacity.first))
    day = (capacity.first + capacity.day_shift) // 24
    taken = np.where(capacity.day_tag[at, day % DAY_RING] == day, capacity.day_taken[at, day % DAY_RING], 0)
    by_day = np.where(capacity.per_day == UNLIMITED, float(PLENTY), capacity.per_day - taken)
    by_hour = np.where(capacity.per_hour == UNLIMITED, float(PLENTY), capacity.per_hour * open_hours)
    return np.minimum(by_day, by_hour)


@njit(nogil=True, cache=True, error_model="numpy")
def _hour_left(capacity: Capacity, at: int, hour: int) -> int:
    limit = capacity.per_hour[at]
    if limit == UNLIMITED:
        return PLENTY
    slot = hour % HOUR_RING
    return int(limit - capacity.hour_taken[at, slot] if capacity.hour_tag[at, slot] == hour else limit)


@njit(nogil=True, cache=True, error_model="numpy")
def _day_left(capacity: Capacity, at: int, hour: int) -> int:
    limit = capacity.per_day[at]
    if limit == UNLIMITED:
        return PLENTY
    day = (hour + capacity.day_shift[at]) // 24
    slot = day % DAY_RING
    return int(limit - capacity.day_taken[at, slot] if capacity.day_tag[at, slot] == day else limit)


@njit(nogil=True, cache=True, error_model="numpy")
def _look_for_hour(capacity: Capacity, at: int) -> None:
    """The first hour that is not full, within a day; `left` is then what hour and day leave."""
    hour = capacity.first[at]
    for _ in range(HOURS_AHEAD):
        left = min(_hour_left(capacity, at, hour), _day_left(capacity, at, hour))
        capacity.left[at], capacity.hour[at] = left, hour
        if left > 0 or capacity.per_hour[at] <= 0:
            return
        hour += 1
    capacity.hour[at] = hour


@njit(nogil=True, cache=True, error_model="numpy")
def set_first_hours(capacity: Capacity, first: NDArray[np.int64]) -> None:
    """The clock moved on: from these hours on, locations start on what they are given now."""
    for at in range(first.shape[0]):
        capacity.first[at] = capacity.hour[at] = first[at]
        if capacity.per_hour[at] == UNLIMITED and capacity.per_day[at] == UNLIMITED:
            capacity.left[at] = PLENTY
        else:
            _look_for_hour(capacity, at)


@njit(nogil=True, cache=True, error_model="numpy")
def _can_claim(capacity: Capacity, at: int) -> bool:
    hour = capacity.hour[at]
    return _hour_left(capacity, at, hour) > 0 and _day_left(capacity, at, hour) > 0


@njit(nogil=True, cache=True, error_model="numpy")
def _claim(capacity: Capacity, at: int) -> None:
    """One order more for the location's present hour and day."""
    hour = capacity.hour[at]
    day = (hour + capacity.day_shift[at]) // 24
    slot = hour % HOUR_RING
    if capacity.hour_tag[at, slot] != hour:
        capacity.hour_tag[at, slot], capacity.hour_taken[at, slot] = hour, 0
    capacity.hour_taken[at, slot] += 1
    slot = day % DAY_RING
    if capacity.day_tag[at, slot] != day:
        capacity.day_tag[at, slot], capacity.day_taken[at, slot] = day, 0
    capacity.day_taken[at, slot] += 1
    # as the live view counts: once for each claim while there is plenty, and anew near the end
    for limit in (capacity.per_hour[at], capacity.per_day[at]):
        if limit == UNLIMITED:
            continue
        if capacity.left[at] > 2:
            capacity.left[at] -= 1
        else:
            _look_for_hour(capacity, at)


@njit(nogil=True, cache=True, error_model="numpy")
def _excluded(asked: Asked, ruled: Ruled, order: int, rule: int) -> NDArray[np.uint8]:
    """Who may not serve an order: by the rules, and by delivery areas unless it is collected."""
    excluded: NDArray[np.uint8] = ruled.excluded[rule]
    if asked.limited.shape[0] == 0 or asked.collect_at[order] >= 0:
        return excluded
    own: NDArray[np.uint8] = excluded.copy()
    for at in range(own.shape[0]):
        if asked.limited[at] and own[at] == 0:
            own[at] = AREA
    for i in range(asked.served_ptr[order], asked.served_ptr[order + 1]):
        own[asked.served_by[i]] = excluded[asked.served_by[i]]
    return own


@njit(nogil=True, cache=True, error_model="numpy")
def _plan(
    order: int, asked: Asked, ruled: Ruled, stock: Stock, left: NDArray[np.int64], nodes: int
) -> NDArray[np.int64]:
    """What `plan_order` says of an order."""
    begin, end = asked.line_ptr[order], asked.line_ptr[order + 1]
    rule = ruled.of_order[order]
    first_row = ruled.buffer_at[rule]
    lines = np.empty((end - begin, 3), np.int64)
    for b in range(end - begin):
        lines[b, 0], lines[b, 1] = asked.line_item[begin + b], asked.line_units[begin + b]
        lines[b, 2] = first_row + ruled.line_row[begin + b]
    terms = ruled.terms[rule]
    only = asked.collect_at[order]
    x, y, z = asked.xyz[order, 0], asked.xyz[order, 1], asked.xyz[order, 2]
    if only >= 0:
        x, y, z = terms[only, 0], terms[only, 1], terms[only, 2]
    unit, room = ruled.unit_price, ruled.room_price
    if only >= 0:  # who collects an order has chosen where from
        unit, room = unit[:0], room[:0]
    places = Places(terms, _excluded(asked, ruled, order, rule), left, ruled.buffer, unit, room)
    result, _ = plan_order(
        stock, places, Blocks(ruled.block_start, ruled.bounds[rule]), ruled.rates[rule], lines,
        asked.line_kg[begin:end], np.empty(0, np.int64), x, y, z,
        1e9 if only >= 0 else ruled.km_max[rule], only, 1 if only >= 0 else ruled.shipments[rule],
        ruled.line_split[rule], nodes,
    )  # fmt: skip
    return result


@njit(nogil=True, cache=True, error_model="numpy")
def _note(
    order: int,
    result: NDArray[np.int64],
    stock: Stock,
    capacity: Capacity,
    noted: Noted,
    first_line: int,
    chosen_at: int,
) -> None:
    """Claim what a plan takes, and write its rows."""
    allocations, chosen = result[0], result[1]
    for c in range(chosen):
        row = chosen_at + c * CANDIDATE
        at = result[row]
        shipment = noted.used[0]
        units = np.int64(0)
        for a in range(allocations):
            part = HEAD + REASONS + a * ALLOCATION
            if result[part + 1] != at:
                continue
            line, bucket, count = result[part], result[part + 2], result[part + 3]
            stock.reserved[bucket] += count
            units += count
            last = noted.used[1] - 1
            if last >= 0 and noted.taken[last, 0] == shipment and noted.taken[last, 1] == first_line + line:
                noted.taken[last, TAKEN_UNITS] += count  # another lot
                continue
            taken = noted.taken[noted.used[1]]
            taken[TAKEN_SHIPMENT], taken[TAKEN_LINE], taken[TAKEN_UNITS] = shipment, first_line + line, count
            noted.used[1] += 1
        if units == 0:
            continue
        out = noted.shipments[shipment]
        out[SHIPMENT_ORDER], out[SHIPMENT_PLACE], out[SHIPMENT_METRES] = order, at, result[row + 2]
        out[SHIPMENT_CARRIAGE], out[SHIPMENT_HANDLING] = result[row + 3], result[row + 4] + result[row + 5]
        out[SHIPMENT_UNITS], out[SHIPMENT_HOUR] = units, capacity.hour[at]
        noted.used[0] += 1
        _claim(capacity, at)


@njit(nogil=True, cache=True, error_model="numpy")
def run_orders(
    begin: int, end: int, asked: Asked, ruled: Ruled, stock: Stock, capacity: Capacity, unlimited: NDArray[np.int64],
    noted: Noted, nodes: int,
) -> int:  # fmt: skip
    """Decide orders begin … end − 1; returns the first that was not, because the rows for notes ran out (or `end`).

    `unlimited` [L] is what a policy reads that doesn't look at capacity. An order whose plan finds no capacity to claim
    is refused, as it is in life.
    """
    left = capacity.left if ruled.respect_capacity else unlimited
    for order in range(begin, end):
        first, last = asked.line_ptr[order], asked.line_ptr[order + 1]
        n = last - first
        most = ruled.shipments[ruled.of_order[order]]
        if noted.used[0] + most > len(noted.shipments) or noted.used[1] + most * n > len(noted.taken):
            return order
        wanted = asked.line_units[first:last].sum()
        noted.unserved[order] = wanted
        noted.ended[order] = REFUSED
        noted.exact[order] = True
        if n == 0 or n > MAX_LINES:
            continue
        result = _plan(order, asked, ruled, stock, left, nodes)
        noted.exact[order] = result[6] != 0
        short_at = HEAD + REASONS + ALLOCATION * result[0]
        short = result[short_at : short_at + n].sum()
        if result[0] == 0 or (short > 0 and not ruled.partial):
            continue
        able = True
        for c in range(result[1]):
            able &= _can_claim(capacity, result[short_at + n + c * CANDIDATE])
        if not able:
            continue
        noted.unserved[order] = short
        noted.ended[order] = SHORT if short > 0 else SERVED
        _note(order, result, stock, capacity, noted, first, short_at + n)
    return end
