"""People sign in by OpenID Connect with a password, and what somebody might try who has none."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from tests.journeys.conftest import running_api
from tests.journeys.people import (
    PASSWORD,
    add_person,
    browser,
    form_of,
    ops,
    send_password,
    shop,
    sign_in,
)
from tests.journeys.shop import Shop, ok, refused

from manystores.core import database
from manystores.people.throttle import LOGIN_TRIES

if TYPE_CHECKING:
    from tests.journeys.conftest import Api

STATES = "/v1/fulfilment-orders?state=open,in_progress"

__all__ = ["ops", "shop"]  # fixtures


# -- signing in


def test_somebody_signs_in_and_is_who_they_are(api: Api, shop: Shop) -> None:
    """Through the issuer and back to the page they wanted, with a cookie that no script can read."""
    person = add_person(api, shop.brand, "zhao", "planner")
    client = browser(api)
    answer = send_password(client, " ZHAO ", next_path="/orders?state=open")
    assert (answer.status_code, "code=" in answer.headers["location"]) == (303, True)
    inside = client.get(answer.headers["location"])
    assert inside.headers["location"] == "/orders?state=open"
    cookie = next(value for value in inside.headers.get_list("set-cookie") if value.startswith("ms_session="))
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= {part.strip() for part in cookie.split(";")}
    assert "Secure" not in cookie  # plain http here
    me = ok(client.get("/v1/me"))
    assert me["person"] == {"id": str(person.person_id), "login": "zhao", "name": "zhao 先生"}
    assert (me["party"], me["party_kind"], me["role"], me["location"]) == (shop.brand, "brand", "planner", None)
    assert "policies:write" in me["scopes"]
    assert "orders:write" not in me["scopes"]


def test_only_a_hash_of_the_cookie_is_kept(api: Api, ops: httpx.Client) -> None:
    """Whoever reads the database can't act as somebody else."""
    token = ops.cookies["ms_session"]
    with database.connect(api.database_url) as connection:
        rows = connection.execute("SELECT sessions::text FROM sessions").fetchall()
        hashes = connection.execute("SELECT password_hash FROM people").fetchall()
    assert rows
    assert not any(token in row[0] for row in rows)
    assert all(text.startswith("$argon2id$") for (text,) in hashes if text)


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "/a\nb", "/sign-in?next=/"],
)
def test_nobody_is_sent_elsewhere_after_signing_in(api: Api, ops: httpx.Client, wanted: str) -> None:
    """`next` is a path of this server, or it is the board."""
    client = browser(api)
    answer = client.get(send_password(client, "ops", next_path=wanted).headers["location"])
    assert answer.headers["location"] == "/"


def test_a_wrong_password_is_told_and_the_login_kept(api: Api, ops: httpx.Client) -> None:
    """In the language of the browser, or the one that was chosen on the page."""
    for language, text in (("en", "The login or the password is wrong"), ("zh-CN", "登录名或密码不正确")):
        shown = send_password(browser(api, language), "ops", "no idea at all")
        assert shown.status_code == 401
        assert text in shown.text
        assert 'value="ops"' in shown.text
        assert "no idea at all" not in shown.text
    client = browser(api, "en")
    shown = client.get(form_of(client).replace("ui_locales=en", "ui_locales=zh-CN"))
    assert "密码" in shown.text
    unknown = send_password(browser(api), "nobody-at-all", "no idea at all")
    assert (unknown.status_code, "The login or the password is wrong" in unknown.text) == (401, True)


def test_the_page_runs_nothing_and_loads_nothing(api: Api, ops: httpx.Client) -> None:
    """A policy that allows a style by its hash, and no frame around it."""
    client = browser(api)
    shown = client.get(client.get("/sign-in").headers["location"])
    policy = shown.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "<script" not in shown.text
    assert shown.headers["cache-control"] == "no-store"


