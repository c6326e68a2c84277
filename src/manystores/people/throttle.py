"""How often somebody may try to sign in: a few wrong passwords a login, more an address, then waiting that doubles.

What was tried stands in the database: all processes count together, and a restart forgets nothing. Names are what
people typed, passwords by mistake among them: only a keyed hash is kept, for as long as it counts.
"""

from typing import Any, Final, Self

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import tuple_row
from psycopg_pool import AsyncConnectionPool

from manystores.core.clock import SECOND_US, from_datetime, to_datetime
from manystores.core.crypto import Vault
from manystores.core.sql import queries

WINDOW_US: Final = 15 * 60 * SECOND_US
LOGIN_TRIES: Final = 5
ADDRESS_TRIES: Final = 30  # a whole shop may come from one address
FIRST_WAIT_US: Final = 30 * SECOND_US
REMEMBERED_MAX: Final = 50_000
PRUNED_EVERY: Final = 200  # tries counted by one process: so many rows more than REMEMBERED_MAX there may be for each
SQL = queries("manystores.people")


class Count(msgspec.Struct, frozen=True):
    """Wrong tries in a row, when the last of them was, and until when there may be no other."""

    tries: int = 0
    last_us: int = 0
    until_us: int = 0

    def wait_s(self, now_us: int) -> int:
        """Whole seconds until there may be another; 0: now."""
        return max(0, -(-(self.until_us - now_us) // SECOND_US))

    def after(self, now_us: int, allowed: int) -> Self:
        """With one more; from `allowed` of them on each doubles the wait, up to the window. Old ones are forgotten."""
        begun = now_us - max(self.last_us, self.until_us) < WINDOW_US
        tries = self.tries + 1 if begun else 1
        wait_us = FIRST_WAIT_US << min(tries - allowed, 20) if tries >= allowed else 0
        return type(self)(tries, now_us, now_us + min(wait_us, WINDOW_US))


class Throttle:
    """Counts wrong tries by name: of logins, or (`kind`) of addresses."""

    def __init__(self, pool: "AsyncConnectionPool[Any]", vault: Vault, kind: str, tries: int) -> None:
        self._pool, self._vault, self._kind, self._tries = pool, vault, kind, tries
        self._counted = 0

    async def wait_s(self, name: str, now_us: int) -> int:
        """Whole seconds until `name` may try again; 0: now."""
        async with self._pool.connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
            row = await (await cursor.execute(SQL["find_tries"], {"mark": self._mark(name)})).fetchone()
        return _count(row).wait_s(now_us) if row else 0

    async def attempt(self, name: str, now_us: int) -> int:
        """Count a try before its outcome is known, unless it must wait: of many at once few get through.

        The seconds to wait; 0: it is counted, and `succeeded` takes it back.
        """
        return await self._add(name, now_us, even_if_waiting=False)

    async def failed(self, name: str, now_us: int) -> None:
        """Somebody tried in vain."""
        await self._add(name, now_us, even_if_waiting=True)

    async def succeeded(self, name: str) -> None:
        """Somebody got in: what was tried before was a slip."""
        async with self._pool.connection() as connection:
            await connection.execute(SQL["forget_tries"], {"mark": self._mark(name)})

    async def _add(self, name: str, now_us: int, *, even_if_waiting: bool) -> int:
        mark = {"mark": self._mark(name)}
        async with self._pool.connection() as connection:
            async with connection.cursor(row_factory=tuple_row) as cursor:
                row = await (await cursor.execute(SQL["lock_tries"], mark)).fetchone()
            assert row is not None
            before = _count(row)
            wait_s = before.wait_s(now_us)
            if wait_s and not even_if_waiting:
                return wait_s
            after = before.after(now_us, self._tries)
            times = {"last": to_datetime(after.last_us), "until": to_datetime(after.until_us)}
            await connection.execute(SQL["note_tries"], mark | times | {"tries": after.tries})
        if self._counted % PRUNED_EVERY == 0:
            async with self._pool.connection() as connection:
                await prune(connection, now_us)
        self._counted += 1
        return 0

    def _mark(self, name: str) -> bytes:
        return self._vault.hash(f"sign-in {self._kind}", name.encode(errors="replace").decode())


async def prune(connection: AsyncConnection[Any], now_us: int, most: int = REMEMBERED_MAX) -> None:
    """Forget what counts no more; of more than `most` those of the fewest tries go first, so that guessing ever new
    logins does not free one that must wait."""
    await connection.execute(SQL["prune_tries"], {"before": to_datetime(now_us - WINDOW_US), "most": most})


def _count(row: tuple[Any, ...]) -> Count:
    tries, last, until = row
    return Count(tries, from_datetime(last), from_datetime(until))
