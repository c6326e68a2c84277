"""Orders for a later day or for a slot: promised from the buckets of that window, and from no others."""

import pytest
from tests.unit.flows.conftest import GUANGZHOU, MUG, RIVALS, SANLITUN, SCARF, WANGFUJING, XIDAN, House

from manystores.core.clock import DAY_US, rfc3339
from manystores.core.errors import Problem
from manystores.orders import changes, fulfilment
from manystores.orders.order import Order

FRIDAY, SATURDAY = 1_795_140_000_000_000, 1_795_226_400_000_000
ON_FRIDAY, ON_SATURDAY = [rfc3339(FRIDAY)], [rfc3339(SATURDAY)]


def _served(order: Order) -> list[tuple[int, int, int]]:
    """(location, units, window) of what is served."""
    return [(w.location_no, p.quantity, p.window_us) for w in order.fulfilments if w.live for p in w.lines]


def _refusal(house: House, *lines: tuple[int, int], **more: object) -> Problem:
    with pytest.raises(Problem) as caught:
        house.order(*lines, **more)
    return caught.value


def test_who_orders_ahead_waits_for_the_goods_of_that_day(house: House) -> None:
    """The shelf near by is full, but the scarves of Friday come in far away; the shelf stays for those who want now."""
    house.receive(WANGFUJING, SCARF, 9)
    house.receive(GUANGZHOU, SCARF, 2, FRIDAY)
    house.receive(XIDAN, SCARF, 5, SATURDAY)
    order = house.order((SCARF, 2), windows=ON_FRIDAY)
    assert _served(order) == [(GUANGZHOU, 2, FRIDAY)]
    assert order.lines[0].window_us == FRIDAY
    (work,) = order.fulfilments
    assert FRIDAY + DAY_US <= work.promised_from_us < work.promised_to_us
    assert (house.counters(WANGFUJING, SCARF), house.counters(GUANGZHOU, SCARF, FRIDAY)) == ((9, 0, 0), (2, 2, 0))
    refused = _refusal(house, (SCARF, 1), windows=ON_FRIDAY)
    assert refused.rule.code == "cannot_serve"
    assert _served(house.order((SCARF, 1))) == [(WANGFUJING, 1, 0)]


def test_the_cheapest_location_with_goods_of_that_day_serves(house: House) -> None:
    for place in (GUANGZHOU, RIVALS, XIDAN, WANGFUJING):
        house.receive(place, SCARF, 1, FRIDAY)
    found = [_served(house.order((SCARF, 1), windows=ON_FRIDAY)) for _ in range(3)]
    assert found == [[(place, 1, FRIDAY)] for place in (WANGFUJING, XIDAN, GUANGZHOU)]
    assert _refusal(house, (SCARF, 1), windows=ON_FRIDAY).rule.code == "cannot_serve"


def test_goods_that_are_announced_after_the_first_order_count_too(house: House) -> None:
    assert _refusal(house, (SCARF, 1), windows=ON_FRIDAY).rule.code == "cannot_serve"
    house.receive(XIDAN, SCARF, 1, FRIDAY)
    assert _served(house.order((SCARF, 1), windows=ON_FRIDAY)) == [(XIDAN, 1, FRIDAY)]


def test_a_slot_is_that_slot_at_that_place_and_a_cancellation_gives_it_back(house: House) -> None:
    """One fitting on Friday, one on Saturday in XIDAN; SANLITUN's are no help to who comes to XIDAN."""
    house.receive(XIDAN, MUG, 1, FRIDAY)
    house.receive(XIDAN, MUG, 1, SATURDAY)
    house.receive(SANLITUN, MUG, 9, FRIDAY)
    booked = house.order((MUG, 1), windows=ON_FRIDAY, pick_up_at=XIDAN)
    assert _served(booked) == [(XIDAN, 1, FRIDAY)]
    assert (booked.fulfilments[0].promised_from_us, booked.fulfilments[0].promised_to_us) == (FRIDAY, FRIDAY)
    assert _refusal(house, (MUG, 1), windows=ON_FRIDAY, pick_up_at=XIDAN).rule.code == "cannot_serve"
    assert _served(house.order((MUG, 1), windows=ON_SATURDAY, pick_up_at=XIDAN)) == [(XIDAN, 1, SATURDAY)]
    house.step(booked, lambda order, at, actor: changes.cancel(order, at, actor))
    assert house.counters(XIDAN, MUG, FRIDAY) == (1, 0, 0)
    assert _served(house.order((MUG, 1), windows=ON_FRIDAY, pick_up_at=XIDAN)) == [(XIDAN, 1, FRIDAY)]


def test_lines_for_now_and_for_later_are_each_served_from_their_own(house: House) -> None:
    """Two scarves now, one on Friday, a mug now: one parcel from where all of it is."""
    house.receive(WANGFUJING, SCARF, 9)
    house.receive(WANGFUJING, MUG, 9)
    house.receive(XIDAN, SCARF, 2)
    house.receive(XIDAN, SCARF, 1, FRIDAY)
    house.receive(XIDAN, MUG, 1)
    order = house.order((SCARF, 2), (SCARF, 1), (MUG, 1), windows=[None, *ON_FRIDAY, None])
    assert sorted(_served(order)) == [(XIDAN, 1, 0), (XIDAN, 1, FRIDAY), (XIDAN, 2, 0)]
    assert house.counters(XIDAN, SCARF, FRIDAY) == (1, 1, 0)


def test_two_lines_of_a_day_do_not_share_a_unit(house: House) -> None:
    house.receive(XIDAN, SCARF, 2, FRIDAY)
    refused = _refusal(house, (SCARF, 2), (SCARF, 1), windows=ON_FRIDAY * 2)
    assert refused.rule.code == "cannot_serve"
    assert sorted(_served(house.order((SCARF, 1), (SCARF, 1), windows=ON_FRIDAY * 2))) == [(XIDAN, 1, FRIDAY)] * 2


def test_a_rejected_order_goes_to_who_has_that_day_too(house: House) -> None:
    for place in (WANGFUJING, GUANGZHOU):
        house.receive(place, SCARF, 1, FRIDAY)
    house.receive(XIDAN, SCARF, 9)
    order = house.order((SCARF, 1), windows=ON_FRIDAY)
    order = house.step(order, lambda o, at, actor: fulfilment.reject(o, 1, "too_busy", at, actor))
    assert _served(order) == [(GUANGZHOU, 1, FRIDAY)]
    assert house.counters(WANGFUJING, SCARF, FRIDAY) == (1, 0, 0)


def test_what_was_ordered_ahead_is_picked_and_sent_from_its_window(house: House) -> None:
    house.receive(WANGFUJING, SCARF, 3, FRIDAY)
    order = house.order((SCARF, 2), windows=ON_FRIDAY)
    for step in (fulfilment.accept, fulfilment.pick, fulfilment.pack, fulfilment.ship):
        order = house.step(order, lambda o, at, actor, step=step: step(o, 1, at, actor))
    assert (order.state, house.counters(WANGFUJING, SCARF, FRIDAY)) == ("completed", (1, 0, 0))


def test_lots_of_a_day_count_together(house: House) -> None:
    lot_no = 3
    house.receive(XIDAN, SCARF, 1, FRIDAY)
    house.receive(XIDAN, SCARF, 1, FRIDAY, lot_no)
    house.router.lots.add([(lot_no, "B7")])
    order = house.order((SCARF, 2), windows=ON_FRIDAY)
    assert sorted((p.quantity, p.lot) for w in order.fulfilments for p in w.lines) == [(1, ""), (1, "B7")]
