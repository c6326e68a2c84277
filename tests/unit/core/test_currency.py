"""Amounts written in decimals become minor units exactly, or are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manystores.core.currency import DECIMALS, decimal_text, minor_units


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("12.5", "CNY", 1250),
        ("12.50", "CNY", 1250),
        ("12", "CNY", 1200),
        (".5", "CNY", 50),
        ("-0.01", "CNY", -1),
        ("12.5000", "CNY", 1250),
        ("1200", "JPY", 1200),
        ("1200.0", "JPY", 1200),
        ("1.234", "KWD", 1234),
        ("0.29", "USD", 29),
    ],
)
def test_a_decimal_amount_is_read_exactly(text: str, currency: str, amount: int) -> None:
    """0.29 * 100 is 28.999… as a float; here it is 29."""
    assert minor_units(text, currency) == amount


@pytest.mark.parametrize(
    "text", ["", "x", "12.505", "1,200", "¥12", "1e3", "NaN", "Infinity", "--1", "１２", "9" * 25, "."]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="decimal"):
        minor_units(text, "CNY")


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(KeyError):
        minor_units("1", "XXX")


@given(st.integers(-(10**15), 10**15), st.sampled_from(sorted(DECIMALS)))
def test_text_and_amount_are_two_ways_to_say_the_same(amount: int, currency: str) -> None:
    assert minor_units(decimal_text(amount, currency), currency) == amount
