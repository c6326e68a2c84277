"""A scene plans as the arrays that are in it, live."""

import numpy as np
from tests.unit.kernels.test_sourcing import RATES, World

from manystores.kernels.sourcing import HEAD, NO_BLOCKS, plan_order
from manystores.kernels.sourcing_scene import plan_scene, set_scene
from manystores.kernels.sourcing_stock import AREA, REASONS

WORLD = World([0, 40, 90], [(1, 0, 4), (2, 0, 9), (1, 1, 3), (2, 1, 3)])
AS_RULED = np.empty(0, np.uint8)
NOBODY = np.empty(0, np.int64)
TERMS = (1.0, 0.0, 0.0, 1e9, -1, 3, 1, 100)


def test_a_scene_plans_what_its_arrays_plan() -> None:
    stock, places = WORLD.buckets(), WORLD.places()
    lines, kg = np.array([(0, 2, 0), (1, 3, 0)], np.int64), np.array([0.5, 0.7])
    plain, cost = plan_order(stock, places, NO_BLOCKS, RATES, lines, kg, NOBODY, *TERMS)
    scene = set_scene(stock, places, NO_BLOCKS, RATES)
    wanted = np.array([0, 2, 0, 0.5, 1, 3, 0, 0.7])
    found, same = plan_scene(scene, wanted, AS_RULED, NOBODY, *TERMS)
    assert (found.tolist(), same) == (plain.tolist(), cost)


def test_what_is_sold_meanwhile_is_seen() -> None:
    stock, places = WORLD.buckets(), WORLD.places()
    scene = set_scene(stock, places, NO_BLOCKS, RATES)
    wanted = np.array([0, 4, 0, 0.5])
    assert _served(plan_scene(scene, wanted, AS_RULED, NOBODY, *TERMS)[0]) == [1]
    stock.reserved[0] += 1
    assert _served(plan_scene(scene, wanted, AS_RULED, NOBODY, *TERMS)[0]) == [2]


def test_an_order_may_exclude_more_than_the_scene_does() -> None:
    scene = set_scene(WORLD.buckets(), WORLD.places(), NO_BLOCKS, RATES)
    excluded = np.array([0, AREA, 0], np.uint8)
    assert _served(plan_scene(scene, np.array([0, 1, 0, 0.5]), excluded, NOBODY, *TERMS)[0]) == [2]


def _served(result: np.ndarray) -> list[int]:
    """The locations of the allocations."""
    at = HEAD + REASONS
    return [int(result[at + 4 * i + 1]) for i in range(int(result[0]))]
