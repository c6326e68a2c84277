"""One box from anywhere: by keyboard, in both languages, also on a phone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect
from tests.browser.conftest import axe
from tests.journeys.shop import ok

if TYPE_CHECKING:
    from tests.browser.conftest import SignedIn
    from tests.browser.town import Town


def box(page: Page) -> None:
    """Open it by keyboard; it takes the keyboard at once."""
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog").get_by_role("combobox")).to_be_focused()


def test_an_order_is_found_and_opened_by_keyboard_alone(signed_in: SignedIn, town: Town) -> None:
    """By the channel's number; it is among the recent ones afterwards."""
    order = town.shop.place(("COAT-NAVY-M", 1), channel_order_id="WEB-20261111-77")
    page = signed_in("brand_operations")
    page.goto("/orders")
    box(page)
    axe(page)
    page.keyboard.type("WEB-20261111")
    row = page.get_by_role("option", selected=True)
    expect(row).to_contain_text("WEB-20261111-77")
    axe(page)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/orders/{order['id']}")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("group", name="Recent")).to_contain_text("WEB-20261111-77")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_stores_by_initials_and_arrows_go_round(signed_in: SignedIn) -> None:
    page = signed_in("planner", language="zh")
    page.goto("/orders")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.keyboard.press("/")
    expect(page.get_by_role("dialog").get_by_role("combobox")).to_be_focused()
    page.keyboard.type("wfj")
    expect(page.get_by_role("option", selected=True)).to_contain_text("北京王府井店")
    page.keyboard.press("Control+a")
    page.keyboard.type("北京")
    options = page.get_by_role("option")
    expect(options.nth(3)).to_be_visible()
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")


def test_actions_are_found_in_either_language(signed_in: SignedIn) -> None:
    page = signed_in("analyst")
    page.goto("/orders")
    box(page)
    page.keyboard.type("中文")
    page.get_by_role("option", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")


def test_nothing_found_says_what_can_be_found(signed_in: SignedIn) -> None:
    page = signed_in("analyst")
    page.goto("/orders")
    box(page)
    page.keyboard.type("zz-no-such-thing")
    expect(page.get_by_text("Nothing found for")).to_be_visible()
    axe(page)


def test_on_a_phone_it_fills_the_screen(signed_in: SignedIn) -> None:
    page = signed_in("brand_operations", phone=True, theme="dark")
    page.goto("/orders")
    page.get_by_role("button", name="Search", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.keyboard.type("SCARF")
    expect(page.get_by_role("option", selected=True)).to_contain_text("羊绒围巾")
    axe(page)
    page.get_by_role("button", name="Close", exact=True).click()
    expect(dialog).to_have_count(0)


def test_a_view_is_saved_shared_and_opened_by_its_address(signed_in: SignedIn) -> None:
    """Over the API, as long as it is one page or another that shows the control."""
    page = signed_in("brand_operations")
    page.goto("/orders")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    made = page.evaluate(
        """async () => {
            const me = await (await fetch("/v1/me")).json();
            const body = JSON.stringify({ name: "Tills", page: "/orders", query: "channel=till", shared: true });
            const headers = { "content-type": "application/json", "x-csrf-token": me.csrf };
            return await (await fetch("/v1/views", { method: "POST", headers, body })).json();
        }"""
    )
    other = signed_in("analyst")
    other.goto(f"/v/{made['id']}")
    other.wait_for_url("**/orders?channel=till")


def test_each_kind_of_result_opens_what_shows_it(signed_in: SignedIn, town: Town) -> None:
    """Orders, work, returns, stores, offers, reservations, transfers, people: none leads nowhere."""
    shop = town.shop
    order = shop.place(("JEANS-32", 1), channel_order_id="KIND-ORDER-1")
    (work,) = order["fulfilment_orders"]
    shop.steps(work, "accept", "pick", "pack")
    shop.step(work, "ship", carrier="SF", tracking="SFKIND0001")
    back = {"order": order["id"], "location": "BJ-XD", "lines": [{"line": 1, "quantity": 1}]}
    ok(shop.client.post("/v1/returns", json=back), 201)
    hold = shop.hold("BJ-SLT", "BOOTS-41", 2)
    sent = {"source": "LF-DC", "target": "BJ-ZGC", "offer": "BOOTS-41", "quantity": 3}
    transfer = ok(shop.client.post("/v1/stock/transfers", json=sent), 201)["id"]
    page = signed_in("brand_operations")
    page.goto("/orders")
    shown = {
        "KIND-ORDER-1": ("Orders", f"/orders/{order['id']}", page.locator("main").get_by_text("KIND-ORDER-1").first),
        "SFKIND0001": ("Work of stores", f"/orders/{order['id']}#{work['id']}", page.locator("article:focus")),
        f"{order['id']}-1": ("Returns", f"/orders/{order['id']}#return-1", page.locator("article:focus")),
        "BJ-SLT": ("Stores and warehouses", "/locations/BJ-SLT", page.get_by_text("北京三里屯店").first),
        "BOOTS-41": ("Offers", "/offers/BOOTS-41", page.get_by_text("切尔西靴 41").first),
        hold["id"]: ("Reservations", f"/reservations/{hold['id']}", page.get_by_role("link", name="BJ-SLT")),
        transfer: ("Transfers", f"/stock?do=transfers&transfer={transfer}", page.get_by_label("Received")),
        "陈晨": ("People", "/people?person=", page.locator("#login")),
    }
    for text, (group, address, proof) in shown.items():
        box(page)
        page.keyboard.type(text)
        page.get_by_role("group", name=group).get_by_role("option").first.click()
        expect(page).to_have_url(re.compile(re.escape(address)))
        expect(proof).to_be_visible()
        if page.get_by_role("dialog").count():
            page.goto("/orders")
    axe(page)


def test_people_are_found_by_whoever_may_see_them_only(signed_in: SignedIn) -> None:
    page = signed_in("analyst")
    page.goto("/orders")
    box(page)
    page.keyboard.type("陈晨")
    expect(page.get_by_text("Nothing found for")).to_be_visible()
