"""What rounds over open orders save: the same festival night with and without them, by the owner's own commands.

    python -m benchmarks.bench_rounds [--size S] [--seeds 41,42,43] [--cancel 0.1] [--reject 0.05] [--json]

All orders of a generated instance come in within three hours from midnight, in random order, on stock that is scarce
where it is wanted most. Stores answer from eight in the morning on, after two hours on average; meanwhile some shoppers
cancel, and some stores reject. What one does depends on the order and the store alone, so that both runs meet the same
people. Every fifteen minutes a round looks at all open orders, under the usual policy. Nothing is written to a disk:
what is timed is deciding. Costs are carriage and handling of what was accepted, in CNY a unit. All seeds are told; exit
code 1 when a seed has rounds that cost more a unit than none, or move an order too often.
"""

import argparse
import heapq
import random
import sys
import time
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import Struct

from manystores.catalogue.offer import Offer
from manystores.catalogue.registry import FIRST_OFFER_NO
from manystores.catalogue.registry import Registry as Catalogue
from manystores.core.clock import MINUTE_US, SECOND_US
from manystores.core.errors import Problem
from manystores.core.ids import uuid7
from manystores.core.money import Money
from manystores.flows.improve import Improve, Improved
from manystores.flows.place_order import PlaceOrder, Wanted
from manystores.flows.routing import Router, Shipment
from manystores.flows.transition import Transition
from manystores.instances import generator
from manystores.ledger import Key, Ledger, Reason
from manystores.network import location_of
from manystores.network.registry import Registry as Network
from manystores.orders import changes, fulfilment
from manystores.orders.draft import draft
from manystores.orders.moving import moves
from manystores.orders.order import Order
from manystores.orders.placing import line_draft
from manystores.promise.command import Command
from manystores.promise.decide import Decider
from manystores.promise.results import Results
from manystores.promise.turn import Prepared
from manystores.sourcing.policy import DEFAULT_POLICY

BRAND: Final = 1
START_US: Final = 1_793_462_400_000_000  # 2026-11-01T00:00:00+08:00
SEEDS: Final = (41, 42, 43)
NIGHT_HOURS: Final = 3
MORNING_HOURS: Final = 8
ACCEPT_HOURS: Final = 2.0
CANCEL_HOURS: Final = 3.0
INSTANCE_DAYS: Final = 10
HOUR_US: Final = 60 * MINUTE_US


class Habits(Struct, frozen=True):
    """How people are."""

    cancels: float
    rejects: float


class Run(Struct, frozen=True):
    """One festival. Costs in CNY; `units` were accepted by a store."""

    cost: float
    carriage: float
    units: int
    shipments: int
    refused: int
    moved: int
    moves: int
    most_moves: int
    looked_at: int
    seconds: float
    hours_to_accept: float

    @property
    def per_unit(self) -> float:
        return self.cost / max(1, self.units)


class Compared(Struct, frozen=True):
    """A seed without rounds and with them."""

    seed: int
    orders: int
    without: Run
    rounds: Run

    @property
    def saving_percent(self) -> float:
        """Of the cost a unit."""
        return 100 * (1 - self.rounds.per_unit / self.without.per_unit)

    @property
    def carriage_percent(self) -> float:
        """What is saved of the carriage a unit."""
        before, after = (one.carriage / max(1, one.units) for one in (self.without, self.rounds))
        return 100 * (1 - after / before)


