"""Promise windows by what was learned: a location's preparation through its hours, the carrier's transit, their spread.

The window goes from the p10 to the p90. Distributions are looked up once for each combination of factors, so that an
order costs one pass over some hundred sums, whatever was learned.
"""

import math
from functools import lru_cache
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from manystores.core.clock import DAY_US, MINUTE_US, to_datetime
from manystores.foresight.durations import Durations
from manystores.foresight.learned import Learned
from manystores.foresight.margins import LEVELS
from manystores.foresight.quantiles import Floats
from manystores.foresight.seasons import season
from manystores.foresight.spans import Places, province_of
from manystores.kernels.promising import arrival_quantiles
from manystores.network.hours import next_cut_off, next_open, openings_after, rhythm_of
from manystores.network.open_minutes import OpenMinutes
from manystores.network.registry import Registry as Network
from manystores.sourcing.policy import Kind
from manystores.sourcing.promise_dates import Window

LEAST_PREPARED: Final = 20.0
LEAST_ARRIVED: Final = 30.0
"""Observations, decayed by age, of the location and of the carrier to the province, from which on they are trusted."""
_USUAL_LOAD: Final = 0
_QUARTER_US: Final = 15 * MINUTE_US
_COARSE: Final = 10
_KEPT_MOST: Final = 200_000
_LEVELS: Final = np.array(LEVELS)
LATEST_MOST: Final = 0.985
"""The highest quantile that is promised by: beyond it too little was seen to tell."""
_MEDIAN: Final = np.array(LEVELS[1:2])
_AT_ONCE: Final = np.zeros(1)


def levels(moved: float) -> Floats:
    """LEVELS, with the latest so much higher that it holds for its share of all orders though those that move don't
    keep it: p90 / (1 − moved), at most LATEST_MOST.

    >>> levels(0.05).round(4).tolist()
    [0.1, 0.5, 0.9474]
    """
    if moved <= 0.0:
        return _LEVELS
    return np.array((*LEVELS[:2], min(LATEST_MOST, LEVELS[2] / max(1.0 - moved, LEVELS[2]))))


class Moment(NamedTuple):
    """What a time is in a place: hour, weekday from Monday 0, days of a festival's season."""

    hour: int
    weekday: int
    season: int


@lru_cache(4_096)
def local(time_zone: str, quarter: int) -> Moment:
    """The moment of a quarter of an hour since the epoch; all zones' offsets are whole quarters."""
    at = to_datetime(quarter * _QUARTER_US).astimezone(ZoneInfo(time_zone))
    return Moment(at.hour, at.weekday(), season(at.date()))


class Openings(NamedTuple):
    """A location's openings in µs, as many as some work may take that begins before the first one ends."""

    opens: Floats
    closes: Floats
    since_us: int
    until_us: int
    minutes: int


class Work(NamedTuple):
    """How long an order of a location takes: equally likely minutes of preparation and transit, ascending; openings,
    and the next cut-off in µs, below 0 where parcels leave at once; kind/carrier, province and hour of the day."""

    preparation: Floats
    openings: Openings
    cut_off: float
    transit: Floats
    service: str
    province: str
    hour: int


