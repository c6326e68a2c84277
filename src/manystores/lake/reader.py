"""Read the lake: one lazy table over all files, or a path pattern for engines that take one."""

from datetime import date
from pathlib import Path

import polars as pl

from manystores.lake.schema import TABLES, Table
from manystores.lake.writer import VERSION_KEY


class UnknownShape(RuntimeError):
    """A file of the lake was written by a version of manystores with another shape of this table"""


def pattern(lake: Path, table: Table) -> str:
    """The files of a table as a glob, e.g. for DuckDB's read_parquet('…', hive_partitioning = true)."""
    return str(lake / table.name / "day=*" / "*.parquet")


def files(lake: Path, table: Table, first_day: date | None = None, last_day: date | None = None) -> list[Path]:
    """The files of the days first_day to last_day, both included; None is open."""
    found = []
    for folder in sorted((lake / table.name).glob("day=*")):
        day = date.fromisoformat(folder.name.removeprefix("day="))
        if (first_day is None or day >= first_day) and (last_day is None or day <= last_day):
            found += sorted(folder.glob("*.parquet"))
    return found


def scan(lake: Path, table: Table | str, first_day: date | None = None, last_day: date | None = None) -> pl.LazyFrame:
    """The table as a lazy frame; an empty lake gives an empty one with all columns.

    Raises UnknownShape for a file newer than this code.
    """
    known = TABLES[table] if isinstance(table, str) else table
    found = files(lake, known, first_day, last_day)
    if not found:
        return known.empty().lazy()
    for path in found:
        version = pl.read_parquet_metadata(path).get(VERSION_KEY)
        if version != str(known.version):
            raise UnknownShape(f"{path} has shape {version} of {known.name}, this code reads {known.version}")
    return pl.scan_parquet(found, hive_partitioning=False, glob=False).select(list(known.columns))
