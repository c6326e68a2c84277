"""Who did what: the audit of a brand, newest first."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from psycopg.rows import dict_row

from manystores.api import people_shapes as shapes
from manystores.api.deps import Here, requires
from manystores.api.resources import READ, Cursor, Limit, after, answers, bad_cursor, page, page_schema
from manystores.api.services import Services, instant_us
from manystores.core.auth import Principal
from manystores.core.clock import from_datetime, rfc3339, to_datetime
from manystores.people.audit import SQL

router = APIRouter(prefix="/v1/audit", tags=["people"])
Reader = Annotated[Principal, Depends(requires("audit:read"))]
_EXAMPLE = {"audit": [shapes.ENTRY_EXAMPLE], "next": None}


@router.get(
    "",
    summary="Who did what",
    responses=READ | {200: answers("A page.", page_schema("audit", shapes.ENTRY), _EXAMPLE)},
)
async def entries(
    here: Here,
    who: Reader,
    person: Annotated[UUID | None, Query(description="What this person did.")] = None,
    from_: Annotated[str | None, Query(alias="from", max_length=40, description="Not before; RFC 3339.")] = None,
    to: Annotated[str | None, Query(max_length=40, description="Before; RFC 3339.")] = None,
    text: Annotated[str | None, Query(max_length=200, description="A part of `POST /v1/orders/…` or sign_in.")] = None,
    refused: Annotated[
        bool | None, Query(description="Only what was refused (true), or what was done (false).")
    ] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """Every request by which somebody who was signed in changed something or tried to, and each signing in and out,
    the newest first. Rows are never changed or removed. Requests by API keys are not in it: histories name the key."""
    try:
        before = UUID(after(cursor)) if cursor else None
    except ValueError:
        raise bad_cursor() from None
    values = {
        "partition_id": who.partition_id,
        "party_no": who.party_no,
        "person_id": person,
        "from": to_datetime(instant_us(from_, "/from")) if from_ else None,
        "to": to_datetime(instant_us(to, "/to")) if to else None,
        "text": text or None,
        "refused": refused,
        "before": before,
        "limit": limit + 1,
    }
    async with here.pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor_:
        rows = await (await cursor_.execute(SQL["page_of_audit"], values)).fetchall()
    return page("audit", rows, limit, lambda row: _told(here, who, row), lambda row: str(row["audit_id"]))


def _told(here: Services, who: Principal, row: dict[str, Any]) -> dict[str, Any]:
    person = None
    if row["person_id"] is not None and row["login"] is not None:
        person = {"id": str(row["person_id"]), "login": row["login"], "name": row["name"]}
        person["platform"] = row["home_party_no"] != who.party_no
    return {
        "id": str(row["audit_id"]),
        "at": rfc3339(from_datetime(row["at"])),
        "person": person,
        "session": str(row["session_id"]) if row["session_id"] else None,
        "location": here.location_code(row["location_no"]) if row["location_no"] else None,
        "method": row["method"],
        "route": row["route"],
        "path": row["path"],
        "status": row["status"],
        "request_key": row["request_key"],
        "address": row["address"],
        "details": row["details"],
    }
