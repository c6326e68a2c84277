"""Offers: goods, services and quotas of a brand; one or thousands."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from psycopg import AsyncConnection

from manystores.api import schemas
from manystores.api.bodies import asked
from manystores.api.deps import Here, language, requires
from manystores.api.idempotency import Answer, once
from manystores.api.resources import (
    CHANGE,
    READ,
    READ_ONE,
    WRITE,
    Cursor,
    IfMatch,
    IfNoneMatch,
    Limit,
    after,
    already,
    answers,
    batch_schema,
    check_match,
    check_revision,
    entity,
    items_body,
    object_body,
    page,
    page_schema,
    results_schema,
    tag,
    takes,
    write_headers,
)
from manystores.api.services import Services
from manystores.catalogue import KINDS, BrokenGtin, Offer, body_of, gtin14, offer_of, patched, store
from manystores.core.auth import Principal
from manystores.core.errors import CONFLICT, INVALID, NOT_FOUND, FieldError, Problem

router = APIRouter(prefix="/v1/offers", tags=["offers"])
BATCH_MAX = 5_000
CHUNK = 500  # bodies checked at a stretch; between two chunks, other requests are answered
ATTEMPTS = 3

Connection = AsyncConnection[Any]
Reader = Annotated[Principal, Depends(requires("offers:read"))]
Writer = Annotated[Principal, Depends(requires("offers:write"))]
_EXAMPLE = schemas.OFFER_EXAMPLE
_CREATED = answers("It is created.", schemas.OFFER, _EXAMPLE, tagged=True)
_SAME = answers("It existed, just so.", schemas.OFFER, _EXAMPLE, tagged=True)
_ONE = answers("The offer.", schemas.OFFER, _EXAMPLE, tagged=True)


def told(offer: Offer) -> dict[str, Any]:
    """An offer as it is told outside."""
    return body_of(offer)


def _answer(here: Services, offer: Offer, status: int, *, changed: bool = True) -> Answer:
    headers = write_headers(router.prefix, offer.sku, tag(offer.revision), status)
    return Answer(status, told(offer), headers, (lambda: _publish(here, [offer])) if changed else None)


def _publish(here: Services, offers: Sequence[Offer]) -> None:
    """Let the hot path know what was written."""
    here.catalogue.apply(offers)
    here.router.network_changed()


def _unknown(sku: str) -> Problem:
    return Problem(NOT_FOUND, f"There is no offer {sku}.", f"没有 SKU 为 {sku} 的商品。")


@router.post(
    "",
    status_code=201,
    summary="Create an offer",
    openapi_extra=takes(schemas.OFFER_BODY, schemas.OFFER_MINIMAL),
    responses=WRITE | {201: _CREATED, 200: _SAME},
)
async def create(request: Request, here: Here, who: Writer) -> Response:
    """SKU, name, kind and price suffice. An existing SKU is a 409, unless all is just as stored: then 200."""
    ask = await asked(request, who, here.settings.max_body_bytes)
    offer = offer_of(object_body(ask), who.party_no)

    async def act(connection: Connection) -> Answer:
        stored = await store.find(connection, who.party_no, offer.sku)
        if stored is not None:
            same = msgspec.structs.replace(offer, offer_no=stored.offer_no, revision=stored.revision)
            if same != stored:
                raise already(router.prefix, offer.sku, "sku")
            return _answer(here, stored, 200, changed=False)
        (made,) = await _store(here, connection, who, [_fresh(offer)])
        if made.revision != 1:  # somebody else created it at the same moment
            raise already(router.prefix, offer.sku, "sku")
        return _answer(here, made, 201)

    return await once(here, ask, 201, act)


def _fresh(offer: Offer) -> Offer:
    return msgspec.structs.replace(offer, revision=0)


async def _store(here: Services, connection: Connection, who: Principal, offers: Sequence[Offer]) -> list[Offer]:
    """Write offers, the problems of a single one pointing into its own body."""
    return await store.upsert(connection, who.party_no, offers, here.clock.now_us(), lambda _: "")


@router.post(
    "/batch",
    summary="Create or change many offers",
    openapi_extra=takes(batch_schema("offers", schemas.OFFER_BODY, BATCH_MAX), {"offers": [schemas.OFFER_MINIMAL]}),
    responses=WRITE
    | {
        200: answers(
            "One result an item, in order.",
            results_schema("offer", schemas.OFFER),
            {"results": [{"status": 201, "offer": _EXAMPLE}]},
        )
    },
)
async def batch(request: Request, here: Here, who: Writer) -> Response:
    """At most 5,000; kits after what they contain. New SKUs are created, known ones changed in what their bodies say;
    what is wrong is told item by item, and the rest is kept. Sent again, it changes nothing."""
    ask = await asked(request, who, here.settings.max_body_bytes)
    items, tongue = items_body(ask, "offers", BATCH_MAX), language(request)

    async def act(connection: Connection) -> Answer:
        results: list[dict[str, Any]] = []
        written: dict[str, Offer] = {}
        for start in range(0, len(items), CHUNK):
            writing = _Batch(here, who, connection, tongue)
            results += await writing.put(items[start : start + CHUNK], start)
            written |= writing.stored
        return Answer(200, {"results": results}, after=lambda: _publish(here, list(written.values())))

    return await once(here, ask, 200, act)


class _Batch:
    """Writes a part of a batch: the good items, with a result for every one."""

    def __init__(self, here: Services, who: Principal, connection: Connection, tongue: str) -> None:
        self._here, self._who, self._connection, self._tongue = here, who, connection, tongue
        self._results: dict[int, dict[str, Any]] = {}
        self._before: dict[str, Offer] = {}
        self.stored: dict[str, Offer] = {}

    async def put(self, items: Sequence[Any], first: int) -> list[dict[str, Any]]:
        """The results of `items`, of which the first has the index `first` in its request."""
        skus = [sku for item in items if isinstance(item, Mapping) and isinstance(sku := item.get("sku"), str)]
        found = await store.find_many(self._connection, self._who.party_no, list(dict.fromkeys(skus)))
        self._before = {offer.sku: offer for offer in found}
        good: dict[str, Offer] = {}
        places: dict[str, list[int]] = {}
        for i, item in enumerate(items, start=first):
            try:
                offer = self._read(item, i, good)
            except Problem as problem:
                self._refuse(problem, [i])
            else:
                good[offer.sku] = offer  # of two with one SKU the later counts
                places.setdefault(offer.sku, []).append(i)
        await self._write([(offer, places[sku]) for sku, offer in good.items()])
        return [self._results[i] for i in range(first, first + len(items))]

    def _read(self, item: Any, i: int, earlier: Mapping[str, Offer]) -> Offer:
        at = f"/offers/{i}"
        if not isinstance(item, Mapping):
            raise Problem(
                INVALID, fields=(FieldError(at, "not_an_object", "An offer is an object.", "商品应为对象。"),)
            )
        sku = item.get("sku")
        old = (earlier.get(sku) or self._before.get(sku)) if isinstance(sku, str) else None
        return _fresh(patched(old, item, at) if old else offer_of(item, self._who.party_no, at))

    async def _write(self, good: list[tuple[Offer, list[int]]]) -> None:
        """Write all; when kits make that impossible, leave out the ones at fault and try again."""
        while good:
            try:
                written = await store.upsert(
                    self._connection,
                    self._who.party_no,
                    [offer for offer, _ in good],
                    self._here.clock.now_us(),
                    lambda n, good=good: f"/offers/{good[n][1][-1]}",  # type: ignore[misc]
                )
            except Problem as problem:
                good = self._without(good, problem)
                continue
            for offer, (_, places) in zip(written, good, strict=True):
                self.stored[offer.sku] = offer
                status = 200 if offer.sku in self._before else 201
                self._results |= {i: {"status": status, "offer": told(offer)} for i in places}
            return

    def _without(self, good: list[tuple[Offer, list[int]]], problem: Problem) -> list[tuple[Offer, list[int]]]:
        """The offers that a problem does not speak of; the others are refused."""
        left = []
        for offer, places in good:
            at = f"/offers/{places[-1]}"
            own = tuple(f for f in problem.fields if f.pointer == at or f.pointer.startswith(at + "/"))
            if own:
                self._refuse(Problem(problem.rule, problem.en, problem.zh, own), places)
            else:
                left.append((offer, places))
        if len(left) == len(good):  # it speaks of none of them
            raise problem
        return left

    def _refuse(self, problem: Problem, places: Sequence[int]) -> None:
        told_it = {"status": problem.rule.status, "problem": problem.document(self._tongue)}
        self._results |= dict.fromkeys(places, told_it)


@router.get(
    "",
    summary="List offers",
    responses=READ
    | {
        200: answers(
            "A page, in the order of SKUs.",
            page_schema("offers", schemas.OFFER),
            {"offers": [_EXAMPLE], "next": None},
        )
    },
)
async def list_offers(
    here: Here,
    who: Reader,
    kind: Annotated[Literal[KINDS] | None, Query()] = None,  # type: ignore[valid-type]
    variant_of: Annotated[str | None, Query(max_length=100, description="Those of a style.")] = None,
    gtin: Annotated[str | None, Query(max_length=18, description="Those that carry a GTIN, as scanned.")] = None,
    text: Annotated[str | None, Query(max_length=200, description="In SKU or name.")] = None,
    enabled: Annotated[bool | None, Query()] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """The brand's offers."""
    async with here.pool.connection() as connection:
        found = await store.page(
            connection,
            who.party_no,
            after=after(cursor),
            limit=limit + 1,
            kind=kind,
            variant_of=variant_of,
            enabled=enabled,
            gtin=None if gtin is None else _gtin(gtin),
            text=text,
        )
    return page("offers", found, limit, told, lambda offer: offer.sku)


