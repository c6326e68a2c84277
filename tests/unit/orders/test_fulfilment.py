"""A location's work, step by step; and what happens out of step."""

from collections.abc import Callable

import pytest

from manystores import orders
from manystores.core.errors import Problem
from manystores.orders import Allocation, Order, Pick, Share, StockEffect, Substitute
from manystores.orders.order import serials, total

Make = Callable[..., Order]


def test_from_the_shelf_to_the_door(placed: Make, at: int) -> None:
    order = placed({5: {1: 2, 2: 1}})
    order = orders.accept(order, 1, at + 1, "store").order
    order = orders.pick(order, 1, at + 2, "store").order
    assert (order.fulfilments[0].stage, order.lines[0].picked) == ("picked", 2)
    order = orders.pack(order, 1, at + 3, "store", boxes=2).order
    sent = orders.ship(order, 1, at + 4, "store", carrier="sf", tracking="SF1")
    assert sent.stock == (
        StockEffect("fulfil", 5, 1, 2, 1),
        StockEffect("fulfil", 5, 2, 1, 2),
        StockEffect("fulfil", 5, 900, 1, 0, 1),
    )
    assert [fact.kind for fact in sent.facts] == ["fulfilment.shipped", "order.completed"]
    assert (sent.order.state, sent.order.fulfilments[0].state, sent.order.fulfilments[0].stage) == (
        "completed",
        "closed",
        "shipped",
    )
    order = orders.deliver(sent.order, 1, at + 5, "carrier", tracking="SF1").order
    assert order.fulfilments[0].stage == "delivered"
    assert [(step.kind, step.at_us - at) for step in order.history] == [
        ("order.placed", 0),
        ("fulfilment.accepted", 1),
        ("fulfilment.picked", 2),
        ("fulfilment.packed", 3),
        ("fulfilment.shipped", 4),
        ("order.completed", 4),
        ("fulfilment.delivered", 5),
    ]


def test_each_step_out_of_order_says_what_is_possible(placed: Make, at: int) -> None:
    with pytest.raises(Problem) as caught:
        orders.ship(placed(), 1, at, "store")
    problem = caught.value
    assert (problem.rule.code, problem.rule.status) == ("wrong_state", 409)
    assert problem.extra == {"state": "open", "action": "ship", "possible": ["accept", "reject", "hold", "re-route"]}
    assert "is open; ship can't be done. Possible now: accept" in problem.en
    assert "当前为“待接单”，不能发货。现在可以：接单、拒单、挂起、改派。" in problem.zh


def test_an_unknown_fulfilment_order_is_not_found(placed: Make, at: int) -> None:
    for number in (0, 2, -1):
        with pytest.raises(Problem) as caught:
            orders.accept(placed(), number, at, "store")
        assert caught.value.rule.status == 404


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("out_of_stock", "mark_unavailable"),
        ("cannot_find", "mark_unavailable"),
        ("damaged", "mark_unavailable"),
        ("closed", "release"),
        ("too_busy", "release"),
        ("other", "release"),
    ],
)
def test_the_reason_of_a_reject_decides_what_happens_to_the_stock(
    placed: Make, at: int, reason: str, kind: str
) -> None:
    change = orders.reject(placed({5: {1: 2}, 6: {2: 1}}), 1, reason, at, "store")
    order = change.order
    assert change.stock == (
        StockEffect(kind, 5, 1, 2, 1, reason=reason),  # type: ignore[arg-type]
        StockEffect("give_back_capacity", 5, 900, 1, 0, 1, reason=reason),
    )
    assert [fact.kind for fact in change.facts] == ["fulfilment.rejected"]
    assert (order.fulfilments[0].state, order.fulfilments[1].state) == ("rejected", "open")
    assert (order.refused_by, order.lines[0].unallocated, order.state) == ((5,), 2, "approved")


def test_an_unknown_reason_lists_the_reasons(placed: Make, at: int) -> None:
    with pytest.raises(Problem, match="too_busy"):
        orders.reject(placed(), 1, "no mood", at, "store")


def test_a_partial_reject_keeps_the_rest(placed: Make, at: int) -> None:
    """hotwax/bopis#285: one line is not there, the other is served."""
    change = orders.reject(placed({5: {1: 2, 2: 1}}), 1, "damaged", at, "store", lines=[(1, 1)])
    work = change.order.fulfilments[0]
    assert change.stock == (StockEffect("mark_unavailable", 5, 1, 1, 1, reason="damaged"),)
    assert (work.state, work.open, work.lines[0].withdrawn) == ("open", 2, 1)
    assert change.order.lines[0].unallocated == 1
    assert change.facts[0].kind == "fulfilment.lines_rejected"


