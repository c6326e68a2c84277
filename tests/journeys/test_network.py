"""The network as the console's map sees it: where locations are, what they have to do, and what they can still take."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
from tests.journeys.shop import Json, Shop, eventually, ok, refused

if TYPE_CHECKING:
    from tests.journeys.conftest import Api


def rows(told: Json) -> dict[str, Json]:
    """Columns as one object a location."""
    columns = told["columns"]
    return {code: {name: column[i] for name, column in columns.items()} for i, code in enumerate(columns["code"])}


def load(client: httpx.Client, **params: Any) -> dict[str, Json]:
    return rows(ok(client.get("/v1/network/load", params=params)))


def test_points_tell_all_in_columns_and_only_once(api: Api) -> None:
    """Given stores of different kinds, groups and partners; their columns name them, and the second look is a 304."""
    shop = Shop(api).open("WANGFUJING", groups=["flagship", "north"], orders_per_hour=30, region="110101")
    shop.open("XIDAN", groups=["north"]).open("GUANGZHOU-DC")
    answer = shop.client.get("/v1/network/points")
    told = ok(answer)
    found = rows(told)
    assert list(found) == ["WANGFUJING", "XIDAN", "GUANGZHOU-DC"]
    one = found["WANGFUJING"]
    assert (one["lat"], one["lon"]) == (39.9139, 116.4109)
    assert [told["groups"][n] for n in told["group_sets"][one["group_set"]]] == ["flagship", "north"]
    assert told["regions"][one["region"]] == {"code": "110101", "name": "北京市 东城区", "en": "Beijing"}
    assert told["kinds"][found["GUANGZHOU-DC"]["kind"]] == "warehouse"
    assert (one["orders_per_hour"], found["XIDAN"]["orders_per_hour"]) == (30, None)
    able = {name for n, name in enumerate(told["capabilities"]) if one["capability_bits"] >> n & 1}
    assert able == {"ship", "same_day", "pick_up", "returns"}
    again = shop.client.get("/v1/network/points", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    ok(shop.client.patch("/v1/locations/XIDAN", json={"enabled": False}))
    changed = shop.client.get("/v1/network/points", headers={"if-none-match": answer.headers["etag"]})
    assert rows(ok(changed))["XIDAN"]["enabled"] == 0


def test_points_are_filtered_and_compressed_as_asked(api: Api) -> None:
    """By group, capability, kind, region and partner; an unknown kind is named as such."""
    shop = Shop(api).open("WANGFUJING", groups=["flagship"], region="110101").open("GUANGZHOU-DC", region="440106")

    def codes(**wanted: str) -> list[str]:
        return list(rows(ok(shop.client.get("/v1/network/points", params=wanted))))

    assert codes(group="flagship") == codes(capability="pick_up") == codes(region="110000") == ["WANGFUJING"]
    assert codes(kind="warehouse") == codes(region="440100") == ["GUANGZHOU-DC"]
    assert codes(group="nobody") == codes(partner="somebody") == []
    assert len(codes(partner="")) == 2
    refused(shop.client.get("/v1/network/points?kind=ship"), 422, "invalid")
    plain = shop.client.get("/v1/network/points", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    with shop.client.stream("GET", "/v1/network/points", headers={"accept-encoding": "gzip"}) as zipped:
        assert gzip.decompress(b"".join(zipped.iter_raw())) == plain.content


def test_load_follows_the_work_and_tells_only_what_changed(api: Api) -> None:
    """Given a store that takes 5 orders an hour; an order placed, accepted and refused moves its figures, and nobody
    else's; `since` brings just the stores that changed."""
    shop = Shop(api).open("WANGFUJING", orders_per_hour=5).open("XIDAN").sell("SCARF")
    shop.receive(SCARF={"WANGFUJING": 3, "XIDAN": 2})
    first = ok(shop.client.get("/v1/network/load"))
    assert first["complete"] is True
    assert (rows(first)["WANGFUJING"]["units"], rows(first)["WANGFUJING"]["hour_left"]) == (3, 5)
    assert rows(first)["XIDAN"]["hour_left"] is None
    order = shop.place(("SCARF", 3))
    assert order["fulfilment_orders"][0]["location"] == "WANGFUJING"

    def changed() -> dict[str, Json]:
        told = ok(shop.client.get("/v1/network/load", params={"since": first["sequence"]}))
        assert told["complete"] is False
        return rows(told)

    eventually(lambda: changed().get("WANGFUJING", {}).get("open") == 1)
    now = changed()
    assert set(now) == {"WANGFUJING"}
    assert {name: now["WANGFUJING"][name] for name in ("units", "reserved", "records", "records_out")} == {
        "units": 0, "reserved": 3, "records": 1, "records_out": 1,
    }  # fmt: skip
    assert (now["WANGFUJING"]["hour_used"], now["WANGFUJING"]["hour_left"]) == (1, 4)
    shop.steps(order["fulfilment_orders"][0], "accept")
    eventually(lambda: load(shop.client).get("WANGFUJING", {}).get("in_progress") == 1)
    work = order["fulfilment_orders"][0]["id"]
    ok(shop.client.post(f"/v1/fulfilment-orders/{work}/reject", json={"reason": "too_busy"}))
    eventually(lambda: load(shop.client).get("WANGFUJING", {}).get("rejected") == 1)
    after = load(shop.client)["WANGFUJING"]
    assert (after["open"], after["in_progress"], after["hour_used"]) == (0, 0, 0)


