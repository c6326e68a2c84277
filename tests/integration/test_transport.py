"""Responses over a real socket: whole, in order, and never held back."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn

from manystores.api.http import Receive, Scope, Send
from manystores.api.transport import HttpProtocol

HEADERS = "Host: test\r\n"


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """`/slow` sends its body a while after its head; everything else says the request's path and body."""
    body = (await receive()).get("body", b"")
    told = scope["path"].encode() + b" " + body
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(told))]})
    if scope["path"] == "/slow":
        await asyncio.sleep(0.5)
    await send({"type": "http.response.body", "body": told})


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server with our protocol."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, loop="uvloop", http=HttpProtocol, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join()


def talk(port: int, said: str, until: bytes) -> bytes:
    """Say something on one connection, and listen until it has been answered."""
    heard = b""
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        connection.sendall(said.encode())
        while not heard.endswith(until):
            part = connection.recv(65_536)
            assert part, f"the connection was closed after {heard!r}"
            heard += part
    return heard


def test_requests_that_come_at_once_are_answered_in_order(port: int) -> None:
    said = "".join(f"GET /{n} HTTP/1.1\r\n{HEADERS}\r\n" for n in range(5))
    heard = talk(port, said, b"/4 ")
    assert heard.count(b"HTTP/1.1 200 OK") == 5
    assert [heard.index(b"\r\n\r\n/%d " % n) for n in range(5)] == sorted(
        heard.index(b"/%d " % n) - 4 for n in range(5)
    )


def test_a_head_whose_body_is_late_is_sent_at_once(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        began = time.monotonic()
        connection.sendall(f"GET /slow HTTP/1.1\r\n{HEADERS}\r\n".encode())
        head = connection.recv(65_536)
        assert head.endswith(b"\r\n\r\n")
        assert time.monotonic() - began < 0.4
        assert connection.recv(65_536) == b"/slow "


def test_an_answer_without_a_body_is_sent(port: int) -> None:
    assert talk(port, f"HEAD /x HTTP/1.1\r\n{HEADERS}\r\n", b"\r\n\r\n").startswith(b"HTTP/1.1 200 OK")


def test_who_waits_to_be_told_to_continue_is_told(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        head = f"POST /p HTTP/1.1\r\n{HEADERS}Content-Length: 3\r\nExpect: 100-continue\r\n\r\n"
        connection.sendall(head.encode())
        assert connection.recv(65_536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"abc")
        assert connection.recv(65_536).endswith(b"\r\n\r\n/p abc")


def test_a_client_that_wants_the_connection_closed_gets_all_of_its_answer_first(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        connection.sendall(f"GET /x HTTP/1.1\r\n{HEADERS}Connection: close\r\n\r\n".encode())
        heard = b""
        while part := connection.recv(65_536):
            heard += part
    assert heard.endswith(b"\r\n\r\n/x ")
