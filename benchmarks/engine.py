"""The engine and its baselines on one server: fresh databases, in-flight loops, holds as the API makes them, checks."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

import msgspec
import numpy as np
import psycopg
from psycopg import sql

from benchmarks.harness import Fsync, Measure, Options, fsync_latency, median_fsync, percentile
from manystores.api.http import fingerprint, item_keys
from manystores.core.clock import SECOND_US, SystemClock, rfc3339
from manystores.core.database import connect_async, migrate
from manystores.core.embedded import EmbeddedPostgres
from manystores.core.errors import Problem
from manystores.core.ids import uuid7, uuid7_block, uuid_texts
from manystores.core.runtime import settle
from manystores.ledger import Key
from manystores.promise.command import Hold, HoldSet
from manystores.promise.holds import Holds, as_halves
from manystores.promise.owner import Owner
from manystores.promise.stock import ChangeStock
from manystores.promise.verify import verify_partition

PARTY = 1
TTL_S = 3600
IN_FLIGHT = (64, 256, 1_000)
CONNECTIONS = 48
"""Connections of a baseline: near the most that the server takes (60); what is beyond waits in the client."""

LOG_SEGMENTS = 160
"""2.6 GB: what the server writes between two checkpoints."""

VACUUMS = "SELECT 1 FROM pg_stat_activity WHERE backend_type = 'autovacuum worker' LIMIT 1"

clock = SystemClock()
encode = msgspec.json.Encoder().encode
Bucket = tuple[int, int, int, int]
Ask = Callable[[], Awaitable[bool]]
"""Asks for a piece of work; True once it is durable, False if it was refused."""
Run = Callable[[int, float, Path], Awaitable["Side"]]
"""Works with so many in flight for so many seconds; fsync is probed in the directory."""


class Side(msgspec.Struct, frozen=True):
    """What one side did in a round."""

    accepted: int
    refused: int
    seconds: float
    latencies_ms: list[float]
    fsync: Fsync
    cpu_us: float  # processor time of this process for each accepted request, client included

    @property
    def rate(self) -> float:
        return self.accepted / self.seconds


@contextmanager
def server(directory: Path) -> Iterator[EmbeddedPostgres]:
    """An embedded PostgreSQL with the project's own settings."""
    embedded = EmbeddedPostgres(directory / "engine")
    embedded.start()
    try:
        write_ahead(embedded)
        yield embedded
    finally:
        embedded.stop()


def write_ahead(embedded: EmbeddedPostgres, segments: int = LOG_SEGMENTS) -> None:
    """Let the server have its log's files, as one has that has worked for a while: they are used again and again.

    A new server makes each of them, 16 MB of zeros, when it is needed first, and everybody waits for that.
    """
    with psycopg.connect(embedded.url_of("postgres"), autocommit=True) as admin:
        for _ in range(segments):
            admin.execute("SELECT pg_logical_emit_message(false, 'warm', 'up')")
            admin.execute("SELECT pg_switch_wal()")
        admin.execute("CHECKPOINT")


