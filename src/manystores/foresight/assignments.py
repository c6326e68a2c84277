"""What became of work that was given to a location, from the lake: served, or rejected or short-picked, and why.

A row is a fulfilment order whose outcome is known: the location took it on, or said that it can't serve (all of) it.
What nobody answered yet, and what a shopper or head office took back before, teaches nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import polars as pl
from msgspec import Struct

from manystores.core.clock import SECOND_US, to_datetime
from manystores.foresight.quantiles import Ints
from manystores.foresight.spans import keyed, parsed_us

HOUR_US: Final = 3600 * SECOND_US
COLUMNS: Final[dict[str, pl.DataType]] = {
    "party_no": pl.Int32(),
    "location": pl.String(),
    "kind": pl.String(),
    "skus": pl.List(pl.String()),
    "began_us": pl.Int64(),
    "gave_back_us": pl.Int64(),
    "reason": pl.String(),
    "short": pl.Boolean(),
    "known": pl.Boolean(),
}
"""`reason` is '' where nothing was refused; `short` where something was not found while picking; `gave_back_us` when it
had left the location unserved; `known` where it has an outcome."""

LOADS: Final = (0.5, 0.8)
"""Shares of the hour's capacity at which a location is more loaded: the load is how many of them are reached."""
UNLIMITED_LOAD: Final = -1
"""Of a location without a limit of orders an hour: nobody knows how much is much there."""
FULL_LOAD: Final = len(LOADS)
_NOT_FOUND: Final = "cannot_find"
_REFUSALS: Final = ("fulfilment.rejected", "fulfilment.lines_rejected")
_SERVING: Final = ("fulfilment.accepted", "fulfilment.picked", "fulfilment.packed", "fulfilment.ready")


class Sites(NamedTuple):
    """What is known of locations and offers now, by brand and code (or SKU)."""

    zone: Callable[[int, str], str]
    """The IANA time zone."""
    group: Callable[[int, str], str]
    """Who a location is compared with: see `group_of`."""
    per_hour: Callable[[int, str], int | None]
    """Orders that it takes in an hour; None without a limit."""
    starts_us: Callable[[int, str, int], int]
    """When work that comes at a time is begun: then, or at the next opening."""
    classes: Mapping[tuple[int, str], str]
    """Classes of offers that have one."""


class _Step(Struct):
    kind: str


class _Part(Struct):
    offer: str
    quantity: int
    short: int
    withdrawn: int
    shipped: int


class _Work(Struct):
    location: str
    kind: str
    state: str
    lines: list[_Part]
    reject_reason: str | None
    created_at: str
    updated_at: str
    history: list[_Step]


class _Approved(Struct):
    kind: str
    at: str


class _Order(Struct):
    backfilled: bool
    fulfilment_orders: list[_Work]
    history: list[_Approved]


_decode = msgspec.json.Decoder(_Order).decode


def assignments_of(told: pl.DataFrame) -> pl.DataFrame:
    """The work that orders, as `spans.newest_told` reads them, gave to locations; columns as COLUMNS."""
    rows = [row for party_no, body in told.iter_rows() for row in _rows(party_no, body)]
    return pl.DataFrame(rows, schema=COLUMNS, orient="row")


def _rows(party_no: int, body: str) -> Iterator[tuple[Any, ...]]:
    try:
        order = _decode(body)
    except msgspec.ValidationError:  # another fact that lists fulfilment orders without being an order
        return
    if order.backfilled:
        return
    approved_us = next((parsed_us(step.at) for step in order.history if step.kind == "order.approved"), 0)
    for work in order.fulfilment_orders:
        yield (party_no, *_work(work, approved_us))


