"""The network's tables on a real PostgreSQL: what is written is what is read, brands apart, nothing lost."""

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest

from manystores.core import database
from manystores.core.errors import Problem
from manystores.data import real_stores
from manystores.network import store
from manystores.network.body import location_of, patched
from manystores.network.carriers import Carrier, DeliveryFee, Zone
from manystores.network.registry import Registry

BRAND, RIVAL = 7101, 7102
FULL = {
    "code": "旗舰1",
    "name": "旗舰店",
    "kind": "store",
    "lat": 31.2304,
    "lon": 121.4737,
    "region": "310101002",
    "address": "南京东路 1 号",
    "opening_hours": "Mo-Su 10:00-22:00; PH off",
    "capabilities": ["pick_up", "fitting"],
    "orders_per_hour": 12,
    "orders_per_day": 0,
    "cut_offs": {"ship": "16:00"},
    "lead_time_minutes": 45,
    "handle_order_cost": 350,
    "handle_unit_cost": 20,
    "groups": ["旗舰", "south"],
    "areas": [
        {"kind": "radius", "km": 5.5},
        {"kind": "regions", "codes": ["310101", "310104001"]},
        {"kind": "polygon", "geometry": {"type": "Polygon", "coordinates": [[[121, 31], [122, 31], [122, 32]]]}},
    ],
}


def least(code, **more):
    return {"code": code, "name": code, "kind": "store", "lat": 31.2, "lon": 121.4} | more


@pytest.fixture
async def connection(database_url) -> AsyncIterator[database.AsyncConnection]:
    opened = await database.connect_async(database_url)
    await add_parties(opened)
    yield opened
    await opened.rollback()
    await opened.close()


async def add_parties(connection):
    for party_no in (BRAND, RIVAL):
        await connection.execute(
            "INSERT INTO parties (party_no, code, name, kind, partition_id, created_at)"
            " VALUES (%s, %s, %s, 'brand', 1, now()) ON CONFLICT DO NOTHING",
            (party_no, f"brand{party_no}", f"brand{party_no}"),
        )


async def test_a_location_is_read_as_it_was_written(connection):
    written = await store.write_locations(connection, [location_of(FULL, BRAND), location_of(least("S2"), BRAND)])
    assert (written.created, written.changed, written.unchanged) == (2, 0, 0)
    full, minimal = written.locations
    assert (full.revision, minimal.revision) == (1, 1)
    assert full.location_no != minimal.location_no > 0
    assert await store.load_locations(connection, [full.location_no, minimal.location_no]) == [full, minimal]
    assert await store.find_locations(connection, BRAND, ["旗舰1", "nobody"]) == {"旗舰1": full}


async def test_a_partners_stock_is_read_as_it_was_written_and_may_be_named_by_any_brand(connection):
    await connection.execute(
        "INSERT INTO parties (party_no, code, name, kind, partition_id, created_at)"
        " VALUES (7103, 'partner7103', 'P', 'partner', 1, now())"
    )
    named = [{"stock_owner": code} for code in ("partner7103", f"brand{BRAND}", f"brand{RIVAL}", "nobody")]
    owners = await store.stock_owners(connection, BRAND, [*named, {"stock_owner": None}, {"stock_owner": "\0"}, {}])
    assert owners == {"partner7103": 7103, f"brand{BRAND}": BRAND}
    wanted = location_of(least("S1", stock_owner="partner7103"), BRAND, owners=owners)
    (written,) = (await store.write_locations(connection, [wanted])).locations
    assert await store.load_locations(connection, [written.location_no]) == [written]
    assert (written.stock_owner, written.stock_owner_no) == ("partner7103", 7103)


async def test_writing_the_same_again_changes_nothing(connection):
    first = await store.write_locations(connection, [location_of(FULL, BRAND)])
    again = await store.write_locations(connection, [location_of(FULL, BRAND)])
    assert again.locations == first.locations
    assert (again.created, again.changed, again.unchanged) == (0, 0, 1)


