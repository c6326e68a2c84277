"""Who may do what: keys of brands and devices, two brands with the same codes, requests that are sent twice."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from manystores.core import database
from manystores.core.auth import create_key, create_party, find_party
from manystores.core.clock import SystemClock

if TYPE_CHECKING:
    import httpx
    from tests.journeys.conftest import Api

S1 = {"code": "S1", "name": "S1", "kind": "store", "lat": 39.9, "lon": 116.4}
X1 = {"sku": "X1", "name": "X1", "kind": "good", "price": {"amount": 100, "currency": "CNY"}}
SF = {"code": "SF", "name": "SF", "zones": [{"base": 1200}]}
OWN = re.compile("^/v1/(locations|offers|carriers|delivery-fees|polic|keys)")
SECRET = "the other brand's"


def stocked(client: httpx.Client) -> httpx.Client:
    """A brand with one of everything, each carrying a name that nobody else may read."""
    client.post("/v1/locations", json=S1 | {"name": SECRET, "groups": [SECRET]}).raise_for_status()
    client.post("/v1/locations", json=S1 | {"code": "S2", "name": SECRET}).raise_for_status()
    client.post("/v1/offers", json=X1 | {"name": SECRET, "gtin": "06901234567892"}).raise_for_status()
    client.post("/v1/carriers", json=SF | {"name": SECRET}).raise_for_status()
    client.post("/v1/delivery-fees", json={"region": "650000", "fee": 777_777}).raise_for_status()
    client.put("/v1/policy", json={"channels": {SECRET: {}}, "excluded_locations": ["S2"]}).raise_for_status()
    return client


def everything(client: httpx.Client) -> list[Any]:
    """All master data that a key can read."""
    paths = ("locations", "offers", "carriers", "delivery-fees", "policy", "policies", "keys")
    return [client.get(f"/v1/{path}").json() for path in paths]


# -- two brands


def test_stock_in_a_store_belongs_to_its_brand_or_to_a_partner_never_to_another_brand(api: Api) -> None:
    """A franchisee's shelves are named as such. Another brand can't be, and is not told from nobody."""
    code, rival = api.new_brand(), api.new_brand()
    mine = api.client(code)
    api.client(rival)
    with database.connect(api.database_url) as connection:
        create_party(connection, "franchisee", kind="partner", clock=api.clock)
    made = mine.post("/v1/locations", json=S1 | {"stock_owner": "franchisee"})
    assert (made.status_code, made.json()["stock_owner"]) == (201, "franchisee")
    assert mine.get("/v1/locations/S1").json() == made.json()
    assert mine.post("/v1/locations", json=S1 | {"stock_owner": "franchisee"}).status_code == 200
    assert mine.patch("/v1/locations/S1", json={"name": "New"}).json()["stock_owner"] == "franchisee"
    for owner in (rival, "nobody"):
        body = S1 | {"code": "S2", "stock_owner": owner}
        results = mine.post("/v1/locations/batch", json={"locations": [body]}).json()["results"]
        answers = [
            mine.post("/v1/locations", json=body).json(),
            mine.patch("/v1/locations/S1", json={"stock_owner": owner}).json(),
            results[0]["problem"],
        ]
        for answer in answers:
            (error,) = answer["errors"]
            assert (error["pointer"].rpartition("/")[2], error["code"]) == ("stock_owner", "unknown_stock_owner")
            assert error["detail"].replace(owner, "X").startswith("There is no partner X;")
    assert [at["code"] for at in mine.get("/v1/locations").json()["locations"]] == ["S1"]
    batch = {"locations": [S1 | {"stock_owner": code}, S1 | {"code": "S2", "stock_owner": "franchisee"}]}
    results = mine.post("/v1/locations/batch", json=batch).json()["results"]
    assert [result["location"]["stock_owner"] for result in results] == [None, "franchisee"]
    assert mine.patch("/v1/locations/S2", json={"stock_owner": None}).json()["stock_owner"] is None


def test_a_brand_reads_guesses_and_changes_nothing_of_another(api: Api) -> None:
    """Every operation of these routes, called with the other brand's codes, numbers and ids."""
    theirs = stocked(api.client(api.new_brand()))
    key_id = theirs.get("/v1/keys").json()["keys"][0]["id"]
    before = everything(theirs)
    mine = api.client(api.new_brand())
    named = {"code": "S1", "sku": "X1", "region": "650000", "key_id": key_id, "version": 1}
    tried = 0
    paths = api.anonymous().get("/openapi.json").json()["paths"]
    # what names one thing first, since the others create things under the same codes
    for path, operations in sorted(paths.items(), key=lambda item: "{" not in item[0]):
        if not OWN.match(path):
            continue
        one = "{" in path
        place = path.format(**(named | ({"code": "SF"} if "carriers" in path else {})))
        for method, operation in operations.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
            answer = mine.request(method, place, json=body, headers={"if-match": "*"})
            tried += 1
            assert SECRET not in answer.text, (method, place)
            assert "777777" not in answer.text, (method, place)
            if one:
                assert answer.status_code == 404, (method, place, answer.text)
            else:
                assert answer.status_code < 300, (method, place, answer.text)
    assert tried >= 26
    assert everything(theirs) == before


