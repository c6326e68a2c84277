"""Rounds: what they moved and saved, and one more at once."""

from datetime import UTC, datetime, time
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from manystores.api.bodies import asked
from manystores.api.deps import Here, requires
from manystores.api.resources import READ, answers, object_body, problems, takes
from manystores.api.services import Services
from manystores.api.shapes import AMOUNT, TEXT, TIME, UUID, Schema, items, shape
from manystores.core.auth import Principal
from manystores.core.clock import SECOND_US, from_datetime, rfc3339
from manystores.core.fields import Fields
from manystores.flows.rounds import Round

router = APIRouter(prefix="/v1/sourcing", tags=["policy"])
Reader = Annotated[Principal, Depends(requires("policies:read"))]
Writer = Annotated[Principal, Depends(requires("policies:write"))]

NOW_MAX: Final = 2_000
"""Orders that a round looks at while somebody waits for it."""

_COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
_SUM: Final[Schema] = {
    "moved": _COUNT | {"description": "Orders that were moved."},
    "saved": AMOUNT | {"description": "By the policy's costs, in minor units."},
    "currency": TEXT,
}
_ROUND: Final = shape(
    {"id": UUID, "started_at": TIME, "ended_at": TIME, "looked_at": _COUNT | {"description": "Open orders."}} | _SUM
)
_ROUND_EXAMPLE: Final[dict[str, Any]] = {
    "id": "019a9f3e-7c4b-7d10-9f0e-3c8a5b6d7e8f",
    "started_at": "2026-11-11T02:15:00Z",
    "ended_at": "2026-11-11T02:15:09Z",
    "looked_at": 3120,
    "moved": 41,
    "saved": 20910,
    "currency": "CNY",
}
_ROUNDS: Final = shape({"today": shape({"since": TIME} | _SUM), "rounds": items(_ROUND)})
_EXAMPLE: Final[dict[str, Any]] = {
    "today": {"since": "2026-11-10T16:00:00Z", "moved": 512, "saved": 260115, "currency": "CNY"},
    "rounds": [_ROUND_EXAMPLE],
}
_NOW: Final[Schema] = {
    "type": "object",
    "properties": {
        "orders": {
            "type": "integer",
            "minimum": 1,
            "maximum": NOW_MAX,
            "default": NOW_MAX,
            "description": "Open orders to look at, at most; the next round goes on after them.",
        }
    },
    "additionalProperties": False,
}


@router.get(
    "/rounds", summary="What rounds moved and saved", responses=READ | {200: answers("Them.", _ROUNDS, _EXAMPLE)}
)
async def rounds(here: Here, who: Reader, limit: Annotated[int, Query(ge=1, le=200)] = 20) -> Response:
    """The last rounds, newest first, and what all rounds saved today, in the installation's time zone. A round looks
    again at orders that nobody accepted yet, and moves those where it pays; the policy's `improve` says when it does.
    Rounds that found no such order are not listed."""
    since_us = _midnight_us(here)
    currency = here.router.policy_of(who.party_no).currency
    moved, saved = await here.rounds.saved_since(who.party_no, since_us, currency)
    told = {
        "today": {"since": rfc3339(since_us), "moved": moved, "saved": saved, "currency": currency},
        "rounds": [_told(one) for one in await here.rounds.last(who.party_no, limit)],
    }
    return Response(msgspec.json.encode(told), 200, media_type="application/json")


@router.post(
    "/rounds",
    summary="Do a round now",
    openapi_extra=takes(_NOW, {"orders": 500}),
    responses=problems(400, 401, 403, 413, 422, 503) | {200: answers("What it did.", _ROUND, _ROUND_EXAMPLE)},
)
async def now(request: Request, here: Here, who: Writer) -> Response:
    """Looks at open orders at once instead of waiting for the next round, and answers when it is done. Nothing is
    moved while the policy's `improve` is switched off."""
    ask = await asked(request, who, here.settings.max_body_bytes)
    fields = Fields(object_body(ask) if ask.raw else {})
    fields.known(("orders",))
    orders = fields.integer("orders", NOW_MAX, 1, NOW_MAX)
    fields.raise_if_wrong()
    done = await here.rounds.run(who.party_no, orders)
    return Response(msgspec.json.encode(_told(done)), 200, media_type="application/json")


def _told(one: Round) -> dict[str, Any]:
    return {
        "id": str(one.round_id),
        "started_at": rfc3339(one.started_us),
        "ended_at": rfc3339(one.ended_us),
        "looked_at": one.looked_at,
        "moved": one.moved,
        "saved": one.saved,
        "currency": one.currency,
    }


def _midnight_us(here: Services) -> int:
    """When today began, where the installation is."""
    zone = ZoneInfo(here.settings.time_zone)
    today = datetime.fromtimestamp(here.clock.now_us() / SECOND_US, UTC).astimezone(zone).date()
    return from_datetime(datetime.combine(today, time(), zone))
