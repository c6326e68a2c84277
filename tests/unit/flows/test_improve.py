"""Orders that nobody accepted yet are moved when that pays, and left alone otherwise."""

import json
from typing import Any

import msgspec
import pytest
from tests.unit.flows.conftest import BRAND, GUANGZHOU, MUG, SANLITUN, SCARF, WANGFUJING, XIDAN, House

from manystores.catalogue.registry import ORDERS_PER_HOUR
from manystores.core.errors import Problem
from manystores.flows.capacity import HOUR_US
from manystores.flows.improve import Improve, Improved
from manystores.flows.transition import Transition
from manystores.ledger import Key
from manystores.orders import changes, fulfilment
from manystores.orders.moving import moves
from manystores.orders.order import Order
from manystores.sourcing.policy import DEFAULT_POLICY, ImproveRule


def improve(house: House, order: Order) -> Improved | None:
    found: Improved | None = house.decide(Improve(order.order_id, house.router))
    return found


def serving(house: House, order: Order) -> dict[int, dict[int, int]]:
    """Units by line that each location serves; no location twice."""
    found: dict[int, dict[int, int]] = {}
    for work in house.get(order.order_id).fulfilments:
        if work.live:
            assert work.location_no not in found
            found[work.location_no] = {}
            for part in work.lines:
                if part.open:
                    found[work.location_no][part.line_no] = found[work.location_no].get(part.line_no, 0) + part.open
    return found


def cancel(house: House, order: Order) -> None:
    house.step(order, lambda o, at, actor: changes.cancel(o, at, actor))


def rule(house: House, **fields: Any) -> None:
    policy = msgspec.structs.replace(DEFAULT_POLICY, version=7, improve=ImproveRule(**fields))
    house.router.set_policy(BRAND, policy)


def far(house: House) -> Order:
    """An order that Guangzhou has to send, since the only scarf in Beijing is taken; then it is given back."""
    house.receive(XIDAN, SCARF, 1)
    house.receive(GUANGZHOU, SCARF, 9)
    first = house.order((SCARF, 1))
    second = house.order((SCARF, 1))
    assert serving(house, second) == {GUANGZHOU: {1: 1}}
    cancel(house, first)
    return second


def test_an_order_moves_to_stock_that_came_free_nearer_by(house: House) -> None:
    order = far(house)
    done = improve(house, order)
    assert done is not None
    assert done.saving > 700  # 1,889 km at 0.4 fen
    assert serving(house, order) == {XIDAN: {1: 1}}
    assert (house.counters(XIDAN, SCARF), house.counters(GUANGZHOU, SCARF)) == ((1, 1, 0), (9, 0, 0))
    assert house.facts == ["fulfilment.rerouted", "order.improved", "order.allocated"]
    after = house.get(order.order_id)
    assert (moves(after), after.fulfilments[0].state, after.fulfilments[1].state) == (1, "cancelled", "open")


def test_the_same_again_changes_nothing(house: House) -> None:
    order = far(house)
    improve(house, order)
    before = house.get(order.order_id)
    assert improve(house, order) is None
    assert (house.facts, house.get(order.order_id)) == ([], before)


def test_what_a_store_accepted_stays(house: House) -> None:
    order = far(house)
    house.step(order, lambda o, at, actor: fulfilment.accept(o, 1, at, actor))
    assert improve(house, order) is None
    assert serving(house, order) == {GUANGZHOU: {1: 1}}


@pytest.mark.parametrize("accepted_first", [True, False])
def test_of_a_store_and_a_round_at_the_same_moment_the_first_wins(house: House, accepted_first: bool) -> None:
    """Both wait for the owner, and are decided in one batch."""
    order = far(house)
    accept = Transition(
        order.order_id, lambda o, at, actor: fulfilment.accept(o, 1, at, actor), house.router, "key:store", BRAND
    )
    both = [accept, Improve(order.order_id, house.router)]
    decided = house.decider.decide(both if accepted_first else both[::-1], 9, house.now_us, house.prepared, 0)
    answers = {type(command).__name__: answer for command, answer in decided.answers}
    if accepted_first:
        assert answers["Improve"] is None
        assert serving(house, order) == {GUANGZHOU: {1: 1}}
    else:
        assert isinstance(answers["Improve"], Improved)
        assert isinstance(answers["Transition"], Problem)
        assert answers["Transition"].rule.code == "wrong_state"
        assert serving(house, order) == {XIDAN: {1: 1}}


def test_a_gain_that_is_too_small_moves_nothing_and_leaves_no_trace(house: House) -> None:
    order = far(house)
    for fields in ({"min_gain": 2000}, {"min_gain": 1, "min_gain_percent": 99.0}, {"enabled": False}):
        rule(house, **fields)
        held = house.counters(XIDAN, SCARF), house.counters(GUANGZHOU, SCARF)
        assert improve(house, order) is None
        assert house.facts == []
        assert held == (house.counters(XIDAN, SCARF), house.counters(GUANGZHOU, SCARF))


