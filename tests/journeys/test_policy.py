"""A routing policy from its first trial to its return: dry run, publish, what orders do then, roll back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.journeys.shop import Json, Shop, ok, refused

if TYPE_CHECKING:
    from tests.journeys.conftest import Api


@pytest.fixture
def shop(api: Api) -> Shop:
    """Wangfujing is nearest to all shoppers; there and in Xidan are ten scarves, in Guangzhou a hundred."""
    shop = (
        Shop(api)
        .open("WANGFUJING", "XIDAN", "SANLITUN", "GUANGZHOU-DC", groups=["city"], region="110101")
        .sell("SCARF")
    )
    return shop.receive(SCARF={"WANGFUJING": 10, "XIDAN": 10, "GUANGZHOU-DC": 100})


def served_by(order: Json) -> list[str]:
    return [work["location"] for work in order["fulfilment_orders"]]


def try_out(shop: Shop, policy: Json, orders: int = 1000) -> Json:
    """The answer of a dry run."""
    return ok(shop.client.post("/v1/policy/dry-run", json={"policy": policy, "orders": orders}))


def test_a_policy_is_tried_published_followed_and_rolled_back(shop: Shop) -> None:
    """The dry run says that Xidan would serve instead; published, it does; rolled back, Wangfujing does again."""
    first = ok(shop.client.put("/v1/policy", json={"safety_stock": 0, "note": "opening"}))
    orders = [shop.place(("SCARF", 1)) for _ in range(3)]
    assert [served_by(order) for order in orders] == [["WANGFUJING"]] * 3
    stock = shop.stock("SCARF")
    proposed = {"excluded_locations": ["WANGFUJING"]}

    tried = try_out(shop, proposed)

    result = tried["result"]
    assert (result["orders"], result["changed"], result["as_happened"]) == (3, 3, 3)
    assert {change["id"] for change in result["changes"]} == {order["id"] for order in orders}
    assert [one["location"] for one in result["changes"][0]["before"]] == ["WANGFUJING"]
    assert [one["location"] for one in result["changes"][0]["after"]] == ["XIDAN"]
    assert any("taken out of online orders" in words for words in result["changes"][0]["reasons"])
    assert {one["code"]: (one["before"], one["after"]) for one in result["locations"]} == {
        "WANGFUJING": (3, 0),
        "XIDAN": (0, 3),
    }
    assert result["after"]["km_median"] > result["before"]["km_median"]
    assert result["policy_version"] == first["version"] == 1
    assert (shop.stock("SCARF"), ok(shop.client.get("/v1/policy"))) == (stock, first)  # nothing happened

    published = shop.client.put("/v1/policy", json=proposed | {"note": "wedding"}, headers={"if-match": '"1"'})
    assert (ok(published)["version"], published.headers["etag"]) == (2, '"2"')
    later = shop.place(("SCARF", 1))
    assert (served_by(later), later["policy_version"]) == (["XIDAN"], 2)

    back = shop.client.post("/v1/policies/1/roll-back", json={"note": "over"}, headers={"if-match": '"2"'})
    assert (ok(back)["version"], ok(back)["excluded_locations"]) == (3, [])
    assert served_by(shop.place(("SCARF", 1))) == ["WANGFUJING"]
    told = ok(shop.client.get("/v1/policies"))["policies"]
    assert [(one["version"], one["note"], one["based_on"]) for one in told] == [
        (3, "over", 1),
        (2, "wedding", None),
        (1, "opening", None),
    ]
    assert ok(shop.client.get("/v1/policies/2")) == told[1]
    refused(shop.client.get("/v1/policies/4"), 404, "not_found")


def test_the_policy_in_force_changes_nothing(shop: Shop) -> None:
    """On the same grounds the same policy decides the same, also where stock has run out since, and twice the same."""
    shop.place(("SCARF", 8))
    shop.place(("SCARF", 8))
    sent = shop.place(("SCARF", 3))
    shop.steps(sent["fulfilment_orders"][0], "accept", "pick", "pack", "ship")
    first, again = try_out(shop, {}), try_out(shop, {})
    assert (first["result"]["changed"], first["result"]["changes"]) == (0, [])
    assert first["result"]["before"] == first["result"]["after"]
    assert first["result"]["as_happened"] == 3
    assert first == again


def test_what_ran_out_by_one_order_is_not_there_for_the_next(shop: Shop) -> None:
    """Orders claim what they get: with nine kept back at Wangfujing, one of its scarves serves the first order only."""
    for _ in range(3):
        shop.place(("SCARF", 1))
    result = try_out(shop, {"thresholds": [{"units": 9, "sku": "SCARF"}]})["result"]
    served = sorted(one["after"][0]["location"] for one in result["changes"])
    assert served == ["GUANGZHOU-DC", "XIDAN"]
    assert result["before"]["from_store"] == 3
    assert (result["after"]["from_store"], result["after"]["from_warehouse"]) == (2, 1)
    assert result["after"]["from_south"] == 1


def test_orders_that_would_be_refused_are_told(shop: Shop) -> None:
    """A channel that may use nobody: its orders would be refused, and the warning says so beforehand."""
    shop.place(("SCARF", 2))
    tried = try_out(shop, {"kinds": {"pick_up": {}}, "channels": {"app": {"kinds": ["ship"]}}})
    result = tried["result"]
    assert (result["after"]["refused"], result["after"]["unserved_units"]) == (1, 2)
    assert result["changes"][0]["what"] == "refused"
    assert {warning["pointer"]: warning["code"] for warning in tried["warnings"]} == {
        "/policy/channels/app/kinds/0": "never_used",
        "/policy/channels/app/kinds": "serves_nobody",
    }


def test_more_than_a_store_takes_is_told(api: Api) -> None:
    """Two orders an hour are Wangfujing's limit; a policy that minds no limits would give it all three."""
    shop = Shop(api).open("WANGFUJING", orders_per_hour=2, opening_hours="24/7").open("GUANGZHOU-DC").sell("SCARF")
    shop.receive(SCARF={"WANGFUJING": 10, "GUANGZHOU-DC": 10})
    for _ in range(3):
        shop.place(("SCARF", 1))
    result = try_out(shop, {"respect_capacity": False})["result"]
    (store,) = [one for one in result["locations"] if one["code"] == "WANGFUJING"]
    assert (store["orders_per_hour"], store["after"], store["beyond_after"]) == (2, 3, 1)


