"""The demo's lean HTTP client against a plain socket server."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from manystores.demo import connections
from manystores.demo.connections import Client, ConnectionLost


@asynccontextmanager
async def server(answer: Callable[[bytes], bytes | None]) -> AsyncIterator[str]:
    """A server that answers each request by `answer`; None closes the connection."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                break
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            reply = answer(head + await reader.readexactly(length))
            if reply is None:
                break
            writer.write(reply)
        writer.close()

    listening = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"


def reply(status: str, body: bytes) -> bytes:
    return b"HTTP/1.1 %s\r\ncontent-length: %d\r\n\r\n%s" % (status.encode(), len(body), body)


async def test_a_request_carries_key_and_body_and_the_answer_comes_back_whole() -> None:
    seen: list[bytes] = []

    def answer(request: bytes) -> bytes:
        seen.append(request)
        return reply("201 Created", b'{"id":1}')

    async with server(answer) as url:
        client = Client(url, "ms_key", 2)
        found = await client.call("POST", "/v1/orders", b'{"a":1}', "k-1")
        await client.close()
    assert (found.status, found.body) == (201, b'{"id":1}')
    assert seen[0].startswith(b"POST /v1/orders HTTP/1.1\r\n")
    assert b"authorization: Bearer ms_key\r\n" in seen[0]
    assert b"idempotency-key: k-1\r\n" in seen[0]
    assert seen[0].endswith(b'\r\n\r\n{"a":1}')


async def test_busy_and_broken_connections_are_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "RETRY_S", 0.001)
    answers = iter([reply("503 Busy", b""), None, reply("200 OK", b"done")])
    async with server(lambda _: next(answers)) as url:
        client = Client(url, "ms_key", 1)
        found = await client.call("GET", "/readyz")
        await client.close()
    assert (found.status, found.body) == (200, b"done")


async def test_a_server_that_is_gone_for_good_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "RETRY_S", 0.0)
    monkeypatch.setattr(connections, "ATTEMPTS", 2)
    async with server(lambda _: None) as url:
        client = Client(url, "ms_key", 1)
        with pytest.raises(ConnectionLost):
            await client.call("GET", "/")
