"""Bad input on the forms of stock: told at the field in both languages; nothing is written; mended, it goes through."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.journeys.shop import Json, ok

if TYPE_CHECKING:
    from tests.browser.conftest import SignedIn
    from tests.browser.town import Town

SLOW_MS = 8_000
BUCKET = "/stock/BJ-SLT/COAT-NAVY-M"
AT = {"location": "BJ-SLT", "offer": "COAT-NAVY-M"}


@pytest.fixture(scope="module")
def short(town: Town) -> Json:
    """A scarf is promised at XD; a count finds none: an exception."""
    town.shop.place(("SCARF-GREY", 1), pick_up_at="BJ-XD")
    town.shop.count("BJ-XD", "SCARF-GREY", 0)
    found: Json = ok(town.shop.client.get("/v1/stock/exceptions"))["exceptions"][0]
    return found


def field(page: Page, name: str) -> Locator:
    """A form's field by its name; labels are in the reader's language."""
    return page.locator(f"#{name}")


def told_at(page: Page, name: str) -> Locator:
    """What stands below a field as its error."""
    return page.locator(".ant-form-item", has=field(page, name)).last.locator(".ant-form-item-explain-error")


def fill(page: Page, name: str, value: str) -> None:
    """Type into a field and send the form, by keyboard alone."""
    expect(field(page, name)).to_be_visible(timeout=SLOW_MS)
    field(page, name).fill(value)
    field(page, name).press("Enter")


def choose(page: Page, name: str, text: str) -> None:
    """Take an option of a field that finds what is typed."""
    field(page, name).fill(text)
    page.locator(f".ant-select-item-option:visible:has-text('{text}')").first.click()


def last_movement(town: Town) -> Json:
    found: Json = ok(town.shop.client.get("/v1/stock/movements", params=AT | {"limit": 1}))
    return found["movements"][0] | {"stock": found["stock"]}


class Form(NamedTuple):
    """A form by its address, what is wrong in it where, what the API says, and what is right."""

    path: str
    field: str
    wrong: str
    en: str
    zh: str
    right: str
    reason: str
    before: Callable[[Page], None] = lambda page: None


def _written_off(page: Page) -> None:
    field(page, "change").click()
    page.locator(".ant-select-item-option:visible").nth(4).click()


def _to_zgc(page: Page) -> None:
    choose(page, "target", "BJ-ZGC")


FORMS = {
    "count": Form(f"{BUCKET}?do=count", "on_hand", "-3", "is -3; must be from 0", "须", "14", "counted"),
    "count of a half": Form(f"{BUCKET}?do=count", "on_hand", "2.5", "must be an integer", "整数", "15", "counted"),
    "receive": Form(f"{BUCKET}?do=adjust", "quantity", "0", "needs at least 1", "数量至少为 1", "6", "received"),
    "nothing": Form(f"{BUCKET}?do=adjust", "quantity", "", "required", "必填", "2", "received"),
    "write off": Form(
        f"{BUCKET}?do=adjust",
        "quantity",
        "9999",
        "can be taken at most",
        "最多可减少",
        "1",
        "written_off",
        _written_off,
    ),
    "transfer of none": Form(
        f"{BUCKET}?do=transfer", "quantity", "0", "must be from 1", "须", "1", "transfer_out", _to_zgc
    ),
    "transfer of too many": Form(
        f"{BUCKET}?do=transfer", "quantity", "9999", "can be taken at most", "最多可减少", "2", "transfer_out", _to_zgc
    ),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_wrong_number_is_told_at_its_field(signed_in: SignedIn, town: Town, name: str) -> None:
    form = FORMS[name]
    before = last_movement(town)
    for language in ("en", "zh"):
        page = signed_in("brand_operations", language=language)
        page.goto(form.path)
        expect(field(page, form.field)).to_be_visible(timeout=SLOW_MS)
        form.before(page)
        fill(page, form.field, form.wrong)
        expect(told_at(page, form.field)).to_contain_text(form.en if language == "en" else form.zh, timeout=SLOW_MS)
        expect(field(page, form.field)).to_be_focused()
        assert last_movement(town) == before, "what is refused writes nothing"
    fill(page, form.field, form.right)
    expect(page.get_by_role("dialog")).to_have_count(0)
    after = last_movement(town)
    assert (after["id"] != before["id"], after["reason"]) == (True, form.reason)


def test_a_transfer_to_where_it_stands_is_told_at_the_target(signed_in: SignedIn, town: Town) -> None:
    before = last_movement(town)
    for language, said in (("en", "Choose another location."), ("zh", "请选择另一个地点。")):
        page = signed_in("brand_operations", language=language)
        page.goto(f"{BUCKET}?do=transfer")
        choose(page, "target", "BJ-SLT")
        fill(page, "quantity", "1")
        expect(told_at(page, "target")).to_have_text(said)
        assert last_movement(town) == before
    _to_zgc(page)
    field(page, "quantity").press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert last_movement(town)["reason"] == "transfer_out"


def test_a_location_or_an_offer_left_out_is_told_there(signed_in: SignedIn, town: Town) -> None:
    for language, said in (("en", "must not be empty"), ("zh", "不能为空")):
        page = signed_in("brand_operations", language=language)
        page.goto("/stock?do=count")
        fill(page, "on_hand", "3")
        expect(told_at(page, "location")).to_contain_text(said)
        expect(told_at(page, "offer")).to_contain_text(said)
    choose(page, "location", "BJ-SLT")
    choose(page, "offer", "COAT-NAVY-M")
    field(page, "on_hand").press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert last_movement(town)["stock"]["on_hand"] == 3
    town.shop.count("BJ-SLT", "COAT-NAVY-M", 12)


def test_more_than_was_sent_does_not_arrive(signed_in: SignedIn, town: Town) -> None:
    sent = {"source": "LF-DC", "target": "BJ-ZGC", "offer": "BOOTS-41", "quantity": 5}
    transfer = ok(town.shop.client.post("/v1/stock/transfers", json=sent), 201)["id"]
    for language, said in (("en", "5 were sent."), ("zh", "调出数量为 5。")):
        page = signed_in("brand_operations", language=language)
        page.goto("/stock?do=transfers&location=LF-DC")
        fill(page, "received", "6")
        expect(told_at(page, "received")).to_have_text(said)
        assert ok(town.shop.client.get(f"/v1/stock/transfers/{transfer}"))["state"] == "in_transit"
    fill(page, "received", "")  # which to the API would be all of it
    expect(told_at(page, "received")).to_contain_text("未到货填 0")
    fill(page, "received", "4")
    expect(page.get_by_role("dialog").locator("form")).to_have_count(0)
    assert ok(town.shop.client.get(f"/v1/stock/transfers/{transfer}"))["received"] == 4


def test_an_exceptions_wrong_owner_time_and_note_are_told_there(signed_in: SignedIn, town: Town, short: Json) -> None:
    signed_in("store_associate", location="BJ-WFJ").close()  # 林一 works elsewhere
    path = f"/v1/stock/exceptions/{short['id']}"
    before = ok(town.shop.client.get(path))
    said = {
        "en": ("at most 500", "林一 acts in other stores only.", "Name a time after the exception was opened."),
        "zh": ("500", "林一 不在该门店工作。", "处理时限不能早于异常发生的时间。"),
    }
    for language, (note, owner, due) in said.items():
        page = signed_in("brand_operations", language=language)
        page.goto(f"/exceptions?exception={short['id']}")
        save = page.locator("form button[type=submit]").last
        field(page, "note").fill("x" * 501)
        save.click()
        expect(told_at(page, "note")).to_contain_text(note)
        field(page, "note").fill("已联系顾客")
        choose(page, "assignee", "林一")
        save.click()
        expect(told_at(page, "assignee")).to_have_text(owner)
        choose(page, "assignee", "陈晨")
        fill(page, "due_at", "2020-01-01 09:00")
        expect(told_at(page, "due_at")).to_have_text(due)
        assert ok(town.shop.client.get(path)) == before
    fill(page, "due_at", "2030-01-01 09:00")
    expect(page.get_by_text("处理记录")).to_be_visible()
    after = ok(town.shop.client.get(path))
    assert (after["assignee"]["name"], after["due_at"]) == ("陈晨", "2030-01-01T01:00:00Z")
    assert (after["note"], after["revision"]) == ("已联系顾客", before["revision"] + 1)
