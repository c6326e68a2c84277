"""What waits too long: in opening hours, and the same on the board, on the map, in the lists and at the location."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.journeys.conftest import running_api
from tests.journeys.shop import Json, Shop, eventually, ok

from manystores.core.clock import SECOND_US, ManualClock, from_datetime

if TYPE_CHECKING:
    from pathlib import Path

    from tests.journeys.conftest import Api

NIGHT: Final = from_datetime(datetime.fromisoformat("2026-11-11T03:00:20+08:00"))
DAY_HOURS: Final = "Mo-Su 10:00-22:00"


class World:
    """A brand whose store is closed at night and whose warehouse is not, and a clock."""

    def __init__(self, api: Api, clock: ManualClock) -> None:
        self.clock = clock
        self.shop = Shop(api).open("XIDAN", opening_hours=DAY_HOURS, region="110102", groups=["north"])
        self.shop.open("GUANGZHOU-DC", region="440106").sell("SCARF", "GLOVE")
        self.shop.receive(SCARF={"XIDAN": 8}, GLOVE={"GUANGZHOU-DC": 8})

    def pass_until(self, clock_time: str) -> None:
        """Let time pass until a clock time of that day, and half a minute."""
        at_us = from_datetime(datetime.fromisoformat(f"2026-11-11T{clock_time}:30+08:00"))
        self.clock.advance((at_us - self.clock.now_us()) / SECOND_US)

    def late(self) -> dict[str, dict[str, int]]:
        """How much waits too long by location, as each of those tells who tell of it."""
        columns = ok(self.shop.client.get("/v1/network/load"))["columns"]
        told = {"map": dict(zip(columns["code"], columns["late"], strict=True))}
        for place in ("XIDAN", "GUANGZHOU-DC"):
            wanted = {"location": place, "late": True}
            listed = ok(self.shop.client.get("/v1/fulfilment-orders", params=wanted))["fulfilment_orders"]
            counted = ok(self.shop.client.get("/v1/fulfilment-orders/count", params=wanted))["count"]
            now = ok(self.shop.client.get(f"/v1/locations/{place}/now"))["work"]
            told.setdefault("list", {})[place] = len(listed)
            told.setdefault("count", {})[place] = counted
            told.setdefault("location", {})[place] = sum(one["late"] for one in now)
        return {name: {place: n for place, n in places.items() if n} for name, places in told.items()}

    def all_late(self) -> dict[str, int]:
        """How much waits too long in all, on the board and in the list of the brand."""
        board = ok(self.shop.client.get("/v1/board"))["figures"]["attention"]["late"]
        params = {"late": True, "limit": 200}
        found = ok(self.shop.client.get("/v1/fulfilment-orders", params=params))["fulfilment_orders"]
        return {"board": board, "list": len(found)}

    def agree(self, expected: dict[str, int]) -> None:
        """All tell the same; the map looks at most once a second."""
        names = ("map", "list", "count", "location")
        eventually(lambda: self.late() == dict.fromkeys(names, expected))
        assert self.all_late() == {"board": sum(expected.values()), "list": sum(expected.values())}


@pytest.fixture
def world(new_database: Callable[[], AbstractContextManager[str]], tmp_path: Path) -> Iterator[World]:
    clock = ManualClock(NIGHT)
    with new_database() as url, running_api(url, tmp_path, clock, late_accept_minutes=60) as api:
        yield World(api, clock)


def placed(world: World, **more: Any) -> list[Json]:
    return [world.shop.place((sku, 1), **more) for sku in ("SCARF", "GLOVE")]


def test_an_order_of_the_night_is_not_late_before_the_store_was_open_for_an_hour(world: World) -> None:
    """Given an order at 3:00 for a store that opens at 10:00 and one for a warehouse that never closes: the second is
    late at 4:01, the first at 11:01; accepted, it is late no more; and what nobody touched is late the next evening."""
    scarf, _glove = placed(world)
    world.agree({})
    world.pass_until("04:00")
    world.agree({})
    world.pass_until("04:01")
    world.agree({"GUANGZHOU-DC": 1})
    world.pass_until("11:00")
    world.agree({"GUANGZHOU-DC": 1})
    world.pass_until("11:01")
    world.agree({"GUANGZHOU-DC": 1, "XIDAN": 1})
    world.shop.steps(scarf["fulfilment_orders"][0], "accept")
    world.agree({"GUANGZHOU-DC": 1})


def test_other_hours_count_at_once(world: World) -> None:
    """Given an order that waits at a closed store: as soon as the store is said to be open at night, it is late."""
    placed(world)
    world.pass_until("05:00")
    world.agree({"GUANGZHOU-DC": 1})
    ok(world.shop.client.patch("/v1/locations/XIDAN", json={"opening_hours": "24/7"}))
    world.agree({"GUANGZHOU-DC": 1, "XIDAN": 1})
    ok(world.shop.client.patch("/v1/locations/XIDAN", json={"opening_hours": DAY_HOURS}))
    world.agree({"GUANGZHOU-DC": 1})


def test_lists_are_filtered_as_the_map_is(world: World) -> None:
    """By region, group, owner of the stock and bounds: figures of an area open the work, places and stock in it."""
    placed(world)
    client = world.shop.client
    world.clock.advance(61 * 60)

    def count(path: str, name: str, **wanted: Any) -> int:
        return len(ok(client.get(path, params=wanted))[name])

    for wanted, works in (
        ({"region": "110000"}, 1),
        ({"region": "310000"}, 0),
        ({"group": "north"}, 1),
        ({"partner": ""}, 2),
        ({"partner": "nobody"}, 0),
        ({"within": "116,39,117,40"}, 1),
        ({"within": "110,20,120,45"}, 2),
        ({"capability": "lockers"}, 0),
    ):
        assert count("/v1/fulfilment-orders", "fulfilment_orders", **wanted) == works, wanted
        assert ok(client.get("/v1/fulfilment-orders/count", params=wanted))["count"] == works, wanted
        assert count("/v1/locations", "locations", **wanted) == works, wanted
        assert count("/v1/stock", "stock", window="now", **wanted) == works, wanted
        points = ok(client.get("/v1/network/points", params=wanted))
        assert points["count"] == works, wanted
    late = {"late": True, "region": "440000"}
    assert count("/v1/fulfilment-orders", "fulfilment_orders", **late) == 1
    for bad in ("1,2,3", "a,b,c,d", "5,0,4,1", "nan,0,1,1"):
        answer = client.get("/v1/fulfilment-orders", params={"within": bad})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/within"), bad
