"""The sourcing kernel against an oracle that tries every set of locations and every way to share a line over it."""

import itertools
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manystores.kernels.sourcing import CANDIDATE, HEAD, NEAR, NO_BLOCKS, best_holders, plan_order
from manystores.kernels.sourcing_stock import (
    ALLOCATION,
    BUFFER,
    CAPACITY,
    CLOSED,
    NO_STOCK,
    ORDER_COST,
    OUT_OF_RANGE,
    RANK_COST,
    REASONS,
    REFUSED_BEFORE,
    TOO_FEW,
    UNIT_COST,
    Places,
    Stock,
    pack_terms,
    stock_of,
)

RATES = np.array([300.0, 0.4, 40.0, 0.08])
NEVER, IF_NEEDED, IF_CHEAPER = 0, 1, 2
SPLITS = (NEVER, IF_NEEDED, IF_CHEAPER)


@dataclass
class World:
    """Locations along the equator, `km` from the destination; stock as (location, offer, units), lots may repeat."""

    km: list[float]
    stock: list[tuple[int, int, int]]
    order_cost: list[float] = field(default_factory=list)
    rank_cost: list[float] = field(default_factory=list)
    rejection_cost: list[float] = field(default_factory=list)
    excluded: list[int] = field(default_factory=list)
    capacity: list[int] = field(default_factory=list)
    buffer: list[int] = field(default_factory=list)
    unit_price: list[list[float]] = field(default_factory=list)
    """By location and offer."""
    room_price: list[float] = field(default_factory=list)
    offers: int = 3
    overflow: int = 0
    """So many of the last buckets came after the list was made."""

    def places(self) -> Places:
        n = len(self.km)
        angle = np.array(self.km) / 6371.0
        xyz = np.stack([np.cos(angle), np.sin(angle), np.zeros(n)], 1)
        return Places(
            terms=pack_terms(
                xyz,
                np.array(self.order_cost or [250.0] * n),
                np.array([100.0 + 7 * (i % 3) for i in range(n)]),
                np.array(self.rank_cost or [0.0] * n),
                np.array(self.rejection_cost or [0.0] * n),
            ),
            excluded=np.array(self.excluded or [0] * n, np.uint8),
            capacity_left=np.array(self.capacity or [9] * n, np.int64),
            buffer=np.array([self.buffer or [0] * n], np.int32),
            unit_price=np.array([self.worth(at, offer) for at, offer, _ in self.stock], np.float32),
            room_price=np.array(self.room_price, np.float32),
        )

    def worth(self, location: int, offer: int) -> float:
        return self.unit_price[location][offer] if self.unit_price else 0.0

    def buckets(self) -> Stock:
        buckets = len(self.stock)
        listed = buckets - self.overflow
        offer = np.array([row[1] for row in self.stock], np.int64)
        order = np.argsort(offer[:listed], kind="stable").astype(np.int32)
        ptr = np.zeros(self.offers + 1, np.int64)
        np.cumsum(np.bincount(offer[:listed], minlength=self.offers), out=ptr[1:])
        head, following = np.full(self.offers, -1, np.int32), np.full(buckets, -1, np.int32)
        for k in range(listed, buckets):
            following[k], head[offer[k]] = head[offer[k]], k
        location = np.array([row[0] for row in self.stock], np.int32)
        units = np.array([row[2] for row in self.stock], np.int64)
        # on_hand, reserved and unavailable differ, so that a forgotten term shows
        return stock_of(ptr, order, head, following, location, units + 5, np.full(buckets, 3), np.full(buckets, 2))

    def sellable(self, location: int, offer: int) -> int:
        """What may be sold there: all lots together, less the buffer."""
        units = sum(u for at, o, u in self.stock if (at, o) == (location, offer))
        if (self.excluded or [0] * len(self.km))[location] or (self.capacity or [9] * len(self.km))[location] <= 0:
            return 0
        return max(0, units - (self.buffer or [0] * len(self.km))[location])


@dataclass
class Result:
    cost: float
    allocations: list[tuple[int, int, int, int]]
    short: list[int]
    reasons: dict[int, int]
    chosen: list[tuple[int, ...]]
    others: list[tuple[int, ...]]
    near: list[tuple[int, ...]]
    exact: bool


