"""Prices that look ahead: what a unit of stock, or room for a shipment, is worth to the orders still to come.

They follow what happens: demand that was seen corrects the forecast, and offers whose stock moved are priced anew.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from manystores.kernels.order_stream import PLACE, ROOM, ROOM_PRICE, Shelves
from manystores.kernels.shadow_prices import Areas, Outlook, Temper, Worth, distances, price_stock

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Longs = NDArray[np.int64]
Ints = NDArray[np.int32]

_TEMPER: Final = Temper(temperature=0.6, sku_trust=6.0, class_trust=200.0, weight=0.8)
_JOINED: Final = 0.6
"""How often another line that a location holds is sent from there too."""
_SHARE_OF_LINES: Final = (0.52, 0.25, 0.13, 0.07, 0.03)
"""Orders of 1, 2, … lines where nothing else is known."""
_UNITS_A_LINE: Final = 1.19
_FORGOTTEN: Final = 0.3
"""Of what a class sold, with each day."""
_MOVED: Final = 0.015
"""Share of an offer's first stock that must have moved before it is priced anew."""
_FIRST_ROUNDS: Final = 60
_ROUNDS: Final = 12
_ROOM_ROUNDS: Final = 4
_VAST: Final = 5_000_000
"""Records from which a new day prices only what moved, as every hour does: all of them would take half a minute."""
_PARTS: Final = 8
"""Of the SKUs, for cores to price at the same time; each SKU has records of its own."""
_WORTH_PARTING: Final = 64
"""SKUs."""
_STEP: Final = 0.9


class Evidence(NamedTuple):
    """What was seen of demand and what was expected of the same time; see `Outlook`."""

    past: Floats
    seen: Floats
    class_seen: Floats
    class_past: Floats


