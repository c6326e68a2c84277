"""Kill -9 while events come and members are linked: what was acknowledged stands, once; the rest may be sent again."""

import random
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from benchmarks.soak_kill import Installation

READY_S = 120.0
SENDERS = 4
KILLS = ("server", "writer", "postmaster", "server", "writer", "server")


class Shoppers:
    """Shoppers of one thread: each has an account with a phone, agrees, and gets a card bound; sent until it is
    acknowledged."""

    def __init__(self, url: str, token: str, thread: int, stop: threading.Event) -> None:
        self._client = httpx.Client(
            base_url=url, headers={"authorization": f"Bearer {token}"}, timeout=30, trust_env=False
        )
        self._thread, self._stop = thread, stop
        self.events: list[str] = []
        self.bound: list[str] = []

    def live(self) -> None:
        n = 0
        while not self._stop.is_set():
            name = f"shopper-{self._thread}-{n}"
            n += 1
            if all(self._sent(path, body) for path, body in self._steps(name)):
                self.events += [f"identify-{name}", f"pay-{name}"]
                self.bound.append(name)
        self._client.close()

    def _steps(self, name: str) -> list[tuple[str, dict[str, Any]]]:
        account, card = {"type": "account", "value": name}, {"type": "card", "value": f"card-{name}"}
        identify = {
            "type": "identify",
            "userId": name,
            "messageId": f"identify-{name}",
            "traits": {"email": f"{name}@a.cn"},
        }
        pays = {"externalIds": [{"id": f"card-{name}", "type": "card"}]}
        pay = {"type": "track", "event": "Paid", "messageId": f"pay-{name}", "context": pays}
        said = {"purposes": {"link": True}, "version": "1", "channel": "app", "proof": "box"}
        return [
            ("/v1/batch", {"batch": [identify, pay]}),
            ("/v1/consents", said | {"identifier": account}),
            ("/v1/members/links", {"one": account, "other": card, "reason": "bound"}),
        ]

    def _sent(self, path: str, body: dict[str, Any]) -> bool:
        """Until it is acknowledged; False when the test ends before."""
        while not self._stop.is_set():
            with suppress(httpx.TransportError):
                answer = self._client.post(path, json=body)
                if answer.status_code == 200:
                    return True
                assert answer.status_code in (429, 503), answer.text
            time.sleep(0.05)
        return False


@pytest.mark.slow
def test_kills_while_members_are_linked_lose_and_repeat_nothing(tmp_path: Path) -> None:
    installation, chance = Installation(tmp_path), random.Random(3)
    installation.start()
    try:
        code, made = installation.run("keys", "create", "--brand", "demo")
        assert code == 0
        url, stop = f"http://127.0.0.1:{installation.port}", threading.Event()
        shoppers = [Shoppers(url, made["key"], n, stop) for n in range(SENDERS)]
        threads = [threading.Thread(target=each.live) for each in shoppers]
        _until_served(url, made["key"])
        for thread in threads:
            thread.start()
        killed = Counter[str]()
        for victim in KILLS:
            time.sleep(0.5 + chance.random())
            killed[victim] += bool(installation.kill(victim))
            _until_served(url, made["key"])
        time.sleep(0.5)
        stop.set()
        for thread in threads:
            thread.join()
        assert killed == Counter(KILLS)
        bound = [name for each in shoppers for name in each.bound]
        assert len(bound) > 20
        with installation.connect() as connection:
            rows = connection.execute(
                "SELECT body::json ->> 'messageId' FROM journal WHERE partition_id = 0 AND name LIKE 'event.%'"
            ).fetchall()
        times = Counter(message for (message,) in rows)
        assert {message for each in shoppers for message in each.events} <= times.keys()
        assert set(times.values()) == {1}
        installation.kill("server")  # and what is in memory is in the database too
        _until_served(url, made["key"])
        headers = {"authorization": f"Bearer {made['key']}"}
        with httpx.Client(base_url=url, headers=headers, timeout=60, trust_env=False) as client:
            for name in bound:
                asked = {"identifiers": [{"type": "card", "value": f"card-{name}"}]}
                told = client.post("/v1/recognitions", json=asked).json()
                assert told["member"] == {"accounts": [name], "cards": [f"card-{name}"]}
    finally:
        installation.clear()


def _until_served(url: str, token: str) -> None:
    """Until the person graph has an owner that answers."""
    until = time.monotonic() + READY_S
    asked = {"identifiers": [{"type": "card", "value": "nobody's"}]}
    while time.monotonic() < until:
        with suppress(httpx.TransportError):
            headers = {"authorization": f"Bearer {token}"}
            answer = httpx.post(f"{url}/v1/recognitions", json=asked, headers=headers, timeout=30, trust_env=False)
            if answer.status_code == 200:
                return
        time.sleep(0.05)
    raise TimeoutError("the server does not come back")
