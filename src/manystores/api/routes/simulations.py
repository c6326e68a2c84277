"""What orders would have cost under other policies: simulations are started, watched, read and called off."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from manystores.api import policy_shapes, shapes
from manystores.api.bodies import asked, described
from manystores.api.deps import Here, language, note, requires
from manystores.api.idempotency import Answer, once
from manystores.api.resources import READ, READ_ONE, WRITE, answers, object_body, takes
from manystores.api.services import FLOWS, Services
from manystores.core.auth import Principal
from manystores.core.clock import from_datetime, rfc3339, to_datetime
from manystores.core.errors import INVALID, NOT_FOUND, FieldError, Problem, rule
from manystores.core.fields import MISSING, Fields
from manystores.core.ids import uuid7
from manystores.flows.policy_check import check_names
from manystores.flows.what_if_generated import usual_start
from manystores.flows.what_if_run import DAYS, POLICIES_MOST, Ask, Choice
from manystores.sourcing.policy_body import policy_of
from manystores.whatif.report import Report

router = APIRouter(prefix="/v1/sourcing/simulations", tags=["policy"])
Reader = Annotated[Principal, Depends(requires("policies:read"))]
Writer = Annotated[Principal, Depends(requires("policies:write"))]

GENERATED_MOST: Final = 1_000_000
DAYS_MOST: Final = 366
SEED_MOST: Final = 2**31 - 1
ZONE: Final = ZoneInfo("Asia/Shanghai")
RUNNING: Final = rule("simulation_running", 409, "A simulation of the brand is running", "该品牌已有模拟正在运行")
NOT_DONE: Final = rule("simulation_not_done", 409, "The simulation has no result", "该模拟没有结果")

_POLICY: Final[shapes.Schema] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 80},
        "version": {"type": "integer", "minimum": 1, "description": "A published version."},
        "policy": policy_shapes.POLICY,
    },
    "additionalProperties": False,
    "description": "A published version, a policy, or with neither the one in force.",
}
_DATE: Final[shapes.Schema] = {"type": "string", "format": "date"}
_BODY: Final[shapes.Schema] = {
    "type": "object",
    "required": ["policies"],
    "properties": {
        "policies": {"type": "array", "minItems": 1, "maxItems": POLICIES_MOST, "items": _POLICY},
        "from": _DATE | {"description": "First day of the orders, in China."},
        "to": _DATE | {"description": "Last day; `from` if it is left out."},
        "generate": {
            "type": "integer",
            "minimum": 1,
            "maximum": GENERATED_MOST,
            "description": "So many made-up orders, instead of `from` and `to`.",
        },
        "seed": {"type": "integer", "minimum": 0, "maximum": SEED_MOST, "default": 1},
    },
    "additionalProperties": False,
}
_BODY_EXAMPLE: Final[dict[str, Any]] = {
    "policies": [{"name": "in force"}, {"name": "draft", "policy": {"safety_stock": 1}}],
    "from": "2026-11-01",
    "to": "2026-11-30",
}
SIMULATION: Final = shapes.shape(
    {
        "id": shapes.UUID,
        "state": {"type": "string", "enum": ["running", "done", "failed", "cancelled"]},
        "phase": {"type": "string", "description": "reading, deciding, promising, measuring; '' where it is over."},
        "share": {"type": "number", "description": "How much of it is done, from 0 to 1."},
        "created_at": shapes.TIME,
        "created_by": shapes.TEXT,
        "finished_at": shapes.TIME_OR_NULL,
        "policies": shapes.items(shapes.TEXT),
        "from": {"type": ["string", "null"]},
        "to": {"type": ["string", "null"]},
        "generate": {"type": "integer", "description": "0 for real orders."},
        "seed": {"type": "integer"},
        "detail": {"type": ["string", "null"], "description": "Why it failed."},
    }
)
_EXAMPLE: Final[dict[str, Any]] = {
    "id": "01a2063e-e139-7d58-a6ca-ea3e9f37014e",
    "state": "running",
    "phase": "deciding",
    "share": 0.42,
    "created_at": "2026-12-01T02:31:53Z",
    "created_by": "person:019a9f3e-7c4b-7d10-9f0e-3c8a5b6d7e8f",
    "finished_at": None,
    "policies": ["in force", "draft"],
    "from": "2026-11-01",
    "to": "2026-11-30",
    "generate": 0,
    "seed": 1,
    "detail": None,
}
REPORT: Final[shapes.Schema] = described(Report, None)["requestBody"]["content"]["application/json"]["schema"]
_REPORT_EXAMPLE: Final[dict[str, Any]] = {
    "orders": 0,
    "units": 0,
    "first_at_us": None,
    "last_at_us": None,
    "currency": "CNY",
    "seed": 1,
    "km_edges": [0, 5, 10, 20, 50, 100, 200, 500, 1000, 2000],
    "policies": [],
    "locations": [],
    "changed": [],
    "changes": [],
    "real_orders": True,
}


@router.post(
    "",
    status_code=202,
    summary="Simulate policies",
    openapi_extra=takes(_BODY, _BODY_EXAMPLE),
    responses=WRITE | {202: answers("It has begun.", SIMULATION, _EXAMPLE)},
)
async def start(request: Request, here: Here, who: Writer) -> Response:
    """Decides orders anew under each policy, from the same stock, which they use up, and compares what comes of it with
    the first policy's. It runs beside the server, one at a time for each brand; watch it by its `id`. Nothing is
    published, claimed or moved."""
    who.require("orders:read")
    ask = await asked(request, who, here.settings.max_body_bytes)
    body = object_body(ask)
    wanted = _wanted(body, here.clock.now_us())
    for i, choice in enumerate(wanted.choices):
        if choice.policy is not None:
            check_names(choice.policy, here.network, here.catalogue, who.party_no, f"/policies/{i}/policy")
    await here.simulations.mend(who.party_no)
    made = uuid7(here.clock.now_us())

    async def act(connection: Any) -> Answer:
        if here.simulations.running(who.party_no) is not None:
            raise Problem(RUNNING, "Wait for it, or cancel it.", "请等待其完成，或先取消。", retry_after_s=10)
        told = {"policies": [one.name for one in wanted.choices], "seed": wanted.seed}
        told |= {"from": body.get("from"), "to": body.get("to") or body.get("from"), "generate": wanted.generate}
        row = {
            "simulation_id": made,
            "party_no": who.party_no,
            "at": to_datetime(here.clock.now_us()),
            "by": who.actor,
            "ask": msgspec.json.encode(told).decode(),
        }
        await connection.execute(FLOWS["insert_simulation"], row)
        note(request, simulation=str(made))
        job = {
            "party_no": who.party_no,
            "partition_id": here.owner.partition_id,
            "data_dir": str(here.settings.data_dir),
            "time_zone": here.settings.time_zone,
            "ask": wanted,
        }
        begun = {**_EXAMPLE, **told, "id": str(made), "phase": "reading", "share": 0.0, "created_by": who.actor}
        begun["created_at"] = rfc3339(here.clock.now_us())
        headers = {"location": f"{router.prefix}/{made}"}

        def run() -> None:
            here.simulations.start(who.party_no, made, msgspec.json.encode(job))

        return Answer(202, begun, headers, run)

    return await once(here, ask, 202, act)


@router.get(
    "",
    summary="List simulations",
    responses=READ
    | {
        200: answers(
            "Newest first.", shapes.shape({"simulations": shapes.items(SIMULATION)}), {"simulations": [_EXAMPLE]}
        )
    },
)
async def every(request: Request, here: Here, who: Reader) -> Response:
    """The brand's last ones."""
    who.require("orders:read")
    return _sent({"simulations": await _rows(request, here, who, None)})


