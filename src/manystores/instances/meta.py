"""meta.json of an instance: what shipping costs, and how many days its orders span."""

import math
from pathlib import Path
from typing import Final

import msgspec

from manystores.instances.findings import Findings

FILE: Final = "meta.json"
MOST_DAYS: Final = 3660


class Meta(msgspec.Struct, frozen=True):
    """Rates in CNY. A shipment costs base + a_km · km + its location's handle_ship; a unit of kg adds
    kg · (w0 + w_km · km) + its location's handle_unit."""

    base: float
    a_km: float
    w0: float
    w_km: float
    days: int
    size: str | None = None
    seed: int | None = None
    lines_dist: tuple[float, ...] | None = None
    """Share of orders with 1, 2, … lines, where known."""


def read_meta(folder: Path, findings: Findings) -> Meta | None:
    """meta.json, None if anything in it is wrong (then noted). Members that it doesn't know are ignored."""
    path = folder / FILE
    if not path.is_file():
        findings.add(
            FILE, "file_missing", f"there is no such file in {folder}; an instance needs it", f"{folder} 中没有此文件"
        )
        return None
    try:
        meta = msgspec.json.decode(path.read_bytes(), type=Meta)
    except msgspec.MsgspecError as error:
        findings.add(FILE, "file_unreadable", f"{error}; give base, a_km, w0, w_km and days", f"无法读取：{error}")
        return None
    before = findings.count
    for name in ("base", "a_km", "w0", "w_km"):
        value = getattr(meta, name)
        if not math.isfinite(value) or value < 0:
            en, zh = f"{value} is not allowed; give a number from 0 on", f"不允许 {value}；请填写不小于 0 的数值"
            findings.add(f"{FILE}/{name}", "value", en, zh)
    if not 1 <= meta.days <= MOST_DAYS:
        en, zh = f"{meta.days} is not allowed; give 1 to {MOST_DAYS}", f"不允许 {meta.days}；请填写 1 到 {MOST_DAYS}"
        findings.add(f"{FILE}/days", "value", en, zh)
    return meta if findings.count == before else None
