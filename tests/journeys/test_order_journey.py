"""The life of orders over HTTP, as shoppers, stores and head office live it; after each step the stock is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.journeys.shop import Counters, Json, Shop, bucket, eventually, listening, ok, refused

if TYPE_CHECKING:
    from tests.journeys.conftest import Api


@pytest.fixture
def shop(api: Api) -> Shop:
    """A brand of its own with three stores in Beijing and a warehouse in Guangzhou, and two offers."""
    return Shop(api).open().sell("SCARF", "MUG")


def kinds(order: Json) -> list[str]:
    """What happened to an order, in its order."""
    return [step["kind"] for step in order["history"]]


def quantities(order: Json, line: int = 1) -> Json:
    """A line's quantities that are not zero."""
    names = ("ordered", "allocated", "unallocated", "picked", "shipped", "returned", "cancelled")
    return {name: order["lines"][line - 1][name] for name in names if order["lines"][line - 1][name]}


STANDS = {
    "SCARF": {"WANGFUJING": 2, "XIDAN": 3, "SANLITUN": 2},
    "MUG": {"WANGFUJING": 1, "XIDAN": 1, "SANLITUN": 2},
}
AFTER_MOVE = (
    {"WANGFUJING": bucket(2, 0, 2), "SANLITUN": bucket(2, 2)},
    {"WANGFUJING": bucket(1, 0, 1), "SANLITUN": bucket(2, 1)},
)
AFTER_COLLECTION = (
    {"WANGFUJING": bucket(2, 0, 2), "SANLITUN": bucket(0)},
    {"WANGFUJING": bucket(1, 0, 1), "SANLITUN": bucket(1)},
)


