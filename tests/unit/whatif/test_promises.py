"""Luck belongs to an order at a place: it is the same under every policy, and spread evenly."""

import numpy as np

from manystores.whatif.promises import luck


def test_luck_depends_on_order_place_and_seed_alone() -> None:
    order, place = np.arange(1000), np.arange(1000) % 7
    whole = luck(3, order, place, 0)
    assert (luck(3, order[500:], place[500:], 0) == whole[500:]).all()
    for other in (luck(4, order, place, 0), luck(3, order, place + 1, 0), luck(3, order, place, 1)):
        assert abs(np.corrcoef(whole, other)[0, 1]) < 0.12
    assert whole.min() > 0
    assert whole.max() < 1


def test_luck_is_even() -> None:
    found = luck(1, np.repeat(np.arange(300), 100), np.tile(np.arange(100), 300), 0)
    assert np.histogram(found, 10, (0, 1))[0].tolist() == [
        count for count in np.histogram(found, 10, (0, 1))[0].tolist() if abs(count - 3000) < 250
    ]
    assert abs(found.mean() - 0.5) < 0.01
