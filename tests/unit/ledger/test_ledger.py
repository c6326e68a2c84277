"""The ledger against a slow, obvious model: whatever happens, both say the same."""

from collections import Counter
from uuid import UUID

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from manystores.ledger import NEVER_US, Claim, Key, Ledger, NotClaimed, NotOpen, Reason, Short
from manystores.ledger.ledger import halves, whole

KEYS = [Key(1, 16), Key(1, 17), Key(2, 16), Key(2, 17, 5_000_000, 3), Key(0, 20)]
IDS = [UUID(int=(0xFFFF << 112 | i) if i % 2 else i) for i in range(1, 9)]
HOLDERS = [UUID(int=100 + i) for i in range(3)]

claims = st.lists(st.tuples(st.sampled_from(KEYS), st.integers(1, 4)), min_size=1, max_size=4)


class LedgerAgainstModel(RuleBasedStateMachine):
    """Dictionaries as the model: counters by key, and claims by reservation."""

    @initialize()
    def start(self) -> None:
        self.ledger = Ledger(buckets=2, reservations=1)
        self.counters = {key: [0, 0, 0, 0] for key in KEYS}
        self.journal = {key: [0, 0, 0, 0] for key in KEYS}
        self.claims: dict[UUID, Counter[Key]] = {}
        self.holder: dict[UUID, UUID] = {}
        self.expires: dict[UUID, int] = {}

    def available(self, key: Key) -> int:
        on_hand, reserved, unavailable, _ = self.counters[key]
        return on_hand - reserved - unavailable

    @rule(
        key=st.sampled_from(KEYS),
        d=st.integers(-6, 12),
        u=st.integers(-3, 3),
        i=st.integers(-2, 4),
        short=st.booleans(),
    )
    def post(self, key: Key, d: int, u: int, i: int, short: bool) -> None:
        before = self.counters[key]
        after = [before[0] + d, before[1], before[2] + u, before[3] + i]
        left = after[0] - after[1] - after[2]
        refused = min(after[0], after[2], after[3]) < 0 or (left < 0 and left < self.available(key) and not short)
        if refused:
            with pytest.raises(Short):
                self.ledger.post(key, Reason.ADJUSTED, on_hand=d, unavailable=u, incoming=i, may_go_short=short)
        else:
            self.ledger.post(key, Reason.ADJUSTED, on_hand=d, unavailable=u, incoming=i, may_go_short=short)
            self.counters[key] = after

    def model_claim(self, wanted: list[tuple[Key, int]]) -> tuple[int, int] | None:
        left = {key: self.available(key) for key in KEYS}
        for n, (key, quantity) in enumerate(wanted):
            if left[key] < quantity:
                return n, max(left[key], 0)
            left[key] -= quantity
        return None

    def model_release(self, reservation: UUID, how: int = 0) -> None:
        for key, quantity in self.claims.pop(reservation).items():
            self.counters[key][1] -= quantity
            self.counters[key][0] -= quantity if how == 1 else 0
            self.counters[key][2] += quantity if how == 2 else 0
        self.holder = {h: r for h, r in self.holder.items() if r != reservation}
        self.expires.pop(reservation)

    @rule(reservation=st.sampled_from(IDS), wanted=claims, expires=st.integers(1, 50))
    def hold(self, reservation: UUID, wanted: list[tuple[Key, int]], expires: int) -> None:
        lines = [Claim(key, quantity) for key, quantity in wanted]
        if reservation in self.claims:
            with pytest.raises(ValueError, match="open already"):
                self.ledger.hold(reservation, lines, Reason.HELD, party_no=1, expires_us=expires)
            return
        short = self.model_claim(wanted)
        if short:
            with pytest.raises(Short) as refused:
                self.ledger.hold(reservation, lines, Reason.HELD, party_no=1, expires_us=expires)
            assert (refused.value.line, refused.value.available) == short
            return
        self.ledger.hold(reservation, lines, Reason.HELD, party_no=1, expires_us=expires)
        self.model_hold(reservation, wanted, expires)

    def model_hold(self, reservation: UUID, wanted: list[tuple[Key, int]], expires: int) -> None:
        self.claims[reservation] = Counter()
        self.expires[reservation] = expires
        for key, quantity in wanted:
            self.claims[reservation][key] += quantity
            self.counters[key][1] += quantity

    @rule(commands=st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from([None, *HOLDERS]), claims), max_size=5))
    def hold_many(self, commands: list[tuple[UUID, UUID | None, list[tuple[Key, int]]]]) -> None:
        ptr = np.cumsum([0, *(len(wanted) for _, _, wanted in commands)])
        lines = [(key, quantity) for _, _, wanted in commands for key, quantity in wanted]
        outcome, short, replaced, *_ = self.ledger.hold_many(
            np.array([halves(r) for r, _, _ in commands], np.int64).reshape(-1, 2),
            np.full(len(commands), 60, np.int64),
            np.array([halves(h) for _, h, _ in commands], np.int64).reshape(-1, 2),
            np.ones(len(commands), np.int32),
            ptr,
            np.array([key for key, _ in lines], np.int64).reshape(-1, 4),
            np.array([quantity for _, quantity in lines], np.int64),
            0,
        )
        for n, (reservation, holder, wanted) in enumerate(commands):
            if reservation in self.claims:
                assert outcome[n] == 2
                continue
            old = self.holder.get(holder) if holder else None
            before = {key: list(counters) for key, counters in self.counters.items()}
            if old:
                for key, quantity in self.claims[old].items():
                    self.counters[key][1] -= quantity
            refused = self.model_claim(wanted)
            self.counters = before
            if refused:
                assert (outcome[n], tuple(short[n])) == (1, refused)
                continue
            assert outcome[n] == 0
            assert whole(*replaced[n]).int == (old.int if old else 0)
            if old:
                self.model_release(old)
            self.model_hold(reservation, wanted, 60)
            if holder:
                self.holder[holder] = reservation

    @rule(reservation=st.sampled_from(IDS))
    def confirm(self, reservation: UUID) -> None:
        if reservation in self.claims:
            self.ledger.confirm(reservation)
            self.expires[reservation] = NEVER_US
            self.holder = {h: r for h, r in self.holder.items() if r != reservation}
        else:
            with pytest.raises(NotOpen):
                self.ledger.confirm(reservation)

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), how=st.sampled_from(["release", "fulfil", "set_aside"]), more=st.integers(0, 1))
    def take(self, data: st.DataObject, how: str, more: int) -> None:
        reservation = data.draw(st.sampled_from(sorted(self.claims)))
        key = data.draw(st.sampled_from(sorted(self.claims[reservation])))
        claimed = self.claims[reservation][key]
        quantity = data.draw(st.integers(1, claimed)) if not more else claimed + 1
        if more:
            with pytest.raises(NotClaimed):
                self.ledger.take(reservation, Claim(key, quantity), how, Reason.RELEASED)  # type: ignore[arg-type]
            return
        ended = self.ledger.take(reservation, Claim(key, quantity), how, Reason.RELEASED)  # type: ignore[arg-type]
        self.counters[key][1] -= quantity
        self.counters[key][0] -= quantity if how == "fulfil" else 0
        self.counters[key][2] += quantity if how == "set_aside" else 0
        self.claims[reservation] -= Counter({key: quantity})
        assert ended == (not self.claims[reservation])
        if ended:
            self.model_release(reservation)

    @precondition(lambda self: self.claims)
    @rule(data=st.data())
    def end(self, data: st.DataObject) -> None:
        reservation = data.draw(st.sampled_from(sorted(self.claims)))
        how = data.draw(st.sampled_from(["release", "fulfil", "set_aside"]))
        ended = self.ledger.end(reservation, how, Reason.RELEASED)
        assert Counter({c.key: c.quantity for c in ended}) == self.claims[reservation]
        self.model_release(reservation, ["release", "fulfil", "set_aside"].index(how))

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), to=st.sampled_from(KEYS))
    def move(self, data: st.DataObject, to: Key) -> None:
        reservation = data.draw(st.sampled_from(sorted(self.claims)))
        key = data.draw(st.sampled_from(sorted(self.claims[reservation])))
        quantity = data.draw(st.integers(1, self.claims[reservation][key]))
        if self.available(to) < quantity:
            with pytest.raises(Short):
                self.ledger.move(reservation, Claim(key, quantity), to)
            return
        self.ledger.move(reservation, Claim(key, quantity), to)
        self.claims[reservation] -= Counter({key: quantity})
        self.claims[reservation] += Counter({to: quantity})
        self.counters[key][1] -= quantity
        self.counters[to][1] += quantity

    @rule(now=st.integers(0, 70))
    def expired(self, now: int) -> None:
        found = {reservation.id for reservation in self.ledger.expired(now)}
        assert found == {r for r, expires in self.expires.items() if expires <= now}

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), wanted=claims)
    def rolled_back(self, data: st.DataObject, wanted: list[tuple[Key, int]]) -> None:
        """A command that fails half-way leaves nothing behind."""
        reservation = data.draw(st.sampled_from(sorted(self.claims)))
        self.ledger.begin(7)
        self.ledger.post(KEYS[0], Reason.RECEIVED, on_hand=500)
        self.ledger.hold(UUID(int=999), [Claim(KEYS[0], 3)], Reason.HELD, party_no=1)
        with pytest.raises(NotOpen):  # noqa: PT012 - the first of the two succeeds
            self.ledger.end(reservation, "fulfil", Reason.FULFILLED)
            self.ledger.claim(reservation, [Claim(key, quantity) for key, quantity in wanted], Reason.HELD)
        self.ledger.rollback()
        assert self.ledger.reservation(UUID(int=999)) is None

    @rule()
    def drain(self) -> None:
        movements = self.ledger.drain()
        for key, delta in zip(movements.key.tolist(), movements.delta.tolist(), strict=True):
            counters = self.journal[Key(*key)]
            self.journal[Key(*key)] = [a + b for a, b in zip(counters, delta, strict=True)]
        assert self.journal == self.counters, "a counter equals the sum of its movements"

    @invariant()
    def same_as_model(self) -> None:
        if not hasattr(self, "ledger"):
            return
        for key in KEYS:
            assert list(self.ledger.counters(key) or (0, 0, 0, 0)) == self.counters[key]
        for reservation in IDS:
            known = self.ledger.reservation(reservation)
            assert (known is not None) == (reservation in self.claims)
            if known:
                assert Counter({c.key: c.quantity for c in known.claims}) == self.claims[reservation]
                assert known.expires_us == self.expires[reservation]
        for holder in HOLDERS:
            held = self.ledger.held_by(holder)
            assert (held.id if held else None) == self.holder.get(holder)
        assert self.ledger.open_count == len(self.claims)
        goods = {key: c for key, c in self.counters.items() if key.window_us == 0 and key.location_no}
        for offer in (16, 17):
            found = {key: list(c) for key, c in self.ledger.of_offer(offer)}
            assert all(goods[key] == c for key, c in found.items())


