"""What a store's phone asks: what is to be done and where it lies, what a code means, what a label says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.journeys.shop import TIANANMEN, Json, Shop, eventually, listening, ok, refused

if TYPE_CHECKING:
    from tests.journeys.conftest import Api

MUG_GTIN = "6901234567892"
PERSON = {**TIANANMEN, "name": "王小明", "phone": "13812345678", "address": "东城区王府井大街 255 号"}


@pytest.fixture
def shop(api: Api) -> Shop:
    """Three stores; mugs have a barcode and a place on the shelf, watches serial numbers."""
    shop = Shop(api).open().sell("SCARF").sell("MUG", gtin=MUG_GTIN, attributes={"shelf": "A-03-2"})
    shop.sell("WATCH", attributes={"serials": True})
    return shop.receive(**{sku: {"WANGFUJING": 5, "XIDAN": 5} for sku in ("SCARF", "MUG", "WATCH")})


def matches(shop: Shop, code: str, kind: str, client: object = None) -> list[Json]:
    """What a code means, of one kind."""
    told = ok((client or shop.client).get("/v1/scan", params={"code": code}))  # type: ignore[attr-defined]
    assert told["code"] == code.strip()
    return [match for match in told["matches"] if match["kind"] == kind]


def test_work_comes_with_what_is_needed_to_find_it(shop: Shop) -> None:
    """Names, barcodes and shelf places once an offer, and only when asked for."""
    order = shop.place(("MUG", 1), ("WATCH", 1))
    asked = {"location": "WANGFUJING", "include": "offers"}
    page = ok(shop.client.get("/v1/fulfilment-orders", params=asked))
    goods = {offer["sku"]: offer for offer in page["offers"]}
    assert (goods["MUG"]["gtin"], goods["MUG"]["shelf"], goods["MUG"]["serials"]) == (f"0{MUG_GTIN}", "A-03-2", False)
    assert (goods["WATCH"]["shelf"], goods["WATCH"]["serials"]) == (None, True)
    one = f"/v1/fulfilment-orders/{order['id']}-1"
    assert {offer["sku"] for offer in ok(shop.client.get(one, params={"include": "offers"}))["offers"]} == set(goods)
    assert "offers" not in ok(shop.client.get(one))
    refused(shop.client.get(one, params={"include": "all"}), 422, "invalid", "/include")


def test_reasons_to_reject_are_told_in_words(api: Api, shop: Shop) -> None:
    """Each of them is taken, in the language of who asks; and the carriers are there to choose from."""
    carrier = {"code": "SF", "name": "顺丰", "zones": [{"base": 1200, "days_min": 1, "days_max": 2}]}
    ok(shop.client.post("/v1/carriers", json=carrier), 201)
    device = api.client(shop.brand, location="XIDAN")
    choices = ok(device.get("/v1/fulfilment-orders/choices"))
    eventually(lambda: ok(device.get("/v1/fulfilment-orders/choices"))["carriers"] == [{"code": "SF", "name": "顺丰"}])
    zh = ok(shop.zh.get("/v1/fulfilment-orders/choices"))
    assert [reason["text"] for reason in zh["reject_reasons"]][:2] == ["无货", "找不到货"]
    for reason in choices["reject_reasons"]:
        work = shop.place(("SCARF", 1), pick_up_at="XIDAN")["fulfilment_orders"][0]
        before = shop.stock("SCARF")["XIDAN"]
        assert shop.step(work, "reject", reason=reason["code"])["fulfilment_orders"][0]["state"] == "rejected"
        after = shop.stock("SCARF")["XIDAN"]
        assert (after.unavailable == before.unavailable) == reason["units_stay_for_sale"]
        shop.receive(SCARF={"XIDAN": 2})


def test_codes_are_understood(api: Api, shop: Shop) -> None:
    """Goods by barcode and SKU, work by its id and the shopper's ticket, orders by their number, units by serial."""
    assert [m["offer"]["sku"] for m in matches(shop, MUG_GTIN, "offer")] == ["MUG"]
    assert [m["offer"]["sku"] for m in matches(shop, f"(01)0{MUG_GTIN}(21)77", "offer")] == ["MUG"]
    assert [m["offer"]["sku"] for m in matches(shop, " SCARF ", "offer")] == ["SCARF"]
    assert ok(shop.client.get("/v1/scan", params={"code": "6901234567890"}))["matches"] == []
    order = shop.place(("WATCH", 2), pick_up_at="XIDAN", channel_order_id="W-1")
    work = order["fulfilment_orders"][0]
    device = api.client(shop.brand, location="XIDAN")
    for code in (work["id"], order["id"], "W-1"):
        (match,) = matches(shop, code, "fulfilment_order", device)
        assert (match["fulfilment_order"], match["pick_up_code"]) == (work["id"], None)
    assert matches(shop, "W-1", "order") == []
    shop.step(work, "accept")
    shop.step(work, "pick", lines=[{"line": 1, "quantity": 2, "serials": ["SN-1", "SN-2"]}])
    shop.step(work, "ready")
    code = ok(shop.client.get(f"/v1/fulfilment-orders/{work['id']}/code"))["code"]
    (match,) = matches(shop, f"{work['id']}.{code}", "fulfilment_order", device)
    shop.step(work, "hand-over", device, code=match["pick_up_code"])
    (unit,) = matches(shop, "SN-2", "serial", device)
    assert (unit["fulfilment_order"], unit["line"]) == (work["id"], 1)
    assert matches(shop, "SN-", "serial", device) == []
    assert matches(shop, "SN-2", "serial", api.client(shop.brand, location="WANGFUJING")) == []
    refused(device.get("/v1/scan", params={"code": " "}), 422, "invalid", "/code")


