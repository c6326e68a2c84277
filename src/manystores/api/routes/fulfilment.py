"""The work of locations: what is to be done, and each step of doing it."""

from collections.abc import Callable
from typing import Annotated, Any, Literal, cast

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from msgspec import Meta, Struct

from manystores.api.articles import articles
from manystores.api.bodies import asked, described
from manystores.api.deps import Here, language, note, requires
from manystores.api.places import Places, numbers
from manystores.api.routes.orders import find, seen, step
from manystores.api.services import Services, instant_us
from manystores.core.auth import Principal
from manystores.core.clock import rfc3339
from manystores.core.errors import NOT_FOUND, Problem
from manystores.core.sql import queries
from manystores.flows.reroute import Reroute
from manystores.orders import fulfilment, pick_up
from manystores.orders.effects import Change
from manystores.orders.fulfilment import Pick, Substitute, stock_after_reject
from manystores.orders.labels import masked_name, masked_phone
from manystores.orders.order import Order, decode, parse_fulfilment_id
from manystores.orders.patience import Risk
from manystores.orders.reach import Destination
from manystores.orders.search import WorkFilter, counted, work_cursor, work_search, work_statement
from manystores.orders.view import fulfilment_view

router = APIRouter(prefix="/v1/fulfilment-orders", tags=["fulfilment"])
SQL = queries("manystores.orders")
WorkReader = Annotated[Principal, Depends(requires("fulfilment:read"))]
WorkWriter = Annotated[Principal, Depends(requires("fulfilment:write"))]
Include = Annotated[
    Literal["offers"] | None,
    Query(description="`offers`: names, barcodes and shelf places of the offers in the lines, too."),
]
Line = Annotated[int, Meta(ge=1, le=32_767)]
Units = Annotated[int, Meta(ge=0, le=100_000)]


class LineBody(Struct, forbid_unknown_fields=True):
    """So much of a line."""

    line: Line
    quantity: Annotated[int, Meta(ge=1, le=100_000)]


class EmptyBody(Struct, forbid_unknown_fields=True):
    """Nothing to say."""


class RejectBody(Struct, forbid_unknown_fields=True):
    """Why the location can't serve; all of it, or some lines."""

    reason: str
    lines: Annotated[list[LineBody], Meta(max_length=400)] = []
    note: Annotated[str, Meta(max_length=500)] = ""


class SubstituteBody(Struct, forbid_unknown_fields=True):
    """Another offer put in the bag instead."""

    offer: Annotated[str, Meta(min_length=1, max_length=128)]
    quantity: Annotated[int, Meta(ge=1, le=100_000)]
    serials: list[str] = []


class PickLineBody(Struct, forbid_unknown_fields=True):
    """What was found of a line, what was not, and what was taken instead."""

    line: Line
    quantity: Units = 0
    short: Units = 0
    serials: Annotated[list[str], Meta(max_length=1000)] = []
    substitute: SubstituteBody | None = None


class PickBody(Struct, forbid_unknown_fields=True):
    """What was picked; without lines, everything."""

    lines: Annotated[list[PickLineBody], Meta(max_length=400)] = []


class PackBody(Struct, forbid_unknown_fields=True):
    """In how many boxes."""

    boxes: Annotated[int, Meta(ge=1, le=1000)] = 1


class ShipBody(Struct, forbid_unknown_fields=True):
    """A parcel leaves, with everything or with some lines."""

    carrier: Annotated[str, Meta(max_length=64)] = ""
    tracking: Annotated[str, Meta(max_length=128)] = ""
    lines: Annotated[list[LineBody], Meta(max_length=400)] = []


class DeliverBody(Struct, forbid_unknown_fields=True):
    """Which parcel arrived; without a number, all that were sent."""

    tracking: Annotated[str, Meta(max_length=128)] = ""


class ReadyBody(Struct, forbid_unknown_fields=True):
    """Until when the shopper may collect."""

    collect_by: str | None = None


