"""JSON Schemas and examples of master data for the OpenAPI document; the contexts' own readers check the bodies."""

from typing import Any, Final

from manystores.catalogue.offer import KINDS as OFFER_KINDS
from manystores.catalogue.offer import PRICE_MAX, UNITS
from manystores.core.auth import SCOPES
from manystores.kernels.geo import DATUMS
from manystores.network.location import CAPABILITIES
from manystores.network.location import KINDS as LOCATION_KINDS

Schema = dict[str, Any]


def _text(most: int, description: str = "", **more: Any) -> Schema:
    return {"type": "string", "maxLength": most, **({"description": description} if description else {}), **more}


def _whole(low: int, high: int, description: str = "") -> Schema:
    return {"type": "integer", "minimum": low, "maximum": high} | ({"description": description} if description else {})


def _or_null(schema: Schema) -> Schema:
    return schema | {"type": [schema["type"], "null"]}


def _object(required: tuple[str, ...], properties: dict[str, Schema], description: str = "") -> Schema:
    found: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return (
        found
        | ({"required": list(required)} if required else {})
        | ({"description": description} if description else {})
    )


def _changes(schema: Schema) -> Schema:
    """The schema of a PATCH: nothing is required, null puts a field back to its default (RFC 7396)."""
    return {key: value for key, value in schema.items() if key != "required"}


def _told(schema: Schema) -> Schema:
    """The schema of an answer: members may be added in time."""
    return {key: value for key, value in schema.items() if key != "additionalProperties"}


REVISION: Final = _whole(0, 2**31 - 1, "Counts changes. In a body: the one that you have seen, 0 for any.")
_REGION: Final = _text(
    12,
    "GB/T 2260 code of 6, 9 or 12 digits, or ISO 3166-2.",
    pattern="^([0-9]{6}|[0-9]{9}|[0-9]{12}|[A-Z]{2}(-[A-Z0-9]{1,3})?)?$",
)
_CLOCK: Final[Schema] = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "description": "Local, HH:MM."}
_CODE: Final = _text(64, "Unique within the brand; it stands in addresses.", minLength=1)
_ENABLED: Final[Schema] = {"type": "boolean", "default": True}

LOCATION_BODY: Final = _object(
    ("code", "name", "kind", "lat", "lon"),
    {
        "code": _CODE,
        "name": _text(200),
        "kind": {"enum": list(LOCATION_KINDS)},
        "stock_owner": _or_null(_text(64, "Code of the partner that owns the stock there; null: the brand itself.")),
        "lat": {"type": "number", "minimum": -90, "maximum": 90},
        "lon": {"type": "number", "minimum": -180, "maximum": 180},
        "datum": {"enum": list(DATUMS), "default": "wgs84", "description": "Of lat, lon and areas in this body."},
        "region": _REGION,
        "address": _text(500),
        "time_zone": _text(64, "IANA name; left out, the one of the place."),
        "opening_hours": _text(1000, "OSM opening_hours, e.g. Mo-Fr 09:00-18:00; PH off. Left out: 24/7."),
        "holidays": _text(2, "ISO 3166-1 country whose public holidays PH means."),
        "capabilities": {"type": "array", "items": {"enum": list(CAPABILITIES)}},
        "orders_per_hour": _or_null(_whole(0, 1_000_000, "null is unlimited, 0 is none.")),
        "orders_per_day": _or_null(_whole(0, 1_000_000)),
        "cut_offs": _object((), {"ship": _CLOCK, "same_day": _CLOCK}, "Until when an order leaves on the same day."),
        "lead_time_minutes": _whole(0, 43_200, "From accepting an order to handing it over."),
        "handle_order_cost": _whole(0, 1_000_000_000, "Minor units an order."),
        "handle_unit_cost": _whole(0, 1_000_000_000, "Minor units a further unit."),
        "groups": {"type": "array", "maxItems": 50, "items": _text(64)},
        "areas": {
            "type": "array",
            "maxItems": 50,
            "description": "Where it delivers; none: wherever the policy lets it.",
            "items": {
                "oneOf": [
                    _object(("kind", "km"), {"kind": {"const": "radius"}, "km": {"type": "number", "minimum": 0.001}}),
                    _object(
                        ("kind", "codes"), {"kind": {"const": "regions"}, "codes": {"type": "array", "items": _REGION}}
                    ),
                    _object(
                        ("kind", "geometry"),
                        {
                            "kind": {"const": "polygon"},
                            "geometry": {"type": "object", "description": "GeoJSON Polygon or MultiPolygon."},
                        },
                    ),
                ]
            },
        },
        "enabled": _ENABLED,
        "revision": REVISION,
    },
)
LOCATION_CHANGES: Final = _changes(LOCATION_BODY)
LOCATION: Final = _told(LOCATION_BODY)
LOCATION_MINIMAL: Final[dict[str, Any]] = {"code": "S1", "name": "S1", "kind": "store", "lat": 39.9, "lon": 116.4}
LOCATION_EXAMPLE: Final[dict[str, Any]] = LOCATION_MINIMAL | {
    "name": "王府井店",
    "stock_owner": None,
    "region": "110101",
    "address": "北京市东城区王府井大街 255 号",
    "time_zone": "Asia/Shanghai",
    "opening_hours": "Mo-Su 10:00-22:00",
    "holidays": "CN",
    "capabilities": ["ship", "same_day", "pick_up", "returns"],
    "orders_per_hour": 20,
    "orders_per_day": None,
    "cut_offs": {"ship": "16:00"},
    "lead_time_minutes": 30,
    "handle_order_cost": 200,
    "handle_unit_cost": 50,
    "groups": ["flagship"],
    "areas": [{"kind": "radius", "km": 30.0}],
    "enabled": True,
    "revision": 3,
}

