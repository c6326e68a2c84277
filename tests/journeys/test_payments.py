"""Wallets tell of payments: a signed notice joins the payer with whoever the order's receipt names, and an unsigned one
teaches nobody anything."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_ec_key
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.journeys.conftest import running_api
from tests.journeys.shop import Json, ok, public_pem, refused

from manystores.adapters.alipay import sign
from manystores.adapters.wechat_pay import REFUNDED, WeChatAccount, notice
from manystores.core import database
from manystores.core.clock import MINUTE_US
from manystores.core.errors import UNAVAILABLE, Problem

if TYPE_CHECKING:
    from tests.journeys.conftest import Api

ACCOUNTS, FROM_ALIPAY, FROM_WECHAT = "/v1/payment-accounts", "/v1/notifications/alipay", "/v1/notifications/wechat-pay"
API_V3_KEY = "0123456789abcdefghijklmnopqrstuv"
TAKEN = b'{"code":"SUCCESS","message":""}'
NOBODY = {"recognised": False}
_numbers = count(1)


@pytest.fixture(scope="module")
def wallet() -> RSAPrivateKey:
    """The wallet's own key."""
    return generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def forger() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


class Brand:
    """A brand with a member who consents, and with an application at each wallet."""

    def __init__(self, api: Api, key: RSAPrivateKey) -> None:
        self.n, self.api, self.key = next(_numbers), api, key
        self.code = api.new_brand()
        self.shop, self.wallets = api.client(self.code), api.anonymous()
        self.app, self.appid, self.mchid = f"2021{self.n:012d}", f"wx{self.n:016d}", f"19{self.n:08d}"
        self.account, self.order, self.payer = f"u-{self.n}", f"order-{self.n}", f"payer-{self.n}"
        self.merchant = WeChatAccount(
            appids=frozenset({self.appid}),
            mchid=self.mchid,
            api_v3_key=API_V3_KEY.encode(),
            platform_keys={f"PUB_KEY_ID_{self.n}": key.public_key()},
        )

    # -- accounts

    def alipay_body(self) -> Json:
        return {"provider": "alipay", "app_id": self.app, "public_key": public_pem(self.key)}

    def wechat_body(self) -> Json:
        return {
            "provider": "wechat_pay",
            "mchid": self.mchid,
            "appids": [self.appid],
            "api_v3_key": API_V3_KEY,
            "platform_keys": {f"PUB_KEY_ID_{self.n}": public_pem(self.key)},
        }

    def register(self) -> Brand:
        for body in (self.alipay_body(), self.wechat_body()):
            ok(self.shop.post(ACCOUNTS, json=body), 201)
        return self

    # -- the member

    def receipt(self) -> None:
        """The member agrees, and is on the receipt of the order."""
        said = {"purposes": {"link": True, "share_with_brand": True}, "version": "1", "channel": "app", "proof": "1"}
        ok(self.shop.post("/v1/consents", json=said | {"identifier": {"type": "account", "value": self.account}}))
        event = {"event": "Order Completed", "userId": self.account, "properties": {"orderId": self.order}}
        ok(self.shop.post("/v1/track", json=event))

    def at_the_till(self, kind: str, application: str) -> Json:
        presented = {"type": kind, "application": application, "value": self.payer}
        return ok(self.shop.post("/v1/recognitions", json={"identifiers": [presented]}))

    def knows(self, kind: str, application: str) -> bool:
        """Whether the till knows the member by the wallet."""
        told = self.at_the_till(kind, application)
        assert told == NOBODY or told["member"] == {"accounts": [self.account], "cards": []}
        return told != NOBODY

    # -- what wallets send

    def alipay_form(self, key: RSAPrivateKey | None = None, **changes: str) -> dict[str, str]:
        trade = {
            "notify_time": "2026-11-11 00:00:09",
            "notify_type": "trade_status_sync",
            "notify_id": f"notify-{next(_numbers)}",
            "charset": "utf-8",
            "app_id": self.app,
            "trade_no": f"trade-{self.n}",
            "out_trade_no": self.order,
            "buyer_open_id": self.payer,
            "trade_status": "TRADE_SUCCESS",
            "total_amount": "88.80",
            "gmt_payment": "2026-11-11 00:00:08",
            "store_id": "SH-0017",
        } | changes
        return trade | {"sign_type": "RSA2", "sign": sign(trade, key or self.key)}

    def tell_alipay(self, form: dict[str, str]) -> httpx.Response:
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return self.wallets.post(FROM_ALIPAY, content=urlencode(form), headers=headers)

    def wechat(self, key: RSAPrivateKey | None = None, late_us: int = 0, **changes: Any) -> tuple[Json, bytes]:
        trade = {
            "appid": self.appid,
            "mchid": self.mchid,
            "out_trade_no": self.order,
            "transaction_id": f"transaction-{self.n}",
            "trade_state": "SUCCESS",
            "success_time": "2026-11-11T00:00:08+08:00",
            "payer": {"openid": self.payer},
            "amount": {"total": 8880, "currency": "CNY"},
        } | changes
        return self._sealed(trade, key, late_us)

    def wechat_refund(self) -> tuple[Json, bytes]:
        refund = {
            "mchid": self.mchid,
            "out_trade_no": self.order,
            "transaction_id": f"transaction-{self.n}",
            "out_refund_no": f"{self.order}-R1",
            "refund_status": "SUCCESS",
            "success_time": "2026-11-11T00:00:09+08:00",
            "amount": {"total": 8880, "refund": 880},
        }
        return self._sealed(refund, None, 0, REFUNDED)

    def _sealed(
        self, resource: Json, key: RSAPrivateKey | None, late_us: int, event_type: str = "TRANSACTION.SUCCESS"
    ) -> tuple[Json, bytes]:
        (serial,) = self.merchant.platform_keys
        now_us, notice_id = self.api.clock.now_us() - late_us, f"EV-{next(_numbers)}"
        return notice(
            resource, self.merchant, serial, key or self.key, now_us, notice_id=notice_id, event_type=event_type
        )

    def tell_wechat(self, sent: tuple[Json, bytes]) -> httpx.Response:
        headers, body = sent
        return self.wallets.post(FROM_WECHAT, content=body, headers=headers)


