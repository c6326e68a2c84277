"""Saved views: somebody's own or shared with the brand, each with an address; nobody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from tests.journeys.people import add_person, sign_in
from tests.journeys.shop import Json, Shop, ok, refused

if TYPE_CHECKING:
    from tests.journeys.conftest import Api


@pytest.fixture(scope="module")
def people(api: Api) -> dict[str, httpx.Client]:
    """Two of one brand, one of another."""
    ours, theirs = Shop(api), Shop(api)
    for brand, login in ((ours.brand, "chen"), (ours.brand, "he"), (theirs.brand, "rival")):
        add_person(api, brand, login, "brand_operations")
    return {login: sign_in(api, login) for login in ("chen", "he", "rival")}


def saved(who: httpx.Client, name: str, **more: object) -> Json:
    """A new view of theirs."""
    return ok(who.post("/v1/views", json={"name": name, "page": "/orders", "query": "state=open", **more}), 201)


def names(who: httpx.Client, **params: str) -> list[str]:
    """What they see."""
    return [view["name"] for view in ok(who.get("/v1/views", params=params))["views"]]


def test_ones_own_stays_ones_own_until_it_is_shared(people: dict[str, httpx.Client]) -> None:
    chen, he, rival = people.values()
    view = saved(chen, "南区超时未接单")
    assert (view["mine"], view["shared"], view["query"]) == (True, False, "state=open")
    assert view["name"] in names(chen, page="/orders")
    assert names(chen, page="/stock") == []
    assert view["name"] not in names(he)
    refused(he.get(f"/v1/views/{view['id']}"), 404, "not_found")
    ok(chen.patch(f"/v1/views/{view['id']}", json={"shared": True, "query": "state=open&late=true"}))
    theirs = ok(he.get(f"/v1/views/{view['id']}"))
    assert (theirs["mine"], theirs["query"]) == (False, "state=open&late=true")
    assert theirs["owner"] == ok(chen.get("/v1/me"))["person"]["name"]
    refused(he.patch(f"/v1/views/{view['id']}", json={"name": "mine now"}), 403, "forbidden")
    refused(he.delete(f"/v1/views/{view['id']}"), 403, "forbidden")
    for answer in (
        rival.get(f"/v1/views/{view['id']}"),
        rival.patch(f"/v1/views/{view['id']}", json={"shared": False}),
        rival.delete(f"/v1/views/{view['id']}"),
    ):
        refused(answer, 404, "not_found")
    assert names(rival) == []
    assert chen.delete(f"/v1/views/{view['id']}").status_code == 204
    refused(he.get(f"/v1/views/{view['id']}"), 404, "not_found")


def test_the_same_key_saves_once(people: dict[str, httpx.Client]) -> None:
    he = people["he"]
    body = {"name": "once", "page": "/orders"}
    made = [ok(he.post("/v1/views", json=body, headers={"idempotency-key": "v-1"}), 201)["id"] for _ in range(2)]
    assert made[0] == made[1]
    assert names(he).count("once") == 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": "", "page": "/orders"}, "/name"),
        ({"name": "  ", "page": "/orders"}, "/name"),
        ({"name": "x" * 81, "page": "/orders"}, "/name"),
        ({"name": "x", "page": "//evil.example/"}, "/page"),
        ({"name": "x", "page": "https://evil.example"}, "/page"),
        ({"name": "x", "page": "/orders?x=1"}, "/page"),
        ({"name": "x", "page": "/orders", "query": "a\nb"}, "/query"),
        ({"name": "x", "page": "/orders", "query": "x" * 2001}, "/query"),
        ({"name": "x", "page": "/orders", "owner": "me"}, "/owner"),
    ],
)
def test_what_is_no_view_is_refused_at_its_field(people: dict[str, httpx.Client], body: Json, pointer: str) -> None:
    problem = refused(people["chen"].post("/v1/views", json=body), 422, "invalid")
    assert [error["pointer"] for error in problem["errors"]] == [pointer]


def test_a_key_has_no_views(api: Api) -> None:
    refused(Shop(api).client.get("/v1/views"), 403, "forbidden")
    assert api.anonymous().get("/v1/views").status_code == 401
