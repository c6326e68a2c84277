"""What looking ahead costs who orders: POST /v1/orders/batch with prices and without, in turns.

    python -m benchmarks.bench_orders_looking_ahead [--quick] [--history 20000] [--windows 6] [--seconds 6] [--data DIR]

On 7,209 real stores × 2,000 offers, orders are placed first and a lesson is made of them, as every night. Then windows
of time take turns under two policies that differ in `look_ahead_days` alone, on the same server, which goes on bringing
its prices up to date. Both ways the same clients send batches of 500 on 4 connections. Exit code 1 when the rate with
prices is less than 80 % of that without, or the books afterwards are not sound.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import uvloop

from benchmarks.harness import Options
from benchmarks.http_bench import ready_batches
from benchmarks.http_load import load_batches
from benchmarks.serving import MANYSTORES, Server, serving, verify
from benchmarks.world import QUICK, Shoppers, Size, World, world

ITEMS: Final = 500
CONNECTIONS: Final = 4
MUST: Final = 0.8
READY_S: Final = 120.0
TOLD: Final = ("version", "note", "published_at", "published_by")
"""What is told of a policy and not a part of it."""


def learn(of: World, history: int) -> dict[str, Any]:
    """Place orders and make a lesson of them; what the lesson says."""
    shoppers = Shoppers(of, 5)
    with serving(of.data_dir) as server, client(of, server) as http:
        for start in range(0, history, ITEMS):
            batch = [shoppers.order(f"history-{start + n}") for n in range(ITEMS)]
            http.post("/v1/orders/batch", json={"orders": batch}).raise_for_status()
        server.wait_settled()
        told = subprocess.run(
            [MANYSTORES, "foresight", "learn", "--json", "--data", str(of.data_dir)], check=True, stdout=subprocess.PIPE
        )
    found: dict[str, Any] = httpx.Response(200, content=told.stdout.splitlines()[-1]).json()
    return found


def client(of: World, server: Server) -> httpx.Client:
    headers = {"authorization": f"Bearer {of.token}"}
    url = f"http://127.0.0.1:{server.port}"
    return httpx.Client(base_url=url, headers=headers, timeout=300, trust_env=False)


def publish(http: httpx.Client, days: int) -> None:
    """Put the policy with this `look_ahead_days` in force."""
    told = http.get("/v1/policy").raise_for_status().json()
    body = {
        name: value for name, value in told.items() if name not in ("version", "note", "published_at", "published_by")
    }
    http.put("/v1/policy", json=body | {"look_ahead_days": days}).raise_for_status()


def wait_for_prices(http: httpx.Client, of: World) -> float:
    """Seconds until decisions look ahead."""
    shoppers, began, n = Shoppers(of, 6), time.monotonic(), 0
    while time.monotonic() - began < READY_S:
        order = http.post("/v1/orders", json=shoppers.order(f"probe-{time.time_ns()}-{n}"))
        n += 1
        if order.status_code == 201:
            told = http.get(f"/v1/orders/{order.json()['id']}/decision").json()["decisions"][0]
            if told["looked_ahead"]:
                return time.monotonic() - began
        time.sleep(0.5)
    raise RuntimeError("no prices were made")


def window(server: Server, requests: Iterator[bytes], seconds: float) -> float:
    """Orders granted a second."""
    found, granted = uvloop.run(load_batches(server.port, requests, CONNECTIONS, seconds))
    return granted / found.seconds


def measured(of: World, server: Server, given: argparse.Namespace) -> float:
    """The share of the rate that is left with prices."""
    requests = ready_batches(
        of, "/v1/orders/batch", "orders", Shoppers.order, ITEMS, Options(data=of.data_dir, quick=given.quick)
    )
    rates: dict[bool, list[float]] = {False: [], True: []}
    with client(of, server) as http:
        publish(http, 7)
        print(f"prices after {wait_for_prices(http, of):.1f} s")
        window(server, requests, given.seconds / 2)
        for n in range(2 * given.windows):
            ahead = bool(n % 2)
            publish(http, 7 if ahead else 0)
            if ahead:
                wait_for_prices(http, of)
            rates[ahead].append(window(server, requests, given.seconds))
    for ahead, name in ((False, "cheapest now"), (True, "looking ahead")):
        each = " ".join(f"{one:,.0f}" for one in rates[ahead])
        print(f"orders a second, {name:13} median {statistics.median(rates[ahead]):8,.0f}   ({each})")
    share = statistics.median(b / a for a, b in zip(rates[False], rates[True], strict=True))
    print(f"rate looking ahead: {share:.0%} of the rate without (must {MUST:.0%})")
    return share


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a small network: does it work?")
    parser.add_argument("--history", type=int, default=20_000, help="orders to learn from")
    parser.add_argument("--windows", type=int, default=6, help="of each kind")
    parser.add_argument("--seconds", type=float, default=6.0, help="of a window")
    parser.add_argument("--data", type=Path, help="a directory on a real disk")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.data, prefix="ahead-") as home:
        data_dir = Path(home) / "data"
        data_dir.mkdir()
        of = world(data_dir, QUICK if given.quick else Size())
        print(f"{len(of.stores):,} stores, {len(of.shelves):,} shelves; learned: {learn(of, given.history)['brands']}")
        with serving(data_dir) as server:
            share = measured(of, server, given)
        sound = bool(verify(data_dir)["sound"])
    print(f"{os.cpu_count()} processors; load average at the end {os.getloadavg()[0]:.1f}; books sound: {sound}")
    return 0 if sound and share >= MUST else 1


if __name__ == "__main__":
    sys.exit(main())
