"""The holders of a common offer in runs of neighbours, each with a lower bound of what it costs to send from there."""

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from manystores.kernels.geo import EARTH_RADIUS_KM

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Longs = NDArray[np.int64]
Ints = NDArray[np.int32]

RUN: Final = 32
"""Records of a run."""
CROWDED: Final = 600
"""Holders from which runs pay; below, looking at all is as fast."""

# Rows of `Runs.bounds`; the first three are the centre.
KM: Final = 3
"""From the centre to the farthest of the run."""
SHIP: Final = 4
"""Least handling of a shipment."""
UNIT: Final = 5
"""Least handling of a unit with its shadow price."""
MOST: Final = 6
"""Most units that one record has left."""
BOUNDS: Final = 7
_NEVER: Final = 1e15


class Runs(NamedTuple):
    """S SKUs, J runs in all. Run j of a SKU has the records stock_ptr[s] + RUN · j and the RUN − 1 after it."""

    ptr: Longs
    """[S + 1] the runs of each SKU; none where few hold it."""
    bounds: Floats
    """[BOUNDS, J]."""
    lowest_unit: Floats
    """[S] least handling of a unit with its shadow price, of all holders."""


@njit(nogil=True, cache=True, error_model="numpy")
def new_runs(stock_ptr: Longs, crowded: int) -> Runs:
    """Runs of the SKUs that at least so many hold, without bounds yet."""
    skus = stock_ptr.shape[0] - 1
    ptr = np.zeros(skus + 1, np.int64)
    for sku in range(skus):
        holders = stock_ptr[sku + 1] - stock_ptr[sku]
        ptr[sku + 1] = ptr[sku] + ((holders + RUN - 1) // RUN if holders >= crowded else 0)
    return Runs(ptr, np.zeros((BOUNDS, ptr[skus])), np.zeros(skus))


@njit(nogil=True, cache=True, error_model="numpy")
def place_runs(runs: Runs, stock_ptr: Longs, stock_location: Ints, places: Floats, ship: Floats) -> None:
    """The bounding sphere of each run, and its least handling of a shipment, of `ship` [L]."""
    bounds = runs.bounds
    for sku in range(stock_ptr.shape[0] - 1):
        for j in range(runs.ptr[sku], runs.ptr[sku + 1]):
            begin = stock_ptr[sku] + RUN * (j - runs.ptr[sku])
            end = min(stock_ptr[sku + 1], begin + RUN)
            for axis in range(3):
                total = 0.0
                for k in range(begin, end):
                    total += places[stock_location[k], axis]
                bounds[axis, j] = total / (end - begin)
            farthest, least = 0.0, _NEVER
            for k in range(begin, end):
                at = stock_location[k]
                x, y, z = places[at, 0] - bounds[0, j], places[at, 1] - bounds[1, j], places[at, 2] - bounds[2, j]
                farthest = max(farthest, np.sqrt(x * x + y * y + z * z))
                least = min(least, ship[at])
            # in chords, which obey the triangle inequality
            bounds[KM, j] = EARTH_RADIUS_KM * farthest + 1e-6
            bounds[SHIP, j] = least


@njit(nogil=True, cache=True, error_model="numpy")
def bound_runs(
    runs: Runs, stock_ptr: Longs, stock_location: Ints, left: Ints, price: Singles, unit: Floats, skus: Longs
) -> None:
    """The least cost of a unit in each run of these SKUs, of `unit` [L] handling, at their prices as of now."""
    for sku in skus:
        lowest = _NEVER
        crowded = runs.ptr[sku + 1] > runs.ptr[sku]
        for begin in range(stock_ptr[sku], stock_ptr[sku + 1], RUN):
            least, most = _NEVER, 0
            for k in range(begin, min(stock_ptr[sku + 1], begin + RUN)):
                if left[k] > 0:
                    least = min(least, unit[stock_location[k]] + price[k])
                    most = max(most, left[k])
            if crowded:
                j = runs.ptr[sku] + (begin - stock_ptr[sku]) // RUN
                runs.bounds[UNIT, j], runs.bounds[MOST, j] = least, most
            lowest = min(lowest, least)
        runs.lowest_unit[sku] = lowest
