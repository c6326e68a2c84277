"""An instance's files as a scenario: its network has no hours, its days have a capacity, its rates are those of all."""

from collections.abc import Sequence
from statistics import NormalDist
from typing import Final

import numpy as np
from msgspec.structs import replace

from manystores.instances.instance import Instance, Longs, Singles
from manystores.kernels.what_if import SHIPMENT_HOUR, SHIPMENT_METRES, SHIPMENT_ORDER, SHIPMENT_PLACE, UNLIMITED, Asked
from manystores.network.regions import NORTH_LINE_LAT
from manystores.sourcing.compiled import Network
from manystores.sourcing.demand_areas import gather_cities
from manystores.sourcing.live_prices import Expected
from manystores.sourcing.policy import CostModel, Kind, KindRule, RoutingPolicy
from manystores.whatif.promises import Promised, luck
from manystores.whatif.run import Outcome
from manystores.whatif.scenario import (
    DAY_US,
    HOUR_US,
    AlwaysOpen,
    Floats,
    Foretold,
    Orders,
    Scenario,
    Sites,
    stock_from,
)

CHANNEL: Final = "web"
FIRST_DAY_US: Final = 20_000 * DAY_US
"""Day 0, so that no hour is before the epoch."""
_FEN: Final = 100
_SECOND_US: Final = 1_000_000


def scenario_of(instance: Instance) -> Scenario:
    """Locations get the number after their place in the instance: number 0 is nobody."""
    locations = len(instance.location_id) + 1
    skus = len(instance.sku_id)
    sku = np.repeat(np.arange(skus), np.diff(instance.stock_ptr))
    stock = stock_from(sku, instance.stock_location.astype(np.int64) + 1, instance.stock_qty.astype(np.int64), skus)
    lat, lon = _degrees(_shifted(instance.xyz))
    unlimited = np.full(locations, UNLIMITED, np.int64)
    return Scenario(
        network=Network(
            xyz=_shifted(instance.xyz),
            enabled=np.arange(locations) > 0,
            kind=np.concatenate([[0], instance.is_warehouse]).astype(np.int8),
            order_cost=np.concatenate([[0.0], instance.handle_ship * _FEN]),
            unit_cost=np.concatenate([[0.0], instance.handle_unit * _FEN]),
            able={},
            groups={},
            numbers={str(code): no + 1 for no, code in enumerate(instance.location_id.tolist())},
        ),
        sites=Sites(
            code=["", *map(str, instance.location_id.tolist())],
            name=["", *map(str, instance.location_id.tolist())],
            lat=lat,
            lon=lon,
            province=[""] * locations,
            per_hour=unlimited,
            per_day=np.concatenate([[0], instance.cap_day]).astype(np.int64),
            day_shift=np.zeros(locations, np.int64),
            north=lat >= NORTH_LINE_LAT,
        ),
        orders=_orders(instance),
        stock=stock,
        clock=lambda: AlwaysOpen(locations),
        foresight=None if instance.forecast is None else _Forecast(instance, instance.forecast),
    )


class _Forecast:
    """An instance's own forecast: nothing is learned from day to day."""

    def __init__(self, instance: Instance, forecast: Singles) -> None:
        self._units = forecast
        gathered = gather_cities(instance.city_xyz, instance.city_pop, instance.city_zone, instance.zones)
        items = np.arange(len(instance.sku_id))
        self._expected = Expected(
            items, instance.kg, instance.sku_class, forecast[:0], gathered.xyz, gathered.zone, gathered.share,
            gathered.radius_km,             tuple(instance.meta.lines_dist or ()),
        )  # fmt: skip
        self._zone, self._row = instance.order_zone, items.astype(np.int32)

    def day(self, now_us: int) -> int:
        return (now_us - FIRST_DAY_US) // DAY_US

    def gone(self, now_us: int) -> float:
        return now_us % DAY_US / DAY_US

    def foretold(self, day: int, days: int) -> Foretold | None:
        units = self._units[day : day + days]
        return Foretold(self._expected._replace(units=units), self._zone, self._row) if len(units) else None


