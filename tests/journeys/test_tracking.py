"""A shopper follows an order by a link: without a key, without anything personal, until it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from tests.journeys.shop import TIANANMEN, Shop, ok, refused

from manystores.core.clock import DAY_US, SECOND_US
from manystores.core.crypto import open_vault
from manystores.orders.link import PURPOSE, Link, make_token

if TYPE_CHECKING:
    from tests.journeys.conftest import Api

PERSON = {"address": "东城区正义路 4 号 2 单元 601", "name": "欧阳小满", "phone": "+8613912340987"}
NOTES = "门禁 7788#，先打电话"


@pytest.fixture
def shop(api: Api) -> Shop:
    """Scarves in two stores."""
    return Shop(api).open("WANGFUJING", "XIDAN").sell("SCARF").receive(SCARF={"WANGFUJING": 20, "XIDAN": 20})


def linked(shop: Shop, order_id: str, **body: object) -> str:
    """The token of a new link."""
    token: str = ok(shop.client.post(f"/v1/orders/{order_id}/link", json=body), 201)["token"]
    return token


def test_a_parcel_is_followed_to_the_door_without_a_key(api: Api, shop: Shop) -> None:
    """In Chinese as in English, uncached, unindexed; nothing of the person is in the link or in any answer."""
    order = shop.place(("SCARF", 2), deliver_to=TIANANMEN | PERSON, notes=NOTES, channel_order_id="WX-998877")
    made = ok(shop.client.post(f"/v1/orders/{order['id']}/link", json={"days": 3}), 201)
    assert made["url"] == f"/t/{made['token']}"
    shopper = api.anonymous({"accept-language": "zh-CN"})
    told = [made["url"]]
    states = []
    (work,) = order["fulfilment_orders"]
    for step in ("", "accept", "pick", "pack", "ship", "deliver"):
        if step:
            shop.step(work, step, **({"carrier": "SF", "tracking": "SF7788990"} if step == "ship" else {}))
        answer = shopper.get(f"/v1/track/{made['token']}")
        states.append(ok(answer)["state"])
        told.append(answer.text + str(answer.headers))
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-robots-tag"] == "noindex"
    assert states == ["placed", "preparing", "preparing", "preparing", "on_the_way", "delivered"]
    last = ok(shopper.get(f"/v1/track/{made['token']}"))
    assert (last["words"], last["lines"][0]["name"]) == ("已送达", "Scarf")
    assert last["parts"][0]["parcels"][0]["tracking"] == "SF7788990"
    pieces = [*PERSON.values(), NOTES, "欧阳", "0987", "WX-998877", "7788#", order["id"], "116.3976", "110101"]
    for text in told:
        assert not [piece for piece in pieces if piece in text]


def test_a_pick_up_shows_its_store_and_its_code_to_the_shopper_only(api: Api, shop: Shop) -> None:
    """The code that the page shows is the one that the counter takes; a store's own link never shows it."""
    order = shop.place(("SCARF", 1), pick_up_at="XIDAN")
    (work,) = order["fulfilment_orders"]
    device = api.client(shop.brand, location="XIDAN")
    tokens = {
        "shopper": linked(shop, order["id"]),
        "forwarded": linked(shop, order["id"], show_code=False),
        "store": ok(device.post(f"/v1/orders/{order['id']}/link"), 201)["token"],
    }
    shop.steps(work, "accept", "pick", "ready")
    parts = {name: ok(api.anonymous().get(f"/v1/track/{token}"))["parts"][0] for name, token in tokens.items()}
    assert {name: part["code"] is not None for name, part in parts.items()} == {
        "shopper": True,
        "forwarded": False,
        "store": False,
    }
    assert parts["shopper"]["store"]["name"] == "店XIDAN"
    assert parts["shopper"]["store"]["open_now"] is True
    shop.step(work, "hand-over", device, code=parts["shopper"]["code"])
    done = ok(api.anonymous().get(f"/v1/track/{tokens['shopper']}"))
    assert (done["state"], done["parts"][0]["code"]) == ("collected", None)


def test_links_that_are_not_ours_or_have_ended_tell_nothing(api: Api, shop: Shop) -> None:
    """A forged one is like one that never was, whatever is wrong with it; one that has ended says so to its holder."""
    order = shop.place(("SCARF", 1))
    token = linked(shop, order["id"], days=1)
    anybody = api.anonymous()
    forged = {token[:-2] + ("AA" if token[-2:] != "AA" else "BB"), token[:-1], token + "A", "x" * 58, "%00", "…"}
    answers = {(answer.status_code, answer.text) for text in forged for answer in [anybody.get(f"/v1/track/{text}")]}
    assert [status for status, _ in answers] == [404]
    vault = open_vault(api.settings)
    ended = Link(UUID(order["id"]), api.clock.now_us() - SECOND_US)
    unknown = Link(UUID(int=1), api.clock.now_us() + DAY_US)
    for link, status, code in ((ended, 410, "link_expired"), (unknown, 404, "not_found")):
        signed = make_token(link, lambda message: vault.sign(message, PURPOSE))
        refused(anybody.get(f"/v1/track/{signed}"), status, code)
    refused(shop.client.post(f"/v1/orders/{order['id']}/link", json={"days": 401}), 422, "invalid")
    refused(api.client(api.new_brand()).post(f"/v1/orders/{order['id']}/link"), 404, "not_found")
    assert anybody.get(f"/v1/track/{token}").status_code == 200


def test_a_page_that_asks_too_often_waits(api: Api, shop: Shop) -> None:
    """By link: one that is hammered does not slow another."""
    first, second = (linked(shop, shop.place(("SCARF", 1))["id"]) for _ in range(2))
    anybody = api.anonymous()
    answers = [anybody.get(f"/v1/track/{first}") for _ in range(45)]
    limited = [answer for answer in answers if answer.status_code == 429]
    assert limited
    assert int(limited[0].headers["retry-after"]) >= 1
    assert limited[0].headers["cache-control"] == "no-store"
    assert anybody.get(f"/v1/track/{second}").status_code == 200


def test_the_same_key_makes_the_same_link(shop: Shop) -> None:
    """Repeated, as every write."""
    order = shop.place(("SCARF", 1))
    made = [
        ok(shop.client.post(f"/v1/orders/{order['id']}/link", headers={"idempotency-key": "link-1"}), 201)
        for _ in range(2)
    ]
    assert made[0] == made[1]
