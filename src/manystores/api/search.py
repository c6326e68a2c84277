"""Finding anything from anywhere: locations and offers from what is in memory, orders by their indexes."""

import asyncio
from collections.abc import Iterable, Iterator
from time import perf_counter
from typing import Any, Literal
from urllib.parse import quote
from uuid import UUID

import numpy as np
from msgspec import Struct

from manystores.api.services import HistoryFact, Services
from manystores.api.text_index import Entry, Match, TextIndex
from manystores.catalogue.offer import name_in
from manystores.core.auth import Principal
from manystores.core.clock import rfc3339
from manystores.core.sql import queries
from manystores.data import pinyin_initials
from manystores.network import regions
from manystores.network.location import Location
from manystores.orders.order import Order, decode, fulfilment_id, parse_fulfilment_id
from manystores.people import store as people_store

SQL = queries("manystores.orders")
Kind = Literal["order", "fulfilment_order", "return", "location", "offer", "reservation", "transfer", "person"]
KINDS: tuple[Kind, ...] = (
    "order",
    "fulfilment_order",
    "return",
    "location",
    "offer",
    "reservation",
    "transfer",
    "person",
)
MATCHES: tuple[Match, ...] = ("exact", "prefix", "text", "initials")
PREFIX_MIN = 4  # characters of an order's numbers before all that begin with them are looked for
PEOPLE_MAX = 200  # looked at, of those whose login or name has the text in it, before the best are chosen
AMONG = 200  # orders among which a store's device finds its own
REST_TIMES = 20  # an index that took so long to make is made anew after so many times as long, at the earliest


class Result(Struct, frozen=True):
    """Something that was found: `id` as the API takes it, `title` and `detail` for people (of an order: its channel),
    `href` within the API, `at` when it began."""

    type: Kind
    id: str
    title: str
    detail: str
    match: Match
    href: str
    state: str | None = None
    at: str | None = None


class _Index:
    """An index of a brand's things, made when it is first asked for, and anew after changes."""

    def __init__(self) -> None:
        self._made: TextIndex | None = None
        self._version = -1
        self._rested_at = 0.0

    async def get(self, version: int, entries: Iterable[Entry]) -> TextIndex:
        """The index of this version; while a big one is being filled all the time, a slightly older one."""
        now = perf_counter()
        if self._made is None or (version != self._version and now >= self._rested_at):
            found = list(entries)
            self._version = version
            self._made = await asyncio.to_thread(TextIndex, found, pinyin_initials())
            took = perf_counter() - now
            self._rested_at = perf_counter() + took * REST_TIMES
        return self._made


class Finder:
    """Searches what is in memory, by brand."""

    def __init__(self, here: Services) -> None:
        self._here = here
        self._locations: dict[int, _Index] = {}
        self._offers: dict[int, _Index] = {}

    async def locations(self, who: Principal, text: str, limit: int, tongue: str) -> list[Result]:
        """A brand's locations by code, name, address or region, whose names in both languages are known; a store's
        device finds its own."""
        network = self._here.network
        index = self._locations.setdefault(who.party_no, _Index())
        numbers = np.flatnonzero(network.of_party(who.party_no)).tolist()
        places = (network.location(number) for number in numbers if number in network)
        entries = (Entry(one.location_no, one.code, (one.name,), (one.address, _around(one.region))) for one in places)
        # a device sees one of them all, so that it has to be looked for among all
        most = limit if who.location_no is None else 1_000_000
        found = (await index.get(network.version, entries)).find(text, most)
        results = []
        for number, match in found:
            if who.sees_location(number):
                place = network.location(number)
                href = f"/v1/locations/{quote(place.code, safe='')}"
                state = "enabled" if place.enabled else "disabled"
                detail = _where(place, tongue)
                results.append(Result("location", place.code, place.name, detail, match, href, state))
        return results

    async def offers(self, who: Principal, text: str, limit: int, tongue: str) -> list[Result]:
        """A brand's offers by SKU, name or barcode."""
        catalogue = self._here.catalogue
        index = self._offers.setdefault(who.party_no, _Index())
        mine = (catalogue.get(number) for number in catalogue.numbers_of(who.party_no).values())
        entries = (
            Entry(one.offer_no, one.sku, tuple(one.names.values()), _barcodes(one.gtin))
            for one in mine
            if one is not None
        )
        found = (await index.get(catalogue.version, entries)).find(text, limit)
        results = []
        for number, match in found:
            offer = catalogue.get(number)
            if offer is not None:
                state = "enabled" if offer.enabled else "disabled"
                detail = offer.gtin or ""
                href = f"/v1/offers/{quote(offer.sku, safe='')}"
                results.append(Result("offer", offer.sku, name_in(offer, tongue), detail, match, href, state))
        return results


