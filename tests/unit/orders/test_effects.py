"""Joining changes that belong to one turn."""

from collections.abc import Callable

from manystores import orders
from manystores.orders import Change, Order, StockEffect


def joined(order: Order, *effects: StockEffect) -> list[StockEffect]:
    return list(orders.together(Change(order, (), effects[:1]), Change(order, (), effects[1:])).stock)


def test_a_release_and_a_claim_of_the_same_units_are_a_move(placed: Callable[..., Order]) -> None:
    away, here = StockEffect("release", 5, 1, 3, 1), StockEffect("claim", 6, 1, 2, 1)
    assert joined(placed(), away, here) == [
        StockEffect("move", 5, 1, 2, 1, to_location_no=6),
        StockEffect("release", 5, 1, 1, 1),
    ]


def test_a_claim_beyond_what_is_released_stays_a_claim(placed: Callable[..., Order]) -> None:
    away, here = StockEffect("release", 5, 1, 1, 1), StockEffect("claim", 6, 1, 3, 1)
    assert joined(placed(), away, here) == [
        StockEffect("move", 5, 1, 1, 1, to_location_no=6),
        StockEffect("claim", 6, 1, 2, 1),
    ]


def test_other_lots_windows_offers_and_lines_do_not_move(placed: Callable[..., Order]) -> None:
    away = StockEffect("release", 5, 1, 1, 1)
    for here in (
        StockEffect("claim", 6, 1, 1, 1, lot="B"),
        StockEffect("claim", 6, 1, 1, 1, window_us=9),
        StockEffect("claim", 6, 2, 1, 1),
        StockEffect("claim", 6, 1, 1, 2),
    ):
        assert joined(placed(), away, here) == [here, away]


def test_a_new_state_is_told_once(placed: Callable[..., Order], at: int) -> None:
    change = orders.cancel(placed(), at, "shopper")
    assert [fact.kind for fact in change.facts].count("order.cancelled") == 1
    assert change.facts[0].detail["fulfilment"] == f"{change.order.order_id}-1"
