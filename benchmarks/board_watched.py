"""POST /v1/orders while somebody looks at the live board, against nobody looking: in turns on the same server.

Besides the rate, the processors' time that the server's processes take for an order is told: unlike the rate it does
not depend on who else is at work on the machine.
"""

import asyncio
import threading
from statistics import median

import uvloop

from benchmarks.harness import Measure, Options, fsync_latency, main, median_fsync
from benchmarks.http_bench import TEMPLATES, Round, the_world, warm, write_template
from benchmarks.http_load import Target, load, request
from benchmarks.serving import count_facts, cpu_seconds, family, serving, verified
from benchmarks.world import Shoppers, as_lines

CLIENTS = 64


class Watching:
    """Listens to the board's stream, from a thread of its own."""

    def __init__(self, port: int, token: str) -> None:
        self._port, self._token = port, token
        self._ended = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._listen()))
        self.ticks = 0

    def __enter__(self) -> "Watching":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    async def _listen(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(request(self._token, "GET", "/v1/board/stream"))
        while not self._ended.is_set():
            try:
                told = await asyncio.wait_for(reader.read(1 << 20), 0.2)
            except TimeoutError:
                continue
            self.ticks += told.count(b"event: tick")
        writer.close()


def run(options: Options) -> list[Measure]:
    """Measure both in turns; who begins changes from round to round."""
    of = the_world(options)
    shoppers = Shoppers(of, 6)
    count = TEMPLATES // (10 if options.quick else 1)
    template = write_template(options.data, "watched", as_lines([shoppers.order() for _ in range(count)]))
    watched: list[Round] = []
    alone: list[Round] = []
    ticks = 0
    with serving(of.data_dir) as server:
        target = Target(server.port, of.token, "POST", "/v1/orders", template)
        before = count_facts(of.data_dir, "order.placed")
        warm_ups = warm(target, CLIENTS)

        def one() -> Round:
            probe, pids = fsync_latency(options.data), family(server)
            cpu = cpu_seconds(pids)
            found = uvloop.run(load(target, CLIENTS, options.seconds))
            granted = found.answers - found.refused
            return Round(found, granted, probe, (cpu_seconds(pids) - cpu) / max(1, granted))

        for n in range(options.rounds):
            for side in (watched, alone) if n % 2 else (alone, watched):
                if side is alone:
                    alone.append(one())
                    continue
                with Watching(server.port, of.token) as watching:
                    watched.append(one())
                ticks += watching.ticks
        recorded = count_facts(of.data_dir, "order.placed") - before
    every = [*warm_ups, *watched, *alone]
    checked = verified(of.data_dir, sum(each.granted for each in every), recorded, CLIENTS * len(every))
    return [_told(watched, alone, ticks, checked)]


def _told(watched: list[Round], alone: list[Round], ticks: int, checked: tuple[bool, str]) -> Measure:
    ratios = [a.rate / b.rate for a, b in zip(watched, alone, strict=True)]
    return Measure(
        work=f"POST /v1/orders, {CLIENTS} clients, while the live board is watched",
        figure=round(median(each.rate for each in watched), 1),
        unit="/s",
        rounds=[round(each.rate) for each in watched],
        baseline=round(median(each.rate for each in alone), 1),
        baseline_name="nobody looks",
        ratio=round(median(ratios), 3),
        judged="ratio",
        must=0.95,
        p50_ms=round(median(each.load.p50_ms for each in watched), 2),
        p99_ms=round(median(each.load.p99_ms for each in watched), 2),
        fsync=median_fsync([each.fsync for each in (*watched, *alone)]),
        sound=checked[0],
        check=checked[1],
        detail={
            "baseline_rounds": [round(each.rate) for each in alone],
            "cpu_us_an_order": round(median(each.cpu for each in watched) * 1e6),
            "baseline_cpu_us_an_order": round(median(each.cpu for each in alone) * 1e6),
            "ticks": ticks,
        },
    )


if __name__ == "__main__":
    main("board_watched", run, __doc__)
