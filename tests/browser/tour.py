"""Pictures of every page of the console, from a real demo server, for docs/console.md.

    .venv/bin/python -m tests.browser.tour                    all pages, anew
    .venv/bin/python -m tests.browser.tour orders map         those only

It starts `manystores demo` on a free port with a data folder of its own, signs its people in as people do, and takes
every page in both languages and themes, on a desk (1440 × 900) and a phone (390 × 844), as WebP.
A page that has an error fails the run.
"""

from __future__ import annotations

import base64
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import product
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from tests.browser.conftest import CHROMIUM, DESK, PHONE, SHOTS

from manystores.demo.people import PEOPLE

NO_PAGE: Final = ("There is no such page", "没有这个页面")
PASSWORD: Final = "three cups of green tea"
ORDERS: Final = 2_000
READY_S: Final = 300.0
SETTLE_MS: Final = 1_600
MAP_MS: Final = 20_000
DRAWN: Final = "[data-idle]"
QUALITY: Final = 72

LOGINS: Final = {role: login for login, _, role in PEOPLE}
LOOKS: Final = tuple(product(("en", "zh"), ("light", "dark"), ("desk", "phone")))


class Stop(NamedTuple):
    """A page of the tour: its name, who looks at it, its address, and what is done before it is opened and there."""

    name: str
    role: str | None
    path: str
    act: Callable[[Page], None] | None = None
    ready: str = ""  # selector of what is there once everything is drawn
    prepare: Callable[[], None] | None = None


def try_a_policy(page: Page) -> None:
    """A draft that leaves Shanghai's warehouse out, decided on the last orders."""
    page.get_by_label(re.compile("^(Left out for now|暂不参与的地点)$")).click()
    page.keyboard.type("上海市仓")
    page.locator(".ant-select-item-option").first.wait_for()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.get_by_role("button", name=re.compile("^(Dry run|试算)$")).click()
    page.get_by_role("tabpanel", name=re.compile("^(Dry run|试算)$")).get_by_role("table").first.wait_for()


def search_for_a_store(page: Page) -> None:
    """The search, open, with something found."""
    page.keyboard.press("Control+k")
    page.get_by_role("dialog").get_by_role("combobox").fill("王府井")
    page.get_by_role("dialog").get_by_role("option").first.wait_for()


