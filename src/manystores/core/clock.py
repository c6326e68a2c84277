"""One clock that tests can set. Times are UTC microseconds since 1970 inside, RFC 3339 outside."""

import time
from datetime import UTC, datetime
from functools import lru_cache
from typing import Protocol

SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
HOUR_US = 60 * MINUTE_US
DAY_US = 86_400 * SECOND_US


class Clock(Protocol):
    """Tells the time; the only way the system learns it."""

    def now_us(self) -> int:
        """Microseconds since the epoch, UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now_us(self) -> int:
        return time.time_ns() // 1000


class ManualClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, start_us: int = 1_763_000_000_000_000) -> None:
        self._now_us = start_us

    def now_us(self) -> int:
        return self._now_us

    def advance(self, seconds: float) -> None:
        """Move the clock; a negative number of seconds is a clock that jumped back."""
        self._now_us += round(seconds * SECOND_US)


def to_datetime(at_us: int) -> datetime:
    """UTC datetime of microseconds since the epoch."""
    return datetime.fromtimestamp(at_us // SECOND_US, UTC).replace(microsecond=at_us % SECOND_US)


def from_datetime(at: datetime) -> int:
    """Microseconds since the epoch of an aware datetime; a naive one is refused with ValueError."""
    if at.tzinfo is None:
        raise ValueError("a time needs its offset, e.g. 2026-11-11T00:00:00+08:00")
    delta = at - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * SECOND_US + delta.microseconds


def rfc3339(at_us: int) -> str:
    """RFC 3339 text in UTC, e.g. 2026-11-11T00:00:00Z; microseconds only when they are not zero."""
    second, us = divmod(at_us, SECOND_US)
    return f"{_second(second)}.{us:06d}Z" if us else f"{_second(second)}Z"


@lru_cache(4096)  # most moments that are told lie in the same few seconds
def _second(at_s: int) -> str:
    return datetime.fromtimestamp(at_s, UTC).isoformat().removesuffix("+00:00")
