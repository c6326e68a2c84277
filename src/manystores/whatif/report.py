"""The report of a simulation: figures side by side, who serves more and who less, and which orders changed."""

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from manystores.kernels.what_if import (
    SHIPMENT_HOUR,
    SHIPMENT_METRES,
    SHIPMENT_ORDER,
    SHIPMENT_PLACE,
    SHIPMENT_UNITS,
    TAKEN_LINE,
    TAKEN_SHIPMENT,
    TAKEN_UNITS,
)
from manystores.whatif.measures import Difference, differences, figures, per_order
from manystores.whatif.promises import Promised
from manystores.whatif.run import Outcome
from manystores.whatif.scenario import Floats, Longs, Scenario

KM_EDGES: Final = (0, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000)
"""Kilometres at which the bars of the distance histogram begin."""
CHANGES_MOST: Final = 200


Service = Literal["same", "more", "less"]


class Half(Struct, frozen=True, kw_only=True):
    """Figures of the orders that go to the North, or to the South, and their differences to the first policy."""

    figures: dict[str, float | None]
    differences: dict[str, Difference | None]


class Column(Struct, frozen=True, kw_only=True):
    """One policy. Costs in minor units, at the rates of the first policy; shares from 0 to 1."""

    name: str
    version: int
    figures: dict[str, float | None]
    differences: dict[str, Difference | None]
    """To the first policy; of the first itself, none."""
    north: Half
    south: Half
    km_median: float | None
    km_p90: float | None
    km_histogram: list[int]
    """Deliveries by distance, a number for each of `km_edges`."""
    by_hour: list[int]
    """Shipments by the hour of the day, where they are prepared, in which the location starts on them."""
    locations_serving: int
    locations_emptied: int
    """Locations that had stock of these items and have none left."""
    shelves_emptied: int
    full_hours: int
    """Hours in which a location had taken all orders that it takes."""
    busiest: float | None
    """Share of shipments that the busiest hundredth of the locations sends."""
    inexact: int
    """Orders for which the search for the cheapest plan ended at its limit."""
    looked_ahead: int
    """Orders decided by what stock and room are worth to orders to come; the others by what is cheapest now."""
    service: Service
    """Whether it serves more units than the first policy or fewer, and by no chance: if so, costs are not of the same
    service."""


class Place(Struct, frozen=True, kw_only=True):
    """A location that serves under any policy; lists have a number for each policy."""

    code: str
    name: str
    lat: float
    lon: float
    province: str
    north: bool
    orders: list[int]
    units: list[int]
    full_hours: list[int]
    emptied: list[bool]


class Shipped(Struct, frozen=True):
    """What a location serves of an order."""

    location: str
    name: str
    units: int
    km: float


class Change(Struct, frozen=True, kw_only=True):
    """An order that another policy serves in another way."""

    order: str
    at_us: int
    kind: str
    region: str
    cost: list[float]
    unserved: list[int]
    served: list[list[Shipped]]


class Report(Struct, frozen=True, kw_only=True):
    """Everything that a simulation found."""

    orders: int
    units: int
    first_at_us: int | None
    last_at_us: int | None
    currency: str
    seed: int
    km_edges: list[int]
    policies: list[Column]
    locations: list[Place]
    changed: list[int]
    """For each policy, how many orders it serves in another way than the first."""
    changes: list[Change]
    """Of these, those whose costs differ most."""
    real_orders: bool


