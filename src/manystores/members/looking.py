"""What a brand may see of one of its members, and why: its own accounts and cards, what they were seen with, and what
was agreed to. Looking is itself noted."""

from msgspec import Struct

from manystores.members.command import Command, own_records
from manystores.members.consent import LINK, PURPOSES, SHARE_WITH_BRAND, Consent, said_of
from manystores.members.graph import Pair, Rule, Verdict
from manystores.members.identifiers import Identifier, Namespace
from manystores.members.turn import Turn


class Evidence(Struct, frozen=True):
    """What stands between two of a member's identifiers, by their places in the view."""

    one: int
    other: int
    rules: list[Rule]
    verdict: Verdict | None
    """Between two of the brand's own; of others it would tell of strangers who have the same phone."""


class Said(Struct, frozen=True):
    """A last word, and by which identifier, by its place in the view."""

    by: int
    consent: Consent


class View(Struct, frozen=True):
    """A member as the brand may see it. `own` are its accounts and cards, first among `identifiers`."""

    identifiers: list[Identifier]
    own: int
    evidence: list[Evidence]
    said: list[Said]
    may: dict[str, bool]
    """Per purpose, whether the identifiers that the brand sees allow it together."""


class Look(Command):
    """Look at a member by one of its accounts or cards; None when the brand has none of that name."""

    def __init__(self, whose: Identifier, party_no: int, brand: str, actor: str, *, note: str) -> None:
        super().__init__()
        self._whose, self._party_no, self._brand, self._actor, self._note = whose, party_no, brand, actor, note

    def decide(self, turn: Turn) -> View | None:
        graph, consents = turn.memory.graph, turn.memory.consents
        number = graph.find(self._whose)
        if number < 0:
            return None
        turn.note(self._note, self._whose.key, self._party_no, self._actor)
        person = graph.members(number)
        own = own_records(graph, person, self._party_no)
        shared = consents.effective(person, said_of(SHARE_WITH_BRAND, self._brand)) is not None
        pairs = {(pair.left, pair.right): pair for one in person for pair in graph.around(one)}
        others = [one for one in person if one not in own]
        wallets = [one for one in others if shared and graph.namespace(one) in (Namespace.ALIPAY, Namespace.WECHAT)]
        seen = [*own, *sorted({*wallets, *(one for one in others if _with(one, own, pairs))})]
        place = {one: n for n, one in enumerate(seen)}
        found = [
            Evidence(
                place[pair.left],
                place[pair.right],
                sorted(pair.rules),
                pair.verdict if {pair.left, pair.right} <= {*own} else None,
            )
            for pair in sorted(pairs.values(), key=lambda pair: pair.since)
            if pair.left in place and pair.right in place and pair.rules and {pair.left, pair.right} & {*own}
        ]
        said = [Said(place[one], consent) for one in seen for consent in consents.of(one) if self._mine(consent)]
        may = {purpose: consents.effective(seen, said_of(purpose, self._brand)) is not None for purpose in PURPOSES}
        return View([graph.identifier(one) for one in seen], len(own), found, said, may)

    def _mine(self, consent: Consent) -> bool:
        """Not what was said of another brand."""
        return consent.purpose == LINK or consent.purpose.endswith(f":{self._brand}")


def _with(one: int, own: list[int], pairs: dict[tuple[int, int], Pair]) -> bool:
    """Whether an identifier was told of together with one of the brand's own: then the brand told it itself."""
    return any((pair := pairs.get((min(one, each), max(one, each)))) is not None and pair.rules for each in own)
