"""Pick-up in a store, with a code."""

from collections.abc import Callable

import pytest

from manystores import orders
from manystores.core.errors import Problem
from manystores.orders import Order, StockEffect
from manystores.orders.pick_up import pick_up_code, read_ticket, ticket

Make = Callable[..., Order]
SECRET = b"secret of the installation"


def test_ready_then_handed_over_against_the_code(picked: Make, at: int) -> None:
    change = orders.ready(picked(pick_up_at=5), 1, at, "store", secret=SECRET, collect_by_us=at + 10)
    code = orders.code_of(SECRET, change.order, 1)
    assert len(code) == 6
    assert code.isdigit()
    assert change.order.fulfilments[0].stage == "ready_for_pickup"
    assert code not in orders.encode(change.order).decode()
    assert code not in str(change.facts)
    done = orders.hand_over(change.order, 1, code, at + 1, "store", secret=SECRET)
    assert done.stock == (
        StockEffect("fulfil", 5, 1, 2, 1),
        StockEffect("fulfil", 5, 2, 1, 2),
        StockEffect("fulfil", 5, 900, 1, 0, 1),
    )
    assert (done.order.state, done.order.fulfilments[0].stage) == ("completed", "handed_over")
    with pytest.raises(Problem) as caught:
        orders.hand_over(done.order, 1, code, at + 2, "store", secret=SECRET)
    assert caught.value.rule.code == "already_collected"


def test_a_ticket_names_the_work_and_its_code(placed: Make) -> None:
    text = ticket(placed().order_id, 12, "004711")
    assert read_ticket(text) == (f"{placed().order_id}-12", "004711")
    for other in (text[:-1], text[1:], "004711", f"{placed().order_id}-12", text.replace("-12.", "-12:")):
        assert read_ticket(other) is None


def test_nothing_is_ready_before_it_is_picked(placed: Make, at: int) -> None:
    order = orders.accept(placed(pick_up_at=5), 1, at, "store").order
    assert orders.code_of(SECRET, order, 1) == ""
    with pytest.raises(Problem, match="Possible now: pick"):
        orders.ready(order, 1, at, "store", secret=SECRET)
    with pytest.raises(Problem):
        orders.hand_over(order, 1, "000000", at, "store", secret=SECRET)


def test_a_parcel_is_not_handed_over_at_the_counter(picked: Make, at: int) -> None:
    with pytest.raises(Problem, match="Possible now: pack"):
        orders.ready(picked(), 1, at, "store", secret=SECRET)


def test_wrong_codes_are_counted_and_lock_after_five(picked: Make, at: int) -> None:
    order = orders.ready(picked(pick_up_at=5), 1, at, "store", secret=SECRET).order
    code = orders.code_of(SECRET, order, 1)
    codes = []
    for _ in range(5):
        change = orders.hand_over(order, 1, "x" + code, at, "store", secret=SECRET)
        assert change.stock == ()
        assert change.refusal is not None
        codes.append((change.refusal.rule.code, change.refusal.extra.get("attempts_left")))
        order = change.order
    assert codes == [("wrong_code", 4), ("wrong_code", 3), ("wrong_code", 2), ("wrong_code", 1), ("code_locked", None)]
    with pytest.raises(Problem) as caught:
        orders.hand_over(order, 1, code, at, "store", secret=SECRET)
    assert [(one.pointer, one.code) for one in caught.value.fields] == [("/code", "code_locked")]
    order = orders.renew_code(order, 1, at, "store", secret=SECRET).order
    new = orders.code_of(SECRET, order, 1)
    assert new != code
    assert orders.hand_over(order, 1, code, at, "store", secret=SECRET).refusal is not None
    assert orders.hand_over(order, 1, new, at, "store", secret=SECRET).refusal is None


def test_a_code_belongs_to_its_order_number_and_secret(picked: Make) -> None:
    order_id = picked(pick_up_at=5).order_id
    codes = {pick_up_code(SECRET, order_id, 1), pick_up_code(SECRET, order_id, 2), pick_up_code(b"x", order_id, 1)}
    assert len(codes) == 3


def test_a_code_that_is_no_ascii_is_just_wrong(picked: Make, at: int) -> None:
    order = orders.ready(picked(pick_up_at=5), 1, at, "store", secret=SECRET).order
    assert orders.hand_over(order, 1, "取货码", at, "store", secret=SECRET).refusal is not None


def test_nobody_came_in_time(picked: Make, at: int) -> None:
    order = orders.ready(picked(pick_up_at=5), 1, at, "store", secret=SECRET, collect_by_us=at + 10).order
    with pytest.raises(Problem) as early:
        orders.expire_pick_up(order, 1, at + 9, "system")
    assert early.value.rule.code == "not_due"
    change = orders.expire_pick_up(order, 1, at + 10, "system")
    assert change.stock == (
        StockEffect("release", 5, 1, 2, 1, reason="expired"),
        StockEffect("release", 5, 2, 1, 2, reason="expired"),
        StockEffect("give_back_capacity", 5, 900, 1, 0, 1, reason="expired"),
    )
    assert (change.order.state, change.order.fulfilments[0].stage) == ("cancelled", "expired")
    with pytest.raises(Problem, match="is expired"):
        orders.hand_over(change.order, 1, "1", at, "store", secret=SECRET)


def test_a_time_that_has_passed_is_none_to_collect_by(picked: Make, at: int) -> None:
    with pytest.raises(Problem) as caught:
        orders.ready(picked(pick_up_at=5), 1, at, "store", secret=SECRET, collect_by_us=at)
    assert [(error.pointer, error.code) for error in caught.value.fields] == [("/collect_by", "in_the_past")]
