"""What is promised to a shopper: from when until when. One rule for the question before the order and for the order."""

from collections.abc import Callable
from typing import Final, NamedTuple

from manystores.core.clock import DAY_US, MINUTE_US, SECOND_US
from manystores.flows.foreseen import Foreseen, Work
from manystores.network.carriers import Quote, quote
from manystores.network.hours import next_cut_off, openings_after
from manystores.network.registry import Registry as Network
from manystores.sourcing.policy import Kind
from manystores.sourcing.promise_dates import Hours, Transit, Window, promise_window

RIDER: Final = Transit(minutes_min=20, minutes_max=40, minutes_per_km=4.0)


class Parcel(NamedTuple):
    """What is sent, and where to: the destination's region code, and grams."""

    region: str = ""
    grams: int = 0


class Terms(NamedTuple):
    """A location's hours, and how long a parcel of this kind takes from it, at one moment; and the window by what was
    learned, from a location and a time on, and the spread of the work that it is made of, None where too little was."""

    hours: Callable[[int], Hours]
    transit: Callable[[int, float], Transit | None]
    learned: Callable[[int, float, int], Window | None]
    work: Callable[[int, float, int], Work | None]


class KnownHours:
    """Hours by location and kind, worked out once for as long as they hold. Make a new one when the network changes."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._known: dict[tuple[int, Kind], tuple[int, int, Hours]] = {}

    def of(self, location_no: int, kind: Kind, now_us: int) -> Hours:
        """The hours of a location at a moment."""
        known = self._known.get((location_no, kind))
        if known is None or not known[0] <= now_us < known[1]:
            known = self._known[location_no, kind] = _hours(self._network, location_no, kind, now_us)
        return known[2]


def _hours(network: Network, location_no: int, kind: Kind, now_us: int) -> tuple[int, int, Hours]:
    """A location's hours at a moment, and from when until before when they are the same."""
    location, times = network.location(location_no), network.calendar.at(now_us)
    cut_off_us = None if kind == "pick_up" else next_cut_off(location, kind, now_us)
    day_ends_us = day_end_us(float(network.lon[location_no]), now_us)
    until_us = min(times.valid_until_us, day_ends_us)
    if cut_off_us is not None:
        until_us = min(until_us, cut_off_us + 1)
    closes_us, lead = int(times.closes_us[location_no]), location.lead_time_minutes
    rhythm = network.calendar.rhythm(network.calendar.rhythm_no(location_no))
    hours = Hours(
        opens_us=int(times.opens_us[location_no]),
        closes_us=closes_us,
        lead_time_minutes=lead,
        later=() if rhythm is None else openings_after(rhythm, closes_us, lead),
        cut_off_us=cut_off_us,
        day_ends_us=day_ends_us,
    )
    return now_us, until_us, hours


def terms(
    network: Network,
    party_no: int,
    kind: Kind,
    parcel: Parcel,
    now_us: int,
    known: KnownHours | None = None,
    foreseen: Foreseen | None = None,
    moving: Callable[[int], float] | None = None,
) -> Terms:
    """Hours by location number, transit by location number and km, and windows by what was learned of the brand.

    `moving` tells how probable it is that an order moves on from a location, and is later for that.
    """
    carriers = network.carriers_of(party_no) if kind == "ship" else []

    def hours(location_no: int) -> Hours:
        return _hours(network, location_no, kind, now_us)[2] if known is None else known.of(location_no, kind, now_us)

    def cheapest(location_no: int, km: float) -> tuple[str, Quote] | None:
        origin = network.location(location_no).region
        found = [(c.code, q) for c in carriers if (q := quote(c, origin, parcel.region, km, parcel.grams)) is not None]
        return min(found, key=lambda pair: pair[1].cost, default=None)

    def transit(location_no: int, km: float) -> Transit | None:
        if kind == "same_day":
            return RIDER
        if not carriers:
            return default_transit(km)
        best = cheapest(location_no, km)
        return None if best is None else Transit(days_min=best[1].days_min, days_max=best[1].days_max)

    def learned(location_no: int, km: float, from_us: int) -> Window | None:
        if foreseen is None:
            return None
        best = cheapest(location_no, km) if carriers else None
        moved = 0.0 if moving is None else moving(location_no)
        return foreseen.window(kind, location_no, "" if best is None else best[0], parcel.region, from_us, moved)

    def work(location_no: int, km: float, from_us: int) -> Work | None:
        if foreseen is None:
            return None
        best = cheapest(location_no, km) if carriers else None
        return foreseen.work(kind, location_no, "" if best is None else best[0], parcel.region, from_us)

    return Terms(hours, transit, learned, work)


def promise(kind: Kind, location_no: int, km: float, known: Terms, from_us: int) -> Window:
    """The window of an order that the location starts on at `from_us`: by what was learned, else as configured.

    An order that was accepted all the same, though its window can't be kept to (the store closes before it is ready),
    is promised from when it is ready on, for a day.
    """
    found = known.learned(location_no, km, from_us)
    if found is not None:
        return found
    transit = None if kind == "pick_up" else known.transit(location_no, km) or default_transit(km)
    hours = known.hours(location_no)
    window = promise_window(kind, from_us, hours, transit, km)
    if isinstance(window, Window):
        return window
    ready_us = hours.ready_us(from_us)
    if ready_us is None:  # closed for good: as if it were open
        ready_us = max(from_us, hours.opens_us) + hours.lead_time_minutes * MINUTE_US
    return Window(ready_us, ready_us + DAY_US)


def promise_from(kind: Kind, location_no: int, km: float, known: Terms, window_us: int) -> Window:
    """The window of what a location can give from a later date on, or at the slot that begins then."""
    if kind == "pick_up":
        return Window(window_us, window_us)
    transit = known.transit(location_no, km) or default_transit(km)
    return Window(window_us + transit.shortest_us(km), window_us + transit.longest_us(km))


def default_transit(km: float) -> Transit:
    """Where the brand named no carrier: a day near by, and a day more for every 700 km."""
    days = 1 + int(km // 700)
    return Transit(days_min=days, days_max=days + 1)


def day_end_us(lon: float, now_us: int) -> int:
    """The next midnight by the mean solar time of a longitude, to the hour."""
    shift = round(lon / 15) * 3600 * SECOND_US
    return ((now_us + shift) // DAY_US + 1) * DAY_US - shift
