"""Offers in PostgreSQL. Every function works in the caller's transaction; none commits."""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Final

import msgspec
import psycopg

from manystores.catalogue.kits import check_kits
from manystores.catalogue.offer import Component, Kind, Offer
from manystores.core.clock import to_datetime
from manystores.core.errors import CONFLICT, FieldError, Problem
from manystores.core.money import Money
from manystores.core.numbers import allocate_async
from manystores.core.sql import queries

Connection = psycopg.AsyncConnection[Any]

_SQL = queries("manystores.catalogue")
_LOAD_AT_ONCE: Final = 5_000


class _Document(msgspec.Struct, frozen=True):
    """What of an offer has no column of its own."""

    names: dict[str, str]
    tax_rate_ppm: int
    unit: str
    scale: int
    weight_g: int
    size_mm: tuple[int, int, int] | None
    shelf_life_days: int | None
    options: dict[str, str]
    attributes: dict[str, object]


async def upsert(
    connection: Connection,
    party_no: int,
    offers: Sequence[Offer],
    now_us: int,
    at: Callable[[int], str] = "/offers/{}".format,
) -> list[Offer]:
    """Store offers of one brand, all or none, and return them numbered and with their new revisions, in order.

    An offer that is stored just so already is left alone, so that an import may be run again. One that comes with a
    revision other than 0 must meet just that revision, else Problem(CONFLICT); kits that could never be sold are
    Problem(INVALID). `at(i)` is the JSON pointer of offers[i]; SKUs must not occur twice.
    """
    if any(offer.party_no != party_no for offer in offers):
        raise ValueError("all offers must be of the brand that stores them")
    skus = [offer.sku for offer in offers]
    if len(set(skus)) < len(skus):
        raise ValueError("an offer stands twice in one batch")
    await connection.execute(_SQL["lock_offers"], {"party_no": party_no, "skus": skus})
    present = {offer.sku: offer for offer in await find_many(connection, party_no, skus)}
    _refuse_stale(offers, present, at)
    inside = await _inside(connection, party_no, offers)
    check_kits(offers, inside.get, at)
    changed = [offer for offer in offers if offer.sku not in present or not _same(offer, present[offer.sku])]
    stored = present | await _write(connection, party_no, changed, present, now_us)
    await _write_components(
        connection,
        [stored[offer.sku] for offer in changed],
        present,
        stored | {sku: offer for sku, offer in inside.items() if sku not in stored},
    )
    return [stored[sku] for sku in skus]


async def find(connection: Connection, party_no: int, sku: str) -> Offer | None:
    """The brand's offer with this SKU."""
    found = await find_many(connection, party_no, [sku])
    return found[0] if found else None


async def find_many(connection: Connection, party_no: int, skus: Sequence[str]) -> list[Offer]:
    """The brand's offers with these SKUs, in the order of their SKUs; unknown ones are left out."""
    return await _offers(
        connection, "offers_by_sku", {"party_no": party_no, "skus": [sku for sku in skus if _storable(sku)]}
    )


async def find_by_gtin(connection: Connection, party_no: int, gtin: str) -> list[Offer]:
    """The brand's offers that carry this GTIN (14 digits, see `gtin.gtin14`)."""
    if not _storable(gtin):
        return []
    return await _offers(connection, "offers_by_gtin", {"party_no": party_no, "gtin": gtin})


async def page(
    connection: Connection,
    party_no: int,
    *,
    after: str = "",
    limit: int = 100,
    kind: Kind | None = None,
    variant_of: str | None = None,
    enabled: bool | None = None,
    gtin: str | None = None,
    text: str | None = None,
) -> list[Offer]:
    """At most `limit` of the brand's offers in the order of their SKUs, behind the SKU `after`.

    `gtin` has 14 digits (see `gtin.gtin14`); `text` is looked for in SKUs and names, whatever its case.
    The next page begins behind the last SKU of this one; an empty page is the end.
    """
    if not _storable(after + (variant_of or "") + (gtin or "") + (text or "")):
        return []
    look_for = {
        "party_no": party_no,
        "after": after,
        "limit": limit,
        "kind": kind,
        "variant_of": variant_of,
        "enabled": enabled,
        "gtin": gtin,
        "text": text,
    }
    return await _offers(connection, "offers_page", look_for)


async def load_all(connection: Connection) -> AsyncIterator[list[Offer]]:
    """All brands' offers, some thousands at a time, for `Registry.apply`."""
    after = 0
    while offers := await _offers(connection, "offers_from", {"after": after, "limit": _LOAD_AT_ONCE}):
        yield offers
        after = offers[-1].offer_no


def _storable(text: str) -> bool:
    """Whether PostgreSQL could hold the text: what it can't hold, nobody need look for."""
    return "\0" not in text and text.encode("utf-8", "replace").decode() == text


