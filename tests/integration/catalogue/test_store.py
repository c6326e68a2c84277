"""Offers in a real PostgreSQL: numbered once, changed only when they differ, kits with their components."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import psycopg
import pytest

from manystores.catalogue import Registry, offer_of, store
from manystores.catalogue.offer import Component, Offer
from manystores.core import database
from manystores.core.errors import Problem

NOW_US = 1_794_355_200_000_000
LATER_US = NOW_US + 60_000_000

Connection = psycopg.AsyncConnection[Any]

_PARTY = """
    INSERT INTO parties (party_no, code, name, kind, partition_id, created_at)
    VALUES (%s, %s, %s, 'brand', 1, now()) ON CONFLICT DO NOTHING
"""


@pytest.fixture
async def session(database_url: str) -> AsyncIterator[Connection]:
    """A connection with two brands (71, 72); rolled back after the test."""
    connection = await database.connect_async(database_url)
    await connection.execute(_PARTY, (71, "cat-a", "A"))
    await connection.execute(_PARTY, (72, "cat-b", "B"))
    yield connection
    await connection.rollback()
    await connection.close()


def offer(sku: str, party_no: int = 71, **more: Any) -> Offer:
    body = {"sku": sku, "name": {"zh": "茶"}, "kind": "good", "price": {"amount": 100, "currency": "CNY"}} | more
    return offer_of(body, party_no)


def kit(sku: str, contains: dict[str, int], **more: Any) -> Offer:
    return offer(sku, components=[{"sku": s, "quantity": q} for s, q in contains.items()], **more)


async def test_an_offer_comes_back_as_it_went_in(session: Connection) -> None:
    full = offer(
        "T-1",
        gtin="6901234567892",
        tax_rate_ppm=130_000,
        unit="metre",
        weight_g=250,
        size_mm=[1, 2, 3],
        shelf_life_days=30,
        variant_of="T",
        options={"size": "M"},
        attributes={"fibre": ["棉"], "n": 1.5, "organic": True},
        enabled=False,
    )
    (stored,) = await store.upsert(session, 71, [full], NOW_US)
    assert stored.offer_no >= 16
    assert stored == msgspec.structs.replace(full, offer_no=stored.offer_no, revision=1)
    assert await store.find(session, 71, "T-1") == stored
    assert await store.find_by_gtin(session, 71, "06901234567892") == [stored]


async def test_storing_again_changes_nothing_and_a_change_counts_the_revision(session: Connection) -> None:
    (first,) = await store.upsert(session, 71, [offer("A")], NOW_US)
    assert await store.upsert(session, 71, [offer("A")], LATER_US) == [first]
    (changed,) = await store.upsert(session, 71, [offer("A", weight_g=5)], LATER_US)
    assert (changed.offer_no, changed.revision) == (first.offer_no, 2)
    cursor = await session.execute("SELECT created_at, updated_at FROM offers WHERE offer_no = %s", (first.offer_no,))
    row = await cursor.fetchone()
    assert row is not None
    assert [database_time.timestamp() * 1e6 for database_time in row] == [NOW_US, LATER_US]


async def test_a_stale_revision_changes_nothing_of_the_batch(session: Connection) -> None:
    await store.upsert(session, 71, [offer("A")], NOW_US)
    await store.upsert(session, 71, [offer("A", weight_g=1)], NOW_US)
    stale = [offer("B"), offer("A", weight_g=2, revision=1), offer("C", revision=4)]
    with pytest.raises(Problem) as caught:
        await store.upsert(session, 71, stale, NOW_US)
    assert caught.value.rule.status == 409
    assert [f.pointer for f in caught.value.fields] == ["/offers/1/revision", "/offers/2/revision"]
    assert await store.find(session, 71, "B") is None
    (fresh,) = await store.upsert(session, 71, [offer("A", weight_g=2, revision=2)], NOW_US)
    assert fresh.revision == 3


async def test_kits_and_their_components_may_come_in_one_batch(session: Connection) -> None:
    stored = await store.upsert(session, 71, [kit("K", {"B": 2, "A": 1}), offer("A"), offer("B")], NOW_US)
    assert [o.sku for o in stored] == ["K", "A", "B"]
    assert stored[0].components == (Component("B", 2), Component("A", 1))
    assert await store.find(session, 71, "K") == stored[0]
    (fewer,) = await store.upsert(session, 71, [kit("K", {"A": 3})], NOW_US)
    assert (fewer.components, fewer.revision) == ((Component("A", 3),), 2)
    (none,) = await store.upsert(session, 71, [offer("K")], NOW_US)
    assert await store.find(session, 71, "K") == none
    assert none.components == ()


async def test_a_kit_cannot_contain_another_brand_s_offer_or_close_a_circle(session: Connection) -> None:
    await store.upsert(session, 72, [offer("THEIRS", 72)], NOW_US)
    await store.upsert(session, 71, [offer("A"), kit("K1", {"A": 1}), kit("K2", {"K1": 1})], NOW_US)
    for bad, code in ((kit("K3", {"THEIRS": 1}), "unknown_component"), (kit("A", {"K2": 1}), "kit_cycle")):
        with pytest.raises(Problem) as caught:
            await store.upsert(session, 71, [bad], NOW_US)
        assert caught.value.fields[0].code == code


async def test_brands_do_not_see_each_other(session: Connection) -> None:
    (mine,) = await store.upsert(session, 71, [offer("S", gtin="96385074")], NOW_US)
    (theirs,) = await store.upsert(session, 72, [offer("S", 72, gtin="96385074", weight_g=9)], NOW_US)
    assert mine.offer_no != theirs.offer_no
    assert await store.find_by_gtin(session, 72, "00000096385074") == [theirs]
    assert await store.page(session, 71) == [mine]
    assert await store.find(session, 71, "S") == mine


async def test_pages_follow_one_another_by_sku(session: Connection) -> None:
    await store.upsert(session, 71, [offer(f"P{n}", variant_of="P" if n % 2 else None) for n in range(5)], NOW_US)
    await store.upsert(session, 71, [offer("Q", kind="service", enabled=False)], NOW_US)
    first = await store.page(session, 71, limit=4)
    second = await store.page(session, 71, after=first[-1].sku, limit=4)
    assert [o.sku for o in first + second] == ["P0", "P1", "P2", "P3", "P4", "Q"]
    assert await store.page(session, 71, after="Q") == []
    assert [o.sku for o in await store.page(session, 71, variant_of="P")] == ["P1", "P3"]
    assert [o.sku for o in await store.page(session, 71, kind="service")] == ["Q"]
    assert [o.sku for o in await store.page(session, 71, enabled=False)] == ["Q"]


async def test_the_registry_loads_everything(session: Connection) -> None:
    stored = await store.upsert(session, 71, [offer("A", weight_g=7), kit("K", {"A": 2})], NOW_US)
    registry = Registry()
    async for offers in store.load_all(session):
        registry.apply(offers)
    assert registry.find(71, "K") == stored[1]
    assert registry.weight_g[registry.number(71, "A", "/x")] == 7


async def test_what_the_database_cannot_hold_is_not_found(session: Connection) -> None:
    for text in ("A\x00", "\ud800"):
        assert await store.find(session, 71, text) is None
        assert await store.find_by_gtin(session, 71, text) == []
        assert await store.page(session, 71, after=text) == []


async def test_two_imports_at_once_agree_on_the_numbers(fresh_database_url: str) -> None:
    """Both insert the same new offers in opposite order: one number each, no deadlock, and nobody fails."""

    async def import_once(skus: list[str]) -> list[Offer]:
        async with await database.connect_async(fresh_database_url) as connection:
            return await store.upsert(connection, 71, [offer(sku) for sku in skus], NOW_US)

    async with await database.connect_async(fresh_database_url) as connection:
        await connection.execute(_PARTY, (71, "cat-a", "A"))
    skus = [f"S{n:03}" for n in range(50)]
    one, two = await asyncio.gather(import_once(skus), import_once(skus[::-1]))
    assert {o.sku: o.offer_no for o in one} == {o.sku: o.offer_no for o in two}
    assert len({o.offer_no for o in one}) == 50


async def test_the_database_itself_refuses_what_cannot_be(session: Connection) -> None:
    (stored,) = await store.upsert(session, 71, [offer("A")], NOW_US)
    for wrong in (
        "UPDATE offers SET offer_no = 2",
        "UPDATE offers SET price_amount = -1",
        f"INSERT INTO kit_components VALUES ({stored.offer_no}, 0, {stored.offer_no}, 1)",
    ):
        with pytest.raises(psycopg.errors.CheckViolation):
            async with session.transaction():
                await session.execute(wrong.encode())
