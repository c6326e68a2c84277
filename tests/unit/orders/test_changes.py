"""Cancel, edit, the unpaid deadline, and the revision."""

from collections.abc import Callable

import pytest

from manystores import orders
from manystores.core.errors import Problem
from manystores.orders import Allocation, Edit, Order, StockEffect
from manystores.orders.order import Buyer, DeliverTo, Gift, total

Make = Callable[..., Order]
Serve = Callable[..., list[Allocation]]


def test_a_whole_order_is_cancelled_and_all_of_it_is_free(placed: Make, at: int) -> None:
    change = orders.cancel(placed({5: {1: 2}, 6: {2: 1}}, delivery_fee=500), at, "shopper", reason="changed_mind")
    assert sorted((e.kind, e.location_no, e.offer_no, e.quantity) for e in change.stock) == [
        ("give_back_capacity", 5, 900, 1),
        ("give_back_capacity", 6, 900, 1),
        ("release", 5, 1, 2),
        ("release", 6, 2, 1),
    ]
    assert change.order.state == "cancelled"
    assert {work.state for work in change.order.fulfilments} == {"cancelled"}
    assert [f.kind for f in change.facts] == ["fulfilment.cancelled", "fulfilment.cancelled", "order.cancelled"]
    assert total(change.order) == 0
    with pytest.raises(Problem, match="is cancelled; cancel can't be done"):
        orders.cancel(change.order, at, "shopper")


def test_part_of_a_line_is_cancelled_the_unserved_part_first(placed: Make, at: int) -> None:
    change = orders.cancel(placed({5: {1: 2}}, quantities=(5,)), at, "shopper", lines=[(1, 4)])
    [line] = change.order.lines
    assert (line.cancelled, line.allocated, line.unallocated) == (4, 1, 0)
    assert change.stock == (StockEffect("release", 5, 1, 1, 1, reason="cancelled"),)
    assert [f.kind for f in change.facts] == ["fulfilment.reduced", "order.lines_cancelled"]


def test_unpicked_units_are_cancelled_before_picked_ones(placed: Make, at: int) -> None:
    order = orders.accept(placed({5: {1: 2}, 6: {1: 2}}, quantities=(4,)), 2, at, "store").order
    order = orders.pick(order, 2, at, "store").order
    change = orders.cancel(order, at, "shopper", lines=[(1, 3)])
    assert [(e.kind, e.location_no, e.quantity) for e in change.stock] == [
        ("release", 5, 2),
        ("release", 6, 1),
        ("give_back_capacity", 5, 1),
    ]
    assert (change.order.lines[0].picked, change.order.fulfilments[1].stage) == (1, "picked")


def test_what_was_shipped_is_not_cancelled(picked: Make, at: int) -> None:
    order = orders.pack(picked({5: {1: 2, 2: 1}}), 1, at, "store").order
    order = orders.ship(order, 1, at, "store", lines=[(1, 1)]).order
    with pytest.raises(Problem, match="part of it was shipped"):
        orders.cancel(order, at, "shopper")
    with pytest.raises(Problem, match="neither shipped nor cancelled are 1"):
        orders.cancel(order, at, "shopper", lines=[(1, 2)])
    change = orders.cancel(order, at, "shopper", lines=[(1, 1), (2, 1)])
    assert (change.order.state, change.order.fulfilments[0].state) == ("completed", "closed")
    assert [f.kind for f in change.facts] == ["fulfilment.closed", "order.lines_cancelled", "order.completed"]
    assert change.stock[-1].kind == "fulfil"


@pytest.mark.parametrize("lines", [[(1, 0)], [(3, 1)], [(1, 2), (1, 1)], [(0, 1)]])
def test_lines_to_cancel_are_checked(placed: Make, at: int, lines: list[tuple[int, int]]) -> None:
    with pytest.raises(Problem):
        orders.cancel(placed(), at, "shopper", lines=lines)


def test_an_unpaid_order_ends_at_its_deadline(placed: Make, at: int) -> None:
    order = placed(unpaid_ttl_s=900)
    with pytest.raises(Problem) as early:
        orders.expire_unpaid(order, at + 899_999_999, "system")
    assert early.value.rule.code == "not_due"
    change = orders.expire_unpaid(order, at + 900_000_000, "system")
    assert (change.order.state, change.order.unpaid_deadline_us) == ("cancelled", 0)
    assert {effect.kind for effect in change.stock} == {"release", "give_back_capacity"}
    with pytest.raises(Problem):
        orders.expire_unpaid(change.order, at + 900_000_000, "system")


