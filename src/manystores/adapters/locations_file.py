"""Locations from a CSV or Parquet file: one row a location, headings in English or Chinese.

Only `code` must be there: a file with `code,orders_per_hour` changes the capacity of known locations and nothing else.
An empty cell says nothing: a new location gets the default, a known one keeps what it has.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec

from manystores.adapters.files import UNREADABLE_FILE, FilePath, Record, Reject, read_table, stray_cells
from manystores.core.errors import Problem

COLUMNS: Final[dict[str, str]] = {
    "code": "the location's code, unique within the brand",
    "name": "its name",
    "kind": "store, warehouse or partner (门店, 仓库, 合作伙伴)",
    "stock_owner": "code of the partner that owns the stock there; by default the brand itself",
    "lat": "degrees north",
    "lon": "degrees east",
    "datum": "of lat and lon: wgs84 (default), gcj02 (Amap, Tencent), bd09 (Baidu)",
    "region": "GB/T 2260 code of 6, 9 or 12 digits, or ISO 3166-2",
    "address": "as people write it",
    "time_zone": "IANA name; by default that of the place",
    "opening_hours": "OSM opening_hours, e.g. Mo-Su 10:00-22:00; by default always open",
    "holidays": "country whose public holidays PH in the opening hours means, e.g. CN",
    "capabilities": "list of ship, same_day, pick_up, returns, …; by default what its kind usually can",
    "orders_per_hour": "orders that it can start in an hour; 'unlimited' (不限) takes a limit away",
    "orders_per_day": "the same for a day",
    "cut_off_ship": "local time HH:MM until which an order is shipped on the same day",
    "cut_off_same_day": "local time HH:MM until which it is delivered on the same day",
    "lead_time_minutes": "minutes from accepting an order to handing it over",
    "handle_order_cost": "minor units (fen) that handling an order costs here",
    "handle_unit_cost": "minor units that one more unit of it costs",
    "groups": "list of groups that it belongs to",
    "radius_km": "it delivers within this many km",
    "delivery_regions": "it delivers to this list of region codes",
    "enabled": "true or false (是, 否)",
}
"""The columns that are read. A list is separated by | or ; or 、, or is a list in Parquet."""

ALIASES: Final[dict[str, str]] = {
    "编码": "code",
    "门店编码": "code",
    "名称": "name",
    "门店名称": "name",
    "类型": "kind",
    "库存归属": "stock_owner",
    "纬度": "lat",
    "经度": "lon",
    "lng": "lon",
    "latitude": "lat",
    "longitude": "lon",
    "坐标系": "datum",
    "行政区划代码": "region",
    "地址": "address",
    "时区": "time_zone",
    "营业时间": "opening_hours",
    "节假日": "holidays",
    "能力": "capabilities",
    "每小时单量": "orders_per_hour",
    "每日单量": "orders_per_day",
    "发货截单时间": "cut_off_ship",
    "当日达截单时间": "cut_off_same_day",
    "备货分钟": "lead_time_minutes",
    "每单处理成本": "handle_order_cost",
    "每件处理成本": "handle_unit_cost",
    "分组": "groups",
    "配送半径公里": "radius_km",
    "配送区域": "delivery_regions",
    "启用": "enabled",
}

_KINDS = {"门店": "store", "仓库": "warehouse", "合作伙伴": "partner"}
_TRUE, _FALSE = ("true", "1", "yes", "y", "是"), ("false", "0", "no", "n", "否")
_UNLIMITED = ("unlimited", "不限")
_SEPARATORS = re.compile(r"[|;；,，、]")


class _Unreadable(ValueError):
    """A cell that is not of its column's type: the rule, and the way out in English and Chinese."""

    def __init__(self, rule: str, en: str, zh: str) -> None:
        super().__init__(en)
        self.rule, self.en, self.zh = rule, en, zh


def read_locations(path: FilePath) -> Iterator[Record | Reject]:
    """Yield a body for `network.put_locations` per good row, and what is wrong with the header and the other rows.

    Raises Problem(UNREADABLE_FILE) when the file is no table or has no column of codes.
    """
    table = read_table(path, known=(*COLUMNS, *ALIASES))
    columns = [ALIASES.get(column, column) for column in table.columns]
    if "code" not in columns:
        raise Problem(
            UNREADABLE_FILE,
            en=f"There is no column code; the file has: {', '.join(table.columns)}",
            zh=f"缺少 code（编码）列；文件现有列：{'、'.join(table.columns)}",
        )
    yield from table.header_rejects
    for row_no, cells in table.rows:
        body, rejects = _body(row_no, cells)
        rejects += stray_cells(row_no, cells)
        if rejects:
            yield from rejects
        else:
            yield Record((row_no,), body)


def _body(row_no: int, cells: dict[str, str]) -> tuple[dict[str, Any], list[Reject]]:
    body: dict[str, Any] = {}
    rejects = []
    for heading, cell in cells.items():
        column = ALIASES.get(heading, heading)
        if not cell or column not in COLUMNS:
            continue
        try:
            value = _READ.get(column, str)(cell)
        except _Unreadable as e:
            rejects.append(Reject(row_no, heading, e.rule, cell, e.en, e.zh))
            continue
        if column.startswith("cut_off_"):
            body.setdefault("cut_offs", {})[column.removeprefix("cut_off_")] = value
        elif column == "radius_km":
            body.setdefault("areas", []).append({"kind": "radius", "km": value})
        elif column == "delivery_regions":
            body.setdefault("areas", []).append({"kind": "regions", "codes": value})
        else:
            body[column] = value
    return body, rejects


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        raise _Unreadable("not_a_number", "Write a number such as 31.23", "请填写数字，例如 31.23") from None


def _whole(cell: str) -> int:
    try:
        return int(cell.removesuffix(".0"))
    except ValueError:
        raise _Unreadable("not_an_integer", "Write a whole number such as 20", "请填写整数，例如 20") from None


def _limit(cell: str) -> int | None:
    return None if cell.lower() in _UNLIMITED else _whole(cell)


def _flag(cell: str) -> bool:
    if cell.lower() in _TRUE + _FALSE:
        return cell.lower() in _TRUE
    raise _Unreadable("not_a_boolean", "Write true or false", "请填写 true 或 false（是 或 否）")


def _list(cell: str) -> list[str]:
    if cell.startswith("["):
        try:
            return msgspec.json.decode(cell, type=list[str])
        except msgspec.DecodeError:
            raise _Unreadable(
                "not_a_list", "Write a list such as ship|pick_up", "请填写列表，例如 ship|pick_up"
            ) from None
    return [item for part in _SEPARATORS.split(cell) if (item := part.strip())]


def _clock_time(cell: str) -> str:
    """Spreadsheets write 9:00 or 09:00:00 for 09:00; the body's own check knows the rest."""
    hour, _, rest = cell.partition(":")
    return f"{hour.zfill(2)}:{rest.removesuffix(':00') if rest.count(':') else rest}"


_READ: Final[dict[str, Callable[[str], Any]]] = {
    "kind": lambda cell: _KINDS.get(cell, cell.lower()),
    "datum": lambda cell: cell.lower().replace("-", ""),
    "lat": _number,
    "lon": _number,
    "radius_km": _number,
    "orders_per_hour": _limit,
    "orders_per_day": _limit,
    "lead_time_minutes": _whole,
    "handle_order_cost": _whole,
    "handle_unit_cost": _whole,
    "enabled": _flag,
    "capabilities": _list,
    "groups": _list,
    "delivery_regions": _list,
    "cut_off_ship": _clock_time,
    "cut_off_same_day": _clock_time,
}
