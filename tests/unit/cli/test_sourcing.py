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
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "manystores: [instance_invalid] 2 places are wrong"
    assert [line.partition(";")[0].strip() for line in told[1:]] == [
        "stock.parquet/qty/2: -1 is not allowed",
        "stock.parquet/qty/3: -2 is not allowed",
    ]
    assert main([*command, "--json"]) == 1
    error = msgspec.json.decode(capsys.readouterr().out)["error"]
    assert [each["pointer"] for each in error["errors"]] == ["stock.parquet/qty/2", "stock.parquet/qty/3"]


def test_generate_makes_what_bound_and_evaluate_take(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, file = tmp_path / "XS1", tmp_path / "none.parquet"
    size = ["--size", "XS", "--n-orders", "300", "--n-loc", "20", "--n-sku", "40"]
    assert main(["sourcing", "generate", *size, "--out", str(folder), "--json"]) == 0
    meta = msgspec.json.decode(capsys.readouterr().out)
    assert (meta["n_orders"], meta["n_loc"]) == (300, 20)
    assert main(["sourcing", "bound", "--instance", str(folder), "--iterations", "20", "--json"]) == 0
    bound = msgspec.json.decode(capsys.readouterr().out)
    assert bound["iterations"] == 20
    pl.DataFrame({"order_line_id": [0], "location_id": [-1], "qty": [1]}).write_parquet(file)
    given = ["--instance", str(folder), "--assignment", str(file), "--bound", str(bound["bound"])]
    assert main(["sourcing", "evaluate", *given]) == 0
    shown = capsys.readouterr().out
    assert "unfilled line pct  100.0" in shown
    assert "pct above bound" in shown


@pytest.mark.parametrize("policy", ["nearest", "whole-first", "myopic", "lookahead"])
def test_replay_writes_what_evaluate_takes(policy: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, file = tmp_path / "XS1", tmp_path / "new" / "plan.parquet"
    assert main(["sourcing", "generate", "--size", "XS", "--out", str(folder), "--json"]) == 0
    capsys.readouterr()
    given = ["--instance", str(folder), "--out", str(file), "--policy", policy]
    assert main(["sourcing", "replay", *given, "--json"]) == 0
    report = msgspec.json.decode(capsys.readouterr().out)
    assert (report["policy"], report["orders"]) == (policy, 2_000)
    assert report["orders_per_second"] > 0
    assert report["peak_memory_mb"] > 0
    assert main(["sourcing", "evaluate", "--instance", str(folder), "--assignment", str(file), "--json"]) == 0
    assert msgspec.json.decode(capsys.readouterr().out)["feasible"]
    assert pl.read_parquet(file).columns == ["order_line_id", "location_id", "qty"]


def test_replay_tells_all_that_is_wrong_before_it_decides(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tables = frames()
    tables["order_lines"] = tables["order_lines"].with_columns(qty=pl.lit(0))
    folder = write(tmp_path / "small", tables)
    out = tmp_path / "plan.parquet"
    assert main(["sourcing", "replay", "--instance", str(folder), "--out", str(out), "--json"]) == 1
    error = msgspec.json.decode(capsys.readouterr().out)["error"]
    assert error["errors"][0]["pointer"] == "order_lines.parquet/qty/1"
    assert not out.exists()
