"""Prices over live stock: what is scarce where orders are expected is worth something, and follows what happens."""

import numpy as np
import pytest

from manystores.kernels.sourcing_stock import Stock, stock_of
from manystores.ledger import Key, Ledger, Reason
from manystores.sourcing.live_prices import Expected, Ground, LivePrices, Seen
from manystores.sourcing.plan import point

BEIJING, GUANGZHOU = 1, 2
SCARF, SHIRT = 10, 11
NORTH, SOUTH = 0, 1
PLENTY = 1e9


class World:
    """A shop in Beijing and one in Guangzhou; scarves are expected to go in the North, shirts nowhere."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.receive(BEIJING, SCARF, 3)
        self.receive(GUANGZHOU, SCARF, 3)
        self.receive(BEIJING, SHIRT, 3)
        xyz = np.array([point(0, 0), point(39.9, 116.4), point(23.1, 113.3)])
        self.expected = Expected(
            offers=np.array([SCARF, SHIRT]),
            kg=np.array([0.2, 0.3]),
            offer_class=np.zeros(2, np.int32),
            units=np.array([[[20, 0], [0, 0]]], np.float32),
            area_xyz=xyz[1:],
            area_zone=np.array([NORTH, SOUTH]),
            area_share=np.ones(2),
            area_km=np.full(2, 20.0),
            share_of_lines=(1.0,),
        )
        self.ground = Ground(
            xyz,
            np.full(3, 250.0),
            np.full(3, 100.0),
            np.array([False, True, True]),
            np.zeros(3, np.int32),
            np.full(3, PLENTY),
            np.array([300.0, 0.4, 40.0, 0.08]),
        )

    def receive(self, location: int, offer: int, units: int) -> None:
        self.ledger.post(Key(location, offer), Reason.RECEIVED, on_hand=units)

    @property
    def stock(self) -> Stock:
        return stock_of(*self.ledger.planning())

    def make(self, gone: float = 0.0) -> LivePrices:
        return LivePrices(self.expected, self.stock, self.ground, gone)

    def price(self, live: LivePrices, location: int, offer: int) -> float:
        """Minor units."""
        (bucket,) = np.flatnonzero(
            (self.stock.bucket_location == location)
            & np.isin(
                np.arange(len(self.stock.bucket_location)),
                self.stock.offer_buckets[self.stock.offer_ptr[offer] : self.stock.offer_ptr[offer + 1]],
            )
        )
        return float(live.prices.unit[bucket])


@pytest.fixture
def world() -> World:
    return World()


def test_a_unit_is_worth_more_where_orders_are_expected(world: World) -> None:
    live = world.make()
    assert world.price(live, BEIJING, SCARF) > world.price(live, GUANGZHOU, SCARF) > 0
    assert world.price(live, BEIJING, SHIRT) == 0
    assert (live.prices.room == 0).all()
    assert live.records == 3


def test_stock_that_comes_makes_it_cheaper_and_orders_make_it_dearer(world: World) -> None:
    live = world.make()
    before = world.price(live, BEIJING, SCARF)
    world.receive(BEIJING, SCARF, 100)
    assert live.refresh(world.stock, world.ground, 0.1) == 1
    assert world.price(live, BEIJING, SCARF) == 0 < before
    live.observe(Seen(np.array([NORTH]), np.array([1]), np.array([60])))
    assert live.refresh(world.stock, world.ground, 0.2) == 1  # shirts, which nobody had expected
    assert live.refresh(world.stock, world.ground, 0.3) == 0


def test_room_that_runs_out_has_a_price(world: World) -> None:
    world.receive(BEIJING, SCARF, 100)
    room = world.ground.room.copy()
    room[BEIJING] = 2.0
    live = LivePrices(world.expected, world.stock, world.ground._replace(room=room), 0.0)
    assert live.prices.room[BEIJING] > 0
    assert live.prices.room[GUANGZHOU] == 0


def test_what_was_seen_goes_on_to_count_over_another_list(world: World) -> None:
    live = world.make()
    live.observe(Seen(np.array([NORTH]), np.array([0]), np.array([40])))
    live.refresh(world.stock, world.ground, 0.2)
    anew = LivePrices(world.expected, world.stock, world.ground, live.gone, live.evidence)
    forgetful = world.make(0.2)
    assert world.price(anew, BEIJING, SCARF) > world.price(forgetful, BEIJING, SCARF)
    assert world.price(anew, BEIJING, SCARF) == pytest.approx(world.price(live, BEIJING, SCARF), rel=0.05)


def test_who_may_not_send_has_no_price(world: World) -> None:
    may = world.ground.may.copy()
    may[GUANGZHOU] = False
    live = LivePrices(world.expected, world.stock, world.ground._replace(may=may), 0.0)
    assert live.records == 2
    assert world.price(live, GUANGZHOU, SCARF) == 0
