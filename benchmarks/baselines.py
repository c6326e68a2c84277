"""What the engine is compared with, made as good as we can: the same records on the same tables of another database.

`PerRequest`: one statement, one transaction, one round trip per request; 48 connections, the rest waits for one.
`SetBased`: whatever waits is copied into a staging table and settled by one statement over sets, in one transaction;
meanwhile the next batch gathers. Neither keeps tables of open reservations: the journal has to do.
"""

import asyncio
from collections import deque
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from benchmarks.engine import (
    CONNECTIONS,
    PARTY,
    TTL_S,
    Ask,
    Bucket,
    Run,
    Side,
    answer,
    clock,
    in_flight,
    request,
    request_names,
)
from manystores.core.clock import SECOND_US, to_datetime
from manystores.core.database import connect, connect_async
from manystores.core.ids import uuid7
from manystores.core.writer import ensure_day

TABLES = """
CREATE TABLE request_keys (request_key uuid PRIMARY KEY, fingerprint bigint NOT NULL, seq bigint NOT NULL);
CREATE SEQUENCE facts CACHE 1;
ALTER TABLE buckets SET (fillfactor = 50);
ALTER TABLE buckets ADD CHECK (on_hand - reserved - unavailable >= 0);
"""

STOCK = """
INSERT INTO buckets
    (partition_id, location_no, offer_no, window_at_us, lot_no, on_hand, reserved, unavailable, incoming)
SELECT 1, location, offer, 0, 0, %(units)s, 0, 0, 0
FROM unnest(%(locations)s::int[], %(offers)s::int[]) AS k (location, offer)
"""

# The request key first: a repeated request waits here for the first one and then changes nothing. Buckets are locked
# in order of their keys, so that orders never wait for each other in a circle.
PER_REQUEST = """
WITH key AS (
    INSERT INTO request_keys SELECT %(key)s, %(mark)s, nextval('facts') ON CONFLICT DO NOTHING RETURNING seq
), wanted AS (
    SELECT line, location_no, offer_no, quantity
    FROM unnest(%(locations)s::int[], %(offers)s::int[], %(quantities)s::int[])
         WITH ORDINALITY AS w (location_no, offer_no, quantity, line)
), locked AS MATERIALIZED (
    SELECT w.*, b.on_hand - b.reserved - b.unavailable >= w.quantity AS enough
    FROM buckets b JOIN wanted w ON b.partition_id = 1 AND b.location_no = w.location_no AND b.offer_no = w.offer_no
         AND b.window_at_us = 0 AND b.lot_no = 0
    WHERE EXISTS (SELECT FROM key)
    ORDER BY b.location_no, b.offer_no FOR UPDATE OF b
), accepted AS MATERIALIZED (
    SELECT seq FROM key WHERE (SELECT count(*) FILTER (WHERE enough) FROM locked) = cardinality(%(locations)s::int[])
), taken AS (
    UPDATE buckets b SET reserved = b.reserved + l.quantity FROM locked l, accepted
    WHERE b.partition_id = 1 AND b.location_no = l.location_no AND b.offer_no = l.offer_no
      AND b.window_at_us = 0 AND b.lot_no = 0
), moves AS (
    INSERT INTO movements
    SELECT 1, %(day)s, seq, 0, line - 1, location_no, offer_no, 0, 0, 0, quantity, 0, 0, %(id)s, 1 FROM locked, accepted
)
INSERT INTO journal
SELECT 1, %(day)s, seq, 0, 'reservation.held', %(id)s, %(party)s, 0, %(key)s, %(mark)s, 'bench', %(at)s, 1,
       %(expires)s, NULL, 1, %(body)s FROM accepted
"""

# One bucket needs no lock before the update: the update itself is the guard.
PER_REQUEST_ONE = """
WITH key AS (
    INSERT INTO request_keys SELECT %(key)s, %(mark)s, nextval('facts') ON CONFLICT DO NOTHING RETURNING seq
), taken AS (
    UPDATE buckets SET reserved = reserved + %(quantity)s FROM key
    WHERE partition_id = 1 AND location_no = %(location)s AND offer_no = %(offer)s AND window_at_us = 0 AND lot_no = 0
      AND on_hand - reserved - unavailable >= %(quantity)s RETURNING seq
), moves AS (
    INSERT INTO movements
    SELECT 1, %(day)s, seq, 0, 0, %(location)s, %(offer)s, 0, 0, 0, %(quantity)s, 0, 0, %(id)s, 1 FROM taken
)
INSERT INTO journal
SELECT 1, %(day)s, seq, 0, 'reservation.held', %(id)s, %(party)s, 0, %(key)s, %(mark)s, 'bench', %(at)s, 1,
       %(expires)s, NULL, 1, %(body)s FROM taken
"""

