"""The projection: counters and open reservations as tables, folded from the journal in steps of whole batches.

Any process may run it, as often as it likes: the row in `projection` is the lock and the place where it stands.
"""

import psycopg

from manystores.core.sql import queries
from manystores.promise import stock_work

SQL = queries("manystores.promise")
FACTS = 50_000  # in one transaction, and the rest of their last batch: bounds what a step sorts, and how long it locks

_STEPS = (
    "project_buckets",
    "project_reservations",
    "project_reservation_lines",
    "drop_ended_reservations",
    "drop_empty_lines",
)


def project(connection: psycopg.Connection, partition_id: int) -> int:
    """Fold what was committed since the last time; returns how many batches."""
    folded, more = 0, True
    while more:
        batches, more = _step(connection, partition_id)
        folded += batches
    return folded


def _step(connection: psycopg.Connection, partition_id: int) -> tuple[int, bool]:
    """Fold some batches; returns how many, and whether so many facts wait that there is another step to do now."""
    with connection.transaction(), connection.cursor() as cursor:
        row = cursor.execute(SQL["lock_projection"], {"partition": partition_id}).fetchone()
        if row is None or row[2] <= row[0]:
            return 0, False
        after, day, last = row
        limits = {"partition": partition_id, "after": after, "day": day, "facts": FACTS}
        end = cursor.execute(SQL["end_of_step"], limits).fetchone()
        limits["upto"] = upto = min(last, end[0]) if end is not None else last
        for name in _STEPS:
            cursor.execute(SQL[name], limits)
        stock_work.fold(cursor, limits)
        found = cursor.execute(SQL["last_day"], limits).fetchone()
        cursor.execute(SQL["advance_projection"], limits | {"today": (found and found[0]) or day})
        return int(upto - after), upto < last
