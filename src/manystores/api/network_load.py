"""How much each location has to do, what it can still take and what stands there: kept up while somebody looks.

Work comes from the order book, in one statement for the locations that commits touched since; stock and capacity from
the ledger in memory, in one pass. A commit costs nothing while nobody looks, and a set insertion a fulfilment order
while somebody does. All brands share one picture; each is shown its own rows.
"""

import asyncio
import time
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from psycopg_pool import AsyncConnectionPool

from manystores.catalogue.registry import FIRST_OFFER_NO, ORDERS_PER_DAY, ORDERS_PER_HOUR
from manystores.core.clock import DAY_US, MINUTE_US, Clock, from_datetime, to_datetime
from manystores.core.sql import queries
from manystores.flows.capacity import capacity_windows
from manystores.ledger.totals import Totals, totals
from manystores.network.hours import NEVER_US
from manystores.network.registry import UNLIMITED, Registry
from manystores.orders.patience import Waiting
from manystores.orders.search import LIVE, late_values
from manystores.promise.journal import Batch
from manystores.promise.owner import Owner

SQL: Final = queries("manystores.orders")
EVERY_S: Final = 1.0
WATCHED_S: Final = 60.0  # so long after somebody looked, commits are noted
SHARE: Final = 0.05  # of a core, at most, for summing the ledger
REJECTED_US: Final = DAY_US

COUNTS: Final = (
    "open",
    "in_progress",
    "on_hold",
    "late",
    "rejected",
    "hour_used",
    "hour_left",
    "day_used",
    "day_left",
    "units",
    "reserved",
    "records",
    "records_out",
)
"""Columns of `Picture.counts`; the capacity that is left is UNLIMITED where there is no limit."""
STOCK: Final = ("units", "reserved", "records", "records_out")
_WORK, _LATE, _REJECTED, _CAPACITY, _STOCK = slice(0, 4), 3, 4, slice(5, 9), slice(9, 13)
_LEFT: Final = (6, 8)

Numbers = NDArray[np.int64]


class Picture(NamedTuple):
    """The network at a moment. `changed[L]` is the sequence at which a location's counts last changed."""

    at_us: int
    sequence: int
    counts: Numbers  # [L, len(COUNTS)]
    changed: Numbers

    def busy(self) -> NDArray[np.bool_]:
        """bool[L]: the locations that have anything: work, refusals, claimed capacity or stock."""
        told = self.counts.copy()
        told[:, _LEFT] = 0
        return np.asarray(told.any(axis=1))


