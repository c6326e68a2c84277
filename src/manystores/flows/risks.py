"""What rejections are expected to cost at each location now: how probable they are, by what was learned, times what one
costs by the policy.

Worked out for a whole brand once an hour, when rules are compiled; of one location again when its load changes. An
order pays for none of that.
"""

from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from manystores.core.clock import to_datetime
from manystores.flows.capacity import PLENTY, CapacityView
from manystores.foresight.assignments import FULL_LOAD, UNLIMITED_LOAD, group_of, load_of
from manystores.foresight.rejections import OTHER, PART_HOURS, Rejections
from manystores.foresight.spans import province_of
from manystores.network.location import Location
from manystores.network.registry import UNLIMITED
from manystores.network.registry import Registry as Network
from manystores.sourcing.policy import Kind

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_UNSEEN: Final = -1


def group_named(location: Location) -> str:
    """Who a location is compared with."""
    return group_of(location.groups, province_of(location.region))


class Risks:
    """What was learned of a brand's rejections, for the locations that it has; make a new one when either changes."""

    def __init__(self, learned: Rejections, network: Network) -> None:
        self.learned = learned
        self.ranks = {name: rank for rank, name in enumerate(learned.classes)}
        """Classes of offers that are told apart, the riskiest first."""
        self._numbers = {name: {value: n for n, value in enumerate(values)} for name, values in learned.names.items()}
        self.members: Ints = np.flatnonzero(network.of_party(learned.party_no)).astype(np.int64)
        places = [network.location(location_no) for location_no in self.members.tolist()]
        self.size = network.size
        self._location = self._named("location", [place.code for place in places])
        self._group = self._named("group", [group_named(place) for place in places])
        zones = sorted({place.time_zone for place in places})
        self._zones = [ZoneInfo(name) for name in zones]
        zone_of = {name: n for n, name in enumerate(zones)}
        self._zone = np.array([zone_of[place.time_zone] for place in places], np.int64)
        self._row = {location_no: row for row, location_no in enumerate(self.members.tolist())}

    def class_of(self, classes: list[str]) -> str:
        """The class that an order counts as of: the riskiest that its offers are of."""
        return min((name for name in classes if name in self.ranks), key=self.ranks.__getitem__, default=OTHER)

    def hours(self, now_us: int) -> Ints:
        """The local hour at each of `members`."""
        at = to_datetime(now_us)
        by_zone = np.array([at.astimezone(zone).hour for zone in self._zones], np.int64)
        return by_zone[self._zone] if len(by_zone) else np.zeros(0, np.int64)

    def probabilities(self, kind: Kind, offer_class: str, hours: Ints, loads: Ints) -> Floats:
        """The probability that each of `members` rejects or short-picks an order that comes now."""
        every = np.ones(len(self.members), np.int64)
        columns = {
            "kind": every * self._number("kind", kind),
            "class": every * self._number("class", offer_class),
            "group": self._group,
            "location": self._location,
            "hour": hours,
            "part": hours // PART_HOURS,
            "load": loads,
        }
        return self.learned.odds.probabilities(columns)

    def probability(self, kind: Kind, offer_class: str, location_no: int, hour: int, load: int) -> float:
        """The same of one location; 0 of one that is not the brand's."""
        row = self._row.get(location_no)
        if row is None:
            return 0.0
        factors: dict[str, Any] = {
            "kind": self._number("kind", kind),
            "class": self._number("class", offer_class),
            "group": int(self._group[row]),
            "location": int(self._location[row]),
            "hour": hour,
            "part": hour // PART_HOURS,
            "load": load,
        }
        return self.learned.odds.probability(factors)

    def row(self, location_no: int) -> int | None:
        """The place of a location among `members`."""
        return self._row.get(location_no)

    def _number(self, name: str, value: str) -> int:
        return self._numbers[name].get(value, _UNSEEN)

    def _named(self, name: str, values: list[str]) -> Ints:
        known = self._numbers[name]
        return np.array([known.get(value, _UNSEEN) for value in values], np.int64)


class RiskNow:
    """A brand's risks at this hour and load, at a price; `sourcing.compiled.Rejecting`."""

    def __init__(self, risks: Risks, price: int, capacity: CapacityView, network: Network, now_us: int) -> None:
        self.risks, self._price, self._capacity = risks, float(price), capacity
        self._hours = risks.hours(now_us)
        self._limits = network.orders_per_hour
        self._loads = _loads(risks.members, capacity, self._limits)
        self._one: dict[tuple[Kind, str, int, int], float] = {}

    def costs(self, kind: Kind, offer_class: str) -> Floats:
        """Minor units by location number."""
        costs = np.zeros(self.risks.size)
        if self._price:
            found = self.risks.probabilities(kind, offer_class, self._hours, self._loads)
            costs[self.risks.members] = self._price * found
        return costs

    def cost(self, kind: Kind, offer_class: str, location_no: int) -> float:
        """Minor units at one location."""
        return self._price * self.probability(kind, offer_class, location_no) if self._price else 0.0

    def probability(self, kind: Kind, offer_class: str, location_no: int) -> float:
        """How probable a rejection is at a location now; remembered as long as its load stays."""
        row = self.risks.row(location_no)
        if row is None:
            return 0.0
        load = int(self._loads[row])
        key = (kind, offer_class, location_no, load)
        known = self._one.get(key)
        if known is None:
            hour = int(self._hours[row])
            known = self._one[key] = self.risks.probability(kind, offer_class, location_no, hour, load)
        return known

    def load_changed(self, location_no: int) -> bool:
        """Whether a location's load is another than it was; it is looked at after each order that comes or goes."""
        row = self.risks.row(location_no)
        if row is None:
            return False
        load = load_at(self._capacity, int(self._limits[location_no]), location_no)
        if load == self._loads[row]:
            return False
        self._loads[row] = load
        return True


def load_at(capacity: CapacityView, limit: int, location_no: int) -> int:
    """The load of one location, as `foresight.assignments.load_of` puts it."""
    if limit == UNLIMITED:
        return UNLIMITED_LOAD
    if capacity.is_full(location_no):
        return FULL_LOAD
    return int(load_of(1.0 - min(int(capacity.left[location_no]), limit) / max(limit, 1)))


def _loads(members: Ints, capacity: CapacityView, limits: Ints) -> Ints:
    limit = limits[members]
    left = np.minimum(capacity.left[members], np.where(limit == UNLIMITED, PLENTY, limit))
    share = 1.0 - left / np.maximum(limit, 1)
    loads = np.where(capacity.full(members), FULL_LOAD, load_of(share))
    found: Ints = np.where(limit == UNLIMITED, UNLIMITED_LOAD, loads).astype(np.int64)
    return found
