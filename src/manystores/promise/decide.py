"""Decide a batch: every command in its turn, in order; holds in runs, by one kernel call."""

import logging
import re
from collections import deque
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from manystores.core.errors import INVALID, Problem
from manystores.core.journal import Fact
from manystores.kernels import ledger as kernel
from manystores.kernels.keys import repeated_keys
from manystores.ledger import Key, Ledger, NotClaimed, NotOpen, Reason, Short
from manystores.ledger.arrays import NEVER_US
from manystores.ledger.ledger import HeldMany, whole
from manystores.orders.order import Order
from manystores.promise import rules
from manystores.promise.command import Command, Hold, HoldSet, SetAnswer
from manystores.promise.holds import Holds, as_halves
from manystores.promise.journal import CONFIRMED, ENDED, HELD, Batch, Held
from manystores.promise.results import Answered, Results
from manystores.promise.turn import Prepared, Turn

log = logging.getLogger(__name__)
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")  # not what follows an escaped backslash


class Replay(NamedTuple):
    """A command that was answered before: the fact at (seq, n) is its answer."""

    command: Command
    answered: Answered


class SetReplay(NamedTuple):
    """A set of which some holds were answered before, by place."""

    command: HoldSet
    answer: SetAnswer
    answered: dict[int, Answered]


class Moved(NamedTuple):
    """A change of on_hand that the database may not show yet."""

    seq: int
    key: Key
    on_hand: int
    at_us: int


class Decided(NamedTuple):
    """A decided batch, its answers (given after commit), and the commands to answer from older facts."""

    batch: Batch
    answers: list[tuple[Command, Any]]
    replays: list[Replay]
    set_replays: list[SetReplay]


class OrderCache:
    """Orders in memory. Those that a batch under way changed stay; the others leave, oldest first."""

    def __init__(self, size: int = 10_000) -> None:
        self._size = size
        self._orders: dict[UUID, tuple[Order, int]] = {}

    def get(self, order_id: UUID) -> Order | None:
        found = self._orders.get(order_id)
        return found[0] if found else None

    def put(self, order: Order, seq: int) -> None:
        """Keep an order that batch `seq` changed (0: as read from the database)."""
        self._orders.pop(order.order_id, None)
        self._orders[order.order_id] = order, seq

    def tidy(self, committed: int) -> None:
        """Let the oldest go, as far as they are in the database."""
        while len(self._orders) > self._size:
            oldest = next(iter(self._orders))
            if self._orders[oldest][1] > committed:
                return
            del self._orders[oldest]


