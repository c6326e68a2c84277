"""Reservations in batches: each hold for itself, repeated without harm, carts replaced, shortages named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.journeys.shop import Shop, bucket, ok

if TYPE_CHECKING:
    from tests.journeys.conftest import Api

BATCH = "/v1/reservations/batch"


@pytest.fixture
def shop(api: Api) -> Shop:
    """Five scarves in one store."""
    return Shop(api).open("XIDAN").sell("SCARF").receive(SCARF={"XIDAN": 5})


def wanted(quantity: int, cart: str | None = None, offer: str = "SCARF") -> dict[str, Any]:
    return {"cart": cart, "lines": [{"location": "XIDAN", "offer": offer, "quantity": quantity}]}


def test_a_repeated_batch_holds_nothing_twice(shop: Shop) -> None:
    """Given a batch whose answer was lost, when it comes again, then it gets the same holds, and the refused ones a
    new chance."""
    body = {"reservations": [wanted(2), wanted(4), wanted(1, offer="NO"), wanted(1)]}
    headers = {"Idempotency-Key": "batch-1"}
    first = ok(shop.client.post(BATCH, json=body, headers=headers))["results"]
    assert [result["status"] for result in first] == [201, 409, 422, 201]
    short = {"line": 0, "location": "XIDAN", "offer": "SCARF", "wanted": 4, "available": 2}
    assert first[1]["problem"]["short"] == [short]
    again = ok(shop.client.post(BATCH, json=body, headers=headers))["results"]
    assert [result["status"] for result in again] == [201, 409, 422, 201]
    assert [again[i]["reservation"] for i in (0, 3)] == [first[i]["reservation"] for i in (0, 3)]
    assert shop.stock("SCARF") == {"XIDAN": bucket(5, 3)}
    ok(shop.client.post(f"/v1/reservations/{first[0]['reservation']['id']}/release"))
    third = ok(shop.client.post(BATCH, json=body, headers=headers))["results"]
    assert third[0]["reservation"] == first[0]["reservation"], "the answer is repeated, though that hold is over"
    assert third[1]["status"] == 201
    assert shop.stock("SCARF") == {"XIDAN": bucket(5, 5)}


def test_another_body_under_the_same_key_is_refused_item_by_item(shop: Shop) -> None:
    headers = {"Idempotency-Key": "batch-1"}
    ok(shop.client.post(BATCH, json={"reservations": [wanted(1), wanted(1)]}, headers=headers))
    changed = {"reservations": [wanted(1), wanted(2), wanted(1)]}
    results = ok(shop.client.post(BATCH, json=changed, headers=headers))["results"]
    assert [result["status"] for result in results] == [201, 422, 201]
    assert results[1]["problem"]["code"] == "idempotency_key_reused"
    assert shop.stock("SCARF") == {"XIDAN": bucket(5, 3)}


def test_a_cart_that_stands_twice_in_a_batch_has_its_last_hold_only(shop: Shop) -> None:
    """Given two holds of one cart in a batch, then the second replaces the first, and each is told as it was."""
    body = {"reservations": [wanted(3, "c1"), wanted(2, "c2"), wanted(1, "c1")]}
    results = ok(shop.client.post(BATCH, json=body))["results"]
    assert [result["status"] for result in results] == [201, 201, 201]
    ids = [result["reservation"]["id"] for result in results]
    states = [ok(shop.client.get(f"/v1/reservations/{each}"))["state"] for each in ids]
    assert states == ["released", "held", "held"]
    assert shop.stock("SCARF") == {"XIDAN": bucket(5, 3)}
    assert results[0]["reservation"]["cart"] == "c1"


def test_what_a_hold_tells_is_the_same_alone_and_in_a_batch(shop: Shop) -> None:
    line = {"location": "XIDAN", "offer": "SCARF", "quantity": 1, "window": None, "lot": ""}
    alone = ok(shop.client.post("/v1/reservations", json=wanted(1, "“c”")), 201)
    (together,) = ok(shop.client.post(BATCH, json={"reservations": [wanted(1, "“c” 2")]}))["results"]
    assert alone.keys() == together["reservation"].keys()
    assert alone["lines"] == together["reservation"]["lines"] == [line]
    assert (alone["cart"], together["reservation"]["cart"]) == ("“c”", "“c” 2")
    for each in (alone, together["reservation"]):
        assert ok(shop.client.get(f"/v1/reservations/{each['id']}"))["expires_at"] == each["expires_at"]
