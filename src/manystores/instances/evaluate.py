"""An independent judge of assignments: reads the files itself and shares nothing with what decided.

An assignment says which location sends how much of each order line: order_line_id, location_id, qty. Units that no row
names, or whose location is null or negative, stay unfilled. Feasible is what

- fills no line above its quantity and takes no location below zero of any SKU, and
- has no location send more shipments of a day's orders than its cap_day; a shipment is a pair (order, location).

The cost in CNY is, for each shipment, base + a_km · km + handle_ship; for each unit, kg · (w0 + w_km · km) +
handle_unit; for each unfilled unit, its SKU's penalty. km is the great circle on a sphere of 6,371 km (haversine).
"""

from pathlib import Path
from typing import Final

import msgspec
import polars as pl

from manystores.core.errors import FieldError, Problem
from manystores.instances.rules import ASSIGNMENT_INVALID

EARTH_RADIUS_KM: Final = 6371.0
NORTH_OF_LAT: Final = 33.0
COLUMNS: Final = ("order_line_id", "location_id", "qty")


class Evaluation(msgspec.Struct, frozen=True):
    """What an assignment costs (CNY), whether it can be done, and how good it is for shoppers."""

    feasible: bool
    errors: tuple[str, ...]
    """Which constraints are broken, how often, and where first."""
    cost: float
    shipping: float
    unit: float
    penalty: float
    unfilled_units: int
    unfilled_lines: int
    unfilled_line_pct: float
    shipments: int
    split_order_pct: float
    km_mean: float
    """Mean of shipments; likewise of those to orders south and north of `NORTH_OF_LAT`. 0 without shipments."""
    km_south: float
    km_north: float
    pct_above_bound: float | None = None


class _Rates(msgspec.Struct, frozen=True):
    base: float
    a_km: float
    w0: float
    w_km: float


def evaluate(folder: Path, assignment: pl.DataFrame, bound: float | None = None) -> Evaluation:
    """Judge an assignment of the instance in a folder; `bound`: a lower bound of the cost, to compare with."""
    rates = msgspec.json.decode((folder / "meta.json").read_bytes(), type=_Rates)
    lines, orders, locations, skus = (
        _read(folder, name).collect() for name in ("order_lines", "orders", "locations", "skus")
    )
    sent = _sent(assignment).join(lines.rename({"qty": "ordered"}), on="order_line_id", how="left")
    shipments = _shipments(sent, orders, locations)
    errors = (*_line_errors(sent), *_stock_errors(sent, _read(folder, "stock")), *_capacity_errors(shipments))

    shipping = _sum(shipments, rates.base + rates.a_km * pl.col("km") + pl.col("handle_ship"))
    units = (
        sent.join(shipments.select("order_id", "location_id", "km", "handle_unit"), on=["order_id", "location_id"])
        .join(skus, on="sku_id")
        .with_columns(each=pl.col("kg") * (rates.w0 + rates.w_km * pl.col("km")) + pl.col("handle_unit"))
    )
    unit = _sum(units, pl.col("qty") * pl.col("each"))
    filled = sent.group_by("order_line_id").agg(filled=pl.col("qty").sum())
    left = (
        lines.join(filled, on="order_line_id", how="left")
        .join(skus, on="sku_id")
        .with_columns(left=pl.col("qty") - pl.col("filled").fill_null(0))
    )
    penalty = _sum(left, pl.col("left") * pl.col("penalty"))
    unfilled_lines = left.filter(pl.col("left") > 0).height
    split = shipments.group_by("order_id").len().filter(pl.col("len") > 1).height
    north = pl.col("lat") > NORTH_OF_LAT
    cost = round(shipping + unit + penalty, 2)
    return Evaluation(
        feasible=not errors,
        errors=errors,
        cost=cost,
        shipping=round(shipping, 2),
        unit=round(unit, 2),
        penalty=round(penalty, 2),
        unfilled_units=int(left["left"].sum()),
        unfilled_lines=unfilled_lines,
        unfilled_line_pct=_percent(unfilled_lines, lines.height),
        shipments=shipments.height,
        split_order_pct=_percent(split, orders.height),
        km_mean=_mean_km(shipments),
        km_south=_mean_km(shipments.filter(~north)),
        km_north=_mean_km(shipments.filter(north)),
        pct_above_bound=None if bound is None else round(100 * (cost / bound - 1), 3),
    )


_COLUMNS: Final = {
    "order_lines": ("order_line_id", "order_id", "sku_id", "qty"),
    "orders": ("order_id", "day", "lat", "lon"),
    "locations": ("location_id", "lat", "lon", "cap_day", "handle_ship", "handle_unit"),
    "skus": ("sku_id", "kg", "penalty"),
    "stock": ("sku_id", "location_id", "qty"),
}


def _read(folder: Path, name: str) -> pl.LazyFrame:
    """What the judge needs of a table of the instance, its whole numbers as Int64."""
    table = pl.scan_parquet(folder / f"{name}.parquet").select(_COLUMNS[name])
    return table.with_columns(pl.selectors.integer().cast(pl.Int64))