def plan(
    world: World, lines: list[tuple[int, int]], *, max_km: float = 1e9, refused: tuple[int, ...] = (), only: int = -1,
    shipments: int = 3, split: int = IF_NEEDED, nodes: int = 5000, kg: float = 0.5,
) -> Result:  # fmt: skip
    """Plan (offer, units) lines to the point at 0 km."""
    rows = np.array([(offer, units, 0) for offer, units in lines], np.int64)
    result, cost = plan_order(
        world.buckets(), world.places(), NO_BLOCKS, RATES, rows, np.full(len(lines), kg), np.array(refused, np.int64),
        1.0, 0.0, 0.0, max_km, only, shipments, split, nodes,
    )  # fmt: skip
    numbers = result.tolist()
    a, c, o, r = numbers[:4]
    at = HEAD + REASONS
    sizes = [(a, ALLOCATION), (len(lines), 1), (c, CANDIDATE), (o, CANDIDATE), (r, NEAR)]
    parts = []
    for count, width in sizes:
        parts.append([tuple(numbers[at + i * width : at + (i + 1) * width]) for i in range(count)])
        at += count * width
    assert at == len(numbers)
    reasons = {code: n for code, n in enumerate(numbers[HEAD : HEAD + REASONS]) if code and n}
    return Result(cost, parts[0], [row[0] for row in parts[1]], reasons, *parts[2:], bool(numbers[6]))


def oracle(
    world: World, lines: list[tuple[int, int]], shipments: int, split: int, kg: float = 0.5
) -> tuple[int, int, float]:
    """The best (units short, lines split, cost): every set of locations, every way to take a line from its members."""
    places = world.places()

    def unit(location: int, offer: int) -> float:
        carriage = kg * (RATES[2] + RATES[3] * world.km[location])
        return float(carriage + places.terms[location, UNIT_COST] + world.worth(location, offer))

    def shipment(at: int) -> float:
        terms = places.terms[at]
        now = max(0.0, RATES[0] + RATES[1] * world.km[at] + terms[ORDER_COST] + terms[RANK_COST])
        return float(now + (world.room_price[at] if world.room_price else 0.0))

    @cache
    def line(members: tuple[int, ...], offer: int, need: int) -> tuple[int, int, float]:
        best = (need, 0, 0.0)
        for takes in itertools.product(*(range(min(need, world.sellable(at, offer)) + 1) for at in members)):
            parts = sum(1 for take in takes if take)
            if sum(takes) > need or (split == NEVER and parts > 1):
                continue
            cost = sum(take * unit(at, offer) for take, at in zip(takes, members, strict=True))
            best = min(best, (need - sum(takes), int(parts > 1 and split == IF_NEEDED), cost))
        return best

    best = (sum(units for _, units in lines), 0, 0.0)
    for size in range(1, shipments + 1):
        for members in itertools.combinations(range(len(world.km)), size):
            fixed = sum(shipment(at) for at in members)
            filled = [line(members, offer, units) for offer, units in lines]
            short, splits = sum(f[0] for f in filled), sum(f[1] for f in filled)
            best = min(best, (short, splits, fixed + sum(f[2] for f in filled)))
    return best


@st.composite
def worlds(draw: st.DrawFn) -> World:
    n = draw(st.integers(2, 5))

    def per_location(values: st.SearchStrategy[float]) -> list[float]:
        return draw(st.lists(values, min_size=n, max_size=n))

    prices = st.sampled_from([0.0, 0.0, 150.0, 700.0])
    cell = st.tuples(st.integers(0, n - 1), st.integers(0, 2), st.integers(0, 3))
    stock = draw(st.lists(cell, min_size=1, max_size=12))
    return World(
        km=per_location(st.floats(0, 3000).map(lambda km: round(km, 1))),
        stock=stock,
        order_cost=per_location(st.sampled_from([80.0, 250.0, 251.5])),
        rank_cost=per_location(st.sampled_from([0.0, 0.0, 120.0, -900.0])),
        excluded=per_location(st.sampled_from([0, 0, 0, CLOSED])),
        capacity=per_location(st.sampled_from([0, 1, 9, 9])),
        buffer=per_location(st.sampled_from([0, 0, 1])),
        overflow=draw(st.integers(0, len(stock))),
        unit_price=draw(st.sampled_from([[], [per_location(prices)[:3] * 3 for _ in range(n)]])),
        room_price=draw(st.sampled_from([[], per_location(prices)])),
    )


orders = st.lists(
    st.tuples(st.integers(0, 2), st.integers(1, 4)), min_size=1, max_size=3, unique_by=lambda line: line[0]
)


