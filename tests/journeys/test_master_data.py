"""Master data over HTTP: locations, offers, carriers, fees, policies and keys, as a brand's systems keep them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx
    from tests.journeys.conftest import Api

S1 = {"code": "S1", "name": "S1", "kind": "store", "lat": 39.9, "lon": 116.4}
X1 = {"sku": "X1", "name": "X1", "kind": "good", "price": {"amount": 100, "currency": "CNY"}}
SF = {"code": "SF", "name": "顺丰", "zones": [{"base": 1200, "included_grams": 1000, "per_kg": 300}]}


@pytest.fixture
def brand(api: Api) -> httpx.Client:
    """A client of a brand of its own."""
    return api.client(api.new_brand())


def faults(answer: httpx.Response) -> dict[str, str]:
    """The broken fields of a refused request: pointer to code."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return {fault["pointer"]: fault["code"] for fault in answer.json()["errors"]}


# -- create


def test_a_minimal_location_gets_all_else_by_its_place_and_kind(brand: httpx.Client) -> None:
    made = brand.post("/v1/locations", json=S1)
    assert made.status_code == 201
    assert made.headers["location"] == "/v1/locations/S1"
    assert made.headers["etag"] == '"1"'
    told = made.json()
    assert told["time_zone"] == "Asia/Shanghai"
    assert told["opening_hours"] == "24/7"
    assert "pick_up" in told["capabilities"]
    assert brand.get("/v1/locations/S1").json() == told


def test_a_minimal_offer_is_sold_by_the_piece(brand: httpx.Client) -> None:
    made = brand.post("/v1/offers", json=X1)
    assert made.status_code == 201
    assert (made.json()["unit"], made.json()["scale"], made.json()["enabled"]) == ("piece", 1, True)
    assert brand.get("/v1/offers/X1").json() == made.json()


def test_a_sku_may_hold_a_slash(brand: httpx.Client) -> None:
    made = brand.post("/v1/offers", json=X1 | {"sku": "A/B 1"})
    assert made.headers["location"] == "/v1/offers/A%2FB%201"
    assert brand.get(made.headers["location"]).json()["sku"] == "A/B 1"


@pytest.mark.parametrize(("path", "body"), [("locations", S1), ("offers", X1), ("carriers", SF)])
def test_the_same_again_is_fine_and_another_one_under_its_code_is_told_to_patch(
    brand: httpx.Client, path: str, body: dict[str, Any]
) -> None:
    code = body.get("code") or body["sku"]
    made = brand.post(f"/v1/{path}", json=body)
    again = brand.post(f"/v1/{path}", json=body)
    assert (again.status_code, again.json()) == (200, made.json())
    other = brand.post(f"/v1/{path}", json=body | {"name": "Another"})
    assert (other.status_code, other.json()["code"]) == (409, "exists")
    assert f"PATCH /v1/{path}/{code}" in other.json()["detail"]
    assert brand.get(f"/v1/{path}/{code}").json() == made.json()


# -- wrong bodies


def test_every_broken_field_of_a_location_is_named_at_once(brand: httpx.Client) -> None:
    body = {
        "code": "a/b",
        "kind": "shop",
        "lat": 91,
        "lon": -181,
        "openning_hours": "24/7",
        "cut_offs": {"ship": "25:00"},
    }
    refused = brand.post("/v1/locations", json=body)
    assert refused.status_code == 422
    assert faults(refused) == {
        "/code": "bad_code",
        "/name": "required",
        "/kind": "unknown_choice",
        "/lat": "too_large",
        "/lon": "too_small",
        "/openning_hours": "unknown_field",
        "/cut_offs/ship": "not_a_time",
    }
    hint = next(fault for fault in refused.json()["errors"] if fault["pointer"] == "/openning_hours")
    assert "opening_hours" in hint["detail"]
    assert brand.get("/v1/locations").json()["locations"] == []


def test_swapped_coordinates_are_noticed_in_both_languages(api: Api) -> None:
    code, body = api.new_brand(), S1 | {"lat": 116.4, "lon": 39.9}
    english = api.client(code).post("/v1/locations", json=body)
    chinese = api.client(code, language="zh-CN,zh;q=0.9").post("/v1/locations", json=body)
    assert faults(english) == faults(chinese) == {"/lat": "swapped"}
    assert "swapped" in english.json()["errors"][0]["detail"]
    assert "填反" in chinese.json()["errors"][0]["detail"]
    assert chinese.headers["content-language"] == "zh"
    assert chinese.json()["title"] == "请求的字段不符合规则"


