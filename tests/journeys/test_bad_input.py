"""What is wrong is refused with its status, a stable code, the place and the way out, in English and Chinese; and
nothing has changed afterwards."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx
import pytest
from tests.journeys.shop import TIANANMEN, Json, Shop, bucket, eventually, ok, refused

if TYPE_CHECKING:
    from tests.journeys.conftest import Api

CHINESE = re.compile(r"[\u4e00-\u9fff]")
LINE = {"location": "XIDAN", "offer": "SCARF", "quantity": 1}
COUNT = {"location": "XIDAN", "offer": "SCARF", "on_hand": 5}
ORDER: Json = {"channel": "app", "channel_order_id": "B-1", "lines": [{"offer": "SCARF", "quantity": 1}]}
SEND = ORDER | {"deliver_to": TIANANMEN}
COLLECT = ORDER | {"pick_up_at": "XIDAN"}
OFFER = {"sku": "NEW", "name": "New", "kind": "good", "price": {"amount": 100, "currency": "CNY"}}
STORE = {"code": "NEW", "name": "New", "kind": "store", "lat": 39.9, "lon": 116.4}
BACK = {"order": "0192f0c1-2345-7abc-8def-0123456789ab", "location": "XIDAN", "lines": [{"line": 1, "quantity": 1}]}


class Wrong(NamedTuple):
    """A request and what is wrong with it: the problem's code, and the codes of its fields by place."""

    method: str
    path: str
    body: Any
    status: int
    code: str
    fields: Mapping[str, str] = MappingProxyType({})


def hold(**changes: Any) -> Json:
    return {"lines": [LINE | changes]}


def order(line: Json | None = None, **changes: Any) -> Json:
    return SEND | ({} if line is None else {"lines": [ORDER["lines"][0] | line]}) | changes


