"""How many orders each location can still take, in the hour in which it would work on them.

The ledger is the truth: an hour (and a day) of a location is a bucket. This is the view of it that sourcing reads: one
number a location, refreshed where a claim changed it, and everywhere when the hour turns.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from manystores.catalogue.registry import FIRST_OFFER_NO, ORDERS_PER_DAY, ORDERS_PER_HOUR
from manystores.core.clock import DAY_US, SECOND_US
from manystores.ledger import Key, Ledger
from manystores.ledger.totals import totals
from manystores.network.registry import UNLIMITED, Registry

HOUR_US: Final = 3600 * SECOND_US
PLENTY: Final = 1 << 40
HOURS_AHEAD: Final = 24


def capacity_windows(network: Registry, now_us: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Per location the hour and the day (their starts, µs) whose capacity counts now: those of this moment where it is
    open, else of its next opening."""
    opens_us = network.calendar.at(now_us).opens_us[: network.size]
    hour_us = np.maximum(opens_us, now_us) // HOUR_US * HOUR_US
    shift = np.rint(network.lon / 15).astype(np.int64) * HOUR_US  # days by mean solar time, as capacity is kept
    return hour_us, (hour_us + shift) // DAY_US * DAY_US - shift


def room_today(network: Registry, ledger: Ledger, now_us: int) -> Callable[[], NDArray[np.float64]]:
    """Orders that each location can still take on its day [L], summed by whatever thread calls the function: those of
    its open hours that are left, and no more than its day allows."""
    size, (hour_us, day_us) = network.size, capacity_windows(network, now_us)
    times = network.calendar.at(now_us)
    begin_us = np.maximum(times.opens_us[:size], now_us)
    hours = np.clip((np.minimum(times.closes_us[:size], day_us + DAY_US) - begin_us) / HOUR_US, 0.0, 24.0)
    per_hour, per_day = network.orders_per_hour[:size].copy(), network.orders_per_day[:size].copy()
    sum_up = totals(
        ledger, hour_us, day_us, first_offer_no=FIRST_OFFER_NO, hour_offer_no=ORDERS_PER_HOUR,
        day_offer_no=ORDERS_PER_DAY,
    )  # fmt: skip

    def room() -> NDArray[np.float64]:
        claimed = sum_up().day
        today = np.where(claimed[:, 0] >= 0, claimed[:, 1], per_day)
        left = np.where(per_hour == UNLIMITED, float(PLENTY), per_hour * hours)
        return np.minimum(left, np.where(per_day == UNLIMITED, float(PLENTY), today))

    return room


