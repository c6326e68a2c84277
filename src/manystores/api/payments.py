"""Payments by wallet, as the wallets' own notices tell of them: who paid for which of a brand's orders.

A notice is of whichever brand registered the application that it names, and counts once its signature is verified.
What it tells is given to the members' owner like an event: the payer is an identifier, and the order is what a receipt
names too.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Final
from uuid import UUID

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate
from msgspec import Struct
from psycopg_pool import AsyncConnectionPool

from manystores.adapters import alipay, wechat_pay
from manystores.adapters.payment import NOTICE_UNSIGNED, Payment, PaymentState, Provider
from manystores.adapters.wechat_pay import WeChatAccount
from manystores.api.members import Members
from manystores.core.clock import Clock, rfc3339
from manystores.core.crypto import Vault
from manystores.core.errors import Problem
from manystores.core.sql import queries
from manystores.members.command import Track
from manystores.members.identifiers import Namespace, identifier
from manystores.members.tracking import PAYMENT, Told, purchase_key, scope_of
from manystores.members.turn import Tracked

SQL: Final = queries("manystores.api", "payments.sql")
PURPOSE: Final = "payment.account"
FRESH_S: Final = 5.0
"""How long accounts count without a look at the database: one that is gone is believed no longer than that."""
AGAIN_S: Final = 1.0
"""How often it is looked for accounts that nobody knows here."""
KEY_BITS: Final = (2048, 8192)
"""The least and the most of a key: below it is no proof, above it is work."""

_NAMESPACES: Final[dict[Provider, Namespace]] = {"alipay": Namespace.ALIPAY, "wechat_pay": Namespace.WECHAT}
_MOVED: Final[frozenset[PaymentState]] = frozenset({"paid", "refunded"})
_encode: Final = msgspec.json.Encoder().encode


class AlipayConfig(Struct, frozen=True):
    """What verifies Alipay's notices of an app: Alipay's public key, in PEM."""

    public_key: str


class WeChatConfig(Struct, frozen=True):
    """What verifies and opens WeChat Pay's notices to a merchant; the platform's public keys in PEM, by serial."""

    appids: list[str]
    api_v3_key: str
    platform_keys: dict[str, str]


Config = AlipayConfig | WeChatConfig
_DECODERS: Final[dict[str, "msgspec.json.Decoder[Any]"]] = {
    "alipay": msgspec.json.Decoder(AlipayConfig),
    "wechat_pay": msgspec.json.Decoder(WeChatConfig),
}


class Document(Struct, frozen=True):
    """A payment as the journal keeps it: nothing of who paid, but sealed."""

    type: str
    provider: Provider
    state: PaymentState
    reference: str
    amount: int
    currency: str
    refunded: int
    at: str
    store: str
    sealed: str


class Known(Struct, frozen=True):
    """All accounts at one moment: keys by Alipay's app_id, merchants, and whose each application is."""

    alipay: Mapping[str, RSAPublicKey]
    merchants: tuple[WeChatAccount, ...]
    parties: Mapping[tuple[Provider, str], int]

    def read_alipay(self, body: bytes) -> tuple[Payment, int]:
        """The payment of a notice and whose it is; see `alipay.read_notice`."""
        payment = alipay.read_notice(body, self.alipay)
        return payment, self.parties["alipay", payment.app_id]

    def read_wechat_pay(self, headers: Mapping[str, str], body: bytes, now_us: int) -> tuple[Payment, int]:
        """The payment of a notice and whose it is; see `wechat_pay.read_notice`.

        The notice doesn't say to whom it is, but by whose key it is signed: whoever has that key is tried, or else
        anybody, so that time doesn't tell whether there is one.
        """
        serial = headers.get("wechatpay-serial", "")
        having = [account for account in self.merchants if serial in account.platform_keys]
        refused = Problem(NOTICE_UNSIGNED)
        for account in having or self.merchants[:1]:
            try:
                payment = wechat_pay.read_notice(headers, body, account, now_us)
            except Problem as problem:
                if refused.rule is NOTICE_UNSIGNED:
                    refused = problem
            else:
                return payment, self.parties["wechat_pay", account.mchid]
        raise refused


