"""Prices follow scarcity: what is plentiful costs nothing, what will be missed does, and what would come fits."""

import numpy as np
import pytest

from manystores.kernels.order_stream import HANDLE_SHIP, HANDLE_UNIT, PLACE, Shelves
from manystores.kernels.shadow_prices import Areas, Outlook, Temper, Worth, _affinity, distances, price_stock

TEMPER = Temper(temperature=0.6, sku_trust=6.0, class_trust=200.0, weight=1.0)


def priced(left: list[int], later: list[float], rounds: int = 200) -> tuple[np.ndarray, Shelves]:
    """Two places 1,000 km apart, each with an area of demand beside it and a shelf of the one SKU."""
    angle = 1_000 / 6371.0
    xyz = np.array([[1.0, 0.0, 0.0], [np.cos(angle), np.sin(angle), 0.0]])
    places = np.zeros((2, PLACE))
    places[:, :3], places[:, HANDLE_SHIP], places[:, HANDLE_UNIT] = xyz, 1.0, 0.2
    shelves = Shelves(
        np.array([0, 2]), np.array([0, 1], np.int32), np.array(left, np.int32), np.zeros(2, np.float32), places,
        np.ones(1), np.array([3.0, 0.004, 0.4, 0.0008]),
    )  # fmt: skip
    areas = Areas(np.array([0, 1]), np.ones(2), distances(xyz, xyz))
    none = np.zeros((2, 1))
    outlook = Outlook(none, np.array(later)[:, None], none, none, none, none, np.zeros(1, np.int64))
    worth = Worth(np.zeros(2, np.float32), np.zeros(2, np.float32), np.zeros(2))
    price_stock(shelves, areas, outlook, TEMPER, np.ones(2), np.zeros(1, np.int64), 0.0, rounds, worth)
    return worth.value, shelves


def test_what_is_plentiful_costs_nothing() -> None:
    value, shelves = priced([50, 50], [20.0, 20.0])
    assert value == pytest.approx([0.0, 0.0], abs=1e-3)
    assert shelves.price == pytest.approx(value)


def test_a_shelf_that_will_be_missed_is_dearer_than_the_other_by_what_the_way_costs() -> None:
    value, _ = priced([5, 100], [40.0, 20.0])
    assert value[1] == pytest.approx(0.0, abs=1e-3)
    # 1,000 km: 4 CNY of the shipment and 0.8 of the kilogram; an area is split 5 : 35 between near and far
    assert value[0] == pytest.approx(4.8 - 0.6 * np.log(5 / 35), abs=0.05)


def test_where_all_have_too_few_prices_stop_below_what_unserved_demand_costs() -> None:
    value, _ = priced([5, 5], [40.0, 40.0], rounds=2_000)
    assert (value > 3.0).all()
    assert (value < 15.0).all()
    again, _ = priced([5, 5], [40.0, 40.0], rounds=4_000)
    assert again == pytest.approx(value, abs=0.05)


def test_the_exponential_is_right_to_a_hundred_thousandth() -> None:
    km = np.linspace(0, 30, 500).astype(np.float32)
    out = np.empty_like(km)
    _affinity(np.float32(0.5), np.float32(0.4), km, out)
    assert out == pytest.approx(np.exp(-(0.5 + 0.4 * km.astype(np.float64))), rel=2e-5)
