"""The brand's routing policy: what is in force, what another would change, how a new one is published, and every
version that ever was."""

from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response
from psycopg import AsyncConnection
from psycopg.rows import dict_row

from manystores.api import policy_shapes as shapes
from manystores.api.bodies import Asked, asked
from manystores.api.deps import Here, language, note, requires
from manystores.api.dry_run import Timing
from manystores.api.dry_run import dry_run as run_dry
from manystores.api.idempotency import SQL, Answer, once
from manystores.api.policy_shapes import NOTE_MAX
from manystores.api.resources import (
    CHANGE,
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
    problems,
    tag,
    takes,
)
from manystores.api.services import FLOWS, Services
from manystores.core.auth import Principal
from manystores.core.clock import from_datetime, rfc3339, to_datetime
from manystores.core.errors import INVALID, NOT_FOUND, FieldError, Problem
from manystores.core.fields import Fields
from manystores.flows.policy_check import check_names, warnings
from manystores.flows.replay import ORDERS_MAX
from manystores.sourcing.policy import RoutingPolicy
from manystores.sourcing.policy_body import body_of, policy_of
from manystores.sourcing.reasons import Language

router = APIRouter(prefix="/v1", tags=["policy"])

Connection = AsyncConnection[Any]
Reader = Annotated[Principal, Depends(requires("policies:read"))]
Writer = Annotated[Principal, Depends(requires("policies:write"))]
Version = Annotated[int, Path(ge=1, le=2**31 - 1, examples=[4])]

_ANSWER: Final = answers("The policy in force.", shapes.POLICY, shapes.EXAMPLE, tagged=True)
_TOLD: Final = answers("The version.", shapes.VERSION, shapes.VERSION_EXAMPLE, tagged=True)

ASSUMES: Final = (
    FieldError(
        "",
        "stock",
        "Stock is as it stands now, with all that these orders hold or have taken given back. What others bought, and "
        "what was received, counted or moved since, stays as it is: how shelves looked at the time is not known.",
        "库存按当前数量计算，并把这些订单占用或已取走的数量加回。其间其他订单的占用，以及收货、盘点、调拨的结果保持现状；"
        "下单当时的货架库存无从得知。",
    ),
    FieldError(
        "",
        "order",
        "Orders are decided one after the other, in the order and at the hours at which they came, each claiming what "
        "it gets. They are taken as first sent: later edits, rejections by stores and cancellations are left out.",
        "订单按下单先后和下单时刻逐一决定，每单占用所分得的库存。按最初下单内容计算，不考虑之后的修改、门店拒单和取消。",
    ),
    FieldError(
        "",
        "capacity",
        "Hourly and daily limits of locations count these orders alone.",
        "门店的每小时、每日接单上限只计入这些订单。",
    ),
    FieldError(
        "",
        "network",
        "Locations, opening hours, areas, capabilities, carriers and weights are those of now.",
        "地点、营业时间、配送范围、能力、承运商和商品重量均取当前设置。",
    ),
    FieldError(
        "",
        "costs",
        "Both policies' plans are priced at the proposed rates, with handling; preferences are not money.",
        "两种方案都按新策略的费率计价，并计入处理费；偏好加价不算成本。",
    ),
    FieldError(
        "",
        "shoppers",
        "Shoppers order the same, whatever they would have been promised instead.",
        "假定顾客的订单不变，即使当时承诺的时效会不同。",
    ),
)
"""On what grounds a dry run decides, and what it can't know."""


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
    openapi_extra=takes(shapes.PUBLISH, shapes.PUBLISH_EXAMPLE),
    responses=CHANGE | {200: _ANSWER},
)
async def publish(request: Request, here: Here, who: Writer, if_match: IfMatch = None) -> Response:
    """The whole policy, as a new version, in force for all orders from now on; what is left out is as usual. The same
    policy again makes no new version. `note` says why, for colleagues."""
    ask = await asked(request, who, here.settings.max_body_bytes)
    body = object_body(ask)
    why = _note(body)
    policy = policy_of({name: value for name, value in body.items() if name != "note"})
    check_names(policy, here.network, here.catalogue, who.party_no)
    return await _published(request, here, ask, policy, if_match, why, None)


@router.post(
    "/policies/{version}/roll-back",
    summary="Bring an earlier routing policy back",
    openapi_extra=takes(shapes.ROLL_BACK, {"note": "More orders were refused than the dry run said"}),
    responses=CHANGE | {200: _ANSWER},
)
async def roll_back(version: Version, request: Request, here: Here, who: Writer, if_match: IfMatch = None) -> Response:
    """What that version said, as a new version: history stays. Names that it uses are not looked up again, since a
    policy that was in force can always be brought back."""
    ask = await asked(request, who, here.settings.max_body_bytes)
    body = object_body(ask) if ask.raw else {}
    fields = Fields(body)
    fields.known(("note",))
    fields.raise_if_wrong()
    why = _note(body)
    async with here.pool.connection() as connection:
        old = await _version(connection, who, version)
    policy = msgspec.convert(old["policy"], RoutingPolicy)
    return await _published(request, here, ask, policy, if_match, why, version)


