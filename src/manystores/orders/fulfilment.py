"""The steps of a location's work: accept, reject, pick, pack, ship, deliver, close, hold.

Each takes the order, the fulfilment order's number, what is done, when and by whom; out of order it is a Problem
`wrong_state` that names the state and what is possible now.
"""

from collections.abc import Sequence
from typing import Literal, get_args

from msgspec import Struct
from msgspec.structs import replace

from manystores.core.errors import FieldError, Problem
from manystores.core.money import amount_for
from manystores.orders.effects import Change, EffectKind, StockEffect, changed, in_order, told
from manystores.orders.order import (
    Delta,
    Discount,
    FulfilmentLine,
    FulfilmentOrder,
    Line,
    Order,
    Package,
    with_deltas,
    with_work,
)
from manystores.orders.rules import SERIAL_REPEATED, SUBSTITUTE_REFUSED, choice, field, invalid
from manystores.orders.work import Quantities, deltas, effect, need, quantities, settled, withdraw

RejectReason = Literal["out_of_stock", "cannot_find", "damaged", "closed", "too_busy", "other"]
REJECT_REASONS: tuple[str, ...] = get_args(RejectReason)
_NOT_THERE = ("out_of_stock", "cannot_find", "damaged")
REJECT_WORDS: dict[str, tuple[str, str]] = {
    "out_of_stock": ("Out of stock", "无货"),
    "cannot_find": ("Can't find it", "找不到货"),
    "damaged": ("Damaged, not fit for sale", "商品破损，不可售"),
    "closed": ("The store is closed", "门店已打烊"),
    "too_busy": ("Too busy to make it in time", "太忙，来不及处理"),
    "other": ("Another reason", "其他原因"),
}
"""What people choose from, in English and Chinese."""


class Substitute(Struct, frozen=True):
    """Another offer put in the bag instead; a unit of it (`scale` base units) never costs more than one ordered."""

    offer_no: int
    sku: str
    quantity: int
    unit_price: int | None = None
    serials: tuple[str, ...] = ()
    scale: int = 1


class Pick(Struct, frozen=True):
    """What was found of a line, what was not (`short`), and what was taken instead; in base units."""

    line_no: int
    quantity: int = 0
    short: int = 0
    serials: tuple[str, ...] = ()
    substitute: Substitute | None = None


def accept(order: Order, number: int, at_us: int, actor: str) -> Change:
    """The location takes the work on."""
    work = need(order, number, "accept")
    after = replace(work, state="in_progress", updated_at_us=at_us)
    return _changed(order, after, at_us, actor, "fulfilment.accepted")


def stock_after_reject(reason: str) -> EffectKind:
    """What happens to the units there: not found or damaged means not to be sold, anything else back to available."""
    return "mark_unavailable" if reason in _NOT_THERE else "release"


def reject(
    order: Order, number: int, reason: str, at_us: int, actor: str, *, lines: Quantities = (), note: str = ""
) -> Change:
    """The location can't serve, all of it or some `lines`; the order never comes back to it.

    The units are unallocated afterwards, to be served elsewhere (`rerouted`) or cancelled.
    """
    if reason not in REJECT_REASONS:
        raise invalid([choice("/reason", reason, REJECT_REASONS)])
    work = need(order, number, "reject")
    wanted = quantities(work, lines, "still to be served here are", "此处待履约数量为", "open")
    after, taken = withdraw(work, wanted, also_picked=True)
    after, capacity = settled(replace(after, reject_reason=reason), "rejected", at_us, reason)
    kind = stock_after_reject(reason)
    return _changed(
        order,
        after,
        at_us,
        actor,
        "fulfilment.lines_rejected" if after.live or after.state == "closed" else "fulfilment.rejected",
        [*(effect(kind, work, one.part, one.quantity, reason) for one in taken), *capacity],
        with_deltas(order.lines, deltas(taken)),
        refused_by=_refused(order, work),
        reason=reason,
        note=note,
        lines=[(one.part.line_no, one.quantity) for one in taken],
    )


def pick(order: Order, number: int, at_us: int, actor: str, picks: Sequence[Pick] = ()) -> Change:
    """Goods were fetched; without `picks` all of them. Lines that are not named stay to be picked.

    Units that are short become unavailable at the location and unallocated in the order. A substitute becomes a new
    line that replaces so much of the ordered one.
    """
    work = need(order, number, "pick")
    every = [Pick(line_no, most) for line_no, most in quantities(work, (), "", "", "unpicked").items()]
    picking = _Picking(order, work)
    for i, one in enumerate(picks or every):
        picking.add(i, one)
    after = replace(work, lines=tuple(picking.parts))
    short = any(one.short for one in picks)
    if not after.open and not after.shipped:
        after = replace(after, reject_reason="cannot_find")
    after, capacity = settled(after, "rejected", at_us, "cannot_find")
    return _changed(
        order,
        after,
        at_us,
        actor,
        "fulfilment.rejected" if after.state == "rejected" else "fulfilment.picked",
        in_order([*picking.effects, *capacity]),
        (*with_deltas(order.lines, picking.deltas), *picking.substitutes),
        refused_by=_refused(order, work) if short else order.refused_by,
        lines=[(one.line_no, one.quantity, one.short) for one in picks or every],
        substitutes=[(line.substitute_for, line.line_no, line.sku, line.ordered) for line in picking.substitutes],
    )


