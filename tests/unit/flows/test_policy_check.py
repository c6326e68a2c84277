"""Rules of a policy that contradict each other are pointed out, at their place."""

import pytest

from manystores.flows.policy_check import warnings
from manystores.sourcing.policy_body import policy_of


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"channels": {"tmall": {}}}, "/channels/tmall", "unknown_channel"),
        (
            {"channels": {"app": {"groups": ["a"], "excluded_groups": ["a"]}}},
            "/channels/app/excluded_groups/0",
            "contradiction",
        ),
        ({"kinds": {"pick_up": {}}, "channels": {"app": {"kinds": ["ship"]}}}, "/channels/app/kinds", "serves_nobody"),
        ({"thresholds": [{"units": 1}, {"units": 2}]}, "/thresholds/1", "repeated"),
        ({"excluded_locations": ["S1", "S1"]}, "/excluded_locations/1", "repeated"),
        ({"split": {"max_shipments": 1}}, "/split/max_shipments", "never_used"),
        ({"split": {"allow_split": False, "line_split": "if_cheaper"}}, "/split/line_split", "never_used"),
        ({"kinds": {"ship": {"costs": {"per_km": 0, "per_kg_km": 0}}}}, "/kinds/ship/costs", "distance_is_free"),
    ],
)  # fmt: skip
def test_each_contradiction_is_told_at_its_place(body: dict[str, object], pointer: str, code: str) -> None:
    assert (pointer, code) in [(one.pointer, one.code) for one in warnings(policy_of(body))]


def test_the_usual_policy_has_none() -> None:
    assert warnings(policy_of({})) == []