def test_the_same_codes_and_idempotency_keys_are_each_brands_own(api: Api) -> None:
    first, second = api.client(api.new_brand()), api.client(api.new_brand())
    for client, name in ((first, "A"), (second, "B")):
        made = client.post("/v1/locations", json=S1 | {"name": name}, headers={"idempotency-key": "same"})
        assert (made.status_code, made.json()["name"]) == (201, name)
    assert first.get("/v1/locations/S1").json()["name"] == "A"
    assert second.patch("/v1/locations/S1", json={"name": "C"}).status_code == 200
    assert first.get("/v1/locations/S1").json()["name"] == "A"


def test_a_policy_names_own_locations_only(api: Api) -> None:
    stocked(api.client(api.new_brand()))
    refused = api.client(api.new_brand()).put("/v1/policy", json={"excluded_locations": ["S1"]})
    assert refused.json()["errors"][0]["code"] == "unknown_location"


# -- devices


def test_a_stores_device_sees_its_store_and_writes_no_master_data(api: Api) -> None:
    brand = api.new_brand()
    owner = stocked(api.client(brand))
    token = owner.post("/v1/keys", json={"name": "till", "location": "S1"}).json()["token"]
    till = api.anonymous({"authorization": f"Bearer {token}"})
    assert [at["code"] for at in till.get("/v1/locations").json()["locations"]] == ["S1"]
    assert till.get("/v1/locations/S1").status_code == 200
    unknown, foreign = till.get("/v1/locations/S9"), till.get("/v1/locations/S2")
    assert (foreign.status_code, foreign.json()["code"]) == (unknown.status_code, unknown.json()["code"])
    assert foreign.text == unknown.text.replace("S9", "S2")
    assert till.get("/v1/offers/X1").status_code == 200
    before = everything(owner)
    for method, path in (
        ("post", "locations"), ("post", "locations/batch"), ("patch", "locations/S1"), ("post", "offers"),
        ("post", "offers/batch"), ("patch", "offers/X1"), ("get", "carriers"), ("post", "carriers"),
        ("get", "delivery-fees"), ("post", "delivery-fees"), ("delete", "delivery-fees/650000"), ("get", "policy"),
        ("put", "policy"), ("get", "policies"), ("get", "keys"), ("post", "keys"),
    ):  # fmt: skip
        assert till.request(method, f"/v1/{path}").status_code == 403, (method, path)
    assert everything(owner) == before


# -- keys


def test_a_key_is_shown_once_and_works_until_it_is_revoked(api: Api) -> None:
    owner = api.client(api.new_brand())
    made = owner.post("/v1/keys", json={"name": "erp", "scopes": ["offers:read"]}).json()
    erp = api.anonymous({"authorization": f"Bearer {made['token']}"})
    assert erp.get("/v1/offers").status_code == 200
    assert erp.get("/v1/locations").status_code == 403
    assert made["token"] not in owner.get("/v1/keys").text
    fresh = owner.post("/v1/keys", json={"name": "spare"}).json()
    assert owner.delete(f"/v1/keys/{fresh['id']}").status_code == 204
    assert owner.delete(f"/v1/keys/{fresh['id']}").status_code == 204
    spare = api.anonymous({"authorization": f"Bearer {fresh['token']}"})
    assert spare.get("/v1/offers").status_code == 401
    assert owner.get(f"/v1/keys/{fresh['id']}").json()["revoked_at"] is not None


def test_nobody_gives_a_scope_that_they_lack(api: Api) -> None:
    brand = api.new_brand()
    clerk = api.client(brand, scopes=["keys:write", "keys:read", "offers:read"])
    refused = clerk.post("/v1/keys", json={"scopes": ["offers:read", "orders:write"]})
    assert refused.json()["errors"][0]["code"] == "not_yours_to_give"
    assert "orders:write" in refused.json()["errors"][0]["detail"]
    given = clerk.post("/v1/keys", json={})
    assert given.json()["scopes"] == ["keys:read", "keys:write", "offers:read"]
    assert clerk.post("/v1/keys", json={"scopes": ["brands:write"]}).status_code == 422


