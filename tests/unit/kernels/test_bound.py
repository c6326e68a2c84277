"""The relaxed problem's optimum is that of trying every choice; what it uses is what the choice uses."""

import itertools

import numpy as np
import pytest

from manystores.kernels.bound import MOST_LINES, Relaxed, keep_distances, solve_relaxed
from manystores.kernels.geo import distance_km, unit_vectors

LOCATIONS, SKUS = 4, 3
RATES = (3.0, 0.004, 0.4, 0.0008)


def drawn(seed: int, lines: int) -> tuple[Relaxed, np.ndarray, np.ndarray]:
    """One order of so many lines on day 1, and prices of stock and capacity; the last record can't be used."""
    rng = np.random.default_rng(seed)
    places = rng.uniform([20, 100], [45, 125], (LOCATIONS + 1, 2))
    xyz = unit_vectors(places[:, 0], places[:, 1])
    stock_location = np.concatenate([np.sort(rng.choice(LOCATIONS, 3, replace=False)) for _ in range(SKUS)])
    stock_ptr = np.arange(SKUS + 1) * 3
    line_sku = rng.integers(0, SKUS, lines).astype(np.int32)
    relaxed = Relaxed(
        part_begin=np.array([0]),
        part_end=np.array([lines]),
        part_day=np.array([1], np.int32),
        part_share=np.array([1.0]),
        part_xyz=np.ascontiguousarray(xyz[LOCATIONS:]),
        line_sku=line_sku,
        line_qty=rng.integers(1, 4, lines).astype(np.int32),
        stock_ptr=stock_ptr,
        stock_location=stock_location.astype(np.int32),
        usable=np.arange(3 * SKUS) < 3 * SKUS - 1,
        xyz=np.ascontiguousarray(xyz[:LOCATIONS]),
        handle_ship=rng.uniform(0.5, 3, LOCATIONS),
        handle_unit=rng.uniform(0.1, 1, LOCATIONS),
        kg=rng.uniform(0.1, 4, SKUS),
        penalty=rng.uniform(8, 25, SKUS),
        rates=np.array(RATES),
        km_ptr=3 * np.arange(lines + 1),
        km=np.zeros(0, np.float32),
    )
    return relaxed, rng.uniform(0, 8, 3 * SKUS), rng.uniform(0, 4, (2, LOCATIONS))


def cost_of(relaxed: Relaxed, choice: tuple[int, ...], stock_price: np.ndarray, capacity_price: np.ndarray) -> float:
    """What it costs to serve each line by a record of its SKU (0 to 2), or not at all (3)."""
    cost, senders = 0.0, set()
    for line, chosen in enumerate(choice):
        sku, units = relaxed.line_sku[line], relaxed.line_qty[line]
        record = relaxed.stock_ptr[sku] + chosen
        if chosen == 3:
            cost += units * relaxed.penalty[sku]
            continue
        if not relaxed.usable[record]:
            return np.inf
        location = relaxed.stock_location[record]
        km = away(relaxed, location)
        if location not in senders:
            senders.add(location)
            cost += RATES[0] + RATES[1] * km + relaxed.handle_ship[location] + capacity_price[1, location]
        cost += units * relaxed.kg[sku] * (RATES[2] + RATES[3] * km)
        cost += units * (relaxed.handle_unit[location] + stock_price[record])
    return cost


def away(relaxed: Relaxed, location: int) -> float:
    """km from a location to the order, by latitudes and longitudes."""
    (lat, lon), (other_lat, other_lon) = (
        (np.degrees(np.arcsin(z)), np.degrees(np.arctan2(y, x)))
        for x, y, z in (relaxed.xyz[location], relaxed.part_xyz[0])
    )
    return distance_km(lat, lon, other_lat, other_lon)


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("lines", [1, 2, 3, 5])
@pytest.mark.parametrize("seed", range(8))
def test_the_optimum_is_that_of_trying_every_choice(seed: int, lines: int, kept: bool) -> None:
    relaxed, stock_price, capacity_price = drawn(seed, lines)
    if kept:
        km = np.empty(3 * lines, np.float32)
        keep_distances(relaxed, km)
        relaxed = relaxed._replace(km=km)
    used, shipments = np.zeros(3 * SKUS), np.zeros((2, LOCATIONS))
    least = solve_relaxed(relaxed, 0, 1, stock_price, capacity_price, used, shipments)
    choices = itertools.product(range(4), repeat=lines)
    best = min(choices, key=lambda choice: cost_of(relaxed, choice, stock_price, capacity_price))
    assert least == pytest.approx(cost_of(relaxed, best, stock_price, capacity_price), rel=1e-5)
    expected = np.zeros(3 * SKUS)
    for line, chosen in enumerate(best):
        if chosen < 3:
            expected[relaxed.stock_ptr[relaxed.line_sku[line]] + chosen] += relaxed.line_qty[line]
    assert used.tolist() == expected.tolist()
    senders = {int(relaxed.stock_location[record]) for record in np.flatnonzero(expected)}
    assert shipments.tolist() == [[0] * LOCATIONS, [float(place in senders) for place in range(LOCATIONS)]]


def test_a_part_of_an_order_pays_its_share_of_shipments() -> None:
    relaxed, stock_price, capacity_price = drawn(1, MOST_LINES)
    relaxed = relaxed._replace(penalty=np.full(SKUS, 1e6))
    used, whole, half = np.zeros(3 * SKUS), np.zeros((2, LOCATIONS)), np.zeros((2, LOCATIONS))
    dear = solve_relaxed(relaxed, 0, 1, stock_price, capacity_price, used, whole)
    shared = relaxed._replace(part_share=np.array([0.5]))
    cheap = solve_relaxed(shared, 0, 1, stock_price, capacity_price, used, half)
    assert cheap < dear
    assert set(np.unique(half)) == {0.0, 0.5}


def test_only_the_parts_that_are_asked_for_are_solved() -> None:
    relaxed, stock_price, capacity_price = drawn(2, 2)
    used, shipments = np.zeros(3 * SKUS), np.zeros((2, LOCATIONS))
    assert solve_relaxed(relaxed, 1, 1, stock_price, capacity_price, used, shipments) == 0.0
    assert not used.any()