@pytest.fixture
def brand(api: Api, wallet: RSAPrivateKey) -> Brand:
    return Brand(api, wallet)


def facts(api: Api) -> list[tuple[str, str, str]]:
    """All that the person graph's journal has: name, actor and body."""
    with database.connect(api.database_url) as connection:
        return connection.execute(
            "SELECT name, actor, coalesce(body::text, '') FROM journal WHERE partition_id = 0 ORDER BY seq, n"
        ).fetchall()


def payments(api: Api) -> list[tuple[str, str]]:
    """Payments in the journal: actor and body."""
    return [(actor, body) for name, actor, body in facts(api) if name == "event.payment"]


# -- what verified notices do


@pytest.mark.parametrize("first", ["receipt", "notice"])
def test_a_receipt_and_alipays_notice_of_one_order_find_each_other(brand: Brand, first: str) -> None:
    brand.register()
    if first == "receipt":
        brand.receipt()
    answer = brand.tell_alipay(brand.alipay_form())
    assert (answer.status_code, answer.content) == (200, b"success")
    assert answer.headers["content-type"].startswith("text/plain")
    if first == "notice":
        brand.receipt()
    assert brand.knows("alipay", brand.app)


@pytest.mark.parametrize("first", ["receipt", "notice"])
def test_a_receipt_and_wechat_pays_notice_of_one_order_find_each_other(brand: Brand, first: str) -> None:
    brand.register()
    if first == "receipt":
        brand.receipt()
    answer = brand.tell_wechat(brand.wechat())
    assert (answer.status_code, answer.content) == (200, TAKEN)
    if first == "notice":
        brand.receipt()
    assert brand.knows("wechat", brand.appid)


def test_the_journal_has_the_payment_and_not_who_paid(api: Api, brand: Brand) -> None:
    brand.register()
    before = len(payments(api))
    assert brand.tell_alipay(brand.alipay_form()).content == b"success"
    assert brand.tell_wechat(brand.wechat()).content == TAKEN
    kept = payments(api)[before:]
    assert [actor for actor, _ in kept] == ["payment:alipay", "payment:wechat_pay"]
    for _, body in kept:
        for whole in ('"state":"paid"', f'"reference":"{brand.order}"', '"amount":8880', '"currency":"CNY"'):
            assert whole in body
        assert brand.payer not in body
    assert '"at":"2026-11-10T16:00:08Z"' in kept[0][1]
    assert '"store":"SH-0017"' in kept[0][1]


