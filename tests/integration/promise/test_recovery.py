"""What goes wrong around a commit: owners that fight, connections that die, disks that fill, clocks that jump."""

import asyncio
import os
import random
import signal
from collections import Counter as Tally
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from tests.integration.promise.world import (
    ACTOR,
    PARTY,
    DecidesTwice,
    World,
    X,
    Y,
    Z,
    answers,
    body,
    code,
    end_backends,
    id_of,
    image,
    request_key,
    same_claims,
    until,
)

from manystores.core.clock import DAY_US, to_datetime
from manystores.core.database import connect
from manystores.core.errors import Problem
from manystores.core.ids import uuid7
from manystores.core.writer import Rows, Writer, WriterGone
from manystores.ledger import NEVER_US, Claim, Key, Ledger, Reason
from manystores.promise import owner as module
from manystores.promise import projection
from manystores.promise.command import Command
from manystores.promise.owner import Owner
from manystores.promise.projection import project
from manystores.promise.reservations import Confirm, Release
from manystores.promise.turn import Turn

KEYS = [X, Y, Z, Key(2, 17), Key(1, 16, DAY_US), Key(1, 16, 0, 3)]
CARTS = ["ada", "bo", "chen"]


class Shop:
    """Random commands, and the ids that they left."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.random = world, random.Random(seed)
        self.ids: list[UUID] = []
        self.keys = 0

    def command(self) -> Command:
        """The next random command."""
        pick, world = self.random, self.world
        key = pick.choice(KEYS)
        kind = pick.choices(["hold", "confirm", "release", "receive", "sell", "count"], [8, 2, 4, 3, 2, 1])[0]
        if kind == "hold":
            lines = [(pick.choice(KEYS), pick.randint(1, 4)) for _ in range(pick.randint(1, 3))]
            self.keys += 1
            cart = pick.choice([*CARTS, None, None])
            hold = world.hold(*lines, ttl_s=pick.choice([1, 30, 600]), cart=cart, key=request_key(self.keys))
            self.ids.append(UUID(bytes=hold.id))
            return hold
        if kind == "receive":
            return world.receive(key, pick.randint(1, 9))
        if kind == "sell":
            return world.sell(key, pick.randint(1, 3))
        if kind == "count":
            return world.count(key, pick.randint(0, 12), ago_s=pick.choice([None, 0, 5, 100]))
        chosen = pick.choice(self.ids) if self.ids else UUID(int=1)
        return Confirm(chosen) if kind == "confirm" else Release(chosen)

    def same(self, before: Ledger, after: Ledger) -> None:
        """Two ledgers know the same."""
        assert image(before, KEYS) == image(after, KEYS)
        for reservation_id in self.ids:
            assert same_claims(before.reservation(reservation_id), after.reservation(reservation_id))
        for cart in CARTS:
            holder = UUID(bytes=cart.encode().ljust(16, b"\1"))
            assert same_claims(before.held_by(holder), after.held_by(holder))


@pytest.mark.parametrize("seed", [1, 2])
async def test_after_a_restart_the_ledger_is_as_before(world: World, seed: int) -> None:
    """Given 200 random commands over days, projected now and then, then a new owner knows exactly the same."""
    shop = Shop(world, seed)
    for _ in range(4):
        async with world.owner() as owner:
            for _ in range(5):
                await answers(owner, *[shop.command() for _ in range(10)])
                world.clock.advance(shop.random.choice([0, 1, 5, 40_000]))
                await owner.expire_due()
                if shop.random.random() < 0.3:
                    with connect(world.url, autocommit=True) as connection:
                        project(connection, 1)
            before = owner.ledger
        async with world.owner() as owner:
            shop.same(before, owner.ledger)
        assert world.verify().sound


async def test_the_projection_comes_to_the_same_in_small_steps_as_in_large_ones(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given 100 random commands and steps of 3 facts, then each step ends with a batch, and the books are right."""
    monkeypatch.setattr(projection, "FACTS", 3)
    shop = Shop(world, 3)
    async with world.owner() as owner:
        for _ in range(20):
            await answers(owner, *[shop.command() for _ in range(5)])
            world.clock.advance(shop.random.choice([0, 1, 40_000]))
            await owner.expire_due()
        batches = owner.batches
    with connect(world.url, autocommit=True) as connection:
        assert project(connection, 1) == batches
        assert project(connection, 1) == 0
    assert world.verify().sound


