"""An order as its shopper may see it by a link: how far it is, in plain words, and nothing personal.

No name, address, phone, note, price or number of a channel is here, so that none can slip out: these shapes are made
from quantities, times and what is public of a store. A link may be forwarded; who has it learns what a parcel's label
would not tell.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Literal, get_args

from msgspec import Struct

from manystores.core.clock import rfc3339
from manystores.orders.order import FulfilmentOrder, Kind, Line, Order
from manystores.orders.pick_up import code_of, ticket

PartState = Literal["placed", "preparing", "on_the_way", "delivered", "ready", "collected", "not_collected"]
ShopperState = Literal[
    "awaiting_payment",
    "placed",
    "preparing",
    "on_the_way",
    "ready",
    "delivered",
    "collected",
    "completed",
    "cancelled",
    "returned",
]
PART_STATES: tuple[str, ...] = get_args(PartState)
SHOPPER_STATES: tuple[str, ...] = get_args(ShopperState)

_WORDS: dict[str, tuple[str, str]] = {
    "awaiting_payment": ("Waiting for payment", "等待付款"),
    "placed": ("Order received", "已下单"),
    "preparing": ("Being prepared", "备货中"),
    "on_the_way": ("On its way", "配送中"),
    "ready": ("Ready to collect", "可以取货"),
    "delivered": ("Delivered", "已送达"),
    "collected": ("Collected", "已取货"),
    "not_collected": ("Not collected in time", "逾期未取"),
    "completed": ("Completed", "已完成"),
    "cancelled": ("Cancelled", "已取消"),
    "returned": ("Returned", "已退货"),
}


class ShopperLine(Struct, frozen=True):
    """A line by its name; `scale` base units are one `unit`."""

    line: int
    name: str
    unit: str
    scale: int
    quantity: int
    cancelled: int
    returned: int
    substitute_for: int | None


class PartLine(Struct, frozen=True):
    """So much of a line, in base units."""

    line: int
    quantity: int


class Parcel(Struct, frozen=True):
    """A parcel on its way."""

    carrier: str
    tracking: str
    shipped_at: str
    delivered_at: str | None
    lines: Sequence[PartLine]


class Store(Struct, frozen=True):
    """Where to collect: what anybody could read at the store's door. Degrees are WGS-84."""

    name: str
    address: str
    lat: float
    lon: float
    time_zone: str
    opening_hours: str
    open_now: bool
    opens_at: str | None
    closes_at: str | None


class Part(Struct, frozen=True):
    """What comes together: from one place, in one way."""

    kind: Kind
    state: PartState
    words: str
    lines: Sequence[PartLine]
    promised_from: str | None
    promised_to: str | None
    parcels: Sequence[Parcel]
    store: Store | None
    collect_by: str | None
    code: str | None
    ticket: str | None
    """What a QR code for the counter says: the fulfilment order and the code."""


class Milestone(Struct, frozen=True):
    """When the order came so far."""

    state: str
    at: str


class Tracking(Struct, frozen=True):
    """All that a shopper's page shows."""

    brand: str
    state: ShopperState
    words: str
    partly_cancelled: bool
    partly_returned: bool
    placed_at: str
    updated_at: str
    pay_by: str | None
    lines: Sequence[ShopperLine]
    parts: Sequence[Part]
    milestones: Sequence[Milestone]
    link_expires_at: str


class Public(Struct, frozen=True):
    """How numbers become what anybody may read: (name, unit) of an offer, a store as it is now, a carrier's name."""

    offer: Callable[[int, str], tuple[str, str]]
    store: Callable[[int], Store | None]
    carrier: Callable[[str], str]


def words_of(state: str, language: str) -> str:
    """A state in plain words, in 'en' or 'zh'."""
    return _WORDS[state][language == "zh"]


def tracking(
    order: Order, brand: str, public: Public, language: str, link_expires_us: int, secret: bytes | None
) -> Tracking:
    """The order as its shopper sees it. With `secret` the codes of pick-ups that wait are shown."""
    parts = [_part(order, work, public, language, secret) for work in order.fulfilments if _shown(work)]
    state = _state(order, [part.state for part in parts])
    cancelled = sum(line.cancelled for line in order.lines if not _replaced(order, line))
    returned = sum(line.returned for line in order.lines)
    return Tracking(
        brand=brand,
        state=state,
        words=words_of(state, language),
        partly_cancelled=cancelled > 0 and state != "cancelled",
        partly_returned=returned > 0 and state != "returned",
        placed_at=rfc3339(order.placed_at_us),
        updated_at=rfc3339(order.updated_at_us),
        pay_by=rfc3339(order.unpaid_deadline_us) if state == "awaiting_payment" else None,
        lines=[_line(line, public) for line in order.lines],
        parts=parts,
        milestones=[Milestone(name, rfc3339(at_us)) for name, at_us in _milestones(order)],
        link_expires_at=rfc3339(link_expires_us),
    )


