"""Alipay's notifications: nothing is believed before the signature, and amounts and times are exact."""

from base64 import b64encode
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import example, given, settings
from hypothesis import strategies as st

from manystores.adapters.alipay import ANSWER, REFUSED, read_notice, sign
from manystores.adapters.payment import Payment
from manystores.core.clock import from_datetime
from manystores.core.errors import Problem

APP = "2021001234567890"
PAID = {
    "notify_time": "2026-11-11 00:00:09",
    "notify_type": "trade_status_sync",
    "notify_id": "2026111100222000003012345678901234",
    "charset": "utf-8",
    "version": "1.0",
    "app_id": APP,
    "auth_app_id": APP,
    "trade_no": "2026111122001412345678901234",
    "out_trade_no": "S1-000042",
    "buyer_id": "2088102122524333",
    "buyer_open_id": "074a1CcTG1LelxKe4xQC0zgNdId0nxi95b5lsNpazWYoCo5",
    "buyer_logon_id": "180****0062",
    "seller_id": "2088101106499364",
    "trade_status": "TRADE_SUCCESS",
    "total_amount": "88.80",
    "receipt_amount": "88.80",
    "buyer_pay_amount": "80.00",
    "refund_fee": "0.00",
    "subject": "燕麦拿铁 & 可颂 100% +1",
    "body": "",
    "gmt_create": "2026-11-11 00:00:01",
    "gmt_payment": "2026-11-11 00:00:08",
    "fund_bill_list": '[{"amount":"88.80","fundChannel":"ALIPAYACCOUNT"}]',
    "store_id": "SH-0017",
}
REFUND = PAID | {
    "gmt_refund": "2026-11-12 09:30:00.320",
    "refund_fee": "8.8",
    "out_biz_no": "S1-000042-R1",
    "notify_id": "2026111200222000003012345678901299",
}


@pytest.fixture(scope="module")
def alipay() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def other() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def keys(alipay: RSAPrivateKey) -> dict[str, RSAPublicKey]:
    return {APP: alipay.public_key()}


def form(parameters: dict[str, str], key: RSAPrivateKey, encoding: str = "utf-8") -> bytes:
    signature = {"sign": sign(parameters, key), "sign_type": "RSA2"}
    return urlencode(signature | parameters, encoding=encoding).encode()


def code(body: bytes, keys: dict[str, RSAPublicKey]) -> str:
    with pytest.raises(Problem) as caught:
        read_notice(body, keys)
    return caught.value.rule.code


def faults(parameters: dict[str, str], key: RSAPrivateKey) -> list[tuple[str, str]]:
    """The parameters at fault in a genuine notification."""
    with pytest.raises(Problem) as caught:
        read_notice(form(parameters, key), {APP: key.public_key()})
    assert caught.value.rule.code == "notice_malformed"
    return [(fault.pointer.removeprefix("/"), fault.code) for fault in caught.value.fields]


def without(*names: str) -> dict[str, str]:
    return {name: value for name, value in PAID.items() if name not in names}


def test_a_payment_is_read(alipay: RSAPrivateKey, keys: dict[str, RSAPublicKey]) -> None:
    assert read_notice(form(PAID, alipay), keys) == Payment(
        provider="alipay",
        app_id=APP,
        payer="074a1CcTG1LelxKe4xQC0zgNdId0nxi95b5lsNpazWYoCo5",
        trade_no="2026111122001412345678901234",
        reference="S1-000042",
        amount=8880,
        currency="CNY",
        paid_us=from_datetime(datetime(2026, 11, 10, 16, 0, 8, tzinfo=UTC)),
        state="paid",
        store="SH-0017",
        notice_id="2026111100222000003012345678901234",
    )
    assert (ANSWER, REFUSED) == (b"success", b"failure")