def _around(region: str) -> str:
    """What a region and those around it are called, as one text: in each of them are many locations, so that a name
    alone names none of these exactly."""
    return " · ".join((*regions.names(region), *regions.names_en(region)))


def _where(place: Location, tongue: str) -> str:
    """A location's address, with its city for whoever reads no Chinese, or its region where there is no address."""
    if tongue == "zh":
        return place.address or "".join(regions.names(place.region))
    city = ", ".join(reversed(regions.names_en(place.region)))
    return " · ".join(part for part in (place.address, city) if part)


def _barcodes(gtin: str | None) -> tuple[str, ...]:
    """A GTIN, and as it is printed: without the zeros in front."""
    return () if gtin is None else (gtin, gtin.lstrip("0"))


async def orders(here: Services, who: Principal, text: str, limit: int) -> list[Result]:
    """A brand's orders by their id, the channel's id, a fulfilment order's id or a tracking number; whole, or as they
    begin. A store's device finds what its store serves or sold."""
    values: dict[str, Any] = {
        "partition_id": here.owner.partition_id,
        "party_no": who.party_no,
        "text": text,
        # a device sees some of the brand's orders, so that it has to be looked for among more
        "limit": limit if who.location_no is None else AMONG,
    }
    found: dict[str, Result] = {}

    def add(results: Iterable[Result]) -> None:
        for result in results:
            found.setdefault(result.type + result.id, result)

    async with here.pool.connection() as connection:
        parsed = parse_fulfilment_id(text)
        span = (parsed[0], parsed[0]) if parsed else id_range(text)
        if span is not None:
            bounds = values | {"first": span[0], "last": span[1]}
            for (document,) in await (await connection.execute(SQL["orders_in_id_range"], bounds)).fetchall():
                add(_by_id(here, who, decode(document), text, parsed[1] if parsed else 0))
        statement = "orders_of_channel_prefix" if len(text) >= PREFIX_MIN else "orders_of_channel_id"
        rows = await (await connection.execute(SQL[statement], values | {"channel_order_id": text})).fetchall()
        for (document,) in rows:
            order = decode(document)
            exact = order.channel_order_id == text
            add(_seen(here, who, order, "exact" if exact else "prefix"))
        if len(text) >= PREFIX_MIN:
            for tracking, number, document in await (
                await connection.execute(SQL["orders_of_tracking"], values)
            ).fetchall():
                add(_parcel(here, who, decode(document), number, tracking, text))
    return [one for kind in KINDS for one in [each for each in found.values() if each.type == kind][:limit]]


def id_range(text: str) -> tuple[UUID, UUID] | None:
    """(first, last) id that begins with a text of at least eight hexadecimal digits, or None."""
    digits = text.replace("-", "").lower()
    if not 8 <= len(digits) <= 32 or any(digit not in "0123456789abcdef" for digit in digits):
        return None
    return UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))


def sees(who: Principal, order: Order) -> bool:
    """Whether an order may be shown; a store's device sees what its store serves, takes back or sold."""
    if who.location_no is None:
        return True
    places = {work.location_no for work in order.fulfilments} | {one.location_no for one in order.returns}
    return who.location_no in places | {order.sold_at, order.pick_up_at}


