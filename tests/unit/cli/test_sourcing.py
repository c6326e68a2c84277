"""manystores sourcing: the exit code is the verdict, and errors name their place."""

from pathlib import Path

import msgspec
import polars as pl
import pytest
from tests.unit.instances.files import frames, write

from manystores.cli import main


def test_evaluate_is_0_for_a_feasible_assignment_and_1_for_another(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(tmp_path / "small", frames())
    file = tmp_path / "out.parquet"
    command = ["sourcing", "evaluate", "--instance", str(folder), "--assignment", str(file), "--json"]
    pl.DataFrame({"order_line_id": [1], "location_id": [30], "qty": [2]}).write_parquet(file)
    assert main([*command, "--bound", "200"]) == 0
    verdict = msgspec.json.decode(capsys.readouterr().out)
    assert (verdict["feasible"], verdict["shipments"]) == (True, 1)
    assert verdict["pct_above_bound"] > 0
    pl.DataFrame({"order_line_id": [1], "location_id": [10], "qty": [2]}).write_parquet(file)
    assert main(command) == 1
    verdict = msgspec.json.decode(capsys.readouterr().out)
    assert verdict["errors"] == ["1 stock records overdrawn, first sku_id 5, location_id 10"]


def test_evaluate_names_what_is_wrong_with_the_instance(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tables = frames()
    tables["stock"] = tables["stock"].with_columns(pl.col("qty") - 3)
    folder = write(tmp_path / "small", tables)
    tables["stock"].write_parquet(tmp_path / "out.parquet")
    command = ["sourcing", "evaluate", "--instance", str(folder), "--assignment", str(tmp_path / "out.parquet")]
    assert main(command) == 1
    assert "stock.parquet/qty/2: -1 is not allowed; give a whole number from 0" in capsys.readouterr().err
    assert main([*command, "--json"]) == 1
    error = msgspec.json.decode(capsys.readouterr().out)["error"]
    assert [each["pointer"] for each in error["errors"]] == ["stock.parquet/qty/2", "stock.parquet/qty/3"]
