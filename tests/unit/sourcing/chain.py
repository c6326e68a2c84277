"""A small chain that the tests of sourcing share: five places between Beijing and Guangzhou, and what they hold."""

import numpy as np

from manystores.kernels.geo import unit_vectors
from manystores.kernels.sourcing import Stock
from manystores.kernels.sourcing_stock import stock_of
from manystores.sourcing.compiled import CompiledPolicy, Network
from manystores.sourcing.plan import DemandLine, Planner
from manystores.sourcing.policy import DEFAULT_POLICY, LOCATION_KINDS, RoutingPolicy

GUOMAO, SANLITUN, HUBIN, DC_SOUTH, KIOSK = 1, 2, 3, 4, 5
NAMES = {GUOMAO: "国贸店", SANLITUN: "三里屯店", HUBIN: "湖滨店", DC_SOUTH: "广州仓", KIOSK: "机场店"}
CODES = {"GUOMAO": GUOMAO, "SANLITUN": SANLITUN, "HUBIN": HUBIN, "DC-SOUTH": DC_SOUTH, "KIOSK": KIOSK}
KINDS = ("store", "store", "store", "warehouse", "partner")
LAT = (0.0, 39.9087, 39.9334, 30.2545, 23.1291, 40.0725)
LON = (0.0, 116.4605, 116.4544, 120.1626, 113.2644, 116.5972)
TIANANMEN = (39.9055, 116.3976)
SHIRT, SHOES, SCARF = 0, 1, 2


def network() -> Network:
    """Stores in groups 'north' (two in Beijing, and the kiosk) and 'flagship' (Sanlitun); the kiosk can't ship."""
    n = len(LAT)

    def flags(*numbers: int) -> np.ndarray:
        mask = np.zeros(n, np.bool_)
        mask[list(numbers)] = True
        return mask

    everybody = flags(GUOMAO, SANLITUN, HUBIN, DC_SOUTH, KIOSK)
    return Network(
        xyz=unit_vectors(LAT, LON),
        enabled=everybody,
        kind=np.array([-1, *(LOCATION_KINDS.index(kind) for kind in KINDS)], np.int8),
        order_cost=np.array([0, 250, 250, 250, 80, 250], np.float64),
        unit_cost=np.array([0, 100, 100, 100, 40, 100], np.float64),
        able={"ship": everybody & ~flags(KIOSK), "pick_up": everybody & ~flags(DC_SOUTH)},
        groups={"north": flags(GUOMAO, SANLITUN, KIOSK), "flagship": flags(SANLITUN)},
        numbers=CODES,
    )


def stock(units: dict[tuple[int, int], int], offers: int = 3) -> Stock:
    """Live arrays of so many units by (location, offer)."""
    rows = sorted((offer, location, n) for (location, offer), n in units.items())
    ptr = np.zeros(offers + 1, np.int64)
    np.cumsum(np.bincount([row[0] for row in rows], minlength=offers), out=ptr[1:])
    size = len(rows)
    return stock_of(
        ptr,
        np.arange(size, dtype=np.int32),
        np.full(offers, -1, np.int32),
        np.full(size, -1, np.int32),
        np.array([row[1] for row in rows], np.int32),
        np.array([row[2] for row in rows], np.int64),
        np.zeros(size, np.int64),
        np.zeros(size, np.int64),
    )


def planner(units: dict[tuple[int, int], int], policy: RoutingPolicy = DEFAULT_POLICY, left: int = 99) -> Planner:
    """A planner over that stock; every location still takes `left` orders."""
    return Planner(stock(units), CompiledPolicy(policy, network(), np.full(len(LAT), left, np.int64)))


def lines(*wanted: tuple[int, int]) -> tuple[DemandLine, ...]:
    """(offer, units) as demand lines of half a kilogram a unit."""
    return tuple(DemandLine(offer, units, 0.5, f"SKU-{offer}", "clothes") for offer, units in wanted)
