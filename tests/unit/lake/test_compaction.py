"""Few files of many: the same rows, at every moment, and nothing else that a reader could see."""

import subprocess
import sys
import threading
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from manystores.lake import compaction, reader, writer
from manystores.lake.compaction import compact
from manystores.lake.schema import MOVEMENTS

DAY = date(2026, 11, 11)
LATER = DAY + timedelta(days=1)


def facts(seq: int, rows: int = 2, partition_id: int = 1, day: date = DAY) -> pl.DataFrame:
    """Movements of one batch."""
    line = dict.fromkeys(MOVEMENTS.columns, 0) | {"partition_id": partition_id, "day": day, "seq": seq}
    line |= {"reservation_id": "0193-a", "reason": 1}
    return pl.DataFrame([line | {"n": n} for n in range(rows)], schema=MOVEMENTS.columns)


def fill(lake: Path, files: int = 20, partition_id: int = 1, day: date = DAY) -> None:
    for seq in range(1, files + 1):
        writer.write(lake, MOVEMENTS, facts(seq, 2, partition_id, day), partition_id, seq, seq)


def rows(lake: Path) -> list[tuple[object, ...]]:
    return reader.scan(lake, MOVEMENTS).select("partition_id", "seq", "n").collect().sort(pl.all()).rows()


def names(lake: Path) -> list[str]:
    return [path.name for path in reader.files(lake, MOVEMENTS)]


def test_a_day_of_small_files_becomes_one_file_a_partition_with_the_same_rows(tmp_path: Path) -> None:
    fill(tmp_path)
    fill(tmp_path, 3, partition_id=2)
    before = rows(tmp_path)
    assert compact(tmp_path, LATER) == 21
    assert names(tmp_path) == ["part-1-1-20.parquet", "part-2-1-3.parquet"]
    assert rows(tmp_path) == before
    assert not list(tmp_path.rglob("*.tmp"))
    assert compact(tmp_path, LATER) == 0


def test_a_day_that_may_still_be_written_is_left_alone(tmp_path: Path) -> None:
    fill(tmp_path, 3)
    fill(tmp_path, 3, day=LATER)
    assert compact(tmp_path, DAY) == 0
    assert compact(tmp_path, LATER) == 2
    assert len(names(tmp_path)) == 1 + 3


def test_files_of_many_rows_stay_as_they_are(tmp_path: Path) -> None:
    fill(tmp_path, 7)
    assert compact(tmp_path, LATER, rows_max=6) == 4
    assert names(tmp_path) == ["part-1-1-3.parquet", "part-1-4-6.parquet", "part-1-7-7.parquet"]
    assert len(rows(tmp_path)) == 14


def test_a_file_of_another_shape_is_not_mixed_with_the_others(tmp_path: Path) -> None:
    fill(tmp_path, 4)
    [old] = [path for path in reader.files(tmp_path, MOVEMENTS) if path.name == "part-1-2-2.parquet"]
    pl.read_parquet(old).write_parquet(old, metadata={writer.VERSION_KEY: "0"})
    assert compact(tmp_path, LATER) == 1
    assert names(tmp_path) == ["part-1-1-1.parquet", "part-1-2-2.parquet", "part-1-3-4.parquet"]


@pytest.mark.parametrize("dies_in", ["write_whole", "_exchange", "rmtree"])
def test_killed_at_any_point_the_rows_are_there_once(tmp_path: Path, dies_in: str) -> None:
    """Killed as kill -9 does, while it writes, before the folders change places, and after it."""
    fill(tmp_path)
    before = rows(tmp_path)
    killed = f"""
import os, shutil
from datetime import date
from pathlib import Path
from manystores.lake import compaction
die = lambda *_, **__: os.kill(os.getpid(), 9)
{"shutil" if dies_in == "rmtree" else "compaction"}.{dies_in} = die
compaction.compact(Path({str(tmp_path)!r}), date(2026, 11, 12))
"""
    assert subprocess.run([sys.executable, "-c", killed], check=False).returncode == -9
    assert rows(tmp_path) == before
    assert len(list((tmp_path / "movements").glob(".day=*.tmp"))) == 1
    writer.remove_unfinished(tmp_path, older_than_s=-1)
    assert not list(tmp_path.rglob("*.tmp"))
    assert compact(tmp_path, LATER) == (0 if dies_in == "rmtree" else 19)
    assert rows(tmp_path) == before


def test_who_lists_the_files_meanwhile_never_sees_a_row_twice_or_not_at_all(tmp_path: Path) -> None:
    """A reader that lists and opens again and again, while twenty days are compacted."""
    for day in range(20):
        fill(tmp_path, 4, day=DAY - timedelta(days=day))
    wrong: list[int] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            try:
                found = sum(len(pl.read_parquet(path, columns=["seq"])) for path in reader.files(tmp_path, MOVEMENTS))
            except FileNotFoundError:  # listed before, opened after: it lists again
                continue
            if found != 160:
                wrong.append(found)

    thread = threading.Thread(target=read)
    thread.start()
    assert compact(tmp_path, LATER) == 60
    stop.set()
    thread.join()
    assert wrong == []


def test_where_folders_can_not_change_places_the_files_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, 3)
    monkeypatch.setattr(compaction, "_exchange", lambda *_: False)
    assert compact(tmp_path, LATER) == 0
    assert len(names(tmp_path)) == 3
    assert not list(tmp_path.rglob("*.tmp"))
