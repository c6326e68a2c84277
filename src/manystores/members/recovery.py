"""Load what the graph's owner knows, once every older owner is fenced."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import psycopg
from numpy.typing import NDArray

from manystores.core import binary
from manystores.core.clock import DAY_US, from_datetime, to_datetime
from manystores.core.database import connect
from manystores.core.sql import queries
from manystores.members.consent import Consent, Consents
from manystores.members.graph import Graph
from manystores.members.heard import Heard
from manystores.members.identifiers import Namespace
from manystores.members.purchases import Purchases
from manystores.members.turn import PARTITION, Memory

SQL = queries("manystores.members")
CORE = queries("manystores.core")
_IDENTIFIERS = np.dtype(
    [
        ("key", "V16"),
        ("number", ">i4"),
        ("namespace", ">i2"),
        ("scope", ">i4"),
        ("blocked", "i1"),
        ("name", "V16"),
        ("says", ">i2"),
    ]
)
_PAIRS = np.dtype([("left", ">i4"), ("right", ">i4"), ("rules", ">i4"), ("since", ">i8"), ("apart", "i1")])
_PAGES = 256  # of a table in one value: some 30,000 rows


class Recovered(NamedTuple):
    """What an owner begins with."""

    epoch: int
    seq: int
    memory: Memory


def recover(database_url: str, owner: str, now_us: int) -> Recovered:
    """Take the person graph over and read it."""
    with connect(database_url, autocommit=True, name="manystores-members-recovery") as connection:
        here = {"partition": PARTITION, "owner": owner, "at": to_datetime(now_us)}
        with connection.transaction():
            connection.execute(CORE["open_lease"], here)
            epoch, seq = connection.execute(CORE["take_over"], here).fetchone() or (0, 0)
        connection.execute("SET statement_timeout = 0")
        graph = _graph(connection)
        consents = Consents()
        for number, *said, at in connection.execute(SQL["load_consents"], {"partition": PARTITION}):
            purpose, granted, version, channel, proof = said
            consent = Consent(
                purpose=purpose, granted=granted, version=version, channel=channel, proof=proof, at_us=from_datetime(at)
            )
            consents.take(number, consent)
        today = now_us // DAY_US
        memory = Memory(graph, consents, _heard(connection, today), _purchases(connection, today))
        return Recovered(epoch, seq, memory)


def _heard(connection: psycopg.Connection[Any], today: int) -> Heard:
    heard = Heard()
    for day in (today - 1, today):
        on = to_datetime(day * DAY_US).date()
        for packed in _pages(connection, "load_message_keys", f"journal_{on:%Y%m%d}", {"day": on}):
            heard.add(np.frombuffer(packed, ">i8").reshape(-1, 2).astype(np.int64), day)
    return heard


def _purchases(connection: psycopg.Connection[Any], today: int) -> Purchases:
    purchases = Purchases()
    since = {"partition": PARTITION, "day": to_datetime((today - 1) * DAY_US).date()}
    for key, number in connection.execute(SQL["load_purchases"], since):
        purchases.told_by(key.bytes, number)
    return purchases


def _graph(connection: psycopg.Connection[Any]) -> Graph:
    """Numbers that nobody has any more are identifiers without namespace, found by no key."""
    known = _read(connection, "identifiers", _IDENTIFIERS)
    pairs = _read(connection, "pairs", _PAIRS)
    count = int(known["number"].max()) + 1 if len(known) else 0
    at = known["number"].astype(np.int64)
    keys, names = np.zeros((count, 2), np.int64), np.zeros((count, 2), np.int64)
    keys[at], names[at] = _halves(known["key"]), _halves(known["name"])
    namespaces = np.full(count, Namespace.GONE, np.int8)
    namespaces[at] = known["namespace"]
    scopes, blocked, says = np.zeros(count, np.int32), np.zeros(count, np.int8), np.zeros(count, np.int8)
    scopes[at], blocked[at], says[at] = known["scope"], known["blocked"], known["says"]
    graph = Graph(identifiers=max(1 << 10, count + count // 8), pairs=max(1 << 10, len(pairs) + len(pairs) // 8))
    columns = (
        pairs["left"].astype(np.int32),
        pairs["right"].astype(np.int32),
        pairs["rules"].astype(np.int32),
        pairs["since"].astype(np.int64),
        pairs["apart"].astype(np.int8),
    )
    graph.load(keys, namespaces, scopes, blocked, names, says, columns)
    return graph


def _read(connection: psycopg.Connection[Any], table: str, kind: "np.dtype[np.void]") -> NDArray[np.void]:
    """All rows of a table that `load_{table}` packs."""
    name = "identity_pairs" if table == "pairs" else table
    return np.frombuffer(b"".join(_pages(connection, f"load_{table}", name, {})), kind)


def _pages(connection: psycopg.Connection[Any], name: str, table: str, values: dict[str, Any]) -> Iterator[bytes]:
    """A table by ranges of its pages: no value becomes too large, however large it is."""
    (pages,) = connection.execute(SQL["table_pages"], {"table": table}).fetchone() or (0,)
    for page in range(0, pages or 0, _PAGES):
        limits = {"partition": PARTITION, "first": f"({page},0)", "end": f"({page + _PAGES},0)"}
        (packed,) = connection.execute(SQL[name], values | limits, binary=True).fetchone() or (None,)
        if packed is not None:
            yield packed


def _halves(ids: NDArray[np.void]) -> NDArray[np.int64]:
    return binary.id_halves(ids) if len(ids) else np.zeros((0, 2), np.int64)
