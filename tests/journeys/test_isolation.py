"""Neither of two brands in one installation reads, guesses or changes the other's anything; a store's device sees its
store only. Every operation of the OpenAPI document is tried: a new route without a case here fails the test."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from tests.journeys.shop import TIANANMEN, Json, Shop, eventually, listening, ok, public_pem, refused

if TYPE_CHECKING:
    from tests.journeys.conftest import Api

PLACE = {"kind": "store", "lat": 39.9, "lon": 116.4}
ASSOCIATE = {"login": "chen", "name": "陈晨", "role": "store_associate"}
CARRIER = {"name": "顺丰", "zones": [{"base": 1200, "days_min": 1, "days_max": 2}]}
ALIPAY = {"provider": "alipay", "public_key": public_pem(generate_private_key(65537, 2048))}
NOBODYS_ID = "0192f0c1-2345-7abc-8def-0123456789ab"


class Names(NamedTuple):
    """Codes and ids that somebody may know or guess; `mark` stands in texts of theirs that are never sent."""

    location: str
    offer: str
    carrier: str
    order: str
    channel_order: str
    pick_up: str
    returned: str
    hold: str
    transfer: str
    webhook: str
    key: str
    person: str
    login: str
    region: str
    exception: str
    payment_account: str
    application: str
    mark: str


NOBODYS = Names(
    "NOWHERE", "NOTHING", "NO-CARRIER", NOBODYS_ID, "NO-ORDER", NOBODYS_ID, NOBODYS_ID, NOBODYS_ID, NOBODYS_ID,
    NOBODYS_ID, NOBODYS_ID, NOBODYS_ID, "no-login", "650000", "999999999-0", NOBODYS_ID,
    "app-first", "no mark",
)  # fmt: skip


def build(shop: Shop, code: str, region: str) -> Names:
    """One of everything at a store of that code; the brand's other store is SHARED, as other brands' are."""
    client = shop.client
    mark = f"mark of {shop.brand}"
    for place in ("SHARED", code):
        ok(client.post("/v1/locations", json={"code": place, "name": f"{place}, {mark}", **PLACE}), 201)
    offer, carrier, channel_order = f"ONLY-{shop.brand}", f"SF-{shop.brand}", f"1001-{shop.brand}"
    shop.sell("GOOD").sell(offer, attributes={"about": mark})
    shop.receive(**{"GOOD": {"SHARED": 20, code: 20}, offer: {code: 20}})
    ok(client.post("/v1/carriers", json={"code": carrier, **CARRIER}), 201)
    ok(client.post("/v1/delivery-fees", json={"region": region, "fee": 615}), 201)
    ok(client.post("/v1/identify", json={"userId": channel_order, "traits": {"phone": "13911112222"}}))
    ok(client.put("/v1/policy", json={"safety_stock": 1}))
    order = shop.place((offer, 1), channel_order_id=channel_order, notes=mark)
    pick_up = shop.place((offer, 1), pick_up_at=code)
    shop.steps(pick_up["fulfilment_orders"][0], "accept", "pick", "ready")
    returned = shop.place((offer, 2))
    shop.steps(returned["fulfilment_orders"][0], "accept", "pick", "pack", "ship")
    back = {"order": returned["id"], "location": code, "lines": [{"line": 1, "quantity": 1}]}
    ok(client.post("/v1/returns", json=back), 201)
    hold = shop.hold(code, offer, 1)["id"]
    sent = {"source": "SHARED", "target": code, "offer": "GOOD", "quantity": 1}
    transfer = ok(client.post("/v1/stock/transfers", json=sent), 201)["id"]
    hook = {"url": "https://shop.example/hook", "events": ["*"], "description": mark}
    webhook = ok(client.post("/v1/webhooks", json=hook), 201)["id"]
    key = ok(client.post("/v1/keys", json={"name": mark}), 201)["id"]
    application = f"app-{shop.brand}"
    account = ok(client.post("/v1/payment-accounts", json=ALIPAY | {"app_id": application}), 201)["id"]
    scarce = f"SCARCE-{shop.brand}"
    shop.sell(scarce).receive(**{scarce: {code: 9}}).place((scarce, 3), pick_up_at=code)
    shop.count(code, scarce, 1)
    exception = ok(client.get("/v1/stock/exceptions"))["exceptions"][0]["id"]
    ok(client.patch(f"/v1/stock/exceptions/{exception}", json={"note": mark}))
    login = f"chen-{shop.brand}"
    person = ok(client.post("/v1/people", json=ASSOCIATE | {"login": login, "name": mark, "locations": [code]}), 201)[
        "id"
    ]
    return Names(
        code, offer, carrier, order["id"], channel_order, pick_up["id"], returned["id"], hold, transfer, webhook, key,
        person, login, region, exception, account, application, mark,
    )  # fmt: skip


class Try(NamedTuple):
    """A request that names what is somebody else's. `may` are the statuses that say no; without any, it asks for what
    is its own and must be told nothing of theirs."""

    path: str
    body: Any = None
    may: tuple[int, ...] = (404,)


NAMED_IN_BODY = (422,)
OWN: tuple[int, ...] = ()
SELL = {"channel": "app", "channel_order_id": "guess-1", "deliver_to": TIANANMEN}
WORK_STEPS = (
    "accept", "re-route", "pick", "pack", "ship", "deliver", "ready", "renew-code", "expire", "close", "hold", "unhold",
)  # fmt: skip


def tries(n: Names) -> dict[str, Try]:
    """Every operation that has something to do with a brand, aimed at these names."""
    return _master(n) | _stock(n) | _orders(n) | _people(n) | _steps(n) | _batches(n) | _members(n)


def _master(n: Names) -> dict[str, Try]:
    """What a brand is made of."""
    return {
        "post /v1/locations": Try("/v1/locations", {"code": "SHARED", "name": "taken", **PLACE}, (409,)),
        "get /v1/locations": Try("/v1/locations", None, OWN),
        "post /v1/locations/batch": Try("/v1/locations/batch", {"locations": [{"code": "SHARED", "name": "new"}]}, OWN),
        "get /v1/locations/{code}": Try(f"/v1/locations/{n.location}"),
        "patch /v1/locations/{code}": Try(f"/v1/locations/{n.location}", {"enabled": False}),
        "get /v1/locations/{code}/now": Try(f"/v1/locations/{n.location}/now"),
        "get /v1/locations/{code}/rejections": Try(f"/v1/locations/{n.location}/rejections"),
        "get /v1/network/points": Try("/v1/network/points", None, OWN),
        "get /v1/network/load": Try("/v1/network/load", None, OWN),
        "get /v1/network/regions/{level}": Try("/v1/network/regions/inset", None, OWN),
        "post /v1/offers": Try("/v1/offers", {"sku": "GOOD", "name": "x", "kind": "good"} | _price(1), (409,)),
        "get /v1/offers": Try("/v1/offers", None, OWN),
        "post /v1/offers/batch": Try("/v1/offers/batch", {"offers": [{"sku": "GOOD", **_price(7)}]}, OWN),
        "get /v1/offers/{sku}": Try(f"/v1/offers/{n.offer}"),
        "patch /v1/offers/{sku}": Try(f"/v1/offers/{n.offer}", _price(7)),
        "post /v1/carriers": Try("/v1/carriers", {"code": "OTHER", **CARRIER}, OWN),
        "get /v1/carriers": Try("/v1/carriers", None, OWN),
        "get /v1/carriers/{code}": Try(f"/v1/carriers/{n.carrier}"),
        "patch /v1/carriers/{code}": Try(f"/v1/carriers/{n.carrier}", {"enabled": False}),
        "post /v1/delivery-fees": Try("/v1/delivery-fees", {"region": "440000", "fee": 1}, OWN),
        "get /v1/delivery-fees": Try("/v1/delivery-fees", None, OWN),
        "get /v1/delivery-fees/{region}": Try(f"/v1/delivery-fees/{n.region}"),
        "patch /v1/delivery-fees/{region}": Try(f"/v1/delivery-fees/{n.region}", {"fee": 1}),
        "delete /v1/delivery-fees/{region}": Try(f"/v1/delivery-fees/{n.region}"),
        "get /v1/policy": Try("/v1/policy", None, OWN),
        "put /v1/policy": Try("/v1/policy", {"excluded_locations": [n.location]}, NAMED_IN_BODY),
        "get /v1/sourcing/rounds": Try("/v1/sourcing/rounds", None, OWN),
        "post /v1/sourcing/rounds": Try("/v1/sourcing/rounds", {}, OWN),
        "get /v1/sourcing/simulations": Try("/v1/sourcing/simulations", None, OWN),
        "post /v1/sourcing/simulations": Try(
            "/v1/sourcing/simulations",
            {"generate": 1, "policies": [{"policy": {"excluded_locations": [n.location]}}]},
            NAMED_IN_BODY,
        ),
        "get /v1/sourcing/simulations/{simulation_id}": Try(f"/v1/sourcing/simulations/{NOBODYS_ID}"),
        "get /v1/sourcing/simulations/{simulation_id}/result": Try(f"/v1/sourcing/simulations/{NOBODYS_ID}/result"),
        "post /v1/sourcing/simulations/{simulation_id}/cancel": Try(
            f"/v1/sourcing/simulations/{NOBODYS_ID}/cancel", {}
        ),
        "get /v1/policies": Try("/v1/policies", None, OWN),
        "get /v1/policies/{version}": Try("/v1/policies/1", None, OWN),
        "post /v1/policies/{version}/roll-back": Try("/v1/policies/1/roll-back", {}, OWN),
        "post /v1/policy/dry-run": Try(
            "/v1/policy/dry-run", {"policy": {"excluded_locations": [n.location]}}, NAMED_IN_BODY
        ),
    }


def _stock(n: Names) -> dict[str, Try]:
    return {
        "post /v1/stock/transfers": Try(
            "/v1/stock/transfers", {"source": n.location, "target": "SHARED", "offer": "GOOD", "quantity": 1}, (422,)
        ),
        "post /v1/stock/transfers/{transfer_id}/receive": Try(f"/v1/stock/transfers/{n.transfer}/receive", {}),
        "get /v1/stock": Try(f"/v1/stock?location={n.location}", None, NAMED_IN_BODY),
        "get /v1/stock/totals": Try(f"/v1/stock/totals?location={n.location}", None, NAMED_IN_BODY),
        "get /v1/stock/movements": Try(f"/v1/stock/movements?location={n.location}", None, NAMED_IN_BODY),
        "get /v1/stock/claims": Try(f"/v1/stock/claims?location={n.location}&offer={n.offer}", None, NAMED_IN_BODY),
        "get /v1/stock/exceptions/{id}": Try(f"/v1/stock/exceptions/{n.exception}"),
        "patch /v1/stock/exceptions/{id}": Try(f"/v1/stock/exceptions/{n.exception}", {"note": "mine"}),
        "get /v1/stock/transfers": Try(f"/v1/stock/transfers?source={n.location}", None, NAMED_IN_BODY),
        "get /v1/stock/transfers/{transfer_id}": Try(f"/v1/stock/transfers/{n.transfer}"),
        "get /v1/stock/exceptions": Try("/v1/stock/exceptions", None, OWN),
        "get /v1/board": Try("/v1/board", None, OWN),
        "get /v1/board/sold-out": Try("/v1/board/sold-out", None, OWN),
    }


def _orders(n: Names) -> dict[str, Try]:
    work, pick_up = f"/v1/fulfilment-orders/{n.order}-1", f"/v1/fulfilment-orders/{n.pick_up}-1"
    line = {"location": n.location, "offer": n.offer, "quantity": 1}
    offer_q = f"lat=39.9&lon=116.4&offer={n.offer}"
    return {
        "get /v1/availability": Try(f"/v1/availability?{offer_q}", None, NAMED_IN_BODY),
        "post /v1/reservations": Try("/v1/reservations", {"lines": [line]}, NAMED_IN_BODY),
        "get /v1/reservations/{id}": Try(f"/v1/reservations/{n.hold}"),
        "post /v1/reservations/{id}/confirm": Try(f"/v1/reservations/{n.hold}/confirm"),
        "post /v1/reservations/{id}/release": Try(f"/v1/reservations/{n.hold}/release"),
        "post /v1/orders": Try(
            "/v1/orders", SELL | {"reservation": n.hold, "lines": [{"offer": "GOOD", "quantity": 1}]}
        ),
        "get /v1/orders": Try(f"/v1/orders?text={n.channel_order}", None, OWN),
        "get /v1/orders.csv": Try(f"/v1/orders.csv?text={n.channel_order}", None, OWN),
        "get /v1/fulfilment-orders.csv": Try(f"/v1/fulfilment-orders.csv?location={n.location}", None, NAMED_IN_BODY),
        "get /v1/locations.csv": Try("/v1/locations.csv", None, OWN),
        "get /v1/stock.csv": Try(f"/v1/stock.csv?location={n.location}", None, NAMED_IN_BODY),
        "get /v1/stock/movements.csv": Try(f"/v1/stock/movements.csv?location={n.location}", None, NAMED_IN_BODY),
        "get /v1/stock/exceptions.csv": Try("/v1/stock/exceptions.csv", None, OWN),
        "get /v1/offers.csv": Try("/v1/offers.csv", None, OWN),
        "get /v1/search": Try(f"/v1/search?q={n.channel_order}", None, OWN),
        "get /v1/orders/{order_id}": Try(f"/v1/orders/{n.order}"),
        "patch /v1/orders/{order_id}": Try(f"/v1/orders/{n.order}", {"notes": "mine"}),
        "get /v1/orders/{order_id}/decision": Try(f"/v1/orders/{n.order}/decision"),
        "post /v1/orders/{order_id}/cancel": Try(f"/v1/orders/{n.order}/cancel", {}),
        "post /v1/orders/{order_id}/link": Try(f"/v1/orders/{n.order}/link", {}),
        "post /v1/orders/{order_id}/payments": Try(
            f"/v1/orders/{n.order}/payments", {"kind": "paid", "amount": 1, "reference": "p-1"}
        ),
        "get /v1/fulfilment-orders": Try(f"/v1/fulfilment-orders?location={n.location}", None, NAMED_IN_BODY),
        "get /v1/fulfilment-orders/count": Try("/v1/fulfilment-orders/count", None, OWN),
        "get /v1/orders/count": Try("/v1/orders/count", None, OWN),
        "get /v1/fulfilment-orders/choices": Try("/v1/fulfilment-orders/choices", None, OWN),
        "get /v1/fulfilment-orders/{fulfilment_id}": Try(work),
        "get /v1/fulfilment-orders/{fulfilment_id}/label": Try(f"{work}/label"),
        "get /v1/scan": Try(f"/v1/scan?code={n.returned}-1", None, OWN),
        "get /v1/fulfilment-orders/{fulfilment_id}/code": Try(f"{pick_up}/code"),
        "post /v1/returns": Try(
            "/v1/returns", {"order": n.returned, "location": "SHARED", "lines": [{"line": 1, "quantity": 1}]}
        ),
        "post /v1/returns/at-counter": Try(
            "/v1/returns/at-counter",
            {"order": n.returned, "location": "SHARED", "lines": [{"line": 1, "restocked": 1}]},
        ),
    }


def _people(n: Names) -> dict[str, Try]:
    """Who and what may call: webhooks, keys, people."""
    hook = f"/v1/webhooks/{n.webhook}"
    return {
        "post /v1/webhooks": Try(
            "/v1/webhooks", {"url": "https://b.example/", "events": ["*"], "location": n.location}, NAMED_IN_BODY
        ),
        "get /v1/webhooks": Try("/v1/webhooks", None, OWN),
        "get /v1/webhooks/{webhook_id}": Try(hook),
        "patch /v1/webhooks/{webhook_id}": Try(hook, {"state": "paused"}),
        "delete /v1/webhooks/{webhook_id}": Try(hook),
        "post /v1/webhooks/{webhook_id}/test": Try(f"{hook}/test"),
        "post /v1/webhooks/{webhook_id}/replay": Try(f"{hook}/replay", {"undelivered": True}),
        "get /v1/webhooks/{webhook_id}/deliveries": Try(f"{hook}/deliveries"),
        "post /v1/webhooks/{webhook_id}/rotate-secret": Try(f"{hook}/rotate-secret", {}),
        "post /v1/keys": Try("/v1/keys", {"location": n.location}, NAMED_IN_BODY),
        "get /v1/keys": Try("/v1/keys", None, OWN),
        "get /v1/keys/{key_id}": Try(f"/v1/keys/{n.key}"),
        "delete /v1/keys/{key_id}": Try(f"/v1/keys/{n.key}"),
        "post /v1/people": Try("/v1/people", ASSOCIATE | {"locations": [n.location]}, NAMED_IN_BODY),
        "get /v1/people": Try(f"/v1/people?text={n.login}", None, OWN),
        "get /v1/people/{person_id}": Try(f"/v1/people/{n.person}"),
        "patch /v1/people/{person_id}": Try(f"/v1/people/{n.person}", {"enabled": False}),
        "get /v1/audit": Try(f"/v1/audit?person={n.person}", None, OWN),
        "get /v1/brands": Try("/v1/brands", None, (403,)),
        # people only: tests/journeys/test_views.py has somebody of another brand try them
        "get /v1/views": Try("/v1/views", None, (403,)),
        "post /v1/views": Try("/v1/views", {"name": "x", "page": "/orders"}, (403,)),
        "get /v1/views/{view_id}": Try(f"/v1/views/{NOBODYS_ID}", None, (403,)),
        "patch /v1/views/{view_id}": Try(f"/v1/views/{NOBODYS_ID}", {"shared": True}, (403,)),
        "delete /v1/views/{view_id}": Try(f"/v1/views/{NOBODYS_ID}", None, (403,)),
        "get /v1/me": Try("/v1/me", None, OWN),
        "post /v1/me/location": Try("/v1/me/location", {"location": n.location}, (403,)),
        "post /v1/me/brand": Try("/v1/me/brand", {"brand": "first"}, (403,)),
        "post /v1/me/password": Try("/v1/me/password", {"current": "x", "password": "y"}, (403,)),
    }


def _steps(n: Names) -> dict[str, Try]:
    """Steps of work and of returns."""
    work, pick_up = f"/v1/fulfilment-orders/{n.order}-1", f"/v1/fulfilment-orders/{n.pick_up}-1"
    found = {
        "post /v1/fulfilment-orders/{fulfilment_id}/reject": Try(f"{work}/reject", {"reason": "other"}),
        "post /v1/fulfilment-orders/{fulfilment_id}/hand-over": Try(f"{pick_up}/hand-over", {"code": "000000"}),
    }
    for step in WORK_STEPS:
        of = pick_up if step in ("ready", "renew-code", "expire") else work
        found[f"post /v1/fulfilment-orders/{{fulfilment_id}}/{step}"] = Try(f"{of}/{step}", {})
    bodies: dict[str, Json] = {"accept": {}, "reject": {"reason": "worn"}, "receive": {}, "complete": {}}
    for step, body in bodies.items():
        found[f"post /v1/returns/{{order_id}}/{{number}}/{step}"] = Try(f"/v1/returns/{n.returned}/1/{step}", body)
    return found


def _batches(n: Names) -> dict[str, Try]:
    """Batches say no item by item, in an answer of 200."""
    line = {"location": n.location, "offer": n.offer, "quantity": 1}
    order = SELL | {"lines": [{"offer": n.offer, "quantity": 1}]}
    count = {"location": n.location, "offer": n.offer, "on_hand": 0}
    return {
        "post /v1/stock/counts": Try("/v1/stock/counts", {"counts": [count]}, (200,)),
        "post /v1/stock/adjustments": Try("/v1/stock/adjustments", {"adjustments": [line]}, (200,)),
        "post /v1/reservations/batch": Try("/v1/reservations/batch", {"reservations": [{"lines": [line]}]}, (200,)),
        "post /v1/orders/batch": Try("/v1/orders/batch", {"orders": [order]}, (200,)),
    }


def _members(n: Names) -> dict[str, Try]:
    """Members of a brand: its account is called like its order. Whoever asks is told of its own account of that name,
    which nobody has until the last of these."""
    account = {"type": "account", "value": n.channel_order}
    card = {"type": "card", "value": "no card"}
    said = {"purposes": {"marketing": False}, "version": "1", "channel": "app", "proof": "1"}
    pair = {"one": account, "other": card, "reason": "guessed"}
    event = {"userId": n.channel_order, "event": "Guessed", "groupId": "g", "previousId": "p"}
    kinds = ("identify", "track", "page", "screen", "group", "alias")
    return {
        "get /v1/members/{kind}/{value}": Try(f"/v1/members/account/{n.channel_order}"),
        "get /v1/members/{kind}/{value}/export": Try(f"/v1/members/account/{n.channel_order}/export"),
        "post /v1/erasures": Try("/v1/erasures", account | {"reason": "guessed"}),
        "get /v1/erasures/{erasure_id}": Try(f"/v1/erasures/{NOBODYS_ID}"),
        "post /v1/recognitions": Try("/v1/recognitions", {"identifiers": [account]}, OWN),
        "post /v1/consents": Try("/v1/consents", said | {"identifier": account}, OWN),
        "post /v1/members/links": Try("/v1/members/links", pair),
        "post /v1/members/partings": Try("/v1/members/partings", pair),
        # one's own is refused like another's: that of NOBODYS is the first brand's
        "post /v1/payment-accounts": Try("/v1/payment-accounts", ALIPAY | {"app_id": n.application}, (409,)),
        "get /v1/payment-accounts": Try("/v1/payment-accounts", None, OWN),
        "delete /v1/payment-accounts/{account_id}": Try(f"/v1/payment-accounts/{n.payment_account}"),
        "post /v1/batch": Try("/v1/batch", {"batch": [event | {"type": "track"}]}, OWN),
        **{f"post /v1/{kind}": Try(f"/v1/{kind}", event, OWN) for kind in kinds},
    }


def _price(amount: int) -> Json:
    return {"price": {"amount": amount, "currency": "CNY"}}


#: What is nobody's in particular: signs of life, sums over all; streams and shoppers' links have their own tests.
WITHOUT_A_BRAND = {
    "get /healthz", "get /readyz", "get /metrics", "get /status.json", "get /v1/stream", "get /v1/track/{token}",
    "get /v1/board/stream", "post /v1/notifications/alipay", "post /v1/notifications/wechat-pay",
}  # fmt: skip


def operations(api: Api) -> set[str]:
    """All of the document."""
    paths = ok(api.anonymous().get("/openapi.json"))["paths"]
    return {f"{method} {path}" for path, methods in paths.items() for method in methods}


def send(client: httpx.Client, operation: str, attempt: Try) -> httpx.Response:
    """Send a try."""
    return client.request(operation.partition(" ")[0], attempt.path, json=attempt.body)


def plain(answer: httpx.Response, names: Names) -> str:
    """What an answer says, without the names that were sent and the revisions and times that differ anyway."""
    text = answer.text
    for name in sorted(set(names), key=len, reverse=True):
        text = text.replace(name, "…")
    return re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "T", text)


def everything(shop: Shop, n: Names) -> dict[str, Any]:
    """All that a brand can read of its own."""
    account = {"type": "account", "value": n.channel_order}
    known = ok(shop.client.post("/v1/recognitions", json={"identifiers": [account]}))
    paths = [
        "/v1/locations", "/v1/offers", "/v1/carriers", "/v1/delivery-fees", "/v1/policy", "/v1/policies",
        "/v1/stock?offer=GOOD", f"/v1/stock?offer={n.offer}", "/v1/stock/exceptions", "/v1/orders",
        f"/v1/stock/exceptions/{n.exception}", "/v1/stock/transfers", f"/v1/stock/movements?offer={n.offer}",
        f"/v1/orders/{n.order}/decision", f"/v1/reservations/{n.hold}", "/v1/webhooks", f"/v1/webhooks/{n.webhook}",
        f"/v1/webhooks/{n.webhook}/deliveries", "/v1/keys", "/v1/people",
        "/v1/payment-accounts",
        "/v1/fulfilment-orders?state=open,in_progress,on_hold,closed,cancelled,rejected",
    ]  # fmt: skip
    return {path: _settled(ok(shop.client.get(path))) for path in paths} | {"member": known}


def _settled(told: Json) -> Json:
    """Without how far the facts of the whole partition have got: a rival's round moves its own orders."""
    return {name: value for name, value in told.items() if name not in ("partitions", "sequence")}


