"""Tiles of a server of one's own under the map: asked for and drawn where the setting names them, never otherwise."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final
from zlib import compress, crc32

import pytest
from playwright.sync_api import Browser, expect
from tests.browser.conftest import SignedIn, _context, _note_faults, _sign_in
from tests.browser.test_map import DRAWN, MAP, SLOW_MS
from tests.browser.town import Town
from tests.journeys.conftest import Api, running_api

NEAR: Final = "/map?v=116.4,39.9,10"
RED: Final = (200, 20, 20)
PIXEL: Final = """
({ map }) => new Promise((done) => {
  map.once("render", () => {
    const gl = map.getCanvas().getContext("webgl2");
    const pixels = new Uint8Array(4 * gl.drawingBufferWidth * gl.drawingBufferHeight);
    gl.readPixels(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    let red = 0;
    for (let i = 0; i < pixels.length; i += 4) red += pixels[i] > pixels[i + 1] + 60 && pixels[i] > pixels[i + 2] + 60;
    done((4 * red) / pixels.length);
  });
  map.triggerRepaint();
})
"""


def png(rgb: tuple[int, int, int], side: int = 256) -> bytes:
    """A picture of one colour."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + name + body + crc32(name + body).to_bytes(4, "big")

    head = side.to_bytes(4, "big") * 2 + bytes((8, 2, 0, 0, 0))
    rows = (b"\0" + bytes(rgb) * side) * side
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", compress(rows)) + chunk(b"IEND", b"")


class Tiles:
    """A server of red tiles, which notes what it was asked for."""

    def __init__(self) -> None:
        asked: list[str] = []
        picture = png(RED)

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_response(200)
                self.send_header("content-type", "image/png")
                self.send_header("access-control-allow-origin", "*")
                self.end_headers()
                self.wfile.write(picture)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self.asked = asked
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def tiles() -> Iterator[Tiles]:
    served = Tiles()
    yield served
    served.server.shutdown()


@pytest.fixture(scope="module")
def tiled(
    new_database: Callable[[], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory, tiles: Tiles
) -> Iterator[Api]:
    folder: Path = tmp_path_factory.mktemp("tiled")
    chosen = {"map_tiles": tiles.origin + "/{z}/{x}/{y}.png", "map_attribution": "© Our cartographers"}
    with new_database() as url, running_api(url, folder, None, **chosen) as api:
        yield api


def policy(api: Api) -> dict[str, str]:
    told = api.anonymous({"accept": "text/html"}).get("/map").headers["content-security-policy"]
    return {rule.split(" ")[0]: rule for rule in told.split("; ")}


def test_the_policy_names_the_origin_of_tiles_and_nothing_more(server: Api, tiled: Api, tiles: Tiles) -> None:
    plain, wider = policy(server), policy(tiled)
    assert not any("http" in rule for rule in plain.values())
    assert {name for name in plain if plain[name] != wider[name]} == {"img-src", "connect-src"}
    assert wider["connect-src"] == f"connect-src 'self' {tiles.origin}"


def test_tiles_are_asked_for_and_drawn(tiled: Api, tiles: Tiles, chromium: Browser) -> None:
    town, faults = Town(tiled), list[str]()
    context = _context(chromium, tiled.url, phone=False, language="en", theme="light")
    town.enter(context, "brand_operations", None, _sign_in)
    page = context.new_page()
    _note_faults(page, faults)
    page.goto(NEAR)
    page.wait_for_selector(f"{DRAWN}[data-idle]", timeout=SLOW_MS)
    page.wait_for_function(f"() => document.querySelector('{MAP}').map.areTilesLoaded()", timeout=SLOW_MS)
    assert tiles.asked
    assert all(re.fullmatch(r"/\d+/\d+/\d+\.png", path) for path in tiles.asked)
    assert page.eval_on_selector(MAP, PIXEL) > 0.3
    expect(page.get_by_text("© Our cartographers")).to_be_visible()
    context.close()
    assert not faults


def test_without_the_setting_no_request_leaves_the_origin(signed_in: SignedIn, server: Api) -> None:
    page = signed_in("brand_operations")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(NEAR)
    page.wait_for_selector(f"{DRAWN}[data-idle]", timeout=SLOW_MS)
    assert asked
    outside = [url for url in asked if not url.startswith((server.url, "blob:" + server.url, "data:"))]
    assert outside == []
