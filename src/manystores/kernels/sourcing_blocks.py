"""Looking only where it can pay: locations in blocks of neighbours, and what a block can cost at least.

Where thousands of locations hold an offer, most of them are too far to matter. Locations are split into blocks of
neighbours with alike costs, each with a bounding sphere and its lowest handling costs; the buckets of each offer are
sorted by block. A plan then looks at the blocks around the destination, and after that only at those whose lower bound
says that they could be part of a better plan than the one found. That is exact: what is not looked at can't be better.
"""

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from manystores.kernels.sourcing_stock import ORDER_COST, RANK_COST, UNIT_COST, Stock

EARTH_KM = 6371.0
BLOCKS = 128
"""At most so many: their bounds are looked at for every order."""

SMALLEST = 8
"""Locations that are not split any further."""

CROWDED = 400
"""Holders an offer, on average, from which blocks pay; below, looking at all is as fast."""

# Columns of `Blocks.bounds`; the first three are the centre on the unit sphere.
RADIUS_KM = 3
LOWEST_ORDER = 4
LOWEST_UNIT = 5
BOUNDS = 6


class Blocks(NamedTuple):
    """`start[o, j]`: where block j begins among the buckets of offer o, counted from offer_ptr[o]; one column more.

    With no rows, plans look at all holders.
    """

    start: NDArray[np.int32]  # [offers, blocks + 1]
    bounds: NDArray[np.float64]  # [blocks, BOUNDS]


NO_BLOCKS = Blocks(np.empty((0, 1), np.int32), np.empty((0, BOUNDS)))


