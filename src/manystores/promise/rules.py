"""The rules that the owner may find broken."""

from manystores.core.errors import rule

SHORT = rule("short", 409, "There is not enough to promise this", "可承诺的库存不足")
NOT_OPEN = rule("reservation_not_open", 409, "The reservation has ended", "预留已结束")
KEY_REUSED = rule(
    "idempotency_key_reused", 422, "This Idempotency-Key was used for another request", "该幂等键已用于另一请求"
)
STALE_COUNT = rule("stale_count", 409, "A newer count is known", "已有更新的盘点数据")
TRANSFER_RECEIVED = rule("transfer_received", 409, "The transfer was received already", "调拨已签收")
NOT_CLAIMED = rule("not_claimed", 409, "The reservation does not claim that much there", "该预留未占用此数量")
INTERNAL = rule("internal", 500, "Something is wrong on our side", "系统内部错误")
