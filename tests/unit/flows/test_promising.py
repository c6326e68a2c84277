"""What is promised: from opening hours, lead time and transit; the same before the order as with it."""

import pytest
from tests.unit.flows.conftest import AT, GUANGZHOU, SCARF, WANGFUJING, House

from manystores.core.clock import DAY_US, SECOND_US
from manystores.flows.promising import KnownHours, Parcel, day_end_us, default_transit, promise, terms
from manystores.network import carrier_of
from manystores.sourcing.policy import KINDS

MINUTE_US = 60 * SECOND_US


@pytest.mark.parametrize(("km", "days"), [(0, (1, 2)), (699, (1, 2)), (700, (2, 3)), (1900, (3, 4))])
def test_without_a_carrier_the_distance_decides(km: float, days: tuple[int, int]) -> None:
    transit = default_transit(km)
    assert (transit.days_min, transit.days_max) == days


def test_a_day_ends_at_midnight_by_the_sun() -> None:
    ends = day_end_us(116.4, AT)
    assert (ends + 8 * 3600 * SECOND_US) % DAY_US == 0
    assert AT < ends <= AT + DAY_US
    assert day_end_us(116.4, ends) == ends + DAY_US


def test_the_cheapest_carrier_that_goes_there_tells_the_days(house: House) -> None:
    zones = [{"to": ["110000"], "base": 1200, "days_min": 2, "days_max": 3}]
    house.network.set_carriers([carrier_of({"code": "SF", "name": "顺丰", "zones": zones}, 1)])
    there = terms(house.network, 1, "ship", Parcel("110101", 500), AT).transit(GUANGZHOU, 1900)
    assert there is not None
    assert (there.days_min, there.days_max) == (2, 3)
    assert terms(house.network, 1, "ship", Parcel("440100", 500), AT).transit(GUANGZHOU, 10) is None


def test_a_pick_up_is_ready_after_the_lead_time(house: House) -> None:
    house.change(WANGFUJING, lead_time_minutes=30)
    known = terms(house.network, 1, "pick_up", Parcel(), AT)
    assert promise("pick_up", WANGFUJING, 0.0, known, AT).from_us == AT + 30 * MINUTE_US


def test_a_closed_store_promises_from_its_opening_on(house: House) -> None:
    house.change(WANGFUJING, opening_hours="Mo-Su 08:00-12:00", lead_time_minutes=30, time_zone="Asia/Shanghai")
    known = terms(house.network, 1, "pick_up", Parcel(), AT)
    opens_us = known.hours(WANGFUJING).opens_us
    assert opens_us > AT
    assert promise("pick_up", WANGFUJING, 0.0, known, AT).from_us == opens_us + 30 * MINUTE_US


def test_the_lead_time_of_a_parcel_passes_only_while_the_store_is_open(house: House) -> None:
    """At 19:06 of a store that closes at 20:00: what takes two hours is ready at 11:06:40 of the next morning."""
    house.change(WANGFUJING, opening_hours="Mo-Su 10:00-20:00", lead_time_minutes=120, time_zone="Asia/Shanghai")
    known = terms(house.network, 1, "ship", Parcel("110101"), AT)
    night_us = 14 * 60 * MINUTE_US
    assert promise("ship", WANGFUJING, 1.5, known, AT).from_us == AT + night_us + 120 * MINUTE_US + DAY_US
    # the same rule for what was taken on all the same
    late = terms(house.network, 1, "pick_up", Parcel(), AT)
    assert promise("pick_up", WANGFUJING, 0.0, late, AT).from_us == AT + night_us + 120 * MINUTE_US


def test_the_order_promises_what_availability_said(house: House) -> None:
    house.receive(WANGFUJING, SCARF, 1)
    (work,) = house.order((SCARF, 1)).fulfilments
    known = terms(house.network, 1, "ship", Parcel("110101"), AT)
    window = promise("ship", WANGFUJING, 1.5, known, AT)
    assert (work.promised_from_us, work.promised_to_us) == (window.from_us, window.to_us)


def test_hours_that_are_remembered_are_those_that_hold(house: House) -> None:
    house.change(WANGFUJING, opening_hours="Mo-Su 09:00-21:00", cut_offs={"ship": "20:00"}, lead_time_minutes=30)
    remembered = KnownHours(house.network)
    for minutes in (0, 10, 53, 54, 114, 400, 840, 1440, 1500):
        now_us = AT + minutes * MINUTE_US
        for kind in KINDS:
            anew = terms(house.network, 1, kind, Parcel(), now_us).hours(WANGFUJING)
            assert remembered.of(WANGFUJING, kind, now_us) == anew
