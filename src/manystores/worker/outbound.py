"""POST to an address that somebody else chose: public addresses only, no redirects, and never for long.

The host is resolved here, every answer is checked, and the connection goes to the checked address itself, so a name
that resolves differently a moment later (DNS rebinding) gains nothing. TLS still verifies the host of the URL.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self

import httpcore
import msgspec

from manystores.core.addresses import is_public

Resolver = Callable[[str, int], Awaitable[list[str]]]
"""Host and port to the address literals of the host, in the order to try them."""

TIMEOUT_S = 15.0
ANSWER_BYTES_MAX = 65_536
ERROR_CHARS_MAX = 200
USER_AGENT = b"manystores-webhooks/1"
# a name server that hangs must not hold up the names of other hosts
RESOLVER_THREADS = 32


class BlockedAddress(Exception):
    """The host resolves to an address that is not public"""


class Answer(msgspec.Struct, frozen=True):
    """What came of one POST: the HTTP status, or None and the error when there was none."""

    status: int | None
    error: str | None = None
    retry_after_s: int | None = None


class SystemResolver:
    """The machine's resolver, in threads of its own."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(RESOLVER_THREADS, thread_name_prefix="resolve")

    async def __call__(self, host: str, port: int) -> list[str]:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, _resolve, host, port)
        return list(dict.fromkeys(found))

    def close(self) -> None:
        """Give the threads back; a look-up that hangs is left to end by itself."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _resolve(host: str, port: int) -> list[str]:
    return [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens TCP connections to checked addresses only."""

    def __init__(self, resolver: Resolver, allow_private: bool) -> None:
        self._resolver = resolver
        self._allow_private = allow_private
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Resolve, check every address, connect to the first that answers."""
        addresses = await self._checked(host, port)
        for address in addresses[:-1]:
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._network.connect_tcp(addresses[-1], port, timeout, local_address, socket_options)

    async def _checked(self, host: str, port: int) -> list[str]:
        try:
            addresses = await self._resolver(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} has no address") from error
        if not addresses:
            raise httpcore.ConnectError(f"{host} has no address")
        # one private address among public ones is how rebinding begins: refuse them all
        if not self._allow_private and not all(map(is_public, addresses)):
            raise BlockedAddress(f"{host} resolves to an address that is not public")
        return addresses

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Never: a socket file is as private as an address can be."""
        raise BlockedAddress(f"{path} is not on the network")

    async def sleep(self, seconds: float) -> None:
        """Wait, as httpcore asks between retries."""
        await asyncio.sleep(seconds)


class Outbound:
    """A pool of connections to subscribers' endpoints; use it as an async context manager."""

    def __init__(
        self,
        *,
        allow_private: bool = False,
        resolver: Resolver | None = None,
        timeout_s: float = TIMEOUT_S,
        connections_max: int = 512,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._own_resolver = SystemResolver() if resolver is None else None
        chosen = resolver or self._own_resolver
        assert chosen is not None
        self._timeout_s = timeout_s
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=ssl_context,
            max_connections=connections_max,
            max_keepalive_connections=64,
            keepalive_expiry=30.0,
            retries=0,
            network_backend=GuardedBackend(chosen, allow_private),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._pool.aclose()
        if self._own_resolver is not None:
            self._own_resolver.close()

    async def post(self, url: str, headers: dict[str, str], body: bytes, now_us: int) -> Answer:
        """One POST, within the time limit in all (connect, send, wait, read); it never raises for the network.

        `now_us` is the time that a Retry-After given as a date is measured from.
        """
        lines = [(b"User-Agent", USER_AGENT)] + [(k.encode(), v.encode()) for k, v in headers.items()]
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._post(url, lines, body, now_us)
        except TimeoutError:
            return Answer(None, f"no answer within {self._timeout_s:g} s")
        except BlockedAddress as error:
            return Answer(None, str(error)[:ERROR_CHARS_MAX])
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError, ValueError) as error:
            # ssl.CertificateError is an OSError; ValueError covers URLs that only fail when they are used
            return Answer(None, f"{type(error).__name__}: {error}"[:ERROR_CHARS_MAX])

    async def _post(self, url: str, headers: list[tuple[bytes, bytes]], body: bytes, now_us: int) -> Answer:
        async with self._pool.stream("POST", url, headers=headers, content=body) as response:
            text = await _beginning(response)
            retry_after = next((v for k, v in response.headers if k.lower() == b"retry-after"), None)
        if 200 <= response.status < 300:
            return Answer(response.status)
        return Answer(
            response.status,
            text.decode("utf-8", "replace").replace("\x00", "")[:ERROR_CHARS_MAX] or None,
            parse_retry_after(retry_after.decode("latin-1"), now_us) if retry_after is not None else None,
        )


async def _beginning(response: httpcore.Response) -> bytes:
    """The body up to a limit; what is longer is left unread and the connection closed."""
    text = bytearray()
    async for chunk in response.aiter_stream():
        text += chunk
        if len(text) > ANSWER_BYTES_MAX:
            break
    return bytes(text)


def parse_retry_after(value: str, now_us: int) -> int | None:
    """Seconds to wait, from a number of seconds or an HTTP date; None when it says nothing usable."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return int(value[:12])
    try:
        at = parsedate_to_datetime(value)
    except (TypeError, ValueError, IndexError):
        return None
    return max(0, round(at.timestamp() - now_us / 1_000_000))