class Festival:
    """A brand in memory, and what is still to happen there."""

    def __init__(self, tables: dict[str, Any], seed: int, habits: Habits, *, rounds: bool) -> None:
        self.seed, self.habits = seed, habits
        self.network, self.ledger = _network(tables), Ledger()
        self.router = Router(self.network, _catalogue(tables))
        self.decider = Decider(self.ledger, Results(START_US, 24))
        self.decider.orders._size = 1 << 30  # no database to read them from again
        self._stock(tables)
        self.prepared, self.now_us, self._seq = Prepared(), START_US, 0
        self.coming: list[tuple[int, int, tuple[Any, ...]]] = []
        self._count = 0
        self.open: dict[UUID, None] = {}
        self.cost, self.carriage, self.units, self.shipments = 0.0, 0.0, 0, 0
        self.refused, self.looked_at = 0, 0
        self.seconds, self.waited_us, self.accepted = 0.0, 0, 0
        self._wanted(tables)
        if rounds:
            every_us = DEFAULT_POLICY.improve.every_minutes * MINUTE_US
            for at_us in range(START_US + every_us, START_US + 30 * HOUR_US, every_us):
                self._later(at_us, "round")

    def run(self) -> Run:
        """Live through it."""
        while self.coming:
            self.now_us, _, (what, *of) = heapq.heappop(self.coming)
            getattr(self, what)(*of)
        moved = [moves(order) for order, _ in self.decider.orders._orders.values()]
        return Run(
            self.cost, self.carriage, self.units, self.shipments, self.refused, sum(n > 0 for n in moved),
            sum(moved), max(moved), self.looked_at, self.seconds, self.waited_us / HOUR_US / max(1, self.accepted),
        )  # fmt: skip

    # -- what happens ------------------------------------------------------------------------------------------------

    def place(self, command: PlaceOrder) -> None:
        """A shopper orders, and may soon think better of it."""
        if self._decide(command) is None:
            self.refused += 1
            return
        order_id = command.order_id
        self.open[order_id] = None
        self._ask_stores(order_id)
        chance = self._chance(order_id, "cancels")
        if chance.random() < self.habits.cancels:
            self._later(self.now_us + int(chance.expovariate(1 / CANCEL_HOURS) * HOUR_US), "cancel", order_id)

    def cancel(self, order_id: UUID) -> None:
        """The shopper cancels what no store has accepted."""
        order = self._order(order_id)
        if order.open and all(work.state != "in_progress" for work in order.fulfilments):
            self._decide(self._transition(order_id, lambda o, at, actor: changes.cancel(o, at, actor)))
            self.open.pop(order_id, None)

    def answer(self, order_id: UUID, number: int) -> None:
        """A store accepts the work, if it still has it, or rejects it."""
        order = self._order(order_id)
        work = order.fulfilments[number - 1]
        if work.state != "open":
            return
        if self._chance(order_id, work.location_no).random() < self.habits.rejects:
            self._decide(
                self._transition(order_id, lambda o, at, actor: fulfilment.reject(o, number, "too_busy", at, actor))
            )
            self._ask_stores(order_id)
            return
        self._decide(self._transition(order_id, lambda o, at, actor: fulfilment.accept(o, number, at, actor)))
        goods = [(part.offer_no, part.open) for part in work.lines if part.open]
        cost, units = self.router.cost(self.ledger, order, [Shipment(work.location_no, goods)], self.now_us), work.open
        at = self.network.location(work.location_no)
        self.cost += cost / 100
        self.carriage += (cost - at.handle_order_cost - units * at.handle_unit_cost) / 100
        self.units += units
        self.shipments += 1
        self.waited_us += self.now_us - order.placed_at_us
        self.accepted += 1
        if all(one.state != "open" for one in self._order(order_id).fulfilments):
            self.open.pop(order_id, None)

    def round(self) -> None:
        """All open orders are looked at again."""
        began = time.perf_counter()
        found = list(self.open)
        for order_id in found:
            if isinstance(self._decide(Improve(order_id, self.router)), Improved):
                self._ask_stores(order_id)
        self.looked_at += len(found)
        self.seconds += time.perf_counter() - began

    # -- inside ------------------------------------------------------------------------------------------------------

    def _ask_stores(self, order_id: UUID) -> None:
        """Each store that was just given work answers some time later."""
        for work in self._order(order_id).fulfilments:
            if work.state == "open" and work.created_at_us == self.now_us:
                chance = self._chance(order_id, work.location_no)
                chance.random()  # whether it rejects
                after_us = int(chance.expovariate(1 / ACCEPT_HOURS) * HOUR_US)
                begin_us = max(self.now_us, START_US + MORNING_HOURS * HOUR_US)
                self._later(begin_us + after_us, "answer", order_id, work.number)

    def _chance(self, order_id: UUID, of: object) -> random.Random:
        """The same for the same order and store in both runs."""
        return random.Random(f"{self.seed}/{self._order(order_id).channel_order_id}/{of}")

    def _later(self, at_us: int, *what: Any) -> None:
        self._count += 1
        heapq.heappush(self.coming, (at_us, self._count, what))

    def _order(self, order_id: UUID) -> Order:
        found = self.decider.orders.get(order_id)
        assert found is not None
        return found

    def _transition(self, order_id: UUID, step: Any) -> Transition:
        return Transition(order_id, step, self.router, "key:bench", BRAND)

    def _decide(self, command: Command) -> Any:
        """The owner's answer; None for what can't be served."""
        self._seq += 1
        ((_, answer),) = self.decider.decide([command], self._seq, self.now_us, self.prepared, self._seq - 1).answers
        if isinstance(answer, Problem):
            if answer.rule.code == "cannot_serve":
                return None
            raise answer
        return answer

    def _stock(self, tables: dict[str, Any]) -> None:
        self.ledger.begin(0)
        for sku, location, units in tables["stock"].select("sku_id", "location_id", "qty").iter_rows():
            if units:
                self.ledger.post(Key(location + 1, FIRST_OFFER_NO + sku), Reason.RECEIVED, on_hand=units)
        self.ledger.commit()
        self.ledger.drain()

    def _wanted(self, tables: dict[str, Any]) -> None:
        lines: dict[int, list[tuple[int, int]]] = {}
        for order, sku, units in tables["order_lines"].select("order_id", "sku_id", "qty").iter_rows():
            lines.setdefault(order, []).append((sku, units))
        for order, seconds, lat, lon in tables["orders"].select("order_id", "t", "lat", "lon").iter_rows():
            at_us = START_US + seconds * SECOND_US * NIGHT_HOURS // (INSTANCE_DAYS * 24)
            body = draft(
                msgspec.json.encode({
                    "channel": "app",
                    "channel_order_id": str(order),
                    "lines": [{"offer": f"X{sku}", "quantity": units} for sku, units in lines[order]],
                    "deliver_to": {"lat": lat, "lon": lon},
                })
            )  # fmt: skip
            drafts = [
                line_draft(line, FIRST_OFFER_NO + sku, 1990)
                for line, (sku, _) in zip(body.lines, lines[order], strict=True)
            ]
            command = PlaceOrder(uuid7(at_us), Wanted(body, drafts), self.router, None, "key:bench", BRAND)
            self._later(at_us, "place", command)


