"""The owner on a real PostgreSQL: what is acknowledged is durable, once, and right."""

import asyncio
from uuid import UUID

import pytest
from tests.integration.promise.world import (
    ACTOR,
    PARTY,
    World,
    X,
    Y,
    Z,
    answers,
    body,
    code,
    end_backends,
    id_of,
    request_key,
    until,
)

from manystores.core.errors import CONFLICT, Problem
from manystores.core.ids import uuid7
from manystores.ledger import Claim, Counters, Key, Reason
from manystores.orders.order import Order
from manystores.promise.command import ChannelKey, Command, HoldSet, Needs
from manystores.promise.decide import OrderCache, columns
from manystores.promise.owner import Owner
from manystores.promise.reservations import Confirm, Release
from manystores.promise.stock import ReceiveTransfer, SendTransfer
from manystores.promise.turn import Turn


async def test_an_answer_is_in_the_journal_before_it_is_given(world: World) -> None:
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 5))
        (held,) = await answers(owner, world.hold((X, 2)))
        assert world.facts(id_of(held)) == ["reservation.held"]
        assert world.query("SELECT seq FROM lease") == [(2,)]


async def test_a_hold_is_confirmed_or_released_and_ends_once(world: World) -> None:
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 5))
        a, b = await answers(owner, world.hold((X, 2)), world.hold((X, 3)))
        assert body((await answers(owner, Confirm(id_of(a))))[0])["state"] == "confirmed"
        assert body((await answers(owner, Confirm(id_of(a))))[0])["state"] == "confirmed", "twice changes nothing"
        await answers(owner, Release(id_of(b)))
        assert owner.ledger.counters(X) == Counters(5, 2, 0, 0)
        assert code((await answers(owner, Release(id_of(b))))[0]) == "reservation_not_open"
        assert code((await answers(owner, Confirm(id_of(b))))[0]) == "reservation_not_open"
        assert world.facts(id_of(a)) == ["reservation.held", "reservation.confirmed"]
        assert world.facts(id_of(b)) == ["reservation.held", "reservation.released"]
        assert world.verify().sound


async def test_all_lines_of_a_hold_or_none(world: World) -> None:
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 5), world.receive(Y, 1))
        (refused,) = await answers(owner, world.hold((X, 2), (Y, 2)))
        assert code(refused) == "short"
        assert refused.extra == {"short": [{"line": 1, "available": 1}]}
        assert (owner.ledger.available(X), owner.ledger.available(Y)) == (5, 1)
        assert world.query("SELECT count(*) FROM journal WHERE name = 'reservation.held'") == [(0,)]


async def test_a_hold_expires_in_the_journal_when_its_time_is_over_and_not_before(world: World) -> None:
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 5))
        (held,) = await answers(owner, world.hold((X, 5), ttl_s=60))
        world.clock.advance(59)
        assert await owner.expire_due() == 0
        world.clock.advance(1)
        assert code((await answers(owner, Confirm(id_of(held))))[0]) == "reservation_not_open", "too late"
        await owner.expire_due()
        await until(lambda: owner.ledger.available(X) == 5)
        await until(lambda: world.facts(id_of(held)) == ["reservation.held", "reservation.expired"])


async def test_a_confirmed_hold_never_expires(world: World) -> None:
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 5))
        (held,) = await answers(owner, world.hold((X, 5), ttl_s=60))
        await answers(owner, Confirm(id_of(held)))
        world.clock.advance(1e6)
        assert await owner.expire_due() == 0
        assert owner.ledger.available(X) == 0


async def test_somebody_elses_reservation_is_not_found(world: World) -> None:
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 5))
        (held,) = await answers(owner, world.hold((X, 5)))
        for command in (Confirm, Release):
            (refused,) = await answers(owner, command(id_of(held), ACTOR, PARTY + 1))
            assert code(refused) == "not_found"
        assert owner.ledger.available(X) == 0


# -- idempotency


async def test_a_repeated_key_has_the_very_same_answer(world: World) -> None:
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 5))
        (first,) = await answers(owner, world.hold((X, 1), key=request_key(1), mark=11))
        (again,) = await answers(owner, world.hold((X, 1), key=request_key(1), mark=11))
        assert body(again) == body(first)
        assert owner.ledger.available(X) == 4


