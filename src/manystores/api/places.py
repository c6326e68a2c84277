"""Which locations a list is about: the same names of filters wherever places are filtered, so that a figure of the map
can open any list of what it is made of."""

import math
from typing import Annotated, Literal

import msgspec
from fastapi import Depends, Query

from manystores.api.network_points import Bounds, Wanted, select
from manystores.api.services import Services
from manystores.core.auth import Principal
from manystores.core.errors import INVALID, FieldError, Problem
from manystores.network import CAPABILITIES

Group = Annotated[str | None, Query(max_length=64, description="Locations in a group.")]
Capability = Annotated[Literal[CAPABILITIES] | None, Query()]  # type: ignore[valid-type]
Partner = Annotated[
    str | None,
    Query(max_length=64, description="Locations whose stock a partner owns; empty: the brand itself."),
]
Region = Annotated[
    str | None, Query(max_length=16, description="Locations within a division of GB/T 2260, or of ISO 3166-2.")
]
Within = Annotated[
    str | None,
    Query(
        max_length=100,
        description="Locations within west,south,east,north in degrees; south and east of the square's edge are out.",
        examples=["116.3,39.8,116.5,40"],
    ),
]


def _places(
    group: Group = None,
    capability: Capability = None,
    partner: Partner = None,
    region: Region = None,
    within: Within = None,
) -> Wanted:
    return Wanted(0, None, group, capability, partner, None, region, bounds_of(within))


Places = Annotated[Wanted, Depends(_places)]
ANYWHERE = Wanted(0)


def bounds_of(text: str | None) -> Bounds | None:
    """The bounds that a request names; Problem for what are none."""
    if text is None:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
        if all(map(math.isfinite, (west, south, east, north))) and west < east and south < north:
            return west, south, east, north
    except ValueError:
        pass
    en = f"{text[:60]!r} must be west,south,east,north in degrees, such as 116.3,39.8,116.5,40"
    zh = f"{text[:60]!r} 应为以度表示的 西,南,东,北，例如 116.3,39.8,116.5,40"
    raise Problem(INVALID, fields=(FieldError("/within", "not_bounds", en, zh),))


def own(who: Principal, wanted: Wanted) -> Wanted:
    """The same, of those that may be seen."""
    return msgspec.structs.replace(wanted, party_no=who.party_no, location_no=who.location_no)


def numbers(here: Services, who: Principal, wanted: Wanted) -> tuple[int, ...] | None:
    """The numbers of the locations; None when all that may be seen are asked for."""
    if wanted == ANYWHERE:
        return None
    return tuple(select(here.network, own(who, wanted)).tolist())


def listed(here: Services, who: Principal, wanted: Wanted) -> list[int] | None:
    """The numbers that a list of locations is narrowed to; None when it is not."""
    if who.location_no is None and wanted == ANYWHERE:
        return None
    return select(here.network, own(who, wanted)).tolist()  # type: ignore[no-any-return]
