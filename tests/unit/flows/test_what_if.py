"""Simulated decisions are those of the live router, order by order, from the same stock at the same hours."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.flows.conftest import AT, BRAND, GUANGZHOU, MUG, SANLITUN, SCARF, WANGFUJING, XIDAN
from tests.unit.flows.conftest import House as Shop

from manystores.core.clock import HOUR_US
from manystores.flows import what_if
from manystores.flows.replay import Grounds
from manystores.flows.replay import House as Replay
from manystores.flows.what_if import Gathering, Shelves, gather
from manystores.flows.what_if_network import NetworkClock
from manystores.orders.order import Order
from manystores.orders.placing import place
from manystores.sourcing.policy import RoutingPolicy
from manystores.sourcing.policy_body import policy_of
from manystores.whatif.run import Outcome, one_policy

SHANGHAI = {"lat": 31.2304, "lon": 121.4737, "region": "310101"}
Served = tuple[tuple[int, tuple[tuple[int, int], ...]], ...]


def drafted(shop: Shop, *lines: tuple[int, int], **more: Any) -> Order:
    """An order of now that nobody decided yet."""
    command = shop.command(*lines, **more)
    wanted = command.wanted
    return place(
        wanted.body,
        wanted.lines,
        order_id=command.order_id,
        party_no=BRAND,
        at_us=shop.now_us,
        pick_up_at=wanted.pick_up_at,
        sold_at=0,
        delivery_fee=0,
        sealer=None,
    )


def live(shop: Shop, policy: RoutingPolicy, shelves: Shelves, orders: Sequence[Order]) -> list[tuple[Served, int]]:
    """What the live router makes of them: (location, ((line, units), …)) of each shipment, and the promise."""
    counters = np.zeros((len(shelves.available), 4), np.int64)
    counters[:, 0] = shelves.available
    house = Replay(
        shop.network.twin(), shop.catalogue, shop.router.lots, BRAND, policy, Grounds(shelves.keys, counters)
    )
    found = []
    for order in orders:
        outcome = house.decide(order)
        shipments = tuple(sorted((one.location_no, one.lines) for one in outcome.shipments))
        found.append((shipments, sum(one.carriage + one.handling for one in outcome.shipments)))
    return found


def simulated(found: Gathering, outcome: Outcome) -> list[tuple[Served, int]]:
    """The same of a simulation; lines of one item count as its first."""
    orders = found.scenario(Shelves(np.zeros((0, 4), np.int64), np.zeros(0, np.int64)), [outcome.policy]).orders
    told: list[tuple[list[tuple[int, tuple[tuple[int, int], ...]]], int]] = [([], 0) for _ in range(len(orders))]
    for i, row in enumerate(outcome.shipments.tolist()):
        order = row[0]
        first = int(orders.asked.line_ptr[order])
        lines = sorted((line - first + 1, units) for s, line, units in outcome.taken.tolist() if s == i)
        shipments, cost = told[order]
        shipments.append((row[1], tuple(lines)))
        told[order] = (shipments, cost + row[3] + row[4])
    return [(tuple(sorted(shipments)), cost) for shipments, cost in told]


POLICIES: dict[str, dict[str, Any]] = {
    "usual": {},
    "safe": {"safety_stock": 2, "thresholds": [{"units": 0, "sku": "MUG"}]},
    "partial": {"on_shortage": "partial", "split": {"max_shipments": 2, "line_split": "if_cheaper"}},
    "whole": {"split": {"allow_split": False}},
    "blind": {"respect_capacity": False},
    "near": {"kinds": {"ship": {"km_max": 300, "must_be_open": True, "within_cut_off": True}, "pick_up": {}}},
}

asking = st.tuples(
    st.lists(st.sampled_from([SCARF, MUG]), min_size=1, max_size=2, unique=True),
    st.integers(1, 3),
    st.sampled_from(["here", "here", "south", "rider", "collect"]),
    st.integers(0, 5 * 3600),
)


def shop_of(areas: bool) -> Shop:
    """Stores with hours, limits and cut-offs of all kinds."""
    shop = Shop()
    shop.change(WANGFUJING, opening_hours="Mo-Su 10:00-21:30", orders_per_hour=2, orders_per_day=5)
    shop.change(XIDAN, orders_per_hour=1, cut_offs={"ship": "20:15", "same_day": "18:00"})
    shop.change(SANLITUN, orders_per_day=3, opening_hours="Mo-Su 09:30-22:00")
    if areas:
        shop.change(GUANGZHOU, areas=[{"kind": "radius", "km": 1500}])
        shop.change(SANLITUN, areas=[{"kind": "regions", "codes": ["110000"]}], orders_per_day=3)
    return shop


@pytest.mark.parametrize("name", POLICIES)
@settings(max_examples=20, deadline=None)
@given(
    wanted=st.lists(asking, min_size=1, max_size=25),
    stock=st.lists(st.integers(0, 9), min_size=8, max_size=8),
    areas=st.booleans(),
)
def test_it_decides_as_the_live_router_does(
    name: str, wanted: list[tuple[list[int], int, str, int]], stock: list[int], areas: bool
) -> None:
    shop = shop_of(areas)
    orders = []
    for offers, units, where, seconds in wanted:
        shop.wait(seconds)
        more: dict[str, Any] = {
            "south": {"deliver_to": SHANGHAI},
            "rider": {"delivery": "same_day"},
            "collect": {"pick_up_at": XIDAN},
        }.get(where, {})
        orders.append(drafted(shop, *[(offer, units) for offer in offers], **more))
    keys = [(at, offer, 0, 0) for at in (WANGFUJING, XIDAN, SANLITUN, GUANGZHOU) for offer in (SCARF, MUG)]
    shelves = Shelves(np.array(keys, np.int64), np.array(stock, np.int64))
    policy = policy_of(POLICIES[name])
    house = what_if.House(BRAND, shop.network, shop.catalogue, shop.router.lots)
    found = gather(house, orders)
    outcome = one_policy(found.scenario(shelves, [policy]), policy)
    assert simulated(found, outcome) == live(shop, policy, shelves, orders)


def test_room_is_that_of_the_day_on_which_an_order_would_be_started() -> None:
    """At 19:06 Wangfujing is open until 21:30; at 22:00 what it takes is for tomorrow."""
    shop = shop_of(areas=False)
    clock = NetworkClock(shop.network)
    evening, night = clock.at(AT, []), clock.at(AT + 3 * HOUR_US, [])
    assert evening.open_hours[WANGFUJING] == pytest.approx(2.39, abs=0.01)
    assert night.open_hours[WANGFUJING] == pytest.approx(11.5)
    assert night.first_hour[WANGFUJING] == evening.first_hour[WANGFUJING] + 15
