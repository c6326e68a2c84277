"""The journal speaks in numbers (location_no, offer_no, microseconds); those outside speak in codes and RFC 3339."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from psycopg import AsyncConnection

from manystores.core.clock import rfc3339
from manystores.core.events import Fact
from manystores.core.sql import queries

SQL = queries("manystores.worker")
KNOWN_MAX = 200_000

_STATEMENTS = {"location_no": "location_codes", "offer_no": "offer_skus"}
# what the ends of keys name: location_no, from_location_no, the source and target of a transfer, offer_no
_ENDINGS = {
    "location_no": "location_no",
    "source_no": "location_no",
    "target_no": "location_no",
    "offer_no": "offer_no",
}
_INSIDE = ("party_no", "lot_no")


class Directory:
    """Codes of locations and SKUs of offers by number, read when first needed; neither ever changes its owner."""

    def __init__(self) -> None:
        self._names: dict[str, dict[int, str]] = {kind: {} for kind in _STATEMENTS}

    async def outside(self, connection: AsyncConnection[Any], facts: Iterable[Fact]) -> list[Fact]:
        """The facts as they are told outside: codes and times in their bodies, and where they happened."""
        bodies = [(fact, msgspec.json.decode(fact.body) if fact.body is not None else None) for fact in facts]
        wanted: dict[str, set[int]] = {kind: set() for kind in _STATEMENTS}
        for fact, body in bodies:
            wanted["location_no"].add(fact.location_no)
            for kind, number in _numbers(body):
                wanted[kind].add(number)
        for kind, numbers in wanted.items():
            await self._learn(connection, kind, numbers - {0} - self._names[kind].keys())
        return [
            msgspec.structs.replace(
                fact,
                body=msgspec.json.encode(self._told(body)).decode() if body is not None else None,
                location=self._names["location_no"].get(fact.location_no),
            )
            for fact, body in bodies
        ]

    async def _learn(self, connection: AsyncConnection[Any], kind: str, numbers: set[int]) -> None:
        if not numbers:
            return
        known = self._names[kind]
        if len(known) + len(numbers) > KNOWN_MAX:
            known.clear()
        found = await connection.execute(SQL[_STATEMENTS[kind]], {"numbers": list(numbers)})
        known.update((number, name) for number, name in await found.fetchall())

    def _told(self, value: Any) -> Any:
        """The same document with `location_no` as `location`, `offer_no` as `offer`, `x_us` as the time `x`."""
        if isinstance(value, list):
            return [self._told(item) for item in value]
        if not isinstance(value, dict):
            return value
        told: dict[str, Any] = {}
        for key, item in value.items():
            kind = _kind(key, item)
            if kind is not None:
                told.setdefault(key.removesuffix("_no"), self._names[kind].get(item))
            elif key.endswith("_us") and _is_number(item):
                told.setdefault(key.removesuffix("_us"), rfc3339(item) if item else None)
            elif key not in _INSIDE:
                told[key] = self._told(item)
        return told


def _numbers(value: Any) -> Iterator[tuple[str, int]]:
    if isinstance(value, list):
        for item in value:
            yield from _numbers(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            kind = _kind(key, item)
            if kind is not None:
                yield kind, item
            else:
                yield from _numbers(item)


def _kind(key: str, item: Any) -> str | None:
    """What a number names, by the end of its key."""
    return next((kind for end, kind in _ENDINGS.items() if key.endswith(end) and _is_number(item)), None)


def _is_number(item: Any) -> bool:
    return isinstance(item, int) and not isinstance(item, bool)
