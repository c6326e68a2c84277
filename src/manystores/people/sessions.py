"""Sessions: a cookie `ms_session` with 256 random bits, of which one SHA-256 is kept. They end by themselves.

A session gives the same Principal as a key does, so that every route checks people as it checks keys. Whoever writes
with the cookie must also send what only a page of ours can know, in the header X-CSRF-Token.
"""

import base64
import hmac
import secrets
from typing import Any, Final
from uuid import UUID

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import tuple_row

from manystores.core.auth import KEY_CACHE_US, Cached, PartyKind, Principal, Ring, digest
from manystores.core.clock import SECOND_US, from_datetime, to_datetime
from manystores.core.errors import Problem, rule
from manystores.core.ids import uuid7
from manystores.core.sql import queries
from manystores.people.roles import BOUND, IN_A_BRAND, ROLE_SCOPES, SEES_SHOPPERS, Role

COOKIE: Final = "ms_session"
CSRF_HEADER: Final = "x-csrf-token"
ABSOLUTE_US: Final = 12 * 3600 * SECOND_US
IDLE_US: Final = 2 * 3600 * SECOND_US
NOTED_EVERY_US: Final = 60 * SECOND_US  # how exactly it is known when somebody was last here
KEPT_US: Final = 24 * 3600 * SECOND_US  # an ended session's row, after its time

SESSION_EXPIRED = rule("session_expired", 401, "The session has ended; sign in again", "登录已失效，请重新登录")
CSRF = rule("csrf", 403, "The request did not come from a page of this console", "请求并非来自控制台页面")
SQL = queries("manystores.people")


class Session(msgspec.Struct, frozen=True):
    """A session as it is found: whose it is, where the person acts, and until when it lasts."""

    session_id: UUID
    person_id: UUID
    party_no: int
    party_code: str
    kind: PartyKind
    partition_id: int
    location_no: int | None
    expires_us: int
    seen_us: int
    role: Role
    enabled: bool
    home_party_no: int
    locations: tuple[int, ...]

    def ends_us(self, now_us: int) -> int:
        """When it ends if the person does nothing after `now_us`."""
        return min(self.expires_us, now_us + IDLE_US)

    def alive(self, now_us: int) -> bool:
        """Whether it still counts: neither over, nor idle too long, nor of somebody who may not come in any more."""
        bound_to_nothing = self.role in BOUND and not self.locations
        return self.enabled and not bound_to_nothing and now_us < self.ends_us(self.seen_us)

    def principal(self) -> Principal:
        """Who asks. Roles that are bound act in one of their locations, whatever the session says."""
        scopes = ROLE_SCOPES[self.role]
        if self.role == "platform_operator" and self.party_no != self.home_party_no:
            scopes = IN_A_BRAND
        location_no = None
        if self.role in BOUND:
            location_no = self.location_no if self.location_no in self.locations else min(self.locations)
        return Principal(
            self.session_id,
            self.party_no,
            self.party_code,
            self.partition_id,
            scopes,
            location_no,
            self.kind,
            self.person_id,
            self.role,
            self.role in SEES_SHOPPERS,
        )


class SessionRing(Ring):
    """Tells who is signed in with a cookie, and notes now and then that they are still here."""

    async def _look_up(self, token: str, now_us: int) -> Cached:
        nobody = Cached(None, now_us, now_us + KEY_CACHE_US)
        async with self._pool.connection() as connection:
            found = await find_session(connection, token)
            if found is None or not found.alive(now_us):
                return nobody
            if now_us - found.seen_us >= NOTED_EVERY_US:
                await connection.execute(SQL["note_seen"], {"hash": digest(token), "now": to_datetime(now_us)})
        return Cached(found.principal(), now_us, min(now_us + KEY_CACHE_US, found.ends_us(now_us)))

    def _refusal(self) -> Problem:
        return Problem(
            SESSION_EXPIRED,
            en="Nothing was done. Sign in again; you come back to where you were.",
            zh="本次操作未执行。请重新登录，登录后会回到当前页面。",
        )


async def find_session(connection: AsyncConnection[Any], token: str) -> Session | None:
    """The session of a cookie that has not been signed out; it may be over (`alive`)."""
    async with connection.cursor(row_factory=tuple_row) as cursor:
        row = await (await cursor.execute(SQL["find_session"], {"hash": digest(token)})).fetchone()
    if row is None:
        return None
    session_id, person_id, party_no, code, kind, partition_id, location_no, expires, seen, role, enabled, home, at = row
    times = from_datetime(expires), from_datetime(seen)
    return Session(
        session_id, person_id, party_no, code, kind, partition_id, location_no, *times, role, enabled, home, tuple(at)
    )


async def open_session(
    connection: AsyncConnection[Any], person_id: UUID, party_no: int, now_us: int
) -> tuple[str, UUID]:
    """(cookie's token, session's id) of a new session; what is long over goes from the table."""
    token, session_id = secrets.token_urlsafe(32), uuid7(now_us)
    row = {"hash": digest(token), "session_id": session_id, "person_id": person_id, "party_no": party_no}
    row |= {"now": to_datetime(now_us), "expires": to_datetime(now_us + ABSOLUTE_US)}
    await connection.execute(SQL["insert_session"], row)
    await connection.execute(SQL["forget_sessions"], {"before": to_datetime(now_us - KEPT_US)})
    await connection.execute(SQL["note_signed_in"], {"person_id": person_id, "now": to_datetime(now_us)})
    return token, session_id


def csrf_token(token: str) -> str:
    """What belongs into X-CSRF-Token with a session's cookie: made from it, and does not tell it."""
    return base64.urlsafe_b64encode(hmac.digest(token.encode(), b"manystores csrf", "sha256")).decode().rstrip("=")


def check_csrf(token: str, header: str | None) -> None:
    """Problem 403 `csrf` unless the header belongs to the session's cookie."""
    if header is None or not hmac.compare_digest(csrf_token(token).encode(), header.encode(errors="replace")):
        raise Problem(
            CSRF,
            en="Send the header X-CSRF-Token with `csrf` of GET /v1/me; nothing was done.",
            zh="请在请求头 X-CSRF-Token 中携带 GET /v1/me 返回的 csrf；本次操作未执行。",
        )


def cookie_of(header: str, name: str = COOKIE) -> str | None:
    """The value of a cookie in a Cookie header, or None."""
    for part in header.split(";"):
        key, _, value = part.strip().partition("=")
        if key == name:
            return value or None
    return None
