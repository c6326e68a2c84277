"""Route an order: policy, network, hours, capacity and live stock become a demand, and its plan becomes allocations."""

from collections.abc import Callable, Sequence
from operator import is_
from typing import Any, NamedTuple

import msgspec
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from manystores.catalogue.lots import Lots
from manystores.catalogue.registry import FIRST_OFFER_NO
from manystores.catalogue.registry import Registry as Catalogue
from manystores.core.clock import DAY_US
from manystores.flows import promising
from manystores.flows.capacity import CapacityView
from manystores.flows.foreseen import Foreseen
from manystores.flows.windows import Windows
from manystores.foresight.learned import Learned
from manystores.kernels.sourcing_stock import AREA, Stock, stock_of
from manystores.ledger import Ledger, Planning
from manystores.network.hours import next_cut_off
from manystores.network.registry import Registry as Network
from manystores.orders.effects import StockEffect
from manystores.orders.order import Kind, Line, Order
from manystores.orders.placing import Allocation, Share
from manystores.orders.view import Reader, order_told
from manystores.promise.turn import Turn
from manystores.sourcing.compiled import CompiledPolicy
from manystores.sourcing.compiled import Network as SourcingNetwork
from manystores.sourcing.plan import Demand, DemandLine, Plan, Planner, PlannerOfFew, point
from manystores.sourcing.policy import DEFAULT_POLICY, EVERY, KINDS, RoutingPolicy
from manystores.sourcing.policy import Kind as SourcingKind

_encode = msgspec.json.Encoder().encode


class Routed(NamedTuple):
    """Where an order is served from, and why."""

    allocations: tuple[Allocation, ...]
    number: int  # of the decision, within the order
    policy_version: int
    body: bytes  # the decision as JSON
    short: tuple[tuple[int, int, int], ...]  # (line_no, wanted, can be had)
    partial: bool  # policy accepts an order that is short


class _Compiled(NamedTuple):
    policy: CompiledPolicy
    left: NDArray[np.int64]
    version: int
    valid_until_us: int


