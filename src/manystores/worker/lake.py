"""Facts into the lake: ranges of batches, each decided before its files are written, noted after they are on disk."""

from pathlib import Path
from typing import Any

import polars as pl
from psycopg import Connection
from psycopg.rows import dict_row

from manystores.core.clock import SECOND_US, Clock, from_datetime, to_datetime
from manystores.core.events import CURSOR_END
from manystores.core.sql import queries
from manystores.lake import schema, writer

SQL = queries("manystores.worker")
CONSUMER = "lake"
INTERVAL_S = 60.0
ROWS_MAX = 100_000

_COPY = {schema.JOURNAL.name: "lake_journal", schema.MOVEMENTS.name: "lake_movements"}


def export(
    connection: Connection[Any], lake: Path, clock: Clock, *, interval_s: float = INTERVAL_S, rows_max: int = ROWS_MAX
) -> int:
    """Write what waits into the lake; returns the number of facts written.

    A partition's facts leave when `rows_max` of them wait, or `interval_s` seconds after the last time: files should
    neither be tiny nor late. The connection must not be in a transaction; it commits.
    """
    now = to_datetime(clock.now_us())
    connection.execute(SQL["add_missing_cursors"], {"names": [CONSUMER], "now": now})
    connection.commit()
    written = 0
    for cursor in _behind(connection):
        while (goal_seq := _goal(connection, cursor, clock, interval_s, rows_max)) is not None:
            written += _write_range(connection, lake, cursor, goal_seq)
            values = {"partition_id": cursor["partition_id"], "name": CONSUMER, "goal_seq": goal_seq}
            connection.execute(SQL["reach_goal"], values | {"end": CURSOR_END, "now": to_datetime(clock.now_us())})
            connection.commit()
            again = [row for row in _behind(connection) if row["partition_id"] == cursor["partition_id"]]
            if not again:
                break
            cursor = again[0]
    return written


def _behind(connection: Connection[Any]) -> list[dict[str, Any]]:
    with connection.cursor(row_factory=dict_row) as reader:
        rows = reader.execute(SQL["cursors_behind"], {"name": CONSUMER, "end": CURSOR_END}).fetchall()
    connection.commit()
    # before the first batch the head is where the cursor is: there is nothing to write yet
    return [row for row in rows if row["goal_seq"] is not None or row["head"] > row["seq"]]


def _goal(
    connection: Connection[Any], cursor: dict[str, Any], clock: Clock, interval_s: float, rows_max: int
) -> int | None:
    """The last batch of the next files: noted before the first byte is written, so a crash can't change it."""
    if cursor["goal_seq"] is not None:
        return int(cursor["goal_seq"])
    full = connection.execute(SQL["batch_after_rows"], cursor | {"rows": rows_max}).fetchone()
    waited_us = clock.now_us() - from_datetime(cursor["updated_at"])
    if full is None and waited_us < interval_s * SECOND_US:
        connection.commit()
        return None
    goal_seq = int(full[0]) if full is not None else int(cursor["head"])
    values = cursor | {"name": CONSUMER, "goal_seq": goal_seq, "now": to_datetime(clock.now_us())}
    noted = connection.execute(SQL["set_goal"], values).rowcount
    connection.commit()
    return goal_seq if noted else None


def _write_range(connection: Connection[Any], lake: Path, cursor: dict[str, Any], goal_seq: int) -> int:
    """Write all tables' rows of the batches after the cursor up to the goal; returns the number of facts."""
    facts = 0
    for table in schema.TABLES.values():
        rows = _read(connection, table, cursor, goal_seq)
        writer.write(lake, table, rows, cursor["partition_id"], cursor["seq"] + 1, goal_seq)
        facts += rows.height if table is schema.JOURNAL else 0
    connection.commit()
    return facts


def _read(connection: Connection[Any], table: schema.Table, cursor: dict[str, Any], goal_seq: int) -> pl.DataFrame:
    statement = f"COPY ({SQL[_COPY[table.name]]}) TO STDOUT (FORMAT csv)"
    with connection.cursor() as reader, reader.copy(statement.encode(), cursor | {"goal_seq": goal_seq}) as copy:
        return writer.read_copy(b"".join(bytes(part) for part in copy), table)
