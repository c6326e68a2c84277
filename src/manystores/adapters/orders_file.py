"""The project's own file of past orders, CSV or Parquet: one row a line, an order's rows one after another.

| column | |
|---|---|
| `channel`, `channel_order_id` | required on every row: they tell which rows are one order |
| `sku`, `quantity` | required; base units |
| `unit_price`, `discount`, `tax` | decimals: of one unit of sale, of the whole line, of the whole line |
| `placed_at` | RFC 3339, required |
| `currency` | ISO 4217, CNY if empty |
| `lat`, `lon`, `datum`, `region` | where it went: degrees, wgs84 if empty (gcj02, bd09), region code |
| `pick_up_at` | or the location where it was collected |
| `sold_at` | the store that sold it, if one did |
| `delivery_fee` | decimals |
| `state` | completed or cancelled; if empty, the receiver decides |

What belongs to the whole order may stand on its first row only, or on each.
"""

import itertools
from collections.abc import Iterator
from datetime import tzinfo
from typing import Any, Final

import msgspec

from manystores.adapters.cells import Cells
from manystores.adapters.files import FilePath, Record, Reject, checked, read_table, scattered
from manystores.catalogue import QUANTITY_MAX
from manystores.kernels.geo import to_wgs84
from manystores.orders import draft
from manystores.orders.order import CHANNELS

COLUMNS: Final = (
    "channel",
    "channel_order_id",
    "placed_at",
    "currency",
    "lat",
    "lon",
    "datum",
    "region",
    "pick_up_at",
    "sold_at",
    "delivery_fee",
    "state",
    "sku",
    "quantity",
    "unit_price",
    "discount",
    "tax",
)

#: What Chinese spreadsheets call them.
ALIASES: Final = {
    "offer": "sku",
    "order_id": "channel_order_id",
    "price": "unit_price",
    "qty": "quantity",
    "渠道": "channel",
    "订单号": "channel_order_id",
    "下单时间": "placed_at",
    "商品编码": "sku",
    "数量": "quantity",
    "单价": "unit_price",
    "优惠": "discount",
    "自提门店": "pick_up_at",
    "运费": "delivery_fee",
    "行政区划": "region",
}

_DATUMS: Final = ("wgs84", "gcj02", "bd09")
_COLUMN_OF: Final = {
    "/lines/offer": "sku",
    "/lines/quantity": "quantity",
    "/lines/unit_price": "unit_price",
    "/lines/discounts": "discount",
    "/lines/tax": "tax",
    "/lines": "sku",
    "/deliver_to/region": "region",
    "/deliver_to/lon": "lon",
    "/deliver_to": "lat",
    **{f"/{column}": column for column in COLUMNS},
}
_OF_THE_ORDER: Final = COLUMNS[2 : COLUMNS.index("sku")]

Row = tuple[int, dict[str, str]]


def read_orders(path: FilePath, zone: tzinfo | None = None) -> Iterator[Record | Reject]:
    """Yield a backfill body per order, and a reject per broken cell; an order with a broken row is left out whole.

    Times without an offset are in `zone`; without one they are rejected. A record's rows are those of its lines, in
    order. An order whose rows do not stand together is rejected. Every rule of
    `orders.draft` is checked here.
    """
    required = ("channel", "channel_order_id", "sku", "quantity", "placed_at")
    # A first pass: of an order in two places, the first part must not be taken for the whole.
    apart = scattered(_key(numbered) for numbered in read_table(path, COLUMNS, required, ALIASES).rows)
    table = read_table(path, COLUMNS, required, ALIASES)
    yield from table.header_rejects
    for key, rows in itertools.groupby(table.rows, key=_key):
        whole = list(rows)
        yield from [_scattered_order(whole[0][0], key)] if key in apart else _order(whole, zone)


def _key(numbered: Row) -> tuple[str, str]:
    return numbered[1]["channel"].lower(), numbered[1]["channel_order_id"]


def _scattered_order(row_no: int, key: tuple[str, str]) -> Reject:
    return Reject(
        row_no,
        "channel_order_id",
        "scattered_order",
        key[1],
        "The rows of this order do not stand together; sort the file by order",
        "该订单的行不相邻，请按订单号排序后重新导入",
    )


