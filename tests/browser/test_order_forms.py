"""Bad input on every form of an order: what the API says stands at its field, nothing is written; mended, it goes
through."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.journeys.shop import Json, Shop, ok

if TYPE_CHECKING:
    from tests.browser.conftest import SignedIn
    from tests.browser.town import Town

SLOW_MS = 6_000
FIRST = "first"  # of a field's options
KINDS = ("authorised", "captured", "paid", "refunded")


class Fault(NamedTuple):
    """A field, what is wrong in it, what is right, and what the API says of the wrong one."""

    field: str
    wrong: str
    right: str
    en: str
    zh: str


class Form(NamedTuple):
    """A form: for which order, how it opens, its faults, and what is so after it went through.

    `opens` is a step of a location's work, which has an address, or the (English, Chinese) label of a button. With
    `zh` it is tried in Chinese first.
    """

    order: Callable[[Shop], Json]
    opens: str | tuple[str, str]
    faults: tuple[Fault, ...]
    done: Callable[[Json], bool]
    zh: bool = False
    start: tuple[tuple[str, str], ...] = ()  # what is entered first, and right
    counts: bool = False  # a wrong entry is counted by the order itself, and nothing else of it changes


# -- orders, as far as each form needs them ----------------------------------------------------------------------------


def placed(shop: Shop) -> Json:
    return shop.place(("JEANS-32", 2), deliver_to=HOME)


def taken(shop: Shop, *steps: str) -> Json:
    order = placed(shop)
    return shop.steps(order["fulfilment_orders"][0], *steps)


def packed(shop: Shop) -> Json:
    return taken(shop, "accept", "pick", "pack")


def sent(shop: Shop) -> Json:
    order = packed(shop)
    return shop.step(order["fulfilment_orders"][0], "ship", carrier="SF", tracking="SF-100")


def at_counter(shop: Shop) -> Json:
    order = shop.place(("SCARF-GREY", 1), pick_up_at="BJ-XD")
    return shop.steps(order["fulfilment_orders"][0], "accept", "pick")


def waiting(shop: Shop) -> Json:
    return shop.step(at_counter(shop)["fulfilment_orders"][0], "ready")


def to_collect(shop: Shop) -> Json:
    shop.count("SH-XTD", "BOOTS-41", 0)
    return shop.place(("BOOTS-41", 1), pick_up_at="BJ-XD")


def paid(shop: Shop) -> Json:
    order = placed(shop)
    path = f"/v1/orders/{order['id']}/payments"
    ok(shop.client.post(path, json={"kind": "paid", "amount": 69_800, "reference": "wx-1"}))
    return ok(shop.client.post(path, json={"kind": "refunded", "amount": 100, "reference": "re-1"}))


def coming_back(shop: Shop, *steps: str) -> Json:
    order = sent(shop)
    body = {"kind": "paid", "amount": 69_800, "reference": "wx-1"}
    ok(shop.client.post(f"/v1/orders/{order['id']}/payments", json=body))
    wanted = {"order": order["id"], "location": "BJ-XD", "lines": [{"line": 1, "quantity": 2}]}
    back = ok(shop.client.post("/v1/returns", json=wanted), 201)["order"]
    for step in steps:
        back = ok(shop.client.post(f"/v1/returns/{order['id']}/1/{step}", json={}))["order"]
    return back


HOME = {"lat": 39.9055, "lon": 116.3976, "region": "110101", "name": "苏晴", "phone": "13800000000", "address": "8 号"}


# -- what is read back -------------------------------------------------------------------------------------------------


def work(order: Json) -> Json:
    found: Json = order["fulfilment_orders"][0]
    return found


def line(order: Json) -> Json:
    found: Json = order["lines"][0]
    return found


def back(order: Json) -> Json:
    found: Json = order["returns"][0]
    return found


def too_long(field: str, most: int, right: str = "") -> Fault:
    """Text of more characters than the API takes."""
    return Fault(field, "长" * (most + 1), right, f"at most {most} are allowed", f"最多允许 {most} 个")


QUANTITY = "lines_0_quantity"
NOT_THREE = Fault(QUANTITY, "3", "2", "at most 2", "最多 2")

FORMS = {
    "hold": Form(placed, "hold", (too_long("reason", 200, "地址待核实"),), lambda o: work(o)["state"] == "on_hold"),
    "re-route": Form(placed, "re-route", (too_long("reason", 200, "排队"),), lambda o: len(o["fulfilment_orders"]) > 1),
    "reject": Form(
        placed,
        "reject",
        (
            Fault("reason", "", FIRST, "required", "必填"),
            too_long("note", 500, "货架无货"),
            Fault(QUANTITY, "0", "1", "must be from 1", "须"),
            Fault(QUANTITY, "3", "2", "at most 2", "最多 2"),
        ),
        lambda o: work(o)["state"] == "rejected",
        zh=True,
    ),
    "pick": Form(
        lambda shop: taken(shop, "accept"),
        "pick",
        (
            Fault(QUANTITY, "9", "2", "at most 2", "最多 2"),
            Fault(QUANTITY, "", "2", "say how many were found", "请填写拣到的数量"),
            Fault("lines_0_short", "-1", "", "must be from 0", "须"),
            Fault("lines_0_short", "0.5", "", "must be an integer", "整数"),
        ),
        lambda o: line(o)["picked"] == 2,
    ),
    "pack": Form(
        lambda shop: taken(shop, "accept", "pick"),
        "pack",
        (
            Fault("boxes", "0", "2", "must be from 1", "须"),
            Fault("boxes", "many", "2", "must be an integer", "整数"),
            Fault("boxes", "1001", "3", "to 1000", "1000"),
        ),
        lambda o: work(o)["stage"] == "packed",
    ),
    "ship": Form(
        packed,
        "ship",
        (too_long("carrier", 64, "SF"), too_long("tracking", 128, "SF-200"), NOT_THREE),
        lambda o: (line(o)["shipped"], work(o)["packages"][0]["tracking"]) == (2, "SF-200"),
    ),
    "deliver": Form(
        sent,
        "deliver",
        (Fault("tracking", "SF-1", "SF-100", "no parcel under way has this number; there are SF-100", "在途运单号"),),
        lambda o: work(o)["stage"] == "delivered",
        zh=True,
    ),
    "ready": Form(
        at_counter,
        "ready",
        (Fault("collect_by", "2020-01-01 09:00", "2040-01-01 09:00", "a time that is still to come", "须晚于现在"),),
        lambda o: work(o)["collect_by"] == "2040-01-01T01:00:00Z",
        zh=True,
    ),
    "hand over": Form(
        waiting,
        "hand-over",
        (
            Fault("code", "", "000000", "required", "必填"),
            Fault("code", "12345678", "CODE", "does not belong to this order", "与订单不符"),
        ),
        lambda o: work(o)["stage"] == "handed_over",
        counts=True,
    ),
    "cancel": Form(
        placed,
        ("Cancel order", "取消订单"),
        (
            too_long("reason", 200, "不要了"),
            Fault(QUANTITY, "one", "1", "must be an integer", "整数"),
            Fault(QUANTITY, "7", "1", "at most 2", "最多 2"),
        ),
        lambda o: line(o)["cancelled"] == 1,
    ),
    "edit": Form(
        placed,
        ("Edit order", "修改订单"),
        (
            Fault(QUANTITY, "-1", "2", "must be from 0", "须"),
            Fault(QUANTITY, "5000", "1", "more can be served", "最多还可"),
            too_long("deliver_to_name", 200, "苏晴"),
            too_long("deliver_to_phone", 40, "13900000000"),
            too_long("notes", 1000, "放前台"),
        ),
        lambda o: (line(o)["cancelled"], o["deliver_to"]["phone"], o["notes"]) == (1, "+8613900000000", "放前台"),
        zh=True,
    ),
    "edit where to collect": Form(
        to_collect,
        ("Edit order", "修改订单"),
        (Fault("pick_up_at", "SH-XTD", "SH-NJX", "has too little", "库存不足"),),
        lambda o: o["pick_up_at"] == "SH-NJX",
    ),
    "pay": Form(
        placed,
        ("Record payment", "登记支付"),
        (
            Fault("reference", "", "wx-9", "required", "必填"),
            Fault("amount", "-5", "698.00", "must be from 1", "须"),
            too_long("reference", 128, "wx-9"),
            too_long("method", 64, "wechat"),
        ),
        lambda o: o["paid"]["captured"] == 69_800,
    ),
    "refund": Form(
        paid,
        ("Record payment", "登记支付"),
        (
            Fault("reference", "re-1", "re-2", "was told with another amount", "已登记其他金额"),
            Fault("amount", "9999", "98", "at most what is captured and not yet refunded", "不能超过"),
        ),
        lambda o: o["paid"]["refunded"] == 9_900,
        start=(("kind", "refunded"), ("amount", "97")),
        zh=True,
    ),
    "return": Form(
        sent,
        ("Take a return", "登记退货"),
        (
            Fault("location", "", "BJ-XD", "required", "必填"),
            Fault(QUANTITY, "", "1", "needs at least 1", "至少"),
            Fault(QUANTITY, "9", "2", "at most 2", "最多 2"),
            too_long("lines_0_reason", 200, "尺码不合"),
        ),
        lambda o: (back(o)["state"], back(o)["lines"][0]["reason"]) == ("requested", "尺码不合"),
        zh=True,
    ),
    "refuse a return": Form(
        coming_back,
        ("Refuse return", "拒绝退货"),
        (Fault("reason", "", "已穿用", "required", "必填"), too_long("reason", 200, "已穿用")),
        lambda o: back(o)["state"] == "rejected",
    ),
    "receive": Form(
        lambda shop: coming_back(shop, "accept"),
        ("Receive goods", "退货入库"),
        (
            Fault("lines_0_restocked", "5", "2", "at most 2", "最多 2"),
            Fault("lines_0_written_off", "-1", "", "must be from 0", "须"),
            Fault("lines_0_restocked", "", "2", "nothing came back; reject the return instead", "没有收到商品"),
        ),
        lambda o: (line(o)["returned"], back(o)["state"]) == (2, "received"),
    ),
    "complete a return": Form(
        lambda shop: coming_back(shop, "accept", "receive"),
        ("Complete return", "完成退货"),
        (
            Fault("reference", "", "re-1", "the payment's own number is required", "请填写支付流水号"),
            Fault("refunded", "9999", "698", "at most what is captured and not yet refunded", "不能超过"),
        ),
        lambda o: (back(o)["state"], o["paid"]["refunded"]) == ("completed", 69_800),
        start=(("refunded", "698"),),
        zh=True,
    ),
}


# -- the forms themselves ----------------------------------------------------------------------------------------------


def field(page: Page, name: str) -> Locator:
    """A form's field by its name; labels are in the reader's language."""
    return page.locator(f"#action_{name}")


def put(page: Page, name: str, value: str) -> None:
    """Type, or take an option where there are some to choose from."""
    box = field(page, name)
    if name == "kind":
        box.click()
        page.locator(".ant-select-item-option:visible").nth(KINDS.index(value)).click()
        return
    if name in ("location", "pick_up_at") or value == FIRST:
        if value:
            box.click()
            if value != FIRST:
                box.fill(value)
            wanted = "" if value == FIRST else f":has-text('{value}')"
            page.locator(f".ant-select-item-option:visible{wanted}").first.click()
        return
    if name == "reason" and box.get_attribute("role") == "combobox":
        return  # an option that is none can't be taken
    box.fill(value)
    if name == "collect_by":
        page.locator(".ant-picker-ok button:visible").click()


def send(page: Page) -> None:
    page.get_by_role("dialog").locator("button[type=submit]").click()


def opened(page: Page, form: Form, order: Json, language: str) -> None:
    if isinstance(form.opens, str):
        page.goto(f"/orders/{order['id']}?do={form.opens}&at={work(order)['location']}")
    else:
        label = form.opens[language == "zh"]
        page.goto(f"/orders/{order['id']}")
        button = page.get_by_role("button", name=label, exact=True)
        menu = page.locator("main button:has(.anticon-ellipsis)").first
        expect(button.or_(menu).first).to_be_visible(timeout=SLOW_MS)
        if button.count() == 0:
            menu.click()
            button = page.get_by_role("menuitem", name=label)
        button.click()
    expect(page.get_by_role("dialog")).to_be_visible(timeout=SLOW_MS)


def told_at(page: Page, name: str) -> Locator:
    """What describes a field to whoever can't see it, and stands below it."""
    expect(field(page, name)).to_have_attribute("aria-invalid", "true", timeout=SLOW_MS)
    described = field(page, name).get_attribute("aria-describedby") or "nothing"
    return page.locator(f"#{described.split()[0]}").locator(".ant-form-item-explain-error")


