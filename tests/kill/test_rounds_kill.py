"""Kill -9 in the middle of rounds: what moved is moved whole, the rest is as it was, and the next round goes on."""

import random
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from benchmarks.soak_kill import Installation

from manystores.orders.moving import MOVED, moves
from manystores.orders.order import Order, decode

ORDERS, BATCH = 300, 100
READY_S = 120.0
BEIJING, GUANGZHOU = (39.9, 116.4), (23.13, 113.26)


@pytest.mark.slow
def test_kills_between_and_in_rounds_leave_ledger_and_orders_as_the_journal_says(tmp_path: Path) -> None:
    installation, chance = Installation(tmp_path), random.Random(5)
    installation.start()
    try:
        token = _key(installation)
        with httpx.Client(
            base_url=f"http://127.0.0.1:{installation.port}",
            headers={"authorization": f"Bearer {token}"},
            timeout=60,
            trust_env=False,
        ) as client:
            _ready(client)
            far = _far_from_home(client)
            killed = Counter[str]()
            for victim in ("server", "writer", "postmaster", "server", "server"):
                under_way = threading.Thread(target=_round, args=(client,))
                under_way.start()
                time.sleep(chance.random() * 0.25)
                killed[victim] += bool(installation.kill(victim))
                under_way.join()
                _ready(client)
            assert killed.total() == 5
            some = _saved_today(client)["moved"]
            while _round(client) is None:
                time.sleep(0.1)
            assert _saved_today(client)["moved"] >= some
            _check(installation, client, far)
        assert installation.stop() == 0
    finally:
        installation.clear()


def _check(installation: Installation, client: httpx.Client, far: list[str]) -> None:
    """All are near by now; and orders, decisions, facts and counters tell the same."""
    with installation.connect() as connection:
        orders = {
            str(order_id): decode(doc)
            for order_id, doc in connection.execute("SELECT order_id, doc FROM orders").fetchall()
            if str(order_id) in set(far)
        }
        told = Counter(
            str(subject)
            for (subject,) in connection.execute("SELECT subject FROM journal WHERE name = %s", (MOVED,)).fetchall()
        )
        decided = Counter(str(one) for (one,) in connection.execute("SELECT order_id FROM decisions").fetchall())
        saved = connection.execute(
            "SELECT sum((body::json ->> 'saving')::bigint) FROM journal WHERE name = %s", (MOVED,)
        ).fetchone()
    assert len(orders) == ORDERS
    assert {order_id: moves(order) for order_id, order in orders.items()} == dict.fromkeys(far, 1)
    assert told == dict.fromkeys(far, 1)
    assert {one: decided[one] for one in far} == dict.fromkeys(far, 2)
    assert all(len(_live(order)) == 1 for order in orders.values())
    shelves = client.get("/v1/stock", params={"offer": "SCARF"}).json()["stock"]
    assert {one["location"]: one["reserved"] for one in shelves} == {"NEAR": ORDERS, "FAR": 0}
    assert saved is not None
    assert _saved_today(client) | {"since": ""} == {
        "since": "", "moved": ORDERS, "saved": saved[0], "currency": "CNY"
    }  # fmt: skip
    code, verdict = installation.run("stock", "verify")
    assert (code, verdict["sound"]) == (0, True)


def _live(order: Order) -> list[Any]:
    return [work for work in order.fulfilments if work.live]


def _saved_today(client: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/v1/sourcing/rounds").raise_for_status().json()["today"]
    return found


def _round(client: httpx.Client) -> dict[str, Any] | None:
    """A round, or None where it broke off."""
    with suppress(httpx.TransportError):
        answer = client.post("/v1/sourcing/rounds", json={})
        if answer.status_code == 200:
            done: dict[str, Any] = answer.json()
            return done
    return None


def _far_from_home(client: httpx.Client) -> list[str]:
    """Orders of Beijing that Guangzhou serves, since others had all that there was near by; they cancel."""
    stores = [
        {"code": code, "name": code, "kind": "store", "lat": lat, "lon": lon}
        for code, (lat, lon) in (("NEAR", BEIJING), ("FAR", GUANGZHOU))
    ]
    offer = {"sku": "SCARF", "name": "SCARF", "kind": "good", "price": {"amount": 100, "currency": "CNY"}}
    counts = [
        {"location": "NEAR", "offer": "SCARF", "on_hand": ORDERS},
        {"location": "FAR", "offer": "SCARF", "on_hand": 2 * ORDERS},
    ]
    _post(client, "/v1/locations/batch", {"locations": stores})
    _post(client, "/v1/offers/batch", {"offers": [offer]})
    _post(client, "/v1/stock/counts", {"counts": counts})
    placed = []
    for at in range(0, 2 * ORDERS, BATCH):
        bodies = [
            {
                "channel": "app",
                "channel_order_id": f"A-{at + n}",
                "lines": [{"offer": "SCARF", "quantity": 1}],
                "deliver_to": {"lat": BEIJING[0], "lon": BEIJING[1]},
            }
            for n in range(BATCH)
        ]
        placed += [one["order"]["id"] for one in _post(client, "/v1/orders/batch", {"orders": bodies})["results"]]
    for order_id in placed[:ORDERS]:
        _post(client, f"/v1/orders/{order_id}/cancel", {})
    return placed[ORDERS:]


def _post(client: httpx.Client, path: str, body: object) -> Any:
    answer = client.post(path, json=body)
    assert answer.status_code < 300, answer.text
    return answer.json()


def _key(installation: Installation) -> str:
    until = time.monotonic() + READY_S
    while time.monotonic() < until:
        with suppress(msgspec.DecodeError, ValueError):
            code, made = installation.run("keys", "create", "--brand", "rounds")
            if code == 0:
                return str(made["key"])
        time.sleep(0.5)
    raise AssertionError("no key")


def _ready(client: httpx.Client) -> None:
    until = time.monotonic() + READY_S
    while time.monotonic() < until:
        with suppress(httpx.TransportError):
            if client.get("/readyz").status_code == 200:
                return
        time.sleep(0.05)
    raise AssertionError("not ready")
