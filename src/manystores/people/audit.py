"""The audit: who did what, when, with what result. Rows are added; nothing here changes or removes one.

A person's request is answered only after its row is committed, so that no acknowledged action goes without one. When
the row can't be written, the answer is 503: with its Idempotency-Key the request may be sent again and does nothing
twice, and that time the row is there.
"""

import logging
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import msgspec
import psycopg
from psycopg import AsyncConnection
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from manystores.core.auth import Principal
from manystores.core.clock import Clock, to_datetime
from manystores.core.database import is_away
from manystores.core.errors import Problem, rule
from manystores.core.ids import uuid7
from manystores.core.sql import queries

log = logging.getLogger(__name__)
SQL = queries("manystores.people")
PATH_CHARS_MAX: Final = 300
ATTEMPTS: Final = 2
NOBODYS_PARTITION: Final = 1  # of what can't be said whose it is

SIGN_IN, SIGN_IN_FAILED, SIGN_OUT = "sign_in", "sign_in_failed", "sign_out"
EVENTS: Final = (SIGN_IN, SIGN_IN_FAILED, SIGN_OUT)
"""What is noted beside requests: it stands where a request's route stands, without a method."""

UNWRITTEN = rule(
    "audit_unwritten", 503, "What you did could not be written into the audit", "操作未能记入审计日志，请重试"
)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A row: who, where they acted, what they asked for and how it was answered. Bodies are not in it.

    `details` are codes and numbers that a route chose to tell (a reason, a role), nothing personal of shoppers.
    """

    at_us: int
    route: str
    method: str = ""
    path: str = ""
    status: int = 200
    partition_id: int = NOBODYS_PARTITION
    party_no: int | None = None
    person_id: UUID | None = None
    session_id: UUID | None = None
    location_no: int | None = None
    request_key: str | None = None
    address: str | None = None
    details: Mapping[str, object] | None = None


def entry_of(
    who: Principal,
    at_us: int,
    *,
    method: str,
    route: str,
    path: str,
    status: int,
    request_key: str | None,
    details: Mapping[str, object] | None,
) -> Entry:
    """The row of a request that a person sent."""
    return Entry(
        at_us=at_us,
        route=route,
        method=method,
        path=path[:PATH_CHARS_MAX],
        status=status,
        partition_id=who.partition_id,
        party_no=who.party_no,
        person_id=who.person_id,
        session_id=who.key_id,
        location_no=who.location_no,
        request_key=request_key,
        details=details,
    )


class Audit:
    """Writes rows; a call returns when its row is committed."""

    def __init__(self, pool: "AsyncConnectionPool[Any]", clock: Clock) -> None:
        self._pool, self._clock = pool, clock

    async def write(self, entry: Entry) -> None:
        """Commit a row; Problem 503 `audit_unwritten` if that can't be done."""
        values = row(entry)  # one id for all attempts: a row that got through unnoticed does not stand there twice
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with self._pool.connection() as connection:
                    await connection.execute(SQL["insert_audit"], values)
                return
            except psycopg.Error as error:
                if attempt == ATTEMPTS or not is_away(error):
                    log.error("an audit row was not written", exc_info=error, extra={"route": entry.route})
                    raise unwritten() from None


def unwritten() -> Problem:
    """The problem of an action that can't be acknowledged since nobody could tell later who did it."""
    return Problem(
        UNWRITTEN,
        en="It may have been done. Send it again with the same Idempotency-Key: nothing is done twice.",
        zh="操作可能已执行。请携带同一幂等键重试，不会重复执行。",
        retry_after_s=1,
    )


async def add(connection: AsyncConnection[Any], entry: Entry) -> None:
    """Add a row in the caller's transaction."""
    await connection.execute(SQL["insert_audit"], row(entry))


def row(entry: Entry) -> dict[str, Any]:
    """The values of `insert_audit`."""
    values: dict[str, Any] = {name: getattr(entry, name) for name in entry.__struct_fields__}
    values["audit_id"], values["at"] = uuid7(entry.at_us), to_datetime(values.pop("at_us"))
    values["details"] = Jsonb(dict(entry.details)) if entry.details else None
    return values