class Life:
    """One order and the three stores that have to do with it, a chapter a method. After each, every counter is what it
    must be, and nothing was promised twice in between."""

    order: Json
    code: str

    def __init__(self, api: Api, shop: Shop) -> None:
        self.shop = shop.receive(**STANDS)
        self.wangfujing, self.xidan, self.sanlitun = (
            api.client(shop.brand, location=code) for code in ("WANGFUJING", "XIDAN", "SANLITUN")
        )

    @property
    def decisions(self) -> str:
        """Where it is told why."""
        return f"/v1/orders/{self.order['id']}/decision"

    @property
    def works(self) -> list[Json]:
        """Its fulfilment orders, as they are now."""
        found: list[Json] = self.shop.get(self.order)["fulfilment_orders"]
        return found

    def books(self, scarf: dict[str, Counters], mug: dict[str, Counters]) -> None:
        """What stands at the places that are named; elsewhere it is as it was."""
        for sku, told in (("SCARF", scarf), ("MUG", mug)):
            assert self.shop.stock(sku) == {place: bucket(units) for place, units in STANDS[sku].items()} | told
        assert self.shop.exceptions() == {}

    def placed(self) -> None:
        """The nearest store that has it all."""
        order = self.order = self.shop.place(("SCARF", 2), ("MUG", 1))
        (first,) = order["fulfilment_orders"]
        assert (order["state"], first["location"], first["kind"], first["state"]) == (
            "approved",
            "WANGFUJING",
            "ship",
            "open",
        )
        self.books({"WANGFUJING": bucket(2, 2)}, {"WANGFUJING": bucket(1, 1)})

    def explained(self) -> None:
        """In both languages."""
        (why,) = ok(self.shop.client.get(self.decisions))["decisions"]
        assert why["number"] == 1
        assert [one["location"] for one in why["chosen"]] == ["WANGFUJING"]
        assert why["words"][0].startswith("Sent from 店WANGFUJING, 1.")
        assert "3 locations carry it, 3 could serve it" in why["summary"]
        assert (why["holders"], why["candidates"], why["left_out"], why["near"]) == (3, 3, [], [])
        (chosen,) = why["chosen"]
        assert (chosen["kind"], chosen["lat"], chosen["lon"]) == ("store", 39.9139, 116.4109)
        assert chosen["cost"] == chosen["carriage"] + chosen["handling"] + chosen["rank"]
        (warum,) = ok(self.shop.zh.get(self.decisions))["decisions"]
        assert warum["words"][0].startswith("由店WANGFUJING发货，距离1.")
        assert "3家有备货，其中3家可选" in warum["summary"]

    def rejected(self) -> None:
        """What can't be found is not for sale there, and XIDAN takes over in the same step."""
        (first,) = self.works
        seen = self.shop.step(first, "reject", self.wangfujing, reason="cannot_find", note="shelf is empty")
        assert [work["location"] for work in seen["fulfilment_orders"]] == ["WANGFUJING"]  # not who has it now
        rejected = self.shop.get(self.order)
        first, second = rejected["fulfilment_orders"]
        assert (first["state"], first["reject_reason"], second["location"], second["state"]) == (
            "rejected",
            "cannot_find",
            "XIDAN",
            "open",
        )
        assert [quantities(rejected, line) for line in (1, 2)] == [
            {"ordered": 2, "allocated": 2},
            {"ordered": 1, "allocated": 1},
        ]
        self.books(
            {"WANGFUJING": bucket(2, 0, 2), "XIDAN": bucket(3, 2)},
            {"WANGFUJING": bucket(1, 0, 1), "XIDAN": bucket(1, 1)},
        )
        refused(self.wangfujing.post(f"/v1/fulfilment-orders/{first['id']}/accept"), 409, "wrong_state")
        _, second_why = ok(self.shop.client.get(self.decisions))["decisions"]
        assert [one["location"] for one in second_why["chosen"]] == ["XIDAN"]
        assert any("refused this order before" in words for words in second_why["words"]), second_why["words"]

    def moved(self) -> None:
        """The shopper would rather collect it in SANLITUN: the units move there in one step."""
        moved = ok(self.shop.client.patch(f"/v1/orders/{self.order['id']}", json={"pick_up_at": "SANLITUN"}))
        _, second, third = moved["fulfilment_orders"]
        assert (second["state"], third["location"], third["kind"]) == ("cancelled", "SANLITUN", "pick_up")
        assert (moved["pick_up_at"], "deliver_to" in moved) == ("SANLITUN", False)
        self.books(*AFTER_MOVE)

    def collected(self) -> None:
        """There is no code before all is ready, a wrong one is counted, the right one hands it over."""
        third = self.works[2]
        code_at = f"/v1/fulfilment-orders/{third['id']}/code"
        assert ok(self.shop.client.get(code_at)) == {"code": None}
        self.shop.step(third, "accept", self.sanlitun)
        refused(
            self.sanlitun.post(f"/v1/fulfilment-orders/{third['id']}/hand-over", json={"code": "123456"}),
            409,
            "wrong_state",
        )
        self.shop.step(third, "pick", self.sanlitun)
        self.shop.step(third, "ready", self.sanlitun)
        code = self.code = ok(self.shop.client.get(code_at))["code"]
        wrong = f"{(int(code) + 1) % 1_000_000:06d}"
        for left in (4, 3):
            answer = self.sanlitun.post(f"/v1/fulfilment-orders/{third['id']}/hand-over", json={"code": wrong})
            assert refused(answer, 422, "wrong_code", "/code")["attempts_left"] == left
        self.books(*AFTER_MOVE)
        self.shop.step(third, "hand-over", self.sanlitun, code=code)
        collected = self.shop.get(self.order)
        assert (collected["state"], collected["fulfilment_orders"][2]["stage"]) == ("completed", "handed_over")
        self.books(*AFTER_COLLECTION)
        refused(
            self.sanlitun.post(f"/v1/fulfilment-orders/{third['id']}/hand-over", json={"code": code}),
            409,
            "already_collected",
        )

    def returned(self) -> None:
        """The mug comes back in XIDAN and is for sale again there."""
        back = ok(
            self.xidan.post(
                "/v1/returns",
                json={"order": self.order["id"], "location": "XIDAN", "lines": [{"line": 2, "quantity": 1}]},
            ),
            201,
        )["return"]
        assert (back["state"], back["location"]) == ("requested", "XIDAN")
        here = f"/v1/returns/{self.order['id']}/{back['number']}"
        ok(self.xidan.post(f"{here}/accept"))
        self.books(*AFTER_COLLECTION)
        ok(self.xidan.post(f"{here}/receive", json={"lines": [{"line": 2, "restocked": 1}]}))
        done = ok(self.xidan.post(f"{here}/complete", json={}))["order"]
        assert quantities(done, 2) == {"ordered": 1, "allocated": 1, "picked": 1, "shipped": 1, "returned": 1}
        self.books(AFTER_COLLECTION[0], {"WANGFUJING": bucket(1, 0, 1), "SANLITUN": bucket(1), "XIDAN": bucket(2)})

    def remembered(self) -> None:
        """The history is complete, attributed to the keys that did it, in order of time."""
        told = self.shop.get(self.order)
        assert kinds(told) == [
            "order.placed",
            "fulfilment.rejected",
            "order.allocated",
            "fulfilment.rerouted",
            "order.edited",
            "order.allocated",
            "fulfilment.accepted",
            "fulfilment.picked",
            "fulfilment.ready",
            "fulfilment.wrong_code",
            "fulfilment.wrong_code",
            "fulfilment.handed_over",
            "order.completed",
            "return.requested",
            "return.accepted",
            "return.received",
            "return.completed",
        ]
        actors = {kind: {s["actor"] for s in told["history"] if s["kind"] == kind} for kind in kinds(told)}
        assert actors["order.allocated"] == {"sourcing"}
        assert len(actors["order.placed"] | actors["fulfilment.rejected"] | actors["return.received"]) == 3
        assert actors["fulfilment.accepted"] == actors["fulfilment.handed_over"] != actors["fulfilment.rejected"]
        times = [step["at"] for step in told["history"]]
        assert times == sorted(times)

    def told(self, events: list[Json]) -> None:
        """All of it was told to who listens."""
        wanted = {"order.placed", "fulfilment.rejected", "order.allocated", "fulfilment.handed_over", "return.received"}
        eventually(lambda: wanted <= {event["name"] for event in events})
        placed = next(event for event in events if event["name"] == "order.placed")
        assert placed["data"]["id"] == self.order["id"]
        assert self.code not in str(events)


