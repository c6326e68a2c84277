"""PostgreSQL's binary COPY format, written by numpy and struct: rows go out without a Python object per field.

Format: postgresql.org/docs/current/sql-copy.html (Binary Format). All numbers are big-endian; a field is its
length in bytes, then its value; length -1 is null.
"""

from collections.abc import Iterable
from struct import Struct

import numpy as np
from numpy.typing import DTypeLike, NDArray

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
POSTGRES_EPOCH_US = 946_684_800_000_000  # 2000-01-01 in µs since 1970
POSTGRES_EPOCH_DAY = 10_957
DAY_US = 86_400_000_000

_INT2, _INT4, _INT8 = Struct(">ih"), Struct(">ii"), Struct(">iq")
_LENGTH = Struct(">i")
_COLUMNS = Struct(">h")
NULL = _LENGTH.pack(-1)


def int2(value: int) -> bytes:
    return _INT2.pack(2, value)


def int4(value: int) -> bytes:
    return _INT4.pack(4, value)


def int8(value: int) -> bytes:
    return _INT8.pack(8, value)


def text(value: str) -> bytes:
    data = value.encode()
    return _LENGTH.pack(len(data)) + data


def uuid(value: bytes | None) -> bytes:
    """A uuid of 16 bytes, or null."""
    return NULL if value is None else b"\0\0\0\x10" + value


def timestamp(at_us: int | None) -> bytes:
    """A timestamptz of µs since 1970, or null."""
    return NULL if at_us is None else _INT8.pack(8, at_us - POSTGRES_EPOCH_US)


def day(at_us: int) -> bytes:
    """The UTC date of a moment."""
    return _INT4.pack(4, at_us // DAY_US - POSTGRES_EPOCH_DAY)


def row(fields: Iterable[bytes], columns: int) -> bytes:
    """One row of encoded fields."""
    return _COLUMNS.pack(columns) + b"".join(fields)


class FixedRows:
    """Rows whose columns all have a fixed width and are never null, as one numpy record type.

    `columns` maps a name to a big-endian dtype (`>i4`, `>i8`, `S16` for a uuid).
    """

    def __init__(self, columns: dict[str, str]) -> None:
        self._names = tuple(columns)
        self._widths = {name: np.dtype(kind).itemsize for name, kind in columns.items()}
        fields: list[tuple[str, str]] = [("columns", ">i2")]
        for name, kind in columns.items():
            fields += [(f"{name}:length", ">i4"), (name, kind)]
        self.dtype = np.dtype(fields)

    def encode(self, **values: NDArray[np.generic] | int) -> bytes:
        """COPY rows of columns given as arrays of equal length, or as one value for all rows."""
        length = max(len(v) for v in values.values() if isinstance(v, np.ndarray))
        rows = np.zeros(length, self.dtype)
        rows["columns"] = len(self._names)
        for name in self._names:
            rows[f"{name}:length"] = self._widths[name]
            rows[name] = values[name]
        return rows.tobytes()


def id_bytes(pairs: NDArray[np.int64]) -> NDArray[np.void]:
    """Id halves int64[n, 2] as uuids of 16 bytes [n]."""
    return np.ascontiguousarray(pairs.astype(">i8")).view("V16").reshape(-1)


def id_list(pairs: NDArray[np.int64]) -> list[bytes]:
    """Id halves int64[n, 2] as bytes of 16 each."""
    data = pairs.astype(">i8").tobytes()
    return [data[i : i + 16] for i in range(0, len(data), 16)]


def id_halves(ids: NDArray[np.void]) -> NDArray[np.int64]:
    """Uuids of 16 bytes as halves int64[n, 2]."""
    kind: DTypeLike = ">i8"
    return np.ascontiguousarray(ids).view(kind).reshape(-1, 2).astype(np.int64)