def _order(rows: list[Row], zone: tzinfo | None) -> Iterator[Record | Reject]:
    head, contradictions = _common(rows)
    first = Cells(rows[0][0], head)
    body = _head(first, zone)
    lines, line_rejects = [], []
    for row_no, row in rows:
        cells = Cells(row_no, row)
        lines.append(_line(cells, body["currency"]))
        line_rejects += cells.rejects
    rejects = sorted({*first.rejects, *contradictions, *line_rejects}, key=lambda reject: (reject.row, reject.field))
    record = Record(tuple(row_no for row_no, _ in rows), body | {"lines": lines})
    yield from rejects or checked(record, lambda body: draft(msgspec.json.encode(body)), _COLUMN_OF)


def _common(rows: list[Row]) -> tuple[dict[str, str], list[Reject]]:
    """The first row, filled up with what later rows say of the whole order, and where they contradict."""
    head = dict(rows[0][1])
    rejects = []
    for row_no, row in rows[1:]:
        for column in _OF_THE_ORDER:
            cell = row.get(column, "")
            if cell and cell != head.setdefault(column, "") and head[column]:
                rejects.append(
                    Reject(
                        row_no,
                        column,
                        "contradiction",
                        cell,
                        f"An earlier row of this order says {head[column]}",
                        f"该订单前面的行填写的是 {head[column]}",
                    )
                )
            elif cell:
                head[column] = cell
    return head, rejects


def _head(cells: Cells, zone: tzinfo | None) -> dict[str, Any]:
    """What belongs to the whole order."""
    currency = cells.currency("currency", "CNY")
    body: dict[str, Any] = {
        "channel": cells.choice("channel", CHANNELS, required=True),
        "channel_order_id": cells.text("channel_order_id", required=True),
        "backfill": True,
        "placed_at": cells.time("placed_at", zone, required=True),
        "currency": currency,
        "deliver_to": _place(cells),
        "pick_up_at": cells.text("pick_up_at"),
        "sold_at": cells.text("sold_at"),
        "delivery_fee": cells.amount("delivery_fee", currency),
        "state": cells.choice("state", ("completed", "cancelled")),
    }
    if body["deliver_to"] and body["pick_up_at"]:
        cells.wrong(
            "pick_up_at",
            "either_or",
            "Either a place to deliver to, or a location to pick up at",
            "配送与自提只能二选一",
        )
    elif not body["deliver_to"] and not body["pick_up_at"] and not cells.rejects:
        cells.wrong(
            "lat", "required", "Give lat and lon, or pick_up_at", "请填写经纬度（lat、lon）或自提门店（pick_up_at）"
        )
    return {field: value for field, value in body.items() if value is not None}


def _place(cells: Cells) -> dict[str, Any] | None:
    lat, lon = cells.decimal("lat", -90, 90), cells.decimal("lon", -180, 180)
    datum = cells.choice("datum", _DATUMS) or "wgs84"
    region = cells.text("region")
    if lat is None and lon is None:
        return None
    if lat is None or lon is None:
        missing = "lat" if lat is None else "lon"
        if not any(reject.field == missing for reject in cells.rejects):
            cells.wrong(missing, "required", "A place needs both lat and lon", "经度和纬度须同时填写")
        return None
    if datum != "wgs84":
        lat, lon = (round(float(degrees), 7) for degrees in to_wgs84(lat, lon, datum)[0])
    return {"lat": lat, "lon": lon} | ({"region": region} if region else {})


def _line(cells: Cells, currency: str) -> dict[str, Any]:
    discount = cells.amount("discount", currency)
    line: dict[str, Any] = {
        "offer": cells.text("sku", required=True),
        "quantity": cells.integer("quantity", 1, QUANTITY_MAX, required=True),
        "unit_price": cells.amount("unit_price", currency),
        "discounts": [{"amount": discount}] if discount else None,
        "tax": cells.amount("tax", currency),
    }
    return {field: value for field, value in line.items() if value is not None}
