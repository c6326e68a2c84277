"""Rows of the order book: tuples for COPY, arrays for updates.

For COPY the columns come in the order of `*_COLUMNS`, with PostgreSQL's type names in `*_TYPES` for
`psycopg.Copy.set_types`; documents are JSON bytes wrapped for `jsonb`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from manystores.core.clock import to_datetime
from manystores.orders.order import Order, encode

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
    "doc",
)
ORDER_TYPES = ("int4", "uuid", "int4", "text", "text", "text", "timestamptz", "timestamptz", "int4", "int4", "jsonb")
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
)
FULFILMENT_TYPES = (
    "int4",
    "uuid",
    "int2",
    "int4",
    "int4",
    "text",
    "text",
    "timestamptz",
    "timestamptz",
    "timestamptz",
)
DECISION_COLUMNS = ("partition_id", "order_id", "number", "policy_version", "doc", "decided_at")
DECISION_TYPES = ("int4", "uuid", "int2", "int4", "jsonb", "timestamptz")

OrderRow = tuple[int, UUID, int, str, str, str, datetime, datetime, int, int, Jsonb]
FulfilmentRow = tuple[int, UUID, int, int, int, str, str, datetime, datetime, datetime]
DecisionRow = tuple[int, UUID, int, int, Jsonb, datetime]


def copy_statement(table: str, columns: Sequence[str]) -> str:
    """The binary COPY for rows of these columns."""
    return f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"


def _same(document: bytes) -> bytes:
    return document


def order_row(partition_id: int, order: Order, document: bytes | None = None) -> OrderRow:
    """An order's row (ORDER_COLUMNS); `document` if it is encoded already."""
    return (
        partition_id,
        order.order_id,
        order.party_no,
        order.channel,
        order.channel_order_id,
        order.state,
        to_datetime(order.placed_at_us),
        to_datetime(order.updated_at_us),
        order.revision,
        order.sold_at,
        Jsonb(encode(order) if document is None else document, dumps=_same),
    )


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
        )
        for work in order.fulfilments[above:]
    ]


def decision_row(
    partition_id: int, order_id: UUID, number: int, policy_version: int, document: bytes, decided_at_us: int
) -> DecisionRow:
    """A decision's row (DECISION_COLUMNS), numbered from 1 within the order."""
    return (
        partition_id,
        order_id,
        number,
        policy_version,
        Jsonb(document, dumps=_same),
        to_datetime(decided_at_us),
    )


def order_updates(partition_id: int, orders: Sequence[Order]) -> dict[str, object]:
    """Parameters of `update_orders`; each order once, in its last revision."""
    return {
        "partition_id": partition_id,
        "order_ids": [order.order_id for order in orders],
        "states": [order.state for order in orders],
        "updated_ats": [to_datetime(order.updated_at_us) for order in orders],
        "revisions": [order.revision for order in orders],
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
    )
    return {"partition_id": partition_id, **{name: [row[i + 1] for row in rows] for i, name in enumerate(names)}}
