"""Filters and cursors."""

from collections.abc import Callable

import pytest

from manystores.core.errors import Problem
from manystores.orders import Order
from manystores.orders.search import OrderFilter, order_cursor, order_search, parse_cursor, work_cursor, work_search


def test_a_cursor_names_the_last_row(placed: Callable[..., Order]) -> None:
    order = placed()
    assert parse_cursor(order_cursor(order)) == (order.placed_at_us, order.order_id, 0)
    assert parse_cursor(work_cursor(order, 1)) == (0, order.order_id, 1)
    assert parse_cursor(None) is None


@pytest.mark.parametrize("cursor", ["", "x", "é", "MTIz", "LTEvMDE5YTdmM2MtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAxLzA="])
def test_a_made_up_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(Problem, match="next_cursor"):
        parse_cursor(cursor)


def test_filters_are_checked() -> None:
    with pytest.raises(Problem) as caught:
        order_search(0, 1, OrderFilter(state="lost", channel="fax"))
    assert [f.pointer for f in caught.value.fields] == ["/state", "/channel"]
    with pytest.raises(Problem):
        work_search(0, 1, 5, ("lost",))
    for limit in (0, 201):
        with pytest.raises(Problem, match="from 1 to 200"):
            order_search(0, 1, OrderFilter(), limit=limit)
