"""Orders in and out of the database, in sets."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import psycopg

from manystores.core.sql import queries
from manystores.orders import rows
from manystores.orders.order import FulfilmentOrder, Order, decode, encode
from manystores.promise import binary

SQL = queries("manystores.orders")

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


def new_rows(partition_id: int, orders: Iterable[Order]) -> list[tuple[str, bytes]]:
    """New orders and their fulfilment orders, as binary COPY rows by target."""
    partition = binary.int4(partition_id)
    book, work = [], []
    for order in orders:
        order_id, party, updated = order.order_id.bytes, binary.int4(order.party_no), order.updated_at_us
        book.append(
            binary.row(
                (
                    partition,
                    binary.uuid(order_id),
                    party,
                    binary.text(order.channel),
                    binary.text(order.channel_order_id),
                    binary.text(order.state),
                    binary.timestamp(order.placed_at_us),
                    binary.timestamp(updated),
                    binary.int4(order.revision),
                    binary.int4(order.sold_at),
                    binary.jsonb(encode(order)),
                ),
                11,
            )
        )
        work += [_work_row(partition, order_id, party, fulfilment) for fulfilment in order.fulfilments]
    return [(_ORDERS, b"".join(book)), (_WORK, b"".join(work))]


def changes(partition_id: int, orders: Sequence[Order]) -> list[tuple[str, str, dict[str, Any]]]:
    """Changed orders and all their fulfilment orders, as (package, named statement, parameters)."""
    return [
        ("manystores.orders", "update_orders", rows.order_updates(partition_id, orders)),
        ("manystores.orders", "put_fulfilment_orders", rows.fulfilment_updates(partition_id, orders)),
    ]


def _work_row(partition: bytes, order_id: bytes, party: bytes, work: FulfilmentOrder) -> bytes:
    return binary.row(
        (
            partition,
            binary.uuid(order_id),
            binary.int2(work.number),
            party,
            binary.int4(work.location_no),
            binary.text(work.kind),
            binary.text(work.state),
            binary.timestamp(work.promised_to_us),
            binary.timestamp(work.created_at_us),
            binary.timestamp(work.updated_at_us),
        ),
        10,
    )
