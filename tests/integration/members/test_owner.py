"""The person graph's owner on a real database: what it acknowledged is what the next owner knows."""

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager, suppress
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manystores.core.clock import SystemClock
from manystores.core.crypto import Vault
from manystores.core.database import connect
from manystores.core.errors import UNAVAILABLE, Problem
from manystores.members.command import Agree, Command, Join, Part, Track
from manystores.members.consent import LINK, MARKETING, Consent, said_of
from manystores.members.erasing import Erase
from manystores.members.graph import Rule
from manystores.members.identifiers import Identifier, Namespace, identifier
from manystores.members.owner import Owner
from manystores.members.secrets import secrets_of
from manystores.members.tracking import Context, Event, ExternalId, Properties, Reader, Told, Traits
from manystores.members.turn import Tracked

SECRETS = secrets_of(Vault((b"k" * 32,)))
BRAND = 7
READER = Reader(SECRETS.hash_of, BRAND, "demo", "test")


@asynccontextmanager
async def owning(url: str) -> AsyncIterator[Owner]:
    """An owner that serves until the block ends."""
    owner = Owner(url, SystemClock(), SECRETS.seal_value)
    await owner.start()
    try:
        yield owner
    finally:
        await owner.stop()


def tracked(event: Event, now_us: int = 1_800_000_000_000_000) -> Tracked:
    told = READER.read(event, now_us)
    assert isinstance(told, Told), told
    key = SECRETS.hash_of((event.message_id or uuid4().hex).encode())
    return Tracked(told, key, b"{}")


def track(*events: Event) -> Track:
    return Track([tracked(event) for event in events], BRAND, "test")


def signs_in(n: int, phone: int, message: str | None = None, name: str | None = None) -> Event:
    traits = Traits(phone=f"139{phone:08d}", name=name)
    return Event(type="identify", message_id=message, user_id=f"u{n}", anonymous_id=f"b{n}", traits=traits)


def known(namespace: Namespace, value: str) -> Identifier:
    found = identifier(SECRETS.hash_of, namespace, BRAND, value)
    assert found is not None
    return found


def agree(n: int, purpose: str, *, granted: bool, at_us: int) -> Agree:
    said = Consent(purpose=purpose, granted=granted, version="1", channel="app", proof="box", at_us=at_us)
    return Agree(known(Namespace.USER, f"u{n}"), f"u{n}", [said], BRAND, "test")


def all_of(owner: Owner) -> dict[str, Any]:
    """Everything that an owner knows, by keys."""
    graph, consents = owner.memory.graph, owner.memory.consents
    numbers = [n for n in range(len(graph)) if graph.namespace(n) != Namespace.GONE]
    return {
        "people": {graph.key(n): graph.key(graph.person(n)) for n in numbers},
        "known": [graph.one(n) for n in numbers],
        "pairs": {
            (graph.key(pair.left), graph.key(pair.right)): pair[2:]
            for n in numbers
            for pair in graph.around(n)
        },
        "said": {graph.key(n): consents.of(n) for n in numbers},
    }  # fmt: skip


async def test_what_was_acknowledged_is_what_the_next_owner_knows(fresh_database_url: str) -> None:
    card = ExternalId(id="c1", type="card")
    async with owning(fresh_database_url) as owner:
        await owner.ask(track(*[signs_in(n, n % 3, name="王小明") for n in range(6)]))
        await owner.ask(track(Event(type="track", event="Paid", user_id="u9", context=Context(external_ids=[card]))))
        for n in range(6):
            await owner.ask(agree(n, LINK, granted=n != 2, at_us=n + 1))
        await owner.ask(agree(1, said_of(MARKETING, "demo"), granted=True, at_us=9))
        pair = known(Namespace.USER, "u1"), known(Namespace.CARD, "c1")
        assert await owner.ask(Join(pair, Rule.BOUND, BRAND, "test", "bound")) is True
        await owner.ask(Part((pair[0], known(Namespace.USER, "u4")), BRAND, "test", "two people"))
        before = all_of(owner)
    async with owning(fresh_database_url) as again:
        assert all_of(again) == before


async def test_a_binding_of_two_that_were_never_seen_together_outlives_a_restart(fresh_database_url: str) -> None:
    pair = known(Namespace.USER, "u1"), known(Namespace.USER, "u2")
    async with owning(fresh_database_url) as owner:
        await owner.ask(track(signs_in(1, 1), signs_in(2, 2)))
        await owner.ask(agree(1, LINK, granted=True, at_us=1))
        await owner.ask(Join(pair, Rule.SAID_BY_HUMAN, BRAND, "test", "the same woman"))
    async with owning(fresh_database_url) as again:
        graph = again.memory.graph
        assert graph.person(graph.find(pair[0])) == graph.person(graph.find(pair[1]))


async def test_an_event_is_heard_once_also_by_the_next_owner(fresh_database_url: str) -> None:
    events = [signs_in(n, n, f"m{n}") for n in range(4)]
    async with owning(fresh_database_url) as owner:
        assert await owner.ask(track(*events[:3])) == [True] * 3
    async with owning(fresh_database_url) as again:
        assert await again.ask(track(*events)) == [False, False, False, True]


