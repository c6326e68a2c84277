"""Past orders decided anew, under one policy and under another, on the same grounds. Nothing real is changed.

The grounds are a copy of the stock that the orders' offers have now, with what these orders hold or have taken given
back: as if they had never come. Each policy gets a ledger of its own with that stock, and the orders in the order in
which they came, at the hours at which they came; the code that routes them is the one that routes real orders. What is
not known is what the stock was at those hours: what others bought, and what was received or counted since, stays as it
is now.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple
from uuid import UUID

import msgspec
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from manystores.catalogue.lots import Lots
from manystores.catalogue.offer import class_of
from manystores.catalogue.registry import Registry as Catalogue
from manystores.flows.capacity import CapacityView
from manystores.flows.effects import apply_effects
from manystores.flows.routing import Router
from manystores.foresight.rejections import Rejections
from manystores.kernels.sourcing_stock import BUFFER, CAPACITY, NO_STOCK, OUT_OF_RANGE, TOO_FEW
from manystores.ledger import Key, Ledger, Short
from manystores.network.registry import Registry as Network
from manystores.orders.order import Kind, Order
from manystores.orders.placing import Allocation, allocate
from manystores.promise.turn import Turn
from manystores.sourcing.plan import Decision
from manystores.sourcing.policy import RoutingPolicy

ORDERS_MAX: Final = 1_000
BUCKETS_MAX: Final = 2_000_000
"""More shelves than this are not copied: a quarter of a gigabyte while it lasts."""
COPIED_AT_ONCE: Final = 4_096

_ON_HAND: Final = 0
_DECISION: Final = msgspec.json.Decoder(Decision)


class TooMuchStock(Exception):
    """The orders' offers stand on too many shelves to copy them."""


class Grounds(NamedTuple):
    """The stock that all policies are given: keys [n, 4] and counters [n, 4] of buckets."""

    keys: NDArray[np.int64]
    counters: NDArray[np.int64]


class Shipment(NamedTuple):
    """What a location serves of an order; carriage and handling in minor units, at the policy's own prices."""

    location_no: int
    kind: Kind
    lines: tuple[tuple[int, int], ...]  # (line_no, units)
    metres: int
    kg: float
    carriage: int
    handling: int
    promised_to_us: int


class Outcome(NamedTuple):
    """What a policy makes of an order: its shipments (none where it is refused), and the units that nobody serves."""

    shipments: tuple[Shipment, ...]
    unserved: int
    decision: Decision

    @property
    def served(self) -> bool:
        return bool(self.shipments)

    @property
    def places(self) -> frozenset[tuple[int, tuple[tuple[int, int], ...]]]:
        """Who serves what: two outcomes with the same places are the same to store and shopper."""
        return frozenset((shipment.location_no, shipment.lines) for shipment in self.shipments)


class Replayed(NamedTuple):
    """An order as it was placed, what becomes of it under each policy, and what keeps those who serve it under the
    first from serving it under the last: reasons by location, 0 where nothing does but the cost."""

    order: Order
    outcomes: tuple[Outcome, ...]
    obstacles: dict[int, int]


def as_placed(order: Order) -> Order | None:
    """The order as its channel sent it, without what became of it since; None if edits left nothing of that."""
    asked = [line for line in order.lines if not line.substitute_for and line.ordered > line.added]
    lines = tuple(
        replace(
            line, line_no=i + 1, ordered=line.ordered - line.added, allocated=0, picked=0, shipped=0, returned=0,
            cancelled=0, added=0,
        )
        for i, line in enumerate(asked)
    )  # fmt: skip
    if not lines:
        return None
    return replace(
        order, lines=lines, revision=0, approved_at_us=0, fulfilments=(), payments=(), returns=(), refused_by=(),
        unpaid_deadline_us=0, history=(), policy_version=0,
    )  # fmt: skip


