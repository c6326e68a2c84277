"""The pages of stock: a number down to its movements, forms with the API's errors, exceptions with an owner."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.conftest import axe, shot
from tests.journeys.shop import Json, ok

if TYPE_CHECKING:
    from tests.browser.conftest import SignedIn
    from tests.browser.town import Town

BUCKET = "/stock/BJ-XD/COAT-NAVY-M"
SLOW_MS = 30_000


@pytest.fixture(scope="module")
def short(town: Town) -> Json:
    """Two coats and a scarf are promised to shoppers at XD; a count finds no scarf: an exception."""
    shop = town.shop
    shop.place(("COAT-NAVY-M", 2), pick_up_at="BJ-XD")
    shop.place(("SCARF-GREY", 1), pick_up_at="BJ-XD")
    shop.count("BJ-XD", "SCARF-GREY", 0)
    found: Json = ok(shop.client.get("/v1/stock/exceptions"))["exceptions"][0]
    return found


@pytest.fixture
def page(signed_in: SignedIn, short: Json) -> Page:
    """Operations, with patience for a busy machine."""
    page = signed_in("brand_operations")
    page.set_default_timeout(SLOW_MS)
    return page


def counter(page: Page, name: str) -> Locator:
    """A counter of the record that is shown."""
    return page.locator(f"[data-counter={name}]")


def test_a_number_opens_the_movements_that_explain_it(page: Page) -> None:
    """From the list by its link to the record; the uppermost movement's balance is the number."""
    page.goto("/stock?location=BJ-XD&offer=COAT-NAVY-M")
    expect(page.get_by_role("heading", level=1)).to_have_text("What stands where, and what can still be promised?")
    expect(page.get_by_test_id("sums")).to_contain_text("1 record", timeout=SLOW_MS)
    axe(page)
    page.locator("tbody tr.ant-table-row td").nth(3).get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"/stock/BJ-XD/COAT-NAVY-M\?counter=reserved"))
    expect(counter(page, "reserved")).to_have_text("2", timeout=SLOW_MS)
    expect(page.locator("tbody tr.ant-table-row")).to_have_count(1)
    expect(page.locator("tbody tr.ant-table-row").first).to_contain_text("Ordered")
    expect(page.locator("tbody tr.ant-table-row td").last).to_have_text("2")
    axe(page)


def test_a_count_tells_what_will_be_and_changes_the_number(page: Page) -> None:
    page.goto(f"{BUCKET}?do=count")
    expect(counter(page, "on_hand")).not_to_have_text("0", timeout=SLOW_MS)
    before = int(counter(page, "on_hand").inner_text())
    field = page.get_by_label("Counted on the shelf")
    field.fill(str(before + 5))
    expect(page.locator("[data-after=on_hand]")).to_have_text(str(before + 5), timeout=SLOW_MS)
    field.press("Enter")  # by keyboard alone
    expect(counter(page, "on_hand")).to_have_text(str(before + 5), timeout=SLOW_MS)
    expect(page.locator("tbody tr.ant-table-row").first).to_contain_text("Counted")
    expect(page.locator("tbody tr.ant-table-row").first).to_contain_text("陈晨")


@pytest.mark.parametrize(
    ("deed", "label", "value", "said"),
    [
        ("count", "Counted on the shelf", "-3", "0"),
        ("adjust", "Quantity", "0", "at least 1"),
        ("transfer", "Quantity", "0", "1"),
    ],
)
def test_a_forms_bad_input_is_told_at_its_field(page: Page, deed: str, label: str, value: str, said: str) -> None:
    page.goto(f"{BUCKET}?do={deed}")
    page.get_by_label(label, exact=True).fill(value)
    page.get_by_label(label, exact=True).press("Enter")
    item = page.locator(".ant-form-item", has=page.get_by_label(label, exact=True))
    expect(item.locator(".ant-form-item-explain-error")).to_contain_text(said, timeout=SLOW_MS)


def test_more_than_can_be_taken_is_told_at_the_quantity(page: Page) -> None:
    page.goto(f"{BUCKET}?do=adjust")
    page.get_by_label("What happened").click()
    page.get_by_title("Written off").click()
    page.get_by_label("Quantity", exact=True).fill("9999")
    page.get_by_label("Quantity", exact=True).press("Enter")
    expect(page.locator(".ant-form-item-explain-error")).to_contain_text("can be taken at most", timeout=SLOW_MS)


