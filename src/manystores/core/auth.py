"""API keys: `ms_<key id>_<secret>`. The secret has 256 random bits, so one SHA-256 of it is all that is kept.

A Principal is who a request comes from: a party, and for a store's device one location; for somebody who is signed in
(manystores.people) also which person. Every read and write is filtered by it.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from psycopg.rows import tuple_row
from psycopg_pool import AsyncConnectionPool

from manystores.core.clock import SECOND_US, Clock, from_datetime, to_datetime
from manystores.core.database import Connection
from manystores.core.errors import FORBIDDEN, INVALID, NOT_FOUND, UNAUTHORIZED, FieldError, Problem
from manystores.core.ids import uuid7
from manystores.core.numbers import allocate
from manystores.core.sql import queries

PartyKind = Literal["platform", "brand", "partner"]

PLATFORM_SCOPES = frozenset({"brands:read", "brands:write"})
"""What only the platform's own keys may do."""

STORE_SCOPES = frozenset(
    {
        "locations:read",
        "offers:read",
        "availability:read",
        "stock:read",
        "stock:write",
        "reservations:read",
        "reservations:write",
        "orders:read",
        "orders:write",
        "fulfilment:read",
        "fulfilment:write",
        "returns:read",
        "returns:write",
        "stream:read",
        "members:recognise",
        "consents:write",
    }
)
"""What the device of one store may do, always for its own location only."""

PEOPLE_SCOPES = frozenset({"people:read", "people:write", "audit:read"})
"""Who signs in, with which role, and what they did."""

BRAND_SCOPES = (
    STORE_SCOPES
    | PEOPLE_SCOPES
    | {
        "locations:write",
        "offers:write",
        "policies:read",
        "policies:write",
        "webhooks:read",
        "webhooks:write",
        "keys:read",
        "keys:write",
        "members:read",
        "members:write",
        "events:write",
    }
)
SCOPES = BRAND_SCOPES | PLATFORM_SCOPES

KEY_CACHE_US = 4 * SECOND_US
KEY_REFRESH_US = 1 * SECOND_US  # while one request looks a key up again, the others go on with what was known
KEYS_CACHED_MAX = 20_000

_PARTY_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_TOKEN = re.compile(r"ms_([0-9a-f]{32})_([A-Za-z0-9_-]{43})")


class Principal(msgspec.Struct, frozen=True):
    """Who a request comes from. `location_no` None: the whole party; else one store only (a device, an associate).

    Of a person, `key_id` is the session's id, and `sees_shoppers` tells whether orders show who bought them.
    """

    key_id: UUID
    party_no: int
    party_code: str
    partition_id: int
    scopes: frozenset[str]
    location_no: int | None
    kind: PartyKind
    person_id: UUID | None = None
    role: str = ""
    sees_shoppers: bool = True

    @property
    def actor(self) -> str:
        """How histories and logs name who asks; it tells nothing secret."""
        return f"key:{self.key_id}" if self.person_id is None else f"person:{self.person_id}"

    @property
    def asker(self) -> bytes:
        """Among whose requests an Idempotency-Key is unique: the party's, by whichever of its keys; a person's own, so
        that nobody is answered with what a colleague was told."""
        return b"%d" % self.party_no if self.person_id is None else b"%d/%s" % (self.party_no, self.person_id.bytes)

    def require(self, scope: str) -> None:
        """403 unless the key, or the person's role, has the scope."""
        if scope in self.scopes:
            return
        en, zh = (
            f"This key lacks the scope {scope}; use one that has it.",
            f"该密钥缺少权限 {scope}，请换用具备该权限的密钥。",
        )
        if self.person_id is not None:
            en = f"Your role lacks the permission {scope}; ask your brand's administrator for another role."
            zh = f"你的角色没有权限 {scope}，如需使用请联系品牌管理员调整角色。"
        raise Problem(FORBIDDEN, en=en, zh=zh, extra={"scope": scope})

    def require_shoppers(self) -> None:
        """403 for roles that are not shown who shoppers are: a label, a code to collect with."""
        if not self.sees_shoppers:
            en = "Your role is not shown who shoppers are; ask somebody of operations or of the store."
            raise Problem(
                FORBIDDEN, en, "你的角色不能查看顾客信息，请联系运营或门店同事。", extra={"scope": "shoppers"}
            )

    def sees_location(self, location_no: int) -> bool:
        """Whether a thing of that location may be shown to this key; others are 'not found' to it."""
        return self.location_no is None or self.location_no == location_no


class Key(msgspec.Struct, frozen=True):
    """A key as lists show it: everything but the secret. Times are microseconds UTC."""

    key_id: UUID
    party_code: str
    location_no: int | None
    name: str
    scopes: tuple[str, ...]
    created_us: int
    expires_us: int | None
    revoked_us: int | None


