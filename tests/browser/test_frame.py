"""The console's frame: navigation, language, theme, what is not there, and where it is served."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import axe

if TYPE_CHECKING:
    from tests.browser.conftest import SignedIn
    from tests.journeys.conftest import Api


def test_pages_are_served_at_addresses_that_no_route_has(server: Api) -> None:
    browser = server.anonymous({"accept": "text/html,*/*", "accept-encoding": "gzip"})
    page = browser.get("/orders/any-order")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-cache"
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    script = page.text.split('src="/assets/')[1].split('"')[0]
    asset = browser.get(f"/assets/{script}")
    assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert asset.headers["content-encoding"] == "gzip"
    assert asset.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize("path", ["/v1/nothing", "/assets/gone.js", "/idp/nothing"])
def test_what_programs_ask_for_is_not_a_page(server: Api, path: str) -> None:
    assert server.anonymous({"accept": "text/html"}).get(path).status_code == 404
    assert server.anonymous({"accept": "text/html"}).post(path).status_code in (404, 405)


def test_a_program_is_told_that_there_is_no_such_address(server: Api) -> None:
    answer = server.anonymous({"accept": "application/json"}).get("/orders/any-order")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_the_reader_chooses_language_and_theme_and_they_last(signed_in: SignedIn) -> None:
    page = signed_in("brand_operations")
    page.goto("/orders")
    expect(page.get_by_role("heading", level=1)).to_have_text("Which orders need somebody?")
    page.get_by_role("button", name="Account").click()
    page.get_by_role("menuitem", name="中文").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("哪些订单需要有人处理？")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    page.get_by_role("button", name="账号").click()
    page.get_by_role("menuitem", name="深色").click()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("哪些订单需要有人处理？")
    assert page.evaluate("() => document.documentElement.style.colorScheme") == "dark"
    axe(page)


def test_an_address_without_a_page_says_so(signed_in: SignedIn) -> None:
    page = signed_in("brand_operations")
    page.goto("/no/such/page")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")
    axe(page)


def test_the_frame_works_by_keyboard(signed_in: SignedIn) -> None:
    page = signed_in("brand_operations")
    page.goto("/orders")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_on_a_phone_the_navigation_is_in_a_drawer_and_a_bar(signed_in: SignedIn) -> None:
    page = signed_in("brand_operations", phone=True)
    page.goto("/orders")
    page.get_by_role("button", name="Menu").click()
    expect(page.get_by_role("dialog").get_by_role("link", name="Orders")).to_be_visible()
    axe(page)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_who_is_not_surely_signed_out_is_told(signed_in: SignedIn) -> None:
    """Without a network, the page stays and says so; nobody walks away from a session that goes on."""
    page = signed_in("brand_operations")
    page.goto("/orders")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.context.set_offline(True)
    page.get_by_role("button", name="Account").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_text("The server can't be reached")).to_be_visible()
    assert page.url.endswith("/orders")
    page.context.set_offline(False)
    page.get_by_role("button", name="Account").click()
    page.get_by_role("menuitem", name="Sign out").click()
    page.wait_for_url("**/idp/authorize?**")
    assert page.request.get("/v1/me").status == 401
