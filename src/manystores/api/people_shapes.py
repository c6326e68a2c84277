"""JSON Schemas and examples of people, sessions, brands and the audit, for the OpenAPI document."""

from typing import Any, Final

from manystores.api.shapes import FLAG, TEXT, TEXT_OR_NULL, TIME, TIME_OR_NULL, UUID, Schema, items, shape
from manystores.people.passwords import CHARS_MAX, CHARS_MIN
from manystores.people.person import LOCATIONS_MAX
from manystores.people.roles import ROLES

_ID: Final = "0192f0c1-2345-7abc-8def-0123456789ab"
_ROLE: Final[Schema] = {"enum": list(ROLES)}

ME: Final = shape(
    {
        "person": {
            "type": ["object", "null"],
            "required": ["id", "login", "name"],
            "properties": {"id": UUID, "login": TEXT, "name": TEXT},
            "description": "null for an API key.",
        },
        "party": TEXT,
        "party_name": TEXT,
        "party_kind": {"enum": ["platform", "brand", "partner"]},
        "role": {"enum": [*ROLES, None]},
        "scopes": items(TEXT),
        "locations": items(TEXT) | {"description": "Those that the person may act in; empty when bound to none."},
        "location": TEXT_OR_NULL | {"description": "The one that is acted in; null for the whole party."},
        "csrf": TEXT_OR_NULL | {"description": "For the header X-CSRF-Token of every request that changes something."},
        "has_password": FLAG | {"description": "Whether there is a password of theirs here, which they may change."},
        "map": shape(
            {
                "tiles": TEXT_OR_NULL | {"description": "Raster tiles under maps, with {z}, {x} and {y}; null: none."},
                "attribution": TEXT,
            }
        ),
        "expires_at": TIME_OR_NULL | {"description": "When the session ends if nothing more is done."},
    }
)
ME_EXAMPLE: Final[dict[str, Any]] = {
    "person": {"id": _ID, "login": "chen", "name": "陈晨"},
    "party": "demo",
    "party_name": "demo",
    "party_kind": "brand",
    "role": "store_associate",
    "scopes": ["fulfilment:read", "fulfilment:write"],
    "locations": ["S1", "S2"],
    "location": "S1",
    "has_password": True,
    "map": {"tiles": None, "attribution": ""},
    "csrf": "9xJ0m1mPZ0o0b8b2o1q3Wc0kq2m1mPZ0o0b8b2o1q3W",
    "expires_at": "2026-11-11T10:00:00Z",
}


def _object(required: tuple[str, ...], properties: dict[str, Schema]) -> Schema:
    found: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return found | ({"required": list(required)} if required else {})


LOCATION_BODY: Final = _object(("location",), {"location": {"type": "string", "minLength": 1, "maxLength": 64}})
BRAND_BODY: Final = _object(
    ("brand",), {"brand": {"type": ["string", "null"], "maxLength": 64, "description": "null: back to the platform."}}
)
_SECRET: Final[Schema] = {"type": "string", "maxLength": CHARS_MAX}
PASSWORD_BODY: Final = _object(
    ("current", "password"), {"current": _SECRET, "password": _SECRET | {"minLength": CHARS_MIN}}
)

BRAND: Final = shape({"code": TEXT, "name": TEXT, "created_at": TIME})
BRAND_EXAMPLE: Final[dict[str, Any]] = {"code": "demo", "name": "demo", "created_at": "2026-11-01T08:00:00Z"}

_CHANGEABLE: Final[dict[str, Schema]] = {
    "name": {"type": "string", "minLength": 1, "maxLength": 100},
    "role": _ROLE,
    "locations": {
        "type": "array",
        "maxItems": LOCATIONS_MAX,
        "items": {"type": "string", "minLength": 1, "maxLength": 64},
        "description": "Of a store associate or a partner: where they may act. Others are bound to none.",
    },
    "password": {
        "type": "string",
        "minLength": CHARS_MIN,
        "maxLength": CHARS_MAX,
        "description": "For the built-in provider; without one, nobody signs in there.",
    },
    "enabled": {"type": "boolean", "default": True},
}
PERSON_BODY: Final = _object(
    ("login", "name", "role"),
    {
        "login": {
            "type": "string",
            "minLength": 1,
            "maxLength": 100,
            "description": "Unique within the brand; for an outside issuer the e-mail address or subject it knows.",
        },
        **_CHANGEABLE,
    },
)
PERSON_CHANGES: Final = _object((), _CHANGEABLE)
PERSON: Final = shape(
    {
        "id": UUID,
        "login": TEXT,
        "name": TEXT,
        "role": _ROLE,
        "locations": items(TEXT),
        "enabled": FLAG,
        "has_password": FLAG,
        "created_at": TIME,
        "signed_in_at": TIME_OR_NULL,
        "revision": {"type": "integer", "minimum": 1},
    }
)
PERSON_EXAMPLE: Final[dict[str, Any]] = {
    "id": _ID,
    "login": "chen",
    "name": "陈晨",
    "role": "store_associate",
    "locations": ["S1"],
    "enabled": True,
    "has_password": True,
    "created_at": "2026-11-01T08:00:00Z",
    "signed_in_at": "2026-11-11T01:58:12Z",
    "revision": 2,
}

ENTRY: Final = shape(
    {
        "id": UUID,
        "at": TIME,
        "person": {
            "type": ["object", "null"],
            "required": ["id", "login", "name", "platform"],
            "properties": {
                "id": UUID,
                "login": TEXT,
                "name": TEXT,
                "platform": FLAG | {"description": "Somebody of the platform, who entered the brand."},
            },
        },
        "session": TEXT_OR_NULL,
        "location": TEXT_OR_NULL,
        "method": TEXT | {"description": "Empty for what is no request to the API: signing in and out."},
        "route": TEXT | {"description": "The route's pattern, or sign_in, sign_in_failed, sign_out."},
        "path": TEXT,
        "status": {"type": "integer"},
        "request_key": TEXT_OR_NULL,
        "address": TEXT_OR_NULL | {"description": "The network address; kept of signing in only."},
        "details": {"type": ["object", "null"], "description": "Codes that the route told: a reason, a role."},
    }
)
ENTRY_EXAMPLE: Final[dict[str, Any]] = {
    "id": _ID,
    "at": "2026-11-11T02:03:04.567Z",
    "person": {"id": _ID, "login": "chen", "name": "陈晨", "platform": False},
    "session": _ID,
    "location": "S1",
    "method": "POST",
    "route": "/v1/fulfilment-orders/{fulfilment_id}/reject",
    "path": f"/v1/fulfilment-orders/{_ID}-1/reject",
    "status": 200,
    "request_key": "6f1c2a",
    "address": None,
    "details": {"reason": "damaged"},
}