def test_placed_explained_rejected_rerouted_collected_and_returned(api: Api, shop: Shop) -> None:
    """One order: WANGFUJING rejects it, XIDAN takes over, the shopper collects it in SANLITUN instead, and brings the
    mug back to XIDAN."""
    life = Life(api, shop)
    with listening(shop.client) as events:
        life.placed()
        life.explained()
        life.rejected()
        life.moved()
        life.collected()
        life.returned()
        life.remembered()
        life.told(events)
    assert [work["state"] for work in life.works] == ["rejected", "cancelled", "closed"]


def test_what_a_picker_does_not_find_comes_from_the_next_store(shop: Shop) -> None:
    """Of three scarves two are found: the third is set aside as not there, and XIDAN sends one instead."""
    shop.receive(SCARF={"WANGFUJING": 3, "XIDAN": 1})
    order = shop.place(("SCARF", 3))
    (work,) = order["fulfilment_orders"]
    shop.step(work, "accept")
    after = shop.step(work, "pick", lines=[{"line": 1, "quantity": 2, "short": 1}])
    assert [(w["location"], w["lines"][0]["quantity"], w["lines"][0]["short"]) for w in after["fulfilment_orders"]] == [
        ("WANGFUJING", 3, 1),
        ("XIDAN", 1, 0),
    ]
    assert shop.stock("SCARF") == {"WANGFUJING": bucket(3, 2, 1), "XIDAN": bucket(1, 1)}
    assert shop.exceptions() == {}
    for part in after["fulfilment_orders"]:
        if part["location"] == "XIDAN":
            shop.steps(part, "accept", "pick")
        shop.steps(part, "pack", "ship")
    done = shop.get(order)
    assert (done["state"], quantities(done)) == ("completed", {"ordered": 3, "allocated": 3, "picked": 3, "shipped": 3})
    assert shop.stock("SCARF") == {"WANGFUJING": bucket(1, 0, 1), "XIDAN": bucket(0)}


def test_a_part_is_cancelled_and_the_rest_is_sent(shop: Shop) -> None:
    """Two of three scarves are cancelled: they are free at once, the third is sent and paid for."""
    shop.receive(SCARF={"WANGFUJING": 3})
    order = shop.place(("SCARF", 3))
    cancel = f"/v1/orders/{order['id']}/cancel"
    less = ok(shop.client.post(cancel, json={"lines": [{"line": 1, "quantity": 2}], "reason": "too many"}))
    assert (less["state"], less["total"], quantities(less)) == (
        "approved",
        1990,
        {"ordered": 3, "allocated": 1, "cancelled": 2},
    )
    assert shop.stock("SCARF") == {"WANGFUJING": bucket(3, 1)}
    problem = refused(
        shop.client.post(cancel, json={"lines": [{"line": 1, "quantity": 2}]}),
        409,
        "quantity_too_large",
        "/lines/0/quantity",
    )
    assert problem["most"] == 1
    shop.steps(order["fulfilment_orders"][0], "accept", "pick", "pack", "ship")
    assert shop.get(order)["state"] == "completed"
    assert shop.stock("SCARF") == {"WANGFUJING": bucket(2)}
    refused(shop.client.post(cancel, json={}), 409, "wrong_state")


def test_a_cancelled_order_gives_everything_back(shop: Shop) -> None:
    """Also what was picked already; cancelling again is out of order, and changes nothing."""
    shop.receive(SCARF={"WANGFUJING": 2}, MUG={"WANGFUJING": 1})
    order = shop.place(("SCARF", 2), ("MUG", 1))
    shop.steps(order["fulfilment_orders"][0], "accept", "pick")
    gone = ok(shop.client.post(f"/v1/orders/{order['id']}/cancel", json={"reason": "changed my mind"}))
    assert (gone["state"], gone["total"], gone["fulfilment_orders"][0]["state"]) == ("cancelled", 0, "cancelled")
    assert (shop.stock("SCARF"), shop.stock("MUG")) == ({"WANGFUJING": bucket(2)}, {"WANGFUJING": bucket(1)})
    refused(shop.client.post(f"/v1/orders/{order['id']}/cancel", json={}), 409, "wrong_state")
    assert shop.get(order)["revision"] == gone["revision"]


