"""What can be asked of the graph's owner. What a command says is durable when it is answered."""

import asyncio
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from manystores.core.errors import Problem
from manystores.members.consent import PERSONALISE, SHARE_WITH_BRAND, Consent, said_of
from manystores.members.graph import Graph, Rule
from manystores.members.identifiers import Identifier, Namespace
from manystores.members.rules import UNKNOWN_IDENTIFIER
from manystores.members.turn import Tracked, Turn

NOBODY = bytes(16)


class Command:
    """Decided by the owner, one after the other. `weight`: in events. What comes after one that `ends_batch` is
    decided in the next: it may see again what this one has forgotten."""

    weight = 1
    ends_batch = False

    def __init__(self) -> None:
        self.future: asyncio.Future[Any] | None = None

    def decide(self, turn: Turn) -> Any:
        """The answer; a Problem must be raised before anything is changed."""
        raise NotImplementedError


class Track(Command):
    """Events of one source. Answers which were heard for the first time."""

    def __init__(self, events: list[Tracked], party_no: int, actor: str) -> None:
        super().__init__()
        self._events, self._party_no, self._actor = events, party_no, actor
        self.weight = len(events)

    def decide(self, turn: Turn) -> list[bool]:
        return turn.track(self._events, self._party_no, self._actor)


class Agree(Command):
    """What somebody said on purposes, asked for by a brand or at a till. Answers, per purpose, whether it counts."""

    def __init__(self, whose: Identifier, value: str, said: Sequence[Consent], party_no: int, actor: str) -> None:
        super().__init__()
        self._whose, self._value, self._said, self._party_no, self._actor = whose, value, said, party_no, actor

    def decide(self, turn: Turn) -> list[bool]:
        number = int(turn.see([self._whose], [self._value])[0])
        return [turn.consent(number, said, self._party_no, self._actor) for said in self._said]


class Join(Command):
    """Two identifiers of a brand's are one person's: a card bound to an account, or a human's word."""

    def __init__(self, pair: tuple[Identifier, Identifier], rule: Rule, party_no: int, actor: str, why: str) -> None:
        super().__init__()
        self._pair, self._rule, self._party_no, self._actor, self._why = pair, rule, party_no, actor, why

    def decide(self, turn: Turn) -> bool:
        one, other = _known(turn.memory.graph, self._pair)
        turn.set_apart(one, other, self._party_no, self._actor, self._why, apart=False)
        turn.link(one, other, self._rule, self._party_no, self._actor, self._why)
        graph = turn.memory.graph
        return graph.person(one) == graph.person(other)


class Part(Command):
    """Two identifiers are two persons': evidence between them goes, and what comes later joins them no more."""

    def __init__(self, pair: tuple[Identifier, Identifier], party_no: int, actor: str, why: str) -> None:
        super().__init__()
        self._pair, self._party_no, self._actor, self._why = pair, party_no, actor, why

    def decide(self, turn: Turn) -> bool:
        one, other = _known(turn.memory.graph, self._pair)
        turn.withdraw(one, other, self._party_no, self._actor, self._why)
        turn.set_apart(one, other, self._party_no, self._actor, self._why, apart=True)
        return True


class Recognised(Struct, frozen=True):
    """Who was recognised: the brand's own records of the person, and the consent by which it may know."""

    records: list[Identifier]
    consent: Consent | None
    """None when the brand's own record was presented: that is its member already."""
    personalise: bool


class Recognise(Command):
    """Who presents these at a till, as far as the brand may know. None: nobody, or nobody whom it may know; which of
    both, the brand is not told, nor can it tell by what is written or how long it takes."""

    def __init__(self, presented: list[Identifier], party_no: int, brand: str, actor: str, location: str) -> None:
        super().__init__()
        self._presented, self._party_no, self._brand = presented, party_no, brand
        self._actor, self._location = actor, location

    def decide(self, turn: Turn) -> Recognised | None:
        found = self._find(turn)
        subject = found.records[0].key if found is not None else NOBODY
        turn.note("member.recognised" if found else "member.not_recognised", subject, self._party_no, self._actor,
                  {"location": self._location})  # fmt: skip
        return found

    def _find(self, turn: Turn) -> Recognised | None:
        graph, consents = turn.memory.graph, turn.memory.consents
        numbers = [number for number in map(graph.find, self._presented) if number >= 0]
        persons = {graph.person(number) for number in numbers}
        if len(persons) != 1:
            return None
        everything = graph.members(numbers[0])
        records = own_records(graph, everything, self._party_no)
        if not records:
            return None
        presented_own = bool(own_records(graph, numbers, self._party_no))
        consent = consents.effective(everything, said_of(SHARE_WITH_BRAND, self._brand))
        if consent is None and not presented_own:
            return None
        personalise = consents.effective(everything, said_of(PERSONALISE, self._brand)) is not None
        return Recognised([graph.identifier(number) for number in records], consent, personalise)


def own_records(graph: Graph, numbers: list[int], party_no: int) -> list[int]:
    """Those of the identifiers that are a brand's accounts and cards."""
    own = (Namespace.USER, Namespace.CARD)
    return [number for number in numbers if graph.namespace(number) in own and graph.scope(number) == party_no]


def _known(graph: Graph, pair: tuple[Identifier, Identifier]) -> tuple[int, int]:
    """Their numbers; a Problem when either was never seen."""
    one, other = map(graph.find, pair)
    if one < 0 or other < 0 or one == other:
        raise Problem(
            UNKNOWN_IDENTIFIER,
            "Name two identifiers that were seen before.",
            "请提供两个已知的标识。",
        )
    return one, other
