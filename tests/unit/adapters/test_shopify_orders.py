"""Shopify's orders export: one row a line item, what belongs to the order on its first row only."""

import csv
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manystores.adapters.files import Record, Reject
from manystores.adapters.shopify_orders import Destination, read_orders
from manystores.orders import draft


def _columns(line: str) -> list[str]:
    return line.split(",")


HEADER = _columns(
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,"
    "Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,"
    "Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,"
    "Lineitem fulfillment status,Billing Name,Billing Street,Billing Address1,Billing Address2,Billing Company,"
    "Billing City,Billing Zip,Billing Province,Billing Country,Billing Phone,Shipping Name,Shipping Street,"
    "Shipping Address1,Shipping Address2,Shipping Company,Shipping City,Shipping Zip,Shipping Province,"
    "Shipping Country,Shipping Phone,Notes,Note Attributes,Cancelled at,Payment Method,Payment Reference,"
    "Refunded Amount,Vendor,Outstanding Balance,Employee,Location,Device ID,Id,Tags,Risk Level,Source,"
    "Lineitem discount,Tax 1 Name,Tax 1 Value,Tax 2 Name,Tax 2 Value,Phone,Receipt Number,Duties,"
    "Billing Province Name,Shipping Province Name,Payment ID,Payment Terms Name,Next Payment Due At,"
    "Payment References"
)

PLACE = {"lat": 37.77, "lon": -122.42, "region": "US-CA"}


def head(**cells: object) -> dict[str, object]:
    """The first row of an order of two tees at 16 and a bag at 20, 5 off, prices without tax."""
    return {
        "Name": "#1001",
        "Email": "ada@example.com",
        "Financial Status": "paid",
        "Fulfillment Status": "fulfilled",
        "Currency": "USD",
        "Subtotal": "47.00",
        "Shipping": "6.00",
        "Taxes": "3.29",
        "Total": "56.29",
        "Discount Code": "FALL5",
        "Discount Amount": "5.00",
        "Created at": "2026-09-03 10:14:00 -0400",
        "Lineitem quantity": "2",
        "Lineitem name": "Tee",
        "Lineitem price": "16.00",
        "Lineitem sku": "TEE",
        "Shipping Name": "Ada",
        "Shipping Street": '1 Lane\nFloor "2"',
        "Shipping City": "San Francisco",
        "Shipping Zip": "'94103",
        "Shipping Province": "CA",
        "Shipping Country": "US",
        "Payment ID": "pay_1",
        "Source": "web",
    } | {k.replace("_", " "): v for k, v in cells.items()}


BAG: dict[str, object] = {
    "Name": "#1001",
    "Email": "ada@example.com",
    "Created at": "2026-09-03 10:14:00 -0400",
    "Lineitem quantity": "1",
    "Lineitem price": "20.00",
    "Lineitem sku": "BAG",
}


def locate(destination: Destination) -> dict[str, Any] | None:
    return PLACE if destination.country == "US" else None


