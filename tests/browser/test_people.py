"""Signing in through the page itself, what roles are kept from, people and the audit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.conftest import axe, shot
from tests.journeys.shop import ok

from manystores.core import database

if TYPE_CHECKING:
    from tests.browser.conftest import SignedIn
    from tests.browser.town import Town

SLOW_MS = 30_000  # on a machine with much else to do


def visitor(chromium: Browser, town: Town, language: str) -> Page:
    """Somebody who is not signed in."""
    context = chromium.new_context(base_url=town.api.url, locale="zh-CN" if language == "zh" else "en-GB")
    context.set_default_timeout(SLOW_MS)
    return context.new_page()


@pytest.mark.parametrize(
    ("language", "heading", "wrong"),
    [("en", "Sign in", "The login or the password is wrong"), ("zh", "登录", "登录名或密码不正确")],
)
def test_signing_in_by_keyboard(chromium: Browser, town: Town, language: str, heading: str, wrong: str) -> None:
    """The page asks in the visitor's language, says what was wrong, keeps the login, and makes repeated tries wait."""
    page = visitor(chromium, town, language)
    page.goto("/sign-in?next=/people")
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    for tries in range(5):
        page.locator("input[name=login]").fill(f"nobody-{language}")
        page.locator("input[name=password]").fill("not the password")
        page.keyboard.press("Enter")
        if tries == 0:
            expect(page.get_by_role("alert")).to_contain_text(wrong, timeout=SLOW_MS)
            expect(page.locator("input[name=login]")).to_have_value(f"nobody-{language}")
            expect(page.locator("input[name=password]")).to_be_focused()
            axe(page)
        else:
            page.wait_for_load_state("load")
    expect(page.locator(".told.wait")).to_contain_text("30" if language == "zh" else "Wait 30 s", timeout=SLOW_MS)
    page.context.close()


def test_a_person_is_added_with_errors_at_their_fields(signed_in: SignedIn) -> None:
    """Each field says what the server finds wrong with it; then the person is in the table, and in the audit."""
    page = signed_in("brand_operations")
    page.set_default_timeout(SLOW_MS)
    page.goto("/people")
    expect(page.get_by_role("heading", level=1)).to_have_text("Who may do what?", timeout=SLOW_MS)
    page.get_by_role("button", name="Add a person").click()
    page.get_by_role("button", name="Save").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("This can't be empty")).to_have_count(2, timeout=SLOW_MS)
    drawer.get_by_label("Login").fill("new.colleague")
    drawer.get_by_label("Name").fill("新同事")
    drawer.get_by_label("Role").click()
    page.get_by_title("Analyst", exact=True).last.click()
    drawer.get_by_label("Password").fill("password123")
    page.get_by_role("button", name="Save").click()
    expect(drawer.get_by_text("This is among the first")).to_be_visible(timeout=SLOW_MS)
    axe(page)
    drawer.get_by_label("Password").fill("three cups of black tea")
    page.get_by_role("button", name="Save").click()
    expect(drawer).to_be_hidden(timeout=SLOW_MS)
    expect(page.get_by_role("cell", name="new.colleague")).to_be_visible(timeout=SLOW_MS)
    axe(page)
    shot(page, "people")
    page.goto("/audit")
    expect(page.get_by_text("added a person").first).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("tried to add a person").first).to_be_visible()
    axe(page)
    shot(page, "audit")


def test_the_audit_on_a_phone_names_people(signed_in: SignedIn, town: Town) -> None:
    """Whom a deed was done to, and whose deeds are shown: by name, not by the end of an id; also of who did nothing."""
    body = {"login": "wei.lan", "name": "魏岚", "role": "planner"}
    person = ok(town.shop.client.post("/v1/people", json=body), 201)
    page = signed_in("brand_operations", phone=True)
    page.set_default_timeout(SLOW_MS)
    page.goto("/audit")
    me = page.evaluate(
        """async (id) => {
            const me = await (await fetch("/v1/me")).json();
            const headers = { "x-csrf-token": me.csrf, "content-type": "application/json" };
            const body = JSON.stringify({ name: "魏岚岚" });
            await fetch(`/v1/people/${id}`, { method: "PATCH", headers, body });
            return me.person;
        }""",
        person["id"],
    )
    page.goto(f"/audit?person={me['id']}")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="魏岚岚")).first
    expect(row).to_be_visible(timeout=SLOW_MS)
    expect(row.get_by_role("link", name=me["name"], exact=True)).to_be_visible()
    chosen = page.get_by_role("search")
    expect(chosen).to_contain_text(me["name"])
    expect(page.get_by_text(f"…{person['id'][-8:]}")).to_have_count(0)
    axe(page)
    shot(page, "audit-phone-names")
    page.goto(f"/audit?person={person['id']}")
    expect(chosen).to_contain_text("魏岚岚")
    expect(chosen).not_to_contain_text(person["id"][-8:])


def test_a_session_that_ended_changes_nothing_and_says_so(signed_in: SignedIn, town: Town) -> None:
    """What was typed stays until one leaves; after signing in one is back at the same page."""
    page = signed_in("brand_operations", location=None)
    page.set_default_timeout(SLOW_MS)
    page.goto("/people?person=new")
    drawer = page.get_by_role("dialog")
    drawer.get_by_label("Login").fill("too.late")
    with ThreadPoolExecutor(1) as outside:
        outside.submit(_end_sessions, town).result()
    page.get_by_role("button", name="Save").click()
    told = page.get_by_role("dialog", name="Your session has ended")
    expect(told).to_be_visible(timeout=SLOW_MS)
    expect(drawer.get_by_label("Login")).to_have_value("too.late")
    told.get_by_role("button", name="Sign in again").click()
    page.wait_for_url("**/idp/authorize**")
    assert "Sign in" in page.title()
    found = town.shop.client.get("/v1/people?text=too.late").json()["people"]
    assert found == []
    town._cookies.clear()  # they are worth nothing any more


def _end_sessions(town: Town) -> None:
    with database.connect(town.api.database_url) as connection:
        connection.execute("UPDATE sessions SET ended_at = now()")
    application = town.api.application
    assert application._services is not None
    application._services.people.sessions.forget()


def test_roles_are_kept_from_what_is_not_theirs(signed_in: SignedIn) -> None:
    """A marketer sees neither people nor the audit in the navigation, and at their address what is missing."""
    page = signed_in("brand_marketing")
    page.set_default_timeout(SLOW_MS)
    page.goto("/people")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your role can't open this", timeout=SLOW_MS)
    expect(page.get_by_role("link", name="Audit")).to_have_count(0)
    axe(page)


def test_an_associate_can_not_do_another_stores_work(signed_in: SignedIn, town: Town) -> None:
    """Nor can a marketer ship: the server refuses what the console does not offer."""
    order = town.shop.place(("SCARF-GREY", 1))
    work = order["fulfilment_orders"][0]
    elsewhere = next(code for code in ("BJ-XD", "SH-XTD") if code != work["location"])
    for role, location, status in (("store_associate", elsewhere, 404), ("brand_marketing", None, 403)):
        page = signed_in(role, location=location)
        page.goto("/orders")
        said = page.evaluate(
            """async ([id]) => {
                const me = await (await fetch('/v1/me')).json();
                const answer = await fetch(`/v1/fulfilment-orders/${id}/accept`,
                    { method: 'POST', headers: { 'X-CSRF-Token': me.csrf } });
                return answer.status;
            }""",
            [work["id"]],
        )
        assert (role, said) == (role, status)
    assert town.shop.client.get(f"/v1/fulfilment-orders/{work['id']}").json()["state"] == "open"
