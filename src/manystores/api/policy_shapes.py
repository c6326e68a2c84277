"""What the routes of the routing policy take and answer, for the OpenAPI document."""

from typing import Any, Final

from manystores.api import schemas
from manystores.api.bodies import described
from manystores.api.shapes import TIME, Schema, items, shape
from manystores.flows.dry_run import Comparison
from manystores.flows.replay import ORDERS_MAX
from manystores.sourcing.policy import RoutingPolicy
from manystores.sourcing.policy_body import body_of, policy_of

NOTE_MAX: Final = 500
NOTE: Final[Schema] = {
    "type": "string",
    "maxLength": NOTE_MAX,
    "description": "Why it was published, for colleagues; of the version, not of the policy.",
}
POLICY: Final[Schema] = described(RoutingPolicy, schemas.POLICY_EXAMPLE)["requestBody"]["content"]["application/json"][
    "schema"
]
# whatever is left out is as in the policy of somebody who never published one
POLICY.pop("required", None)
EXAMPLE: Final[dict[str, Any]] = body_of(policy_of(schemas.POLICY_EXAMPLE, version=4))

PUBLISH: Final[Schema] = POLICY | {"properties": POLICY["properties"] | {"note": NOTE}}
PUBLISH_EXAMPLE: Final = schemas.POLICY_EXAMPLE | {"note": "Keep more in the flagship stores before the festival"}

VERSION: Final[Schema] = {
    "type": "object",
    "required": ["version", "published_at", "published_by", "published_by_name", "note", "based_on", "policy"],
    "properties": {
        "version": {"type": "integer"},
        "published_at": TIME,
        "published_by": {"type": "string", "description": "key:… or person:…"},
        "published_by_name": {"type": ["string", "null"], "description": "Of the person or key, where it is known."},
        "note": NOTE,
        "based_on": {"type": ["integer", "null"], "description": "The earlier version that it brought back."},
        "policy": POLICY,
    },
}
VERSION_EXAMPLE: Final[dict[str, Any]] = {
    "version": 4,
    "published_at": "2026-11-01T08:00:00Z",
    "published_by": "key:019a9f3e-7c4b-7d10-9f0e-3c8a5b6d7e8f",
    "published_by_name": "planning",
    "note": "Keep more in the flagship stores before the festival",
    "based_on": None,
    "policy": EXAMPLE,
}
ROLL_BACK: Final[Schema] = {"type": "object", "properties": {"note": NOTE}, "additionalProperties": False}

DRY_RUN: Final[Schema] = {
    "type": "object",
    "required": ["policy"],
    "properties": {
        "policy": POLICY,
        "orders": {
            "type": "integer",
            "minimum": 0,
            "maximum": ORDERS_MAX,
            "default": ORDERS_MAX,
            "description": "The last so many orders; 0 only checks the policy.",
        },
    },
    "additionalProperties": False,
}


_COMPARISON: Final[Schema] = described(Comparison, None)["requestBody"]["content"]["application/json"]["schema"]
_FIELD: Final = shape({"pointer": {"type": "string"}, "code": {"type": "string"}, "detail": {"type": "string"}})
DRY_RUN_TOLD: Final[Schema] = shape(
    {"result": {"anyOf": [_COMPARISON, {"type": "null"}]}, "warnings": items(_FIELD), "assumes": items(_FIELD)},
    description="What would change; `result` is null where no order was asked for. `assumes` says on what grounds.",
)

DRY_RUN_EXAMPLE: Final = {"policy": {"rank": [{"cost": -100, "location_kind": "store"}]}, "orders": 1000}
