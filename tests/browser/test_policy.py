"""The routing policy: a draft is checked, dry-run, published, and rolled back; who only reads changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import axe, shot
from tests.journeys.shop import ok

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.browser.conftest import SignedIn
    from tests.browser.town import Town

NEAR_WANGFUJING = {"lat": 39.9139, "lon": 116.4109, "region": "110101"}


@pytest.fixture(scope="module")
def orders(town: Town) -> list[str]:
    """Three orders that Wangfujing serves."""
    placed = [town.shop.place(("COAT-NAVY-M", 1), deliver_to=NEAR_WANGFUJING) for _ in range(3)]
    assert [order["fulfilment_orders"][0]["location"] for order in placed] == ["BJ-WFJ"] * 3
    return [order["channel_order_id"] for order in placed]


def served_by(town: Town) -> str:
    order = town.shop.place(("COAT-NAVY-M", 1), deliver_to=NEAR_WANGFUJING)
    return str(order["fulfilment_orders"][0]["location"])


def version(town: Town) -> int:
    return int(ok(town.shop.client.get("/v1/policy"))["version"])


def write(page: Page, text: str) -> None:
    """Replace the draft's text."""
    page.get_by_text("Text", exact=True).click()
    page.get_by_label("The draft as JSON").fill(text)


def test_a_policy_is_dry_run_published_and_rolled_back(town: Town, signed_in: SignedIn, orders: list[str]) -> None:
    """A planner leaves Wangfujing out, sees who would serve, publishes, and orders follow; also back."""
    page = signed_in("planner")
    page.goto("/policy")
    expect(page.get_by_role("heading", level=1)).to_have_text("Which store serves whom, and what would change if…?")
    base = version(town)
    page.get_by_label("Kept back everywhere").fill("0")
    box = page.get_by_label("Left out for now")
    box.click()
    page.keyboard.type("王府井")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    side = page.get_by_role("complementary").last
    expect(side).to_contain_text("serves nobody")
    expect(side).to_contain_text("The API finds nothing wrong")
    axe(page)
    page.reload()  # the draft is kept
    expect(page.get_by_role("complementary").last).to_contain_text("serves nobody")
    shot(page, "policy")

    page.get_by_role("button", name="Dry run").click()
    expect(page.get_by_role("heading", name="3 of 3 orders would be served in another way")).to_be_visible()
    changes = page.get_by_role("region", name="Orders that would be served in another way")
    for order in orders:
        expect(changes.get_by_role("link", name=order)).to_be_visible()
    expect(changes).to_contain_text("is taken out of online orders by the policy")
    axe(page)
    assert version(town) == base  # nothing was published

    page.get_by_role("tab", name="Policy").click()
    page.get_by_role("button", name="Publish…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("serves nobody")
    dialog.get_by_label("Why").fill("Wangfujing is being rebuilt")
    axe(page)
    dialog.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text(f"Version {base + 1} is in force").first).to_be_visible()
    assert served_by(town) == "BJ-XD"

    ok(town.shop.client.put("/v1/policy", json={"safety_stock": 1, "note": "by a colleague"}))
    page.goto("/policy?tab=versions")
    row = page.get_by_role("row").filter(has_text="Wangfujing is being rebuilt")
    expect(row).to_contain_text("李想")
    axe(page)
    shot(page, "policy-versions")
    row.get_by_role("button", name="Roll back…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"It becomes version {base + 3}")
    dialog.get_by_role("button", name="Bring it back").click()
    expect(page.get_by_text(f"brings back version {base + 1}")).to_be_visible()
    assert served_by(town) == "BJ-XD"
    told = ok(town.shop.client.get("/v1/policies?limit=1"))["policies"][0]
    assert (told["based_on"], told["published_by_name"]) == (base + 1, "李想")


def test_the_apis_errors_stand_at_their_fields(signed_in: SignedIn) -> None:
    """In both views and both languages, and nothing wrong can be published; all of it by keyboard."""
    page = signed_in("planner")
    page.goto("/policy")
    add = page.get_by_role("button", name="Add a rule", exact=True)
    add.focus()
    page.keyboard.press("Enter")
    sku = page.get_by_label("Offer (SKU)")
    sku.focus()
    page.keyboard.type("COAT-PINK")
    item = page.locator('[data-pointer="/thresholds/0/sku"]')
    expect(item.get_by_role("alert")).to_contain_text("There is no offer COAT-PINK")
    expect(page.get_by_role("button", name="Publish…")).to_be_disabled()
    axe(page)
    write(page, '{"kinds": {"ship": {"km_max": -5}}, "rank": [{"group": "nowhere", "cost": 1}]}')
    faults = page.get_by_role("alert").filter(has=page.locator("code"))
    expect(faults).to_contain_text("/kinds/ship/km_max")
    write(page, '{"kinds": ')
    expect(page.get_by_text("This is not JSON yet")).to_be_visible()
    page.evaluate("localStorage.setItem('ms.language', 'zh')")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("哪家店服务哪些顾客？改一改会怎样？")
    expect(page.locator('[data-pointer="/kinds/ship/km_max"]').get_by_role("alert")).to_contain_text("应在")


@pytest.mark.parametrize(
    ("language", "kept", "publish", "said"), [("en", "2", "Publish…", "At most 500"), ("zh", "3", "发布…", "最多")]
)
def test_a_reason_of_too_many_words_publishes_nothing(
    town: Town, signed_in: SignedIn, language: str, kept: str, publish: str, said: str
) -> None:
    base = version(town)
    page = signed_in("planner", language=language)
    page.goto("/policy")
    page.get_by_label("Kept back everywhere" if language == "en" else "默认保留").fill(kept)
    page.get_by_role("button", name=publish).click()
    dialog = page.get_by_role("dialog")
    note = dialog.locator("input")
    note.fill("长" * 501)
    dialog.locator("button.ant-btn-primary").click()
    expect(note).to_have_attribute("aria-invalid", "true")
    expect(page.locator(f"[id='{note.get_attribute('aria-describedby')}']")).to_contain_text(said)
    assert version(town) == base
    note.fill("节后收紧")
    dialog.locator("button.ant-btn-primary").click()
    expect(dialog).to_have_count(0)
    assert version(town) == base + 1


def test_who_only_reads_sees_the_policy_and_its_versions(signed_in: SignedIn) -> None:
    page = signed_in("analyst")
    page.goto("/policy")
    expect(page.get_by_text("Your role reads the policy")).to_be_visible()
    expect(page.get_by_label("Kept back everywhere")).to_be_disabled()
    expect(page.get_by_role("button", name="Publish…")).to_have_count(0)
    page.get_by_role("tab", name="Versions").click()
    expect(page.get_by_role("button", name="Roll back…")).to_have_count(0)
    axe(page)


def test_who_may_not_read_it_is_told_so(signed_in: SignedIn) -> None:
    page = signed_in("brand_marketing")
    page.goto("/policy")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your role can't open this")


def test_it_is_read_and_changed_on_a_phone(signed_in: SignedIn) -> None:
    page = signed_in("planner", phone=True)
    page.goto("/policy")
    expect(page.get_by_label("Kept back everywhere")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    axe(page)
