"""The public JSON of orders and fulfilment orders: codes instead of numbers, RFC 3339 times, personal data only to
those who may see it.

The shapes are Structs, since every step of every order is told: encoding one is several times faster than a dictionary.
Members that only some orders have come last, and are left out of the others.
"""

from collections.abc import Callable, Sequence

import msgspec
from msgspec import UNSET, Struct, UnsetType

from manystores.core.clock import rfc3339
from manystores.orders.order import (
    Discount,
    FulfilmentOrder,
    Line,
    Order,
    Return,
    line_amount,
    line_state,
    paid,
    serials,
)
from manystores.orders.work import possible

Json = dict[str, object]


class Reader(Struct, frozen=True):
    """How numbers become codes, and, for those who may see personal data, how envelopes are opened."""

    location_code: Callable[[int], str]
    open_envelope: Callable[[str], bytes] | None = None


class DiscountView(Struct, frozen=True, gc=False):
    """Part of a line's price that somebody bears; `amount` is for the whole line."""

    amount: int
    funder: str
    code: str


class LineView(Struct, frozen=True, gc=False):
    """A line, by its offer's SKU; amounts in minor units."""

    line: int
    offer: str
    state: str
    ordered: int
    allocated: int
    unallocated: int
    picked: int
    shipped: int
    returned: int
    cancelled: int
    unit_price: int
    discounts: Sequence[DiscountView]
    tax: int
    amount: int
    substitutes: bool
    serials: Sequence[str]
    window: str | UnsetType = UNSET
    substitute_for: int | UnsetType = UNSET
    kit: str | UnsetType = UNSET
    scale: int | UnsetType = UNSET


class PartView(Struct, frozen=True, gc=False):
    """What a location has to give of one line."""

    line: int
    offer: str
    quantity: int
    picked: int
    short: int
    withdrawn: int
    shipped: int
    serials: Sequence[str]


class FulfilmentView(Struct, frozen=True, gc=False):
    """A location's work on an order, with the steps that are possible now."""

    id: str
    order: str
    channel: str
    channel_order_id: str
    location: str
    kind: str
    state: str
    stage: str
    possible: Sequence[str]
    lines: Sequence[PartView]
    promised_from: str | None
    promised_to: str | None
    collect_by: str | None
    carrier: str | None
    packages: Sequence[Json]
    reject_reason: str | None
    hold_reason: str | None
    created_at: str
    updated_at: str
    history: Sequence[Json]


class StepView(Struct, frozen=True, gc=False):
    """One entry of an order's history; `number` is of the fulfilment order or return."""

    kind: str
    at: str
    actor: str
    number: int | None


class PaidView(Struct, frozen=True, gc=False):
    """Minor units so far."""

    authorised: int = 0
    captured: int = 0
    refunded: int = 0


class OrderView(Struct, frozen=True, gc=False):
    """An order. Names, addresses, notes and the exact place are in it only for those who may see them."""

    id: str
    channel: str
    channel_order_id: str
    state: str
    revision: int
    placed_at: str
    updated_at: str
    currency: str
    total: int
    delivery_fee: int
    tax_included: bool
    lines: Sequence[LineView]
    fulfilment_orders: Sequence[FulfilmentView]
    paid: PaidView
    payments: Sequence[Json]
    returns: Sequence[Json]
    backfilled: bool
    policy_version: int
    history: Sequence[StepView]
    deliver_to: Json | UnsetType = UNSET
    pick_up_at: str | UnsetType = UNSET
    sold_at: str | UnsetType = UNSET
    unpaid_until: str | UnsetType = UNSET
    gift: Json | UnsetType = UNSET
    buyer: object | UnsetType = UNSET
    notes: object | UnsetType = UNSET


_NOTHING_PAID = PaidView()


def order_view(order: Order, reader: Reader) -> Json:
    """An order as plain JSON values."""
    return _plain(order_told(order, reader))


def fulfilment_view(order: Order, work: FulfilmentOrder, reader: Reader) -> Json:
    """A location's work on an order as plain JSON values."""
    return _plain(_fulfilment(order, work, str(order.order_id), reader))


def _plain(view: Struct) -> Json:
    plain: Json = msgspec.json.decode(msgspec.json.encode(view))
    return plain


def order_told(order: Order, reader: Reader) -> OrderView:
    """An order as it is told. Without `open_envelope` nothing personal is in it."""
    order_id = str(order.order_id)
    lines = [_line(order, line) for line in order.lines]
    kept = sum([line.kept for line in order.lines])
    return OrderView(
        order_id,
        order.channel,
        order.channel_order_id,
        order.state,
        order.revision,
        rfc3339(order.placed_at_us),
        rfc3339(order.updated_at_us),
        order.currency,
        sum([line.amount for line in lines]) + (order.delivery_fee if kept else 0),
        order.delivery_fee,
        order.tax_included,
        lines,
        [_fulfilment(order, work, order_id, reader) for work in order.fulfilments],
        _paid(order),
        _payments(order) if order.payments else (),
        [return_view(order, one, reader) for one in order.returns] if order.returns else (),
        order.backfilled,
        order.policy_version,
        [StepView(step.kind, rfc3339(step.at_us), step.actor, step.number or None) for step in order.history],
        UNSET if order.deliver_to is None else _place(order, reader),
        reader.location_code(order.pick_up_at) if order.pick_up_at else UNSET,
        reader.location_code(order.sold_at) if order.sold_at else UNSET,
        rfc3339(order.unpaid_deadline_us) if order.unpaid_deadline_us else UNSET,
        UNSET if order.gift is None else _gift(order, reader),
        UNSET if order.buyer is None else _opened(order.buyer.envelope, reader),
        _opened(order.notes, reader),
    )


