"""The built-in issuer's rules: a code is for one client, one address, one verifier, one minute, one time."""

import base64
from pathlib import Path

import pytest

from manystores.core.crypto import Vault
from manystores.core.settings import SettingError, Settings
from manystores.people.provider import (
    CODE_LIVES_US,
    Asked,
    Client,
    Codes,
    OAuthError,
    Signer,
    asked_of,
    authenticated,
    challenge_of,
    clients_of,
    known_client,
)

VERIFIER = "v" * 43
CONSOLE = Client("console", "s3cret", "https://shop.example/sign-in/callback")
ASKED = Asked("console", CONSOLE.redirect_uri, "state", "nonce", challenge_of(VERIFIER))
VAULT = Vault((b"k" * 32,))


def test_the_challenge_is_that_of_the_rfc() -> None:
    """RFC 7636, appendix B."""
    assert challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_code_is_good_once() -> None:
    codes = Codes()
    code = codes.give(ASKED, {"sub": "1"}, 0)
    assert codes.spend(code, CONSOLE, CONSOLE.redirect_uri, VERIFIER, 1).claims == {"sub": "1"}
    with pytest.raises(OAuthError, match="unknown, over or spent"):
        codes.spend(code, CONSOLE, CONSOLE.redirect_uri, VERIFIER, 1)


@pytest.mark.parametrize(
    ("client", "redirect_uri", "verifier", "now_us"),
    [
        (Client("other", "s", CONSOLE.redirect_uri), CONSOLE.redirect_uri, VERIFIER, 1),
        (CONSOLE, "https://evil.example/", VERIFIER, 1),
        (CONSOLE, CONSOLE.redirect_uri, "w" * 43, 1),
        (CONSOLE, CONSOLE.redirect_uri, "", 1),
        (CONSOLE, CONSOLE.redirect_uri, VERIFIER, CODE_LIVES_US),
    ],
    ids=["another client", "another address", "another verifier", "no verifier", "too late"],
)
def test_a_code_is_for_nobody_else_and_a_try_spends_it(
    client: Client, redirect_uri: str, verifier: str, now_us: int
) -> None:
    codes = Codes()
    code = codes.give(ASKED, {}, 0)
    for who in ((client, redirect_uri, verifier, now_us), (CONSOLE, CONSOLE.redirect_uri, VERIFIER, 1)):
        with pytest.raises(OAuthError, match="invalid_grant"):
            codes.spend(code, *who)


def test_only_registered_clients_and_addresses_are_known(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path, idp_clients="grafana s3cret https://g.example/cb , other s https://o.example/"
    )
    clients = clients_of(settings, VAULT, "https://shop.example")
    assert known_client(clients, {"client_id": "grafana", "redirect_uri": "https://g.example/cb"}).secret == "s3cret"
    assert known_client(clients, {"client_id": "console", "redirect_uri": CONSOLE.redirect_uri})
    for wrong in ({"client_id": "grafana", "redirect_uri": "https://g.example/cb/"}, {"client_id": "nobody"}, {}):
        with pytest.raises(OAuthError):
            known_client(clients, wrong)
    with pytest.raises(SettingError, match="idp_clients"):
        Settings(idp_clients="grafana s3cret")


def test_without_pkce_or_openid_nothing_is_asked() -> None:
    good = {"response_type": "code", "scope": "openid", "code_challenge_method": "S256"}
    good["code_challenge"] = challenge_of(VERIFIER)
    assert asked_of(CONSOLE, good | {"state": "s"}).state == "s"
    for change in (
        {"response_type": "token"},
        {"scope": "email"},
        {"code_challenge_method": "plain"},
        {"code_challenge": "x"},
        {"prompt": "none"},
    ):
        with pytest.raises(OAuthError):
            asked_of(CONSOLE, good | change)


def test_clients_prove_who_they_are_in_either_way() -> None:
    clients = {"console": CONSOLE}
    basic = "Basic " + base64.b64encode(b"console:s3cret").decode()
    assert authenticated(clients, basic, {}) == CONSOLE
    assert authenticated(clients, "", {"client_id": "console", "client_secret": "s3cret"}) == CONSOLE
    for header, form in (
        ("", {}),
        ("Basic !", {}),
        ("Basic " + base64.b64encode(b"console:guess").decode(), {}),
        ("", {"client_id": "console", "client_secret": ""}),
    ):
        with pytest.raises(OAuthError, match="invalid_client"):
            authenticated(clients, header, form)


def test_the_key_lies_sealed_and_is_made_once(tmp_path: Path) -> None:
    first, second = Signer(tmp_path, VAULT), Signer(tmp_path, VAULT)
    assert first.jwks() == second.jwks()
    assert "d" not in first.jwks()["keys"][0]
    stored = (tmp_path / "idp.key").read_bytes()
    assert b"RSA" not in stored
    assert (tmp_path / "idp.key").stat().st_mode & 0o077 == 0