def test_an_exception_gets_somebody_and_a_note(page: Page, short: Json) -> None:
    """Whoever takes it stands in the list; its order is named; a time that has passed is marked."""
    page.goto("/exceptions")
    row = page.locator("tbody tr.ant-table-row").first
    expect(row).to_contain_text("Nobody yet", timeout=SLOW_MS)
    axe(page)
    row.focus()
    row.press("Enter")
    page.get_by_label("Note").fill("Looking in the stockroom")
    page.get_by_role("button", name="I take it").click()
    expect(row).to_contain_text("陈晨", timeout=SLOW_MS)
    expect(row).to_contain_text("Looking in the stockroom")
    expect(page.get_by_role("dialog")).to_contain_text("Orders concerned")
    axe(page)


def test_an_overdue_exception_is_marked(page: Page, town: Town, short: Json) -> None:
    path = f"/v1/stock/exceptions/{short['id']}"
    ok(town.shop.client.patch(path, json={"due_at": short["opened_at"]}))
    page.goto("/exceptions?whose=overdue")
    expect(page.locator("tbody tr.ant-table-row").first).to_contain_text("Overdue", timeout=SLOW_MS)


def test_an_offer_tells_where_it_stands(page: Page) -> None:
    page.goto("/offers?text=COAT")
    page.get_by_role("link", name=re.compile("COAT-NAVY-M")).click()
    expect(page).to_have_url(re.compile("/offers/COAT-NAVY-M"))
    expect(page.locator("tbody tr.ant-table-row").first).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("Where it stands, by region")).to_be_visible()
    axe(page)


def test_an_associate_sees_and_counts_in_the_own_store_only(signed_in: SignedIn, short: Json) -> None:
    page = signed_in("store_associate", location="BJ-XD", phone=True, language="zh")
    page.goto("/stock")
    expect(page.locator("tbody tr.ant-table-row").first).to_be_visible(timeout=SLOW_MS)
    expect(page.locator("tbody")).not_to_contain_text("BJ-WFJ")
    page.goto("/stock/BJ-WFJ/COAT-NAVY-M")
    expect(page.get_by_role("alert").first).to_contain_text("不能操作 BJ-WFJ", timeout=SLOW_MS)


def test_an_analyst_reads_and_changes_nothing(signed_in: SignedIn, short: Json) -> None:
    page = signed_in("analyst")
    page.goto(BUCKET)
    expect(counter(page, "on_hand")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_role("button", name="Count", exact=True)).to_have_count(0)
    page.goto(f"{BUCKET}?do=count")
    expect(counter(page, "on_hand")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_role("dialog")).to_have_count(0)


def options(page: Page, label: str, text: str) -> None:
    """Choose what a field finds for a text."""
    page.get_by_label(label, exact=True).fill(text)
    page.locator(f".ant-select-item-option:visible:has-text('{text}')").first.click()


def test_movements_are_filtered_by_who_what_for_and_when(page: Page, town: Town, short: Json) -> None:
    """Each filter stands in the address, the download has the same; a wrong one is told at the filters."""
    order = town.shop.place(("SHIRT-WHITE-L", 1), pick_up_at="BJ-SLT", channel_order_id="MOVED-BY-1")
    more = {"location": "BJ-SLT", "offer": "SHIRT-WHITE-L", "change": "receive", "quantity": 3}
    ok(town.shop.client.post("/v1/stock/adjustments", json={"adjustments": [more]}))
    page.goto("/movements?location=BJ-SLT&offer=SHIRT-WHITE-L")
    rows = page.locator("tbody tr.ant-table-row")
    expect(rows).to_have_count(3, timeout=SLOW_MS)
    options(page, "Order, reservation or transfer", "MOVED-BY-1")
    expect(page).to_have_url(re.compile(f"subject={order['id']}"))
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("Ordered")
    export = page.get_by_role("link", name="Export CSV")
    expect(export).to_have_attribute("href", re.compile(f"movements.csv\\?.*subject={order['id']}.*time_zone=Asia"))
    axe(page)
    page.get_by_role("button", name="Clear filters").click()
    expect(rows).to_have_count(3)
    options(page, "Who", "陈晨")
    expect(page.get_by_text("Nothing moved")).to_be_visible()
    page.goto("/movements?location=BJ-SLT&from=2099-01-01T00:00:00Z")
    expect(page.get_by_text("Nothing moved")).to_be_visible(timeout=SLOW_MS)
    page.goto("/stock/BJ-SLT/SHIRT-WHITE-L?subject=nonsense")
    expect(page.get_by_role("alert")).to_contain_text("UUID", timeout=SLOW_MS)
    expect(page.get_by_label("Order, reservation or transfer")).to_be_visible()


