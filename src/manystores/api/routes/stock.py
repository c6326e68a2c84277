"""Stock changes: counts, adjustments, transfers."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Request
from msgspec import Meta, Struct

from manystores.api.bodies import asked, described
from manystores.api.deps import Here, language, note, requires
from manystores.api.http import problem_reply
from manystores.api.services import EVERYWHERE, Services, instant_us
from manystores.core.auth import Principal
from manystores.core.clock import rfc3339
from manystores.core.errors import INVALID, NOT_FOUND, FieldError, Problem
from manystores.core.ids import uuid7
from manystores.ledger import Key
from manystores.promise.rules import SHORT
from manystores.promise.stock import ChangeStock, CountStock, ReceiveTransfer, SendTransfer

router = APIRouter(prefix="/v1/stock", tags=["stock"])
MAX_ITEMS = 10_000

Code = Annotated[str, Meta(min_length=1, max_length=128)]
Units = Annotated[int, Meta(ge=0, le=1_000_000_000_000)]
Writer = Annotated[Principal, Depends(requires("stock:write"))]


class CountBody(Struct, forbid_unknown_fields=True):
    """An absolute count. Without `counted_at` it holds as of its arrival."""

    location: Code
    offer: Code
    on_hand: Units
    counted_at: str | None = None
    sequence: Annotated[int, Meta(ge=0, le=2**62)] | None = None
    window: str | None = None
    lot: Annotated[str, Meta(max_length=128)] = ""


class CountsBody(Struct, forbid_unknown_fields=True):
    """Counts, each decided for itself."""

    counts: Annotated[list[CountBody], Meta(min_length=1, max_length=MAX_ITEMS)]


class AdjustmentBody(Struct, forbid_unknown_fields=True):
    """A change of stock by so many units; only `adjust` may be negative."""

    location: Code
    offer: Code
    quantity: Annotated[int, Meta(ge=-1_000_000_000_000, le=1_000_000_000_000)]
    change: Literal["receive", "adjust", "set_aside", "put_back", "write_off", "announce", "arrive"] = "adjust"
    window: str | None = None
    lot: Annotated[str, Meta(max_length=128)] = ""
    note: Annotated[str, Meta(max_length=500)] = ""


class AdjustmentsBody(Struct, forbid_unknown_fields=True):
    """Adjustments, each decided for itself."""

    adjustments: Annotated[list[AdjustmentBody], Meta(min_length=1, max_length=MAX_ITEMS)]


class TransferBody(Struct, forbid_unknown_fields=True):
    """Goods leave one location for another."""

    source: Code
    target: Code
    offer: Code
    quantity: Annotated[int, Meta(ge=1, le=1_000_000_000_000)]


class ArrivalBody(Struct, forbid_unknown_fields=True):
    """What arrived of a transfer; all of it unless said otherwise."""

    received: Units | None = None


_COUNTS = msgspec.json.Decoder(CountsBody)
_ADJUSTMENTS = msgspec.json.Decoder(AdjustmentsBody)
_TRANSFER = msgspec.json.Decoder(TransferBody)
_ARRIVAL = msgspec.json.Decoder(ArrivalBody)


def _key(here: Services, who: Principal, location: str, offer: str, window: str | None, at: str, lot: str = "") -> Key:
    window_us = 0 if window is None else instant_us(window, f"{at}/window")
    lot_no = here.lots.number(lot, f"{at}/lot")
    if location == EVERYWHERE:
        return Key(0, here.quota_no(who, offer, at), window_us, lot_no)
    number = here.location_no(who, location, f"{at}/location")
    return Key(number, here.catalogue.number(who.party_no, offer, f"{at}/offer"), window_us, lot_no)


def _count(here: Services, who: Principal, body: CountBody, i: int, key: tuple[bytes | None, int]) -> CountStock:
    at = f"/counts/{i}"
    counted_us = None if body.counted_at is None else instant_us(body.counted_at, f"{at}/counted_at")
    bucket = _key(here, who, body.location, body.offer, body.window, at, body.lot)
    return CountStock(who.actor, who.party_no, bucket, body.on_hand, counted_us, body.sequence, *key)


def _adjustment(
    here: Services, who: Principal, body: AdjustmentBody, i: int, key: tuple[bytes | None, int]
) -> ChangeStock:
    at = f"/adjustments/{i}"
    if body.quantity == 0 or (body.quantity < 0 and body.change != "adjust"):
        field = FieldError(
            f"{at}/quantity",
            "out_of_range",
            f"{body.change} needs at least 1; only adjust may be negative.",
            f"{body.change} 的数量至少为 1；只有 adjust 可为负数。",
        )
        raise Problem(INVALID, fields=(field,))
    bucket = _key(here, who, body.location, body.offer, body.window, at, body.lot)
    return ChangeStock(who.actor, who.party_no, bucket, body.change, body.quantity, body.note, *key)


async def _decide(
    here: Services, commands: list[tuple[int, CountStock | ChangeStock]], results: list[Any], tongue: str
) -> list[Any]:
    answers = await here.owner.submit([command for _, command in commands])
    for (i, command), answer in zip(commands, answers, strict=True):
        results[i] = (
            _refused(_named(here, answer, command.key), tongue)
            if isinstance(answer, Problem)
            else {"status": 200, "stock": _told(here, answer)}
        )
    return results


def _named(here: Services, problem: Problem, key: Key) -> Problem:
    """The refusal of a change that would take more than there is, with the bucket named."""
    if problem.rule is not SHORT:
        return problem
    short = problem.extra["short"]
    left = short[0]["available"]  # type: ignore[index]
    location, offer = here.location_code(key.location_no), here.offer_sku(key.offer_no)
    return Problem(
        SHORT,
        f"{left} of {offer} at {location} can be taken at most: what is promised stays.",
        f"{location} 的 {offer} 最多可减少 {left}：已承诺的数量必须保留。",
        extra={"short": [{"location": location, "offer": offer, "available": left}]},
    )


def _refused(problem: Problem, tongue: str) -> dict[str, Any]:
    body = msgspec.json.decode(problem_reply(problem, tongue).body)
    return {"status": problem.rule.status, "problem": body}


def _told(here: Services, fact: dict[str, Any]) -> dict[str, Any]:
    """A stock fact with codes instead of numbers."""
    told = {name: value for name, value in fact.items() if not name.endswith(("_no", "_us"))}
    codes = {"location": here.location_code(fact["location_no"]), "offer": here.offer_sku(fact["offer_no"])}
    if fact["lot_no"]:
        codes["lot"] = here.lots.name(fact["lot_no"])
    if fact["window_us"]:
        codes["window"] = rfc3339(fact["window_us"])
    return codes | told


@router.post(
    "/counts", openapi_extra=described(CountsBody, {"counts": [{"location": "S1", "offer": "X1", "on_hand": 5}]})
)
async def count(request: Request, here: Here, who: Writer) -> dict[str, Any]:
    """Take over absolute counts of another system; what moved since `counted_at` is applied to them."""
    ask = await asked(request, who, here.settings.max_body_bytes)
    counts, tongue = ask.body(_COUNTS).counts, language(request)
    note(request, items=len(counts))
    results: list[Any] = [None] * len(counts)
    await here.know_lots(body.lot for body in counts)
    commands: list[tuple[int, CountStock | ChangeStock]] = []
    for i, body in enumerate(counts):
        try:
            commands.append((i, _count(here, who, body, i, ask.item_key(i, body))))
        except Problem as problem:
            results[i] = _refused(problem, tongue)
    return {"results": await _decide(here, commands, results, tongue)}


@router.post(
    "/adjustments",
    openapi_extra=described(
        AdjustmentsBody, {"adjustments": [{"location": "S1", "offer": "X1", "change": "receive", "quantity": 12}]}
    ),
)
async def adjust(request: Request, here: Here, who: Writer) -> dict[str, Any]:
    """Receive, adjust, set aside, put back, write off, announce what comes in."""
    ask = await asked(request, who, here.settings.max_body_bytes)
    adjustments, tongue = ask.body(_ADJUSTMENTS).adjustments, language(request)
    note(request, items=len(adjustments))
    results: list[Any] = [None] * len(adjustments)
    await here.know_lots(body.lot for body in adjustments)
    commands: list[tuple[int, CountStock | ChangeStock]] = []
    for i, body in enumerate(adjustments):
        try:
            commands.append((i, _adjustment(here, who, body, i, ask.item_key(i, body))))
        except Problem as problem:
            results[i] = _refused(problem, tongue)
    return {"results": await _decide(here, commands, results, tongue)}


@router.post(
    "/transfers",
    status_code=201,
    openapi_extra=described(TransferBody, {"source": "W1", "target": "S1", "offer": "X1", "quantity": 6}),
)
async def transfer(request: Request, here: Here, who: Writer) -> dict[str, Any]:
    """Send goods to another location: off the shelf here, in transit there."""
    ask = await asked(request, who, here.settings.max_body_bytes)
    body = ask.body(_TRANSFER)
    if body.source == body.target:
        field = FieldError("/target", "same_location", "Choose another location.", "请选择另一个地点。")
        raise Problem(INVALID, fields=(field,))
    source = _key(here, who, body.source, body.offer, None, "")
    target = Key(here.network.number(who.party_no, body.target, "/target"), source.offer_no)
    transfer_id = uuid7(here.clock.now_us())
    command = SendTransfer(who.actor, who.party_no, transfer_id, source, target, body.quantity, *ask.key())
    try:
        return _transfer(here, await here.owner.ask(command))
    except Problem as problem:
        raise _named(here, problem, source) from None


@router.post("/transfers/{transfer_id}/receive", openapi_extra=described(ArrivalBody, {"received": 6}))
async def receive(transfer_id: UUID, request: Request, here: Here, who: Writer) -> dict[str, Any]:
    """Goods in transit have arrived."""
    ask = await asked(request, who, here.settings.max_body_bytes)
    history = await here.history(transfer_id, who)
    if not history or history[0].name != "transfer.sent":
        raise Problem(NOT_FOUND, f"There is no transfer {transfer_id}.", f"没有调拨 {transfer_id}。")
    sent = history[0].body
    if not who.sees_location(sent["target_no"]):
        raise Problem(NOT_FOUND, f"There is no transfer {transfer_id}.", f"没有调拨 {transfer_id}。")
    received = ask.body_or_empty(_ARRIVAL).received
    quantity = sent["quantity"]
    if received is not None and received > quantity:
        field = FieldError("/received", "too_many", f"{quantity} were sent.", f"调出数量为 {quantity}。")
        raise Problem(INVALID, fields=(field,))
    source = Key(sent["source_no"], sent["offer_no"], 0, sent["lot_no"])
    target = Key(sent["target_no"], sent["offer_no"], 0, sent["lot_no"])
    came = quantity if received is None else received
    command = ReceiveTransfer(who.actor, who.party_no, transfer_id, source, target, quantity, came)
    return _transfer(here, await here.owner.ask(command))


def _transfer(here: Services, fact: dict[str, Any]) -> dict[str, Any]:
    told = {name: value for name, value in fact.items() if not name.endswith("_no")}
    codes = {name: here.location_code(fact[f"{name}_no"]) for name in ("source", "target")}
    return told | codes | {"offer": here.offer_sku(fact["offer_no"])}
