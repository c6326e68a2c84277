"""Webhooks: who is told what happened, and what came of it."""

import base64
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from msgspec import UNSET, Meta, Struct, UnsetType
from psycopg import AsyncConnection
from psycopg.rows import dict_row

from manystores.api.bodies import asked, described
from manystores.api.deps import Here, requires
from manystores.api.idempotency import once
from manystores.api.services import Services, instant_us
from manystores.api.webhook_rules import checked_events, checked_url
from manystores.core.auth import Principal
from manystores.core.clock import from_datetime, rfc3339, to_datetime
from manystores.core.crypto import open_vault
from manystores.core.errors import INVALID, NOT_FOUND, FieldError, Problem, rule
from manystores.core.events import CURSOR_END, SECRET_PURPOSE, TEST_SEQ, event_id, parse_event_id
from manystores.core.ids import uuid7
from manystores.core.sql import queries

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])
SQL = queries("manystores.api.routes", "webhooks.sql")
NOT_ACTIVE = rule("webhook_not_active", 409, "The webhook is paused or disabled", "该 Webhook 已暂停或停用")

SECRET_BYTES = 32
OVERLAP_HOURS_DEFAULT = 24
Reader = Annotated[Principal, Depends(requires("webhooks:read"))]
Writer = Annotated[Principal, Depends(requires("webhooks:write"))]
Limit = Annotated[int, Query(ge=1, le=500)]
Text = Annotated[str, Meta(max_length=500)]
State = Literal["pending", "delivered", "failed"]


class WebhookBody(Struct, forbid_unknown_fields=True):
    """Where to send which events ('*', 'order.*', 'stock.counted'); with a location, only what happens there."""

    url: Annotated[str, Meta(max_length=2000)]
    events: list[str] = msgspec.field(default_factory=lambda: ["*"])
    location: Annotated[str, Meta(min_length=1, max_length=128)] | None = None
    description: Text = ""


class WebhookChange(Struct, forbid_unknown_fields=True):
    """What is left out stays as it is."""

    url: Annotated[str, Meta(max_length=2000)] | UnsetType = UNSET
    events: list[str] | UnsetType = UNSET
    description: Text | UnsetType = UNSET
    state: Literal["active", "paused"] | UnsetType = UNSET


class ReplayBody(Struct, forbid_unknown_fields=True):
    """Exactly one of: from a sequence of a partition on, from a time on, one event, or all that was not delivered."""

    sequence: Annotated[int, Meta(ge=1, le=2**62)] | None = None
    partition: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None
    since: str | None = None
    event_id: str | None = None
    undelivered: Literal[True] | None = None


class RotateBody(Struct, forbid_unknown_fields=True):
    """For how long the old secret signs beside the new one."""

    overlap_hours: Annotated[int, Meta(ge=0, le=168)] = OVERLAP_HOURS_DEFAULT


_NEW = msgspec.json.Decoder(WebhookBody)
_CHANGE = msgspec.json.Decoder(WebhookChange)
_REPLAY = msgspec.json.Decoder(ReplayBody)
_ROTATE = msgspec.json.Decoder(RotateBody)
_EXAMPLE = {"url": "https://shop.example/hooks/manystores", "events": ["order.*", "fulfilment.*"]}


@router.post("", status_code=201, openapi_extra=described(WebhookBody, _EXAMPLE))
async def create(request: Request, here: Here, who: Writer) -> Response:
    """Subscribe a URL to events from now on. The answer shows the signing secret, once."""
    ask = await asked(request, who, here.settings.max_body_bytes)
    body = ask.body(_NEW)
    allow_private = here.settings.webhook_allow_private_addresses
    location_no = who.location_no
    if body.location is not None:
        location_no = here.location_no(who, body.location, "/location")
    now_us = here.clock.now_us()
    secret, sealed = _new_secret(here)
    row: dict[str, Any] = {
        "webhook_id": uuid7(now_us),
        "party_no": who.party_no,
        "location_no": location_no,
        "url": checked_url(body.url, allow_private),
        "events": checked_events(body.events),
        "description": body.description,
        "secret": sealed,
        "now": to_datetime(now_us),
    }

    async def act(connection: AsyncConnection[Any]) -> object:
        await connection.execute(SQL["insert"], row)
        await connection.execute(SQL["start_at_head"], row | _cursor_of(row["webhook_id"]))
        return _told(here, await _find(connection, who, row["webhook_id"])) | {"secret": secret}

    return await once(here, ask, 201, act)


