"""The registry: found by code, arrays by number, brands apart."""

import msgspec
import numpy as np
import pytest

from manystores.core.errors import Problem
from manystores.kernels.geo import unit_vector
from manystores.network.body import location_of
from manystores.network.carriers import Carrier, DeliveryFee, Zone
from manystores.network.registry import CAPABILITY_BITS, KIND_CODES, UNLIMITED, Registry


def location(no, code="", party_no=1, revision=1, **more):
    body = {"code": code or f"S{no}", "name": "S", "kind": "store", "lat": 31.2, "lon": 121.4, "region": "310115"}
    return msgspec.structs.replace(location_of(body | more, party_no), location_no=no, revision=revision)


def test_a_brand_finds_its_own_code_and_not_its_neighbours():
    registry = Registry([location(1, "S1", 1), location(2, "S1", 2), location(3, "S2", 2)])
    assert registry.number(1, "S1", "/x") == 1
    assert registry.number(2, "S1", "/x") == 2
    assert registry.find(1, "S2") == 0
    with pytest.raises(Problem) as caught:
        registry.number(1, "S2", "/lines/0/location")
    assert caught.value.rule.code == "unknown_location"
    assert caught.value.rule.status == 422
    assert caught.value.fields[0].pointer == "/lines/0/location"


def test_arrays_have_the_location_at_its_number():
    registry = Registry([location(2, kind="warehouse", orders_per_hour=20, enabled=False, handle_order_cost=300)])
    assert registry.size == 3
    assert registry.xyz.shape == (3, 3)
    np.testing.assert_array_equal(registry.xyz[2], unit_vector(31.2, 121.4))
    assert registry.kind.tolist() == [0, 0, KIND_CODES["warehouse"]]
    assert registry.orders_per_hour.tolist() == [0, 0, 20]
    assert registry.orders_per_day[2] == UNLIMITED
    assert registry.handle_order_cost[2] == 300
    assert registry.capabilities[2] == CAPABILITY_BITS["ship"]
    assert registry.regions[registry.region_id[2]] == "310115"
    assert not registry.enabled[2]
    assert registry.of_party(1).tolist() == [False, False, True]


def test_it_grows_and_keeps_what_it_knew():
    registry = Registry([location(1)])
    registry.apply([location(no) for no in (2, 500)])
    assert registry.size == 501
    assert len(registry.lat) == len(registry.group_bits) == 501
    assert registry.enabled.nonzero()[0].tolist() == [1, 2, 500]
    assert len(registry.calendar.at(0).opens_us) == 501
    assert len(registry) == 3
    assert 500 in registry
    assert 400 not in registry


def test_a_change_replaces_what_was_known_and_an_older_one_does_not():
    registry = Registry([location(1, groups=["a"])])
    registry.apply([location(1, revision=3, groups=["b"], enabled=False)])
    assert registry.in_groups(1, ["a"]).tolist() == [False, False]
    assert registry.in_groups(1, ["b"]).tolist() == [False, True]
    registry.apply([location(1, revision=2)])
    assert registry.location(1).revision == 3
    assert not registry.enabled[1]


def test_more_than_64_groups_and_brands_that_name_theirs_alike():
    registry = Registry(location(no, party_no=1 + no % 2, groups=[f"g{no}", "all"]) for no in range(1, 151))
    for no in (1, 64, 65, 150):
        assert registry.in_groups(1 + no % 2, [f"g{no}"]).nonzero()[0].tolist() == [no]
    assert registry.in_groups(1, ["all"]).sum() == 75
    assert not registry.in_groups(1, ["g1", "nobody"]).any()
    assert registry.in_groups(1, ["g2", "g4"]).nonzero()[0].tolist() == [2, 4]


def test_able_are_the_enabled_ones_that_can():
    registry = Registry([location(1), location(2, kind="warehouse"), location(3, enabled=False)])
    assert registry.able("pick_up").tolist() == [False, True, False, False]
    assert registry.able("ship").tolist() == [False, True, True, False]


def test_areas_and_hours_come_along():
    registry = Registry([location(1, areas=[{"kind": "radius", "km": 5}], opening_hours="off"), location(2)])
    assert registry.areas.mask(registry.size, 39.9, 116.4).tolist() == [True, False, True]
    assert (registry.calendar.at(0).opens_us <= 0).tolist() == [True, False, True]


def test_carriers_and_fees_are_each_brands_own():
    registry = Registry()
    own = Carrier(party_no=1, code="b", name="b", zones=(Zone(),))
    off = Carrier(party_no=1, code="a", name="a", zones=(Zone(),), enabled=False)
    registry.set_carriers([own, off, Carrier(party_no=2, code="b", name="b", zones=(Zone(),))])
    registry.set_fees(1, [DeliveryFee(party_no=1, fee=500)])
    assert registry.carriers_of(1) == [own]
    assert registry.fees_of(1)[""].fee == 500
    assert registry.fees_of(2) == {}