async def _offers(connection: Connection, name: str, look_for: dict[str, Any]) -> list[Offer]:
    async with connection.cursor(row_factory=psycopg.rows.tuple_row) as cursor:
        await cursor.execute(_SQL[name], look_for)
        rows = await cursor.fetchall()
        await cursor.execute(_SQL["components_of"], {"offer_nos": [row[0] for row in rows]})
        components: dict[int, list[Component]] = {}
        async for offer_no, sku, quantity in cursor:
            components.setdefault(offer_no, []).append(Component(sku, quantity))
    return [_offer(row, tuple(components.get(row[0], ()))) for row in rows]


def _offer(row: tuple[Any, ...], components: tuple[Component, ...]) -> Offer:
    offer_no, party_no, sku, kind, gtin, variant_of, amount, currency, enabled, document, revision = row
    rest = msgspec.json.decode(document, type=_Document)
    return Offer(
        offer_no=offer_no,
        sku=sku,
        party_no=party_no,
        kind=kind,
        gtin=gtin,
        variant_of=variant_of,
        price=Money(amount, currency),
        enabled=enabled,
        components=components,
        revision=revision,
        **msgspec.structs.asdict(rest),
    )


def _document(offer: Offer) -> str:
    return msgspec.json.encode({name: getattr(offer, name) for name in _Document.__struct_fields__}).decode()


def _same(offer: Offer, present: Offer) -> bool:
    return msgspec.structs.replace(offer, offer_no=present.offer_no, revision=present.revision) == present


def _refuse_stale(offers: Sequence[Offer], present: dict[str, Offer], at: Callable[[int], str]) -> None:
    errors = []
    for i, offer in enumerate(offers):
        stored = present[offer.sku].revision if offer.sku in present else 0
        if offer.revision not in (0, stored):
            errors.append(
                FieldError(
                    f"{at(i)}/revision",
                    "stale_revision",
                    f"{offer.sku} has revision {stored}, not {offer.revision}; read it again, then change it",
                    f"{offer.sku} 当前版本为 {stored}，而非 {offer.revision}；请重新读取后再修改",
                )
            )
    if errors:
        raise Problem(
            CONFLICT, "Somebody has changed it since you read it", "读取之后数据已被他人修改", fields=tuple(errors)
        )


async def _inside(connection: Connection, party_no: int, offers: Sequence[Offer]) -> dict[str, Offer]:
    """The stored offers that the given kits contain, down to the last."""
    found: dict[str, Offer] = {}
    asked: set[str] = set()
    level: list[Offer] = list(offers)
    while missing := sorted({c.sku for offer in level for c in offer.components} - asked):
        asked.update(missing)
        level = await find_many(connection, party_no, missing)
        found |= {offer.sku: offer for offer in level}
    return found


async def _write(
    connection: Connection, party_no: int, changed: list[Offer], present: dict[str, Offer], now_us: int
) -> dict[str, Offer]:
    """Write the rows; the offers by SKU with their numbers and revisions."""
    if not changed:
        return {}
    fresh = [offer.sku for offer in changed if offer.sku not in present]
    numbers = dict(zip(fresh, await allocate_async(connection, "offer", len(fresh)), strict=True)) if fresh else {}
    rows = {
        "party_no": party_no,
        "at": to_datetime(now_us),
        "offer_nos": [present[o.sku].offer_no if o.sku in present else numbers[o.sku] for o in changed],
        "skus": [o.sku for o in changed],
        "kinds": [o.kind for o in changed],
        "gtins": [o.gtin for o in changed],
        "styles": [o.variant_of for o in changed],
        "amounts": [o.price.amount for o in changed],
        "currencies": [o.price.currency for o in changed],
        "enabled": [o.enabled for o in changed],
        "documents": [_document(o) for o in changed],
    }
    async with connection.cursor(row_factory=psycopg.rows.tuple_row) as cursor:
        await cursor.execute(_SQL["upsert_offers"], rows)
        written = {sku: (offer_no, revision) for offer_no, sku, revision in await cursor.fetchall()}
    return {
        offer.sku: msgspec.structs.replace(offer, offer_no=written[offer.sku][0], revision=written[offer.sku][1])
        for offer in changed
    }


async def _write_components(
    connection: Connection, changed: list[Offer], present: dict[str, Offer], known: dict[str, Offer]
) -> None:
    """Replace what the changed offers contain; most are no kits and never were, and cost nothing."""
    kits = [o for o in changed if o.components or (o.sku in present and present[o.sku].components)]
    if not kits:
        return
    await connection.execute(_SQL["forget_components"], {"offer_nos": [kit.offer_no for kit in kits]})
    rows = [(kit.offer_no, n, known[c.sku].offer_no, c.quantity) for kit in kits for n, c in enumerate(kit.components)]
    if rows:
        offer_nos, positions, component_nos, quantities = (list(column) for column in zip(*rows, strict=True))
        await connection.execute(
            _SQL["insert_components"],
            {
                "offer_nos": offer_nos,
                "positions": positions,
                "component_nos": component_nos,
                "quantities": quantities,
            },
        )
