"""When the day's lesson is due, and that it runs as a process of its own."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from manystores.core.clock import from_datetime
from manystores.core.settings import Settings
from manystores.worker.learning import STAMP, due, last_turn_us, learn_if_due


def us(text: str) -> int:
    return from_datetime(datetime.fromisoformat(text).replace(tzinfo=UTC))


@pytest.mark.parametrize(
    ("now", "turn"),
    [
        ("2026-11-23T19:59:59", "2026-11-22T20:00:00"),  # 4 o'clock in Shanghai is 20 o'clock the day before
        ("2026-11-23T20:00:00", "2026-11-23T20:00:00"),
        ("2026-11-24T10:00:00", "2026-11-23T20:00:00"),
    ],
)
def test_the_turn_is_by_the_zone_s_clock(now: str, turn: str) -> None:
    assert last_turn_us(4, "Asia/Shanghai", us(now)) == us(turn)


def test_a_day_has_one_lesson(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    now = us("2026-11-23T20:30:00")
    assert due(settings, now, us("2026-11-23T19:00:00"))
    assert not due(settings, now, us("2026-11-23T20:00:01"))
    assert due(settings, now, 0)
    assert not due(Settings(data_dir=tmp_path, learn_at_hour=-1), now, 0)


def test_a_new_installation_waits_for_its_first_night(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    assert not learn_if_due(settings, "postgresql://nowhere.invalid/x", us("2026-11-23T21:00:00"), threading.Event())
    assert (tmp_path / STAMP).exists()


def test_a_lesson_that_fails_is_told_and_waits_for_the_next_day(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings, stop = Settings(data_dir=tmp_path), threading.Event()
    url = "postgresql://127.0.0.1:1/x?connect_timeout=1"
    assert not learn_if_due(settings, url, us("2026-11-23T19:00:00"), stop)
    assert learn_if_due(settings, url, us("2026-11-23T20:01:00"), stop)
    assert "foresight.failed" in caplog.text
    assert not learn_if_due(settings, url, us("2026-11-24T19:00:00"), stop)
