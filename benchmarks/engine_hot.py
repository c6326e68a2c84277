"""Reservations on one hot SKU: the owner against one transaction per request, with 64, 256 and 1,000 in flight.

All sides write the same records durably before they acknowledge, in turns, on databases of one server. What is in
flight comes to the owner in sets, as the batch route brings it, and for comparison one by one, each with a caller of
its own that is woken by its own answer.
"""

import uvloop

from benchmarks import baselines, engine
from benchmarks.engine import Engine, asking, asking_sets, in_turns
from benchmarks.from_c import FromC, available, script
from benchmarks.harness import Measure, Options, main

HOT = (7, 42, 0, 0)
UNITS = 1_000_000_000


def run(options: Options) -> list[Measure]:
    """Measure; one line for each number in flight and each client of the baseline."""
    with engine.server(options.data) as embedded:
        ours, theirs = engine.database(embedded, "ours"), engine.database(embedded, "per_request")
        baselines.prepare(theirs, [HOT], UNITS)
        return uvloop.run(_measure(options, ours, theirs))


async def _measure(options: Options, ours_url: str, theirs_url: str) -> list[Measure]:
    ours, theirs = await Engine.open(ours_url, [HOT], UNITS), baselines.PerRequest(theirs_url)
    in_sets = asking_sets(lambda many: ours.hold_set([([HOT], [1])] * many))
    sides = [in_sets, asking(lambda: ours.hold([HOT], [1])), theirs.side(lambda: theirs.hold([HOT], [1]))]
    names = ["one transaction per request"]
    from_c = FromC(theirs_url, options.data, [script(1, HOT[:2], 1, 1, 1, 0)])
    if available():
        sides.append(from_c.run)
        names.append("the same from C (pgbench)")
    found = await in_turns(options, ours_url, sides)
    await ours.close()
    checks = [
        engine.verify_ours(ours_url, ours.acknowledged),
        baselines.check(theirs_url, theirs.acknowledged + from_c.acknowledged),
    ]
    work, lines = "reservations on one hot SKU, engine, {:,} in flight", []
    for many, rounds in found.items():
        limits = {"must": 40, "aim": 150} if many == engine.IN_FLIGHT[-1] else {}
        for i, name in enumerate(names):
            pairs = [(done[0], done[2 + i]) for done in rounds]
            lines.append(engine.measure(f"{work.format(many)} ({engine.SETS} sets)", pairs, name, checks, **limits))
        alone = [(done[1], done[2]) for done in rounds]
        lines.append(engine.measure(f"{work.format(many)} (one by one)", alone, names[0], checks))
    return lines


if __name__ == "__main__":
    main("engine_hot", run, __doc__, seconds=2.5)
