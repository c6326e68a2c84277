"""What was ordered for days is foreseen, and the last units near those shoppers are kept for them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from tests.journeys.shop import TIANANMEN, Shop, ok
from tests.journeys.test_foresight import asked, fill_lake

if TYPE_CHECKING:
    from tests.journeys.conftest import Api

ORDERS = 160
BEIJING, GUANGZHOU = "WANGFUJING", "GUANGZHOU-DC"
WUHAN = {"lat": 30.58, "lon": 114.30, "region": "420106"}
POLICY = {"kinds": {"ship": {"costs": {"base": 300, "per_km": 0.8}}}}


def decision(shop: Shop, order: dict[str, Any]) -> dict[str, Any]:
    """Why an order was served from where it was."""
    found: dict[str, Any] = ok(shop.client.get(f"/v1/orders/{order['id']}/decision"))["decisions"][0]
    return found


def test_the_last_units_are_kept_for_the_shoppers_near_by(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    # the way from Guangzhou to Wuhan is the shorter one, so that handling makes it a little dearer
    shop = Shop(api).open(BEIJING).open(GUANGZHOU, handle_order_cost=250).sell("SCARF")
    ok(shop.client.put("/v1/policy", json=POLICY | {"rejection_cost": 0}))
    shop.receive(SCARF={BEIJING: ORDERS + 4, GUANGZHOU: 4 * ORDERS})
    for _ in range(ORDERS):
        shop.place(("SCARF", 1))
    first = shop.place(("SCARF", 1), deliver_to=WUHAN)
    before = decision(shop, first)
    assert [one["location"] for one in before["chosen"]] == [BEIJING]
    assert before["looked_ahead"] is False
    assert any("nothing was known of orders to come" in words for words in before["words"])

    fill_lake(api)
    code, document = asked(api, capsys, "learn")
    assert code == 0
    assert [one["lines"] for one in document["brands"]] == [ORDERS + 1]
    with api.another(look_ahead_refresh_s=1) as again:
        shop = Shop(again, shop.brand)
        until = time.monotonic() + 30
        while not shop_looks_ahead(shop):
            assert time.monotonic() < until
            time.sleep(0.2)
        order = shop.place(("SCARF", 1), deliver_to=WUHAN)
        after = decision(shop, order)
        [chosen] = after["chosen"]
        kept = next(one for one in after["others"] if one["location"] == BEIJING)
        assert (chosen["location"], after["looked_ahead"]) == (GUANGZHOU, True)
        now = {one["location"]: one["cost"] - one["stock_worth"] - one["room_worth"] for one in (chosen, kept)}
        assert now[BEIJING] < now[GUANGZHOU]  # dearer today
        assert kept["stock_worth"] > chosen["stock_worth"]
        assert kept["cost"] > chosen["cost"]
        assert any("is worth" in words and "店WANGFUJING" in words for words in after["words"])
        told = ok(shop.zh.get(f"/v1/orders/{order['id']}/decision"))["decisions"][0]["words"]
        assert any("留给后续订单" in words for words in told)

        # the shopper near by gets what was kept, and that saves more than it cost
        near = decision(shop, shop.place(("SCARF", 1), deliver_to=TIANANMEN))
        assert [one["location"] for one in near["chosen"]] == [BEIJING]
        instead = next(one for one in near["others"] if one["location"] == GUANGZHOU)
        saved = (
            instead["carriage"] + instead["handling"] - near["chosen"][0]["carriage"] - near["chosen"][0]["handling"]
        )
        assert saved > now[GUANGZHOU] - now[BEIJING] > 0

        # a policy that does not want it takes what is cheapest now
        ok(shop.client.put("/v1/policy", json=POLICY | {"look_ahead_days": 0}))
        plain = decision(shop, shop.place(("SCARF", 1), deliver_to=WUHAN))
        assert [one["location"] for one in plain["chosen"]] == [BEIJING]
        assert plain["looked_ahead"] is False


def shop_looks_ahead(shop: Shop) -> bool:
    """Whether there are prices by now: a dear order is asked for and cancelled."""
    order = shop.place(("SCARF", 1), deliver_to=WUHAN)
    found = bool(decision(shop, order)["looked_ahead"])
    ok(shop.client.post(f"/v1/orders/{order['id']}/cancel", json={"reason": "test"}))
    return found