def test_a_sequence_of_another_process_brings_everything(api: Api) -> None:
    shop = Shop(api).open("XIDAN").sell("SCARF").receive(SCARF={"XIDAN": 2})
    eventually(lambda: "XIDAN" in load(shop.client))
    for since in ("nonsense", "0-7", "-", "1-²"):
        told = ok(shop.client.get("/v1/network/load", params={"since": since}))
        assert told["complete"] is True
        assert "XIDAN" in rows(told)


def test_stock_needs_its_own_scope(api: Api) -> None:
    """Who may see work but not stock gets no columns of stock."""
    shop = Shop(api).open("XIDAN").sell("SCARF").receive(SCARF={"XIDAN": 2})
    worker = api.client(shop.brand, scopes=["fulfilment:read"])
    eventually(lambda: "XIDAN" in load(shop.client))
    assert "units" not in ok(worker.get("/v1/network/load"))["columns"]
    assert "stock" not in ok(worker.get("/v1/locations/XIDAN/now"))
    refused(worker.get("/v1/network/points"), 403, "forbidden")
    refused(api.client(shop.brand, scopes=["locations:read"]).get("/v1/network/load"), 403, "forbidden")


def test_a_stores_device_sees_its_own_point_and_load(api: Api) -> None:
    shop = Shop(api).open("WANGFUJING", "XIDAN").sell("SCARF").receive(SCARF={"WANGFUJING": 3, "XIDAN": 2})
    device = api.client(shop.brand, location="XIDAN")
    eventually(lambda: "XIDAN" in load(device))
    assert set(load(device)) == {"XIDAN"}
    assert set(rows(ok(device.get("/v1/network/points")))) == {"XIDAN"}
    refused(device.get("/v1/locations/WANGFUJING/now"), 404, "not_found")
    assert ok(device.get("/v1/locations/XIDAN/now"))["stock"]["units"] == 2


def test_now_tells_hours_capacity_work_and_refusals(api: Api) -> None:
    """Given a store that is always open and took two orders of three, one of which it refused."""
    shop = Shop(api).open("WANGFUJING", orders_per_hour=9, orders_per_day=20, cut_offs={"ship": "17:00"})
    shop.open("XIDAN").sell("SCARF").receive(SCARF={"WANGFUJING": 9, "XIDAN": 9})
    kept, moved = shop.place(("SCARF", 1)), shop.place(("SCARF", 2))
    work = moved["fulfilment_orders"][0]["id"]
    ok(shop.client.post(f"/v1/fulfilment-orders/{work}/reject", json={"reason": "cannot_find"}))
    eventually(lambda: load(shop.client).get("WANGFUJING", {}).get("rejected") == 1)
    told = ok(shop.client.get("/v1/locations/WANGFUJING/now"))
    assert told["hours"]["open"] is True
    assert told["hours"]["until"] is None
    assert [cut["kind"] for cut in told["cut_offs"]] == ["ship"]
    assert (told["capacity"]["hour"]["used"], told["capacity"]["hour"]["left"]) == (1, 8)
    assert told["capacity"]["day"]["limit"] == 20
    assert [(one["state"], one["kind"], one["count"], one["late"]) for one in told["work"]] == [("open", "ship", 1, 0)]
    assert told["rejections"]["reasons"] == [{"reason": "cannot_find", "count": 1}]
    latest = told["rejections"]["latest"][0]
    assert (latest["order"], latest["fulfilment_order"]) == (moved["id"], work)
    assert kept["fulfilment_orders"][0]["location"] == "WANGFUJING"
    assert told["stock"] == {"units": 6, "reserved": 1, "records": 1, "records_out": 0}
    assert told["promises"]["due"] == 0
    assert ok(shop.client.get("/v1/locations/XIDAN/now"))["capacity"] == {"hour": None, "day": None}
    refused(shop.client.get("/v1/locations/NOWHERE/now"), 404, "not_found")


def test_regions_are_sent_once(api: Api) -> None:
    client = Shop(api).client
    answer = client.get("/v1/network/regions/province")
    assert len(msgspec.json.decode(answer.content)["features"]) == 34
    again = client.get("/v1/network/regions/province", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    refused(client.get("/v1/network/regions/county"), 422, "invalid")
