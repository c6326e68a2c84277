"""A command's turn: what it may see and change."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec

from manystores.core.errors import NOT_FOUND, Problem
from manystores.core.journal import Fact
from manystores.ledger import Key, Ledger
from manystores.orders.order import Order
from manystores.promise.journal import Count, Decision

encode = msgspec.json.Encoder().encode


class Prepared:
    """What was read from the database before a batch's turns, beyond what memory holds."""

    def __init__(self) -> None:
        self.channels: dict[tuple[int, str, str], UUID] = {}
        self.moved: dict[tuple[Key, int], tuple[int, int]] = {}  # (bucket, since) -> (seq that it saw, units)
        self.counts: dict[Key, tuple[int | None, int]] = {}


class Turn:
    """One command's view of its partition. Nothing of it lasts unless the command returns without an error."""

    def __init__(self, ledger: Ledger, order: Callable[[UUID], Order | None]) -> None:
        self.ledger = ledger
        self._find_order = order
        self.now_us = 0
        self.prepared = Prepared()
        self.moved_since: Callable[[Key, int], int] = lambda _key, _since: 0
        self.clear("", 0)

    def clear(self, actor: str, party_no: int) -> None:
        """Start the next command."""
        self.actor, self.party_no = actor, party_no
        self.facts: list[Fact] = []
        self.later: list[tuple[str, UUID, Any]] = []
        self.orders: dict[UUID, Order] = {}
        self.new_orders: set[UUID] = set()
        self.decisions: list[Decision] = []
        self.counts: list[Count] = []

    def order(self, order_id: UUID) -> Order:
        """An order of this command's party, as it stands now."""
        order = self.orders.get(order_id) or self._find_order(order_id)
        if order is None or (self.party_no and order.party_no != self.party_no):
            raise Problem(NOT_FOUND, f"There is no order {order_id}.", f"没有订单 {order_id}。")
        return order

    def find_order(self, channel_key: tuple[int, str, str]) -> UUID | None:
        """The order that a channel already placed under its own id."""
        return self.prepared.channels.get(channel_key)

    def put(self, order: Order, *, new: bool = False) -> None:
        """Keep an order's new state."""
        self.orders[order.order_id] = order
        if new:
            self.new_orders.add(order.order_id)

    def fact(self, name: str, subject: UUID, body: Any = None, *, location_no: int = 0, party_no: int = 0) -> None:
        """Record what happened; the command's first fact is its answer. `body` is JSON bytes or is encoded."""
        data = body if isinstance(body, bytes) or body is None else encode(body)
        party = party_no or self.party_no
        self.facts.append(Fact(name, subject.bytes, party, self.actor, self.now_us, data, location_no))

    def follow_up(self, name: str, subject: UUID, body: Any = None) -> None:
        """Record what happened besides: kept until the end of the turn, so that the answer stays the first fact."""
        self.later.append((name, subject, body))

    def decision(self, order_id: UUID, number: int, policy_version: int, body: bytes) -> None:
        """Record why an order is served from where."""
        self.decisions.append(Decision(order_id.bytes, number, policy_version, body))
