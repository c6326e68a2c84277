"""What the demo reads of the API's answers."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct


class Part(Struct, frozen=True):
    """A location's share of a line."""

    line: int
    quantity: int
    short: int
    withdrawn: int
    shipped: int

    @property
    def served(self) -> int:
        return self.quantity - self.short - self.withdrawn


class Work(Struct, frozen=True):
    """A location's work on an order."""

    id: str
    location: str
    kind: str
    state: str
    lines: tuple[Part, ...]
    promised_from: datetime | None = None

    @property
    def units(self) -> int:
        return sum(part.served for part in self.lines)


class Line(Struct, frozen=True):
    """A line of an order."""

    line: int
    offer: str
    ordered: int
    unallocated: int
    shipped: int
    cancelled: int


class View(Struct, frozen=True):
    """An order as the API tells it."""

    id: str
    revision: int
    state: str
    lines: tuple[Line, ...]
    fulfilment_orders: tuple[Work, ...]


class Short(Struct, frozen=True):
    """A line that can't be served as wanted: its index, and what can be had."""

    line: int
    wanted: int
    available: int


class ProblemBody(Struct, frozen=True):
    """A refusal."""

    code: str
    detail: str = ""
    short: tuple[Short, ...] = ()


class Result(Struct, frozen=True):
    """What became of an item of a batch."""

    status: int
    order: View | None = None
    problem: ProblemBody | None = None


class Results(Struct, frozen=True):
    """What became of a batch of orders."""

    results: tuple[Result, ...]


class Stepped(Struct, frozen=True):
    """The order after a step of its work."""

    order: View


class Option(Struct, frozen=True):
    """A way to have an offer."""

    kind: str
    locations: tuple[str, ...]


class Options(Struct, frozen=True):
    """Where near me is it, and when can I have it?"""

    options: tuple[Option, ...]


class PickUpCode(Struct, frozen=True):
    """What the shopper shows at the counter."""

    code: str | None


class Returned(Struct, frozen=True):
    """A return's number within its order."""

    number: int


class ReturnAnswer(Struct, frozen=True):
    """A return, and its order as it stands now."""

    order: View
    made: Returned = msgspec.field(name="return")


VIEW: msgspec.json.Decoder[View] = msgspec.json.Decoder(View)
PROBLEM: msgspec.json.Decoder[ProblemBody] = msgspec.json.Decoder(ProblemBody)
RESULTS: msgspec.json.Decoder[Results] = msgspec.json.Decoder(Results)
STEPPED: msgspec.json.Decoder[Stepped] = msgspec.json.Decoder(Stepped)
OPTIONS: msgspec.json.Decoder[Options] = msgspec.json.Decoder(Options)
CODE: msgspec.json.Decoder[PickUpCode] = msgspec.json.Decoder(PickUpCode)
RETURN: msgspec.json.Decoder[ReturnAnswer] = msgspec.json.Decoder(ReturnAnswer)


class ItemResult(Struct, frozen=True):
    """What became of an item of any other batch."""

    status: int
    problem: Any = None


class ItemResults(Struct, frozen=True):
    """What became of any other batch."""

    results: tuple[ItemResult, ...]


ITEMS: msgspec.json.Decoder[ItemResults] = msgspec.json.Decoder(ItemResults)
