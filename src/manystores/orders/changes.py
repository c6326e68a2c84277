"""Changes to an order as a whole: cancel, edit, the unpaid deadline, and the check that nobody was faster."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from manystores.core.clock import rfc3339
from manystores.core.errors import Problem
from manystores.orders.effects import Change, Fact, StockEffect, changed, told
from manystores.orders.order import (
    MAX_QUANTITY,
    UNPAID,
    Buyer,
    DeliverTo,
    Delta,
    FulfilmentOrder,
    Gift,
    Line,
    Order,
    with_deltas,
)
from manystores.orders.rules import NOT_DUE, NOT_EDITABLE, REVISION_CONFLICT, field, too_many, word_zh, wrong_state
from manystores.orders.work import Quantities, deltas, effect, quantities, settled, withdraw


def etag(order: Order) -> str:
    """The entity tag of the order as it is."""
    return f'"{order.revision}"'


def check_revision(order: Order, if_match: str | None) -> None:
    """Problem `revision_conflict` (412) if the caller's If-Match header names other revisions than the present one."""
    if if_match is None or if_match.strip() == "*":
        return
    known = {tag.strip().removeprefix("W/").strip('"') for tag in if_match.split(",")}
    if str(order.revision) not in known:
        raise Problem(
            REVISION_CONFLICT,
            f"It is at revision {order.revision} now; read it again and repeat the change.",
            f"订单当前版本为 {order.revision}，请重新读取后再修改。",
            extra={"revision": order.revision},
        )


# -- cancel -----------------------------------------------------------------------------------------------------------


def cancel(order: Order, at_us: int, actor: str, *, reason: str = "", lines: Quantities = ()) -> Change:
    """Cancel what is not shipped: everything, or so much of some lines.

    Unallocated units go first, then unpicked, then picked ones (back to the shelf). An order of which something was
    shipped is cancelled by lines only, so that nobody believes that it was stopped.
    """
    left = {line.line_no: line.ordered - line.cancelled - line.shipped for line in order.lines}
    if not order.open:
        raise wrong_state(f"Order {order.order_id}", f"订单 {order.order_id} ", order.state, "cancel", _after(order))
    if not lines and any(line.shipped for line in order.lines):
        raise wrong_state(
            f"Order {order.order_id}",
            f"订单 {order.order_id} ",
            order.state,
            "cancel",
            ("cancel by lines", *_after(order)),
            ("part of it was shipped", "部分商品已发出"),
        )
    wanted = _wanted(left, lines) if lines else {line_no: most for line_no, most in left.items() if most}
    taken = _take_back(order, wanted, at_us, UNPAID if reason == UNPAID else "cancelled")
    whole = all(line.ordered == line.cancelled for line in taken.lines)
    fact = told("order.cancelled" if whole else "order.lines_cancelled", reason=reason, lines=list(wanted.items()))
    return changed(
        order,
        at_us,
        actor,
        [*taken.facts, fact],
        taken.effects,
        lines=taken.lines,
        fulfilments=taken.fulfilments,
        unpaid_deadline_us=0 if whole else order.unpaid_deadline_us,
    )


def _after(order: Order) -> tuple[str, ...]:
    return ("return",) if any(line.shipped > line.returned for line in order.lines) else ()


def _wanted(left: dict[int, int], lines: Quantities) -> dict[int, int]:
    wanted: dict[int, int] = {}
    for i, (line_no, quantity) in enumerate(lines):
        if line_no not in left:
            raise _unknown_line(i, line_no, left)
        if quantity < 1:
            raise field(f"/lines/{i}/quantity", "out_of_range", "must be at least 1", "必须大于等于 1")
        wanted[line_no] = wanted.get(line_no, 0) + quantity
        if wanted[line_no] > left[line_no]:
            raise too_many(
                f"/lines/{i}/quantity",
                wanted[line_no],
                left[line_no],
                "neither shipped nor cancelled are",
                "未发货且未取消的数量为",
            )
    return wanted


def _unknown_line(i: int, line_no: int, known: dict[int, int]) -> Problem:
    return field(
        f"/lines/{i}/line",
        "unknown_line",
        f"the order has no line {line_no}; its lines are {', '.join(map(str, known))}",
        f"订单没有第 {line_no} 行，可用行号：{'、'.join(map(str, known))}",
    )


class _TakenBack(Struct, frozen=True):
    lines: tuple[Line, ...]
    fulfilments: tuple[FulfilmentOrder, ...]
    effects: list[StockEffect]
    facts: list[tuple[Fact, int]]


def _take_back(order: Order, wanted: dict[int, int], at_us: int, reason: str) -> _TakenBack:
    """Cancel quantities by line (checked before), the latest work first."""
    by_line = {line_no: Delta(cancelled=quantity) for line_no, quantity in wanted.items()}
    left = {
        line_no: quantity - min(quantity, order.lines[line_no - 1].unallocated) for line_no, quantity in wanted.items()
    }
    works = {work.number: work for work in order.fulfilments}
    touched: set[int] = set()
    effects = []
    for also_picked in (False, True):
        for number in sorted(works, reverse=True):
            work = works[number]
            if not work.live or not any(left.values()):
                continue
            after, taken = withdraw(work, left, also_picked=also_picked)
            if not taken:
                continue
            works[number] = after
            touched.add(number)
            effects += [effect("release", work, one.part, one.quantity, reason) for one in taken]
            for line_no, delta in deltas(taken).items():
                by_line[line_no].allocated += delta.allocated
                by_line[line_no].picked += delta.picked
                left[line_no] += delta.allocated
    facts = []
    for number in sorted(touched):
        works[number], capacity = settled(works[number], "cancelled", at_us, reason)
        effects += capacity
        kind = "reduced" if works[number].live else works[number].state
        facts.append(told(f"fulfilment.{kind}", number, location_no=works[number].location_no, reason=reason))
    return _TakenBack(with_deltas(order.lines, by_line), tuple(works.values()), effects, facts)


