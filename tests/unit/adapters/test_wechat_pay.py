"""WeChat Pay's notifications: nothing is believed before the signature, nothing read but what the APIv3 key opens."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from hypothesis import example, given, settings
from hypothesis import strategies as st

from manystores.adapters.payment import NOTICE_STALE, Payment
from manystores.adapters.wechat_pay import (
    ANSWER,
    FRESH_US,
    REFUNDED,
    WeChatAccount,
    notice,
    read_notice,
    refusal,
    signed_headers,
)
from manystores.core.clock import SECOND_US, from_datetime
from manystores.core.errors import Problem

SERIAL = "PUB_KEY_ID_0119000001092026111100112233"
NOW_US = from_datetime(datetime(2026, 11, 10, 16, 0, 10, tzinfo=UTC))
TRADE: dict[str, Any] = {
    "appid": "wxd678efh567hg6787",
    "mchid": "1900000109",
    "out_trade_no": "S1-000042",
    "transaction_id": "4200002026111100123456789012",
    "trade_type": "JSAPI",
    "trade_state": "SUCCESS",
    "trade_state_desc": "支付成功",
    "bank_type": "CMC",
    "attach": "store=elsewhere",
    "success_time": "2026-11-11T00:00:08+08:00",
    "payer": {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
    "amount": {"total": 8880, "payer_total": 8000, "currency": "CNY", "payer_currency": "CNY"},
    "scene_info": {"device_id": "SH-0017"},
}
REFUND: dict[str, Any] = {
    "mchid": "1900000109",
    "out_trade_no": "S1-000042",
    "transaction_id": "4200002026111100123456789012",
    "out_refund_no": "S1-000042-R1",
    "refund_id": "50200207182018070300011301001",
    "refund_status": "SUCCESS",
    "success_time": "2026-11-11T00:00:09+08:00",
    "user_received_account": "招商银行信用卡0403",
    "amount": {"total": 8880, "refund": 880, "payer_total": 8000, "payer_refund": 793},
}


@pytest.fixture(scope="module")
def platform() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def other() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def account(platform: RSAPrivateKey) -> WeChatAccount:
    return account_of({SERIAL: platform.public_key()})


def account_of(platform_keys: Mapping[str, RSAPublicKey], key: bytes = bytes(range(32))) -> WeChatAccount:
    return WeChatAccount(
        appids=frozenset({"wxd678efh567hg6787", "wx8888888888888888"}),
        mchid="1900000109",
        api_v3_key=key,
        platform_keys=platform_keys,
    )


def told(
    resource: Mapping[str, object], account: WeChatAccount, key: RSAPrivateKey, event_type: str = "TRANSACTION.SUCCESS"
) -> tuple[dict[str, str], bytes]:
    return notice(resource, account, SERIAL, key, NOW_US, notice_id="EV-2026111100000009", event_type=event_type)


def refused(headers: Mapping[str, str], body: bytes, account: WeChatAccount, now_us: int = NOW_US) -> Problem:
    with pytest.raises(Problem) as caught:
        read_notice(headers, body, account, now_us)
    return caught.value


def code(headers: Mapping[str, str], body: bytes, account: WeChatAccount, now_us: int = NOW_US) -> str:
    return refused(headers, body, account, now_us).rule.code


def faults(problem: Problem) -> list[tuple[str, str]]:
    assert problem.rule.code == "notice_malformed"
    return [(fault.pointer, fault.code) for fault in problem.fields]


def resealed(change: dict[str, Any], account: WeChatAccount, key: RSAPrivateKey) -> tuple[dict[str, str], bytes]:
    """A genuine notification whose encrypted resource was changed before it was signed."""
    envelope = json.loads(told(TRADE, account, key)[1])
    envelope["resource"] |= change
    body = json.dumps(envelope).encode()
    return signed_headers(body, SERIAL, key, NOW_US), body


def test_a_payment_is_read(platform: RSAPrivateKey, account: WeChatAccount) -> None:
    headers, body = told(TRADE, account, platform)
    assert read_notice(headers, body, account, NOW_US) == Payment(
        provider="wechat_pay",
        app_id="wxd678efh567hg6787",
        payer="oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
        trade_no="4200002026111100123456789012",
        reference="S1-000042",
        amount=8880,
        currency="CNY",
        paid_us=NOW_US - 2 * SECOND_US,
        state="paid",
        store="SH-0017",
        notice_id="EV-2026111100000009",
    )
    assert b"S1-000042" not in body
    assert json.loads(ANSWER) == {"code": "SUCCESS", "message": ""}


def test_a_refund_is_read(platform: RSAPrivateKey, account: WeChatAccount) -> None:
    headers, body = told(REFUND, account, platform, REFUNDED)
    assert read_notice(headers, body, account, NOW_US) == Payment(
        provider="wechat_pay",
        app_id="",
        payer="",
        trade_no="4200002026111100123456789012",
        reference="S1-000042",
        amount=8880,
        currency="CNY",
        paid_us=NOW_US - SECOND_US,
        state="refunded",
        store="",
        notice_id="EV-2026111100000009",
        refund="S1-000042-R1",
        refunded=880,
    )


@pytest.mark.parametrize(
    ("told_state", "state"),
    [
        ("SUCCESS", "paid"),
        ("REFUND", "paid"),
        ("CLOSED", "closed"),
        ("REVOKED", "closed"),
        ("PAYERROR", "closed"),
        ("NOTPAY", "waiting"),
        ("USERPAYING", "waiting"),
    ],
)
def test_states(platform: RSAPrivateKey, account: WeChatAccount, told_state: str, state: str) -> None:
    payment = read_notice(*told(TRADE | {"trade_state": told_state}, account, platform), account, NOW_US)
    assert (payment.state, payment.paid_us > 0) == (state, state == "paid")


@pytest.mark.parametrize(
    ("scene", "store"),
    [({}, ""), ({"device_id": ""}, ""), ({"store_info": {"id": "0001"}}, "0001"), ({"device_id": "7"}, "7")],
)
def test_the_store_is_the_device_or_the_store(
    platform: RSAPrivateKey, account: WeChatAccount, scene: dict[str, object], store: str
) -> None:
    assert read_notice(*told(TRADE | {"scene_info": scene}, account, platform), account, NOW_US).store == store


@pytest.mark.parametrize("name", ["timestamp", "nonce", "signature", "serial"])
def test_a_missing_or_tampered_header_is_refused(platform: RSAPrivateKey, account: WeChatAccount, name: str) -> None:
    headers, body = told(TRADE, account, platform)
    header = f"wechatpay-{name}"
    assert code({h: v for h, v in headers.items() if h != header}, body, account) == "notice_unsigned"
    for value in (
        "",
        "漢字",
        "\udc80",
        "\n",
        headers[header] + "1",
        headers[header][1:],
        "1" + headers[header][1:] + "=",
    ):
        assert code(headers | {header: value}, body, account) == "notice_unsigned"


def test_a_tampered_body_is_refused(platform: RSAPrivateKey, account: WeChatAccount) -> None:
    headers, body = told(TRADE, account, platform)
    envelope = json.loads(body)
    changes: list[dict[str, Any]] = [{name: f"{value}1"} for name, value in envelope.items()]
    changes += [{"resource": envelope["resource"] | {name: "1"}} for name in envelope["resource"]]
    for change in changes:
        assert code(headers, json.dumps(envelope | change).encode(), account) == "notice_unsigned"
    assert code(headers, body + b" ", account) == "notice_unsigned"
    assert code(headers, b"", account) == "notice_unsigned"


def test_nonce_and_body_can_not_be_divided_elsewhere(platform: RSAPrivateKey, account: WeChatAccount) -> None:
    headers = signed_headers(b"first\n{}", SERIAL, platform, NOW_US)
    nonce = headers["wechatpay-nonce"]
    assert code(headers, b"first\n{}", account) == "notice_malformed"
    assert code(headers | {"wechatpay-nonce": f"{nonce}\nfirst"}, b"{}", account) == "notice_unsigned"


@pytest.mark.parametrize("rest", ["", "kH5Xu7hfMxW1", "A" * 325])
def test_a_probe_is_refused_like_any_wrong_signature(
    platform: RSAPrivateKey, account: WeChatAccount, rest: str
) -> None:
    headers, body = told(TRADE, account, platform)
    probe = headers | {"wechatpay-signature": f"WECHATPAY/SIGNTEST/{rest}"}
    assert str(refused(probe, body, account)) == str(refused(headers | {"wechatpay-signature": "AAAA"}, body, account))
    assert refused(probe, body, account).rule.status == 401


def test_another_s_key_and_an_unknown_serial_are_refused(
    platform: RSAPrivateKey, other: RSAPrivateKey, account: WeChatAccount
) -> None:
    headers, body = told(TRADE, account, other)
    assert code(headers, body, account) == "notice_unsigned"
    headers, body = told(TRADE, account, platform)
    assert code(headers | {"wechatpay-serial": "unknown"}, body, account) == "notice_unsigned"
    assert code(headers, body, account_of({})) == "notice_unsigned"
    assert code(headers, body, account_of({SERIAL: other.public_key(), "old": platform.public_key()})) == (
        "notice_unsigned"
    )


def test_while_keys_change_both_are_valid(
    platform: RSAPrivateKey, other: RSAPrivateKey, account: WeChatAccount
) -> None:
    both = account_of({"old": other.public_key(), SERIAL: platform.public_key()})
    assert read_notice(*told(TRADE, account, platform), both, NOW_US).state == "paid"


@pytest.mark.parametrize("sign", [1, -1])
def test_only_five_minutes_are_fresh(platform: RSAPrivateKey, account: WeChatAccount, sign: int) -> None:
    headers, body = told(TRADE, account, platform)
    assert read_notice(headers, body, account, NOW_US + sign * FRESH_US).state == "paid"
    assert code(headers, body, account, NOW_US + sign * (FRESH_US + 1)) == "notice_stale"
    forged = headers | {"wechatpay-signature": "AAAA"}
    assert code(forged, body, account, NOW_US + sign * (FRESH_US + 1)) == "notice_unsigned"


def test_a_repeated_notification_reads_the_same(platform: RSAPrivateKey, account: WeChatAccount) -> None:
    """Whoever calls remembers what was seen."""
    headers, body = told(TRADE, account, platform)
    assert read_notice(headers, body, account, NOW_US) == read_notice(headers, body, account, NOW_US + 1)


def test_a_wrong_api_v3_key_is_told(platform: RSAPrivateKey, account: WeChatAccount) -> None:
    wrong = account_of(account.platform_keys, bytes(32))
    assert faults(refused(*told(TRADE, account, platform), wrong)) == [("/resource/ciphertext", "not_decrypted")]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"ciphertext": "AAAA" * 20}, ("ciphertext", "not_decrypted")),
        ({"ciphertext": "not base64"}, ("ciphertext", "not_decrypted")),
        ({"ciphertext": None}, ("ciphertext", "required")),
        ({"ciphertext": 5}, ("ciphertext", "not_text")),
        ({"associated_data": "refund"}, ("ciphertext", "not_decrypted")),
        ({"associated_data": ""}, ("ciphertext", "not_decrypted")),
        ({"nonce": "0123456789ab"}, ("ciphertext", "not_decrypted")),
        ({"nonce": "short"}, ("nonce", "wrong_length")),
        ({"nonce": None}, ("nonce", "required")),
        ({"algorithm": "AEAD_SM4_GCM"}, ("algorithm", "unknown_choice")),
        ({"algorithm": None}, ("algorithm", "required")),
    ],
)
def test_a_changed_envelope_does_not_open(
    platform: RSAPrivateKey, account: WeChatAccount, change: dict[str, Any], fault: tuple[str, str]
) -> None:
    assert faults(refused(*resealed(change, account, platform), account)) == [(f"/resource/{fault[0]}", fault[1])]


def without(resource: dict[str, Any], *path: str) -> dict[str, Any]:
    first, *rest = path
    inner = {first: without(resource[first], *rest)} if rest else {}
    return {name: value for name, value in resource.items() if name != first} | inner


@pytest.mark.parametrize(
    ("trade", "path"),
    [
        *((TRADE, path) for path in ("appid", "mchid", "out_trade_no", "transaction_id", "trade_state")),
        *((TRADE, path) for path in ("success_time", "payer/openid", "amount/total")),
        *((REFUND, path) for path in ("mchid", "out_trade_no", "transaction_id", "out_refund_no", "refund_status")),
        *((REFUND, path) for path in ("success_time", "amount/total", "amount/refund")),
    ],
)
def test_a_missing_field_is_named(
    platform: RSAPrivateKey, account: WeChatAccount, trade: dict[str, Any], path: str
) -> None:
    event = REFUNDED if trade is REFUND else "TRANSACTION.SUCCESS"
    headers, body = told(without(trade, *path.split("/")), account, platform, event)
    assert faults(refused(headers, body, account)) == [(f"/resource/{path}", "required")]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"amount": {"total": 88.8}}, ("amount/total", "not_an_integer")),
        ({"amount": {"total": "8880"}}, ("amount/total", "not_an_integer")),
        ({"amount": {"total": True}}, ("amount/total", "not_an_integer")),
        ({"amount": {"total": 0}}, ("amount/total", "too_small")),
        ({"amount": {"total": -1}}, ("amount/total", "too_small")),
        ({"amount": {"total": 10**30}}, ("amount/total", "too_large")),
        ({"amount": {"total": 1, "currency": "RMB"}}, ("amount/currency", "unknown_currency")),
        ({"amount": [8880]}, ("amount", "not_an_object")),
        ({"success_time": "2026-11-11 00:00:08"}, ("success_time", "not_a_time")),
        ({"success_time": "2026-02-30T00:00:08+08:00"}, ("success_time", "not_a_time")),
        ({"trade_state": "MAYBE"}, ("trade_state", "unknown_choice")),
        ({"payer": {"openid": " "}}, ("payer/openid", "empty")),
        ({"appid": 5}, ("appid", "not_text")),
    ],
)
def test_a_wrong_field_is_named(
    platform: RSAPrivateKey, account: WeChatAccount, change: dict[str, Any], fault: tuple[str, str]
) -> None:
    found = faults(refused(*told(TRADE | change, account, platform), account))
    assert (f"/resource/{fault[0]}", fault[1]) in found


def test_currencies_other_than_yuan(platform: RSAPrivateKey, account: WeChatAccount) -> None:
    payment = read_notice(
        *told(TRADE | {"amount": {"total": 500, "currency": "JPY"}}, account, platform), account, NOW_US
    )
    assert (payment.amount, payment.currency) == (500, "JPY")


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"\xff", b"{", b"[" * 100_000, b'{"id":"\xff"}'])
def test_a_signed_body_that_is_no_object_is_told(platform: RSAPrivateKey, account: WeChatAccount, body: bytes) -> None:
    headers = signed_headers(body, SERIAL, platform, NOW_US)
    assert faults(refused(headers, body, account)) == [("", "not_an_object")]


def test_an_envelope_without_its_parts_is_told(platform: RSAPrivateKey, account: WeChatAccount) -> None:
    headers = signed_headers(b"{}", SERIAL, platform, NOW_US)
    assert faults(refused(headers, b"{}", account)) == [("/event_type", "required"), ("/id", "required")]
    body = b'{"id": "1", "event_type": "TRANSACTION.SUCCESS", "resource": 5}'
    headers = signed_headers(body, SERIAL, platform, NOW_US)
    assert faults(refused(headers, body, account))[0] == ("/resource", "not_an_object")


def test_another_merchant_s_and_another_app_s_are_foreign(platform: RSAPrivateKey, account: WeChatAccount) -> None:
    for change in ({"mchid": "1900000110"}, {"appid": "wx0000000000000000"}):
        problem = refused(*told(TRADE | change, account, platform), account)
        assert (problem.rule.code, problem.rule.status) == ("notice_foreign", 403)
    assert code(*told(REFUND | {"mchid": "1900000110"}, account, platform, REFUNDED), account) == "notice_foreign"
    assert read_notice(*told(TRADE | {"appid": "wx8888888888888888"}, account, platform), account, NOW_US).app_id


@pytest.mark.parametrize("event", ["REFUND.ABNORMAL", "REFUND.CLOSED", "TRANSACTION.PAY_BACK", "COUPON.USE"])
def test_other_events_are_told_apart(platform: RSAPrivateKey, account: WeChatAccount, event: str) -> None:
    assert code(*told(REFUND | {"refund_status": "ABNORMAL"}, account, platform, event), account) == "notice_other"


def test_a_refusal_tells_why() -> None:
    assert json.loads(refusal(Problem(NOTICE_STALE))) == {"code": "FAIL", "message": NOTICE_STALE.zh}
    assert json.loads(refusal(Problem(NOTICE_STALE, "Too old.", "太旧。"))) == {"code": "FAIL", "message": "太旧。"}


def test_an_account_has_a_whole_key_and_hides_it(account: WeChatAccount) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        account_of({}, bytes(16))
    assert repr(account) == "WeChatAccount(mchid='1900000109')"


NAMES = st.sampled_from([f"wechatpay-{name}" for name in ("timestamp", "nonce", "signature", "serial")])


@given(st.binary(max_size=200), st.dictionaries(NAMES, st.text(max_size=30)))
@settings(max_examples=100)
@example(b"", {})
def test_whatever_is_sent_is_refused_as_unsigned(account: WeChatAccount, body: bytes, headers: dict[str, str]) -> None:
    complete = {"wechatpay-timestamp": str(NOW_US // SECOND_US), "wechatpay-nonce": "n", "wechatpay-serial": SERIAL}
    assert code(complete | headers, body, account) == "notice_unsigned"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(["id", "event_type", "resource"])


@given(st.binary(max_size=60) | st.dictionaries(KEYS, JSON).map(lambda found: json.dumps(found).encode()))
@settings(max_examples=100, deadline=None)
def test_whatever_is_signed_is_refused_as_a_problem(
    platform: RSAPrivateKey, account: WeChatAccount, body: bytes
) -> None:
    headers = signed_headers(body, SERIAL, platform, NOW_US)
    assert code(headers, body, account) in ("notice_malformed", "notice_other")


@given(st.dictionaries(st.sampled_from(sorted(TRADE)), JSON, max_size=3))
@settings(max_examples=100, deadline=None)
def test_whatever_is_sealed_is_read_or_refused(
    platform: RSAPrivateKey, account: WeChatAccount, changes: dict[str, Any]
) -> None:
    headers, body = told(TRADE | changes, account, platform)
    try:
        outcome: str = read_notice(headers, body, account, NOW_US).provider
    except Problem as problem:
        outcome = problem.rule.code
    assert outcome in ("wechat_pay", "notice_malformed", "notice_foreign")
