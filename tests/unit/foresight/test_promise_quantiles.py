"""Quantiles of preparation + transit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from manystores.foresight.promise_quantiles import quantiles_of_likely, quantiles_of_sum

grids = arrays(np.float64, (3, 5), elements=st.floats(0.0, 1e4))


def test_the_quantile_of_a_sum_is_less_than_the_sum_of_the_quantiles_when_things_are_late() -> None:
    levels = np.arange(0.025, 1.0, 0.05)
    grid = np.exp(2.0 * levels)[None, :]
    found = quantiles_of_sum(grid, grid, (0.5, 0.9))[0]
    alone = quantiles_of_likely(grid, (0.5, 0.9))[0]
    assert found[1] < 2 * alone[1]
    rng = np.random.default_rng(1)
    drawn = np.exp(2.0 * rng.random((2, 200_000))).sum(axis=0)
    assert found == pytest.approx(np.quantile(drawn, (0.5, 0.9)), rel=0.02)


@given(grids, grids, st.floats(0.1, 10.0))
def test_they_rise_with_the_level_and_scale_with_the_unit(first: np.ndarray, second: np.ndarray, scale: float) -> None:
    found = quantiles_of_sum(first, second, (0.1, 0.5, 0.9))
    assert (np.diff(found, axis=1) >= -1e-9).all()
    assert quantiles_of_sum(first * scale, second * scale, (0.1, 0.5, 0.9)) == pytest.approx(found * scale, abs=1e-6)


@given(grids)
def test_with_nothing_added_they_are_the_first_ones(first: np.ndarray) -> None:
    alone = quantiles_of_likely(first, (0.1, 0.5, 0.9))
    assert quantiles_of_sum(first, np.zeros((3, 1)), (0.1, 0.5, 0.9)) == pytest.approx(alone)
