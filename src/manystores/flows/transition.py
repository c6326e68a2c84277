"""One step in the life of an order: the pure transition, its effects on the ledger, its facts, in one turn."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from manystores.core.errors import FORBIDDEN, NOT_FOUND, Problem
from manystores.flows.effects import apply_effects, relieved_by
from manystores.flows.routing import Router
from manystores.flows.rules import cant_serve
from manystores.orders.changes import check_revision, expire_unpaid
from manystores.orders.effects import Change, Fact, together
from manystores.orders.order import Order
from manystores.orders.placing import allocate
from manystores.promise.command import Command, Needs, StoredFact
from manystores.promise.stock import note_relieved, short_among
from manystores.promise.turn import Turn

Step = Callable[[Order, int, str], Change]


def record(turn: Turn, router: Router, change: Change, answer: bytes) -> None:
    """Write a change of an order: stock, document, facts. The first fact carries the order as it is told outside."""
    order = change.order
    short = short_among(turn.ledger, relieved_by(change.stock, router.lots))
    apply_effects(turn.ledger, order, change.stock, router.capacity, router.lots)
    router.took(change.stock)
    turn.put(order, new=order.revision == 1)
    for i, fact in enumerate(change.facts):
        body: Any = answer if i == 0 else {"order_id": str(order.order_id), **_outside(fact, router)}
        turn.fact(fact.kind, order.order_id, body, location_no=_location_of(fact), party_no=order.party_no)
    if short:
        note_relieved(turn, short)


def _outside(fact: Fact, router: Router) -> dict[str, object]:
    """A fact's detail with the location's code instead of its number."""
    detail = dict(fact.detail)
    number = detail.pop("location_no", None)
    if isinstance(number, int):
        detail["location"] = router.location_code(number)
    return detail


def _location_of(fact: Fact) -> int:
    number = fact.detail.get("location_no", 0)
    return number if isinstance(number, int) else 0


class Transition(Command):
    """Take one step with an order.

    What a step leaves unallocated (a rejection, a short pick, an edit) is sourced anew in the same turn, so that its
    units move from one location to the next without being free in between. `location_no` binds the step to the work of
    one location: another's is not found. An `asked_for` step is what the shopper wishes: it is refused when it asks for
    more than can be served, where policy wants whole orders. Others report what is so, and what can't be served waits.
    """

    __slots__ = ("asked_for", "if_match", "location_no", "number", "order_id", "router", "step")

    def __init__(
        self,
        order_id: UUID,
        step: Step,
        router: Router,
        actor: str,
        party_no: int,
        *,
        number: int = 0,
        location_no: int = 0,
        if_match: str | None = None,
        asked_for: bool = False,
        request_key: bytes | None = None,
        fingerprint: int = 0,
    ) -> None:
        super().__init__(actor, party_no, request_key, fingerprint)
        self.order_id, self.step, self.router = order_id, step, router
        self.number, self.location_no, self.if_match, self.asked_for = number, location_no, if_match, asked_for

    def needs(self) -> Needs:
        return Needs(orders=(self.order_id,))

    def decide(self, turn: Turn) -> Any:
        order = turn.order(self.order_id)
        if self.location_no:
            self._check_location(order)
        check_revision(order, self.if_match)
        change = self.step(order, turn.now_us, self.actor)
        if change.order is order:
            return self.router.told(order)
        change = self._source_again(turn, change, order)
        answer = self.router.told(change.order)
        record(turn, self.router, change, answer)
        return change.refusal or answer

    def replay(self, fact: StoredFact) -> Any:
        return self.router.encode(fact.body)

    def _check_location(self, order: Order) -> None:
        serving = {work.location_no for work in order.fulfilments if self.number in (0, work.number)}
        if self.location_no not in serving | ({order.sold_at} if not self.number else set()):
            raise Problem(NOT_FOUND, "There is no such work at this location.", "该门店没有此任务。")
        if self.number or order.sold_at == self.location_no:
            return
        if any(work.live and work.location_no != self.location_no for work in order.fulfilments):
            raise Problem(
                FORBIDDEN,
                "Other locations serve this order too: only its seller or head office changes it as a whole.",
                "其他门店也在履约此订单，只有销售门店或总部可以修改整单。",
            )

    def _source_again(self, turn: Turn, change: Change, before: Order) -> Change:
        order = change.order
        waits = sum(line.unallocated for line in order.lines)
        waited = sum(line.unallocated for line in before.lines)
        if not waits or not order.open or (waits <= waited and not self.asked_for):
            return change
        routed = self.router.route(turn, order)
        if self.asked_for and not routed.partial:
            _refuse_less(before, order, routed.short)
        turn.decision(order.order_id, routed.number, routed.policy_version, routed.body)
        if not routed.allocations:
            told = Fact("order.unserved", {"lines": [line.line_no for line in order.lines if line.unallocated]})
            return Change(order, (*change.facts, told), change.stock, change.refusal)
        again = allocate(order, routed.allocations, turn.now_us, "sourcing", policy_version=routed.policy_version)
        joined = together(change, again)
        return Change(joined.order, joined.facts, joined.stock, change.refusal)


def _refuse_less(before: Order, after: Order, short: Sequence[tuple[int, int, int]]) -> None:
    """Problem `cannot_serve` if more of a line would wait than waited before, or anything at a new place of pick-up."""
    waited = {line.line_no: line.unallocated for line in before.lines}
    new_place = after.pick_up_at != before.pick_up_at
    less = [
        (after.lines[line_no - 1].sku, line_no, wanted, available)
        for line_no, wanted, available in short
        if new_place or wanted - available > waited.get(line_no, 0)
    ]
    if less:
        raise cant_serve(less)


class ExpireOrder(Command):
    """The time to pay is over: the order is cancelled and its claims are free, unless it was paid meanwhile."""

    __slots__ = ("order_id", "router")

    def __init__(self, order_id: UUID, router: Router) -> None:
        super().__init__("owner", 0)
        self.order_id, self.router = order_id, router

    def needs(self) -> Needs:
        return Needs(orders=(self.order_id,))

    def decide(self, turn: Turn) -> Any:
        order = turn.order(self.order_id)
        change = expire_unpaid(order, turn.now_us, self.actor)
        if change.order is not order:
            record(turn, self.router, change, self.router.told(change.order))
        return None
