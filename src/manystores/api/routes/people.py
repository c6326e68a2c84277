"""People of a brand: added, changed, disabled by who may give what they are given. The audit tells of each change."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from psycopg import AsyncConnection
from psycopg.rows import tuple_row

from manystores.api import people_shapes as shapes
from manystores.api.bodies import asked
from manystores.api.deps import Here, note, requires
from manystores.api.idempotency import Answer, once
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
    answers,
    bad_cursor,
    check_match,
    entity,
    object_body,
    page,
    page_schema,
    tag,
    takes,
)
from manystores.api.services import Services
from manystores.core.auth import Party, Principal, digest
from manystores.core.clock import rfc3339
from manystores.core.errors import INVALID, FieldError, Problem
from manystores.core.sql import queries
from manystores.people import store
from manystores.people.person import Person, Wanted, wanted_of
from manystores.people.roles import Role
from manystores.people.sessions import COOKIE

router = APIRouter(prefix="/v1/people", tags=["people"])
CORE = queries("manystores.core")
Connection = AsyncConnection[Any]
Reader = Annotated[Principal, Depends(requires("people:read"))]
Writer = Annotated[Principal, Depends(requires("people:write"))]
_BODY = {"login": "chen", "name": "陈晨", "role": "store_associate", "locations": ["S1"]}


@router.get(
    "",
    summary="List people",
    responses=READ
    | {
        200: answers("A page.", page_schema("people", shapes.PERSON), {"people": [shapes.PERSON_EXAMPLE], "next": None})
    },
)
async def list_people(
    here: Here,
    who: Reader,
    role: Role | None = None,
    enabled: bool | None = None,
    text: Annotated[str | None, Query(max_length=100, description="A part of the login or the name.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """The people of the brand, by login; those who are disabled, too."""
    login, _, person_id = after(cursor).rpartition("/")
    try:
        behind = (login, UUID(person_id)) if cursor else None
    except ValueError:
        raise bad_cursor() from None
    async with here.pool.connection() as connection:
        found = await store.find(
            connection, who.party_no, role=role, enabled=enabled, text=text or None, after=behind, limit=limit + 1
        )
    return page("people", found, limit, lambda one: told(here, one), lambda one: f"{one.login}/{one.person_id}")


@router.post(
    "",
    status_code=201,
    summary="Add a person",
    openapi_extra=takes(shapes.PERSON_BODY, _BODY),
    responses=WRITE | {201: answers("The person.", shapes.PERSON, shapes.PERSON_EXAMPLE, tagged=True)},
)
async def create(request: Request, here: Here, who: Writer) -> Response:
    """They sign in with the login; nobody gives a role that may do more than they may themselves."""
    ask = await asked(request, who, here.settings.max_body_bytes)
    wanted = wanted_of(object_body(ask), who.kind)
    locations = _numbers(here, who, wanted)
    store.check_giveable(wanted.role, who.scopes)
    secret = await here.people.passwords.hashed(wanted.password) if wanted.password else None

    async def act(connection: Connection) -> object:
        party = await _party(connection, who)
        made = await store.create(connection, party, wanted, locations, secret, who.scopes, here.clock.now_us())
        note(request, person=str(made.person_id), role=made.role, locations=list(wanted.locations))
        headers = {"etag": tag(made.revision), "location": f"/v1/people/{made.person_id}"}
        return Answer(201, told(here, made), headers)

    return await once(here, ask, 201, act)


@router.get(
    "/{person_id}",
    summary="Get a person",
    responses=READ_ONE | {200: answers("The person.", shapes.PERSON, shapes.PERSON_EXAMPLE, tagged=True)},
)
async def get(person_id: UUID, here: Here, who: Reader, if_none_match: IfNoneMatch = None) -> Response:
    """One of the brand's people."""
    async with here.pool.connection() as connection:
        found = await store.get(connection, who.party_no, person_id)
    return entity(told(here, found), tag(found.revision), if_none_match)


