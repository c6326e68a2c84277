"""From a demand to a plan: which location sends how much of which line, and a record of why."""

import math
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from manystores.core.errors import INVALID, FieldError, Problem
from manystores.kernels.sourcing import CANDIDATE, HEAD, MAX_LINES, NEAR
from manystores.kernels.sourcing_blocks import NO_BLOCKS
from manystores.kernels.sourcing_scene import Scene, plan_scene, set_scene
from manystores.kernels.sourcing_stock import ALLOCATION, REASONS, Stock
from manystores.sourcing.compiled import ANY_DISTANCE_KM, CompiledPolicy, Rules
from manystores.sourcing.policy import Kind

NOWHERE: Final = 0
"""Location 0 is the whole network, so it can't be a place of pick-up."""

SEARCH_NODES: Final = 2_000
"""Sets of locations looked at for an order that must be split; about a millisecond."""

CHEAPEST_NOW: Final = 0
"""By policy, or because the shopper has chosen where from."""
LOOKED_AHEAD: Final = 1
NO_FORECAST: Final = 2
"""By what is cheapest now, though the policy wants to look ahead: nothing is known of orders to come."""

_NOBODY = np.empty(0, np.int64)
_AS_RULED = np.empty(0, np.uint8)


class DemandLine(Struct, frozen=True, gc=False):
    """So many base units of an offer; `kg` is the weight of one of them. SKU and class find the safety stock."""

    offer_no: int
    quantity: int
    kg: float = 0.0
    sku: str = ""
    offer_class: str = ""


class Demand(Struct, frozen=True, kw_only=True):
    """What is asked for, and where to. For a pick-up `pick_up_at` says where; `to` is then not looked at."""

    channel: str
    kind: Kind
    lines: tuple[DemandLine, ...]
    to: tuple[float, float, float] = (0.0, 0.0, 1.0)
    """Destination on the unit sphere; see `point`."""
    pick_up_at: int = NOWHERE
    refused: tuple[int, ...] = ()
    """Locations that refused this order before."""
    excluded: NDArray[np.uint8] | None = None
    """Reason per location for this order alone (a copy of the rules' with delivery areas applied), or None."""
    risk_class: str = ""
    """The class of offers that the probability of a rejection is told for; '' is any."""
    one_parcel: bool = False
    """The shopper wants all from one location, whatever the policy allows."""


class Allocation(Struct, frozen=True, gc=False):
    """Units of a line from a location's bucket (its index in the ledger's arrays)."""

    line: int
    location_no: int
    bucket: int
    quantity: int


class Shortage(Struct, frozen=True, gc=False, array_like=True):
    """Units of a line that nobody can serve."""

    line: int
    quantity: int


class Candidate(Struct, frozen=True, gc=False, array_like=True):
    """A location that serves, or could serve, the lines of the bit mask; costs in minor units."""

    location_no: int
    lines: int
    metres: int
    carriage: int
    handling_order: int
    handling_units: int
    rank: int
    rejection: int = 0
    """What it is expected to cost that the location rejects it; 0 in decisions from before that was known."""
    stock_worth: int = 0
    """What its units would be worth to orders to come; 0 where nothing is known of them."""
    room_worth: int = 0
    """What the room for the shipment would be worth to them."""

    @property
    def handling(self) -> int:
        return self.handling_order + self.handling_units

    @property
    def now(self) -> int:
        """What it costs now, not looking ahead."""
        return self.carriage + self.handling + self.rank + self.rejection

    @property
    def worth(self) -> int:
        """What is taken away from orders to come."""
        return self.stock_worth + self.room_worth

    @property
    def cost(self) -> int:
        return self.now + self.worth


class NotChosen(Struct, frozen=True, gc=False, array_like=True):
    """A location near by that holds the goods and did not qualify, with the code of the reason."""

    location_no: int
    reason: int
    metres: int


