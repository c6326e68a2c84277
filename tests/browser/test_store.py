"""The associate's phone, by thumb and by keyboard, with a camera and without a network; each step is done once."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect, sync_playwright
from tests.browser.conftest import CHROMIUM, PHONE, SignedIn, axe, shot
from tests.browser.film import film
from tests.browser.town import OFFERS
from tests.journeys.shop import Json, Shop, eventually, ok

if TYPE_CHECKING:
    from tests.browser.town import Town

STORE = "BJ-WFJ"
SOON_MS = 20_000  # also where other tests want the processor
expect.set_options(timeout=SOON_MS)
GTIN = "6901234567892"
PERSON = {"lat": 39.9139, "lon": 116.4109, "region": "110101", "name": "王小明", "phone": "13812345678"}
PERSON["address"] = "北京市东城区王府井大街 255 号 3 单元 802"
STEPS = "/v1/fulfilment-orders/{fulfilment_id}/"


@pytest.fixture(scope="module", autouse=True)
def goods(town: Town) -> None:
    """Scarves have a barcode and a shelf, boots serial numbers; there is one carrier."""
    shop = town.shop
    ok(shop.client.patch("/v1/offers/SCARF-GREY", json={"gtin": GTIN, "attributes": {"shelf": "A-03-2"}}))
    ok(shop.client.patch("/v1/offers/BOOTS-41", json={"attributes": {"serials": True}}))
    stock = [{"location": STORE, "offer": sku, "on_hand": 500} for sku in OFFERS]
    ok(shop.client.post("/v1/stock/counts", json={"counts": stock}))
    zones = [{"base": 1200, "days_min": 1, "days_max": 2}]
    ok(shop.client.post("/v1/carriers", json={"code": "SF", "name": "顺丰速运", "zones": zones}), 201)


class Work(NamedTuple):
    """A fulfilment order of the store, and how people call its order."""

    id: str
    order: str
    name: str


@pytest.fixture
def work(town: Town) -> Callable[..., Work]:
    """Places an order that the store serves: to be sent to the next street, or collected."""

    def place(*lines: tuple[str, int], pick_up: bool = False, **more: Any) -> Work:
        to: Json = {"pick_up_at": STORE} if pick_up else {"deliver_to": PERSON}
        order = town.shop.place(*(lines or (("SCARF-GREY", 2),)), **to, **more)
        (one,) = order["fulfilment_orders"]
        assert one["location"] == STORE
        return Work(one["id"], order["id"], order["channel_order_id"])

    return place


def now(shop: Shop, one: Work) -> Json:
    """The fulfilment order as it is."""
    return ok(shop.client.get(f"/v1/fulfilment-orders/{one.id}"))


def kinds(shop: Shop, one: Work) -> list[str]:
    """What happened to it, without the prefix."""
    return [step["kind"].removeprefix("fulfilment.") for step in now(shop, one)["history"]]


def asked(shop: Shop, step: str) -> int:
    """How often the server was asked for a step, whatever it answered."""
    told = shop.api.anonymous().get("/metrics").text
    wanted = re.escape(f'route="POST {STEPS}{step}"')
    counts = re.findall(rf"manystores_\w+_count{{[^}}]*{wanted}[^}}]*}} ([\d.]+)", told)
    return int(sum(float(count) for count in counts))


def button(page: Page, name: str | re.Pattern[str]) -> Locator:
    """A button by what it says."""
    return page.get_by_role("button", name=name)


def associate(signed_in: SignedIn, language: str = "en") -> Page:
    """The store's associate with a phone, at their list."""
    page = signed_in("store_associate", location=STORE, phone=True, language=language)
    page.goto("/store")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    return page


def worker_ready(page: Page) -> None:
    """Until the pages would open without a network."""
    page.evaluate("async () => { await navigator.serviceWorker.ready }")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")


def all_sent(page: Page) -> None:
    """Until the queue is empty."""
    page.goto("/store/queue")
    expect(page.get_by_text("Everything is sent")).to_be_visible()


