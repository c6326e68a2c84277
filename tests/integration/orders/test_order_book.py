"""The order book on a real PostgreSQL: what is written is found again, by its party only."""

import json
from collections.abc import Sequence
from uuid import UUID

import msgspec
import psycopg
import pytest

from manystores import orders
from manystores.core import binary
from manystores.core.clock import to_datetime
from manystores.core.database import Connection
from manystores.core.sql import queries
from manystores.orders import Allocation, Order, Share, rows, search
from manystores.orders.search import OrderFilter
from manystores.promise import order_book

SQL = queries("manystores.orders")
PARTITION, BRAND, RIVAL = 9, 7301, 7302
AT = 1_763_000_000_000_000
HOUR = 3_600_000_000


def order(n: int, party_no: int = BRAND, channel: str = "app", location_no: int = 5, sold_at: int = 0) -> Order:
    """The n-th order, placed n hours after the first, promised n hours before the last."""
    body = {
        "channel": channel,
        "channel_order_id": f"万店-{n:03}",
        "deliver_to": {"lat": 39.9, "lon": 116.4},
        "lines": [{"offer": "X1", "quantity": 2}],
    }
    draft = orders.draft(msgspec.json.encode(body))
    placed = orders.place(
        draft,
        [orders.line_draft(draft.lines[0], 1, 100)],
        order_id=UUID(int=party_no << 64 | n),
        party_no=party_no,
        at_us=AT + n * HOUR,
        sold_at=sold_at,
    )
    plan = [Allocation(location_no, "ship", (Share(1, 2),), promised_to_us=AT + (100 - n) * HOUR)]
    return orders.allocate(placed, plan, AT + n * HOUR, "app").order


def write(connection: Connection, book: Sequence[Order]) -> None:
    with connection.cursor() as cursor:
        for target, data in order_book.new_rows(PARTITION, book):
            with cursor.copy(f"COPY {target} FROM STDIN (FORMAT BINARY)") as copy:  # type: ignore[arg-type]
                copy.write(binary.HEADER + data + binary.TRAILER)


def docs(connection: Connection, name: str, parameters: dict[str, object]) -> list[Order]:
    return [orders.decode(row[-1]) for row in connection.execute(SQL[name], parameters).fetchall()]


def test_an_order_is_read_as_it_was_written_and_by_its_party_only(connection: Connection) -> None:
    one = order(1)
    write(connection, [one])
    key = {"partition_id": PARTITION, "party_no": BRAND, "order_id": one.order_id}
    assert docs(connection, "get_order", key) == [one]
    assert docs(connection, "get_order", key | {"party_no": RIVAL}) == []
    assert docs(connection, "get_order", key | {"partition_id": PARTITION + 1}) == []
    assert docs(connection, "orders_by_id", {"partition_id": PARTITION, "order_ids": [one.order_id]}) == [one]
    columns = connection.execute("SELECT state, revision, placed_at FROM orders WHERE order_id = %s", [one.order_id])
    assert columns.fetchone() == ("approved", 1, to_datetime(one.placed_at_us))


def test_channel_order_ids_are_found_in_sets_and_unique_within_channel_and_party(connection: Connection) -> None:
    book = [order(1), order(1, RIVAL), order(2)]
    write(connection, book)
    found = connection.execute(
        SQL["orders_by_channel_id"],
        {
            "partition_id": PARTITION,
            "party_nos": [BRAND, BRAND, BRAND],
            "channels": ["app", "web", "app"],
            "channel_order_ids": ["万店-001", "万店-001", "万店-003"],
        },
    ).fetchall()
    assert [(row[0], row[2], row[3]) for row in found] == [(BRAND, "万店-001", book[0].order_id)]
    again = msgspec.structs.replace(order(3), channel_order_id="万店-001")
    with pytest.raises(psycopg.errors.UniqueViolation):
        write(connection, [again])


def test_pages_newest_first_without_gap_or_repeat(connection: Connection) -> None:
    write(connection, [order(n) for n in range(7)] + [order(n, RIVAL) for n in range(3)])
    seen: list[str] = []
    cursor = None
    while page := docs(
        connection, "search_orders", search.order_search(PARTITION, BRAND, OrderFilter(), limit=3, cursor=cursor)
    ):
        seen += [one.channel_order_id for one in page]
        cursor = search.order_cursor(page[-1])
    assert seen == [f"万店-{n:03}" for n in reversed(range(7))]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (OrderFilter(state="cancelled"), [2]),
        (OrderFilter(state="approved"), [4, 3, 1, 0]),
        (OrderFilter(channel="web"), [4]),
        (OrderFilter(location_no=6), [3]),
        (OrderFilter(location_no=8), [1]),
        (OrderFilter(placed_from_us=AT + HOUR, placed_to_us=AT + 3 * HOUR), [2, 1]),
        (OrderFilter(text="店-00"), [4, 3, 2, 1, 0]),
        (OrderFilter(text="003"), [3]),
        (OrderFilter(text="%"), []),
        (OrderFilter(state="approved", channel="app", location_no=5), [1, 0]),
    ],
)
def test_filters(connection: Connection, wanted: OrderFilter, found: list[int]) -> None:
    cancelled = orders.cancel(order(2), AT, "shopper").order
    book = [order(0), order(1, sold_at=8), cancelled, order(3, location_no=6), order(4, channel="web")]
    write(connection, book)
    page = docs(connection, "search_orders", search.order_search(PARTITION, BRAND, wanted))
    assert [one.channel_order_id for one in page] == [f"万店-{n:03}" for n in found]