@settings(max_examples=150, deadline=None)
@given(worlds(), orders, st.integers(1, 3), st.sampled_from(SPLITS))
def test_no_plan_is_better(world: World, lines: list[tuple[int, int]], shipments: int, split: int) -> None:
    result = plan(world, lines, shipments=shipments, split=split)
    parts = [len({row[1] for row in result.allocations if row[0] == i}) for i in range(len(lines))]
    splits = sum(n > 1 for n in parts) if split == IF_NEEDED else 0
    short, fewest, cost = oracle(world, lines, shipments, split)
    assert result.exact
    assert (sum(result.short), splits) == (short, fewest)
    assert result.cost == pytest.approx(cost, abs=1e-6)


@settings(max_examples=100, deadline=None)
@given(worlds(), orders, st.integers(1, 3), st.sampled_from(SPLITS), st.sets(st.integers(0, 4), max_size=2))
def test_a_plan_keeps_to_stock_capacity_buffer_and_policy(
    world: World, lines: list[tuple[int, int]], shipments: int, split: int, refused: set[int]
) -> None:
    result = plan(world, lines, shipments=shipments, split=split, refused=tuple(refused))
    buckets = world.buckets()
    taken: dict[int, int] = {}
    per_line: dict[tuple[int, int], int] = {}
    for line, location, bucket, units in result.allocations:
        assert units > 0
        assert buckets.bucket_location[bucket] == location
        assert world.stock[bucket][1] == lines[line][0]
        assert location not in refused
        taken[bucket] = taken.get(bucket, 0) + units
        per_line[line, location] = per_line.get((line, location), 0) + units
    for bucket, units in taken.items():
        assert units <= world.stock[bucket][2]
    for (line, location), units in per_line.items():
        assert units <= world.sellable(location, lines[line][0])  # 0 where excluded or full
    assert len({location for _, location in per_line}) <= shipments
    for line, (_, need) in enumerate(lines):
        assert sum(units for (i, _), units in per_line.items() if i == line) + result.short[line] == need
        assert split != NEVER or sum(1 for i, _ in per_line if i == line) <= 1
    assert {row[0] for row in result.chosen} == {location for _, location in per_line}
    assert not {row[0] for row in result.chosen} & {row[0] for row in (*result.others, *result.near)}


@settings(max_examples=60, deadline=None)
@given(worlds(), orders, st.sampled_from(SPLITS), st.randoms(use_true_random=False))
def test_same_input_same_answer_however_the_buckets_are_ordered(
    world: World, lines: list[tuple[int, int]], split: int, random
) -> None:  # type: ignore[no-untyped-def]
    first, again = plan(world, lines, split=split), plan(world, lines, split=split)
    assert first == again
    random.shuffle(world.stock)
    shuffled = plan(world, lines, split=split)
    assert shuffled.cost == pytest.approx(first.cost, abs=1e-9)
    assert {row[:2] for row in shuffled.chosen} == {row[:2] for row in first.chosen}


def test_the_first_warehouse_is_not_taken_blindly() -> None:
    """Peers take the first warehouse, or the nearest, and the checkout fails though the stock is elsewhere."""
    world = World(km=[0.0, 5.0, 800.0], stock=[(0, 0, 1), (1, 0, 0), (2, 0, 4)])
    result = plan(world, [(0, 3)])
    assert result.allocations == [(0, 2, 2, 3)]
    assert result.short == [0]


def test_a_near_but_dear_location_loses_to_a_far_cheap_one() -> None:
    world = World(km=[5.0, 300.0], stock=[(0, 0, 1), (1, 0, 1)], order_cost=[900.0, 80.0])
    assert plan(world, [(0, 1)]).allocations == [(0, 1, 1, 1)]


def test_a_unit_that_is_worth_more_later_is_kept_and_the_log_says_what_it_is_worth() -> None:
    world = World(
        km=[5.0, 300.0], stock=[(0, 0, 1), (1, 0, 1)], unit_price=[[300.0] * 3, [20.0] * 3], room_price=[0.0, 30.0]
    )
    result = plan(world, [(0, 1)])
    assert [row[1] for row in result.allocations] == [1]
    assert [row[8:] for row in (*result.chosen, *result.others)] == [(20, 30), (300, 0)]
    assert result.cost == pytest.approx(sum(result.chosen[0][3:]), abs=3)
    world.unit_price = [[100.0] * 3, [20.0] * 3]
    assert [row[1] for row in plan(world, [(0, 1)]).allocations] == [0]


