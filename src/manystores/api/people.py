"""What the routes of signing in share: sessions, the audit, passwords and their throttle, the issuer."""

from typing import Any
from urllib.parse import urlsplit

import httpx
from fastapi import Request
from psycopg_pool import AsyncConnectionPool

from manystores.core.clock import Clock
from manystores.core.crypto import Vault
from manystores.core.settings import Settings
from manystores.people.audit import Audit
from manystores.people.passwords import Checker
from manystores.people.provider import CONSOLE, Client, Codes, Signer, clients_of
from manystores.people.sessions import SessionRing
from manystores.people.sign_in import Issuer, SignIn
from manystores.people.throttle import ADDRESS_TRIES, LOGIN_TRIES, Throttle


class People:
    """One per process."""

    def __init__(self, settings: Settings, pool: "AsyncConnectionPool[Any]", clock: Clock, vault: Vault) -> None:
        self._settings, self._vault = settings, vault
        self.sessions = SessionRing(pool, clock)
        self.audit = Audit(pool, clock)
        self.sign_in = SignIn(vault, clock)
        self.passwords = Checker()
        self.logins = Throttle(pool, vault, "login", LOGIN_TRIES)
        self.addresses = Throttle(pool, vault, "address", ADDRESS_TRIES)
        self.codes, self.signer = Codes(), Signer(settings.data_dir, vault)
        self.provider_app: Any = None  # the application itself, which is its own issuer's server

    @property
    def built_in(self) -> bool:
        """Whether people sign in by passwords of ours."""
        return not self._settings.oidc_issuer

    def base(self, request: Request) -> str:
        """The address under which this request's sender reaches us, without a slash at its end."""
        return (self._settings.public_url or str(request.base_url)).rstrip("/")

    def secure(self, request: Request) -> bool:
        """Whether cookies are for https only."""
        return self.base(request).startswith("https://")

    def issuer(self, request: Request) -> Issuer:
        """Who signs people in."""
        settings = self._settings
        if settings.oidc_issuer:
            return Issuer(settings.oidc_issuer.rstrip("/"), settings.oidc_client_id, settings.oidc_client_secret)
        base = self.base(request)
        # not over the network: from here, the name that a browser knows us by may lead nowhere
        transport = httpx.ASGITransport(self.provider_app, root_path="")
        return Issuer(f"{base}/idp", CONSOLE, self.clients(request)[CONSOLE].secret, transport)

    def clients(self, request: Request) -> dict[str, Client]:
        """Who may ask the built-in issuer."""
        return clients_of(self._settings, self._vault, self.base(request))


def address_of(request: Request) -> str:
    """The network address that a request comes from."""
    return request.client.host if request.client else ""


def same_origin(request: Request, base: str) -> bool:
    """Whether a form was sent from a page of ours; browsers that do not say are believed."""
    origin = request.headers.get("origin")
    return origin is None or origin == "{0.scheme}://{0.netloc}".format(urlsplit(base))