async def test_an_orders_reservation_stays_one_whatever_its_last_fact_is_called(world: World) -> None:
    """Given an unpaid order that was paid before anything was projected, then no hold's route may end its claim."""
    order_id = uuid7(1)

    class Places(Command):
        def decide(self, turn: Turn) -> None:
            turn.ledger.hold(
                order_id, [Claim(X, 2)], Reason.ORDERED, party_no=7, is_order=True, expires_us=NEVER_US - 1
            )
            turn.fact("order.placed", order_id)

    class Pays(Command):
        def decide(self, turn: Turn) -> None:
            turn.ledger.confirm(order_id)
            turn.fact("payment.captured", order_id)

    async with world.owner() as owner:
        await answers(owner, world.receive(X, 5), Pays("a", 7), Places("a", 7), Pays("a", 7))
    async with world.owner() as owner:
        found = owner.ledger.reservation(order_id)
        assert found is not None
        assert found.is_order
        assert found.state == "confirmed"
        assert code((await answers(owner, Release(order_id, "a", 7)))[0]) == "not_found"


# -- two owners


async def test_of_two_owners_the_stale_one_never_commits_and_steps_down(world: World) -> None:
    async with world.owner(name="old", batch_max=4) as old:
        await answers(old, world.receive(X, 100))
        async with world.owner(name="new") as new:
            asked = [old.submit([world.hold((X, 1))]) for _ in range(20)]
            found = await asyncio.wait_for(asyncio.gather(*asked), 20)
            assert {code(answer) for (answer,) in found} == {"unavailable"}
            assert old.fenced
            assert not old.ready
            with pytest.raises(Problem) as refused:
                old.submit([world.hold((X, 1))])
            assert refused.value.rule.status == 503
            with pytest.raises(Problem):
                _ = old.ledger
            assert world.query("SELECT count(*) FROM journal WHERE name = 'reservation.held'") == [(0,)]
            (held,) = await answers(new, world.hold((X, 1)))
            assert body(held)["state"] == "held"
    assert world.verify().sound


async def test_owners_that_take_over_from_each_other_under_load_lose_nothing_and_sell_nothing_twice(
    world: World,
) -> None:
    """Given five owners, one after the other under load until fenced, then each acknowledged hold is there once."""
    acknowledged: list[UUID] = []
    owners: list[Owner] = []

    async def load(owner: Owner) -> None:
        while not owner.fenced:
            try:
                found = await owner.submit([world.hold((X, 1)) for _ in range(3)])
            except Problem:
                await asyncio.sleep(0.01)
                continue
            acknowledged.extend(id_of(answer) for answer in found if isinstance(answer, bytes))

    tasks = []
    for n in range(5):
        owner = Owner(world.url, world.clock, name=str(n))
        await owner.start()
        owners.append(owner)
        if n == 0:
            await answers(owner, world.receive(X, 100_000))
        tasks.append(asyncio.create_task(load(owner)))
        await asyncio.sleep(0.15)
    owners[-1].fenced = True
    await asyncio.wait_for(asyncio.gather(*tasks), 20)
    for owner in owners:
        await owner.stop()
    journal = Tally(
        subject for (subject,) in world.query("SELECT subject FROM journal WHERE name = 'reservation.held'")
    )
    assert acknowledged
    assert all(journal[each] == 1 for each in acknowledged)
    assert set(journal.values()) == {1}
    assert world.verify().sound


