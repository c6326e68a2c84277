"""Shopify's product and inventory exports, in both of their templates."""

import csv
from pathlib import Path
from typing import Any

import pytest

from manystores.adapters.files import Record, Reject
from manystores.adapters.shopify import read_inventory, read_products
from manystores.core.errors import Problem


def _columns(line: str) -> list[str]:
    return line.split(",")


OLD_PRODUCTS = _columns(
    "Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,"
    "Option2 Value,Option3 Name,Option3 Value,Variant SKU,Variant Grams,Variant Inventory Tracker,"
    "Variant Inventory Qty,Variant Inventory Policy,Variant Fulfillment Service,Variant Price,"
    "Variant Compare At Price,Variant Requires Shipping,Variant Taxable,Variant Barcode,Image Src,Image Position,"
    "Image Alt Text,Gift Card,SEO Title,SEO Description,Google Shopping / Google Product Category,"
    "Google Shopping / Gender,Variant Image,Variant Weight Unit,Variant Tax Code,Cost per item,"
    "Included / International,Price / International,Compare At Price / International,Status"
)

NEW_PRODUCTS = _columns(
    "Title,URL handle,Description,Vendor,Product category,Type,Tags,Published on online store,Status,SKU,Barcode,"
    "Option1 name,Option1 value,Option1 Linked To,Option2 name,Option2 value,Option3 name,Option3 value,Price,"
    "Compare-at price,Cost per item,Charge tax,Tax code,Unit price total measure,Inventory tracker,"
    "Inventory quantity,Continue selling when out of stock,Weight value (grams),Weight unit for display,"
    "Requires shipping,Fulfillment service,Product image URL,Image position,Image alt text,Variant image URL,"
    "Gift card,SEO title,SEO description,Color (product.metafields.shopify.color-pattern),"
    "Google Shopping / Gender"
)

INVENTORY = _columns(
    "Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Option3 Name,Option3 Value,SKU,HS Code,COO,"
    "Location,Bin name,Incoming (not editable),Unavailable (not editable),Committed (not editable),"
    "Available (not editable),On hand (current),On hand (new)"
)


