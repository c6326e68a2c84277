"""Carriers: where they go, what they charge, how long they take. And what the shopper pays: fees, free from a sum on.

Money is in minor units, weight in grams, distance in km along the great circle.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from manystores.core.currency import DECIMALS
from manystores.network.fields import Fields
from manystores.network.regions import EVERYWHERE, prefix, prefixes

_ZONES_MAX = 5_000
_COST_MAX = 1_000_000_000
_DAYS_MAX = 365
_KM_MAX = 20_038.0
NO_LIMIT: Final = math.inf

CARRIER_FIELDS: Final = ("code", "name", "zones", "cut_off", "enabled", "revision")
ZONE_FIELDS: Final = (
    "to",
    "from",
    "km_max",
    "base",
    "included_grams",
    "per_kg",
    "per_km",
    "days_min",
    "days_max",
)
FEE_FIELDS: Final = ("region", "fee", "free_from", "currency")


class Zone(Struct, frozen=True, kw_only=True):
    """One line of a carrier's table of rates: from some regions to some regions, up to some distance.

    The price is `base`, which includes the first `included_grams` (首重), plus `per_kg` for every kilogram begun beyond
    (续重), plus `per_km`.
    """

    to: tuple[str, ...] = (EVERYWHERE,)
    origins: tuple[str, ...] = (EVERYWHERE,)
    km_max: float = NO_LIMIT
    base: int = 0
    included_grams: int = 0
    per_kg: int = 0
    per_km: float = 0.0
    days_min: int = 0
    days_max: int = 0


class Carrier(Struct, frozen=True, kw_only=True):
    """A carrier, as one brand uses it; `cut_off` is the local time HH:MM until which it collects, '' for any."""

    party_no: int
    code: str
    name: str
    zones: tuple[Zone, ...]
    cut_off: str = ""
    enabled: bool = True
    revision: int = 0


class Quote(Struct, frozen=True):
    """What a parcel costs the brand, in minor units, and how many days it is under way."""

    cost: int
    days_min: int
    days_max: int


class Quotes(Struct, frozen=True):
    """Quotes from many origins: cost float64 (inf where the carrier doesn't go), days int64 (-1 there)."""

    cost: NDArray[np.float64]
    days_min: NDArray[np.int64]
    days_max: NDArray[np.int64]


class DeliveryFee(Struct, frozen=True, kw_only=True):
    """What a shopper in a region pays for delivery; nothing from goods worth `free_from` on (包邮), None for never."""

    party_no: int
    region: str = EVERYWHERE
    fee: int
    free_from: int | None = None
    currency: str = "CNY"


FeeTable = dict[str, DeliveryFee]
"""A brand's fees by the area (`regions.prefix`) that they hold for."""


def quote(carrier: Carrier, origin: str, destination: str, km: float, grams: int) -> Quote | None:
    """What one parcel costs from one region to another; None where the carrier doesn't go.

    The zone with the narrowest destination counts, among those the narrowest origin, then the shortest reach.
    """
    for zone in _zones_to(carrier, destination):
        if km <= zone.km_max and any(prefix(o) in prefixes(origin) for o in zone.origins):
            return Quote(math.ceil(_fixed(zone, grams) + zone.per_km * km), zone.days_min, zone.days_max)
    return None


def quotes(
    carrier: Carrier, regions: tuple[str, ...], region_of: NDArray[np.int32], km: NDArray[np.float64],
    destination: str, grams: int,
) -> Quotes:  # fmt: skip
    """`quote` for many origins at once: origin i is in regions[region_of[i]], km[i] away."""
    size = len(km)
    cost = np.full(size, np.inf)
    days_min, days_max = np.full(size, -1, dtype=np.int64), np.full(size, -1, dtype=np.int64)
    left = np.ones(size, dtype=np.bool_)
    for zone in _zones_to(carrier, destination):
        here = left & (km <= zone.km_max)
        if EVERYWHERE not in zone.origins:
            areas = {prefix(o) for o in zone.origins}
            matches = np.array([not areas.isdisjoint(prefixes(region)) for region in regions], dtype=np.bool_)
            here &= matches[region_of]
        cost[here] = np.ceil(_fixed(zone, grams) + zone.per_km * km[here])
        days_min[here], days_max[here] = zone.days_min, zone.days_max
        left &= ~here
    return Quotes(cost, days_min, days_max)


def fee_table(fees: Iterable[DeliveryFee]) -> FeeTable:
    """One brand's fees, ready to be looked up; of two for one area the later counts."""
    return {prefix(fee.region): fee for fee in fees}


def delivery_fee(fees: FeeTable, region: str, goods_amount: int) -> int:
    """What a shopper pays for delivery, in minor units: the fee of the narrowest region that contains the address.

    Nothing when no fee speaks of the region, or when the goods reach that fee's threshold. A brand that wants a fee
    everywhere states one for the region ''.
    """
    for area in reversed(prefixes(region)):
        fee = fees.get(area)
        if fee is not None:
            return 0 if fee.free_from is not None and goods_amount >= fee.free_from else fee.fee
    return 0


def carrier_of(body: Mapping[str, Any], party_no: int, *, at: str = "") -> Carrier:
    """The carrier that a body describes; raises Problem(INVALID) with every FieldError."""
    fields = Fields(body, at)
    fields.known(CARRIER_FIELDS)
    carrier = Carrier(
        party_no=party_no,
        code=fields.code("code"),
        name=fields.text("name", 200, required=True),
        zones=tuple(_zone(zone) for zone in fields.objects("zones", _ZONES_MAX)),
        cut_off=fields.clock_time("cut_off"),
        enabled=fields.flag("enabled", True),
        revision=fields.integer("revision", 0, 0, 2**31 - 1),
    )
    if not carrier.zones:
        fields.wrong("zones", "required", "A carrier has one zone at least", "承运商至少需要一个区域")
    fields.raise_if_wrong()
    return carrier


def carrier_body(carrier: Carrier) -> dict[str, Any]:
    """The body that describes the carrier; `carrier_of` reads it back."""
    return {
        "code": carrier.code,
        "name": carrier.name,
        "zones": [
            {
                "to": [code for code in zone.to if code],
                "from": [code for code in zone.origins if code],
                "km_max": None if zone.km_max == NO_LIMIT else zone.km_max,
                "base": zone.base,
                "included_grams": zone.included_grams,
                "per_kg": zone.per_kg,
                "per_km": zone.per_km,
                "days_min": zone.days_min,
                "days_max": zone.days_max,
            }
            for zone in carrier.zones
        ],
        "cut_off": carrier.cut_off,
        "enabled": carrier.enabled,
        "revision": carrier.revision,
    }


def fee_of(body: Mapping[str, Any], party_no: int, *, at: str = "") -> DeliveryFee:
    """The delivery fee that a body describes; raises Problem(INVALID) with every FieldError."""
    fields = Fields(body, at)
    fields.known(FEE_FIELDS)
    currency = fields.text("currency", 3, default="CNY")
    if currency not in DECIMALS:
        fields.wrong(
            "currency",
            "unknown_currency",
            f"{currency!r} is no ISO 4217 code, such as CNY",
            f"{currency!r} 不是 ISO 4217 货币代码，例如 CNY",
        )
    fee = DeliveryFee(
        party_no=party_no,
        region=fields.region("region"),
        fee=fields.integer("fee", 0, 0, _COST_MAX),
        free_from=fields.integer_or_none("free_from", 0, 10**15),
        currency=currency,
    )
    fields.raise_if_wrong()
    return fee


def fee_body(fee: DeliveryFee) -> dict[str, Any]:
    """The body that describes the fee; `fee_of` reads it back."""
    return {field: getattr(fee, field) for field in FEE_FIELDS}


def _zone(fields: Fields) -> Zone:
    fields.known(ZONE_FIELDS)
    days_min = fields.integer("days_min", 0, 0, _DAYS_MAX)
    zone = Zone(
        to=fields.regions("to") or (EVERYWHERE,),
        origins=fields.regions("from") or (EVERYWHERE,),
        km_max=fields.number("km_max", NO_LIMIT, 0.0, _KM_MAX),
        base=fields.integer("base", 0, 0, _COST_MAX),
        included_grams=fields.integer("included_grams", 0, 0, 1_000_000_000),
        per_kg=fields.integer("per_kg", 0, 0, _COST_MAX),
        per_km=fields.number("per_km", 0.0, 0.0, 1_000_000.0),
        days_min=days_min,
        days_max=fields.integer("days_max", days_min, 0, _DAYS_MAX),
    )
    if zone.days_max < zone.days_min:
        fields.wrong(
            "days_max", "too_small", f"At least days_min, {zone.days_min}", f"不能小于 days_min（{zone.days_min}）"
        )
    return zone


def _zones_to(carrier: Carrier, destination: str) -> list[Zone]:
    """The zones that reach a region, the one that counts first."""
    within = prefixes(destination)
    depth = {area: n for n, area in enumerate(within)}
    found = []
    for n, zone in enumerate(carrier.zones):
        reach = max((depth.get(prefix(code), -1) for code in zone.to), default=-1)
        if reach >= 0:
            narrow = max(len(prefix(code)) for code in zone.origins)
            found.append((-reach, -narrow, zone.km_max, n, zone))
    return [zone for *_, zone in sorted(found, key=lambda f: f[:4])]


def _fixed(zone: Zone, grams: int) -> int:
    kilograms_begun = -(-max(0, grams - zone.included_grams) // 1000)
    return zone.base + zone.per_kg * kilograms_begun
