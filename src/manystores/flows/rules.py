"""Rules of flows that span contexts."""

from collections.abc import Sequence

from manystores.core.errors import Problem, rule

CANT_SERVE = rule("cannot_serve", 409, "No location can serve this order as it is", "没有门店能履约该订单")
ORDER_EXISTS = rule(
    "order_exists", 409, "This channel order id was used for another order", "该渠道订单号已用于另一订单"
)
HOLD_MISMATCH = rule("reservation_mismatch", 409, "The reservation does not fit the order", "预留与订单不符")


def cant_serve(short: Sequence[tuple[str, int, int, int]]) -> Problem:
    """No location can serve this: the (sku, line_no, wanted, available) of the lines that are short."""
    lines = [
        {"line": line_no - 1, "offer": sku, "wanted": wanted, "available": available}
        for sku, line_no, wanted, available in short
    ]
    names = ", ".join(sku for sku, *_ in short)
    return Problem(
        CANT_SERVE,
        f"Too little of {names} within what the routing policy allows. Take less, or allow a partial order."
        if names
        else "The routing policy lets no open location serve this destination.",
        f"在路由策略允许的范围内，{names} 库存不足。请减少数量或允许部分履约。"
        if names
        else "路由策略下没有可服务该地址的门店。",
        extra={"short": lines},
    )