def test_a_replay_is_answered_and_written_once(api: Api, brand: Brand) -> None:
    """The same notice, the same payment in another notice, and the end of a trade that was paid."""
    brand.register()
    form, sent = brand.alipay_form(), brand.wechat()
    before = len(payments(api))
    for again in (form, form, brand.alipay_form(), brand.alipay_form(trade_status="TRADE_FINISHED")):
        assert brand.tell_alipay(again).content == b"success"
    for repeated in (sent, sent, brand.wechat()):
        assert brand.tell_wechat(repeated).content == TAKEN
    assert len(payments(api)) == before + 2
    refund = {"refund_fee": "8.80", "gmt_refund": "2026-11-12 09:30:00", "out_biz_no": "R1"}
    assert brand.tell_alipay(brand.alipay_form(**refund)).content == b"success"
    assert '"state":"refunded"' in payments(api)[before + 2][1]


def test_a_replay_is_known_after_a_restart(
    new_database: Callable[[], AbstractContextManager[str]], tmp_path: Path, wallet: RSAPrivateKey
) -> None:
    """And so are the accounts."""
    with new_database() as database_url, running_api(database_url, tmp_path) as first:
        brand = Brand(first, wallet).register()
        form = brand.alipay_form()
        assert brand.tell_alipay(form).content == b"success"
        before = facts(first)
        with first.another() as second:
            brand.wallets = second.anonymous()
            assert brand.tell_alipay(form).content == b"success"
            assert facts(second) == before


def test_what_tells_of_nobody_is_acknowledged_and_not_written(api: Api, brand: Brand) -> None:
    """WeChat Pay's refunds, which don't say to whom; and what is genuine but no payment."""
    brand.register()
    before = facts(api)
    assert brand.tell_wechat(brand.wechat_refund()).content == TAKEN
    other = brand.alipay_form(notify_type="servicemarket_order_notify")
    assert brand.tell_alipay(other).content == b"success"
    assert facts(api) == before


def test_who_looked_and_did_not_pay_is_not_who_bought(brand: Brand) -> None:
    brand.register().receipt()
    assert brand.tell_alipay(brand.alipay_form(trade_status="WAIT_BUYER_PAY")).content == b"success"
    assert brand.tell_alipay(brand.alipay_form(trade_status="TRADE_CLOSED")).content == b"success"
    assert not brand.knows("alipay", brand.app)


# -- what isn't believed


def test_what_is_not_signed_by_the_wallet_teaches_nobody_anything(
    api: Api, brand: Brand, wallet: RSAPrivateKey, forger: RSAPrivateKey
) -> None:
    """A wrong signature, a changed body, an application that nobody registered: one answer, and nothing is written."""
    brand.register().receipt()
    stranger = Brand(api, wallet)
    before = facts(api)
    form, (headers, body) = brand.alipay_form(), brand.wechat()
    refusals = [
        brand.tell_alipay(brand.alipay_form(forger)),
        brand.tell_alipay(form | {"out_trade_no": "another"}),
        brand.tell_alipay({name: value for name, value in form.items() if name != "sign"}),
        brand.tell_alipay(stranger.alipay_form()),
        brand.wallets.post(FROM_ALIPAY, content=b"\xff%00=&&=="),
        brand.wallets.post(FROM_ALIPAY),
    ]
    assert {(answer.status_code, answer.content) for answer in refusals} == {(200, b"failure")}
    refusals = [
        brand.tell_wechat(brand.wechat(forger)),
        brand.tell_wechat((headers, body.replace(b"EV-", b"EW-"))),
        brand.tell_wechat(({}, body)),
        brand.tell_wechat(stranger.wechat()),
        brand.tell_wechat(brand.wechat(mchid="another")),
        brand.tell_wechat(brand.wechat(appid="another")),
    ]
    assert len({(answer.status_code, answer.content) for answer in refusals}) == 1
    assert (refusals[0].status_code, refusals[0].json()["code"]) == (401, "FAIL")
    assert brand.tell_wechat(brand.wechat(late_us=6 * MINUTE_US)).status_code == 401
    assert facts(api) == before
    assert brand.at_the_till("alipay", brand.app) == brand.at_the_till("wechat", brand.appid) == NOBODY


