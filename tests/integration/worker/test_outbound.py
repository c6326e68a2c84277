"""Requests to other people's addresses: checked before they are made, bounded in time, redirected nowhere."""

import asyncio
import socket
import time
from typing import Any

import pytest

from manystores.worker.outbound import Answer, Outbound

BODY = b'{"id":"1-1-0"}'


async def post(url: str, **options: Any) -> Answer:
    async with Outbound(**{"timeout_s": 5.0} | options) as outbound:
        return await outbound.post(url, {"webhook-id": "1-1-0"}, BODY, 1_763_000_000_000_000)


def resolver(*addresses: str) -> Any:
    async def resolve(host: str, port: int) -> list[str]:
        return list(addresses)

    return resolve


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",  # 127.0.0.1 as one decimal number
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "0.0.0.0",
        "0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::]",
    ],
)
async def test_no_spelling_of_this_machine_is_reached(host: str, receiver: Any) -> None:
    answer = await post(receiver.url(host=host))
    assert answer.status is None
    assert answer.error is not None
    assert "not public" in answer.error or "no address" in answer.error
    assert receiver.requests == []


@pytest.mark.parametrize(
    "addresses",
    [
        ("127.0.0.1",),
        ("10.1.2.3",),
        ("169.254.169.254",),
        ("::ffff:127.0.0.1",),
        ("fd00::1",),
        ("93.184.215.14", "127.0.0.1"),
    ],
)
async def test_a_name_that_resolves_to_a_private_address_is_not_reached(
    addresses: tuple[str, ...], receiver: Any
) -> None:
    answer = await post(receiver.url(host="shop.example"), resolver=resolver(*addresses))
    assert answer == Answer(None, "shop.example resolves to an address that is not public")
    assert receiver.requests == []


async def test_the_connection_goes_to_the_checked_address_so_the_name_is_asked_once(receiver: Any) -> None:
    asked = []

    async def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    answer = await post(receiver.url(host="shop.example"), resolver=rebinding, allow_private=True)
    assert answer == Answer(204)
    assert asked == ["shop.example"]
    assert receiver.requests[0].headers["host"] == f"shop.example:{receiver.port}"


async def test_the_next_address_is_tried_when_the_first_refuses(receiver: Any) -> None:
    with socket.create_server(("127.0.0.2", 0)) as taken:
        dead = taken.getsockname()[0]
    answer = await post(receiver.url(host="shop.example"), resolver=resolver(dead, "127.0.0.1"), allow_private=True)
    assert answer == Answer(204)


async def test_a_redirect_is_an_answer_not_an_order(receiver: Any, second_receiver: Any) -> None:
    receiver.always(302, {"location": second_receiver.url()})
    assert (await post(receiver.url(), allow_private=True)).status == 302
    assert second_receiver.requests == []


async def test_an_endpoint_that_hangs_is_left_after_the_time_limit(receiver: Any) -> None:
    receiver.always(200, wait_s=30)
    before = time.monotonic()
    answer = await post(receiver.url(), allow_private=True, timeout_s=0.3)
    assert answer == Answer(None, "no answer within 0.3 s")
    assert time.monotonic() - before < 5


async def test_an_endpoint_that_drips_its_answer_is_left_after_the_same_limit() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x")
            await asyncio.sleep(0.02)

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    answer = await post(f"http://127.0.0.1:{port}/", allow_private=True, timeout_s=0.3)
    assert answer == Answer(None, "no answer within 0.3 s")
    server.close()


async def test_what_is_not_http_and_who_is_not_there_are_errors_with_words() -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail ready\r\n")
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    babbled = await post(f"http://127.0.0.1:{port}/", allow_private=True)
    assert babbled.status is None
    assert babbled.error
    server.close()
    await server.wait_closed()
    refused = await post(f"http://127.0.0.1:{port}/", allow_private=True)
    assert refused.status is None
    assert "ConnectError" in (refused.error or "")
    nowhere = await post("http://no-such-host.invalid/", allow_private=True)
    assert "no address" in (nowhere.error or "")


async def test_tls_verifies_the_name_of_the_url(receiver: Any) -> None:
    answer = await post(receiver.url().replace("http:", "https:"), allow_private=True)
    assert answer.status is None
    assert "SSL" in (answer.error or "")


async def test_an_error_answer_is_kept_short_and_retry_after_is_read(receiver: Any) -> None:
    receiver.always(503, {"retry-after": "7"}, body=b"overloaded \x00" + b"x" * 100_000)
    answer = await post(receiver.url(), allow_private=True)
    assert (answer.status, answer.retry_after_s) == (503, 7)
    assert answer.error is not None
    assert answer.error.startswith("overloaded x")
    assert len(answer.error) <= 200