def database(embedded: EmbeddedPostgres, name: str) -> str:
    """A new, migrated database; returns its URL."""
    with psycopg.connect(embedded.url_of("postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    url = embedded.url_of(name)
    migrate(url)
    return url


def asking(ask: Ask) -> Run:
    """A side that is asked from this process."""

    async def run(many: int, seconds: float, directory: Path) -> Side:
        return await in_flight(many, seconds, ask, directory)

    return run


SETS = 4
"""Callers that share what is in flight, when it comes in sets: so many batches are under way at a time."""


def asking_sets(ask: Callable[[int], Awaitable[int]]) -> Run:
    """A side that is asked for sets: `ask` for so many at once tells how many were accepted."""

    async def run(many: int, seconds: float, directory: Path) -> Side:
        size = many // SETS
        return await in_flight(SETS, seconds, lambda: ask(size), directory, size)

    return run


async def in_flight(
    callers: int, seconds: float, ask: Callable[[], Awaitable[int]], directory: Path, size: int = 1
) -> Side:
    """Keep so many callers asking for so long, each for `size` at a time; `ask` tells how many were accepted.

    A fifth of the time, to warm up, is not counted.
    """
    accepted = refused = everything = 0
    latencies: list[float] = []
    before = fsync_latency(directory)
    began_cpu = time.process_time()
    begin = time.perf_counter() + seconds / 5
    end = begin + seconds

    async def caller() -> None:
        nonlocal accepted, refused, everything
        while (start := time.perf_counter()) < end:
            good = await ask()
            now = time.perf_counter()
            everything += good
            if begin <= now < end:
                accepted += good
                refused += size - good
                if good:
                    latencies.append((now - start) * 1000)

    await asyncio.gather(*(caller() for _ in range(callers)))
    cpu_us = (time.process_time() - began_cpu) / max(everything, 1) * 1e6
    return Side(accepted, refused, seconds, latencies, before, round(cpu_us, 1))


def hold(keys: list[Bucket], quantities: list[int], name: str) -> Hold:
    """A hold of several buckets, as the API makes it of a request: its answer as JSON, idempotency key, fingerprint."""
    now_us = clock.now_us()
    reservation = uuid7(now_us)
    expires_us = now_us + TTL_S * SECOND_US
    body = answer(reservation, expires_us, keys, quantities)
    return Hold("bench", PARTY, reservation, keys, quantities, expires_us, body, None, *request(name, body))


def request(name: str, body: bytes) -> tuple[bytes, int]:
    """The request key (16 bytes) and the fingerprint (63 bits) of a request."""
    key = blake2b(b"%d\0%s" % (PARTY, name.encode()), digest_size=16).digest()
    return key, int.from_bytes(blake2b(body, digest_size=8).digest()) >> 1


def answer(reservation: UUID, expires_us: int, keys: list[Bucket], quantities: list[int]) -> bytes:
    """The reservation as JSON: what is answered, and what the journal keeps."""
    lines = [
        {"location": f"S{key[0]}", "offer": f"CJ{key[1]}", "quantity": quantity, "window": None}
        for key, quantity in zip(keys, quantities, strict=True)
    ]
    expires_at = rfc3339(expires_us)
    return encode({"id": reservation, "cart": None, "state": "held", "expires_at": expires_at, "lines": lines})


async def receive(owner: Owner, keys: list[Bucket], units: int) -> None:
    """Put so many units into each bucket, through the owner."""
    for first in range(0, len(keys), 10_000):
        chunk = keys[first : first + 10_000]
        await owner.submit([ChangeStock("bench", PARTY, Key(*key), "receive", units) for key in chunk])


def request_names() -> Iterator[str]:
    """Idempotency keys as clients make them: no two the same, in this run or another."""
    run = os.urandom(6).hex()
    return (f"{run}-{n}" for n in count())


def verify_ours(url: str, acknowledged: int, name: str = "reservation.held") -> tuple[bool, str]:
    """The books proved by the database from the journal, and nothing acknowledged that is not recorded."""
    with psycopg.connect(url, autocommit=True) as connection:
        verdict = verify_partition(connection, 1)
        row = connection.execute("SELECT count(*) FROM journal WHERE name = %s", (name,)).fetchone()
    recorded = row[0] if row else 0
    good = verdict.sound and verdict.short == 0 and recorded == acknowledged
    return good, f"{acknowledged} acknowledged = {recorded} recorded, {verdict.movements} movements add up"


def hold_set(wanted: Sequence[tuple[list[Bucket], list[int]]], names: Iterator[str]) -> HoldSet:
    """A set of holds, as the API makes it of a batch: columns, each hold with its answer, key and fingerprint."""
    now_us, many = clock.now_us(), len(wanted)
    ids = uuid7_block(now_us, many)
    expires_us = now_us + TTL_S * SECOND_US
    expires_at = rfc3339(expires_us).encode()
    keys = item_keys(b"%d" % PARTY, next(names).encode(), "/v1/reservations/batch", many)
    bodies, marks = [], []
    for made, (buckets, quantities) in zip(uuid_texts(ids), wanted, strict=True):
        told = b",".join(
            [
                b'{"location":"S%d","offer":"CJ%d","quantity":%d,"window":null}' % (key[0], key[1], quantity)
                for key, quantity in zip(buckets, quantities, strict=True)
            ]
        )
        marks.append(fingerprint(told))
        bodies.append(
            b'{"id":"%s","cart":null,"state":"held","expires_at":"%s","lines":[%s]}' % (made.encode(), expires_at, told)
        )
    holds = Holds(
        as_halves([ids]),
        np.full(many, PARTY, np.int32),
        [b"bench"] * many,
        keys,
        np.array(marks, np.int64),
        np.zeros((many, 2), np.int64),
        np.full(many, expires_us, np.int64),
        np.cumsum([0, *[len(buckets) for buckets, _ in wanted]]),
        np.array([key for buckets, _ in wanted for key in buckets], np.int64),
        np.array([quantity for _, quantities in wanted for quantity in quantities], np.int64),
        bodies,
    )
    return HoldSet("bench", PARTY, holds)


class Engine:
    """The owner as a side of a comparison."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._names = request_names()
        self.acknowledged = 0

    @classmethod
    async def open(cls, url: str, keys: list[Bucket], units: int) -> "Engine":
        owner = Owner(url, clock)
        await owner.start()
        settle()  # as `manystores serve` does
        await receive(owner, keys, units)
        return cls(owner)

    async def hold(self, keys: list[Bucket], quantities: list[int]) -> bool:
        """Hold several buckets, or none of them."""
        (result,) = await self._owner.submit([hold(keys, quantities, next(self._names))])
        good = not isinstance(result, Problem)
        self.acknowledged += good
        return good

    async def hold_set(self, wanted: Sequence[tuple[list[Bucket], list[int]]]) -> int:
        """Hold a set of several buckets each; how many were accepted."""
        (answer,) = await self._owner.submit([hold_set(wanted, self._names)])
        good = len(wanted) - len(answer.refused)
        self.acknowledged += good
        return good

    async def close(self) -> None:
        await self._owner.stop()


async def settled(url: str) -> None:
    """Wait until the server cleans up after nobody: a side shall not pay for another one's dead rows."""
    async with await connect_async(url, autocommit=True) as watch:
        while await (await watch.execute(VACUUMS)).fetchone() is not None:
            await asyncio.sleep(0.1)


async def in_turns(options: Options, url: str, sides: Sequence[Run]) -> dict[int, list[list[Side]]]:
    """Rounds by number in flight: in each, every side once; who begins changes. A first round is discarded."""
    for run in sides:
        await run(IN_FLIGHT[0], options.seconds, options.data)
    found: dict[int, list[list[Side]]] = {}
    for round_no in range(options.rounds):
        for many in IN_FLIGHT:
            done: dict[int, Side] = {}
            for i in range(len(sides)) if round_no % 2 == 0 else reversed(range(len(sides))):
                await settled(url)
                done[i] = await sides[i](many, options.seconds, options.data)
            found.setdefault(many, []).append([done[i] for i in range(len(sides))])
    return found


def measure(
    work: str,
    pairs: list[tuple[Side, Side]],
    baseline_name: str,
    verified: Sequence[tuple[bool, str]],
    **limits: Any,
) -> Measure:
    """Medians of the rounds, and the median of their ratios."""
    ours, theirs = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    latencies = [ms for side in ours for ms in side.latencies_ms]
    slower = [ms for side in theirs for ms in side.latencies_ms]
    detail: dict[str, object] = {
        "baseline_rounds": [round(side.rate) for side in theirs],
        "baseline_p50_ms": round(percentile(slower, 50), 2) if slower else None,
        "baseline_p99_ms": round(percentile(slower, 99), 2) if slower else None,
        "cpu_us_each": median(side.cpu_us for side in ours),
        "baseline_check": verified[1][1],
        "refused": sum(side.refused for side in ours),
        "baseline_refused": sum(side.refused for side in theirs),
    }
    return Measure(
        work=work,
        figure=median(side.rate for side in ours),
        unit="/s",
        rounds=[round(side.rate) for side in ours],
        baseline=median(side.rate for side in theirs),
        baseline_name=baseline_name,
        ratio=round(median(a.rate / b.rate for a, b in pairs if b.rate), 2),
        judged="ratio",
        p50_ms=round(percentile(latencies, 50), 2),
        p99_ms=round(percentile(latencies, 99), 2),
        fsync=median_fsync([side.fsync for pair in pairs for side in pair]),
        sound=verified[0][0] and verified[1][0],
        check=verified[0][1],
        detail=detail,
        **limits,
    )
