"""What a brand's shoppers will order: units of each SKU in each province on each day to come, from the orders of the
weeks before.

A plain method, since most SKUs sell a few units a week in a province. The level of a SKU in a province is the mean of
the periods of 24 hours before, late ones counting more, after the rhythm of the week is taken out and days like a
festival are cut down to size. It is drawn to what the SKU sells everywhere times the province's share of its class: all
that can be said where it sold little.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import polars as pl
from msgspec import Struct
from numpy.typing import NDArray

from manystores.core.clock import DAY_US, to_datetime
from manystores.foresight.learned import write_whole
from manystores.foresight.spans import parsed_us, province_of
from manystores.kernels.geo import EARTH_RADIUS_KM

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Longs = NDArray[np.int64]
Ints = NDArray[np.int32]
Point = tuple[float, float]
"""Latitude and longitude, WGS-84."""

VERSION: Final = 2
FOLDER: Final = "demand"
LEAST_LINES: Final = 100
"""Fewer lines than this teach nothing."""
WINDOW_DAYS: Final = 56
AHEAD_DAYS: Final = 14
"""So long a forecast is believed."""
_HALF_LIFE_DAYS: Final = 20.0
_PRIOR_DAYS: Final = 14.0
"""Days of a SKU in a province that weigh as much as what its class and its other provinces say."""
_PRIOR_SKU_DAYS: Final = 1.0
"""Days of a SKU on sale that weigh as much as what others of its class sell."""
_PRIOR_WEEKS: Final = 2.0
"""Weeks that weigh as much as that all days of a week are alike."""
_FESTIVAL: Final = 3.0
"""Times the usual day's units, beyond which a day says no more."""
_AREAS_MOST: Final = 64
_TOWN_KM: Final = 20.0
"""How far people live from the middle of their county or town."""
_LINES_MOST: Final = 6
_HOURS: Final = 24

COLUMNS: Final[dict[str, pl.DataType]] = {
    "party_no": pl.Int32(),
    "order_id": pl.String(),
    "placed_us": pl.Int64(),
    "region": pl.String(),
    "sku": pl.String(),
    "units": pl.Int64(),
}


class Places(NamedTuple):
    """What is known of places."""

    region: Callable[[int, str], str]
    """The region code of a brand's location; '' of one that is gone."""
    centre: Callable[[str], Point | None]
    """Of the county that a region code is in, else of its prefecture."""


class Forecast(Struct, frozen=True):
    """What is expected of a brand: S SKUs, Z zones (provinces), A areas of demand."""

    party_no: int
    at_us: int
    time_zone: str
    lines: int
    """Of orders that it was learned from."""
    days: int
    zones: tuple[str, ...]
    skus: tuple[str, ...]
    offer_class: Ints
    """[S]."""
    rate: Singles
    """[Z, S] base units on a usual day."""
    weekday: Floats
    """[7] times as many on each day of the week, from Monday on."""
    area_xyz: Floats
    """[A, 3] on the unit sphere."""
    area_zone: Longs
    """[A]."""
    area_share: Floats
    """[A] of its zone's demand."""
    area_km: Floats
    """[A] root mean square of how far it lies from the centre."""
    hour_share: Floats
    """[24] of a day's units, by hour of ordering."""
    share_of_lines: Floats
    """Of orders, those of 1, 2, … lines."""

    def units(self, weekdays: Longs) -> Singles:
        """[D, Z, S] units expected on days of the week."""
        found: Singles = (self.weekday[weekdays].astype(np.float32)[:, None, None] * self.rate).astype(np.float32)
        return found


class _Document(Struct):
    version: int
    party_no: int
    at_us: int
    time_zone: str
    lines: int
    days: int
    zones: tuple[str, ...]
    skus: tuple[str, ...]
    offer_class: list[int]
    rate: bytes
    weekday: list[float]
    area_xyz: list[tuple[float, float, float]]
    area_zone: list[int]
    area_share: list[float]
    area_km: list[float]
    hour_share: list[float]
    share_of_lines: list[float]


