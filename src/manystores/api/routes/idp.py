"""The built-in OpenID Connect provider over HTTP, at /idp: discovery, keys, the form with the password, tokens.

It is there while no other issuer is set (settings `oidc_issuer`).
"""

import asyncio
import secrets
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl, urlencode

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from manystores.api import pages
from manystores.api.deps import Here, language
from manystores.api.http import too_large
from manystores.api.people import address_of, same_origin
from manystores.api.services import Services
from manystores.core.clock import SECOND_US
from manystores.core.errors import NOT_FOUND, Problem
from manystores.people import audit, provider, store
from manystores.people.passwords import CHARS_MAX
from manystores.people.person import login_of
from manystores.people.provider import Asked, OAuthError
from manystores.people.roles import BOUND
from manystores.people.store import Candidate

FORM_BYTES_MAX: Final = 16_384
_NO_STORE: Final = {"cache-control": "no-store"}


async def _built_in(here: Here) -> Services:
    if not here.people.built_in:
        raise Problem(NOT_FOUND, "Another issuer signs people in here.", "此处由外部身份认证服务负责登录。")
    return here


router = APIRouter(prefix="/idp", include_in_schema=False)
Provider = Annotated[Services, Depends(_built_in)]


@router.get("/.well-known/openid-configuration")
async def discovery(request: Request, here: Provider) -> Response:
    """What clients need to know of the provider."""
    return _json(provider.metadata(_issuer(request, here)), headers={})


@router.get("/jwks")
async def jwks(here: Provider) -> Response:
    """The key by which id tokens are checked."""
    return _json(await asyncio.to_thread(here.people.signer.jwks), headers={})


@router.get("/authorize")
async def ask(request: Request, here: Provider) -> Response:
    """The form with login and password, for a client that is known."""
    return await _authorize(request, here, None)


@router.post("/authorize")
async def answer(request: Request, here: Provider) -> Response:
    """The form, sent: back to the client with a code, or the form again with what is wrong."""
    return await _authorize(request, here, await form_of(request))


async def _authorize(request: Request, here: Services, form: dict[str, str] | None) -> Response:
    query = dict(request.query_params)
    words = pages.words_of(query.get("ui_locales") or language(request))
    try:
        client = provider.known_client(here.people.clients(request), query)
    except OAuthError as error:
        return pages.told(words, "bad_request", 400, detail=error.description, again="/sign-in")
    try:
        asked = provider.asked_of(client, query)
    except OAuthError as error:
        about = {"error": error.code, "error_description": error.description, "state": query.get("state", "")}
        return _back(client.redirect_uri, about | {"iss": _issuer(request, here)})
    if form is None:
        return _form(request, words, asked)
    if not same_origin(request, here.people.base(request)):
        return pages.told(words, "cross_site", 403, again="/sign-in")
    return await _try(request, here, words, asked, form)


async def _try(request: Request, here: Services, words: pages.Words, asked: Asked, form: dict[str, str]) -> Response:
    """Check login and password, unless there were too many wrong ones."""
    people, now_us = here.people, here.clock.now_us()
    typed, password = form.get("login", "").strip(), form.get("password", "")
    brand, _, login = typed.rpartition("/")
    login = login_of(login)
    if not login or not password:
        return _form(request, words, asked, typed, words["missing"], 422)
    address = address_of(request)
    wait_s = await people.addresses.wait_s(address, now_us) or await people.logins.attempt(login, now_us)
    if wait_s:
        return _throttled(request, words, asked, typed, wait_s)
    async with here.pool.connection() as connection:
        found = await store.candidates(connection, login, brand or None)
    if len(found) > store.CANDIDATES_MAX:
        return _form(request, words, asked, typed, words["ambiguous"].format(login=login), 409)
    right = await _with_password(here, found, password)
    refusal = _refusal(right)
    if not refusal:
        await people.logins.succeeded(login)
        claims = _claims(right[0], now_us)
        code = people.codes.give(asked, claims, now_us)
        return _back(asked.redirect_uri, {"code": code, "state": asked.state, "iss": _issuer(request, here)})
    if refusal == "wrong":
        await people.addresses.failed(address, now_us)
        await people.audit.write(_failure(found, now_us, address))
        wait_s = await people.logins.wait_s(login, now_us)
        if wait_s:
            return _throttled(request, words, asked, typed, wait_s)
    else:
        await people.logins.succeeded(login)
    status = 401 if refusal == "wrong" else 409 if refusal == "ambiguous" else 403
    return _form(request, words, asked, typed, words[refusal].format(login=login), status)


