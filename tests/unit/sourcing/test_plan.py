"""Plans for demands on a small chain, and what the decision log keeps of them."""

import msgspec
import numpy as np
import pytest
from tests.unit.sourcing.chain import (
    DC_SOUTH,
    GUOMAO,
    HUBIN,
    KIOSK,
    SANLITUN,
    SCARF,
    SHIRT,
    SHOES,
    TIANANMEN,
    lines,
    network,
    planner,
    stock,
)

from manystores.core.errors import Problem
from manystores.kernels.sourcing_stock import AREA, BUFFER, CAPACITY, NO_STOCK, REFUSED_BEFORE, TOO_FEW
from manystores.sourcing.plan import Decision, Demand, Plan, Planner, Shortage, point
from manystores.sourcing.policy import DEFAULT_POLICY, Kind
from manystores.sourcing.policy_body import policy_of

HERE = point(*TIANANMEN)


def ask(by: Planner, *wanted: tuple[int, int], kind: Kind = "ship", **more: object) -> Plan:
    return by.plan(msgspec.structs.replace(Demand(channel="app", kind=kind, lines=lines(*wanted), to=HERE), **more))


def places(plan: Plan) -> list[tuple[int, int, int]]:
    return [(a.line, a.location_no, a.quantity) for a in plan.allocations]


def test_the_nearest_shelf_serves_when_that_is_cheapest() -> None:
    plan = ask(planner({(GUOMAO, SHIRT): 1, (SANLITUN, SHIRT): 1, (HUBIN, SHIRT): 9}), (SHIRT, 1))
    assert places(plan) == [(0, SANLITUN, 1)] or places(plan) == [(0, GUOMAO, 1)]
    costs = {c.location_no: c.cost for c in (*plan.decision.chosen, *plan.decision.others)}
    assert costs[plan.locations[0]] == min(costs.values())
    assert plan.cost == pytest.approx(plan.decision.chosen[0].cost, abs=3)


def test_a_far_warehouse_wins_where_handling_outweighs_carriage() -> None:
    plan = ask(planner({(GUOMAO, SHIRT): 9, (DC_SOUTH, SHIRT): 9}), (SHIRT, 9))
    near, far = 250 + 900, 80 + 360
    assert plan.decision.chosen[0].handling == (far if plan.locations == (DC_SOUTH,) else near)
    assert {c.location_no for c in plan.decision.others} | set(plan.locations) == {GUOMAO, DC_SOUTH}


def test_two_lines_for_one_offer_do_not_both_get_its_last_unit() -> None:
    """Peers sell the last unit twice when two lines of one order ask for it."""
    plan = ask(planner({(GUOMAO, SHIRT): 1, (GUOMAO, SHOES): 5}), (SHIRT, 1), (SHOES, 1), (SHIRT, 1))
    assert places(plan) == [(0, GUOMAO, 1), (1, GUOMAO, 1)]
    assert plan.shortages == (Shortage(2, 1),)
    assert plan.decision.chosen[0].lines == 0b111


def test_lines_for_one_offer_share_what_several_locations_give() -> None:
    plan = ask(planner({(GUOMAO, SHIRT): 2, (SANLITUN, SHIRT): 2}), (SHIRT, 1), (SHIRT, 3))
    assert sum(q for line, _, q in places(plan) if line == 0) == 1
    assert sum(q for line, _, q in places(plan) if line == 1) == 3
    assert plan.shortages == ()


def test_a_plan_changes_nothing_and_sees_what_was_reserved_since() -> None:
    by = planner({(GUOMAO, SHIRT): 1, (SANLITUN, SHIRT): 1})
    before = [array.copy() for array in by.stock]
    first = ask(by, (SHIRT, 1))
    assert all((a == b).all() for a, b in zip(before, by.stock, strict=True))
    assert ask(by, (SHIRT, 1)) == first
    by.stock.reserved[first.allocations[0].bucket] += 1
    second = ask(by, (SHIRT, 1))
    assert {first.locations[0], second.locations[0]} == {GUOMAO, SANLITUN}
    by.stock.reserved[second.allocations[0].bucket] += 1
    third = ask(by, (SHIRT, 1))
    assert (third.allocations, third.shortages) == ((), (Shortage(0, 1),))
    assert third.decision.excluded == {NO_STOCK: 2}


def test_who_refused_is_not_asked_again() -> None:
    by = planner({(GUOMAO, SHIRT): 5, (SANLITUN, SHIRT): 5, (HUBIN, SHIRT): 5})
    plan = ask(by, (SHIRT, 1), refused=(GUOMAO, SANLITUN))
    assert plan.locations == (HUBIN,)
    assert plan.decision.excluded == {REFUSED_BEFORE: 2}
    assert ask(by, (SHIRT, 1), refused=(GUOMAO, SANLITUN, HUBIN)).shortages == (Shortage(0, 1),)


def test_a_delivery_area_counts_for_its_order_alone() -> None:
    by = planner({(GUOMAO, SHIRT): 1, (HUBIN, SHIRT): 1})
    own = by.policy.rules("app", "ship").places.excluded.copy()
    own[GUOMAO] = AREA
    plan = ask(by, (SHIRT, 1), excluded=own)
    assert (plan.locations, plan.decision.excluded) == ((HUBIN,), {AREA: 1})
    assert ask(by, (SHIRT, 1)).locations == (GUOMAO,)


