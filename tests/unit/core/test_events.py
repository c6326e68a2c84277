"""A fact becomes a CloudEvent with a stable id; globs choose facts by name."""

import json
import re
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from manystores.core import events

ORDER = UUID("01930000-0000-7000-8000-000000000001")
FACT = events.Fact(
    partition_id=1,
    day=date(2026, 11, 11),
    seq=17,
    n=3,
    name="order.placed",
    subject=ORDER,
    party_no=5,
    location_no=0,
    at=datetime(2026, 11, 10, 16, 0, 0, 250_000, tzinfo=UTC),
    version=2,
    body='{"number": "A-1", "note": "生日"}',
)


def test_a_fact_becomes_a_cloudevents_envelope() -> None:
    assert json.loads(events.encode(FACT, "urn:manystores:main")) == {
        "specversion": "1.0",
        "id": "1-17-3",
        "source": "urn:manystores:main",
        "type": "manystores.order.placed.v2",
        "subject": str(ORDER),
        "time": "2026-11-10T16:00:00.250000Z",
        "datacontenttype": "application/json",
        "sequence": "0000000000000000017.0000000003",
        "partition": 1,
        "data": {"number": "A-1", "note": "生日"},
    }


def test_a_fact_without_body_has_empty_data_and_the_same_fact_has_the_same_bytes() -> None:
    bare = events.Fact(**{**{name: getattr(FACT, name) for name in FACT.__struct_fields__}, "body": None})
    assert json.loads(events.encode(bare, "urn:x"))["data"] == {}
    assert events.encode(bare, "urn:x") == events.encode(bare, "urn:x")


def test_sequences_compare_as_text_as_their_numbers_do() -> None:
    def sequence(seq: int, n: int) -> str:
        values = {name: getattr(FACT, name) for name in FACT.__struct_fields__} | {"seq": seq, "n": n}
        return events.cloud_event(events.Fact(**values), "urn:x").sequence

    positions = [(1, 0), (1, 9), (1, 10), (2, 0), (9, 5), (10, 0), (2**62, 0)]
    assert sorted(sequence(*p) for p in reversed(positions)) == [sequence(*p) for p in positions]


def test_an_event_id_leads_back_to_its_fact() -> None:
    assert events.parse_event_id(events.event_id(1, 17, 3)) == (1, 17, 3)


@pytest.mark.parametrize("text", ["", "1-2", "1-2-3-4", "a-b-c", "1-2--3", "１-2-3", "1-2-3 ", "1-2-99999999999999"])
def test_other_texts_are_no_event_ids(text: str) -> None:
    with pytest.raises(ValueError, match="not the id of an event"):
        events.parse_event_id(text)


@pytest.mark.parametrize("glob", ["*", "order.*", "order.placed", "fulfilment_order.*", "order.line.*"])
def test_globs_name_all_events_a_family_or_one(glob: str) -> None:
    assert events.valid_glob(glob)


@pytest.mark.parametrize(
    "glob", ["", ".", "order", "order.", "*.placed", "order.pl*", "Order.*", "o r.*", ".*", "a.(b|c)"]
)
def test_other_globs_are_refused(glob: str) -> None:
    assert not events.valid_glob(glob)


def test_a_pattern_covers_what_its_globs_cover_and_nothing_else() -> None:
    pattern = re.compile(events.glob_pattern(("order.*", "stock.counted")))
    assert [bool(pattern.search(name)) for name in ("order.placed", "order.line.cancelled", "stock.counted")] == [
        True
    ] * 3
    assert not [
        name
        for name in (
            "reorder.placed",
            "orders.placed",
            "order",
            "stock.counted.twice",
            "stockxcounted",
            "xorder.placed",
        )
        if pattern.search(name)
    ]
    assert re.search(events.glob_pattern(("*",)), "anything.at_all")
