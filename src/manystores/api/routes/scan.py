"""What is this code? Whatever a store's scanner reads: goods, parcels, orders, a shopper's pick-up code."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from manystores.api.articles import article
from manystores.api.deps import Here, requires
from manystores.api.services import Services
from manystores.catalogue import store as offer_store
from manystores.catalogue.barcode import scanned
from manystores.core.auth import Principal
from manystores.core.sql import queries
from manystores.orders.order import Order, decode, fulfilment_id, parse_fulfilment_id
from manystores.orders.pick_up import read_ticket
from manystores.orders.returns import returnable
from manystores.orders.rules import field
from manystores.orders.view import Reader, return_view

router = APIRouter(tags=["fulfilment"])
SQL = queries("manystores.orders")
Scanner = Annotated[Principal, Depends(requires("fulfilment:read"))]
OFFERS_MAX = 20  # of one GTIN
LATEST = 2_000  # fulfilment orders of a location among which a serial number is looked for


@router.get("/v1/scan", summary="What is this code?")
async def scan(
    here: Here,
    who: Scanner,
    code: Annotated[str, Query(min_length=1, max_length=300, description="As it was read or typed.")],
) -> dict[str, Any]:
    """What a scanned or typed code may mean here: a fulfilment order, with the pick-up code if it is a shopper's, an
    order that goods of may come back, an offer by SKU or GTIN (also in GS1 codes), a unit by its serial number."""
    code = code.strip()
    if not code:
        raise field("/code", "empty", "there is nothing in this code", "该码没有内容")
    read = scanned(code)
    matches = await _work_and_orders(here, who, code)
    matches += await _offers(here, who, code, read.gtin)
    if serial := read.serial or ("" if matches else code):
        matches += await _serials(here, who, serial)
    return {"code": code, "matches": matches}


async def _work_and_orders(here: Services, who: Principal, code: str) -> list[dict[str, Any]]:
    ticket = read_ticket(code)
    public, pick_up_code = ticket or (code, None)
    parsed = parse_fulfilment_id(public)
    order_id = parsed[0] if parsed else _uuid(code)
    found: list[dict[str, Any]] = []
    for order in await _orders(here, who, order_id, code):
        works = [work for work in order.fulfilments if who.sees_location(work.location_no)]
        found += [
            {
                "kind": "fulfilment_order",
                "fulfilment_order": fulfilment_id(order.order_id, work.number),
                "order": str(order.order_id),
                "state": work.state,
                "pick_up_code": pick_up_code,
            }
            for work in works
            if (work.number == parsed[1] if parsed else work.live)
        ]
        if "returns:read" in who.scopes and any(line.shipped for line in order.lines):
            found.append(_returnable(here, who, order))
    return found


def _uuid(code: str) -> UUID | None:
    try:
        return UUID(code) if len(code) == 36 else None
    except ValueError:
        return None


async def _orders(here: Services, who: Principal, order_id: UUID | None, channel_order_id: str) -> list[Order]:
    """The brand's order of that id, or those that channels gave exactly this id. Goods come back to any store, so that
    a store's device finds each of them; what it is told of another store's is what was sent, nothing of the shopper."""
    values: dict[str, Any] = {"partition_id": here.owner.partition_id, "party_no": who.party_no}
    async with here.pool.connection() as connection:
        if order_id is not None:
            rows = await (await connection.execute(SQL["get_order"], values | {"order_id": order_id})).fetchall()
        else:
            values |= {"channel_order_id": channel_order_id}
            rows = await (await connection.execute(SQL["orders_of_channel_id"], values)).fetchall()
    return [decode(document) for (document,) in rows]


def _returnable(here: Services, who: Principal, order: Order) -> dict[str, Any]:
    reader = Reader(here.location_code)
    offers = (here.catalogue.get(line.offer_no) for line in order.lines)
    return {
        "kind": "order",
        "order": str(order.order_id),
        "channel": order.channel,
        "channel_order_id": order.channel_order_id,
        "lines": [
            {
                "line": line.line_no,
                "offer": line.sku,
                "shipped": line.shipped,
                "returnable": returnable(order, line.line_no),
            }
            for line in order.lines
            if line.shipped
        ],
        "offers": [article(offer) for offer in offers if offer is not None],
        "returns": [return_view(order, one, reader) for one in order.returns if who.sees_location(one.location_no)],
    }


async def _offers(here: Services, who: Principal, code: str, gtin: str) -> list[dict[str, Any]]:
    by_sku = here.catalogue.find(who.party_no, code)
    found = [] if by_sku is None else [by_sku]
    if gtin:
        async with here.pool.connection() as connection:
            found += (await offer_store.find_by_gtin(connection, who.party_no, gtin))[:OFFERS_MAX]
    return [{"kind": "offer", "offer": article(offer)} for offer in {offer.sku: offer for offer in found}.values()]


async def _serials(here: Services, who: Principal, serial: str) -> list[dict[str, Any]]:
    """Where a store handed out a unit: among its latest work, as serial numbers have no index of their own."""
    if who.location_no is None:
        return []
    values = {
        "partition_id": here.owner.partition_id,
        "party_no": who.party_no,
        "location_no": who.location_no,
        "serial": serial,
        "latest": LATEST,
    }
    async with here.pool.connection() as connection:
        rows = await (await connection.execute(SQL["work_with_serial"], values)).fetchall()
    return [
        {
            "kind": "serial",
            "serial": serial,
            "fulfilment_order": fulfilment_id(order.order_id, number),
            "order": str(order.order_id),
            "line": part.line_no,
        }
        for number, order in ((number, decode(document)) for number, document in rows)
        for part in order.fulfilments[number - 1].lines
        if serial in part.serials
    ]
