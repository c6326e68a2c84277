"""What members agreed to, and who of them are one: said by the brand, for its own accounts and cards."""

from typing import Annotated, Any, Final, Literal

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from msgspec import Meta, Struct

from manystores.api import shapes
from manystores.api.bodies import asked, described
from manystores.api.deps import Here, note, requires
from manystores.api.http import decode
from manystores.api.members import IdentifierBody
from manystores.api.resources import answers, problems
from manystores.api.services import Services, instant_us
from manystores.core.auth import Principal
from manystores.core.errors import INVALID, FieldError, Problem
from manystores.members.command import Agree, Join, Part
from manystores.members.consent import SHARE_WITH_BRAND, Consent, shared_with
from manystores.members.graph import Rule
from manystores.members.identifiers import Identifier

router = APIRouter(prefix="/v1", tags=["members"])
Consenting = Annotated[Principal, Depends(requires("consents:write"))]
Writer = Annotated[Principal, Depends(requires("members:write"))]
BODY_MOST: Final = 16 * 1024

Purpose = Literal["link", "share_with_brand", "marketing", "personalise", "sensitive"]
Text = Annotated[str, Meta(min_length=1, max_length=200)]


class ConsentBody(Struct, forbid_unknown_fields=True):
    """What somebody said: to which purposes yes (true) and no (false), under which version of the text, where, when and
    what proves it. `link` and `share_with_brand` are the platform operator's, whom the text names; the others are the
    brand's."""

    identifier: IdentifierBody
    purposes: Annotated[dict[Purpose, bool], Meta(min_length=1)]
    version: Text
    channel: Text
    proof: Text
    at: Annotated[str, Meta(max_length=40)] | None = None


class OwnBody(Struct, forbid_unknown_fields=True):
    """An account or a card of the brand's."""

    type: Literal["account", "card"]
    value: Annotated[str, Meta(min_length=1, max_length=512)]


class PairBody(Struct, forbid_unknown_fields=True):
    """Two of the brand's accounts and cards, and why."""

    one: OwnBody
    other: OwnBody
    reason: Text


_CONSENT: Final = msgspec.json.Decoder(ConsentBody)
_PAIR: Final = msgspec.json.Decoder(PairBody)
_EXAMPLE: Final[dict[str, Any]] = {
    "identifier": {"type": "account", "value": "u-1001"},
    "purposes": {"link": True, "share_with_brand": True},
    "version": "2026-11",
    "channel": "app",
    "proof": "checkbox 17, screen 4",
}
_PAIR_EXAMPLE: Final[dict[str, Any]] = {
    "one": {"type": "account", "value": "u-1001"},
    "other": {"type": "card", "value": "6900010000017"},
    "reason": "bound at the till",
}
_COUNTS: Final = shapes.shape({"counts": {"type": "object", "additionalProperties": {"type": "boolean"}}})
_ONE: Final = shapes.shape({"one_person": {"type": "boolean", "description": "False where a guard forbids it."}})


@router.post(
    "/consents",
    summary="Say what somebody agreed to",
    description="Nothing is agreed to before it is said. A later word replaces an earlier one, whenever it is heard; "
    "a withdrawal counts at once. `counts` tells per purpose whether this is the last word.",
    openapi_extra=described(ConsentBody, _EXAMPLE),
    responses={200: answers("Heard.", _COUNTS, {"counts": {"link": True}}), **problems(400, 413, 422)},
)
async def consent(request: Request, here: Here, who: Consenting) -> Response:
    body = decode(_CONSENT, (await asked(request, who, BODY_MOST)).raw)
    now_us = here.clock.now_us()
    at_us = now_us if body.at is None else instant_us(body.at, "/at")
    if at_us > now_us:
        en, zh = "Consent can't be of the future.", "同意时间不能晚于当前时间。"
        raise Problem(INVALID, fields=(FieldError("/at", "in_the_future", en, zh),))
    whose = here.members.identifier(who, body.identifier, "/identifier")
    said = [
        Consent(
            purpose=shared_with(who.party_code) if purpose == SHARE_WITH_BRAND else purpose,
            granted=granted,
            version=body.version,
            channel=body.channel,
            proof=body.proof,
            at_us=at_us,
        )
        for purpose, granted in body.purposes.items()
    ]
    note(request, purposes=sorted(body.purposes))
    value = body.identifier.value if body.identifier.type in ("account", "card") else ""
    counts = await here.members.owner.ask(Agree(whose, value, said, who.party_no, who.actor))
    return _json({"counts": dict(zip(body.purposes, counts, strict=True))})


@router.post(
    "/members/links",
    summary="Say that two of the brand's accounts and cards are one person's",
    description="A card bound to an account by whoever has both, or a human's word. They stay two where somebody of "
    "them does not agree to being linked.",
    openapi_extra=described(PairBody, _PAIR_EXAMPLE),
    responses={200: answers("Said.", _ONE, {"one_person": True}), **problems(400, 404, 413, 422)},
)
async def link(request: Request, here: Here, who: Writer) -> Response:
    body = decode(_PAIR, (await asked(request, who, BODY_MOST)).raw)
    rule = Rule.SAID_BY_HUMAN if who.person_id is not None else Rule.BOUND
    command = Join(_pair(here, who, body), rule, who.party_no, who.actor, body.reason)
    return _json({"one_person": await here.members.owner.ask(command)})


@router.post(
    "/members/partings",
    summary="Say that two of the brand's accounts and cards are two persons'",
    description="What joined them is taken back with all that followed, and what comes later joins them no more, until "
    "somebody says that they are one.",
    openapi_extra=described(PairBody, _PAIR_EXAMPLE | {"reason": "a mother and her daughter"}),
    responses={200: answers("Said.", _ONE, {"one_person": True}), **problems(400, 404, 413, 422)},
)
async def part(request: Request, here: Here, who: Writer) -> Response:
    body = decode(_PAIR, (await asked(request, who, BODY_MOST)).raw)
    await here.members.owner.ask(Part(_pair(here, who, body), who.party_no, who.actor, body.reason))
    return _json({"one_person": False})


def _pair(here: Services, who: Principal, body: PairBody) -> tuple[Identifier, Identifier]:
    one, other = (
        here.members.identifier(who, IdentifierBody(each.type, each.value), pointer)
        for each, pointer in ((body.one, "/one"), (body.other, "/other"))
    )
    return one, other


def _json(document: object) -> Response:
    return Response(msgspec.json.encode(document), media_type="application/json")
