"""Whatever is placed, accepted, rejected, cancelled and looked at again: the books hold, and rounds only ever save."""

from collections import Counter
from contextlib import suppress
from typing import Any

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.unit.flows.conftest import BRAND, GUANGZHOU, MUG, SANLITUN, SCARF, WANGFUJING, XIDAN, House

from manystores.catalogue.registry import FIRST_OFFER_NO
from manystores.core.errors import Problem
from manystores.flows.improve import Improve, Improved
from manystores.flows.routing import Shipment
from manystores.ledger import Key
from manystores.orders import changes, fulfilment
from manystores.orders.moving import moves
from manystores.orders.order import Order
from manystores.sourcing.policy import DEFAULT_POLICY, ImproveRule

STORES = (WANGFUJING, XIDAN, SANLITUN, GUANGZHOU)
MAX_MOVES = 2
POLICY = msgspec.structs.replace(
    DEFAULT_POLICY,
    version=3,
    on_shortage="partial",
    improve=ImproveRule(min_gain=1, min_gain_percent=0.0, max_moves=MAX_MOVES),
)


class Festival(RuleBasedStateMachine):
    """A few scarce goods, stores that take few orders an hour, and shoppers who change their minds."""

    def __init__(self) -> None:
        super().__init__()
        self.house = House()
        self.house.router.set_policy(BRAND, POLICY)
        self.placed: list[Order] = []

    @initialize(
        limits=st.lists(st.sampled_from([1, 2, None]), min_size=4, max_size=4),
        shelves=st.lists(st.integers(0, 3), min_size=8, max_size=8),
        lots=st.lists(st.integers(0, 1), min_size=8, max_size=8),
    )
    def open(self, limits: list[int | None], shelves: list[int], lots: list[int]) -> None:
        self.house.router.lots.add([(5, "L5")])
        for i, location_no in enumerate(STORES):
            fields = {} if limits[i] is None else {"orders_per_hour": limits[i]}
            self.house.change(location_no, handle_order_cost=10 * i, **fields)
            for j, offer_no in enumerate((SCARF, MUG)):
                if units := shelves[2 * i + j]:
                    self.house.receive(location_no, offer_no, units, lot_no=5 * lots[2 * i + j])

    # -- what happens -----------------------------------------------------------------------------------------------

    @rule(lines=st.lists(st.tuples(st.sampled_from([SCARF, MUG]), st.integers(1, 2)), min_size=1, max_size=3))
    def place(self, lines: list[tuple[int, int]]) -> None:
        with suppress(Problem):  # nothing left of it
            self.placed.append(self.house.order(*lines))

    @rule(location_no=st.sampled_from(STORES), offer_no=st.sampled_from([SCARF, MUG]), lot_no=st.sampled_from([0, 5]))
    def receive(self, location_no: int, offer_no: int, lot_no: int) -> None:
        self.house.receive(location_no, offer_no, 1, lot_no=lot_no)

    @rule(minutes=st.sampled_from([1, 61]))
    def wait(self, minutes: int) -> None:
        self.house.wait(minutes * 60)

    @precondition(lambda self: self.placed)
    @rule(data=st.data(), reason=st.sampled_from(["too_busy", "out_of_stock"]), reject=st.booleans())
    def answer(self, data: st.DataObject, reason: str, reject: bool) -> None:
        order = self._one(data)
        numbers = [work.number for work in order.fulfilments if work.state == "open"]
        if not numbers:
            return
        number = data.draw(st.sampled_from(numbers))
        if reject:
            self.house.step(order, lambda o, at, actor: fulfilment.reject(o, number, reason, at, actor))
        else:
            self.house.step(order, lambda o, at, actor: fulfilment.accept(o, number, at, actor))

    @precondition(lambda self: self.placed)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        order = self._one(data)
        if order.open:
            self.house.step(order, lambda o, at, actor: changes.cancel(o, at, actor))

    @precondition(lambda self: self.placed)
    @rule()
    def round(self) -> None:
        for order in self.placed:
            before = self.house.get(order.order_id)
            cost, promised = self._cost(before), self._promised(before)
            done: Improved | None = self.house.decide(Improve(before.order_id, self.house.router))
            after = self.house.get(order.order_id)
            if done is None:
                assert (after, self.house.facts) == (before, [])
                continue
            assert done.saving >= 1
            assert cost - self._cost(after) >= done.saving - 1e-3
            assert [work for work in after.fulfilments if work.state == "in_progress"] == [
                work for work in before.fulfilments if work.state == "in_progress"
            ]
            assert all(to_us <= promised[line_no] for line_no, to_us in self._promised(after).items())
            assert [line.unallocated for line in after.lines] == [line.unallocated for line in before.lines]

    # -- what always holds ------------------------------------------------------------------------------------------

    @invariant()
    def books(self) -> None:
        """What is claimed is what is to be served, bucket by bucket, and no more than there is; so for the hours."""
        claimed: Counter[Key] = Counter()
        for order in map(self._now, self.placed):
            found = self.house.ledger.reservation(order.order_id)
            own: Counter[Key] = Counter()
            for claim in found.claims if found is not None else ():
                own[claim.key] += claim.quantity
            assert own == self._served(order)
            assert moves(order) <= MAX_MOVES
            claimed += own
        for location_no in STORES:
            for offer_no in (SCARF, MUG):
                for lot_no in (0, 5):
                    self._holds(Key(location_no, offer_no, 0, lot_no), claimed)
        for key in claimed:
            if key.offer_no < FIRST_OFFER_NO:
                self._holds(key, claimed)

    @invariant()
    def view_of_capacity(self) -> None:
        """The view that sourcing reads is what the ledger says."""
        view = self.house.router.capacity
        if not len(view.left):
            return
        seen = view.left[1:5].tolist(), view.hour_us[1:5].tolist()
        for location_no in STORES:
            view.update(location_no)
        assert (view.left[1:5].tolist(), view.hour_us[1:5].tolist()) == seen

    def _holds(self, key: Key, claimed: Counter[Key]) -> None:
        counters = self.house.ledger.counters(key)
        if counters is None:
            assert not claimed[key]
            return
        assert counters.reserved == claimed[key]
        assert counters.available >= 0

    def _served(self, order: Order) -> Counter[Key]:
        served: Counter[Key] = Counter()
        for work in order.fulfilments:
            for part in work.lines:
                lot_no = self.house.router.lots.number(part.lot) if part.lot else 0
                served[Key(work.location_no, part.offer_no, part.window_us, lot_no)] += part.open
            for offer_no, window_us in work.capacity_windows:
                served[Key(work.location_no, offer_no, window_us)] += 1
        return +served

    def _cost(self, order: Order) -> float:
        works = [work for work in order.fulfilments if work.state == "open" and work.open]
        sent = [Shipment(w.location_no, [(p.offer_no, p.open) for p in w.lines if p.open]) for w in works]
        return self.house.router.cost(self.house.ledger, order, sent, self.house.now_us)

    def _promised(self, order: Order) -> dict[int, int]:
        told: dict[int, int] = {}
        for work in order.fulfilments:
            for part in work.lines:
                if part.open:
                    told[part.line_no] = max(told.get(part.line_no, 0), work.promised_to_us)
        return told

    def _one(self, data: st.DataObject) -> Order:
        return self._now(data.draw(st.sampled_from(self.placed)))

    def _now(self, order: Order) -> Order:
        return self.house.get(order.order_id)


TestFestival: Any = Festival.TestCase
TestFestival.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
