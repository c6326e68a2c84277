"""How long work may wait, and when a promise is at risk. All is counted in whole minutes that have passed, so that a
figure and the list behind it agree.

What a location's people have to do waits in the minutes in which it is open, by its hours, its time zone and its
holidays: an order of three in the morning is not late at four. What waits for somebody else, a release or a shopper,
waits by the clock.
"""

from datetime import datetime
from typing import Final, Literal, NamedTuple, get_args

from msgspec import Struct

from manystores.core.clock import MINUTE_US, to_datetime
from manystores.network.hours import Calendar
from manystores.network.open_minutes import OpenMinutes
from manystores.orders.work import WAITS

Risk = Literal["overdue", "soon"]
RISKS: tuple[Risk, ...] = get_args(Risk)
BY_HOURS: Final = frozenset(("accept", "pick", "pack", "ship"))
"""What is done by a location's people, and so waits while it is open."""
UNKEPT: Final = tuple(step for step in WAITS if step != "collect")
"""What work waits for as long as its promise is not kept: what is set out for collection keeps it."""
AGES: Final = (0, 15, 60, 240, 1440)
"""Bands of age, by their first minute; the last has no end."""


class Patience(Struct, frozen=True):
    """Minutes since the last step with a fulfilment order after which it waits too long, by what it waits for (of
    opening, for those of BY_HOURS); and how many minutes before its time a promise that isn't kept yet is at risk."""

    hold: int = 1440
    accept: int = 60
    pick: int = 120
    pack: int = 60
    ship: int = 720
    collect: int = 4320
    at_risk: int = 60

    def minutes(self, waits_for: str) -> int:
        """How long work may wait for this."""
        found: int = getattr(self, waits_for)
        return found

    def promised(self, risk: Risk, now_us: int) -> tuple[int, int]:
        """[from, to) in which a promise ends that is overdue, or soon will be."""
        now_us = before(now_us, 0)
        return (1, now_us) if risk == "overdue" else (now_us, now_us + self.at_risk * MINUTE_US)


class Limits(NamedTuple):
    """Since when work has waited too long: `before[rhythm * len(WAITS) + step]`, and the rhythm of each location."""

    before: list[datetime]
    rhythms: list[int]


class Waiting:
    """Says when work waits too long, by the hours of its location. One instance serves the whole process."""

    def __init__(self, patience: Patience, calendar: Calendar) -> None:
        self.patience = patience
        self._calendar = calendar
        self._open = OpenMinutes(calendar)
        self._limits: tuple[tuple[int, int, int], list[datetime]] | None = None

    @property
    def changes(self) -> int:
        """Grows when a location gets other hours: then what was counted by its old ones is to be counted anew."""
        return self._calendar.changes

    def rhythm(self, location_no: int) -> int:
        """What locations with the same hours have in common."""
        return self._calendar.rhythm_no(location_no)

    def late_before(self, step: str, rhythm: int, minute: int) -> int:
        """At a minute: work whose last step was in an earlier minute than this waits too long."""
        limit = self.patience.minutes(step)
        return self._open.before(rhythm, minute, limit) if step in BY_HOURS else minute - limit

    def late_from(self, step: str, rhythm: int, touched: int, minute: int) -> int:
        """The minute from which work will have waited too long, or at which to ask again."""
        limit = self.patience.minutes(step)
        if step in BY_HOURS:
            return self._open.after(rhythm, touched, limit, minute)
        return max(touched + limit, minute) + 1

    def limits(self, now_us: int) -> Limits:
        """For statements: the moments for all rhythms, and whose rhythm each is."""
        minute, calendar = now_us // MINUTE_US, self._calendar
        key = (minute, calendar.rhythms, calendar.changes)
        if self._limits is None or self._limits[0] != key:
            found = [
                to_datetime(self.late_before(step, rhythm, minute) * MINUTE_US)
                for rhythm in range(calendar.rhythms)
                for step in WAITS
            ]
            self._limits = key, found
        return Limits(self._limits[1], calendar.rhythm_nos().tolist())


def before(now_us: int, minutes: int) -> int:
    """The moment so many whole minutes ago."""
    return now_us // MINUTE_US * MINUTE_US - minutes * MINUTE_US
