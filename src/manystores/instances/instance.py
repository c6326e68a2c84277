"""An instance of sourcing in memory: dense numbers and arrays, read from files whose every value was checked."""

from pathlib import Path

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from manystores.instances.findings import Findings
from manystores.instances.meta import Meta, read_meta
from manystores.instances.rules import INSTANCE_INVALID
from manystores.instances.tables import check_unique, positions, read_table
from manystores.kernels.geo import unit_vectors

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Longs = NDArray[np.int64]
Ints = NDArray[np.int32]
Flags = NDArray[np.bool_]


class Instance(msgspec.Struct, frozen=True, eq=False):
    """Locations, SKUs and orders are numbered 0 … in order of their ids, zones in order of their numbers in the files.

    L locations, S SKUs, R stock records, C cities, O orders, N lines. Places are on the unit sphere; money is CNY.
    """

    folder: Path
    meta: Meta
    location_id: Longs
    """[L] as in the files."""
    xyz: Floats
    """[L, 3]."""
    cap_day: Longs
    """[L] shipments that a location can send on each day."""
    handle_ship: Floats
    """[L] CNY a shipment."""
    handle_unit: Floats
    """[L] CNY a unit."""
    is_warehouse: Flags
    """[L]."""
    sku_id: Longs
    """[S] as in the files."""
    kg: Floats
    """[S] of a unit."""
    penalty: Floats
    """[S] CNY for a unit that is not sent."""
    sku_class: Ints
    """[S], 0 where the file has none."""
    stock_ptr: Longs
    """[S + 1]: records stock_ptr[s] to stock_ptr[s + 1] are SKU s's, in order of location."""
    stock_location: Ints
    """[R]."""
    stock_qty: Ints
    """[R] units at the start; nothing comes in later."""
    city_xyz: Floats
    """[C, 3]."""
    city_pop: Floats
    """[C] inhabitants."""
    city_zone: Ints
    """[C]."""
    zones: int
    forecast: Singles | None
    """[days, zones, S] units expected; 0 where the file has no row; None without a file."""
    order_id: Longs
    """[O] as in the files; orders come one after the other."""
    order_day: Ints
    """[O] 0 … days − 1: the day whose capacity its shipments use."""
    order_t: Longs
    """[O] seconds since the start of day 0."""
    order_zone: Ints
    """[O]."""
    order_xyz: Floats
    """[O, 3]."""
    order_lat: Floats
    """[O] degrees."""
    line_ptr: Longs
    """[O + 1]: lines line_ptr[o] to line_ptr[o + 1] are order o's, in order of their ids."""
    line_id: Longs
    """[N] as in the files."""
    line_sku: Ints
    """[N]."""
    line_qty: Ints
    """[N] units ordered, at least 1."""


class _Tables(msgspec.Struct, frozen=True, eq=False):
    """The files' frames, each with the columns in which no value is wrong; the forecast may not exist."""

    locations: pl.DataFrame
    skus: pl.DataFrame
    cities: pl.DataFrame
    stock: pl.DataFrame
    orders: pl.DataFrame
    order_lines: pl.DataFrame
    forecast: pl.DataFrame | None


def load(folder: Path) -> Instance:
    """The instance in a folder. Raises Problem `instance_invalid` naming file, column, row (from 1) and the way out."""
    findings = Findings()
    meta = read_meta(folder, findings)
    tables = _read(folder, findings)
    _check_network(tables, findings)
    _check_references(tables, findings)
    if meta is not None:
        _check_days(tables.orders, meta.days, findings)
    _check_chronology(tables.orders, findings)
    findings.raise_any(INSTANCE_INVALID)
    assert meta is not None
    instance = _numbered(folder, meta, tables, findings)
    findings.raise_any(INSTANCE_INVALID)
    return instance


def _read(folder: Path, findings: Findings) -> _Tables:
    """All tables, small ones first: their errors explain those of the large."""
    names = ("locations", "skus", "cities", "stock", "orders", "order_lines")
    frames = {name: read_table(folder, name, findings) for name in names}
    forecast = read_table(folder, "forecast", findings) if (folder / "forecast.parquet").exists() else None
    return _Tables(**frames, forecast=forecast)


