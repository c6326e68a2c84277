"""What a wallet provider's notification tells of one payment, and what `alipay` and `wechat_pay` share in reading it.

Providers repeat a notification until it is acknowledged, and an attacker may repeat one too. Nothing here remembers:
the caller keeps what it has seen, by `notice_id`, and by (provider, trade_no, state, refund) for the same fact told in
another notification.
"""

import base64
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from msgspec import Struct

from manystores.core.clock import from_datetime
from manystores.core.errors import Problem, rule
from manystores.core.fields import Fields

Provider = Literal["alipay", "wechat_pay"]
PaymentState = Literal["paid", "closed", "refunded", "waiting"]

NOTICE_UNSIGNED = rule(
    "notice_unsigned",
    401,
    "The notification's signature is missing or wrong, or it is from an app that is not configured here",
    "通知的签名缺失或有误，或其应用未在此配置",
)
NOTICE_STALE = rule(
    "notice_stale",
    401,
    "The notification was signed more than 5 minutes before or after now",
    "通知的签名时间与当前时间相差超过 5 分钟",
)
NOTICE_MALFORMED = rule("notice_malformed", 400, "The notification can't be read", "通知内容无法解析")
NOTICE_FOREIGN = rule(
    "notice_foreign",
    403,
    "The notification is for an app or merchant that is not configured here",
    "通知所属的应用或商户未在此配置",
)
#: Acknowledge it all the same, or the provider repeats it for a day.
NOTICE_OTHER = rule(
    "notice_other",
    422,
    "The notification is genuine, but tells of no payment and of no refund that went through",
    "通知真实有效，但并非支付或退款成功的通知",
)

_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})")


class Payment(Struct, frozen=True, kw_only=True):
    """One trade as its provider told it, signature verified.

    | field | |
    |---|---|
    | `app_id` | the app in which the shopper paid; '' in WeChat Pay's refunds, which don't say |
    | `payer` | the shopper's id within that app (buyer_open_id, openid), always there once paid; '' if not told |
    | `trade_no` | the provider's number of the trade (trade_no, transaction_id) |
    | `reference` | the merchant's (out_trade_no) |
    | `amount` | minor units the whole trade came to, before the provider's own coupons, in every state |
    | `currency` | ISO 4217 |
    | `paid_us` | when the money moved, be it paid or given back: microseconds UTC; 0 if none moved |
    | `store` | the store or device that the merchant named in the trade; '' if none |
    | `notice_id` | the provider's id of the notification (notify_id, id) |
    | `refund` | the merchant's number of the refund (out_biz_no, out_refund_no); '' if not told |
    | `refunded` | minor units given back: by this refund (WeChat Pay), by all of the trade so far (Alipay) |
    """

    provider: Provider
    app_id: str
    payer: str
    trade_no: str
    reference: str
    amount: int
    currency: str
    paid_us: int
    state: PaymentState
    store: str
    notice_id: str
    refund: str = ""
    refunded: int = 0


def signed(message: bytes, signature: bytes, signer: str, keys: Mapping[str, RSAPublicKey]) -> bool:
    """Whether `signer`'s key made the base64 `signature` (RSA PKCS#1 v1.5, SHA-256) of the message.

    For an unknown signer another key is tried and its answer ignored, so that time doesn't tell who is configured.
    """
    key = keys.get(signer) or next(iter(keys.values()), None)
    if key is None:
        return False
    try:
        key.verify(base64.b64decode(signature, validate=True), message, PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return False
    return signer in keys


def time_us(fields: Fields, field: str, offset: str = "") -> int:
    """Microseconds UTC of a required time, `offset` (+08:00) being that of a provider who writes none."""
    text = fields.text(field, 40, required=True)
    if not text:
        return 0
    try:
        if _TIME.fullmatch(text + offset):
            return from_datetime(datetime.fromisoformat(text + offset))
    except ValueError:
        pass
    fields.wrong(field, "not_a_time", "This is no date and time", "不是有效的日期时间")
    return 0


def raise_if_malformed(fields: Fields) -> None:
    """Raise Problem(NOTICE_MALFORMED) with every error found so far."""
    if fields.errors:
        raise Problem(NOTICE_MALFORMED, fields=tuple(fields.errors))
