"""What the benchmarks over HTTP share: a world, the real server on it, rounds of load, the books checked afterwards."""

from collections.abc import Callable, Iterator
from itertools import count, cycle
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
import uvloop

from benchmarks.engine import request_names
from benchmarks.harness import Fsync, Measure, Options, fsync_latency, median_fsync
from benchmarks.http_load import Load, Target, load, load_batches, request
from benchmarks.serving import Server, count_facts, cpu_seconds, family, serving, verified
from benchmarks.world import QUICK, Shoppers, Size, World, as_lines, world

TEMPLATES = 20_000
WARM_UP_S = 1.5
WARM_UPS_MAX = 20
Bodies = Callable[[Shoppers], dict[str, Any]]


class Round(msgspec.Struct, frozen=True):
    """One round: what the load generator saw, what was granted, the disk, the processors' share of the server."""

    load: Load
    granted: int
    fsync: Fsync
    cpu: float

    @property
    def rate(self) -> float:
        return self.granted / self.load.seconds


def the_world(options: Options) -> World:
    """The seeded brand: the one named, else one of our own."""
    return world(options.world or options.data / "world", QUICK if options.quick else Size())


def write_template(directory: Path, name: str, lines: str) -> Path:
    """Requests for the load generator to choose from."""
    path = directory / f"{name}.txt"
    path.write_text(lines)
    return path


def singles(options: Options, path: str, bodies: Bodies, fact: str, connections: int, **told: Any) -> Measure:
    """Single requests on many connections, for some rounds; `fact` is what each accepted one leaves in the journal."""
    of = the_world(options)
    shoppers = Shoppers(of, 2)
    count = TEMPLATES // (10 if options.quick else 1)
    lines = as_lines([bodies(shoppers) for _ in range(count)])
    template = write_template(options.data, path.strip("/").replace("/", "-"), lines)
    with serving(of.data_dir) as server:
        target = Target(server.port, of.token, "POST", path, template)
        before = count_facts(of.data_dir, fact)
        rounds = warm(target, connections)
        warm_ups = len(rounds)
        rounds += [_single_round(server, target, connections, options) for _ in range(options.rounds)]
        recorded = count_facts(of.data_dir, fact) - before
    acknowledged = sum(each.granted for each in rounds)
    cut_off = connections * len(rounds) if rounds[0].load.tool == "wrk" else 0
    return measured(rounds[warm_ups:], verified(of.data_dir, acknowledged, recorded, cut_off), **told)


def warm(target: Target, connections: int) -> list[Round]:
    """Until it answers: kernels that were never used are compiled first."""
    rounds: list[Round] = []
    while not any(each.granted for each in rounds):
        if len(rounds) == WARM_UPS_MAX:
            raise RuntimeError(f"{target.path} grants nothing: {rounds[-1].load}")
        found = uvloop.run(load(target, connections, WARM_UP_S))
        rounds.append(Round(found, found.answers - found.refused, Fsync(0, 0), 0))
    return rounds


def _single_round(server: Server, target: Target, connections: int, options: Options) -> Round:
    probe = fsync_latency(options.data)
    pids = family(server)
    cpu = cpu_seconds(pids)
    found = uvloop.run(load(target, connections, options.seconds))
    cpu = (cpu_seconds(pids) - cpu) / found.seconds
    return Round(found, found.answers - found.refused, probe, cpu)


def batches(
    options: Options, path: str, field: str, bodies: Bodies, fact: str, items: int, connections: int, **told: Any
) -> Measure:
    """Batches of `items`, made before the clock starts and sent on some connections."""
    of = the_world(options)
    with serving(of.data_dir) as server:
        before = count_facts(of.data_dir, fact)
        requests = ready_batches(of, path, field, bodies, items, options)
        found, granted = uvloop.run(load_batches(server.port, requests, connections, WARM_UP_S))
        acknowledged = granted
        rounds = []
        for _ in range(options.rounds):
            probe, pids = fsync_latency(options.data), family(server)
            cpu = cpu_seconds(pids)
            found, granted = uvloop.run(load_batches(server.port, requests, connections, options.seconds))
            rounds.append(Round(found, granted, probe, (cpu_seconds(pids) - cpu) / found.seconds))
            acknowledged += granted
        recorded = count_facts(of.data_dir, fact) - before
    detail = {"items_a_batch": items, "connections": connections}
    return measured(rounds, verified(of.data_dir, acknowledged, recorded, 0), detail=detail, **told)


def ready_batches(of: World, path: str, field: str, bodies: Bodies, items: int, options: Options) -> Iterator[bytes]:
    """Whole requests, each with ids of its own; put together from items in stock, which costs the client little."""
    shoppers, names = Shoppers(of, 3), request_names()
    known = TEMPLATES // (10 if options.quick else 1)
    halves = [line.split("@ID@", 1) for line in as_lines([bodies(shoppers) for _ in range(known)]).splitlines()]
    stock = cycle(halves)
    for n in count():
        name = next(names)
        parts = [f"{a}{name}-{i}{b}" for i, (a, b) in zip(range(items), stock, strict=False)]
        body = f'{{"{field}":[{",".join(parts)}]}}'.encode()
        yield request(of.token, "POST", path, body, f"{name}-{n}")


def measured(rounds: list[Round], checked: tuple[bool, str], **told: Any) -> Measure:
    """The medians of the rounds."""
    if not all(each.granted for each in rounds):
        raise RuntimeError(f"a round in which nothing was granted: {rounds}")
    detail = {
        "load_generator": rounds[0].load.tool,
        "refused": sum(each.load.refused for each in rounds),
        "server_processors_busy": round(median(each.cpu for each in rounds), 2),
    }
    return Measure(
        figure=round(median(each.rate for each in rounds), 1),
        unit="/s",
        rounds=[round(each.rate) for each in rounds],
        p50_ms=round(median(each.load.p50_ms for each in rounds), 2),
        p99_ms=round(median(each.load.p99_ms for each in rounds), 2),
        fsync=median_fsync([each.fsync for each in rounds]),
        sound=checked[0],
        check=checked[1],
        detail=detail | told.pop("detail", {}),
        **told,
    )