async def test_a_repeated_key_with_another_body_is_refused(world: World) -> None:
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 5))
        await answers(owner, world.hold((X, 1), key=request_key(1), mark=11))
        (refused,) = await answers(owner, world.hold((X, 2), key=request_key(1), mark=12))
        assert code(refused) == "idempotency_key_reused"
        assert refused.rule.status == 422


async def test_duplicates_in_one_batch_are_answered_alike_and_harm_nobody(world: World) -> None:
    """Given a client that sends one request five times at once, then one hold is made, and others get theirs."""
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 5))
        same = [world.hold((X, 1), key=request_key(1), mark=1) for _ in range(5)]
        other = [world.hold((X, 1)), world.hold((X, 1), key=request_key(2), mark=1)]
        found = await answers(owner, *same[:3], *other, *same[3:])
        first = body(found[0])
        assert all(body(answer) == first for answer in [*found[1:3], *found[5:]])
        assert id_of(found[3]) != id_of(found[0])
        assert owner.ledger.available(X) == 2
        assert world.query("SELECT count(*) FROM journal WHERE request_key IS NOT NULL") == [(2,)]


async def test_a_repeated_key_is_known_after_a_restart(world: World) -> None:
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 5))
        (first,) = await answers(owner, world.hold((X, 1), key=request_key(1), mark=11))
    async with world.owner() as owner:
        again, reused = await answers(
            owner,
            world.hold((X, 1), key=request_key(1), mark=11),
            world.hold((X, 1), key=request_key(1), mark=12),
        )
        assert body(again) == body(first)
        assert code(reused) == "idempotency_key_reused"


async def test_a_key_older_than_the_index_is_found_in_the_journal(world: World) -> None:
    """Given a receipt of three days ago, when it comes again, then its answer is repeated and nothing is received."""
    async with world.owner() as owner:
        (first,) = await answers(owner, world.receive(X, 5, key=request_key(1), mark=11))
    world.clock.advance(3 * 86_400)
    async with world.owner(idempotency_hours=24) as owner:
        again, other = await answers(
            owner,
            world.receive(X, 5, key=request_key(1), mark=11),
            world.receive(X, 2, key=request_key(2), mark=11),
        )
        assert again == first
        assert other != first
        assert owner.ledger.available(X) == 7


async def test_a_hold_that_comes_again_days_later_holds_anew(world: World) -> None:
    """Given a hold of three days ago, which is long over, when it comes again, then it is another hold."""
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 5))
        (first,) = await answers(owner, world.hold((X, 1), key=request_key(1), mark=11))
    world.clock.advance(3 * 86_400)
    async with world.owner() as owner:
        (again,) = await answers(owner, world.hold((X, 1), key=request_key(1), mark=11))
        assert id_of(again) != id_of(first)


async def test_a_set_of_holds_is_decided_hold_by_hold(world: World) -> None:
    """Given five units, when five holds come together, one too large, one twice, then each has its own answer."""
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 5))
        (known,) = await answers(owner, world.hold((X, 1), key=request_key(1), mark=1))
        holds = [
            world.hold((X, 1), key=request_key(1), mark=1),
            world.hold((X, 9), key=request_key(2), mark=2),
            world.hold((X, 2), key=request_key(3), mark=3),
            world.hold((X, 2), key=request_key(3), mark=3),
            world.hold((X, 2), key=request_key(3), mark=4),
            world.hold((X, 2), key=request_key(4), mark=4),
            world.hold((X, 1), key=request_key(5), mark=5),
        ]
        (answer,) = await answers(owner, HoldSet(ACTOR, PARTY, columns(holds)))
        assert answer.repeated == {0: body(known), 3: body(holds[2].body)}
        assert {place: code(problem) for place, problem in answer.refused.items()} == {
            1: "short",
            4: "idempotency_key_reused",
            6: "short",
        }
        assert owner.ledger.available(X) == 0
        assert sorted(world.facts()) == ["reservation.held"] * 3 + ["stock.receive"]


