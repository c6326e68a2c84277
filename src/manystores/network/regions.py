"""Administrative regions: GB/T 2260 codes in China down to the village, ISO 3166-2 elsewhere.

A code names an area and all within it. In China the area is the code without the pairs of zeros at its end: 310000 is
Shanghai ("31"), 310100 its urban districts, 310115 Pudong, 310115004 a township, 310115004001 a village. Elsewhere a
country ("FR") covers its subdivisions ("FR-IDF"). "CN" covers every Chinese code, and "" the whole world.
"""

import re
from functools import cache

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from manystores.data import english_names, province_outlines, region_rows
from manystores.kernels.geo import distances_km, inside_rings, to_wgs84, unit_vector, unit_vectors

EVERYWHERE = ""
NORTH_LINE_LAT = 33.0  # the Qinling–Huaihe line, where the North begins

_DIGITS = re.compile(r"\d{6}(\d{3}){0,2}")
_ISO = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
# names of divisions that only group others; nobody writes them in an address
_PLACEHOLDERS = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})
_ZONES = {"71": "Asia/Taipei", "81": "Asia/Hong_Kong", "82": "Asia/Macau"}


class Region(Struct, frozen=True):
    """A division in China: 6-digit code, name, and centre in WGS-84 where known."""

    code: str
    name: str
    lat: float | None
    lon: float | None
    current: bool


class _Outlines(Struct, frozen=True):
    """Provinces' polygons, flat: polygon p has rings first[p] to first[p + 1], is of codes[p], and lies in boxes[p]."""

    codes: tuple[str, ...]
    first: tuple[int, ...]
    boxes: NDArray[np.float64]
    vertices: NDArray[np.float64]
    starts: NDArray[np.int64]


def is_region(code: str) -> bool:
    """Whether a code is well formed and its province and prefecture exist.

    Counties, townships and villages are not looked up: hundreds of their codes change every year, and an address in a
    new county must not be refused because our list is older.
    """
    if _DIGITS.fullmatch(code):
        area = prefix(code)
        return len(area) >= 2 and (area[:2] + "0000") in _table() and (area[:4].ljust(6, "0")) in _prefectures()
    return bool(_ISO.fullmatch(code))


def canonical(code: str) -> str:
    """The shortest usual form of a code: 110105000000 is 110105."""
    while len(code) > 6 and code.isdigit() and code.endswith("000"):
        code = code[:-3]
    return code


def prefix(code: str) -> str:
    """What all codes within a region begin with: 310000 → 31, 310115000 → 310115; ISO codes as they are."""
    if not code.isdigit():
        return code
    code = canonical(code)
    if len(code) == 6:
        while code.endswith("00"):
            code = code[:-2]
    return code


def prefixes(code: str) -> tuple[str, ...]:
    """The areas that a region is within, itself included, from the widest: '', CN, 31, 3101, 310115, … ."""
    area = prefix(code)
    if not area:
        return (EVERYWHERE,)
    if area.isdigit():
        return (EVERYWHERE, "CN", *(area[:n] for n in (2, 4, 6, 9, 12) if n <= len(area)))
    return (EVERYWHERE, area) if "-" not in area else (EVERYWHERE, area[:2], area)


def covers(outer: str, inner: str) -> bool:
    """Whether a region contains another. A county is not known to be within one of its villages."""
    return prefix(outer) in prefixes(inner)


def find(code: str) -> Region | None:
    """The division of a code, or of the county around it for a township or village; None when unknown."""
    return _table().get(code[:6]) if code.isdigit() else None


def names(code: str) -> tuple[str, ...]:
    """Names from province to county: 310115 → ('上海市', '浦东新区'); nothing for codes outside of China."""
    area = prefix(code)
    if not area.isdigit():
        return ()
    found = [_table().get(area[:n].ljust(6, "0")) for n in (2, 4, 6) if n <= len(area)]
    return tuple(dict.fromkeys(r.name for r in found if r and r.name not in _PLACEHOLDERS))