class Decider:
    """Holds what deciding needs: the ledger, the orders at hand, the request keys."""

    def __init__(self, ledger: Ledger, results: Results) -> None:
        self.ledger, self.results = ledger, results
        self.orders = OrderCache()
        self.channels: dict[tuple[int, str, str], tuple[UUID, int]] = {}
        self._moved: deque[Moved] = deque()
        self._turn = Turn(ledger, self.orders.get)
        self._turn.moved_since = self._moved_since

    def decide(self, commands: Sequence[Command], seq: int, now_us: int, prepared: Prepared, floor: int) -> Decided:
        """Decide commands in order as batch `seq`. Every batch up to `floor` was visible to what is prepared."""
        batch = Batch(seq, now_us)
        decided = Decided(batch, [], [], [])
        self.results.tidy(now_us)
        self.results.fold()  # what was read from the journal
        self._turn.now_us, self._turn.prepared = now_us, prepared
        run: list[Hold] = []
        seen: set[bytes] = set()  # keys of this batch
        folded = self.results.folded([c.request_key for c in commands if c.request_key is not None])
        for command in commands:
            key = command.request_key
            if key is not None:
                if key in seen:
                    self._decide_run(run, decided)
                    run = []
                    answered = self.results.get(key)
                else:
                    answered = folded.get(key)
                    seen.add(key)
                if answered is not None:
                    self._repeat(command, answered, decided)
                    continue
            if type(command) is Hold:
                if _holds_nul(command.body):
                    decided.answers.append((command, _nul()))
                    continue
                run.append(command)
                continue
            self._decide_run(run, decided)
            run = []
            if isinstance(command, HoldSet):
                self._decide_set(command, decided)
            else:
                self._decide_one(command, decided)
        self._decide_run(run, decided)
        self._finish(batch, floor)
        return decided

    def _repeat(self, command: Command, answered: Answered, decided: Decided) -> None:
        if answered.fingerprint != command.fingerprint:
            decided.answers.append((command, _key_reused()))
        else:
            decided.replays.append(Replay(command, answered))

    def _decide_run(self, run: list[Hold], decided: Decided) -> None:
        """Holds that came one by one, decided together."""
        if not run:
            return
        done = self._hold(columns(run), decided.batch)
        if not done.outcome.any():
            decided.answers.extend([(hold, hold.body) for hold in run])
            return
        for hold, result, short in zip(run, done.outcome.tolist(), done.short.tolist(), strict=True):
            decided.answers.append((hold, hold.body if result == kernel.OK else as_problem(Short(*short))))

    def _decide_set(self, command: HoldSet, decided: Decided) -> None:
        """Holds that came together. One whose key stands before it in the set waits until that one is decided."""
        self.results.fold()
        answer, again = SetAnswer({}, {}), dict[int, Answered]()
        waiting = np.arange(len(command.holds.ids))
        if b"\\u0000" in b"".join(command.holds.bodies):
            wrong = np.array([_holds_nul(body) for body in command.holds.bodies])
            answer.refused.update((i, _nul()) for i in np.flatnonzero(wrong).tolist())
            waiting = np.flatnonzero(~wrong)
        while len(waiting):
            holds = command.holds.select(waiting)
            known = self.results.find(holds.request_keys)
            for i in np.flatnonzero(known.seq).tolist():
                place = int(waiting[i])
                if known.fingerprint[i] != holds.fingerprints[i]:
                    answer.refused[place] = _key_reused()
                else:
                    again[place] = Answered(int(known.seq[i]), int(known.n[i]), int(known.fingerprint[i]))
            later = repeated_keys(holds.request_keys) & (known.seq == 0)
            new = np.flatnonzero((known.seq == 0) & ~later)
            if len(new):
                done = self._hold(holds.select(new), decided.batch)
                for i in np.flatnonzero(done.outcome != kernel.OK).tolist():
                    answer.refused[int(waiting[new[i]])] = as_problem(Short(*done.short[i].tolist()))
            waiting = waiting[later]
        if again:
            decided.set_replays.append(SetReplay(command, answer, again))
        else:
            decided.answers.append((command, answer))

    def _hold(self, holds: Holds, batch: Batch) -> HeldMany:
        """Decide holds and record those that got what they claim."""
        done = self.ledger.hold_many(
            holds.ids,
            holds.expires_us,
            holds.holders,
            holds.parties,
            holds.line_ptr,
            holds.keys,
            holds.quantities,
            batch.size,
        )
        for i in np.flatnonzero(done.replaced.any(axis=1)).tolist():
            old, actor = whole(*done.replaced[i]).bytes, holds.actors[i].decode()
            released = Fact("reservation.released", old, int(holds.parties[i]), actor, batch.at_us)
            released.reservation_state, released.n = ENDED, int(done.fact[i]) - 1
            batch.facts.append(released)
        batch.size = done.next_fact
        good = np.flatnonzero(done.outcome == kernel.OK)
        if len(good):
            kept, places = holds.select(good), done.fact[good]
            batch.held.append(Held(places, kept))
            self._remember(kept, places, batch.seq)
        return done

    def _remember(self, holds: Holds, places: NDArray[np.int32], seq: int) -> None:
        """Keep the request keys of holds, by the places of their facts."""
        keyed = holds.request_keys.any(axis=1)
        keys, marks = holds.request_keys[keyed], holds.fingerprints[keyed]
        self.results.load(keys, marks, np.full(len(keys), seq, np.int64), places[keyed])

    def _decide_one(self, command: Command, decided: Decided) -> None:
        turn, batch = self._turn, decided.batch
        turn.clear(command.actor, command.party_no)
        self.ledger.begin(batch.size)
        try:
            result = command.decide(turn)
            for name, subject, body in turn.later:
                turn.fact(name, subject, body)
            self._note_reservations(turn)
            if any(_holds_nul(fact.body) for fact in turn.facts):
                raise _nul()
        except Problem as problem:
            self.ledger.rollback()
            decided.answers.append((command, problem))
            return
        except (Short, NotOpen, NotClaimed) as refused:
            self.ledger.rollback()
            decided.answers.append((command, as_problem(refused)))
            return
        except Exception:
            self.ledger.rollback()
            log.exception("command failed", extra={"command": type(command).__name__})
            decided.answers.append((command, Problem(rules.INTERNAL)))
            return
        self.ledger.commit()
        self._keep(command, turn, batch)
        decided.answers.append((command, result))

    def _keep(self, command: Command, turn: Turn, batch: Batch) -> None:
        if turn.facts and command.request_key is not None:
            turn.facts[0].request_key, turn.facts[0].fingerprint = command.request_key, command.fingerprint
            self.results.add(command.request_key, batch.seq, batch.size, command.fingerprint)
        for fact in turn.facts:
            batch.add(fact)
        batch.decisions += turn.decisions
        batch.counts += turn.counts
        for order_id, order in turn.orders.items():
            if (before := self.orders.get(order_id)) is not None and order_id not in batch.new_orders:
                batch.before.setdefault(order_id, before)
            self.orders.put(order, batch.seq)
            if order_id in turn.new_orders:
                batch.new_orders[order_id] = order
                channel = (order.party_no, order.channel, order.channel_order_id)
                self.channels[channel] = order_id, batch.seq
                turn.prepared.channels[channel] = order_id
            elif order_id in batch.new_orders:
                batch.new_orders[order_id] = order
            else:
                batch.changed_orders[order_id] = order
        for count in turn.counts:
            key = Key(count.location_no, count.offer_no, count.window_us, count.lot_no)
            turn.prepared.counts[key] = count.sequence, count.counted_us

    def _note_reservations(self, turn: Turn) -> None:
        """Write onto the facts which reservations opened, ended, or changed their deadline."""
        for reservation_id, before, after in self.ledger.touched():
            if before is not None and after is not None and before == after:
                continue
            if before is None and after is None:
                continue
            subject = reservation_id.bytes
            fact = next((f for f in reversed(turn.facts) if f.subject == subject), None)
            if fact is None:
                turn.fact("reservation.confirmed" if after else "reservation.released", reservation_id)
                fact = turn.facts[-1]
            if after is None:
                fact.reservation_state = ENDED
            else:
                fact.reservation_state = HELD if after.state == "held" else CONFIRMED
                fact.expires_us = None if after.expires_us == NEVER_US else after.expires_us
                fact.holder = after.holder.bytes if after.holder else None
        if not turn.facts and self.ledger.moved_in_command():
            raise AssertionError("a command moved stock without recording a fact")

    def _finish(self, batch: Batch, floor: int) -> None:
        self.results.fold()
        batch.movements = self.ledger.drain()
        while self._moved and self._moved[0].seq <= floor:
            self._moved.popleft()
        moves = batch.movements
        for m in np.flatnonzero((moves.delta[:, 0] != 0) & (moves.reason != Reason.COUNTED)).tolist():
            self._moved.append(Moved(batch.seq, Key(*moves.key[m].tolist()), int(moves.delta[m, 0]), batch.at_us))
        self.orders.tidy(floor)
        if len(self.channels) > 50_000:
            self.channels = {key: value for key, value in self.channels.items() if value[1] > floor}

    def _moved_since(self, key: Key, since_us: int) -> int:
        """Net change of on_hand after a moment: what the database showed, and what it could not show yet."""
        seen, units = self._turn.prepared.moved.get((key, since_us), (0, 0))
        units += sum(m.on_hand for m in self._moved if m.seq > seen and m.key == key and m.at_us > since_us)
        return units + (self.ledger.moved_on_hand(key) if self._turn.now_us > since_us else 0)


