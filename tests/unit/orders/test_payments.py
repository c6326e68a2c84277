"""Payments are recorded facts that never exceed one another."""

from collections.abc import Callable

import pytest

from manystores import orders
from manystores.core.errors import Problem
from manystores.orders import Order
from manystores.orders.order import paid

Make = Callable[..., Order]


def test_authorise_capture_refund(placed: Make, at: int) -> None:
    order = orders.authorise(placed(), 300, "P1", at, "psp", method="wallet").order
    order = orders.capture(order, 200, "P1", at, "psp").order
    order = orders.capture(order, 100, "P2", at, "psp").order
    change = orders.refund(order, 50, "R1", at, "psp")
    assert {kind: paid(change.order, kind) for kind in ("authorised", "captured", "refunded")} == {  # type: ignore[arg-type]
        "authorised": 300,
        "captured": 300,
        "refunded": 50,
    }
    assert change.facts[0].detail == {"amount": 50, "currency": "CNY", "reference": "R1", "method": ""}


def test_no_more_is_captured_than_authorised_nor_refunded_than_captured(placed: Make, at: int) -> None:
    order = orders.authorise(placed(), 300, "P1", at, "psp").order
    with pytest.raises(Problem) as more:
        orders.capture(order, 301, "P1", at, "psp")
    assert (more.value.rule.code, more.value.extra) == ("payment_exceeds", {"most": 300})
    with pytest.raises(Problem):
        orders.refund(order, 1, "R1", at, "psp")
    order = orders.refund(orders.capture(order, 300, "P1", at, "psp").order, 200, "R1", at, "psp").order
    with pytest.raises(Problem, match="100"):
        orders.refund(order, 101, "R2", at, "psp")


def test_a_reference_told_twice_counts_once(placed: Make, at: int) -> None:
    order = orders.authorise(placed(), 300, "P1", at, "psp").order
    again = orders.authorise(order, 300, "P1", at + 5, "psp")
    assert (again.order, again.facts) == (order, ())
    with pytest.raises(Problem) as other:
        orders.authorise(order, 200, "P1", at, "psp")
    assert other.value.rule.code == "payment_conflict"


@pytest.mark.parametrize(("amount", "reference"), [(0, "P1"), (-5, "P1"), (5, "")])
def test_amount_and_reference_are_needed(placed: Make, at: int, amount: int, reference: str) -> None:
    with pytest.raises(Problem):
        orders.authorise(placed(), amount, reference, at, "psp")


def test_paying_in_full_lets_the_work_start(placed: Make, at: int) -> None:
    order = placed({5: {1: 2}, 6: {2: 1}}, unpaid_ttl_s=900)
    order = orders.authorise(order, 299, "P1", at, "psp").order
    assert order.unpaid_deadline_us
    change = orders.authorise(order, 1, "P2", at, "psp")
    assert (change.order.unpaid_deadline_us, change.order.state) == (0, "approved")
    assert [work.state for work in change.order.fulfilments] == ["open", "open"]
    assert [fact.kind for fact in change.facts] == ["payment.authorised", "order.approved"]
    assert orders.accept(change.order, 1, at, "store").order.fulfilments[0].state == "in_progress"


def test_what_was_cancelled_while_unpaid_stays_cancelled(placed: Make, at: int) -> None:
    order = orders.cancel(placed({5: {1: 2}, 6: {2: 1}}, unpaid_ttl_s=900), at, "shopper", lines=[(1, 2)]).order
    order = orders.pay(order, 100, "P1", at, "psp").order
    assert [work.state for work in order.fulfilments] == ["cancelled", "open"]


def test_a_wallet_pays_at_once(placed: Make, at: int) -> None:
    change = orders.pay(placed(unpaid_ttl_s=900), 300, "P1", at, "psp")
    assert (paid(change.order, "captured"), change.order.state) == (300, "approved")
    assert [f.kind for f in change.facts] == ["payment.authorised", "order.approved", "payment.captured"]
    again = orders.pay(change.order, 300, "P1", at, "psp")
    assert (again.order, again.facts) == (change.order, ())


def test_money_that_comes_too_late_is_recorded_and_revives_nothing(placed: Make, at: int) -> None:
    order = orders.expire_unpaid(placed(unpaid_ttl_s=1), at + 1_000_000, "system").order
    change = orders.pay(order, 300, "P1", at + 2_000_000, "psp")
    assert (change.order.state, paid(change.order, "captured")) == ("cancelled", 300)
    assert change.facts[0].detail["late"] is True
    assert orders.refund(change.order, 300, "R1", at + 3_000_000, "psp").order.state == "cancelled"
