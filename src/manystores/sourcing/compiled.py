"""A policy and a network made into the arrays that the kernel reads, once per channel and way of fulfilment."""

from collections.abc import Mapping
from typing import Final, NamedTuple, Protocol

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from manystores.kernels.sourcing_blocks import (
    NO_BLOCKS,
    Blocks,
    block_bounds,
    is_crowded,
    sort_by_block,
    split_places,
)
from manystores.kernels.sourcing_scene import Scene, set_scene
from manystores.kernels.sourcing_stock import (
    CAPABILITY,
    CLOSED,
    CUT_OFF,
    DISABLED,
    NO_PRICES,
    POLICY_CHANNEL,
    POLICY_GROUP,
    POLICY_LOCATION,
    REJECTION_COST,
    Places,
    Stock,
    pack_terms,
    reordered,
)
from manystores.sourcing.policy import EVERY, LINE_SPLITS, LOCATION_KINDS, ChannelRule, Kind, KindRule, RoutingPolicy

Flags = NDArray[np.bool_]

ANY_DISTANCE_KM: Final = 1e9
_UNLIMITED: Final = 1 << 40


class Network(Struct, frozen=True, kw_only=True):
    """The network as arrays by location number; number 0 and numbers nobody has are not enabled."""

    xyz: NDArray[np.float64]
    """[locations, 3] on the unit sphere."""
    enabled: Flags
    """In use, and this brand may be served from it."""
    kind: NDArray[np.int8]
    """Position in LOCATION_KINDS."""
    order_cost: NDArray[np.float64]
    """Minor units that handling an order costs."""
    unit_cost: NDArray[np.float64]
    """Minor units that handling a base unit costs."""
    able: Mapping[Kind, Flags]
    """Who has the staff and equipment for a way of fulfilment; all, if it is missing."""
    groups: Mapping[str, Flags]
    numbers: Mapping[str, int]
    """Location number by code."""


class Prices(NamedTuple):
    """What stock and room are worth to orders to come, in minor units; both are read live."""

    unit: NDArray[np.float32] = NO_PRICES
    """[buckets] of a base unit; what lies behind is 0."""
    room: NDArray[np.float32] = NO_PRICES
    """[locations] of room for a shipment today; what lies behind is 0."""


class Rejecting(Protocol):
    """What rejections are expected to cost, in minor units from 0 up, by way of fulfilment and class of offers."""

    def costs(self, kind: Kind, offer_class: str) -> NDArray[np.float64]:
        """By location number."""

    def cost(self, kind: Kind, offer_class: str, location_no: int) -> float:
        """At one location, as it is now."""


