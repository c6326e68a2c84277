"""Wrong entries on the associate's phone: each is told where it was made, in the API's own words, nothing is written,
and the right entry goes through.

Forms of the phone, and where their wrong entries are tested:

- the pick-up code: here, in both languages
- a code to look up, for a task or for goods that come back: here, in both languages
- how many come back, and how many were picked: here, in both languages; only what is there can be entered, so the desk
  takes one meanwhile
- what is picked, by codes: `test_store.test_a_parcel_by_thumb`
- parcels, carrier and tracking number, why it can't be done, why it waits: here, in both languages
- a step that can't be done any more has no field: `test_store.test_a_refused_step_is_explained`
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, expect
from tests.browser.conftest import SignedIn, axe
from tests.browser.test_store import STORE, Work, associate, button, goods, now, work
from tests.journeys.shop import Json, eventually, ok

if TYPE_CHECKING:
    from tests.browser.town import Town

__all__ = ["goods", "work"]  # fixtures
SOLD = 2


@pytest.mark.parametrize(
    ("language", "label", "told", "after"),
    [
        (
            "en",
            "The six digits that the shopper shows",
            "The code does not belong to this order; 4 more attempts.",
            "Handed over",
        ),
        ("zh", "顾客出示的 6 位数字", "取货码与订单不符，还可尝试 4 次。", "已交付"),
    ],
)
def test_a_wrong_pick_up_code(
    town: Town, signed_in: SignedIn, work: Callable[..., Work], language: str, label: str, told: str, after: str
) -> None:
    shop, one = town.shop, work(pick_up=True)
    shop.steps({"id": one.id}, "accept", "pick", "ready")
    code = ok(shop.client.get(f"/v1/fulfilment-orders/{one.id}/code"))["code"]
    page = associate(signed_in, language)
    page.goto(f"/store/task/{one.id}")
    field = page.get_by_label(label)
    field.fill("000000" if code != "000000" else "111111")
    page.keyboard.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(told)
    axe(page)
    assert now(shop, one)["stage"] == "ready_for_pickup"
    field.fill(code)
    page.keyboard.press("Enter")
    expect(page.get_by_text(after)).to_be_visible()
    assert now(shop, one)["stage"] == "handed_over"


@pytest.mark.parametrize("path", ["/store/scan", "/store/return"])
@pytest.mark.parametrize(
    ("language", "label", "look", "told"),
    [
        ("en", "Or type the code", "Look up", "Nobody here knows this code: "),
        ("zh", "或手动输入", "查询", "无法识别："),
    ],
)
def test_a_code_that_nobody_knows(
    town: Town,
    signed_in: SignedIn,
    work: Callable[..., Work],
    path: str,
    language: str,
    label: str,
    look: str,
    told: str,
) -> None:
    one = work()
    town.shop.steps({"id": one.id}, "accept", "pick", "pack", "ship")
    page = associate(signed_in, language)
    page.goto(path)
    page.get_by_label(label).fill("NO-SUCH-CODE")
    button(page, look).tap()
    expect(page.get_by_role("alert").filter(has_text=f"{told}NO-SUCH-CODE")).to_be_visible()
    page.get_by_label(label).fill("x" * 300)  # longer than any code
    button(page, look).tap()
    expect(page.get_by_role("alert").last).to_contain_text(re.compile("128|x{300}"))
    page.get_by_label(label).fill(one.name)
    button(page, look).tap()
    expect(page.get_by_text(one.name).first).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize(
    ("language", "sold", "one_less", "reason", "take", "told"),
    [
        ("en", r"To be sold again.*One more$", r"To be sold again.*One less$", "Too small", "Take back 2",
         "2 is too many: shipped and not yet returned are 1."),
        ("zh", r"可再售.*加一$", r"可再售.*减一$", "偏小", "收下 2 件", "数量 2 过大：已发货且未退货的数量为 1。"),
    ],
)  # fmt: skip
def test_more_comes_back_than_is_left(
    town: Town,
    signed_in: SignedIn,
    work: Callable[..., Work],
    language: str,
    sold: str,
    one_less: str,
    reason: str,
    take: str,
    told: str,
) -> None:
    shop, one = town.shop, work(("SCARF-GREY", SOLD))
    shop.steps({"id": one.id}, "accept", "pick", "pack", "ship")
    page = associate(signed_in, language)
    page.goto(f"/store/return?code={one.name}")
    for _ in range(SOLD):
        button(page, re.compile(sold)).tap()
    page.get_by_role("radio", name=reason).tap()
    back = {"line": 1, "restocked": 1, "reason": "too_small"}
    ok(shop.client.post("/v1/returns/at-counter", json={"order": one.order, "location": STORE, "lines": [back]}), 201)
    button(page, take).tap()
    count = page.get_by_role("group", name=re.compile(sold.partition(".")[0]))
    expect(count).to_have_accessible_description(told)
    expect(page.get_by_role("radio", name=reason)).to_be_checked()
    axe(page)
    assert len(returns(town, one)) == 1
    button(page, re.compile(one_less)).tap()
    expect(page.get_by_role("alert")).to_have_count(0)
    button(page, take.replace("2", "1")).tap()
    eventually(lambda: len(returns(town, one)) == 2)


def wrong(field: Locator, told: str) -> None:
    """The field says what is wrong with it."""
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile(told))
    expect(field).to_be_focused()
    expect(field).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize(
    ("language", "boxes", "pack", "ship", "carrier", "tracking"),
    [
        ("en", "Parcels", "Packed", "Hand to courier", "Another carrier", "Tracking number"),
        ("zh", "包裹数", "打包完成", "交给快递", "其他快递", "运单号"),
    ],
)
def test_wrong_parcels_carrier_and_tracking_number(
    town: Town,
    signed_in: SignedIn,
    work: Callable[..., Work],
    language: str,
    boxes: str,
    pack: str,
    ship: str,
    carrier: str,
    tracking: str,
) -> None:
    shop, one = town.shop, work()
    shop.steps({"id": one.id}, "accept", "pick")
    page = associate(signed_in, language)
    page.goto(f"/store/task/{one.id}")
    field = page.get_by_role("textbox", name=boxes)
    for wanted, least in (("0", "1"), ("2000", "1000")):
        field.fill(wanted)
        button(page, pack).tap()
        wrong(field, least)
    axe(page)
    assert now(shop, one)["stage"] == "picked"
    field.fill("2")
    expect(field).to_have_attribute("aria-invalid", "false")
    button(page, pack).tap()
    number = page.get_by_role("textbox", name=tracking, exact=True)
    number.fill("7" * 200)
    page.get_by_role("combobox").tap()
    page.get_by_title(carrier).tap()
    other = page.get_by_role("textbox", name=carrier)
    other.fill("c" * 70)
    button(page, ship).tap()
    wrong(other, "64")
    expect(number).to_have_value("7" * 200)
    expect(number).to_have_accessible_description(re.compile("128"))
    axe(page)
    assert now(shop, one)["stage"] == "packed"
    other.fill("SLOW")
    expect(number).to_have_attribute("aria-invalid", "true")
    number.fill("SF7")
    button(page, ship).tap()
    eventually(lambda: now(shop, one)["packages"])
    assert [(box["carrier"], box["tracking"]) for box in now(shop, one)["packages"]] == [("SLOW", "SF7")]


@pytest.mark.parametrize(
    ("language", "what", "label", "limit", "send"),
    [
        ("en", "Can't do it", "Note for head office", 500, "Give it back"),
        ("zh", "无法履约", "给总部的备注", 500, "确认拒单"),
        ("en", "Put on hold", "Why does it stop?", 200, "Put on hold"),
        ("zh", "挂起", "为什么挂起？", 200, "挂起"),
    ],
)
def test_a_reason_that_is_too_long(
    town: Town,
    signed_in: SignedIn,
    work: Callable[..., Work],
    language: str,
    what: str,
    label: str,
    limit: int,
    send: str,
) -> None:
    shop, one = town.shop, work()
    shop.steps({"id": one.id}, "accept")
    page = associate(signed_in, language)
    page.goto(f"/store/task/{one.id}")
    rejects = limit == 500
    if rejects:
        button(page, what).tap()
        page.get_by_role("radio").first.tap()
    else:
        button(page, re.compile("More|更多")).tap()
        page.get_by_role("menuitem", name=what).tap()
    field = page.get_by_role("textbox", name=label)
    field.fill("长" * (limit + 20))
    button(page, send).tap()
    wrong(field, str(limit))
    expect(field).to_have_value("长" * (limit + 20))
    axe(page)
    assert now(shop, one)["stage"] == "approved"
    field.fill("长" * limit)
    button(page, send).tap()
    eventually(lambda: now(shop, one)["state" if rejects else "hold_reason"] in ("rejected", "长" * limit))


@pytest.mark.parametrize(
    ("language", "found", "all_found", "told", "fewer", "done"),
    [
        ("en", "Found", "All found", "2 is too many: still to be picked are 1.", "One less", "Picked: 1 of 1"),
        ("zh", "拣到", "全部拣齐", "数量 2 过大：待拣数量为 1。", "减一", "拣货完成 1/1"),
    ],
)
def test_more_is_picked_than_is_left(
    town: Town,
    signed_in: SignedIn,
    work: Callable[..., Work],
    language: str,
    found: str,
    all_found: str,
    told: str,
    fewer: str,
    done: str,
) -> None:
    """Counted without a network, while the desk noted one of the two."""
    shop, one = town.shop, work(("SCARF-GREY", 2))
    shop.steps({"id": one.id}, "accept")
    page = associate(signed_in, language)
    page.goto(f"/store/task/{one.id}")
    expect(button(page, all_found)).to_be_visible()
    page.context.set_offline(True)
    button(page, all_found).tap()
    picked = {"lines": [{"line": 1, "quantity": 1}]}
    ok(shop.client.post(f"/v1/fulfilment-orders/{one.id}/pick", json=picked))
    page.context.set_offline(False)
    count = page.get_by_role("group", name=re.compile(f"^{found}"))
    expect(count).to_have_accessible_description(re.compile(re.escape(told)))
    axe(page)
    assert now(shop, one)["lines"][0]["picked"] == 1
    count.get_by_role("button", name=re.compile(f"{fewer}$")).tap()
    expect(page.get_by_role("alert")).to_have_count(0)
    button(page, done).tap()
    eventually(lambda: now(shop, one)["lines"][0]["picked"] == 2)


def returns(town: Town, one: Work) -> list[Json]:
    """What came back of an order."""
    found: list[Json] = ok(town.shop.client.get(f"/v1/orders/{one.order}"))["returns"]
    return found
