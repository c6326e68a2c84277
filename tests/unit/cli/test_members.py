"""manystores members: two files linked, one cleared of duplicates; errors name file, column and row."""

from pathlib import Path

import msgspec
import polars as pl
import pytest

from manystores.cli import main

SCHEMA = "id: key\ncolumns: {name: name, born: birth_date, mobile: phone}\n"
PEOPLE = [
    (f"{first} {last}", f"19{40 + n}-0{1 + n % 9}-1{n % 10}", f"1380013{n:04}")
    for n, (first, last) in enumerate(
        (first, last)
        for first in ("ann", "bo", "cy", "dora", "emil")
        for last in ("lee", "xu", "moss", "park", "stone")
    )
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """web.csv and tills.parquet of the same people; in the tills' every third name has a slip, every fourth no date."""
    (tmp_path / "schema.yaml").write_text(SCHEMA)
    web = [(f"w{n}", *person) for n, person in enumerate(PEOPLE)]
    tills = [
        (f"t{n}", name[:-1] if n % 3 == 0 else name, None if n % 4 == 0 else born, mobile)
        for n, (name, born, mobile) in enumerate(PEOPLE)
    ]
    names = ["key", "name", "born", "mobile"]
    pl.DataFrame(web, schema=names, orient="row").write_csv(tmp_path / "web.csv")
    pl.DataFrame(tills, schema=names, orient="row").write_parquet(tmp_path / "tills.parquet")
    return tmp_path


def test_two_files_are_linked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = ["--left", str(folder / "web.csv"), "--right", str(folder / "tills.parquet")]
    command = [
        "members",
        "link",
        *files,
        "--schema",
        str(folder / "schema.yaml"),
        "--out",
        str(folder / "links.parquet"),
    ]
    assert main([*command, "--json"]) == 0
    told = msgspec.json.decode(capsys.readouterr().out)
    links = pl.read_parquet(folder / "links.parquet")
    assert links.schema == {"left_id": pl.String, "right_id": pl.String, "probability": pl.Float64}
    assert {(left, right) for left, right, _ in links.iter_rows()} >= {(f"w{n}", f"t{n}") for n in range(len(PEOPLE))}
    assert (told["records"], told["told"]) == (2 * len(PEOPLE), len(links))
    assert main(command) == 0
    assert "expected precision" in capsys.readouterr().out


def test_one_file_is_cleared_of_duplicates(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = pl.concat([pl.read_csv(folder / "web.csv", infer_schema=False), pl.read_parquet(folder / "tills.parquet")])
    both.write_csv(folder / "both.csv")
    command = ["members", "dedupe", "--input", str(folder / "both.csv"), "--schema", str(folder / "schema.yaml")]
    assert main([*command, "--out", str(folder / "persons.parquet"), "--json"]) == 0
    told = msgspec.json.decode(capsys.readouterr().out)
    persons = pl.read_parquet(folder / "persons.parquet")
    assert persons.schema == {"id": pl.String, "cluster": pl.String}
    assert persons["id"].to_list() == both["key"].to_list()
    assert told["clusters"] == persons["cluster"].n_unique() == len(PEOPLE)


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        ("schema.yaml", "id: key\ncolumns: {name: colour}\n", "schema.yaml/columns/name"),
        ("schema.yaml", "id: no\ncolumns: {name: name}\n", "schema.yaml/id"),
        ("schema.yaml", "id: number\ncolumns: {name: name}\n", "web.csv/number"),
        ("web.csv", "key,name,born,mobile\n1,a,,\n1,b,,\n", "web.csv/key/2"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(
    folder: Path, capsys: pytest.CaptureFixture[str], file: str, content: str, told: str
) -> None:
    (folder / file).write_text(content)
    command = ["members", "dedupe", "--input", str(folder / "web.csv"), "--schema", str(folder / "schema.yaml")]
    assert main([*command, "--out", str(folder / "persons.parquet"), "--json"]) == 1
    assert [error["pointer"] for error in msgspec.json.decode(capsys.readouterr().out)["error"]["errors"]] == [told]
    assert not (folder / "persons.parquet").exists()