def test_an_order_without_deadline_does_not_expire(placed: Make, at: int) -> None:
    with pytest.raises(Problem, match="does not wait for payment"):
        orders.expire_unpaid(placed(), at, "system")


def test_less_of_a_line_is_free_again_and_more_waits_for_a_place(placed: Make, serve: Serve, at: int) -> None:
    change = orders.edit(placed({5: {1: 2, 2: 1}}), Edit(quantities=[(1, 1), (2, 4)]), at, "shopper")
    first, second = change.order.lines
    assert (first.kept, first.allocated, first.cancelled) == (1, 1, 1)
    assert (second.ordered, second.unallocated) == (4, 3)
    assert change.stock == (StockEffect("release", 5, 1, 1, 1, reason="edited"),)
    more = orders.allocate(change.order, serve({6: {2: 3}}), at, "system")
    assert [work.location_no for work in more.order.fulfilments] == [5, 6]


def test_address_gift_and_notes_are_edited_and_not_told(placed: Make, at: int) -> None:
    edits = Edit(deliver_to=DeliverTo(1, 2, "310000", "c2VjcmV0"), gift=Gift(message="bQ=="), notes="bg==")
    change = orders.edit(placed(), edits, at, "shopper")
    assert change.order.deliver_to == edits.deliver_to
    assert change.facts[0].detail == {"changed": ["deliver_to", "gift", "notes"], "lines": []}
    assert change.stock == ()


def test_setting_all_to_zero_cancels(placed: Make, at: int) -> None:
    change = orders.edit(placed(), Edit(quantities=[(1, 0), (2, 0)]), at, "shopper")
    assert change.order.state == "cancelled"
    assert change.facts[-1].kind == "order.cancelled"


def test_an_order_is_not_edited_once_picked_or_ended(picked: Make, placed: Make, at: int) -> None:
    for order in (picked(), orders.cancel(placed(), at, "shopper").order):
        with pytest.raises(Problem) as caught:
            orders.edit(order, Edit(notes="bg=="), at, "shopper")
        assert caught.value.rule.code == "not_editable"


def test_a_delivery_becomes_a_pick_up_and_is_sourced_anew(placed: Make, at: int) -> None:
    change = orders.edit(placed(delivery_fee=600), Edit(pick_up_at=6), at, "shopper")
    order = change.order
    assert (order.pick_up_at, order.deliver_to, order.delivery_fee) == (6, None, 0)
    assert [line.unallocated for line in order.lines] == [line.ordered for line in order.lines]
    assert {work.state for work in order.fulfilments} == {"cancelled"}
    assert {effect.kind for effect in change.stock if effect.line_no} == {"release"}
    assert [fact.kind for fact in change.facts][-1] == "order.edited"
    again = orders.edit(placed(pick_up_at=6), Edit(pick_up_at=6), at, "shopper")
    assert not again.stock


def test_a_pick_up_has_no_address(placed: Make, at: int) -> None:
    with pytest.raises(Problem, match="either delivered or picked up"):
        orders.edit(placed(), Edit(pick_up_at=6, deliver_to=DeliverTo(1, 2)), at, "shopper")
    with pytest.raises(Problem, match="change pick_up_at"):
        orders.edit(placed(pick_up_at=5), Edit(deliver_to=DeliverTo(1, 2)), at, "shopper")
    assert orders.edit(placed(), Edit(buyer=Buyer()), at, "shopper").order.buyer == Buyer()


@pytest.mark.parametrize("lines", [[(1, -1)], [(3, 1)], [(1, 100_001)], [(1, 1), (1, 2)]])
def test_new_quantities_are_checked(placed: Make, at: int, lines: list[tuple[int, int]]) -> None:
    with pytest.raises(Problem):
        orders.edit(placed(), Edit(quantities=lines), at, "shopper")


def test_a_stale_editor_is_told(placed: Make, at: int) -> None:
    order = placed()
    assert orders.etag(order) == '"1"'
    for matching in (None, "*", '"1"', 'W/"1"', '"7", "1"'):
        orders.check_revision(order, matching)
    after = orders.accept(order, 1, at, "store").order
    with pytest.raises(Problem) as caught:
        orders.check_revision(after, orders.etag(order))
    assert (caught.value.rule.status, caught.value.extra) == (412, {"revision": 2})
