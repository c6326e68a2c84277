"""The project's own file of past orders: rows become orders, whole or not at all."""

import csv
import io
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manystores.adapters.files import Record, Reject
from manystores.adapters.orders_file import COLUMNS, read_orders
from manystores.orders import draft

HEADER = ",".join(COLUMNS)
AT = "2026-11-11T00:00:00+08:00"


def row(**cells: object) -> dict[str, object]:
    return {
        "channel": "app",
        "channel_order_id": "1",
        "placed_at": AT,
        "lat": 39.9,
        "lon": 116.4,
        "sku": "X1",
        "quantity": 1,
    } | cells


def read(folder: Path, *rows: dict[str, object], zone: ZoneInfo | None = None) -> list[Record | Reject]:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, extrasaction="raise")
    writer.writeheader()
    writer.writerows(rows)
    path = folder / "orders.csv"
    path.write_text(text.getvalue(), encoding="utf-8")
    return list(read_orders(path, zone))


def rejects(found: list[Record | Reject]) -> list[tuple[int, str, str]]:
    return [(r.row, r.field, r.rule) for r in found if isinstance(r, Reject)]


def test_rows_of_one_order_become_its_lines(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        row(region="110105", currency="CNY", delivery_fee="8", unit_price="12.50", quantity=2, discount="5", tax="2.3"),
        row(sku="X2", unit_price="1", state="completed"),
        row(channel_order_id="2", lat="", lon="", pick_up_at="S1", sold_at="S2"),
    )
    assert found == [
        Record(
            (2, 3),
            {
                "channel": "app",
                "channel_order_id": "1",
                "backfill": True,
                "placed_at": "2026-11-10T16:00:00Z",
                "currency": "CNY",
                "deliver_to": {"lat": 39.9, "lon": 116.4, "region": "110105"},
                "delivery_fee": 800,
                "state": "completed",
                "lines": [
                    {"offer": "X1", "quantity": 2, "unit_price": 1250, "discounts": [{"amount": 500}], "tax": 230},
                    {"offer": "X2", "quantity": 1, "unit_price": 100},
                ],
            },
        ),
        Record(
            (4,),
            {
                "channel": "app",
                "channel_order_id": "2",
                "backfill": True,
                "placed_at": "2026-11-10T16:00:00Z",
                "currency": "CNY",
                "pick_up_at": "S1",
                "sold_at": "S2",
                "lines": [{"offer": "X1", "quantity": 1}],
            },
        ),
    ]


def test_a_place_on_a_chinese_map_is_converted(tmp_path: Path) -> None:
    """Tiananmen in GCJ-02 is half a kilometre off; in WGS-84 it is where it is."""
    (record,) = read(tmp_path, row(lat=39.908823, lon=116.397470, datum="GCJ02"))
    assert isinstance(record, Record)
    place = record.body["deliver_to"]
    assert place["lat"] == pytest.approx(39.90742, abs=1e-4)
    assert place["lon"] == pytest.approx(116.39123, abs=1e-4)


def test_an_order_with_a_broken_row_is_left_out_whole(tmp_path: Path) -> None:
    found = read(tmp_path, row(), row(sku="X2", quantity=-1), row(channel_order_id="2", quantity=3))
    assert rejects(found) == [(3, "quantity", "too_small")]
    assert [r.rows for r in found if isinstance(r, Record)] == [(4,)]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"channel": "fax"}, ("channel", "unknown_choice")),
        ({"channel_order_id": ""}, ("channel_order_id", "required")),
        ({"placed_at": "2026-11-11 08:00"}, ("placed_at", "no_offset")),
        ({"lat": 116.4}, ("lat", "out_of_range")),
        ({"lon": ""}, ("lon", "required")),
        ({"lat": "", "lon": ""}, ("lat", "required")),
        ({"pick_up_at": "S1"}, ("pick_up_at", "either_or")),
        ({"datum": "mars"}, ("datum", "unknown_choice")),
        ({"currency": "RMB"}, ("currency", "unknown_currency")),
        ({"state": "lost"}, ("state", "unknown_choice")),
        ({"unit_price": "1.005"}, ("unit_price", "not_an_amount")),
        ({"unit_price": "1", "discount": "2"}, ("discount", "discount_exceeds_line")),
        ({"quantity": 10**8}, ("quantity", "too_large")),
        ({"quantity": "2.5"}, ("quantity", "not_an_integer")),
        ({"sku": "X" * 200}, ("sku", "too_long")),
    ],
)
def test_a_broken_cell_names_its_column(tmp_path: Path, cells: dict[str, object], expected: tuple[str, str]) -> None:
    found = read(tmp_path, row(**cells))
    assert [r for r in found if isinstance(r, Record)] == []
    assert expected[0] in {field for _, field, _ in rejects(found)}
    if expected[1] not in ("too_large", "too_long"):
        assert rejects(found) == [(2, *expected)]


def test_rows_that_contradict_or_stand_apart_are_rejected(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        row(),
        row(lat=31.2),
        row(channel_order_id="2"),
        row(channel_order_id="1", sku="X3"),
        row(channel_order_id="1", channel="web"),
    )
    scattered = [(2, "channel_order_id", "scattered_order"), (5, "channel_order_id", "scattered_order")]
    assert rejects(found) == scattered
    assert [r.rows for r in found if isinstance(r, Record)] == [(4,), (6,)]
    assert rejects(read(tmp_path, row(), row(lat=31.2))) == [(3, "lat", "contradiction")]


def test_times_may_be_in_the_file_s_zone(tmp_path: Path) -> None:
    (record,) = read(tmp_path, row(placed_at="2026/11/11 8:00"), zone=ZoneInfo("Asia/Shanghai"))
    assert isinstance(record, Record)
    assert record.body["placed_at"] == "2026-11-11T00:00:00Z"


LINES = st.lists(
    st.fixed_dictionaries({"sku": st.text("AB, \"\n'", min_size=1, max_size=5), "quantity": st.integers(-1, 9)}),
    min_size=1,
    max_size=3,
)


@settings(max_examples=40, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=4))
def test_every_order_is_read_once_or_rejected(
    tmp_path_factory: pytest.TempPathFactory, orders: list[list[dict[str, Any]]]
) -> None:
    """Whatever the SKUs hold; and what is read is an order that the order book takes."""
    rows = [row(channel_order_id=f"o{n}", **line) for n, lines in enumerate(orders) for line in lines]
    found = read(tmp_path_factory.mktemp("orders"), *rows)
    good = [
        [{"offer": line["sku"].strip(), "quantity": line["quantity"]} for line in lines]
        for lines in orders
        if all(line["quantity"] > 0 and line["sku"].strip() and "\n" not in line["sku"].strip() for line in lines)
    ]
    records = [r for r in found if isinstance(r, Record)]
    assert [r.body["lines"] for r in records] == good
    assert len(records) + len({r.row for r in found if isinstance(r, Reject)}) >= len(orders)
    for record in records:
        assert draft(msgspec.json.encode(record.body)).backfill