def test_who_does_not_pay_in_time_frees_the_stock(shop: Shop) -> None:
    """The units are held while the shopper may pay, nobody works on them, and they are free when the time is over."""
    shop.receive(SCARF={"WANGFUJING": 1})
    order = shop.place(("SCARF", 1), unpaid_ttl_s=1)
    (work,) = order["fulfilment_orders"]
    assert (order["state"], work["state"], work["hold_reason"]) == ("placed", "on_hold", "unpaid")
    assert shop.stock("SCARF") == {"WANGFUJING": bucket(1, 1)}
    refused(shop.client.post(f"/v1/fulfilment-orders/{work['id']}/accept"), 409, "wrong_state")
    refused(shop.client.post("/v1/orders", json=shop.order(("SCARF", 1))), 409, "cannot_serve")
    eventually(lambda: shop.get(order)["state"] == "cancelled")
    assert shop.stock("SCARF") == {"WANGFUJING": bucket(1)}
    assert kinds(shop.get(order))[-1] == "order.cancelled"
    shop.place(("SCARF", 1))


def test_paying_ends_the_deadline(shop: Shop) -> None:
    """Paid in full, the work may start and the time to pay no longer counts; a part of the sum does neither."""
    shop.receive(SCARF={"WANGFUJING": 1})
    order = shop.place(("SCARF", 1), unpaid_ttl_s=2)
    pay = f"/v1/orders/{order['id']}/payments"
    part = ok(shop.client.post(pay, json={"kind": "paid", "amount": 990, "reference": "p-1"}))
    assert (part["state"], part["unpaid_until"]) == ("placed", order["unpaid_until"])
    paid = ok(shop.client.post(pay, json={"kind": "paid", "amount": 1000, "reference": "p-2"}))
    assert (paid["state"], "unpaid_until" in paid, paid["paid"]["captured"]) == ("approved", False, 1990)
    again = ok(shop.client.post(pay, json={"kind": "paid", "amount": 1000, "reference": "p-2"}))
    assert again["revision"] == paid["revision"]
    other = shop.place(("MUG", 1), unpaid_ttl_s=3) if shop.receive(MUG={"XIDAN": 1}) else {}
    eventually(lambda: shop.get(other)["state"] == "cancelled")  # a later deadline has passed: so has the first one
    assert shop.get(order)["state"] == "approved"
    assert shop.stock("SCARF") == {"WANGFUJING": bucket(1, 1)}
    refused(
        shop.client.post(pay, json={"kind": "refunded", "amount": 1991, "reference": "r-1"}),
        409,
        "payment_exceeds",
        "/amount",
    )


def test_an_order_takes_over_what_its_cart_holds(shop: Shop) -> None:
    """The last scarf is held by the cart: another order can't have it, the cart's own order can, and the hold ends."""
    shop.receive(SCARF={"WANGFUJING": 1})
    held = shop.hold("WANGFUJING", "SCARF", 1, cart="c1")
    refused(shop.client.post("/v1/orders", json=shop.order(("SCARF", 1))), 409, "cannot_serve")
    order = shop.place(("SCARF", 1), reservation=held["id"])
    assert order["fulfilment_orders"][0]["location"] == "WANGFUJING"
    assert shop.stock("SCARF") == {"WANGFUJING": bucket(1, 1)}
    ended = ok(shop.client.get(f"/v1/reservations/{held['id']}"))
    assert ended["state"] == "released"
    refused(shop.client.post(f"/v1/reservations/{held['id']}/confirm"), 409, "reservation_not_open")
    refused(shop.client.post("/v1/orders", json=shop.order(("SCARF", 1), reservation=held["id"])), 404, "not_found")


def test_an_order_that_can_not_be_served_leaves_its_cart_alone(shop: Shop) -> None:
    """More is ordered than there is: the order is refused as a whole, and the cart holds what it held."""
    shop.receive(SCARF={"WANGFUJING": 1})
    held = shop.hold("WANGFUJING", "SCARF", 1, cart="c1")
    problem = refused(
        shop.client.post("/v1/orders", json=shop.order(("SCARF", 2), reservation=held["id"])), 409, "cannot_serve"
    )
    assert problem["short"] == [{"line": 0, "offer": "SCARF", "wanted": 2, "available": 1}]
    assert ok(shop.client.get(f"/v1/reservations/{held['id']}"))["state"] == "held"
    refused(
        shop.client.post("/v1/orders", json=shop.order(("MUG", 1), reservation=held["id"])), 409, "reservation_mismatch"
    )
    assert shop.stock("SCARF") == {"WANGFUJING": bucket(1, 1)}


