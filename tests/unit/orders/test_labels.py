"""What a parcel's label tells of a person."""

import pytest

from manystores.orders.labels import HIDDEN, masked_name, masked_phone


@pytest.mark.parametrize(
    ("name", "shown"),
    [("王小明", "王**"), ("欧阳", "欧*"), ("王", "*"), (" Jo Smith ", "J**"), ("", "")],
)
def test_one_character_of_a_name_at_least_is_hidden(name: str, shown: str) -> None:
    assert masked_name(name) == shown


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("+8613812345678", "138******78"),
        ("138 1234 5678", "138******78"),
        ("010-88886666", "*******6666"),
        ("+14155550123", "*******0123"),
        ("1234567", "******7"),
        ("12345", "*****"),
        ("", ""),
    ],
)
def test_six_digits_of_a_phone_at_least_are_hidden(phone: str, shown: str) -> None:
    assert masked_phone(phone) == shown
    assert not phone or shown.count(HIDDEN) >= min(6, len(phone))
