"""What a shipment costs by itself is what it costs in a plan."""

import pytest
from tests.unit.sourcing.chain import DC_SOUTH, GUOMAO, SANLITUN, SCARF, SHIRT, SHOES, TIANANMEN, lines, planner

from manystores.sourcing.costs import shipment_cost
from manystores.sourcing.plan import Demand, point


@pytest.mark.parametrize(
    "shelves",
    [
        {(GUOMAO, SHIRT): 2, (GUOMAO, SCARF): 1, (GUOMAO, SHOES): 1},
        {(DC_SOUTH, SHIRT): 2, (SANLITUN, SCARF): 1, (GUOMAO, SHOES): 1},
        {(GUOMAO, SHIRT): 1, (DC_SOUTH, SHIRT): 1, (DC_SOUTH, SCARF): 1, (DC_SOUTH, SHOES): 1},
    ],
)
def test_the_shipments_of_a_plan_cost_what_the_plan_costs(shelves: dict[tuple[int, int], int]) -> None:
    by = planner(shelves)
    wanted, to = lines((SHIRT, 2), (SCARF, 1), (SHOES, 1)), point(*TIANANMEN)
    plan = by.plan(Demand(channel="app", kind="ship", lines=wanted, to=to))
    assert not plan.shortages
    rules = by.policy.rules("app", "ship")
    cost = 0.0
    for location_no in plan.locations:
        goods = [(a.quantity, wanted[a.line].kg) for a in plan.allocations if a.location_no == location_no]
        cost += shipment_cost(rules, location_no, to, goods)
    assert cost == pytest.approx(plan.cost, abs=1e-6)
