"""Tables as CSV (RFC 4180), a piece at a time, as a spreadsheet opens them: UTF-8 with a mark, no cell a formula.

A cell of text that begins like a formula (= + - @, also in full width, tab, carriage return) gets an apostrophe in
front, which spreadsheets take for "this is text" (OWASP, CSV injection). So does one that begins with an apostrophe
and then so, so that what was written can be read back exactly.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from manystores.core.clock import to_datetime
from manystores.core.currency import DECIMALS, decimal_text

MARK: Final = b"\xef\xbb\xbf"
"""Byte order mark: without it Excel takes UTF-8 for the machine's old code page, and Chinese for rubbish."""
FORMULA: Final = "=+-@\t\r\n＝＋－＠"
_QUOTED: Final = frozenset('",\r\n')

Cell = str | int | float | None


def guarded(text: str) -> str:
    """The text, with an apostrophe in front if a spreadsheet would take it for a formula."""
    bare = text.lstrip("'")
    return f"'{text}" if bare and bare[0] in FORMULA else text


def unguarded(text: str) -> str:
    """What `guarded` was given."""
    return text[1:] if text.startswith("'") and text.lstrip("'")[:1] in FORMULA and text.lstrip("'") else text


def row(cells: Iterable[Cell]) -> str:
    """One line of a table. Numbers stay as they are, also negative ones; None is an empty cell."""
    return ",".join([_written(cell) for cell in cells]) + "\r\n"


def lines(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Many lines."""
    return "".join([row(cells) for cells in rows]).encode()


def amount(minor: int, currency: str) -> str:
    """An amount in decimals, as a number a spreadsheet can add; in minor units for a currency that we don't know."""
    return decimal_text(minor, currency) if currency in DECIMALS else str(minor)


def local(at_us: int, zone: ZoneInfo) -> str:
    """A time with its offset, to the second: 2026-11-11T09:30:00+08:00; '' for none."""
    return "" if not at_us else at(to_datetime(at_us), zone)


def at(moment: datetime, zone: ZoneInfo) -> str:
    """The same of a datetime."""
    return moment.astimezone(zone).isoformat(timespec="seconds")


class Number(str):
    """Text that is a number, which stays one: a negative amount is no formula."""

    __slots__ = ()


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if not isinstance(cell, str) or isinstance(cell, Number):
        return str(cell)
    text = guarded(cell)
    return '"' + text.replace('"', '""') + '"' if not _QUOTED.isdisjoint(text) else text
