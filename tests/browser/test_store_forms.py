"""Wrong entries on the associate's phone: each is told where it was made, in the API's own words, nothing is written,
and the right entry goes through.

Forms of the phone, and where their wrong entries are tested:

- the pick-up code: here, in both languages
- a code to look up, for a task or for goods that come back: here, in both languages
- how many come back: here; only what was sent can be entered, so the desk takes one back meanwhile
- what is picked: by codes, `test_store.test_a_parcel_by_thumb`; a step that can't be done any more,
  `test_store.test_a_refused_step_is_explained`
- why it can't be done: chosen from the server's reasons, `test_store.test_a_rejected_task_goes_elsewhere`
- parcels, carrier and tracking number: the API takes any
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
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
    ("language", "sold", "reason", "take", "refused", "told", "seen"),
    [
        ("en", r"To be sold again.*One more$", "Too small", "Take back 2", "Refused",
         "2 is too many: shipped and not yet returned are 1.", "Understood"),
        ("zh", r"可再售.*加一$", "偏小", "收下 2 件", "未通过",
         "数量 2 过大：已发货且未退货的数量为 1。", "知道了"),
    ],
)  # fmt: skip
def test_more_comes_back_than_is_left(
    town: Town,
    signed_in: SignedIn,
    work: Callable[..., Work],
    language: str,
    sold: str,
    reason: str,
    take: str,
    refused: str,
    told: str,
    seen: str,
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
    alert = page.get_by_role("alert").filter(has_text=refused)
    expect(alert).to_contain_text(told)
    axe(page)
    assert len(returns(town, one)) == 1
    button(page, seen).tap()
    page.goto(f"/store/return?code={one.name}")
    button(page, re.compile(sold)).tap()
    page.get_by_role("radio", name=reason).tap()
    button(page, take.replace("2", "1")).tap()
    eventually(lambda: len(returns(town, one)) == 2)


def returns(town: Town, one: Work) -> list[Json]:
    """What came back of an order."""
    found: list[Json] = ok(town.shop.client.get(f"/v1/orders/{one.order}"))["returns"]
    return found