def test_what_is_typed_is_not_markup(api: Api, ops: httpx.Client) -> None:
    """A login with a tag in it stays text."""
    shown = send_password(browser(api), '"><script>alert(1)</script>', "x")
    assert "<script" not in shown.text


def test_too_many_tries_must_wait(api: Api, shop: Shop) -> None:
    """Even with the right password, until the time is over that the page names; another login is not held up."""
    add_person(api, shop.brand, "sun", "analyst")
    client = browser(api)
    shown = [send_password(client, "sun", "wrong").status_code for _ in range(LOGIN_TRIES)]
    assert shown == [401] * (LOGIN_TRIES - 1) + [429]
    refusal = send_password(client, "sun")
    assert refusal.status_code == 429
    assert 0 < int(refusal.headers["retry-after"]) <= 30
    assert "Too many tries" in refusal.text
    assert sign_in(api, "ops") is not None


def test_a_second_and_a_restarted_server_still_make_the_guesser_wait(
    new_database: Callable[[], AbstractContextManager[str]], tmp_path: Path
) -> None:
    """What was tried at one counts at the other; whoever reads the database learns neither login nor address."""
    with new_database() as url:
        with running_api(url, tmp_path) as first:
            add_person(first, "silk", "gao", "analyst")
            guesser = browser(first)
            shown = [send_password(guesser, "gao", "wrong").status_code for _ in range(LOGIN_TRIES - 1)]
            assert shown == [401] * (LOGIN_TRIES - 1)
            with first.another() as second:
                assert send_password(browser(second), "gao", "wrong").status_code == 429
            assert send_password(guesser, "gao").status_code == 429
        with running_api(url, tmp_path) as restarted:
            assert send_password(browser(restarted), "gao").status_code == 429
        with database.connect(url) as connection:
            rows = connection.execute("SELECT sign_in_tries::text FROM sign_in_tries").fetchall()
    assert len(rows) == 2  # of the login, and of the address
    assert not any(text.encode().hex() in row for (row,) in rows for text in ("gao", "127.0.0.1"))


def test_two_brands_may_have_one_login(api: Api, shop: Shop) -> None:
    """The password tells whom it is; with the same one, the brand in front does."""
    rival = api.new_brand()
    for brand in (shop.brand, rival):
        add_person(api, brand, "li", "analyst")
    shown = send_password(browser(api), "li")
    assert (shown.status_code, "demo/li" in shown.text) == (409, True)
    client = browser(api)
    client.get(send_password(client, f"{rival}/li").headers["location"])
    assert ok(client.get("/v1/me"))["party"] == rival


# -- what an attacker would try


def code_of(client: httpx.Client, login: str = "ops") -> tuple[str, dict[str, str]]:
    """(address of the callback, its query) of somebody who typed the right password, but did not go on."""
    address = send_password(client, login).headers["location"]
    return address, {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def test_a_forged_state_signs_nobody_in(api: Api, ops: httpx.Client) -> None:
    """Nor does somebody else's code in another browser: the attacker's own account, to be used by a victim."""
    client = browser(api)
    _, query = code_of(client)
    victim = browser(api)
    for who, forged in ((client, query | {"state": "x" * 32}), (victim, query), (client, {"code": query["code"]})):
        answer = who.get("/sign-in/callback", params=forged)
        assert answer.status_code == 400
        assert "was not begun here" in answer.text
        assert "ms_session" not in who.cookies
    assert client.get("/sign-in/callback", params=query).status_code == 303


def test_a_code_is_good_once(api: Api, ops: httpx.Client) -> None:
    """The second time, nobody is signed in."""
    client = browser(api)
    address, _ = code_of(client)
    kept = dict(client.cookies)
    assert client.get(address).status_code == 303
    again = api.anonymous()
    again.cookies.update(kept)
    answer = again.get(address)
    assert (answer.status_code, "ms_session" in again.cookies) == (400, False)


def authorize(api: Api, **changes: str) -> httpx.Response:
    """Ask the provider as the console does, but for some changes."""
    client = api.anonymous()
    asked = urlsplit(client.get("/sign-in").headers["location"])
    query = {name: values[0] for name, values in parse_qs(asked.query).items()} | changes
    return client.get(f"{asked.path}?{urlencode(query)}")


def test_the_provider_sends_codes_to_registered_addresses_only(api: Api) -> None:
    """A wrong redirect_uri or an unknown client gets a page, not a redirect."""
    for changes in (
        {"redirect_uri": "https://evil.example/callback"},
        {"redirect_uri": f"{api.url}/sign-in/callback/x"},
        {"client_id": "someone"},
    ):
        answer = authorize(api, **changes)
        assert (answer.status_code, "location" in answer.headers) == (400, False)


def test_the_provider_insists_on_pkce(api: Api) -> None:
    """Without a challenge, or with a plain one, the client is told what is wrong."""
    for changes, error in (
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "email"}, "invalid_scope"),
    ):
        answer = authorize(api, **changes)
        assert answer.status_code == 303
        assert parse_qs(urlsplit(answer.headers["location"]).query)["error"] == [error]


