"""Moving work that nobody accepted yet to where it costs less; several shipments may become one on the way."""

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from manystores.core.money import Money
from manystores.orders.effects import Change, StockEffect, changed, together, told
from manystores.orders.order import FulfilmentLine, FulfilmentOrder, Line, Order, with_deltas
from manystores.orders.placing import Allocation, Share, allocate
from manystores.orders.work import Taken, deltas, effect, settled, withdraw

MOVED = "order.improved"
_OPPOSITE = {"release": "claim", "give_back_capacity": "claim"}


def movable(order: Order) -> tuple[FulfilmentOrder, ...]:
    """The work that may go elsewhere: assigned, sent and not accepted. What is collected stays where the shopper goes,
    and what waits for payment, or for somebody's word, stays until then."""
    if order.pick_up_at or order.deliver_to is None:
        return ()
    return tuple([w for w in order.fulfilments if w.state == "open" and w.kind == order.delivery and w.open])


def moves(order: Order) -> int:
    """How often rounds have moved the order."""
    return sum([step.kind == MOVED for step in order.history])


def as_unassigned(order: Order, works: Sequence[FulfilmentOrder]) -> Order:
    """The order as if nobody served what these works have, and all else were served: to be planned anew. It is at the
    next revision, by which its decision is numbered."""
    units = Counter[int]()
    for work in works:
        for part in work.lines:
            units[part.line_no] += part.unpicked
    lines = [replace(line, allocated=line.ordered - line.cancelled - units[line.line_no]) for line in order.lines]
    return replace(order, lines=tuple(lines), revision=order.revision + 1)


class Moved(Struct, frozen=True):
    """Where an order's open work goes: what each work keeps and gains, and what others begin to serve."""

    kept: tuple[FulfilmentOrder, ...]  # works that stay, as they are afterwards
    gains: dict[int, tuple[Share, ...]]  # of works that stay, by their number
    lost: dict[int, dict[int, int]]  # units by line that works give up, by their number
    new: tuple[Allocation, ...]


def rearranged(order: Order, works: Sequence[FulfilmentOrder], allocations: Sequence[Allocation]) -> Moved:
    """The least change from what these works have to what is allocated anew.

    A location that keeps part of the order keeps its work; it gains and loses lines. A second work at one location is
    joined with the first.
    """
    by_place = {allocation.location_no: allocation for allocation in allocations}
    kept: dict[int, FulfilmentOrder] = {}
    lost: dict[int, dict[int, int]] = {}
    gains: dict[int, tuple[Share, ...]] = {}
    for work in works:
        allocation = None if work.location_no in kept else by_place.get(work.location_no)
        wanted = Counter[int]()
        for share in allocation.shares if allocation is not None else ():
            wanted[share.line_no] += share.quantity
        has = _units(work)
        away = has - wanted
        if away:
            lost[work.number] = dict(away)
        if allocation is not None:
            kept[work.location_no] = work
            left = withdraw(work, dict(away), also_picked=False)[0] if away else work
            if more := _more(order, left, allocation, wanted - has):
                gains[work.number] = more
    new = tuple(allocation for allocation in allocations if allocation.location_no not in kept)
    return Moved(tuple(kept.values()), gains, lost, new)


def moved(
    order: Order, plan: Moved, allocations: Sequence[Allocation], at_us: int, actor: str, *, saving: Money, version: int
) -> Change:
    """The order with its open work moved, which saves so much under that version of the policy.

    New claims come before the ends of old ones, and what is given up and taken at the same place is neither: so the
    ledger has all of it at every moment.
    """
    windows = {a.location_no: (a.promised_from_us, a.promised_to_us) for a in allocations}
    works = list(order.fulfilments)
    lines, effects, facts = order.lines, list[StockEffect](), []
    for number, units in plan.lost.items():
        work = works[number - 1]
        after, taken = withdraw(work, units, also_picked=False)
        effects += [effect("release", work, one.part, one.quantity, "re_routed") for one in taken]
        lines = with_deltas(lines, deltas(taken))
        if number not in plan.gains:  # else it is never empty
            after, capacity = settled(after, "cancelled", at_us, "re_routed")
            effects += capacity
        works[number - 1] = after
        facts.append(told("fulfilment.rerouted", number, location_no=work.location_no, lines=_pairs(taken)))
    facts.append(told(MOVED, saving=saving.amount, currency=saving.currency, policy_version=version))
    joined = []
    for number, shares in plan.gains.items():
        work = works[number - 1]
        works[number - 1], lines, claims = _joined(work, lines, shares, windows[work.location_no], at_us)
        effects += claims
        joined.append(_served(works[number - 1], shares))
    if joined:
        facts.append(told("order.allocated", fulfilments=joined))
    here = changed(order, at_us, actor, facts, effects, lines=lines, fulfilments=tuple(works), policy_version=version)
    if not plan.new:
        return together(replace(here, stock=tuple(_netted(here.stock))))
    there = allocate(here.order, plan.new, at_us, actor, policy_version=version)
    netted = _netted((*here.stock, *there.stock))
    return together(replace(here, stock=()), replace(there, stock=tuple(netted)))


