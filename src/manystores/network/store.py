"""Reads and writes the network's tables. Functions take an open transaction and leave its end to the caller.

After a commit, hand what was written to the `Registry`, which answers the hot path from memory.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import tuple_row

from manystores.core.errors import NOT_FOUND, FieldError, Problem, rule
from manystores.core.numbers import allocate_async
from manystores.core.sql import queries
from manystores.network.body import location_of, patched
from manystores.network.carriers import NO_LIMIT, Carrier, DeliveryFee, Zone
from manystores.network.location import DeliveryArea, Location

Connection = AsyncConnection[Any]

LOCATION_EXISTS = rule("location_exists", 409, "There is a location of this code already", "该编码的地点已存在")
REVISION_PASSED = rule(
    "revision_passed", 412, "It was changed meanwhile; read it again", "内容已被他人修改，请重新读取后再提交"
)

_COLUMNS = (
    "location_no", "code", "name", "party_no", "kind", "stock_owner_no", "lat", "lon", "region", "address",
    "time_zone", "opening_hours", "holidays", "capabilities", "orders_per_hour", "orders_per_day", "cut_offs",
    "lead_time_minutes", "handle_order_cost", "handle_unit_cost", "groups", "areas", "enabled", "revision",
    "stock_owner",
)  # fmt: skip
_NOT_IN_ROW = ("groups", "areas", "stock_owner")


class Written(msgspec.Struct, frozen=True):
    """What a write did: the locations as they now are, numbered; how many were new, changed, or the same as before."""

    locations: tuple[Location, ...]
    created: int
    changed: int
    unchanged: int


class Refused(msgspec.Struct, frozen=True):
    """A body of a batch that broke rules: its place in the batch, and the problem."""

    index: int
    problem: Problem


async def load_locations(connection: Connection, numbers: Sequence[int] | None = None) -> list[Location]:
    """All locations of all brands, or those of given numbers, in the order of their numbers."""
    rows = await _rows(connection, "load_locations", numbers=None if numbers is None else list(numbers))
    return [_location(row) for row in rows]


async def find_locations(connection: Connection, party_no: int, codes: Iterable[str]) -> dict[str, Location]:
    """A brand's locations by their codes, locked until the end of the transaction; unknown codes are left out."""
    storable = [code for code in codes if code.isprintable()]  # the database refuses NUL and lone surrogates
    numbers = [no for (no,) in await _rows(connection, "lock_locations", party_no=party_no, codes=storable)]
    return {found.code: found for found in await load_locations(connection, numbers)} if numbers else {}


async def get_location(connection: Connection, party_no: int, code: str) -> Location | None:
    """A brand's location by its code, read without a lock."""
    numbers = await _rows(connection, "find_location", party_no=party_no, code=code) if code.isprintable() else []
    found = await load_locations(connection, [no for (no,) in numbers]) if numbers else []
    return found[0] if found else None


