"""An Idempotency-Key is one person's: colleagues who send the same one are not answered with what another was told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.journeys.people import add_person, sign_in
from tests.journeys.shop import Shop, ok

if TYPE_CHECKING:
    from tests.journeys.conftest import Api

KEY = {"idempotency-key": "till-1"}


@pytest.fixture
def shop(api: Api) -> Shop:
    return Shop(api).open("XIDAN").sell("SCARF").receive(SCARF={"XIDAN": 9})


def test_a_colleague_is_not_told_a_secret_by_its_key(api: Api, shop: Shop) -> None:
    """The audit shows keys of requests: with one of them nobody gets the API key that somebody else made."""
    for login in ("wang", "zhao"):
        add_person(api, shop.brand, f"{login}-{shop.brand}", "brand_operations")
    wang, zhao = (sign_in(api, f"{login}-{shop.brand}") for login in ("wang", "zhao"))
    first = ok(wang.post("/v1/keys", json={"name": "till"}, headers=KEY), 201)
    assert ok(wang.post("/v1/keys", json={"name": "till"}, headers=KEY), 201) == first
    seen = ok(zhao.get("/v1/audit"))["audit"]
    assert "till-1" in {entry["request_key"] for entry in seen}
    other = ok(zhao.post("/v1/keys", json={"name": "till"}, headers=KEY), 201)
    assert (other["id"] != first["id"], other["token"] != first["token"]) == (True, True)


def test_each_of_two_holds_for_themselves(api: Api, shop: Shop) -> None:
    """Also on the hot routes; what keys of the brand send stays one request, whichever of them sends it."""
    for login in ("chen", "liu"):
        add_person(api, shop.brand, f"{login}-{shop.brand}", "store_associate", "XIDAN")
    chen, liu = (sign_in(api, f"{login}-{shop.brand}") for login in ("chen", "liu"))
    body = {"lines": [{"location": "XIDAN", "offer": "SCARF", "quantity": 1}]}
    holds = [ok(one.post("/v1/reservations", json=body, headers=KEY), 201)["id"] for one in (chen, chen, liu)]
    assert (holds[0] == holds[1], holds[0] != holds[2]) == (True, True)
    devices = [shop.client, api.client(shop.brand)]
    assert len({ok(one.post("/v1/reservations", json=body, headers=KEY), 201)["id"] for one in devices}) == 1
