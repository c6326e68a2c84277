"""Stock and capacity are used up in the order in which orders come, for each policy on its own."""

import numpy as np
import pytest
from msgspec.structs import replace
from tests.unit.whatif.conftest import BEIJING, CHEAPEST, GUANGZHOU, PLACES, TIANJIN, Make

from manystores.kernels.what_if import REFUSED, SERVED, SHIPMENT_HOUR, SHIPMENT_PLACE, SHORT
from manystores.sourcing.policy import RankRule
from manystores.whatif.run import Outcome, Stopped, one_policy, simulate
from manystores.whatif.scenario import HOUR_US

HERE = PLACES[BEIJING]


def places(outcome: Outcome) -> list[int]:
    return outcome.shipments[:, SHIPMENT_PLACE].tolist()


def test_the_nearest_shelf_is_used_up_then_the_next(make: Make) -> None:
    given = make([(HERE, 0, 1)] * 4, [(BEIJING, 0, 1), (TIANJIN, 0, 1), (GUANGZHOU, 0, 1)])
    found = one_policy(given, CHEAPEST)
    assert places(found) == [BEIJING, TIANJIN, GUANGZHOU]
    assert found.ended.tolist() == [SERVED, SERVED, SERVED, REFUSED]
    assert found.unserved.tolist() == [0, 0, 0, 1]
    assert found.left.tolist() == [0, 0, 0]
    assert given.stock.reserved.sum() == 0, "the scenario stays as it was"


def test_an_order_that_is_short_is_served_in_part_only_where_policy_says_so(make: Make) -> None:
    given = make([(HERE, 0, 3)], [(BEIJING, 0, 2)])
    assert one_policy(given, CHEAPEST).ended.tolist() == [SHORT]
    refusing = one_policy(given, replace(CHEAPEST, on_shortage="reject"))
    assert (refusing.ended.tolist(), refusing.unserved.tolist(), len(refusing.shipments)) == ([REFUSED], [3], 0)


def test_a_full_hour_sends_orders_on_to_the_next(make: Make) -> None:
    """Two an hour: the third order of the hour is taken for the next one; 24 hours on nobody takes it."""
    given = make([(HERE, 0, 1)] * 5, [(BEIJING, 0, 9)], per_hour=(-1, 2, -1, -1))
    found = one_policy(given, CHEAPEST)
    hours = found.shipments[:, SHIPMENT_HOUR] - int(given.orders.at_us[0]) // HOUR_US
    assert hours.tolist() == [0, 0, 1, 1, 2]
    rush = make([(HERE, 0, 1)] * 50, [(BEIJING, 0, 90)], per_hour=(-1, 2, -1, -1))
    assert one_policy(rush, CHEAPEST).ended.tolist() == [SERVED] * 48 + [REFUSED] * 2


def test_capacity_comes_back_with_the_hours(make: Make) -> None:
    given = make([(HERE, 0, 1)] * 6, [(BEIJING, 0, 9)], per_hour=(-1, 1, -1, -1), minutes=60)
    found = one_policy(given, CHEAPEST)
    assert (found.shipments[:, SHIPMENT_HOUR] * HOUR_US == given.orders.at_us).all()


def test_policies_share_nothing_and_rows_grow(make: Make) -> None:
    """Many shipments an order: more rows than were set aside at first."""
    rng = np.random.default_rng(5)
    orders = [
        (PLACES[int(at)], int(item), 3)
        for at, item in zip(rng.integers(1, 4, 1500), rng.integers(0, 3, 1500), strict=True)
    ]
    shelves = [(place, item, 900) for place in (1, 2, 3) for item in range(3)]
    given = make(orders, shelves)
    other = replace(CHEAPEST, rank=(RankRule(cost=100_000),))
    together = simulate(given, [CHEAPEST, other, CHEAPEST])
    assert (together[0].shipments == together[2].shipments).all()
    assert (together[0].shipments == one_policy(given, CHEAPEST).shipments).all()


def test_it_stops_when_told(make: Make) -> None:
    with pytest.raises(Stopped):
        one_policy(make([(HERE, 0, 1)], [(BEIJING, 0, 1)]), CHEAPEST, stop=lambda: True)


def test_no_orders_no_outcome(make: Make) -> None:
    assert len(one_policy(make([], [(BEIJING, 0, 1)]), CHEAPEST).shipments) == 0
