"""The order document: ids, amounts, states that follow from quantities."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from manystores import orders
from manystores.orders import Order
from manystores.orders.order import Discount, line_amount, line_state, total

Make = Callable[..., Order]


def test_a_fulfilment_order_is_known_by_its_order_and_number(placed: Make) -> None:
    order = placed()
    public = orders.fulfilment_id(order.order_id, 12)
    assert public == f"{order.order_id}-12"
    assert orders.parse_fulfilment_id(public) == (order.order_id, 12)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "019a7f3c-0000-7000-8000-000000000001",
        "019a7f3c-0000-7000-8000-000000000001-0",
        "019a7f3c-0000-7000-8000-000000000001-01",
        "019a7f3c-0000-7000-8000-000000000001-99999",
        "019a7f3c-0000-7000-8000-000000000001-²",
        "019a7f3c-0000-7000-8000-00000000000g-1",
        "019a7f3c-0000-7000-8000-000000000001--1",
    ],
)
def test_what_is_no_such_id_is_none(text: str) -> None:
    assert orders.parse_fulfilment_id(text) is None


def test_the_document_comes_back_as_it_was(shipped: Make) -> None:
    order = shipped(notes="ring", gift=True, buyer={"phone": "13800138000"})
    assert orders.decode(orders.encode(order)) == order


def test_newer_documents_can_be_read(placed: Make) -> None:
    newer = orders.encode(placed())[:-1] + b',"colour":"red"}'
    assert orders.decode(newer) == placed()


def test_discounts_and_tax_shrink_with_what_is_cancelled(placed: Make, at: int) -> None:
    line = {"offer": "X1", "quantity": 3, "unit_price": 100, "discounts": [{"amount": 30}], "tax": 27}
    order = placed({5: {1: 3}}, lines=[line], delivery_fee=10, tax_included=False)
    assert total(order) == 300 - 30 + 27 + 10
    order = orders.cancel(order, at, "shopper", lines=[(1, 1)]).order
    assert line_amount(order, order.lines[0]) == 198
    included = placed({5: {1: 3}}, lines=[line])
    assert total(included) == 270


def test_a_part_of_a_metre_costs_what_it_costs_alone(placed: Make, at: int) -> None:
    """Given 1.5 m at 29.99 a metre, then it is 44.99; without half a metre 29.99, and a third less discount."""
    order = placed({5: {1: 1500}}, lines=[{"offer": "X1", "quantity": 1500, "unit_price": 2999}])
    [line] = [replace(line, scale=1000) for line in order.lines]
    assert line_amount(order, line) == 4499
    assert line_amount(order, replace(line, cancelled=500)) == 2999
    less = replace(line, discounts=(Discount(600),))
    assert line_amount(order, less) == 3899
    assert line_amount(order, replace(less, cancelled=500)) == 2599
    assert line_amount(order, replace(less, cancelled=1500)) == 0
    free = replace(line, discounts=(Discount(4499),))
    assert [line_amount(order, replace(free, cancelled=part)) for part in (0, 1, 777, 1499)] == [0, 0, 0, 0]


def test_each_line_has_its_own_end(picked: Make, at: int) -> None:
    order = orders.pack(picked({5: {1: 2, 2: 1}}), 1, at, "store").order
    order = orders.ship(order, 1, at, "store", lines=[(2, 1)]).order
    assert [line_state(order, line) for line in order.lines] == ["approved", "completed"]
    order = orders.cancel(order, at, "shopper", lines=[(1, 2)]).order
    assert [line_state(order, line) for line in order.lines] == ["cancelled", "completed"]
    assert order.state == "completed"
