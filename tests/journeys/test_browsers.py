"""What browsers are told to keep, and of cookies behind TLS."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from tests.journeys.conftest import running_api
from tests.journeys.people import add_person, sign_in
from tests.journeys.shop import TIANANMEN, Shop
from tests.journeys.test_isolation import NOBODYS, send, tries

if TYPE_CHECKING:
    from tests.journeys.conftest import Api

#: Asked for again and again, large, and nothing personal: kept by the browser that asked, and asked for anew each time.
KEPT = {"/v1/network/points": "private, no-cache", "/v1/network/load": "private, no-cache"}


def test_no_device_keeps_what_a_person_reads(api: Api) -> None:
    """Phones go from hand to hand, and disks outlive sessions: nobody's answers stay in a cache."""
    shop = Shop(api).open("XIDAN").sell("SCARF").receive(SCARF={"XIDAN": 9})
    add_person(api, shop.brand, "reader", "brand_operations")
    client = sign_in(api, "reader")
    order = shop.place(("SCARF", 1), deliver_to=TIANANMEN | {"name": "欧阳静"})
    told = client.get(f"/v1/orders/{order['id']}")
    assert "欧阳静" in told.text
    assert told.headers["cache-control"] == "no-store"
    kept = {}
    for operation, attempt in tries(NOBODYS).items():
        if operation.startswith("get ") and "/v1/availability" not in operation and "{id}" not in operation:
            caching = send(client, operation, attempt).headers.get("cache-control", "")
            if caching != "no-store":
                kept[attempt.path] = caching
    assert kept == KEPT | {"/v1/network/regions/inset": "private, max-age=86400"}


def test_behind_tls_cookies_are_for_https_only(
    new_database: Callable[[], AbstractContextManager[str]], tmp_path: Path
) -> None:
    """By the address that the setting names, whatever a request calls us."""
    with (
        new_database() as database_url,
        running_api(database_url, tmp_path, public_url="https://shop.example") as behind,
    ):
        away = behind.anonymous({"host": "evil.example"}).get("/sign-in?next=/orders")
        cookie = away.headers["set-cookie"]
        assert all(part in cookie for part in ("Secure", "HttpOnly", "SameSite=lax", "Path=/sign-in"))
        address = urlsplit(away.headers["location"])
        assert (address.scheme, address.netloc, address.path) == ("https", "shop.example", "/idp/authorize")
        assert parse_qs(address.query)["redirect_uri"] == ["https://shop.example/sign-in/callback"]