def test_a_past_order_is_booked_without_a_promise(shop: Shop) -> None:
    """Last year's order keeps its own time, takes no stock, is decided by nobody, and can still be returned."""
    shop.receive(SCARF={"WANGFUJING": 1})
    at = "2025-11-11T00:00:01+08:00"
    order = shop.place(("SCARF", 5), backfill=True, placed_at=at, state="completed")
    assert (order["placed_at"], order["state"], order["fulfilment_orders"]) == ("2025-11-10T16:00:01Z", "completed", [])
    assert order["backfilled"] is True
    assert kinds(order) == ["order.backfilled"]
    assert shop.stock("SCARF") == {"WANGFUJING": bucket(1)}
    assert ok(shop.client.get(f"/v1/orders/{order['id']}/decision"))["decisions"] == []
    found = ok(shop.client.get("/v1/orders", params={"placed_to": "2026-01-01T00:00:00Z"}))["orders"]
    assert [one["id"] for one in found] == [order["id"]]
    back = {"order": order["id"], "location": "WANGFUJING", "lines": [{"line": 1, "quantity": 1}]}
    number = ok(shop.client.post("/v1/returns", json=back), 201)["return"]["number"]
    for step in ("accept", "receive"):
        ok(shop.client.post(f"/v1/returns/{order['id']}/{number}/{step}"))
    assert shop.stock("SCARF") == {"WANGFUJING": bucket(2)}


def test_a_kit_claims_what_it_consists_of(shop: Shop) -> None:
    """A gift box of two mugs and a scarf: the parts are reserved, the price is shared among them to the fen."""
    shop.sell(
        "BOX",
        components=[{"sku": "MUG", "quantity": 2}, {"sku": "SCARF", "quantity": 1}],
        price={"amount": 5000, "currency": "CNY"},
    )
    shop.receive(SCARF={"WANGFUJING": 3}, MUG={"WANGFUJING": 5})
    order = shop.place(("BOX", 2))
    assert [(line["offer"], line["ordered"], line["kit"]) for line in order["lines"]] == [
        ("MUG", 4, "BOX"),
        ("SCARF", 2, "BOX"),
    ]
    assert (order["total"], sum(line["amount"] for line in order["lines"])) == (10_000, 10_000)
    assert (shop.stock("MUG"), shop.stock("SCARF")) == ({"WANGFUJING": bucket(5, 4)}, {"WANGFUJING": bucket(3, 2)})
    refused(shop.client.post("/v1/orders", json=shop.order(("BOX", 1))), 409, "cannot_serve")
    assert (shop.stock("MUG"), shop.stock("SCARF")) == ({"WANGFUJING": bucket(5, 4)}, {"WANGFUJING": bucket(3, 2)})


def test_sold_in_one_store_and_sent_from_another(api: Api, shop: Shop) -> None:
    """Endless aisle: SANLITUN has none, its till sells it all the same, and the warehouse sends it."""
    shop.receive(SCARF={"GUANGZHOU-DC": 4})
    till = api.client(shop.brand, location="SANLITUN")
    order = ok(till.post("/v1/orders", json=shop.order(("SCARF", 1), channel="till")), 201)
    assert (order["sold_at"], order["fulfilment_orders"][0]["location"]) == ("SANLITUN", "GUANGZHOU-DC")
    assert ok(till.get(f"/v1/orders/{order['id']}"))["id"] == order["id"]
    assert shop.stock("SCARF") == {"GUANGZHOU-DC": bucket(4, 1)}
    refused(till.post("/v1/orders", json=shop.order(("SCARF", 1), sold_at="XIDAN")), 403, "forbidden")


def test_who_read_an_older_revision_does_not_overwrite_a_newer_one(shop: Shop) -> None:
    """Two of the service desk edit one order: the second one is told to read again, and nothing is lost."""
    shop.receive(SCARF={"WANGFUJING": 3})
    order = shop.place(("SCARF", 2))
    address = f"/v1/orders/{order['id']}"
    tag = shop.client.get(address).headers["etag"]
    edited = ok(shop.client.patch(address, json={"notes": "ring twice"}, headers={"if-match": tag}))
    late = shop.client.patch(address, json={"lines": [{"line": 1, "quantity": 1}]}, headers={"if-match": tag})
    assert refused(late, 412, "revision_conflict")["revision"] == edited["revision"]
    assert refused(shop.client.post(f"{address}/cancel", headers={"if-match": tag}), 412, "revision_conflict")
    assert quantities(shop.get(order)) == {"ordered": 2, "allocated": 2}
    assert shop.client.get(address).headers["etag"] == f'"{edited["revision"]}"'


