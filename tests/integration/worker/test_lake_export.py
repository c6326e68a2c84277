"""The lake holds exactly what the journal holds, whatever crashes between the two."""

import os
import threading
from pathlib import Path
from typing import Any
from uuid import uuid4

import polars as pl
import pytest

from manystores.core import database
from manystores.core.clock import DAY_US
from manystores.lake import reader, schema, writer
from manystores.worker import lake, main


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "lake"


def move(installation: Any, *lines: dict[str, Any]) -> None:
    """Movements of the first fact of the newest batch."""
    for line, changes in enumerate(lines):
        row = {
            "line": line,
            "location_no": 7,
            "offer_no": 9,
            "window_at_us": 0,
            "lot_no": 0,
            "d_on_hand": 0,
            "d_reserved": 0,
            "d_unavailable": 0,
            "d_incoming": 0,
            "reservation_id": uuid4(),
            "reason": 1,
        } | changes
        installation.execute(
            f"INSERT INTO movements (partition_id, day, seq, n, {', '.join(row)}) "
            f"SELECT partition_id, day, seq, n, {', '.join(f'%({name})s' for name in row)} "
            f"FROM journal WHERE seq = {installation.seq} AND n = 0",
            row,
        )


def export(installation: Any, folder: Path, clock: Any, **options: Any) -> int:
    with database.connect(installation.url) as connection:
        return lake.export(connection, folder, clock, **{"interval_s": 0.0} | options)


def columns_of(installation: Any, table: schema.Table) -> list[tuple[Any, ...]]:
    texts = {"subject", "request_key", "holder", "reservation_id", "body"}
    names = ", ".join(f"{name}::text" if name in texts else name for name in table.columns)
    keys = "partition_id, seq, n" + (", line" if "line" in table.columns else "")
    return installation.execute(f"SELECT {names} FROM {table.name} ORDER BY {keys}")


def in_lake(folder: Path, table: schema.Table) -> list[tuple[Any, ...]]:
    keys = ["partition_id", "seq", "n"] + (["line"] if "line" in table.columns else [])
    return reader.scan(folder, table).collect().sort(keys).rows()


def assert_equal(installation: Any, folder: Path) -> None:
    for table in schema.TABLES.values():
        assert in_lake(folder, table) == columns_of(installation, table), table.name


def test_the_files_equal_the_tables(installation: Any, folder: Path, clock: Any) -> None:
    midnight_us = clock.now_us() // DAY_US * DAY_US
    installation.publish(
        {
            "body": {"note": 'a,b\n"c" \\ 生日', "empty": ""},
            "actor": "",
            "request_key": uuid4(),
            "fingerprint": -(2**63),
        },
        {
            "name": "reservation.held",
            "reservation_state": 1,
            "holder": uuid4(),
            "expires_at": "2026-11-11T00:00:00.000001Z",
        },
        at_us=midnight_us - 1,
    )
    move(installation, {"d_reserved": 3}, {"d_on_hand": -(2**40), "window_at_us": 2**50})
    installation.publish({"name": "stock.counted", "location_no": 7}, at_us=midnight_us + 1)
    move(installation, {"d_on_hand": 5})
    assert export(installation, folder, clock) == 3
    assert_equal(installation, folder)
    assert len(reader.files(folder, schema.JOURNAL)) == 2  # one a day


def test_facts_leave_once_and_an_idle_partition_writes_nothing(installation: Any, folder: Path, clock: Any) -> None:
    installation.publish({}, {})
    assert export(installation, folder, clock) == 2
    assert export(installation, folder, clock) == 0
    installation.publish({})
    assert export(installation, folder, clock) == 1
    installation.publish()  # a batch without facts
    assert export(installation, folder, clock) == 0
    assert [path.name for path in reader.files(folder, schema.JOURNAL)] == ["part-1-1-1.parquet", "part-1-2-2.parquet"]
    assert_equal(installation, folder)