class HandOverBody(Struct, forbid_unknown_fields=True):
    """The code that the shopper shows."""

    code: Annotated[str, Meta(min_length=1, max_length=32)]


class RerouteBody(Struct, forbid_unknown_fields=True):
    """Why somebody else shall do the work."""

    reason: Annotated[str, Meta(max_length=200)] = ""


class HoldBody(Struct, forbid_unknown_fields=True):
    """Why the work stops for now."""

    reason: Annotated[str, Meta(max_length=200)] = ""


_REROUTE = msgspec.json.Decoder(RerouteBody)
Make = Callable[[Services, Principal, Any, int], Callable[[Order, int, str], Change]]


def _accept(_here: Services, _who: Principal, _body: EmptyBody, n: int) -> Any:
    return lambda order, at_us, actor: fulfilment.accept(order, n, at_us, actor)


def _reject(_here: Services, _who: Principal, body: RejectBody, n: int) -> Any:
    lines = [(line.line, line.quantity) for line in body.lines]
    return lambda order, at_us, actor: fulfilment.reject(
        order, n, body.reason, at_us, actor, lines=lines, note=body.note
    )


def _pick(here: Services, who: Principal, body: PickBody, n: int) -> Any:
    picks = [
        Pick(
            line.line,
            line.quantity,
            line.short,
            tuple(line.serials),
            None if line.substitute is None else _substitute(here, who, line.substitute, i),
        )
        for i, line in enumerate(body.lines)
    ]
    return lambda order, at_us, actor: fulfilment.pick(order, n, at_us, actor, picks)


def _substitute(here: Services, who: Principal, body: SubstituteBody, i: int) -> Substitute:
    offer = here.catalogue.for_sale(who.party_no, body.offer, f"/lines/{i}/substitute/offer")
    return Substitute(offer.offer_no, offer.sku, body.quantity, None, tuple(body.serials), offer.scale)


def _pack(_here: Services, _who: Principal, body: PackBody, n: int) -> Any:
    return lambda order, at_us, actor: fulfilment.pack(order, n, at_us, actor, boxes=body.boxes)


def _ship(_here: Services, _who: Principal, body: ShipBody, n: int) -> Any:
    lines = [(line.line, line.quantity) for line in body.lines]
    return lambda order, at_us, actor: fulfilment.ship(
        order, n, at_us, actor, carrier=body.carrier, tracking=body.tracking, lines=lines
    )


def _deliver(_here: Services, _who: Principal, body: DeliverBody, n: int) -> Any:
    return lambda order, at_us, actor: fulfilment.deliver(order, n, at_us, actor, tracking=body.tracking)


def _ready(here: Services, _who: Principal, body: ReadyBody, n: int) -> Any:
    until = instant_us(body.collect_by, "/collect_by") if body.collect_by else 0
    secret = here.pick_up_secret
    return lambda order, at_us, actor: pick_up.ready(order, n, at_us, actor, secret=secret, collect_by_us=until)


def _renew(here: Services, _who: Principal, _body: EmptyBody, n: int) -> Any:
    secret = here.pick_up_secret
    return lambda order, at_us, actor: pick_up.renew_code(order, n, at_us, actor, secret=secret)


def _hand_over(here: Services, _who: Principal, body: HandOverBody, n: int) -> Any:
    secret = here.pick_up_secret
    return lambda order, at_us, actor: pick_up.hand_over(order, n, body.code, at_us, actor, secret=secret)


def _expire(_here: Services, _who: Principal, _body: EmptyBody, n: int) -> Any:
    return lambda order, at_us, actor: pick_up.expire_pick_up(order, n, at_us, actor)


def _close(_here: Services, _who: Principal, _body: EmptyBody, n: int) -> Any:
    return lambda order, at_us, actor: fulfilment.close(order, n, at_us, actor)


def _hold(_here: Services, _who: Principal, body: HoldBody, n: int) -> Any:
    return lambda order, at_us, actor: fulfilment.hold(order, n, body.reason, at_us, actor)


