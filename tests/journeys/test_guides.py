"""Guides that readers type along: their commands run here word for word, against a server of the test."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.journeys.conftest import Api

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(shutil.which("curl") is None, reason="the guide uses curl")
def test_the_first_order_guide_runs_word_for_word(api: "Api", tmp_path: Path) -> None:
    text = (ROOT / "docs/guides/first-order.md").read_text("utf-8")
    start, *blocks = re.findall(r"^```sh\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    assert start == ".venv/bin/manystores serve --data /tmp/shop\n"  # here: the server of the test
    script = "set -euo pipefail\n" + "\n".join(blocks)
    script = script.replace("http://127.0.0.1:8420", api.url).replace("/tmp/shop", str(tmp_path))
    script = script.replace(".venv/bin/", f"{Path(sys.executable).parent}/")

    environment = os.environ | {"MANYSTORES_DATABASE_URL": api.database_url, "NO_PROXY": "127.0.0.1"}
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=environment, timeout=120)

    assert done.returncode == 0, done.stderr + done.stdout
    assert "urn:manystores:problem" not in done.stdout
    (first,) = re.findall(r'"words":\["(.+?)"', text)
    (second,) = re.findall(r"^> (王府井店.+)$", text, flags=re.MULTILINE)
    assert first in done.stdout  # why the first store, and then why not, as the guide tells it
    assert second in done.stdout
    assert '"stage":"handed_over"' in done.stdout
    assert re.search(r"sound +True", done.stdout)
