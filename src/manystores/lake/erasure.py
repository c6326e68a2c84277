"""Erase subjects from the lake: files that tell of them are written anew without, whole, under the same names."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import polars as pl

from manystores.lake.schema import JOURNAL
from manystores.lake.writer import write_whole


class Erased(NamedTuple):
    """How many files were written anew, and how many facts are gone."""

    files: int
    facts: int


def erase(lake: Path, partition_id: int, subjects: Iterable[UUID], upto_seq: int) -> Erased:
    """Drop the facts of subjects, and those that name them, up to a batch; nobody else may be writing the partition's
    files."""
    gone, files, facts = _told_of(subjects, upto_seq), 0, 0
    for path in _files(lake, partition_id):
        rows = pl.read_parquet(path, glob=False, hive_partitioning=False)
        kept = rows.filter(~gone)
        if len(kept) < len(rows):
            write_whole(path, kept, JOURNAL)
            files, facts = files + 1, facts + len(rows) - len(kept)
    return Erased(files, facts)


def found(lake: Path, partition_id: int, subjects: Iterable[UUID], upto_seq: int) -> int:
    """How many facts of the lake tell of subjects, up to a batch."""
    told = _told_of(subjects, upto_seq)
    scans = (pl.scan_parquet(path, glob=False, hive_partitioning=False) for path in _files(lake, partition_id))
    return sum(int(scan.filter(told).select(pl.len()).collect().item()) for scan in scans)


def _files(lake: Path, partition_id: int) -> list[Path]:
    return sorted(lake.glob(f"{JOURNAL.name}/day=*/part-{partition_id}-*.parquet"))


def _told_of(subjects: Iterable[UUID], upto_seq: int) -> pl.Expr:
    """Facts of subjects, and facts whose body names one."""
    every = list(subjects)
    named = pl.col("body").fill_null("").str.contains_any([subject.hex for subject in every])
    return (pl.col("subject").is_in([str(subject) for subject in every]) | named) & (pl.col("seq") <= upto_seq)
