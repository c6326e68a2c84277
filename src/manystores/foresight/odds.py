"""How probable something is, as odds that depend on factors and follow what changes.

log(odds) = the sum of what each rung of a ladder says of its group. A group's own number is shrunk to what the rungs
above say of it, as by a beta prior that is worth so many observations; how many is learned from how much groups differ
beyond chance. A group of which nothing was seen adds nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from manystores.foresight.ladder import Columns, Rung, Table, Vocabulary, numbered
from manystores.foresight.quantiles import Flags, Floats, Ints, decay, group_sums

PRIOR: Final = 0.02
"""What is believed where next to nothing was seen, with the weight of the first rung's strength."""
STRENGTH_MOST: Final = 200.0
"""However alike groups are, so many observations convince: one that is unlike all others must be able to show it."""
_PASSES: Final = 2
_STEPS: Final = 6
_STEP_MOST: Final = 1.0
_LEAST: Final = 1e-6


class Odds:
    """What was learned of one kind of event; made by `learn_odds`, read for many rows of factors or for one."""

    def __init__(self, vocabulary: Vocabulary, tables: Sequence[Table]) -> None:
        self.vocabulary, self.tables = vocabulary, tuple(tables)

    def probabilities(self, columns: Columns) -> Floats:
        """The probability for each row of factors, shape (n,)."""
        log_odds = np.zeros(len(next(iter(columns.values()))))
        for table in self.tables:
            log_odds += table.at(self.vocabulary.keys(columns, table.by))[0]
        return chance(log_odds)

    def probability(self, factors: Mapping[str, Any]) -> float:
        """The same for one row, by look-ups only."""
        log_odds = sum(float(table.one(self.vocabulary.key(factors, table.by))[0]) for table in self.tables)
        return float(chance(np.array(log_odds)))


def learn_odds(happened: Flags, age_days: Floats, columns: Columns, rungs: Sequence[Rung]) -> Odds:
    """Learn from observations whether it happened, `age_days` ago each.

    Rungs go from the general to the particular; the first has no factors. `moving` rungs come last: they learn from the
    last days what the others, who remember longer, do not know yet. A rung's strength is the least that it takes to
    convince: groups that differ no more than by chance have to show more.
    """
    vocabulary = Vocabulary.of(columns)
    fitting = [_Fitting(rung, vocabulary.keys(columns, rung.by), happened, age_days) for rung in rungs]
    steady = [one for one in fitting if not one.rung.moving]
    total = np.zeros(len(happened))
    for _ in range(_PASSES):
        for one in steady:
            total += one.fit(total - one.added)
    for one in fitting:
        if one.rung.moving:
            total += one.fit(total)
    return Odds(vocabulary, [one.table for one in fitting])


def chance(log_odds: Floats) -> Floats:
    """The probability of log odds."""
    return 1.0 / (1.0 + np.exp(-log_odds))


class _Fitting:
    """One rung while it is fitted: its groups, and what it adds to each observation's log odds."""

    def __init__(self, rung: Rung, keys: Ints, happened: Flags, age_days: Floats) -> None:
        self.rung = rung
        self.keys, self.group = numbered(keys)
        self.weights = decay(age_days, rung.half_life_days)
        self.support = self._sums(self.weights)
        self.happened = self._sums(self.weights * happened)
        self.chance_share = np.divide(
            self._sums(self.weights**2), self.support, out=np.ones(len(self.keys)), where=self.support > 0
        )
        self.values = np.zeros(len(self.keys))
        self.added = np.zeros(len(keys))

    @property
    def table(self) -> Table:
        return Table(self.rung.by, self.keys, self.values, self.support)

    def fit(self, others: Floats) -> Floats:
        """Learn from what the other rungs expect; returns by how much the log odds of each observation change."""
        before = self.added
        expected = self._sums(self.weights * chance(others))
        mean, strength = self._believed(expected)
        # of the first rung the prior is about the probability itself, of others about what the rungs above expect
        centre = np.log(mean / (1 - mean)) if self.rung.by or self.rung.moving else np.zeros(len(self.keys))
        for _ in range(_STEPS):
            likely = chance(others + self.values[self.group])
            believed = chance(centre + self.values)
            slope = self.happened - self._sums(self.weights * likely) + strength * (mean - believed)
            bend = self._sums(self.weights * likely * (1 - likely)) + strength * believed * (1 - believed)
            self.values += np.clip(slope / np.maximum(bend, 1e-9), -_STEP_MOST, _STEP_MOST)
        self.added = self.values[self.group]
        return self.added - before

    def _believed(self, expected: Floats) -> tuple[Floats, float]:
        """(what each group is drawn to, with the weight of how many observations)"""
        if not self.rung.by and not self.rung.moving:
            return np.full(len(self.keys), PRIOR), self.rung.strength
        mean = np.divide(expected, self.support, out=np.full(len(self.keys), PRIOR), where=self.support > 0)
        mean = np.clip(mean, _LEAST, 1 - _LEAST)
        return mean, max(self.rung.strength, self._strength(expected, mean)) if self.rung.by else self.rung.strength

    def _strength(self, expected: Floats, mean: Floats) -> float:
        """Observations that convince, from how much groups differ beyond chance: the moments of a beta-binomial, whose
        shares vary by m (1 − m) (1 / n + 1 / (strength + 1))."""
        spread = self.support * mean * (1 - mean)
        seen = spread > _LEAST
        if not seen.any():
            return STRENGTH_MOST
        excess = float((((self.happened - expected) ** 2)[seen] / spread[seen] - self.chance_share[seen]).sum())
        room = float(np.maximum(self.support[seen] - self.chance_share[seen], 0.0).sum())
        share = excess / room if room > 0 else 0.0
        return STRENGTH_MOST if share <= 1 / STRENGTH_MOST else 1 / share - 1

    def _sums(self, values: Floats) -> Floats:
        return group_sums(values, self.group, len(self.keys))
