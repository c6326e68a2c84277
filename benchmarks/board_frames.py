"""The live board in a real browser while orders come in: frames a second, and what stays in memory.

Debian's Chromium shows the console's board of the seeded brand; a steady pace of orders comes in by batches: one of
three is sourced over the stores, two are sales of another system, booked as they were. All are on the board. Frames are
counted in the page by requestAnimationFrame; memory and the document's nodes are told by the browser after it collected
its garbage, at the first and at the last.
"""

import os
import time
from itertools import cycle
from pathlib import Path
from typing import Any

import msgspec
from playwright.sync_api import CDPSession, Page, sync_playwright

from benchmarks.availability import Stream
from benchmarks.harness import Fsync, Measure, Options, fsync_latency, main
from benchmarks.http_bench import ready_batches, the_world
from benchmarks.serving import count_facts, serving, verified
from benchmarks.world import CLOCK, Shoppers
from manystores.core.clock import SECOND_US, rfc3339

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ORDERS_A_SECOND = 1_500
SOURCED_OF = 3
ITEMS = 50
WARM_UP_S = 4.0
ROUND_S = 15.0
NAMES_S = 120.0
COUNT_FRAMES = """
(ms) => new Promise((done) => {
  const gaps = [];
  const begin = performance.now();
  let last = begin;
  const frame = (now) => {
    gaps.push(now - last);
    last = now;
    if (now - begin < ms) requestAnimationFrame(frame);
    else {
      const slow = gaps.filter((gap) => gap > 34).length;
      done({ frames: gaps.length, ms: now - begin, longest: Math.max(...gaps), slow });
    }
  };
  requestAnimationFrame(frame);
})
"""


class Frames(msgspec.Struct, frozen=True):
    """What the page counted: frames in so many ms, the longest wait for one, and how many waited more than 34 ms."""

    frames: int
    ms: float
    longest: float
    slow: int


class Kept(msgspec.Struct, frozen=True):
    """What the browser keeps for the page after collecting garbage."""

    heap_mb: float
    nodes: int


def run(options: Options) -> list[Measure]:
    """Count frames round by round."""
    of = the_world(options)
    seconds = 2.0 if options.quick else ROUND_S
    probe = fsync_latency(options.data)
    with serving(of.data_dir) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.set_extra_http_headers({"authorization": f"Bearer {of.token}"})
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{server.port}/")
        page.locator(".board").wait_for(timeout=NAMES_S * 1000)
        devtools = context.new_cdp_session(page)
        devtools.send("Performance.enable")
        idle = _frames(page, min(seconds, 5.0))
        sourced, every = count_facts(of.data_dir, "order.placed"), _orders(of.data_dir)
        requests = ready_batches(of, "/v1/orders/batch", "orders", _body, ITEMS, options)
        with Stream(server.port, requests, ORDERS_A_SECOND / ITEMS):
            time.sleep(WARM_UP_S)
            kept = [_kept(devtools)]
            begun, placed = time.perf_counter(), _orders(of.data_dir)
            rounds = [_frames(page, seconds) for _ in range(options.rounds)]
            placed = _orders(of.data_dir) - placed
            rate = placed / (time.perf_counter() - begun)
            kept.append(_kept(devtools))
            shown = page.locator("[data-figure=all-today]").inner_text()
        browser.close()
        sourced, every = count_facts(of.data_dir, "order.placed") - sourced, _orders(of.data_dir) - every
    checked = verified(of.data_dir, sourced, sourced, 0)
    return [_told(rounds, idle, kept, rate, sourced / max(1, every), shown, probe, checked)]


_PAST = cycle([False, *[True] * (SOURCED_OF - 1)])


def _body(shoppers: Shoppers) -> dict[str, Any]:
    if not next(_PAST):
        return shoppers.order()
    placed_at = rfc3339(CLOCK.now_us() // SECOND_US * SECOND_US)
    return shoppers.order() | {"backfill": True, "state": "completed", "placed_at": placed_at}


def _orders(data_dir: Path) -> int:
    """Facts that an order is in the book."""
    return count_facts(data_dir, "order.placed") + count_facts(data_dir, "order.backfilled")


def _frames(page: Page, seconds: float) -> Frames:
    return msgspec.convert(page.evaluate(COUNT_FRAMES, seconds * 1000), Frames, strict=False)


def _kept(devtools: CDPSession) -> Kept:
    devtools.send("HeapProfiler.collectGarbage")
    found = {each["name"]: each["value"] for each in devtools.send("Performance.getMetrics")["metrics"]}
    return Kept(round(found["JSHeapUsedSize"] / 2**20, 1), int(found["Nodes"]))


def _told(
    rounds: list[Frames],
    idle: Frames,
    kept: list[Kept],
    rate: float,
    sourced: float,
    shown: str,
    probe: Fsync,
    checked: tuple[bool, str],
) -> Measure:
    a_second = [round(each.frames / each.ms * 1000, 1) for each in rounds]
    detail: dict[str, Any] = {
        "orders_a_second": round(rate),
        "of_these_sourced": round(sourced, 2),
        "frames_a_second_before_any": round(idle.frames / idle.ms * 1000, 1),
        "longest_frame_ms": round(max(each.longest for each in rounds)),
        "frames_over_34_ms": sum(each.slow for each in rounds),
        "heap_mb": [each.heap_mb for each in kept],
        "nodes": [each.nodes for each in kept],
        "orders_today_on_the_board": shown,
    }
    return Measure(
        work=f"live board in Chromium while {rate:,.0f} orders a second come in, fewest frames of a round",
        figure=min(a_second),
        unit="/s",
        rounds=a_second,
        must=30.0,
        aim=55.0,
        fsync=probe,
        sound=checked[0],
        check=checked[1],
        detail=detail,
    )


if __name__ == "__main__":
    main("board_frames", run, __doc__)