def _orders(instance: Instance) -> Orders:
    count = len(instance.order_id)
    pointer, item, units = _merged(instance)
    at_us = FIRST_DAY_US + instance.order_day.astype(np.int64) * DAY_US + instance.order_t % 86_400 * _SECOND_US
    kind: Kind = "ship"
    return Orders(
        asked=Asked(
            line_ptr=pointer,
            line_item=item,
            line_units=units,
            line_kg=instance.kg[item],
            xyz=instance.order_xyz,
            collect_at=np.full(count, -1, np.int64),
            served_ptr=np.zeros(count + 1, np.int64),
            served_by=np.zeros(0, np.int32),
            limited=np.zeros(0, np.bool_),
        ),
        at_us=np.maximum.accumulate(at_us),
        channel=np.zeros(count, np.int32),
        kind=[kind] * count,
        channels=(CHANNEL,),
        label=list(map(str, instance.order_id.tolist())),
        region=[""] * count,
        north=instance.order_lat >= NORTH_LINE_LAT,
        day_shift=np.zeros(count, np.int64),
        later_us=np.zeros(count, np.int64),
        sku=list(map(str, instance.sku_id[item].tolist())),
        offer_class=list(map(str, instance.sku_class[item].tolist())),
        value=np.zeros(len(item), np.int64),
        penalty=instance.penalty[item] * _FEN,
    )


def _merged(instance: Instance) -> tuple[Longs, Longs, Longs]:
    """(pointers by order, item, units) with the lines of an order that ask for the same SKU as one."""
    order = np.repeat(np.arange(len(instance.order_id)), np.diff(instance.line_ptr))
    cells, where = np.unique(order * len(instance.sku_id) + instance.line_sku, return_inverse=True)
    units = np.bincount(where, instance.line_qty, minlength=len(cells)).astype(np.int64)
    pointer = np.zeros(len(instance.order_id) + 1, np.int64)
    np.cumsum(np.bincount(cells // len(instance.sku_id), minlength=len(instance.order_id)), out=pointer[1:])
    return pointer, cells % len(instance.sku_id), units


def policy_for(instance: Instance, policy: RoutingPolicy | None) -> RoutingPolicy:
    """A policy with the instance's rates and ways: everything is sent, and what can be had of an order is sent. None is
    the cheapest plan by these rates."""
    meta = instance.meta
    costs = CostModel(base=meta.base * _FEN, per_km=meta.a_km * _FEN, per_kg=meta.w0 * _FEN, per_kg_km=meta.w_km * _FEN)
    if policy is None:
        return RoutingPolicy(kinds={"ship": KindRule(costs=costs)}, on_shortage="partial", look_ahead_days=0)
    rule = policy.kinds.get("ship", KindRule())
    return replace(policy, kinds={"ship": replace(rule, costs=costs, must_be_open=False, within_cut_off=False)})


def promised_of(scenario: Scenario, outcomes: Sequence[Outcome], seed: int) -> list[Promised]:
    """A day near by and a day more for every 700 km, or one more; nine of ten parcels take no longer than that."""
    inverse, p90 = NormalDist().inv_cdf, NormalDist().inv_cdf(0.9)
    told = []
    for outcome in outcomes:
        rows = outcome.shipments
        order = rows[:, SHIPMENT_ORDER]
        start_us = np.maximum(scenario.orders.at_us[order], rows[:, SHIPMENT_HOUR] * HOUR_US)
        days = 1 + rows[:, SHIPMENT_METRES] // 700_000
        late = luck(seed, order, rows[:, SHIPMENT_PLACE], 1)
        spread = np.array([inverse(one) for one in late.tolist()]) / p90
        until_us = start_us + (days + 1) * DAY_US
        came_us = start_us + np.maximum(0.0, (days + 0.5 + 0.5 * spread) * DAY_US).astype(np.int64)
        told.append(Promised(until_us, until_us, came_us))
    return told


def _shifted(xyz: Floats) -> Floats:
    return np.concatenate([[[0.0, 0.0, 1.0]], xyz])


def _degrees(xyz: Floats) -> tuple[Floats, Floats]:
    return np.degrees(np.arcsin(np.clip(xyz[:, 2], -1, 1))), np.degrees(np.arctan2(xyz[:, 1], xyz[:, 0]))
