"""Orders: look up, search, explain, edit, cancel, pay, and what came of them."""

from dataclasses import replace
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Header, Query, Request, Response
from msgspec import Meta, Struct

from manystores.api import decisions
from manystores.api.bodies import Asked, asked, described
from manystores.api.deps import Here, language, requires
from manystores.api.names import names
from manystores.api.search import sees
from manystores.api.services import Services, instant_us, location_disabled
from manystores.core.auth import Principal
from manystores.core.clock import from_datetime, rfc3339
from manystores.core.errors import NOT_FOUND, FieldError, Problem
from manystores.core.sql import queries
from manystores.flows.rules import CANT_SERVE
from manystores.flows.transition import Step, Transition
from manystores.orders import changes, payments
from manystores.orders.draft import PlaceBody
from manystores.orders.order import Order, decode
from manystores.orders.placing import deliver_to, sealed
from manystores.orders.search import OrderFilter, counted, order_cursor, order_search, order_statement
from manystores.orders.view import order_view

router = APIRouter(prefix="/v1/orders", tags=["orders"])
SQL = queries("manystores.orders")
OrderReader = Annotated[Principal, Depends(requires("orders:read"))]
OrderWriter = Annotated[Principal, Depends(requires("orders:write"))]
IfMatch = Annotated[str | None, Header()]
Include = Annotated[
    Literal["names"] | None,
    Query(description="`names`: what its offers and locations are called, and who took its steps, too."),
]


class QuantityBody(Struct, forbid_unknown_fields=True):
    """So much of a line; lines are numbered from 1."""

    line: Annotated[int, Meta(ge=1, le=32_767)]
    quantity: Annotated[int, Meta(ge=0, le=100_000)]


class CancelBody(Struct, forbid_unknown_fields=True):
    """Cancel everything, or so much of some lines."""

    reason: Annotated[str, Meta(max_length=200)] = ""
    lines: Annotated[list[QuantityBody], Meta(max_length=400)] = []


class EditBody(Struct, forbid_unknown_fields=True):
    """What to change before picking starts; `quantity` is what shall be kept of the line. With `pick_up_at` the shopper
    collects it there, instead of having it delivered or of collecting it elsewhere."""

    lines: Annotated[list[QuantityBody], Meta(max_length=400)] = []
    deliver_to: PlaceBody | None = None
    pick_up_at: Annotated[str, Meta(min_length=1, max_length=128)] | None = None
    notes: Annotated[str, Meta(max_length=1000)] | None = None


class PaymentBody(Struct, forbid_unknown_fields=True):
    """A fact about money; repeated with the same reference it changes nothing."""

    kind: Literal["authorised", "captured", "paid", "refunded"]
    amount: Annotated[int, Meta(ge=1, le=10**13)]
    reference: Annotated[str, Meta(min_length=1, max_length=128)]
    method: Annotated[str, Meta(max_length=64)] = ""


_CANCEL = msgspec.json.Decoder(CancelBody)
_EDIT = msgspec.json.Decoder(EditBody)
_PAYMENT = msgspec.json.Decoder(PaymentBody)
_STEPS = {
    "authorised": payments.authorise,
    "captured": payments.capture,
    "paid": payments.pay,
    "refunded": payments.refund,
}


async def find(here: Services, who: Principal, order_id: UUID) -> Order:
    """An order that this key may see; a store's device sees what its store serves or sold."""
    values = {"partition_id": here.owner.partition_id, "party_no": who.party_no, "order_id": order_id}
    async with here.pool.connection() as connection:
        row = await (await connection.execute(SQL["get_order"], values)).fetchone()
    order = decode(row[0]) if row else None
    if order is None or not sees(who, order):
        raise Problem(NOT_FOUND, f"There is no order {order_id}.", f"没有订单 {order_id}。")
    return order


def view(here: Services, who: Principal, order: Order) -> dict[str, Any]:
    """An order as its own party sees it, personal data included for who may see it."""
    return seen(here, who, order_view(order, here.reader(who)))


