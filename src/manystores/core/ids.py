"""UUIDv7 (RFC 9562): ids are made by the application and sort by time."""

import os
from uuid import UUID

_CLEAR = ~(0xF << 76 | 0x3 << 62)
_SET = 7 << 76 | 2 << 62
_RANDOM_BYTES = 10
_DRAWN_AT_ONCE = 512

_drawn: list[bytes] = []


def uuid7(now_us: int) -> UUID:
    """A UUIDv7 whose leading 48 bits are the time in milliseconds; the other 74 bits are random."""
    try:
        chance = _drawn.pop()
    except IndexError:
        _draw()
        chance = _drawn.pop()
    value = (now_us // 1000 & 0xFFFFFFFFFFFF) << 80 | int.from_bytes(chance)
    return UUID(int=value & _CLEAR | _SET)


def _draw() -> None:
    """Randomness for many ids at once: asking the system for each would cost more than all the rest."""
    drawn = os.urandom(_RANDOM_BYTES * _DRAWN_AT_ONCE)
    _drawn.extend(drawn[i : i + _RANDOM_BYTES] for i in range(0, len(drawn), _RANDOM_BYTES))


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_drawn.clear)  # parent and child must not draw the same