class Rules:
    """The policy for one channel, way of fulfilment and class of offers: what the kernel needs."""

    def __init__(
        self,
        policy: RoutingPolicy,
        network: Network,
        channel: str,
        kind: Kind,
        capacity_left: NDArray[np.int64],
        rejection_cost: NDArray[np.float64] | float = 0.0,
        prices: Prices | None = None,
    ) -> None:
        prices = prices or Prices()
        rule = policy.kinds.get(kind, KindRule())
        self.kind_rule: Final = rule
        self.km_max: Final = ANY_DISTANCE_KM if rule.km_max is None else rule.km_max
        costs = rule.costs
        self.rates: Final = np.array([costs.base, costs.per_km, costs.per_kg, costs.per_kg_km], np.float64)
        self.shipments: Final = policy.split.max_shipments if policy.split.allow_split else 1
        self.line_split: Final = LINE_SPLITS.index(policy.split.line_split)
        self._policy, self._network, self._channel = policy, network, channel
        self._fixed = _excluded(policy, network, channel, kind)
        self._thresholds = [t for t in policy.thresholds if t.channel in (EVERY, channel)]
        self._skus = frozenset(t.sku for t in self._thresholds if t.sku)
        self._classes = frozenset(t.offer_class for t in self._thresholds if t.offer_class)
        self._rows: dict[tuple[str, str], int] = {("", ""): 0}
        size = len(network.enabled)
        self._buffers = self._buffer("", "")[np.newaxis].copy()
        self.bounds: NDArray[np.float64] | None = None
        self.scene: Scene | None = None
        self.scene_of: tuple[Stock, Places] | tuple[None, None] = (None, None)
        self.places = Places(
            terms=pack_terms(
                network.xyz, network.order_cost, network.unit_cost, _rank_cost(policy, network), rejection_cost
            ),
            excluded=self._fixed.copy(),
            capacity_left=capacity_left if policy.respect_capacity else np.full(size, _UNLIMITED, np.int64),
            buffer=self._buffers,
            unit_price=prices.unit,
            room_price=prices.room,
        )

    def row(self, sku: str, offer_class: str) -> int:
        """The row of `places.buffer` for an offer.

        Of the thresholds that speak of an offer at a location the most particular counts: one for the SKU before one
        for its class before one for all; then one for the location's group; then one for the channel. Of equals, the
        larger.
        """
        if not self._skus and not self._classes:
            return 0
        key = (sku if sku in self._skus else "", offer_class if offer_class in self._classes else "")
        row = self._rows.get(key)
        if row is None:
            row = self._rows[key] = len(self._rows)
            if row >= len(self._buffers):
                grown = np.zeros((2 * len(self._buffers), self._buffers.shape[1]), np.int32)
                grown[: len(self._buffers)] = self._buffers
                self._buffers = grown
                self.places = self.places._replace(buffer=grown)
            self._buffers[row] = self._buffer(*key)
        return row

    def refresh(self, open_now: Flags, in_time: Flags | None) -> None:
        """Write into `places.excluded` who is closed or past its cut-off, as far as the policy cares."""
        excluded = self.places.excluded
        excluded[:] = self._fixed
        if self.kind_rule.within_cut_off and in_time is not None:
            excluded[(excluded == 0) & ~in_time] = CUT_OFF
        if self.kind_rule.must_be_open:
            excluded[((excluded == 0) | (excluded == CUT_OFF)) & ~open_now] = CLOSED

    def charge(self, location_no: int, rejection_cost: float) -> None:
        """Change what rejections are expected to cost at a location; minor units from 0 up."""
        self.places.terms[location_no, REJECTION_COST] = rejection_cost

    def _buffer(self, sku: str, offer_class: str) -> NDArray[np.int32]:
        size = len(self._network.enabled)
        units = np.full(size, self._policy.safety_stock, np.int32)
        weight = np.full(size, -1, np.int8)
        for t in self._thresholds:
            if (t.sku and t.sku != sku) or (t.offer_class and t.offer_class != offer_class):
                continue
            own = (8 if t.sku else 4 if t.offer_class else 0) + (2 if t.group != EVERY else 0) + (t.channel != EVERY)
            here = _members(self._network, t.group) & ((weight < own) | ((weight == own) & (units < t.units)))
            units[here] = t.units
            weight[here] = own
        return units


