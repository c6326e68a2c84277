"""A new build reaches a phone whose page stays open, and what waits to be sent outlives it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Route, expect
from tests.browser.conftest import SignedIn
from tests.browser.test_store import STORE, all_sent, associate, button, worker_ready
from tests.journeys.shop import ok

from manystores.api import console_files

if TYPE_CHECKING:
    from tests.browser.town import Town

WORKER = "/store-worker.js"


@pytest.fixture
def built() -> Iterator[dict[str, console_files.File]]:
    """The files that the server has; afterwards they are as they were."""
    files = console_files._files()
    before = files[WORKER]
    yield files
    files[WORKER] = before


def test_a_new_build_is_told_and_the_queue_outlives_it(
    town: Town, signed_in: SignedIn, built: dict[str, console_files.File]
) -> None:
    """The page that was open when its files were first kept hears of the new build; its button loads it. A step that
    waited is still there, and is sent once."""
    order = town.shop.place(("SCARF-GREY", 1), pick_up_at=STORE)
    work, name = order["fulfilment_orders"][0]["id"], order["channel_order_id"]
    page = associate(signed_in)
    worker_ready(page)
    expect(page.get_by_text(name)).to_be_visible()

    def away(route: Route) -> None:
        route.abort("connectionreset")

    page.context.route("**/v1/fulfilment-orders/*/accept", away)
    button(page, f"Accept: {name}").tap()
    expect(page.get_by_text("1 step waits to be sent")).to_be_visible()
    old = page.evaluate("() => caches.keys()")
    worker = built[WORKER].copies[b""].decode()
    newer, times = re.subn(r'"[0-9a-f]{16}"', '"feedfeedfeedfeed"', worker)
    assert times == 1
    built[WORKER] = built[WORKER]._replace(copies={b"": newer.encode()})
    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")  # as when the phone is taken up again
    expect(page.get_by_text("A new version is ready")).to_be_visible()
    with page.expect_navigation():
        button(page, "Load it").tap()
    expect(page.get_by_text("1 step waits to be sent")).to_be_visible()
    expect(page.get_by_text("A new version is ready")).to_have_count(0)
    assert page.evaluate("() => caches.keys()") == [*old, "manystores-store-feedfeedfeedfeed"]
    page.context.unroute("**/v1/fulfilment-orders/*/accept", away)
    all_sent(page)
    history = ok(town.shop.client.get(f"/v1/fulfilment-orders/{work}"))["history"]
    assert [step["kind"] for step in history] == ["fulfilment.accepted"]
