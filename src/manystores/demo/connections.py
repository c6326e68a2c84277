"""Many shops, tills and phones on a few kept-alive connections.

A lean HTTP/1.1 client on httptools' parser: on two cores the demo's clients must not take the processor from the
server that they show.
"""

import asyncio
from typing import Any, Final
from urllib.parse import urlsplit

import httptools
from msgspec import Struct

ATTEMPTS: Final = 60
RETRY_S: Final = 0.5


class Answer(Struct, frozen=True):
    """Status and body of a response."""

    status: int
    body: bytes


class ConnectionLost(ConnectionError):
    """The server closed a connection before it answered."""


class _Connection(asyncio.Protocol):
    """One kept-alive connection; one request at a time."""

    def __init__(self) -> None:
        self._parser: Any = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Answer] | None = None
        self._parts: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self._parts.append(body)

    def on_message_complete(self) -> None:
        answer = Answer(self._parser.get_status_code(), b"".join(self._parts))
        self._parts.clear()
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(ConnectionLost())

    async def ask(self, request: bytes) -> Answer:
        if self._transport is None:
            raise ConnectionLost
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._waiting

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


class Client:
    """A caller of the API with one key; up to `size` requests are under way at once.

    A request that finds the server away or busy (503) is sent again: every write carries an idempotency key.
    """

    def __init__(self, url: str, token: str, size: int) -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname or "127.0.0.1", parts.port or 80)
        self._head = f"host: {parts.netloc}\r\nauthorization: Bearer {token}\r\n"
        self._idle: asyncio.LifoQueue[_Connection | None] = asyncio.LifoQueue()
        for _ in range(size):
            self._idle.put_nowait(None)

    async def call(self, method: str, path: str, body: bytes = b"", key: str = "") -> Answer:
        """Send a request; Answer of whatever status but 503."""
        request = self._request(method, path, body, key)
        for attempt in range(ATTEMPTS):
            connection = await self._idle.get()
            try:
                if connection is None:
                    connection = await self._connect()
                answer = await connection.ask(request)
                if answer.status != 503:
                    return answer
            except OSError:
                connection = None
                if attempt + 1 == ATTEMPTS:
                    raise
            finally:
                self._idle.put_nowait(connection)
            await asyncio.sleep(RETRY_S)
        return answer

    async def _connect(self) -> _Connection:
        _, connection = await asyncio.get_running_loop().create_connection(_Connection, *self._address)
        return connection

    def _request(self, method: str, path: str, body: bytes, key: str) -> bytes:
        idempotency = f"idempotency-key: {key}\r\n" if key else ""
        head = f"{method} {path} HTTP/1.1\r\n{self._head}{idempotency}content-length: {len(body)}\r\n\r\n"
        return head.encode() + body

    async def close(self) -> None:
        """Close all connections."""
        while not self._idle.empty():
            connection = self._idle.get_nowait()
            if connection is not None:
                connection.close()