def test_costs_are_compared_at_the_proposed_rates(shop: Shop) -> None:
    """Dearer parcels alone move nothing, so they cost the same before and after; the old sum is told beside them."""
    shop.place(("SCARF", 1))
    result = try_out(shop, {"kinds": {"ship": {"costs": {"base": 900}}, "pick_up": {}}})["result"]
    assert (result["changed"], result["before"]["cost"], result["after"]["cost"]) == (0, 901, 901)
    assert result["cost_at_old_rates"] == 301


def test_who_has_seen_an_older_version_publishes_nothing(shop: Shop) -> None:
    """Neither over a colleague's version nor back to an old one."""
    ok(shop.client.put("/v1/policy", json={"safety_stock": 1}, headers={"if-match": '"0"'}))
    ok(shop.client.put("/v1/policy", json={"safety_stock": 2}, headers={"if-match": '"1"'}))
    late = {"if-match": '"1"'}
    refused(shop.client.put("/v1/policy", json={"safety_stock": 3}, headers=late), 412, "revision_passed")
    refused(shop.client.post("/v1/policies/1/roll-back", json={}, headers=late), 412, "revision_passed")
    assert ok(shop.client.get("/v1/policy"))["version"] == 2


def test_every_bad_field_is_named(shop: Shop) -> None:
    """In a dry run below /policy, in publishing at its own place; names that nobody has, with the way out."""
    names = {
        "channels": {"app": {"groups": ["citi"], "excluded_groups": ["outlet"]}},
        "excluded_locations": ["XIDAN", "NOWHERE"],
        "thresholds": [{"units": 1, "sku": "SKARF"}, {"units": 1, "offer_class": "cold"}, {"units": 1, "group": "x"}],
        "rank": [{"cost": 1, "group": "y"}],
    }
    pointers = {
        "/channels/app/groups/0": "unknown_group",
        "/channels/app/excluded_groups/0": "unknown_group",
        "/excluded_locations/1": "unknown_location",
        "/thresholds/0/sku": "unknown_offer",
        "/thresholds/1/offer_class": "unknown_class",
        "/thresholds/2/group": "unknown_group",
        "/rank/0/group": "unknown_group",
    }
    told = refused(shop.client.put("/v1/policy", json=names), 422, "invalid")
    assert {error["pointer"]: error["code"] for error in told["errors"]} == pointers
    assert "did you mean city?" in told["errors"][1]["detail"]
    told = refused(shop.zh.post("/v1/policy/dry-run", json={"policy": names}), 422, "invalid")
    assert {error["pointer"]: error["code"] for error in told["errors"]} == {
        f"/policy{pointer}": code for pointer, code in pointers.items()
    }
    assert "是否想写 city" in str(told)
    bad = {"policy": {"kinds": {"ship": {"km_max": -1}}, "split": {"max_shipments": 0}}, "orders": 1001, "day": 1}
    refused(
        shop.client.post("/v1/policy/dry-run", json=bad), 422, "invalid",
        "/policy/kinds/ship/km_max", "/policy/split/max_shipments", "/orders", "/day",
    )  # fmt: skip
    refused(shop.client.put("/v1/policy", json={"note": "x" * 501}), 422, "invalid", "/note")
    refused(shop.client.post("/v1/policies/1/roll-back", json={"why": "x"}), 422, "invalid", "/why")


