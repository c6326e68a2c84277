"""JSON Schemas of what the routes of the network answer."""

from typing import Final

from manystores.api.shapes import FLAG, TEXT, TEXT_OR_NULL, TIME, TIME_OR_NULL, UNITS, Schema, items, shape
from manystores.network.location import CAPABILITIES, KINDS

COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
COUNT_OR_NULL: Final[Schema] = {"type": ["integer", "null"], "description": "Null is without a limit."}
PLACE: Final[Schema] = {"type": "integer", "minimum": 0, "description": "A place in the list of that name."}
FREE: Final[Schema] = {
    "type": ["integer", "null"],
    "description": "Orders; null is without a limit, below 0 more were claimed than are offered now.",
}
REGION_EN: Final[Schema] = {
    "type": "string",
    "description": "City and province in English; empty where none is known.",
    "examples": ["Shenzhen, Guangdong"],
}

POINTS: Final = shape(
    {
        "count": COUNT,
        "kinds": items({"enum": list(KINDS)}),
        "capabilities": items({"enum": list(CAPABILITIES)}),
        "groups": items(TEXT),
        "group_sets": items(items(PLACE)),
        "partners": items(TEXT),
        "regions": items(shape({"code": TEXT, "name": TEXT, "en": REGION_EN})),
        "columns": shape(
            {
                "code": items(TEXT),
                "name": items(TEXT),
                "lat": items({"type": "number"}),
                "lon": items({"type": "number"}),
                "kind": items(PLACE),
                "region": items(PLACE),
                "group_set": items(PLACE),
                "partner": items(PLACE | {"description": "A place in partners; 0 is the brand itself."}),
                "capability_bits": items(
                    COUNT | {"description": "Bit n is set when the location has the capability at place n."}
                ),
                "orders_per_hour": items(COUNT_OR_NULL),
                "orders_per_day": items(COUNT_OR_NULL),
                "enabled": items({"enum": [0, 1]}),
            }
        ),
    },
    description="Locations as columns of equal length: entry i of each is of the same location.",
)

_LOADS: Final[Schema] = {
    "code": items(TEXT),
    "open": items(COUNT),
    "in_progress": items(COUNT),
    "on_hold": items(COUNT),
    "late": items(COUNT | {"description": "Of these three, those that wait too long, as on the board."}),
    "rejected": items(COUNT | {"description": "Fulfilment orders that it refused in the last 24 hours."}),
    "hour_used": items(COUNT | {"description": "Orders claimed of its hour now, or of the first hour it opens next."}),
    "hour_left": items(FREE),
    "day_used": items(COUNT),
    "day_left": items(FREE),
}
_STOCKS: Final[Schema] = {
    "units": items({"type": "integer", "description": "Base units available, summed over offers."}),
    "reserved": items(UNITS),
    "records": items(COUNT | {"description": "Offers (and lots) that it keeps."}),
    "records_out": items(COUNT | {"description": "Of these, those with nothing available."}),
}
LOAD: Final = shape(
    {
        "at": TIME,
        "sequence": TEXT | {"description": "Send it as `since`, and get what has changed by then."},
        "complete": FLAG | {"description": "True: locations that are not named have nothing. False: are as before."},
        "columns": shape(_LOADS, _STOCKS),
    },
    description="As columns of equal length; those of stock come with the scope stock:read.",
)

