"""Erasures to their end: the lake, dead rows of the database, and the proof that nothing is left."""

import threading
from pathlib import Path
from typing import Any

import psycopg

from manystores.core.clock import Clock, to_datetime
from manystores.core.sql import queries
from manystores.lake import erasure
from manystores.members.turn import PARTITION

SQL = queries("manystores.members")
TABLES = ("journal", "identifiers", "identity_pairs", "consents")


def finish(connection: psycopg.Connection[Any], lake: Path, clock: Clock, lake_is_mine: threading.Lock) -> int:
    """Finish what was begun; returns how many erasures that is. Begun anew after a crash, it does the same again."""
    under_way = connection.execute(SQL["erasures_under_way"], {"partition": PARTITION}).fetchall()
    connection.commit()
    if not under_way:
        return 0
    with lake_is_mine:
        gone = {one: erasure.erase(lake, PARTITION, keys, seq) for one, keys, seq in under_way}
        _vacuum(connection)
        left = {one: erasure.found(lake, PARTITION, keys, seq) for one, keys, seq in under_way}
    for one, keys, seq in under_way:
        asked = {"partition": PARTITION, "keys": keys, "seq": seq}
        (rows,) = connection.execute(SQL["left_of"], asked).fetchone() or (0,)
        done = {"partition": PARTITION, "erasure": one, "left": left[one] + rows, "at": to_datetime(clock.now_us())}
        connection.execute(SQL["erasure_done"], done | {"files": gone[one].files, "facts": gone[one].facts})
    connection.commit()
    return len(gone)


def _vacuum(connection: psycopg.Connection[Any]) -> None:
    """Rows that were deleted lie in their pages until somebody tidies up."""
    connection.autocommit = True
    try:
        for table in TABLES:
            connection.execute(f"VACUUM {table}")
    finally:
        connection.autocommit = False
