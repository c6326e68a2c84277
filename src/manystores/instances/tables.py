"""The files of an instance: which columns each has, of which type and range; read and checked value by value."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from manystores.instances.findings import Findings

Integers = NDArray[np.int64]
Kind = Literal["whole", "number", "flag"]

MOST_INT32: Final = 2**31 - 1
MOST_INT64: Final = 2**63 - 1
_KINDS: Final[dict[Kind, tuple[str, str]]] = {
    "whole": ("whole numbers (any integer type)", "整数（任意整数类型）"),
    "number": ("numbers", "数值"),
    "flag": ("true or false", "布尔值"),
}


class Column(msgspec.Struct, frozen=True):
    """A column: its values are of a kind and from `low` to `high`; an optional one may be missing as a whole."""

    name: str
    kind: Kind
    low: float = 0
    high: float = MOST_INT64
    optional: bool = False

    def fits(self, dtype: pl.DataType) -> bool:
        """Whether values of this type can be of the column's kind."""
        if self.kind == "flag":
            return dtype == pl.Boolean
        return dtype.is_integer() or (self.kind == "number" and dtype.is_float())


def _id(name: str, optional: bool = False) -> Column:
    return Column(name, "whole", optional=optional)


_LAT = Column("lat", "number", -90, 90)
_LON = Column("lon", "number", -180, 180)

TABLES: Final[dict[str, tuple[Column, ...]]] = {
    "locations": (
        _id("location_id"),
        _LAT,
        _LON,
        Column("cap_day", "whole"),
        Column("handle_ship", "number"),
        Column("handle_unit", "number"),
        Column("is_warehouse", "flag", optional=True),
        _id("city_id", optional=True),
    ),
    "skus": (
        _id("sku_id"),
        Column("kg", "number"),
        Column("penalty", "number"),
        Column("sku_class", "whole", high=MOST_INT32, optional=True),
    ),
    "stock": (_id("sku_id"), _id("location_id"), Column("qty", "whole", high=MOST_INT32)),
    "cities": (_id("city_id"), _LAT, _LON, Column("pop", "number"), _id("zone")),
    "orders": (_id("order_id"), _id("day"), _id("t"), _id("city_id"), _id("zone"), _LAT, _LON),
    "order_lines": (_id("order_line_id"), _id("order_id"), _id("sku_id"), Column("qty", "whole", 1, MOST_INT32)),
    "forecast": (_id("day"), _id("zone"), _id("sku_id"), Column("exp_units", "number", high=1e12)),
}
"""Every file NAME.parquet and its columns. Units: degrees WGS-84, CNY, kg, units of a SKU, seconds of all days."""


def read_table(folder: Path, name: str, findings: Findings) -> pl.DataFrame:
    """NAME.parquet, of `TABLES` those columns in which nothing is wrong, as Int64, Float64 and Boolean.

    What is wrong is noted, so a column can be missing only if something was, or if it is optional.
    """
    file = f"{name}.parquet"
    present = _present_columns(folder / file, name, findings)
    if not present:
        return pl.DataFrame()
    try:
        frame = pl.read_parquet(folder / file, columns=[column.name for column in present])
    except (pl.exceptions.PolarsError, OSError):
        _unreadable(file, findings)
        return pl.DataFrame()
    frame = frame.with_columns(
        # a number beyond Int64 becomes null, and is told as a missing value
        pl.col(column.name).cast(pl.Int64 if column.kind == "whole" else pl.Float64, strict=False)
        for column in present
        if column.kind != "flag"
    )
    wrong = [column.name for column in present if not _check_values(frame[column.name], column, file, findings)]
    return frame.drop(wrong)


