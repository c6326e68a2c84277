"""How long things took, from the lake: a row for each fulfilment order, with what it may have depended on.

Every step of an order tells it whole, so its newest fact says all that happened to it. No personal data is in there,
nor here: a destination is a province.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import polars as pl
from msgspec import Struct

from manystores.core.clock import MINUTE_US, SECOND_US, from_datetime, to_datetime
from manystores.foresight.quantiles import Ints
from manystores.foresight.seasons import season
from manystores.lake import reader
from manystores.lake.schema import JOURNAL

Json = dict[str, Any]

COLUMNS: Final[dict[str, pl.DataType]] = {
    "party_no": pl.Int32(),
    "order_id": pl.String(),
    "location": pl.String(),
    "kind": pl.String(),
    "carrier": pl.String(),
    "region": pl.String(),
    "state": pl.String(),
    "began_us": pl.Int64(),
    "ready_us": pl.Int64(),
    "shipped_us": pl.Int64(),
    "done_us": pl.Int64(),
    "ended_us": pl.Int64(),
    "promised_from_us": pl.Int64(),
    "promised_to_us": pl.Int64(),
}
"""What is read of a fulfilment order. `region` is the destination's province; `carrier` the kind where none is named;
`done` is delivered, or ready to be collected; `ended` is when the location had no more to do with it."""
LOAD_LEAST: Final = -2
LOAD_MOST: Final = 3
_SECOND_BITS: Final = 33
NEVER_US: Final = ((1 << _SECOND_BITS) - 1) * SECOND_US


class Places(NamedTuple):
    """What is known of locations, by brand and code."""

    open_minutes: Callable[[int, str, int, int], float]
    """Between two times in µs."""
    zone: Callable[[int, str], str]
    """The IANA time zone."""
    leaves_us: Callable[[int, str, str, int], int]
    """When a parcel of a kind that is ready at a time leaves: at the next cut-off, or at once where there is none."""


class _Step(Struct):
    kind: str
    at: str


class _Package(Struct):
    carrier: str
    shipped_at: str
    delivered_at: str | None


class _Work(Struct):
    location: str
    kind: str
    state: str
    carrier: str | None
    packages: list[_Package]
    created_at: str
    updated_at: str
    promised_from: str | None
    promised_to: str | None
    history: list[_Step]


class _Order(Struct):
    id: str
    backfilled: bool
    fulfilment_orders: list[_Work]
    history: list[_Step]
    deliver_to: Json | None = None


_decode = msgspec.json.Decoder(_Order).decode


def read_spans(lake: Path, first_day: date | None = None, last_day: date | None = None) -> pl.DataFrame:
    """The fulfilment orders of which the lake tells on those days, as they were last told; columns as COLUMNS."""
    return spans_of(newest_told(lake, first_day, last_day))


def spans_of(told: pl.DataFrame) -> pl.DataFrame:
    """The same of orders that were read already."""
    rows = [row for party_no, body in told.iter_rows() for row in _rows(party_no, body)]
    return pl.DataFrame(rows, schema=COLUMNS, orient="row")


def newest_told(lake: Path, first_day: date | None = None, last_day: date | None = None) -> pl.DataFrame:
    """(party_no, body) of the newest fact of each order of which the lake tells on those days."""
    return (
        reader.scan(lake, JOURNAL, first_day, last_day)
        .filter(pl.col("body").str.contains('"fulfilment_orders":', literal=True))
        .sort("seq", "n")
        .group_by("partition_id", "subject", maintain_order=True)
        .agg(pl.col("party_no", "body").last())
        .select("party_no", "body")
        .collect()
    )


def _rows(party_no: int, body: str) -> Iterator[tuple[Any, ...]]:
    try:
        order = _decode(body)
    except msgspec.ValidationError:  # another fact that lists fulfilment orders without being an order
        return
    if order.backfilled:
        return
    approved_us = _first(order.history, "order.approved") or 0
    region = province_of(str((order.deliver_to or {}).get("region", "")))
    for work in order.fulfilment_orders:
        yield (party_no, order.id, *_work(work, approved_us, region))


def _work(work: _Work, approved_us: int, region: str) -> tuple[Any, ...]:
    """The columns from `location` on. What waits to be paid for begins when it is approved."""
    sent = [parsed_us(package.shipped_at) for package in work.packages]
    arrived = [parsed_us(package.delivered_at) for package in work.packages if package.delivered_at]
    shipped_us = min(sent, default=None)
    packed_us = _first(work.history, "fulfilment.packed")
    collected = work.kind == "pick_up"
    ready_us = _first(work.history, "fulfilment.ready") if collected else packed_us or shipped_us
    delivered_us = max(arrived) if sent and len(arrived) == len(sent) and work.state == "closed" else None
    carrier = next((package.carrier for package in work.packages if package.carrier), work.carrier) or work.kind
    gone_us = parsed_us(work.updated_at) if work.state in ("cancelled", "rejected", "closed") else None
    return (
        work.location,
        work.kind,
        carrier,
        "" if collected else region,
        work.state,
        max(parsed_us(work.created_at), approved_us),
        ready_us,
        shipped_us,
        ready_us if collected else delivered_us,
        ready_us or gone_us,
        parsed_us(work.promised_from) if work.promised_from else None,
        parsed_us(work.promised_to) if work.promised_to else None,
    )


def province_of(region: str) -> str:
    """The province of a GB/T 2260 code, two digits, or the country and subdivision of ISO 3166-2; '' stays ''.

    >>> province_of("310115004"), province_of("FR-IDF"), province_of("")
    ('31', 'FR-IDF', '')
    """
    return region[:2] if region.isdigit() else region


def with_factors(spans: pl.DataFrame, places: Places, now_us: int) -> pl.DataFrame:
    """Spans with what they may depend on, and how long preparation took (so far, if it still goes on).

    Adds `hour` and `weekday` of the beginning; `sent_us`, when it leaves by the location's rule, as promises are
    reckoned, and its `sent_hour`, `sent_weekday`, `season` (-1 before it is ready), all in the location's time;
    `queue`, what the location had to do when it came; `load`, the queue against what is usual there; `preparation`
    and `transit` in minutes, preparation in opening minutes.
    """
    began, ready = spans["began_us"].to_list(), spans["ready_us"].to_list()
    where = list(zip(spans["party_no"].to_list(), spans["location"].to_list(), strict=True))
    zones = [places.zone(*place) for place in where]
    preparation = [
        places.open_minutes(*place, since, now_us if until is None else until)
        for place, since, until in zip(where, began, ready, strict=True)
    ]
    sent_us = [
        None if at is None or kind == "pick_up" else places.leaves_us(*place, kind, at)
        for place, kind, at in zip(where, spans["kind"].to_list(), ready, strict=True)
    ]
    queue, load = queues(spans)
    begun, sent = _local(zones, began), _local(zones, sent_us)
    until = pl.col("done_us").fill_null(now_us)
    return spans.with_columns(
        *(pl.Series(name, values, pl.Int64) for name, values in zip(("hour", "weekday"), begun, strict=False)),
        *(
            pl.Series(name, values, pl.Int64)
            for name, values in zip(("sent_hour", "sent_weekday", "season"), sent, strict=True)
        ),
        pl.Series("sent_us", sent_us, pl.Int64),
        pl.Series("preparation", preparation, pl.Float64),
        queue=pl.Series(queue),
        load=pl.Series(load),
    ).with_columns(transit=((until - pl.col("sent_us")) / MINUTE_US).cast(pl.Float64))


def queues(spans: pl.DataFrame) -> tuple[Ints, Ints]:
    """(queue, load) of each row: how many fulfilment orders its location had in hand when it came, and that against
    the location's median, in steps of a doubling from LOAD_LEAST to LOAD_MOST."""
    codes = pl.concat_str("party_no", "location", separator="/").rank("dense").cast(pl.Int64)
    places = spans.select(codes).to_series().to_numpy()
    ended = np.sort(keyed(places, spans["ended_us"].fill_null(NEVER_US).to_numpy()))
    mine = keyed(places, spans["began_us"].to_numpy())
    order = np.argsort(mine, kind="stable")
    before = np.empty(len(mine), np.int64)
    before[order] = np.arange(len(mine))
    # what came and went within the second in which this one came counts as gone
    queue = np.maximum(before - np.searchsorted(ended, mine, side="right"), 0)
    usual = pl.DataFrame({"place": places, "queue": queue}).select(pl.col("queue").median().over("place"))
    return queue, load_of(queue, usual.to_series().to_numpy())


