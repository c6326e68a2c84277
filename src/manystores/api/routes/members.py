"""What members agreed to, and who of them are one: said by the brand, for its own accounts and cards."""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from msgspec import Meta, Struct

from manystores.api import shapes
from manystores.api.bodies import asked, described
from manystores.api.deps import Here, note, requires
from manystores.api.http import decode
from manystores.api.members import TYPES, IdentifierBody
from manystores.api.resources import answers, problems
from manystores.api.services import Services, instant_us
from manystores.core.auth import Principal
from manystores.core.clock import rfc3339
from manystores.core.errors import INVALID, NOT_FOUND, FieldError, Problem
from manystores.core.ids import uuid7
from manystores.members.command import Agree, Join, Part
from manystores.members.consent import Consent, said_of
from manystores.members.erasing import Erase
from manystores.members.graph import Rule, Verdict
from manystores.members.identifiers import Identifier
from manystores.members.looking import Look, View
from manystores.members.rules import NO_SUCH_MEMBER

router = APIRouter(prefix="/v1", tags=["members"])
Consenting = Annotated[Principal, Depends(requires("consents:write"))]
Reader = Annotated[Principal, Depends(requires("members:read"))]
Writer = Annotated[Principal, Depends(requires("members:write"))]
BODY_MOST: Final = 16 * 1024

Purpose = Literal["link", "share_with_brand", "marketing", "personalise", "sensitive"]
Text = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


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


class EraseBody(Struct, forbid_unknown_fields=True):
    """An account or a card of the brand's, and why: who asked, by which request."""

    type: Literal["account", "card"]
    value: Annotated[str, Meta(min_length=1, max_length=512)]
    reason: Text


_ERASE: Final = msgspec.json.Decoder(EraseBody)
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

_COUNT: Final[shapes.Schema] = {"type": ["integer", "null"]}
_ERASURE: Final = shapes.shape(
    {
        "id": shapes.UUID,
        "asked_at": shapes.TIME,
        "identifiers": {"type": "integer"},
        "pairs": {"type": "integer"},
        "facts": {"type": "integer", "description": "Of the journal: events, consents, links."},
        "lake_files": _COUNT,
        "lake_facts": _COUNT,
        "found_after": _COUNT | {"description": "What a search of database and files found afterwards: 0."},
        "done_at": {"type": ["string", "null"], "format": "date-time"},
    }
)
_ERASE_EXAMPLE: Final[dict[str, Any]] = {"type": "account", "value": "u-1001", "reason": "asked for by letter, case 17"}
_ERASURE_EXAMPLE: Final[dict[str, Any]] = {
    "id": "0192f0c1-2345-7abc-8def-0123456789ab",
    "asked_at": "2026-11-12T08:00:00Z",
    "identifiers": 3,
    "pairs": 2,
    "facts": 41,
    "lake_files": 2,
    "lake_facts": 40,
    "found_after": 0,
    "done_at": "2026-11-12T08:00:03Z",
}
TIMELINE_MOST: Final = 1_000
EVERYTHING: Final = 2**31 - 1
Own = Literal["account", "card"]
_PLACE: Final[shapes.Schema] = {"type": "integer", "description": "Place in `identifiers`."}
_MEMBER: Final = shapes.shape(
    {
        "identifiers": {
            "type": "array",
            "description": "The brand's own accounts and cards first, with their names; of the others only the kind.",
            "items": shapes.shape({"type": shapes.TEXT, "value": {"type": ["string", "null"]}}),
        },
        "evidence": {
            "type": "array",
            "items": shapes.shape(
                {
                    "one": _PLACE,
                    "other": _PLACE,
                    "rules": {"type": "array", "items": {"enum": [rule.name.lower() for rule in Rule]}},
                    "verdict": {
                        "enum": [None, *(verdict.name.lower() for verdict in Verdict)],
                        "description": "Between two of the brand's own only: of others it would tell of strangers.",
                    },
                }
            ),
        },
        "consents": {
            "type": "array",
            "items": shapes.shape(
                {
                    "identifier": _PLACE,
                    "purpose": shapes.TEXT,
                    "granted": {"type": "boolean"},
                    "version": shapes.TEXT,
                    "channel": shapes.TEXT,
                    "proof": shapes.TEXT,
                    "at": shapes.TIME,
                }
            ),
        },
        "may": {"type": "object", "additionalProperties": {"type": "boolean"}},
        "timeline": {
            "type": "array",
            "items": shapes.shape(
                {
                    "identifier": _PLACE,
                    "name": shapes.TEXT,
                    "at": shapes.TIME,
                    "heard_at": shapes.TIME,
                    "actor": shapes.TEXT,
                }
            ),
        },
    }
)
_SIGNED_IN: Final[dict[str, Any]] = {"one": 0, "other": 1, "rules": ["identified"], "verdict": None}
_MEMBER_EXAMPLE: Final[dict[str, Any]] = {
    "identifiers": [{"type": "account", "value": "u-1001"}, {"type": "phone", "value": None}],
    "evidence": [_SIGNED_IN],
    "consents": [
        {
            "identifier": 0,
            "purpose": "link",
            "granted": True,
            "version": "2026-11",
            "channel": "app",
            "proof": "checkbox 17, screen 4",
            "at": "2026-11-01T08:00:00Z",
        }
    ],
    "may": {"link": True, "share_with_brand": False, "marketing": False, "personalise": False, "sensitive": False},
    "timeline": [
        {
            "identifier": 0,
            "name": "event.identify",
            "at": "2026-11-01T07:59:00Z",
            "heard_at": "2026-11-01T07:59:01Z",
            "actor": "key:0192f0c1-2345-7abc-8def-0123456789ab",
            "type": "identify",
            "data": {"userId": "u-1001", "traits": {"phone": "13912345678"}},
        }
    ],
}


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
            purpose=said_of(purpose, who.party_code),
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


