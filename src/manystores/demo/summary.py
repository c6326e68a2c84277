"""What the festival came to: for people a table, for programs one JSON document."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from manystores.core.clock import from_datetime
from manystores.demo.festival import Festival, Told
from manystores.demo.places import Places
from manystores.demo.reading import Work
from manystores.demo.world import World
from manystores.kernels.geo import distances_km, unit_vector
from manystores.network import Location, location_of
from manystores.network.hours import next_open
from manystores.network.regions import north_of
from manystores.orders.reach import (
    HALVES,
    NOWHERE,
    Destination,
    Distances,
    Part,
    Reach,
    half_of_latitude,
    median_km,
    pct,
)
from manystores.promise.verify import Verdict

WAREHOUSES_ONLY: Final = "each unit from the nearest of the warehouses that carry its SKU, as if they had plenty of it"
"""How the comparison is computed: the best that the warehouses could do alone, with as much pre-stock as it takes."""


class Region(Struct, frozen=True):
    """Half of the country: 33° North, about the Qinling–Huaihe line, parts them."""

    orders: int
    filled_pct: float
    km_median: float | None
    km_median_warehouses_only: float | None


class Summary(Struct, frozen=True, kw_only=True):
    """All figures of a run. Lines and units are those that shoppers wanted; percentages are of 100."""

    orders: int
    orders_placed: int
    orders_refused: int
    lines: int
    filled_lines: int
    filled_lines_pct: float
    units: int
    units_from_stores: int
    pre_stock_avoided: int
    units_from_stores_pct: float
    km_median: float | None
    km_median_warehouses_only: float | None
    warehouses_only: str = WAREHOUSES_ONLY
    split_rate: float
    fulfilment_orders: int
    rejected: int
    rejected_pct: float
    cancelled: int
    returned: int
    served: int
    promised_outside_hours: int
    skus: int
    skus_sold_out: int
    skus_sold_out_pct: float
    north: Region
    south: Region
    oversold: int
    mismatches: int
    orders_per_second: float
    seconds: float
    unexpected: dict[str, int]


class _Served(Struct, frozen=True):
    """What locations give, and, by half of the country, how far what is sent would go from the nearest warehouse."""

    reach: Reach
    warehouses_only: dict[int, Distances]


def summary(
    festival: Festival, scenario: World, seconds: float, available: Mapping[tuple[str, str], int], verdict: Verdict
) -> Summary:
    """`available` is what is left by (location, SKU), `verdict` what the independent check of the books says."""
    by_number = {told.number: told for told in festival.orders.values()}
    filled = [_filled(by_number.get(i), len(wish.basket.lines)) for i, wish in enumerate(scenario.wishes)]
    wanted = [len(wish.basket.lines) for wish in scenario.wishes]
    north = np.array([north_of(wish.lat) for wish in scenario.wishes], bool)
    served = _served(festival.orders.values(), scenario)
    reach = served.reach
    works = [work for told in festival.orders.values() for work in told.view.fulfilment_orders]
    told = list(festival.orders.values())
    stocked = {scenario.offers[shelf.offer]["sku"] for shelf in scenario.shelves}
    left: dict[str, int] = {}
    for (_, sku), count in available.items():
        left[sku] = left.get(sku, 0) + count
    sold_out = sum(left.get(sku, 0) <= 0 for sku in stocked)
    tally = festival.tally
    return Summary(
        orders=len(scenario.wishes),
        orders_placed=len(told),
        orders_refused=tally.refused,
        lines=sum(wanted),
        filled_lines=sum(filled),
        filled_lines_pct=pct(sum(filled), sum(wanted)),
        units=reach.units,
        units_from_stores=reach.units_near_by,
        pre_stock_avoided=reach.pre_stock_avoided,
        units_from_stores_pct=pct(reach.units_near_by, reach.units),
        km_median=reach.median_km(),
        km_median_warehouses_only=median_km(served.warehouses_only.values()),
        split_rate=round(sum(one.split for one in told) / max(1, len(told)), 4),
        fulfilment_orders=len(works),
        rejected=reach.rejected,
        rejected_pct=pct(reach.rejected, len(works)),
        cancelled=sum(one.cancelled for one in told),
        returned=sum(one.returned for one in told),
        served=sum(one.view.state == "completed" for one in told),
        promised_outside_hours=_outside_hours(works, scenario.places),
        skus=len(stocked),
        skus_sold_out=sold_out,
        skus_sold_out_pct=pct(sold_out, len(stocked)),
        north=_region(north, filled, wanted, served, "north"),
        south=_region(north, filled, wanted, served, "south"),
        oversold=verdict.oversold,
        mismatches=verdict.mismatches + verdict.reserved_mismatches + verdict.orphan_lines,
        orders_per_second=round(len(scenario.wishes) / max(1e-9, tally.last_at - tally.first_at), 1),
        seconds=round(seconds, 1),
        unexpected=tally.unexpected,
    )


def _filled(told: Told | None, lines: int) -> int:
    """Lines of the wish that are served in full; a shopper who changed her mind had been."""
    if told is None:
        return 0
    wanted = [quantity for _, quantity in told.wish.basket.lines]
    whole = [wanted[n] == quantity for n, quantity in told.lines]
    kept = [told.cancelled or not (line.unallocated or line.cancelled) for line in told.view.lines]
    return min(lines, sum(a and b for a, b in zip(whole, kept, strict=False)))


def _outside_hours(works: Iterable[Work], places: Places) -> int:
    """Fulfilment orders that are promised to be ready at a time when their location is closed."""
    bodies = {body["code"]: body for body in places.bodies}
    known: dict[str, Location] = {}
    found = 0
    for work in works:
        if work.promised_from is not None:
            location = known.get(work.location)
            if location is None:
                location = known[work.location] = location_of(bodies[work.location], 1)
            ready_us = from_datetime(work.promised_from)
            found += next_open(location, ready_us)[0] > ready_us
    return found


def _served(orders: Iterable[Told], scenario: World) -> _Served:
    places, homes = scenario.places, scenario.homes
    stores = set(places.codes[: places.stores])
    index = {code: i for i, code in enumerate(places.codes)}
    served = _Served(Reach(), {half: Distances() for half in HALVES.values()})
    for told in orders:
        wish = told.wish
        point, half = unit_vector(wish.lat, wish.lon), half_of_latitude(wish.lat)
        offers = [wish.basket.lines[n][0] for n, _ in told.lines]
        for work in told.view.fulfilment_orders:
            sent = work.kind != "pick_up"
            km = float(distances_km(places.xyz[index[work.location]][None, :], point)[0]) if sent else 0.0
            metres = max(1.0, km * 1000) if sent else 0.0
            near_by, rejected = work.location in stores, work.state == "rejected"
            served.reach.add(Part(half if sent else NOWHERE, work.kind, near_by, work.units, metres, rejected))
            for part in work.lines if sent else ():
                nearest = float(distances_km(places.xyz[homes[offers[part.line - 1]]], point).min())
                served.warehouses_only[half].add(nearest * 1000, part.served)
    return served


def _region(
    north: NDArray[np.bool_], filled: Sequence[int], wanted: Sequence[int], served: _Served, name: Destination
) -> Region:
    at, half = north == (name == "north"), HALVES[name]
    return Region(
        int(at.sum()),
        pct(int(np.array(filled)[at].sum()), int(np.array(wanted)[at].sum())),
        served.reach.halves[half].distances.median_km(),
        served.warehouses_only[half].median_km(),
    )


def words(found: Summary) -> str:
    """The summary for people."""
    rows = [
        ("orders", f"{found.orders:,} in {found.seconds:.0f} s, {found.orders_per_second:,.0f} a second came in"),
        ("lines filled", f"{found.filled_lines:,} of {found.lines:,} ({found.filled_lines_pct:.1f} %)"),
        ("units", f"{found.units:,}"),
        (
            "pre-stock avoided",
            f"{found.pre_stock_avoided:,} units came from stores ({found.units_from_stores_pct:.1f} %)",
        ),
        ("km to the shopper", _km(found.km_median, found.km_median_warehouses_only)),
        ("North", _half(found.north)),
        ("South", _half(found.south)),
        ("split orders", f"{100 * found.split_rate:.1f} %"),
        (
            "refused by locations",
            f"{found.rejected:,} of {found.fulfilment_orders:,} fulfilment orders ({found.rejected_pct:.1f} %)",
        ),
        ("promised when closed", f"{found.promised_outside_hours}"),
        ("cancelled, returned", f"{found.cancelled:,}, {found.returned:,}"),
        ("SKUs sold out", f"{found.skus_sold_out:,} of {found.skus:,} ({found.skus_sold_out_pct:.1f} %)"),
        ("sold twice", f"{found.oversold}; counters that differ from the journal: {found.mismatches}"),
    ]
    return "\n".join(f"{name:>22}  {text}" for name, text in rows)


def _km(ours: float | None, warehouses: float | None) -> str:
    return "-" if ours is None else f"{ours:,.0f} (median); {warehouses:,.0f} from warehouses only"


def _half(region: Region) -> str:
    filled = f"{region.orders:,} orders, {region.filled_pct:.1f} % of the lines filled"
    return f"{filled}, km {_km(region.km_median, region.km_median_warehouses_only)}"
