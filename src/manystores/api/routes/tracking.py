"""The shopper's link: made by who may read the order, opened by whoever has it."""

from functools import lru_cache
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Request, Response
from msgspec import Meta, Struct
from psycopg import AsyncConnection
from starlette.datastructures import State

from manystores.api.bodies import asked, described
from manystores.api.deps import Here, language, requires
from manystores.api.http import problem_reply
from manystores.api.idempotency import once
from manystores.api.resources import problems
from manystores.api.routes.orders import find
from manystores.api.services import Services
from manystores.api.throttle import Throttle
from manystores.catalogue.offer import name_in
from manystores.core.auth import Principal
from manystores.core.clock import DAY_US, SECOND_US, rfc3339
from manystores.core.crypto import Vault, open_vault
from manystores.core.errors import NOT_FOUND, Problem, rule
from manystores.core.settings import Settings
from manystores.core.sql import queries
from manystores.network.hours import NEVER_US, next_open
from manystores.orders.link import PURPOSE, Link, make_token, read_token
from manystores.orders.order import Order, decode
from manystores.orders.tracking import Public, Store, Tracking, tracking

router = APIRouter(tags=["orders"])
SQL = queries("manystores.orders")
LINK_EXPIRED = rule("link_expired", 410, "This link has expired", "链接已过期")
PAGE = "/t/"
#: A page that is looked at asks every few seconds; a few people may look at once.
BURST, PER_SECOND = 30, 2.0
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


class LinkBody(Struct, forbid_unknown_fields=True):
    """For how long, and whether the page shows the code of a pick-up that waits."""

    days: Annotated[int, Meta(ge=1, le=400)] = 60
    show_code: bool = True


_LINK = msgspec.json.Decoder(LinkBody)


@router.post(
    "/v1/orders/{order_id}/link",
    status_code=201,
    summary="Make the shopper's link",
    openapi_extra=described(LinkBody, {"days": 60}),
)
async def link(
    order_id: UUID, request: Request, here: Here, who: Annotated[Principal, Depends(requires("orders:read"))]
) -> Response:
    """A page's address for the shopper, signed, with an expiry and nothing personal in it. It shows how far the order
    is, and the code of a pick-up that waits, unless `show_code` is false or a store's device makes the link: a store
    learns the code from the shopper only. Nor does it for those who are not shown shoppers."""
    order = await find(here, who, order_id)
    ask = await asked(request, who, here.settings.max_body_bytes)
    body = ask.body_or_empty(_LINK)
    expires_us = (here.clock.now_us() // SECOND_US) * SECOND_US + body.days * DAY_US
    may_see = who.location_no is None and who.sees_shoppers
    made = Link(order.order_id, expires_us, body.show_code and may_see)
    vault = _vault(here.settings)
    token = make_token(made, lambda message: vault.sign(message, PURPOSE))

    async def act(_connection: AsyncConnection[Any]) -> dict[str, Any]:
        return {
            "url": PAGE + token,
            "token": token,
            "expires_at": rfc3339(expires_us),
            "shows_code": made.shows_code,
        }

    return await once(here, ask, 201, act)


@router.get(
    "/v1/track/{token}",
    summary="Follow an order by its link",
    responses={status: told for status, told in problems(404, 410, 429).items() if status not in (401, 403)},
)
async def track(token: str, request: Request, here: Here) -> Response:
    """What the shopper may see, without a key: how far the order is, its lines by name, parcels, and where and until
    when to collect. Nothing personal, no prices. A link that we did not make is 404, one that has ended 410."""
    tongue = language(request)
    try:
        told = await _told(here, request.app.state, token, tongue)
    except Problem as problem:
        reply = problem_reply(problem, tongue)
        headers = {name.decode(): value.decode() for name, value in reply.headers}
        return Response(reply.body, reply.status, HEADERS | headers, reply.media_type.decode())
    return Response(msgspec.json.encode(told), 200, HEADERS, "application/json")


async def _told(here: Services, state: State, token: str, tongue: str) -> Tracking:
    vault = _vault(here.settings)
    given = read_token(token, lambda message, signature: vault.signed(message, signature, PURPOSE))
    if given is None:  # told before anything is read, and to everybody alike
        raise _unknown()
    _throttle(state, here).check(token)
    if given.expires_us <= here.clock.now_us():
        raise Problem(LINK_EXPIRED, "Ask the shop for a new link.", "如需继续查看，请联系商家重新获取链接。")
    values = {"partition_id": here.owner.partition_id, "order_id": given.order_id}
    async with here.pool.connection() as connection:
        row = await (await connection.execute(SQL["linked_order"], values)).fetchone()
    if row is None:
        raise _unknown()
    order = decode(row[0])
    secret = here.pick_up_secret if given.shows_code else None
    return tracking(order, row[1], _public(here, order, tongue), tongue, given.expires_us, secret)


def _throttle(state: State, here: Services) -> Throttle:
    """By token, and only for tokens that we made: refusing any other costs one HMAC."""
    found: Throttle | None = getattr(state, "links", None)
    if found is None:
        found = state.links = Throttle(here.clock, BURST, PER_SECOND)
    return found


def _unknown() -> Problem:
    return Problem(
        NOT_FOUND,
        "This link is not one of ours; open it as it came, complete.",
        "链接无效，请检查链接是否完整。",
    )


def _public(here: Services, order: Order, tongue: str) -> Public:
    """What is public of offers, stores and carriers, in this language."""
    now_us = here.clock.now_us()
    carriers = {carrier.code: carrier.name for carrier in here.network.carriers_of(order.party_no)}

    def offer(offer_no: int, sku: str) -> tuple[str, str]:
        found = here.catalogue.get(offer_no)
        return (sku, "piece") if found is None else (name_in(found, tongue), found.unit)

    def store(location_no: int) -> Store | None:
        if location_no not in here.network:
            return None
        place = here.network.location(location_no)
        opens_us, closes_us = next_open(place, now_us)
        open_now = opens_us <= now_us
        return Store(
            place.name,
            place.address,
            place.lat,
            place.lon,
            place.time_zone,
            place.opening_hours,
            open_now,
            None if open_now or opens_us >= NEVER_US else rfc3339(opens_us),
            None if closes_us >= NEVER_US else rfc3339(closes_us),
        )

    return Public(offer, store, lambda code: carriers.get(code, code))


@lru_cache(maxsize=8)
def _vault(settings: Settings) -> Vault:
    return open_vault(settings)