def test_an_order_is_edited_until_its_picking_starts(shop: Shop) -> None:
    """More and less of a line, another address; never more than there is; and not at all once it is being picked."""
    shop.receive(SCARF={"WANGFUJING": 2, "XIDAN": 2})
    order = shop.place(("SCARF", 1))
    address = f"/v1/orders/{order['id']}"
    more = ok(shop.client.patch(address, json={"lines": [{"line": 1, "quantity": 3}]}))
    assert quantities(more) == {"ordered": 3, "allocated": 3}
    assert sum(c.reserved for c in shop.stock("SCARF").values()) == 3
    too_many = shop.client.patch(address, json={"lines": [{"line": 1, "quantity": 5}]})
    assert refused(too_many, 409, "cannot_serve", "/lines/0/quantity")["short"][0]["offer"] == "SCARF"
    assert shop.get(order)["revision"] == more["revision"]
    less = ok(shop.client.patch(address, json={"lines": [{"line": 1, "quantity": 1}], "notes": "slowly"}))
    assert (less["total"], sum(c.reserved for c in shop.stock("SCARF").values())) == (1990, 1)
    (work,) = [w for w in less["fulfilment_orders"] if w["state"] == "open"]
    shop.steps(work, "accept", "pick")
    refused(shop.client.patch(address, json={"notes": "too late"}), 409, "not_editable")
    assert shop.get(order)["notes"] == "slowly"
    original = shop.order(("SCARF", 1), channel_order_id=order["channel_order_id"])
    again, now = ok(shop.client.post("/v1/orders", json=original)), shop.get(order)
    assert (again["id"], again["revision"], again["lines"]) == (order["id"], now["revision"], now["lines"])


def test_an_order_just_placed_is_re_routed(shop: Shop) -> None:
    """Before anything else happened to it; its second decision stands beside the first."""
    shop.receive(SCARF={"WANGFUJING": 1, "XIDAN": 1})
    order = shop.place(("SCARF", 1))
    told = shop.step(order["fulfilment_orders"][0], "re-route", reason="queue at the counter")
    assert [work["location"] for work in told["fulfilment_orders"]] == ["WANGFUJING", "XIDAN"]
    assert len(ok(shop.client.get(f"/v1/orders/{order['id']}/decision"))["decisions"]) == 2


def test_a_store_that_lacks_it_can_not_become_the_place_of_pick_up(shop: Shop) -> None:
    """The change is refused as a whole: the order stays with the store that serves it."""
    shop.receive(SCARF={"WANGFUJING": 1})
    order = shop.place(("SCARF", 1))
    answer = shop.client.patch(f"/v1/orders/{order['id']}", json={"pick_up_at": "SANLITUN"})
    refused(answer, 409, "cannot_serve", "/pick_up_at")
    assert shop.get(order) == shop.get(order) | {"revision": order["revision"]}
    assert shop.stock("SCARF") == {"WANGFUJING": bucket(1, 1)}
    refused(shop.client.patch(f"/v1/orders/{order['id']}", json={"pick_up_at": "NOWHERE"}), 422, "unknown_location")


def test_a_substitute_is_taken_from_the_shelf_with_its_serial_number(shop: Shop) -> None:
    """The scarf is gone, the shopper accepts a mug instead: it is claimed where it is picked, and costs no more."""
    shop.sell("RADIO", price={"amount": 900, "currency": "CNY"}).sell("LAMP", price={"amount": 9900, "currency": "CNY"})
    shop.receive(RADIO={"WANGFUJING": 2}, LAMP={"WANGFUJING": 1})
    line = {"offer": "RADIO", "quantity": 2, "substitutes": True}
    order = shop.place(lines=[line])
    (work,) = order["fulfilment_orders"]
    shop.step(work, "accept")
    found = {
        "line": 1,
        "quantity": 1,
        "serials": ["R-1"],
        "substitute": {"offer": "LAMP", "quantity": 1, "serials": ["L-7"]},
    }
    picked = shop.step(work, "pick", lines=[found])
    assert [(one["offer"], one["ordered"], one["cancelled"], one["unit_price"]) for one in picked["lines"]] == [
        ("RADIO", 2, 1, 900),
        ("LAMP", 1, 0, 900),
    ]
    assert [one["serials"] for one in picked["lines"]] == [["R-1"], ["L-7"]]
    assert (shop.stock("RADIO"), shop.stock("LAMP")) == (
        {"WANGFUJING": bucket(2, 1, 1)},
        {"WANGFUJING": bucket(1, 1)},
    )
    done = shop.steps(work, "pack", "ship")
    assert (done["state"], done["total"]) == ("completed", 1800)
    assert (shop.stock("RADIO"), shop.stock("LAMP")) == ({"WANGFUJING": bucket(1, 0, 1)}, {"WANGFUJING": bucket(0)})


