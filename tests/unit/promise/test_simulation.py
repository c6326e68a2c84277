"""A seeded simulation of owners without a database: failed and unknown commits, takeovers, clocks that jump.

The journal here is a list of batches. Whatever happens, memory must equal what is rebuilt from the batches that were
kept, nothing is sold twice, and every acknowledged command is in the journal exactly once.
"""

import random
from collections import Counter
from itertools import pairwise
from uuid import UUID

import numpy as np
import pytest

from manystores.core.errors import Problem
from manystores.core.ids import uuid7
from manystores.ledger import NEVER_US, Claim, Key, Ledger, Reason, Short
from manystores.promise.command import Command, Hold, HoldSet, SetAnswer
from manystores.promise.decide import Decided, Decider, columns
from manystores.promise.journal import Batch
from manystores.promise.reservations import Confirm, Expire, Release
from manystores.promise.results import Answered, Results
from manystores.promise.stock import ChangeStock, CountStock, ReceiveTransfer, SendTransfer
from manystores.promise.turn import Prepared, Turn

START_US = 1_763_000_000_000_000
KEYS = [Key(1, 16), Key(1, 17), Key(2, 16), Key(2, 17)]
CARTS = [bytes(16), b"a" * 16, b"b" * 16]


class Model:
    """What the journal says, slowly: counters and open reservations as sums and last states of its batches."""

    def __init__(self, journal: list[Batch]) -> None:
        self.counters: Counter[tuple[Key, int]] = Counter()
        self.claims: dict[UUID, Counter[Key]] = {}
        self.open: dict[UUID, tuple[int, int, bytes | None]] = {}
        self.answers: dict[bytes, tuple[Answered, str]] = {}
        self.times: list[int] = []
        for batch in journal:
            self.apply(batch)

    def apply(self, batch: Batch) -> None:
        """One more batch."""
        moves = batch.movements
        assert moves is not None
        for key, delta, reservation, reason in zip(
            moves.key.tolist(), moves.delta.tolist(), moves.reservation.tolist(), moves.reason.tolist(), strict=True
        ):
            at = Key(*key)
            for i in range(4):
                self.counters[at, i] += delta[i]
            if any(reservation):
                claimed = self.claims.setdefault(_uuid(reservation), Counter())
                claimed[at] += delta[1]
            if delta[1] > 0:
                assert self.available(at) >= 0, "a claim took more than there was"
            assert reason
        for n, fact in enumerate(batch.all_facts()):
            self.times.append(fact.at_us)
            if fact.request_key is not None:
                assert fact.request_key not in self.answers, "one request was recorded twice"
                self.answers[fact.request_key] = Answered(batch.seq, n, fact.fingerprint), fact.name
            if fact.reservation_state in (1, 2):
                self.open[UUID(bytes=fact.subject)] = (fact.reservation_state, fact.expires_us or NEVER_US, fact.holder)
            elif fact.reservation_state == 3:
                del self.open[UUID(bytes=fact.subject)]

    def available(self, key: Key) -> int:
        return self.counters[key, 0] - self.counters[key, 1] - self.counters[key, 2]

    def check(self, ledger: Ledger) -> None:
        """The ledger in memory knows exactly this."""
        for key in KEYS:
            assert tuple(ledger.counters(key) or (0, 0, 0, 0)) == tuple(self.counters[key, i] for i in range(4))
            assert all(self.counters[key, i] >= 0 for i in range(4))
        assert ledger.open_count == len(self.open)
        for reservation_id, claimed in self.claims.items():
            known = ledger.reservation(reservation_id)
            assert (known is not None) == (reservation_id in self.open) == any(claimed.values())
            if known is not None:
                state, expires_us, holder = self.open[reservation_id]
                assert {c.key: c.quantity for c in known.claims} == {k: q for k, q in claimed.items() if q}
                assert (known.state == "confirmed") == (state == 2)
                assert known.expires_us == expires_us
                assert known.holder == (UUID(bytes=holder) if holder and any(holder) else None)
        for cart in CARTS[1:]:
            held = [i for i, (state, _, holder) in self.open.items() if holder == cart and state == 1]
            found = ledger.held_by(UUID(bytes=cart))
            assert ([found.id] if found else []) == held


def _uuid(halves: list[int]) -> UUID:
    return UUID(int=(halves[0] % 2**64) << 64 | halves[1] % 2**64)


class Half(Command):
    """Does much, then fails: nothing of it may stay."""

    def __init__(self, ids: list[UUID], made: UUID) -> None:
        super().__init__("a", 7)
        self.ids, self.made = ids, made

    def decide(self, turn: Turn) -> None:
        turn.ledger.post(KEYS[0], Reason.RECEIVED, on_hand=9)
        turn.ledger.hold(self.made, [Claim(KEYS[0], 9)], Reason.ORDERED, party_no=7, confirmed=True)
        for known in self.ids:
            if turn.ledger.reservation(known) is not None:
                turn.ledger.confirm(known)
                turn.ledger.end(known, "fulfil", Reason.FULFILLED)
        turn.fact("order.placed", self.made)
        raise Short(0, 0)


