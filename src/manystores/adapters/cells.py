"""The cells of one row as typed values; what can't be read is remembered as a reject and reads as None."""

import math
import re
from collections.abc import Collection
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from manystores.adapters.files import Reject, stray_cells
from manystores.core.clock import from_datetime, rfc3339
from manystores.core.currency import DECIMALS, minor_units

_INTEGER = re.compile(r"[+-]?\d{1,19}(\.0*)?")
_DECIMAL = re.compile(r"[+-]?(\d{1,15}(\.\d{0,15})?|\.\d{1,15})")
_TIME = re.compile(
    r"(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})"
    r"(?:[T ]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.(?P<part>\d{1,9}))?)?)?"
    r"\s*(?P<offset>Z|UTC|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_YES = frozenset({"true", "yes", "y", "1", "是", "t"})
_NO = frozenset({"false", "no", "n", "0", "否", "f"})
_UNSEEN = re.compile(r"[\x00-\x1f\x7f]")


class Cells:
    """Reads one row column by column. `rejects` holds what was wrong so far, shifted cells included."""

    def __init__(self, row_no: int, row: dict[str, str]) -> None:
        self.row_no = row_no
        self.rejects = stray_cells(row_no, row)
        self._row = row

    def wrong(self, column: str, rule: str, en: str, zh: str) -> None:
        """Remember that a cell broke a rule."""
        self.rejects.append(Reject(self.row_no, column, rule, self._row.get(column, ""), en, zh))

    def text(self, column: str, *, required: bool = False) -> str | None:
        """The cell's text, None for an empty or absent one. Control characters are refused, line breaks too."""
        cell = self._row.get(column, "")
        if not cell:
            if required:
                self.wrong(column, "required", f"Every row needs its {column}", f"每行都必须填写 {column}")
            return None
        if _UNSEEN.search(cell):
            self.wrong(
                column,
                "unseen_characters",
                "No line breaks, no control characters",
                "不能包含换行符或控制字符",
            )
            return None
        return cell

    def choice(self, column: str, choices: Collection[str], *, required: bool = False) -> str | None:
        """One of some words, in any case."""
        cell = self.text(column, required=required)
        if cell is None or cell.lower() in choices:
            return cell and cell.lower()
        told = ", ".join(choices)
        self.wrong(column, "unknown_choice", f"This is none of: {told}", f"无效，可选值：{told}")
        return None

    def integer(self, column: str, low: int, high: int, *, required: bool = False) -> int | None:
        """A whole number from `low` to `high`; a spreadsheet's 5.0 is 5."""
        cell = self.text(column, required=required)
        if cell is None:
            return None
        if not (cell.isascii() and _INTEGER.fullmatch(cell)):
            self.wrong(
                column,
                "not_an_integer",
                "This should be a whole number without separators, e.g. 1200",
                "此处应为整数，不带千位分隔符，例如 1200",
            )
            return None
        value = int(cell.split(".")[0])
        if value < low:
            self.wrong(column, "too_small", f"At least {low}", f"不能小于 {low}")
        elif value > high:
            self.wrong(column, "too_large", f"At most {high}", f"不能大于 {high}")
        else:
            return value
        return None

    def decimal(self, column: str, low: float, high: float) -> float | None:
        """A decimal number from `low` to `high`: degrees, not money."""
        cell = self.text(column)
        if cell is None:
            return None
        if not (cell.isascii() and _DECIMAL.fullmatch(cell)) or not math.isfinite(float(cell)):
            self.wrong(column, "not_a_number", "This should be a number, e.g. 39.9042", "此处应为数字，例如 39.9042")
            return None
        if not low <= float(cell) <= high:
            self.wrong(column, "out_of_range", f"From {low:g} to {high:g}", f"应在 {low:g} 到 {high:g} 之间")
            return None
        return float(cell)

    def currency(self, column: str, default: str) -> str:
        """An ISO 4217 code; an empty cell reads as the default."""
        cell = self.text(column)
        if cell is None:
            return default
        if cell.upper() not in DECIMALS:
            self.wrong(
                column,
                "unknown_currency",
                "This is no ISO 4217 code such as CNY or USD",
                "不是 ISO 4217 货币代码（例如 CNY、USD）",
            )
            return default
        return cell.upper()

    def amount(self, column: str, currency: str, *, required: bool = False) -> int | None:
        """Minor units of an amount written in decimals, never negative."""
        cell = self.text(column, required=required)
        if cell is None:
            return None
        try:
            amount = minor_units(cell, currency)
        except ValueError:
            decimals = DECIMALS[currency]
            example = "12" + "." * bool(decimals) + "5".ljust(decimals, "0")[:decimals]
            self.wrong(
                column,
                "not_an_amount",
                f"An amount in {currency} is a number with at most {decimals} decimals, e.g. {example}, without "
                "currency sign or separators",
                f"{currency} 金额应为最多 {decimals} 位小数的数字，例如 {example}，不带货币符号和千位分隔符",
            )
            return None
        if amount < 0:
            self.wrong(column, "too_small", "At least 0", "不能小于 0")
            return None
        return amount

    def flag(self, column: str) -> bool | None:
        """Yes or no, in the usual spellings."""
        cell = self.text(column)
        if cell is None:
            return None
        if cell.lower() in _YES | _NO:
            return cell.lower() in _YES
        self.wrong(column, "not_a_boolean", "This should be true or false", "此处应为 true 或 false（是或否）")
        return None

    def time(self, column: str, zone: tzinfo | None, *, required: bool = False) -> str | None:
        """A time as RFC 3339 in UTC; one without an offset is in `zone`, or refused when there is none."""
        cell = self.text(column, required=required)
        if cell is None:
            return None
        found = _TIME.fullmatch(cell)
        at = found and _datetime(found, zone)
        if at is None:
            self.wrong(
                column,
                "not_a_time",
                "This should be a time such as 2026-11-11T00:00:00+08:00",
                "此处应为时间，例如 2026-11-11T00:00:00+08:00",
            )
            return None
        if at.tzinfo is None:
            self.wrong(
                column,
                "no_offset",
                "This time needs its offset, e.g. 2026-11-11T00:00:00+08:00; or name the file's time zone",
                "该时间缺少时区偏移，例如 2026-11-11T00:00:00+08:00；也可指定整个文件的时区",
            )
            return None
        return rfc3339(from_datetime(at))


def _datetime(found: re.Match[str], zone: tzinfo | None) -> datetime | None:
    """The time that was written, naive if nobody knows its offset; None for one that is in no calendar."""
    numbers = [int(found[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second")]
    microseconds = int((found["part"] or "0").ljust(6, "0")[:6])
    offset = found["offset"]
    try:
        at = datetime(*numbers, microseconds, tzinfo=_offset(offset) if offset else zone)  # type: ignore[arg-type,misc]
        return at if datetime(1970, 1, 2) < at.replace(tzinfo=None) < datetime(9999, 12, 31) else None
    except ValueError:
        return None


def _offset(text: str) -> tzinfo:
    if text.upper() in ("Z", "UTC"):
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))