# -- connections and processes that die


async def _under_load(world: World, owner: Owner, breaks: list[object]) -> tuple[list[UUID], int]:
    """Hold one unit after the other with retries under the same key, while each of `breaks` is called; (ids, keys)."""
    acknowledged: list[UUID] = []
    ended = asyncio.Event()
    keys = 0

    async def client() -> None:
        nonlocal keys
        while not ended.is_set():
            keys += 1
            key = request_key(keys)
            while True:
                try:
                    (answer,) = await asyncio.wait_for(owner.submit([world.hold((X, 1), key=key)]), 20)
                except Problem as problem:
                    answer = problem
                if isinstance(answer, Problem):
                    assert code(answer) == "unavailable"
                    await asyncio.sleep(0.01)
                    continue
                acknowledged.append(id_of(answer))
                break

    tasks = [asyncio.create_task(client()) for _ in range(8)]
    for each in breaks:
        await asyncio.sleep(random.Random(keys).uniform(0.0, 0.05))
        await asyncio.to_thread(each)  # type: ignore[arg-type]
        await until(lambda: owner.ready)
    await until(lambda: owner.ready)
    ended.set()
    await asyncio.wait_for(asyncio.gather(*tasks), 30)
    return acknowledged, keys


def _lost(world: World, owner: Owner, acknowledged: list[UUID], keys: int) -> set[UUID]:
    """Holds that were acknowledged but are not in the journal, or the other way round. Nothing else is wrong."""
    journal = [subject for (subject,) in world.query("SELECT subject FROM journal WHERE name = 'reservation.held'")]
    assert len(journal) == len(set(journal)) == keys, "each request once, also those whose first answer was lost"
    assert len(acknowledged) == keys
    counters = owner.ledger.counters(X)
    assert counters is not None
    assert counters.reserved == keys
    assert world.verify().sound
    return set(acknowledged) ^ set(journal)


async def test_when_the_commits_connection_is_cut_again_and_again_nothing_acknowledged_is_lost(world: World) -> None:
    """Terminated at random moments, also right at COMMIT: the outcome is unknown, and asked of the database."""
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 1_000_000))
        acknowledged, keys = await _under_load(world, owner, [lambda: end_backends(world.url)] * 12)
        assert _lost(world, owner, acknowledged, keys) == set()


async def test_when_the_writer_process_is_killed_nothing_acknowledged_is_lost(world: World) -> None:
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 1_000_000))

        def kill() -> None:
            for pid in _children_named("manystores.core.writer"):
                os.kill(pid, signal.SIGKILL)

        acknowledged, keys = await _under_load(world, owner, [kill] * 4)
        assert _lost(world, owner, acknowledged, keys) == set()


@pytest.mark.parametrize("committed", [False, True])
async def test_a_writer_that_dies_in_the_middle_of_a_batch_costs_its_clients_a_moment(
    world: World, monkeypatch: pytest.MonkeyPatch, committed: bool
) -> None:
    """Given a writer killed before or after its commit, then its batch is answered and written once."""
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 5))
        honest, send, epoch = module.written, Writer.send, world.query("SELECT epoch FROM lease")

        def kill() -> None:
            monkeypatch.undo()
            for pid in _children_named("manystores.core.writer"):
                os.kill(pid, signal.SIGKILL)

        async def dies_after(answer: asyncio.Future[bytes]) -> None:
            await honest(answer)
            kill()
            raise WriterGone("killed before it could say so")

        def dies_before(writer: Writer, rows: Rows) -> asyncio.Future[bytes]:
            kill()
            return send(writer, rows)

        if committed:
            monkeypatch.setattr(module, "written", dies_after)
        else:
            monkeypatch.setattr(Writer, "send", dies_before)
        held, _ = await answers(owner, world.hold((X, 2)), world.receive(Y, 1))
        assert body(held)["state"] == "held"
        assert world.facts() == ["stock.receive", "reservation.held", "stock.receive"]
        assert world.query("SELECT epoch FROM lease") == epoch
        await answers(owner, world.hold((X, 2)))
        assert owner.ledger.available(X) == 1
        assert world.verify().sound