def _present_columns(path: Path, name: str, findings: Findings) -> list[Column]:
    """The table's columns that the file has; what is missing or of another type is noted."""
    if not path.is_file():
        findings.add(
            path.name,
            "file_missing",
            f"there is no such file in {path.parent}; an instance needs it",
            f"{path.parent} 中没有此文件；算例必须包含它",
        )
        return []
    try:
        schema = pl.read_parquet_schema(path)
    except (pl.exceptions.PolarsError, OSError):
        _unreadable(path.name, findings)
        return []
    present = []
    for column in TABLES[name]:
        pointer = f"{path.name}/{column.name}"
        if column.name not in schema:
            if not column.optional:
                needed = ", ".join(each.name for each in TABLES[name] if not each.optional)
                en = f"the column is missing; the file needs {needed}"
                findings.add(pointer, "column_missing", en, f"缺少该列；此文件需要 {needed}")
        elif not column.fits(schema[column.name]):
            en, zh = _KINDS[column.kind]
            dtype = schema[column.name]
            findings.add(
                pointer, "wrong_type", f"the column is {dtype}; write it as {en}", f"该列类型为 {dtype}；请改为{zh}"
            )
        else:
            present.append(column)
    return present


def _unreadable(file: str, findings: Findings) -> None:
    findings.add(
        file, "file_unreadable", "this is no whole Parquet file; write it anew", "Parquet 文件不完整；请重新写出"
    )


def _check_values(values: pl.Series, column: Column, file: str, findings: Findings) -> bool:
    """Whether every value is there, finite, and in the column's range; rows where it is not are noted."""
    wrong = values.is_null()
    if column.kind == "whole":
        wrong = wrong | ((values < int(column.low)) | (values > int(column.high))).fill_null(True)
    elif column.kind == "number":
        wrong = wrong | ~(values.is_finite() & values.is_between(column.low, column.high)).fill_null(False)
    if not wrong.any():
        return True
    en, zh = _range_words(column)

    def told(row: int) -> tuple[str, str]:
        value = values[row]
        if value is None:
            return f"the value is missing; {en}", f"缺少值；{zh}"
        return f"{value} is not allowed; {en}", f"不允许 {value}；{zh}"

    findings.add_rows(f"{file}/{column.name}", "value", wrong.arg_true().to_numpy(), told)
    return False


def _range_words(column: Column) -> tuple[str, str]:
    """The column's rule as the way out."""
    if column.kind == "flag":
        return "give true or false", "请填写 true 或 false"
    noun, noun_zh = ("a whole number", "整数") if column.kind == "whole" else ("a number", "数值")
    if column.high == MOST_INT64:
        return f"give {noun} from {column.low:g} on", f"请填写不小于 {column.low:g} 的{noun_zh}"
    return (
        f"give {noun} from {column.low:g} to {column.high:.10g}",
        f"请填写 {column.low:g} 到 {column.high:.10g} 的{noun_zh}",
    )


def check_unique(frame: pl.DataFrame, keys: Sequence[str], file: str, findings: Findings) -> None:
    """Note each row whose keys stand in an earlier row, too."""
    if not set(keys) <= set(frame.columns) or frame.select(keys).n_unique() == frame.height:
        return
    repeated = (~frame.select(pl.struct(keys).is_first_distinct()).to_series()).arg_true()

    def told(row: int) -> tuple[str, str]:
        names = ", ".join(f"{key} {frame[key][row]}" for key in keys)
        return f"{names} stands in an earlier row too; keep one row", f"{names} 与前面的行重复；请只保留一行"

    findings.add_rows(f"{file}/{keys[-1]}", "repeated", repeated.to_numpy(), told)


def positions(ids: Integers, values: Integers) -> NDArray[np.int32]:
    """The index in `ids` (ascending, from 0 on) of each value, −1 where it has none: int32[values].

    A table over the span of ids where that is not much larger than they are, else a binary search.
    """
    if not len(ids) or not len(values):
        return np.full(len(values), -1, np.int32)
    first, span = int(ids[0]), int(ids[-1]) - int(ids[0]) + 1
    if span > 8 * len(ids) + 1_000_000:
        found = np.searchsorted(ids, values).clip(max=len(ids) - 1)
        return np.where(ids[found] == values, found, -1).astype(np.int32)
    table = np.full(span + 1, -1, np.int32)  # its last entry stands for all values outside
    table[ids - first] = np.arange(len(ids), dtype=np.int32)
    offset = values - first
    offset[(offset < 0) | (offset >= span)] = span
    return table[offset]
