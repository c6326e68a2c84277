"""Quantiles of many groups at once, of spans of which some are not over yet. Arrays in, arrays out."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

_SURE: Final = 1.0 - 1e-12


def group_quantiles(
    values: Floats, observed: Flags, weights: Floats, group: Ints, groups: int, levels: Sequence[float]
) -> Floats:
    """Weighted quantiles of each group, shape (groups, levels), by the estimator of Kaplan and Meier (1958).

    A value that is not `observed` is a span still going on: it is at least so long. Leaving those out would make recent
    days look quick, since only what was quick is over. Group numbers below 0 are nobody's. NaN where nothing is known:
    a group without weight, or a quantile that lies beyond what was seen to its end.
    """
    mine = (group >= 0) & (weights > 0)
    values, observed, weights, group = values[mine], observed[mine], weights[mine], group[mine]
    order = _by_group_and_value(values, group)
    values, observed, weights, group = values[order], observed[order], weights[order], group[order]
    sizes = np.bincount(group, minlength=groups)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    result = np.full((groups, len(levels)), np.nan)
    if not len(values):
        return result
    reached = 1.0 - np.exp(_log_survival(observed, weights, group, starts))
    for column, level in enumerate(levels):
        below = np.bincount(group[reached < level - 1e-9], minlength=groups)
        known = below < sizes
        result[known, column] = values[(starts + below)[known]]
    return result


def _by_group_and_value(values: Floats, group: Ints) -> Ints:
    """The order by group, then value: one sort of one number is several times faster than a sort by two."""
    if not len(values):
        return np.empty(0, np.int64)
    least = values.min()
    share = (values - least) / max(float(values.max() - least), 1e-300) * 0.999
    order: Ints = np.argsort(group + share)
    return order


def _log_survival(observed: Flags, weights: Floats, group: Ints, starts: Ints) -> Floats:
    """log of the share of the group that lasts longer than each value; rows sorted by group, then value."""
    before = _sums_before(weights, group, starts)
    total = np.bincount(group, weights, minlength=len(starts))[group]
    at_risk = np.maximum(total - before, weights)
    hazard = np.where(observed, weights / at_risk, 0.0)
    steps = np.log1p(-np.minimum(hazard, _SURE))
    summed: Floats = _sums_before(steps, group, starts) + steps
    return summed


def _sums_before(values: Floats, group: Ints, starts: Ints) -> Floats:
    """The sum of the values before each one within its group."""
    before = np.cumsum(values) - values
    first = np.minimum(starts, len(values) - 1)
    within: Floats = before - before[first][group]
    return within


def group_sums(weights: Floats, group: Ints, groups: int) -> Floats:
    """The sum of weights of each group; numbers below 0 are nobody's."""
    mine = group >= 0
    sums: Floats = np.bincount(group[mine], weights[mine].astype(np.float64), minlength=groups).astype(np.float64)
    return sums


def decay(age_days: Floats, half_life_days: float) -> Floats:
    """Weights by age: one half for what is a half-life old."""
    weights: Floats = np.exp2(-age_days / half_life_days)
    return weights
