"""However much is in the book, no list that people open reads a whole table: what its statements do is asked of the
planner, with ten thousands of orders, facts, movements and rows of the audit there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from tests.journeys.people import add_person, sign_in
from tests.journeys.shop import Shop
from tests.journeys.test_isolation import build, send, tries

from manystores.core import database

if TYPE_CHECKING:
    from tests.journeys.conftest import Api

COPIES = 10_000  # of each of four rows
BIG = ("orders", "fulfilment_orders", "decisions", "journal", "movements", "audit", "parcels")
_ID = "md5(g::text || t.*::text)::uuid"
#: What a copied row has for itself; the rest is as in the row that it was copied from. An hour lies between two orders,
#: and one in fifty is still at work.
NEW = {
    "order_id": _ID,
    "audit_id": _ID,
    "subject": _ID,
    "channel_order_id": "t.channel_order_id || '-' || g",
    "placed_at": "t.placed_at - g * interval '1 hour'",
    "seq": "t.seq * 1000000 + g",
    "offer_no": "t.offer_no + g % 500",
    "location_no": "t.location_no + g % 50",
    "tracking": "'SF' || g || t.order_id",
}
DONE = {
    "orders": "CASE WHEN g % 50 = 0 THEN t.state ELSE 'completed' END",
    "fulfilment_orders": "CASE WHEN g % 50 = 0 THEN t.state ELSE 'closed' END",
}


def copy(connection: database.Connection, table: str, source: str) -> None:
    """Make many rows out of a few."""
    found = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
        [table],
    ).fetchall()
    new = NEW | ({"state": DONE[table]} if table in DONE else {})
    names = ", ".join(f'"{name}"' for (name,) in found)
    values = ", ".join(new.get(name, f't."{name}"') for (name,) in found)
    rows = f"(SELECT * FROM {source} LIMIT 4) t CROSS JOIN generate_series(1, {COPIES}) g"
    connection.execute(f"INSERT INTO {table} ({names}) SELECT {values} FROM {rows}".encode())
    connection.execute(f"ANALYZE {table}".encode())


def read_whole(plan: dict[str, Any]) -> Iterator[str]:
    """The tables that a plan reads from end to end."""
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for inner in plan.get("Plans", ()):
        yield from read_whole(inner)


def test_no_list_reads_a_whole_table(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = Shop(api)
    cases = tries(build(shop, "PUDONG", "310000"))
    add_person(api, shop.brand, "reader", "brand_operations")
    client = sign_in(api, "reader")
    asked: dict[tuple[str, str], Any] = {}
    execute, operation = psycopg.AsyncCursor.execute, ""

    async def noted(self: Any, query: Any, params: Any = None, **more: Any) -> Any:
        text = query.decode() if isinstance(query, bytes) else str(query)
        if "SELECT" in text and "FROM" in text:
            asked[operation, text] = params
        return await execute(self, query, params, **more)

    monkeypatch.setattr(psycopg.AsyncCursor, "execute", noted)
    for operation, case in cases.items():
        if operation.startswith("get ") and not operation.endswith("/count"):  # that reads all it counts
            send(client, operation, case)
    monkeypatch.undo()
    found: list[tuple[str, str, list[str]]] = []
    with database.connect(api.database_url) as connection:
        for table in BIG[:-1]:
            copy(connection, table, table)
        copy(
            connection,
            "parcels",
            "(SELECT partition_id, '' AS tracking, order_id, 1::smallint AS number FROM orders) AS parts",
        )
        for (operation, text), params in asked.items():
            row = connection.execute(f"EXPLAIN (FORMAT JSON) {text}".encode(), params).fetchone()
            assert row is not None
            whole = [name for name in read_whole(row[0][0]["Plan"]) if name.startswith(BIG)]
            found += [(operation, text[:200], whole)] if whole else []
        connection.rollback()
    assert len(asked) > 40
    assert found == []
