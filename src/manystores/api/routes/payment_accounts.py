"""A brand's applications at wallets: registered, so that what a wallet tells of payments is verified and is the
brand's."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from psycopg import AsyncConnection
from psycopg.rows import dict_row

from manystores.adapters.wechat_pay import API_V3_KEY_BYTES
from manystores.api import shapes
from manystores.api.bodies import asked
from manystores.api.deps import Here, note, requires
from manystores.api.idempotency import Answer, once
from manystores.api.payments import KEY_BITS, SQL, AlipayConfig, Config, WeChatConfig, plain_pem, public_key
from manystores.api.resources import (
    BODILESS,
    EXISTS,
    READ,
    WRITE,
    Cursor,
    Limit,
    after,
    answers,
    bad_cursor,
    object_body,
    page,
    page_schema,
    problems,
    takes,
)
from manystores.api.services import Services
from manystores.api.shapes import Schema
from manystores.core.auth import Principal
from manystores.core.clock import from_datetime, rfc3339, to_datetime
from manystores.core.errors import NOT_FOUND, FieldError, Problem
from manystores.core.fields import MISSING, Fields
from manystores.core.ids import uuid7

router = APIRouter(prefix="/v1/payment-accounts", tags=["payments"])
Writer = Annotated[Principal, Depends(requires("members:write"))]
BODY_MOST: Final = 128 * 1024
APPS_MOST: Final = 100
KEYS_MOST: Final = 20
PEM_MOST: Final = 10_000
APPLICATION_MOST: Final = 32
_APPLICATION: Final = re.compile(r"[A-Za-z0-9_-]+")
_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "alipay": ("provider", "app_id", "public_key"),
    "wechat_pay": ("provider", "mchid", "appids", "api_v3_key", "platform_keys"),
}

_PEM: Final[Schema] = {"type": "string", "maxLength": PEM_MOST}
_APP: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": APPLICATION_MOST}
_KEY: Final[Schema] = {"type": "string", "minLength": API_V3_KEY_BYTES, "maxLength": API_V3_KEY_BYTES}
BODY: Final[Schema] = {
    "oneOf": [
        {
            "type": "object",
            "description": "Of an app at Alipay. `public_key` is Alipay's, not the app's own: PEM, RSA.",
            "required": list(_FIELDS["alipay"]),
            "properties": {"provider": {"const": "alipay"}, "app_id": _APP, "public_key": _PEM},
            "additionalProperties": False,
        },
        {
            "type": "object",
            "description": "Of a merchant at WeChat Pay: its apps, its APIv3 key, and the platform's public keys or "
            "certificates by serial (PEM, RSA).",
            "required": list(_FIELDS["wechat_pay"]),
            "properties": {
                "provider": {"const": "wechat_pay"},
                "mchid": _APP,
                "appids": {"type": "array", "items": _APP, "minItems": 1, "maxItems": APPS_MOST},
                "api_v3_key": _KEY,
                "platform_keys": {
                    "type": "object",
                    "additionalProperties": _PEM,
                    "minProperties": 1,
                    "maxProperties": KEYS_MOST,
                },
            },
            "additionalProperties": False,
        },
    ]
}
ACCOUNT: Final = shapes.shape(
    {
        "id": shapes.UUID,
        "provider": {"enum": list(_FIELDS)},
        "application": shapes.TEXT | {"description": "Alipay's app_id, WeChat Pay's mchid."},
        "appids": shapes.items(shapes.TEXT) | {"description": "The apps in which shoppers pay."},
        "created_at": shapes.TIME,
    },
    description="An application at a wallet, without its keys, which are never shown.",
)
_PEM_EXAMPLE: Final = (
    "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKC…\n-----END PUBLIC KEY-----\n"
)
_EXAMPLE: Final = {"provider": "alipay", "app_id": "2021001234567890", "public_key": _PEM_EXAMPLE}
_TOLD: Final = {
    "id": "019a9f3e-7c4b-7d10-9f0e-3c8a5b6d7e8f",
    "provider": "alipay",
    "application": "2021001234567890",
    "appids": ["2021001234567890"],
    "created_at": "2026-11-01T08:00:00Z",
}
_PAGE: Final = {"payment_accounts": [_TOLD], "next": None}


@router.post(
    "",
    status_code=201,
    summary="Register an application at a wallet",
    openapi_extra=takes(BODY, _EXAMPLE),
    responses=WRITE | {201: answers("The account, without its keys.", ACCOUNT, _TOLD)},
)
async def create(request: Request, here: Here, who: Writer) -> Response:
    """From then on, what the wallet tells of the application's payments counts, and is this brand's. An application is
    registered once; to change its keys, delete the account and register it again. Keys are kept sealed, and shown to
    nobody."""
    ask = await asked(request, who, BODY_MOST)
    provider, application, config = _account(Fields(object_body(ask)))
    now_us = here.clock.now_us()
    row: dict[str, Any] = {
        "account_id": uuid7(now_us),
        "party_no": who.party_no,
        "provider": provider,
        "application": application,
        "config": here.payments.seal(config),
        "created_at": to_datetime(now_us),
    }
    note(request, provider=provider, application=application)

    async def act(connection: AsyncConnection[Any]) -> object:
        if (await connection.execute(SQL["insert"], row)).rowcount == 0:
            raise _taken(provider, application)
        return Answer(201, _told(here, row), after=here.payments.forget)

    return await once(here, ask, 201, act)


@router.get(
    "", summary="List applications at wallets", responses=READ
    | {200: answers("A page.", page_schema("payment_accounts", ACCOUNT), _PAGE)},
)  # fmt: skip
async def list_accounts(here: Here, who: Writer, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """Those of this brand, oldest first, without their keys."""
    try:
        behind = UUID(after(cursor)) if cursor else None
    except ValueError:
        raise bad_cursor() from None
    values = {"party_no": who.party_no, "after": behind, "limit": limit + 1}
    async with here.pool.connection() as connection, connection.cursor(row_factory=dict_row) as rows:
        found = await (await rows.execute(SQL["page"], values)).fetchall()
    return page("payment_accounts", found, limit, lambda row: _told(here, row), lambda row: str(row["account_id"]))


@router.delete(
    "/{account_id}",
    status_code=204,
    summary="Delete an application at a wallet",
    openapi_extra=BODILESS,
    responses=problems(404, 409, 422),
)
async def delete(account_id: UUID, request: Request, here: Here, who: Writer) -> Response:
    """What the wallet tells of it counts no more, within five seconds; what it told before stays."""
    ask = await asked(request, who, BODY_MOST)

    async def act(connection: AsyncConnection[Any]) -> object:
        values = {"account_id": account_id, "party_no": who.party_no}
        if (await connection.execute(SQL["delete"], values)).rowcount == 0:
            en, zh = f"There is no payment account {account_id}.", f"没有支付账户 {account_id}。"
            raise Problem(NOT_FOUND, en, zh)
        return Answer(204, None, after=here.payments.forget)

    return await once(here, ask, 204, act)


# -- bodies


def _account(fields: Fields) -> tuple[str, str, Config]:
    """(provider, application, what is sealed) of a body; Problem with all that is wrong."""
    provider = fields.choice("provider", tuple(_FIELDS))
    fields.raise_if_wrong()  # else nobody knows which fields there should be
    fields.known(_FIELDS[provider])
    config: Config
    if provider == "alipay":
        application = _application(fields, "app_id")
        config = AlipayConfig(_pem(fields, "public_key", fields.get("public_key")))
    else:
        application = _application(fields, "mchid")
        config = WeChatConfig(_appids(fields), _api_v3_key(fields), _platform_keys(fields))
    fields.raise_if_wrong()
    return provider, application, config


def _application(fields: Fields, field: str) -> str:
    text = fields.text(field, APPLICATION_MOST, required=True)
    if text:
        _check_application(fields, field, text)
    return text


def _check_application(fields: Fields, field: str, text: str) -> None:
    if not _APPLICATION.fullmatch(text):
        fields.wrong(
            field,
            "not_an_application",
            "Write it as the wallet does: letters, digits, - and _ only",
            "请按支付平台给出的原文填写，只含字母、数字、- 和 _",
        )


def _appids(fields: Fields) -> list[str]:
    appids = fields.texts("appids", APPS_MOST, APPLICATION_MOST)
    for place, appid in enumerate(appids):
        _check_application(fields, f"appids/{place}", appid)
    if not appids and not any(error.pointer.startswith("/appids") for error in fields.errors):
        fields.wrong("appids", "required", "Name at least one app", "请至少填写一个 appid")
    return list(appids)


def _api_v3_key(fields: Fields) -> str:
    key = fields.text("api_v3_key", 1_000, required=True)
    if key and (len(key) != API_V3_KEY_BYTES or not key.isascii()):
        fields.wrong(
            "api_v3_key",
            "wrong_length",
            f"An APIv3 key has {API_V3_KEY_BYTES} letters and digits; copy it from WeChat Pay's merchant platform",
            f"APIv3 密钥应为 {API_V3_KEY_BYTES} 位字母和数字，请从微信支付商户平台复制",
        )
    return key


def _platform_keys(fields: Fields) -> dict[str, str]:
    given = fields.entries("platform_keys", KEYS_MOST)
    if not given and not any(error.pointer.startswith("/platform_keys") for error in fields.errors):
        fields.wrong(
            "platform_keys",
            "required",
            "Give at least one of the platform's public keys or certificates, by its serial",
            "请至少提供一个微信支付平台公钥或证书，并以其序列号为键",
        )
    return {
        serial: _pem(fields, "platform_keys/" + serial.replace("~", "~0").replace("/", "~1"), pem)
        for serial, pem in given.items()
    }


def _pem(fields: Fields, field: str, pem: object) -> str:
    """A key as it is kept; '' if it is none."""
    if pem is MISSING or pem is None:
        fields.wrong(field, "required", "A public key is needed, in PEM", "缺少必填的公钥（PEM 格式）")
        return ""
    if isinstance(pem, str) and len(pem) <= PEM_MOST:
        try:
            return plain_pem(public_key(pem))
        except ValueError:
            pass
    least, most = KEY_BITS
    fields.wrong(
        field,
        "not_a_public_key",
        f"This is no RSA public key of {least} to {most} bits in PEM: "
        "put it between -----BEGIN PUBLIC KEY----- and -----END PUBLIC KEY-----",
        f"不是 {least} 至 {most} 位 RSA 公钥（PEM 格式）：请置于 -----BEGIN PUBLIC KEY----- 与 "
        "-----END PUBLIC KEY----- 之间",
    )
    return ""


def _taken(provider: str, application: str) -> Problem:
    """The same words whoever has it, so that nobody learns whose it is."""
    en = (
        f"{application} is registered already; if it is yours, delete its account first. If not, ask whoever runs this "
        "installation."
    )
    zh = f"{application} 已登记；如属于你，请先删除原有支付账户；否则请联系平台管理员。"
    field = "app_id" if provider == "alipay" else "mchid"
    return Problem(EXISTS, en, zh, fields=(FieldError(f"/{field}", "exists", en, zh),))


def _told(here: Services, row: dict[str, Any]) -> dict[str, Any]:
    """An account as it is told outside, without its keys."""
    config = here.payments.open(row["provider"], bytes(row["config"]))
    return {
        "id": str(row["account_id"]),
        "provider": row["provider"],
        "application": row["application"],
        "appids": config.appids if isinstance(config, WeChatConfig) else [row["application"]],
        "created_at": rfc3339(from_datetime(row["created_at"])),
    }
