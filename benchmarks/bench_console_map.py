"""The console's map on a network of 180,000 locations: how long until it is drawn, and how evenly it pans and zooms.

    python -m benchmarks.bench_console_map [--locations 180000] [--seconds 4] [--data DIR]

The network is made of the real stores, each many times over, scattered some kilometres around its place (seeded). It
is loaded over HTTP into a real `manystores serve`; headless Chromium then opens the console and drags the map about by
its mouse, near and far. Without a graphics card, as on a build server, WebGL runs in software (SwiftShader) on the same
processors as the server: what a desk computer shows is better than this.
"""

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import httpx
import psycopg
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from benchmarks.serving import Server
from manystores.core.auth import create_key, create_party
from manystores.core.clock import SystemClock
from manystores.core.embedded import EmbeddedPostgres
from manystores.data import real_stores

SEED: Final = 7
BATCH: Final = 2_000
SCATTER: Final = 0.12  # degrees, standard deviation
AT_WORK: Final = 3_000  # locations with stock and orders
VIEWS: Final = {
    "country": "104,36,3.6",
    "province": "120,31,7",
    "city": "121.47,31.23,10.5",
    "streets": "121.47,31.23,13.2",
}
CHROMIUM: Final = os.environ.get("CHROMIUM", "/usr/bin/chromium")
# as Chromium works where there is no graphics card: pages are put together by the processor, WebGL is drawn by it
SOFTWARE_GL: Final = ["--disable-gpu-compositing", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
FRAMES: Final = """
() => {
  window.frames_ = [];
  let last = performance.now();
  const tick = (now) => { window.frames_.push(now - last); last = now; window.raf_ = requestAnimationFrame(tick); };
  window.raf_ = requestAnimationFrame(tick);
}
"""
STOP: Final = """
() => { cancelAnimationFrame(window.raf_); return window.frames_.slice(2); }
"""


def network(count: int) -> list[dict[str, Any]]:
    """Bodies of locations: the real stores over and over, each but the first time scattered around its place."""
    stores, chance = real_stores(), random.Random(SEED)
    made = []
    for n in range(count):
        store, again = stores[n % len(stores)], n // len(stores)
        off = [chance.gauss(0, SCATTER) if again else 0.0 for _ in "xy"]
        place = {"lat": round(store["lat"] + off[0], 6), "lon": round(store["lon"] + off[1], 6)}
        groups = [f"wave-{again % 6}"]
        limit = {"orders_per_hour": 20 + n % 30}
        made.append(store | place | limit | {"code": f"{store['code']}-{again}", "groups": groups})
    return made


def load(client: httpx.Client, count: int) -> None:
    """Locations, an offer on the shelves of some of them, and orders there."""
    bodies = network(count)
    for start in range(0, count, BATCH):
        _sound(client.post("/v1/locations/batch", json={"locations": bodies[start : start + BATCH]}))
    price = {"amount": 1990, "currency": "CNY"}
    _sound(client.post("/v1/offers", json={"sku": "SCARF", "name": "围巾", "kind": "good", "price": price}))
    chosen = random.Random(SEED).sample(bodies, min(AT_WORK, count))
    stock = [{"location": one["code"], "offer": "SCARF", "change": "receive", "quantity": 9} for one in chosen]
    _sound(client.post("/v1/stock/adjustments", json={"adjustments": stock}))
    line = [{"offer": "SCARF", "quantity": 1}]
    orders = [
        {"channel": "app", "channel_order_id": str(n), "lines": line, "pick_up_at": one["code"]}
        for n, one in enumerate(chosen)
    ]
    for start in range(0, len(orders), 1_000):
        _sound(client.post("/v1/orders/batch", json={"orders": orders[start : start + 1_000]}))


def _sound(answer: httpx.Response) -> None:
    answer.raise_for_status()
    results = answer.json().get("results", [])
    wrong = [one for one in results if one["status"] >= 300]
    if wrong:
        raise RuntimeError(f"{len(wrong)} of {len(results)} were refused: {wrong[0]}")


def answers(client: httpx.Client) -> list[str]:
    """How large the answers are, and how long they take."""
    told = []
    for path in ("/v1/network/points", "/v1/network/load"):
        times, size = [], 0
        for _ in range(4):
            started = time.perf_counter()
            with client.stream("GET", path) as answer:
                size = sum(len(part) for part in answer.iter_raw())
            times.append(time.perf_counter() - started)
        told.append(f"{path:22} {size / 1e6:6.2f} MB gzip   first {times[0]:5.2f} s   then {min(times[1:]):5.2f} s")
    tagged = client.get("/v1/network/points").headers["etag"]
    started = time.perf_counter()
    again = client.get("/v1/network/points", headers={"if-none-match": tagged})
    told.append(f"{'the same, unchanged':22} {again.status_code}{'':19}{time.perf_counter() - started:13.3f} s")
    return told


def opened(browser: Browser, url: str, key: str, view: str) -> tuple[Page, float]:
    """The page of the map, and seconds until the network was drawn."""
    context = browser.new_context(
        base_url=url, viewport={"width": 1440, "height": 900}, extra_http_headers={"authorization": f"Bearer {key}"}
    )
    page = context.new_page()
    started = time.perf_counter()
    page.goto(f"/map?v={view}")
    page.wait_for_selector(".ms-map-canvas[data-drawn]", timeout=180_000)
    return page, time.perf_counter() - started


def moved(page: Page, seconds: float, *, wheel: bool = False) -> tuple[list[float], float]:
    """Milliseconds between frames while the map is dragged about or zoomed, and milliseconds of processor time that the
    page's own thread took for each of them; drawing in software is in other threads."""
    page.wait_for_timeout(2_500)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    box = page.locator(".ms-map-canvas canvas").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.evaluate(FRAMES)
    before = _busy(session)
    until, n = time.perf_counter() + seconds, 0
    while time.perf_counter() < until:
        if wheel:
            page.mouse.wheel(0, -120 if n % 30 < 15 else 120)
            page.wait_for_timeout(60)
        else:
            page.mouse.down()
            way = 220 if n % 2 == 0 else -220
            for step in range(1, 23):
                page.mouse.move(x + way * step / 22, y + way * step / 60)
                page.wait_for_timeout(12)
            page.mouse.up()
            page.mouse.move(x, y)
        n += 1
    frames = page.evaluate(STOP)
    return frames, 1000 * (_busy(session) - before) / len(frames)


def _busy(session: CDPSession) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))


