"""From a changed policy to what 100,000 orders would have cost: made-up orders, and those that were really placed.

    python -m benchmarks.bench_what_if [--quick] [--orders 100000] [--tries 3] [--data DIR]

Simulations run as the console starts them: over HTTP, in a process of their own beside the server, on the brand of the
benchmarks over HTTP. Two policies: look-ahead switched off, and on. The real orders were all placed within the hour, so
that nothing could be foreseen of them; the made-up ones have a week before them. Exit code 1 when the books afterwards
are not sound, or a simulation takes a minute or more.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from benchmarks.serving import Server, serving, verify
from benchmarks.world import QUICK, Shoppers, Size, World, world

AT_ONCE = 500
SECONDS_MUST = 60.0
PATH = "/v1/sourcing/simulations"
POLICIES = [
    {"name": "cheapest now", "policy": {"look_ahead_days": 0}},
    {"name": "looking ahead", "policy": {"look_ahead_days": 7}},
]


def main() -> int:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a small network: does it work?")
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--tries", type=int, default=3)
    parser.add_argument("--data", type=Path, help="a directory on a real disk")
    given = parser.parse_args()
    orders = 2_000 if given.quick else given.orders
    with tempfile.TemporaryDirectory(dir=given.data, prefix="what-if-") as home:
        data_dir = Path(home) / "data"
        data_dir.mkdir()
        of = world(data_dir, QUICK if given.quick else Size())
        with serving(data_dir) as server:
            headers = {"authorization": f"Bearer {of.token}"}
            with httpx.Client(base_url=f"http://127.0.0.1:{server.port}", headers=headers, timeout=120) as client:
                made_up = [_run(client, {"generate": orders, "seed": 1 + n}) for n in range(given.tries)]
                placed = _place(client, server, of, orders)
                real = [_run(client, _these_days()) for _ in range(given.tries)]
        sound = bool(verify(data_dir)["sound"])
    print(f"{len(of.stores):,} stores, {len(of.shelves):,} stocked shelves; {placed:,} orders placed")
    _tell("made up", made_up)
    _tell("real", real)
    print(f"{os.cpu_count()} processors; load average at the end {os.getloadavg()[0]:.1f}; books sound: {sound}")
    most = max(statistics.median([seconds for seconds, _ in runs]) for runs in (made_up, real))
    return 0 if sound and most < SECONDS_MUST else 1


def _these_days() -> dict[str, Any]:
    """Wherever midnight is."""
    today = datetime.now(UTC).date()
    return {"from": str(today - timedelta(days=1)), "to": str(today + timedelta(days=1))}


def _place(client: httpx.Client, server: Server, of: World, orders: int) -> int:
    shoppers, taken = Shoppers(of, seed=5), 0
    for start in range(0, orders, AT_ONCE):
        batch = [shoppers.order(f"what-if-{uuid.uuid4()}") for _ in range(min(AT_ONCE, orders - start))]
        answer = client.post("/v1/orders/batch", json={"orders": batch})
        answer.raise_for_status()
        taken += len(batch)
    server.wait_settled()
    return taken


def _run(client: httpx.Client, which: dict[str, Any]) -> tuple[float, dict[str, Any]]:
    """(seconds from the click to the result, the result)."""
    begun = time.monotonic()
    answer = client.post(PATH, json={"policies": POLICIES, **which})
    answer.raise_for_status()
    at = f"{PATH}/{answer.json()['id']}"
    while (told := client.get(at).json())["state"] == "running":
        time.sleep(0.1)
    assert told["state"] == "done", told
    found: dict[str, Any] = client.get(f"{at}/result").json()
    return time.monotonic() - begun, found


def _tell(name: str, runs: list[tuple[float, dict[str, Any]]]) -> None:
    seconds, found = [one for one, _ in runs], runs[-1][1]
    took = f"median {statistics.median(seconds):6.1f} s   most {max(seconds):6.1f} s"
    print(f"{name:8} {found['orders']:>9,} orders   {took}")
    for one in found["policies"]:
        cost, filled = one["figures"]["cost_per_order"] / 100, one["figures"]["fill_rate"]
        told = f"CNY {cost:.3f} an order, {filled:.2%} of units served, {one['looked_ahead']:,} foreseen"
        print(f"         {one['name']:14} {told}")


if __name__ == "__main__":
    sys.exit(main())
