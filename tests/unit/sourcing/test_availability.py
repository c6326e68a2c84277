"""Where near me is it, and when can I have it: options on a small chain."""

import msgspec
import pytest
from tests.unit.sourcing.chain import (
    DC_SOUTH,
    GUOMAO,
    HUBIN,
    KIOSK,
    SANLITUN,
    SHIRT,
    SHOES,
    TIANANMEN,
    lines,
    planner,
)

from manystores.sourcing.availability import Availability, Query, Terms, availability
from manystores.sourcing.plan import Planner, point
from manystores.sourcing.policy import Kind
from manystores.sourcing.policy_body import policy_of
from manystores.sourcing.promise_dates import DAY_US, MINUTE_US, Hours, Transit, Window

NOON = DAY_US // 2
OPEN = Hours(opens_us=0, closes_us=NOON + 6 * 60 * MINUTE_US, lead_time_minutes=30, day_ends_us=DAY_US)
CLOSING = msgspec.structs.replace(OPEN, closes_us=NOON + 10 * MINUTE_US, later=((DAY_US, 2 * DAY_US),))


def ask(by: Planner, offer: int, units: int, closing: tuple[int, ...] = (), most: int = 3) -> Availability:
    """All three ways from Tiananmen at noon; `closing` stores close in ten minutes."""

    def hours(location_no: int) -> Hours:
        return CLOSING if location_no in closing else OPEN

    def by_carrier(_: int, km: float) -> Transit:
        return Transit(days_min=1 + int(km // 700), days_max=2 + int(km // 700))

    def fee(_: int, km: float) -> int:
        return 600 if km < 100 else 800

    terms: dict[Kind, Terms] = {
        "ship": Terms(hours, by_carrier, fee),
        "same_day": Terms(hours, lambda _, km: Transit(minutes_min=20, minutes_max=40, minutes_per_km=4), fee),
        "pick_up": Terms(hours, lambda *_: None, lambda *_: 0),
    }
    query = Query(channel="app", line=lines((offer, units))[0], to=point(*TIANANMEN))
    return availability(by, query, NOON, terms, most)


def of(found: Availability, kind: Kind) -> list[int]:
    return [no for option in found.options if option.kind == kind for no in option.location_nos]


def test_each_way_has_its_best_options_first() -> None:
    units = {(GUOMAO, SHIRT): 2, (SANLITUN, SHIRT): 2, (HUBIN, SHIRT): 2, (DC_SOUTH, SHIRT): 2, (KIOSK, SHIRT): 2}
    found = ask(planner(units), SHIRT, 1)
    assert of(found, "pick_up") == [GUOMAO, SANLITUN, KIOSK]  # nearest first; the others are beyond 50 km
    assert of(found, "same_day") == [GUOMAO, SANLITUN]  # within 10 km
    assert set(of(found, "ship")) < {GUOMAO, SANLITUN, HUBIN, DC_SOUTH}  # the kiosk doesn't ship
    assert found.reasons == {}
    first = found.options[0]
    assert first.fee in (600, 800)
    assert NOON < first.from_us < first.to_us
    assert next(o for o in found.options if o.kind == "pick_up").km == pytest.approx(5.4, abs=0.1)


def test_a_pick_up_is_never_offered_where_there_is_no_stock() -> None:
    """Peers list stores for pick-up that don't have it."""
    found = ask(planner({(GUOMAO, SHIRT): 0, (SANLITUN, SHIRT): 1, (KIOSK, SHOES): 9}), SHIRT, 1)
    assert of(found, "pick_up") == [SANLITUN]
    two = ask(planner({(SANLITUN, SHIRT): 1, (GUOMAO, SHIRT): 1}), SHIRT, 2)
    assert of(two, "pick_up") == []
    assert two.reasons["pick_up"] == "no_stock"


def test_a_store_that_closes_too_soon_gives_way_to_the_next() -> None:
    found = ask(planner({(GUOMAO, SHIRT): 1, (SANLITUN, SHIRT): 1}), SHIRT, 1, closing=(GUOMAO,))
    assert of(found, "pick_up") == [SANLITUN]
    assert of(found, "same_day") == [SANLITUN]


def test_the_obstacle_is_told_where_no_option_is_left() -> None:
    found = ask(planner({(GUOMAO, SHIRT): 1}), SHIRT, 1, closing=(GUOMAO,))
    assert found.reasons == {"same_day": "closes_before_ready", "pick_up": "closes_before_ready"}
    assert of(found, "ship") == [GUOMAO]


def test_safety_stock_and_reservations_are_not_on_offer() -> None:
    by = planner({(GUOMAO, SHIRT): 3}, policy_of({"safety_stock": 1}))
    assert of(ask(by, SHIRT, 2), "ship") == [GUOMAO]
    by.stock.reserved[0] += 1
    assert ask(by, SHIRT, 2).options == ()


def test_a_parcel_may_come_from_two_places_where_nobody_has_enough() -> None:
    by = planner({(GUOMAO, SHIRT): 2, (HUBIN, SHIRT): 2})
    found = ask(by, SHIRT, 3)
    (option,) = found.options
    assert (option.kind, set(option.location_nos), option.fee) == ("ship", {GUOMAO, HUBIN}, 800)
    assert option.km > 1000
    assert option.to_us == NOON + 30 * MINUTE_US + 3 * DAY_US  # the parcel from Hangzhou comes last
    assert of(ask(by, SHIRT, 5), "ship") == []


def test_it_looks_further_while_the_first_ones_can_not_promise() -> None:
    found = ask(planner({(GUOMAO, SHIRT): 1, (SANLITUN, SHIRT): 1, (KIOSK, SHIRT): 1}), SHIRT, 1, (GUOMAO, SANLITUN), 1)
    assert of(found, "pick_up") == [KIOSK]


def told_by(learned: Window | None, kind: Kind) -> Availability:
    """One store asked for one way, with what was learned of it."""
    carriers = {"ship": Transit(days_min=1, days_max=2), "same_day": Transit(minutes_min=20, minutes_max=40)}
    known = Terms(lambda _: OPEN, lambda *_: carriers.get(kind), lambda *_: 0, lambda *_: learned)
    query = Query(channel="app", line=lines((SHIRT, 1))[0], to=point(*TIANANMEN))
    return availability(planner({(GUOMAO, SHIRT): 1}), query, NOON, {kind: known})


def test_a_window_is_by_what_was_learned_and_says_so() -> None:
    learned = Window(NOON + 90 * MINUTE_US, NOON + 200 * MINUTE_US)
    (option,) = told_by(learned, "ship").options
    assert (option.from_us, option.to_us, option.learned) == (learned.from_us, learned.to_us, True)
    (configured,) = told_by(None, "ship").options
    assert not configured.learned
    assert configured.from_us > learned.to_us


@pytest.mark.parametrize(("kind", "reason"), [("same_day", "too_late_today"), ("pick_up", "closes_before_ready")])
def test_what_was_learned_tells_that_it_would_be_too_late(kind: Kind, reason: str) -> None:
    tomorrow = Window(DAY_US + 60 * MINUTE_US, DAY_US + 90 * MINUTE_US)
    found = told_by(tomorrow, kind)
    assert found.options == ()
    assert found.reasons == {kind: reason}