def test_every_broken_field_of_an_offer_is_named_at_once(brand: httpx.Client) -> None:
    price = {"amount": -1, "currency": "RMB"}
    body = {"sku": "X1", "name": "X1", "kind": "thing", "price": price, "gtin": "6901234567893", "wieght_g": 5}
    refused = brand.post("/v1/offers", json=body)
    assert faults(refused) == {
        "/kind": "unknown_choice",
        "/price/amount": "too_small",
        "/price/currency": "unknown_currency",
        "/gtin": "broken_gtin",
        "/wieght_g": "unknown_field",
    }


def test_a_broken_gtin_is_told_in_chinese(api: Api) -> None:
    refused = api.client(api.new_brand(), language="zh").post("/v1/offers", json=X1 | {"gtin": "6901234567893"})
    assert "校验" in refused.json()["errors"][0]["detail"]


@pytest.mark.parametrize("path", ["locations", "offers", "carriers", "delivery-fees", "keys", "locations/batch"])
def test_what_is_no_json_object_is_refused(brand: httpx.Client, path: str) -> None:
    for raw, status in ((b"{", 400), (b'{"name": "\xff"}', 400), (b"", 400), (b"[]", 422), (b"7", 422)):
        refused = brand.post(f"/v1/{path}", content=raw)
        assert refused.status_code == status, (raw, refused.text)


def test_a_body_too_large_is_refused(api: Api, brand: httpx.Client) -> None:
    refused = brand.post("/v1/locations", content=b" " * (api.settings.max_body_bytes + 1))
    assert (refused.status_code, refused.json()["code"]) == (413, "body_too_large")


def test_without_a_key_nothing_is_told(api: Api) -> None:
    for path in ("locations", "offers", "carriers", "delivery-fees", "policy", "policies", "keys"):
        refused = api.anonymous().get(f"/v1/{path}")
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")


# -- batches


def test_of_a_batch_the_good_items_are_kept_and_the_others_explained(brand: httpx.Client) -> None:
    brand.post("/v1/locations", json=S1 | {"groups": ["old"]})
    items = [S1 | {"code": "S2"}, S1 | {"code": "S3", "lat": 200}, 7, S1 | {"name": "Renamed"}]
    answer = brand.post("/v1/locations/batch", json={"locations": items})
    results = answer.json()["results"]
    assert [result["status"] for result in results] == [201, 422, 422, 200]
    assert results[1]["problem"]["errors"][0]["pointer"] == "/locations/1/lat"
    assert results[2]["problem"]["errors"][0]["pointer"] == "/locations/2"
    assert (results[3]["location"]["name"], results[3]["location"]["groups"]) == ("Renamed", ["old"])
    stored = brand.get("/v1/locations").json()["locations"]
    assert [(at["code"], at["revision"]) for at in stored] == [("S1", 2), ("S2", 1)]
    again = brand.post("/v1/locations/batch", json={"locations": items}).json()["results"]
    assert [result["status"] for result in again] == [200, 422, 422, 200]
    assert brand.get("/v1/locations").json()["locations"] == stored


def test_a_kit_of_what_is_refused_is_refused_and_one_of_what_is_taken_is_taken(brand: httpx.Client) -> None:
    part, kit = [{"sku": "P", "quantity": 2}], [{"sku": "Q", "quantity": 1}]
    items = [
        X1 | {"sku": "P"},
        X1 | {"sku": "K1", "components": part},
        X1 | {"sku": "K2", "components": kit},
        {"sku": "Q"},
    ]
    results = brand.post("/v1/offers/batch", json={"offers": items}).json()["results"]
    assert [result["status"] for result in results] == [201, 201, 422, 422]
    assert results[2]["problem"]["errors"][0]["pointer"].startswith("/offers/2/components/0")
    assert [offer["sku"] for offer in brand.get("/v1/offers").json()["offers"]] == ["K1", "P"]


def test_a_batch_is_neither_empty_nor_endless(brand: httpx.Client) -> None:
    for body in ({"locations": []}, {"locations": [S1] * 5001}, {"places": [S1]}, {"locations": S1}):
        assert brand.post("/v1/locations/batch", json=body).status_code == 422
    assert brand.get("/v1/locations").json()["locations"] == []


# -- lists


def test_pages_show_everything_once_and_in_order(brand: httpx.Client) -> None:
    codes = [f"店-{n:02}" for n in range(25)]
    brand.post("/v1/locations/batch", json={"locations": [S1 | {"code": code} for code in reversed(codes)]})
    seen, cursor = [], None
    for _ in range(3):
        query = {"limit": 10} | ({"cursor": cursor} if cursor else {})
        answer = brand.get("/v1/locations", params=query).json()
        seen += [at["code"] for at in answer["locations"]]
        cursor = answer["next"]
    assert (seen, cursor) == (codes, None)