async def stock_owners(connection: Connection, party_no: int, bodies: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Those parties that bodies name as stock owner and that this brand may name, by code."""
    named = {code for body in bodies if isinstance(code := body.get("stock_owner"), str) and code.isprintable()}
    if not named:
        return {}
    return dict(await _rows(connection, "stock_owners", party_no=party_no, codes=sorted(named)))


async def list_locations(
    connection: Connection,
    party_no: int,
    *,
    after: str = "",
    limit: int = 100,
    kind: str | None = None,
    group: str | None = None,
    enabled: bool | None = None,
    numbers: Sequence[int] | None = None,
    capability: str | None = None,
    text: str | None = None,
) -> list[Location]:
    """A page of a brand's locations in the order of their codes, those after the code `after`.

    `text` is looked for in codes, names and addresses, whatever its case.
    `numbers` narrows it to some locations, for keys that may see these only. Ask for one more than shown to learn
    whether there is a next page; the last shown code is the cursor.
    """
    if not all(given.isprintable() for given in (after, kind or "", group or "", capability or "", text or "")):
        return []
    page = await _rows(
        connection,
        "page_of_locations",
        party_no=party_no,
        after=after,
        limit=limit,
        kind=kind,
        group=group,
        enabled=enabled,
        numbers=None if numbers is None else list(numbers),
        capability=capability,
        text=text,
    )
    found = await load_locations(connection, [no for (no,) in page])
    return sorted(found, key=lambda location: location.code)


async def write_locations(
    connection: Connection,
    locations: Sequence[Location],
    *,
    only_new: bool = False,
    at: str = "/locations",
) -> Written:
    """Insert or change one brand's locations, found by their codes; the same ones again change nothing.

    A location's `revision` is the one its sender has seen, 0 for any. Raises Problem(REVISION_PASSED) when it is not
    the stored one, and with `only_new` Problem(LOCATION_EXISTS); `at` is the JSON pointer that their fields begin with.
    """
    if not locations:
        return Written((), 0, 0, 0)
    party_no = locations[0].party_no
    stored = await find_locations(connection, party_no, [location.code for location in locations])
    _check_revisions(locations, stored, only_new, at)
    numbers = iter(range(0))
    if new := sum(location.code not in stored for location in locations):
        numbers = iter(await allocate_async(connection, "location", new))
    created, changed, all_as_stored = [], [], []
    for location in locations:
        old = stored.get(location.code)
        if old is None:
            now = msgspec.structs.replace(location, location_no=next(numbers), revision=1)
            created.append(now)
        else:
            now = msgspec.structs.replace(location, location_no=old.location_no, revision=old.revision)
            if now != old:
                now = msgspec.structs.replace(now, revision=old.revision + 1)
                changed.append(now)
        all_as_stored.append(now)
    if created and await _execute(connection, "insert_locations", rows=_as_rows(created)) != len(created):
        raise Problem(
            LOCATION_EXISTS,
            en="Somebody else created one of these codes at the same moment; send it again",
            zh="其他人刚刚创建了相同编码的地点，请重新提交",
        )
    if changed:
        await _execute(connection, "update_locations", rows=_as_rows(changed))
    await _write_groups_and_areas(connection, created, changed)
    unchanged = len(locations) - len(created) - len(changed)
    return Written(tuple(all_as_stored), len(created), len(changed), unchanged)


async def put_locations(
    connection: Connection, party_no: int, bodies: Sequence[Mapping[str, Any]]
) -> tuple[Written, list[Refused]]:
    """Import bodies: new codes are created, known ones changed in what their body says; the good ones of a batch count.

    Of bodies with the same code the last counts, as if they had come one after the other.
    """
    codes = {code for body in bodies if isinstance(code := body.get("code"), str)}
    stored = await find_locations(connection, party_no, codes)
    owners = await stock_owners(connection, party_no, bodies)
    good: dict[str, Location] = {}
    refused: list[Refused] = []
    for index, body in enumerate(bodies):
        code = body.get("code")
        old = (good.get(code) or stored.get(code)) if isinstance(code, str) else None
        try:
            location = patched(old, body, owners=owners) if old else location_of(body, party_no, owners=owners)
        except Problem as problem:
            refused.append(Refused(index, problem))
        else:
            good[location.code] = msgspec.structs.replace(location, revision=0)
    return await write_locations(connection, list(good.values())), refused


async def set_groups(connection: Connection, party_no: int, code: str, groups: Sequence[str]) -> Location:
    """Put a location into exactly these groups. Raises Problem(NOT_FOUND) for an unknown code."""
    found = await find_locations(connection, party_no, [code])
    if code not in found:
        raise Problem(NOT_FOUND, en=f"There is no location {code!r}", zh=f"没有编码为 {code!r} 的地点")
    grouped = patched(found[code], {"groups": list(groups)})
    return (await write_locations(connection, [grouped])).locations[0]


async def load_carriers(connection: Connection, party_no: int | None = None) -> list[Carrier]:
    """All carriers with their zones, of all brands or one."""
    zones: dict[tuple[int, str], list[Zone]] = {}
    for party, code, to, origins, km_max, *rest in await _rows(connection, "load_zones", party_no=party_no):
        reach = NO_LIMIT if km_max is None else km_max
        names = ("base", "included_grams", "per_kg", "per_km", "days_min", "days_max")
        zone = Zone(to=tuple(to), origins=tuple(origins), km_max=reach, **dict(zip(names, rest, strict=True)))
        zones.setdefault((party, code), []).append(zone)
    return [
        Carrier(
            party_no=party,
            code=code,
            name=name,
            zones=tuple(zones.get((party, code), ())),
            cut_off=cut_off,
            enabled=enabled,
            revision=revision,
        )
        for party, code, name, cut_off, enabled, revision in await _rows(connection, "load_carriers", party_no=party_no)
    ]


async def write_carrier(connection: Connection, carrier: Carrier) -> Carrier:
    """Insert or change a carrier; its `revision` is the one its sender has seen, 0 for any."""
    key = {"party_no": carrier.party_no, "code": carrier.code}
    stored = await _rows(connection, "lock_carrier", **key)
    if carrier.revision and [(carrier.revision,)] != stored:
        raise Problem(REVISION_PASSED)
    ((revision,),) = await _rows(
        connection, "upsert_carrier", name=carrier.name, cut_off=carrier.cut_off, enabled=carrier.enabled, **key
    )
    await _execute(connection, "delete_zones", **key)
    for position, zone in enumerate(carrier.zones):
        values = msgspec.structs.asdict(zone) | {"to": list(zone.to), "origins": list(zone.origins)}
        values["km_max"] = None if zone.km_max == NO_LIMIT else zone.km_max
        await _execute(connection, "insert_zone", position=position, **key, **values)
    return msgspec.structs.replace(carrier, revision=revision)


async def load_fees(connection: Connection, party_no: int | None = None) -> list[DeliveryFee]:
    """All delivery fees, of all brands or one."""
    rows = await _rows(connection, "load_fees", party_no=party_no)
    return [DeliveryFee(**dict(zip(DeliveryFee.__struct_fields__, row, strict=True))) for row in rows]


async def write_fees(connection: Connection, fees: Iterable[DeliveryFee]) -> None:
    """Set the fees of regions; those of other regions stay."""
    for fee in fees:
        await _execute(connection, "upsert_fee", **msgspec.structs.asdict(fee))


async def delete_fee(connection: Connection, party_no: int, region: str) -> bool:
    """Let a region fall back to the fee of what is around it; whether there was one."""
    return await _execute(connection, "delete_fee", party_no=party_no, region=region) > 0


def _check_revisions(locations: Sequence[Location], stored: Mapping[str, Location], only_new: bool, at: str) -> None:
    exist, passed = [], []
    for i, location in enumerate(locations):
        old = stored.get(location.code)
        if old is not None and only_new:
            en, zh = "change it with PATCH, or choose another code", "请使用 PATCH 修改，或换一个编码"
            exist.append(
                FieldError(f"{at}/{i}/code", "exists", f"{location.code} exists; {en}", f"{location.code} 已存在，{zh}")
            )
        elif location.revision and location.revision != (old.revision if old else 0):
            now = f"revision {old.revision}" if old else "gone"
            zh = f"当前版本为 {old.revision}" if old else "该地点不存在"
            passed.append(FieldError(f"{at}/{i}/revision", "passed", f"You saw {location.revision}, it is {now}", zh))
    if exist:
        raise Problem(LOCATION_EXISTS, fields=tuple(exist))
    if passed:
        raise Problem(REVISION_PASSED, fields=tuple(passed))


async def _write_groups_and_areas(
    connection: Connection, created: Sequence[Location], changed: Sequence[Location]
) -> None:
    if changed:
        numbers = [location.location_no for location in changed]
        await _execute(connection, "delete_groups", numbers=numbers)
        await _execute(connection, "delete_areas", numbers=numbers)
    written = [*created, *changed]
    groups = [{"location_no": at.location_no, "name": name} for at in written for name in at.groups]
    if groups:
        await _execute(connection, "insert_groups", rows=msgspec.json.encode(groups).decode())
    areas = [
        {"location_no": at.location_no, "position": n, "area": area}
        for at in written
        for n, area in enumerate(at.areas)
    ]
    if areas:
        await _execute(connection, "insert_areas", rows=msgspec.json.encode(areas).decode())


def _location(row: tuple[Any, ...]) -> Location:
    values = dict(zip(_COLUMNS, row, strict=True))
    values["capabilities"], values["groups"] = tuple(values["capabilities"]), tuple(values["groups"])
    if values["areas"]:
        values["areas"] = msgspec.convert(values["areas"], tuple[DeliveryArea, ...])
    else:
        values["areas"] = ()
    return Location(**values)


def _as_rows(locations: Sequence[Location]) -> str:
    rows = [
        {field: getattr(location, field) for field in _COLUMNS if field not in _NOT_IN_ROW} for location in locations
    ]
    return msgspec.json.encode(rows).decode()


async def _rows(connection: Connection, name: str, /, **values: Any) -> list[tuple[Any, ...]]:
    async with connection.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute(queries("manystores.network")[name].encode(), values)
        return await cursor.fetchall()


async def _execute(connection: Connection, name: str, /, **values: Any) -> int:
    async with connection.cursor() as cursor:
        await cursor.execute(queries("manystores.network")[name].encode(), values)
        return cursor.rowcount