def _shown(work: FulfilmentOrder) -> bool:
    """Work that moved elsewhere or was cancelled is no part of what the shopper gets."""
    return work.stage == "expired" or any(_given(work).values())


def _given(work: FulfilmentOrder) -> dict[int, int]:
    """What the location gives or gave, by line."""
    found: dict[int, int] = {}
    for part in work.lines:
        found[part.line_no] = found.get(part.line_no, 0) + part.open + part.shipped
    return found


def _replaced(order: Order, line: Line) -> bool:
    """Whether something else was put in the bag for it: that is no cancellation to the shopper."""
    return any(other.substitute_for == line.line_no for other in order.lines)


def _line(line: Line, public: Public) -> ShopperLine:
    name, unit = public.offer(line.offer_no, line.sku)
    return ShopperLine(
        line.line_no,
        name,
        unit,
        line.scale,
        line.ordered,
        line.cancelled,
        line.returned,
        line.substitute_for or None,
    )


def _part_state(work: FulfilmentOrder) -> PartState:
    stage = work.stage
    if stage == "expired":
        return "not_collected"
    if stage == "handed_over":
        return "collected"
    if stage == "delivered":
        return "delivered"
    if stage == "ready_for_pickup":
        return "ready"
    if work.shipped and work.kind != "pick_up":
        return "on_the_way"
    begun = work.held_from if work.state == "on_hold" else work.state
    return "placed" if begun == "open" else "preparing"


def _part(order: Order, work: FulfilmentOrder, public: Public, language: str, secret: bytes | None) -> Part:
    state = _part_state(work)
    waits = state not in ("delivered", "collected", "not_collected")
    code = code_of(secret, order, work.number) if secret is not None and state == "ready" else ""
    return Part(
        kind=work.kind,
        state=state,
        words=words_of(state, language),
        lines=[PartLine(line_no, quantity) for line_no, quantity in _given(work).items() if quantity],
        promised_from=_time(work.promised_from_us if waits else 0),
        promised_to=_time(work.promised_to_us if waits else 0),
        parcels=[
            Parcel(
                public.carrier(one.carrier),
                one.tracking,
                rfc3339(one.shipped_at_us),
                _time(one.delivered_at_us),
                [PartLine(line_no, quantity) for line_no, quantity in one.lines],
            )
            for one in work.packages
        ],
        store=public.store(work.location_no) if work.kind == "pick_up" else None,
        collect_by=_time(work.collect_by_us if state == "ready" else 0),
        code=code or None,
        ticket=ticket(order.order_id, work.number, code) if code else None,
    )


def _state(order: Order, parts: Sequence[PartState]) -> ShopperState:
    """Where the order stands: what the shopper can act on comes first, then what is furthest behind."""
    if order.state == "cancelled":
        return "cancelled"
    if order.state == "placed" and order.unpaid_deadline_us:
        return "awaiting_payment"
    shipped = sum(line.shipped for line in order.lines)
    if order.state == "completed" and shipped == sum(line.returned for line in order.lines):
        return "returned"
    if "ready" in parts:
        return "ready"
    live = [state for state in parts if state != "not_collected"]
    if not live or any(line.unallocated for line in order.lines):
        return "preparing" if any(state != "placed" for state in live) else "placed"
    if all(state in ("delivered", "collected") for state in live):
        both: set[PartState] = set(live)
        return "delivered" if both == {"delivered"} else "collected" if both == {"collected"} else "completed"
    if all(state == "placed" for state in live):
        return "placed"
    return "preparing" if {"placed", "preparing"} & set(live) else "on_the_way"


def _milestones(order: Order) -> Iterable[tuple[str, int]]:
    """When the order came how far, in order; what has not happened is left out."""
    yield "placed", order.placed_at_us
    works = [work for work in order.fulfilments if _shown(work)]
    numbers = {work.number for work in works}
    mine = [step for step in order.history if step.number in numbers]
    if accepted := [step.at_us for step in mine if step.kind == "fulfilment.accepted"]:
        yield "preparing", min(accepted)
    packages = [package for work in works for package in work.packages]
    if packages:
        yield "on_the_way", min(package.shipped_at_us for package in packages)
    if ready := [work.ready_at_us for work in works if work.ready_at_us]:
        yield "ready", min(ready)
    if packages and all(package.delivered_at_us for package in packages):
        yield "delivered", max(package.delivered_at_us for package in packages)
    if collected := [step.at_us for step in mine if step.kind == "fulfilment.handed_over"]:
        yield "collected", max(collected)
    if order.state == "cancelled":
        yield "cancelled", order.updated_at_us
    completed = [one.updated_at_us for one in order.returns if one.state == "completed"]
    if completed:
        yield "returned", max(completed)


def _time(at_us: int) -> str | None:
    return rfc3339(at_us) if at_us else None
