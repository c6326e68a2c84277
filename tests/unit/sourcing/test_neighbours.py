"""What stands together in the order of cells lies together on the earth."""

import numpy as np

from manystores.kernels.geo import unit_vectors
from manystores.sourcing.neighbours import in_order_of_cells


def test_neighbours_stand_together() -> None:
    rng = np.random.default_rng(1)
    xyz = unit_vectors(rng.uniform(20, 45, 2_000), rng.uniform(85, 125, 2_000))
    order = in_order_of_cells(xyz)
    assert sorted(order) == list(range(2_000))
    apart = np.linalg.norm(np.diff(xyz[order], axis=0), axis=1)
    shuffled = np.linalg.norm(np.diff(xyz, axis=0), axis=1)
    assert np.median(apart) < 0.1 * np.median(shuffled)