def report(
    scenario: Scenario,
    outcomes: Sequence[Outcome],
    promised: Sequence[Promised],
    names: Sequence[str],
    seed: int,
    *,
    real_orders: bool = False,
) -> Report:
    """Read the outcomes; the first is what the others are compared with."""
    orders = scenario.orders
    rates = outcomes[0].policy
    sums = [per_order(scenario, one, told, rates) for one, told in zip(outcomes, promised, strict=True)]
    marks = [_marks(scenario, one) for one in outcomes]
    changed = [mark != marks[0] for mark in marks]
    return Report(
        orders=len(orders),
        units=int(orders.asked.line_units.sum()),
        first_at_us=int(orders.at_us[0]) if len(orders) else None,
        last_at_us=int(orders.at_us[-1]) if len(orders) else None,
        currency=scenario.currency,
        seed=seed,
        km_edges=list(KM_EDGES),
        policies=[
            _column(scenario, one, name, sums, i, seed)
            for i, (one, name) in enumerate(zip(outcomes, names, strict=True))
        ],
        locations=_places(scenario, outcomes),
        changed=[int(each.sum()) for each in changed],
        changes=_changes(scenario, outcomes, [each["cost"] for each in sums], np.any(changed, axis=0)),
        real_orders=real_orders,
    )


# -- one policy


