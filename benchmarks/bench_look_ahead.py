"""Look-ahead sourcing against rules and the cheapest plan of the moment, on many seeds; all of them are told.

    python -m benchmarks.bench_look_ahead [--sizes S,M] [--seeds 11,12,13] [--wrong] [--json]

S and M are compared with a lower bound that no plan can beat, L with the cheapest plan of the moment. Besides the
plain instances there are those with less room, a small country and a wide one. With --wrong the forecast is wrong:
tenfold, zero, regions, SKUs or days shuffled. Plans are judged by `manystores.instances.evaluate`, which shares no
code with what decides. Exits with 1 if a plan can't be done, costs more than it must, or more than the moment's.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import polars as pl
from msgspec import Struct

from manystores.instances import generator
from manystores.instances.bound import lower_bound
from manystores.instances.evaluate import evaluate
from manystores.instances.instance import Instance, load
from manystores.instances.replay import POLICIES, Policy, Report, replay

SEEDS: Final = (11, 12, 13)
"""Nothing was tuned on them; it was on seeds 1 to 4."""
VARIANTS: Final = ("plain", "tight", "small country", "wide country")
MOST_ABOVE_BOUND: Final = {"S": 8.4, "M": 6.3}
"""Percent, plain instances."""
MOST_AGAINST_MYOPIC: Final = {"L": -4.7}
MOST_IF_WRONG: Final = 1.0
"""Percent above the cheapest plan of the moment."""
STRETCHED: Final = {"small country": 0.2, "wide country": 1.5}
ROUNDS: Final = 400


class Row(Struct, frozen=True):
    """One policy on one instance."""

    instance: str
    policy: Policy
    cost: float
    above_bound: float | None
    """Percent."""
    above_myopic: float
    """Percent."""
    report: Report


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="S,M", help="of XS, S, M, L, XL")
    parser.add_argument("--seeds", default=",".join(map(str, SEEDS)))
    parser.add_argument("--variants", default=",".join(VARIANTS))
    parser.add_argument("--wrong", action="store_true", help="with forecasts that are wrong")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows: list[Row] = []
    failures: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        for size in given.sizes.split(","):
            for seed in map(int, given.seeds.split(",")):
                for variant in given.variants.split(","):
                    instance = made(Path(scratch), size, seed, variant)
                    measured = (
                        wrongly(instance, size, seed, variant)
                        if given.wrong
                        else rightly(instance, size, seed, variant)
                    )
                    for row, wrong in measured:
                        rows.append(row)
                        failures += failed(row, size, variant, wrong)
                        if not given.json:
                            print(told(row), flush=True)
    if given.json:
        print(msgspec.json.encode(rows).decode())
    for failure in failures:
        print(f"failed: {failure}", file=sys.stderr)
    return 1 if failures else 0


def made(folder: Path, size: str, seed: int, variant: str) -> Instance:
    """The instance of a size and seed; a variant has a third less room, or its places nearer or farther apart."""
    tables, meta = generator.generate(size, seed, tight=1.5 if variant == "tight" else 1.0)
    stretch = STRETCHED.get(variant)
    if stretch is not None:
        for name in ("locations", "cities", "orders"):
            tables[name] = tables[name].with_columns(
                (34.0 + stretch * (pl.col("lat") - 34.0)).alias("lat"),
                (110.0 + stretch * (pl.col("lon") - 110.0)).alias("lon"),
            )
    at = folder / f"{size}{seed}-{variant.replace(' ', '-')}"
    generator.write(at, tables, meta)
    return load(at)


def rightly(instance: Instance, size: str, seed: int, variant: str) -> Iterator[tuple[Row, bool]]:
    """All policies on an instance as it is, against its bound where that takes minutes at most."""
    bound = lower_bound(instance, ROUNDS).value if size in MOST_ABOVE_BOUND else None
    costs = {policy: judged(instance, policy) for policy in POLICIES}
    myopic = costs["myopic"][0]
    for policy, (cost, report) in costs.items():
        yield (
            Row(f"{size}{seed} {variant}", policy, cost, above(cost, bound), above(cost, myopic) or 0.0, report),
            False,
        )


def wrongly(instance: Instance, size: str, seed: int, variant: str) -> Iterator[tuple[Row, bool]]:
    """Look-ahead with forecasts that are wrong, against the cheapest plan of the moment."""
    right, rng = instance.forecast, np.random.default_rng(seed)
    assert right is not None
    forecasts = {
        "tenfold": 10 * right,
        "a tenth": 0.1 * right,
        "zero": 0 * right,
        "regions shuffled": right[:, rng.permutation(right.shape[1])],
        "SKUs shuffled": right[:, :, rng.permutation(right.shape[2])],
        "days reversed": right[::-1],
    }
    myopic = judged(instance, "myopic")[0]
    for how, forecast in forecasts.items():
        wrong = msgspec.structs.replace(instance, forecast=np.ascontiguousarray(forecast, np.float32))
        cost, report = judged(wrong, "lookahead")
        yield Row(f"{size}{seed} {variant}, {how}", "lookahead", cost, None, above(cost, myopic) or 0.0, report), True


def judged(instance: Instance, policy: Policy) -> tuple[float, Report]:
    assignment, report = replay(instance, policy)
    verdict = evaluate(instance.folder, assignment)
    if not verdict.feasible:
        raise SystemExit(f"{instance.folder.name}: {policy} made a plan that can't be done: {verdict.errors}")
    return verdict.cost, report


def above(cost: float, least: float | None) -> float | None:
    return None if least is None else 100.0 * (cost / least - 1.0)


def failed(row: Row, size: str, variant: str, wrong: bool) -> list[str]:
    """What a row must reach, and doesn't."""
    if row.policy != "lookahead":
        return []
    missed = []
    if row.above_myopic > (MOST_IF_WRONG if wrong else 0.0):
        missed.append(f"{row.instance}: {row.above_myopic:+.2f} % against myopic")
    if variant == "plain" and not wrong:
        most = MOST_ABOVE_BOUND.get(size)
        if most is not None and row.above_bound is not None and row.above_bound > most:
            missed.append(f"{row.instance}: {row.above_bound:.2f} % above the bound, may be {most}")
        if row.above_myopic > MOST_AGAINST_MYOPIC.get(size, 0.0):
            missed.append(f"{row.instance}: {row.above_myopic:+.2f} % against myopic")
    return missed


def told(row: Row) -> str:
    of: Any = row.report
    bound = "" if row.above_bound is None else f"{row.above_bound:+7.2f} % bound"
    return (
        f"{row.instance:36} {row.policy:11} {row.cost:14,.0f} {bound:15} {row.above_myopic:+7.2f} % myopic "
        f"{of.orders_per_second:9,}/s  p50 {of.decision_us_p50:6.1f} µs  p99 {of.decision_us_p99:7.1f} µs  "
        f"refresh {of.full_refresh_s:.2f}/{of.refresh_s_p50:.3f} s  {of.peak_memory_mb:,} MB"
    )


if __name__ == "__main__":
    raise SystemExit(main())
