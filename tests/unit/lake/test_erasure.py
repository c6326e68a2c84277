"""Erasing from the lake rewrites the files that tell of somebody, and no others."""

from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import polars as pl

from manystores.lake.erasure import Erased, erase, found
from manystores.lake.schema import JOURNAL
from manystores.lake.writer import write

DAY = date(2026, 11, 11)
GONE, OTHER = UUID(int=1), UUID(int=2)


def facts(partition_id: int, *told: tuple[int, UUID, str]) -> pl.DataFrame:
    """Facts (seq, subject, body) of a partition."""
    at = datetime(2026, 11, 11, tzinfo=UTC)
    plain = {"partition_id": partition_id, "day": DAY, "n": 0, "name": "event.track", "at": at}
    rows = [plain | {"seq": seq, "subject": str(subject), "body": body} for seq, subject, body in told]
    return pl.DataFrame([{name: row.get(name) for name in JOURNAL.columns} for row in rows], schema=JOURNAL.columns)


def test_facts_of_and_about_a_subject_go_up_to_a_batch(tmp_path: Path) -> None:
    mention = f'{{"other":"{GONE.hex}"}}'
    write(tmp_path, JOURNAL, facts(0, (1, GONE, "{}"), (2, OTHER, mention), (3, OTHER, "{}")), 0, 1, 3)
    write(tmp_path, JOURNAL, facts(0, (4, OTHER, "{}"), (5, GONE, "{}")), 0, 4, 5)
    write(tmp_path, JOURNAL, facts(1, (1, GONE, "{}")), 1, 1, 1)
    untouched = [path for path in tmp_path.rglob("part-*.parquet") if "part-0-1-" not in path.name]
    before = {path: path.stat().st_ino for path in untouched}
    assert found(tmp_path, 0, [GONE], 4) == 2
    assert erase(tmp_path, 0, [GONE], 4) == Erased(files=1, facts=2)
    assert found(tmp_path, 0, [GONE], 4) == 0
    assert found(tmp_path, 0, [GONE], 5) == 1
    assert {path: path.stat().st_ino for path in untouched} == before
    left = pl.concat(pl.read_parquet(path, hive_partitioning=False) for path in sorted(tmp_path.rglob("part-0-*")))
    assert left["seq"].to_list() == [3, 4, 5]
    assert left.schema == JOURNAL.empty().schema


def test_a_lake_that_is_not_there_has_nothing(tmp_path: Path) -> None:
    assert erase(tmp_path / "none", 0, [GONE], 9) == Erased(0, 0)
