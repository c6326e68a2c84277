"""Requests that people send are answered after the audit knows of them (manystores.people.audit)."""

from collections.abc import MutableMapping
from typing import Any

from manystores.api.http import Reply, Request, Scope, Send, problem_reply, send_reply
from manystores.api.services import Services
from manystores.core.auth import Principal
from manystores.core.errors import Problem
from manystores.people.audit import Entry, entry_of
from manystores.people.sessions import COOKIE, cookie_of

SAFE = ("GET", "HEAD", "OPTIONS")
REQUEST_KEY_CHARS_MAX = 255
_MARK = COOKIE.encode() + b"="


def session_cookie(headers: dict[bytes, bytes]) -> str | None:
    """The cookie of somebody who is signed in, if the request has one."""
    header = headers.get(b"cookie")
    return None if header is None or _MARK not in header else cookie_of(header.decode("latin-1"))


def may_be_a_persons(scope: Scope) -> bool:
    """Whether a request may come from somebody who is signed in."""
    return any(name == b"cookie" and _MARK in value for name, value in scope["headers"])


def kept_nowhere(start: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The start of an answer to a person, which no browser or proxy may keep unless it says so: shoppers' names
    are in it, and the next person at that device may be somebody else."""
    if any(name.lower() == b"cache-control" for name, _ in start["headers"]):
        return start
    return {**start, "headers": [*start["headers"], (b"cache-control", b"no-store")]}


async def audited(services: Services, who: Principal, request: Request, path: str, reply: Reply) -> Reply:
    """The answer of a hot route, once its row is committed; a 503 when that can't be done."""
    if request.scope["method"] in SAFE or reply.status >= 500:
        return reply
    try:
        await services.people.audit.write(_entry(services, who, request.scope, path, reply.status))
    except Problem as problem:
        return problem_reply(problem, request.language)
    return reply


class Auditing:
    """Holds an application's answer to a person back until its row is committed."""

    def __init__(self, services: Services, scope: Scope, send: Send) -> None:
        self._services, self._scope, self._send = services, scope, send
        self._replaced = False

    async def send(self, message: MutableMapping[str, Any]) -> None:
        """Instead of the application's `send`."""
        if self._replaced:
            return
        if message["type"] == "http.response.start" and message["status"] < 500:
            who = self._scope.get("principal")
            if who is not None:
                try:
                    pattern = getattr(self._scope.get("route"), "path", self._scope["path"])
                    route = str(self._scope.get("audit_route", pattern))
                    await self._services.people.audit.write(
                        _entry(self._services, who, self._scope, route, message["status"])
                    )
                except Problem as problem:
                    self._replaced = True
                    request = Request(self._scope, dict(self._scope["headers"]), b"")
                    await send_reply(self._send, problem_reply(problem, request.language))
                    return
        await self._send(message)


def _entry(services: Services, who: Principal, scope: Scope, route: str, status: int) -> Entry:
    headers = dict(scope["headers"])
    key = headers.get(b"idempotency-key", b"").decode("latin-1")[:REQUEST_KEY_CHARS_MAX]
    return entry_of(
        who,
        services.clock.now_us(),
        method=scope["method"],
        route=route,
        path=scope["path"],
        status=status,
        request_key="".join(c for c in key if c.isprintable()) or None,
        details=scope.get("audit_details"),
    )
