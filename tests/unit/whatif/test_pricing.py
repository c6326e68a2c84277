"""A simulation looks ahead as the server does: by what was foreseen that day, and as far as policy says."""

from typing import NamedTuple

import numpy as np
import pytest
from msgspec.structs import replace
from tests.unit.whatif.conftest import BEIJING, CHEAPEST, GUANGZHOU, PLACES, START_US, Make

from manystores.kernels.geo import unit_vectors
from manystores.kernels.what_if import SHIPMENT_PLACE, empty_capacity, room_today, set_first_hours
from manystores.sourcing.live_prices import Expected
from manystores.whatif.run import Outcome, one_policy
from manystores.whatif.scenario import DAY_US, Foretold, Scenario

ZHENGZHOU = (34.75, 113.65)
"""Nearer to Beijing than to Guangzhou."""
FAR_SIGHTED = replace(CHEAPEST, look_ahead_days=7)
SHORT_SIGHTED = replace(CHEAPEST, look_ahead_days=0)


class Foreseen(NamedTuple):
    """So many units of item 0 a day are wanted in Beijing, on some days; the last item is unheard of."""

    units: float
    orders: int
    items: int
    days: tuple[int, ...] = (0, 1, 2)

    def day(self, now_us: int) -> int:
        return (now_us - START_US) // DAY_US

    def gone(self, now_us: int) -> float:
        return (now_us - START_US) % DAY_US / DAY_US

    def foretold(self, day: int, days: int) -> Foretold | None:
        if day not in self.days:
            return None
        lat, lon = np.array([39.9]), np.array([116.4])
        units = np.full((min(days, 1), 1, 1), self.units, np.float32)
        expected = Expected(
            np.zeros(1, np.int64), np.ones(1), np.zeros(1, np.int32), units, unit_vectors(lat, lon),
            np.zeros(1, np.int64), np.ones(1), np.full(1, 20.0), (1.0,),
        )  # fmt: skip
        row = np.array([0] + [-1] * (self.items - 1), np.int32)
        return Foretold(expected, np.zeros(self.orders, np.int32), row)


def foreseeing(given: Scenario, units: float, **more: tuple[int, ...]) -> Scenario:
    return replace(given, foresight=Foreseen(units, len(given.orders), len(given.stock.offer_ptr) - 1, **more))


def places(outcome: Outcome) -> list[int]:
    return outcome.shipments[:, SHIPMENT_PLACE].tolist()


@pytest.fixture
def scarce(make: Make) -> Scenario:
    """Somebody between Beijing, where there are two, and Guangzhou, where there are many."""
    return make([(ZHENGZHOU, 0, 1)], [(BEIJING, 0, 2), (GUANGZHOU, 0, 50)])


def test_what_will_be_wanted_is_kept_for_those_who_want_it(scarce: Scenario) -> None:
    given = foreseeing(scarce, units=20)
    far, near = one_policy(given, FAR_SIGHTED), one_policy(given, SHORT_SIGHTED)
    assert (places(far), far.looked_ahead) == ([GUANGZHOU], 1)
    assert (places(near), near.looked_ahead) == ([BEIJING], 0)


def test_what_nobody_will_want_is_sent_from_where_it_is_cheapest(scarce: Scenario) -> None:
    found = one_policy(foreseeing(scarce, units=0), FAR_SIGHTED)
    assert (places(found), found.looked_ahead) == ([BEIJING], 1)


def test_without_foresight_it_takes_the_cheapest_and_says_so(scarce: Scenario) -> None:
    for given in (scarce, foreseeing(scarce, units=20, days=(1, 2))):
        found = one_policy(given, FAR_SIGHTED)
        assert (places(found), found.looked_ahead) == ([BEIJING], 0)


def test_what_is_ordered_corrects_what_was_foreseen(make: Make) -> None:
    """Ten a day were foreseen in Beijing; 72 came until noon, so that the 8 that are left are kept."""
    orders = [(PLACES[BEIJING], 0, 1)] * 72 + [(ZHENGZHOU, 0, 1)]
    given = make(orders, [(BEIJING, 0, 80), (GUANGZHOU, 0, 500)], minutes=10)
    found = places(one_policy(foreseeing(given, units=10), FAR_SIGHTED))
    assert found == [BEIJING] * 72 + [GUANGZHOU]


def test_who_collects_has_chosen_where_from(scarce: Scenario) -> None:
    asked = scarce.orders.asked._replace(collect_at=np.array([BEIJING]))
    given = replace(scarce, orders=replace(scarce.orders, asked=asked, kind=["pick_up"]))
    policy = replace(FAR_SIGHTED, kinds={**FAR_SIGHTED.kinds, "pick_up": FAR_SIGHTED.kinds["ship"]})
    assert places(one_policy(foreseeing(given, units=20), policy)) == [BEIJING]


def test_room_of_today_is_what_day_and_open_hours_leave() -> None:
    """Unlimited; 3 an hour for two hours more; 5 a day of which one is taken; 1 a day, taken yesterday."""
    capacity = empty_capacity(np.array([-1, 3, -1, -1]), np.array([-1, -1, 5, 1]), np.array([0, 0, 0, 0]))
    set_first_hours(capacity, np.full(4, 30))
    capacity.day_tag[2, 1], capacity.day_taken[2, 1] = 1, 1
    capacity.day_tag[3, 0], capacity.day_taken[3, 0] = 0, 1
    room = room_today(capacity, np.full(4, 2.0))
    assert room[0] > 1e9
    assert room[1:].tolist() == [6, 4, 1]
