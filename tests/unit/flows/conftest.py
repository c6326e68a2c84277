"""A brand with three stores in Beijing and one in Guangzhou, a ledger, and an owner's way to decide commands."""

from typing import Any
from uuid import UUID

import msgspec
import pytest

from manystores.catalogue.offer import Offer
from manystores.catalogue.registry import Registry as Catalogue
from manystores.core.clock import SECOND_US
from manystores.core.errors import Problem
from manystores.core.ids import uuid7
from manystores.core.money import Money
from manystores.flows.place_order import PlaceOrder, Wanted
from manystores.flows.routing import Router
from manystores.flows.transition import Transition
from manystores.ledger import Counters, Key, Ledger, Reason
from manystores.network import location_of
from manystores.network.registry import Registry as Network
from manystores.orders.draft import draft
from manystores.orders.order import Order
from manystores.orders.placing import line_draft
from manystores.promise.command import Command
from manystores.promise.decide import Decider
from manystores.promise.results import Results
from manystores.promise.turn import Prepared

AT = 1_795_000_000_000_000  # 2026-11-18T19:06:40+08:00
BRAND, RIVAL = 1, 2
SCARF, MUG = 16, 17
WANGFUJING, XIDAN, SANLITUN, GUANGZHOU, RIVALS = 1, 2, 3, 4, 5
PLACES = {
    WANGFUJING: ("WANGFUJING", 39.9139, 116.4109),
    XIDAN: ("XIDAN", 39.9096, 116.3732),
    SANLITUN: ("SANLITUN", 39.9366, 116.4553),
    GUANGZHOU: ("GUANGZHOU", 23.1291, 113.2644),
    RIVALS: ("WANGFUJING", 39.9139, 116.4109),
}
TIANANMEN = {"lat": 39.9055, "lon": 116.3976, "region": "110101"}


class House:
    """`house.order((SCARF, 2))`, `house.step(order, lambda order, at, actor: ...)`, `house.counters(XIDAN, SCARF)`."""

    def __init__(self) -> None:
        self.network, self.ledger, self.now_us = Network(), Ledger(), AT
        offers = [(SCARF, "SCARF", BRAND), (MUG, "MUG", BRAND), (18, "SCARF", RIVAL)]
        self.catalogue = Catalogue(
            Offer(offer_no=no, party_no=party, sku=sku, kind="good", names={"und": sku}, price=Money(1990, "CNY"))
            for no, sku, party in offers
        )
        for number in PLACES:
            self.change(number)
        self.router = Router(self.network, self.catalogue)
        self.decider = Decider(self.ledger, Results(AT, 24))
        self.facts: list[str] = []
        self.prepared = Prepared()
        self._seq = 0
        self._ids = iter(range(1, 1000))

    def change(self, number: int, **fields: Any) -> None:
        """Write a location, changed in these fields."""
        code, lat, lon = PLACES[number]
        body = {"code": code, "name": f"店{code}", "kind": "store", "lat": lat, "lon": lon} | fields
        location = location_of(body, RIVAL if number == RIVALS else BRAND)
        self.network.apply([msgspec.structs.replace(location, location_no=number, revision=self.network.size + 100)])
        if hasattr(self, "router"):
            self.router.network_changed()

    def receive(self, location_no: int, offer_no: int, units: int, window_us: int = 0, lot_no: int = 0) -> None:
        """Put units on a shelf, or on offer for a later window."""
        self.ledger.begin(0)
        self.ledger.post(Key(location_no, offer_no, window_us, lot_no), Reason.RECEIVED, on_hand=units)
        self.ledger.commit()
        self.ledger.drain()

    def counters(self, location_no: int, offer_no: int, window_us: int = 0) -> tuple[int, int, int]:
        """(on hand, reserved, unavailable)."""
        found = self.ledger.counters(Key(location_no, offer_no, window_us)) or Counters(0, 0, 0, 0)
        return found.on_hand, found.reserved, found.unavailable

    def decide(self, command: Command) -> Any:
        """What the owner answers; a Problem is raised."""
        self._seq += 1
        decided = self.decider.decide([command], self._seq, self.now_us, self.prepared, self._seq - 1)
        self.facts = [fact.name for fact in decided.batch.facts]
        ((_, answer),) = decided.answers
        if isinstance(answer, Problem):
            raise answer
        return answer

    def command(self, *lines: tuple[int, int], channel_order_id: str = "", **more: Any) -> PlaceOrder:
        """The command to place an order, to be sent to Tiananmen unless it says otherwise."""
        windows = more.pop("windows", [None] * len(lines))
        numbers = {"pick_up_at": more.pop("pick_up_at", 0), "sold_at": more.pop("sold_at", 0)}
        skus = {SCARF: "SCARF", MUG: "MUG"}
        n = next(self._ids)
        body = {"channel": "app", "channel_order_id": channel_order_id or f"A-{n}"} | more
        body["lines"] = [
            {"offer": skus[offer_no], "quantity": quantity, "window": window}
            for (offer_no, quantity), window in zip(lines, windows, strict=True)
        ]
        codes = {name: PLACES[number][0] for name, number in numbers.items() if number}
        body |= codes if "pick_up_at" in codes else codes | {"deliver_to": TIANANMEN}
        wanted = draft(msgspec.json.encode(body))
        drafts = [line_draft(line, offer_no, 1990) for line, (offer_no, _) in zip(wanted.lines, lines, strict=True)]
        whole = Wanted(wanted, drafts, **numbers)
        return PlaceOrder(uuid7(self.now_us + n), whole, self.router, None, "key:shop", BRAND)

    def order(self, *lines: tuple[int, int], **more: Any) -> Order:
        """Place an order."""
        command = self.command(*lines, **more)
        self.decide(command)
        return self.get(command.order_id)

    def get(self, order_id: UUID) -> Order:
        """An order as it is now."""
        found = self.decider.orders.get(order_id)
        assert found is not None
        return found

    def step(self, order: Order, step: Any, **more: Any) -> Order:
        """Take a step with an order."""
        self.decide(Transition(order.order_id, step, self.router, "key:store", BRAND, **more))
        return self.get(order.order_id)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now_us += round(seconds * SECOND_US)


@pytest.fixture
def house() -> House:
    return House()