async def test_a_payment_finds_the_receipt_that_another_owner_heard(fresh_database_url: str) -> None:
    bought = Properties(order_id="o1")
    wallet = Context(external_ids=[ExternalId(id="w1", type="alipay:a")])
    async with owning(fresh_database_url) as owner:
        await owner.ask(track(Event(type="track", event="Bought", user_id="u1", properties=bought)))
        await owner.ask(agree(1, LINK, granted=True, at_us=1))
    async with owning(fresh_database_url) as again:
        await again.ask(track(Event(type="track", event="Paid", context=wallet, properties=bought)))
        graph = again.memory.graph
        assert len(graph.members(graph.find(known(Namespace.USER, "u1")))) == 2


async def test_an_older_owner_is_fenced_and_acknowledges_nothing(fresh_database_url: str) -> None:
    async with owning(fresh_database_url) as older, owning(fresh_database_url) as newer:
        for _ in range(2):
            with pytest.raises(Problem) as refused:
                await older.ask(track(signs_in(1, 1, "m1")))
            assert refused.value.rule is UNAVAILABLE
        assert older.fenced
        assert await newer.ask(track(signs_in(1, 1, "m1"))) == [True]


async def test_a_killed_writer_loses_nothing_and_is_replaced(fresh_database_url: str) -> None:
    """Whoever is told that it failed sends again; what was told to be durable is."""
    acknowledged: list[str] = []
    async with owning(fresh_database_url) as owner:

        async def send(n: int) -> None:
            for _ in range(200):
                try:
                    await owner.ask(track(signs_in(n, n, f"m{n}")))
                except Problem:
                    await asyncio.sleep(0.05)
                else:
                    acknowledged.append(f"m{n}")
                    return

        sending = [asyncio.create_task(send(n)) for n in range(300)]
        for _ in range(3):
            await asyncio.sleep(0.05)
            with suppress(ProcessLookupError):  # it is being replaced already
                if owner._writer is not None:
                    os.kill(owner._writer.pid, signal.SIGKILL)
            await asyncio.sleep(0.3)
        await asyncio.gather(*sending)
    assert len(acknowledged) == 300
    with connect(fresh_database_url) as connection:
        found = connection.execute(
            "SELECT count(*), count(DISTINCT request_key) FROM journal WHERE name = 'event.identify'"
        ).fetchone()
    assert found == (300, 300)
    async with owning(fresh_database_url) as again:
        graph = again.memory.graph
        assert all(graph.find(known(Namespace.USER, f"u{n}")) >= 0 for n in range(300))


commands = st.one_of(
    st.tuples(st.just("sign in"), st.integers(0, 5), st.integers(0, 3)),
    st.tuples(st.just("agree"), st.integers(0, 5), st.booleans()),
    st.tuples(st.just("join"), st.integers(0, 5), st.integers(0, 5)),
    st.tuples(st.just("part"), st.integers(0, 5), st.integers(0, 5)),
    st.tuples(st.just("erase"), st.integers(0, 5), st.just(0)),
    st.tuples(st.just("restart"), st.just(0), st.just(0)),
)


def command(kind: str, one: int, other: int, stamp: int) -> Command:
    pair = known(Namespace.USER, f"u{one}"), known(Namespace.USER, f"u{other}")
    if kind == "sign in":
        return track(signs_in(one, other, name=random.Random(one).choice(("王小明", "李强"))))
    if kind == "agree":
        return agree(one, LINK, granted=bool(other), at_us=stamp)
    if kind == "join":
        return Join(pair, Rule.SAID_BY_HUMAN, BRAND, "test", "said")
    if kind == "part":
        return Part(pair, BRAND, "test", "said")
    return Erase(pair[0], uuid4(), BRAND, "test", "asked")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(commands, min_size=4, max_size=25))
def test_any_sequence_leaves_what_a_restart_reads(
    new_database: Callable[[], AbstractContextManager[str]], told: list[tuple[str, int, int]]
) -> None:
    """Events, consent, links, partings, erasures; several at once, so that they come into one batch."""

    async def lived(url: str) -> None:
        parts: list[list[tuple[str, int, int]]] = [[]]
        for each in told:
            if each[0] == "restart":
                parts.append([])
            else:
                parts[-1].append(each)
        before: dict[str, Any] | None = None
        for part in parts:
            async with owning(url) as owner:
                if before is not None:
                    assert all_of(owner) == before
                asked = [owner.ask(command(*each, n + 1)) for n, each in enumerate(part)]
                for answer in await asyncio.gather(*asked, return_exceptions=True):
                    assert not isinstance(answer, Exception) or (
                        isinstance(answer, Problem) and answer.rule.code == "unknown_identifier"
                    )
                before = all_of(owner)
        async with owning(url) as last:
            assert all_of(last) == before

    with new_database() as url:
        asyncio.run(lived(url))
