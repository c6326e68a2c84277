"""Payments as recorded facts: authorised, captured, refunded. The money itself moves elsewhere."""

from msgspec.structs import replace

from manystores.core.errors import FieldError, Problem
from manystores.orders.effects import Change, Fact, changed, unchanged
from manystores.orders.order import UNPAID, Order, Payment, PaymentKind, paid, total
from manystores.orders.rules import PAYMENT_CONFLICT, PAYMENT_EXCEEDS, field

_ZH: dict[PaymentKind, str] = {"authorised": "授权", "captured": "扣款", "refunded": "退款"}


def authorise(order: Order, amount: int, reference: str, at_us: int, actor: str, *, method: str = "") -> Change:
    """The shopper's money is reserved. Once it covers the total, the unpaid deadline is gone and the work may start.

    After the deadline has cancelled the order it is still recorded, as it must be refunded.
    """
    return _record(order, "authorised", amount, reference, at_us, actor, method)


def capture(order: Order, amount: int, reference: str, at_us: int, actor: str, *, method: str = "") -> Change:
    """Money was taken, at most what was authorised."""
    return _record(order, "captured", amount, reference, at_us, actor, method)


def pay(order: Order, amount: int, reference: str, at_us: int, actor: str, *, method: str = "") -> Change:
    """A wallet's payment: authorised and captured at once, under one reference."""
    first = authorise(order, amount, reference, at_us, actor, method=method)
    second = capture(first.order, amount, reference, at_us, actor, method=method)
    return Change(second.order, first.facts + second.facts)


def refund(
    order: Order, amount: int, reference: str, at_us: int, actor: str, *, method: str = "", pointer: str = "/amount"
) -> Change:
    """Money was given back, at most what was captured; `pointer` is where the amount was said."""
    return _record(order, "refunded", amount, reference, at_us, actor, method, pointer)


def _record(
    order: Order,
    kind: PaymentKind,
    amount: int,
    reference: str,
    at_us: int,
    actor: str,
    method: str,
    pointer: str = "/amount",
) -> Change:
    if amount < 1:
        raise field(pointer, "out_of_range", "must be at least 1 minor unit", "金额必须大于 0")
    if not reference:
        raise field("/reference", "required", "the payment's own number is required", "请填写支付流水号")
    for known in order.payments:
        if (known.kind, known.reference) == (kind, reference):
            if known.amount == amount:
                return unchanged(order)
            raise Problem(
                PAYMENT_CONFLICT,
                f"{reference[:80]} was {kind} with {known.amount}, now {amount} is told.",
                f"流水号 {reference[:80]} 已登记{_ZH[kind]}金额 {known.amount}，与本次的 {amount} 不一致。",
                (
                    FieldError(
                        "/reference",
                        "payment_conflict",
                        "was told with another amount; give this payment's own number",
                        "已登记其他金额，请填写本次支付自己的流水号",
                    ),
                ),
            )
    _check_most(order, kind, amount, pointer)
    payment = Payment(kind, amount, reference, method, at_us)
    after = replace(order, payments=(*order.payments, payment))
    late = not order.open and all(line.ordered == line.cancelled for line in order.lines) and kind != "refunded"
    told_late: dict[str, object] = {"late": True} if late else {}
    detail = {"amount": amount, "currency": order.currency, "reference": reference, "method": method, **told_late}
    fact = (Fact(f"payment.{kind}", detail), 0)
    if not order.unpaid_deadline_us or paid(after, "authorised") < total(after):
        return changed(order, at_us, actor, [fact], payments=after.payments)
    works = tuple(
        replace(work, state="open", hold_reason="", updated_at_us=at_us)
        if work.state == "on_hold" and work.hold_reason == UNPAID
        else work
        for work in order.fulfilments
    )
    return changed(
        order,
        at_us,
        actor,
        [fact],
        payments=after.payments,
        fulfilments=works,
        unpaid_deadline_us=0,
        approved_at_us=at_us if works else 0,
    )


def _check_most(order: Order, kind: PaymentKind, amount: int, pointer: str) -> None:
    """captured ≤ authorised, refunded ≤ captured."""
    if kind == "authorised":
        return
    of: PaymentKind = "authorised" if kind == "captured" else "captured"
    most = paid(order, of) - paid(order, kind)
    if amount > most:
        raise Problem(
            PAYMENT_EXCEEDS,
            f"{amount} is more than what is {of} and not yet {kind}: {most}.",
            f"金额 {amount} 超过已{_ZH[of]}且未{_ZH[kind]}的金额 {most}。",
            (
                FieldError(
                    pointer,
                    "payment_exceeds",
                    f"at most what is {of} and not yet {kind}",
                    f"不能超过已{_ZH[of]}且未{_ZH[kind]}的金额",
                ),
            ),
            {"most": most},
        )
