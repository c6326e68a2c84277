"""Returns: to any location, restocked or written off, refunded."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Request
from msgspec import Meta, Struct

from manystores.api.bodies import asked, described
from manystores.api.deps import Here, requires
from manystores.api.routes.orders import find, seen, step
from manystores.api.services import Services
from manystores.core.auth import Principal
from manystores.core.errors import NOT_FOUND, Problem
from manystores.orders import returns
from manystores.orders.effects import Change
from manystores.orders.order import Order

router = APIRouter(prefix="/v1/returns", tags=["returns"])
Writer = Annotated[Principal, Depends(requires("returns:write"))]
Line = Annotated[int, Meta(ge=1, le=32_767)]
Units = Annotated[int, Meta(ge=0, le=100_000)]


class BackBody(Struct, forbid_unknown_fields=True):
    """So much of a line comes back, and why."""

    line: Line
    quantity: Annotated[int, Meta(ge=1, le=100_000)]
    reason: Annotated[str, Meta(max_length=200)] = ""


class ReturnBody(Struct, forbid_unknown_fields=True):
    """The shopper gives something back, at any location."""

    order: UUID
    location: Annotated[str, Meta(min_length=1, max_length=128)]
    lines: Annotated[list[BackBody], Meta(min_length=1, max_length=400)]


class ReceivedBody(Struct, forbid_unknown_fields=True):
    """What came back of a line: to be sold again, or written off."""

    line: Line
    restocked: Units = 0
    written_off: Units = 0


class ReceiveBody(Struct, forbid_unknown_fields=True):
    """What came back; without lines, all of it, to be sold again."""

    lines: Annotated[list[ReceivedBody], Meta(max_length=400)] = []


class CounterLineBody(Struct, forbid_unknown_fields=True):
    """So much of a line was put on the counter: to be sold again, or written off, and why it comes back."""

    line: Line
    restocked: Units = 0
    written_off: Units = 0
    reason: Annotated[str, Meta(max_length=200)] = ""


class CounterBody(Struct, forbid_unknown_fields=True):
    """A shopper brings goods to the counter of a location."""

    order: UUID
    location: Annotated[str, Meta(min_length=1, max_length=128)]
    lines: Annotated[list[CounterLineBody], Meta(min_length=1, max_length=400)]


class RefuseBody(Struct, forbid_unknown_fields=True):
    """Why the goods are not taken back."""

    reason: Annotated[str, Meta(min_length=1, max_length=200)]


class CompleteBody(Struct, forbid_unknown_fields=True):
    """What was paid back, in minor units."""

    refunded: Annotated[int, Meta(ge=0, le=10**13)] = 0
    reference: Annotated[str, Meta(max_length=128)] = ""


_COUNTER = msgspec.json.Decoder(CounterBody)
_RETURN = msgspec.json.Decoder(ReturnBody)
_RECEIVE = msgspec.json.Decoder(ReceiveBody)
_REFUSE = msgspec.json.Decoder(RefuseBody)
_COMPLETE = msgspec.json.Decoder(CompleteBody)


def _told(here: Services, who: Principal, order: dict[str, Any], number: int) -> dict[str, Any]:
    return {"return": order["returns"][number - 1], "order": seen(here, who, order)}


@router.post(
    "",
    status_code=201,
    openapi_extra=described(
        ReturnBody,
        {
            "order": "0192f0c1-2345-7abc-8def-0123456789ab",
            "location": "S3",
            "lines": [{"line": 1, "quantity": 1, "reason": "too small"}],
        },
    ),
)
async def request_return(request: Request, here: Here, who: Writer) -> dict[str, Any]:
    """Ask to give something back. Never more than was shipped."""
    ask = await asked(request, who, here.settings.max_body_bytes)
    body = ask.body(_RETURN)
    location_no = here.location_no(who, body.location, "/location")
    backs = [returns.Back(line.line, line.quantity, line.reason) for line in body.lines]

    def take(order: Order, at_us: int, actor: str) -> Change:
        return returns.request_return(order, location_no, backs, at_us, actor)

    told = await step(here, ask, body.order, take, location_no=0)
    return _told(here, who, told, len(told["returns"]))


@router.post(
    "/at-counter",
    status_code=201,
    openapi_extra=described(
        CounterBody,
        {
            "order": "0192f0c1-2345-7abc-8def-0123456789ab",
            "location": "S3",
            "lines": [{"line": 1, "restocked": 1, "reason": "too small"}],
        },
    ),
)
async def take_at_counter(request: Request, here: Here, who: Writer) -> dict[str, Any]:
    """Take goods back over the counter: requested, accepted and received in one step. The refund follows with
    `complete`. Never more than was shipped."""
    ask = await asked(request, who, here.settings.max_body_bytes)
    body = ask.body(_COUNTER)
    location_no = here.location_no(who, body.location, "/location")
    backs = [returns.Back(line.line, line.restocked + line.written_off, line.reason) for line in body.lines]
    came = [returns.Received(line.line, line.restocked, line.written_off) for line in body.lines]

    def take(order: Order, at_us: int, actor: str) -> Change:
        return returns.take_back(order, location_no, backs, came, at_us, actor)

    told = await step(here, ask, body.order, take, location_no=0)
    return _told(here, who, told, len(told["returns"]))


async def _at(here: Here, who: Principal, order_id: UUID, number: int) -> None:
    """Not found unless this key may work on the return."""
    order = await find(here, who, order_id)
    if not 0 < number <= len(order.returns) or not who.sees_location(order.returns[number - 1].location_no):
        raise Problem(NOT_FOUND, f"There is no return {order_id}/{number}.", f"没有退货单 {order_id}/{number}。")


@router.post("/{order_id}/{number}/accept", openapi_extra=described(ReceiveBody, {}))
async def accept(order_id: UUID, number: int, request: Request, here: Here, who: Writer) -> dict[str, Any]:
    """The goods may be brought or sent."""
    await _at(here, who, order_id, number)
    ask = await asked(request, who, here.settings.max_body_bytes)

    def take(order: Order, at_us: int, actor: str) -> Change:
        return returns.accept_return(order, number, at_us, actor)

    return _told(here, who, await step(here, ask, order_id, take, location_no=0), number)


@router.post("/{order_id}/{number}/reject", openapi_extra=described(RefuseBody, {"reason": "worn"}))
async def reject(order_id: UUID, number: int, request: Request, here: Here, who: Writer) -> dict[str, Any]:
    """The goods are not taken back."""
    await _at(here, who, order_id, number)
    ask = await asked(request, who, here.settings.max_body_bytes)
    reason = ask.body(_REFUSE).reason

    def take(order: Order, at_us: int, actor: str) -> Change:
        return returns.reject_return(order, number, reason, at_us, actor)

    return _told(here, who, await step(here, ask, order_id, take, location_no=0), number)


@router.post(
    "/{order_id}/{number}/receive",
    openapi_extra=described(ReceiveBody, {"lines": [{"line": 1, "restocked": 1}]}),
)
async def receive(order_id: UUID, number: int, request: Request, here: Here, who: Writer) -> dict[str, Any]:
    """The goods came in: to be sold again, or written off."""
    await _at(here, who, order_id, number)
    ask = await asked(request, who, here.settings.max_body_bytes)
    lines = [
        returns.Received(line.line, line.restocked, line.written_off) for line in ask.body_or_empty(_RECEIVE).lines
    ]

    def take(order: Order, at_us: int, actor: str) -> Change:
        return returns.receive_return(order, number, at_us, actor, lines)

    return _told(here, who, await step(here, ask, order_id, take, location_no=0), number)


@router.post(
    "/{order_id}/{number}/complete",
    openapi_extra=described(CompleteBody, {"refunded": 1990, "reference": "refund-1"}),
)
async def complete(order_id: UUID, number: int, request: Request, here: Here, who: Writer) -> dict[str, Any]:
    """The return is done; what was paid back is recorded."""
    await _at(here, who, order_id, number)
    ask = await asked(request, who, here.settings.max_body_bytes)
    body = ask.body_or_empty(_COMPLETE)

    def take(order: Order, at_us: int, actor: str) -> Change:
        return returns.complete_return(
            order, number, at_us, actor, refund_amount=body.refunded, reference=body.reference
        )

    return _told(here, who, await step(here, ask, order_id, take, location_no=0), number)
