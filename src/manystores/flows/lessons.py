"""One night's lessons of all brands: how long things take, and who rejects what, from the lake into files."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from manystores.core.clock import DAY_US, MINUTE_US, to_datetime
from manystores.flows.foreseen import places_of
from manystores.flows.risks import group_named
from manystores.foresight import assignments, demand, learned, rejections, spans
from manystores.foresight.learning import learn
from manystores.network import regions
from manystores.network.hours import next_open
from manystores.network.registry import Registry as Network

_QUARTER_US: Final = 15 * MINUTE_US
_LONG_US: Final = 7 * DAY_US
"""Work for a location that stays closed for so long is as if it were open: nobody waits for that."""


class BrandLesson(Struct, frozen=True):
    """What a brand's lesson was made of: fulfilment orders, those that were ready and that arrived; what was assigned
    and has an outcome, and what was refused of it. Nothing was learned of what is 0."""

    party_no: int
    orders: int
    ready: int
    arrived: int
    assigned: int
    refused: int
    lines: int
    """Of orders, from which demand is foreseen."""


def learn_all(
    data_dir: Path, network: Network, classes: Mapping[tuple[int, str], str], now_us: int, days: int, time_zone: str
) -> list[BrandLesson]:
    """Learn from the facts of the last days and write what was learned; brands that taught nothing are left out.

    `classes` are those of offers, by brand and SKU; days of demand begin as in `time_zone`.
    """
    told = spans.newest_told(data_dir / "lake", to_datetime(now_us).date() - timedelta(days=days))
    timed = spans.with_factors(spans.spans_of(told), places_of(network, now_us), now_us)
    assigned = assignments.with_factors(assignments.assignments_of(told), sites_of(network, classes))
    places = demand_places(network)
    ordered = demand.lines_of(told, places)
    found = []
    for party_no in sorted(told["party_no"].unique().to_list()):
        path = learned.path_of(data_dir, party_no)
        lesson = learn(timed, party_no, now_us, learned.load(path))
        if lesson is not None:
            learned.save(path, lesson)
        refusing = rejections.learn_rejections(assigned, party_no, now_us)
        if refusing is not None:
            rejections.save(data_dir, refusing, rejections.causes(assigned, party_no, now_us))
        expected = demand.learn_demand(ordered, party_no, now_us, time_zone, classes, places)
        if expected is not None:
            demand.save(demand.path_of(data_dir, party_no), expected)
        if lesson is None and refusing is None and expected is None:
            continue
        own = timed.filter(timed["party_no"] == party_no)
        outcomes = assigned.filter((assigned["party_no"] == party_no) & assigned["known"])
        found.append(
            BrandLesson(
                party_no,
                orders=len(own),
                ready=own["ready_us"].count(),
                arrived=own.filter(own["kind"] != "pick_up")["done_us"].count(),
                assigned=0 if refusing is None else len(outcomes),
                refused=0 if refusing is None else int((outcomes["reason"] != "").sum()),
                lines=0 if expected is None else expected.lines,
            )
        )
    return found


def demand_places(network: Network) -> demand.Places:
    """What learning of demand asks of places."""

    def region(party_no: int, code: str) -> str:
        location_no = network.find(party_no, code)
        return network.location(location_no).region if location_no else ""

    def centre(code: str) -> demand.Point | None:
        for width in (6, 4, 2):
            known = regions.find(code[:width].ljust(6, "0")) if code.isdigit() else None
            if known is not None and known.lat is not None and known.lon is not None:
                return known.lat, known.lon
        return None

    return demand.Places(region, centre)


def sites_of(network: Network, classes: Mapping[tuple[int, str], str]) -> assignments.Sites:
    """What learning of rejections asks of locations; one that is gone is in UTC, in no group, and without a limit."""
    openings: dict[tuple[int, int], int] = {}

    def location(party_no: int, code: str) -> Any:
        location_no = network.find(party_no, code)
        return network.location(location_no) if location_no else None

    def zone(party_no: int, code: str) -> str:
        found = location(party_no, code)
        return found.time_zone if found else "UTC"

    def group(party_no: int, code: str) -> str:
        found = location(party_no, code)
        return group_named(found) if found else ""

    def per_hour(party_no: int, code: str) -> int | None:
        found = location(party_no, code)
        return found.orders_per_hour if found else None

    def starts_us(party_no: int, code: str, at_us: int) -> int:
        location_no = network.find(party_no, code)
        if not location_no:
            return at_us
        key = (location_no, at_us // _QUARTER_US)
        if key not in openings:  # to a quarter of an hour: what counts is the hour
            openings[key] = next_open(network.location(location_no), key[1] * _QUARTER_US)[0]
        return at_us if openings[key] > at_us + _LONG_US else max(at_us, openings[key])

    return assignments.Sites(zone, group, per_hour, starts_us, classes)
