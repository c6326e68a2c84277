"""Make few files of many: a minute's file is small, and who reads a month opens each of them.

A day is written anew in a hidden folder beside it, which then changes places with it in one system call (renameat2,
RENAME_EXCHANGE: Linux, on the usual file systems; elsewhere the files stay as they are). So whoever lists the folder
of a day sees the files of before or those of after, never both, whenever the process is killed. Who has listed it and
opens the files only afterwards is told that they are gone, and lists again.
"""

import ctypes
import os
import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import uuid4

import polars as pl

from manystores.lake.schema import TABLES, Table
from manystores.lake.writer import VERSION_KEY, flush_folder, write_whole

ROWS_MAX = 1_000_000
"""Rows of a compacted file: what a few hundred MB of memory hold while it is written."""

_NAME = re.compile(r"part-(\d+)-(\d+)-(\d+)\.parquet")
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def compact(lake: Path, before: date, *, rows_max: int = ROWS_MAX) -> int:
    """Compact the days before `before`, which nobody may write any more; returns how many files there are less."""
    less = 0
    for table in TABLES.values():
        for folder in sorted((lake / table.name).glob("day=*")):
            if date.fromisoformat(folder.name.removeprefix("day=")) < before:
                less += _compact_day(folder, table, rows_max)
    return less


def _compact_day(folder: Path, table: Table, rows_max: int) -> int:
    files = list(folder.glob("*.parquet"))
    groups = list(_groups(files, table, rows_max)) if len(files) > 1 else []
    if len(groups) in (0, len(files)):
        return 0
    fresh = folder.with_name(f".{folder.name}.{uuid4().hex}.tmp")
    try:
        fresh.mkdir()
        for group in groups:
            _write_group(fresh, group, table)
        flush_folder(fresh)
        if not _exchange(fresh, folder):
            return 0
        flush_folder(folder.parent)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)  # by now what was there before, unless something failed
    return len(files) - len(groups)


def _groups(files: list[Path], table: Table, rows_max: int) -> Iterator[list[Path]]:
    """Files that become one: neighbours of one partition, not too many rows together, of the present shape."""
    group: list[Path] = []
    rows, of = 0, None
    for path in sorted(files, key=_place):
        more = int(pl.scan_parquet(path, glob=False).select(pl.len()).collect().item())
        now = _place(path)[0] if pl.read_parquet_metadata(path).get(VERSION_KEY) == str(table.version) else None
        if group and (now is None or now != of or rows + more > rows_max):
            yield group
            group, rows = [], 0
        group.append(path)
        rows, of = rows + more, now
    if group:
        yield group


def _place(path: Path) -> tuple[int, int, int]:
    """(partition, first batch, last batch) of a file."""
    named = _NAME.fullmatch(path.name)
    if named is None:
        raise ValueError(f"{path} is no file of the lake: move it elsewhere")
    return int(named[1]), int(named[2]), int(named[3])


def _write_group(folder: Path, group: list[Path], table: Table) -> None:
    if len(group) == 1:
        os.link(group[0], folder / group[0].name)
        return
    partition_id, first_seq, _ = _place(group[0])
    rows = pl.concat([pl.read_parquet(path, glob=False, hive_partitioning=False) for path in group])
    write_whole(folder / f"part-{partition_id}-{first_seq}-{_place(group[-1])[2]}.parquet", rows, table)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change names at once; False where the system can't."""
    exchange = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    names = os.fsencode(one), os.fsencode(other)
    return exchange is not None and exchange(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0
