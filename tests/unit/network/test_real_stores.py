"""The 7,209 real stores: all become locations, stand in their cities, and their coordinates are GCJ-02."""

import re

import numpy as np
import pytest

from manystores.data import city_code, real_stores, region_rows
from manystores.kernels.geo import distance_km, to_wgs84
from manystores.network.body import location_of
from manystores.network.hours import rhythm_of
from manystores.network.regions import covers, find, province_at

# a store, and the WGS-84 place of the tower that it is in: a GPS waymark for the first, Wikipedia for the others
TOWERS = [
    ("东方明珠店", 31.2420, 121.4951),
    ("上海中心1F店", 31.2355, 121.501),
    ("上海中心B2店", 31.2355, 121.501),
    ("深圳平安金融中心1F店", 22.5364, 114.0504),
]


@pytest.fixture(scope="module")
def stores():
    return real_stores()


@pytest.fixture(scope="module")
def locations(stores):
    return [location_of(body, 1) for body in stores]


def test_all_7209_are_valid_and_have_a_code_of_their_own(locations):
    assert len(locations) == 7209
    assert len({location.code for location in locations}) == 7209


def test_their_coordinates_are_gcj02(stores):
    """Read as GCJ-02, each store is in its tower; read as WGS-84 or BD-09, it is streets away."""
    by_name = {store["name"]: store for store in stores}
    for name, lat, lon in TOWERS:
        store = by_name[name]
        away = {
            datum: distance_km(lat, lon, *to_wgs84(store["lat"], store["lon"], datum)[0])
            for datum in ("wgs84", "gcj02", "bd09")
        }
        assert away["gcj02"] < 0.2
        assert away["wgs84"] > 0.4
        assert away["bd09"] > 0.8


def test_each_is_near_the_centre_of_its_county(locations):
    """Counties can be large, none of these so large that a store is 60 km from its centre."""
    away = [
        distance_km(location.lat, location.lon, centre.lat, centre.lon)
        for location in locations
        if (centre := find(location.region)) is not None and centre.lat is not None and centre.lon is not None
    ]
    assert len(away) > 7100
    assert max(away) < 60
    assert np.median(away) < 10


def test_each_is_in_the_province_of_its_region(locations):
    """Only coasts, and Daxing airport, whose terminal stands on Beijing's border, fall off the simplified outlines."""
    strays = [
        location
        for location in locations
        if (found := province_at(location.lat, location.lon)) is None or not covers(found.code, location.region)
    ]
    assert len(strays) < 40


def test_hours_past_midnight_and_hours_not_stated(locations):
    hours = {location.opening_hours for location in locations}
    assert "Mo-Su 09:00-01:00" in hours
    assert "Mo-Su 07:00-24:00" in hours
    assert "Mo-Su 00:00-00:00" not in hours
    assert all(re.fullmatch(r"Mo-Su \d\d:\d\d-\d\d:\d\d", h) for h in hours)
    assert len({rhythm_of(location) for location in locations}) < 250


def test_cities_are_found_as_people_write_them():
    assert city_code("上海市") == "310000"
    assert city_code("苏州市") == "320500"
    assert city_code("凯里市") == "522601"
    assert city_code("甘孜市") == "513300"


def test_a_renamed_county_has_the_centre_of_the_former_one():
    rows = {row.code: row for row in region_rows()}
    assert (rows["130284"].name, rows["130284"].lat) == ("滦州市", rows["130223"].lat)
