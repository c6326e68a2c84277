"""Live streams end when whoever listens may no longer hear them: nothing that happens later is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from tests.journeys.people import add_person, sign_in
from tests.journeys.shop import Shop, listening, ok

from manystores.api import deps

if TYPE_CHECKING:
    from tests.journeys.conftest import Api


@pytest.fixture
def shop(api: Api, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setattr(deps, "LOOKED_EVERY_S", 0.0)
    shop = Shop(api).open("XIDAN", "SANLITUN").sell("SCARF").receive(SCARF={"XIDAN": 9, "SANLITUN": 9})
    shop.client.get("/v1/board")
    return shop


@pytest.mark.parametrize("path", ["/v1/stream", "/v1/board/stream"])
@pytest.mark.parametrize("how", ["signed out", "another role", "disabled", "stays"])
def test_a_stream_ends_with_the_session(api: Api, shop: Shop, path: str, how: str) -> None:
    login = f"zhou-{shop.brand}"
    person = add_person(api, shop.brand, login, "analyst")
    client = sign_in(api, login)
    with client.stream("GET", path, timeout=10) as stream:
        lines = stream.iter_lines()
        next(lines)
        if how == "signed out":
            out = httpx.Client(base_url=api.url, headers=client.headers, cookies=client.cookies, trust_env=False)
            assert out.post("/sign-out").status_code == 204
        elif how != "stays":
            change = {"role": "brand_marketing"} if how == "another role" else {"enabled": False}
            ok(shop.client.patch(f"/v1/people/{person.person_id}", json=change))
        placed = shop.place(("SCARF", 1))["id"]
        told = False
        for line in lines:
            if placed in line or "order.placed" in line:
                told = True
                break
    assert told == (how == "stays")


def test_an_associate_who_goes_to_another_store_hears_of_that_one_only(api: Api, shop: Shop) -> None:
    login = f"li-{shop.brand}"
    add_person(api, shop.brand, login, "store_associate", "XIDAN", "SANLITUN")
    client = sign_in(api, login)
    ok(client.post("/v1/me/location", json={"location": "XIDAN"}))
    with listening(client) as events:
        other = httpx.Client(base_url=api.url, headers=client.headers, cookies=client.cookies, trust_env=False)
        ok(other.post("/v1/me/location", json={"location": "SANLITUN"}))
        shop.place(("SCARF", 1), pick_up_at="XIDAN")
        shop.place(("SCARF", 1), pick_up_at="SANLITUN")
    assert events == []
