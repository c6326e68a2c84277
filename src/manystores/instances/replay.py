"""A policy decides an instance's orders one after the other, as they come."""

import resource
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Final, Literal, get_args

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from manystores.instances.instance import Instance
from manystores.instances.shelves import OpenShelves
from manystores.kernels.order_rules import decide_nearest
from manystores.kernels.order_stream import Stream, Taken, decide_cheapest, new_scratch
from manystores.sourcing.demand_areas import gather_areas
from manystores.sourcing.look_ahead import LookAhead

Policy = Literal["nearest", "whole-first", "myopic", "lookahead"]
POLICIES: Final[tuple[Policy, ...]] = get_args(Policy)

REFRESHES_A_DAY: Final = 48
TIMED: Final = 250
"""Every so manieth order is decided in a call of its own, whose time is taken."""
DAY_S: Final = 86_400

Told = Callable[[float], None]


class Report(msgspec.Struct, frozen=True):
    """How a replay went. Times in seconds of one core unless they say otherwise."""

    policy: Policy
    decided_by: Policy
    """What decided in the end: without a forecast, look-ahead can only take what is cheapest now."""
    note: str | None
    orders: int
    lines: int
    units: int
    units_short: int
    orders_per_second: int
    """A second of the deciding core, without the time for prices."""
    orders_per_second_with_refresh: int
    decision_us_p50: float
    decision_us_p99: float
    full_refresh_s: float
    """The first prices of all SKUs, from nothing: the longest of all refreshes."""
    day_refresh_s_p50: float
    """All SKUs again, at the begin of a day."""
    refresh_s_p50: float
    """The SKUs that moved, within a day."""
    refresh_s_most: float
    refreshes: int
    seconds: float
    peak_memory_mb: int


class _Times:
    """What took how long."""

    def __init__(self) -> None:
        self.deciding_s, self.first_s = 0.0, 0.0
        self.single_us: list[float] = []
        self.day_s: list[float] = []
        self.moved_s: list[float] = []


def replay(
    instance: Instance, policy: Policy, told: Told = lambda share: None, pruned: bool = True
) -> tuple[pl.DataFrame, Report]:
    """The assignment (order_line_id, location_id, qty) and how it went. The same instance gives the same assignment.

    Without `pruned` every holder of an offer is looked at: slower, with the same answer.
    """
    run = _Run(instance, policy, pruned)
    run.warm_up()
    begun = time.perf_counter()
    run.begin()
    edges = _edges(instance)
    for start, stop in pairwise(edges):
        run.decide(int(start), int(stop))
        told(stop / max(1, edges[-1]))
    return run.assignment(), run.report(time.perf_counter() - begun)


def _edges(instance: Instance) -> NDArray[np.int64]:
    """Where the stream is interrupted for prices, or for another day: positions of orders."""
    moments = np.arange(1, instance.meta.days * REFRESHES_A_DAY) * (DAY_S / REFRESHES_A_DAY)
    days = np.flatnonzero(np.diff(instance.order_day)) + 1
    inner = np.append(np.searchsorted(instance.order_t, moments), days)
    return np.unique(np.concatenate([[0], inner, [len(instance.order_t)]]))


