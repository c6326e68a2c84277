"""Stock, its movements and its exceptions as CSV: the same filters as the lists, streamed page by page."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from typing import Annotated, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse

from manystores.api.csv import Cell
from manystores.api.csv_tables import CSV, Column, Heads, Json, Zone, at, of, paged, streamed, zone_of
from manystores.api.deps import Here, requires
from manystores.api.routes import stock_reading, stock_work
from manystores.api.services import Services
from manystores.api.shelves import LIMIT_MAX, Filter, wanted
from manystores.catalogue.offer import name_in
from manystores.core.auth import Principal
from manystores.core.clock import rfc3339
from manystores.ledger import Counters, Key
from manystores.ledger.shelves import Wanted, Which

router = APIRouter(prefix="/v1", tags=["exports"])
Reader = Annotated[Principal, Depends(requires("stock:read"))]
Row = tuple[Key, Counters]


@router.get("/stock.csv", summary="Stock as CSV", responses=CSV, response_class=StreamingResponse)
async def stock(here: Here, who: Reader, asked: Filter, heads: Heads = "codes") -> StreamingResponse:
    """What is where, as it is now, by the filters of the list, location by location; without any, of the whole
    brand."""
    chosen = wanted(here, who, asked)

    async def pages() -> AsyncIterator[Iterable[Row]]:
        for number in np.flatnonzero(chosen.locations).tolist():  # a location at a time, each as of one moment
            await asyncio.sleep(0)  # others want to be served as well
            yield list(_buckets(here, number, chosen))

    return await streamed("stock", heads, _stock_columns(here, heads), pages())


_FITS: Final[dict[Which, Callable[[Counters], bool]]] = {
    "all": lambda now: True,
    "out": lambda now: now.available <= 0,
    "short": lambda now: now.available < 0,
    "reserved": lambda now: now.reserved > 0,
    "unavailable": lambda now: now.unavailable > 0,
    "incoming": lambda now: now.incoming > 0,
    "available": lambda now: now.available > 0,
}


def _buckets(here: Services, location_no: int, chosen: Wanted) -> Iterator[Row]:
    fits = _FITS[chosen.which]
    for key, counters in here.owner.ledger.at_location(location_no):
        if key.offer_no < len(chosen.offers) and chosen.offers[key.offer_no] and fits(counters):
            yield key, counters


def _stock_columns(here: Services, heads: str) -> list[Column]:
    """Of (key, counters) pairs."""

    def counter(name: str) -> Callable[[Row], Cell]:
        return lambda pair: getattr(pair[1], name)

    def place_name(pair: Row) -> Cell:
        number = pair[0].location_no
        return here.network.location(number).name if number in here.network else ""

    def offer_name(pair: Row) -> Cell:
        offer = here.catalogue.get(pair[0].offer_no)
        return "" if offer is None else name_in(offer, "zh" if heads == "zh" else "en")

    def window(pair: Row) -> Cell:
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


# -- movements


@router.get("/stock/movements.csv", summary="Movements as CSV", responses=CSV, response_class=StreamingResponse)
async def movements(
    here: Here,
    who: Reader,
    chosen: stock_reading.MovesFilter,
    heads: Heads = "codes",
    time_zone: Zone = "UTC",
) -> StreamingResponse:
    """The movements behind a number, the newest first, by the filters of the list. What comes while it is read is not
    in it."""

    def ask(cursor: str | None) -> Awaitable[Json]:
        return stock_reading.page_of_movements(here, who, chosen, LIMIT_MAX, cursor)

    return await streamed("movements", heads, _movement_columns(zone_of(time_zone)), paged(ask, "movements"))


_COUNTERS: Final = (
    ("on_hand", "on hand", "在库"),
    ("reserved", "reserved", "已预占"),
    ("unavailable", "unavailable", "不可售"),
    ("incoming", "incoming", "在途"),
    ("available", "available", "可售"),
)


def _movement_columns(zone: ZoneInfo) -> list[Column]:
    def subject(one: Json) -> Cell:
        found: str | None = one["order"] or one["reservation"] or one["transfer"]
        return found

    def number(part: str, name: str) -> Callable[[Json], Cell]:
        return lambda one: one[part][name]

    return [
        Column("at", "Time", "时间", at(zone, "at")),
        Column("location", "Location", "地点编码", of("location")),
        Column("offer", "SKU", "SKU", of("offer")),
        Column("window", "Incoming or slot", "到货或时段", of("window")),
        Column("lot", "Lot", "批次", of("lot")),
        Column("reason", "Reason", "原因", of("reason")),
        Column("actor", "Actor", "操作方", of("actor")),
        Column("actor_name", "Who", "操作人", of("actor_name")),
        Column("subject", "Order, reservation or transfer", "订单/预占/调拨编号", subject),
        Column("note", "Note", "备注", of("note")),
        *(
            Column(f"change_{name}", f"Change: {en}", f"变动：{zh}", number("change", name))
            for name, en, zh in _COUNTERS
        ),
        *(Column(f"after_{name}", f"After: {en}", f"结存：{zh}", number("after", name)) for name, en, zh in _COUNTERS),
    ]


# -- exceptions


@router.get("/stock/exceptions.csv", summary="Exceptions as CSV", responses=CSV, response_class=StreamingResponse)
async def exceptions(
    request: Request,
    here: Here,
    who: Reader,
    location: stock_work.LocationFilter = None,
    offer: stock_work.OfferFilter = None,
    state: Annotated[str, Query(pattern="^(open|closed|all)$")] = "open",
    mine: Annotated[bool | None, Query(description="Those that whoever asks looks after.")] = None,
    assignee: Annotated[UUID | None, Query(description="Those that a person looks after.")] = None,
    assigned: Annotated[bool | None, Query(description="Those that somebody, or nobody, looks after.")] = None,
    overdue: Annotated[bool | None, Query(description="Open ones whose time has passed.")] = None,
    heads: Heads = "codes",
    time_zone: Zone = "UTC",
) -> StreamingResponse:
    """Exceptions, the newest first, by the filters of the list."""
    zone = zone_of(time_zone)

    def ask(cursor: str | None) -> Awaitable[Json]:
        return stock_work.exceptions(
            request, here, who, location, offer, state, mine, assignee, assigned, overdue, LIMIT_MAX, cursor
        )

    return await streamed("exceptions", heads, _exception_columns(zone), paged(ask, "exceptions"))


def _exception_columns(zone: ZoneInfo) -> list[Column]:
    def assignee(one: Json) -> Cell:
        return one["assignee"]["name"] if one["assignee"] else ""

    def flag(name: str) -> Callable[[Json], Cell]:
        return lambda one: "true" if one[name] else "false"

    return [
        Column("exception_id", "Exception id", "异常编号", of("id")),
        Column("state", "State", "状态", of("state")),
        Column("location", "Location", "地点编码", of("location")),
        Column("location_name", "Name of the location", "地点名称", of("location_name")),
        Column("offer", "SKU", "SKU", of("offer")),
        Column("offer_name", "Offer", "商品名称", of("offer_name")),
        Column("missing", "Missing", "缺口", of("missing")),
        Column("missing_at_first", "Missing at first", "发生时缺口", of("missing_at_first")),
        Column("on_hand", "On hand", "在库", of("on_hand")),
        Column("reserved", "Reserved", "已预占", of("reserved")),
        Column("available", "Available", "可售", of("available")),
        Column("opened_at", "Since", "发生时间", at(zone, "opened_at")),
        Column("closed_at", "Closed", "关闭时间", at(zone, "closed_at")),
        Column("due_at", "Due", "处理时限", at(zone, "due_at")),
        Column("overdue", "Overdue", "已超时", flag("overdue")),
        Column("assignee", "Looked after by", "负责人", assignee),
        Column("note", "Note", "备注", of("note")),
    ]