async def test_a_refusal_is_decided_anew(world: World) -> None:
    async with world.owner() as owner:
        (refused,) = await answers(owner, world.hold((X, 1), key=request_key(1), mark=1))
        assert code(refused) == "short"
        await answers(owner, world.receive(X, 1))
        (held,) = await answers(owner, world.hold((X, 1), key=request_key(1), mark=1))
        assert body(held)["state"] == "held"


async def test_a_replay_that_can_not_be_told_does_not_keep_the_others_waiting(world: World) -> None:
    """Given an answer whose fact was archived, when it is asked for again, then only that client hears 503."""
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 5, request_key(1)))
        (held,) = await answers(owner, world.hold((X, 1), key=request_key(2), mark=0))
        world.execute("DELETE FROM journal WHERE name = 'stock.receive'")
        gone, again = await answers(
            owner, world.receive(X, 5, request_key(1)), world.hold((X, 1), key=request_key(2), mark=0)
        )
        assert code(gone) == "unavailable"
        assert body(again) == body(held)


# -- carts


async def test_the_same_carts_next_hold_replaces_the_earlier_one(world: World) -> None:
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 3))
        (first,) = await answers(owner, world.hold((X, 3), cart="ada"))
        (second,) = await answers(owner, world.hold((X, 2), cart="ada"))
        assert owner.ledger.reservation(id_of(first)) is None
        assert owner.ledger.available(X) == 1
        assert world.facts(id_of(first)) == ["reservation.held", "reservation.released"]
        (refused,) = await answers(owner, world.hold((X, 4), cart="ada"))
        assert code(refused) == "short"
        assert owner.ledger.reservation(id_of(second)) is not None, "the earlier one stays"
        assert world.verify().sound


async def test_a_carts_next_hold_leaves_what_it_confirmed(world: World) -> None:
    """Given a till that uses one cart all day, when it sells again, then the earlier promise stands, also later."""
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 3))
        (first,) = await answers(owner, world.hold((X, 1), cart="till-1"))
        await answers(owner, Confirm(id_of(first)))
        (second,) = await answers(owner, world.hold((X, 1), cart="till-1"))
    async with world.owner() as owner:
        await answers(owner, world.hold((X, 2), cart="till-1"))
        found = owner.ledger.reservation(id_of(first))
        assert found is not None
        assert found.state == "confirmed"
        assert owner.ledger.reservation(id_of(second)) is None


# -- one command's failure is its own


class Breaks(Command):
    """Changes everything it can, then fails."""

    def __init__(self, error: Exception, order_id: UUID) -> None:
        super().__init__(ACTOR, PARTY, request_key(99))
        self.error, self.order_id = error, order_id

    def decide(self, turn: Turn) -> None:
        turn.ledger.post(X, Reason.RECEIVED, on_hand=100)
        turn.ledger.hold(self.order_id, [Claim(X, 50)], Reason.ORDERED, party_no=PARTY, is_order=True)
        turn.fact("order.placed", self.order_id, {"a": 1})
        turn.follow_up("order.unserved", self.order_id)
        turn.decision(self.order_id, 1, 1, b"{}")
        raise self.error


@pytest.mark.parametrize(("error", "told"), [(Problem(CONFLICT), "conflict"), (KeyError(), "internal")])
async def test_a_command_that_fails_in_a_batch_leaves_nothing(world: World, error: Exception, told: str) -> None:
    async with world.owner() as owner:
        order_id = uuid7(0)
        before, failed, after = await answers(
            owner, world.receive(X, 1), Breaks(error, order_id), world.hold((X, 1), key=request_key(99))
        )
        assert code(failed) == told
        assert before["on_hand"] == 1
        assert body(after)["state"] == "held", "the key of the failed command is free"
        assert owner.ledger.counters(X) == Counters(1, 1, 0, 0)
        assert world.facts() == ["stock.receive", "reservation.held"]
        assert world.query("SELECT count(*) FROM decisions") == [(0,)]
        assert world.verify().sound


class MovesSilently(Command):
    """A mistake of ours: it moves stock and says nothing."""

    def decide(self, turn: Turn) -> None:
        turn.ledger.post(X, Reason.RECEIVED, on_hand=100)


