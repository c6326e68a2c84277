"""Open orders move to where they cost less: told in words, to webhooks, in the order's history, and as a sum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.journeys.shop import Shop, bucket, ok
from tests.journeys.test_order_journey import kinds

if TYPE_CHECKING:
    from tests.journeys.conftest import Api


@pytest.fixture
def shop(api: Api) -> Shop:
    shop = Shop(api).open().sell("SCARF")
    return shop.receive(SCARF={"XIDAN": 1, "GUANGZHOU-DC": 9})


def sent_from(shop: Shop, order: dict[str, Any]) -> list[str]:
    return [work["location"] for work in shop.works(order) if work["state"] not in ("cancelled", "rejected")]


def a_round(shop: Shop) -> dict[str, Any]:
    told: dict[str, Any] = ok(shop.client.post("/v1/sourcing/rounds", json={}))
    return told


def far_from_home(shop: Shop) -> dict[str, Any]:
    """An order that Guangzhou serves, since a shopper in Beijing had the only scarf there, who then cancels."""
    first, second = shop.place(("SCARF", 1)), shop.place(("SCARF", 1))
    assert (sent_from(shop, first), sent_from(shop, second)) == (["XIDAN"], ["GUANGZHOU-DC"])
    ok(shop.client.post(f"/v1/orders/{first['id']}/cancel", json={}))
    return second


def test_a_round_moves_an_order_and_says_what_it_saved(shop: Shop) -> None:
    order = far_from_home(shop)
    done = a_round(shop)
    assert (done["looked_at"], done["moved"], done["currency"]) == (1, 1, "CNY")
    assert done["saved"] > 700
    assert sent_from(shop, order) == ["XIDAN"]
    assert shop.stock("SCARF") == {"XIDAN": bucket(1, reserved=1), "GUANGZHOU-DC": bucket(9)}

    saved = f"¥{done['saved'] / 100:.2f}"
    decision = ok(shop.client.get(f"/v1/orders/{order['id']}/decision"))["decisions"][-1]
    assert decision["words"][0] == f"Moved away from 店GUANGZHOU-DC before anybody accepted it: saves {saved}."
    assert decision["saved"] == done["saved"]
    told = ok(shop.zh.get(f"/v1/orders/{order['id']}/decision"))["decisions"][-1]["words"]
    assert told[0] == f"例行优化时从店GUANGZHOU-DC改派，节省{saved}。"

    assert kinds(shop.get(order))[-3:] == ["fulfilment.rerouted", "order.improved", "order.allocated"]

    again = a_round(shop)
    assert (again["looked_at"], again["moved"], again["saved"]) == (1, 0, 0)
    rounds = ok(shop.client.get("/v1/sourcing/rounds"))
    assert [one["id"] for one in rounds["rounds"]] == [again["id"], done["id"]]
    assert {name: rounds["today"][name] for name in ("moved", "saved")} == {"moved": 1, "saved": done["saved"]}


def test_what_a_store_accepted_and_what_the_policy_leaves_alone_stays(shop: Shop) -> None:
    order = far_from_home(shop)
    ok(shop.client.put("/v1/policy", json={"improve": {"enabled": False}}))
    assert a_round(shop)["moved"] == 0
    ok(shop.client.put("/v1/policy", json={"improve": {"min_gain": 5_000}}))
    assert a_round(shop)["moved"] == 0
    ok(shop.client.put("/v1/policy", json={}))
    [work] = [work for work in shop.works(order) if work["state"] == "open"]
    shop.step(work, "accept")
    assert a_round(shop)["looked_at"] == 0
    assert sent_from(shop, order) == ["GUANGZHOU-DC"]


def test_a_brand_sees_its_own_rounds(api: Api, shop: Shop) -> None:
    far_from_home(shop)
    a_round(shop)
    rival = Shop(api)
    assert a_round(rival)["looked_at"] == 0
    told = ok(rival.client.get("/v1/sourcing/rounds"))
    assert (told["rounds"], told["today"]["moved"]) == ([], 0)


def test_wrong_settings_are_refused(shop: Shop) -> None:
    answer = shop.client.put("/v1/policy", json={"improve": {"max_moves": 99, "min_gain": 0, "every": 5}})
    assert answer.status_code == 422
    assert {field["pointer"] for field in answer.json()["errors"]} == {
        "/improve/max_moves",
        "/improve/min_gain",
        "/improve/every",
    }


def test_after_a_restart_all_is_as_it_was(api: Api, shop: Shop) -> None:
    order = far_from_home(shop)
    done = a_round(shop)
    with api.another() as again:
        shop = Shop(again, shop.brand)
        assert sent_from(shop, order) == ["XIDAN"]
        assert ok(shop.client.get("/v1/sourcing/rounds"))["rounds"][0]["id"] == done["id"]
        assert a_round(shop)["moved"] == 0