async def test_a_change_keeps_the_number_and_raises_the_revision(connection):
    (old,) = (await store.write_locations(connection, [location_of(FULL, BRAND)])).locations
    changed = patched(old, {"groups": ["north"], "areas": None, "enabled": False, "revision": 1})
    (new,) = (await store.write_locations(connection, [changed])).locations
    assert (new.location_no, new.revision, new.groups, new.areas) == (old.location_no, 2, ("north",), ())
    assert await store.load_locations(connection, [new.location_no]) == [new]


async def test_a_revision_that_has_passed_is_refused_and_nothing_is_written(connection):
    (old,) = (await store.write_locations(connection, [location_of(least("S1"), BRAND)])).locations
    stale = [location_of(least("S1", name="新", revision=2), BRAND), location_of(least("S3", revision=4), BRAND)]
    with pytest.raises(Problem) as caught:
        await store.write_locations(connection, stale)
    assert caught.value.rule.status == 412
    assert [f.pointer for f in caught.value.fields] == ["/locations/0/revision", "/locations/1/revision"]
    assert await store.find_locations(connection, BRAND, ["S1", "S3"]) == {"S1": old}


async def test_creating_a_code_that_exists_is_a_conflict(connection):
    await store.write_locations(connection, [location_of(least("S1"), BRAND)])
    with pytest.raises(Problem) as caught:
        await store.write_locations(connection, [location_of(least("S1"), BRAND)], only_new=True)
    assert (caught.value.rule.code, caught.value.fields[0].pointer) == ("location_exists", "/locations/0/code")


async def test_two_brands_may_use_one_code_and_never_meet(connection):
    (own,) = (await store.write_locations(connection, [location_of(least("S1"), BRAND)])).locations
    (other,) = (await store.write_locations(connection, [location_of(least("S1", name="R"), RIVAL)])).locations
    assert own.location_no != other.location_no
    assert await store.find_locations(connection, BRAND, ["S1"]) == {"S1": own}
    assert await store.list_locations(connection, RIVAL) == [other]


async def test_an_import_takes_the_good_rows_and_says_what_is_wrong_with_the_others(connection):
    await store.write_locations(connection, [location_of(least("S1", name="old", orders_per_hour=9), BRAND)])
    bodies = [
        {"code": "S1", "name": "new"},  # known: only what it says changes
        least("S2", lat=131),
        {"code": "S3"},  # new, but not enough
        least("S4"),
        {"code": "S4", "name": "fourth"},
        {"code": "\ud800"},
    ]
    written, refused = await store.put_locations(connection, BRAND, bodies)
    by_code = {location.code: location for location in written.locations}
    assert by_code.keys() == {"S1", "S4"}
    assert (by_code["S1"].name, by_code["S1"].orders_per_hour, by_code["S4"].name) == ("new", 9, "fourth")
    assert [r.index for r in refused] == [1, 2, 5]
    assert {f.pointer for f in refused[1].problem.fields} == {"/name", "/kind", "/lat", "/lon"}


async def test_pages_follow_the_codes(connection):
    bodies = [
        least(code, kind=kind) for code, kind in [("b", "store"), ("a", "warehouse"), ("B", "store"), ("中", "store")]
    ]
    await store.put_locations(connection, BRAND, [*bodies, least("c", groups=["north"], enabled=False)])

    async def codes(**filters):
        return [location.code for location in await store.list_locations(connection, BRAND, **filters)]

    assert await codes() == ["B", "a", "b", "c", "中"]
    assert await codes(limit=2) == ["B", "a"]
    assert await codes(limit=2, after="a") == ["b", "c"]
    assert await codes(kind="warehouse") == ["a"]
    assert await codes(group="north") == ["c"]
    assert await codes(enabled=False) == ["c"]
    assert await codes(after="a\x00") == []
    (b,) = (await store.find_locations(connection, BRAND, ["b"])).values()
    assert await codes(numbers=[b.location_no]) == ["b"]
    assert await codes(numbers=[]) == []


