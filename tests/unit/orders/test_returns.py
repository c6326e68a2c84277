"""Returns to any store."""

from collections.abc import Callable

import pytest

from manystores import orders
from manystores.core.errors import Problem
from manystores.orders import Back, Order, Received, StockEffect
from manystores.orders.order import paid
from manystores.orders.returns import returnable, take_back

Make = Callable[..., Order]


def test_two_units_come_back_to_another_store_one_is_broken(shipped: Make, at: int) -> None:
    order = orders.pay(shipped(), 300, "P1", at, "psp").order
    order = orders.request_return(order, 7, [Back(1, 2, "too small")], at, "shopper").order
    order = orders.accept_return(order, 1, at, "service").order
    change = orders.receive_return(order, 1, at, "store", [Received(1, restocked=1, written_off=1)])
    assert change.stock == (
        StockEffect("receive", 7, 1, 1, 1, reason="return"),
        StockEffect("write_off", 7, 1, 1, 1, reason="return"),
    )
    assert (change.order.lines[0].returned, change.order.state) == (2, "completed")
    done = orders.complete_return(change.order, 1, at, "service", refund_amount=200, reference="R1")
    assert (done.order.returns[0].state, done.order.returns[0].refunded) == ("completed", 200)
    assert paid(done.order, "refunded") == 200
    assert [fact.kind for fact in done.facts] == ["return.completed", "payment.refunded"]


def test_goods_on_the_counter_are_taken_back_at_once(shipped: Make, at: int) -> None:
    change = take_back(shipped(), 7, [Back(1, 2, "too small")], [Received(1, restocked=1, written_off=1)], at, "store")
    assert [fact.kind for fact in change.facts] == ["return.requested", "return.accepted", "return.received"]
    assert change.stock == (
        StockEffect("receive", 7, 1, 1, 1, reason="return"),
        StockEffect("write_off", 7, 1, 1, 1, reason="return"),
    )
    assert (change.order.returns[0].state, change.order.lines[0].returned) == ("received", 2)
    with pytest.raises(Problem, match="not yet returned are 0"):
        take_back(change.order, 7, [Back(1, 1)], [Received(1, restocked=1)], at, "store")


@pytest.mark.parametrize(
    ("restocked", "written_off", "pointer"),
    [(3, 0, "/restocked"), (0, 3, "/written_off"), (2, 1, ""), (0, 0, "/restocked")],
)
def test_errors_point_to_the_number_that_was_told(
    shipped: Make, at: int, restocked: int, written_off: int, pointer: str
) -> None:
    order, came = shipped(), [Received(1, restocked, written_off)]
    with pytest.raises(Problem) as counter:
        take_back(order, 7, [Back(1, restocked + written_off)], came, at, "store")
    assert [one.pointer for one in counter.value.fields] == [f"/lines/0{pointer}"]
    if restocked + written_off == 0:
        return
    asked = orders.request_return(order, 7, [Back(1, 2)], at, "shopper").order
    agreed = orders.accept_return(asked, 1, at, "service").order
    with pytest.raises(Problem) as announced:
        orders.receive_return(agreed, 1, at, "store", came)
    assert [one.pointer for one in announced.value.fields] == [f"/lines/0{pointer}"]


def test_no_more_comes_back_than_was_shipped(shipped: Make, at: int) -> None:
    order = shipped()
    with pytest.raises(Problem) as caught:
        orders.request_return(order, 7, [Back(1, 2), Back(1, 1)], at, "shopper")
    assert caught.value.extra == {"most": 2}
    order = orders.request_return(order, 7, [Back(1, 2)], at, "shopper").order
    with pytest.raises(Problem, match="not yet returned are 0"):
        orders.request_return(order, 6, [Back(1, 1)], at, "shopper")


def test_what_was_not_shipped_is_not_returned(placed: Make, at: int) -> None:
    with pytest.raises(Problem):
        orders.request_return(placed(), 7, [Back(1, 1)], at, "shopper")


def test_a_rejected_return_can_be_asked_for_again(shipped: Make, at: int) -> None:
    order = orders.request_return(shipped(), 7, [Back(1, 2)], at, "shopper").order
    order = orders.reject_return(order, 1, "worn", at, "service").order
    assert (order.returns[0].state, returnable(order, 1)) == ("rejected", 2)
    assert orders.request_return(order, 7, [Back(1, 1)], at, "shopper").order.returns[1].number == 2


def test_what_did_not_come_can_come_later(shipped: Make, at: int) -> None:
    order = orders.request_return(shipped(), 7, [Back(1, 2), Back(2, 1)], at, "shopper").order
    order = orders.accept_return(order, 1, at, "service").order
    order = orders.receive_return(order, 1, at, "store", [Received(1, restocked=1)], location_no=6).order
    assert (returnable(order, 1), returnable(order, 2), order.returns[0].location_no) == (1, 1, 6)


def test_all_of_it_by_default(shipped: Make, at: int) -> None:
    order = orders.request_return(shipped(), 7, [Back(1, 1), Back(1, 1), Back(2, 1)], at, "shopper").order
    change = orders.receive_return(orders.accept_return(order, 1, at, "s").order, 1, at, "store")
    assert [(e.offer_no, e.quantity) for e in change.stock] == [(1, 1), (1, 1), (2, 1)]
    assert [line.returned for line in change.order.lines] == [2, 1]


@pytest.mark.parametrize(
    "received", [[Received(1, restocked=3)], [Received(2, restocked=1)], [Received(1, -1)], [Received(1)]]
)
def test_what_comes_in_is_checked(shipped: Make, at: int, received: list[Received]) -> None:
    order = orders.request_return(shipped(), 7, [Back(1, 2)], at, "shopper").order
    order = orders.accept_return(order, 1, at, "service").order
    with pytest.raises(Problem):
        orders.receive_return(order, 1, at, "store", received)


def test_steps_come_in_order(shipped: Make, at: int) -> None:
    order = orders.request_return(shipped(), 7, [Back(1, 1)], at, "shopper").order
    with pytest.raises(Problem, match="Possible now: accept_return, reject_return"):
        orders.receive_return(order, 1, at, "store")
    with pytest.raises(Problem) as unknown:
        orders.accept_return(order, 2, at, "store")
    assert unknown.value.rule.status == 404


@pytest.mark.parametrize("backs", [[], [Back(0, 1)], [Back(9, 1)], [Back(1, 0)]])
def test_what_comes_back_is_named(shipped: Make, at: int, backs: list[Back]) -> None:
    with pytest.raises(Problem):
        orders.request_return(shipped(), 7, backs, at, "shopper")


def test_no_refund_above_what_was_paid(shipped: Make, at: int) -> None:
    order = orders.request_return(shipped(), 7, [Back(1, 1)], at, "shopper").order
    order = orders.receive_return(orders.accept_return(order, 1, at, "s").order, 1, at, "store").order
    with pytest.raises(Problem) as caught:
        orders.complete_return(order, 1, at, "service", refund_amount=100, reference="R1")
    assert caught.value.rule.code == "payment_exceeds"


def test_a_past_order_can_be_returned(new_order: Make, at: int) -> None:
    past = orders.book_past(new_order(backfill=True, placed_at="2025-01-02T03:04:05Z"), at, "import").order
    assert orders.request_return(past, 7, [Back(1, 1)], at, "shopper").order.returns[0].state == "requested"