class _Line(Struct):
    offer: str
    ordered: int
    substitute_for: int = 0


class _Place(Struct):
    region: str = ""


class _Work(Struct):
    location: str


class _Order(Struct):
    id: str
    placed_at: str
    backfilled: bool
    lines: list[_Line]
    fulfilment_orders: list[_Work]
    deliver_to: _Place | None = None
    pick_up_at: str = ""


_decode = msgspec.json.Decoder(_Order).decode


def lines_of(told: pl.DataFrame, places: Places) -> pl.DataFrame:
    """The lines of orders, as they were last told; columns as COLUMNS. What is collected counts where it is collected;
    what has no region where it was served. What was picked instead of something else was not ordered."""
    return pl.DataFrame(
        [row for party_no, body in told.iter_rows() for row in _rows(party_no, body, places)],
        schema=COLUMNS,
        orient="row",
    )


def _rows(party_no: int, body: str, places: Places) -> Iterator[tuple[Any, ...]]:
    try:
        order = _decode(body)
    except msgspec.ValidationError:  # another fact that lists fulfilment orders without being an order
        return
    if order.backfilled:
        return
    region = order.deliver_to.region if order.deliver_to is not None else ""
    if not region:
        served = order.pick_up_at or next((work.location for work in order.fulfilment_orders), "")
        region = places.region(party_no, served) if served else ""
    placed_us = parsed_us(order.placed_at)
    for line in order.lines:
        if not line.substitute_for:
            yield party_no, order.id, placed_us, region, line.offer, line.ordered


def learn_demand(
    lines: pl.DataFrame,
    party_no: int,
    now_us: int,
    time_zone: str,
    classes: Mapping[tuple[int, str], str],
    places: Places,
) -> Forecast | None:
    """What the lines of a brand's orders teach as of now; None where they are too few. The order of lines is no matter.

    classes: of SKUs, by brand and SKU; one without counts as of ''.
    """
    own = lines.filter(
        (pl.col("party_no") == party_no)
        & (pl.col("placed_us") < now_us)
        & (pl.col("placed_us") >= now_us - WINDOW_DAYS * DAY_US)
        & (pl.col("units") > 0)
    )
    if len(own) < LEAST_LINES:
        return None
    age = (now_us - 1 - own["placed_us"].to_numpy()) // DAY_US
    days = int(age.max()) + 1
    zones = tuple(sorted({province_of(region) for region in own["region"].unique().to_list()}))
    skus = tuple(own["sku"].unique().sort().to_list())
    zone_of = {name: n for n, name in enumerate(zones)}
    zone = np.array([zone_of[province_of(region)] for region in own["region"].to_list()], np.int64)
    sku = np.searchsorted(np.array(skus), own["sku"].to_numpy().astype(str))
    units = own["units"].to_numpy().astype(np.float64)
    weekdays = _weekdays(now_us, days, time_zone)
    names = [classes.get((party_no, one), "") for one in skus]
    class_of = {name: n for n, name in enumerate(sorted(set(names)))}
    offer_class = np.array([class_of[name] for name in names], np.int32)

    by_day = _summed(age, units, days)
    counted = units * _cut(by_day)[age]
    weekday = _rhythm(_summed(age, counted, days), weekdays)
    weight = 0.5 ** (np.arange(days) / _HALF_LIFE_DAYS)
    since = np.zeros(len(skus), np.int64)
    np.maximum.at(since, sku, age)
    counted = counted * (weight / weekday[weekdays])[age]
    passed = np.concatenate([[0.0], np.cumsum(weight)])
    where, shape = zone * len(skus) + sku, (len(zones), len(skus))
    whole = _Sold(_summed(where, counted, shape[0] * shape[1]).reshape(shape), passed[since + 1])
    # the day of its first sale tells only since when it has been on sale: that somebody bought it then is no chance
    told = _summed(where, np.where(age < since[sku], counted, 0.0), shape[0] * shape[1])
    rate = _drawn(_Sold(told.reshape(shape), passed[since]), whole, offer_class)
    xyz, area_zone, share, area_km = _areas(own["region"].to_list(), zone, units, len(zones), places)
    return Forecast(
        party_no, now_us, time_zone, len(own), days, zones, skus, offer_class, rate, weekday, xyz, area_zone, share,
        area_km, _hours(own["placed_us"].to_numpy(), units, time_zone),
        _line_counts(own),
    )  # fmt: skip


