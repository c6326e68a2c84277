"""A brand's network as simulations see it: what orders cost from where, and who is open when."""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from manystores.core.clock import DAY_US
from manystores.flows import promising
from manystores.flows.capacity import HOUR_US
from manystores.network import regions
from manystores.network.hours import next_clock_time
from manystores.network.registry import Registry
from manystores.sourcing.compiled import Flags, Network
from manystores.sourcing.policy import EVERY, KINDS, Kind, RoutingPolicy
from manystores.whatif.scenario import Moment, Sites


def sourcing_network(network: Registry, party_no: int, policies: Iterable[RoutingPolicy]) -> Network:
    """The brand's network, with every group and location that any of the policies names."""
    groups: set[str] = set()
    codes: set[str] = set()
    for policy in policies:
        groups |= {rule.group for rule in policy.rank} | {rule.group for rule in policy.thresholds}
        codes |= set(policy.excluded_locations)
        for channel in policy.channels.values():
            groups |= {*channel.groups, *channel.excluded_groups}
    return Network(
        xyz=network.xyz,
        enabled=network.enabled & network.of_party(party_no),
        kind=(network.kind - 1).astype(np.int8),
        order_cost=network.handle_order_cost.astype(np.float64),
        unit_cost=network.handle_unit_cost.astype(np.float64),
        able={kind: network.able(kind) for kind in KINDS},
        groups={name: network.in_groups(party_no, [name]) for name in groups - {EVERY}},
        numbers={code: number for code in codes if (number := network.find(party_no, code))},
    )


def sites_of(network: Registry) -> Sites:
    """What reports tell of the network's locations."""
    known = [network.location(no) if no in network else None for no in range(network.size)]
    return Sites(
        code=["" if one is None else one.code for one in known],
        name=["" if one is None else one.name for one in known],
        lat=network.lat.copy(),
        lon=network.lon.copy(),
        province=["" if one is None else province_of(one.region) for one in known],
        per_hour=network.orders_per_hour.copy(),
        per_day=network.orders_per_day.copy(),
        day_shift=np.round(network.lon / 15).astype(np.int64),
        north=network.lat >= regions.NORTH_LINE_LAT,
    )


def province_of(region: str) -> str:
    """The province of a Chinese code; elsewhere the country."""
    if not region:
        return ""
    found = regions.province(region)
    return found.code if found is not None else regions.prefix(region)[:2]


class NetworkClock:
    """Who is open, and who can still send today. Asked in order of time, each answer costs what changed."""

    def __init__(self, network: Registry) -> None:
        self._network: Final = network.twin()
        self._cut_offs: dict[Kind, dict[tuple[str, str, int], list[int]]] = {}

    def at(self, now_us: int, kinds: Sequence[Kind]) -> Moment:
        network = self._network
        size = network.size
        times = network.calendar.at(now_us)
        opens, closes = times.opens_us[:size], times.closes_us[:size]
        until_us = min(now_us // HOUR_US * HOUR_US + HOUR_US, times.valid_until_us)
        in_time: dict[Kind, Flags] = {}
        for kind in kinds:
            in_time[kind], next_us = self._in_time(kind, now_us)
            until_us = min(until_us, next_us)
        begins = np.maximum(opens, now_us)
        ends = np.minimum(closes, self._day_ends_us(begins))
        left = np.clip((ends - begins) / HOUR_US, 0.0, 24.0)
        return Moment(begins // HOUR_US, (opens <= now_us) & (now_us < closes), in_time, until_us, left)

    def _day_ends_us(self, at_us: NDArray[np.int64]) -> NDArray[np.int64]:
        """[L] when the day ends in which each location starts on its next order."""
        ahead_us = np.round(self._network.lon / 15).astype(np.int64) * HOUR_US
        return np.asarray((at_us + ahead_us) // DAY_US * DAY_US + DAY_US - ahead_us)

    def _in_time(self, kind: Kind, now_us: int) -> tuple[Flags, int]:
        """Whose cut-off of today is still to come, and until when that holds."""
        found, until_us = np.ones(self._network.size, np.bool_), now_us + DAY_US
        for (clock_time, zone, shift), numbers in self._alike(kind).items():
            cut_off_us = next_clock_time(clock_time, zone, now_us)
            ends_us = promising.day_end_us(15.0 * shift, now_us)
            found[numbers] = cut_off_us < ends_us
            until_us = min(until_us, cut_off_us + 1, ends_us)
        return found, until_us

    def _alike(self, kind: Kind) -> dict[tuple[str, str, int], list[int]]:
        """Locations by cut-off, time zone and what their day is ahead of UTC's: thousands share a few of them."""
        known = self._cut_offs.get(kind)
        if known is None:
            known = self._cut_offs[kind] = {}
            for one in self._network.with_cut_offs():
                if kind in one.cut_offs:
                    key = (one.cut_offs[kind], one.time_zone, round(one.lon / 15))
                    known.setdefault(key, []).append(one.location_no)
        return known