def _network(tables: dict[str, Any]) -> Network:
    found = []
    columns = ("location_id", "is_warehouse", "lat", "lon", "cap_day", "handle_ship", "handle_unit")
    for number, warehouse, lat, lon, orders, shipment, unit in tables["locations"].select(*columns).iter_rows():
        body = {
            "code": f"L{number}",
            "name": f"L{number}",
            "kind": "warehouse" if warehouse else "store",
            "lat": lat,
            "lon": lon,
            "orders_per_day": INSTANCE_DAYS * orders,
            "handle_order_cost": round(100 * shipment),
            "handle_unit_cost": round(100 * unit),
        }
        found.append(msgspec.structs.replace(location_of(body, BRAND), location_no=number + 1, revision=1))
    network = Network()
    network.apply(found)
    return network


def _catalogue(tables: dict[str, Any]) -> Catalogue:
    return Catalogue(
        Offer(
            offer_no=FIRST_OFFER_NO + sku,
            party_no=BRAND,
            sku=f"X{sku}",
            kind="good",
            names={"und": f"X{sku}"},
            price=Money(1990, "CNY"),
            weight_g=round(1000 * kg),
        )
        for sku, kg in tables["skus"].select("sku_id", "kg").iter_rows()
    )


def compare(size: str, seed: int, habits: Habits) -> Compared:
    """The same festival twice."""
    tables, _ = generator.generate(size, seed)
    without = Festival(tables, seed, habits, rounds=False).run()
    return Compared(seed, len(tables["orders"]), without, Festival(tables, seed, habits, rounds=True).run())


def table(found: list[Compared]) -> str:
    """All seeds, and their mean."""
    lines = [
        "               CNY a unit        saving, %     orders   moves  most    shipments     ms for   hours to accept",
        "seed  orders  without rounds   all  carriage moved, %  /order moves  without  rounds   1,000  without  rounds",
    ]
    for one in found:
        a, b = one.without, one.rounds
        lines.append(
            f"{one.seed:4} {one.orders:7,}  {a.per_unit:7.3f} {b.per_unit:6.3f} {one.saving_percent:5.2f}"
            f" {one.carriage_percent:9.2f} {100 * b.moved / one.orders:8.2f} {b.moves / one.orders:7.4f}"
            f" {b.most_moves:5}  {a.shipments:7,} {b.shipments:7,} {1e6 * b.seconds / max(1, b.looked_at):7.0f}"
            f"  {a.hours_to_accept:7.2f} {b.hours_to_accept:7.2f}"
        )
    cost, carriage = ([getattr(one, name) for one in found] for name in ("saving_percent", "carriage_percent"))
    lines.append(f"mean saving {sum(cost) / len(found):.2f} % of all, {sum(carriage) / len(found):.2f} % of carriage")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="S", choices=("XS", "S", "M"))
    parser.add_argument("--seeds", default=",".join(map(str, SEEDS)), help="numbers with commas between")
    parser.add_argument("--cancel", type=float, default=0.1, help="share of shoppers who cancel")
    parser.add_argument("--reject", type=float, default=0.05, help="share of its work that a store rejects")
    parser.add_argument("--json", action="store_true", help="print one JSON line a seed instead of the table")
    given = parser.parse_args()
    found = []
    for seed in given.seeds.split(","):
        found.append(compare(given.size, int(seed), Habits(given.cancel, given.reject)))
        if given.json:
            print(msgspec.json.encode(found[-1]).decode(), flush=True)
    if not given.json:
        print(table(found))
    most = DEFAULT_POLICY.improve.max_moves
    return 0 if all(one.saving_percent >= 0 and one.rounds.most_moves <= most for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
