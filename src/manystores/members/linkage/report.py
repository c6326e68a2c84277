"""What a linkage believes of its own answer, from its own probabilities: nobody told it what is right."""

import polars as pl
from msgspec import Struct


class Report(Struct, frozen=True, kw_only=True):
    """Expected figures, by the probabilities of pairs; counts are of pairs where they don't say otherwise."""

    records: int
    looked_at: int
    rules: int
    """Ways of agreeing by which pairs were looked at."""
    threshold: float
    told: int
    """With a probability at or above the threshold; of clusters, pairs within them."""
    clusters: int | None = None
    precision: float
    """Share of the told that is expected to be right."""
    recall: float
    """Share of all matches that is expected to be told, those never looked at among them."""
    never_looked_at: float
    """Matches that agree by no rule: as many as are to be expected, seeing how many agree by one and by two."""


def expected(
    pairs: pl.DataFrame, told: pl.Series, told_count: int, records: int, rules: int, threshold: float,
    clusters: int | None = None,
) -> Report:  # fmt: skip
    """pairs: `probability`, and in `ways` by how many rules a pair agrees; `told` [pairs] says which are told."""
    probability = pairs["probability"]
    right, all_right = _sum(probability.filter(told)), _sum(probability)
    once, twice = (_sum(probability.filter(pairs["ways"] == ways)) for ways in (1, 2))
    never = once * once / (2.0 * (twice + 1.0))  # Chao (1987)
    return Report(
        records=records,
        looked_at=len(pairs),
        rules=rules,
        threshold=threshold,
        told=told_count,
        clusters=clusters,
        precision=min(1.0, right / told_count) if told_count else 1.0,
        recall=right / (all_right + never) if all_right + never else 1.0,
        never_looked_at=never,
    )


def _sum(values: pl.Series) -> float:
    """In the values' order, whatever number of threads there are."""
    return float(values.to_numpy().sum())