def test_what_is_too_large_is_refused(api: Api, brand: Brand) -> None:
    brand.register()
    before = facts(api)
    assert brand.tell_alipay(brand.alipay_form(subject="x" * 70_000)).content == b"failure"
    answer = brand.tell_wechat(brand.wechat(attach="x" * 70_000))
    assert (answer.status_code, answer.json()["code"]) == (413, "FAIL")
    assert facts(api) == before


def test_another_brand_with_the_same_serial_takes_nothing(api: Api, brand: Brand, forger: RSAPrivateKey) -> None:
    """Whoever registers the serial of somebody else's platform with a key of their own."""
    rival = Brand(api, forger)
    (serial,) = brand.merchant.platform_keys
    ok(rival.shop.post(ACCOUNTS, json=rival.wechat_body() | {"platform_keys": {serial: public_pem(forger)}}), 201)
    brand.register().receipt()
    assert brand.tell_wechat(brand.wechat(forger)).status_code == 401
    assert brand.tell_wechat(brand.wechat()).content == TAKEN
    assert brand.knows("wechat", brand.appid)


def test_an_account_counts_at_once_and_no_more_when_it_is_deleted(api: Api, brand: Brand) -> None:
    assert brand.tell_alipay(brand.alipay_form()).content == b"failure"
    brand.register()
    assert brand.tell_alipay(brand.alipay_form()).content == b"success"
    for account in ok(brand.shop.get(ACCOUNTS))["payment_accounts"]:
        assert brand.shop.delete(f"{ACCOUNTS}/{account['id']}").status_code == 204
    before = facts(api)
    assert brand.tell_alipay(brand.alipay_form(trade_no="another")).content == b"failure"
    assert brand.tell_wechat(brand.wechat()).status_code == 401
    assert facts(api) == before
    assert ok(brand.shop.get(ACCOUNTS)) == {"payment_accounts": [], "next": None}
    brand.register()


