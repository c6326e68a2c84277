"""Write a range of batches into the lake: whole files that appear at once and are named after what they hold.

<lake>/<table>/day=YYYY-MM-DD/part-<partition>-<first seq>-<last seq>.parquet

Facts never change, so writing the same range again gives the same rows under the same names: a crash between the files
and the note that they are written costs a rewrite, never a duplicate.
"""

import os
from contextlib import suppress
from datetime import date
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import polars as pl

from manystores.lake.schema import Table

VERSION_KEY = "manystores.schema_version"
TABLE_KEY = "manystores.table"


def read_copy(text: bytes, table: Table) -> pl.DataFrame:
    """Rows as PostgreSQL's COPY writes them (FORMAT csv, no header), as a frame of the table's columns.

    Times arrive as integers in microseconds UTC. Nothing between two commas is NULL, "" is an empty text: both sides
    agree on this without being told.
    """
    if not text:
        return table.empty()
    plain = {name: pl.Int64() if isinstance(kind, pl.Datetime) else kind for name, kind in table.columns.items()}
    frame = pl.read_csv(
        BytesIO(text),
        has_header=False,
        schema=plain,
        try_parse_dates=True,
    )
    return frame.with_columns(
        pl.col(name).cast(kind) if kind == pl.Date() else pl.from_epoch(name, "us").dt.replace_time_zone("UTC")
        for name, kind in table.columns.items()
        if isinstance(kind, pl.Date | pl.Datetime)
    )


def write(lake: Path, table: Table, rows: pl.DataFrame, partition_id: int, first_seq: int, last_seq: int) -> list[Path]:
    """Write the rows of batches first_seq to last_seq of one partition, a file a day; returns the files.

    When it returns, the files are on disk; a file that exists is replaced by the same rows.
    """
    files = []
    for (day,), part in rows.partition_by("day", as_dict=True, maintain_order=True).items():
        assert isinstance(day, date)
        path = lake / table.name / f"day={day.isoformat()}" / f"part-{partition_id}-{first_seq}-{last_seq}.parquet"
        _write_whole(path, part, table)
        files.append(path)
    return files


def _write_whole(path: Path, rows: pl.DataFrame, table: Table) -> None:
    """Write beside the name, flush, rename, flush the folders: the name is there with all of its rows, or not."""
    new_folders = [folder for folder in (path.parent, *path.parent.parents) if not folder.exists()]
    path.parent.mkdir(parents=True, exist_ok=True)
    # readers look for *.parquet, so a half-written file of a crash is never read
    unfinished = path.with_name(f".{path.name}.{uuid4().hex}.tmp")
    try:
        with unfinished.open("wb") as file:
            rows.write_parquet(
                file, compression="zstd", metadata={TABLE_KEY: table.name, VERSION_KEY: str(table.version)}
            )
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        with suppress(OSError):
            unfinished.unlink()
        raise
    for folder in (path.parent, *(folder.parent for folder in new_folders)):
        _flush_folder(folder)


def remove_unfinished(lake: Path) -> int:
    """Delete what crashed writers left behind; only when no other process writes. Returns the number of files."""
    left = [path for path in lake.glob("*/day=*/.*.tmp") if path.is_file()]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
