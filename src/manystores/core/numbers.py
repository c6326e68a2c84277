"""Dense, never reused numbers for what kernels and the journal know by `int`; 0 is never given, it means none."""

from typing import Any

import psycopg

_ALLOCATE = """
    INSERT INTO numbers (name, next) VALUES (%(name)s, 1 + %(n)s)
    ON CONFLICT (name) DO UPDATE SET next = numbers.next + %(n)s
    RETURNING next
"""


def allocate(connection: psycopg.Connection[Any], name: str, n: int = 1) -> range:
    """The next `n` numbers of `name` ('location', 'offer', 'party'), the caller's when its transaction commits.

    The row stays locked until then, so that numbers are dense; allocate late and commit soon.
    """
    return _given(connection.execute(_ALLOCATE, {"name": name, "n": _positive(n)}).fetchone(), n)


async def allocate_async(connection: psycopg.AsyncConnection[Any], name: str, n: int = 1) -> range:
    """`allocate` on an asynchronous connection."""
    cursor = await connection.execute(_ALLOCATE, {"name": name, "n": _positive(n)})
    return _given(await cursor.fetchone(), n)


def _positive(n: int) -> int:
    if n < 1:
        raise ValueError(f"can't allocate {n} numbers")
    return n


def _given(row: Any, n: int) -> range:
    following = int(row["next"] if isinstance(row, dict) else row[0])
    return range(following - n, following)