class _Picking:
    """The sum of the picks of one call, checked one after the other."""

    def __init__(self, order: Order, work: FulfilmentOrder) -> None:
        self.order, self.work = order, work
        self.parts = list(work.lines)
        self.deltas: dict[int, Delta] = {}
        self.effects: list[StockEffect] = []
        self.substitutes: list[Line] = []
        self._serials = {serial for other in order.fulfilments for part in other.lines for serial in part.serials}

    def add(self, i: int, one: Pick) -> None:
        substituted = one.substitute.quantity if one.substitute else 0
        numbers = (one.quantity, one.short, *((one.substitute.quantity - 1,) if one.substitute else ()))
        if min(numbers) < 0 or one.quantity + one.short + substituted == 0:
            raise field(f"/lines/{i}/quantity", "out_of_range", "say how many were found", "请填写拣到的数量")
        wanted = one.quantity + one.short + substituted
        quantities(
            replace(self.work, lines=tuple(self.parts)),
            [(one.line_no, wanted)],
            "still to be picked are",
            "待拣数量为",
            "unpicked",
            first=i,
        )
        self._check_serials(f"/lines/{i}/serials", one.quantity, one.serials)
        delta = self.deltas.setdefault(one.line_no, Delta())
        delta.picked += one.quantity
        delta.allocated -= one.short + substituted
        serials = one.serials
        for k, take in self._spread(one.line_no, one.quantity):
            part = self.parts[k]
            self.parts[k] = replace(part, picked=part.picked + take, serials=part.serials + serials[:take])
            serials = serials[take:]
        for k, take in self._spread(one.line_no, one.short + substituted):
            part = self.parts[k]
            self.parts[k] = replace(part, short=part.short + take)
            self.effects.append(effect("mark_unavailable", self.work, part, take, "cannot_find"))
        if one.substitute:
            delta.cancelled += substituted
            self._substitute(i, one.line_no, one.substitute)

    def _spread(self, line_no: int, quantity: int) -> list[tuple[int, int]]:
        """(index of the part, units) over the parts of a line, which may come from several lots."""
        spread = []
        for k, part in enumerate(self.parts):
            take = min(quantity, part.unpicked) if part.line_no == line_no else 0
            if take:
                spread.append((k, take))
                quantity -= take
        return spread

    def _check_serials(self, pointer: str, quantity: int, serials: tuple[str, ...]) -> None:
        if serials and len(serials) != quantity:
            raise field(
                pointer,
                "wrong_count",
                f"give one serial number for each of the {quantity} units, or none",
                f"请为 {quantity} 件商品逐一填写序列号，或全部留空",
            )
        for k, serial in enumerate(serials):
            if serial in self._serials:
                raise Problem(
                    SERIAL_REPEATED,
                    f"Serial number {serial[:60]} was picked for this order already.",
                    f"序列号 {serial[:60]} 已用于本订单。",
                    (FieldError(f"{pointer}/{k}", "serial_repeated", "picked already", "已拣过"),),
                )
            self._serials.add(serial)

    def _substitute(self, i: int, line_no: int, by: Substitute) -> None:
        line = self.order.lines[line_no - 1]
        if not line.substitutable:
            raise Problem(
                SUBSTITUTE_REFUSED,
                f"The shopper wants {line.sku} or nothing; report it as short.",
                f"顾客只要 {line.sku}，请按缺货处理。",
                (FieldError(f"/lines/{i}/substitute", "substitute_refused", "not wanted", "顾客不接受"),),
            )
        self._check_serials(f"/lines/{i}/substitute/serials", by.quantity, by.serials)
        price = line.unit_price if by.unit_price is None else min(by.unit_price, line.unit_price)
        room = amount_for(price, by.quantity, by.scale)
        discounts = []
        for discount in line.discounts:
            amount = min(discount.amount * by.quantity // line.ordered, room)
            discounts.append(Discount(amount, discount.funder, discount.code))
            room -= amount
        new = Line(
            line_no=len(self.order.lines) + len(self.substitutes) + 1,
            offer_no=by.offer_no,
            sku=by.sku,
            ordered=by.quantity,
            unit_price=price,
            allocated=by.quantity,
            picked=by.quantity,
            discounts=tuple(discounts),
            tax=line.tax * by.quantity // line.ordered,
            substitute_for=line_no,
            scale=by.scale,
        )
        self.substitutes.append(new)
        part = FulfilmentLine(new.line_no, by.offer_no, by.quantity, picked=by.quantity, serials=by.serials)
        self.parts.append(part)
        self.effects.append(effect("claim", self.work, part, by.quantity, "substitute"))


def pack(order: Order, number: int, at_us: int, actor: str, *, boxes: int = 1) -> Change:
    """All that was found is packed, in so many boxes."""
    work = need(order, number, "pack")
    if not 1 <= boxes <= 1000:
        raise field("/boxes", "out_of_range", "must be from 1 to 1000", "必须在 1 到 1000 之间")
    after = replace(work, packed_at_us=at_us, boxes=boxes, updated_at_us=at_us)
    return _changed(order, after, at_us, actor, "fulfilment.packed", boxes=boxes)


def ship(
    order: Order,
    number: int,
    at_us: int,
    actor: str,
    *,
    carrier: str = "",
    tracking: str = "",
    lines: Quantities = (),
) -> Change:
    """A parcel leaves, with everything or with some `lines`; with the last one the work is closed."""
    work = need(order, number, "ship")
    wanted = quantities(work, lines, "still to be shipped are", "待发数量为", "open")
    after, effects, by_line = give(work, wanted)
    package = Package(carrier or work.carrier, tracking, tuple(wanted.items()), at_us)
    after, capacity = settled(replace(after, packages=(*work.packages, package)), "closed", at_us)
    return _changed(
        order,
        after,
        at_us,
        actor,
        "fulfilment.shipped",
        [*effects, *capacity],
        with_deltas(order.lines, by_line),
        carrier=package.carrier,
        tracking=tracking,
        lines=list(wanted.items()),
    )


def give(work: FulfilmentOrder, wanted: dict[int, int]) -> tuple[FulfilmentOrder, list[StockEffect], dict[int, Delta]]:
    """Units leave the location for the shopper: what is left to do, the effects, and the changes by line."""
    left = dict(wanted)
    parts, effects = [], []
    by_line: dict[int, Delta] = {}
    for part in work.lines:
        take = min(left.get(part.line_no, 0), part.open)
        if take:
            left[part.line_no] -= take
            by_line.setdefault(part.line_no, Delta()).shipped += take
            effects.append(effect("fulfil", work, part, take))
            part = replace(part, shipped=part.shipped + take)
        parts.append(part)
    return replace(work, lines=tuple(parts)), effects, by_line


def deliver(order: Order, number: int, at_us: int, actor: str, *, tracking: str = "") -> Change:
    """The parcel of that tracking number arrived; without one, all that were sent."""
    work = need(order, number, "deliver")
    sent = [package for package in work.packages if not package.delivered_at_us]
    arrived = [package for package in sent if package.tracking == tracking] if tracking else sent
    if not arrived:
        listed = ", ".join(package.tracking or "-" for package in sent)
        raise field(
            "/tracking",
            "unknown_tracking",
            f"no parcel under way has this number; there are {listed}",
            f"没有该运单号的在途包裹，在途运单号：{listed}",
        )
    packages = tuple(replace(p, delivered_at_us=at_us) if p in arrived else p for p in work.packages)
    after = replace(work, packages=packages, updated_at_us=at_us)
    return _changed(order, after, at_us, actor, "fulfilment.delivered", tracking=tracking)


def close(order: Order, number: int, at_us: int, actor: str, *, reason: str = "") -> Change:
    """Nothing more will be sent from here: what is left goes back to the shelf and is unallocated again."""
    work = need(order, number, "close")
    wanted = quantities(work, (), "", "", "open")
    after, taken = withdraw(work, wanted, also_picked=True)
    after, capacity = settled(after, "closed", at_us, "closed_early")
    return _changed(
        order,
        after,
        at_us,
        actor,
        "fulfilment.closed",
        [*(effect("release", work, one.part, one.quantity, "closed_early") for one in taken), *capacity],
        with_deltas(order.lines, deltas(taken)),
        reason=reason,
    )


def hold(order: Order, number: int, reason: str, at_us: int, actor: str) -> Change:
    """Stop the work for now, saying why."""
    work = need(order, number, "hold")
    after = replace(work, state="on_hold", held_from=work.state, hold_reason=reason or "held", updated_at_us=at_us)
    return _changed(order, after, at_us, actor, "fulfilment.held", reason=reason)


def unhold(order: Order, number: int, at_us: int, actor: str) -> Change:
    """Go on where the work was stopped."""
    work = need(order, number, "unhold")
    after = replace(work, state=work.held_from, held_from="open", hold_reason="", updated_at_us=at_us)
    return _changed(order, after, at_us, actor, "fulfilment.resumed")


def _refused(order: Order, work: FulfilmentOrder) -> tuple[int, ...]:
    here = work.location_no
    return order.refused_by if here in order.refused_by else (*order.refused_by, here)


def _changed(
    order: Order,
    after: FulfilmentOrder,
    at_us: int,
    actor: str,
    kind: str,
    effects: Sequence[StockEffect] = (),
    order_lines: tuple[Line, ...] | None = None,
    refused_by: tuple[int, ...] | None = None,
    **detail: object,
) -> Change:
    """One fulfilment order changed, and with it perhaps lines, stock, and who refused."""
    fact = told(kind, after.number, location_no=after.location_no, **detail)
    return changed(
        order,
        at_us,
        actor,
        [fact],
        effects,
        fulfilments=with_work(order, after),
        lines=order.lines if order_lines is None else order_lines,
        refused_by=order.refused_by if refused_by is None else refused_by,
    )
