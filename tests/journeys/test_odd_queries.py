"""Whatever stands in an address, the answer says what is wrong with it: no query makes the server fail."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote

import httpx
from tests.journeys.people import add_person, sign_in
from tests.journeys.shop import Json, Shop, ok
from tests.journeys.test_isolation import build, tries

if TYPE_CHECKING:
    from tests.journeys.conftest import Api

ODD = (
    "", "\0", "a\0b", "\ud800", "-1", "0", "9223372036854775808", "NaN", "1e400", "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00Z", "*", "%", "'", "../..", "x" * 60, "0-0", "--1", ",", "²",
    "99999999999999999999-1", "é" * 30,
)  # fmt: skip


def test_no_query_makes_a_route_for_reading_fail(api: Api) -> None:
    """Every parameter of every route for reading, as somebody of operations who is signed in may ask."""
    shop = Shop(api)
    cases = tries(build(shop, "PUDONG", "310000"))
    add_person(api, shop.brand, "reader", "brand_operations")
    client = sign_in(api, "reader")
    failed = []
    for path, methods in ok(client.get("/openapi.json"))["paths"].items():
        case = cases.get(f"get {path}")
        if case is not None and "get" in methods:
            addresses = odd_addresses(path, case.path, methods["get"].get("parameters", []))
            failed += [address for address in addresses if status(client, address) >= 500]
    assert "\n".join(failed) == ""


def odd_addresses(path: str, fine: str, parameters: list[Json]) -> list[str]:
    """Addresses of a route, each with one odd thing in it."""
    where, _, query = fine.partition("?")
    found = [re.sub(r"\{\w+\}", quoted(odd) or "-", path) for odd in ODD] if "{" in path else []
    for parameter in parameters:
        if parameter["in"] == "query":
            name = parameter["name"]
            others = [f"{key}={quoted(value)}" for key, value in parse_qsl(query) if key != name]
            found += [f"{where}?{'&'.join([*others, f'{name}={quoted(odd)}'])}" for odd in ODD]
    return found


def quoted(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def status(client: httpx.Client, address: str) -> int:
    """The status of an answer; 599 for a connection that broke off."""
    try:
        return client.get(address).status_code
    except httpx.TransportError:
        return 599
