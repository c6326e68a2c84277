"""The brand's routing policy: what is in force, every version that ever was, and how a new one is published."""

from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from psycopg import AsyncConnection
from psycopg.rows import dict_row

from manystores.api import schemas
from manystores.api.bodies import asked, described
from manystores.api.deps import Here, requires
from manystores.api.idempotency import SQL, Answer, once
from manystores.api.resources import (
    CHANGE,
    IDEMPOTENCY_KEY,
    READ,
    Cursor,
    IfMatch,
    IfNoneMatch,
    Limit,
    after,
    answers,
    bad_cursor,
    check_match,
    entity,
    object_body,
    page,
    page_schema,
    tag,
)
from manystores.api.services import FLOWS, Services
from manystores.core.auth import Principal
from manystores.core.clock import from_datetime, rfc3339, to_datetime
from manystores.core.errors import INVALID, FieldError, Problem
from manystores.sourcing.policy import RoutingPolicy
from manystores.sourcing.policy_body import body_of, policy_of

router = APIRouter(prefix="/v1", tags=["policy"])

Connection = AsyncConnection[Any]
Reader = Annotated[Principal, Depends(requires("policies:read"))]
Writer = Annotated[Principal, Depends(requires("policies:write"))]

_TAKES: Final = described(RoutingPolicy, schemas.POLICY_EXAMPLE)
_SCHEMA: Final[dict[str, Any]] = _TAKES["requestBody"]["content"]["application/json"]["schema"]
# whatever is left out is as in the policy of somebody who never published one
_SCHEMA.pop("required", None)
_EXAMPLE: Final = body_of(policy_of(schemas.POLICY_EXAMPLE, version=4))
_ANSWER: Final = answers("The policy in force.", _SCHEMA, _EXAMPLE, tagged=True)
_VERSION: Final = {
    "type": "object",
    "required": ["version", "published_at", "published_by", "policy"],
    "properties": {
        "version": {"type": "integer"},
        "published_at": {"type": "string", "format": "date-time"},
        "published_by": {"type": "string"},
        "policy": _SCHEMA,
    },
}
_VERSION_EXAMPLE: Final = {
    "version": 4,
    "published_at": "2026-11-01T08:00:00Z",
    "published_by": "key:019a9f3e-7c4b-7d10-9f0e-3c8a5b6d7e8f",
    "policy": _EXAMPLE,
}


@router.get(
    "/policy",
    summary="Get the routing policy",
    responses=READ | {200: _ANSWER, 304: {"description": "As you have it."}},
)
async def get(here: Here, who: Reader, if_none_match: IfNoneMatch = None) -> Response:
    """The policy that new orders are routed under. Version 0: none was published, and the usual one holds."""
    policy = here.router.policy_of(who.party_no)
    return entity(body_of(policy), tag(policy.version), if_none_match)


@router.put(
    "/policy",
    summary="Publish a routing policy",
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]} | _TAKES,
    responses=CHANGE | {200: _ANSWER},
)
async def publish(request: Request, here: Here, who: Writer, if_match: IfMatch = None) -> Response:
    """The whole policy, as a new version, in force for all orders from now on; what is left out is as usual. The same
    policy again makes no new version."""
    ask = await asked(request, who, here.settings.max_body_bytes)
    policy = policy_of(object_body(ask))
    _check_locations(here, who, policy)

    async def act(connection: Connection) -> Answer:
        await connection.execute(SQL["lock_party"], {"party_no": who.party_no})
        newest = await _versions(connection, who, None, 1)
        present = newest[0]["version"] if newest else 0
        check_match(if_match, tag(present))
        same = msgspec.json.encode(body_of(msgspec.structs.replace(policy, version=present)))
        if newest and msgspec.json.decode(same) == newest[0]["policy"]:
            return Answer(200, msgspec.Raw(same), {"etag": tag(present)})
        return await _publish(here, connection, who, policy)

    return await once(here, ask, 200, act)


async def _publish(here: Services, connection: Connection, who: Principal, policy: RoutingPolicy) -> Answer:
    values = {
        "party_no": who.party_no,
        "body": msgspec.json.encode(body_of(policy)).decode(),
        "at": to_datetime(here.clock.now_us()),
        "by": who.actor,
    }
    row = await (await connection.execute(FLOWS["publish_policy"], values)).fetchone()
    assert row is not None  # an aggregate without GROUP BY gives one row
    published = msgspec.structs.replace(policy, version=row[0])
    return Answer(
        200,
        body_of(published),
        {"etag": tag(published.version)},
        lambda: here.router.set_policy(who.party_no, published),
    )


def _check_locations(here: Services, who: Principal, policy: RoutingPolicy) -> None:
    """A location that a policy names must exist: a slip in a code would go unnoticed until the festival."""
    errors = [
        FieldError(
            f"/excluded_locations/{i}",
            "unknown_location",
            f"There is no location {code}; GET /v1/locations lists them.",
            f"没有编码为 {code} 的地点，可通过 GET /v1/locations 查询。",
        )
        for i, code in enumerate(policy.excluded_locations)
        if not here.network.find(who.party_no, code)
    ]
    if errors:
        raise Problem(INVALID, fields=tuple(errors))


@router.get(
    "/policies",
    summary="List the versions of the routing policy",
    responses=READ
    | {200: answers("A page.", page_schema("policies", _VERSION), {"policies": [_VERSION_EXAMPLE], "next": None})},
)
async def list_versions(here: Here, who: Reader, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """Every version that was published, newest first, by whom and when. Decisions of orders name theirs."""
    behind = after(cursor)
    if behind and not (behind.isascii() and behind.isdigit() and len(behind) < 10):
        raise bad_cursor()
    async with here.pool.connection() as connection:
        found = await _versions(connection, who, int(behind) if behind else None, limit + 1)
    return page("policies", found, limit, lambda version: version, lambda version: str(version["version"]))


async def _versions(connection: Connection, who: Principal, before: int | None, limit: int) -> list[dict[str, Any]]:
    values = {"party_no": who.party_no, "before": before, "limit": limit}
    async with connection.cursor(row_factory=dict_row) as rows:
        found = await (await rows.execute(FLOWS["list_policies"], values)).fetchall()
    return [
        {
            "version": row["version"],
            "published_at": rfc3339(from_datetime(row["published_at"])),
            "published_by": row["published_by"],
            "policy": msgspec.json.decode(row["body"]) | {"version": row["version"]},
        }
        for row in found
    ]
