"""The worker's log: one JSON object a line on standard error, without personal data."""

import sys
import threading

import msgspec

from manystores.core.clock import Clock, rfc3339
from manystores.worker.tasks import Say


def json_lines(clock: Clock) -> Say:
    """Writes events as lines; safe to call from any thread."""
    lock = threading.Lock()

    def say(event: str, /, **fields: object) -> None:
        line = msgspec.json.encode({"at": rfc3339(clock.now_us()), "source": "worker", "event": event} | fields)
        with lock:
            sys.stderr.write(line.decode() + "\n")
            sys.stderr.flush()

    return say
