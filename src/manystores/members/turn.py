"""One batch of the graph's owner: what its commands change, and all of it as rows.

Commands decide one after the other on memory; what they say is written in one transaction, with a fact of the journal
for everything that happened.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
import numpy as np
from numpy.typing import NDArray

from manystores.core import binary
from manystores.core.clock import to_datetime
from manystores.core.journal import JOURNAL, Fact, fact_rows, framed
from manystores.core.writer import Rows
from manystores.members.consent import LINK, Consent, Consents
from manystores.members.graph import Graph, Rule, Said
from manystores.members.heard import Heard
from manystores.members.identifiers import Identifier, Namespace
from manystores.members.purchases import Purchases
from manystores.members.tracking import Told

PARTITION: Final = 0
"""The person graph is a partition of its own; those of stock count from 1."""
DAY_US: Final = 86_400_000_000
_NAMELESS = binary.FixedRows(
    {
        "partition_id": ">i4",
        "key": "V16",
        "number": ">i4",
        "namespace": ">i2",
        "scope": ">i4",
        "blocked": "i1",
        "name": "V16",
        "says": ">i2",
    }
)
_NAMELESS_COUNT: Final = 8
_NAMELESS_COLUMNS = "identifiers (partition_id, key, number, namespace, scope, blocked, name, says)"
_NAMED_COLUMNS = f"{_NAMELESS_COLUMNS[:-1]}, value)"
_PAIRS = binary.FixedRows(
    {"partition_id": ">i4", "left": ">i4", "right": ">i4", "rules": ">i4", "since": ">i8", "apart": "i1"}
)
_PAIR_COLUMNS = "identity_pairs (partition_id, left_number, right_number, rules, since, apart)"
_SIZE_BITS: Final = 24
"""Of a stamp, for the place within a batch."""

_ERASING: Final = (
    "note_erasure",
    "erase_facts",
    "erase_mentions",
    "keep_accesses",
    "erase_identifiers",
    "keep_numbers",
    "erase_pairs",
    "erase_consents",
)

Seal = Callable[[str], bytes]


class Tracked(NamedTuple):
    """An event to be kept: what it tells, under which key it is heard once, and its document."""

    told: Told
    key: bytes
    body: bytes


@dataclass
class Memory:
    """What the owner knows."""

    graph: Graph
    consents: Consents
    heard: Heard
    purchases: Purchases


@dataclass
class Turn:
    """A batch in the making."""

    memory: Memory
    seq: int
    at_us: int
    seal: Seal
    facts: list[Fact] = field(default_factory=list)
    _new: dict[int, bytes | None] = field(default_factory=dict)
    """Identifiers that are seen for the first time, with their sealed values."""
    _changed: set[int] = field(default_factory=set)
    _pairs: dict[tuple[int, int], bool] = field(default_factory=dict)
    """Pairs of which something new is said; whether anything was said of them before."""
    _said: dict[tuple[int, str], Consent] = field(default_factory=dict)
    _gone: dict[str, Any] | None = None
    """Whom to erase, as the statements take it."""

    # -- what commands do

    def note(
        self,
        name: str,
        subject: bytes,
        party_no: int,
        actor: str,
        body: Any = None,
        key: bytes | None = None,
        purchase: bytes | None = None,
    ) -> None:
        """Something happened. `key`: under which it is heard once; `purchase`: the order that it tells of."""
        document = None if body is None else body if isinstance(body, bytes) else msgspec.json.encode(body)
        fact = Fact(name, subject, party_no, actor, self.at_us, document, 0, key, holder=purchase)
        fact.n = len(self.facts)
        self.facts.append(fact)

    def see(self, identifiers: list[Identifier], values: Sequence[str] = ()) -> NDArray[np.int32]:
        """Numbers of identifiers, made where they were never seen; values are kept, sealed, where there are any."""
        base = len(self.memory.graph)
        numbers = self.memory.graph.see(identifiers)
        if len(self.memory.graph) > base:
            for place, number in enumerate(numbers.tolist()):
                if number >= base and number not in self._new:
                    value = values[place] if values else ""
                    self._new[number] = self.seal(value) if value else None
        return numbers

    def track(self, events: list[Tracked], party_no: int, actor: str) -> list[bool]:
        """Take events of a brand's source; which of them are heard for the first time."""
        halves = np.frombuffer(b"".join(event.key for event in events), ">i8").reshape(-1, 2).astype(np.int64)
        new: list[bool] = self.memory.heard.new(halves, self.at_us // DAY_US).tolist()
        fresh = [event for event, is_new in zip(events, new, strict=True) if is_new]
        if not fresh:
            return new
        every = [one for event in fresh for one in event.told.identifiers]
        numbers = self.see(every, [value for event in fresh for value in event.told.values]).tolist()
        first = 0
        ones: list[int] = []
        others: list[int] = []
        rules: list[int] = []
        proofs: list[str] = []
        for event in fresh:
            told = event.told
            subject = told.identifiers[0].key
            self.note(f"event.{told.kind}", subject, party_no, actor, event.body, event.key, told.purchase)
            if told.purchase is not None:
                for other in self.memory.purchases.told_by(told.purchase, numbers[first]):
                    if self.memory.graph.namespace(other) == Namespace.GONE:
                        continue
                    ones.append(numbers[first])
                    others.append(other)
                    rules.append(Rule.BOUGHT)
                    proofs.append(told.message_id)
            for piece in told.evidence:
                ones.append(numbers[first])
                others.append(numbers[first + piece.other])
                rules.append(piece.rule)
                proofs.append(told.message_id)
            if told.name != (0, 0):
                self.memory.graph.name(numbers[first], told.name)
                self._changed.add(numbers[first])
            for consent in told.consents:
                self.consent(numbers[first], consent, party_no, actor)
            first += len(told.identifiers)
        if ones:
            self._state(ones, others, rules, proofs, party_no, actor)
        return new

    def link(self, one: int, other: int, rule: Rule, party_no: int, actor: str, proof: str) -> bool:
        """Evidence that two identifiers are one person's."""
        return self._state([one], [other], [rule], [proof], party_no, actor)

    def _state(
        self,
        ones: list[int],
        others: list[int],
        rules: list[int],
        proofs: list[str],
        party_no: int,
        actor: str,
    ) -> bool:
        graph = self.memory.graph
        stamps = (self.seq << _SIZE_BITS) + len(self.facts) + np.arange(len(ones), dtype=np.int64)
        left, right = np.array(ones, np.int32), np.array(others, np.int32)
        known = graph.known_pairs(left, right)
        new = graph.state_many(left, right, np.array(rules, np.int8), stamps)
        for place in np.flatnonzero(new).tolist():
            pair = min(ones[place], others[place]), max(ones[place], others[place])
            self._pairs.setdefault(pair, bool(known[place]))
            body = {
                "other": graph.key(others[place]).hex(),
                "rule": Rule(rules[place]).name.lower(),
                "evidence": proofs[place],
            }
            self.note("identity.linked", graph.key(ones[place]), party_no, actor, body)
        return bool(new.any())

    def withdraw(self, one: int, other: int, party_no: int, actor: str, why: str) -> bool:
        """All evidence of a pair is taken back."""
        graph = self.memory.graph
        if not graph.withdraw(one, other):
            return False
        self._pairs.setdefault((min(one, other), max(one, other)), True)
        body = {"other": graph.key(other).hex(), "reason": why}
        self.note("identity.unlinked", graph.key(one), party_no, actor, body)
        return True

    def set_apart(self, one: int, other: int, party_no: int, actor: str, why: str, *, apart: bool) -> bool:
        """Two identifiers are two persons', whatever comes; or that is taken back."""
        graph = self.memory.graph
        known = graph.pair(one, other) is not None
        if not graph.set_apart(one, other, apart=apart):
            return False
        self._pairs.setdefault((min(one, other), max(one, other)), known)
        body = {"other": graph.key(other).hex(), "reason": why}
        self.note("identity.parted" if apart else "identity.parting_ended", graph.key(one), party_no, actor, body)
        return True

    def consent(self, number: int, consent: Consent, party_no: int, actor: str) -> bool:
        """Hear what was said; False if something later was heard before."""
        if not self.memory.consents.take(number, consent):
            return False
        graph = self.memory.graph
        if consent.purpose == LINK:
            graph.say(number, Said.YES if consent.granted else Said.NO)
            self._changed.add(number)
        self._said[number, consent.purpose] = consent
        name = "consent.granted" if consent.granted else "consent.withdrawn"
        self.note(name, graph.key(number), party_no, actor, consent)
        return True

    def forget(self, numbers: list[int], erasure_id: UUID, party_no: int, actor: str, reason: str) -> int:
        """Identifiers go, with all that was told of them; how many pairs they were in. It is the last of its batch."""
        graph = self.memory.graph
        keys = [graph.key(number) for number in numbers]
        places = {(min(one, other), max(one, other)) for one in numbers for other in graph.neighbours(one)}
        seen_with = {number for place in places for number in place}
        self._gone = {
            "partition": PARTITION,
            "erasure": erasure_id,
            "seq": self.seq,
            "party": party_no,
            "actor": actor,
            "at": to_datetime(self.at_us),
            "keys": [UUID(bytes=key) for key in keys],
            "hexes": [key.hex() for key in keys],
            "around": [UUID(bytes=graph.key(number)) for number in sorted(seen_with)],
            "numbers": numbers,
            "lefts": [left for left, _ in sorted(places)],
            "rights": [right for _, right in sorted(places)],
        }
        for number in numbers:
            graph.forget(number)
            self.memory.consents.forget(number)
            self._new.pop(number, None)
            self._changed.discard(number)
        self._pairs = {pair: known for pair, known in self._pairs.items() if pair not in places}
        self._said = {said: consent for said, consent in self._said.items() if said[0] not in numbers}
        self.note("member.erased", bytes(16), party_no, actor, {"erasure": str(erasure_id), "reason": reason})
        return len(places)

    # -- as rows

    def rows(self, epoch: int) -> Rows:
        """All of it, to be written in one transaction as batch `seq` under `epoch`."""
        graph = self.memory.graph
        copies = [(JOURNAL, framed(fact_rows(PARTITION, self.seq, self.at_us, self.facts)))]
        if named := [number for number, value in self._new.items() if value is not None]:
            rows = _named_rows(graph.stored(np.array(named, np.int32)), [self._new[number] or b"" for number in named])
            copies.append((_NAMED_COLUMNS, framed(rows)))
        if nameless := [number for number, value in self._new.items() if value is None]:
            copies.append((_NAMELESS_COLUMNS, framed(_nameless_rows(graph.stored(np.array(nameless, np.int32))))))
        new = self._stored_pairs(known=False)
        if len(new):
            copies.append((_PAIR_COLUMNS, framed(_pair_rows(new))))
        statements: list[tuple[str, str, dict[str, Any]]] = []
        exactly: list[tuple[str, int]] = []
        old = self._stored_pairs(known=True)
        if len(old):
            statements.append(("manystores.members", "update_pairs", _pair_values(old)))
            exactly.append(("update_pairs", len(old)))
        if changed := sorted(self._changed - self._new.keys()):
            stored = graph.stored(np.array(changed, np.int32))
            statements.append(("manystores.members", "update_identifiers", _identifier_values(stored)))
            exactly.append(("update_identifiers", len(changed)))
        if self._said:
            statements.append(("manystores.members", "put_consents", _consent_values(self._said)))
        if self._gone is not None:
            statements += [("manystores.members", name, self._gone) for name in _ERASING]
        return Rows(PARTITION, epoch, self.seq, self.at_us // DAY_US, tuple(copies), tuple(statements), tuple(exactly))

    def _stored_pairs(self, *, known: bool) -> NDArray[np.void]:
        pairs = [pair for pair, before in self._pairs.items() if before == known]
        places = np.array(pairs, np.int32).reshape(-1, 2)
        return self.memory.graph.stored_pairs(places[:, 0], places[:, 1])


def _nameless_rows(stored: NDArray[np.void]) -> bytes:
    return _NAMELESS.encode(
        partition_id=PARTITION,
        **{column: stored[column] for column in ("key", "number", "namespace", "scope", "blocked", "name", "says")},
    )


def _named_rows(stored: NDArray[np.void], values: list[bytes]) -> bytes:
    """Rows that end with what the brand calls its member, sealed."""
    fixed = _nameless_rows(stored)
    width = len(fixed) // len(values)
    head = (_NAMELESS_COUNT + 1).to_bytes(2)
    return b"".join(
        head + fixed[place * width + 2 : (place + 1) * width] + len(value).to_bytes(4) + value
        for place, value in enumerate(values)
    )


def _identifier_values(stored: NDArray[np.void]) -> dict[str, Any]:
    return {
        "partition": PARTITION,
        "keys": [UUID(bytes=key) for key in stored["key"].tolist()],
        "names": [UUID(bytes=name) for name in stored["name"].tolist()],
        "says": stored["says"].tolist(),
    }


def _pair_rows(pairs: NDArray[np.void]) -> bytes:
    columns = ("left", "right", "rules", "since", "apart")
    return _PAIRS.encode(partition_id=PARTITION, **{column: pairs[column] for column in columns})


def _pair_values(pairs: NDArray[np.void]) -> dict[str, Any]:
    return {
        "partition": PARTITION,
        "lefts": pairs["left"].tolist(),
        "rights": pairs["right"].tolist(),
        "rules": pairs["rules"].tolist(),
        "sinces": pairs["since"].tolist(),
        "aparts": pairs["apart"].astype(bool).tolist(),
    }


def _consent_values(said: dict[tuple[int, str], Consent]) -> dict[str, Any]:
    return {
        "partition": PARTITION,
        "numbers": [number for number, _ in said],
        "purposes": [purpose for _, purpose in said],
        "granted": [consent.granted for consent in said.values()],
        "versions": [consent.version for consent in said.values()],
        "channels": [consent.channel for consent in said.values()],
        "proofs": [consent.proof for consent in said.values()],
        "ats": [to_datetime(consent.at_us) for consent in said.values()],
    }