@pytest.mark.parametrize(
    ("status", "state", "paid"),
    [
        ("TRADE_SUCCESS", "paid", True),
        ("TRADE_FINISHED", "paid", True),
        ("TRADE_CLOSED", "closed", False),
        ("WAIT_BUYER_PAY", "waiting", False),
    ],
)
def test_states(alipay: RSAPrivateKey, keys: dict[str, RSAPublicKey], status: str, state: str, paid: bool) -> None:
    payment = read_notice(form(PAID | {"trade_status": status}, alipay), keys)
    assert (payment.state, payment.amount, payment.paid_us > 0) == (state, 8880, paid)


@pytest.mark.parametrize("status", ["TRADE_SUCCESS", "TRADE_CLOSED"])
def test_a_refund_is_one_whether_partial_or_whole(
    alipay: RSAPrivateKey, keys: dict[str, RSAPublicKey], status: str
) -> None:
    payment = read_notice(form(REFUND | {"trade_status": status}, alipay), keys)
    assert (payment.state, payment.amount, payment.refunded, payment.refund) == ("refunded", 8880, 880, "S1-000042-R1")
    assert payment.paid_us == from_datetime(datetime(2026, 11, 12, 1, 30, 0, 320_000, tzinfo=UTC))


def test_a_refund_without_its_time_happened_when_it_was_told(
    alipay: RSAPrivateKey, keys: dict[str, RSAPublicKey]
) -> None:
    payment = read_notice(form({k: v for k, v in REFUND.items() if k != "gmt_refund"}, alipay), keys)
    assert payment.paid_us == from_datetime(datetime(2026, 11, 10, 16, 0, 9, tzinfo=UTC))


def test_a_refund_needs_its_amount(alipay: RSAPrivateKey) -> None:
    assert faults(REFUND | {"refund_fee": ""}, alipay) == [("refund_fee", "required")]


def test_the_old_buyer_id_stands_in_for_the_open_id_only(alipay: RSAPrivateKey, keys: dict[str, RSAPublicKey]) -> None:
    assert read_notice(form(without("buyer_open_id"), alipay), keys).payer == "2088102122524333"
    assert read_notice(form(without("buyer_id"), alipay), keys).payer == PAID["buyer_open_id"]
    assert faults(without("buyer_open_id", "buyer_id"), alipay) == [("buyer_open_id", "required")]
    unpaid = without("buyer_open_id", "buyer_id", "gmt_payment") | {"trade_status": "TRADE_CLOSED"}
    assert read_notice(form(unpaid, alipay), keys).payer == ""


@pytest.mark.parametrize("name", [*PAID, "sign"])
def test_a_tampered_parameter_is_refused(alipay: RSAPrivateKey, keys: dict[str, RSAPublicKey], name: str) -> None:
    genuine = PAID | {"sign": sign(PAID, alipay), "sign_type": "RSA2"}
    assert read_notice(urlencode(genuine).encode(), keys).state == "paid"
    for value in (genuine[name] + "1", "1" + genuine[name], genuine[name][1:] if genuine[name] else "x"):
        assert code(urlencode(genuine | {name: value}).encode(), keys) == "notice_unsigned"
    del genuine[name]
    assert code(urlencode(genuine).encode(), keys) == "notice_unsigned"


@pytest.mark.parametrize(
    "change",
    [
        {"sign": ""},
        {"sign": "漢字"},
        {"sign": "AAAA"},
        {"sign_type": "RSA"},
        {"sign_type": ""},
        {"added": ""},
        {"app_id": "2021009999999999"},
    ],
)
def test_what_is_not_signed_is_refused(
    alipay: RSAPrivateKey, keys: dict[str, RSAPublicKey], change: dict[str, str]
) -> None:
    genuine = PAID | {"sign": sign(PAID, alipay), "sign_type": "RSA2"}
    assert code(urlencode(genuine | change).encode(), keys) == "notice_unsigned"


def test_a_parameter_that_stands_twice_is_refused(alipay: RSAPrivateKey, keys: dict[str, RSAPublicKey]) -> None:
    body = form(PAID, alipay)
    assert code(body + b"&total_amount=8880.00", keys) == "notice_unsigned"
    assert code(b"total_amount=8880.00&" + body, keys) == "notice_unsigned"
    assert code(body + b"&%74otal_amount=8880.00", keys) == "notice_unsigned"