@router.get("")
async def list_webhooks(
    here: Here, who: Reader, limit: Limit = 100, cursor: Annotated[UUID | None, Query()] = None
) -> dict[str, Any]:
    """The webhooks of this brand, oldest first; `next` is the cursor of the following page, null at the end."""
    async with here.pool.connection() as connection:
        rows = await _rows(connection, "list", _scope(who) | {"after": cursor, "limit": limit + 1})
    page = rows[:limit]
    return {
        "webhooks": [_told(here, row) for row in page],
        "next": str(page[-1]["webhook_id"]) if len(rows) > limit else None,
    }


@router.get("/{webhook_id}")
async def get(webhook_id: UUID, here: Here, who: Reader) -> dict[str, Any]:
    """A webhook with how far it has come in each partition, and how many deliveries wait or were given up."""
    async with here.pool.connection() as connection:
        told = _told(here, await _find(connection, who, webhook_id))
        progress = await _rows(connection, "progress", _cursor_of(webhook_id))
        (counts,) = await _rows(connection, "counts", {"webhook_id": webhook_id})
    partitions = [
        {
            "partition": row["partition_id"],
            "sequence": row["seq"],
            "head": row["head"],
            "behind": row["head"] - row["seq"],
        }
        for row in progress
    ]
    return told | {"partitions": partitions, "deliveries": counts}


@router.patch("/{webhook_id}", openapi_extra=described(WebhookChange, {"state": "paused"}))
async def change(webhook_id: UUID, request: Request, here: Here, who: Writer) -> dict[str, Any]:
    """Change URL, events or description; pause it, or let it go on: it then hears all that it missed."""
    ask = await asked(request, who, here.settings.max_body_bytes)
    body = ask.body(_CHANGE)
    allow_private = here.settings.webhook_allow_private_addresses
    url = UNSET if body.url is UNSET else checked_url(body.url, allow_private)
    events = UNSET if body.events is UNSET else checked_events(body.events)
    async with _locked(here, who, webhook_id) as (connection, row):
        wanted = {"url": url, "events": events, "description": body.description, "state": body.state}
        new = {name: row[name] if value is UNSET else value for name, value in wanted.items()}
        new["afresh"] = url is not UNSET or body.state == "active"
        new |= {"webhook_id": webhook_id, "now": to_datetime(here.clock.now_us())}
        await connection.execute(SQL["update"], new)
        return _told(here, await _find(connection, who, webhook_id))


@router.delete("/{webhook_id}", status_code=204)
async def delete(webhook_id: UUID, here: Here, who: Writer) -> Response:
    """Remove a webhook and what waits for it."""
    async with _locked(here, who, webhook_id) as (connection, _):
        for statement in ("delete_deliveries", "delete_cursors", "delete"):
            await connection.execute(SQL[statement], _cursor_of(webhook_id) | {"webhook_id": webhook_id})
    return Response(status_code=204)


@router.post("/{webhook_id}/test", status_code=202)
async def send_test(webhook_id: UUID, request: Request, here: Here, who: Writer) -> Response:
    """Send a signed event of type manystores.webhook.test.v1; its delivery tells what came of it."""
    ask = await asked(request, who, here.settings.max_body_bytes)
    now = to_datetime(here.clock.now_us())
    n = secrets.randbelow(CURSOR_END)

    async def act(connection: AsyncConnection[Any]) -> object:
        _require_active(await _find(connection, who, webhook_id, lock=True))
        row = {"partition_id": who.partition_id, "webhook_id": webhook_id, "seq": TEST_SEQ, "n": n}
        await connection.execute(SQL["deliver_now"], row | {"day": now.date(), "now": now})
        return {"event_id": event_id(who.partition_id, TEST_SEQ, n)}

    return await once(here, ask, 202, act)