def test_an_order_moves_at_most_so_often(house: House) -> None:
    rule(house, max_moves=1, min_gain=1, min_gain_percent=0.0)
    order = far(house)
    assert improve(house, order) is not None
    house.receive(WANGFUJING, SCARF, 1)  # 0.7 km nearer, still a fraction of a fen
    house.change(WANGFUJING, handle_order_cost=0)
    house.change(XIDAN, handle_order_cost=500)
    assert improve(house, order) is None
    rule(house, max_moves=2, min_gain=1, min_gain_percent=0.0)
    assert improve(house, order) is not None
    assert serving(house, order) == {WANGFUJING: {1: 1}}


def test_two_parcels_become_one(house: House) -> None:
    """Nobody had both; then somebody has."""
    house.receive(XIDAN, SCARF, 1)
    house.receive(WANGFUJING, MUG, 1)
    order = house.order((SCARF, 1), (MUG, 1))
    assert set(serving(house, order)) == {XIDAN, WANGFUJING}
    assert improve(house, order) is None
    house.receive(XIDAN, MUG, 1)
    done = improve(house, order)
    assert done is not None
    assert serving(house, order) == {XIDAN: {1: 1, 2: 1}}
    after = house.get(order.order_id)
    assert len(after.fulfilments) == 2  # Xidan's work grew; it was given no second one
    assert (house.counters(XIDAN, SCARF), house.counters(XIDAN, MUG)) == ((1, 1, 0), (1, 1, 0))
    assert house.counters(WANGFUJING, MUG) == (1, 0, 0)
    assert 250 < done.saving < 350  # a parcel's base


def test_nothing_comes_later_than_the_shopper_was_told(house: House) -> None:
    order = far(house)
    house.change(XIDAN, lead_time_minutes=14 * 24 * 60)
    assert improve(house, order) is None
    house.change(XIDAN, lead_time_minutes=0)
    assert improve(house, order) is not None
    told = house.get(order.order_id).fulfilments
    assert told[1].promised_to_us <= told[0].promised_to_us


def test_some_hours_later_on_the_promised_day_are_no_later_promise(house: House) -> None:
    """Whoever sends it, an hour is lost when nobody accepts for an hour; what the shopper was told stays."""
    house.receive(XIDAN, SCARF, 1)
    house.receive(GUANGZHOU, SCARF, 9)
    order = house.order((SCARF, 1))
    house.change(XIDAN, handle_order_cost=2_000)
    house.receive(SANLITUN, SCARF, 1)
    house.wait(3600)
    assert improve(house, order) is not None
    told, after = [work.promised_to_us for work in house.get(order.order_id).fulfilments]
    assert after == told
    assert serving(house, order) == {SANLITUN: {1: 1}}


def test_another_day_is_later(house: House) -> None:
    house.receive(XIDAN, SCARF, 1)
    order = house.order((SCARF, 1))
    house.change(XIDAN, handle_order_cost=2_000)
    house.receive(SANLITUN, SCARF, 1)
    house.wait(8 * 3600)  # past midnight
    assert improve(house, order) is None


def test_capacity_moves_with_the_order(house: House) -> None:
    house.change(GUANGZHOU, orders_per_hour=1)
    house.change(XIDAN, orders_per_hour=1)
    order = far(house)
    hour = house.now_us // HOUR_US * HOUR_US
    there, here = Key(GUANGZHOU, ORDERS_PER_HOUR, hour), Key(XIDAN, ORDERS_PER_HOUR, hour)
    assert (house.ledger.available(there), house.ledger.available(here)) == (0, 1)
    assert improve(house, order) is not None
    assert (house.ledger.available(there), house.ledger.available(here)) == (1, 0)
    assert [int(house.router.capacity.left[no]) for no in (GUANGZHOU, XIDAN)] == [1, 1]  # Xidan's is of the next hour
    assert int(house.router.capacity.hour_us[XIDAN]) == hour + HOUR_US


def test_a_full_location_keeps_its_own_order(house: House) -> None:
    """Its hour is full of this very order: as if it were given back, it can still serve it."""
    house.change(XIDAN, orders_per_hour=1)
    house.receive(XIDAN, SCARF, 1)
    house.receive(GUANGZHOU, SCARF, 9)
    order = house.order((SCARF, 1))
    before = house.get(order.order_id)
    left = house.router.capacity.left.copy(), house.router.capacity.hour_us.copy()
    assert improve(house, order) is None
    assert house.get(order.order_id) == before
    assert (house.router.capacity.left == left[0]).all()
    assert (house.router.capacity.hour_us == left[1]).all()


