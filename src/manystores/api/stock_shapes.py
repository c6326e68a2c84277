"""JSON Schemas of what the routes of stock answer when asked what is where, why, and who looks after it."""

from typing import Final

from manystores.api.shapes import (
    BUCKET,
    COUNTERS,
    CURSOR,
    DELTA,
    FLAG,
    TEXT,
    TEXT_OR_NULL,
    TIME,
    TIME_OR_NULL,
    TRANSFER,
    UNITS,
    UUID,
    Schema,
    items,
    shape,
)
from manystores.ledger.reasons import CODES

COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
SEQUENCE: Final[Schema] = {"type": "integer", "minimum": 0, "description": "The batch as of which it is."}
UUID_OR_NULL: Final[Schema] = {"type": ["string", "null"], "format": "uuid"}
_SUMS: Final[Schema] = {
    "buckets": COUNT,
    "on_hand": {"type": "integer"},
    "reserved": {"type": "integer"},
    "unavailable": {"type": "integer"},
    "incoming": {"type": "integer"},
    "available": {"type": "integer"},
    "out": COUNT | {"description": "Of the buckets, those with nothing available."},
    "short": COUNT | {"description": "Of these, those that promised more than they have."},
}
SUMS: Final = shape(_SUMS, description="Of all that are asked for, on whichever page.")
STOCK: Final = shape({"stock": items(BUCKET), "sums": SUMS, "sequence": SEQUENCE, "next": CURSOR})
TOTAL: Final = shape({"code": TEXT, "name": TEXT, **_SUMS})
TOTALS: Final = shape(
    {"by": {"enum": ["location", "offer", "region"]}, "totals": items(TOTAL), "sums": SUMS, "next": CURSOR}
)

_CHANGE: Final = shape(dict.fromkeys(COUNTERS, DELTA))
MOVEMENT: Final = shape(
    {
        "id": TEXT,
        "sequence": SEQUENCE,
        "at": TIME,
        "reason": {"enum": list(CODES.values())},
        "fact": {"type": "string", "description": "The fact that it belongs to, such as order.placed."},
        "actor": TEXT,
        "actor_name": TEXT_OR_NULL | {"description": "Of a person."},
        "order": UUID_OR_NULL,
        "reservation": UUID_OR_NULL,
        "transfer": UUID_OR_NULL,
        "note": TEXT,
        "location": TEXT,
        "offer": TEXT,
        "window": TIME_OR_NULL,
        "lot": TEXT,
        "change": _CHANGE,
        "after": _CHANGE,
    }
)
MOVEMENTS: Final = shape(
    {"stock": shape(dict(COUNTERS)), "sequence": SEQUENCE, "movements": items(MOVEMENT), "next": CURSOR}
)
CLAIM: Final = shape(
    {
        "reservation": UUID,
        "order": UUID_OR_NULL,
        "channel": TEXT_OR_NULL,
        "channel_order_id": TEXT_OR_NULL,
        "placed_at": TIME_OR_NULL,
        "state": {"enum": ["held", "confirmed"]},
        "expires_at": TIME_OR_NULL,
        "quantity": UNITS,
    }
)
CLAIMS: Final = shape({"claims": items(CLAIM), "count": COUNT})

_SOMEBODY: Final[Schema] = {"oneOf": [shape({"id": UUID, "name": TEXT}), {"type": "null"}]}
_EXCEPTION: Final[Schema] = {
    "id": TEXT,
    "state": {"enum": ["open", "closed"]},
    **BUCKET["properties"],
    "missing": COUNT | {"description": "How many base units are promised and not there, now."},
    "missing_at_first": COUNT,
    "opened_at": TIME,
    "opened_by": TEXT,
    "opened_by_name": TEXT_OR_NULL,
    "closed_at": TIME_OR_NULL,
    "closed_by": TEXT_OR_NULL,
    "closed_by_name": TEXT_OR_NULL,
    "assignee": _SOMEBODY,
    "due_at": TIME,
    "due_at_given": FLAG | {"description": "False: the usual time after it was opened."},
    "overdue": FLAG,
    "note": TEXT,
    "revision": {"type": "integer", "minimum": 1},
}
EXCEPTION: Final = shape(_EXCEPTION)
EXCEPTIONS: Final = shape({"exceptions": items(EXCEPTION), "next": CURSOR})
EXCEPTION_WHOLE: Final = shape(
    _EXCEPTION
    | {
        "history": items(
            shape(
                {
                    "revision": {"type": "integer", "minimum": 1},
                    "at": TIME,
                    "actor": TEXT,
                    "actor_name": TEXT_OR_NULL,
                    "assignee": _SOMEBODY,
                    "due_at": TIME_OR_NULL,
                    "note": TEXT,
                }
            )
        )
    }
)
TRANSFERS: Final = shape({"transfers": items(TRANSFER), "next": CURSOR})
