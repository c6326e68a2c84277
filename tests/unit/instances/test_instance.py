"""Files become dense arrays, or a Problem that names file, column, row and the way out."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from tests.unit.instances.files import META, frames, write

from manystores.core.errors import FieldError, Problem
from manystores.instances.instance import load


def errors(folder: Path) -> dict[str, FieldError]:
    """What is wrong with the instance, by pointer."""
    with pytest.raises(Problem) as caught:
        load(folder)
    assert caught.value.rule.code == "instance_invalid"
    return {error.pointer: error for error in caught.value.fields}


def edited(folder: Path, name: str, *expressions: pl.Expr) -> Path:
    """The small instance with one table changed; `pl.int_range(pl.len())` numbers its rows from 0."""
    tables = frames()
    tables[name] = tables[name].with_columns(expressions)
    return write(folder, tables)


def at(row: int, value: object, column: str) -> pl.Expr:
    """The column with another value in one row (from 1)."""
    return pl.when(pl.int_range(pl.len()) == row - 1).then(value).otherwise(pl.col(column)).alias(column)


def test_ids_of_any_kind_become_dense_numbers_in_their_order(tmp_path: Path) -> None:
    instance = load(write(tmp_path, frames()))
    assert instance.location_id.tolist() == [10, 20, 30]
    assert instance.sku_id.tolist() == [5, 7]
    assert instance.cap_day.tolist() == [1, 0, 5]
    assert instance.stock_ptr.tolist() == [0, 2, 3]
    assert instance.stock_location.tolist() == [0, 2, 0]
    assert instance.stock_qty.tolist() == [1, 2, 4]
    assert instance.order_id.tolist() == [100, 101, 102]
    assert instance.order_day.tolist() == [0, 0, 1]
    assert instance.line_ptr.tolist() == [0, 2, 3, 4]
    assert instance.line_id.tolist() == [1, 3, 0, 2]
    assert instance.line_sku.tolist() == [0, 1, 1, 0]
    assert instance.line_qty.tolist() == [2, 1, 3, 1]
    assert (instance.is_warehouse.any(), instance.sku_class.tolist()) == (False, [0, 0])
    np.testing.assert_allclose(np.linalg.norm(instance.xyz, axis=1), 1.0)
    kinds = {name: getattr(instance, name).dtype.name for name in ("stock_qty", "line_sku", "order_t", "order_zone")}
    assert kinds == {"stock_qty": "int32", "line_sku": "int32", "order_t": "int64", "order_zone": "int32"}


def test_zones_are_the_same_numbers_in_cities_orders_and_forecast(tmp_path: Path) -> None:
    instance = load(write(tmp_path, frames()))
    assert instance.zones == 2
    assert instance.city_zone.tolist() == [1, 0]
    assert instance.order_zone.tolist() == [1, 1, 0]
    assert instance.forecast is not None
    assert instance.forecast.dtype == np.float32
    assert instance.forecast.tolist() == [[[0, 0], [1.5, 0]], [[0, 2.5], [0, 0]]]  # day 5 is beyond the instance


def test_an_instance_may_have_no_forecast_and_no_orders(tmp_path: Path) -> None:
    tables = frames()
    del tables["forecast"]
    tables["orders"], tables["order_lines"] = tables["orders"].clear(), tables["order_lines"].clear()
    instance = load(write(tmp_path, tables))
    assert instance.forecast is None
    assert instance.line_ptr.tolist() == [0]


@pytest.mark.parametrize("name", ["locations", "skus", "stock", "cities", "orders", "order_lines"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    (write(tmp_path, frames()) / f"{name}.parquet").unlink()
    assert errors(tmp_path)[f"{name}.parquet"].code == "file_missing"


def test_a_file_that_is_no_parquet_is_named(tmp_path: Path) -> None:
    (write(tmp_path, frames()) / "stock.parquet").write_text("sku,qty\n")
    assert errors(tmp_path)["stock.parquet"].code == "file_unreadable"


@pytest.mark.parametrize("lost", [slice(-20, None), slice(30, 60)])
def test_a_broken_file_is_named(tmp_path: Path, lost: slice) -> None:
    path = write(tmp_path, frames()) / "orders.parquet"
    content = bytearray(path.read_bytes())
    content[lost] = bytes(len(content[lost])) if lost.stop else b""
    path.write_bytes(content)
    assert errors(tmp_path)["orders.parquet"].code == "file_unreadable"


@pytest.mark.parametrize(
    ("name", "column"),
    [("locations", "cap_day"), ("locations", "lat"), ("stock", "qty"), ("orders", "zone"), ("forecast", "exp_units")],
)
def test_a_missing_column_is_named_with_those_that_are_needed(tmp_path: Path, name: str, column: str) -> None:
    tables = frames()
    tables[name] = tables[name].drop(column)
    error = errors(write(tmp_path, tables))[f"{name}.parquet/{column}"]
    assert error.code == "column_missing"
    assert column in error.en.split("needs")[1]


@pytest.mark.parametrize(
    ("name", "column", "dtype"),
    [("stock", "qty", pl.Float64), ("skus", "kg", pl.String), ("orders", "order_id", pl.String)],
)
def test_a_column_of_another_type_is_named(tmp_path: Path, name: str, column: str, dtype: type[pl.DataType]) -> None:
    folder = edited(tmp_path, name, pl.col(column).cast(dtype))
    assert errors(folder)[f"{name}.parquet/{column}"].code == "wrong_type"


@pytest.mark.parametrize(
    ("name", "column", "row", "value", "code"),
    [
        ("stock", "qty", 2, -1, "value"),
        ("stock", "qty", 3, None, "value"),
        ("stock", "qty", 1, 2**31, "value"),
        ("stock", "location_id", 1, 99, "unknown"),
        ("stock", "sku_id", 2, 99, "unknown"),
        ("locations", "cap_day", 2, None, "value"),
        ("locations", "cap_day", 2, -3, "value"),
        ("locations", "lat", 1, 90.5, "value"),
        ("locations", "lon", 3, float("nan"), "value"),
        ("locations", "location_id", 3, 30, "repeated"),
        ("skus", "penalty", 1, float("inf"), "value"),
        ("skus", "sku_id", 2, 7, "repeated"),
        ("orders", "city_id", 3, 77, "unknown"),
        ("orders", "day", 2, 2, "value"),
        ("orders", "order_id", 2, 100, "repeated"),
        ("orders", "t", 3, 59, "not_chronological"),
        ("order_lines", "qty", 4, 0, "value"),
        ("order_lines", "order_id", 1, 999, "unknown"),
        ("order_lines", "sku_id", 2, 6, "unknown"),
        ("order_lines", "order_line_id", 2, 3, "repeated"),
        ("forecast", "exp_units", 2, -0.5, "value"),
        ("forecast", "sku_id", 1, 1, "unknown"),
    ],
)
def test_a_wrong_value_is_named_with_its_row(
    tmp_path: Path, name: str, column: str, row: int, value: object, code: str
) -> None:
    found = errors(edited(tmp_path, name, at(row, pl.lit(value), column)))
    assert {pointer: error.code for pointer, error in found.items()}[f"{name}.parquet/{column}/{row}"] == code
    assert all(error.en and error.zh for error in found.values())


def test_several_rows_of_one_shelf_and_one_forecast_are_refused(tmp_path: Path) -> None:
    assert errors(edited(tmp_path, "stock", at(2, 10, "location_id")))["stock.parquet/location_id/3"].code == "repeated"
    folder = edited(tmp_path, "forecast", at(2, 0, "day"), at(2, 9, "zone"), at(2, 5, "sku_id"))
    assert errors(folder)["forecast.parquet/sku_id/2"].code == "repeated"


def test_a_network_that_can_send_nothing_is_refused(tmp_path: Path) -> None:
    found = errors(edited(tmp_path, "locations", pl.col("cap_day") * 0))
    assert found["locations.parquet/cap_day/1"].code == "no_capacity"


def test_a_broken_column_of_many_rows_hides_no_other(tmp_path: Path) -> None:
    tables = frames()
    many = 50
    tables["stock"] = pl.DataFrame({"sku_id": [5] * many, "location_id": [99] * many, "qty": [-1] * many})
    tables["locations"] = tables["locations"].drop("lat").with_columns(cap_day=-1)
    with pytest.raises(Problem, match="104 places are wrong, 14 of them:") as caught:
        load(write(tmp_path, tables))
    assert [error.pointer for error in caught.value.fields] == [
        "locations.parquet/lat",
        *(f"locations.parquet/cap_day/{row}" for row in (1, 2, 3)),
        *(f"stock.parquet/qty/{row}" for row in range(1, 6)),
        *(f"stock.parquet/location_id/{row}" for row in range(1, 6)),
    ]


def test_at_most_twenty_errors_are_told(tmp_path: Path) -> None:
    tables = {name: table.clear() for name, table in frames().items()}
    tables["order_lines"] = pl.concat([frames()["order_lines"]] * 5).with_columns(pl.all() * 0 - 1)
    tables["orders"] = pl.concat([frames()["orders"]] * 5).with_columns(pl.all() * 0 - 1)
    with pytest.raises(Problem, match=", 20 of them:") as caught:
        load(write(tmp_path, tables))
    assert len(caught.value.fields) == 20


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"days": 0}, "meta.json/days"),
        ({"days": 10**9}, "meta.json/days"),
        ({"w0": -1}, "meta.json/w0"),
        ({"base": "3"}, "meta.json"),
    ],
)
def test_wrong_rates_are_named(tmp_path: Path, change: dict[str, object], pointer: str) -> None:
    assert pointer in errors(write(tmp_path, frames(), META | change))


def test_missing_rates_are_named(tmp_path: Path) -> None:
    (write(tmp_path, frames()) / "meta.json").unlink()
    assert errors(tmp_path)["meta.json"].code == "file_missing"
