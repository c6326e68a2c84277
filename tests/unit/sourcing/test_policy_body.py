"""A policy's body: what it leaves out, what it gets wrong, and that it reads back as it was."""

import pytest

from manystores.core.errors import Problem
from manystores.sourcing.policy import DEFAULT_POLICY, ChannelRule, CostModel, RankRule, Threshold
from manystores.sourcing.policy_body import body_of, policy_of

FULL = {
    "currency": "CNY",
    "kinds": {"ship": {"costs": {"base": 250}}, "pick_up": {"km_max": 20}},
    "channels": {"tmall": {"groups": ["north"], "kinds": ["ship"]}, "*": {"location_kinds": ["store"]}},
    "excluded_locations": ["KIOSK"],
    "safety_stock": 1,
    "thresholds": [{"units": 2, "sku": "X1"}, {"units": 3, "offer_class": "shoes", "group": "north"}],
    "respect_capacity": False,
    "split": {"allow_split": True, "max_shipments": 2, "line_split": "if_cheaper"},
    "rank": [{"cost": -50, "group": "flagship"}, {"cost": 20, "location_kind": "warehouse"}],
    "on_shortage": "partial",
}


def test_an_empty_body_is_the_default_policy() -> None:
    assert policy_of({}) == DEFAULT_POLICY


def test_a_full_body_says_all() -> None:
    policy = policy_of(FULL, version=7)
    assert policy.version == 7
    assert policy.kinds["ship"].costs == CostModel(base=250, per_km=0.4, per_kg=40, per_kg_km=0.08)
    assert "same_day" not in policy.kinds
    assert policy.channels["tmall"] == ChannelRule(groups=("north",), kinds=("ship",))
    assert policy.thresholds[1] == Threshold(units=3, offer_class="shoes", group="north")
    assert policy.rank == (RankRule(cost=-50, group="flagship"), RankRule(cost=20, location_kind="warehouse"))


def test_no_limit_is_said_by_null() -> None:
    assert policy_of({"kinds": {"same_day": {"km_max": None}}}).kinds["same_day"].km_max is None
    assert policy_of({"kinds": {"same_day": {}}}).kinds["same_day"].km_max == 10


@pytest.mark.parametrize("body", [{}, FULL, {"kinds": {"same_day": {"km_max": None}}}])
def test_a_policy_reads_back_as_it_was(body: dict[str, object]) -> None:
    policy = policy_of(body, version=3)
    assert policy_of(body_of(policy), version=3) == policy


def test_everything_wrong_is_told_at_once_with_its_place_and_in_both_languages() -> None:
    body = {
        "currency": "yuan",
        "kinds": {"ship": {"km_max": -5, "costs": {"base": "3"}}, "drone": {}},
        "channels": {"we/chat": {"groups": "north"}},
        "excluded_locations": ["A", 7, " B"],
        "safety_stock": -1,
        "thresholds": [{}, {"units": 1, "sku": "X", "offer_class": "Y"}, 5],
        "respect_capacity": "yes",
        "split": {"max_shipments": 99, "line_split": "always"},
        "rank": [{"cost": 1.5}],
        "on_shortage": "hope",
        "safty_stock": 1,
    }
    with pytest.raises(Problem) as raised:
        policy_of(body, at="/policy")
    told = {error.pointer: error for error in raised.value.fields}
    assert {pointer: error.code for pointer, error in told.items()} == {
        "/policy/currency": "bad_currency",
        "/policy/kinds/ship/km_max": "out_of_range",
        "/policy/kinds/ship/costs/base": "not_number",
        "/policy/kinds/drone": "unknown_field",
        "/policy/channels/we~1chat/groups": "not_list",
        "/policy/excluded_locations/1": "not_text",
        "/policy/excluded_locations/2": "bad_text",
        "/policy/safety_stock": "out_of_range",
        "/policy/thresholds/0/units": "required",
        "/policy/thresholds/1/offer_class": "conflicting",
        "/policy/thresholds/2": "not_object",
        "/policy/thresholds/2/units": "required",
        "/policy/respect_capacity": "not_boolean",
        "/policy/split/max_shipments": "out_of_range",
        "/policy/split/line_split": "not_a_choice",
        "/policy/rank/0/cost": "not_integer",
        "/policy/on_shortage": "not_a_choice",
        "/policy/safty_stock": "unknown_field",
    }
    assert "safety_stock" in told["/policy/safty_stock"].en
    assert "reject, backorder, partial" in told["/policy/on_shortage"].zh


@pytest.mark.parametrize("body", [None, [], "ship", {"kinds": {}}, {"kinds": []}, {"split": 3}])
def test_what_is_no_policy_is_refused(body: object) -> None:
    with pytest.raises(Problem):
        policy_of(body)


def test_numbers_must_be_finite_and_booleans_are_no_numbers() -> None:
    for wrong in (float("nan"), float("inf"), True):
        with pytest.raises(Problem) as raised:
            policy_of({"kinds": {"ship": {"km_max": wrong}}})
        assert raised.value.fields[0].code == "not_number"


def test_rounds_are_as_usual_unless_the_body_says_otherwise() -> None:
    usual = policy_of({}).improve
    assert (usual.enabled, usual.every_minutes, usual.min_gain, usual.min_gain_percent, usual.max_moves) == (
        True, 15, 100, 10.0, 2
    )  # fmt: skip
    assert policy_of({"improve": {"enabled": False, "max_moves": 1}}).improve.max_moves == 1


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("every_minutes", 0),
        ("every_minutes", 1441),
        ("min_gain", 0),
        ("min_gain_percent", 100.5),
        ("max_moves", 11),
        ("enabled", "yes"),
        ("every", 15),
    ],
)
def test_wrong_rounds_are_pointed_to(field: str, wrong: object) -> None:
    with pytest.raises(Problem) as raised:
        policy_of({"improve": {field: wrong}})
    assert [one.pointer for one in raised.value.fields] == [f"/improve/{field}"]


def test_looking_ahead_is_as_usual_unless_the_body_says_otherwise() -> None:
    assert policy_of({}).look_ahead_days == 7
    assert policy_of({"look_ahead_days": 0}).look_ahead_days == 0
    for wrong in (-1, 15, 2.5, "7"):
        with pytest.raises(Problem) as raised:
            policy_of({"look_ahead_days": wrong})
        assert [one.pointer for one in raised.value.fields] == ["/look_ahead_days"]