_MONEY: Final = _object(
    ("amount", "currency"),
    {"amount": _whole(0, PRICE_MAX, "Minor units."), "currency": _text(3, "ISO 4217.", minLength=3)},
)
_SKU: Final = _text(100, "Unique within the brand.", minLength=1)
OFFER_BODY: Final = _object(
    ("sku", "name", "kind", "price"),
    {
        "sku": _SKU,
        "name": {
            "description": "A text, or texts by language.",
            "anyOf": [_text(500), {"type": "object", "additionalProperties": _text(500)}],
        },
        "kind": {"enum": list(OFFER_KINDS)},
        "price": _MONEY | {"description": "Of one unit."},
        "gtin": _or_null(_text(18, "GTIN-8, -12, -13 or -14; told with 14 digits.")),
        "tax_rate_ppm": _whole(0, 1_000_000, "Parts per million of the price: 13 % is 130000."),
        "unit": {"enum": list(UNITS), "default": "piece"},
        "scale": _whole(1, 1_000_000, "Base units in one unit; left out, what the unit says."),
        "weight_g": _whole(0, 100_000_000, "Grams of one unit."),
        "size_mm": {
            "type": ["array", "null"],
            "minItems": 3,
            "maxItems": 3,
            "items": _whole(0, 100_000),
            "description": "Length, width, height.",
        },
        "shelf_life_days": _or_null(_whole(1, 36_500)),
        "variant_of": _or_null(_text(100, "Code of the style that variants share.")),
        "options": {"type": "object", "maxProperties": 10, "additionalProperties": _text(100)},
        "components": {
            "type": "array",
            "maxItems": 100,
            "items": _object(("sku", "quantity"), {"sku": _SKU, "quantity": _whole(1, 1_000_000_000)}),
            "description": "What a kit contains, in base units; orders for it reserve these.",
        },
        "attributes": {"type": "object", "maxProperties": 100},
        "enabled": _ENABLED,
        "revision": REVISION,
    },
)
OFFER_CHANGES: Final = _changes(OFFER_BODY)
OFFER: Final = _told(OFFER_BODY)
OFFER_MINIMAL: Final[dict[str, Any]] = {
    "sku": "X1",
    "name": "X1",
    "kind": "good",
    "price": {"amount": 100, "currency": "CNY"},
}
OFFER_EXAMPLE: Final[dict[str, Any]] = OFFER_MINIMAL | {
    "name": {"zh": "埃塞俄比亚咖啡豆 250 克", "en": "Ethiopian coffee beans 250 g"},
    "price": {"amount": 6800, "currency": "CNY"},
    "gtin": "06901234567892",
    "tax_rate_ppm": 130000,
    "unit": "piece",
    "scale": 1,
    "weight_g": 280,
    "size_mm": [80, 60, 220],
    "shelf_life_days": 365,
    "variant_of": "BEANS",
    "options": {"roast": "light"},
    "components": [],
    "attributes": {"origin": "Yirgacheffe"},
    "enabled": True,
    "revision": 1,
}

