"""Forget what nobody needs any more: old answers of idempotent writes, ended deliveries, cursors without a webhook."""

from datetime import date, timedelta
from typing import Any

from psycopg import Connection
from psycopg.sql import SQL as Composable
from psycopg.sql import Identifier

from manystores.core.clock import Clock, to_datetime
from manystores.core.sql import queries

SQL = queries("manystores.worker")
DELIVERIES_KEPT = timedelta(days=14)
# a key must be honoured for its full time even by a client whose clock is behind
SLACK = timedelta(hours=1)
SETTLED_US = 3_600_000_000  # so long after its end nobody writes to a day any more


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


def index_movements(connection: Connection[Any], clock: Clock) -> list[str]:
    """Make the movements of ended days searchable by bucket; returns the tables that were indexed.

    While a day is written it has no such index, which each claim and release would pay for; whoever asks why a number
    is what it is has the day's movements read through instead.
    """
    today = to_datetime(clock.now_us() - SETTLED_US).date()
    rows = connection.execute(SQL["movement_days_without_buckets"]).fetchall()
    connection.commit()
    past = [table for (table,) in rows if date.fromisoformat(table.removeprefix("movements_")) < today]
    for table in past:
        statement = "CREATE INDEX IF NOT EXISTS {} ON {} (partition_id, location_no, offer_no, day, seq, n, line)"
        connection.execute(Composable(statement).format(Identifier(f"{table}_buckets"), Identifier(table)))
        connection.commit()
    return past


def index_request_keys(connection: Connection[Any], clock: Clock) -> list[str]:
    """Make the request keys of days before yesterday searchable; returns the journal's tables that were indexed.

    Those of today and yesterday are in the owner's memory. To keep an index on random keys while a day is being
    written would cost each fact more than the rest of its row, and nobody writes to a day that ended a day ago.
    """
    yesterday = to_datetime(clock.now_us()).date() - timedelta(days=1)
    rows = connection.execute(SQL["journal_days_without_keys"]).fetchall()
    connection.commit()
    past = [table for (table,) in rows if date.fromisoformat(table.removeprefix("journal_")) < yesterday]
    for table in past:
        statement = "CREATE INDEX IF NOT EXISTS {} ON {} (partition_id, request_key) WHERE request_key IS NOT NULL"
        connection.execute(Composable(statement).format(Identifier(f"{table}_request"), Identifier(table)))
        connection.commit()
    return past
