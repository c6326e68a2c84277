"""A step of an order: its stock and its facts in one turn, and what it leaves unserved sourced anew."""

from typing import Any

import pytest
from tests.unit.flows.conftest import BRAND, MUG, SANLITUN, SCARF, WANGFUJING, XIDAN, House

from manystores.core.errors import Problem
from manystores.flows.transition import ExpireOrder
from manystores.ledger import Key
from manystores.orders import changes, fulfilment, payments
from manystores.orders.changes import Edit
from manystores.orders.fulfilment import Pick
from manystores.promise.stock import CountStock


def reject(number: int, reason: str = "too_busy") -> Any:
    return lambda order, at, actor: fulfilment.reject(order, number, reason, at, actor)


def edit(**changed: Any) -> Any:
    return lambda order, at, actor: changes.edit(order, Edit(**changed), at, actor)


def accept(order: Any, at: int, actor: str) -> Any:
    return fulfilment.accept(order, 1, at, actor)


def test_a_rejected_order_is_served_elsewhere_in_the_same_turn(house: House) -> None:
    for place in (WANGFUJING, XIDAN):
        house.receive(place, SCARF, 1)
    order = house.step(house.order((SCARF, 1)), reject(1))
    assert [(w.location_no, w.state) for w in order.fulfilments] == [(WANGFUJING, "rejected"), (XIDAN, "open")]
    assert house.facts == ["fulfilment.rejected", "order.allocated"]
    assert (house.counters(WANGFUJING, SCARF), house.counters(XIDAN, SCARF)) == ((1, 0, 0), (1, 1, 0))


def test_it_never_comes_back_to_who_rejected(house: House) -> None:
    for place in (WANGFUJING, XIDAN):
        house.receive(place, SCARF, 1)
    order = house.step(house.order((SCARF, 1)), reject(1))
    order = house.step(order, reject(2))
    assert ([w.location_no for w in order.fulfilments], order.refused_by) == ([WANGFUJING, XIDAN], (WANGFUJING, XIDAN))
    assert (order.lines[0].unallocated, house.ledger.is_open(order.order_id)) == (1, False)
    assert house.facts[-1] == "order.unserved"


@pytest.mark.parametrize(
    ("reason", "left"), [("cannot_find", (2, 0, 2)), ("damaged", (2, 0, 2)), ("too_busy", (2, 0, 0))]
)
def test_the_reason_decides_what_becomes_of_the_units(house: House, reason: str, left: tuple[int, int, int]) -> None:
    house.receive(WANGFUJING, SCARF, 2)
    house.step(house.order((SCARF, 2)), reject(1, reason))
    assert house.counters(WANGFUJING, SCARF) == left


def test_units_that_are_not_found_come_from_elsewhere(house: House) -> None:
    house.receive(WANGFUJING, SCARF, 2)
    house.receive(XIDAN, SCARF, 1)
    order = house.step(house.order((SCARF, 2)), accept)
    picked = [Pick(1, quantity=1, short=1)]
    order = house.step(order, lambda o, at, actor: fulfilment.pick(o, 1, at, actor, picked))
    assert [(w.location_no, w.open) for w in order.fulfilments] == [(WANGFUJING, 1), (XIDAN, 1)]
    assert (house.counters(WANGFUJING, SCARF), house.counters(XIDAN, SCARF)) == ((2, 1, 1), (1, 1, 0))


def test_who_asks_for_more_than_there_is_changes_nothing(house: House) -> None:
    house.receive(WANGFUJING, SCARF, 2)
    order = house.order((SCARF, 1))
    with pytest.raises(Problem) as caught:
        house.step(order, edit(quantities=[(1, 3)]), asked_for=True)
    assert caught.value.extra["short"] == [{"line": 0, "offer": "SCARF", "wanted": 2, "available": 1}]
    assert (house.get(order.order_id).revision, house.counters(WANGFUJING, SCARF)) == (1, (2, 1, 0))
    assert house.step(order, edit(quantities=[(1, 2)]), asked_for=True).lines[0].allocated == 2


def test_an_order_that_waits_can_still_be_edited(house: House) -> None:
    house.receive(WANGFUJING, SCARF, 1)
    order = house.step(house.order((SCARF, 1)), reject(1))
    assert house.step(order, edit(notes="bg=="), asked_for=True).lines[0].unallocated == 1


