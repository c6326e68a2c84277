"""Re-routing: nothing is promised twice, and nobody who refused is asked again."""

from collections.abc import Callable

import pytest

from manystores import orders
from manystores.core.errors import Problem
from manystores.orders import Allocation, Order, Share, StockEffect

Make = Callable[..., Order]
Serve = Callable[..., list[Allocation]]


def test_open_work_moves_in_one_step(placed: Make, serve: Serve, at: int) -> None:
    """medusa#16338: a move is one atomic re-allocation."""
    change = orders.rerouted(placed({5: {1: 2}}, quantities=(2,)), 1, serve({6: {1: 2}}), at, "hq")
    assert change.stock == (
        StockEffect("move", 5, 1, 2, 1, to_location_no=6, reason="re_routed"),
        StockEffect("claim", 6, 900, 1, 0, 1),
        StockEffect("give_back_capacity", 5, 900, 1, 0, 1, reason="re_routed"),
    )
    order = change.order
    assert [(w.location_no, w.state) for w in order.fulfilments] == [(5, "cancelled"), (6, "open")]
    assert (order.lines[0].allocated, order.refused_by) == (2, ())


def test_part_of_the_work_moves_to_two_places(placed: Make, serve: Serve, at: int) -> None:
    change = orders.rerouted(placed({5: {1: 5}}, quantities=(5,)), 1, serve({6: {1: 2}, 7: {1: 1}}), at, "hq")
    moves = [(e.location_no, e.to_location_no, e.quantity) for e in change.stock if e.kind == "move"]
    assert moves == [(5, 6, 2), (5, 7, 1)]
    assert [(w.location_no, w.open, w.state) for w in change.order.fulfilments] == [
        (5, 2, "open"),
        (6, 2, "open"),
        (7, 1, "open"),
    ]


def test_another_lot_is_claimed_before_the_first_is_released(placed: Make, at: int) -> None:
    plan = [Allocation(6, "ship", (Share(1, 2, lot="B"),))]
    change = orders.rerouted(placed({5: {1: 2}}, quantities=(2,)), 1, plan, at, "hq")
    assert [(e.kind, e.location_no, e.lot) for e in change.stock[:2]] == [("claim", 6, "B"), ("release", 5, "")]


def test_a_busy_store_and_the_next_one_in_the_same_turn(placed: Make, serve: Serve, at: int) -> None:
    rejected = orders.reject(placed({5: {1: 2}}, quantities=(2,)), 1, "too_busy", at, "store")
    served = orders.rerouted(rejected.order, 1, serve({6: {1: 2}}), at, "system")
    change = orders.together(rejected, served)
    assert change.stock[0] == StockEffect("move", 5, 1, 2, 1, to_location_no=6, reason="too_busy")
    assert [fact.kind for fact in change.facts] == ["fulfilment.rejected", "order.allocated"]
    assert change.order.fulfilments[1].state == "open"


def test_what_was_not_found_is_claimed_elsewhere_before_it_ends_here(placed: Make, serve: Serve, at: int) -> None:
    rejected = orders.reject(placed({5: {1: 2}}, quantities=(2,)), 1, "cannot_find", at, "store")
    served = orders.rerouted(rejected.order, 1, serve({6: {1: 2}}), at, "system")
    kinds = [(e.kind, e.location_no) for e in orders.together(rejected, served).stock]
    assert kinds == [("claim", 6), ("claim", 6), ("mark_unavailable", 5), ("give_back_capacity", 5)]


def test_who_rejected_is_never_asked_again(placed: Make, serve: Serve, at: int) -> None:
    order = orders.reject(placed({5: {1: 2}, 6: {2: 1}}), 1, "closed", at, "store").order
    for again in (
        lambda: orders.rerouted(order, 1, serve({5: {1: 2}}), at, "system"),
        lambda: orders.rerouted(order, 2, serve({5: {2: 1}}), at, "system"),
        lambda: orders.allocate(order, serve({5: {1: 2}}), at, "system"),
    ):
        with pytest.raises(Problem) as caught:
            again()
        assert caught.value.rule.code == "refused_before"


def test_picked_units_stay(placed: Make, serve: Serve, at: int) -> None:
    order = orders.accept(placed({5: {1: 2}}, quantities=(2,)), 1, at, "store").order
    order = orders.pick(order, 1, at, "store", [orders.Pick(1, 1)]).order
    with pytest.raises(Problem) as caught:
        orders.rerouted(order, 1, serve({6: {1: 2}}), at, "hq")
    assert caught.value.extra == {"most": 1}
    order = orders.rerouted(order, 1, serve({6: {1: 1}}), at, "hq").order
    assert [(w.open, w.stage) for w in order.fulfilments] == [(1, "picked"), (1, "approved")]
    with pytest.raises(Problem, match="re-route can't be done"):
        orders.rerouted(order, 1, serve({7: {1: 1}}), at, "hq")


def test_a_re_route_needs_another_place(placed: Make, serve: Serve, at: int) -> None:
    for plan in ([], serve({5: {1: 2}})):
        with pytest.raises(Problem):
            orders.rerouted(placed(), 1, plan, at, "hq")


def test_a_pick_up_is_re_routed_only_to_where_the_shopper_agreed(placed: Make, serve: Serve, at: int) -> None:
    """hotwax/bopis#251: nobody is sent to another store without being asked."""
    order = orders.reject(placed(pick_up_at=5), 1, "closed", at, "store").order
    plan = serve({6: {1: 2, 2: 1}}, "pick_up")
    with pytest.raises(Problem) as caught:
        orders.rerouted(order, 1, plan, at, "system")
    assert caught.value.rule.code == "wrong_place"
    order = orders.edit(order, orders.Edit(pick_up_at=6), at, "shopper").order
    assert orders.rerouted(order, 1, plan, at, "system").order.fulfilments[1].location_no == 6
