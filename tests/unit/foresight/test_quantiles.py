"""Quantiles of groups, also of spans that are not over."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from manystores.foresight.quantiles import decay, group_quantiles, group_sums

LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)
values_of = st.lists(st.floats(0.01, 1e4), min_size=1, max_size=60)


def quantiles(values: list[float], observed: list[bool] | None = None, group: list[int] | None = None) -> np.ndarray:
    size = len(values)
    return group_quantiles(
        np.array(values),
        np.array(observed or [True] * size),
        np.ones(size),
        np.array(group or [0] * size),
        max(group or [0]) + 1,
        LEVELS,
    )


@given(values_of)
def test_without_open_spans_they_are_the_inverse_of_the_share_that_is_over(values: list[float]) -> None:
    expected = np.quantile(values, LEVELS, method="inverted_cdf")
    assert quantiles(values)[0] == pytest.approx(expected)


@given(values_of, st.lists(st.booleans(), min_size=60, max_size=60))
def test_they_rise_with_the_level(values: list[float], observed: list[bool]) -> None:
    found = quantiles(values, observed[: len(values)])[0]
    known = found[~np.isnan(found)]
    assert (np.diff(known) >= 0).all()
    assert np.isnan(found[len(known) :]).all()  # what is not known lies at the upper end


def test_groups_do_not_touch_each_other_and_nobodys_rows_count_for_none() -> None:
    found = quantiles([1.0, 2.0, 3.0, 100.0, 200.0, 7.0], group=[0, 0, 0, 2, 2, -1])
    assert found[0, 2] == 2.0
    assert np.isnan(found[1]).all()
    assert found[2, 2] == 100.0


def test_leaving_out_what_is_under_way_looks_too_quick_and_counting_it_does_not() -> None:
    rng = np.random.default_rng(3)
    spans, age = rng.lognormal(1.0, 0.6, 20_000), rng.uniform(0.0, 6.0, 20_000)
    over = spans <= age
    seen = group_quantiles(np.where(over, spans, age), over, np.ones(len(spans)), np.zeros(len(spans), int), 1, (0.5,))
    assert seen[0, 0] == pytest.approx(np.median(spans), rel=0.05)
    assert np.median(spans[over]) < 0.8 * np.median(spans)


def test_recent_ones_weigh_more() -> None:
    old, new = np.full(70, 10.0), np.full(30, 20.0)
    age = np.concatenate([np.full(70, 21.0), np.zeros(30)])
    spans = np.concatenate([old, new])
    median = group_quantiles(spans, np.ones(100, bool), decay(age, 7.0), np.zeros(100, int), 1, (0.5,))
    assert median[0, 0] == 20.0


def test_no_rows_are_no_quantiles() -> None:
    nothing = np.empty(0)
    found = group_quantiles(nothing, np.empty(0, bool), nothing, np.empty(0, np.int64), 2, LEVELS)
    assert np.isnan(found).all()
    assert group_sums(nothing, np.empty(0, np.int64), 2).tolist() == [0.0, 0.0]
