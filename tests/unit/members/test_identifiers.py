"""What people are known by, in one form, and never in the clear."""

import pytest

from manystores.members.identifiers import Hash, Identifier, Namespace, hasher, identifier, in_one_form, of_key, sketch

HASH = hasher(b"a test's key")


def known(namespace: Namespace, value: str, scope: int = 0, hash_of: Hash = HASH) -> Identifier:
    found = identifier(hash_of, namespace, scope, value)
    assert found is not None
    return found


def alike(one: str, other: str) -> float:
    """Dice's coefficient of two names' sketches."""
    first, second = ((hi % 2**64) << 64 | lo % 2**64 for hi, lo in (sketch(HASH, one), sketch(HASH, other)))
    return 2 * (first & second).bit_count() / (first.bit_count() + second.bit_count())


@pytest.mark.parametrize(
    "typed", ["13912345678", " 139 1234 5678 ", "+86 139-1234-5678", "1 3 9 (1234) 5678", "１３９１２３４５６７８"]
)
def test_a_phone_has_one_form_however_it_is_typed(typed: str) -> None:
    assert in_one_form(Namespace.PHONE, typed) == "+8613912345678"


def test_phones_of_other_countries_keep_theirs() -> None:
    assert in_one_form(Namespace.PHONE, "+33 6 12 34 56 78") == "+33612345678"


@pytest.mark.parametrize(
    ("namespace", "value"),
    [
        (Namespace.PHONE, "call me"),
        (Namespace.PHONE, "12"),
        (Namespace.EMAIL, "ann at home"),
        (Namespace.EMAIL, "a@b@c"),
        (Namespace.EMAIL, "a" * 250 + "@mail.cn"),
        (Namespace.USER, "  "),
        (Namespace.CARD, "9" * 513),
    ],
)
def test_what_is_no_value_of_its_kind_is_no_identifier(namespace: Namespace, value: str) -> None:
    assert identifier(HASH, namespace, 0, value) is None


def test_e_mails_differ_by_no_case_and_accounts_do() -> None:
    assert known(Namespace.EMAIL, "Ann.Lee@Mail.CN") == known(Namespace.EMAIL, "ann.lee@mail.cn ")
    assert known(Namespace.USER, "Ann") != known(Namespace.USER, "ann")


@pytest.mark.parametrize(
    ("namespace", "value"),
    [
        (Namespace.PHONE, "13800000000"),
        (Namespace.PHONE, "11111111111"),
        (Namespace.PHONE, "+86 12345678901"),
        (Namespace.EMAIL, "Test@mail.cn"),
        (Namespace.EMAIL, "ann@example.com"),
        (Namespace.USER, "NULL"),
        (Namespace.USER, "undefined"),
        (Namespace.CARD, "0000"),
        (Namespace.ANONYMOUS, "00000000-0000-0000-0000-000000000000"),
    ],
)
def test_placeholders_are_blocked(namespace: Namespace, value: str) -> None:
    assert known(namespace, value).blocked


@pytest.mark.parametrize(
    ("namespace", "value"),
    [
        (Namespace.PHONE, "13967104482"),
        (Namespace.EMAIL, "ann@mail.cn"),
        (Namespace.USER, "nullah"),
        (Namespace.CARD, "6900010000017"),
    ],
)
def test_real_values_are_not_blocked(namespace: Namespace, value: str) -> None:
    assert not known(namespace, value).blocked


def test_the_same_value_is_another_identifier_elsewhere_and_under_another_key() -> None:
    every = [
        known(Namespace.USER, "u-1", 7),
        known(Namespace.USER, "u-1", 8),
        known(Namespace.CARD, "u-1", 7),
        known(Namespace.USER, "u-1", 7, hasher(b"another key")),
    ]
    assert len({one.key for one in every}) == len(every)


def test_an_identifier_is_known_again_by_its_stored_key() -> None:
    for n in range(50):  # both halves negative and not
        one = known(Namespace.CARD, f"card {n}", 7)
        assert len(one.key) == 16
        assert of_key(Namespace.CARD, 7, one.key) == one


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("张伟", "zhang wei"),
        ("张伟", "章炜"),
        ("Ann Lee", "lee, ann"),
        ("José Álvarez", "jose alvarez"),
        ("Katherine", "Catherine"),
    ],
)
def test_names_that_sound_or_are_written_alike_agree(one: str, other: str) -> None:
    assert alike(one, other) >= 0.6


@pytest.mark.parametrize(("one", "other"), [("张伟", "李娜"), ("Ann Lee", "Boris Stone"), ("王芳", "欧阳志远")])
def test_names_of_two_people_contradict_each_other(one: str, other: str) -> None:
    assert alike(one, other) < 0.6


def test_what_has_no_letters_is_no_name() -> None:
    assert sketch(HASH, "138 0013") == (0, 0)