@pytest.fixture(scope="module")
def brands(api: Api) -> tuple[tuple[Shop, Names], tuple[Shop, Names]]:
    """Two brands: both have a store SHARED and an offer GOOD, and each a store and an offer that only it has."""
    first, second = Shop(api, "first"), Shop(api, "second")
    return (first, build(first, "PUDONG", "310000")), (second, build(second, "HONGQIAO", "330000"))


def test_every_operation_is_tried(api: Api) -> None:
    """A new route needs a case here."""
    assert set(tries(NOBODYS)) == operations(api) - WITHOUT_A_BRAND


@pytest.mark.parametrize("turned", [False, True], ids=["second tries first", "first tries second"])
def test_neither_brand_reads_guesses_or_changes_anything_of_the_other(
    brands: tuple[tuple[Shop, Names], tuple[Shop, Names]], turned: bool
) -> None:
    """With the other's ids each operation answers just as it does with ids that nobody has; what asks for its own is
    told nothing of theirs; and afterwards the other has all that it had."""
    (shop, names), (rival, own) = brands[::-1] if turned else brands
    before = everything(shop, names)
    aimed, blind = tries(names), tries(NOBODYS)
    for operation, attempt in aimed.items():
        answer = send(rival.client, operation, attempt)
        if attempt.may:
            assert answer.status_code in attempt.may, (operation, answer.status_code, answer.text)
            if answer.status_code == 200:
                assert all(result["status"] == 422 for result in answer.json()["results"]), (operation, answer.text)
            guess = send(rival.client, operation, blind[operation])
            assert plain(answer, names) == plain(guess, NOBODYS), operation
        else:
            assert answer.status_code < 300, (operation, answer.text)
        sent = attempt.path + str(attempt.body)
        leaked = [name for name in names if name in answer.text and name not in sent]
        assert not leaked, (operation, leaked)
    assert everything(shop, names) == before
    assert own.mark in str(everything(rival, own))


