"""The demo's scenario: who wants what, where, and what lies on which shelf. Same seed, same scenario."""

from itertools import islice
from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from manystores.demo.assortment import Assortment, Basket, assortment
from manystores.demo.places import Places, destinations, places

Ints = NDArray[np.int64]

CHANNELS: Final = {"app": 0.40, "mini_program": 0.25, "marketplace": 0.20, "web": 0.10, "till": 0.03, "agent": 0.02}
PICK_UP: Final = 0.08
CANCEL: Final = 0.03
RETURN: Final = 0.02
WORKED: Final = 0.20
"""Share of the other orders that are accepted, picked, packed and shipped while the demo runs."""

SCARCE: Final = 0.35
"""Share of the SKUs that are short of their demand."""
SCARCE_COVER: Final = 0.70
SCARCE_IN_STORES: Final = 0.65
"""Of what there is of a scarce SKU; the rest lies in warehouses."""
AMPLE_STORES: Final = 3
AMPLE_UNITS_MIN: Final = 12
"""Stores together have three times what is wanted of the other SKUs, and a dozen at least; warehouses have it once."""
HOMES: Final = 6
"""Warehouses that carry a SKU."""
FLAGSHIP_WEIGHT: Final = 15.0


class Wish(Struct, frozen=True):
    """An order that a shopper is going to place, and what becomes of it unless the world decides otherwise."""

    channel: str
    basket: Basket
    city: str
    region: str
    lat: float
    lon: float
    pick_up: bool = False
    sold_at: int = -1
    """Index of the store whose till takes it (endless aisle), -1 for none."""
    cancels: bool = False
    returns: bool = False
    worked: bool = False


class Shelf(Struct, frozen=True):
    """So many units of an offer at a place; both are indices."""

    place: int
    offer: int
    units: int


class World(Struct, frozen=True):
    """Places, offers, what lies where, and what shoppers want."""

    places: Places
    offers: list[dict[str, Any]]
    homes: Ints
    """[offers, HOMES] the warehouses that carry an offer, as indices of places."""
    shelves: list[Shelf]
    wishes: list[Wish]


def world(orders: int, seed: int = 1) -> World:
    """The scenario of so many orders; stock is scaled with them."""
    sites, goods = places(), assortment()
    wanted = wishes(orders, goods, sites, seed)
    homes = warehouses_of(len(goods.offers), sites)
    return World(sites, goods.offers, homes, shelves(wanted, homes, sites, seed), wanted)


def wishes(orders: int, goods: Assortment, sites: Places, seed: int) -> list[Wish]:
    """Real baskets in random order, wanted in cities by their population, over all channels."""
    rng = np.random.default_rng([seed, 2])
    order_of = rng.permutation(len(goods.baskets))
    channels = rng.choice(list(CHANNELS), orders, p=list(CHANNELS.values()))
    fates = rng.random((orders, 4))
    wanted = []
    for i, (city, lat, lon) in enumerate(destinations(orders, rng)):
        channel = str(channels[i])
        pick_up = bool(fates[i, 0] < PICK_UP) and channel != "till"
        basket = goods.baskets[order_of[i % len(order_of)]]
        wanted.append(
            Wish(
                channel,
                Basket(basket.lines[:1]) if pick_up else basket,  # one thing is worth a walk
                city.name,
                city.region,
                lat,
                lon,
                pick_up,
                _nearest_store(sites, lat, lon) if channel == "till" else -1,
                cancels=bool(fates[i, 1] < CANCEL),
                returns=bool(CANCEL <= fates[i, 1] < CANCEL + RETURN),
                worked=bool(fates[i, 2] < (0.6 if pick_up else WORKED)),
            )
        )
    return wanted


def _nearest_store(sites: Places, lat: float, lon: float) -> int:
    away = (sites.lat[: sites.stores] - lat) ** 2 + (np.cos(np.radians(lat)) * (sites.lon[: sites.stores] - lon)) ** 2
    return int(np.argmin(away))


def warehouses_of(offers: int, sites: Places) -> Ints:
    """The warehouses that carry each offer, the same in every scenario."""
    rng = np.random.default_rng(20)
    warehouses = len(sites.bodies) - sites.stores
    return sites.stores + np.argsort(rng.random((offers, warehouses)), axis=1)[:, :HOMES]


def shelves(wanted: list[Wish], homes: Ints, sites: Places, seed: int) -> list[Shelf]:
    """Stock for the demand: a third of the SKUs gets less than is wanted. Its warehouses hold a SKU in depth; many
    stores hold a piece or two, flagship stores of more SKUs than others."""
    rng = np.random.default_rng([seed, 3])
    demand = np.zeros(len(homes), np.int64)
    for wish in wanted:
        for offer, quantity in wish.basket.lines:
            demand[offer] += quantity
    scarce = np.random.default_rng(35).random(len(homes)) < SCARCE  # the same SKUs in every scenario
    few = np.maximum(1, demand * SCARCE_COVER).astype(np.int64)
    in_stores = np.where(
        scarce, rng.binomial(few, SCARCE_IN_STORES), np.maximum(AMPLE_UNITS_MIN, AMPLE_STORES * demand)
    )
    held = np.where(scarce, few - in_stores, demand)
    in_stores[demand == 0] = held[demand == 0] = 0
    weight = np.where(sites.flagship, FLAGSHIP_WEIGHT, 1.0)
    stores = iter(rng.choice(sites.stores, int(in_stores.sum()), p=weight / weight.sum()).tolist())
    units: dict[tuple[int, int], int] = {}
    for offer, (on_shelves, in_warehouses) in enumerate(zip(in_stores.tolist(), held.tolist(), strict=True)):
        for place, share in zip(homes[offer].tolist(), _shares(in_warehouses, HOMES), strict=True):
            if share:
                units[place, offer] = share
        for place in islice(stores, on_shelves):
            units[place, offer] = units.get((place, offer), 0) + 1
    return [Shelf(place, offer, count) for (place, offer), count in sorted(units.items())]


def _shares(count: int, parts: int) -> list[int]:
    """A number in so many parts that differ by one at most."""
    return [count // parts + (i < count % parts) for i in range(parts)]