RESERVE, PLACE_ORDER, OFFERS, LOCATIONS = "/v1/reservations", "/v1/orders", "/v1/offers", "/v1/locations"
AVAILABLE = "/v1/availability?offer=SCARF"
WRONG = {
    # locations and offers that are not there
    "hold at an unknown location": Wrong(
        "POST", RESERVE, hold(location="NO"), 422, "unknown_location", {"/lines/0/location": "unknown_location"}
    ),
    "hold of an unknown offer": Wrong(
        "POST", RESERVE, hold(offer="NO"), 422, "unknown_offer", {"/lines/0/offer": "unknown_offer"}
    ),
    "order of an unknown offer": Wrong(
        "POST", PLACE_ORDER, order({"offer": "NO"}), 422, "unknown_offer", {"/lines/0/offer": "unknown_offer"}
    ),
    "collecting at an unknown location": Wrong(
        "POST", PLACE_ORDER, COLLECT | {"pick_up_at": "NO"}, 422, "unknown_location",
        {"/pick_up_at": "unknown_location"},
    ),
    "stock of an unknown location": Wrong(
        "GET", "/v1/stock?location=NO", None, 422, "unknown_location", {"/location": "unknown_location"}
    ),
    "availability of an unknown offer": Wrong(
        "GET", "/v1/availability?offer=NO&lat=39.9&lon=116.4", None, 422, "unknown_offer", {"/offer": "unknown_offer"}
    ),
    "a location that is not there": Wrong("GET", f"{LOCATIONS}/NO", None, 404, "not_found"),
    "an offer that is not there": Wrong("PATCH", f"{OFFERS}/NO", {"enabled": False}, 404, "not_found"),
    "an order that is not there": Wrong("GET", f"{PLACE_ORDER}/{BACK['order']}", None, 404, "not_found"),
    "an order id that is none": Wrong("GET", f"{PLACE_ORDER}/1001", None, 422, "invalid", {"/order_id": "not_a_uuid"}),
    "work that is not there": Wrong(
        "POST", f"/v1/fulfilment-orders/{BACK['order']}-1/accept", None, 404, "not_found"
    ),
    "a return of an order that is not there": Wrong("POST", "/v1/returns", BACK, 404, "not_found"),
    "a reservation that is not there": Wrong("POST", f"{RESERVE}/abc/confirm", None, 404, "not_found"),
    "a path that is not there": Wrong("GET", "/v2/orders", None, 404, "not_found"),
    "a method that is not there": Wrong("PUT", PLACE_ORDER + "/batch", {}, 405, "method_not_allowed"),
    # quantities
    "holding less than nothing": Wrong(
        "POST", RESERVE, hold(quantity=-1), 422, "invalid", {"/lines/0/quantity": "out_of_range"}
    ),
    "holding nothing": Wrong("POST", RESERVE, hold(quantity=0), 422, "invalid", {"/lines/0/quantity": "out_of_range"}),
    "holding absurdly much": Wrong(
        "POST", RESERVE, hold(quantity=10**30), 422, "invalid", {"/lines/0/quantity": "out_of_range"}
    ),
    "holding half a scarf": Wrong(
        "POST", RESERVE, hold(quantity=0.5), 422, "invalid", {"/lines/0/quantity": "not_an_integer"}
    ),
    "holding without lines": Wrong("POST", RESERVE, {"lines": []}, 422, "invalid", {"/lines": "too_few"}),
    "holding for ever": Wrong("POST", RESERVE, hold() | {"ttl_s": 10**9}, 422, "invalid", {"/ttl_s": "out_of_range"}),
    "ordering less than nothing": Wrong(
        "POST", PLACE_ORDER, order({"quantity": -2}), 422, "invalid", {"/lines/0/quantity": "out_of_range"}
    ),
    "ordering absurdly much": Wrong(
        "POST", PLACE_ORDER, order({"quantity": 10**9}), 422, "invalid", {"/lines/0/quantity": "out_of_range"}
    ),
    "every fault of a body at once": Wrong(
        "POST",
        RESERVE,
        {"lines": [LINE | {"quantity": -1}, {"offer": ""}], "ttl_s": "soon", "card": 1},
        422,
        "invalid",
        {
            "/lines/0/quantity": "out_of_range",
            "/lines/1/location": "required",
            "/lines/1/offer": "required",
            "/lines/1/quantity": "required",
            "/ttl_s": "not_an_integer",
            "/card": "unknown_field",
        },
    ),
    "counting less than nothing": Wrong(
        "POST", "/v1/stock/counts", {"counts": [COUNT | {"on_hand": -5}]}, 422, "invalid",
        {"/counts/0/on_hand": "out_of_range"},
    ),
    "asking for half a scarf": Wrong(
        "GET", f"{AVAILABLE}&lat=39.9&lon=116.4&quantity=0.5", None, 422, "invalid", {"/quantity": "out_of_range"}
    ),
    "moving goods to where they are": Wrong(
        "POST", "/v1/stock/transfers", {"source": "XIDAN", "target": "XIDAN", "offer": "SCARF", "quantity": 1}, 422,
        "invalid", {"/target": "same_location"},
    ),
    "moving more than there is": Wrong(
        "POST", "/v1/stock/transfers", {"source": "XIDAN", "target": "SANLITUN", "offer": "SCARF", "quantity": 6}, 409,
        "short",
    ),
    "a page of nothing": Wrong("GET", f"{PLACE_ORDER}?limit=0", None, 422, "invalid", {"/limit": "out_of_range"}),
    "a page of words": Wrong("GET", f"{PLACE_ORDER}?limit=x", None, 422, "invalid", {"/limit": "not_an_integer"}),
    # numbers of articles
    "a GTIN with a wrong check digit": Wrong(
        "POST", OFFERS, OFFER | {"gtin": "6901234567890"}, 422, "invalid", {"/gtin": "broken_gtin"}
    ),
    "a GTIN of letters": Wrong("POST", OFFERS, OFFER | {"gtin": "ABC"}, 422, "invalid", {"/gtin": "broken_gtin"}),
    # places
    "a location off the earth": Wrong(
        "POST", LOCATIONS, STORE | {"lat": 91, "lon": 181}, 422, "invalid", {"/lat": "too_large", "/lon": "too_large"}
    ),
    "a location with swapped coordinates": Wrong(
        "POST", LOCATIONS, STORE | {"lat": 116.4, "lon": 39.9}, 422, "invalid", {"/lat": "swapped"}
    ),
    "a delivery off the earth": Wrong(
        "POST", PLACE_ORDER, order(deliver_to={"lat": -91, "lon": 500}), 422, "invalid",
        {"/deliver_to/lat": "out_of_range", "/deliver_to/lon": "out_of_range"},
    ),
    "a delivery with swapped coordinates": Wrong(
        "POST", PLACE_ORDER, order(deliver_to={"lat": 75.99, "lon": 39.47}), 422, "invalid",
        {"/deliver_to/lat": "swapped"},
    ),
    "availability with swapped coordinates": Wrong(
        "GET", f"{AVAILABLE}&lat=75.99&lon=39.47", None, 422, "invalid", {"/lat": "swapped"}
    ),
    "availability at no number": Wrong(
        "GET", f"{AVAILABLE}&lat=nan&lon=inf", None, 422, "invalid", {"/lat": "out_of_range", "/lon": "out_of_range"}
    ),
    # closed and disabled
    "holding at a disabled store": Wrong(
        "POST", RESERVE, hold(location="CLOSED"), 422, "location_disabled", {"/lines/0/location": "location_disabled"}
    ),
    "collecting at a disabled store": Wrong(
        "POST", PLACE_ORDER, COLLECT | {"pick_up_at": "CLOSED"}, 422, "location_disabled",
        {"/pick_up_at": "location_disabled"},
    ),
    "ordering what is not for sale": Wrong(
        "POST", PLACE_ORDER, order({"offer": "GONE"}), 422, "offer_disabled", {"/lines/0/offer": "offer_disabled"}
    ),
    # orders that contradict themselves
    "neither delivered nor collected": Wrong(
        "POST", PLACE_ORDER, ORDER, 422, "invalid", {"/deliver_to": "required"}
    ),
    "delivered and collected": Wrong(
        "POST", PLACE_ORDER, order(pick_up_at="XIDAN"), 422, "invalid", {"/pick_up_at": "either_or"}
    ),
    "an unknown channel": Wrong(
        "POST", PLACE_ORDER, order(channel="fax"), 422, "invalid", {"/channel": "unknown_choice"}
    ),
    "an unknown currency": Wrong(
        "POST", PLACE_ORDER, order(currency="XXY"), 422, "invalid", {"/currency": "unknown_currency"}
    ),
    "more discount than price": Wrong(
        "POST", PLACE_ORDER, order({"discounts": [{"amount": 1991}]}), 422, "invalid",
        {"/lines/0/discounts": "discount_exceeds_line"},
    ),
    "a hold that is not there": Wrong(
        "POST", PLACE_ORDER, order(reservation=BACK["order"]), 404, "not_found"
    ),
    "a past order of tomorrow": Wrong(
        "POST", PLACE_ORDER, order(backfill=True, placed_at="2999-01-01T00:00:00Z"), 422, "invalid",
        {"/placed_at": "in_the_future"},
    ),
    # times and texts
    "a window without an offset": Wrong(
        "POST", RESERVE, hold(window="2026-11-11T10:00:00"), 422, "invalid", {"/lines/0/window": "not_a_time"}
    ),
    "a window in the year 10000": Wrong(
        "POST", RESERVE, hold(window="9999-12-31T23:59:59-23:59"), 422, "invalid", {"/lines/0/window": "not_a_time"}
    ),
    "a cart with U+0000": Wrong("POST", RESERVE, hold() | {"cart": "a\0b"}, 422, "invalid"),
    "a search for U+0000": Wrong("GET", f"{PLACE_ORDER}?text=%00", None, 422, "invalid", {"/text": "nul"}),
    "a cursor that no page gave": Wrong(
        "GET", f"{PLACE_ORDER}?cursor=abc", None, 422, "invalid", {"/cursor": "bad_cursor"}
    ),
    "a list for an object": Wrong("POST", RESERVE, [], 422, "invalid", {"": "not_an_object"}),
}  # fmt: skip


