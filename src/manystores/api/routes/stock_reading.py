"""What is where, what it adds up to, and why each number is what it is."""

import asyncio
from typing import Annotated, Any, Final, Literal, NamedTuple
from uuid import UUID

import msgspec
import numpy as np
from fastapi import APIRouter, Depends, Query, Request
from numpy.typing import NDArray

from manystores.api.deps import Here, language, requires
from manystores.api.resources import after as key_of
from manystores.api.resources import bad_cursor, cursor_of
from manystores.api.services import EVERYWHERE, Services, instant_us
from manystores.api.shelves import (
    LIMIT_MAX,
    Asked,
    Cursor,
    Filter,
    Limit,
    bucket,
    cursor_after,
    cursor_at,
    place_of,
    sums,
    told,
    wanted,
)
from manystores.api.stock_people import names_of
from manystores.catalogue.offer import name_in
from manystores.catalogue.registry import FIRST_OFFER_NO
from manystores.core.auth import Principal
from manystores.core.clock import rfc3339
from manystores.core.errors import INVALID, FieldError, Problem
from manystores.ledger import NEVER_US, Counters, Key, Reason
from manystores.ledger import shelves as ledger_shelves
from manystores.ledger.reasons import CODES
from manystores.ledger.shelves import Order, Place, Wanted
from manystores.network import regions
from manystores.promise import movements as book
from manystores.promise import order_book

router = APIRouter(prefix="/v1/stock", tags=["stock"])
REASONS: Final = {code: reason for reason, code in CODES.items()}
Sort = Literal[
    "location", "on_hand", "-on_hand", "reserved", "-reserved", "unavailable", "-unavailable", "incoming",
    "-incoming", "available", "-available",
]  # fmt: skip
_CURSOR = msgspec.json.Decoder(tuple[int, int, int, int, int, int, int, int])

Reader = Annotated[Principal, Depends(requires("stock:read"))]
Only = Annotated[
    list[str] | None, Query(max_length=LIMIT_MAX, description="SKUs: of these offers only.", examples=[["X1"]])
]


def _order(sort: Sort) -> tuple[Order, bool]:
    return sort.lstrip("-"), sort.startswith("-")  # type: ignore[return-value]


@router.get("")
async def stock(
    request: Request, here: Here, who: Reader, asked: Filter, sort: Sort = "location", limit: Limit = 100,
    cursor: Cursor = None,
) -> dict[str, Any]:  # fmt: skip
    """What is where: buckets in an order, page by page, and what all that are asked for add up to. The rows are as of
    the batch `sequence`; orders and sums may miss what happened within the last moment."""
    ledger, chosen = here.owner.ledger, wanted(here, who, asked)
    order, descending = _order(sort)
    find = ledger_shelves.page(ledger, chosen, order, descending, cursor_after(cursor, sort), limit + 1)
    found = await asyncio.to_thread(find)
    now, tongue = here.owner.ledger, language(request)
    rows = [bucket(here, row.key, now.counters(row.key) or NOTHING, tongue) for row in found.rows[:limit]]
    following = cursor_at(found.rows[limit - 1], sort) if len(found.rows) > limit else None
    return {"stock": rows, "sums": sums(found.sums), "sequence": here.owner.sequence, "next": following}


NOTHING: Final = Counters(0, 0, 0, 0)


