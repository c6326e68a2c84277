"""The journal's rows through a real COPY: what PostgreSQL reads is what was written."""

from uuid import UUID

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manystores.core import binary
from manystores.core.clock import from_datetime
from manystores.core.database import Connection

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
MICROSECONDS = st.integers(-62_135_596_800_000_000, 253_402_300_799_999_999)
ROW = st.tuples(
    st.integers(-(2**15), 2**15 - 1),
    st.integers(-(2**31), 2**31 - 1),
    st.integers(-(2**63), 2**63 - 1),
    TEXT,
    st.none() | st.uuids(),
    st.none() | MICROSECONDS,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, max_size=8))
def test_rows_of_any_values_come_back(connection: Connection, rows: list[tuple]) -> None:  # type: ignore[type-arg]
    data = binary.HEADER
    for a, b, c, d, e, f in rows:
        fields = [binary.int2(a), binary.int4(b), binary.int8(c), binary.text(d), binary.uuid(e.bytes if e else None)]
        fields += [binary.timestamp(f), binary.day(f or 0)]
        data += binary.row(fields, 7)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS copied")
        cursor.execute(
            "CREATE TEMP TABLE copied (a smallint, b int, c bigint, d text, e uuid, f timestamptz, g date, i serial)"
        )
        with cursor.copy("COPY copied (a, b, c, d, e, f, g) FROM STDIN (FORMAT BINARY)") as copy:
            copy.write(data + binary.TRAILER)
        found = cursor.execute("SELECT a, b, c, d, e, f, g, (f AT TIME ZONE 'UTC')::date FROM copied ORDER BY i")
        for want, got in zip(rows, found.fetchall(), strict=True):
            assert got[:5] == want[:5]
            assert (from_datetime(got[5]) if got[5] else None) == want[5]
            assert want[5] is None or got[6] == got[7], "the day is the UTC date of the moment"


def test_fixed_rows_go_in_and_come_out(connection: Connection) -> None:
    rows = binary.FixedRows({"id": "V16", "seq": ">i8", "n": ">i4", "reason": ">i2"})
    ids = np.array([[i, -i] for i in range(1000)], np.int64)
    data = rows.encode(id=binary.id_bytes(ids), seq=np.arange(1000) - 500, n=np.arange(1000), reason=-3)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE fixed (id uuid, seq bigint, n int, reason smallint)")
        with cursor.copy("COPY fixed FROM STDIN (FORMAT BINARY)") as copy:
            copy.write(binary.HEADER + data + binary.TRAILER)
        row = cursor.execute("SELECT count(*), min(seq), max(n), min(reason), max(reason) FROM fixed").fetchone()
        assert row == (1000, -500, 999, -3, -3)
        first = cursor.execute("SELECT id FROM fixed WHERE n = 1").fetchone()
        assert first == (UUID(int=1 << 64 | 0xFFFFFFFFFFFFFFFF),)
