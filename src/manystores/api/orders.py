"""Hot routes of orders: place one, place many."""

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from manystores.api.http import Reply, Request, fingerprint, problem_reply, request_key
from manystores.api.services import Services, location_disabled
from manystores.catalogue.kits import KitLine, Part
from manystores.core.auth import Principal
from manystores.core.errors import FORBIDDEN, Problem
from manystores.core.ids import uuid7
from manystores.flows.place_order import Placed, PlaceOrder, Wanted
from manystores.network.carriers import delivery_fee
from manystores.orders.draft import OrderBody, draft, draft_batch
from manystores.orders.order import Discount
from manystores.orders.placing import LineDraft, line_draft

_encode = msgspec.json.Encoder().encode


def wanted(services: Services, principal: Principal, body: OrderBody) -> Wanted:
    """The body with its codes resolved: offers to numbers (kits to their components), locations, the delivery fee."""
    party_no = principal.party_no
    pick_up_at = services.network.number(party_no, body.pick_up_at, "/pick_up_at") if body.pick_up_at else 0
    if body.pick_up_at and not body.backfill and not services.network.enabled[pick_up_at]:
        raise location_disabled(body.pick_up_at, "/pick_up_at")
    sold_at = services.network.number(party_no, body.sold_at, "/sold_at") if body.sold_at else 0
    if principal.location_no is not None:
        if sold_at and sold_at != principal.location_no:
            raise Problem(FORBIDDEN, "This key sells in its own store only.", "该密钥只能在本店销售。")
        sold_at = principal.location_no
    lines = _lines(services, party_no, body)
    fee = 0
    if body.deliver_to is not None and body.delivery_fee is None:
        fees = services.network.fees_of(party_no)
        if fees:
            fee = delivery_fee(fees, body.deliver_to.region, sum(line.gross for line in lines))
    return Wanted(body, lines, pick_up_at, sold_at, fee)


def _lines(services: Services, party_no: int, body: OrderBody) -> Sequence[LineDraft]:
    lines: list[LineDraft] = []
    for i, line in enumerate(body.lines):
        offer = services.catalogue.for_sale(party_no, line.offer, f"/lines/{i}/offer")
        if not offer.components:
            lines.append(line_draft(line, offer.offer_no, offer.price.amount, offer.scale))
            continue
        unit_price = offer.price.amount if line.unit_price is None else line.unit_price
        amount = unit_price * line.quantity - sum(discount.amount for discount in line.discounts)
        parts = services.catalogue.parts(party_no, [KitLine(offer, line.quantity, amount)])
        lines += [_component(part, line.offer) for part in parts]
    return lines


def _component(part: Part, kit: str) -> LineDraft:
    """A kit's component as a line; what its share does not divide evenly is a discount of some minor units."""
    unit_price = -(-part.amount * part.offer.scale // part.quantity)
    line = LineDraft(part.offer.offer_no, part.offer.sku, part.quantity, unit_price, kit=kit, scale=part.offer.scale)
    rest = line.gross - part.amount
    return replace(line, discounts=(Discount(rest, code="kit"),)) if rest else line


def _command(services: Services, principal: Principal, body: OrderBody, key: bytes | None, mark: int) -> PlaceOrder:
    return PlaceOrder(
        uuid7(services.clock.now_us()),
        wanted(services, principal, body),
        services.router,
        services.sealer,
        principal.actor,
        principal.party_no,
        key,
        mark,
    )


async def place(services: Services, principal: Principal, request: Request) -> Reply:
    """POST /v1/orders"""
    key, mark = request.idempotency(principal.asker)
    answer: Placed = await services.owner.ask(_command(services, principal, draft(request.body), key, mark))
    return Reply(201 if answer.new else 200, answer.body)


async def place_batch(services: Services, principal: Principal, request: Request) -> Reply:
    """POST /v1/orders/batch"""
    given = request.headers.get(b"idempotency-key")
    drafts = draft_batch(request.body)
    results: list[Any] = [None] * len(drafts)
    commands, places = [], []
    for i, body in enumerate(drafts):
        if i % 100 == 99:
            await asyncio.sleep(0)  # others want to be answered meanwhile
        try:
            if isinstance(body, Problem):
                raise body
            key = request_key(principal.asker, given, request.scope["path"], i) if given else None
            mark = fingerprint(_encode(body)) if given else 0
            commands.append(_command(services, principal, body, key, mark))
            places.append(i)
        except Problem as problem:
            results[i] = _refused(problem, request.language)
    for i, answer in zip(places, await services.owner.submit(commands), strict=True):
        if isinstance(answer, Problem):
            results[i] = _refused(answer, request.language)
        else:
            results[i] = b'{"status":%d,"order":%s}' % (201 if answer.new else 200, answer.body)
    return Reply(200, b'{"results":[' + b",".join(results) + b"]}")


def _refused(problem: Problem, language: str) -> bytes:
    return b'{"status":%d,"problem":%s}' % (problem.rule.status, problem_reply(problem, language).body)