async def test_a_dead_writers_transaction_is_waited_for(world: World) -> None:
    """Given a commit that hangs behind a lock while its writer dies, then it is written once, when the lock goes."""
    with psycopg.connect(world.url) as blocking:
        async with world.owner() as owner:
            await answers(owner, world.receive(X, 5))
            blocking.execute("SELECT FROM lease FOR UPDATE")
            asked = owner.submit([world.hold((X, 1))])
            await asyncio.sleep(0.1)
            for pid in _children_named("manystores.core.writer"):
                os.kill(pid, signal.SIGKILL)
            await asyncio.sleep(0.5)
            assert not asked.done()
            blocking.rollback()
            (held,) = await asyncio.wait_for(asked, 10)
            assert body(held)["state"] == "held"
            assert world.query("SELECT count(*) FROM journal WHERE name = 'reservation.held'") == [(1,)]
            assert world.verify().sound


async def test_of_batches_on_their_way_to_a_writer_that_dies_each_is_written_once_in_order(world: World) -> None:
    """Given a commit that hangs, those that wait behind it and one that is not sent yet, when the writer dies, then all
    are written anew by the next writer, and the owner goes on."""
    rounds, batches = 3, module.UNDER_WAY + 1
    with psycopg.connect(world.url) as blocking:
        async with world.owner() as owner:
            await answers(owner, world.receive(X, rounds * batches))
            epoch = world.query("SELECT epoch FROM lease")
            for _ in range(rounds):
                blocking.execute("SELECT FROM lease FOR UPDATE")
                asked = []
                for _ in range(batches):
                    asked.append(owner.submit([world.hold((X, 1))]))
                    await asyncio.sleep(0.05)
                for pid in _children_named("manystores.core.writer"):
                    os.kill(pid, signal.SIGKILL)
                await asyncio.sleep(0.1)
                blocking.rollback()
                for (held,) in await asyncio.wait_for(asyncio.gather(*asked), 20):
                    assert body(held)["state"] == "held"
            assert owner.ledger.available(X) == 0
            assert world.query("SELECT epoch FROM lease") == epoch
    assert world.query("SELECT count(*), count(DISTINCT subject) FROM journal WHERE name = 'reservation.held'") == [
        (rounds * batches, rounds * batches)
    ]
    assert world.verify().sound


async def test_a_batch_behind_one_that_fails_never_was(world: World) -> None:
    """Given a batch that the database refuses and one that was sent behind it, then only the second is asked again."""
    with psycopg.connect(world.url) as blocking:
        async with world.owner() as owner:
            await answers(owner, world.receive(X, 5))
            blocking.execute("SELECT FROM lease FOR UPDATE")
            refused = owner.submit([DecidesTwice(ACTOR, PARTY)])
            await asyncio.sleep(0.05)
            behind = owner.submit([world.receive(X, 2, key=request_key(1))])
            await asyncio.sleep(0.05)
            blocking.rollback()
            assert code((await refused)[0]) == "internal"
            assert code((await behind)[0]) == "unavailable"
            await until(lambda: owner.ready)
            assert owner.ledger.available(X) == 5
            await answers(owner, world.receive(X, 2, key=request_key(1)))
            assert owner.ledger.available(X) == 7
            assert not owner.fenced
    assert world.facts() == ["stock.receive", "stock.receive"]
    assert world.verify().sound


async def test_a_writer_that_dies_under_an_owner_of_the_past_does_not_commit(world: World) -> None:
    async with world.owner() as old:
        await answers(old, world.receive(X, 5))
        async with world.owner(name="new"):
            for pid in _children_named("manystores.core.writer"):
                os.kill(pid, signal.SIGKILL)
            assert {code(answer) for answer in await answers(old, world.hold((X, 1)))} == {"unavailable"}
            assert old.fenced
    assert world.facts() == ["stock.receive"]