def test_who_wants_no_substitute_gets_none(shop: Shop) -> None:
    """Nor is one serial number given twice."""
    shop.receive(SCARF={"WANGFUJING": 2}, MUG={"WANGFUJING": 2})
    (work,) = shop.place(("SCARF", 2))["fulfilment_orders"]
    shop.step(work, "accept")
    pick = f"/v1/fulfilment-orders/{work['id']}/pick"
    instead = {"line": 1, "quantity": 0, "substitute": {"offer": "MUG", "quantity": 1}}
    refused(shop.client.post(pick, json={"lines": [instead]}), 409, "substitute_refused")
    twice = {"line": 1, "quantity": 2, "serials": ["S-1", "S-1"]}
    refused(shop.client.post(pick, json={"lines": [twice]}), 409, "serial_repeated")
    assert (shop.stock("SCARF"), shop.stock("MUG")) == ({"WANGFUJING": bucket(2, 2)}, {"WANGFUJING": bucket(2)})


def _incoming(shop: Shop, location: str) -> tuple[int, int]:
    (found,) = ok(shop.client.get("/v1/stock", params={"offer": "SCARF", "location": location}))["stock"]
    return found["on_hand"], found["incoming"]


def test_goods_in_transit_are_in_neither_place_and_arrive_once(shop: Shop) -> None:
    """Six leave the warehouse, five arrive, one is lost on the way. Arriving again changes nothing, although another
    transfer is under way to the same place."""
    shop.receive(SCARF={"GUANGZHOU-DC": 10})
    body = {"source": "GUANGZHOU-DC", "target": "XIDAN", "offer": "SCARF", "quantity": 6}
    sent = ok(shop.client.post("/v1/stock/transfers", json=body), 201)
    ok(shop.client.post("/v1/stock/transfers", json=body | {"quantity": 4}), 201)
    assert (sent["state"], sent["source"], sent["target"]) == ("in_transit", "GUANGZHOU-DC", "XIDAN")
    assert shop.stock("SCARF")["GUANGZHOU-DC"] == bucket(0)
    assert _incoming(shop, "XIDAN") == (0, 10)
    refused(shop.client.post("/v1/orders", json=shop.order(("SCARF", 1))), 409, "cannot_serve")
    refused(shop.client.post("/v1/stock/transfers", json=body), 409, "short")
    arrive = f"/v1/stock/transfers/{sent['id']}/receive"
    came = ok(shop.client.post(arrive, json={"received": 5}))
    assert (came["state"], came["received"]) == ("received", 5)
    assert _incoming(shop, "XIDAN") == (5, 4)
    assert ok(shop.client.post(arrive, json={"received": 5})) == came
    refused(shop.client.post(arrive, json={"received": 4}), 409, "transfer_received")
    assert _incoming(shop, "XIDAN") == (5, 4)


def test_a_count_does_not_subtract_a_sale_twice(shop: Shop) -> None:
    """The ERP counted ten before two were shipped, and tells it afterwards: eight are left, and the order stays."""
    shop.receive(SCARF={"WANGFUJING": 9})
    order = shop.place(("SCARF", 2))
    counted_at = shop.get(order)["updated_at"]
    shop.steps(order["fulfilment_orders"][0], "accept", "pick", "pack", "ship")
    open_order = shop.place(("SCARF", 3))
    told = shop.count("WANGFUJING", "SCARF", 10, counted_at=counted_at, sequence=17)["stock"]
    assert (told["moved_since"], told["on_hand"], told["reserved"]) == (-2, 8, 3)
    assert shop.stock("SCARF") == {"WANGFUJING": bucket(8, 3)}
    stale = shop.count("WANGFUJING", "SCARF", 99, sequence=17)
    assert (stale["status"], stale["problem"]["code"]) == (409, "stale_count")
    assert shop.stock("SCARF") == {"WANGFUJING": bucket(8, 3)}
    # a count that finds less than was promised is an exception that is seen, and gone when the stock is there again
    shop.count("WANGFUJING", "SCARF", 1, sequence=18)
    assert shop.stock("SCARF") == {"WANGFUJING": Counters(1, 3, 0, -2)}
    assert shop.exceptions() == {("WANGFUJING", "SCARF"): -2}
    assert shop.get(open_order)["state"] == "approved"
    refused(shop.client.post("/v1/orders", json=shop.order(("SCARF", 1))), 409, "cannot_serve")
    shop.count("WANGFUJING", "SCARF", 3, sequence=19)
    assert (shop.stock("SCARF"), shop.exceptions()) == ({"WANGFUJING": bucket(3, 3)}, {})