class Router:
    """Routes the orders of all brands of an installation, one turn at a time."""

    def __init__(self, network: Network, catalogue: Catalogue, lots: Lots | None = None) -> None:
        self.lots = lots or Lots()
        self.network, self._catalogue = network, catalogue
        self._policies: dict[int, RoutingPolicy] = {}
        self._compiled: dict[int, _Compiled] = {}
        self._version = 0
        self.capacity = CapacityView(network)
        self._hours = promising.KnownHours(network)
        self._foreseen: dict[int, Foreseen] = {}
        self._kg: dict[int, float] = {}
        self._reader = Reader(self.location_code)
        self._windows = Windows()
        self._planning: Planning | None = None
        self._live: Stock
        self.encode: Callable[[Any], bytes] = _encode

    # -- what others tell ------------------------------------------------------------------------------------------

    def set_policy(self, party_no: int, policy: RoutingPolicy) -> None:
        """A brand published a policy."""
        self._policies[party_no] = policy
        self._version += 1

    def network_changed(self) -> None:
        """Locations or offers were written."""
        self._version += 1
        self.capacity = CapacityView(self.network)
        self._hours = promising.KnownHours(self.network)
        self._foreseen = {party_no: Foreseen(one.learned, self.network) for party_no, one in self._foreseen.items()}
        self._kg = {}

    def set_learned(self, learned: Learned) -> None:
        """More was learned of how long things take at a brand."""
        self._foreseen[learned.party_no] = Foreseen(learned, self.network)

    def foreseen(self, party_no: int) -> Foreseen | None:
        """What promises of a brand are made by; None where nothing was learned."""
        return self._foreseen.get(party_no)

    def policy_of(self, party_no: int) -> RoutingPolicy:
        """The policy in force for a brand."""
        return self._policies.get(party_no, DEFAULT_POLICY)

    def took(self, effects: Sequence[StockEffect]) -> None:
        """Orders came to or left locations: these can take fewer or more."""
        for effect in effects:
            if effect.offer_no >= FIRST_OFFER_NO:
                continue
            if effect.kind == "claim":
                self.capacity.count_down(effect.location_no)
            else:
                self.capacity.update(effect.location_no)

    # -- what flows ask --------------------------------------------------------------------------------------------

    def location_code(self, location_no: int) -> str:
        """The code of a location, '' when there is none."""
        return self.network.location(location_no).code if location_no in self.network else ""

    def told(self, order: Order) -> bytes:
        """An order as it is told outside: JSON with codes, without personal data."""
        return _encode(order_told(order, self._reader))

    def planner(self, ledger: Ledger, party_no: int, now_us: int) -> Planner:
        """A planner over the live stock, for a brand's policy at this moment."""
        compiled = self._compile(ledger, party_no, now_us)
        return Planner(self._stock(ledger), compiled)

    def buckets(self, ledger: Ledger, offer_no: int, window_us: int) -> list[int]:
        """Where among the ledger's arrays an offer's buckets of a window are; window 0 is now."""
        return self._windows.buckets(ledger, self._stock(ledger), offer_no, window_us)

    def route(self, turn: Turn, order: Order) -> Routed:
        """The cheapest allocations for what no location serves yet; those who refused the order are not asked again."""
        planner = self.planner(turn.ledger, order.party_no, turn.now_us)
        compiled = planner.policy
        wanted = [line for line in order.lines if line.unallocated]
        kind: Kind = "pick_up" if order.pick_up_at else order.delivery
        demand = self._demand(compiled, order, kind)
        if any(line.window_us for line in wanted):
            planner, demand = self._for_windows(turn.ledger, compiled, demand, wanted)
        plan = planner.plan(demand)
        number = max(1, order.revision)  # grows with every step, also with one that found nobody to serve it
        short = tuple(
            (wanted[s.line].line_no, wanted[s.line].unallocated, wanted[s.line].unallocated - s.quantity)
            for s in plan.shortages
        )
        allocations = self._allocations(plan, wanted, order, kind, turn)
        policy = compiled.policy
        partial = policy.on_shortage != "reject"
        return Routed(allocations, number, policy.version, _encode(plan.log), short, partial)

    # -- inside ----------------------------------------------------------------------------------------------------

    def _demand(self, compiled: CompiledPolicy, order: Order, kind: Kind) -> Demand:
        rules = compiled.policy.thresholds
        classes = bool(rules) and any(rule.offer_class for rule in rules)
        known = self._kg
        lines = []
        for line in order.lines:
            offer_no, units = line.offer_no, line.unallocated
            if units:
                kg = known.get(offer_no)
                offer_class = self._class_of(offer_no) if classes else ""
                lines.append(
                    DemandLine(offer_no, units, self._weigh(offer_no) if kg is None else kg, line.sku, offer_class)
                )
        place, refused = order.deliver_to, order.refused_by
        if place is None:
            at = order.pick_up_at
            return Demand(channel=order.channel, kind=kind, lines=tuple(lines), pick_up_at=at, refused=refused)
        excluded = None
        if self.network.areas:
            served = self.network.areas.mask(self.network.size, place.lat, place.lon, place.region)
            excluded = compiled.rules(order.channel, kind).places.excluded.copy()
            excluded[~served & (excluded == 0)] = AREA
        to = point(place.lat, place.lon)
        return Demand(channel=order.channel, kind=kind, lines=tuple(lines), to=to, refused=refused, excluded=excluded)

    def _for_windows(
        self, ledger: Ledger, compiled: CompiledPolicy, demand: Demand, lines: Sequence[Line]
    ) -> tuple[Planner, Demand]:
        """A planner over the buckets of the lines' windows, and the demand in its numbers."""
        wanted = list(dict.fromkeys((line.offer_no, line.window_us) for line in lines))
        stock = self._windows.stock(ledger, self._stock(ledger), wanted)
        numbered = tuple(
            replace(one, offer_no=wanted.index((line.offer_no, line.window_us)))
            for one, line in zip(demand.lines, lines, strict=True)
        )
        return PlannerOfFew(stock, compiled), replace(demand, lines=numbered)

    def _weigh(self, offer_no: int) -> float:
        """Kilograms of a base unit, remembered until offers are written."""
        weight, scale = self._catalogue.weight_g, self._catalogue.scale
        kg = self._kg[offer_no] = float(weight[offer_no]) / (1000 * int(scale[offer_no]))
        return kg

    def _allocations(
        self, plan: Plan, lines: Sequence[Line], order: Order, kind: Kind, turn: Turn
    ) -> tuple[Allocation, ...]:
        shares: dict[int, list[Share]] = {}
        lot_of, lots = turn.ledger.lot_of, self.lots
        for part in plan.allocations:
            lot_no = lot_of(part.bucket)
            line = lines[part.line]
            share = Share(line.line_no, part.quantity, line.window_us, lots.name(lot_no) if lot_no else "")
            shares.setdefault(part.location_no, []).append(share)
        region = order.deliver_to.region if order.deliver_to is not None else ""
        known = promising.terms(
            self.network,
            order.party_no,
            kind,
            promising.Parcel(region),
            turn.now_us,
            self._hours,
            self.foreseen(order.party_no),
        )
        allocations = []
        capacity = self.capacity
        for row in plan.log.chosen:
            location_no = row[0]
            served = shares.get(location_no)
            if served is None:
                continue
            start_us = max(turn.now_us, int(capacity.hour_us[location_no]))
            later_us = max([share.window_us for share in served])
            if later_us > start_us:
                window = promising.promise_from(kind, location_no, row[2] / 1000, known, later_us)
            else:
                window = promising.promise(kind, location_no, row[2] / 1000, known, start_us)
            claimed = capacity.windows(location_no)
            metres = 0 if kind == "pick_up" else row[2]
            allocations.append(
                Allocation(location_no, kind, tuple(served), window.from_us, window.to_us, claimed, "", metres)
            )
        return tuple(allocations)

    def _compile(self, ledger: Ledger, party_no: int, now_us: int) -> CompiledPolicy:
        self.capacity.refresh(ledger, now_us)
        known = self._compiled.get(party_no)
        if (
            known is not None
            and known.version == self._version
            and known.left is self.capacity.left
            and now_us < known.valid_until_us
        ):
            return known.policy
        policy = CompiledPolicy(self.policy_of(party_no), self._sourcing_network(party_no), self.capacity.left)
        until_us = self._set_hours(policy, now_us)
        self._compiled[party_no] = _Compiled(policy, self.capacity.left, self._version, until_us)
        return policy

    def _sourcing_network(self, party_no: int) -> SourcingNetwork:
        network, policy = self.network, self.policy_of(party_no)
        groups = {rule.group for rule in policy.rank} | {rule.group for rule in policy.thresholds}
        for channel in policy.channels.values():
            groups |= {*channel.groups, *channel.excluded_groups}
        return SourcingNetwork(
            xyz=network.xyz,
            enabled=network.enabled & network.of_party(party_no),
            kind=(network.kind - 1).astype(np.int8),
            order_cost=network.handle_order_cost.astype(np.float64),
            unit_cost=network.handle_unit_cost.astype(np.float64),
            able={kind: network.able(kind) for kind in KINDS},
            groups={name: network.in_groups(party_no, [name]) for name in groups - {EVERY}},
            numbers={code: network.find(party_no, code) for code in policy.excluded_locations},
        )

    def _stock(self, ledger: Ledger) -> Stock:
        """The ledger's live arrays; the same object until it lists them anew."""
        view = ledger.planning()
        if self._planning is None or not all(map(is_, view, self._planning)):
            self._planning, self._live = view, stock_of(*view)
        return self._live

    def _set_hours(self, policy: CompiledPolicy, now_us: int) -> int:
        times = self.network.calendar.at(now_us)
        size = self.network.size
        open_now = (times.opens_us[:size] <= now_us) & (now_us < times.closes_us[:size])
        in_time: dict[SourcingKind, NDArray[np.bool_]] = {}
        until_us = times.valid_until_us
        for kind, rule in policy.policy.kinds.items():
            if rule.within_cut_off:
                in_time[kind], next_us = self._in_time(kind, now_us)
                until_us = min(until_us, next_us)
        policy.set_hours(open_now, in_time)
        return until_us

    def _in_time(self, kind: SourcingKind, now_us: int) -> tuple[NDArray[np.bool_], int]:
        """Who can still send today, as far as cut-offs go; and until when that holds."""
        in_time, until_us = np.ones(self.network.size, np.bool_), now_us + DAY_US
        for location in self.network.with_cut_offs():
            cut_off_us = next_cut_off(location, kind, now_us)
            if cut_off_us is not None:
                ends_us = promising.day_end_us(location.lon, now_us)
                in_time[location.location_no] = cut_off_us < ends_us
                until_us = min(until_us, cut_off_us + 1, ends_us)
        return in_time, until_us

    def _class_of(self, offer_no: int) -> str:
        """What thresholds call an offer's class: its attribute `class`."""
        offer = self._catalogue.get(offer_no)
        return str(offer.attributes.get("class", "")) if offer is not None else ""
