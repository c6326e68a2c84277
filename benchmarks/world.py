"""A brand for the benchmarks over HTTP: 7,209 real stores, 2,000 offers on 300 shelves each, and what shoppers ask.

Stock is written as facts and movements by SQL, as the owner would write them, so that the books can be proved.
"""

import asyncio
import json
import random
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import psycopg

from manystores.catalogue import offer_of
from manystores.catalogue import store as offer_store
from manystores.core import auth
from manystores.core.clock import SystemClock, to_datetime
from manystores.core.database import connect, connect_async, migrate
from manystores.core.embedded import EmbeddedPostgres
from manystores.core.sql import queries
from manystores.core.writer import ensure_day
from manystores.data import real_stores
from manystores.ledger import Reason
from manystores.network import store as location_store
from manystores.promise.projection import project

BRAND = "bench"
CLOCK = SystemClock()
PROMISE = queries("manystores.promise")
UNITS = 5_000
FACTS_A_BATCH = 4_096

STOCK_FACTS = """
INSERT INTO journal
SELECT 1, %(day)s, 1 + i / %(batch)s, i %% %(batch)s, 'stock.receive', gen_random_uuid(), %(party)s, location_no, NULL,
       0, 'bench', %(at)s, NULL, NULL, NULL, 1,
       jsonb_build_object('location_no', location_no, 'offer_no', offer_no, 'window_us', 0, 'lot_no', 0,
           'on_hand', units, 'reserved', 0, 'unavailable', 0, 'incoming', 0, 'available', units,
           'change', 'receive', 'quantity', units)
FROM shelves
"""
STOCK_MOVEMENTS = """
INSERT INTO movements
SELECT 1, %(day)s, 1 + i / %(batch)s, i %% %(batch)s, 0, location_no, offer_no, 0, 0, units, 0, 0, 0,
       '00000000-0000-0000-0000-000000000000', %(reason)s
FROM shelves
"""


class Size(msgspec.Struct, frozen=True):
    """How large a brand to make; None is all 7,209 stores."""

    stores: int | None = None
    offers: int = 2_000
    shelves: int = 300


class World(msgspec.Struct, frozen=True):
    """A seeded data directory: the key, who is where, and (store, offer) indices of stocked shelves."""

    home: str
    token: str
    stores: list[tuple[str, float, float, str]]  # code, WGS-84 latitude and longitude, region
    skus: list[str]
    shelves: list[tuple[int, int]]

    @property
    def data_dir(self) -> Path:
        return Path(self.home)


QUICK = Size(stores=800, offers=200, shelves=60)


def world(data_dir: Path, size: Size) -> World:
    """The brand of a data directory, seeded if it has none yet."""
    note = data_dir / "world.json"
    if note.exists():
        return msgspec.json.decode(note.read_bytes(), type=World)
    embedded = EmbeddedPostgres(data_dir)
    url = embedded.start()
    try:
        migrate(url)
        made = _seed(url, data_dir, size)
    finally:
        embedded.stop()
    note.write_bytes(msgspec.json.encode(made))
    return made


def _seed(url: str, data_dir: Path, size: Size) -> World:
    with connect(url) as connection:
        party_no = auth.create_party(connection, BRAND, clock=CLOCK).party_no
        token = auth.create_key(connection, BRAND, None, None, clock=CLOCK, name="bench")
    locations, offers = asyncio.run(_master_data(url, party_no, size))
    rng = np.random.default_rng(1)
    shelves = [
        (int(place), offer)
        for offer in range(size.offers)
        for place in rng.choice(len(locations), min(size.shelves, len(locations)), replace=False)
    ]
    with connect(url, autocommit=True) as connection:
        write_stock(connection, party_no, [(locations[p].location_no, offers[o].offer_no) for p, o in shelves])
    places = [(at.code, at.lat, at.lon, at.region) for at in locations]
    return World(str(data_dir), token, places, [offer.sku for offer in offers], shelves)


