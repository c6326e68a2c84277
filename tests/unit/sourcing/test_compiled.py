"""What a policy makes of a network, channel by channel."""

import numpy as np
from tests.unit.sourcing.chain import DC_SOUTH, GUOMAO, HUBIN, KIOSK, SANLITUN, network

from manystores.kernels.sourcing_stock import (
    CAPABILITY,
    CLOSED,
    CUT_OFF,
    DISABLED,
    POLICY_CHANNEL,
    POLICY_GROUP,
    POLICY_LOCATION,
    RANK_COST,
)
from manystores.sourcing.compiled import CompiledPolicy, Rules
from manystores.sourcing.policy import DEFAULT_POLICY, ChannelRule, Kind, RankRule, RoutingPolicy, Threshold
from manystores.sourcing.policy_body import policy_of


def rules(policy: RoutingPolicy, channel: str = "app", kind: Kind = "ship") -> Rules:
    return CompiledPolicy(policy, network(), np.full(6, 3, np.int64)).rules(channel, kind)


def excluded(policy: RoutingPolicy, channel: str = "app", kind: Kind = "ship") -> list[int]:
    return rules(policy, channel, kind).places.excluded.tolist()


def test_by_default_all_may_serve_that_can() -> None:
    assert excluded(DEFAULT_POLICY) == [DISABLED, 0, 0, 0, 0, CAPABILITY]
    assert excluded(DEFAULT_POLICY, kind="pick_up") == [DISABLED, 0, 0, 0, CAPABILITY, 0]


def test_a_channel_may_be_kept_to_groups_kinds_and_ways() -> None:
    policy = RoutingPolicy(
        kinds=DEFAULT_POLICY.kinds,
        channels={
            "tmall": ChannelRule(groups=("north",), excluded_groups=("flagship",), kinds=("ship",)),
            "*": ChannelRule(location_kinds=("warehouse",)),
        },
        excluded_locations=("HUBIN", "LONG-GONE"),
    )
    assert excluded(policy, "tmall") == [DISABLED, 0, POLICY_GROUP, POLICY_LOCATION, POLICY_GROUP, CAPABILITY]
    by_kind = [DISABLED, POLICY_CHANNEL, POLICY_CHANNEL, POLICY_LOCATION, 0, POLICY_CHANNEL]
    assert excluded(policy, "till") == by_kind
    assert set(excluded(policy, "tmall", "pick_up")[1:]) == {POLICY_CHANNEL, POLICY_LOCATION}


def test_a_way_that_is_not_offered_has_nobody() -> None:
    policy = policy_of({"kinds": {"ship": {}}})
    assert set(excluded(policy, kind="same_day")) == {DISABLED, POLICY_CHANNEL}


def test_hours_count_where_the_policy_says_so_and_can_be_told_anew() -> None:
    compiled = CompiledPolicy(DEFAULT_POLICY, network(), np.full(6, 3, np.int64))
    today, ship = compiled.rules("app", "same_day").places, compiled.rules("app", "ship").places
    everybody, nobody = np.ones(6, np.bool_), np.zeros(6, np.bool_)
    compiled.set_hours(nobody, {"same_day": everybody})
    assert today.excluded.tolist() == [DISABLED] + [CLOSED] * 5
    assert ship.excluded[GUOMAO] == 0
    compiled.set_hours(everybody, {"same_day": nobody})
    assert today.excluded.tolist() == [DISABLED] + [CUT_OFF] * 5
    compiled.set_hours(everybody, {})
    assert today.excluded.tolist() == [DISABLED, 0, 0, 0, 0, 0]
    compiled.set_hours(nobody, {})
    assert compiled.rules("mini", "same_day").places.excluded[HUBIN] == CLOSED


def test_the_most_particular_threshold_counts() -> None:
    policy = RoutingPolicy(
        kinds=DEFAULT_POLICY.kinds,
        safety_stock=1,
        thresholds=(
            Threshold(units=5, sku="X1"),
            Threshold(units=2, offer_class="shoes"),
            Threshold(units=7, offer_class="shoes", group="north"),
            Threshold(units=0, channel="app"),
            Threshold(units=9, channel="tmall", sku="X1"),
        ),
    )
    app, till, tmall = (rules(policy, channel) for channel in ("app", "till", "tmall"))

    def kept(of: Rules, sku: str, offer_class: str, location_no: int) -> int:
        row = of.row(sku, offer_class)
        return int(of.places.buffer[row, location_no])

    assert kept(app, "X9", "hats", HUBIN) == 0
    assert kept(till, "X9", "hats", HUBIN) == 1
    assert kept(app, "X9", "shoes", HUBIN) == 2
    assert kept(app, "X9", "shoes", GUOMAO) == 7
    assert kept(app, "X1", "shoes", GUOMAO) == 5
    assert kept(tmall, "X1", "shoes", GUOMAO) == 9
    assert app.row("X1", "shoes") == app.row("X1", "shoes") != app.row("X1", "hats")
    assert app.row("X7", "hats") == app.row("X8", "coats") == 0


def test_rank_adds_up_and_capacity_is_read_live() -> None:
    policy = RoutingPolicy(
        kinds=DEFAULT_POLICY.kinds,
        rank=(RankRule(cost=-40, group="north"), RankRule(cost=-60, group="flagship"), RankRule(cost=30, group="none")),
    )
    left = np.full(6, 3, np.int64)
    places = CompiledPolicy(policy, network(), left).rules("app", "ship").places
    assert places.terms[:, RANK_COST].tolist() == [0, -40, -100, 0, 0, -40]
    left[SANLITUN] = 0
    assert places.capacity_left[SANLITUN] == 0


def test_capacity_may_be_left_out_of_account() -> None:
    policy = policy_of({"respect_capacity": False})
    places = CompiledPolicy(policy, network(), np.zeros(6, np.int64)).rules("app", "ship").places
    assert places.capacity_left.min() > 1_000_000


def test_split_rules_reach_the_kernel() -> None:
    one = rules(policy_of({"split": {"allow_split": False, "max_shipments": 4}}))
    assert one.shipments == 1
    many = rules(policy_of({"split": {"max_shipments": 4, "line_split": "if_cheaper"}}))
    assert (many.shipments, many.line_split) == (4, 2)
    assert rules(DEFAULT_POLICY, kind="same_day").km_max == 10
    assert {KIOSK, DC_SOUTH} == {5, 4}
