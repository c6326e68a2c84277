"""Move the work of one location to others that can do it: in one turn, so that no unit is free in between."""

from typing import Any
from uuid import UUID

from msgspec.structs import replace

from manystores.core.errors import NOT_FOUND, Problem
from manystores.flows.routing import Router
from manystores.flows.rules import CANT_SERVE
from manystores.flows.transition import record
from manystores.orders.order import Delta, Order, with_deltas
from manystores.orders.routing import rerouted
from manystores.orders.work import need
from manystores.promise.command import Command, Needs, StoredFact
from manystores.promise.turn import Turn


class Reroute(Command):
    """Serve from elsewhere what a location has not picked yet; refused when nobody else can serve all of it."""

    __slots__ = ("number", "order_id", "reason", "router")

    def __init__(
        self,
        order_id: UUID,
        number: int,
        reason: str,
        router: Router,
        actor: str,
        party_no: int,
        request_key: bytes | None = None,
        fingerprint: int = 0,
    ) -> None:
        super().__init__(actor, party_no, request_key, fingerprint)
        self.order_id, self.number, self.reason, self.router = order_id, number, reason, router

    def needs(self) -> Needs:
        return Needs(orders=(self.order_id,))

    def decide(self, turn: Turn) -> bytes:
        order = turn.order(self.order_id)
        work = need(order, self.number, "re-route")
        away = {part.line_no: Delta(allocated=-part.unpicked) for part in work.lines if part.unpicked}
        without = self._without(order, work.location_no, away)
        routed = self.router.route(turn, without)
        if routed.short or not routed.allocations:
            raise Problem(
                CANT_SERVE,
                "No other location can take it over; leave it, or let this location reject it.",
                "没有其他门店可以接手，请保留在原门店或由该门店拒单。",
            )
        turn.decision(order.order_id, routed.number, routed.policy_version, routed.body)
        change = rerouted(order, self.number, routed.allocations, turn.now_us, self.actor, reason=self.reason)
        answer = self.router.told(change.order)
        record(turn, self.router, change, answer)
        return answer

    def replay(self, fact: StoredFact) -> Any:
        return self.router.encode(fact.body)

    @staticmethod
    def _without(order: Order, location_no: int, away: dict[int, Delta]) -> Order:
        """The order as if the location had refused it: what is to be moved is unallocated, and nothing else. It is at
        the next revision, by which its decision is numbered: the present one may have a decision of its own."""
        if not away:
            raise Problem(NOT_FOUND, "Everything is picked already.", "已全部拣货，无法改派。")
        lines = tuple(
            line if line.line_no in away else replace(line, allocated=line.ordered - line.cancelled)
            for line in with_deltas(order.lines, away)
        )
        refused_by = (*order.refused_by, location_no)
        return replace(order, lines=lines, refused_by=refused_by, revision=order.revision + 1)
