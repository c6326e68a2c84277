"""Signing in and out of the console, by OpenID Connect: away to the issuer, back with a code, a session's cookie."""

from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from manystores.api import pages
from manystores.api.deps import Here, language, principal
from manystores.api.people import address_of
from manystores.api.services import Services
from manystores.core.auth import Principal, digest
from manystores.core.clock import SECOND_US, to_datetime
from manystores.people import audit, store
from manystores.people.roles import BOUND
from manystores.people.sessions import ABSOLUTE_US, COOKIE, SQL, open_session
from manystores.people.sign_in import COOKIE_PREFIX, LIVES_US, Begun, SignInError, cookie_name, local_path
from manystores.people.store import Candidate

router = APIRouter(include_in_schema=False)
_STATUS = {"issuer_away": 503, "unknown": 403, "disabled": 403, "no_store": 403}
_NO_STORE = {"cache-control": "no-store"}
_PENDING_MAX = 5


@router.get("/sign-in")
async def begin(
    request: Request,
    here: Here,
    next: Annotated[str | None, Query(max_length=4000)] = None,
    brand: Annotated[str, Query(max_length=64)] = "",
    ui_locales: Annotated[str, Query(max_length=32)] = "",
) -> Response:
    """To the issuer; afterwards to `next`, a path of this server."""
    people = here.people
    try:
        address, name, value = await people.sign_in.begin(
            people.issuer(request), _callback(request, here), local_path(next), brand=brand, locales=ui_locales
        )
    except SignInError as error:
        return _told(request, error, "/sign-in?" + urlencode({"next": local_path(next)}))
    answer = RedirectResponse(address, 303, _NO_STORE)
    pending = [cookie for cookie in request.cookies if cookie.startswith(COOKIE_PREFIX)]
    for old in pending[: max(0, len(pending) - _PENDING_MAX + 1)]:
        _forget(answer, old)
    _keep(request, here, answer, name, value, LIVES_US // SECOND_US, "/sign-in")
    return answer


@router.get("/sign-in/callback")
async def come_back(
    request: Request,
    here: Here,
    code: Annotated[str, Query(max_length=4000)] = "",
    state: Annotated[str, Query(max_length=200)] = "",
    error: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """From the issuer: whoever it says is signed in, if somebody added them here before."""
    people, again = here.people, "/sign-in"
    try:
        begun = people.sign_in.begun(state, request.cookies.get)
        again = "/sign-in?" + urlencode({"next": begun.next})
        if error or not code:
            raise SignInError("refused", error)
        claims = await people.sign_in.finish(people.issuer(request), _callback(request, here), begun, code)
        found, subject = await _meant(here, begun, claims)
        if len(found) > 1:
            links = [(f"{again}&{urlencode({'brand': one.party_code})}", one.party_code) for one in found]
            return pages.choice(pages.words_of(language(request)), links)
        return await _let_in(request, here, begun, found[0], subject)
    except SignInError as failure:
        if failure.code in ("unknown", "disabled", "no_store"):
            now_us = here.clock.now_us()
            entry = audit.Entry(at_us=now_us, route=audit.SIGN_IN_FAILED, status=403, address=address_of(request))
            await people.audit.write(entry)
        return _told(request, failure, again)


async def _meant(here: Services, begun: Begun, claims: dict[str, Any]) -> tuple[list[Candidate], str | None]:
    """Whom the claims mean; of an outside issuer also the identity to note. SignInError if there is nobody."""
    async with here.pool.connection() as connection:
        if here.people.built_in:
            one = await store.candidate(connection, UUID(claims["sub"]))
            found, subject = [one] if one else [], None
        else:
            subject = f"{claims['iss']}|{claims['sub']}"
            found = await store.candidates_by_subject(connection, subject, _logins(claims), begun.brand or None)
            found = [one for one in found if one.subject == subject] or found
    if not found:
        raise SignInError("unknown", str(claims.get("email") or claims["sub"]))
    usable = [one for one in found if one.enabled]
    if not usable:
        raise SignInError("disabled")
    return usable, subject


def _logins(claims: dict[str, Any]) -> list[str]:
    """The logins that an outside issuer vouches for: its subject, and the address that it says it verified."""
    email = claims.get("email")
    verified = isinstance(email, str) and claims.get("email_verified") in (True, "true")
    return [str(claims["sub"]).lower()] + ([str(email).lower()] if verified else [])


async def _let_in(
    request: Request, here: Services, begun: Begun, who: Candidate, subject: str | None
) -> RedirectResponse:
    """A new session; the one that the browser had before ends."""
    if who.role in BOUND and not who.has_locations:
        raise SignInError("no_store")
    now_us, before = here.clock.now_us(), request.cookies.get(COOKIE)
    async with here.pool.connection() as connection:
        if before:
            await connection.execute(SQL["end_session"], {"hash": digest(before), "now": to_datetime(now_us)})
        if subject is not None:
            await connection.execute(SQL["note_subject"], {"person_id": who.person_id, "subject": subject})
        token, session_id = await open_session(connection, who.person_id, who.party_no, now_us)
        entry = audit.Entry(
            at_us=now_us,
            route=audit.SIGN_IN,
            party_no=who.party_no,
            person_id=who.person_id,
            session_id=session_id,
            address=address_of(request),
        )
        await audit.add(connection, entry)
    if before:
        here.people.sessions.forget(before)
    answer = RedirectResponse(begun.next, 303, _NO_STORE)
    _forget(answer, cookie_name(begun.state))
    _keep(request, here, answer, COOKIE, token, ABSOLUTE_US // SECOND_US, "/")
    return answer


@router.post("/sign-out")
async def leave(request: Request, here: Here, who: Annotated[Principal, Depends(principal)]) -> Response:
    """The session ends at once. A key has none; it stays as it is."""
    answer = Response(status_code=204, headers=_NO_STORE)
    cookie = request.cookies.get(COOKIE)
    if who.person_id is None or cookie is None:
        return answer
    now = to_datetime(here.clock.now_us())
    async with here.pool.connection() as connection:
        await connection.execute(SQL["end_session"], {"hash": digest(cookie), "now": now})
    here.people.sessions.forget(cookie)
    request.scope["audit_route"] = audit.SIGN_OUT
    answer.delete_cookie(COOKIE, path="/")
    return answer


def _callback(request: Request, here: Services) -> str:
    return here.people.base(request) + "/sign-in/callback"


def _told(request: Request, error: SignInError, again: str) -> Response:
    words = pages.words_of(language(request))
    status = _STATUS.get(error.code, 400)
    if error.code in ("disabled", "no_store"):
        return pages.told(words | {"refused_text": words[error.code]}, "refused", status, again=again)
    return pages.told(words, error.code, status, detail=error.detail, again=again)


def _keep(request: Request, here: Services, answer: Response, name: str, value: str, age_s: int, path: str) -> None:
    answer.set_cookie(
        name, value, max_age=age_s, path=path, secure=here.people.secure(request), httponly=True, samesite="lax"
    )


def _forget(answer: Response, name: str) -> None:
    answer.delete_cookie(name, path="/sign-in")
