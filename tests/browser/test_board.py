"""The live board: an order appears, figures open their lists, the list keeps still, a broken connection heals."""

from __future__ import annotations

import re
from time import monotonic
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import axe, shot
from tests.journeys.shop import Json

if TYPE_CHECKING:
    from tests.browser.conftest import SignedIn
    from tests.browser.town import Town


def figure(page: Page, name: str) -> Any:
    """A figure that opens its list."""
    return page.locator(f"[data-figure='{name}']")


def number(page: Page, name: str) -> int:
    """What a figure says; 0 where it opens nothing."""
    found = figure(page, name)
    return int(re.sub(r"\D", "", found.inner_text())) if found.count() else 0


@pytest.fixture(scope="module")
def orders(town: Town) -> list[Json]:
    """Some work at each step, and an order that nobody can serve."""
    shop = town.shop
    placed = [shop.place(("COAT-NAVY-M", 1), channel=channel) for channel in ("web", "app", "app", "mini_program")]
    shop.steps(placed[0]["fulfilment_orders"][0], "accept")
    shop.steps(placed[1]["fulfilment_orders"][0], "accept", "pick")
    shop.steps(placed[2]["fulfilment_orders"][0], "accept", "pick", "pack")
    return placed


@pytest.fixture
def board(signed_in: SignedIn, orders: list[Json]) -> Page:
    """Operations look at the board."""
    page = signed_in("brand_operations")
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("What is happening now, and what needs me?")
    expect(page.locator(".board")).to_be_visible()
    return page


def test_an_order_placed_over_http_appears_within_two_seconds(board: Page, town: Town) -> None:
    expect(board.get_by_text("Live", exact=True)).to_be_visible()
    before = number(board, "all-today")
    placed = town.shop.place(("SCARF-GREY", 1), channel="agent")
    began = monotonic()
    expect(figure(board, "all-today")).to_have_text(str(before + 1), timeout=2_000)
    entry = board.locator(".board-newest li").filter(has_text=placed["channel_order_id"]).first
    expect(entry).to_be_visible(timeout=2_000)
    assert monotonic() - began < 2
    expect(entry).to_contain_text("Order placed")
    expect(entry).to_contain_text("Agent")
    expect(figure(board, "agent-today")).to_have_text("1")


@pytest.mark.parametrize("name", ["accept-open", "pick-open", "pack-0", "ship-open"])
def test_a_figure_opens_a_list_of_just_as_many(board: Page, name: str) -> None:
    count = number(board, name)
    assert count > 0
    figure(board, name).click()
    expect(board).to_have_url(re.compile(r"/work\?waits_for="))
    expect(board.get_by_test_id("count")).to_have_text(re.compile(rf"^{count} fulfilment orders?,"))
    expect(board.locator("tbody tr.ant-table-row")).to_have_count(count)


def test_what_is_sent_north_opens_its_work(board: Page, town: Town) -> None:
    figure(board, "north").click()
    expect(board).to_have_url(re.compile(r"destination=north"))
    shown = board.locator("tbody tr.ant-table-row")
    expect(shown.first).to_be_visible()
    told = town.shop.client.get("/v1/fulfilment-orders", params={"destination": "north", "limit": 200}).json()
    expect(shown).to_have_count(len(told["fulfilment_orders"]))


def test_rows_keep_still_under_the_pointer_and_say_how_many_more_there_are(board: Page, town: Town) -> None:
    rows = board.locator(".board-newest li")
    board.wait_for_timeout(1_600)
    first = rows.first.inner_text()
    rows.first.hover()
    for _ in range(3):
        town.shop.place(("JEANS-32", 1))
    more = board.get_by_role("button", name=re.compile(r"^3 more; show the newest"))
    expect(more).to_be_visible()
    assert rows.first.inner_text() == first
    more.dispatch_event("click")  # the rows go on soon after the pointer left them, and the button with them
    expect(rows.first).not_to_have_text(first)


def test_the_board_pauses_and_goes_on(board: Page, town: Town) -> None:
    expect(figure(board, "all-today")).to_be_visible()
    before = number(board, "all-today")
    board.get_by_role("button", name="Pause").press("Enter")
    expect(board.get_by_test_id("as-of")).to_contain_text("Paused at")
    town.shop.place(("JEANS-32", 1))
    expect(board.get_by_test_id("as-of")).to_contain_text(re.compile(r"[1-9]\d* updates? waits?"))
    assert number(board, "all-today") == before
    board.get_by_role("button", name="Go on").press("Enter")
    expect(figure(board, "all-today")).to_have_text(str(before + 1))


def test_a_lost_connection_is_shown_and_heals(board: Page, town: Town) -> None:
    expect(board.get_by_text("Live", exact=True)).to_be_visible()
    before = number(board, "all-today")
    boards = town.api.application._services.boards  # type: ignore[union-attr]
    board.route("**/v1/board/stream", lambda route: route.abort())
    boards._task.get_loop().call_soon_threadsafe(boards.close)
    lost = board.get_by_text("Live updates are interrupted")
    expect(lost).to_be_visible()
    town.shop.place(("JEANS-32", 1))
    board.unroute("**/v1/board/stream")
    expect(lost).to_be_hidden()
    expect(figure(board, "all-today")).to_have_text(str(before + 1))


def test_everything_on_it_can_be_reached_by_keyboard_and_terms_explain_themselves(board: Page) -> None:
    term = board.get_by_role("button", name=re.compile("Median distance"))
    term.focus()
    expect(board.get_by_role("tooltip")).to_contain_text("as the crow flies")
    figure(board, "late").focus()
    board.keyboard.press("Tab")
    expect(figure(board, "unserved")).to_be_focused()
    board.keyboard.press("Enter")
    expect(board).to_have_url(re.compile(r"/orders\?unserved=true"))


def test_a_store_sees_its_own_and_whoever_may_not_is_told(signed_in: SignedIn, orders: list[Json]) -> None:
    page = signed_in("store_associate", location="SH-NJX", phone=True, language="zh")
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("现在发生了什么，哪些需要我处理？")
    expect(page.locator(".board")).to_be_visible()
    assert number(page, "all-today") == 0
    axe(page)


@pytest.mark.parametrize(("language", "theme", "phone"), [("en", "light", False), ("zh", "dark", True)])
def test_nothing_serious_stands_in_anybodys_way(
    signed_in: SignedIn, orders: list[Json], language: str, theme: str, phone: bool
) -> None:
    page = signed_in("brand_operations", language=language, theme=theme, phone=phone)
    page.goto("/")
    expect(page.locator(".board")).to_be_visible()
    page.wait_for_timeout(600)
    axe(page)
    width = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    assert width <= 0, "the page is wider than the screen"
    page.goto("/work?waits_for=accept")
    expect(page.locator("tbody tr.ant-table-row").first).to_be_visible()
    axe(page)
    page.goto("/sold-out")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_timeout(300)
    axe(page)


def test_screens_are_kept(signed_in: SignedIn, orders: list[Json]) -> None:
    page = signed_in("brand_operations")
    page.goto("/")
    expect(page.locator(".board")).to_be_visible()
    shot(page, "board")
    page.goto("/work")
    expect(page.locator("tbody tr.ant-table-row").first).to_be_visible()
    shot(page, "work")
