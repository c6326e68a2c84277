"""WeChat Pay's notifications of payments and refunds (API v3): JSON, signed by the platform, its resource encrypted.

The signature is RSA PKCS#1 v1.5 with SHA-256 over "{timestamp}\\n{nonce}\\n{body}\\n", values and signature standing in
the headers Wechatpay-Timestamp, -Nonce, -Signature and -Serial; the last names the platform's certificate or public
key. The resource is sealed with AES-256-GCM under the merchant's APIv3 key. Now and then WeChat Pay sends a false
signature, which begins with WECHATPAY/SIGNTEST/, to see it refused; here it is wrong like any other.

A notification is repeated for 24 hours, signed anew each time, until it is answered with `ANSWER` and 200. The caller
keeps which it has seen, see `payment`; that includes one repeated by others within its five minutes. Merchants of
their own only: service providers' sub-merchants have other fields. `notice` is the platform's part, for rehearsals.
"""

import base64
import re
import secrets
from collections.abc import Mapping
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from msgspec import Struct

from manystores.adapters.payment import (
    NOTICE_FOREIGN,
    NOTICE_MALFORMED,
    NOTICE_OTHER,
    NOTICE_STALE,
    NOTICE_UNSIGNED,
    Payment,
    PaymentState,
    raise_if_malformed,
    signed,
    time_us,
)
from manystores.core.clock import MINUTE_US, SECOND_US, rfc3339
from manystores.core.currency import DECIMALS
from manystores.core.errors import FieldError, Problem
from manystores.core.fields import Fields

#: The body of an acknowledgement, with status 200.
ANSWER: Final = b'{"code":"SUCCESS","message":""}'
#: How far from now a notification may have been signed.
FRESH_US: Final = 5 * MINUTE_US
API_V3_KEY_BYTES: Final = 32

PAID: Final = "TRANSACTION.SUCCESS"
REFUNDED: Final = "REFUND.SUCCESS"

_AMOUNT_MAX: Final = 1_000_000_000_000  # minor units
_ALGORITHM: Final = "AEAD_AES_256_GCM"
_NONCE_CHARS: Final = 12
_STATES: Final[Mapping[str, PaymentState]] = {
    "SUCCESS": "paid",
    "REFUND": "paid",  # and given back since, which a notification of its own tells with its amount
    "CLOSED": "closed",
    "REVOKED": "closed",
    "PAYERROR": "closed",
    "NOTPAY": "waiting",
    "USERPAYING": "waiting",
    "ACCEPT": "waiting",
}
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
# Without line breaks, so that no part of the nonce can pass for the body.
_NONCE = re.compile(r"[!-~]{1,128}")


class WeChatAccount(Struct, frozen=True, kw_only=True):
    """A merchant at WeChat Pay: its apps, its number, its APIv3 key, and the platform's public keys by serial."""

    appids: frozenset[str]
    mchid: str
    api_v3_key: bytes
    platform_keys: Mapping[str, RSAPublicKey]

    def __post_init__(self) -> None:
        if len(self.api_v3_key) != API_V3_KEY_BYTES:
            raise ValueError(f"an APIv3 key has {API_V3_KEY_BYTES} bytes")

    def __repr__(self) -> str:
        return f"WeChatAccount(mchid={self.mchid!r})"  # no key in logs


def read_notice(headers: Mapping[str, str], body: bytes, account: WeChatAccount, now_us: int) -> Payment:
    """The payment or refund of a notification; `headers` by their names in lower case.

    A refund (REFUND.SUCCESS) tells no app and no payer. Errors in what was encrypted stand under /resource.

    Problem(NOTICE_UNSIGNED) for a signature that is missing or wrong, or by an unknown serial; NOTICE_STALE if it is
    genuine but not of these minutes; NOTICE_MALFORMED with the fields at fault, and if the APIv3 key doesn't open the
    resource; NOTICE_FOREIGN for another merchant or app; NOTICE_OTHER for other events, such as a refund that failed.
    """
    _check_signature(headers, body, account.platform_keys, now_us)
    fields = _object(body, "")
    event = fields.text("event_type", 64, required=True)
    notice_id = fields.text("id", 64, required=True)
    raise_if_malformed(fields)
    if event not in (PAID, REFUNDED):
        raise Problem(NOTICE_OTHER)
    resource = _object(_opened(fields.object("resource"), account.api_v3_key), "/resource")
    payment = _paid(resource, notice_id) if event == PAID else _refunded(resource, notice_id)
    merchant = resource.text("mchid", 32, required=True)
    raise_if_malformed(resource)
    if merchant != account.mchid or (payment.app_id and payment.app_id not in account.appids):
        raise Problem(NOTICE_FOREIGN)
    return payment


def refusal(problem: Problem) -> bytes:
    """The body that tells WeChat Pay why a notification was refused, with the status of the problem's rule."""
    return msgspec.json.encode({"code": "FAIL", "message": problem.zh or problem.rule.zh})


