"""A location: a store, a warehouse or a partner's place that can serve shoppers."""

from typing import Final, Literal, get_args

import msgspec

Kind = Literal["store", "warehouse", "partner"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

CAPABILITIES: Final = (
    "ship",
    "same_day",
    "pick_up",
    "returns",
    "fitting",
    "alterations",
    "repair",
    "installation",
    "click_and_reserve",
    "lockers",
)
"""What a location may be able to do; the position is the bit in the registry's masks."""

DEFAULT_CAPABILITIES: Final[dict[str, tuple[str, ...]]] = {
    "store": ("ship", "same_day", "pick_up", "returns"),
    "warehouse": ("ship",),
    "partner": ("pick_up",),
}

CUT_OFF_KINDS: Final = ("ship", "same_day")
ALWAYS_OPEN: Final = "24/7"

Ring = tuple[tuple[float, float], ...]


class RadiusArea(msgspec.Struct, frozen=True, tag_field="kind", tag="radius"):
    """All within some km of the location, as the crow flies."""

    km: float


class PolygonArea(msgspec.Struct, frozen=True, tag_field="kind", tag="polygon"):
    """All inside of polygons in WGS-84; each is its outer ring and then its holes, closed rings of (lon, lat)."""

    polygons: tuple[tuple[Ring, ...], ...]


class RegionArea(msgspec.Struct, frozen=True, tag_field="kind", tag="regions"):
    """All addresses in any of these regions, from the province down to the village."""

    codes: tuple[str, ...]


DeliveryArea = RadiusArea | PolygonArea | RegionArea


class Location(msgspec.Struct, frozen=True, kw_only=True):
    """A place that holds stock or serves shoppers.

    A location with areas delivers into them only (into any of them); one without delivers wherever policy lets it.
    """

    location_no: int = 0
    """Dense number, never reused; 0 until stored."""
    code: str
    name: str
    party_no: int
    """The brand that manages it; the code is unique within it."""
    kind: Kind
    stock_owner_no: int
    """The party that owns the stock on its shelves: the brand itself, or a partner."""
    stock_owner: str = ""
    """That partner's code; '' for the brand itself."""
    lat: float
    """Degrees north, WGS-84."""
    lon: float
    """Degrees east, WGS-84."""
    region: str = ""
    """GB/T 2260 code of 6, 9 or 12 digits, or ISO 3166-2; '' when not known."""
    address: str = ""
    time_zone: str
    """IANA name."""
    opening_hours: str = ALWAYS_OPEN
    """OSM opening_hours, in local time."""
    holidays: str = ""
    """ISO 3166-1 country whose public holidays PH in the opening hours means; '' for none."""
    capabilities: tuple[str, ...] = ()
    orders_per_hour: int | None = None
    """Orders that it can start in an hour; None is unlimited, 0 is none."""
    orders_per_day: int | None = None
    cut_offs: dict[str, str] = {}
    """By kind of delivery (CUT_OFF_KINDS), the local time HH:MM until which an order leaves on the same day."""
    lead_time_minutes: int = 0
    """Minutes from accepting an order to handing it over."""
    handle_order_cost: int = 0
    """Minor units that handling one order costs here."""
    handle_unit_cost: int = 0
    """Minor units that handling one more unit of it costs."""
    groups: tuple[str, ...] = ()
    areas: tuple[DeliveryArea, ...] = ()
    enabled: bool = True
    revision: int = 0
    """Counts changes, 1 when first stored; in a body, the revision that the sender has seen, 0 for any."""