def test_a_store_sees_its_open_work_most_urgent_first(connection: Connection) -> None:
    closed = orders.reject(order(3), 1, "closed", AT, "store").order
    write(connection, [order(1), order(2), closed, order(4, location_no=6), order(5), order(1, RIVAL)])
    seen = []
    cursor = None
    while page := connection.execute(
        SQL["work_of_location"], search.work_search(PARTITION, BRAND, 5, limit=2, cursor=cursor)
    ).fetchall():
        last, number = orders.decode(page[-1][2]), page[-1][0]
        seen += [orders.decode(row[2]).channel_order_id for row in page]
        cursor = search.work_cursor(last, number)
    assert seen == ["万店-005", "万店-002", "万店-001"]
    rejected = connection.execute(
        SQL["work_of_location"], search.work_search(PARTITION, BRAND, 5, ("rejected",))
    ).fetchall()
    assert [orders.decode(row[2]).channel_order_id for row in rejected] == ["万店-003"]


def test_a_brand_sees_its_work_everywhere(connection: Connection) -> None:
    write(connection, [order(1), order(2, location_no=6), order(3), order(1, RIVAL)])
    first = connection.execute(SQL["work_of_party"], search.work_search(PARTITION, BRAND, limit=2)).fetchall()
    cursor = search.work_cursor(orders.decode(first[-1][2]), first[-1][0])
    rest = connection.execute(
        SQL["work_of_party"], search.work_search(PARTITION, BRAND, limit=2, cursor=cursor)
    ).fetchall()
    assert [orders.decode(row[2]).channel_order_id for row in first + rest] == ["万店-003", "万店-002", "万店-001"]


def test_changed_orders_are_written_in_sets_and_never_go_back(connection: Connection) -> None:
    book = [order(1), order(2), order(3)]
    write(connection, book)
    rejected = orders.reject(book[0], 1, "too_busy", AT, "store")
    moved = orders.rerouted(rejected.order, 1, [Allocation(6, "ship", (Share(1, 2),))], AT, "system").order
    cancelled = orders.cancel(book[1], AT, "shopper").order
    changed = [moved, cancelled]
    assert connection.execute(SQL["update_orders"], rows.order_updates(PARTITION, changed)).rowcount == 2
    connection.execute(SQL["put_fulfilment_orders"], rows.fulfilment_updates(PARTITION, changed))
    ids = {"partition_id": PARTITION, "order_ids": [one.order_id for one in book]}
    assert {one.order_id: one for one in docs(connection, "orders_by_id", ids)} == {
        one.order_id: one for one in [moved, cancelled, book[2]]
    }
    work = connection.execute(
        "SELECT number, location_no, state FROM fulfilment_orders WHERE partition_id = %s AND order_id = %s"
        " ORDER BY number",
        [PARTITION, moved.order_id],
    ).fetchall()
    assert work == [(1, 5, "rejected"), (2, 6, "open")]
    assert connection.execute(SQL["update_orders"], rows.order_updates(PARTITION, [book[0]])).rowcount == 0


def test_each_column_says_what_the_document_says(connection: Connection) -> None:
    one = order(3, sold_at=8)
    write(connection, [order(1), one])
    columns = ", ".join(rows.ORDER_COLUMNS)
    (found,) = connection.execute(f"SELECT {columns} FROM orders WHERE order_id = %s", [one.order_id]).fetchall()
    at, text = to_datetime(one.placed_at_us), orders.encode(one).decode()
    head = (PARTITION, one.order_id, BRAND, "app", "万店-003", "approved")
    assert found == (*head, at, to_datetime(one.updated_at_us), 1, 8, 0, text)
    columns = ", ".join(rows.FULFILMENT_COLUMNS)
    work = connection.execute(f"SELECT {columns} FROM fulfilment_orders WHERE order_id = %s", [one.order_id]).fetchall()
    assert work == rows.fulfilment_rows(PARTITION, one)


def test_decisions_are_read_with_their_order(connection: Connection) -> None:
    one = order(1)
    write(connection, [one])
    for number in (2, 1):
        connection.execute(
            "INSERT INTO decisions (partition_id, order_id, number, policy_version, doc, decided_at) "
            "VALUES (%s, %s, %s, 4, %s, %s)",
            [PARTITION, one.order_id, number, '{"why":"near"}', to_datetime(AT)],
        )
    key = {"partition_id": PARTITION, "party_no": BRAND, "order_id": one.order_id}
    found = connection.execute(SQL["decisions_of_order"], key).fetchall()
    assert [(row[0], row[1], json.loads(row[3])) for row in found] == [(1, 4, {"why": "near"}), (2, 4, {"why": "near"})]
    assert connection.execute(SQL["decisions_of_order"], key | {"party_no": RIVAL}).fetchall() == []


def test_pages_and_the_work_of_a_store_are_read_by_index(connection: Connection) -> None:
    """No sort, no scan of the whole book, however much is in it."""
    connection.execute("SET LOCAL enable_seqscan = off")
    for name, parameters in (
        ("search_orders", search.order_search(PARTITION, BRAND, OrderFilter())),
        ("get_order", {"partition_id": PARTITION, "party_no": BRAND, "order_id": UUID(int=1)}),
    ):
        plan = "\n".join(row[0] for row in connection.execute("EXPLAIN " + SQL[name], parameters).fetchall())
        assert "Index Scan" in plan
        assert "Sort" not in plan
