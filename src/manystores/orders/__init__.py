"""The one order book: orders, fulfilment orders, returns and their life cycles, as pure functions.

Each transition takes an order and yields a `Change`: the order after it, the facts to tell, and what the ledger must do
in the same turn. Out of order it is a `Problem` that names the state and what is possible now.
"""

from manystores.orders.changes import Edit, cancel, check_revision, edit, etag, expire_unpaid
from manystores.orders.draft import OrderBody, draft, draft_batch
from manystores.orders.effects import Change, Fact, StockEffect, together
from manystores.orders.fulfilment import (
    REJECT_REASONS,
    Pick,
    Substitute,
    accept,
    close,
    deliver,
    hold,
    pack,
    pick,
    reject,
    ship,
    unhold,
)
from manystores.orders.order import (
    FulfilmentOrder,
    Line,
    Order,
    decode,
    encode,
    fulfilment_id,
    parse_fulfilment_id,
    total,
)
from manystores.orders.payments import authorise, capture, pay, refund
from manystores.orders.pick_up import code_of, expire_pick_up, hand_over, ready, renew_code
from manystores.orders.placing import Allocation, LineDraft, Sealer, Share, allocate, book_past, line_draft, place
from manystores.orders.returns import (
    Back,
    Received,
    accept_return,
    complete_return,
    receive_return,
    reject_return,
    request_return,
)
from manystores.orders.routing import rerouted
from manystores.orders.view import Reader, fulfilment_view, order_told, order_view, return_view

__all__ = [
    "REJECT_REASONS",
    "Allocation",
    "Back",
    "Change",
    "Edit",
    "Fact",
    "FulfilmentOrder",
    "Line",
    "LineDraft",
    "Order",
    "OrderBody",
    "Pick",
    "Reader",
    "Received",
    "Sealer",
    "Share",
    "StockEffect",
    "Substitute",
    "accept",
    "accept_return",
    "allocate",
    "authorise",
    "book_past",
    "cancel",
    "capture",
    "check_revision",
    "close",
    "code_of",
    "complete_return",
    "decode",
    "deliver",
    "draft",
    "draft_batch",
    "edit",
    "encode",
    "etag",
    "expire_pick_up",
    "expire_unpaid",
    "fulfilment_id",
    "fulfilment_view",
    "hand_over",
    "hold",
    "line_draft",
    "order_told",
    "order_view",
    "pack",
    "parse_fulfilment_id",
    "pay",
    "pick",
    "place",
    "ready",
    "receive_return",
    "refund",
    "reject",
    "reject_return",
    "renew_code",
    "request_return",
    "rerouted",
    "return_view",
    "ship",
    "together",
    "total",
    "unhold",
]
