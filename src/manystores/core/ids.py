"""UUIDv7 (RFC 9562): ids are made by the application and sort by time."""

import os
from uuid import UUID


def uuid7(now_us: int) -> UUID:
    """A UUIDv7 whose leading 48 bits are the time in milliseconds; the other 74 bits are random."""
    value = (now_us // 1000 & 0xFFFFFFFFFFFF) << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 7 << 76
    value = value & ~(0x3 << 62) | 2 << 62
    return UUID(int=value)
