"""Orders: found by filters in the address, followed live, explained in words and costs, and moved on step by step."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.conftest import axe, shot

if TYPE_CHECKING:
    from tests.browser.conftest import SignedIn
    from tests.browser.town import Town
    from tests.journeys.shop import Json


@pytest.fixture(scope="module")
def order(town: Town) -> Json:
    """Two coats to Tiananmen."""
    return town.shop.place(("COAT-NAVY-M", 2), channel_order_id="COATS-1")


def opened(page: Page, order: Json) -> Page:
    page.goto(f"/orders/{order['id']}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    return page


def form(page: Page, button: str) -> Locator:
    """The form that a button opens."""
    page.get_by_role("button", name=button, exact=True).first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    return dialog


def another(page: Page, step: str) -> Locator:
    """The form of a step that stands in the menu of a location's work."""
    page.get_by_role("article").first.get_by_role("button", name=re.compile("More steps")).click()
    page.get_by_role("menuitem", name=step).click()
    return page.get_by_role("dialog")


def submit(dialog: Locator) -> None:
    dialog.locator("button[type=submit]").click()


def quantity(dialog: Locator) -> Locator:
    """The first quantity that a line of the order asks for."""
    return dialog.get_by_role("textbox", name=re.compile(": ")).first


def test_filters_are_in_the_address_and_the_row_opens_by_keyboard(town: Town, order: Json, signed_in: SignedIn) -> None:
    town.shop.place(("SCARF-GREY", 1), channel="web", channel_order_id="SCARF-1")
    page = signed_in("brand_operations")
    page.goto("/orders")
    table = page.get_by_role("region", name="Orders")
    expect(table.get_by_role("link", name="SCARF-1")).to_be_visible()
    axe(page)
    page.get_by_role("textbox", name="Order number of the channel").fill("COATS")
    page.keyboard.press("Enter")
    expect(table.get_by_role("link", name="SCARF-1")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"text=COATS"))
    page.reload()
    row = table.locator("tr.ms-opens")
    expect(row).to_have_count(1)
    row.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(order["id"]))


def test_an_impossible_filter_says_what_is_possible(signed_in: SignedIn) -> None:
    page = signed_in("brand_operations")
    page.goto("/orders?state=asleep")
    expect(page.get_by_role("alert")).to_contain_text("/state")


def test_new_orders_are_counted_until_the_reader_wants_them(town: Town, signed_in: SignedIn) -> None:
    page = signed_in("brand_operations")
    page.goto("/orders")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    town.shop.place(("SHIRT-WHITE-L", 1), channel_order_id="LIVE-1")
    pill = page.get_by_role("button", name="1 new order: show it")
    expect(pill).to_be_visible()
    expect(page.get_by_role("link", name="LIVE-1")).to_have_count(0)
    pill.click()
    expect(page.get_by_role("link", name="LIVE-1")).to_be_visible()
    shot(page, "orders")


def test_the_decision_is_told_in_words_and_costs(order: Json, signed_in: SignedIn) -> None:
    page = opened(signed_in("brand_operations"), order)
    why = page.get_by_role("region", name="Why from there?")
    expect(why.get_by_role("listitem").first).to_contain_text("Sent from 北京王府井店")
    expect(why.get_by_role("img", name=re.compile("Cost of each candidate"))).to_be_visible()
    costs = why.get_by_role("region", name=re.compile("Cost of each candidate"))
    expect(costs.get_by_role("row").nth(1)).to_contain_text("Chosen")
    axe(page)
    shot(page, "order")


def test_the_same_in_chinese(order: Json, signed_in: SignedIn) -> None:
    page = opened(signed_in("brand_operations", language="zh", theme="dark"), order)
    expect(page.get_by_role("heading", level=1)).to_have_text("这笔订单经过了什么，接下来做什么？")
    expect(page.get_by_role("region", name="为什么选这里？")).to_contain_text("由北京王府井店发货")
    axe(page)