def test_full_locations_take_no_more_unless_the_policy_says_so() -> None:
    shirts = {(GUOMAO, SHIRT): 5}
    full = ask(planner(shirts, left=0), (SHIRT, 1))
    assert (full.shortages, full.decision.excluded) == ((Shortage(0, 1),), {CAPACITY: 1})
    assert ask(planner(shirts, policy_of({"respect_capacity": False}), left=0), (SHIRT, 1)).shortages == ()


def test_safety_stock_of_the_channel_stays_on_the_shelf() -> None:
    policy = policy_of({"thresholds": [{"units": 2, "channel": "app", "sku": "SKU-0"}]})
    by = planner({(GUOMAO, SHIRT): 2, (SANLITUN, SHIRT): 3, (HUBIN, SHOES): 1}, policy)
    assert ask(by, (SHIRT, 1)).decision.excluded == {BUFFER: 1}
    assert ask(by, (SHIRT, 2)).shortages == (Shortage(0, 1),)
    assert ask(by, (SHOES, 1)).shortages == ()


def test_one_parcel_means_one_location() -> None:
    by = planner({(GUOMAO, SHIRT): 1, (SANLITUN, SHOES): 1})
    assert len(ask(by, (SHIRT, 1), (SHOES, 1)).locations) == 2
    single = ask(by, (SHIRT, 1), (SHOES, 1), one_parcel=True)
    assert (len(single.locations), len(single.shortages)) == (1, 1)


def test_a_pick_up_is_served_where_the_shopper_comes_or_not_at_all() -> None:
    by = planner({(KIOSK, SHIRT): 1, (GUOMAO, SHIRT): 9})
    plan = ask(by, (SHIRT, 1), kind="pick_up", pick_up_at=KIOSK)
    assert places(plan) == [(0, KIOSK, 1)]
    assert (plan.decision.chosen[0].metres, plan.decision.chosen[0].carriage) == (0, 0)
    two = ask(by, (SHIRT, 2), kind="pick_up", pick_up_at=KIOSK)
    assert (two.shortages, two.decision.excluded) == ((Shortage(0, 1),), {TOO_FEW: 1})
    nowhere = ask(by, (SHIRT, 1), kind="pick_up", pick_up_at=77)
    assert (nowhere.allocations, nowhere.shortages) == ((), (Shortage(0, 1),))


def test_same_day_stays_within_its_radius() -> None:
    by = planner({(GUOMAO, SHIRT): 1, (HUBIN, SHIRT): 9})
    assert ask(by, (SHIRT, 1), kind="same_day").locations == (GUOMAO,)
    assert ask(by, (SHIRT, 2), kind="same_day").shortages == (Shortage(0, 1),)


def test_a_decision_is_small_and_reads_back_from_json() -> None:
    units = {(at, offer): 3 for at in (GUOMAO, SANLITUN, HUBIN, DC_SOUTH, KIOSK) for offer in (SHIRT, SHOES, SCARF)}
    decision = ask(planner(units), (SHIRT, 4), (SHOES, 1), (SCARF, 2)).decision
    encoded = msgspec.json.encode(decision)
    assert len(encoded) < 1024
    assert msgspec.json.decode(encoded, type=Decision) == decision
    assert decision.policy == DEFAULT_POLICY.version
    assert decision.holders == 5


def test_orders_that_are_none_are_refused_with_the_line_at_fault() -> None:
    by = planner({(GUOMAO, SHIRT): 1})
    for wanted, pointer in (([(SHIRT, 0)], "/lines/0/quantity"), ([], "/lines"), ([(SHIRT, 1)] * 61, "/lines")):
        with pytest.raises(Problem) as raised:
            ask(by, *wanted)
        assert raised.value.fields[0].pointer == pointer


def test_a_location_that_opened_after_the_policy_was_compiled_waits_for_the_next() -> None:
    by = planner({(GUOMAO, SHIRT): 1})
    by.stock = stock({(GUOMAO, SHIRT): 1, (len(network().enabled), SHIRT): 50})
    assert ask(by, (SHIRT, 2)).shortages == (Shortage(0, 1),)


def test_point_is_where_the_network_puts_it() -> None:
    np.testing.assert_allclose(point(39.9087, 116.4605), network().xyz[GUOMAO])


def test_what_is_written_is_the_decision() -> None:
    by = planner({(GUOMAO, SHIRT): 1, (SANLITUN, SHIRT): 1, (HUBIN, SHIRT): 0, (GUOMAO, SHOES): 2})
    for wanted in (((SHIRT, 1),), ((SHIRT, 2), (SHOES, 3)), ((SHIRT, 1), (SHIRT, 1)), ((SCARF, 1),)):
        plan = ask(by, *wanted)
        written = msgspec.json.encode(plan.log)
        assert written == msgspec.json.encode(plan.decision)
        assert msgspec.json.decode(written, type=Decision) == plan.decision


def test_a_scene_is_kept_until_stock_moves() -> None:
    by = planner({(GUOMAO, SHIRT): 1})
    rules = by.policy.rules("app", "ship")
    scene = by.policy.scene(by.stock, rules)
    assert by.policy.scene(by.stock, rules) is scene
    moved = planner({(GUOMAO, SHIRT): 0}).stock
    assert by.policy.scene(moved, rules) is not scene
