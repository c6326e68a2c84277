"""Locations as JSON-like bodies: every rule that a body breaks is told at once, with the way out."""

import re
from collections.abc import Mapping
from datetime import datetime
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

import msgspec
from opening_hours import OpeningHours, ParserError, UnknownCountryError  # type: ignore[attr-defined] # not in its stub

from manystores.core.fields import MISSING
from manystores.kernels.geo import DATUMS, to_wgs84
from manystores.network.fields import Fields
from manystores.network.location import (
    ALWAYS_OPEN,
    CAPABILITIES,
    CUT_OFF_KINDS,
    DEFAULT_CAPABILITIES,
    KINDS,
    DeliveryArea,
    Kind,
    Location,
    PolygonArea,
    RadiusArea,
    RegionArea,
    Ring,
)
from manystores.network.regions import province_at, time_zone_in_china

FIELDS: Final = (
    "code",
    "name",
    "kind",
    "stock_owner",
    "lat",
    "lon",
    "datum",
    "region",
    "address",
    "time_zone",
    "opening_hours",
    "holidays",
    "capabilities",
    "orders_per_hour",
    "orders_per_day",
    "cut_offs",
    "lead_time_minutes",
    "handle_order_cost",
    "handle_unit_cost",
    "groups",
    "areas",
    "enabled",
    "revision",
)
"""What a body may hold, in the order in which it is shown."""

_NAME_CHARS_MAX = 200
_ADDRESS_CHARS_MAX = 500
_HOURS_CHARS_MAX = 1_000
_ORDERS_MAX = 1_000_000
_LEAD_TIME_MINUTES_MAX = 43_200
_COST_MAX = 1_000_000_000
_GROUPS_MAX = 50
_AREAS_MAX = 50
_RADIUS_KM_MAX = 20_038.0  # half around the earth
_VERTICES_MAX = 10_000
_DECIMALS = 7  # of a degree: a centimetre
_CHINA_LATS, _CHINA_LONS = (18.0, 53.6), (73.4, 135.1)
_HOLIDAYS = {"Asia/Shanghai": "CN", "Asia/Hong_Kong": "HK"}
_NOBODY: Final[Mapping[str, int]] = {}
_AREA_FIELDS = {"radius": "km", "polygon": "geometry", "regions": "codes"}


def location_of(
    body: Mapping[str, Any], party_no: int, *, owners: Mapping[str, int] = _NOBODY, at: str = ""
) -> Location:
    """The location that a body describes, not yet numbered; `{"code", "name", "kind", "lat", "lon"}` suffice.

    `owners` are the numbers of the parties that it may name as stock owner, by their codes (`store.stock_owners`); it
    names none for the brand itself. `at` is the body's JSON pointer, e.g. /locations/3. Left out, the time
    zone is that of the place, it is always open, and it can do what its kind usually can. Raises Problem(INVALID) with
    every FieldError.
    """
    return _read(Fields(body, at), frozenset(body), party_no, owners)


def patched(
    location: Location, body: Mapping[str, Any], *, owners: Mapping[str, int] = _NOBODY, at: str = ""
) -> Location:
    """The location with the fields of `body` in place of its own (RFC 7396: null puts a field back to its default).

    Number, brand and code stay: orders and stock know the location by them. What followed from the place (time zone)
    or the kind (capabilities) stays too, unless the body says otherwise. A datum speaks of what the body sends, not
    of what is stored.
    """
    sent = Fields(body, at)
    if body.get("code", location.code) != location.code:
        sent.wrong(
            "code",
            "immutable",
            "A code can't change; create another location and disable this one",
            "编码不可更改，请新建地点并停用当前地点",
        )
    if body.get("datum") not in (None, "wgs84") and ("lat" in body) != ("lon" in body):
        sent.wrong(
            "datum",
            "half_a_place",
            "To move it in another datum, send lat and lon together",
            "使用其他坐标系修改位置时，须同时提供 lat 与 lon",
        )
    merged = body_of(location) | {"revision": 0} | dict(body)
    if isinstance(body.get("cut_offs"), Mapping):
        merged["cut_offs"] = location.cut_offs | body["cut_offs"]
    fields = Fields(merged, at, sent.errors)
    if location.stock_owner:
        owners = {**owners, location.stock_owner: location.stock_owner_no}
    changed = _read(fields, frozenset(body), location.party_no, owners)
    return msgspec.structs.replace(changed, location_no=location.location_no)


