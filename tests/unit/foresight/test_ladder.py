"""Combinations of factors as numbers."""

import numpy as np

from manystores.foresight.ladder import Table, Vocabulary, numbered


def test_combinations_have_numbers_of_their_own_and_unseen_values_none() -> None:
    seen = {"carrier": np.array(["a", "b", "b"]), "hour": np.array([9, 9, 20])}
    vocabulary = Vocabulary.of(seen)
    keys = vocabulary.keys(seen, ("carrier", "hour"))
    assert len(set(keys.tolist())) == 3
    asked = {"carrier": np.array(["b", "c", "a"]), "hour": np.array([20, 9, 21])}
    assert vocabulary.keys(asked, ("carrier", "hour")).tolist() == [keys[2], -1, -1]
    assert vocabulary.key({"carrier": "b", "hour": 20}, ("carrier", "hour")) == keys[2]
    assert vocabulary.key({"carrier": "c", "hour": 9}, ("carrier", "hour")) == -1
    assert vocabulary.keys(asked, ()).tolist() == [0, 0, 0]


def test_nobody_stays_nobody_when_groups_are_numbered() -> None:
    distinct, group = numbered(np.array([7, -1, 3, 7]))
    assert distinct.tolist() == [3, 7]
    assert group.tolist() == [1, -1, 0, 1]


def test_a_table_answers_nothing_for_what_it_does_not_know() -> None:
    table = Table(("carrier",), np.array([2, 5]), np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([10.0, 20.0]))
    values, support = table.at(np.array([5, 4, -1]))
    assert values.tolist() == [[3.0, 4.0], [0.0, 0.0], [0.0, 0.0]]
    assert support.tolist() == [20.0, 0.0, 0.0]
    assert table.one(5)[0].tolist() == [3.0, 4.0]
    assert table.one(4)[1] == 0.0
    empty = Table((), np.empty(0, np.int64), np.empty(0), np.empty(0))
    assert empty.at(np.array([0, 1]))[1].tolist() == [0.0, 0.0]