LedgerAgainstModel.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestLedgerAgainstModel = LedgerAgainstModel.TestCase


def test_last_unit_is_not_sold_twice_by_two_lines_of_one_order() -> None:
    """Given one unit, when one order wants it in two lines, then it is refused at the second line."""
    ledger = Ledger()
    ledger.post(Key(1, 16), Reason.RECEIVED, on_hand=1)
    with pytest.raises(Short) as refused:
        ledger.hold(UUID(int=1), [Claim(Key(1, 16), 1), Claim(Key(1, 16), 1)], Reason.ORDERED, party_no=1)
    assert (refused.value.line, refused.value.available) == (1, 0)
    assert ledger.available(Key(1, 16)) == 1


def test_a_count_below_what_is_promised_makes_the_bucket_short_and_sells_nothing_more() -> None:
    ledger = Ledger()
    key = Key(1, 16)
    ledger.post(key, Reason.COUNTED, on_hand=3)
    ledger.hold(UUID(int=1), [Claim(key, 3)], Reason.HELD, party_no=1)
    ledger.post(key, Reason.COUNTED, on_hand=-2, may_go_short=True)
    assert [k for k, _ in ledger.short_buckets()] == [key]
    with pytest.raises(Short):
        ledger.hold(UUID(int=2), [Claim(key, 1)], Reason.HELD, party_no=1)
    ledger.end(UUID(int=1), "release", Reason.RELEASED)
    assert ledger.short_buckets() == []


