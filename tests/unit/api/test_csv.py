"""CSV that a spreadsheet opens as it is: read back exactly, and no cell a formula."""

import csv as standard
import io
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manystores.api.csv import FORMULA, Number, amount, guarded, lines, local, row, unguarded

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@given(st.lists(st.lists(TEXTS, min_size=1, max_size=5), min_size=1, max_size=5))
def test_what_was_written_is_read_back(table: list[list[str]]) -> None:
    """By a reader that knows nothing but RFC 4180, and without our apostrophes."""
    # the reader skips empty lines, and one empty cell is one
    wide = [[*cells, "end"] for cells in table]
    read = list(standard.reader(io.StringIO(lines(wide).decode(), newline=""), strict=True))
    assert [[unguarded(cell) for cell in cells] for cells in read] == wide


@given(st.one_of(TEXTS, st.sampled_from(list(FORMULA)).map(lambda sign: sign + "1+1")))
def test_no_cell_begins_like_a_formula(text: str) -> None:
    written = guarded(text)
    assert not written or written[0] not in FORMULA
    assert unguarded(written) == text


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x")', "+86 138", "-1", "@SUM(A1)", "\tx", "＝1", "'=1", "''-"])
def test_formulas_are_guarded_and_come_back(text: str) -> None:
    assert guarded(text) == f"'{text}"
    assert unguarded(guarded(text)) == text


def test_numbers_stay_numbers() -> None:
    assert row([-3, 2.5, None, Number("-19.90"), "-19.90", 'say "hi", twice', "东方\n明珠"]) == (
        '-3,2.5,,-19.90,\'-19.90,"say ""hi"", twice","东方\n明珠"\r\n'
    )


def test_amounts_and_times_as_people_write_them() -> None:
    assert (amount(1990, "CNY"), amount(-5, "CNY"), amount(300, "JPY"), amount(7, "???")) == (
        "19.90",
        "-0.05",
        "300",
        "7",
    )
    assert local(1_763_000_000_123_456, ZoneInfo("Asia/Shanghai")) == "2025-11-13T10:13:20+08:00"
    assert local(0, ZoneInfo("UTC")) == ""
