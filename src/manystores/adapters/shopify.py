"""Shopify's CSV files of products and inventory, as its admin exports them (orders: see `shopify_orders`).

Columns were read from exports of both product templates: the older one names them "Variant SKU", "Variant Grams", …,
the present one "SKU", "Weight value (grams)", …; either is read.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import ROUND_CEILING, Decimal
from typing import Any, Final, Literal

from manystores.adapters.cells import Cells
from manystores.adapters.files import UNREADABLE_FILE, FilePath, Record, Reject, Table, checked, read_table
from manystores.catalogue import QUANTITY_MAX, BrokenGtin, gtin14, offer_of
from manystores.core.currency import DECIMALS
from manystores.core.errors import INVALID, Problem

PRODUCT_COLUMNS: Final = (
    "Handle",
    "Title",
    "Vendor",
    "Product Category",
    "Type",
    "Tags",
    "Published",
    "Status",
    "Option1 Name",
    "Option1 Value",
    "Option2 Name",
    "Option2 Value",
    "Option3 Name",
    "Option3 Value",
    "Variant SKU",
    "Variant Barcode",
    "Variant Price",
    "Variant Grams",
    "Variant Requires Shipping",
    "Gift Card",
)
#: The present template's names.
PRODUCT_ALIASES: Final = {
    "URL handle": "Handle",
    "Published on online store": "Published",
    "SKU": "Variant SKU",
    "Barcode": "Variant Barcode",
    "Variant Barcodes": "Variant Barcode",
    "Price": "Variant Price",
    "Weight value (grams)": "Variant Grams",
    "Requires shipping": "Variant Requires Shipping",
}
#: Columns that say nothing of stock, price or identity, in either template.
_IGNORED_PRODUCT_COLUMNS: Final = re.compile(
    r"(body \(html\)|description|image.*|product image.*|variant image.*|seo .*|google shopping.*|.*metafields\..*|"
    r"(variant )?(inventory.*|compare[- ]at price|taxable|weight unit.*|tax code|fulfillment service)|charge tax|"
    r"cost per item|continue selling.*|unit price .*|option\d linked to|gift card template.*|collection|"
    r"(included|price|compare[- ]at price|active) / .*|packed product .*|(standardized|custom) product type)",
    re.IGNORECASE,
)

INVENTORY_COLUMNS: Final = (
    "Handle",
    "Title",
    "Option1 Name",
    "Option1 Value",
    "Option2 Name",
    "Option2 Value",
    "Option3 Name",
    "Option3 Value",
    "SKU",
    "Barcode",
    "HS Code",
    "COO",
    "Location",
    "Bin name",
    "Incoming",
    "Unavailable",
    "Committed",
    "Available",
    "On hand (current)",
    "On hand (new)",
)
#: Exports mark what an import ignores; earlier ones had one column of stock on hand.
INVENTORY_ALIASES: Final = {
    **{f"{name} (not editable)": name for name in ("Incoming", "Unavailable", "Committed", "Available")},
    **{f"Option {n} {what}": f"Option{n} {what}" for n in (1, 2, 3) for what in ("Name", "Value")},
    "On hand": "On hand (current)",
}

_COLUMN_OF: Final = {
    "/sku": "Variant SKU",
    "/name": "Title",
    "/price": "Variant Price",
    "/weight_g": "Variant Grams",
    "/variant_of": "Handle",
    "/options": "Option1 Value",
    "/attributes": "Tags",
}

NOT_STOCKED: Final = "not stocked"
_DEFAULT_TITLE: Final = "default title"


def read_products(path: FilePath, currency: str) -> Iterator[Record | Reject]:
    """Yield an offer's body per variant, and a reject per broken cell. `currency` is the shop's: the file has none.

    The variants of a handle share `variant_of` and tell themselves apart by `options`; rows that only carry a further
    picture are passed over. A barcode that is no GTIN (a brand's own code) is kept as the attribute `barcode`; one
    that looks like a GTIN must have the right check digit. What needs no shipping is a service.
    """
    if currency not in DECIMALS:
        raise Problem(
            INVALID, f"{currency!r} is no ISO 4217 code such as CNY", f"{currency!r} 不是 ISO 4217 货币代码，例如 CNY"
        )
    table = read_table(path, PRODUCT_COLUMNS, ("Handle", "Title", "Variant SKU", "Variant Price"), PRODUCT_ALIASES)
    yield from (reject for reject in table.header_rejects if not _IGNORED_PRODUCT_COLUMNS.fullmatch(reject.field))
    products: dict[str, dict[str, str]] = {}
    row_of: dict[str, int] = {}
    for row_no, row in table.rows:
        first = products.setdefault(row["Handle"], row)
        if not any(row.get(c) for c in ("Variant SKU", "Variant Price", "Option1 Value")):
            continue
        cells = Cells(row_no, {column: _unquoted(cell) for column, cell in row.items()})
        body = _product(cells, first, currency)
        if sku := body.get("sku"):
            earlier = row_of.setdefault(sku, row_no)
            if earlier != row_no:
                cells.wrong(
                    "Variant SKU", "doubled", f"Row {earlier} has this SKU already", f"第 {earlier} 行已有该 SKU"
                )
        yield from cells.rejects or checked(Record((row_no,), body), lambda body: offer_of(body, 0), _COLUMN_OF, row)


def read_inventory(
    path: FilePath,
    locations: Mapping[str, str] | None = None,
    count: Literal["on_hand", "available"] = "on_hand",
) -> Iterator[Record | Reject]:
    """Yield a count's body per stocked row ({"location", "offer", "on_hand"}), and a reject per broken cell.

    "On hand (new)" counts where it is filled in, else "On hand (current)"; "not stocked" is no count. `locations`
    gives our code for Shopify's location name, the name itself if left out. With `count` "available" the units that
    Shopify has promised or set apart are left out: for a brand whose open Shopify orders are served by Shopify.
    """
    table = read_table(path, INVENTORY_COLUMNS, ("SKU", "Location"), INVENTORY_ALIASES)
    _need_stock_column(table, count)
    yield from table.header_rejects
    for row_no, row in table.rows:
        cells = Cells(row_no, {column: _unquoted(cell) for column, cell in row.items()})
        column = "Available" if count == "available" else _on_hand_column(row)
        if row.get(column, "").lower() == NOT_STOCKED:
            continue
        body = {
            "location": _location(cells, "Location", locations),
            "offer": cells.text("SKU", required=True),
            "on_hand": cells.integer(column, 0, QUANTITY_MAX, required=True),
        }
        if cells.rejects:
            yield from cells.rejects
        else:
            yield Record((row_no,), body)


def _product(cells: Cells, first: dict[str, str], currency: str) -> dict[str, Any]:
    """A variant's body; `first` is the handle's first row, which alone has title, option names and status."""
    if cells.flag("Gift Card"):
        cells.wrong("Gift Card", "gift_card", "A gift card is money, no offer", "礼品卡属于支付工具，不作为商品导入")
    handle = cells.text("Handle", required=True)
    title = first.get("Title", "")
    if not title:
        cells.wrong("Title", "required", "The handle's first row needs a title", "同一 Handle 的首行必须填写 Title")
    options = _options(cells, first)
    amount = cells.amount("Variant Price", currency, required=True)
    attributes = {
        attribute: first[column]
        for attribute, column in (
            ("vendor", "Vendor"),
            ("category", "Product Category"),
            ("type", "Type"),
            ("tags", "Tags"),
        )
        if first.get(column)
    }
    gtin = _barcode(cells, attributes)
    body: dict[str, Any] = {
        "sku": cells.text("Variant SKU", required=True),
        "name": " - ".join([title, " / ".join(options.values())] if options else [title]),
        "kind": "service" if cells.flag("Variant Requires Shipping") is False else "good",
        "price": {"amount": amount, "currency": currency},
        "gtin": gtin,
        "weight_g": _grams(cells),
        "variant_of": handle if options else None,
        "options": options or None,
        "attributes": attributes or None,
        "enabled": _enabled(first),
    }
    return {field: value for field, value in body.items() if value is not None}


def _options(cells: Cells, first: dict[str, str]) -> dict[str, str]:
    """Option values by name; a product without variants has the one option Title = Default Title, which is none."""
    options = {}
    for n in (1, 2, 3):
        value = cells.text(f"Option{n} Value")
        name = first.get(f"Option{n} Name") or f"Option{n}"
        if value and value.lower() != _DEFAULT_TITLE:
            options[name] = value
    return options


def _barcode(cells: Cells, attributes: dict[str, str]) -> str | None:
    """The GTIN; another code goes to the attributes."""
    barcode = cells.text("Variant Barcode")
    if barcode is None:
        return None
    if (
        not (barcode.isascii() and barcode.isdigit() and len(barcode) in (8, 12, 13, 14))
        and "E+" not in barcode.upper()
    ):
        attributes["barcode"] = barcode
        return None
    try:
        return gtin14(barcode)
    except BrokenGtin as e:
        cells.wrong("Variant Barcode", "broken_gtin", e.en, e.zh)
        return None


def _grams(cells: Cells) -> int | None:
    """Whole grams, rounded up: Shopify keeps fractions."""
    weight = cells.decimal("Variant Grams", 0, QUANTITY_MAX)
    return None if weight is None else int(Decimal(str(weight)).to_integral_value(ROUND_CEILING))


def _enabled(first: dict[str, str]) -> bool:
    if status := first.get("Status"):
        return status.lower() == "active"
    return first.get("Published", "").lower() != "false"


def _need_stock_column(table: Table, count: str) -> None:
    wanted = ("Available",) if count == "available" else ("On hand (current)", "On hand (new)")
    if not any(column in table.columns for column in wanted):
        raise Problem(
            UNREADABLE_FILE,
            f"Column {wanted[0]} is missing; export inventory with all states",
            f"缺少列 {wanted[0]}；导出库存时请包含所有状态",
        )


def _on_hand_column(row: dict[str, str]) -> str:
    return "On hand (new)" if row.get("On hand (new)") else "On hand (current)"


def _location(cells: Cells, column: str, locations: Mapping[str, str] | None) -> str | None:
    name = cells.text(column, required=True)
    if name is None or locations is None:
        return name
    if name not in locations:
        cells.wrong(column, "unknown_location", "No code is given for this location", "未给出该地点对应的编码")
    return locations.get(name)


def _unquoted(cell: str) -> str:
    """A cell without the apostrophe by which Shopify keeps spreadsheets from reading digits as a number."""
    return cell[1:] if re.match(r"'[\d+=@-]", cell) else cell
