"""The judge's cost is what the rates say by hand, and each broken constraint is named."""

import math
from pathlib import Path

import polars as pl
import pytest
from tests.unit.instances.files import frames, write

from manystores.core.errors import Problem
from manystores.instances.evaluate import evaluate
from manystores.kernels.geo import distance_km


def assigned(*rows: tuple[int, int | None, int]) -> pl.DataFrame:
    schema = {"order_line_id": pl.Int64, "location_id": pl.Int64, "qty": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_the_cost_is_that_of_shipments_units_and_what_is_left(tmp_path: Path) -> None:
    folder = write(tmp_path, frames())
    verdict = evaluate(folder, assigned((1, 30, 2), (3, 10, 1), (2, -1, 1), (0, None, 3)), bound=100)
    near, far = distance_km(31.0, 121.0, 31.1, 121.4), distance_km(39.9, 116.4, 31.1, 121.4)
    shipping = 3.0 + 0.004 * near + 1.0 + 3.0 + 0.004 * far + 2.0
    unit = 2 * (2.0 * (0.4 + 0.0008 * near) + 0.1) + 0.5 * (0.4 + 0.0008 * far) + 0.2
    assert verdict.feasible
    assert verdict.shipping == pytest.approx(shipping, abs=0.01)
    assert verdict.unit == pytest.approx(unit, abs=0.01)
    assert verdict.penalty == 60.0 + 3 * 40.0
    assert verdict.cost == pytest.approx(shipping + unit + 180.0, abs=0.02)
    assert (verdict.shipments, verdict.unfilled_units, verdict.unfilled_lines) == (2, 4, 2)
    assert verdict.split_order_pct == pytest.approx(33.333)
    assert verdict.pct_above_bound == pytest.approx(verdict.cost - 100, abs=0.001)


def test_nothing_assigned_is_feasible_and_dear(tmp_path: Path) -> None:
    verdict = evaluate(write(tmp_path, frames()), assigned())
    assert (verdict.feasible, verdict.cost, verdict.km_mean, verdict.unfilled_line_pct) == (True, 340.0, 0.0, 100.0)


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        ([(3, 10, 2)], "1 lines filled beyond their order, first order_line_id 3"),
        ([(1, 10, 2)], "1 stock records overdrawn, first sku_id 5, location_id 10"),
        ([(3, 30, 1)], "1 stock records overdrawn, first sku_id 7, location_id 30"),
        ([(3, 10, 1), (0, 10, 3)], "1 days over capacity, first location_id 10, day 0"),
        ([(99, 10, 1)], "1 rows of unknown lines, first order_line_id 99"),
        ([(3, 55, 1)], "1 shipments of unknown locations, first location_id 55"),
        ([(1, 30, 2), (3, 10, 0)], "1 rows with a quantity below 1, first order_line_id 3"),
    ],
)
def test_a_broken_constraint_is_named(tmp_path: Path, rows: list[tuple[int, int, int]], error: str) -> None:
    verdict = evaluate(write(tmp_path, frames()), assigned(*rows))
    assert not verdict.feasible
    assert error in verdict.errors
    assert math.isfinite(verdict.cost)


@pytest.mark.parametrize(
    "assignment",
    [
        pl.DataFrame({"order_line_id": [1], "location_id": [10]}),
        pl.DataFrame({"order_line_id": [1], "location_id": [10], "qty": [1.0]}),
        pl.DataFrame({"order_line_id": [1], "location_id": [10], "qty": [None]}),
    ],
    ids=["missing", "type", "null"],
)
def test_an_assignment_that_can_not_be_read_names_its_column(tmp_path: Path, assignment: pl.DataFrame) -> None:
    with pytest.raises(Problem) as caught:
        evaluate(write(tmp_path, frames()), assignment)
    assert [field.pointer for field in caught.value.fields] == ["qty"]
