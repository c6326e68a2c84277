"""Places on the earth: great-circle distances, points in polygons, and the datums of Chinese maps.

Coordinates are stored in WGS-84. Maps sold in mainland China draw in GCJ-02 (Amap, Tencent), which is shifted by
100 to 700 m, or in BD-09 (Baidu), which is shifted once more. The shift has no closed inverse; it is found by
iteration to far below a metre. Formulas: the `eviltransform` and `coordtransform` projects (MIT), which all agree.
"""

import math
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

EARTH_RADIUS_KM = 6371.0
DATUMS = ("wgs84", "gcj02", "bd09")

_NEAR: Final = 0.39
"""Squared half chords (7,900 km) up to which the rational approximation of arcsin holds."""
_AXIS_M = 6378245.0  # Krasovsky 1940, semi-major axis
_ECCENTRICITY_2 = 0.00669342162296594323
_BAIDU = math.pi * 3000.0 / 180.0


@njit(cache=True)
def _unit_vector(lat: float, lon: float, out: Floats) -> None:
    phi, theta = math.radians(lat), math.radians(lon)
    out[0] = math.cos(phi) * math.cos(theta)
    out[1] = math.cos(phi) * math.sin(theta)
    out[2] = math.sin(phi)


def unit_vector(lat: float, lon: float) -> Floats:
    """The point on the unit sphere, float64[3], of degrees WGS-84."""
    out = np.empty(3)
    _unit_vector(lat, lon, out)
    return out


def unit_vectors(lat: ArrayLike, lon: ArrayLike) -> Floats:
    """Points on the unit sphere, float64[n, 3], of degrees WGS-84."""
    phi, theta = np.radians(np.asarray(lat, np.float64)), np.radians(np.asarray(lon, np.float64))
    return np.stack([np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi)], axis=-1)


@njit(cache=True)
def distances_km(points: Floats, point: Floats) -> Floats:
    """Great-circle km from one unit vector [3] to many [n, 3], by the chord: exact for near points, unlike arccos."""
    out = np.empty(points.shape[0])
    for i in range(points.shape[0]):
        dx, dy, dz = points[i, 0] - point[0], points[i, 1] - point[1], points[i, 2] - point[2]
        chord = math.sqrt(dx * dx + dy * dy + dz * dz)
        out[i] = 2.0 * EARTH_RADIUS_KM * math.asin(min(1.0, chord / 2.0))
    return out


