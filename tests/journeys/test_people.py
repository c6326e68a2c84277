"""People act by their role in their stores until their session ends, and what they change is in the audit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from tests.journeys.people import (
    PASSWORD,
    action_of,
    add_person,
    audit_of,
    browser,
    form_of,
    ops,
    send_password,
    shop,
    sign_in,
)
from tests.journeys.shop import TIANANMEN, Json, Shop, ok, refused

from manystores.core import database

if TYPE_CHECKING:
    from tests.journeys.conftest import Api

__all__ = ["ops", "shop"]  # fixtures
STATES = "/v1/fulfilment-orders?state=open,in_progress"


# -- sessions end


def test_who_signs_out_is_out(api: Api, shop: Shop) -> None:
    """At once; the cookie is worth nothing any more."""
    add_person(api, shop.brand, "zhou", "analyst")
    client = sign_in(api, "zhou")
    kept = client.cookies["ms_session"]
    assert client.post("/sign-out").status_code == 204
    assert "ms_session" not in client.cookies
    client.cookies["ms_session"] = kept
    refused(client.get("/v1/me"), 401, "session_expired")
    refused(client.get("/v1/availability?offer=SCARF&lat=39.9&lon=116.4"), 401, "session_expired")


def test_an_expired_session_changes_nothing(api: Api, shop: Shop) -> None:
    """After two hours of doing nothing, or twelve hours; the refusal says what to do."""
    person = add_person(api, shop.brand, "wu", "brand_operations")
    for column, ago in (("seen_at", "3 hours"), ("expires_at", "1 second")):
        client = sign_in(api, "wu")
        with database.connect(api.database_url) as connection:
            change = f"UPDATE sessions SET {column} = now() - interval '{ago}' WHERE person_id = %s"
            connection.execute(change.encode(), [person.person_id])
        api.application._services.people.sessions.forget()  # type: ignore[union-attr]
        before = ok(shop.client.get("/v1/orders"))["orders"]
        refused(client.post("/v1/orders", json=shop.order(("SCARF", 1))), 401, "session_expired")
        refused(client.post("/v1/locations", json={}), 401, "session_expired")
        assert ok(shop.client.get("/v1/orders"))["orders"] == before


def test_who_is_disabled_is_out(api: Api, shop: Shop) -> None:
    """At once, and does not come in again."""
    boss = add_person(api, shop.brand, "zheng", "brand_operations")
    person = add_person(api, shop.brand, "wang", "planner")
    client, other = sign_in(api, "wang"), sign_in(api, "zheng")
    ok(other.patch(f"/v1/people/{person.person_id}", json={"enabled": False}))
    refused(client.get("/v1/me"), 401, "session_expired")
    shown = send_password(browser(api), "wang")
    assert (shown.status_code, "disabled" in shown.text) == (403, True)
    assert boss.enabled


# -- stores


def test_an_associate_acts_in_one_of_their_stores(api: Api, shop: Shop) -> None:
    """They see and do what the store that they chose has to do; nothing of the others."""
    add_person(api, shop.brand, "lin", "store_associate", "WANGFUJING", "XIDAN")
    client = sign_in(api, "lin")
    order = shop.place(("SCARF", 1), deliver_to=TIANANMEN)
    work = order["fulfilment_orders"][0]
    other = next(code for code in ("WANGFUJING", "XIDAN") if code != work["location"])
    assert ok(client.post("/v1/me/location", json={"location": work["location"]}))["location"] == work["location"]
    assert work["id"] in client.get(STATES).text
    ok(client.post("/v1/me/location", json={"location": other}))
    assert work["id"] not in client.get(STATES).text
    refused(client.post(f"/v1/fulfilment-orders/{work['id']}/accept"), 404, "not_found")
    ok(client.post("/v1/me/location", json={"location": work["location"]}))
    told = ok(client.post(f"/v1/fulfilment-orders/{work['id']}/accept"))
    actor = f"person:{ok(client.get('/v1/me'))['person']['id']}"
    assert actor in [step["actor"] for step in told["order"]["history"]]


def test_an_associate_can_not_choose_another_store(api: Api, shop: Shop) -> None:
    """Nor can somebody choose whose role is bound to none; the answer is the same for a store that is nobody's."""
    shop.open("SANLITUN")
    add_person(api, shop.brand, "he", "store_associate", "XIDAN")
    client = sign_in(api, "he")
    for code in ("SANLITUN", "NOWHERE"):
        answer = client.post("/v1/me/location", json={"location": code})
        assert answer.json()["errors"] == [
            {"pointer": "/location", "code": "not_yours", "detail": "You may act in XIDAN."}
        ]
    assert ok(client.get("/v1/me"))["location"] == "XIDAN"


