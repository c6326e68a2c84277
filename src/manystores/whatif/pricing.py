"""Prices that look ahead while a simulation runs, kept up as they are beside real orders."""

import numpy as np
from numpy.typing import NDArray

from manystores.kernels.sourcing_stock import Stock
from manystores.kernels.what_if import Capacity, room_today
from manystores.sourcing.compiled import CompiledPolicy
from manystores.sourcing.live_prices import Ground, LivePrices, Seen, ground_of
from manystores.whatif.scenario import HOUR_US, Foretold, Moment, Scenario

AT_ONCE = 1_000
"""Orders after which prices are brought up to date, if an hour doesn't pass before."""


class Pricing:
    """One policy's prices on one scenario; `unit` [buckets] and `room` [L] change in place."""

    def __init__(self, scenario: Scenario, compiled: CompiledPolicy, stock: Stock, capacity: Capacity) -> None:
        self._scenario, self._compiled, self._stock, self._capacity = scenario, compiled, stock, capacity
        self._rules = compiled.rules("", "ship")
        self._day = -1
        self._foretold: Foretold | None = None
        self._live: LivePrices | None = None
        self._seen = 0
        self._at_us = 0
        self.unit: NDArray[np.float32] = np.zeros(len(stock.bucket_location), np.float32)
        self.room: NDArray[np.float32] = np.zeros(len(scenario.sites.code), np.float32)

    @property
    def known(self) -> bool:
        """Whether there are prices to decide by."""
        return self._live is not None

    def upto(self, done: int, now_us: int, moment: Moment) -> None:
        """So many orders are decided; the next one comes now."""
        foresight, days = self._scenario.foresight, self._compiled.policy.look_ahead_days
        if foresight is None or not days:
            return
        day, gone = foresight.day(now_us), foresight.gone(now_us)
        if day != self._day:
            self._day, self._foretold = day, foresight.foretold(day, days)
            self._live = self._made(gone, moment)
        elif self._live is None or (done - self._seen < AT_ONCE and now_us - self._at_us < HOUR_US):
            return
        else:
            self._live.observe(self._ordered(done))
            self._live.refresh(self._stock, self._ground(moment), gone)
        self._seen, self._at_us = done, now_us
        self._tell()

    def _made(self, gone: float, moment: Moment) -> LivePrices | None:
        if self._foretold is None:
            return None
        return LivePrices(self._foretold.expected, self._stock, self._ground(moment), gone)

    def _ground(self, moment: Moment) -> Ground:
        room = room_today(self._capacity, moment.open_hours)
        return ground_of(self._compiled.network, self._rules, self._rules.places.excluded, room)

    def _ordered(self, done: int) -> Seen:
        """What was ordered since the last time, as far as it was expected at all."""
        foretold, asked = self._foretold, self._scenario.orders.asked
        assert foretold is not None
        begin, end = asked.line_ptr[self._seen], asked.line_ptr[done]
        zones = np.repeat(foretold.zone[self._seen : done], np.diff(asked.line_ptr[self._seen : done + 1]))
        rows = foretold.row[asked.line_item[begin:end]]
        known = rows >= 0
        return Seen(zones[known], rows[known], asked.line_units[begin:end][known].astype(np.int32))

    def _tell(self) -> None:
        if self._live is None:
            self.unit[:] = 0.0
            self.room[:] = 0.0
        else:
            self.unit[:] = self._live.prices.unit
            self.room[:] = self._live.prices.room