def _unhold(_here: Services, _who: Principal, _body: EmptyBody, n: int) -> Any:
    return lambda order, at_us, actor: fulfilment.unhold(order, n, at_us, actor)


_STEPS: dict[str, tuple[type, Make, object, str]] = {
    "accept": (EmptyBody, _accept, {}, "The location takes the work on."),
    "reject": (
        RejectBody,
        _reject,
        {"reason": "out_of_stock"},
        "The location can't serve. Another one that can takes over in the same step; never one that refused before.",
    ),
    "pick": (PickBody, _pick, {"lines": [{"line": 1, "quantity": 2}]}, "Goods were fetched, some perhaps not found."),
    "pack": (PackBody, _pack, {"boxes": 1}, "Everything is packed."),
    "ship": (ShipBody, _ship, {"carrier": "SF", "tracking": "SF123"}, "A parcel leaves."),
    "deliver": (DeliverBody, _deliver, {"tracking": "SF123"}, "A parcel arrived."),
    "ready": (ReadyBody, _ready, {}, "Everything waits at the counter; the shopper gets the code."),
    "renew-code": (EmptyBody, _renew, {}, "A new pick-up code; the old one is void."),
    "hand-over": (HandOverBody, _hand_over, {"code": "123456"}, "The shopper shows the code and takes everything."),
    "expire": (EmptyBody, _expire, {}, "Nobody came to collect: the goods go back to the shelf."),
    "close": (EmptyBody, _close, {}, "Nothing more will be sent from here."),
    "hold": (HoldBody, _hold, {"reason": "address check"}, "The work stops for now."),
    "unhold": (EmptyBody, _unhold, {}, "The work goes on."),
}


def work_filter(
    here: Here,
    who: WorkReader,
    places: Places,
    waits_for: Annotated[str | None, Query(description="Any of hold, accept, pick, pack, ship, collect.")] = None,
    late: Annotated[bool, Query(description="Only what waits for that longer than it should.")] = False,
    risk: Annotated[str | None, Query(description="overdue or soon: its promise isn't kept yet.")] = None,
    older_than: Annotated[int | None, Query(description="Minutes since it came to its location.")] = None,
    younger_than: Annotated[int | None, Query(description="Minutes since it came to its location.")] = None,
    kind: Annotated[str | None, Query(description="ship, same_day or pick_up.")] = None,
    location_kind: Annotated[str | None, Query(description="Any of store, warehouse, partner.")] = None,
    destination: Annotated[str | None, Query(description="north or south: where it is sent.")] = None,
    placed_from: Annotated[str | None, Query(description="Only of orders placed since then.")] = None,
    updated_from: Annotated[str | None, Query(description="Only what had its last step since then.")] = None,
    promised_from: Annotated[str | None, Query(description="Only what is promised by then or later.")] = None,
    promised_to: Annotated[str | None, Query(description="Only what is promised by an earlier time.")] = None,
    kept: Annotated[bool, Query(description="Only what was finished by the time promised.")] = False,
) -> WorkFilter:
    """What a list of work is filtered by; `work_search` refuses what there is not."""

    def at_us(text: str | None, name: str) -> int | None:
        return instant_us(text, f"/{name}") if text else None

    return WorkFilter(
        _listed(waits_for or ""),
        late,
        cast(Risk | None, risk or None),
        older_than,
        younger_than,
        kind or None,
        _listed(location_kind or ""),
        cast(Destination | None, destination or None),
        at_us(placed_from, "placed_from"),
        at_us(updated_from, "updated_from"),
        (at_us(promised_from, "promised_from"), at_us(promised_to, "promised_to")),
        kept,
        numbers(here, who, places),
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",")) if text else ()


_ANY = WorkFilter()


