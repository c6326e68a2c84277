"""The live board: what it counts, whom it tells, and that each figure is what its list shows."""

from __future__ import annotations

from collections import Counter, deque
from datetime import UTC, datetime
from random import Random
from statistics import median
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import httpx
import msgspec
import pytest
from tests.journeys.shop import TIANANMEN, Json, Shop, ok

from manystores.core import database
from manystores.orders.order import FulfilmentOrder, decode

if TYPE_CHECKING:
    from tests.journeys.conftest import Api

HARBIN = {"lat": 45.8, "lon": 126.5, "region": "230102"}
GUANGZHOU = {"lat": 23.13, "lon": 113.26, "region": "440103"}


def board(shop: Shop, client: Any = None) -> Json:
    """The figures now."""
    found: Json = ok((client or shop.client).get("/v1/board"))
    return found


def work(shop: Shop, **wanted: Any) -> list[Json]:
    """The list that a figure opens."""
    found: list[Json] = ok(shop.client.get("/v1/fulfilment-orders", params=wanted))["fulfilment_orders"]
    return found


def steps(told: Json) -> dict[str, int]:
    """Open work by what it waits for, where there is any."""
    return {step["waits_for"]: step["open"] for step in told["figures"]["work"]["steps"] if step["open"]}


def stocked(api: Api) -> Shop:
    shop = Shop(api).open().sell("SCARF", "GLOVE")
    return shop.receive(SCARF={"XIDAN": 8, "GUANGZHOU-DC": 8}, GLOVE={"GUANGZHOU-DC": 1})


def test_an_order_is_on_the_board_as_soon_as_it_is_answered_and_moves_with_its_steps(api: Api) -> None:
    shop = stocked(api)
    assert board(shop)["figures"]["orders"]["today"] == 0
    first = shop.place(("SCARF", 2), channel="web")
    shop.place(("SCARF", 1), pick_up_at="XIDAN")
    told = board(shop)
    counted = {one["channel"]: one for one in told["figures"]["orders"]["by_channel"]}
    assert counted["web"] == {"channel": "web", "today": 1, "hour": 1, "minute": 1}
    assert told["figures"]["orders"]["today"] == 2
    assert steps(told) == {"accept": 2}
    assert [entry["name"] for entry in told["newest"][:2]] == ["order.placed", "order.placed"]
    assert told["newest"][1]["order"] == first["id"]
    (piece,) = first["fulfilment_orders"]
    shop.steps(piece, "accept")
    assert steps(board(shop)) == {"accept": 1, "pick": 1}
    shop.steps(piece, "pick")
    assert steps(board(shop)) == {"accept": 1, "pack": 1}
    shop.steps(piece, "pack")
    assert steps(board(shop)) == {"accept": 1, "ship": 1}
    shop.steps(piece, "ship")
    assert steps(board(shop)) == {"accept": 1}


def test_units_from_near_by_and_how_far_they_go_north_and_south(api: Api) -> None:
    shop = stocked(api)
    shop.place(("SCARF", 2), deliver_to=HARBIN)
    shop.place(("SCARF", 1), deliver_to=GUANGZHOU)
    shop.place(("SCARF", 1), pick_up_at="XIDAN")
    figures = board(shop)["figures"]
    assert (figures["served"]["units"], figures["served"]["units_near_by"]) == (4, 3)
    assert figures["served"]["pre_stock_avoided"] == 3
    assert figures["served"]["near_by_pct"] == 75.0
    north, south = figures["destinations"]["north"], figures["destinations"]["south"]
    assert (north["units"], south["units"]) == (2, 1)
    assert 1000 < north["km_median"] < 1100  # Xidan to Harbin
    assert south["km_median"] < 10
    assert {one["location"] for one in work(shop, location_kind="store,partner")} == {"XIDAN"}
    assert [one["location"] for one in work(shop, destination="south")] == ["GUANGZHOU-DC"]


def test_what_somebody_must_look_at_opens_its_list(api: Api) -> None:
    shop = stocked(api)
    placed = shop.place(("GLOVE", 1))
    shop.step(placed["fulfilment_orders"][0], "reject", reason="cannot_find")
    told = board(shop)["figures"]
    assert told["attention"]["unserved"] == 1
    assert told["served"]["rejected"] == 1
    assert told["served"]["sold_out"] == 1
    unserved = ok(shop.client.get("/v1/orders", params={"unserved": True}))["orders"]
    assert [order["id"] for order in unserved] == [placed["id"]]
    assert [one["state"] for one in work(shop, state="rejected", placed_from="2020-01-01T00:00:00Z")] == ["rejected"]
    gone = ok(shop.client.get("/v1/board/sold-out"))["offers"]
    assert gone == [{"sku": "GLOVE", "names": {"und": "Glove"}}]
    ok(shop.client.post(f"/v1/orders/{placed['id']}/cancel", json={}))
    assert board(shop)["figures"]["attention"]["unserved"] == 0