def test_a_bucket_of_an_undone_command_is_none() -> None:
    """Given an hour that a failed order opened, when the next one looks, then there is no such bucket yet."""
    ledger, hour = Ledger(), Key(1, 1, 3_600_000_000)
    for _ in range(2):
        ledger.begin(0)
        assert ledger.counters(hour) is None
        assert ledger.at_location(1) == []
        ledger.post(hour, Reason.OPENED, on_hand=5)
        assert ledger.available(hour) == 5
        ledger.rollback()
    ledger.begin(0)
    ledger.post(hour, Reason.OPENED, on_hand=5)
    ledger.commit()
    assert ledger.at_location(1) == [(hour, ledger.counters(hour))]
    assert ledger.available(hour) == 5


def test_many_reservations_come_and_go_in_bounded_memory() -> None:
    """Given slots that are reused, when 20,000 holds open and end, then memory stays that of the few open at once."""
    ledger = Ledger(reservations=16)
    ledger.post(Key(1, 16), Reason.RECEIVED, on_hand=10)
    for i in range(1, 20_000):
        ledger.hold(UUID(int=i), [Claim(Key(1, 16), 1)], Reason.HELD, party_no=1)
        if i > 8:
            ledger.end(UUID(int=i - 8), "release", Reason.RELEASED)
        if i % 64 == 0:
            ledger.drain()
    assert ledger.open_count == 8
    assert ledger.memory_bytes < 1 << 20