@pytest.fixture(scope="module")
def shop(api: Api) -> Shop:
    """XIDAN has five scarves; CLOSED is disabled, GONE is not for sale."""
    shop = Shop(api).open().sell("SCARF").sell("GONE", enabled=False)
    closed = STORE | {"code": "CLOSED", "enabled": False}
    ok(shop.client.post(LOCATIONS, json=closed), 201)
    return shop.receive(SCARF={"XIDAN": 5})


def state(shop: Shop) -> Json:
    """All that a refused request might have changed."""
    paths = ("/v1/stock?offer=SCARF", PLACE_ORDER, "/v1/fulfilment-orders", OFFERS, LOCATIONS, "/v1/stock/exceptions")
    return {path: ok(shop.client.get(path)) for path in paths}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_requests_are_refused_with_reason_and_place(shop: Shop, name: str) -> None:
    """In both languages, and nothing has changed."""
    wrong, before = WRONG[name], state(shop)
    told = {}
    for language, client in (("en", shop.client), ("zh", shop.zh)):
        answer = client.request(wrong.method, wrong.path, json=wrong.body)
        told[language] = refused(answer, wrong.status, wrong.code)
        assert answer.headers["content-language"] == language
        fields = {error["pointer"]: error["code"] for error in told[language].get("errors", [])}
        assert fields == wrong.fields
    assert told["en"]["title"] != told["zh"]["title"]
    assert CHINESE.search(told["zh"]["title"])
    for english, chinese in zip(told["en"].get("errors", []), told["zh"].get("errors", []), strict=True):
        assert not CHINESE.search(english["detail"])
        assert CHINESE.search(chinese["detail"])
        assert "xpected" not in chinese["detail"]  # no parser's English in a Chinese sentence
    assert state(shop) == before


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", RESERVE, "POST"),
        ("PUT", f"{RESERVE}/batch", "GET, POST"),
        ("DELETE", f"{RESERVE}/abc", "GET"),
        ("GET", f"{RESERVE}/abc/confirm", "POST"),
        ("PUT", f"{RESERVE}/abc/release", "POST"),
        ("DELETE", PLACE_ORDER, "GET, POST"),
        ("PUT", f"{PLACE_ORDER}/batch", "GET, PATCH, POST"),
        ("POST", "/v1/availability", "GET"),
        ("DELETE", LOCATIONS, "GET, POST"),
    ],
)
def test_a_method_that_is_not_taken_is_told_with_those_that_are(api: Api, method: str, path: str, allowed: str) -> None:
    """Hot routes and FastAPI's alike, with every method of the path (RFC 9110, 15.5.6)."""
    answer = api.anonymous().request(method, path)
    problem = refused(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == allowed
    assert allowed in problem["detail"]


BROKEN = {
    "cut off": b'{"lines": [',
    "no JSON": b"lines=1",
    "nothing at all": b"",
    "two values": b"{} {}",
    "not a number": b'{"ttl_s": NaN}',
    "bad UTF-8": b'{"cart": "\xc3\x28", "lines": []}',
    "half a surrogate pair": b'{"cart": "\\ud800", "lines": []}',
    "UTF-16": '{"lines": []}'.encode("utf-16"),
    "deeply nested": b'{"lines": ' + b"[" * 100_000,
    "deeply nested objects": b'{"a":' * 50_000,
}


@pytest.mark.parametrize("path", [RESERVE, PLACE_ORDER, "/v1/orders/batch", "/v1/stock/counts", LOCATIONS, OFFERS])
@pytest.mark.parametrize("broken", BROKEN)
def test_what_is_no_json_is_malformed(shop: Shop, path: str, broken: str) -> None:
    """Whatever is wrong with the bytes, it is a 400 that says so, or a 422 of a field that was wrong before."""
    before = shop.stock("SCARF")
    for client in (shop.client, shop.zh):
        answer = client.post(path, content=BROKEN[broken], headers={"content-type": "application/json"})
        assert answer.status_code in (400, 422), answer.text
        problem = refused(answer, answer.status_code, "malformed" if answer.status_code == 400 else "invalid")
        assert problem.get("detail") or problem["errors"]
    assert shop.stock("SCARF") == before


@pytest.mark.parametrize("path", [RESERVE, PLACE_ORDER, "/v1/stock/adjustments", LOCATIONS])
@pytest.mark.parametrize("told", [True, False], ids=["with its length", "in chunks"])
def test_bodies_too_large_are_refused_before_they_are_read(api: Api, shop: Shop, path: str, told: bool) -> None:
    """Also when they do not tell how large they are."""
    size = api.settings.max_body_bytes + 1
    content: Any = b" " * size if told else (b" " * 65_536 for _ in range(size // 65_536 + 1))
    before = shop.stock("SCARF")
    with suppress(httpx.WriteError, httpx.ReadError):  # closed while the rest was on its way: refused as well
        refused(shop.client.post(path, content=content), 413, "body_too_large")
    assert shop.stock("SCARF") == before


def test_too_many_items_are_refused(shop: Shop) -> None:
    """A batch of orders has at most 1,000, one of reservations 5,000; nothing of it is done."""
    orders = {"orders": [SEND | {"channel_order_id": str(i)} for i in range(1001)]}
    refused(shop.client.post("/v1/orders/batch", json=orders), 422, "invalid", "/orders")
    holds = {"reservations": [{"lines": [LINE]}] * 5001}
    refused(shop.client.post("/v1/reservations/batch", json=holds), 422, "invalid", "/reservations")
    assert shop.stock("SCARF") == {"XIDAN": bucket(5)}


def test_one_wrong_item_does_not_spoil_its_batch(api: Api) -> None:
    """Each item has its own answer, with a place in the request; the good ones are done."""
    shop = Shop(api).open("XIDAN").sell("SCARF")
    items = [COUNT, COUNT | {"location": "NO"}, COUNT | {"offer": "NO"}, COUNT | {"counted_at": "yesterday"}]
    results = ok(shop.zh.post("/v1/stock/counts", json={"counts": items}))["results"]
    told = [(r["status"], r.get("problem", {}).get("errors", [{}])[0].get("pointer")) for r in results]
    assert told == [(200, None), (422, "/counts/1/location"), (422, "/counts/2/offer"), (422, "/counts/3/counted_at")]
    changes = [{**LINE, "quantity": -6}, {**LINE, "quantity": 0}, {**LINE, "change": "receive", "quantity": -1}, LINE]
    results = ok(shop.client.post("/v1/stock/adjustments", json={"adjustments": changes}))["results"]
    assert [r["status"] for r in results] == [409, 422, 422, 200]
    assert results[0]["problem"]["short"] == [{"location": "XIDAN", "offer": "SCARF", "available": 5}]
    assert shop.stock("SCARF") == {"XIDAN": bucket(6)}
    orders = [SEND | {"channel_order_id": "good"}, SEND | {"lines": []}, SEND | {"channel_order_id": "x", "lines": "y"}]
    results = ok(shop.client.post("/v1/orders/batch", json={"orders": orders}))["results"]
    assert [r["status"] for r in results] == [201, 422, 422]
    holds = [{"lines": [LINE]}, {"lines": [LINE | {"quantity": 9}]}, {"lines": [LINE | {"offer": "NO"}]}]
    results = ok(shop.client.post("/v1/reservations/batch", json={"reservations": holds}))["results"]
    assert [r["status"] for r in results] == [201, 409, 422]
    assert shop.stock("SCARF") == {"XIDAN": bucket(6, 2)}


def test_stale_counts_are_refused(api: Api) -> None:
    """By their sequence, or by their time; and one of tomorrow, too. The stock stays as it was."""
    shop = Shop(api).open("XIDAN").sell("SCARF", "MUG")
    assert shop.count("XIDAN", "SCARF", 5, counted_at="2026-01-02T00:00:00Z", sequence=17)["status"] == 200
    for stale in (17, 16):
        told = shop.count("XIDAN", "SCARF", 9, sequence=stale)
        assert (told["status"], told["problem"]["code"]) == (409, "stale_count")
        assert told["problem"]["last_sequence"] == 17
    assert shop.count("XIDAN", "MUG", 5, counted_at="2026-01-02T00:00:00Z")["status"] == 200
    for at in ("2026-01-01T23:59:59Z", "2999-01-01T00:00:00Z"):
        told = shop.count("XIDAN", "MUG", 9, counted_at=at)
        assert (told["status"], told["problem"]["code"]) == (409, "stale_count")
    assert (shop.stock("SCARF"), shop.stock("MUG")) == ({"XIDAN": bucket(5)}, {"XIDAN": bucket(5)})
    assert shop.count("XIDAN", "SCARF", 6, sequence=18)["status"] == 200


def test_a_repeated_key_is_answered_again_and_a_reused_one_refused(api: Api) -> None:
    """For every kind of write: the same key and body get the first answer, nothing is done twice; the same key with
    another body is told so. A refusal is not kept: it is decided anew."""
    shop = Shop(api).open("XIDAN").sell("SCARF")
    body = {"adjustments": [{**LINE, "change": "receive", "quantity": 3}]}
    client, key = shop.client, {"idempotency-key": "once"}
    first, again = (ok(client.post("/v1/stock/adjustments", json=body, headers=key)) for _ in range(2))
    assert (first, shop.stock("SCARF")) == (again, {"XIDAN": bucket(3)})
    other = {"adjustments": [{**LINE, "change": "receive", "quantity": 4}]}
    (result,) = ok(client.post("/v1/stock/adjustments", json=other, headers=key))["results"]
    assert (result["status"], result["problem"]["code"]) == (422, "idempotency_key_reused")
    held, repeated = (ok(client.post(RESERVE, json=hold(), headers=key), 201) for _ in range(2))
    assert (held["id"], shop.stock("SCARF")) == (repeated["id"], {"XIDAN": bucket(3, 1)})
    refused(client.post(RESERVE, json=hold(quantity=2), headers=key), 422, "idempotency_key_reused")
    placed, replayed = (ok(client.post(PLACE_ORDER, json=SEND, headers=key), 201) for _ in range(2))
    assert placed == replayed
    refused(client.post(PLACE_ORDER, json=order({"quantity": 2}), headers=key), 422, "idempotency_key_reused")
    refused(client.post(PLACE_ORDER, json=order({"quantity": 2})), 409, "order_exists")
    assert ok(client.post(PLACE_ORDER, json=SEND))["id"] == placed["id"]  # the same order of the channel, without a key
    offer, kept = (client.post(OFFERS, json=OFFER, headers=key) for _ in range(2))
    assert (offer.status_code, offer.content) == (kept.status_code, kept.content)
    refused(client.post(OFFERS, json=OFFER | {"name": "x"}, headers=key), 422, "idempotency_key_reused")
    anew = {"idempotency-key": "refused first"}
    refused(client.post(RESERVE, json=hold(quantity=2), headers=anew), 409, "short")
    ok(client.post(f"{RESERVE}/{held['id']}/release", headers=key))
    ok(client.post(RESERVE, json=hold(quantity=2), headers=anew), 201)
    assert shop.stock("SCARF") == {"XIDAN": bucket(3, 3)}
    refused(client.post(RESERVE, json=hold(), headers={"idempotency-key": "k" * 256}), 422, "idempotency_key_too_long")


def test_an_expired_hold_can_not_be_confirmed(api: Api) -> None:
    """Nor released, nor confirmed after a release; its units are free."""
    shop = Shop(api).open("XIDAN").sell("SCARF").receive(SCARF={"XIDAN": 1})
    late = shop.hold("XIDAN", "SCARF", 1, ttl_s=1)
    refused(shop.client.post(RESERVE, json=hold()), 409, "short")
    eventually(lambda: shop.stock("SCARF") == {"XIDAN": bucket(1)})
    for step in ("confirm", "release"):
        refused(shop.client.post(f"{RESERVE}/{late['id']}/{step}"), 409, "reservation_not_open")
    assert ok(shop.client.get(f"{RESERVE}/{late['id']}"))["state"] == "expired"
    again = shop.hold("XIDAN", "SCARF", 1)
    ok(shop.client.post(f"{RESERVE}/{again['id']}/release"))
    refused(shop.client.post(f"{RESERVE}/{again['id']}/confirm"), 409, "reservation_not_open")
    assert shop.stock("SCARF") == {"XIDAN": bucket(1)}


#: After each of these steps, the steps that are out of order then.
OUT_OF_ORDER = [
    ("", ["pick", "pack", "ship", "deliver", "ready", "close", "unhold", "expire", "renew-code"]),
    ("accept", ["accept", "pack", "ship", "deliver", "ready", "close", "unhold"]),
    ("pick", ["accept", "pick", "ship", "deliver", "ready", "close"]),
    ("pack", ["accept", "pick", "pack", "deliver", "ready", "close"]),
    ("ship", ["accept", "pick", "pack", "ship", "ready", "close", "hold", "reject"]),
    ("deliver", ["accept", "pick", "pack", "ship", "deliver", "ready", "close", "hold", "reject"]),
]


def test_steps_out_of_order_are_refused_and_tell_what_is_possible(api: Api) -> None:
    """Whatever a store does next: what can't be done changes neither the order nor the stock."""
    shop = Shop(api).open("XIDAN").sell("SCARF").receive(SCARF={"XIDAN": 2})
    (work,) = shop.place(("SCARF", 1))["fulfilment_orders"]
    bodies: dict[str, Json] = {"reject": {"reason": "other"}}
    for done, impossible in OUT_OF_ORDER:
        if done:
            shop.step(work, done)
        before = (shop.get({"id": work["order"]}), shop.stock("SCARF"))
        (now,) = before[0]["fulfilment_orders"]
        for step in impossible:
            answer = shop.zh.post(f"/v1/fulfilment-orders/{work['id']}/{step}", json=bodies.get(step, {}))
            problem = refused(answer, 409, "wrong_state")
            assert len(problem["possible"]) == len(now["possible"])
            assert CHINESE.search(problem["detail"])
        assert (shop.get({"id": work["order"]}), shop.stock("SCARF")) == before
    back = {"order": work["order"], "location": "XIDAN", "lines": [{"line": 1, "quantity": 2}]}
    refused(shop.client.post("/v1/returns", json=back), 409, "quantity_too_large", "/lines/0/quantity")
    back["lines"] = [{"line": 1, "quantity": 1}]
    number = ok(shop.client.post("/v1/returns", json=back), 201)["return"]["number"]
    refused(shop.client.post("/v1/returns", json=back), 409, "quantity_too_large")
    for step, body in (("receive", {}), ("complete", {})):
        refused(shop.client.post(f"/v1/returns/{work['order']}/{number}/{step}", json=body), 409, "wrong_state")
    assert shop.stock("SCARF") == {"XIDAN": bucket(1)}


def test_an_unknown_reason_or_line_rejects_nothing(api: Api) -> None:
    """The reason decides what happens to the stock, so it must be one that is known."""
    shop = Shop(api).open("XIDAN").sell("SCARF").receive(SCARF={"XIDAN": 2})
    (work,) = shop.place(("SCARF", 1))["fulfilment_orders"]
    reject = f"/v1/fulfilment-orders/{work['id']}/reject"
    refused(shop.client.post(reject, json={"reason": "no idea"}), 422, "invalid", "/reason")
    refused(shop.client.post(reject, json={}), 422, "invalid", "/reason")
    lines = {"reason": "other", "lines": [{"line": 7, "quantity": 1}]}
    refused(shop.client.post(reject, json=lines), 422, "invalid", "/lines/0/line")
    lines = {"reason": "other", "lines": [{"line": 1, "quantity": 2}]}
    refused(shop.client.post(reject, json=lines), 409, "quantity_too_large", "/lines/0/quantity")
    assert shop.stock("SCARF") == {"XIDAN": bucket(2, 1)}
