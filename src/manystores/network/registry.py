"""All locations in memory for the hot path: found by code in O(1), and as arrays by location_no for kernels.

One registry belongs to one event loop. It is filled from `store.load_locations` and told of every later write. Arrays
have one entry a number, entry 0 being the whole network; take them anew after an `apply`, which may have replaced them.
"""

from collections.abc import Iterable
from copy import copy
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from manystores.core.errors import FieldError, Problem, rule
from manystores.kernels.geo import unit_vector
from manystores.network.areas import AreaIndex
from manystores.network.carriers import Carrier, DeliveryFee, FeeTable, fee_table
from manystores.network.hours import Calendar
from manystores.network.location import CAPABILITIES, KINDS, Location

UNKNOWN_LOCATION = rule("unknown_location", 422, "There is no such location", "没有该地点")
UNLIMITED: Final = -1
KIND_CODES: Final = {kind: n for n, kind in enumerate(KINDS, start=1)}
"""Codes of kinds in `kind`; 0 is a number that nobody has."""
CAPABILITY_BITS: Final = {capability: 1 << n for n, capability in enumerate(CAPABILITIES)}

Mask = NDArray[np.bool_]

_COLUMNS: Final[dict[str, tuple[Any, tuple[int, ...]]]] = {
    # name: (type, shape of one entry); an entry that nobody has is 0
    "xyz": (np.float64, (3,)),
    "lat": (np.float64, ()),
    "lon": (np.float64, ()),
    "party_no": (np.int32, ()),
    "stock_owner_no": (np.int32, ()),
    "kind": (np.int8, ()),
    "enabled": (np.bool_, ()),
    "orders_per_hour": (np.int64, ()),
    "orders_per_day": (np.int64, ()),
    "handle_order_cost": (np.int64, ()),
    "handle_unit_cost": (np.int64, ()),
    "lead_time_minutes": (np.int32, ()),
    "capabilities": (np.uint32, ()),
    "region_id": (np.int32, ()),
}