def test_the_wallet_sends_it_again_while_we_are_away(api: Api, brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    brand.register().receipt()
    services: Any = api.application._services

    async def away(_command: object) -> None:
        raise Problem(UNAVAILABLE)

    with monkeypatch.context() as patched:
        patched.setattr(services.members.owner, "ask", away)
        answer = brand.tell_alipay(brand.alipay_form())
        assert (answer.status_code, answer.content) == (503, b"failure")
        refusal = brand.tell_wechat(brand.wechat())
        assert (refusal.status_code, refusal.json()["code"]) == (503, "FAIL")
    assert brand.tell_alipay(brand.alipay_form()).content == b"success"
    assert brand.tell_wechat(brand.wechat()).content == TAKEN
    assert brand.knows("alipay", brand.app)
    assert brand.knows("wechat", brand.appid)


# -- accounts


def test_accounts_are_told_without_their_keys(api: Api, brand: Brand) -> None:
    """And the database has them sealed."""
    made = [ok(brand.shop.post(ACCOUNTS, json=body), 201) for body in (brand.alipay_body(), brand.wechat_body())]
    listed = brand.shop.get(ACCOUNTS)
    assert ok(listed) == {"payment_accounts": made, "next": None}
    assert [(one["provider"], one["application"], one["appids"]) for one in made] == [
        ("alipay", brand.app, [brand.app]),
        ("wechat_pay", brand.mchid, [brand.appid]),
    ]
    assert set(made[0]) == {"id", "provider", "application", "appids", "created_at"}
    first = ok(brand.shop.get(ACCOUNTS, params={"limit": 1}))
    assert first["payment_accounts"] == made[:1]
    assert ok(brand.shop.get(ACCOUNTS, params={"cursor": first["next"]}))["payment_accounts"] == made[1:]
    with database.connect(api.database_url) as connection:
        rows = connection.execute("SELECT string_agg(config, '') FROM payment_accounts").fetchone()
    assert rows is not None
    for secret in (API_V3_KEY, "BEGIN PUBLIC KEY"):
        assert secret not in str(made) + listed.text
        assert secret.encode() not in rows[0]


def test_a_repeated_registration_is_answered_alike(brand: Brand) -> None:
    headers = {"idempotency-key": "account-1"}
    answers = [ok(brand.shop.post(ACCOUNTS, json=brand.wechat_body(), headers=headers), 201) for _ in range(2)]
    assert answers[0] == answers[1]


def test_another_brands_application_is_refused_as_ones_own_duplicate_is(api: Api, brand: Brand) -> None:
    brand.register()
    rival = Brand(api, brand.key)
    for body in (brand.alipay_body(), brand.wechat_body()):
        own, others = brand.shop.post(ACCOUNTS, json=body), rival.shop.post(ACCOUNTS, json=body)
        refused(own, 409, "exists")
        assert (own.status_code, own.content) == (others.status_code, others.content)
    accounts = ok(brand.shop.get(ACCOUNTS))
    for account in accounts["payment_accounts"]:
        refused(rival.shop.delete(f"{ACCOUNTS}/{account['id']}"), 404, "not_found")
    assert ok(rival.shop.get(ACCOUNTS))["payment_accounts"] == []
    assert ok(brand.shop.get(ACCOUNTS)) == accounts


def _pem(key: Any) -> str:
    return str(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())


WEAK = _pem(generate_private_key(65537, 1024).public_key())
ELLIPTIC = _pem(generate_ec_key(SECP256R1()).public_key())


@pytest.mark.parametrize(
    ("provider", "changes", "wrong"),
    [
        ("alipay", {"provider": "paypal"}, {"/provider": "unknown_choice"}),
        ("alipay", {"provider": None}, {"/provider": "required"}),
        ("alipay", {"app_id": None}, {"/app_id": "required"}),
        ("alipay", {"app_id": "2021/1"}, {"/app_id": "not_an_application"}),
        ("alipay", {"app_id": "", "public_key": None}, {"/app_id": "empty", "/public_key": "required"}),
        ("alipay", {"app_id": "x" * 33}, {"/app_id": "too_long"}),
        ("alipay", {"mchid": "1"}, {"/mchid": "unknown_field"}),
        *(
            ("alipay", {"public_key": pem}, {"/public_key": "not_a_public_key"})
            for pem in ("MIIB", "", 1, "公钥", "x" * 10_001, WEAK, ELLIPTIC)
        ),
        ("wechat_pay", {"api_v3_key": "short"}, {"/api_v3_key": "wrong_length"}),
        ("wechat_pay", {"api_v3_key": "钥" * 32}, {"/api_v3_key": "wrong_length"}),
        ("wechat_pay", {"api_v3_key": None}, {"/api_v3_key": "required"}),
        ("wechat_pay", {"appids": []}, {"/appids": "required"}),
        ("wechat_pay", {"appids": ["wx 1"]}, {"/appids/0": "not_an_application"}),
        ("wechat_pay", {"appids": [1]}, {"/appids/0": "not_text"}),
        ("wechat_pay", {"platform_keys": {}}, {"/platform_keys": "required"}),
        ("wechat_pay", {"platform_keys": []}, {"/platform_keys": "not_an_object"}),
        ("wechat_pay", {"platform_keys": {"a/b": "MIIB"}}, {"/platform_keys/a~1b": "not_a_public_key"}),
        (
            "wechat_pay",
            {"mchid": None, "appids": None, "api_v3_key": 1, "platform_keys": {"1": None}, "public_key": "x"},
            {
                "/public_key": "unknown_field",
                "/mchid": "required",
                "/appids": "required",
                "/api_v3_key": "not_text",
                "/platform_keys/1": "required",
            },
        ),
    ],
)
def test_bad_bodies_are_told_field_by_field(
    api: Api, brand: Brand, provider: str, changes: Json, wrong: dict[str, str]
) -> None:
    body = (brand.alipay_body() if provider == "alipay" else brand.wechat_body()) | changes
    for client in (brand.shop, api.client(brand.code, language="zh-CN")):
        answer = client.post(ACCOUNTS, json=body)
        refused(answer, 422, "invalid")
        assert {error["pointer"]: error["code"] for error in answer.json()["errors"]} == wrong
        assert API_V3_KEY not in answer.text
    assert ok(brand.shop.get(ACCOUNTS))["payment_accounts"] == []


def test_bodies_that_are_none_are_refused(brand: Brand) -> None:
    refused(brand.shop.post(ACCOUNTS, content=b"{"), 400, "malformed")
    refused(brand.shop.post(ACCOUNTS, json=[]), 422, "invalid")
    refused(brand.shop.get(ACCOUNTS, params={"cursor": "x"}), 422, "invalid")


def test_accounts_are_for_who_may_write_members(api: Api, brand: Brand) -> None:
    reader = api.client(brand.code, scopes=["members:recognise"])
    for answer in (reader.get(ACCOUNTS), reader.post(ACCOUNTS, json=brand.alipay_body())):
        refused(answer, 403, "forbidden")
