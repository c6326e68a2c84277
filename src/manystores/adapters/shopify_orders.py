"""Shopify's CSV file of orders, as its admin exports it: one row a line item, rows with the same Name one order.

What belongs to the order (status, totals, address) stands on its first row only. Names, streets, phones and e-mail
addresses are not read: past orders are imported for demand and returns, which need none of them.
"""

import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import msgspec

from manystores.adapters.cells import Cells
from manystores.adapters.files import FilePath, Record, Reject, checked, read_table, scattered
from manystores.catalogue import QUANTITY_MAX
from manystores.core.money import share
from manystores.orders import draft

COLUMNS: Final = (
    "Name",
    "Financial Status",
    "Fulfillment Status",
    "Currency",
    "Subtotal",
    "Shipping",
    "Taxes",
    "Total",
    "Discount Code",
    "Created at",
    "Lineitem quantity",
    "Lineitem name",
    "Lineitem price",
    "Lineitem sku",
    "Lineitem discount",
    "Shipping City",
    "Shipping Zip",
    "Shipping Province",
    "Shipping Country",
    "Cancelled at",
    "Payment ID",
    "Payment Reference",
    "Outstanding Balance",
    "Location",
    "Id",
    "Source",
)
_REQUIRED: Final = ("Name", "Currency", "Created at", "Lineitem quantity", "Lineitem price", "Lineitem sku")

#: Columns that a past order here has no use for, personal data among them.
_IGNORED: Final = re.compile(
    r"(email|phone|paid at|fulfilled at|accepts marketing|discount amount|shipping method|lineitem .*|billing .*|"
    r"shipping (name|street|address\d|company|phone|province name)|notes?|note attributes|payment .*|refunded amount|"
    r"vendor|employee|device id|tags|risk level|tax \d (name|value)|receipt number|duties|next payment due at)",
    re.IGNORECASE,
)

_COLUMN_OF: Final = {
    "/lines/offer": "Lineitem sku",
    "/lines/quantity": "Lineitem quantity",
    "/lines/unit_price": "Lineitem price",
    "/lines/discounts": "Lineitem discount",
    "/lines": "Lineitem sku",
    "/deliver_to": "Shipping City",
    "/pick_up_at": "Location",
    "/channel": "Source",
    "/channel_order_id": "Name",
    "/placed_at": "Created at",
    "/delivery_fee": "Shipping",
    "/payment/reference": "Payment ID",
    "/payment": "Total",
}

#: Channels by Shopify's Source; all others are the web.
_CHANNELS: Final = {"pos": "till", "iphone": "app", "android": "app"}
_CAPTURED: Final = frozenset({"paid", "partially_paid", "partially_refunded", "refunded"})


class Destination(msgspec.Struct, frozen=True):
    """Where a parcel went, as Shopify writes it: country code, province code, city, postal code."""

    country: str
    province: str
    city: str
    zip: str


Locate = Callable[[Destination], dict[str, Any] | None]
"""Finds {"lat", "lon", "region"} of a destination, None if it can't."""

Row = tuple[int, dict[str, str]]


def read_orders(
    path: FilePath, locate: Locate, locations: Mapping[str, str] | None = None, channel: str | None = None
) -> Iterator[Record | Reject]:
    """Yield a backfill body per order, and a reject per broken cell; an order with a broken row is left out whole.

    The order's discount (its lines' sum less its subtotal) is allocated to the lines, each line's own first; its
    taxes by what the lines cost. `locate` finds where parcels went; orders of a till are picked up where they were
    sold, at our code in `locations` of Shopify's location name (the name itself if left out). `channel` overrides
    what the column Source says.
    """
    # A first pass: of an order in two places, the first part must not be taken for the whole.
    apart = scattered(row["Name"] for _, row in read_table(path, COLUMNS, _REQUIRED).rows)
    table = read_table(path, COLUMNS, _REQUIRED)
    yield from (reject for reject in table.header_rejects if not _IGNORED.fullmatch(reject.field))
    for name, rows in itertools.groupby(table.rows, key=lambda numbered: numbered[1]["Name"]):
        whole = list(rows)
        if name in apart:
            yield _scattered_order(whole[0][0], name)
        else:
            yield from _Order(whole, locate, locations or {}, channel).read()


def _scattered_order(row_no: int, name: str) -> Reject:
    return Reject(
        row_no,
        "Name",
        "scattered_order",
        name,
        "The rows of this order do not stand together; sort the file by Name",
        "该订单的行不相邻，请按 Name 排序后重新导入",
    )


