"""The built-in OpenID Connect provider: authorization code with PKCE (RFC 7636), id tokens signed RS256.

It knows people of this installation by their passwords. For demos and single machines; a company's own issuer takes its
place by the setting `oidc_issuer`.
"""

import base64
import hmac
import os
import re
import secrets
import tempfile
from collections import OrderedDict
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote_plus, urlsplit

import msgspec

from manystores.core.clock import SECOND_US
from manystores.core.crypto import Vault
from manystores.core.settings import Settings

if TYPE_CHECKING:
    from joserfc.jwk import RSAKey

CONSOLE: Final = "console"
CODE_LIVES_US: Final = 60 * SECOND_US
TOKEN_LIVES_S: Final = 300
CODES_MAX: Final = 10_000
PURPOSE: Final = "idp.key"
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}")


class OAuthError(Exception):
    """An error of the protocol, by its code (RFC 6749, 4.1.2.1 and 5.2)."""

    def __init__(self, code: str, description: str = "") -> None:
        super().__init__(f"{code}: {description}")
        self.code, self.description = code, description


class Client(msgspec.Struct, frozen=True):
    """An application that may ask who somebody is."""

    client_id: str
    secret: str
    redirect_uri: str


class Asked(msgspec.Struct, frozen=True):
    """An authorization request that is in order, but for the state, which is the client's own business."""

    client_id: str
    redirect_uri: str
    state: str
    nonce: str
    challenge: str


class Grant(msgspec.Struct, frozen=True):
    """What a code stands for, until it is spent."""

    asked: Asked
    claims: Mapping[str, object]
    until_us: int


def clients_of(settings: Settings, vault: Vault, base: str) -> dict[str, Client]:
    """Who may ask: the console itself at the address `base`, and those of the setting."""
    own_secret = base64.urlsafe_b64encode(vault.hash("oidc client", CONSOLE)).decode()
    found = {CONSOLE: Client(CONSOLE, own_secret, f"{base}/sign-in/callback")}
    for client in settings.idp_clients.split(","):
        if client.strip():
            client_id, secret, redirect_uri = client.split()
            found[client_id] = Client(client_id, secret, redirect_uri)
    return found


def known_client(clients: Mapping[str, Client], query: Mapping[str, str]) -> Client:
    """The client of a request, whose address matches; OAuthError when the browser must not be sent there."""
    client = clients.get(query.get("client_id", ""))
    if client is None:
        raise OAuthError("invalid_client", "no such client_id")
    if query.get("redirect_uri") != client.redirect_uri:
        raise OAuthError("invalid_request", "the redirect_uri is not the one that was registered")
    return client


def asked_of(client: Client, query: Mapping[str, str]) -> Asked:
    """The rest of a client's request; OAuthError is told to the client."""
    if query.get("response_type") != "code":
        raise OAuthError("unsupported_response_type", "response_type must be code")
    if "openid" not in query.get("scope", "").split():
        raise OAuthError("invalid_scope", "scope must have openid")
    if query.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(query.get("code_challenge", "")):
        raise OAuthError("invalid_request", "send a code_challenge with code_challenge_method=S256")
    if query.get("prompt") == "none":
        raise OAuthError("login_required", "nobody is signed in without a password")
    return Asked(
        client.client_id, client.redirect_uri, query.get("state", ""), query.get("nonce", ""), query["code_challenge"]
    )


