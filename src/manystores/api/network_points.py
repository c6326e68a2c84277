"""A brand's locations as columns: what the console's map draws, and may draw again without asking.

A network of 180,000 locations as one object each would be 60 MB; as columns, compressed, it is a few.
"""

import gzip
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from manystores.network import regions
from manystores.network.location import CAPABILITIES, KINDS, Kind, Location
from manystores.network.registry import CAPABILITY_BITS, KIND_CODES, Registry

KEPT: Final = 32
COMPRESSION: Final = 5
_NOBODY: Final = ""

Numbers = NDArray[np.int64]
Bounds = tuple[float, float, float, float]
"""West, south, east, north in degrees."""
PLACES: Final = 5
"""Decimals of degrees that are told, a metre; bounds are held against these."""


class Wanted(msgspec.Struct, frozen=True):
    """Which of a brand's locations: those of one store's device, of a group, of a kind, …; None lets all pass.

    `partner` is the code of the party that owns the stock; `region` any division of GB/T 2260, or ISO 3166-2. Of the
    edges of `within`, the one in the west and the one in the north belong to it.
    """

    party_no: int
    location_no: int | None = None
    group: str | None = None
    capability: str | None = None
    partner: str | None = None
    kind: Kind | None = None
    region: str | None = None
    within: Bounds | None = None


class Packed(NamedTuple):
    """An answer that is sent as it is: JSON, plain and compressed, and its tag."""

    plain: bytes
    zipped: bytes
    etag: str


def select(network: Registry, wanted: Wanted) -> Numbers:
    """The numbers of the locations, in their order: new ones come last."""
    chosen = network.of_party(wanted.party_no)
    if wanted.location_no is not None:
        chosen &= np.arange(network.size) == wanted.location_no
    if wanted.group is not None:
        chosen &= network.in_groups(wanted.party_no, [wanted.group])
    if wanted.capability is not None:
        chosen &= (network.capabilities & np.uint32(CAPABILITY_BITS[wanted.capability])) != 0
    if wanted.kind is not None:
        chosen &= network.kind == KIND_CODES[wanted.kind]
    if wanted.region is not None:
        inside = np.array([regions.covers(wanted.region, code) for code in network.regions], np.bool_)
        chosen &= inside[network.region_id]
    if wanted.within is not None:
        west, south, east, north = wanted.within
        lon, lat = np.round(network.lon, PLACES), np.round(network.lat, PLACES)
        chosen &= (west <= lon) & (lon < east) & (south < lat) & (lat <= north)
    found = np.flatnonzero(chosen)
    if wanted.partner is not None:
        found = found[[network.location(no).stock_owner == wanted.partner for no in found.tolist()]]
    return found


class Points:
    """The columns of a network, made once for each view of it and each state of the network."""

    def __init__(self, network: Registry) -> None:
        self._network = network
        self._made: OrderedDict[tuple[int, Wanted], Packed] = OrderedDict()

    def packed(self, wanted: Wanted) -> Packed:
        """The answer for a view. May be called from a thread of its own."""
        key = (self._network.version, wanted)
        found = self._made.get(key)
        if found is None:
            numbers = select(self._network, wanted)
            found = self._made[key] = pack(columns([self._network.location(no) for no in numbers.tolist()]))
            while len(self._made) > KEPT:
                self._made.popitem(last=False)
        return found


def columns(found: Sequence[Location]) -> dict[str, Any]:
    """Locations as columns of equal length; what repeats is told once and named by its place."""
    groups, sets, partners, places = _Places(), _Places(), _Places([_NOBODY]), _Places()
    kinds = {kind: n for n, kind in enumerate(KINDS)}
    partner = [partners.of(one.stock_owner) for one in found]
    group_set = [sets.of(tuple(groups.of(name) for name in one.groups)) for one in found]
    region = [places.of(one.region) for one in found]
    return {
        "count": len(found),
        "kinds": list(KINDS),
        "capabilities": list(CAPABILITIES),
        "groups": groups.all(),
        "group_sets": sets.all(),
        "partners": partners.all(),
        "regions": [
            {"code": code, "name": " ".join(regions.names(code)), "en": ", ".join(reversed(regions.names_en(code)))}
            for code in places.all()
        ],
        "columns": {
            "code": [one.code for one in found],
            "name": [one.name for one in found],
            "lat": [round(one.lat, PLACES) for one in found],
            "lon": [round(one.lon, PLACES) for one in found],
            "kind": [kinds[one.kind] for one in found],
            "region": region,
            "group_set": group_set,
            "partner": partner,
            "capability_bits": [sum(CAPABILITY_BITS[name] for name in one.capabilities) for one in found],
            "orders_per_hour": [one.orders_per_hour for one in found],
            "orders_per_day": [one.orders_per_day for one in found],
            "enabled": [int(one.enabled) for one in found],
        },
    }


def pack(body: dict[str, Any]) -> Packed:
    """An answer as bytes."""
    plain = msgspec.json.encode(body)
    return packed(plain, gzip.compress(plain, COMPRESSION, mtime=0))


def packed(plain: bytes, zipped: bytes) -> Packed:
    """The same bytes twice, with their tag."""
    return Packed(plain, zipped, f'"{blake2b(plain, digest_size=12).hexdigest()}"')


class _Places:
    """Gives each different value its place in a list."""

    def __init__(self, known: Iterable[Any] = ()) -> None:
        self._known: dict[Any, int] = {value: n for n, value in enumerate(known)}

    def of(self, value: Any) -> int:
        return self._known.setdefault(value, len(self._known))

    def all(self) -> list[Any]:
        return list(self._known)
