"""Any steps in any order: quantities add up, the ledger is never asked for too much, and documents survive.

The machine throws steps at an order, most of them out of place. A step either is a Problem and changes nothing, or its
effects are applied to books kept here, which refuse whatever a real ledger would.
"""

from collections import Counter
from collections.abc import Callable
from uuid import UUID

import msgspec
from hypothesis import event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from manystores import orders
from manystores.core.errors import Problem
from manystores.orders import Allocation, Back, Change, Edit, Order, Pick, Received, Share, Substitute
from manystores.orders.order import paid, total, work_on
from manystores.orders.work import possible

SECRET = b"s"
CAPACITY = 900
RANK = {"placed": 0, "approved": 1, "completed": 2, "cancelled": 2}

locations = st.integers(1, 5)
numbers = st.integers(0, 5)
line_nos = st.integers(1, 3)
few = st.integers(0, 3)
parts = st.lists(st.tuples(line_nos, st.integers(0, 3)), max_size=2)
plans = st.lists(
    st.builds(
        lambda location, shares: (location, tuple(shares)),
        locations,
        st.lists(st.builds(Share, line_nos, st.integers(0, 4), lot=st.sampled_from(["", "B"])), min_size=1, max_size=2),
    ),
    max_size=2,
)
REJECTIONS = st.sampled_from(orders.REJECT_REASONS)


