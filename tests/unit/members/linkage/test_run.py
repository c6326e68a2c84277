"""Linkage of FEBRL's records, whose truth is known, and of records that have nothing to say."""

import gzip
from pathlib import Path

import polars as pl
import pytest

from manystores.core.errors import Problem
from manystores.members.linkage import Schema, dedupe, link, read_records, schema_of

FEBRL = Path(__file__).parents[3] / "data" / "febrl"
SCHEMA = schema_of(
    {
        "id": "rec_id",
        "columns": {
            "given_name": "given_name", "surname": "surname", "street_number": "other", "address_1": "address",
            "address_2": "address", "suburb": "region", "postcode": "postcode", "state": "region",
            "date_of_birth": "birth_date", "soc_sec_id": "other",
        },
    }
)  # fmt: skip
PEOPLE = Schema("id", {"name": "name", "born": "birth_date"})


def febrl(name: str, tmp_path: Path) -> pl.DataFrame:
    path = tmp_path / name
    path.write_bytes(gzip.decompress((FEBRL / f"{name}.gz").read_bytes()))
    return read_records(path, SCHEMA)


def person(column: str) -> pl.Expr:
    return pl.col(column).str.extract(r"rec-(\d+)-")


def pairs_in(sizes: pl.Series) -> int:
    return int((sizes.cast(pl.Int64) * (sizes.cast(pl.Int64) - 1)).sum()) // 2


def test_two_files_are_linked(tmp_path: Path) -> None:
    found = link(febrl("dataset4a.csv", tmp_path), febrl("dataset4b.csv", tmp_path), SCHEMA)
    sure = found.links.filter(pl.col("probability") >= 0.95)
    right = sure.filter(person("left_id") == person("right_id"))
    assert 2 * len(right) / (len(sure) + 5_000) >= 0.999
    assert found.links.columns == ["left_id", "right_id", "probability"]
    assert found.report.precision > 0.99
    assert found.report.recall > 0.99


def test_one_file_is_cleared_of_duplicates(tmp_path: Path) -> None:
    records = febrl("dataset3.csv", tmp_path)
    found = dedupe(records, SCHEMA)
    table = found.clusters.with_columns(person("id").alias("person"))
    told = pairs_in(table["cluster"].value_counts()["count"])
    right = pairs_in(table.group_by("cluster", "person").len()["len"])
    true = pairs_in(table["person"].value_counts()["count"])
    assert 2 * right / (told + true) >= 0.998
    assert table["id"].to_list() == records["rec_id"].to_list()
    assert found.report.clusters == 2_000


def test_the_same_records_give_the_same_answer(tmp_path: Path) -> None:
    records = febrl("dataset3.csv", tmp_path).head(500)
    one, two = dedupe(records, SCHEMA), dedupe(records, SCHEMA)
    assert one.clusters.equals(two.clusters)
    assert one.report == two.report


def test_records_without_anything_in_common_are_not_linked() -> None:
    left = pl.DataFrame({"id": ["1", "2"], "name": ["ann lee", None], "born": ["1970-01-01", None]})
    right = pl.DataFrame({"id": ["1", "2"], "name": ["bo xu", ""], "born": ["1990-05-05", None]})
    assert len(link(left, right, PEOPLE).links) == 0


def test_bad_files_are_told_with_column_and_row(tmp_path: Path) -> None:
    path = tmp_path / "A.csv"
    path.write_text("id,name\n1,Ann\n,Bo\n1,Cy\n")
    with pytest.raises(Problem) as caught:
        read_records(path, PEOPLE)
    assert [field.pointer for field in caught.value.fields] == ["A.csv/born"]
    path.write_text("id,name,born\n1,Ann,\n,Bo,\n1,Cy,\n")
    with pytest.raises(Problem) as caught:
        read_records(path, PEOPLE)
    told = {(field.pointer, field.code) for field in caught.value.fields}
    assert told == {("A.csv/id/2", "required"), ("A.csv/id/3", "not_unique")}
    for content in (b"", b"id,name,born\n"):
        path.write_bytes(content)
        with pytest.raises(Problem):
            read_records(path, PEOPLE)
    (tmp_path / "A.parquet").write_bytes(b"no parquet")
    with pytest.raises(Problem):
        read_records(tmp_path / "A.parquet", PEOPLE)