def names_en(code: str) -> tuple[str, ...]:
    """English names from province to prefecture: 440305 → ('Guangdong', 'Shenzhen'); counties have none."""
    area = prefix(code)
    if not area.isdigit():
        return ()
    found = [english_names().get(area[:n].ljust(6, "0")) for n in (2, 4) if n <= len(area)]
    return tuple(dict.fromkeys(name for name in found if name))


def province(code: str) -> Region | None:
    """The province that a Chinese code is in."""
    area = prefix(code)
    return _table().get(area[:2] + "0000") if area.isdigit() else None


def provinces() -> tuple[Region, ...]:
    """The 34 provinces, in the order of their codes."""
    return tuple(r for code, r in _table().items() if code.endswith("0000"))


def nearest_county(lat: float, lon: float) -> tuple[Region, float]:
    """The county whose centre is nearest to a WGS-84 place, and how many km away that is.

    A guess, since counties are no circles: right for three real stores in four, a neighbour otherwise.
    """
    counties, points = _counties()
    away = distances_km(points, unit_vector(lat, lon))
    at = int(np.argmin(away))
    return counties[at], float(away[at])


def province_at(lat: float, lon: float) -> Region | None:
    """The province whose outline contains a WGS-84 place, to within a few km; None outside of China."""
    outlines = _outlines()
    boxes = outlines.boxes
    near = np.flatnonzero((boxes[:, 0] <= lon) & (lon <= boxes[:, 2]) & (boxes[:, 1] <= lat) & (lat <= boxes[:, 3]))
    for p in near:
        if inside_rings(lat, lon, outlines.vertices, outlines.starts, outlines.first[p], outlines.first[p + 1]):
            return _table()[outlines.codes[p]]
    return None


def north_of(lat: float, line: float = NORTH_LINE_LAT) -> bool:
    """Whether a latitude belongs to the North, as the programme counts it."""
    return lat >= line


def time_zone_in_china(code: str) -> str:
    """The IANA zone of a Chinese code: one for the mainland, own ones for Hong Kong, Macau and Taiwan."""
    return _ZONES.get(code[:2], "Asia/Shanghai")


@cache
def _table() -> dict[str, Region]:
    rows = region_rows()
    placed = [(r.code, r.lat, r.lon) for r in rows if r.lat is not None and r.lon is not None]
    wgs = to_wgs84([lat for _, lat, _ in placed], [lon for _, _, lon in placed], "gcj02")
    centres = {code: (float(lat), float(lon)) for (code, _, _), (lat, lon) in zip(placed, wgs, strict=True)}
    table = {}
    for row in rows:
        lat, lon = centres.get(row.code, (None, None))
        table[row.code] = Region(row.code, row.name, lat, lon, row.current)
    return table


@cache
def _prefectures() -> frozenset[str]:
    """Codes of provinces and prefectures, also those that only follow from a county's code (municipalities)."""
    return frozenset(code[:n].ljust(6, "0") for code in _table() for n in (2, 4))


@cache
def _counties() -> tuple[tuple[Region, ...], NDArray[np.float64]]:
    counties = tuple(
        r
        for r in _table().values()
        if r.current and not r.code.endswith("00") and r.lat is not None and r.lon is not None
    )
    return counties, unit_vectors([r.lat or 0.0 for r in counties], [r.lon or 0.0 for r in counties])


@cache
def _outlines() -> _Outlines:
    codes, first, starts = [], [0], [0]
    boxes, vertices = [], []
    for feature in province_outlines()["features"]:
        shape = feature["geometry"]
        polygons = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
        for rings in polygons:
            codes.append(feature["id"])
            for ring in rings:
                vertices.append(np.asarray(ring, np.float64))
                starts.append(starts[-1] + len(ring))
            first.append(len(starts) - 1)
            outer = vertices[first[-2]]
            boxes.append([*outer.min(axis=0), *outer.max(axis=0)])
    return _Outlines(
        tuple(codes), tuple(first), np.array(boxes), np.concatenate(vertices), np.array(starts, dtype=np.int64)
    )
