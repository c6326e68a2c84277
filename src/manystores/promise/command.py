"""Commands: what is asked of the owner, decided one after the other, each in its turn."""

import asyncio
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple
from uuid import UUID

from manystores.core.errors import Problem
from manystores.ledger import Key
from manystores.promise.holds import Holds
from manystores.promise.turn import Turn


class StoredFact(NamedTuple):
    """A fact as read back from the journal, to repeat the answer that it was."""

    name: str
    subject: UUID
    body: Any


class ChannelKey(NamedTuple):
    """How a channel identifies its order."""

    party_no: int
    channel: str
    channel_order_id: str


class Since(NamedTuple):
    """Wanted: the last count of a bucket, and how much on_hand moved after a moment (None: not asked)."""

    key: Key
    since_us: int | None


class Needs(NamedTuple):
    """What the owner must have read before the command's turn."""

    orders: tuple[UUID, ...] = ()
    channel: ChannelKey | None = None
    counted: Since | None = None


class Ticket:
    """Somebody waits for the answers of a group of commands: results, or Problems in their place."""

    __slots__ = ("future", "left", "results")

    def __init__(self, size: int) -> None:
        self.future: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()
        self.left = size
        self.results: list[Any] = [None] * size

    def answer(self, place: int, result: Any) -> None:
        """Give the answer of one command; the last one wakes who waits."""
        self.results[place] = result
        self.left -= 1
        if self.left == 0 and not self.future.done():
            self.future.set_result(self.results)


class Command:
    """One thing asked of the owner.

    `request_key` (16 bytes) makes it idempotent: the first fact that it records is its answer, repeated for ever.
    `fingerprint` tells the same key with another body.
    """

    weight: int = 64
    """What deciding it costs, compared with a hold."""
    asks: int = 1
    """How many requests it stands for."""
    kept_for_ever: ClassVar[bool] = False
    """Whether its request key is looked for in the whole journal, not only in that of the last days: for what would be
    wrong if it were done again much later. An old hold is over, an order has its channel's id, a step is taken once."""

    __slots__ = ("actor", "fingerprint", "party_no", "place", "request_key", "ticket")

    def __init__(self, actor: str, party_no: int, request_key: bytes | None = None, fingerprint: int = 0) -> None:
        self.actor, self.party_no = actor, party_no
        self.request_key, self.fingerprint = request_key, fingerprint
        self.ticket: Ticket
        self.place = 0

    def needs(self) -> Needs | None:
        """What to read before the turn; None is nothing."""
        return None

    def decide(self, turn: Turn) -> Any:
        """Decide: change the ledger and the order book through `turn`, or raise Problem and change nothing."""
        raise TypeError(f"{type(self).__name__} is decided by the owner itself")

    def replay(self, fact: StoredFact) -> Any:
        """The answer again, from the fact that it was."""
        return fact.body


class Hold(Command):
    """Claim several buckets together for a while; the owner decides many of these at once.

    `body` is the answer and the fact: the reservation as JSON. A request that is repeated days later holds anew: the
    hold that it would repeat is over.
    """

    weight = 1
    __slots__ = ("body", "expires_us", "holder", "id", "keys", "quantities")

    def __init__(
        self,
        actor: str,
        party_no: int,
        reservation_id: UUID,
        keys: Sequence[tuple[int, int, int, int]],
        quantities: Sequence[int],
        expires_us: int,
        body: bytes,
        holder: bytes | None = None,
        request_key: bytes | None = None,
        fingerprint: int = 0,
    ) -> None:
        super().__init__(actor, party_no, request_key, fingerprint)
        self.id = reservation_id.bytes
        self.keys, self.quantities, self.expires_us = keys, quantities, expires_us
        self.holder, self.body = holder, body


class SetAnswer(NamedTuple):
    """What became of a set of holds, by place: those named in neither are held, and their bodies are the answer."""

    refused: dict[int, Problem]
    repeated: dict[int, Any]  # answered before: the answer that it was


class HoldSet(Command):
    """Many holds that came together; each is decided for itself, in order, as if it had come alone.

    Its answer is one `SetAnswer`. It has no request key of its own: each of its holds has.
    """

    __slots__ = ("asks", "holds", "weight")

    def __init__(self, actor: str, party_no: int, holds: Holds) -> None:
        super().__init__(actor, party_no)
        self.holds = holds
        self.weight = self.asks = len(holds.ids)