@router.get(
    "/members/{kind}/{value}",
    summary="A member, as the brand may see it",
    description="By one of its accounts or cards: what it was seen with and why they are one person's, what was agreed "
    "to, and its time line over all channels, newest first. Nothing tells of other brands. Looking is noted.",
    responses={200: answers("The member.", _MEMBER, _MEMBER_EXAMPLE), **problems(404, 422)},
)
async def look(
    here: Here,
    who: Reader,
    kind: Own,
    value: Annotated[str, Path(min_length=1, max_length=512, examples=["u-1001"])],
    most: Annotated[int, Query(ge=0, le=TIMELINE_MOST, description="Of the time line.")] = 100,
) -> Response:
    return _json(await _looked(here, who, kind, value, most, "member.looked_at"))


@router.get(
    "/members/{kind}/{value}/export",
    summary="Everything of a member, for the member",
    description="All that the brand has of the person, as a JSON document to hand over. The export is noted.",
    responses={200: answers("The document.", _MEMBER, _MEMBER_EXAMPLE), **problems(404, 422)},
)
async def export(
    here: Here,
    who: Writer,
    kind: Own,
    value: Annotated[str, Path(min_length=1, max_length=512, examples=["u-1001"])],
) -> Response:
    told = _json(await _looked(here, who, kind, value, EVERYTHING, "member.exported"))
    told.headers["content-disposition"] = 'attachment; filename="member.json"'
    return told


@router.post(
    "/erasures",
    status_code=202,
    summary="Erase a member",
    description="By one of its accounts or cards: the brand's accounts, cards and browsers of that person, what only "
    "they were seen with, their events, links and consents. They are gone at once; files follow within seconds, and "
    "the report tells when nothing was found any more. Orders are kept by the order book, with addresses of their own.",
    openapi_extra=described(EraseBody, _ERASE_EXAMPLE),
    responses={202: answers("Begun.", _ERASURE, _ERASURE_EXAMPLE), **problems(400, 404, 413, 422)},
)
async def erase(request: Request, here: Here, who: Writer) -> Response:
    body = decode(_ERASE, (await asked(request, who, BODY_MOST)).raw)
    whose = here.members.identifier(who, IdentifierBody(body.type, body.value), "/value")
    erasure_id = uuid7(here.clock.now_us())
    note(request, erasure=str(erasure_id))
    erased = await here.members.owner.ask(Erase(whose, erasure_id, who.party_no, who.actor, body.reason))
    if erased is None:
        raise _no_such(body.type, body.value)
    return _json(await here.members.erasure(who, erasure_id), 202)


@router.get(
    "/erasures/{erasure_id}",
    summary="The report of an erasure",
    responses={200: answers("The report.", _ERASURE, _ERASURE_EXAMPLE), **problems(404, 422)},
)
async def erasure(here: Here, who: Writer, erasure_id: UUID) -> Response:
    told = await here.members.erasure(who, erasure_id)
    if told is None:
        raise Problem(NOT_FOUND, "The brand has no such erasure.", "没有该删除记录。")
    return _json(told)


async def _looked(here: Services, who: Principal, kind: Own, value: str, most: int, noted: str) -> dict[str, Any]:
    whose = here.members.identifier(who, IdentifierBody(kind, value), "/value")
    view: View | None = await here.members.owner.ask(Look(whose, who.party_no, who.party_code, who.actor, note=noted))
    if view is None:
        raise Problem(
            NO_SUCH_MEMBER, f"No {kind} of the brand is called {value[:64]}.", f"品牌没有名为 {value[:64]} 的会员。"
        )
    keys = [one.key for one in view.identifiers]
    values = await here.members.values(keys[: view.own])
    timeline = await here.members.timeline(who, keys, most)
    return _told(view, values, timeline)


def _no_such(kind: Own, value: str) -> Problem:
    en, zh = f"No {kind} of the brand is called {value[:64]}.", f"品牌没有名为 {value[:64]} 的会员。"
    return Problem(NO_SUCH_MEMBER, en, zh)


def _told(view: View, values: dict[bytes, str], timeline: list[dict[str, Any]]) -> dict[str, Any]:
    place = {one.key: n for n, one in enumerate(view.identifiers)}
    return {
        "identifiers": [
            {"type": TYPES.get(one.namespace, one.namespace.name.lower()), "value": values.get(one.key)}
            for one in view.identifiers
        ],
        "evidence": [
            {
                "one": one.one,
                "other": one.other,
                "rules": [rule.name.lower() for rule in one.rules],
                "verdict": one.verdict and one.verdict.name.lower(),
            }
            for one in view.evidence
        ],
        "consents": [
            {
                "identifier": said.by,
                "purpose": said.consent.purpose,
                "granted": said.consent.granted,
                "version": said.consent.version,
                "channel": said.consent.channel,
                "proof": said.consent.proof,
                "at": rfc3339(said.consent.at_us),
            }
            for said in view.said
        ],
        "may": view.may,
        "timeline": [{"identifier": place[entry.pop("key")], **entry} for entry in timeline],
    }


def _pair(here: Services, who: Principal, body: PairBody) -> tuple[Identifier, Identifier]:
    one, other = (
        here.members.identifier(who, IdentifierBody(each.type, each.value), pointer)
        for each, pointer in ((body.one, "/one"), (body.other, "/other"))
    )
    return one, other


def _json(document: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(document), status, media_type="application/json")
