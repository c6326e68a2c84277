"""Why a location rejects, when, and how that compares: what its manager is shown of the counts that learning kept."""

from pathlib import Path
from typing import Final, Literal

import polars as pl
from msgspec import Struct

from manystores.foresight.assignments import LOADS

PEAK_HOURS: Final = 2
PEAK_LEAST: Final = 5
"""With fewer rejections nothing is said of when most of them are."""


class Tally(Struct, frozen=True):
    """Orders with an outcome, how many of them were rejected or short, and how many where the location is compared."""

    assigned: int
    rejected: int
    peers_assigned: int
    peers_rejected: int


class Peers(Struct, frozen=True):
    """Who a location is compared with: the others of its group, or of the brand where its group has no others."""

    of: Literal["group", "brand"]
    name: str
    locations: int


class Peak(Struct, frozen=True):
    """The hours with the most rejections, from and before, the share of all rejections that they have; and the load
    (see `assignments.load_of`) at which it is rejected most beyond its usual share, None where there is none."""

    from_hour: int
    until_hour: int
    share: float
    load: int | None


class Causes(Struct, frozen=True):
    """A location's rejections of the days that are counted."""

    tally: Tally
    short: int
    reasons: dict[str, int]
    hours: dict[int, Tally]
    loads: dict[int, Tally]
    peers: Peers | None
    peak: Peak | None


def why(path: Path, location: str) -> Causes | None:
    """The causes of a location's rejections, from a brand's file of counts; None where it has no outcome."""
    if not path.exists():
        return None
    counts = pl.scan_parquet(path)
    own = counts.filter(pl.col("location") == location).collect()
    if own.is_empty():
        return None
    others = counts.filter(pl.col("location") != location)
    group = str(own["group"][0])
    compared, peers = _tallied(others.filter(pl.col("group") == group)), Peers("group", group, 0)
    if compared.is_empty():
        compared, peers = _tallied(others), Peers("brand", "", 0)
    locations = int(compared["location"].n_unique())
    refused = own.filter(pl.col("reason") != "")
    by_reason = (
        refused.group_by("reason").agg(pl.col("orders").sum()).sort("orders", "reason", descending=[True, False])
    )
    hours, loads = _by(own, compared, "hour"), _by(own, compared, "load")
    tally = _whole(own, compared)
    return Causes(
        tally,
        int(refused.filter("short")["orders"].sum()),
        dict(by_reason.iter_rows()),
        hours,
        loads,
        Peers(peers.of, peers.name, locations) if locations else None,
        _peak(tally, hours, loads),
    )


def _tallied(counts: pl.LazyFrame) -> pl.DataFrame:
    return (
        counts.group_by("location", "hour", "load", refused=pl.col("reason") != "")
        .agg(pl.col("orders").sum())
        .collect()
    )


def _whole(own: pl.DataFrame, compared: pl.DataFrame) -> Tally:
    return Tally(
        int(own["orders"].sum()),
        int(own.filter(pl.col("reason") != "")["orders"].sum()),
        int(compared["orders"].sum()),
        int(compared.filter("refused")["orders"].sum()),
    )


def _by(own: pl.DataFrame, compared: pl.DataFrame, factor: str) -> dict[int, Tally]:
    """Tallies by a factor, ascending, of all values that the location or its peers have."""
    values = sorted({*own[factor].to_list(), *compared[factor].to_list()})
    return {
        value: _whole(own.filter(pl.col(factor) == value), compared.filter(pl.col(factor) == value)) for value in values
    }


def _peak(tally: Tally, hours: dict[int, Tally], loads: dict[int, Tally]) -> Peak | None:
    if tally.rejected < PEAK_LEAST:
        return None

    def within(first: int) -> int:
        return sum(hours[hour].rejected for hour in range(first, first + PEAK_HOURS) if hour in hours)

    first = max(range(24 - PEAK_HOURS + 1), key=within)
    usual = tally.rejected / tally.assigned
    beyond = {
        load: one.rejected - usual * one.assigned
        for load, one in loads.items()
        if 0 < load <= len(LOADS) and 2 * one.rejected >= PEAK_LEAST
    }
    load = max(beyond, key=beyond.__getitem__, default=None)
    fuller = load if load is not None and beyond[load] > 0.1 * tally.rejected else None
    return Peak(first, first + PEAK_HOURS, within(first) / tally.rejected, fuller)
