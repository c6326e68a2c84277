"""The model's last word: what agreement is worth, learned from all pairs that are looked at.

Training on pairs that agree in one thing tells about the others; its pieces don't fit each other perfectly. So
expectation maximisation (Dempster, Laird and Rubin 1977) goes on over all pairs that were compared, from the
probabilities found so far: each step counts how often matches reach each level. Pairs that agree in nothing rare were
not looked at, and are taken for what they almost surely are. How often others agree by chance (u), and how rare a value
is, stay as they were.
"""

from typing import Final

import numpy as np
import polars as pl
from msgspec import Struct
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_STEPS: Final = 60
_SETTLED: Final = 1e-5
_PSEUDO: Final = 0.5
"""Matches that are added to each level: none is impossible."""


class Level(Struct, frozen=True):
    """A step of a comparison, by its number in the pairs' column; the shares of matches (m) and others (u) on it."""

    comparison: str
    value: int
    m: float
    u: float


class Refined(Struct, frozen=True, eq=False):
    """Base-2 weights without a prior, probabilities, the share of matches among all pairs, and the levels anew."""

    weight: Floats
    probability: Floats
    prior: float
    levels: list[Level]


def refine(pairs: pl.DataFrame, levels: list[Level], total: int) -> Refined:
    """Of `pairs` with `weight` (base 2, without the prior) and a column for each comparison; `total` pairs there are.

    −1 in a column says that a value is missing there.
    """
    weight = pairs["weight"].to_numpy().astype(np.float64)
    places = [
        (level, np.flatnonzero(pairs[level.comparison].to_numpy() == level.value))
        for level in levels
        if level.value >= 0
    ]
    m = {(level.comparison, level.value): level.m for level in levels}
    prior, probability = 1.0 / max(total, 4) ** 0.5, np.zeros(len(weight))
    for _ in range(_STEPS):
        prior, probability = with_prior(weight, total, prior)
        known = _reached(places, probability)
        change = 0.0
        for level, rows in places:
            key = (level.comparison, level.value)
            after = known[key]
            weight[rows] += np.log2(after / m[key])
            change = max(change, abs(after - m[key]))
            m[key] = after
        if change < _SETTLED:
            break
    prior, probability = with_prior(weight, total, prior)
    anew = [Level(one.comparison, one.value, m[one.comparison, one.value], one.u) for one in levels]
    return Refined(weight, probability, prior, anew)


def _reached(places: list[tuple[Level, NDArray[np.int64]]], probability: Floats) -> dict[tuple[str, int], float]:
    """The share of matches with both values known that reach each level."""
    counts = {(level.comparison, level.value): float(probability[rows].sum()) + _PSEUDO for level, rows in places}
    of: dict[str, float] = {}
    for (comparison, _), count in counts.items():
        of[comparison] = of.get(comparison, 0.0) + count
    return {key: count / of[key[0]] for key, count in counts.items()}


def with_prior(weight: Floats, total: int, prior: float) -> tuple[float, Floats]:
    """The share of matches among all pairs that the probabilities by it add up to, and these."""
    likelihood = np.exp2(np.clip(weight, -500, 500))
    odds = likelihood * prior / (1.0 - prior)
    for _ in range(100):
        found = odds / (1.0 + odds)
        after = min(0.5, max(1.0, float(found.sum())) / max(total, 2))
        settled = abs(after - prior) < 1e-6 * prior
        prior = after
        odds = likelihood * prior / (1.0 - prior)
        if settled:
            break
    return prior, np.asarray(odds / (1.0 + odds))
