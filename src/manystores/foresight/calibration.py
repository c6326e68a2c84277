"""How good promises were: pinball loss and coverage by stratum, against the plain mean with fixed padding."""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from manystores.foresight.ladder import Columns, Table, Vocabulary, numbered
from manystores.foresight.quantiles import Flags, Floats, group_sums

STRATUM = ("carrier", "region", "hour")


def pinball(promised: Floats, happened: Floats, levels: Sequence[float]) -> Floats:
    """The loss of each row, mean over levels, shape (n,): a quantile at level q that is too low by d costs q·d, one
    that is too high by d costs (1 - q)·d (Koenker & Bassett 1978)."""
    late = happened[:, None] - promised
    quantile_level = np.array(levels)
    loss: Floats = np.maximum(quantile_level * late, (quantile_level - 1.0) * late).mean(axis=1)
    return loss


class Stratum(Struct, frozen=True):
    """One stratum's figures: how many, mean pinball loss of ours and of the baseline, coverage of the p90."""

    key: tuple[object, ...]
    count: int
    loss: float
    loss_plain: float
    coverage: float
    coverage_plain: float


def by_stratum(
    happened: Floats, promised: Floats, plain: Floats, columns: Columns, levels: Sequence[float]
) -> list[Stratum]:
    """Figures of each carrier × region × hour, the largest first; `promised` and `plain` are (n, levels)."""
    vocabulary = Vocabulary.of({name: columns[name] for name in STRATUM})
    keys, group = numbered(vocabulary.keys(columns, STRATUM))
    first = np.unique(group, return_index=True)[1]
    counts = np.bincount(group, minlength=len(keys))
    rows = (
        pinball(promised, happened, levels),
        pinball(plain, happened, levels),
        happened <= promised[:, -1],
        happened <= plain[:, -1],
    )
    means = [group_sums(row.astype(np.float64), group, len(keys)) / counts for row in rows]
    order = np.argsort(-counts, kind="stable")
    return [
        Stratum(
            tuple(columns[name][first[n]].item() for name in STRATUM),
            int(counts[n]),
            *(float(mean[n]) for mean in means),
        )
        for n in order
    ]


class PlainMean:
    """The baseline: the mean of the weeks before by carrier × region, and a padding to both sides that is the same for
    all: such that nine of ten of those weeks' were in time, and nine of ten not too early."""

    _BY = ("carrier", "region")

    def __init__(self, spans: Floats, observed: Flags, columns: Columns) -> None:
        known: Columns = {name: columns[name][observed] for name in self._BY}
        spans = spans[observed]
        self._vocabulary = Vocabulary.of(known)
        keys, group = numbered(self._vocabulary.keys(known, self._BY))
        counts = np.bincount(group, minlength=len(keys)).astype(np.float64)
        means = group_sums(spans, group, len(keys)) / counts
        self._mean, self._table = float(spans.mean()), Table(self._BY, keys, means, counts)
        self._padding = np.quantile(spans - means[group], (0.1, 0.9))

    def promise(self, columns: Columns) -> Floats:
        """(earliest, mean, latest) for each row, shape (n, 3)."""
        means, support = self._table.at(self._vocabulary.keys(columns, self._BY))
        means = np.where(support > 0, means, self._mean)
        return np.stack([means + self._padding[0], means, means + self._padding[1]], axis=1)