def test_a_partner_reads_what_stands_at_its_places(api: Api, shop: Shop) -> None:
    """And changes nothing."""
    add_person(api, shop.brand, "partner", "partner", "XIDAN")
    client = sign_in(api, "partner")
    assert {bucket["location"] for bucket in ok(client.get("/v1/stock?offer=SCARF"))["stock"]} == {"XIDAN"}
    body = {"adjustments": [{"location": "XIDAN", "offer": "SCARF", "quantity": 1}]}
    refused(client.post("/v1/stock/adjustments", json=body), 403, "forbidden")


# -- shoppers are shown to those only who need it


def test_who_a_shopper_is_is_shown_to_those_who_serve_them(api: Api, shop: Shop, ops: httpx.Client) -> None:
    """Operations see the name, marketing and analysts see the order without it."""
    place = TIANANMEN | {"name": "欧阳静", "phone": "+8613800138000", "address": "东长安街 1 号"}
    order = shop.place(("SCARF", 1), deliver_to=place, notes="放门口")
    assert "欧阳静" in ops.get(f"/v1/orders/{order['id']}").text
    label = f"/v1/fulfilment-orders/{order['fulfilment_orders'][0]['id']}/label"
    assert "东长安街" in ops.get(label).text
    for login, role in (("mei", "brand_marketing"), ("qian", "analyst")):
        add_person(api, shop.brand, login, role)
        client = sign_in(api, login)
        told = client.get(f"/v1/orders/{order['id']}").text
        assert order["id"] in told
        for secret in ("欧阳静", "13800138000", "东长安街", "放门口"):
            assert secret not in told
        assert client.get(label).status_code == 403


def test_a_marketer_can_not_ship(api: Api, shop: Shop) -> None:
    """Whatever they send, the work stays as it is."""
    add_person(api, shop.brand, "tang", "brand_marketing")
    client = sign_in(api, "tang")
    work = shop.place(("SCARF", 1))["fulfilment_orders"][0]
    for step in ("accept", "pick", "pack", "ship"):
        answer = client.post(f"/v1/fulfilment-orders/{work['id']}/{step}")
        assert (answer.status_code, answer.json()["scope"]) == (403, "fulfilment:write")
    assert ok(shop.client.get(f"/v1/fulfilment-orders/{work['id']}"))["state"] == "open"


# -- the platform


def test_a_platform_operator_enters_a_brand_and_the_brand_sees_it(api: Api, shop: Shop, ops: httpx.Client) -> None:
    """Outside they see brands only; inside they may what operations may; the brand's audit names them."""
    add_person(api, "platform", "root", "platform_operator")
    client = sign_in(api, "root")
    assert shop.brand in [brand["code"] for brand in ok(client.get("/v1/brands"))["brands"]]
    refused(client.get("/v1/orders"), 403, "forbidden")
    refused(client.post("/v1/me/brand", json={"brand": "nobody's"}), 422, "invalid")
    assert ok(client.post("/v1/me/brand", json={"brand": shop.brand}))["party"] == shop.brand
    ok(client.get("/v1/orders"))
    ok(client.post("/v1/orders", json=shop.order(("SCARF", 1))), 201)
    assert ok(client.post("/v1/me/brand", json={"brand": None}))["party"] == "platform"
    refused(client.get("/v1/orders"), 403, "forbidden")
    seen = [(entry["route"], entry["person"]["login"], entry["person"]["platform"]) for entry in audit_of(ops, limit=3)]
    assert seen == [(route, "root", True) for route in ("/v1/me/brand", "/v1/orders", "/v1/me/brand")]
    refused(ops.post("/v1/me/brand", json={"brand": shop.brand}), 403, "forbidden")


# -- the audit


def test_what_people_change_is_in_the_audit(api: Api, shop: Shop, ops: httpx.Client) -> None:
    """What was done and what was refused, with what it was about, but without bodies; what only read is not in it."""
    person = add_person(api, shop.brand, "feng", "store_associate", "WANGFUJING", "XIDAN")
    client = sign_in(api, "feng")
    work = shop.place(("SCARF", 1))["fulfilment_orders"][0]
    ok(client.post("/v1/me/location", json={"location": work["location"]}))
    path = f"/v1/fulfilment-orders/{work['id']}/reject"
    ok(client.post(path, json={"reason": "damaged", "note": "secret of a shopper"}, headers={"idempotency-key": "k-1"}))
    ok(client.get(STATES))
    refused(client.post("/v1/reservations", json={"lines": []}), 422, "invalid")
    refused(client.post("/v1/locations", json={}), 403, "forbidden")
    client.post("/sign-out")
    rows = audit_of(ops, person=str(person.person_id))
    told = [(row["method"], row["route"], row["status"]) for row in rows]
    assert told == [
        ("POST", "sign_out", 204),
        ("POST", "/v1/locations", 403),
        ("POST", "/v1/reservations", 422),
        ("POST", "/v1/fulfilment-orders/{fulfilment_id}/reject", 200),
        ("POST", "/v1/me/location", 200),
        ("", "sign_in", 200),
    ]
    reject = rows[3]
    assert (reject["path"], reject["request_key"], reject["location"]) == (path, "k-1", work["location"])
    assert reject["details"] == {"reason": "damaged", "location": work["location"]}
    assert (rows[-1]["address"], reject["address"]) == ("127.0.0.1", None)
    assert "secret of a shopper" not in str(rows)
    assert len({row["session"] for row in rows}) == 1


