"""Delivery areas: what each kind contains, and the index against asking one location at a time."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from manystores.network.areas import AreaIndex, serves
from manystores.network.body import location_of

SQUARE = [[121.0, 31.0], [122.0, 31.0], [122.0, 32.0], [121.0, 32.0], [121.0, 31.0]]
HOLE = [[121.4, 31.4], [121.6, 31.4], [121.6, 31.6], [121.4, 31.6], [121.4, 31.4]]


def location(*areas, no=1, lat=31.23, lon=121.47):
    body = {"code": f"S{no}", "name": "S", "kind": "store", "lat": lat, "lon": lon, "areas": list(areas)}
    return msgspec.structs.replace(location_of(body | {"time_zone": "Asia/Shanghai"}, 1), location_no=no)


def radius(km):
    return {"kind": "radius", "km": km}


def polygon(*rings):
    return {"kind": "polygon", "geometry": {"type": "Polygon", "coordinates": list(rings)}}


def regions(*codes):
    return {"kind": "regions", "codes": list(codes)}


def test_a_store_without_areas_serves_everywhere():
    assert serves(location(), -33.9, 151.2)


def test_a_radius_is_as_the_crow_flies():
    store = location(radius(5))
    assert serves(store, 31.27, 121.47)
    assert not serves(store, 31.28, 121.47)


def test_a_polygon_has_holes():
    store = location(polygon(SQUARE, HOLE))
    assert serves(store, 31.2, 121.2)
    assert not serves(store, 31.5, 121.5)
    assert not serves(store, 32.5, 121.2)


def test_regions_reach_down_to_the_village():
    store = location(regions("310115004", "310115005001"))
    assert serves(store, 0, 0, "310115004001")
    assert serves(store, 0, 0, "310115005001")
    assert not serves(store, 0, 0, "310115005002")
    assert not serves(store, 0, 0, "310115")
    assert not serves(store, 0, 0)


def test_several_areas_add_up():
    store = location(radius(5), regions("320000"))
    assert serves(store, 31.23, 121.47)
    assert serves(store, 34.0, 118.0, "320300")
    assert not serves(store, 34.0, 118.0, "370000")


AREA = st.one_of(
    st.builds(radius, st.floats(0.1, 300)),
    st.builds(regions, st.sampled_from(["310000", "310115", "310115004", "320500", "CN", "FR"])),
    st.builds(
        lambda x, y, w: polygon([[x, y], [x + w, y], [x + w / 2, y + w]]),
        st.floats(119, 122),
        st.floats(30, 32),
        st.floats(0.1, 2),
    ),
    st.just(polygon(SQUARE, HOLE)),
)
PLACE = st.tuples(
    st.floats(29, 33), st.floats(118, 124), st.sampled_from(["", "310115", "310115004001", "320505", "FR-IDF"])
)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.lists(AREA, max_size=3), st.floats(30, 32), st.floats(119, 123)), max_size=8), PLACE)
def test_the_index_agrees_with_asking_one_by_one(stores, place):
    locations = [location(*areas, no=no, lat=lat, lon=lon) for no, (areas, lat, lon) in enumerate(stores, start=1)]
    index = AreaIndex()
    for each in locations:
        index.assign(each)
    mask = index.mask(len(locations) + 1, *place)
    assert mask.tolist() == [True] + [serves(each, *place) for each in locations]


def test_the_index_follows_changes():
    index = AreaIndex()
    index.assign(location(radius(5)))
    assert index.mask(2, 40.0, 116.0).tolist() == [True, False]
    index.assign(location(regions("110000")))
    assert index.mask(2, 40.0, 116.0, "110105").tolist() == [True, True]
    index.assign(location())
    assert index.mask(2, 0.0, 0.0).tolist() == [True, True]
