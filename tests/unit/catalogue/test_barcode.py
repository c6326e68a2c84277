"""Codes as scanners read them."""

import pytest

from manystores.catalogue.barcode import Scanned, scanned


@pytest.mark.parametrize(
    ("code", "read"),
    [
        ("6901234567892", Scanned("06901234567892", "")),
        ("036000291452", Scanned("00036000291452", "")),
        (" 96385074 ", Scanned("00000096385074", "")),
        ("(01)06901234567892(21)A-77", Scanned("06901234567892", "A-77")),
        ("010690123456789221A-77", Scanned("06901234567892", "A-77")),
        ("]d2010690123456789217270101\x1d21A-77", Scanned("06901234567892", "A-77")),
        ("0106901234567892", Scanned("06901234567892", "")),
        ("https://id.example/01/06901234567892/21/A-77?x=1", Scanned("06901234567892", "A-77")),
        ("https://id.example/01/6901234567892", Scanned("06901234567892", "")),
        ("https://id.example/about", Scanned("", "")),
        ("6901234567890", Scanned("", "")),  # broken check digit
        ("0106901234567890", Scanned("", "")),
        ("SCARF", Scanned("", "")),
    ],
)
def test_what_is_in_a_code(code: str, read: Scanned) -> None:
    assert scanned(code) == read