@router.get("")
async def work(
    here: Here,
    who: WorkReader,
    location: str | None = None,
    state: str = "open,in_progress,on_hold",
    wanted: Annotated[WorkFilter, Depends(work_filter)] = _ANY,
    limit: int = 50,
    cursor: str | None = None,
    include: Include = None,
) -> dict[str, Any]:
    """A location's work, most urgent first; without a location, all of the brand's, newest first, or, when asked for
    what waits, most urgent first."""
    statement, values = _search(here, who, location, state, wanted, limit, cursor)
    async with here.pool.connection() as connection:
        rows = await (await connection.execute(SQL[statement], values)).fetchall()
    found = [(decode(document), number) for number, _, document, _ in rows]
    reader = here.reader(who)
    after = work_cursor(*found[-1]) if len(found) == limit else None
    works = [fulfilment_view(o, o.fulfilments[number - 1], reader) for o, number in found]
    page = {"fulfilment_orders": works, "next_cursor": after}
    return page | (articles(here, who, works) if include else {})


def _search(
    here: Services,
    who: Principal,
    location: str | None,
    state: str,
    wanted: WorkFilter,
    limit: int = 1,
    cursor: str | None = None,
) -> tuple[str, dict[str, Any]]:
    """The statement that finds the work, and its parameters."""
    location_no = (here.location_no(who, location, "/location") if location else who.location_no) or 0
    states, now_us = _listed(state), here.clock.now_us()
    values = work_search(
        here.owner.partition_id,
        who.party_no,
        location_no,
        states,
        wanted,
        patience=here.waiting.patience,
        limits=here.waiting.limits(now_us) if wanted.late else None,
        now_us=now_us,
        limit=limit,
        cursor=cursor,
    )
    return work_statement(location_no, states, wanted), values


@router.get("/count")
async def count(
    here: Here,
    who: WorkReader,
    location: str | None = None,
    state: str = "open,in_progress,on_hold",
    wanted: Annotated[WorkFilter, Depends(work_filter)] = _ANY,
) -> dict[str, Any]:
    """How much work the list has with the same filters, and how many units its locations gave or will give."""
    statement, values = _search(here, who, location, state, wanted)
    async with here.pool.connection() as connection:
        row = await (await connection.execute(counted(SQL[statement], "sum(units)"), values)).fetchone()
    assert row is not None
    return {"count": row[0], "units": int(row[1] or 0)}


@router.get("/choices")
async def choices(here: Here, who: WorkReader, request: Request) -> dict[str, Any]:
    """What somebody who works on them chooses from: reasons to reject, in words, and carriers."""
    zh = language(request) == "zh"
    return {
        "reject_reasons": [
            {"code": code, "text": zh_text if zh else en, "units_stay_for_sale": stock_after_reject(code) == "release"}
            for code, (en, zh_text) in fulfilment.REJECT_WORDS.items()
        ],
        "carriers": [
            {"code": carrier.code, "name": carrier.name} for carrier in here.network.carriers_of(who.party_no)
        ],
    }


@router.get("/{fulfilment_id}")
async def get(fulfilment_id: str, here: Here, who: WorkReader, include: Include = None) -> dict[str, Any]:
    """One fulfilment order, with the steps that are possible now."""
    order, number = await _find(here, who, fulfilment_id)
    told = fulfilment_view(order, order.fulfilments[number - 1], here.reader(who))
    return told | (articles(here, who, [told]) if include else {})


@router.get("/{fulfilment_id}/label")
async def label(fulfilment_id: str, here: Here, who: WorkReader) -> dict[str, Any]:
    """What a parcel's label says. Name and phone are masked: the courier needs no more, and whoever finds the parcel
    learns no more."""
    who.require_shoppers()
    order, number = await _find(here, who, fulfilment_id)
    work = order.fulfilments[number - 1]
    place = here.network.location(work.location_no)
    return {
        "id": fulfilment_id,
        "channel": order.channel,
        "channel_order_id": order.channel_order_id,
        "kind": work.kind,
        "carrier": work.carrier or None,
        "boxes": work.boxes,
        "units": sum(line.quantity - line.short - line.withdrawn for line in work.lines),
        "promised_to": rfc3339(work.promised_to_us) if work.promised_to_us else None,
        "from": {"location": place.code, "name": place.name, "address": place.address},
        "to": _addressee(here, order) if work.kind != "pick_up" else None,
        "gift": order.gift is not None,
    }