@router.patch(
    "/{person_id}",
    summary="Change a person",
    openapi_extra=takes(shapes.PERSON_CHANGES, {"enabled": False}),
    responses=CHANGE | {200: answers("The person.", shapes.PERSON, shapes.PERSON_EXAMPLE, tagged=True)},
)
async def change(person_id: UUID, request: Request, here: Here, who: Writer, if_match: IfMatch = None) -> Response:
    """Name, role, stores, password, enabled or not; what is left out stays. Who is disabled, or gets another role or
    password, is signed out. Somebody of brand operations who can sign in always remains."""
    ask = await asked(request, who, here.settings.max_body_bytes)
    body = object_body(ask)
    async with here.pool.connection() as connection:
        seen = await store.get(connection, who.party_no, person_id)
    wanted = wanted_of(body, who.kind, _kept(here, seen))
    _numbers(here, who, wanted)
    for role in (seen.role, wanted.role):
        store.check_giveable(role, who.scopes)
    secret = await here.people.passwords.hashed(wanted.password) if wanted.password else None

    async def act(connection: Connection) -> object:
        await store.lock(connection, who.party_no)
        before = await store.get(connection, who.party_no, person_id)
        check_match(if_match, tag(before.revision))
        anew = wanted_of(body, who.kind, _kept(here, before))  # somebody may have changed it while we hashed
        locations = _numbers(here, who, anew)
        mine = digest(request.cookies.get(COOKIE, "")) if person_id == who.person_id else None
        changed = await store.change(connection, before, anew, locations, secret, who.scopes, here.clock.now_us(), mine)
        note(request, person=str(person_id), **_changes(here, before, changed, secret is not None))
        return Answer(200, told(here, changed), {"etag": tag(changed.revision)}, here.people.sessions.forget)

    return await once(here, ask, 200, act)


def told(here: Services, person: Person) -> dict[str, Any]:
    """A person as told outside; of a password only that there is one."""
    return {
        "id": str(person.person_id),
        "login": person.login,
        "name": person.name,
        "role": person.role,
        "locations": [here.location_code(number) for number in person.locations],
        "enabled": person.enabled,
        "has_password": person.has_password,
        "created_at": rfc3339(person.created_us),
        "signed_in_at": None if person.signed_in_us is None else rfc3339(person.signed_in_us),
        "revision": person.revision,
    }


def _kept(here: Services, person: Person) -> Wanted:
    codes = tuple(here.location_code(number) for number in person.locations)
    return Wanted(person.login, person.name, person.role, codes, person.enabled)


def _changes(here: Services, before: Person, now: Person, password: bool) -> dict[str, object]:
    """What the audit is told of a change: codes, before and after."""
    found: dict[str, object] = {}
    for name in ("role", "enabled"):
        old, new = getattr(before, name), getattr(now, name)
        if old != new:
            found[name] = [old, new]
    if before.locations != now.locations:
        found["locations"] = [[here.location_code(no) for no in each.locations] for each in (before, now)]
    changed: list[Literal["name", "password"]] = []
    if before.name != now.name:
        changed.append("name")
    if password:
        changed.append("password")
    return found | ({"changed": changed} if changed else {})


def _numbers(here: Services, who: Principal, wanted: Wanted) -> list[int]:
    """The numbers of the brand's locations; Problem points to each that is not one of them."""
    numbers = [here.network.find(who.party_no, code) for code in wanted.locations]
    unknown = tuple(
        FieldError(
            f"/locations/{i}", "unknown_location", f"There is no location {code}.", f"没有编码为 {code} 的门店。"
        )
        for i, (code, number) in enumerate(zip(wanted.locations, numbers, strict=True))
        if not number
    )
    if unknown:
        raise Problem(INVALID, fields=unknown)
    return numbers


async def _party(connection: Connection, who: Principal) -> Party:
    async with connection.cursor(row_factory=tuple_row) as cursor:
        row = await (await cursor.execute(CORE["find_party"], {"code": who.party_code})).fetchone()
    assert row is not None
    return Party(*row)