def split_places(xyz: NDArray[np.float64], handling: NDArray[np.float64]) -> NDArray[np.int32]:
    """The block of each location: the largest is halved, at the median of its widest axis, until there are BLOCKS.

    If costs of `handling` fall into two kinds (stores and warehouses), a block has one kind: a cheap one among the dear
    would spoil the bound of its whole neighbourhood.
    """
    block_of = np.zeros(len(xyz), np.int32)
    parts = _kinds(handling)
    while len(parts) < BLOCKS:
        parts.sort(key=len)
        largest = parts.pop()
        if len(largest) <= SMALLEST:
            parts.append(largest)
            break
        axis = int(np.argmax(np.ptp(xyz[largest], axis=0)))
        ranked = largest[np.argsort(xyz[largest, axis], kind="stable")]
        parts += [ranked[: len(ranked) // 2], ranked[len(ranked) // 2 :]]
    for number, part in enumerate(parts):
        block_of[part] = number
    return block_of


def _kinds(handling: NDArray[np.float64]) -> list[NDArray[np.int64]]:
    """Location numbers, parted at the widest gap of their costs if that is a fifth of the whole range."""
    ranked = np.argsort(handling, kind="stable")
    if len(ranked) < 2:
        return [ranked]
    gaps = np.diff(handling[ranked])
    cut = int(np.argmax(gaps)) + 1
    wide = bool(gaps[cut - 1] > 0.2 * np.ptp(handling))
    return [ranked[:cut], ranked[cut:]] if wide else [ranked]


def block_bounds(block_of: NDArray[np.int32], terms: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bounding sphere and lowest costs of each block, of `Places.terms`.

    The expected cost of rejections counts as 0: it changes by the hour, and a bound has to hold.
    """
    count = int(block_of.max(initial=0)) + 1
    bounds = np.zeros((count, BOUNDS))
    for j in range(count):
        here = terms[block_of == j]
        if not len(here):
            continue
        centre = here[:, :3].mean(axis=0)
        centre /= max(float(np.linalg.norm(centre)), 1e-12)
        chord = float(np.sqrt(((here[:, :3] - centre) ** 2).sum(axis=1)).max())
        bounds[j, :3] = centre
        bounds[j, RADIUS_KM] = 2.0 * EARTH_KM * math.asin(min(1.0, chord / 2.0)) + 1e-6
        bounds[j, LOWEST_ORDER] = (here[:, ORDER_COST] + here[:, RANK_COST]).min()
        bounds[j, LOWEST_UNIT] = here[:, UNIT_COST].min()
    return bounds


def is_crowded(stock: Stock) -> bool:
    """Whether so many locations hold the offers that blocks pay."""
    listed = np.count_nonzero(np.diff(stock.offer_ptr))
    return bool(stock.offer_ptr[-1] >= CROWDED * max(1, int(listed)))


@njit(nogil=True, cache=True)
def sort_by_block(
    offer_ptr: NDArray[np.int64], offer_buckets: NDArray[np.int32], bucket_location: NDArray[np.int32],
    block_of: NDArray[np.int32], blocks: int,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:  # fmt: skip
    """`Stock.offer_buckets` with the buckets of each offer sorted by block, and `Blocks.start`.

    Buckets of locations that no block knows yet are in the last one, with its bounds: plans don't see them anyway.
    """
    offers = offer_ptr.shape[0] - 1
    ordered = (
        offer_buckets.copy()
    )  # what is behind the last offer's buckets is read along with them, so it must be some
    start = np.zeros((offers, blocks + 1), np.int32)
    fill = np.empty(blocks, np.int64)
    for o in range(offers):
        for k in offer_buckets[offer_ptr[o] : offer_ptr[o + 1]]:
            at = bucket_location[k]
            start[o, (block_of[at] if at < block_of.shape[0] else blocks - 1) + 1] += 1
        for j in range(blocks):
            start[o, j + 1] += start[o, j]
            fill[j] = offer_ptr[o] + start[o, j]
        for k in offer_buckets[offer_ptr[o] : offer_ptr[o + 1]]:
            at = bucket_location[k]
            j = block_of[at] if at < block_of.shape[0] else blocks - 1
            ordered[fill[j]] = k
            fill[j] += 1
    return ordered, start


@njit(nogil=True, cache=True, error_model="numpy")
def least_costs(
    bounds: NDArray[np.float64], lines: NDArray[np.int64], kg: NDArray[np.float64], rates: NDArray[np.float64],
    x: float, y: float, z: float, max_km: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:  # fmt: skip
    """Least costs of a shipment from each block: fixed [blocks] (inf: out of reach), and of each line [n, blocks]."""
    n = lines.shape[0]
    blocks = bounds.shape[0]
    fixed = np.empty(blocks)
    line = np.empty((n, blocks))
    for j in range(blocks):
        dx = bounds[j, 0] - x
        dy = bounds[j, 1] - y
        dz = bounds[j, 2] - z
        half = min(1.0, 0.5 * np.sqrt(dx * dx + dy * dy + dz * dz))
        km = max(0.0, 2.0 * EARTH_KM * np.arcsin(half) - bounds[j, RADIUS_KM])
        fixed[j] = max(0.0, rates[0] + rates[1] * km + bounds[j, LOWEST_ORDER]) if km <= max_km else np.inf
        for b in range(n):
            line[b, j] = lines[b, 1] * (kg[b] * (rates[2] + rates[3] * km) + bounds[j, LOWEST_UNIT])
    return fixed, line


@njit(nogil=True, cache=True, error_model="numpy")
def cover_table(
    n: int, shipments: int, best_cost: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Cheapest covers f[k, M] of the lines M by at most k subsets, and the subset taken first.

    f[k, M] = min over S ⊆ M with M's lowest line: cost[S] + f[k−1, M ∖ S]. Where the number of shipments can't bind,
    one layer is enough, and refers to itself; the last layer is the answer either way.
    """
    full = (1 << n) - 1
    layers = 1 if shipments >= n else shipments
    step = 0 if shipments >= n else 1
    f = np.full((layers + 1, full + 1), np.inf)
    take = np.zeros((layers + 1, full + 1), np.int64)
    f[:, 0] = 0.0
    for k in range(1, layers + 1):
        for m in range(1, full + 1):
            low = m & -m
            rest = m ^ low
            s = rest
            while True:
                cost = best_cost[s | low] + f[k - step, m ^ (s | low)]
                if cost < f[k, m]:
                    f[k, m] = cost
                    take[k, m] = s | low
                if s == 0:
                    break
                s = (s - 1) & rest
    return f, take


@njit(nogil=True, cache=True, error_model="numpy")
def mark_cheapest(
    seen: NDArray[np.bool_], fixed: NDArray[np.float64], line: NDArray[np.float64], wanted: int
) -> bool:  # fmt: skip
    """Mark so many more blocks with the lowest bounds for the whole order; False if none is left within reach."""
    for _ in range(wanted):
        best = -1
        lowest = np.inf
        for j in range(seen.shape[0]):
            if not seen[j]:
                total = fixed[j]
                for b in range(line.shape[0]):
                    total += line[b, j]
                if total < lowest:
                    lowest = total
                    best = j
        if best < 0:
            return False
        seen[best] = True
    return True


@njit(nogil=True, cache=True, error_model="numpy")
def mark_promising(
    seen: NDArray[np.bool_], fixed: NDArray[np.float64], line: NDArray[np.float64], shipments: int,
    best_cost: NDArray[np.float64], incumbent: float,
) -> bool:  # fmt: skip
    """Mark the blocks that could be part of a plan cheaper than `incumbent`; False if there is none that is new.

    For a block and a subset of the lines: the block's own bound, plus the cheapest cover of all other lines, where
    blocks that weren't looked at count with their bounds.
    """
    n, blocks = line.shape
    full = (1 << n) - 1
    hopeful = best_cost.copy()
    own = np.empty((blocks, full + 1))
    for j in range(blocks):
        if seen[j] or fixed[j] >= incumbent:
            continue
        own[j, 0] = fixed[j]
        for b in range(n):
            for s in range(1 << b):
                own[j, s | 1 << b] = own[j, s] + line[b, j]
        for s in range(1, full + 1):
            hopeful[s] = min(hopeful[s], own[j, s])
    f, _ = cover_table(n, shipments, hopeful)
    before = f.shape[0] - 1 - (0 if shipments >= n else 1)
    marked = False
    for j in range(blocks):
        if seen[j] or fixed[j] >= incumbent:
            continue
        for s in range(1, full + 1):
            if own[j, s] + f[before, full ^ s] < incumbent - 1e-9:
                seen[j] = True
                marked = True
                break
    return marked