def test_another_brands_orders_and_names_are_not_there(api: Api, shop: Shop) -> None:
    """Its groups, locations and offers are unknown, its orders are not decided, its versions not found."""
    shop.place(("SCARF", 1))
    ok(shop.client.put("/v1/policy", json={"safety_stock": 1}))
    rival = Shop(api).open("SANLITUN").sell("MUG")
    named = {"excluded_locations": ["WANGFUJING"], "thresholds": [{"units": 1, "sku": "SCARF", "group": "city"}]}
    refused(
        rival.client.post("/v1/policy/dry-run", json={"policy": named}), 422, "invalid",
        "/policy/excluded_locations/0", "/policy/thresholds/0/sku", "/policy/thresholds/0/group",
    )  # fmt: skip
    assert try_out(rival, {})["result"]["orders"] == 0
    refused(rival.client.get("/v1/policies/1"), 404, "not_found")
    refused(rival.client.post("/v1/policies/1/roll-back", json={}), 404, "not_found")


def test_who_may_only_read_tries_and_publishes_nothing(api: Api, shop: Shop) -> None:
    """An analyst's scopes: versions are shown; a key that may not read orders does not learn of them either."""
    analyst = api.client(shop.brand, scopes=["policies:read", "orders:read"])
    before = ok(analyst.get("/v1/policies"))
    for path, body in (("/v1/policy/dry-run", {"policy": {}}), ("/v1/policies/1/roll-back", {})):
        refused(analyst.post(path, json=body), 403, "forbidden")
    blind = api.client(shop.brand, scopes=["policies:read", "policies:write"])
    refused(blind.post("/v1/policy/dry-run", json={"policy": {}}), 403, "forbidden")
    assert ok(analyst.get("/v1/policies")) == before


def test_nothing_of_the_shopper_is_told(shop: Shop) -> None:
    """Neither name nor address nor place."""
    place = {"lat": 39.91234, "lon": 116.41234, "region": "110101", "name": "王小明", "address": "东长安街 1 号"}
    shop.place(("SCARF", 1), deliver_to=place)
    told = str(try_out(shop, {"excluded_locations": ["WANGFUJING"]}))
    assert not [part for part in ("王小明", "东长安街", "39.91234", "116.41234") if part in told]
