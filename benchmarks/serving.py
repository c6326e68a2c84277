"""The real `manystores serve` as a process: start, wait until ready, ask its books, stop; and what memory it takes."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

from manystores.core.embedded import EmbeddedPostgres

MANYSTORES = str(Path(sys.executable).with_name("manystores"))
READY_TIMEOUT_S = 120.0
SETTLE_TIMEOUT_S = 180.0


class Server:
    """A running `manystores serve` on a data directory."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir, self.port = data_dir, free_port()
        self._log = (data_dir.parent / f"{data_dir.name}-serve.log").open("ab")
        command = [MANYSTORES, "serve", "--port", str(self.port), "--data", str(data_dir)]
        self.started = time.perf_counter()
        self.process = subprocess.Popen(command, stdout=self._log, stderr=self._log)

    def wait_ready(self) -> float:
        """Seconds from the start until /readyz answers 200."""
        while time.perf_counter() - self.started < READY_TIMEOUT_S:
            if self.process.poll() is not None:
                break
            if _ready(self.port):
                return time.perf_counter() - self.started
            time.sleep(0.01)
        raise RuntimeError(f"the server did not become ready, see {self._log.name}")

    def wait_settled(self) -> None:
        """Wait until projection and lake have taken what is in the journal: their backlog is no part of a run."""
        deadline = time.monotonic() + SETTLE_TIMEOUT_S
        with psycopg.connect(EmbeddedPostgres(self.data_dir).url, autocommit=True) as connection:
            while time.monotonic() < deadline:
                row = connection.execute(
                    "SELECT bool_and(p.seq >= l.seq) AND coalesce((SELECT bool_and(c.seq >= l.seq) FROM consumers c "
                    "WHERE c.partition_id = l.partition_id), "
                    "false) FROM lease l JOIN projection p USING (partition_id) GROUP BY l.seq"
                ).fetchone()
                if row and row[0]:
                    return
                time.sleep(0.25)
        print("the worker has not caught up; it is at work beside the measurement", file=sys.stderr)

    def stop(self) -> None:
        """Stop it politely."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._log.close()


@contextmanager
def serving(data_dir: Path, *, settled: bool = True) -> Iterator[Server]:
    """A server that is ready, stopped afterwards."""
    server = Server(data_dir)
    try:
        server.wait_ready()
        if settled:
            server.wait_settled()
        yield server
    finally:
        server.stop()


def count_facts(data_dir: Path, name: str) -> int:
    """Facts of a name in the journal of a running server."""
    with psycopg.connect(EmbeddedPostgres(data_dir).url, autocommit=True) as connection:
        row = connection.execute("SELECT count(*) FROM journal WHERE name = %s", (name,)).fetchone()
    return row[0] if row else 0


def verify(data_dir: Path) -> dict[str, Any]:
    """What `manystores stock verify --json` says."""
    command = [MANYSTORES, "stock", "verify", "--json", "--data", str(data_dir)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if not ran.stdout.strip():
        raise RuntimeError(f"stock verify failed: {ran.stderr}")
    document: dict[str, Any] = json.loads(ran.stdout)
    return document


def verified(data_dir: Path, acknowledged: int, recorded: int, cut_off: int) -> tuple[bool, str]:
    """Sound books, and nothing acknowledged that is not recorded; `cut_off` were under way when the client left."""
    found = verify(data_dir)
    good = bool(found["sound"]) and not found["short"] and acknowledged <= recorded <= acknowledged + cut_off
    rest = f" (+ {recorded - acknowledged} under way at the end)" if recorded > acknowledged else ""
    return good, f"{acknowledged} acknowledged = recorded{rest}, {found['movements']} movements add up"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _ready(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as connection:
        connection.settimeout(5)
        connection.sendall(b"GET /readyz HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")
        return connection.recv(64).startswith(b"HTTP/1.1 200")
    return False


def family(server: Server) -> list[int]:
    """The server, what it started, and the database's processes."""
    children: dict[int, list[int]] = {}
    pgdata = (server.data_dir / "postgres").resolve()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            pid = int(entry.name)
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            children.setdefault(parent, []).append(pid)
            if (entry / "cwd").readlink() == pgdata:
                found.append(pid)
    stack = [server.process.pid]
    while stack:
        pid = stack.pop()
        found.append(pid)
        stack += children.get(pid, [])
    return sorted(set(found))


def pss_bytes(pid: int) -> int:
    """Proportional set size: memory that is shared counts once over all who share it."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def memory_by_process(server: Server) -> dict[str, int]:
    """MB by kind of process."""
    total: dict[str, int] = {}
    for pid in family(server):
        with suppress(OSError):
            line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            kinds = ("core.writer", "manystores.worker", "serve")
            kind = next((kind for kind in kinds if kind in line), "postgres")
            total[kind] = total.get(kind, 0) + pss_bytes(pid)
    return {kind: round(size / 2**20) for kind, size in total.items()}


def cpu_seconds(pids: list[int]) -> float:
    """Processor time that processes have taken so far."""
    ticks = os.sysconf("SC_CLK_TCK")
    total = 0.0
    for pid in pids:
        with suppress(OSError):
            values = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            total += (int(values[11]) + int(values[12])) / ticks
    return total
