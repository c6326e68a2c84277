"""Parts of deciding: the cache of orders, what a turn may see."""

from uuid import UUID

import pytest

from manystores.core.errors import Problem
from manystores.ledger import Ledger
from manystores.orders.order import Order
from manystores.promise.command import Command
from manystores.promise.decide import Decider, OrderCache
from manystores.promise.results import Results
from manystores.promise.turn import Prepared, Turn


def order(number: int, party_no: int = 7) -> Order:
    """An order without lines."""
    return Order(
        order_id=UUID(int=number),
        party_no=party_no,
        channel="app",
        channel_order_id=str(number),
        currency="CNY",
        placed_at_us=1,
        updated_at_us=1,
        lines=(),
    )


def test_orders_under_way_stay_in_memory_and_the_oldest_of_the_others_leave() -> None:
    cache = OrderCache(size=3)
    for n in range(6):
        cache.put(order(n), seq=n)
    cache.tidy(committed=1)
    assert [cache.get(UUID(int=n)) is not None for n in range(6)] == [False, False, True, True, True, True]
    cache.tidy(committed=9)
    assert [cache.get(UUID(int=n)) is not None for n in range(6)] == [False, False, False, True, True, True]


def test_an_order_that_changed_again_is_young_again() -> None:
    cache = OrderCache(size=2)
    for n in (1, 2):
        cache.put(order(n), seq=0)
    cache.put(order(1), seq=3)
    cache.put(order(3), seq=0)
    cache.tidy(committed=2)
    assert cache.get(UUID(int=2)) is None
    assert cache.get(UUID(int=1)) is not None


def test_another_partys_order_is_not_found() -> None:
    turn = Turn(Ledger(), {UUID(int=1): order(1, party_no=7)}.get)
    turn.clear("key:x", 8)
    with pytest.raises(Problem) as refused:
        turn.order(UUID(int=1))
    assert refused.value.rule.code == "not_found"
    turn.clear("key:x", 7)
    assert turn.order(UUID(int=1)).channel_order_id == "1"
    turn.clear("owner", 0)
    assert turn.order(UUID(int=1)).channel_order_id == "1"


class Renames(Command):
    """Changes an order, then fails if told to."""

    def __init__(self, fails: bool) -> None:
        super().__init__("key:x", 7, b"k" * 16)
        self.fails = fails

    def decide(self, turn: Turn) -> str:
        turn.put(order(1, 7), new=True)
        turn.fact("order.placed", UUID(int=1), {})
        if self.fails:
            raise ValueError
        return turn.order(UUID(int=1)).channel_order_id


def test_a_failed_command_leaves_no_order_and_no_key_behind() -> None:
    decider = Decider(Ledger(), Results(0, 24))
    failed = decider.decide([Renames(True)], 1, 1, Prepared(), 0)
    assert not failed.batch.size
    assert not failed.batch.new_orders
    assert decider.orders.get(UUID(int=1)) is None
    assert decider.results.get(b"k" * 16) is None
    done = decider.decide([Renames(False)], 1, 1, Prepared(), 0)
    assert list(done.batch.new_orders) == [UUID(int=1)]
    assert done.answers[0][1] == "1"
    assert decider.channels == {(7, "app", "1"): (UUID(int=1), 1)}