class Registry:
    """Locations, their opening times and areas, carriers and delivery fees."""

    xyz: NDArray[np.float64]
    """[L, 3] unit vectors."""
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    party_no: NDArray[np.int32]
    stock_owner_no: NDArray[np.int32]
    kind: NDArray[np.int8]
    """KIND_CODES."""
    enabled: Mask
    orders_per_hour: NDArray[np.int64]
    """UNLIMITED or a number of orders; the same holds for orders_per_day."""
    orders_per_day: NDArray[np.int64]
    handle_order_cost: NDArray[np.int64]
    """Minor units."""
    handle_unit_cost: NDArray[np.int64]
    lead_time_minutes: NDArray[np.int32]
    capabilities: NDArray[np.uint32]
    """Bits of CAPABILITY_BITS."""
    region_id: NDArray[np.int32]
    """Index into `regions`."""
    group_bits: NDArray[np.uint64]
    """[L, W] membership bits; `in_groups` reads them."""

    def __init__(self, locations: Iterable[Location] = ()) -> None:
        self.size = 1
        self.version = 0
        """Counts the changes of locations."""
        self.calendar = Calendar()
        self.areas = AreaIndex()
        self.regions: list[str] = [""]
        self._region_ids: dict[str, int] = {"": 0}
        self._locations: dict[int, Location] = {}
        self._numbers: dict[tuple[int, str], int] = {}
        self._groups: dict[tuple[int, str], int] = {}
        self._carriers: dict[tuple[int, str], Carrier] = {}
        self._fees: dict[int, FeeTable] = {}
        self._full = {name: np.zeros((64, *shape), dtype) for name, (dtype, shape) in _COLUMNS.items()}
        self._group_bits = np.zeros((64, 1), dtype=np.uint64)
        self.apply(locations)

    # -- locations

    def apply(self, locations: Iterable[Location]) -> None:
        """Take in locations as they were written: new ones, and changed ones in place of what was known."""
        for location in locations:
            self._reserve(location.location_no + 1)
            old = self._locations.get(location.location_no)
            if old is not None and old.revision > location.revision:
                continue  # two writes were told in the wrong order
            self._put(location)
        for name, column in self._full.items():
            setattr(self, name, column[: self.size])
        self.group_bits = self._group_bits[: self.size]
        self.version += 1

    def number(self, party_no: int, code: str, pointer: str) -> int:
        """The number of a brand's location; `pointer` is the field that names it. Raises Problem(UNKNOWN_LOCATION).

        Somebody else's location is as unknown as one that does not exist.
        """
        found = self._numbers.get((party_no, code))
        if found is None:
            raise Problem(
                UNKNOWN_LOCATION,
                fields=(
                    FieldError(
                        pointer,
                        "unknown_location",
                        f"There is no location {code!r}; GET /v1/locations lists them",
                        f"没有编码为 {code!r} 的地点，可通过 GET /v1/locations 查询",
                    ),
                ),
            )
        return found

    def find(self, party_no: int, code: str) -> int:
        """The number of a brand's location; 0 when there is none."""
        return self._numbers.get((party_no, code), 0)

    def location(self, location_no: int) -> Location:
        """The location of a number; KeyError when nobody has it."""
        return self._locations[location_no]

    def __contains__(self, location_no: int) -> bool:
        return location_no in self._locations

    def __len__(self) -> int:
        return len(self._locations)

    def of_party(self, party_no: int) -> Mask:
        """bool[L]: the locations that a brand manages."""
        return np.asarray(self.party_no == party_no)

    def able(self, capability: str) -> Mask:
        """bool[L]: the enabled locations that can do something, e.g. pick_up."""
        return np.asarray(self.enabled & ((self.capabilities & np.uint32(CAPABILITY_BITS[capability])) != 0))

    def in_groups(self, party_no: int, names: Iterable[str]) -> Mask:
        """bool[L]: the locations in any of a brand's groups; groups that nobody is in have no members."""
        wanted = np.zeros(self._group_bits.shape[1], dtype=np.uint64)
        for name in names:
            bit = self._groups.get((party_no, name))
            if bit is not None:
                wanted[bit // 64] |= np.uint64(1 << bit % 64)
        return np.asarray((self.group_bits & wanted).any(axis=1))

    def with_cut_offs(self) -> list[Location]:
        """The locations from which orders must be in by a time of day to leave on that day."""
        return [location for location in self._locations.values() if location.cut_offs]

    def groups_of(self, party_no: int) -> frozenset[str]:
        """The groups that any of a brand's locations is in."""
        present = np.bitwise_or.reduce(self.group_bits, axis=0)
        return frozenset(
            name
            for (party, name), bit in self._groups.items()
            if party == party_no and int(present[bit // 64]) >> bit % 64 & 1
        )

    def twin(self) -> "Registry":
        """The locations as they are now, for somebody who asks about other times, and from another thread."""
        other = copy(self)
        other.calendar = self.calendar.twin()
        for name in ("_locations", "_numbers", "_groups", "_carriers", "_fees"):
            setattr(other, name, dict(getattr(self, name)))
        return other

    # -- carriers and fees

    def set_carriers(self, carriers: Iterable[Carrier]) -> None:
        """Take in carriers as they were written."""
        for carrier in carriers:
            self._carriers[carrier.party_no, carrier.code] = carrier

    def carriers_of(self, party_no: int) -> list[Carrier]:
        """A brand's enabled carriers, in the order of their codes."""
        own = (c for c in self._carriers.values() if c.party_no == party_no and c.enabled)
        return sorted(own, key=lambda c: c.code)

    def set_fees(self, party_no: int, fees: Iterable[DeliveryFee]) -> None:
        """Replace all delivery fees of a brand."""
        self._fees[party_no] = fee_table(fees)

    def fees_of(self, party_no: int) -> FeeTable:
        """A brand's delivery fees, for `carriers.delivery_fee`."""
        return self._fees.get(party_no, {})

    # -- inside

    def _put(self, location: Location) -> None:
        no, full = location.location_no, self._full
        self._locations[no] = location
        self._numbers[location.party_no, location.code] = no
        full["xyz"][no] = unit_vector(location.lat, location.lon)
        for name in ("lat", "lon", "party_no", "stock_owner_no", "enabled", "lead_time_minutes"):
            full[name][no] = getattr(location, name)
        full["handle_order_cost"][no] = location.handle_order_cost
        full["handle_unit_cost"][no] = location.handle_unit_cost
        full["kind"][no] = KIND_CODES[location.kind]
        full["orders_per_hour"][no] = UNLIMITED if location.orders_per_hour is None else location.orders_per_hour
        full["orders_per_day"][no] = UNLIMITED if location.orders_per_day is None else location.orders_per_day
        full["capabilities"][no] = sum(CAPABILITY_BITS[c] for c in location.capabilities)
        full["region_id"][no] = self._region_id(location.region)
        bits = [self._group_bit(location.party_no, name) for name in location.groups]
        self._group_bits[no] = 0
        for bit in bits:
            self._group_bits[no, bit // 64] |= np.uint64(1 << bit % 64)
        self.calendar.assign(location)
        self.areas.assign(location)

    def _reserve(self, size: int) -> None:
        """Let the arrays have room for numbers below `size`, by doubling."""
        self.size = max(self.size, size)
        room = len(self._group_bits)
        if size <= room:
            return
        room = max(2 * room, size)
        for name, column in self._full.items():
            self._full[name] = _grown(column, room)
        self._group_bits = _grown(self._group_bits, room)

    def _region_id(self, region: str) -> int:
        found = self._region_ids.setdefault(region, len(self.regions))
        if found == len(self.regions):
            self.regions.append(region)
        return found

    def _group_bit(self, party_no: int, name: str) -> int:
        bit = self._groups.setdefault((party_no, name), len(self._groups))
        words = self._group_bits.shape[1]
        if bit >= 64 * words:
            self._group_bits = np.hstack([self._group_bits, np.zeros_like(self._group_bits)])
        return bit


def _grown(column: NDArray[Any], room: int) -> NDArray[Any]:
    grown = np.zeros((room, *column.shape[1:]), column.dtype)
    grown[: len(column)] = column
    return grown