def in_order(orders: Iterable[Order], decided: Mapping[UUID, tuple[int, int]]) -> list[Order]:
    """Orders as they were decided: of those of one moment, which came in one batch, by the place of their facts."""
    return sorted(orders, key=lambda one: (one.placed_at_us, *decided.get(one.order_id, (0, 0)), one.order_id))


# -- the grounds


def copy_stock(router: Router, ledger: Ledger, orders: Iterable[Order], into: list[Grounds]) -> Iterator[None]:
    """Copy the live buckets of the orders' offers, a few thousand a step, so that whoever owns the ledger goes on in
    between. An offer with fewer buckets than that is copied as it stood at one moment. Appends to `into`."""
    wanted = dict.fromkeys((line.offer_no, line.window_us) for order in orders for line in order.lines)
    waiting: list[int] = []
    copied = 0
    for offer_no, window_us in wanted:
        waiting += router.buckets(ledger, offer_no, window_us)
        while waiting:
            if copied + len(waiting) > BUCKETS_MAX:
                raise TooMuchStock
            into.append(Grounds(*ledger.copy_of(waiting[:COPIED_AT_ONCE])))
            copied += len(into[-1].keys)
            del waiting[:COPIED_AT_ONCE]
            yield


def as_never_placed(parts: Sequence[Grounds], orders: Iterable[Order], lots: Lots) -> Grounds:
    """The copied stock with what these orders hold, or have taken from the shelves for good, given back."""
    back: dict[tuple[int, int, int, int], int] = {}
    for order in orders:
        for work in order.fulfilments:
            for one in work.lines:
                lot_no = lots.number(one.lot) if one.lot else 0
                key = (work.location_no, one.offer_no, one.window_us, lot_no)
                back[key] = back.get(key, 0) + one.quantity - one.short - one.withdrawn
        for returned in order.returns:
            for line in returned.lines:
                key = (returned.location_no, line.offer_no, 0, 0)
                back[key] = back.get(key, 0) - line.restocked
    # a few thousand rows at once: one long call of numpy's would keep the event loop waiting
    wanted = np.array([key[0] << 32 | key[1] for key in back], np.int64)
    for part in parts:
        for i in np.flatnonzero(np.isin(part.keys[:, 0] << 32 | part.keys[:, 1], wanted)).tolist():
            if units := back.get(tuple(part.keys[i].tolist())):
                part.counters[i, _ON_HAND] = max(0, part.counters[i, _ON_HAND] + units)
    if not parts:
        return Grounds(np.zeros((0, 4), np.int64), np.zeros((0, 4), np.int64))
    keys, counters = np.concatenate([each.keys for each in parts]), np.concatenate([each.counters for each in parts])
    return Grounds(keys, counters)


# -- deciding


class _FreshCapacity(CapacityView):
    """The capacity of a ledger in which nothing was claimed before: only who took an order needs to be asked."""

    def __init__(self, network: Network) -> None:
        super().__init__(network)
        self._asked = network
        self._took: set[int] = set()

    def count_down(self, location_no: int) -> None:
        self._took.add(location_no)
        super().count_down(location_no)

    def _to_ask(self, limited: list[int]) -> list[int]:
        per_hour, per_day = self._asked.orders_per_hour, self._asked.orders_per_day
        for limit in (per_hour, per_day):
            np.minimum(self.left, limit, out=self.left, where=limit >= 0)
        return [location_no for location_no in limited if location_no in self._took]


