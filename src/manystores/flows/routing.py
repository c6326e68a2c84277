"""Route an order: policy, network, hours, capacity and live stock become a demand, and its plan becomes allocations."""

from collections.abc import Callable, Sequence
from operator import is_
from typing import Any, NamedTuple

import msgspec
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from manystores.catalogue.lots import Lots
from manystores.catalogue.offer import class_of
from manystores.catalogue.registry import FIRST_OFFER_NO
from manystores.catalogue.registry import Registry as Catalogue
from manystores.core.clock import DAY_US
from manystores.flows import promising
from manystores.flows.ahead import Ahead, Job
from manystores.flows.capacity import CapacityView, room_today
from manystores.flows.foreseen import Foreseen
from manystores.flows.risks import RiskNow, Risks
from manystores.flows.windows import Windows
from manystores.foresight.demand import Forecast
from manystores.foresight.learned import Learned
from manystores.foresight.rejections import Rejections
from manystores.kernels.sourcing_stock import AREA, Stock, stock_of
from manystores.ledger import Ledger, Planning
from manystores.network.hours import next_cut_off
from manystores.network.registry import Registry as Network
from manystores.orders.effects import StockEffect
from manystores.orders.order import Kind, Line, Order
from manystores.orders.placing import Allocation, Share
from manystores.orders.view import Reader, order_told
from manystores.promise.turn import Turn
from manystores.sourcing.compiled import CompiledPolicy, Prices
from manystores.sourcing.compiled import Network as SourcingNetwork
from manystores.sourcing.costs import shipment_cost
from manystores.sourcing.live_prices import Ground, ground_of
from manystores.sourcing.plan import Demand, DemandLine, Log, Plan, Planner, PlannerOfFew, point
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
    log: Log  # the decision, before it was encoded


class Shipment(NamedTuple):
    """What one location sends: (offer_no, base units)."""

    location_no: int
    goods: Sequence[tuple[int, int]]


