"""The tables of the lake, their columns and the version of their shape."""

import msgspec
import polars as pl

TIME = pl.Datetime("us", "UTC")


class Table(msgspec.Struct, frozen=True):
    """A table of facts: its folder's name, columns in order, and the version of the shape that files carry."""

    name: str
    version: int
    columns: dict[str, pl.DataType]

    def empty(self) -> pl.DataFrame:
        """No rows, all columns."""
        return pl.DataFrame(schema=self.columns)


JOURNAL = Table(
    name="journal",
    version=1,
    columns={
        "partition_id": pl.Int32(),
        "day": pl.Date(),
        "seq": pl.Int64(),
        "n": pl.Int32(),
        "name": pl.String(),
        "subject": pl.String(),
        "party_no": pl.Int32(),
        "location_no": pl.Int32(),
        "request_key": pl.String(),
        "fingerprint": pl.Int64(),
        "actor": pl.String(),
        "at": TIME,
        "reservation_state": pl.Int16(),
        "expires_at": TIME,
        "holder": pl.String(),
        "version": pl.Int16(),
        "body": pl.String(),
    },
)
"""Facts: what happened, to what, when, by whom; `body` is the fact's JSON document, ids are text."""

MOVEMENTS = Table(
    name="movements",
    version=1,
    columns={
        "partition_id": pl.Int32(),
        "day": pl.Date(),
        "seq": pl.Int64(),
        "n": pl.Int32(),
        "line": pl.Int32(),
        "location_no": pl.Int32(),
        "offer_no": pl.Int32(),
        "window_at_us": pl.Int64(),
        "lot_no": pl.Int32(),
        "d_on_hand": pl.Int64(),
        "d_reserved": pl.Int64(),
        "d_unavailable": pl.Int64(),
        "d_incoming": pl.Int64(),
        "reservation_id": pl.String(),
        "reason": pl.Int16(),
    },
)
"""Changes of counters, in base units; who and when stand on the fact with the same (partition_id, seq, n)."""

TABLES = {table.name: table for table in (JOURNAL, MOVEMENTS)}
