"""Orders in and out of the database, in sets."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import psycopg

from manystores.core.clock import to_datetime
from manystores.core.sql import queries
from manystores.orders.order import FulfilmentOrder, Order, decode, encode
from manystores.promise import binary

SQL = queries("manystores.promise")

_ORDERS = (
    "orders (partition_id, order_id, party_no, channel, channel_order_id, state, placed_at, updated_at, revision, "
    "sold_at_no, doc)"
)
_WORK = (
    "fulfilment_orders (partition_id, order_id, number, party_no, location_no, kind, state, promised_to, created_at, "
    "updated_at)"
)


async def load(connection: psycopg.AsyncConnection[Any], partition_id: int, ids: Sequence[UUID]) -> list[Order]:
    """Orders by id, in no particular order; unknown ids are missing."""
    found = await connection.execute(SQL["orders_by_id"], {"partition": partition_id, "ids": list(ids)})
    return [decode(doc) for (doc,) in await found.fetchall()]


async def find_by_channel(
    connection: psycopg.AsyncConnection[Any], partition_id: int, keys: Sequence[tuple[int, str, str]]
) -> dict[tuple[int, str, str], UUID]:
    """Which of these (party, channel, channel order id) are placed, and under which id."""
    parties, channels, ids = zip(*keys, strict=True)
    values = {"partition": partition_id, "parties": list(parties), "channels": list(channels), "ids": list(ids)}
    found = await connection.execute(SQL["orders_by_channel"], values)
    return {(party, channel, own): order_id for party, channel, own, order_id in await found.fetchall()}


def insert(cursor: psycopg.Cursor[Any], partition_id: int, orders: Iterable[Order]) -> None:
    """Write new orders and their fulfilment orders."""
    partition = binary.int4(partition_id)
    rows, work = [], []
    for order in orders:
        order_id, party, updated = order.order_id.bytes, binary.int4(order.party_no), order.updated_at_us
        rows.append(
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
    _copy(cursor, _ORDERS, rows)
    if work:
        _copy(cursor, _WORK, work)


def update(cursor: psycopg.Cursor[Any], partition_id: int, orders: Sequence[Order]) -> None:
    """Write changed orders, and all their fulfilment orders."""
    cursor.execute(
        SQL["update_orders"],
        {
            "partition": partition_id,
            "ids": [order.order_id for order in orders],
            "states": [order.state for order in orders],
            "updated": [to_datetime(order.updated_at_us) for order in orders],
            "revisions": [order.revision for order in orders],
            "docs": [encode(order).decode() for order in orders],
        },
    )
    if cursor.rowcount != len(orders):
        raise LookupError(f"{len(orders) - cursor.rowcount} changed orders are not in the book")
    work = [(order, fulfilment) for order in orders for fulfilment in order.fulfilments]
    if work:
        cursor.execute(
            SQL["save_fulfilment_orders"],
            {
                "partition": partition_id,
                "ids": [order.order_id for order, _ in work],
                "numbers": [f.number for _, f in work],
                "parties": [order.party_no for order, _ in work],
                "locations": [f.location_no for _, f in work],
                "kinds": [f.kind for _, f in work],
                "states": [f.state for _, f in work],
                "promised": [to_datetime(f.promised_to_us) if f.promised_to_us else None for _, f in work],
                "created": [to_datetime(f.created_at_us) for _, f in work],
                "updated": [to_datetime(f.updated_at_us) for _, f in work],
            },
        )


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
            binary.timestamp(work.promised_to_us or None),
            binary.timestamp(work.created_at_us),
            binary.timestamp(work.updated_at_us),
        ),
        10,
    )


def _copy(cursor: psycopg.Cursor[Any], target: str, rows: list[bytes]) -> None:
    with cursor.copy(f"COPY {target} FROM STDIN (FORMAT BINARY)") as copy:
        copy.write(binary.HEADER + b"".join(rows) + binary.TRAILER)
