"""Pick-up in a store: ready with a code, handed over against it, or not collected in time."""

import hmac
from uuid import UUID

from msgspec.structs import replace

from manystores.core.clock import rfc3339
from manystores.core.errors import FieldError, Problem
from manystores.orders.effects import Change, changed, told
from manystores.orders.fulfilment import give
from manystores.orders.order import (
    FulfilmentOrder,
    Order,
    fulfilment_id,
    parse_fulfilment_id,
    with_deltas,
    with_work,
)
from manystores.orders.rules import ALREADY_COLLECTED, CODE_LOCKED, NOT_DUE, WRONG_CODE, field
from manystores.orders.work import deltas, effect, find, need, quantities, settled, withdraw

MAX_WRONG_CODES = 5


def pick_up_code(secret: bytes, order_id: UUID, number: int, version: int = 1) -> str:
    """The six digits that the shopper shows, derived by HMAC-SHA-256 so that nobody has to store them."""
    mac = hmac.digest(secret, f"pick-up {fulfilment_id(order_id, number)} {version}".encode(), "sha256")
    return f"{int.from_bytes(mac[:8]) % 1_000_000:06d}"


def code_of(secret: bytes, order: Order, number: int) -> str:
    """The present code of a pick-up, or empty before it is ready."""
    work = find(order, number)
    return pick_up_code(secret, order.order_id, number, work.code_version) if work.pick_up_code_hash else ""


def ticket(order_id: UUID, number: int, code: str) -> str:
    """What the shopper's QR code says: which fulfilment order, and the code. Whoever reads it can collect."""
    return f"{fulfilment_id(order_id, number)}.{code}"


def read_ticket(text: str) -> tuple[str, str] | None:
    """(fulfilment order id, code) of a `ticket`, or None for what is none."""
    public, _, code = text.rpartition(".")
    return (public, code) if parse_fulfilment_id(public) and len(code) == 6 and code.isdigit() else None


def _hash(secret: bytes, order: Order, number: int, code: str) -> str:
    """Keyed, as six digits would be guessed from a plain hash in no time."""
    told = f"pick-up hash {fulfilment_id(order.order_id, number)} {code}"
    return hmac.digest(secret, told.encode(), "sha256").hex()[:32]


def ready(order: Order, number: int, at_us: int, actor: str, *, secret: bytes, collect_by_us: int = 0) -> Change:
    """Everything waits at the counter; the shopper gets the code (`code_of`). No fact carries it."""
    work = need(order, number, "ready")
    if 0 < collect_by_us <= at_us:
        raise field(
            "/collect_by", "in_the_past", "the shopper needs a time that is still to come", "提货截止时间须晚于现在"
        )
    after = _with_code(order, replace(work, ready_at_us=at_us, collect_by_us=collect_by_us), secret)
    fact = told("fulfilment.ready", number, location_no=work.location_no, collect_by_us=collect_by_us)
    return changed(order, at_us, actor, [fact], fulfilments=with_work(order, replace(after, updated_at_us=at_us)))


def renew_code(order: Order, number: int, at_us: int, actor: str, *, secret: bytes) -> Change:
    """A new code, the old one is void; it also unlocks after too many wrong ones."""
    work = need(order, number, "renew-code")
    after = replace(_with_code(order, work, secret), wrong_codes=0, updated_at_us=at_us)
    fact = told("fulfilment.code_renewed", number, location_no=work.location_no)
    return changed(order, at_us, actor, [fact], fulfilments=with_work(order, after))


def _with_code(order: Order, work: FulfilmentOrder, secret: bytes) -> FulfilmentOrder:
    version = work.code_version + 1
    code = pick_up_code(secret, order.order_id, work.number, version)
    return replace(work, code_version=version, pick_up_code_hash=_hash(secret, order, work.number, code))


def hand_over(order: Order, number: int, code: str, at_us: int, actor: str, *, secret: bytes) -> Change:
    """The shopper has shown the code and takes everything.

    A wrong code is refused and counted: the change carries both the count, which must be kept, and the `refusal` to
    answer with. After five of them only `renew_code` helps.
    """
    work = find(order, number)
    if work.stage == "handed_over":
        when = rfc3339(work.updated_at_us)
        raise Problem(
            ALREADY_COLLECTED,
            f"It was handed over at {when}; to give something back, make a return.",
            f"已于 {when} 交付；如需退回，请办理退货。",
        )
    work = need(order, number, "hand-over")
    if work.wrong_codes >= MAX_WRONG_CODES:
        raise _locked()
    if not hmac.compare_digest(_hash(secret, order, number, code), work.pick_up_code_hash):
        return _wrong(order, work, at_us, actor)
    after, effects, by_line = give(work, quantities(work, (), "", "", "open"))
    after, capacity = settled(after, "closed", at_us)
    return changed(
        order,
        at_us,
        actor,
        [told("fulfilment.handed_over", number, location_no=work.location_no)],
        [*effects, *capacity],
        fulfilments=with_work(order, after),
        lines=with_deltas(order.lines, by_line),
    )


def _wrong(order: Order, work: FulfilmentOrder, at_us: int, actor: str) -> Change:
    count = work.wrong_codes + 1
    left = MAX_WRONG_CODES - count
    refusal = (
        Problem(
            WRONG_CODE,
            f"The code does not belong to this order; {left} more attempts.",
            f"取货码与订单不符，还可尝试 {left} 次。",
            (FieldError("/code", "wrong_code", "does not belong to this order", "与订单不符"),),
            {"attempts_left": left},
        )
        if left
        else _locked()
    )
    after = replace(work, wrong_codes=count, updated_at_us=at_us)
    fact = told("fulfilment.wrong_code", work.number, location_no=work.location_no, count=count)
    return changed(order, at_us, actor, [fact], refusal=refusal, fulfilments=with_work(order, after))


def _locked() -> Problem:
    return Problem(
        CODE_LOCKED,
        "The code was entered wrongly too often; check who it is and renew the code.",
        "取货码多次输入错误，已锁定；请核实顾客身份后更换取货码。",
        (FieldError("/code", "code_locked", "locked; renew the code", "已锁定，请更换取货码"),),
        extra={"possible": ["renew-code"]},
    )


def expire_pick_up(order: Order, number: int, at_us: int, actor: str) -> Change:
    """Nobody came in time: the goods go back to the shelf and their lines are cancelled."""
    work = need(order, number, "expire")
    if at_us < work.collect_by_us:
        by = rfc3339(work.collect_by_us)
        raise Problem(
            NOT_DUE,
            f"The shopper may collect until {by}; cancel instead.",
            f"顾客可在 {by} 前提货，如需提前结束请取消。",
        )
    after, taken = withdraw(work, quantities(work, (), "", "", "open"), also_picked=True)
    after, capacity = settled(replace(after, expired_at_us=at_us), "cancelled", at_us, "expired")
    return changed(
        order,
        at_us,
        actor,
        [told("fulfilment.expired", number, location_no=work.location_no)],
        [*(effect("release", work, one.part, one.quantity, "expired") for one in taken), *capacity],
        fulfilments=with_work(order, after),
        lines=with_deltas(order.lines, deltas(taken, cancelled=True)),
    )