def test_an_order_goes_from_store_to_store_and_out(town: Town, signed_in: SignedIn) -> None:
    order = town.shop.place(("BOOTS-41", 1), channel_order_id="BOOTS-1")
    page = opened(signed_in("brand_operations"), order)
    first = page.get_by_role("article").first

    dialog = another(page, "Reject")
    submit(dialog)  # without a reason
    expect(dialog.locator(".ant-form-item-explain-error")).to_be_visible()
    dialog.get_by_label("Reason").click()
    page.locator(".ant-select-item-option").first.click()
    submit(dialog)
    expect(dialog).to_have_count(0)
    expect(first).to_contain_text("Rejected")
    works = town.shop.works(order)
    assert [work["state"] for work in works] == ["rejected", "open"]
    expect(page.get_by_role("article")).to_have_count(2)
    expect(page.get_by_text("Re-routed, 1")).to_be_visible()

    submit(form(page, "Accept"))
    dialog = form(page, "Record picking")
    found = quantity(dialog)
    found.fill("9")
    submit(dialog)
    expect(dialog.locator(".ant-form-item-explain-error")).to_be_visible()
    expect(found).to_be_focused()
    found.fill("1")
    submit(dialog)
    expect(dialog).to_have_count(0)
    dialog = form(page, "Pack")
    dialog.get_by_label("Boxes").fill("0")
    submit(dialog)
    expect(dialog.locator(".ant-form-item-explain-error")).to_be_visible()
    dialog.get_by_label("Boxes").fill("1")
    submit(dialog)
    dialog = form(page, "Ship")
    dialog.get_by_label("Tracking number").fill("SF1234567890")
    submit(dialog)
    expect(page.get_by_text("SF1234567890").first).to_be_visible()
    assert town.shop.get(order)["lines"][0]["shipped"] == 1


def test_payments_and_cancelling_say_at_the_field_what_is_wrong(town: Town, signed_in: SignedIn) -> None:
    order = town.shop.place(("JEANS-32", 2), channel_order_id="JEANS-1")
    page = opened(signed_in("brand_operations"), order)
    dialog = form(page, "Record payment")
    submit(dialog)  # without a reference
    expect(dialog.locator(".ant-form-item-explain-error")).to_be_visible()
    dialog.get_by_label("Reference").fill("wx-1")
    dialog.get_by_label("Amount").fill("698.00")
    submit(dialog)
    expect(dialog).to_have_count(0)
    assert town.shop.get(order)["paid"]["captured"] == 69_800

    page.locator("header, main").get_by_role("button", name="More steps for Orders").click()
    page.get_by_role("menuitem", name="Cancel order").click()
    dialog = page.get_by_role("dialog")
    quantity(dialog).fill("7")
    submit(dialog)
    expect(dialog.locator(".ant-form-item-explain-error")).to_be_visible()
    axe(page)
    quantity(dialog).fill("1")
    submit(dialog)
    expect(dialog).to_have_count(0)
    assert town.shop.get(order)["lines"][0]["cancelled"] == 1


def test_an_edit_that_cannot_be_served_changes_nothing(town: Town, signed_in: SignedIn) -> None:
    order = town.shop.place(("SCARF-GREY", 1), channel_order_id="SCARF-2")
    page = opened(signed_in("brand_operations"), order)
    dialog = form(page, "Edit order")
    quantity(dialog).fill("5000")
    submit(dialog)
    expect(dialog.get_by_role("alert").first).to_be_visible()
    assert town.shop.get(order)["lines"][0]["ordered"] == 1


def test_what_others_do_appears_by_itself(town: Town, signed_in: SignedIn) -> None:
    order = town.shop.place(("SCARF-GREY", 1), channel_order_id="SCARF-3")
    page = opened(signed_in("brand_operations"), order)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    town.shop.step(town.shop.works(order)[0], "accept")
    expect(page.get_by_role("article").first).to_contain_text("In progress")
    expect(page.get_by_role("region", name="What happened")).to_contain_text("Accepted")


def test_who_may_only_read_has_no_buttons_and_no_shopper(order: Json, signed_in: SignedIn) -> None:
    page = opened(signed_in("analyst"), order)
    for name in ("Accept", "Edit order", "Record payment"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    expect(page.get_by_text("Your role is not shown the shopper.")).to_be_visible()


def test_an_order_of_nobody_is_told_as_such(signed_in: SignedIn) -> None:
    page = signed_in("brand_operations")
    page.goto("/orders/0192f0c1-2345-7abc-8def-0123456789ab")
    expect(page.get_by_role("alert")).to_contain_text("There is no order")