def test_the_stream_tells_a_brand_its_own(brands: tuple[tuple[Shop, Names], tuple[Shop, Names]]) -> None:
    """What the first brand does, the second does not hear, though both hear what they do themselves."""
    (first, _), (second, _) = brands
    with listening(second.client) as events, listening(first.client) as others:
        first.place(("GOOD", 1), channel_order_id="heard-by-first")
        second.place(("GOOD", 1), channel_order_id="heard-by-second")
        eventually(lambda: "heard-by-second" in str(events) and "heard-by-first" in str(others))
    assert "heard-by-first" not in str(events)
    assert "heard-by-second" not in str(others)


def test_a_shared_channel_order_id_is_two_orders(brands: tuple[tuple[Shop, Names], tuple[Shop, Names]]) -> None:
    """Both brands use the same channel order id and the same Idempotency-Key: each gets its own order."""
    placed = []
    for shop, _ in brands:
        body = shop.order(("GOOD", 1), channel_order_id="both-1")
        placed.append(ok(shop.client.post("/v1/orders", json=body, headers={"idempotency-key": "k-1"}), 201))
    assert placed[0]["id"] != placed[1]["id"]
    for (shop, _), order in zip(brands, placed, strict=True):
        assert [found["id"] for found in ok(shop.client.get("/v1/orders?text=both-1"))["orders"]] == [order["id"]]