class Foreseen:
    """Windows of one brand by what was learned; make a new one when the network changes or more was learned."""

    def __init__(self, learned: Learned, network: Network) -> None:
        self.learned, self._network = learned, network
        self._grids: dict[tuple[Any, ...], Floats | None] = {}
        self._openings: dict[int, Openings] = {}
        self._usuals: dict[tuple[Kind, str], str] = {}
        self._cut_offs: dict[tuple[int, Kind], tuple[int, int]] = {}

    def window(
        self, kind: Kind, location_no: int, carrier: str, region: str, from_us: int, moved: float = 0.0
    ) -> Window | None:
        """When an order that the location starts on then arrives, or is ready to be collected until it closes; None
        where too little was learned of the location, or of the carrier to that province. Where no carrier is named, it
        is the one that goes there most often. `moved` is how probable it is that the location rejects the order: what
        moves on counts as too late, so that the others are promised by a higher quantile."""
        found = self.work(kind, location_no, carrier, region, from_us)
        if found is None:
            return None
        preparation, openings, cut_off, transit, service, province, hour = found
        work = (preparation, openings.opens, openings.closes, cut_off)
        early, middle, late = arrival_quantiles(*work, transit, float(from_us), levels(moved)).tolist()
        factors = {"carrier": service, "region": "" if kind == "pick_up" else province, "hour": hour}
        low, high = self.learned.margins.of(factors)
        to_us = from_us + int(middle + (late - middle) * math.exp(high))
        if kind == "pick_up":
            return _collected(to_us, openings)
        return Window(from_us + max(0, int(middle - (middle - early) * math.exp(low))), to_us)

    def work(self, kind: Kind, location_no: int, carrier: str, region: str, from_us: int) -> Work | None:
        """How long an order takes that the location starts on then; None where too little was learned, see `window`."""
        location = self._network.location(location_no)
        province, begun = province_of(region), local(location.time_zone, from_us // _QUARTER_US)
        preparation = self._prepared(kind, location.code, begun.hour)
        if preparation is None:
            return None
        openings = self._open(location_no, from_us, int(preparation[-1]) + 1)
        cut_off = self._cut_off(kind, location_no, from_us)
        work = (preparation, openings.opens, openings.closes, cut_off)
        transit: Floats | None = _AT_ONCE
        service = f"{kind}/{carrier}" if carrier else self._usual(kind, province)
        if kind != "pick_up":
            leaves_us = from_us + int(arrival_quantiles(*work, _AT_ONCE, float(from_us), _MEDIAN)[0])
            sent = local(location.time_zone, leaves_us // _QUARTER_US)
            transit = self._under_way(service, province, location.code, sent)
        if transit is None:
            return None
        return Work(preparation, openings, cut_off, transit, service, province, begun.hour)

    def _prepared(self, kind: Kind, location: str, hour: int) -> Floats | None:
        factors = {"kind": kind, "location": location, "hour": hour, "load": _USUAL_LOAD}
        return self._grid(self.learned.preparation, factors, ("location",), LEAST_PREPARED)

    def _usual(self, kind: Kind, province: str) -> str:
        """The carrier, as kind/carrier, that this kind goes with to a province; kind/kind where none was seen."""
        known = self._usuals.get((kind, province))
        if known is None:
            of = self.learned.transit
            found = None if of is None else of.most_seen("carrier", f"{kind}/", {"region": province})
            known = self._usuals[kind, province] = found or f"{kind}/{kind}"
        return known

    def _under_way(self, carrier: str, province: str, location: str, sent: Moment) -> Floats | None:
        if self.learned.transit is None:
            return None
        factors = {
            "carrier": carrier,
            "region": province,
            "location": location,
            "sent_hour": sent.hour,
            "sent_weekday": sent.weekday,
            "season": sent.season,
        }
        return self._grid(self.learned.transit, factors, ("carrier", "region"), LEAST_ARRIVED)

    def _grid(self, of: Durations, factors: dict[str, Any], by: tuple[str, ...], least: float) -> Floats | None:
        """The distribution for these factors, in half as many steps as it was learned; remembered."""
        key = tuple(factors.values())
        if key not in self._grids:
            if len(self._grids) >= _KEPT_MOST:
                self._grids.clear()
            enough = of.support_of(factors, by) >= least
            self._grids[key] = of.grid(factors).reshape(_COARSE, -1).mean(axis=1) if enough else None
        return self._grids[key]

    def _open(self, location_no: int, now_us: int, minutes: int) -> Openings:
        """The openings that so many minutes of work from now on may take."""
        known = self._openings.get(location_no)
        if known is None or minutes > known.minutes or not known.since_us <= now_us < known.until_us:
            location = self._network.location(location_no)
            opens_us, closes_us = next_open(location, now_us)
            later = openings_after(rhythm_of(location), closes_us, minutes)
            every = np.array([(opens_us, closes_us), *later], np.float64)
            known = Openings(every[:, 0].copy(), every[:, 1].copy(), now_us, closes_us, minutes)
            self._openings[location_no] = known
        return known

    def _cut_off(self, kind: Kind, location_no: int, now_us: int) -> float:
        """The next time when parcels leave, in µs; -1 where they leave at once."""
        location = self._network.location(location_no)
        if kind == "pick_up" or kind not in location.cut_offs:
            return -1.0
        since_us, cut_off_us = self._cut_offs.get((location_no, kind), (0, -1))
        if not since_us <= now_us <= cut_off_us:
            found = next_cut_off(location, kind, now_us)
            cut_off_us = -1 if found is None else found
            self._cut_offs[location_no, kind] = (now_us, cut_off_us)
        return float(cut_off_us)


def _collected(ready_us: int, openings: Openings) -> Window:
    """From when it is ready until the location closes, or for a day where it closes later or never."""
    closing = openings.closes[openings.closes > ready_us]
    until_us = min(int(closing[0]), ready_us + DAY_US) if len(closing) else ready_us + DAY_US
    return Window(ready_us, until_us)


def places_of(network: Network, now_us: int) -> Places:
    """What learning asks of locations; one that is gone is open by the clock, in UTC."""
    counter, now = OpenMinutes(network.calendar), now_us // MINUTE_US

    def open_minutes(party_no: int, code: str, since_us: int, until_us: int) -> float:
        rhythm_no = network.calendar.rhythm_no(network.find(party_no, code))
        return float(counter.between(rhythm_no, since_us // MINUTE_US, min(until_us // MINUTE_US, now), now))

    def zone(party_no: int, code: str) -> str:
        location_no = network.find(party_no, code)
        return network.location(location_no).time_zone if location_no else "UTC"

    def leaves_us(party_no: int, code: str, kind: str, ready_us: int) -> int:
        location_no = network.find(party_no, code)
        cut_off = next_cut_off(network.location(location_no), kind, ready_us) if location_no else None
        return ready_us if cut_off is None else cut_off

    return Places(open_minutes, zone, leaves_us)
