"""Rounds over 10,000 open orders, and what they cost those who order meanwhile.

    python -m benchmarks.bench_rounds_beside_orders [--quick] [--open 10000] [--windows 6] [--seconds 8] [--data DIR]

Orders come over HTTP in batches of 100, one batch after the other, on 7,209 real stores. Windows of time take turns:
with nobody else, and with one round after the other. That is far more than a policy asks for, whose rounds are minutes
apart: it tells what orders feel while a round lasts. Then the server is asked for rounds alone. Exit code 1 when the
books afterwards are not sound.
"""

import argparse
import os
import statistics
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path
from typing import Any, Final

import httpx

from benchmarks.serving import Server, serving, verify
from benchmarks.world import QUICK, Shoppers, Size, World, world

BATCH: Final = 100
ROUND: Final = 2_000


class Client:
    """Somebody who orders in batches, or asks for rounds."""

    def __init__(self, of: World, server: Server, seed: int) -> None:
        headers = {"authorization": f"Bearer {of.token}"}
        self.http = httpx.Client(
            base_url=f"http://127.0.0.1:{server.port}", headers=headers, timeout=300, trust_env=False
        )
        self.shoppers = Shoppers(of, seed)

    def order(self, orders: int = BATCH) -> float:
        """Place a batch; its seconds."""
        batch = [self.shoppers.order(f"rounds-{uuid.uuid4()}") for _ in range(orders)]
        began = time.perf_counter()
        self.http.post("/v1/orders/batch", json={"orders": batch}).raise_for_status()
        return time.perf_counter() - began

    def round(self) -> tuple[dict[str, Any], float]:
        """What a round did, and its seconds."""
        began = time.perf_counter()
        done: dict[str, Any] = self.http.post("/v1/sourcing/rounds", json={"orders": ROUND}).raise_for_status().json()
        return done, time.perf_counter() - began


def orders_for(client: Client, seconds: float) -> tuple[float, list[float]]:
    """Orders a second of the time that batches took, and the seconds of each."""
    until, took = time.monotonic() + seconds, []
    while time.monotonic() < until:
        took.append(client.order())
    return BATCH * len(took) / sum(took), took


def measured(of: World, server: Server, given: argparse.Namespace) -> None:
    """Measure, and print what was found."""
    orders, rounds = Client(of, server, 7), Client(of, server, 8)
    for _ in range(given.open // BATCH):
        orders.order()
    server.wait_settled()
    rounds.round()
    looked_at, took = 0, 0.0
    while looked_at < given.open:
        done, seconds = rounds.round()
        looked_at, took = looked_at + done["looked_at"], took + seconds
        if not done["looked_at"]:
            break
    print(f"{len(of.stores):,} stores, {len(of.shelves):,} shelves; {looked_at:,} orders looked at in {took:.1f} s")
    found: dict[bool, list[float]] = {False: [], True: []}
    batches: dict[bool, list[float]] = {False: [], True: []}
    beside = 0
    for n in range(2 * given.windows):
        at_work, ended = bool(n % 2), threading.Event()

        def work(ended: threading.Event = ended) -> None:
            nonlocal beside
            while not ended.is_set():
                beside += rounds.round()[0]["looked_at"]

        thread = threading.Thread(target=work)
        if at_work:
            thread.start()
        rate, seconds_each = orders_for(orders, given.seconds)
        found[at_work].append(rate)
        batches[at_work] += seconds_each
        ended.set()
        if at_work:
            thread.join()
    for at_work, name in ((False, "alone"), (True, "beside rounds")):
        ms = sorted(1000 * one for one in batches[at_work])
        print(
            f"orders a second, {name:14} median {statistics.median(found[at_work]):8,.0f}   a batch of {BATCH}:"
            f" p50 {ms[len(ms) // 2]:6.1f} ms   p99 {ms[int(0.99 * len(ms))]:6.1f} ms"
        )
    share = statistics.median(b / a for a, b in zip(found[False], found[True], strict=True))
    looked = beside / (given.windows * given.seconds)
    print(f"rate beside rounds: {share:.0%} of the rate alone; {looked:,.0f} orders looked at a second meanwhile")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a small network: does it work?")
    parser.add_argument("--open", type=int, default=10_000, help="open orders to begin with")
    parser.add_argument("--windows", type=int, default=6, help="of each kind")
    parser.add_argument("--seconds", type=float, default=8.0, help="of a window")
    parser.add_argument("--data", type=Path, help="a directory on a real disk")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.data, prefix="rounds-") as home:
        data_dir = Path(home) / "data"
        data_dir.mkdir()
        of = world(data_dir, QUICK if given.quick else Size())
        with serving(data_dir) as server:
            measured(of, server, given)
        sound = bool(verify(data_dir)["sound"])
    print(f"{os.cpu_count()} processors; load average at the end {os.getloadavg()[0]:.1f}; books sound: {sound}")
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
