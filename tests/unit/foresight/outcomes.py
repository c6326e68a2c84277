"""Assignments with their factors, as a night's lesson gets them: stores that reject as they are told to."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import polars as pl

from manystores.core.clock import DAY_US

NOW: Final = 1_795_000_000_000_000


def outcomes(
    rng: np.random.Generator,
    shares: Mapping[str, float],
    size: int,
    *,
    days: tuple[float, float] = (28.0, 0.0),
    group: str = "north",
    reason: str = "too_busy",
    hours: Sequence[int] = range(9, 21),
    load: int = 0,
    classes: Sequence[str] = ("",),
    kind: str = "ship",
) -> pl.DataFrame:
    """`size` orders for each store, so many days ago, of which it rejects its share."""
    frames = []
    for location, share in shares.items():
        began = NOW - (rng.uniform(days[1], days[0], size) * DAY_US).astype(np.int64)
        refused = rng.random(size) < share
        frames.append(
            pl.DataFrame(
                {
                    "party_no": pl.Series([1] * size, dtype=pl.Int32),
                    "location": location,
                    "kind": kind,
                    "began_us": began,
                    "reason": np.where(refused, reason, ""),
                    "short": refused & (reason == "cannot_find"),
                    "known": True,
                    "hour": rng.choice(np.array(hours), size),
                    "load": load,
                    "group": group,
                    "classes": pl.Series([list(classes)] * size, dtype=pl.List(pl.String)),
                }
            )
        )
    return pl.concat(frames)
