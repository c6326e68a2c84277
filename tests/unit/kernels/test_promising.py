"""When an order is there, by opening hours, collections and transit."""

import numpy as np
import pytest

from manystores.foresight.promise_quantiles import quantiles_of_sum
from manystores.kernels.promising import DAY_US, MINUTE_US, arrival_quantiles

LEVELS = np.array([0.1, 0.5, 0.9])
ALWAYS = (np.array([0.0]), np.array([1e18]))
NOTHING = np.zeros(1)


def test_always_open_it_is_the_quantile_of_the_sum() -> None:
    rng = np.random.default_rng(1)
    first, second = np.sort(rng.lognormal(3, 1, 10)), np.sort(rng.lognormal(5, 1, 12))
    found = arrival_quantiles(first, *ALWAYS, -1.0, second, 7e15, LEVELS)
    expected = quantiles_of_sum(first[None, :], second[None, :], LEVELS.tolist())[0]
    assert found / MINUTE_US == pytest.approx(expected)


def test_work_goes_on_in_the_next_opening() -> None:
    opens, closes = np.array([0.0, DAY_US]), np.array([600.0, 2_000.0]) * MINUTE_US
    closes[1] = DAY_US + 600 * MINUTE_US
    found = arrival_quantiles(np.array([40.0]), opens, closes, -1.0, NOTHING, 590 * MINUTE_US, LEVELS[1:2])
    assert found[0] == DAY_US + 30 * MINUTE_US - 590 * MINUTE_US
    before = arrival_quantiles(np.array([40.0]), opens[1:], closes[1:], -1.0, NOTHING, 590 * MINUTE_US, LEVELS[1:2])
    assert before[0] == DAY_US + 40 * MINUTE_US - 590 * MINUTE_US


def test_after_the_last_opening_that_is_known_it_goes_on_by_the_clock() -> None:
    opens, closes = np.array([0.0]), np.array([600.0 * MINUTE_US])
    found = arrival_quantiles(np.array([40.0]), opens, closes, -1.0, NOTHING, 590 * MINUTE_US, LEVELS[1:2])
    assert found[0] == 40 * MINUTE_US


@pytest.mark.parametrize(("minutes", "leaves"), [(10.0, 60.0), (60.0, 60.0), (61.0, 60.0 + 1_440)])
def test_it_leaves_at_the_next_collection(minutes: float, leaves: float) -> None:
    found = arrival_quantiles(np.array([minutes]), *ALWAYS, 60 * MINUTE_US, np.array([5.0]), 0.0, LEVELS[1:2])
    assert found[0] / MINUTE_US == leaves + 5.0
