"""The order document: what was ordered, where it is served, what was paid and returned.

An order is stored whole. Quantities are integer base units, amounts integer minor units of the order's currency, times
UTC microseconds; a number 0 means none. States follow from quantities and are computed, so that they can't disagree.
"""

from collections.abc import Iterable
from typing import Literal, get_args
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from manystores.core.money import amount_for

Channel = Literal["web", "app", "mini_program", "till", "marketplace", "agent"]
OrderState = Literal["placed", "approved", "completed", "cancelled"]
Kind = Literal["ship", "same_day", "pick_up"]
WorkState = Literal["open", "in_progress", "on_hold", "closed", "cancelled", "rejected"]
Stage = Literal[
    "approved",
    "picked",
    "packed",
    "shipped",
    "delivered",
    "open",
    "ready_for_pickup",
    "handed_over",
    "expired",
    "cancelled",
]
Funder = Literal["brand", "store", "channel", "partner", "supplier"]
PaymentKind = Literal["authorised", "captured", "refunded"]
ReturnState = Literal["requested", "accepted", "received", "completed", "rejected"]

CHANNELS: tuple[str, ...] = get_args(Channel)
STATES: tuple[str, ...] = get_args(OrderState)
WORK_STATES: tuple[str, ...] = get_args(WorkState)
KINDS: tuple[str, ...] = get_args(Kind)
FUNDERS: tuple[str, ...] = get_args(Funder)
MAX_QUANTITY = 100_000

#: A hold with this reason ends by payment only.
UNPAID = "unpaid"


class Discount(Struct, frozen=True, omit_defaults=True, gc=False):
    """What a line costs less, who bears it, and under which code; `amount` is for the whole line."""

    amount: int
    funder: Funder = "brand"
    code: str = ""


class Line(Struct, frozen=True, omit_defaults=True):
    """One line. ordered = allocated + cancelled + unallocated, and shipped ≤ picked ≤ allocated.

    `shipped` counts what was handed over, too. `window_us` is the promised slot or incoming date, 0 for now. A line
    that replaces another names it in `substitute_for`; `kit` is the SKU of the kit whose component it is. `scale` base
    units cost `unit_price`: 1 for what is sold by the piece, 1000 for cloth counted in millimetres, sold by the metre.
    `added` of what is ordered were added by edits, so that a repeated order is recognised by what it asked for.
    """

    line_no: int
    offer_no: int
    sku: str
    ordered: int
    unit_price: int = 0
    allocated: int = 0
    picked: int = 0
    shipped: int = 0
    returned: int = 0
    cancelled: int = 0
    discounts: tuple[Discount, ...] = ()
    tax: int = 0
    window_us: int = 0
    substitutable: bool = False
    substitute_for: int = 0
    kit: str = ""
    scale: int = 1
    added: int = 0

    @property
    def unallocated(self) -> int:
        """What no location serves yet."""
        return self.ordered - self.allocated - self.cancelled

    @property
    def kept(self) -> int:
        """What is still wanted or was already shipped."""
        return self.ordered - self.cancelled


class FulfilmentLine(Struct, frozen=True, omit_defaults=True, gc=False):
    """What a location has to give of one line, from one bucket.

    `short` was not found there, `withdrawn` was taken back (cancelled, rejected, re-routed); `open` is the rest.
    """

    line_no: int
    offer_no: int
    quantity: int
    picked: int = 0
    short: int = 0
    withdrawn: int = 0
    shipped: int = 0
    window_us: int = 0
    lot: str = ""
    serials: tuple[str, ...] = ()

    @property
    def open(self) -> int:
        """What the location still has to ship or hand over."""
        return self.quantity - self.short - self.withdrawn - self.shipped

    @property
    def unpicked(self) -> int:
        return self.quantity - self.short - self.withdrawn - self.picked


class Package(Struct, frozen=True, omit_defaults=True, gc=False):
    """A parcel on its way: (line_no, quantity) pairs."""

    carrier: str
    tracking: str
    lines: tuple[tuple[int, int], ...]
    shipped_at_us: int
    delivered_at_us: int = 0


