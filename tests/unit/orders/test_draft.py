"""Reading the body of a new order: typed when right, every fault at once when wrong."""

import json

import pytest

from manystores.core.errors import Problem
from manystores.orders.draft import draft, draft_batch, e164

GOOD = {
    "channel": "app",
    "channel_order_id": "A-1",
    "deliver_to": {"lat": 39.9, "lon": 116.4, "region": "110105"},
    "lines": [{"offer": "X1", "quantity": 2}],
}


def read(**changes: object) -> object:
    body = {name: value for name, value in {**GOOD, **changes}.items() if value != "absent"}
    return draft(json.dumps(body).encode())


def faults(**changes: object) -> dict[str, str]:
    """Pointer and code of each fault; all speak both languages."""
    with pytest.raises(Problem) as caught:
        read(**changes)
    assert caught.value.rule.status == 422
    assert all(f.en and any("\u4e00" <= c <= "\u9fff" for c in f.zh) for f in caught.value.fields)
    return {f.pointer: f.code for f in caught.value.fields}


def test_the_minimal_body_is_enough() -> None:
    order = draft(json.dumps(GOOD).encode())
    assert (order.channel, order.lines[0].offer, order.lines[0].quantity) == ("app", "X1", 2)
    assert order.currency == "CNY"
    assert order.deliver_to is not None
    assert order.deliver_to.lat == 39.9


def test_a_pick_up_needs_no_address() -> None:
    assert read(deliver_to="absent", pick_up_at="S1").pick_up_at == "S1"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"channel": "fax"}, "/channel", "unknown_choice"),
        ({"channel_order_id": ""}, "/channel_order_id", "required"),
        ({"channel_order_id": "x" * 129}, "/channel_order_id", "too_long"),
        ({"channel_order_id": 7}, "/channel_order_id", "not_a_text"),
        ({"channel_order_id": "a\0b"}, "/channel_order_id", "nul"),
        ({"lines": []}, "/lines", "too_few"),
        ({"lines": [{"offer": "X1", "quantity": 1}] * 201}, "/lines", "too_many"),
        ({"lines": "X1"}, "/lines", "not_a_list"),
        ({"lines": [3]}, "/lines/0", "not_an_object"),
        ({"lines": [{"offer": "X1", "quantity": 0}]}, "/lines/0/quantity", "out_of_range"),
        ({"lines": [{"offer": "X1", "quantity": -1}]}, "/lines/0/quantity", "out_of_range"),
        ({"lines": [{"offer": "X1", "quantity": 100_001}]}, "/lines/0/quantity", "out_of_range"),
        ({"lines": [{"offer": "X1", "quantity": 10**30}]}, "/lines/0/quantity", "out_of_range"),
        ({"lines": [{"offer": "X1", "quantity": 1.5}]}, "/lines/0/quantity", "not_an_integer"),
        ({"lines": [{"offer": "X1", "quantity": "2"}]}, "/lines/0/quantity", "not_an_integer"),
        ({"lines": [{"offer": "X1", "quantity": True}]}, "/lines/0/quantity", "not_an_integer"),
        ({"lines": [{"quantity": 1}]}, "/lines/0/offer", "required"),
        ({"lines": [{"offer": "X1", "quantity": 1, "qty": 1}]}, "/lines/0/qty", "unknown_field"),
        ({"lines": [{"offer": "X1", "quantity": 1, "window": "soon"}]}, "/lines/0/window", "not_a_time"),
        ({"deliver_to": {"lat": 91, "lon": 0}}, "/deliver_to/lat", "out_of_range"),
        ({"deliver_to": {"lat": 0, "lon": -181}}, "/deliver_to/lon", "out_of_range"),
        ({"deliver_to": {"lat": "39.9", "lon": 0}}, "/deliver_to/lat", "not_a_number"),
        ({"deliver_to": "absent"}, "/deliver_to", "required"),
        ({"pick_up_at": "S1"}, "/pick_up_at", "either_or"),
        ({"currency": "cny"}, "/currency", "unknown_currency"),
        ({"reservation": "r1"}, "/reservation", "not_a_uuid"),
        ({"gift": "yes"}, "/gift", "not_an_object"),
        ({"tax_included": 1}, "/tax_included", "not_a_boolean"),
        ({"unpaid_ttl_s": 0}, "/unpaid_ttl_s", "out_of_range"),
        ({"placed_at": "2026-01-01T00:00:00Z"}, "/placed_at", "backfill_only"),
        ({"backfill": True}, "/placed_at", "required"),
        ({"backfill": True, "placed_at": "2026-01-01T00:00:00"}, "/placed_at", "not_a_time"),
        ({"buyer": {"phone": "12"}}, "/buyer/phone", "not_a_phone"),
    ],
)
def test_one_fault_is_named_with_its_place_and_rule(changes: dict[str, object], pointer: str, code: str) -> None:
    assert faults(**changes) == {pointer: code}


