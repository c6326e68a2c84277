"""A server to talk to: the one that runs on the data directory, or one for the length of a command."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import UUID

import click
import httpx

from manystores.cli.common import open_database
from manystores.cli.serve import running_server
from manystores.core import auth
from manystores.core.clock import DAY_US, SystemClock
from manystores.core.database import connect
from manystores.core.settings import Settings

READY_S: Final = 300
"""How long a server may take to start; the very first start compiles the kernels."""
STOP_S: Final = 30
ENDED: Final = 128 + signal.SIGTERM


class ServerFailed(click.ClickException):
    """The server that a command started for itself ended, or was not ready in time."""


@contextmanager
def serving(settings: Settings, port: int | None = None) -> Iterator[tuple[str, str]]:
    """(address of a server, URL of its database). One that runs on the data directory is used and left alone;
    otherwise one is started on `port` (any free one if None) and stopped afterwards."""
    with open_database(settings) as database_url:
        running = running_server(settings.data_dir)
        if running is not None:
            yield running, database_url
            return
        url = f"http://{settings.host}:{port or free_port(settings.host)}"
        log = settings.data_dir / "server.log"
        # whoever ends the command by a signal ends the server as well
        before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(ENDED))
        child = _start(settings, url, log)
        try:
            _wait_until_ready(child, url, log)
            yield url, database_url
        finally:
            _stop(child)
            signal.signal(signal.SIGTERM, before)


def free_port(host: str, wanted: int = 0) -> int:
    """The wanted port if nobody listens on it, else any free one."""
    for port in dict.fromkeys((wanted, 0)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ServerFailed(f"no port is free on {host}")


@contextmanager
def temporary_key(
    database_url: str, brand: str, name: str, scopes: Iterable[str] | None = None, *, make_brand: bool = False
) -> Iterator[str]:
    """A key of the brand that is revoked when the command ends, and has run out a day later in any case."""
    clock = SystemClock()
    with connect(database_url) as connection:
        if make_brand:
            auth.create_party(connection, brand, clock=clock)
        token = auth.create_key(connection, brand, scopes, clock=clock, name=name, expires_us=clock.now_us() + DAY_US)
    try:
        yield token
    finally:
        with connect(database_url) as connection:
            auth.revoke_key(connection, UUID(token.split("_")[1]), clock=clock)


def _start(settings: Settings, url: str, log: Path) -> "subprocess.Popen[bytes]":
    """The server as a process of its own, as `manystores serve` starts it."""
    host, port = settings.host, url.rpartition(":")[2]
    command = [sys.executable, "-c", "import sys; from manystores.cli import main; sys.exit(main())", "serve"]
    command += ["--data", str(settings.data_dir), "--host", host, "--port", port]
    if settings.postgres_bin:
        command += ["--postgres-bin", str(settings.postgres_bin)]
    environment = dict(os.environ)
    if settings.database_url:
        environment["MANYSTORES_DATABASE_URL"] = settings.database_url
    with log.open("ab") as out:
        return subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out)


def _wait_until_ready(child: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    deadline = time.monotonic() + READY_S
    with httpx.Client(timeout=5, trust_env=False) as client:
        while time.monotonic() < deadline:
            if child.poll() is not None:
                raise ServerFailed(f"the server ended with {child.returncode}; {log} says why")
            try:
                if client.get(f"{url}/readyz").status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
    raise ServerFailed(f"the server was not ready after {READY_S} s; {log} may say why")


def _stop(child: "subprocess.Popen[bytes]") -> None:
    if child.poll() is None:
        child.send_signal(signal.SIGTERM)
    try:
        child.wait(STOP_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
