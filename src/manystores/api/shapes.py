"""JSON Schemas of what the routes of stock, reservations, orders, work and returns answer, for the OpenAPI document.

Answers may gain members in time, so none of these forbids more than it names.
"""

from typing import Any, Final

from manystores.api.resources import PROBLEM
from manystores.network.location import KINDS as LOCATION_KINDS
from manystores.orders.order import CHANNELS, FUNDERS, STATES, WORK_STATES

Schema = dict[str, Any]

TEXT: Final[Schema] = {"type": "string"}
FLAG: Final[Schema] = {"type": "boolean"}
UNITS: Final[Schema] = {"type": "integer", "minimum": 0, "description": "Base units."}
DELTA: Final[Schema] = {"type": "integer", "description": "Base units, negative when it went down."}
AMOUNT: Final[Schema] = {"type": "integer", "description": "Minor units of the currency."}
NUMBER: Final[Schema] = {"type": "integer", "minimum": 1}
UUID: Final[Schema] = {"type": "string", "format": "uuid"}
TIME: Final[Schema] = {"type": "string", "format": "date-time"}
TIME_OR_NULL: Final[Schema] = {"type": ["string", "null"], "format": "date-time"}
TEXT_OR_NULL: Final[Schema] = {"type": ["string", "null"]}
CURSOR: Final[Schema] = {"type": ["string", "null"], "description": "Of the next page; null on the last."}


def items(item: Schema) -> Schema:
    """A list of these."""
    return {"type": "array", "items": item}


def shape(always: Schema, sometimes: Schema | None = None, description: str = "") -> Schema:
    """An object with members that are always there and others that may be."""
    found: Schema = {"type": "object", "required": list(always), "properties": always | (sometimes or {})}
    return found | ({"description": description} if description else {})


def page_of(name: str, item: Schema) -> Schema:
    """A page of orders or work."""
    return shape({name: items(item), "next_cursor": CURSOR})


def results_of(name: str, item: Schema) -> Schema:
    """One result an item of a batch: the thing, or the problem with it."""
    return shape({"results": items(shape({"status": {"type": "integer"}}, {name: item, "problem": PROBLEM}))})


# -- stock

COUNTERS: Final[Schema] = {
    "on_hand": UNITS,
    "reserved": UNITS,
    "unavailable": UNITS,
    "incoming": UNITS,
    "available": DELTA | {"description": "on_hand − reserved − unavailable; below 0 it is an exception."},
}
BUCKET: Final = shape(
    {
        "location": TEXT,
        "location_name": TEXT,
        "offer": TEXT,
        "offer_name": TEXT,
        "window": TIME_OR_NULL,
        "lot": TEXT,
        **COUNTERS,
    }
)
MOVED: Final = shape(
    {"location": TEXT, "offer": TEXT, **COUNTERS},
    {
        "window": TIME,
        "counted": UNITS,
        "counted_at": TIME,
        "moved_since": DELTA,
        "changed_by": DELTA,
        "change": TEXT,
        "quantity": DELTA,
        "note": TEXT,
    },
)
TRANSFER: Final = shape(
    {
        "id": UUID,
        "state": {"enum": ["in_transit", "received"]},
        "source": TEXT,
        "target": TEXT,
        "offer": TEXT,
        "quantity": UNITS,
    },
    {
        "received": UNITS,
        "source_name": TEXT,
        "target_name": TEXT,
        "offer_name": TEXT,
        "sent_at": TIME,
        "sent_by": TEXT,
        "sent_by_name": TEXT_OR_NULL,
        "received_at": TIME,
        "received_by": TEXT,
        "received_by_name": TEXT_OR_NULL,
    },
)

# -- reservations and availability