def test_the_audit_is_filtered_and_paged(api: Api, shop: Shop, ops: httpx.Client) -> None:
    """By text, by time, by what was refused; page by page, nothing twice."""
    for _ in range(3):
        refused(ops.post("/v1/locations", json={}), 422, "invalid")
    assert {row["path"] for row in audit_of(ops, text="POST /v1/locations")} == {"/v1/locations"}
    assert {row["status"] >= 400 for row in audit_of(ops, refused=True)} == {True}
    assert audit_of(ops, to="2020-01-01T00:00:00Z") == []
    seen: list[str] = []
    cursor = None
    while True:
        told = ok(ops.get("/v1/audit", params={"limit": 2} | ({"cursor": cursor} if cursor else {})))
        seen += [row["id"] for row in told["audit"]]
        cursor = told["next"]
        if cursor is None or len(seen) > 8:
            break
    assert len(seen) == len(set(seen)) >= 8
    refused(ops.get("/v1/audit?cursor=x"), 422, "invalid")
    refused(ops.get("/v1/audit?from=yesterday"), 422, "invalid")


def test_a_failed_sign_in_is_in_the_audit_of_its_brand(api: Api, shop: Shop, ops: httpx.Client) -> None:
    """With the person that was tried; what was typed is not kept."""
    person = add_person(api, shop.brand, "chu", "analyst")
    send_password(browser(api), "chu", "my-secret-typo")
    rows = audit_of(ops, person=str(person.person_id))
    assert [(row["route"], row["status"]) for row in rows] == [("sign_in_failed", 401)]
    assert "my-secret-typo" not in str(rows)


def test_what_can_not_be_audited_is_not_acknowledged(api: Api, shop: Shop, ops: httpx.Client) -> None:
    """The answer is 503 as long as the row can't be written; the same key afterwards gets the answer, and its row."""
    key = {"idempotency-key": "audit-1"}
    with database.connect(api.database_url, autocommit=True) as connection:
        connection.execute("ALTER TABLE audit RENAME TO audit_away")
        try:
            refused(
                ops.post("/v1/orders", json=(body := shop.order(("SCARF", 1))), headers=key), 503, "audit_unwritten"
            )
            refused(ops.post("/v1/offers", json={"sku": "A-1"}, headers=key), 503, "audit_unwritten")
        finally:
            connection.execute("ALTER TABLE audit_away RENAME TO audit")
    ok(ops.post("/v1/orders", json=body, headers=key), 201)
    assert audit_of(ops, limit=1)[0]["request_key"] == "audit-1"


# -- people


