"""When a shopper can have it: windows from opening hours, cut-off, lead time and transit. Integers in, integers out."""

import math
from typing import Final, Literal

from msgspec import Struct

from manystores.sourcing.policy import Kind

MINUTE_US: Final = 60_000_000
DAY_US: Final = 86_400_000_000

_HORIZON_US: Final = 60 * DAY_US
"""A location that doesn't open for so long counts as closed: nobody waits for it."""

Obstacle = Literal["closed", "closes_before_ready", "cut_off_passed", "too_late_today", "no_carrier"]


class Window(Struct, frozen=True):
    """From when and until when, in µs UTC."""

    from_us: int
    to_us: int


class NotPossible(Struct, frozen=True):
    """Why there is no window."""

    reason: Obstacle


class Hours(Struct, frozen=True, kw_only=True):
    """A location's times as of now: the opening that is going on or comes next, and its next cut-off."""

    opens_us: int
    closes_us: int
    lead_time_minutes: int = 0
    """From accepting an order to having it ready, while it is open."""
    later: tuple[tuple[int, int], ...] = ()
    """(opens, closes) of the openings after that, as many as the lead time may take."""
    cut_off_us: int | None = None
    """The next cut-off at or after now: orders until then leave on its day. None: no cut-off."""
    day_ends_us: int
    """The next local midnight."""

    def ready_us(self, now_us: int) -> int | None:
        """When an order that is accepted now is ready: the lead time passes only while the location is open. None when
        it closes for good before."""
        left_us = self.lead_time_minutes * MINUTE_US
        for opens_us, closes_us in ((self.opens_us, self.closes_us), *self.later):
            start_us = max(opens_us, now_us)
            if start_us + left_us <= closes_us:
                return start_us + left_us
            left_us -= max(0, closes_us - start_us)
        return None


class Transit(Struct, frozen=True, kw_only=True):
    """How long a parcel is under way: a rider by minutes and km, a carrier by days."""

    minutes_min: int = 0
    minutes_max: int = 0
    minutes_per_km: float = 0.0
    days_min: int = 0
    days_max: int = 0

    def shortest_us(self, km: float) -> int:
        return self.days_min * DAY_US + (self.minutes_min + math.floor(self.minutes_per_km * km)) * MINUTE_US

    def longest_us(self, km: float) -> int:
        return self.days_max * DAY_US + (self.minutes_max + math.ceil(self.minutes_per_km * km)) * MINUTE_US


def promise_window(
    kind: Kind, now_us: int, hours: Hours, transit: Transit | None = None, km: float = 0.0
) -> Window | NotPossible:
    """When an order of now arrives (or can be collected). `transit` is None where no carrier goes."""
    if hours.opens_us - now_us > _HORIZON_US:
        return NotPossible("closed")
    today_us = max(now_us, hours.opens_us) + hours.lead_time_minutes * MINUTE_US
    if kind == "pick_up":
        return _pick_up(today_us, hours)
    if transit is None:
        return NotPossible("no_carrier")
    if kind == "same_day":
        return _same_day(today_us, hours, transit, km)
    ready_us = hours.ready_us(now_us)
    return NotPossible("closed") if ready_us is None else _ship(ready_us, hours, transit, km)


def _pick_up(ready_us: int, hours: Hours) -> Window | NotPossible:
    """Ready until the location closes, or for a day where it closes later or never; it has to be ready while somebody
    is there to hand it over."""
    if ready_us >= hours.closes_us:
        return NotPossible("closes_before_ready")
    return Window(ready_us, min(hours.closes_us, ready_us + DAY_US))


def _same_day(ready_us: int, hours: Hours, transit: Transit, km: float) -> Window | NotPossible:
    """The rider leaves as soon as it is ready; the whole window lies before midnight."""
    if hours.opens_us >= hours.day_ends_us:
        return NotPossible("closed")
    if hours.cut_off_us is not None and hours.cut_off_us >= hours.day_ends_us:
        return NotPossible("cut_off_passed")
    if ready_us > hours.closes_us:
        return NotPossible("closes_before_ready")
    window = Window(ready_us + transit.shortest_us(km), ready_us + transit.longest_us(km))
    return window if window.to_us <= hours.day_ends_us else NotPossible("too_late_today")


def _ship(ready_us: int, hours: Hours, transit: Transit, km: float) -> Window:
    """The carrier takes it at the cut-off, or when it is ready if that is later."""
    leaves_us = ready_us if hours.cut_off_us is None else max(ready_us, hours.cut_off_us)
    return Window(leaves_us + transit.shortest_us(km), leaves_us + transit.longest_us(km))