class Together(HoldSet):
    """A set that remembers of which holds it was made."""

    def __init__(self, singles: list[Hold]) -> None:
        super().__init__("a", 7, columns(singles))
        self.singles = singles


class World:
    """One partition: its journal, the epoch in force, and the owners that believe in theirs."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.journal: list[Batch] = []
        self.model = Model([])
        self.epoch = 0
        self.clock_us = START_US
        self.ids: list[UUID] = []
        self.transfers: list[tuple[UUID, Key, Key, int]] = []
        self.acknowledged: list[tuple[bytes, int]] = []
        self.unanswered: list[Command] = []
        self.requests = 0

    def commit(self, epoch: int, batch: Batch) -> bool:
        """The fence: one row of the lease, or nothing."""
        if epoch != self.epoch or batch.seq != len(self.journal) + 1:
            return False
        self.journal.append(batch)
        self.model.apply(batch)
        return True

    def command(self) -> Command:
        """Something that a client may ask, new or again."""
        pick = self.random
        if self.unanswered and pick.random() < 0.3:
            return self.again(pick.choice(self.unanswered))
        self.requests += 1
        key = self.requests.to_bytes(16) if pick.random() < 0.8 else None
        kind = pick.choice(
            ["hold"] * 5 + ["confirm", "release", "release", "expire", "stock", "stock", "count", "move", "half"]
        )
        if kind == "hold":
            made = uuid7(self.clock_us)
            self.ids.append(made)
            lines = [(pick.choice(KEYS), pick.randint(1, 3)) for _ in range(pick.randint(1, 3))]
            expires_us = self.clock_us + pick.choice([1, 60, 3600]) * 1_000_000
            quantities = [quantity for _, quantity in lines]
            cart = pick.choice(CARTS)
            return Hold("a", 7, made, [k for k, _ in lines], quantities, expires_us, b"{}", cart, key, self.requests)
        if kind in ("confirm", "release"):
            chosen = pick.choice(self.ids) if self.ids else UUID(int=1)
            return (Confirm if kind == "confirm" else Release)(chosen, "a", 7, key, self.requests)
        if kind == "half":
            return Half(pick.sample(self.ids, min(3, len(self.ids))), uuid7(self.clock_us))
        if kind == "expire":
            return Expire(pick.choice(self.ids) if self.ids else UUID(int=1))
        if kind == "move":
            return self.transfer(key)
        bucket = pick.choice(KEYS)
        if kind == "count":
            return CountStock("a", 7, bucket, pick.randint(0, 9), None, None, key, self.requests)
        change = pick.choice(["receive", "receive", "adjust", "set_aside", "put_back", "write_off"])
        quantity = pick.randint(1, 6)
        return ChangeStock("a", 7, bucket, change, quantity, "", key, self.requests)  # type: ignore[arg-type]

    def transfer(self, key: bytes | None) -> Command:
        """Send goods to another shelf, or receive them there, perhaps twice."""
        pick = self.random
        if self.transfers and pick.random() < 0.6:
            made, source, target, quantity = pick.choice(self.transfers)
            return ReceiveTransfer("a", 7, made, source, target, quantity, quantity - pick.randint(0, 1))
        source, target = pick.sample(KEYS, 2)
        made, quantity = uuid7(self.clock_us), pick.randint(1, 3)
        self.transfers.append((made, source, target, quantity))
        return SendTransfer("a", 7, made, source, target, quantity, key, self.requests)

    def again(self, command: Command) -> Command:
        """The same request in a new attempt, as a client sends it that heard nothing."""
        if isinstance(command, Hold):
            made = uuid7(self.clock_us)
            self.ids.append(made)
            c = command
            return Hold(
                "a", 7, made, c.keys, c.quantities, c.expires_us, c.body, c.holder, c.request_key, c.fingerprint
            )
        return command

    def heard(self, decided: Decided) -> None:
        """Clients hear their answers."""
        for command, answer in decided.answers:
            if isinstance(command, Together):
                self.heard_set(command, answer, {})
            else:
                self.heard_one(command, isinstance(answer, Problem) or not decided.batch.size)
        for command, answered in decided.replays:
            assert self.model.answers[command.request_key or b""][0] == answered, "the answer is the one fact that was"
        for command, answer, answered in decided.set_replays:
            assert isinstance(command, Together)
            self.heard_set(command, answer, answered)

    def heard_one(self, command: Command, refused: bool) -> None:
        if command in self.unanswered:
            self.unanswered.remove(command)
        if command.request_key is not None and not refused and not isinstance(command, Confirm):
            # (confirming again changes nothing, and records nothing)
            self.acknowledged.append((command.request_key, command.fingerprint))

    def heard_set(self, command: "Together", answer: SetAnswer, answered: dict[int, Answered]) -> None:
        for place, single in enumerate(command.singles):
            if place in answered:
                assert self.model.answers[single.request_key or b""][0] == answered[place]
            else:
                self.heard_one(single, place in answer.refused)


class Simulated:
    """An owner with its own idea of the epoch; its memory is lost whenever a commit is not known to have worked."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.fenced = False
        self.recover()

    def recover(self) -> None:
        """Take over, and rebuild memory from the batches that were kept."""
        world = self.world
        world.epoch += 1
        self.epoch, self.seq = world.epoch, len(world.journal)
        model, ledger = world.model, Ledger(4, 4)
        keys = np.array([[*key] for key in KEYS], np.int64)
        ledger.load_buckets(keys, np.array([[model.counters[k, i] for i in range(4)] for k in KEYS], np.int64))
        for reservation_id, (state, expires_us, holder) in model.open.items():
            halves = np.frombuffer(reservation_id.bytes + (holder or bytes(16)), ">i8").astype(np.int64).reshape(2, 2)
            party, order = np.array([7], np.int32), np.array([0], np.int8)
            expires = np.array([expires_us], np.int64)
            ledger.load_reservations(halves[:1], np.array([state], np.int8), order, party, expires, halves[1:])
            for key, quantity in model.claims[reservation_id].items():
                if quantity:
                    ledger.load_lines(halves[:1], np.array([[*key]], np.int64), np.array([quantity], np.int64))
        results = Results(world.clock_us, 24)
        for request_key, (answered, _) in model.answers.items():
            results.add(request_key, *answered)
        self.decider = Decider(ledger, results)
        self.now_us = max(world.clock_us, *(model.times or [0]))

    def decide(self) -> Decided:
        """A batch of random commands."""
        world = self.world
        commands = [world.command() for _ in range(world.random.randint(1, 8))]
        commands += [c for c in commands if world.random.random() < 0.1]
        holds = [c for c in commands if isinstance(c, Hold)]
        if holds and world.random.random() < 0.5:
            commands = [c for c in commands if not isinstance(c, Hold)]
            commands.insert(world.random.randint(0, len(commands)), Together(holds))
        self.now_us = max(self.now_us, world.clock_us)
        decided = self.decider.decide(commands, self.seq + 1, self.now_us, Prepared(), self.seq)
        if decided.batch.size:
            self.seq += 1
        told = len(decided.answers) + len(decided.replays) + len(decided.set_replays)
        assert told == len(commands), "everybody is answered, once"
        return decided

    def step(self) -> None:
        """Decide, perhaps decide the next batch meanwhile, and commit: well, not at all, or with an unknown outcome."""
        world = self.world
        batches = [self.decide() for _ in range(world.random.choice([1, 1, 2]))]
        for i, decided in enumerate(batches):
            fate = world.random.random()
            lost = bool(decided.batch.size) and fate < 0.15
            committed = not decided.batch.size or (
                not (lost and fate < 0.08) and world.commit(self.epoch, decided.batch)
            )
            if committed and not lost:
                world.heard(decided)
                continue
            if not lost:
                self.fenced = True
                assert self.epoch != world.epoch, "only a takeover may fence"
            for unheard in batches[i:]:
                found = [told[0] for told in (*unheard.answers, *unheard.replays, *unheard.set_replays)]
                singles = [c for told in found for c in (told.singles if isinstance(told, Together) else [told])]
                world.unanswered += [c for c in singles if c.request_key is not None]
            if not self.fenced:
                self.recover()
            return
        if self.epoch == world.epoch:
            world.model.check(self.decider.ledger)


@pytest.mark.parametrize("seed", range(40))
def test_whatever_happens_the_books_are_right(seed: int) -> None:
    """Given 60 steps of several owners with bad luck, then after each one memory and journal agree."""
    world = World(seed)
    owners = [Simulated(world)]
    for _ in range(60):
        alive = [owner for owner in owners if not owner.fenced]
        if not alive or world.random.random() < 0.08:
            owners.append(Simulated(world))
            alive.append(owners[-1])
        world.clock_us += world.random.choice([0, 1000, 1_000_000, 90_000_000, -3_600_000_000, 7_200_000_000])
        world.random.choice(alive).step()
    assert len(world.journal) > 10
    assert [batch.seq for batch in world.journal] == list(range(1, len(world.journal) + 1))
    assert all(a <= b for a, b in pairwise(world.model.times)), "time in the journal never goes back"
    for request_key, fingerprint in world.acknowledged:
        assert world.model.answers[request_key][0].fingerprint == fingerprint, "acknowledged, so it is in the journal"
    rebuilt = Model(world.journal)
    assert rebuilt.counters == world.model.counters
    received = Counter(f.subject for b in world.journal for f in b.facts if f.name == "transfer.received")
    assert all(times == 1 for times in received.values())
