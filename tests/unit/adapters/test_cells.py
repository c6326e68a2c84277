"""Cells as people type them become typed values, or a reject with the way out."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manystores.adapters.cells import Cells
from manystores.adapters.files import STRAY

SHANGHAI = ZoneInfo("Asia/Shanghai")


def cells(cell: str) -> Cells:
    return Cells(5, {"x": cell})


def rule(read: Cells) -> str:
    (reject,) = read.rejects
    assert (reject.row, reject.field) == (5, "x")
    assert reject.en
    assert reject.zh
    return reject.rule


@pytest.mark.parametrize(("cell", "value"), [("5", 5), ("5.0", 5), ("+5", 5), ("0", 0), ("007", 7), ("", None)])
def test_whole_numbers(cell: str, value: int | None) -> None:
    read = cells(cell)
    assert read.integer("x", 0, 100) == value
    assert read.rejects == []


@pytest.mark.parametrize(
    ("cell", "broken"),
    [
        ("5.5", "not_an_integer"),
        ("1,200", "not_an_integer"),
        ("five", "not_an_integer"),
        ("５", "not_an_integer"),
        ("1e3", "not_an_integer"),
        ("-1", "too_small"),
        ("101", "too_large"),
        ("9" * 30, "not_an_integer"),
    ],
)
def test_no_whole_numbers(cell: str, broken: str) -> None:
    read = cells(cell)
    assert read.integer("x", 0, 100) is None
    assert rule(read) == broken


@pytest.mark.parametrize(
    ("cell", "rfc3339"),
    [
        ("2026-11-11T00:00:00+08:00", "2026-11-10T16:00:00Z"),
        ("2026-11-11 00:00:00 +0800", "2026-11-10T16:00:00Z"),  # Shopify's
        ("2026-11-11 00:00:00 UTC", "2026-11-11T00:00:00Z"),
        ("2026-11-11T00:00:00.25Z", "2026-11-11T00:00:00.250000Z"),
        ("2026/11/11 8:05", "2026-11-11T00:05:00Z"),  # Excel's in China, zone of the file
        ("2026-11-11", "2026-11-10T16:00:00Z"),
    ],
)
def test_times(cell: str, rfc3339: str) -> None:
    read = cells(cell)
    assert read.time("x", SHANGHAI) == rfc3339
    assert read.rejects == []


@pytest.mark.parametrize(
    ("cell", "broken"),
    [
        ("2026-11-11 08:00", "no_offset"),
        ("2026-02-30T00:00:00Z", "not_a_time"),
        ("2026-11-11T00:00:00+99:00", "not_a_time"),
        ("0001-01-01T00:00:00Z", "not_a_time"),
        ("11.11.2026", "not_a_time"),
        ("46337.5", "not_a_time"),  # Excel's number of a day
    ],
)
def test_no_times(cell: str, broken: str) -> None:
    read = cells(cell)
    assert read.time("x", None) is None
    assert rule(read) == broken


@given(st.datetimes().filter(lambda at: 1971 < at.year < 9998), st.integers(-14 * 60, 14 * 60))
def test_every_time_with_an_offset_is_read_exactly(at: datetime, minutes: int) -> None:
    aware = at.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    told = cells(aware.isoformat()).time("x", None)
    assert told is not None
    assert datetime.fromisoformat(told) == aware


@given(st.decimals(0, 10**9, allow_nan=False, places=2))
def test_money_is_read_without_a_float(amount: Decimal) -> None:
    assert cells(f"{amount:f}").amount("x", "CNY") == int(amount * 100)


@pytest.mark.parametrize(
    ("cell", "broken"), [("¥12", "not_an_amount"), ("12.345", "not_an_amount"), ("-1", "too_small")]
)
def test_no_money(cell: str, broken: str) -> None:
    read = cells(cell)
    assert read.amount("x", "CNY") is None
    assert rule(read) == broken


def test_an_amount_s_example_fits_its_currency() -> None:
    for currency, example in (("CNY", "12.50"), ("JPY", "e.g. 12,"), ("KWD", "12.500")):
        read = cells("x")
        read.amount("x", currency)
        assert example in read.rejects[0].en


@pytest.mark.parametrize(("cell", "value"), [("TRUE", True), ("否", False), ("1", True), ("no", False), ("", None)])
def test_yes_and_no(cell: str, value: bool | None) -> None:
    assert cells(cell).flag("x") is value


def test_other_cells() -> None:
    assert cells("39.9").decimal("x", -90, 90) == 39.9
    assert cells("GOOD").choice("x", ("good", "service")) == "good"
    assert cells("usd").currency("x", "CNY") == "USD"


@pytest.mark.parametrize(
    ("read", "cell", "broken"),
    [
        (lambda c: c.decimal("x", -90, 90), "116.4", "out_of_range"),
        (lambda c: c.decimal("x", -90, 90), "nan", "not_a_number"),
        (lambda c: c.choice("x", ("good",)), "bad", "unknown_choice"),
        (lambda c: c.currency("x", "CNY"), "RMB", "unknown_currency"),
        (lambda c: c.flag("x"), "maybe", "not_a_boolean"),
        (lambda c: c.text("x"), "two\nlines", "unseen_characters"),
        (lambda c: c.text("x", required=True), "", "required"),
    ],
)
def test_broken_cells(read: Callable[[Cells], object], cell: str, broken: str) -> None:
    row = cells(cell)
    assert read(row) in (None, "CNY")
    assert rule(row) == broken


def test_a_shifted_row_is_wrong_from_the_start() -> None:
    assert [r.rule for r in Cells(5, {"x": "1", STRAY: "2"}).rejects] == ["stray_cell"]
