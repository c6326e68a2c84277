"""Opening hours: past midnight, holidays, daylight saving, and all locations at once."""

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manystores.core.clock import DAY_US, from_datetime
from manystores.network.body import location_of
from manystores.network.hours import (
    NEVER_US,
    Calendar,
    next_cut_off,
    next_open,
    openings_after,
    openings_of,
    rhythm_of,
)

HOUR_US = 3_600_000_000


def location(hours="24/7", no=0, **more):
    body = {"code": f"S{no}", "name": "S", "kind": "store", "lat": 31.23, "lon": 121.47, "opening_hours": hours}
    return msgspec.structs.replace(location_of(body | more, 1), location_no=no)


def us(text, zone="Asia/Shanghai"):
    return from_datetime(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)))


def test_an_open_store_is_open_until_it_closes():
    assert next_open(location("Mo-Su 07:00-22:00"), us("2025-09-30T08:00")) == (
        us("2025-09-30T08:00"),
        us("2025-09-30T22:00"),
    )


def test_a_closed_store_opens_next_morning():
    night = us("2025-09-30T22:00")  # the closing minute itself is closed
    assert next_open(location("Mo-Su 07:00-22:00"), night) == (us("2025-10-01T07:00"), us("2025-10-01T22:00"))


def test_a_bar_is_open_past_midnight():
    assert next_open(location("Mo-Su 20:00-02:00"), us("2025-10-01T01:30"))[1] == us("2025-10-01T02:00")


def test_always_and_never_open():
    now = us("2025-10-01T00:00")
    assert next_open(location("24/7"), now) == (now, NEVER_US)
    assert next_open(location("Mo-Su 00:00-24:00"), now) == (now, NEVER_US)
    assert next_open(location("off"), now) == (NEVER_US, NEVER_US)


def test_unknown_hours_are_not_promised():
    assert next_open(location("Mo-Su 10:00-20:00 unknown"), us("2025-10-01T12:00")) == (NEVER_US, NEVER_US)


def test_spans_that_touch_are_one_opening():
    hours = 'Mo-Su 09:00-12:00 "early", Mo-Su 12:00-18:00 "late"'
    assert next_open(location(hours), us("2025-10-01T10:00"))[1] == us("2025-10-01T18:00")


def test_national_day_is_a_holiday_in_china_only():
    hours, eve = "Mo-Su 09:00-18:00; PH off", us("2025-09-30T20:00")
    assert next_open(location(hours, holidays="CN"), eve)[0] == us("2025-10-02T09:00")
    assert next_open(location(hours, holidays=""), eve)[0] == us("2025-10-01T09:00")


@pytest.mark.parametrize(
    ("day", "hours_open"), [("2025-03-08", 22), ("2025-03-09", 21), ("2025-11-01", 22), ("2025-11-02", 23)]
)
def test_a_day_that_changes_the_clock_is_an_hour_shorter_or_longer(day, hours_open):
    """New York: the store opens at 01:00 and closes at 23:00, whatever happens at two."""
    store = location("Mo-Su 01:00-23:00", time_zone="America/New_York")
    opens_us, closes_us = next_open(store, us(f"{day}T00:30", "America/New_York"))
    # the second 01:00 of the autumn day is the one that the library opens at
    assert closes_us == us(f"{day}T23:00", "America/New_York")
    assert (closes_us - opens_us) // HOUR_US == (22 if day == "2025-11-02" else hours_open)


def test_hours_that_follow_the_sun_need_the_place():
    hours, night = "sunrise-sunset", us("2025-06-21T01:00")
    shanghai = next_open(location(hours), night)[0]
    urumqi = next_open(location(hours, lat=43.83, lon=87.62), night)[0]
    assert urumqi - shanghai > HOUR_US


def test_openings_of_a_weekend():
    store = location("Sa 10:00-16:00; Su 12:00-14:00")
    assert openings_of(rhythm_of(store), us("2025-10-03T00:00"), us("2025-10-06T00:00")) == [
        (us("2025-10-04T10:00"), us("2025-10-04T16:00")),
        (us("2025-10-05T12:00"), us("2025-10-05T14:00")),
    ]


def test_the_openings_after_one_last_for_the_work():
    store = rhythm_of(location("Mo-Fr 09:00-18:00; PH off"))
    friday = us("2025-09-26T18:00")
    monday = (us("2025-09-29T09:00"), us("2025-09-29T18:00"))
    tuesday = (us("2025-09-30T09:00"), us("2025-09-30T18:00"))
    assert openings_after(store, friday, 0) == ()
    assert openings_after(store, friday, 30) == (monday,)
    assert openings_after(store, friday, 600) == (monday, tuesday)
    assert openings_after(rhythm_of(location("24/7")), NEVER_US, 30) == ()
    assert openings_after(rhythm_of(location("2025 Sep 26 09:00-18:00")), friday, 30) == ()


def test_the_cut_off_is_local_and_the_minute_itself_counts():
    store = location(cut_offs={"ship": "16:00"})
    assert next_cut_off(store, "ship", us("2025-10-01T16:00")) == us("2025-10-01T16:00")
    assert next_cut_off(store, "ship", us("2025-10-01T16:01")) == us("2025-10-02T16:00")
    assert next_cut_off(store, "same_day", us("2025-10-01T16:01")) is None


MIXED = ["Mo-Su 07:00-22:00", "24/7", "off", "Mo-Fr 20:00-02:00", "Sa-Su 10:00-18:00; PH off", "Mo 09:00-10:00"]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sampled_from(MIXED), min_size=1, max_size=6),
    st.lists(st.integers(0, 40 * DAY_US), min_size=1, max_size=6),
)
def test_the_calendar_says_what_each_location_says(hours, times):
    """Also when the clock jumps back, and when a location's hours change in between."""
    calendar = Calendar()
    stores = [location(h, no) for no, h in enumerate(hours, start=1)]
    for store in stores:
        calendar.assign(store)
    for n, after_us in enumerate(times):
        now = us("2025-09-20T00:00") + after_us
        if n == 2:
            stores[0] = location("Tu 05:00-06:00", 1)
            calendar.assign(stores[0])
        found = calendar.at(now)
        assert found.valid_from_us <= now < found.valid_until_us
        assert len(found.opens_us) == len(stores) + 1
        for store in stores:
            opens_us, closes_us = next_open(store, now)
            assert max(int(found.opens_us[store.location_no]), now) == opens_us
            assert int(found.closes_us[store.location_no]) == closes_us


def test_the_calendar_is_free_while_nothing_changes_and_does_not_touch_what_it_gave():
    calendar = Calendar()
    calendar.assign(location("Mo-Su 07:00-22:00", 3))
    morning = calendar.at(us("2025-10-01T08:00"))
    assert calendar.at(us("2025-10-01T21:59")) is morning
    before = morning.closes_us.copy()
    evening = calendar.at(us("2025-10-01T22:00"))
    assert evening is not morning
    assert (morning.closes_us == before).all()


def test_the_network_is_always_open_and_gaps_never():
    calendar = Calendar()
    calendar.assign(location("24/7", 3))
    now = us("2025-10-01T08:00")
    found = calendar.at(now)
    is_open = (found.opens_us <= now) & (now < found.closes_us)
    assert is_open.tolist() == [True, False, False, True]
