"""Nobody has agreed before they say so; a merge never widens what was agreed to, and an unmerge gives it back."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from manystores.members.consent import LINK, MARKETING, Consent, Consents, said_of

PURPOSE = said_of(MARKETING, "acme")
NUMBERS = range(5)


def word(granted: bool, at_us: int, purpose: str = PURPOSE) -> Consent:
    return Consent(purpose=purpose, granted=granted, version="1", channel="app", proof="box", at_us=at_us)


def heard(*said: tuple[int, Consent]) -> Consents:
    consents = Consents()
    for number, consent in said:
        consents.take(number, consent)
    return consents


def test_nobody_has_agreed_to_anything_before_they_say_so() -> None:
    assert heard().effective([1, 2], PURPOSE) is None
    assert heard((1, word(True, 1, LINK))).effective([1], PURPOSE) is None
    assert heard((3, word(True, 1))).effective([1, 2], PURPOSE) is None


def test_one_yes_is_needed_and_any_no_is_enough() -> None:
    yes, later, no = word(True, 1), word(True, 5), word(False, 3)
    assert heard((1, yes), (2, later)).effective([1, 2, 3], PURPOSE) == later
    assert heard((1, yes), (2, later), (3, no)).effective([1, 2, 3], PURPOSE) is None


def test_what_was_said_earlier_undoes_nothing_said_later() -> None:
    consents = heard((1, word(False, 9)))
    assert not consents.take(1, word(True, 8))
    assert consents.effective([1], PURPOSE) is None
    assert consents.take(1, word(True, 10))
    assert consents.effective([1], PURPOSE) == word(True, 10)


def test_of_yes_and_no_at_the_same_moment_the_no_counts() -> None:
    yes, no = word(True, 4), word(False, 4)
    assert heard((1, yes), (1, no)).of(1) == heard((1, no), (1, yes)).of(1) == [no]


def test_linking_is_the_platforms_and_the_other_purposes_are_each_brands() -> None:
    assert said_of(LINK, "acme") == LINK
    assert said_of(MARKETING, "acme") != said_of(MARKETING, "other")


words = st.lists(st.tuples(st.sampled_from(NUMBERS), st.builds(word, st.booleans(), st.integers(0, 6))), max_size=20)
"""Moments are few, so that several words fall on the same."""


@given(words, st.randoms(use_true_random=False))
def test_the_order_in_which_words_are_heard_changes_nothing(said: list[tuple[int, Consent]], random: Random) -> None:
    shuffled = list(said)
    random.shuffle(shuffled)
    assert [heard(*said).of(number) for number in NUMBERS] == [heard(*shuffled).of(number) for number in NUMBERS]


@given(words, st.sets(st.sampled_from(NUMBERS)))
def test_a_merge_allows_nothing_that_a_side_refused_and_an_unmerge_restores_both(
    said: list[tuple[int, Consent]], one: set[int]
) -> None:
    consents, other = heard(*said), set(NUMBERS) - one
    before = [consents.effective(side, PURPOSE) for side in (one, other)]
    together = consents.effective(NUMBERS, PURPOSE)
    last = [consents.of(number)[0] for number in NUMBERS if consents.of(number)]
    assert (together is not None) == (bool(last) and all(consent.granted for consent in last))
    assert together is None or together.at_us == max(consent.at_us for consent in last)
    assert [consents.effective(side, PURPOSE) for side in (one, other)] == before


@given(words, st.sampled_from(NUMBERS))
def test_who_is_forgotten_was_never_heard(said: list[tuple[int, Consent]], gone: int) -> None:
    consents = heard(*said)
    consents.forget(gone)
    never = heard(*((number, consent) for number, consent in said if number != gone))
    assert [consents.of(number) for number in NUMBERS] == [never.of(number) for number in NUMBERS]