# -- a store's device

#: What a device may do with the names of another store of its brand, and why.
DEVICE_MAY = {
    "get /v1/me": "who it is itself",
    "post /v1/recognitions": "members are the brand's",
    "post /v1/consents": "a member agrees in whichever store",
    "get /v1/offers/{sku}": "the catalogue is the brand's",
    "get /v1/offers": "the catalogue is the brand's",
    "get /v1/availability": "a till sells what others send; it is told no other store's code",
    "post /v1/orders": "its own sale",
    "post /v1/orders/batch": "its own sale, wherever it is sent from",
    "post /v1/returns": "a shopper brings it back to any store",
    "post /v1/returns/at-counter": "the same",
    "get /v1/scan": "it is told what of an order can come back, whichever store sent it",
    "get /v1/fulfilment-orders/choices": "reasons and carriers are the brand's",
    "get /v1/fulfilment-orders/count": "its own only",
    "get /v1/orders/count": "its own only",
    "get /v1/locations": "its own only",
    "get /v1/network/points": "its own only",
    "get /v1/network/load": "its own only",
    "get /v1/network/regions/{level}": "the same for everybody",
    "get /v1/stock/exceptions": "its own only",
    "get /v1/stock/transfers": "those from or to it only",
    "get /v1/board": "its own only",
    "get /v1/board/sold-out": "none",
    "get /v1/orders": "its own only",
    "get /v1/search": "its own only, and the brand's offers",
    "get /v1/orders.csv": "its own only",
    "get /v1/locations.csv": "its own only",
    "get /v1/stock/exceptions.csv": "its own only",
    "get /v1/offers.csv": "the catalogue is the brand's",
}


