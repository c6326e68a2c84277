"""A brand's routing policy as data: who may serve whom, how far, with what kept back, and what a shipment is worth.

A policy never says which location serves an order; it says which may, and what each would cost. The cheapest plan
follows.
"""

from typing import Final, Literal, get_args

from msgspec import Struct

Kind = Literal["ship", "same_day", "pick_up"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

LocationKind = Literal["store", "warehouse", "partner"]
LOCATION_KINDS: Final[tuple[LocationKind, ...]] = get_args(LocationKind)

LineSplit = Literal["never", "if_needed", "if_cheaper"]
LINE_SPLITS: Final[tuple[LineSplit, ...]] = get_args(LineSplit)

OnShortage = Literal["reject", "backorder", "partial"]
SHORTAGES: Final[tuple[OnShortage, ...]] = get_args(OnShortage)

EVERY: Final = "*"
"""Any channel, any group."""

SHIPMENTS_MAX: Final = 10
"""More parcels than this for one order are a mistake, not a policy."""

MINUTES_MAX: Final = 24 * 60
"""Rounds are a day apart at most."""

MOVES_MAX: Final = 10
"""An order that moves more often than this is being tossed about."""


AHEAD_DAYS_MAX: Final = 14
"""Forecasts reach no further."""

REJECTION_COST: Final = 800
"""¥8: handling again (¥2), carriage from the second choice (¥3 more), and half a day of a shopper's patience."""


class CostModel(Struct, frozen=True, kw_only=True):
    """What carriage costs the brand, in minor units: base + per_km·km + kg·(per_kg + per_kg_km·km) for each shipment.

    Handling comes on top, from the location: per order and per unit.
    """

    base: float = 0.0
    per_km: float = 0.0
    per_kg: float = 0.0
    per_kg_km: float = 0.0


class KindRule(Struct, frozen=True, kw_only=True):
    """One way of fulfilment: how far, whether only now, and at what cost."""

    km_max: float | None = None
    """Furthest destination, as the crow flies; None is any."""
    must_be_open: bool = False
    """Only locations that are open at the moment of ordering."""
    within_cut_off: bool = False
    """Only locations whose cut-off of today has not passed."""
    costs: CostModel = CostModel()


class ChannelRule(Struct, frozen=True, kw_only=True):
    """What a channel may use; an empty tuple allows all."""

    groups: tuple[str, ...] = ()
    """Location groups; being in one of them is enough."""
    excluded_groups: tuple[str, ...] = ()
    location_kinds: tuple[LocationKind, ...] = ()
    kinds: tuple[Kind, ...] = ()


class Threshold(Struct, frozen=True, kw_only=True):
    """Base units that are not sold on a channel, per location and offer; see `Rules.row` for which threshold counts."""

    units: int
    channel: str = EVERY
    group: str = EVERY
    sku: str = ""
    """One offer; '' is any."""
    offer_class: str = ""
    """One class of offers; '' is any."""


class RankRule(Struct, frozen=True, kw_only=True):
    """What the brand would pay, in minor units a shipment, to avoid a location (or, below 0, to prefer it)."""

    cost: int
    group: str = EVERY
    location_kind: LocationKind | None = None


class SplitRule(Struct, frozen=True, kw_only=True):
    """Whether an order may come from several locations, and one line of it too."""

    allow_split: bool = True
    max_shipments: int = 3
    line_split: LineSplit = "if_needed"
    """if_needed fills as much as possible, then splits as few lines as possible, and only then looks at the cost."""


class ImproveRule(Struct, frozen=True, kw_only=True):
    """When orders that nobody accepted yet are looked at again, and what a move must save to be made."""

    enabled: bool = True
    every_minutes: int = 15
    min_gain: int = 100
    """Minor units that a move of an order saves at least."""
    min_gain_percent: float = 10.0
    """And so much of what the order's shipments cost before."""
    max_moves: int = 2
    """Times that an order is moved at most."""


class RoutingPolicy(Struct, frozen=True, kw_only=True):
    """The whole policy of a brand. Every decision names the version it was made under."""

    version: int = 0
    """Counted by whoever stores it; 0 until then."""
    currency: str = "CNY"
    kinds: dict[Kind, KindRule]
    """Ways of fulfilment that are offered; one that is missing isn't."""
    channels: dict[str, ChannelRule] = {}
    """By channel code, '*' for all others; a channel without a rule may use everything."""
    excluded_locations: tuple[str, ...] = ()
    """Codes of locations that serve nobody for now."""
    safety_stock: int = 0
    """Base units kept back at each location, where no threshold says otherwise."""
    thresholds: tuple[Threshold, ...] = ()
    respect_capacity: bool = True
    rejection_cost: int = REJECTION_COST
    """Minor units that it costs when a location rejects or short-picks an order: the second routing and its handling,
    a dearer way, the shopper who waits. Each location is charged for it by how probable it is there."""
    look_ahead_days: int = 7
    """Days until shelves are filled again: a unit costs what it would be worth to the orders that are expected until
    then. 0 decides by what is cheapest now."""
    split: SplitRule = SplitRule()
    rank: tuple[RankRule, ...] = ()
    on_shortage: OnShortage = "reject"
    improve: ImproveRule = ImproveRule()


DEFAULT_POLICY: Final = RoutingPolicy(
    kinds={
        # ¥3 a parcel, 0.4 fen a km, ¥0.40 a kg and 0.08 fen a kg·km: parcel rates in mainland China, rounded
        "ship": KindRule(costs=CostModel(base=300, per_km=0.4, per_kg=40, per_kg_km=0.08)),
        # a rider: ¥5, ¥1 a km
        "same_day": KindRule(
            km_max=10, must_be_open=True, within_cut_off=True, costs=CostModel(base=500, per_km=100, per_kg=50)
        ),
        "pick_up": KindRule(km_max=50),
    }
)
