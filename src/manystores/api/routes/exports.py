"""Lists as CSV: the same filters as the lists, streamed page by page, as a spreadsheet opens them.

A page is a short query of its own, like a page of the list: a download that takes an hour holds no transaction, no
connection, and never more than a page in memory. Nothing personal is in any of these tables, whoever asks.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from msgspec.structs import replace

from manystores.api import csv
from manystores.api.csv import Cell, Number
from manystores.api.deps import Here, requires
from manystores.api.resources import READ
from manystores.api.routes import fulfilment as fulfilment_routes
from manystores.api.routes import orders as orders_routes
from manystores.api.services import EVERYWHERE, Services, instant_us
from manystores.catalogue.offer import name_in
from manystores.core.auth import Principal
from manystores.core.clock import rfc3339
from manystores.core.errors import INVALID, FieldError, Problem
from manystores.network import store as location_store
from manystores.network.location import CAPABILITIES, KINDS, Location
from manystores.orders.search import MAX_PAGE, WorkFilter

router = APIRouter(prefix="/v1", tags=["exports"])
Json = dict[str, Any]
Rows = list[Sequence[Cell]]
PAGE_LOCATIONS: Final = 500

Heads = Annotated[
    Literal["codes", "en", "zh"],
    Query(description="Names of columns: codes that never change, or words in English or Chinese."),
]
Zone = Annotated[
    str, Query(max_length=64, description="IANA time zone of times.", examples=["Asia/Shanghai"], alias="time_zone")
]
_EXAMPLE: Final = "\ufefforder_id,channel,channel_order_id\r\n01a2046e-76f4-73f8-867b-4a97478e11c5,app,A-7\r\n"
_CSV: Final[dict[int | str, dict[str, Any]]] = READ | {
    200: {
        "description": "UTF-8 with a byte order mark; lines end in CR LF; text that begins like a formula is guarded.",
        "content": {"text/csv": {"schema": {"type": "string"}, "example": _EXAMPLE}},
    }
}


class Column:
    """A column: its code, its name in both languages, and its cell of a thing."""

    def __init__(self, code: str, en: str, zh: str, cell: Callable[[Any], Cell]) -> None:
        self.names = {"codes": code, "en": en, "zh": zh}
        self.cell = cell

    def of(self, part: Callable[[Any], Any]) -> "Column":
        """The same column of what a bigger thing has as a part."""
        cell = self.cell
        return Column(self.names["codes"], self.names["en"], self.names["zh"], lambda thing: cell(part(thing)))


Columns = Sequence[Column]


async def _streamed(name: str, heads: str, columns: Columns, pages: AsyncIterator[Iterable[Any]]) -> StreamingResponse:
    """The table, whose first page is read before anything is answered: what is wrong then is a problem document."""
    first = [page async for page in _first(pages)]

    async def body() -> AsyncIterator[bytes]:
        yield csv.MARK + csv.row(column.names[heads] for column in columns).encode()
        for page in first:
            yield _lines(columns, page)
        async for page in pages:
            yield _lines(columns, page)

    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"}
    return StreamingResponse(body(), headers=headers, media_type="text/csv; charset=utf-8")


async def _first(pages: AsyncIterator[Iterable[Any]]) -> AsyncIterator[Iterable[Any]]:
    async for page in pages:
        yield page
        return


def _lines(columns: Columns, things: Iterable[Any]) -> bytes:
    return csv.lines([column.cell(thing) for column in columns] for thing in things)


async def _paged(ask: Callable[[str | None], Awaitable[Json]], name: str) -> AsyncIterator[list[Json]]:
    """The pages of a list, asked for one after the other."""
    cursor: str | None = None
    while True:
        page = await ask(cursor)
        yield page[name]
        cursor = page["next_cursor"]
        if cursor is None:
            return


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        en, zh = f"{name[:40]!r} is no IANA time zone, such as Asia/Shanghai.", "不是 IANA 时区名，例如 Asia/Shanghai。"
        raise Problem(INVALID, fields=(FieldError("/time_zone", "unknown_zone", en, zh),)) from None


def _at(zone: ZoneInfo, name: str) -> Callable[[Json], Cell]:
    return lambda thing: _time(thing.get(name), zone)


def _time(text: str | None, zone: ZoneInfo) -> str:
    return csv.local(instant_us(text, ""), zone) if text else ""


def _of(name: str) -> Callable[[Json], Cell]:
    return lambda thing: thing.get(name)


def _money(minor: int, currency: str) -> Number:
    return Number(csv.amount(minor, currency))


# -- orders


def _order_columns(zone: ZoneInfo) -> list[Column]:
    return [
        Column("order_id", "Order id", "订单编号", _of("id")),
        Column("channel", "Channel", "渠道", _of("channel")),
        Column("channel_order_id", "Channel's order id", "渠道订单号", _of("channel_order_id")),
        Column("state", "State", "状态", _of("state")),
        Column("placed_at", "Placed", "下单时间", _at(zone, "placed_at")),
        Column("updated_at", "Changed", "更新时间", _at(zone, "updated_at")),
    ]


def _whole_order(zone: ZoneInfo) -> list[Column]:
    def units(name: str) -> Callable[[Json], Cell]:
        return lambda order: sum(line[name] for line in order["lines"])

    def paid(name: str) -> Callable[[Json], Cell]:
        return lambda order: _money(order["paid"][name], order["currency"])

    def amount(name: str) -> Callable[[Json], Cell]:
        return lambda order: _money(order[name], order["currency"])

    return [
        *_order_columns(zone),
        Column("currency", "Currency", "币种", _of("currency")),
        Column("total", "Total", "应付金额", amount("total")),
        Column("delivery_fee", "Delivery fee", "运费", amount("delivery_fee")),
        Column("captured", "Captured", "已收款", paid("captured")),
        Column("refunded", "Refunded", "已退款", paid("refunded")),
        Column("lines", "Lines", "商品行数", lambda order: len(order["lines"])),
        Column("units", "Units ordered", "下单数量", units("ordered")),
        Column("units_shipped", "Units shipped", "已发数量", units("shipped")),
        Column("units_cancelled", "Units cancelled", "已取消数量", units("cancelled")),
        Column("units_returned", "Units returned", "已退数量", units("returned")),
        Column("pick_up_at", "Pick-up at", "自提门店", _of("pick_up_at")),
        Column("sold_at", "Sold at", "成交门店", _of("sold_at")),
        Column(
            "locations",
            "Served by",
            "履约地点",
            lambda order: " ".join(
                dict.fromkeys(
                    work["location"]
                    for work in order["fulfilment_orders"]
                    if work["state"] not in ("cancelled", "rejected")
                )
            ),
        ),
    ]


def _order_lines(zone: ZoneInfo, here: Services, who: Principal, heads: str) -> list[Column]:
    """Of (order, line) pairs."""

    def of_line(name: str) -> Callable[[tuple[Json, Json]], Cell]:
        return lambda pair: pair[1].get(name)

    def offer_name(pair: tuple[Json, Json]) -> Cell:
        offer = here.catalogue.find(who.party_no, pair[1]["offer"])
        return "" if offer is None else name_in(offer, "zh" if heads == "zh" else "en")

    def amount(name: str) -> Callable[[tuple[Json, Json]], Cell]:
        return lambda pair: _money(pair[1][name], pair[0]["currency"])

    return [
        *(column.of(lambda pair: pair[0]) for column in _order_columns(zone)),
        Column("line", "Line", "行号", of_line("line")),
        Column("offer", "SKU", "SKU", of_line("offer")),
        Column("offer_name", "Offer", "商品名称", offer_name),
        Column("line_state", "State of the line", "行状态", of_line("state")),
        Column("ordered", "Ordered", "下单数量", of_line("ordered")),
        Column("allocated", "Allocated", "已分配", of_line("allocated")),
        Column("picked", "Picked", "已拣货", of_line("picked")),
        Column("shipped", "Shipped", "已发数量", of_line("shipped")),
        Column("cancelled", "Cancelled", "已取消", of_line("cancelled")),
        Column("returned", "Returned", "已退", of_line("returned")),
        Column("currency", "Currency", "币种", lambda pair: pair[0]["currency"]),
        Column("unit_price", "Unit price", "单价", amount("unit_price")),
        Column("amount", "Amount", "金额", amount("amount")),
    ]


@router.get("/orders.csv", summary="Orders as CSV", responses=_CSV, response_class=StreamingResponse)
async def orders(
    here: Here,
    who: Annotated[Principal, Depends(requires("orders:read"))],
    state: str | None = None,
    channel: str | None = None,
    location: str | None = None,
    placed_from: str | None = None,
    placed_to: str | None = None,
    text: Annotated[str | None, Query(max_length=128)] = None,
    unserved: bool = False,
    rows: Annotated[Literal["orders", "lines"], Query(description="A row an order, or a row a line.")] = "orders",
    heads: Heads = "codes",
    time_zone: Zone = "UTC",
) -> StreamingResponse:
    """Orders, newest first, by the filters of the list. Amounts in decimals of the currency beside them."""
    zone = _zone(time_zone)
    blind = replace(who, sees_shoppers=False)  # what is personal is not even opened

    def ask(cursor: str | None) -> Awaitable[Json]:
        return orders_routes.search(
            here, blind, state, channel, location, placed_from, placed_to, text, unserved, MAX_PAGE, cursor
        )

    pages = _paged(ask, "orders")
    if rows == "orders":
        return await _streamed("orders", heads, _whole_order(zone), pages)
    paired = ([(order, line) for order in page for line in order["lines"]] async for page in pages)
    return await _streamed("order-lines", heads, _order_lines(zone, here, who, heads), paired)


# -- work


@router.get("/fulfilment-orders.csv", summary="Work as CSV", responses=_CSV, response_class=StreamingResponse)
async def work(
    here: Here,
    who: Annotated[Principal, Depends(requires("fulfilment:read"))],
    wanted: Annotated[WorkFilter, Depends(fulfilment_routes.work_filter)],
    location: str | None = None,
    state: str = "open,in_progress,on_hold",
    heads: Heads = "codes",
    time_zone: Annotated[
        str | None, Query(max_length=64, description="IANA time zone of times; left out: each location's own.")
    ] = None,
) -> StreamingResponse:
    """Fulfilment orders by the filters of the list, and in its order."""
    given = None if time_zone is None else _zone(time_zone)
    blind = replace(who, sees_shoppers=False)

    def ask(cursor: str | None) -> Awaitable[Json]:
        return fulfilment_routes.work(here, blind, location, state, wanted, MAX_PAGE, cursor, None)

    return await _streamed(
        "fulfilment-orders", heads, _work_columns(here, who, given), _paged(ask, "fulfilment_orders")
    )


def _work_columns(here: Services, who: Principal, given: ZoneInfo | None) -> list[Column]:
    def place(one: Json) -> Location | None:
        number = here.network.find(who.party_no, one["location"])
        return here.network.location(number) if number else None

    def at(name: str) -> Callable[[Json], Cell]:
        def told(one: Json) -> Cell:
            found = place(one)
            zone = given or ZoneInfo(found.time_zone if found is not None else "UTC")
            return _time(one.get(name), zone)

        return told

    def units(name: str) -> Callable[[Json], Cell]:
        return lambda one: sum(line[name] for line in one["lines"])

    def trackings(one: Json) -> Cell:
        return " ".join(package["tracking"] for package in one["packages"] if package["tracking"])

    def name_of(one: Json) -> Cell:
        found = place(one)
        return "" if found is None else found.name

    return [
        Column("fulfilment_order_id", "Fulfilment order id", "履约单号", _of("id")),
        Column("order_id", "Order id", "订单编号", _of("order")),
        Column("channel", "Channel", "渠道", _of("channel")),
        Column("channel_order_id", "Channel's order id", "渠道订单号", _of("channel_order_id")),
        Column("location", "Location", "地点编码", _of("location")),
        Column("location_name", "Name of the location", "地点名称", name_of),
        Column("kind", "Kind", "配送方式", _of("kind")),
        Column("state", "State", "状态", _of("state")),
        Column("stage", "Stage", "环节", _of("stage")),
        Column("promised_from", "Promised from", "承诺时间起", at("promised_from")),
        Column("promised_to", "Promised to", "承诺时间止", at("promised_to")),
        Column("created_at", "Came to the location", "派单时间", at("created_at")),
        Column("updated_at", "Changed", "更新时间", at("updated_at")),
        Column("units", "Units", "数量", units("quantity")),
        Column("picked", "Picked", "已拣货", units("picked")),
        Column("shipped", "Shipped", "已发数量", units("shipped")),
        Column("carrier", "Carrier", "承运商", _of("carrier")),
        Column("tracking", "Tracking numbers", "运单号", trackings),
        Column("reject_reason", "Rejected because", "拒单原因", _of("reject_reason")),
    ]


# -- locations


@router.get("/locations.csv", summary="Locations as CSV", responses=_CSV, response_class=StreamingResponse)
async def locations(
    here: Here,
    who: Annotated[Principal, Depends(requires("locations:read"))],
    kind: Annotated[Literal[KINDS] | None, Query()] = None,  # type: ignore[valid-type]
    group: Annotated[str | None, Query(max_length=64, description="Those in a group.")] = None,
    capability: Annotated[Literal[CAPABILITIES] | None, Query()] = None,  # type: ignore[valid-type]
    text: Annotated[str | None, Query(max_length=200, description="In code, name or address.")] = None,
    enabled: Annotated[bool | None, Query()] = None,
    heads: Heads = "codes",
) -> StreamingResponse:
    """The brand's locations, in the order of their codes, by the filters of the list."""

    async def pages() -> AsyncIterator[list[Location]]:
        last = ""
        while True:
            async with here.pool.connection() as connection:
                found = await location_store.list_locations(
                    connection,
                    who.party_no,
                    after=last,
                    limit=PAGE_LOCATIONS,
                    kind=kind,
                    group=group,
                    capability=capability,
                    text=text,
                    enabled=enabled,
                    numbers=None if who.location_no is None else [who.location_no],
                )
            yield list(found)
            if len(found) < PAGE_LOCATIONS:
                return
            last = found[-1].code

    return await _streamed("locations", heads, _LOCATION, pages())