@router.post(
    "/{webhook_id}/replay", status_code=202, openapi_extra=described(ReplayBody, {"since": "2026-11-11T00:00:00+08:00"})
)
async def replay(webhook_id: UUID, request: Request, here: Here, who: Writer) -> Response:
    """Send again, under the same ids: from a sequence or a time on, one event, or all that was not delivered."""
    ask = await asked(request, who, here.settings.max_body_bytes)
    body = ask.body(_REPLAY)
    given = [name for name in ("sequence", "since", "event_id", "undelivered") if getattr(body, name) is not None]
    if len(given) != 1 or (body.partition is not None and body.sequence is None):
        raise _wrong(
            "",
            "exactly_one",
            "Give exactly one of sequence (with partition, if you like), since, event_id, undelivered.",
            "请在 sequence（可带 partition）、since、event_id、undelivered 中只传一个。",
        )

    async def act(connection: AsyncConnection[Any]) -> object:
        row = await _find(connection, who, webhook_id, lock=True)
        now = to_datetime(here.clock.now_us())
        if body.event_id is not None:
            return await _again(connection, row, body.event_id, now)
        if body.undelivered is not None:
            done = await connection.execute(SQL["undelivered_now"], {"webhook_id": webhook_id, "now": now})
            return {"deliveries": done.rowcount}
        starts = await _starts(connection, body, who.partition_id)
        for partition_id, seq in starts.items():
            place = {"partition_id": partition_id, "webhook_id": webhook_id, "seq": seq, "end": CURSOR_END, "now": now}
            await connection.execute(SQL["forget_from"], place)
            await connection.execute(SQL["set_cursor"], place | _cursor_of(webhook_id))
        return {"partitions": [{"partition": p, "sequence": seq} for p, seq in starts.items()]}

    return await once(here, ask, 202, act)


@router.get("/{webhook_id}/deliveries")
async def deliveries(
    webhook_id: UUID,
    here: Here,
    who: Reader,
    state: Annotated[State | None, Query()] = None,
    limit: Limit = 100,
    cursor: Annotated[str | None, Query(examples=["1-17-3"])] = None,
) -> dict[str, Any]:
    """What was not delivered at the first attempt, tests, and what was asked for again; newest event first."""
    before = _event_of(cursor, "/cursor") if cursor is not None else (None, None, None)
    place = dict(zip(("partition_id", "seq", "n"), before, strict=True))
    async with here.pool.connection() as connection:
        await _find(connection, who, webhook_id)
        wanted = {"webhook_id": webhook_id, "state": state, "limit": limit + 1}
        rows = await _rows(connection, "deliveries", wanted | place)
    told = [
        {
            "event_id": event_id(row["partition_id"], row["seq"], row["n"]),
            "state": row["state"],
            "attempts": row["attempt"],
            "next_attempt_at": _time(row["next_at"]),
            "status": row["status"],
            "error": row["error"],
            "updated_at": _time(row["updated_at"]),
        }
        for row in rows[:limit]
    ]
    return {"deliveries": told, "next": told[-1]["event_id"] if len(rows) > limit else None}


@router.post("/{webhook_id}/rotate-secret", openapi_extra=described(RotateBody, {"overlap_hours": 24}))
async def rotate_secret(webhook_id: UUID, request: Request, here: Here, who: Writer) -> Response:
    """A new signing secret, shown once. Until the overlap ends, deliveries carry the signatures of both."""
    ask = await asked(request, who, here.settings.max_body_bytes)
    body = ask.body(_ROTATE) if ask.raw else RotateBody()
    secret, sealed = _new_secret(here)

    async def act(connection: AsyncConnection[Any]) -> object:
        await _find(connection, who, webhook_id, lock=True)
        now = to_datetime(here.clock.now_us())
        until = now + timedelta(hours=body.overlap_hours)
        row = {"webhook_id": webhook_id, "previous_until": until, "secret": sealed, "now": now}
        await connection.execute(SQL["rotate"], row)
        return _told(here, await _find(connection, who, webhook_id)) | {"secret": secret}

    return await once(here, ask, 200, act)


# -- inside


def _new_secret(here: Services) -> tuple[str, bytes]:
    """A fresh signing secret: as Standard Webhooks writes it, and sealed for the database."""
    raw = os.urandom(SECRET_BYTES)
    return "whsec_" + base64.b64encode(raw).decode(), open_vault(here.settings).seal(raw, SECRET_PURPOSE)


def _scope(who: Principal) -> dict[str, Any]:
    return {"party_no": who.party_no, "location_no": who.location_no}


def _cursor_of(webhook_id: UUID) -> dict[str, Any]:
    return {"consumer": f"webhook:{webhook_id}", "end": CURSOR_END}


