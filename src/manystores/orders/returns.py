"""Returns, to any location: requested → accepted → received → completed | rejected."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from manystores.orders.effects import Change, StockEffect, changed, together, told
from manystores.orders.order import Delta, Order, Return, ReturnLine, ReturnState, with_deltas
from manystores.orders.payments import refund
from manystores.orders.rules import field, no_such, too_many, wrong_state

_STEPS: dict[ReturnState, tuple[str, ...]] = {
    "requested": ("accept_return", "reject_return"),
    "accepted": ("receive_return", "reject_return"),
    "received": ("complete_return",),
    "completed": (),
    "rejected": (),
}


class Back(Struct, frozen=True):
    """So much of a line that the shopper wants to give back, and why."""

    line_no: int
    quantity: int
    reason: str = ""


class Received(Struct, frozen=True):
    """What came back of a line: to be sold again, or written off."""

    line_no: int
    restocked: int = 0
    written_off: int = 0

    @property
    def told_at(self) -> str:
        """Below the line's pointer, where its quantity was told: at one of the two numbers, or by both."""
        if self.restocked and self.written_off:
            return ""
        return "/written_off" if self.written_off else "/restocked"


def returnable(order: Order, line_no: int) -> int:
    """Units of a line that were shipped and are in no return that goes on or is done."""
    under_way = 0
    for one in order.returns:
        if one.state == "rejected":
            continue
        came = one.state in ("received", "completed")
        under_way += sum(part.received if came else part.quantity for part in one.lines if part.line_no == line_no)
    return order.lines[line_no - 1].shipped - under_way


def request_return(
    order: Order, location_no: int, backs: Sequence[Back], at_us: int, actor: str, *, told_at: Sequence[str] = ()
) -> Change:
    """The shopper wants to give something back, at any location. Never more than was shipped.

    `told_at` says for each line where below its pointer the quantity was told, if not at `/quantity`.
    """
    if not backs:
        raise field("/lines", "required", "say what comes back", "请填写要退回的商品")
    parts: list[ReturnLine] = []
    wanted: dict[int, int] = {}
    for i, back in enumerate(backs):
        if not 0 < back.line_no <= len(order.lines):
            raise field(
                f"/lines/{i}/line",
                "unknown_line",
                f"the order has no line {back.line_no}; its lines are 1 to {len(order.lines)}",
                f"订单没有第 {back.line_no} 行，可用行号为 1 到 {len(order.lines)}",
            )
        pointer = f"/lines/{i}{told_at[i] if told_at else '/quantity'}"
        if back.quantity < 1:
            raise field(pointer, "out_of_range", "must be at least 1", "必须大于等于 1")
        wanted[back.line_no] = wanted.get(back.line_no, 0) + back.quantity
        most = returnable(order, back.line_no)
        if wanted[back.line_no] > most:
            raise too_many(
                pointer,
                wanted[back.line_no],
                most,
                "shipped and not yet returned are",
                "已发货且未退货的数量为",
            )
        offer_no = order.lines[back.line_no - 1].offer_no
        parts.append(ReturnLine(back.line_no, offer_no, back.quantity, back.reason))
    number = len(order.returns) + 1
    new = Return(number, location_no, "requested", tuple(parts), at_us, at_us)
    fact = told(
        "return.requested",
        number,
        location_no=location_no,
        lines=[(back.line_no, back.quantity, back.reason) for back in backs],
    )
    return changed(order, at_us, actor, [fact], returns=(*order.returns, new))


def accept_return(order: Order, number: int, at_us: int, actor: str) -> Change:
    """The goods may be brought or sent."""
    one = _need(order, number, "accept_return")
    return _changed(order, replace(one, state="accepted", updated_at_us=at_us), at_us, actor)


def reject_return(order: Order, number: int, reason: str, at_us: int, actor: str) -> Change:
    """The goods are not taken back."""
    one = _need(order, number, "reject_return")
    after = replace(one, state="rejected", reason=reason, updated_at_us=at_us)
    return _changed(order, after, at_us, actor, reason=reason)