def test_a_stores_device_sees_its_store_only(api: Api, brands: tuple[tuple[Shop, Names], tuple[Shop, Names]]) -> None:
    """The device of SHARED tries every operation with what is PUDONG's: it is refused or not found, but for a few that
    show nothing of PUDONG; and PUDONG is as before."""
    (shop, names), _ = brands
    device = api.client(shop.brand, location="SHARED")
    before = everything(shop, names)
    skip = {"post /v1/orders/batch", "post /v1/returns", "post /v1/returns/at-counter", "post /v1/orders"}
    skip.add("get /v1/stock/transfers/{transfer_id}")  # which SHARED itself has sent
    for operation, attempt in tries(names).items():
        if operation in skip:
            continue
        answer = send(device, operation, attempt)
        if operation in DEVICE_MAY:
            assert answer.status_code == 200, (operation, answer.text)
        elif answer.status_code == 200:
            assert all(result["status"] in (403, 422) for result in answer.json()["results"]), (operation, answer.text)
        else:
            assert answer.status_code in (403, 404), (operation, answer.status_code, answer.text)
        sent = attempt.path + str(attempt.body)
        secret = {*names} - {names.mark, names.offer, names.region, names.carrier} | {f"{names.location}, {names.mark}"}
        leaked = [name for name in secret if name in answer.text and name not in sent]
        assert not leaked, (operation, leaked, answer.text)
    assert everything(shop, names) == before


