"""What an order's transition means for the ledger, done in the same turn."""

from collections.abc import Sequence
from uuid import UUID

from manystores.catalogue.lots import Lots
from manystores.catalogue.registry import FIRST_OFFER_NO
from manystores.flows.capacity import CapacityView
from manystores.ledger import NEVER_US, Claim, How, Key, Ledger, Reason
from manystores.orders.effects import EffectKind, StockEffect
from manystores.orders.fulfilment import REJECT_REASONS
from manystores.orders.order import Order

_ENDINGS: dict[EffectKind, tuple[How, Reason]] = {
    "release": ("release", Reason.CANCELLED),
    "give_back_capacity": ("release", Reason.RELEASED),
    "fulfil": ("fulfil", Reason.FULFILLED),
    "mark_unavailable": ("set_aside", Reason.SET_ASIDE),
}
_RELIEVES: tuple[EffectKind, ...] = ("release", "move", "receive")


def apply_effects(
    ledger: Ledger, order: Order, effects: Sequence[StockEffect], capacity: CapacityView, lots: Lots
) -> None:
    """Change the order's reservation, which has the order's id, and stock that comes back. Once a command.

    Raises Short when a claim can't be had; the command's turn is then undone as a whole.
    """
    claims = [_claim(effect, lots) for effect in effects if effect.kind == "claim"]
    if claims:
        for key in {claim.key for claim in claims if claim.key.offer_no < FIRST_OFFER_NO}:
            _open_capacity(ledger, key, capacity)
        _reserve(ledger, order, claims)
    if len(claims) < len(effects):
        _rest(ledger, order.order_id, effects, lots)
    if order.revision > 1:
        _keep_deadline(ledger, order)


def relieved_by(effects: Sequence[StockEffect], lots: Lots) -> list[Key]:
    """The buckets of which less is promised, or to which units come: one that was short may be short no longer."""
    return [_claim(effect, lots).key for effect in effects if effect.kind in _RELIEVES]


def _rest(ledger: Ledger, order_id: UUID, effects: Sequence[StockEffect], lots: Lots) -> None:
    """What is not claimed."""
    for effect in effects:
        if effect.kind in _ENDINGS:
            _end(ledger, order_id, effect, lots)
        elif effect.kind == "move":
            source = _claim(effect, lots)
            target = source.key._replace(location_no=effect.to_location_no)
            ledger.move(order_id, source, target)
        elif effect.kind == "receive":
            ledger.post(_claim(effect, lots).key, Reason.RETURNED, on_hand=effect.quantity)
        elif effect.kind == "write_off":
            ledger.post(_claim(effect, lots).key, Reason.RETURNED, on_hand=effect.quantity)
            ledger.post(_claim(effect, lots).key, Reason.WRITTEN_OFF, on_hand=-effect.quantity)


def _claim(effect: StockEffect, lots: Lots) -> Claim:
    lot_no = lots.number(effect.lot) if effect.lot else 0
    return Claim(Key(effect.location_no, effect.offer_no, effect.window_us, lot_no), effect.quantity)


def _reserve(ledger: Ledger, order: Order, claims: Sequence[Claim]) -> None:
    if order.revision > 1 and ledger.is_open(order.order_id):
        ledger.claim(order.order_id, claims, Reason.ORDERED)
        return
    ledger.hold(
        order.order_id,
        claims,
        Reason.ORDERED,
        party_no=order.party_no,
        expires_us=order.unpaid_deadline_us or NEVER_US,
        confirmed=not order.unpaid_deadline_us,
        is_order=True,
    )


def _end(ledger: Ledger, order_id: UUID, effect: StockEffect, lots: Lots) -> None:
    how, reason = _ENDINGS[effect.kind]
    if effect.kind == "release" and effect.reason in REJECT_REASONS:
        reason = Reason.REJECTED
    ledger.take(order_id, _claim(effect, lots), how, reason)


def _open_capacity(ledger: Ledger, key: Key, capacity: CapacityView) -> None:
    """An hour's or day's order capacity is put on offer when the first order wants it."""
    if not capacity.is_open(ledger, key):
        ledger.post(key, Reason.OPENED, on_hand=capacity.most(key.offer_no, key.location_no))


def _keep_deadline(ledger: Ledger, order: Order) -> None:
    """Paying an order takes the time limit off its claims; a new deadline moves it."""
    reservation = ledger.reservation(order.order_id)
    if reservation is None or reservation.state == "confirmed":
        return
    if not order.unpaid_deadline_us:
        ledger.confirm(order.order_id)
    elif reservation.expires_us != order.unpaid_deadline_us:
        ledger.set_expiry(order.order_id, order.unpaid_deadline_us)
