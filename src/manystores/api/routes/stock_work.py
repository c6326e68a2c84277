"""What somebody has to look after in the stock: exceptions with an owner and a due time, transfers on their way."""

from datetime import timedelta
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from msgspec import UNSET, Meta, Struct, UnsetType
from psycopg import AsyncConnection

from manystores.api.bodies import asked, described
from manystores.api.deps import Here, language, note, requires
from manystores.api.idempotency import Answer, once
from manystores.api.resources import IfMatch, bad_cursor, check_match, cursor_of, tag
from manystores.api.resources import after as key_of
from manystores.api.services import EVERYWHERE, Services, instant_us
from manystores.api.shelves import Cursor, Limit, place_of, told
from manystores.api.stock_people import names_of
from manystores.core.auth import Principal
from manystores.core.clock import from_datetime, rfc3339, to_datetime
from manystores.core.errors import INVALID, NOT_FOUND, FieldError, Problem
from manystores.core.sql import queries
from manystores.ledger import Counters, Key
from manystores.people import store as people_store
from manystores.people.roles import BOUND

router = APIRouter(prefix="/v1/stock", tags=["stock"])
SQL: Final = queries("manystores.promise")
NOTHING: Final = Counters(0, 0, 0, 0)

Reader = Annotated[Principal, Depends(requires("stock:read"))]
Writer = Annotated[Principal, Depends(requires("stock:write"))]
LocationFilter = Annotated[str | None, Query(max_length=128, examples=["S1"])]
OfferFilter = Annotated[str | None, Query(max_length=128, examples=["X1"])]


class CareBody(Struct, forbid_unknown_fields=True):
    """What changes of an exception: who looks after it (null: nobody), until when (null: the usual time), a note."""

    assignee: UUID | UnsetType | None = UNSET
    due_at: Annotated[str, Meta(max_length=40)] | UnsetType | None = UNSET
    note: Annotated[str, Meta(max_length=500)] | UnsetType = UNSET


_CARE = msgspec.json.Decoder(CareBody)


class Place(msgspec.Struct, frozen=True):
    """Where an exception stands in the journal: the fact that opened it."""

    seq: int
    n: int

    def __str__(self) -> str:
        return f"{self.seq}-{self.n}"


def _place(text: str) -> Place | None:
    seq, dash, n = text.partition("-")
    if not dash or not (seq.isascii() and seq.isdigit() and n.isascii() and n.isdigit()):
        return None
    place = Place(int(seq), int(n))
    return place if place.seq < 1 << 62 and place.n < 1 << 31 else None


def _scope(here: Services, who: Principal, location: str | None, offer: str | None) -> dict[str, Any]:
    """The filters by location and offer, as numbers."""
    number = who.location_no
    if location == EVERYWHERE and number is None:
        number = 0
    elif location is not None:
        number = here.location_no(who, location, "/location")
    goods = None if offer is None else here.catalogue.number(who.party_no, offer, "/offer")
    return {"partition": here.owner.partition_id, "party": who.party_no, "location": number, "offer": goods}


def _defaults(here: Services) -> dict[str, Any]:
    return {
        "default_due": timedelta(hours=here.settings.exception_due_hours),
        "now": to_datetime(here.clock.now_us()),
    }


_ANY: Final = {
    "seq": None, "n": None, "open": None, "assignee": None, "assigned": None, "overdue": None, "before_seq": None,
    "before_n": None,
}  # fmt: skip