class _Run:
    """One policy on one instance."""

    def __init__(self, instance: Instance, policy: Policy, pruned: bool) -> None:
        self.instance, self.policy = instance, policy
        self.decided_by: Policy = "myopic" if policy == "lookahead" and instance.forecast is None else policy
        self.open = OpenShelves(instance, pruned)
        self.stream = Stream(instance.order_xyz, instance.line_ptr, instance.line_sku, instance.line_qty)
        rows = int(instance.line_qty.sum())
        self.taken = Taken(
            np.empty(rows, np.int64), np.empty(rows, np.int64), np.empty(rows, np.int32), np.zeros(1, np.int64)
        )
        self.scratch = new_scratch(len(instance.xyz), self.open.most_runs)
        self.ahead: LookAhead | None = None
        self.times = _Times()

    def warm_up(self) -> None:
        """Load the machine code: a range of no orders, a network of nothing."""
        self._decide(0, 0)
        if self.decided_by == "lookahead":
            LookAhead.warm_up()

    def begin(self) -> None:
        """Make the first prices."""
        one = self.instance
        first = int(one.order_day[0]) if len(one.order_day) else 0
        self.open.open_day(first)
        if self.decided_by != "lookahead" or one.forecast is None:
            return
        begun = time.perf_counter()
        places = self.open.shelves.places[:, :3]
        areas = gather_areas(places, one.city_xyz, one.city_pop, one.city_zone, one.zones)
        self.ahead = LookAhead(self.open.shelves, areas, one.forecast, one.sku_class, one.meta.lines_dist, first)
        self.open.bound(self.ahead.all)
        self.times.first_s = time.perf_counter() - begun

    def decide(self, start: int, stop: int) -> None:
        """Decide these orders of one day, at prices as of the first of them."""
        self._refresh(start)
        at = start
        while at < stop:
            begun, core = time.perf_counter(), time.thread_time()
            self._decide(at, at + 1)
            single = time.perf_counter()
            upto = min(stop, at + TIMED)
            self._decide(at + 1, upto)
            self.times.single_us.append((single - begun) * 1e6)
            self.times.deciding_s += time.thread_time() - core
            at = upto
        self._observe(start, stop)

    def _decide(self, start: int, stop: int) -> None:
        shelves, scratch = self.open.shelves, self.scratch
        if self.decided_by in ("nearest", "whole-first"):
            whole_first = self.decided_by == "whole-first"
            decide_nearest(shelves, self.stream, self.taken, scratch, start, stop, whole_first)
        else:
            decide_cheapest(shelves, self.open.runs, self.stream, self.taken, scratch, start, stop)

    def _refresh(self, start: int) -> None:
        day = int(self.instance.order_day[start])
        self.open.open_day(day)
        if self.ahead is None or start == 0:
            return
        begun = time.perf_counter()
        gone = float(self.instance.order_t[start] - day * DAY_S) / DAY_S
        new_day = day > self.ahead.day
        self.open.bound(self.ahead.refresh(day, min(max(gone, 0.0), 1.0)))
        took = self.times.day_s if new_day else self.times.moved_s
        took.append(time.perf_counter() - begun)

    def _observe(self, start: int, stop: int) -> None:
        if self.ahead is None:
            return
        one = self.instance
        begin, end = one.line_ptr[start], one.line_ptr[stop]
        zones = np.repeat(one.order_zone[start:stop], np.diff(one.line_ptr[start : stop + 1]))
        self.ahead.observe(zones, one.line_sku[begin:end], one.line_qty[begin:end])

    def assignment(self) -> pl.DataFrame:
        """What was taken, a row for each line and location."""
        one, count = self.instance, int(self.taken.rows[0])
        record = self.open.record[self.taken.record[:count]]
        return pl.DataFrame(
            {
                "order_line_id": one.line_id[self.taken.line[:count]],
                "location_id": one.location_id[one.stock_location[record]],
                "qty": self.taken.qty[:count].astype(np.int64),
            }
        )

    def report(self, seconds: float) -> Report:
        """How it went."""
        one, times = self.instance, self.times
        units, orders = int(one.line_qty.sum()), len(one.order_id)
        refreshing = times.first_s + sum(times.day_s) + sum(times.moved_s)
        fell_back = "no forecast: decided by what is cheapest now" if self.decided_by != self.policy else None
        return Report(
            policy=self.policy,
            decided_by=self.decided_by,
            note=fell_back,
            orders=orders,
            lines=len(one.line_id),
            units=units,
            units_short=units - int(self.taken.qty[: int(self.taken.rows[0])].sum()),
            orders_per_second=round(orders / max(times.deciding_s, 1e-9)),
            orders_per_second_with_refresh=round(orders / max(times.deciding_s + refreshing, 1e-9)),
            decision_us_p50=round(_percentile(times.single_us, 50), 1),
            decision_us_p99=round(_percentile(times.single_us, 99), 1),
            full_refresh_s=round(times.first_s, 3),
            day_refresh_s_p50=round(_percentile(times.day_s, 50), 4),
            refresh_s_p50=round(_percentile(times.moved_s, 50), 4),
            refresh_s_most=round(max([*times.day_s, *times.moved_s, times.first_s]), 4),
            refreshes=len(times.day_s) + len(times.moved_s),
            seconds=round(seconds, 2),
            peak_memory_mb=_peak_memory_mb(),
        )


def _percentile(values: list[float], percent: int) -> float:
    return float(np.percentile(values, percent)) if values else 0.0


def _peak_memory_mb() -> int:
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most // (1024 * 1024 if sys.platform == "darwin" else 1024)