class Demo:
    """What the running demo has that the tour shows."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url
        self._client = httpx.Client(
            base_url=url, headers={"authorization": f"Bearer {key}"}, timeout=60, trust_env=False
        )
        self.order, self.parcel_link, self.pick_up_link = self._find()
        people = self.get("/v1/people")["people"]
        self.store = next(one["locations"][0] for one in people if one["role"] == "store_associate")
        shelf = self.get("/v1/stock", location=self.store, limit=200)["stock"]
        self.offer = max(shelf, key=lambda one: (one["reserved"], one["on_hand"]))["offer"]
        self.task = self._task()

    def get(self, path: str, **params: Any) -> Any:
        """What the API tells."""
        answer = self._client.get(path, params=params)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, **body: Any) -> Any:
        """The answer to a write."""
        answer = self._client.post(path, json=body)
        answer.raise_for_status()
        return answer.json()

    def _task(self) -> str:
        """Work at the associate's store that waits to be picked."""
        works = self.get("/v1/fulfilment-orders", location=self.store, state="open", limit=50)["fulfilment_orders"]
        work = max(works, key=lambda one: len(one["lines"]))
        if "accept" in work["possible"]:
            self.post(f"/v1/fulfilment-orders/{work['id']}/accept")
        return str(work["id"])

    def run_short(self) -> None:
        """Counts find nothing on a few shelves from which something is promised."""
        works = self.get("/v1/fulfilment-orders", state="open", limit=6)["fulfilment_orders"]
        counts = [{"location": one["location"], "offer": one["lines"][0]["offer"], "on_hand": 0} for one in works]
        self.post("/v1/stock/counts", counts=counts)

    def ask_what_if(self) -> None:
        """What would it cost to leave Shanghai's warehouse out? Asked once."""
        path = "/v1/sourcing/simulations"
        if self.get(path)["simulations"]:
            return
        places = self.get("/v1/locations", limit=1000, kind="warehouse")["locations"]
        code = next(one["code"] for one in places if one["name"].startswith("上海"))
        without = {**self.get("/v1/policy"), "excluded_locations": [code]}
        for told in ("version", "note", "published_at", "published_by"):
            without.pop(told, None)
        policies = [{"name": "In force"}, {"name": "Without Shanghai", "policy": without}]
        made = self.post(path, policies=policies, generate=20_000, seed=1)["id"]
        while self.get(f"{path}/{made}")["state"] == "running":
            time.sleep(0.5)

    def _find(self) -> tuple[str, str, str]:
        """An order in several parts, a link to a parcel and one to a pick-up that waits."""
        orders, cursor = [], {}
        for _ in range(8):
            page = self.get("/v1/orders", limit=200, **cursor)
            orders += page["orders"]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        works = [(order, work) for order in orders for work in order["fulfilment_orders"]]
        split = max(orders, key=lambda order: (order["state"] == "approved", len(order["fulfilment_orders"])))
        shipped = next(order for order, work in works if work["stage"] == "shipped")
        waiting = next((order, work) for order, work in works if work["kind"] == "pick_up" and work["possible"])
        for step in ("accept", "pick", "ready"):
            if step in self.get(f"/v1/fulfilment-orders/{waiting[1]['id']}")["possible"]:
                self.post(f"/v1/fulfilment-orders/{waiting[1]['id']}/{step}")
        links = [self.post(f"/v1/orders/{order['id']}/link")["url"] for order in (shipped, waiting[0])]
        return split["id"], links[0], links[1]


def stops(demo: Demo) -> list[Stop]:
    """The tour."""
    ops = "brand_operations"
    return [
        Stop("sign-in", None, "/sign-in?next=/"),
        Stop("board", ops, "/"),
        Stop("orders", ops, "/orders"),
        Stop("order", ops, f"/orders/{demo.order}"),
        Stop("map", ops, "/map", ready=DRAWN),
        Stop("locations", ops, "/locations"),
        Stop("location", ops, f"/locations/{demo.store}", ready=DRAWN),
        Stop("stock", ops, f"/stock?location={demo.store}"),
        Stop("stock-record", ops, f"/stock/{demo.store}/{demo.offer}"),
        Stop("movements", ops, f"/movements?location={demo.store}"),
        Stop("exceptions", ops, "/exceptions", prepare=demo.run_short),
        Stop("offers", ops, "/offers"),
        Stop("offer", ops, f"/offers/{demo.offer}", ready=DRAWN),
        Stop("work", ops, "/work"),
        Stop("sold-out", ops, "/sold-out"),
        Stop("policy", "planner", "/policy"),
        Stop("policy-dry-run", "planner", "/policy", try_a_policy),
        Stop("what-if", "planner", "/what-if", ready="table", prepare=demo.ask_what_if),
        Stop("store", "store_associate", "/store"),
        Stop("store-task", "store_associate", f"/store/task/{demo.task}"),
        Stop("store-scan", "store_associate", "/store/scan"),
        Stop("store-return", "store_associate", "/store/return"),
        Stop("store-queue", "store_associate", "/store/queue"),
        Stop("people", ops, "/people"),
        Stop("audit", ops, "/audit"),
        Stop("search", ops, "/orders", search_for_a_store),
        Stop("no-permission", "planner", "/people"),
        Stop("shopper-parcel", None, demo.parcel_link),
        Stop("shopper-pick-up", None, demo.pick_up_link),
    ]