class NetworkLoad:
    """Keeps the picture up to date, at most once a second and only when asked."""

    def __init__(
        self, network: Registry, owner: Owner, pool: AsyncConnectionPool[Any], clock: Clock, waiting: Waiting
    ) -> None:
        self._network, self._owner, self._pool, self._clock = network, owner, pool, clock
        self._waiting, self._hours = waiting, waiting.changes
        self.epoch = f"{clock.now_us():x}"
        """Tells the sequences of one process from those of another."""
        self._lock = asyncio.Lock()
        self._picture: Picture | None = None
        self._looked_s = self._taken_s = -1e9
        self._touched: set[int] | None = None  # None: unknown, all may be
        self._due_us = np.zeros(0, np.int64)  # when the work counts of a location change by themselves
        self._totals: Totals | None = None
        self._sum_again_s = -1e9
        self._windows: tuple[Numbers, Numbers] | None = None

    def note(self, batch: Batch) -> None:
        """A batch was committed."""
        if self._touched is None:
            return
        if time.monotonic() - self._looked_s > WATCHED_S:
            self._touched = None
            return
        for orders in (batch.new_orders, batch.changed_orders):
            for order in orders.values():
                self._touched.update([work.location_no for work in order.fulfilments])

    async def look(self) -> Picture:
        """The network as of at most a second ago."""
        async with self._lock:
            self._looked_s = time.monotonic()
            picture = self._picture
            old = self._looked_s - self._taken_s >= EVERY_S
            if picture is None or old or len(picture.counts) < self._network.size:
                picture = self._picture = await self._take(picture)
                self._taken_s = time.monotonic()
            return picture

    async def _take(self, before: Picture | None) -> Picture:
        now_us, size = self._clock.now_us(), self._network.size
        counts = np.zeros((size, len(COUNTS)), np.int64)
        changed = np.zeros(size, np.int64)
        if before is not None:
            counts[: len(before.counts)] = before.counts
            changed[: len(before.changed)] = before.changed
        await self._count_work(counts, self._stale(size, now_us), now_us)
        found = await self._sum_up(now_us)
        counts[:, _STOCK] = _fitting(found.stock, size, 0)
        counts[:, _CAPACITY] = self._capacity(found, size)
        if before is None:
            return Picture(now_us, 1, counts, changed + 1)
        old = _fitting(before.counts, size, 0)
        differs = (counts != old).any(axis=1)
        if not differs.any():
            return before._replace(at_us=now_us, counts=counts, changed=changed)
        changed[differs] = before.sequence + 1
        return Picture(now_us, before.sequence + 1, counts, changed)

    def _stale(self, size: int, now_us: int) -> list[int]:
        """The locations whose work must be counted anew; whatever commits from here on is noted for the next time."""
        if self._touched is None or len(self._due_us) == 0 or self._hours != self._waiting.changes:
            self._hours = self._waiting.changes
            self._due_us = np.full(size, NEVER_US, np.int64)
            stale: Iterable[int] = range(1, size)
        else:
            self._due_us = _fitting(self._due_us[:, None], size, NEVER_US)[:, 0]
            stale = self._touched.union(np.flatnonzero(self._due_us <= now_us).tolist())
        self._touched = set()
        return [number for number in stale if number in self._network]

    async def _count_work(self, counts: Numbers, numbers: list[int], now_us: int) -> None:
        if not numbers:
            return
        here = {"partition_id": self._owner.partition_id, "location_nos": numbers}
        here |= late_values(self._waiting.limits(now_us)) | {"since": to_datetime(now_us - REJECTED_US)}
        try:
            async with self._pool.connection() as connection:
                work = await (await connection.execute(SQL["work_by_location"], here)).fetchall()
                refused = await (await connection.execute(SQL["rejections_by_location"], here)).fetchall()
        except BaseException:
            self._touched = None
            raise
        counts[numbers, _WORK] = 0
        counts[numbers, _REJECTED] = 0
        self._due_us[numbers] = NEVER_US
        minute, rhythm = now_us // MINUTE_US, self._waiting.rhythm
        for location_no, state, step, count, late, oldest_at in work:
            counts[location_no, LIVE.index(state)] += count
            counts[location_no, _LATE] += late
            if oldest_at is not None:
                touched = from_datetime(oldest_at) // MINUTE_US
                due_us = self._waiting.late_from(step, rhythm(location_no), touched, minute) * MINUTE_US
                self._due_us[location_no] = min(self._due_us[location_no], due_us)
        for location_no, refusals, first_at in refused:
            counts[location_no, _REJECTED] = refusals
            forgotten_us = from_datetime(first_at) + REJECTED_US + 1
            self._due_us[location_no] = min(self._due_us[location_no], forgotten_us)

    async def _sum_up(self, now_us: int) -> Totals:
        """What stands and what is claimed; a large ledger is not summed each second."""
        windows = capacity_windows(self._network, now_us)
        turned = self._windows is None or not all(
            np.array_equal(a, b) for a, b in zip(windows, self._windows, strict=True)
        )
        started_s = time.monotonic()
        if self._totals is None or turned or started_s >= self._sum_again_s:
            sum_up = totals(
                self._owner.ledger,
                *windows,
                first_offer_no=FIRST_OFFER_NO,
                hour_offer_no=ORDERS_PER_HOUR,
                day_offer_no=ORDERS_PER_DAY,
            )
            self._totals, self._windows = await asyncio.to_thread(sum_up), windows
            took_s = time.monotonic() - started_s
            self._sum_again_s = started_s + took_s / SHARE
        return self._totals

    def _capacity(self, found: Totals, size: int) -> Numbers:
        """[L, 4] used and left of the hour and of the day; where nobody claimed any of it, all is left."""
        network, told = self._network, np.zeros((size, 4), np.int64)
        limits = (network.orders_per_hour[:size], network.orders_per_day[:size])
        for at, (claimed, limit) in enumerate(zip((found.hour, found.day), limits, strict=True)):
            known = _fitting(claimed, size, -1)
            asked = known[:, 0] >= 0
            told[:, 2 * at] = np.where(asked, known[:, 0], 0)
            told[:, 2 * at + 1] = np.where(limit == UNLIMITED, UNLIMITED, np.where(asked, known[:, 1], limit))
        return told


def _fitting(found: Numbers, size: int, empty: int) -> Numbers:
    """The same rows, and empty ones up to the size."""
    if len(found) >= size:
        return found[:size]
    return np.concatenate([found, np.full((size - len(found), found.shape[1]), empty, np.int64)])