async def test_groups_are_set_as_a_whole(connection):
    await store.put_locations(connection, BRAND, [least("S1", groups=["a", "b"])])
    grouped = await store.set_groups(connection, BRAND, "S1", ["c"])
    assert (grouped.groups, grouped.revision) == (("c",), 2)
    with pytest.raises(Problem):
        await store.set_groups(connection, RIVAL, "S1", ["c"])


async def test_carriers_and_fees_are_read_as_written(connection):
    carrier = Carrier(
        party_no=BRAND,
        code="express",
        name="快递",
        cut_off="17:00",
        zones=(
            Zone(base=1200, included_grams=1000, per_kg=500, days_min=1, days_max=3),
            Zone(to=("310000",), origins=("320000", "330000"), km_max=300.0, per_km=1.5),
        ),
    )
    assert (await store.write_carrier(connection, carrier)).revision == 1
    second = await store.write_carrier(connection, Carrier(party_no=BRAND, code="a", name="a", zones=carrier.zones[:1]))
    changed = await store.write_carrier(connection, patch(carrier, name="速递", revision=1))
    assert changed.revision == 2
    assert await store.load_carriers(connection, BRAND) == [second, changed]
    assert await store.load_carriers(connection, RIVAL) == []
    with pytest.raises(Problem):
        await store.write_carrier(connection, patch(carrier, revision=1))

    fees = [
        DeliveryFee(party_no=BRAND, fee=800, free_from=9900),
        DeliveryFee(party_no=BRAND, region="650000", fee=2500),
    ]
    await store.write_fees(connection, fees)
    await store.write_fees(connection, [patch(fees[1], fee=3000)])
    assert await store.load_fees(connection, BRAND) == [fees[0], patch(fees[1], fee=3000)]
    assert await store.delete_fee(connection, BRAND, "650000")
    assert not await store.delete_fee(connection, RIVAL, "")
    assert await store.load_fees(connection, BRAND) == fees[:1]


def patch(record, **changes):
    return type(record)(**{field: getattr(record, field) for field in record.__struct_fields__} | changes)


async def test_the_real_stores_fill_a_registry(connection):
    written, refused = await store.put_locations(connection, BRAND, real_stores())
    assert (written.created, refused) == (7209, [])
    loaded = await store.load_locations(connection, [location.location_no for location in written.locations])
    registry = Registry(loaded)
    assert len(registry) == 7209
    assert registry.location(registry.number(BRAND, "23382", "/x")).name == "政立路店"


async def test_the_database_itself_refuses_what_must_not_be(connection):
    for broken in ("lat = 91", "kind = 'kiosk'", "orders_per_hour = -1", "revision = 0", "party_no = 999999"):
        await store.put_locations(connection, BRAND, [least("S1")])
        with pytest.raises(psycopg.errors.IntegrityError):
            async with connection.transaction():
                await connection.execute(f"UPDATE locations SET {broken} WHERE code = 'S1'".encode())


async def test_two_that_create_one_code_at_once_do_not_both(fresh_database_url):
    """The loser is told, and the brand has the code once."""
    connections = [await database.connect_async(fresh_database_url) for _ in range(2)]
    await add_parties(connections[0])
    await connections[0].commit()

    async def create(connection, name):
        try:
            written = await store.write_locations(connection, [location_of(least("S1", name=name), BRAND)])
        except Problem as problem:
            await connection.rollback()
            return problem.rule.code
        await asyncio.sleep(0.05)
        await connection.commit()
        return written.created

    outcomes = await asyncio.gather(create(connections[0], "a"), create(connections[1], "b"))
    assert sorted(map(str, outcomes)) == ["1", "location_exists"]
    assert len(await store.list_locations(connections[0], BRAND)) == 1
    for connection in connections:
        await connection.close()
