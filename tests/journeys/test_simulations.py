"""What orders would have cost under another policy, over HTTP: begun, watched, read, called off; nothing is moved."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from tests.journeys.shop import Json, Shop, ok, refused

if TYPE_CHECKING:
    from tests.journeys.conftest import Api

PATH = "/v1/sourcing/simulations"
WAIT_S = 60


@pytest.fixture
def shop(api: Api) -> Shop:
    """Ten scarves in Wangfujing, which is nearest, ten in Xidan, a hundred in Guangzhou."""
    shop = (
        Shop(api)
        .open("WANGFUJING", "XIDAN", "SANLITUN", "GUANGZHOU-DC", groups=["city"], region="110101")
        .sell("SCARF")
    )
    return shop.receive(SCARF={"WANGFUJING": 10, "XIDAN": 10, "GUANGZHOU-DC": 100})


def ended(shop: Shop, begun: Json) -> Json:
    """The simulation when it is over."""
    until = time.monotonic() + WAIT_S
    while (told := ok(shop.client.get(f"{PATH}/{begun['id']}")))["state"] == "running":
        assert time.monotonic() < until, told
        time.sleep(0.2)
    return told


def days() -> Json:
    """All orders of these tests, wherever midnight is."""
    today = datetime.now(UTC).date()
    return {"from": str(today - timedelta(days=1)), "to": str(today + timedelta(days=1))}


def test_real_orders_under_two_policies(shop: Shop) -> None:
    """Twelve scarves were ordered: ten came from Wangfujing, two from Xidan. Without Wangfujing, ten come from Xidan
    and two from Guangzhou."""
    orders = [shop.place(("SCARF", 1)) for _ in range(12)]
    stock = shop.stock("SCARF")
    policies = [{}, {"name": "without", "policy": {"excluded_locations": ["WANGFUJING"]}}]
    answer = shop.client.post(PATH, json={"policies": policies, **days()})
    assert answer.status_code == 202
    begun = answer.json()
    assert answer.headers["location"] == f"{PATH}/{begun['id']}"
    told = ended(shop, begun)
    assert (told["state"], told["share"], told["detail"]) == ("done", 1.0, None)
    found = ok(shop.client.get(f"{PATH}/{begun['id']}/result"))
    assert (found["orders"], found["changed"]) == (12, [0, 12])
    places = {place["code"]: place["orders"] for place in found["locations"]}
    assert places == {"WANGFUJING": [10, 0], "XIDAN": [2, 10], "GUANGZHOU-DC": [0, 2]}
    assert found["policies"][1]["differences"]["cost"]["value"] > 0
    assert [one["looked_ahead"] for one in found["policies"]] == [0, 0], "nothing was ordered on the days before"
    assert {change["order"] for change in found["changes"]} == {order["id"] for order in orders}
    assert shop.stock("SCARF") == stock
    assert [one["id"] for one in ok(shop.client.get(PATH))["simulations"]] == [begun["id"]]


def test_generated_orders_and_one_at_a_time(shop: Shop) -> None:
    begun = shop.client.post(PATH, json={"policies": [{}], "generate": 50, "seed": 5}).json()
    refused(shop.client.post(PATH, json={"policies": [{}], "generate": 50}), 409, "simulation_running")
    refused(shop.client.get(f"{PATH}/{begun['id']}/result"), 409, "simulation_not_done")
    assert ended(shop, begun)["state"] == "done"
    found = ok(shop.client.get(f"{PATH}/{begun['id']}/result"))
    assert (found["orders"], found["policies"][0]["looked_ahead"]) == (50, 50)


def test_one_is_called_off(shop: Shop) -> None:
    begun = shop.client.post(PATH, json={"policies": [{}, {}], "generate": 200_000}).json()
    assert ok(shop.client.post(f"{PATH}/{begun['id']}/cancel"))["state"] == "cancelled"
    refused(shop.client.get(f"{PATH}/{begun['id']}/result"), 409, "simulation_not_done")
    again = shop.client.post(PATH, json={"policies": [{}], "generate": 5})
    assert again.status_code == 202
    ended(shop, again.json())


def test_what_is_wrong_is_told_at_its_field(shop: Shop) -> None:
    told = refused(shop.client.post(PATH, json={"policies": [], "from": "soon"}), 422, "invalid")
    assert {each["pointer"] for each in told["errors"]} == {"/policies", "/from", "/to"}
    bad = {"policies": [{"policy": {"safety_stok": 1}}], "generate": 0, "from": "2026-11-05", "to": "2026-11-01"}
    told = refused(shop.client.post(PATH, json=bad), 422, "invalid")
    assert {each["pointer"] for each in told["errors"]} == {"/generate", "/policies/0/policy/safety_stok", "/to"}
    # what only the database knows fails the job, and says why
    begun = shop.client.post(PATH, json={"policies": [{}], "from": "2001-01-01"}).json()
    assert "No order was placed in that time" in ended(shop, begun)["detail"]
    begun = shop.client.post(PATH, json={"policies": [{"version": 77}], "generate": 5}).json()
    assert "There is no version 77" in ended(shop, begun)["detail"]


def test_a_rival_sees_nothing_of_it(shop: Shop, api: Api) -> None:
    begun = shop.client.post(PATH, json={"policies": [{}], "generate": 5}).json()
    rival = Shop(api)
    for path in (f"{PATH}/{begun['id']}", f"{PATH}/{begun['id']}/result"):
        refused(rival.client.get(path), 404, "not_found")
    refused(rival.client.post(f"{PATH}/{begun['id']}/cancel"), 404, "not_found")
    assert ok(rival.client.get(PATH))["simulations"] == []
    ended(shop, begun)