async def _with_password(here: Services, found: list[Candidate], password: str) -> list[Candidate]:
    """Those whose password it is; as slow when there is nobody."""
    if len(password) > CHARS_MAX:
        return []
    if not found:
        await here.people.passwords.matches(password, None)
    return [one for one in found if await here.people.passwords.matches(password, one.password_hash)]


def _refusal(right: list[Candidate]) -> str:
    """Why those whose password was right may not come in; '' if one may."""
    if not right:
        return "wrong"
    if len(right) > 1:
        return "ambiguous"
    if not right[0].enabled:
        return "disabled"
    return "no_store" if right[0].role in BOUND and not right[0].has_locations else ""


def _failure(found: list[Candidate], now_us: int, address: str) -> audit.Entry:
    """A row of the audit; it is a brand's when only one person can be meant."""
    one = found[0] if len(found) == 1 else None
    return audit.Entry(
        at_us=now_us,
        route=audit.SIGN_IN_FAILED,
        status=401,
        party_no=one.party_no if one else None,
        person_id=one.person_id if one else None,
        address=address,
    )


def _claims(who: Candidate, now_us: int) -> dict[str, object]:
    claims: dict[str, object] = {"sub": str(who.person_id), "name": who.name, "preferred_username": who.login}
    if "@" in who.login:
        claims |= {"email": who.login, "email_verified": True}
    return claims | {"auth_time": now_us // SECOND_US}


@router.post("/token")
async def token(request: Request, here: Provider) -> Response:
    """A code for an id token, once."""
    try:
        form = await form_of(request)
        client = provider.authenticated(here.people.clients(request), request.headers.get("authorization", ""), form)
        if form.get("grant_type") != "authorization_code":
            raise OAuthError("unsupported_grant_type", "grant_type must be authorization_code")
        now_us = here.clock.now_us()
        grant = here.people.codes.spend(
            form.get("code", ""), client, form.get("redirect_uri", ""), form.get("code_verifier", ""), now_us
        )
    except OAuthError as error:
        status = 401 if error.code == "invalid_client" else 400
        return _json({"error": error.code, "error_description": error.description}, status)
    claims = provider.id_token_claims(_issuer(request, here), grant, now_us)
    signed = await asyncio.to_thread(here.people.signer.sign, claims)
    body = {"access_token": secrets.token_urlsafe(32), "token_type": "Bearer", "expires_in": provider.TOKEN_LIVES_S}
    return _json(body | {"id_token": signed, "scope": "openid profile email"})


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a small form."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > FORM_BYTES_MAX:
            raise too_large(FORM_BYTES_MAX)
        parts.append(part)
    try:
        return dict(parse_qsl(b"".join(parts).decode(), keep_blank_values=True, max_num_fields=20))
    except ValueError:
        return {}


def _issuer(request: Request, here: Services) -> str:
    return here.people.base(request) + "/idp"


def _form(
    request: Request,
    words: pages.Words,
    asked: Asked,
    login: str = "",
    problem: str = "",
    status: int = 200,
    tone: str = "bad",
) -> HTMLResponse:
    query = dict(request.query_params)
    other = urlencode(query | {"ui_locales": pages.words_of(words["other"])["lang"]})
    return pages.sign_in_form(
        words,
        action=f"/idp/authorize?{urlencode(query | {'ui_locales': words['lang']})}",
        other_language=f"/idp/authorize?{other}",
        login=login[:170],
        problem=problem,
        tone=tone,
        status=status,
        form_to=provider.origin_of(asked.redirect_uri),
    )


def _throttled(request: Request, words: pages.Words, asked: Asked, login: str, wait_s: int) -> HTMLResponse:
    text = words["throttled"].format(wait=pages.waiting(words, wait_s))
    shown = _form(request, words, asked, login, text, 429, "wait")
    shown.headers["retry-after"] = str(wait_s)
    return shown


def _back(redirect_uri: str, about: dict[str, str]) -> RedirectResponse:
    """To the client again, by GET."""
    return RedirectResponse(f"{redirect_uri}?{urlencode(about)}", 303, _NO_STORE)


def _json(body: Any, status: int = 200, headers: dict[str, str] = _NO_STORE) -> Response:
    return Response(msgspec.json.encode(body), status, headers, "application/json")
