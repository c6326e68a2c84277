"""The region polygons of the map: complete, well formed, and in the right place."""

import gzip
from typing import Any

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from manystores.data import RegionLevel, region_shapes
from manystores.network import regions

Ring = list[list[float]]
LEVELS: tuple[RegionLevel, RegionLevel] = ("province", "prefecture")


def shapes(level: RegionLevel) -> dict[str, list[list[Ring]]]:
    """Code → polygons, each its outer ring and its holes."""
    found = {}
    for feature in msgspec.json.decode(gzip.decompress(region_shapes(level)))["features"]:
        shape: dict[str, Any] = feature["geometry"]
        many = shape["type"] == "MultiPolygon"
        found[feature["properties"]["code"]] = shape["coordinates"] if many else [shape["coordinates"]]
    return found


def inside(lat: float, lon: float, polygons: list[list[Ring]]) -> bool:
    crossings = 0
    for polygon in polygons:
        for ring in polygon:
            points: NDArray[np.float64] = np.array(ring)
            (x0, y0), (x1, y1) = points[:-1].T, points[1:].T
            cut = np.flatnonzero((y0 > lat) != (y1 > lat))
            crossings += int((x0[cut] + (lat - y0[cut]) * (x1[cut] - x0[cut]) / (y1[cut] - y0[cut]) > lon).sum())
    return crossings % 2 == 1


def test_all_provinces_are_there_and_nothing_else() -> None:
    assert set(shapes("province")) == {province.code for province in regions.provinces()}


def test_each_prefecture_belongs_to_a_province_and_each_province_has_some() -> None:
    features = msgspec.json.decode(gzip.decompress(region_shapes("prefecture")))["features"]
    told = [feature["properties"] for feature in features]
    assert all(one["name"] and one["code"][:2] == one["province"][:2] for one in told)
    assert {one["province"] for one in told} == set(shapes("province"))
    assert len({one["code"] for one in told}) == len(told) == 369


def test_current_prefectures_have_polygons() -> None:
    groups = {"419000", "429000", "469000", "659000"}  # name no place: counties that a province runs directly
    known = {code for code in regions._prefectures() if regions.find(code) and not code.endswith("0000")}
    current = {code for code in known if (found := regions.find(code)) and found.current} - groups
    missing = {code for code in current if code[:2] not in {"11", "12", "31", "50", "71", "81", "82"}} - set(
        shapes("prefecture")
    )
    assert missing == set()


@pytest.mark.parametrize("level", LEVELS)
def test_rings_are_closed_and_within_the_country(level: RegionLevel) -> None:
    for code, polygons in shapes(level).items():
        for polygon in polygons:
            for ring in polygon:
                assert len(ring) >= 4, code
                assert ring[0] == ring[-1], code
                assert all(73 < lon < 136 and 3 < lat < 54 for lon, lat in ring), code


@pytest.mark.parametrize("level", LEVELS)
def test_neighbours_share_their_borders(level: RegionLevel) -> None:
    """On land a corner belongs to two regions or more: far more corners in all than different ones."""
    corners = [
        {(lon, lat) for polygon in polygons for ring in polygon for lon, lat in ring}
        for polygons in shapes(level).values()
    ]
    different = len(set().union(*corners))
    shared = sum(map(len, corners)) - different
    assert shared > 0.35 * different


def test_capitals_and_prefectures_seats_are_in_their_province() -> None:
    provinces = shapes("province")
    seats = [
        r
        for code in sorted(regions._prefectures())
        if (r := regions.find(code)) and r.lat is not None and r.lon is not None and r.current
    ]
    outside = [r.name for r in seats if not inside(r.lat or 0, r.lon or 0, provinces[r.code[:2] + "0000"])]
    assert len(seats) > 340
    assert set(outside) <= {"三沙市"}  # its centre in the list is at sea


def test_seats_are_in_their_prefecture() -> None:
    found = shapes("prefecture")
    seats = [r for code in found if (r := regions.find(code)) and r.lat is not None and r.lon is not None]
    outside = [r.name for r in seats if not inside(r.lat or 0, r.lon or 0, found[r.code])]
    assert len(outside) <= 3, outside


def test_far_islands_are_kept() -> None:
    """Diaoyu, the Spratly and Paracel islands: small, and never simplified away."""
    for level in LEVELS:
        found = shapes(level)
        south = found["460000" if level == "province" else "460300"]
        assert len(south) > 200
        assert min(lat for polygon in south for _, lat in polygon[0]) < 4.5
        assert any(123 < lon < 124 and 25 < lat < 26 for p in found["710000"] for lon, lat in p[0])


def test_they_are_small_enough_to_send() -> None:
    assert len(region_shapes("province")) < 150_000
    assert len(region_shapes("prefecture")) < 400_000
    assert msgspec.json.decode(gzip.decompress(region_shapes("inset")))["name"] == "南海诸岛"
