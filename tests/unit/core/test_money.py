"""Money is split without losing or making a fen."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manystores.core.money import amount_for, share


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=8))
@settings(max_examples=60)
def test_shares_add_up_and_none_is_a_unit_off(total: int, weights: list[int]) -> None:
    parts = share(total, weights)
    assert sum(parts) == total
    whole = sum(weights)
    if whole:
        assert all(abs(part * whole - total * weight) < whole for part, weight in zip(parts, weights, strict=True))


def test_the_first_of_equals_takes_the_odd_fen() -> None:
    assert share(100, [1, 1, 1]) == [34, 33, 33]


def test_without_weights_the_first_takes_all_and_without_shares_there_is_an_error() -> None:
    assert share(5, [0, 0]) == [5, 0]
    with pytest.raises(ValueError, match="nothing to share over"):
        share(5, [])


@pytest.mark.parametrize(
    ("unit_price", "quantity", "scale", "amount"),
    [
        (1990, 3, 1, 5970),
        (2999, 1500, 1000, 4499),  # 4498.5: a half goes up
        (2999, 1, 1000, 3),
        (2999, 100, 1000, 300),  # 299.9
        (1, 499, 1000, 0),
        (0, 10**9, 1000, 0),
    ],
)
def test_a_quantity_costs_its_share_of_the_price_of_a_unit_of_sale(
    unit_price: int, quantity: int, scale: int, amount: int
) -> None:
    assert amount_for(unit_price, quantity, scale) == amount