def expire_unpaid(order: Order, at_us: int, actor: str) -> Change:
    """The deadline passed without payment: all is cancelled and the stock is free again."""
    if not order.unpaid_deadline_us:
        raise wrong_state(
            f"Order {order.order_id}",
            f"订单 {order.order_id} ",
            order.state,
            "cancel",
            (),
            ("it does not wait for payment", "并非待付款"),
        )
    if at_us < order.unpaid_deadline_us:
        by = rfc3339(order.unpaid_deadline_us)
        raise Problem(NOT_DUE, f"The shopper may pay until {by}.", f"顾客可在 {by} 前付款。")
    return cancel(order, at_us, actor, reason=UNPAID)


# -- edit -------------------------------------------------------------------------------------------------------------


class Edit(Struct, frozen=True):
    """What to change; None leaves it. `quantities` are the new kept quantities by line (0 cancels the line);
    texts come sealed. A `pick_up_at` makes a delivery a pick-up, or moves it to another store."""

    quantities: Sequence[tuple[int, int]] = ()
    deliver_to: DeliverTo | None = None
    pick_up_at: int | None = None
    buyer: Buyer | None = None
    gift: Gift | None = None
    notes: str | None = None


def edit(order: Order, edits: Edit, at_us: int, actor: str) -> Change:
    """Change an order before its picking starts. More of a line is unallocated at first, for the caller to source, and
    so is everything when it is to be collected somewhere else; less of a line is taken back as by a cancellation. The
    fact names what was changed, not to what."""
    _check_editable(order, edits)
    kept = {line.line_no: line.kept for line in order.lines}
    more: dict[int, int] = {}
    less: dict[int, int] = {}
    for i, (line_no, quantity) in enumerate(edits.quantities):
        if line_no not in kept or line_no in more or line_no in less:
            raise _unknown_line(i, line_no, kept)
        if not 0 <= quantity <= MAX_QUANTITY:
            raise field(
                f"/lines/{i}/quantity",
                "out_of_range",
                f"must be from 0 to {MAX_QUANTITY}",
                f"必须在 0 到 {MAX_QUANTITY} 之间",
            )
        if quantity > kept[line_no]:
            more[line_no] = quantity - kept[line_no]
        elif quantity < kept[line_no]:
            less[line_no] = kept[line_no] - quantity
    taken = _take_back(order, less, at_us, "edited")
    lines = tuple(
        replace(line, ordered=line.ordered + extra, added=line.added + extra)
        if (extra := more.get(line.line_no, 0))
        else line
        for line in taken.lines
    )
    fields = {name: value for name in _EDITABLE if (value := getattr(edits, name)) is not None}
    named = sorted(fields)
    if edits.pick_up_at and edits.pick_up_at != order.pick_up_at:
        taken = _leave_all(taken, lines, at_us)
        lines = taken.lines
        fields |= {"deliver_to": None, "delivery_fee": 0}
    fact = told("order.edited", changed=named, lines=[(n, q) for n, q in edits.quantities])
    return changed(
        order,
        at_us,
        actor,
        [*taken.facts, fact],
        taken.effects,
        lines=lines,
        fulfilments=taken.fulfilments,
        unpaid_deadline_us=order.unpaid_deadline_us if any(line.kept for line in lines) else 0,
        **fields,
    )


def _leave_all(taken: _TakenBack, lines: tuple[Line, ...], at_us: int) -> _TakenBack:
    """Nobody serves any of it any more: the claims end, for the caller to make them elsewhere in the same turn."""
    works, effects, facts = list(taken.fulfilments), list(taken.effects), list(taken.facts)
    for i, work in enumerate(works):
        if not work.live:
            continue
        after, units = withdraw(work, quantities(work, (), "", "", "open"), also_picked=False)
        works[i], capacity = settled(after, "cancelled", at_us, "edited")
        effects += [*(effect("release", work, one.part, one.quantity, "edited") for one in units), *capacity]
        lines = with_deltas(lines, deltas(units))
        moved = [(one.part.line_no, one.quantity) for one in units]
        facts.append(told("fulfilment.rerouted", work.number, location_no=work.location_no, lines=moved))
    return _TakenBack(lines, tuple(works), effects, facts)


_EDITABLE = ("deliver_to", "pick_up_at", "buyer", "gift", "notes")


def _check_editable(order: Order, edits: Edit) -> None:
    why = ("", "")
    if not order.open:
        why = (f"it is {order.state}", f"订单{word_zh(order.state)}")
    elif order.picking_started:
        why = ("its picking has started; cancel lines or make a return instead", "已开始拣货，可改为取消部分商品或退货")
    elif edits.deliver_to is not None and order.deliver_to is None:
        why = (
            "it is picked up, so it has no address; change pick_up_at",
            "到店自提订单没有配送地址，请修改 pick_up_at",
        )
    elif edits.pick_up_at and edits.deliver_to is not None:
        why = ("it is either delivered or picked up", "deliver_to 与 pick_up_at 只能修改一个")
    if why[0]:
        raise Problem(
            NOT_EDITABLE,
            f"The order can't be edited: {why[0]}.",
            f"订单不可修改：{why[1]}。",
            extra={"state": order.state},
        )
