"""The demo's scenario: who wants what, where, and what lies on which shelf. Same seed, same scenario."""

from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from manystores.demo.assortment import Assortment, Basket, assortment
from manystores.demo.places import Places, destinations, places

CHANNELS: Final = {"app": 0.40, "mini_program": 0.25, "marketplace": 0.20, "web": 0.10, "till": 0.03, "agent": 0.02}
PICK_UP: Final = 0.08
CANCEL: Final = 0.03
RETURN: Final = 0.02
WORKED: Final = 0.20
"""Share of the other orders that are accepted, picked, packed and shipped while the demo runs."""

SCARCE: Final = 0.35
"""Share of the SKUs that are short of their demand."""
SCARCE_COVER: Final = 0.70
AMPLE_COVER: Final = 1.6
IN_WAREHOUSES: Final = 0.40
"""Share of the units that lies in warehouses; the rest stands on the stores' shelves."""
WAREHOUSES_A_SKU: Final = 4
FLAGSHIP_WEIGHT: Final = 15.0
UNITS_A_SHELF: Final = 3


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
    shelves: list[Shelf]
    wishes: list[Wish]


def world(orders: int, seed: int = 1) -> World:
    """The scenario of so many orders; stock is scaled with them."""
    sites, goods = places(), assortment()
    wanted = wishes(orders, goods, sites, seed)
    return World(sites, goods.offers, shelves(wanted, len(goods.offers), sites, seed), wanted)


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


def shelves(wanted: list[Wish], offers: int, sites: Places, seed: int) -> list[Shelf]:
    """Stock for the demand: a third of the SKUs gets less than is wanted. Few warehouses hold a SKU, in depth; many
    stores hold a few pieces, flagship stores of more SKUs than others."""
    rng = np.random.default_rng([seed, 3])
    demand = np.zeros(offers, np.int64)
    for wish in wanted:
        for offer, quantity in wish.basket.lines:
            demand[offer] += quantity
    cover = np.where(rng.random(offers) < SCARCE, SCARCE_COVER, AMPLE_COVER)
    total = np.where(demand > 0, np.maximum(1, np.floor(demand * cover)), 0).astype(np.int64)
    held = rng.binomial(total, IN_WAREHOUSES)
    units: dict[tuple[int, int], int] = {}
    _stock_warehouses(units, held, sites, rng)
    _stock_stores(units, total - held, sites, rng)
    return [Shelf(place, offer, count) for (place, offer), count in sorted(units.items())]


def _stock_warehouses(
    units: dict[tuple[int, int], int], held: NDArray[np.int64], sites: Places, rng: np.random.Generator
) -> None:
    warehouses = np.arange(sites.stores, len(sites.bodies))
    for offer, count in enumerate(held.tolist()):
        if count:
            chosen = rng.choice(warehouses, min(WAREHOUSES_A_SKU, count), replace=False)
            for place, share in zip(chosen.tolist(), _shares(count, len(chosen)), strict=True):
                units[place, offer] = share


def _shares(count: int, parts: int) -> list[int]:
    """A number in so many parts that differ by one at most."""
    return [count // parts + (i < count % parts) for i in range(parts)]


def _stock_stores(
    units: dict[tuple[int, int], int], held: NDArray[np.int64], sites: Places, rng: np.random.Generator
) -> None:
    weight = np.where(sites.flagship, FLAGSHIP_WEIGHT, 1.0)
    pieces = -(-held // UNITS_A_SHELF)
    drawn = iter(rng.choice(sites.stores, int(pieces.sum()), p=weight / weight.sum()).tolist())
    for offer, count in enumerate(held.tolist()):
        left = count
        while left:
            take = min(UNITS_A_SHELF, left)
            left -= take
            key = (next(drawn), offer)
            units[key] = units.get(key, 0) + take