_LOCATION: Final = [
    Column("code", "Code", "编码", lambda place: place.code),
    Column("name", "Name", "名称", lambda place: place.name),
    Column("kind", "Kind", "类型", lambda place: place.kind),
    Column("enabled", "Enabled", "启用", lambda place: "true" if place.enabled else "false"),
    Column("region", "Region", "行政区划", lambda place: place.region),
    Column("address", "Address", "地址", lambda place: place.address),
    Column("lat", "Latitude", "纬度", lambda place: place.lat),
    Column("lon", "Longitude", "经度", lambda place: place.lon),
    Column("time_zone", "Time zone", "时区", lambda place: place.time_zone),
    Column("opening_hours", "Opening hours", "营业时间", lambda place: place.opening_hours),
    Column("capabilities", "Capabilities", "能力", lambda place: " ".join(place.capabilities)),
    Column("groups", "Groups", "分组", lambda place: " ".join(place.groups)),
    Column("orders_per_hour", "Orders per hour", "每小时接单上限", lambda place: place.orders_per_hour),
    Column("orders_per_day", "Orders per day", "每日接单上限", lambda place: place.orders_per_day),
    Column("lead_time_minutes", "Lead time in minutes", "备货分钟数", lambda place: place.lead_time_minutes),
    Column("stock_owner", "Owner of the stock", "货权方", lambda place: place.stock_owner),
]


