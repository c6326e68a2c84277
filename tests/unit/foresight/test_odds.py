"""Odds by factors: shrunk to what is above, added up, and quick to follow a change."""

import numpy as np
import pytest

from manystores.foresight.ladder import Rung
from manystores.foresight.odds import PRIOR, learn_odds

BASE = Rung((), 21.0, 50.0)
PLACE = Rung(("place",), 14.0, 10.0)


def test_a_group_with_much_seen_has_its_own_share_and_one_with_little_is_near_the_mean() -> None:
    places = np.array([0] * 4_000 + [1] * 4_000 + [2] * 3)
    happened = np.zeros(len(places), np.bool_)
    happened[:400], happened[4_000:4_080] = True, True  # 10 %, 2 %
    happened[-1] = True  # one of three
    odds = learn_odds(happened, np.zeros(len(places)), {"place": places}, (BASE, PLACE))
    assert odds.probability({"place": 0}) == pytest.approx(0.1, abs=0.005)
    assert odds.probability({"place": 1}) == pytest.approx(0.02, abs=0.003)
    assert 0.06 < odds.probability({"place": 2}) < 0.2  # between the mean and a third
    assert odds.probability({"place": 9}) == pytest.approx(0.06, abs=0.01)  # never seen


def test_groups_that_differ_by_chance_only_are_as_one() -> None:
    rng = np.random.default_rng(3)
    places = rng.integers(0, 200, 8_000)
    happened = rng.random(8_000) < 0.05
    odds = learn_odds(happened, np.zeros(8_000), {"place": places}, (BASE, PLACE))
    told = odds.probabilities({"place": np.arange(200)})
    raw = np.bincount(places, happened) / np.bincount(places)
    assert told.std() < 0.25 * raw.std()


def test_where_it_never_happened_it_is_improbable_not_impossible() -> None:
    odds = learn_odds(np.zeros(500, np.bool_), np.zeros(500), {"place": np.zeros(500, np.int64)}, (BASE, PLACE))
    assert 0.0005 < odds.probability({"place": 0}) < PRIOR


def test_factors_add_up() -> None:
    rng = np.random.default_rng(4)
    place, hour = rng.integers(0, 4, 40_000), rng.integers(0, 3, 40_000)
    truth = -3.0 + 0.8 * (place == 1) + 1.2 * (hour == 2)
    happened = rng.random(40_000) < 1 / (1 + np.exp(-truth))
    columns = {"place": place, "hour": hour}
    odds = learn_odds(happened, np.zeros(40_000), columns, (BASE, Rung(("hour",), 21.0, 10.0), PLACE))
    both = odds.probability({"place": 1, "hour": 2})
    assert both == pytest.approx(1 / (1 + np.exp(1.0)), rel=0.12)
    assert odds.probabilities({name: np.array([column[0]]) for name, column in columns.items()}) == pytest.approx(
        [odds.probability({name: column[0] for name, column in columns.items()})]
    )


def test_a_change_is_followed_within_days() -> None:
    rng = np.random.default_rng(5)
    age = rng.uniform(0, 28, 40 * 28)
    happened = rng.random(len(age)) < np.where(age < 4, 0.30, 0.03)
    columns = {"place": np.zeros(len(age), np.int64)}
    slow = learn_odds(happened, age, columns, (BASE, PLACE)).probability({"place": 0})
    moving = Rung(("place",), 2.0, 10.0, moving=True)
    quick = learn_odds(happened, age, columns, (BASE, PLACE, moving)).probability({"place": 0})
    assert slow < 0.16 < 0.2 < quick < 0.33
