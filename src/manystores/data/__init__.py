"""Data that the project carries itself; README.md beside this file says from where, and under which licence."""

import csv
import gzip
import io
import math
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import msgspec

ASSUMED_HOURS = "Mo-Su 07:00-22:00"

RegionLevel = Literal["province", "prefecture", "inset"]


class RegionRow(msgspec.Struct, frozen=True):
    """A division of GB/T 2260: its 6-digit code, its name, and its centre in GCJ-02, where known.

    `current` is false for codes that have been withdrawn; old addresses still use them.
    """

    code: str
    name: str
    lat: float | None
    lon: float | None
    current: bool


@cache
def region_rows() -> tuple[RegionRow, ...]:
    """All divisions, current and withdrawn, in the order of their codes."""
    centres: dict[str, tuple[str, float | None, float | None]] = {}
    for row in csv.DictReader(io.StringIO(gzip.decompress(_bytes("cpca_adcodes_lnglat.csv.gz")).decode())):
        lat, lon = row["latitude"], row["longitude"]
        centres[row["adcode"][:6]] = (row["name"], float(lat) if lat else None, float(lon) if lon else None)
    names = {
        row["code"].ljust(6, "0"): row["name"]
        for file in ("provinces.csv", "cities.csv", "areas.csv")
        for row in csv.DictReader(io.StringIO(_bytes(file).decode()))
    }
    withdrawn = {code: centre for code, centre in centres.items() if code not in names and centre[1] is not None}
    # 即墨市 became 即墨区 and 滦县 became 滦州市: the stem of the name stays, or its first character
    former = {(code[:4], _stem(name)): (lat, lon) for code, (name, lat, lon) in withdrawn.items()}
    rows = []
    for code in sorted(names.keys() | centres.keys()):
        # Hong Kong, Macau and Taiwan are in the second list only; their codes are in use all the same
        current = code in names or code[:1] in "78"
        name = names.get(code) or centres[code][0]
        lat, lon = centres[code][1:] if code in centres else (None, None)
        if lat is None and not code.endswith("00"):
            stem = _stem(name)
            lat, lon = former.get((code[:4], stem)) or former.get((code[:4], stem[:1]), (None, None))
        rows.append(RegionRow(code, name, lat, lon, current))
    return tuple(rows)


def province_outlines() -> dict[str, Any]:
    """GeoJSON of the 34 provinces; each feature's id is its 6-digit code."""
    outlines: dict[str, Any] = msgspec.json.decode(gzip.decompress(_bytes("provinces_outline.geojson.gz")))
    return outlines


def region_shapes(level: RegionLevel) -> bytes:
    """Gzipped GeoJSON in WGS-84: polygons of the provinces or of the prefectures, with code and name (a prefecture also
    with its province); or the inset of the South China Sea islands, in units of its own."""
    return _bytes(f"regions_{level}.json.gz")


@cache
def english_names() -> dict[str, str]:
    """English names of the provinces and prefectures by their 6-digit code."""
    levels: tuple[RegionLevel, ...] = ("province", "prefecture")
    decoder = msgspec.json.Decoder(_Named)
    shapes = (decoder.decode(gzip.decompress(region_shapes(level))) for level in levels)
    return {one.properties.code: one.properties.en for shape in shapes for one in shape.features}


class _Names(msgspec.Struct):
    code: str
    en: str


class _Feature(msgspec.Struct):
    properties: _Names


class _Named(msgspec.Struct):
    """Of the polygons only what they are called."""

    features: list[_Feature]


def real_stores() -> list[dict[str, Any]]:
    """The 7,209 real stores of a coffee chain as bodies of new locations, coordinates in GCJ-02 and saying so."""
    import polars as pl  # takes a third of a second, which a server that needs only the regions is spared

    frame = pl.read_parquet(io.BytesIO(_bytes("coffee_stores_cn_2024.parquet")))
    counties: dict[str, list[RegionRow]] = {}
    for row in region_rows():
        if row.current and not row.code.endswith("00"):
            for prefix in (row.code[:2], row.code[:4]):
                counties.setdefault(prefix, []).append(row)
    return [
        {
            "code": store["id"],
            "name": _one_line(store["name"]),
            "kind": "store",
            "lat": store["lat"],
            "lon": store["lng"],
            "datum": "gcj02",
            "region": _county(store, counties),
            "address": _one_line(store["address"]),
            "time_zone": "Asia/Shanghai",
            "opening_hours": _hours(store["open"], store["close"]),
        }
        for store in frame.iter_rows(named=True)
    ]


def city_code(name: str) -> str:
    """The 6-digit code of a city as people write it: 上海市 is a province, 苏州市 a prefecture, 凯里市 a county."""
    codes = _city_codes()
    if name in codes:
        return codes[name]
    # an autonomous prefecture is called by its short name: 甘孜市 for 甘孜藏族自治州
    stem = name.removesuffix("市")
    return next(code for full, code in codes.items() if full.startswith(stem) and code.endswith("00"))


@cache
def _city_codes() -> dict[str, str]:
    """City names to codes; the widest division wins, and one in use wins over a withdrawn one."""
    ordered = sorted(region_rows(), key=lambda r: (r.current, r.code.endswith("00"), r.code.endswith("0000")))
    return {row.name: row.code for row in ordered}


def _county(store: dict[str, Any], counties: dict[str, list[RegionRow]]) -> str:
    """The county that the address names, else the one of the store's city whose centre is nearest.

    The list files the cities that a province runs directly under the capital (天门市 under 武汉市), so when the address
    names no county of the city, the province's cities and counties are looked for.
    """
    city = city_code(store["city"])
    within = counties.get(city[:2] if city.endswith("0000") else city[:4], [])
    named = [row for row in within if row.name in store["address"]]
    if not named:
        others = (row for row in counties[city[:2]] if row.name.endswith(("市", "县")))
        named = [row for row in others if row.name in store["address"]]
    candidates = named or [row for row in within if row.lat is not None]
    return min(candidates, key=lambda row: _degrees_away(row, store)).code if candidates else city


def _degrees_away(row: RegionRow, store: dict[str, Any]) -> float:
    """Rough distance, to rank centres; a county without a centre ranks as if it were some 15 km away."""
    if row.lat is None or row.lon is None:
        return 0.15
    return math.hypot(row.lat - store["lat"], 0.85 * (row.lon - store["lng"]))


def _hours(opens: str, closes: str) -> str:
    """OSM opening hours of two clock times; equal ones mean that they were not stated."""
    if opens == closes:
        return ASSUMED_HOURS
    until = "24:00" if closes == "00:00:00" else closes[:5]
    return f"Mo-Su {opens[:5]}-{until}"


def _stem(name: str) -> str:
    return name[:-1]


def _one_line(text: str) -> str:
    """The list's texts have tabs and line breaks here and there."""
    return " ".join(text.split())


def _bytes(name: str) -> bytes:
    return files(__package__).joinpath(name).read_bytes()


@cache
def pinyin_initials() -> dict[str, str]:
    """The characters whose pinyin begins with a letter, by that letter; a to z without i, u and v."""
    lines = _bytes("pinyin_initials.txt").decode().splitlines()
    return {letter: characters for letter, _, characters in (line.partition(" ") for line in lines)}
