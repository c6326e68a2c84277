"""A brand's prices while it sells: made of the forecast and live stock, renewed, and never older than they may be."""

from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from tests.unit.flows.conftest import AT, BRAND, GUANGZHOU, MUG, SCARF, WANGFUJING, House

from manystores.core.clock import DAY_US, HOUR_US, MINUTE_US
from manystores.foresight.demand import AHEAD_DAYS, Forecast
from manystores.orders.order import DeliverTo
from manystores.sourcing.plan import CHEAPEST_NOW, LOOKED_AHEAD, NO_FORECAST, Demand, DemandLine, point
from manystores.sourcing.policy_body import policy_of

BEIJING_PLACE = {"lat": 39.9, "lon": 116.4, "region": "110105"}


def forecast(at_us: int = AT, **changes: Any) -> Forecast:
    """Thirty scarves a day in Beijing, none in Guangdong; and an SKU that is gone."""
    made = Forecast(
        party_no=BRAND,
        at_us=at_us,
        time_zone="Asia/Shanghai",
        lines=1_000,
        days=28,
        zones=("11", "44"),
        skus=("GONE", "SCARF"),
        offer_class=np.zeros(2, np.int32),
        rate=np.array([[5, 30], [0, 0]], np.float32),
        weekday=np.ones(7),
        area_xyz=np.array([point(39.9, 116.4), point(23.1, 113.3)]),
        area_zone=np.array([0, 1]),
        area_share=np.ones(2),
        area_km=np.full(2, 20.0),
        hour_share=np.full(24, 1 / 24),
        share_of_lines=np.ones(1),
    )
    return replace(made, **changes)


@pytest.fixture
def shop(house: House) -> House:
    """Three scarves in Beijing, many in Guangzhou."""
    house.receive(WANGFUJING, SCARF, 3)
    house.receive(GUANGZHOU, SCARF, 50)
    house.router.set_policy(BRAND, policy_of({"kinds": {"ship": {"costs": {"base": 300, "per_km": 0.8}}}}))
    house.router.set_forecast(forecast(house.now_us))
    return house


def price(house: House) -> int:
    """Bring prices up to date; how many jobs there were."""
    jobs = house.router.pricing(house.ledger, house.now_us)
    for job in jobs:
        job()
    return len(jobs)


def worth(house: House) -> float:
    """Minor units of a scarf in Beijing."""
    ahead = house.router.ahead_of(BRAND)
    assert ahead is not None
    prices = ahead.prices(house.now_us)
    if prices is None:
        return -1.0
    planning = house.ledger.planning()
    rows = np.flatnonzero(np.asarray(planning.bucket_location[: len(prices.unit)]) == WANGFUJING)
    return float(prices.unit[rows].max(initial=0.0))


def ahead(house: House) -> int:
    """How an order of now would be decided."""
    planner = house.router.planner(house.ledger, BRAND, house.now_us)
    lines = (DemandLine(SCARF, 1),)
    return planner.plan(Demand(channel="app", kind="ship", lines=lines, to=point(39.9, 116.4))).log.ahead


def test_prices_are_there_once_they_are_made(shop: House) -> None:
    assert worth(shop) == -1.0
    assert ahead(shop) == NO_FORECAST
    assert price(shop) == 1
    assert worth(shop) > 100
    assert ahead(shop) == LOOKED_AHEAD
    found = shop.router.ahead_of(BRAND)
    assert found is not None
    assert found.status is not None
    assert (found.status.shelves, found.status.offers) == (2, 1)  # the SKU that is gone is none


def test_they_follow_stock_and_orders(shop: House) -> None:
    price(shop)
    scarce = worth(shop)
    shop.receive(WANGFUJING, SCARF, 1_000)
    shop.now_us += MINUTE_US
    price(shop)
    assert worth(shop) < scarce / 10


def test_what_was_ordered_in_a_region_counts_there_and_what_is_nowhere_else_is_near(shop: House) -> None:
    abroad = forecast(shop.now_us, zones=("11", "44", "FR-IDF"), rate=np.ones((3, 2), np.float32))
    shop.router.set_forecast(abroad)
    found = shop.router.ahead_of(BRAND)
    assert found is not None
    order = shop.order((SCARF, 1))
    for place, zone in (
        (BEIJING_PLACE, 0),
        ({"lat": 23.0, "lon": 113.0, "region": ""}, 1),
        ({"lat": 39.0, "lon": 116.0, "region": "999999"}, 0),
        ({"lat": 48.9, "lon": 2.3, "region": "FR-IDF"}, 2),
    ):
        found.note(replace(order, deliver_to=DeliverTo(**place)))
        assert found._seen[-1] == (zone, 0, 1)


def test_a_forecast_that_has_ended_is_not_believed(shop: House) -> None:
    price(shop)
    shop.now_us += AHEAD_DAYS * DAY_US
    assert worth(shop) == -1.0
    assert ahead(shop) == NO_FORECAST
    assert price(shop) == 0


def test_a_new_day_a_new_hour_and_a_new_policy_make_them_anew(shop: House) -> None:
    price(shop)
    found = shop.router.ahead_of(BRAND)
    assert found is not None
    first = found.prices(shop.now_us)
    shop.now_us += MINUTE_US
    price(shop)
    assert found.prices(shop.now_us) is first
    shop.now_us += HOUR_US
    price(shop)
    second = found.prices(shop.now_us)
    assert second is not first
    shop.change(GUANGZHOU)
    price(shop)
    third = found.prices(shop.now_us)
    assert third is not second
    shop.now_us += DAY_US
    price(shop)
    assert found.prices(shop.now_us) is not third


def test_a_policy_may_do_without(shop: House) -> None:
    price(shop)
    shop.router.set_policy(BRAND, policy_of({"look_ahead_days": 0}))
    assert price(shop) == 0
    assert ahead(shop) == CHEAPEST_NOW


def test_nothing_is_priced_of_which_nothing_is_known(house: House) -> None:
    house.receive(WANGFUJING, MUG, 3)
    house.router.set_forecast(forecast(house.now_us, skus=("GONE", "LOST")))
    assert price(house) == 0
    house.router.set_forecast(
        forecast(
            house.now_us,
            area_xyz=np.zeros((0, 3)),
            area_zone=np.zeros(0, np.int64),
            area_share=np.zeros(0),
            area_km=np.zeros(0),
        )
    )
    assert price(house) == 0
