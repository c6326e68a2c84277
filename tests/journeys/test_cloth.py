"""Cloth sold by the metre and counted in millimetres: what a line costs, cut short, discounted, and brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.journeys.shop import Json, Shop, bucket, ok, refused

if TYPE_CHECKING:
    from tests.journeys.conftest import Api


@pytest.fixture
def shop(api: Api) -> Shop:
    """Silk at ¥29.99 a metre, of which WANGFUJING has ten metres."""
    shop = Shop(api).open("WANGFUJING").sell("SILK", unit="metre", price={"amount": 2999, "currency": "CNY"})
    return shop.receive(SILK={"WANGFUJING": 10_000})


def amounts(order: Json) -> list[int]:
    return [line["amount"] for line in order["lines"]]


def test_a_metre_and_a_half_costs_one_and_a_half_times_the_price_of_a_metre(shop: Shop) -> None:
    """29.99 × 1.5 = 44.985: a half goes up. The price stays that of a metre, and the line says of how much it is."""
    order = shop.place(("SILK", 1500), ("SILK", 2000))
    assert [(line["unit_price"], line["scale"]) for line in order["lines"]] == [(2999, 1000)] * 2
    assert (amounts(order), order["total"]) == ([4499, 5998], 10_497)
    assert shop.stock("SILK") == {"WANGFUJING": bucket(10_000, 3500)}


def test_a_channels_own_price_is_that_of_a_metre_too_and_its_discount_is_of_the_line(shop: Shop) -> None:
    """1.5 m at 20.00 less 3.00, then half a metre is cancelled: two thirds of it are left, of the discount too."""
    line = {"offer": "SILK", "quantity": 1500, "unit_price": 2000, "discounts": [{"amount": 300}]}
    order = shop.place(lines=[line])
    assert (amounts(order), order["total"]) == ([2700], 2700)
    cancel = {"lines": [{"line": 1, "quantity": 500}]}
    assert amounts(ok(shop.client.post(f"/v1/orders/{order['id']}/cancel", json=cancel))) == [1800]
    too_much = [line | {"discounts": [{"amount": 3001}]}]
    refused(shop.client.post("/v1/orders", json=shop.order(lines=too_much)), 422, "invalid", "/lines/0/discounts")


def test_part_of_a_cut_is_brought_back_and_refunded(shop: Shop) -> None:
    """Paid as told, shipped whole; 40 cm come back, and no more than was paid is ever refunded."""
    order = shop.place(("SILK", 1500), payment={"captured": 4499, "reference": "p-1"})
    assert order["paid"]["captured"] == order["total"] == 4499
    shop.steps(order["fulfilment_orders"][0], "accept", "pick", "pack", "ship")
    back = {"order": order["id"], "location": "WANGFUJING", "lines": [{"line": 1, "quantity": 400}]}
    number = ok(shop.client.post("/v1/returns", json=back), 201)["return"]["number"]
    path = f"/v1/returns/{order['id']}/{number}"
    for step in ("accept", "receive"):
        ok(shop.client.post(f"{path}/{step}", json={}))
    refused(
        shop.client.post(f"{path}/complete", json={"refunded": 4500, "reference": "r-1"}),
        409,
        "payment_exceeds",
        "/refunded",
    )
    ok(shop.client.post(f"{path}/complete", json={"refunded": 1200, "reference": "r-1"}))
    done = shop.get(order)
    assert (done["paid"]["refunded"], done["lines"][0]["returned"], done["total"]) == (1200, 400, 4499)
    assert shop.stock("SILK") == {"WANGFUJING": bucket(10_000 - 1500 + 400)}


def test_a_kit_with_cloth_in_it_costs_what_it_says_to_the_fen(shop: Shop) -> None:
    """A sewing set of 1.3 m of silk and a needle at ¥35.00: the parts' amounts add up to it."""
    shop.sell("NEEDLE", price={"amount": 301, "currency": "CNY"}).receive(NEEDLE={"WANGFUJING": 9})
    parts = [{"sku": "SILK", "quantity": 1300}, {"sku": "NEEDLE", "quantity": 1}]
    shop.sell("SET", components=parts, price={"amount": 3500, "currency": "CNY"})
    order = shop.place(("SET", 3))
    assert (sum(amounts(order)), order["total"]) == (10_500, 10_500)
    assert shop.stock("SILK") == {"WANGFUJING": bucket(10_000, 3900)}
