"""JSON Schemas of a shopper's link and of what it shows."""

from typing import Final

from manystores.api.shapes import (
    FLAG,
    NUMBER,
    TEXT,
    TEXT_OR_NULL,
    TIME,
    TIME_OR_NULL,
    UNITS,
    Schema,
    items,
    shape,
)
from manystores.orders.tracking import PART_STATES, SHOPPER_STATES

LINK: Final = shape(
    {
        "url": {"type": "string", "description": "The page, relative to where the console is served."},
        "token": TEXT,
        "expires_at": TIME,
        "shows_code": FLAG,
    }
)
_QUANTITIES: Final = items(shape({"line": NUMBER, "quantity": UNITS}))
_PARCEL: Final = shape(
    {"carrier": TEXT, "tracking": TEXT, "shipped_at": TIME, "delivered_at": TIME_OR_NULL, "lines": _QUANTITIES}
)
_STORE: Final = shape(
    {
        "name": TEXT,
        "address": TEXT,
        "lat": {"type": "number", "description": "Degrees, WGS-84."},
        "lon": {"type": "number", "description": "Degrees, WGS-84."},
        "time_zone": TEXT,
        "opening_hours": {"type": "string", "description": "In the syntax of OpenStreetMap."},
        "open_now": FLAG,
        "opens_at": TIME_OR_NULL | {"description": "When it opens next; null while it is open."},
        "closes_at": TIME_OR_NULL | {"description": "When this opening, or the next one, ends; null: never."},
    }
)
_STORE_OR_NULL: Final[Schema] = _STORE | {"type": ["object", "null"]}
_PART: Final = shape(
    {
        "kind": {"enum": ["ship", "same_day", "pick_up"]},
        "state": {"enum": list(PART_STATES)},
        "words": TEXT,
        "lines": _QUANTITIES,
        "promised_from": TIME_OR_NULL,
        "promised_to": TIME_OR_NULL,
        "parcels": items(_PARCEL),
        "store": _STORE_OR_NULL,
        "collect_by": TIME_OR_NULL,
        "code": TEXT_OR_NULL | {"description": "Of a pick-up that waits; null if this link does not show it."},
        "ticket": TEXT_OR_NULL | {"description": "For a QR code that the counter scans: null where `code` is."},
    }
)
_LINE: Final = shape(
    {
        "line": NUMBER,
        "name": TEXT,
        "unit": TEXT,
        "scale": {"type": "integer", "minimum": 1, "description": "Base units in one unit."},
        "quantity": UNITS,
        "cancelled": UNITS,
        "returned": UNITS,
        "substitute_for": {"type": ["integer", "null"]},
    }
)
TRACKING: Final = shape(
    {
        "brand": TEXT,
        "state": {"enum": list(SHOPPER_STATES)},
        "words": {"type": "string", "description": "The state in plain words."},
        "partly_cancelled": FLAG,
        "partly_returned": FLAG,
        "placed_at": TIME,
        "updated_at": TIME,
        "pay_by": TIME_OR_NULL,
        "lines": items(_LINE),
        "parts": items(_PART),
        "milestones": items(shape({"state": TEXT, "at": TIME})),
        "link_expires_at": TIME,
    },
    description="What a shopper sees of the order: nothing personal, no prices, no numbers of a channel.",
)
