"""Orders of 1 to 3 lines, all or nothing, over 100,000 buckets: the owner, one transaction per order, set-based SQL.

An order here is what the engine promises: 1 to 3 buckets claimed together, the fact with its whole JSON body, the
movements, the idempotency key. (Routing and the order book are measured over HTTP.) One order in fifty asks for a
bucket that is empty, so that all or nothing is put to use; only accepted orders count.
"""

import random

import uvloop

from benchmarks import baselines, engine
from benchmarks.engine import Ask, Bucket, Engine, Side, in_turns
from benchmarks.harness import Measure, Options, main

LOCATIONS, OFFERS = 500, 200
UNITS = 1_000_000
SHORT_SHARE = 0.02
LINES = (1, 2, 3)


class Baskets:
    """Random orders; the same sequence for each side that begins with the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def next(self) -> tuple[list[Bucket], list[int]]:
        """Distinct buckets and quantities of an order."""
        draw = self._random.random
        places: set[int] = set()
        wanted = LINES[int(draw() * len(LINES))]
        while len(places) < wanted:
            places.add(int(draw() * LOCATIONS * OFFERS))
        keys: list[Bucket] = [(1 + place // OFFERS, 1001 + place % OFFERS, 0, 0) for place in places]
        if draw() < SHORT_SHARE:
            keys[-1] = EMPTY
        return keys, [1 + int(draw() * 3) for _ in keys]


EMPTY: Bucket = (1, 999, 0, 0)
BUCKETS: list[Bucket] = [(1 + n // OFFERS, 1001 + n % OFFERS, 0, 0) for n in range(LOCATIONS * OFFERS)]


def run(options: Options) -> list[Measure]:
    """Measure; two lines, one for each baseline, for each number in flight."""
    with engine.server(options.data) as embedded:
        urls = [engine.database(embedded, name) for name in ("ours", "per_order", "set_based")]
        for url in urls[1:]:
            baselines.prepare(url, BUCKETS, UNITS)
        return uvloop.run(_measure(options, urls))


async def _measure(options: Options, urls: list[str]) -> list[Measure]:
    ours = await Engine.open(urls[0], BUCKETS, UNITS)
    per_order, set_based = await baselines.PerRequest.open(urls[1]), await baselines.SetBased.open(urls[2])
    asks = [_ask(side) for side in (ours, per_order, set_based)]
    found: dict[int, list[list[Side]]] = {}
    for round_no in range(options.rounds):
        for count in engine.IN_FLIGHT:
            found.setdefault(count, []).append(await in_turns(round_no, count, options, asks))
    for side in (ours, per_order, set_based):
        await side.close()
    verified = [
        engine.verify_ours(urls[0], ours.acknowledged),
        baselines.check(urls[1], per_order.acknowledged),
        baselines.check(urls[2], set_based.acknowledged),
    ]
    measures = []
    for count, rounds in found.items():
        for at, (name, must, aim) in enumerate(
            (("one transaction per order", 20, 60), ("set-based SQL settle", 1.5, 3)), start=1
        ):
            measures.append(
                engine.measure(
                    f"orders of 1–3 lines, engine, 100 k buckets, {count:,} in flight",
                    [(sides[0], sides[at]) for sides in rounds],
                    name,
                    [verified[0], verified[at]],
                    must=must if count == 1_000 else None,
                    aim=aim if count == 1_000 else None,
                )
            )
    return measures


def _ask(side: Engine | baselines.PerRequest | baselines.SetBased) -> Ask:
    baskets = Baskets(1)

    async def ask() -> bool:
        keys, quantities = baskets.next()
        return await side.hold(keys, quantities)

    return ask


if __name__ == "__main__":
    main("engine_orders", run, __doc__)