def load_of(queue: Any, usual: Any) -> Ints:
    """Queues against what is usual, in steps of a doubling."""
    steps = np.round(np.log2((np.asarray(queue) + 1.0) / (np.asarray(usual) + 1.0)))
    load: Ints = np.clip(steps, LOAD_LEAST, LOAD_MOST).astype(np.int64)
    return load


def keyed(places: Ints, at_us: Ints) -> Ints:
    """Times, to the second, that sort by place first."""
    return (places << _SECOND_BITS) + at_us // SECOND_US


def _local(zones: list[str], times: Iterable[int | None]) -> tuple[list[int], list[int], list[int]]:
    """(hour, weekday from Monday 0, season) of times in their zones; -1, -1, -1 where there is no time."""
    known = {name: ZoneInfo(name) for name in set(zones)}
    hours, weekdays, seasons = [], [], []
    for name, at_us in zip(zones, times, strict=True):
        at = None if at_us is None else to_datetime(at_us).astimezone(known[name])
        hours.append(-1 if at is None else at.hour)
        weekdays.append(-1 if at is None else at.weekday())
        seasons.append(-1 if at is None else season(at.date()))
    return hours, weekdays, seasons


def _first(history: Iterable[_Step], kind: str) -> int | None:
    return next((parsed_us(step.at) for step in history if step.kind == kind), None)


def parsed_us(text: str) -> int:
    return from_datetime(datetime.fromisoformat(text))
