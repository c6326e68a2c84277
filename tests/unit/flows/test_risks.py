"""What rejections are expected to cost at each location: by hour and load, at the policy's price."""

import numpy as np
import polars as pl
import pytest
from tests.unit.flows.conftest import AT, BRAND, GUANGZHOU, RIVALS, SANLITUN, SCARF, WANGFUJING, XIDAN, House
from tests.unit.foresight.outcomes import NOW, outcomes

from manystores.core.clock import SECOND_US
from manystores.flows.risks import RiskNow, Risks
from manystores.foresight.rejections import Rejections, learn_rejections
from manystores.kernels.sourcing_stock import REJECTION_COST
from manystores.orders.fulfilment import reject
from manystores.sourcing.policy import DEFAULT_POLICY

HOUR_US = 3600 * SECOND_US
SHARES = {"WANGFUJING": 0.4, "XIDAN": 0.02, "SANLITUN": 0.02, "GUANGZHOU": 0.02}


@pytest.fixture(scope="module")
def learned() -> Rejections:
    """WANGFUJING rejects four in ten; SANLITUN half of what comes when it is nearly full, and in the morning."""
    rng = np.random.default_rng(2)
    frames = [outcomes(rng, SHARES, 600, load=-1), outcomes(rng, {"SANLITUN": 0.5}, 600, load=2)]
    frames += [outcomes(rng, {"SANLITUN": 0.02}, 1200, load=0), outcomes(rng, {"SANLITUN": 0.5}, 900, hours=(10,))]
    found = learn_rejections(pl.concat(frames), BRAND, NOW)
    assert found is not None
    return found


def terms(house: House) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    planner = house.router.planner(house.ledger, BRAND, house.now_us)
    return planner.policy.rules("app", "ship").places.terms[:, REJECTION_COST]


def test_locations_of_the_brand_are_charged_by_their_probability(house: House, learned: Rejections) -> None:
    assert terms(house).tolist() == [0.0] * 6
    house.router.set_rejections(learned)
    costs = terms(house)
    assert costs[WANGFUJING] == pytest.approx(0.4 * DEFAULT_POLICY.rejection_cost, rel=0.15)
    assert 0 < costs[XIDAN] < 0.05 * DEFAULT_POLICY.rejection_cost
    assert costs[GUANGZHOU] < 0.05 * DEFAULT_POLICY.rejection_cost
    assert (costs[0], costs[RIVALS]) == (0.0, 0.0)
    house.change(WANGFUJING)  # the network is another one: charged all the same
    assert terms(house) == pytest.approx(costs)


def test_all_at_once_is_as_one_by_one(house: House, learned: Rejections) -> None:
    house.change(SANLITUN, orders_per_hour=10)
    risk = house.router.risk(house.ledger, BRAND, AT)
    assert risk is None
    house.router.set_rejections(learned)
    risk = house.router.risk(house.ledger, BRAND, AT)
    assert risk is not None
    for kind in ("ship", "pick_up"):
        costs = risk.costs(kind, "")
        assert [risk.cost(kind, "", no) for no in range(len(costs))] == pytest.approx(costs.tolist())


def test_a_fuller_store_is_charged_more_at_once_and_less_when_an_order_leaves(
    house: House, learned: Rejections
) -> None:
    house.change(SANLITUN, orders_per_hour=10)
    house.router.set_rejections(learned)
    house.receive(SANLITUN, SCARF, 20)
    seen, orders = [], []
    for _ in range(9):
        seen.append(float(terms(house)[SANLITUN]))
        orders.append(house.order((SCARF, 1)))
    calm, busy = seen[0], float(terms(house)[SANLITUN])
    assert seen[:5] == [calm] * 5  # half of what it takes is not reached yet
    assert busy > 5 * calm
    for order in orders[:6]:
        house.step(order, lambda order, at_us, actor: reject(order, 1, "too_busy", at_us, actor))
    assert terms(house)[SANLITUN] == pytest.approx(calm)


def test_the_hour_counts_where_the_store_is(house: House, learned: Rejections) -> None:
    house.change(SANLITUN, time_zone="Asia/Shanghai", orders_per_hour=100)
    house.router.set_rejections(learned)
    risks = Risks(learned, house.network)
    house.router.capacity.refresh(house.ledger, AT)
    evening = RiskNow(risks, 100, house.router.capacity, house.network, AT)
    morning = RiskNow(risks, 100, house.router.capacity, house.network, AT - 9 * HOUR_US)
    assert morning.probability("ship", "", SANLITUN) > 0.2 > 0.1 > evening.probability("ship", "", SANLITUN)


def test_at_no_price_nobody_is_charged_and_promises_still_know(house: House, learned: Rejections) -> None:
    house.router.set_rejections(learned)
    house.router.capacity.refresh(house.ledger, AT)
    risk = RiskNow(Risks(learned, house.network), 0, house.router.capacity, house.network, AT)
    assert not risk.costs("ship", "").any()
    assert risk.cost("ship", "", WANGFUJING) == 0.0
    assert risk.probability("ship", "", WANGFUJING) > 0.3
    assert house.router.moving(BRAND, "ship", "")(WANGFUJING) == 0.0  # nothing is compiled yet
    house.router.planner(house.ledger, BRAND, AT)
    assert house.router.moving(BRAND, "ship", "")(WANGFUJING) > 0.3