class Life(RuleBasedStateMachine):
    """One order, and the claims that the ledger would hold for it."""

    order: Order

    @initialize(
        pick_up=st.booleans(),
        unpaid=st.sampled_from([False, False, True]),
        quantities=st.lists(st.integers(1, 4), min_size=1, max_size=2),
    )
    def place(self, pick_up: bool, unpaid: bool, quantities: list[int]) -> None:
        body: dict[str, object] = {
            "channel": "web",
            "channel_order_id": "1",
            "lines": [
                {
                    "offer": f"X{i + 1}",
                    "quantity": quantity,
                    "unit_price": 100,
                    "discounts": [{"amount": 7}],
                    "substitutes": i == 0,
                }
                for i, quantity in enumerate(quantities)
            ],
        }
        body |= {"pick_up_at": "S1"} if pick_up else {"deliver_to": {"lat": 1, "lon": 2}}
        body |= {"unpaid_ttl_s": 60} if unpaid else {}
        draft = orders.draft(msgspec.json.encode(body))
        self.now = 1_763_000_000_000_000
        self.claims: Counter[tuple[int, int, int, str]] = Counter()
        self.fulfilled: Counter[int] = Counter()
        self.returned: Counter[int] = Counter()
        self.kind = "pick_up" if pick_up else "ship"
        order = orders.place(
            draft,
            [orders.line_draft(line, i + 1, 100) for i, line in enumerate(draft.lines)],
            order_id=UUID(int=7),
            party_no=1,
            at_us=self.now,
            pick_up_at=1 if pick_up else 0,
        )
        lots = [share for i, q in enumerate(quantities) for share in (Share(i + 1, 1, lot="B"), Share(i + 1, q - 1))]
        shares = tuple(share for share in lots if share.quantity)
        plan = [Allocation(1, self.kind, shares, capacity=((CAPACITY, 5),))]
        self.order = order
        self.apply(orders.allocate(order, plan, self.now, "t"))

    def attempt(self, step: str, transition: Callable[[], Change]) -> None:
        """Take a step; a Problem speaks both languages and changes nothing."""
        self.now += 1_000_000
        before = orders.encode(self.order)
        try:
            change = transition()
        except Problem as problem:
            assert orders.encode(self.order) == before
            text = (
                problem.en + "".join(f.en for f in problem.fields),
                problem.zh + "".join(f.zh for f in problem.fields),
            )
            assert text[0]
            assert any("\u4e00" <= c <= "\u9fff" for c in text[1])
            return
        if change.order != self.order:
            event(step)  # `pytest --hypothesis-show-statistics` tells how often each step succeeded
            self.apply(change)

    def apply(self, change: Change) -> None:
        for e in change.stock:
            key = (e.location_no, e.offer_no, e.window_us, e.lot)
            assert e.quantity > 0, e
            if e.kind == "claim":
                self.claims[key] += e.quantity
            elif e.kind == "receive" or e.kind == "write_off":
                self.returned[e.line_no] += e.quantity
            else:
                assert self.claims[key] >= e.quantity, ("ends more than it claims", e, self.claims)
                self.claims[key] -= e.quantity
                if e.kind == "move":
                    assert e.to_location_no not in (0, e.location_no)
                    self.claims[(e.to_location_no, e.offer_no, e.window_us, e.lot)] += e.quantity
                if e.kind == "fulfil":
                    self.fulfilled[e.line_no] += e.quantity
        before, after = self.order, change.order
        new = [work.location_no for work in after.fulfilments[len(before.fulfilments) :]]
        assert not set(new) & set(before.refused_by), "went back to who refused"
        assert after.revision > before.revision
        assert len(after.history) > len(before.history)
        assert RANK[after.state] >= RANK[before.state]
        assert set(before.refused_by) <= set(after.refused_by)
        self.order = after

    def work(self, number: int) -> int:
        """The number of some work of the order; now and then of none."""
        return 99 if number == 5 else number % max(len(self.order.fulfilments), 1) + 1

    def plan(self, plan: list[tuple[int, tuple[Share, ...]]]) -> list[Allocation]:
        return [Allocation(no, self.kind, shares, capacity=((CAPACITY, 5),)) for no, shares in plan]

    # -- steps ---------------------------------------------------------------------------------------------------------

    @rule(plan=plans)
    def allocate(self, plan: list[tuple[int, tuple[Share, ...]]]) -> None:
        self.attempt("allocate", lambda: orders.allocate(self.order, self.plan(plan), self.now, "t"))

    @rule(number=numbers, plan=plans)
    def reroute(self, number: int, plan: list[tuple[int, tuple[Share, ...]]]) -> None:
        self.attempt("reroute", lambda: orders.rerouted(self.order, self.work(number), self.plan(plan), self.now, "t"))

    @rule(number=numbers, reason=REJECTIONS, plan=plans)
    def reject_and_reroute(self, number: int, reason: str, plan: list[tuple[int, tuple[Share, ...]]]) -> None:
        def both() -> Change:
            first = orders.reject(self.order, self.work(number), reason, self.now, "t")
            return orders.together(
                first, orders.rerouted(first.order, self.work(number), self.plan(plan), self.now, "t")
            )

        self.attempt("reject_and_reroute", both)

    @rule(number=numbers, rounds=st.integers(1, 6))
    def go_on(self, number: int, rounds: int) -> None:
        """The usual next steps, so that the rare ones happen late in life, too."""
        no = self.work(number)
        usual: dict[str, Callable[[], Change]] = {
            "unhold": lambda: orders.unhold(self.order, no, self.now, "t"),
            "accept": lambda: orders.accept(self.order, no, self.now, "t"),
            "pick": lambda: orders.pick(self.order, no, self.now, "t"),
            "pack": lambda: orders.pack(self.order, no, self.now, "t"),
            "ready": lambda: orders.ready(self.order, no, self.now, "t", secret=SECRET),
            "ship": lambda: orders.ship(self.order, no, self.now, "t"),
            "hand_over": lambda: orders.hand_over(
                self.order, no, orders.code_of(SECRET, self.order, no), self.now, "t", secret=SECRET
            ),
        }
        for _ in range(rounds):
            steps = possible(self.order.fulfilments[no - 1]) if no != 99 else ()
            step = next((step for step in usual if step in steps), None)
            if step:
                self.attempt(step, usual[step])

    @rule(number=numbers)
    def accept(self, number: int) -> None:
        self.attempt("accept", lambda: orders.accept(self.order, self.work(number), self.now, "t"))

    @rule(number=numbers, reason=REJECTIONS, lines=parts)
    def reject(self, number: int, reason: str, lines: list[tuple[int, int]]) -> None:
        self.attempt("reject", lambda: orders.reject(self.order, self.work(number), reason, self.now, "t", lines=lines))

    @rule(number=numbers)
    def pick_all(self, number: int) -> None:
        self.attempt("pick_all", lambda: orders.pick(self.order, self.work(number), self.now, "t"))

    @rule(number=numbers, line_no=line_nos, found=few, short=few, instead=few, serial=st.booleans())
    def pick(self, number: int, line_no: int, found: int, short: int, instead: int, serial: bool) -> None:
        serials = tuple(f"{self.now}-{i}" for i in range(found)) if serial else ()
        substitute = Substitute(50, "X50", instead, 90) if instead else None
        one = Pick(line_no, found, short, serials, substitute)
        self.attempt("pick", lambda: orders.pick(self.order, self.work(number), self.now, "t", [one]))

    @rule(number=numbers)
    def pack(self, number: int) -> None:
        self.attempt("pack", lambda: orders.pack(self.order, self.work(number), self.now, "t"))

    @rule(number=numbers, lines=parts)
    def ship(self, number: int, lines: list[tuple[int, int]]) -> None:
        self.attempt("ship", lambda: orders.ship(self.order, self.work(number), self.now, "t", lines=lines))

    @rule(number=numbers)
    def deliver(self, number: int) -> None:
        self.attempt("deliver", lambda: orders.deliver(self.order, self.work(number), self.now, "t"))

    @rule(number=numbers)
    def close(self, number: int) -> None:
        self.attempt("close", lambda: orders.close(self.order, self.work(number), self.now, "t"))

    @rule(number=numbers)
    def hold(self, number: int) -> None:
        self.attempt("hold", lambda: orders.hold(self.order, self.work(number), "why", self.now, "t"))

    @rule(number=numbers)
    def unhold(self, number: int) -> None:
        self.attempt("unhold", lambda: orders.unhold(self.order, self.work(number), self.now, "t"))

    @precondition(lambda self: self.kind == "pick_up")
    @rule(number=numbers)
    def ready(self, number: int) -> None:
        self.attempt("ready", lambda: orders.ready(self.order, self.work(number), self.now, "t", secret=SECRET))

    @precondition(lambda self: self.kind == "pick_up")
    @rule(number=numbers, right=st.booleans())
    def hand_over(self, number: int, right: bool) -> None:
        def give() -> Change:
            code = orders.code_of(SECRET, self.order, self.work(number)) if right else "no code"
            return orders.hand_over(self.order, self.work(number), code, self.now, "t", secret=SECRET)

        self.attempt(f"hand_over {right}", give)

    @precondition(lambda self: self.kind == "pick_up")
    @rule(number=numbers)
    def expire_pick_up(self, number: int) -> None:
        self.attempt("expire_pick_up", lambda: orders.expire_pick_up(self.order, self.work(number), self.now, "t"))

    @precondition(lambda self: self.kind == "pick_up")
    @rule(location_no=locations)
    def collect_elsewhere(self, location_no: int) -> None:
        self.attempt("pick_up_at", lambda: orders.edit(self.order, Edit(pick_up_at=location_no), self.now, "t"))

    @rule(lines=parts)
    def edit(self, lines: list[tuple[int, int]]) -> None:
        self.attempt("edit", lambda: orders.edit(self.order, Edit(quantities=lines), self.now, "t"))

    @rule(lines=st.lists(st.tuples(line_nos, few), min_size=1, max_size=2))
    def cancel(self, lines: list[tuple[int, int]]) -> None:
        self.attempt("cancel", lambda: orders.cancel(self.order, self.now, "t", lines=lines))

    @precondition(lambda self: len(self.order.history) > 9)
    @rule()
    def cancel_whole(self) -> None:
        self.attempt("cancel_whole", lambda: orders.cancel(self.order, self.now, "t"))

    @rule(amount=st.integers(0, 900), reference=st.sampled_from("abc"))
    def pay(self, amount: int, reference: str) -> None:
        self.attempt("pay", lambda: orders.pay(self.order, amount, reference, self.now, "t"))

    @rule(reference=st.sampled_from("abc"))
    def pay_what_is_owed(self, reference: str) -> None:
        self.attempt("pay_owed", lambda: orders.pay(self.order, total(self.order), reference, self.now, "t"))

    @rule(amount=st.integers(0, 300), reference=st.sampled_from("xyz"))
    def refund(self, amount: int, reference: str) -> None:
        self.attempt("refund", lambda: orders.refund(self.order, amount, reference, self.now, "t"))

    @precondition(lambda self: self.order.unpaid_deadline_us and len(self.order.history) > 6)
    @rule()
    def time_is_over(self) -> None:
        self.now = max(self.now, self.order.unpaid_deadline_us)
        self.attempt("expire_unpaid", lambda: orders.expire_unpaid(self.order, self.now, "t"))

    @precondition(lambda self: any(line.shipped for line in self.order.lines))
    @rule(lines=parts, location_no=locations)
    def request_return(self, lines: list[tuple[int, int]], location_no: int) -> None:
        backs = [Back(*one) for one in lines]
        self.attempt("return", lambda: orders.request_return(self.order, location_no, backs, self.now, "t"))

    @precondition(lambda self: self.order.returns)
    @rule(number=numbers, line_no=line_nos, good=few, bad=few, everything=st.booleans())
    def go_on_with_a_return(self, number: int, line_no: int, good: int, bad: int, everything: bool) -> None:
        came = () if everything else (Received(line_no, good, bad),)
        number = number % len(self.order.returns) + 1
        self.attempt("accept_return", lambda: orders.accept_return(self.order, number, self.now, "t"))
        self.attempt("receive", lambda: orders.receive_return(self.order, number, self.now, "t", came))
        self.attempt("complete", lambda: orders.complete_return(self.order, number, self.now, "t"))

    # -- what always holds ---------------------------------------------------------------------------------------------

    @invariant()
    def quantities_add_up(self) -> None:
        for line in self.order.lines:
            assert line.ordered == line.allocated + line.cancelled + line.unallocated
            assert 0 <= line.returned <= line.shipped <= line.picked <= line.allocated
            assert min(line.unallocated, line.cancelled) >= 0
            served = [part for _, part in work_on(self.order, line.line_no)]
            assert line.allocated == sum(part.quantity - part.short - part.withdrawn for part in served)
            assert line.picked == sum(part.picked for part in served)
            assert line.shipped == sum(part.shipped for part in served) == self.fulfilled[line.line_no]
            assert line.returned == self.returned[line.line_no]
            assert all(part.shipped <= part.picked and part.open >= 0 and part.unpicked >= 0 for part in served)
            assert all(len(part.serials) <= part.picked for part in served)

    @invariant()
    def the_ledger_claims_what_is_open_and_nothing_else(self) -> None:
        wanted: Counter[tuple[int, int, int, str]] = Counter()
        for work in self.order.fulfilments:
            assert bool(work.open) == work.live, "work that has ended has nothing open, and the other way round"
            for part in work.lines:
                wanted[(work.location_no, part.offer_no, part.window_us, part.lot)] += part.open
            for offer_no, window_us in work.capacity_windows:
                wanted[(work.location_no, offer_no, window_us, "")] += 1
        assert +self.claims == +wanted

    @invariant()
    def money_never_exceeds_money(self) -> None:
        authorised, captured, refunded = (paid(self.order, k) for k in ("authorised", "captured", "refunded"))
        assert authorised >= captured >= refunded >= 0
        assert total(self.order) >= 0

    @invariant()
    def an_unpaid_order_is_not_worked_on(self) -> None:
        if self.order.unpaid_deadline_us:
            assert all(work.state in ("on_hold", "cancelled") for work in self.order.fulfilments)
            assert self.order.state in ("placed", "cancelled")

    @invariant()
    def an_ended_order_leaves_no_work(self) -> None:
        if self.order.state in ("completed", "cancelled"):
            assert not any(work.live for work in self.order.fulfilments)
        for work in self.order.fulfilments:
            assert work.live or set(possible(work)) <= {"deliver"}

    @invariant()
    def the_document_survives(self) -> None:
        assert orders.decode(orders.encode(self.order)) == self.order


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