def _addressee(here: Services, order: Order) -> dict[str, Any]:
    to = order.deliver_to
    sealed = msgspec.json.decode(here.open_envelope(to.envelope)) if to is not None and to.envelope else {}
    return {
        "name": masked_name(sealed.get("name", "")),
        "phone": masked_phone(sealed.get("phone", "")),
        "address": sealed.get("address", ""),
        "region": "" if to is None else to.region,
    }


@router.get("/{fulfilment_id}/code")
async def code(
    fulfilment_id: str, here: Here, who: Annotated[Principal, Depends(requires("orders:read"))]
) -> dict[str, Any]:
    """The pick-up code, for the shopper's own page or message; a store's device can't see it."""
    who.require_shoppers()
    order, number = await _find(here, who, fulfilment_id)
    if who.location_no is not None:
        raise _unknown(fulfilment_id)
    return {"code": pick_up.code_of(here.pick_up_secret, order, number) or None}


@router.post("/{fulfilment_id}/re-route", openapi_extra=described(RerouteBody, {"reason": "queue at the counter"}))
async def re_route(
    fulfilment_id: str, request: Request, here: Here, who: Annotated[Principal, Depends(requires("orders:write"))]
) -> dict[str, Any]:
    """Move what is not picked yet to other locations that can serve all of it, in one step."""
    order, number = await _find(here, who, fulfilment_id)
    ask = await asked(request, who, here.settings.max_body_bytes)
    reason = ask.body_or_empty(_REROUTE).reason
    command = Reroute(order.order_id, number, reason, here.router, who.actor, who.party_no, *ask.key())
    told = msgspec.json.decode(await here.owner.ask(command))
    mine = next(work for work in told["fulfilment_orders"] if work["id"] == fulfilment_id)
    return {"fulfilment_order": mine, "order": seen(here, who, told)}


async def _find(here: Services, who: Principal, fulfilment_id: str) -> tuple[Order, int]:
    parsed = parse_fulfilment_id(fulfilment_id)
    if parsed is None:
        raise _unknown(fulfilment_id)
    order_id, number = parsed
    try:
        order = await find(here, who, order_id)
    except Problem:
        raise _unknown(fulfilment_id) from None
    if number > len(order.fulfilments) or not who.sees_location(order.fulfilments[number - 1].location_no):
        raise _unknown(fulfilment_id)
    return order, number


def _unknown(fulfilment_id: str) -> Problem:
    return Problem(
        NOT_FOUND,
        f"There is no fulfilment order {fulfilment_id[:64]}.",
        f"没有履约单 {fulfilment_id[:64]}。",
    )


def _add(name: str, body_type: type, make: Make, example: object, help_text: str) -> None:
    decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(body_type)

    async def take(fulfilment_id: str, request: Request, here: Here, who: WorkWriter) -> dict[str, Any]:
        order, number = await _find(here, who, fulfilment_id)
        ask = await asked(request, who, here.settings.max_body_bytes)
        body = ask.body_or_empty(decoder)
        about = {"location": here.location_code(order.fulfilments[number - 1].location_no)}
        if isinstance(body, RejectBody) and body.reason in fulfilment.REJECT_WORDS:
            about["reason"] = body.reason
        note(request, **about)
        told = await step(here, ask, order.order_id, make(here, who, body, number), number=number)
        mine = next(work for work in told["fulfilment_orders"] if work["id"] == fulfilment_id)
        return {"fulfilment_order": mine, "order": seen(here, who, told)}

    take.__name__ = name.replace("-", "_")
    take.__doc__ = help_text
    router.post(f"/{{fulfilment_id}}/{name}", openapi_extra=described(body_type, example))(take)


for _name, (_body, _make, _example, _help) in _STEPS.items():
    _add(_name, _body, _make, _example, _help)