def test_a_location_that_refused_is_not_asked_again(house: House) -> None:
    house.receive(XIDAN, SCARF, 1)
    house.receive(GUANGZHOU, SCARF, 9)
    order = house.order((SCARF, 1))
    house.step(order, lambda o, at, actor: fulfilment.reject(o, 1, "too_busy", at, actor))
    assert house.counters(XIDAN, SCARF) == (1, 0, 0)
    assert improve(house, order) is None
    assert serving(house, order) == {GUANGZHOU: {1: 1}}


def test_what_is_collected_and_what_waits_for_payment_stays(house: House) -> None:
    house.receive(XIDAN, SCARF, 1)
    house.receive(GUANGZHOU, SCARF, 9)
    collected = house.order((SCARF, 1), pick_up_at=GUANGZHOU)
    assert improve(house, collected) is None
    assert improve(house, house.order((SCARF, 1))) is None  # it is where it should be


def test_what_is_accepted_of_an_order_stays_and_the_rest_moves(house: House) -> None:
    house.receive(XIDAN, MUG, 1)
    house.receive(GUANGZHOU, SCARF, 1)
    order = house.order((SCARF, 1), (MUG, 1))
    numbers = {work.location_no: work.number for work in order.fulfilments}
    house.step(order, lambda o, at, actor: fulfilment.accept(o, numbers[XIDAN], at, actor))
    house.receive(SANLITUN, SCARF, 1)
    house.receive(SANLITUN, MUG, 1)
    assert improve(house, order) is not None
    assert serving(house, order) == {XIDAN: {2: 1}, SANLITUN: {1: 1}}


def test_units_of_a_line_that_nobody_serves_are_left_to_others(house: House) -> None:
    """A round moves what is assigned; it does not fill what is short."""
    policy = msgspec.structs.replace(DEFAULT_POLICY, on_shortage="partial")
    house.router.set_policy(BRAND, policy)
    house.receive(GUANGZHOU, SCARF, 1)
    order = house.order((SCARF, 2))
    house.receive(XIDAN, SCARF, 9)
    assert improve(house, order) is not None
    assert serving(house, order) == {XIDAN: {1: 1}}
    assert house.get(order.order_id).lines[0].unallocated == 1


def test_lots_and_lines_of_one_offer_are_claimed_as_often_as_they_are_served(house: House) -> None:
    house.router.lots.add([(5, "L5"), (6, "L6")])
    house.receive(GUANGZHOU, SCARF, 1, lot_no=5)
    house.receive(GUANGZHOU, SCARF, 2, lot_no=6)
    order = house.order((SCARF, 1), (SCARF, 2))
    house.receive(XIDAN, SCARF, 2, lot_no=6)
    house.receive(XIDAN, SCARF, 1, lot_no=5)
    assert improve(house, order) is not None
    (work,) = [work for work in house.get(order.order_id).fulfilments if work.live]
    claims = {(c.key.location_no, c.key.lot_no): c.quantity for c in _claims(house, order)}
    assert claims == {(XIDAN, 5): 1, (XIDAN, 6): 2}
    assert sorted((part.lot, part.open) for part in work.lines) in (
        [("L5", 1), ("L6", 2)],
        [("L5", 1), ("L6", 1), ("L6", 1)],
    )


def test_two_lines_of_one_offer_do_not_want_the_same_lot(house: House) -> None:
    """One keeps a lot that the plan meant for the other: the other gets what was meant for the one."""
    house.router.lots.add([(5, "L5")])
    house.receive(XIDAN, MUG, 1, lot_no=5)
    house.receive(GUANGZHOU, MUG, 1)
    order = house.order((MUG, 1), (MUG, 1))
    house.receive(XIDAN, MUG, 1)
    assert improve(house, order) is not None
    assert serving(house, order) == {XIDAN: {1: 1, 2: 1}}
    assert {(c.key.location_no, c.key.lot_no): c.quantity for c in _claims(house, order)} == {
        (XIDAN, 0): 1, (XIDAN, 5): 1
    }  # fmt: skip


def _claims(house: House, order: Order) -> Any:
    found = house.ledger.reservation(order.order_id)
    assert found is not None
    return found.claims


def test_the_decision_says_what_was_saved(house: House) -> None:
    order = far(house)
    house._seq += 1
    decided = house.decider.decide([Improve(order.order_id, house.router)], house._seq, house.now_us, house.prepared, 0)
    (decision,) = decided.batch.decisions
    written = json.loads(decision.body)
    assert (written["left"], written["saved"]) == ([GUANGZHOU], decided.answers[0][1].saving)
    improved = [fact for fact in decided.batch.facts if fact.name == "order.improved"]
    assert json.loads(improved[0].body or b"")["saving"] == written["saved"]


def test_an_unknown_order_is_refused(house: House) -> None:
    order = far(house)
    with pytest.raises(Problem):
        house.decide(Improve(order.order_id, house.router, party_no=99))
