"""Placing: from a checked body and resolved offers to an order, and from a plan to its fulfilment orders."""

from collections.abc import Callable, Sequence
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from manystores.core.errors import Problem
from manystores.core.money import amount_for
from manystores.orders.draft import BuyerBody, GiftBody, LineBody, OrderBody, PlaceBody, e164, time_us
from manystores.orders.effects import Change, Fact, StockEffect, changed, told
from manystores.orders.order import (
    UNPAID,
    Buyer,
    DeliverTo,
    Discount,
    FulfilmentLine,
    FulfilmentOrder,
    Gift,
    Kind,
    Line,
    Order,
    Payment,
    total,
)
from manystores.orders.rules import REFUSED_BEFORE, WRONG_PLACE, field, no_such, too_many, wrong_state


class Sealer(Struct, frozen=True):
    """How personal data is kept: `seal` encrypts bytes to base64 text, `digest` makes the keyed hash of an identifier
    in its namespace ("phone", "+8613800138000")."""

    seal: Callable[[bytes], str]
    digest: Callable[[str, str], str]


class LineDraft(Struct, frozen=True):
    """A line whose offer is known: its number, SKU and the price of `scale` base units, in minor units."""

    offer_no: int
    sku: str
    quantity: int
    unit_price: int = 0
    discounts: tuple[Discount, ...] = ()
    tax: int = 0
    window_us: int = 0
    substitutable: bool = False
    kit: str = ""
    scale: int = 1

    @property
    def gross(self) -> int:
        """Minor units of the whole line before discounts."""
        return amount_for(self.unit_price, self.quantity, self.scale)


class Share(Struct, frozen=True, gc=False):
    """So much of a line, from one bucket of the allocation's location."""

    line_no: int
    quantity: int
    window_us: int = 0
    lot: str = ""


class Allocation(Struct, frozen=True):
    """What one location is to serve, by when, and how far away it is (0: not known, or collected). `capacity` are the
    (offer_no, window_us) of the hours or days of its order capacity that this takes."""

    location_no: int
    kind: Kind
    shares: tuple[Share, ...]
    promised_from_us: int = 0
    promised_to_us: int = 0
    capacity: tuple[tuple[int, int], ...] = ()
    carrier: str = ""
    metres: int = 0


def line_draft(line: LineBody, offer_no: int, price: int, scale: int = 1) -> LineDraft:
    """A body's line with the number of its offer; `price` (minor units) holds where the body names none.

    Either is the price of one unit of sale, which has `scale` base units.
    """
    return LineDraft(
        offer_no,
        line.offer,
        line.quantity,
        price if line.unit_price is None else line.unit_price,
        tuple(Discount(discount.amount, discount.funder, discount.code) for discount in line.discounts),
        line.tax,
        0 if line.window is None else time_us(line.window),
        line.substitutes,
        scale=scale,
    )


def place(
    body: OrderBody,
    lines: Sequence[LineDraft],
    *,
    order_id: UUID,
    party_no: int,
    at_us: int,
    pick_up_at: int = 0,
    sold_at: int = 0,
    delivery_fee: int = 0,
    sealer: Sealer | None = None,
) -> Order:
    """The draft of an order, at revision 0; `allocate` or `book_past` puts it in the book.

    `pick_up_at` and `sold_at` are the numbers of the body's location codes; `delivery_fee` holds where the body names
    none. Discounts are checked against the price here, as the body may have left the price to the catalogue.
    """
    placed_at_us = at_us if body.placed_at is None else time_us(body.placed_at)
    if placed_at_us > at_us:
        raise field("/placed_at", "in_the_future", "a past order lies in the past", "补录订单的下单时间不能晚于现在")
    past = body.state or "completed" if body.backfill else ""
    order = Order(
        order_id=order_id,
        party_no=party_no,
        channel=body.channel,
        channel_order_id=body.channel_order_id,
        currency=body.currency,
        placed_at_us=placed_at_us,
        updated_at_us=at_us,
        lines=tuple([_line(i, line, past) for i, line in enumerate(lines)]),
        approved_at_us=placed_at_us if past == "completed" else 0,
        deliver_to=None if body.deliver_to is None else deliver_to(body.deliver_to, sealer),
        delivery=body.delivery,
        pick_up_at=pick_up_at,
        sold_at=sold_at,
        buyer=None if body.buyer is None else buyer(body.buyer, sealer),
        payments=() if body.payment is None else _payments(body, placed_at_us),
        delivery_fee=delivery_fee if body.delivery_fee is None else body.delivery_fee,
        tax_included=body.tax_included,
        gift=gift(body.gift, sealer) if body.gift else None,
        notes=sealed(body.notes, sealer) if body.notes else "",
        backfilled=body.backfill,
    )
    if body.unpaid_ttl_s is None or past or _covered(order):
        return order
    return replace(order, unpaid_deadline_us=at_us + body.unpaid_ttl_s * 1_000_000)


