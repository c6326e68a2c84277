"""Who did something with the stock, and who looks after it: people by their names."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from manystores.core.sql import queries

SQL = queries("manystores.people")
_PERSON = "person:"


async def names_of(connection: AsyncConnection[Any], actors: Iterable[str]) -> dict[str, str]:
    """The names of those actors that are people."""
    ids = {UUID(actor.removeprefix(_PERSON)) for actor in actors if actor.startswith(_PERSON)}
    if not ids:
        return {}
    rows = await (await connection.execute(SQL["names_of"], {"ids": list(ids)})).fetchall()
    return {f"{_PERSON}{person_id}": name for person_id, name in rows}