def _column(
    scenario: Scenario, outcome: Outcome, name: str, sums: Sequence[dict[str, Floats]], own: int, seed: int
) -> Column:
    rows, sites, orders = outcome.shipments, scenario.sites, scenario.orders
    place = rows[:, SHIPMENT_PLACE]
    km = rows[orders.asked.collect_at[rows[:, SHIPMENT_ORDER]] < 0, SHIPMENT_METRES] / 1000.0
    hour_of_day = (rows[:, SHIPMENT_HOUR] + sites.day_shift[place]) % 24
    counts = np.bincount(place, minlength=len(sites.code))
    busy = np.sort(counts[counts > 0])[::-1]
    apart = differences(sums[0], sums[own], seed) if own else {}
    return Column(
        name=name,
        version=outcome.policy.version,
        figures=figures(sums[own]),
        differences=apart,
        north=_half(sums, own, seed, orders.north),
        south=_half(sums, own, seed, ~orders.north),
        km_median=round(float(np.median(km)), 1) if len(km) else None,
        km_p90=round(float(np.quantile(km, 0.9)), 1) if len(km) else None,
        km_histogram=np.bincount(np.searchsorted(KM_EDGES, km, "right") - 1, minlength=len(KM_EDGES)).tolist(),
        by_hour=np.bincount(hour_of_day, minlength=24).tolist(),
        locations_serving=len(busy),
        locations_emptied=int(_emptied(scenario, outcome).sum()),
        shelves_emptied=int(((scenario.stock.on_hand > 0) & (outcome.left == 0)).sum()),
        full_hours=int(_full_hours(scenario, outcome).sum()),
        busiest=float(busy[: max(1, len(busy) // 100)].sum() / busy.sum()) if len(busy) else None,
        inexact=int((~outcome.exact).sum()),
        looked_ahead=outcome.looked_ahead,
        service=_service(apart.get("fill_rate")),
    )


def _service(filled: Difference | None) -> Service:
    if filled is None or not filled.sure:
        return "same"
    return "more" if filled.value > 0 else "less"


def _half(sums: Sequence[dict[str, Floats]], own: int, seed: int, among: NDArray[np.bool_]) -> Half:
    return Half(
        figures=figures(sums[own], among), differences=differences(sums[0], sums[own], seed, among) if own else {}
    )


def _emptied(scenario: Scenario, outcome: Outcome) -> NDArray[np.bool_]:
    """[L]: had units of what was asked for, and has none left."""
    size, at = len(scenario.sites.code), scenario.stock.bucket_location
    before = np.bincount(at, scenario.stock.on_hand, minlength=size)
    return np.asarray((before > 0) & (np.bincount(at, outcome.left, minlength=size) == 0))


def _full_hours(scenario: Scenario, outcome: Outcome) -> Longs:
    """[L]: hours in which it had taken as many orders as it takes."""
    limit, rows = scenario.sites.per_hour, outcome.shipments
    if not len(rows) or not (limit > 0).any():
        return np.zeros(len(limit), np.int64)
    first = int(rows[:, SHIPMENT_HOUR].min())
    span = int(rows[:, SHIPMENT_HOUR].max()) - first + 1
    cells, counts = np.unique(rows[:, SHIPMENT_PLACE] * span + rows[:, SHIPMENT_HOUR] - first, return_counts=True)
    place = cells // span
    full = (limit[place] > 0) & (counts >= limit[place])
    return np.bincount(place[full], minlength=len(limit))


# -- by location


def _places(scenario: Scenario, outcomes: Sequence[Outcome]) -> list[Place]:
    """Those that serve under any policy; whose load changes most come first."""
    sites, size = scenario.sites, len(scenario.sites.code)
    places = [outcome.shipments[:, SHIPMENT_PLACE] for outcome in outcomes]
    orders = np.stack([np.bincount(place, minlength=size) for place in places])
    units = np.stack(
        [
            np.bincount(place, outcome.shipments[:, SHIPMENT_UNITS], minlength=size)
            for place, outcome in zip(places, outcomes, strict=True)
        ]
    )
    full = np.stack([_full_hours(scenario, outcome) for outcome in outcomes])
    emptied = np.stack([_emptied(scenario, outcome) for outcome in outcomes])
    moved = np.abs(orders - orders[0]).max(axis=0)
    serving = np.flatnonzero(orders.any(axis=0))
    serving = serving[np.lexsort((serving, -orders[0, serving], -moved[serving]))]
    return [
        Place(
            code=sites.code[no],
            name=sites.name[no],
            lat=round(float(sites.lat[no]), 5),
            lon=round(float(sites.lon[no]), 5),
            province=sites.province[no],
            north=bool(sites.north[no]),
            orders=orders[:, no].tolist(),
            units=units[:, no].astype(np.int64).tolist(),
            full_hours=full[:, no].tolist(),
            emptied=emptied[:, no].tolist(),
        )
        for no in serving.tolist()
    ]


# -- order by order


def _marks(scenario: Scenario, outcome: Outcome) -> NDArray[np.uint64]:
    """[O] a number that is the same where the same locations serve the same units of the same lines."""
    taken, rows = outcome.taken, outcome.shipments
    order, place = rows[taken[:, TAKEN_SHIPMENT], SHIPMENT_ORDER], rows[taken[:, TAKEN_SHIPMENT], SHIPMENT_PLACE]
    marks = np.zeros(len(scenario.orders), np.uint64)
    with np.errstate(over="ignore"):
        one = place.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        one = (one ^ taken[:, TAKEN_LINE].astype(np.uint64)) * np.uint64(0xBF58476D1CE4E5B9)
        one = (one ^ (one >> np.uint64(29)) ^ taken[:, TAKEN_UNITS].astype(np.uint64)) * np.uint64(0x94D049BB133111EB)
        np.add.at(marks, order, one ^ (one >> np.uint64(32)))
    return marks


def _changes(
    scenario: Scenario, outcomes: Sequence[Outcome], costs: Sequence[Floats], changed: NDArray[np.bool_]
) -> list[Change]:
    orders = scenario.orders
    numbers = np.flatnonzero(changed)
    apart = np.max([np.abs(cost - costs[0]) for cost in costs], axis=0)[numbers]
    told = numbers[np.lexsort((numbers, -apart))][:CHANGES_MOST].tolist()
    return [
        Change(
            order=orders.label[no],
            at_us=int(orders.at_us[no]),
            kind=orders.kind[no],
            region=orders.region[no],
            cost=[round(float(cost[no]), 1) for cost in costs],
            unserved=[int(outcome.unserved[no]) for outcome in outcomes],
            served=[_served(scenario, outcome, no) for outcome in outcomes],
        )
        for no in told
    ]


def _served(scenario: Scenario, outcome: Outcome, order: int) -> list[Shipped]:
    rows, sites = outcome.shipments, scenario.sites
    first, last = np.searchsorted(rows[:, SHIPMENT_ORDER], [order, order + 1])
    return [
        Shipped(
            sites.code[row[SHIPMENT_PLACE]],
            sites.name[row[SHIPMENT_PLACE]],
            row[SHIPMENT_UNITS],
            round(row[SHIPMENT_METRES] / 1000, 1),
        )
        for row in rows[first:last].tolist()
    ]
