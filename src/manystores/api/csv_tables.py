"""What routes that answer with a table share: columns with their names, cells, and a stream of pages."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import Query
from fastapi.responses import StreamingResponse

from manystores.api import csv
from manystores.api.csv import Cell, Number
from manystores.api.resources import READ
from manystores.api.services import instant_us
from manystores.core.errors import INVALID, FieldError, Problem

Json = dict[str, Any]

Heads = Annotated[
    Literal["codes", "en", "zh"],
    Query(description="Names of columns: codes that never change, or words in English or Chinese."),
]
Zone = Annotated[
    str, Query(max_length=64, description="IANA time zone of times.", examples=["Asia/Shanghai"], alias="time_zone")
]
EXAMPLE: Final = "\ufefforder_id,channel,channel_order_id\r\n01a2046e-76f4-73f8-867b-4a97478e11c5,app,A-7\r\n"
CSV: Final[dict[int | str, dict[str, Any]]] = READ | {
    200: {
        "description": "UTF-8 with a byte order mark; lines end in CR LF; text that begins like a formula is guarded.",
        "content": {"text/csv": {"schema": {"type": "string"}, "example": EXAMPLE}},
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


async def streamed(name: str, heads: str, columns: Columns, pages: AsyncIterator[Iterable[Any]]) -> StreamingResponse:
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


async def paged(ask: Callable[[str | None], Awaitable[Json]], name: str) -> AsyncIterator[list[Json]]:
    """The pages of a list, asked for one after the other."""
    cursor: str | None = None
    while True:
        page = await ask(cursor)
        yield page[name]
        cursor = page["next_cursor"] if "next_cursor" in page else page["next"]
        if cursor is None:
            return


def zone_of(name: str) -> ZoneInfo:
    """The time zone of that name; Problem when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        en, zh = f"{name[:40]!r} is no IANA time zone, such as Asia/Shanghai.", "不是 IANA 时区名，例如 Asia/Shanghai。"
        raise Problem(INVALID, fields=(FieldError("/time_zone", "unknown_zone", en, zh),)) from None


def at(zone: ZoneInfo, name: str) -> Callable[[Json], Cell]:
    """A cell that is a time of a thing."""
    return lambda thing: time(thing.get(name), zone)


def time(text: str | None, zone: ZoneInfo) -> str:
    """An RFC 3339 time in a zone; '' for none."""
    return csv.local(instant_us(text, ""), zone) if text else ""


def of(name: str) -> Callable[[Json], Cell]:
    """A cell that is a member of a thing."""
    return lambda thing: thing.get(name)


def money(minor: int, currency: str) -> Number:
    """An amount in decimals, which stays a number."""
    return Number(csv.amount(minor, currency))
