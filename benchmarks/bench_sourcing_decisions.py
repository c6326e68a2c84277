"""Sourcing decisions a second on one core: 7,209 locations × 2,000 offers, each held by about 300 of them, or 3,000.

    python benchmarks/bench_sourcing_decisions.py [--offers 2000] [--orders 2000] [--rounds 5]

Prints JSON lines: the kernel alone (microseconds an order and a line), the planner with its decision log, and the
query for the best holders. Times are the processor's, of the best round, since other programs on the machine only add.
Stock is not reserved between orders. A checksum of the costs shows that two versions of the kernel plan the same.
"""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from manystores.kernels.geo import unit_vectors
from manystores.kernels.sourcing import Stock, best_holders, plan_order
from manystores.kernels.sourcing_stock import stock_of
from manystores.sourcing.compiled import CompiledPolicy, Network
from manystores.sourcing.plan import SEARCH_NODES, Demand, DemandLine, Planner
from manystores.sourcing.policy import DEFAULT_POLICY, KINDS

LOCATIONS = 7_209
BASKETS = ((1, 1), (2, 1), (3, 1), (5, 1), (1, 3), (2, 3), (10, 1))
"""(lines, units of each)"""


def network(rng: np.random.Generator) -> Network:
    """Stores clustered in 300 cities of the size of China, three of a hundred places are warehouses."""
    n = LOCATIONS + 1
    cities = np.stack([rng.uniform(22, 45, 300), rng.uniform(100, 122, 300)])
    city = rng.choice(300, n, p=(weights := rng.pareto(1.0, 300) + 0.1) / weights.sum())
    lat, lon = cities[:, city] + rng.normal(0, 0.08, (2, n))
    warehouse = rng.random(n) < 0.03
    everybody = np.arange(n) > 0
    return Network(
        xyz=unit_vectors(lat, lon),
        enabled=everybody,
        kind=warehouse.astype(np.int8),
        order_cost=np.where(warehouse, 80, 250) * rng.uniform(0.9, 1.1, n),
        unit_cost=np.where(warehouse, 40, 100) * rng.uniform(0.9, 1.1, n),
        able=dict.fromkeys(KINDS, everybody),
        groups={},
        numbers={},
    )


def stock(rng: np.random.Generator, offers: int, holders: int) -> Stock:
    """Up to three units at about so many locations for each offer; a quarter of the shelves is empty."""
    counts = rng.integers(holders // 2, holders * 3 // 2, offers)
    location = np.concatenate([1 + np.sort(rng.choice(LOCATIONS, k, replace=False)) for k in counts]).astype(np.int32)
    size = len(location)
    return stock_of(
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        np.arange(size, dtype=np.int32),
        np.full(offers, -1, np.int32),
        np.full(size, -1, np.int32),
        location,
        rng.integers(0, 4, size),
        np.zeros(size, np.int64),
        np.zeros(size, np.int64),
    )


def best_seconds(work: Callable[[], Any], rounds: int) -> float:
    """The shortest of some runs; the first, which compiles, doesn't count."""
    work()
    seconds = []
    for _ in range(rounds):
        start = time.thread_time()
        work()
        seconds.append(time.thread_time() - start)
    return min(seconds)


def measure(name: str, by: Planner, offers: int, orders: int, rounds: int, rng: np.random.Generator) -> None:
    """All baskets over one stock."""
    rules = by.policy.rules("app", "ship")
    listed, blocks = by.policy.blocks(by.stock, rules)
    places, rates, nobody = rules.places, rules.rates, np.empty(0, np.int64)
    for lines, units in BASKETS:
        count = max(orders // (20 if lines > 6 else lines), 20)
        to = [(float(x), float(y), float(z)) for x, y, z in places.terms[rng.integers(1, LOCATIONS, count), :3]]
        wanted = [rng.choice(offers, lines, replace=False) for _ in range(count)]
        kg = np.full(lines, 0.8)
        rows = [np.stack([w, np.full(lines, units), np.zeros(lines, np.int64)], 1) for w in wanted]
        demands = [
            Demand(channel="app", kind="ship", to=t, lines=tuple(DemandLine(int(o), units, 0.8) for o in w))
            for w, t in zip(wanted, to, strict=True)
        ]

        def kernel(rows: Sequence[Any] = rows, kg: Any = kg, to: Sequence[Any] = to) -> tuple[float, int]:
            cost, exact = 0.0, 0
            for row, (x, y, z) in zip(rows, to, strict=True):
                result, own = plan_order(
                    listed, places, blocks, rates, row, kg, nobody, x, y, z, 1e9, -1, 3, 1, SEARCH_NODES
                )
                cost += own
                exact += int(result[6])
            return cost, exact

        def planned(demands: Sequence[Demand] = demands) -> None:
            for demand in demands:
                by.plan(demand)

        seconds, with_log = best_seconds(kernel, rounds), best_seconds(planned, rounds)
        cost, exact = kernel()
        row = {
            "stock": name,
            "lines": lines,
            "units": units,
            "kernel_us_order": round(seconds / count * 1e6, 1),
            "kernel_us_line": round(seconds / count / lines * 1e6, 1),
            "plan_us_order": round(with_log / count * 1e6, 1),
            "plans_s": round(count / with_log),
            "exact": round(exact / count, 3),
            "cost": round(cost / count, 4),
        }
        print(json.dumps(row), flush=True)
    points = [tuple(map(float, places.terms[i, :3])) for i in rng.integers(1, LOCATIONS, orders)]

    def nearest() -> None:
        for i, (x, y, z) in enumerate(points):
            best_holders(by.stock, places, rates, i % offers, 1, 0, 0.8, x, y, z, 1e9, 8, True)

    print(json.dumps({"stock": name, "best_holders_us": round(best_seconds(nearest, rounds) / orders * 1e6, 1)}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--offers", type=int, default=2_000)
    parser.add_argument("--orders", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    rng = np.random.default_rng(1)
    policy = CompiledPolicy(DEFAULT_POLICY, network(rng), np.full(LOCATIONS + 1, 1 << 40))
    for name, holders in (("sparse", 300), ("dense", 3_000)):
        by = Planner(stock(rng, options.offers, holders), policy)
        measure(name, by, options.offers, options.orders, options.rounds, rng)


if __name__ == "__main__":
    main()
