"""Makes the region polygons of the console's map from Apache ECharts 4.9.0 (Apache-2.0).

    npm pack echarts@4.9.0 && tar xzf echarts-4.9.0.tgz
    python -m tools.make_regions package

The prefectures are simplified together, so that neighbours keep one border between them; the provinces are the same
polygons dissolved. Nothing is drawn by hand and nothing left out: whole polygons with the
islands of Hainan and Taiwan, current names and GB/T 2260 codes, and ECharts' inset of the South China Sea islands. The
source is in GCJ-02 (see README.md in the package's data), what is written is WGS-84. Needs Node's `npx`.
"""

import argparse
import csv
import gzip
import json
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Final

from manystores.kernels.geo import to_wgs84

Ring = list[list[float]]

DATA: Final = Path(__file__).parent.parent / "src/manystores/data"
MAPSHAPER: Final = "mapshaper@0.6.102"
LABEL: Final = "-each lon=+this.innerX.toFixed(2),lat=+this.innerY.toFixed(2)"
"""A place for the name, well inside of the largest part."""
WHOLE: Final = ("11", "12", "31", "50", "71", "81", "82")
"""Provinces without prefectures: one polygon on either level."""
CODES: Final = {"371200": "370100", "542400": "540600", "652200": "650500"}
"""Codes withdrawn since: Laiwu became part of Jinan in 2019, the prefectures Nagqu and Hami became cities."""
ISLANDS: Final = ("三沙市", "中国属钓鱼岛", "澎湖县", "金门县", "连江县")
"""Each polygon of these is kept, however small it is; other islands go when they are too small to be seen."""
ENGLISH: Final = {
    "11": "Beijing", "12": "Tianjin", "13": "Hebei", "14": "Shanxi", "15": "Inner Mongolia", "21": "Liaoning",
    "22": "Jilin", "23": "Heilongjiang", "31": "Shanghai", "32": "Jiangsu", "33": "Zhejiang", "34": "Anhui",
    "35": "Fujian", "36": "Jiangxi", "37": "Shandong", "41": "Henan", "42": "Hubei", "43": "Hunan", "44": "Guangdong",
    "45": "Guangxi", "46": "Hainan", "50": "Chongqing", "51": "Sichuan", "52": "Guizhou", "53": "Yunnan",
    "54": "Tibet", "61": "Shaanxi", "62": "Gansu", "63": "Qinghai", "64": "Ningxia", "65": "Xinjiang", "71": "Taiwan",
    "81": "Hong Kong", "82": "Macau",
}  # fmt: skip
OWN_NAMES: Final = {"710000": "台湾省", "810000": "香港特别行政区", "820000": "澳门特别行政区"}


def rings(packed: Any, offsets: Any, scale: int) -> list[Ring]:
    """All rings of a shape, whichever way they are nested; ECharts packs each into a text of zigzag deltas."""
    if isinstance(packed, str):
        return [_ring(packed, offsets, scale)]
    if packed and packed[0] and isinstance(packed[0][0], float | int):
        return [[[float(x), float(y)] for x, y in packed]]
    return [ring for part, offset in zip(packed, offsets or packed, strict=True) for ring in rings(part, offset, scale)]


def _ring(text: str, offset: list[int], scale: int) -> Ring:
    x, y = offset
    points = []
    for i in range(0, len(text), 2):
        dx, dy = ord(text[i]) - 64, ord(text[i + 1]) - 64
        x, y = x + (dx >> 1 ^ -(dx & 1)), y + (dy >> 1 ^ -(dy & 1))
        points.append([x / scale, y / scale])
    return points


def polygons(found: list[Ring]) -> list[list[Ring]]:
    """Rings as polygons with their holes: a ring within an odd number of others is a hole of the nearest around it."""
    around = [[o for o in range(len(found)) if o != r and _within(found[r], found[o])] for r in range(len(found))]
    outer = {r: [found[r]] for r in range(len(found)) if len(around[r]) % 2 == 0}
    for r, others in enumerate(around):
        if len(others) % 2:
            outer[max((o for o in others if o in outer), key=lambda o: len(around[o]))].append(found[r])
    return list(outer.values())


