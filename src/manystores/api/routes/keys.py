"""API keys: made, listed and revoked by the party that they belong to; a store's device gets one for its store."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from psycopg import AsyncConnection
from psycopg.rows import dict_row, tuple_row

from manystores.api import schemas
from manystores.api.bodies import asked
from manystores.api.deps import Here, requires
from manystores.api.idempotency import SQL, Answer, once
from manystores.api.resources import (
    BODILESS,
    READ,
    READ_ONE,
    Cursor,
    Limit,
    after,
    answers,
    bad_cursor,
    object_body,
    page,
    page_schema,
    problems,
    takes,
)
from manystores.api.services import Services, instant_us
from manystores.core.auth import Party, Principal, allowed_scopes, new_key
from manystores.core.clock import from_datetime, rfc3339, to_datetime
from manystores.core.errors import INVALID, NOT_FOUND, FieldError, Problem
from manystores.core.fields import MISSING, Fields
from manystores.core.sql import queries

router = APIRouter(prefix="/v1/keys", tags=["keys"])
CORE = queries("manystores.core")
FIELDS = ("name", "scopes", "location", "expires_at", "brand")

Connection = AsyncConnection[Any]
Reader = Annotated[Principal, Depends(requires("keys:read"))]
Writer = Annotated[Principal, Depends(requires("keys:write"))]
Brand = Annotated[str | None, Query(max_length=64, description="For the platform's keys: whose.")]
_MADE = schemas.KEY_EXAMPLE | {"token": "ms_019a9f3e7c4b7d109f0e3c8a5b6d7e8f_…"}


@router.post(
    "",
    status_code=201,
    summary="Make a key",
    openapi_extra=takes(schemas.KEY_BODY, {"name": "王府井店收银台 1", "location": "S1"}),
    responses=problems(400, 409, 413, 422) | {201: answers("The key, with its token.", schemas.KEY_MADE, _MADE)},
)
async def create(request: Request, here: Here, who: Writer) -> Response:
    """The token is shown this once. A key can give no scope that it lacks itself; with a location, the new key is for
    devices of that location and sees nothing else."""
    ask = await asked(request, who, here.settings.max_body_bytes)
    fields = Fields(object_body(ask))
    fields.known(FIELDS)
    name, location = fields.text("name", 200), fields.text("location", 64)
    wanted = _scopes(fields)
    expires, brand = fields.text("expires_at", 40), fields.text("brand", 64)
    fields.raise_if_wrong()
    expires_us = _expiry(here, expires) if expires else None

    async def act(connection: Connection) -> object:
        party = await _party(connection, who, brand or who.party_code, "/brand")
        location_no = here.network.number(party.party_no, location, "/location") if location else None
        scopes = _granted(who, party, location_no, wanted)
        token, row = new_key(party, scopes, location_no, clock=here.clock, name=name, expires_us=expires_us)
        await connection.execute(CORE["insert_key"], row)
        made = row | {"party": party.code, "revoked_at": None}
        return Answer(201, _told(here, made) | {"token": token}, {"cache-control": "no-store"})

    return await once(here, ask, 201, act)


def _scopes(fields: Fields) -> frozenset[str] | None:
    """The scopes that a body asks for; None when it leaves them out."""
    if fields.get("scopes") is MISSING:
        return None
    given = frozenset(fields.texts("scopes", 100, 64))
    if not given and not fields.errors:
        fields.wrong("scopes", "required", "A key without scopes can do nothing", "没有任何权限的密钥无法使用")
    return given


def _granted(who: Principal, party: Party, location_no: int | None, wanted: frozenset[str] | None) -> frozenset[str]:
    """The scopes of the new key: nobody gives what they don't have."""
    allowed = allowed_scopes(party.kind, location_no)
    if wanted is None:
        return allowed & who.scopes
    lacking = sorted((wanted & allowed) - who.scopes)
    if lacking:
        listed = ", ".join(lacking)
        en = f"Your own key lacks {listed}; use one that has it, or leave it out."
        zh = f"当前密钥自身没有 {listed} 权限；请换用具备该权限的密钥，或去掉该项。"
        raise Problem(INVALID, fields=(FieldError("/scopes", "not_yours_to_give", en, zh),))
    return wanted