def write(folder: Path, header: list[str], *rows: dict[str, object]) -> Path:
    path = folder / "export.csv"
    with open(path, "w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, header)
        writer.writeheader()
        writer.writerows(rows)
    return path


def bodies(found: list[Record | Reject]) -> list[dict[str, Any]]:
    return [r.body for r in found if isinstance(r, Record)]


def rejects(found: list[Record | Reject]) -> list[tuple[int, str, str]]:
    return [(r.row, r.field, r.rule) for r in found if isinstance(r, Reject)]


def variant(**cells: object) -> dict[str, object]:
    return {"Handle": "tee", "Title": "Tee", "Variant SKU": "T", "Variant Price": "19.90"} | {
        k.replace("_", " "): v for k, v in cells.items()
    }


def test_variants_of_a_handle_share_their_style_and_differ_by_option(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        OLD_PRODUCTS,
        variant(
            **{
                "Body (HTML)": '<p>Soft,\n"warm"</p>',
                "Option1 Name": "Size",
                "Option1 Value": "S",
                "Option2 Name": "Color",
            },
            **{
                "Option2 Value": "Red",
                "Variant SKU": "T-S",
                "Variant Grams": "180.5",
                "Variant Barcode": "'6901234567892",
            },
            Vendor="Mill",
            Status="active",
            Published="true",
        ),
        {"Handle": "tee", "Option1 Value": "M", "Option2 Value": "Red", "Variant SKU": "T-M", "Variant Price": "21"},
        {"Handle": "tee", "Image Src": "https://cdn.example/2.jpg", "Image Position": "2"},
    )
    found = list(read_products(path, "USD"))
    assert rejects(found) == []
    assert [r.rows for r in found if isinstance(r, Record)] == [(2,), (3,)]
    small, medium = bodies(found)
    assert small == {
        "sku": "T-S",
        "name": "Tee - S / Red",
        "kind": "good",
        "price": {"amount": 1990, "currency": "USD"},
        "gtin": "06901234567892",
        "weight_g": 181,
        "variant_of": "tee",
        "options": {"Size": "S", "Color": "Red"},
        "attributes": {"vendor": "Mill"},
        "enabled": True,
    }
    assert (medium["name"], medium["options"]) == ("Tee - M / Red", {"Size": "M", "Color": "Red"})


def test_the_present_template_reads_the_same(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        NEW_PRODUCTS,
        {
            "Title": "Tee",
            "URL handle": "tee",
            "SKU": "T-S",
            "Option1 name": "Size",
            "Option1 value": "S",
            "Price": "19.9",
            "Weight value (grams)": "180",
            "Requires shipping": "TRUE",
            "Status": "Draft",
        },
    )
    found = list(read_products(path, "USD"))
    assert rejects(found) == []
    (body,) = bodies(found)
    assert (body["sku"], body["variant_of"], body["options"]) == ("T-S", "tee", {"Size": "S"})
    assert (body["weight_g"], body["enabled"], body["price"]["amount"]) == (180, False, 1990)


def test_a_product_without_variants_has_no_style(tmp_path: Path) -> None:
    path = write(tmp_path, OLD_PRODUCTS, variant(Option1_Name="Title", Option1_Value="Default Title"))
    (body,) = bodies(list(read_products(path, "CNY")))
    assert body == {
        "sku": "T",
        "name": "Tee",
        "kind": "good",
        "price": {"amount": 1990, "currency": "CNY"},
        "enabled": True,
    }


def test_what_needs_no_shipping_is_a_service(tmp_path: Path) -> None:
    path = write(tmp_path, OLD_PRODUCTS, variant(Variant_Requires_Shipping="FALSE"))
    assert bodies(list(read_products(path, "CNY")))[0]["kind"] == "service"


def test_a_brand_s_own_barcode_is_kept_but_no_gtin(tmp_path: Path) -> None:
    path = write(tmp_path, OLD_PRODUCTS, variant(Variant_Barcode="TEE-0001"))
    (body,) = bodies(list(read_products(path, "CNY")))
    assert "gtin" not in body
    assert body["attributes"] == {"barcode": "TEE-0001"}


@pytest.mark.parametrize(
    ("cells", "column", "rule"),
    [
        ({"Variant_Barcode": "6901234567890"}, "Variant Barcode", "broken_gtin"),
        ({"Variant_Barcode": "6.90123E+12"}, "Variant Barcode", "broken_gtin"),
        ({"Variant_SKU": ""}, "Variant SKU", "required"),
        ({"Variant_SKU": "x" * 101}, "Variant SKU", "too_long"),
        ({"Variant_Price": "19,90"}, "Variant Price", "not_an_amount"),
        ({"Variant_Price": "", "Option1_Value": "S"}, "Variant Price", "required"),
        ({"Title": ""}, "Title", "required"),
        ({"Title": "T" * 501}, "Title", "too_long"),
        ({"Variant_Grams": "-1"}, "Variant Grams", "out_of_range"),
        ({"Gift_Card": "true"}, "Gift Card", "gift_card"),
        ({"Tags": "x" * 20_000}, "Tags", "too_large"),
    ],
)
def test_a_broken_variant_names_shopify_s_column(tmp_path: Path, cells: dict[str, str], column: str, rule: str) -> None:
    found = list(read_products(write(tmp_path, OLD_PRODUCTS, variant(**cells)), "CNY"))
    assert rejects(found) == [(2, column, rule)]


def test_doubled_skus_and_strange_columns_are_told(tmp_path: Path) -> None:
    path = write(tmp_path, [*OLD_PRODUCTS, "My column"], variant(), variant(Handle="cap", Title="Cap"))
    found = list(read_products(path, "CNY"))
    assert rejects(found) == [(1, "My column", "unknown_column"), (3, "Variant SKU", "doubled")]
    with pytest.raises(Problem, match="ISO 4217"):
        list(read_products(path, "RMB"))


def stock(sku: str, location: str, **cells: object) -> dict[str, object]:
    row = {"Handle": "tee", "Title": "Tee", "SKU": sku, "Location": location}
    return row | {k.replace("_", " "): v for k, v in cells.items()}


def test_counts_are_what_is_on_hand_and_not_stocked_is_none(tmp_path: Path) -> None:
    current, new = "On hand (current)", "On hand (new)"
    path = write(
        tmp_path,
        INVENTORY,
        stock("T-S", "Beijing", **{"Committed (not editable)": 2, "Available (not editable)": 5, current: 7}),
        stock("T-S", "Shanghai", **{"Available (not editable)": "not stocked", current: "not stocked"}),
        stock("T-M", "Beijing", **{"Available (not editable)": 0, current: 0, new: 12}),
        stock("T-M", "Shanghai", **{"Available (not editable)": -3, current: -3}),
        stock("", "Beijing", **{"Available (not editable)": 1, current: 1}),
    )
    found = list(read_inventory(path))
    assert bodies(found) == [
        {"location": "Beijing", "offer": "T-S", "on_hand": 7},
        {"location": "Beijing", "offer": "T-M", "on_hand": 12},
    ]
    assert rejects(found) == [(5, current, "too_small"), (6, "SKU", "required")]
    available = list(read_inventory(path, count="available"))
    assert [body["on_hand"] for body in bodies(available)] == [5, 0]


def test_shopify_s_location_names_become_our_codes(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        ["SKU", "Location", "On hand"],
        {"SKU": "T", "Location": "Main St", "On hand": 1},
        {"SKU": "T", "Location": "Side St", "On hand": 2},
    )
    found = list(read_inventory(path, {"Main St": "S1"}))
    assert bodies(found) == [{"location": "S1", "offer": "T", "on_hand": 1}]
    assert rejects(found) == [(3, "Location", "unknown_location")]


def test_an_export_without_stock_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, ["SKU", "Location", "Available"], {"SKU": "T", "Location": "L", "Available": 1})
    with pytest.raises(Problem, match=r"On hand \(current\) is missing"):
        list(read_inventory(path))
