"""The demo's scenario: real stores and baskets, scarce stock, everything drawn with a seed."""

import numpy as np
import pytest

from manystores.demo.assortment import weight_g
from manystores.demo.loading import restocking
from manystores.demo.places import cities, destinations, places
from manystores.demo.world import CHANNELS, World, world
from manystores.network import location_of
from manystores.network.regions import north_of
from manystores.orders.order import CHANNELS as ORDER_CHANNELS


@pytest.fixture(scope="module")
def scenario() -> World:
    return world(400)


def test_stores_are_the_real_ones_and_most_warehouses_stand_in_the_south() -> None:
    found = places()
    warehouses = found.bodies[found.stores :]
    assert found.stores == 7_209
    assert len({body["code"] for body in found.bodies}) == len(found.bodies) == 7_229
    assert sum(north_of(body["lat"]) for body in warehouses) == 2
    assert [body["name"] for body in warehouses[:2]] == ["广州市仓", "深圳市仓"]
    for body in (*found.bodies[:3], *warehouses):
        assert location_of(body, party_no=1).code == body["code"]


def test_destinations_follow_the_population_and_lie_around_their_city() -> None:
    found = destinations(2_000, np.random.default_rng(1))
    largest = {city.region for city in cities()[:50]}
    share = sum(city.population for city in cities()[:50]) / sum(city.population for city in cities())
    assert sum(city.region in largest for city, _, _ in found) / 2_000 == pytest.approx(share, abs=0.08)
    assert all(abs(lat - city.lat) < 1 and abs(lon - city.lon) < 1 for city, lat, lon in found)


def test_the_same_seed_gives_the_same_scenario_and_another_seed_another(scenario: World) -> None:
    again = world(400)
    assert (again.wishes, again.shelves) == (scenario.wishes, scenario.shelves)
    assert world(400, seed=2).wishes != scenario.wishes


def test_baskets_are_small_and_real_and_every_channel_is_one_of_ours(scenario: World) -> None:
    assert set(CHANNELS) == set(ORDER_CHANNELS)
    for wish in scenario.wishes:
        offers = [offer for offer, _ in wish.basket.lines]
        assert 1 <= len(offers) == len(set(offers)) <= (1 if wish.pick_up else 3)
        assert all(1 <= quantity <= 6 for _, quantity in wish.basket.lines)
        assert (wish.sold_at >= 0) == (wish.channel == "till")
        assert not (wish.cancels and wish.returns)


def test_a_third_of_the_skus_has_less_than_is_wanted_and_nothing_lies_where_nobody_asks(scenario: World) -> None:
    wanted = np.zeros(len(scenario.offers), int)
    there = np.zeros(len(scenario.offers), int)
    for wish in scenario.wishes:
        for offer, quantity in wish.basket.lines:
            wanted[offer] += quantity
    for shelf in scenario.shelves:
        assert shelf.units > 0
        there[shelf.offer] += shelf.units
    assert not there[wanted == 0].any()
    assert there[wanted > 0].all()
    short = (there < 1.01 * wanted)[wanted > 0].mean()
    assert 0.25 < short < 0.45


def test_warehouses_stock_only_what_they_carry(scenario: World) -> None:
    for shelf in scenario.shelves:
        if shelf.place >= scenario.places.stores:
            assert shelf.place in scenario.homes[shelf.offer]


def test_shelves_are_filled_up_and_what_is_left_over_goes_back(scenario: World) -> None:
    first, second = scenario.shelves[:2]
    wanted = {(scenario.places.codes[s.place], scenario.offers[s.offer]["sku"]): s.units for s in scenario.shelves}
    assert sum(change["quantity"] for change in restocking(scenario, {})) == sum(wanted.values())
    assert restocking(scenario, wanted) == []

    keys = list(wanted)
    left = wanted | {keys[0]: -2, keys[1]: second.units + 5, ("BJ", "OLD"): 3}  # below 0: fewer counted than promised
    changes = {(c["location"], c["offer"]): (c["change"], c["quantity"]) for c in restocking(scenario, left)}
    assert changes == {
        keys[0]: ("receive", first.units + 2),
        keys[1]: ("adjust", -5),
        ("BJ", "OLD"): ("adjust", -3),
    }


@pytest.mark.parametrize(
    ("package", "grams"), [("16 OZ", 454), ("1 LB", 454), ("2 L", 2000), ("40 LB", 400), ("12 CT", 400), ("", 400)]
)
def test_weights_are_read_from_packages_and_a_crate_is_no_piece(package: str, grams: int) -> None:
    assert weight_g(package) == grams
