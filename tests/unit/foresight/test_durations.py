"""Spans that depend on factors: learned from the general to the particular, followed when they shift."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manystores.foresight.durations import GRID, Durations, learn_durations
from manystores.foresight.ladder import Rung

RUNGS = (
    Rung((), 14.0, 0.0),
    Rung(("carrier",), 14.0, 20.0),
    Rung(("carrier", "region"), 14.0, 20.0),
    Rung(("carrier",), 1.5, 20.0, moving=True),
)
SHAPES = (Rung((), 14.0, 0.0), Rung(("carrier",), 14.0, 100.0))


def learned(spans: np.ndarray, age: np.ndarray, carrier: np.ndarray, region: np.ndarray) -> Durations:
    return learn_durations(spans, np.ones(len(spans), bool), age, {"carrier": carrier, "region": region}, RUNGS, SHAPES)


@pytest.fixture
def world() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    size = 8_000
    carrier, region = rng.choice(["fast", "slow"], size), rng.choice(["11", "31", "44"], size)
    age = rng.uniform(0, 28, size)
    usual = np.where(carrier == "fast", 10.0, 30.0) * np.where(region == "44", 2.0, 1.0)
    return usual * rng.lognormal(0.0, 0.3, size), age, carrier, region


def test_each_group_has_its_median_and_the_spread_that_was_seen(world: tuple[np.ndarray, ...]) -> None:
    durations = learned(*world)
    for carrier, region, usual in (("fast", "11", 10.0), ("slow", "31", 30.0), ("slow", "44", 60.0)):
        grid = durations.grid({"carrier": carrier, "region": region})
        assert np.median(grid) == pytest.approx(usual, rel=0.06)
        assert grid[-2] / np.median(grid) == pytest.approx(np.exp(0.3 * 1.44), rel=0.1)  # the 92.5 % point


def test_one_row_is_told_as_many_are(world: tuple[np.ndarray, ...]) -> None:
    durations = learned(*world)
    columns = {"carrier": np.array(["fast", "slow", "new"]), "region": np.array(["44", "99", "11"])}
    many = durations.grids(columns)
    for n in range(3):
        one = durations.grid({name: column[n] for name, column in columns.items()})
        assert one == pytest.approx(many[n])


def test_what_was_never_seen_is_told_as_its_parent(world: tuple[np.ndarray, ...]) -> None:
    durations = learned(*world)
    unseen = durations.grid({"carrier": "slow", "region": "99"})
    every = [np.median(durations.grid({"carrier": "slow", "region": region})) for region in ("11", "44")]
    assert every[0] < np.median(unseen) < every[1]
    assert durations.support_of({"carrier": "slow", "region": "99"}, ("carrier", "region")) == 0
    assert durations.support_of({"carrier": "slow", "region": "11"}, ("carrier", "region")) > 100


@given(st.floats(0.01, 100.0))
@settings(max_examples=10, deadline=None)
def test_in_another_unit_it_is_the_same(scale: float) -> None:
    rng = np.random.default_rng(5)
    spans, age = rng.lognormal(2.0, 0.5, 400), rng.uniform(0, 10, 400)
    carrier, region = rng.choice(["a", "b"], 400), rng.choice(["1", "2"], 400)
    factors = {"carrier": "a", "region": "2"}
    plain = learned(spans, age, carrier, region).grid(factors)
    scaled = learned(spans * scale, age, carrier, region).grid(factors)
    assert scaled == pytest.approx(plain * scale, rel=1e-6)
    assert (np.diff(plain) >= 0).all()
    assert plain.shape == (GRID,)


def test_a_shift_is_followed_within_days_also_where_the_late_ones_are_still_under_way() -> None:
    rng = np.random.default_rng(9)
    size = 12_000
    age = rng.uniform(0, 28, size)
    spans = rng.lognormal(np.log(2.0), 0.2, size) * np.where(age < 5.0, 1.4, 1.0)  # days
    over = spans <= age
    columns = {"carrier": np.full(size, "a"), "region": rng.choice(["1", "2"], size)}
    durations = learn_durations(np.where(over, spans, np.maximum(age, 0.01)), over, age, columns, RUNGS, SHAPES)
    assert 2.5 < np.median(durations.grid({"carrier": "a", "region": "1"})) < 2.9  # 2.0 before, 2.8 now


def test_a_lost_parcel_moves_nothing(world: tuple[np.ndarray, ...]) -> None:
    spans, *rest = world
    lost = spans.copy()
    lost[:5] = 1e6
    before, after = learned(spans, *rest), learned(lost, *rest)
    factors = {"carrier": "fast", "region": "11"}
    assert after.grid(factors)[:-2] == pytest.approx(before.grid(factors)[:-2], rel=0.03)


def test_a_span_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        learned(np.array([0.0]), np.array([1.0]), np.array(["a"]), np.array(["1"]))
