"""Where near me is it, and when can I have it: the best options to have it shipped, brought today, or to collect it.

Only locations are named that hold enough, sellable on this channel, right now.
"""

from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct

from manystores.kernels.sourcing import best_holders
from manystores.sourcing.plan import Demand, DemandLine, Plan, Planner
from manystores.sourcing.policy import Kind
from manystores.sourcing.promise_dates import Hours, NotPossible, Transit, Window, promise_window

_FIRST_LOOK: Final = 8
_LAST_LOOK: Final = 512
"""Where so many holders in a row can't promise anything, none is expected to."""


class Query(Struct, frozen=True, kw_only=True):
    """So much of an offer, wanted at a place (a point on the unit sphere, `plan.point`)."""

    channel: str
    line: DemandLine
    to: tuple[float, float, float]
    risk_class: str = ""
    """The class of offers that the probability of a rejection is told for; '' is any."""


class Terms(Struct, frozen=True):
    """What the rest of the house knows about one way of fulfilment, by location number and km."""

    hours: Callable[[int], Hours]
    transit: Callable[[int, float], Transit | None]
    fee: Callable[[int, float], int]
    """What the shopper pays, in minor units."""
    learned: Callable[[int, float, int], Window | None] = lambda _location_no, _km, _from_us: None
    """The window by what was learned, by location number, km and when it starts; None where too little was."""


class Option(Struct, frozen=True):
    """One way to have it. If split, from several locations: km to the furthest, and the window of the last parcel."""

    kind: Kind
    location_nos: tuple[int, ...]
    km: float
    fee: int
    from_us: int
    to_us: int
    learned: bool = False
    """Whether the window is by what was learned, not as configured."""


class Availability(Struct, frozen=True):
    """Options per way of fulfilment, best first (pick-up: nearest; else cheapest for the brand)."""

    options: tuple[Option, ...]
    reasons: dict[Kind, str]
    """Where no option is left: the obstacle of the best holder; 'no_stock' where nobody holds enough within reach."""


def availability(
    planner: Planner, query: Query, now_us: int, terms: Mapping[Kind, Terms], most: int = 3
) -> Availability:
    """At most `most` options for each way of fulfilment in `terms`. The ledger is only read."""
    options: list[Option] = []
    reasons: dict[Kind, str] = {}
    for kind, known in terms.items():
        found, reason = _options(planner, query, now_us, kind, known, most)
        if not found and reason == "no_stock" and kind == "ship":
            split = _split(planner, query, now_us, kind, known)
            found = [] if split is None else [split]
        if not found:
            reasons[kind] = reason
        options += found
    return Availability(tuple(options), reasons)


def _options(
    planner: Planner, query: Query, now_us: int, kind: Kind, terms: Terms, most: int
) -> tuple[list[Option], str]:
    look = max(most, _FIRST_LOOK)
    while True:
        holders = _holders(planner, query, kind, look)
        found: list[Option] = []
        reason = "no_stock"
        for location_no, km in holders:
            window, learned = _window(kind, now_us, terms, location_no, km)
            if isinstance(window, Window):
                fee = terms.fee(location_no, km)
                found.append(Option(kind, (location_no,), km, fee, window.from_us, window.to_us, learned))
                if len(found) == most:
                    return found, ""
            elif reason == "no_stock":
                reason = window.reason
        if len(holders) < look or look >= _LAST_LOOK:
            return found, reason
        look *= 8


def _holders(planner: Planner, query: Query, kind: Kind, most: int) -> list[tuple[int, float]]:
    rules = planner.policy.rules(query.channel, kind, query.risk_class)
    line = query.line
    row = rules.row(line.sku, line.offer_class)
    x, y, z = query.to
    numbers, km = best_holders(
        planner.stock, rules.places, rules.rates, line.offer_no, line.quantity, row, line.kg,
        x, y, z, rules.km_max, most, kind == "pick_up",
    )  # fmt: skip
    return list(zip(numbers.tolist(), km.tolist(), strict=True))


def _window(kind: Kind, now_us: int, terms: Terms, location_no: int, km: float) -> tuple[Window | NotPossible, bool]:
    """(the window, whether it is by what was learned). What was learned never makes possible what hours, cut-offs and
    carriers rule out; it may tell that it would be too late."""
    transit = None if kind == "pick_up" else terms.transit(location_no, km)
    hours = terms.hours(location_no)
    configured = promise_window(kind, now_us, hours, transit, km)
    if isinstance(configured, NotPossible):
        return configured, False
    learned = terms.learned(location_no, km, now_us)
    if learned is None:
        return configured, False
    if kind == "same_day" and learned.to_us > hours.day_ends_us:
        return NotPossible("too_late_today"), True
    if kind == "pick_up" and learned.from_us >= hours.closes_us:
        return NotPossible("closes_before_ready"), True
    return learned, True


def _split(planner: Planner, query: Query, now_us: int, kind: Kind, terms: Terms) -> Option | None:
    """All units from several locations, where the policy lets a line be split and together they hold enough."""
    plan: Plan = planner.plan(Demand(channel=query.channel, kind=kind, lines=(query.line,), to=query.to))
    if plan.shortages:
        return None
    windows, all_learned = [], True
    for candidate in plan.decision.chosen:
        window, learned = _window(kind, now_us, terms, candidate.location_no, candidate.metres / 1000)
        if isinstance(window, NotPossible):
            return None
        windows.append(window)
        all_learned = all_learned and learned
    km = max(candidate.metres for candidate in plan.decision.chosen) / 1000
    return Option(
        kind, plan.locations, km, max(terms.fee(no, km) for no in plan.locations),
        max(w.from_us for w in windows), max(w.to_us for w in windows), all_learned,
    )  # fmt: skip