def body_of(location: Location) -> dict[str, Any]:
    """The body that describes the location, places in WGS-84; `location_of` reads it back."""
    body: dict[str, Any] = {field: getattr(location, field) for field in FIELDS if field != "datum"}
    body["stock_owner"] = location.stock_owner or None
    body["capabilities"] = list(location.capabilities)
    body["cut_offs"] = dict(location.cut_offs)
    body["groups"] = list(location.groups)
    body["areas"] = [_area_body(area) for area in location.areas]
    return body


def _read(fields: Fields, sent: frozenset[str], party_no: int, owners: Mapping[str, int]) -> Location:
    """Read all fields; those in `sent` are in the body's own datum, the others in WGS-84."""
    fields.known(FIELDS)
    datum = fields.choice("datum", DATUMS, "wgs84")
    kind: Kind = fields.choice("kind", KINDS)  # type: ignore[assignment]
    lat, lon = _place(fields, datum if {"lat", "lon"} <= sent else "wgs84")
    region = fields.region("region")
    time_zone = _time_zone(fields, lat, lon, region)
    stock_owner, stock_owner_no = _stock_owner(fields, party_no, owners)
    location = Location(
        code=fields.code("code"),
        name=fields.text("name", _NAME_CHARS_MAX, required=True),
        party_no=party_no,
        kind=kind,
        stock_owner_no=stock_owner_no,
        stock_owner=stock_owner,
        lat=lat,
        lon=lon,
        region=region,
        address=fields.text("address", _ADDRESS_CHARS_MAX),
        time_zone=time_zone,
        opening_hours=_opening_hours(fields),
        holidays=_holidays(fields, time_zone),
        capabilities=fields.choices("capabilities", CAPABILITIES, DEFAULT_CAPABILITIES.get(kind, ())),
        orders_per_hour=fields.integer_or_none("orders_per_hour", 0, _ORDERS_MAX),
        orders_per_day=fields.integer_or_none("orders_per_day", 0, _ORDERS_MAX),
        cut_offs=_cut_offs(fields),
        lead_time_minutes=fields.integer("lead_time_minutes", 0, 0, _LEAD_TIME_MINUTES_MAX),
        handle_order_cost=fields.integer("handle_order_cost", 0, 0, _COST_MAX),
        handle_unit_cost=fields.integer("handle_unit_cost", 0, 0, _COST_MAX),
        groups=tuple(sorted(fields.texts("groups", _GROUPS_MAX, 64))),
        areas=_areas(fields, datum if "areas" in sent else "wgs84"),
        enabled=fields.flag("enabled", True),
        revision=fields.integer("revision", 0, 0, 2**31 - 1),
    )
    fields.raise_if_wrong()
    return location


def _stock_owner(fields: Fields, party_no: int, owners: Mapping[str, int]) -> tuple[str, int]:
    """(code, number) of the partner that owns the stock, or ('', the brand's number)."""
    code = fields.text("stock_owner", 64)
    number = owners.get(code, 0)
    if code and not number:
        # the same for another brand as for nobody: who else is here is not told
        fields.wrong(
            "stock_owner",
            "unknown_stock_owner",
            f"There is no partner {code}; stock belongs to the brand itself (leave it out) or to a partner",
            f"没有编码为 {code} 的合作伙伴；库存归品牌自身（留空）或合作伙伴所有",
        )
    return (code, number) if number not in (0, party_no) else ("", party_no)


def _place(fields: Fields, datum: str) -> tuple[float, float]:
    """(lat, lon) in WGS-84, to a centimetre."""
    if looks_swapped(fields.get("lat"), fields.get("lon")):
        fields.wrong(
            "lat",
            "swapped",
            "lat and lon look swapped: this would be in China the other way round",
            "纬度 lat 与经度 lon 似乎填反了：对调后位于中国境内",
        )
        return 0.0, 0.0
    before = len(fields.errors)
    lat = fields.number("lat", 0.0, -90.0, 90.0, required=True)
    lon = fields.number("lon", 0.0, -180.0, 180.0, required=True)
    if len(fields.errors) > before or datum == "wgs84":
        return round(lat, _DECIMALS), round(lon, _DECIMALS)
    there = to_wgs84(lat, lon, datum)[0]
    return round(float(there[0]), _DECIMALS), round(float(there[1]), _DECIMALS)