@router.get("/totals")
async def totals(
    request: Request, here: Here, who: Reader, asked: Filter, by: Literal["location", "offer", "region"] = "location",
    sort: Sort = "location", limit: Limit = 100, cursor: Cursor = None, only: Only = None,
) -> dict[str, Any]:  # fmt: skip
    """What buckets add up to by location, by offer, or by province (elsewhere by country); `sort=location` is the
    order in which they were created. `out` counts buckets with nothing available, `short` those below zero. With
    `only`, of these offers: what stands beside a page of offers takes one request."""
    chosen = wanted(here, who, asked)
    if only is not None:
        chosen = _only(here, who, chosen, only)
    place, good, groups = _groups(here, chosen, by)
    ledger = here.owner.ledger
    found = await asyncio.to_thread(ledger_shelves.sums_by(ledger, chosen, place, good, groups))
    order, descending = _order(sort)
    place_at = cursor_after(cursor, f"{by}{sort}")
    numbers, values = _sorted(found, order, descending)
    first = 0
    if place_at is not None:
        behind = (values > place_at.value) | ((values == place_at.value) & (numbers > place_at.key.location_no))
        first = int(np.argmax(behind)) if behind.any() else len(numbers)
    page, tongue = numbers[first : first + limit].tolist(), language(request)
    rows = [_named(here, by, number, tongue) | sums(found[number]) for number in page]
    last = first + limit - 1
    more = len(numbers) > first + limit
    following = cursor_at(Place(int(values[last]), Key(int(numbers[last]), 0)), f"{by}{sort}") if more else None
    return {"by": by, "totals": rows, "sums": sums(found.sum(0)), "next": following}


def _only(here: Services, who: Principal, chosen: Wanted, skus: list[str]) -> Wanted:
    """Of these offers only; who has no such offer has nothing of it."""
    found = (here.catalogue.find(who.party_no, sku) for sku in skus)
    some: NDArray[np.bool_] = np.zeros(len(chosen.offers), np.bool_)
    some[[offer.offer_no for offer in found if offer is not None]] = True
    return chosen._replace(offers=chosen.offers & some)


def _groups(here: Services, chosen: Wanted, by: str) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """The group of each location and of each offer, and how many groups there are."""
    places, goods = len(chosen.locations), len(chosen.offers)
    none_of_places, none_of_goods = np.zeros(places, np.int64), np.zeros(goods, np.int64)
    if by == "location":
        return np.arange(places), none_of_goods, places
    if by == "offer":
        return none_of_places, np.arange(goods), goods
    return np.asarray(_provinces(here)[here.network.region_id[:places]]), none_of_goods, len(here.network.regions)


def _provinces(here: Services) -> NDArray[np.int64]:
    """int64[regions]: the first region that is in the same province."""
    first: dict[str, int] = {}
    known = [regions.province(code) for code in here.network.regions]
    codes = [one.code if one else code.split("-")[0] for one, code in zip(known, here.network.regions, strict=True)]
    return np.array([first.setdefault(code, n) for n, code in enumerate(codes)], np.int64)


def _sorted(found: NDArray[np.int64], order: Order, descending: bool) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The groups that have anything, in order, and the values that they are ordered by."""
    numbers = np.flatnonzero(found[:, 0])
    if order == "location":
        return numbers, np.zeros(len(numbers), np.int64)
    values = found[numbers, ledger_shelves.SUMS.index(order)] * (-1 if descending else 1)
    at = np.lexsort((numbers, values))
    return numbers[at], values[at]


def _named(here: Services, by: str, number: int, tongue: str) -> dict[str, Any]:
    if by == "location":
        known = number in here.network
        return {"code": here.location_code(number), "name": here.network.location(number).name if known else ""}
    if by == "offer":
        offer = here.catalogue.get(number)
        return {"code": here.offer_sku(number), "name": name_in(offer, tongue) if offer else ""}
    code = here.network.regions[number]
    province = regions.province(code)
    return {"code": province.code, "name": province.name} if province else {"code": code.split("-")[0], "name": ""}


# -- why a number is what it is


def _scope(here: Services, who: Principal, asked: Asked, window: str | None, lot: str | None) -> book.Scope:
    """Whose movements; a location or an offer must be named."""
    if asked.location is None and asked.offer is None and who.location_no is None:
        field = FieldError("/location", "required", "Name a location or an offer.", "请指定门店（仓库）或商品。")
        raise Problem(INVALID, fields=(field,))
    if asked.location == EVERYWHERE and asked.offer is None:  # what stands nowhere is every brand's, side by side
        raise Problem(INVALID, fields=(FieldError("/offer", "required", "Name the quota.", "请指定额度。"),))
    chosen = wanted(here, who, asked)
    window_us = None if window is None else 0 if window == "now" else instant_us(window, "/window")
    lot_no = None if lot is None else here.lots.number(lot, "/lot")
    offer_no = None if asked.offer is None else int(np.flatnonzero(chosen.offers)[0])
    if asked.location is not None or who.location_no is not None:
        location_no = int(np.flatnonzero(chosen.locations)[0])
        return book.Scope(location_no, offer_no, (), window_us, lot_no, FIRST_OFFER_NO)
    having = ledger_shelves.locations_of(here.owner.ledger, chosen)
    return book.Scope(None, offer_no, having, window_us, lot_no, FIRST_OFFER_NO)


def _counters(here: Services, who: Principal, asked: Asked, scope: book.Scope) -> Counters:
    """What the scope's movements add up to now."""
    ledger = here.owner.ledger
    if scope.location_no is not None and scope.offer_no is not None:
        if scope.window_us is not None and scope.lot_no is not None:
            key = Key(scope.location_no, scope.offer_no, scope.window_us, scope.lot_no)
            return ledger.counters(key) or NOTHING
        found = ledger_shelves.buckets_at(ledger, scope.location_no, scope.offer_no)
        fitting = [
            counters
            for key, counters in found
            if scope.window_us in (None, key.window_us) and scope.lot_no in (None, key.lot_no)
        ]
        return Counters(*(sum(column) for column in zip(*fitting, strict=True))) if fitting else NOTHING
    return ledger_shelves.total(ledger, wanted(here, who, asked), scope.window_us, scope.lot_no)


