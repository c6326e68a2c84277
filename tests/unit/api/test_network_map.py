"""The picture of the network: an equal-area map, a dot a pixel, and a count of what is not on it."""

import re

import numpy as np
import pytest

from manystores.api.network_map import WIDTH, dots, frame, land, project
from manystores.kernels.geo import distance_km
from manystores.network import Location, Registry, location_of

BEIJING, GUANGZHOU, PARIS = (39.9, 116.4), (23.1, 113.3), (48.9, 2.4)


def locations(*places: tuple[float, float], kind: str = "store", enabled: bool = True) -> list[Location]:
    """Numbered locations at these places."""
    found = []
    for n, (lat, lon) in enumerate(places, start=1):
        body = {"code": f"L{n}", "name": "L", "kind": kind, "lat": lat, "lon": lon, "enabled": enabled}
        location = location_of(body, 1)
        found.append(Location(**{f: getattr(location, f) for f in location.__struct_fields__} | {"location_no": n}))
    return found


def test_distances_on_the_map_are_those_on_the_earth_within_some_percent() -> None:
    xy = project(*(np.array(part) for part in zip(BEIJING, GUANGZHOU, strict=True)))
    assert float(np.hypot(*(xy[0] - xy[1]))) == pytest.approx(distance_km(*BEIJING, *GUANGZHOU), rel=0.03)
    assert xy[0, 1] > xy[1, 1]  # Beijing is further north


def test_places_in_china_are_on_the_picture_with_north_above() -> None:
    (beijing, guangzhou) = frame().put(project(*(np.array(part) for part in zip(BEIJING, GUANGZHOU, strict=True))))
    for x, y in (beijing, guangzhou):
        assert 0 < x < WIDTH
        assert 0 < y < frame().height
    assert beijing[1] < guangzhou[1]


def test_a_place_far_away_is_counted_and_not_drawn() -> None:
    drawn = dots(Registry(locations(BEIJING, PARIS)))
    assert (drawn.shown, drawn.outside) == (1, 1)
    assert len(re.findall(r"M\d+ \d+h0", drawn.svg)) == 1


def test_two_on_one_pixel_are_one_dot() -> None:
    drawn = dots(Registry(locations(BEIJING, (39.9001, 116.4001), GUANGZHOU)))
    assert drawn.shown == 3
    assert len(re.findall(r"M\d+ \d+h0", drawn.svg)) == 2


def test_kinds_differ_and_what_is_disabled_is_grey() -> None:
    assert 'class="dot warehouse"' in dots(Registry(locations(BEIJING, kind="warehouse"))).svg
    assert 'class="dot off"' in dots(Registry(locations(BEIJING, enabled=False))).svg


def test_no_location_is_no_dot() -> None:
    assert dots(Registry()) == ("", 0, 0)


def test_the_land_is_one_closed_path_of_moderate_size() -> None:
    path = land()
    assert re.fullmatch(r"(M-?\d+ -?\d+l[-\d ]+z)+", path)
    assert path.count("z") > 34  # provinces and their larger islands
    assert len(path) < 120_000
