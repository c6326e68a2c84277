"""Bring the scenario into an installation, over HTTP: what it knows already is left out, shelves are set anew."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
import psycopg

from manystores.demo.connections import Client
from manystores.demo.reading import ITEMS
from manystores.demo.world import World
from manystores.promise.projection import project

LOCATIONS_A_REQUEST: Final = 1_000
OFFERS_A_REQUEST: Final = 1_000
CHANGES_A_REQUEST: Final = 5_000

Progress = Callable[[int], None]
_encode = msgspec.json.Encoder().encode

_CODES = "SELECT code FROM locations WHERE party_no = %(party_no)s"
_SKUS = "SELECT sku FROM offers WHERE party_no = %(party_no)s"
_AVAILABLE = """SELECT l.code, o.sku, sum(b.on_hand - b.reserved - b.unavailable)::bigint
FROM buckets b
JOIN locations l ON l.location_no = b.location_no AND l.party_no = %(party_no)s
JOIN offers o ON o.offer_no = b.offer_no AND o.party_no = %(party_no)s
WHERE b.partition_id = %(partition_id)s AND b.window_at_us = 0
GROUP BY l.code, o.sku"""


class Known(msgspec.Struct, frozen=True):
    """What an installation has of a brand already; `available` is by (location code, SKU)."""

    codes: frozenset[str]
    skus: frozenset[str]
    available: Mapping[tuple[str, str], int]


def known(connection: psycopg.Connection[Any], party_no: int, partition_id: int) -> Known:
    """Read from the database what is there; the connection is in autocommit mode."""
    values = {"party_no": party_no, "partition_id": partition_id}
    project(connection, partition_id)
    return Known(
        frozenset(code for (code,) in connection.execute(_CODES, values)),
        frozenset(sku for (sku,) in connection.execute(_SKUS, values)),
        {(code, sku): units for code, sku, units in connection.execute(_AVAILABLE, values)},
    )


async def load(client: Client, scenario: World, before: Known, run: str, progress: Progress) -> int:
    """Post the locations, offers and units that are missing; how many shelves had to be changed."""
    locations = [body for body in scenario.places.bodies if body["code"] not in before.codes]
    await _post(client, "/v1/locations/batch", "locations", locations, LOCATIONS_A_REQUEST, "", progress)
    offers = [body for body in scenario.offers if body["sku"] not in before.skus]
    await _post(client, "/v1/offers/batch", "offers", offers, OFFERS_A_REQUEST, "", progress)
    changes = restocking(scenario, before.available)
    await _post(client, "/v1/stock/adjustments", "adjustments", changes, CHANGES_A_REQUEST, f"{run}-stock", progress)
    return len(changes)


def restocking(scenario: World, available: Mapping[tuple[str, str], int]) -> list[dict[str, Any]]:
    """The changes of stock that give each shelf what the scenario wants there: receipts where something is missing,
    and back to the supplier what an earlier run left over."""
    codes = scenario.places.codes
    wanted = {(codes[s.place], scenario.offers[s.offer]["sku"]): s.units for s in scenario.shelves}
    changes = []
    for code, sku in wanted.keys() | available.keys():
        units = wanted.get((code, sku), 0) - available.get((code, sku), 0)
        if units:
            change = {"change": "receive"} if units > 0 else {"change": "adjust", "note": "back to the supplier"}
            changes.append({"location": code, "offer": sku, "quantity": units} | change)
    return sorted(changes, key=lambda change: (change["location"], change["offer"]))


async def _post(
    client: Client, path: str, name: str, items: Sequence[dict[str, Any]], size: int, key: str, progress: Progress
) -> None:
    for number, part in enumerate(_chunks(items, size)):
        answer = await client.call("POST", path, _encode({name: part}), f"{key}-{number}" if key else "")
        if answer.status != 200:
            raise RuntimeError(f"POST {path} was answered {answer.status}: {answer.body[:500].decode()}")
        refused = [result.problem for result in ITEMS.decode(answer.body).results if result.problem is not None]
        if refused:
            raise RuntimeError(f"POST {path} refused {len(refused)} items, the first with {refused[0]}")
        progress(len(part))


def _chunks(items: Sequence[dict[str, Any]], size: int) -> Iterator[Sequence[dict[str, Any]]]:
    return (items[start : start + size] for start in range(0, len(items), size))
