"""The network as a whole: where its locations are, how much each has to do, and what a store can still take."""

import asyncio
import gzip
from collections import Counter
from typing import Annotated, Any, Final, Literal

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from manystores.api.deps import Here, requires
from manystores.api.network_load import COUNTS, REJECTED_US, STOCK, Picture
from manystores.api.network_points import Packed, Wanted, pack, packed, select
from manystores.api.places import Places, own
from manystores.api.rejections import rejections_told
from manystores.api.resources import IfNoneMatch
from manystores.api.services import Services
from manystores.core.auth import Principal
from manystores.core.clock import DAY_US, from_datetime, rfc3339, to_datetime
from manystores.core.errors import NOT_FOUND, Problem
from manystores.core.sql import queries
from manystores.data import RegionLevel, region_shapes
from manystores.flows.capacity import capacity_windows
from manystores.foresight.causes import why
from manystores.foresight.rejections import CAUSE_DAYS, causes_path
from manystores.network import KINDS, Location
from manystores.network.hours import NEVER_US, next_cut_off, next_open
from manystores.network.location import CUT_OFF_KINDS
from manystores.network.registry import UNLIMITED
from manystores.orders.order import decode, fulfilment_id
from manystores.orders.search import late_values

router = APIRouter(tags=["network"])
SQL: Final = queries("manystores.orders")
LATEST: Final = 50
PROMISES_US: Final = 7 * DAY_US
_LEVELS: Final = ("province", "prefecture", "inset")

LocationReader = Annotated[Principal, Depends(requires("locations:read"))]
WorkReader = Annotated[Principal, Depends(requires("fulfilment:read"))]


async def _wanted(
    places: Places,
    kind: Annotated[Literal[KINDS] | None, Query()] = None,  # type: ignore[valid-type]
) -> Wanted:
    return msgspec.structs.replace(places, kind=kind)


Filter = Annotated[Wanted, Depends(_wanted)]


@router.get(
    "/v1/network/points", summary="Where all locations are", responses={304: {"description": "As you have it."}}
)
async def points(
    request: Request, here: Here, who: LocationReader, wanted: Filter, if_none_match: IfNoneMatch = None
) -> Response:
    """All of the brand's locations as columns, in an order that stays: new ones come last. A store's device sees its
    own only. Ask again with the ETag."""
    packed = await asyncio.to_thread(here.points.packed, own(who, wanted))
    return _answer(request, packed, if_none_match)


@router.get("/v1/network/load", summary="How much each location has to do")
async def load(
    request: Request,
    here: Here,
    who: WorkReader,
    wanted: Filter,
    since: Annotated[str | None, Query(max_length=64, description="`sequence` of the answer before.")] = None,
) -> Response:
    """Locations with work, refusals, claimed capacity or stock, as of at most a second ago; with `since`, those that
    have changed. Sequences end when the service starts anew: then the answer is complete again."""
    picture = await here.load.look()
    return _answer(request, await asyncio.to_thread(_loads, here, who, own(who, wanted), picture, since))


def _loads(here: Services, who: Principal, wanted: Wanted, picture: Picture, since: str | None) -> Packed:
    numbers = select(here.network, wanted)
    numbers = numbers[numbers < len(picture.counts)]
    seen = _seen(here, since, picture)
    chosen = picture.busy() if seen is None else picture.changed > seen
    numbers = numbers[chosen[numbers]]
    columns: dict[str, list[Any]] = {"code": [here.network.location(no).code for no in numbers.tolist()]}
    for at, name in enumerate(COUNTS):
        if name not in STOCK or "stock:read" in who.scopes:
            found: list[Any] = picture.counts[numbers, at].tolist()
            columns[name] = [None if n == UNLIMITED else n for n in found] if name.endswith("_left") else found
    sequence = f"{here.load.epoch}-{picture.sequence}"
    return pack({"at": rfc3339(picture.at_us), "sequence": sequence, "complete": seen is None, "columns": columns})