def test_a_stores_device_reads_and_works_on_its_own(
    api: Api, brands: tuple[tuple[Shop, Names], tuple[Shop, Names]]
) -> None:
    """Lists hold its store's only: stock, work, orders, locations, events."""
    (shop, names), _ = brands
    device = api.client(shop.brand, location="SHARED")
    order = shop.place(("GOOD", 1), pick_up_at="SHARED")
    assert [one["code"] for one in ok(device.get("/v1/locations"))["locations"]] == ["SHARED"]
    for query in ("", "?offer=GOOD"):
        assert {one["location"] for one in ok(device.get(f"/v1/stock{query}"))["stock"]} == {"SHARED"}
    works = ok(device.get("/v1/fulfilment-orders"))["fulfilment_orders"]
    assert {one["location"] for one in works} == {"SHARED"}
    assert order["id"] in {one["id"] for one in ok(device.get("/v1/orders"))["orders"]}
    assert names.order not in {one["id"] for one in ok(device.get("/v1/orders"))["orders"]}
    (work,) = order["fulfilment_orders"]
    shop.step(work, "accept", device)
    refused(device.get(f"/v1/fulfilment-orders/{work['id']}/code"), 404, "not_found")
    refused(device.post("/v1/locations", json={"code": "X", "name": "X", **PLACE}), 403, "forbidden")
    with listening(device) as events:
        shop.place((names.offer, 1), channel_order_id="elsewhere")
        shop.step(work, "pick", device)
        eventually(lambda: "fulfilment.picked" in str(events))
    assert "elsewhere" not in str(events)


