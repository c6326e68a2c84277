"""A receiver that really listens, a journal that really holds facts, and a courier between them."""

import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg.types.json import Jsonb

from manystores.core import database
from manystores.core.clock import Clock, ManualClock, to_datetime
from manystores.core.events import CURSOR_END
from manystores.worker.outbound import Outbound
from manystores.worker.subscription import Unseal
from manystores.worker.webhooks import Courier

SECRET = b"s" * 32


@dataclass
class Request:
    """One delivery as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def event_id(self) -> str:
        return self.headers["webhook-id"]


@dataclass
class Reply:
    """How to answer: `wait_s` before the status, headers beside it."""

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    wait_s: float = 0.0
    body: bytes = b""


class Receiver:
    """An HTTP server on a loopback port; `reply` decides the answer to each request."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.reply: Callable[[Request], Reply] = lambda _: Reply()
        self.closing = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {k.lower(): v for k, v in self.headers.items()}
                request = Request(self.path, headers, body, time.monotonic())
                receiver.requests.append(request)
                reply = receiver.reply(request)
                receiver.closing.wait(reply.wait_s)
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if reply.status != 204:
                    self.send_header("content-length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            do_GET = do_POST

            def log_message(self, *_: object) -> None:
                """Keep the test's output clean."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_: object) -> None:
                """A client that hung up is part of the tests."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def url(self, path: str = "/hook", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def always(
        self, status: int, headers: dict[str, str] | None = None, *, wait_s: float = 0.0, body: bytes = b""
    ) -> None:
        """Answer every request from now on in the same way."""
        self.reply = lambda _: Reply(status, headers or {}, wait_s, body)

    def statuses(self, choose: Callable[[Request], int]) -> None:
        """Answer each request with the status that `choose` gives."""
        self.reply = lambda request: Reply(choose(request))

    @property
    def event_ids(self) -> list[str]:
        return [request.event_id for request in self.requests]

    @property
    def distinct_ids(self) -> list[str]:
        """Each event once, where it came first: for tests that break what happens between sending and recording."""
        return list(dict.fromkeys(self.event_ids))

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()


@dataclass
class Installation:
    """A database with one partition, to which facts and webhooks are added as the owner and the API do."""

    url: str
    partition_id: int = 1
    seq: int = 0

    def execute(self, statement: str, parameters: Any = None) -> list[tuple[Any, ...]]:
        with database.connect(self.url) as connection:
            cursor = connection.execute(statement.encode(), parameters)
            return cursor.fetchall() if cursor.description else []

    def publish(self, *facts: dict[str, Any], at_us: int | None = None) -> list[str]:
        """Commit a batch; returns the ids of its events. A fact is {name, party_no, …}, the rest has defaults."""
        at = to_datetime(at_us if at_us is not None else time.time_ns() // 1000)
        self.seq += 1
        first = at.date()
        with database.connect(self.url) as connection:
            for table in ("journal", "movements"):
                connection.execute(
                    f"CREATE TABLE IF NOT EXISTS {table}_{first:%Y%m%d} PARTITION OF {table} "
                    f"FOR VALUES FROM ('{first}') TO ('{first + timedelta(days=1)}')".encode()
                )
            connection.execute(
                "INSERT INTO lease (partition_id, epoch, seq, owner, taken_at) VALUES (%s, 1, %s, 'test', now()) "
                "ON CONFLICT (partition_id) DO UPDATE SET seq = EXCLUDED.seq",
                (self.partition_id, self.seq),
            )
            for n, fact in enumerate(facts):
                row = {
                    "partition_id": self.partition_id,
                    "day": first,
                    "seq": self.seq,
                    "n": n,
                    "name": "order.placed",
                    "subject": uuid4(),
                    "party_no": 1,
                    "location_no": 0,
                    "fingerprint": 0,
                    "actor": "key:test",
                    "at": at,
                    "version": 1,
                } | fact
                row["body"] = Jsonb(row["body"]) if "body" in row else None
                columns = ", ".join(row)
                values = ", ".join(f"%({name})s" for name in row)
                connection.execute(f"INSERT INTO journal ({columns}) VALUES ({values})".encode(), row)
        return [f"{self.partition_id}-{self.seq}-{n}" for n in range(len(facts))]

    def subscribe(self, url: str, **columns: Any) -> UUID:
        """A webhook that wants everything of party 1 from now on, unless told otherwise."""
        row = {
            "webhook_id": uuid4(),
            "party_no": 1,
            "url": url,
            "events": ["*"],
            "secret": SECRET,
            "created_at": to_datetime(0),
            "updated_at": to_datetime(0),
        } | columns
        names = ", ".join(row)
        values = ", ".join(f"%({name})s" for name in row)
        with database.connect(self.url) as connection:
            connection.execute(f"INSERT INTO webhooks ({names}) VALUES ({values})".encode(), row)
            connection.execute(
                "INSERT INTO consumers (partition_id, name, seq, n, day, updated_at) "
                "SELECT partition_id, %s, seq, %s, DATE '1970-01-01', now() FROM lease",
                (f"webhook:{row['webhook_id']}", CURSOR_END),
            )
        webhook_id: UUID = row["webhook_id"]
        return webhook_id

    def webhook(self, webhook_id: UUID, column: str) -> Any:
        return self.execute(f"SELECT {column} FROM webhooks WHERE webhook_id = %s", (webhook_id,))[0][0]

    def deliveries(self, webhook_id: UUID) -> list[tuple[Any, ...]]:
        """(event id, attempt, state, status) of what was not delivered at once."""
        return self.execute(
            "SELECT partition_id || '-' || seq || '-' || n, attempt, state, status FROM webhook_deliveries "
            "WHERE webhook_id = %s ORDER BY partition_id, seq, n",
            (webhook_id,),
        )

    def cursor(self, webhook_id: UUID) -> tuple[int, int]:
        found = self.execute("SELECT seq, n FROM consumers WHERE name = %s", (f"webhook:{webhook_id}",))
        return found[0][0], found[0][1]


CourierMaker = Callable[..., AbstractAsyncContextManager[Courier]]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    opened = Receiver()
    yield opened
    opened.close()


@pytest.fixture
def second_receiver() -> Iterator[Receiver]:
    opened = Receiver()
    yield opened
    opened.close()


@pytest.fixture
def installation(fresh_database_url: str) -> Installation:
    return Installation(fresh_database_url)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(time.time_ns() // 1000)


@pytest.fixture
def new_courier(installation: Installation, clock: ManualClock) -> CourierMaker:
    @asynccontextmanager
    async def make(
        clock: Clock = clock, timeout_s: float = 5.0, unseal: Unseal = bytes, **outbound: Any
    ) -> AsyncIterator[Courier]:
        pool = database.pool(installation.url, name="test-courier")
        await pool.open()
        try:
            async with Outbound(**{"allow_private": True, "timeout_s": timeout_s} | outbound) as out:
                made = Courier(pool, out, clock, unseal, "urn:manystores:test")
                yield made
                await made.stop(grace_s=0)
        finally:
            await pool.close()

    return make


@pytest.fixture
async def courier(new_courier: CourierMaker) -> AsyncIterator[Courier]:
    async with new_courier() as made:
        yield made
