"""Reservations on one hot SKU: the owner against one transaction per request, with 64, 256 and 1,000 in flight.

Both sides write the same records durably before they acknowledge, in turns, on databases of one server.
"""

import uvloop

from benchmarks import baselines, engine
from benchmarks.engine import Engine, Side, in_turns
from benchmarks.harness import Measure, Options, main

HOT = (7, 42, 0, 0)
UNITS = 1_000_000_000


def run(options: Options) -> list[Measure]:
    """Measure; one line for each number in flight."""
    with engine.server(options.data) as embedded:
        ours, theirs = engine.database(embedded, "ours"), engine.database(embedded, "per_request")
        baselines.prepare(theirs, [HOT], UNITS)
        return uvloop.run(_measure(options, ours, theirs))


async def _measure(options: Options, ours_url: str, theirs_url: str) -> list[Measure]:
    ours, theirs = await Engine.open(ours_url, [HOT], UNITS), await baselines.PerRequest.open(theirs_url)
    asks = [lambda: ours.hold([HOT], [1]), lambda: theirs.hold([HOT], [1])]
    found: dict[int, list[list[Side]]] = {}
    for round_no in range(options.rounds):
        for count in engine.IN_FLIGHT:
            found.setdefault(count, []).append(await in_turns(round_no, count, options, asks))
    await ours.close()
    await theirs.close()
    verified = [engine.verify_ours(ours_url, ours.acknowledged), baselines.check(theirs_url, theirs.acknowledged)]
    return [
        engine.measure(
            f"reservations on one hot SKU, engine, {count:,} in flight",
            [(sides[0], sides[1]) for sides in rounds],
            "one transaction per request",
            verified,
            must=40 if count == 1_000 else None,
            aim=150 if count == 1_000 else None,
        )
        for count, rounds in found.items()
    ]


if __name__ == "__main__":
    main("engine_hot", run, __doc__)
