"""Orders in and out of the database, in sets."""

from collections.abc import Iterable, Sequence
from struct import Struct
from typing import Any
from uuid import UUID

import psycopg

from manystores.core import binary
from manystores.core.sql import queries
from manystores.orders import rows
from manystores.orders.order import FulfilmentOrder, Order, decode, encode
from manystores.orders.reach import half_of
from manystores.orders.work import waits_for

SQL = queries("manystores.orders")
_LENGTH = Struct(">i")

_ORDERS = f"orders ({', '.join(rows.ORDER_COLUMNS)})"
_WORK = f"fulfilment_orders ({', '.join(rows.FULFILMENT_COLUMNS)})"


async def load(connection: psycopg.AsyncConnection[Any], partition_id: int, ids: Sequence[UUID]) -> list[Order]:
    """Orders by id, in no particular order; unknown ids are missing."""
    found = await connection.execute(SQL["orders_by_id"], {"partition_id": partition_id, "order_ids": list(ids)})
    return [decode(doc) for _, doc in await found.fetchall()]


async def find_by_channel(
    connection: psycopg.AsyncConnection[Any], partition_id: int, keys: Sequence[tuple[int, str, str]]
) -> dict[tuple[int, str, str], Order]:
    """Which of these (party, channel, channel order id) are placed."""
    parties, channels, ids = zip(*keys, strict=True)
    values = {
        "partition_id": partition_id,
        "party_nos": list(parties),
        "channels": list(channels),
        "channel_order_ids": list(ids),
    }
    found = await connection.execute(SQL["orders_by_channel_id"], values)
    return {(party, channel, own): decode(doc) for party, channel, own, _, doc in await found.fetchall()}


_ORDER = Struct(">hiii16siii")  # columns, partition, order_id, party_no, and the length of the channel
_TIMES = Struct(">iqiqiiiiiii")  # placed_at, updated_at, revision, sold_at, unserved, and the length of the document
_WORK_OF = Struct(">hiii16sihiiiii")  # columns, partition, order_id, number, party, location, the length of the kind
_PROMISED = Struct(">iqiqiq")  # promised_to, created_at, updated_at
_REACH = Struct(">iiiiih")  # units, metres, half


def new_rows(partition_id: int, orders: Iterable[Order]) -> list[tuple[str, bytes]]:
    """New orders and their fulfilment orders, as binary COPY rows by target. Fields of fixed width that stand together
    are packed together."""
    book: list[bytes] = []
    work: list[bytes] = []
    for order in orders:
        order_id, party_no = order.order_id.bytes, order.party_no
        channel, document = order.channel.encode(), encode(order)
        placed = order.placed_at_us - binary.POSTGRES_EPOCH_US
        updated = order.updated_at_us - binary.POSTGRES_EPOCH_US
        book += (
            _ORDER.pack(12, 4, partition_id, 16, order_id, 4, party_no, len(channel)),
            channel,
            binary.text(order.channel_order_id),
            binary.text(order.state),
            _TIMES.pack(8, placed, 8, updated, 4, order.revision, 4, order.sold_at, 4, order.unserved, len(document)),
            document,
        )
        for one in order.fulfilments:
            work += _work_row(partition_id, order, one)
    return [(_ORDERS, b"".join(book)), (_WORK, b"".join(work))]


def document(body: bytes) -> bytes:
    """A field of JSON text, kept as it is."""
    return _LENGTH.pack(len(body)) + body


def changes(partition_id: int, orders: Sequence[Order]) -> list[tuple[str, str, dict[str, Any]]]:
    """Changed orders, all their fulfilment orders and parcels, as (package, named statement, parameters)."""
    found: list[tuple[str, str, dict[str, Any]]] = [
        ("manystores.orders", "update_orders", rows.order_updates(partition_id, orders)),
        ("manystores.orders", "put_fulfilment_orders", rows.fulfilment_updates(partition_id, orders)),
    ]
    parcels = rows.parcel_rows(partition_id, orders)
    if parcels["trackings"]:
        found.append(("manystores.orders", "put_parcels", parcels))
    return found


def _work_row(
    partition_id: int, order: Order, work: FulfilmentOrder
) -> tuple[bytes, bytes, bytes, bytes, bytes, bytes]:
    kind, epoch_us = work.kind.encode(), binary.POSTGRES_EPOCH_US
    order_id, party_no = order.order_id.bytes, order.party_no
    head = (14, 4, partition_id, 16, order_id, 2, work.number, 4, party_no, 4, work.location_no, len(kind))
    promised, created, updated = work.promised_to_us, work.created_at_us, work.updated_at_us
    return (
        _WORK_OF.pack(*head),
        kind,
        binary.text(work.state),
        _PROMISED.pack(8, promised - epoch_us, 8, created - epoch_us, 8, updated - epoch_us),
        binary.text(waits_for(work)),
        _REACH.pack(4, work.served, 4, work.metres, 2, half_of(order, work)),
    )
