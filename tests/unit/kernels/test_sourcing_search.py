"""The search for splits against trying every set of locations, on instances where the greedy start is often wrong."""

import itertools

import numpy as np
import pytest

from manystores.kernels.sourcing_search import choose_locations

NEVER, IF_NEEDED, IF_CHEAPER = 0, 1, 2


def instance(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, int]:
    """Seven locations by ascending fixed cost, up to three lines of up to nine units, and so many shipments."""
    rng = np.random.default_rng(seed)
    m, n = 7, int(rng.integers(1, 4))
    need = rng.integers(1, 10, n)
    have = np.minimum(rng.integers(0, 6, (m, n)), need)
    return np.sort(rng.uniform(50, 400, m)), rng.uniform(1, 90, (m, n)), have, need, int(rng.integers(2, 5))


def line_value(takes: list[int], need: int, unit: np.ndarray, split: int) -> tuple[int, int, float] | None:
    """(units short, lines split, cost) of a way to fill a line; None where the rules forbid it."""
    parts = sum(1 for take in takes if take)
    if sum(takes) > need or (split == NEVER and parts > 1):
        return None
    return need - sum(takes), int(parts > 1 and split == IF_NEEDED), float(np.dot(takes, unit))


def best_of_all(
    fixed: np.ndarray, unit: np.ndarray, have: np.ndarray, need: np.ndarray, shipments: int, split: int
) -> tuple[int, int, float]:
    """Every set; a line from all ways to take whole stocks of its members, one of them perhaps in part.

    More than one member in part is never better: a unit moved from the dearer to the cheaper one saves money.
    """
    best = (int(need.sum()), 0, 0.0)
    for size in range(1, shipments + 1):
        for members in itertools.combinations(range(len(fixed)), size):
            total = (0, 0, float(fixed[list(members)].sum()))
            for b in range(len(need)):
                ways = [(int(need[b]), 0, 0.0)]
                for order in itertools.permutations(members):
                    for used in range(1, size + 1):
                        left, takes = int(need[b]), []
                        for at in order[:used]:
                            takes.append(min(left, int(have[at, b])))
                            left -= takes[-1]
                        value = line_value(takes, int(need[b]), unit[list(order[:used]), b], split)
                        ways += [] if value is None else [value]
                total = tuple(x + y for x, y in zip(total, min(ways), strict=True))
            best = min(best, total)
    return best


@pytest.mark.parametrize("split", [NEVER, IF_NEEDED, IF_CHEAPER])
def test_no_set_of_locations_is_better(split: int) -> None:
    for seed in range(15):
        fixed, unit, have, need, shipments = instance(seed)
        chosen, takes, exact = choose_locations(fixed, unit, have, need, shipments, split, 100_000, False)
        assert exact
        assert len(chosen) <= shipments
        assert (takes <= have[chosen]).all()
        filled = takes.sum(axis=0)
        assert (filled <= need).all()
        splits = int(((takes > 0).sum(axis=0) > 1).sum()) if split == IF_NEEDED else 0
        cost = fixed[chosen].sum() + (takes * unit[chosen]).sum()
        short, fewest, cheapest = best_of_all(fixed, unit, have, need, shipments, split)
        assert (int((need - filled).sum()), splits) == (short, fewest), seed
        assert cost == pytest.approx(cheapest), seed


def test_a_search_that_ends_at_its_limit_says_so_and_still_has_a_plan() -> None:
    fixed, unit, have, need, _ = instance(1)
    chosen, takes, exact = choose_locations(fixed, unit, have, need, 4, IF_NEEDED, 1, False)
    assert not exact
    assert takes.sum() > 0
    assert len(chosen) == len(takes)


def test_a_long_order_considers_the_best_single_location_among_hundreds() -> None:
    rng = np.random.default_rng(2)
    m, n = 400, 12
    fixed, unit = np.sort(rng.uniform(100, 900, m)), rng.uniform(1, 5, (m, n))
    have = (rng.random((m, n)) < 0.5).astype(np.int64)
    have[have.all(axis=1)] = 0
    have[371] = have[250] = 1
    unit[250] = 3.0
    chosen, takes, exact = choose_locations(fixed, unit, have, np.ones(n, np.int64), 1, IF_NEEDED, 1000, True)
    assert chosen.tolist() == [250]
    assert takes.tolist() == [[1] * n]
    assert not exact  # not all of the four hundred were looked at
