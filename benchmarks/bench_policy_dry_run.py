"""A dry run of a routing policy: 1,000 past orders decided twice on 7,209 stores, and how long others waited meanwhile.

    python -m benchmarks.bench_policy_dry_run [--quick] [--tries 9] [--data DIR]

The orders are placed over HTTP in one batch, on the brand of the benchmarks over HTTP. The server tells with each dry
run how long its event loop, on which the owner decides, kept anybody waiting: it looks every two milliseconds. Nothing
else is asked of the server meanwhile, so what it finds is the dry run's doing, and the machine's. Exit code 1 when the
books afterwards are not sound, or a dry run takes more than 5 s.
"""

import argparse
import os
import re
import statistics
import sys
import tempfile
import uuid
from pathlib import Path

import httpx

from benchmarks.serving import Server, serving, verify
from benchmarks.world import QUICK, Shoppers, Size, World, world

ORDERS = 1_000
POLICY = {"safety_stock": 1, "rank": [{"cost": -100, "location_kind": "store"}]}
SECONDS_MUST = 5.0


def main() -> int:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a small network: does it work?")
    parser.add_argument("--tries", type=int, default=9)
    parser.add_argument("--data", type=Path, help="a directory on a real disk")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.data, prefix="dry-run-") as home:
        data_dir = Path(home) / "data"
        data_dir.mkdir()
        of = world(data_dir, QUICK if given.quick else Size())
        with serving(data_dir) as server:
            seconds, pauses = _measured(of, server, given.tries)
        sound = bool(verify(data_dir)["sound"])
    print(f"{ORDERS:,} orders decided twice; {len(of.stores):,} stores, {len(of.shelves):,} stocked shelves")
    print(f"seconds of a dry run     median {statistics.median(seconds):6.2f}   most {max(seconds):6.2f}")
    print(f"longest pause, ms        median {statistics.median(pauses):6.2f}   most {max(pauses):6.2f}")
    print(f"{os.cpu_count()} processors; load average at the end {os.getloadavg()[0]:.1f}; books sound: {sound}")
    return 0 if sound and statistics.median(seconds) <= SECONDS_MUST else 1


def _measured(of: World, server: Server, tries: int) -> tuple[list[float], list[float]]:
    """Seconds, and milliseconds of the longest pause, of each try but the first, which loads what all need."""
    headers = {"authorization": f"Bearer {of.token}"}
    seconds, pauses = [], []
    with httpx.Client(base_url=f"http://127.0.0.1:{server.port}", headers=headers, timeout=120) as client:
        shoppers = Shoppers(of, seed=5)
        batch = [shoppers.order(f"dry-run-{uuid.uuid4()}") for _ in range(ORDERS)]
        client.post("/v1/orders/batch", json={"orders": batch}).raise_for_status()
        server.wait_settled()
        for n in range(1 + tries):
            answer = client.post("/v1/policy/dry-run", json={"policy": POLICY, "orders": ORDERS}).raise_for_status()
            assert answer.json()["result"]["orders"] == ORDERS
            if n > 0:
                total, pause = re.findall(r"dur=([\d.]+)", answer.headers["server-timing"])
                seconds.append(float(total) / 1000)
                pauses.append(float(pause))
    return seconds, pauses


if __name__ == "__main__":
    sys.exit(main())