def distance_km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Great-circle km between two places in degrees."""
    return float(distances_km(unit_vectors([other_lat], [other_lon]), unit_vector(lat, lon))[0])


def chord2_of_km(km: ArrayLike) -> Floats:
    """The squared chord between unit vectors that are `km` apart: compare it to a squared difference, no arcsine."""
    half = np.minimum(np.asarray(km, np.float64) / (2.0 * EARTH_RADIUS_KM), math.pi / 2.0)
    return np.asarray((2.0 * np.sin(half)) ** 2)


@njit(nogil=True, cache=True, error_model="numpy", inline="always")
def _near_km(s: float) -> float:
    """Great-circle km of a squared half chord up to `_NEAR`, by Cephes' rational approximation of arcsin (|x| ≤ 0.625).

    Right to the last bits of a double, and without a branch: a loop over many becomes vector instructions.
    """
    p = 4.253011369004428248960e-3
    p = p * s - 6.019598008014123785661e-1
    p = p * s + 5.444622390564711410273e0
    p = p * s - 1.626247967210700244449e1
    p = p * s + 1.956261983317594739197e1
    p = p * s - 8.198089802484824371615e0
    q = s - 1.474091372988853791896e1
    q = q * s + 7.049610280856842141659e1
    q = q * s - 1.471791292232726029859e2
    q = q * s + 1.395105614657485689735e2
    q = q * s - 4.918853881490881290097e1
    return float(2.0 * EARTH_RADIUS_KM * np.sqrt(s) * (1.0 + s * p / q))


@njit(nogil=True, cache=True, error_model="numpy", inline="always")
def kilometres(chord2: float) -> float:
    """Great-circle km of a squared chord on the unit sphere."""
    s = 0.25 * chord2
    if s > _NEAR:
        return float(2.0 * EARTH_RADIUS_KM * np.arcsin(min(1.0, np.sqrt(s))))
    return _near_km(s)


@njit(nogil=True, cache=True, error_model="numpy")
def all_kilometres(chord2: Floats) -> Floats:
    """Great-circle km of squared chords [n] on the unit sphere."""
    km = np.empty(chord2.shape[0])
    far = 0
    for i in range(chord2.shape[0]):
        s = 0.25 * chord2[i]
        km[i] = _near_km(s)
        far += 1 if s > _NEAR else 0
    if far:
        for i in range(chord2.shape[0]):
            if 0.25 * chord2[i] > _NEAR:
                km[i] = kilometres(chord2[i])
    return km


@njit(cache=True)
def inside_rings(lat: float, lon: float, vertices: Floats, starts: NDArray[np.int64], first: int, last: int) -> bool:
    """Whether a point is inside the polygon of rings `first` to `last` (exclusive), by the even-odd rule.

    `vertices` is [v, 2] of (lon, lat); ring r is vertices[starts[r]:starts[r + 1]]. Holes are rings inside rings.
    A point on the lower or left edge is inside, on the upper or right edge outside, so that neighbours never share.
    """
    inside = False
    for ring in range(first, last):
        begin, end = starts[ring], starts[ring + 1]
        before = end - 1
        for i in range(begin, end):
            x, y = vertices[i, 0], vertices[i, 1]
            px, py = vertices[before, 0], vertices[before, 1]
            if (y > lat) != (py > lat) and lon < (px - x) * (lat - y) / (py - y) + x:
                inside = not inside
            before = i
    return inside


@njit(cache=True)
def _shifted(lat: float, lon: float) -> tuple[float, float]:
    """GCJ-02 of one WGS-84 place; outside of China's bounding box nothing is shifted."""
    if not (72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271):
        return lat, lon
    x, y = lon - 105.0, lat - 35.0
    root = math.sqrt(abs(x))
    waves = (20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
    north += (20.0 * math.sin(y * math.pi) + 40.0 * math.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    north += (160.0 * math.sin(y / 12.0 * math.pi) + 320.0 * math.sin(y * math.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
    east += (20.0 * math.sin(x * math.pi) + 40.0 * math.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    east += (150.0 * math.sin(x / 12.0 * math.pi) + 300.0 * math.sin(x / 30.0 * math.pi)) * 2.0 / 3.0
    phi = math.radians(lat)
    magic = 1.0 - _ECCENTRICITY_2 * math.sin(phi) ** 2
    root_magic = math.sqrt(magic)
    metres_north = _AXIS_M * (1.0 - _ECCENTRICITY_2) / (magic * root_magic)
    return (
        lat + math.degrees(north / metres_north),
        lon + math.degrees(east / (_AXIS_M / root_magic * math.cos(phi))),
    )


@njit(cache=True)
def _unshifted(lat: float, lon: float) -> tuple[float, float]:
    """WGS-84 of one GCJ-02 place: the fixed point of w = g - shift(w), which contracts by about 1e-2 a step."""
    wgs_lat, wgs_lon = lat, lon
    for _ in range(12):
        there_lat, there_lon = _shifted(wgs_lat, wgs_lon)
        step_lat, step_lon = lat - there_lat, lon - there_lon
        wgs_lat += step_lat
        wgs_lon += step_lon
        if abs(step_lat) + abs(step_lon) < 1e-10:
            break
    return wgs_lat, wgs_lon


@njit(cache=True)
def _baidu(lat: float, lon: float) -> tuple[float, float]:
    z = math.sqrt(lon * lon + lat * lat) + 0.00002 * math.sin(lat * _BAIDU)
    theta = math.atan2(lat, lon) + 0.000003 * math.cos(lon * _BAIDU)
    return z * math.sin(theta) + 0.006, z * math.cos(theta) + 0.0065


@njit(cache=True)
def _unbaidu(lat: float, lon: float) -> tuple[float, float]:
    """GCJ-02 of one BD-09 place, by the same fixed point (the published inverse formula is off by up to a metre)."""
    gcj_lat, gcj_lon = lat - 0.006, lon - 0.0065
    for _ in range(12):
        there_lat, there_lon = _baidu(gcj_lat, gcj_lon)
        step_lat, step_lon = lat - there_lat, lon - there_lon
        gcj_lat += step_lat
        gcj_lon += step_lon
        if abs(step_lat) + abs(step_lon) < 1e-10:
            break
    return gcj_lat, gcj_lon


@njit(cache=True)
def _convert(lat: Floats, lon: Floats, datum: int, inverse: bool, out: Floats) -> None:
    for i in range(lat.shape[0]):
        a, b = lat[i], lon[i]
        if inverse:
            if datum == 2:
                a, b = _unbaidu(a, b)
            a, b = _unshifted(a, b)
        else:
            a, b = _shifted(a, b)
            if datum == 2:
                a, b = _baidu(a, b)
        out[i, 0] = a
        out[i, 1] = b


def _run(lat: ArrayLike, lon: ArrayLike, datum: str, inverse: bool) -> Floats:
    code = DATUMS.index(datum)
    lats, lons = np.atleast_1d(np.asarray(lat, np.float64)), np.atleast_1d(np.asarray(lon, np.float64))
    if code == 0:
        return np.stack([lats, lons], axis=-1)
    out = np.empty((lats.shape[0], 2))
    _convert(lats, lons, code, inverse, out)
    return out


def to_wgs84(lat: ArrayLike, lon: ArrayLike, datum: str) -> Floats:
    """WGS-84 (lat, lon), float64[n, 2], of places given in `datum` (one of DATUMS)."""
    return _run(lat, lon, datum, inverse=True)


def from_wgs84(lat: ArrayLike, lon: ArrayLike, datum: str) -> Floats:
    """(lat, lon) in `datum`, float64[n, 2], of WGS-84 places: to put our places on somebody's map."""
    return _run(lat, lon, datum, inverse=False)