def _gtin(text: str) -> str:
    try:
        return gtin14(text)
    except BrokenGtin as broken:
        raise Problem(INVALID, fields=(FieldError("/gtin", "broken_gtin", broken.en, broken.zh),)) from None


@router.get(
    "/{sku:path}", summary="Get an offer", responses=READ_ONE | {200: _ONE, 304: {"description": "As you have it."}}
)
async def get(sku: str, here: Here, who: Reader, if_none_match: IfNoneMatch = None) -> Response:
    """One offer with its revision as ETag."""
    async with here.pool.connection() as connection:
        offer = await store.find(connection, who.party_no, sku)
    if offer is None:
        raise _unknown(sku)
    return entity(told(offer), tag(offer.revision), if_none_match)


@router.patch(
    "/{sku:path}",
    summary="Change an offer",
    openapi_extra=takes(schemas.OFFER_CHANGES, {"price": {"amount": 5900, "currency": "CNY"}, "enabled": True}),
    responses=CHANGE | {200: _ONE},
)
async def change(sku: str, request: Request, here: Here, who: Writer, if_match: IfMatch = None) -> Response:
    """What the body says changes, the rest stays; null takes a field away (RFC 7396)."""
    ask = await asked(request, who, here.settings.max_body_bytes)
    body = object_body(ask)

    async def act(connection: Connection) -> Answer:
        for attempt in range(1, ATTEMPTS + 1):
            stored = await store.find(connection, who.party_no, sku)
            if stored is None:
                raise _unknown(sku)
            check_match(if_match, tag(stored.revision))
            wanted = patched(stored, body)
            check_revision(wanted.revision, stored.revision)
            try:
                # changed since it was read: read again, and say 412 or merge into what it is now
                (written,) = await _store(
                    here, connection, who, [msgspec.structs.replace(wanted, revision=stored.revision)]
                )
            except Problem as problem:
                if problem.rule is not CONFLICT or attempt == ATTEMPTS:
                    raise
            else:
                return _answer(here, written, 200, changed=written.revision != stored.revision)
        raise AssertionError("unreachable: the last attempt returns or raises")

    return await once(here, ask, 200, act)
