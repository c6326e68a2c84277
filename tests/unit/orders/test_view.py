"""The public JSON: codes, times, and personal data only for those who may see it."""

import json
from base64 import b64decode
from collections.abc import Callable

import msgspec

from manystores import orders
from manystores.orders import Back, Order, Reader

Make = Callable[..., Order]
STRANGER = Reader(lambda no: f"S{no}")
SERVICE = Reader(lambda no: f"S{no}", b64decode)
PERSONAL = {
    "buyer": {"name": "Li Lei", "phone": "13800138000"},
    "deliver_to": {"lat": 39.9042, "lon": 116.4074, "region": "110101", "address": "1 Lane", "name": "Han Meimei"},
    "notes": "ring twice",
    "gift": {"message": "all the best"},
}


def test_codes_and_times_instead_of_numbers(shipped: Make) -> None:
    view = json.loads(msgspec.json.encode(orders.order_view(shipped(), STRANGER)))
    assert (view["state"], view["placed_at"], view["total"]) == ("completed", "2025-11-13T02:13:20Z", 300)
    [work] = view["fulfilment_orders"]
    assert (work["id"], work["location"], work["stage"]) == (view["id"] + "-1", "S5", "shipped")
    assert work["packages"][0]["tracking"] == "SF1"
    assert [line["shipped"] for line in view["lines"]] == [2, 1]
    assert work["history"][0]["kind"] == "fulfilment.accepted"


def test_a_stranger_sees_the_region_and_nothing_personal(placed: Make) -> None:
    text = msgspec.json.encode(orders.order_view(placed(**PERSONAL), STRANGER)).decode()
    for secret in ("Li Lei", "138001", "39.9042", "1 Lane", "Han", "ring", "best"):
        assert secret not in text
    assert '"deliver_to":{"region":"110101"}' in text


def test_who_may_sees_it_all(placed: Make) -> None:
    view = orders.order_view(placed(**PERSONAL), SERVICE)
    assert view["buyer"] == {"name": "Li Lei", "phone": "+8613800138000"}
    assert view["deliver_to"] == {
        "lat": 39.9042,
        "lon": 116.4074,
        "region": "110101",
        "address": "1 Lane",
        "name": "Han Meimei",
    }
    assert view["notes"] == "ring twice"
    assert view["gift"] == {"wrap": False, "hide_prices": True, "message": "all the best"}


def test_a_store_sees_what_it_can_do(placed: Make) -> None:
    order = placed(pick_up_at=5)
    view = orders.fulfilment_view(order, order.fulfilments[0], STRANGER)
    assert view["possible"] == ["accept", "reject", "hold", "re-route"]
    assert view["lines"] == [
        {
            "line": n,
            "offer": f"X{n}",
            "quantity": 3 - n,
            "picked": 0,
            "short": 0,
            "withdrawn": 0,
            "shipped": 0,
            "serials": [],
        }
        for n in (1, 2)
    ]


def test_a_return_is_shown_with_its_order(shipped: Make, at: int) -> None:
    order = orders.request_return(shipped(), 7, [Back(1, 1, "too small")], at, "shopper").order
    [one] = orders.order_view(order, STRANGER)["returns"]  # type: ignore[misc]
    assert (one["location"], one["state"], one["lines"][0]["reason"]) == ("S7", "requested", "too small")


def test_what_an_order_lacks_is_left_out(placed: Make) -> None:
    text = msgspec.json.encode(orders.order_told(placed(), STRANGER))
    view = json.loads(text)
    assert view == orders.order_view(placed(), STRANGER)
    assert not {"pick_up_at", "sold_at", "unpaid_until", "gift", "buyer", "notes"} & view.keys()
    assert not {"window", "substitute_for", "kit"} & view["lines"][0].keys()
    assert (view["payments"], view["fulfilment_orders"][0]["carrier"]) == ([], None)
