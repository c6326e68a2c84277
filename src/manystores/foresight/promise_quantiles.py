"""The quantiles of preparation + transit. They are not the sum of the quantiles: not everything is late at once."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from manystores.foresight.quantiles import Floats

_ROWS: Final = 8_192


def quantiles_of_sum(first: Floats, second: Floats, levels: Sequence[float]) -> Floats:
    """Quantiles of the sums of two independent spans, shape (n, levels).

    `first` (n, k) and `second` (n, m) are equally likely values of each; all k·m sums are looked at, and between two of
    them the quantile is interpolated.
    """
    result = np.empty((len(first), len(levels)))
    for start in range(0, len(first), _ROWS):
        rows = slice(start, start + _ROWS)
        sums = first[rows, :, None] + second[rows, None, :]
        result[rows] = quantiles_of_likely(sums.reshape(len(sums), -1), levels)
    return result


def quantiles_of_likely(values: Floats, levels: Sequence[float]) -> Floats:
    """Quantiles of equally likely values, shape (n, k) → (n, levels); value i of k stands for level (i + ½) / k."""
    size = values.shape[1]
    places = np.clip(np.array(levels) * size - 0.5, 0, size - 1)
    low, high = np.floor(places).astype(int), np.ceil(places).astype(int)
    ordered = np.partition(values, sorted({*low.tolist(), *high.tolist()}), axis=1)
    found: Floats = ordered[:, low] + (ordered[:, high] - ordered[:, low]) * (places - low)
    return found