def _within(inner: Ring, outer: Ring) -> bool:
    """By most of its corners, since some may lie on the other's border."""
    corners = inner[:: max(1, len(inner) // 25)]
    return sum(_inside(corner, outer) for corner in corners) * 2 > len(corners)


def _inside(point: list[float], ring: Ring) -> bool:
    x, y = point
    odd = False
    for (x0, y0), (x1, y1) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
            odd = not odd
    return odd


def _wgs84(ring: Ring) -> Ring:
    placed = to_wgs84([y for _, y in ring], [x for x, _ in ring], "gcj02")
    return [[float(lon), float(lat)] for lat, lon in placed]


def names() -> dict[str, str]:
    """Current names of provinces, prefectures and counties by 6-digit code."""
    return {
        row["code"].ljust(6, "0"): row["name"]
        for file in ("provinces.csv", "cities.csv", "areas.csv")
        for row in csv.DictReader((DATA / file).open(encoding="utf-8"))
    } | OWN_NAMES


def prefectures(package: Path) -> list[dict[str, Any]]:
    """All prefectures of the source with current codes and names; a province without prefectures stands for one."""
    known = names()
    by_name = {name: code for code, name in known.items() if code.endswith("00")}
    made = []
    for path in sorted((package / "map/json/province").glob("*.json")):
        source = json.loads(path.read_text("utf-8"))
        features, scale = source["features"], source.get("UTF8Scale", 1024)
        first = next((feature["id"] for feature in features if feature.get("id")), "710000")
        for feature in features:
            code = feature.get("id") or by_name.get(feature["properties"]["name"], "")
            code = f"{first[:2]}0000" if first[:2] in WHOLE else CODES.get(code, code)
            told = {"code": code, "province": f"{first[:2]}0000", "name": known.get(code, "")}
            told["name"] = told["name"] or feature["properties"]["name"]
            packed, offsets = feature["geometry"]["coordinates"], feature["geometry"].get("encodeOffsets")
            found = [_wgs84(ring) for ring in rings(packed, offsets, scale) if len(ring) > 3]
            parts = polygons(found)
            kept = [[part] for part in parts] if feature["properties"]["name"] in ISLANDS else [parts]
            for i, some in enumerate(kept):
                shape = {"type": "MultiPolygon", "coordinates": some}
                part = f"{code}/{i}" if len(kept) > 1 else ""
                own = {"part": part or code}
                made.append({"type": "Feature", "properties": told | own, "geometry": shape})
    return made


def inset(package: Path) -> dict[str, Any]:
    """The inset of the South China Sea islands, in its own units: x to the right, y down."""
    source = (package / "lib/coord/geo/fix/nanhai.js").read_text("utf-8")
    found = re.search(r"var points = (\[\[\[.*?\]\]\]);", source)
    assert found is not None
    return {"name": "南海诸岛", "width": 64, "height": 93.1, "polygons": json.loads(found.group(1))}


def simplified(features: list[dict[str, Any]], provinces: dict[str, str]) -> tuple[bytes, bytes]:
    """GeoJSON of provinces and of prefectures."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "in.json").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        told = [{"code": code, "name": name, "en": ENGLISH[code[:2]]} for code, name in provinces.items()]
        (here / "names.json").write_text(json.dumps(told))
        steps = [
            "-i in.json snap",
            "-dissolve2 part copy-fields=code,province,name -clean rewind gap-fill-area=5000km2",
        ]
        steps += ["-simplify 11% keep-shapes"]
        steps += ["-dissolve2 code copy-fields=name,province + name=out", LABEL]
        steps += ["-o target=out prefecture.json format=geojson precision=0.0005"]
        steps += ["-target in", "-dissolve2 province"]
        steps += ["-rename-fields code=province -join names.json keys=code,code", LABEL]
        steps += ["-o province.json format=geojson precision=0.0005"]
        subprocess.run(["npx", "--yes", MAPSHAPER, *" ".join(steps).split()], cwd=here, check=True)
        return (here / "province.json").read_bytes(), (here / "prefecture.json").read_bytes()


def main() -> None:
    """Write the files into the package's data."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path, help="folder of the unpacked npm package echarts 4.9.0")
    package = parser.parse_args().package
    provinces = {code: name for code, name in names().items() if code.endswith("0000")}
    province, prefecture = simplified(prefectures(package), provinces)
    extra = json.dumps(inset(package), ensure_ascii=False).encode()
    for level, made in (("province", province), ("prefecture", prefecture), ("inset", extra)):
        compact = json.dumps(json.loads(made), ensure_ascii=False, separators=(",", ":")).encode()
        path = DATA / f"regions_{level}.json.gz"
        path.write_bytes(gzip.compress(compact, 9, mtime=0))
        print(path.name, f"{len(compact):,} bytes, {path.stat().st_size:,} compressed")


if __name__ == "__main__":
    main()
