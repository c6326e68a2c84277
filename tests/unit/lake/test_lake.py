"""Files of the lake: whole or absent, the same when written again, and readable as one table."""

import os
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from manystores.lake import reader, writer
from manystores.lake.schema import JOURNAL, MOVEMENTS

D11, D12 = date(2026, 11, 11), date(2026, 11, 12)
LINES = (
    b'1,2026-11-11,5,0,order.placed,0193-a,7,0,,-77,"",1762819200000001,1,1762819800000000,,1,'
    b'"{""note"": ""a,b\nc \\""d\\"" \xe7\x94\x9f\xe6\x97\xa5""}"\n'
    b"1,2026-11-12,6,0,stock.counted,0193-b,7,3,0193-k,5,key:till,1762905600000000,,,,1,\n"
)


@pytest.fixture
def rows() -> pl.DataFrame:
    return writer.read_copy(LINES, JOURNAL)


def test_copys_text_keeps_empty_text_and_null_apart_quotes_newlines_and_microseconds(rows: pl.DataFrame) -> None:
    placed, counted = rows.to_dicts()
    assert rows.schema == pl.Schema(JOURNAL.columns)
    assert (placed["actor"], placed["request_key"], placed["holder"]) == ("", None, None)
    assert placed["body"] == '{"note": "a,b\nc \\"d\\" 生日"}'
    assert counted["body"] is None
    assert placed["day"] == D11
    assert placed["at"] == datetime(2025, 11, 11, 0, 0, 0, 1, tzinfo=UTC)
    assert counted["expires_at"] is None


def test_a_range_becomes_a_file_a_day_named_after_it_with_its_version(tmp_path: Path, rows: pl.DataFrame) -> None:
    written = writer.write(tmp_path, JOURNAL, rows, 1, 5, 6)
    assert [str(path.relative_to(tmp_path)) for path in written] == [
        "journal/day=2026-11-11/part-1-5-6.parquet",
        "journal/day=2026-11-12/part-1-5-6.parquet",
    ]
    metadata = pq.read_metadata(written[0])
    assert metadata.metadata[b"manystores.schema_version"] == b"1"
    assert metadata.row_group(0).column(0).compression == "ZSTD"
    assert pq.read_table(written[0], partitioning=None).num_rows == 1


def test_writing_a_range_again_leaves_the_same_files_and_rows(tmp_path: Path, rows: pl.DataFrame) -> None:
    first = writer.write(tmp_path, JOURNAL, rows, 1, 5, 6)
    before = [path.read_bytes() for path in first]
    assert writer.write(tmp_path, JOURNAL, rows, 1, 5, 6) == first
    assert [path.read_bytes() for path in first] == before
    assert reader.scan(tmp_path, "journal").collect().equals(rows)


def test_what_a_crash_left_half_written_is_not_read_and_is_swept(tmp_path: Path, rows: pl.DataFrame) -> None:
    [path, *_] = writer.write(tmp_path, JOURNAL, rows, 1, 5, 6)
    half = path.with_name(f".{path.name}.abc.tmp")
    half.write_bytes(path.read_bytes()[:100])
    assert reader.scan(tmp_path, JOURNAL).collect().height == 2
    assert writer.remove_unfinished(tmp_path) == 0  # somebody may be writing it
    os.utime(half, (0, 0))
    assert writer.remove_unfinished(tmp_path) == 1
    assert not half.exists()
    assert path.exists()


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path, rows: pl.DataFrame) -> None:
    (tmp_path / "journal" / "day=2026-11-11" / "part-1-5-6.parquet").mkdir(parents=True)
    with pytest.raises(OSError, match="directory"):
        writer.write(tmp_path, JOURNAL, rows, 1, 5, 6)
    assert not list(tmp_path.rglob("*.tmp"))


def test_days_are_chosen_and_the_glob_finds_the_same_files(tmp_path: Path, rows: pl.DataFrame) -> None:
    writer.write(tmp_path, JOURNAL, rows, 1, 5, 6)
    assert reader.scan(tmp_path, JOURNAL, first_day=D12).collect()["seq"].to_list() == [6]
    assert reader.scan(tmp_path, JOURNAL, last_day=D11).collect()["seq"].to_list() == [5]
    assert pl.scan_parquet(reader.pattern(tmp_path, JOURNAL)).collect().height == 2


def test_an_empty_lake_is_an_empty_table_with_its_columns(tmp_path: Path) -> None:
    empty = reader.scan(tmp_path / "none", MOVEMENTS).collect()
    assert (empty.height, empty.columns) == (0, list(MOVEMENTS.columns))


def test_a_file_of_another_shape_is_refused_by_name(tmp_path: Path, rows: pl.DataFrame) -> None:
    [path, *_] = writer.write(tmp_path, JOURNAL, rows, 1, 5, 6)
    rows.write_parquet(path, metadata={writer.VERSION_KEY: "99"})
    with pytest.raises(reader.UnknownShape, match="part-1-5-6"):
        reader.scan(tmp_path, JOURNAL)
