"""The status page: for everybody, in two languages, from here alone, and about nobody in particular."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx
    from tests.journeys.conftest import Api

SECRET = "Secret-Flagship"


@pytest.fixture(scope="module")
def shop(api: Api) -> httpx.Client:
    """A brand with a store, a warehouse abroad, an offer, stock and an order."""
    client = api.client("secret-brand")
    at = {"kind": "store", "lat": 39.9, "lon": 116.4, "name": SECRET, "code": SECRET}
    abroad = at | {"code": "PAR", "kind": "warehouse", "lat": 48.9, "lon": 2.4}
    client.post("/v1/locations/batch", json={"locations": [at, abroad]}).raise_for_status()
    offer = {"sku": SECRET, "name": SECRET, "kind": "good", "price": {"amount": 100, "currency": "CNY"}}
    client.post("/v1/offers", json=offer).raise_for_status()
    count = {"location": SECRET, "offer": SECRET, "on_hand": 9}
    client.post("/v1/stock/counts", json={"counts": [count]}).raise_for_status()
    for n in range(3):
        place = {"lat": 39.9, "lon": 116.4}
        order = {"channel": "app", "channel_order_id": f"o{n}", "deliver_to": place}
        client.post("/v1/orders", json=order | {"lines": [{"offer": SECRET, "quantity": 1}]}).raise_for_status()
    return client


def figures(api: Api, **wanted: Any) -> dict[str, Any]:
    """The figures, once they are as wanted: they are read at most once a second."""
    for _ in range(40):
        told: dict[str, Any] = api.anonymous().get("/status.json").json()
        if told["figures"].items() >= wanted.items():
            break
        time.sleep(0.1)
    return told


def test_figures_are_sums_and_name_nobody(api: Api, shop: httpx.Client) -> None:
    told = figures(api, orders=3)
    assert told["ready"] is True
    expected = {"orders": 3, "open_reservations": 3, "buckets": 1, "waiting": 0, "locations": 2, "offers": 1}
    assert told["figures"].items() >= expected.items()
    assert [(fact["name"], fact["times"]) for fact in told["latest"]] == [("order.placed", 3), ("stock.counted", 1)]
    assert SECRET not in str(told)
    assert "secret-brand" not in str(told)


def test_facts_per_second_come_with_the_second_look(api: Api, shop: httpx.Client) -> None:
    figures(api, orders=3)
    count = {"location": SECRET, "offer": SECRET, "on_hand": 8}
    shop.post("/v1/stock/counts", json={"counts": [count] * 5}).raise_for_status()
    time.sleep(1.1)
    assert figures(api)["figures"]["facts_per_s"] > 0


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("en", ["Is this installation working?", "Ready", "Order placed", "Stores 1", "1 more outside of this map."]),
        ("zh-CN,zh;q=0.9", ["系统现在运行正常吗？", "运行正常", "下单", "门店 1", "另有 1 个地点不在本图范围内。"]),
    ],
)
def test_the_page_speaks_the_readers_language(api: Api, shop: httpx.Client, language: str, texts: list[str]) -> None:
    figures(api, orders=3)
    answer = api.anonymous({"accept-language": language}).get("/status")
    assert answer.headers["vary"] == "accept-language"
    assert f'<html lang="{language[:2]}">' in answer.text
    for text in texts:
        assert text in re.sub("</?i>", "", answer.text), text
    assert SECRET not in answer.text
    assert "{{" not in answer.text


def test_a_reader_may_choose_the_other_language(api: Api, shop: httpx.Client) -> None:
    assert '<html lang="zh">' in api.anonymous({"accept-language": "en"}).get("/status?lang=zh").text
    assert '<html lang="en">' in api.anonymous({"accept-language": "en"}).get("/status?lang=<script>").text


def test_the_page_asks_nobody_else_and_runs_only_its_own_script(api: Api, shop: httpx.Client) -> None:
    answer = api.anonymous().get("/status")
    assert re.findall(r"""(?:src|href|action)=["'](?:https?:)?//""", answer.text) == []
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for kind, element in (("script-src", "<script>"), ("style-src", "<style>")):
        inside = answer.text.split(element)[1].split("</")[0]
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in policy


def test_the_map_follows_the_network(api: Api, shop: httpx.Client) -> None:
    stores = 'class="dot store"'
    assert stores in api.anonymous().get("/status").text
    shop.patch(f"/v1/locations/{SECRET}", json={"enabled": False}).raise_for_status()
    page = api.anonymous().get("/status").text
    assert stores not in page
    assert 'class="dot off"' in page
    shop.patch(f"/v1/locations/{SECRET}", json={"enabled": True}).raise_for_status()
    assert stores in api.anonymous().get("/status").text
