"""Where a generated instance's stock lies: some of it deep in few warehouses, the rest a unit or two in many stores."""

from collections.abc import Callable
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Done = Callable[[float], None]

_IN_WAREHOUSES: Final = 0.55
_UNITS_A_STORE: Final = 1.3
_TELL_EVERY: Final = 500


def place_stock(
    rng: np.random.Generator, units: Longs, plan: Floats, location_zone: Longs, warehouses: int, done: Done
) -> pl.DataFrame:
    """Records (sku_id, location_id, qty) with at least one unit, in order of SKU and location.

    units [S] of the whole network; plan [Z, S] the stores' shares; the first `warehouses` locations are warehouses.
    """
    zones = plan.shape[0]
    every_warehouse, every_store = np.arange(warehouses), np.arange(warehouses, len(location_zone))
    stores = [every_store[location_zone[every_store] == zone] for zone in range(zones)]
    has_stores = np.array([len(of_zone) > 0 for of_zone in stores])
    locations: list[Longs] = []
    quantities: list[Longs] = []
    per_sku = np.zeros(len(units), np.int64)
    for sku in range(len(units)):
        if sku % _TELL_EVERY == 0:
            done(sku / len(units))
        begun = len(locations)
        in_warehouses = rng.binomial(units[sku], _IN_WAREHOUSES)
        several = int(min(warehouses, 1 + rng.poisson(1.2) + in_warehouses // 400))
        locations.append(rng.choice(every_warehouse, several, replace=False))
        quantities.append(rng.multinomial(in_warehouses, rng.dirichlet(np.full(several, 2.0))))
        in_stores = units[sku] - in_warehouses
        if in_stores > 0:
            shares = plan[:, sku] * has_stores
            _spread_over_stores(rng, rng.multinomial(in_stores, shares / shares.sum()), stores, locations, quantities)
        per_sku[sku] = sum(map(len, locations[begun:]))
    frame = pl.DataFrame(
        {
            "sku_id": np.repeat(np.arange(len(units)), per_sku),
            "location_id": np.concatenate(locations),
            "qty": np.concatenate(quantities),
        }
    )
    return frame.filter(pl.col("qty") > 0).sort("sku_id", "location_id")


def _spread_over_stores(
    rng: np.random.Generator, of_zone: Longs, stores: list[Longs], locations: list[Longs], quantities: list[Longs]
) -> None:
    """Share each zone's units of one SKU out over as many of its stores as get a unit or two each."""
    for zone, units in enumerate(of_zone):
        if units == 0:
            continue
        several = int(min(len(stores[zone]), max(1, round(units / _UNITS_A_STORE))))
        locations.append(rng.choice(stores[zone], several, replace=False))
        quantities.append(rng.multinomial(units, np.full(several, 1 / several)))


def thicken(
    rng: np.random.Generator, stock: pl.DataFrame, demand: Floats, locations: int, records: int, done: Done
) -> pl.DataFrame:
    """The stock with shelves of one unit added until there are about `records`, as Int32 to halve its memory.

    SKUs get records in proportion to the square root of their demand [S], at most one a location; where they lie is
    drawn evenly over the locations that don't have the SKU yet.
    """
    present = np.bincount(stock["sku_id"].to_numpy(), minlength=len(demand))
    pointers = np.concatenate([[0], np.cumsum(present)])
    held_at, held = stock["location_id"].to_numpy(), stock["qty"].to_numpy()
    wanted = np.maximum(_records_of(np.sqrt(demand), locations, records), present)
    at = np.empty(int(wanted.sum()), np.int32)
    units = np.ones(len(at), np.int32)
    end = 0
    for sku, count in enumerate(wanted):
        if sku % _TELL_EVERY == 0:
            done(sku / len(wanted))
        old = held_at[pointers[sku] : pointers[sku + 1]]
        drawn = rng.choice(locations, count, replace=False)
        new = drawn[~np.isin(drawn, old)][: count - len(old)]
        both = np.concatenate([old, new])
        order = np.argsort(both)
        begin, end = end, end + len(both)
        at[begin:end] = both[order]
        units[begin:end] = np.concatenate([held[pointers[sku] : pointers[sku + 1]], np.ones(len(new), np.int64)])[order]
    sku_id = np.repeat(np.arange(len(wanted), dtype=np.int32), wanted)
    return pl.DataFrame({"sku_id": sku_id, "location_id": at, "qty": units})


def _records_of(weight: Floats, most: int, records: int) -> Longs:
    """[S] counts in proportion to the weights, each at most `most`, that add up to about `records`."""
    low, high = 0.0, records / weight.min()
    for _ in range(100):
        middle = (low + high) / 2
        if np.minimum(weight * middle, most).sum() < records:
            low = middle
        else:
            high = middle
    counts: Longs = np.minimum(np.round(weight * high), most).astype(np.int64)
    return counts
