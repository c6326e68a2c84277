"""Promises by what was learned, where enough was."""

import numpy as np
import pytest
from tests.unit.flows.conftest import AT, GUANGZHOU, SCARF, WANGFUJING, House
from tests.unit.foresight.lessons import NOW, lesson

from manystores.core.clock import DAY_US, MINUTE_US
from manystores.flows.foreseen import Foreseen, places_of
from manystores.flows.promising import Parcel, promise, terms
from manystores.foresight.learned import Learned
from manystores.foresight.learning import learn


def taught(size: int = 3_000, **fields: object) -> Learned:
    found = learn(lesson(np.random.default_rng(5), size, **fields), 1, NOW, None)  # type: ignore[arg-type]
    assert found is not None
    return found


@pytest.fixture
def foreseen(house: House) -> Foreseen:
    return Foreseen(taught(carrier="ship"), house.network)


def test_the_window_is_from_p10_to_p90_of_preparation_and_transit(foreseen: Foreseen) -> None:
    window = foreseen.window("ship", WANGFUJING, "ship", "110101", AT)
    assert window is not None
    rng = np.random.default_rng(8)
    drawn = rng.lognormal(np.log(40.0), 0.3, 100_000) + rng.lognormal(np.log(1_500.0), 0.2, 100_000)
    minutes = [(at_us - AT) / MINUTE_US for at_us in (window.from_us, window.to_us)]
    assert minutes == pytest.approx(np.quantile(drawn, (0.1, 0.9)), rel=0.06)


def test_with_too_little_seen_nothing_is_said(house: House, foreseen: Foreseen) -> None:
    assert foreseen.window("ship", GUANGZHOU, "ship", "110101", AT) is None  # a store that was never seen
    assert foreseen.window("ship", WANGFUJING, "ship", "440100", AT) is None  # a province
    assert foreseen.window("ship", WANGFUJING, "yto", "110101", AT) is None  # a carrier
    assert Foreseen(taught(30, carrier="ship"), house.network).window("ship", WANGFUJING, "ship", "110101", AT) is None


def test_where_no_carrier_is_named_it_is_the_one_that_usually_goes_there(house: House) -> None:
    found = Foreseen(taught(carrier="sf"), house.network)
    named = found.window("ship", WANGFUJING, "sf", "110101", AT)
    assert named is not None
    assert found.window("ship", WANGFUJING, "", "110101", AT) == named
    assert found.window("same_day", WANGFUJING, "", "110101", AT) is None
    assert found.window("ship", WANGFUJING, "", "440100", AT) is None


def test_preparation_passes_only_while_the_store_is_open(house: House, foreseen: Foreseen) -> None:
    by_day = foreseen.window("ship", WANGFUJING, "ship", "110101", AT)
    house.change(WANGFUJING, opening_hours="Mo-Su 10:00-19:10", time_zone="Asia/Shanghai")  # 3 minutes are left
    at_night = Foreseen(foreseen.learned, house.network).window("ship", WANGFUJING, "ship", "110101", AT)
    assert by_day is not None
    assert at_night is not None
    assert at_night.from_us - by_day.from_us == pytest.approx(14 * 60 * MINUTE_US + 50 * MINUTE_US, rel=0.1)


def test_what_is_ready_after_the_cut_off_leaves_the_next_day(house: House, foreseen: Foreseen) -> None:
    house.change(WANGFUJING, cut_offs={"ship": "19:10"}, time_zone="Asia/Shanghai")
    window = Foreseen(foreseen.learned, house.network).window("ship", WANGFUJING, "ship", "110101", AT)
    assert window is not None
    assert window.from_us > AT + DAY_US + 1_000 * MINUTE_US


def test_a_pick_up_is_ready_nine_times_in_ten_when_it_is_said_to_be(house: House) -> None:
    house.change(WANGFUJING, opening_hours="Mo-Su 10:00-22:00", time_zone="Asia/Shanghai")
    found = Foreseen(taught(kind="pick_up", carrier="pick_up", region=""), house.network)
    window = found.window("pick_up", WANGFUJING, "pick_up", "", AT)
    assert window is not None
    assert (window.from_us - AT) / MINUTE_US == pytest.approx(40.0 * np.exp(0.3 * 1.2816), rel=0.08)
    assert (window.to_us - AT) / MINUTE_US == pytest.approx(173.3, abs=0.1)  # 22:00


def test_asking_again_later_and_earlier_gives_what_holds_then(foreseen: Foreseen) -> None:
    for at_us in (AT, AT + 3 * 60 * MINUTE_US, AT + DAY_US, AT):
        again = Foreseen(foreseen.learned, foreseen._network).window("ship", WANGFUJING, "ship", "110101", at_us)
        assert foreseen.window("ship", WANGFUJING, "ship", "110101", at_us) == again


def test_an_order_and_availability_promise_by_it(house: House) -> None:
    learned = taught(carrier="ship")
    house.router.set_learned(learned)
    house.receive(WANGFUJING, SCARF, 1)
    (work,) = house.order((SCARF, 1)).fulfilments
    found = house.router.foreseen(1)
    assert found is not None
    window = found.window("ship", WANGFUJING, "ship", "110101", AT)
    assert window is not None
    assert (work.promised_from_us, work.promised_to_us) == (window.from_us, window.to_us)
    configured = promise("ship", WANGFUJING, 1.5, terms(house.network, 1, "ship", Parcel("110101"), AT), AT)
    assert configured != window
    house.router.network_changed()
    assert house.router.foreseen(1) is not found
    assert house.router.foreseen(2) is None


def test_learning_counts_opening_minutes_in_the_stores_time(house: House) -> None:
    house.change(WANGFUJING, opening_hours="Mo-Su 10:00-20:00", time_zone="Asia/Shanghai", cut_offs={"ship": "18:00"})
    places = places_of(house.network, AT)
    assert places.zone(1, "WANGFUJING") == "Asia/Shanghai"
    assert places.open_minutes(1, "WANGFUJING", AT - DAY_US, AT) == 600
    assert places.open_minutes(1, "WANGFUJING", AT - 60 * MINUTE_US, AT) == 60
    assert places.leaves_us(1, "WANGFUJING", "ship", AT) - AT == pytest.approx(22.9 * 60 * MINUTE_US, rel=0.01)
    assert places.leaves_us(1, "WANGFUJING", "same_day", AT) == AT
    assert (places.zone(1, "GONE"), places.open_minutes(1, "GONE", AT - DAY_US, AT)) == ("UTC", 1440)


def test_where_orders_are_likely_to_move_on_the_window_is_longer(foreseen: Foreseen) -> None:
    windows = [foreseen.window("ship", WANGFUJING, "ship", "110101", AT, moved) for moved in (0.0, 0.05, 0.3, 0.9)]
    ends = [window.to_us for window in windows if window is not None]
    assert ends[0] < ends[1] < ends[2] == ends[3]
    assert {window.from_us for window in windows if window is not None} == {windows[0].from_us}  # type: ignore[union-attr]
    rng = np.random.default_rng(8)
    drawn = rng.lognormal(np.log(40.0), 0.3, 100_000) + rng.lognormal(np.log(1_500.0), 0.2, 100_000)
    assert (ends[1] - AT) / MINUTE_US == pytest.approx(np.quantile(drawn, 0.9 / 0.95), rel=0.06)