def test_people_are_added_found_and_changed(api: Api, shop: Shop, ops: httpx.Client) -> None:
    """By who has the role for it; no answer ever has a password or its hash."""
    body = {"login": "Yang@Silk.example", "name": "杨洋", "role": "store_associate", "locations": ["XIDAN"]}
    made = ok(ops.post("/v1/people", json=body | {"password": PASSWORD}), 201)
    assert (made["login"], made["locations"], made["has_password"]) == ("yang@silk.example", ["XIDAN"], True)
    address = f"/v1/people/{made['id']}"
    assert ok(ops.get("/v1/people?text=杨"))["people"] == [made]
    client = sign_in(api, "yang@silk.example")
    assert ok(client.get("/v1/me"))["location"] == "XIDAN"
    changed = ops.patch(address, json={"role": "planner"}, headers={"if-match": '"1"'})
    assert (ok(changed)["role"], changed.json()["locations"], changed.headers["etag"]) == ("planner", [], '"2"')
    refused(client.get("/v1/me"), 401, "session_expired")
    refused(ops.patch(address, json={"name": "x"}, headers={"if-match": '"1"'}), 412, "revision_passed")
    details = audit_of(ops, limit=2)[1]["details"]
    assert details["role"] == ["store_associate", "planner"]
    for path in (address, "/v1/people", "/v1/audit"):
        assert PASSWORD not in ops.get(path).text
        assert "argon2" not in ops.get(path).text


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"login": ""}, "/login", "empty"),
        ({"login": "陈晨"}, "/login", "bad_login"),
        ({"name": None}, "/name", "required"),
        ({"role": "boss"}, "/role", "unknown_choice"),
        ({"role": "platform_operator"}, "/role", "unknown_choice"),
        ({"role": "store_associate"}, "/locations", "required"),
        ({"locations": ["XIDAN"]}, "/locations", "not_bound"),
        ({"role": "store_associate", "locations": ["XIDAN", "NOWHERE"]}, "/locations/1", "unknown_location"),
        ({"password": "short"}, "/password", "wrong_length"),
        ({"password": "password123"}, "/password", "too_common"),
        ({"password": "xx-jiang-xx"}, "/password", "contains_login"),
        ({"password": 7}, "/password", "not_text"),
        ({"enabled": "yes"}, "/enabled", "not_a_boolean"),
        ({"rôle": "x"}, "/rôle", "unknown_field"),
    ],
)
def test_each_field_says_what_is_wrong(ops: httpx.Client, change: Json, pointer: str, code: str) -> None:
    """At its place, in English and in Chinese."""
    body = {"login": "jiang", "name": "江", "role": "planner"} | change
    for language in ("en", "zh"):
        answer = ops.post("/v1/people", json=body, headers={"accept-language": language})
        assert answer.status_code == 422, answer.text
        (error,) = answer.json()["errors"]
        assert (error["pointer"], error["code"]) == (pointer, code)
        assert any(c > "\u4e00" for c in error["detail"]) == (language == "zh")


def test_a_login_is_taken_in_its_brand_only(api: Api, shop: Shop, ops: httpx.Client) -> None:
    """Another brand may have the same, and is told nothing."""
    body = {"login": "xu", "name": "徐", "role": "analyst"}
    ok(ops.post("/v1/people", json=body), 201)
    answer = ops.post("/v1/people", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (409, "/login")
    ok(api.client(api.new_brand()).post("/v1/people", json=body), 201)


def test_nobody_gives_more_than_they_have(api: Api, shop: Shop) -> None:
    """A key that may write people but not ship makes nobody who may; nor does it set such a person's password."""
    person = add_person(api, shop.brand, "han", "brand_operations")
    weak = api.client(shop.brand, scopes=["people:read", "people:write", "locations:read"])
    body = {"login": "mine", "name": "x", "role": "brand_operations", "password": PASSWORD}
    refused(weak.post("/v1/people", json=body), 403, "forbidden")
    refused(weak.patch(f"/v1/people/{person.person_id}", json={"password": PASSWORD + "!"}), 403, "forbidden")
    refused(weak.patch(f"/v1/people/{person.person_id}", json={"enabled": False}), 403, "forbidden")
    still = ok(weak.get(f"/v1/people/{person.person_id}"))
    assert (still["enabled"], still["revision"]) == (True, person.revision)
    assert ok(weak.get("/v1/people?text=mine"))["people"] == []


def test_somebody_of_operations_always_remains(api: Api) -> None:
    """The last one neither disables themselves nor takes another role; with a second one they may."""
    brand = api.new_brand()
    person = add_person(api, brand, "only", "brand_operations")
    client = sign_in(api, "only")
    address = f"/v1/people/{person.person_id}"
    for body, pointer in (({"enabled": False}, "/enabled"), ({"role": "analyst"}, "/role")):
        answer = client.patch(address, json=body)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (409, pointer)
    second = {"login": "second", "name": "二", "role": "brand_operations"}
    ok(client.post("/v1/people", json=second), 201)
    ok(client.patch(address, json={"role": "analyst"}))
    refused(client.get("/v1/people"), 403, "forbidden")


def test_people_change_their_own_password(api: Api, shop: Shop) -> None:
    """With the present one; sessions elsewhere end, this one goes on."""
    add_person(api, shop.brand, "shen", "analyst")
    here, elsewhere = sign_in(api, "shen"), sign_in(api, "shen")
    wanted = "four cups of black tea"
    answer = here.post("/v1/me/password", json={"current": "not it at all", "password": "short"})
    assert {error["pointer"] for error in answer.json()["errors"]} == {"/current", "/password"}
    assert here.post("/v1/me/password", json={"current": PASSWORD, "password": wanted}).status_code == 204
    ok(here.get("/v1/me"))
    refused(elsewhere.get("/v1/me"), 401, "session_expired")
    assert send_password(browser(api), "shen").status_code == 401
    assert send_password(browser(api), "shen", wanted).status_code == 303
    assert action_of(api.anonymous().get(form_of(browser(api)))).startswith("/idp/authorize?")