def _place(order: Order, reader: Reader) -> Json:
    place = order.deliver_to
    if place is None:
        return {}
    if reader.open_envelope is None:
        return {"region": place.region}
    person = msgspec.json.decode(reader.open_envelope(place.envelope), type=Json) if place.envelope else {}
    return {"lat": place.lat, "lon": place.lon, "region": place.region, **person}


def _gift(order: Order, reader: Reader) -> Json:
    gift = order.gift
    if gift is None:
        return {}
    view: Json = {"wrap": gift.wrap, "hide_prices": gift.hide_prices}
    message = _opened(gift.message, reader)
    return view if message is UNSET else view | {"message": message}


def _opened(envelope: str, reader: Reader) -> object:
    """What is in an envelope; UNSET for those who may not see it, and where there is none."""
    if not envelope or reader.open_envelope is None:
        return UNSET
    return msgspec.json.decode(reader.open_envelope(envelope))


def _paid(order: Order) -> PaidView:
    if not order.payments:
        return _NOTHING_PAID
    return PaidView(paid(order, "authorised"), paid(order, "captured"), paid(order, "refunded"))


def _payments(order: Order) -> list[Json]:
    return [
        {
            "kind": one.kind,
            "amount": one.amount,
            "reference": one.reference,
            "method": one.method,
            "at": rfc3339(one.at_us),
        }
        for one in order.payments
    ]


def _line(order: Order, line: Line) -> LineView:
    return LineView(
        line.line_no,
        line.sku,
        line_state(order, line),
        line.ordered,
        line.allocated,
        line.unallocated,
        line.picked,
        line.shipped,
        line.returned,
        line.cancelled,
        line.unit_price,
        _discounts(line.discounts) if line.discounts else (),
        line.tax,
        line_amount(order, line),
        line.substitutable,
        serials(order, line.line_no) if order.revision > 1 else (),  # a new order's units have none yet
        rfc3339(line.window_us) if line.window_us else UNSET,
        line.substitute_for or UNSET,
        line.kit or UNSET,
        line.scale if line.scale != 1 else UNSET,
    )


def _discounts(discounts: Sequence[Discount]) -> list[DiscountView]:
    return [DiscountView(one.amount, one.funder, one.code) for one in discounts]


def _fulfilment(order: Order, work: FulfilmentOrder, order_id: str, reader: Reader) -> FulfilmentView:
    lines = order.lines
    return FulfilmentView(
        f"{order_id}-{work.number}",
        order_id,
        order.channel,
        order.channel_order_id,
        reader.location_code(work.location_no),
        work.kind,
        work.state,
        work.stage,
        possible(work),
        [
            PartView(
                part.line_no,
                lines[part.line_no - 1].sku,
                part.quantity,
                part.picked,
                part.short,
                part.withdrawn,
                part.shipped,
                part.serials,
            )
            for part in work.lines
        ],
        _time(work.promised_from_us),
        _time(work.promised_to_us),
        _time(work.collect_by_us),
        work.carrier or None,
        _packages(work) if work.packages else (),
        work.reject_reason or None,
        work.hold_reason or None,
        rfc3339(work.created_at_us),
        rfc3339(work.updated_at_us),
        [
            {"kind": step.kind, "at": rfc3339(step.at_us), "actor": step.actor}
            for step in order.history
            if step.number == work.number and step.kind.startswith("fulfilment.")
        ],
    )


def _packages(work: FulfilmentOrder) -> list[Json]:
    return [
        {
            "carrier": package.carrier,
            "tracking": package.tracking,
            "lines": [{"line": line_no, "quantity": quantity} for line_no, quantity in package.lines],
            "shipped_at": rfc3339(package.shipped_at_us),
            "delivered_at": _time(package.delivered_at_us),
        }
        for package in work.packages
    ]


def return_view(order: Order, one: Return, reader: Reader) -> Json:
    """Goods coming back."""
    return {
        "number": one.number,
        "order": str(order.order_id),
        "location": reader.location_code(one.location_no),
        "state": one.state,
        "lines": [
            {
                "line": part.line_no,
                "offer": order.lines[part.line_no - 1].sku,
                "quantity": part.quantity,
                "reason": part.reason,
                "restocked": part.restocked,
                "written_off": part.written_off,
            }
            for part in one.lines
        ],
        "refunded": one.refunded,
        "reason": one.reason or None,
        "requested_at": rfc3339(one.requested_at_us),
        "updated_at": rfc3339(one.updated_at_us),
    }


def _time(at_us: int) -> str | None:
    return rfc3339(at_us) if at_us else None