def test_lists_are_filtered(brand: httpx.Client) -> None:
    shop = S1 | {"groups": ["flagship"], "name": "王府井店"}
    depot = S1 | {"code": "W1", "kind": "warehouse", "name": "Depot", "enabled": False}
    brand.post("/v1/locations/batch", json={"locations": [shop, depot]})
    for query, expected in {
        "kind=warehouse": ["W1"],
        "group=flagship": ["S1"],
        "capability=pick_up": ["S1"],
        "text=王府": ["S1"],
        "text=DEPOT": ["W1"],
        "enabled=true": ["S1"],
        "text=%25": [],
    }.items():
        assert [at["code"] for at in brand.get(f"/v1/locations?{query}").json()["locations"]] == expected, query
    beans = X1 | {"gtin": "6901234567892", "name": {"zh": "咖啡豆", "en": "Beans"}, "variant_of": "B"}
    brand.post("/v1/offers/batch", json={"offers": [beans, X1 | {"sku": "X2", "kind": "service"}]})
    for query, expected in {
        "gtin=06901234567892": ["X1"],
        "text=beans": ["X1"],
        "kind=service": ["X2"],
        "variant_of=B": ["X1"],
        "text=und": [],
    }.items():
        assert [offer["sku"] for offer in brand.get(f"/v1/offers?{query}").json()["offers"]] == expected, query


@pytest.mark.parametrize("query", ["cursor=%25", "cursor=AAAA", "limit=0", "limit=1001", "kind=shop", "limit=x"])
def test_a_query_that_makes_no_sense_is_refused(brand: httpx.Client, query: str) -> None:
    refused = brand.get(f"/v1/locations?{query}")
    assert refused.status_code == 422
    assert list(faults(refused)) == ["/" + query.partition("=")[0]]


# -- change


def test_a_patch_changes_what_it_says_and_null_takes_away(brand: httpx.Client) -> None:
    brand.post("/v1/locations", json=S1 | {"orders_per_hour": 5, "groups": ["g"]})
    changed = brand.patch("/v1/locations/S1", json={"orders_per_hour": None, "name": "New"})
    assert changed.headers["etag"] == '"2"'
    told = changed.json()
    assert (told["name"], told["orders_per_hour"], told["groups"]) == ("New", None, ["g"])
    same = brand.patch("/v1/locations/S1", json={"name": "New"})
    assert same.headers["etag"] == '"2"'
    assert faults(brand.patch("/v1/locations/S1", json={"code": "S9"})) == {"/code": "immutable"}
    assert faults(brand.patch("/v1/locations/S1", json={"lat": "north"})) == {"/lat": "not_a_number"}


@pytest.mark.parametrize(("path", "body"), [("locations/S1", S1), ("offers/X1", X1), ("carriers/SF", SF)])
def test_who_has_seen_an_older_revision_changes_nothing(brand: httpx.Client, path: str, body: dict[str, Any]) -> None:
    brand.post("/v1/" + path.split("/")[0], json=body)
    assert brand.get(f"/v1/{path}", headers={"if-none-match": '"1"'}).status_code == 304
    assert brand.patch(f"/v1/{path}", json={"name": "B"}, headers={"if-match": '"1"'}).status_code == 200
    for headers, change in (({"if-match": '"1"'}, {}), ({}, {"revision": 1}), ({"if-match": "old"}, {})):
        refused = brand.patch(f"/v1/{path}", json={"name": "C"} | change, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (412, "revision_passed")
        assert refused.json()["etag"] == '"2"'
    assert brand.get(f"/v1/{path}").json()["name"] == "B"
    assert brand.patch(f"/v1/{path}", json={"name": "C"}, headers={"if-match": '"7", "2"'}).status_code == 200


@pytest.mark.parametrize(("path", "body"), [("locations/S1", S1), ("offers/X1", X1), ("carriers/SF", SF)])
def test_of_many_who_saw_the_same_revision_one_wins(
    api: Api, brand: httpx.Client, path: str, body: dict[str, Any]
) -> None:
    brand.post("/v1/" + path.split("/")[0], json=body)

    def change(n: int) -> int:
        return brand.patch(f"/v1/{path}", json={"name": f"N{n}"}, headers={"if-match": '"1"'}).status_code

    with ThreadPoolExecutor(6) as threads:
        assert sorted(threads.map(change, range(6))) == [200, 412, 412, 412, 412, 412]


def test_changes_of_different_fields_at_once_are_all_kept(brand: httpx.Client) -> None:
    brand.post("/v1/offers", json=X1)
    changes = [{"weight_g": 7}, {"tax_rate_ppm": 9}, {"variant_of": "V"}, {"shelf_life_days": 3}]
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda change: brand.patch("/v1/offers/X1", json=change), changes))
    told = brand.get("/v1/offers/X1").json()
    for change, answer in zip(changes, answers, strict=True):
        assert answer.status_code in (200, 409)  # 409 after three others were faster
        if answer.status_code == 200:
            assert told.items() >= change.items()


