"""A small instance on disk: three locations, two SKUs, three orders, ids neither dense nor sorted."""

import json
from pathlib import Path

import polars as pl

META = {"base": 3.0, "a_km": 0.004, "w0": 0.4, "w_km": 0.0008, "days": 2}


def frames() -> dict[str, pl.DataFrame]:
    """The tables of the small instance."""
    return {
        "locations": pl.DataFrame(
            {
                "location_id": pl.Series([30, 10, 20], dtype=pl.UInt16),
                "lat": [31.0, 39.9, 23.1],
                "lon": [121.0, 116.4, 113.3],
                "cap_day": [5, 1, 0],
                "handle_ship": [1.0, 2.0, 3.0],
                "handle_unit": [0.1, 0.2, 0.3],
            }
        ),
        "skus": pl.DataFrame({"sku_id": [7, 5], "kg": [0.5, 2.0], "penalty": [40.0, 60.0]}),
        "stock": pl.DataFrame({"sku_id": [7, 5, 5], "location_id": [10, 30, 10], "qty": [4, 2, 1]}),
        "cities": pl.DataFrame(
            {
                "city_id": [1, 2],
                "lat": [31.2, 40.0],
                "lon": [121.5, 116.0],
                "pop": [24_000_000, 21_000_000],
                "zone": [9, 4],
            }
        ),
        "orders": pl.DataFrame(
            {
                "order_id": [100, 102, 101],
                "day": [0, 1, 0],
                "t": [60, 90_000, 60],
                "city_id": [1, 2, 1],
                "zone": [9, 4, 9],
                "lat": [31.1, 40.1, 31.3],
                "lon": [121.4, 116.1, 121.6],
            }
        ),
        "order_lines": pl.DataFrame(
            {
                "order_line_id": [3, 1, 2, 0],
                "order_id": [100, 100, 102, 101],
                "sku_id": [7, 5, 5, 7],
                "qty": [1, 2, 1, 3],
            }
        ),
        "forecast": pl.DataFrame(
            {"day": [0, 1, 5], "zone": [9, 4, 4], "sku_id": [5, 7, 7], "exp_units": [1.5, 2.5, 9.0]},
            schema_overrides={"day": pl.Int16, "exp_units": pl.Float32},
        ),
    }


def write(folder: Path, tables: dict[str, pl.DataFrame], meta: dict[str, object] | None = None) -> Path:
    """The tables as an instance's files."""
    folder.mkdir(exist_ok=True)
    for name, table in tables.items():
        table.write_parquet(folder / f"{name}.parquet")
    (folder / "meta.json").write_text(json.dumps(META if meta is None else meta))
    return folder
