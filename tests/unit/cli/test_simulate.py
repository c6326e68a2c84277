"""manystores sourcing simulate: on an instance's files; errors name their place."""

from pathlib import Path

import msgspec
import pytest

from manystores.cli import main


@pytest.fixture
def instance(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    folder = tmp_path / "XS1"
    size = ["--size", "XS", "--n-orders", "300", "--n-loc", "20", "--n-sku", "40"]
    assert main(["sourcing", "generate", *size, "--out", str(folder), "--json"]) == 0
    capsys.readouterr()
    return folder


def test_two_policies_on_an_instance(instance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, page = tmp_path / "split.yaml", tmp_path / "out.html"
    file.write_text("split:\n  allow_split: false\non_shortage: partial\n")
    command = ["sourcing", "simulate", "--policy", "current", "--policy", str(file), "--instance", str(instance)]
    assert main([*command, "--json", "--out", str(page)]) == 0
    first = capsys.readouterr().out
    found = msgspec.json.decode(first)
    assert found["orders"] == 300
    assert [one["name"] for one in found["policies"]] == ["current", "split"]
    assert found["policies"][1]["figures"]["split"] == 0 < found["policies"][0]["figures"]["split"]
    assert found["policies"][1]["differences"]["split"]["high"] < 0
    assert page.read_text().startswith("<!doctype html>")
    assert main([*command, "--json"]) == 0
    assert capsys.readouterr().out == first, "same seed, same answer"
    assert main(command) == 0
    assert "cost of an order" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "say where the orders come from"),
        (["--generate", "5", "--from", "2026-11-01"], "say where the orders come from"),
        (["--generate", "5", "--policy", "nowhere.yaml"], "neither `current`, a version's number, nor a file"),
        (["--from", "2026-11-05", "--to", "2026-11-01"], "/to: It has to be after `from`"),
    ],
)
def test_what_is_wrong_is_told(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sourcing", "simulate", *arguments]) in (1, 2)
    assert told in capsys.readouterr().err


def test_a_policys_file_names_its_fields(instance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bad.yaml"
    command = ["sourcing", "simulate", "--instance", str(instance), "--policy", str(file), "--json"]
    file.write_text("safety_stok: 3\n")
    assert main(command) == 1
    error = msgspec.json.decode(capsys.readouterr().out)["error"]
    assert error["errors"][0]["pointer"] == "bad.yaml/safety_stok"
    file.write_text("a: [1\n")
    assert main(command) == 2
