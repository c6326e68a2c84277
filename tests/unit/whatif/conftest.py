"""A network of a few locations without hours, and orders of one line each."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from manystores.kernels.geo import unit_vectors
from manystores.sourcing.compiled import Network
from manystores.sourcing.policy import CostModel, KindRule, RoutingPolicy
from manystores.whatif.building import Building, Came, Piece
from manystores.whatif.scenario import DAY_US, AlwaysOpen, Scenario, Sites, stock_from

BEIJING, TIANJIN, GUANGZHOU = 1, 2, 3
PLACES = ((0.0, 0.0), (39.9, 116.4), (39.1, 117.2), (23.1, 113.3))
START_US = 20_000 * DAY_US
CHEAPEST = RoutingPolicy(kinds={"ship": KindRule(costs=CostModel(base=300, per_km=1.0))}, on_shortage="partial")

Make = Callable[..., Scenario]


@pytest.fixture
def make() -> Make:
    return scenario


def scenario(
    orders: Sequence[tuple[tuple[float, float], int, int]],
    shelves: Sequence[tuple[int, int, int]],
    per_hour: Sequence[int] = (-1, -1, -1, -1),
    penalty: float = 0.0,
    minutes: int = 1,
) -> Scenario:
    """Orders: (destination, item, units), some minutes apart; shelves: (location, item, units)."""
    building = Building()
    for i, ((lat, lon), item, units) in enumerate(orders):
        at_us = START_US + i * minutes * 60_000_000
        building.add(Came(f"O{i}", at_us, "web", "ship", lat, lon, "", [Piece(item, units, 1.0, penalty=penalty)]))
    lat, lon = np.array([one[0] for one in PLACES]), np.array([one[1] for one in PLACES])
    size = len(PLACES)
    rows = np.array(shelves, np.int64).reshape(-1, 3)
    items = 1 + max([item for _, item, _ in orders], default=0)
    return Scenario(
        network=Network(
            xyz=unit_vectors(lat, lon),
            enabled=np.arange(size) > 0,
            kind=np.zeros(size, np.int8),
            order_cost=np.zeros(size),
            unit_cost=np.zeros(size),
            able={},
            groups={},
            numbers={},
        ),
        sites=Sites(
            code=["", "BJ", "TJ", "GZ"],
            name=["", "北京", "天津", "广州"],
            lat=lat,
            lon=lon,
            province=["", "110000", "120000", "440000"],
            per_hour=np.array(per_hour, np.int64),
            per_day=np.full(size, -1, np.int64),
            day_shift=np.full(size, 8, np.int64),
            north=lat >= 33,
        ),
        orders=building.build(),
        stock=stock_from(rows[:, 1], rows[:, 0], rows[:, 2], items),
        clock=lambda: AlwaysOpen(size),
    )