def told(name: str, frames: list[float], busy: float) -> str:
    """A line of the table."""
    rate = 1000 * len(frames) / sum(frames)
    p95 = sorted(frames)[int(0.95 * (len(frames) - 1))]
    return f"{name:26}{rate:10.1f}{statistics.median(frames):12.1f}{p95:10.1f}{max(frames):10.0f}{busy:18.1f}"


def measure(data: Path, count: int, seconds: float) -> list[str]:
    """The whole report."""
    server = Server(data)
    try:
        server.wait_ready()
        with psycopg.connect(EmbeddedPostgres(data).url) as connection:
            create_party(connection, "bench", clock=SystemClock())
            key = create_key(connection, "bench", clock=SystemClock())
        url = f"http://127.0.0.1:{server.port}"
        lines = []
        with httpx.Client(
            base_url=url, headers={"authorization": f"Bearer {key}"}, timeout=600, trust_env=False
        ) as client:
            started = time.perf_counter()
            load(client, count)
            lines += [f"{count:,} locations, {min(AT_WORK, count):,} with stock and an order; loaded over HTTP in"]
            lines[-1] += f" {time.perf_counter() - started:.0f} s"
            lines += [*answers(client), ""]
        columns = f"{'frames/s':>10}{'median ms':>12}{'p95 ms':>10}{'most ms':>10}{'page ms a frame':>18}"
        lines += [f"{'':26}{columns}"]
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SOFTWARE_GL)
            page, _ = opened(browser, url, key, f"{VIEWS['country']}&group=nobody")
            lines.append(told("pan, regions only", *moved(page, seconds)))
            page.context.close()
            drawn = []
            for name, view in VIEWS.items():
                page, took = opened(browser, url, key, view)
                drawn.append(f"{name} {took:.1f} s")
                lines.append(told(f"pan, {name}", *moved(page, seconds)))
                page.context.close()
            page, _ = opened(browser, url, key, VIEWS["province"])
            lines.append(told("zoom, province", *moved(page, seconds, wheel=True)))
            renderer = page.evaluate(
                "() => { const gl = document.createElement('canvas').getContext('webgl2');"
                " const info = gl.getExtension('WEBGL_debug_renderer_info');"
                " return gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER); }"
            )
            lines += [
                "",
                "regions only: the same map without a location, so that it tells what drawing in software takes",
                "where frames come slowly, as here, a moving map is drawn at half or a third of the resolution, and "
                "sharp at rest",
            ]
            lines += [f"from the address to the drawn network: {', '.join(drawn)}"]
            lines += [f"Chromium {browser.version}, headless, 1440 × 900; WebGL by {renderer}"]
            browser.close()
        load_1, *_ = os.getloadavg()
        lines += [f"{os.cpu_count()} processors; load average at the end {load_1:.1f}, browser and server among it"]
        return lines
    finally:
        server.stop()


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--locations", type=int, default=180_000)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each way of moving the map")
    parser.add_argument("--data", type=Path, help="where to make the database; a directory on a real disk")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="manystores-bench-map-", dir=given.data) as folder:
        print("\n".join(measure(Path(folder) / "data", given.locations, given.seconds)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
