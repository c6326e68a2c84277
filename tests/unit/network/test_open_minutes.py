"""How long work waited while its location was open: nights, holidays, time zones and places that never open."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manystores.core.clock import MINUTE_US, from_datetime
from manystores.network.hours import Calendar, next_open
from manystores.network.location import Location
from manystores.network.open_minutes import DAY, OpenMinutes


def place(hours: str, **changes: object) -> Location:
    given: dict[str, object] = {"code": "S1", "name": "S1", "party_no": 1, "kind": "store", "location_no": 1}
    given |= {"stock_owner_no": 1, "region": "310101"}
    given |= {"lat": 31.2, "lon": 121.4, "opening_hours": hours, "time_zone": "Asia/Shanghai"}
    return Location(**given | changes)  # type: ignore[arg-type]


def openings(location: Location, from_us: int, until_us: int) -> list[tuple[int, int]]:
    """The openings of a span of time, found one by one."""
    found = []
    opens_us, closes_us = next_open(location, from_us)
    while opens_us < until_us:
        found.append((opens_us, closes_us))
        if closes_us >= until_us:
            break
        opens_us, closes_us = next_open(location, closes_us)
    return found


def counting(location: Location) -> tuple[OpenMinutes, int]:
    calendar = Calendar()
    calendar.assign(location)
    return OpenMinutes(calendar), calendar.rhythm_no(location.location_no)


def minute(text: str, zone: str = "Asia/Shanghai") -> int:
    return from_datetime(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))) // MINUTE_US


def test_what_came_at_night_is_not_late_before_the_store_was_open_for_so_long() -> None:
    """An order of 03:00 at a store that opens at 10:00, with an hour's patience: late from 11:01 on."""
    counts, rhythm = counting(place("Mo-Su 10:00-22:00"))
    came = minute("2026-11-11 03:00")
    for now, late in (("04:30", False), ("10:59", False), ("11:00", False), ("11:01", True), ("23:00", True)):
        assert (came < counts.before(rhythm, minute(f"2026-11-11 {now}"), 60)) is late, now
    assert counts.after(rhythm, came, 60, minute("2026-11-11 04:30")) == minute("2026-11-11 11:01")


def test_the_evening_and_the_next_morning_add_up() -> None:
    """What came at 21:30 waited half an hour until closing, so it is late at 10:31, and not in the night."""
    counts, rhythm = counting(place("Mo-Su 10:00-22:00"))
    came = minute("2026-11-10 21:30")
    assert came >= counts.before(rhythm, minute("2026-11-11 10:30"), 60)
    assert came < counts.before(rhythm, minute("2026-11-11 10:31"), 60)
    assert counts.before(rhythm, minute("2026-11-11 10:30"), 60) == came
    assert counts.after(rhythm, came, 60, minute("2026-11-10 23:00")) == minute("2026-11-11 10:31")


@pytest.mark.parametrize(
    ("hours", "changes", "now", "minutes", "expected"),
    [
        ("24/7", {}, "2026-11-11 04:00", 60, "2026-11-11 03:00"),
        # a week-end, and a public holiday: 1 October
        ("Mo-Fr 09:00-18:00", {}, "2026-11-09 09:30", 60, "2026-11-06 17:30"),
        ("Mo-Su 09:00-18:00; PH off", {"holidays": "CN"}, "2026-10-08 09:30", 60, "2026-10-07 17:30"),
        # over midnight
        ("Mo-Su 18:00-02:00", {}, "2026-11-11 18:10", 30, "2026-11-11 01:40"),
    ],
)
def test_moments_so_many_open_minutes_ago(
    hours: str, changes: dict[str, object], now: str, minutes: int, expected: str
) -> None:
    counts, rhythm = counting(place(hours, **changes))
    found = counts.before(rhythm, minute(now), minutes)
    if "PH" in hours:  # which days are holidays is the calendar's; the openings tell
        span = openings(place(hours, **changes), found * MINUTE_US, minute(now) * MINUTE_US)
        assert sum(min(b, minute(now) * MINUTE_US) - a for a, b in span) == minutes * MINUTE_US
        assert found <= minute(expected)
    else:
        assert found == minute(expected)


def test_hours_are_those_of_the_places_own_zone() -> None:
    """10:00 in Paris is 17:00 in Shanghai: the same moment is late here and not there."""
    paris, rhythm = counting(place("Mo-Su 10:00-20:00", time_zone="Europe/Paris"))
    assert paris.before(rhythm, minute("2026-11-11 10:30", "Europe/Paris"), 60) == minute(
        "2026-11-10 19:30", "Europe/Paris"
    )


def test_what_never_opens_waits_by_the_clock() -> None:
    """Else nobody would see the work there. A place that was closed only lately keeps its hours."""
    counts, rhythm = counting(place("off"))
    assert counts.before(rhythm, 10_000_000, 60) == 10_000_000 - 60
    assert counts.after(rhythm, 10_000_000 - 30, 60, 10_000_000) == 10_000_000 + 31
    network = Calendar()
    assert OpenMinutes(network).before(network.rhythm_no(0), 1000, 60) == 940
    rare, rhythm = counting(place("Mo 10:00-11:00"))
    now = minute("2026-11-11 12:00")
    assert rare.before(rhythm, now, 180) == minute("2026-10-19 11:00")
    assert rare.before(rhythm, now, 525_600) == now - 400 * 24 * 60


def test_a_change_of_hours_is_counted_but_a_new_location_is_none() -> None:
    calendar = Calendar()
    calendar.assign(place("24/7"))
    assert calendar.changes == 0
    calendar.assign(place("24/7", name="renamed"))
    assert calendar.changes == 0
    calendar.assign(place("Mo-Su 10:00-22:00"))
    assert calendar.changes == 1


@given(
    st.sampled_from(["Mo-Su 10:00-22:00", "Mo-Fr 09:00-12:00,13:00-18:00", "Sa-Su 08:00-20:00", "24/7"]),
    st.integers(0, 60 * 24 * 60),
    st.integers(1, 1500),
    st.integers(0, 20 * 24 * 60),
)
def test_both_directions_agree_with_counting_the_openings(hours: str, at: int, limit: int, ago: int) -> None:
    """Late is what was open for more than the limit since it was touched, and no sooner than `after` says."""
    location = place(hours)
    counts, rhythm = counting(location)
    now = minute("2026-06-01 00:00") + at
    touched = now - ago
    span = openings(location, touched * MINUTE_US, now * MINUTE_US) if ago else []
    waited = sum(min(closes, now * MINUTE_US) - max(opens, touched * MINUTE_US) for opens, closes in span) // MINUTE_US
    late = touched < counts.before(rhythm, now, limit)
    assert late == (waited > limit)
    if not late:
        due = counts.after(rhythm, touched, limit, now)
        assert due > now
        assert touched >= counts.before(rhythm, due - 1, limit)
        if due % DAY:  # else it is only when to ask again
            assert touched < counts.before(rhythm, due, limit)