class Party(msgspec.Struct, frozen=True):
    """The platform, a brand, or a partner whose shelves brands sell from."""

    party_no: int
    code: str
    name: str
    kind: PartyKind
    partition_id: int


def create_party(
    connection: Connection,
    code: str,
    *,
    clock: Clock,
    name: str | None = None,
    kind: PartyKind = "brand",
    partition_id: int = 1,
) -> Party:
    """The party of that code, made if there is none (then `kind` and `name` are not looked at)."""
    if not _PARTY_CODE.fullmatch(code):
        raise _invalid(
            "/code",
            "code",
            "A party's code is 1 to 64 letters, digits, dots, dashes or underscores and begins with a letter or digit.",
            "主体编码须为 1 至 64 个字母、数字、点、短横线或下划线，且以字母或数字开头。",
        )
    known = find_party(connection, code)
    if known is not None:
        return known
    row = {"party_no": allocate(connection, "party")[0], "code": code, "name": name or code, "kind": kind}
    row |= {"partition_id": partition_id, "created_at": to_datetime(clock.now_us())}
    connection.execute(_sql("insert_party"), row)
    made = find_party(connection, code)  # two may have made it at once; the first one counts
    assert made is not None
    return made


def find_party(connection: Connection, code: str) -> Party | None:
    """The party of that code, or None."""
    row = connection.cursor(row_factory=tuple_row).execute(_sql("find_party"), {"code": code}).fetchone()
    return Party(*row) if row else None


def party_query() -> bytes:
    """The statement that finds a party by its %(code)s: the values of `Party`."""
    return _sql("find_party")


def create_key(
    connection: Connection,
    party_code: str,
    scopes: Iterable[str] | None = None,
    location_no: int | None = None,
    *,
    clock: Clock,
    name: str = "",
    expires_us: int | None = None,
) -> str:
    """A new key's token, which can't be shown again. `scopes` None: all that such a key may have."""
    party = find_party(connection, party_code)
    if party is None:
        raise Problem(NOT_FOUND, en=f"There is no party {party_code}.", zh=f"主体 {party_code} 不存在。")
    token, row = new_key(party, scopes, location_no, clock=clock, name=name, expires_us=expires_us)
    connection.execute(_sql("insert_key"), row)
    return token


def allowed_scopes(kind: PartyKind, location_no: int | None = None) -> frozenset[str]:
    """All that a key of such a party may have; less for the device of one store."""
    return STORE_SCOPES if location_no else SCOPES if kind == "platform" else BRAND_SCOPES


def new_key(
    party: Party,
    scopes: Iterable[str] | None = None,
    location_no: int | None = None,
    *,
    clock: Clock,
    name: str = "",
    expires_us: int | None = None,
) -> tuple[str, dict[str, Any]]:
    """(token, values of `insert_key`) of a key that is not stored yet; see `create_key`."""
    allowed = allowed_scopes(party.kind, location_no)
    wanted = allowed if scopes is None else frozenset(scopes)
    if wanted - allowed:
        raise _invalid(
            "/scopes",
            "scope",
            f"{_listed(wanted - allowed)} can't be given to this key; choose from {_listed(allowed)}.",
            f"不能授予该密钥：{_listed(wanted - allowed)}；可选：{_listed(allowed)}。",
        )
    now_us = clock.now_us()
    key_id, secret = uuid7(now_us), secrets.token_urlsafe(32)
    row = {
        "key_id": key_id,
        "party_no": party.party_no,
        "location_no": location_no or None,
        "name": name,
        "secret_hash": _secret_hash(secret),
        "scopes": sorted(wanted),
        "created_at": to_datetime(now_us),
        "expires_at": to_datetime(expires_us) if expires_us else None,
    }
    return f"ms_{key_id.hex}_{secret}", row


def list_keys(connection: Connection, party_code: str | None = None) -> list[Key]:
    """The keys of a party, or of all, oldest first."""
    cursor = connection.cursor(row_factory=tuple_row)
    rows = cursor.execute(_sql("list_keys"), {"party_code": party_code}).fetchall()
    return [Key(k, p, loc, n, tuple(s), from_datetime(c), _us(e), _us(r)) for k, p, loc, n, s, c, e, r in rows]


def revoke_key(connection: Connection, key_id: UUID, *, clock: Clock, party_code: str | None = None) -> bool:
    """Revoke a key (of `party_code` only, if given); False if there is none that still works.

    Every process of ours refuses it within KEY_CACHE_US + KEY_REFRESH_US.
    """
    row = {"key_id": key_id, "party_code": party_code, "now": to_datetime(clock.now_us())}
    return connection.execute(_sql("revoke_key"), row).rowcount == 1