STAGING = """
CREATE TEMP TABLE staged (n int, id uuid, key uuid, mark bigint, expires timestamptz, body text)
    ON COMMIT DELETE ROWS;
CREATE TEMP TABLE staged_lines (n int, line int, location_no int, offer_no int, quantity int) ON COMMIT DELETE ROWS;
"""

# An order is accepted if each of its lines still fits after all that was asked of its bucket before it in the batch:
# never too much, at times too strict. An order that would fit by itself but not after the others is asked again.
SETTLE = """
WITH demand AS MATERIALIZED (
    SELECT l.*, coalesce(b.on_hand - b.reserved - b.unavailable, 0) AS available,
           sum(l.quantity) OVER (PARTITION BY l.location_no, l.offer_no ORDER BY l.n, l.line) AS upto
    FROM staged_lines l LEFT JOIN buckets b ON b.partition_id = 1 AND b.location_no = l.location_no
         AND b.offer_no = l.offer_no AND b.window_at_us = 0 AND b.lot_no = 0
), verdict AS MATERIALIZED (
    SELECT n, bool_and(upto <= available) AS good, bool_and(quantity <= available) AS possible
    FROM demand GROUP BY n
), fresh AS MATERIALIZED (
    SELECT s.* FROM staged s JOIN verdict v USING (n) WHERE v.good
      AND NOT EXISTS (SELECT FROM request_keys k WHERE k.request_key = s.key)
), keyed AS (
    INSERT INTO request_keys SELECT key, mark, %(seq)s FROM fresh
), taken AS (
    UPDATE buckets b SET reserved = b.reserved + d.quantity
    FROM (SELECT location_no, offer_no, sum(quantity) AS quantity FROM demand JOIN fresh USING (n) GROUP BY 1, 2) d
    WHERE b.partition_id = 1 AND b.location_no = d.location_no AND b.offer_no = d.offer_no
      AND b.window_at_us = 0 AND b.lot_no = 0
), moves AS (
    INSERT INTO movements
    SELECT 1, %(day)s, %(seq)s, n, line, location_no, offer_no, 0, 0, 0, quantity, 0, 0, f.id, 1
    FROM demand JOIN fresh f USING (n)
), facts AS (
    INSERT INTO journal
    SELECT 1, %(day)s, %(seq)s, n, 'reservation.held', id, %(party)s, 0, key, mark, 'bench', %(at)s, 1, expires,
           NULL, 1, body FROM fresh
)
SELECT n, good, possible FROM verdict
"""

CHECK = """
SELECT (SELECT count(*) FROM journal),
       (SELECT count(*) FROM movements),
       (SELECT count(*) FROM buckets b FULL JOIN
           (SELECT location_no, offer_no, sum(d_reserved) AS moved FROM movements GROUP BY 1, 2) m
           USING (location_no, offer_no)
        WHERE b.reserved IS DISTINCT FROM coalesce(m.moved, 0) OR b.reserved > b.on_hand)
"""


