"""What a transition yields: the order after it, the facts to tell, and what the ledger must do in the same turn."""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from manystores.core.errors import Problem
from manystores.orders.order import Order, Step, fulfilment_id

EffectKind = Literal[
    "claim", "release", "fulfil", "move", "receive", "mark_unavailable", "write_off", "give_back_capacity"
]


class Fact(Struct, frozen=True):
    """Something that happened: becomes a journal row, and with it a webhook event. No personal data."""

    kind: str
    detail: dict[str, object]


class StockEffect(Struct, frozen=True, gc=False):
    """What the ledger must do to the order's reservation, or to stock that comes back.

    - claim: reserve for the order (line_no 0: an hour or day of the location's order capacity)
    - release, fulfil, mark_unavailable: each ends so much of the order's claim there: back to available, gone to the
      shopper (or the capacity used up), or set aside as not to be sold
    - move: the claim at location_no becomes one at to_location_no, in one step
    - give_back_capacity: ends the claim of an hour's or day's capacity, which others can use
    - receive: returned goods are on hand again; write_off: returned goods came in and were thrown away

    `reason` is one of REJECT_REASONS (a location refused), cancelled, unpaid, edited, re_routed, closed_early, expired
    (a pick-up), substitute, return; empty where the kind says it all. What people write as a reason is in the fact.
    """

    kind: EffectKind
    location_no: int
    offer_no: int
    quantity: int
    line_no: int
    window_us: int = 0
    lot: str = ""
    to_location_no: int = 0
    reason: str = ""


class Change(Struct, frozen=True):
    """The outcome of a transition. With `refusal` the change is kept, and the answer is that problem all the same:
    a wrong pick-up code is refused, and counted."""

    order: Order
    facts: tuple[Fact, ...] = ()
    stock: tuple[StockEffect, ...] = ()
    refusal: Problem | None = None


def told(kind: str, number: int = 0, **detail: object) -> tuple[Fact, int]:
    """A fact about a fulfilment order or return of that number (0: about the order)."""
    return Fact(kind, detail), number


def changed(
    before: Order,
    at_us: int,
    actor: str,
    facts: Sequence[tuple[Fact, int]],
    stock: Sequence[StockEffect] = (),
    refusal: Problem | None = None,
    **fields: object,
) -> Change:
    """The change to `before` by new `fields`: next revision, history, and the fact of a new state of the order."""
    steps = tuple(Step(fact.kind, at_us, actor, number) for fact, number in facts)
    after: Order = replace(
        before, revision=before.revision + 1, updated_at_us=at_us, history=before.history + steps, **fields
    )
    numbered = [
        Fact(fact.kind, {"fulfilment": fulfilment_id(before.order_id, number), **fact.detail})
        if number and fact.kind.startswith("fulfilment.")
        else Fact(fact.kind, {"return": number, **fact.detail})
        if number
        else fact
        for fact, number in facts
    ]
    state = after.state
    if before.revision and state != before.state:
        kind = f"order.{state}"
        if all(fact.kind != kind for fact in numbered):
            numbered.append(Fact(kind, {}))
            after = replace(after, history=(*after.history, Step(kind, at_us, actor)))
    return Change(after, tuple(numbered), tuple(stock), refusal)


def unchanged(order: Order) -> Change:
    """Nothing to do: it was done already."""
    return Change(order)


_STARTS = ("claim", "move", "receive")


def together(*changes: Change) -> Change:
    """Changes that follow one another as one. New claims come before the ends of old ones, so that the order's
    reservation never runs empty in between; a release and a claim of the same units become one move."""
    facts = tuple(fact for change in changes for fact in change.facts)
    effects = [effect for change in changes for effect in change.stock]
    return Change(changes[-1].order, facts, tuple(in_order(_as_moves(effects))), changes[-1].refusal)


def in_order(effects: Sequence[StockEffect]) -> list[StockEffect]:
    """Claims first, endings last, otherwise as they came."""
    return sorted(effects, key=lambda effect: effect.kind not in _STARTS)


def _as_moves(effects: list[StockEffect]) -> list[StockEffect]:
    """Pair each claim with a release of the same line, offer, window and lot elsewhere."""
    out: list[StockEffect] = []
    claims = [effect for effect in effects if effect.kind == "claim" and effect.line_no]
    left = {id(claim): claim.quantity for claim in claims}
    for effect in effects:
        if id(effect) in left:
            continue
        if effect.kind != "release":
            out.append(effect)
            continue
        rest = effect.quantity
        for claim in claims:
            same = (claim.line_no, claim.offer_no, claim.window_us, claim.lot)
            if same != (effect.line_no, effect.offer_no, effect.window_us, effect.lot) or not rest:
                continue
            part = min(rest, left[id(claim)])
            if part and claim.location_no != effect.location_no:
                rest, left[id(claim)] = rest - part, left[id(claim)] - part
                moved = replace(effect, kind="move", quantity=part, to_location_no=claim.location_no)
                out.append(moved)
        if rest:
            out.append(replace(effect, quantity=rest))
    out.extend(replace(claim, quantity=left[id(claim)]) for claim in claims if left[id(claim)])
    return out