def test_nobody_learns_which_apps_are_configured(
    alipay: RSAPrivateKey, other: RSAPrivateKey, keys: dict[str, RSAPublicKey]
) -> None:
    """An unknown app, though its signature is by a key of ours, and a wrong signature are told in the same words."""
    told = set()
    for body, known in [
        (form(PAID, other), keys),
        (form(PAID | {"app_id": "2021009999999999"}, alipay), keys),
        (form(PAID | {"app_id": "2021009999999999"}, other), keys),
        (form(without("app_id"), alipay), keys),
        (urlencode(PAID | {"sign_type": "RSA2"}).encode(), keys),
        (form(PAID, alipay), {}),
    ]:
        with pytest.raises(Problem) as caught:
            read_notice(body, known)
        told.add((str(caught.value), caught.value.zh, caught.value.rule.status))
    assert len(told) == 1
    assert {status for _, _, status in told} == {401}


def test_each_app_has_its_own_key(alipay: RSAPrivateKey, other: RSAPrivateKey) -> None:
    keys = {APP: alipay.public_key(), "second": other.public_key()}
    assert read_notice(form(PAID | {"app_id": "second"}, other), keys).app_id == "second"
    assert code(form(PAID | {"app_id": "second"}, alipay), keys) == "notice_unsigned"


@pytest.mark.parametrize("charset", ["gbk", "GBK", "GB18030", "UTF-8"])
def test_other_charsets(alipay: RSAPrivateKey, keys: dict[str, RSAPublicKey], charset: str) -> None:
    parameters = PAID | {"charset": charset, "store_id": "南京西路店"}
    assert read_notice(form(parameters, alipay, charset), keys).store == "南京西路店"


def test_without_a_charset_it_is_utf_8(alipay: RSAPrivateKey, keys: dict[str, RSAPublicKey]) -> None:
    assert read_notice(form(without("charset") | {"store_id": "南京西路店"}, alipay), keys).store == "南京西路店"


def test_an_unknown_charset_is_named(alipay: RSAPrivateKey, keys: dict[str, RSAPublicKey]) -> None:
    with pytest.raises(Problem) as caught:
        read_notice(form(PAID | {"charset": "big5", "subject": "拿鐵"}, alipay, "big5"), keys)
    assert [(fault.pointer, fault.code) for fault in caught.value.fields] == [("/charset", "unknown_choice")]
    assert faults(PAID | {"charset": "latin-1", "subject": ""}, alipay) == [("charset", "unknown_choice")]


def test_broken_text_matters_only_where_it_is_read(alipay: RSAPrivateKey, keys: dict[str, RSAPublicKey]) -> None:
    """Such as a subject cut off within a character."""

    def broken(name: str, value: bytes) -> bytes:
        parameters = {name: value.encode() for name, value in PAID.items()} | {name: value}
        content = b"&".join(name.encode() + b"=" + parameters[name] for name in sorted(parameters))
        signature = b64encode(alipay.sign(content, PKCS1v15(), SHA256()))
        return urlencode(parameters | {"sign": signature, "sign_type": b"RSA2"}).encode()

    assert read_notice(broken("subject", b"\xe7\x87"), keys).state == "paid"
    with pytest.raises(Problem) as caught:
        read_notice(broken("out_trade_no", b"S1-\xe7\x87"), keys)
    assert [fault.pointer for fault in caught.value.fields] == ["/out_trade_no"]


@pytest.mark.parametrize(
    ("text", "fen"), [("0.01", 1), ("1", 100), ("88.8", 8880), ("100000000.00", 10_000_000_000), ("007.10", 710)]
)
def test_amounts_are_exact(alipay: RSAPrivateKey, keys: dict[str, RSAPublicKey], text: str, fen: int) -> None:
    assert read_notice(form(PAID | {"total_amount": text}, alipay), keys).amount == fen


