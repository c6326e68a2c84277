"""How near by orders are served: units from stores, and how far what was sent has to go, North and South.

The one definition of these figures: the live board adds and takes away fulfilment orders as they change, the demo's
summary adds them once.
"""

from collections.abc import Iterable
from typing import Final, Literal, get_args

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from manystores.network.regions import north_of
from manystores.orders.order import FulfilmentOrder, Order

Destination = Literal["north", "south"]
DESTINATIONS: tuple[Destination, ...] = get_args(Destination)
NOWHERE: Final = 0
HALVES: Final[dict[Destination, int]] = {"north": 1, "south": 2}
"""Codes of the halves of the country, which 33° North parts; NOWHERE for what is collected."""

_STEP_M: Final = 100
_FIRST: Final = 256


def half_of_latitude(lat: float) -> int:
    """The half that a destination lies in."""
    return HALVES["north"] if north_of(lat) else HALVES["south"]


def half_of(order: Order, work: FulfilmentOrder) -> int:
    """The half that a fulfilment order is sent to; NOWHERE when it is collected."""
    if work.kind == "pick_up" or order.deliver_to is None:
        return NOWHERE
    return half_of_latitude(order.deliver_to.lat)


class Distances:
    """How many units go how far, to 100 m. Units may be taken away again; memory grows with the farthest only."""

    def __init__(self) -> None:
        self._units: NDArray[np.int64] = np.zeros(_FIRST, np.int64)

    def add(self, metres: float, units: int) -> None:
        """Count units (fewer with a negative number) that go so far."""
        step = int(metres + _STEP_M // 2) // _STEP_M
        if step >= len(self._units):
            grown = np.zeros(max(step + 1, 2 * len(self._units)), np.int64)
            grown[: len(self._units)] = self._units
            self._units = grown
        self._units[step] += units

    def median_km(self) -> float | None:
        """The median in km, to 100 m; None without any units."""
        return median_km([self])

    @property
    def units(self) -> NDArray[np.int64]:
        """How many units go 0 m, 100 m, 200 m …."""
        return self._units


def median_km(all_of: Iterable[Distances]) -> float | None:
    """The median of several together."""
    parts = [each.units for each in all_of]
    total = np.zeros(max(len(part) for part in parts), np.int64)
    for part in parts:
        total[: len(part)] += part
    upto = total.cumsum()
    count = int(upto[-1])
    if count <= 0:
        return None
    low, high = np.searchsorted(upto, [(count - 1) // 2, count // 2], side="right")
    middle: float = (int(low) + int(high)) / 2
    return round(middle * _STEP_M / 1000, 1)


class Sent:
    """What is sent to one half of the country."""

    def __init__(self) -> None:
        self.fulfilment_orders = self.units = self.units_same_day = 0
        self.distances = Distances()

    @property
    def same_day_pct(self) -> float | None:
        """Of 100 units that are sent, how many are brought on the same day; None without any."""
        return pct(self.units_same_day, self.units) if self.units else None


class Part(Struct, frozen=True, gc=False):
    """What counts of a fulfilment order; `units` are those that the location gave or will give, `metres` 0 when not
    known."""

    half: int
    kind: str
    near_by: bool
    units: int
    metres: float = 0
    rejected: bool = False


class Reach:
    """The sum of many fulfilment orders."""

    def __init__(self) -> None:
        self.fulfilment_orders = self.rejected = self.units = self.units_near_by = 0
        self.halves: dict[int, Sent] = {half: Sent() for half in HALVES.values()}

    def add(self, part: Part, times: int = 1) -> None:
        """Count a fulfilment order so many times; -1 takes it away."""
        units = times * part.units
        self.fulfilment_orders += times
        self.units += units
        if part.near_by:
            self.units_near_by += units
        if part.rejected:
            self.rejected += times
        if part.half and part.units:
            sent = self.halves[part.half]
            sent.fulfilment_orders += times
            sent.units += units
            if part.kind == "same_day":
                sent.units_same_day += units
            if part.metres:
                sent.distances.add(part.metres, units)

    @property
    def pre_stock_avoided(self) -> int:
        """Units that no warehouse had to hold before: stores gave them."""
        return self.units_near_by

    def median_km(self) -> float | None:
        """Over all that is sent."""
        return median_km(sent.distances for sent in self.halves.values())


def pct(part: int, whole: int) -> float:
    """Of 100, to a hundredth."""
    return round(100 * part / whole, 2) if whole else 0.0