class FulfilmentOrder(Struct, frozen=True, omit_defaults=True):
    """The work of one location for one order, numbered from 1 within the order."""

    number: int
    location_no: int
    kind: Kind
    state: WorkState
    lines: tuple[FulfilmentLine, ...]
    created_at_us: int
    updated_at_us: int
    promised_from_us: int = 0
    promised_to_us: int = 0
    metres: int = 0  # as the crow flies to the shopper, when it was routed; 0: not known, or collected
    carrier: str = ""
    packages: tuple[Package, ...] = ()
    boxes: int = 0
    packed_at_us: int = 0
    ready_at_us: int = 0
    collect_by_us: int = 0
    expired_at_us: int = 0
    pick_up_code_hash: str = ""
    code_version: int = 0
    wrong_codes: int = 0
    capacity_windows: tuple[tuple[int, int], ...] = ()  # (offer_no, window_us) of its location that it still holds
    reject_reason: str = ""
    hold_reason: str = ""
    held_from: WorkState = "open"

    @property
    def open(self) -> int:
        """Units that the location still has to ship or hand over."""
        return sum([line.open for line in self.lines])

    @property
    def shipped(self) -> int:
        return sum(line.shipped for line in self.lines)

    @property
    def served(self) -> int:
        """Units that the location gave or will give."""
        return sum([line.quantity - line.short - line.withdrawn for line in self.lines])

    @property
    def live(self) -> bool:
        """Whether there is still something to do at the location."""
        return self.state in ("open", "in_progress", "on_hold")

    @property
    def all_picked(self) -> bool:
        return not any(line.unpicked for line in self.lines)

    @property
    def stage(self) -> Stage:
        """How far the goods are: a shipment approved → picked → packed → shipped → delivered, a pick-up
        open → ready_for_pickup → handed_over | expired; either may be cancelled."""
        if self.expired_at_us:
            return "expired"
        if self.state in ("cancelled", "rejected"):
            return "cancelled"
        if self.kind == "pick_up":
            if self.state == "closed":
                return "handed_over"
            return "ready_for_pickup" if self.ready_at_us else "open"
        if self.state == "closed":
            return "delivered" if all(package.delivered_at_us for package in self.packages) else "shipped"
        if self.packed_at_us:
            return "packed"
        # work that nobody accepted yet has nothing picked
        return "picked" if self.state != "open" and self.all_picked and self.open else "approved"


class DeliverTo(Struct, frozen=True, omit_defaults=True, gc=False):
    """Where to deliver: WGS-84, region code, and the sealed envelope of address, name and phone (base64)."""

    lat: float
    lon: float
    region: str = ""
    envelope: str = ""


class Buyer(Struct, frozen=True, omit_defaults=True):
    """Who buys: (namespace, keyed hash) identifiers, and the sealed envelope of the plain ones (base64)."""

    identifiers: tuple[tuple[str, str], ...] = ()
    envelope: str = ""


class Gift(Struct, frozen=True, omit_defaults=True, gc=False):
    """A gift: wrapped, without prices in the parcel, with a sealed message (base64)."""

    wrap: bool = False
    hide_prices: bool = True
    message: str = ""


class Payment(Struct, frozen=True, omit_defaults=True, gc=False):
    """A recorded fact about money; (kind, reference) is told once."""

    kind: PaymentKind
    amount: int
    reference: str
    method: str
    at_us: int


class ReturnLine(Struct, frozen=True, omit_defaults=True, gc=False):
    """What comes back of one line: received = restocked + written_off ≤ quantity."""

    line_no: int
    offer_no: int
    quantity: int
    reason: str = ""
    restocked: int = 0
    written_off: int = 0

    @property
    def received(self) -> int:
        return self.restocked + self.written_off


class Return(Struct, frozen=True, omit_defaults=True):
    """Goods coming back to a location, numbered from 1 within the order."""

    number: int
    location_no: int
    state: ReturnState
    lines: tuple[ReturnLine, ...]
    requested_at_us: int
    updated_at_us: int
    refunded: int = 0
    reason: str = ""


class Step(Struct, frozen=True, omit_defaults=True, gc=False):
    """One entry of the history: what happened (a fact's kind), when, by whom; to which fulfilment order or return."""

    kind: str
    at_us: int
    actor: str
    number: int = 0


