"""Lists as CSV: the same filters as the lists, streamed page by page, as a spreadsheet opens them.

A page is a short query of its own, like a page of the list: a download that takes an hour holds no transaction, no
connection, and never more than a page in memory. Nothing personal is in any of these tables, whoever asks.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from msgspec.structs import replace

from manystores.api.csv import Cell
from manystores.api.csv_tables import (
    CSV,
    Column,
    Heads,
    Json,
    Zone,
    at,
    money,
    of,
    paged,
    streamed,
    time,
    zone_of,
)
from manystores.api.deps import Here, requires
from manystores.api.places import Places, listed
from manystores.api.routes import fulfilment as fulfilment_routes
from manystores.api.routes import orders as orders_routes
from manystores.api.services import Services
from manystores.catalogue import store as offer_store
from manystores.catalogue.offer import KINDS as OFFER_KINDS
from manystores.catalogue.offer import Offer, name_in
from manystores.core.auth import Principal
from manystores.network import store as location_store
from manystores.network.location import KINDS, Location
from manystores.orders.search import MAX_PAGE, WorkFilter

router = APIRouter(prefix="/v1", tags=["exports"])
PAGE_OFFERS: Final = 500
PAGE_LOCATIONS: Final = 500

# -- orders


def _order_columns(zone: ZoneInfo) -> list[Column]:
    return [
        Column("order_id", "Order id", "订单编号", of("id")),
        Column("channel", "Channel", "渠道", of("channel")),
        Column("channel_order_id", "Channel's order id", "渠道订单号", of("channel_order_id")),
        Column("state", "State", "状态", of("state")),
        Column("placed_at", "Placed", "下单时间", at(zone, "placed_at")),
        Column("updated_at", "Changed", "更新时间", at(zone, "updated_at")),
    ]


def _whole_order(zone: ZoneInfo) -> list[Column]:
    def units(name: str) -> Callable[[Json], Cell]:
        return lambda order: sum(line[name] for line in order["lines"])

    def paid(name: str) -> Callable[[Json], Cell]:
        return lambda order: money(order["paid"][name], order["currency"])

    def amount(name: str) -> Callable[[Json], Cell]:
        return lambda order: money(order[name], order["currency"])

    return [
        *_order_columns(zone),
        Column("currency", "Currency", "币种", of("currency")),
        Column("total", "Total", "应付金额", amount("total")),
        Column("delivery_fee", "Delivery fee", "运费", amount("delivery_fee")),
        Column("captured", "Captured", "已收款", paid("captured")),
        Column("refunded", "Refunded", "已退款", paid("refunded")),
        Column("lines", "Lines", "商品行数", lambda order: len(order["lines"])),
        Column("units", "Units ordered", "下单数量", units("ordered")),
        Column("units_shipped", "Units shipped", "已发数量", units("shipped")),
        Column("units_cancelled", "Units cancelled", "已取消数量", units("cancelled")),
        Column("units_returned", "Units returned", "已退数量", units("returned")),
        Column("pick_up_at", "Pick-up at", "自提门店", of("pick_up_at")),
        Column("sold_at", "Sold at", "成交门店", of("sold_at")),
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
        return lambda pair: money(pair[1][name], pair[0]["currency"])

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


@router.get("/orders.csv", summary="Orders as CSV", responses=CSV, response_class=StreamingResponse)
async def orders(
    here: Here,
    who: Annotated[Principal, Depends(requires("orders:read"))],
    wanted: orders_routes.Wanted,
    rows: Annotated[Literal["orders", "lines"], Query(description="A row an order, or a row a line.")] = "orders",
    heads: Heads = "codes",
    time_zone: Zone = "UTC",
) -> StreamingResponse:
    """Orders, newest first, by the filters of the list. Amounts in decimals of the currency beside them."""
    zone = zone_of(time_zone)
    blind = replace(who, sees_shoppers=False)  # what is personal is not even opened

    def ask(cursor: str | None) -> Awaitable[Json]:
        return orders_routes.search(here, blind, wanted, MAX_PAGE, cursor)

    pages = paged(ask, "orders")
    if rows == "orders":
        return await streamed("orders", heads, _whole_order(zone), pages)
    paired = ([(order, line) for order in page for line in order["lines"]] async for page in pages)
    return await streamed("order-lines", heads, _order_lines(zone, here, who, heads), paired)


# -- work


@router.get("/fulfilment-orders.csv", summary="Work as CSV", responses=CSV, response_class=StreamingResponse)
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
    given = None if time_zone is None else zone_of(time_zone)
    blind = replace(who, sees_shoppers=False)

    def ask(cursor: str | None) -> Awaitable[Json]:
        return fulfilment_routes.work(here, blind, location, state, wanted, MAX_PAGE, cursor, None)

    return await streamed("fulfilment-orders", heads, _work_columns(here, who, given), paged(ask, "fulfilment_orders"))


def _work_columns(here: Services, who: Principal, given: ZoneInfo | None) -> list[Column]:
    def place(one: Json) -> Location | None:
        number = here.network.find(who.party_no, one["location"])
        return here.network.location(number) if number else None

    def at(name: str) -> Callable[[Json], Cell]:
        def told(one: Json) -> Cell:
            found = place(one)
            zone = given or ZoneInfo(found.time_zone if found is not None else "UTC")
            return time(one.get(name), zone)

        return told

    def units(name: str) -> Callable[[Json], Cell]:
        return lambda one: sum(line[name] for line in one["lines"])

    def trackings(one: Json) -> Cell:
        return " ".join(package["tracking"] for package in one["packages"] if package["tracking"])

    def name_of(one: Json) -> Cell:
        found = place(one)
        return "" if found is None else found.name

    return [
        Column("fulfilment_order_id", "Fulfilment order id", "履约单号", of("id")),
        Column("order_id", "Order id", "订单编号", of("order")),
        Column("channel", "Channel", "渠道", of("channel")),
        Column("channel_order_id", "Channel's order id", "渠道订单号", of("channel_order_id")),
        Column("location", "Location", "地点编码", of("location")),
        Column("location_name", "Name of the location", "地点名称", name_of),
        Column("kind", "Kind", "配送方式", of("kind")),
        Column("state", "State", "状态", of("state")),
        Column("stage", "Stage", "环节", of("stage")),
        Column("promised_from", "Promised from", "承诺时间起", at("promised_from")),
        Column("promised_to", "Promised to", "承诺时间止", at("promised_to")),
        Column("created_at", "Came to the location", "派单时间", at("created_at")),
        Column("updated_at", "Changed", "更新时间", at("updated_at")),
        Column("units", "Units", "数量", units("quantity")),
        Column("picked", "Picked", "已拣货", units("picked")),
        Column("shipped", "Shipped", "已发数量", units("shipped")),
        Column("carrier", "Carrier", "承运商", of("carrier")),
        Column("tracking", "Tracking numbers", "运单号", trackings),
        Column("reject_reason", "Rejected because", "拒单原因", of("reject_reason")),
    ]


# -- locations


@router.get("/locations.csv", summary="Locations as CSV", responses=CSV, response_class=StreamingResponse)
async def locations(
    here: Here,
    who: Annotated[Principal, Depends(requires("locations:read"))],
    places: Places,
    kind: Annotated[Literal[KINDS] | None, Query()] = None,  # type: ignore[valid-type]
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
                    text=text,
                    enabled=enabled,
                    numbers=listed(here, who, places),
                )
            yield list(found)
            if len(found) < PAGE_LOCATIONS:
                return
            last = found[-1].code

    return await streamed("locations", heads, _LOCATION, pages())


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


# -- offers


@router.get("/offers.csv", summary="Offers as CSV", responses=CSV, response_class=StreamingResponse)
async def offers(
    here: Here,
    who: Annotated[Principal, Depends(requires("offers:read"))],
    kind: Annotated[Literal[OFFER_KINDS] | None, Query()] = None,  # type: ignore[valid-type]
    text: Annotated[str | None, Query(max_length=200, description="In SKU or name.")] = None,
    enabled: Annotated[bool | None, Query()] = None,
    heads: Heads = "codes",
) -> StreamingResponse:
    """The brand's offers, in the order of their SKUs, by the filters of the list."""

    async def pages() -> AsyncIterator[list[Offer]]:
        last = ""
        while True:
            async with here.pool.connection() as connection:
                found = await offer_store.page(
                    connection, who.party_no, after=last, limit=PAGE_OFFERS, kind=kind, text=text, enabled=enabled
                )
            yield list(found)
            if len(found) < PAGE_OFFERS:
                return
            last = found[-1].sku

    tongue = "zh" if heads == "zh" else "en"
    return await streamed("offers", heads, _offer_columns(tongue), pages())


def _offer_columns(tongue: str) -> list[Column]:
    return [
        Column("sku", "SKU", "SKU", lambda offer: offer.sku),
        Column("name", "Name", "名称", lambda offer: name_in(offer, tongue)),
        Column("kind", "Kind", "类型", lambda offer: offer.kind),
        Column("enabled", "Enabled", "启用", lambda offer: "true" if offer.enabled else "false"),
        Column("gtin", "GTIN", "条码", lambda offer: offer.gtin),
        Column("currency", "Currency", "币种", lambda offer: offer.price.currency),
        Column("price", "Price", "价格", lambda offer: money(offer.price.amount, offer.price.currency)),
        Column("unit", "Unit", "单位", lambda offer: offer.unit),
        Column("scale", "Base units of one unit", "每单位基本数量", lambda offer: offer.scale),
        Column("weight_g", "Weight in grams", "重量（克）", lambda offer: offer.weight_g or None),
        Column("variant_of", "Style", "款号", lambda offer: offer.variant_of),
        Column("options", "Variant", "规格", lambda offer: " ".join(offer.options.values())),
    ]
