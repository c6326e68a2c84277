"""Saved views: a page with its filters under a name, one's own or shared with the brand, each with an address."""

import re
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from msgspec import Meta, Struct
from psycopg import AsyncConnection

from manystores.api import shapes
from manystores.api.bodies import Asked, asked, described
from manystores.api.deps import Here, signed_in
from manystores.api.idempotency import Answer, once
from manystores.api.resources import CHANGE, READ, READ_ONE, WRITE, answers
from manystores.core.auth import Principal
from manystores.core.clock import rfc3339, to_datetime
from manystores.core.errors import CONFLICT, FORBIDDEN, NOT_FOUND, Problem
from manystores.core.ids import uuid7
from manystores.core.sql import queries
from manystores.orders.rules import field

router = APIRouter(prefix="/v1/views", tags=["views"])
SQL = queries("manystores.people")
Person = Annotated[Principal, Depends(signed_in)]
VIEWS_MAX: Final = 200  # of one person
_PAGE = re.compile(r"/(?:[a-z0-9-]+(?:/[a-z0-9-]+)*)?")
_NAME = Annotated[str, Meta(min_length=1, max_length=80)]
_PATH = Annotated[str, Meta(min_length=1, max_length=64)]
_QUERY = Annotated[str, Meta(max_length=2000)]

_EXAMPLE: Final[dict[str, Any]] = {
    "id": "01a2063e-e139-7d58-a6ca-ea3e9f37014e",
    "name": "南区超时未接单",
    "page": "/orders",
    "query": "state=open&waiting_minutes=30",
    "shared": True,
    "mine": True,
    "owner": "陈晨",
    "updated_at": "2026-11-23T02:31:53Z",
}
VIEW: Final = shapes.shape(
    {
        "id": shapes.UUID,
        "name": shapes.TEXT,
        "page": {"type": "string", "description": "Path of the console's page."},
        "query": {"type": "string", "description": "Its query string, without the question mark."},
        "shared": {"type": "boolean", "description": "Everybody of the brand sees it; else its owner only."},
        "mine": shapes.FLAG,
        "owner": shapes.TEXT,
        "updated_at": shapes.TIME,
    }
)
_ONE: Final = answers("The view.", VIEW, _EXAMPLE)


class ViewBody(Struct, forbid_unknown_fields=True):
    """A view to be kept."""

    name: _NAME
    page: _PATH
    query: _QUERY = ""
    shared: bool = False


class ViewChanges(Struct, forbid_unknown_fields=True):
    """What of it shall change."""

    name: _NAME | None = None
    query: _QUERY | None = None
    shared: bool | None = None


_NEW = msgspec.json.Decoder(ViewBody)
_CHANGES = msgspec.json.Decoder(ViewChanges)


@router.get(
    "",
    summary="List saved views",
    responses=READ | {200: answers("By name.", shapes.shape({"views": shapes.items(VIEW)}), {"views": [_EXAMPLE]})},
)
async def views(
    here: Here,
    who: Person,
    page: Annotated[str | None, Query(max_length=64, description="Those of this page of the console.")] = None,
) -> Response:
    """One's own, and those that others of the brand share."""
    values = {"party_no": who.party_no, "person_id": who.person_id, "page": page, "view_id": None}
    async with here.pool.connection() as connection:
        rows = await (await connection.execute(SQL["views"], values)).fetchall()
    return _sent({"views": [_told(row, who) for row in rows]})


@router.get("/{view_id}", summary="Get a saved view", responses=READ_ONE | {200: _ONE})
async def view(view_id: UUID, here: Here, who: Person) -> Response:
    """One that is one's own or shared; the console opens it at /v/{view_id}."""
    async with here.pool.connection() as connection:
        return _sent(await _find(connection, who, view_id))