def test_a_rejected_one_can_not_be_rejected_again(placed: Make, at: int) -> None:
    order = orders.reject(placed(), 1, "closed", at, "store").order
    with pytest.raises(Problem, match="Nothing more can be done"):
        orders.reject(order, 1, "closed", at, "store")


def test_a_short_pick_goes_elsewhere_and_the_rest_is_sent(placed: Make, at: int) -> None:
    order = orders.accept(placed({5: {1: 2, 2: 1}}), 1, at, "store").order
    change = orders.pick(order, 1, at, "store", [Pick(1, 1, short=1), Pick(2, 1)])
    assert change.stock == (StockEffect("mark_unavailable", 5, 1, 1, 1, reason="cannot_find"),)
    assert (change.order.fulfilments[0].stage, change.order.lines[0].unallocated) == ("picked", 1)
    assert change.order.refused_by == (5,)
    sent = orders.ship(orders.pack(change.order, 1, at, "s").order, 1, at, "s").order
    assert (sent.fulfilments[0].state, sent.state) == ("closed", "approved")


def test_a_pick_that_finds_nothing_is_a_reject(placed: Make, at: int) -> None:
    order = orders.accept(placed({5: {1: 2}}, quantities=(2,)), 1, at, "store").order
    change = orders.pick(order, 1, at, "store", [Pick(1, short=2)])
    work = change.order.fulfilments[0]
    assert (work.state, work.reject_reason, work.capacity_windows) == ("rejected", "cannot_find", ())
    assert [effect.kind for effect in change.stock] == ["mark_unavailable", "give_back_capacity"]


def test_picking_may_take_several_rounds(placed: Make, at: int) -> None:
    order = orders.accept(placed({5: {1: 2, 2: 1}}), 1, at, "store").order
    order = orders.pick(order, 1, at, "store", [Pick(1, 1)]).order
    assert order.fulfilments[0].stage == "approved"
    with pytest.raises(Problem) as caught:
        orders.pick(order, 1, at, "store", [Pick(1, 2)])
    assert (caught.value.rule.code, caught.value.extra) == ("quantity_too_large", {"most": 1})
    with pytest.raises(Problem) as second:
        orders.pick(order, 1, at, "store", [Pick(2, 1), Pick(1, 2)])
    assert [one.pointer for one in second.value.fields] == ["/lines/1/quantity"]
    with pytest.raises(Problem, match="Possible now: pick"):
        orders.pack(order, 1, at, "store")
    assert orders.pick(order, 1, at, "store").order.fulfilments[0].stage == "picked"


@pytest.mark.parametrize(
    "picks", [[Pick(1)], [Pick(1, -1)], [Pick(1, 1, short=-1)], [Pick(3, 1)], [Pick(1, 1), Pick(1, 2)]]
)
def test_nonsense_is_not_picked(placed: Make, at: int, picks: list[Pick]) -> None:
    order = orders.accept(placed(), 1, at, "store").order
    with pytest.raises(Problem):
        orders.pick(order, 1, at, "store", picks)


def test_a_line_from_two_lots_is_picked_and_sent_from_both(new_order: Make, at: int) -> None:
    plan = [Allocation(5, "ship", (Share(1, 2, lot="A"), Share(1, 3, lot="B")))]
    order = orders.allocate(new_order((5,)), plan, at, "app").order
    order = orders.accept(order, 1, at, "store").order
    change = orders.pick(order, 1, at, "store", [Pick(1, 3, short=1, serials=("a", "b", "c"))])
    first, second = change.order.fulfilments[0].lines
    assert (first.picked, first.serials, second.picked, second.serials, second.short) == (2, ("a", "b"), 1, ("c",), 1)
    assert change.stock == (StockEffect("mark_unavailable", 5, 1, 1, 1, lot="B", reason="cannot_find"),)
    order = orders.pack(orders.pick(change.order, 1, at, "store").order, 1, at, "store").order
    sent = orders.ship(order, 1, at, "store", lines=[(1, 3)])
    assert [(e.kind, e.lot, e.quantity) for e in sent.stock] == [("fulfil", "A", 2), ("fulfil", "B", 1)]