class Cached(msgspec.Struct):
    """What was found for a token's digest, and from when to when that counts; principal None: nobody."""

    principal: Principal | None
    from_us: int
    until_us: int


class Ring:
    """Tells who a token is. Known tokens cost one dictionary look-up; a revoked one stops within five seconds."""

    def __init__(self, pool: "AsyncConnectionPool[Any]", clock: Clock) -> None:
        self._pool = pool
        self._clock = clock
        self._known: dict[bytes, Cached] = {}
        self._forgotten = 0  # how often something was; what was looked up before then is not kept

    def cached(self, token: str) -> Principal | None:
        """The principal if it is known and fresh, without waiting for anything; else None (ask `principal`)."""
        known = self._known.get(digest(token))
        if known is None or not known.from_us <= self._clock.now_us() < known.until_us:
            return None
        return known.principal

    async def principal(self, token: str) -> Principal:
        """The principal of a token; Problem 401 if it is malformed, unknown, revoked or expired."""
        mark = digest(token)
        now_us = self._clock.now_us()
        known = self._known.get(mark)
        if known is not None and known.from_us <= now_us < known.until_us:
            return self._let_in(known.principal)
        if known is not None:
            known.from_us, known.until_us = now_us, now_us + KEY_REFRESH_US
        forgotten = self._forgotten
        try:
            found = await self._look_up(token, now_us)
        except BaseException:
            self._known.pop(mark, None)
            raise
        if len(self._known) >= KEYS_CACHED_MAX:
            self._known.clear()
        if forgotten == self._forgotten:
            self._known[mark] = found
        return self._let_in(found.principal)

    def forget(self, token: str | None = None) -> None:
        """Look the token (None: every one) up anew when it is used next."""
        self._forgotten += 1
        if token is None:
            self._known.clear()
        else:
            self._known.pop(digest(token), None)

    async def _look_up(self, token: str, now_us: int) -> Cached:
        raise NotImplementedError

    def _refusal(self) -> Problem:
        raise NotImplementedError

    def _let_in(self, principal: Principal | None) -> Principal:
        if principal is None:
            raise self._refusal()
        return principal


class KeyRing(Ring):
    """Tells whose an API key is."""

    def _refusal(self) -> Problem:
        return unauthorized(
            "The key is unknown, revoked or expired; ask the brand's administrator for a new one.",
            "密钥不存在、已吊销或已过期，请向品牌管理员申请新密钥。",
        )

    async def _look_up(self, token: str, now_us: int) -> Cached:
        unknown = Cached(None, now_us, now_us + KEY_CACHE_US)
        parts = _TOKEN.fullmatch(token)
        if parts is None:
            return unknown
        async with self._pool.connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
            await cursor.execute(_sql("find_key"), {"key_id": UUID(hex=parts[1])})
            row = await cursor.fetchone()
        if row is None:
            return unknown
        *who, secret_hash, expires_at, revoked_at = row
        expires_us = _us(expires_at)
        if not hmac.compare_digest(bytes(secret_hash), _secret_hash(parts[2])) or revoked_at is not None:
            return unknown
        if expires_us is not None and expires_us <= now_us:
            return unknown
        key_id, party_no, party_code, partition_id, scopes, location_no, kind = who
        principal = Principal(key_id, party_no, party_code, partition_id, frozenset(scopes), location_no, kind)
        until_us = now_us + KEY_CACHE_US
        return Cached(principal, now_us, until_us if expires_us is None else min(until_us, expires_us))


def bearer_token(header: str | None) -> str:
    """The token of an Authorization header ('Bearer ms_…'); Problem 401 if there is none."""
    kind, _, token = (header or "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise unauthorized(
            "Sign in at /sign-in, or send the header `Authorization: Bearer ms_…`.",
            "请在 /sign-in 登录，或携带请求头 Authorization: Bearer ms_…。",
        )
    return token.strip()


def unauthorized(en: str, zh: str) -> Problem:
    """A 401 that says what to send."""
    return Problem(UNAUTHORIZED, en=en, zh=zh)


def _sql(name: str) -> bytes:
    return queries("manystores.core")[name].encode()


def digest(token: str) -> bytes:
    """By what a token is known here; the token itself is kept nowhere."""
    return hashlib.sha256(token.encode(errors="surrogateescape")).digest()


def _secret_hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _us(at: datetime | None) -> int | None:
    return None if at is None else from_datetime(at)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _invalid(pointer: str, code: str, en: str, zh: str) -> Problem:
    return Problem(INVALID, fields=(FieldError(pointer, code, en, zh),))
