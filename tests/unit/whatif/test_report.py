"""Figures are sums of what was decided; differences come with intervals; the same seed gives the same report."""

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace
from tests.unit.whatif.conftest import BEIJING, CHEAPEST, GUANGZHOU, PLACES, TIANJIN, Make

from manystores.kernels.what_if import SHIPMENT_CARRIAGE, SHIPMENT_METRES
from manystores.sourcing.policy import CostModel, KindRule, RoutingPolicy
from manystores.whatif.html import page
from manystores.whatif.promises import Promised
from manystores.whatif.report import Report, report
from manystores.whatif.run import Outcome, simulate
from manystores.whatif.scenario import DAY_US, Scenario
from manystores.whatif.words import table

HERE, SOUTH = PLACES[BEIJING], PLACES[GUANGZHOU]
WITHOUT_BEIJING = replace(CHEAPEST, excluded_locations=("BJ",))


def promised(given: Scenario, outcome: Outcome) -> Promised:
    """Two days for each; what comes from Guangzhou is late."""
    at_us = given.orders.at_us[outcome.shipments[:, 0]]
    until_us = at_us + 2 * DAY_US
    return Promised(until_us, until_us, until_us + np.where(outcome.shipments[:, 1] == GUANGZHOU, 1, -1))


def compared(given: Scenario, *policies: RoutingPolicy, seed: int = 1) -> Report:
    given = replace(given, network=replace(given.network, numbers={"BJ": BEIJING}))
    outcomes = simulate(given, policies)
    names = [f"P{n}" for n in range(len(policies))]
    return report(given, outcomes, [promised(given, one) for one in outcomes], names, seed)


@pytest.fixture
def rush(make: Make) -> Scenario:
    orders = [(HERE if i % 3 else SOUTH, 0, 1 + i % 2) for i in range(300)]
    return make(orders, [(BEIJING, 0, 150), (TIANJIN, 0, 150), (GUANGZHOU, 0, 100)], penalty=5_000.0)


def test_sums_are_those_of_the_plans(rush: Scenario) -> None:
    outcome = simulate(rush, [CHEAPEST])[0]
    found = compared(rush, CHEAPEST).policies[0].figures
    carriage = outcome.shipments[:, SHIPMENT_CARRIAGE].sum()
    assert found["carriage"] == pytest.approx(carriage, abs=len(outcome.shipments))
    assert found["penalty"] == 5_000 * outcome.unserved.sum() == 5_000 * 50
    assert found["cost"] == pytest.approx(found["carriage"] + found["handling"] + found["penalty"])
    assert found["fill_rate"] == pytest.approx(400 / 450)
    assert found["km"] == pytest.approx(outcome.shipments[:, SHIPMENT_METRES].mean() / 1000)


def test_north_and_south_make_the_whole(rush: Scenario) -> None:
    one = compared(rush, CHEAPEST).policies[0]
    for name in ("cost", "carriage", "penalty"):
        north, south, whole = one.north.figures[name], one.south.figures[name], one.figures[name]
        assert north is not None
        assert south is not None
        assert north + south == pytest.approx(whole)


def test_a_policy_that_gives_up_the_near_store_costs_more_and_surely_so(rush: Scenario) -> None:
    found = compared(rush, CHEAPEST, WITHOUT_BEIJING)
    apart = found.policies[1].differences["cost_per_order"]
    assert apart is not None
    assert apart.sure
    assert 0 < apart.low < apart.value < apart.high
    north = found.policies[1].north.differences["km"]
    assert north is not None
    assert north.sure
    assert found.policies[0].differences == {}
    assert found.changed[0] == 0 < found.changed[1]
    place = next(one for one in found.locations if one.code == "BJ")
    assert place.orders[0] > 0 == place.orders[1]
    assert found.changes[0].cost[0] != found.changes[0].cost[1]


def test_the_same_policy_differs_by_nothing(rush: Scenario) -> None:
    found = compared(rush, CHEAPEST, CHEAPEST)
    for name, apart in found.policies[1].differences.items():
        assert apart is None or (apart.value, apart.low, apart.high, apart.sure) == (0, 0, 0, False), name
    assert (found.changed, found.changes) == ([0, 0], [])


def test_other_rates_for_the_same_plans_are_no_difference(rush: Scenario) -> None:
    dearer = replace(CHEAPEST, kinds={"ship": KindRule(costs=CostModel(base=600, per_km=2.0))})
    found = compared(rush, CHEAPEST, dearer)
    assert found.changed[1] == 0
    assert found.policies[0].figures["cost"] == found.policies[1].figures["cost"]


def test_kept_promises_and_emptied_shelves(rush: Scenario) -> None:
    one = compared(rush, CHEAPEST).policies[0]
    assert one.figures["kept"] == pytest.approx(1 - _share_of(rush, GUANGZHOU))
    assert (one.shelves_emptied, one.locations_emptied, one.locations_serving) == (3, 3, 3)
    assert sum(one.by_hour) == sum(one.km_histogram)


def _share_of(given: Scenario, location_no: int) -> float:
    places = simulate(given, [CHEAPEST])[0].shipments[:, 1]
    return float((places == location_no).mean())


def test_the_same_seed_gives_the_same_report_and_it_can_be_told(rush: Scenario) -> None:
    one, two = (compared(rush, CHEAPEST, WITHOUT_BEIJING, seed=4) for _ in range(2))
    assert msgspec.json.encode(one) == msgspec.json.encode(two)
    assert compared(rush, CHEAPEST, WITHOUT_BEIJING, seed=5).policies[1].differences != one.policies[1].differences
    told = table(one)
    assert "cost of an order" in told
    assert "P1 serves" in told
    assert "<script" not in page(one)
    assert "北京" in page(one)


def test_a_report_of_refusals_has_no_ratio_to_tell(make: Make) -> None:
    found = compared(make([(HERE, 0, 1)], [(BEIJING, 0, 0)]), CHEAPEST, CHEAPEST)
    assert found.policies[0].figures["cost_per_order"] is None
    assert found.policies[1].differences["cost_per_order"] is None
    assert "-" in table(found)
