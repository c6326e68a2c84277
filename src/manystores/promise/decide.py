"""Decide a batch: every command in its turn, in order; holds in runs, by one kernel call."""

import logging
import re
from collections import deque
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np

from manystores.core.errors import INVALID, Problem
from manystores.kernels import ledger as kernel
from manystores.ledger import Key, Ledger, NotClaimed, NotOpen, Reason, Short
from manystores.ledger.ledger import NEVER_US, whole
from manystores.orders.order import Order
from manystores.promise import rules
from manystores.promise.command import Command, Hold
from manystores.promise.journal import Batch, Fact
from manystores.promise.results import Answered, Results
from manystores.promise.turn import Prepared, Turn

log = logging.getLogger(__name__)
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")  # not what follows an escaped backslash
HELD, CONFIRMED, ENDED = 1, 2, 3


class Replay(NamedTuple):
    """A command that was answered before: the fact at (seq, n) is its answer."""

    command: Command
    answered: Answered


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
        decided = Decided(batch, [], [])
        self._turn.now_us, self._turn.prepared = now_us, prepared
        run: list[Hold] = []
        in_run: set[bytes] = set()
        folded = self.results.folded([c.request_key for c in commands if c.request_key is not None])
        for command in commands:
            key = command.request_key
            if key is not None:
                if key in in_run:
                    self._decide_holds(run, decided)
                    run, in_run = [], set()
                answered = self.results.newest(key) or folded.get(key)
                if answered is not None:
                    self._repeat(command, answered, decided)
                    continue
            if type(command) is Hold:
                if _holds_nul(command.body):
                    decided.answers.append((command, _nul()))
                    continue
                run.append(command)
                if key is not None:
                    in_run.add(key)
                continue
            if run:
                self._decide_holds(run, decided)
                run, in_run = [], set()
            self._decide_one(command, decided)
        if run:
            self._decide_holds(run, decided)
        self._finish(batch, floor)
        return decided

    def _repeat(self, command: Command, answered: Answered, decided: Decided) -> None:
        if answered.fingerprint != command.fingerprint:
            decided.answers.append(
                (
                    command,
                    Problem(
                        rules.KEY_REUSED,
                        "Send a new Idempotency-Key for a new request, or the same body to have the answer repeated.",
                        "新请求请使用新的幂等键；若要重复取得原结果，请发送相同的请求体。",
                    ),
                )
            )
        else:
            decided.replays.append(Replay(command, answered))

    def _decide_holds(self, run: list[Hold], decided: Decided) -> None:
        batch = decided.batch
        ids = np.frombuffer(b"".join([hold.id for hold in run]), ">i8").reshape(-1, 2).astype(np.int64)
        holders = np.frombuffer(b"".join([hold.holder or bytes(16) for hold in run]), ">i8").reshape(-1, 2)
        sizes = [len(hold.quantities) for hold in run]
        outcome, short, replaced, _ = self.ledger.hold_many(
            ids,
            np.array([hold.expires_us for hold in run], np.int64),
            holders.astype(np.int64),
            np.array([hold.party_no for hold in run], np.int32),
            np.cumsum([0, *sizes]),
            np.array([key for hold in run for key in hold.keys], np.int64).reshape(-1, 4),
            np.array([quantity for hold in run for quantity in hold.quantities], np.int64),
            len(batch.facts),
        )
        facts, now_us, had_holder = batch.facts, batch.at_us, bool(holders.any())
        for i, (hold, result) in enumerate(zip(run, outcome.tolist(), strict=True)):
            if result != kernel.OK:
                decided.answers.append((hold, _short(short[i].tolist())))
                continue
            if had_holder and replaced[i].any():
                old = whole(*replaced[i])
                facts.append(
                    Fact("reservation.released", old.bytes, hold.party_no, hold.actor, now_us, reservation_state=ENDED)
                )
            if hold.request_key is not None:
                self.results.add(hold.request_key, batch.seq, len(facts), hold.fingerprint)
            facts.append(
                Fact(
                    "reservation.held",
                    hold.id,
                    hold.party_no,
                    hold.actor,
                    now_us,
                    hold.body,
                    0,
                    hold.request_key,
                    hold.fingerprint,
                    HELD,
                    hold.expires_us,
                    hold.holder,
                )
            )
            decided.answers.append((hold, hold.body))

    def _decide_one(self, command: Command, decided: Decided) -> None:
        turn, batch = self._turn, decided.batch
        turn.clear(command.actor, command.party_no)
        self.ledger.begin(len(batch.facts))
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
            self.results.add(command.request_key, batch.seq, len(batch.facts), command.fingerprint)
        batch.facts += turn.facts
        batch.decisions += turn.decisions
        batch.counts += turn.counts
        for order_id, order in turn.orders.items():
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
        batch.movements = self.ledger.drain()
        while self._moved and self._moved[0].seq <= floor:
            self._moved.popleft()
        moves = batch.movements
        for m in np.flatnonzero((moves.delta[:, 0] != 0) & (moves.reason != Reason.COUNTED)).tolist():
            self._moved.append(Moved(batch.seq, Key(*moves.key[m].tolist()), int(moves.delta[m, 0]), batch.at_us))
        self.orders.tidy(floor)
        if len(self.channels) > 50_000:
            self.channels = {key: value for key, value in self.channels.items() if value[1] > floor}
        self.results.tidy(batch.at_us)

    def _moved_since(self, key: Key, since_us: int) -> int:
        """Net change of on_hand after a moment: what the database showed, and what it could not show yet."""
        seen, units = self._turn.prepared.moved.get((key, since_us), (0, 0))
        units += sum(m.on_hand for m in self._moved if m.seq > seen and m.key == key and m.at_us > since_us)
        return units + (self.ledger.moved_on_hand(key) if self._turn.now_us > since_us else 0)


def _holds_nul(body: bytes | None) -> bool:
    return body is not None and b"\\u0000" in body and _NUL.search(body) is not None


def _nul() -> Problem:
    return Problem(INVALID, "Leave out the character U+0000: no text may hold it.", "文本中不能包含空字符 U+0000。")


def _short(line_and_available: list[int]) -> Problem:
    return as_problem(Short(*line_and_available))


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