class CapacityView:
    """Orders that each location may still take: `left[L]`, in the hour that starts at `hour_us[L]`."""

    def __init__(self, network: Registry) -> None:
        self._network = network
        self._ledger: Ledger | None = None
        self._until_us = 0
        self.left: NDArray[np.int64] = np.zeros(0, np.int64)
        self.hour_us: NDArray[np.int64] = np.zeros(0, np.int64)
        self._first_us: NDArray[np.int64] = np.zeros(0, np.int64)
        self._limited: frozenset[int] = frozenset()
        self._windows: dict[int, tuple[tuple[int, int], ...]] = {}
        self._open: set[Key] = set()

    def refresh(self, ledger: Ledger, now_us: int) -> bool:
        """Bring all up to date if the hour turned, an opening passed, or the ledger is another; True if so."""
        network = self._network
        if ledger is self._ledger and now_us < self._until_us and len(self.left) == network.size:
            return False
        times = network.calendar.at(now_us)
        start = np.maximum(times.opens_us[: network.size], now_us)
        self._first_us = start // HOUR_US * HOUR_US
        self.hour_us = self._first_us.copy()
        self.left = np.full(network.size, PLENTY, np.int64)
        self._ledger = ledger
        self._until_us = min(now_us // HOUR_US * HOUR_US + HOUR_US, times.valid_until_us)
        limited = (network.orders_per_hour != UNLIMITED) | (network.orders_per_day != UNLIMITED)
        numbers = np.flatnonzero(limited).tolist()
        self._limited, self._windows, self._open = frozenset(numbers), {}, set()
        for location_no in self._to_ask(numbers):
            self.update(location_no)
        return True

    def _to_ask(self, limited: list[int]) -> list[int]:
        """The locations with limits of which the ledger may know something: all of them."""
        return limited

    def count_down(self, location_no: int) -> None:
        """An order came to a location. While there is plenty left that is all there is to know; near the end, and after
        claims that were undone, the ledger is asked."""
        if location_no not in self._limited:
            return
        left = self.left[location_no]
        if left > 2:
            self.left[location_no] = left - 1
        else:
            self.update(location_no)

    def is_open(self, ledger: Ledger, key: Key) -> bool:
        """Whether the bucket of an hour or a day is there. Ask once a command: what was opened in the same command may
        be undone with it."""
        if ledger is self._ledger and key in self._open:
            return True
        if ledger.counters(key) is None:
            return False
        if ledger is self._ledger:
            self._open.add(key)
        return True

    def update(self, location_no: int) -> None:
        """Read a location's capacity from the ledger: of its first hour that is not full, which may be one that a
        cancellation gave back."""
        if self._ledger is None or not 0 < location_no < len(self.left):
            return
        self._windows.pop(location_no, None)
        self.hour_us[location_no] = self._first_us[location_no]
        for _ in range(HOURS_AHEAD):
            left = min(
                self._of(ORDERS_PER_HOUR, location_no, int(self.hour_us[location_no])),
                self._of(ORDERS_PER_DAY, location_no, self.day_us(location_no)),
            )
            self.left[location_no] = left
            if left > 0 or self._limit(ORDERS_PER_HOUR, location_no) in (UNLIMITED, 0):
                return
            self.hour_us[location_no] += HOUR_US

    def is_full(self, location_no: int) -> bool:
        """Whether the hour in which a location would begin is taken: what comes now is for a later one."""
        return bool(self.hour_us[location_no] > self._first_us[location_no])

    def full(self, locations: NDArray[np.int64]) -> NDArray[np.bool_]:
        """The same of many."""
        return np.asarray(self.hour_us[locations] > self._first_us[locations])

    def windows(self, location_no: int) -> tuple[tuple[int, int], ...]:
        """The (offer_no, window_us) of the capacity that an order taken now claims there."""
        if location_no not in self._limited:
            return ()
        known = self._windows.get(location_no)
        if known is None:
            known = self._windows[location_no] = self._claimed(location_no)
        return known

    def _claimed(self, location_no: int) -> tuple[tuple[int, int], ...]:
        found = []
        if self._limit(ORDERS_PER_HOUR, location_no) != UNLIMITED:
            found.append((ORDERS_PER_HOUR, int(self.hour_us[location_no])))
        if self._limit(ORDERS_PER_DAY, location_no) != UNLIMITED:
            found.append((ORDERS_PER_DAY, self.day_us(location_no)))
        return tuple(found)

    def most(self, offer_no: int, location_no: int) -> int:
        """Orders that a location takes in an hour or a day."""
        limit = self._limit(offer_no, location_no)
        return PLENTY if limit == UNLIMITED else limit

    def day_us(self, location_no: int) -> int:
        """Start of the location's day, by its mean solar time: the same for all who ask, and no clock change."""
        shift = round(float(self._network.lon[location_no]) / 15) * HOUR_US
        return (int(self.hour_us[location_no]) + shift) // DAY_US * DAY_US - shift

    def _limit(self, offer_no: int, location_no: int) -> int:
        limits = self._network.orders_per_hour if offer_no == ORDERS_PER_HOUR else self._network.orders_per_day
        return int(limits[location_no])

    def _of(self, offer_no: int, location_no: int, window_us: int) -> int:
        limit = self._limit(offer_no, location_no)
        if limit == UNLIMITED or self._ledger is None:
            return PLENTY
        counters = self._ledger.counters(Key(location_no, offer_no, window_us))
        return limit if counters is None else counters.available
