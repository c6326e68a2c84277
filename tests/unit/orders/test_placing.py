"""Placing an order and giving it to locations."""

from collections.abc import Callable

import pytest

from manystores import orders
from manystores.core.errors import Problem
from manystores.orders import Allocation, Order, Share, StockEffect
from manystores.orders.order import Discount

Make = Callable[..., Order]
Serve = Callable[..., list[Allocation]]


def test_an_order_of_two_lines_served_by_one_store(new_order: Make, serve: Serve, at: int) -> None:
    draft = new_order((2, 1))
    assert (draft.revision, draft.state) == (0, "placed")
    change = orders.allocate(draft, serve({5: {1: 2, 2: 1}}), at, "app")
    order = change.order
    assert (order.revision, order.state, order.approved_at_us) == (1, "approved", at)
    assert [(w.number, w.location_no, w.state, w.stage) for w in order.fulfilments] == [(1, 5, "open", "approved")]
    assert [line.allocated for line in order.lines] == [2, 1]
    assert change.stock == (
        StockEffect("claim", 5, 1, 2, 1),
        StockEffect("claim", 5, 2, 1, 2),
        StockEffect("claim", 5, 900, 1, 0, 1),
    )
    assert [fact.kind for fact in change.facts] == ["order.placed"]
    assert (orders.total(order), change.facts[0].detail) == (300, {})
    assert [(step.kind, step.at_us, step.actor) for step in order.history] == [("order.placed", at, "app")]


def test_a_line_split_over_two_stores(new_order: Make, serve: Serve, at: int) -> None:
    order = orders.allocate(new_order((5,)), serve({5: {1: 3}, 6: {1: 2}}), at, "app").order
    assert [(w.number, w.location_no, w.lines[0].quantity) for w in order.fulfilments] == [(1, 5, 3), (2, 6, 2)]
    assert (order.lines[0].allocated, order.lines[0].unallocated) == (5, 0)


def test_two_allocations_to_one_store_are_one_work(new_order: Make, at: int) -> None:
    plan = [
        Allocation(5, "ship", (Share(1, 2),), promised_to_us=10, capacity=((900, 1),)),
        Allocation(5, "ship", (Share(2, 1),), promised_to_us=30, capacity=((900, 1),)),
    ]
    change = orders.allocate(new_order((2, 1)), plan, at, "app")
    [work] = change.order.fulfilments
    assert (work.promised_to_us, len(work.lines), work.capacity_windows) == (30, 2, ((900, 1),))
    assert sum(effect.line_no == 0 for effect in change.stock) == 1


def test_stock_of_a_converted_hold_is_not_claimed_again(new_order: Make, serve: Serve, at: int) -> None:
    change = orders.allocate(new_order(), serve({5: {1: 2, 2: 1}}), at, "app", claimed=True)
    assert change.stock == ()
    assert change.order.lines[0].allocated == 2


def test_more_than_was_ordered_is_never_allocated(new_order: Make, serve: Serve, at: int) -> None:
    with pytest.raises(Problem) as caught:
        orders.allocate(new_order((5,)), serve({5: {1: 3}, 6: {1: 3}}), at, "app")
    assert (caught.value.rule.code, caught.value.extra) == ("quantity_too_large", {"most": 2})


def test_what_nobody_serves_yet_is_allocated_later(new_order: Make, serve: Serve, at: int) -> None:
    order = orders.allocate(new_order((5,)), [], at, "app").order
    assert (order.state, order.revision, order.lines[0].unallocated) == ("placed", 1, 5)
    change = orders.allocate(order, serve({6: {1: 5}}), at + 1, "system")
    assert [fact.kind for fact in change.facts] == ["order.allocated", "order.approved"]
    assert change.order.state == "approved"


def test_a_pick_up_is_served_where_the_shopper_comes(new_order: Make, serve: Serve, at: int) -> None:
    order = new_order(pick_up_at=5)
    with pytest.raises(Problem) as elsewhere:
        orders.allocate(order, serve({6: {1: 2}}, "pick_up"), at, "app")
    with pytest.raises(Problem) as sent:
        orders.allocate(order, serve({5: {1: 2}}, "ship"), at, "app")
    assert {elsewhere.value.rule.code, sent.value.rule.code} == {"wrong_place"}
    assert orders.allocate(order, serve({5: {1: 2}}, "pick_up"), at, "app").order.fulfilments[0].stage == "open"