def receive_return(
    order: Order, number: int, at_us: int, actor: str, received: Sequence[Received] = (), *, location_no: int = 0
) -> Change:
    """The goods are here, at the return's location or at another one; without `received` all of them, to be sold
    again. What did not come can be returned another time."""
    one = _need(order, number, "receive_return")
    here = location_no or one.location_no
    parts = list(one.lines)
    for i, came in enumerate(received or [_all(one, line_no) for line_no in dict.fromkeys(p.line_no for p in parts)]):
        _receive(parts, i, came)
    if not any(part.received for part in parts):
        raise field("/lines", "required", "nothing came back; reject the return instead", "没有收到商品，请拒绝退货")
    effects: list[StockEffect] = []
    by_line: dict[int, Delta] = {}
    for part in parts:
        by_line.setdefault(part.line_no, Delta()).returned += part.received
        if part.restocked:
            effects.append(StockEffect("receive", here, part.offer_no, part.restocked, part.line_no, reason="return"))
        if part.written_off:
            effects.append(
                StockEffect("write_off", here, part.offer_no, part.written_off, part.line_no, reason="return")
            )
    after = replace(one, state="received", location_no=here, lines=tuple(parts), updated_at_us=at_us)
    return _changed(
        order,
        after,
        at_us,
        actor,
        effects,
        by_line,
        lines=[(part.line_no, part.restocked, part.written_off) for part in parts],
    )


def take_back(
    order: Order, location_no: int, backs: Sequence[Back], received: Sequence[Received], at_us: int, actor: str
) -> Change:
    """A shopper puts the goods on the counter: requested, accepted and received at once, or not at all."""
    told_at = [one.told_at for one in received]
    asked_for = request_return(order, location_no, backs, at_us, actor, told_at=told_at)
    number = len(asked_for.order.returns)
    agreed = accept_return(asked_for.order, number, at_us, actor)
    return together(asked_for, agreed, receive_return(agreed.order, number, at_us, actor, received))


def _all(one: Return, line_no: int) -> Received:
    return Received(line_no, restocked=sum(part.quantity for part in one.lines if part.line_no == line_no))


def _receive(parts: list[ReturnLine], i: int, came: Received) -> None:
    """Count what came of a line, over its parts."""
    of_line = [k for k, part in enumerate(parts) if part.line_no == came.line_no]
    if not of_line:
        raise field(
            f"/lines/{i}/line",
            "unknown_line",
            f"line {came.line_no} is not part of this return",
            f"第 {came.line_no} 行不在此退货单中",
        )
    if min(came.restocked, came.written_off) < 0:
        raise field(f"/lines/{i}", "out_of_range", "quantities can't be negative", "数量不能为负数")
    most = sum(parts[k].quantity - parts[k].received for k in of_line)
    if came.restocked + came.written_off > most:
        raise too_many(
            f"/lines/{i}{came.told_at}",
            came.restocked + came.written_off,
            most,
            "announced and not yet received are",
            "待收数量为",
        )
    restocked, written_off = came.restocked, came.written_off
    for k in of_line:
        part = parts[k]
        good = min(restocked, part.quantity - part.received)
        bad = min(written_off, part.quantity - part.received - good)
        restocked, written_off = restocked - good, written_off - bad
        parts[k] = replace(part, restocked=part.restocked + good, written_off=part.written_off + bad)


def complete_return(
    order: Order, number: int, at_us: int, actor: str, *, refund_amount: int = 0, reference: str = "", method: str = ""
) -> Change:
    """The return is done; with an amount, the refund is recorded under its reference."""
    one = _need(order, number, "complete_return")
    after = replace(one, state="completed", refunded=refund_amount, updated_at_us=at_us)
    done = _changed(order, after, at_us, actor, refunded=refund_amount)
    if not refund_amount:
        return done
    paid_back = refund(done.order, refund_amount, reference, at_us, actor, method=method, pointer="/refunded")
    return together(done, paid_back)


def _need(order: Order, number: int, step: str) -> Return:
    if not 0 < number <= len(order.returns):
        raise no_such(f"Order {order.order_id} has no return {number}.", f"订单 {order.order_id} 没有退货单 {number}。")
    one = order.returns[number - 1]
    if step not in _STEPS[one.state]:
        what = f"{order.order_id}/{number}"
        raise wrong_state(f"Return {what}", f"退货单 {what} ", one.state, step, _STEPS[one.state])
    return one


def _changed(
    order: Order,
    after: Return,
    at_us: int,
    actor: str,
    effects: Sequence[StockEffect] = (),
    by_line: dict[int, Delta] | None = None,
    **detail: object,
) -> Change:
    returns = tuple(after if one.number == after.number else one for one in order.returns)
    fact = told(f"return.{after.state}", after.number, location_no=after.location_no, **detail)
    return changed(order, at_us, actor, [fact], effects, returns=returns, lines=with_deltas(order.lines, by_line or {}))
