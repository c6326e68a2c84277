"""The client's half of OpenID Connect: authorization code with PKCE, state and nonce, by authlib.

What must be remembered between going to the issuer and coming back is sealed into a short-lived cookie; the server
keeps nothing of somebody who has not signed in.
"""

import asyncio
import base64
import re
import secrets
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import httpx
import msgspec

from manystores.core.clock import SECOND_US, Clock
from manystores.core.crypto import SealError, Vault

if TYPE_CHECKING:
    from authlib.integrations.httpx_client import AsyncOAuth2Client

COOKIE_PREFIX: Final = "ms_sign_in_"
LIVES_US: Final = 10 * 60 * SECOND_US
METADATA_LIVES_US: Final = 3600 * SECOND_US
LEEWAY_S: Final = 60  # between the issuer's clock and ours
TIMEOUT_S: Final = 10.0
PURPOSE: Final = "sign-in"
ALGORITHMS: Final = ["RS256", "PS256", "ES256", "EdDSA"]
_LOCAL = re.compile(r"/(?![/\\])[^\x00-\x20\\\x7f]*")


class SignInError(Exception):
    """Signing in failed, for a reason that the person is told: `code` is one of those of the pages."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.detail = code, detail


class Issuer(msgspec.Struct, frozen=True):
    """Whom we ask, and as whom. `transport` None: over the network; else straight to our own application."""

    url: str
    client_id: str
    client_secret: str
    transport: httpx.AsyncBaseTransport | None = None


class Begun(msgspec.Struct, frozen=True):
    """What the browser carries until it is back: sealed, so that it can be neither read nor made up."""

    state: str
    nonce: str
    verifier: str
    next: str
    brand: str
    until_us: int


class _Known(msgspec.Struct):
    metadata: dict[str, Any]
    jwks: Any
    until_us: int


def local_path(wanted: str | None) -> str:
    """`wanted` if it is a path of this server, else '/': nobody is sent elsewhere after signing in."""
    if wanted and len(wanted) <= 2000 and _LOCAL.fullmatch(wanted) and not wanted.startswith(("/sign-in", "/idp")):
        return wanted
    return "/"


def cookie_name(state: str) -> str:
    """Each sign-in has a cookie of its own, so that two tabs don't spoil each other's."""
    return COOKIE_PREFIX + state[:12]


class SignIn:
    """Sends people to the issuer, and tells who came back."""

    def __init__(self, vault: Vault, clock: Clock) -> None:
        self._vault, self._clock = vault, clock
        self._known: dict[str, _Known] = {}

    async def begin(
        self, issuer: Issuer, callback: str, next_path: str, *, brand: str = "", locales: str = ""
    ) -> tuple[str, str, str]:
        """(where to send the browser, name and value of the cookie it carries)."""
        metadata = (await self._about(issuer)).metadata
        begun = Begun(
            secrets.token_urlsafe(24),
            secrets.token_urlsafe(24),
            secrets.token_urlsafe(48),
            next_path,
            brand,
            self._clock.now_us() + LIVES_US,
        )
        extra = {"ui_locales": locales} if locales else {}
        async with await _client(issuer, callback) as client:
            address, _ = client.create_authorization_url(
                metadata["authorization_endpoint"],
                state=begun.state,
                nonce=begun.nonce,
                code_verifier=begun.verifier,
                **extra,
            )
        sealed = base64.urlsafe_b64encode(self._vault.seal(msgspec.json.encode(begun), PURPOSE)).decode()
        return str(address), cookie_name(begun.state), sealed

    def begun(self, state: str, cookie: Callable[[str], str | None]) -> Begun:
        """The sign-in that this browser began and that this state belongs to."""
        try:
            value = cookie(cookie_name(state)) or ""
            begun = msgspec.json.decode(self._vault.open(base64.urlsafe_b64decode(value), PURPOSE), type=Begun)
        except (ValueError, SealError, msgspec.MsgspecError):
            raise SignInError("not_begun", "no cookie of a sign-in that was begun here") from None
        if not state or not secrets.compare_digest(begun.state.encode(), state.encode()):
            raise SignInError("not_begun", "the state is another one")
        if begun.until_us <= self._clock.now_us():
            raise SignInError("too_late", "begun too long ago")
        return begun

    async def finish(self, issuer: Issuer, callback: str, begun: Begun, code: str) -> dict[str, Any]:
        """The claims of the id token that the issuer gives for the code, all of them checked."""
        known = await self._about(issuer)
        try:
            async with await _client(issuer, callback) as client:
                token = await client.fetch_token(
                    known.metadata["token_endpoint"], code=code, code_verifier=begun.verifier
                )
        except httpx.HTTPError as error:
            raise SignInError("issuer_away", str(error)) from error
        except Exception as error:  # authlib has its own kinds of error, and raises others for what can't be read
            raise SignInError("refused", str(error)) from error
        return await self._claims(issuer, known, begun, token)

    async def _claims(self, issuer: Issuer, known: _Known, begun: Begun, token: Any) -> dict[str, Any]:
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        raw = str(token.get("id_token", ""))
        try:
            try:
                found = jwt.decode(raw, KeySet.import_key_set(known.jwks), algorithms=ALGORITHMS)
            except (JoseError, ValueError):  # the issuer may have a new key
                known = await self._about(issuer, anew=True)
                found = jwt.decode(raw, KeySet.import_key_set(known.jwks), algorithms=ALGORITHMS)
            claims = CodeIDToken(
                found.claims,
                found.header,
                {"iss": {"essential": True, "value": known.metadata["issuer"]}},
                {"nonce": begun.nonce, "client_id": issuer.client_id, "access_token": token.get("access_token")},
            )
            claims.validate(self._clock.now_us() // SECOND_US, LEEWAY_S)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise SignInError("refused", f"the id token is not valid: {error}") from error
        audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        if issuer.client_id not in audience or not isinstance(claims["sub"], str):
            raise SignInError("refused", "the id token is for somebody else")
        return dict(claims)

    async def _about(self, issuer: Issuer, *, anew: bool = False) -> _Known:
        """The issuer's discovery document and keys, remembered for a while."""
        now_us = self._clock.now_us()
        known = self._known.get(issuer.url)
        if known is not None and now_us < known.until_us and not anew:
            return known
        try:
            async with httpx.AsyncClient(transport=issuer.transport, timeout=TIMEOUT_S) as client:
                metadata = (
                    (await client.get(f"{issuer.url}/.well-known/openid-configuration")).raise_for_status().json()
                )
                if str(metadata["issuer"]).rstrip("/") != issuer.url:
                    raise SignInError("issuer_away", f"it calls itself {metadata['issuer']}")
                jwks = (await client.get(metadata["jwks_uri"])).raise_for_status().json()
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise SignInError("issuer_away", f"{issuer.url}: {error}") from error
        if len(self._known) >= 16:  # our own has as many names as people reach us by
            self._known.clear()
        self._known[issuer.url] = _Known(metadata, jwks, now_us + METADATA_LIVES_US)
        return self._known[issuer.url]


async def _client(issuer: Issuer, callback: str) -> "AsyncOAuth2Client":
    kind = await asyncio.to_thread(_client_class)
    return kind(
        issuer.client_id,
        issuer.client_secret,
        scope="openid profile email",
        redirect_uri=callback,
        code_challenge_method="S256",
        transport=issuer.transport,
        timeout=TIMEOUT_S,
    )


def _client_class() -> Any:
    """Authlib's client; loading it takes half a second, which nobody but the first who signs in waits for."""
    from authlib.deprecate import AuthlibDeprecationWarning

    with warnings.catch_warnings():
        # it would rather have another HTTP library than the one that we have
        warnings.simplefilter("ignore", AuthlibDeprecationWarning)
        from authlib.integrations.httpx_client import AsyncOAuth2Client

    return AsyncOAuth2Client