def test_a_stores_device_sees_its_part_of_an_order_that_others_serve_too(api: Api) -> None:
    """Two stores serve one order: each sees its own work of it, is told why it came there, and can't stop the other."""
    shop = Shop(api)
    for code in ("NORTH", "SOUTH"):
        ok(shop.client.post("/v1/locations", json={"code": code, "name": f"店{code}", **PLACE}), 201)
    shop.sell("SCARF").receive(SCARF={"NORTH": 1, "SOUTH": 1})
    order = shop.place(("SCARF", 2))
    north = api.client(shop.brand, location="NORTH")
    address = f"/v1/orders/{order['id']}"
    seen = ok(north.get(address))
    assert [work["location"] for work in seen["fulfilment_orders"]] == ["NORTH"]
    why = north.get(f"{address}/decision")
    assert "SOUTH" not in why.text
    assert [one["location"] for one in ok(why)["decisions"][0]["chosen"]] == ["NORTH"]
    assert ok(why)["decisions"][0]["words"][0].startswith("Sent from 店NORTH")
    (mine,) = seen["fulfilment_orders"]
    taken = ok(north.post(f"/v1/fulfilment-orders/{mine['id']}/accept"))
    assert [work["location"] for work in taken["order"]["fulfilment_orders"]] == ["NORTH"]
    (other,) = [work for work in order["fulfilment_orders"] if work["location"] == "SOUTH"]
    refused(north.post(f"/v1/fulfilment-orders/{other['id']}/accept"), 404, "not_found")
    for body, step in (({}, "cancel"), ({"kind": "paid", "amount": 1, "reference": "p"}, "payments")):
        refused(north.post(f"{address}/{step}", json=body), 403, "forbidden")
    refused(north.patch(address, json={"notes": "no"}), 403, "forbidden")
    assert shop.get(order)["fulfilment_orders"][other_number(other) - 1]["state"] == "open"