@router.get("/exceptions")
async def exceptions(
    request: Request,
    here: Here,
    who: Reader,
    location: LocationFilter = None,
    offer: OfferFilter = None,
    state: Annotated[str, Query(pattern="^(open|closed|all)$")] = "open",
    mine: Annotated[bool | None, Query(description="Those that whoever asks looks after.")] = None,
    assignee: Annotated[UUID | None, Query(description="Those that a person looks after.")] = None,
    assigned: Annotated[bool | None, Query(description="Those that somebody, or nobody, looks after.")] = None,
    overdue: Annotated[bool | None, Query(description="Open ones whose time has passed.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """Buckets that promised more than they have, since a count found less: who looks after each, and until when. An
    exception closes by itself, when stock comes or promises end; its counters are those of now."""
    await here.stock_work.catch_up(here.owner.committed)
    if mine and who.person_id is None:
        raise Problem(INVALID, fields=(FieldError("/mine", "no_person", "A key is nobody.", "密钥不对应任何人员。"),))
    before = _place(key_of(cursor)) if cursor else None
    if cursor and before is None:
        raise bad_cursor()
    values = _ANY | _scope(here, who, location, offer) | _defaults(here)
    values |= {"open": None if state == "all" else state == "open", "assigned": assigned, "overdue": overdue}
    values |= {"assignee": who.person_id if mine else assignee, "limit": limit + 1}
    if before is not None:
        values |= {"before_seq": before.seq, "before_n": before.n}
    async with here.pool.connection() as connection:
        rows = await (await connection.execute(SQL["page_of_exceptions"], values)).fetchall()
        people = await names_of(connection, _actors(rows))
    told_of = [_exception(here, row, people, language(request)) for row in rows[:limit]]
    following = cursor_of(told_of[-1]["id"]) if len(rows) > limit else None
    return {"exceptions": told_of, "next": following}


@router.get("/exceptions/{id}")
async def exception(id: str, request: Request, here: Here, who: Reader) -> Response:
    """One exception, open or closed, with every change of who looks after it."""
    await here.stock_work.catch_up(here.owner.committed)
    async with here.pool.connection() as connection:
        found = await _whole(here, who, connection, id, language(request))
    return Response(msgspec.json.encode(found), 200, {"etag": tag(found["revision"])}, "application/json")


async def _whole(
    here: Services, who: Principal, connection: AsyncConnection[Any], text: str, tongue: str
) -> dict[str, Any]:
    """An exception with its history; Problem when there is none such."""
    place = _place(text)
    values = _ANY | _scope(here, who, None, None) | _defaults(here) | {"limit": 1}
    rows: list[tuple[Any, ...]] = []
    if place is not None:
        values |= {"seq": place.seq, "n": place.n}
        rows = await (await connection.execute(SQL["page_of_exceptions"], values)).fetchall()
    if not rows:
        raise _unknown(text)
    changes = await (await connection.execute(SQL["exception_changes"], values)).fetchall()
    assignees = [f"person:{row[3]}" for row in changes if row[3] is not None]
    people = await names_of(connection, [*_actors(rows), *assignees, *(row[2] for row in changes)])
    return _exception(here, rows[0], people, tongue) | {"history": [_change(row, people) for row in changes]}


def _unknown(text: str) -> Problem:
    return Problem(NOT_FOUND, f"There is no exception {text[:40]}.", f"没有库存异常 {text[:40]}。")


@router.patch("/exceptions/{id}", openapi_extra=described(CareBody, {"due_at": "2026-11-11T18:00:00+08:00"}))
async def look_after(id: str, request: Request, here: Here, who: Writer, if_match: IfMatch = None) -> Response:
    """Give an exception to somebody, set its time, write what is being done. A store's people take those of their own
    store, for themselves or each other. What the stock is, this does not change."""
    ask = await asked(request, who, here.settings.max_body_bytes)
    body, tongue = ask.body(_CARE), language(request)
    due_at = body.due_at
    due_us = instant_us(due_at, "/due_at") if isinstance(due_at, str) else None
    await here.stock_work.catch_up(here.owner.committed)

    async def act(connection: AsyncConnection[Any]) -> Answer:
        place = _place(id)
        if place is None:
            raise _unknown(id)
        at = {"partition": here.owner.partition_id, "party": who.party_no, "seq": place.seq, "n": place.n}
        row = await (await connection.execute(SQL["lock_exception"], at)).fetchone()
        if row is None or not who.sees_location(row[4]):
            raise _unknown(id)
        revision, assignee, due, text, location_no, opened_at = row
        check_match(if_match, tag(revision))
        if due_us is not None and due_us < from_datetime(opened_at) and to_datetime(due_us) != due:
            raise _before_opened()
        wanted = {
            "assignee": assignee if body.assignee is UNSET else body.assignee,
            "due_at": due if due_at is UNSET else None if due_us is None else to_datetime(due_us),
            "note": text if body.note is UNSET else body.note.strip(),
        }
        if body.assignee is not UNSET and body.assignee is not None and body.assignee != assignee:
            await _check_assignee(connection, who, body.assignee, location_no)
        if wanted != {"assignee": assignee, "due_at": due, "note": text}:
            wanted |= at | {"revision": revision + 1, "at": to_datetime(here.clock.now_us()), "actor": who.actor}
            await connection.execute(SQL["change_exception"], wanted)
            await connection.execute(SQL["note_exception_change"], wanted)
        found = await _whole(here, who, connection, id, tongue)
        return Answer(200, found, {"etag": tag(found["revision"])})

    note(request, exception=id)
    return await once(here, ask, 200, act)


def _before_opened() -> Problem:
    en, zh = "Name a time after the exception was opened.", "处理时限不能早于异常发生的时间。"
    return Problem(INVALID, fields=(FieldError("/due_at", "before_opened", en, zh),))


async def _check_assignee(connection: AsyncConnection[Any], who: Principal, person_id: UUID, location_no: int) -> None:
    """Problem unless it is one of the brand who can sign in and may act at that location."""
    found = await people_store.find(connection, who.party_no, person_id=person_id, limit=1)
    if not found or not found[0].enabled:
        en, zh = "Nobody of your brand who can sign in has this id.", "品牌中没有可登录的此人员。"
        raise Problem(INVALID, fields=(FieldError("/assignee", "unknown_person", en, zh),))
    person = found[0]
    if person.role in BOUND and location_no not in person.locations:
        en, zh = f"{person.name} acts in other stores only.", f"{person.name} 不在该门店工作。"
        raise Problem(INVALID, fields=(FieldError("/assignee", "not_at_location", en, zh),))


def _actors(rows: list[tuple[Any, ...]]) -> list[str]:
    found = [actor for row in rows for actor in (row[7], row[10]) if actor]
    return found + [f"person:{row[12]}" for row in rows if row[12] is not None]


def _exception(here: Services, row: tuple[Any, ...], people: dict[str, str], tongue: str) -> dict[str, Any]:
    seq, n, location_no, offer_no, window_us, lot_no, opened_at, opened_by, missing, *rest = row
    closed_at, closed_by, revision, assignee, due_at, due_given, text = rest
    key = Key(location_no, offer_no, window_us, lot_no)
    counters = here.owner.ledger.counters(key) or NOTHING
    now_us = here.clock.now_us()
    return {
        "id": str(Place(seq, n)),
        "state": "open" if closed_at is None else "closed",
        **place_of(here, key, tongue),
        **told(counters),
        "missing": max(-counters.available, 0) if closed_at is None else 0,
        "missing_at_first": missing,
        "opened_at": rfc3339(from_datetime(opened_at)),
        "opened_by": opened_by,
        "opened_by_name": people.get(opened_by),
        "closed_at": None if closed_at is None else rfc3339(from_datetime(closed_at)),
        "closed_by": closed_by,
        "closed_by_name": people.get(closed_by or ""),
        "assignee": _person(assignee, people),
        "due_at": rfc3339(from_datetime(due_at)),
        "due_at_given": due_given,
        "overdue": closed_at is None and from_datetime(due_at) < now_us,
        "note": text,
        "revision": revision,
    }


def _person(person_id: UUID | None, people: dict[str, str]) -> dict[str, str] | None:
    if person_id is None:
        return None
    return {"id": str(person_id), "name": people.get(f"person:{person_id}", "")}


def _change(row: tuple[Any, ...], people: dict[str, str]) -> dict[str, Any]:
    revision, at, actor, assignee, due_at, text = row
    return {
        "revision": revision,
        "at": rfc3339(from_datetime(at)),
        "actor": actor,
        "actor_name": people.get(actor),
        "assignee": _person(assignee, people),
        "due_at": None if due_at is None else rfc3339(from_datetime(due_at)),
        "note": text,
    }


# -- transfers


@router.get("/transfers")
async def transfers(
    request: Request,
    here: Here,
    who: Reader,
    location: Annotated[str | None, Query(max_length=128, description="From or to it.", examples=["S1"])] = None,
    source: LocationFilter = None,
    target: LocationFilter = None,
    offer: OfferFilter = None,
    state: Annotated[str, Query(pattern="^(in_transit|received|all)$")] = "in_transit",
    limit: Limit = 100,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """Transfers, the newest first; those on their way unless asked otherwise."""
    await here.stock_work.catch_up(here.owner.committed)
    ends = {
        name: None if code is None else here.network.number(who.party_no, code, f"/{name}")
        for name, code in (("source", source), ("target", target))
    }
    values = _scope(here, who, location, offer) | ends
    values |= {"open": None if state == "all" else state == "in_transit", "limit": limit + 1, "before": _uuid(cursor)}
    async with here.pool.connection() as connection:
        rows = await (await connection.execute(SQL["page_of_transfers"], values)).fetchall()
        people = await names_of(connection, [actor for row in rows for actor in (row[7], row[10]) if actor])
    found = [_transfer(here, row, people, language(request)) for row in rows[:limit]]
    return {"transfers": found, "next": cursor_of(found[-1]["id"]) if len(rows) > limit else None}


def _uuid(cursor: str | None) -> UUID | None:
    try:
        return UUID(key_of(cursor)) if cursor else None
    except ValueError:
        raise bad_cursor() from None


@router.get("/transfers/{transfer_id}")
async def transfer(transfer_id: UUID, request: Request, here: Here, who: Reader) -> dict[str, Any]:
    """One transfer, on its way or received."""
    await here.stock_work.catch_up(here.owner.committed)
    values = {"partition": here.owner.partition_id, "party": who.party_no, "id": transfer_id}
    async with here.pool.connection() as connection:
        row = await (await connection.execute(SQL["find_transfer"], values)).fetchone()
        people = await names_of(connection, [row[7], row[10] or ""] if row else [])
    if row is None or not (who.sees_location(row[1]) or who.sees_location(row[2])):
        raise Problem(NOT_FOUND, f"There is no transfer {transfer_id}.", f"没有调拨 {transfer_id}。")
    return _transfer(here, row, people, language(request))


def _transfer(here: Services, row: tuple[Any, ...], people: dict[str, str], tongue: str) -> dict[str, Any]:
    transfer_id, source_no, target_no, offer_no, lot_no, quantity, sent_at, sent_by, *came = row
    received, received_at, received_by = came
    what = place_of(here, Key(target_no, offer_no, 0, lot_no), tongue)
    found = {
        "id": str(transfer_id),
        "state": "in_transit" if received_at is None else "received",
        "source": here.location_code(source_no),
        "source_name": place_of(here, Key(source_no, offer_no), tongue)["location_name"],
        "target": what["location"],
        "target_name": what["location_name"],
        "offer": what["offer"],
        "offer_name": what["offer_name"],
        "quantity": quantity,
        "sent_at": rfc3339(from_datetime(sent_at)),
        "sent_by": sent_by,
        "sent_by_name": people.get(sent_by),
    }
    if received_at is not None:
        found |= {"received": received, "received_at": rfc3339(from_datetime(received_at)), "received_by": received_by}
        found["received_by_name"] = people.get(received_by)
    return found