class Order(Struct, frozen=True, omit_defaults=True):
    """An order of any channel. Revision 0 is a draft that is not in the book yet."""

    order_id: UUID
    party_no: int
    channel: Channel
    channel_order_id: str
    currency: str
    placed_at_us: int
    updated_at_us: int
    lines: tuple[Line, ...]
    revision: int = 0
    approved_at_us: int = 0
    deliver_to: DeliverTo | None = None
    delivery: Literal["ship", "same_day"] = "ship"
    pick_up_at: int = 0
    sold_at: int = 0
    buyer: Buyer | None = None
    fulfilments: tuple[FulfilmentOrder, ...] = ()
    payments: tuple[Payment, ...] = ()
    returns: tuple[Return, ...] = ()
    delivery_fee: int = 0
    tax_included: bool = True
    gift: Gift | None = None
    notes: str = ""  # sealed: shoppers write names and phones into it
    unpaid_deadline_us: int = 0
    refused_by: tuple[int, ...] = ()
    backfilled: bool = False
    policy_version: int = 0
    history: tuple[Step, ...] = ()

    @property
    def state(self) -> OrderState:
        """placed → approved (paid for, or on account, and promised) → completed | cancelled."""
        completed = False
        for line in self.lines:
            if line.shipped + line.cancelled != line.ordered:
                return "approved" if self.approved_at_us else "placed"
            completed = completed or line.shipped > 0
        return "completed" if completed else "cancelled"

    @property
    def open(self) -> bool:
        """Whether something is still to be shipped or handed over."""
        return any(line.shipped + line.cancelled != line.ordered for line in self.lines)

    @property
    def unserved(self) -> int:
        """Units that no location serves yet."""
        return sum([line.ordered - line.allocated - line.cancelled for line in self.lines])

    @property
    def picking_started(self) -> bool:
        return any(line.picked for line in self.lines)


def line_state(order: Order, line: Line) -> OrderState:
    """A line's state: the order's while something is to do, then completed, or cancelled if nothing was shipped."""
    if line.shipped + line.cancelled != line.ordered:
        return "approved" if order.approved_at_us else "placed"
    return "completed" if line.shipped else "cancelled"


def line_amount(order: Order, line: Line) -> int:
    """Minor units owed for what is kept of a line, halves rounded up: discounts and tax shrink with a cancellation."""
    extra = 0 if order.tax_included else line.tax
    if line.discounts:
        extra -= sum(discount.amount for discount in line.discounts)
    # rounded once, at the end: a rounded whole would make a part of it wrong by a minor unit
    return amount_for(line.unit_price * line.ordered + extra * line.scale, line.kept, line.scale * line.ordered)


def total(order: Order) -> int:
    """Minor units owed for what is kept, with the delivery fee unless all is cancelled."""
    goods = sum(line_amount(order, line) for line in order.lines)
    return goods + (order.delivery_fee if any(line.kept for line in order.lines) else 0)


def paid(order: Order, kind: PaymentKind) -> int:
    """Minor units authorised, captured or refunded so far."""
    return sum(payment.amount for payment in order.payments if payment.kind == kind)


def work_on(order: Order, line_no: int) -> Iterable[tuple[FulfilmentOrder, FulfilmentLine]]:
    """Each fulfilment order's part of a line."""
    return ((work, part) for work in order.fulfilments for part in work.lines if part.line_no == line_no)


def serials(order: Order, line_no: int) -> tuple[str, ...]:
    """Serial numbers of the units picked for a line."""
    return tuple(serial for _, part in work_on(order, line_no) for serial in part.serials)


def with_work(order: Order, work: FulfilmentOrder) -> tuple[FulfilmentOrder, ...]:
    """The order's fulfilment orders with one replaced."""
    return tuple(work if other.number == work.number else other for other in order.fulfilments)


class Delta(msgspec.Struct):
    """How a line's quantities change."""

    allocated: int = 0
    picked: int = 0
    shipped: int = 0
    returned: int = 0
    cancelled: int = 0


def with_deltas(lines: tuple[Line, ...], deltas: dict[int, Delta]) -> tuple[Line, ...]:
    """The lines after changes by line_no."""

    def changed(line: Line, by: Delta) -> Line:
        return replace(
            line,
            allocated=line.allocated + by.allocated,
            picked=line.picked + by.picked,
            shipped=line.shipped + by.shipped,
            returned=line.returned + by.returned,
            cancelled=line.cancelled + by.cancelled,
        )

    return tuple(changed(line, deltas[line.line_no]) if line.line_no in deltas else line for line in lines)


def fulfilment_id(order_id: UUID, number: int) -> str:
    """The public id of a fulfilment order: the order's id and its number, joined by a hyphen."""
    return f"{order_id}-{number}"


def parse_fulfilment_id(text: str) -> tuple[UUID, int] | None:
    """(order_id, number) of a public fulfilment order id, or None for what is none."""
    head, _, tail = text.rpartition("-")
    if not (len(head) == 36 and tail.isascii() and tail.isdigit() and len(tail) <= 5 and tail[0] != "0"):
        return None
    try:
        return (UUID(head), int(tail)) if int(tail) <= 32_767 else None
    except ValueError:
        return None


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Order)


def encode(order: Order) -> bytes:
    """The document as JSON."""
    return _ENCODER.encode(order)


def decode(document: bytes | str) -> Order:
    """The order of a JSON document; unknown members are ignored, so that older code reads newer documents."""
    return _DECODER.decode(document)
