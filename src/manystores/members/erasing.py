"""Erasing a member of a brand: its accounts, cards and browsers, what only they were seen with, and all that was told
of them. What others were seen with too (another brand's member has the same phone) stays theirs.

The owner forgets at once and deletes in its transaction; the worker then reaches the lake's files, and proves it.
"""

from typing import Final
from uuid import UUID

from msgspec import Struct

from manystores.members.command import Command, own_records
from manystores.members.graph import Graph
from manystores.members.identifiers import Identifier, Namespace
from manystores.members.turn import Turn

_OWN: Final = frozenset({Namespace.USER, Namespace.CARD, Namespace.ANONYMOUS, Namespace.RECORD})


class Erased(Struct, frozen=True):
    """How much was forgotten."""

    identifiers: int
    pairs: int


class Erase(Command):
    """Erase a member by one of its accounts or cards; None when the brand has none of that name."""

    ends_batch = True

    def __init__(self, whose: Identifier, erasure_id: UUID, party_no: int, actor: str, reason: str) -> None:
        super().__init__()
        self._whose, self._erasure_id, self._party_no = whose, erasure_id, party_no
        self._actor, self._reason = actor, reason

    def decide(self, turn: Turn) -> Erased | None:
        graph = turn.memory.graph
        number = graph.find(self._whose)
        if number < 0:
            return None
        person = graph.members(number)
        assert number in own_records(graph, person, self._party_no)
        gone = {one for one in person if graph.scope(one) == self._party_no and graph.namespace(one) in _OWN}
        gone |= {
            other
            for one in sorted(gone)
            for other in graph.neighbours(one)
            if other not in gone and self._only_with(graph, other, gone) and not turn.memory.consents.of(other)
        }
        pairs = turn.forget(sorted(gone), self._erasure_id, self._party_no, self._actor, self._reason)
        return Erased(len(gone), pairs)

    def _only_with(self, graph: Graph, number: int, gone: set[int]) -> bool:
        """Whether an identifier was seen with none but those that go."""
        foreign = graph.namespace(number) in _OWN and graph.scope(number) != self._party_no
        return not foreign and all(other in gone for other in graph.neighbours(number))