def notice(
    resource: Mapping[str, object],
    account: WeChatAccount,
    serial: str,
    private_key: RSAPrivateKey,
    now_us: int,
    *,
    notice_id: str,
    event_type: str = PAID,
) -> tuple[dict[str, str], bytes]:
    """Headers (names in lower case) and body by which the platform, signing as `serial`, tells of a trade or refund."""
    kind = "refund" if event_type == REFUNDED else "transaction"
    nonce = secrets.token_hex(_NONCE_CHARS // 2)
    sealed = AESGCM(account.api_v3_key).encrypt(nonce.encode(), msgspec.json.encode(resource), kind.encode())
    body = msgspec.json.encode(
        {
            "id": notice_id,
            "create_time": rfc3339(now_us),
            "event_type": event_type,
            "resource_type": "encrypt-resource",
            "resource": {
                "algorithm": _ALGORITHM,
                "ciphertext": base64.b64encode(sealed).decode(),
                "nonce": nonce,
                "associated_data": kind,
                "original_type": kind,
            },
        }
    )
    return signed_headers(body, serial, private_key, now_us), body


def signed_headers(body: bytes, serial: str, private_key: RSAPrivateKey, now_us: int) -> dict[str, str]:
    """The headers, names in lower case, by which the platform signs a body now."""
    timestamp, nonce = str(now_us // SECOND_US), secrets.token_hex(16)
    signature = private_key.sign(_message(timestamp, nonce, body), PKCS1v15(), SHA256())
    return {
        "wechatpay-timestamp": timestamp,
        "wechatpay-nonce": nonce,
        "wechatpay-signature": base64.b64encode(signature).decode(),
        "wechatpay-serial": serial,
    }


def _message(timestamp: str, nonce: str, body: bytes) -> bytes:
    return f"{timestamp}\n{nonce}\n".encode() + body + b"\n"


def _check_signature(headers: Mapping[str, str], body: bytes, keys: Mapping[str, RSAPublicKey], now_us: int) -> None:
    timestamp, nonce, signature, serial = (
        headers.get(f"wechatpay-{name}", "") for name in ("timestamp", "nonce", "signature", "serial")
    )
    shaped = _TIMESTAMP.fullmatch(timestamp) and _NONCE.fullmatch(nonce)
    if not shaped or not signed(_message(timestamp, nonce, body), signature.encode("ascii", "replace"), serial, keys):
        raise Problem(
            NOTICE_UNSIGNED,
            "Check that the platform's certificate or public key of Wechatpay-Serial is configured.",
            "请确认已配置 Wechatpay-Serial 对应的微信支付平台证书或公钥。",
        )
    if abs(now_us - int(timestamp) * SECOND_US) > FRESH_US:
        raise Problem(NOTICE_STALE)


def _object(body: bytes, at: str) -> Fields:
    """The fields of a JSON object."""
    try:
        found = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Problem(
            NOTICE_MALFORMED, fields=(FieldError(at, "not_an_object", "This is no JSON object", "不是 JSON 对象"),)
        )
    return Fields(found, at)


def _opened(resource: Fields, key: bytes) -> bytes:
    """The resource, decrypted."""
    resource.choice("algorithm", (_ALGORITHM,))
    text = resource.text("ciphertext", 1_000_000, required=True)
    nonce = resource.text("nonce", 16, required=True).encode()
    associated = resource.text("associated_data", 64).encode()
    if nonce and len(nonce) != _NONCE_CHARS:
        resource.wrong("nonce", "wrong_length", f"This should have {_NONCE_CHARS} bytes", f"应为 {_NONCE_CHARS} 字节")
    raise_if_malformed(resource)
    try:
        return AESGCM(key).decrypt(nonce, base64.b64decode(text, validate=True), associated)
    except (InvalidTag, ValueError):
        resource.wrong(
            "ciphertext",
            "not_decrypted",
            "The APIv3 key configured here doesn't open it",
            "无法用此处配置的 APIv3 密钥解密",
        )
        raise Problem(NOTICE_MALFORMED, fields=tuple(resource.errors)) from None


def _paid(resource: Fields, notice_id: str) -> Payment:
    state = _STATES.get(resource.choice("trade_state", tuple(_STATES)), "waiting")
    amount = resource.object("amount")
    scene = resource.object("scene_info")
    return Payment(
        provider="wechat_pay",
        app_id=resource.text("appid", 32, required=True),
        payer=resource.object("payer").text("openid", 128, required=state == "paid"),
        trade_no=resource.text("transaction_id", 64, required=True),
        reference=resource.text("out_trade_no", 64, required=True),
        amount=_amount(amount, "total"),
        currency=_currency(amount),
        paid_us=time_us(resource, "success_time") if state == "paid" else 0,
        state=state,
        store=scene.text("device_id", 64) or scene.object("store_info").text("id", 64),
        notice_id=notice_id,
    )


def _refunded(resource: Fields, notice_id: str) -> Payment:
    resource.choice("refund_status", ("SUCCESS",))
    amount = resource.object("amount")
    return Payment(
        provider="wechat_pay",
        app_id="",
        payer="",
        trade_no=resource.text("transaction_id", 64, required=True),
        reference=resource.text("out_trade_no", 64, required=True),
        amount=_amount(amount, "total"),
        currency=_currency(amount),
        paid_us=time_us(resource, "success_time"),
        state="refunded",
        store="",
        notice_id=notice_id,
        refund=resource.text("out_refund_no", 64, required=True),
        refunded=_amount(amount, "refund"),
    )


def _amount(amount: Fields, field: str) -> int:
    return amount.integer(field, 1, 1, _AMOUNT_MAX, required=True)


def _currency(amount: Fields) -> str:
    currency = amount.text("currency", 3, default="CNY")
    if currency not in DECIMALS:
        amount.wrong(
            "currency",
            "unknown_currency",
            "This is no ISO 4217 code such as CNY",
            "不是 ISO 4217 货币代码（例如 CNY）",
        )
    return currency
