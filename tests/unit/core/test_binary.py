"""PostgreSQL's binary COPY format, byte for byte. tests/integration/promise/test_copy.py asks PostgreSQL itself."""

from struct import pack
from uuid import UUID

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from manystores.core import binary

ROWS = binary.FixedRows({"id": "V16", "seq": ">i8", "n": ">i4", "reason": ">i2"})


def encoded(count: int) -> bytes:
    """So many rows."""
    ids = np.array([[i, -i] for i in range(count)], np.int64).reshape(-1, 2)
    numbers = np.arange(count)
    return ROWS.encode(id=binary.id_bytes(ids), seq=numbers - 5, n=numbers, reason=7)


def test_fields_are_a_length_and_a_big_endian_value() -> None:
    assert binary.int2(-2) == pack(">ih", 2, -2)
    assert binary.int4(7) == pack(">ii", 4, 7)
    assert binary.int8(-(2**63)) == pack(">iq", 8, -(2**63))
    assert binary.text("万店") == pack(">i", 6) + "万店".encode()
    assert binary.uuid(UUID(int=1).bytes) == pack(">i", 16) + UUID(int=1).bytes


def test_what_is_none_is_null() -> None:
    null = pack(">i", -1)
    assert (binary.uuid(None), binary.timestamp(None)) == (null, null)


def test_times_count_from_the_year_2000() -> None:
    assert binary.timestamp(946_684_800_000_000) == pack(">iq", 8, 0)
    assert binary.timestamp(0) == pack(">iq", 8, -946_684_800_000_000)
    assert binary.day(946_684_800_000_000 - 1) == pack(">ii", 4, -1), "the last µs of 1999 is its last day"


def test_a_fixed_row_is_its_columns_one_after_the_other() -> None:
    (row,) = [ROWS.encode(id=binary.id_bytes(np.array([[1, 2]])), seq=np.array([3]), n=4, reason=5)]
    assert row == binary.row((binary.uuid(pack(">qq", 1, 2)), binary.int8(3), binary.int4(4), binary.int2(5)), 4)


def test_many_rows_are_one_after_the_other() -> None:
    assert encoded(3) == encoded(1) + encoded(2)[len(encoded(1)) :] + encoded(3)[len(encoded(2)) :]
    assert len(encoded(3)) == 3 * ROWS.dtype.itemsize


@given(st.lists(st.uuids()))
def test_ids_survive_as_two_signed_halves(ids: list[UUID]) -> None:
    data = np.frombuffer(b"".join(i.bytes for i in ids), "V16")
    assert binary.id_bytes(binary.id_halves(data)).tobytes() == data.tobytes()
