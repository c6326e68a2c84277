"""Promise windows: each test is an hour at a store that opens from 10:00 to 22:00, with a cut-off at 16:00."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manystores.sourcing.policy import KINDS, Kind
from manystores.sourcing.promise_dates import (
    DAY_US,
    MINUTE_US,
    Hours,
    NotPossible,
    Transit,
    Window,
    promise_window,
)

HOUR_US = 60 * MINUTE_US
RIDER = Transit(minutes_min=20, minutes_max=40, minutes_per_km=4.0)
CARRIER = Transit(days_min=1, days_max=3)


def hours(now: float, *, lead: int = 30, opens: float = 10, closes: float = 22, cut_off: float | None = 16) -> Hours:
    """What the network tells at an hour of the day: the present or next opening and cut-off."""
    day = DAY_US if now >= closes else 0
    if cut_off is not None and now > cut_off:
        cut_off += 24
    return Hours(
        opens_us=int(opens * HOUR_US) + day,
        closes_us=int(closes * HOUR_US) + day,
        lead_time_minutes=lead,
        later=tuple((int((opens + 24 * n) * HOUR_US) + day, int((closes + 24 * n) * HOUR_US) + day) for n in (1, 2, 3)),
        cut_off_us=None if cut_off is None else int(cut_off * HOUR_US),
        day_ends_us=DAY_US,
    )


def window(
    kind: Kind, now: float, known: Hours, transit: Transit | None = None, km: float = 0.0
) -> tuple[float, float]:
    found = promise_window(kind, int(now * HOUR_US), known, transit, km)
    assert isinstance(found, Window), found
    return found.from_us / HOUR_US, found.to_us / HOUR_US


def obstacle(kind: Kind, now: float, known: Hours, transit: Transit | None = None, km: float = 0.0) -> str:
    found = promise_window(kind, int(now * HOUR_US), known, transit, km)
    assert isinstance(found, NotPossible), found
    return found.reason


def test_a_pick_up_is_ready_after_the_lead_time_until_closing() -> None:
    assert window("pick_up", 14, hours(14)) == (14.5, 22)


def test_before_opening_the_lead_time_starts_at_opening() -> None:
    assert window("pick_up", 8, hours(8)) == (10.5, 22)


def test_after_closing_a_pick_up_is_ready_tomorrow() -> None:
    assert window("pick_up", 23, hours(23)) == (34.5, 46)


def test_a_pick_up_that_would_be_ready_after_closing_is_not_promised() -> None:
    assert obstacle("pick_up", 21.75, hours(21.75)) == "closes_before_ready"


def test_where_nobody_ever_closes_a_pick_up_is_promised_for_a_day() -> None:
    assert window("pick_up", 14, hours(14, closes=1 << 30)) == (14.5, 38.5)


def test_same_day_leaves_when_ready_and_rides_by_distance() -> None:
    assert window("same_day", 14, hours(14), RIDER, km=5) == (14.5 + 40 / 60, 14.5 + 1)


def test_same_day_needs_the_cut_off_ahead_and_midnight_after_it() -> None:
    assert obstacle("same_day", 17, hours(17), RIDER) == "cut_off_passed"
    assert obstacle("same_day", 21, hours(21, cut_off=None), RIDER, km=40) == "too_late_today"
    assert obstacle("same_day", 21.75, hours(21.75, cut_off=None), RIDER) == "closes_before_ready"
    assert obstacle("same_day", 23, hours(23, cut_off=None), RIDER) == "closed"


def test_a_parcel_leaves_at_the_cut_off_then_takes_the_carriers_days() -> None:
    assert window("ship", 14, hours(14), CARRIER) == (16 + 24, 16 + 72)
    assert window("ship", 17, hours(17), CARRIER) == (40 + 24, 40 + 72)


def test_without_a_cut_off_it_leaves_when_ready() -> None:
    assert window("ship", 14, hours(14, cut_off=None), CARRIER) == (14.5 + 24, 14.5 + 72)


def test_an_order_just_before_the_cut_off_leaves_when_it_is_ready() -> None:
    assert window("ship", 15.9, hours(15.9), CARRIER)[0] == pytest.approx(16.4 + 24)


def test_a_parcel_that_is_not_ready_before_closing_is_ready_after_the_next_opening() -> None:
    assert window("ship", 21.5, hours(21.5, lead=90, cut_off=None), CARRIER)[0] == 35 + 24  # an hour of it tomorrow
    assert window("ship", 23, hours(23, lead=90, cut_off=None), CARRIER)[0] == 35.5 + 24
    assert window("ship", 21, hours(21, lead=60, cut_off=None), CARRIER)[0] == 22 + 24  # just ready
    assert window("ship", 14, hours(14, lead=24 * 60, cut_off=None), CARRIER)[0] == 62 + 24  # 8 + 12 + 4 hours


def test_what_closes_for_good_before_it_is_ready_promises_nothing() -> None:
    last = Hours(opens_us=0, closes_us=HOUR_US, lead_time_minutes=90, day_ends_us=DAY_US)
    assert obstacle("ship", 0.5, last, CARRIER) == "closed"


def test_nothing_is_promised_where_no_carrier_goes_or_nobody_opens() -> None:
    assert obstacle("ship", 14, hours(14), None) == "no_carrier"
    never = Hours(opens_us=400 * DAY_US, closes_us=400 * DAY_US, day_ends_us=DAY_US)
    assert {obstacle(kind, 14, never, CARRIER) for kind in KINDS} == {"closed"}


@given(
    st.sampled_from(KINDS),
    st.floats(0, 24).map(lambda h: round(h, 2)),
    st.integers(0, 300),
    st.floats(0, 60),
    st.sampled_from([None, 9, 16, 20]),
)
def test_a_window_is_never_over_before_it_begins_nor_begins_in_the_past(
    kind: Kind, now: float, lead: int, km: float, cut_off: float | None
) -> None:
    transit = CARRIER if kind == "ship" else RIDER
    found = promise_window(kind, int(now * HOUR_US), hours(now, lead=lead, cut_off=cut_off), transit, km)
    if isinstance(found, Window):
        assert int(now * HOUR_US) + lead * MINUTE_US <= found.from_us <= found.to_us
        assert kind != "same_day" or found.to_us <= DAY_US