def _moves(
    here: Here,
    who: Reader,
    location: Annotated[str | None, Query(max_length=128, examples=["S1"])] = None,
    offer: Annotated[str | None, Query(max_length=128, examples=["X1"])] = None,
    window: Annotated[
        str | None, Query(max_length=40, description="Of one window only: its start, or `now`.", examples=["now"])
    ] = None,
    lot: Annotated[str | None, Query(max_length=128, description="Of one lot only; empty: of none.")] = None,
    counter: Annotated[book.Counter | None, Query(description="Those that changed it.")] = None,
    reason: Annotated[list[str] | None, Query(max_length=40, description="Those of any of these reasons.")] = None,
    actor: Annotated[str | None, Query(max_length=200, description="`person:…`, `key:…` or `owner`.")] = None,
    subject: Annotated[UUID | None, Query(description="Of an order, a reservation or a transfer.")] = None,
    since: Annotated[str | None, Query(alias="from", max_length=40, examples=["2026-11-11T00:00:00+08:00"])] = None,
    to: Annotated[str | None, Query(max_length=40, description="Before this time.")] = None,
) -> "Moves":
    asked = Asked(location, offer)
    chosen = book.Filter(
        None if reason is None else [_reason(code) for code in reason],
        counter,
        actor,
        subject,
        None if since is None else instant_us(since, "/from"),
        None if to is None else instant_us(to, "/to"),
    )
    if chosen.from_us is not None and chosen.to_us is not None and chosen.from_us >= chosen.to_us:
        field = FieldError("/to", "before_from", "Name a time after `from`.", "结束时间须晚于开始时间。")
        raise Problem(INVALID, fields=(field,))
    return Moves(asked, _scope(here, who, asked, window, lot), chosen)


class Moves(NamedTuple):
    """Which movements somebody asks for."""

    asked: Asked
    scope: book.Scope
    chosen: book.Filter


MovesFilter = Annotated[Moves, Depends(_moves)]


@router.get("/movements")
async def movements(
    here: Here,
    who: Reader,
    wanted: MovesFilter,
    limit: Limit = 50,
    cursor: Annotated[str | None, Query(max_length=500, description="`next` of the page before, as it came.")] = None,
) -> dict[str, Any]:
    """The movements behind a number, the newest first: of an offer at a location, of a location, or of an offer.
    `stock` is what they add up to as of the batch `sequence`, and `after` what that was after each: so they explain it.
    Filters leave movements out, never out of `after`."""
    return await page_of_movements(here, who, wanted, limit, cursor)


