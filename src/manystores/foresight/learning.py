"""One night's lesson: durations from the weeks before, margins from the promises that fell due since the last one."""

from typing import Any, Final

import numpy as np
import polars as pl

from manystores.core.clock import DAY_US, MINUTE_US
from manystores.foresight.durations import Durations, learn_durations
from manystores.foresight.kept import followed, with_deadlines
from manystores.foresight.ladder import Rung
from manystores.foresight.learned import Learned
from manystores.foresight.margins import Margins
from manystores.foresight.rungs import PREPARATION, PREPARATION_SHAPES, TRANSIT, TRANSIT_SHAPES

WINDOW_DAYS: Final = 60
_LEAST_MINUTES: Final = 0.5
_WITHDRAWN: Final = ("cancelled", "rejected")


def learn(spans: pl.DataFrame, party_no: int, now_us: int, before: Learned | None) -> Learned | None:
    """What a brand's spans, with their factors (`spans.with_factors`), teach as of now; None where nothing was ever
    ready. `before` is what was learned last time. A carrier is learned as kind/carrier: it may send and ride."""
    service = pl.concat_str("kind", "carrier", separator="/")
    own = spans.filter((pl.col("party_no") == party_no) & (pl.col("began_us") < now_us)).with_columns(carrier=service)
    made = own.filter(pl.col("ready_us").is_not_null() | ~pl.col("state").is_in([*_WITHDRAWN, "closed"]))
    preparation = _durations(made, "preparation", "ready_us", now_us, PREPARATION, PREPARATION_SHAPES)
    if preparation is None:
        return None
    sent = pl.col("shipped_us").is_not_null() | ~pl.col("state").is_in([*_WITHDRAWN, "closed"])
    under_way = own.filter((pl.col("sent_us") < now_us) & sent)
    transit = _durations(under_way, "transit", "done_us", now_us, TRANSIT, TRANSIT_SHAPES)
    margins = Margins(None if before is None else before.margins.learned)
    if before is not None:
        _judge(margins, own, before, now_us)
    since_us = now_us if before is None else before.since_us
    return Learned(party_no, now_us, since_us, preparation, transit, margins)


def _durations(
    rows: pl.DataFrame, span: str, end: str, now_us: int, rungs: tuple[Rung, ...], shapes: tuple[Rung, ...]
) -> Durations | None:
    observed = rows[end].is_not_null().to_numpy()
    if not observed.any():
        return None
    minutes = np.maximum(rows[span].to_numpy(), _LEAST_MINUTES)
    age_days = (now_us - rows["began_us"].to_numpy()) / DAY_US
    names = sorted({name for rung in (*rungs, *shapes) for name in rung.by})
    columns: dict[str, Any] = {name: _column(rows[name]) for name in names}
    return learn_durations(minutes, observed, age_days, columns, rungs, shapes)


def _judge(margins: Margins, own: pl.DataFrame, before: Learned, now_us: int) -> None:
    """Take one step from the promises that fell due since the last lesson. Those from before anything was learned were
    not made by it, and are not judged."""
    due = with_deadlines(followed(own)).filter(
        (pl.col("began_us") >= before.since_us) & (pl.col("by_us") > before.at_us) & (pl.col("by_us") <= now_us)
    )
    began = due["began_us"].to_numpy()
    happened = np.where(due["done_us"].is_null().to_numpy(), np.inf, due["done_us"].fill_null(0).to_numpy() - began)
    low = due["not_before_us"].cast(pl.Float64).fill_null(np.nan).to_numpy() - began
    high = due["by_us"].to_numpy() - began
    promised = np.stack([low, np.zeros(len(due)), high], axis=1)
    columns = {name: _column(due[name]) for name in ("carrier", "region", "hour")}
    margins.learn(promised / MINUTE_US, happened / MINUTE_US, columns)


def _column(series: pl.Series) -> Any:
    """A factor as numpy has it: text of fixed width, or integers."""
    return np.array(series.to_list()) if series.dtype == pl.String else series.to_numpy()
