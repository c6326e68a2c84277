"""What another policy would have made of past orders: sums, who gains and loses, where to, and order by order.

Both policies' plans are priced at the proposed policy's rates, so that the difference of their costs is a difference of
plans; where the rates differ, the sum at the old rates is told beside it. Nothing personal is told.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from statistics import median
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from manystores.core.clock import rfc3339
from manystores.flows.capacity import HOUR_US
from manystores.flows.promising import day_end_us
from manystores.flows.replay import Outcome, Replayed, Shipment
from manystores.network import regions
from manystores.network.location import Location
from manystores.network.registry import UNLIMITED, Registry
from manystores.orders.order import Order
from manystores.sourcing.policy import CostModel, RoutingPolicy
from manystores.sourcing.reasons import Language, explain, reason_words, why_not

What = Literal["moved", "split", "joined", "refused", "served", "more", "less"]
_BEFORE: Final = 0
_AFTER: Final = 1
_P90: Final = 0.9


class Totals(Struct, frozen=True, kw_only=True):
    """All orders under one policy. Costs in minor units; km of shipments, as the crow flies, pick-ups left out."""

    served: int
    refused: int
    short: int
    """Served in part."""
    unserved_units: int
    shipments: int
    split: int
    """Orders that come from several locations."""
    cost: int
    carriage: int
    handling: int
    km_median: float | None
    km_p90: float | None
    same_day: int
    """Orders promised whole for the day on which they were placed."""
    from_store: int
    from_warehouse: int
    from_partner: int
    from_north: int
    from_south: int


class PlaceChange(Struct, frozen=True, kw_only=True):
    """A location that serves under either policy. `beyond` counts orders above what it takes in its fullest hour and
    day; the hours are those in which the orders came."""

    code: str
    name: str
    kind: str
    region: str
    lat: float
    lon: float
    before: int
    after: int
    units_before: int
    units_after: int
    orders_per_hour: int | None
    orders_per_day: int | None
    busiest_hour_before: int
    busiest_hour_after: int
    beyond_before: int
    beyond_after: int


class RegionChange(Struct, frozen=True, kw_only=True):
    """A province ('' where none is known): the orders that go there, and the shipments that leave from there."""

    region: str
    name: str
    orders: int
    changed: int
    refused_before: int
    refused_after: int
    cost_before: int
    cost_after: int
    shipments_from_before: int
    shipments_from_after: int


class Served(Struct, frozen=True):
    """What a location serves of an order."""

    location: str
    name: str
    units: int
    km: float


class OrderChange(Struct, frozen=True, kw_only=True):
    """An order that would be served in another way, and why in words."""

    id: str
    channel: str
    channel_order_id: str
    placed_at: str
    region: str
    what: What
    before: list[Served]
    after: list[Served]
    cost_before: int
    cost_after: int
    unserved_before: int
    unserved_after: int
    reasons: list[str]


class Comparison(Struct, frozen=True, kw_only=True):
    """Two policies on the same orders."""

    orders: int
    first_at: str | None
    last_at: str | None
    currency: str
    policy_version: int
    before: Totals
    after: Totals
    cost_at_old_rates: int | None
    """What `before` costs at the rates of the policy in force, where the proposed rates differ."""
    changed: int
    as_happened: int
    """Orders that the policy in force serves from where they really were served first: how near the replay is."""
    locations: list[PlaceChange]
    regions: list[RegionChange]
    changes: list[OrderChange]


def compare(
    found: Sequence[Replayed], network: Registry, before: RoutingPolicy, after: RoutingPolicy, language: Language
) -> Comparison:
    """Read the replay of (before, after)."""
    prices = _Prices(before, after)
    changed = [one for one in found if one.outcomes[_BEFORE].places != one.outcomes[_AFTER].places]
    old, new = (
        _totals([(one.order, one.outcomes[i]) for one in found], network, prices.new) for i in (_BEFORE, _AFTER)
    )
    old_rates = sum(prices.old(one) for each in found for one in each.outcomes[_BEFORE].shipments)
    changes = [_change(one, network, prices, language) for one in changed]
    return Comparison(
        orders=len(found),
        first_at=rfc3339(found[0].order.placed_at_us) if found else None,
        last_at=rfc3339(found[-1].order.placed_at_us) if found else None,
        currency=after.currency,
        policy_version=before.version,
        before=old,
        after=new,
        cost_at_old_rates=old_rates if prices.differ else None,
        changed=len(changed),
        as_happened=sum(_as_happened(one) for one in found),
        locations=_places(found, network),
        regions=_regions(found, changed, network, prices.new),
        changes=sorted(changes, key=lambda one: (-abs(one.cost_after - one.cost_before), one.placed_at, one.id)),
    )


class _Prices:
    """What shipments cost at the rates of either policy."""

    def __init__(self, before: RoutingPolicy, after: RoutingPolicy) -> None:
        self._after = {kind: rule.costs for kind, rule in after.kinds.items()}
        old = {kind: rule.costs for kind, rule in before.kinds.items()}
        # a way of fulfilment that is given up has no new price
        self.differ: Final = any(old.get(kind, costs) != costs for kind, costs in self._after.items())

    def new(self, shipment: Shipment) -> tuple[int, int]:
        """(carriage, handling) at the proposed rates."""
        rates = self._after.get(shipment.kind)
        if not self.differ or rates is None:
            return shipment.carriage, shipment.handling
        return round(_carriage(rates, shipment)), shipment.handling

    def cost(self, outcome: Outcome) -> int:
        """All of an order at the proposed rates."""
        return sum(sum(self.new(shipment)) for shipment in outcome.shipments)

    @staticmethod
    def old(shipment: Shipment) -> int:
        """At the rates of the policy that planned it."""
        return shipment.carriage + shipment.handling


def _carriage(rates: CostModel, shipment: Shipment) -> float:
    km = shipment.metres / 1000
    return rates.base + rates.per_km * km + shipment.kg * (rates.per_kg + rates.per_kg_km * km)


def _totals(
    found: Sequence[tuple[Order, Outcome]], network: Registry, price: Callable[[Shipment], tuple[int, int]]
) -> Totals:
    shipments = [(order, one) for order, outcome in found for one in outcome.shipments]
    priced = [price(one) for _, one in shipments]
    km = sorted(one.metres / 1000 for _, one in shipments if one.kind != "pick_up")
    places = [network.location(one.location_no) for _, one in shipments]
    kinds = Counter(place.kind for place in places)
    north = sum(regions.north_of(place.lat) for place in places)
    return Totals(
        served=sum(outcome.served for _, outcome in found),
        refused=sum(not outcome.served for _, outcome in found),
        short=sum(outcome.served and outcome.unserved > 0 for _, outcome in found),
        unserved_units=sum(outcome.unserved for _, outcome in found),
        shipments=len(shipments),
        split=sum(len(outcome.shipments) > 1 for _, outcome in found),
        cost=sum(carriage + handling for carriage, handling in priced),
        carriage=sum(carriage for carriage, _ in priced),
        handling=sum(handling for _, handling in priced),
        km_median=round(median(km), 1) if km else None,
        km_p90=round(km[min(len(km) - 1, int(len(km) * _P90))], 1) if km else None,
        same_day=sum(_same_day(order, outcome, network) for order, outcome in found),
        from_store=kinds["store"],
        from_warehouse=kinds["warehouse"],
        from_partner=kinds["partner"],
        from_north=north,
        from_south=len(places) - north,
    )


def _same_day(order: Order, outcome: Outcome, network: Registry) -> bool:
    if not outcome.served or outcome.unserved:
        return False
    for one in outcome.shipments:
        lon = order.deliver_to.lon if order.deliver_to is not None else float(network.lon[one.location_no])
        if one.promised_to_us > day_end_us(lon, order.placed_at_us):
            return False
    return True


def _as_happened(one: Replayed) -> bool:
    """Whether the policy in force sends it to the locations that got it when it was placed."""
    order = one.order
    first = {work.location_no for work in order.fulfilments if work.created_at_us <= order.placed_at_us}
    return first == {shipment.location_no for shipment in one.outcomes[_BEFORE].shipments}


# -- by location and region


class _Load:
    """What one policy gives to one location."""

    def __init__(self) -> None:
        self.orders = self.units = 0
        self.hours: Counter[int] = Counter()
        self.days: Counter[int] = Counter()

    def beyond(self, per_hour: int | None, per_day: int | None) -> int:
        """Orders above what the location takes, in its fullest hour or day."""
        over = [max(self.hours.values(), default=0) - per_hour] if per_hour is not None else []
        over += [max(self.days.values(), default=0) - per_day] if per_day is not None else []
        return max(0, *over, 0)


def _places(found: Sequence[Replayed], network: Registry) -> list[PlaceChange]:
    loads: tuple[dict[int, _Load], dict[int, _Load]] = ({}, {})
    for one in found:
        for load, outcome in zip(loads, one.outcomes, strict=True):
            for shipment in outcome.shipments:
                here = load.setdefault(shipment.location_no, _Load())
                here.orders += 1
                here.units += sum(units for _, units in shipment.lines)
                here.hours[one.order.placed_at_us // HOUR_US] += 1
                here.days[day_end_us(float(network.lon[shipment.location_no]), one.order.placed_at_us)] += 1
    changes = [
        _place(network.location(no), network, loads[_BEFORE].get(no, _Load()), loads[_AFTER].get(no, _Load()))
        for no in loads[_BEFORE].keys() | loads[_AFTER].keys()
    ]
    return sorted(changes, key=lambda one: (-abs(one.after - one.before), -one.after, one.code))


def _place(at: Location, network: Registry, before: _Load, after: _Load) -> PlaceChange:
    per_hour, per_day = (
        None if int(limits[at.location_no]) == UNLIMITED else int(limits[at.location_no])
        for limits in (network.orders_per_hour, network.orders_per_day)
    )
    return PlaceChange(
        code=at.code,
        name=at.name,
        kind=at.kind,
        region=at.region,
        lat=at.lat,
        lon=at.lon,
        before=before.orders,
        after=after.orders,
        units_before=before.units,
        units_after=after.units,
        orders_per_hour=per_hour,
        orders_per_day=per_day,
        busiest_hour_before=max(before.hours.values(), default=0),
        busiest_hour_after=max(after.hours.values(), default=0),
        beyond_before=before.beyond(per_hour, per_day),
        beyond_after=after.beyond(per_hour, per_day),
    )


class _Region:
    def __init__(self) -> None:
        self.orders = self.changed = 0
        self.refused, self.cost, self.sent = [0, 0], [0, 0], [0, 0]


def _regions(
    found: Sequence[Replayed],
    changed: Iterable[Replayed],
    network: Registry,
    price: Callable[[Shipment], tuple[int, int]],
) -> list[RegionChange]:
    sums: dict[str, _Region] = {}

    def of(code: str) -> _Region:
        return sums.setdefault(_province(code), _Region())

    for one in found:
        to = of(_destination(one.order, network))
        to.orders += 1
        for i, outcome in enumerate(one.outcomes):
            to.refused[i] += not outcome.served
            for shipment in outcome.shipments:
                to.cost[i] += sum(price(shipment))
                of(network.location(shipment.location_no).region).sent[i] += 1
    for one in changed:
        of(_destination(one.order, network)).changed += 1
    told = [
        RegionChange(
            region=code,
            name="".join(regions.names(code)[:1]),
            orders=region.orders,
            changed=region.changed,
            refused_before=region.refused[_BEFORE],
            refused_after=region.refused[_AFTER],
            cost_before=region.cost[_BEFORE],
            cost_after=region.cost[_AFTER],
            shipments_from_before=region.sent[_BEFORE],
            shipments_from_after=region.sent[_AFTER],
        )
        for code, region in sums.items()
    ]
    return sorted(told, key=lambda one: (-one.changed, -one.orders, one.region))


def _destination(order: Order, network: Registry) -> str:
    if order.deliver_to is not None:
        return order.deliver_to.region
    return network.location(order.pick_up_at).region if order.pick_up_at in network else ""


def _province(code: str) -> str:
    """The province of a Chinese code; elsewhere the country."""
    found = regions.province(code) if code else None
    return found.code if found is not None else regions.prefix(code)[:2]


# -- order by order


def _change(one: Replayed, network: Registry, prices: _Prices, language: Language) -> OrderChange:
    order, (old, new) = one.order, one.outcomes
    return OrderChange(
        id=str(order.order_id),
        channel=order.channel,
        channel_order_id=order.channel_order_id,
        placed_at=rfc3339(order.placed_at_us),
        region=_province(_destination(order, network)),
        what=_what(old, new),
        before=[_served(shipment, network) for shipment in old.shipments],
        after=[_served(shipment, network) for shipment in new.shipments],
        cost_before=prices.cost(old),
        cost_after=prices.cost(new),
        unserved_before=old.unserved,
        unserved_after=new.unserved,
        reasons=_reasons(one, network, language),
    )


def _what(old: Outcome, new: Outcome) -> What:
    if not new.served:
        return "refused"
    if not old.served:
        return "served"
    if new.unserved != old.unserved:
        return "more" if new.unserved < old.unserved else "less"
    if len(new.shipments) != len(old.shipments):
        return "split" if len(new.shipments) > len(old.shipments) else "joined"
    return "moved"


def _served(shipment: Shipment, network: Registry) -> Served:
    at = network.location(shipment.location_no)
    return Served(at.code, at.name, sum(units for _, units in shipment.lines), round(shipment.metres / 1000, 1))


def _reasons(one: Replayed, network: Registry, language: Language) -> list[str]:
    """Why those who served it do so no more; then who does, or what is short."""
    new, currency = one.outcomes[_AFTER], one.order.currency

    def name_of(location_no: int) -> str:
        return network.location(location_no).name

    # what is refused is sent by nobody, though a part of it could have been
    decision = new.decision if new.served else replace(new.decision, chosen=(), others=())
    words = []
    for location_no, obstacle in one.obstacles.items():
        if obstacle:
            end = reason_words(obstacle, language)
            words.append(f"{name_of(location_no)}{end}。" if language == "zh" else f"{name_of(location_no)} {end}.")
        elif new.served:
            words.append(why_not(decision, location_no, name_of, language, currency))
    told = explain(decision, name_of, language, currency)
    first = len(new.shipments) + (len(new.shipments) > 1) if new.served else len(decision.short)
    return list(dict.fromkeys([*words, *told[:first]]))