def test_goods_come_back_over_another_stores_counter(api: Api, shop: Shop) -> None:
    """It scans the order, learns what can come back and nothing else, takes it in one step, once."""
    order = shop.place(("MUG", 2), deliver_to=PERSON, channel_order_id="M-9")
    shop.steps(order["fulfilment_orders"][0], "accept", "pick", "pack", "ship")
    xidan = api.client(shop.brand, location="XIDAN")
    assert matches(shop, f"{order['id']}-1", "fulfilment_order", xidan) == []
    answer = xidan.get("/v1/scan", params={"code": "M-9"})
    (match,) = [m for m in ok(answer)["matches"] if m["kind"] == "order"]
    assert match["lines"] == [{"line": 1, "offer": "MUG", "shipped": 2, "returnable": 2}]
    assert not {"王小明", "13812345678", "WANGFUJING"} & {*answer.text.split('"')}
    before = shop.stock("MUG")["XIDAN"].on_hand
    body = {"order": order["id"], "location": "XIDAN", "lines": [{"line": 1, "restocked": 1, "reason": "chipped"}]}
    headers = {"idempotency-key": "back-1"}
    told = ok(xidan.post("/v1/returns/at-counter", json=body, headers=headers), 201)
    assert (told["return"]["state"], told["return"]["number"]) == ("received", 1)
    assert ok(xidan.post("/v1/returns/at-counter", json=body, headers=headers), 201)["return"] == told["return"]
    assert shop.stock("MUG")["XIDAN"].on_hand == before + 1
    body["lines"] = [{"line": 1, "written_off": 2}]
    refused(xidan.post("/v1/returns/at-counter", json=body), 409, "quantity_too_large", "/lines/0/written_off")
    body["location"] = "WANGFUJING"
    refused(xidan.post("/v1/returns/at-counter", json=body), 403, "forbidden")


def test_a_label_tells_the_courier_enough_and_no_more(api: Api, shop: Shop) -> None:
    """The whole address, the name and phone masked; nobody at all for what is collected."""
    order = shop.place(("MUG", 2), deliver_to=PERSON)
    at = f"/v1/fulfilment-orders/{order['id']}-1/label"
    answer = api.client(shop.brand, location="WANGFUJING").get(at)
    label = ok(answer)
    assert label["to"] == {"name": "王**", "phone": "138******78", "address": PERSON["address"], "region": "110101"}
    assert (label["units"], label["from"]["location"], label["gift"]) == (2, "WANGFUJING", False)
    assert "王小明" not in answer.text
    refused(api.client(shop.brand, location="XIDAN").get(at), 404, "not_found")
    waiting = shop.place(("MUG", 1), pick_up_at="XIDAN")
    assert ok(shop.client.get(f"/v1/fulfilment-orders/{waiting['id']}-1/label"))["to"] is None


def test_a_store_hears_of_new_work_and_of_nothing_else(api: Api, shop: Shop) -> None:
    """An order that comes to it, also from a store that refused it; not what other stores do."""
    device = api.client(shop.brand, location="XIDAN")
    with listening(device) as events:
        order = shop.place(("SCARF", 1))
        first = order["fulfilment_orders"][0]
        assert first["location"] == "WANGFUJING"
        mine = shop.place(("SCARF", 1), pick_up_at="XIDAN")
        eventually(lambda: f"{mine['id']}-1" in str(events))
        moved = shop.step(first, "reject", reason="too_busy")["fulfilment_orders"][1]
        assert moved["location"] == "XIDAN"
        eventually(lambda: moved["id"] in str(events))
    assert first["id"] not in str(events)
    assert {event["name"] for event in events} == {"work.changed"}
