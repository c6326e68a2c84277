"""Locations in an order in which neighbours stand together: that of their H3 cells, coarse cells before fine ones."""

import h3.api.numpy_int as h3
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

_RESOLUTION = 9  # cells of 0.1 km²


def in_order_of_cells(xyz: Floats) -> Longs:
    """[L] the numbers of places [L, 3] on the unit sphere, neighbours near each other.

    An H3 index names a cell digit by digit from the coarsest to the finest, so its order keeps together what lies
    together on every scale.
    """
    lat = np.degrees(np.arcsin(np.clip(xyz[:, 2], -1.0, 1.0)))
    lon = np.degrees(np.arctan2(xyz[:, 1], xyz[:, 0]))
    cells = np.fromiter(
        (h3.latlng_to_cell(a, b, _RESOLUTION) for a, b in zip(lat.tolist(), lon.tolist(), strict=True)),
        np.uint64,
        len(xyz),
    )
    return np.argsort(cells, kind="stable")
