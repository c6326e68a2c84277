"""Events and recognitions over HTTP, on a person graph of 10 M identifiers: rates, latencies, memory, the start.

python -m benchmarks.bench_events [--identifiers 10000000] [--seconds 10] [--rounds 5] [--data DIR] [--json]

The graph is laid into the database before the server starts: accounts, phones, wallets and browsers of strangers, in
pairs. Then batches of 100 events are sent by some connections, each event with a messageId of its own, and the journal
is counted afterwards: every event that was acknowledged is in it, once. At last 500 recognitions a second are asked, at
their times whatever the answers take, beside half of that load of events.
"""

import argparse
import asyncio
import json
import os
import random
import tempfile
import time
from collections.abc import Iterator
from itertools import count, cycle
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
import uvloop

from benchmarks.harness import percentile
from benchmarks.http_load import Connection, request
from benchmarks.serving import Server, memory_by_process, serving
from manystores.core.auth import create_key, create_party
from manystores.core.clock import SystemClock
from manystores.core.database import connect, migrate
from manystores.core.embedded import EmbeddedPostgres

EVENTS = 100
CONNECTIONS = 8
TEMPLATES = 300
MEMBERS = 20_000
ASKED_PER_S = 500
KINDS = (0, 4, 2, 6)
"""Namespaces of the strangers' identifiers: account, phone, wallet, browser."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--identifiers", type=int, default=10_000_000)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--data", type=Path, help="where to make the database; a directory on a real disk")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.data) as folder:
        data = Path(folder) / "data"
        token = prepared(data, given.identifiers)
        print(json.dumps(measured(data, token, given), indent=2))


def prepared(data: Path, identifiers: int) -> str:
    """A database with a brand and strangers; a key of the brand's."""
    server = EmbeddedPostgres(data)
    url = server.start()
    try:
        migrate(url)
        clock = SystemClock()
        with connect(url) as connection:
            create_party(connection, "demo", clock=clock)
            token = create_key(connection, "demo", None, None, clock=clock)
        with connect(url, autocommit=True) as connection:
            connection.execute("SET statement_timeout = 0")
            connection.execute(
                "INSERT INTO identifiers SELECT 0, gen_random_uuid(), n, (%s::int[])[n %% 4 + 1], 7, false,"
                " '00000000-0000-0000-0000-000000000000', 0, NULL FROM generate_series(0, %s) n",
                (list(KINDS), identifiers - 1),
            )
            connection.execute(
                "INSERT INTO identity_pairs SELECT 0, n * 2, n * 2 + 1, 1, n, false FROM generate_series(0, %s) n",
                (identifiers // 2 - 1,),
            )
            connection.execute("VACUUM ANALYZE identifiers, identity_pairs")
    finally:
        server.stop()
    return token


def measured(data: Path, token: str, given: argparse.Namespace) -> dict[str, Any]:
    """All figures; AssertionError when the journal does not hold what was acknowledged."""
    figures: dict[str, Any] = {"identifiers": given.identifiers, "processors": os.cpu_count()}
    server = Server(data)
    try:
        figures["start_s"] = round(server.wait_ready(), 2)
    finally:
        server.stop()
    with serving(data, settled=False) as server:
        figures["memory_mb"] = memory_by_process(server)
        requests = batches(token)
        uvloop.run(load(server.port, requests, given.seconds / 2))  # warm
        rounds = []
        before = kept(data)
        for _ in range(given.rounds):
            taken, seconds, latencies = uvloop.run(load(server.port, requests, given.seconds))
            rounds.append((taken * EVENTS / seconds, percentile(latencies, 50), percentile(latencies, 99), taken))
        acknowledged, recorded = sum(each[3] for each in rounds) * EVENTS, kept(data) - before
        assert acknowledged == recorded, f"{acknowledged} acknowledged, {recorded} in the journal"
        figures["events_per_s"] = round(median(each[0] for each in rounds))
        figures["events_rounds"] = [round(each[0]) for each in rounds]
        for name, n in (("batch_p50_ms", 1), ("batch_p99_ms", 2)):
            figures[name] = round(median(each[n] for each in rounds), 1)
        figures["checked"] = f"{acknowledged} acknowledged = recorded"
        figures |= uvloop.run(recognitions(server.port, token, requests, given.seconds * 2))
        figures["memory_after_mb"] = memory_by_process(server)
    return figures


def kept(data: Path) -> int:
    """Events in the journal, each messageId once."""
    with psycopg.connect(EmbeddedPostgres(data).url, autocommit=True) as connection:
        row = connection.execute(
            "SELECT count(DISTINCT request_key) FROM journal WHERE partition_id = 0 AND name LIKE 'event.%'"
        ).fetchone()
    return row[0] if row else 0


def batches(token: str) -> Iterator[bytes]:
    """Requests of 100 events: browsing, signing in, buying; each with ids of its own."""
    chance, names = random.Random(1), count()
    run = os.urandom(4).hex()
    bodies = [json.dumps({"batch": [event(chance, n) for n in range(EVENTS)]}).encode() for _ in range(TEMPLATES)]
    for body in cycle(bodies):
        name = f"{run}-{next(names)}"
        yield request(token, "POST", "/v1/batch", body.replace(b"@ID@", name.encode()), name)


def event(chance: random.Random, n: int) -> dict[str, Any]:
    """One of a million shoppers does something."""
    person, kind = chance.randrange(1_000_000), chance.random()
    told: dict[str, Any] = {"messageId": f"@ID@-{n}", "timestamp": "2026-11-11T00:00:00Z", "anonymousId": f"b-{person}"}
    if kind < 0.1:
        traits = {"phone": f"139{person:08d}", "name": chance.choice(("王小明", "李思雨", "Ann Lee"))}
        return told | {"type": "identify", "userId": f"u-{person}", "traits": traits}
    if kind < 0.3:
        return told | {"type": "page", "name": "Home", "properties": {"path": "/home", "referrer": "search"}}
    properties = {"sku": f"X{chance.randrange(10_000)}", "price": 128.0, "quantity": 1}
    return told | {"type": "track", "event": "Product Viewed", "userId": f"u-{person}", "properties": properties}


async def load(
    port: int, requests: Iterator[bytes], seconds: float, connections: int = CONNECTIONS
) -> tuple[int, float, list[float]]:
    """Keep connections busy with batches; how many were taken, in how many seconds, and ms each took."""
    begin, latencies, taken = time.perf_counter(), [], 0

    async def caller() -> None:
        nonlocal taken
        async with Connection(port) as connection:
            while (start := time.perf_counter()) < begin + seconds:
                status, body = await connection.ask(next(requests))
                assert status == 200, body
                latencies.append((time.perf_counter() - start) * 1000)
                taken += 1

    await asyncio.gather(*(caller() for _ in range(connections)))
    return taken, time.perf_counter() - begin, latencies


async def recognitions(port: int, token: str, requests: Iterator[bytes], seconds: float) -> dict[str, Any]:
    """Ask who is at the till, so often a second, while events come; half of the asked are members who agreed."""
    async with Connection(port) as connection:
        for first in range(0, MEMBERS, EVENTS):
            events = [each for n in range(first, first + EVENTS) for each in member(n)]
            sent = json.dumps({"batch": events}).encode()
            status, body = await connection.ask(request(token, "POST", "/v1/batch", sent))
            assert status == 200, body
    free: asyncio.Queue[Connection] = asyncio.Queue()
    opened = [await Connection(port).__aenter__() for _ in range(64)]
    for connection in opened:
        free.put_nowait(connection)
    latencies: list[float] = []
    known = 0

    async def ask(at: float, n: int) -> None:
        nonlocal known
        connection = await free.get()
        wallet = {"type": "alipay", "application": "a", "value": f"w-{n}"}
        body = json.dumps({"identifiers": [wallet]}).encode()
        status, answer = await connection.ask(request(token, "POST", "/v1/recognitions", body))
        latencies.append((time.perf_counter() - at) * 1000)
        free.put_nowait(connection)
        assert status == 200, answer
        known += b'"recognised":true' in answer

    chance = random.Random(2)
    beside = asyncio.create_task(load(port, requests, seconds, 1))
    begin, asking = time.perf_counter(), []
    for n in range(round(seconds * ASKED_PER_S)):
        at = begin + n / ASKED_PER_S
        if (wait := at - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        asking.append(asyncio.create_task(ask(at, chance.randrange(2 * MEMBERS))))
    await asyncio.gather(*asking)
    taken, took, _ = await beside
    for connection in opened:
        await connection.__aexit__()
    return {
        "recognitions_per_s": ASKED_PER_S,
        "recognition_p50_ms": round(percentile(latencies, 50), 1),
        "recognition_p99_ms": round(percentile(latencies, 99), 1),
        "recognised_share": round(known / len(latencies), 3),
        "events_per_s_beside": round(taken * EVENTS / took),
    }


def member(n: int) -> list[dict[str, Any]]:
    """What a shopper's events say who agreed to being known, and pays by wallet."""
    wallet = [{"id": f"w-{n}", "type": "alipay:a", "collection": "users", "encoding": "none"}]
    said = {"categoryPreferences": {"link": True, "share_with_brand": True}}
    who = {"type": "track", "userId": f"member-{n}"}
    return [
        who | {"event": "Order Completed", "context": {"externalIds": wallet}},
        who | {"event": "Segment Consent Preference Updated", "context": {"consent": said}},
    ]


if __name__ == "__main__":
    main()
