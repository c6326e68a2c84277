"""Policies replayed: baselines as strong as they should be, look-ahead cheaper, and nobody sees the future."""

from pathlib import Path

import msgspec
import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from manystores.instances import generator
from manystores.instances.evaluate import evaluate
from manystores.instances.instance import Instance, load
from manystores.instances.replay import Policy, replay
from manystores.kernels.holder_runs import CROWDED
from manystores.sourcing import look_ahead

BOUND_S1 = 159_574  # what no plan can beat, see docs/benchmarks.md


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """S, seed 1."""
    folder = tmp_path_factory.mktemp("instances") / "S1"
    generator.write(folder, *generator.generate("S", 1))
    return load(folder)


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """Few SKUs, each on hundreds of shelves."""
    folder = tmp_path_factory.mktemp("instances") / "crowded"
    made = generator.generate("S", 5, locations=900, skus=60, orders=3_000, stock_records=45_000)
    generator.write(folder, *made)
    return load(folder)


def cost(instance: Instance, policy: Policy) -> float:
    """What a policy's plan costs, which must be feasible."""
    assignment, _ = replay(instance, policy)
    verdict = evaluate(instance.folder, assignment)
    assert verdict.feasible, verdict.errors
    return verdict.cost


@pytest.mark.parametrize(
    ("policy", "reference"), [("nearest", 219_346.11), ("whole-first", 196_917.85), ("myopic", 175_719.0)]
)
def test_the_baselines_cost_what_others_measured(small: Instance, policy: Policy, reference: float) -> None:
    assert cost(small, policy) == pytest.approx(reference, rel=0.001)


def test_looking_ahead_is_cheaper_than_what_is_cheapest_now(small: Instance) -> None:
    ahead = cost(small, "lookahead")
    assert BOUND_S1 < ahead < 1.084 * BOUND_S1
    assert ahead < 0.98 * cost(small, "myopic")


def test_pricing_only_what_moved_as_days_begin_is_still_cheaper_than_what_is_cheapest_now(
    small: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look_ahead, "_VAST", 1)
    assert cost(small, "lookahead") < 0.98 * cost(small, "myopic")


def wrong_forecasts(right: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    rng = np.random.default_rng(3)
    return {
        "tenfold": 10 * right,
        "zero": 0 * right,
        "regions shuffled": np.ascontiguousarray(right[:, rng.permutation(right.shape[1])]),
        "SKUs shuffled": np.ascontiguousarray(right[:, :, rng.permutation(right.shape[2])]),
    }


@pytest.mark.parametrize("how", ["tenfold", "zero", "regions shuffled", "SKUs shuffled"])
def test_a_forecast_that_is_wildly_wrong_costs_no_more_than_none(small: Instance, how: str) -> None:
    assert small.forecast is not None
    wrong = msgspec.structs.replace(small, forecast=wrong_forecasts(small.forecast)[how])
    assert cost(wrong, "lookahead") <= 1.01 * cost(small, "myopic")


def test_without_a_forecast_it_takes_what_is_cheapest_now_and_says_so(small: Instance) -> None:
    blind = msgspec.structs.replace(small, forecast=None)
    assignment, report = replay(blind, "lookahead")
    assert (report.policy, report.decided_by) == ("lookahead", "myopic")
    assert report.note is not None
    assert report.note.startswith("no forecast")
    assert assignment.equals(replay(small, "myopic")[0])


@pytest.mark.parametrize("policy", ["nearest", "whole-first", "myopic", "lookahead"])
def test_the_same_orders_are_decided_the_same_whatever_comes_after(small: Instance, policy: Policy) -> None:
    whole, _ = replay(small, policy)
    assert whole.equals(replay(small, policy)[0])
    half = len(small.order_id) // 2
    lines = int(small.line_ptr[half])
    cut = msgspec.structs.replace(
        small,
        order_id=small.order_id[:half], order_day=small.order_day[:half], order_t=small.order_t[:half],
        order_zone=small.order_zone[:half], order_xyz=small.order_xyz[:half], order_lat=small.order_lat[:half],
        line_ptr=small.line_ptr[: half + 1], line_id=small.line_id[:lines], line_sku=small.line_sku[:lines],
        line_qty=small.line_qty[:lines],
    )  # fmt: skip
    first, _ = replay(cut, policy)
    assert whole.head(first.height).equals(first)


@pytest.mark.parametrize("policy", ["myopic", "lookahead"])
def test_looking_only_where_it_can_pay_changes_no_decision(crowded: Instance, policy: Policy) -> None:
    pruned, _ = replay(crowded, policy)
    full, _ = replay(crowded, policy, pruned=False)
    assert np.median(np.diff(crowded.stock_ptr)) > CROWDED
    assert pruned.equals(full)


def test_the_report_counts_what_was_decided(small: Instance) -> None:
    told: list[float] = []
    assignment, report = replay(small, "lookahead", told.append)
    assert report.orders == len(small.order_id)
    assert report.units - report.units_short == assignment["qty"].sum()
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert report.refreshes > 200
    assert 0 < report.decision_us_p50 <= report.decision_us_p99
    assert report.full_refresh_s > 0
    assert report.peak_memory_mb > 50


def test_an_order_of_nine_lines_is_sent_together_where_that_is_cheapest(tmp_path: Path) -> None:
    tables, meta = generator.generate("XS", 2)
    skus = tables["skus"]["sku_id"].head(9).to_list()
    holder = int(tables["locations"]["location_id"][0])
    tables["stock"] = pl.DataFrame({"sku_id": skus, "location_id": [holder] * 9, "qty": [5] * 9})
    tables["orders"] = tables["orders"].head(1)
    order = int(tables["orders"]["order_id"][0])
    tables["order_lines"] = pl.DataFrame(
        {"order_line_id": range(9), "order_id": [order] * 9, "sku_id": skus, "qty": [2] * 9}
    )
    generator.write(tmp_path / "nine", tables, meta)
    instance = load(tmp_path / "nine")
    assignment, report = replay(instance, "myopic")
    assert (report.units_short, assignment["qty"].sum()) == (0, 18)
    verdict = evaluate(instance.folder, assignment)
    assert verdict.feasible
    assert verdict.shipments == 1
