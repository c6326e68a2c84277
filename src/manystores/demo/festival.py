"""The festival itself: shoppers order on every channel while stores accept, refuse, pick, ship and take back.

Everything goes over HTTP. What each shopper and store is inclined to do is drawn with a seed; what comes of it depends
on who is first, as in life.
"""

import asyncio
import random
import time
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from msgspec import Struct

from manystores.demo.connections import Answer, Client
from manystores.demo.reading import CODE, OPTIONS, PROBLEM, RESULTS, RETURN, STEPPED, VIEW, ProblemBody, View, Work
from manystores.demo.world import Wish, World
from manystores.flows.rules import CANT_SERVE

BATCH: Final = 50
IN_BATCHES: Final = 0.7
"""Share of the orders that come from channels which send them in batches."""
BATCH_SENDERS: Final = 2
SHOPPERS: Final = 12
"""Shoppers who order singly at the same time."""
STORES: Final = 20
"""Stores (and shoppers at their counters) that do something at the same time."""
REJECT: Final = 0.07
"""Share of the fulfilment orders that their location refuses."""
PICK_SHORT: Final = 0.01
REASONS: Final = {
    "out_of_stock": 0.35,
    "cannot_find": 0.20,
    "damaged": 0.15,
    "too_busy": 0.15,
    "closed": 0.10,
    "other": 0.05,
}
CARRIERS: Final = ("SF", "YTO", "ZTO", "JD", "EMS")

Progress = Callable[[str, int], None]
_encode = msgspec.json.Encoder().encode


class Told(Struct):
    """An order as the demo last heard of it, and the wish behind it."""

    number: int
    wish: Wish
    view: View
    lines: tuple[tuple[int, int], ...]
    """(index of the basket's line, quantity) of each line that was ordered."""
    cancelled: bool = False
    returned: bool = False
    split: bool = False


class Tally(Struct):
    """What was counted while it ran."""

    refused: int = 0
    steps: int = 0
    missed: int = 0
    """Steps that came too late: somebody else was first."""
    unexpected: dict[str, int] = {}
    first_at: float = 0.0
    last_at: float = 0.0


class Clients(Struct, frozen=True):
    """One client a role, each with its own key."""

    channels: Client
    stores: Client
    counter: Client