class Codes:
    """Codes that were given out. Each is good once, for a minute, for whom it was given to."""

    def __init__(self) -> None:
        self._grants: OrderedDict[bytes, Grant] = OrderedDict()

    def give(self, asked: Asked, claims: Mapping[str, object], now_us: int) -> str:
        """A code for somebody who proved who they are."""
        while self._grants and (len(self._grants) >= CODES_MAX or next(iter(self._grants.values())).until_us <= now_us):
            self._grants.popitem(last=False)
        code = secrets.token_urlsafe(32)
        self._grants[_mark(code)] = Grant(asked, claims, now_us + CODE_LIVES_US)
        return code

    def spend(self, code: str, client: Client, redirect_uri: str, verifier: str, now_us: int) -> Grant:
        """What the code stands for; OAuthError if it is unknown, over, spent, or another's. A try spends it too."""
        grant = self._grants.pop(_mark(code), None)
        if grant is None or grant.until_us <= now_us:
            raise OAuthError("invalid_grant", "the code is unknown, over or spent")
        if (grant.asked.client_id, grant.asked.redirect_uri) != (client.client_id, redirect_uri):
            raise OAuthError("invalid_grant", "the code was given to another client or redirect_uri")
        if not _VERIFIER.fullmatch(verifier) or not hmac.compare_digest(challenge_of(verifier), grant.asked.challenge):
            raise OAuthError("invalid_grant", "the code_verifier does not belong to the code_challenge")
        return grant


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a verifier."""
    return base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")


def authenticated(clients: Mapping[str, Client], authorization: str, form: Mapping[str, str]) -> Client:
    """The client of a token request, by client_secret_basic or client_secret_post."""
    client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
    if authorization.lower().startswith("basic "):
        try:
            both = base64.b64decode(authorization[6:], validate=True).decode()
        except ValueError:
            raise OAuthError("invalid_client", "the Authorization header can't be read") from None
        client_id, _, secret = (unquote_plus(part) for part in both.partition(":"))
    client = clients.get(client_id)
    if client is None or not hmac.compare_digest(client.secret.encode(), secret.encode()):
        raise OAuthError("invalid_client", "unknown client_id, or a wrong secret")
    return client


def metadata(issuer: str) -> dict[str, object]:
    """OpenID Connect Discovery 1.0."""
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "jwks_uri": f"{issuer}/jwks",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "profile", "email"],
        "claims_supported": ["sub", "name", "preferred_username", "email", "email_verified", "auth_time", "nonce"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "ui_locales_supported": ["en", "zh-CN"],
        "authorization_response_iss_parameter_supported": True,
    }


class Signer:
    """Signs id tokens with the installation's key, which lies sealed in the data directory and is made once."""

    def __init__(self, data_dir: Path, vault: Vault) -> None:
        self._path, self._vault = data_dir / "idp.key", vault
        self._key: RSAKey | None = None

    @property
    def key(self) -> "RSAKey":
        """The key; made when it is first asked for, which takes a moment."""
        if self._key is None:
            from joserfc.jwk import RSAKey

            if not self._path.exists():
                made = RSAKey.generate_key(2048, private=True, auto_kid=True)
                _write_once(self._path, self._vault.seal(msgspec.json.encode(made.as_dict(private=True)), PURPOSE))
            self._key = RSAKey.import_key(msgspec.json.decode(self._vault.open(self._path.read_bytes(), PURPOSE)))
        return self._key

    def jwks(self) -> dict[str, Any]:
        """The public half, for who checks."""
        public = self.key.as_dict(private=False)
        return {"keys": [{**public, "use": "sig", "alg": "RS256"}]}

    def sign(self, claims: dict[str, Any]) -> str:
        """A signed id token."""
        from joserfc import jwt

        return jwt.encode({"alg": "RS256", "kid": self.key.kid, "typ": "JWT"}, claims, self.key, algorithms=["RS256"])


def id_token_claims(issuer: str, grant: Grant, now_us: int) -> dict[str, Any]:
    """What an id token says."""
    now_s = now_us // SECOND_US
    claims: dict[str, Any] = {"iss": issuer, "aud": grant.asked.client_id, "iat": now_s, "exp": now_s + TOKEN_LIVES_S}
    if grant.asked.nonce:
        claims["nonce"] = grant.asked.nonce
    return claims | dict(grant.claims)


def origin_of(address: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _mark(code: str) -> bytes:
    return sha256(code.encode(errors="replace")).digest()


def _write_once(path: Path, content: bytes) -> None:
    """Write beside and link, so that of two processes one wins, and nobody reads half a key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".idp.")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(name, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(name)
