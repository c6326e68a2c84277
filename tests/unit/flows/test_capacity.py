"""How many orders a location can take: the ledger's buckets of hours and days, as sourcing sees them."""

import pytest
from tests.unit.flows.conftest import AT, SCARF, WANGFUJING, XIDAN, House

from manystores.catalogue.registry import ORDERS_PER_DAY, ORDERS_PER_HOUR
from manystores.core.errors import Problem
from manystores.flows.capacity import HOUR_US, PLENTY, CapacityView
from manystores.ledger import Key, Ledger
from manystores.orders import changes
from manystores.orders.order import Order

HOUR = AT // HOUR_US * HOUR_US


def _view(house: House) -> CapacityView:
    view = CapacityView(house.network)
    view.refresh(house.ledger, house.now_us)
    return view


def _cancel(house: House, order: Order) -> None:
    house.step(order, lambda o, at, actor: changes.cancel(o, at, actor))


def test_a_location_without_a_limit_takes_plenty(house: House) -> None:
    view = _view(house)
    assert (int(view.left[WANGFUJING]), view.windows(WANGFUJING)) == (PLENTY, ())


def test_an_order_takes_one_of_the_hour_and_a_cancellation_gives_it_back(house: House) -> None:
    house.change(WANGFUJING, orders_per_hour=2)
    house.receive(WANGFUJING, SCARF, 9)
    bucket = Key(WANGFUJING, ORDERS_PER_HOUR, HOUR)
    order = house.order((SCARF, 3))
    counters = house.ledger.counters(bucket)
    assert counters is not None
    assert (counters.on_hand, counters.reserved, int(_view(house).left[WANGFUJING])) == (2, 1, 1)
    _cancel(house, order)
    assert house.ledger.available(bucket) == 2


def test_when_the_hour_is_full_the_next_one_is_promised(house: House) -> None:
    house.change(WANGFUJING, orders_per_hour=1)
    house.receive(WANGFUJING, SCARF, 9)
    first, second = house.order((SCARF, 1)), house.order((SCARF, 1))
    assert [o.fulfilments[0].capacity_windows[0][1] for o in (first, second)] == [HOUR, HOUR + HOUR_US]
    assert second.fulfilments[0].promised_from_us >= HOUR + HOUR_US


def test_an_hour_that_is_given_back_is_taken_by_the_next_order(house: House) -> None:
    house.change(WANGFUJING, orders_per_hour=1)
    house.receive(WANGFUJING, SCARF, 9)
    first, second = house.order((SCARF, 1)), house.order((SCARF, 1))
    _cancel(house, first)
    third = house.order((SCARF, 1))
    assert third.fulfilments[0].capacity_windows == first.fulfilments[0].capacity_windows
    assert second.fulfilments[0].capacity_windows != first.fulfilments[0].capacity_windows


def test_when_the_day_is_full_others_serve(house: House) -> None:
    house.change(WANGFUJING, orders_per_day=1)
    for place in (WANGFUJING, XIDAN):
        house.receive(place, SCARF, 9)
    first, second = house.order((SCARF, 1)), house.order((SCARF, 1))
    assert [o.fulfilments[0].location_no for o in (first, second)] == [WANGFUJING, XIDAN]
    assert first.fulfilments[0].capacity_windows[0][0] == ORDERS_PER_DAY
    _cancel(house, first)
    assert house.order((SCARF, 1)).fulfilments[0].location_no == WANGFUJING


def test_a_day_begins_at_midnight_by_the_sun(house: House) -> None:
    day_us = _view(house).day_us(WANGFUJING)
    assert (day_us + 8 * HOUR_US) % (24 * HOUR_US) == 0
    assert 0 <= AT - day_us < 24 * HOUR_US


def test_everything_is_read_anew_when_the_hour_turns(house: House) -> None:
    house.change(WANGFUJING, orders_per_hour=1)
    house.receive(WANGFUJING, SCARF, 9)
    house.order((SCARF, 1))
    house.wait(3600)
    assert house.order((SCARF, 1)).fulfilments[0].capacity_windows == ((ORDERS_PER_HOUR, HOUR + HOUR_US),)


def test_claims_are_counted_down_and_the_last_ones_read(house: House) -> None:
    house.change(WANGFUJING, orders_per_hour=4)
    house.receive(WANGFUJING, SCARF, 9)
    for left in (3, 2, 1):
        house.order((SCARF, 1))
        assert int(house.router.capacity.left[WANGFUJING]) == left == int(_view(house).left[WANGFUJING])


def test_a_refused_order_opens_no_hour(house: House) -> None:
    house.change(WANGFUJING, orders_per_hour=2)
    house.receive(WANGFUJING, SCARF, 1)
    with pytest.raises(Problem):
        house.order((SCARF, 2))
    view, bucket = house.router.capacity, Key(WANGFUJING, ORDERS_PER_HOUR, HOUR)
    assert not view.is_open(house.ledger, bucket)
    house.order((SCARF, 1))
    assert view.is_open(house.ledger, bucket)
    assert not view.is_open(Ledger(), bucket)