NO_CAMERA_AFTER_A_WHILE = """
navigator.mediaDevices.getUserMedia = () => new Promise((_, reject) => {
  window.refuseTheCamera = () => reject(new DOMException("none", "NotFoundError"));
});
"""


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_moves_away_from_under_a_thumb_when_there_is_no_camera(
    signed_in: SignedIn, work: Callable[..., Work], language: str
) -> None:
    one = work()
    page = associate(signed_in, language)
    page.add_init_script(NO_CAMERA_AFTER_A_WHILE)
    page.goto(f"/store/task/{one.id}")
    starting, none, scan, look = {
        "en": ("Starting the camera", "There is no camera", "Scan goods", "Look up"),
        "zh": ("正在打开相机", "没有可用的相机", "扫商品", "查询"),
    }[language]
    button(page, re.compile("^(Accept|接单)$")).tap()
    button(page, scan).tap()
    expect(page.get_by_text(starting)).to_be_visible()
    before = button(page, look).bounding_box()
    page.wait_for_function("() => window.refuseTheCamera !== undefined")
    page.evaluate("() => window.refuseTheCamera()")
    expect(page.get_by_text(none)).to_be_visible()
    expect(page.get_by_text(starting)).not_to_be_visible()
    assert button(page, look).bounding_box() == before


def test_a_parcel_by_thumb(town: Town, signed_in: SignedIn, work: Callable[..., Work]) -> None:
    """Accept in the list; pick by typed codes, a wrong one and one too many said loudly; pack; ship."""
    shop, one = town.shop, work(("SCARF-GREY", 2), ("SHIRT-WHITE-L", 1))
    page = associate(signed_in)
    button(page, f"Accept: {one.name}").tap()
    page.get_by_role("link", name=re.compile(one.name)).tap()
    button(page, "Scan goods").tap()
    expect(page.get_by_text("Shelf A-03-2")).to_be_visible()
    code, look = page.get_by_label("Or type the code"), button(page, "Look up")
    for typed, says in (
        ("COAT-NAVY-M", "Not in this order: COAT-NAVY-M"),
        (GTIN, "1 of 2"),
        (f"(01)0{GTIN}(21)77", "2 of 2"),
        (GTIN, "Put this one back"),
        ("SHIRT-WHITE-L", "1 of 1"),
    ):
        code.fill(typed)
        look.tap()
        expect(page.get_by_role("alert").filter(has_text=says)).to_be_visible()
    button(page, "Picked: 3 of 3").tap()
    page.get_by_role("button", name="Parcels: One more").tap()
    button(page, "Packed").tap()
    page.get_by_label("Tracking number", exact=True).fill("SF1020304050")
    button(page, "Hand to courier").tap()
    expect(page.get_by_text("Everything has left the store.")).to_be_visible()
    eventually(lambda: kinds(shop, one) == ["accepted", "picked", "packed", "shipped"])
    (parcel,) = now(shop, one)["packages"]
    assert (parcel["carrier"], parcel["tracking"]) == ("SF", "SF1020304050")
    actors = {step["actor"].partition(":")[0] for step in now(shop, one)["history"]}
    assert actors == {"person"}


def press(page: Page, name: str) -> None:
    """Go to a button by Tab, as who has no mouse does, and press it."""
    for _ in range(60):
        page.keyboard.press("Tab")
        text = page.evaluate(
            "() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText"
        )
        if str(text).strip() == name:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"no way to {name} by keyboard")