class Festival:
    """Plays a scenario once. `orders` and `tally` tell what came of it."""

    def __init__(self, clients: Clients, scenario: World, run: str, progress: Progress, seed: int = 1) -> None:
        self.orders: dict[str, Told] = {}
        self.tally = Tally()
        self._clients, self._world, self._run, self._progress = clients, scenario, run, progress
        self._rng = random.Random(f"{seed} {len(scenario.wishes)}")
        self._codes = scenario.places.codes
        self._skus = [offer["sku"] for offer in scenario.offers]
        self._prices = [int(offer["price"]["amount"]) for offer in scenario.offers]
        self._todo: asyncio.Queue[tuple[str, str, Work | None]] = asyncio.Queue()

    async def play(self) -> None:
        """Everything at once, until all orders are in and all that was to be done is done."""
        numbers = list(range(len(self._world.wishes)))
        batched = [i for i in numbers if not self._alone(i)]
        singles = iter([i for i in numbers if self._alone(i)])
        batches = iter([batched[start : start + BATCH] for start in range(0, len(batched), BATCH)])
        stores = [asyncio.create_task(self._work()) for _ in range(STORES)]
        self.tally.first_at = time.perf_counter()
        async with asyncio.TaskGroup() as senders:
            for _ in range(BATCH_SENDERS):
                senders.create_task(self._send_batches(batches))
            for _ in range(SHOPPERS):
                senders.create_task(self._send_singles(singles))
        self.tally.last_at = time.perf_counter()
        done = asyncio.create_task(self._todo.join())
        await asyncio.wait([done, *stores], return_when=asyncio.FIRST_COMPLETED)
        for store in stores:
            store.cancel()
        for outcome in await asyncio.gather(*stores, return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome

    async def trickle(self, every_s: float) -> None:
        """One order after the other, so many seconds apart, with everything that follows from each."""
        stores = [asyncio.create_task(self._work()) for _ in range(STORES)]
        try:
            for i in range(len(self._world.wishes)):
                await self._order(i, self._whole(i), "")
                await asyncio.sleep(every_s)
        finally:
            for store in stores:
                store.cancel()

    def _alone(self, i: int) -> bool:
        """Whether a shopper orders singly: those who look where they can collect it, and some of the others."""
        return self._world.wishes[i].pick_up or i % 100 >= IN_BATCHES * 100

    # -- orders ----------------------------------------------------------------------------------------------------

    async def _send_batches(self, batches: Any) -> None:
        for numbers in batches:
            bodies = [self._body(i, self._whole(i)) for i in numbers]
            answer = await self._clients.channels.call("POST", "/v1/orders/batch", _encode({"orders": bodies}))
            if answer.status != 200:
                self._unexpected("orders/batch", answer)
                continue
            for i, result in zip(numbers, RESULTS.decode(answer.body).results, strict=True):
                await self._heard(i, self._whole(i), result.order, result.problem)
            self._progress("orders", len(numbers))

    async def _send_singles(self, numbers: Any) -> None:
        for i in numbers:
            await self._order(i, self._whole(i), "")
            self._progress("orders", 1)

    async def _order(self, i: int, lines: list[tuple[int, int]], suffix: str) -> None:
        wish = self._world.wishes[i]
        at = await self._where_to_collect(wish, lines[0]) if wish.pick_up else None
        answer = await self._clients.channels.call("POST", "/v1/orders", _encode(self._body(i, lines, suffix, at)))
        if answer.status in (200, 201):
            await self._heard(i, lines, VIEW.decode(answer.body), None, again=bool(suffix))
        else:
            await self._heard(i, lines, None, PROBLEM.decode(answer.body), again=bool(suffix))

    async def _where_to_collect(self, wish: Wish, line: tuple[int, int]) -> str | None:
        """The nearest store that has it, as the shopper's phone shows it; None if none is near."""
        offer, quantity = wish.basket.lines[line[0]]
        asked = {"offer": self._skus[offer], "quantity": quantity, "lat": wish.lat, "lon": wish.lon}
        answer = await self._clients.channels.call(
            "GET", f"/v1/availability?{urlencode(asked | {'channel': wish.channel})}"
        )
        if answer.status != 200:
            self._unexpected("availability", answer)
            return None
        options = (option for option in OPTIONS.decode(answer.body).options if option.kind == "pick_up")
        return next((option.locations[0] for option in options), None)

    async def _heard(
        self,
        i: int,
        lines: list[tuple[int, int]],
        view: View | None,
        problem: ProblemBody | None,
        *,
        again: bool = False,
    ) -> None:
        """An order was answered: taken, or what it lacks is left out and it is sent once more."""
        if view is not None:
            self._take(i, lines, view)
            return
        assert problem is not None
        if problem.code != CANT_SERVE.code:
            self._note(f"orders: {problem.code} {problem.detail}")
            return
        less = [(n, quantity) for n, quantity in _less(lines, problem) if quantity]
        if less and not again:
            await self._order(i, less, "-again")
        else:
            self.tally.refused += 1

    def _take(self, i: int, lines: list[tuple[int, int]], view: View) -> None:
        wish = self._world.wishes[i]
        works = [work for work in view.fulfilment_orders if work.state == "open"]
        self.orders[view.id] = Told(i, wish, view, tuple(lines), split=len(works) > 1)
        if wish.cancels:
            self._todo.put_nowait(("cancel", view.id, None))
        for work in works:
            self._offer(view.id, work)

    def _offer(self, order: str, work: Work) -> None:
        """A location has got work: it refuses, works on it now, or later than the demo lasts."""
        wish = self.orders[order].wish
        if self._rng.random() < REJECT:
            self._todo.put_nowait(("reject", order, work))
        elif (wish.worked or wish.returns) and not wish.cancels:
            self._todo.put_nowait(("serve", order, work))

    def _whole(self, i: int) -> list[tuple[int, int]]:
        return [(n, quantity) for n, (_, quantity) in enumerate(self._world.wishes[i].basket.lines)]

    def _body(self, i: int, lines: list[tuple[int, int]], suffix: str = "", at: str | None = None) -> dict[str, Any]:
        wish = self._world.wishes[i]
        offers = [(wish.basket.lines[n][0], quantity) for n, quantity in lines]
        owed = sum(self._prices[offer] * quantity for offer, quantity in offers)
        body: dict[str, Any] = {
            "channel": wish.channel,
            "channel_order_id": f"{self._run}-{i}{suffix}",
            "lines": [
                {"offer": self._skus[offer], "quantity": quantity, "unit_price": self._prices[offer]}
                for offer, quantity in offers
            ],
            "payment": {"reference": f"{self._run}-{i}{suffix}", "captured": owed, "method": "alipay"},
        }
        if wish.sold_at >= 0:
            body["sold_at"] = self._codes[wish.sold_at]
        if at is not None:
            return body | {"pick_up_at": at}
        to = {"lat": wish.lat, "lon": wish.lon, "region": wish.region}
        return body | {"deliver_to": to | {"address": wish.city, "name": f"顾客{i}"}}

    # -- stores ----------------------------------------------------------------------------------------------------

    async def _work(self) -> None:
        while True:
            what, order, work = await self._todo.get()
            if what == "cancel":
                await self._cancel(order)
            elif work is not None:
                await (self._reject(order, work) if what == "reject" else self._serve(order, work))
            self._todo.task_done()

    async def _cancel(self, order: str) -> None:
        body = _encode({"reason": "changed my mind"})
        answer = await self._clients.channels.call("POST", f"/v1/orders/{order}/cancel", body, f"{order}-cancel")
        if answer.status == 200:
            self._learn(order, VIEW.decode(answer.body))
            self.orders[order].cancelled = True
            self._progress("cancelled", 1)
        else:
            self._late(answer)

    async def _reject(self, order: str, work: Work) -> None:
        reason = self._rng.choices(list(REASONS), list(REASONS.values()))[0]
        if reason == "cannot_find" and await self._step(order, work, "accept") is None:
            return
        if await self._step(order, work, "reject", {"reason": reason}) is not None:
            self._progress("rejected", 1)

    async def _serve(self, order: str, work: Work) -> None:
        """Accept, fetch, and let it go: to the shopper at the counter, or in a parcel."""
        short = work.units > 1 and self._rng.random() < PICK_SHORT
        picked = {"lines": _all_but_one(work)} if short else {}
        if await self._step(order, work, "accept") is None or await self._step(order, work, "pick", picked) is None:
            return
        if work.kind == "pick_up":
            if await self._step(order, work, "ready") is None:
                return
            answer = await self._clients.channels.call("GET", f"/v1/fulfilment-orders/{work.id}/code")
            code = CODE.decode(answer.body).code if answer.status == 200 else None
            done = code and await self._step(order, work, "hand-over", {"code": code})
        else:
            carrier = self._rng.choice(CARRIERS)
            parcel = {"carrier": carrier, "tracking": f"{carrier}{UUID(order).int % 10**12:012d}"}
            done = await self._step(order, work, "pack") and await self._step(order, work, "ship", parcel)
        if done:
            self._progress("served", 1)
            told = self.orders[order]
            if told.wish.returns and not told.returned and told.view.state == "completed":
                await self._return(order, work)

    async def _step(self, order: str, work: Work, step: str, body: dict[str, Any] | None = None) -> View | None:
        """Take a step of a location's work; None if somebody else was first."""
        path = f"/v1/fulfilment-orders/{work.id}/{step}"
        answer = await self._clients.stores.call("POST", path, _encode(body or {}), f"{work.id}-{step}")
        self.tally.steps += 1
        if answer.status != 200:
            self._late(answer)
            return None
        view = STEPPED.decode(answer.body).order
        self._learn(order, view)
        return view

    async def _return(self, order: str, work: Work) -> None:
        """The shopper brings a line back to the store that sent it; it is sold again, or written off."""
        told = self.orders[order]
        told.returned = True
        back = next((line for line in told.view.lines if line.shipped), None)
        if back is None:
            return
        at = work.location if not work.location.startswith("W") else self._codes[self._rng.randrange(1000)]
        line = {"line": back.line, "quantity": back.shipped}
        asked = {"order": order, "location": at, "lines": [line | {"reason": "too small"}]}
        answer = await self._clients.counter.call("POST", "/v1/returns", _encode(asked), f"{order}-return")
        if answer.status != 201:
            self._late(answer)
            return
        path = f"/v1/returns/{order}/{RETURN.decode(answer.body).made.number}"
        worn = self._rng.random() < 0.3
        goods = {"line": back.line, "written_off" if worn else "restocked": back.shipped}
        for step, body in (("accept", {}), ("receive", {"lines": [goods]}), ("complete", {})):
            answer = await self._clients.counter.call("POST", f"{path}/{step}", _encode(body), f"{order}-return-{step}")
            if answer.status != 200:
                self._late(answer)
                return
            self._learn(order, RETURN.decode(answer.body).order)
        self._progress("returned", 1)

    def _learn(self, order: str, view: View) -> None:
        """Keep what was heard last, and hand work that came up (a re-routed order) to its location."""
        told = self.orders[order]
        if view.revision <= told.view.revision:
            return
        known = {work.id for work in told.view.fulfilment_orders}
        told.view = view
        for work in view.fulfilment_orders:
            if work.id not in known and work.state == "open":
                self._offer(order, work)

    # -- what went otherwise ---------------------------------------------------------------------------------------

    def _late(self, answer: Answer) -> None:
        if answer.status in (404, 409, 422):
            self.tally.missed += 1
            problem = PROBLEM.decode(answer.body)
            if problem.code != "wrong_state":
                self._note(f"{answer.status} {problem.code} {problem.detail}")
        else:
            self._unexpected("step", answer)

    def _unexpected(self, what: str, answer: Answer) -> None:
        self._note(f"{what}: {answer.status} {answer.body[:200].decode(errors='replace')}")

    def _note(self, text: str) -> None:
        self.tally.unexpected[text] = self.tally.unexpected.get(text, 0) + 1


def _less(lines: list[tuple[int, int]], problem: ProblemBody) -> list[tuple[int, int]]:
    """The lines with no more than what can be had."""
    available = {short.line: short.available for short in problem.short}
    return [(n, min(quantity, available.get(at, quantity))) for at, (n, quantity) in enumerate(lines)]


def _all_but_one(work: Work) -> list[dict[str, int]]:
    """What is picked when one unit is not where it should be."""
    first, *others = work.lines
    found = {"line": first.line, "quantity": first.served - 1, "short": 1}
    return [found, *({"line": part.line, "quantity": part.served} for part in others)]
