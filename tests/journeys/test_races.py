"""Colleagues who change the same thing at the same moment: one after the other, and nobody overwrites unseen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx
import pytest
from tests.journeys.people import add_person, sign_in
from tests.journeys.shop import Shop, ok

if TYPE_CHECKING:
    from tests.journeys.conftest import Api

AT_ONCE = 8


@pytest.fixture
def shop(api: Api) -> Shop:
    return Shop(api).open("XIDAN").sell("SCARF").receive(SCARF={"XIDAN": 9})


def test_the_policy_in_force_is_the_last_that_was_published(shop: Shop) -> None:
    """Publishing and rolling back at once: each that was done is a version, and orders are routed by the newest."""
    ok(shop.client.put("/v1/policy", json={"safety_stock": 1}))

    def publish(n: int) -> httpx.Response:
        if n % 3 == 2:
            return shop.client.post("/v1/policies/1/roll-back", json={"note": f"back {n}"})
        return shop.client.put("/v1/policy", json={"safety_stock": n + 2})

    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = list(threads.map(publish, range(3 * AT_ONCE)))
    assert {answer.status_code for answer in answers} <= {200, 409}
    versions = ok(shop.client.get("/v1/policies?limit=100"))["policies"]
    numbers = [one["version"] for one in versions]
    assert numbers == list(range(len(numbers), 0, -1))
    assert {int(answer.headers["etag"].strip('"')) for answer in answers if answer.status_code == 200} | {1} == {
        *numbers
    }
    assert ok(shop.client.get("/v1/policy"))["version"] == numbers[0]


def test_one_of_many_takes_an_exception(api: Api, shop: Shop) -> None:
    """With the tag that all of them saw, one changes it; the others are told that it has changed."""
    shop.place(("SCARF", 5), pick_up_at="XIDAN")
    shop.count("XIDAN", "SCARF", 1)
    people = []
    for n in range(4):
        login = f"at-once-{n}-{shop.brand}"
        people.append((str(add_person(api, shop.brand, login, "brand_operations").person_id), sign_in(api, login)))
    (found,) = ok(shop.client.get("/v1/stock/exceptions"))["exceptions"]
    path = f"/v1/stock/exceptions/{found['id']}"
    tag = shop.client.get(path).headers["etag"]

    def take(one: tuple[str, httpx.Client]) -> int:
        return one[1].patch(path, json={"assignee": one[0]}, headers={"if-match": tag}).status_code

    with ThreadPoolExecutor(len(people)) as threads:
        statuses = list(threads.map(take, people))
    assert statuses.count(200) == 1
    assert {*statuses} <= {200, 409, 412}
    now = ok(shop.client.get(path))
    assert now["assignee"]["id"] == people[statuses.index(200)][0]
    assert (now["revision"], len(now["history"])) == (found["revision"] + 1, 1)


def test_who_loses_a_role_does_nothing_more_by_it(api: Api, shop: Shop) -> None:
    """While requests are under way: once the change is answered, no later request is let in."""
    login = f"leaving-{shop.brand}"
    person = add_person(api, shop.brand, login, "brand_operations")
    add_person(api, shop.brand, f"stays-{shop.brand}", "brand_operations")
    client = sign_in(api, login)

    def write(n: int) -> int:
        return client.patch("/v1/offers/SCARF", json={"name": f"Scarf {n}"}).status_code

    with ThreadPoolExecutor(AT_ONCE) as threads:
        first = [threads.submit(write, n) for n in range(4 * AT_ONCE)]
        ok(shop.client.patch(f"/v1/people/{person.person_id}", json={"role": "analyst"}))
        after = write(-1)
        assert {each.result() for each in first} <= {200, 401, 409}
    assert after == 401
    assert write(-2) == 401