def test_a_view_of_stock_is_kept_and_its_table_downloaded(page: Page) -> None:
    page.goto("/stock?state=reserved&sort=-reserved")
    expect(page.get_by_test_id("sums")).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("button", name="Views").click()
    page.get_by_role("menuitem", name="Save this view").click()
    page.get_by_label("Name", exact=True).press("Enter")
    expect(page.locator(".ant-form-item-explain-error")).to_contain_text("must not be empty")
    page.get_by_label("Name", exact=True).fill("Reserved most")
    page.get_by_label("Name", exact=True).press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_role("link", name="Export CSV").click()
    text = download.value.path().read_text("utf-8-sig")
    assert "COAT-NAVY-M" in text
    assert "BOOTS-41" not in text, "filtered as the list is"
    page.goto("/stock")
    page.get_by_role("button", name="Views").click()
    page.get_by_role("menuitem", name="Reserved most").click()
    expect(page).to_have_url(re.compile("state=reserved"))


@pytest.mark.parametrize("path", ["/exceptions", "/offers", "/movements?location=BJ-XD"])
def test_other_lists_of_stock_are_downloaded_too(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.locator("tbody tr.ant-table-row").first).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_role("button", name="Views")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Export CSV").click()
    assert len(download.value.path().read_text("utf-8-sig").splitlines()) > 1


def test_an_exception_is_acted_upon_where_it_stands(page: Page, town: Town, short: Json) -> None:
    """The order concerned opens with the form that re-routes it; stock is sent from where there is some."""
    page.goto(f"/exceptions?exception={short['id']}")
    page.get_by_role("link", name="Re-route").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("Another location that can takes over")
    expect(page.get_by_label("Reason")).to_have_value("SCARF-GREY is short")
    page.get_by_role("button", name="Back").click()
    expect(page).not_to_have_url(re.compile("do="))
    page.goto(f"/exceptions?exception={short['id']}")
    page.get_by_role("button", name="Send stock here").click()
    page.get_by_role("button", name="嘉兴华东仓").click()
    page.get_by_label("Quantity", exact=True).press("Enter")
    expect(page.get_by_label("Quantity", exact=True)).to_have_count(0)
    (sent,) = ok(town.shop.client.get("/v1/stock/transfers?target=BJ-XD"))["transfers"]
    assert (sent["source"], sent["offer"], sent["quantity"]) == ("JX-DC", "SCARF-GREY", short["missing"])


def test_offers_tell_totals_of_each_and_where_they_stand_on_a_map(page: Page) -> None:
    page.goto("/offers")
    row = page.locator("tbody tr.ant-table-row", has_text="BOOTS-41")
    expect(row.locator("td").nth(3)).to_have_text("872", timeout=SLOW_MS)  # 6 stores of 12, 2 warehouses of 400
    page.goto("/offers/BOOTS-41")
    expect(page.get_by_role("region", name="Map of its stock by location")).to_be_visible(timeout=SLOW_MS)
    axe(page)


@pytest.mark.parametrize("path", ["/stock", "/movements?location=BJ-XD", "/exceptions", "/offers"])
def test_a_phone_shows_the_numbers_without_scrolling_sideways(signed_in: SignedIn, short: Json, path: str) -> None:
    """And speaks Chinese throughout, to screen readers too."""
    page = signed_in("brand_operations", phone=True, language="zh", theme="dark")
    page.goto(path)
    expect(page.locator("tbody tr.ant-table-row").first).to_be_visible(timeout=SLOW_MS)
    last = page.locator("tbody tr.ant-table-row").first.locator("td").last.bounding_box()
    assert last is not None
    assert last["x"] + last["width"] <= 390
    labels: list[str] = page.evaluate(
        "() => [...document.querySelectorAll('main [aria-label]:not(.anticon)')].map((one) => one.ariaLabel)"
    )
    assert [label for label in labels if re.fullmatch(r"[A-Za-z ]+", label)] == []
    axe(page)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("stock", "/stock"),
        ("stock-record", BUCKET),
        ("exceptions", "/exceptions"),
        ("offers", "/offers"),
        ("offer", "/offers/COAT-NAVY-M"),
    ],
)
def test_each_page_is_shown(page: Page, name: str, path: str) -> None:
    page.goto(path)
    expect(page.locator("tbody tr.ant-table-row").first).to_be_visible(timeout=SLOW_MS)
    shot(page, name)
