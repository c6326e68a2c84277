"""The demo runs whole: a festival over HTTP, its summary, the books sound; and once more on the same data."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx
import pytest

from manystores.cli.serve import running_server

pytestmark = pytest.mark.slow

PROGRAM = [sys.executable, "-c", "import sys; from manystores.cli import main; sys.exit(main())"]


def demo(data: Path, orders: int) -> dict[str, Any]:
    """The last line of a demo's output, as a program reads it."""
    command = [*PROGRAM, "demo", "--orders", str(orders), "--exit", "--json", "--data", str(data)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_whoever_ends_the_demo_by_a_signal_ends_its_server(tmp_path: Path) -> None:
    command = [*PROGRAM, "demo", "--orders", "20000", "--data", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        until = monotonic() + 120
        while (url := running_server(tmp_path)) is None:
            assert process.poll() is None
            assert monotonic() < until
            sleep(0.1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 128 + signal.SIGTERM
    assert running_server(tmp_path) is None
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/readyz")


def _check_sign_in(told: dict[str, Any]) -> None:
    """How to sign in: the console's address, people of each kind of work, one password for them."""
    assert {one["login"] for one in told["people"]} == {"ops", "marketing", "planner", "store"}
    assert next(one["location"] for one in told["people"] if one["login"] == "store")
    assert told["console"].startswith("http://127.0.0.1:")
    assert len(told["password"]) >= 16


def test_a_festival_is_served_from_the_shelves_of_real_stores_and_nothing_is_sold_twice(tmp_path: Path) -> None:
    """300 orders: most are filled, many from stores, some are refused and re-routed; no unit is promised twice."""
    found = demo(tmp_path, 300)
    _check_sign_in(found.pop("sign_in"))

    assert (found["oversold"], found["mismatches"], found["unexpected"]) == (0, 0, {})
    assert found["orders"] == 300 == found["orders_placed"] + found["orders_refused"]
    assert found["north"]["orders"] + found["south"]["orders"] == 300
    assert found["filled_lines_pct"] > 70
    assert found["rejected_pct"] >= 5
    assert found["skus_sold_out_pct"] >= 20
    assert 0 < found["pre_stock_avoided"] == found["units_from_stores"] < found["units"]
    assert found["promised_outside_hours"] == 0
    assert found["cancelled"] > 0
    assert found["returned"] > 0
    assert found["north"]["km_median"] < found["north"]["km_median_warehouses_only"]
    assert {"km_median", "km_median_warehouses_only", "split_rate", "orders_per_second", "seconds"} <= found.keys()

    again = demo(tmp_path, 100)  # shelves are topped up, orders are new ones
    assert again["orders_placed"] + again["orders_refused"] == 100
    assert again["orders_placed"] > 80
    assert (again["oversold"], again["mismatches"], again["unexpected"]) == (0, 0, {})
