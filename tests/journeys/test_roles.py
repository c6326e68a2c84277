"""What each role may do, operation by operation. The table below is the rule; docs/concepts/people.md says it in words.

A new route needs its line here: who may call it is a decision.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import httpx
import pytest
from tests.journeys.people import add_person, sign_in
from tests.journeys.shop import Shop, ok
from tests.journeys.test_isolation import NOBODYS, Try, operations, send, tries

if TYPE_CHECKING:
    from tests.journeys.conftest import Api

#: letter: role; P is a platform operator at home, I one who entered the brand
ROLES = {
    "P": "platform_operator",
    "I": "platform_operator",
    "O": "brand_operations",
    "M": "brand_marketing",
    "L": "planner",
    "A": "analyst",
    "S": "store_associate",
    "R": "partner",
}

#: who may: what. Everybody else is refused with 403 before anything is looked at.
TABLE: dict[str, str] = {
    # who they are themselves
    "PIOMLASR": """get /v1/me | post /v1/me/location | post /v1/me/password | get /v1/views | post /v1/views
        | get /v1/views/{view_id} | patch /v1/views/{view_id} | delete /v1/views/{view_id}""",
    "PI": "post /v1/me/brand | get /v1/brands",
    "PIO": """get /v1/people | post /v1/people | get /v1/people/{person_id} | patch /v1/people/{person_id}
        | get /v1/audit""",
    # what there is, and where
    "IOMLASR": """get /v1/locations | get /v1/locations/{code} | get /v1/network/points
        | get /v1/network/regions/{level} | get /v1/offers | get /v1/offers/{sku} | get /v1/availability
        | get /v1/orders | get /v1/orders/{order_id} | get /v1/orders/{order_id}/decision
        | post /v1/orders/{order_id}/link | get /v1/stream | get /v1/search
        | get /v1/orders.csv | get /v1/locations.csv | get /v1/offers.csv
        | get /v1/orders/count
        | get /v1/board | get /v1/board/stream""",
    "IOLASR": """get /v1/stock | get /v1/stock/totals | get /v1/stock/movements | get /v1/stock/claims
        | get /v1/stock/exceptions/{id} | get /v1/stock/transfers | get /v1/stock/transfers/{transfer_id}
        | get /v1/stock.csv | get /v1/stock/movements.csv | get /v1/stock/exceptions.csv
        | get /v1/fulfilment-orders.csv | get /v1/fulfilment-orders/count
        | get /v1/stock/exceptions | get /v1/fulfilment-orders | get /v1/locations/{code}/now
        | get /v1/locations/{code}/rejections
        | get /v1/network/load | get /v1/board/sold-out
        | get /v1/fulfilment-orders/choices | get /v1/fulfilment-orders/{fulfilment_id} | get /v1/scan""",
    "IOLAS": "get /v1/reservations/{id}",
    # who a shopper is: what is written on a parcel, the code to collect with
    "IOS": """get /v1/fulfilment-orders/{fulfilment_id}/label | get /v1/fulfilment-orders/{fulfilment_id}/code
        | post /v1/orders | post /v1/orders/batch | patch /v1/orders/{order_id} | post /v1/orders/{order_id}/cancel
        | post /v1/orders/{order_id}/payments | post /v1/reservations | post /v1/reservations/batch
        | post /v1/reservations/{id}/confirm | post /v1/reservations/{id}/release
        | patch /v1/stock/exceptions/{id} | post /v1/stock/counts | post /v1/stock/adjustments
        | post /v1/stock/transfers
        | post /v1/stock/transfers/{transfer_id}/receive
        | post /v1/fulfilment-orders/{fulfilment_id}/re-route | post /v1/fulfilment-orders/{fulfilment_id}/accept
        | post /v1/fulfilment-orders/{fulfilment_id}/reject | post /v1/fulfilment-orders/{fulfilment_id}/pick
        | post /v1/fulfilment-orders/{fulfilment_id}/pack | post /v1/fulfilment-orders/{fulfilment_id}/ship
        | post /v1/fulfilment-orders/{fulfilment_id}/deliver | post /v1/fulfilment-orders/{fulfilment_id}/ready
        | post /v1/fulfilment-orders/{fulfilment_id}/renew-code | post /v1/fulfilment-orders/{fulfilment_id}/hand-over
        | post /v1/fulfilment-orders/{fulfilment_id}/expire | post /v1/fulfilment-orders/{fulfilment_id}/close
        | post /v1/fulfilment-orders/{fulfilment_id}/hold | post /v1/fulfilment-orders/{fulfilment_id}/unhold
        | post /v1/recognitions | post /v1/consents
        | post /v1/returns | post /v1/returns/at-counter | post /v1/returns/{order_id}/{number}/accept
        | post /v1/returns/{order_id}/{number}/reject | post /v1/returns/{order_id}/{number}/receive
        | post /v1/returns/{order_id}/{number}/complete""",
    # the rules by which orders are served
    "IOLA": """get /v1/sourcing/simulations | get /v1/sourcing/simulations/{simulation_id}
        | get /v1/sourcing/simulations/{simulation_id}/result
        | get /v1/policy | get /v1/policies | get /v1/policies/{version} | get /v1/carriers
        | get /v1/carriers/{code}
        | get /v1/delivery-fees | get /v1/delivery-fees/{region}
        | get /v1/sourcing/rounds""",
    "IOL": """post /v1/sourcing/simulations | post /v1/sourcing/simulations/{simulation_id}/cancel
        | put /v1/policy | post /v1/policy/dry-run | post /v1/sourcing/rounds
        | post /v1/policies/{version}/roll-back
        | post /v1/carriers | patch /v1/carriers/{code} | post /v1/delivery-fees
        | patch /v1/delivery-fees/{region} | delete /v1/delivery-fees/{region}""",
    # what the brand is made of
    "IO": """post /v1/locations | post /v1/locations/batch | patch /v1/locations/{code}
        | post /v1/offers | post /v1/offers/batch | patch /v1/offers/{sku}
        | post /v1/webhooks | get /v1/webhooks | get /v1/webhooks/{webhook_id} | patch /v1/webhooks/{webhook_id}
        | delete /v1/webhooks/{webhook_id} | post /v1/webhooks/{webhook_id}/test
        | post /v1/webhooks/{webhook_id}/replay | get /v1/webhooks/{webhook_id}/deliveries
        | post /v1/webhooks/{webhook_id}/rotate-secret
        | get /v1/members/{kind}/{value} | get /v1/members/{kind}/{value}/export
        | post /v1/erasures | get /v1/erasures/{erasure_id}
        | post /v1/members/links | post /v1/members/partings
        | post /v1/payment-accounts | get /v1/payment-accounts | delete /v1/payment-accounts/{account_id}
        | post /v1/keys | get /v1/keys | get /v1/keys/{key_id} | delete /v1/keys/{key_id}""",
}
#: Have no end: only the beginning of their answer is looked at.
STREAMS = {"get /v1/stream", "get /v1/board/stream"}
#: Events come from a source with its key, never from somebody who is signed in.
KINDS = ("batch", "identify", "track", "page", "screen", "group", "alias")
SOURCES = {f"post /v1/{kind}" for kind in KINDS}
#: Needs nobody to be signed in. What wallets tell is signed by them.
OPEN = {
    "get /healthz", "get /readyz", "get /metrics", "get /status.json", "get /v1/track/{token}",
    "post /v1/notifications/alipay", "post /v1/notifications/wechat-pay",
}  # fmt: skip


def table() -> dict[str, str]:
    """operation: the letters of those who may."""
    return {operation.strip(): may for may, those in TABLE.items() for operation in those.split("|")}


@pytest.fixture(scope="module")
def people(api: Api) -> dict[str, httpx.Client]:
    """Somebody of each role, signed in."""
    shop = Shop(api, "roles").open("WANGFUJING")
    found = {}
    for letter, role in ROLES.items():
        login = f"role-{letter.lower()}"
        places = ["WANGFUJING"] if role in ("store_associate", "partner") else []
        add_person(api, "platform" if role == "platform_operator" else shop.brand, login, role, *places)
        found[letter] = sign_in(api, login)
    ok(found["I"].post("/v1/me/brand", json={"brand": shop.brand}))
    return found


def test_the_table_has_every_operation_once(api: Api) -> None:
    """And nothing that there is not."""
    counts = Counter(operation.strip() for those in TABLE.values() for operation in those.split("|"))
    assert [operation for operation, times in counts.items() if times > 1] == []
    assert set(counts) | OPEN | SOURCES == operations(api)


@pytest.mark.parametrize("operation", sorted(SOURCES))
def test_nobody_who_is_signed_in_sends_events(people: dict[str, httpx.Client], operation: str) -> None:
    assert send(people["O"], operation, tries(NOBODYS)[operation]).status_code == 401


@pytest.mark.parametrize("letter", ROLES)
def test_a_role_may_do_what_the_table_says(people: dict[str, httpx.Client], letter: str) -> None:
    """What it may not, it is refused for the lack of a scope; what it may is answered otherwise, though nothing of
    what is named exists."""
    attempts, may = tries(NOBODYS), table()
    attempts |= {stream: Try(stream.removeprefix("get ")) for stream in STREAMS}
    attempts["post /v1/me/brand"] = Try("/v1/me/brand", {"brand": "nobody's"})
    attempts["post /v1/me/password"] = Try("/v1/me/password", {"current": "", "password": ""})
    wrong = []
    for operation, who in may.items():
        attempt = attempts[operation]
        if operation in STREAMS and letter in who:
            with people[letter].stream("GET", attempt.path) as answer:
                refused = answer.status_code == 403
        else:
            reply = send(people[letter], operation, attempt)
            assert reply.status_code not in (401, 500), (operation, reply.text)
            refused = reply.status_code == 403 and "scope" in reply.json()
        if refused == (letter in who):
            wrong.append(operation)
    assert wrong == []
