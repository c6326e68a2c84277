"""Look again at an order that nobody accepted yet, and move it if another plan is cheaper by enough: in one turn."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple
from uuid import UUID

from msgspec.structs import replace

from manystores.core.money import Money
from manystores.flows.promising import day_end_us
from manystores.flows.routing import Routed, Router, Shipment
from manystores.flows.transition import record
from manystores.ledger import Claim, Key
from manystores.orders.moving import Moved, as_unassigned, movable, moved, moves, rearranged
from manystores.orders.order import FulfilmentOrder, Order
from manystores.orders.placing import Allocation
from manystores.promise.command import Command, Needs
from manystores.promise.turn import Turn
from manystores.sourcing.policy import ImproveRule

ACTOR = "rounds"


class Improved(NamedTuple):
    """An order was moved."""

    order_id: UUID
    saving: int  # minor units, by the policy's costs


class Improve(Command):
    """Move an order's open work to where it costs less; nothing at all is written unless that pays.

    It pays if it saves the policy's least gain, in money and in percent of what the open work costs as it is; if the
    order was moved fewer times than the policy allows; and if nothing comes later than the shopper was told. An order
    that a store accepted meanwhile has no open work any more, and stays: whoever comes first in the owner's queue wins.
    `decide` returns an `Improved`, or None.
    """

    __slots__ = ("order_id", "router")

    def __init__(self, order_id: UUID, router: Router, party_no: int = 0) -> None:
        super().__init__(ACTOR, party_no)
        self.order_id, self.router = order_id, router

    def needs(self) -> Needs:
        return Needs(orders=(self.order_id,))

    def decide(self, turn: Turn) -> Any:
        order, router = turn.order(self.order_id), self.router
        rule, works = router.policy_of(order.party_no).improve, movable(order)
        if not rule.enabled or not works or moves(order) >= rule.max_moves:
            return None
        routed = _planned_anew(turn, router, order, works)
        allocations = None if routed.short else as_promised(order, works, routed.allocations)
        if allocations is None:
            return None
        plan = rearranged(order, works, allocations)
        saving = _saving(turn, router, order, works, allocations, rule) if plan.lost else 0
        if not saving:
            return None
        left = tuple(dict.fromkeys(works[i].location_no for i in _leaving(works, plan)))
        log = replace(routed.log, saved=saving, left=left)
        turn.decision(order.order_id, routed.number, routed.policy_version, router.encode(log))
        saved = Money(saving, router.policy_of(order.party_no).currency)
        version = routed.policy_version
        change = moved(order, plan, allocations, turn.now_us, self.actor, saving=saved, version=version)
        record(turn, router, change, router.told(change.order))
        return Improved(order.order_id, saving)


def as_promised(
    order: Order, works: Sequence[FulfilmentOrder], allocations: Sequence[Allocation]
) -> tuple[Allocation, ...] | None:
    """The allocations with windows that keep what the shopper was told; None if one of them can't.

    A line from several locations is complete with the last, and is due when that was due. What is sent is due on a day:
    an allocation that is expected later on that same day (of the destination) keeps the window's end as it was told,
    since the location that has it now loses the same hours by not accepting. What comes today is due to the minute.
    What stays as it is needs no new promise.
    """
    told: dict[int, int] = {}
    for work in works:
        for part in work.lines:
            if part.unpicked:
                told[part.line_no] = max(told.get(part.line_no, 0), work.promised_to_us)
    same = {(work.location_no, _units(work)) for work in works}
    lon = order.deliver_to.lon if order.deliver_to is not None else 0.0
    kept = []
    for one in allocations:
        by_us = min(told.get(share.line_no, 0) for share in one.shares)
        if by_us and one.promised_to_us != by_us and (one.location_no, _of_shares(one)) not in same:
            last_us = day_end_us(lon, by_us) - 1 if order.delivery == "ship" else by_us
            if not 0 < one.promised_to_us <= last_us:
                return None
            to_us = min(one.promised_to_us, by_us)
            one = replace(one, promised_from_us=min(one.promised_from_us, to_us), promised_to_us=to_us)
        kept.append(one)
    return tuple(kept)


def _units(work: FulfilmentOrder) -> tuple[tuple[int, int], ...]:
    """What a work has to serve: (line_no, units), sorted."""
    return _summed((part.line_no, part.unpicked) for part in work.lines)


def _of_shares(allocation: Allocation) -> tuple[tuple[int, int], ...]:
    return _summed((share.line_no, share.quantity) for share in allocation.shares)


def _summed(pairs: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    units: dict[int, int] = {}
    for line_no, quantity in pairs:
        if quantity:
            units[line_no] = units.get(line_no, 0) + quantity
    return tuple(sorted(units.items()))


def _planned_anew(turn: Turn, router: Router, order: Order, works: Sequence[FulfilmentOrder]) -> Routed:
    """The plan for what is open, as if its claims of goods and capacity were given back."""
    router.planner(turn.ledger, order.party_no, turn.now_us)  # brings the view of capacity up to date first
    with _given_back(turn, router, works):
        return router.route(turn, as_unassigned(order, works))


@contextmanager
def _given_back(turn: Turn, router: Router, works: Sequence[FulfilmentOrder]) -> Iterator[None]:
    capacity, lots = router.capacity, router.lots
    claims = []
    for work in works:
        for part in work.lines:
            if part.unpicked:
                key = Key(work.location_no, part.offer_no, part.window_us, lots.number(part.lot) if part.lot else 0)
                claims.append(Claim(key, part.unpicked))
        for offer_no, window_us in work.capacity_windows:
            claims.append(Claim(Key(work.location_no, offer_no, window_us), 1))
    limited = [work.location_no for work in works if work.capacity_windows]
    try:
        with turn.ledger.set_free(claims):
            for location_no in limited:
                capacity.update(location_no)
            yield
    finally:
        for location_no in limited:
            capacity.update(location_no)


def _saving(
    turn: Turn,
    router: Router,
    order: Order,
    works: Sequence[FulfilmentOrder],
    allocations: Sequence[Allocation],
    rule: ImproveRule,
) -> int:
    """Whole minor units that the new shipments save; 0 if less than policy asks for."""
    offers = {line.line_no: line.offer_no for line in order.lines}
    now = [Shipment(w.location_no, [(p.offer_no, p.unpicked) for p in w.lines if p.unpicked]) for w in works]
    then = [Shipment(a.location_no, [(offers[s.line_no], s.quantity) for s in a.shares]) for a in allocations]
    before = router.cost(turn.ledger, order, now, turn.now_us)
    # a hair, so that the sum of the same costs in another order is no saving
    saving = int(before - router.cost(turn.ledger, order, then, turn.now_us) + 1e-6)
    return saving if saving >= max(1, rule.min_gain) and saving * 100 >= rule.min_gain_percent * before else 0


def _leaving(works: Sequence[FulfilmentOrder], plan: Moved) -> list[int]:
    """Places of the works that give something up."""
    return [i for i, work in enumerate(works) if work.number in plan.lost]
