"""What deliveries cost: the brand's carriers with their rates, and the fees that shoppers pay."""

from hashlib import blake2b
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from psycopg import AsyncConnection

from manystores.api import schemas
from manystores.api.bodies import Asked, asked
from manystores.api.deps import Here, requires
from manystores.api.idempotency import SQL, Answer, once
from manystores.api.resources import (
    BODILESS,
    CHANGE,
    EXISTS,
    READ,
    READ_ONE,
    WRITE,
    Cursor,
    IfMatch,
    IfNoneMatch,
    Limit,
    Responses,
    after,
    already,
    answers,
    check_match,
    check_revision,
    entity,
    object_body,
    page,
    page_schema,
    tag,
    takes,
    write_headers,
)
from manystores.api.services import Services
from manystores.core.auth import Principal
from manystores.core.errors import INVALID, NOT_FOUND, FieldError, Problem
from manystores.network import Carrier, DeliveryFee, carrier_body, carrier_of, fee_body, fee_of, store
from manystores.network.regions import canonical
from manystores.sourcing.policy import EVERY

router = APIRouter(prefix="/v1", tags=["delivery"])
CARRIERS = "/v1/carriers"

Connection = AsyncConnection[Any]
# what carriers charge and how it is passed on is policy, not something a store's device needs
Reader = Annotated[Principal, Depends(requires("policies:read"))]
Writer = Annotated[Principal, Depends(requires("policies:write"))]
_CARRIER = carrier_body(carrier_of(schemas.CARRIER_EXAMPLE, 1)) | {"revision": 1}
_CARRIER_ANSWER = answers("The carrier.", schemas.CARRIER, _CARRIER, tagged=True)
_FEE_ANSWER = answers("The fee.", schemas.FEE, schemas.FEE_EXAMPLE, tagged=True)
_UNCHANGED: Responses = {304: {"description": "As you have it."}}


# -- carriers


def _carrier_answer(here: Services, carrier: Carrier, status: int, *, changed: bool = True) -> Answer:
    headers = write_headers(CARRIERS, carrier.code, tag(carrier.revision), status)

    def publish() -> None:
        here.network.set_carriers([carrier])
        here.router.network_changed()

    return Answer(status, carrier_body(carrier), headers, publish if changed else None)


async def _carrier(connection: Connection, who: Principal, code: str) -> Carrier | None:
    found = [carrier for carrier in await store.load_carriers(connection, who.party_no) if carrier.code == code]
    return found[0] if found else None


async def _known_carrier(connection: Connection, who: Principal, code: str) -> Carrier:
    found = await _carrier(connection, who, code)
    if found is None:
        raise Problem(NOT_FOUND, f"There is no carrier {code}.", f"没有编码为 {code} 的承运商。")
    return found


@router.post(
    "/carriers",
    status_code=201,
    summary="Create a carrier",
    openapi_extra=takes(schemas.CARRIER_BODY, schemas.CARRIER_EXAMPLE),
    responses=WRITE | {201: _CARRIER_ANSWER, 200: _CARRIER_ANSWER},
)
async def create_carrier(request: Request, here: Here, who: Writer) -> Response:
    """With its rates by zone. An existing code is a 409, unless all is just as stored: then 200."""
    ask = await asked(request, who, here.settings.max_body_bytes)
    carrier = msgspec.structs.replace(carrier_of(object_body(ask), who.party_no), revision=0)

    async def act(connection: Connection) -> Answer:
        await connection.execute(SQL["lock_party"], {"party_no": who.party_no})
        stored = await _carrier(connection, who, carrier.code)
        if stored is None:
            return _carrier_answer(here, await store.write_carrier(connection, carrier), 201)
        if msgspec.structs.replace(carrier, revision=stored.revision) != stored:
            raise already(CARRIERS, carrier.code)
        return _carrier_answer(here, stored, 200, changed=False)

    return await once(here, ask, 201, act)


