"""Write a range of batches into the lake: whole files that appear at once and are named after what they hold.

<lake>/<table>/day=YYYY-MM-DD/part-<partition>-<first seq>-<last seq>.parquet

Facts never change, so writing the same range again gives the same rows under the same names: a crash between the files
and the note that they are written costs a rewrite, never a duplicate.
"""

import os
import shutil
import time
from contextlib import suppress
from datetime import date
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import polars as pl

from manystores.lake.schema import Table

VERSION_KEY = "manystores.schema_version"
TABLE_KEY = "manystores.table"
UNFINISHED_S = 3600.0
"""A file that is being written is younger than this."""


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
        write_whole(path, part, table)
        files.append(path)
    return files


def write_whole(path: Path, rows: pl.DataFrame, table: Table) -> None:
    """Write beside the name, flush, rename, flush the folders: the file is there with all of its rows, or not."""
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
        flush_folder(folder)


def remove_unfinished(lake: Path, older_than_s: float = UNFINISHED_S) -> int:
    """Delete what crashed writers left behind, so long ago that nobody can be writing it; returns how many it was."""
    now = time.time()  # files' times are the machine's, whatever clock the application has
    removed = 0
    for path in [*lake.glob("*/day=*/.*.tmp"), *lake.glob("*/.day=*.tmp")]:
        with suppress(FileNotFoundError):  # a writer has finished meanwhile
            if path.stat().st_mtime < now - older_than_s:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
                removed += 1
    return removed


def flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
