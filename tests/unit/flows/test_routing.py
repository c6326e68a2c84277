"""Routing: policy, network, hours and live stock become allocations and a decision that explains them."""

import msgspec
from tests.unit.flows.conftest import GUANGZHOU, RIVALS, SCARF, WANGFUJING, XIDAN, House

from manystores.orders.order import Order
from manystores.sourcing.plan import Decision
from manystores.sourcing.policy_body import policy_of
from manystores.sourcing.reasons import Reason


def _served(order: Order) -> dict[int, int]:
    return {work.location_no: work.open for work in order.fulfilments}


def test_the_cheapest_location_serves(house: House) -> None:
    for place in (GUANGZHOU, XIDAN, WANGFUJING):
        house.receive(place, SCARF, 1)
    assert [list(_served(house.order((SCARF, 1)))) for _ in range(3)] == [[WANGFUJING], [XIDAN], [GUANGZHOU]]


def test_another_brands_shelf_serves_nobody(house: House) -> None:
    house.receive(RIVALS, SCARF, 9)
    house.receive(GUANGZHOU, SCARF, 1)
    assert _served(house.order((SCARF, 1))) == {GUANGZHOU: 1}


def test_a_new_policy_counts_from_the_next_order_on(house: House) -> None:
    house.receive(WANGFUJING, SCARF, 2)
    house.receive(XIDAN, SCARF, 2)
    assert _served(house.order((SCARF, 1))) == {WANGFUJING: 1}
    house.router.set_policy(1, policy_of({"excluded_locations": ["WANGFUJING"]}, version=4))
    order = house.order((SCARF, 1))
    assert (_served(order), order.policy_version) == ({XIDAN: 1}, 4)


def test_a_store_that_is_switched_off_serves_no_more(house: House) -> None:
    house.receive(WANGFUJING, SCARF, 2)
    house.receive(XIDAN, SCARF, 2)
    house.order((SCARF, 1))
    house.change(WANGFUJING, enabled=False)
    assert _served(house.order((SCARF, 1))) == {XIDAN: 1}


def test_delivery_areas_are_kept_to(house: House) -> None:
    house.receive(WANGFUJING, SCARF, 1)
    house.receive(GUANGZHOU, SCARF, 1)
    house.change(WANGFUJING, areas=[{"kind": "radius", "km": 0.5}])
    assert _served(house.order((SCARF, 1))) == {GUANGZHOU: 1}


def test_the_decision_tells_who_was_left_out_and_why(house: House) -> None:
    house.receive(WANGFUJING, SCARF, 1)
    house.receive(XIDAN, SCARF, 2)
    order = house.order((SCARF, 2))
    turn = house.decider._turn
    (made,) = turn.decisions
    decision = msgspec.json.decode(made.body, type=Decision)
    assert (made.order_id, made.number) == (order.order_id.bytes, 1)
    assert [one.location_no for one in decision.chosen] == [XIDAN]
    assert {near.location_no: near.reason for near in decision.near} == {WANGFUJING: Reason.TOO_FEW}


def test_an_order_is_told_with_codes_and_without_persons(house: House) -> None:
    house.receive(WANGFUJING, SCARF, 1)
    told = msgspec.json.decode(house.router.told(house.order((SCARF, 1))))
    assert (told["fulfilment_orders"][0]["location"], told["deliver_to"]) == ("WANGFUJING", {"region": "110101"})