def test_collected_by_keyboard(town: Town, signed_in: SignedIn, work: Callable[..., Work]) -> None:
    """Accept, pick, set out; a wrong code is said at its field and counted by the server, the right one hands over."""
    shop, one = town.shop, work(("BOOTS-41", 1), pick_up=True)
    page = associate(signed_in)
    page.goto(f"/store/task/{one.id}")
    expect(button(page, "Accept")).to_be_visible()
    press(page, "Accept")
    page.get_by_label("Serial number", exact=True).press_sequentially("SN-1")
    page.keyboard.press("Enter")
    expect(button(page, "Picked: 1 of 1")).to_be_enabled()
    press(page, "Picked: 1 of 1")
    expect(button(page, "Set out for collection")).to_be_visible()
    press(page, "Set out for collection")
    field = page.get_by_label("The six digits that the shopper shows")
    expect(field).to_be_visible()
    eventually(lambda: kinds(shop, one)[-1] == "ready")
    code = ok(shop.client.get(f"/v1/fulfilment-orders/{one.id}/code"))["code"]
    field.press_sequentially("000000" if code != "000000" else "111111")
    page.keyboard.press("Enter")
    expect(page.get_by_text("4 more attempts")).to_be_visible()
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("")
    field.press_sequentially(code)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Handed over")).to_be_visible()
    told = now(shop, one)
    assert (told["stage"], told["lines"][0]["serials"]) == ("handed_over", ["SN-1"])
    all_sent(page)


def test_a_rejected_task_goes_elsewhere(town: Town, signed_in: SignedIn, work: Callable[..., Work]) -> None:
    """With a reason in the reader's language; the order moves to another store, and this one's list forgets it."""
    shop, one = town.shop, work(("JEANS-32", 1))
    page = associate(signed_in, "zh")
    page.get_by_role("link", name=re.compile(one.name)).tap()
    button(page, "无法履约").tap()
    page.get_by_role("radio", name=re.compile("太忙")).tap()
    shot(page, "store-reject")
    page.get_by_role("radio", name=re.compile("太忙")).tap()
    button(page, "确认拒单").tap()
    expect(page.get_by_text("已转给其他有货门店")).to_be_visible()
    eventually(lambda: len(ok(shop.client.get(f"/v1/orders/{one.order}"))["fulfilment_orders"]) == 2)
    first, second = ok(shop.client.get(f"/v1/orders/{one.order}"))["fulfilment_orders"]
    assert (first["state"], first["reject_reason"]) == ("rejected", "too_busy")
    assert second["location"] != STORE
    page.goto("/store")
    expect(page.get_by_role("heading", name="接下来做什么？")).to_be_visible()
    expect(page.get_by_text(one.name)).to_have_count(0)


def test_the_camera_reads_barcodes(town: Town, signed_in: SignedIn, work: Callable[..., Work], tmp_path: Path) -> None:
    """Chromium's fake camera films a barcode; the scarf is counted once while it stays in view."""
    one = work(("SCARF-GREY", 1), ("SHIRT-WHITE-L", 1))
    town.shop.step({"id": one.id}, "accept")
    cookies = associate(signed_in).context.cookies()
    video = film(tmp_path / "scarf.y4m", GTIN)
    flags = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    flags.append(f"--use-file-for-fake-video-capture={video}")

    def read(url: str) -> str:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
            context = browser.new_context(base_url=url, viewport=PHONE, has_touch=True, locale="en-GB")  # type: ignore[arg-type]
            context.add_cookies(cookies)  # type: ignore[arg-type]
            page = context.new_page()
            page.goto(f"/store/task/{one.id}")
            button(page, "Scan goods").tap()
            said = page.get_by_role("alert").filter(has_text="羊绒围巾 灰: 1 of 1")
            expect(said).to_be_visible(timeout=2 * SOON_MS)
            text = button(page, re.compile("^Note|^Picked")).inner_text()
            browser.close()
            return text

    assert in_thread(read, town.api.url) == "Note 1 of 2"


def in_thread(call: Callable[[str], str], argument: str) -> str:
    """Playwright's loop runs in this thread already: another browser needs another one."""
    with ThreadPoolExecutor(1) as outside:
        return outside.submit(call, argument).result()


