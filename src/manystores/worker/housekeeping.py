"""Forget what nobody needs any more: old answers of idempotent writes, ended deliveries, cursors without a webhook."""

from datetime import timedelta
from typing import Any

from psycopg import Connection

from manystores.core.clock import Clock, to_datetime
from manystores.core.sql import queries

SQL = queries("manystores.worker")
DELIVERIES_KEPT = timedelta(days=14)
# a key must be honoured for its full time even by a client whose clock is behind
SLACK = timedelta(hours=1)


def tidy(connection: Connection[Any], clock: Clock, idempotency_hours: int) -> dict[str, int]:
    """Delete in one transaction a thing; returns the number of rows deleted by table."""
    now = to_datetime(clock.now_us())
    deleted = {}
    for table, statement, before in (
        ("http_results", "forget_results", now - timedelta(hours=idempotency_hours) - SLACK),
        ("webhook_deliveries", "forget_deliveries", now - DELIVERIES_KEPT),
        ("consumers", "forget_cursors", now),
    ):
        deleted[table] = connection.execute(SQL[statement], {"before": before}).rowcount
        connection.commit()
    return deleted
