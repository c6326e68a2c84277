"""Who is signed in, where they act, and for platform operators the brands that they may enter."""

from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from psycopg import AsyncConnection
from psycopg.rows import tuple_row

from manystores.api import people_shapes as shapes
from manystores.api.bodies import asked
from manystores.api.deps import Here, note, principal, requires, signed_in
from manystores.api.resources import (
    READ,
    Cursor,
    Limit,
    after,
    answers,
    object_body,
    page,
    page_schema,
    problems,
    takes,
)
from manystores.api.services import Services
from manystores.api.throttle import TOO_OFTEN
from manystores.core.auth import Party, Principal, digest
from manystores.core.clock import from_datetime, rfc3339, to_datetime
from manystores.core.errors import FORBIDDEN, INVALID, FieldError, Problem
from manystores.core.fields import Fields
from manystores.core.sql import queries
from manystores.people import store
from manystores.people.passwords import password_errors
from manystores.people.roles import BOUND
from manystores.people.sessions import COOKIE, SQL, Session, csrf_token, find_session

router = APIRouter(prefix="/v1", tags=["people"])
API = queries("manystores.api")
CORE = queries("manystores.core")
Anybody = Annotated[Principal, Depends(principal)]
SomeBody = Annotated[Principal, Depends(signed_in)]
BrandReader = Annotated[Principal, Depends(requires("brands:read"))]
_TOLD: Final[dict[int | str, dict[str, Any]]] = {200: answers("As it is now.", shapes.ME, shapes.ME_EXAMPLE)}


@router.get("/me", summary="Who am I?", responses=problems() | _TOLD)
async def me(request: Request, here: Here, who: Anybody) -> Response:
    """The person who is signed in, what they may do and where they act. For an API key `person` is null."""
    return await _me(request, here, who)


async def _me(request: Request, here: Services, who: Principal) -> Response:
    cookie = request.cookies.get(COOKIE, "")
    async with here.pool.connection() as connection:
        name = await (await connection.execute(API["party_name"], {"party_no": who.party_no})).fetchone()
        session = await find_session(connection, cookie) if who.person_id is not None else None
        person = await store.candidate(connection, session.person_id) if session else None
    told: dict[str, Any] = {
        "person": person and {"id": str(person.person_id), "login": person.login, "name": person.name},
        "party": who.party_code,
        "party_name": name[0] if name else who.party_code,
        "party_kind": who.kind,
        "role": who.role or None,
        "scopes": sorted(who.scopes),
        "locations": _locations(here, session),
        "location": here.location_code(who.location_no) if who.location_no else None,
        "has_password": bool(person and person.password_hash and here.people.built_in),
        "map": {"tiles": here.settings.map_tiles or None, "attribution": here.settings.map_attribution},
        "csrf": csrf_token(cookie) if session else None,
        "expires_at": rfc3339(session.ends_us(here.clock.now_us())) if session else None,
    }
    return Response(msgspec.json.encode(told), 200, {"cache-control": "no-store"}, "application/json")


def _locations(here: Services, session: Session | None) -> list[str]:
    if session is None or session.role not in BOUND:
        return []
    return sorted(here.location_code(number) for number in session.locations)


@router.post(
    "/me/location",
    summary="Act in another of my stores",
    openapi_extra=takes(shapes.LOCATION_BODY, {"location": "S1"}),
    responses=problems(400, 413, 422) | _TOLD,
)
async def act_at(request: Request, here: Here, who: SomeBody) -> Response:
    """For store associates and partners with several stores; everything else of the session stays."""
    ask = await asked(request, who, here.settings.max_body_bytes)
    fields = Fields(object_body(ask))
    fields.known(("location",))
    code = fields.text("location", 64, required=True)
    fields.raise_if_wrong()
    cookie = request.cookies[COOKIE]
    async with here.pool.connection() as connection:
        session = await find_session(connection, cookie)
        number = here.network.find(who.party_no, code)
        if session is None or session.role not in BOUND or not number or number not in session.locations:
            own = ", ".join(_locations(here, session))
            en = f"You may act in {own}." if own else "Your role is not bound to stores; there is nothing to choose."
            zh = f"你可以在以下门店工作：{own}。" if own else "你的角色不限门店，无需切换。"
            raise Problem(INVALID, fields=(FieldError("/location", "not_yours", en, zh),))
        await connection.execute(SQL["act_at"], {"hash": digest(cookie), "location_no": number})
    note(request, location=code)
    return await _anew(request, here, cookie)


