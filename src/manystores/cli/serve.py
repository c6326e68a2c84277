"""manystores serve: API, owner and worker on one database, in one command."""

import json
import os
import signal
import subprocess
import sys
import threading
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from manystores.cli.common import open_database, setting_flags
from manystores.core.embedded import EmbeddedPostgres
from manystores.core.runtime import settle
from manystores.core.settings import Settings

WATCH_EVERY_S = 0.25


class Watch(threading.Thread):
    """Keeps what the server needs alive: the embedded database, and the worker process."""

    def __init__(self, settings: Settings, database_url: str) -> None:
        super().__init__(name="watch", daemon=True)
        self._settings, self._url = settings, database_url
        self._ended = threading.Event()
        self._worker: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        settings = self._settings
        embedded = None if settings.database_url else EmbeddedPostgres(settings.data_dir, bin_dir=settings.postgres_bin)
        wait_s = 0.0  # the first look is at once
        while not self._ended.wait(wait_s):
            try:
                if embedded is not None:
                    embedded.ensure_running()
                if self._worker is None or self._worker.poll() is not None:
                    self._worker = self._start_worker()
                wait_s = WATCH_EVERY_S
            except Exception as error:  # whatever it is, the next look may find it mended
                click.echo(f"manystores: can't keep the database and the worker running: {error}", err=True)
                wait_s = min(wait_s * 2 + WATCH_EVERY_S, 5.0)

    def _start_worker(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "manystores.worker", "--data", str(self._settings.data_dir)]
        return subprocess.Popen(
            command, env=os.environ | {"MANYSTORES_DATABASE_URL": self._url, "MANYSTORES_PARENT_PID": str(os.getpid())}
        )

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
    import uvicorn

    from manystores.core.observability import configure_logging, configure_tracing

    # uvicorn takes the signal to finish its requests, then raises it again; left alone, it would end us right there
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    configure_logging(settings)
    stop_tracing = configure_tracing(settings)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with open_database(settings) as url:
        watch = Watch(settings, url)
        watch.start()
        # by name: entry points don't import each other
        application: Any = import_module("manystores.api").Application(settings, url)
        config = uvicorn.Config(
            application,
            host=settings.host,
            port=settings.port,
            loop="uvloop",
            http="httptools",
            access_log=False,
            proxy_headers=False,
            log_config=None,
            timeout_graceful_shutdown=5,
            backlog=4096,
        )
        note = settings.data_dir / "server.json"
        note.write_text(json.dumps({"url": f"http://{settings.host}:{settings.port}", "pid": os.getpid()}))
        settle()
        try:
            uvicorn.Server(config).run()
        finally:
            note.unlink(missing_ok=True)
            watch.end()
            stop_tracing()
    return 0


def running_server(data_dir: Path) -> str | None:
    """The address of the server that runs on a data directory, or None."""
    try:
        note = json.loads((data_dir / "server.json").read_text())
        os.kill(int(note["pid"]), 0)
    except (OSError, ValueError, KeyError):
        return None
    return str(note["url"])
