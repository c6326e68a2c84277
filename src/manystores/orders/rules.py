"""The rules of orders that can be broken, and the words that say what state a thing is in and what is possible now."""

from collections.abc import Iterable, Sequence

from manystores.core.errors import INVALID, NOT_FOUND, FieldError, Problem, rule

WRONG_STATE = rule("wrong_state", 409, "This can't be done in the present state", "当前状态不允许此操作")
QUANTITY_TOO_LARGE = rule("quantity_too_large", 409, "The quantity is more than there is", "数量超出可操作的范围")
NOT_EDITABLE = rule("not_editable", 409, "The order can't be edited any more", "订单已不可修改")
REVISION_CONFLICT = rule("revision_conflict", 412, "The order was changed meanwhile", "订单已被他人修改")
ALREADY_COLLECTED = rule("already_collected", 409, "The goods were handed over already", "商品已被提取")
WRONG_CODE = rule("wrong_code", 422, "The pick-up code is wrong", "取货码错误")
CODE_LOCKED = rule("code_locked", 409, "Too many wrong pick-up codes", "取货码错误次数过多，已锁定")
REFUSED_BEFORE = rule("refused_before", 409, "This location refused the order before", "该门店已拒绝过此订单")
WRONG_PLACE = rule("wrong_place", 409, "The allocation does not fit the way of delivery", "分配与配送方式不符")
SUBSTITUTE_REFUSED = rule("substitute_refused", 409, "The shopper wants no substitute", "顾客不接受替换商品")
SERIAL_REPEATED = rule("serial_repeated", 409, "A serial number is given twice", "序列号重复")
PAYMENT_EXCEEDS = rule("payment_exceeds", 409, "The amount exceeds what it may", "金额超出允许范围")
PAYMENT_CONFLICT = rule(
    "payment_conflict", 409, "This payment reference was told with another amount", "同一支付流水号的金额不一致"
)
NOT_DUE = rule("not_due", 409, "It is too early for that", "尚未到期")

_WORDS_ZH = {
    "placed": "已下单",
    "approved": "已确认",
    "completed": "已完成",
    "cancelled": "已取消",
    "open": "待接单",
    "in_progress": "处理中",
    "on_hold": "已挂起",
    "closed": "已完结",
    "rejected": "已拒绝",
    "picked": "已拣货",
    "packed": "已打包",
    "shipped": "已发货",
    "delivered": "已送达",
    "ready_for_pickup": "待提货",
    "handed_over": "已提货",
    "expired": "逾期未提",
    "requested": "已申请",
    "accepted": "已同意",
    "received": "已收货",
}
_ACTIONS_ZH = {
    "accept": "接单",
    "reject": "拒单",
    "pick": "拣货",
    "pack": "打包",
    "ship": "发货",
    "deliver": "确认送达",
    "ready": "备妥待提",
    "hand-over": "核销交付",
    "renew-code": "更换取货码",
    "expire": "按逾期处理",
    "close": "完结",
    "hold": "挂起",
    "unhold": "解除挂起",
    "re-route": "改派",
    "allocate": "分配",
    "cancel": "取消",
    "edit": "修改",
    "pay": "付款",
    "return": "退货",
    "accept_return": "同意退货",
    "reject_return": "拒绝退货",
    "receive_return": "收货入库",
    "complete_return": "完成退货",
}


def word_zh(state: str) -> str:
    """The Chinese word for a state."""
    return _WORDS_ZH.get(state, state)


def action_zh(action: str) -> str:
    """The Chinese word for an action."""
    return _ACTIONS_ZH.get(action, action)


def wrong_state(
    what_en: str,
    what_zh: str,
    state: str,
    action: str,
    possible: Sequence[str],
    because: tuple[str, str] = ("", ""),
) -> Problem:
    """`action` is out of order: says the state, why (`because`: en, zh), and what is possible now."""
    now_en = f"Possible now: {', '.join(possible)}." if possible else "Nothing more can be done with it."
    now_zh = f"现在可以：{'、'.join(map(action_zh, possible))}。" if possible else "已没有可执行的操作。"
    why_en, why_zh = (f" ({because[0]})" if because[0] else "", f"（{because[1]}）" if because[1] else "")
    return Problem(
        WRONG_STATE,
        f"{what_en} is {state}{why_en}; {action} can't be done. {now_en}",
        f"{what_zh}当前为“{word_zh(state)}”{why_zh}，不能{action_zh(action)}。{now_zh}",
        extra={"state": state, "action": action, "possible": list(possible)},
    )


def invalid(errors: Iterable[FieldError]) -> Problem:
    """Fields that break their rules."""
    return Problem(INVALID, fields=tuple(errors))


def field(pointer: str, code: str, en: str, zh: str) -> Problem:
    """One field that breaks a rule."""
    return invalid([FieldError(pointer, code, en, zh)])


def choice(pointer: str, value: str, choices: Sequence[str]) -> FieldError:
    """A value that is none of the choices."""
    listed = ", ".join(choices)
    return FieldError(
        pointer,
        "unknown_choice",
        f"{value[:60]!r} is unknown; choose one of {listed}",
        f"“{value[:60]}”不在可选范围内，请从 {listed} 中选择",
    )


def no_such(what_en: str, what_zh: str) -> Problem:
    """Something that the order does not have."""
    return Problem(NOT_FOUND, what_en, what_zh)


def too_many(pointer: str, wanted: int, most: int, of_en: str, of_zh: str) -> Problem:
    """More than there is of something; `most` is the way out."""
    return Problem(
        QUANTITY_TOO_LARGE,
        f"{wanted} is too many: {of_en} {most}.",
        f"数量 {wanted} 过大：{of_zh} {most}。",
        (FieldError(pointer, "quantity_too_large", f"at most {most}", f"最多 {most}"),),
        {"most": most},
    )
