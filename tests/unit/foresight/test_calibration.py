"""How good promises were."""

import numpy as np
import pytest

from manystores.foresight.calibration import PlainMean, by_stratum, pinball

LEVELS = (0.1, 0.5, 0.9)


def test_being_too_late_costs_the_level_and_too_early_the_rest() -> None:
    loss = pinball(np.array([[10.0], [10.0]]), np.array([15.0, 5.0]), (0.9,))
    assert loss.tolist() == pytest.approx([0.9 * 5, 0.1 * 5])


def test_the_true_quantiles_lose_least() -> None:
    rng = np.random.default_rng(2)
    happened = rng.lognormal(2.0, 0.5, 50_000)
    true = np.quantile(happened, LEVELS)
    losses = [pinball(np.tile(true * factor, (50_000, 1)), happened, LEVELS).mean() for factor in (0.8, 1.0, 1.2)]
    assert min(losses) == losses[1]


def test_figures_are_told_for_each_stratum_the_largest_first() -> None:
    columns = {"carrier": np.array([1, 1, 2]), "region": np.array([5, 5, 5]), "hour": np.array([9, 9, 9])}
    promised = np.array([[1.0, 2.0, 3.0]] * 3)
    first, second = by_stratum(np.array([2.0, 4.0, 3.0]), promised, promised + 1.0, columns, LEVELS)
    assert (first.key, first.count, first.coverage, first.coverage_plain) == ((1, 5, 9), 2, 0.5, 1.0)
    assert (second.key, second.count, second.coverage) == ((2, 5, 9), 1, 1.0)


def test_the_plain_mean_has_one_padding_for_all_that_fits_nine_of_ten() -> None:
    rng = np.random.default_rng(6)
    columns = {"carrier": rng.integers(0, 2, 10_000), "region": np.zeros(10_000, np.int64)}
    spans = np.where(columns["carrier"] == 1, 30.0, 10.0) + rng.normal(0.0, 2.0, 10_000)
    plain = PlainMean(spans, np.ones(10_000, bool), columns)
    promised = plain.promise(columns)
    assert np.mean(spans <= promised[:, 2]) == pytest.approx(0.9, abs=0.001)
    padding = promised[:, 2] - promised[:, 1]
    assert padding == pytest.approx(np.full(10_000, padding[0]))
    unseen = plain.promise({"carrier": np.array([7]), "region": np.array([0])})
    assert unseen[0, 1] == pytest.approx(spans.mean())