@router.get(
    "/{simulation_id}", summary="Get a simulation", responses=READ_ONE | {200: answers("It.", SIMULATION, _EXAMPLE)}
)
async def one(simulation_id: UUID, request: Request, here: Here, who: Reader) -> Response:
    """How far it is."""
    who.require("orders:read")
    return _sent(await _found(request, here, who, simulation_id))


@router.get(
    "/{simulation_id}/result",
    summary="Get what a simulation found",
    responses=READ_ONE
    | {200: answers("The report; shares from 0 to 1, costs in minor units.", REPORT, _REPORT_EXAMPLE)},
)
async def result(simulation_id: UUID, request: Request, here: Here, who: Reader) -> Response:
    """Figures side by side, with differences to the first policy and the interval that holds 95 of 100 redraws of the
    orders; locations, and orders that changed."""
    who.require("orders:read")
    found = await _found(request, here, who, simulation_id)
    values = {"party_no": who.party_no, "simulation_id": simulation_id}
    async with here.pool.connection() as connection:
        row = await (await connection.execute(FLOWS["simulation_result"], values)).fetchone()
    if row is None or row[0] is None:
        raise Problem(NOT_DONE, f"It is {found['state']}.", f"当前状态：{found['state']}。")
    return Response(row[0].encode(), 200, media_type="application/json")


