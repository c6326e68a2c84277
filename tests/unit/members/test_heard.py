"""An event is heard once, today and the day after."""

import numpy as np
from numpy.typing import NDArray

from manystores.members.heard import Heard

TODAY = 20_000


def keys(*of: int) -> NDArray[np.int64]:
    return np.array([(n, -n) for n in of], np.int64).reshape(-1, 2)


def new(heard: Heard, day: int, *of: int) -> list[bool]:
    found: list[bool] = heard.new(keys(*of), day).tolist()
    return found


def test_what_was_heard_is_not_new_again() -> None:
    heard = Heard()
    assert new(heard, TODAY) == []
    assert new(heard, TODAY, 1, 2) == [True, True]
    assert new(heard, TODAY, 2, 3, 1) == [False, True, False]


def test_twice_among_those_that_come_together_is_heard_once() -> None:
    assert new(Heard(), TODAY, 7, 8, 7, 7) == [True, True, False, False]


def test_both_halves_of_a_key_count() -> None:
    heard = Heard()
    heard.new(np.array([(5, 1)], np.int64), TODAY)
    assert heard.new(np.array([(5, 2), (4, 1), (5, 1)], np.int64), TODAY).tolist() == [True, True, False]


def test_yesterday_is_remembered_and_the_day_before_is_not() -> None:
    heard = Heard()
    new(heard, TODAY, 1)
    assert new(heard, TODAY + 1, 1, 2) == [False, True]
    assert new(heard, TODAY + 2, 2, 1) == [False, True]


def test_many_more_than_there_was_room_for_are_remembered() -> None:
    heard = Heard(room=4)
    for first in range(0, 5_000, 500):
        assert all(new(heard, TODAY, *range(first, first + 500)))
    assert not any(new(heard, TODAY, *range(5_000)))


def test_keys_that_were_read_count_as_heard() -> None:
    heard = Heard()
    heard.add(keys(3, 4), TODAY - 1)
    assert new(heard, TODAY, 3, 4, 5) == [False, False, True]