@pytest.mark.parametrize("what", FORMS)
def test_what_is_wrong_is_told_at_its_field(signed_in: SignedIn, town: Town, what: str) -> None:
    form, shop = FORMS[what], town.shop
    order = form.order(shop)
    before = shop.get(order)
    for language in ("zh", "en") if form.zh else ("en",):
        page = signed_in("brand_operations", language=language)
        opened(page, form, order, language)
        for name, value in form.start:
            put(page, name, value)
        for fault in form.faults:
            put(page, fault.field, fault.wrong)
            send(page)
            said = fault.en if language == "en" else fault.zh
            expect(told_at(page, fault.field)).to_contain_text(said, timeout=SLOW_MS)
            now = shop.get(order)
            if form.counts:
                assert (work(now)["state"], now["lines"]) == (work(before)["state"], before["lines"])
            else:
                assert now == before, "what is refused writes nothing"
            put(page, fault.field, _right(shop, order, fault))
    send(page)
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=SLOW_MS)
    after = shop.get(order)
    assert form.done(after), str(after)


def _right(shop: Shop, order: Json, fault: Fault) -> str:
    """A pick-up's code is made when it is ready; anything else is known before."""
    if fault.right != "CODE":
        return fault.right
    return str(ok(shop.client.get(f"/v1/fulfilment-orders/{work(order)['id']}/code"))["code"])
