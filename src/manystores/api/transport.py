"""How answers leave the process: uvicorn's HTTP protocol, with one system call for a response instead of two."""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_HEAD, _CONTINUE = b"HTTP/1.1 ", b"HTTP/1.1 100"


class Joined:
    """A transport that keeps a response's head until its body follows; without one, until the loop's next round.

    uvicorn writes head and body by themselves. Each write is a system call, and on a busy server two of them cost as
    much as deciding what to answer.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._head = b""
        self.get_extra_info, self.is_closing = transport.get_extra_info, transport.is_closing
        self.pause_reading, self.resume_reading = transport.pause_reading, transport.resume_reading
        self.set_protocol = transport.set_protocol

    def write(self, data: bytes) -> None:
        """Send bytes, in order."""
        if self._head:
            self._transport.write(self._head + data)
            self._head = b""
        elif data.startswith(_HEAD) and not data.startswith(_CONTINUE):
            self._head = data
            self._loop.call_soon(self.flush)
        else:
            self._transport.write(data)

    def flush(self) -> None:
        """Send what was kept."""
        if self._head:
            self._transport.write(self._head)
            self._head = b""

    def close(self) -> None:
        """Send what was kept, then close."""
        self.flush()
        self._transport.close()


class HttpProtocol(HttpToolsProtocol):
    """uvicorn's protocol on a transport that joins."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(cast("asyncio.Transport", Joined(transport, self.loop)))
