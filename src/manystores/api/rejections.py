"""A location's rejections as the API tells them."""

from collections.abc import Collection
from typing import Any

from manystores.foresight.assignments import LOADS, UNLIMITED_LOAD
from manystores.foresight.causes import Causes, Peers, Tally
from manystores.network.regions import names

Json = dict[str, Any]
_NOBODY = Tally(0, 0, 0, 0)


def rejections_told(found: Causes | None, groups: Collection[str]) -> Json:
    """Counts, shares and comparison; zeros and empty lists where nothing was learned of a location that is in these
    groups."""
    tally = _NOBODY if found is None else found.tally
    told: Json = {
        "assigned": tally.assigned,
        "rejected": tally.rejected,
        "short": 0 if found is None else found.short,
        "share": _share(tally.rejected, tally.assigned),
        "peers": None,
        "reasons": [],
        "hours": [],
        "loads": [],
        "peak": None,
    }
    if found is None:
        return told
    told["reasons"] = [{"reason": reason, "orders": orders} for reason, orders in found.reasons.items()]
    told["hours"] = [{"hour": hour} | _tally(one) for hour, one in found.hours.items()]
    told["loads"] = [load_range(load) | _tally(one) for load, one in found.loads.items()]
    if found.peers is not None:
        told["peers"] = _compared(found.peers, groups) | {"share": _share(tally.peers_rejected, tally.peers_assigned)}
    if found.peak is not None:
        load = None if found.peak.load is None else load_range(found.peak.load)["load_from"]
        told["peak"] = {
            "from_hour": found.peak.from_hour,
            "until_hour": found.peak.until_hour,
            "share": round(found.peak.share, 4),
            "load_from": load,
        }
    return told


def load_range(load: int) -> Json:
    """The shares of the hour's capacity that a load stands for; both null where there is no limit, the upper one null
    for all above."""
    if load == UNLIMITED_LOAD:
        return {"load_from": None, "load_to": None}
    return {"load_from": (0.0, *LOADS)[load], "load_to": (*LOADS, None)[load]}


def _compared(peers: Peers, groups: Collection[str]) -> Json:
    """Who a location is compared with; where that is a province, by its name."""
    if peers.of == "brand" or peers.name in groups:
        return {"of": peers.of, "name": peers.name, "locations": peers.locations}
    name = next(iter(names(peers.name.ljust(6, "0"))), peers.name) if peers.name.isdigit() else peers.name
    return {"of": "region", "name": name, "locations": peers.locations}


def _tally(one: Tally) -> Json:
    return {
        "assigned": one.assigned,
        "rejected": one.rejected,
        "share": _share(one.rejected, one.assigned),
        "peers_share": _share(one.peers_rejected, one.peers_assigned),
    }


def _share(rejected: int, assigned: int) -> float | None:
    return round(rejected / assigned, 4) if assigned else None