@pytest.mark.parametrize(
    "text", ["1.005", "1.000", "-1", "+1", "1,00", "88.80元", "abc", "1e3", ".5", "1.", "８８", "99999999999", "NaN"]
)
def test_what_is_no_amount_is_refused(alipay: RSAPrivateKey, text: str) -> None:
    assert faults(PAID | {"total_amount": text}, alipay) == [("total_amount", "not_an_amount")]
    assert faults(REFUND | {"refund_fee": text}, alipay)[0] == ("refund_fee", "not_an_amount")


def test_nothing_is_no_payment(alipay: RSAPrivateKey) -> None:
    assert faults(PAID | {"total_amount": "0.00"}, alipay) == [("total_amount", "too_small")]


@pytest.mark.parametrize(
    "name", ["notify_type", "trade_no", "out_trade_no", "trade_status", "total_amount", "gmt_payment", "notify_id"]
)
def test_a_missing_parameter_is_named(alipay: RSAPrivateKey, name: str) -> None:
    assert faults(without(name), alipay) == [(name, "required")]
    assert faults(PAID | {name: ""}, alipay)[0][0] == name


def test_all_faults_are_told_at_once(alipay: RSAPrivateKey) -> None:
    broken = without("trade_no", "notify_id") | {"total_amount": "x", "gmt_payment": "yesterday"}
    assert {name for name, _ in faults(broken, alipay)} == {"trade_no", "notify_id", "total_amount", "gmt_payment"}


@pytest.mark.parametrize(
    "text", ["2026-11-11", "2026-11-11 00:00", "2026-02-30 00:00:00", "2026-11-11 00:00:08+00:00", "20261111000008"]
)
def test_what_is_no_time_is_refused(alipay: RSAPrivateKey, text: str) -> None:
    assert faults(PAID | {"gmt_payment": text}, alipay) == [("gmt_payment", "not_a_time")]


def test_unknown_words_are_refused(alipay: RSAPrivateKey, keys: dict[str, RSAPublicKey]) -> None:
    assert faults(PAID | {"trade_status": "TRADE_PENDING"}, alipay) == [("trade_status", "unknown_choice")]
    assert faults(PAID | {"trans_currency": "USD"}, alipay) == [("trans_currency", "unknown_choice")]
    assert code(form(PAID | {"notify_type": "fund_auth_freeze"}, alipay), keys) == "notice_other"


@given(st.binary(max_size=200) | st.from_regex(r"(app_id|sign|sign_type)=[^&]{0,20}(&\w*=%\w\w)*").map(str.encode))
@settings(max_examples=100)
@example(b"")
@example(b"\xff=\xff")
@example(b"sign=%ff&sign_type=RSA2&app_id=%ff")
def test_whatever_is_sent_is_refused_as_unsigned(keys: dict[str, RSAPublicKey], body: bytes) -> None:
    assert code(body, keys) == "notice_unsigned"


TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)


@given(st.dictionaries(st.sampled_from(sorted(REFUND)) | TEXTS, TEXTS, max_size=4), st.sampled_from(["utf-8", "gbk"]))
@settings(max_examples=100, deadline=None)
def test_whatever_is_signed_is_read_or_refused(alipay: RSAPrivateKey, changes: dict[str, str], charset: str) -> None:
    """Any names and values, so that signing and verifying agree on them; gbk leaves out what it can't write."""
    changes = {
        name.encode(charset, "ignore").decode(charset): value.encode(charset, "ignore").decode(charset)
        for name, value in changes.items()
    }
    parameters = REFUND | changes | {"charset": charset, "app_id": APP}
    parameters = {name: value for name, value in parameters.items() if name not in ("sign", "sign_type")}
    try:
        outcome = read_notice(form(parameters, alipay, charset), {APP: alipay.public_key()}).app_id
    except Problem as problem:
        outcome = problem.rule.code
    assert outcome in (APP, "notice_malformed", "notice_other")