_CLAIM: Final = shape({"location": TEXT, "offer": TEXT, "quantity": UNITS, "window": TIME_OR_NULL}, {"lot": TEXT})
RESERVATION: Final = shape(
    {"id": UUID, "state": {"enum": ["held", "confirmed", "released", "expired"]}},
    {"cart": TEXT_OR_NULL, "expires_at": TIME_OR_NULL, "lines": items(_CLAIM), "ended_at": TIME, "order": UUID},
)
_WAYS: Final[Schema] = {"enum": ["ship", "same_day", "pick_up"]}
OPTION: Final = shape(
    {
        "kind": _WAYS,
        "locations": items(TEXT),
        "km": {"type": "number", "minimum": 0},
        "fee": AMOUNT,
        "currency": TEXT,
        "from": TIME,
        "to": TIME,
        "basis": {"enum": ["learned", "configured"]},
    }
)
AVAILABILITY: Final = shape(
    {
        "offer": TEXT,
        "quantity": UNITS,
        "channel": {"enum": list(CHANNELS)},
        "options": items(OPTION),
        "not_possible": {
            "type": "object",
            "description": "By way of fulfilment without an option: the obstacle of the best holder, or no_stock.",
            "additionalProperties": TEXT,
        },
    }
)

# -- orders and work

