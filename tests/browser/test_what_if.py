"""What if: a changed policy is tried on made-up orders beside the one in force, and wrong fields are told."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import axe, shot
from tests.journeys.shop import ok

if TYPE_CHECKING:
    from tests.browser.conftest import SignedIn
    from tests.browser.town import Town


def test_a_draft_is_tried_from_the_policy_on(town: Town, signed_in: SignedIn) -> None:
    """A planner leaves Wangfujing out in a draft, and sees what that would cost; nothing is published."""
    before = ok(town.shop.client.get("/v1/policy"))["version"]
    page = signed_in("planner")
    page.goto("/policy")
    page.get_by_label("Left out for now").click()
    page.keyboard.type("王府井")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="See what last November would have cost").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What would orders have cost under another policy?")
    page.get_by_text("Made up", exact=True).click()
    page.get_by_label("How many").fill("300")
    page.get_by_role("button", name="Simulate").click()
    expect(page.get_by_text("300 orders")).to_be_visible(timeout=60_000)
    figures = page.get_by_role("table").first
    expect(figures).to_contain_text("Cost of an order")
    expect(figures).to_contain_text("95 % interval")
    expect(page.get_by_role("columnheader", name="Draft").first).to_be_visible()
    axe(page)
    shot(page, "what-if")
    assert ok(town.shop.client.get("/v1/policy"))["version"] == before


@pytest.mark.parametrize(
    ("language", "run", "to", "made_up", "many", "told", "too_many"),
    [
        ("en", "Simulate", "To", "Made up", "How many", "Not before the first day", "1000000"),
        ("zh", "开始模拟", "至", "模拟订单", "数量", "不得早于开始日期", "1000000"),
    ],
)
def test_wrong_entries_are_told_at_their_fields(
    signed_in: SignedIn, language: str, run: str, to: str, made_up: str, many: str, told: str, too_many: str
) -> None:
    page = signed_in("planner", language=language)
    page.goto("/what-if?from=2026-11-11&to=2026-11-01")
    page.get_by_role("button", name=run).click()
    field = page.get_by_label(to, exact=True)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile(told))
    axe(page)
    page.get_by_text(made_up).click()
    page.get_by_label(many).fill("2000000")
    page.get_by_role("button", name=run).click()
    expect(page.get_by_label(many)).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label(many)).to_have_accessible_description(re.compile(too_many))
