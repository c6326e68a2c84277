"""Clusters of pairs: who is the same person as whom, by all evidence at once.

Two records that are both like a third need not be like each other: chaining likely pairs makes persons of strangers.
So pairs are taken from the most probable down, and two clusters become one only if the evidence of all their pairs
together speaks for it (greedy correlation clustering; Bansal, Blum and Chawla 2004).
"""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

_SURE: Final = 6.0
"""Log odds that one pair can say at most, for or against."""
UNSEEN: Final = -1.0
"""Log odds of a pair that isn't told: they agree in nothing rare, as records of one person with gaps may, too."""


def clusters(ids: pl.Series, pairs: pl.DataFrame, threshold: float) -> pl.DataFrame:
    """(id, cluster), a row for each id in their order. A cluster is called as its first id.

    pairs: id_l, id_r, probability; those below 0.5 speak against. Merges begin with pairs at `threshold` or above.
    """
    number = pl.DataFrame({"id": ids, "n": np.arange(len(ids))})
    numbered = (
        pairs.join(number, left_on="id_l", right_on="id").rename({"n": "a"})
        .join(number, left_on="id_r", right_on="id").rename({"n": "b"})
        .sort("probability", "a", "b", descending=[True, False, False])
    )  # fmt: skip
    p = numbered["probability"].to_numpy().clip(1e-9, 1 - 1e-9)
    logs = np.log(p / (1 - p)).clip(-_SURE, _SURE)
    root = _grown(len(ids), numbered["a"].to_numpy(), numbered["b"].to_numpy(), logs, int((p >= threshold).sum()))
    first = np.full(len(ids), len(ids))
    np.minimum.at(first, root, np.arange(len(ids)))
    return pl.DataFrame({"id": ids, "cluster": ids.gather(first[root])})


def _grown(
    size: int, a: NDArray[np.int64], b: NDArray[np.int64], logs: NDArray[np.float64], begin: int
) -> NDArray[np.int64]:
    """The cluster of each record, as the number of one of them."""
    root = np.arange(size)
    members: dict[int, list[int]] = {}
    between: dict[int, dict[int, tuple[float, int]]] = {}
    for one, two, log in zip(a.tolist(), b.tolist(), logs.tolist(), strict=True):
        between.setdefault(one, {})[two] = (log, 1)
        between.setdefault(two, {})[one] = (log, 1)
    for one, two in zip(a[:begin].tolist(), b[:begin].tolist(), strict=True):
        x, y = int(root[one]), int(root[two])
        if x == y:
            continue
        total, seen = between[x][y]
        own, other = members.get(x, [x]), members.get(y, [y])
        if total + UNSEEN * (len(own) * len(other) - seen) <= 0:
            continue
        if len(own) < len(other):
            x, y, own, other = y, x, other, own
        root[other] = x
        members[x] = own + other
        members.pop(y, None)
        mine = between[x]
        del mine[y]
        for third, (log, count) in between.pop(y).items():
            if third == x:
                continue
            known = mine.get(third, (0.0, 0))
            mine[third] = between[third][x] = (known[0] + log, known[1] + count)
            del between[third][y]
    return root
