"""From the command to ready, and the memory of all processes, the database's too, when nothing happens.

The installation is that of the benchmarks over HTTP, before their load: 7,209 stores, 2,000 offers, 600,000 stocked
shelves. A second one is empty. `startup_loaded` measures the first one again after that load. Starts are second starts:
the database was initialised before and was shut down.
"""

import time
from pathlib import Path
from statistics import median

from benchmarks.harness import Measure, Options, fsync_latency, main, median_fsync
from benchmarks.http_bench import the_world
from benchmarks.serving import Server, memory_by_process, verify

IDLE_S = 5.0


def run(options: Options) -> list[Measure]:
    """Measure both installations."""
    of = the_world(options)
    shelves = f"{len(of.stores):,} stores, {len(of.shelves):,} shelves"
    return [
        *measured(of.data_dir, shelves, options),
        *measured(options.data / "empty", "an empty installation", options),
    ]


def measured(data_dir: Path, name: str, options: Options, *, judged: bool = True) -> list[Measure]:
    """Starts in a row; memory after the last one."""
    data_dir.mkdir(parents=True, exist_ok=True)
    ready, memory, probes = [], [], []
    for n in range(1 + options.rounds):
        probe = fsync_latency(options.data)
        server = Server(data_dir)
        try:
            seconds = server.wait_ready()
            if n > 0:  # the first makes or upgrades what is missing
                ready.append(round(seconds, 2))
                probes.append(probe)
                server.wait_settled()
                time.sleep(IDLE_S)
                memory.append(memory_by_process(server))
        finally:
            server.stop()
    found = verify(data_dir)
    total = [sum(each.values()) for each in memory]
    sound, check = bool(found["sound"]), f"{found.get('movements', 0)} movements add up"
    return [
        Measure(
            work=f"start-up to ready, {name}",
            figure=median(ready),
            unit="s",
            rounds=ready,
            must=-5 if judged else None,
            aim=-3 if judged else None,
            fsync=median_fsync(probes),
            sound=sound,
            check=check,
        ),
        Measure(
            work=f"idle memory with the database, {name}",
            figure=median(total),
            unit="MB",
            rounds=[float(each) for each in total],
            must=-700 if judged else None,
            aim=-500 if judged else None,
            detail={"by_process_mb": memory[-1]},
        ),
    ]


if __name__ == "__main__":
    main("startup", run, __doc__)