_STEP: Final[Schema] = {"kind": TEXT, "at": TIME, "actor": TEXT}
WORK: Final = shape(
    {
        "id": {"type": "string", "description": "The order's id and a number, joined by a hyphen."},
        "order": UUID,
        "channel": {"enum": list(CHANNELS)},
        "channel_order_id": TEXT,
        "location": TEXT,
        "kind": _WAYS,
        "state": {"enum": list(WORK_STATES)},
        "stage": TEXT,
        "possible": items(TEXT) | {"description": "The steps that can be taken now."},
        "lines": items(
            shape(
                {
                    "line": NUMBER,
                    "offer": TEXT,
                    "quantity": UNITS,
                    "picked": UNITS,
                    "short": UNITS,
                    "withdrawn": UNITS,
                    "shipped": UNITS,
                    "serials": items(TEXT),
                }
            )
        ),
        "promised_from": TIME_OR_NULL,
        "promised_to": TIME_OR_NULL,
        "collect_by": TIME_OR_NULL,
        "carrier": TEXT_OR_NULL,
        "packages": items(
            shape(
                {
                    "carrier": TEXT,
                    "tracking": TEXT,
                    "lines": items(shape({"line": NUMBER, "quantity": UNITS})),
                    "shipped_at": TIME,
                    "delivered_at": TIME_OR_NULL,
                }
            )
        ),
        "reject_reason": TEXT_OR_NULL,
        "hold_reason": TEXT_OR_NULL,
        "created_at": TIME,
        "updated_at": TIME,
        "history": items(shape(_STEP)),
    }
)
RETURN: Final = shape(
    {
        "number": NUMBER,
        "order": UUID,
        "location": TEXT,
        "state": {"enum": ["requested", "accepted", "received", "completed", "rejected"]},
        "lines": items(
            shape(
                {
                    "line": NUMBER,
                    "offer": TEXT,
                    "quantity": UNITS,
                    "reason": TEXT,
                    "restocked": UNITS,
                    "written_off": UNITS,
                }
            )
        ),
        "refunded": AMOUNT,
        "reason": TEXT_OR_NULL,
        "requested_at": TIME,
        "updated_at": TIME,
    }
)
_QUANTITIES: Final[Schema] = dict.fromkeys(
    ("ordered", "allocated", "unallocated", "picked", "shipped", "returned", "cancelled"), UNITS
)
_LINE: Final = shape(
    {
        "line": NUMBER,
        "offer": TEXT,
        "state": {"enum": list(STATES)},
        **_QUANTITIES,
        "unit_price": AMOUNT,
        "discounts": items(shape({"amount": AMOUNT, "funder": {"enum": list(FUNDERS)}, "code": TEXT})),
        "tax": AMOUNT,
        "amount": AMOUNT,
        "substitutes": FLAG,
        "serials": items(TEXT),
    },
    {"window": TIME, "substitute_for": NUMBER, "kit": TEXT, "scale": NUMBER},
    "`unit_price` is for one unit of sale: `scale` base units, one where it is left out.",
)
_PLACE: Final = shape(
    {"region": TEXT},
    {"lat": {"type": "number"}, "lon": {"type": "number"}, "address": TEXT, "name": TEXT, "phone": TEXT},
    "The exact place and the person only where the brand itself reads its order.",
)
ORDER: Final = shape(
    {
        "id": UUID,
        "channel": {"enum": list(CHANNELS)},
        "channel_order_id": TEXT,
        "state": {"enum": list(STATES)},
        "revision": NUMBER,
        "placed_at": TIME,
        "updated_at": TIME,
        "currency": TEXT,
        "total": AMOUNT,
        "delivery_fee": AMOUNT,
        "tax_included": FLAG,
        "lines": items(_LINE),
        "fulfilment_orders": items(WORK),
        "paid": shape({"authorised": AMOUNT, "captured": AMOUNT, "refunded": AMOUNT}),
        "payments": items(
            shape({"kind": TEXT, "amount": AMOUNT, "reference": TEXT, "method": TEXT, "at": TIME}),
        ),
        "returns": items(RETURN),
        "backfilled": FLAG,
        "policy_version": {"type": "integer", "minimum": 0},
        "history": items(shape(_STEP | {"number": {"type": ["integer", "null"]}})),
    },
    {
        "deliver_to": _PLACE,
        "pick_up_at": TEXT,
        "sold_at": TEXT,
        "unpaid_until": TIME,
        "gift": {"type": "object"},
        "buyer": {"type": "object"},
        "notes": TEXT,
    },
)
ARTICLE: Final = shape(
    {
        "sku": TEXT,
        "name": {"type": "object", "description": "By language.", "additionalProperties": TEXT},
        "gtin": TEXT_OR_NULL,
        "unit": TEXT,
        "scale": NUMBER,
        "options": {"type": "object", "additionalProperties": TEXT},
        "shelf": TEXT_OR_NULL,
        "image": TEXT_OR_NULL,
        "serials": FLAG | {"description": "Whether each unit has a serial number to be noted."},
    },
    None,
    "An offer as somebody must know it who fetches it from the shelf.",
)
ORDER_WITH_NAMES: Final = ORDER | {
    "properties": ORDER["properties"]
    | {
        "offers": items(ARTICLE) | {"description": "With include=names."},
        "locations": items(
            shape(
                {
                    "code": TEXT,
                    "name": TEXT,
                    "kind": {"enum": list(LOCATION_KINDS)},
                    "lat": {"type": "number"},
                    "lon": {"type": "number"},
                    "time_zone": TEXT,
                }
            )
        )
        | {"description": "With include=names."},
        "actors": {
            "type": "object",
            "description": "With include=names: what people and keys of the own brand are called, by actor.",
            "additionalProperties": TEXT,
        },
    }
}
WORK_PAGE: Final = shape(
    {"fulfilment_orders": items(WORK), "next_cursor": CURSOR},
    {"offers": items(ARTICLE) | {"description": "With include=offers."}},
)
WORK_WITH_OFFERS: Final = WORK | {
    "properties": WORK["properties"] | {"offers": items(ARTICLE) | {"description": "With include=offers."}}
}
CHOICES: Final = shape(
    {
        "reject_reasons": items(
            shape(
                {
                    "code": TEXT,
                    "text": TEXT,
                    "units_stay_for_sale": FLAG | {"description": "Else they become unavailable there."},
                }
            )
        ),
        "carriers": items(shape({"code": TEXT, "name": TEXT})),
    }
)
LABEL: Final = shape(
    {
        "id": TEXT,
        "channel": {"enum": list(CHANNELS)},
        "channel_order_id": TEXT,
        "kind": _WAYS,
        "carrier": TEXT_OR_NULL,
        "boxes": {"type": "integer", "minimum": 0},
        "units": UNITS,
        "promised_to": TIME_OR_NULL,
        "from": shape({"location": TEXT, "name": TEXT, "address": TEXT}),
        "to": {"oneOf": [shape({"name": TEXT, "phone": TEXT, "address": TEXT, "region": TEXT}), {"type": "null"}]},
        "gift": FLAG,
    }
)
SCANNED: Final = shape(
    {
        "code": TEXT,
        "matches": items(
            shape(
                {"kind": {"enum": ["fulfilment_order", "order", "offer", "serial"]}},
                {
                    "fulfilment_order": TEXT,
                    "order": UUID,
                    "state": {"enum": list(WORK_STATES)},
                    "pick_up_code": TEXT_OR_NULL,
                    "channel": {"enum": list(CHANNELS)},
                    "channel_order_id": TEXT,
                    "lines": items(
                        shape({"line": NUMBER, "offer": TEXT, "shipped": UNITS, "returnable": UNITS}),
                    ),
                    "offers": items(ARTICLE),
                    "returns": items(RETURN),
                    "offer": ARTICLE,
                    "serial": TEXT,
                    "line": NUMBER,
                },
            )
        ),
    }
)
STEP_TAKEN: Final = shape({"fulfilment_order": WORK, "order": ORDER})
RETURN_TAKEN: Final = shape({"return": RETURN, "order": ORDER})

