"""Margins that learn from promises: wider where too many were broken, narrower where too few were.

Online conformal calibration: the quantiles' distance from the median is scaled by exp(margin), and each margin takes a
step by how far the share of misses was from what it should be. That holds the coverage in the long run whatever the
data do (Gibbs & Candès 2021; Angelopoulos, Candès & Tibshirani 2023). Groups learn on several rungs at once, so that a
small one moves with its parents.
"""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from manystores.foresight.ladder import Columns, Vocabulary
from manystores.foresight.quantiles import Floats, Ints

LEVELS: Final = (0.1, 0.5, 0.9)
"""The quantiles that a promise is made of: earliest, expected, latest."""
MARGIN_RUNGS: Final[tuple[tuple[tuple[str, ...], float, float], ...]] = (
    (("carrier",), 0.3, 50.0),
    (("carrier", "region"), 0.5, 50.0),
    (("carrier", "region", "hour"), 0.8, 10.0),
)
"""(factors, step, observations that convince) of each rung."""
AIMS: Final = (0.9, 0.91)
"""The shares that are meant to come not before the earliest and not after the latest time. A slow-down is only seen
days after it began, so that being in time is aimed at with a point to spare."""
_MOST: Final = 2.0

Key = tuple[Any, ...]


class Margins:
    """Margins by group, for the earliest and the latest time: (low, high), 0 where nothing was learned."""

    def __init__(self, learned: Mapping[tuple[str, ...], Mapping[Key, tuple[float, float]]] | None = None) -> None:
        self.learned: dict[tuple[str, ...], dict[Key, tuple[float, float]]] = {
            by: dict((learned or {}).get(by, {})) for by, _, _ in MARGIN_RUNGS
        }

    def of(self, factors: Mapping[str, Any]) -> tuple[float, float]:
        """The margins of one order."""
        low = high = 0.0
        for by, known in self.learned.items():
            own = known.get(tuple(factors[name] for name in by))
            if own is not None:
                low, high = low + own[0], high + own[1]
        return low, high

    def widen(self, quantiles: Floats, columns: Columns) -> Floats:
        """Quantiles at LEVELS, shape (n, 3), with the margins of each row."""
        margins = np.zeros((len(quantiles), 2))
        for by, known in self.learned.items():
            distinct, group = _groups(columns, by)
            margins += np.array([known.get(key, (0.0, 0.0)) for key in distinct]).reshape(-1, 2)[group]
        return widened(quantiles, margins)

    def learn(self, promised: Floats, happened: Floats, columns: Columns) -> None:
        """One step, a day's worth, from promises that are due: what was promised (n, 3), NaN for a time that nobody was
        told, and what happened (n,), infinite for what still has not. Leave out none: those that wait are the late."""
        if not len(happened):
            return
        misses = np.stack([happened < promised[:, 0], happened > promised[:, 2]], axis=1)
        told = ~np.isnan(promised[:, [0, 2]])
        excess = np.where(told, misses - np.array([1.0 - AIMS[0], 1.0 - AIMS[1]]), 0.0)
        for by, step, strength in MARGIN_RUNGS:
            known = self.learned[by]
            distinct, group = _groups(columns, by)
            counts = np.bincount(group, minlength=len(distinct))
            sums = np.stack([np.bincount(group, excess[:, side], minlength=len(distinct)) for side in (0, 1)], axis=1)
            steps = step * sums / (counts + strength)[:, None]
            for key, (d_low, d_high) in zip(distinct, steps.tolist(), strict=True):
                low, high = known.get(key, (0.0, 0.0))
                known[key] = (_bounded(low + d_low), _bounded(high + d_high))


def widened(quantiles: Floats, margins: Floats) -> Floats:
    """Quantiles (n, 3) with their distance from the median scaled by exp of the margins (n, 2); never below 0."""
    middle = quantiles[:, 1]
    low = middle - (middle - quantiles[:, 0]) * np.exp(margins[:, 0])
    high = middle + (quantiles[:, 2] - middle) * np.exp(margins[:, 1])
    return np.stack([np.maximum(low, 0.0), middle, high], axis=1)


def _bounded(margin: float) -> float:
    return min(max(margin, -_MOST), _MOST)


def _groups(columns: Columns, by: tuple[str, ...]) -> tuple[list[Key], Ints]:
    """(distinct combinations as tuples, each row's place among them)"""
    vocabulary = Vocabulary.of({name: columns[name] for name in by})
    keys, first, group = np.unique(vocabulary.keys(columns, by), return_index=True, return_inverse=True)
    picked = [columns[name][first].tolist() for name in by]
    return list(zip(*picked, strict=True)) if len(keys) else [], group
