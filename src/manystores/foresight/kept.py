"""Promises against what happened: kept or not, by location, carrier and region."""

from typing import Final, Literal

import polars as pl

from manystores.core.clock import MINUTE_US

By = Literal["location", "carrier", "region", "kind"]
DIMENSIONS: Final[tuple[By, ...]] = ("location", "carrier", "region", "kind")


def promises_kept(spans: pl.DataFrame, now_us: int, by: tuple[By, ...] = ("location",)) -> pl.DataFrame:
    """How many promises were due by now, and the share that was kept, for each combination of `by`, most first.

    A promise is kept when it was delivered by `promised_to`, or ready to be collected by `promised_from`. What is not
    there although it is due counts as broken now, not only when it arrives; what was cancelled or rejected is no
    promise any more. `early` is the share that was delivered before `promised_from`; `late_minutes` the median delay of
    those that came late.
    """
    due = with_deadlines(spans).filter((pl.col("by_us") <= now_us) | (pl.col("done_us") <= now_us))
    late_us = pl.col("done_us") - pl.col("by_us")
    return (
        due.group_by("party_no", *by)
        .agg(
            due=pl.len(),
            kept=(pl.col("done_us") <= pl.col("by_us")).fill_null(False).mean(),
            early=(pl.col("done_us") < pl.col("not_before_us")).fill_null(False).mean(),
            late_minutes=(late_us.filter(late_us > 0) / MINUTE_US).median().round(1),
        )
        .sort("due", *by, descending=[True, *(False for _ in by)])
    )


def followed(spans: pl.DataFrame) -> pl.DataFrame:
    """Spans in which the promise of a location that rejected an order lives on, to be kept by whoever serves it then.

    The shopper was promised once: what was told by the first location is judged by when the order came from another. An
    order that nobody served afterwards stays given up.
    """
    alive = spans.filter(~pl.col("state").is_in(["cancelled", "rejected"]))
    later = alive.group_by("party_no", "order_id").agg(
        came_us=pl.when(pl.col("done_us").is_not_null().all()).then(pl.col("done_us").max())
    )
    return (
        spans.join(later.with_columns(moved=True), on=["party_no", "order_id"], how="left", maintain_order="left")
        .with_columns(moved=pl.col("moved").fill_null(False) & (pl.col("state") == "rejected"))
        .with_columns(
            done_us=pl.when("moved").then("came_us").otherwise("done_us"),
            state=pl.when("moved").then(pl.lit("open")).otherwise("state"),
        )
        .drop("moved", "came_us")
    )


def with_deadlines(spans: pl.DataFrame) -> pl.DataFrame:
    """Spans that are promises, with when each has to be kept (`by_us`) and when it may come (`not_before_us`)."""
    collected = pl.col("kind") == "pick_up"
    given_up = pl.col("state").is_in(["cancelled", "rejected"]) | (
        (pl.col("state") == "closed") & pl.col("ready_us").is_null()
    )
    return spans.with_columns(
        by_us=pl.when(collected).then("promised_from_us").otherwise("promised_to_us"),
        not_before_us=pl.when(collected).then(None).otherwise("promised_from_us"),
    ).filter(pl.col("by_us").is_not_null() & ~given_up)
