"""Rules of flows that span contexts."""

from manystores.core.errors import rule

CANT_SERVE = rule("cannot_serve", 409, "No location can serve this order as it is", "没有门店能履约该订单")
ORDER_EXISTS = rule(
    "order_exists", 409, "This channel order id was used for another order", "该渠道订单号已用于另一订单"
)
HOLD_MISMATCH = rule("reservation_mismatch", 409, "The reservation does not fit the order", "预留与订单不符")