_REGIONS: Final[Schema] = {"type": "array", "items": _REGION, "description": "Empty or left out: everywhere."}
_MINOR: Final = _whole(0, 1_000_000_000, "Minor units.")
CARRIER_BODY: Final = _object(
    ("code", "name", "zones"),
    {
        "code": _CODE,
        "name": _text(200),
        "zones": {
            "type": "array",
            "minItems": 1,
            "maxItems": 5000,
            "description": "The narrowest zone that fits a parcel prices it.",
            "items": _object(
                (),
                {
                    "to": _REGIONS,
                    "from": _REGIONS,
                    "km_max": {"type": ["number", "null"], "minimum": 0, "maximum": 20_038},
                    "base": _MINOR,
                    "included_grams": _whole(0, 1_000_000_000, "Weight that the base price includes (首重)."),
                    "per_kg": _MINOR | {"description": "Minor units a further kilogram begun (续重)."},
                    "per_km": {"type": "number", "minimum": 0, "maximum": 1_000_000},
                    "days_min": _whole(0, 365),
                    "days_max": _whole(0, 365),
                },
            ),
        },
        "cut_off": {"type": "string", "description": "Local HH:MM until which it collects; empty for any."},
        "enabled": _ENABLED,
        "revision": REVISION,
    },
)
CARRIER_CHANGES: Final = _changes(CARRIER_BODY)
CARRIER: Final = _told(CARRIER_BODY)
CARRIER_EXAMPLE: Final[dict[str, Any]] = {
    "code": "SF",
    "name": "顺丰标快",
    "zones": [
        {"to": ["110000"], "base": 1200, "included_grams": 1000, "per_kg": 200, "days_min": 1, "days_max": 1},
        {"base": 1800, "included_grams": 1000, "per_kg": 500, "days_min": 1, "days_max": 3},
    ],
    "cut_off": "18:00",
}

FEE_BODY: Final = _object(
    ("fee",),
    {
        "region": _text(12, "Region code; * (or left out) is everywhere."),
        "fee": _MINOR,
        "free_from": _or_null(_whole(0, 10**15, "Goods worth this much are delivered free (包邮); null: never.")),
        "currency": _text(3, "ISO 4217; left out: CNY."),
    },
)
FEE_CHANGES: Final = _changes(FEE_BODY)
FEE: Final = _told(FEE_BODY)
FEE_EXAMPLE: Final[dict[str, Any]] = {"region": "650000", "fee": 1500, "free_from": 19900, "currency": "CNY"}

KEY_BODY: Final = _object(
    (),
    {
        "name": _text(200, "What it is for, e.g. the till of a store."),
        "scopes": {
            "type": ["array", "null"],
            "items": {"enum": sorted(SCOPES)},
            "description": "Left out: all that such a key may have and you have yourself.",
        },
        "location": _or_null(_text(64, "Code of a location: a device that sees this one only.")),
        "expires_at": _or_null({"type": "string", "format": "date-time"}),
        "brand": _or_null(_text(64, "Whose key; only the platform's keys may name another than their own.")),
    },
)
KEY: Final[Schema] = {
    "type": "object",
    "required": ["id", "brand", "name", "scopes", "location", "created_at", "expires_at", "revoked_at"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "brand": {"type": "string"},
        "name": {"type": "string"},
        "scopes": {"type": "array", "items": {"type": "string"}},
        "location": {"type": ["string", "null"]},
        "created_at": {"type": "string", "format": "date-time"},
        "expires_at": {"type": ["string", "null"], "format": "date-time"},
        "revoked_at": {"type": ["string", "null"], "format": "date-time"},
    },
}
KEY_MADE: Final[Schema] = KEY | {
    "required": [*KEY["required"], "token"],
    "properties": KEY["properties"] | {"token": {"type": "string", "description": "Shown this once."}},
}
KEY_EXAMPLE: Final[dict[str, Any]] = {
    "id": "019a9f3e-7c4b-7d10-9f0e-3c8a5b6d7e8f",
    "brand": "demo",
    "name": "王府井店收银台 1",
    "scopes": ["orders:write", "stock:read"],
    "location": "S1",
    "created_at": "2026-11-01T08:00:00Z",
    "expires_at": None,
    "revoked_at": None,
}

POLICY_EXAMPLE: Final[dict[str, Any]] = {
    "kinds": {
        "ship": {"costs": {"base": 300, "per_km": 0.4, "per_kg": 40}},
        "pick_up": {"km_max": 50},
    },
    "channels": {"marketplace": {"location_kinds": ["warehouse", "store"], "kinds": ["ship"]}},
    "safety_stock": 1,
    "thresholds": [{"units": 3, "channel": "marketplace"}],
    "split": {"allow_split": True, "max_shipments": 3},
    "rank": [{"cost": -100, "location_kind": "store"}],
    "on_shortage": "reject",
}