@router.post(
    "",
    status_code=201,
    summary="Save a view",
    openapi_extra=described(ViewBody, {"name": "南区超时未接单", "page": "/orders", "query": "state=open"}),
    responses=WRITE | {201: _ONE},
)
async def save(request: Request, here: Here, who: Person) -> Response:
    """A page with its filters, under a name."""
    ask = await asked(request, who, here.settings.max_body_bytes)
    body = ask.body(_NEW)
    if not _PAGE.fullmatch(body.page):
        raise field(
            "/page", "not_a_page", "is a path of the console, such as /orders", "应为控制台页面路径，例如 /orders"
        )
    _check(body.name, body.query)
    row: dict[str, Any] = {"view_id": uuid7(here.clock.now_us()), "party_no": who.party_no, "person_id": who.person_id}
    row |= {"name": body.name.strip(), "page": body.page, "query": body.query.lstrip("?"), "shared": body.shared}
    row |= {"now": to_datetime(here.clock.now_us()), "most": VIEWS_MAX}

    async def act(connection: AsyncConnection[Any]) -> Answer:
        if (await connection.execute(SQL["insert_view"], row)).rowcount == 0:
            en = f"You have {VIEWS_MAX} views; delete one that you no longer need."
            raise Problem(CONFLICT, en, f"你已保存 {VIEWS_MAX} 个视图，请先删除不再使用的视图。")
        made = row["view_id"]
        return Answer(201, await _find(connection, who, made), {"location": f"/v1/views/{made}"})

    return await once(here, ask, 201, act)


@router.patch(
    "/{view_id}",
    summary="Change a saved view",
    openapi_extra=described(ViewChanges, {"shared": True}),
    responses=CHANGE | {200: _ONE},
)
async def change(view_id: UUID, request: Request, here: Here, who: Person) -> Response:
    """Its name, its filters, or with whom it is shared; its owner may."""
    ask = await asked(request, who, here.settings.max_body_bytes)
    body = ask.body(_CHANGES)
    _check(body.name, body.query)
    row = {"view_id": view_id, "name": body.name and body.name.strip(), "query": body.query, "shared": body.shared}

    async def act(connection: AsyncConnection[Any]) -> dict[str, Any]:
        await _own(connection, who, view_id)
        await connection.execute(SQL["update_view"], row | {"now": to_datetime(here.clock.now_us())})
        return await _find(connection, who, view_id)

    return await once(here, ask, 200, act)


@router.delete("/{view_id}", status_code=204, summary="Delete a saved view", responses=READ_ONE)
async def delete(view_id: UUID, request: Request, here: Here, who: Person) -> Response:
    """Its owner may; its address leads nowhere then."""
    ask = Asked(request, who, b"")

    async def act(connection: AsyncConnection[Any]) -> None:
        await _own(connection, who, view_id)
        await connection.execute(SQL["delete_view"], {"view_id": view_id})

    return await once(here, ask, 204, act)


def _check(name: str | None, query: str | None) -> None:
    for pointer, text in (("/name", name), ("/query", query)):
        if text is not None and not text.isprintable():
            raise field(pointer, "not_printable", "has no line breaks or control characters", "不能含换行或控制字符")
    if name is not None and not name.strip():
        raise field("/name", "required", "give it a name", "请填写名称")


async def _find(connection: AsyncConnection[Any], who: Principal, view_id: UUID) -> dict[str, Any]:
    values = {"party_no": who.party_no, "person_id": who.person_id, "page": None, "view_id": view_id}
    row = await (await connection.execute(SQL["views"], values)).fetchone()
    if row is None:
        raise Problem(NOT_FOUND, f"There is no view {view_id}.", f"没有视图 {view_id}。")
    return _told(row, who)


async def _own(connection: AsyncConnection[Any], who: Principal, view_id: UUID) -> None:
    found = await _find(connection, who, view_id)
    if not found["mine"]:
        en = f"This view is {found['owner']}'s; save one of your own from it."
        raise Problem(FORBIDDEN, en, f"该视图属于 {found['owner']}，请另存为自己的视图后再修改。")


def _told(row: Any, who: Principal) -> dict[str, Any]:
    view_id, name, page, query, shared, person_id, owner, updated_at = row
    return {
        "id": str(view_id),
        "name": name,
        "page": page,
        "query": query,
        "shared": shared,
        "mine": person_id == who.person_id,
        "owner": owner,
        "updated_at": rfc3339(round(updated_at.timestamp() * 1_000_000)),
    }


def _sent(body: object) -> Response:
    return Response(msgspec.json.encode(body), headers={"Cache-Control": "no-store"}, media_type="application/json")