def _check_network(tables: _Tables, findings: Findings) -> None:
    """Ids stand once, there is somebody to send, and somebody can."""
    for name, frame in (("locations", tables.locations), ("skus", tables.skus)):
        if frame.columns and frame.is_empty():
            en, zh = "the file has no rows; give at least one", "文件没有数据行；至少需要一行"
            findings.add(f"{name}.parquet", "empty", en, zh)
    keyed = {
        "locations": (tables.locations, "location_id"),
        "skus": (tables.skus, "sku_id"),
        "cities": (tables.cities, "city_id"),
        "orders": (tables.orders, "order_id"),
        "order_lines": (tables.order_lines, "order_line_id"),
    }
    for name, (frame, key) in keyed.items():
        check_unique(frame, [key], f"{name}.parquet", findings)
    if "cap_day" in tables.locations.columns and tables.locations["cap_day"].max() == 0:
        findings.add(
            "locations.parquet/cap_day/1",
            "no_capacity",
            "no location can send anything: all have 0; give at least one a cap_day from 1 on",
            "所有门店的 cap_day 均为 0，无法发货；请至少为一个门店填写不小于 1 的值",
        )


def _check_references(tables: _Tables, findings: Findings) -> None:
    """Each id that a row names has its row in the table of its kind."""
    references = (
        ("locations", "city_id", "cities"),
        ("orders", "city_id", "cities"),
        ("stock", "sku_id", "skus"),
        ("stock", "location_id", "locations"),
        ("order_lines", "order_id", "orders"),
        ("order_lines", "sku_id", "skus"),
        ("forecast", "sku_id", "skus"),
    )
    for name, key, of in references:
        frame, known = getattr(tables, name), getattr(tables, of)
        if frame is not None and key in frame.columns and key in known.columns:
            _check_reference(name, frame[key].to_numpy(), key, known[key].to_numpy(), of, findings)


def _check_reference(name: str, values: Longs, key: str, known: Longs, of: str, findings: Findings) -> None:
    """Note each row of NAME.parquet whose id is not among those of OF.parquet."""

    def told(row: int) -> tuple[str, str]:
        return (
            f"{key} {values[row]} is not in {of}.parquet; add it there, or take the row out",
            f"{of}.parquet 中没有 {key} {values[row]}；请在该文件中补充，或删除此行",
        )

    unknown = np.flatnonzero(positions(np.unique(known), values) < 0)
    findings.add_rows(f"{name}.parquet/{key}", "unknown", unknown, told)


def _check_days(orders: pl.DataFrame, days: int, findings: Findings) -> None:
    """Orders are on the instance's days."""
    if "day" not in orders.columns:
        return
    day = orders["day"].to_numpy()

    def told(row: int) -> tuple[str, str]:
        return (
            f"there is no day {day[row]}: meta.json has {days} days; give a day from 0 to {days - 1}",
            f"没有第 {day[row]} 天：meta.json 共 {days} 天；请填写 0 到 {days - 1}",
        )

    findings.add_rows("orders.parquet/day", "value", np.flatnonzero(day >= days), told)


def _check_chronology(orders: pl.DataFrame, findings: Findings) -> None:
    """Order ids are in order of time: they are the order of the stream."""
    if not {"order_id", "t"} <= set(orders.columns):
        return
    order_id, t = orders["order_id"].to_numpy(), orders["t"].to_numpy()
    by_id = np.argsort(order_id, kind="stable")
    back = np.flatnonzero(np.diff(t[by_id]) < 0) + 1
    earlier_of = dict(zip(by_id[back].tolist(), by_id[back - 1].tolist(), strict=True))

    def told(row: int) -> tuple[str, str]:
        before = earlier_of[row]
        return (
            f"order {order_id[row]} is of t {t[row]}, before order {order_id[before]} of t {t[before]}; "
            "number orders in order of time",
            f"订单 {order_id[row]}（t={t[row]}）早于订单 {order_id[before]}（t={t[before]}）；请按时间编号",
        )

    findings.add_rows("orders.parquet/t", "not_chronological", by_id[back], told)


def _numbered(folder: Path, meta: Meta, tables: _Tables, findings: Findings) -> Instance:
    """The frames as arrays with dense numbers; rows that repeat a key across several columns are noted."""
    locations, skus = _by(tables.locations, "location_id"), _by(tables.skus, "sku_id")
    location_id, sku_id = _longs(locations, "location_id"), _longs(skus, "sku_id")
    stock_ptr, stock_location, stock_qty = _stock(tables.stock, sku_id, location_id, findings)
    orders = _by(tables.orders, "order_id")
    line_ptr, lines = _lines(tables.order_lines, _longs(orders, "order_id"))
    zone_of = [frame["zone"] for frame in (tables.cities, orders, tables.forecast) if frame is not None]
    zone = np.unique(pl.concat(zone_of).to_numpy())
    return Instance(
        folder=folder,
        meta=meta,
        location_id=location_id,
        xyz=_places(locations),
        cap_day=_longs(locations, "cap_day"),
        handle_ship=_floats(locations, "handle_ship"),
        handle_unit=_floats(locations, "handle_unit"),
        is_warehouse=_flags(locations, "is_warehouse"),
        sku_id=sku_id,
        kg=_floats(skus, "kg"),
        penalty=_floats(skus, "penalty"),
        sku_class=_ints(skus, "sku_class") if "sku_class" in skus.columns else np.zeros(skus.height, np.int32),
        stock_ptr=stock_ptr,
        stock_location=stock_location,
        stock_qty=stock_qty,
        city_xyz=_places(tables.cities),
        city_pop=_floats(tables.cities, "pop"),
        city_zone=positions(zone, _longs(tables.cities, "zone")),
        zones=len(zone),
        forecast=None if tables.forecast is None else _forecast(tables.forecast, meta.days, zone, sku_id, findings),
        order_id=_longs(orders, "order_id"),
        order_day=_ints(orders, "day"),
        order_t=_longs(orders, "t"),
        order_zone=positions(zone, _longs(orders, "zone")),
        order_xyz=_places(orders),
        order_lat=_floats(orders, "lat"),
        line_ptr=line_ptr,
        line_id=_longs(lines, "order_line_id"),
        line_sku=positions(sku_id, _longs(lines, "sku_id")),
        line_qty=_ints(lines, "qty"),
    )