def looks_swapped(lat: object, lon: object) -> bool:
    """Whether a place is where nobody is, but in China the other way round.

    Latitudes of 73° and more are sea and ice, and longitudes in China; nobody delivers to the former.
    """
    if not isinstance(lat, int | float) or not isinstance(lon, int | float):
        return False
    return _CHINA_LONS[0] <= lat <= _CHINA_LONS[1] and _CHINA_LATS[0] <= lon <= _CHINA_LATS[1]


def _time_zone(fields: Fields, lat: float, lon: float, region: str) -> str:
    zone = fields.text("time_zone", 64)
    if not zone:
        return zone_at(lat, lon, region)
    if zone not in _zones():
        close = [] if "beijing" in zone.lower() else get_close_matches(zone, _zones(), n=1)
        example = close[0] if close else "Asia/Shanghai"
        fields.wrong(
            "time_zone",
            "unknown_time_zone",
            f"{zone!r} is no IANA time zone; did you mean {example}?",
            f"{zone!r} 不是 IANA 时区名称；是否想写 {example}？",
        )
    return zone


@lru_cache(maxsize=4096)
def zone_at(lat: float, lon: float, region: str = "") -> str:
    """The IANA zone of a place; at sea the nautical one."""
    if region.isdigit():
        return time_zone_in_china(region)
    within = province_at(lat, lon)
    if within is not None:
        return time_zone_in_china(within.code)
    # only outside of China: the library's map of all zones takes 110 MB
    here = OpeningHours(ALWAYS_OPEN, coords=(lat, lon), auto_country=False)
    zone = next(here.intervals(datetime(2025, 1, 1)))[0].tzinfo
    return zone.key if isinstance(zone, ZoneInfo) else "UTC"


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones()) - {"Factory", "localtime"}


def _opening_hours(fields: Fields) -> str:
    hours = fields.text("opening_hours", _HOURS_CHARS_MAX, default=ALWAYS_OPEN)
    place = _syntax_error(hours)
    if place is not None:
        fields.wrong(
            "opening_hours",
            "broken_opening_hours",
            f"From {hours[place:][:20]!r} on this is no OSM opening_hours; e.g. Mo-Fr 09:00-18:00; Sa 10:00-16:00",
            f"从 {hours[place:][:20]!r} 起不符合 OSM 营业时间语法；示例：Mo-Fr 09:00-18:00; Sa 10:00-16:00",
        )
        return ALWAYS_OPEN
    return hours


@lru_cache(maxsize=4096)
def _syntax_error(hours: str) -> int | None:
    """Where the hours stop to be OSM opening_hours; None when they are."""
    try:
        OpeningHours(hours, auto_country=False, auto_timezone=False)
    except ParserError as e:
        found = re.search(r"--> \d+:(\d+)", str(e))
        return int(found.group(1)) - 1 if found else 0
    return None


def _holidays(fields: Fields, time_zone: str) -> str:
    country = fields.text("holidays", 2)
    if not country and fields.get("holidays") is MISSING:
        return _HOLIDAYS.get(time_zone, "")
    if country and not _has_holidays(country):
        fields.wrong(
            "holidays",
            "unknown_country",
            f"No public holidays are known for {country!r}; write an ISO 3166-1 code such as CN, or leave it empty",
            f"没有 {country!r} 的法定节假日数据；请填写 ISO 3166-1 国家代码（如 CN）或留空",
        )
    return country


@lru_cache(maxsize=512)
def _has_holidays(country: str) -> bool:
    try:
        OpeningHours(ALWAYS_OPEN, country=country, auto_country=False, auto_timezone=False)
    except UnknownCountryError:
        return False
    return True


