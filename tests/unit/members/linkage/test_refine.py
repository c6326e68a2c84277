"""Expectation maximisation over all pairs finds what agreement is worth, whatever it began with."""

import numpy as np
import polars as pl
import pytest

from manystores.members.linkage.refine import Level, refine, with_prior

MATCHES, OTHERS = 1_000, 199_000
M, U = (0.05, 0.95), (0.99, 0.01)
"""Shares on level 0 and 1."""


def made(guess: float) -> tuple[pl.DataFrame, list[Level]]:
    """Pairs with three comparisons, weighed as if matches agreed with probability `guess`."""
    rng = np.random.default_rng(4)
    columns = {
        f"c{n}": np.concatenate([rng.random(MATCHES) < M[1], rng.random(OTHERS) < U[1]]).astype(np.int8)
        for n in range(3)
    }
    worth = np.log2([(1 - guess) / U[0], guess / U[1]])
    weight = sum(worth[column] for column in columns.values())
    levels = [Level(name, value, (1 - guess, guess)[value], U[value]) for name in columns for value in (0, 1)]
    return pl.DataFrame(columns | {"weight": weight}), levels


@pytest.mark.parametrize("guess", [0.6, 0.95, 0.999])
def test_it_finds_what_is_true(guess: float) -> None:
    pairs, levels = made(guess)
    found = refine(pairs, levels, MATCHES + OTHERS)
    assert [level.m for level in found.levels if level.value == 1] == pytest.approx([M[1]] * 3, abs=0.02)
    assert found.prior == pytest.approx(MATCHES / (MATCHES + OTHERS), rel=0.05)
    assert found.probability[:MATCHES].mean() == pytest.approx(0.954, abs=0.01)
    assert found.probability[MATCHES:].mean() < 0.001


def test_a_missing_value_says_nothing() -> None:
    pairs, levels = made(0.95)
    gaps = pairs.with_columns(c2=pl.lit(-1, pl.Int8), weight=pl.col("weight") * 0)
    found = refine(gaps, levels, MATCHES + OTHERS)
    assert [level.m for level in found.levels if level.comparison == "c2"] == pytest.approx([0.5, 0.5])


def test_probabilities_add_up_to_the_prior() -> None:
    prior, probability = with_prior(np.array([20.0, 18.0, -5.0, -5.0] * 5), 1_000_000, 0.001)
    assert probability.sum() == pytest.approx(prior * 1_000_000, rel=0.01)
