"""Distances, polygons and datums, against published places and the definitions."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manystores.kernels.geo import (
    all_kilometres,
    chord2_of_km,
    distance_km,
    distances_km,
    from_wgs84,
    inside_rings,
    kilometres,
    to_wgs84,
    unit_vector,
    unit_vectors,
)

LATS = st.floats(-90, 90)
LONS = st.floats(-180, 180)
IN_CHINA = st.tuples(st.floats(18.2, 53.5), st.floats(73.6, 134.7))


def haversine_km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    a, b = math.radians(lat), math.radians(other_lat)
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(other_lon - lon) / 2) ** 2
    return 2 * 6371.0 * math.asin(min(1.0, math.sqrt(h)))


def test_beijing_to_shanghai_is_1067_km():
    assert distance_km(39.9042, 116.4074, 31.2304, 121.4737) == pytest.approx(1067.3, abs=0.5)


def test_a_metre_is_told_apart_from_none():
    assert distance_km(31.2, 121.4, 31.2, 121.4) == 0.0
    assert distance_km(31.2, 121.4, 31.2 + 1 / 111_195, 121.4) == pytest.approx(0.001, rel=1e-3)


@settings(max_examples=60)
@given(LATS, LONS, LATS, LONS)
def test_distance_is_the_haversine_and_symmetric(lat, lon, other_lat, other_lon):
    there = distance_km(lat, lon, other_lat, other_lon)
    # near the antipode arcsine loses digits in both formulas; elsewhere they agree to a millimetre
    assert there == pytest.approx(haversine_km(lat, lon, other_lat, other_lon), abs=1e-3, rel=1e-7)
    assert there == pytest.approx(distance_km(other_lat, other_lon, lat, lon), abs=1e-9)


@settings(max_examples=40)
@given(LATS, LONS, LATS, LONS, st.floats(0.01, 20_000))
def test_comparing_chords_is_comparing_kilometres(lat, lon, other_lat, other_lon, km):
    a, b = unit_vector(lat, lon), unit_vector(other_lat, other_lon)
    away = float(distances_km(b[None, :], a)[0])
    if abs(away - km) > 1e-3:
        assert (float(((a - b) ** 2).sum()) <= float(chord2_of_km(km))) == (away <= km)


def test_kilometres_of_chords_are_right_to_a_millimetre_near_and_far():
    km = np.concatenate([np.linspace(0, 50, 101), np.linspace(7_800, 8_000, 201), [12_000.0, 19_000.0]])
    chords = chord2_of_km(km)
    np.testing.assert_allclose(all_kilometres(chords), km, atol=1e-6)
    np.testing.assert_array_equal([kilometres(chord) for chord in chords], all_kilometres(chords))


def test_many_vectors_equal_single_ones():
    lats, lons = np.array([0.0, 45.0, -33.9]), np.array([0.0, 90.0, 151.2])
    for row, lat, lon in zip(unit_vectors(lats, lons), lats, lons, strict=True):
        np.testing.assert_allclose(row, unit_vector(lat, lon), atol=1e-15)


def test_gcj02_is_shifted_as_published():
    """The example of the eviltransform and coordtransform test suites."""
    lat, lon = from_wgs84(31.1774276, 121.5272106, "gcj02")[0]
    assert (lat, lon) == (pytest.approx(31.17530398364597, abs=1e-9), pytest.approx(121.531541859215, abs=1e-9))
    lat, lon = from_wgs84(22.543847, 113.912316, "gcj02")[0]
    assert (lat, lon) == (pytest.approx(22.540796131694766, abs=1e-9), pytest.approx(113.9171764808363, abs=1e-9))


def test_baidu_is_shifted_as_published():
    """The example in the readme of coordtransform: GCJ-02 (116.404, 39.915) is BD-09 (116.41036949, 39.92133699)."""
    wgs = to_wgs84(39.915, 116.404, "gcj02")[0]
    lat, lon = from_wgs84(wgs[0], wgs[1], "bd09")[0]
    assert (lat, lon) == (pytest.approx(39.92133699351022, abs=1e-7), pytest.approx(116.41036949371029, abs=1e-7))


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
@settings(max_examples=60)
@given(place=IN_CHINA)
def test_there_and_back_is_the_same_place_to_a_centimetre(datum, place):
    there = from_wgs84(*place, datum)[0]
    back = to_wgs84(*there, datum)[0]
    assert distance_km(*place, *back) < 1e-5
    assert 0.0 < distance_km(*place, *there) < 2.5


def test_outside_of_china_gcj02_is_wgs84():
    assert to_wgs84(48.8584, 2.2945, "gcj02")[0].tolist() == [48.8584, 2.2945]


def test_wgs84_is_left_alone():
    assert to_wgs84([39.9], [116.4], "wgs84").tolist() == [[39.9, 116.4]]


def test_a_lake_is_not_in_the_land_around_it():
    square_with_hole = np.array([[0, 0], [4, 0], [4, 4], [0, 4], [1, 1], [3, 1], [3, 3], [1, 3]], float)
    starts = np.array([0, 4, 8])
    assert inside_rings(0.5, 0.5, square_with_hole, starts, 0, 2)
    assert not inside_rings(2.0, 2.0, square_with_hole, starts, 0, 2)
    assert not inside_rings(5.0, 2.0, square_with_hole, starts, 0, 2)


def test_neighbours_never_share_their_border():
    """Two squares that touch at lon 1: a point on the border belongs to exactly one."""
    squares = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [1, 0], [2, 0], [2, 1], [1, 1]], float)
    starts = np.array([0, 4, 8])
    inside = [inside_rings(0.5, 1.0, squares, starts, ring, ring + 1) for ring in (0, 1)]
    assert inside == [False, True]
