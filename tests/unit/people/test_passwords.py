"""Passwords that are too easy are refused with the way out; the others are kept as Argon2id."""

import pytest

from manystores.people.passwords import hashed, matches, password_errors


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "wrong_length"),
        ("x" * 201, "wrong_length"),
        ("Password123", "too_common"),
        ("aaaaaaaaaaaa", "too_common"),
        ("my-Chenchen-9", "contains_login"),
    ],
)
def test_easy_passwords_are_refused(password: str, code: str) -> None:
    (error,) = password_errors(password, "chenchen@silk.example", "/password")
    assert (error.pointer, error.code) == ("/password", code)
    assert error.en
    assert error.zh


def test_a_sentence_is_a_password() -> None:
    assert password_errors("three cups of green tea", "chen") == []
    assert password_errors("红茶绿茶三杯两盏淡酒否", "chen") == []


def test_only_the_password_matches_its_hash() -> None:
    stored = hashed("three cups of green tea")
    assert stored.startswith("$argon2id$")
    assert matches("three cups of green tea", stored)
    assert not matches("three cups of black tea", stored)
    assert not matches("three cups of green tea", None)
    assert not matches("anything", "no hash at all")
