"""Once a day, learn from the lake: a process of its own, so that its memory and its long calls are nobody else's."""

import logging
import os
import subprocess
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from manystores.core.clock import from_datetime, to_datetime
from manystores.core.settings import Settings

log = logging.getLogger(__name__)
STAMP: Final = "foresight/last-lesson"
"""Its time says when the last lesson began; relative to the data directory."""
_COMMAND: Final = "import sys; from manystores.cli import main; sys.exit(main())"
_LOOK_EVERY_S: Final = 0.5
_NICENESS: Final = 10


def due(settings: Settings, now_us: int, last_us: int) -> bool:
    """Whether the hour of learning has come since the last lesson."""
    if settings.learn_at_hour < 0:
        return False
    return last_us < last_turn_us(settings.learn_at_hour, settings.time_zone, now_us)


def last_turn_us(hour: int, time_zone: str, now_us: int) -> int:
    """The last time, up to now, at which the clock of a zone struck an hour."""
    now = to_datetime(now_us).astimezone(ZoneInfo(time_zone))
    turn = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    if turn > now:
        turn = datetime.combine(now.date() - timedelta(days=1), turn.time(), now.tzinfo)
    return from_datetime(turn)


def learn_if_due(settings: Settings, url: str, now_us: int, stop: threading.Event) -> bool:
    """Run the day's lesson if it is due; True if one was run. A lesson that fails is tried again the next day, and
    what was learned before stays in force."""
    stamp = settings.data_dir / STAMP
    if not stamp.exists():  # a new installation: its first night is still to come
        _set(stamp, now_us)
    if not due(settings, now_us, stamp.stat().st_mtime_ns // 1000):
        return False
    _set(stamp, now_us)
    command = [sys.executable, "-c", _COMMAND, "foresight", "learn", "--json", "--data", str(settings.data_dir)]
    with subprocess.Popen(
        command,
        env=os.environ | {"MANYSTORES_DATABASE_URL": url},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as lesson:
        os.setpriority(os.PRIO_PROCESS, lesson.pid, _NICENESS)
        complaint = _followed(lesson, stop)
    if lesson.returncode == 0:
        log.info("foresight.learned")
    elif lesson.returncode == 1:
        log.info("foresight.nothing_to_learn")
    elif not stop.is_set():
        log.error("foresight.failed", extra={"code": lesson.returncode, "said": complaint[-2000:]})
    return True


def _followed(lesson: "subprocess.Popen[bytes]", stop: threading.Event) -> str:
    """What a lesson complains of when it ends; it is ended when the worker is."""
    while True:
        try:
            _, complaint = lesson.communicate(timeout=_LOOK_EVERY_S)
            return complaint.decode(errors="replace")
        except subprocess.TimeoutExpired:
            if stop.is_set():
                lesson.terminate()


def _set(stamp: Path, now_us: int) -> None:
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.touch()
    os.utime(stamp, ns=(now_us * 1000, now_us * 1000))