def test_locations_are_combined_for_one_line_that_nobody_holds_whole() -> None:
    """Peers refuse five pieces that stand as three and three in two places, or allocate six."""
    world = World(km=[10.0, 20.0], stock=[(0, 0, 3), (1, 0, 3)])
    result = plan(world, [(0, 5)])
    assert result.short == [0]
    assert sorted(row[3] for row in result.allocations) == [2, 3]
    whole = plan(world, [(0, 5)], split=NEVER)
    assert (whole.short, [row[3] for row in whole.allocations]) == ([2], [3])


def test_one_parcel_beats_two_cheaper_lines() -> None:
    """Each line alone is cheaper from its own neighbour, both together from the one that holds both."""
    world = World(km=[1.0, 2.0, 30.0], stock=[(0, 0, 1), (1, 1, 1), (2, 0, 1), (2, 1, 1)])
    result = plan(world, [(0, 1), (1, 1)])
    assert [row[0] for row in result.chosen] == [2]


def test_lots_of_one_location_count_together() -> None:
    world = World(km=[1.0, 500.0], stock=[(0, 0, 2), (0, 0, 1), (1, 0, 9)], overflow=1)
    result = plan(world, [(0, 3)])
    assert [row[:2] for row in result.chosen] == [(0, 1)]
    assert sorted(row[2:] for row in result.allocations) == [(0, 2), (1, 1)]


def test_an_oversold_lot_is_not_made_up_for_by_another() -> None:
    world = World(km=[1.0], stock=[(0, 0, -2), (0, 0, 3)])
    result = plan(world, [(0, 2)])
    assert ([row[3] for row in result.allocations], result.short) == ([1], [1])


def test_buckets_that_came_after_the_list_are_seen_and_so_are_new_offers() -> None:
    world = World(km=[400.0, 1.0], stock=[(0, 0, 1), (1, 0, 1)], overflow=1)
    assert plan(world, [(0, 1)]).chosen[0][0] == 1
    stock = world.buckets()
    newer = stock._replace(offer_ptr=np.zeros(1, np.int64), overflow_head=np.array([1], np.int32))
    rows = np.array([(0, 1, 0), (7, 1, 0)], np.int64)
    result, _ = plan_order(
        newer,
        world.places(),
        NO_BLOCKS,
        RATES,
        rows,
        np.ones(2),
        np.empty(0, np.int64),
        1.0,
        0.0,
        0.0,
        1e9,
        -1,
        3,
        1,
        100,
    )
    assert result[HEAD + REASONS :][: ALLOCATION + 2].tolist() == [0, 1, 1, 1, 0, 1]


def test_each_holder_left_out_has_its_reason() -> None:
    n = 8
    world = World(
        km=[10.0 * (i + 1) for i in range(n)],
        stock=[(0, 0, 9), (1, 0, 0), (2, 0, 2), (3, 0, 9), (4, 0, 9), (5, 0, 1), (6, 0, 9), (7, 0, 9)],
        excluded=[CLOSED] + [0] * (n - 1),
        buffer=[0, 0, 2, 0, 0, 0, 0, 0],
        capacity=[9, 9, 9, 0, 9, 9, 9, 9],
    )
    result = plan(world, [(0, 2)], refused=(4,), max_km=75.0)
    assert [row[0] for row in result.chosen] == [6]
    expected = {CLOSED, NO_STOCK, BUFFER, CAPACITY, REFUSED_BEFORE, TOO_FEW, OUT_OF_RANGE}
    assert result.reasons == dict.fromkeys(expected, 1)
    nearest = [(0, CLOSED), (1, NO_STOCK), (2, BUFFER), (3, CAPACITY), (4, REFUSED_BEFORE)]
    assert [row[:2] for row in result.near] == nearest
    assert [row[2] for row in result.near] == [10_000, 20_000, 30_000, 40_000, 50_000]


def test_a_pick_up_looks_at_its_location_only() -> None:
    world = World(km=[0.0, 10.0], stock=[(0, 0, 5), (1, 0, 1)])
    assert plan(world, [(0, 1)], only=1).allocations == [(0, 1, 1, 1)]
    short = plan(world, [(0, 2)], only=1, shipments=1)
    assert (short.short, short.reasons) == ([1], {TOO_FEW: 1})
    nothing = plan(world, [(2, 1)], only=1, shipments=1)
    assert (nothing.short, nothing.near) == ([1], [(1, NO_STOCK, 10_000)])