def test_orders_that_nobody_serves_come_in_pages(api: Api) -> None:
    shop = stocked(api)
    shop.receive(GLOVE={"XIDAN": 2})
    placed = [shop.place(("GLOVE", 1)) for _ in range(3)]
    for order in placed:
        for work in order["fulfilment_orders"]:
            shop.step(work, "reject", reason="cannot_find")
    first = ok(shop.client.get("/v1/orders", params={"unserved": True, "limit": 2}))
    second = ok(shop.client.get("/v1/orders", params={"unserved": True, "limit": 2, "cursor": first["next_cursor"]}))
    assert [len(first["orders"]), len(second["orders"]), second["next_cursor"]] == [2, 1, None]


def test_a_store_sees_its_own_part_and_a_rival_nothing(api: Api) -> None:
    shop = stocked(api)
    shop.place(("SCARF", 1))
    shop.place(("SCARF", 1), deliver_to=GUANGZHOU)
    till = api.client(shop.brand, location="XIDAN")
    assert board(shop)["figures"]["work"]["open"] == 2
    mine = board(shop, till)
    assert mine["figures"]["work"]["open"] == 1
    assert mine["figures"]["orders"]["today"] == 1
    assert [entry["locations"] for entry in mine["newest"]] == [["XIDAN"]]
    rival = Shop(api)
    assert board(rival)["figures"]["orders"]["today"] == 0
    assert board(rival)["newest"] == []


def test_the_stream_tells_all_first_and_then_what_differs(api: Api) -> None:
    shop = stocked(api)
    with shop.client.stream("GET", "/v1/board/stream") as stream:
        lines = stream.iter_lines()
        event, first = read(lines)
        assert (event, first["figures"]["orders"]["today"]) == ("board", 0)
        placed = shop.place(("SCARF", 1))
        event, tick = read(lines)
        while not tick["newest"]:
            event, tick = read(lines)
        assert event == "tick"
        assert tick["figures"]["orders"]["today"] == 1
        assert tick["newest"][0]["order"] == placed["id"]
        assert tick["sequence"] > first["sequence"]
        assert len(tick["figures"]["pulse"]["orders"]) < len(first["figures"]["pulse"]["orders"])


def read(lines: Any) -> tuple[str, Json]:
    """The next event of a stream: its name and its data."""
    event = ""
    for line in lines:
        if line.startswith("event: "):
            event = line.removeprefix("event: ")
        elif line.startswith("data: "):
            return event, msgspec.json.decode(line.removeprefix("data: "))
    raise AssertionError("the stream ended")


# -- as orders come and go, figures stay what the order book says