def test_picked_offline_sent_once(town: Town, signed_in: SignedIn, work: Callable[..., Work]) -> None:
    """Without a network steps wait and say what they will do, also after a reload and in a second tab; one may be
    taken back; with the network back each is sent once."""
    shop, one, other = town.shop, work(), work(("SHIRT-WHITE-L", 1))
    page = associate(signed_in)
    expect(page.get_by_text(other.name)).to_be_visible()
    worker_ready(page)
    page.reload()
    expect(page.get_by_text(one.name)).to_be_visible()
    page.context.set_offline(True)
    expect(page.get_by_text("No network")).to_be_visible()
    before = {step: asked(shop, step) for step in ("accept", "pick")}
    button(page, f"Accept: {one.name}").tap()
    button(page, f"Accept: {other.name}").tap()
    page.get_by_role("link", name=re.compile(one.name)).tap()
    button(page, "All found").tap()
    expect(button(page, "Packed")).to_be_visible()
    page.reload()
    expect(button(page, "Packed")).to_be_visible()
    expect(page.get_by_text("2 steps wait to be sent")).to_be_visible()
    page.goto("/store/queue")
    expect(page.get_by_text("As soon as the network is back")).to_be_visible()
    expect(page.get_by_role("listitem")).to_have_text(
        [
            re.compile(f"Accept order {one.name}"),
            re.compile(f"Accept order {other.name}"),
            re.compile(f"Tell that 2 of order {one.name} were picked"),
        ]
    )
    axe(page)
    shot(page, "store-queue")
    page.get_by_role("listitem").filter(has_text=f"Accept order {other.name}").get_by_role("button").tap()
    expect(page.get_by_role("listitem")).to_have_count(2)
    second = page.context.new_page()
    second.goto("/store/queue")
    expect(second.get_by_role("listitem")).to_have_count(2)
    assert kinds(shop, one) == []
    page.context.set_offline(False)
    expect(page.get_by_text("Everything is sent")).to_be_visible()
    expect(second.get_by_text("Everything is sent")).to_be_visible()
    assert kinds(shop, one) == ["accepted", "picked"]
    assert kinds(shop, other) == []
    assert {step: asked(shop, step) - count for step, count in before.items()} == {"accept": 1, "pick": 1}


def test_a_lost_answer_is_not_done_twice(town: Town, signed_in: SignedIn, work: Callable[..., Work]) -> None:
    """The server has accepted, the answer never comes: the same key is sent again, and the history has one step."""
    shop, one = town.shop, work()
    page = associate(signed_in)
    keys: list[str | None] = []

    def lose(route: Route) -> None:
        keys.append(route.request.header_value("idempotency-key"))
        if len(keys) == 1:
            route.fetch()
            route.abort("connectionreset")
        else:
            route.continue_()

    page.context.route("**/v1/fulfilment-orders/*/accept", lose)
    button(page, f"Accept: {one.name}").tap()
    page.goto("/store/queue")
    all_sent(page)
    assert len(keys) == 2
    assert keys[0] == keys[1]
    assert kinds(shop, one) == ["accepted"]


def test_a_refused_step_is_explained(town: Town, signed_in: SignedIn, work: Callable[..., Work]) -> None:
    """Head office cancels meanwhile: the refusal is told in the server's words with what was not sent because of it,
    and both stay until they were seen; the other task's step is done."""
    shop, one, other = town.shop, work(), work()
    page = associate(signed_in)
    expect(page.get_by_text(other.name)).to_be_visible()
    page.context.set_offline(True)
    button(page, f"Accept: {one.name}").tap()
    button(page, f"Accept: {other.name}").tap()
    page.get_by_role("link", name=re.compile(one.name)).tap()
    button(page, "All found").tap()
    ok(shop.client.post(f"/v1/orders/{one.order}/cancel", json={"reason": "changed my mind"}))
    page.context.set_offline(False)
    refused = page.get_by_role("alert").filter(has_text=f"Refused: Accept order {one.name}")
    expect(refused).to_contain_text("is cancelled; accept can't be done")
    expect(refused).to_contain_text(f"Tell that 2 of order {one.name} were picked")
    page.goto("/store")
    expect(page.get_by_role("alert").filter(has_text="1 step was refused")).to_be_visible()
    page.goto("/store/queue")
    shot(page, "store-refused")
    button(page, "Understood").tap()
    expect(page.get_by_text("Everything is sent")).to_be_visible()
    assert (kinds(shop, one), kinds(shop, other)) == (["cancelled"], ["accepted"])


