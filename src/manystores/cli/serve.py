"""manystores serve: API, owner and worker on one database, in one command."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from manystores.cli.common import EXIT_UNAVAILABLE, open_database, setting_flags
from manystores.core import runtime
from manystores.core.clock import SystemClock
from manystores.core.embedded import EmbeddedPostgres
from manystores.core.settings import PREFIX, Settings
from manystores.promise.takeover import TakeOver

WATCH_EVERY_S = 0.25
WORKER_WAITS_S = 10.0  # at most, so that the processors are the server's while it starts
BACKLOG = 4096


class Occupied(click.ClickException):
    """Somebody else serves there, or nobody may."""

    exit_code = EXIT_UNAVAILABLE


class Watch(threading.Thread):
    """Keeps what the server needs alive: the embedded database, and the worker process once the server is ready."""

    def __init__(self, settings: Settings, database_url: str, ready: threading.Event) -> None:
        super().__init__(name="watch", daemon=True)
        self._settings, self._url, self._ready = settings, database_url, ready
        self._ended = threading.Event()
        self._worker: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        settings = self._settings
        embedded = None if settings.database_url else EmbeddedPostgres(settings.data_dir, bin_dir=settings.postgres_bin)
        wait_s = 0.0  # the first look is at once
        worker_from = time.monotonic() + WORKER_WAITS_S
        while not self._ended.wait(wait_s):
            try:
                if embedded is not None:
                    embedded.ensure_running()
                due = self._ready.is_set() or time.monotonic() > worker_from
                if due and (self._worker is None or self._worker.poll() is not None):
                    self._worker = self._start_worker()
                wait_s = WATCH_EVERY_S
            except Exception as error:  # whatever it is, the next look may find it mended
                click.echo(f"manystores: can't keep the database and the worker running: {error}", err=True)
                wait_s = min(wait_s * 2 + WATCH_EVERY_S, 5.0)

    def _start_worker(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "manystores.worker", "--data", str(self._settings.data_dir)]
        environment = {"MANYSTORES_DATABASE_URL": self._url, "MANYSTORES_PARENT_PID": str(os.getpid())}
        for name in ("learn_at_hour", "time_zone"):
            environment[PREFIX + name.upper()] = str(getattr(self._settings, name))
        return subprocess.Popen(command, env=os.environ | environment)

    def end(self) -> None:
        """Stop watching, and stop the worker."""
        self._ended.set()
        self.join()
        if self._worker is not None and self._worker.poll() is None:
            self._worker.send_signal(signal.SIGTERM)
            try:
                self._worker.wait(10)
            except subprocess.TimeoutExpired:
                self._worker.kill()


@click.command()
@setting_flags("data_dir", "database_url", "postgres_bin", "host", "port", "log_level", "log_format")
def serve(settings: Settings) -> int:
    """Run API, owner and worker until interrupted; ready when GET /readyz answers 200.

    \b
    manystores serve --port 8420 --data ~/manystores
    """
    sockets = bound(settings.host, settings.port)
    with alone_in(settings.data_dir):
        # uvicorn takes the signal to finish its requests, then raises it again; left alone, it would end us right there
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        with open_database(settings) as url:
            _serve(settings, url, sockets)
    return 0


def _serve(settings: Settings, url: str, sockets: list[socket.socket]) -> None:
    from manystores.core.observability import configure_logging, configure_tracing

    runtime.start()
    configure_logging(settings)
    # the database packs what the owner needs while Python loads the code of everything
    name, now_us = f"{settings.host}:{settings.port}", SystemClock().now_us()
    taken = TakeOver(url, 1, name, now_us, settings.idempotency_hours)
    stop_tracing = configure_tracing(settings)
    import uvicorn

    # by name: entry points don't import each other
    application: Any = import_module("manystores.api").Application(settings, url, taken=taken)
    protocol = import_module("manystores.api.transport").HttpProtocol
    config = uvicorn.Config(
        application,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=protocol,
        access_log=False,
        proxy_headers=False,
        log_config=None,
        timeout_graceful_shutdown=5,
        backlog=BACKLOG,
    )
    watch = Watch(settings, url, application.ready)
    watch.start()
    note = settings.data_dir / "server.json"
    note.write_text(json.dumps({"url": f"http://{settings.host}:{settings.port}", "pid": os.getpid()}))
    try:
        uvicorn.Server(config).run(sockets=sockets)
    finally:
        note.unlink(missing_ok=True)
        watch.end()
        stop_tracing()


def bound(host: str, port: int) -> list[socket.socket]:
    """Sockets of an address that listen later. Who can't have it must know before taking the stock from who has it."""
    found: list[socket.socket] = []
    try:
        for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            found.append(socket.socket(family, kind, protocol))
            found[-1].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                found[-1].setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            found[-1].bind(address)
    except OSError as error:
        for each in found:
            each.close()
        raise Occupied(f"can't listen on {host}:{port}: {error.strerror or error}") from error
    return found


@contextmanager
def alone_in(data_dir: Path) -> Iterator[None]:
    """One server on a data directory: a second one would take the stock from the first, which would answer 503."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "serve.lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # goes with the process, however it ends
        except BlockingIOError as error:
            raise Occupied(f"another `manystores serve` works in {data_dir}: stop it first") from error
        yield


def running_server(data_dir: Path) -> str | None:
    """The address of the server that runs on a data directory, or None."""
    try:
        note = json.loads((data_dir / "server.json").read_text())
        os.kill(int(note["pid"]), 0)
    except (OSError, ValueError, KeyError):
        return None
    return str(note["url"])