def test_another_place_of_pick_up_takes_the_units_along(house: House) -> None:
    for place in (WANGFUJING, SANLITUN):
        house.receive(place, SCARF, 1)
    order = house.order((SCARF, 1))
    with pytest.raises(Problem, match="cannot_serve"):
        house.step(order, edit(pick_up_at=XIDAN), asked_for=True)
    assert house.counters(WANGFUJING, SCARF) == (1, 1, 0)
    moved = house.step(order, edit(pick_up_at=SANLITUN), asked_for=True)
    assert [(w.location_no, w.kind, w.state) for w in moved.fulfilments] == [
        (WANGFUJING, "ship", "cancelled"),
        (SANLITUN, "pick_up", "open"),
    ]
    assert (house.counters(WANGFUJING, SCARF), house.counters(SANLITUN, SCARF)) == ((1, 0, 0), (1, 1, 0))


def test_a_step_is_bound_to_its_location_and_revision(house: House) -> None:
    house.receive(WANGFUJING, SCARF, 1)
    house.receive(XIDAN, MUG, 1)
    order = house.order((SCARF, 1), (MUG, 1))
    for refusal, more in (
        ("not_found", {"number": 1, "location_no": XIDAN}),
        ("not_found", {"location_no": SANLITUN}),
        ("forbidden", {"location_no": WANGFUJING}),  # XIDAN serves a part of it
        ("revision_conflict", {"if_match": '"7"'}),
    ):
        with pytest.raises(Problem) as caught:
            house.step(order, accept, **more)
        assert caught.value.rule.code == refusal
    assert house.step(order, accept, number=1, location_no=WANGFUJING, if_match='"1"').revision == 2


def test_a_step_that_was_done_already_records_nothing(house: House) -> None:
    house.receive(WANGFUJING, SCARF, 1)
    order = house.order((SCARF, 1))

    def pay(order: Any, at: int, actor: str) -> Any:
        return payments.pay(order, 1990, "p-1", at, actor)

    assert house.step(order, pay).revision == house.step(order, pay).revision
    assert house.facts == []


def test_an_order_expires_unless_it_is_paid(house: House) -> None:
    house.receive(WANGFUJING, SCARF, 2)
    paid, unpaid = (house.order((SCARF, 1), unpaid_ttl_s=60) for _ in range(2))
    house.step(paid, lambda o, at, actor: payments.pay(o, 1990, "p-1", at, actor))
    house.wait(61)
    assert [r.id for r in house.ledger.expired(house.now_us)] == [unpaid.order_id]
    house.decide(ExpireOrder(unpaid.order_id, house.router))
    with pytest.raises(Problem, match="does not wait for payment"):
        house.decide(ExpireOrder(paid.order_id, house.router))
    assert (house.get(unpaid.order_id).state, house.get(paid.order_id).state) == ("cancelled", "approved")
    assert house.counters(WANGFUJING, SCARF) == (2, 1, 0)


@pytest.mark.parametrize(("left", "told"), [(0, ["stock.exception_closed"]), (1, [])])
def test_a_cancellation_that_heals_a_shelf_says_so(house: House, left: int, told: list[str]) -> None:
    """Two are promised and none is there: the gap is closed when both are cancelled, and not before."""
    house.receive(WANGFUJING, SCARF, 2)
    order = house.order((SCARF, 2))
    house.decide(CountStock("key:erp", BRAND, Key(WANGFUJING, SCARF), 0))
    assert house.facts == ["stock.counted", "stock.exception_opened"]
    lines = [(1, 2 - left)]
    house.step(order, lambda o, at, actor: changes.cancel(o, at, actor, lines=lines))
    assert [name for name in house.facts if "exception" in name] == told
    assert house.counters(WANGFUJING, SCARF) == (0, left, 0)


def test_units_that_are_sourced_elsewhere_heal_the_shelf_that_lacks_them(house: House) -> None:
    house.receive(WANGFUJING, SCARF, 1)
    house.receive(XIDAN, SCARF, 1)
    order = house.order((SCARF, 1))
    house.decide(CountStock("key:erp", BRAND, Key(WANGFUJING, SCARF), 0))
    house.step(order, reject(1))
    assert house.facts == ["fulfilment.rejected", "order.allocated", "stock.exception_closed"]
    assert house.counters(XIDAN, SCARF) == (1, 1, 0)