def _expiry(here: Services, text: str) -> int:
    expires_us = instant_us(text, "/expires_at")
    if expires_us <= here.clock.now_us():
        en, zh = "It would have expired already; choose a time to come.", "该时间已过，请填写将来的时间。"
        raise Problem(INVALID, fields=(FieldError("/expires_at", "past", en, zh),))
    return expires_us


async def _party(connection: Connection, who: Principal, code: str, pointer: str) -> Party:
    """The party of a code, which for all but the platform is their own; another's is unknown."""
    row = None
    if code == who.party_code or who.kind == "platform":
        async with connection.cursor(row_factory=tuple_row) as cursor:
            row = await (await cursor.execute(CORE["find_party"], {"code": code})).fetchone()
    if row is None:
        en, zh = f"There is no brand {code} that is yours.", f"没有归你管理的品牌 {code}。"
        raise Problem(INVALID, fields=(FieldError(pointer, "unknown_brand", en, zh),))
    return Party(*row)


@router.get(
    "",
    summary="List keys",
    responses=READ
    | {200: answers("A page.", page_schema("keys", schemas.KEY), {"keys": [schemas.KEY_EXAMPLE], "next": None})},
)
async def list_keys(
    here: Here,
    who: Reader,
    location: Annotated[str | None, Query(max_length=64, description="Those of a location's devices.")] = None,
    brand: Brand = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """All keys of the brand, oldest first, the revoked ones too; without what is secret."""
    try:
        behind = UUID(after(cursor)) if cursor else None
    except ValueError:
        raise bad_cursor() from None
    async with here.pool.connection() as connection:
        party = await _party(connection, who, brand or who.party_code, "/brand")
        values = {"party_no": party.party_no, "after": behind, "limit": limit + 1, "location_no": None}
        if location is not None:
            values["location_no"] = here.network.number(party.party_no, location, "/location")
        async with connection.cursor(row_factory=dict_row) as rows:
            found = await (await rows.execute(SQL["page_of_keys"], values)).fetchall()
    return page("keys", found, limit, lambda row: _told(here, row), lambda row: str(row["key_id"]))


@router.get(
    "/{key_id}",
    summary="Get a key",
    responses=READ_ONE | {200: answers("The key, without its token.", schemas.KEY, schemas.KEY_EXAMPLE)},
)
async def get(key_id: UUID, here: Here, who: Reader) -> dict[str, Any]:
    """One key of the brand, without its secret."""
    async with here.pool.connection() as connection:
        return _told(here, await _find(connection, who, key_id))


@router.delete(
    "/{key_id}",
    status_code=204,
    summary="Revoke a key",
    openapi_extra=BODILESS,
    responses=problems(404, 409, 422),
)
async def revoke(key_id: UUID, request: Request, here: Here, who: Writer) -> Response:
    """It stops working within five seconds, for good. Revoking it again changes nothing."""
    ask = await asked(request, who, here.settings.max_body_bytes)

    async def act(connection: Connection) -> object:
        row = await _find(connection, who, key_id)
        now = to_datetime(here.clock.now_us())
        await connection.execute(CORE["revoke_key"], {"key_id": key_id, "party_code": row["party"], "now": now})
        return Answer(204, None)

    return await once(here, ask, 204, act)


async def _find(connection: Connection, who: Principal, key_id: UUID) -> dict[str, Any]:
    """A key of this party; the platform finds everybody's."""
    values = {"key_id": key_id, "party_no": None if who.kind == "platform" else who.party_no}
    async with connection.cursor(row_factory=dict_row) as rows:
        row = await (await rows.execute(SQL["find_key"], values)).fetchone()
    if row is None:
        raise Problem(NOT_FOUND, f"There is no key {key_id}.", f"没有密钥 {key_id}。")
    return row


def _told(here: Services, row: dict[str, Any]) -> dict[str, Any]:
    """A key as it is told outside."""
    times = {
        name: row[name] and rfc3339(from_datetime(row[name])) for name in ("created_at", "expires_at", "revoked_at")
    }
    return {
        "id": str(row["key_id"]),
        "brand": row["party"],
        "name": row["name"],
        "scopes": list(row["scopes"]),
        "location": here.location_code(row["location_no"]) if row["location_no"] else None,
        **times,
    }
