"""The bound is below every plan, close to the best one, and grows with iterations."""

import itertools
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from tests.unit.instances.files import frames, write

from manystores.instances import bound as bounds
from manystores.instances import generator
from manystores.instances.bound import lower_bound
from manystores.instances.evaluate import evaluate
from manystores.instances.instance import Instance, load
from manystores.kernels import bound as kernel


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated instance of 800 orders."""
    made = tmp_path_factory.mktemp("instance")
    generator.write(made, *generator.generate("XS", 1, orders=800))
    return made


@pytest.fixture(scope="module")
def instance(folder: Path) -> Instance:
    return load(folder)


def nearest(instance: Instance) -> pl.DataFrame:
    """A plan: each line whole from the nearest place that has enough left, while it has capacity."""
    left, capacity = instance.stock_qty.copy(), np.tile(instance.cap_day[:, None], (1, instance.meta.days))
    rows = []
    for order in range(len(instance.order_id)):
        day, senders = instance.order_day[order], set()
        for line in range(instance.line_ptr[order], instance.line_ptr[order + 1]):
            sku, units = instance.line_sku[line], instance.line_qty[line]
            records = np.arange(instance.stock_ptr[sku], instance.stock_ptr[sku + 1])
            away = np.linalg.norm(instance.xyz[instance.stock_location[records]] - instance.order_xyz[order], axis=1)
            for record in records[np.argsort(away)]:
                location = int(instance.stock_location[record])
                if left[record] >= units and (location in senders or capacity[location, day] > 0):
                    capacity[location, day] -= location not in senders
                    senders.add(location)
                    left[record] -= units
                    rows.append((instance.line_id[line], instance.location_id[location], units))
                    break
    schema = {"order_line_id": pl.Int64, "location_id": pl.Int64, "qty": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_the_bound_is_below_a_plan_and_grows_with_iterations(folder: Path, instance: Instance) -> None:
    cost = evaluate(folder, nearest(instance))
    assert cost.feasible
    told: list[tuple[int, float]] = []
    short = lower_bound(instance, 20)
    long = lower_bound(instance, 120, lambda done, best: told.append((done, best)))
    assert 0.5 * cost.cost < short.value < long.value < cost.cost
    assert [done for done, _ in told] == list(range(1, 121))
    assert told[-1][1] == pytest.approx(long.value, rel=1e-3)
    assert (long.stock_price.min(), long.capacity_price.min()) == (0, 0)
    assert long.stock_price.max() > 0


def test_the_same_instance_gives_the_same_bound(instance: Instance) -> None:
    assert lower_bound(instance, 10).value == lower_bound(instance, 10).value


def test_distances_computed_anew_give_the_same_bound(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = lower_bound(instance, 10).value
    monkeypatch.setattr(bounds, "MOST_DISTANCES", 0)
    assert lower_bound(instance, 10).value == pytest.approx(kept, rel=1e-4)


def test_without_scarcity_the_bound_is_the_cost_of_the_best_plan(tmp_path: Path) -> None:
    """Given plenty of stock and capacity in the small instance; then the bound is the least of all plans' costs."""
    tables = frames()
    tables["stock"] = tables["stock"].with_columns(qty=pl.lit(50))
    tables["locations"] = tables["locations"].with_columns(cap_day=pl.lit(9))
    folder = write(tmp_path, tables)
    plans = itertools.product([None, 10], [None, 10, 30], [None, 10, 30], [None, 10])  # lines 3, 1, 2, 0
    units = [1, 2, 1, 3]
    costs = []
    for plan in plans:
        rows = {"order_line_id": [3, 1, 2, 0], "location_id": list(plan), "qty": units}
        verdict = evaluate(folder, pl.DataFrame(rows, schema_overrides={"location_id": pl.Int64}))
        assert verdict.feasible
        costs.append(verdict.cost)
    assert lower_bound(load(folder), 5).value == pytest.approx(min(costs), abs=0.02)


def test_an_order_of_many_lines_is_cut_and_stays_below_its_cost(tmp_path: Path) -> None:
    tables = frames()
    many = kernel.MOST_LINES + 3
    tables["order_lines"] = pl.DataFrame(
        {"order_line_id": range(many), "order_id": [100] * many, "sku_id": [5] * many, "qty": [1] * many}
    )
    tables["stock"] = tables["stock"].with_columns(qty=pl.lit(50))
    folder = write(tmp_path, tables)
    plan = {"order_line_id": range(many), "location_id": [30] * many, "qty": [1] * many}
    best = evaluate(folder, pl.DataFrame(plan))
    assert best.feasible
    assert best.cost - 2.5 < lower_bound(load(folder), 5).value < best.cost + 0.01


def test_days_may_come_in_any_order(tmp_path: Path) -> None:
    """Given orders whose days go back, then the bound is that of the same orders on the days as they were."""
    tables = frames()
    forward = lower_bound(load(write(tmp_path / "forward", tables)), 30).value
    tables["orders"] = tables["orders"].with_columns(day=1 - pl.col("day"))
    assert lower_bound(load(write(tmp_path / "back", tables)), 30).value == pytest.approx(forward)
