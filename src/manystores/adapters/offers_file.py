"""The project's own file of offers, CSV or Parquet: one row an offer.

| column | |
|---|---|
| `sku` | required; unique in the file |
| `name`, `name_zh`, `name_en`, … | a name, or one per language; at least one of them |
| `kind` | `good` (if empty), `service`, `quota` |
| `price`, `currency` | price of one unit in decimals, e.g. 12.50, required; ISO 4217, CNY if empty |
| `tax_percent` | e.g. 13 |
| `gtin` | 8, 12, 13 or 14 digits |
| `unit`, `scale` | unit of sale, piece if empty; base units in one unit, from the unit if empty |
| `weight_g`, `length_mm`, `width_mm`, `height_mm` | of one unit |
| `shelf_life_days` | |
| `variant_of`, `option_size`, `option_colour`, … | the style, and what tells the variant from the others of it |
| `components` | for kits: `SKU*quantity; SKU*quantity`, quantities in base units, 1 if left out |
| `attribute_vendor`, … | anything else |
| `enabled` | true if empty |
"""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from manystores.adapters.cells import Cells
from manystores.adapters.files import FilePath, Record, Reject, checked, read_table
from manystores.catalogue import KINDS, QUANTITY_MAX, UNITS, offer_of

COLUMNS: Final = (
    "sku",
    "name",
    "kind",
    "price",
    "currency",
    "tax_percent",
    "gtin",
    "unit",
    "scale",
    "weight_g",
    "length_mm",
    "width_mm",
    "height_mm",
    "shelf_life_days",
    "variant_of",
    "components",
    "enabled",
)
#: Columns whose names go on with a language, an option or an attribute.
FAMILIES: Final = ("name", "option", "attribute")

#: What Chinese spreadsheets call them.
ALIASES: Final = {
    "offer": "sku",
    "商品编码": "sku",
    "货号": "sku",
    "商品名称": "name",
    "名称": "name",
    "类型": "kind",
    "价格": "price",
    "售价": "price",
    "币种": "currency",
    "税率": "tax_percent",
    "条码": "gtin",
    "商品条码": "gtin",
    "barcode": "gtin",
    "单位": "unit",
    "重量": "weight_g",
    "保质期": "shelf_life_days",
    "款号": "variant_of",
    "启用": "enabled",
}

_FAMILY = re.compile(rf"({'|'.join(FAMILIES)})[_\s:-]+(.+)", re.IGNORECASE)
_COMPONENT = re.compile(r"(?P<sku>[^*×]+?)(?:\s*[*×]\s*(?P<quantity>\d{1,12}))?")
_SIDES: Final = ("length_mm", "width_mm", "height_mm")
_COLUMN_OF: Final = {
    "/price": "price",
    "/price/currency": "currency",
    "/tax_rate_ppm": "tax_percent",
    "/size_mm": "length_mm",
    **{f"/{column}": column for column in COLUMNS},
}
_FIELD_OF: Final = {"name": "name", "option": "options", "attribute": "attributes"}


def read_offers(path: FilePath) -> Iterator[Record | Reject]:
    """Yield a body per good row and a reject per broken cell; kits come last, so that what they contain is there.

    Every rule of `catalogue.offer_of` is checked here. Raises Problem for a file that is no table.
    """
    table = read_table(path, COLUMNS, required=("sku", "price"), aliases=ALIASES)
    families = {column: match for column in table.columns if (match := _FAMILY.fullmatch(column))}
    yield from (reject for reject in table.header_rejects if reject.field not in families)
    column_of = _COLUMN_OF | {f"/{_FIELD_OF[found[1].lower()]}/{found[2]}": c for c, found in families.items()}
    row_of: dict[str, int] = {}
    kits: list[Record] = []
    for row_no, row in table.rows:
        cells = Cells(row_no, row)
        body = _body(cells, families)
        if body["sku"]:
            earlier = row_of.setdefault(body["sku"], row_no)
            if earlier != row_no:
                cells.wrong("sku", "doubled", f"Row {earlier} has this SKU already", f"第 {earlier} 行已有该 SKU")
        record = Record((row_no,), body)
        if cells.rejects:
            yield from cells.rejects
            continue
        for found in checked(record, lambda body: offer_of(body, 0), column_of, row):
            if found is record and "components" in body:
                kits.append(record)
            else:
                yield found
    yield from kits


def _body(cells: Cells, families: dict[str, re.Match[str]]) -> dict[str, Any]:
    """The body without what the row leaves empty."""
    currency = cells.currency("currency", "CNY")
    amount = cells.amount("price", currency, required=True)
    named: dict[str, dict[str, str]] = {family: {} for family in FAMILIES}
    for column, found in families.items():
        if cell := cells.text(column):
            named[found[1].lower()][found[2]] = cell
    body: dict[str, Any] = {
        "sku": cells.text("sku", required=True),
        "name": _name(cells, named["name"]),
        "kind": cells.choice("kind", KINDS) or "good",
        "price": {"amount": amount, "currency": currency},
        "tax_rate_ppm": _ppm(cells),
        "gtin": cells.text("gtin"),
        "unit": cells.choice("unit", tuple(UNITS)),
        "scale": cells.integer("scale", 1, QUANTITY_MAX),
        "weight_g": cells.integer("weight_g", 0, QUANTITY_MAX),
        "size_mm": _size(cells),
        "shelf_life_days": cells.integer("shelf_life_days", 1, QUANTITY_MAX),
        "variant_of": cells.text("variant_of"),
        "options": named["option"] or None,
        "components": _components(cells) or None,
        "attributes": named["attribute"] or None,
        "enabled": cells.flag("enabled"),
    }
    return {field: value for field, value in body.items() if value is not None or field == "sku"}


def _name(cells: Cells, by_language: dict[str, str]) -> str | dict[str, str] | None:
    if not by_language:
        return cells.text("name", required=True)
    plain = cells.text("name")
    return by_language if plain is None else {"und": plain} | by_language


def _ppm(cells: Cells) -> int | None:
    """Parts per million of a tax written in per cent, with or without the sign."""
    cell = cells.text("tax_percent")
    if cell is None:
        return None
    try:
        ppm = Decimal(cell.removesuffix("%").strip()) * 10_000
    except InvalidOperation:
        ppm = Decimal("NaN")
    if not ppm.is_finite() or not 0 <= ppm <= 1_000_000 or ppm != ppm.to_integral_value():
        cells.wrong(
            "tax_percent", "not_a_tax", "A tax is a percentage such as 13 or 6.5", "税率应为百分数，例如 13 或 6.5"
        )
        return None
    return int(ppm)


def _size(cells: Cells) -> list[int] | None:
    sides = [cells.integer(column, 0, QUANTITY_MAX) for column in _SIDES]
    given = [side for side in sides if side is not None]
    if given and len(given) < 3:
        missing = _SIDES[sides.index(None)]
        cells.wrong(missing, "required", "Give all three sides, or none", "长、宽、高须同时填写或同时留空")
    return given if len(given) == 3 else None


def _components(cells: Cells) -> list[dict[str, Any]]:
    components = []
    for part in re.split(r"[;；]", cells.text("components") or ""):
        if not part.strip():
            continue
        found = _COMPONENT.fullmatch(part.strip())
        if found is None:
            cells.wrong(
                "components",
                "not_components",
                "Components are written as SKU*quantity; SKU*quantity",
                "组件格式为：SKU*数量; SKU*数量",
            )
            return []
        components.append({"sku": found["sku"], "quantity": int(found["quantity"] or 1)})
    return components
