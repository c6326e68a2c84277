"""Margins that learn from promises."""

import numpy as np
import pytest

from manystores.foresight.margins import Margins, widened


def columns(size: int, carrier: str = "a") -> dict[str, np.ndarray]:
    return {"carrier": np.full(size, carrier), "region": np.full(size, "31"), "hour": np.full(size, 9)}


def coverage(scale: float, days: int) -> tuple[float, Margins]:
    """What share is in time in the last ten days, when the spread really is `scale` times what is thought."""
    rng = np.random.default_rng(4)
    margins, in_time = Margins(), []
    thought = np.tile([10.0 - 2.563, 10.0, 10.0 + 2.563], (300, 1))
    for _ in range(days):
        happened = rng.normal(10.0, 2.0 * scale, 300)
        promised = margins.widen(thought, columns(300))
        in_time.append(np.mean(happened <= promised[:, 2]))
        margins.learn(promised, happened, columns(300))
    return float(np.mean(in_time[-10:])), margins


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
def test_coverage_comes_to_nine_of_ten_whatever_the_spread_really_is(scale: float) -> None:
    assert coverage(scale, 40)[0] == pytest.approx(0.9, abs=0.02)


def test_a_group_that_was_never_seen_moves_with_its_parent_only() -> None:
    margins = coverage(2.0, 40)[1]
    seen = margins.of({"carrier": "a", "region": "31", "hour": 9})
    elsewhere = margins.of({"carrier": "a", "region": "44", "hour": 9})
    assert 0.0 < elsewhere[1] < seen[1]
    assert margins.of({"carrier": "b", "region": "31", "hour": 9}) == (0.0, 0.0)


def test_what_has_not_come_although_it_is_due_is_a_miss() -> None:
    margins = Margins()
    margins.learn(np.tile([1.0, 2.0, 3.0], (50, 1)), np.full(50, np.inf), columns(50))
    low, high = margins.of({"carrier": "a", "region": "31", "hour": 9})
    assert high > 0.0 > low


def test_nothing_due_changes_nothing() -> None:
    margins = Margins()
    margins.learn(np.empty((0, 3)), np.empty(0), columns(0))
    assert margins.widen(np.array([[1.0, 2.0, 3.0]]), columns(1)).tolist() == [[1.0, 2.0, 3.0]]


def test_one_row_has_the_margins_that_many_have() -> None:
    margins = coverage(2.0, 5)[1]
    one = margins.of({"carrier": "a", "region": "31", "hour": 9})
    quantiles = np.array([[5.0, 6.0, 9.0]])
    assert margins.widen(quantiles, columns(1)) == pytest.approx(widened(quantiles, np.array([one])))


def test_a_promise_never_begins_before_the_order() -> None:
    assert widened(np.array([[1.0, 4.0, 6.0]]), np.array([[2.0, 0.0]]))[0].tolist() == [0.0, 4.0, 6.0]
