"""GET /v1/availability while 1,000 orders a second come in: each query from another place, none from a cache.

4 connections ask one query after the other; orders come singly at a steady pace, whether or not the last one is
answered.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Iterator
from itertools import count, cycle
from statistics import median
from typing import Any

import uvloop

from benchmarks.engine import request_names
from benchmarks.harness import Fsync, Measure, Options, fsync_latency, main, median_fsync, percentile
from benchmarks.http_bench import TEMPLATES, the_world, warm, write_template
from benchmarks.http_load import Connection, Load, Target, load, request
from benchmarks.serving import count_facts, serving, verified
from benchmarks.world import Shoppers, World, as_lines

ORDERS_A_SECOND = 1_000
CONNECTIONS = 4
ORDER_CONNECTIONS = 64
TICK_S = 0.005


class Stream:
    """Orders at a steady pace, from a thread of its own."""

    def __init__(self, port: int, requests: Iterator[bytes], a_second: float) -> None:
        self._port, self._requests, self._pace = port, requests, a_second
        self._thread = threading.Thread(target=lambda: uvloop.run(self._run()))
        self._ended = False
        self.sent = self.placed = 0
        self.latencies_ms: list[float] = []

    def __enter__(self) -> "Stream":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = True
        self._thread.join()

    async def _run(self) -> None:
        due: deque[tuple[float, bytes]] = deque()
        wake = asyncio.Semaphore(0)
        callers = [asyncio.create_task(self._caller(due, wake)) for _ in range(ORDER_CONNECTIONS)]
        begin = time.perf_counter()
        while not self._ended:
            now = time.perf_counter()
            for _ in range(int((now - begin) * self._pace) - self.sent):
                due.append((now, next(self._requests)))
                self.sent += 1
                wake.release()
            await asyncio.sleep(TICK_S)
        for _ in callers:
            wake.release()
        await asyncio.gather(*callers)

    async def _caller(self, due: "deque[tuple[float, bytes]]", wake: asyncio.Semaphore) -> None:
        async with Connection(self._port) as connection:
            while True:
                await wake.acquire()
                if not due:
                    return
                at, sent = due.popleft()
                status, _ = await connection.ask(sent)
                self.placed += status == 201
                self.latencies_ms.append((time.perf_counter() - at) * 1000)


def run(options: Options) -> list[Measure]:
    """Measure the latency of queries."""
    of = the_world(options)
    shoppers = Shoppers(of, 4)
    many = TEMPLATES // (10 if options.quick else 1)
    template = write_template(options.data, "availability", "".join([shoppers.query() + "\n" for _ in range(many)]))
    rounds: list[tuple[Load, Fsync]] = []
    with serving(of.data_dir) as server:
        before = count_facts(of.data_dir, "order.placed")
        target = Target(server.port, of.token, "GET", "/v1/availability", template)
        with Stream(server.port, orders(of, many), ORDERS_A_SECOND) as stream:
            started = time.perf_counter()
            warm(target, CONNECTIONS)
            for _ in range(options.rounds):
                probe = fsync_latency(options.data)
                rounds.append((uvloop.run(load(target, CONNECTIONS, options.seconds)), probe))
            took = time.perf_counter() - started
        recorded = count_facts(of.data_dir, "order.placed") - before
    return [measured(rounds, stream, took, verified(of.data_dir, stream.placed, recorded, 0))]


def orders(of: World, many: int) -> Iterator[bytes]:
    """Single orders as whole requests."""
    shoppers, names = Shoppers(of, 5), request_names()
    stock = cycle(as_lines([shoppers.order() for _ in range(many)]).splitlines())
    for _ in count():
        name = next(names)
        yield request(of.token, "POST", "/v1/orders", next(stock).replace("@ID@", name).encode(), name)


def measured(rounds: list[tuple[Load, Fsync]], stream: Stream, took: float, checked: tuple[bool, str]) -> Measure:
    """The figure is the 99th percentile."""
    if not all(each.answers > each.refused for each, _ in rounds):
        raise RuntimeError(f"a round in which nothing was answered: {rounds}")
    p99 = [each.p99_ms for each, _ in rounds]
    detail: dict[str, Any] = {
        "queries_s": round(median(each.rate for each, _ in rounds)),
        "refused": sum(each.refused for each, _ in rounds),
        "orders_s": round(stream.placed / took),
        "orders_p50_ms": round(percentile(stream.latencies_ms, 50), 2),
        "orders_p99_ms": round(percentile(stream.latencies_ms, 99), 2),
        "load_generator": rounds[0][0].tool,
    }
    rates = f"{detail['queries_s']:,} queries/s while {detail['orders_s']:,} orders/s come in"
    return Measure(
        work=f"availability query, p99, {rates}",
        figure=round(median(p99), 2),
        unit="ms",
        rounds=[round(each, 2) for each in p99],
        must=-20,
        aim=-5,
        p50_ms=round(median(each.p50_ms for each, _ in rounds), 2),
        p99_ms=round(median(p99), 2),
        fsync=median_fsync([probe for _, probe in rounds]),
        sound=checked[0],
        check=checked[1],
        detail=detail,
    )


if __name__ == "__main__":
    main("availability", run, __doc__)