_CAPACITY: Final[Schema] = {
    "anyOf": [
        shape({"from": TIME, "limit": COUNT, "used": COUNT, "left": {"type": "integer"}}),
        {"type": "null", "description": "Without a limit."},
    ]
}
NOW: Final = shape(
    {
        "location": TEXT,
        "at": TIME,
        "time_zone": TEXT,
        "enabled": FLAG,
        "hours": shape(
            {
                "open": FLAG,
                "from": TIME_OR_NULL | {"description": "When it opened, at the earliest now; or opens next."},
                "until": TIME_OR_NULL | {"description": "When it closes then; null is never."},
            }
        ),
        "cut_offs": items(shape({"kind": TEXT, "at": TIME})),
        "capacity": shape({"hour": _CAPACITY, "day": _CAPACITY}),
        "work": items(
            shape(
                {"state": TEXT, "kind": TEXT, "count": COUNT, "late": COUNT, "next_promised_at": TIME_OR_NULL},
            )
        ),
        "rejections": shape(
            {
                "count": COUNT,
                "since": TIME,
                "reasons": items(shape({"reason": TEXT, "count": COUNT})),
                "latest": items(
                    shape(
                        {"fulfilment_order": TEXT, "order": TEXT, "channel_order_id": TEXT, "reason": TEXT, "at": TIME}
                    )
                ),
            }
        ),
        "promises": shape(
            {"since": TIME, "due": COUNT, "kept": COUNT},
            description="Work that was promised by a time in the last 7 days; kept is what it finished by then.",
        ),
    },
    {
        "stock": shape({"units": {"type": "integer"}, "reserved": UNITS, "records": COUNT, "records_out": COUNT}),
    },
)
_SHARE: Final[Schema] = {"type": ["number", "null"], "minimum": 0, "maximum": 1, "description": "Null is of nothing."}
_HOUR: Final[Schema] = {"type": "integer", "minimum": 0, "maximum": 24}
_TALLY: Final[dict[str, Schema]] = {
    "assigned": COUNT | {"description": "Orders that it was given and that have an outcome."},
    "rejected": COUNT | {"description": "Of these, those that it rejected or found too little for."},
    "share": _SHARE,
    "peers_share": _SHARE | {"description": "The share that those rejected whom it is compared with."},
}
_LOAD_FROM: Final[Schema] = {
    "type": ["number", "null"],
    "description": "Share of the hour's capacity that was taken when orders came; null is without a limit.",
}
REJECTIONS: Final = shape(
    {
        "location": TEXT,
        "at": TIME_OR_NULL | {"description": "When it was last learned."},
        "days": COUNT,
        "currency": TEXT,
        "rejection_cost": COUNT | {"description": "What a rejection costs by the policy, in minor units."},
        "foreseen": items(
            shape(
                {
                    "kind": TEXT,
                    "probability": {"type": "number", "minimum": 0, "maximum": 1},
                    "cost": COUNT | {"description": "What routing charges for it now, in minor units."},
                },
                description="How likely it is that the next order is rejected or short.",
            )
        ),
        "assigned": COUNT,
        "rejected": COUNT,
        "short": COUNT | {"description": "Of the rejected, those of which it did not find all while picking."},
        "share": _SHARE,
        "peers": {
            "anyOf": [
                shape(
                    {"of": {"enum": ["group", "region", "brand"]}, "name": TEXT, "locations": COUNT, "share": _SHARE}
                ),
                {"type": "null", "description": "There is nobody to compare it with."},
            ]
        },
        "reasons": items(shape({"reason": TEXT, "orders": COUNT})),
        "hours": items(shape({"hour": _HOUR, **_TALLY})),
        "loads": items(
            shape(
                {
                    "load_from": _LOAD_FROM,
                    "load_to": {"type": ["number", "null"], "description": "Null is and above."},
                    **_TALLY,
                }
            )
        ),
        "peak": {
            "anyOf": [
                shape({"from_hour": _HOUR, "until_hour": _HOUR, "share": {"type": "number"}, "load_from": _LOAD_FROM}),
                {"type": "null", "description": "Too few to say when most of them are."},
            ]
        },
    },
    description="Hours are local. Counts are of the days before it was last learned.",
)
REGIONS: Final = shape(
    {},
    {
        "type": TEXT,
        "features": items(
            shape(
                {
                    "type": TEXT,
                    "geometry": {"type": "object"},
                    "properties": shape({"code": TEXT, "name": TEXT}, {"province": TEXT_OR_NULL}),
                }
            )
        ),
        "name": TEXT,
        "width": {"type": "number"},
        "height": {"type": "number"},
        "polygons": items(items(items({"type": "number"}))),
    },
    "GeoJSON of the regions; the inset has polygons in units of its own, x to the right and y down.",
)
