"""Placing: sourced, claimed and booked in one turn, or nothing at all."""

import msgspec
import pytest
from tests.unit.flows.conftest import GUANGZHOU, MUG, SCARF, WANGFUJING, XIDAN, House

from manystores.core.errors import Problem
from manystores.core.ids import uuid7
from manystores.ledger import Claim, Key, Reason
from manystores.orders import changes
from manystores.orders.changes import Edit


def _refusal(house: House, *lines: tuple[int, int], **more: object) -> Problem:
    with pytest.raises(Problem) as caught:
        house.order(*lines, **more)
    return caught.value


def _hold(house: House, *claims: tuple[int, int, int], party_no: int = 1) -> str:
    held = uuid7(house.now_us)
    house.ledger.begin(0)
    claimed = [Claim(Key(location_no, offer_no), units) for location_no, offer_no, units in claims]
    house.ledger.hold(held, claimed, Reason.HELD, party_no=party_no)
    house.ledger.commit()
    house.ledger.drain()
    return str(held)


def test_an_order_claims_what_it_promises(house: House) -> None:
    house.receive(WANGFUJING, SCARF, 3)
    order = house.order((SCARF, 2))
    assert [(w.location_no, w.lines[0].quantity, w.state) for w in order.fulfilments] == [(WANGFUJING, 2, "open")]
    assert (house.counters(WANGFUJING, SCARF), house.facts) == ((3, 2, 0), ["order.placed"])
    reservation = house.ledger.reservation(order.order_id)
    assert reservation is not None
    assert (reservation.is_order, reservation.state) == (True, "confirmed")


def test_what_can_not_be_served_changes_nothing(house: House) -> None:
    house.receive(WANGFUJING, SCARF, 3)
    refusal = _refusal(house, (SCARF, 2), (MUG, 1))
    assert (refusal.rule.code, refusal.rule.status) == ("cannot_serve", 409)
    assert refusal.extra["short"] == [{"line": 1, "offer": "MUG", "wanted": 1, "available": 0}]
    assert "MUG" in refusal.zh
    assert (house.counters(WANGFUJING, SCARF), house.facts) == ((3, 0, 0), [])


def test_the_same_order_of_a_channel_is_placed_once(house: House) -> None:
    house.receive(WANGFUJING, SCARF, 3)
    first = house.decide(house.command((SCARF, 1), channel_order_id="T-1"))
    again = house.decide(house.command((SCARF, 1), channel_order_id="T-1"))
    assert (first.new, again.new) == (True, False)
    assert msgspec.json.decode(first.body)["id"] == msgspec.json.decode(again.body)["id"]
    assert _refusal(house, (SCARF, 2), channel_order_id="T-1").rule.code == "order_exists"
    elsewhere = _refusal(house, (SCARF, 1), channel_order_id="T-1", sold_at=XIDAN)
    assert (elsewhere.rule.code, elsewhere.extra) == ("order_exists", {})
    assert house.counters(WANGFUJING, SCARF) == (3, 1, 0)


@pytest.mark.parametrize("wishes", [[3], [0, 2], [1, 4], [4, 1, 5]])
def test_an_order_that_was_edited_is_told_as_it_stands_to_who_sends_it_again(house: House, wishes: list[int]) -> None:
    """Two were ordered. A channel that repeats its request is no second shopper, whatever was edited meanwhile."""
    house.receive(WANGFUJING, SCARF, 9)
    order = house.order((SCARF, 2), channel_order_id="T-1")
    for quantity in wishes:
        wish = Edit(quantities=[(1, quantity)])
        if house.get(order.order_id).open:
            house.step(order, lambda o, at, actor, wish=wish: changes.edit(o, wish, at, actor))
    again = house.decide(house.command((SCARF, 2), channel_order_id="T-1"))
    now = house.get(order.order_id)
    assert (again.new, again.body) == (False, house.router.told(now))
    for other in {1, 3, now.lines[0].ordered, now.lines[0].kept} - {0, 2}:
        assert _refusal(house, (SCARF, other), channel_order_id="T-1").rule.code == "order_exists"
    assert house.counters(WANGFUJING, SCARF) == (9, now.lines[0].kept, 0)


def test_an_unpaid_order_holds_until_its_deadline(house: House) -> None:
    house.receive(WANGFUJING, SCARF, 1)
    order = house.order((SCARF, 1), unpaid_ttl_s=60)
    reservation = house.ledger.reservation(order.order_id)
    assert reservation is not None
    assert (reservation.state, reservation.expires_us) == ("held", house.now_us + 60_000_000)


def test_an_order_takes_its_hold_over_and_only_then_the_hold_ends(house: House) -> None:
    house.receive(WANGFUJING, SCARF, 1)
    held = _hold(house, (WANGFUJING, SCARF, 1))
    assert _refusal(house, (SCARF, 1)).rule.code == "cannot_serve"
    assert _refusal(house, (SCARF, 2), reservation=held).rule.code == "cannot_serve"
    assert house.counters(WANGFUJING, SCARF) == (1, 1, 0)
    house.order((SCARF, 1), reservation=held)
    assert house.facts == ["order.placed", "reservation.released"]
    assert house.counters(WANGFUJING, SCARF) == (1, 1, 0)
    assert _refusal(house, (SCARF, 1), reservation=held).rule.code == "not_found"


def test_a_hold_of_something_else_or_of_somebody_else_is_refused(house: House) -> None:
    house.receive(WANGFUJING, SCARF, 2)
    house.receive(WANGFUJING, MUG, 1)
    mug, theirs = _hold(house, (WANGFUJING, MUG, 1)), _hold(house, (WANGFUJING, SCARF, 1), party_no=2)
    assert _refusal(house, (SCARF, 1), reservation=mug).rule.code == "reservation_mismatch"
    assert _refusal(house, (SCARF, 1), reservation=theirs).rule.code == "not_found"
    assert (house.counters(WANGFUJING, MUG), house.counters(WANGFUJING, SCARF)) == ((1, 1, 0), (2, 1, 0))


def test_a_past_order_moves_no_stock_and_is_decided_by_nobody(house: House) -> None:
    house.receive(GUANGZHOU, SCARF, 1)
    order = house.order((SCARF, 9), backfill=True, placed_at="2025-11-11T00:00:00+08:00")
    assert (order.state, order.fulfilments, house.facts) == ("completed", (), ["order.backfilled"])
    assert house.counters(GUANGZHOU, SCARF) == (1, 0, 0)
