"""Idempotency of the writes that do not go through the owner: an answer is kept with what it answers, and replayed.

Answers are sealed, since one may show a secret that must not lie open in the database.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import msgspec
from fastapi.responses import Response
from psycopg import AsyncConnection, errors
from psycopg.types.json import Jsonb

from manystores.api.bodies import Asked
from manystores.api.services import Services
from manystores.core.clock import to_datetime
from manystores.core.crypto import open_vault
from manystores.core.errors import CONFLICT, Problem
from manystores.promise.rules import KEY_REUSED

PURPOSE = "http.result"

Act = Callable[[AsyncConnection[Any]], Awaitable[object]]

_FIND = """SELECT fingerprint, status, body FROM http_results
WHERE party_no = %(party_no)s AND key_hash = %(key_hash)s AND created_at > %(since)s"""
_FORGET = "DELETE FROM http_results WHERE party_no = %(party_no)s AND key_hash = %(key_hash)s"
_KEEP = """INSERT INTO http_results (party_no, key_hash, fingerprint, status, headers, body, created_at)
VALUES (%(party_no)s, %(key_hash)s, %(fingerprint)s, %(status)s, %(headers)s, %(body)s, %(now)s)"""


async def once(here: Services, ask: Asked, status: int, act: Act) -> Response:
    """Run `act` in one transaction with the note of its answer; a repeated key and body gets the same answer again.

    The same key with another body is a Problem 422. Only successes are kept: a refusal is decided anew.
    """
    key, mark = ask.key()
    async with here.pool.connection() as connection:
        if key is None:
            return _json(status, msgspec.json.encode(await act(connection)))
        now = to_datetime(here.clock.now_us())
        fingerprint = mark.to_bytes(8)
        row: dict[str, Any] = {"party_no": ask.principal.party_no, "key_hash": key, "now": now}
        row |= {"since": now - timedelta(hours=here.settings.idempotency_hours)}
        vault = open_vault(here.settings)
        known = await (await connection.execute(_FIND, row)).fetchone()
        if known is not None:
            if bytes(known[0]) != fingerprint:
                raise Problem(KEY_REUSED, "Send another Idempotency-Key.", "请更换幂等键。")
            return _json(known[1], vault.open(bytes(known[2]), PURPOSE))
        answer = msgspec.json.encode(await act(connection))
        row |= {"fingerprint": fingerprint, "status": status, "headers": Jsonb({}), "body": vault.seal(answer, PURPOSE)}
        await connection.execute(_FORGET, row)  # one that has run out and was not swept yet
        try:
            await connection.execute(_KEEP, row)
        except errors.UniqueViolation:
            raise Problem(
                CONFLICT,
                "The same request is being answered right now; send it again.",
                "相同请求正在处理中，请稍后重试。",
                retry_after_s=1,
            ) from None
    return _json(status, answer)


def _json(status: int, body: bytes) -> Response:
    return Response(body, status, media_type="application/json")
