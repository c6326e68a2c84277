"""Place an order: one turn finds the cheapest plan that policy allows, claims it, and books it."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from manystores.core.errors import NOT_FOUND, Problem
from manystores.flows.routing import Router
from manystores.flows.rules import HOLD_MISMATCH, ORDER_EXISTS, cant_serve
from manystores.flows.transition import record
from manystores.ledger import Reason
from manystores.orders.draft import OrderBody
from manystores.orders.effects import Change
from manystores.orders.order import Order
from manystores.orders.placing import LineDraft, Sealer, allocate, book_past, place
from manystores.promise.command import ChannelKey, Command, Needs, StoredFact
from manystores.promise.rules import KEY_REUSED
from manystores.promise.turn import Turn


class Placed(NamedTuple):
    """The answer to a placed order: its JSON, and whether it is new or was placed before."""

    body: bytes
    new: bool


class Wanted(NamedTuple):
    """An order as a channel sends it, with its codes resolved to numbers."""

    body: OrderBody
    lines: Sequence[LineDraft]
    pick_up_at: int = 0
    sold_at: int = 0
    delivery_fee: int = 0


class PlaceOrder(Command):
    """Place an order once: the same channel order id with the same lines is answered with the order as it is."""

    __slots__ = ("order_id", "router", "sealer", "wanted")

    def __init__(
        self,
        order_id: UUID,
        wanted: Wanted,
        router: Router,
        sealer: Sealer | None,
        actor: str,
        party_no: int,
        request_key: bytes | None = None,
        fingerprint: int = 0,
    ) -> None:
        super().__init__(actor, party_no, request_key, fingerprint)
        self.order_id, self.wanted, self.router, self.sealer = order_id, wanted, router, sealer

    def needs(self) -> Needs:
        body = self.wanted.body
        return Needs(channel=ChannelKey(self.party_no, body.channel, body.channel_order_id))

    def decide(self, turn: Turn) -> Placed:
        wanted = self.wanted
        body = wanted.body
        before = turn.find_order((self.party_no, body.channel, body.channel_order_id))
        if before is not None:
            return self._again(turn.order(before))
        order = place(
            body,
            wanted.lines,
            order_id=self.order_id,
            party_no=self.party_no,
            at_us=turn.now_us,
            pick_up_at=wanted.pick_up_at,
            sold_at=wanted.sold_at,
            delivery_fee=wanted.delivery_fee,
            sealer=self.sealer,
        )
        change = book_past(order, turn.now_us, self.actor) if body.backfill else self._serve(turn, order)
        answer = self.router.told(change.order)
        record(turn, self.router, change, answer)
        return Placed(answer, True)

    def replay(self, fact: StoredFact) -> Any:
        if fact.body.get("sold_at", "") != self.router.location_code(self.wanted.sold_at):
            return Problem(KEY_REUSED, "Another store used this Idempotency-Key.", "其他门店已使用该幂等键。")
        return Placed(self.router.encode(fact.body), True)

    def _serve(self, turn: Turn, order: Order) -> Change:
        if self.wanted.body.reservation is not None:
            self._convert_hold(turn, self.wanted.body.reservation)
        self.router.saw(order)
        routed = self.router.route(turn, order)
        if not routed.allocations or (routed.short and not routed.partial):
            skus = {line.line_no: line.sku for line in order.lines}
            raise cant_serve([(skus[line_no], line_no, wanted, can) for line_no, wanted, can in routed.short])
        turn.decision(order.order_id, routed.number, routed.policy_version, routed.body)
        return allocate(order, routed.allocations, turn.now_us, self.actor, policy_version=routed.policy_version)

    def _again(self, order: Order) -> Placed:
        asked = sorted((line.sku, line.quantity) for line in self.wanted.lines)
        placed = sorted((line.sku, line.ordered - line.added) for line in order.lines if not line.substitute_for)
        if order.sold_at != self.wanted.sold_at:  # a store's till is not told what another store sold
            raise Problem(
                ORDER_EXISTS,
                "It was sold somewhere else. Send a new channel_order_id.",
                "该订单由其他门店售出，请使用新的渠道订单号。",
            )
        if asked != placed:
            raise Problem(
                ORDER_EXISTS,
                f"Order {order.order_id} has it, with other lines. Send a new channel_order_id, or edit that order.",
                f"订单 {order.order_id} 已使用该订单号，且商品不同。请使用新的渠道订单号，或修改该订单。",
                extra={"order": str(order.order_id)},
            )
        return Placed(self.router.told(order), False)

    def _convert_hold(self, turn: Turn, reservation_id: UUID) -> None:
        """The order takes over what the shopper's cart holds: given back and claimed anew within this turn."""
        found = turn.ledger.reservation(reservation_id)
        if found is None or found.is_order or found.party_no != self.party_no:
            raise Problem(
                NOT_FOUND,
                f"There is no open reservation {reservation_id}; leave it out to order without it.",
                f"没有有效的预留 {reservation_id}；可不带预留直接下单。",
            )
        held: dict[int, int] = {}
        for claim in found.claims:
            held[claim.key.offer_no] = held.get(claim.key.offer_no, 0) + claim.quantity
        asked = {line.offer_no for line in self.wanted.lines}
        if not asked & set(held):
            raise Problem(HOLD_MISMATCH, "It holds none of the order's offers.", "预留中没有该订单的商品。")
        turn.ledger.end(reservation_id, "release", Reason.RELEASED)
        answer = {"id": str(reservation_id), "state": "released", "order": str(self.order_id)}
        turn.follow_up("reservation.released", reservation_id, answer)