def test_files_are_neither_tiny_nor_late(installation: Any, folder: Path, clock: Any) -> None:
    installation.publish({})
    assert export(installation, folder, clock, interval_s=60) == 0  # the minute began with the first look
    clock.advance(59)
    installation.publish({})
    assert export(installation, folder, clock, interval_s=60) == 0
    clock.advance(1)
    assert export(installation, folder, clock, interval_s=60) == 2
    for _ in range(5):
        installation.publish({}, {})
    assert export(installation, folder, clock, interval_s=60, rows_max=4) == 8  # two full files at once; the rest waits
    names = [path.name for path in reader.files(folder, schema.JOURNAL)]
    assert sorted(names) == ["part-1-1-2.parquet", "part-1-3-4.parquet", "part-1-5-6.parquet"]


@pytest.mark.parametrize("dies_in", ["before the files", "between the files", "after the files"])
def test_a_crash_at_any_point_repeats_the_same_files_even_if_more_facts_have_come(
    installation: Any, folder: Path, clock: Any, monkeypatch: pytest.MonkeyPatch, dies_in: str
) -> None:
    write, calls = writer.write, []

    def dying(*arguments: Any) -> list[Path]:
        calls.append(arguments[1].name)
        if dies_in == "before the files" or (dies_in == "between the files" and len(calls) == 2):
            raise SystemExit
        files = write(*arguments)
        if dies_in == "after the files" and len(calls) == 2:
            raise SystemExit
        return files

    installation.publish({}, {})
    move(installation, {"d_on_hand": 1})
    with monkeypatch.context() as patch:
        patch.setattr(writer, "write", dying)
        with pytest.raises(SystemExit):
            export(installation, folder, clock)
    installation.publish({})
    move(installation, {"d_on_hand": 2})
    assert export(installation, folder, clock) == 3
    assert [path.name for path in reader.files(folder, schema.JOURNAL)] == ["part-1-1-1.parquet", "part-1-2-2.parquet"]
    assert_equal(installation, folder)


def test_another_shape_of_the_journal_is_an_error_not_a_wrong_file(installation: Any, folder: Path, clock: Any) -> None:
    installation.publish({})
    installation.execute("ALTER TABLE journal ALTER COLUMN version TYPE text")
    installation.execute("UPDATE journal SET version = 'one'")
    with pytest.raises(pl.exceptions.ComputeError):
        export(installation, folder, clock)
    assert reader.files(folder, schema.JOURNAL) == []


def test_before_the_first_batch_there_is_nothing_to_write(installation: Any, folder: Path, clock: Any) -> None:
    """Given an owner that took over and has recorded nothing, then the lake stays empty, and nothing fails."""
    installation.execute(
        "INSERT INTO lease (partition_id, epoch, seq, owner, taken_at) VALUES (1, 1, 0, 'owner', now()) "
        "ON CONFLICT DO NOTHING"
    )
    assert export(installation, folder, clock) == 0
    clock.advance(3600)
    assert export(installation, folder, clock) == 0
    assert not folder.exists() or not any(folder.rglob("*.parquet"))


def test_days_that_are_over_are_compacted_and_what_a_killed_writer_left_is_removed(
    installation: Any, folder: Path, clock: Any
) -> None:
    """Given facts of four days, then the first two are of one file each: a clock may jump back a day, never more."""
    noon_us = clock.now_us() // DAY_US * DAY_US + DAY_US // 2
    for day in range(4):
        for _ in range(3):
            installation.publish({}, at_us=noon_us + day * DAY_US)
            move(installation, {"d_on_hand": 1})
            export(installation, folder, clock)
    half = folder / "journal" / reader.files(folder, schema.JOURNAL)[0].parent.name / ".part-1-1-1.parquet.ab.tmp"
    half.write_bytes(b"PAR1")
    os.utime(half, (0, 0))
    with database.connect(installation.url) as connection:
        main._compact(connection, folder=folder, mine=threading.Lock())
    for table in schema.TABLES.values():
        assert [path.name for path in reader.files(folder, table)][:3] == [
            "part-1-1-3.parquet",
            "part-1-4-6.parquet",
            "part-1-7-7.parquet",
        ]
    assert not half.exists()
    assert_equal(installation, folder)
    installation.publish({}, at_us=noon_us + 2 * DAY_US)
    assert export(installation, folder, clock) == 1
    assert_equal(installation, folder)
