"""Files of records, checked against a schema before anything is compared."""

from pathlib import Path
from typing import Final

import polars as pl

from manystores.core.errors import INVALID, FieldError, Problem
from manystores.members.linkage.schema import Schema

PLACES_MOST: Final = 20
"""Of what is wrong, so many are told."""


def read_records(path: Path, schema: Schema) -> pl.DataFrame:
    """The schema's columns of a CSV or Parquet file, as text; names and values without blanks at their ends. Raises
    Problem that names file, column and row (from 1): no such column, no records, ids that are missing or not unique."""
    records = _columns(path)
    wanted = [schema.id, *schema.columns]
    errors = [_no_column(path, name, records.columns) for name in wanted if name not in records.columns]
    if errors:
        raise Problem(INVALID, fields=tuple(errors))
    records = records.select(pl.col(wanted).cast(pl.String).str.strip_chars())
    if records.is_empty():
        raise Problem(INVALID, fields=(FieldError(path.name, "no_records", "It has no records", "文件没有记录"),))
    ids = records[schema.id]
    errors = [
        _wrong(path, schema.id, row, "required", "the id is missing", "缺少 id")
        for row in ((ids.is_null()) | (ids == "")).arg_true().to_list()[:PLACES_MOST]
    ]
    errors += [
        _wrong(path, schema.id, row, "not_unique", f"{ids[row]!r} is there twice; ids name one record", "id 重复")
        for row in (ids.is_duplicated() & ~ids.is_first_distinct()).arg_true().to_list()[: PLACES_MOST - len(errors)]
    ]
    if errors:
        raise Problem(INVALID, fields=tuple(errors))
    return records


def _columns(path: Path) -> pl.DataFrame:
    try:
        if path.suffix.lower() in (".parquet", ".pq"):
            frame = pl.read_parquet(path)
        else:
            frame = pl.read_csv(path, infer_schema=False, encoding="utf8-lossy")
    except pl.exceptions.NoDataError as error:
        raise Problem(INVALID, fields=(FieldError(path.name, "no_records", "It is empty", "文件为空"),)) from error
    except (pl.exceptions.PolarsError, OSError) as error:
        en = f"It is neither CSV nor Parquet: {str(error).splitlines()[0]}"
        raise Problem(INVALID, fields=(FieldError(path.name, "unreadable", en, "不是 CSV 或 Parquet 文件"),)) from error
    return frame.rename({name: name.strip() for name in frame.columns})


def _no_column(path: Path, name: str, columns: list[str]) -> FieldError:
    en = f"There is no such column; there are {', '.join(columns)}"
    return FieldError(f"{path.name}/{name}", "no_such_column", en, f"没有该列；现有：{'、'.join(columns)}")


def _wrong(path: Path, name: str, row: int, code: str, en: str, zh: str) -> FieldError:
    return FieldError(f"{path.name}/{name}/{row + 1}", code, en, zh)
