"""The hot routes, as bare ASGI: one dictionary look-up, no framework in between."""

import logging
import time
from collections.abc import Awaitable, Callable
from functools import cache
from typing import NamedTuple

from prometheus_client import Histogram

from manystores.api import availability, event_intake, orders, recognitions, reservations
from manystores.api.audited import audited, session_cookie
from manystores.api.http import Receive, Reply, Request, Scope, Send, problem_reply, read_body, send_reply
from manystores.api.metrics import REQUESTS
from manystores.api.services import Services
from manystores.core.auth import Principal, bearer_token
from manystores.core.database import away_problem, is_away
from manystores.core.errors import Problem
from manystores.core.observability import span
from manystores.people.sessions import check_csrf
from manystores.promise.rules import INTERNAL

log = logging.getLogger(__name__)

Handler = Callable[[Services, Principal, Request], Awaitable[Reply]]
NamedHandler = Callable[[Services, Principal, Request, str], Awaitable[Reply]]


class Route(NamedTuple):
    """A handler, and the scope that a key needs for it."""

    handler: Handler
    scope: str


class NamedRoute(NamedTuple):
    """A handler for one thing, named in the path."""

    handler: NamedHandler
    scope: str


ROUTES: dict[tuple[str, str], Route] = {
    ("POST", "/v1/reservations"): Route(reservations.hold, "reservations:write"),
    ("POST", "/v1/reservations/batch"): Route(reservations.hold_batch, "reservations:write"),
    ("POST", "/v1/orders"): Route(orders.place, "orders:write"),
    ("POST", "/v1/orders/batch"): Route(orders.place_batch, "orders:write"),
    ("GET", "/v1/availability"): Route(availability.get, "availability:read"),
    ("POST", "/v1/recognitions"): Route(recognitions.recognise, "members:recognise"),
    ("POST", "/v1/batch"): Route(event_intake.batch, event_intake.SCOPE),
    **{("POST", f"/v1/{kind}"): Route(handler, event_intake.SCOPE) for kind, handler in event_intake.SINGLES.items()},
}
# (method, what follows the id) below /v1/reservations/
_RESERVATION: dict[tuple[str, str], NamedRoute] = {
    ("GET", ""): NamedRoute(reservations.get, "reservations:read"),
    ("POST", "confirm"): NamedRoute(reservations.confirm, "reservations:write"),
    ("POST", "release"): NamedRoute(reservations.release, "reservations:write"),
}
_PREFIX = "/v1/reservations/"


def find(method: str, path: str) -> tuple[Route | NamedRoute, str] | None:
    """The hot route of a request and the name in its path; None if it is not hot."""
    route = ROUTES.get((method, path))
    if route is not None:
        return route, ""
    if path.startswith(_PREFIX):
        name, _, action = path[len(_PREFIX) :].partition("/")
        named = _RESERVATION.get((method, action))
        if named is not None and name:
            return named, name
    return None


def methods(path: str) -> set[str]:
    """The methods that the hot routes take at a path; FastAPI may take others there."""
    given = {method for method, known in ROUTES if known == path}
    if path.startswith(_PREFIX):
        name, _, action = path[len(_PREFIX) :].partition("/")
        given |= {method for method, known in _RESERVATION if known == action and name}
    return given


async def serve(
    services: Services, route: Route | NamedRoute, name: str, scope: Scope, receive: Receive, send: Send
) -> None:
    """Answer a request by a hot route."""
    started = time.perf_counter()
    headers = dict(scope["headers"])
    request = Request(scope, headers, b"")
    principal = None
    try:
        events = route.scope == event_intake.SCOPE
        cookie = None if events or b"authorization" in headers else session_cookie(headers)
        if events:
            body = await event_intake.read(headers, receive)
            request = Request(scope, headers, body)
            token = event_intake.write_key(headers, body)
            principal = services.keys.cached(token) or await services.keys.principal(token)
        elif cookie is None:
            token = bearer_token(headers.get(b"authorization", b"").decode("latin-1"))
            principal = services.keys.cached(token) or await services.keys.principal(token)
        else:
            principal = await services.people.sessions.principal(cookie)
            if scope["method"] != "GET":
                check_csrf(cookie, headers.get(b"x-csrf-token", b"").decode("latin-1"))
        principal.require(route.scope)
        if scope["method"] == "POST" and not events:
            request = Request(scope, headers, await read_body(headers, receive, services.settings.max_body_bytes))
        with span(route.handler.__name__, _traced(headers)):
            if isinstance(route, NamedRoute):
                reply = await route.handler(services, principal, request, name)
            else:
                reply = await route.handler(services, principal, request)
    except Problem as problem:
        reply = problem_reply(problem, request.language)
    except Exception as error:
        if is_away(error):
            reply = problem_reply(away_problem(), request.language)
        else:
            log.exception("request failed", extra={"path": scope["path"]})
            reply = problem_reply(Problem(INTERNAL), request.language)
    path = scope["path"].replace(name, "{id}", 1) if name else scope["path"]
    if principal is not None and principal.person_id is not None:
        reply = await audited(services, principal, request, path, reply)
    await send_reply(send, reply)
    _timer(scope["method"], path, reply.status).observe(time.perf_counter() - started)


def _traced(headers: dict[bytes, bytes]) -> dict[str, str] | None:
    """The header by which a caller's trace goes on here."""
    given = headers.get(b"traceparent")
    return {"traceparent": given.decode("latin-1")} if given else None


@cache
def _timer(method: str, path: str, status: int) -> Histogram:
    return REQUESTS.labels(f"{method} {path}", str(status))
