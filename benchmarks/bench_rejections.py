"""Rejections on held-out days, a shift of behaviour among them: ours against the brand's mean and each location's rate.

    python -m benchmarks.bench_rejections [--seeds 31,32,33,34,35] [--orders 5000] [--json]

Every midnight the outcomes so far are learned and the next day's orders are foretold. All seeds are told. "raw" is the
share that the location rejected so far, (rejected + ½) / (orders + 1); "mean" the brand's; "true" is by the
probabilities that the world was made with, which nobody can beat but by chance.
"""

import argparse
import sys
import time
from itertools import pairwise
from typing import Final

import msgspec
import numpy as np
from msgspec import Struct

from benchmarks.rejection_outcomes import DAYS, LOCATIONS, SHIFT_DAY, TRAIN_DAYS, Flags, Floats, Outcomes, outcomes
from manystores.foresight.odds import learn_odds
from manystores.foresight.rejections import REJECTIONS

SEEDS: Final = (31, 32, 33, 34, 35)
"""Looked at only when everything was settled; it was tried out on 1 and 2."""
WAYS: Final = ("ours", "mean", "raw", "true")
FOLLOWED_DAYS: Final = 4
"""So many days after the shift count as those in which it is being learned."""
_BINS: Final = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 1.0)


class Loss(Struct, frozen=True):
    """Mean log loss, and mean Brier score in thousandths, by way, over some held-out days."""

    days: str
    orders: int
    log_loss: dict[str, float]
    brier: dict[str, float]


class Bin(Struct, frozen=True):
    """Orders foretold between two probabilities: how many, the mean that was told, the share that happened."""

    low: float
    high: float
    orders: int
    told: float
    happened: float


class Run(Struct, frozen=True):
    """A seed's losses and calibration."""

    seed: int
    rejected: float
    losses: list[Loss]
    calibration: list[Bin]
    seconds: float

    @property
    def reached(self) -> bool:
        """Whether ours has the least loss, by both measures, over all held-out days."""
        whole = self.losses[0]
        return all(scores["ours"] < min(scores["mean"], scores["raw"]) for scores in (whole.log_loss, whole.brier))


def foretell(of: Outcomes) -> dict[str, Floats]:
    """The probability of each held-out order by each way, NaN for the days before."""
    told = {way: np.full(len(of.at), np.nan) for way in WAYS}
    told["true"] = of.truth
    day, location = of.at.astype(np.int64), of.columns["location"]
    for today in range(TRAIN_DAYS, DAYS):
        before, rows = day < today, day == today
        columns = {name: column[before] for name, column in of.columns.items()}
        odds = learn_odds(of.rejected[before], today - of.at[before], columns, REJECTIONS)
        told["ours"][rows] = odds.probabilities({name: column[rows] for name, column in of.columns.items()})
        told["mean"][rows] = of.rejected[before].mean()
        orders = np.bincount(location[before], minlength=LOCATIONS)
        rejected = np.bincount(location[before], of.rejected[before], minlength=LOCATIONS)
        told["raw"][rows] = ((rejected + 0.5) / (orders + 1.0))[location[rows]]
    return told


def run(seed: int, orders_a_day: int) -> Run:
    """Foretell a seed's held-out days, and compare with what happened."""
    began = time.monotonic()
    of = outcomes(seed, orders_a_day)
    told = foretell(of)
    day = of.at.astype(np.int64)
    spans = {
        "all": (TRAIN_DAYS, DAYS),
        "before the shift": (TRAIN_DAYS, SHIFT_DAY),
        f"first {FOLLOWED_DAYS} after it": (SHIFT_DAY, SHIFT_DAY + FOLLOWED_DAYS),
        "later": (SHIFT_DAY + FOLLOWED_DAYS, DAYS),
    }
    losses = [_loss(name, of, told, (day >= first) & (day < last)) for name, (first, last) in spans.items()]
    held = day >= TRAIN_DAYS
    bins = _calibration(told["ours"][held], of.rejected[held])
    return Run(seed, float(of.rejected[held].mean()), losses, bins, time.monotonic() - began)


def _loss(days: str, of: Outcomes, told: dict[str, Floats], rows: Flags) -> Loss:
    happened = of.rejected[rows]
    log_loss, brier = {}, {}
    for way, probabilities in told.items():
        p = probabilities[rows]
        log_loss[way] = float(-np.log(np.where(happened, p, 1.0 - p)).mean())
        brier[way] = float(1000 * ((p - happened) ** 2).mean())
    return Loss(days, int(rows.sum()), log_loss, brier)


def _calibration(told: Floats, happened: Flags) -> list[Bin]:
    found = []
    for low, high in pairwise(_BINS):
        rows = (told >= low) & (told < high)
        if rows.any():
            found.append(Bin(low, high, int(rows.sum()), float(told[rows].mean()), float(happened[rows].mean())))
    return found


def table(runs: list[Run]) -> str:
    """The figures of all seeds."""
    lines = [
        "                                      log loss                           Brier score, thousandths",
        "seed  days             orders     ours    mean     raw    true        ours   mean    raw   true",
    ]
    for one in runs:
        for loss in one.losses:
            logs = " ".join(f"{loss.log_loss[way]:7.4f}" for way in WAYS)
            briers = " ".join(f"{loss.brier[way]:6.2f}" for way in WAYS)
            lines.append(f"{one.seed:4}  {loss.days:16} {loss.orders:6,}  {logs}     {briers}")
    lines += ["", "calibration of ours, all seeds, held-out days", "foretold        orders   mean told   happened"]
    for n in range(len(_BINS) - 1):
        bins = [one for each in runs for one in each.calibration if one.low == _BINS[n]]
        orders = sum(one.orders for one in bins)
        if orders:
            told = sum(one.told * one.orders for one in bins) / orders
            happened = sum(one.happened * one.orders for one in bins) / orders
            lines.append(f"{_BINS[n]:4.0%} to {_BINS[n + 1]:4.0%} {orders:9,}      {told:6.2%}     {happened:6.2%}")
    lines.append(f"{sum(one.seconds for one in runs):.0f} s")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default=",".join(map(str, SEEDS)), help="numbers with commas between")
    parser.add_argument("--orders", type=int, default=5_000, help="orders a day")
    parser.add_argument("--json", action="store_true", help="print one JSON line a seed instead of the table")
    arguments = parser.parse_args()
    runs = []
    for seed in arguments.seeds.split(","):
        runs.append(run(int(seed), arguments.orders))
        if arguments.json:
            print(msgspec.json.encode(runs[-1]).decode(), flush=True)
    if not arguments.json:
        print(table(runs))
    return 0 if all(one.reached for one in runs) else 1


if __name__ == "__main__":
    sys.exit(main())