def other_number(work: Json) -> int:
    """The number of a fulfilment order within its order."""
    return int(work["id"].rpartition("-")[2])


def test_tills_of_one_brand_do_not_read_each_others_sales(api: Api) -> None:
    """One till guesses another's order id, Idempotency-Key, cart and ended hold: nothing is told, nothing is taken."""
    shop = Shop(api)
    for code in ("NORTH", "SOUTH"):
        ok(shop.client.post("/v1/locations", json={"code": code, "name": code, **PLACE}), 201)
    shop.sell("SCARF").receive(SCARF={"NORTH": 5, "SOUTH": 5})
    north, south = (api.client(shop.brand, location=code) for code in ("NORTH", "SOUTH"))
    body = shop.order(("SCARF", 1), channel="till", channel_order_id="T-1")
    key = {"idempotency-key": "1"}
    sold = ok(north.post("/v1/orders", json=body, headers=key), 201)
    for headers, code in ((key, "idempotency_key_reused"), ({}, "order_exists")):
        answer = south.post("/v1/orders", json=body, headers=headers)
        assert (answer.json()["code"], sold["id"] in answer.text) == (code, False)
    assert ok(north.post("/v1/orders", json=body, headers=key), 201)["id"] == sold["id"]
    hold = {"cart": "c1", "lines": [{"location": "NORTH", "offer": "SCARF", "quantity": 1}]}
    held = ok(north.post("/v1/reservations", json=hold), 201)["id"]
    ok(south.post("/v1/reservations", json={"cart": "c1", "lines": [hold["lines"][0] | {"location": "SOUTH"}]}), 201)
    assert ok(north.get(f"/v1/reservations/{held}"))["state"] == "held"
    ok(north.post(f"/v1/reservations/{held}/release"))
    assert ok(north.get(f"/v1/reservations/{held}"))["state"] == "released"
    refused(south.get(f"/v1/reservations/{held}"), 404, "not_found")
    for step in ("confirm", "release"):
        refused(south.post(f"/v1/reservations/{held}/{step}"), 404, "not_found")


def test_without_a_key_nothing_is_told(api: Api) -> None:
    """Nor with one that is made up or does not have the scope."""
    nobody = api.anonymous()
    liar = api.anonymous({"authorization": f"Bearer ms_{'0' * 32}_{'a' * 43}"})
    reader = api.client(api.new_brand(), scopes=["offers:read"])
    for operation, attempt in tries(NOBODYS).items():
        for client, status in ((nobody, 401), (liar, 401)):
            assert send(client, operation, attempt).status_code == status, operation
        if not operation.startswith("get /v1/offers") and operation != "get /v1/me":  # who asks may always be asked
            answer = send(reader, operation, attempt)
            assert answer.status_code == 403, (operation, answer.text)