_SITE: Final[Schema] = {"kind": {"enum": list(LOCATION_KINDS)}, "lat": {"type": "number"}, "lon": {"type": "number"}}
_CANDIDATE: Final = shape(
    {
        "location": TEXT,
        "name": TEXT,
        "km": {"type": "number"},
        "lines": items(NUMBER),
        "carriage": AMOUNT,
        "handling": AMOUNT,
        "rank": AMOUNT,
        "rejection": AMOUNT | {"description": "What it is expected to cost that the location rejects it."},
        "stock_worth": AMOUNT | {"description": "What its units would be worth to orders to come."},
        "room_worth": AMOUNT | {"description": "What the room for the shipment would be worth to them."},
        "cost": AMOUNT,
    },
    _SITE,
)
_LEFT_OUT: Final = shape(
    {"location": TEXT, "name": TEXT, "km": {"type": "number"}, "reason": TEXT, "text": TEXT},
    _SITE,
    "A location near by that holds the goods and did not qualify, with the reason as a code and in words.",
)
DECISIONS: Final = shape(
    {
        "order": UUID,
        "decisions": items(
            shape(
                {
                    "number": NUMBER,
                    "policy_version": {"type": "integer", "minimum": 0},
                    "decided_at": TIME,
                    "words": items(TEXT),
                    "summary": TEXT,
                    "chosen": items(_CANDIDATE),
                    "others": items(_CANDIDATE),
                    "near": items(_LEFT_OUT),
                },
                {
                    "kind": _WAYS,
                    "holders": UNITS | {"description": "Locations that hold any of the goods."},
                    "candidates": UNITS | {"description": "Of these, those that could serve."},
                    "looked_ahead": FLAG
                    | {"description": "Whether what stock is worth to orders to come was known and counted."},
                    "left_out": items(shape({"reason": TEXT, "text": TEXT, "locations": UNITS})),
                    "saved": AMOUNT | {"description": "What a round saved by moving the order; only there if one did."},
                    "left": items(
                        shape({"location": TEXT, "name": TEXT}, _SITE, "A location that a round took it from.")
                    ),
                    "detail": {"type": "object", "description": "The decision in numbers and codes."},
                },
            )
        ),
    }
)

# -- webhooks, and the service itself

WEBHOOK: Final = shape(
    {"id": UUID, "url": TEXT, "events": items(TEXT)},
    {"secret": {"type": "string", "description": "Shown once."}},
)
DELIVERY: Final = shape(
    {
        "event_id": TEXT,
        "state": {"enum": ["pending", "delivered", "failed"]},
        "attempts": {"type": "integer", "minimum": 0},
        "next_attempt_at": TIME_OR_NULL,
        "status": {"type": ["integer", "null"]},
        "error": TEXT_OR_NULL,
        "updated_at": TIME_OR_NULL,
    }
)
STATUS: Final = shape({"status": TEXT})


EVENTS_TAKEN: Final = shape(
    {"success": {"const": True}},
    {
        "accepted": {"type": "integer", "description": "How many were kept, where some were not."},
        "rejected": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["index", "errors"],
                "properties": {
                    "index": {"type": "integer", "description": "Its place in the batch, from 0."},
                    "errors": {"type": "array", "items": {"type": "object"}},
                },
            },
        },
    },
)
RECOGNITION: Final = shape(
    {"recognised": {"type": "boolean"}},
    {
        "member": {
            "type": "object",
            "properties": {
                "accounts": {"type": "array", "items": {"type": "string"}},
                "cards": {"type": "array", "items": {"type": "string"}},
            },
        },
        "consent": {
            "type": ["object", "null"],
            "description": "By which the brand may know; not of its own card.",
        },
        "may": {"type": "array", "items": {"enum": ["see_member", "personalise"]}},
    },
)