async def _published(
    request: Request,
    here: Services,
    ask: Asked,
    policy: RoutingPolicy,
    if_match: str | None,
    why: str,
    based_on: int | None,
) -> Response:
    who = ask.principal

    async def act(connection: Connection) -> Answer:
        await connection.execute(SQL["lock_party"], {"party_no": who.party_no})
        newest = await _versions(connection, who, None, 1)
        present = newest[0]["version"] if newest else 0
        check_match(if_match, tag(present))
        same = msgspec.json.encode(body_of(msgspec.structs.replace(policy, version=present)))
        if newest and msgspec.json.decode(same) == newest[0]["policy"]:
            return Answer(200, msgspec.Raw(same), {"etag": tag(present)})
        values = {
            "party_no": who.party_no,
            "body": msgspec.json.encode(body_of(policy)).decode(),
            "at": to_datetime(here.clock.now_us()),
            "by": who.actor,
            "note": why,
            "based_on": based_on,
        }
        row = await (await connection.execute(FLOWS["publish_policy"], values)).fetchone()
        assert row is not None  # an aggregate without GROUP BY gives one row
        published = msgspec.structs.replace(policy, version=row[0])
        note(request, version=row[0], **({"based_on": based_on} if based_on else {}))

        def in_force() -> None:
            if here.router.policy_of(who.party_no).version < published.version:  # a later one may have come first
                here.router.set_policy(who.party_no, published)

        return Answer(200, body_of(published), {"etag": tag(published.version)}, in_force)

    return await once(here, ask, 200, act)


def _note(body: dict[str, Any]) -> str:
    fields = Fields(body)
    found = fields.text("note", NOTE_MAX)
    fields.raise_if_wrong()
    return found


@router.post(
    "/policy/dry-run",
    summary="Try a routing policy on the last orders",
    openapi_extra=takes(shapes.DRY_RUN, shapes.DRY_RUN_EXAMPLE),
    responses=problems(400, 401, 403, 413, 422, 503),
)
async def dry_run(request: Request, here: Here, who: Writer) -> Response:
    """Decides the brand's last orders anew, under this policy and under the one in force, on the same grounds, and
    says what would change, where, and at what cost. Nothing is published, claimed or moved. `warnings` are rules that
    contradict each other or never matter; with `"orders": 0` they are all that is answered."""
    who.require("orders:read")
    ask = await asked(request, who, here.settings.max_body_bytes)
    policy, orders = _tried(object_body(ask))
    check_names(policy, here.network, here.catalogue, who.party_no, "/policy")
    lang: Language = "zh" if language(request) == "zh" else "en"
    found, headers = None, {}
    if orders:
        found, timing = await run_dry(here, who, policy, orders, lang)
        headers = {"server-timing": _server_timing(timing)}
    told = {
        "result": found,
        "warnings": [_told(one, lang, "/policy") for one in warnings(policy)],
        "assumes": [_told(one, lang) for one in ASSUMES],
    }
    return Response(msgspec.json.encode(told), 200, headers, "application/json")


def _tried(body: dict[str, Any]) -> tuple[RoutingPolicy, int]:
    """The policy and the number of orders of a body; every field at fault of both is told at once."""
    errors: list[FieldError] = []
    fields = Fields(body, errors=errors)
    fields.known(("policy", "orders"))
    orders = fields.integer("orders", ORDERS_MAX, 0, ORDERS_MAX)
    policy = None
    try:
        policy = policy_of(body.get("policy"), at="/policy")
    except Problem as problem:
        errors += problem.fields
    if errors or policy is None:
        raise Problem(INVALID, fields=tuple(errors))
    return policy, orders


def _told(one: FieldError, lang: Language, at: str = "") -> dict[str, str]:
    return {"pointer": at + one.pointer, "code": one.code, "detail": one.zh if lang == "zh" else one.en}


def _server_timing(timing: Timing) -> str:
    return f"total;dur={timing.took_s * 1000:.1f}, pause;dur={timing.pause_s * 1000:.2f}"


@router.get(
    "/policies",
    summary="List the versions of the routing policy",
    responses=READ
    | {
        200: answers(
            "A page.", page_schema("policies", shapes.VERSION), {"policies": [shapes.VERSION_EXAMPLE], "next": None}
        )
    },
)
async def list_versions(here: Here, who: Reader, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """Every version that was published, newest first, by whom, when and why. Decisions of orders name theirs."""
    behind = after(cursor)
    if behind and not (behind.isascii() and behind.isdigit() and len(behind) < 10):
        raise bad_cursor()
    async with here.pool.connection() as connection:
        found = await _versions(connection, who, int(behind) if behind else None, limit + 1)
    return page("policies", found, limit, lambda version: version, lambda version: str(version["version"]))


@router.get(
    "/policies/{version}",
    summary="Get a version of the routing policy",
    responses=READ | {200: _TOLD, 304: {"description": "As you have it."}} | problems(404),
)
async def get_version(version: Version, here: Here, who: Reader, if_none_match: IfNoneMatch = None) -> Response:
    """A version as it was published; versions never change."""
    async with here.pool.connection() as connection:
        return entity(await _version(connection, who, version), tag(version), if_none_match)


async def _version(connection: Connection, who: Principal, version: int) -> dict[str, Any]:
    async with connection.cursor(row_factory=dict_row) as rows:
        values = {"party_no": who.party_no, "version": version}
        row = await (await rows.execute(FLOWS["get_policy"], values)).fetchone()
    if row is None:
        en = f"There is no version {version}; GET /v1/policies lists them."
        raise Problem(NOT_FOUND, en, f"没有版本 {version}，可通过 GET /v1/policies 查询。")
    return _row(row)


async def _versions(connection: Connection, who: Principal, before: int | None, limit: int) -> list[dict[str, Any]]:
    values = {"party_no": who.party_no, "before": before, "limit": limit}
    async with connection.cursor(row_factory=dict_row) as rows:
        found = await (await rows.execute(FLOWS["list_policies"], values)).fetchall()
    return [_row(row) for row in found]


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": row["version"],
        "published_at": rfc3339(from_datetime(row["published_at"])),
        "published_by": row["published_by"],
        "published_by_name": row["published_by_name"],
        "note": row["note"],
        "based_on": row["based_on"],
        "policy": msgspec.json.decode(row["body"]) | {"version": row["version"]},
    }
