"""What FastAPI's routes depend on: the services, and who asks."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request

from manystores.api.http import language_of
from manystores.api.services import Services
from manystores.core.auth import Principal, bearer_token


def services(request: Request) -> Services:
    """The application's services."""
    found: Services = request.app.state.services
    return found


async def _principal(request: Request) -> Principal:
    here: Services = request.app.state.services
    return await here.keys.principal(bearer_token(request.headers.get("authorization")))


def requires(scope: str) -> Callable[..., object]:
    """A dependency that gives the Principal, if its key has the scope; else Problem 401 or 403."""

    async def check(who: Annotated[Principal, Depends(_principal)]) -> Principal:
        who.require(scope)
        return who

    return check


def language(request: Request) -> str:
    """'zh' or 'en', for texts in answers."""
    return language_of({b"accept-language": request.headers.get("accept-language", "").encode("latin-1")})


Here = Annotated[Services, Depends(services)]