def test_the_last_store_rejects_and_a_delivery_serves_the_order(shop: Shop) -> None:
    """With nobody left the order waits, visibly; when goods come in elsewhere, an edit sources it anew, never at who
    rejected it."""
    shop.receive(SCARF={"WANGFUJING": 1})
    order = shop.place(("SCARF", 1))
    waits = shop.step(order["fulfilment_orders"][0], "reject", reason="too_busy")
    assert (waits["state"], quantities(waits)) == ("approved", {"ordered": 1, "unallocated": 1})
    assert shop.stock("SCARF") == {"WANGFUJING": bucket(1)}
    again: dict[str, Any] = {"notes": "still wanted"}
    assert quantities(ok(shop.client.patch(f"/v1/orders/{order['id']}", json=again)))["unallocated"] == 1
    shop.receive(SCARF={"XIDAN": 1})
    served = ok(shop.client.patch(f"/v1/orders/{order['id']}", json=again))
    assert [w["location"] for w in served["fulfilment_orders"]] == ["WANGFUJING", "XIDAN"]
    assert shop.stock("SCARF") == {"WANGFUJING": bucket(1), "XIDAN": bucket(1, 1)}


def test_a_stores_hour_is_given_back_by_a_cancellation(api: Api) -> None:
    """A store that takes one order a day: the second goes elsewhere, and after a cancellation it can serve again."""
    shop = Shop(api).open("WANGFUJING", orders_per_day=1).open("XIDAN").sell("SCARF")
    shop.receive(SCARF={"WANGFUJING": 5, "XIDAN": 5})
    first = shop.place(("SCARF", 1))
    second = shop.place(("SCARF", 1))
    assert [o["fulfilment_orders"][0]["location"] for o in (first, second)] == ["WANGFUJING", "XIDAN"]
    ok(shop.client.post(f"/v1/orders/{first['id']}/cancel"))
    assert shop.place(("SCARF", 1))["fulfilment_orders"][0]["location"] == "WANGFUJING"


def test_an_order_ahead_is_promised_from_the_delivery_of_that_day(shop: Shop) -> None:
    """Pre-sale: two mugs come to XIDAN on the 20th. They are sold once, and the shelf near by is left alone."""
    day = "2030-11-20T00:00:00Z"
    shop.receive(MUG={"WANGFUJING": 5})
    shop.count("XIDAN", "MUG", 2, window=day)
    line = {"offer": "MUG", "quantity": 2, "window": "2030-11-20T08:00:00+08:00"}
    order = shop.place(lines=[line])
    (work,) = order["fulfilment_orders"]
    assert (work["location"], order["lines"][0]["window"]) == ("XIDAN", day)
    assert work["promised_from"] > day
    refused(shop.client.post("/v1/orders", json=shop.order(lines=[line | {"quantity": 1}])), 409, "cannot_serve")
    found = ok(shop.client.get("/v1/stock", params={"offer": "MUG", "location": "XIDAN"}))["stock"]
    assert [(at["window"], at["on_hand"], at["reserved"]) for at in found] == [(day, 2, 2)]
    assert shop.stock("MUG")["WANGFUJING"] == bucket(5)
    ok(shop.client.post(f"/v1/orders/{order['id']}/cancel"))
    assert shop.place(lines=[line])["fulfilment_orders"][0]["location"] == "XIDAN"


def test_an_order_is_told_with_the_names_of_what_is_in_it(api: Api) -> None:
    shop = Shop(api).open("XIDAN").sell("SCARF").receive(SCARF={"XIDAN": 1})
    order = shop.place(("SCARF", 1))
    till = api.client(shop.brand, location="XIDAN")
    shop.step(order["fulfilment_orders"][0], "accept", till)
    told = ok(shop.client.get(f"/v1/orders/{order['id']}", params={"include": "names"}))
    assert [offer["name"] for offer in told["offers"]] == [{"und": "Scarf"}]
    (place,) = told["locations"]
    assert (place["code"], place["name"], place["time_zone"]) == ("XIDAN", "店XIDAN", "Asia/Shanghai")
    assert {step["actor"] for step in told["history"]} >= set(told["actors"])
    plain = shop.get(order)
    assert "actors" not in plain
    assert told.items() >= plain.items()
    refused(shop.client.get(f"/v1/orders/{order['id']}", params={"include": "all"}), 422, "invalid", "/include")
