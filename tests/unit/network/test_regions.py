"""Region codes: what covers what, their names, and where a place is."""

import gzip
import json

import pytest

from manystores.data import region_shapes
from manystores.network.regions import (
    canonical,
    covers,
    find,
    is_region,
    names,
    names_en,
    nearest_county,
    north_of,
    prefixes,
    province,
    province_at,
    provinces,
)


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        ("310000", "310115", True),
        ("310100", "310115", True),
        ("310115", "310115004", True),
        ("310115", "310115004001", True),
        ("310115004", "310115004001", True),
        ("310115004", "310115", False),  # the township may be another one
        ("310115", "310116", False),
        ("310115000000", "310115", True),
        ("CN", "310115", True),
        ("", "310115", True),
        ("", "", True),
        ("310115", "", False),
        ("FR", "FR-IDF", True),
        ("FR-IDF", "FR-IDF", True),
        ("FR-I", "FR-IDF", False),
        ("FR", "310115", False),
    ],
)
def test_a_region_covers_what_is_within_it(outer, inner, expected):
    assert covers(outer, inner) is expected


def test_prefixes_go_from_the_world_down_to_the_village():
    assert prefixes("310115004001") == ("", "CN", "31", "3101", "310115", "310115004", "310115004001")
    assert prefixes("US-CA") == ("", "US", "US-CA")


@pytest.mark.parametrize("code", ["110000", "110100", "110105", "110105001", "110105001001", "710000", "US-CA", "CN"])
def test_codes_that_exist(code):
    assert is_region(code)


@pytest.mark.parametrize("code", ["990101", "11", "1101050", "119901", "us-ca", "USA", "000000", "北京", "CN-", " "])
def test_codes_that_do_not(code):
    assert not is_region(code)


def test_a_county_that_is_newer_than_our_list_is_taken():
    assert find("310199") is None
    assert is_region("310199")


def test_names_leave_out_divisions_that_nobody_writes():
    assert names("310115004001") == ("上海市", "浦东新区")
    assert names("419001") == ("河南省", "济源市")
    assert names("440300") == ("广东省", "深圳市")
    assert names("FR-IDF") == ()


def test_english_names_go_down_to_the_city():
    assert names_en("440305") == names_en("440300") == ("Guangdong", "Shenzhen")
    assert names_en("310115004001") == ("Shanghai",)
    assert names_en("330000") == ("Zhejiang",)
    assert names_en("FR-IDF") == names_en("CN") == ()


def test_canonical_is_the_shortest_usual_form():
    assert canonical("110105000000") == "110105"
    assert canonical("110105001000") == "110105001"
    assert canonical("110000") == "110000"


def test_there_are_34_provinces_each_with_a_centre_in_its_outline():
    """All but Macau, which the outlines draw with four corners."""
    assert len(provinces()) == 34
    for region in provinces():
        found = province_at(region.lat, region.lon)
        assert found is not None
        assert found.code == region.code or region.code == "820000"


def test_places_abroad_and_at_sea_are_in_no_province():
    assert province_at(35.68, 139.69) is None  # Tokyo
    assert province_at(37.57, 126.98) is None  # Seoul
    assert province_at(21.03, 105.85) is None  # Hanoi
    assert province_at(20.0, 116.0) is None


def test_the_nearest_county_to_the_oriental_pearl_tower_is_in_shanghai():
    county, km = nearest_county(31.2419, 121.4953)
    assert county.code.startswith("31")
    assert km < 5
    assert province(county.code).name == "上海市"


def test_the_north_begins_at_33_degrees():
    assert north_of(39.9)
    assert not north_of(31.2)
    assert north_of(33.0)


def test_every_region_of_the_map_has_an_english_name_of_its_own() -> None:
    """Names that sound alike name their province; those of other languages are not spelt as Chinese."""
    for level in ("province", "prefecture"):
        shapes = json.loads(gzip.decompress(region_shapes(level)))
        names = {one["properties"]["code"]: one["properties"]["en"] for one in shapes["features"]}
        assert len(set(names.values())) == len(names)
        assert all(name and not any("\u4e00" <= char <= "\u9fff" for char in name) for name in names.values())
        if level == "prefecture":
            known = {"230100": "Harbin", "150100": "Hohhot", "540100": "Lhasa", "610100": "Xi'an", "411100": "Luohe"}
            assert known.items() <= names.items()
        else:
            assert (names["610000"], names["140000"], names["150000"]) == ("Shaanxi", "Shanxi", "Inner Mongolia")
