"""When locations are open: OSM opening hours with public holidays, in each place's own time zone.

Times are microseconds UTC. What the hours call "unknown" counts as closed, since nothing can be promised then.
"""

from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from opening_hours import OpeningHours, State

from manystores.core.clock import DAY_US, MINUTE_US, from_datetime, to_datetime
from manystores.network.location import ALWAYS_OPEN, Location

Times = NDArray[np.int64]

NEVER_US: Final = 1 << 62
"""Later than any time: when a location that is always open closes, and when one that is always closed opens."""

_LOOK_AHEAD_DAYS = 400
_TRUST_US = 300 * DAY_US  # "never" was found by looking 400 days ahead, so it holds for 300
_CLOSED, _ALWAYS = 0, 1
_SHARED_MINUTES = 240
_SUN_EVENTS = ("sunrise", "sunset", "dawn", "dusk")


class Rhythm(NamedTuple):
    """What locations with the same hours have in common; the place matters only to hours that follow the sun."""

    time_zone: str
    hours: str
    holidays: str
    place: tuple[float, float] | None


class OpeningTimes(NamedTuple):
    """Per location_no the opening that is going on (opens_us ≤ now < closes_us) or comes next.

    It holds from `valid_from_us` until just before `valid_until_us`; then ask the calendar again. The arrays are not
    written to after they were handed out.
    """

    opens_us: Times
    closes_us: Times
    valid_from_us: int
    valid_until_us: int


def rhythm_of(location: Location) -> Rhythm:
    """The rhythm that a location follows."""
    sunny = any(event in location.opening_hours for event in _SUN_EVENTS)
    place = (round(location.lat, 1), round(location.lon, 1)) if sunny else None
    return Rhythm(location.time_zone, location.opening_hours, location.holidays, place)


def next_open(location: Location, at_us: int) -> tuple[int, int]:
    """(opens_us, closes_us) of the opening at a time, or of the next one; opens_us ≤ at_us means open.

    Looks 400 days ahead; a location that stays closed opens at NEVER_US.
    """
    return _next_open(rhythm_of(location), at_us)


