"""Prove the books: every counter equals the sum of its journal, nothing was sold twice, every claim has its owner.

Everything is computed by the database from the journal, not by the code that wrote it.
"""

import msgspec
import psycopg

from manystores.core.sql import queries
from manystores.promise.projection import project

SQL = queries("manystores.promise")


class Verdict(msgspec.Struct, frozen=True):
    """What was found. Only `short` may be above zero in sound books: a count can find less than was promised."""

    partition: int
    seq: int
    buckets: int
    movements: int
    open_reservations: int
    mismatches: int  # counters that differ from the sum of their movements
    oversold: int  # claims that took more than there was
    reserved_mismatches: int  # buckets whose reserved differs from the open claims on it
    orphan_lines: int  # claims without a reservation
    empty_reservations: int  # reservations without a claim
    short: int  # buckets that promised more than was counted: visible exceptions

    @property
    def sound(self) -> bool:
        broken = (self.mismatches, self.oversold, self.reserved_mismatches, self.orphan_lines, self.empty_reservations)
        return not any(broken)


def partitions(connection: psycopg.Connection) -> list[int]:
    """The partitions that ever had an owner."""
    rows = connection.execute("SELECT partition_id FROM lease WHERE partition_id > 0 ORDER BY 1").fetchall()
    return [partition for (partition,) in rows]


def verify_partition(connection: psycopg.Connection, partition_id: int) -> Verdict:
    """Check a partition's books as of what is projected, in one snapshot; the connection is in autocommit mode."""
    project(connection, partition_id)
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        row = connection.execute("SELECT seq FROM projection WHERE partition_id = %s", (partition_id,)).fetchone()
        limits = {"partition": partition_id, "upto": row[0] if row else 0}
        buckets, mismatches, short = connection.execute(SQL["verify_counters"], limits).fetchone() or (0, 0, 0)
        (oversold,) = connection.execute(SQL["verify_oversold"], limits).fetchone() or (0,)
        claims = connection.execute(SQL["verify_reservations"], limits).fetchone() or (0, 0, 0, 0, 0)
    reserved_mismatches, orphan_lines, empty_reservations, open_reservations, movements = claims
    return Verdict(
        partition_id,
        limits["upto"],
        buckets,
        movements,
        open_reservations,
        mismatches,
        oversold,
        reserved_mismatches,
        orphan_lines,
        empty_reservations,
        short,
    )
