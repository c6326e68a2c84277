"""A fact of the journal as the world sees it: a CloudEvents 1.0.2 envelope in JSON.

The id names the fact for ever ("{partition}-{seq}-{n}"), so whoever receives it twice can tell.
"""

import re
from datetime import date, datetime
from functools import cache
from uuid import UUID

import msgspec

from manystores.core.clock import from_datetime, rfc3339

CURSOR_END = 2**31 - 1
"""As `n` of a cursor: past every fact of that batch."""

TEST_SEQ = 0
"""No batch has this number (the first is 1): deliveries under it are tests asked for by the subscriber."""

TEST_EVENT = "webhook.test"

SECRET_PURPOSE = "webhook.secret"
"""What the signing secrets of webhooks are sealed for (core.crypto)."""

_GLOB = re.compile(r"\*|[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+|[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*\.\*")


class Fact(msgspec.Struct, frozen=True):
    """One row of the journal. `body` is the fact's JSON document as text, None when the columns say it all.

    `location` is the code of the location it happened at, where whoever reads the row knows it.
    """

    partition_id: int
    day: date
    seq: int
    n: int
    name: str
    subject: UUID | None
    party_no: int
    location_no: int
    at: datetime
    version: int
    body: str | None
    location: str | None = None

    @property
    def position(self) -> tuple[int, int]:
        """Where it stands in its partition's sequence: (seq, n)."""
        return self.seq, self.n


class CloudEvent(msgspec.Struct, frozen=True, kw_only=True):
    """The envelope's members, in the order they are written."""

    specversion: str = "1.0"
    id: str
    source: str
    type: str
    subject: str | msgspec.UnsetType
    time: str
    datacontenttype: str = "application/json"
    sequence: str
    partition: int
    location: str | msgspec.UnsetType = msgspec.UNSET
    data: msgspec.Raw


def event_id(partition_id: int, seq: int, n: int) -> str:
    """The event's id, e.g. 0-17-3; also the `webhook-id` of every delivery of it."""
    return f"{partition_id}-{seq}-{n}"


def parse_event_id(text: str) -> tuple[int, int, int]:
    """(partition, seq, n) of an event's id; anything else is a ValueError."""
    found = re.fullmatch(r"(\d{1,9})-(\d{1,18})-(\d{1,9})", text, re.ASCII)
    if found is None:
        raise ValueError(f"{text!r} is not the id of an event, which looks like 0-17-3")
    return int(found[1]), int(found[2]), int(found[3])


def cloud_event(fact: Fact, source: str) -> CloudEvent:
    """The envelope of a fact; `source` names the installation, e.g. urn:manystores:main."""
    return CloudEvent(
        id=event_id(fact.partition_id, fact.seq, fact.n),
        source=source,
        type=f"manystores.{fact.name}.v{fact.version}",
        subject=str(fact.subject) if fact.subject is not None else msgspec.UNSET,
        time=rfc3339(from_datetime(fact.at)),
        # the CloudEvents extension `sequence` is compared as text, so both numbers are padded to their widest
        sequence=f"{fact.seq:019d}.{fact.n:010d}",
        partition=fact.partition_id,
        location=fact.location if fact.location is not None else msgspec.UNSET,
        data=msgspec.Raw((fact.body or "{}").encode()),
    )


def encode(fact: Fact, source: str) -> bytes:
    """The body of a delivery: the envelope as JSON in UTF-8, the same bytes every time."""
    return msgspec.json.encode(cloud_event(fact, source))


def valid_glob(glob: str) -> bool:
    """Whether it names events: '*', a name such as 'order.placed', or a family such as 'order.*'."""
    return len(glob) <= 100 and _GLOB.fullmatch(glob) is not None


@cache
def glob_pattern(globs: tuple[str, ...]) -> str:
    """One regular expression (valid for PostgreSQL and Python) of the names that any of the globs covers.

    >>> glob_pattern(("order.*", "stock.counted"))
    '^(order\\\\..*|stock\\\\.counted)$'
    """
    return "^(" + "|".join(glob.replace(".", r"\.").replace("*", ".*") for glob in globs) + ")$"
