"""The index of request keys: a dictionary that forgets, in bounded memory, and says when it has forgotten."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manystores.kernels.keys import repeated_keys
from manystores.promise import results as module
from manystores.promise.holds import as_halves
from manystores.promise.results import Answered, Results

HOUR_US = 3_600_000_000


def key(number: int) -> bytes:
    """Keys with both signs in both halves."""
    return (number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128).to_bytes(16)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 40 * 60)), max_size=80), st.integers(1, 12))
def test_it_answers_like_a_dictionary_for_at_least_a_span(steps: list[tuple[int, int]], fold_every: int) -> None:
    """Given keys that come over days, then none of the last 24 hours is forgotten, and no answer is another's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "SMALLEST", 4)
        index, now_us = Results(0, 24), 0
        told: dict[bytes, tuple[Answered, int]] = {}
        for seq, (number, minutes) in enumerate(steps, 1):
            now_us += minutes * 60_000_000
            if index.get(key(number)) is None:
                answered = Answered(seq, number, seq * 1000)
                index.add(key(number), *answered)
                told[key(number)] = answered, now_us
            index.tidy(now_us)
            if seq % fold_every == 0:
                index.fold()
            for each, (answered, at_us) in told.items():
                found = index.get(each)
                assert found == answered or (found is None and now_us - at_us >= 24 * HOUR_US and not index.complete)
        assert index.get(key(999)) is None


def test_memory_is_two_generations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given 100 keys an hour for ten days, then memory is that of two days, and it says that it has forgotten."""
    monkeypatch.setattr(module, "SMALLEST", 64)
    monkeypatch.setattr(module, "LARGEST", 256)
    index = Results(0, 24)
    sizes = []
    for n in range(24_000):
        now_us = n * HOUR_US // 100
        index.add(key(n), n + 1, 0, 0)
        index.fold()
        index.tidy(now_us)
        sizes.append(len(index))
    assert max(sizes) <= 2 * 2400 + 150
    assert not index.complete
    assert index.get(key(0)) is None
    assert index.get(key(23_999 - 2400)) == Answered(24_000 - 2400, 0, 0)


def test_it_is_complete_until_something_was_forgotten() -> None:
    index = Results(0, 1)
    index.add(key(1), 1, 0, 0)
    index.fold()
    index.tidy(HOUR_US // 2)
    index.tidy(25 * HOUR_US)
    assert index.complete, "it is of yesterday"
    assert index.get(key(1)) == Answered(1, 0, 0)
    assert index.first_day == 0
    index.tidy(49 * HOUR_US)
    assert index.first_day == 1
    assert not index.complete
    assert index.get(key(1)) is None


def test_many_at_once_are_found_in_whichever_table_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given three days' keys over many small tables, then each is found with its own fact, and no other."""
    monkeypatch.setattr(module, "SMALLEST", 8)
    monkeypatch.setattr(module, "LARGEST", 32)
    index = Results(3 * 24 * HOUR_US, 48)
    keys = as_halves([key(n) for n in range(300)])
    numbers = np.arange(300)
    for day in (1, 2, 3):
        of_day = numbers % 3 + 1 == day
        seqs, ns = numbers[of_day] + 1, (numbers[of_day] * 2).astype(np.int32)
        index.load(keys[of_day], numbers[of_day] * 3, seqs, ns, day)
    found = index.find(as_halves([key(n) for n in range(400)]))
    assert found.seq.tolist() == [*range(1, 301), *[0] * 100]
    assert found.n[:300].tolist() == (numbers * 2).tolist()
    assert found.fingerprint[:300].tolist() == (numbers * 3).tolist()
    assert len(index) == 300
    index.tidy(4 * 24 * HOUR_US)
    assert np.flatnonzero(index.find(keys).seq).tolist() == [n for n in range(300) if n % 3]


def test_which_keys_are_repeated() -> None:
    keys = as_halves([key(1), bytes(16), key(2), key(1), bytes(16), key(1), key(2), key(3)])
    assert repeated_keys(keys).tolist() == [False, False, False, True, False, True, True, False]
