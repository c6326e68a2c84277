"""What is published: the wheel, installed in an environment of its own, serves the console without the source tree."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import time
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket

import httpx
import pytest

from manystores.api import console_files

ROOT = Path(__file__).parents[3]
BUILD = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
STARTED_S = 180.0


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Python of an environment that has the wheel; what it depends on is this one's."""
    assert console_files.built(), "the console is not built: run make setup"
    folder = tmp_path_factory.mktemp("wheel")
    made = subprocess.run([sys.executable, "-c", BUILD, folder], cwd=ROOT, capture_output=True, text=True, check=True)
    home = folder / "installed"
    venv.create(home, symlinks=True)
    (site,) = home.glob("lib/python*/site-packages")
    with zipfile.ZipFile(folder / made.stdout.split()[-1]) as wheel:
        wheel.extractall(site)
    others = [path for path in sys.path if path.endswith("site-packages")]
    (site / "dependencies.pth").write_text("\n".join(others or [sysconfig.get_path("purelib")]))
    return home / "bin/python"


@contextmanager
def serving(python: Path, database_url: str, folder: Path) -> Iterator[str]:
    """`manystores serve` of that environment, in an empty folder; its address."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    known = {name: value for name, value in os.environ.items() if not name.startswith(("MANYSTORES_", "PYTHON"))}
    settings = {
        "MANYSTORES_DATABASE_URL": database_url,
        "MANYSTORES_DATA_DIR": str(folder),
        "MANYSTORES_PORT": str(port),
    }
    command = [python, "-c", "from manystores.cli import main; main()", "serve"]
    log = folder / "log"
    with log.open("wb") as out:
        server = subprocess.Popen(command, cwd=folder, env=known | settings, stdout=out, stderr=out)
    try:
        address = f"http://127.0.0.1:{port}"
        until = time.monotonic() + STARTED_S
        while True:
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            try:
                if httpx.get(f"{address}/readyz", trust_env=False).status_code == 200:
                    break
            except httpx.TransportError:
                pass
            time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait(30)


@pytest.mark.slow
def test_the_wheel_serves_the_console(python: Path, fresh_database_url: str, tmp_path: Path) -> None:
    """The page, its script, the service worker of the stores, and the API beside them."""
    where = [python, "-c", "import manystores; print(manystores.__file__)"]
    found = subprocess.run(where, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert Path(found.strip()).is_relative_to(python.parents[1])
    with (
        serving(python, fresh_database_url, tmp_path) as address,
        httpx.Client(base_url=address, trust_env=False) as client,
    ):
        page = client.get("/", headers={"accept": "text/html"})
        assert (page.status_code, "default-src 'none'" in page.headers["content-security-policy"]) == (200, True)
        scripts = re.findall(r'(?:src|href)="(/assets/[^"]+)"', page.text)
        assert scripts
        for path in (*scripts, "/store-worker.js", "/store.webmanifest"):
            assert client.get(path).status_code == 200, path
        assert client.get("/v1/me").status_code == 401
