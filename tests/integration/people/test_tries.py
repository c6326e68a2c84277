"""Wrong passwords, counted in the database: by two processes together, of many at once, and never without bound."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from psycopg_pool import AsyncConnectionPool

from manystores.core import database
from manystores.core.clock import SECOND_US
from manystores.core.crypto import KEY_BYTES, Vault
from manystores.people.throttle import FIRST_WAIT_US, PRUNED_EVERY, WINDOW_US, Throttle, prune

TRIES = 3
NOW_US = 1_794_000_000 * SECOND_US
VAULT = Vault((bytes(KEY_BYTES),))

Pool = AsyncConnectionPool[Any]


@pytest.fixture
async def pools(fresh_database_url: str) -> AsyncIterator[tuple[Pool, Pool]]:
    """Those of two processes."""
    async with AsyncExitStack() as stack:
        opened = [database.pool(fresh_database_url, size_min=1, size_max=8) for _ in range(2)]
        for pool in opened:
            await pool.open()
            stack.push_async_callback(pool.close)
        yield opened[0], opened[1]


async def marks(pool: Pool) -> int:
    """How many names are remembered."""
    async with pool.connection() as connection:
        row = await (await connection.execute("SELECT count(*) FROM sign_in_tries")).fetchone()
    assert row is not None
    return int(row[0])


async def test_two_processes_count_together_and_success_forgives(pools: tuple[Pool, Pool]) -> None:
    """Logins and addresses apart; another name is not held up."""
    here, there = (Throttle(pool, VAULT, "login", TRIES) for pool in pools)
    await here.failed("chen", NOW_US)
    await there.failed("chen", NOW_US)
    assert await here.wait_s("chen", NOW_US) == 0
    assert await here.attempt("chen", NOW_US) == 0
    assert await there.wait_s("chen", NOW_US) == FIRST_WAIT_US // SECOND_US
    assert await there.attempt("chen", NOW_US) == FIRST_WAIT_US // SECOND_US
    assert await there.attempt("lin", NOW_US) == 0
    assert await Throttle(pools[0], VAULT, "address", TRIES).wait_s("chen", NOW_US) == 0
    await here.succeeded("chen")
    assert await there.wait_s("chen", NOW_US) == 0


async def test_of_many_tries_at_once_few_get_through(pools: tuple[Pool, Pool]) -> None:
    """However many connections they come by."""
    throttles = [Throttle(pool, VAULT, "login", TRIES) for pool in pools]
    waits = await asyncio.gather(*(throttles[n % 2].attempt("chen", NOW_US) for n in range(30)))
    assert waits.count(0) == TRIES


async def test_what_counts_no_more_goes(pools: tuple[Pool, Pool]) -> None:
    """With the tries of others, without being asked for."""
    throttle = Throttle(pools[0], VAULT, "login", TRIES)
    for n in range(PRUNED_EVERY):
        await throttle.failed(f"old-{n}", NOW_US)
    assert await marks(pools[0]) == PRUNED_EVERY
    await throttle.failed("new", NOW_US + WINDOW_US)
    assert await marks(pools[0]) == 1


async def test_guessing_ever_new_logins_frees_nobody(pools: tuple[Pool, Pool]) -> None:
    """When there are too many, those with the most tries stay."""
    throttle = Throttle(pools[0], VAULT, "login", TRIES)
    for _ in range(TRIES):
        await throttle.failed("chen", NOW_US)
    for n in range(20):
        await throttle.failed(f"guess-{n}", NOW_US + n)
    async with pools[0].connection() as connection:
        await prune(connection, NOW_US + 20, most=5)
    assert await marks(pools[0]) == 5
    assert await throttle.wait_s("chen", NOW_US) > 0