def _cut_offs(fields: Fields) -> dict[str, str]:
    inner = fields.object("cut_offs")
    inner.known(CUT_OFF_KINDS)
    return {kind: at for kind in CUT_OFF_KINDS if (at := inner.clock_time(kind))}


def _areas(fields: Fields, datum: str) -> tuple[DeliveryArea, ...]:
    found = (_area(area, datum) for area in fields.objects("areas", _AREAS_MAX))
    return tuple(area for area in found if area is not None)


def _area(fields: Fields, datum: str) -> DeliveryArea | None:
    match fields.choice("kind", tuple(_AREA_FIELDS)):
        case "radius":
            area: DeliveryArea = RadiusArea(fields.number("km", 0.0, 0.001, _RADIUS_KM_MAX, required=True))
        case "regions":
            area = RegionArea(fields.regions("codes"))
            if not area.codes:
                fields.wrong("codes", "required", "An area of regions names one at least", "至少需要一个地区代码")
        case "polygon":
            area = PolygonArea(_polygons(fields, datum))
        case _:
            return None
    fields.known(("kind", _AREA_FIELDS[type(area).__struct_config__.tag]))  # type: ignore[index]
    return area


def _polygons(fields: Fields, datum: str) -> tuple[tuple[Ring, ...], ...]:
    """The polygons of a GeoJSON geometry (RFC 7946), rings closed, in WGS-84."""
    shape = fields.object("geometry")
    coordinates = shape.get("coordinates")
    try:
        match shape.choice("type", ("Polygon", "MultiPolygon")):
            case "Polygon":
                polygons = msgspec.convert([coordinates], list[list[list[tuple[float, float]]]])
            case "MultiPolygon":
                polygons = msgspec.convert(coordinates, list[list[list[tuple[float, float]]]])
            case _:
                return ()
    except msgspec.ValidationError as e:
        fields.wrong(
            "geometry/coordinates",
            "not_a_polygon",
            f"Coordinates are rings of [lon, lat] pairs as in GeoJSON; {e}",
            "坐标须为 GeoJSON 格式：由 [经度, 纬度] 组成的环",
        )
        return ()
    rings = [ring for polygon in polygons for ring in polygon]
    if not rings or not all(polygons) or sum(map(len, rings)) > _VERTICES_MAX:
        fields.wrong(
            "geometry/coordinates",
            "too_many" if rings else "required",
            f"A polygon has a ring, and all of them at most {_VERTICES_MAX} corners",
            f"多边形至少需要一个环，顶点总数不超过 {_VERTICES_MAX}",
        )
    elif any(len(set(ring)) < 3 for ring in rings):
        fields.wrong(
            "geometry/coordinates", "not_a_ring", "A ring has three corners at least", "每个环至少需要三个不同的顶点"
        )
    elif not all(-180 <= lon <= 180 and -90 <= lat <= 90 for ring in rings for lon, lat in ring):
        fields.wrong(
            "geometry/coordinates",
            "off_the_earth",
            "A corner is off the earth: corners are [lon, lat], in degrees",
            "有顶点超出地球范围：顶点格式为 [经度, 纬度]，单位为度",
        )
    else:
        return tuple(tuple(_ring(ring, datum) for ring in polygon) for polygon in polygons)
    return ()


def _ring(corners: list[tuple[float, float]], datum: str) -> Ring:
    """A closed ring in WGS-84."""
    placed = to_wgs84([lat for _, lat in corners], [lon for lon, _ in corners], datum)
    ring = tuple((round(float(lon), _DECIMALS), round(float(lat), _DECIMALS)) for lat, lon in placed)
    return ring if ring[0] == ring[-1] else (*ring, ring[0])


def _area_body(area: DeliveryArea) -> dict[str, Any]:
    if isinstance(area, RadiusArea):
        return {"kind": "radius", "km": area.km}
    if isinstance(area, RegionArea):
        return {"kind": "regions", "codes": list(area.codes)}
    coordinates = [[[list(corner) for corner in ring] for ring in polygon] for polygon in area.polygons]
    if len(coordinates) == 1:
        return {"kind": "polygon", "geometry": {"type": "Polygon", "coordinates": coordinates[0]}}
    return {"kind": "polygon", "geometry": {"type": "MultiPolygon", "coordinates": coordinates}}
