"""What is where, why each number is what it is, and who looks after what is promised and not there."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest
from tests.journeys.shop import Json, Shop, ok, refused

from manystores.core import database
from manystores.core.auth import find_party
from manystores.core.sql import queries

if TYPE_CHECKING:
    from tests.journeys.conftest import Api

PEOPLE = queries("manystores.people")
COUNTERS = ("on_hand", "reserved", "unavailable", "incoming", "available")


@pytest.fixture
def shop(api: Api) -> Shop:
    """A brand with four places, two offers, and stock of one of them everywhere."""
    shop = Shop(api).open("WANGFUJING", "XIDAN", "SANLITUN", region="110105")
    shop.open("GUANGZHOU-DC", region="440106").sell("SCARF", "MUG")
    places = {"WANGFUJING": 5, "XIDAN": 9, "SANLITUN": 2, "GUANGZHOU-DC": 100}
    return shop.receive(SCARF=places, MUG={"XIDAN": 4})


def pages(client: httpx.Client, path: str, name: str, **params: Any) -> list[Json]:
    """Everything, page by page."""
    found: list[Json] = []
    cursor = None
    while True:
        told = ok(client.get(path, params=params | ({"cursor": cursor} if cursor else {})))
        found += told[name]
        cursor = told["next"]
        if cursor is None:
            return found


def added_up(movements: list[Json]) -> dict[str, int]:
    """The sum of what movements changed."""
    return {name: sum(one["change"][name] for one in movements) for name in COUNTERS}


# -- what is where


@pytest.mark.parametrize("limit", [1, 2, 500])
def test_stock_is_listed_in_the_order_that_is_asked_for_page_by_page(shop: Shop, limit: int) -> None:
    found = pages(shop.client, "/v1/stock", "stock", sort="-available", limit=limit)
    assert [(one["location"], one["offer"], one["available"]) for one in found] == [
        ("GUANGZHOU-DC", "SCARF", 100), ("XIDAN", "SCARF", 9), ("WANGFUJING", "SCARF", 5), ("XIDAN", "MUG", 4),
        ("SANLITUN", "SCARF", 2),
    ]  # fmt: skip
    assert found[0]["location_name"] == "店GUANGZHOU-DC"
    assert found[0]["offer_name"] == "Scarf"


def test_each_page_tells_what_all_of_them_add_up_to(shop: Shop) -> None:
    told = ok(shop.client.get("/v1/stock", params={"limit": 1, "offer": "SCARF"}))
    assert len(told["stock"]) == 1
    assert (told["sums"]["buckets"], told["sums"]["available"], told["sums"]["out"]) == (4, 116, 0)


def test_stock_is_found_by_its_state_and_by_region(shop: Shop) -> None:
    shop.hold("SANLITUN", "SCARF", 2)
    shop.client.post(
        "/v1/stock/transfers", json={"source": "XIDAN", "target": "SANLITUN", "offer": "MUG", "quantity": 1}
    )

    def places(**params: str) -> set[tuple[str, str]]:
        return {(one["location"], one["offer"]) for one in pages(shop.client, "/v1/stock", "stock", **params)}

    assert places(state="out") == {("SANLITUN", "SCARF"), ("SANLITUN", "MUG")}
    assert places(state="reserved") == {("SANLITUN", "SCARF")}
    assert places(state="incoming") == {("SANLITUN", "MUG")}
    assert places(state="short") == set()
    assert places(region="440000") == {("GUANGZHOU-DC", "SCARF")}


def test_totals_are_by_location_by_offer_and_by_province(shop: Shop) -> None:
    def totals(**params: Any) -> list[tuple[str, int, int]]:
        found = pages(shop.client, "/v1/stock/totals", "totals", limit=1, **params)
        return [(one["code"], one["buckets"], one["available"]) for one in found]

    assert totals(by="offer", sort="-available") == [("SCARF", 4, 116), ("MUG", 1, 4)]
    assert totals(by="offer", only=["MUG", "NONE"]) == [("MUG", 1, 4)]
    assert totals(by="offer", only=["NONE"]) == []
    assert totals(by="location")[0] == ("WANGFUJING", 1, 5)
    assert totals(by="location", sort="-on_hand")[:2] == [("GUANGZHOU-DC", 1, 100), ("XIDAN", 2, 13)]
    assert totals(by="region", sort="available") == [("110000", 4, 20), ("440000", 1, 100)]


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("/v1/stock?cursor=nonsense", "/cursor"),
        ("/v1/stock?state=lost", "/state"),
        ("/v1/stock?location=NOWHERE", "/location"),
        ("/v1/stock/movements", "/location"),
        ("/v1/stock/movements?location=*", "/offer"),
        ("/v1/stock/movements?offer=SCARF&reason=magic", "/reason"),
        ("/v1/stock/movements?offer=SCARF&from=yesterday", "/from"),
        ("/v1/stock/movements?offer=SCARF&cursor=W10", "/cursor"),
        ("/v1/stock/exceptions?cursor=W10", "/cursor"),
        ("/v1/stock/exceptions?mine=true", "/mine"),
        ("/v1/stock/transfers?cursor=W10", "/cursor"),
    ],
)
def test_a_wrong_filter_is_named(shop: Shop, path: str, pointer: str) -> None:
    answer = shop.client.get(path)
    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


# -- why


def test_the_movements_of_a_bucket_tell_why_it_is_what_it_is(shop: Shop) -> None:
    """Received, counted, promised, reserved, transferred: the newest first, each with who did it and what it made."""
    order = shop.place(("SCARF", 1), pick_up_at="XIDAN")
    shop.count("XIDAN", "SCARF", 7)
    moved = {"source": "XIDAN", "target": "SANLITUN", "offer": "SCARF", "quantity": 2}
    transfer = ok(shop.client.post("/v1/stock/transfers", json=moved), 201)
    aside = {"location": "XIDAN", "offer": "SCARF", "change": "set_aside", "quantity": 1, "note": "torn"}
    ok(shop.client.post("/v1/stock/adjustments", json={"adjustments": [aside]}))
    told = ok(shop.client.get("/v1/stock/movements", params={"location": "XIDAN", "offer": "SCARF"}))
    assert told["stock"] == {"on_hand": 5, "reserved": 1, "unavailable": 1, "incoming": 0, "available": 3}
    assert [(one["reason"], one["after"]["on_hand"], one["after"]["available"]) for one in told["movements"]] == [
        ("set_aside", 5, 3), ("transfer_out", 5, 4), ("counted", 7, 6), ("ordered", 9, 8), ("received", 9, 9),
    ]  # fmt: skip
    aside, sent, counted, ordered, _ = told["movements"]
    assert aside["note"] == "torn"
    assert (sent["transfer"], sent["order"]) == (transfer["id"], None)
    assert (ordered["order"], ordered["transfer"]) == (order["id"], None)
    assert counted["actor"].startswith("key:")


@pytest.mark.parametrize("limit", [1, 2, 500])
def test_filters_leave_movements_out_and_not_out_of_the_balance(shop: Shop, limit: int) -> None:
    order = shop.place(("SCARF", 1), pick_up_at="XIDAN")
    shop.count("XIDAN", "SCARF", 8)
    whole = pages(shop.client, "/v1/stock/movements", "movements", location="XIDAN", offer="SCARF", limit=limit)
    assert len(whole) == 3

    def some(**params: str) -> list[Json]:
        about = {"location": "XIDAN", "offer": "SCARF", "limit": limit}
        return pages(shop.client, "/v1/stock/movements", "movements", **about, **params)

    assert some(counter="reserved") == [one for one in whole if one["reason"] == "ordered"]
    assert some(counter="on_hand") == [one for one in whole if one["reason"] != "ordered"]
    assert some(reason="counted") == whole[:1]
    assert some(subject=order["id"]) == whole[1:2]
    assert some(actor="key:nobody") == []
    assert some(to=whole[1]["at"]) == [one for one in whole if one["at"] < whole[1]["at"]]
    assert some(**{"from": whole[1]["at"]}) == [one for one in whole if one["at"] >= whole[1]["at"]]


@pytest.mark.parametrize("about", [{"location": "XIDAN", "offer": "SCARF"}, {"location": "XIDAN"}, {"offer": "SCARF"}])
def test_movements_add_up_to_the_number_shown_while_others_write(shop: Shop, about: dict[str, str]) -> None:
    """Four clients hold, order and count; each answer's movements add up to its number, as of its own sequence; and
    those up to the sequence of a list add up to the numbers that the list shows."""
    done = False

    def write(n: int) -> None:
        for i in range(60):
            if done:
                return
            if i % 3 == 0:
                shop.place(("SCARF", 1), channel_order_id=f"W-{n}-{i}")
            elif i % 3 == 1:
                line = {"location": "XIDAN", "offer": "SCARF", "quantity": 1}
                shop.client.post("/v1/reservations", json={"lines": [line], "ttl_s": 1})  # may be refused
            else:
                shop.receive(SCARF={"XIDAN": 1}, MUG={"XIDAN": 2})

    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write, n) for n in range(4)]
        try:
            for limit in (1, 3, 7, 50, 500):
                path = "/v1/stock/movements"
                first = ok(shop.client.get(path, params={**about, "limit": limit}))
                listed = ok(shop.client.get("/v1/stock", params={**about, "limit": 500}))
                later = ok(shop.client.get(path, params={**about, "limit": 500}))
                rest = []
                if first["next"] is not None:
                    rest = pages(shop.client, path, "movements", **about, limit=500, cursor=first["next"])
                moved = first["movements"] + rest
                assert added_up(moved) == first["stock"], limit
                assert moved[0]["after"] == first["stock"]
                for newer, older in pairwise(moved):
                    assert {name: newer["after"][name] - newer["change"][name] for name in COUNTERS} == older["after"]
                if later["next"] is None:
                    seen = [one for one in later["movements"] if one["sequence"] <= listed["sequence"]]
                    shown = {name: sum(one[name] for one in listed["stock"]) for name in COUNTERS}
                    assert added_up(seen) == shown
        finally:
            done = True
            for writer in writers:
                writer.result()


def test_claims_tell_for_whom_units_are_reserved(shop: Shop) -> None:
    order = shop.place(("SCARF", 2), pick_up_at="XIDAN")
    hold = shop.hold("XIDAN", "SCARF", 3)
    told = ok(shop.client.get("/v1/stock/claims", params={"location": "XIDAN", "offer": "SCARF"}))
    assert told["count"] == 2
    assert [(one["quantity"], one["order"], one["state"]) for one in told["claims"]] == [
        (3, None, "held"), (2, order["id"], "confirmed"),
    ]  # fmt: skip
    assert told["claims"][0]["reservation"] == hold["id"]
    assert told["claims"][1]["channel_order_id"] == order["channel_order_id"]
    assert shop.stock("SCARF")["XIDAN"].reserved == 5


# -- exceptions and transfers


def somebody(api: Api, shop: Shop, login: str, role: str = "brand_operations", locations: Sequence[str] = ()) -> str:
    """The id of a new person of the brand."""
    with database.connect(api.database_url) as connection:
        party = find_party(connection, shop.brand)
        assert party is not None
        row: dict[str, Any] = {"person_id": uuid4(), "party_no": party.party_no, "login": login, "name": login.title()}
        row |= {"role": role, "password_hash": None, "enabled": True, "now": datetime.now(UTC)}
        connection.execute(PEOPLE["insert_person"], row)
        for code in locations:
            connection.execute(
                "INSERT INTO person_locations SELECT %s, location_no FROM locations WHERE party_no = %s AND code = %s",
                (row["person_id"], party.party_no, code),
            )
    return str(row["person_id"])


def test_an_exception_is_given_to_somebody_with_a_time_and_keeps_its_history(api: Api, shop: Shop) -> None:
    """A count finds less than was promised: the exception opens, is given to Lin, and closes when goods come."""
    lin = somebody(api, shop, "lin")
    shop.place(("SCARF", 4), pick_up_at="XIDAN")
    shop.count("XIDAN", "SCARF", 1)
    (found,) = ok(shop.client.get("/v1/stock/exceptions"))["exceptions"]
    assert (found["location"], found["offer"], found["missing"], found["available"]) == ("XIDAN", "SCARF", 3, -3)
    assert (found["state"], found["assignee"], found["overdue"], found["due_at_given"]) == ("open", None, False, False)
    path = f"/v1/stock/exceptions/{found['id']}"
    given = ok(shop.client.patch(path, json={"assignee": lin, "due_at": found["opened_at"], "note": "looks"}))
    assert given["assignee"] == {"id": lin, "name": "Lin"}
    assert given["overdue"]
    for query in ("?overdue=true", f"?assignee={lin}", "?assigned=true", "?location=XIDAN", "?state=all"):
        assert [one["id"] for one in ok(shop.client.get(f"/v1/stock/exceptions{query}"))["exceptions"]] == [found["id"]]
    for query in ("?overdue=false", "?assigned=false", "?location=SANLITUN", "?state=closed"):
        assert ok(shop.client.get(f"/v1/stock/exceptions{query}"))["exceptions"] == []
    ok(shop.client.patch(path, json={"due_at": None}))
    shop.receive(SCARF={"XIDAN": 5})
    assert ok(shop.client.get("/v1/stock/exceptions"))["exceptions"] == []
    closed = ok(shop.client.get(path))
    assert (closed["state"], closed["missing"], closed["missing_at_first"]) == ("closed", 0, 3)
    assert [(one["note"], one["due_at"] is None) for one in closed["history"]] == [("looks", False), ("looks", True)]
    # the same bucket runs short again: another exception, the closed one stays as it was
    shop.count("XIDAN", "SCARF", 0)
    (again,) = ok(shop.client.get("/v1/stock/exceptions"))["exceptions"]
    assert again["id"] != found["id"]
    still = ok(shop.client.get(path))
    assert (still["state"], still["closed_at"], still["history"]) == ("closed", closed["closed_at"], closed["history"])


def test_an_exceptions_bad_input_is_named_at_its_field(api: Api, shop: Shop) -> None:
    elsewhere = somebody(api, shop, "mei", "store_associate", locations=["SANLITUN"])
    here = somebody(api, shop, "bo", "store_associate", locations=["XIDAN"])
    shop.place(("SCARF", 4), pick_up_at="XIDAN")
    shop.count("XIDAN", "SCARF", 1)
    (found,) = ok(shop.client.get("/v1/stock/exceptions"))["exceptions"]
    path = f"/v1/stock/exceptions/{found['id']}"
    for body, pointer in (
        ({"assignee": "0192f0c1-2345-7abc-8def-0123456789ab"}, "/assignee"),
        ({"assignee": elsewhere}, "/assignee"),
        ({"assignee": "Ada"}, "/assignee"),
        ({"due_at": "tomorrow"}, "/due_at"),
        ({"due_at": "2020-01-01T12:00:00+08:00"}, "/due_at"),
        ({"note": "x" * 501}, "/note"),
        ({"who": "me"}, "/who"),
    ):
        answer = shop.client.patch(path, json=body)
        assert answer.status_code == 422, answer.text
        assert pointer in {error["pointer"] for error in answer.json()["errors"]}, answer.text
    ok(shop.client.patch(path, json={"assignee": here}))
    refused(shop.client.patch(path, json={"note": "x"}, headers={"if-match": '"1"'}), 412, "revision_passed")
    refused(shop.client.patch("/v1/stock/exceptions/1-x", json={"note": "x"}), 404, "not_found")


def test_to_fold_what_the_projection_folds_too_changes_nothing(api: Api, shop: Shop) -> None:
    """Exceptions that were read before the worker came to them are as they were after it did."""
    from manystores.promise.projection import project

    shop.place(("SCARF", 4), pick_up_at="XIDAN")
    for on_hand in (1, 9, 2):
        shop.count("XIDAN", "SCARF", on_hand)
    moved = {"source": "XIDAN", "target": "SANLITUN", "offer": "MUG", "quantity": 2}
    transfer = ok(shop.client.post("/v1/stock/transfers", json=moved), 201)
    paths = ("/v1/stock/exceptions?state=all", "/v1/stock/transfers?state=all")
    before = [ok(shop.client.get(path)) for path in paths]
    assert [one["state"] for one in before[0]["exceptions"]] == ["open", "closed"]
    with database.connect(api.database_url, autocommit=True) as connection:
        project(connection, 1)
    assert [ok(shop.client.get(path)) for path in paths] == before
    assert before[1]["transfers"][0]["id"] == transfer["id"]


def test_transfers_are_listed_until_they_arrive(shop: Shop) -> None:
    moved = {"source": "XIDAN", "target": "SANLITUN", "offer": "SCARF", "quantity": 2}
    sent = [ok(shop.client.post("/v1/stock/transfers", json=moved), 201)["id"] for _ in range(3)]
    listed = pages(shop.client, "/v1/stock/transfers", "transfers", limit=1)
    assert [one["id"] for one in listed] == sent[::-1]
    assert (listed[0]["source"], listed[0]["target"], listed[0]["state"]) == ("XIDAN", "SANLITUN", "in_transit")
    ok(shop.client.post(f"/v1/stock/transfers/{sent[0]}/receive", json={"received": 1}))
    assert len(pages(shop.client, "/v1/stock/transfers", "transfers", target="SANLITUN")) == 2
    (came,) = pages(shop.client, "/v1/stock/transfers", "transfers", state="received", source="XIDAN")
    assert (came["id"], came["quantity"], came["received"]) == (sent[0], 2, 1)
    assert ok(shop.client.get(f"/v1/stock/transfers/{sent[0]}")) == came
    assert pages(shop.client, "/v1/stock/transfers", "transfers", location="WANGFUJING") == []
