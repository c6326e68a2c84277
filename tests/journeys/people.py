"""People for journeys: made in the database, signed in through the real pages as a browser would."""

from __future__ import annotations

import asyncio
import re
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest
from tests.journeys.shop import Json, Shop, ok

from manystores.core.auth import SCOPES, create_party
from manystores.core.database import connect, connect_async
from manystores.people import store
from manystores.people.passwords import hashed
from manystores.people.person import Person, wanted_of

if TYPE_CHECKING:
    from tests.journeys.conftest import Api

PASSWORD = "three cups of green tea"
_HASH = hashed(PASSWORD)  # one for all: hashing is slow on purpose


def add_person(api: Api, brand: str, login: str, role: str, *locations: str, password: bool = True) -> Person:
    """Somebody of a brand, as `manystores people create` adds them; the brand is made if there is none."""
    with connect(api.database_url) as connection:
        kind = "platform" if role == "platform_operator" else "brand"
        party = create_party(connection, brand, clock=api.clock, kind=kind)
        numbers = connection.execute(
            "SELECT location_no FROM locations WHERE party_no = %s AND code = ANY (%s)",
            (party.party_no, list(locations)),
        ).fetchall()
    assert len(numbers) == len(locations)
    body = {"login": login, "name": f"{login} 先生", "role": role, "locations": list(locations)}

    async def create() -> Person:
        async with await connect_async(api.database_url) as opened:
            wanted = wanted_of(body, party.kind)
            secret = _HASH if password else None
            nos = [number for (number,) in numbers]
            return await store.create(opened, party, wanted, nos, secret, SCOPES, api.clock.now_us())

    return asyncio.run(create())


def browser(api: Api, language: str = "en") -> httpx.Client:
    """What a browser is here: it keeps cookies, and follows no redirect by itself."""
    return api.anonymous({"accept-language": language})


def form_of(client: httpx.Client, next_path: str = "/") -> str:
    """Begin to sign in; where the form with the password is to be sent."""
    away = client.get("/sign-in", params={"next": next_path})
    assert away.status_code == 303, away.text
    shown = client.get(away.headers["location"])
    assert shown.status_code == 200, shown.text
    return action_of(shown)


def action_of(shown: httpx.Response) -> str:
    """Where the form of a page is sent."""
    found = re.search(r'action="([^"]+)"', shown.text)
    assert found, shown.text
    return unescape(found[1])


def send_password(client: httpx.Client, login: str, password: str = PASSWORD, next_path: str = "/") -> httpx.Response:
    """Type login and password into the form; what the provider answers."""
    return client.post(form_of(client, next_path), data={"login": login, "password": password})


def sign_in(api: Api, login: str, language: str = "en", next_path: str = "/") -> httpx.Client:
    """Somebody who is signed in, as a client that sends the CSRF header as the console does."""
    client = browser(api, language)
    back = send_password(client, login, next_path=next_path)
    assert back.status_code == 303, back.text
    inside = client.get(back.headers["location"])
    assert inside.status_code == 303, inside.text
    assert urlsplit(inside.headers["location"]).path == urlsplit(next_path).path
    client.headers["x-csrf-token"] = ok(client.get("/v1/me"))["csrf"]
    return client


@pytest.fixture(scope="module")
def shop(api: Api) -> Shop:
    """A brand with two stores in Beijing and a scarf in each."""
    shop = Shop(api, "silk").open("WANGFUJING", "XIDAN").sell("SCARF")
    return shop.receive(SCARF={"WANGFUJING": 50, "XIDAN": 50})


@pytest.fixture(scope="module")
def ops(api: Api, shop: Shop) -> httpx.Client:
    """Somebody of the brand's operations, signed in."""
    add_person(api, shop.brand, "ops", "brand_operations")
    return sign_in(api, "ops")


def audit_of(client: httpx.Client, **query: Any) -> list[Json]:
    """The brand's audit, newest first."""
    found: list[Json] = ok(client.get("/v1/audit", params=query))["audit"]
    return found