async def page_of_movements(
    here: Services, who: Principal, wanted: Moves, limit: int, cursor: str | None
) -> dict[str, Any]:
    """A page of them, as the API tells it."""
    counters, sequence = _counters(here, who, wanted.asked, wanted.scope), here.owner.sequence
    before, at_first = _from_cursor(cursor)
    await here.owner.settled(sequence)
    start, today_us = counters if at_first is None else at_first, here.clock.now_us()
    async with here.pool.connection() as connection:
        found = await book.read_movements(
            connection,
            here.owner.partition_id,
            wanted.scope,
            sequence,
            start,
            wanted.chosen,
            before,
            limit + 1,
            today_us,
        )
        people = await names_of(connection, [movement.actor for movement in found])
    following = _next(found[limit - 1]) if len(found) > limit else None
    return {
        "stock": told(counters),
        "sequence": sequence,
        "movements": [_movement(here, movement, people) for movement in found[:limit]],
        "next": following,
    }


def _reason(code: str) -> Reason:
    if code not in REASONS:
        choices = ", ".join(REASONS)
        en, zh = f"{code[:40]!r} is no reason; choose from {choices}", f"没有 {code[:40]!r} 这种原因，可选：{choices}"
        raise Problem(INVALID, fields=(FieldError("/reason", "not_a_choice", en, zh),))
    return REASONS[code]


def _from_cursor(cursor: str | None) -> tuple[book.Place | None, Counters | None]:
    if not cursor:
        return None, None
    try:
        seq, n, line, *counters, check = _CURSOR.decode(key_of(cursor))
    except (ValueError, msgspec.MsgspecError):
        raise bad_cursor() from None
    if check != sum(counters) or not all(0 <= part < 1 << 31 for part in (n, line)) or not 0 <= seq < 1 << 62:
        raise bad_cursor()
    return book.Place(seq, n, line), Counters(*counters)


def _next(last: book.Movement) -> str:
    before = book.before_of(last)
    return cursor_of(msgspec.json.encode((*last.place, *before, sum(before))).decode())


def _movement(here: Services, movement: book.Movement, people: dict[str, str]) -> dict[str, Any]:
    family = movement.fact.partition(".")[0]
    subject = str(movement.subject)
    return {
        "id": ".".join(str(part) for part in movement.place),
        "sequence": movement.place.seq,
        "at": rfc3339(movement.at_us),
        "reason": CODES[movement.reason],
        "fact": movement.fact,
        "actor": movement.actor,
        "actor_name": people.get(movement.actor),
        "order": None if family in ("stock", "transfer", "reservation") else subject,
        "reservation": subject if family == "reservation" else None,
        "transfer": subject if family == "transfer" else None,
        "note": movement.note,
        **{name: value for name, value in place_of(here, movement.key, "en").items() if not name.endswith("_name")},
        "change": told(movement.delta),
        "after": told(movement.after),
    }


@router.get("/claims")
async def claims(
    here: Here,
    who: Reader,
    location: Annotated[str, Query(max_length=128, examples=["S1"])],
    offer: Annotated[str, Query(max_length=128, examples=["X1"])],
    limit: Limit = 100,
) -> dict[str, Any]:
    """Who claims an offer at a location now: orders and holds, the largest claims first. They add up to `reserved`."""
    offer_no = here.catalogue.number(who.party_no, offer, "/offer")
    everywhere = location == EVERYWHERE and who.location_no is None
    location_no = 0 if everywhere else here.location_no(who, location, "/location")
    found, count = ledger_shelves.claims_on(here.owner.ledger, location_no, offer_no, limit)
    ids = [one.id for one, _ in found if one.is_order]
    async with here.pool.connection() as connection:
        orders = await order_book.load(connection, here.owner.partition_id, ids) if ids else []
    placed = {order.order_id: order for order in orders}
    rows = []
    for one, quantity in found:
        order = placed.get(one.id)
        expires = None if one.expires_us == NEVER_US else rfc3339(one.expires_us)
        rows.append(
            {
                "reservation": str(one.id),
                "order": str(one.id) if one.is_order else None,
                "channel": order.channel if order else None,
                "channel_order_id": order.channel_order_id if order else None,
                "placed_at": rfc3339(order.placed_at_us) if order else None,
                "state": one.state,
                "expires_at": expires,
                "quantity": quantity,
            }
        )
    return {"claims": rows, "count": count}
