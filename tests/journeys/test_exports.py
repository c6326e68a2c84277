"""Lists downloaded as CSV: the same as the list, as a spreadsheet opens it, with nothing personal in it."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.journeys.shop import TIANANMEN, Shop, ok, refused

if TYPE_CHECKING:
    from tests.journeys.conftest import Api

PERSON = {"address": "东城区正义路 4 号 2 单元 601", "name": "欧阳小满", "phone": "+8613912340987"}
PATHS = (
    "/v1/orders.csv",
    "/v1/orders.csv?rows=lines",
    "/v1/fulfilment-orders.csv",
    "/v1/locations.csv",
    "/v1/stock.csv",
    "/v1/stock/exceptions.csv?state=all",
)


def table(answer: httpx.Response) -> list[dict[str, str]]:
    """The rows of a download."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.content[3:].decode(), newline=""), strict=True))


@pytest.fixture(scope="module")
def shop(api: Api) -> Shop:
    """Two stores, an offer whose name would be a formula, and more orders than a page has."""
    shop = Shop(api).open("WANGFUJING", "XIDAN")
    shop.sell("SCARF", name={"zh": "羊绒围巾", "en": "Scarf"}).sell("TRAP", name='=HYPERLINK("http://evil","click")')
    shop.receive(SCARF={"WANGFUJING": 500, "XIDAN": 500}, TRAP={"XIDAN": 5})
    orders = [shop.order(("SCARF", 2), deliver_to=TIANANMEN | PERSON, notes="门禁 7788#") for _ in range(230)]
    orders.append(shop.order(("TRAP", 1), pick_up_at="XIDAN", channel="till", channel_order_id="-1+cmd|' /C calc'!A0"))
    ok(shop.client.post("/v1/orders/batch", json={"orders": orders}))
    return shop


def listed(shop: Shop, **params: Any) -> list[str]:
    """The ids of all orders of the list."""
    found: list[str] = []
    cursor = {}
    while cursor is not None:
        page = ok(shop.client.get("/v1/orders", params={"limit": 200, **params, **cursor}))
        found += [order["id"] for order in page["orders"]]
        cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else None
    return found


def test_orders_are_those_of_the_list(shop: Shop) -> None:
    """All of them, beyond a page, in the same order; filtered as the list is."""
    rows = table(shop.client.get("/v1/orders.csv"))
    assert [row["order_id"] for row in rows] == listed(shop)
    assert len(rows) == 231
    assert {(row["currency"], row["total"], row["units"]) for row in rows} == {
        ("CNY", "39.80", "2"),
        ("CNY", "19.90", "1"),
    }
    tills = table(shop.client.get("/v1/orders.csv", params={"channel": "till"}))
    assert [row["order_id"] for row in tills] == listed(shop, channel="till")
    assert tills[0]["channel_order_id"] == "'-1+cmd|' /C calc'!A0"
    lines = table(shop.client.get("/v1/orders.csv", params={"channel": "till", "rows": "lines"}))
    assert lines[0]["offer_name"] == '\'=HYPERLINK("http://evil","click")'


def test_times_carry_their_offset_and_columns_speak_chinese(shop: Shop) -> None:
    params = {"channel": "till", "heads": "zh", "time_zone": "Asia/Shanghai"}
    (row,) = table(shop.client.get("/v1/orders.csv", params=params))
    assert row["下单时间"].endswith("+08:00")
    assert row["自提门店"] == "XIDAN"
    refused(shop.client.get("/v1/orders.csv?time_zone=Mars/Olympus"), 422, "invalid")
    refused(shop.client.get("/v1/orders.csv?state=lost"), 422, "invalid")
    refused(shop.client.get("/v1/orders.csv?heads=fr"), 422, "invalid")


def test_work_locations_and_stock(shop: Shop) -> None:
    work = table(shop.client.get("/v1/fulfilment-orders.csv?location=XIDAN"))
    assert {row["location_name"] for row in work} == {"店XIDAN"}
    assert [row["code"] for row in table(shop.client.get("/v1/locations.csv"))] == ["WANGFUJING", "XIDAN"]
    stock = {(row["location"], row["offer"]): row["available"] for row in table(shop.client.get("/v1/stock.csv"))}
    assert stock["XIDAN", "TRAP"] == "4"
    assert set(stock) == {("WANGFUJING", "SCARF"), ("XIDAN", "SCARF"), ("XIDAN", "TRAP")}
    one = table(shop.client.get("/v1/stock.csv?offer=TRAP"))
    assert [(row["location"], row["on_hand"], row["reserved"]) for row in one] == [("XIDAN", "5", "1")]


