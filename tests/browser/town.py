"""A small real network for the console's tests: shops of Beijing and Shanghai, two warehouses, coats and shirts.

town.shop.place(("COAT-NAVY-M", 1))      an order, over HTTP as any channel's
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tests.journeys.shop import Shop, ok

from manystores.core import auth, database
from manystores.core.clock import SystemClock
from manystores.people import store
from manystores.people.passwords import hashed
from manystores.people.person import Wanted
from manystores.people.roles import BOUND

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Cookie
    from tests.journeys.conftest import Api

    from manystores.people.roles import Role

PASSWORD: Final = "three cups of green tea"
NAMES: Final[dict[str, str]] = {
    "platform_operator": "周平",
    "brand_operations": "陈晨",
    "brand_marketing": "王敏",
    "planner": "李想",
    "analyst": "赵析",
    "store_associate": "林一",
    "partner": "合作方小吴",
}

HOURS: Final = "Mo-Su 10:00-22:00"


class Place(NamedTuple):
    """A location: what it is called, where it is, and when it is open."""

    code: str
    name: str
    kind: str
    lat: float
    lon: float
    region: str
    hours: str = HOURS


PLACES: Final = (
    Place("BJ-WFJ", "北京王府井店", "store", 39.9139, 116.4109, "110101"),
    Place("BJ-XD", "北京西单店", "store", 39.9096, 116.3732, "110102"),
    Place("BJ-SLT", "北京三里屯店", "store", 39.9366, 116.4553, "110105", "Mo-Su 10:00-23:00"),
    Place("BJ-ZGC", "北京中关村店", "store", 39.9841, 116.3165, "110108"),
    Place("SH-NJX", "上海南京西路店", "store", 31.2304, 121.4590, "310106"),
    Place("SH-XTD", "上海新天地店", "store", 31.2197, 121.4750, "310101"),
    Place("LF-DC", "廊坊北方仓", "warehouse", 39.5380, 116.6837, "131003", "24/7"),
    Place("JX-DC", "嘉兴华东仓", "warehouse", 30.7461, 120.7555, "330402", "24/7"),
)
OFFERS: Final = {
    "COAT-NAVY-M": ("羊毛大衣 藏青 M", 129_900),
    "SCARF-GREY": ("羊绒围巾 灰", 39_900),
    "SHIRT-WHITE-L": ("免烫衬衫 白 L", 25_900),
    "JEANS-32": ("直筒牛仔裤 32", 34_900),
    "BOOTS-41": ("切尔西靴 41", 79_900),
}
UNITS: Final = {"store": 12, "warehouse": 400}


class Town:
    """A brand of its own with that network; `shop` speaks for it over the API."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.shop = Shop(api)
        self.brand = self.shop.brand
        self._cookies: dict[tuple[str, str | None], list[Cookie]] = {}
        self._open()

    def _open(self) -> None:
        zone = "Asia/Shanghai"
        places: list[dict[str, Any]] = [
            {"code": p.code, "name": p.name, "kind": p.kind, "lat": p.lat, "lon": p.lon, "region": p.region}
            | {"opening_hours": p.hours, "time_zone": zone}
            for p in PLACES
        ]
        ok(self.shop.client.post("/v1/locations/batch", json={"locations": places}))
        offers: list[dict[str, Any]] = [
            {"sku": sku, "name": name, "kind": "good", "price": {"amount": amount, "currency": "CNY"}}
            for sku, (name, amount) in OFFERS.items()
        ]
        ok(self.shop.client.post("/v1/offers/batch", json={"offers": offers}))
        counts = [
            {"location": place.code, "offer": sku, "on_hand": UNITS[place.kind]} for place in PLACES for sku in OFFERS
        ]
        told = ok(self.shop.client.post("/v1/stock/counts", json={"counts": counts}))
        assert {result["status"] for result in told["results"]} == {200}

    def enter(
        self,
        context: BrowserContext,
        role: str,
        location: str | None,
        sign_in: Callable[[BrowserContext, str, str], None],
    ) -> None:
        """Sign a person of that role in; who did it before goes on with their session."""
        key = (role, location)
        if key in self._cookies:
            context.add_cookies(self._cookies[key])  # type: ignore[arg-type]
            return
        login = f"{role}.{location or 'all'}".lower()
        with ThreadPoolExecutor(1) as outside:  # the browser's own loop runs here
            outside.submit(asyncio.run, self._hire(role, login, location)).result()
        sign_in(context, f"{self.brand}/{login}", PASSWORD)
        self._cookies[key] = context.cookies()

    async def _hire(self, role: Role, login: str, location: str | None) -> None:
        clock = SystemClock()
        with database.connect(self.api.database_url) as connection:
            party = auth.create_party(connection, self.brand, clock=clock)
            found = connection.execute(
                "SELECT location_no FROM locations WHERE party_no = %s AND code = %s", (party.party_no, location)
            ).fetchone()
        wanted = Wanted(login, NAMES[role], role, (location,) if location else (), True)
        assert (role in BOUND) == (location is not None), "associates and partners work in a location, others in none"
        async with await database.connect_async(self.api.database_url) as connection:
            secret = hashed(PASSWORD)
            await store.create(connection, party, wanted, found or (), secret, auth.SCOPES, clock.now_us())
