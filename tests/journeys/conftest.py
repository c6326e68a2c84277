"""The real application over a real socket and a database of its own, and clients with real keys.

def test_a_shopper_buys(api: Api) -> None:
    shop = api.client("demo")                    # all scopes of the brand
    shop.post("/v1/locations", json={...})
    till = api.client("demo", location="S1")     # a device of that store
    rival = api.client(api.new_brand())          # a brand that nobody else uses
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import httpx
import pytest
import uvicorn

from manystores.api import Application
from manystores.core import database
from manystores.core.auth import create_key, create_party
from manystores.core.clock import Clock, SystemClock
from manystores.core.settings import Settings

STARTED_S = 180.0  # the first start of a fresh clone compiles the kernels


@dataclass
class Api:
    """A running application: where it listens, its database, and keys for it."""

    url: str
    database_url: str
    settings: Settings
    clock: Clock
    application: Application
    _clients: list[httpx.Client] = field(default_factory=list)
    _brands: Iterator[int] = field(default_factory=lambda: count(1))

    def new_brand(self) -> str:
        """The code of a brand that no other test uses."""
        return f"brand-{next(self._brands)}"

    def key(self, brand: str = "demo", location: str | None = None, scopes: list[str] | None = None) -> str:
        """A new key's token; the brand is made if there is none. `location` narrows it to that store's device."""
        with database.connect(self.database_url) as connection:
            party = create_party(connection, brand, clock=self.clock)
            location_no = None
            if location is not None:
                row = connection.execute(
                    "SELECT location_no FROM locations WHERE party_no = %s AND code = %s", (party.party_no, location)
                ).fetchone()
                assert row is not None, f"{brand} has no location {location}"
                location_no = row[0]
            return create_key(connection, brand, scopes, location_no, clock=self.clock)

    def client(
        self,
        brand: str = "demo",
        location: str | None = None,
        scopes: list[str] | None = None,
        language: str = "en",
    ) -> httpx.Client:
        """A client with a new key of the brand; closed when the application is."""
        headers = {"authorization": f"Bearer {self.key(brand, location, scopes)}", "accept-language": language}
        return self.anonymous(headers)

    def anonymous(self, headers: dict[str, str] | None = None) -> httpx.Client:
        """A client without a key."""
        client = httpx.Client(base_url=self.url, headers=headers, timeout=30, trust_env=False)
        self._clients.append(client)
        return client

    def another(self, **settings: object) -> AbstractContextManager["Api"]:
        """A second application on the same database, which takes the partition over: as after a restart."""
        return running_api(self.database_url, self.settings.data_dir, self.clock, **settings)

    def close(self) -> None:
        """Close all clients."""
        for client in self._clients:
            client.close()


@contextmanager
def running_api(database_url: str, data_dir: Path, clock: Clock | None = None, **settings: object) -> Iterator[Api]:
    """The application under uvicorn in a thread, on a free loopback port, until the block ends."""
    clock = clock or SystemClock()
    given = {"data_dir": data_dir, "database_url": database_url, "webhook_allow_private_addresses": True} | settings
    chosen = Settings(**given)  # type: ignore[arg-type]
    application = Application(chosen, database_url, clock)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        config = uvicorn.Config(application, log_level="warning", lifespan="on", timeout_graceful_shutdown=2)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],), name="api", daemon=True)
        thread.start()
        try:
            _wait_until_started(server, thread)
            api = Api(url, database_url, chosen, clock, application)
            try:
                yield api
            finally:
                api.close()
        finally:
            server.should_exit = True
            thread.join(10)
            with suppress(OSError):
                listening.close()


def _wait_until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    until = time.monotonic() + STARTED_S
    while not server.started:
        if not thread.is_alive() or time.monotonic() > until:
            raise RuntimeError("the application did not start; its log tells why")
        time.sleep(0.01)


@pytest.fixture(scope="module")
def api(
    new_database: Callable[[], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Api]:
    """The application, for all tests of one module; brands of `new_brand` keep tests apart."""
    with new_database() as database_url, running_api(database_url, tmp_path_factory.mktemp("data")) as running:
        yield running
