"""UUIDv7 (RFC 9562): ids are made by the application and sort by time."""

import os
from uuid import UUID

_CLEAR = ~(0xF << 76 | 0x3 << 62)
_SET = 7 << 76 | 2 << 62


def uuid7(now_us: int) -> UUID:
    """A UUIDv7 whose leading 48 bits are the time in milliseconds; the other 74 bits are random."""
    value = (now_us // 1000 & 0xFFFFFFFFFFFF) << 80 | int.from_bytes(os.urandom(10))
    return UUID(int=value & _CLEAR | _SET)