@contextmanager
def demo_server(data: Path) -> Iterator[Demo]:
    """The demo, once it serves and its first orders are placed; ended with the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).parent / "manystores"), "demo", "--orders", str(ORDERS), "--data", str(data)]
    command += ["--password", PASSWORD]
    log = data / "demo.log"
    with log.open("w") as out:
        process = subprocess.Popen([*command, "--port", str(port)], stdout=out, stderr=subprocess.STDOUT)
        try:
            text = _wait(process, log, "Orders trickle in")
            key = re.search(r"\bms_\w{32}_[\w-]{43}", text)
            assert key, text
            yield Demo(f"http://127.0.0.1:{port}", key[0])
        finally:
            process.terminate()
            process.wait(60)


def _wait(process: subprocess.Popen[bytes], log: Path, words: str) -> str:
    until = time.monotonic() + READY_S
    while words not in (text := log.read_text("utf-8")):
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"the demo did not start:\n{text}")
        time.sleep(0.5)
    return text


def sign_in(browser: Browser, url: str, role: str) -> Any:
    """The cookies of somebody of that role."""
    context = browser.new_context(base_url=url)
    page = context.new_page()
    page.goto("/sign-in?next=/orders")
    page.locator("input[name=login]").fill(LOGINS[role])
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("button[type=submit]").click()
    page.wait_for_url("**/orders")
    cookies = context.cookies()
    context.close()
    return cookies


def picture(page: Page, path: Path) -> None:
    """What the window shows, as WebP."""
    session = page.context.new_cdp_session(page)
    shot = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    path.write_bytes(base64.b64decode(shot["data"]))
    session.detach()


def look(browser: Browser, url: str, language: str, theme: str, size: str) -> BrowserContext:
    """A browser of its own, with that look."""
    context = browser.new_context(
        base_url=url,
        viewport=PHONE if size == "phone" else DESK,  # type: ignore[arg-type]
        has_touch=size == "phone",
        locale="zh-CN" if language == "zh" else "en-GB",
        color_scheme=theme,  # type: ignore[arg-type]
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
    )
    context.set_default_timeout(30_000)
    return context


def visit(page: Page, stop: Stop, path: Path) -> None:
    """Take a page's picture."""
    if stop.prepare is not None:
        stop.prepare()
    page.goto(stop.path)
    heading = page.get_by_role("heading", level=1).first
    heading.wait_for()
    if heading.inner_text() in NO_PAGE:
        raise PlaywrightError(f"there is no page at {stop.path}")
    page.wait_for_timeout(SETTLE_MS)  # tables are filled, charts draw themselves
    if stop.ready:
        with suppress(PlaywrightError):  # a map that is not drawn in time is seen on the picture
            page.wait_for_selector(stop.ready, timeout=MAP_MS)
    if stop.act is not None:
        stop.act(page)
        page.wait_for_timeout(SETTLE_MS)
    picture(page, path)


def go_round(browser: Browser, demo: Demo, wanted: list[Stop], faults: list[str]) -> None:
    """All looks, and in each everybody's pages."""
    cookies = {role: sign_in(browser, demo.url, role) for role in {stop.role for stop in wanted} if role is not None}
    for language, theme, size in LOOKS:
        started, taken = time.monotonic(), 0
        for role in dict.fromkeys(stop.role for stop in wanted):
            context = look(browser, demo.url, language, theme, size)
            context.add_cookies(cookies.get(role, []))
            page = context.new_page()
            page.on("pageerror", lambda error: faults.append(str(error)))
            for stop in [stop for stop in wanted if stop.role == role]:
                try:
                    visit(page, stop, SHOTS / f"{stop.name}-{language}-{theme}-{size}.webp")
                    taken += 1
                except PlaywrightError as error:
                    faults.append(f"{stop.name} {language} {theme} {size}: {error}")
            context.close()
        print(f"{language} {theme} {size}: {taken} pictures in {time.monotonic() - started:.0f} s", flush=True)


def main(only: list[str]) -> int:
    """The tour, or some stops of it; 1 if a page had an error."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    faults: list[str] = []
    with (
        tempfile.TemporaryDirectory(prefix="manystores-tour-", ignore_cleanup_errors=True) as folder,
        demo_server(Path(folder)) as demo,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        go_round(browser, demo, [stop for stop in stops(demo) if not only or stop.name in only], faults)
        browser.close()
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