class Decision(Struct, frozen=True, omit_defaults=True):
    """Why a plan is as it is: numbers and codes, under a kilobyte of JSON; `reasons` turns it into words."""

    policy: int
    channel: str
    kind: Kind
    chosen: tuple[Candidate, ...] = ()
    others: tuple[Candidate, ...] = ()
    near: tuple[NotChosen, ...] = ()
    excluded: dict[int, int] = {}
    """How many holders did not qualify, by reason."""
    short: tuple[Shortage, ...] = ()
    holders: int = 0
    """Locations that hold any of the lines."""
    candidates: int = 0
    exact: bool = True
    """No better plan exists; False if the search for a split ended at its limit."""
    saved: int = 0
    """Minor units that a round saves by moving the order; 0 unless a round decided this."""
    left: tuple[int, ...] = ()
    """The locations that a round takes work from."""
    ahead: int = CHEAPEST_NOW
    """One of LOOKED_AHEAD, NO_FORECAST, CHEAPEST_NOW."""


class Log(Struct, frozen=True, omit_defaults=True, gc=False):
    """A decision as it is written: its rows as plain numbers, which is the same JSON. Most are never read."""

    policy: int
    channel: str
    kind: Kind
    chosen: list[list[int]] = []
    others: list[list[int]] = []
    near: list[list[int]] = []
    excluded: dict[int, int] = {}
    short: list[tuple[int, int]] = []
    holders: int = 0
    candidates: int = 0
    exact: bool = True
    saved: int = 0
    left: tuple[int, ...] = ()
    ahead: int = CHEAPEST_NOW


class Plan(Struct, frozen=True):
    """The cheapest plan within the policy. `cost` is in minor units, unrounded."""

    allocations: tuple[Allocation, ...]
    shortages: tuple[Shortage, ...]
    cost: float
    log: Log

    @property
    def decision(self) -> Decision:
        """Why it is as it is."""
        log = self.log
        return Decision(
            log.policy,
            log.channel,
            log.kind,
            tuple(Candidate(*row) for row in log.chosen),
            tuple(Candidate(*row) for row in log.others),
            tuple(NotChosen(*row) for row in log.near),
            log.excluded,
            self.shortages,
            log.holders,
            log.candidates,
            log.exact,
            ahead=log.ahead,
        )

    @property
    def locations(self) -> tuple[int, ...]:
        """Locations that serve, each once, in the plan's order."""
        return tuple(dict.fromkeys(a.location_no for a in self.allocations))


def point(lat: float, lon: float) -> tuple[float, float, float]:
    """The place on the unit sphere of degrees WGS-84."""
    phi, theta = math.radians(lat), math.radians(lon)
    return math.cos(phi) * math.cos(theta), math.cos(phi) * math.sin(theta), math.sin(phi)


