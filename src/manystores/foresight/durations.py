"""How long something takes, as a distribution that depends on factors and follows what changes.

log(span) = what each rung of a ladder says of its group + a remainder whose quantiles are learned too. Levels are
medians, spread is by quantiles: one parcel that was lost for a month moves neither.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from manystores.foresight.ladder import Columns, Rung, Table, Vocabulary, numbered
from manystores.foresight.quantiles import Flags, Floats, Ints, decay, group_quantiles, group_sums

GRID: Final = 20
GRID_LEVELS: Final = tuple((n + 0.5) / GRID for n in range(GRID))
"""A distribution is told by so many equally likely values."""
_PASSES: Final = 2


class Durations:
    """What was learned of one kind of span; made by `learn_durations`, read for many orders or for one."""

    def __init__(self, vocabulary: Vocabulary, levels: Sequence[Table], shapes: Sequence[tuple[Table, float]]) -> None:
        self.vocabulary, self.levels, self.shapes = vocabulary, tuple(levels), tuple(shapes)

    def grids(self, columns: Columns) -> Floats:
        """Equally likely spans for each row of factors, ascending, shape (n, GRID), in the unit of what was learned."""
        size = len(next(iter(columns.values())))
        level, shape = np.zeros(size), np.zeros((size, GRID))
        for table in self.levels:
            level += table.at(self.vocabulary.keys(columns, table.by))[0]
        for table, strength in self.shapes:
            own, support = table.at(self.vocabulary.keys(columns, table.by))
            share = _share(support, strength)[:, None]
            shape = share * own + (1.0 - share) * shape
        grids: Floats = np.exp(level[:, None] + shape)
        return grids

    def grid(self, factors: Mapping[str, Any]) -> Floats:
        """The same for one row, shape (GRID,), by look-ups only."""
        level, shape = 0.0, np.zeros(GRID)
        for table in self.levels:
            level += float(table.one(self.vocabulary.key(factors, table.by))[0])
        for table, strength in self.shapes:
            own, support = table.one(self.vocabulary.key(factors, table.by))
            share = support / (support + strength) if support else 0.0
            shape = share * own + (1.0 - share) * shape
        grid: Floats = np.exp(level + shape)
        return grid

    def support_of(self, factors: Mapping[str, Any], by: tuple[str, ...]) -> float:
        """How many observations, decayed by age, stand behind a rung's group."""
        table = next(table for table in self.levels if table.by == by)
        return table.one(self.vocabulary.key(factors, by))[1]

    def most_seen(self, name: str, beginning: str, factors: Mapping[str, Any]) -> Any:
        """The value of a text factor, of those that begin so, that was seen most often together with one other factor;
        None where none was. It takes a look at each value: keep what is found."""
        (other,) = factors
        values = [str(value) for value in self.vocabulary.values[name] if str(value).startswith(beginning)]
        support = [self.support_of({name: value, **factors}, (name, other)) for value in values]
        return values[int(np.argmax(support))] if any(support) else None


def learn_durations(
    spans: Floats, observed: Flags, age_days: Floats, columns: Columns, rungs: Sequence[Rung], shapes: Sequence[Rung]
) -> Durations:
    """Learn from spans (any unit, above 0), of which those not `observed` are still going on.

    `age_days` is how long ago each began. Rungs go from the general to the particular; the first has no factors and no
    strength, so that spans in another unit give the same in that unit.
    """
    if not np.all(spans > 0):
        raise ValueError("a span must be above 0")
    vocabulary = Vocabulary.of(columns)
    logs = np.log(spans)
    fitting = [_Fitting(rung, vocabulary.keys(columns, rung.by), observed, age_days) for rung in rungs]
    for _ in range(_PASSES):
        for one in fitting:
            others = sum((other.removed for other in fitting if other is not one), np.zeros(len(logs)))
            one.fit(logs - others)
    remainder = logs - sum((one.removed for one in fitting), np.zeros(len(logs)))
    spread = [
        (_shape(rung, vocabulary.keys(columns, rung.by), remainder, observed, age_days), rung.strength)
        for rung in shapes
    ]
    return Durations(vocabulary, [one.table for one in fitting], spread)


class _Fitting:
    """One rung while it is fitted: its groups, and what it takes out of each observation."""

    def __init__(self, rung: Rung, keys: Ints, observed: Flags, age_days: Floats) -> None:
        self.rung, self.observed = rung, observed
        self.keys, self.group = numbered(keys)
        self.weights = decay(age_days, rung.half_life_days)
        self.removed = np.zeros(len(keys))
        self.support = group_sums(self.weights * observed, self.group, len(self.keys))
        if rung.moving:
            days = age_days.astype(np.int64)
            _, self._dated = numbered(self.group * (int(days.max(initial=0)) + 1) + days)

    @property
    def table(self) -> Table:
        return Table(self.rung.by, self.keys, self.values, self.support)

    def fit(self, rest: Floats) -> None:
        """Learn from what the other rungs leave."""
        medians = group_quantiles(rest, self.observed, self.weights, self.group, len(self.keys), (0.5,))[:, 0]
        self.values = np.nan_to_num(medians) * _share(self.support, self.rung.strength)
        self.removed = self._by_day(rest) if self.rung.moving else self.values[self.group]

    def _by_day(self, rest: Floats) -> Floats:
        """The level of each group on each day, as far as the day's spans are over; else its level of late."""
        size = int(self._dated.max(initial=-1)) + 1
        once = np.ones(len(rest))
        medians = group_quantiles(rest, self.observed, once, self._dated, size, (0.5,))[:, 0]
        shrunk = medians * _share(group_sums(once * self.observed, self._dated, size), self.rung.strength)
        of_day = shrunk[self._dated]
        return np.where(np.isnan(of_day), self.values[self.group], of_day)


def _shape(rung: Rung, keys: Ints, remainder: Floats, observed: Flags, age_days: Floats) -> Table:
    """The quantiles of the remainder by group; what lies beyond what was seen is as the last that was."""
    distinct, group = numbered(keys)
    weights = decay(age_days, rung.half_life_days)
    grid = group_quantiles(remainder, observed, weights, group, len(distinct), GRID_LEVELS)
    grid = np.maximum.accumulate(np.where(np.isnan(grid), -np.inf, grid), axis=1)
    known = np.asarray(np.isfinite(grid).all(axis=1))
    support = np.where(known, group_sums(weights * observed, group, len(distinct)), 0.0)
    return Table(rung.by, distinct, np.where(known[:, None], grid, 0.0), support)


def _share(support: Floats, strength: float) -> Floats:
    """How much a group's own number counts, from 0 to 1."""
    whole = support + strength
    share: Floats = np.divide(support, whole, out=np.zeros_like(whole), where=whole > 0)
    return share