def _summed(where: Longs, values: Floats, count: int) -> Floats:
    return np.bincount(where, values, count).astype(np.float64)


def _weekdays(now_us: int, days: int, time_zone: str) -> Longs:
    """The day of the week in which most of each period of 24 hours lies; the latest first."""
    zone = ZoneInfo(time_zone)
    middle = [to_datetime(now_us - day * DAY_US - DAY_US // 2).astimezone(zone) for day in range(days)]
    return np.array([at.weekday() for at in middle], np.int64)


def _cut(by_day: Floats) -> Floats:
    """What is left of each day's units: all, or as much as a festival's day may say."""
    usual = float(np.median(by_day[by_day > 0])) if (by_day > 0).any() else 1.0
    return np.minimum(1.0, _FESTIVAL * usual / np.maximum(by_day, 1e-9))


def _rhythm(by_day: Floats, weekdays: Longs) -> Floats:
    """[7] how much more than on a usual day is ordered, drawn to 1; their mean is 1."""
    total, count = np.bincount(weekdays, by_day, 7), np.bincount(weekdays, minlength=7)
    mean = float(by_day.mean())
    if mean <= 0:
        return np.ones(7)
    factor = (total / mean + _PRIOR_WEEKS) / (count + _PRIOR_WEEKS)
    return np.asarray(factor / factor.mean())


class _Sold(NamedTuple):
    """Weighted units [Z, S] in weighted days [S]."""

    units: Floats
    days: Floats


def _drawn(after: _Sold, whole: _Sold, offer_class: Ints) -> Singles:
    """[Z, S] units a day, of what was sold after the day on which a SKU first sold, and with it: drawn to its total by
    its class's zones, and that to what others of the class sell. A class that is new altogether sells what it sold on
    its first day."""
    of_class = np.zeros((len(whole.units), int(offer_class.max()) + 1))
    np.add.at(of_class.T, offer_class, whole.units.T)
    of_zone = whole.units.sum(axis=1, keepdims=True)
    share = of_class + of_zone / max(float(of_zone.sum()), 1e-9)
    share /= share.sum(axis=0, keepdims=True)
    units, days = after
    total, of_days = units.sum(axis=0), np.bincount(offer_class, days)
    new = of_days <= 0
    usual = np.where(new, of_class.sum(axis=0), np.bincount(offer_class, total))
    usual /= np.where(new, np.bincount(offer_class, whole.days), of_days)
    prior = share[:, offer_class] * ((total + _PRIOR_SKU_DAYS * usual[offer_class]) / (days + _PRIOR_SKU_DAYS))
    return np.asarray((units + _PRIOR_DAYS * prior) / (days + _PRIOR_DAYS), np.float32)


def _areas(
    regions: list[str], zone: Longs, units: Floats, zones: int, places: Places
) -> tuple[Floats, Longs, Floats, Floats]:
    """Where in each zone demand lies: its prefectures with most units; those that are left out count for the nearest.

    A zone of which no place is known has no area: its demand has no price.
    """
    total: dict[tuple[int, str], float] = {}
    for region, at, count in zip(regions, zone.tolist(), units.tolist(), strict=True):
        total[at, region] = total.get((at, region), 0.0) + count
    by_prefecture: dict[tuple[int, str], float] = {}
    for (at, region), count in total.items():
        key = (at, _prefecture(region))
        by_prefecture[key] = by_prefecture.get(key, 0.0) + count
    known = {key: point for key in by_prefecture if (point := places.centre(key[1])) is not None}
    ranked = sorted(known, key=lambda key: (-by_prefecture[key], key))
    largest = {key[0]: key for key in reversed(ranked)}
    kept = list(largest.values())
    kept += [key for key in ranked if key not in set(kept)][: max(0, _AREAS_MOST - len(kept))]
    kept.sort()
    xyz = _sphere([known[key] for key in kept])
    area_zone = np.array([key[0] for key in kept], np.int64)
    share, squares = np.zeros(len(kept)), np.zeros(len(kept))
    for at, region in sorted(total):
        point = places.centre(region)
        if point is not None and (at, _prefecture(region)) in known:
            mine = np.flatnonzero(area_zone == at)
            near = xyz[mine] @ _sphere([point])[0]
            area = mine[np.argmax(near)]
            share[area] += total[at, region]
            squares[area] += total[at, region] * (EARTH_RADIUS_KM * np.arccos(min(1.0, float(near.max())))) ** 2
    km = np.sqrt(squares / np.maximum(share, 1e-9) + _TOWN_KM**2)
    share /= np.maximum(np.bincount(area_zone, share, zones), 1e-9)[area_zone]
    return xyz, area_zone, share, km


def _prefecture(region: str) -> str:
    return region[:4] if region.isdigit() else region


def _sphere(points: list[Point]) -> Floats:
    """[N, 3] on the unit sphere."""
    lat, lon = np.radians(np.array(points, np.float64).reshape(-1, 2)).T
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], 1)