def _seen(here: Services, since: str | None, picture: Picture) -> int | None:
    """The sequence that a client has seen; None when it has seen none of this process."""
    epoch, _, number = (since or "").partition("-")
    if epoch != here.load.epoch or not (number.isascii() and number.isdigit()):
        return None
    return min(int(number), picture.sequence)


@router.get("/v1/locations/{code}/now", summary="What a location does now and can still take")
async def now(code: str, here: Here, who: WorkReader) -> dict[str, Any]:
    """Its hours and cut-offs, the capacity left in this hour (or in the next that it opens) and on this day, its work
    by state and kind, what it refused in the last 24 hours and why, what it promised in the last 7 days, its stock."""
    location_no = here.network.find(who.party_no, code)
    if not location_no or not who.sees_location(location_no):
        raise Problem(NOT_FOUND, f"There is no location {code}.", f"没有编码为 {code} 的地点。")
    location = here.network.location(location_no)
    at_us = here.clock.now_us()
    counts = dict(zip(COUNTS, (await here.load.look()).counts[location_no].tolist(), strict=True))
    told: dict[str, Any] = {
        "location": code,
        "at": rfc3339(at_us),
        "time_zone": location.time_zone,
        "enabled": location.enabled,
        "hours": _hours(location, at_us),
        "cut_offs": [
            {"kind": kind, "at": rfc3339(due_us)}
            for kind in CUT_OFF_KINDS
            if (due_us := next_cut_off(location, kind, at_us)) is not None
        ],
        "capacity": _capacity(here, location, counts, at_us),
    }
    told |= await _work(here, who, location_no, at_us)
    if "stock:read" in who.scopes:
        told["stock"] = {name: counts[name] for name in STOCK}
    return told


def _hours(location: Location, at_us: int) -> dict[str, Any]:
    opens_us, closes_us = next_open(location, at_us)
    return {
        "open": opens_us <= at_us,
        "from": None if opens_us >= NEVER_US else rfc3339(opens_us),
        "until": None if closes_us >= NEVER_US else rfc3339(closes_us),
    }


def _capacity(here: Services, location: Location, counts: dict[str, int], at_us: int) -> dict[str, Any]:
    windows = capacity_windows(here.network, at_us)
    told: dict[str, Any] = {}
    limits = (location.orders_per_hour, location.orders_per_day)
    for name, window_us, limit in zip(("hour", "day"), windows, limits, strict=True):
        start_us = int(window_us[location.location_no])
        told[name] = None
        if limit is not None and start_us < NEVER_US // 2:
            used, left = counts[f"{name}_used"], counts[f"{name}_left"]
            told[name] = {"from": rfc3339(start_us), "limit": limit, "used": used, "left": left}
    return told


async def _work(here: Services, who: Principal, location_no: int, at_us: int) -> dict[str, Any]:
    since_us, week_us = at_us - REJECTED_US, at_us - PROMISES_US
    values: dict[str, Any] = {
        "partition_id": here.owner.partition_id,
        "party_no": who.party_no,
        "location_no": location_no,
        "now": to_datetime(at_us),
        "limit": LATEST,
        **late_values(here.waiting.limits(at_us)),
    }
    async with here.pool.connection() as connection:
        work = await (await connection.execute(SQL["work_at_location"], values)).fetchall()
        values["since"] = to_datetime(since_us)
        refused = await (await connection.execute(SQL["rejected_at_location"], values)).fetchall()
        total = await (
            await connection.execute(SQL["rejections_by_location"], values | {"location_nos": [location_no]})
        ).fetchone()
        values["since"] = to_datetime(week_us)
        promised = await (await connection.execute(SQL["promises_of_location"], values)).fetchone()
    latest = []
    for number, refused_at, document in refused:
        order = decode(document)
        latest.append(
            {
                "fulfilment_order": fulfilment_id(order.order_id, number),
                "order": str(order.order_id),
                "channel_order_id": order.channel_order_id,
                "reason": order.fulfilments[number - 1].reject_reason or "other",
                "at": rfc3339(from_datetime(refused_at)),
            }
        )
    reasons = Counter(one["reason"] for one in latest).most_common()
    due, kept = promised or (0, 0)
    return {
        "work": [
            {"state": state, "kind": kind, "count": n, "late": late, "next_promised_at": rfc3339(from_datetime(first))}
            for state, kind, n, late, first in work
        ],
        "rejections": {
            "count": total[1] if total else 0,
            "since": rfc3339(since_us),
            "reasons": [{"reason": reason, "count": n} for reason, n in reasons],
            "latest": latest,
        },
        "promises": {"since": rfc3339(week_us), "due": due, "kept": kept},
    }