def test_an_unpaid_order_waits_and_names_its_deadline(placed: Make, at: int) -> None:
    order = placed(unpaid_ttl_s=900)
    assert (order.state, order.unpaid_deadline_us) == ("placed", at + 900_000_000)
    assert [(work.state, work.hold_reason) for work in order.fulfilments] == [("on_hold", "unpaid")]
    with pytest.raises(Problem, match="waits for payment"):
        orders.accept(order, 1, at, "store")


def test_an_order_that_comes_paid_does_not_wait(placed: Make) -> None:
    order = placed(unpaid_ttl_s=900, payment={"reference": "P1", "captured": 300})
    assert (order.state, order.unpaid_deadline_us) == ("approved", 0)
    assert [(p.kind, p.amount) for p in order.payments] == [("authorised", 300), ("captured", 300)]


def test_a_past_order_keeps_its_time_and_promises_nothing(new_order: Make, at: int) -> None:
    order = new_order(backfill=True, placed_at="2025-01-02T03:04:05+08:00")
    change = orders.book_past(order, at, "import")
    assert (change.order.state, change.order.backfilled, change.order.revision) == ("completed", True, 1)
    assert change.order.placed_at_us == 1_735_758_245_000_000
    assert change.stock == ()
    assert [fact.kind for fact in change.facts] == ["order.backfilled"]
    assert [line.shipped for line in change.order.lines] == [2, 1]


def test_a_past_order_may_have_been_cancelled(new_order: Make, at: int) -> None:
    order = new_order(backfill=True, placed_at="2025-01-02T03:04:05+08:00", state="cancelled")
    assert orders.book_past(order, at, "import").order.state == "cancelled"


def test_a_past_order_does_not_lie_in_the_future(new_order: Make) -> None:
    with pytest.raises(Problem, match="past order lies in the past"):
        new_order(backfill=True, placed_at="2099-01-01T00:00:00Z")


def test_personal_data_is_never_plain(new_order: Make) -> None:
    order = new_order(
        buyer={"name": "Li Lei", "phone": "13800138000", "email": "Li@Example.com", "app_id": "wx1", "open_id": "o1"},
        deliver_to={"lat": 1, "lon": 2, "address": "1 Lane", "phone": "13800138000"},
        notes="ring twice",
        gift={"message": "love, Han Meimei"},
    )
    document = orders.encode(order).decode()
    assert order.buyer is not None
    assert [namespace for namespace, _ in order.buyer.identifiers] == ["phone", "email", "open_id:wx1"]
    assert order.buyer.identifiers[1][1] == "hash(email,li@example.com)"
    for secret in ("Li Lei", '"13800138000', "1 Lane", "ring twice", "Han Meimei"):
        assert secret not in document


def test_personal_data_without_a_sealer_is_a_programming_error(at: int) -> None:
    body = orders.draft(
        b'{"channel":"app","channel_order_id":"1","pick_up_at":"S","lines":[{"offer":"X","quantity":1}],"notes":"n"}'
    )
    with pytest.raises(ValueError, match="sealer"):
        orders.place(body, [orders.line_draft(body.lines[0], 1, 1)], order_id=_ID, party_no=1, at_us=at)


def test_discounts_are_checked_against_the_catalogue_price_too(at: int) -> None:
    body = orders.draft(
        b'{"channel":"app","channel_order_id":"1","pick_up_at":"S",'
        b'"lines":[{"offer":"X","quantity":2,"discounts":[{"amount":201,"funder":"store","code":"C"}]}]}'
    )
    cheap, dear = (orders.line_draft(body.lines[0], 1, price) for price in (100, 101))
    assert dear.discounts == (Discount(201, "store", "C"),)
    assert orders.place(body, [dear], order_id=_ID, party_no=1, at_us=at).lines[0].unit_price == 101
    with pytest.raises(Problem, match="exceed"):
        orders.place(body, [cheap], order_id=_ID, party_no=1, at_us=at)


_ID = orders.parse_fulfilment_id("019a7f3c-0000-7000-8000-000000000001-1")[0]  # type: ignore[index]
