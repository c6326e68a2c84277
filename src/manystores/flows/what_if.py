"""A brand's orders as a simulation takes them: as they came, from the stock that was there when they began."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from manystores.catalogue.lots import Lots
from manystores.catalogue.registry import Registry as Catalogue
from manystores.flows.replay import as_placed
from manystores.flows.what_if_network import NetworkClock, sites_of, sourcing_network
from manystores.network.registry import Registry
from manystores.orders.order import Order
from manystores.sourcing.policy import RoutingPolicy
from manystores.whatif.building import Building, Came, Piece
from manystores.whatif.scenario import Scenario, stock_from

NOW: Final = 0
"""The window of what is on the shelf."""


class Shelves(NamedTuple):
    """Buckets: keys [n, 4] of location, offer, window, lot; available units [n]."""

    keys: NDArray[np.int64]
    available: NDArray[np.int64]


class House(NamedTuple):
    """A brand's network and goods."""

    party_no: int
    network: Registry
    catalogue: Catalogue
    lots: Lots


class Items:
    """Numbers of what shelves are listed by: an offer, now or in a later window."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[int, int], int] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def number(self, offer_no: int, window_us: int = NOW) -> int:
        """The item's number, a new one where it has none."""
        return self._numbers.setdefault((offer_no, window_us), len(self._numbers))

    def find(self, offer_no: int, window_us: int) -> int:
        """The item's number; −1 where nobody asked for it."""
        return self._numbers.get((offer_no, window_us), -1)

    @property
    def offers(self) -> list[int]:
        """The offers that were asked for."""
        return sorted({offer_no for offer_no, _ in self._numbers})


class Taken:
    """What the orders hold or took from shelves, to be given back: as if they had never come."""

    def __init__(self, lots: Lots) -> None:
        self._lots = lots
        self._back: dict[tuple[int, int, int, int], int] = {}

    def add(self, order: Order) -> None:
        """One order's claims, and less what came back of it."""
        back = self._back
        for work in order.fulfilments:
            for one in work.lines:
                lot_no = self._lots.number(one.lot) if one.lot else 0
                key = (work.location_no, one.offer_no, one.window_us, lot_no)
                back[key] = back.get(key, 0) + one.quantity - one.short - one.withdrawn
        for returned in order.returns:
            for line in returned.lines:
                key = (returned.location_no, line.offer_no, NOW, 0)
                back[key] = back.get(key, 0) - line.restocked

    def opening(self, shelves: Shelves) -> Shelves:
        """The shelves with these units back on them; one that is gone since is there again."""
        back = dict(self._back)
        keys = [tuple(row) for row in shelves.keys.tolist()]
        units = [have + back.pop(key, 0) for key, have in zip(keys, shelves.available.tolist(), strict=True)]
        more = [(key, count) for key, count in back.items() if count > 0]
        keys += [key for key, _ in more]
        units += [count for _, count in more]
        return Shelves(np.array(keys, np.int64).reshape(-1, 4), np.maximum(np.array(units, np.int64), 0))


class Gathering:
    """Orders one by one, in the order in which they came; then the scenario."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._building = Building()
        self.items, self.taken = Items(), Taken(house.lots)
        self._limited = _limited(house.network)
        self._kg: dict[int, float] = {}

    def __len__(self) -> int:
        return len(self._building)

    def took(self, order: Order) -> None:
        """Give back what an order holds or took, whether or not it is simulated."""
        self.taken.add(order)

    def real(self, order: Order) -> None:
        """An order as its channel sent it."""
        asked = as_placed(order)
        if asked is None:
            return
        network, place = self._house.network, asked.deliver_to
        pieces = [
            self.piece(line.offer_no, line.ordered, line.window_us, line.sku, line.unit_price // max(1, line.scale))
            for line in asked.lines
        ]
        later_us = max(line.window_us for line in asked.lines)
        if asked.pick_up_at or place is None:
            at = network.location(asked.pick_up_at) if asked.pick_up_at in network else None
            if at is not None:
                came = Came(
                    str(order.order_id), order.placed_at_us, order.channel, "pick_up", at.lat, at.lon,
                    at.region, pieces, at.location_no, later_us,
                )  # fmt: skip
                self.add(came)
            return
        self.add(
            Came(
                str(order.order_id), order.placed_at_us, order.channel, asked.delivery, place.lat, place.lon,
                place.region, pieces, -1, later_us,
            )
        )  # fmt: skip

    def add(self, order: Came) -> None:
        """An order of whatever origin."""
        served = None
        if self._limited is not None and order.collect_at < 0:
            mask = self._house.network.areas.mask(self._house.network.size, order.lat, order.lon, order.region)
            served = np.flatnonzero(mask & self._limited)
        self._building.add(order, served)

    def piece(self, offer_no: int, units: int, window_us: int, sku: str, value: int) -> Piece:
        """So many base units of an offer."""
        kg = self._kg.get(offer_no)
        catalogue = self._house.catalogue
        if kg is None:
            kg = self._kg[offer_no] = float(catalogue.weight_g[offer_no]) / (1000 * int(catalogue.scale[offer_no]))
        offer = catalogue.get(offer_no)
        offer_class = str(offer.attributes.get("class", "")) if offer is not None else ""
        return Piece(self.items.number(offer_no, window_us), units, kg, sku, offer_class, value)

    def scenario(self, shelves: Shelves, policies: Sequence[RoutingPolicy]) -> Scenario:
        """What policies are tried on; shelves are the opening stock."""
        network = self._house.network
        item = [self.items.find(offer_no, window) for offer_no, window in shelves.keys[:, 1:3].tolist()]
        numbers = np.array(item, np.int64)
        asked = numbers >= 0
        stock = stock_from(numbers[asked], shelves.keys[asked, 0], shelves.available[asked], len(self.items))
        return Scenario(
            network=sourcing_network(network, self._house.party_no, policies),
            sites=sites_of(network),
            orders=self._building.build(self._limited),
            stock=stock,
            clock=clock_of(network),
            currency=policies[0].currency,
        )


def clock_of(network: Registry) -> Callable[[], NetworkClock]:
    """Makes clocks of a network."""
    return lambda: NetworkClock(network)


def _limited(network: Registry) -> NDArray[np.bool_] | None:
    """The locations that deliver into their areas only; None where there are none."""
    if not network.areas:
        return None
    limited = np.zeros(network.size, np.bool_)
    for no in range(network.size):
        if no in network and network.location(no).areas:
            limited[no] = True
    return limited


def gather(house: House, orders: Iterable[Order]) -> Gathering:
    """Real orders, in the order in which they came, with what they took given back."""
    found = Gathering(house)
    for order in orders:
        found.took(order)
        found.real(order)
    return found
