"""What an order's codes mean: its offers, its locations, and who took its steps; for pages that people read."""

from typing import Any
from uuid import UUID

from psycopg.rows import tuple_row

from manystores.api.articles import article
from manystores.api.services import Services
from manystores.core.auth import Principal
from manystores.core.sql import queries

SQL = queries("manystores.api")
Json = dict[str, Any]


async def names(here: Services, who: Principal, told: Json) -> Json:
    """`offers`, `locations` and `actors` of an order as told; of people and keys of the own party only."""
    skus = dict.fromkeys(line["offer"] for line in told["lines"])
    offers = (here.catalogue.find(who.party_no, sku) for sku in skus)
    codes = [work["location"] for work in told["fulfilment_orders"]] + [back["location"] for back in told["returns"]]
    codes += [told[name] for name in ("pick_up_at", "sold_at") if told.get(name)]
    places = (here.network.find(who.party_no, code) for code in dict.fromkeys(codes))
    actors = dict.fromkeys(step["actor"] for step in told["history"])
    return {
        "offers": [article(offer) for offer in offers if offer is not None],
        "locations": [_place(here, number) for number in places if number],
        "actors": await _actors(here, who, list(actors)),
    }


def _place(here: Services, location_no: int) -> Json:
    known = here.network.location(location_no)
    return {
        "code": known.code,
        "name": known.name,
        "kind": known.kind,
        "lat": known.lat,
        "lon": known.lon,
        "time_zone": known.time_zone,
    }


async def _actors(here: Services, who: Principal, actors: list[str]) -> Json:
    """Names by actor; keys go by the name that their maker gave them."""
    ids = {actor: _uuid(actor.partition(":")[2]) for actor in actors if actor.startswith(("person:", "key:"))}
    values = {"party_no": who.party_no, "ids": [one for one in ids.values() if one is not None]}
    if not values["ids"]:
        return {}
    async with here.pool.connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
        found = dict(await (await cursor.execute(SQL["names_of_actors"], values)).fetchall())
    return {actor: found[one] for actor, one in ids.items() if found.get(one)}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