@dataclass
class Payments:
    """One per process: which accounts there are, and where what wallets tell goes."""

    pool: AsyncConnectionPool[Any]
    clock: Clock
    vault: Vault
    members: Members
    _known: Known = field(default_factory=lambda: Known({}, (), {}))
    _opened: dict[UUID, RSAPublicKey | WeChatAccount] = field(default_factory=dict)
    """By account: what was opened once needn't be again, since an account doesn't change."""
    _looked_s: float = float("-inf")
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)

    # -- accounts

    def seal(self, config: Config) -> bytes:
        """What verifies an account's notices, for the database."""
        return self.vault.seal(_encode(config), PURPOSE)

    def open(self, provider: Provider, config: bytes) -> Config:
        """What `seal` sealed."""
        found: Config = _DECODERS[provider].decode(self.vault.open(config, PURPOSE))
        return found

    def forget(self) -> None:
        """Look accounts up anew at the next notice: they were changed."""
        self._looked_s = float("-inf")

    async def _look(self, most_s: float) -> None:
        """Know the accounts as they were at most so many seconds ago."""
        async with self._looking:
            if time.monotonic() - self._looked_s < most_s:
                return
            self._looked_s = time.monotonic()  # before reading: what is changed meanwhile is looked up again
            try:
                async with self.pool.connection() as connection:
                    rows = await (await connection.execute(SQL["everybodys"])).fetchall()
            except BaseException:
                self.forget()
                raise
            self._take(rows)

    def _take(self, rows: Iterable[tuple[UUID, int, Provider, str, bytes]]) -> None:
        opened: dict[UUID, RSAPublicKey | WeChatAccount] = {}
        keys: dict[str, RSAPublicKey] = {}
        merchants: list[WeChatAccount] = []
        parties: dict[tuple[Provider, str], int] = {}
        for account_id, party_no, provider, application, config in rows:
            known = self._opened.get(account_id)
            if known is None:
                known = _ready(application, self.open(provider, bytes(config)))
            opened[account_id], parties[provider, application] = known, party_no
            if isinstance(known, WeChatAccount):
                merchants.append(known)
            else:
                keys[application] = known
        self._opened, self._known = opened, Known(keys, tuple(merchants), parties)

    # -- notices

    async def hear_alipay(self, body: bytes) -> None:
        """Take a notice of Alipay's; see `_hear`."""
        await self._hear(lambda known: known.read_alipay(body))

    async def hear_wechat_pay(self, headers: Mapping[str, str], body: bytes) -> None:
        """Take a notice of WeChat Pay's; see `_hear`."""
        now_us = self.clock.now_us()
        await self._hear(lambda known: known.read_wechat_pay(headers, body, now_us))

    async def _hear(self, read: Callable[[Known], tuple[Payment, int]]) -> None:
        """Take a notice; once this returns, what it tells is durable. A replay returns too, and is not heard again.

        Nothing is written of a notice that names no payer, as WeChat Pay's of refunds: it tells of nobody. A Problem
        (`adapters.payment`) where it isn't believed, which writes nothing either.
        """
        await self._look(FRESH_S)
        known = self._known
        try:
            payment, party_no = read(known)
        except Problem as problem:
            if problem.rule is not NOTICE_UNSIGNED:
                raise
            await self._look(AGAIN_S)
            if self._known is known:
                raise
            payment, party_no = read(self._known)
        if payment.payer:
            command = Track([self._tracked(payment, party_no)], party_no, f"payment:{payment.provider}")
            await self.members.owner.ask(command)

    def _tracked(self, payment: Payment, party_no: int) -> Tracked:
        secrets, at_us = self.members.secrets, payment.paid_us or self.clock.now_us()
        value = f"{payment.app_id}/{payment.payer}"
        wallet = identifier(secrets.hash_of, _NAMESPACES[payment.provider], scope_of(payment.app_id), value)
        assert wallet is not None  # readers give both, and neither is long
        # who only looked at the code of an order, and didn't pay, need not be whoever bought it
        bought = payment.state in _MOVED
        told = Told(
            kind=PAYMENT,
            message_id=f"{payment.provider}:{payment.notice_id}",
            at_us=at_us,
            identifiers=[wallet],
            values=[""],
            evidence=[],
            name=(0, 0),
            consents=[],
            what=payment.state,
            purchase=purchase_key(secrets.hash_of, party_no, payment.reference) if bought else None,
        )
        document = Document(
            type=PAYMENT,
            provider=payment.provider,
            state=payment.state,
            reference=payment.reference,
            amount=payment.amount,
            currency=payment.currency,
            refunded=payment.refunded,
            at=rfc3339(at_us),
            store=payment.store,
            sealed=secrets.seal_event(_encode(payment)),
        )
        return Tracked(told, _heard_as(payment, party_no), _encode(document))


def _heard_as(payment: Payment, party_no: int) -> bytes:
    """Under which key it is heard once, whichever notice tells of it. By brand: what one brand's account tells must not
    pass for a replay at another's."""
    fact = (party_no, payment.provider, payment.trade_no, payment.state, payment.refund, payment.refunded)
    return blake2b(_encode(fact), digest_size=16).digest()


def _ready(application: str, config: Config) -> RSAPublicKey | WeChatAccount:
    if isinstance(config, AlipayConfig):
        return public_key(config.public_key)
    return WeChatAccount(
        appids=frozenset(config.appids),
        mchid=application,
        api_v3_key=config.api_v3_key.encode(),
        platform_keys={serial: public_key(pem) for serial, pem in config.platform_keys.items()},
    )


def public_key(pem: str) -> RSAPublicKey:
    """The RSA key of a PEM, which is a public key or a certificate; ValueError if it is neither, or too short."""
    try:
        data = pem.strip().encode("ascii")
        certificate = data.startswith(b"-----BEGIN CERTIFICATE-----")
        key = load_pem_x509_certificate(data).public_key() if certificate else load_pem_public_key(data)
    except UnsupportedAlgorithm as error:
        raise ValueError(str(error)) from None
    least, most = KEY_BITS
    if not isinstance(key, RSAPublicKey) or not least <= key.key_size <= most:
        raise ValueError(f"this is no RSA key of {least} to {most} bits")
    return key


def plain_pem(key: RSAPublicKey) -> str:
    """A key as it is kept."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
