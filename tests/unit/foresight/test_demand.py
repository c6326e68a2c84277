"""What shoppers will order, from what they ordered."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manystores.core.clock import DAY_US
from manystores.foresight.demand import COLUMNS, Forecast, Places, learn_demand, lines_of, load, path_of, save

NOW_US = 1_800_000_000_000_000  # a Friday
CENTRES = {"1101": (39.9, 116.4), "3101": (31.2, 121.5), "4401": (23.1, 113.3), "4403": (22.5, 114.1)}
PLACES = Places(lambda party_no, code: "110101", lambda code: CENTRES.get(code[:4]))
BEIJING, GUANGZHOU, SHENZHEN = "110105", "440106", "440304"
Row = tuple[str, int, str, str, int]


def lines(rows: Sequence[Row]) -> pl.DataFrame:
    """(order, placed_us, region, sku, units)."""
    return pl.DataFrame([(7, *row) for row in rows], schema=COLUMNS, orient="row")


def learned(rows: Sequence[Row], now_us: int = NOW_US) -> Forecast:
    found = learn_demand(lines(rows), 7, now_us, "Asia/Shanghai", {(7, "COAT"): "coats"}, PLACES)
    assert found is not None
    return found


def daily(sku: str, region: str, units: int, days: int = 28) -> list[Row]:
    """So many units in orders of one, at noon of each day."""
    return [
        (f"{sku}{region}{day}-{n}", NOW_US - day * DAY_US - DAY_US // 2, region, sku, 1)
        for day in range(days)
        for n in range(units)
    ]


def rate(found: Forecast, sku: str, zone: str) -> float:
    return float(found.rate[found.zones.index(zone), found.skus.index(sku)])


def test_what_sold_steadily_goes_on_to() -> None:
    found = learned(daily("SCARF", BEIJING, 4) + daily("SCARF", GUANGZHOU, 1) + daily("COAT", GUANGZHOU, 2))
    assert found.zones == ("11", "44")
    assert rate(found, "SCARF", "11") == pytest.approx(4, rel=0.1)
    assert rate(found, "SCARF", "44") == pytest.approx(1, rel=0.1)
    assert rate(found, "COAT", "11") < 0.5
    assert found.rate.sum() == pytest.approx(7, rel=0.02)
    assert found.weekday.mean() == pytest.approx(1)
    assert found.units(np.array([0, 6])).shape == (2, 2, 2)


def test_a_festival_is_cut_down_to_size() -> None:
    usual = daily("SCARF", BEIJING, 5)
    festival = [(f"F{n}", NOW_US - 3 * DAY_US - n, BEIJING, "SCARF", 10) for n in range(100)]
    assert rate(learned(usual + festival), "SCARF", "11") < 1.5 * rate(learned(usual), "SCARF", "11")


def test_the_week_has_a_rhythm() -> None:
    rows = [
        (f"{day}-{n}", NOW_US - day * DAY_US - DAY_US // 2, BEIJING, "SCARF", 1)
        for day in range(42)
        for n in range(9 if day % 7 == 3 else 3)
    ]
    found = learned(rows)
    assert found.weekday.max() > 1.6
    assert np.sort(found.weekday)[:6].max() < 1.0


def test_what_sold_little_is_drawn_to_where_its_class_sells() -> None:
    rows = daily("SCARF", BEIJING, 6) + daily("SCARF", GUANGZHOU, 2) + daily("NEW", BEIJING, 1, days=1)
    found = learned(rows)
    assert rate(found, "NEW", "11") > rate(found, "NEW", "44") > 0


@pytest.mark.parametrize("days", [1, 3, 7, 14])
def test_what_is_new_counts_from_its_first_sale(days: int) -> None:
    found = learned(daily("SCARF", BEIJING, 6) + daily("NEW", BEIJING, 10, days))
    assert 6 < rate(found, "NEW", "11") < 11  # between what its class sells and what it did
    lucky = learned(daily("SCARF", BEIJING, 6) + daily("NEW", BEIJING, 40, days=1))
    assert rate(lucky, "NEW", "11") < 30


def test_areas_are_prefectures_and_those_without_a_place_have_none() -> None:
    found = learned(
        daily("SCARF", GUANGZHOU, 3)
        + daily("SCARF", SHENZHEN, 1)
        + daily("SCARF", BEIJING, 1)
        + daily("X", "FR-IDF", 1)
    )
    shares = {
        (found.zones[zone], round(share, 2)) for zone, share in zip(found.area_zone, found.area_share, strict=True)
    }
    assert shares == {("44", 0.75), ("44", 0.25), ("11", 1.0)}
    assert np.linalg.norm(found.area_xyz, axis=1) == pytest.approx(np.ones(3))


def test_too_few_lines_teach_nothing_and_neither_do_other_brands() -> None:
    assert learn_demand(lines(daily("A", BEIJING, 1)), 7, NOW_US, "Asia/Shanghai", {}, PLACES) is None
    assert learn_demand(lines(daily("A", BEIJING, 9)), 8, NOW_US, "Asia/Shanghai", {}, PLACES) is None


def test_what_is_read_of_orders() -> None:
    """Where it is sent, else where it is collected or was served from; not what was picked instead, nor past orders."""

    def told(name: str, *skus: str, **more: Any) -> tuple[int, str]:
        lines = [{"offer": sku, "ordered": 2} | ({"substitute_for": 1} if sku == "B" else {}) for sku in skus]
        works = [{"location": "XIDAN"}]
        body = {"id": name, "placed_at": "2026-11-18T11:06:40Z", "backfilled": False, "lines": lines}
        return 7, json.dumps(body | {"fulfilment_orders": works} | more)

    facts = [
        told("sent", "A", "B", deliver_to={"region": GUANGZHOU}),
        told("collected", "A", pick_up_at="WANGFUJING"),
        told("nowhere", "A", deliver_to={}),
        told("past", "A", backfilled=True),
        (7, '{"fulfilment_orders": 3}'),
    ]
    region = {"WANGFUJING": BEIJING, "XIDAN": SHENZHEN}
    found = lines_of(
        pl.DataFrame(facts, schema=["party_no", "body"], orient="row"),
        Places(lambda party_no, code: region[code], lambda code: None),
    )
    assert found.select("order_id", "region", "sku", "units").rows() == [
        ("sent", GUANGZHOU, "A", 2),
        ("collected", BEIJING, "A", 2),
        ("nowhere", SHENZHEN, "A", 2),
    ]


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    found = learned(daily("SCARF", BEIJING, 4) + daily("COAT", GUANGZHOU, 2))
    path = path_of(tmp_path, 7)
    assert load(path) is None
    save(path, found)
    again = load(path)
    assert again is not None
    for name in Forecast.__struct_fields__:
        assert np.array_equal(getattr(found, name), getattr(again, name)), name
    path.write_text('{"version": 0}')
    assert load(path) is None


rows = st.lists(
    st.tuples(
        st.sampled_from(["o1", "o2", "o3"]),
        st.integers(NOW_US - 70 * DAY_US, NOW_US + DAY_US),
        st.sampled_from([BEIJING, GUANGZHOU, "", "FR-IDF"]),
        st.sampled_from(["A", "B", "COAT"]),
        st.integers(0, 400),
    ),
    min_size=150,
    max_size=200,
)


@settings(max_examples=25, deadline=None)
@given(rows, st.randoms(use_true_random=False))
def test_it_is_never_negative_or_nothing_at_all_whatever_was_ordered(rows: list[Row], random: st.DataObject) -> None:
    found = learn_demand(lines(rows), 7, NOW_US, "Asia/Shanghai", {(7, "COAT"): "coats"}, PLACES)
    if found is None:
        return
    for numbers in (found.rate, found.weekday, found.area_share, found.hour_share, found.share_of_lines):
        assert np.isfinite(numbers).all()
        assert (numbers >= 0).all()
    assert found.hour_share.sum() == pytest.approx(1)
    random.shuffle(rows)  # type: ignore[attr-defined]
    again = learned(rows)
    assert again.rate == pytest.approx(found.rate, rel=1e-5)
