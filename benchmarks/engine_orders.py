"""Orders of 1 to 3 lines, all or nothing, over 100,000 buckets: the owner, one transaction per order, set-based SQL.

What is in flight comes in sets, as the batch routes bring it, and for comparison one by one, each with a caller of its
own that is woken by its own answer.

An order here is what the engine promises: 1 to 3 buckets claimed together, the fact with its whole JSON body, the
movements, the idempotency key. (Routing and the order book are measured over HTTP.) One order in fifty asks for a
bucket that is empty, so that all or nothing is put to use; only accepted orders count.
"""

import random

import uvloop

from benchmarks import baselines, engine
from benchmarks.engine import Ask, Bucket, Engine, asking, asking_sets, in_turns
from benchmarks.from_c import FromC, available, script
from benchmarks.harness import Measure, Options, main

LOCATIONS, OFFERS, FIRST_OFFER = 500, 200, 1_001
UNITS = 1_000_000
SHORT_SHARE = 0.02
LINES = (1, 2, 3)


DRAWN = 50_000


class Baskets:
    """Random orders, drawn before anything is measured; the same sequence for each side with the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._drawn = [self._draw() for _ in range(DRAWN)]
        self._next = 0

    def next(self) -> tuple[list[Bucket], list[int]]:
        """Buckets and quantities of an order."""
        return self.some(1)[0]

    def some(self, many: int) -> list[tuple[list[Bucket], list[int]]]:
        """Buckets and quantities of so many orders."""
        first = self._next if self._next + many <= DRAWN else 0
        self._next = first + many
        return self._drawn[first : first + many]

    def _draw(self) -> tuple[list[Bucket], list[int]]:
        """Distinct buckets and quantities of an order."""
        draw = self._random.random
        places: set[int] = set()
        wanted = LINES[int(draw() * len(LINES))]
        while len(places) < wanted:
            places.add(int(draw() * LOCATIONS * OFFERS))
        keys: list[Bucket] = [(1 + place // OFFERS, FIRST_OFFER + place % OFFERS, 0, 0) for place in places]
        if draw() < SHORT_SHARE:
            keys[-1] = EMPTY
        return keys, [1 + int(draw() * 3) for _ in keys]


EMPTY: Bucket = (1, 999, 0, 0)
BUCKETS: list[Bucket] = [(1 + n // OFFERS, FIRST_OFFER + n % OFFERS, 0, 0) for n in range(LOCATIONS * OFFERS)]


def run(options: Options) -> list[Measure]:
    """Measure; two lines, one for each baseline, for each number in flight."""
    with engine.server(options.data) as embedded:
        urls = [engine.database(embedded, name) for name in ("ours", "per_order", "set_based")]
        for url in urls[1:]:
            baselines.prepare(url, BUCKETS, UNITS)
        return uvloop.run(_measure(options, urls))


async def _measure(options: Options, urls: list[str]) -> list[Measure]:
    ours = await Engine.open(urls[0], BUCKETS, UNITS)
    per_order, set_based = baselines.PerRequest(urls[1]), await baselines.SetBased.open(urls[2])
    sides = [_in_sets(ours), asking(_ask(ours)), per_order.side(_ask(per_order)), _in_sets(set_based)]
    against = [("one transaction per order", 20, 60), ("set-based SQL settle", 1.5, 3)]
    scripts = [script(lines, None, LOCATIONS, FIRST_OFFER, OFFERS, round(1 / SHORT_SHARE)) for lines in LINES]
    from_c = FromC(urls[1], options.data, scripts)
    if available():
        sides.append(from_c.run)
        against.append(("one transaction per order, from C (pgbench)", 20, 60))
    found = await in_turns(options, urls[0], sides)
    await ours.close()
    await set_based.close()
    checked = engine.verify_ours(urls[0], ours.acknowledged)
    one_by_one = baselines.check(urls[1], per_order.acknowledged + from_c.acknowledged)
    theirs = [one_by_one, baselines.check(urls[2], set_based.acknowledged), one_by_one]
    work, most = "orders of 1–3 lines, engine, 100 k buckets, {:,} in flight", engine.IN_FLIGHT[-1]
    lines = []
    for many, rounds in found.items():
        for i, (name, must, aim) in enumerate(against):
            pairs, checks = [(done[0], done[2 + i]) for done in rounds], [checked, theirs[i]]
            limits = {"must": must, "aim": aim} if many == most else {}
            lines.append(engine.measure(f"{work.format(many)} ({engine.SETS} sets)", pairs, name, checks, **limits))
        alone = [(done[1], done[2]) for done in rounds]
        lines.append(engine.measure(f"{work.format(many)} (one by one)", alone, against[0][0], [checked, theirs[0]]))
    return lines


def _in_sets(side: Engine | baselines.SetBased) -> engine.Run:
    baskets = Baskets(2)
    return asking_sets(lambda many: side.hold_set(baskets.some(many)))


def _ask(side: Engine | baselines.PerRequest) -> Ask:
    baskets = Baskets(1)

    async def ask() -> bool:
        keys, quantities = baskets.next()
        return await side.hold(keys, quantities)

    return ask


if __name__ == "__main__":
    main("engine_orders", run, __doc__, seconds=2.5)