def openings_after(rhythm: Rhythm, closes_us: int, minutes: int) -> tuple[tuple[int, int], ...]:
    """The openings after one that closes then, as many as so many minutes of work may take."""
    if closes_us >= NEVER_US or minutes == 0:
        return ()
    # leads are of many lengths: rounded up, most locations of a rhythm share what is found
    return _openings_after(rhythm, closes_us, -(-minutes // _SHARED_MINUTES) * _SHARED_MINUTES)


def next_cut_off(location: Location, kind: str, at_us: int) -> int | None:
    """The first cut-off of a kind of delivery (ship, same_day) at or after a time; None when there is none."""
    clock_time = location.cut_offs.get(kind)
    return None if clock_time is None else next_clock_time(clock_time, location.time_zone, at_us)


def next_clock_time(clock_time: str, time_zone: str, at_us: int) -> int:
    """When a local time of day, HH:MM, comes next; the given time itself counts."""
    zone = ZoneInfo(time_zone)
    today = to_datetime(at_us).astimezone(zone).date()
    due = time.fromisoformat(clock_time)
    days = (datetime.combine(today + timedelta(days=n), due, zone) for n in range(3))
    return next(due_us for day in days if (due_us := from_datetime(day)) >= at_us)


def openings_of(rhythm: Rhythm, from_us: int, until_us: int) -> list[tuple[int, int]]:
    """All openings of a rhythm that overlap a span of time, in order, the first one cut at its start: asked for at
    once, which for many of them is far cheaper than one by one."""
    if rhythm.hours == ALWAYS_OPEN:
        return [(from_us, NEVER_US)]
    hours, zone = _parsed(rhythm)
    start, end = to_datetime(from_us).astimezone(zone), to_datetime(until_us).astimezone(zone)
    found: list[tuple[int, int]] = []
    for begin, finish, state, _ in hours.intervals(start, end):
        if state == State.OPEN:
            opens_us = max(from_us, from_datetime(begin))
            closes_us = from_datetime(finish) if finish is not None else NEVER_US
            if found and opens_us <= found[-1][1]:  # two stretches with comments of their own
                found[-1] = (found[-1][0], max(found[-1][1], closes_us))
            else:
                found.append((opens_us, closes_us))
    return found


class Calendar:
    """Opening times of all locations. Locations that share a rhythm share the work: 7,209 stores have 230 rhythms."""

    def __init__(self) -> None:
        self._numbers: dict[Rhythm, int] = {}
        self._rhythms: list[Rhythm] = []
        # by rhythm; the first two are fixed: closed forever (numbers nobody has), and always open (the network)
        self._opens = np.array([NEVER_US, -NEVER_US], dtype=np.int64)
        self._closes = np.array([NEVER_US, NEVER_US], dtype=np.int64)
        self._from = np.array([-NEVER_US, -NEVER_US], dtype=np.int64)
        self._until = np.array([NEVER_US, NEVER_US], dtype=np.int64)
        self._rhythm_of = np.array([_ALWAYS], dtype=np.int32)
        self._size = 1
        self._cached: OpeningTimes | None = None
        self.changes = 0
        """How often a location that was known already got other hours."""

    def assign(self, location: Location) -> None:
        """Let a numbered location follow its hours; a later call replaces them."""
        no = location.location_no
        self._size = max(self._size, no + 1)
        if no >= len(self._rhythm_of):
            grown = np.full(max(no + 1, 2 * len(self._rhythm_of)), _CLOSED, dtype=np.int32)
            grown[: len(self._rhythm_of)] = self._rhythm_of
            self._rhythm_of = grown
        before, self._rhythm_of[no] = int(self._rhythm_of[no]), self._number(rhythm_of(location))
        self.changes += before not in (_CLOSED, int(self._rhythm_of[no]))
        self._cached = None

    def rhythm_no(self, location_no: int) -> int:
        """The number of the rhythm that a location follows; it stays as long as `changes` does."""
        return int(self._rhythm_of[location_no]) if location_no < self._size else _CLOSED

    def rhythm_nos(self) -> NDArray[np.int32]:
        """The numbers of all locations' rhythms, by location_no."""
        return self._rhythm_of[: self._size]

    def rhythm(self, rhythm_no: int) -> Rhythm | None:
        """The rhythm of a number; None for those that need no hours: nobody's, and the network's."""
        return self._rhythms[rhythm_no - 2] if rhythm_no >= 2 else None

    @property
    def rhythms(self) -> int:
        """How many numbers of rhythms there are."""
        return len(self._opens)

    def twin(self) -> "Calendar":
        """The same hours, to be asked about other times: each remembers what it was asked last."""
        other = Calendar()
        other._numbers, other._rhythms = dict(self._numbers), list(self._rhythms)
        other._opens, other._closes = self._opens.copy(), self._closes.copy()
        other._from, other._until = self._from.copy(), self._until.copy()
        other._rhythm_of, other._size = self._rhythm_of.copy(), self._size
        return other

    def at(self, now_us: int) -> OpeningTimes:
        """The opening times at a moment, by location_no; free while nothing opened or closed since the last call."""
        cached = self._cached
        if cached is not None and cached.valid_from_us <= now_us < cached.valid_until_us:
            return cached
        for n in np.flatnonzero((self._until <= now_us) | (self._from > now_us)):
            opens_us, closes_us = _next_open(self._rhythms[n - 2], now_us)
            self._opens[n], self._closes[n], self._from[n] = opens_us, closes_us, now_us
            self._until[n] = min(closes_us, now_us + _TRUST_US)
        rhythm_of_location = self._rhythm_of[: self._size]
        self._cached = OpeningTimes(
            self._opens[rhythm_of_location],
            self._closes[rhythm_of_location],
            int(self._from.max()),
            int(self._until.min()),
        )
        return self._cached

    def _number(self, rhythm: Rhythm) -> int:
        number = self._numbers.get(rhythm)
        if number is None:
            number = self._numbers[rhythm] = len(self._opens)
            self._rhythms.append(rhythm)
            self._opens, self._closes = np.append(self._opens, NEVER_US), np.append(self._closes, NEVER_US)
            self._from, self._until = np.append(self._from, NEVER_US), np.append(self._until, NEVER_US)
        return number


def _next_open(rhythm: Rhythm, at_us: int) -> tuple[int, int]:
    if rhythm.hours == ALWAYS_OPEN:
        return at_us, NEVER_US
    hours, zone = _parsed(rhythm)
    start = to_datetime(at_us).astimezone(zone)
    opens_us: int | None = None
    closes_us = NEVER_US
    for begin, end, state, _ in hours.intervals(start, start + timedelta(days=_LOOK_AHEAD_DAYS)):
        if state == State.OPEN:
            if opens_us is None:
                # the library forgets which of two equal clock times it was asked for when clocks go back
                opens_us = max(at_us, from_datetime(begin))
            closes_us = from_datetime(end) if end is not None else NEVER_US
        elif opens_us is not None:
            return opens_us, closes_us
    return (NEVER_US, NEVER_US) if opens_us is None else (opens_us, NEVER_US)


@lru_cache(maxsize=20_000)
def _parsed(rhythm: Rhythm) -> tuple[OpeningHours, ZoneInfo]:
    zone = ZoneInfo(rhythm.time_zone)
    hours = OpeningHours(
        rhythm.hours,
        timezone=zone,
        country=rhythm.holidays or None,
        coords=rhythm.place,
        auto_country=False,
        auto_timezone=rhythm.place is not None,  # else the sun rises at 7 everywhere; the zone given still holds
    )
    return hours, zone


@lru_cache(maxsize=20_000)
def _openings_after(rhythm: Rhythm, closes_us: int, minutes: int) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    left_us, from_us = minutes * MINUTE_US, closes_us
    while left_us > 0:
        opens_us, closes_us = _next_open(rhythm, from_us)
        if opens_us >= NEVER_US:
            break
        found.append((opens_us, closes_us))
        left_us -= closes_us - opens_us
        from_us = closes_us
    return tuple(found)
