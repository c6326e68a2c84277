"""Writes that do not go through the owner: the work and its answer in one transaction, under an Idempotency-Key.

A repeated key with the same body gets the same answer again and nothing is done twice, wherever the first attempt broke
off: both were committed together, or neither. Only successes are kept; a refusal is decided anew. Answers are sealed,
since one may show a secret (a new API key) that must not lie open in the database.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec
from fastapi.responses import Response
from psycopg import AsyncConnection, errors
from psycopg.types.json import Jsonb

from manystores.api.bodies import Asked
from manystores.api.refresh import refresh
from manystores.api.services import Services
from manystores.core.clock import to_datetime
from manystores.core.crypto import Vault, open_vault
from manystores.core.database import DATABASE_AWAY, LOCK_TIMEOUT_MS, is_serialization_failure
from manystores.core.errors import CONFLICT, Problem, rule
from manystores.core.settings import Settings
from manystores.core.sql import queries
from manystores.promise.rules import KEY_REUSED

SQL = queries("manystores.api")
PURPOSE = "http.result"
IN_PROGRESS = rule(
    "idempotency_key_in_use",
    409,
    "A request with this Idempotency-Key is being answered right now",
    "相同幂等键的请求正在处理中",
)
CLAIM_WAIT_MS = 100
ATTEMPTS = 3


class Answer(NamedTuple):
    """What a write answers; `body` None is no body. `after` runs once it is committed, and not for a replay."""

    status: int
    body: object
    headers: Mapping[str, str] = {}
    after: Callable[[], None] | None = None


Act = Callable[[AsyncConnection[Any]], Awaitable[object]]


async def once(here: Services, ask: Asked, status: int, act: Act) -> Response:
    """Run `act` in one transaction with the note of its answer; a repeated key and body gets the same answer again.

    `act` returns a body, to be sent with `status`, or an `Answer`. Another body under the same key is a Problem 422;
    a request whose twin is being answered at this moment is a Problem 409 with Retry-After. A transaction that lost
    against another is run again.
    """
    state = ask.request.app.state
    if getattr(state, "untold", False):  # a commit broke off before: did it happen?
        await refresh(here)
        state.untold = False
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return await _attempt(here, ask, status, act)
        except errors.LockNotAvailable:
            raise Problem(
                CONFLICT,
                "Somebody else is changing the same thing; send it again.",
                "其他请求正在修改同一内容，请稍后重试。",
                retry_after_s=1,
            ) from None
        except (*DATABASE_AWAY, asyncio.CancelledError) as error:
            if attempt == ATTEMPTS or not is_serialization_failure(error):
                state.untold = True
                raise
    raise AssertionError("unreachable: the last attempt returns or raises")


async def _attempt(here: Services, ask: Asked, status: int, act: Act) -> Response:
    key, _ = ask.key()
    async with here.pool.connection() as connection:
        if key is not None:
            known = await _claim(here, ask, key, connection)
            if known is not None:
                return known
        told = await act(connection)
        answer = told if isinstance(told, Answer) else Answer(status, told)
        body = b"" if answer.body is None else msgspec.json.encode(answer.body)
        if key is not None:
            sealed = _vault(here.settings).seal(body, PURPOSE)
            row = {"party_no": ask.principal.party_no, "key_hash": key, "status": answer.status}
            row |= {"headers": Jsonb(dict(answer.headers)), "body": sealed}
            await connection.execute(SQL["keep_answer"], row)
    if answer.after is not None:
        answer.after()
    return _response(answer.status, body, answer.headers)


async def _claim(here: Services, ask: Asked, key: bytes, connection: AsyncConnection[Any]) -> Response | None:
    """Take the key for this transaction; the answer that it has already, if there is one."""
    now = to_datetime(here.clock.now_us())
    fingerprint = _fingerprint(ask)
    row: dict[str, Any] = {"party_no": ask.principal.party_no, "key_hash": key, "fingerprint": fingerprint, "now": now}
    row["since"] = now - timedelta(hours=here.settings.idempotency_hours)
    try:
        await connection.execute(SQL["lock_timeout"], {"wait": f"{CLAIM_WAIT_MS}ms"})
        claimed = await (await connection.execute(SQL["claim_answer"], row)).fetchone()
    except errors.LockNotAvailable:
        raise Problem(IN_PROGRESS, "Wait a second, then send it again.", "请稍候再重试。", retry_after_s=1) from None
    if claimed is not None:
        await connection.execute(SQL["lock_timeout"], {"wait": f"{LOCK_TIMEOUT_MS}ms"})
        return None
    found = await (await connection.execute(SQL["find_answer"], row)).fetchone()
    if found is None:  # swept between the two statements
        raise Problem(IN_PROGRESS, "Send it again.", "请重试。", retry_after_s=1)
    mark, status, headers, sealed = found
    if bytes(mark) != fingerprint:
        raise Problem(
            KEY_REUSED,
            "Send another Idempotency-Key; one key stands for one request.",
            "请更换幂等键：一个幂等键只对应一个请求。",
        )
    return _response(status, _vault(here.settings).open(bytes(sealed), PURPOSE), headers)


def _fingerprint(ask: Asked) -> bytes:
    """16 bytes that tell one request from another: its method, query and body."""
    head = f"{ask.request.method}\0{ask.request.url.query}\0".encode()
    return blake2b(head + ask.raw, digest_size=16).digest()


def _response(status: int, body: bytes, headers: Mapping[str, str]) -> Response:
    return Response(body, status, dict(headers), media_type="application/json" if body else None)


@lru_cache(maxsize=8)
def _vault(settings: Settings) -> Vault:
    return open_vault(settings)