@router.post(
    "/{simulation_id}/cancel",
    summary="Cancel a simulation",
    responses=READ_ONE | {200: answers("As it is now.", SIMULATION, _EXAMPLE)},
)
async def cancel(simulation_id: UUID, request: Request, here: Here, who: Writer) -> Response:
    """Ends it, if it runs."""
    who.require("orders:read")
    await _found(request, here, who, simulation_id)
    if here.simulations.running(who.party_no) == simulation_id:
        await here.simulations.cancel(simulation_id)
    return _sent(await _found(request, here, who, simulation_id))


def _wanted(body: dict[str, Any], now_us: int) -> Ask:
    """What a body asks for; every field at fault is told at once."""
    errors: list[FieldError] = []
    fields = Fields(body, errors=errors)
    fields.known(("policies", "from", "to", "generate", "seed"))
    count = fields.integer("generate", 0, 1, GENERATED_MOST) if "generate" in body else 0
    seed = fields.integer("seed", 1, 0, SEED_MOST)
    choices = tuple(_choice(each, i, errors) for i, each in enumerate(fields.objects("policies", POLICIES_MOST)))
    if not choices:
        errors.append(FieldError("/policies", "required", "Name at least one", "至少给出一个策略"))
    from_us, to_us = usual_start(now_us), 0
    if not count:
        first, last = _day(fields, "from", body), _day(fields, "to", body)
        if first is not None and last is not None:
            from_us, to_us = _midnight(first), _midnight(last + timedelta(days=1))
            if not first <= last < first + timedelta(days=DAYS_MOST):
                en = f"Not before the first day, and at most {DAYS_MOST} days"
                zh = f"不得早于开始日期，最长 {DAYS_MOST} 天"
                errors.append(FieldError("/to", "out_of_range", en, zh))
    if errors:
        raise Problem(INVALID, fields=tuple(errors))
    return Ask(choices=choices, seed=seed, from_us=from_us, to_us=to_us, generate=count, days=DAYS)


def _choice(each: Fields, place: int, errors: list[FieldError]) -> Choice:
    each.known(("name", "version", "policy"))
    version = each.integer_or_none("version", 1, SEED_MOST)
    body, policy = each.get("policy"), None
    if body is not MISSING:
        try:
            policy = policy_of(body, at=f"/policies/{place}/policy")
        except Problem as problem:
            errors += problem.fields
    usual = "draft" if body is not MISSING else "in force" if version is None else f"version {version}"
    return Choice(each.text("name", 80) or usual, policy, version)


def _day(fields: Fields, name: str, body: dict[str, Any]) -> date | None:
    """A day; the last one is the first one where it is left out."""
    value = str(body.get(name) or body.get("from") or "")
    try:
        found = date.fromisoformat(value)
        if 1970 < found.year < 9999:
            return found
    except ValueError:
        pass
    en, zh = "A date such as 2026-11-01, or give `generate`", "应为 2026-11-01 这样的日期，或填写 generate"
    fields.wrong(name, "not_a_date", en, zh)
    return None


def _midnight(day: date) -> int:
    return from_datetime(datetime.combine(day, time(), ZONE))


async def _rows(request: Request, here: Services, who: Principal, simulation_id: UUID | None) -> list[dict[str, Any]]:
    await here.simulations.mend(who.party_no)
    values = {"party_no": who.party_no, "simulation_id": simulation_id}
    async with here.pool.connection() as connection:
        rows = await (await connection.execute(FLOWS["simulations"], values)).fetchall()
    lang = "zh" if language(request) == "zh" else "en"
    return [_told(here, who, row, lang) for row in rows]


def _told(here: Services, who: Principal, row: Any, lang: str) -> dict[str, Any]:
    simulation_id, created_at, created_by, ask, state, finished_at, problem = row
    progress = here.simulations.progress(who.party_no, simulation_id) if state == "running" else None
    share = 1.0 if state == "done" else 0.0 if progress is None else progress.share
    return {
        "id": str(simulation_id),
        "state": state,
        "phase": "" if progress is None else progress.phase,
        "share": share,
        "created_at": rfc3339(from_datetime(created_at)),
        "created_by": created_by,
        "finished_at": None if finished_at is None else rfc3339(from_datetime(finished_at)),
        **ask,
        "detail": None if problem is None else _why(problem[lang]),
    }


def _why(problem: dict[str, Any]) -> str:
    parts = [problem.get("detail") or problem.get("title") or "", *(one["detail"] for one in problem.get("errors", []))]
    return " ".join(part for part in parts if part)


async def _found(request: Request, here: Services, who: Principal, simulation_id: UUID) -> dict[str, Any]:
    rows = await _rows(request, here, who, simulation_id)
    if not rows:
        raise Problem(NOT_FOUND, "There is no such simulation.", "没有该模拟。")
    return rows[0]


def _sent(body: object) -> Response:
    return Response(msgspec.json.encode(body), 200, media_type="application/json")