def cookies_of(context: BrowserContext) -> Any:
    """To be given back later."""
    return context.cookies()


def test_another_person_never_sends_what_waits(town: Town, signed_in: SignedIn, work: Callable[..., Work]) -> None:
    """The session ends with a step waiting; somebody else signs in on the same phone: it is not sent, and not shown.
    When its own person is back it is sent under their name."""
    shop, one = town.shop, work()
    page = associate(signed_in)
    expect(page.get_by_text(one.name)).to_be_visible()
    worker_ready(page)
    page.context.set_offline(True)
    button(page, f"Accept: {one.name}").tap()
    mine = cookies_of(page.context)
    page.context.clear_cookies()
    page.context.set_offline(False)
    told = page.get_by_role("dialog", name="Your session has ended")
    told.get_by_role("button", name="Sign in again").tap()
    page.wait_for_url(re.compile("/(sign-in|idp)"))
    other = signed_in("brand_operations")
    page.context.add_cookies(cookies_of(other.context))
    page.goto("/store")
    page.get_by_label("Store code").fill(STORE)
    button(page, "Open").tap()
    expect(page.get_by_text(one.name)).to_be_visible()
    page.goto("/store/queue")
    expect(page.get_by_text("1 step of another person waits")).to_be_visible()
    expect(page.get_by_text(one.name)).to_have_count(0)
    assert kinds(shop, one) == []
    page.context.clear_cookies()
    page.context.add_cookies(mine)
    all_sent(page)
    (step,) = now(shop, one)["history"]
    person = ok(shop.api.anonymous({"cookie": f"ms_session={session_of(mine)}"}).get("/v1/me"))["person"]["id"]
    assert step["actor"] == f"person:{person}"


def session_of(cookies: Any) -> str:
    """The session's token."""
    return next(str(cookie["value"]) for cookie in cookies if cookie["name"] == "ms_session")


def test_another_stores_task_stays_closed(town: Town, signed_in: SignedIn) -> None:
    """By its address, and by its address in the API, with the page's own session."""
    order = town.shop.place(("COAT-NAVY-M", 1), pick_up_at="BJ-XD")
    (theirs,) = order["fulfilment_orders"]
    page = associate(signed_in)
    page.goto(f"/store/task/{theirs['id']}")
    expect(page.get_by_role("heading", name="This task is not in your store")).to_be_visible()
    expect(page.get_by_text(order["channel_order_id"])).to_have_count(0)
    page.goto(f"/store/label/{theirs['id']}")
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.evaluate(f"async () => (await fetch('/v1/fulfilment-orders/{theirs['id']}')).status") == 404
    assert page.evaluate("async () => (await fetch('/v1/fulfilment-orders?location=BJ-XD')).status") == 403


def test_goods_come_back(town: Town, signed_in: SignedIn, work: Callable[..., Work]) -> None:
    """Another store sent them; one is fit for sale, one is not."""
    shop, one = town.shop, work()
    shop.steps({"id": one.id}, "accept", "pick", "pack", "ship")
    before = shop.stock("SCARF-GREY")["BJ-XD"].on_hand
    page = signed_in("store_associate", location="BJ-XD", phone=True)
    page.goto("/store/return")
    page.get_by_label("Or type the code").fill(one.name)
    button(page, "Look up").tap()
    page.get_by_role("button", name="To be sold again: SCARF-GREY: One more").tap()
    page.get_by_role("button", name="Damaged, written off: SCARF-GREY: One more").tap()
    page.get_by_role("radio", name="Too small").tap()
    axe(page)
    shot(page, "store-return")
    button(page, "Take back 2").tap()
    expect(page.get_by_text("Taken back")).to_be_visible()
    all_sent(page)
    (back,) = ok(shop.client.get(f"/v1/orders/{one.order}"))["returns"]
    assert (back["location"], back["state"]) == ("BJ-XD", "received")
    assert (back["lines"][0]["restocked"], back["lines"][0]["written_off"]) == (1, 1)
    assert shop.stock("SCARF-GREY")["BJ-XD"].on_hand == before + 1


