"""Past orders decided anew: on the same grounds the same policy decides the same, and sums say what a plan says."""

from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.flows.conftest import BRAND, GUANGZHOU, MUG, SANLITUN, SCARF, WANGFUJING, XIDAN
from tests.unit.flows.conftest import House as Shop

from manystores.core.errors import Problem
from manystores.flows import replay as replaying
from manystores.flows.dry_run import Comparison, compare
from manystores.flows.replay import Grounds, House, as_never_placed, copy_stock, in_order, replay
from manystores.orders.fulfilment import accept, reject
from manystores.orders.order import Order
from manystores.sourcing.policy import DEFAULT_POLICY, RoutingPolicy
from manystores.sourcing.policy_body import policy_of


def grounds_of(shop: Shop, orders: Sequence[Order]) -> Grounds:
    parts: list[Grounds] = []
    for _ in copy_stock(shop.router, shop.ledger, orders, parts):
        pass
    return as_never_placed(parts, orders, shop.router.lots)


def tried(
    shop: Shop, orders: Sequence[Order], after: RoutingPolicy, before: RoutingPolicy = DEFAULT_POLICY
) -> Comparison:
    """What the policy would have made of these orders."""
    current = [shop.get(order.order_id) for order in orders]
    network, grounds = shop.network.twin(), grounds_of(shop, current)
    houses = [House(network, shop.catalogue, shop.router.lots, BRAND, each, grounds) for each in (before, after)]
    found = replay(houses, in_order(current, {}))
    return compare(found, network, before, after, "en")


def available(shop: Shop, orders: Sequence[Order]) -> dict[tuple[int, int], int]:
    grounds = grounds_of(shop, [shop.get(order.order_id) for order in orders])
    free = grounds.counters[:, 0] - grounds.counters[:, 1] - grounds.counters[:, 2]
    return {(key[0], key[1]): units for key, units in zip(grounds.keys.tolist(), free.tolist(), strict=True)}


wanted = st.lists(
    st.tuples(st.sampled_from([SCARF, MUG]), st.integers(1, 3), st.sampled_from([0, 0, 0, XIDAN])),
    min_size=1,
    max_size=12,
)
stock = st.dictionaries(
    st.tuples(st.sampled_from([WANGFUJING, XIDAN, SANLITUN, GUANGZHOU]), st.sampled_from([SCARF, MUG])),
    st.integers(0, 6),
    max_size=8,
)


@settings(max_examples=25, deadline=None)
@given(orders=wanted, shelves=stock)
def test_an_unchanged_policy_changes_nothing(
    orders: list[tuple[int, int, int]], shelves: dict[tuple[int, int], int]
) -> None:
    """And since nothing else happened in between, the replay sends each order to where it really went."""
    shop = Shop()
    for (place, offer), units in shelves.items():
        shop.receive(place, offer, units)
    placed = []
    for offer, quantity, pick_up_at in orders:
        shop.wait(1)
        with suppress(Problem):  # refused: too little is left
            placed.append(shop.order((offer, quantity), pick_up_at=pick_up_at))
    found = tried(shop, placed, DEFAULT_POLICY)
    assert (found.changed, found.changes, found.as_happened) == (0, [], len(placed))
    assert found.before == found.after
    assert found.before.refused == 0
    assert all(place.before == place.after for place in found.locations)


@settings(max_examples=25, deadline=None)
@given(orders=wanted, safety=st.integers(0, 3))
def test_sums_are_the_sums_of_the_orders(orders: list[tuple[int, int, int]], safety: int) -> None:
    """Whatever a policy keeps back: what the changed orders and the locations say adds up to the totals."""
    shop = Shop()
    for place in (WANGFUJING, XIDAN, GUANGZHOU):
        shop.receive(place, SCARF, 20)
        shop.receive(place, MUG, 20)
    placed = []
    for offer, quantity, _ in orders:
        shop.wait(1)
        placed.append(shop.order((offer, quantity)))
    found = tried(shop, placed, policy_of({"safety_stock": 16 + safety}))
    assert found.after.cost - found.before.cost == sum(one.cost_after - one.cost_before for one in found.changes)
    assert found.after.served + found.after.refused == found.orders == len(placed)
    assert sum(place.after for place in found.locations) == found.after.shipments
    assert sum(region.shipments_from_after for region in found.regions) == found.after.shipments
    assert sum(region.changed for region in found.regions) == found.changed
    assert found.after.from_north + found.after.from_south == found.after.shipments


def test_what_the_orders_hold_is_given_back_and_nothing_real_is_touched() -> None:
    """Five scarves, two sold, one refused by the store and served elsewhere: five again, for the replay only."""
    shop = Shop()
    shop.receive(WANGFUJING, SCARF, 5)
    shop.receive(XIDAN, SCARF, 5)
    first, second = shop.order((SCARF, 1)), shop.order((SCARF, 1))
    shop.step(first, lambda order, at, actor: accept(order, 1, at, actor))
    shop.step(second, lambda order, at, actor: reject(order, 1, "too_busy", at, actor))
    before = {place: shop.counters(place, SCARF) for place in (WANGFUJING, XIDAN)}
    assert available(shop, [first, second]) == {(WANGFUJING, SCARF): 5, (XIDAN, SCARF): 5}
    found = tried(shop, [first, second], policy_of({"excluded_locations": ["WANGFUJING"]}))
    assert [[at.location for at in one.after] for one in found.changes] == [["XIDAN"], ["XIDAN"]]
    assert {place: shop.counters(place, SCARF) for place in before} == before


def test_the_reason_is_the_one_that_held_at_that_moment() -> None:
    """One unit above what is kept back: the first order gets it, the second is told that only safety stock is left."""
    shop = Shop()
    shop.receive(WANGFUJING, SCARF, 3)
    shop.receive(XIDAN, SCARF, 9)
    orders = [shop.order((SCARF, 1)), shop.order((SCARF, 1))]
    found = tried(shop, orders, policy_of({"safety_stock": 2}))
    (change,) = found.changes
    assert change.what == "moved"
    assert change.reasons[0] == "店WANGFUJING has only its safety stock left."


def test_orders_of_one_batch_keep_their_turn() -> None:
    """Ids of one millisecond say nothing of who came first; the journal does."""
    shop = Shop()
    shop.receive(WANGFUJING, SCARF, 9)
    first, second = shop.order((SCARF, 1)), shop.order((SCARF, 1))
    decided = {first.order_id: (7, 1), second.order_id: (7, 0)}
    assert in_order([first, second], decided) == [second, first]


def test_too_many_shelves_are_not_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replaying, "BUCKETS_MAX", 1)
    shop = Shop()
    shop.receive(WANGFUJING, SCARF, 9)
    shop.receive(XIDAN, SCARF, 9)
    order = shop.order((SCARF, 1))
    with pytest.raises(replaying.TooMuchStock):
        grounds_of(shop, [order])
