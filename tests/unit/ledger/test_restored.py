"""A ledger loaded from tables as of some batch, with the journal after it applied, knows what the newest owner knew."""

from uuid import UUID

import numpy as np
import pytest
from numpy.typing import NDArray

from manystores.ledger import NEVER_US, Claim, Counters, Key
from manystores.ledger.restored import RestoredLedger

SHELF, OTHER = Key(1, 16), Key(2, 16)
HELD, CONFIRMED, ENDED = 1, 2, 3
ADA, BO = UUID(int=7 << 64 | 1), UUID(int=7 << 64 | 2)


def halves(*ids: UUID) -> NDArray[np.int64]:
    return np.array([[i.int >> 64, i.int & 0xFFFFFFFFFFFFFFFF] for i in ids], np.int64)


@pytest.fixture
def ledger() -> RestoredLedger:
    """A shelf of 10, 3 of them held by Ada in reservation 1."""
    made = RestoredLedger(4, 4)
    made.load_buckets(np.array([SHELF], np.int64), np.array([[10, 3, 0, 0]], np.int64))
    state(made, made.load_reservations, 1, HELD, holder=ADA)
    assert made.load_lines(halves(UUID(int=1)), np.array([SHELF], np.int64), np.array([3], np.int64)) == 0
    return made


def state(ledger: RestoredLedger, how: object, number: int, value: int, holder: UUID | None = None) -> None:
    """One fact about a reservation."""
    one = (np.array([value], np.int8), np.zeros(1, np.int8), np.ones(1, np.int32), np.array([NEVER_US]))
    how(halves(UUID(int=number)), *one, halves(holder or UUID(int=0)))  # type: ignore[operator]


def moved(ledger: RestoredLedger, number: int, key: Key, *deltas: int) -> int:
    """One movement; returns how many had no reservation."""
    return ledger.apply_movements(halves(UUID(int=number)), np.array([key], np.int64), np.array([deltas], np.int64))


def test_what_the_journal_says_after_the_tables_is_added_to_them(ledger: RestoredLedger) -> None:
    """Given 5 more goods and a claim that moved to another shelf, then counters and claims are those of now."""
    state(ledger, ledger.apply_states, 1, CONFIRMED)
    assert moved(ledger, 0, OTHER, 5, 0, 0, 0) == 0
    assert moved(ledger, 1, OTHER, 0, 3, 0, 0) == 0
    assert moved(ledger, 1, SHELF, 0, -3, 0, 0) == 0
    assert ledger.settle() == 0
    assert ledger.counters(SHELF) == Counters(10, 0, 0, 0)
    assert ledger.counters(OTHER) == Counters(5, 3, 0, 0)
    found = ledger.reservation(UUID(int=1))
    assert found is not None
    assert (found.state, found.claims, found.holder) == ("confirmed", (Claim(OTHER, 3),), None)
    assert ledger.held_by(ADA) is None


def test_a_hold_that_its_holders_next_one_replaced_is_gone(ledger: RestoredLedger) -> None:
    state(ledger, ledger.apply_states, 1, ENDED)
    state(ledger, ledger.apply_states, 2, HELD, holder=ADA)
    assert moved(ledger, 1, SHELF, 0, -3, 0, 0) + moved(ledger, 2, SHELF, 0, 2, 0, 0) == 0
    assert ledger.settle() == 0
    assert ledger.open_count == 1
    found = ledger.held_by(ADA)
    assert found is not None
    assert (found.id, found.claims) == (UUID(int=2), (Claim(SHELF, 2),))


def test_a_reservation_that_ended_and_was_opened_again_claims_what_it_claims_now(ledger: RestoredLedger) -> None:
    """Its movements come in any order; only their sum counts."""
    state(ledger, ledger.apply_states, 1, ENDED)
    state(ledger, ledger.apply_states, 1, HELD, holder=BO)
    assert moved(ledger, 1, SHELF, 0, 4, 0, 0) + moved(ledger, 1, SHELF, 0, -3, 0, 0) == 0
    assert ledger.settle() == 0
    found = ledger.held_by(BO)
    assert found is not None
    assert found.claims == (Claim(SHELF, 4),)
    assert ledger.held_by(ADA) is None


def test_books_that_contradict_themselves_are_noticed(ledger: RestoredLedger) -> None:
    """An ended reservation that still claims, a claim below zero, and a claim of nobody."""
    state(ledger, ledger.apply_states, 1, ENDED)
    state(ledger, ledger.apply_states, 2, HELD)
    moved(ledger, 2, SHELF, 0, -1, 0, 0)
    assert moved(ledger, 9, SHELF, 0, 1, 0, 0) == 1
    assert ledger.settle() == 2


def test_holders_stay_found_when_the_ledger_grows_in_between(ledger: RestoredLedger) -> None:
    for number in range(2, 60):
        state(ledger, ledger.apply_states, number, HELD, holder=UUID(int=number << 70))
        assert moved(ledger, number, SHELF, 0, 1, 0, 0) == 0
    state(ledger, ledger.apply_states, 30, HELD, holder=BO)
    assert ledger.settle() == 0
    assert ledger.open_count == 59
    assert all(ledger.held_by(UUID(int=number << 70)) for number in range(2, 60) if number != 30)
    found = ledger.held_by(BO)
    assert found is not None
    assert found.claims == (Claim(SHELF, 1),)