def _hours(placed_us: Longs, units: Floats, time_zone: str) -> Floats:
    """[24] shares of a day, no hour without any."""
    zone = ZoneInfo(time_zone)
    hour_us = np.unique(placed_us // (DAY_US // _HOURS))
    local = np.array([_at(int(one), zone).hour for one in hour_us.tolist()], np.int64)
    of_line = local[np.searchsorted(hour_us, placed_us // (DAY_US // _HOURS))]
    share = np.bincount(of_line, units, _HOURS) + units.sum() / 240.0
    return np.asarray(share / share.sum())


def _at(hour: int, zone: ZoneInfo) -> datetime:
    return to_datetime(hour * (DAY_US // _HOURS)).astimezone(zone)


def _line_counts(own: pl.DataFrame) -> Floats:
    counts = own.group_by("order_id").len()["len"].to_numpy()
    share = np.bincount(np.minimum(counts, _LINES_MOST) - 1, minlength=_LINES_MOST) + 0.1
    return np.asarray(share / share.sum())


# -- files


def path_of(data_dir: Path, party_no: int) -> Path:
    """Where a brand's is kept."""
    return data_dir / FOLDER / f"{party_no}.json"


def save(path: Path, forecast: Forecast) -> None:
    """Write it whole."""
    one = forecast
    document = _Document(
        VERSION, one.party_no, one.at_us, one.time_zone, one.lines, one.days, one.zones, one.skus,
        one.offer_class.tolist(), one.rate.astype("<f4").tobytes(), one.weekday.tolist(),
        [(x, y, z) for x, y, z in one.area_xyz.tolist()], one.area_zone.tolist(), one.area_share.tolist(),
        one.area_km.tolist(), one.hour_share.tolist(), one.share_of_lines.tolist(),
    )  # fmt: skip
    write_whole(path, msgspec.json.encode(document))


def load(path: Path) -> Forecast | None:
    """What was learned; None where nothing was, or by a version with another shape: it is learned anew then."""
    if not path.exists():
        return None
    try:
        told = msgspec.json.decode(path.read_bytes(), type=_Document)
    except msgspec.DecodeError:
        return None
    if told.version != VERSION:
        return None
    rate = np.frombuffer(told.rate, "<f4").astype(np.float32).reshape(len(told.zones), len(told.skus))
    return Forecast(
        told.party_no, told.at_us, told.time_zone, told.lines, told.days, told.zones, told.skus,
        np.array(told.offer_class, np.int32), rate, np.array(told.weekday),
        np.array(told.area_xyz, np.float64).reshape(-1, 3), np.array(told.area_zone, np.int64),
        np.array(told.area_share), np.array(told.area_km), np.array(told.hour_share), np.array(told.share_of_lines),
    )  # fmt: skip
