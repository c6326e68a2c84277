"""What shoppers are promised in a simulation, by the rule of real promises, and when their goods come, drawn by a seed.

Where a location's and a carrier's times were learned, both come of what was learned: the promise as it would be told,
the arrival as a draw from the same preparation, hours, collections and transit. Elsewhere configured times are taken as
kept in nine of ten cases, with a spread that is assumed.
"""

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Final

import numpy as np

from manystores.core.clock import DAY_US, MINUTE_US
from manystores.flows import promising
from manystores.flows.capacity import HOUR_US
from manystores.flows.foreseen import Foreseen, Work
from manystores.flows.promising import KnownHours, Parcel, Terms
from manystores.foresight.learned import Learned
from manystores.foresight.quantiles import Floats
from manystores.network.registry import Registry
from manystores.sourcing.policy import Kind
from manystores.sourcing.promise_dates import Transit
from manystores.whatif.promises import Promised, luck, shared
from manystores.whatif.run import Outcome
from manystores.whatif.scenario import Scenario

SPREAD: Final = 0.4
"""Of the logarithm of a configured preparation time."""
P90: Final = NormalDist().inv_cdf(0.9)
_NORMAL: Final = NormalDist()
_PREPARATION, _TRANSIT = 0, 1


class Promising:
    """Promises and arrivals on a brand's network."""

    def __init__(self, network: Registry, party_no: int, learned: Learned | None, seed: int) -> None:
        self._network, self._party_no, self._seed = network.twin(), party_no, seed
        self._known = KnownHours(self._network)
        self._foreseen = None if learned is None else Foreseen(learned, self._network)
        self.by_learned = 0
        """Promises that were made by what was learned."""

    def of(self, scenario: Scenario, outcomes: Sequence[Outcome]) -> list[Promised]:
        """For each outcome; an order at a place comes at the same time under every policy that sends it from there."""
        rows, own = shared(outcomes)
        orders = scenario.orders
        draws = [luck(self._seed, rows[:, 0], rows[:, 1], what).tolist() for what in (_PREPARATION, _TRANSIT)]
        at_us, later = orders.at_us.tolist(), orders.later_us.tolist()
        told = np.zeros((len(rows), 3), np.int64)
        self.by_learned = 0
        for i, (order, place, metres, hour) in enumerate(rows.tolist()):
            kind, now_us = orders.kind[order], at_us[order]
            known = promising.terms(
                self._network, self._party_no, kind, Parcel(orders.region[order]), now_us, self._known, self._foreseen
            )
            start_us, km = max(now_us, hour * HOUR_US), metres / 1000
            if later[order] > start_us:  # promised for a date of its own: nothing is drawn
                told[i, 0] = promising.promise_from(kind, place, km, known, later[order]).to_us
                continue
            told[i] = self._one(kind, place, km, known, start_us, draws[_PREPARATION][i], draws[_TRANSIT][i])
        return [Promised(*(told[rows_of, column] for column in range(3))) for rows_of in own]

    def _one(
        self, kind: Kind, place: int, km: float, known: Terms, start_us: int, slow: float, late: float
    ) -> tuple[int, int, int]:
        """(promised until, kept by, came), µs."""
        window = promising.promise(kind, place, km, known, start_us)
        work = known.work(place, km, start_us)
        if work is None:
            came_us = self._configured(kind, place, km, known, start_us, slow, late)
        else:
            self.by_learned += 1
            came_us = _learned(work, start_us, slow, late)
        return window.to_us, window.from_us if kind == "pick_up" else window.to_us, came_us

    def _configured(
        self, kind: Kind, place: int, km: float, known: Terms, start_us: int, slow: float, late: float
    ) -> int:
        """The lead time through opening hours, then transit; what is configured is each one's p90."""
        hours = known.hours(place)
        minutes = hours.lead_time_minutes * math.exp(SPREAD * (_NORMAL.inv_cdf(slow) - P90))
        openings = [(hours.opens_us, hours.closes_us), *hours.later]
        ready_us = _ready(minutes, openings, start_us)
        if kind == "pick_up":
            return ready_us
        if kind == "ship" and hours.cut_off_us is not None:
            ready_us = max(ready_us, hours.cut_off_us)
        transit: Transit = known.transit(place, km) or promising.default_transit(km)
        longest, shortest = transit.longest_us(km), transit.shortest_us(km)
        middle, half = (longest + shortest) / 2, (longest - shortest) / 2
        return ready_us + max(0, int(middle + half * _NORMAL.inv_cdf(late) / P90))


def _learned(work: Work, start_us: int, slow: float, late: float) -> int:
    openings = list(zip(work.openings.opens.tolist(), work.openings.closes.tolist(), strict=True))
    leaves_us = _ready(_drawn(work.preparation, slow), openings, start_us)
    if work.cut_off >= 0:
        leaves_us = int(work.cut_off) + max(0, -((int(work.cut_off) - leaves_us) // DAY_US)) * DAY_US
    return leaves_us + int(_drawn(work.transit, late) * MINUTE_US)


def _drawn(grid: Floats, at: float) -> float:
    """A quantile of equally likely values; beyond the outer ones their slope goes on."""
    if len(grid) == 1:
        return float(grid[0])
    place = at * len(grid) - 0.5
    low = min(max(math.floor(place), 0), len(grid) - 2)
    return max(0.0, float(grid[low] + (grid[low + 1] - grid[low]) * (place - low)))


def _ready(minutes: float, openings: Sequence[tuple[float, float]], now_us: int) -> int:
    """When so much work is done, which is done in opening hours; after the last known one it goes on by the clock."""
    left = minutes * MINUTE_US
    at = float(now_us)
    for opens, closes in openings:
        start = max(opens, float(now_us))
        if start + left <= closes:
            return int(start + left)
        if closes > start:
            left -= closes - start
        at = max(at, closes)
    return int(at + left)