class _Order:
    """The rows of one order."""

    def __init__(self, rows: list[Row], locate: Locate, locations: Mapping[str, str], channel: str | None) -> None:
        self._rows = rows
        self._locate = locate
        self._locations = locations
        self._channel = channel
        self._first = Cells(*rows[0])
        self._first.text("Currency", required=True)
        self._currency = self._first.currency("Currency", "USD")

    def read(self) -> Iterator[Record | Reject]:
        lines, line_rejects = self._lines()
        body = self._head()
        rejects = sorted({*self._first.rejects, *line_rejects}, key=lambda reject: (reject.row, reject.field))
        if rejects:
            yield from rejects
            return
        self._allocate(lines)
        record = Record(tuple(row_no for row_no, _ in self._rows), body | {"lines": lines})
        yield from checked(record, lambda body: draft(msgspec.json.encode(body)), _COLUMN_OF)

    def _lines(self) -> tuple[list[dict[str, Any]], list[Reject]]:
        lines, rejects = [], []
        for row_no, row in self._rows:
            cells = Cells(row_no, row)
            discount = cells.amount("Lineitem discount", self._currency)
            line: dict[str, Any] = {
                "offer": cells.text("Lineitem sku", required=True),
                "quantity": cells.integer("Lineitem quantity", 1, QUANTITY_MAX, required=True),
                "unit_price": cells.amount("Lineitem price", self._currency, required=True),
            }
            if discount:
                line["discounts"] = [{"amount": discount}]
            lines.append(line)
            rejects += cells.rejects
        return lines, rejects

    def _head(self) -> dict[str, Any]:
        cells = self._first
        body: dict[str, Any] = {
            "channel": self._channel or _CHANNELS.get((cells.text("Source") or "").lower(), "web"),
            "channel_order_id": cells.text("Name", required=True),
            "backfill": True,
            "placed_at": cells.time("Created at", None, required=True),
            "currency": self._currency,
            "delivery_fee": cells.amount("Shipping", self._currency),
            "tax_included": self._tax_included(),
            "payment": self._payment(),
            "state": self._state(),
        }
        return {field: value for field, value in body.items() if value is not None} | self._way()

    def _way(self) -> dict[str, Any]:
        """Where it went, or where it was sold and collected."""
        cells = self._first
        location = cells.text("Location")
        if location and (cells.text("Source") or "").lower() == "pos":
            code = self._locations.get(location, location if not self._locations else None)
            if code is None:
                cells.wrong(
                    "Location", "unknown_location", "No code is given for this location", "未给出该地点对应的编码"
                )
            return {"pick_up_at": code, "sold_at": code}
        columns = ("Shipping Country", "Shipping Province", "Shipping City", "Shipping Zip")
        country, province, city, postal_code = (cells.text(column) or "" for column in columns)
        place = self._locate(Destination(country, province, city, postal_code.lstrip("'"))) if country else None
        if place is None:
            cells.wrong(
                "Shipping City" if country else "Shipping Country",
                "unknown_place",
                "Nobody knows where this is; give its coordinates, or import the order with the project's own file",
                "无法确定收货地位置；请提供坐标，或改用本系统自有的订单文件导入",
            )
            return {}
        return {"deliver_to": place}

    def _tax_included(self) -> bool | None:
        """Whether prices include tax: then the total is subtotal and shipping without the taxes."""
        amounts = [self._first.amount(c, self._currency) for c in ("Subtotal", "Shipping", "Taxes", "Total")]
        subtotal, shipping, taxes, total = (amount or 0 for amount in amounts)
        return total == subtotal + shipping if taxes and None not in amounts else None

    def _payment(self) -> dict[str, Any] | None:
        status = (self._first.text("Financial Status") or "").lower()
        total = self._first.amount("Total", self._currency) or 0
        open_balance = self._first.amount("Outstanding Balance", self._currency) or 0
        names = ("Payment ID", "Payment Reference", "Id", "Name")
        reference = next((text for name in names if (text := self._first.text(name))), None)
        captured = max(total - open_balance, 0) if status == "partially_paid" else total
        if status in _CAPTURED and captured:
            return {"reference": reference, "captured": captured}
        return {"reference": reference, "authorised": total} if status == "authorized" and total else None

    def _state(self) -> str | None:
        """Cancelled or completed; None for an order that was still open when it was exported."""
        if self._first.text("Cancelled at") or (self._first.text("Financial Status") or "").lower() == "voided":
            return "cancelled"
        return "completed" if (self._first.text("Fulfillment Status") or "").lower() == "fulfilled" else None

    def _allocate(self, lines: list[dict[str, Any]]) -> None:
        """Give every line its part of the order's discount and taxes."""
        gross = [line["quantity"] * line["unit_price"] for line in lines]
        own = [sum(d["amount"] for d in line.get("discounts", ())) for line in lines]
        net = [max(g - d, 0) for g, d in zip(gross, own, strict=True)]
        subtotal = self._first.amount("Subtotal", self._currency)
        rest = 0 if subtotal is None else min(max(sum(gross) - subtotal - sum(own), 0), sum(net))
        code = self._first.text("Discount Code")
        for line, part in zip(lines, share(rest, net), strict=True):
            if part:
                line.setdefault("discounts", []).append({"amount": part} | ({"code": code} if code else {}))
        taxes = self._first.amount("Taxes", self._currency) or 0
        paid = [n - p for n, p in zip(net, share(rest, net), strict=True)]
        for line, tax in zip(lines, share(taxes, paid), strict=True):
            if tax:
                line["tax"] = tax