class Planner:
    """Plans over live stock. It reserves nothing: reserve before planning the next order.

    Give it a new `stock` when the ledger's arrays were moved, and a new `policy` when policy or network changed.
    """

    def __init__(self, stock: Stock, policy: CompiledPolicy) -> None:
        self.stock = stock
        self.policy = policy

    def plan(self, demand: Demand) -> Plan:
        """The cheapest plan that fills as much as possible; what it can't fill is in `shortages`.

        Lines for one offer are planned as one and shared out in order, so that they can't both get the last unit.
        """
        policy, lines = self.policy, demand.lines
        rules = policy.rules(demand.channel, demand.kind, demand.risk_class)
        items = _items(lines)
        _check(lines, len(items))
        wanted: list[float] = []
        for at in items:
            line = lines[at[0]]
            units = line.quantity if len(at) == 1 else sum([lines[i].quantity for i in at])
            wanted += (line.offer_no, units, rules.row(line.sku, line.offer_class), line.kg)
        pick_up = demand.kind == "pick_up"
        only = demand.pick_up_at if pick_up else -1
        terms = rules.places.terms
        x, y, z = terms[only, :3].tolist() if pick_up and only < len(terms) else demand.to
        result, cost = plan_scene(
            self._scene(rules),
            np.array(wanted, np.float64),
            _AS_RULED if demand.excluded is None else demand.excluded,
            np.array(demand.refused, np.int64) if demand.refused else _NOBODY,
            x,
            y,
            z,
            ANY_DISTANCE_KM if pick_up else rules.km_max,
            only,
            1 if demand.one_parcel or pick_up else rules.shipments,
            rules.line_split,
            SEARCH_NODES,
        )
        return self._plan(demand, items, result.tolist(), cost)

    def _scene(self, rules: Rules) -> Scene:
        return self.policy.scene(self.stock, rules)

    def _plan(self, demand: Demand, items: list[list[int]], result: list[int], cost: float) -> Plan:
        """Read the kernel's result, see `plan_order`; items are the distinct offers, as positions of their lines."""
        a, c, o, r = result[:4]
        n = len(items)
        at = HEAD + REASONS
        excluded = {code: count for code, count in enumerate(result[HEAD:at]) if count and code}
        allocations = [tuple(result[i : i + ALLOCATION]) for i in range(at, at + a * ALLOCATION, ALLOCATION)]
        at += a * ALLOCATION
        short = [(item, units) for item, units in enumerate(result[at : at + n]) if units]
        at += n
        rows = [result[i : i + CANDIDATE] for i in range(at, at + (c + o) * CANDIDATE, CANDIDATE)]
        at += (c + o) * CANDIDATE
        if n < len(demand.lines):
            allocations, short = _shared_out(demand.lines, items, allocations)
            for row in rows:
                row[1] = sum(1 << line for item in range(n) if row[1] >> item & 1 for line in items[item])
        log = Log(
            self.policy.policy.version,
            demand.channel,
            demand.kind,
            rows[:c],
            rows[c:],
            [result[i : i + NEAR] for i in range(at, at + r * NEAR, NEAR)],
            excluded,
            short,
            result[4],
            result[5],
            bool(result[6]),
            ahead=self._ahead(demand.kind),
        )
        return Plan(
            tuple([Allocation(*row) for row in allocations]), tuple([Shortage(*row) for row in short]), cost, log
        )

    def _ahead(self, kind: Kind) -> int:
        if kind == "pick_up" or not self.policy.policy.look_ahead_days:
            return CHEAPEST_NOW
        return NO_FORECAST if self.policy.prices is None else LOOKED_AHEAD


class PlannerOfFew(Planner):
    """Plans over a stock that was made for one order: it looks at all of it, and nothing is kept for the next."""

    def _scene(self, rules: Rules) -> Scene:
        return set_scene(self.stock, rules.places, NO_BLOCKS, rules.rates)


def _items(lines: tuple[DemandLine, ...]) -> list[list[int]]:
    """The positions of the lines of each offer."""
    items: dict[int, list[int]] = {}
    for i, line in enumerate(lines):
        items.setdefault(line.offer_no, []).append(i)
    return list(items.values())


def _check(lines: tuple[DemandLine, ...], offers: int) -> None:
    errors = []
    for i, line in enumerate(lines):
        if line.quantity < 1:
            errors.append(FieldError(f"/lines/{i}/quantity", "out_of_range", "At least 1", "至少为 1"))
    if not lines:
        errors.append(FieldError("/lines", "required", "At least one line", "至少要有一行"))
    if offers > MAX_LINES or len(lines) > MAX_LINES:
        errors.append(FieldError("/lines", "too_many", f"At most {MAX_LINES} lines", f"最多 {MAX_LINES} 行"))
    if errors:
        raise Problem(INVALID, fields=tuple(errors))


def _shared_out(
    lines: tuple[DemandLine, ...], wanted: list[list[int]], allocations: list[tuple[int, ...]]
) -> tuple[list[tuple[int, ...]], list[tuple[int, int]]]:
    """Give the units of each offer to its lines, the first line first; returns allocations and shortages per line."""
    left = [line.quantity for line in lines]
    shared: list[tuple[int, ...]] = []
    for item, location_no, bucket, units in allocations:
        for line in wanted[item]:
            share = min(units, left[line])
            if share:
                shared.append((line, location_no, bucket, share))
                left[line] -= share
                units -= share
    return shared, [(line, units) for line, units in enumerate(left) if units]