def test_a_brand_makes_keys_for_itself_only_and_the_platform_for_all(api: Api) -> None:
    first, second = api.new_brand(), api.new_brand()
    api.key(second)
    owner = api.client(first)
    for brand in (second, "nobody"):
        refused = owner.post("/v1/keys", json={"brand": brand})
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "unknown_brand")
        assert owner.get("/v1/keys", params={"brand": brand}).status_code == 422
    with database.connect(api.database_url) as connection:
        create_party(connection, "platform", clock=SystemClock(), kind="platform")
        token = create_key(connection, "platform", clock=SystemClock())
    platform = api.anonymous({"authorization": f"Bearer {token}"})
    made = platform.post("/v1/keys", json={"brand": second})
    assert (made.status_code, made.json()["brand"]) == (201, second)
    assert len(platform.get("/v1/keys", params={"brand": second}).json()["keys"]) == 2
    assert platform.delete(f"/v1/keys/{made.json()['id']}").status_code == 204


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"scopes": []}, "/scopes"),
        ({"scopes": "all"}, "/scopes"),
        ({"location": "S404"}, "/location"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "/expires_at"),
        ({"expires_at": "tomorrow"}, "/expires_at"),
        ({"scope": []}, "/scope"),
        ({"name": 7}, "/name"),
    ],
)
def test_a_key_that_makes_no_sense_is_not_made(api: Api, body: dict[str, Any], pointer: str) -> None:
    owner = api.client(api.new_brand())
    refused = owner.post("/v1/keys", json=body)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)
    assert len(owner.get("/v1/keys").json()["keys"]) == 1


def test_keys_are_paged_and_found_by_location(api: Api) -> None:
    owner = stocked(api.client(api.new_brand()))
    made = [owner.post("/v1/keys", json={"location": code}).json()["id"] for code in ("S1", "S2", "S1")]
    page = owner.get("/v1/keys", params={"limit": 2}).json()
    rest = owner.get("/v1/keys", params={"cursor": page["next"]}).json()
    assert [key["id"] for key in page["keys"] + rest["keys"]][1:] == made
    assert [key["id"] for key in owner.get("/v1/keys?location=S1").json()["keys"]] == [made[0], made[2]]
    assert owner.get("/v1/keys?cursor=AAAA").status_code == 422


# -- requests that are sent twice


def rows(api: Api, brand: str) -> list[tuple[Any, ...]]:
    """The brand's remembered answers."""
    with database.connect(api.database_url) as connection:
        party = find_party(connection, brand)
        assert party is not None
        found = connection.execute("SELECT status, body FROM http_results WHERE party_no = %s", (party.party_no,))
        return found.fetchall()


def test_a_key_made_twice_by_one_request_is_one_key_and_its_token_lies_nowhere_open(api: Api) -> None:
    brand = api.new_brand()
    owner, headers = api.client(brand), {"idempotency-key": "till-1"}
    made = owner.post("/v1/keys", json={"name": "till"}, headers=headers)
    again = owner.post("/v1/keys", json={"name": "till"}, headers=headers)
    assert (again.status_code, again.content) == (made.status_code, made.content)
    assert again.headers["cache-control"] == "no-store"
    assert len(owner.get("/v1/keys").json()["keys"]) == 2
    ((status, body),) = rows(api, brand)
    assert status == 201
    assert made.json()["token"].encode() not in bytes(body)


def test_a_replayed_change_answers_what_it_did_then(api: Api) -> None:
    owner = stocked(api.client(api.new_brand()))
    first = owner.patch("/v1/offers/X1", json={"weight_g": 5}, headers={"idempotency-key": "a", "if-match": '"1"'})
    owner.patch("/v1/offers/X1", json={"weight_g": 6})
    again = owner.patch("/v1/offers/X1", json={"weight_g": 5}, headers={"idempotency-key": "a", "if-match": '"1"'})
    assert (again.status_code, again.json(), again.headers["etag"]) == (200, first.json(), '"2"')
    assert owner.get("/v1/offers/X1").json()["weight_g"] == 6
    for _ in range(2):
        gone = owner.delete("/v1/delivery-fees/650000", headers={"idempotency-key": "b"})
        assert (gone.status_code, gone.content) == (204, b"")


def test_a_key_stands_for_one_request(api: Api) -> None:
    owner, headers = api.client(api.new_brand()), {"idempotency-key": "a"}
    owner.post("/v1/locations", json=S1, headers=headers)
    reused = owner.post("/v1/locations", json=S1 | {"code": "S2"}, headers=headers)
    assert (reused.status_code, reused.json()["code"]) == (422, "idempotency_key_reused")
    assert owner.get("/v1/locations/S2").status_code == 404
    assert owner.post("/v1/offers", json=X1, headers=headers).status_code == 201  # another route, another request
    long = owner.post("/v1/locations", json=S1, headers={"idempotency-key": "a" * 256})
    assert long.json()["code"] == "idempotency_key_too_long"


