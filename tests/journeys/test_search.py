"""One box that finds anything, by what somebody has at hand; and nothing of anybody else."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.journeys.people import add_person
from tests.journeys.shop import Shop, ok, refused

if TYPE_CHECKING:
    from tests.journeys.conftest import Api


@pytest.fixture(scope="module")
def shop(api: Api) -> Shop:
    """Two stores with Chinese names, an offer with a barcode."""
    shop = Shop(api).open("GUANGZHOU-DC")
    for code, name in (("BJ-001", "王府井旗舰店"), ("BJ-002", "东方明珠店")):
        body = {"code": code, "name": name, "kind": "store", "lat": 39.9, "lon": 116.4, "address": "长安街 1 号"}
        ok(shop.client.post("/v1/locations", json=body), 201)
    names = {"zh": "羊绒围巾", "en": "Cashmere scarf"}
    shop.sell("SCARF-RED", name=names, gtin="6901234567892").sell("MUG")
    return shop.receive(**{"SCARF-RED": {"BJ-001": 50, "BJ-002": 50}, "MUG": {"BJ-001": 50}})


def found(client: httpx.Client, q: str, **more: Any) -> list[tuple[str, str, str]]:
    """(type, id, match) of each result."""
    results = ok(client.get("/v1/search", params={"q": q, **more}))["results"]
    return [(one["type"], one["id"], one["match"]) for one in results]


@pytest.mark.parametrize(
    ("q", "first"),
    [
        ("bj-001", ("location", "BJ-001", "exact")),
        ("王府井", ("location", "BJ-001", "prefix")),
        ("明珠", ("location", "BJ-002", "text")),
        ("wfjqj", ("location", "BJ-001", "initials")),
        ("长安街", ("location", "BJ-001", "text")),
        ("SCARF", ("offer", "SCARF-RED", "prefix")),
        ("围巾", ("offer", "SCARF-RED", "text")),
        ("yrwj", ("offer", "SCARF-RED", "initials")),
        ("6901234567892", ("offer", "SCARF-RED", "exact")),
        ("06901234567892", ("offer", "SCARF-RED", "exact")),
    ],
)
def test_stores_and_offers_by_a_piece_of_what_they_are_called(shop: Shop, q: str, first: tuple[str, str, str]) -> None:
    assert found(shop.client, q)[0] == first


def test_stores_by_the_region_around_them_in_either_language(api: Api) -> None:
    """Given a store in Shenzhen and one in Hangzhou that says no address; province and city find each, and are told
    to whoever reads English."""
    shop = Shop(api)
    for code, region, address in (("A-1", "440305", "深南大道 1 号"), ("A-2", "330106", "")):
        body = {"code": code, "name": code, "kind": "store", "lat": 30.2, "lon": 120.1, "region": region}
        ok(shop.client.post("/v1/locations", json=body | {"address": address}), 201)
    for q, code in (
        ("Shenzhen", "A-1"),
        ("shenz", "A-1"),
        ("guangdong", "A-1"),
        ("Shenzhen Guangdong", "A-1"),
        ("深圳", "A-1"),
        ("Hangzhou", "A-2"),
        ("Zhejiang", "A-2"),
        ("西湖区", "A-2"),
    ):
        assert found(shop.client, q) == [("location", code, "text")], q

    def detail(q: str, language: str) -> str:
        (one,) = ok(shop.client.get("/v1/search", params={"q": q}, headers={"accept-language": language}))["results"]
        return str(one["detail"])

    assert detail("A-1", "en") == "深南大道 1 号 · Shenzhen, Guangdong"
    assert detail("A-1", "zh-CN") == "深南大道 1 号"
    assert detail("A-2", "en") == "Hangzhou, Zhejiang"
    assert detail("A-2", "zh-CN") == "浙江省杭州市西湖区"


def test_an_order_by_each_of_its_numbers(shop: Shop) -> None:
    """Its id and the channel's, whole or as they begin; its fulfilment order's; a parcel's, once there is one."""
    order = shop.place(("SCARF-RED", 1), channel_order_id="TM-2026-777")
    (work,) = order["fulfilment_orders"]
    assert found(shop.client, "TM-2026-777") == [("order", order["id"], "exact")]
    assert found(shop.client, "TM-2026") == [("order", order["id"], "prefix")]
    assert found(shop.client, order["id"]) == [("order", order["id"], "exact")]
    assert ("order", order["id"], "prefix") in found(shop.client, order["id"][:13])
    assert found(shop.client, work["id"]) == [("fulfilment_order", work["id"], "exact")]
    assert found(shop.client, "2026-777") == []
    shop.steps(work, "accept", "pick", "pack")
    shop.step(work, "ship", carrier="SF", tracking="SF1357924680")
    assert found(shop.client, "SF1357924680") == [("fulfilment_order", work["id"], "exact")]
    assert found(shop.client, "SF135") == [("fulfilment_order", work["id"], "prefix")]
    shop.step(work, "deliver")
    (result,) = ok(shop.client.get("/v1/search", params={"q": "SF1357924680"}))["results"]
    assert (result["title"], result["state"]) == ("SF1357924680", "delivered")
    assert ok(shop.client.get(result["href"]))["id"] == work["id"]