# -- stock


@router.get("/stock.csv", summary="Stock as CSV", responses=_CSV, response_class=StreamingResponse)
async def stock(
    here: Here,
    who: Annotated[Principal, Depends(requires("stock:read"))],
    location: Annotated[str | None, Query(examples=["S1"])] = None,
    offer: Annotated[str | None, Query(examples=["X1"])] = None,
    heads: Heads = "codes",
) -> StreamingResponse:
    """What is where, as it is now: of a location, of an offer, or, without either, of the whole brand, location by
    location."""
    offer_no = here.catalogue.number(who.party_no, offer, "/offer") if offer else None
    numbers = _places(here, who, location)

    async def pages() -> AsyncIterator[Iterable[tuple[Any, Any]]]:
        for number in numbers:  # a location at a time, each as of one moment
            await asyncio.sleep(0)  # others want to be served as well
            yield list(_buckets(here, who, number, offer_no))

    return await _streamed("stock", heads, _stock_columns(here, heads), pages())


def _places(here: Services, who: Principal, location: str | None) -> list[int]:
    if location == EVERYWHERE and who.location_no is None:
        return [0]
    if location:
        return [here.location_no(who, location, "/location")]
    if who.location_no is not None:
        return [who.location_no]
    mine: list[int] = np.flatnonzero(here.network.of_party(who.party_no)).tolist()
    return [0, *mine]