def test_a_refusal_is_not_remembered(api: Api) -> None:
    brand = api.new_brand()
    owner, headers = api.client(brand), {"idempotency-key": "a"}
    assert owner.post("/v1/locations", json=S1 | {"lat": 99}, headers=headers).status_code == 422
    assert owner.patch("/v1/locations/S1", json={"name": "B"}, headers=headers).status_code == 404
    assert rows(api, brand) == []
    assert owner.post("/v1/locations", json=S1, headers=headers).status_code == 201


def test_a_twin_in_flight_waits_for_the_first(api: Api) -> None:
    """While the first transaction is open, its twin is told to come back; when it ends, the twin gets its answer."""
    owner, headers = api.client(api.new_brand()), {"idempotency-key": "a"}
    owner.post("/v1/locations", json=S1, headers=headers)
    with database.connect(api.database_url) as first:
        first.execute("UPDATE http_results SET created_at = created_at")  # as if it were being written
        early = owner.post("/v1/locations", json=S1, headers=headers)
        assert (early.status_code, early.json()["code"]) == (409, "idempotency_key_in_use")
        assert early.headers["retry-after"] == "1"
        first.rollback()
    assert owner.post("/v1/locations", json=S1, headers=headers).status_code == 201


def test_of_many_twins_at_once_one_does_the_work(api: Api) -> None:
    owner = api.client(api.new_brand())

    def make(_: int) -> tuple[int, str]:
        answer = owner.post("/v1/keys", json={"name": "till"}, headers={"idempotency-key": "same"})
        return answer.status_code, answer.json().get("token", "")

    with ThreadPoolExecutor(8) as threads:
        answers = set(threads.map(make, range(8)))
    assert len(answers - {(409, "")}) == 1
    assert len(owner.get("/v1/keys").json()["keys"]) == 2


def test_a_key_is_free_again_after_a_day(api: Api) -> None:
    owner, headers = api.client(api.new_brand()), {"idempotency-key": "a"}
    owner.post("/v1/locations", json=S1, headers=headers)
    with database.connect(api.database_url) as connection:
        connection.execute("UPDATE http_results SET created_at = created_at - interval '25 hours'")
        connection.commit()
    assert owner.post("/v1/locations", json=S1 | {"code": "S2"}, headers=headers).status_code == 201
    assert owner.post("/v1/locations", json=S1 | {"code": "S3"}, headers=headers).status_code == 422


def test_a_write_whose_connection_broke_is_told_to_come_back_and_done_once(api: Api) -> None:
    """The database ends the connection in the middle of a request: 503, and the same request then does it."""
    brand = api.new_brand()
    owner, headers = api.client(brand), {"idempotency-key": "a"}
    with database.connect(api.database_url) as other, ThreadPoolExecutor(1) as threads:
        other.execute("SELECT FROM parties WHERE code = %s FOR UPDATE", (brand,))
        asking = threads.submit(owner.put, "/v1/policy", json={"safety_stock": 4}, headers=headers)
        waiting = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                     WHERE datname = current_database() AND wait_event_type = 'Lock'"""
        while not other.execute(waiting).fetchall():
            time.sleep(0.01)
        broken = asking.result()
        other.rollback()
    assert (broken.status_code, broken.headers["retry-after"]) == (503, "1")
    again = owner.put("/v1/policy", json={"safety_stock": 4}, headers=headers)
    assert (again.status_code, again.json()["version"]) == (200, 1)
    assert owner.get("/v1/policy").json()["safety_stock"] == 4


def test_what_was_committed_without_a_word_is_known_after_the_next_write(api: Api) -> None:
    """The commit came through, its answer didn't: the repeated request is answered, and the location can be used."""
    owner, headers = api.client(api.new_brand()), {"idempotency-key": "a"}
    with api.another() as another:  # writes into the same database, and this process hears nothing of it
        there = another.anonymous({"authorization": owner.headers["authorization"]})
        assert there.post("/v1/locations", json=S1, headers=headers).status_code == 201
        there.post("/v1/offers", json=X1).raise_for_status()
        there.put("/v1/policy", json={"safety_stock": 5}).raise_for_status()
    assert owner.get("/v1/keys?location=S1").status_code == 422
    api.application.api.state.untold = True
    assert owner.post("/v1/locations", json=S1, headers=headers).status_code == 201
    assert owner.get("/v1/keys?location=S1").status_code == 200
    assert owner.get("/v1/policy").json()["safety_stock"] == 5