def test_holds_transfers_and_returns_by_their_ids(shop: Shop) -> None:
    hold = shop.hold("BJ-001", "MUG", 1)
    assert found(shop.client, hold["id"]) == [("reservation", hold["id"], "exact")]
    body = {"source": "BJ-001", "target": "BJ-002", "offer": "MUG", "quantity": 2}
    transfer = ok(shop.client.post("/v1/stock/transfers", json=body), 201)["id"]
    (result,) = ok(shop.client.get("/v1/search", params={"q": transfer}))["results"]
    assert (result["type"], result["title"], result["state"]) == ("transfer", "BJ-001 → BJ-002", "in_transit")
    order = shop.place(("MUG", 1))
    (work,) = order["fulfilment_orders"]
    shop.steps(work, "accept", "pick", "pack", "ship")
    ok(
        shop.client.post(
            "/v1/returns", json={"order": order["id"], "location": "BJ-002", "lines": [{"line": 1, "quantity": 1}]}
        ),
        201,
    )
    assert ("return", f"{order['id']}/1", "prefix") in found(shop.client, f"{order['id']}-1")


def test_people_by_login_or_name_for_whoever_may_see_them(api: Api, shop: Shop) -> None:
    wang = str(add_person(api, shop.brand, "wangmei", "planner").person_id)
    add_person(api, shop.brand, "mei", "analyst")
    assert [one[0::2] for one in found(shop.client, "mei")] == [("person", "exact"), ("person", "text")]
    assert ("person", wang, "prefix") in found(shop.client, "WANGM")
    (result,) = [one for one in ok(shop.client.get("/v1/search?q=wangmei"))["results"] if one["type"] == "person"]
    assert (result["title"], result["detail"], result["state"]) == ("wangmei 先生", "wangmei", "enabled")
    assert ok(shop.client.get(result["href"]))["login"] == "wangmei"
    assert found(api.client(api.new_brand()), "wangmei") == []
    assert found(api.client(shop.brand, scopes=["locations:read", "offers:read"]), "wangmei") == []


def test_what_is_new_is_found_at_once(shop: Shop) -> None:
    assert found(shop.client, "NEW-SHELF") == []
    shop.sell("NEW-SHELF")
    assert found(shop.client, "NEW-SHELF") == [("offer", "NEW-SHELF", "exact")]


def test_a_store_finds_its_own_and_a_key_without_scopes_less(api: Api, shop: Shop) -> None:
    order = shop.place(("SCARF-RED", 1), channel_order_id="PICK-AT-2", pick_up_at="BJ-002")
    first, second = (api.client(shop.brand, location=code) for code in ("BJ-001", "BJ-002"))
    assert found(second, "PICK-AT-2") == [("order", order["id"], "exact")]
    assert found(first, "PICK-AT-2") == []
    assert [one[1] for one in found(second, "店")] == ["BJ-002"]
    hold = shop.hold("BJ-001", "MUG", 1)
    assert found(second, hold["id"]) == []
    assert found(first, hold["id"]) == [("reservation", hold["id"], "exact")]
    seller = api.client(shop.brand, scopes=["locations:read"])
    assert found(seller, "PICK-AT-2") == []
    assert found(seller, "MUG") == []
    refused(api.client(shop.brand, scopes=["orders:read"]).get("/v1/search?q=MUG"), 403, "forbidden")


def test_another_brand_finds_none_of_it(api: Api, shop: Shop) -> None:
    order = shop.place(("SCARF-RED", 1), channel_order_id="MINE-ONLY-1")
    hold = shop.hold("BJ-001", "MUG", 1)
    rival = api.client(api.new_brand())
    for q in ("MINE-ONLY-1", "MINE", order["id"], order["id"][:8], f"{order['id']}-1", hold["id"], "BJ-001", "MUG"):
        assert found(rival, q) == [], q


def test_bad_questions_are_refused_and_odd_ones_find_nothing(shop: Shop) -> None:
    for params in ({}, {"q": ""}, {"q": "x" * 129}, {"q": "a\0b"}, {"q": "x", "limit": 0}):
        refused(shop.client.get("/v1/search", params=params), 422, "invalid")
    for q in ("%", "_", "\\", "' OR 1=1 --", "(", "[a-z]", "\u202e", "   ", "😀"):
        assert found(shop.client, q) == [], q


def test_it_answers_fast(shop: Shop) -> None:
    """The whole way over HTTP."""
    took = []
    for q in ("王府井", "SCARF", "TM-2026", "zzzz", "SF13"):
        started = perf_counter()
        found(shop.client, q)
        took.append(perf_counter() - started)
    assert min(took) < 0.05


def test_a_store_finds_its_order_among_many_of_others(api: Api) -> None:
    shop = Shop(api).open("XIDAN", "SANLITUN").sell("SCARF").receive(SCARF={"XIDAN": 20, "SANLITUN": 20})
    for n in range(8):
        shop.place(("SCARF", 1), pick_up_at="XIDAN", channel_order_id=f"FEST-{n}")
    mine = shop.place(("SCARF", 1), pick_up_at="SANLITUN", channel_order_id="FEST-9")
    till = api.client(shop.brand, location="SANLITUN")
    found = ok(till.get("/v1/search", params={"q": "FEST-", "limit": 6}))["results"]
    assert [one["id"] for one in found if one["type"] == "order"] == [mine["id"]]
