"""A picture of the network: the provinces' outlines and a dot for each location, as SVG that needs nothing else.

Albers' equal-area conic projection with the parallels that maps of China use (25° and 47° N, 105° E), so that distances
look alike in the North and in the South.
"""

from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from manystores.data import province_outlines
from manystores.network.registry import KIND_CODES, Registry

WIDTH: Final = 1400
MARGIN: Final = 12
_KM_PER_RADIAN: Final = 6371.0
_SOUTH, _NORTH, _MIDDLE_LAT, _MIDDLE_LON = np.radians([25.0, 47.0, 36.0, 105.0])
_CONE: Final = float((np.sin(_SOUTH) + np.sin(_NORTH)) / 2)
_C: Final = float(np.cos(_SOUTH) ** 2 + 2 * _CONE * np.sin(_SOUTH))
_RADIUS: Final = float(np.sqrt(_C - 2 * _CONE * np.sin(_MIDDLE_LAT)) / _CONE)

Places = NDArray[np.float64]


class Frame(NamedTuple):
    """Where the outlines lie in the plane, and how they are put on the picture."""

    west: float
    north: float
    scale: float
    height: int

    def put(self, xy: Places) -> Places:
        """Points of the plane (km) as points of the picture."""
        return np.asarray((xy - [self.west, self.north]) * [self.scale, -self.scale] + MARGIN)


class Dots(NamedTuple):
    """What of a network is on the picture: locations by kind, and how many lie outside of it."""

    svg: str
    shown: int
    outside: int


def project(lat: Places, lon: Places) -> Places:
    """[N, 2] km east and north of the projection's middle."""
    rho = np.sqrt(np.maximum(_C - 2 * _CONE * np.sin(np.radians(lat)), 0.0)) / _CONE
    theta = _CONE * (np.radians(lon) - _MIDDLE_LON)
    return np.column_stack([rho * np.sin(theta), _RADIUS - rho * np.cos(theta)]) * _KM_PER_RADIAN


@cache
def frame() -> Frame:
    """The frame that all provinces fit in."""
    points = np.concatenate([ring for rings in _provinces() for ring in rings])
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    scale = (WIDTH - 2 * MARGIN) / (east - west)
    return Frame(float(west), float(north), float(scale), round(float((north - south) * scale)) + 2 * MARGIN)


@cache
def land() -> str:
    """The provinces as one path; corners nearer than a pixel to the one before are left out."""
    return "".join(_outline(frame().put(ring)) for rings in _provinces() for ring in rings)


def dots(network: Registry) -> Dots:
    """A dot for each location on the picture; several on one pixel are one dot."""
    found = np.flatnonzero(network.kind)
    xy = frame().put(project(network.lat[found], network.lon[found]))
    here = (xy >= 0).all(axis=1) & (xy <= [WIDTH, frame().height]).all(axis=1)
    parts = []
    for kind, code in KIND_CODES.items():
        for enabled in (False, True):
            chosen = here & (network.kind[found] == code) & (network.enabled[found] == enabled)
            spots = np.unique(np.rint(xy[chosen]).astype(np.int64), axis=0)
            path = "".join(f"M{x} {y}h0" for x, y in spots.tolist())
            if path:
                parts.append(f'<path class="dot {kind if enabled else "off"}" d="{path}"/>')
    return Dots("".join(parts), int(here.sum()), int((~here).sum()))


@cache
def _provinces() -> tuple[tuple[Places, ...], ...]:
    """Rings of each province in the plane."""
    found = []
    for feature in province_outlines()["features"]:
        shape = feature["geometry"]
        polygons = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
        rings = [np.asarray(ring, dtype=np.float64) for polygon in polygons for ring in polygon]
        found.append(tuple(project(ring[:, 1], ring[:, 0]) for ring in rings))
    return tuple(found)


def _outline(points: Places) -> str:
    corners = np.rint(points).astype(np.int64)
    kept = corners[np.r_[True, (np.diff(corners, axis=0) != 0).any(axis=1)]]
    if len(kept) < 3:
        return ""
    steps = np.diff(kept, axis=0)
    (x, y) = kept[0].tolist()
    return f"M{x} {y}l" + " ".join(f"{dx} {dy}" for dx, dy in steps.tolist()) + "z"
