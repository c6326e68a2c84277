"""Rows of the order book: columns for COPY, arrays for updates.

For COPY the columns come in the order of `*_COLUMNS`; who writes them encodes them (`promise.order_book`).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from manystores.core.clock import to_datetime
from manystores.orders.order import Order, encode
from manystores.orders.reach import half_of
from manystores.orders.work import waits_for

ORDER_COLUMNS = (
    "partition_id",
    "order_id",
    "party_no",
    "channel",
    "channel_order_id",
    "state",
    "placed_at",
    "updated_at",
    "revision",
    "sold_at_no",
    "unserved",
    "doc",
)
FULFILMENT_COLUMNS = (
    "partition_id",
    "order_id",
    "number",
    "party_no",
    "location_no",
    "kind",
    "state",
    "promised_to",
    "created_at",
    "updated_at",
    "waits_for",
    "units",
    "metres",
    "half",
)
DECISION_COLUMNS = ("partition_id", "order_id", "number", "policy_version", "doc", "decided_at")

FulfilmentRow = tuple[int, UUID, int, int, int, str, str, datetime, datetime, datetime, str, int, int, int]


def fulfilment_rows(partition_id: int, order: Order, above: int = 0) -> list[FulfilmentRow]:
    """Rows of an order's fulfilment orders (FULFILMENT_COLUMNS), those numbered above `above`."""
    return [
        (
            partition_id,
            order.order_id,
            work.number,
            order.party_no,
            work.location_no,
            work.kind,
            work.state,
            to_datetime(work.promised_to_us),
            to_datetime(work.created_at_us),
            to_datetime(work.updated_at_us),
            waits_for(work),
            work.served,
            work.metres,
            half_of(order, work),
        )
        for work in order.fulfilments[above:]
    ]


def order_updates(partition_id: int, orders: Sequence[Order]) -> dict[str, object]:
    """Parameters of `update_orders`; each order once, in its last revision."""
    return {
        "partition_id": partition_id,
        "order_ids": [order.order_id for order in orders],
        "states": [order.state for order in orders],
        "updated_ats": [to_datetime(order.updated_at_us) for order in orders],
        "revisions": [order.revision for order in orders],
        "unserved": [order.unserved for order in orders],
        "docs": [encode(order).decode() for order in orders],
    }


def fulfilment_updates(partition_id: int, orders: Iterable[Order]) -> dict[str, object]:
    """Parameters of `put_fulfilment_orders`: all the work of these orders; each order once."""
    rows = [row for order in orders for row in fulfilment_rows(partition_id, order)]
    names = (
        "order_ids",
        "numbers",
        "party_nos",
        "location_nos",
        "kinds",
        "states",
        "promised_tos",
        "created_ats",
        "updated_ats",
        "waits_for",
        "units",
        "metres",
        "halves",
    )
    return {"partition_id": partition_id, **{name: [row[i + 1] for row in rows] for i, name in enumerate(names)}}


def parcel_rows(partition_id: int, orders: Iterable[Order]) -> dict[str, object]:
    """Parameters of `put_parcels`: by which tracking numbers these orders are found; empty lists for none."""
    rows = [
        (package.tracking, order.order_id, work.number)
        for order in orders
        for work in order.fulfilments
        for package in work.packages
        if package.tracking
    ]
    names = ("trackings", "order_ids", "numbers")
    return {"partition_id": partition_id, **{name: [row[i] for row in rows] for i, name in enumerate(names)}}