def _line(i: int, line: LineDraft, past: str) -> Line:
    if line.discounts:
        given, gross = sum(discount.amount for discount in line.discounts), line.gross
        if given > gross:
            raise field(
                f"/lines/{i}/discounts",
                "discount_exceeds_line",
                f"discounts of {given} exceed the line's {gross}",
                f"优惠合计 {given} 超过该行金额 {gross}",
            )
    served = line.quantity if past == "completed" else 0
    return Line(
        line_no=i + 1,
        offer_no=line.offer_no,
        sku=line.sku,
        ordered=line.quantity,
        unit_price=line.unit_price,
        allocated=served,
        picked=served,
        shipped=served,
        cancelled=line.quantity if past == "cancelled" else 0,
        discounts=line.discounts,
        tax=line.tax,
        window_us=line.window_us,
        substitutable=line.substitutable,
        kit=line.kit,
        scale=line.scale,
    )


def _payments(body: OrderBody, at_us: int) -> tuple[Payment, ...]:
    payment = body.payment
    if payment is None:
        return ()
    authorised = Payment(
        "authorised", max(payment.authorised, payment.captured), payment.reference, payment.method, at_us
    )
    if not payment.captured:
        return (authorised,) if authorised.amount else ()
    return (authorised, Payment("captured", payment.captured, payment.reference, payment.method, at_us))


def _covered(order: Order) -> bool:
    """Whether what is authorised pays for it all."""
    authorised = sum(payment.amount for payment in order.payments if payment.kind == "authorised")
    return bool(order.payments) and authorised >= total(order)


# -- personal data: hashed to be found again, sealed to be read only by who may ---------------------------------------


def sealed(value: str | dict[str, str], sealer: Sealer | None) -> str:
    """Personal data in its envelope; ValueError without a sealer, since nothing personal is ever stored plain."""
    if sealer is None:
        raise ValueError("personal data needs a sealer")
    return sealer.seal(msgspec.json.encode(value))


def deliver_to(body: PlaceBody, sealer: Sealer | None) -> DeliverTo:
    """The place, with address, name and phone sealed."""
    person = {}
    if body.address:
        person["address"] = body.address
    if body.name:
        person["name"] = body.name
    if body.phone:
        person["phone"] = e164(body.phone) or body.phone
    return DeliverTo(body.lat, body.lon, body.region, sealed(person, sealer) if person else "")


def buyer(body: BuyerBody, sealer: Sealer | None) -> Buyer:
    """The buyer's identifiers as keyed hashes; name, phone and e-mail sealed."""
    phone = e164(body.phone) or "" if body.phone else ""
    named = (
        ("phone", phone),
        ("email", body.email.strip().lower()),
        ("member", body.member),
        (f"open_id:{body.app_id}", body.open_id),
        ("union_id", body.union_id),
    )
    if sealer is None and any(value for _, value in named):
        raise ValueError("identifiers need a sealer")
    hashed = tuple((name, sealer.digest(name, value)) for name, value in named if value and sealer is not None)
    person = {"name": body.name, "phone": phone, "email": body.email}
    person = {name: value for name, value in person.items() if value}
    return Buyer(hashed, sealed(person, sealer) if person else "")


def gift(body: GiftBody | bool, sealer: Sealer | None) -> Gift | None:
    """How it is given; the message sealed."""
    if isinstance(body, bool):
        return Gift() if body else None
    return Gift(body.wrap, body.hide_prices, sealed(body.message, sealer) if body.message else "")


# -- allocation -------------------------------------------------------------------------------------------------------


