"""Signing in through the page itself, what roles are kept from, people and the audit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.browser.conftest import axe, shot
from tests.browser.town import PASSWORD
from tests.journeys.shop import ok

from manystores.core import database

if TYPE_CHECKING:
    from tests.browser.conftest import SignedIn
    from tests.browser.town import Town

SLOW_MS = 12_000  # on a machine with much else to do


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
    page.locator("button[type=submit]").click()
    expect(page.locator("#told")).to_contain_text("Type your login" if language == "en" else "请输入登录名和密码")
    expect(page.locator("input[name=password]")).to_have_attribute("aria-describedby", "told")
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


def told_at(page: Page, name: str) -> Locator:
    """What describes a form's field to whoever can't see it, and stands below it."""
    box = page.locator(f"form #{name}")
    expect(box).to_have_attribute("aria-invalid", "true", timeout=SLOW_MS)
    described = box.get_attribute("aria-describedby") or "nothing"
    return page.locator(f"#{described.split()[0]} .ant-form-item-explain-error").first


PERSON = {
    "en": ("letters, digits, dots", "At most 100 characters", "name at least one", "Use 10 to 200 characters", "taken"),
    "zh": ("登录名应为邮箱地址", "最多 100 个字符", "请至少选择一家门店", "密码须为 10 至 200", "已被使用"),
}


@pytest.mark.parametrize("language", PERSON)
def test_every_field_of_a_person_says_what_is_wrong(signed_in: SignedIn, town: Town, language: str) -> None:
    """New and changed; nobody is added or changed before all of it is right."""
    page = signed_in("brand_operations", language=language)
    people = "/v1/people"
    before = town.shop.client.get(people).json()
    login, name, stores, password, taken = PERSON[language]
    page.goto("/people?person=new")
    save = page.locator(".ant-drawer-footer button.ant-btn-primary")
    page.locator("form #login").fill("no good!")
    page.locator("form #name").fill("长" * 101)
    page.locator("form #role").click()
    page.locator(".ant-select-item-option:visible").last.click()
    page.locator("form #password").fill("short")
    save.click()
    for field, said in (("login", login), ("name", name), ("locations", stores), ("password", password)):
        expect(told_at(page, field)).to_contain_text(said, timeout=SLOW_MS)
    page.locator("form #name").fill("韩雪")
    page.locator("form #password").fill("three cups of black tea")
    page.locator("form #locations").fill("BJ-XD")
    page.locator(".ant-select-item-option:visible:has-text('BJ-XD')").click()
    page.locator("form #login").fill("brand_operations.all")
    save.click()
    expect(told_at(page, "login")).to_contain_text(taken, timeout=SLOW_MS)
    assert town.shop.client.get(people).json() == before
    page.locator("form #login").fill(f"han.{language}")
    save.click()
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=SLOW_MS)
    (made,) = town.shop.client.get(people, params={"text": f"han.{language}"}).json()["people"]
    assert (made["name"], made["locations"]) == ("韩雪", ["BJ-XD"])
    page.goto(f"/people?person={made['id']}")
    expect(page.locator("form #name")).to_have_value("韩雪", timeout=SLOW_MS)
    page.locator("form #name").fill("长" * 101)
    save.click()
    expect(told_at(page, "name")).to_contain_text(name, timeout=SLOW_MS)
    assert town.shop.client.get(f"{people}/{made['id']}").json() == made
    page.locator("form #name").fill("韩雪梅")
    save.click()
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=SLOW_MS)
    assert town.shop.client.get(f"{people}/{made['id']}").json()["name"] == "韩雪梅"


@pytest.mark.parametrize(
    ("language", "role", "menu", "wrong", "short"),
    [
        ("en", "analyst", "Change my password", "This is not your present password.", "Use 10 to 200 characters"),
        ("zh", "planner", "修改密码", "当前密码不正确。", "密码须为 10 至 200"),
    ],
)
def test_ones_own_password(signed_in: SignedIn, language: str, role: str, menu: str, wrong: str, short: str) -> None:
    """The old one holds until both fields are right."""
    page = signed_in(role, language=language)
    page.goto("/orders")
    page.locator("header button:has(.anticon-user)").click()
    page.get_by_role("menuitem", name=menu).click()
    save = page.get_by_role("dialog").locator("button.ant-btn-primary")
    page.locator("form #current").fill("not this one")
    page.locator("form #password").fill("short")
    save.click()
    expect(told_at(page, "current")).to_have_text(wrong, timeout=SLOW_MS)
    expect(told_at(page, "password")).to_contain_text(short)
    page.locator("form #current").fill(PASSWORD)  # as it was
    page.locator("form #password").fill("four cups of black tea")
    save.click()
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=SLOW_MS)


@pytest.mark.parametrize(
    ("language", "menu", "empty", "long"),
    [
        ("en", "Save this view…", "must not be empty", "at most 80 are allowed"),
        ("zh", "保存当前视图…", "不能为空", "最多允许 80 个"),
    ],
)
def test_a_view_needs_a_name(signed_in: SignedIn, language: str, menu: str, empty: str, long: str) -> None:
    page = signed_in("brand_operations", language=language)
    page.goto("/orders?state=approved")
    kept = "async () => (await (await fetch('/v1/views?page=/orders')).json()).views.map((one) => one.name)"
    page.locator("main button:has(.anticon-pushpin)").click()
    page.get_by_role("menuitem", name=menu).click()
    for text, said in (("", empty), ("长" * 81, long)):
        page.locator("form #name").fill(text)
        page.locator("form #name").press("Enter")
        expect(told_at(page, "name")).to_contain_text(said, timeout=SLOW_MS)
        assert language not in page.evaluate(kept)
    page.locator("form #name").fill(language)
    page.locator("form #name").press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=SLOW_MS)
    assert language in page.evaluate(kept)


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
