"""A store that rejects is given fewer orders, its manager is told why, and promises from it are more careful."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from tests.journeys.shop import Shop, ok
from tests.journeys.test_foresight import asked, fill_lake

if TYPE_CHECKING:
    from tests.journeys.conftest import Api

ORDERS = 60
NEAR, NEXT = "WANGFUJING", "XIDAN"


def live_through(shop: Shop, orders: int) -> Counter[str]:
    """So many orders, of which the near store rejects two in three; who was asked first."""
    asked_first: Counter[str] = Counter()
    for n in range(orders):
        [work] = shop.place(("SCARF", 1))["fulfilment_orders"]
        asked_first[work["location"]] += 1
        if work["location"] == NEAR and n % 3:
            shop.step(work, "reject", reason="too_busy")
            work = next(one for one in shop.works({"id": work["order"]}) if one["state"] == "open")
        shop.steps(work, "accept", "pick")
    return asked_first


def test_a_store_that_rejects_is_asked_less(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    shop = Shop(api).open(NEAR, NEXT, orders_per_hour=100_000).sell("SCARF")
    shop.receive(SCARF={NEAR: 3 * ORDERS, NEXT: 3 * ORDERS})
    policy = {"kinds": {"ship": {"costs": {"base": 300, "per_km": 100}}}, "rejection_cost": 1_000}
    ok(shop.client.put("/v1/policy", json=policy))

    nothing = ok(shop.client.get(f"/v1/locations/{NEAR}/rejections"))
    assert (nothing["at"], nothing["assigned"], nothing["share"], nothing["foreseen"]) == (None, 0, None, [])
    before = live_through(shop, ORDERS)
    assert before == {NEAR: ORDERS}  # the cheaper one, whatever it does
    fill_lake(api)
    code, document = asked(api, capsys, "learn")
    assert code == 0
    assert [(one["assigned"], one["refused"]) for one in document["brands"]] == [(100, 40)]

    with api.another() as again:
        shop = Shop(again, shop.brand)
        order = shop.place(("SCARF", 1))
        assert [work["location"] for work in order["fulfilment_orders"]] == [NEXT]
        decision = ok(shop.client.get(f"/v1/orders/{order['id']}/decision"))["decisions"][0]
        [chosen] = decision["chosen"]
        refusing = next(one for one in decision["others"] if one["location"] == NEAR)
        assert chosen["rejection"] < 100 < 500 < refusing["rejection"] < 1_000
        assert refusing["cost"] > chosen["cost"] == sum(chosen[part] for part in ("carriage", "handling", "rejection"))
        assert any(f"risk of a rejection ¥{refusing['rejection'] / 100:.2f}" in words for words in decision["words"])
        told = ok(shop.zh.get(f"/v1/orders/{order['id']}/decision"))["decisions"][0]["words"]
        assert any(f"拒单风险¥{refusing['rejection'] / 100:.2f}" in words for words in told)

        told = ok(shop.client.get(f"/v1/locations/{NEAR}/rejections"))
        assert (told["assigned"], told["rejected"], told["short"], told["share"]) == (ORDERS, 40, 0, 0.6667)
        assert told["reasons"] == [{"reason": "too_busy", "orders": 40}]
        assert (told["peers"]["locations"], told["peers"]["share"]) == (1, 0.0)
        shipped = next(one for one in told["foreseen"] if one["kind"] == "ship")
        assert shipped["cost"] == pytest.approx(refusing["rejection"], abs=1)
        assert 0.5 < shipped["probability"] < 0.75
        assert told["peak"]["share"] == 1.0
        other = ok(shop.client.get(f"/v1/locations/{NEXT}/rejections"))
        assert (other["rejected"], other["peers"]["share"], other["peak"]) == (0, 0.6667, None)
        device = again.client(shop.brand, location=NEXT)
        assert device.get(f"/v1/locations/{NEAR}/rejections").status_code == 404
        assert ok(device.get(f"/v1/locations/{NEXT}/rejections")) == other

        ok(shop.client.put("/v1/policy", json=policy | {"rejection_cost": 0}))
        assert shop.place(("SCARF", 1))["fulfilment_orders"][0]["location"] == NEAR