async def test_stock_never_moves_without_a_fact(world: World) -> None:
    async with world.owner() as owner:
        (failed,) = await answers(owner, MovesSilently(ACTOR, PARTY))
        assert code(failed) == "internal"
        assert owner.ledger.available(X) == 0


@pytest.mark.parametrize("text", ['{"cart":"\\u0000"}', '{"cart":"\\\\\\u0000"}'])
async def test_a_text_that_the_database_refuses_fails_alone(world: World, text: str) -> None:
    """Given a cart named U+0000, when it holds, then it is refused, and the others of its batch are served."""
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 5))
        bad, epoch = world.hold((X, 1)), world.query("SELECT epoch FROM lease")
        bad.body = text.encode()
        noted = world.receive(X, 1)
        noted.note = "\0"
        refused, refused_too, held = await answers(owner, bad, noted, world.hold((X, 1)))
        assert (code(refused), code(refused_too)) == ("invalid", "invalid")
        assert body(held)["state"] == "held"
        assert owner.ledger.counters(X) == Counters(5, 1, 0, 0)
        assert world.query("SELECT epoch FROM lease") == epoch, "the owner did not have to recover"


async def test_a_text_that_only_looks_like_it_is_kept(world: World) -> None:
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 5))
        odd = world.hold((X, 1))
        odd.body = rb'{"cart":"\\u0000"}'
        (held,) = await answers(owner, odd)
        assert held == odd.body
        assert world.query("SELECT body::json ->> 'cart' FROM journal WHERE name = 'reservation.held'") == [
            ("\\u0000",)
        ]


async def test_who_listens_to_commits_can_not_stop_the_owner(world: World) -> None:
    def broken(_batch: object) -> None:
        raise ValueError("a stream that broke")

    async with world.owner(on_commit=broken) as owner:
        together = [owner.submit([world.receive(X, 1)]) for _ in range(3)]
        for _ in range(20):
            await asyncio.sleep(0)
            together.append(owner.submit([world.receive(X, 1)]))
        found = await asyncio.wait_for(asyncio.gather(*together), 20)
        assert all(not isinstance(answer, Problem) for (answer,) in found)
        assert owner.ready


class Finds(Command):
    """Looks an order up by its channel's id; places it if it is new."""

    KEY = ChannelKey(PARTY, "app", "A-1")

    def needs(self) -> Needs:
        return Needs(channel=self.KEY)

    def decide(self, turn: Turn) -> str:
        found = turn.find_order(self.KEY)
        if found is not None:
            return f"again {turn.order(found).order_id.int}"
        turn.put(
            Order(
                UUID(int=1),
                PARTY,
                "app",
                "A-1",
                "CNY",
                placed_at_us=turn.now_us,
                updated_at_us=turn.now_us,
                revision=1,
                lines=(),
            ),
            new=True,
        )
        turn.fact("order.placed", UUID(int=1), {})
        return "new"


async def test_an_order_is_found_by_its_channels_id_after_it_left_the_cache(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OrderCache.__init__, "__defaults__", (0,))
    async with world.owner() as owner:
        assert await answers(owner, Finds(ACTOR, PARTY)) == ["new"]
        for _ in range(3):
            await answers(owner, world.receive(X, 1))
            assert await answers(owner, Finds(ACTOR, PARTY)) == ["again 1"]
    async with world.owner() as owner:
        assert await answers(owner, Finds(ACTOR, PARTY), Finds(ACTOR, PARTY)) == ["again 1", "again 1"]


# -- transfers


async def test_a_transfer_is_in_transit_until_it_is_received_and_what_is_lost_is_said(world: World) -> None:
    transfer = uuid7(1)
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 5))
        (sent,) = await answers(owner, SendTransfer(ACTOR, PARTY, transfer, X, Y, 4))
        assert sent["state"] == "in_transit"
        assert (owner.ledger.counters(X), owner.ledger.counters(Y)) == (Counters(1, 0, 0, 0), Counters(0, 0, 0, 4))
        (received,) = await answers(owner, ReceiveTransfer(ACTOR, PARTY, transfer, X, Y, 4, 3))
        assert received["received"] == 3
        assert owner.ledger.counters(Y) == Counters(3, 0, 0, 0)
        assert world.facts(transfer) == ["transfer.sent", "transfer.received"]
        (refused,) = await answers(owner, SendTransfer(ACTOR, PARTY, uuid7(2), X, Y, 2))
        assert code(refused) == "short"
        assert world.verify().sound


