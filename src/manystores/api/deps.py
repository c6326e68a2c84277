"""What FastAPI's routes depend on: the services, and who asks: a key, or somebody who is signed in."""

import time
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Final
from urllib.parse import parse_qsl

from fastapi import Depends, Request

from manystores.api.http import language_of
from manystores.api.services import Services
from manystores.core.auth import Principal, bearer_token
from manystores.core.database import DATABASE_AWAY
from manystores.core.errors import FORBIDDEN, INVALID, FieldError, Problem
from manystores.people.sessions import COOKIE, CSRF_HEADER, check_csrf


def services(request: Request) -> Services:
    """The application's services."""
    found: Services = request.app.state.services
    return found


SAFE = ("GET", "HEAD", "OPTIONS")
LOOKED_EVERY_S: Final = 5.0
"""How often a stream looks whether who listens still may."""


async def principal(request: Request) -> Principal:
    """Who asks. The Authorization header wins over a session's cookie, which needs X-CSRF-Token for all but reading."""
    here: Services = request.app.state.services
    authorization = request.headers.get("authorization")
    cookie = request.cookies.get(COOKIE)
    if authorization is not None or cookie is None:
        return await here.keys.principal(bearer_token(authorization))
    who = await here.people.sessions.principal(cookie)
    request.scope["principal"] = who  # so that what a person did is written into the audit
    if request.method not in SAFE:
        check_csrf(cookie, request.headers.get(CSRF_HEADER))
    return who


async def readable(request: Request) -> None:
    """Problem for a query with U+0000: no text in the database holds it, and none may be asked for it."""
    query = request.url.query
    if "%00" in query:
        pairs = parse_qsl(query, keep_blank_values=True)
        wrong = next((name for name, value in pairs if "\0" in name + value), "")
        text = ("contains the character U+0000", "包含空字符 U+0000")
        raise Problem(INVALID, fields=(FieldError(f"/{wrong}", "nul", *text),))


def note(request: Request, **details: object) -> None:
    """Have the audit tell more of this request than its path: a reason, a role. Codes and numbers only: nothing that
    shoppers wrote, nothing secret."""
    request.scope.setdefault("audit_details", {}).update(details)


def requires(scope: str) -> Callable[..., object]:
    """A dependency that gives the Principal, if its key has the scope; else Problem 401 or 403."""

    async def check(who: Annotated[Principal, Depends(principal)]) -> Principal:
        who.require(scope)
        return who

    return check


async def signed_in(who: Annotated[Principal, Depends(principal)]) -> Principal:
    """The Principal of a person; 403 for a key, which has nobody to speak of."""
    if who.person_id is None:
        en = "This is for people who are signed in; a key has no person, store or brand to choose."
        raise Problem(FORBIDDEN, en, "该操作仅供已登录人员使用，API 密钥不适用。")
    return who


async def while_allowed(request: Request, who: Principal, events: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Events of a stream, until whoever began it may no longer hear them: the key was revoked, the session is over, or
    the person has another role, store or brand now. Nothing is told later than seconds after that. Who listens is
    here, so that a session does not end for want of requests meanwhile."""
    looked_s = time.monotonic()
    async for event in events:
        if time.monotonic() - looked_s >= LOOKED_EVERY_S:
            try:
                if await principal(request) != who:
                    return
            except Problem:
                return
            except DATABASE_AWAY:
                pass  # nobody can tell; nothing new is committed meanwhile either
            looked_s = time.monotonic()
        yield event


def language(request: Request) -> str:
    """'zh' or 'en', for texts in answers."""
    return language_of({b"accept-language": request.headers.get("accept-language", "").encode("latin-1")})


Here = Annotated[Services, Depends(services)]
