"""A location's work: which steps are possible now, and taking units back from it."""

from collections.abc import Sequence
from typing import Literal, get_args

from msgspec import Struct
from msgspec.structs import replace

from manystores.orders.effects import EffectKind, StockEffect
from manystores.orders.order import UNPAID, Delta, FulfilmentLine, FulfilmentOrder, Order, WorkState, fulfilment_id
from manystores.orders.rules import field, no_such, too_many, wrong_state

WaitsFor = Literal["hold", "accept", "pick", "pack", "ship", "collect", ""]
WAITS: tuple[str, ...] = get_args(WaitsFor)[:-1]
"""What live work may wait for, in the order in which it does."""

#: (line_no, quantity) pairs; none means everything that there is.
Quantities = Sequence[tuple[int, int]]


def find(order: Order, number: int) -> FulfilmentOrder:
    """The fulfilment order of that number; Problem `not_found`."""
    if not 0 < number <= len(order.fulfilments):
        raise no_such(
            f"Order {order.order_id} has no fulfilment order {number}.", f"订单 {order.order_id} 没有履约单 {number}。"
        )
    return order.fulfilments[number - 1]


def possible(work: FulfilmentOrder) -> tuple[str, ...]:
    """The steps that can be taken now."""
    if work.state == "open":
        return ("accept", "reject", "hold", "re-route")
    if work.state == "on_hold":
        return () if work.hold_reason == UNPAID else ("unhold",)
    if work.state == "closed":
        return ("deliver",) if work.stage == "shipped" else ()
    if work.state != "in_progress":
        return ()
    if not work.all_picked:
        steps = ["pick", "re-route"]
    elif work.kind == "pick_up":
        steps = ["hand-over", "renew-code", "expire"] if work.ready_at_us else ["ready"]
    else:
        steps = ["ship"] if work.packed_at_us else ["pack"]
    if work.shipped:
        steps.append("close")
        if work.stage != "delivered" and any(not package.delivered_at_us for package in work.packages):
            steps.append("deliver")
    return (*steps, "reject", "hold")


def waits_for(work: FulfilmentOrder) -> WaitsFor:
    """What has to be done with it next: accept, pick, pack (or set out for collection), ship, collect, or, on hold,
    to let it go on; empty when nothing is to be done."""
    if work.state == "open":
        return "accept"
    if work.state == "on_hold":
        return "hold"
    if work.state != "in_progress":
        return ""
    if not work.all_picked:
        return "pick"
    if work.kind == "pick_up":
        return "collect" if work.ready_at_us else "pack"
    return "ship" if work.packed_at_us else "pack"


def need(order: Order, number: int, step: str) -> FulfilmentOrder:
    """The fulfilment order, if the step is possible now; Problem `wrong_state` says what is."""
    work = find(order, number)
    steps = possible(work)
    if step in steps:
        return work
    plain = work.state == "on_hold" or work.stage in ("approved", "open", "cancelled")
    shown = work.state if plain else work.stage
    because = ("", "")
    if work.state == "on_hold":
        reason = work.hold_reason
        because = ("it waits for payment", "等待付款") if reason == UNPAID else (reason, reason)
    public = fulfilment_id(order.order_id, number)
    raise wrong_state(f"Fulfilment order {public}", f"履约单 {public} ", shown, step, steps, because)


def quantities(
    work: FulfilmentOrder, lines: Quantities, of_en: str, of_zh: str, attribute: str, *, first: int = 0
) -> dict[int, int]:
    """The wanted quantity by line, checked against what the lines' `attribute` (open, unpicked) has left of it.

    `first` is the place of the first of `lines` in what was sent, to which errors point.
    """
    room: dict[int, int] = {}
    for part in work.lines:
        room[part.line_no] = room.get(part.line_no, 0) + getattr(part, attribute)
    if not lines:
        return {line_no: most for line_no, most in room.items() if most}
    wanted: dict[int, int] = {}
    for i, (line_no, quantity) in enumerate(lines, first):
        if line_no not in room:
            raise field(
                f"/lines/{i}/line",
                "unknown_line",
                f"line {line_no} is not served here; its lines are {', '.join(map(str, sorted(room)))}",
                f"此履约单没有第 {line_no} 行，可用行号：{'、'.join(map(str, sorted(room)))}",
            )
        if quantity < 1:
            raise field(f"/lines/{i}/quantity", "out_of_range", "must be at least 1", "必须大于等于 1")
        wanted[line_no] = wanted.get(line_no, 0) + quantity
        if wanted[line_no] > room[line_no]:
            raise too_many(f"/lines/{i}/quantity", wanted[line_no], room[line_no], of_en, of_zh)
    return wanted


class Taken(Struct, frozen=True):
    """Units taken back from a location: the part they were of, how many, and how many of them were picked."""

    part: FulfilmentLine
    quantity: int
    picked: int


def withdraw(
    work: FulfilmentOrder, wanted: dict[int, int], *, also_picked: bool
) -> tuple[FulfilmentOrder, list[Taken]]:
    """Take units back, unpicked ones first, as many of the wanted as there are."""
    left = dict(wanted)
    parts, taken = [], []
    for part in work.lines:
        want = left.get(part.line_no, 0)
        unpicked = min(want, part.unpicked)
        picked = min(want - unpicked, part.picked - part.shipped) if also_picked else 0
        if quantity := unpicked + picked:
            left[part.line_no] = want - quantity
            taken.append(Taken(part, quantity, picked))
            kept = part.picked - picked
            part = replace(part, withdrawn=part.withdrawn + quantity, picked=kept, serials=part.serials[:kept])
        parts.append(part)
    return replace(work, lines=tuple(parts)), taken


def deltas(taken: Sequence[Taken], cancelled: bool = False) -> dict[int, Delta]:
    """What taking them back changes of the order's lines."""
    by_line: dict[int, Delta] = {}
    for one in taken:
        delta = by_line.setdefault(one.part.line_no, Delta())
        delta.allocated -= one.quantity
        delta.picked -= one.picked
        delta.cancelled += one.quantity if cancelled else 0
    return by_line


def effect(
    kind: EffectKind, work: FulfilmentOrder, part: FulfilmentLine, quantity: int, reason: str = ""
) -> StockEffect:
    """The effect on the bucket that a part is claimed from."""
    return StockEffect(
        kind, work.location_no, part.offer_no, quantity, part.line_no, part.window_us, part.lot, 0, reason
    )


def settled(
    work: FulfilmentOrder, otherwise: WorkState, at_us: int, reason: str = ""
) -> tuple[FulfilmentOrder, list[StockEffect]]:
    """The work as it is after a step. With nothing open it has ended: closed if something was shipped, and the
    capacity it took is used up; otherwise cancelled or rejected, and the capacity goes back."""
    if work.open:
        return replace(work, updated_at_us=at_us), []
    shipped = work.shipped > 0
    kind: EffectKind = "fulfil" if shipped else "give_back_capacity"
    given = [
        StockEffect(kind, work.location_no, offer_no, 1, 0, window_us, reason=reason)
        for offer_no, window_us in work.capacity_windows
    ]
    state: WorkState = "closed" if shipped else otherwise
    return replace(work, state=state, capacity_windows=(), updated_at_us=at_us), given
