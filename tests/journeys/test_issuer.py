"""A company's own issuer signs people in: another installation's built-in provider stands for it here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import pytest
from tests.journeys.conftest import running_api
from tests.journeys.people import PASSWORD, action_of, add_person, browser
from tests.journeys.shop import ok

if TYPE_CHECKING:
    from pathlib import Path

    from tests.journeys.conftest import Api

SECRET = "a-secret-between-the-two"
OURS = "http://console.example"  # as people's browsers know us; the tests reach us by our port


@pytest.fixture(scope="module")
def two(
    new_database: Callable[[], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Api, Api]]:
    """(the company's issuer, our installation, whose people it signs in)."""

    def data_dir() -> Path:
        return tmp_path_factory.mktemp("data")

    client = f"ours {SECRET} {OURS}/sign-in/callback"
    with (
        new_database() as first,
        new_database() as second,
        running_api(first, data_dir(), idp_clients=client) as issuer,
        running_api(
            second,
            data_dir(),
            public_url=OURS,
            oidc_issuer=f"{issuer.url}/idp",
            oidc_client_id="ours",
            oidc_client_secret=SECRET,
        ) as ours,
    ):
        yield issuer, ours


def come_back(two: tuple[Api, Api], login: str) -> tuple[httpx.Client, httpx.Response]:
    """Sign in at the company's issuer; our answer to who comes back."""
    issuer, ours = two
    client = browser(ours)
    away = client.get("/sign-in?next=/orders")
    assert away.headers["location"].startswith(f"{issuer.url}/idp/authorize?")
    there = browser(issuer)
    back = there.post(
        f"{issuer.url}{action_of(there.get(away.headers['location']))}", data={"login": login, "password": PASSWORD}
    )
    assert back.headers["location"].startswith(f"{OURS}/sign-in/callback?")
    return client, client.get("/sign-in/callback?" + urlsplit(back.headers["location"]).query)


def test_who_was_added_with_the_address_that_the_issuer_vouches_for_comes_in(two: tuple[Api, Api]) -> None:
    """Without a password here; and is known by the issuer's subject from then on."""
    issuer, ours = two
    add_person(issuer, "company", "chen@silk.example", "analyst")
    person = add_person(ours, "silk", "chen@silk.example", "planner", password=False)
    for _ in range(2):
        client, answer = come_back(two, "chen@silk.example")
        assert (answer.status_code, answer.headers["location"]) == (303, "/orders")
        me = ok(client.get("/v1/me"))
        assert (me["person"]["id"], me["role"], me["has_password"]) == (str(person.person_id), "planner", False)


def test_who_was_not_added_is_refused_by_name(two: tuple[Api, Api]) -> None:
    """The page says who they are there, and what to do; nobody is signed in."""
    issuer, _ = two
    add_person(issuer, "company", "stranger@silk.example", "analyst")
    client, answer = come_back(two, "stranger@silk.example")
    assert (answer.status_code, "stranger@silk.example" in answer.text) == (403, True)
    assert "ms_session" not in client.cookies


def test_an_address_that_changed_hands_is_another_person(two: tuple[Api, Api]) -> None:
    """Somebody new with an old address does not become who had it."""
    issuer, ours = two
    add_person(issuer, "company", "old@silk.example", "analyst")
    add_person(ours, "silk", "old@silk.example", "planner", password=False)
    come_back(two, "old@silk.example")
    from manystores.core.database import connect

    with connect(issuer.database_url) as connection:
        connection.execute("UPDATE people SET login = 'gone@silk.example' WHERE login = 'old@silk.example'")
    add_person(issuer, "company", "old@silk.example", "analyst")
    assert come_back(two, "old@silk.example")[1].status_code == 403


def test_who_has_an_account_at_two_brands_chooses(two: tuple[Api, Api]) -> None:
    """By a page with both, before anybody is signed in."""
    issuer, ours = two
    add_person(issuer, "company", "both@silk.example", "analyst")
    for brand in ("silk", "wool"):
        add_person(ours, brand, "both@silk.example", "planner", password=False)
    client, answer = come_back(two, "both@silk.example")
    assert answer.status_code == 200
    assert "brand=silk" in answer.text
    assert "brand=wool" in answer.text
    assert "ms_session" not in client.cookies


def test_the_built_in_provider_is_not_there_beside_another(two: tuple[Api, Api]) -> None:
    """No passwords of ours then."""
    _, ours = two
    for path in ("/idp/.well-known/openid-configuration", "/idp/jwks", "/idp/authorize"):
        assert ours.anonymous().get(path).status_code == 404
