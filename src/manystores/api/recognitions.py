"""POST /v1/recognitions: who is this at the till, under which consent, and what may be seen and done?"""

from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from manystores.api.http import Reply, Request, decode
from manystores.api.members import TYPES, IdentifierBody
from manystores.api.services import Services
from manystores.core.auth import Principal
from manystores.core.clock import rfc3339
from manystores.members.command import NOBODY, Recognise, Recognised

_encode: Final = msgspec.json.Encoder().encode
NOT_RECOGNISED: Final = b'{"recognised":false}'


class RecogniseBody(Struct, forbid_unknown_fields=True):
    """What is presented: a wallet's id, a card, a phone, a device; all of one person. `location`: whose till it is; a
    store's own key may leave it out."""

    identifiers: Annotated[list[IdentifierBody], Meta(min_length=1, max_length=5)]
    location: Annotated[str, Meta(max_length=128)] = ""


_body: Final = msgspec.json.Decoder(RecogniseBody)


async def recognise(services: Services, principal: Principal, request: Request) -> Reply:
    """POST /v1/recognitions"""
    body = decode(_body, request.body)
    location = services.location_no(principal, body.location, "/location") if body.location else principal.location_no
    members = services.members
    presented = [members.identifier(principal, one, f"/identifiers/{i}") for i, one in enumerate(body.identifiers)]
    place = services.location_code(location) if location else ""
    command = Recognise(presented, principal.party_no, principal.party_code, principal.actor, place)
    found: Recognised | None = await members.owner.ask(command)
    # whoever isn't recognised is looked up too, so that time tells nothing
    values = await members.values([one.key for one in found.records] if found is not None else [NOBODY])
    return Reply(200, NOT_RECOGNISED if found is None else _encode(_told(found, values)))


def _told(found: Recognised, values: dict[bytes, str]) -> dict[str, Any]:
    named = [(TYPES[one.namespace], values[one.key]) for one in found.records if one.key in values]
    consent = found.consent
    return {
        "recognised": True,
        "member": {
            "accounts": sorted(value for kind, value in named if kind == "account"),
            "cards": sorted(value for kind, value in named if kind == "card"),
        },
        "consent": None
        if consent is None
        else {
            "purpose": consent.purpose,
            "version": consent.version,
            "channel": consent.channel,
            "at": rfc3339(consent.at_us),
        },
        "may": ["see_member", *(["personalise"] if found.personalise else [])],
    }
