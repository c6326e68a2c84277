"""The project's own file of counts."""

from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from manystores.adapters.files import Record, Reject
from manystores.adapters.stock_file import read_counts


def given(folder: Path, content: str) -> Path:
    path = folder / "stock.csv"
    path.write_text(content, encoding="gbk")
    return path


def test_counts_with_and_without_what_is_optional(tmp_path: Path) -> None:
    path = given(
        tmp_path,
        "location,sku,on_hand,counted_at,sequence,lot\nS1,X1,5,2026-11-11T00:00:00+08:00,17,L1\nS2,X1,0,,,\n",
    )
    assert list(read_counts(path)) == [
        Record(
            (2,),
            {
                "location": "S1",
                "offer": "X1",
                "on_hand": 5,
                "counted_at": "2026-11-10T16:00:00Z",
                "sequence": 17,
                "lot": "L1",
            },
        ),
        Record((3,), {"location": "S2", "offer": "X1", "on_hand": 0}),
    ]


def test_a_chinese_export_without_offsets_needs_its_zone(tmp_path: Path) -> None:
    path = given(tmp_path, "门店编码,商品编码,库存数量,盘点时间\nS1,X1,5,2026/11/11 8:00\n")
    assert [r.rule for r in read_counts(path) if isinstance(r, Reject)] == ["no_offset"]
    (record,) = read_counts(path, ZoneInfo("Asia/Shanghai"))
    assert isinstance(record, Record)
    assert record.body["counted_at"] == "2026-11-11T00:00:00Z"


def test_broken_cells_are_rejected_one_by_one(tmp_path: Path) -> None:
    path = given(
        tmp_path, "location,sku,on_hand,sequence,shelf\nS1,X1,-5,-1,a\n,,,,b\nS1,X2,9999999999,,c\nS1,X3,4,,d\n"
    )
    found = list(read_counts(path))
    assert [(r.row, r.field, r.rule) for r in found if isinstance(r, Reject)] == [
        (1, "shelf", "unknown_column"),
        (2, "on_hand", "too_small"),
        (2, "sequence", "too_small"),
        (3, "location", "required"),
        (3, "sku", "required"),
        (3, "on_hand", "required"),
        (4, "on_hand", "too_large"),
    ]
    assert [r.rows for r in found if isinstance(r, Record)] == [(5,)]


def test_parquet_with_gaps_in_a_column_of_integers(tmp_path: Path) -> None:
    path = tmp_path / "stock.parquet"
    pl.DataFrame({"location": ["S1", "S2"], "sku": ["X", "X"], "on_hand": [5.0, None]}).write_parquet(path)
    first, second = read_counts(path)
    assert first == Record((2,), {"location": "S1", "offer": "X", "on_hand": 5})
    assert isinstance(second, Reject)
    assert (second.row, second.rule) == (3, "required")