def _sent(assignment: pl.DataFrame) -> pl.DataFrame:
    """The rows that send something, as Int64. Raises Problem if a column is missing or is no whole numbers."""
    wrong = []
    for name in COLUMNS:
        if name not in assignment.columns:
            en = f"the column is missing; an assignment has {', '.join(COLUMNS)}"
            wrong.append(FieldError(name, "column_missing", en, f"缺少该列；分配结果需要 {', '.join(COLUMNS)}"))
        elif not (assignment[name].dtype.is_integer() or assignment[name].dtype == pl.Null):
            dtype = assignment[name].dtype
            en, zh = f"the column is {dtype}; write it as whole numbers", f"该列类型为 {dtype}；请改为整数"
            wrong.append(FieldError(name, "wrong_type", en, zh))
    if wrong:
        raise Problem(ASSIGNMENT_INVALID, fields=tuple(wrong))
    sent = assignment.select(pl.col(COLUMNS).cast(pl.Int64)).filter(pl.col("location_id") >= 0)
    for name in ("order_line_id", "qty"):
        missing = sent[name].null_count()
        if missing:
            en, zh = f"the value is missing in {missing} rows; give one", f"有 {missing} 行缺少该值；请补充"
            raise Problem(ASSIGNMENT_INVALID, fields=(FieldError(name, "value", en, zh),))
    return sent


def _shipments(sent: pl.DataFrame, orders: pl.DataFrame, locations: pl.DataFrame) -> pl.DataFrame:
    """One row for each (order, location): day, cap_day, handling, the order's lat, km; nulls where no such location."""
    origin = locations.select(
        "location_id", "cap_day", "handle_ship", "handle_unit", from_lat=pl.col("lat"), from_lon=pl.col("lon")
    )
    lat, lon, from_lat, from_lon = (pl.col(name).radians() for name in ("lat", "lon", "from_lat", "from_lon"))
    haversine = ((lat - from_lat) / 2).sin() ** 2 + lat.cos() * from_lat.cos() * ((lon - from_lon) / 2).sin() ** 2
    km = 2 * EARTH_RADIUS_KM * pl.min_horizontal(haversine.sqrt(), 1.0).arcsin()
    return (
        sent.select("order_id", "location_id")
        .unique()
        .join(orders.select("order_id", "day", "lat", "lon"), on="order_id")
        .join(origin, on="location_id", how="left")
        .with_columns(km=km)
        .sort("order_id", "location_id")  # the sums below are the same on every run
    )


def _line_errors(sent: pl.DataFrame) -> list[str]:
    """Quantities that are none, lines that don't exist or get more than they ordered."""
    filled = sent.group_by("order_line_id").agg(pl.col("qty").sum(), pl.col("ordered").first())
    return [
        *_broken(sent.filter(pl.col("qty") <= 0), "rows with a quantity below 1", "order_line_id"),
        *_broken(sent.filter(pl.col("order_id").is_null()), "rows of unknown lines", "order_line_id"),
        *_broken(filled.filter(pl.col("qty") > pl.col("ordered")), "lines filled beyond their order", "order_line_id"),
    ]


def _stock_errors(sent: pl.DataFrame, stock: pl.LazyFrame) -> list[str]:
    """Locations that send more of a SKU than they have; only the shelves that are used are read into memory."""
    key = ["sku_id", "location_id"]
    used = sent.filter(pl.col("order_id").is_not_null()).group_by(key).agg(used=pl.col("qty").sum())
    shelves = stock.join(used.lazy(), on=key, how="semi").collect(engine="streaming")
    left = used.join(shelves, on=key, how="left")
    return _broken(left.filter(pl.col("used") > pl.col("qty").fill_null(0)), "stock records overdrawn", *key)


def _capacity_errors(shipments: pl.DataFrame) -> list[str]:
    """Locations that don't exist, or that send more shipments than a day allows."""
    known = shipments.filter(pl.col("cap_day").is_not_null())
    days = known.group_by("location_id", "day").agg(sends=pl.len(), cap_day=pl.col("cap_day").first())
    return [
        *_broken(shipments.filter(pl.col("cap_day").is_null()), "shipments of unknown locations", "location_id"),
        *_broken(days.filter(pl.col("sends") > pl.col("cap_day")), "days over capacity", "location_id", "day"),
    ]


def _broken(rows: pl.DataFrame, what: str, *keys: str) -> list[str]:
    """[how many rows break a rule, and the first of them], [] if none does."""
    if rows.is_empty():
        return []
    first = rows.select(keys).sort(keys).row(0, named=True)
    return [f"{rows.height} {what}, first " + ", ".join(f"{key} {value}" for key, value in first.items())]


def _sum(rows: pl.DataFrame, value: pl.Expr) -> float:
    return float(rows.select(value.sum()).item())


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 3) if whole else 0.0


def _mean_km(shipments: pl.DataFrame) -> float:
    mean = shipments.select(pl.col("km").mean()).item()
    return 0.0 if mean is None else round(float(mean), 1)
