"""The worker as a process: killed at any moment it loses nothing, and it goes when it is told to or left alone."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from manystores.core import settings
from manystores.core.crypto import open_vault
from manystores.core.events import SECRET_PURPOSE
from manystores.lake import reader, schema

SECRET = b"s" * 32


@pytest.fixture
def start(installation: Any, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts worker processes on the test's database; what still runs at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def begin(*, through: tuple[str, ...] = ()) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "manystores.worker", "--data", str(tmp_path)]
        command += ["--database-url", installation.url, "--webhook-allow-private-addresses"]
        process = subprocess.Popen([*through, *command], stderr=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def subscribe(installation: Any, receiver: Any, tmp_path: Path) -> Callable[[], Any]:
    """A webhook whose secret is sealed as the API seals it."""
    vault = open_vault(settings.load({"data_dir": tmp_path}, environment={}))
    return lambda: installation.subscribe(receiver.url(), secret=vault.seal(SECRET, SECRET_PURPOSE))


def wait_for(what: Callable[[], bool], within_s: float = 20.0) -> None:
    until = time.monotonic() + within_s
    while not what():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)


def read_events(process: subprocess.Popen[str]) -> list[str]:
    assert process.stderr is not None
    return [json.loads(line)["event"] for line in process.stderr]


def test_killed_again_and_again_in_the_middle_of_deliveries_it_loses_none(
    installation: Any, receiver: Any, start: Any, subscribe: Any
) -> None:
    installation.publish()
    webhook_id = subscribe()
    receiver.always(200, wait_s=0.005)
    wanted: set[str] = set()
    for kills in range(3):
        for _ in range(60):
            wanted.update(installation.publish({}, {}, {}))
        before = len(receiver.requests)
        worker = start()
        wait_for(lambda before=before, more=10 + 37 * kills: len(receiver.requests) >= before + more)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        if kills:  # the first time its claim runs out by itself
            installation.execute("UPDATE webhooks SET claimed_until = now()")
    start()
    wait_for(lambda: wanted <= set(receiver.event_ids))
    wait_for(lambda: installation.cursor(webhook_id)[0] == installation.seq)
    assert set(receiver.event_ids) == wanted
    Webhook(SECRET).verify(receiver.requests[-1].body, receiver.requests[-1].headers)
    assert installation.deliveries(webhook_id) == []


def test_sigterm_ends_it_in_order_and_everything_has_been_done(
    installation: Any, receiver: Any, start: Any, subscribe: Any, tmp_path: Path
) -> None:
    installation.publish()
    subscribe()
    ids = installation.publish({"name": "stock.counted"}, {})
    installation.execute("UPDATE consumers SET updated_at = now() - interval '1 hour'")
    installation.execute(
        "INSERT INTO consumers (partition_id, name, seq, n, day, updated_at) "
        "VALUES (1, 'lake', 0, 0, DATE '1970-01-01', now() - interval '1 hour')"
    )
    installation.execute("INSERT INTO projection VALUES (1, 0, DATE '1970-01-01') ON CONFLICT DO NOTHING")
    worker = start()
    wait_for(lambda: set(receiver.event_ids) == set(ids))
    wait_for(lambda: reader.files(tmp_path / "lake", schema.JOURNAL) != [])
    wait_for(lambda: installation.execute("SELECT seq FROM projection") == [(installation.seq,)])
    began = time.monotonic()
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(10) == 0
    assert time.monotonic() - began < 5
    events = read_events(worker)
    assert (events[0], events[-1]) == ("worker.started", "worker.stopped")
    assert "lake.written" in events
    assert "task.failed" not in events
    assert reader.scan(tmp_path / "lake", "journal").collect().height == 2


def test_it_does_not_outlive_the_process_that_started_it(start: Any) -> None:
    program = "import subprocess, sys; p = subprocess.Popen(sys.argv[1:]); print(p.pid, flush=True); p.wait()"
    parent = start(through=(sys.executable, "-c", program))
    assert parent.stderr is not None
    started = json.loads(parent.stderr.readline())
    assert started["event"] == "worker.started"
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    # the pipe closes when the last process that writes to it, the worker, is gone
    events = [json.loads(line)["event"] for line in parent.stderr]
    assert events[-1] == "worker.stopped"


def test_without_a_schema_or_a_database_it_waits_and_begins_by_itself(
    installation: Any, receiver: Any, start: Any, subscribe: Any
) -> None:
    installation.publish()
    subscribe()
    for table in ("lease", "consumers"):
        installation.execute(f"ALTER TABLE {table} RENAME TO {table}_away")
    worker = start()
    assert worker.stderr is not None
    while json.loads(worker.stderr.readline())["event"] != "database.away":
        pass
    for table in ("lease", "consumers"):
        installation.execute(f"ALTER TABLE {table}_away RENAME TO {table}")
    ids = installation.publish({})
    wait_for(lambda: receiver.distinct_ids == ids)


def test_its_connections_cut_it_connects_again(installation: Any, receiver: Any, start: Any, subscribe: Any) -> None:
    installation.publish()
    subscribe()
    first = installation.publish({})
    start()
    wait_for(lambda: receiver.distinct_ids == first)
    cut = installation.execute(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE datname = current_database() AND application_name LIKE 'manystores-worker%'"
    )
    assert cut[0][0] >= 2
    second = installation.publish({})
    # cut between sending and recording, it may send the first again: at least once is what is promised
    wait_for(lambda: receiver.distinct_ids == first + second, within_s=5.0)


def test_a_setting_that_can_not_be_is_told_and_nothing_starts() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "manystores.worker", "--webhook-timeout-s", "0"],
        capture_output=True,
        text=True,
        env=os.environ | {"MANYSTORES_PORT": "8420"},
        check=False,
    )
    assert done.returncode == 2
    assert "webhook_timeout_s" in done.stderr