def _units(work: FulfilmentOrder) -> Counter[int]:
    has = Counter[int]()
    for part in work.lines:
        has[part.line_no] += part.unpicked
    return +has


def _more(order: Order, left: FulfilmentOrder, allocation: Allocation, wanted: Counter[int]) -> tuple[Share, ...]:
    """What a work gains: so many units more of each line, from the lots that were planned for the offer, less what it
    keeps of them, whichever line that is for. So no lot is asked for more than was planned."""
    offers = {line.line_no: line.offer_no for line in order.lines}
    planned = Counter[tuple[int, int, str]]()
    for share in allocation.shares:
        planned[offers[share.line_no], share.window_us, share.lot] += share.quantity
    for part in left.lines:
        planned[part.offer_no, part.window_us, part.lot] -= part.unpicked
    more = []
    for share in allocation.shares:
        for bucket in planned:
            units = min(wanted[share.line_no], planned[bucket])
            if units > 0 and bucket[:2] == (offers[share.line_no], share.window_us):
                wanted[share.line_no] -= units
                planned[bucket] -= units
                more.append(Share(share.line_no, units, *bucket[1:]))
    return tuple(more)


def _joined(
    work: FulfilmentOrder, lines: tuple[Line, ...], shares: Sequence[Share], window: tuple[int, int], at_us: int
) -> tuple[FulfilmentOrder, tuple[Line, ...], list[StockEffect]]:
    """A work with more to serve: it, the order's lines, and what is claimed for it."""
    parts, claims, book = list(work.lines), list[StockEffect](), list(lines)
    for share in shares:
        line = book[share.line_no - 1]
        book[share.line_no - 1] = replace(line, allocated=line.allocated + share.quantity)
        part = FulfilmentLine(share.line_no, line.offer_no, share.quantity, window_us=share.window_us, lot=share.lot)
        parts.append(part)
        claims.append(effect("claim", work, part, share.quantity))
    from_us, to_us = window
    after = replace(work, lines=tuple(parts), promised_from_us=from_us, promised_to_us=to_us, updated_at_us=at_us)
    return after, tuple(book), claims


def _netted(effects: Sequence[StockEffect]) -> list[StockEffect]:
    """Effects without what is given up and claimed from the same bucket, whichever lines it is for."""
    left = Counter[tuple[int, int, int, str]]()
    for one in effects:
        if one.kind == "claim":
            left[_bucket(one)] += one.quantity
    given = Counter[tuple[int, int, int, str]]()
    for one in effects:
        if one.kind in _OPPOSITE:
            given[_bucket(one)] += one.quantity
    both = left & given
    claimed, freed, out = both.copy(), both.copy(), []
    for one in effects:
        again = claimed if one.kind == "claim" else freed
        same = min(one.quantity, again[_bucket(one)]) if one.kind == "claim" or one.kind in _OPPOSITE else 0
        if same:
            again[_bucket(one)] -= same
        if one.quantity > same:
            out.append(replace(one, quantity=one.quantity - same))
    return out


def _bucket(one: StockEffect) -> tuple[int, int, int, str]:
    return one.location_no, one.offer_no, one.window_us, one.lot


def _pairs(taken: Sequence[Taken]) -> list[tuple[int, int]]:
    return [(one.part.line_no, one.quantity) for one in taken]


def _served(work: FulfilmentOrder, shares: Sequence[Share]) -> dict[str, object]:
    return {
        "number": work.number,
        "location_no": work.location_no,
        "kind": work.kind,
        "lines": [(share.line_no, share.quantity) for share in shares],
        "promised_to_us": work.promised_to_us,
    }
