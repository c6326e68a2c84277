"""One order through the whole house: seen on the board, explained, refused on a phone in the store, moved, mapped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect
from tests.browser.test_map import MAP, RENDERED, SLOW_MS
from tests.journeys.shop import eventually, ok

if TYPE_CHECKING:
    from tests.browser.conftest import SignedIn
    from tests.browser.town import Town

SOON_MS = 20_000
NEXT_DOOR = {"lat": 39.9140, "lon": 116.4110, "region": "110101", "name": "王小明", "phone": "13812345678"}
FIRST = "BJ-WFJ"


def test_an_order_is_seen_explained_refused_moved_and_mapped(town: Town, signed_in: SignedIn) -> None:
    """Operations look at a desk while the store's associate holds a phone."""
    desk = signed_in("brand_operations")
    desk.goto("/")
    expect(desk.get_by_text("Live", exact=True)).to_be_visible(timeout=SOON_MS)
    order = town.shop.place(("SCARF-GREY", 1), deliver_to=NEXT_DOOR)
    assert [work["location"] for work in order["fulfilment_orders"]] == [FIRST]

    entry = desk.locator(".board-newest li").filter(has_text=order["channel_order_id"]).first
    expect(entry).to_be_visible(timeout=SOON_MS)
    entry.get_by_role("link", name=order["channel_order_id"]).click()
    desk.wait_for_url(f"**/orders/{order['id']}")

    why = desk.get_by_role("list", name="Why from there?")
    expect(why).to_contain_text(re.compile(r"王府井|BJ-WFJ"), timeout=SOON_MS)
    costs = desk.get_by_role("region", name=re.compile("Cost of each candidate"))
    expect(costs.locator("tbody tr").filter(has_text="Chosen")).to_contain_text("北京王府井店")

    phone = signed_in("store_associate", location=FIRST, phone=True, language="zh")
    phone.goto("/store")
    phone.get_by_role("link", name=re.compile(order["channel_order_id"])).tap()
    phone.get_by_role("button", name="无法履约").tap()
    phone.get_by_role("radio", name=re.compile("太忙")).tap()
    phone.get_by_role("button", name="确认拒单").tap()
    expect(phone.get_by_text("已转给其他有货门店")).to_be_visible(timeout=SOON_MS)

    eventually(lambda: len(ok(town.shop.client.get(f"/v1/orders/{order['id']}"))["fulfilment_orders"]) == 2)
    _, second = ok(town.shop.client.get(f"/v1/orders/{order['id']}"))["fulfilment_orders"]
    assert second["location"] != FIRST
    # the desk was told without a reload: a second decision, and the way from the new store beside the refused one
    expect(desk.get_by_text("Re-routed, 1")).to_be_visible(timeout=SOON_MS)
    codes = [FIRST, second["location"], "address"]
    desk.locator(MAP).scroll_into_view_if_needed(timeout=SLOW_MS)
    drawn = f"({RENDERED})(document.querySelector('{MAP}'), 'marks').map((one) => one.id)"
    desk.wait_for_function(
        f"(codes) => {{ const ids = {drawn}; return codes.every((one) => ids.includes(one)); }}",
        arg=codes,
        timeout=SLOW_MS,
    )