def test_serial_numbers_are_kept_and_unique(placed: Make, at: int) -> None:
    order = orders.accept(placed(), 1, at, "store").order
    with pytest.raises(Problem, match="one serial number for each"):
        orders.pick(order, 1, at, "store", [Pick(1, 2, serials=("a",))])
    with pytest.raises(Problem) as twice:
        orders.pick(order, 1, at, "store", [Pick(1, 2, serials=("a", "a"))])
    assert [(one.pointer, one.code) for one in twice.value.fields] == [("/lines/0/serials/1", "serial_repeated")]
    order = orders.pick(order, 1, at, "store", [Pick(1, 2, serials=("a", "b"))]).order
    assert serials(order, 1) == ("a", "b")
    with pytest.raises(Problem, match="picked for this order already"):
        orders.pick(order, 1, at, "store", [Pick(2, 1, serials=("b",))])


def test_a_substitute_replaces_a_line_and_never_costs_more(placed: Make, at: int) -> None:
    line = {"offer": "X1", "quantity": 3, "unit_price": 100, "discounts": [{"amount": 60}], "substitutes": True}
    order = orders.accept(placed({5: {1: 3}}, lines=[line]), 1, at, "store").order
    instead = Substitute(9, "X9", 2, unit_price=120)
    change = orders.pick(order, 1, at, "store", [Pick(1, 1, substitute=instead)])
    ordered, substitute = change.order.lines
    assert (ordered.cancelled, ordered.allocated, ordered.picked) == (2, 1, 1)
    assert (substitute.sku, substitute.ordered, substitute.picked, substitute.substitute_for) == ("X9", 2, 2, 1)
    assert (substitute.unit_price, substitute.discounts[0].amount) == (100, 40)
    assert total(change.order) == total(order) == 240
    assert change.stock == (
        StockEffect("claim", 5, 9, 2, 2, reason="substitute"),
        StockEffect("mark_unavailable", 5, 1, 2, 1, reason="cannot_find"),
    )
    assert change.order.refused_by == ()
    sent = orders.ship(orders.pack(change.order, 1, at, "s").order, 1, at, "s")
    assert sent.order.state == "completed"


def test_a_shopper_who_wants_no_substitute_gets_none(placed: Make, at: int) -> None:
    order = orders.accept(placed(), 1, at, "store").order
    with pytest.raises(Problem) as caught:
        orders.pick(order, 1, at, "store", [Pick(1, 1, substitute=Substitute(9, "X9", 1))])
    assert [(one.pointer, one.code) for one in caught.value.fields] == [("/lines/0/substitute", "substitute_refused")]


def test_two_parcels(picked: Make, at: int) -> None:
    order = orders.pack(picked({5: {1: 2, 2: 1}}), 1, at, "store").order
    first = orders.ship(order, 1, at, "store", tracking="T1", lines=[(1, 1)])
    assert first.stock == (StockEffect("fulfil", 5, 1, 1, 1),)
    assert (first.order.fulfilments[0].state, first.order.state) == ("in_progress", "approved")
    order = orders.deliver(first.order, 1, at, "carrier", tracking="T1").order
    with pytest.raises(Problem, match="still to be shipped are 1"):
        orders.ship(order, 1, at, "store", lines=[(1, 2)])
    order = orders.ship(order, 1, at, "store", tracking="T2").order
    assert (order.fulfilments[0].stage, order.state) == ("shipped", "completed")
    with pytest.raises(Problem, match="there are T2"):
        orders.deliver(order, 1, at, "carrier", tracking="T1")
    assert orders.deliver(order, 1, at, "carrier").order.fulfilments[0].stage == "delivered"


def test_closing_early_frees_what_was_not_sent(picked: Make, at: int) -> None:
    order = orders.pack(picked({5: {1: 2, 2: 1}}), 1, at, "store").order
    with pytest.raises(Problem):
        orders.close(order, 1, at, "store")
    order = orders.ship(order, 1, at, "store", lines=[(1, 2)]).order
    change = orders.close(order, 1, at, "store", reason="broken")
    assert change.stock == (
        StockEffect("release", 5, 2, 1, 2, reason="closed_early"),
        StockEffect("fulfil", 5, 900, 1, 0, 1, reason="closed_early"),
    )
    assert (change.order.fulfilments[0].state, change.order.lines[1].unallocated) == ("closed", 1)


def test_a_hold_stops_the_work_and_it_goes_on_where_it_was(picked: Make, at: int) -> None:
    order = orders.hold(picked(), 1, "address unclear", at, "service").order
    with pytest.raises(Problem, match=r"on_hold \(address unclear\); pack can't be done\. Possible now: unhold"):
        orders.pack(order, 1, at, "store")
    order = orders.unhold(order, 1, at, "service").order
    assert (order.fulfilments[0].state, order.fulfilments[0].stage) == ("in_progress", "picked")


def test_boxes_are_counted(picked: Make, at: int) -> None:
    with pytest.raises(Problem):
        orders.pack(picked(), 1, at, "store", boxes=0)