def seen(here: Services, who: Principal, told: dict[str, Any]) -> dict[str, Any]:
    """An order as this key may see it: a store's device that did not sell it sees its own store's part of the work."""
    if who.location_no is None:
        return told
    here_code = here.location_code(who.location_no)
    if told.get("sold_at") == here_code:
        return told
    works = [work for work in told["fulfilment_orders"] if work["location"] == here_code]
    backs = [back for back in told["returns"] if back["location"] == here_code]
    own = {"fulfilment": {int(work["id"].rpartition("-")[2]) for work in works}}
    own |= {"return": {back["number"] for back in backs}}
    steps = [s for s in told["history"] if s["number"] is None or s["number"] in own[s["kind"].partition(".")[0]]]
    return told | {"fulfilment_orders": works, "returns": backs, "history": steps}


def shown(here: Services, who: Principal, order: Order, response: Response) -> dict[str, Any]:
    """An order with its ETag."""
    response.headers["etag"] = changes.etag(order)
    return view(here, who, order)


async def step(
    here: Services,
    ask: Asked,
    order_id: UUID,
    what: Step,
    *,
    number: int = 0,
    if_match: str | None = None,
    location_no: int | None = None,
    asked_for: bool = False,
) -> Any:
    """Take a step with an order through its owner; the order as told afterwards."""
    who = ask.principal
    key, mark = ask.key()
    command = Transition(
        order_id,
        what,
        here.router,
        who.actor,
        who.party_no,
        number=number,
        location_no=(who.location_no if location_no is None else location_no) or 0,
        if_match=if_match,
        asked_for=asked_for,
        request_key=key,
        fingerprint=mark,
    )
    return msgspec.json.decode(await here.owner.ask(command))


def order_filter(
    here: Here,
    who: OrderReader,
    state: str | None = None,
    channel: str | None = None,
    location: str | None = None,
    placed_from: str | None = None,
    placed_to: str | None = None,
    text: Annotated[str | None, Query(max_length=128)] = None,
    unserved: bool = False,
) -> OrderFilter:
    """The orders that a request asks for. `unserved`: only those of which no location serves some units."""
    location_no = here.location_no(who, location, "/location") if location else who.location_no
    return OrderFilter(
        state,
        channel,
        location_no,
        instant_us(placed_from, "/placed_from") if placed_from else None,
        instant_us(placed_to, "/placed_to") if placed_to else None,
        text,
        unserved,
    )


Wanted = Annotated[OrderFilter, Depends(order_filter)]


@router.get("")
async def search(
    here: Here, who: OrderReader, wanted: Wanted, limit: int = 50, cursor: str | None = None
) -> dict[str, Any]:
    """Orders, newest first; filtered, in pages. `unserved`: only those of which no location serves some units."""
    values = order_search(here.owner.partition_id, who.party_no, wanted, limit=limit, cursor=cursor)
    async with here.pool.connection() as connection:
        rows = await (await connection.execute(SQL[order_statement(wanted)], values)).fetchall()
    found = [decode(row[0]) for row in rows]
    after = order_cursor(found[-1]) if len(found) == limit else None
    return {"orders": [view(here, who, order) for order in found], "next_cursor": after}


@router.get("/count")
async def count(here: Here, who: OrderReader, wanted: Wanted) -> dict[str, Any]:
    """How many orders the list has with the same filters."""
    values = order_search(here.owner.partition_id, who.party_no, wanted, limit=1)
    async with here.pool.connection() as connection:
        row = await (await connection.execute(counted(SQL[order_statement(wanted)]), values)).fetchone()
    assert row is not None
    return {"count": row[0]}


@router.get("/{order_id}")
async def get(
    order_id: UUID, here: Here, who: OrderReader, response: Response, include: Include = None
) -> dict[str, Any]:
    """One order, with its fulfilment orders, payments, returns and history."""
    told = shown(here, who, await find(here, who, order_id), response)
    return told | (await names(here, who, told) if include else {})


@router.get("/{order_id}/decision")
async def decision(order_id: UUID, here: Here, who: OrderReader, request: Request) -> dict[str, Any]:
    """Why the order is served from where it is: candidates with their costs, who was excluded and why, in words. A
    store's device is told why the order came to its store, or did not."""
    order = await find(here, who, order_id)
    values = {"partition_id": here.owner.partition_id, "party_no": who.party_no, "order_id": order_id}
    async with here.pool.connection() as connection:
        rows = await (await connection.execute(SQL["decisions_of_order"], values)).fetchall()
    tongue: decisions.Tongue = "zh" if language(request) == "zh" else "en"
    return {
        "order": str(order.order_id),
        "decisions": [
            decisions.told(
                here, who, order, decisions.Written(number, version, rfc3339(from_datetime(at)), body), tongue
            )
            for number, version, at, body in rows
        ],
    }


