"""What a festival came to, counted by hand on three orders."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from msgspec.structs import replace

from manystores.demo.assortment import Basket
from manystores.demo.festival import Festival, Tally, Told
from manystores.demo.places import Places
from manystores.demo.reading import Line, Part, View, Work
from manystores.demo.summary import summary, words
from manystores.demo.world import Shelf, Wish, World
from manystores.kernels.geo import unit_vectors
from manystores.promise.verify import Verdict

LAT, LON = np.array([39.9, 31.2, 23.1]), np.array([116.4, 121.5, 113.3])
SITES = Places(
    [
        {"code": code, "name": code, "kind": kind, "lat": lat, "lon": lon, "opening_hours": hours}
        for code, kind, lat, lon, hours in (
            ("BJ", "store", 39.9, 116.4, "Mo-Su 10:00-22:00"),
            ("SH", "store", 31.2, 121.5, "Mo-Su 10:00-22:00"),
            ("W4401", "warehouse", 23.1, 113.3, "24/7"),
        )
    ],
    LAT,
    LON,
    unit_vectors(LAT, LON),
    np.array([True, False]),
    stores=2,
)
BEIJING = Wish("web", Basket(((0, 2), (1, 1))), "北京", "110101", 39.9, 116.4)
SHANGHAI = Wish("app", Basket(((0, 1),)), "上海", "310101", 31.2, 121.5)
SCENARIO = World(
    SITES,
    [{"sku": "A"}, {"sku": "B"}],
    np.array([[2], [2]]),
    [Shelf(0, 0, 2), Shelf(1, 0, 1), Shelf(2, 1, 9)],
    [BEIJING, SHANGHAI, SHANGHAI],
)
VERDICT = Verdict(1, 9, 3, 12, 2, 0, 0, 0, 0, 0, 0)


def told(number: int, wish: Wish, lines: list[Line], works: list[Work], **more: Any) -> Told:
    view = View(f"order-{number}", 1, "approved", tuple(lines), tuple(works))
    return Told(number, wish, view, tuple((n, line.ordered) for n, line in enumerate(lines)), **more)


def work(location: str, *parts: tuple[int, int], state: str = "open") -> Work:
    lost = state == "rejected"
    lines = tuple(Part(line, quantity, 0, quantity if lost else 0, 0) for line, quantity in parts)
    return Work(f"{location}-1", location, "ship", state, lines)


@pytest.fixture
def festival() -> Festival:
    """Beijing is served by its store and the warehouse after a refusal; one order of Shanghai is refused for good."""
    orders = [
        told(
            0,
            BEIJING,
            [Line(1, "A", 2, 0, 0, 0), Line(2, "B", 1, 0, 0, 0)],
            [work("SH", (1, 2), state="rejected"), work("BJ", (1, 2)), work("W4401", (2, 1))],
            split=True,
        ),
        told(1, SHANGHAI, [Line(1, "A", 1, 1, 0, 0)], [work("SH", (1, 1), state="rejected")]),
    ]
    tally = Tally(refused=1, first_at=10.0, last_at=12.0)
    return cast(Festival, SimpleNamespace(orders={one.view.id: one for one in orders}, tally=tally))


def test_lines_units_and_kilometres_are_counted_from_what_each_order_ended_as(festival: Festival) -> None:
    left = {("BJ", "A"): 0, ("SH", "A"): 0, ("W4401", "B"): 8}
    found = summary(festival, SCENARIO, 4.0, left, VERDICT)

    assert (found.orders, found.orders_placed, found.orders_refused) == (3, 2, 1)
    assert (found.filled_lines, found.lines, found.filled_lines_pct) == (2, 4, 50.0)
    assert (found.units, found.units_from_stores, found.pre_stock_avoided) == (3, 2, 2)
    assert found.km_median == 0.0  # two of the three units come from round the corner
    assert found.km_median_warehouses_only == pytest.approx(1890, abs=10)
    assert (found.split_rate, found.rejected, found.fulfilment_orders) == (0.5, 2, 4)
    assert (found.skus, found.skus_sold_out, found.skus_sold_out_pct) == (2, 1, 50.0)
    assert (found.north.orders, found.north.filled_pct, found.south.orders, found.south.filled_pct) == (
        1,
        100.0,
        2,
        0.0,
    )
    assert found.south.km_median is None
    assert (found.orders_per_second, found.seconds) == (1.5, 4.0)
    assert "2 units came from stores" in words(found)


def test_a_shopper_who_changed_her_mind_had_been_served(festival: Festival) -> None:
    first = next(iter(festival.orders.values()))
    first.cancelled = True
    first.view = replace(first.view, lines=(Line(1, "A", 2, 0, 0, 2), Line(2, "B", 1, 0, 0, 1)))
    found = summary(festival, SCENARIO, 4.0, {}, VERDICT)
    assert (found.filled_lines, found.cancelled) == (2, 1)


def test_a_promise_for_the_night_is_counted_where_a_store_is_closed(festival: Festival) -> None:
    first = next(iter(festival.orders.values()))
    night = datetime.fromisoformat("2026-11-11T03:00:00+08:00")
    works = tuple(replace(work, promised_from=night) for work in first.view.fulfilment_orders)
    first.view = replace(first.view, fulfilment_orders=works)
    assert summary(festival, SCENARIO, 4.0, {}, VERDICT).promised_outside_hours == 2  # the warehouse never closes


def test_what_the_checker_finds_is_told(festival: Festival) -> None:
    found = summary(festival, SCENARIO, 4.0, {}, Verdict(1, 9, 3, 12, 2, 1, 4, 2, 0, 0, 0))
    assert (found.oversold, found.mismatches) == (4, 3)
    assert "sold twice  4" in words(found)
