"""Facts as rows of the journal: what happened, in the order of (seq, n), in every partition's one table."""

from collections.abc import Sequence
from struct import Struct

import msgspec

from manystores.core import binary

FACT_VERSION = 1
JOURNAL = (
    "journal (partition_id, day, seq, n, name, subject, party_no, location_no, request_key, fingerprint, actor, at, "
    "reservation_state, expires_at, holder, version, body)"
)


class Fact(msgspec.Struct, gc=False):
    """One row of the journal: what happened, to what, by whom.

    `reservation_state` is set when the fact changes whether, or until when, a reservation is open: 1 held, 2 confirmed,
    3 ended.
    """

    name: str
    subject: bytes
    party_no: int
    actor: str
    at_us: int
    body: bytes | None = None
    location_no: int = 0
    request_key: bytes | None = None
    fingerprint: int = 0
    reservation_state: int | None = None
    expires_us: int | None = None
    holder: bytes | None = None
    n: int = 0  # its place in its batch


def framed(rows: bytes) -> bytes:
    """Rows as a whole COPY."""
    return binary.HEADER + rows + binary.TRAILER


_PLACE = Struct(">iii")  # n, and the length of the name
_WHO = Struct(">i16siiii")  # subject, party_no, location_no
_MARK = Struct(">iqi")  # fingerprint, and the length of the actor
_AT = Struct(">iq")
_STATE = Struct(">ih")
_END = Struct(">ihi")  # version, and the length of the body


def fact_rows(partition_id: int, seq: int, at_us: int, facts: Sequence[Fact]) -> bytes:
    """Facts of batch `seq` as rows of JOURNAL.

    Fields of fixed width that stand together are packed together: the loop is hot.
    """
    head = b"\0\x11" + binary.int4(partition_id) + binary.day(at_us) + binary.int8(seq)  # 17 columns
    out: list[bytes] = []
    for fact in facts:
        name, actor, key, body = fact.name.encode(), fact.actor.encode(), fact.request_key, fact.body
        expires_us, holder = fact.expires_us, fact.holder
        out += (
            head,
            _PLACE.pack(4, fact.n, len(name)),
            name,
            _WHO.pack(16, fact.subject, 4, fact.party_no, 4, fact.location_no),
            binary.NULL if key is None else b"\0\0\0\x10" + key,
            _MARK.pack(8, fact.fingerprint, len(actor)),
            actor,
            _AT.pack(8, fact.at_us - binary.POSTGRES_EPOCH_US),
            binary.NULL if fact.reservation_state is None else _STATE.pack(2, fact.reservation_state),
            binary.NULL if expires_us is None else _AT.pack(8, expires_us - binary.POSTGRES_EPOCH_US),
            binary.NULL if holder is None else b"\0\0\0\x10" + holder,
        )
        if body is None:
            out.append(_END.pack(2, FACT_VERSION, -1))
        else:
            out += (_END.pack(2, FACT_VERSION, len(body)), body)
    return b"".join(out)