class CompiledPolicy:
    """The rules of a policy over a network, made when first asked for.

    Make a new one when policy or network change. `capacity_left` is read live: orders that a location may still take.
    Without `rejecting` nothing is known of rejections, and they cost nothing; without `prices` nothing of orders to
    come, and what is cheapest now is chosen. Who collects an order has chosen where from: no prices apply.
    """

    def __init__(
        self,
        policy: RoutingPolicy,
        network: Network,
        capacity_left: NDArray[np.int64],
        rejecting: Rejecting | None = None,
        prices: Prices | None = None,
    ) -> None:
        self.policy: Final = policy
        self.network: Final = network
        self.prices: Final = prices
        self._capacity_left, self._rejecting = capacity_left, rejecting
        self._rules: dict[tuple[str, Kind, str], Rules] = {}
        self._open: Flags = np.ones(len(network.enabled), np.bool_)
        self._in_time: Mapping[Kind, Flags] = {}
        self._block_of: NDArray[np.int32] | None = None
        self._listed: NDArray[np.int32] | None = None
        self._sorted: tuple[NDArray[np.int32], NDArray[np.int32]] | None = None

    def rules(self, channel: str, kind: Kind, risk_class: str = "") -> Rules:
        """The rules for a channel, a way of fulfilment and a class of offers; the same object each time."""
        known = self._rules.get((channel, kind, risk_class))
        if known is None:
            charged = 0.0 if self._rejecting is None else self._rejecting.costs(kind, risk_class)
            prices = None if kind == "pick_up" else self.prices
            known = Rules(self.policy, self.network, channel, kind, self._capacity_left, charged, prices)
            known.refresh(self._open, self._in_time.get(kind))
            self._rules[channel, kind, risk_class] = known
        return known

    def load_changed(self, location_no: int) -> None:
        """A location has more or less in hand: it may be likelier to reject, or less so."""
        if self._rejecting is not None:
            for (_, kind, risk_class), rules in self._rules.items():
                rules.charge(location_no, self._rejecting.cost(kind, risk_class, location_no))

    def scene(self, stock: Stock, rules: Rules) -> Scene:
        """What the kernel reads for a plan by these rules; the same object as long as none of its arrays was moved."""
        if rules.scene is None or rules.scene_of[0] is not stock or rules.scene_of[1] is not rules.places:
            listed, blocks = self.blocks(stock, rules)
            rules.scene_of = stock, rules.places
            rules.scene = set_scene(listed, rules.places, blocks, rules.rates)
        return rules.scene

    def blocks(self, stock: Stock, rules: Rules) -> tuple[Stock, Blocks]:
        """The stock with its buckets sorted by block, and the blocks; where shelves aren't crowded, all is looked at.

        Sorted once for each time the ledger makes its list anew; buckets that came since are in neither.
        """
        if stock.offer_buckets is not self._listed:
            self._listed, self._sorted = stock.offer_buckets, None
            if is_crowded(stock):
                if self._block_of is None:
                    self._block_of = split_places(self.network.xyz, self.network.order_cost + self.network.unit_cost)
                count = int(self._block_of.max()) + 1
                self._sorted = sort_by_block(
                    stock.offer_ptr, stock.offer_buckets, stock.bucket_location, self._block_of, count
                )
        if self._sorted is None or self._block_of is None:
            return stock, NO_BLOCKS
        if rules.bounds is None:
            rules.bounds = block_bounds(self._block_of, rules.places.terms)
        ordered, start = self._sorted
        return reordered(stock, ordered), Blocks(start, rules.bounds)

    def set_hours(self, open_now: Flags, in_time: Mapping[Kind, Flags]) -> None:
        """Who is open, and whose cut-off of today is still to come; to be told whenever either changes."""
        self._open, self._in_time = open_now, in_time
        for (_, kind, _), rules in self._rules.items():
            rules.refresh(open_now, in_time.get(kind))


def _members(network: Network, group: str) -> Flags:
    if group == EVERY:
        return np.ones(len(network.enabled), np.bool_)
    return network.groups.get(group, np.zeros(len(network.enabled), np.bool_))


def _any_member(network: Network, groups: tuple[str, ...]) -> Flags:
    found = np.zeros(len(network.enabled), np.bool_)
    for group in groups:
        found |= _members(network, group)
    return found


def _excluded(policy: RoutingPolicy, network: Network, channel: str, kind: Kind) -> NDArray[np.uint8]:
    """Reason per location for what neither time nor destination changes; what is said first is the most basic."""
    rule = policy.channels.get(channel) or policy.channels.get(EVERY) or ChannelRule()
    excluded = np.zeros(len(network.enabled), np.uint8)
    if kind in network.able:
        excluded[~network.able[kind]] = CAPABILITY
    if rule.groups:
        excluded[~_any_member(network, rule.groups)] = POLICY_GROUP
    excluded[_any_member(network, rule.excluded_groups)] = POLICY_GROUP
    if rule.location_kinds:
        allowed = [LOCATION_KINDS.index(name) for name in rule.location_kinds]
        excluded[~np.isin(network.kind, allowed)] = POLICY_CHANNEL
    if kind not in policy.kinds or (rule.kinds and kind not in rule.kinds):
        excluded[:] = POLICY_CHANNEL
    numbers = [network.numbers[code] for code in policy.excluded_locations if code in network.numbers]
    excluded[numbers] = POLICY_LOCATION
    excluded[~network.enabled] = DISABLED
    return excluded


def _rank_cost(policy: RoutingPolicy, network: Network) -> NDArray[np.float64]:
    cost = np.zeros(len(network.enabled))
    for rule in policy.rank:
        here = _members(network, rule.group)
        if rule.location_kind is not None:
            here = here & (network.kind == LOCATION_KINDS.index(rule.location_kind))
        cost[here] += rule.cost
    return cost