@router.post("/{order_id}/cancel", openapi_extra=described(CancelBody, {"reason": "changed my mind"}))
async def cancel(order_id: UUID, request: Request, here: Here, who: OrderWriter, if_match: IfMatch = None) -> Any:
    """Cancel what is not shipped yet, whole or in part; its stock is free at once."""
    await find(here, who, order_id)
    ask = await asked(request, who, here.settings.max_body_bytes)
    body = ask.body_or_empty(_CANCEL)
    lines = [(line.line, line.quantity) for line in body.lines]

    def take(order: Order, at_us: int, actor: str) -> Any:
        return changes.cancel(order, at_us, actor, reason=body.reason, lines=lines)

    return seen(here, who, await step(here, ask, order_id, take, if_match=if_match))


@router.patch("/{order_id}", openapi_extra=described(EditBody, {"lines": [{"line": 1, "quantity": 1}]}))
async def edit(order_id: UUID, request: Request, here: Here, who: OrderWriter, if_match: IfMatch = None) -> Any:
    """Change an order before its picking starts: quantities, address, place of pick-up, notes. What can't be served
    then is refused, and nothing changes."""
    await find(here, who, order_id)
    ask = await asked(request, who, here.settings.max_body_bytes)
    body = ask.body(_EDIT)
    wanted = changes.Edit(
        quantities=[(line.line, line.quantity) for line in body.lines],
        deliver_to=None if body.deliver_to is None else deliver_to(body.deliver_to, here.sealer),
        pick_up_at=None if body.pick_up_at is None else _pick_up_at(here, who, body.pick_up_at),
        notes=None if body.notes is None else sealed(body.notes, here.sealer),
    )

    def take(order: Order, at_us: int, actor: str) -> Any:
        return changes.edit(order, wanted, at_us, actor)

    try:
        return seen(here, who, await step(here, ask, order_id, take, if_match=if_match, asked_for=True))
    except Problem as problem:
        if problem.rule is not CANT_SERVE:
            raise
        raise replace(problem, fields=_unserved(body, problem.extra.get("short"))) from None


def _unserved(body: EditBody, short: Any) -> tuple[FieldError, ...]:
    """Where the edit asks for more than can be served: at the new place, else at the lines that grew."""
    if body.pick_up_at is not None:
        en, zh = "has too little of what is ordered; choose another", "该门店库存不足，请选择其他门店"
        return (FieldError("/pick_up_at", "cannot_serve", en, zh),)
    less = {one["line"] + 1: one["available"] for one in short or ()}
    return tuple(
        FieldError(
            f"/lines/{i}/quantity",
            "cannot_serve",
            f"{less[line.line]} more can be served; take less",
            f"最多还可追加 {less[line.line]} 件，请减少数量",
        )
        for i, line in enumerate(body.lines)
        if line.line in less
    )


def _pick_up_at(here: Services, who: Principal, code: str) -> int:
    number = here.network.number(who.party_no, code, "/pick_up_at")
    if not here.network.enabled[number]:
        raise location_disabled(code, "/pick_up_at")
    return number


@router.post(
    "/{order_id}/payments",
    openapi_extra=described(PaymentBody, {"kind": "captured", "amount": 1990, "reference": "pay-1"}),
)
async def pay(order_id: UUID, request: Request, here: Here, who: OrderWriter) -> Any:
    """Record what happened to the money; paying in full ends the unpaid deadline."""
    await find(here, who, order_id)
    ask = await asked(request, who, here.settings.max_body_bytes)
    body = ask.body(_PAYMENT)

    def take(order: Order, at_us: int, actor: str) -> Any:
        return _STEPS[body.kind](order, body.amount, body.reference, at_us, actor, method=body.method)

    return seen(here, who, await step(here, ask, order_id, take))
