"""UUIDv7 (RFC 9562): ids are made by the application and sort by time."""

import os
from uuid import UUID

import numpy as np

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


def first_uuid7(at_us: int) -> UUID:
    """Not after any UUIDv7 of that millisecond or later."""
    return UUID(int=at_us // 1000 << 80)


def uuid7_block(now_us: int, count: int) -> bytes:
    """So many UUIDv7 of one moment, 16 bytes each, behind each other."""
    drawn = np.frombuffer(os.urandom(16 * count), np.uint8).reshape(count, 16).copy()
    drawn[:, :6] = np.frombuffer((now_us // 1000 & 0xFFFFFFFFFFFF).to_bytes(6), np.uint8)
    drawn[:, 6] = drawn[:, 6] & 0x0F | 0x70
    drawn[:, 8] = drawn[:, 8] & 0x3F | 0x80
    return drawn.tobytes()


def uuid_texts(ids: bytes) -> list[str]:
    """Ids of 16 bytes each, as they are written: 8-4-4-4-12 hexadecimal digits."""
    digits = ids.hex()
    return [
        f"{digits[i : i + 8]}-{digits[i + 8 : i + 12]}-{digits[i + 12 : i + 16]}-{digits[i + 16 : i + 20]}"
        f"-{digits[i + 20 : i + 32]}"
        for i in range(0, len(digits), 32)
    ]


def _draw() -> None:
    """Randomness for many ids at once: asking the system for each would cost more than all the rest."""
    drawn = os.urandom(_RANDOM_BYTES * _DRAWN_AT_ONCE)
    _drawn.extend(drawn[i : i + _RANDOM_BYTES] for i in range(0, len(drawn), _RANDOM_BYTES))


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_drawn.clear)  # parent and child must not draw the same
