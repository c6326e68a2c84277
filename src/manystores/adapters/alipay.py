"""Alipay's asynchronous notification of a trade (notify_type trade_status_sync), a form that Alipay signs with RSA2.

What is signed follows the official SDKs' rsaCheckV1: all parameters but `sign` and `sign_type`, percent-decoded,
sorted by name, written k=v and joined by &. Parameters with an empty value are kept. (rsaCheckV2, for notifications
other than trades, keeps `sign_type` too.) The signature is over bytes, so it is verified before `charset` is believed.

A notification is repeated for 25 hours until it is answered with `ANSWER`. The caller keeps which it has seen, see
`payment`. `sign` is Alipay's part, for rehearsals.
"""

import base64
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote_to_bytes

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from manystores.adapters.payment import (
    NOTICE_OTHER,
    NOTICE_UNSIGNED,
    Payment,
    PaymentState,
    raise_if_malformed,
    signed,
    time_us,
)
from manystores.core.currency import minor_units
from manystores.core.errors import Problem
from manystores.core.fields import Fields

#: What Alipay wants to read; at anything else it repeats the notification.
ANSWER: Final = b"success"
REFUSED: Final = b"failure"

_UNSIGNED_PARAMETERS: Final = (b"sign", b"sign_type")
_TRADE: Final = "trade_status_sync"
_OFFSET: Final = "+08:00"
_CURRENCY: Final = "CNY"
_CODECS: Final = {"utf-8": "utf-8", "utf8": "utf-8", "gbk": "gb18030", "gb2312": "gb18030", "gb18030": "gb18030"}
_STATES: Final[Mapping[str, PaymentState]] = {
    "TRADE_SUCCESS": "paid",
    "TRADE_FINISHED": "paid",
    "TRADE_CLOSED": "closed",
    "WAIT_BUYER_PAY": "waiting",
}
_YUAN = re.compile(r"[0-9]{1,10}(\.[0-9]{1,2})?")


def read_notice(body: bytes, keys: Mapping[str, RSAPublicKey]) -> Payment:
    """The payment of a notification; `keys` has Alipay's public key (not the merchant's own) for each app_id.

    The payer is buyer_open_id, else buyer_id, which older apps have. Money was given back if refund_fee is above
    zero: ordinary payments may tell 0.00. The refunds of a trade are told as their sum.

    Problem(NOTICE_UNSIGNED) for a signature that is missing or wrong and for an app without a key alike, and for a
    parameter that stands twice; NOTICE_MALFORMED with the parameters at fault; NOTICE_OTHER for other notify_types.
    """
    parameters = _parameters(body)
    app_id = parameters.get(b"app_id", b"").decode("ascii", "replace")
    rsa2 = parameters.get(b"sign_type") == b"RSA2"
    if not rsa2 or not signed(_content(parameters), parameters.get(b"sign", b""), app_id, keys):
        raise Problem(
            NOTICE_UNSIGNED,
            "Sign with RSA2 (SHA-256), and configure Alipay's public key of the app, not the app's own.",
            "请使用 RSA2（SHA-256）签名，并为该应用配置支付宝公钥（而非应用公钥）。",
        )
    return _payment(_decoded(parameters))


def sign(parameters: Mapping[str, str], private_key: RSAPrivateKey) -> str:
    """The `sign` of a notification, base64, as Alipay makes it in the charset that the parameters name.

    LookupError for a charset that doesn't exist.
    """
    charset = parameters.get("charset", "utf-8")
    content = _content({name.encode(charset): value.encode(charset) for name, value in parameters.items()})
    return base64.b64encode(private_key.sign(content, PKCS1v15(), SHA256())).decode()


def _parameters(body: bytes) -> dict[bytes, bytes]:
    """The form's parameters, percent-decoded; one that stands twice could be verified as one and read as the other."""
    parameters: dict[bytes, bytes] = {}
    for pair in body.split(b"&"):
        name, _, value = (unquote_to_bytes(part) for part in pair.replace(b"+", b" ").partition(b"="))
        if name in parameters:
            raise Problem(NOTICE_UNSIGNED, "A parameter stands twice.", "同一参数出现了两次。")
        parameters[name] = value
    return parameters


def _content(parameters: Mapping[bytes, bytes]) -> bytes:
    """What is signed."""
    names = sorted(parameters.keys() - set(_UNSIGNED_PARAMETERS))
    return b"&".join(name + b"=" + parameters[name] for name in names)


def _decoded(parameters: Mapping[bytes, bytes]) -> dict[str, str]:
    charset = parameters.get(b"charset", b"utf-8").decode("ascii", "replace").lower()
    if charset not in _CODECS:
        fields = Fields({"charset": charset})
        fields.choice("charset", tuple(_CODECS))
        raise_if_malformed(fields)
    codec = _CODECS[charset]
    # Bytes that are no text become lone surrogates, which Fields refuses, but only where something is read: a subject
    # cut off within a character must not keep a payment from being booked.
    return {
        name.decode(codec, "surrogateescape"): value.decode(codec, "surrogateescape")
        for name, value in parameters.items()
    }


def _payment(notice: Mapping[str, str]) -> Payment:
    if notice.get("notify_type", "") not in ("", _TRADE):
        raise Problem(NOTICE_OTHER)
    fields = Fields({name: value for name, value in notice.items() if value})
    fields.choice("notify_type", (_TRADE,))
    fields.choice("trans_currency", (_CURRENCY,), _CURRENCY)  # what is priced in another must not pass for yuan
    status = fields.choice("trade_status", tuple(_STATES))
    refunded = _fen(fields, "refund_fee", 0) if notice.get("refund_fee") or notice.get("gmt_refund") else 0
    state = "refunded" if refunded else _STATES.get(status, "waiting")
    payment = Payment(
        provider="alipay",
        app_id=fields.text("app_id", 32, required=True),
        payer=_payer(fields, required=state == "paid"),
        trade_no=fields.text("trade_no", 64, required=True),
        reference=fields.text("out_trade_no", 64, required=True),
        amount=_fen(fields, "total_amount", 1),
        currency=_CURRENCY,
        paid_us=_moved_us(fields, state),
        state=state,
        store=fields.text("store_id", 64),
        notice_id=fields.text("notify_id", 128, required=True),
        refund=fields.text("out_biz_no", 64),
        refunded=refunded,
    )
    raise_if_malformed(fields)
    return payment


def _payer(fields: Fields, required: bool) -> str:
    user_id = fields.text("buyer_id", 128)
    return fields.text("buyer_open_id", 128, required=required and not user_id) or user_id


def _moved_us(fields: Fields, state: PaymentState) -> int:
    if state == "paid":
        return time_us(fields, "gmt_payment", _OFFSET)
    if state == "refunded":
        told = fields.text("gmt_refund", 40)  # optional; the notification comes right after the refund
        return time_us(fields, "gmt_refund" if told else "notify_time", _OFFSET)
    return 0


def _fen(fields: Fields, field: str, low: int) -> int:
    """Fen of an amount in yuan such as 88.8, exactly."""
    text = fields.text(field, 40, required=True)
    if not text:
        return low
    if not _YUAN.fullmatch(text):
        fields.wrong(
            field,
            "not_an_amount",
            "This is no amount in yuan with at most two decimals, such as 88.80",
            "不是有效的金额（单位元，最多两位小数，例如 88.80）",
        )
        return low
    fen = minor_units(text, _CURRENCY)
    if fen < low:
        fields.wrong(field, "too_small", "This should be above zero", "应大于 0")
    return fen
