"""The shopper's page: opened by its link alone, in a browser that nobody is signed in with; nothing personal on it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, Response, expect
from tests.browser.conftest import _context, axe
from tests.journeys.shop import TIANANMEN, ok

if TYPE_CHECKING:
    from tests.browser.town import Town

PERSON = {"address": "东城区正义路 4 号 2 单元 601", "name": "欧阳小满", "phone": "+8613912340987"}
PIECES = ("正义路", "601", "欧阳", "小满", "13912340987", "0987", "门禁", "7788", "110101", "116.39", "WX-5566")
RANDOM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|/assets/[\w.-]+|/t/[\w.-]+")
"""Ids, names of built files and the link itself: their digits can look like a door's number."""
Open = Callable[..., Page]


@pytest.fixture
def visit(chromium: Browser, town: Town) -> Iterator[tuple[Open, list[str]]]:
    """Opens a page as a stranger would; with it, everything that the network brought."""
    heard: list[str] = []
    contexts = []

    def listen(response: Response) -> None:
        if "/assets/" not in response.url:
            heard.append(response.url + response.text() + str(response.headers))

    def open_page(url: str, *, language: str = "en", theme: str = "light", phone: bool = True) -> Page:
        context = _context(chromium, town.api.url, phone=phone, language=language, theme=theme)
        contexts.append(context)
        page = context.new_page()
        page.on("response", listen)
        page.goto(url)
        return page

    yield open_page, heard
    for context in contexts:
        context.close()


def told(text: str) -> list[str]:
    """The pieces of the person that stand in it; a short number counts where no letter or digit is beside it."""
    text = RANDOM.sub("", text)
    alone = {piece for piece in PIECES if piece.isdigit() and len(piece) < 6}
    return [piece for piece in PIECES if re.search(rf"\b{piece}\b" if piece in alone else re.escape(piece), text)]


def link(town: Town, order_id: str, **body: object) -> str:
    """The address of a new link."""
    url: str = ok(town.shop.client.post(f"/v1/orders/{order_id}/link", json=body), 201)["url"]
    return url


def test_a_parcel_from_the_order_to_the_door(visit: tuple[Open, list[str]], town: Town) -> None:
    """The page follows by itself, in both languages; not a piece of the person is on it, or comes over the network."""
    open_page, heard = visit
    order = town.shop.place(
        ("COAT-NAVY-M", 1), deliver_to=TIANANMEN | PERSON, notes="门禁 7788#", channel_order_id="WX-5566"
    )
    url = link(town, order["id"])
    page = open_page(url)
    expect(page.get_by_role("heading", level=1)).to_have_text("Order received")
    expect(page.get_by_text("羊毛大衣 藏青 M")).to_be_visible()
    axe(page)
    (work,) = town.shop.works(order)
    town.shop.steps(work, "accept", "pick", "pack")
    town.shop.step(work, "ship", carrier="SF", tracking="SF1002003004")
    expect(page.get_by_role("heading", level=1)).to_have_text("On its way", timeout=15_000)
    expect(page.get_by_text("SF1002003004")).to_be_visible()
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("配送中")
    expect(page.get_by_role("list", name="订单进度").get_by_role("listitem")).to_have_count(4)
    axe(page)
    everything = page.content() + page.url + "".join(heard)
    assert told(everything) == []
    assert order["id"] not in everything


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_pick_up_shows_code_store_and_hours(visit: tuple[Open, list[str]], town: Town, theme: str) -> None:
    open_page, heard = visit
    order = town.shop.place(
        ("SCARF-GREY", 1), pick_up_at="BJ-XD", notes="门禁 7788#", channel_order_id=f"WX-5566-{theme}"
    )
    (work,) = town.shop.works(order)
    town.shop.steps(work, "accept", "pick", "ready")
    code = ok(town.shop.client.get(f"/v1/fulfilment-orders/{work['id']}/code"))["code"]
    page = open_page(link(town, order["id"]), theme=theme)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ready to collect")
    expect(page.get_by_test_id("code")).to_have_text(code)
    expect(page.get_by_role("img", name="QR code for the counter")).to_be_visible()
    expect(page.get_by_text("北京西单店")).to_be_visible()
    expect(page.get_by_text("Mon–Sun 10:00–22:00")).to_be_visible()
    expect(page.get_by_role("link", name="Directions")).to_have_attribute("rel", "noreferrer noopener")
    axe(page)
    hidden = open_page(link(town, order["id"], show_code=False), theme=theme)
    expect(hidden.get_by_text("The shop sent you the pick-up code separately.")).to_be_visible()
    assert code not in hidden.content()
    town.shop.step(work, "hand-over", code=code)
    expect(page.get_by_role("heading", level=1)).to_have_text("Collected", timeout=15_000)
    expect(page.get_by_test_id("code")).to_have_count(0)
    everything = page.content() + "".join(heard)
    assert told(everything) == []


def test_a_link_that_is_not_ours_says_so_kindly(visit: tuple[Open, list[str]], town: Town) -> None:
    open_page, _ = visit
    order = town.shop.place(("SCARF-GREY", 1))
    url = link(town, order["id"])
    page = open_page(url[:-3] + ("AAA" if not url.endswith("AAA") else "BBB"), language="zh")
    expect(page.get_by_role("heading", level=1)).to_have_text("未找到该资源")
    expect(page.get_by_text("链接无效")).to_be_visible()
    axe(page)


def test_no_search_engine_lists_it_and_no_outside_is_told(town: Town) -> None:
    order = town.shop.place(("SCARF-GREY", 1))
    page = town.api.anonymous({"accept": "text/html"}).get(link(town, order["id"]))
    assert page.headers["x-robots-tag"] == "noindex"
    assert page.headers["referrer-policy"] == "no-referrer"


def test_it_can_be_used_by_keyboard(visit: tuple[Open, list[str]], town: Town) -> None:
    open_page, _ = visit
    order = town.shop.place(("SCARF-GREY", 1), pick_up_at="BJ-XD")
    page = open_page(link(town, order["id"]), phone=False)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="中文")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("已下单")
