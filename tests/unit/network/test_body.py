"""Bodies of locations: the least that suffices, what follows from it, and all that can be wrong with one."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manystores.core.errors import Problem
from manystores.kernels.geo import distance_km, from_wgs84
from manystores.network.body import body_of, location_of, patched
from manystores.network.location import CAPABILITIES, PolygonArea, RadiusArea, RegionArea

LEAST = {"code": "S1", "name": "S1", "kind": "store", "lat": 39.9, "lon": 116.4}
SQUARE = [[116.0, 39.0], [117.0, 39.0], [117.0, 40.0], [116.0, 40.0], [116.0, 39.0]]


def errors_of(body, reader=location_of):
    with pytest.raises(Problem) as caught:
        reader(body, 7)
    assert caught.value.rule.code == "invalid"
    return {f.pointer: f.code for f in caught.value.fields}


def test_five_fields_make_a_store_that_is_open_and_ships():
    location = location_of(LEAST, 7)
    assert (location.party_no, location.stock_owner_no) == (7, 7)
    assert (location.time_zone, location.opening_hours, location.holidays) == ("Asia/Shanghai", "24/7", "CN")
    assert location.capabilities == ("ship", "same_day", "pick_up", "returns")
    assert (location.orders_per_hour, location.areas, location.enabled) == (None, (), True)
    assert (location.location_no, location.revision) == (0, 0)


def test_stock_is_the_brands_own_or_a_partners():
    owners = {"franchisee": 9, "brand": 7}
    partners = location_of(LEAST | {"stock_owner": "franchisee"}, 7, owners=owners)
    assert (partners.stock_owner_no, body_of(partners)["stock_owner"]) == (9, "franchisee")
    assert patched(partners, {"name": "New"}).stock_owner_no == 9  # nobody need look it up again
    assert patched(partners, {"stock_owner": None}).stock_owner_no == 7
    own = location_of(LEAST | {"stock_owner": "brand"}, 7, owners=owners)
    assert (own.stock_owner_no, body_of(own)["stock_owner"]) == (7, None)
    assert errors_of(LEAST | {"stock_owner": "rival"}) == {"/stock_owner": "unknown_stock_owner"}
    assert errors_of(LEAST | {"stock_owner": 9}) == {"/stock_owner": "not_text"}


def test_a_warehouse_only_ships_unless_it_says_more():
    assert location_of(LEAST | {"kind": "warehouse"}, 7).capabilities == ("ship",)
    assert location_of(LEAST | {"kind": "warehouse", "capabilities": []}, 7).capabilities == ()


@pytest.mark.parametrize(
    ("lat", "lon", "more", "zone"),
    [
        (43.8, 87.6, {}, "Asia/Shanghai"),
        (22.3, 114.17, {}, "Asia/Hong_Kong"),
        (25.03, 121.56, {}, "Asia/Taipei"),
        (48.85, 2.34, {}, "Europe/Paris"),
        (40.71, -74.0, {}, "America/New_York"),
        (24.45, 118.07, {"region": "350203"}, "Asia/Shanghai"),
        (48.85, 2.34, {"time_zone": "Europe/Berlin"}, "Europe/Berlin"),
    ],
)
def test_the_time_zone_is_that_of_the_place(lat, lon, more, zone):
    assert location_of(LEAST | {"lat": lat, "lon": lon} | more, 7).time_zone == zone


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_coordinates_of_chinese_maps_are_stored_in_wgs84(datum):
    lat, lon = from_wgs84(39.9, 116.4, datum)[0]
    there = location_of(LEAST | {"lat": float(lat), "lon": float(lon), "datum": datum}, 7)
    assert distance_km(there.lat, there.lon, 39.9, 116.4) < 1e-4


def test_everything_wrong_is_told_at_once():
    body = {
        "code": "a b",
        "name": 3,
        "kind": "shop",
        "lat": 91,
        "lon": "116",
        "datum": "wgs",
        "opening_houres": "x",
        "region": "990101",
        "time_zone": "Asia/Beijing",
        "opening_hours": "Mo-Su 9-18",
        "holidays": "XX",
        "capabilities": ["ship", "fly"],
        "orders_per_hour": -1,
        "orders_per_day": 1.5,
        "cut_offs": {"ship": "25:00", "later": "10:00"},
        "lead_time_minutes": True,
        "groups": ["a", ""],
        "areas": [
            {"kind": "radius", "km": -1},
            {"kind": "regions", "codes": ["x"]},
            {"kind": "polygon", "geometry": {"type": "Polygon", "coordinates": [[[1, 2], [3]]]}},
            {"kind": "circle"},
            5,
        ],
        "enabled": "yes",
    }
    assert errors_of(body) == {
        "/code": "bad_code",
        "/name": "not_text",
        "/kind": "unknown_choice",
        "/lat": "too_large",
        "/lon": "not_a_number",
        "/datum": "unknown_choice",
        "/opening_houres": "unknown_field",
        "/region": "unknown_region",
        "/time_zone": "unknown_time_zone",
        "/opening_hours": "broken_opening_hours",
        "/holidays": "unknown_country",
        "/capabilities/1": "unknown_choice",
        "/orders_per_hour": "too_small",
        "/orders_per_day": "not_an_integer",
        "/cut_offs/ship": "not_a_time",
        "/cut_offs/later": "unknown_field",
        "/lead_time_minutes": "not_an_integer",
        "/groups/1": "empty",
        "/areas/0/km": "too_small",
        "/areas/1/codes/0": "unknown_region",
        "/areas/2/geometry/coordinates": "not_a_polygon",
        "/areas/3/kind": "unknown_choice",
        "/areas/4": "not_an_object",
        "/enabled": "not_a_boolean",
    }


def test_an_unknown_capability_lists_the_choices_in_both_languages():
    with pytest.raises(Problem) as caught:
        location_of(LEAST | {"capabilities": ["fly"]}, 7)
    (error,) = caught.value.fields
    assert all(choice in error.en and choice in error.zh for choice in CAPABILITIES)


def test_the_error_in_opening_hours_says_where_it_begins():
    with pytest.raises(Problem) as caught:
        location_of(LEAST | {"opening_hours": "Mo-Su 9-18"}, 7)
    assert "'9-18'" in caught.value.fields[0].en


@pytest.mark.parametrize("place", [(116.4, 39.9), (87.6, 43.8), (121.5, 31.2)])
def test_swapped_coordinates_are_told_as_such(place):
    lat, lon = place
    assert errors_of(LEAST | {"lat": lat, "lon": lon}) == {"/lat": "swapped"}


@pytest.mark.parametrize("place", [(69.6, 18.9), (-33.9, 151.2), (0, 0), (89.9, 0)])
def test_other_places_are_not_taken_for_swapped(place):
    lat, lon = place
    assert location_of(LEAST | {"lat": lat, "lon": lon}, 7).lat == lat


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -(10**400), True, None, "39.9"])
def test_a_latitude_is_a_finite_number(value):
    assert "/lat" in errors_of(LEAST | {"lat": value})


@pytest.mark.parametrize("code", ["", " ", "a/b", "a\x00b", "..", "S1 ", "\ud800", "x" * 65, 5, None])
def test_codes_that_cannot_stand_in_an_address_are_refused(code):
    assert list(errors_of(LEAST | {"code": code})) == ["/code"]


def test_chinese_codes_are_fine():
    assert location_of(LEAST | {"code": "浦东1店"}, 7).code == "浦东1店"


def test_an_open_ring_is_closed_and_a_polygon_in_gcj02_moves_with_its_map():
    ring = from_wgs84([39.0, 39.0, 40.0], [116.0, 117.0, 117.0], "gcj02")
    corners = [[float(lon), float(lat)] for lat, lon in ring]
    area = {"kind": "polygon", "geometry": {"type": "Polygon", "coordinates": [corners]}}
    lat, lon = (float(x) for x in from_wgs84(39.9, 116.4, "gcj02")[0])
    location = location_of(LEAST | {"lat": lat, "lon": lon, "datum": "gcj02", "areas": [area]}, 7)
    (polygon,) = location.areas
    assert isinstance(polygon, PolygonArea)
    assert polygon.polygons == ((((116.0, 39.0), (117.0, 39.0), (117.0, 40.0), (116.0, 39.0)),),)


def test_a_polygon_off_the_earth_or_too_thin_is_refused():
    def body(corners):
        return LEAST | {"areas": [{"kind": "polygon", "geometry": {"type": "Polygon", "coordinates": [corners]}}]}

    pointer = "/areas/0/geometry/coordinates"
    assert errors_of(body([[39.0, 116.0], [39.0, 117.0], [40.0, 117.0]])) == {pointer: "off_the_earth"}
    assert errors_of(body([[116.0, 39.0], [117.0, 39.0], [116.0, 39.0]])) == {pointer: "not_a_ring"}
    assert errors_of(body([])) == {pointer: "not_a_ring"}
    assert errors_of(body([[10**400, 39.0], [117.0, 39.0], [117.0, 40.0]])).keys() == {pointer}
    assert errors_of(body(None)) == {pointer: "not_a_polygon"}


AREAS = st.lists(
    st.sampled_from(
        [
            {"kind": "radius", "km": 5.5},
            {"kind": "regions", "codes": ["310115", "310104001"]},
            {"kind": "polygon", "geometry": {"type": "Polygon", "coordinates": [SQUARE]}},
            {"kind": "polygon", "geometry": {"type": "MultiPolygon", "coordinates": [[SQUARE], [SQUARE]]}},
        ]
    ),
    max_size=3,
)
BODIES = st.fixed_dictionaries(
    {"code": st.just("S1"), "name": st.just("一店"), "kind": st.sampled_from(["store", "warehouse", "partner"])}
    | {"lat": st.floats(-90, 72), "lon": st.floats(-180, 180), "time_zone": st.just("Asia/Shanghai")},
    optional={
        "region": st.sampled_from(["310000", "310115", "310115004001", "FR-IDF"]),
        "opening_hours": st.sampled_from(["Mo-Su 07:00-22:00", "24/7", "Mo-Fr 20:00-02:00; PH off"]),
        "capabilities": st.lists(st.sampled_from(CAPABILITIES), max_size=20),  # so many may be named
        "orders_per_hour": st.none() | st.integers(0, 500),
        "cut_offs": st.sampled_from([{}, {"ship": "16:00"}, {"ship": "16:00", "same_day": "12:30"}]),
        "groups": st.lists(st.sampled_from(["北方", "flagship"]), max_size=20),
        "areas": AREAS,
        "enabled": st.booleans(),
    },
)


@settings(max_examples=50)
@given(BODIES)
def test_a_body_read_and_written_and_read_again_is_the_same_location(body):
    location = location_of(body, 7)
    written = msgspec.json.decode(msgspec.json.encode(body_of(location)))
    assert location_of(written, 7) == location
    assert patched(location, {}) == location


def test_a_patch_changes_what_it_says_and_null_puts_back_the_default():
    stored = msgspec.structs.replace(
        location_of(LEAST | {"orders_per_hour": 20, "cut_offs": {"ship": "16:00"}, "groups": ["a"]}, 7),
        location_no=5,
        revision=3,
    )
    changed = patched(stored, {"name": "新店", "orders_per_hour": None, "cut_offs": {"same_day": "12:00"}})
    assert (changed.name, changed.orders_per_hour) == ("新店", None)
    assert changed.cut_offs == {"ship": "16:00", "same_day": "12:00"}
    assert (changed.location_no, changed.revision, changed.groups) == (5, 0, ("a",))


def test_a_patch_in_gcj02_moves_only_what_it_sends():
    area = {"kind": "polygon", "geometry": {"type": "Polygon", "coordinates": [SQUARE]}}
    stored = location_of(LEAST | {"areas": [area]}, 7)
    lat, lon = (float(x) for x in from_wgs84(39.95, 116.45, "gcj02")[0])
    moved = patched(stored, {"lat": lat, "lon": lon, "datum": "gcj02"})
    assert distance_km(moved.lat, moved.lon, 39.95, 116.45) < 1e-4
    assert moved.areas == stored.areas
    assert patched(stored, {"datum": "gcj02", "name": "x"}).lat == stored.lat


def test_a_patch_cannot_change_the_code_nor_move_by_half():
    stored = location_of(LEAST, 7)
    assert errors_of({"code": "S2"}, lambda body, _: patched(stored, body)) == {"/code": "immutable"}
    half = {"lat": 39.8, "datum": "gcj02"}
    assert errors_of(half, lambda body, _: patched(stored, body)) == {"/datum": "half_a_place"}


def test_areas_of_all_kinds_are_read():
    location = location_of(
        LEAST | {"areas": [{"kind": "radius", "km": 5}, {"kind": "regions", "codes": ["110105000000"]}]}, 7
    )
    assert location.areas == (RadiusArea(5.0), RegionArea(("110105",)))
