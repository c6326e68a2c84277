"""A newcomer follows docs/how-to/import-your-data.md word for word."""

import csv
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "import-your-data.md"
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)

pytestmark = pytest.mark.slow


class Shell:
    """One shell for the whole page, as a reader has one terminal."""

    def __init__(self, folder: Path) -> None:
        environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
        self._folder = folder
        self._process = subprocess.Popen(
            ["bash", "--norc"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        self._count = 0

    def run(self, command: str) -> tuple[int, str]:
        """(exit code, standard output) of a command."""
        self._count += 1
        out, done = self._folder / f"{self._count}.out", self._folder / f"{self._count}.code"
        os.mkfifo(done)
        assert self._process.stdin is not None
        self._process.stdin.write(f"{{ {command}\n}} > {out} 2> {out}.err < /dev/null; echo $? > {done}\n")
        self._process.stdin.flush()
        code = int(done.read_text())
        return code, out.read_text()

    def errors(self) -> str:
        """What the last command said on standard error."""
        return (self._folder / f"{self._count}.out.err").read_text()

    def close(self) -> None:
        os.killpg(self._process.pid, signal.SIGTERM)  # bash ignores it and waits for the server; then it ends too
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(60)


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    opened = Shell(tmp_path)
    yield opened
    opened.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _commands(data: Path) -> list[str]:
    """The page's blocks, in order; only folder and port are the test's own."""
    port = str(_free_port())
    blocks = [block.replace("~/manystores-data", str(data)) for block in _BLOCK.findall(PAGE.read_text())]
    return [block.replace("8421", port) for block in blocks]


def test_the_how_to_takes_a_newcomer_from_csv_files_to_a_served_order(shell: Shell, tmp_path: Path) -> None:
    """Each command does what the page says; the order is served from a store in Beijing, and the books are sound."""
    data = tmp_path / "data"
    told: dict[str, str] = {}
    for block in _commands(data):
        lines = block.strip().splitlines()
        for line in lines if "serve" not in block else [block]:
            code, out = shell.run(line)
            told[line] = out
            refuses_a_row = "import stock" in line
            assert code == (1 if refuses_a_row else 0), (line, out, shell.errors())

    assert _of(told, "import locations") == "4 taken (4 new), 0 refused\n"
    assert _of(told, "import offers") == "3 taken (3 new), 0 refused\n"
    assert _of(told, "import stock") == "8 taken (0 new), 1 refused\n"
    assert _of(told, "import orders") == "3 taken (3 new), 0 refused\n"
    with (data / "rejected.csv").open(encoding="utf-8-sig") as file:
        (rejected,) = csv.DictReader(file)
    assert [rejected[column] for column in ("row", "field", "rule", "value")] == [
        "10",
        "location",
        "unknown_location",
        "BJ-03",
    ]
    assert "BJ-03" in rejected["zh"]

    (work,) = json.loads(_of(told, "/v1/orders "))["fulfilment_orders"]
    assert work["location"] in ("BJ-01", "BJ-02")
    chinese = _of(told, "--lang zh")
    assert "店" in chinese
    assert _of(told, "orders explain") not in ("", chinese)
    shelves = json.loads(_of(told, "/v1/stock"))["stock"]
    assert [bucket["reserved"] for bucket in shelves if bucket["location"] == work["location"]] == [1]
    assert sum(bucket["on_hand"] for bucket in shelves) == 46
    assert "first-order" in _of(told, "orders list")

    code, out = shell.run("manystores orders get first-order --brand acme --data $DATA --json")
    assert (code, json.loads(out)["fulfilment_orders"][0]["id"]) == (0, work["id"])
    code, out = shell.run("manystores orders get no-such-order --brand acme --data $DATA --json")
    assert (code, json.loads(out)["error"]["code"]) == (1, "not_found")

    # the same files once more: nothing new, nothing doubled
    for what, again in (("import locations", "4 taken (0 new)"), ("import orders", "3 taken (0 new)")):
        _, out = shell.run(_line(told, what))
        assert out.startswith(again), (out, shell.errors())
    assert shell.run(_line(told, "import stock"))[1] == "8 taken (0 new), 1 refused\n"
    _, out = shell.run(_line(told, "/v1/stock"))
    assert json.loads(out)["stock"] == shelves


def _line(told: dict[str, str], part: str) -> str:
    """The page's first command that has this in it."""
    return next(line for line in told if part in line)


def _of(told: dict[str, str], part: str) -> str:
    """What that command printed."""
    return told[_line(told, part)]
