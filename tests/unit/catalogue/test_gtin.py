"""Barcodes' numbers: check digits, lengths, and what spreadsheets do to them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manystores.catalogue.gtin import BrokenGtin, gtin14


@pytest.mark.parametrize(
    ("written", "full"),
    [
        ("96385074", "00000096385074"),  # GTIN-8
        ("036000291452", "00036000291452"),  # UPC-A
        ("6901234567892", "06901234567892"),  # EAN-13
        ("16901234567899", "16901234567899"),  # a case of them
        (" 690-1234-56789 2 ", "06901234567892"),
    ],
)
def test_every_length_becomes_fourteen_digits(written: str, full: str) -> None:
    assert gtin14(written) == full


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("6901234567890", "check digit should be 2, not 0"),
        ("36000291452", "this has 11; leading zeros may be lost"),
        ("6.90123E+12", "a spreadsheet has rounded it"),
        ("690123456789X", "digits only"),
        ("６９０１２３４５６７８９２", "digits only"),
        ("0000000000000", "All zeros"),
        ("", "digits only"),
    ],
)
def test_a_broken_one_says_what_is_wrong(written: str, says: str) -> None:
    with pytest.raises(BrokenGtin) as caught:
        gtin14(written)
    assert says in caught.value.en
    assert caught.value.zh


@given(st.integers(1, 10**12 - 1), st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(number: int, place: int, off_by: int) -> None:
    """GS1's check digit finds every single wrong digit; weights 3 and 1 from the right."""
    digits = f"{number:012d}"
    check = -sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits)) % 10
    assert gtin14(f"{digits}{check}") == f"0{digits}{check}"
    wrong = digits[:place] + str((int(digits[place]) + off_by) % 10) + digits[place + 1 :]
    with pytest.raises(BrokenGtin):
        gtin14(f"{wrong}{check}")
