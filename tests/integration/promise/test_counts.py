"""Counts by other systems: late, doubled, stale, and below what is promised."""

from uuid import uuid4

import pytest
from tests.integration.promise.world import ACTOR, PARTY, World, X, answers, code, id_of, until

from manystores.ledger import Counters
from manystores.promise.reservations import Confirm, Release
from manystores.promise.stock import CountStock, ReceiveTransfer, SendTransfer


async def test_a_sale_since_the_count_is_not_subtracted_twice(world: World) -> None:
    """Given 10 counted at noon and 3 sold at one, when the noon's count arrives at two, then there are 7."""
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 12))
        world.clock.advance(3600)
        await answers(owner, world.sell(X, 3))
        world.clock.advance(3600)
        (counted,) = await answers(owner, world.count(X, 10, ago_s=5400))
        assert (counted["counted"], counted["moved_since"], counted["on_hand"]) == (10, -3, 7)


async def test_a_sale_in_the_same_batch_counts_as_since(world: World) -> None:
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 12))
        world.clock.advance(60)
        _, counted = await answers(owner, world.sell(X, 3), world.count(X, 10, ago_s=30))
        assert counted["on_hand"] == 7


async def test_a_sale_that_is_not_committed_yet_counts_as_since(world: World) -> None:
    """Given a sale whose batch commits while the count is decided, then it is subtracted once, not never or twice."""
    async with world.owner(batch_max=1) as owner:
        await answers(owner, world.receive(X, 1000))
        world.clock.advance(60)
        asked = []
        for _ in range(30):
            asked += [owner.submit([world.sell(X)]), owner.submit([world.count(X, 500, ago_s=30)])]
        for i in range(1, 60, 2):
            (counted,) = await asked[i]
            assert counted["on_hand"] == 500 - (i + 1) // 2
        assert world.verify().sound


async def test_a_sale_before_the_count_is_not_subtracted(world: World) -> None:
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 12))
        await answers(owner, world.sell(X, 3))
        world.clock.advance(60)
        (counted,) = await answers(owner, world.count(X, 8, ago_s=30))
        assert counted["on_hand"] == 8


async def test_of_two_late_counts_the_second_does_not_add_the_first(world: World) -> None:
    """Given counts of noon and of one o'clock that both arrive at two, then the one of one o'clock holds."""
    async with world.owner() as owner:
        world.clock.advance(7200)
        first, second = await answers(owner, world.count(X, 10, ago_s=7000), world.count(X, 9, ago_s=3600))
        assert (first["on_hand"], second["on_hand"]) == (10, 9)
        (third,) = await answers(owner, world.count(X, 8, ago_s=1800))
        assert third["on_hand"] == 8


async def test_a_count_from_a_clock_that_is_ahead_takes_what_was_sold_before(world: World) -> None:
    """Given a till that is a minute ahead, when its count and a sale come together, then the sale was before it."""
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 12))
        _, counted = await answers(owner, world.sell(X, 3), world.count(X, 9, ago_s=-60))
        assert counted["on_hand"] == 9


async def test_a_count_without_a_time_holds_as_of_its_arrival(world: World) -> None:
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 12), world.sell(X, 3))
        (counted,) = await answers(owner, world.count(X, 10))
        assert counted["on_hand"] == 10


async def test_stale_sequences_and_times_are_refused(world: World) -> None:
    async with world.owner() as owner:
        world.clock.advance(100)
        await answers(owner, world.count(X, 10, ago_s=50, sequence=7))
        (same,) = await answers(owner, world.count(X, 11, ago_s=10, sequence=7))
        assert code(same) == "stale_count"
        assert same.extra["last_sequence"] == 7
        (newer,) = await answers(owner, world.count(X, 11, ago_s=60, sequence=8))
        assert newer["on_hand"] == 11, "its sequence says that it is newer"
        (older,) = await answers(owner, world.count(X, 5, ago_s=90))
        assert code(older) == "stale_count"
    async with world.owner() as owner:
        (after_restart,) = await answers(owner, world.count(X, 10, sequence=8))
        assert code(after_restart) == "stale_count"
        assert owner.ledger.available(X) == 11


async def test_of_two_sequences_in_one_batch_the_stale_one_is_refused(world: World) -> None:
    async with world.owner() as owner:
        newer, older = await answers(owner, world.count(X, 10, sequence=2), world.count(X, 9, sequence=1))
        assert newer["on_hand"] == 10
        assert code(older) == "stale_count"


async def test_a_count_of_the_future_is_refused(world: World) -> None:
    async with world.owner() as owner:
        (refused,) = await answers(owner, world.count(X, 10, ago_s=-3600))
        assert code(refused) == "stale_count"
        assert refused.fields[0].pointer == "/counted_at"


@pytest.mark.parametrize("counted_us", [-62_135_625_600_000_000, 253_402_329_599_000_000])
async def test_a_count_of_the_year_1_or_9999_harms_nobody_else(world: World, counted_us: int) -> None:
    async with world.owner() as owner:
        _, received = await answers(owner, CountStock(ACTOR, PARTY, X, 1, counted_us), world.receive(X, 5))
        assert received["quantity"] == 5


async def test_a_count_below_what_is_promised_keeps_the_promises_and_is_an_exception_until_it_is_mended(
    world: World,
) -> None:
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 5))
        (held,) = await answers(owner, world.hold((X, 4)))
        await answers(owner, Confirm(id_of(held)))
        (counted,) = await answers(owner, world.count(X, 1))
        assert (counted["reserved"], counted["available"]) == (4, -3)
        assert owner.ledger.short_buckets() == [(X, Counters(1, 4, 0, 0))]
        assert code((await answers(owner, world.hold((X, 1))))[0]) == "short"
        assert world.verify().short == 1
        await answers(owner, world.receive(X, 3))
        assert owner.ledger.short_buckets() == []
        found = world.query("SELECT name FROM journal WHERE name LIKE 'stock.exception%%' ORDER BY seq, n")
        assert found == [("stock.exception_opened",), ("stock.exception_closed",)]
        assert world.verify().sound


@pytest.mark.parametrize("healed_by", ["a release", "an expiry", "a transfer"])
async def test_whatever_closes_the_gap_says_so(world: World, healed_by: str) -> None:
    """Four are held, one is counted: the exception ends with the hold, or with three that come from elsewhere."""
    elsewhere = X._replace(location_no=X.location_no + 1)
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 5), world.receive(elsewhere, 3))
        (held,) = await answers(owner, world.hold((X, 4), ttl_s=60))
        await answers(owner, world.count(X, 1))
        transfer = uuid4()
        await answers(owner, SendTransfer(ACTOR, PARTY, transfer, elsewhere, X, 3))
        assert "stock.exception_closed" not in world.facts()
        if healed_by == "a release":
            await answers(owner, Release(id_of(held), ACTOR, PARTY))
        elif healed_by == "an expiry":
            world.clock.advance(61)
            await until(lambda: not owner.ledger.is_open(id_of(held)))
            await answers(owner, world.receive(elsewhere, 1))
        else:
            await answers(owner, ReceiveTransfer(ACTOR, PARTY, transfer, elsewhere, X, 3, 3))
        assert owner.ledger.short_buckets() == []
        assert [name for name in world.facts() if "exception" in name] == [
            "stock.exception_opened",
            "stock.exception_closed",
        ]
        [(told,)] = world.query("SELECT body::jsonb FROM journal WHERE name = 'stock.exception_closed'")
        assert (told["location_no"], told["available"]) == (X.location_no, 1 if healed_by != "a transfer" else 0)
        assert world.verify().sound