def _children_named(module: str) -> list[int]:
    """Processes that this one started, which run a module."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            command = (stat.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if parent == os.getpid() and module.encode() in command:
            found.append(int(stat.parent.name))
    return found


async def test_a_commit_whose_answer_is_lost_is_known_after_recovery(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a batch that committed though its owner heard an error, when the client asks again, then it has it."""
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 5))
        honest = module.written

        async def loses_the_answer(answer: asyncio.Future[bytes]) -> None:
            await honest(answer)
            raise ConnectionResetError("the line was cut after COMMIT")

        with monkeypatch.context() as patched:
            patched.setattr(module, "written", loses_the_answer)
            (unknown,) = await answers(owner, world.hold((X, 2), key=request_key(1)))
        assert code(unknown) == "unavailable"
        await until(lambda: owner.ready)
        assert owner.ledger.available(X) == 3
        (again,) = await answers(owner, world.hold((X, 2), key=request_key(1)))
        assert world.query("SELECT subject FROM journal WHERE name = 'reservation.held'") == [(id_of(again),)]


async def test_when_the_database_reads_fail_the_batch_is_answered_and_the_next_one_served(world: World) -> None:
    async with world.owner() as owner:
        await answers(owner, world.count(X, 5))
        end_backends(world.url, "manystores-owner-reads")
        await asyncio.sleep(0.05)
        first, _ = await answers(owner, world.count(X, 6), world.receive(Y, 1))
        if isinstance(first, Problem):
            assert code(first) == "unavailable"
            (first,) = await answers(owner, world.count(X, 6))
        assert first["on_hand"] == 6


# -- a database that refuses to write


DISK_FULL = """
    CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.reason = 6 THEN
            RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER disk_full BEFORE INSERT ON movements FOR EACH ROW EXECUTE FUNCTION disk_full()
"""


async def test_a_full_disk_is_an_error_and_no_corruption(world: World) -> None:
    """Given inserts that fail, then clients hear 503, the books stay sound, and afterwards all goes on."""
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 5))
        before = image(owner.ledger, KEYS)
        world.execute(DISK_FULL)
        for _ in range(2):
            refused, other = await answers(owner, world.hold((X, 1), key=request_key(1)), world.receive(Y, 1))
            assert (code(refused), code(other)) == ("unavailable", "unavailable")
            await until(lambda: owner.ready)
        assert image(owner.ledger, KEYS) == before
        assert world.facts() == ["stock.receive"], "nothing of the batch, not even its other commands"
        world.execute("DROP TRIGGER disk_full ON movements")
        held, _ = await answers(owner, world.hold((X, 1), key=request_key(1)), world.receive(Y, 1))
        assert body(held)["state"] == "held"
        assert world.verify().sound


async def test_while_one_batch_fails_the_next_is_answered_too_and_nothing_of_it_is_kept(world: World) -> None:
    """Given a batch decided on what the failing one before it did, then it never commits, and everybody hears."""
    async with world.owner(batch_max=1) as owner:
        await answers(owner, world.receive(X, 5))
        world.execute(DISK_FULL)
        asked = [owner.submit([world.hold((X, 1))]), *(owner.submit([world.receive(Y, 1)]) for _ in range(10))]
        found = await asyncio.wait_for(asyncio.gather(*asked), 20)
        assert {code(answer) for (answer,) in found} == {"unavailable"}
        await until(lambda: owner.ready)
        assert owner.ledger.counters(Y) is None
        assert world.verify().sound


