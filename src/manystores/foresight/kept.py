"""Promises against what happened: kept or not, by location, carrier and region."""

from typing import Final, Literal

import polars as pl

from manystores.core.clock import MINUTE_US

By = Literal["location", "carrier", "region", "kind"]
DIMENSIONS: Final[tuple[By, ...]] = ("location", "carrier", "region", "kind")


def promises_kept(spans: pl.DataFrame, now_us: int, by: tuple[By, ...] = ("location",)) -> pl.DataFrame:
    """How many promises were due by now, and the share that was kept, for each combination of `by`, most first.

    A promise is kept when it was delivered, or ready to be collected, by `promised_to`. What is not there although it
    is due counts as broken now, not only when it arrives; what was cancelled or rejected is no promise any more.
    `early` is the share that came before `promised_from`; `late_minutes` the median delay of those that came late.
    """
    due = spans.filter(
        pl.col("promised_to_us").is_not_null()
        & ~pl.col("state").is_in(["cancelled", "rejected"])
        & ((pl.col("promised_to_us") <= now_us) | (pl.col("done_us") <= now_us))
    )
    late_us = pl.col("done_us") - pl.col("promised_to_us")
    return (
        due.group_by("party_no", *by)
        .agg(
            due=pl.len(),
            kept=(pl.col("done_us") <= pl.col("promised_to_us")).fill_null(False).mean(),
            early=(pl.col("done_us") < pl.col("promised_from_us")).fill_null(False).mean(),
            late_minutes=(late_us.filter(late_us > 0) / MINUTE_US).median().round(1),
        )
        .sort("due", *by, descending=[True, *(False for _ in by)])
    )
