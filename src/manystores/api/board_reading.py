"""What the live board reads once: the open work and the day's orders, all as one batch left them."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg_pool import AsyncConnectionPool

from manystores.api.board import HOUR_S, Board, Rules
from manystores.core.clock import SECOND_US, to_datetime
from manystores.core.sql import queries
from manystores.orders.order import decode
from manystores.orders.reach import Part
from manystores.promise.journal import Batch

SQL = queries("manystores.api")
_AS_ONE: Final = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
_ROWS: Final = 2_000  # taken in at once, then others get their turn

Pool = AsyncConnectionPool[Any]


async def read_board(
    pool: Pool, partition_id: int, rules: Rules, party_no: int, location_no: int | None, now_us: int
) -> Board:
    """The figures of a party (and location) as of the last committed batch."""
    board = Board(rules, party_no, location_no, now_us)
    hour_us = (now_us // SECOND_US - HOUR_S) * SECOND_US
    values = {
        "partition": partition_id,
        "party": party_no,
        "location": location_no,
        "day": to_datetime(board.day_us),
        "hour": to_datetime(hour_us),
    }
    async with pool.connection() as connection:
        await connection.execute(_AS_ONE)
        board.seq = await _sequence(connection, partition_id)
        for part in await _parts(connection, "board_orders", values):
            for channel, today, second, count in part:
                board.place(channel, second, count, today)
        for part in await _parts(connection, "board_waiting", values):
            for row in part:
                board.wait(*row)
            await asyncio.sleep(0)
        for part in await _parts(connection, "board_reach", values):
            for half, kind, near_by, rejected, known, hundreds, units, count in part:
                metres = max(1, hundreds * 100) if known else 0
                board.reach.add(Part(half, kind, near_by, units, metres, rejected), count)
            await asyncio.sleep(0)
        ((board.unserved,),) = await (await connection.execute(SQL["board_unserved"], values)).fetchall()
        last = await (await connection.execute(SQL["board_newest"], values)).fetchall()
    board.begin([decode(document) for (document,) in last])
    return board


class Shelves:
    """What is available of each offer over all locations, as of batch `seq`."""

    def __init__(self, seq: int) -> None:
        self.seq = seq
        self._available: NDArray[np.int64] = np.zeros(1024, np.int64)
        self._stocked: NDArray[np.bool_] = np.zeros(1024, np.bool_)

    def apply(self, batch: Batch) -> None:
        """Take in what the next batch moved."""
        moves = batch.movements
        if moves is not None and len(moves.n):
            now = moves.key[:, 2] == 0
            delta = moves.delta[now]
            self.add(moves.key[now, 1], delta[:, 0] - delta[:, 1] - delta[:, 2])
        self.seq = batch.seq

    def add(self, offers: NDArray[np.int64], units: NDArray[np.int64]) -> None:
        """Count units of offers by their numbers."""
        if len(offers) and (most := int(offers.max())) >= len(self._available):
            size = max(most + 1, 2 * len(self._available))
            self._available, available = np.zeros(size, np.int64), self._available
            self._stocked, stocked = np.zeros(size, np.bool_), self._stocked
            self._available[: len(available)] = available
            self._stocked[: len(stocked)] = stocked
        np.add.at(self._available, offers, units)
        self._stocked[offers] = True

    def sold_out(self, offers: Sequence[int]) -> list[int]:
        """Of these offers, those that locations keep and of which nothing is available anywhere."""
        numbers = np.fromiter(offers, np.int64, len(offers))
        numbers = numbers[numbers < len(self._available)]
        gone: list[int] = numbers[self._stocked[numbers] & (self._available[numbers] <= 0)].tolist()
        return gone


async def read_shelves(pool: Pool, partition_id: int) -> Shelves:
    """What is available of each offer as of the last committed batch."""
    async with pool.connection() as connection:
        await connection.execute(_AS_ONE)
        shelves = Shelves(await _sequence(connection, partition_id))
        for part in await _parts(connection, "board_shelves", {"partition": partition_id}):
            rows = np.array(part, np.int64).reshape(-1, 2)
            shelves.add(rows[:, 0], rows[:, 1])
    return shelves


async def _sequence(connection: psycopg.AsyncConnection[Any], partition_id: int) -> int:
    found = await connection.execute(SQL["board_sequence"], {"partition": partition_id})
    row = await found.fetchone()
    return int(row[0]) if row else 0


async def _parts(
    connection: psycopg.AsyncConnection[Any], name: str, values: dict[str, Any]
) -> list[list[tuple[Any, ...]]]:
    """The rows of a named statement, so many at a time."""
    found = await connection.execute(SQL[name], values)
    parts = []
    while part := await found.fetchmany(_ROWS):
        parts.append(part)
    return parts
