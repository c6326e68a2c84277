"""The worker: projects the journal, delivers to webhooks, fills the lake, tidies up, has the day's lessons learned.

One process, one thread a task.
"""

import asyncio
import logging
import signal
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psycopg_pool

from manystores.core import database
from manystores.core.clock import Clock, SystemClock
from manystores.core.crypto import open_vault
from manystores.core.embedded import EmbeddedPostgres
from manystores.core.events import SECRET_PURPOSE
from manystores.core.settings import Settings
from manystores.core.sql import queries
from manystores.lake import writer
from manystores.lake.compaction import compact
from manystores.promise.projection import project
from manystores.worker import erasing, housekeeping, lake, learning, parent
from manystores.worker.outbound import Outbound
from manystores.worker.subscription import Unseal
from manystores.worker.tasks import REST_AFTER_DEFECT_S, Connection, backoff, is_not_ready, repeat
from manystores.worker.webhooks import Courier

log = logging.getLogger(__name__)

PROJECTION_INTERVAL_S = 0.5
COURIER_INTERVAL_S = 0.25
LAKE_INTERVAL_S = 5.0
COMPACTION_INTERVAL_S = 6 * 3600.0
HOUSEKEEPING_INTERVAL_S = 600.0
LEARNING_INTERVAL_S = 60.0
ERASING_INTERVAL_S = 2.0
GRACE_S = 5.0
SOURCE = "urn:manystores"

SQL = queries("manystores.worker")


def run(settings: Settings, *, with_parent: bool = True) -> None:
    """Work until SIGTERM or SIGINT, or (with_parent) until the process that started this one is gone.

    It starts the embedded database if `settings` name no other, waits for a schema that somebody else migrates, and
    takes up its work by itself when the database comes back. To be called from the main thread.
    """
    stop, orphaned = threading.Event(), threading.Event()

    def parent_died() -> None:
        orphaned.set()
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if with_parent:
        parent.watch(parent_died, stop)
    embedded = None if settings.database_url else EmbeddedPostgres(settings.data_dir, bin_dir=settings.postgres_bin)
    url = embedded.ensure_running if embedded is not None else lambda: settings.database_url
    clock = SystemClock()
    tasks = _tasks(settings, clock, url, stop)
    log.info("worker.started", extra={"tasks": [thread.name for thread in tasks]})
    for thread in tasks:
        thread.start()
    while not stop.wait(3600):
        pass
    for thread in tasks:
        thread.join(GRACE_S * 2)
    if embedded is not None and not orphaned.is_set():
        embedded.stop()  # only if nobody else uses it; who comes after a dead server finds the database running
    log.info("worker.stopped", extra={"unfinished": [thread.name for thread in tasks if thread.is_alive()]})


def _tasks(settings: Settings, clock: Clock, url: Callable[[], str], stop: threading.Event) -> list[threading.Thread]:
    """A thread a task; daemons, so that one stuck in a long statement can't keep the process alive."""
    folder = settings.data_dir / "lake"

    def task(name: str, step: Callable[[Connection], None], interval_s: float) -> threading.Thread:
        return threading.Thread(target=repeat, args=(name, step, interval_s, url, stop), name=name, daemon=True)

    vault, lake_is_mine = open_vault(settings), threading.Lock()  # one thread at a time changes the lake's files

    def unseal(sealed: bytes) -> bytes:
        return vault.open(sealed, SECRET_PURPOSE)

    def learn(_: Connection) -> None:
        learning.learn_if_due(settings, url(), clock.now_us(), stop)

    deliver = partial(_deliver, settings, clock, unseal, url, stop)
    return [
        task("projection", _project, PROJECTION_INTERVAL_S),
        task("lake", partial(_export, folder=folder, clock=clock, mine=lake_is_mine), LAKE_INTERVAL_S),
        task("compaction", partial(_compact, folder=folder, mine=lake_is_mine), COMPACTION_INTERVAL_S),
        task("erasing", partial(_erase, folder=folder, clock=clock, mine=lake_is_mine), ERASING_INTERVAL_S),
        task("housekeeping", partial(_tidy, settings=settings, clock=clock), HOUSEKEEPING_INTERVAL_S),
        task("learning", learn, LEARNING_INTERVAL_S),
        threading.Thread(target=deliver, name="webhooks", daemon=True),
    ]