def test_a_label_for_each_parcel(town: Town, signed_in: SignedIn, work: Callable[..., Work], tmp_path: Path) -> None:
    """On paper of 100 × 150 mm, with the address and without name or phone in full."""
    one = work()
    for step, body in (("accept", {}), ("pick", {}), ("pack", {"boxes": 2})):
        town.shop.step({"id": one.id}, step, **body)
    page = associate(signed_in, "zh")
    page.goto(f"/store/label/{one.id}")
    expect(page.get_by_text("王** 138******78")).to_have_count(2)
    expect(page.get_by_text(str(PERSON["address"]))).to_have_count(2)
    assert "王小明" not in page.content()
    axe(page)
    shot(page, "store-label")
    paper = page.pdf(path=tmp_path / "label.pdf", prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", paper)
    assert [(round(float(w) / 72 * 25.4), round(float(h) / 72 * 25.4)) for w, h in boxes] == [(100, 150)] * 2


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_stands_in_anybodys_way(
    town: Town, signed_in: SignedIn, work: Callable[..., Work], language: str
) -> None:
    """Each screen in both languages; in the list something is late, which is said in words."""
    one, waiting = work(("SCARF-GREY", 1), ("BOOTS-41", 1)), work(pick_up=True)
    town.shop.step({"id": one.id}, "accept")
    town.shop.steps({"id": waiting.id}, "accept", "pick", "ready")
    page = associate(signed_in, language)
    expect(page.get_by_text(one.name)).to_be_visible()
    screens = ("", f"/task/{one.id}", f"/task/{one.id}?do=reject", f"/task/{waiting.id}", "/scan", "/return", "/queue")
    names = ("list", "pick", "reject", "hand-over", "scan", "return-find", "sent")
    for screen, name in zip(screens, names, strict=True):
        page.goto(f"/store{screen}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        axe(page)
        small = page.evaluate(
            "() => [...document.querySelectorAll('button, a[href], input, [role=radio]')]"
            ".filter((one) => one.offsetParent !== null && !one.matches('.ms-skip'))"
            ".filter((one) => one.getBoundingClientRect().height < 44)"
            ".map((one) => one.outerHTML.slice(0, 120))"
        )
        assert small == [], (screen, small)
        if language == "zh":
            shot(page, f"store-{name}")


def test_nothing_to_read_stays_after_signing_out(town: Town, signed_in: SignedIn) -> None:
    """Tasks that were kept for reading without a network are gone with the session."""
    town.shop.place(("COAT-NAVY-M", 1), pick_up_at="BJ-SLT")
    page = signed_in("store_associate", location="BJ-SLT", phone=True)
    page.goto("/store")
    expect(page.get_by_role("link", name=re.compile("Pick-up"))).to_be_visible()
    kept = """() => new Promise((resolve) => {
        const opening = indexedDB.open("manystores-store");
        opening.onsuccess = () => {
            const asking = opening.result.transaction("kept").objectStore("kept").getAll();
            asking.onsuccess = () => resolve(asking.result.map((one) => one.tasks.length));
        };
    })"""
    assert page.evaluate(kept) == [1]
    button(page, re.compile("^Account")).tap()
    page.get_by_text("Sign out").tap()
    page.wait_for_url(re.compile("/(sign-in|idp)"))
    assert page.evaluate(kept) == []
    assert page.evaluate("() => localStorage.getItem('ms.me')") is None
