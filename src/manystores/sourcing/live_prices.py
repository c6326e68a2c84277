"""Prices that look ahead over a ledger's live stock: its buckets become shelves, and their prices go back to it.

Who decides reads `prices` while they are made anew; a decision may see some of before and some of after, and its record
says what it was charged.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from manystores.kernels.live_records import Records, count_left, list_records, tell_prices
from manystores.kernels.order_stream import HANDLE_SHIP, HANDLE_UNIT, PLACE, ROOM, ROOM_PRICE, Shelves
from manystores.kernels.shadow_prices import Areas, reach
from manystores.kernels.sourcing_stock import CLOSED, CUT_OFF, ELIGIBLE, Stock
from manystores.sourcing.compiled import Network, Prices, Rules
from manystores.sourcing.look_ahead import Evidence, LookAhead

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Longs = NDArray[np.int64]
Ints = NDArray[np.int32]

MINOR: Final = 100.0
"""Prices are made in whole units of money; policies and decisions count in hundredths."""


class Expected(NamedTuple):
    """The demand that is expected: S offers, Z zones, D days from today on, A areas of demand."""

    offers: Longs
    """[S] offer_no, each once."""
    kg: Floats
    """[S] of a base unit."""
    offer_class: Ints
    """[S]."""
    units: Singles
    """[D, Z, S] base units."""
    area_xyz: Floats
    """[A, 3]."""
    area_zone: Longs
    """[A]."""
    area_share: Floats
    """[A] of its zone's demand."""
    area_km: Floats
    """[A] how far demand lies from an area's centre; see `kernels.shadow_prices.reach`."""
    share_of_lines: tuple[float, ...]
    """Of orders, those of 1, 2, … lines."""


class Ground(NamedTuple):
    """The network as policy sees it at a moment: L locations; money in minor units."""

    xyz: Floats
    """[L, 3]."""
    order_cost: Floats
    unit_cost: Floats
    may: NDArray[np.bool_]
    """[L] who may send."""
    kept: Ints
    """[L] units that are not sold."""
    room: Floats
    """[L] shipments that they can still send today."""
    rates: Floats
    """[4] of a shipment: base, per_km, per_kg, per_kg_km."""


def ground_of(network: Network, rules: Rules, excluded: NDArray[np.uint8], room: Floats) -> Ground:
    """What prices need to know, of the rules for parcels; `excluded` [L] are theirs, `room` see `Ground`."""
    may = np.isin(excluded, (ELIGIBLE, CLOSED, CUT_OFF))
    return Ground(network.xyz, network.order_cost, network.unit_cost, may, rules.places.buffer[0], room, rules.rates)


class Seen(NamedTuple):
    """What was ordered since the last time: zone, position among the offers, and units of each line."""

    zones: Ints
    offers: Ints
    units: Ints


class LivePrices:
    """Prices of one brand's stock, from one forecast over one list of buckets."""

    def __init__(
        self, expected: Expected, stock: Stock, ground: Ground, gone: float, evidence: Evidence | None = None
    ) -> None:
        """When the share `gone` of the forecast's first day is over; `evidence` of prices by the same forecast."""
        self._expected = expected
        self._records: Records = list_records(stock, expected.offers, ground.may)
        self._offer_of = np.repeat(np.arange(len(expected.offers)), np.diff(self._records.ptr))
        self._shelves = self._put_up(ground)
        count_left(stock, self._records, ground.kept, self._shelves.left)
        areas = Areas(expected.area_zone, expected.area_share, reach(ground.xyz, expected.area_xyz, expected.area_km))
        self._look = LookAhead(
            self._shelves, areas, expected.units, expected.offer_class, expected.share_of_lines, 0, gone, evidence, 1
        )
        self.prices: Final = Prices(
            np.zeros(len(stock.bucket_location), np.float32), np.zeros(len(ground.xyz), np.float32)
        )
        self._tell(self._look.all)

    @classmethod
    def warm_up(cls, stock: Stock) -> None:
        """Load the machine code, on a network of one place."""
        place, one = np.ones((2, 3)), np.ones(2)
        expected = Expected(
            np.ones(1, np.int64), np.ones(1), np.zeros(1, np.int32), np.ones((1, 1, 1), np.float32), place[:1],
            np.zeros(1, np.int64), np.ones(1), np.ones(1), (1.0,),
        )  # fmt: skip
        ground = Ground(place, one, one, np.ones(2, np.bool_), np.zeros(2, np.int32), one, np.ones(4))
        cls(expected, stock, ground, 0.0).refresh(stock, ground, 0.5)

    @property
    def evidence(self) -> Evidence:
        """What was seen of demand so far."""
        return self._look.evidence

    @property
    def gone(self) -> float:
        """The share of the day that it has counted as over."""
        return self._look.gone

    @property
    def records(self) -> int:
        """How many shelves have a price."""
        return len(self._records.location)

    def observe(self, seen: Seen) -> None:
        """So much was ordered."""
        self._look.observe(seen.zones, seen.offers, seen.units)

    def refresh(self, stock: Stock, ground: Ground, gone: float) -> int:
        """Price anew what moved, of the same buckets and locations; returns how many offers moved."""
        before = self._shelves.left.copy()
        count_left(stock, self._records, ground.kept, self._shelves.left)
        came = np.maximum(self._shelves.left - before, 0)  # what went was ordered, and is observed as such
        self._look.stir(np.bincount(self._offer_of, came, len(self._expected.offers)).astype(np.float64))
        self._shelves.places[:, ROOM] = ground.room
        moved = self._look.refresh(0, gone)
        self._tell(moved)
        return len(moved)

    def _put_up(self, ground: Ground) -> Shelves:
        records = self._records
        places = np.zeros((len(ground.xyz), PLACE))
        places[:, :3], places[:, ROOM] = ground.xyz, ground.room
        places[:, HANDLE_SHIP], places[:, HANDLE_UNIT] = ground.order_cost / MINOR, ground.unit_cost / MINOR
        count = len(records.location)
        return Shelves(
            records.ptr, records.location, np.zeros(count, np.int32), np.zeros(count, np.float32), places,
            self._expected.kg, ground.rates / MINOR,
        )  # fmt: skip

    def _tell(self, offers: Longs) -> None:
        tell_prices(self._records, offers, self._shelves.price, MINOR, self.prices.unit)
        self.prices.room[:] = MINOR * self._shelves.places[:, ROOM_PRICE]