class _Compiled(NamedTuple):
    policy: CompiledPolicy
    left: NDArray[np.int64]
    version: int
    valid_until_us: int
    risk: RiskNow | None


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
        self._rejections: dict[int, Rejections] = {}
        self._risks: dict[int, Risks] = {}
        self._ahead: dict[int, Ahead] = {}
        self._kg: dict[int, float] = {}
        self._classes: dict[int, str] = {}
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
        self._risks = {}
        self._kg, self._classes = {}, {}

    def set_learned(self, learned: Learned) -> None:
        """More was learned of how long things take at a brand."""
        self._foreseen[learned.party_no] = Foreseen(learned, self.network)

    def set_rejections(self, learned: Rejections) -> None:
        """More was learned of who rejects what at a brand."""
        self._rejections[learned.party_no] = learned
        self._risks.pop(learned.party_no, None)
        self._version += 1

    def set_forecast(self, forecast: Forecast) -> None:
        """More was learned of what a brand will sell."""
        self._ahead[forecast.party_no] = Ahead(forecast, self.network, self._catalogue)

    def ahead_of(self, party_no: int) -> Ahead | None:
        """How a brand looks ahead; None where nothing was learned of its demand."""
        return self._ahead.get(party_no)

    def pricing(self, ledger: Ledger, now_us: int) -> list[Job]:
        """What brings all brands' prices up to date, for another thread to do; what it makes is in force then."""
        jobs = []
        for party_no, ahead in self._ahead.items():
            days = self.policy_of(party_no).look_ahead_days
            if days:
                ground = self._ground(ledger, party_no, now_us)
                job = ahead.job(self._stock(ledger), ground, self._version, days, now_us)
                jobs += [] if job is None else [job]
        return jobs

    def saw(self, order: Order) -> None:
        """An order came that nobody has been asked to serve before."""
        if self._ahead:
            ahead = self._ahead.get(order.party_no)
            if ahead is not None:
                ahead.note(order)

    def rejections_of(self, party_no: int) -> Rejections | None:
        """What was learned of a brand's rejections."""
        return self._rejections.get(party_no)

    def risk(self, ledger: Ledger, party_no: int, now_us: int) -> RiskNow | None:
        """How probable rejections are at a brand at this moment; None where nothing was learned."""
        if party_no not in self._rejections:
            return None
        self._compile(ledger, party_no, now_us)
        return self._compiled[party_no].risk

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
            if self._rejections:
                self._note_load(effect.location_no)

    def _note_load(self, location_no: int) -> None:
        """Charge a location by the load that it has now."""
        known = self._compiled.get(int(self.network.party_no[location_no]))
        if (
            known is not None
            and known.risk is not None
            and known.left is self.capacity.left
            and known.risk.load_changed(location_no)
        ):
            known.policy.load_changed(location_no)

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
        allocations = self._allocations(plan, wanted, order, demand, turn)
        policy = compiled.policy
        partial = policy.on_shortage != "reject"
        return Routed(allocations, number, policy.version, _encode(plan.log), short, partial, plan.log)

    def cost(self, ledger: Ledger, order: Order, shipments: Sequence[Shipment], now_us: int) -> float:
        """Minor units that these shipments of an order that is sent cost, by its brand's policy at this moment."""
        place, kg = order.deliver_to, self._kg
        if place is None:
            return 0.0
        compiled = self._compile(ledger, order.party_no, now_us)
        risk_class = self.risk_class(
            order.party_no, list(dict.fromkeys(no for one in shipments for no, _ in one.goods))
        )
        rules = compiled.rules(order.channel, order.delivery, risk_class)
        to, cost = point(place.lat, place.lon), 0.0
        for location_no, goods in shipments:
            weighed = [(units, kg[no] if no in kg else self._weigh(no)) for no, units in goods]
            cost += shipment_cost(rules, location_no, to, weighed)
        return cost

    # -- inside ----------------------------------------------------------------------------------------------------

    def _demand(self, compiled: CompiledPolicy, order: Order, kind: Kind) -> Demand:
        rules = compiled.policy.thresholds
        classes = bool(rules) and any(rule.offer_class for rule in rules)
        known = self._kg
        risk_class = ""
        if self._rejections:
            risk_class = self.risk_class(order.party_no, [line.offer_no for line in order.lines if line.unallocated])
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
            return Demand(
                channel=order.channel,
                kind=kind,
                lines=tuple(lines),
                pick_up_at=at,
                refused=refused,
                risk_class=risk_class,
            )
        excluded = None
        if self.network.areas:
            served = self.network.areas.mask(self.network.size, place.lat, place.lon, place.region)
            excluded = compiled.rules(order.channel, kind).places.excluded.copy()
            excluded[~served & (excluded == 0)] = AREA
        to = point(place.lat, place.lon)
        return Demand(
            channel=order.channel,
            kind=kind,
            lines=tuple(lines),
            to=to,
            refused=refused,
            excluded=excluded,
            risk_class=risk_class,
        )

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
        self, plan: Plan, lines: Sequence[Line], order: Order, demand: Demand, turn: Turn
    ) -> tuple[Allocation, ...]:
        kind: Kind = demand.kind
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
            self.moving(order.party_no, kind, demand.risk_class),
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

    def risk_class(self, party_no: int, offer_nos: Sequence[int]) -> str:
        """The class by which an order for these offers is likely to be rejected; '' where classes don't matter."""
        risks = self._risks_of(party_no) if self._rejections else None
        if risks is None or not risks.ranks:
            return ""
        return risks.class_of([self._class_of(offer_no) for offer_no in offer_nos])

    def _risks_of(self, party_no: int) -> Risks | None:
        """The risks of a brand's locations, worked out when first asked for."""
        learned = self._rejections.get(party_no)
        if learned is None:
            return None
        known = self._risks.get(party_no)
        if known is None:
            known = self._risks[party_no] = Risks(learned, self.network)
        return known

    def moving(self, party_no: int, kind: Kind, risk_class: str) -> Callable[[int], float]:
        """By location number, how probable it is that an order of now moves on from there, as rules were compiled."""
        known = self._compiled.get(party_no)
        if known is None or known.risk is None:
            return _stays
        risk = known.risk
        return lambda location_no: risk.probability(kind, risk_class, location_no)

    def _ground(self, ledger: Ledger, party_no: int, now_us: int) -> Callable[[], Ground]:
        """What prices need to know of a brand's network, for parcels; the rest is summed by who calls the function."""
        compiled = self._compile(ledger, party_no, now_us)
        rules, network = compiled.rules("", "ship"), compiled.network
        excluded, room = rules.places.excluded.copy(), room_today(self.network, ledger, now_us)
        return lambda: ground_of(network, rules, excluded, room())

    def _prices(self, party_no: int, policy: RoutingPolicy, now_us: int) -> Prices | None:
        ahead = self._ahead.get(party_no)
        return ahead.prices(now_us) if ahead is not None and policy.look_ahead_days else None

    def _compile(self, ledger: Ledger, party_no: int, now_us: int) -> CompiledPolicy:
        self.capacity.refresh(ledger, now_us)
        known = self._compiled.get(party_no)
        if (
            known is not None
            and known.version == self._version
            and known.left is self.capacity.left
            and now_us < known.valid_until_us
            and (not self._ahead or known.policy.prices is self._prices(party_no, known.policy.policy, now_us))
        ):
            return known.policy
        ruled, risks = self.policy_of(party_no), self._risks_of(party_no)
        prices = self._prices(party_no, ruled, now_us)
        risk = None if risks is None else RiskNow(risks, ruled.rejection_cost, self.capacity, self.network, now_us)
        policy = CompiledPolicy(ruled, self._sourcing_network(party_no), self.capacity.left, risk, prices)
        until_us = self._set_hours(policy, now_us)
        self._compiled[party_no] = _Compiled(policy, self.capacity.left, self._version, until_us, risk)
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
        """What thresholds call an offer's class, its attribute `class`; remembered until offers are written."""
        known = self._classes.get(offer_no)
        if known is None:
            offer = self._catalogue.get(offer_no)
            known = self._classes[offer_no] = class_of(offer) if offer is not None else ""
        return known


def _stays(_location_no: int) -> float:
    return 0.0
