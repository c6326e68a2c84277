"""What a simulation starts from: orders that came, the network that serves them, and the stock that is there."""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from manystores.kernels.sourcing_stock import Stock, stock_of
from manystores.kernels.what_if import Asked
from manystores.sourcing.compiled import Flags, Network
from manystores.sourcing.live_prices import Expected
from manystores.sourcing.policy import Kind

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US

Longs = NDArray[np.int64]
Ints = NDArray[np.int32]
Floats = NDArray[np.float64]


class Moment(Struct, frozen=True):
    """What the clock says of all locations, and until before when it says so."""

    first_hour: Longs
    """[L] hour since the epoch in which the location starts on an order of now."""
    open_now: Flags
    in_time: dict[Kind, Flags]
    """Whose cut-off of today is still to come, for the ways of fulfilment that were asked about."""
    until_us: int
    open_hours: Floats
    """[L] hours that are left to it of the day of `first_hour`."""


class Clock(Protocol):
    """Opening hours and cut-offs. Made anew for each policy: it may remember what it was asked last."""

    def at(self, now_us: int, kinds: Sequence[Kind]) -> Moment:
        """The moment's state; `kinds` are those whose cut-offs matter."""
        ...


class AlwaysOpen:
    """The clock of a network without hours."""

    def __init__(self, locations: int) -> None:
        self._open = np.ones(locations, np.bool_)

    def at(self, now_us: int, kinds: Sequence[Kind]) -> Moment:
        hour = now_us // HOUR_US
        first = np.full(len(self._open), hour, np.int64)
        left = np.full(len(self._open), 24.0 - now_us % DAY_US / HOUR_US)
        return Moment(first, self._open, dict.fromkeys(kinds, self._open), (hour + 1) * HOUR_US, left)


class Sites(Struct, frozen=True, eq=False):
    """What reports tell of locations; [L] each, number 0 is nobody."""

    code: list[str]
    name: list[str]
    lat: Floats
    lon: Floats
    province: list[str]
    """6-digit code of the province, '' where it is not known."""
    per_hour: Longs
    """Orders that it takes in an hour, −1 for any number; likewise in a day."""
    per_day: Longs
    day_shift: Longs
    """Hours that its day is ahead of UTC's."""
    north: Flags


class Orders(Struct, frozen=True, eq=False):
    """O orders of N lines, in the order in which they came; lines of one item are one line."""

    asked: Asked
    at_us: Longs
    """[O] when it was placed, ascending."""
    channel: NDArray[np.int32]
    """[O] index into `channels`."""
    kind: list[Kind]
    """[O] how the shopper gets it."""
    channels: tuple[str, ...]
    label: list[str]
    """[O] how people find it: the order's id."""
    region: list[str]
    """[O] code of where it goes, '' where it is not known."""
    north: Flags
    """[O] whether that is in the North."""
    day_shift: Longs
    """[O] hours that the destination's day is ahead of UTC's."""
    later_us: Longs
    """[O] start of the latest window that it waits for, 0 where all of it is wanted now."""
    sku: list[str]
    """[N] and their classes: what safety stock is found by."""
    offer_class: list[str]
    value: Longs
    """[N] minor units that one unit sells for, 0 where it is not known."""
    penalty: Floats
    """[N] minor units that a unit which nobody sends costs."""

    def __len__(self) -> int:
        return len(self.at_us)


class Foretold(Struct, frozen=True, eq=False):
    """What was foreseen of a scenario's demand before a day of it began."""

    expected: Expected
    """From this day on; its offers are the stock's items."""
    zone: Ints
    """[O] where an order's demand counts."""
    row: Ints
    """[items] place among the expected offers, −1 of what nobody expected."""


class Foresight(Protocol):
    """What was foreseen day by day; asked by several policies at a time."""

    def day(self, now_us: int) -> int:
        """The number of the day of a moment; days begin when what is foreseen is learned anew."""
        ...

    def gone(self, now_us: int) -> float:
        """The share of a day's demand that comes before this time of day."""
        ...

    def foretold(self, day: int, days: int) -> Foretold | None:
        """So many days from a day on; None where nothing is known of it."""
        ...


class Scenario(Struct, frozen=True, eq=False):
    """Everything but the policy."""

    network: Network
    sites: Sites
    orders: Orders
    stock: Stock
    """At the start; policies get copies of its counters."""
    clock: Callable[[], Clock]
    foresight: Foresight | None = None
    """None where nothing is known of the demand to come."""
    currency: str = "CNY"


def stock_from(item: Longs, location: Longs, available: Longs, items: int) -> Stock:
    """The stock of shelves: item, location and sellable units [R], in any order."""
    order = np.lexsort((location, item))
    pointer = np.zeros(items + 1, np.int64)
    np.cumsum(np.bincount(item, minlength=items), out=pointer[1:])
    rows = len(item)
    nothing = np.zeros(rows, np.int64)
    return stock_of(
        pointer,
        np.arange(rows, dtype=np.int32),
        np.full(items, -1, np.int32),
        np.full(rows, -1, np.int32),
        location[order].astype(np.int32),
        np.maximum(available[order], 0).astype(np.int64),
        nothing,
        nothing.copy(),
    )


def own_copy(stock: Stock) -> Stock:
    """The same stock with counters of its own, for somebody who takes from it."""
    return stock._replace(reserved=stock.reserved.copy())
