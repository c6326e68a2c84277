"""Where demand comes from: the cities of each zone gathered into a few areas of neighbours."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from manystores.kernels.shadow_prices import Areas, distances, reach

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

AREAS: Final = 64
TOWN_KM: Final = 20.0
"""How far people live from the middle of their town."""
_ROUNDS: Final = 30


class Gathered(NamedTuple):
    """A areas of demand."""

    xyz: Floats
    """[A, 3] on the unit sphere."""
    zone: Longs
    """[A]."""
    share: Floats
    """[A] of its zone's demand."""
    radius_km: Floats
    """[A] root mean square of how far it lies from the centre."""


def gather_areas(places: Floats, city_xyz: Floats, city_pop: Floats, city_zone: Ints, zones: int) -> Areas:
    """The areas of `gather_cities`, and how far they are from places [L, 3]."""
    found = gather_cities(city_xyz, city_pop, city_zone, zones)
    return Areas(found.zone, found.share, reach(places, found.xyz, found.radius_km))


def gather_cities(city_xyz: Floats, city_pop: Floats, city_zone: Ints, zones: int) -> Gathered:
    """About `AREAS` areas of C cities, more where more people live; each lies within one zone.

    city_xyz [C, 3] on the unit sphere, city_pop [C] inhabitants, city_zone [C] < zones. The same cities give the same
    areas.
    """
    people = city_pop.astype(np.float64) + 1e-9
    by_zone = np.bincount(city_zone, people, zones)
    wanted = np.maximum(1, np.round(AREAS * by_zone / by_zone.sum())).astype(int)
    centres, zone_of, share, radius = [], [], [], []
    for zone in range(zones):
        here = np.flatnonzero(city_zone == zone)
        if not len(here):
            continue
        found, weight = _cluster(city_xyz[here], people[here], min(int(wanted[zone]), len(here)))
        centres.append(found)
        radius.append(_radius_km(city_xyz[here], people[here], found))
        share.append(weight / weight.sum())
        zone_of += [zone] * len(found)
    return Gathered(np.concatenate(centres), np.array(zone_of, np.int64), np.concatenate(share), np.concatenate(radius))


def _radius_km(xyz: Floats, weight: Floats, centres: Floats) -> Floats:
    """[areas] how far people live from the centre that is nearest to them, in towns and around them."""
    km = distances(xyz, centres)
    nearest = km.argmin(axis=1)
    squares = np.bincount(nearest, weight * km.min(axis=1) ** 2, len(centres))
    return np.sqrt(squares / np.maximum(np.bincount(nearest, weight, len(centres)), 1e-9) + TOWN_KM**2)


def _cluster(xyz: Floats, weight: Floats, count: int) -> tuple[Floats, Floats]:
    """Centres [count, 3] of cities by Lloyd's method, begun at the largest, and their weights."""
    centres = xyz[np.argsort(-weight, kind="stable")[:count]].copy()
    nearest = np.zeros(len(xyz), np.int64)
    for _ in range(_ROUNDS):
        nearest = np.argmax(xyz @ centres.T, axis=1)
        for j in range(count):
            mine = nearest == j
            if mine.any():
                middle = (xyz[mine] * weight[mine, None]).sum(axis=0)
                centres[j] = middle / np.linalg.norm(middle)
    totals: Floats = np.bincount(nearest, weight, count).astype(np.float64)
    return centres[totals > 0], totals[totals > 0]
