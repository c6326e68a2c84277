"""What wallets tell of payments. The signature is the key: whoever has none teaches nobody anything.

Each wallet is answered in its own words, and repeats what was not acknowledged, also while we are away.
"""

import logging
from collections.abc import Awaitable
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from manystores.adapters import alipay, wechat_pay
from manystores.adapters.payment import NOTICE_FOREIGN, NOTICE_MALFORMED, NOTICE_OTHER, NOTICE_UNSIGNED, Provider
from manystores.api import shapes
from manystores.api.bodies import whole
from manystores.api.deps import Here
from manystores.api.http import TOO_LARGE
from manystores.core.database import DATABASE_AWAY, away_problem, is_away
from manystores.core.errors import UNAVAILABLE, Problem
from manystores.members.rules import TOO_MANY

log = logging.getLogger(__name__)
router = APIRouter(prefix="/v1/notifications", tags=["payments"])
BODY_MOST: Final = 64 * 1024
_LATER: Final = (TOO_MANY, UNAVAILABLE)
"""What may succeed when it is sent again."""

_TEXT: Final[dict[str, Any]] = {"type": "string"}
_FORM: Final[dict[str, Any]] = {
    "type": "object",
    "description": "Alipay's parameters, of which a few are read here; all are signed.",
    "required": ["app_id", "sign", "sign_type"],
    "properties": {"app_id": _TEXT, "sign": _TEXT, "sign_type": {"const": "RSA2"}},
    "additionalProperties": _TEXT,
}
_FORM_EXAMPLE: Final = {
    "app_id": "2021001234567890",
    "notify_type": "trade_status_sync",
    "notify_id": "2026111100222000003012345678901234",
    "trade_no": "2026111122001412345678901234",
    "out_trade_no": "S1-000042",
    "buyer_open_id": "074a1CcTG1LelxKe4xQC0zgNdId0nxi95b5lsNpazWYoCo5",
    "trade_status": "TRADE_SUCCESS",
    "total_amount": "88.80",
    "gmt_payment": "2026-11-11 00:00:08",
    "sign_type": "RSA2",
    "sign": "kPbQIjX+xQc8F0/A6/AocELIjhhZnGbcBN6G4MM…",
}
_JSON: Final = shapes.shape(
    {"id": _TEXT, "event_type": _TEXT, "resource": {"type": "object", "description": "Encrypted."}}
)
_JSON_EXAMPLE: Final = {
    "id": "EV-2018022511223320873",
    "create_time": "2026-11-11T00:00:10+08:00",
    "event_type": "TRANSACTION.SUCCESS",
    "resource_type": "encrypt-resource",
    "resource": {
        "algorithm": "AEAD_AES_256_GCM",
        "ciphertext": "Mzc0N2ZjOTg2…",
        "nonce": "fdasflkja484",
        "associated_data": "transaction",
        "original_type": "transaction",
    },
}


def _says(description: str, media_type: str, schema: dict[str, Any], example: object) -> dict[str, Any]:
    return {"description": description, "content": {media_type: {"schema": schema, "example": example}}}


def _takes(media_type: str, schema: dict[str, Any], example: object) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {media_type: {"schema": schema, "example": example}}}}


_WORD: Final = {"enum": [alipay.ANSWER.decode(), alipay.REFUSED.decode()]}
_CODE: Final = shapes.shape({"code": {"enum": ["SUCCESS", "FAIL"]}, "message": _TEXT})
_REFUSALS: Final = {
    NOTICE_MALFORMED: "It is genuine, but can't be read; the APIv3 key may be another by now.",
    NOTICE_UNSIGNED: "Its signature is missing, wrong or old, or it is to a merchant that isn't registered.",
    TOO_LARGE: "It is too large.",
    TOO_MANY: "Too much at once; it comes again.",
    UNAVAILABLE: "The service is away; it comes again.",
}


@router.post(
    "/alipay",
    summary="Take a notification of Alipay's",
    response_class=PlainTextResponse,
    openapi_extra=_takes("application/x-www-form-urlencoded", _FORM, _FORM_EXAMPLE),
    responses={
        200: _says("Taken, or refused; Alipay reads the word only.", "text/plain", _WORD, "success"),
        503: _says("The service is away; it comes again.", "text/plain", _WORD, "failure"),
    },
)
async def from_alipay(request: Request, here: Here) -> Response:
    """Of a trade, in a form that Alipay signs (RSA2). `success` once it is durable, as for a replay and for what is
    genuine but tells of no payment; else `failure`, the same for a wrong signature and for an app that isn't
    registered."""
    problem = await _refusal("alipay", _hear_alipay(request, here))
    if problem is None:
        return PlainTextResponse(alipay.ANSWER)
    return PlainTextResponse(alipay.REFUSED, 503 if problem.rule in _LATER else 200)


@router.post(
    "/wechat-pay",
    summary="Take a notification of WeChat Pay's",
    openapi_extra=_takes("application/json", _JSON, _JSON_EXAMPLE),
    responses={
        200: _says("Taken.", "application/json", _CODE, {"code": "SUCCESS", "message": ""}),
        **{
            rule.status: _says(why, "application/json", _CODE, {"code": "FAIL", "message": rule.zh})
            for rule, why in _REFUSALS.items()
        },
    },
)
async def from_wechat_pay(request: Request, here: Here) -> Response:
    """Of a payment or a refund, signed in the headers Wechatpay-* and encrypted (API v3). SUCCESS once it is durable,
    as for a replay and for what is genuine but tells of no payment. A refund is acknowledged and nothing is written:
    it doesn't say to whom. Else FAIL, the same for a wrong signature and for a merchant that isn't registered."""
    problem = await _refusal("wechat_pay", _hear_wechat_pay(request, here))
    if problem is None:
        return Response(wechat_pay.ANSWER, media_type="application/json")
    if problem.rule in (NOTICE_UNSIGNED, NOTICE_FOREIGN):
        problem = Problem(NOTICE_UNSIGNED)
    return Response(wechat_pay.refusal(problem), problem.rule.status, media_type="application/json")


async def _hear_alipay(request: Request, here: Here) -> None:
    await here.payments.hear_alipay(await whole(request, BODY_MOST))


async def _hear_wechat_pay(request: Request, here: Here) -> None:
    await here.payments.hear_wechat_pay(request.headers, await whole(request, BODY_MOST))


async def _refusal(provider: Provider, heard: Awaitable[None]) -> Problem | None:
    """Why a notice isn't acknowledged; None if it is."""
    try:
        await heard
    except Problem as problem:
        if problem.rule is NOTICE_OTHER:
            return None
        # which rule, and nothing of what was sent
        log.info("a notification is not acknowledged", extra={"provider": provider, "rule": problem.rule.code})
        return problem
    except DATABASE_AWAY as error:
        if not is_away(error):
            raise
        return away_problem()
    return None
