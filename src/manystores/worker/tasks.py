"""Loops that do one thing again and again on a connection of their own, and survive the database going away."""

import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any

import psycopg

from manystores.core import database

log = logging.getLogger(__name__)

BACKOFF_S = (0.2, 0.5, 1.0, 2.0, 5.0)
REST_AFTER_DEFECT_S = 5.0

Connection = psycopg.Connection[tuple[Any, ...]]


def is_not_ready(error: BaseException) -> bool:
    """Whether to wait and try again quietly: the database is away, or its schema is older than this worker."""
    older = (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn, psycopg.errors.InvalidCatalogName)
    return database.is_away(error) or isinstance(error, older)


def backoff() -> Iterator[float]:
    """Seconds to wait after each failure in a row, ever longer up to a limit."""
    yield from BACKOFF_S
    while True:
        yield BACKOFF_S[-1]


def repeat(
    name: str,
    step: Callable[[Connection], None],
    interval_s: float,
    url: Callable[[], str],
    stop: threading.Event,
) -> None:
    """Call `step` every `interval_s` seconds until `stop` is set; an error ends the connection, never the loop.

    `url` is asked before each connection: it may start the embedded database again.
    """
    waits = backoff()
    away = False
    while not stop.is_set():
        try:
            with database.connect(url(), name=f"manystores-worker-{name}") as connection:
                connection.prepare_threshold = None  # plans of small tables would be kept while they grow
                while not stop.is_set():
                    step(connection)
                    if away:
                        log.info("database.back", extra={"task": name})
                    away, waits = False, backoff()
                    stop.wait(interval_s)
        except Exception as error:
            if not is_not_ready(error):
                log.error("task.failed", extra={"task": name}, exc_info=error)
                stop.wait(REST_AFTER_DEFECT_S)
                continue
            if not away:
                log.warning("database.away", extra={"task": name, "error": str(error).partition("\n")[0]})
            away = True
            stop.wait(next(waits))
