"""What FastAPI's routes depend on: the services, and who asks: a key, or somebody who is signed in."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request

from manystores.api.http import language_of
from manystores.api.services import Services
from manystores.core.auth import Principal, bearer_token
from manystores.core.errors import FORBIDDEN, Problem
from manystores.people.sessions import COOKIE, CSRF_HEADER, check_csrf


def services(request: Request) -> Services:
    """The application's services."""
    found: Services = request.app.state.services
    return found


SAFE = ("GET", "HEAD", "OPTIONS")


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


def language(request: Request) -> str:
    """'zh' or 'en', for texts in answers."""
    return language_of({b"accept-language": request.headers.get("accept-language", "").encode("latin-1")})


Here = Annotated[Services, Depends(services)]