def _by(frame: pl.DataFrame, key: str) -> pl.DataFrame:
    """The frame in order of its key."""
    ids = frame[key].to_numpy()
    return frame if bool((ids[1:] >= ids[:-1]).all()) else frame.sort(key, maintain_order=True)


def _stock(stock: pl.DataFrame, sku_id: Longs, location_id: Longs, findings: Findings) -> tuple[Longs, Ints, Ints]:
    """(pointers by SKU [S + 1], location [R], units [R]) of the records, in order of SKU, then location."""
    sku = positions(sku_id, _longs(stock, "sku_id"))
    location = positions(location_id, _longs(stock, "location_id"))
    units = _ints(stock, "qty")
    key = sku.astype(np.int64) * len(location_id) + location
    if not bool((key[1:] >= key[:-1]).all()):
        order = np.argsort(key, kind="stable")
        key, sku, location, units = key[order], sku[order], location[order], units[order]
    if bool((key[1:] == key[:-1]).any()):
        check_unique(stock, ["sku_id", "location_id"], "stock.parquet", findings)
    return _pointers(sku, len(sku_id)), location, units


def _lines(lines: pl.DataFrame, order_id: Longs) -> tuple[Longs, pl.DataFrame]:
    """(pointers by order [O + 1], lines in order of order, then of their ids)."""
    order, line_id = positions(order_id, _longs(lines, "order_id")), _longs(lines, "order_line_id")
    step, within = np.diff(order), np.diff(line_id)
    if not bool(((step > 0) | ((step == 0) & (within > 0))).all()):
        lines = lines.sort("order_id", "order_line_id")
        order = positions(order_id, _longs(lines, "order_id"))
    return _pointers(order, len(order_id)), lines


def _forecast(forecast: pl.DataFrame, days: int, zone: Longs, sku_id: Longs, findings: Findings) -> Singles:
    """[days, zones, S] units; rows of days beyond the instance's are left out."""
    day = _longs(forecast, "day")
    cell = (day * len(zone) + positions(zone, _longs(forecast, "zone"))) * len(sku_id)
    cell += positions(sku_id, _longs(forecast, "sku_id"))
    rows = np.flatnonzero(day < days)
    cell = cell[rows]
    units = np.zeros(days * len(zone) * len(sku_id), np.float32)
    units[cell] = forecast["exp_units"].to_numpy()[rows]
    if len(cell) and np.bincount(cell, minlength=1).max() > 1:
        check_unique(forecast, ["day", "zone", "sku_id"], "forecast.parquet", findings)
    return units.reshape(days, len(zone), len(sku_id))


def _pointers(group: Ints, groups: int) -> Longs:
    """Where each group begins in an ascending array of groups, and its end: int64[groups + 1]."""
    pointers = np.zeros(groups + 1, np.int64)
    np.cumsum(np.bincount(group, minlength=groups), out=pointers[1:])
    return pointers


def _places(frame: pl.DataFrame) -> Floats:
    return np.ascontiguousarray(unit_vectors(frame["lat"].to_numpy(), frame["lon"].to_numpy()))


def _floats(frame: pl.DataFrame, column: str) -> Floats:
    return frame[column].cast(pl.Float64).to_numpy(writable=True)


def _longs(frame: pl.DataFrame, column: str) -> Longs:
    return frame[column].to_numpy(writable=True)


def _ints(frame: pl.DataFrame, column: str) -> Ints:
    return frame[column].cast(pl.Int32).to_numpy(writable=True)


def _flags(frame: pl.DataFrame, column: str) -> Flags:
    if column not in frame.columns:
        return np.zeros(frame.height, np.bool_)
    return frame[column].to_numpy(writable=True)