def test_costs_in_the_log_add_up() -> None:
    world = World(km=[100.0], stock=[(0, 0, 4)], rank_cost=[50.0], rejection_cost=[64.0])
    result = plan(world, [(0, 4)], kg=2.0)
    (row,) = result.chosen
    assert row == (0, 1, 100_000, (300 + 40 + 4 * 2 * 48), 250, 400, 50, 64, 0, 0)
    assert result.cost == pytest.approx(sum(row[3:]))


def test_who_is_likely_to_reject_is_chosen_only_if_others_cost_more() -> None:
    stock = [(0, 0, 4), (1, 0, 4)]
    near, far = 10.0, 60.0  # 50 km cost some 30
    assert plan(World(km=[near, far], stock=stock, rejection_cost=[60.0, 0.0]), [(0, 1)]).chosen[0][0] == 1
    assert plan(World(km=[near, far], stock=stock, rejection_cost=[60.0, 50.0]), [(0, 1)]).chosen[0][0] == 0


def test_the_log_names_who_holds_more_first_then_who_is_cheaper() -> None:
    world = World(km=[1.0, 2.0, 3.0, 4.0], stock=[(0, 0, 1), (1, 0, 1), (1, 1, 1), (2, 0, 1), (2, 1, 1), (3, 1, 1)])
    result = plan(world, [(0, 1), (1, 1)])
    assert [row[0] for row in result.chosen] == [1]
    assert [(row[0], row[1]) for row in result.others] == [(2, 0b11), (0, 0b01), (3, 0b10)]


def test_a_long_order_goes_to_the_cheapest_location_that_has_all_of_it() -> None:
    n = 20
    stock = [(at, offer, 2) for at in (1, 3) for offer in range(n)] + [(0, offer, 2) for offer in range(n - 1)]
    world = World(km=[1.0, 600.0, 5.0, 200.0], stock=stock, offers=n)
    result = plan(world, [(offer, 2) for offer in range(n)], shipments=1)
    assert [row[0] for row in result.chosen] == [3]
    assert result.short == [0] * n


def test_a_long_order_is_split_where_nobody_has_all_of_it() -> None:
    n = 12
    stock = [(0, offer, 1) for offer in range(7)] + [(1, offer, 1) for offer in range(6, n)] + [(2, 0, 1)]
    world = World(km=[1.0, 2.0, 0.5], stock=stock, offers=n)
    result = plan(world, [(offer, 1) for offer in range(n)])
    assert {row[0] for row in result.chosen} == {0, 1}
    assert result.short == [0] * n


def test_the_best_holders_are_those_with_enough_nearest_or_cheapest_first() -> None:
    world = World(
        km=[5.0, 10.0, 20.0, 30.0, 9000.0],
        stock=[(0, 0, 1), (1, 0, 2), (2, 0, 2), (3, 0, 1), (3, 0, 1), (4, 0, 9)],
        order_cost=[250.0, 400.0, 90.0, 250.0, 250.0],
    )

    def holders(nearest: bool, max_km: float = 1e9) -> tuple[list[int], list[float]]:
        numbers, km = best_holders(
            world.buckets(), world.places(), RATES, 0, 2, 0, 0.5, 1.0, 0.0, 0.0, max_km, 3, nearest
        )
        return numbers.tolist(), km.round(6).tolist()

    assert holders(nearest=True) == ([1, 2, 3], [10.0, 20.0, 30.0])
    assert holders(nearest=False)[0] == [2, 3, 1]
    assert holders(nearest=True, max_km=15) == ([1], [10.0])


def test_distances_are_right_from_next_door_to_the_antipodes() -> None:
    kms = [0.0, 0.001, 1.0, 2499.0, 2501.0, 7000.0, 8500.0, 15000.0, np.pi * 6371.0]
    world = World(km=kms, stock=[(i, 0, 1) for i in range(len(kms))])
    numbers, km = best_holders(world.buckets(), world.places(), RATES, 0, 1, 0, 0.5, 1.0, 0.0, 0.0, 1e9, len(kms), True)
    assert numbers.tolist() == list(range(len(kms)))
    np.testing.assert_allclose(km, kms, rtol=1e-7, atol=1e-6)