async def _master_data(url: str, party_no: int, size: Size) -> tuple[list[Any], list[Any]]:
    rng = random.Random(1)
    bodies = real_stores()
    if size.stores is not None:
        bodies = rng.sample(bodies, size.stores)
    for body in bodies:
        body |= {
            "orders_per_hour": 5_000,
            "orders_per_day": 50_000,
            "lead_time_minutes": rng.randrange(30, 130, 10),
            "handle_order_cost": rng.randrange(120, 260, 10),
            "handle_unit_cost": rng.randrange(20, 70, 10),
        }
    wanted: list[dict[str, Any]] = [
        {
            "sku": f"B{n:05}",
            "name": f"Offer {n}",
            "kind": "good",
            "price": {"amount": rng.randrange(500, 20_000, 100), "currency": "CNY"},
            "weight_g": rng.randrange(100, 3_000, 50),
        }
        for n in range(size.offers)
    ]
    async with await connect_async(url) as connection:
        written, refused = await location_store.put_locations(connection, party_no, bodies)
        assert not refused
        offers = await offer_store.upsert(
            connection, party_no, [offer_of(body, party_no) for body in wanted], CLOCK.now_us()
        )
        await connection.commit()
    return list(written.locations), offers


def write_stock(connection: psycopg.Connection[Any], party_no: int, shelves: list[tuple[int, int]]) -> None:
    """Put UNITS on each (location_no, offer_no): facts, movements, lease and projection, as received by an owner."""
    at = to_datetime(CLOCK.now_us())
    values = {"party": party_no, "at": at, "day": at.date(), "batch": FACTS_A_BATCH, "reason": int(Reason.RECEIVED)}
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(PROMISE["open_partition"], {"partition": 1, "at": at})
        ensure_day(cursor, CLOCK.now_us() // 86_400_000_000)
        cursor.execute("CREATE TEMP TABLE shelves (i int, location_no int, offer_no int, units int) ON COMMIT DROP")
        rows = "".join([f"{i}\t{place}\t{offer}\t{UNITS}\n" for i, (place, offer) in enumerate(shelves)])
        with cursor.copy("COPY shelves FROM STDIN") as copy:
            copy.write(rows)
        cursor.execute(STOCK_FACTS, values)
        cursor.execute(STOCK_MOVEMENTS, values)
        cursor.execute("UPDATE lease SET seq = %s WHERE partition_id = 1", (1 + (len(shelves) - 1) // FACTS_A_BATCH,))
    project(connection, 1)
    connection.execute("VACUUM ANALYZE")


class Shoppers:
    """What shoppers ask for, as request bodies; `@ID@` stands where each request has an id of its own."""

    def __init__(self, of: World, seed: int) -> None:
        self._world, self._rng = of, random.Random(seed)

    def place(self) -> dict[str, Any]:
        """Somewhere within some kilometres of one of the stores, so that where stores are dense, so are shoppers."""
        _, lat, lon, region = self._rng.choice(self._world.stores)
        gauss = self._rng.gauss
        return {"lat": round(lat + gauss(0, 0.05), 5), "lon": round(lon + gauss(0, 0.05), 5), "region": region}

    def hold(self, own: str = "@ID@") -> dict[str, Any]:
        """A hold of one unit on a stocked shelf."""
        store, offer = self._rng.choice(self._world.shelves)
        line = {"location": self._world.stores[store][0], "offer": self._world.skus[offer], "quantity": 1}
        return {"cart": own, "ttl_s": 3600, "lines": [line]}

    def order(self, own: str = "@ID@") -> dict[str, Any]:
        """An order of 1 to 3 offers, to a shopper's place."""
        offers = self._rng.sample(self._world.skus, self._rng.randint(1, 3))
        lines = [{"offer": offer, "quantity": self._rng.randint(1, 2)} for offer in offers]
        return {"channel": "app", "channel_order_id": own, "deliver_to": self.place(), "lines": lines}

    def query(self) -> str:
        """The query string of an availability request."""
        at = self.place()
        return f"offer={self._rng.choice(self._world.skus)}&quantity=1&lat={at['lat']}&lon={at['lon']}&channel=app"


def as_lines(bodies: list[dict[str, Any]]) -> str:
    """Bodies as lines of JSON."""
    return "".join([json.dumps(body, separators=(",", ":")) + "\n" for body in bodies])