@router.post(
    "/me/brand",
    summary="Enter a brand",
    openapi_extra=takes(shapes.BRAND_BODY, {"brand": "demo"}),
    responses=problems(400, 413, 422) | _TOLD,
)
async def act_for(request: Request, here: Here, who: SomeBody) -> Response:
    """Platform operators enter a brand, to do there what its operations may, or leave it; its audit tells so."""
    if who.role != "platform_operator":
        en, zh = "Only platform operators enter brands.", "只有平台运营人员可以进入品牌。"
        raise Problem(FORBIDDEN, en, zh, extra={"scope": "brands:read"})
    ask = await asked(request, who, here.settings.max_body_bytes)
    fields = Fields(object_body(ask))
    fields.known(("brand",))
    code = fields.text("brand", 64)
    fields.raise_if_wrong()
    cookie = request.cookies[COOKIE]
    async with here.pool.connection() as connection:
        session = await find_session(connection, cookie)
        party = await _brand(connection, code) if code else None
        if session is None or (code and party is None):
            en, zh = f"There is no brand {code}; GET /v1/brands lists them.", f"没有品牌 {code}，请从品牌列表中选择。"
            raise Problem(INVALID, fields=(FieldError("/brand", "unknown_brand", en, zh),))
        party_no = party.party_no if party else session.home_party_no
        await connection.execute(SQL["act_for"], {"hash": digest(cookie), "party_no": party_no})
    note(request, brand=code or None)
    here.people.sessions.forget(cookie)
    now = await here.people.sessions.principal(cookie)
    # noted where it matters to somebody: with the brand that was entered, or left
    request.scope["principal"] = now if code else who
    return await _me(request, here, now)


@router.post(
    "/me/password",
    status_code=204,
    summary="Change my password",
    openapi_extra=takes(
        shapes.PASSWORD_BODY, {"current": "what it was until now", "password": "three cups of green tea"}
    ),
    responses=problems(400, 413, 422, 429),
)
async def change_password(request: Request, here: Here, who: SomeBody) -> Response:
    """Needs the present one. Other sessions of the same person end."""
    ask = await asked(request, who, here.settings.max_body_bytes)
    fields = Fields(object_body(ask))
    fields.known(("current", "password"))
    current = _plain(fields, ask.raw, "current")
    wanted = _plain(fields, ask.raw, "password")
    fields.raise_if_wrong()
    assert who.person_id is not None
    people, now_us = here.people, here.clock.now_us()
    async with here.pool.connection() as connection:
        person = await store.candidate(connection, who.person_id)
    assert person is not None
    errors = password_errors(wanted, person.login)
    wait_s = await people.logins.attempt(person.login, now_us)
    if wait_s:
        en, zh = f"Too many tries; wait {wait_s} s.", f"尝试次数过多，请 {wait_s} 秒后再试。"
        raise Problem(TOO_OFTEN, en, zh, retry_after_s=wait_s)
    if not await people.passwords.matches(current, person.password_hash):
        errors.append(FieldError("/current", "wrong", "This is not your present password.", "当前密码不正确。"))
    else:
        await people.logins.succeeded(person.login)
    if errors:
        raise Problem(INVALID, fields=tuple(errors))
    row = {"person_id": person.person_id, "password_hash": await people.passwords.hashed(wanted)}
    ended = {"person_id": person.person_id, "but": digest(request.cookies[COOKIE]), "now": to_datetime(now_us)}
    async with here.pool.connection() as connection:
        await connection.execute(SQL["set_password"], row)
        await connection.execute(SQL["end_sessions"], ended)
    people.sessions.forget()
    return Response(status_code=204)


def _plain(fields: Fields, raw: bytes, name: str) -> str:
    """A password as it was typed: spaces at its ends belong to it."""
    value = msgspec.json.decode(raw).get(name)
    if not isinstance(value, str) or not value:
        fields.wrong(name, "required", "Type it", "请输入")
        return ""
    return value[:1000]


async def _anew(request: Request, here: Services, cookie: str) -> Response:
    """The session as it is now."""
    here.people.sessions.forget(cookie)
    return await _me(request, here, await here.people.sessions.principal(cookie))


async def _brand(connection: AsyncConnection[Any], code: str) -> Party | None:
    async with connection.cursor(row_factory=tuple_row) as cursor:
        row = await (await cursor.execute(CORE["find_party"], {"code": code})).fetchone()
    return Party(*row) if row and row[3] == "brand" else None


@router.get(
    "/brands",
    summary="List brands",
    responses=READ
    | {200: answers("A page.", page_schema("brands", shapes.BRAND), {"brands": [shapes.BRAND_EXAMPLE], "next": None})},
)
async def list_brands(here: Here, who: BrandReader, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """All brands of the installation, by code; for the platform only."""
    values = {"after": after(cursor), "limit": limit + 1}
    async with here.pool.connection() as connection:
        rows = await (await connection.execute(API["page_of_brands"], values)).fetchall()
    return page(
        "brands",
        rows,
        limit,
        lambda row: {"code": row[0], "name": row[1], "created_at": rfc3339(from_datetime(row[2]))},
        lambda row: str(row[0]),
    )