def test_a_code_is_worth_nothing_without_its_verifier_and_secret(api: Api, ops: httpx.Client) -> None:
    """A thief of a code can't spend it; and the try has spent it."""
    console = api.application._services.people.clients  # type: ignore[union-attr]
    secret = next(iter(console(_request(api)).values())).secret
    client = browser(api)
    form = {"grant_type": "authorization_code", "redirect_uri": f"{api.url}/sign-in/callback", "client_id": "console"}
    form |= {"client_secret": secret, "code_verifier": "v" * 43}
    _, query = code_of(client)
    thief = api.anonymous()
    wrong_secret = thief.post("/idp/token", data=form | {"code": query["code"], "client_secret": "guess"})
    assert (wrong_secret.status_code, wrong_secret.json()["error"]) == (401, "invalid_client")
    wrong = thief.post("/idp/token", data=form | {"code": query["code"]})
    assert (wrong.status_code, wrong.json()["error"]) == (400, "invalid_grant")
    assert client.get("/sign-in/callback", params=query).status_code == 400


def _request(api: Api) -> Any:
    """As much of a request as tells under which address we are reached."""
    from starlette.requests import Request

    host = urlsplit(api.url).netloc
    scope = {"type": "http", "scheme": "http", "path": "/", "query_string": b"", "headers": [(b"host", host.encode())]}
    return Request(scope | {"server": ("127.0.0.1", 1), "root_path": "", "app": None})


def test_the_password_form_is_taken_from_our_own_page_only(api: Api, ops: httpx.Client) -> None:
    """Another site's form does not sign anybody in."""
    client = browser(api)
    answer = client.post(
        form_of(client), data={"login": "ops", "password": PASSWORD}, headers={"origin": "https://evil.example"}
    )
    assert answer.status_code == 403


def test_without_the_csrf_header_nothing_is_changed(api: Api, shop: Shop, ops: httpx.Client) -> None:
    """On ordinary and on hot routes; with an API key the cookie counts for nothing."""
    bare = api.anonymous()
    bare.cookies.update(dict(ops.cookies))
    body = {"code": "FORGED", "name": "x", "kind": "store", "lat": 39.9, "lon": 116.4}
    order = shop.order(("SCARF", 1))
    for path, sent in (("/v1/locations", body), ("/v1/orders", order), ("/sign-out", {})):
        for headers in ({}, {"x-csrf-token": "guess"}):
            refused(bare.post(path, json=sent, headers=headers), 403, "csrf")
    assert ok(bare.get("/v1/locations?text=FORGED"))["locations"] == []
    bare.headers["authorization"] = shop.client.headers["authorization"]
    assert ok(bare.get("/v1/me"))["person"] is None
    ok(bare.post("/v1/orders", json=order), 201)