def _work(work: _Work, approved_us: int) -> tuple[Any, ...]:
    steps = {step.kind for step in work.history}
    short = any(part.short for part in work.lines)
    refused = work.state == "rejected" or bool(steps.intersection(_REFUSALS))
    reason = (work.reject_reason or _NOT_FOUND) if refused else _NOT_FOUND if short else ""
    nothing_left = work.state in ("cancelled", "rejected")
    return (
        work.location,
        work.kind,
        sorted({part.offer for part in work.lines}),
        max(parsed_us(work.created_at), approved_us),
        parsed_us(work.updated_at) if nothing_left else None,
        reason,
        short,
        bool(reason) or bool(steps.intersection(_SERVING)) or any(part.shipped for part in work.lines),
    )


def group_of(groups: tuple[str, ...], province: str) -> str:
    """Who a location is compared with: its first group, else its province.

    >>> group_of(("flagship", "north"), "11"), group_of((), "11")
    ('flagship', '11')
    """
    return groups[0] if groups else province


def load_of(share: Any) -> Ints:
    """Loads of shares of the hour's capacity that are taken.

    >>> load_of([0.0, 0.5, 0.79, 1.2]).tolist()
    [0, 1, 1, 2]
    """
    loads: Ints = np.searchsorted(LOADS, share, side="right").astype(np.int64)
    return loads


def with_factors(assigned: pl.DataFrame, sites: Sites) -> pl.DataFrame:
    """Assignments with what their outcome may depend on.

    Adds `hour` of the day at which it came, in the location's time; `load`, the share of the hour's capacity that the
    location had taken when it came, as `load_of` puts it, or UNLIMITED_LOAD; `group`; `classes`, of its offers, ''
    for those without one.
    """
    where = list(zip(assigned["party_no"].to_list(), assigned["location"].to_list(), strict=True))
    began = assigned["began_us"].to_list()
    distinct = dict.fromkeys(where)
    zones = {place: ZoneInfo(sites.zone(*place)) for place in distinct}
    groups = {place: sites.group(*place) for place in distinct}
    limits = {place: sites.per_hour(*place) for place in distinct}
    starts = [sites.starts_us(*place, at_us) for place, at_us in zip(where, began, strict=True)]
    taken = in_flight(assigned, np.array(starts, np.int64))
    limit = np.array([np.nan if limits[place] is None else max(limits[place] or 0, 1) for place in where])
    load = np.where(np.isnan(limit), UNLIMITED_LOAD, load_of(taken / np.where(np.isnan(limit), 1.0, limit)))
    hours = [to_datetime(at_us).astimezone(zones[place]).hour for place, at_us in zip(where, began, strict=True)]
    classes = [
        sorted({sites.classes.get((place[0], sku), "") for sku in skus})
        for place, skus in zip(where, assigned["skus"].to_list(), strict=True)
    ]
    return assigned.with_columns(
        pl.Series("hour", hours, pl.Int64),
        pl.Series("load", load, pl.Int64),
        pl.Series("group", [groups[place] for place in where], pl.String),
        pl.Series("classes", classes, pl.List(pl.String)),
    )


def in_flight(assigned: pl.DataFrame, starts_us: Ints) -> Ints:
    """How many orders held capacity of the hour in which a location would begin with each (`starts_us`), when it came:
    those that came before it, less those that had been given back."""
    codes = pl.concat_str("party_no", "location", separator="/").rank("dense").cast(pl.Int64)
    places = assigned.select(codes).to_series().to_numpy()
    _, slot = np.unique(keyed(places, starts_us // HOUR_US * HOUR_US), return_inverse=True)
    came = keyed(slot, assigned["began_us"].to_numpy())
    order = np.argsort(came, kind="stable")
    first = np.searchsorted(slot[order], slot, side="left")
    before = np.empty(len(came), np.int64)
    before[order] = np.arange(len(came)) - first[order]
    back = assigned["gave_back_us"]
    gone = np.sort(keyed(slot, back.fill_null(0).to_numpy())[back.is_not_null().to_numpy()])
    given = np.searchsorted(gone, came, side="right") - np.searchsorted(gone, keyed(slot, np.zeros_like(came)))
    return np.maximum(before - given, 0)
