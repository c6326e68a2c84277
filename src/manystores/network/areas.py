"""Where locations deliver: within a radius, inside polygons, or to addresses in named regions.

A location without areas delivers wherever policy lets it; one with several delivers into any of them.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from manystores.kernels.geo import chord2_of_km, distance_km, inside_rings, unit_vector, unit_vectors
from manystores.network.location import DeliveryArea, Location, PolygonArea, RadiusArea, RegionArea, Ring
from manystores.network.regions import canonical, covers, prefix, prefixes

Mask = NDArray[np.bool_]


def serves(location: Location, lat: float, lon: float, region: str = "") -> bool:
    """Whether a location delivers to a WGS-84 place, whose region may be known or not ('').

    An area of regions needs the destination's region at its own depth or deeper: an order to 浦东新区 is not taken by a
    store that serves one of its townships only.
    """
    return not location.areas or any(_contains(location, area, lat, lon, region) for area in location.areas)


def _contains(location: Location, area: DeliveryArea, lat: float, lon: float, region: str) -> bool:
    match area:
        case RadiusArea(km):
            return distance_km(location.lat, location.lon, lat, lon) <= km
        case RegionArea(codes):
            return any(covers(code, region) for code in codes)
        case PolygonArea(polygons):
            shape = _Shape.of(polygons)
            return any(shape.contains(p, lat, lon) for p in range(len(polygons)))


class AreaIndex:
    """Answers `serves` for all locations at once, in the time of the few that have areas."""

    def __init__(self) -> None:
        self._areas: dict[int, Location] = {}
        self._packed: _Packed | None = None

    def assign(self, location: Location) -> None:
        """Take in a numbered location; a later call replaces its areas."""
        if location.areas:
            self._areas[location.location_no] = location
            self._packed = None
        elif self._areas.pop(location.location_no, None) is not None:
            self._packed = None

    def __bool__(self) -> bool:
        """Whether any location has areas at all."""
        return bool(self._areas)

    def mask(self, size: int, lat: float, lon: float, region: str = "") -> Mask:
        """bool[size] by location_no: who delivers to a WGS-84 place; true for those without areas."""
        served = np.ones(size, dtype=np.bool_)
        if not self._areas:
            return served
        if self._packed is None:
            self._packed = _Packed.of(self._areas)
        packed = self._packed
        served[packed.limited] = False
        if len(packed.radius_no):
            difference = packed.radius_xyz - unit_vector(lat, lon)
            near = np.einsum("ij,ij->i", difference, difference) <= packed.radius_chord2
            served[packed.radius_no[near]] = True
        for p in packed.shape.near(lat, lon):
            no = packed.polygon_no[p]
            if not served[no] and packed.shape.contains(int(p), lat, lon):
                served[no] = True
        for area in prefixes(canonical(region)):
            numbers = packed.region_nos.get(area)
            if numbers is not None:
                served[numbers] = True
        return served


class _Shape(Struct, frozen=True):
    """Polygons, flat: polygon p has rings first[p] to first[p + 1] and the bounding box boxes[p] (w, s, e, n)."""

    vertices: NDArray[np.float64]
    starts: NDArray[np.int64]
    first: NDArray[np.int64]
    boxes: NDArray[np.float64]

    @classmethod
    def of(cls, polygons: Sequence[tuple[Ring, ...]]) -> "_Shape":
        rings = [np.asarray(ring, dtype=np.float64) for polygon in polygons for ring in polygon]
        outer = [np.asarray(polygon[0], dtype=np.float64) for polygon in polygons]
        return cls(
            np.concatenate(rings) if rings else np.empty((0, 2)),
            np.cumsum([0, *map(len, rings)], dtype=np.int64),
            np.cumsum([0, *map(len, polygons)], dtype=np.int64),
            np.array([[*ring.min(axis=0), *ring.max(axis=0)] for ring in outer]).reshape(-1, 4),
        )

    def near(self, lat: float, lon: float) -> NDArray[np.intp]:
        """Polygons whose bounding box contains a place."""
        west, south, east, north = self.boxes.T
        return np.flatnonzero((west <= lon) & (lon <= east) & (south <= lat) & (lat <= north))

    def contains(self, polygon: int, lat: float, lon: float) -> bool:
        """Whether a place is in the polygon and in none of its holes."""
        rings = int(self.first[polygon]), int(self.first[polygon + 1])
        return bool(inside_rings(lat, lon, self.vertices, self.starts, *rings))


class _Packed(Struct, frozen=True):
    """All areas by kind, each beside the number of its location."""

    limited: NDArray[np.int64]
    radius_no: NDArray[np.int64]
    radius_xyz: NDArray[np.float64]
    radius_chord2: NDArray[np.float64]
    polygon_no: NDArray[np.int64]
    shape: _Shape
    region_nos: dict[str, NDArray[np.int64]]

    @classmethod
    def of(cls, locations: Mapping[int, Location]) -> "_Packed":
        radii: list[tuple[int, float, float, float]] = []
        polygons: list[tuple[Ring, ...]] = []
        polygon_no: list[int] = []
        regions: dict[str, list[int]] = {}
        for no, location in locations.items():
            for area in location.areas:
                match area:
                    case RadiusArea(km):
                        radii.append((no, location.lat, location.lon, km))
                    case PolygonArea(shapes):
                        polygons += shapes
                        polygon_no += [no] * len(shapes)
                    case RegionArea(codes):
                        for code in codes:
                            regions.setdefault(prefix(code), []).append(no)
        return cls(
            limited=np.array(list(locations), dtype=np.int64),
            radius_no=np.array([r[0] for r in radii], dtype=np.int64),
            radius_xyz=unit_vectors([r[1] for r in radii], [r[2] for r in radii]),
            radius_chord2=chord2_of_km([r[3] for r in radii]),
            polygon_no=np.array(polygon_no, dtype=np.int64),
            shape=_Shape.of(polygons),
            region_nos={area: np.array(nos, dtype=np.int64) for area, nos in regions.items()},
        )