def test_stock_is_filtered_as_its_list(shop: Shop) -> None:
    for query in ("state=reserved", "state=out", "region=110101", "region=310000", "location=XIDAN&state=available"):
        found = ok(shop.client.get(f"/v1/stock?{query}&limit=500"))["stock"]
        rows = table(shop.client.get(f"/v1/stock.csv?{query}"))
        assert {(row["location"], row["offer"]) for row in rows} == {(one["location"], one["offer"]) for one in found}
    refused(shop.client.get("/v1/stock.csv?state=lost"), 422, "invalid")


def movements(shop: Shop, **params: Any) -> list[str]:
    """The times of all movements of the list, page by page."""
    found: list[str] = []
    cursor: dict[str, str] | None = {}
    while cursor is not None:
        page = ok(shop.client.get("/v1/stock/movements", params={"limit": 90, **params, **cursor}))
        found += [f"{one['change']['reserved']} {one['after']['reserved']}" for one in page["movements"]]
        cursor = {"cursor": page["next"]} if page["next"] else None
    return found


def test_movements_are_those_of_the_list(shop: Shop) -> None:
    """Of a location, beyond a page of the download, with what each made of the number; filtered as the list is."""
    more = {"location": "XIDAN", "offer": "TRAP", "change": "receive", "quantity": 1, "note": "=1+1"}
    ok(shop.client.post("/v1/stock/adjustments", json={"adjustments": [more]}))
    for params in ({"location": "WANGFUJING"}, {"offer": "SCARF", "reason": "ordered"}, {"location": "XIDAN"}):
        rows = table(shop.client.get("/v1/stock/movements.csv", params=params))
        assert [f"{row['change_reserved']} {row['after_reserved']}" for row in rows] == movements(shop, **params)
    newest, *_ = table(shop.client.get("/v1/stock/movements.csv?location=XIDAN&offer=TRAP&heads=zh"))
    assert (newest["备注"], newest["变动：在库"], newest["结存：在库"]) == ("'=1+1", "1", "6")
    order = listed(shop, channel="till")[0]
    (own,) = table(shop.client.get("/v1/stock/movements.csv", params={"location": "XIDAN", "subject": order}))
    assert (own["subject"], own["reason"], own["after_reserved"]) == (order, "ordered", movements_after(shop))
    at = {"location": "XIDAN", "from": own["at"]}
    assert own["at"] in {row["at"] for row in table(shop.client.get("/v1/stock/movements.csv", params=at))}
    refused(shop.client.get("/v1/stock/movements.csv"), 422, "invalid")
    backwards = {"location": "XIDAN", "from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"}
    answer = shop.client.get("/v1/stock/movements", params=backwards)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/to")


def movements_after(shop: Shop) -> str:
    """What was reserved at XIDAN after its last order, which is what is reserved there now."""
    return str(ok(shop.client.get("/v1/stock/movements?location=XIDAN"))["stock"]["reserved"])


def test_exceptions_and_offers(shop: Shop) -> None:
    shop.place(("TRAP", 1), pick_up_at="XIDAN")
    shop.count("XIDAN", "TRAP", 0)
    (row,) = table(shop.client.get("/v1/stock/exceptions.csv?time_zone=Asia/Shanghai"))
    (one,) = ok(shop.client.get("/v1/stock/exceptions"))["exceptions"]
    assert (row["exception_id"], row["missing"], row["overdue"]) == (one["id"], str(one["missing"]), "false")
    assert row["opened_at"].endswith("+08:00")
    assert row["offer_name"] == '\'=HYPERLINK("http://evil","click")'
    assert table(shop.client.get("/v1/stock/exceptions.csv?overdue=true")) == []
    goods = {row["sku"]: row for row in table(shop.client.get("/v1/offers.csv?heads=codes"))}
    assert list(goods) == ["SCARF", "TRAP"]
    assert (goods["SCARF"]["name"], goods["SCARF"]["currency"]) == ("Scarf", "CNY")
    assert [row["sku"] for row in table(shop.client.get("/v1/offers.csv?text=scar"))] == ["SCARF"]


@pytest.mark.parametrize("path", PATHS)
def test_nothing_personal_is_in_any_of_them(shop: Shop, path: str) -> None:
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", shop.client.get(path).content.decode())
    for piece in (*PERSON.values(), "欧阳", "7788", "0987", "正义路", "110101"):
        assert piece not in text


@pytest.mark.parametrize("path", PATHS)
def test_a_store_downloads_its_own_another_brand_nothing(api: Api, shop: Shop, path: str) -> None:
    device, rival = api.client(shop.brand, location="XIDAN"), api.client(api.new_brand())
    assert "WANGFUJING" not in device.get(path).content.decode()
    assert table(rival.get(path)) == []
    assert api.anonymous().get(path).status_code == 401
