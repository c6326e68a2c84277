"""Tables as people have them: Excel exports, GBK, tabs, line breaks in cells, and files that are no tables."""

import csv
import datetime as dt
import io
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manystores.adapters.files import (
    STRAY,
    Record,
    Reject,
    read_rows,
    read_table,
    rejects_of,
    stray_cells,
    write_rejects,
)
from manystores.core.errors import INVALID, FieldError, Problem

TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Z"], include_characters=' ,;"\n'), max_size=8
)


def given_file(folder: Path, content: bytes | str, name: str = "offers.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_row_numbers_are_those_of_a_spreadsheet(tmp_path: Path) -> None:
    path = given_file(tmp_path, 'sku,name\nA,"two\nlines"\n\n,\nB,plain\n')
    assert list(read_rows(path)) == [(2, {"sku": "A", "name": "two\nlines"}), (5, {"sku": "B", "name": "plain"})]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_chinese_is_read_in_every_encoding_that_excel_writes(tmp_path: Path, encoding: str) -> None:
    path = given_file(tmp_path, "sku,name\r\nA,防水外套\r\n".encode(encoding))
    assert list(read_rows(path)) == [(2, {"sku": "A", "name": "防水外套"})]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_in_the_header(tmp_path: Path, delimiter: str) -> None:
    path = given_file(tmp_path, f'sku{delimiter}"name, ; full"\nA{delimiter}x\n')
    assert list(read_rows(path)) == [(2, {"sku": "A", "name, ; full": "x"})]


def test_excels_sep_line_is_no_row(tmp_path: Path) -> None:
    assert list(read_rows(given_file(tmp_path, "sep=;\nsku;name\nA;x\n"))) == [(2, {"sku": "A", "name": "x"})]


def test_short_rows_are_filled_and_long_rows_are_reported(tmp_path: Path) -> None:
    rows = list(read_rows(given_file(tmp_path, "sku,name,,\nA\nB,jacket, red,\nC,x,,\n")))
    assert rows[0] == (2, {"sku": "A", "name": ""})
    assert rows[1] == (3, {"sku": "B", "name": "jacket", STRAY: "red"})
    assert rows[2] == (4, {"sku": "C", "name": "x"})
    assert [r.rule for r in stray_cells(*rows[1])] == ["stray_cell"]
    assert stray_cells(*rows[2]) == []


def test_known_columns_are_matched_whatever_their_spelling_and_others_reported(tmp_path: Path) -> None:
    table = read_table(given_file(tmp_path, "SKU,On Hand,loction\nA,5,S1\n"), known=("sku", "on_hand", "location"))
    assert table.columns == ("sku", "on_hand", "loction")
    assert [(r.row, r.field, r.rule) for r in table.header_rejects] == [(1, "loction", "unknown_column")]
    assert "did you mean location?" in table.header_rejects[0].en
    assert list(table.rows) == [(2, {"sku": "A", "on_hand": "5", "loction": "S1"})]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "it is empty"),
        (b"\n\nsku\n", "its first row is empty"),
        (b",,\nA,B,C\n", "names no column"),
        (b"sku,sku\nA,B\n", "column sku stands there twice"),
        (b"PK\x03\x04rest", "Excel file; save the sheet as"),
        (b"\xd0\xcf\x11\xe0", "old Excel"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"MZ\x00\x01", "binary"),
        (b"PAR1 but not really PAR1", "its Parquet is broken"),
        (b"sku,name\nA,\xff\xff\xff\n", "neither UTF-8 nor GB18030"),
        (b"name\n\xff", "neither UTF-8 nor GB18030"),
    ],
)
def test_what_is_no_table_says_why(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(Problem) as caught:
        read_rows(given_file(tmp_path, content))
    assert caught.value.rule.code == "unreadable_file"
    assert says in caught.value.en
    assert "offers.csv" in caught.value.zh


@pytest.mark.parametrize("content", ['sku,name\nA,x\nB,"never closed\nC,y\n', 'sku,name\nA,x\nB,"5" nail"\n'])
def test_a_broken_quote_names_its_row_after_the_good_rows(tmp_path: Path, content: str) -> None:
    rows = read_rows(given_file(tmp_path, content))
    assert next(rows)[0] == 2
    with pytest.raises(Problem, match="row 3"):
        next(rows)


def test_a_missing_file_and_a_folder_are_problems(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(Problem, match="can't be opened"):
            read_rows(path)


def test_a_missing_required_column_lists_what_is_there(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"column on_hand is missing; the file has: sku, qty"):
        read_table(given_file(tmp_path, "sku,qty\nA,1\n"), known=("sku", "on_hand"), required=("sku", "on_hand"))


def test_parquet_reads_as_the_same_cells(tmp_path: Path) -> None:
    """Whole floats are what pandas makes of integers with gaps; they read as integers."""
    path = tmp_path / "stock.parquet"
    at = dt.datetime(2026, 11, 11, tzinfo=dt.UTC)
    pl.DataFrame(
        {
            "On hand": [5.0, None, float("nan"), 0.1],
            "sku": ["A", None, "", "D"],
            "counted_at": [at, None, None, at],
            "gift": [True, None, None, False],
        }
    ).write_parquet(path)
    table = read_table(path, known=("sku", "on_hand", "counted_at", "gift"))
    assert list(table.rows) == [
        (2, {"on_hand": "5", "sku": "A", "counted_at": "2026-11-11T00:00:00+00:00", "gift": "true"}),
        (5, {"on_hand": "0.1", "sku": "D", "counted_at": "2026-11-11T00:00:00+00:00", "gift": "false"}),
    ]


@settings(max_examples=60, deadline=None)
@given(
    cells=st.lists(st.tuples(TEXT, TEXT), max_size=6),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
    delimiter=st.sampled_from(",;\t|"),
    line_end=st.sampled_from(["\n", "\r\n"]),
)
def test_whatever_is_written_as_csv_reads_back(
    tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[str, str]], encoding: str, delimiter: str, line_end: str
) -> None:
    """Quotes, line breaks, delimiters in cells and empty rows survive; only the space around a cell goes."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=line_end).writerows([("sku", "货名"), *cells])
    content = out.getvalue().encode(encoding)
    path = given_file(tmp_path_factory.mktemp("csv"), content)
    expected = [
        (row_no, {"sku": a.strip(), "货名": b.strip()})
        for row_no, (a, b) in enumerate(cells, start=2)
        if a.strip() or b.strip()
    ]
    assert list(read_rows(path)) == expected


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60))
def test_no_bytes_make_it_crash(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """Any bytes at all are either rows or a Problem."""
    try:
        rows = list(read_rows(given_file(tmp_path_factory.mktemp("csv"), b"sku,name\n" + content)))
    except Problem:
        return
    assert all(row_no >= 2 for row_no, _ in rows)


def test_rejects_open_in_excel_and_run_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"
    bad = Reject(3, "price", "not_a_number", '=HYPERLINK("http://x")', "A price is a number", "价格应为数字")
    negative = Reject(4, "on_hand", "negative", "-5", "At least 0", "不能小于 0")
    assert write_rejects(path, [bad, negative]) == 2
    assert path.read_bytes().startswith(b"\xef\xbb\xbfrow,field,rule,value,en,zh\r\n")
    rows = [row for _, row in read_rows(path)]
    assert rows[0]["value"] == '\'=HYPERLINK("http://x")'
    assert rows[0]["zh"] == "价格应为数字"
    assert rows[1]["value"] == "-5"


def test_a_clean_run_leaves_an_empty_rejects_file(tmp_path: Path) -> None:
    path = given_file(tmp_path, "old rejects", "rejects.csv")
    assert write_rejects(path, []) == 0
    assert list(read_rows(path)) == []


def test_a_later_refusal_points_to_the_line_s_own_row() -> None:
    record = Record(
        (7, 9), {"channel": "app", "lines": [{"offer": "A", "quantity": 1}, {"offer": "B", "quantity": -2}]}
    )
    problem = Problem(INVALID, fields=(FieldError("/lines/1/quantity", "negative", "At least 1", "至少为 1"),))
    assert rejects_of(record, problem) == [Reject(9, "/lines/1/quantity", "negative", "-2", "At least 1", "至少为 1")]
    assert rejects_of(record, Problem(INVALID))[0].row == 7
