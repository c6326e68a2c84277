"""Carriers' rates and shoppers' delivery fees."""

import math

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manystores.core.errors import Problem
from manystores.network.carriers import (
    Carrier,
    DeliveryFee,
    Quote,
    Zone,
    carrier_body,
    carrier_of,
    delivery_fee,
    fee_body,
    fee_of,
    fee_table,
    quote,
    quotes,
)
from manystores.network.regions import covers, prefix

EXPRESS = Carrier(
    party_no=1,
    code="express",
    name="快递",
    zones=(
        Zone(base=1800, included_grams=1000, per_kg=1000, days_min=2, days_max=4),
        Zone(to=("310000",), base=1000, included_grams=1000, per_kg=200, days_min=1, days_max=2),
        Zone(to=("310000",), origins=("310000",), base=800, included_grams=1000, per_kg=100, days_min=0, days_max=1),
        Zone(to=("650000", "540000"), base=3000, included_grams=1000, per_kg=2000, days_min=5, days_max=9),
    ),
)
RIDER = Carrier(
    party_no=1,
    code="rider",
    name="骑手",
    zones=(Zone(km_max=10, base=900, per_km=150.5), Zone(km_max=3, base=600)),
)


@pytest.mark.parametrize(
    ("origin", "destination", "grams", "expected"),
    [
        ("440300", "110105", 500, Quote(1800, 2, 4)),
        ("440300", "110105", 1001, Quote(2800, 2, 4)),
        ("440300", "310115", 3000, Quote(1400, 1, 2)),
        ("310115", "310104", 1000, Quote(800, 0, 1)),
        ("310115", "650100", 2500, Quote(7000, 5, 9)),
        ("", "", 0, Quote(1800, 2, 4)),
    ],
)
def test_first_kilogram_then_each_one_begun_by_zone(origin, destination, grams, expected):
    assert quote(EXPRESS, origin, destination, 100.0, grams) == expected


def test_a_rider_is_cheap_when_near_and_does_not_go_far():
    assert quote(RIDER, "", "", 2.5, 500) == Quote(600, 0, 0)
    assert quote(RIDER, "", "", 4.0, 500) == Quote(1502, 0, 0)
    assert quote(RIDER, "", "", 10.1, 500) is None


ZONES = st.builds(
    Zone,
    to=st.sampled_from([("",), ("CN",), ("310000",), ("310115", "320000")]),
    origins=st.sampled_from([("",), ("310000",), ("320500", "310115")]),
    km_max=st.sampled_from([5.0, 50.0, math.inf]),
    base=st.integers(0, 1000),
    included_grams=st.integers(0, 2000),
    per_kg=st.integers(0, 500),
    per_km=st.floats(0, 10),
    days_min=st.integers(0, 2),
    days_max=st.integers(2, 5),
)


@settings(max_examples=50)
@given(
    st.lists(ZONES, max_size=5),
    st.lists(st.tuples(st.integers(0, 3), st.floats(0, 100)), min_size=1, max_size=6),
    st.sampled_from(["", "310115", "310104001", "320500", "FR-IDF"]),
    st.integers(0, 5000),
)
def test_many_quotes_are_the_single_ones(zones, origins, destination, grams):
    carrier = Carrier(party_no=1, code="c", name="c", zones=tuple(zones))
    regions = ("", "310115", "320505", "110105")
    region_of = np.array([r for r, _ in origins], dtype=np.int32)
    km = np.array([d for _, d in origins])
    found = quotes(carrier, regions, region_of, km, destination, grams)
    for i, (r, d) in enumerate(origins):
        one = quote(carrier, regions[r], destination, d, grams)
        if one is None:
            assert (found.cost[i], found.days_min[i], found.days_max[i]) == (math.inf, -1, -1)
        else:
            assert (found.cost[i], found.days_min[i], found.days_max[i]) == (one.cost, one.days_min, one.days_max)


def fee(region, amount, free_from=None):
    return DeliveryFee(party_no=1, region=region, fee=amount, free_from=free_from)


FEES = fee_table([fee("", 1500), fee("CN", 1000, 9900), fee("310000", 600, 4900), fee("650000", 2500)])


@pytest.mark.parametrize(
    ("region", "goods_amount", "expected"),
    [
        ("310115", 4899, 600),
        ("310115", 4900, 0),
        ("110105", 9899, 1000),
        ("110105", 9900, 0),
        ("650102", 1_000_000, 2500),  # never free there
        ("FR-IDF", 1_000_000, 1500),
        ("", 100, 1500),
    ],
)
def test_delivery_is_free_from_a_sum_on_that_depends_on_the_region(region, goods_amount, expected):
    assert delivery_fee(FEES, region, goods_amount) == expected


def test_without_fees_delivery_costs_nothing():
    assert delivery_fee({}, "310115", 1) == 0


REGIONS = ["", "CN", "310000", "310100", "310115", "310115004", "320000", "FR"]


@settings(max_examples=80)
@given(
    st.lists(
        st.builds(fee, st.sampled_from(REGIONS), st.integers(0, 3000), st.none() | st.integers(0, 200)),
        unique_by=lambda f: f.region,
    ),
    st.sampled_from([*REGIONS, "310115004001", "FR-IDF", "320505"]),
    st.integers(0, 200),
)
def test_the_narrowest_fee_counts_and_more_goods_never_cost_more(fees, region, goods_amount):
    around = [f for f in fees if covers(f.region, region)]
    slow = 0
    for f in sorted(around, key=lambda f: (f.region != "", f.region not in ("CN", "FR"), len(prefix(f.region)))):
        slow = 0 if f.free_from is not None and goods_amount >= f.free_from else f.fee
    assert delivery_fee(fee_table(fees), region, goods_amount) == slow
    assert delivery_fee(fee_table(fees), region, goods_amount + 1) <= slow


def test_bodies_of_carriers_and_fees_read_back():
    for carrier in (EXPRESS, RIDER):
        assert carrier_of(msgspec.json.decode(msgspec.json.encode(carrier_body(carrier))), 1) == carrier
    assert fee_of(fee_body(fee("310000", 600, 4900)), 1) == fee("310000", 600, 4900)


def test_what_is_wrong_with_a_carrier_or_a_fee_is_told_at_once():
    with pytest.raises(Problem) as caught:
        carrier_of({"code": "a/b", "zones": [{"days_min": 3, "days_max": 1, "to": ["x"]}, 3], "cut_off": "7pm"}, 1)
    assert {f.pointer: f.code for f in caught.value.fields} == {
        "/code": "bad_code",
        "/name": "required",
        "/zones/0/to/0": "unknown_region",
        "/zones/0/days_max": "too_small",
        "/zones/1": "not_an_object",
        "/cut_off": "not_a_time",
    }
    with pytest.raises(Problem) as caught:
        fee_of({"fee": -1, "currency": "RMB", "region": "0"}, 1)
    assert {f.pointer for f in caught.value.fields} == {"/fee", "/currency", "/region"}
