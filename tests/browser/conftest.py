"""The console in Debian's Chromium, on a real server with a real PostgreSQL.

def test_an_order_appears(town: Town, signed_in: SignedIn) -> None:
    page = signed_in("brand_operations")            # signed in as that role, in a browser of its own
    page.goto("/orders")
    axe(page)                                       # nothing serious stands in anybody's way

With MANYSTORES_SHOTS=1 `shot(page, "orders")` writes the page in both languages, both themes, on a desk and on a phone,
to docs/images/console; without it, it does nothing.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final, Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright
from tests.browser.town import Town
from tests.journeys.conftest import Api, running_api

from manystores.api import console_files

ROOT: Final = Path(__file__).parents[2]
CHROMIUM: Final = os.environ.get("CHROMIUM", "/usr/bin/chromium")
AXE: Final = ROOT / "console/node_modules/axe-core/axe.min.js"
SHOTS: Final = ROOT / "docs/images/console"
DESK: Final = {"width": 1440, "height": 900}
PHONE: Final = {"width": 390, "height": 844}
WAIT_MS: Final = 30_000
expect.set_options(timeout=WAIT_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


class SignedIn(Protocol):
    """`signed_in("planner")`, `signed_in("store_associate", location="BJ-XD", phone=True, language="zh")`."""

    def __call__(
        self,
        role: str,
        *,
        location: str | None = None,
        phone: bool = False,
        language: str = "en",
        theme: str = "light",
    ) -> Page: ...


@pytest.fixture(scope="session")
def server(
    new_database: Callable[[], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Api]:
    """The application with its console, for all tests of the run."""
    assert console_files.built(), "the console is not built: run make setup"
    with new_database() as database_url, running_api(database_url, tmp_path_factory.mktemp("data")) as running:
        yield running


@pytest.fixture(scope="module")
def town(server: Api) -> Town:
    """A brand of this module's own, with stores, offers and stock."""
    return Town(server)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser; each `signed_in` gets a profile of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def signed_in(chromium: Browser, town: Town) -> Iterator[SignedIn]:
    """Opens pages of people of the module's brand; the test fails when a page had an error or broke its policy."""
    opened: list[BrowserContext] = []
    faults: list[str] = []

    def open_page(
        role: str,
        *,
        location: str | None = None,
        phone: bool = False,
        language: str = "en",
        theme: str = "light",
    ) -> Page:
        context = _context(chromium, town.api.url, phone=phone, language=language, theme=theme)
        opened.append(context)
        town.enter(context, role, location, _sign_in)
        page = context.new_page()
        _note_faults(page, faults)
        return page

    yield open_page
    for context in opened:
        context.close()
    assert not faults, "\n".join(faults)


def _context(browser: Browser, url: str, *, phone: bool, language: str, theme: str) -> BrowserContext:
    context = browser.new_context(
        base_url=url,
        viewport=PHONE if phone else DESK,  # type: ignore[arg-type]
        has_touch=phone,
        locale="zh-CN" if language == "zh" else "en-GB",
        color_scheme=theme,  # type: ignore[arg-type]
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
    )
    context.set_default_timeout(WAIT_MS)
    context.add_init_script(f"localStorage.getItem('ms.language') ?? localStorage.setItem('ms.language', '{language}')")
    return context


def _note_faults(page: Page, faults: list[str]) -> None:
    """Uncaught errors, and whatever the content policy forbade: the console asks nobody outside."""

    def said(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            faults.append(f"{page.url}: {message.text}")

    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    page.on("console", said)


def axe(page: Page) -> None:
    """Fails when axe-core finds something serious or critical on the page as it is now."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    found: list[dict[str, Any]] = page.evaluate(
        "async () => (await axe.run({ resultTypes: ['violations'] })).violations"
        ".filter(({ impact }) => impact === 'serious' || impact === 'critical')"
    )
    told = [
        f"{rule['id']} ({rule['impact']}): {rule['help']}\n"
        + "\n".join(f"    {node['html'][:300]}\n    {node['failureSummary']}" for node in rule["nodes"][:5])
        for rule in found
    ]
    assert not told, f"{page.url}\n" + "\n".join(told)


def shot(page: Page, name: str, ready: str = "") -> None:
    """The page in both languages and themes, on a desk and a phone, as small PNGs; only when the environment asks. With
    `ready`, each once there is an element of that selector: a map takes its time."""
    if not os.environ.get("MANYSTORES_SHOTS"):
        return
    SHOTS.mkdir(parents=True, exist_ok=True)
    before = page.viewport_size or DESK
    kept = page.evaluate("() => ['language', 'theme'].map((one) => localStorage.getItem(`ms.${one}`))")
    for language in ("en", "zh"):
        for theme in ("light", "dark"):
            for size, viewport in (("desk", DESK), ("phone", PHONE)):
                page.set_viewport_size(viewport)  # type: ignore[arg-type]
                _prefer(page, language, theme)
                page.reload()
                page.wait_for_load_state("load")
                if ready:
                    page.wait_for_selector(ready, timeout=60_000)
                page.wait_for_timeout(1500)  # charts draw themselves
                (SHOTS / f"{name}-{language}-{theme}-{size}.png").write_bytes(_small(page.screenshot()))
    page.set_viewport_size(before)
    _prefer(page, *(value or "" for value in kept))
    page.reload()


def _prefer(page: Page, language: str, theme: str) -> None:
    for name, value in (("language", language), ("theme", theme)):
        page.evaluate("([name, value]) => localStorage.setItem(name, value)", [f"ms.{name}", value])


def _small(png: bytes) -> bytes:
    """With a palette of 256 colours, a third of the size, where Pillow is there."""
    try:
        from PIL import Image
    except ImportError:
        return png
    out = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def _sign_in(context: BrowserContext, login: str, password: str) -> None:
    """As a person does: the console sends them to the sign-in page, and they come back."""
    page = context.new_page()
    page.goto("/sign-in?next=/orders")
    page.locator("input[name=login]").fill(login)
    page.locator("input[name=password]").fill(password)
    page.locator("button[type=submit]").click()
    page.wait_for_url("**/orders")
    page.close()
