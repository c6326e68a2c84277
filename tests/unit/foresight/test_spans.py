"""Spans from the lake: what a fulfilment order's newest fact says of how long it took."""

from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import msgspec
import polars as pl
import pytest

from manystores.core.clock import from_datetime
from manystores.foresight.kept import promises_kept
from manystores.foresight.spans import Places, load_of, queues, read_spans, with_factors
from manystores.lake import writer
from manystores.lake.schema import JOURNAL
from manystores.orders.order import DeliverTo, FulfilmentOrder, Line, Order, Package, Step
from manystores.orders.view import Reader, order_told

HOUR_US = 3_600_000_000
T0 = from_datetime(datetime(2026, 11, 11, 1, 30, tzinfo=UTC))  # a Wednesday, 9:30 in Shanghai
READER = Reader(lambda number: f"S{number}")
PLACES = Places(
    lambda _party, _code, since, until: (until - since) / 60_000_000 / 2,
    lambda _party, _code: "Asia/Shanghai",
    lambda _party, _code, _kind, ready_us: ready_us + 6 * HOUR_US,
)


def order(n: int, *works: FulfilmentOrder, history: tuple[Step, ...] = (), **fields: object) -> Order:
    return Order(
        order_id=UUID(int=n), party_no=7, channel="app", channel_order_id=str(n), currency="CNY", placed_at_us=T0,
        updated_at_us=T0, revision=1, lines=(Line(1, 5, "TEE", 1),), fulfilments=works, history=history,
        **({"deliver_to": DeliverTo(31.0, 121.0, "310115")} | fields),  # type: ignore[arg-type]
    )  # fmt: skip


def work(kind: str = "ship", state: str = "open", **fields: object) -> FulfilmentOrder:
    times = {"created_at_us": T0, "updated_at_us": T0, "promised_from_us": T0, "promised_to_us": T0 + 40 * HOUR_US}
    return FulfilmentOrder(1, 3, kind, state, (), **(times | fields))  # type: ignore[arg-type]


def delivered(arrived_us: int) -> Order:
    history = (Step("fulfilment.accepted", T0, "a", 1), Step("fulfilment.packed", T0 + 2 * HOUR_US, "a", 1))
    parcel = Package("sf", "SF1", (), T0 + 8 * HOUR_US, arrived_us)
    return order(1, work(state="closed", packages=(parcel,)), history=history)


@pytest.fixture
def told(tmp_path: Path):  # type: ignore[no-untyped-def]
    """Write facts about orders into a lake, one batch each; returns the lake."""

    def write(*facts: tuple[str, Order]) -> Path:
        for seq, (name, one) in enumerate(facts, start=1):
            body = msgspec.json.encode(order_told(one, READER)).decode()
            row = dict.fromkeys(JOURNAL.columns) | {
                "partition_id": 1, "day": date(2026, 11, 11), "seq": seq, "n": 0, "name": name, "party_no": 7,
                "subject": str(one.order_id), "actor": "", "at": datetime.now(UTC), "body": body, "version": 1,
            }  # fmt: skip
            rows = pl.DataFrame([row], schema=JOURNAL.columns)
            writer.write(tmp_path, JOURNAL, rows, 1, seq, seq)
        return tmp_path

    return write


def test_the_newest_fact_of_an_order_says_what_happened_when(told) -> None:  # type: ignore[no-untyped-def]
    lake = told(("order.placed", order(1, work())), ("fulfilment.delivered", delivered(T0 + 30 * HOUR_US)))
    [row] = read_spans(lake).to_dicts()
    assert (row["party_no"], row["location"], row["kind"]) == (7, "S3", "ship")
    assert (row["carrier"], row["region"]) == ("sf", "31")
    times = [
        (row[name] - T0) // HOUR_US for name in ("began_us", "ready_us", "shipped_us", "done_us", "promised_to_us")
    ]
    assert times == [0, 2, 8, 30, 40]


def test_minutes_of_preparation_count_while_open_and_times_are_of_the_place(told) -> None:  # type: ignore[no-untyped-def]
    lake = told(("fulfilment.delivered", delivered(T0 + 30 * HOUR_US)))
    [row] = with_factors(read_spans(lake), PLACES, T0 + 90 * HOUR_US).to_dicts()
    assert (row["preparation"], row["transit"]) == (60.0, 22 * 60.0)  # open half of the time
    assert (row["hour"], row["weekday"], row["sent_hour"], row["sent_weekday"], row["season"]) == (9, 2, 17, 2, 1)