# -- delivery


def test_a_fee_for_everywhere_and_another_for_a_region(api: Api, brand: httpx.Client) -> None:
    assert brand.post("/v1/delivery-fees", json={"region": "*", "fee": 600, "free_from": 9900}).status_code == 201
    assert brand.post("/v1/delivery-fees", json={"region": "650000", "fee": 1500}).status_code == 201
    assert brand.post("/v1/delivery-fees", json={"fee": 700}).json()["code"] == "exists"
    listed = brand.get("/v1/delivery-fees").json()["delivery_fees"]
    assert [(fee["region"], fee["fee"]) for fee in listed] == [("*", 600), ("650000", 1500)]
    tag = brand.get("/v1/delivery-fees/650000").headers["etag"]
    changed = brand.patch("/v1/delivery-fees/650000", json={"fee": 1800}, headers={"if-match": tag})
    assert changed.json() == {"region": "650000", "fee": 1800, "free_from": None, "currency": "CNY"}
    assert brand.delete("/v1/delivery-fees/650000", headers={"if-match": tag}).status_code == 412
    assert brand.delete("/v1/delivery-fees/650000").status_code == 204
    assert brand.delete("/v1/delivery-fees/650000").status_code == 404
    assert faults(brand.post("/v1/delivery-fees", json={"region": "上海", "fee": 1})) == {"/region": "unknown_region"}


def test_a_carrier_without_zones_goes_nowhere(brand: httpx.Client) -> None:
    assert faults(brand.post("/v1/carriers", json=SF | {"zones": []})) == {"/zones": "required"}
    assert brand.get("/v1/carriers").json() == {"carriers": [], "next": None}


# -- policy


def test_a_policy_is_published_in_versions(brand: httpx.Client) -> None:
    usual = brand.get("/v1/policy")
    assert (usual.json()["version"], usual.headers["etag"]) == (0, '"0"')
    first = brand.put("/v1/policy", json={"safety_stock": 2}, headers={"if-match": '"0"'})
    assert (first.json()["version"], first.json()["kinds"]) == (1, usual.json()["kinds"])
    assert brand.put("/v1/policy", json={"safety_stock": 2}).json()["version"] == 1
    assert brand.put("/v1/policy", json={"safety_stock": 3}, headers={"if-match": '"0"'}).status_code == 412
    assert brand.put("/v1/policy", json={"safety_stock": 3}).json()["version"] == 2
    assert brand.get("/v1/policy").json()["safety_stock"] == 3
    page = brand.get("/v1/policies?limit=1").json()
    assert [(told["version"], told["policy"]["safety_stock"]) for told in page["policies"]] == [(2, 3)]
    rest = brand.get("/v1/policies", params={"cursor": page["next"]}).json()
    assert ([told["version"] for told in rest["policies"]], rest["next"]) == ([1], None)


def test_a_policy_that_breaks_rules_is_not_published(brand: httpx.Client) -> None:
    body = {"kinds": {"drone": {}}, "safety_stok": 1, "split": {"max_shipments": 99}, "on_shortage": "panic"}
    refused = brand.put("/v1/policy", json=body)
    assert refused.status_code == 422
    assert {"/kinds/drone", "/safety_stok", "/split/max_shipments", "/on_shortage"} <= set(faults(refused))
    assert faults(brand.put("/v1/policy", json={"excluded_locations": ["S404"]})) == {
        "/excluded_locations/0": "unknown_location"
    }
    assert brand.get("/v1/policy").json()["version"] == 0


def test_policies_published_at_once_get_versions_of_their_own(brand: httpx.Client) -> None:
    def publish(n: int) -> int:
        version: int = brand.put("/v1/policy", json={"safety_stock": n}).json()["version"]
        return version

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(publish, range(1, 5))) == [1, 2, 3, 4]
    newest = brand.get("/v1/policies?limit=1").json()["policies"][0]
    assert brand.get("/v1/policy").json() == newest["policy"]


def test_all_of_it_is_there_after_a_restart(api: Api, brand: httpx.Client) -> None:
    brand.post("/v1/locations", json=S1)
    brand.put("/v1/policy", json={"excluded_locations": ["S1"]})
    with api.another() as another:
        client = another.anonymous({"authorization": brand.headers["authorization"]})
        assert client.get("/v1/policy").json()["excluded_locations"] == ["S1"]
        assert client.put("/v1/policy", json={"excluded_locations": ["S1"], "safety_stock": 1}).status_code == 200