def _buckets(here: Services, who: Principal, location_no: int, offer_no: int | None) -> Iterator[tuple[Any, Any]]:
    for key, counters in here.owner.ledger.at_location(location_no):
        offer = here.catalogue.get(key.offer_no)
        if offer is not None and offer.party_no == who.party_no and offer_no in (None, key.offer_no):
            yield key, counters


def _stock_columns(here: Services, heads: str) -> list[Column]:
    """Of (key, counters) pairs."""

    def counter(name: str) -> Callable[[tuple[Any, Any]], Cell]:
        return lambda pair: getattr(pair[1], name)

    def place_name(pair: tuple[Any, Any]) -> Cell:
        number = pair[0].location_no
        return here.network.location(number).name if number in here.network else ""

    def offer_name(pair: tuple[Any, Any]) -> Cell:
        offer = here.catalogue.get(pair[0].offer_no)
        return "" if offer is None else name_in(offer, "zh" if heads == "zh" else "en")

    def window(pair: tuple[Any, Any]) -> Cell:
        return rfc3339(pair[0].window_us) if pair[0].window_us else ""

    return [
        Column("location", "Location", "地点编码", lambda pair: here.location_code(pair[0].location_no)),
        Column("location_name", "Name of the location", "地点名称", place_name),
        Column("offer", "SKU", "SKU", lambda pair: here.offer_sku(pair[0].offer_no)),
        Column("offer_name", "Offer", "商品名称", offer_name),
        Column("window", "Incoming or slot", "到货或时段", window),
        Column("lot", "Lot", "批次", lambda pair: here.lots.name(pair[0].lot_no)),
        Column("on_hand", "On hand", "在库", counter("on_hand")),
        Column("reserved", "Reserved", "已预占", counter("reserved")),
        Column("unavailable", "Unavailable", "不可售", counter("unavailable")),
        Column("incoming", "Incoming", "在途", counter("incoming")),
        Column("available", "Available", "可售", counter("available")),
    ]