def _project(connection: Connection) -> None:
    heads = connection.execute(SQL["heads"]).fetchall()
    connection.commit()
    for partition_id, _ in heads:
        project(connection, partition_id)
        connection.commit()


def _export(connection: Connection, *, folder: Path, clock: Clock, mine: threading.Lock) -> None:
    with mine:
        facts = lake.export(connection, folder, clock)
    if facts:
        log.info("lake.written", extra={"facts": facts})


def _erase(connection: Connection, *, folder: Path, clock: Clock, mine: threading.Lock) -> None:
    if erased := erasing.finish(connection, folder, clock, mine):
        log.info("members.erased", extra={"erasures": erased})


def _compact(connection: Connection, *, folder: Path, mine: threading.Lock) -> None:
    """Remove what killed writers left in the lake, and make few files of many where no fact can come any more."""
    done = connection.execute(SQL["lake_done_before"]).fetchone()
    connection.commit()
    with mine:
        unfinished = writer.remove_unfinished(folder)
        less = compact(folder, done[0]) if done is not None and done[0] is not None else 0
    if unfinished or less:
        log.info("lake.compacted", extra={"files_less": less, "unfinished_removed": unfinished})


def _tidy(connection: Connection, *, settings: Settings, clock: Clock) -> None:
    deleted = housekeeping.tidy(connection, clock, settings.idempotency_hours)
    if any(deleted.values()):
        log.info("housekeeping.deleted", extra={"rows": deleted})
    if indexed := housekeeping.index_request_keys(connection, clock):
        log.info("housekeeping.indexed", extra={"tables": indexed})
    if indexed := housekeeping.index_movements(connection, clock):
        log.info("housekeeping.indexed", extra={"tables": indexed})


def _deliver(settings: Settings, clock: Clock, unseal: Unseal, url: Callable[[], str], stop: threading.Event) -> None:
    """The courier's event loop; one that breaks (no database can be started) is begun anew."""
    while not stop.is_set():
        try:
            asyncio.run(_courier(settings, clock, unseal, url, stop))
        except Exception as error:
            log.error("task.failed", extra={"task": "webhooks"}, exc_info=error)
            stop.wait(REST_AFTER_DEFECT_S)


async def _courier(
    settings: Settings, clock: Clock, unseal: Unseal, url: Callable[[], str], stop: threading.Event
) -> None:
    """Deliver until `stop`; the pool finds its way back to the database by itself."""
    pool = database.pool(await asyncio.to_thread(url), size_min=1, size_max=4, name="manystores-worker-webhooks")
    await pool.open(wait=False)
    waits = backoff()
    try:
        async with Outbound(
            allow_private=settings.webhook_allow_private_addresses, timeout_s=settings.webhook_timeout_s
        ) as outbound:
            courier = Courier(pool, outbound, clock, unseal, SOURCE)
            while not stop.is_set():
                wait_s = COURIER_INTERVAL_S
                try:
                    await courier.tick()
                    waits = backoff()
                except Exception as error:
                    wait_s = next(waits)
                    if not (is_not_ready(error) or isinstance(error, psycopg_pool.PoolTimeout)):
                        log.error("task.failed", extra={"task": "webhooks"}, exc_info=error)
                for webhook_id, defect in courier.take_defects():
                    log.error("webhook.failed", extra={"webhook_id": str(webhook_id)}, exc_info=defect)
                await _pause(wait_s, stop)
            await courier.stop(GRACE_S)
    finally:
        await pool.close()


async def _pause(wait_s: float, stop: threading.Event) -> None:
    """Wait, but not past `stop`, which is set in another thread."""
    until = asyncio.get_running_loop().time() + wait_s
    while not stop.is_set() and (left := until - asyncio.get_running_loop().time()) > 0:
        await asyncio.sleep(min(left, 0.1))