@router.get(
    "/carriers",
    summary="List carriers",
    responses=READ
    | {200: answers("A page.", page_schema("carriers", schemas.CARRIER), {"carriers": [_CARRIER], "next": None})},
)
async def list_carriers(here: Here, who: Reader, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """The brand's carriers with their rates, in the order of codes."""
    behind = after(cursor)
    async with here.pool.connection() as connection:
        found = [c for c in await store.load_carriers(connection, who.party_no) if c.code > behind]
    return page("carriers", found[: limit + 1], limit, carrier_body, lambda carrier: carrier.code)


@router.get("/carriers/{code}", summary="Get a carrier", responses=READ_ONE | {200: _CARRIER_ANSWER} | _UNCHANGED)
async def get_carrier(code: str, here: Here, who: Reader, if_none_match: IfNoneMatch = None) -> Response:
    """One carrier with its revision as ETag."""
    async with here.pool.connection() as connection:
        carrier = await _known_carrier(connection, who, code)
    return entity(carrier_body(carrier), tag(carrier.revision), if_none_match)


@router.patch(
    "/carriers/{code}",
    summary="Change a carrier",
    openapi_extra=takes(schemas.CARRIER_CHANGES, {"cut_off": "20:00"}),
    responses=CHANGE | {200: _CARRIER_ANSWER},
)
async def change_carrier(code: str, request: Request, here: Here, who: Writer, if_match: IfMatch = None) -> Response:
    """What the body says changes, the rest stays; `zones` are replaced as a whole."""
    ask = await asked(request, who, here.settings.max_body_bytes)
    body = object_body(ask)

    async def act(connection: Connection) -> Answer:
        await connection.execute(SQL["lock_party"], {"party_no": who.party_no})
        stored = await _known_carrier(connection, who, code)
        check_match(if_match, tag(stored.revision))
        if body.get("code", code) != code:
            raise _immutable("code")
        wanted = carrier_of(carrier_body(stored) | {"revision": 0} | body, who.party_no)
        check_revision(wanted.revision, stored.revision)
        wanted = msgspec.structs.replace(wanted, revision=stored.revision)
        if wanted == stored:
            return _carrier_answer(here, stored, 200, changed=False)
        return _carrier_answer(here, await store.write_carrier(connection, wanted), 200)

    return await once(here, ask, 200, act)


def _immutable(field: str) -> Problem:
    en, zh = "This can't change; create another one and remove this one.", "该字段不可更改，请新建并移除当前项。"
    return Problem(INVALID, fields=(FieldError(f"/{field}", "immutable", en, zh),))


# -- delivery fees


def _fee_told(fee: DeliveryFee) -> dict[str, Any]:
    return fee_body(fee) | {"region": fee.region or EVERY}


def _fee_read(body: dict[str, Any], who: Principal) -> DeliveryFee:
    """The fee of a body; `*` as its region is everywhere."""
    return fee_of(body | {"region": ""} if body.get("region") == EVERY else body, who.party_no)


def _fee_tag(fee: DeliveryFee) -> str:
    """Fees have no revision: their content tells them apart."""
    return f'"{blake2b(msgspec.json.encode(_fee_told(fee)), digest_size=6).hexdigest()}"'


async def _fees(connection: Connection, who: Principal) -> dict[str, DeliveryFee]:
    """The brand's fees by region."""
    return {fee.region: fee for fee in await store.load_fees(connection, who.party_no)}


async def _known_fee(connection: Connection, who: Principal, region: str) -> DeliveryFee:
    fee = (await _fees(connection, who)).get(_region(region))
    if fee is None:
        raise Problem(
            NOT_FOUND,
            f"There is no delivery fee for {region} itself; what is around it may have one.",
            f"{region} 没有单独设置运费；可能沿用其上级地区的运费。",
        )
    return fee


def _region(given: str) -> str:
    return "" if given == EVERY else canonical(given)


async def _fee_answer(
    here: Services, connection: Connection, who: Principal, fee: DeliveryFee | None, status: int
) -> Answer:
    """The answer of a write of fees, which tells the hot path all fees of the brand once it is committed."""
    fees = list((await _fees(connection, who)).values())

    def publish() -> None:
        here.network.set_fees(who.party_no, fees)
        here.router.network_changed()

    if fee is None:
        return Answer(status, None, after=publish)
    headers = {"etag": _fee_tag(fee)}
    if status == 201:
        headers["location"] = f"/v1/delivery-fees/{fee.region or EVERY}"
    return Answer(status, _fee_told(fee), headers, publish)


@router.post(
    "/delivery-fees",
    status_code=201,
    summary="Create a delivery fee",
    openapi_extra=takes(schemas.FEE_BODY, schemas.FEE_EXAMPLE),
    responses=WRITE | {201: _FEE_ANSWER, 200: _FEE_ANSWER},
)
async def create_fee(request: Request, here: Here, who: Writer) -> Response:
    """What shoppers in a region pay, and from which sum on nothing. The narrowest region that has a fee counts."""
    ask = await asked(request, who, here.settings.max_body_bytes)
    fee = _fee_read(object_body(ask), who)

    async def act(connection: Connection) -> Answer:
        await connection.execute(SQL["lock_party"], {"party_no": who.party_no})
        stored = (await _fees(connection, who)).get(fee.region)
        if stored is None:
            await store.write_fees(connection, [fee])
        elif stored != fee:
            raise _fee_exists(fee.region or EVERY)
        return await _fee_answer(here, connection, who, fee, 200 if stored else 201)

    return await once(here, ask, 201, act)


def _fee_exists(region: str) -> Problem:
    en = f"{region} has a fee; change it with PATCH /v1/delivery-fees/{region}."
    zh = f"{region} 已设置运费；请使用 PATCH /v1/delivery-fees/{region} 修改。"
    return Problem(EXISTS, en, zh, fields=(FieldError("/region", "exists", en, zh),))


@router.get(
    "/delivery-fees",
    summary="List delivery fees",
    responses=READ
    | {
        200: answers(
            "A page.",
            page_schema("delivery_fees", schemas.FEE),
            {"delivery_fees": [schemas.FEE_EXAMPLE], "next": None},
        )
    },
)
async def list_fees(here: Here, who: Reader, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """The brand's delivery fees, in the order of regions; `*` is everywhere else."""
    behind = after(cursor)
    async with here.pool.connection() as connection:
        fees = sorted((await _fees(connection, who)).values(), key=lambda fee: fee.region or EVERY)
    found = [fee for fee in fees if (fee.region or EVERY) > behind]
    return page("delivery_fees", found[: limit + 1], limit, _fee_told, lambda fee: fee.region or EVERY)


@router.get(
    "/delivery-fees/{region}", summary="Get a delivery fee", responses=READ_ONE | {200: _FEE_ANSWER} | _UNCHANGED
)
async def get_fee(region: str, here: Here, who: Reader, if_none_match: IfNoneMatch = None) -> Response:
    """The fee of one region; `*` is everywhere."""
    async with here.pool.connection() as connection:
        fee = await _known_fee(connection, who, region)
    return entity(_fee_told(fee), _fee_tag(fee), if_none_match)


@router.patch(
    "/delivery-fees/{region}",
    summary="Change a delivery fee",
    openapi_extra=takes(schemas.FEE_CHANGES, {"free_from": 9900}),
    responses=CHANGE | {200: _FEE_ANSWER},
)
async def change_fee(region: str, request: Request, here: Here, who: Writer, if_match: IfMatch = None) -> Response:
    """What the body says changes, the rest stays; null takes a threshold away."""
    ask = await asked(request, who, here.settings.max_body_bytes)
    body = object_body(ask)

    async def act(connection: Connection) -> Answer:
        await connection.execute(SQL["lock_party"], {"party_no": who.party_no})
        stored = await _known_fee(connection, who, region)
        check_match(if_match, _fee_tag(stored))
        wanted = _fee_read(_fee_told(stored) | body, who)
        if wanted.region != stored.region:
            raise _immutable("region")
        await store.write_fees(connection, [wanted])
        return await _fee_answer(here, connection, who, wanted, 200)

    return await once(here, ask, 200, act)


@router.delete(
    "/delivery-fees/{region}",
    status_code=204,
    summary="Remove a delivery fee",
    openapi_extra=BODILESS,
    responses=CHANGE,
)
async def delete_fee(region: str, request: Request, here: Here, who: Writer, if_match: IfMatch = None) -> Response:
    """The region falls back to the fee of what is around it."""
    ask: Asked = await asked(request, who, here.settings.max_body_bytes)

    async def act(connection: Connection) -> Answer:
        await connection.execute(SQL["lock_party"], {"party_no": who.party_no})
        stored = await _known_fee(connection, who, region)
        check_match(if_match, _fee_tag(stored))
        await store.delete_fee(connection, who.party_no, stored.region)
        return await _fee_answer(here, connection, who, None, 204)

    return await once(here, ask, 204, act)
