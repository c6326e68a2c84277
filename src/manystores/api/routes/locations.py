"""Locations: create, change, list; one or thousands."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from psycopg import AsyncConnection

from manystores.api import schemas
from manystores.api.bodies import asked
from manystores.api.deps import Here, language, requires
from manystores.api.idempotency import Answer, once
from manystores.api.places import Places, listed
from manystores.api.resources import (
    CHANGE,
    READ,
    READ_ONE,
    WRITE,
    Cursor,
    IfMatch,
    IfNoneMatch,
    Limit,
    after,
    already,
    answers,
    batch_schema,
    check_match,
    check_revision,
    entity,
    items_body,
    object_body,
    page,
    page_schema,
    results_schema,
    tag,
    takes,
    write_headers,
)
from manystores.api.services import Services
from manystores.core.auth import Principal
from manystores.core.errors import INVALID, NOT_FOUND, FieldError, Problem
from manystores.network import KINDS, Location, body_of, location_of, patched, store

router = APIRouter(prefix="/v1/locations", tags=["locations"])
BATCH_MAX = 5_000
CHUNK = 200  # bodies checked at a stretch; between two chunks, other requests are answered

Connection = AsyncConnection[Any]
Reader = Annotated[Principal, Depends(requires("locations:read"))]
Writer = Annotated[Principal, Depends(requires("locations:write"))]
_EXAMPLE = schemas.LOCATION_EXAMPLE
_CREATED = answers("It is created.", schemas.LOCATION, _EXAMPLE | {"revision": 1}, tagged=True)
_SAME = answers("It existed, just so.", schemas.LOCATION, _EXAMPLE, tagged=True)
_ONE = answers("The location.", schemas.LOCATION, _EXAMPLE, tagged=True)


def told(location: Location) -> dict[str, Any]:
    """A location as it is told outside."""
    return body_of(location)


def _answer(here: Services, location: Location, status: int, *, changed: bool = True) -> Answer:
    headers = write_headers(router.prefix, location.code, tag(location.revision), status)
    return Answer(status, told(location), headers, (lambda: _publish(here, [location])) if changed else None)


def _publish(here: Services, locations: Sequence[Location]) -> None:
    """Let the hot path know what was written."""
    here.network.apply(locations)
    here.router.network_changed()


def _unknown(code: str) -> Problem:
    return Problem(NOT_FOUND, f"There is no location {code}.", f"没有编码为 {code} 的地点。")


@router.post(
    "",
    status_code=201,
    summary="Create a location",
    openapi_extra=takes(schemas.LOCATION_BODY, schemas.LOCATION_MINIMAL),
    responses=WRITE | {201: _CREATED, 200: _SAME},
)
async def create(request: Request, here: Here, who: Writer) -> Response:
    """Code, name, kind and place suffice. An existing code is a 409, unless all is just as stored: then 200."""
    ask = await asked(request, who, here.settings.max_body_bytes)
    body = object_body(ask)

    async def act(connection: Connection) -> Answer:
        owners = await store.stock_owners(connection, who.party_no, [body])
        location = location_of(body, who.party_no, owners=owners)
        stored = (await store.find_locations(connection, who.party_no, [location.code])).get(location.code)
        if stored is None:
            written = await store.write_locations(connection, [_fresh(location)], only_new=True)
            return _answer(here, written.locations[0], 201)
        same = msgspec.structs.replace(location, location_no=stored.location_no, revision=stored.revision)
        if same != stored:
            raise already(router.prefix, location.code)
        return _answer(here, stored, 200, changed=False)

    return await once(here, ask, 201, act)


def _fresh(location: Location) -> Location:
    return msgspec.structs.replace(location, revision=0)


@router.post(
    "/batch",
    summary="Create or change many locations",
    openapi_extra=takes(
        batch_schema("locations", schemas.LOCATION_BODY, BATCH_MAX), {"locations": [schemas.LOCATION_MINIMAL]}
    ),
    responses=WRITE
    | {
        200: answers(
            "One result an item, in order.",
            results_schema("location", schemas.LOCATION),
            {"results": [{"status": 201, "location": _EXAMPLE | {"revision": 1}}]},
        )
    },
)
async def batch(request: Request, here: Here, who: Writer) -> Response:
    """At most 5,000. New codes are created, known ones changed in what their bodies say; what is wrong is told item by
    item, and the rest is kept. Sent again, it changes nothing."""
    ask = await asked(request, who, here.settings.max_body_bytes)
    items, tongue = items_body(ask, "locations", BATCH_MAX), language(request)

    async def act(connection: Connection) -> Answer:
        results: list[dict[str, Any]] = []
        written: list[Location] = []
        for start in range(0, len(items), CHUNK):
            chunk = items[start : start + CHUNK]
            stored, found = await _put(connection, who.party_no, chunk, start, tongue)
            written += stored
            results += found
        return Answer(200, {"results": results}, after=lambda: _publish(here, written))

    return await once(here, ask, 200, act)


async def _put(
    connection: Connection, party_no: int, items: Sequence[Any], first: int, tongue: str
) -> tuple[list[Location], list[dict[str, Any]]]:
    """Write a part of a batch: the locations as stored, and a result for each item."""
    bodies = [item for item in items if isinstance(item, Mapping)]
    codes = [code for body in bodies if isinstance(code := body.get("code"), str)]
    before = await store.find_locations(connection, party_no, codes)
    written, refused = await store.put_locations(connection, party_no, bodies)
    problems = {entry.index: entry.problem for entry in refused}
    by_code = {location.code: location for location in written.locations}
    results: list[dict[str, Any]] = []
    n = 0  # index among the bodies
    for i, item in enumerate(items, start=first):
        if not isinstance(item, Mapping):
            wrong = FieldError("", "not_an_object", "A location is an object.", "地点应为对象。")
            results.append(_refused(Problem(INVALID, fields=(wrong,)), i, tongue))
            continue
        if n in problems:
            results.append(_refused(problems[n], i, tongue))
        else:
            location = by_code[item["code"]]
            results.append({"status": 200 if location.code in before else 201, "location": told(location)})
        n += 1
    return list(written.locations), results


def _refused(problem: Problem, i: int, tongue: str) -> dict[str, Any]:
    fields = tuple(FieldError(f"/locations/{i}{f.pointer}", f.code, f.en, f.zh) for f in problem.fields)
    at = Problem(problem.rule, problem.en, problem.zh, fields, problem.extra)
    return {"status": problem.rule.status, "problem": at.document(tongue)}


@router.get(
    "",
    summary="List locations",
    responses=READ
    | {
        200: answers(
            "A page, in the order of codes.",
            page_schema("locations", schemas.LOCATION),
            {"locations": [_EXAMPLE], "next": None},
        )
    },
)
async def list_locations(
    here: Here,
    who: Reader,
    places: Places,
    kind: Annotated[Literal[KINDS] | None, Query()] = None,  # type: ignore[valid-type]
    text: Annotated[str | None, Query(max_length=200, description="In code, name or address.")] = None,
    enabled: Annotated[bool | None, Query()] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """The brand's locations; a store's device sees its own only."""
    async with here.pool.connection() as connection:
        found = await store.list_locations(
            connection,
            who.party_no,
            after=after(cursor),
            limit=limit + 1,
            kind=kind,
            text=text,
            enabled=enabled,
            numbers=listed(here, who, places),
        )
    return page("locations", found, limit, told, lambda location: location.code)


@router.get(
    "/{code}", summary="Get a location", responses=READ_ONE | {200: _ONE, 304: {"description": "As you have it."}}
)
async def get(code: str, here: Here, who: Reader, if_none_match: IfNoneMatch = None) -> Response:
    """One location with its revision as ETag; places in WGS-84."""
    async with here.pool.connection() as connection:
        location = await store.get_location(connection, who.party_no, code)
    if location is None or not who.sees_location(location.location_no):
        raise _unknown(code)
    return entity(told(location), tag(location.revision), if_none_match)


@router.patch(
    "/{code}",
    summary="Change a location",
    openapi_extra=takes(schemas.LOCATION_CHANGES, {"opening_hours": "Mo-Su 09:00-21:00", "orders_per_hour": 30}),
    responses=CHANGE | {200: _ONE},
)
async def change(code: str, request: Request, here: Here, who: Writer, if_match: IfMatch = None) -> Response:
    """What the body says changes, the rest stays; null puts a field back to its default (RFC 7396)."""
    ask = await asked(request, who, here.settings.max_body_bytes)
    body = object_body(ask)

    async def act(connection: Connection) -> Answer:
        stored = (await store.find_locations(connection, who.party_no, [code])).get(code)
        if stored is None or not who.sees_location(stored.location_no):
            raise _unknown(code)
        check_match(if_match, tag(stored.revision))
        owners = await store.stock_owners(connection, who.party_no, [body])
        wanted = patched(stored, body, owners=owners)
        check_revision(wanted.revision, stored.revision)
        written = await store.write_locations(connection, [_fresh(wanted)])
        return _answer(here, written.locations[0], 200, changed=written.changed > 0)

    return await once(here, ask, 200, act)
