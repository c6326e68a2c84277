"""What a simulation reads from the database: a brand's network and goods, orders since a time, and shelves."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec
import numpy as np
import psycopg
from msgspec.structs import replace
from numpy.typing import NDArray

from manystores.catalogue import store as offer_store
from manystores.catalogue.lots import Lots, load_lots
from manystores.catalogue.registry import Registry as Catalogue
from manystores.core.clock import to_datetime
from manystores.core.errors import INVALID, FieldError, Problem, rule
from manystores.core.sql import queries
from manystores.flows.what_if import Gathering, House, Shelves
from manystores.network import store as location_store
from manystores.network.registry import Registry
from manystores.orders.order import Order, decode
from manystores.sourcing.policy import DEFAULT_POLICY, RoutingPolicy

SQL: Final = queries("manystores.flows")
ORDERS_MOST: Final = 1_000_000
SHELVES_MOST: Final = 20_000_000
AT_ONCE: Final = 2_000
_ROW: Final = np.dtype([(name, ">i8") for name in ("location", "offer", "window", "lot", "available")])

UNKNOWN_BRAND = rule("unknown_brand", 422, "There is no such brand", "没有该品牌")
UNKNOWN_VERSION = rule("unknown_policy", 422, "There is no such policy", "没有该策略")

Longs = NDArray[np.int64]


async def load_house(connection: psycopg.AsyncConnection[Any], party_no: int) -> House:
    """The brand's network and goods as they are now."""
    network, goods = Registry(), Catalogue()
    network.apply(await location_store.load_locations(connection))
    network.set_carriers(await location_store.load_carriers(connection))
    async for offers in offer_store.load_all(connection):
        goods.apply(offers)
    return House(party_no, network, goods, Lots(await load_lots(connection)))


async def find_brand(connection: psycopg.AsyncConnection[Any], code: str | None) -> tuple[int, int, str]:
    """(party_no, partition, code) of a brand; without a code, of the only one."""
    rows = await (await connection.execute(SQL["brands"])).fetchall()
    found = [row for row in rows if code is None or row[2] == code]
    if len(found) == 1:
        return found[0][0], found[0][1], found[0][2]
    names = ", ".join(row[2] for row in rows) or "none"
    en = f"The brands are: {names}; name one with --brand"
    raise Problem(UNKNOWN_BRAND, fields=(FieldError("/brand", "unknown_brand", en, f"现有品牌：{names}"),))


async def policy_version(
    connection: psycopg.AsyncConnection[Any], party_no: int, version: int | None, at: str
) -> RoutingPolicy:
    """A published version, or the one in force; before any was published, the usual one."""
    rows = await (
        await connection.execute(SQL["list_policies"], {"party_no": party_no, "before": None, "limit": 10_000})
    ).fetchall()
    found = [row for row in rows if version is None or row[0] == version]
    if found:
        return replace(msgspec.json.decode(found[0][1], type=RoutingPolicy), version=found[0][0])
    if version in (None, 0):
        return DEFAULT_POLICY
    last = rows[0][0] if rows else 0
    en, zh = f"There is no version {version}; the last is {last}", f"没有版本 {version}，最新为 {last}"
    raise Problem(UNKNOWN_VERSION, fields=(FieldError(at, "unknown_policy", en, zh),))


def orders_since(
    connection: psycopg.Connection[Any], partition_id: int, party_no: int, from_us: int
) -> Iterator[Order]:
    """The brand's orders from a time on, in the order in which they came."""
    with connection.cursor("what_if_orders") as cursor:
        cursor.itersize = AT_ONCE
        values = {"partition_id": partition_id, "party_no": party_no, "placed_from": to_datetime(from_us)}
        cursor.execute(SQL["orders_since"], values)
        for (document,) in cursor:
            yield decode(document)


def gather_real(
    connection: psycopg.Connection[Any],
    house: House,
    partition_id: int,
    from_us: int,
    to_us: int,
    told: Callable[[int], None] = lambda read: None,
) -> Gathering:
    """The orders placed from a time until before another, and what all orders since then hold or took, given back."""
    found = Gathering(house)
    for read, order in enumerate(orders_since(connection, partition_id, house.party_no, from_us), 1):
        if not order.backfilled:  # those took nothing from these shelves
            found.took(order)
        if order.placed_at_us < to_us:
            found.real(order)
        if read % AT_ONCE == 0:
            told(read)
        if len(found) > ORDERS_MOST:
            en, zh = f"More than {ORDERS_MOST:,} orders; choose fewer days", f"超过 {ORDERS_MOST:,} 单，请缩短时段"
            raise Problem(INVALID, fields=(FieldError("/to", "too_many_orders", en, zh),))
    if not len(found):
        en = "No order was placed in that time; choose another, or generate orders"
        raise Problem(INVALID, fields=(FieldError("/from", "no_orders", en, "该时段没有订单，请更换时段或生成订单"),))
    return found


def shelves_of(connection: psycopg.Connection[Any], house: House, partition_id: int, offers: list[int]) -> Shelves:
    """What the brand's locations have of these offers now."""
    places = np.flatnonzero(house.network.of_party(house.party_no)).tolist()
    parts = []
    count = 0
    for start in range(0, len(offers), AT_ONCE):
        values = {"partition": partition_id, "offers": offers[start : start + AT_ONCE], "places": places}
        for (packed,) in connection.execute(SQL["shelves_of_offers"], values):
            if packed is not None:
                parts.append(np.frombuffer(packed, _ROW))
                count += len(parts[-1])
        if count > SHELVES_MOST:
            en = f"These orders' offers stand on more than {SHELVES_MOST:,} shelves; choose fewer orders"
            zh = f"这些订单的商品分布在超过 {SHELVES_MOST:,} 个货位上，请减少订单数"
            raise Problem(INVALID, fields=(FieldError("/to", "too_many_shelves", en, zh),))
    rows = np.concatenate(parts) if parts else np.zeros(0, _ROW)
    keys = np.stack([rows[name].astype(np.int64) for name in ("location", "offer", "window", "lot")], axis=1)
    return Shelves(keys, rows["available"].astype(np.int64))


def offers_in_stock(connection: psycopg.Connection[Any], house: House, partition_id: int) -> tuple[Longs, Longs]:
    """The offers that the brand's locations have now, and how many units of each."""
    places = np.flatnonzero(house.network.of_party(house.party_no)).tolist()
    rows = connection.execute(
        SQL["offers_in_stock"], {"partition": partition_id, "places": places, "offers": None}
    ).fetchall()
    enabled = [row for row in rows if house.catalogue.get(row[0]) is not None and house.catalogue.enabled[row[0]]]
    return np.array([row[0] for row in enabled], np.int64), np.array([int(row[1]) for row in enabled], np.int64)
