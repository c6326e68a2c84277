"""Every order is decided at the least cost there is: checked against trying all ways."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manystores.kernels.geo import EARTH_RADIUS_KM
from manystores.kernels.holder_runs import RUN, bound_runs, new_runs, place_runs
from manystores.kernels.order_stream import (
    HANDLE_SHIP,
    HANDLE_UNIT,
    PLACE,
    ROOM,
    ROOM_PRICE,
    Shelves,
    Stream,
    Taken,
    decide_cheapest,
    new_scratch,
)

RATES = np.array([3.0, 0.004, 0.4, 0.0008])


def network(seed: int, locations: int, skus: int, held: float) -> Shelves:
    """Random shelves with prices: `held` is the share of locations that hold a SKU."""
    rng = np.random.default_rng(seed)
    places = np.zeros((locations, PLACE))
    places[:, :3] = rng.normal([1.0, 1.0, 1.0], 0.1, (locations, 3))
    places[:, :3] /= np.linalg.norm(places[:, :3], axis=1)[:, None]
    places[:, HANDLE_SHIP], places[:, HANDLE_UNIT] = rng.uniform(1, 3, locations), rng.uniform(0.1, 0.5, locations)
    places[:, ROOM], places[:, ROOM_PRICE] = rng.integers(0, 4, locations), rng.uniform(0, 2, locations)
    holders = [np.flatnonzero(rng.random(locations) < held) for _ in range(skus)]
    ptr = np.cumsum([0] + [len(each) for each in holders])
    records = int(ptr[-1])
    return Shelves(
        ptr,
        np.concatenate(holders).astype(np.int32),
        rng.integers(0, 3, records).astype(np.int32),
        rng.exponential(1.0, records).astype(np.float32),
        places,
        rng.uniform(0.1, 3.0, skus),
        RATES,
    )


def stream(seed: int, orders: int, skus: int, most_lines: int) -> Stream:
    rng = np.random.default_rng(seed + 1_000)
    xyz = rng.normal([1.0, 1.0, 1.0], 0.1, (orders, 3))
    xyz /= np.linalg.norm(xyz, axis=1)[:, None]
    lines = [rng.permutation(skus)[: rng.integers(1, most_lines + 1)] for _ in range(orders)]
    ptr = np.cumsum([0] + [len(each) for each in lines])
    sku = np.concatenate(lines).astype(np.int32)
    return Stream(xyz, ptr, sku, rng.integers(1, 3, len(sku)).astype(np.int32))


def decide(shelves: Shelves, orders: Stream, crowded: int) -> list[tuple[int, int, int]]:
    """(line, record, units) in order of the decisions."""
    runs = new_runs(shelves.stock_ptr, crowded)
    ship, unit = shelves.places[:, HANDLE_SHIP].copy(), shelves.places[:, HANDLE_UNIT].copy()
    place_runs(runs, shelves.stock_ptr, shelves.stock_location, shelves.places, ship)
    every = np.arange(len(shelves.kg))
    bound_runs(runs, shelves.stock_ptr, shelves.stock_location, shelves.left, shelves.price, unit, every)
    rows = int(orders.line_qty.sum())
    taken = Taken(np.empty(rows, np.int64), np.empty(rows, np.int64), np.empty(rows, np.int32), np.zeros(1, np.int64))
    scratch = new_scratch(len(shelves.places), int(np.diff(runs.ptr).max()) + 1)
    decide_cheapest(shelves, runs, orders, taken, scratch, 0, len(orders.xyz))
    count = int(taken.rows[0])
    return list(zip(taken.line[:count], taken.record[:count], taken.qty[:count], strict=True))


def price_of(shelves: Shelves, orders: Stream, order: int, chosen: dict[int, int]) -> float:
    """What it costs to send each line of an order whole from a record."""
    total, ships = 0.0, set()
    for line, k in chosen.items():
        at, kg, qty = shelves.stock_location[k], shelves.kg[orders.line_sku[line]], orders.line_qty[line]
        chord = np.linalg.norm(shelves.places[at, :3] - orders.xyz[order])
        km = 2 * EARTH_RADIUS_KM * np.arcsin(chord / 2)
        total += qty * (kg * (RATES[2] + RATES[3] * km) + shelves.places[at, HANDLE_UNIT] + shelves.price[k])
        if at not in ships:
            ships.add(at)
            total += RATES[0] + RATES[1] * km + shelves.places[at, HANDLE_SHIP] + shelves.places[at, ROOM_PRICE]
    return total


@pytest.mark.parametrize("crowded", [2, 1 << 60])
@pytest.mark.parametrize("seed", range(12))
def test_no_way_to_send_an_order_is_cheaper(seed: int, crowded: int) -> None:
    shelves, orders = network(seed, 9, 4, 0.6), stream(seed, 1, 4, 3)
    whole = {}
    for line in range(orders.line_ptr[1]):
        sku, qty = orders.line_sku[line], orders.line_qty[line]
        records = range(shelves.stock_ptr[sku], shelves.stock_ptr[sku + 1])
        whole[line] = [
            k for k in records if shelves.left[k] >= qty and shelves.places[shelves.stock_location[k], ROOM] > 0
        ]
    can = {line: ways for line, ways in whole.items() if ways}
    least = min(
        price_of(shelves, orders, 0, dict(zip(can, way, strict=True))) for way in product(*can.values())
    )  # a line that nobody has whole is put together afterwards
    before = shelves.left.copy()
    rows = decide(shelves, orders, crowded)
    assert price_of(shelves, orders, 0, {line: k for line, k, _ in rows if line in can}) == pytest.approx(least)
    for line, k, qty in rows:
        assert qty <= before[k]
        assert line not in can or qty == orders.line_qty[line]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 9), st.sampled_from([0.1, 0.4, 0.9]))
def test_runs_change_no_decision(seed: int, most_lines: int, held: float) -> None:
    orders = stream(seed, 60, 9, most_lines)
    full = decide(network(seed, 150, 9, held), orders, 1 << 60)
    assert decide(network(seed, 150, 9, held), orders, 1) == full
    assert decide(network(seed, 150, 9, held), orders, RUN) == full


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_nothing_is_sent_twice_and_nobody_sends_more_than_there_is_room_for(seed: int) -> None:
    shelves, orders = network(seed, 12, 5, 0.7), stream(seed, 80, 5, 5)
    left, room = shelves.left.copy(), shelves.places[:, ROOM].copy()
    rows = decide(shelves, orders, 4)
    used = np.zeros_like(left)
    shipments = set()
    sent = np.zeros(len(orders.line_sku), np.int64)
    order_of = np.repeat(np.arange(len(orders.xyz)), np.diff(orders.line_ptr))
    for line, k, qty in rows:
        used[k] += qty
        sent[line] += qty
        shipments.add((order_of[line], shelves.stock_location[k]))
    assert (used <= left).all()
    assert (shelves.left == left - used).all()
    assert (sent <= orders.line_qty).all()
    ships = np.bincount([at for _, at in shipments], minlength=12)
    assert (shelves.places[:, ROOM] == room - ships).all()
    assert (shelves.places[:, ROOM] >= 0).all()