async def test_an_owner_that_can_not_recover_yet_says_so_and_goes_on_when_it_can(world: World) -> None:
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 5))
        world.execute("ALTER TABLE buckets RENAME TO mislaid")
        end_backends(world.url)
        await answers(owner, world.receive(X, 1))
        await asyncio.sleep(0.3)
        assert not owner.ready
        with pytest.raises(Problem) as refused:
            owner.submit([world.receive(X, 1)])
        assert refused.value.rule.status == 503
        world.execute("ALTER TABLE mislaid RENAME TO buckets")
        await until(lambda: owner.ready)
        assert owner.ledger.available(X) == 5


async def test_a_projection_that_is_broken_stops_the_owner_and_hangs_nobody(world: World) -> None:
    """Given a claim without its reservation, then the owner does not serve from it; mended, it goes on."""
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 5), world.hold((X, 1)))
        world.verify()
        world.execute("CREATE TABLE kept AS SELECT * FROM reservations")
        world.execute("DELETE FROM reservations")
        end_backends(world.url)
        found = await answers(owner, world.receive(X, 1), world.receive(X, 1))
        assert {code(answer) for answer in found} == {"unavailable"}
        await asyncio.sleep(0.3)
        assert not owner.ready
        world.execute("INSERT INTO reservations SELECT * FROM kept")
        await until(lambda: owner.ready)
        assert owner.ledger.available(X) == 4


async def test_a_stopping_owner_does_not_wait_for_ever_for_a_commit_that_hangs(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a database that does not answer a commit, when the owner is stopped, then its client is answered, soon."""
    monkeypatch.setattr("manystores.promise.owner.STOP_S", 0.2)
    with psycopg.connect(world.url) as blocking:
        async with world.owner() as owner:
            await answers(owner, world.receive(X, 5))
            blocking.execute("SELECT FROM lease FOR UPDATE")
            asked = owner.submit([world.hold((X, 1))])
            await asyncio.sleep(0.1)
            assert not asked.done()
            async with asyncio.timeout(8):
                await owner.stop()
            assert code((await asked)[0]) == "unavailable"


# -- time


async def test_a_clock_that_jumps_back_and_forth_leaves_time_in_the_journal_in_order(world: World) -> None:
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 9))
        for jump in (3600, -7200, 60, -86_400 * 3, 86_400 * 2):
            world.clock.advance(jump)
            await answers(owner, world.hold((X, 1)))
    times = [at for (at,) in world.query("SELECT at FROM journal ORDER BY seq, n")]
    assert times == sorted(times)
    assert world.verify().sound


async def test_after_a_restart_with_a_clock_set_back_nothing_that_was_sold_is_sold_again(world: World) -> None:
    """Given a machine whose clock was set back two days before a restart, then what it sells next is not forgotten."""
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 5))
    assert world.verify().sound
    world.clock.advance(-2 * 86_400)
    async with world.owner() as owner:
        await answers(owner, world.hold((X, 3), ttl_s=86_400 * 9))
    async with world.owner() as owner:
        assert owner.ledger.available(X) == 2
    assert world.verify().sound


async def test_each_day_has_its_tables(world: World) -> None:
    async with world.owner() as owner:
        for _ in range(3):
            await answers(owner, world.receive(X, 1))
            world.clock.advance(86_400)
    first = to_datetime(world.clock.now_us()) - timedelta(days=3)
    days = [(first + timedelta(days=i)).strftime("%Y%m%d") for i in range(3)]
    for table in ("journal", "movements"):
        found = world.query("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass", table)
        assert {name for (name,) in found} >= {f"{table}_{day}" for day in days}
    assert world.verify().sound


async def test_a_long_report_over_midnight_does_not_stop_the_owner(world: World) -> None:
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 5))
        with psycopg.connect(world.url) as report:
            report.execute("SELECT count(*) FROM journal JOIN movements USING (partition_id, seq)")
            world.clock.advance(86_400)
            (held,) = await asyncio.wait_for(owner.submit([world.hold((X, 1))]), 5)
        assert body(held)["state"] == "held"
        (again,) = await answers(owner, world.hold((X, 1)))
        assert body(again)["state"] == "held"