class LookAhead:
    """The prices of the shelves' stock and room, kept up to date in `shelves.price` and `shelves.places`.

    Days and zones are those of `forecast` [D, Z, S] units. It begins when the share `gone` of `day` is over: with the
    evidence of the prices before these, or knowing nothing of that time. With one thread it leaves other cores alone.
    """

    def __init__(
        self,
        shelves: Shelves,
        areas: Areas,
        forecast: Singles,
        sku_class: Ints,
        share_of_lines: tuple[float, ...] | None = None,
        day: int = 0,
        gone: float = 0.0,
        evidence: Evidence | None = None,
        threads: int | None = None,
    ) -> None:
        self.shelves, self.areas = shelves, areas
        days, zones, skus = forecast.shape
        self.forecast = forecast.astype(np.float64)
        self.later = np.zeros((days + 1, zones, skus))
        self.later[:days] = np.cumsum(self.forecast[::-1], axis=0)[::-1]
        self.sku_class = sku_class.astype(np.int64)
        classes = int(self.sku_class.max(initial=0)) + 1
        if evidence is None:  # nothing is expected of the part of the day that nobody watched
            evidence = Evidence(
                -gone * self.forecast[day],
                np.zeros((zones, skus)),
                np.zeros((zones, classes)),
                np.zeros((zones, classes)),
            )
        self.past, self.seen, self.class_seen, self.class_past = evidence
        self.alone = _alone(shelves, self.later[0].sum(axis=0), share_of_lines or _SHARE_OF_LINES)
        self.moved = np.zeros(skus)
        first = np.bincount(np.repeat(np.arange(skus), np.diff(shelves.stock_ptr)), shelves.left, skus)
        self.enough = np.maximum(1.0, _MOVED * first)
        self.worth = Worth(
            np.zeros(len(shelves.left), np.float32), np.zeros(len(shelves.left), np.float32), np.zeros(len(self.alone))
        )
        threads = min(_PARTS, threads or os.cpu_count() or 1)
        self._cores = ThreadPoolExecutor(threads, "prices") if threads > 1 else None
        self.all = np.arange(skus)
        self.day, self.gone = day, gone
        self.vast = len(shelves.left) >= _VAST
        self._price(self.all, _FIRST_ROUNDS)
        if self.vast:
            self._price_room()
        else:
            self._open_day()

    @classmethod
    def warm_up(cls) -> None:
        """Load the machine code, on a network of one shelf."""
        shelves = Shelves(
            np.array([0, 1]), np.zeros(1, np.int32), np.ones(1, np.int32), np.zeros(1, np.float32),
            np.ones((1, PLACE)), np.ones(1), np.ones(4),
        )  # fmt: skip
        areas = Areas(np.zeros(1, np.int64), np.ones(1), distances(np.ones((1, 3)), np.ones((1, 3))))
        cls(shelves, areas, np.ones((1, 1, 1), np.float32), np.zeros(1, np.int32))

    @property
    def evidence(self) -> Evidence:
        """For prices of other shelves by the same forecast."""
        return Evidence(self.past, self.seen, self.class_seen, self.class_past)

    def observe(self, zones: Ints, skus: Ints, units: Ints) -> None:
        """So much was ordered of SKUs in zones, whether it could be served or not."""
        np.add.at(self.seen, (zones, skus), units)
        np.add.at(self.class_seen, (zones, self.sku_class[skus]), units)
        np.add.at(self.moved, skus, units)

    def stir(self, units: Floats) -> None:
        """So many units of each SKU [S] moved otherwise than by being ordered."""
        self.moved += units

    def refresh(self, day: int, gone: float) -> Longs:
        """Price anew what moved, as of a moment: the share `gone` of a day is over. Returns the SKUs."""
        if day > self.day:
            return self._next_day(day, gone)
        self._expect(gone - self.gone)
        self.gone = gone
        return self._price_moved()

    def _price_moved(self) -> Longs:
        moved = np.flatnonzero(self.moved >= self.enough)
        self.moved[moved] = 0.0
        self._price(moved, _ROUNDS)
        self._price_room()
        return moved

    def _next_day(self, day: int, gone: float) -> Longs:
        before = float(self.forecast[self.day].sum())
        while self.day < day:
            self._expect(1.0 - self.gone)
            self.past += self.forecast[self.day]
            self.class_seen *= 1.0 - _FORGOTTEN
            self.class_past *= 1.0 - _FORGOTTEN
            self.day, self.gone = self.day + 1, 0.0
        self._expect(gone)
        self.gone = gone
        self.shelves.places[:, ROOM_PRICE] = 0.0
        if self.vast:
            # what would go today from the shelves that are not priced anew: as on the day before, as demand goes
            grown = float(self.forecast[self.day].sum()) / max(before, 1e-9)
            self.worth.load[:] *= np.float32(grown)
            self.worth.units[:] *= grown
            return self._price_moved()
        self.moved[:] = 0.0
        self._price(self.all, _ROUNDS)
        self._open_day()
        return self.all

    def _open_day(self) -> None:
        """The first prices of a day's room: as often as it takes for the offers to give way to each other."""
        for _ in range(_ROOM_ROUNDS):
            self._price_room()
            self._price(self.all, 1)
        self._price_room()

    def _expect(self, share: float) -> None:
        """A share of the present day passed: so much was expected of its classes."""
        for zone, expected in enumerate(self.forecast[self.day]):
            self.class_past[zone] += share * np.bincount(self.sku_class, expected, self.class_past.shape[1])

    def _price(self, skus: Longs, rounds: int) -> None:
        outlook = Outlook(
            self.forecast[self.day], self.later[self.day + 1], self.past, self.seen,
            self.class_seen, self.class_past, self.sku_class,
        )  # fmt: skip
        value, load, units = self.worth

        def price(part: Longs) -> Floats:
            change = np.zeros(len(units))
            price_stock(
                self.shelves, self.areas, outlook, _TEMPER, self.alone, part, self.gone, rounds,
                Worth(value, load, change),
            )  # fmt: skip
            return change

        # As many parts on every machine, summed in their order: the same prices to the last bit.
        parts = np.array_split(skus, _PARTS) if len(skus) >= _WORTH_PARTING else [skus]
        for change in map(price, parts) if self._cores is None else self._cores.map(price, parts):
            units += change

    def _price_room(self) -> None:
        """Locations that would be asked for more shipments today than they can send become dearer until they fit."""
        places = self.shelves.places
        shipments = np.maximum((1.0 - self.gone) * self.worth.units * self.alone / _UNITS_A_LINE, 1e-9)
        room = np.maximum(places[:, ROOM], 0.5)
        step = _TEMPER.temperature * _STEP * np.log(shipments / room)
        np.maximum(0.0, places[:, ROOM_PRICE] + step, out=places[:, ROOM_PRICE])


def _alone(shelves: Shelves, demand: Floats, share_of_lines: tuple[float, ...]) -> Floats:
    """[L] the share of a shipment's cost that falls on a line: less where others of its order are likely to join it.

    The chance that one does: the share of all demand that the location has in stock, times `_JOINED`.
    """
    popular = demand / max(float(demand.sum()), 1e-12)
    of_record = np.repeat(popular, np.diff(shelves.stock_ptr))
    held = np.bincount(shelves.stock_location, of_record, len(shelves.places))
    joins = np.minimum(1.0, _JOINED * held)
    lines: Floats = np.array(share_of_lines) * np.arange(1.0, len(share_of_lines) + 1)
    lines /= lines.sum()
    alone = np.zeros(len(held))
    for others, weight in enumerate(lines):
        alone += weight * (1.0 - joins) ** others
    return alone