def prepare(url: str, keys: list[Bucket], units: int) -> None:
    """Tables and stock of a baseline."""
    with connect(url) as connection:
        connection.execute(TABLES)
        values = {"units": units, "locations": [key[0] for key in keys], "offers": [key[1] for key in keys]}
        connection.execute(STOCK, values)
        with connection.cursor() as cursor:
            for day in (0, 1):
                ensure_day(cursor, clock.now_us() // 86_400_000_000 + day)
    with connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def check(url: str, acknowledged: int) -> tuple[bool, str]:
    """Sums of a baseline's books: acknowledged are recorded, counters equal their movements, none below zero."""
    with connect(url) as connection:
        recorded, _, broken = connection.execute(CHECK).fetchone() or (0, 0, 0)
    return recorded == acknowledged and broken == 0, f"{acknowledged} acknowledged = {recorded} recorded"


def _values(keys: list[Bucket], quantities: list[int], name: str) -> dict[str, Any]:
    now_us = clock.now_us()
    reservation = uuid7(now_us)
    expires_us = now_us + TTL_S * SECOND_US
    body = answer(reservation, expires_us, keys, quantities)
    key, mark = request(name, body)
    at = to_datetime(now_us)
    return {
        "id": reservation,
        "key": key.hex(),
        "mark": mark,
        "party": PARTY,
        "at": at,
        "day": at.date(),
        "expires": to_datetime(expires_us),
        "body": body.decode(),
    }


class PerRequest:
    """One transaction a request. Connections are there while it works: the server has too few for two such sides."""

    def __init__(self, url: str, connections: int = CONNECTIONS) -> None:
        self._url, self._connections = url, connections
        self._names = request_names()
        self._idle: asyncio.LifoQueue[psycopg.AsyncConnection[Any]] = asyncio.LifoQueue()
        self.acknowledged = 0

    def side(self, ask: Ask) -> Run:
        """This as a side of a comparison."""

        async def run(many: int, seconds: float, directory: Path) -> Side:
            opened = [await connect_async(self._url, autocommit=True) for _ in range(self._connections)]
            for connection in opened:
                connection.prepare_threshold = 0
                self._idle.put_nowait(connection)
            done = await in_flight(many, seconds, ask, directory)
            while not self._idle.empty():
                await self._idle.get_nowait().close()
            return done

        return run

    async def hold(self, keys: list[Bucket], quantities: list[int]) -> bool:
        """Hold several buckets, or none of them."""
        values = _values(keys, quantities, next(self._names))
        statement = PER_REQUEST_ONE if len(keys) == 1 else PER_REQUEST
        if len(keys) == 1:
            values |= {"location": keys[0][0], "offer": keys[0][1], "quantity": quantities[0]}
        else:
            locations, offers = [key[0] for key in keys], [key[1] for key in keys]
            values |= {"locations": locations, "offers": offers, "quantities": quantities}
        connection = await self._idle.get()
        try:
            done = await connection.execute(statement, values)
        finally:
            self._idle.put_nowait(connection)
        self.acknowledged += done.rowcount
        return done.rowcount == 1


class _Caller:
    """Who waits for the verdicts of one or of several orders."""

    def __init__(self, many: int) -> None:
        self.future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._left, self._accepted = many, 0

    def answer(self, good: bool) -> None:
        """One more verdict; the last one wakes who waits."""
        self._left -= 1
        self._accepted += good
        if not self._left:
            self.future.set_result(self._accepted)


class _Waiting(NamedTuple):
    row: str
    lines: list[str]
    caller: _Caller


class SetBased:
    """All that waits, settled at once; one settler."""

    def __init__(self, connection: psycopg.AsyncConnection[Any], batch_max: int = 4_096) -> None:
        self._connection, self._batch_max = connection, batch_max
        self._names = request_names()
        self._waiting: deque[_Waiting] = deque()
        self._wake = asyncio.Event()
        self._seq = self.acknowledged = 0
        self._task = asyncio.create_task(self._run())

    @classmethod
    async def open(cls, url: str) -> "SetBased":
        connection = await connect_async(url, autocommit=True)
        await connection.execute(STAGING)
        connection.prepare_threshold = 0
        found = await connection.execute("SELECT coalesce(max(seq), 0) FROM journal")
        row = await found.fetchone()
        made = cls(connection)
        made._seq = row[0] if row else 0
        return made

    async def hold_set(self, wanted: list[tuple[list[Bucket], list[int]]]) -> int:
        """Hold several buckets each, or none of them; how many were accepted."""
        caller = _Caller(len(wanted))
        for keys, quantities in wanted:
            v = _values(keys, quantities, next(self._names))
            body = v["body"].replace("\\", "\\\\")
            row = f"{v['id'].hex}\t{v['key']}\t{v['mark']}\t{v['expires'].isoformat()}\t{body}\n"
            lines = [
                f"{line}\t{key[0]}\t{key[1]}\t{quantity}\n"
                for line, (key, quantity) in enumerate(zip(keys, quantities, strict=True))
            ]
            self._waiting.append(_Waiting(row, lines, caller))
        self._wake.set()
        return await caller.future

    async def _run(self) -> None:
        while True:
            while not self._waiting:
                self._wake.clear()
                await self._wake.wait()
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), self._batch_max))]
            try:
                verdicts = await self._settle(batch)
            except psycopg.Error as error:
                for each in batch:
                    if not each.caller.future.done():
                        each.caller.future.set_exception(error)
                continue
            for n, good, possible in verdicts:
                if good:
                    self.acknowledged += 1
                if good or not possible:
                    batch[n].caller.answer(good)
                else:
                    self._waiting.appendleft(batch[n])

    async def _settle(self, batch: list[_Waiting]) -> list[tuple[int, bool, bool]]:
        rows = "".join([f"{n}\t{each.row}" for n, each in enumerate(batch)])
        lines = "".join([f"{n}\t{line}" for n, each in enumerate(batch) for line in each.lines])
        self._seq += 1
        at = datetime.now(UTC)
        async with self._connection.transaction(), self._connection.cursor() as cursor:
            async with cursor.copy("COPY staged FROM STDIN") as copy:
                await copy.write(rows)
            async with cursor.copy("COPY staged_lines FROM STDIN") as copy:
                await copy.write(lines)
            await cursor.execute(SETTLE, {"seq": self._seq, "party": PARTY, "at": at, "day": at.date()})
            return await cursor.fetchall()

    async def close(self) -> None:
        self._task.cancel()
        await self._connection.close()