def from_scratch(shop: Shop, at: str) -> Json:
    """The figures, computed from the whole documents of all orders of the brand, by nothing that the board uses."""
    with database.connect(shop.api.database_url) as connection:
        rows = connection.execute(
            "SELECT doc FROM orders JOIN parties USING (party_no) WHERE code = %s", [shop.brand]
        ).fetchall()
        warehouses = {number for (number,) in connection.execute(
            "SELECT location_no FROM locations WHERE kind = 'warehouse'"
        ).fetchall()}  # fmt: skip
    orders = [decode(document) for (document,) in rows]
    now = datetime.fromisoformat(at)
    minute = int(now.timestamp()) // 60
    works = [(order, work) for order in orders for work in order.fulfilments]
    live = [work for _, work in works if work.state in ("open", "in_progress", "on_hold")]
    given = [(order, work, sum(p.quantity - p.short - p.withdrawn for p in work.lines)) for order, work in works]
    kilometres: dict[bool, list[float]] = {True: [], False: []}
    for order, work, units in given:
        if order.deliver_to is not None and work.kind != "pick_up":
            kilometres[order.deliver_to.lat >= 33] += [round(work.metres / 100) / 10] * units
    return {
        "today": len(orders),
        "by_channel": Counter(order.channel for order in orders),
        "open": len(live),
        "unserved": sum(any(line.unallocated for line in order.lines) for order in orders),
        "steps": Counter(expected_step(work) for work in live),
        "aged": sum(minute - work.created_at_us // 60_000_000 > 15 for work in live),
        "overdue": sum(
            expected_step(work) != "collect" and 0 < work.promised_to_us // 60_000_000 < minute for work in live
        ),
        "works": len(works),
        "rejected": sum(work.state == "rejected" for _, work in works),
        "units": sum(units for *_, units in given),
        "near_by": sum(units for _, work, units in given if work.location_no not in warehouses),
        "km": {half: round(median(found), 1) if found else None for half, found in kilometres.items()},
    }


def expected_step(work: FulfilmentOrder) -> str:
    if work.state != "in_progress":
        return {"open": "accept", "on_hold": "hold"}[work.state]
    if any(part.quantity - part.short - part.withdrawn - part.picked for part in work.lines):
        return "pick"
    if work.kind == "pick_up":
        return "collect" if work.ready_at_us else "pack"
    return "ship" if work.packed_at_us else "pack"


def as_told(told: Json) -> Json:
    """The same members of what the board tells."""
    figures = told["figures"]
    served, sent = figures["served"], figures["destinations"]
    return {
        "today": figures["orders"]["today"],
        "by_channel": {one["channel"]: one["today"] for one in figures["orders"]["by_channel"] if one["today"]},
        "open": figures["work"]["open"],
        "unserved": figures["attention"]["unserved"],
        "steps": steps(told),
        "aged": sum(sum(step["ages"][1:]) for step in figures["work"]["steps"]),
        "overdue": figures["attention"]["overdue"],
        "works": served["fulfilment_orders"],
        "rejected": served["rejected"],
        "units": served["units"],
        "near_by": served["units_near_by"],
        "km": {True: sent["north"]["km_median"], False: sent["south"]["km_median"]},
    }


def busy(shop: Shop, seed: int, until: float) -> None:
    """Shoppers and stores at work until a moment (monotonic)."""
    draw = Random(seed)
    placed: list[Json] = []
    with httpx.Client(base_url=shop.api.url, headers=shop.client.headers, timeout=30, trust_env=False) as client:
        while monotonic() < until:
            if not placed or draw.random() < 0.5:
                place = {"pick_up_at": "XIDAN"} if draw.random() < 0.2 else {"deliver_to": draw.choice(PLACES)}
                body = shop.order((draw.choice(("SCARF", "GLOVE")), draw.randint(1, 3)), **place)
                body |= {"channel": draw.choice(("web", "app", "till"))} | draw.choice(({}, {"unpaid_ttl_s": 900}))
                answer = client.post("/v1/orders", json=body)
                placed += [answer.json()] if answer.status_code == 201 else []
                continue
            order = draw.choice(placed)
            works = [work["id"] for work in order["fulfilment_orders"]]
            step = draw.choice(("accept", "accept", "pick", "pack", "ship", "ready", "hold", "unhold", "reject"))
            why = {"reason": draw.choice(("too_busy", "cannot_find"))} if step == "reject" else {}
            if draw.random() < 0.1:
                client.post(f"/v1/orders/{order['id']}/cancel", json={})
            elif draw.random() < 0.1 and order.get("deliver_to"):
                client.patch(f"/v1/orders/{order['id']}", json={"deliver_to": draw.choice(PLACES)})
            else:
                client.post(f"/v1/fulfilment-orders/{draw.choice(works)}/{step}", json=why)


def agrees(shop: Shop) -> None:
    """The board and the order book say the same; asked again if a minute began in between."""
    while (told := board(shop))["at"][:16] != datetime.now(UTC).isoformat()[:16]:
        pass
    assert as_told(told) == from_scratch(shop, told["at"])


class LosesOne(deque[Any]):
    """Batches that were put aside, of which the first gets lost."""

    lost = False

    def append(self, batch: Any) -> None:
        if self.lost:
            super().append(batch)
        self.lost = True


PLACES = (TIANANMEN, HARBIN, GUANGZHOU)


@pytest.mark.skipif(datetime.now(ZoneInfo("Asia/Shanghai")).hour == 0, reason="the day may begin meanwhile")
def test_under_load_the_board_is_what_the_order_book_says(api: Api) -> None:
    """Shoppers and stores work at once while the board follows; whenever they rest it is right; also after a batch that
    nobody told of, when it is read anew."""
    shop = Shop(api).open().sell("SCARF", "GLOVE")
    shop.receive(SCARF={"XIDAN": 400, "SANLITUN": 60, "GUANGZHOU-DC": 400}, GLOVE={"WANGFUJING": 50, "XIDAN": 50})
    agrees(shop)
    boards = api.application._services.boards  # type: ignore[union-attr]
    for round_ in range(4):
        until = monotonic() + 0.8
        threads = [Thread(target=busy, args=(shop, 10 * round_ + i, until)) for i in range(3)]
        for thread in threads:
            thread.start()
        if round_ == 2:
            boards._batches = LosesOne(boards._batches)
        for thread in threads:
            thread.join()
        agrees(shop)
    assert boards._batches.lost