async def test_a_transfer_is_received_once_though_another_is_under_way(world: World) -> None:
    a, b = uuid7(1), uuid7(2)
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 8))
        await answers(owner, SendTransfer(ACTOR, PARTY, a, X, Y, 4), SendTransfer(ACTOR, PARTY, b, X, Y, 4))
        (first,) = await answers(owner, ReceiveTransfer(ACTOR, PARTY, a, X, Y, 4, 4))
    async with world.owner() as owner:
        again, other = await answers(
            owner, ReceiveTransfer(ACTOR, PARTY, a, X, Y, 4, 4), ReceiveTransfer(ACTOR, PARTY, a, X, Y, 4, 2)
        )
        assert again == first
        assert code(other) == "transfer_received"
        assert owner.ledger.counters(Y) == Counters(4, 0, 0, 4), "the other transfer is still on its way"


# -- capacity of the loop


async def test_many_clients_at_once_are_all_answered_and_get_what_there_is(world: World) -> None:
    """Given 300 units and 500 shoppers at once, then 300 hold one each and 200 hear that it is sold out."""
    async with world.owner(batch_max=64) as owner:
        await answers(owner, world.receive(X, 300), world.receive(Z, 10_000))

        async def shopper(i: int) -> object:
            await asyncio.sleep(i % 7 * 0.002)
            (found,) = await owner.submit([world.hold((X, 1), (Z, 1), key=request_key(i + 1))])
            return found

        found = await asyncio.wait_for(asyncio.gather(*(shopper(i) for i in range(500))), 60)
        assert sum(isinstance(answer, bytes) for answer in found) == 300
        assert {code(answer) for answer in found if isinstance(answer, Problem)} == {"short"}
        assert owner.ledger.counters(Z) == Counters(10_000, 300, 0, 0)
        assert world.verify().sound


async def test_stop_answers_everybody_first(world: World) -> None:
    async with world.owner(batch_max=8) as owner:
        await answers(owner, world.receive(X, 50))
        asked = [owner.submit([world.hold((X, 1))]) for _ in range(40)]
    found = await asyncio.wait_for(asyncio.gather(*asked), 10)
    assert all(isinstance(answer, bytes) for (answer,) in found)
    assert world.query("SELECT count(*) FROM journal WHERE name = 'reservation.held'") == [(40,)]
    with pytest.raises(Problem):
        owner.submit([world.hold((X, 1))])


async def test_stop_while_the_database_is_away_hangs_nobody(world: World) -> None:
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 50))
        end_backends(world.url)
        asked = [owner.submit([world.hold((X, 1))]) for _ in range(5)]
        await asyncio.sleep(0)
    found = await asyncio.wait_for(asyncio.gather(*asked, return_exceptions=True), 10)
    assert {code(answer) for (answer,) in found} == {"unavailable"}  # type: ignore[misc]


async def test_a_bucket_of_an_order_that_failed_is_opened_anew(world: World) -> None:
    """Given an order that opened an hour's capacity and failed, when the next one comes, then the hour is open."""
    hour = Key(1, 1, 3_600_000_000)

    class Opens(Command):
        fails = False

        def decide(self, turn: Turn) -> int:
            if turn.ledger.counters(hour) is None:
                turn.ledger.post(hour, Reason.OPENED, on_hand=5)
            if self.fails:
                raise KeyError
            turn.fact("capacity.opened", uuid7(0))
            return turn.ledger.available(hour)

    failing = Opens(ACTOR, PARTY)
    failing.fails = True
    async with world.owner() as owner:
        _, left = await answers(owner, failing, Opens(ACTOR, PARTY))
        assert left == 5


def test_an_owner_that_never_started_takes_nothing(world: World) -> None:
    async def ask() -> None:
        with pytest.raises(Problem) as refused:
            Owner(world.url, world.clock).submit([world.hold((X, 1))])
        assert refused.value.retry_after_s == 1

    asyncio.run(ask())
