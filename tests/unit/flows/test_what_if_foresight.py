"""A simulation foresees what could be foreseen that morning: orders of before count, those of later do not."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from tests.unit.flows.conftest import AT, BRAND, GUANGZHOU, MUG, SANLITUN, SCARF, WANGFUJING, XIDAN
from tests.unit.flows.conftest import House as Shop

from manystores.catalogue.lots import Lots
from manystores.core.clock import DAY_US, HOUR_US
from manystores.core.errors import Problem
from manystores.flows.what_if import Gathering, House, Shelves
from manystores.flows.what_if_foresight import BrandForesight
from manystores.flows.what_if_generated import BEFORE_DAYS, generate
from manystores.foresight.demand import COLUMNS
from manystores.sourcing.policy_body import policy_of
from manystores.whatif.building import Came

ZONE = "Asia/Shanghai"
MIDNIGHT = AT // DAY_US * DAY_US - 8 * HOUR_US + DAY_US
"""In China, after AT."""
POLICY = policy_of({})


@pytest.fixture
def brand(house: Shop) -> House:
    for number in (WANGFUJING, XIDAN, SANLITUN):
        house.change(number, region="110101")
    house.change(GUANGZHOU, region="440103")
    return House(BRAND, house.network, house.catalogue, Lots())


def lines(*told: tuple[int, str, int]) -> pl.DataFrame:
    """(µs, SKU, how often): each a unit that goes to Beijing."""
    rows: list[tuple[Any, ...]] = [
        (BRAND, f"O{n}-{i}", at_us, "110105", sku, 1)
        for n, (at_us, sku, count) in enumerate(told)
        for i in range(count)
    ]
    return pl.DataFrame(rows, schema=COLUMNS, orient="row")


def foresight(
    brand: House, told: pl.DataFrame, *came: tuple[float, float, str], last_us: int | None = None
) -> BrandForesight:
    """Of a mug and a scarf, for orders that go to (lat, lon, region)."""
    found = Gathering(brand)
    for n, (lat, lon, region) in enumerate(came or ((39.9, 116.4, "110101"),)):
        pieces = [found.piece(MUG, 1, 0, "MUG", 0), found.piece(SCARF, 1, 0, "SCARF", 0)]
        found.add(Came(f"O{n}", MIDNIGHT, "app", "ship", lat, lon, region, pieces))
    nothing = Shelves(np.zeros((0, 4), np.int64), np.zeros(0, np.int64))
    return BrandForesight(brand, found.items, found.scenario(nothing, [POLICY]).orders, told, ZONE, last_us)


def test_orders_before_the_day_are_learned_from_and_later_ones_are_not(brand: House) -> None:
    told = lines(*[(MIDNIGHT - n * DAY_US + HOUR_US, "SCARF", 60) for n in range(-1, 5)])
    ahead = foresight(brand, told)
    today = ahead.day(MIDNIGHT)
    assert (ahead.day(MIDNIGHT - 1), ahead.day(MIDNIGHT + DAY_US)) == (today - 1, today + 1)
    found = ahead.foretold(today, 7)
    assert found is not None
    assert found.expected.units.shape == (7, 1, 1)
    assert found.expected.units[:, 0, 0] == pytest.approx(60, rel=0.3)
    assert found.row.tolist() == [-1, 0], "nobody ordered a mug"
    only_later = foresight(brand, lines((MIDNIGHT, "SCARF", 500)))
    assert only_later.foretold(today, 7) is None
    assert only_later.gone(MIDNIGHT + HOUR_US) == 0.0
    assert only_later.foretold(today + 1, 7) is not None


def test_after_the_last_day_nobody_comes(brand: House) -> None:
    ahead = foresight(brand, lines((MIDNIGHT - HOUR_US, "SCARF", 200)), last_us=MIDNIGHT + DAY_US + HOUR_US)
    today = ahead.day(MIDNIGHT)
    lengths = [len(found.expected.units) for day in (today, today + 1) if (found := ahead.foretold(day, 7)) is not None]
    assert lengths == [2, 1]


def test_a_day_goes_by_as_its_orders_come(brand: House) -> None:
    ahead = foresight(brand, lines((MIDNIGHT - DAY_US + 20 * HOUR_US, "SCARF", 300)))
    assert ahead.gone(MIDNIGHT) == 0.0
    assert ahead.gone(MIDNIGHT + 19 * HOUR_US) < 0.2
    assert ahead.gone(MIDNIGHT + 22 * HOUR_US) > 0.8


def test_orders_count_where_they_go_or_near_by(brand: House) -> None:
    """Known provinces by their code; what was never heard of, or has none, by what is nearest."""
    south = lines((MIDNIGHT - HOUR_US, "MUG", 200)).with_columns(region=pl.lit("440103"))
    told = pl.concat([lines((MIDNIGHT - HOUR_US, "SCARF", 200)), south])
    places = [(23.1, 113.3, "110101"), (39.9, 116.4, ""), (22.5, 114.0, "810000"), (23.1, 113.3, "440106")]
    found = foresight(brand, told, *places).foretold(foresight(brand, told).day(MIDNIGHT), 3)
    assert found is not None
    assert found.zone.tolist() == [0, 0, 1, 1]


# -- made-up orders


def made(brand: House, count: int = 300, seed: int = 3) -> Any:
    return generate(brand, POLICY, count, seed, MIDNIGHT, 2, np.array([SCARF, MUG]), np.array([90, 10]))


def test_made_up_orders_have_a_week_before_them_in_which_the_same_was_wanted(brand: House) -> None:
    found = made(brand)
    assert len(found.orders) == 300
    before = found.lines.filter(pl.col("placed_us") < MIDNIGHT)
    during = found.lines.filter(pl.col("placed_us") >= MIDNIGHT)
    assert before["placed_us"].min() >= MIDNIGHT - BEFORE_DAYS * DAY_US
    assert during["order_id"].n_unique() == 300
    assert before["order_id"].n_unique() == 300 // 2 * BEFORE_DAYS
    assert not set(before["order_id"]) & set(during["order_id"])
    share = [part.filter(pl.col("sku") == "SCARF")["units"].sum() / part["units"].sum() for part in (before, during)]
    assert share[0] == pytest.approx(share[1], abs=0.05)
    assert set(found.lines["region"]) == {"110101", "440103"}
    nothing = Shelves(np.zeros((0, 4), np.int64), np.zeros(0, np.int64))
    orders = found.orders.scenario(nothing, [POLICY]).orders
    assert int(orders.asked.line_units.sum()) == int(during["units"].sum())


def test_the_same_seed_makes_the_same_orders_and_another_others(brand: House) -> None:
    assert made(brand).lines.equals(made(brand).lines)
    assert not made(brand).lines.equals(made(brand, seed=4).lines)


def test_nothing_in_stock_is_told(brand: House) -> None:
    with pytest.raises(Problem, match="no stock"):
        generate(brand, POLICY, 5, 1, MIDNIGHT, 1, np.zeros(0, np.int64), np.zeros(0, np.int64))