def _by_id(here: Services, who: Principal, order: Order, text: str, number: int) -> Iterator[Result]:
    if not sees(who, order):
        return
    whole = len(text.replace("-", "")) >= 32
    if number:
        if number <= len(order.fulfilments) and who.sees_location(order.fulfilments[number - 1].location_no):
            yield _work(here, order, number, "exact", "")
        if number <= len(order.returns) and who.sees_location(order.returns[number - 1].location_no):
            one = order.returns[number - 1]
            href = f"/v1/orders/{order.order_id}"
            where = here.location_code(one.location_no)
            public = f"{order.order_id}/{number}"
            yield Result("return", public, order.channel_order_id, where, "prefix", href, one.state)
        return
    yield from _seen(here, who, order, "exact" if whole else "prefix")


def _seen(here: Services, who: Principal, order: Order, match: Match) -> Iterator[Result]:
    if sees(who, order):
        order_id, at = str(order.order_id), rfc3339(order.placed_at_us)
        href = f"/v1/orders/{order_id}"
        yield Result("order", order_id, order.channel_order_id, order.channel, match, href, order.state, at)


def _parcel(here: Services, who: Principal, order: Order, number: int, tracking: str, text: str) -> Iterator[Result]:
    if sees(who, order) and who.sees_location(order.fulfilments[number - 1].location_no):
        yield _work(here, order, number, "exact" if tracking == text else "prefix", tracking)


def _work(here: Services, order: Order, number: int, match: Match, tracking: str) -> Result:
    work = order.fulfilments[number - 1]
    public = fulfilment_id(order.order_id, number)
    where = here.location_code(work.location_no)
    return Result(
        "fulfilment_order",
        public,
        tracking or order.channel_order_id,
        f"{order.channel_order_id} · {where}" if tracking else where,
        match,
        f"/v1/fulfilment-orders/{public}",
        work.stage,
    )


async def people(here: Services, who: Principal, text: str, limit: int) -> list[Result]:
    """The brand's people by a part of their login or name, those whose login or name it is before others."""
    async with here.pool.connection() as connection:
        found = await people_store.find(connection, who.party_no, text=text, limit=PEOPLE_MAX)
    results = []
    for one in found:
        names, wanted = (one.login.lower(), one.name.lower()), text.lower()
        match: Match = "exact" if wanted in names else "prefix" if any(n.startswith(wanted) for n in names) else "text"
        state = "enabled" if one.enabled else "disabled"
        public = str(one.person_id)
        results.append(Result("person", public, one.name, one.login, match, f"/v1/people/{public}", state))
    return sorted(results, key=lambda one: MATCHES.index(one.match))[:limit]


async def claims(here: Services, who: Principal, text: str) -> list[Result]:
    """A reservation or a transfer by its whole id."""
    span = id_range(text)
    if span is None or span[0] != span[1]:
        return []
    history = await here.history(span[0], who)
    name = history[0].name if history else ""
    if name == "transfer.sent" and "stock:read" in who.scopes:
        return _transfer(here, who, span[0], history)
    if name.startswith("reservation.") and "reservations:read" in who.scopes:
        return _reservation(here, who, span[0], history)
    return []


def _transfer(here: Services, who: Principal, subject: UUID, history: list[HistoryFact]) -> list[Result]:
    sent, came = history[0], history[-1].name == "transfer.received"
    source, target = sent.body["source_no"], sent.body["target_no"]
    if not (who.sees_location(source) or who.sees_location(target)):
        return []
    title = f"{here.location_code(source)} → {here.location_code(target)}"
    detail = f"{here.offer_sku(sent.body['offer_no'])} × {sent.body['quantity']}"
    href = f"/v1/stock/transfers/{subject}"
    state, at = "received" if came else "in_transit", rfc3339(sent.at_us)
    return [Result("transfer", str(subject), title, detail, "exact", href, state, at)]


def _reservation(here: Services, who: Principal, subject: UUID, history: list[HistoryFact]) -> list[Result]:
    held = here.owner.ledger.reservation(subject)
    places = set() if held is None else {claim.key.location_no for claim in held.claims}
    if who.location_no is not None and places != {who.location_no}:
        return []  # a device finds what is held at its store alone, as it may read it
    state = history[-1].name.removeprefix("reservation.")
    codes = ", ".join(sorted(here.location_code(number) for number in places))
    href, at = f"/v1/reservations/{subject}", rfc3339(history[0].at_us)
    return [Result("reservation", str(subject), str(subject), codes, "exact", href, state, at)]