@router.get("/v1/locations/{code}/rejections", summary="Why a location rejects orders, and when")
async def rejections(code: str, here: Here, who: WorkReader) -> dict[str, Any]:
    """What was learned of its rejections and short picks: how many of what it was given, for which reasons, by hour and
    load, against the others of its group; and how likely the next one is, with what that costs in routing. Counts are
    of the 28 days before it was last learned (`at`, null before the first time)."""
    location_no = here.network.find(who.party_no, code)
    if not location_no or not who.sees_location(location_no):
        raise Problem(NOT_FOUND, f"There is no location {code}.", f"没有编码为 {code} 的地点。")
    learned = here.router.rejections_of(who.party_no)
    counts = causes_path(here.settings.data_dir, who.party_no)
    found = None if learned is None else await asyncio.to_thread(why, counts, code)
    policy = here.router.policy_of(who.party_no)
    told: dict[str, Any] = {
        "location": code,
        "at": None if learned is None else rfc3339(learned.at_us),
        "days": CAUSE_DAYS,
        "currency": policy.currency,
        "rejection_cost": policy.rejection_cost,
        "foreseen": _foreseen(here, who.party_no, location_no),
    }
    return told | rejections_told(found, here.network.location(location_no).groups)


def _foreseen(here: Services, party_no: int, location_no: int) -> list[dict[str, Any]]:
    """How likely it is now that the location rejects an order, by the kinds that it serves."""
    risk = here.router.risk(here.owner.ledger, party_no, here.clock.now_us())
    if risk is None:
        return []
    kinds = [kind for kind in here.router.policy_of(party_no).kinds if here.network.able(kind)[location_no]]
    return [
        {
            "kind": kind,
            "probability": round(risk.probability(kind, "", location_no), 4),
            "cost": round(risk.cost(kind, "", location_no)),
        }
        for kind in kinds
    ]


_SHAPES: Final[dict[str, Packed]] = {}


def _shapes(level: RegionLevel) -> Packed:
    zipped = region_shapes(level)
    return packed(gzip.decompress(zipped), zipped)


def _answer(request: Request, found: Packed, if_none_match: str | None = None) -> Response:
    """An answer as the client can read it; 304 when it has it already."""
    headers = {"etag": found.etag, "vary": "accept-encoding", "cache-control": "private, no-cache"}
    if found.etag in (if_none_match or ""):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(found.zipped, 200, headers | {"content-encoding": "gzip"}, "application/json")
    return Response(found.plain, 200, headers, "application/json")


@router.get("/v1/network/regions/{level}", summary="Polygons of provinces or prefectures")
async def regions(
    level: Literal[_LEVELS],  # type: ignore[valid-type]
    request: Request,
    _who: LocationReader,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """GeoJSON in WGS-84 with GB/T 2260 codes, from Apache ECharts (Apache-2.0), for pictures and not for surveys; and
    the inset of the South China Sea islands."""
    if level not in _SHAPES:
        _SHAPES[level] = await asyncio.to_thread(_shapes, level)
    answer = _answer(request, _SHAPES[level], if_none_match)
    answer.headers["cache-control"] = "private, max-age=86400"
    return answer
