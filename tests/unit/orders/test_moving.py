"""What a move changes: the works, what is claimed and given up, and what is told."""

from collections.abc import Callable

from manystores import orders
from manystores.core.money import Money
from manystores.orders import Allocation, Order
from manystores.orders.effects import Change
from manystores.orders.moving import as_unassigned, movable, moved, moves, rearranged

Make = Callable[..., Order]
Serve = Callable[..., list[Allocation]]
SAVING = Money(250, "CNY")


def move(order: Order, allocations: list[Allocation], at: int) -> Change:
    plan = rearranged(order, movable(order), allocations)
    return moved(order, plan, allocations, at + 9, "rounds", saving=SAVING, version=4)


def claimed(change: Change) -> list[tuple[str, int, int, int, int]]:
    """(kind, location, offer, units, to)."""
    return [(one.kind, one.location_no, one.offer_no, one.quantity, one.to_location_no) for one in change.stock]


def test_all_of_it_goes_elsewhere(placed: Make, serve: Serve, at: int) -> None:
    change = move(placed({5: {1: 2, 2: 1}}), serve({6: {1: 2, 2: 1}}), at)
    assert claimed(change) == [
        ("move", 5, 1, 2, 6),
        ("move", 5, 2, 1, 6),
        ("claim", 6, 900, 1, 0),
        ("give_back_capacity", 5, 900, 1, 0),
    ]
    assert [work.state for work in change.order.fulfilments] == ["cancelled", "open"]
    assert [fact.kind for fact in change.facts] == ["fulfilment.rerouted", "order.improved", "order.allocated"]
    assert change.facts[1].detail == {"saving": 250, "currency": "CNY", "policy_version": 4}
    assert (moves(change.order), change.order.policy_version) == (1, 4)


def test_a_parcel_joins_another_which_grows(placed: Make, serve: Serve, at: int) -> None:
    change = move(placed({5: {1: 2}, 6: {2: 1}}), serve({5: {1: 2, 2: 1}}), at)
    assert claimed(change) == [("move", 6, 2, 1, 5), ("give_back_capacity", 6, 900, 1, 0)]
    first, second = change.order.fulfilments
    assert [(part.line_no, part.open) for part in first.lines] == [(1, 2), (2, 1)]
    assert (first.state, first.open, first.capacity_windows) == ("open", 3, ((900, 1),))
    assert (second.state, second.open, second.capacity_windows) == ("cancelled", 0, ())


def test_what_stays_is_not_claimed_again(placed: Make, serve: Serve, at: int) -> None:
    """Two lines change places: a third of what is claimed moves, once."""
    change = move(placed({5: {1: 2}, 6: {2: 1}}), serve({5: {1: 1}, 6: {1: 1, 2: 1}}), at)
    assert claimed(change) == [("move", 5, 1, 1, 6)]
    assert [work.open for work in change.order.fulfilments] == [1, 2]
    assert [line.unallocated for line in change.order.lines] == [0, 0]


def test_the_same_plan_is_no_move(placed: Make, serve: Serve) -> None:
    order = placed({5: {1: 2}, 6: {2: 1}})
    plan = rearranged(order, movable(order), serve({6: {2: 1}, 5: {1: 2}}))
    assert (plan.lost, plan.gains, plan.new) == ({}, {}, ())


def test_accepted_work_and_pick_ups_stay(placed: Make, new_order: Make, at: int) -> None:
    order = placed({5: {1: 2}, 6: {2: 1}})
    order = orders.accept(order, 1, at, "store").order
    assert [work.number for work in movable(order)] == [2]
    assert [line.unallocated for line in as_unassigned(order, movable(order)).lines] == [0, 1]
    assert movable(new_order(pick_up_at=5)) == ()
