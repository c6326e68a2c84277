"""Minutes in which locations were open: how long work waited while somebody was there to do it.

All times are whole minutes since the epoch. Locations with the same rhythm share the work, and what is known of a
rhythm is kept for a day. Hours are taken as they are today, also for days gone by.
"""

from bisect import bisect_left, bisect_right
from typing import Final, NamedTuple

from manystores.core.clock import MINUTE_US
from manystores.network.hours import NEVER_US, Calendar, Rhythm, openings_of
from manystores.network.location import ALWAYS_OPEN

DAY: Final = 24 * 60
AHEAD: Final = 2 * DAY
LOOK_BACK: Final = (14 * DAY, 60 * DAY, 400 * DAY)
"""How far back openings are looked for, farther only if need be; nothing waits for longer than the last."""


class _Openings(NamedTuple):
    """The openings of a rhythm between two minutes, and how many minutes it was open by each one's end."""

    begin: int
    end: int
    starts: list[int]
    sums: list[int]

    def open_by(self, minute: int) -> int:
        """How many minutes it was open from the beginning to a minute."""
        n = bisect_right(self.starts, minute) - 1
        if n < 0:
            return 0
        before = self.sums[n - 1] if n else 0
        return min(self.sums[n], before + minute - self.starts[n])

    def when(self, minutes: int) -> int | None:
        """The first minute by which it was open for so many; None when that is after the end."""
        n = bisect_left(self.sums, minutes)
        if n == len(self.sums):
            return None
        return self.starts[n] + minutes - (self.sums[n - 1] if n else 0)


class OpenMinutes:
    """Counts in the opening minutes of a rhythm, by its number in the calendar.

    What is always open, or never in the year before, counts by the clock: else work would wait there unseen.
    """

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._kept: dict[int, _Openings | None] = {}
        self._day = -1

    def before(self, rhythm_no: int, now: int, minutes: int) -> int:
        """The earliest minute since which the place was open for no more than so many until now: what came before it
        waited for longer."""
        for back in LOOK_BACK:
            found = self._openings(rhythm_no, now, back)
            if found is None:
                return now - minutes
            wanted = found.open_by(now) - minutes
            if wanted > 0:
                return found.when(wanted) or found.begin
        return now - LOOK_BACK[-1]

    def after(self, rhythm_no: int, since: int, minutes: int, now: int) -> int:
        """The first minute, later than now, by which the place will have been open for more than so many since a
        minute; if that is not within a day, a minute at which to ask again."""
        found = self._openings(rhythm_no, now, max(now - since, 0))
        if found is None:
            return max(since + minutes, now) + 1
        due = found.when(found.open_by(max(since, found.begin)) + minutes + 1)
        return found.end - DAY if due is None else max(due, now + 1)

    def between(self, rhythm_no: int, since: int, until: int, now: int) -> int:
        """How many minutes the place was open between two minutes, neither later than now."""
        found = self._openings(rhythm_no, now, max(now - since, 0))
        if found is None:
            return max(until - since, 0)
        return max(found.open_by(until) - found.open_by(max(since, found.begin)), 0)

    def _openings(self, rhythm_no: int, now: int, back: int) -> _Openings | None:
        """The openings from so many minutes back, or earlier, to a day ahead at least; None for what counts by the
        clock."""
        if now // DAY != self._day:
            self._day = now // DAY
            self._kept.clear()
        kept = self._kept.get(rhythm_no)
        if kept is None and rhythm_no in self._kept:
            return None
        begin = now - next((most for most in LOOK_BACK if most >= back), LOOK_BACK[-1])
        if kept is None or kept.begin > begin + DAY:
            rhythm = self._calendar.rhythm(rhythm_no)
            kept = self._kept[rhythm_no] = _look(rhythm, begin - begin % DAY - DAY, self._day * DAY + AHEAD)
        return kept


def _look(rhythm: Rhythm | None, begin: int, end: int) -> _Openings | None:
    if rhythm is None or rhythm.hours == ALWAYS_OPEN:
        return None
    starts, sums = _added_up(rhythm, begin, end)
    if not starts and not _added_up(rhythm, end - LOOK_BACK[-1], end)[0]:
        return None
    return _Openings(begin, end, starts, sums)


def _added_up(rhythm: Rhythm, begin: int, end: int) -> tuple[list[int], list[int]]:
    starts: list[int] = []
    sums: list[int] = []
    total = 0
    for opens_us, closes_us in openings_of(rhythm, begin * MINUTE_US, end * MINUTE_US):
        first, last = opens_us // MINUTE_US, min(closes_us // MINUTE_US, end)
        if last > first and opens_us < NEVER_US:
            total += last - first
            starts.append(first)
            sums.append(total)
    return starts, sums
