"""One clock; times are microseconds inside and RFC 3339 outside."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manystores.core.clock import SECOND_US, ManualClock, SystemClock, from_datetime, rfc3339, to_datetime


def test_a_manual_clock_stands_still_until_it_is_moved() -> None:
    clock = ManualClock(5 * SECOND_US)
    assert clock.now_us() == clock.now_us()
    clock.advance(1.5)
    clock.advance(-4)
    assert clock.now_us() == 2_500_000


def test_the_system_clock_tells_utc_microseconds() -> None:
    assert abs(SystemClock().now_us() - from_datetime(datetime.now(UTC))) < SECOND_US


@given(st.integers(-(10**15), 10**16))
@settings(max_examples=50)
def test_no_microsecond_is_lost_on_the_way_to_a_datetime_and_back(at_us: int) -> None:
    assert from_datetime(to_datetime(at_us)) == at_us


def test_a_time_of_another_zone_is_the_same_moment() -> None:
    at = datetime(2026, 11, 11, tzinfo=timezone(timedelta(hours=8)))
    assert rfc3339(from_datetime(at)) == "2026-11-10T16:00:00Z"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs its offset"):
        from_datetime(datetime(2026, 11, 11))
