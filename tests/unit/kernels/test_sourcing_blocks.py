"""Blocks of neighbours: looking only where it can pay finds the same plan as looking everywhere."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manystores.kernels.sourcing import HEAD, NO_BLOCKS, plan_order
from manystores.kernels.sourcing_blocks import (
    BLOCKS,
    LOWEST_ORDER,
    LOWEST_UNIT,
    RADIUS_KM,
    Blocks,
    block_bounds,
    is_crowded,
    sort_by_block,
    split_places,
)
from manystores.kernels.sourcing_stock import (
    ALLOCATION,
    NO_PRICES,
    ORDER_COST,
    RANK_COST,
    REASONS,
    UNIT_COST,
    Places,
    Stock,
    pack_terms,
    reordered,
    stock_of,
)

LOCATIONS, OFFERS = 600, 6
RATES = np.array([300.0, 0.4, 40.0, 0.08])


def country(seed: int, holding: float, empty: float = 0.3) -> tuple[Places, Stock]:
    """Stores and a few cheap warehouses of a large country; some of their buckets came after the list."""
    rng = np.random.default_rng(seed)
    lat, lon = np.radians(rng.uniform(20, 45, LOCATIONS)), np.radians(rng.uniform(85, 125, LOCATIONS))
    warehouse = rng.random(LOCATIONS) < 0.05
    handling = np.where(warehouse, 80, 250) * rng.uniform(0.9, 1.1, LOCATIONS)
    rank = np.where(rng.random(LOCATIONS) < 0.1, -120.0, 0.0)
    xyz = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], 1)
    places = Places(
        terms=pack_terms(xyz, handling, handling * 0.4, rank),
        excluded=(rng.random(LOCATIONS) < 0.05).astype(np.uint8),
        capacity_left=rng.integers(0, 20, LOCATIONS),
        buffer=np.zeros((1, LOCATIONS), np.int32),
        unit_price=NO_PRICES,
        room_price=np.where(rng.random(LOCATIONS) < 0.2, 90, 0).astype(np.float32),
    )
    held = rng.random((OFFERS, LOCATIONS)) < holding
    offer, location = np.nonzero(held)
    newer = rng.random(len(offer)) < 0.02
    offer, location = (np.concatenate([part[~newer], part[newer]]) for part in (offer, location))
    size, listed = len(offer), int((~newer).sum())
    ptr = np.zeros(OFFERS + 1, np.int64)
    np.cumsum(np.bincount(offer[:listed], minlength=OFFERS), out=ptr[1:])
    head, following = np.full(OFFERS, -1, np.int32), np.full(size, -1, np.int32)
    for k in range(listed, size):
        following[k], head[offer[k]] = head[offer[k]], k
    units = np.where(rng.random(size) < empty, 0, rng.integers(1, 4, size))
    nothing = np.zeros(size, np.int64)
    order = np.arange(listed, dtype=np.int32)
    if seed % 2:
        places = places._replace(unit_price=rng.exponential(100, size).astype(np.float32))
    return places, stock_of(ptr, order, head, following, location.astype(np.int32), units, nothing, nothing)


def in_blocks(places: Places, stock: Stock) -> tuple[Stock, Blocks]:
    terms = places.terms
    block_of = split_places(terms[:, :3], terms[:, ORDER_COST] + terms[:, UNIT_COST])
    bounds = block_bounds(block_of, terms)
    ordered, start = sort_by_block(stock.offer_ptr, stock.offer_buckets, stock.bucket_location, block_of, len(bounds))
    return reordered(stock, ordered), Blocks(start, bounds)


def plan(
    places: Places,
    stock: Stock,
    blocks: Blocks,
    lines: list[tuple[int, int]],
    shipments: int,
    max_km: float,
    kg: float = 0.7,
) -> tuple[float, list[int], np.ndarray, int]:
    """Cost, units short, rows of allocations, holders looked at; to a place in the middle of the country."""
    rows = np.array([(offer, units, 0) for offer, units in lines], np.int64)
    x, y, z = (float(v) for v in (np.cos(0.6) * np.cos(1.9), np.cos(0.6) * np.sin(1.9), np.sin(0.6)))
    result, cost = plan_order(
        stock, places, blocks, RATES, rows, np.full(len(lines), kg), np.array([17, 18], np.int64),
        x, y, z, max_km, -1, shipments, 1, 2000,
    )  # fmt: skip
    at = HEAD + REASONS
    end = at + int(result[0]) * ALLOCATION
    return cost, result[end : end + len(lines)].tolist(), result[at:end].reshape(-1, ALLOCATION), int(result[4])


line = st.tuples(st.integers(0, OFFERS - 1), st.sampled_from([1, 1, 1, 2, 4]))
orders = st.lists(line, min_size=1, max_size=4, unique_by=lambda wanted: wanted[0])


@settings(max_examples=80, deadline=None)
@given(
    st.integers(0, 1000),
    st.sampled_from([0.005, 0.05, 0.5, 0.95]),
    orders,
    st.integers(1, 4),
    st.sampled_from([1e9, 1500.0, 200.0]),
    st.sampled_from([0.1, 0.7, 60.0]),
)
def test_the_plan_is_as_good_as_if_all_had_been_looked_at(
    seed: int, holding: float, lines: list[tuple[int, int]], shipments: int, max_km: float, kg: float
) -> None:
    places, stock = country(seed, holding)
    everywhere = plan(places, stock, NO_BLOCKS, lines, shipments, max_km, kg)
    cost, short, rows, _ = plan(places, *in_blocks(places, stock), lines, shipments, max_km, kg)
    assert short == everywhere[1]
    assert cost == pytest.approx(everywhere[0], abs=1e-6)
    for line, location, bucket, units in rows.tolist():
        assert stock.bucket_location[bucket] == location
        assert units <= stock.on_hand[bucket]
        assert units <= lines[line][1]


def test_on_crowded_shelves_it_looks_at_a_small_part() -> None:
    places, stock = country(3, 0.95)
    everywhere = plan(places, stock, NO_BLOCKS, [(0, 1), (1, 1)], 3, 1e9)
    near = plan(places, *in_blocks(places, stock), [(0, 1), (1, 1)], 3, 1e9)
    assert near[0] == pytest.approx(everywhere[0])
    assert near[3] < everywhere[3] / 3


def test_bounds_hold_for_every_location_of_their_block() -> None:
    places, _ = country(5, 0.5)
    terms = places.terms
    block_of = split_places(terms[:, :3], terms[:, ORDER_COST] + terms[:, UNIT_COST])
    bounds = block_bounds(block_of, terms)
    own = bounds[block_of]
    km = 2 * 6371.0 * np.arcsin(np.linalg.norm(terms[:, :3] - own[:, :3], axis=1) / 2)
    assert (km <= own[:, RADIUS_KM]).all()
    assert (terms[:, ORDER_COST] + terms[:, RANK_COST] >= own[:, LOWEST_ORDER]).all()
    assert (terms[:, UNIT_COST] >= own[:, LOWEST_UNIT]).all()
    assert 32 <= len(bounds) <= BLOCKS
    cheap = terms[:, ORDER_COST] < 150
    assert not set(block_of[cheap]) & set(block_of[~cheap])  # warehouses and stores don't share a block


def test_sorting_moves_buckets_within_their_offer_only() -> None:
    places, stock = country(6, 0.3)
    ordered, blocks = in_blocks(places, stock)
    for offer in range(OFFERS):
        span = slice(stock.offer_ptr[offer], stock.offer_ptr[offer + 1])
        assert sorted(ordered.offer_buckets[span]) == sorted(stock.offer_buckets[span])
        assert blocks.start[offer, 0] == 0
        assert blocks.start[offer, -1] == span.stop - span.start


@pytest.mark.parametrize("locations", [1, 2, 7, 9])
def test_small_networks_have_blocks_too(locations: int) -> None:
    xyz = np.tile([1.0, 0.0, 0.0], (locations, 1))
    block_of = split_places(xyz, np.full(locations, 100.0))
    assert set(block_of) == set(range(block_of.max() + 1))
    assert len(block_bounds(block_of, pack_terms(xyz, *np.ones((3, locations))))) == block_of.max() + 1


def test_a_bucket_of_a_location_that_no_block_knows_is_not_lost_from_the_list() -> None:
    block_of = np.array([0, 1], np.int32)
    ordered, start = sort_by_block(
        np.array([0, 3]), np.arange(3, dtype=np.int32), np.array([9, 1, 0], np.int32), block_of, 2
    )
    assert (ordered.tolist(), start.tolist()) == ([2, 0, 1], [[0, 1, 3]])


def test_places_of_the_list_behind_the_last_offer_stay_buckets() -> None:
    """The list is as long as there are buckets, though those of hours and days are in no offer's part: what stands in
    the rest must be buckets still, or reading their locations fails (it was whatever memory had there)."""
    listed = np.array([2, 0, 1, *np.zeros(40_000)], np.int32)
    held = [np.full(50_000, 1 << 30, np.int32) for _ in range(20)]  # so that new memory is not all zeros
    del held
    ordered, _ = sort_by_block(np.array([0, 3]), listed, np.zeros(3, np.int32), np.zeros(1, np.int32), 1)
    assert ordered[3:].tolist() == listed[3:].tolist()


def test_blocks_are_for_crowded_shelves() -> None:
    _, sparse = country(7, 0.02)
    assert not is_crowded(sparse)
    ptr = np.array([0, 700, 700, 1400])
    assert is_crowded(sparse._replace(offer_ptr=ptr))  # offers that nobody holds don't count
