"""Spans with their factors, as a night's lesson gets them: one brand, one store, one carrier."""

from typing import Any, Final

import numpy as np
import polars as pl

from manystores.core.clock import DAY_US, MINUTE_US

NOW: Final = 1_795_000_000_000_000
STORE: Final = "WANGFUJING"


def lesson(
    rng: np.random.Generator, size: int, *, prepared: float = 40.0, under_way: float = 1_500.0, **fields: Any
) -> pl.DataFrame:
    """`size` parcels of the last four weeks, with medians of preparation and transit in minutes; some under way."""
    began = NOW - rng.uniform(0, 28 * DAY_US, size).astype(np.int64)
    preparation = rng.lognormal(np.log(prepared), 0.3, size)
    transit = rng.lognormal(np.log(under_way), 0.2, size)
    ready = began + (preparation * MINUTE_US).astype(np.int64)
    done = ready + (transit * MINUTE_US).astype(np.int64)
    frame = pl.DataFrame(
        {
            "party_no": 1, "order_id": [str(n) for n in range(size)], "location": STORE, "kind": "ship",
            "carrier": "sf", "region": "11", "began_us": began, "ready_us": ready, "sent_us": ready,
            "shipped_us": ready, "done_us": done, "ended_us": ready, "hour": rng.integers(9, 20, size), "load": 0,
            "sent_hour": rng.integers(9, 20, size), "sent_weekday": rng.integers(0, 7, size), "season": 0,
            "promised_from_us": began, "promised_to_us": began + 2 * DAY_US, "preparation": preparation,
        }
    ).with_columns(**{name: pl.lit(value) for name, value in fields.items()})  # fmt: skip
    over = pl.col("done_us") <= NOW
    is_ready = pl.col("ready_us") <= NOW
    return frame.with_columns(
        transit=(pl.min_horizontal(pl.col("done_us"), NOW) - pl.col("sent_us")) / MINUTE_US,
        done_us=pl.when(over).then("done_us"),
        sent_us=pl.when(is_ready).then("sent_us"),
        shipped_us=pl.when(is_ready).then("shipped_us"),
        ready_us=pl.when(is_ready).then("ready_us"),
        state=pl.when(is_ready).then(pl.lit("closed")).otherwise(pl.lit("open")),
    )