def allocate(
    order: Order,
    allocations: Sequence[Allocation],
    at_us: int,
    actor: str,
    *,
    claimed: bool = False,
    policy_version: int = 0,
) -> Change:
    """Give unallocated quantities to locations: one fulfilment order for each location and kind.

    Yields a claim for each share and for each capacity; none when the stock is `claimed` already (a hold became the
    order's reservation). The first allocation of a draft tells `order.placed`. Before payment the work is on hold.
    """
    if order.revision and not order.open:
        raise wrong_state(f"Order {order.order_id}", f"订单 {order.order_id} ", order.state, "allocate", ())
    unpaid = bool(order.unpaid_deadline_us)
    lines = list(order.lines)
    works: list[FulfilmentOrder] = []
    effects: list[StockEffect] = []
    number = len(order.fulfilments)
    for allocation in _by_location(allocations):
        _check_place(order, allocation)
        location_no = allocation.location_no
        parts = []
        for share in allocation.shares:
            line = _take(lines, share)
            parts.append(
                FulfilmentLine(share.line_no, line.offer_no, share.quantity, window_us=share.window_us, lot=share.lot)
            )
            if not claimed:
                effects.append(
                    StockEffect(
                        "claim",
                        location_no,
                        line.offer_no,
                        share.quantity,
                        share.line_no,
                        share.window_us,
                        share.lot,
                    )
                )
        if not claimed:
            for offer_no, window_us in allocation.capacity:
                effects.append(StockEffect("claim", location_no, offer_no, 1, 0, window_us))
        number += 1
        works.append(
            FulfilmentOrder(
                number=number,
                location_no=location_no,
                kind=allocation.kind,
                state="on_hold" if unpaid else "open",
                lines=tuple(parts),
                created_at_us=at_us,
                updated_at_us=at_us,
                promised_from_us=allocation.promised_from_us,
                promised_to_us=allocation.promised_to_us,
                metres=allocation.metres,
                carrier=allocation.carrier,
                capacity_windows=allocation.capacity,
                hold_reason=UNPAID if unpaid else "",
            )
        )
    approved = order.approved_at_us or (at_us if works and not unpaid else 0)
    return changed(
        order,
        at_us,
        actor,
        _facts(order, works),
        effects,
        lines=tuple(lines),
        fulfilments=order.fulfilments + tuple(works),
        approved_at_us=approved,
        policy_version=policy_version or order.policy_version,
    )


def book_past(order: Order, at_us: int, actor: str) -> Change:
    """Put a past order in the book: no promise, no stock; consumers skip its fact `order.backfilled`."""
    fact = told("order.backfilled", channel=order.channel, channel_order_id=order.channel_order_id, state=order.state)
    return changed(order, at_us, actor, [fact])


def _by_location(allocations: Sequence[Allocation]) -> Sequence[Allocation]:
    """Several allocations to one location and kind are one; its promise is the latest of theirs."""
    if len({(a.location_no, a.kind) for a in allocations}) == len(allocations):
        return allocations
    merged: dict[tuple[int, str], Allocation] = {}
    for a in allocations:
        key = (a.location_no, a.kind)
        before = merged.get(key)
        merged[key] = (
            a
            if before is None
            else replace(
                before,
                shares=before.shares + a.shares,
                promised_from_us=max(before.promised_from_us, a.promised_from_us),
                promised_to_us=max(before.promised_to_us, a.promised_to_us),
                capacity=before.capacity + tuple(c for c in a.capacity if c not in before.capacity),
            )
        )
    return tuple(merged.values())


def _check_place(order: Order, allocation: Allocation) -> None:
    location_no = allocation.location_no
    if location_no in order.refused_by:
        raise Problem(
            REFUSED_BEFORE,
            "The location refused this order before; choose another one.",
            "该门店已拒绝过此订单，请改派其他门店。",
        )
    if allocation.kind != "pick_up" and order.deliver_to is None:
        raise Problem(WRONG_PLACE, "The order is to be picked up, not sent.", "该订单为到店自提，不能安排配送。")
    if allocation.kind == "pick_up" and location_no != order.pick_up_at:
        raise Problem(
            WRONG_PLACE,
            "The shopper collects somewhere else; change pick_up_at first.",
            "顾客选择的自提门店不是这一家，请先修改 pick_up_at。",
        )


def _take(lines: list[Line], share: Share) -> Line:
    """Count a share as allocated."""
    i = share.line_no - 1
    if not 0 <= i < len(lines):
        raise no_such(f"The order has no line {share.line_no}.", f"订单没有第 {share.line_no} 行。")
    line = lines[i]
    if not 0 < share.quantity <= line.unallocated:
        raise too_many(
            f"/lines/{i}/quantity", share.quantity, line.unallocated, "still to be allocated are", "待分配数量为"
        )
    lines[i] = replace(line, allocated=line.allocated + share.quantity)
    return line


def _facts(order: Order, works: Sequence[FulfilmentOrder]) -> list[tuple[Fact, int]]:
    """What an allocation tells; of a new order there is no detail, since it is told whole."""
    if not order.revision:
        return [(Fact("order.placed", {}), 0)]
    served = [
        {
            "number": work.number,
            "location_no": work.location_no,
            "kind": work.kind,
            "lines": [(part.line_no, part.quantity) for part in work.lines],
            "promised_to_us": work.promised_to_us,
        }
        for work in works
    ]
    return [told("order.allocated", fulfilments=served)]
