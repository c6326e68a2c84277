"""A body of an offer is read whole: every broken rule is told at once, with the way out."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manystores.catalogue.body import FIELDS, body_of, offer_of, patched
from manystores.catalogue.offer import Component, Offer
from manystores.core.errors import Problem
from manystores.core.money import Money

MINIMAL: dict[str, Any] = {"sku": "X1", "name": "X1", "kind": "good", "price": {"amount": 100, "currency": "CNY"}}


def errors(body: dict[str, Any], at: str = "") -> dict[str, tuple[str, str]]:
    with pytest.raises(Problem) as caught:
        offer_of(body, 1, at)
    assert caught.value.rule.code == "invalid"
    assert all(f.zh for f in caught.value.fields)
    return {f.pointer: (f.code, f.en) for f in caught.value.fields}


def test_a_minimal_body_suffices() -> None:
    offer = offer_of(MINIMAL, 7)
    assert offer == Offer(sku="X1", party_no=7, kind="good", names={"und": "X1"}, price=Money(100, "CNY"))


def test_a_full_body_is_kept_whole() -> None:
    body = MINIMAL | {
        "name": {"zh": "布料", "en": "Cloth"},
        "gtin": "6901234567892",
        "tax_rate_ppm": 130_000,
        "unit": "metre",
        "weight_g": 250,
        "size_mm": [1000, 1400, 1],
        "shelf_life_days": 365,
        "variant_of": "CLOTH",
        "options": {"colour": "红"},
        "attributes": {"fibre": ["cotton", "silk"], "washable": True},
        "enabled": False,
        "revision": 3,
    }
    offer = offer_of(body, 1)
    assert (offer.gtin, offer.scale, offer.size_mm) == ("06901234567892", 1000, (1000, 1400, 1))
    assert body_of(offer) == body | {"gtin": "06901234567892", "scale": 1000, "components": []}
    assert tuple(body_of(offer)) == FIELDS


def test_every_broken_rule_is_told_at_once() -> None:
    body = {
        "name": {"zh": "", "Deutsch!": "Tuch"},
        "kind": "goods",
        "price": {"amount": -1, "currency": "RMB"},
        "gtin": "6901234567890",
        "colour": "red",
        "optoins": {},
        "components": [{"sku": "A", "quantity": 0}, {"sku": "B", "quantity": 10**10}, {"sku": "C"}],
    }
    assert errors(body, "/offers/3") == {
        "/offers/3/sku": ("required", "sku is needed"),
        "/offers/3/name/zh": ("empty", "This can't be empty"),
        "/offers/3/name/Deutsch!": ("unknown_language", "Use a code such as zh or en"),
        "/offers/3/kind": ("unknown_choice", "'goods' is none of: good, service, quota"),
        "/offers/3/price/amount": ("too_small", "At least 0"),
        "/offers/3/price/currency": ("unknown_currency", "'RMB' is no ISO 4217 code; write CNY"),
        "/offers/3/gtin": ("broken_gtin", "The check digit should be 2, not 0; one of the digits is wrong"),
        "/offers/3/colour": ("unknown_field", "There is no such field"),
        "/offers/3/optoins": ("unknown_field", "There is no such field; did you mean options?"),
        "/offers/3/components/0/quantity": ("too_small", "At least 1"),
        "/offers/3/components/1/quantity": ("too_large", "At most 1000000000"),
        "/offers/3/components/2/quantity": ("required", "quantity is needed"),
    }


@pytest.mark.parametrize(
    ("field", "value", "pointer", "code"),
    [
        ("sku", " X1", "/sku", "unseen_characters"),
        ("sku", "X\x001", "/sku", "unseen_characters"),
        ("sku", "X" * 101, "/sku", "too_long"),
        ("sku", 1, "/sku", "not_text"),
        ("name", {}, "/name", "empty"),
        ("name", "", "/name", "empty"),
        ("name", "\ud800", "/name", "unseen_characters"),
        ("price", 100, "/price", "not_money"),
        ("price", {"amount": 99.5, "currency": "CNY"}, "/price/amount", "not_an_integer"),
        ("price", {"amount": True, "currency": "CNY"}, "/price/amount", "not_an_integer"),
        ("price", {"amount": 10**13, "currency": "CNY"}, "/price/amount", "too_large"),
        ("price", {"amount": 1}, "/price/currency", "required"),
        ("price", None, "/price", "required"),
        ("tax_rate_ppm", 1_300_000, "/tax_rate_ppm", "too_large"),
        ("unit", "cup", "/unit", "unknown_choice"),
        ("scale", 0, "/scale", "too_small"),
        ("weight_g", -1, "/weight_g", "too_small"),
        ("size_mm", [1, 2], "/size_mm", "not_a_size"),
        ("size_mm", [1, None, 3], "/size_mm/1", "required"),
        ("shelf_life_days", 0, "/shelf_life_days", "too_small"),
        ("options", {"size": 1}, "/options/size", "not_text"),
        ("options", {str(i): "x" for i in range(11)}, "/options", "too_many"),
        ("attributes", {"x": "y" * 20_000}, "/attributes", "too_large"),
        ("attributes", {"x": "\x00"}, "/attributes", "not_json"),
        ("attributes", [1], "/attributes", "not_an_object"),
        ("enabled", "yes", "/enabled", "not_a_boolean"),
        ("components", [{"sku": "X1", "quantity": 1}], "/components/0/sku", "kit_cycle"),
        ("components", [{"sku": "A", "quantity": 1}] * 2, "/components/1/sku", "doubled"),
        ("components", {"A": 1}, "/components", "not_a_list"),
        ("components", ["A"], "/components/0", "not_an_object"),
    ],
)
def test_one_broken_rule_is_one_error(field: str, value: object, pointer: str, code: str) -> None:
    assert {p: c for p, (c, _) in errors(MINIMAL | {field: value}).items()} == {pointer: code}


def test_a_quota_is_no_kit_and_a_kit_is_sold_by_the_piece() -> None:
    kit = MINIMAL | {"components": [{"sku": "A", "quantity": 2}]}
    assert offer_of(kit, 1).components == (Component("A", 2),)
    assert errors(kit | {"kind": "quota"})["/components"][0] == "quota_kit"
    assert errors(kit | {"unit": "metre"})["/scale"][0] == "kit_scale"


def test_a_patch_changes_what_it_names_and_null_takes_away() -> None:
    offer = offer_of(MINIMAL | {"gtin": "96385074", "options": {"size": "M"}}, 1)
    changed = patched(offer, {"price": {"amount": 90, "currency": "CNY"}, "gtin": None, "revision": 2})
    assert (changed.price, changed.gtin, changed.options, changed.revision) == (Money(90), None, {"size": "M"}, 2)


def test_a_patched_unit_brings_its_own_scale() -> None:
    offer = offer_of(MINIMAL | {"unit": "metre"}, 1)
    assert patched(offer, {"unit": "piece"}).scale == 1
    assert patched(offer, {"weight_g": 5}).scale == 1000


def test_a_patch_cannot_rename() -> None:
    with pytest.raises(Problem) as caught:
        patched(offer_of(MINIMAL, 1), {"sku": "X2"})
    assert caught.value.fields[0].code == "immutable"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=6))
def test_no_json_makes_it_crash(junk: dict[str, Any]) -> None:
    """Any JSON is an offer or a Problem with at least one field; an offer reads back from its own body."""
    try:
        offer = offer_of(MINIMAL | junk, 1)
    except Problem as problem:
        told = problem.fields
    else:
        assert offer_of(body_of(offer), 1) == offer
        return
    assert told