def test_what_goes_on_is_as_long_as_it_is_so_far(told) -> None:  # type: ignore[no-untyped-def]
    lake = told(("order.placed", order(1, work())))
    [row] = with_factors(read_spans(lake), PLACES, T0 + 4 * HOUR_US).to_dicts()
    assert (row["ready_us"], row["done_us"], row["preparation"], row["transit"]) == (None, None, 120.0, None)
    assert (row["carrier"], row["sent_hour"]) == ("ship", -1)


def test_a_pick_up_is_done_when_it_is_ready_and_goes_nowhere(told) -> None:  # type: ignore[no-untyped-def]
    history = (Step("fulfilment.ready", T0 + HOUR_US, "a", 1),)
    lake = told(("fulfilment.ready", order(1, work("pick_up", "in_progress"), history=history, deliver_to=None)))
    [row] = read_spans(lake).to_dicts()
    assert (row["done_us"] - T0, row["region"], row["carrier"]) == (HOUR_US, "", "pick_up")


def test_waiting_for_the_payment_is_no_preparation_and_past_orders_tell_nothing(told) -> None:  # type: ignore[no-untyped-def]
    paid = order(1, work(), history=(Step("order.approved", T0 + HOUR_US, "a"),))
    lake = told(("payment.captured", paid), ("order.backfilled", order(2, work(), backfilled=True)))
    [row] = read_spans(lake).to_dicts()
    assert row["began_us"] == T0 + HOUR_US


def test_an_empty_lake_has_no_spans(tmp_path: Path) -> None:
    spans = with_factors(read_spans(tmp_path), PLACES, T0)
    assert spans.height == 0
    assert {"queue", "load", "preparation", "transit", "sent_hour", "season"} <= set(spans.columns)


def test_the_queue_is_what_the_location_still_had_to_do() -> None:
    began, ended = [0, 1, 2, 3, 0], [4, 2, None, 9, 9]
    spans = pl.DataFrame(
        {
            "party_no": 7,
            "location": ["a", "a", "a", "a", "b"],
            "began_us": [T0 + n * HOUR_US for n in began],
            "ended_us": [None if n is None else T0 + n * HOUR_US for n in ended],
        }
    )
    queue, load = queues(spans)
    assert queue.tolist() == [0, 1, 1, 2, 0]  # the second was over when the third came
    assert load.tolist() == [-1, 0, 0, 1, 0]
    assert load_of(1_000, 1) == 3


def test_a_promise_that_is_due_and_not_there_is_broken_before_it_comes(told) -> None:  # type: ignore[no-untyped-def]
    rejected = order(4, work(state="rejected"))
    lake = told(
        ("fulfilment.delivered", delivered(T0 + 30 * HOUR_US)),
        ("order.placed", order(2, work())),
        ("fulfilment.rejected", rejected),
    )
    spans = read_spans(lake)
    early = promises_kept(spans, T0 + 31 * HOUR_US).to_dicts()
    late = promises_kept(spans, T0 + 41 * HOUR_US, ("location", "region")).to_dicts()
    assert [(row["due"], row["kept"]) for row in early] == [(1, 1.0)]
    assert [(row["region"], row["due"], row["kept"]) for row in late] == [("31", 2, 0.5)]
    assert promises_kept(spans, T0, ("carrier",)).height == 0


def test_how_late_is_told_of_those_that_came_late(told) -> None:  # type: ignore[no-untyped-def]
    lake = told(("fulfilment.delivered", delivered(T0 + 42 * HOUR_US)))
    [row] = promises_kept(read_spans(lake), T0 + 50 * HOUR_US, ("carrier", "region")).to_dicts()
    assert (row["carrier"], row["kept"], row["late_minutes"]) == ("sf", 0.0, 120.0)


def test_a_pick_up_is_kept_when_it_was_ready_from_when_it_was_said_to_be(told) -> None:  # type: ignore[no-untyped-def]
    history = (Step("fulfilment.ready", T0 + 3 * HOUR_US, "a", 1),)
    until = {"promised_from_us": T0 + 2 * HOUR_US, "promised_to_us": T0 + 9 * HOUR_US}
    lake = told(("fulfilment.ready", order(1, work("pick_up", "in_progress", **until), history=history)))
    [row] = promises_kept(read_spans(lake), T0 + 4 * HOUR_US, ("kind",)).to_dicts()
    assert (row["kept"], row["early"], row["late_minutes"]) == (0.0, 0.0, 60.0)