class House:
    """A brand's network under one policy, with a ledger of its own, and what is known of who rejects orders."""

    def __init__(
        self,
        network: Network,
        catalogue: Catalogue,
        lots: Lots,
        party_no: int,
        policy: RoutingPolicy,
        grounds: Grounds,
        refused: Rejections | None = None,
    ) -> None:
        self._catalogue, self._lots = catalogue, lots
        self._router = Router(network, catalogue, lots)
        self._router.set_policy(party_no, policy)
        if refused is not None:
            self._router.set_rejections(refused)
        self._router.capacity = _FreshCapacity(network)
        self._ledger = Ledger(max(1024, len(grounds.keys) + 4 * ORDERS_MAX), ORDERS_MAX)
        self._ledger.load_buckets(grounds.keys, grounds.counters)
        self._turn = Turn(self._ledger, lambda _: None)

    def decide(self, order: Order) -> Outcome:
        """Route an order at the hour at which it was placed, and claim what serves it."""
        turn, ledger, router = self._turn, self._ledger, self._router
        turn.now_us = order.placed_at_us
        ledger.begin(0)
        routed = router.route(turn, order)
        decision = _DECISION.decode(routed.body)
        wanted = sum(line.ordered for line in order.lines)
        refused = Outcome((), wanted, decision)
        if not routed.allocations or (routed.short and not routed.partial):
            return refused
        change = allocate(order, routed.allocations, turn.now_us, "replay", policy_version=routed.policy_version)
        try:
            apply_effects(ledger, change.order, change.stock, router.capacity, self._lots)
        except Short:
            ledger.rollback()
            return refused
        ledger.commit()
        router.took(change.stock)
        shipments = tuple([self._shipment(order, each, decision) for each in routed.allocations])
        served = sum(units for shipment in shipments for _, units in shipment.lines)
        return Outcome(shipments, wanted - served, decision)

    def obstacle(self, order: Order, shipment: Shipment) -> int:
        """Why a location can't send this, as things stand after the order was decided here; 0 if it could."""
        rules = self._router.planner(self._ledger, order.party_no, order.placed_at_us).policy.rules(
            order.channel, shipment.kind
        )
        at, places = shipment.location_no, rules.places
        if code := int(places.excluded[at]):
            return code
        if shipment.kind != "pick_up" and shipment.metres > rules.km_max * 1000:
            return OUT_OF_RANGE
        if places.capacity_left[at] <= 0:
            return CAPACITY
        for line_no, units in shipment.lines:
            line = order.lines[line_no - 1]
            have = self._available(at, line.offer_no, line.window_us)
            offer = self._catalogue.get(line.offer_no)
            offer_class = class_of(offer) if offer is not None else ""
            kept = int(rules.places.buffer[rules.row(line.sku, offer_class), at])
            if have - kept < units:
                return NO_STOCK if have <= 0 else BUFFER if have <= kept else TOO_FEW
        return 0

    def _available(self, location_no: int, offer_no: int, window_us: int) -> int:
        """Units of all lots."""
        found = self._ledger.available(Key(location_no, offer_no, window_us))
        if found > 0 or window_us:
            return found
        return sum(counters.available for key, counters in self._ledger.of_offer(offer_no) if key[0] == location_no)

    def _shipment(self, order: Order, allocation: Allocation, decision: Decision) -> Shipment:
        (chosen,) = [one for one in decision.chosen if one.location_no == allocation.location_no]
        units: dict[int, int] = {}
        kg = 0.0
        for share in allocation.shares:
            units[share.line_no] = units.get(share.line_no, 0) + share.quantity
            kg += share.quantity * self._kg(order.lines[share.line_no - 1].offer_no)
        return Shipment(
            allocation.location_no,
            allocation.kind,
            tuple(sorted(units.items())),
            chosen.metres,
            kg,
            chosen.carriage,
            chosen.handling,
            allocation.promised_to_us,
        )

    def _kg(self, offer_no: int) -> float:
        return float(self._catalogue.weight_g[offer_no]) / (1000 * int(self._catalogue.scale[offer_no]))


def replay(houses: Sequence[House], orders: Iterable[Order]) -> list[Replayed]:
    """Decide orders one after the other, in each house."""
    found = []
    for order in orders:
        asked = as_placed(order)
        if asked is None:
            continue
        outcomes = tuple([house.decide(asked) for house in houses])
        serving = {shipment.location_no for shipment in outcomes[-1].shipments}
        gone = [shipment for shipment in outcomes[0].shipments if shipment.location_no not in serving]
        obstacles = {shipment.location_no: houses[-1].obstacle(asked, shipment) for shipment in gone}
        found.append(Replayed(order, outcomes, obstacles))
    return found
