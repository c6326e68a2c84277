"""The projection: counters and open reservations as tables, folded from the journal in steps of whole batches.

Any process may run it, as often as it likes: the row in `projection` is the lock and the place where it stands.
"""

import psycopg

from manystores.core.sql import queries

SQL = queries("manystores.promise")
BATCHES = 20_000  # in one transaction: bounds what a step sorts

_STEPS = (
    "project_buckets",
    "project_reservations",
    "project_reservation_lines",
    "drop_ended_reservations",
    "drop_empty_lines",
)


def project(connection: psycopg.Connection, partition_id: int) -> int:
    """Fold what was committed since the last time; returns how many batches."""
    folded = 0
    while True:
        step = _step(connection, partition_id)
        folded += step
        if step < BATCHES:
            return folded


def _step(connection: psycopg.Connection, partition_id: int) -> int:
    with connection.transaction(), connection.cursor() as cursor:
        row = cursor.execute(SQL["lock_projection"], {"partition": partition_id}).fetchone()
        if row is None or row[2] <= row[0]:
            return 0
        after, day, last = row
        upto = min(last, after + BATCHES)
        limits = {"partition": partition_id, "after": after, "upto": upto, "day": day}
        for name in _STEPS:
            cursor.execute(SQL[name], limits)
        found = cursor.execute(SQL["last_day"], limits).fetchone()
        cursor.execute(SQL["advance_projection"], limits | {"today": (found and found[0]) or day})
        return int(upto - after)