def test_an_unknown_channel_lists_the_channels() -> None:
    with pytest.raises(Problem, match="mini_program"):
        read(channel="wechat")


def test_swapped_coordinates_are_suspected() -> None:
    with pytest.raises(Problem, match="were lat and lon swapped"):
        read(deliver_to={"lat": 116.4, "lon": 39.9})


def test_discounts_never_exceed_their_line() -> None:
    line = {"offer": "X1", "quantity": 2, "unit_price": 100}
    read(lines=[{**line, "discounts": [{"amount": 150}, {"amount": 50, "funder": "channel"}]}])
    assert faults(lines=[{**line, "discounts": [{"amount": 150}, {"amount": 51}]}]) == {
        "/lines/0/discounts": "discount_exceeds_line"
    }


def test_every_fault_is_named_at_once() -> None:
    found = faults(
        channel="fax",
        deliver_to={"lat": 200, "lon": 0, "phone": "12"},
        currency="XXZ",
        lines=[
            {"offer": "", "quantity": 0, "unit_price": 1, "discounts": [{"amount": 9}]},
            {"offer": "X1", "quantity": 1, "unit_price": 1, "discounts": [{"amount": 2}]},
        ],
    )
    assert found == {
        "/channel": "unknown_choice",
        "/deliver_to/lat": "out_of_range",
        "/deliver_to/phone": "not_a_phone",
        "/currency": "unknown_currency",
        "/lines/0/offer": "required",
        "/lines/0/quantity": "out_of_range",
        "/lines/1/discounts": "discount_exceeds_line",
    }


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"channel":"\xff"}', b"[" * 100_000, b'"\\ud800"', b"NaN"])
def test_what_is_no_json_is_malformed(body: bytes) -> None:
    for read_body in (draft, draft_batch):
        with pytest.raises(Problem) as caught:
            read_body(body)
        assert caught.value.rule.code == "malformed"


@pytest.mark.parametrize("body", [b"[]", b"null", b"3", b'"x"'])
def test_json_that_is_no_object_is_invalid(body: bytes) -> None:
    with pytest.raises(Problem) as caught:
        draft(body)
    assert [f.code for f in caught.value.fields] == ["not_an_object"]


def test_an_escaped_backslash_before_u0000_is_no_nul() -> None:
    assert read(channel_order_id="a\\u0000").channel_order_id == "a\\u0000"  # type: ignore[attr-defined]


def test_a_batch_answers_item_by_item() -> None:
    items = [GOOD, {**GOOD, "channel": "fax"}, 7, {**GOOD, "channel_order_id": "A-2"}]
    good, fax, seven, second = draft_batch(json.dumps({"orders": items}).encode())
    assert not isinstance(good, Problem)
    assert not isinstance(second, Problem)
    assert second.channel_order_id == "A-2"
    assert isinstance(fax, Problem)
    assert isinstance(seven, Problem)
    assert [f.pointer for f in fax.fields] == ["/channel"]


def test_a_batch_with_a_fault_between_fields_names_that_item_only() -> None:
    good, bad = draft_batch(json.dumps({"orders": [GOOD, {**GOOD, "currency": "?"}]}).encode())
    assert not isinstance(good, Problem)
    assert isinstance(bad, Problem)


@pytest.mark.parametrize(
    "body", [{}, {"orders": []}, {"orders": 1}, {"orders": [GOOD], "x": 1}, {"orders": [1] * 1001}]
)
def test_a_batch_needs_its_list(body: object) -> None:
    with pytest.raises(Problem) as caught:
        draft_batch(json.dumps(body).encode())
    assert caught.value.rule.code == "invalid"


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("13800138000", "+8613800138000"),
        ("+8613800138000", "+8613800138000"),
        ("138 0013 8000", "+8613800138000"),
        ("+44 20 7946 0958", "+442079460958"),
        ("12", None),
        ("hello", None),
    ],
)
def test_phones_become_e164(written: str, number: str | None) -> None:
    assert e164(written) == number