def read(folder: Path, *rows: dict[str, object], **how: Any) -> list[Record | Reject]:
    path = folder / "orders_export.csv"
    with open(path, "w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, HEADER)
        writer.writeheader()
        writer.writerows(rows)
    return list(read_orders(path, locate, **how))


def rejects(found: list[Record | Reject]) -> list[tuple[int, str, str]]:
    return [(r.row, r.field, r.rule) for r in found if isinstance(r, Reject)]


def body(found: list[Record | Reject]) -> dict[str, Any]:
    assert rejects(found) == []
    (record,) = found
    assert isinstance(record, Record)
    return record.body


def test_an_order_is_read_whole_without_names_and_addresses(tmp_path: Path) -> None:
    (record,) = read(tmp_path, head(), BAG)
    assert record == Record(
        (2, 3),
        {
            "channel": "web",
            "channel_order_id": "#1001",
            "backfill": True,
            "placed_at": "2026-09-03T14:14:00Z",
            "currency": "USD",
            "delivery_fee": 600,
            "tax_included": False,
            "payment": {"reference": "pay_1", "captured": 5629},
            "state": "completed",
            "deliver_to": PLACE,
            "lines": [
                {
                    "offer": "TEE",
                    "quantity": 2,
                    "unit_price": 1600,
                    "discounts": [{"amount": 308, "code": "FALL5"}],
                    "tax": 202,
                },
                {
                    "offer": "BAG",
                    "quantity": 1,
                    "unit_price": 2000,
                    "discounts": [{"amount": 192, "code": "FALL5"}],
                    "tax": 127,
                },
            ],
        },
    )
    assert "ada" not in str(record).lower()


def test_the_place_is_asked_for_by_what_shopify_writes(tmp_path: Path) -> None:
    asked: list[Destination] = []

    def remember(destination: Destination) -> dict[str, Any]:
        asked.append(destination)
        return PLACE

    read(tmp_path, head(), BAG)
    list(read_orders(tmp_path / "orders_export.csv", remember))
    assert asked == [Destination("US", "CA", "San Francisco", "94103")]


def test_a_line_s_own_discount_stays_with_it(tmp_path: Path) -> None:
    found = read(tmp_path, head(Lineitem_discount="3.00", Subtotal="49.00", Discount_Code=""), BAG)
    lines = body(found)["lines"]
    assert [line.get("discounts") for line in lines] == [[{"amount": 300}], None]


def test_prices_with_tax_in_them_are_noticed(tmp_path: Path) -> None:
    assert body(read(tmp_path, head(Total="53.00"), BAG))["tax_included"] is True
    assert "tax_included" not in body(read(tmp_path, head(Taxes="0.00", Total="53.00"), BAG))


@pytest.mark.parametrize(
    ("cells", "state", "payment"),
    [
        ({"Cancelled_at": "2026-09-04 10:14:00 -0400"}, "cancelled", {"reference": "pay_1", "captured": 5629}),
        ({"Financial_Status": "voided", "Fulfillment_Status": "unfulfilled"}, "cancelled", None),
        (
            {"Financial_Status": "authorized", "Fulfillment_Status": ""},
            None,
            {"reference": "pay_1", "authorised": 5629},
        ),
        (
            {"Financial_Status": "partially_paid", "Outstanding_Balance": "50.00", "Fulfillment_Status": "partial"},
            None,
            {"reference": "pay_1", "captured": 629},
        ),
        ({"Financial_Status": "pending", "Payment_ID": ""}, "completed", None),
        ({"Payment_ID": "", "Id": "55"}, "completed", {"reference": "55", "captured": 5629}),
    ],
)
def test_states_and_payments(
    tmp_path: Path, cells: dict[str, str], state: str | None, payment: dict[str, object] | None
) -> None:
    read_body = body(read(tmp_path, head(**cells), BAG))
    assert (read_body.get("state"), read_body.get("payment")) == (state, payment)


def test_a_till_s_order_was_collected_where_it_was_sold(tmp_path: Path) -> None:
    row = head(Source="pos", Location="Main St", Shipping_Country="", Shipping_City="", Shipping_Province="")
    till = body(read(tmp_path, row, BAG, locations={"Main St": "S1"}))
    assert (till["channel"], till["pick_up_at"], till["sold_at"]) == ("till", "S1", "S1")
    assert "deliver_to" not in till
    assert rejects(read(tmp_path, row, BAG, locations={"Other": "S2"})) == [(2, "Location", "unknown_location")]
    assert body(read(tmp_path, row, BAG, channel="marketplace"))["channel"] == "marketplace"


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"Lineitem_sku": ""}, ("Lineitem sku", "required")),
        ({"Lineitem_quantity": "0"}, ("Lineitem quantity", "too_small")),
        ({"Lineitem_price": "free"}, ("Lineitem price", "not_an_amount")),
        ({"Created_at": "yesterday"}, ("Created at", "not_a_time")),
        ({"Currency": ""}, ("Currency", "required")),
        ({"Shipping_Country": "FR"}, ("Shipping City", "unknown_place")),
        ({"Shipping_Country": ""}, ("Shipping Country", "unknown_place")),
        ({"Name": ""}, ("Name", "required")),
        ({"Lineitem_discount": "99.00"}, ("Lineitem discount", "discount_exceeds_line")),
        ({"Subtotal": "12,00"}, ("Subtotal", "not_an_amount")),
    ],
)
def test_a_broken_row_leaves_its_order_out(tmp_path: Path, cells: dict[str, str], expected: tuple[str, str]) -> None:
    found = read(tmp_path, head(**cells))
    assert rejects(found) == [(2, *expected)]


def test_of_a_scattered_order_no_part_is_taken_for_the_whole(tmp_path: Path) -> None:
    found = read(tmp_path, head(), head(Name="#1002"), BAG)
    assert rejects(found) == [(2, "Name", "scattered_order"), (4, "Name", "scattered_order")]
    assert [r.rows for r in found if isinstance(r, Record)] == [(3,)]


@settings(max_examples=60, deadline=None)
@given(
    lines=st.lists(st.tuples(st.integers(1, 5), st.integers(0, 5000)), min_size=1, max_size=4),
    discount=st.integers(0, 3000),
    taxes=st.integers(0, 2000),
)
def test_discounts_and_taxes_are_allocated_to_the_cent(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[int, int]], discount: int, taxes: int
) -> None:
    """What the lines bear adds up to what the order says, and no line bears more than it costs."""
    gross = sum(quantity * price for quantity, price in lines)
    subtotal = max(gross - discount, 0)
    rows = [
        {"Lineitem sku": f"S{n}", "Lineitem quantity": quantity, "Lineitem price": f"{price // 100}.{price % 100:02}"}
        for n, (quantity, price) in enumerate(lines)
    ]
    totals = {"Subtotal": subtotal / 100, "Taxes": taxes / 100, "Total": (subtotal + taxes) / 100, "Shipping": 0}
    found = read(
        tmp_path_factory.mktemp("shopify"),
        head() | {k: f"{v:.2f}" for k, v in totals.items()} | rows[0],
        *({"Name": "#1001"} | row for row in rows[1:]),
    )
    read_body = body(found)
    discounts = [sum(d["amount"] for d in line.get("discounts", ())) for line in read_body["lines"]]
    assert sum(discounts) == gross - subtotal
    assert all(d <= quantity * price for d, (quantity, price) in zip(discounts, lines, strict=True))
    assert sum(line.get("tax", 0) for line in read_body["lines"]) == taxes
    assert draft(msgspec.json.encode(read_body)).backfill