async def _rows(connection: AsyncConnection[Any], statement: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    async with connection.cursor(row_factory=dict_row) as reader:
        await reader.execute(SQL[statement], parameters)
        return await reader.fetchall()


async def _find(
    connection: AsyncConnection[Any], who: Principal, webhook_id: UUID, *, lock: bool = False
) -> dict[str, Any]:
    """A webhook of this key's party; somebody else's is not found."""
    async with connection.cursor(row_factory=dict_row) as reader:
        statement = SQL["find"] + (" FOR UPDATE" if lock else "")
        await reader.execute(statement, _scope(who) | {"webhook_id": webhook_id})
        row = await reader.fetchone()
    if row is None:
        raise Problem(NOT_FOUND, f"There is no webhook {webhook_id}.", f"没有 Webhook {webhook_id}。")
    return row


@asynccontextmanager
async def _locked(
    here: Services, who: Principal, webhook_id: UUID
) -> AsyncIterator[tuple[AsyncConnection[Any], dict[str, Any]]]:
    """A transaction in which nobody else changes this webhook."""
    async with here.pool.connection() as connection:
        yield connection, await _find(connection, who, webhook_id, lock=True)


def _require_active(row: dict[str, Any]) -> None:
    if row["state"] != "active":
        raise Problem(
            NOT_ACTIVE,
            f'It is {row["state"]}; send {{"state": "active"}} by PATCH first.',
            '请先通过 PATCH 传 {"state": "active"} 重新启用。',
        )


async def _again(connection: AsyncConnection[Any], row: dict[str, Any], text: str, now: datetime) -> object:
    """Deliver one event again, whatever the webhook's events are; it must be one that the webhook may see."""
    partition_id, seq, n = _event_of(text, "/event_id")
    place = {"partition_id": partition_id, "seq": seq, "n": n}
    _require_active(row)
    found = await _rows(
        connection, "fact_day", place | {"party_no": row["party_no"], "location_no": row["location_no"]}
    )
    if not found:
        raise Problem(NOT_FOUND, f"There is no event {text}.", f"没有事件 {text}。")
    values = place | {"webhook_id": row["webhook_id"], "day": found[0]["day"], "now": now}
    await connection.execute(SQL["deliver_now"], values)
    return {"event_id": text}


async def _starts(connection: AsyncConnection[Any], body: ReplayBody, own_partition: int) -> dict[int, int]:
    """By partition, the first batch to send again; one past the end where there is nothing."""
    heads = {row["partition_id"]: row["seq"] for row in await _rows(connection, "heads", {})}
    if body.since is not None:
        since = to_datetime(instant_us(body.since, "/since"))
        starts = {}
        for partition_id, head in heads.items():
            found = await _rows(connection, "first_since", {"partition_id": partition_id, "since": since})
            starts[partition_id] = found[0]["seq"] if found else head + 1
        return starts
    partition_id = own_partition if body.partition is None else body.partition
    assert body.sequence is not None
    if partition_id not in heads:
        listed = ", ".join(map(str, heads))
        raise _wrong("/partition", "unknown_partition", f"The partitions are {listed}.", f"可选分区：{listed}。")
    if body.sequence > heads[partition_id] + 1:
        last = heads[partition_id]
        raise _wrong("/sequence", "too_far", f"The last sequence so far is {last}.", f"当前最大序号为 {last}。")
    return {partition_id: body.sequence}


def _event_of(text: str, pointer: str) -> tuple[int, int, int]:
    try:
        return parse_event_id(text)
    except ValueError:
        raise _wrong(pointer, "not_an_event_id", "An event's id looks like 1-17-3.", "事件 ID 形如 1-17-3。") from None


def _told(here: Services, row: dict[str, Any]) -> dict[str, Any]:
    """A webhook as it is told outside, without its secret."""
    return {
        "id": str(row["webhook_id"]),
        "url": row["url"],
        "events": row["events"],
        "location": here.location_code(row["location_no"]) if row["location_no"] is not None else None,
        "description": row["description"],
        "state": row["state"],
        "disabled_reason": row["disabled_reason"],
        "failures": row["failures"],
        "on_hold_until": _time(row["hold_until"]),
        "last_success_at": _time(row["last_success_at"]),
        "previous_secret_until": _time(row["previous_until"]),
        "created_at": _time(row["created_at"]),
        "updated_at": _time(row["updated_at"]),
    }


def _time(at: datetime | None) -> str | None:
    return None if at is None else rfc3339(from_datetime(at))


def _wrong(pointer: str, code: str, en: str, zh: str) -> Problem:
    return Problem(INVALID, fields=(FieldError(pointer, code, en, zh),))
