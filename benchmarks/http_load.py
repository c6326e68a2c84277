"""Load over HTTP from the same two cores: wrk where it is installed, else a client of our own; and batches.

A template is one request a line; `@ID@` in it, and in the Idempotency-Key, is replaced by an id that no other request
has.
"""

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import msgspec

from benchmarks.harness import percentile

WRK_MISSING = (
    "wrk is not installed (apt-get install wrk): a client in Python takes more of the processor, figures are lower"
)

SCRIPT = """
local before, after = {}, {}
for line in io.lines("%(template)s") do
  local a, b = line:match("^(.-)@ID@(.*)$")
  if a == nil then a, b = line, "" end
  before[#before + 1] = a
  after[#after + 1] = b
end
local threads = 0
function setup(thread) thread:set("number", threads); threads = threads + 1 end
local n = 0
local post = "%(method)s" == "POST"
local head = "POST %(path)s HTTP/1.1\\r\\nHost: bench\\r\\nAuthorization: Bearer %(token)s\\r\\n"
  .. "Content-Type: application/json\\r\\nIdempotency-Key: "
function request()
  n = n + 1
  local at = n %% #before + 1
  if not post then
    return "GET %(path)s?" .. before[at] .. " HTTP/1.1\\r\\nHost: bench\\r\\n"
      .. "Authorization: Bearer %(token)s\\r\\n\\r\\n"
  end
  local id = "%(run)s-" .. number .. "-" .. n
  local body = before[at] .. id .. after[at]
  return head .. id .. "\\r\\nContent-Length: " .. #body .. "\\r\\n\\r\\n" .. body
end
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('\\nRESULT {"requests":%%d,"duration_us":%%d,"status":%%d,"other":%%d,"p50":%%d,"p99":%%d}\\n',
    summary.requests, summary.duration, e.status, e.connect + e.read + e.write + e.timeout,
    latency:percentile(50), latency:percentile(99)))
end
"""


class Load(msgspec.Struct, frozen=True):
    """What a load generator saw: answers within the time, how many were refused, latencies of an answer."""

    answers: int
    refused: int
    seconds: float
    p50_ms: float
    p99_ms: float
    tool: str

    @property
    def rate(self) -> float:
        return (self.answers - self.refused) / self.seconds


class Target(msgspec.Struct, frozen=True):
    """Where and what to send."""

    port: int
    token: str
    method: str
    path: str
    template: Path


def tool() -> str:
    """The load generator that will be used."""
    return "wrk" if shutil.which("wrk") else "python"


async def load(target: Target, connections: int, seconds: float) -> Load:
    """Keep so many connections busy for so long, each with one request at a time."""
    if tool() == "wrk":
        return await asyncio.to_thread(_wrk, target, connections, seconds)
    print(WRK_MISSING, file=sys.stderr)
    return await _python(target, connections, seconds)


def _wrk(target: Target, connections: int, seconds: float) -> Load:
    values = {name: getattr(target, name) for name in ("method", "path", "token", "template")}
    script = target.template.with_suffix(".lua")
    script.write_text(SCRIPT % (values | {"run": os.urandom(6).hex()}))
    whole = max(1, round(seconds))
    command = ["wrk", "-t1", f"-c{connections}", f"-d{whole}s", "--timeout", "10s", "-s", str(script)]
    ran = subprocess.run([*command, f"http://127.0.0.1:{target.port}"], capture_output=True, text=True, check=True)
    found = json.loads(ran.stdout.split("RESULT ", 1)[1])
    if found["other"]:
        raise RuntimeError(f"connections failed or timed out: {ran.stdout}")
    took = found["duration_us"] / 1e6
    return Load(found["requests"], found["status"], took, found["p50"] / 1000, found["p99"] / 1000, "wrk")


async def _python(target: Target, connections: int, seconds: float) -> Load:
    requests = _requests(target)
    begin = time.perf_counter()
    latencies: list[float] = []
    refused = 0

    async def caller() -> None:
        nonlocal refused
        async with Connection(target.port) as connection:
            while (start := time.perf_counter()) < begin + seconds:
                status, _ = await connection.ask(next(requests))
                latencies.append((time.perf_counter() - start) * 1000)
                refused += status >= 300

    await asyncio.gather(*(caller() for _ in range(connections)))
    took = time.perf_counter() - begin
    return Load(len(latencies), refused, took, percentile(latencies, 50), percentile(latencies, 99), "python")


def _requests(target: Target) -> Iterator[bytes]:
    lines = target.template.read_text().splitlines()
    run = os.urandom(6).hex()
    for n in count():
        line = lines[n % len(lines)]
        if target.method == "GET":
            yield request(target.token, "GET", f"{target.path}?{line}")
        else:
            own = f"{run}-{n}"
            yield request(target.token, "POST", target.path, line.replace("@ID@", own).encode(), own)


def request(token: str, method: str, path: str, body: bytes = b"", key: str = "") -> bytes:
    """A request as bytes."""
    head = f"{method} {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n"
    if method == "POST":
        head += f"Content-Type: application/json\r\nIdempotency-Key: {key}\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


class Connection:
    """A kept-alive connection that sends ready-made requests and knows just enough HTTP to find an answer's end."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter

    async def __aenter__(self) -> "Connection":
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port, limit=1 << 26)
        self._writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()

    async def ask(self, sent: bytes) -> tuple[int, bytes]:
        """Send a request; its status and body."""
        self._writer.write(sent)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        return int(head[9:12]), await self._reader.readexactly(length)


async def load_batches(port: int, requests: Iterator[bytes], connections: int, seconds: float) -> tuple[Load, int]:
    """Send ready-made batches one after the other on each connection; also how many of their items were granted."""
    begin = time.perf_counter()
    latencies: list[float] = []
    granted = refused = 0

    async def caller() -> None:
        nonlocal granted, refused
        async with Connection(port) as connection:
            while (start := time.perf_counter()) < begin + seconds:
                status, body = await connection.ask(next(requests))
                latencies.append((time.perf_counter() - start) * 1000)
                refused += status >= 300
                granted += body.count(b'{"status":201,')

    await asyncio.gather(*(caller() for _ in range(connections)))
    took = time.perf_counter() - begin
    return Load(len(latencies), refused, took, percentile(latencies, 50), percentile(latencies, 99), "python"), granted
