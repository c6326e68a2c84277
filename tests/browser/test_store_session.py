"""A session that ends while steps wait: the dialog says that they are kept, and each is sent once afterwards."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import SignedIn
from tests.browser.test_store import STORE, associate, button, worker_ready
from tests.journeys.shop import eventually, ok

if TYPE_CHECKING:
    from tests.browser.town import Town

SAID = {
    "en": ("Your session has ended", "2 steps are kept on this device", "Sign in again"),
    "zh": ("登录已失效", "有 2 步操作已保存在本机", "重新登录"),
}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_steps_that_wait_are_kept_and_sent_once(town: Town, signed_in: SignedIn, language: str) -> None:
    title, kept, again = SAID[language]
    works = [town.shop.place(("SCARF-GREY", 1), pick_up_at=STORE) for _ in range(2)]
    ids = [order["fulfilment_orders"][0]["id"] for order in works]
    page = associate(signed_in, language)
    worker_ready(page)
    page.context.set_offline(True)
    for order in works:
        button(page, re.compile(f"[:：] ?{order['channel_order_id']}$")).tap()
    mine = page.context.cookies()
    page.context.clear_cookies()
    page.context.set_offline(False)
    dialog = page.get_by_role("dialog", name=title)
    expect(dialog).to_contain_text(kept)

    def steps() -> list[list[str]]:
        told = [ok(town.shop.client.get(f"/v1/fulfilment-orders/{one}")) for one in ids]
        return [[step["kind"] for step in one["history"]] for one in told]

    assert steps() == [[], []]
    dialog.get_by_role("button", name=again).tap()
    page.wait_for_url(re.compile("/(sign-in|idp)"))
    page.context.add_cookies(mine)  # type: ignore[arg-type]
    page.goto("/store")
    eventually(lambda: steps() == [["fulfilment.accepted"], ["fulfilment.accepted"]])
