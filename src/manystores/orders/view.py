"""The public JSON of orders and fulfilment orders: codes instead of numbers, RFC 3339 times, personal data only to
those who may see it."""

from collections.abc import Callable

import msgspec
from msgspec import Struct

from manystores.core.clock import rfc3339
from manystores.orders.order import (
    FulfilmentOrder,
    Line,
    Order,
    Return,
    fulfilment_id,
    line_amount,
    line_state,
    paid,
    serials,
    total,
)
from manystores.orders.work import possible

Json = dict[str, object]


class Reader(Struct, frozen=True):
    """How numbers become codes, and, for those who may see personal data, how envelopes are opened."""

    location_code: Callable[[int], str]
    open_envelope: Callable[[str], bytes] | None = None


def order_view(order: Order, reader: Reader) -> Json:
    """An order. Without `open_envelope` neither names, addresses, notes nor the exact place are in it."""
    view: Json = {
        "id": str(order.order_id),
        "channel": order.channel,
        "channel_order_id": order.channel_order_id,
        "state": order.state,
        "revision": order.revision,
        "placed_at": rfc3339(order.placed_at_us),
        "updated_at": rfc3339(order.updated_at_us),
        "currency": order.currency,
        "total": total(order),
        "delivery_fee": order.delivery_fee,
        "tax_included": order.tax_included,
        "lines": [_line(order, line) for line in order.lines],
        "fulfilment_orders": [fulfilment_view(order, work, reader) for work in order.fulfilments],
        "paid": {kind: paid(order, kind) for kind in ("authorised", "captured", "refunded")},
        "payments": [
            {
                "kind": one.kind,
                "amount": one.amount,
                "reference": one.reference,
                "method": one.method,
                "at": rfc3339(one.at_us),
            }
            for one in order.payments
        ],
        "returns": [return_view(order, one, reader) for one in order.returns],
        "backfilled": order.backfilled,
        "policy_version": order.policy_version,
        "history": [
            {"kind": step.kind, "at": rfc3339(step.at_us), "actor": step.actor, "number": step.number or None}
            for step in order.history
        ],
    }
    if order.deliver_to is not None:
        view["deliver_to"] = _place(order, reader)
    if order.pick_up_at:
        view["pick_up_at"] = reader.location_code(order.pick_up_at)
    if order.sold_at:
        view["sold_at"] = reader.location_code(order.sold_at)
    if order.unpaid_deadline_us:
        view["unpaid_until"] = rfc3339(order.unpaid_deadline_us)
    if order.gift is not None:
        view["gift"] = {"wrap": order.gift.wrap, "hide_prices": order.gift.hide_prices} | _opened(
            "message", order.gift.message, reader
        )
    if reader.open_envelope is not None and order.buyer is not None:
        view |= _opened("buyer", order.buyer.envelope, reader)
    return view | _opened("notes", order.notes, reader)


def _place(order: Order, reader: Reader) -> Json:
    place = order.deliver_to
    if place is None:
        return {}
    if reader.open_envelope is None:
        return {"region": place.region}
    person = msgspec.json.decode(reader.open_envelope(place.envelope), type=Json) if place.envelope else {}
    return {"lat": place.lat, "lon": place.lon, "region": place.region, **person}


def _opened(name: str, envelope: str, reader: Reader) -> Json:
    if not envelope or reader.open_envelope is None:
        return {}
    return {name: msgspec.json.decode(reader.open_envelope(envelope))}


def _line(order: Order, line: Line) -> Json:
    view: Json = {
        "line": line.line_no,
        "offer": line.sku,
        "state": line_state(order, line),
        "ordered": line.ordered,
        "allocated": line.allocated,
        "unallocated": line.unallocated,
        "picked": line.picked,
        "shipped": line.shipped,
        "returned": line.returned,
        "cancelled": line.cancelled,
        "unit_price": line.unit_price,
        "discounts": [{"amount": d.amount, "funder": d.funder, "code": d.code} for d in line.discounts],
        "tax": line.tax,
        "amount": line_amount(order, line),
        "substitutes": line.substitutable,
        "serials": list(serials(order, line.line_no)),
    }
    if line.window_us:
        view["window"] = rfc3339(line.window_us)
    if line.substitute_for:
        view["substitute_for"] = line.substitute_for
    if line.kit:
        view["kit"] = line.kit
    return view


def fulfilment_view(order: Order, work: FulfilmentOrder, reader: Reader) -> Json:
    """A location's work on an order, with the steps that are possible now."""
    public = fulfilment_id(order.order_id, work.number)
    return {
        "id": public,
        "order": str(order.order_id),
        "channel": order.channel,
        "channel_order_id": order.channel_order_id,
        "location": reader.location_code(work.location_no),
        "kind": work.kind,
        "state": work.state,
        "stage": work.stage,
        "possible": list(possible(work)),
        "lines": [
            {
                "line": part.line_no,
                "offer": order.lines[part.line_no - 1].sku,
                "quantity": part.quantity,
                "picked": part.picked,
                "short": part.short,
                "withdrawn": part.withdrawn,
                "shipped": part.shipped,
                "serials": list(part.serials),
            }
            for part in work.lines
        ],
        "promised_from": _time(work.promised_from_us),
        "promised_to": _time(work.promised_to_us),
        "collect_by": _time(work.collect_by_us),
        "carrier": work.carrier or None,
        "packages": [
            {
                "carrier": package.carrier,
                "tracking": package.tracking,
                "lines": [{"line": line_no, "quantity": quantity} for line_no, quantity in package.lines],
                "shipped_at": rfc3339(package.shipped_at_us),
                "delivered_at": _time(package.delivered_at_us),
            }
            for package in work.packages
        ],
        "reject_reason": work.reject_reason or None,
        "hold_reason": work.hold_reason or None,
        "created_at": rfc3339(work.created_at_us),
        "updated_at": rfc3339(work.updated_at_us),
        "history": [
            {"kind": step.kind, "at": rfc3339(step.at_us), "actor": step.actor}
            for step in order.history
            if step.number == work.number and step.kind.startswith("fulfilment.")
        ],
    }


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
