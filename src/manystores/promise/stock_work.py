"""What people look after in the stock, as tables: exceptions and transfers, told by the journal's facts.

To fold a batch again changes nothing, so that who reads may fold what the projection has not come to yet.
"""

import asyncio
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import msgspec
import psycopg
from psycopg_pool import AsyncConnectionPool

from manystores.core.sql import queries

SQL = queries("manystores.promise")


def steps(partition_id: int, facts: Iterable[tuple[Any, ...]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The statements that fold facts, in order, with their values."""
    for seq, n, name, subject, party_no, actor, at, body in facts:
        told = msgspec.json.decode(body)
        row = {"partition": partition_id, "seq": seq, "n": n, "subject": subject, "party": party_no}
        row |= {"actor": actor, "at": at, "offer": told["offer_no"], "lot": told["lot_no"]}
        if name == "transfer.sent":
            places = {"source": told["source_no"], "target": told["target_no"], "quantity": told["quantity"]}
            yield "send_transfer", row | places
        elif name == "transfer.received":
            yield "receive_transfer", row | {"received": told["received"]}
        else:
            bucket = {"location": told["location_no"], "window": told["window_us"], "missing": -told["available"]}
            yield "open_exception" if name == "stock.exception_opened" else "close_exception", row | bucket


def fold(cursor: psycopg.Cursor[Any], limits: dict[str, Any]) -> None:
    """Fold the facts of some batches, within the projection's transaction."""
    facts = cursor.execute(SQL["told_of_stock"], limits).fetchall()
    for statement, row in steps(limits["partition"], facts):
        cursor.execute(SQL[statement], row)


class StockWork:
    """Brings the tables up to the last batch that was acknowledged, before somebody reads them."""

    def __init__(self, pool: AsyncConnectionPool[Any], partition_id: int) -> None:
        self._pool, self._partition_id = pool, partition_id
        self._folded, self._day = 0, date.min
        self._lock = asyncio.Lock()

    async def catch_up(self, committed: int) -> None:
        """Fold what neither the projection nor an earlier reader has."""
        if self._folded >= committed:
            return
        async with self._lock, self._pool.connection() as connection:
            if self._folded >= committed:
                return
            here = {"partition": self._partition_id}
            row = await (await connection.execute(SQL["projected_until"], here)).fetchone()
            if row is not None and row[0] > self._folded:
                self._folded, self._day = row
            limits = here | {"day": self._day, "after": self._folded, "upto": committed}
            facts = await (await connection.execute(SQL["told_of_stock"], limits)).fetchall()
            for statement, values in steps(self._partition_id, facts):
                await connection.execute(SQL[statement], values)
            await connection.commit()
            self._folded = max(self._folded, committed)