def _holds_nul(body: bytes | None) -> bool:
    return body is not None and b"\\u0000" in body and _NUL.search(body) is not None


def _nul() -> Problem:
    return Problem(INVALID, "Leave out the character U+0000: no text may hold it.", "文本中不能包含空字符 U+0000。")


def _key_reused() -> Problem:
    return Problem(
        rules.KEY_REUSED,
        "Send a new Idempotency-Key for a new request, or the same body to have the answer repeated.",
        "新请求请使用新的幂等键；若要重复取得原结果，请发送相同的请求体。",
    )


def columns(holds: Sequence[Hold]) -> Holds:
    """Single holds as columns."""
    none = bytes(16)
    return Holds(
        as_halves([hold.id for hold in holds]),
        np.array([hold.party_no for hold in holds], np.int32),
        [hold.actor.encode() for hold in holds],
        as_halves([hold.request_key or none for hold in holds]),
        np.array([hold.fingerprint for hold in holds], np.int64),
        as_halves([hold.holder or none for hold in holds]),
        np.array([hold.expires_us for hold in holds], np.int64),
        np.cumsum([0, *[len(hold.quantities) for hold in holds]]),
        np.array([key for hold in holds for key in hold.keys], np.int64).reshape(-1, 4),
        np.array([quantity for hold in holds for quantity in hold.quantities], np.int64),
        [hold.body for hold in holds],
    )


def as_problem(refused: Short | NotOpen | NotClaimed) -> Problem:
    """What the ledger refused, as an error for people; the caller may add names."""
    if isinstance(refused, Short):
        return Problem(
            rules.SHORT,
            f"Line {refused.line} can get {refused.available} at most.",
            f"第 {refused.line} 行最多可得 {refused.available}。",
            extra={"short": [{"line": refused.line, "available": refused.available}]},
        )
    if isinstance(refused, NotOpen):
        return Problem(
            rules.NOT_OPEN,
            "It was fulfilled, released, or its time was over; reserve anew.",
            "预留已履约、释放或过期，请重新预留。",
        )
    return Problem(rules.NOT_CLAIMED)
