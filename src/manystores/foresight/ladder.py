"""What a span depends on, from the general to the particular: rungs of factors, and a number learned for each group.

A group with few observations is drawn to what the rungs above say of it: its own number counts by n / (n + strength).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from manystores.foresight.quantiles import Floats, Ints

Columns = Mapping[str, NDArray[Any]]
"""Factors by name (carrier, region, hour, …): a value for each observation."""


class Rung(Struct, frozen=True):
    """Factors whose combinations differ, how fast what they do is forgotten, and how many observations convince.

    A `moving` rung follows a level that changes from day to day: what it was on each day is taken out of what the
    others learn from, and what it was lately is forecast.
    """

    by: tuple[str, ...]
    half_life_days: float
    strength: float
    moving: bool = False


class Vocabulary:
    """The values of each factor that were seen, so that a combination of factors is one number."""

    def __init__(self, values: Mapping[str, NDArray[Any]]) -> None:
        self.values = dict(values)

    @classmethod
    def of(cls, columns: Columns) -> "Vocabulary":
        return cls({name: np.unique(column) for name, column in columns.items()})

    def keys(self, columns: Columns, by: Sequence[str]) -> Ints:
        """The number of each observation's combination; -1 where a value was never seen."""
        size = len(next(iter(columns.values())))
        keys, known = np.zeros(size, np.int64), np.ones(size, np.bool_)
        for name in by:
            values, column = self.values[name], columns[name]
            at = np.minimum(np.searchsorted(values, column), len(values) - 1)
            known &= values[at] == column
            keys = keys * len(values) + at
        return np.where(known, keys, -1)

    def key(self, factors: Mapping[str, Any], by: Sequence[str]) -> int:
        """The number of one combination; -1 where a value was never seen."""
        key = 0
        for name in by:
            values = self.values[name]
            at = int(np.searchsorted(values, factors[name]))
            if at == len(values) or values[at] != factors[name]:
                return -1
            key = key * len(values) + at
        return key


class Table:
    """A number, or a row of numbers, for each combination of some factors; zeros for those that were never seen."""

    def __init__(self, by: tuple[str, ...], keys: Ints, values: Floats, support: Floats) -> None:
        self.by, self.keys, self.values, self.support = by, keys, values, support
        self._place = {int(key): n for n, key in enumerate(keys)}
        self._nothing = np.zeros(values.shape[1:])

    def at(self, keys: Ints) -> tuple[Floats, Floats]:
        """(values, support) by combination, shape (n, …) and (n,); support is the decayed count behind each."""
        if not len(self.keys):
            return np.zeros((len(keys), *self.values.shape[1:])), np.zeros(len(keys))
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        found = self.keys[at] == keys
        values = np.where(found.reshape(-1, *(1,) * (self.values.ndim - 1)), self.values[at], 0.0)
        return values, np.where(found, self.support[at], 0.0)

    def one(self, key: int) -> tuple[Any, float]:
        """(value, support) of one combination."""
        place = self._place.get(key)
        return (self._nothing, 0.0) if place is None else (self.values[place], float(self.support[place]))


def numbered(keys: Ints) -> tuple[Ints, Ints]:
    """(distinct keys in order, each observation's place among them); -1 stays nobody's."""
    distinct, group = np.unique(keys, return_inverse=True)
    if len(distinct) and distinct[0] < 0:
        return distinct[1:], group - 1
    return distinct, group
